//! Rescue: what can still be read of a damaged vault, and saving it into a new one.
//!
//! The pages are read without SQLite, each proven by its own HMAC, and the rows taken from the trees directly: a damaged
//! page costs the rows on it, not the table. The damaged vault itself is opened to read only and never changed. A new
//! vault is made beside it, with another id and key and the same root secret, so that everything derived stays the same.

mod complete;
mod copy;
mod pages;
mod tree;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::Clock;

use crate::audit::{AuditEvent, AuditKind};
use crate::backup::ranges;
use crate::database::{self, Role};
use crate::durable;
use crate::error::VaultError;
use crate::frames::{Frames, Stretch};
use crate::header::Header;
use crate::hold::{self, Hold};
use crate::inbox::{self, Inbox, InboxAddress};
use crate::key_store::KeyStore;
use crate::progress::Watch;
use crate::recovery::RecoveryPhrase;
use crate::schema::RoomSchema;
use crate::seal;
use crate::store::{SCRATCH, Store};
use crate::vault::{self, Vault};
use crate::way_in::{self, WrappedKey};

pub(crate) use copy::Saved;
pub(crate) use pages::RawPages;

/// What opens a damaged vault.
#[derive(Debug)]
pub enum RescueKey<'a> {
    /// One of its passphrases.
    Passphrase(&'a Passphrase),
    /// Its recovery words.
    RecoveryPhrase(&'a RecoveryPhrase),
    /// The platform's key store.
    KeyStore(&'a dyn KeyStore),
    /// The vault key itself: the only one that needs no header.
    Raw(Secret32),
}

/// A damaged vault, opened to read only.
pub struct Rescue {
    folder: PathBuf,
    vault_id: String,
    label: String,
    vault_key: Secret32,
    /// A copy with what the WAL had, when there was a WAL: removed when this is dropped.
    scratch: Option<Scratch>,
    _hold: Option<Hold>,
}

/// What is damaged in a vault's database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseDamage {
    /// How many pages it has.
    pub pages: u32,
    /// The pages that are not what was written there, as ranges, both ends included.
    pub damaged: Vec<(u32, u32)>,
}

/// What became of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RescuedTable {
    /// Its name.
    pub table: String,
    /// Rows in the new vault.
    pub saved: u64,
    /// Rows that were seen and could not be read whole, or that the table's rules refuse.
    pub lost: u64,
    /// Pages of the table that cannot be read, as ranges: the rows on them, or all that hang below them, are lost.
    pub lost_pages: Vec<(u32, u32)>,
}

/// What a rescue saved, and what it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RescueReport {
    /// Every table that is known of.
    pub tables: Vec<RescuedTable>,
    /// Pages of the list of tables that cannot be read: tables that stood there are not known.
    pub lost_lists: Vec<(u32, u32)>,
    /// Whether the root secret was saved. If not, the new vault has another one, and all keys are new.
    pub same_keys: bool,
    /// Sealed items that went over into the new vault's inbox.
    pub inbox_items: u64,
    /// Rows that name a row that was lost.
    pub dangling: u64,
}

impl RescueReport {
    /// Whether nothing was lost.
    pub fn is_complete(&self) -> bool {
        let whole = |table: &RescuedTable| table.lost == 0 && table.lost_pages.is_empty();
        self.same_keys && self.lost_lists.is_empty() && self.dangling == 0 && self.tables.iter().all(whole)
    }
}

/// Without the path and the label.
impl fmt::Debug for Rescue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rescue")
            .field("id", &self.vault_id)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a damaged vault by its id, to read and rescue what is left. Nothing of it is changed, now or later. A header that
    /// an accident changed is used as far as a way in still opens by it. Fails with `no_such_vault`, `vault_in_use`, and with
    /// what is wrong with the key or with a header that lets nobody in.
    pub fn open_for_rescue(&self, id: &str, key: RescueKey<'_>) -> Result<Rescue, VaultError> {
        let folder = self.folder_of_id(id)?;
        let hold = hold::take(&folder)?;
        let header = Header::read_for_rescue(&folder);
        let label = header
            .as_ref()
            .map_or_else(|_| String::new(), |header| header.label.clone());
        let vault_key = match key {
            RescueKey::Raw(vault_key) => vault_key,
            key => opened(&header?, key)?,
        };
        let scratch = self.with_wal_moved_in(&folder, id, &vault_key)?;
        Ok(Rescue {
            folder,
            vault_id: id.to_owned(),
            label,
            vault_key,
            scratch,
            _hold: Some(hold),
        })
    }

    /// A copy of the database with its WAL moved into it, if there is one that SQLite takes. The original is not touched.
    fn with_wal_moved_in(
        &self,
        folder: &Path,
        vault_id: &str,
        vault_key: &Secret32,
    ) -> Result<Option<Scratch>, VaultError> {
        let damaged = database::found_in(folder);
        if !database::has_wal(&damaged) {
            return Ok(None);
        }
        let scratch = Scratch::new(self)?;
        let copy = database::path(&scratch.folder, 1);
        fs::copy(&damaged, &copy)
            .and_then(|_| fs::copy(database::beside(&damaged, "-wal"), database::beside(&copy, "-wal")))
            .map_err(VaultError::io("copying a damaged vault"))?;
        let moved = database::open(&copy, vault_id, vault_key, Role::Writer).and_then(|connection| {
            database::trust(&connection)?;
            database::checkpoint(&connection)
        });
        if moved.is_err() {
            // The WAL is not this database's, or is damaged from its beginning: what the file itself has is what there is.
            fs::copy(&damaged, &copy).map_err(VaultError::io("copying a damaged vault"))?;
        }
        Ok(Some(scratch))
    }
}

