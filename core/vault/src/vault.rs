//! An unlocked vault: one writer and several readers on the encrypted file, keys derived from its root secret, and
//! word of every change. All clones of a [`Vault`] are one; locking it locks them all.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{self, ThreadId};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tekram_primitives::secret::{Secret32, hkdf_sha256};
use tekram_primitives::time::{Clock, Timestamp};
use zeroize::Zeroizing;

use crate::audit;
use crate::blob;
use crate::change::{Changes, Scope, Subscription};
use crate::database::{self, Role};
use crate::error::VaultError;
use crate::header::Header;
use crate::hold::Hold;
use crate::inbox::{Inbox, InboxAddress};
use crate::leftovers;
use crate::readers::Readers;
use crate::schema::{self, RoomSchema};
use crate::seal;
use crate::way_key::Sealer;

mod auto_lock;
pub(crate) mod commit_number;
pub(crate) mod face;
mod new_key;
mod turns;

use auto_lock::AutoLock;
pub(crate) use commit_number::{Memory, name as commit_number_name};
pub use face::{AVATAR_LIMIT_BYTES, Face, ShownWhileLocked};
pub use new_key::KeyChange;
use turns::Turns;

/// How often a snapshot of the file alone is tried for, and the pause between: five seconds, in which others write.
const SNAPSHOT_TRIES: u32 = 50;
const SNAPSHOT_PAUSE: Duration = Duration::from_millis(100);

/// One persona's unlocked store. Cheap to clone, safe to share between threads. Dropping the last clone locks it too.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

/// What locking takes away.
pub(crate) struct Secrets {
    pub(crate) vault_key: Secret32,
    pub(crate) root: Secret32,
}

struct Inner {
    folder: PathBuf,
    id: String,
    epoch: u64,
    created: Timestamp,
    header: Mutex<Header>,
    secrets: RwLock<Option<Secrets>>,
    // In this order: connections close before the hold is given up.
    writer: Mutex<Option<Connection>>,
    turns: Turns,
    writing: Mutex<Option<ThreadId>>,
    readers: Readers,
    hold: Mutex<Option<Hold>>,
    changes: Changes,
    /// One drain of the inbox at a time.
    draining: Mutex<()>,
    device: Device,
    auto_lock: Arc<AutoLock>,
}

/// What a device lends to its vaults.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    /// Wall clock, and time that passes.
    pub(crate) clock: Arc<dyn Clock>,
    /// Where commit numbers are kept.
    pub(crate) memory: Memory,
}

/// The writer in use by this thread, and the note that it is.
struct Writing<'a> {
    noted: &'a Mutex<Option<ThreadId>>,
    writer: MutexGuard<'a, Option<Connection>>,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        lock(self.noted).take();
    }
}

/// What the vault says about itself, from inside the encryption.
pub(crate) struct Identity {
    pub(crate) vault_id: String,
    pub(crate) root: Secret32,
    pub(crate) epoch: u64,
    created: Timestamp,
}

impl Vault {
    /// Opens the database of a vault that is held and whose header is proven. `how` is the kind of way in that opened it,
    /// for the audit; `None` for a vault that was just made.
    pub(crate) fn open(
        folder: PathBuf,
        header: Header,
        vault_key: Secret32,
        hold: Hold,
        schemas: &[RoomSchema],
        how: Option<&'static str>,
        device: &Device,
    ) -> Result<Self, VaultError> {
        let file = database::path(&folder, header.database_number);
        let mut writer = database::open(&file, &header.vault_id, &vault_key, Role::Writer)?;
        let identity = identity(&writer)?;
        if identity.vault_id != header.vault_id {
            return Err(VaultError::ForeignVault { file: database::FILE });
        }
        if seal::public_key(&identity.root)? != header.inbox_public_key {
            return Err(VaultError::ForeignVault {
                file: crate::header::FILE,
            });
        }
        if header
            .sealer_public_key
            .is_some_and(|public_key| Sealer::of(&identity.root).map_or(true, |sealer| sealer.public_key != public_key))
        {
            return Err(VaultError::ForeignVault {
                file: crate::header::FILE,
            });
        }
        schema::migrate(&mut writer, schemas)?;
        commit_number::check(&device.memory, &header.vault_id, commit_number::read(&writer)?)?;
        database::trust(&writer)?;
        leftovers::remove(&folder, header.database_number).map_err(VaultError::io("removing a former database"))?;
        blob::sweep(&writer)?;
        audit::note_unlock(&mut writer, &header, how, device.clock.now())?;
        // Nobody reads it again, and SQLite does not wipe the pages that it gives free when it needs their memory.
        cover_root(&writer)?;
        let lock_after_ms = header.lock_after_ms;
        let vault = Self(Arc::new(Inner {
            folder,
            id: header.vault_id.clone(),
            epoch: identity.epoch,
            created: identity.created,
            header: Mutex::new(header),
            secrets: RwLock::new(Some(Secrets {
                vault_key,
                root: identity.root,
            })),
            writer: Mutex::new(Some(writer)),
            turns: Turns::default(),
            writing: Mutex::new(None),
            readers: Readers::new(),
            hold: Mutex::new(Some(hold)),
            changes: Changes::default(),
            draining: Mutex::new(()),
            device: device.clone(),
            auto_lock: AutoLock::new(Arc::clone(&device.clock)),
        }));
        vault.watch_idleness(lock_after_ms)?;
        Ok(vault)
    }