impl Rescue {
    /// Of a state of a backup that was put together in a folder to work in.
    pub(crate) fn of_scratch(scratch: Scratch, vault_id: String, label: String, vault_key: Secret32) -> Self {
        Self {
            folder: scratch.folder.clone(),
            vault_id,
            label,
            vault_key,
            scratch: Some(scratch),
            _hold: None,
        }
    }

    /// What the vault is called, as far as its header says.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Looks at every page and says which are damaged.
    pub fn damage(&self, watch: &mut Watch<'_>) -> Result<DatabaseDamage, VaultError> {
        self.pages()?.damage(watch)
    }

    /// Reads as from a vault, for as long as no damaged page is in the way; then it fails with `damaged`. The connection refuses
    /// writes.
    pub fn read<T, E: From<VaultError>>(&self, look: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let connection = database::open(&self.database_file(), &self.vault_id, &self.vault_key, Role::Reader)?;
        look(&connection)
    }

    /// Saves all that authenticates into a new vault, with a passphrase as its first way in, and unlocks that. The damaged one
    /// stays as it is, until it is deleted. Fails like [`Store::create`], with `damaged` when not even the first page can be
    /// read, and with `cancelled`.
    pub fn save_as(
        &self,
        store: &Store,
        label: &str,
        passphrase: &Passphrase,
        schemas: &[RoomSchema],
        clock: &dyn Clock,
        watch: &mut Watch<'_>,
    ) -> Result<(Vault, RescueReport), VaultError> {
        let mut pages = self.pages()?;
        let mut saved = Saved::default();
        let vault = store.create_from(
            label,
            None,
            schemas,
            clock,
            |new_key, now| WrappedKey::by_passphrase(new_key, way_in::PASSPHRASE.to_owned(), passphrase, Some(now)),
            |connection, id, now| copy::copy(&mut pages, connection, schemas, id, now, &mut saved, watch),
        )?;
        let (old_root, report) = saved.report(&vault)?;
        let mut report = report;
        if let Some(root) = old_root {
            report.inbox_items = self.move_inbox(&root, &vault)?;
        }
        vault.audit(&AuditEvent::new(AuditKind::Rescue).record(&*self.vault_id), clock.now())?;
        Ok((vault, report))
    }

    /// Seals what lies undelivered in the old inbox anew, for the new vault.
    fn move_inbox(&self, root: &Secret32, vault: &Vault) -> Result<u64, VaultError> {
        let address = InboxAddress {
            vault_id: self.vault_id.clone(),
            public_key: seal::public_key(root)?,
        };
        if !self.folder.join(inbox::FILE).exists() {
            return Ok(0);
        }
        let Some((file, end)) = Inbox::new(&self.folder, address).snapshot()? else {
            return Ok(0);
        };
        let mut frames = Frames::new(std::io::BufReader::new(file), end);
        let mut moved = 0;
        while let Some(stretch) = frames.next().map_err(VaultError::io("reading inbox.log"))? {
            let Stretch::Frame { body, .. } = stretch else {
                continue;
            };
            let Some((id, sealed)) = body.split_first_chunk::<16>() else {
                continue;
            };
            if let Some(item) = seal::open(root, &self.vault_id, id, sealed)
                && !vault.inbox_item_is_delivered(id)?
            {
                vault.inbox().seal(&item)?;
                moved += 1;
            }
        }
        Ok(moved)
    }

    fn database_file(&self) -> PathBuf {
        let copied = self.scratch.as_ref().map(|scratch| database::path(&scratch.folder, 1));
        copied.unwrap_or_else(|| database::found_in(&self.folder))
    }

    fn pages(&self) -> Result<RawPages, VaultError> {
        RawPages::open(&self.database_file(), &self.vault_key, &self.vault_id)
    }
}

/// A folder of this program's own, gone when it is dropped. What is in it is encrypted like the vault.
pub(crate) struct Scratch {
    pub(crate) folder: PathBuf,
    _hold: Hold,
}