    /// Runs `change` in one transaction, and commits it when it returns `Ok`: from then on it survives a power cut
    /// (WAL, `synchronous=FULL`). On `Err`, or a panic, nothing of it remains. After the commit the listeners are told
    /// `scope`. Writes wait for each other; a write inside a write of the same thread is refused with `nested_write`.
    pub fn write<T, E: From<VaultError>>(
        &self,
        scope: Scope,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let value = self.transact(change)?;
        self.0.changes.tell(scope);
        Ok(value)
    }

    /// [`Vault::write`] without telling anybody.
    fn transact<T, E: From<VaultError>>(&self, change: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut writing = self.0.begin_writing()?;
        let writer = writing.writer.as_mut().ok_or(VaultError::Locked)?;
        let transaction = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(VaultError::from)?;
        let value = change(&transaction)?;
        commit_number::raise(&transaction)?;
        transaction.commit().map_err(VaultError::from)?;
        Ok(value)
    }

    /// [`Vault::write`] of what can be done later as well: when somebody else wants to write meanwhile, it is broken off, nothing of it
    /// remains, and `None` comes back. Until `change` has ended; a commit that began is waited for.
    pub fn write_giving_way<T, E: From<VaultError>>(
        &self,
        scope: Scope,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let value = {
            let mut writing = self.0.begin_writing()?;
            let writer = writing.writer.as_mut().ok_or(VaultError::Locked)?;
            let transaction = writer
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(VaultError::from)?;
            let yielding = self.0.turns.give_way(&transaction).map_err(VaultError::from)?;
            let changed = change(&transaction);
            let was_asked = yielding.end();
            let value = match changed {
                Err(_) if was_asked => return Ok(None),
                changed => changed?,
            };
            commit_number::raise(&transaction)?;
            transaction.commit().map_err(VaultError::from)?;
            value
        };
        self.0.changes.tell(scope);
        Ok(Some(value))
    }

    /// Runs `look` on one consistent snapshot, which later commits do not disturb. The connection refuses writes.
    /// Several reads run beside each other and beside a write.
    pub fn read<T, E: From<VaultError>>(&self, look: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        self.0.readers.look(|| self.0.open_reader(), look)
    }

    /// Calls `listener` with the scope after every commit, on the committing thread, until the subscription is dropped.
    pub fn on_change(&self, listener: impl Fn(Scope) + Send + Sync + 'static) -> Subscription {
        self.0.changes.subscribe(listener)
    }

    /// A key for one purpose: HKDF-SHA256 (RFC 5869) of the root secret with `label`, which names purpose and version,
    /// say `tekram/v1/relation/<id>`. The same label gives the same key for ever. Fails with `locked`.
    pub fn derive(&self, label: &str) -> Result<Secret32, VaultError> {
        self.0.with_secrets(|secrets| Ok(hkdf_sha256(&secrets.root, label)))
    }

    /// The vault's id: 32 hexadecimal digits, random, the name of its folder.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// What the person calls it; empty when the vault is locked and the label is not to be seen then.
    pub fn label(&self) -> String {
        let shown = self.with_header(|header| (!header.hides_label).then(|| header.label.clone()));
        shown.unwrap_or_else(|| self.face().map(|face| face.label).unwrap_or_default())
    }

    /// 1 for a new vault; each restore from a backup starts the next. Keys and payments of an older epoch are looked
    /// at, never continued by themselves.
    pub fn epoch(&self) -> u64 {
        self.0.epoch
    }

    /// When the vault was made.
    pub fn created(&self) -> Timestamp {
        self.0.created
    }

    /// Looks at the header as it stands.
    pub(crate) fn with_header<T>(&self, look: impl FnOnce(&Header) -> T) -> T {
        look(&lock(&self.0.header))
    }

    /// Lends the header and the vault key. Fails with `locked`.
    pub(crate) fn with_header_and_key<T>(
        &self,
        look: impl FnOnce(&Header, &Secret32) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let header = lock(&self.0.header);
        self.0.with_secrets(|secrets| look(&header, &secrets.vault_key))
    }