impl Scratch {
    /// A new, empty one.
    pub(crate) fn new(store: &Store) -> Result<Self, VaultError> {
        let folder = store.path_in_vaults(&format!("{SCRATCH}{}", way_in::random_id()?));
        durable::create_folder(&folder).map_err(VaultError::io("making a folder to work in"))?;
        let hold = hold::take(&folder)?;
        Ok(Self { folder, _hold: hold })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The next vault that is made removes what stays.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Vault {
    /// Looks at every page of the database file, and says which are not what was written there. What is in the WAL is moved into
    /// the file first; writes go on meanwhile. Fails with `busy`, `cancelled` and `locked`.
    pub fn check_pages(&self, watch: &mut Watch<'_>) -> Result<DatabaseDamage, VaultError> {
        self.with_settled_snapshot(|settled| {
            let pages: u32 = settled
                .connection
                .query_row("PRAGMA page_count", [], |row| row.get(0))?;
            let mut raw = RawPages::of(settled.file, pages, &settled.vault_key, self.id());
            raw.damage(&mut |progress| {
                // Locking ends it.
                match self.with_root(|_| Ok(())) {
                    Ok(()) => watch(progress),
                    Err(_) => std::ops::ControlFlow::Break(()),
                }
            })
        })
    }

    /// Everything that can be proven about the vault, from the last byte of its header to the order in its tables; an empty list
    /// says that all is well. Reads the whole database twice. Fails like [`Vault::check_pages`].
    pub fn check(&self, watch: &mut Watch<'_>) -> Result<Vec<Fault>, VaultError> {
        let mut faults = Vec::new();
        let stands = self.with_header_and_key(|header, vault_key| {
            let read = Header::read(self.folder()).and_then(|read| read.prove(vault_key));
            Ok(read.is_ok_and(|read| read == *header))
        })?;
        if !stands {
            faults.push(Fault::Header);
        }
        let damage = self.check_pages(watch)?;
        if !damage.damaged.is_empty() {
            faults.push(Fault::Pages(damage.damaged));
            // What SQLite would say about order follows from this.
            return Ok(faults);
        }
        self.read(|connection| {
            let identity = vault::identity(connection)?;
            let header_fits = self
                .with_header(|header| seal::public_key(&identity.root).is_ok_and(|key| key == header.inbox_public_key));
            if identity.vault_id != self.id() || !header_fits {
                faults.push(Fault::Identity);
            }
            let order: Vec<String> = connection
                .prepare("PRAGMA integrity_check(20)")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            if order != ["ok"] {
                faults.push(Fault::Order(order.len()));
            }
            let dangling = copy::dangling(connection)?;
            if dangling > 0 {
                faults.push(Fault::Dangling(dangling));
            }
            Ok::<_, VaultError>(())
        })?;
        Ok(faults)
    }
}

/// Something that [`Vault::check`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The header on the disk is not the one that this program wrote.
    Header,
    /// Pages of the database that are not what was written there, as ranges.
    Pages(Vec<(u32, u32)>),
    /// The vault's identity does not fit its header.
    Identity,
    /// The trees and rows are not in the order that SQLite keeps: how many faults, 20 at most.
    Order(usize),
    /// Rows that name another row that is not there: how many.
    Dangling(u64),
}

impl Fault {
    /// Its stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Pages(_) => "pages",
            Self::Identity => "identity",
            Self::Order(_) => "order",
            Self::Dangling(_) => "dangling",
        }
    }
}

/// The vault key, by a header that need not be proven: what is unwrapped authenticates itself.
fn opened(header: &Header, key: RescueKey<'_>) -> Result<Secret32, VaultError> {
    let (id, sealer) = (&header.vault_id, header.sealer_public_key);
    let (kind, refused) = match &key {
        RescueKey::Passphrase(_) => (way_in::PASSPHRASE, VaultError::WrongPassphrase),
        RescueKey::RecoveryPhrase(_) => (way_in::RECOVERY_PHRASE, VaultError::WrongRecoveryPhrase),
        RescueKey::KeyStore(_) | RescueKey::Raw(_) => ("key_store", VaultError::WrongKey),
    };
    let mut error = VaultError::NoSuchWayIn { kind };
    let mut refused = Some(refused);
    for way_in in &header.ways_in {
        if way_in.entry().kind.name() != kind {
            continue;
        }
        let found = match (&key, way_in) {
            (RescueKey::Passphrase(passphrase), _) => way_in.try_passphrase(id, sealer, passphrase)?,
            (RescueKey::RecoveryPhrase(phrase), _) => way_in.try_recovery_phrase(id, sealer, phrase)?,
            (RescueKey::KeyStore(store), WrappedKey::KeyStore { name, wrapped_key, .. }) => {
                match store.unwrap(name, wrapped_key) {
                    Ok(key) => Some(key),
                    Err(why) => {
                        refused = Some(why.into());
                        None
                    }
                }
            }
            _ => None,
        };
        match found {
            Some(found) => return Ok(found),
            None => error = refused.take().unwrap_or(error),
        }
    }
    Err(error)
}

/// Page numbers as ranges, in order and each once.
fn sorted(mut numbers: Vec<u32>) -> Vec<(u32, u32)> {
    numbers.sort_unstable();
    numbers.dedup();
    ranges(numbers)
}