    /// Changes the header by one atomic rewrite, and tells the listeners [`Scope::VAULT`]. When `change` or the disk fails,
    /// the old header stands.
    pub(crate) fn change_header<T>(
        &self,
        change: impl FnOnce(&mut Header, &Secrets) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let value = {
            let mut header = lock(&self.0.header);
            let mut next = header.clone();
            let value = self.0.with_secrets(|secrets| {
                next.sealer_public_key = Some(Sealer::of(&secrets.root)?.public_key);
                next.epoch = self.0.epoch;
                let value = change(&mut next, secrets)?;
                next.write(&self.0.folder, &secrets.vault_key)?;
                Ok(value)
            })?;
            *header = next;
            value
        };
        // The change is made; what could not be noted now is noted at the next unlock. The header is read inside the write,
        // so that of two changes the later one is noted last (order of locks: writer, then header).
        self.note_header();
        self.0.changes.tell(Scope::VAULT);
        Ok(value)
    }

    /// Notes what was just changed in the header.
    fn note_header(&self) {
        let now = self.0.device.clock.now();
        let _ = self.transact(|transaction| audit::note_header(transaction, &lock(&self.0.header), now));
    }

    /// Moves everything from the WAL into the file. What a reader still needs stays in the WAL.
    pub(crate) fn checkpoint(&self) -> Result<(), VaultError> {
        let writing = self.0.begin_writing()?;
        database::checkpoint(writing.writer.as_ref().ok_or(VaultError::Locked)?)
    }

    /// The inbox: what is put there is sealed, also while the vault is locked.
    pub fn inbox(&self) -> Inbox {
        Inbox::new(&self.0.folder, self.inbox_address())
    }

    /// What somebody needs to seal to this vault: no secret.
    pub fn inbox_address(&self) -> InboxAddress {
        InboxAddress::of(&lock(&self.0.header))
    }

    /// Locks the vault, and with it every clone of this handle: waits for the running write, moves the WAL into the
    /// file, closes it, wipes the keys and lets others open it. Reads that are running finish; the hold is given up
    /// when the last one has. Refused with `nested_write` inside a write.
    pub fn lock(self) -> Result<(), VaultError> {
        self.0.close()
    }

    /// Whether it is locked, by whatever clone or by itself.
    pub fn is_locked(&self) -> bool {
        self.0.with_secrets(|_| Ok(())).is_err()
    }

    /// Lends the root secret. Fails with `locked`.
    pub(crate) fn with_root<T>(&self, with: impl FnOnce(&Secret32) -> Result<T, VaultError>) -> Result<T, VaultError> {
        self.0.with_secrets(|secrets| with(&secrets.root))
    }

    /// Lends one snapshot that lies in the database file alone, and the file. As long as `look` runs, that file does not change: SQLite lets no
    /// checkpoint into it, and writes go on in the WAL. Fails with `busy` when readers that began earlier do not end.
    pub(crate) fn with_settled_snapshot<T>(
        &self,
        look: impl FnOnce(Settled<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        for _ in 0..SNAPSHOT_TRIES {
            let writing = self.0.begin_writing()?;
            let writer = writing.writer.as_ref().ok_or(VaultError::Locked)?;
            if !database::settle_into_file(writer)? {
                drop(writing);
                thread::sleep(SNAPSHOT_PAUSE);
                continue;
            }
            return self.0.readers.look(
                || self.0.open_reader(),
                |connection| {
                    // The first thing that is read takes the snapshot; from then on others may write.
                    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
                    let (number, vault_key) =
                        self.with_header_and_key(|header, key| Ok((header.database_number, key.clone())))?;
                    let file = File::open(database::path(&self.0.folder, number))
                        .map_err(VaultError::io("opening vault.db beside SQLite"))?;
                    drop(writing);
                    look(Settled {
                        connection,
                        file,
                        number,
                        vault_key,
                    })
                },
            );
        }
        Err(VaultError::Busy)
    }

    /// The vault's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// One drain at a time.
    pub(crate) fn draining(&self) -> MutexGuard<'_, ()> {
        lock(&self.0.draining)
    }
}

/// A moment of the vault that lies in the database file alone.
pub(crate) struct Settled<'a> {
    /// In the transaction that keeps the file as it is.
    pub(crate) connection: &'a Connection,
    pub(crate) file: File,
    /// Which of the vault's database files it is, and the key that it is under.
    pub(crate) number: u32,
    pub(crate) vault_key: Secret32,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("id", &self.0.id).finish_non_exhaustive()
    }
}

impl Inner {
    fn begin_writing(&self) -> Result<Writing<'_>, VaultError> {
        // The thread is noted only while it holds the writer, so seeing oneself means being inside one's own write.
        let me = Some(thread::current().id());
        if *lock(&self.writing) == me {
            return Err(VaultError::NestedWrite);
        }
        let writer = self.turns.wait_for(&self.writer);
        *lock(&self.writing) = me;
        Ok(Writing {
            noted: &self.writing,
            writer,
        })
    }

    fn open_reader(&self) -> Result<(Connection, Hold), VaultError> {
        let hold = lock(&self.hold).clone().ok_or(VaultError::Locked)?;
        // The number and the key belong together: they change under the header's mutex.
        let header = lock(&self.header);
        let file = database::path(&self.folder, header.database_number);
        let connection =
            self.with_secrets(|secrets| database::open(&file, &self.id, &secrets.vault_key, Role::Reader))?;
        Ok((connection, hold))
    }

    fn with_secrets<T>(&self, with: impl FnOnce(&Secrets) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        with(secrets.as_ref().ok_or(VaultError::Locked)?)
    }

    fn close(&self) -> Result<(), VaultError> {
        let mut writing = self.begin_writing()?;
        self.shut(&mut writing)
    }

    fn shut(&self, writing: &mut Writing<'_>) -> Result<(), VaultError> {
        self.readers.close();
        // Dropping wipes.
        self.secrets.write().unwrap_or_else(PoisonError::into_inner).take();
        self.auto_lock.end();
        let done = match writing.writer.take() {
            Some(writer) => {
                // Before the file is closed, since what SQLite gives free is not wiped. Failing, it is as it was.
                let _ = cover_root(&writer);
                let checkpointed = database::checkpoint(&writer);
                if let Ok(number) = commit_number::read(&writer) {
                    commit_number::keep(&self.device.memory, &self.id, number);
                }
                let closed = writer.close().map_err(|(_, error)| VaultError::from(error));
                checkpointed.and(closed)
            }
            None => Ok(()),
        };
        lock(&self.hold).take();
        done
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nobody is left to hear of an error, and nothing is lost by it: the WAL stays.
        let _ = self.close();
    }
}

/// A panic inside a write has rolled the transaction back already, so what the mutex guards is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads what the vault says about itself.
pub(crate) fn identity(connection: &Connection) -> Result<Identity, VaultError> {
    let damaged = || VaultError::Damaged { file: database::FILE };
    let (vault_id, root, epoch, created_ms): (String, Zeroizing<Vec<u8>>, i64, i64) = connection
        .query_row(
            "SELECT vault_id, root_secret, epoch, created_ms FROM vault_identity",
            [],
            |row| Ok((row.get(0)?, Zeroizing::new(row.get(1)?), row.get(2)?, row.get(3)?)),
        )
        .optional()?
        .ok_or_else(damaged)?;
    let root = Secret32::try_from(root.as_slice()).map_err(|_| damaged())?;
    Ok(Identity {
        vault_id,
        root,
        epoch: u64::try_from(epoch).map_err(|_| damaged())?,
        created: Timestamp::from_millis(created_ms),
    })
}

/// Writes zeros over the root secret in the connection's memory, and takes that back: the file keeps it, and what is kept of its page in
/// memory is dropped with the zeros.
pub(crate) fn cover_root(connection: &Connection) -> Result<(), VaultError> {
    let undone = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // One row by its number: for more, SQLite would keep the page as it was, in memory that it then gives free.
    let zeros = "UPDATE vault_identity SET root_secret = zeroblob(32) WHERE only_row = 1";
    undone.execute(zeros, [])?;
    undone.query_row("SELECT root_secret FROM vault_identity", [], |row| {
        row.get::<_, Vec<u8>>(0)
    })?;
    Ok(undone.rollback()?)
}

/// Writes what a new vault knows about itself.
pub(crate) fn found(
    connection: &Connection,
    vault_id: &str,
    root: &Secret32,
    created_ms: i64,
) -> Result<(), VaultError> {
    connection.execute(
        "INSERT INTO vault_identity (only_row, vault_id, root_secret, epoch, created_ms) VALUES (1, ?1, ?2, 1, ?3)",
        params![vault_id, root.expose(), created_ms],
    )?;
    Ok(())
}

/// Begins the epoch with this number.
pub(crate) fn begin_epoch(connection: &Connection, epoch: u64) -> Result<(), VaultError> {
    let epoch = i64::try_from(epoch).map_err(|_| VaultError::Damaged { file: database::FILE })?;
    connection.execute("UPDATE vault_identity SET epoch = ?1", [epoch])?;
    Ok(())
}
