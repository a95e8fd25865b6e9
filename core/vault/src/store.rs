//! The folder of all vaults on this device: `DATA/vaults/<random id>/`. It lists, makes and unlocks vaults. No file or
//! folder name says anything about the person; what a locked vault shows is its label, which the person chooses.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, TransactionBehavior};
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::{Clock, SystemClock, Timestamp};

use crate::database;
use crate::durable;
use crate::error::VaultError;
use crate::header::{Header, UnprovenHeader};
use crate::hold;
use crate::inbox::{Inbox, InboxAddress};
use crate::key_store::KeyStore;
use crate::recovery::RecoveryPhrase;
use crate::schema::{self, RoomSchema};
use crate::seal;
use crate::tries;
use crate::vault::{self, Device, Vault, commit_number_name};
use crate::way_in::{self, NewKey, WayIn, WrappedKey};
use crate::way_key::Sealer;

const LABEL_LIMIT_CHARS: usize = 64;
/// In front of the id while a vault is being made. Names with a dot are not listed.
pub(crate) const UNFINISHED: &str = ".unfinished-";
/// In front of the id of a vault that is being removed.
pub(crate) const REMAINS: &str = ".deleted-";
/// In front of a random id while a damaged vault is read; held as long as somebody does.
pub(crate) const SCRATCH: &str = ".scratch-";
/// In front of the id of a vault while a restored one takes its place.
pub(crate) const REPLACED: &str = ".replaced-";

/// All vaults of a device.
#[derive(Clone)]
pub struct Store {
    vaults: PathBuf,
    pub(crate) device: Device,
}

/// Without the path: a data folder often lies in one with the person's name.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// A vault as it is seen while locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultEntry {
    /// Its id, which is its folder's name.
    pub id: String,
    /// What the person calls it; empty when it is not to be seen while locked, or the header cannot be read.
    pub label: String,
    /// Its colour, if the person wants it to be seen while locked.
    pub colour: Option<[u8; 3]>,
    /// Its picture, if the person wants it to be seen while locked.
    pub avatar: Option<Vec<u8>>,
    /// How it can be unlocked.
    pub ways_in: Vec<WayIn>,
    /// The code of what is wrong with the header, if something is: the vault is listed all the same.
    pub problem: Option<&'static str>,
}

impl Store {
    /// Uses the data folder `root`, which is made when it is not there.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, VaultError> {
        let vaults = root.as_ref().join("vaults");
        durable::create_folder(&vaults).map_err(VaultError::io("making the vaults' folder"))?;
        let device = Device {
            clock: Arc::new(SystemClock),
            memory: None,
        };
        let store = Self { vaults, device };
        store.put_back()?;
        Ok(store)
    }

    /// The same store by another clock: waits after wrong passphrases and locking by itself go by it.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.device.clock = clock;
        self
    }

    /// The same store with an outside memory: `memory` keeps how far each vault has come, so that a vault that was put back to
    /// an older state is noticed (`rolled_back`).
    #[must_use]
    pub fn remembering(mut self, memory: Arc<dyn KeyStore>) -> Self {
        self.device.memory = Some(memory);
        self
    }

    /// The person has confirmed that the vault with this id is an older state, say restored from a backup: the next unlock
    /// takes it as it is. Fails with the key store's refusals.
    pub fn accept_rollback(&self, id: &str) -> Result<(), VaultError> {
        self.folder_of_id(id)?;
        self.forget_commit_number(id)
    }

    /// The vault with this id may have any number at its next unlock.
    pub(crate) fn forget_commit_number(&self, id: &str) -> Result<(), VaultError> {
        let name = commit_number_name(id);
        match &self.device.memory {
            Some(memory) if memory.kept_number(&name)?.is_some() => Ok(memory.keep_number(&name, 0)?),
            _ => Ok(()),
        }
    }

    /// The vaults, by label and then id. Reads headers only, so it needs no key and shows what they claim.
    pub fn list(&self) -> Result<Vec<VaultEntry>, VaultError> {
        let mut entries = Vec::new();
        let folders = fs::read_dir(&self.vaults).map_err(VaultError::io("listing the vaults"))?;
        for folder in folders {
            let folder = folder.map_err(VaultError::io("listing the vaults"))?;
            if let Some(id) = folder.file_name().to_str().filter(|name| is_id(name)) {
                entries.push(self.entry(id));
            }
        }
        entries.sort_by(|a, b| (&a.label, &a.id).cmp(&(&b.label, &b.id)));
        Ok(entries)
    }

    /// Makes a vault with a passphrase as its first way in, and unlocks it. The label is visible while the vault is
    /// locked. Either the whole vault is there afterwards, or nothing that [`Store::list`] shows. Fails with
    /// `bad_label`, `vault_exists` or `empty_passphrase`.
    pub fn create(
        &self,
        label: &str,
        passphrase: &Passphrase,
        schemas: &[RoomSchema],
        clock: &dyn Clock,
    ) -> Result<Vault, VaultError> {
        self.create_with(label, schemas, clock, |key, now| {
            WrappedKey::by_passphrase(key, way_in::PASSPHRASE.to_owned(), passphrase, Some(now))
        })
    }

    /// [`Store::create`] with a key store as the first way in, which is called `way_name`. Fails with the key store's
    /// refusals besides.
    pub fn create_with_key_store(
        &self,
        label: &str,
        way_name: &str,
        store: &dyn KeyStore,
        schemas: &[RoomSchema],
        clock: &dyn Clock,
    ) -> Result<Vault, VaultError> {
        check_label(way_name)?;
        self.create_with(label, schemas, clock, |key, now| {
            WrappedKey::by_key_store(key, way_name.to_owned(), store, now)
        })
    }

    /// Calls an unlocked vault of this store something else. Fails with `bad_label` or `vault_exists`.
    pub fn rename(&self, vault: &Vault, label: &str) -> Result<(), VaultError> {
        check_label(label)?;
        let _turn = self.turn()?;
        let taken = self
            .list()?
            .iter()
            .any(|entry| entry.label == label && entry.id != vault.id());
        if taken {
            return Err(VaultError::VaultExists);
        }
        vault.set_label(label)
    }

    fn create_with(
        &self,
        label: &str,
        schemas: &[RoomSchema],
        clock: &dyn Clock,
        first_way: impl FnOnce(&NewKey<'_>, Timestamp) -> Result<WrappedKey, VaultError>,
    ) -> Result<Vault, VaultError> {
        self.create_from(label, None, schemas, clock, first_way, |connection, id, now| {
            schema::migrate(connection, schemas)?;
            let root = random_secret()?;
            let founding = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            vault::found(&founding, id, &root, now.millis())?;
            founding.commit()?;
            Ok(root)
        })
    }

    /// Makes a vault whose database `fill` fills, from empty, with everything down to its identity; `fill` gets the vault's id
    /// and the time, and returns the root secret. The id is a new one unless it is given.
    pub(crate) fn create_from(
        &self,
        label: &str,
        id: Option<String>,
        schemas: &[RoomSchema],
        clock: &dyn Clock,
        first_way: impl FnOnce(&NewKey<'_>, Timestamp) -> Result<WrappedKey, VaultError>,
        fill: impl FnOnce(&mut Connection, &str, Timestamp) -> Result<Secret32, VaultError>,
    ) -> Result<Vault, VaultError> {
        check_label(label)?;
        // Two processes that make a vault of the same label at the same moment: the second finds the first's.
        let _turn = self.turn()?;
        self.sweep().map_err(VaultError::io("removing unfinished vaults"))?;
        if self.list()?.iter().any(|entry| entry.label == label) {
            return Err(VaultError::VaultExists);
        }
        let id = match id {
            Some(id) if self.folder(&id).exists() => return Err(VaultError::VaultExists),
            Some(id) => id,
            None => way_in::random_id()?,
        };
        let now = clock.now();
        let vault_key = random_secret()?;
        // Until the rename, this is no vault.
        let unfinished = self.vaults.join(format!("{UNFINISHED}{id}"));
        durable::create_folder(&unfinished).map_err(VaultError::io("making the vault's folder"))?;
        let hold = hold::take(&unfinished)?;
        let mut connection = database::create(&unfinished, &id, &vault_key)?;
        let root = match fill(&mut connection, &id, now) {
            Ok(root) => root,
            Err(error) => {
                drop(connection);
                // The next vault that is made removes what cannot be removed now.
                let _ = fs::remove_dir_all(&unfinished);
                return Err(error);
            }
        };
        let epoch = vault::identity(&connection)?.epoch;
        database::checkpoint(&connection)?;
        connection.close().map_err(|(_, error)| VaultError::from(error))?;
        let sealer = Sealer::of(&root)?;
        let new_key = NewKey {
            vault_id: &id,
            vault_key: &vault_key,
            sealer: &sealer,
        };
        let first_way = first_way(&new_key, now)?;
        let mut header = Header::new(
            id,
            label.to_owned(),
            seal::public_key(&root)?,
            sealer.public_key,
            vec![first_way],
        );
        header.epoch = epoch;
        header.write(&unfinished, &vault_key)?;
        let folder = self.folder(&header.vault_id);
        fs::rename(&unfinished, &folder)
            .and_then(|()| self.sync())
            .map_err(VaultError::io("naming the vault's folder"))?;
        Vault::open(folder, header, vault_key, hold, schemas, None, &self.device)
    }

    /// Unlocks by passphrase, and brings the rooms' tables up to date. Fails with `no_such_vault`, `vault_in_use`,
    /// `wrong_passphrase`, `wait` after several of those, `wiped` if the person has set that, `no_such_way_in`,
    /// `newer_schema`, `migration_failed`, `rolled_back`, or with what is wrong with a file (`missing_file`, `truncated`,
    /// `not_a_vault`, `foreign_vault`, `damaged`, `header_forged`). A failure changes no file but the count of wrong ones.
    pub fn unlock(
        &self,
        id_or_label: &str,
        passphrase: &Passphrase,
        schemas: &[RoomSchema],
    ) -> Result<Vault, VaultError> {
        let mut way_id = String::new();
        let mut wipe = None;
        let unlocked = self.unlock_with(id_or_label, schemas, way_in::PASSPHRASE, |folder, header| {
            let by_passphrase = |way_in: &&WrappedKey| matches!(way_in, WrappedKey::Passphrase { .. });
            let ways_in: Vec<_> = header.ways_in.iter().filter(by_passphrase).collect();
            if ways_in.is_empty() {
                return Err(VaultError::NoSuchWayIn {
                    kind: way_in::PASSPHRASE,
                });
            }
            let this_try = tries::begin(folder, &header.vault_id, self.device.clock.now())?;
            for way_in in ways_in {
                if let Some(key) = way_in.try_passphrase(&header.vault_id, header.sealer_public_key, passphrase)? {
                    way_in.id().clone_into(&mut way_id);
                    this_try.was_right()?;
                    return Ok(key);
                }
            }
            if header.wipe_after_wrong.is_some_and(|limit| this_try.wrong() >= limit) {
                wipe = Some(header.vault_id.clone());
            }
            Err(VaultError::WrongPassphrase)
        });
        if let Some(id) = wipe {
            self.delete(&id)?;
            return Err(VaultError::Wiped);
        }
        let vault = unlocked?;
        // A full disk is no reason to stay out: the old way in stands, and the next unlock tries again.
        let _ = vault.renew_passphrase(&way_id, passphrase);
        Ok(vault)
    }

    /// Unlocks with the vault key itself, which native code unwrapped (see [`Store::wrapped_key`]). Fails like
    /// [`Store::unlock`], with `wrong_key` for another vault's key.
    pub fn unlock_raw(
        &self,
        id_or_label: &str,
        vault_key: Secret32,
        schemas: &[RoomSchema],
    ) -> Result<Vault, VaultError> {
        let unlocked = self.unlock_with(id_or_label, schemas, "vault_key", |_, _| Ok(vault_key));
        // Nothing has authenticated a key that comes as bytes, so it is the first to be doubted.
        unlocked.map_err(|error| match error {
            VaultError::HeaderForged => VaultError::WrongKey,
            error => error,
        })
    }

    /// Unlocks by a key store: the first of its ways in that opens. Fails like [`Store::unlock`], with the key store's
    /// own refusal when there is one.
    pub fn unlock_key_store(
        &self,
        id_or_label: &str,
        store: &dyn KeyStore,
        schemas: &[RoomSchema],
    ) -> Result<Vault, VaultError> {
        let vault = self.unlock_with(id_or_label, schemas, "key_store", |_, header| {
            let mut error = VaultError::NoSuchWayIn { kind: "key_store" };
            for way_in in &header.ways_in {
                if let WrappedKey::KeyStore { name, wrapped_key, .. } = way_in {
                    match store.unwrap(name, wrapped_key) {
                        Ok(key) => return Ok(key),
                        Err(refused) => error = refused.into(),
                    }
                }
            }
            Err(error)
        })?;
        // What cannot be removed now is removed another time; it opens nothing.
        let _ = vault.tidy_key_store(store);
        Ok(vault)
    }

    /// Unlocks by recovery words. Fails like [`Store::unlock`], with `wrong_recovery_phrase` for another vault's words.
    pub fn unlock_recovery_phrase(
        &self,
        id_or_label: &str,
        phrase: &RecoveryPhrase,
        schemas: &[RoomSchema],
    ) -> Result<Vault, VaultError> {
        let mut way_id = String::new();
        let vault = self.unlock_with(id_or_label, schemas, way_in::RECOVERY_PHRASE, |_, header| {
            let mut error = VaultError::NoSuchWayIn {
                kind: way_in::RECOVERY_PHRASE,
            };
            for way_in in &header.ways_in {
                if let Some(key) = way_in.try_recovery_phrase(&header.vault_id, header.sealer_public_key, phrase)? {
                    way_in.id().clone_into(&mut way_id);
                    return Ok(key);
                }
                if matches!(way_in, WrappedKey::RecoveryPhrase { .. }) {
                    error = VaultError::WrongRecoveryPhrase;
                }
            }
            Err(error)
        })?;
        // As above.
        let _ = vault.renew_recovery_phrase(&way_id, phrase);
        Ok(vault)
    }

    /// The wrapped key of a key-store way in: where the platform wants the person's presence, native code unwraps it under
    /// the key's name ([`crate::WayInKind::KeyStore`]) and calls [`Store::unlock_raw`]. Fails with `no_such_way_in`.
    pub fn wrapped_key(&self, id_or_label: &str, way_name: &str) -> Result<Vec<u8>, VaultError> {
        let (_, header) = self.header(id_or_label)?;
        let wrapped = header.claims.ways_in.into_iter().find_map(|way_in| match way_in {
            WrappedKey::KeyStore { ref wrapped_key, .. } if way_in.name() == way_name => Some(wrapped_key.clone()),
            _ => None,
        });
        wrapped.ok_or(VaultError::NoSuchWayIn { kind: "key_store" })
    }

    /// The inbox of a vault, locked or not: what is sealed into it is delivered after the next unlock.
    pub fn inbox(&self, id_or_label: &str) -> Result<Inbox, VaultError> {
        let (folder, header) = self.header(id_or_label)?;
        Ok(Inbox::new(&folder, InboxAddress::of(&header.claims)))
    }

    fn unlock_with(
        &self,
        id_or_label: &str,
        schemas: &[RoomSchema],
        how: &'static str,
        vault_key: impl FnOnce(&Path, &Header) -> Result<Secret32, VaultError>,
    ) -> Result<Vault, VaultError> {
        let folder = self.find(id_or_label)?;
        let hold = hold::take(&folder)?;
        // Read under the hold: nobody rewrites it any more.
        let header = read_header(&folder)?;
        let raw_key = vault_key(&folder, &header.claims)?;
        let header = header.prove(&raw_key)?;
        Vault::open(folder, header, raw_key, hold, schemas, Some(how), &self.device)
    }

    /// Puts vaults back whose replacement by a restored one was cut.
    fn put_back(&self) -> Result<(), VaultError> {
        let put_back = || {
            for (name, id) in self.named(REPLACED)? {
                if !self.folder(&id).exists() {
                    fs::rename(self.vaults.join(name), self.folder(&id))?;
                    self.sync()?;
                }
            }
            Ok(())
        };
        if self.named(REPLACED).is_ok_and(|names| names.is_empty()) {
            return Ok(());
        }
        let _turn = self.turn()?;
        put_back().map_err(VaultError::io("putting a vault back"))
    }

    /// Folders whose names are this beginning and an id.
    fn named(&self, beginning: &str) -> io::Result<Vec<(String, String)>> {
        let mut names = Vec::new();
        for folder in fs::read_dir(&self.vaults)? {
            let name = folder?.file_name().into_string().unwrap_or_default();
            if let Some(id) = name.strip_prefix(beginning).filter(|id| is_id(id)) {
                let id = id.to_owned();
                names.push((name, id));
            }
        }
        Ok(names)
    }

    /// Removes vaults whose making or removal was cut. Nobody else is at it: the caller has the turn.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        for beginning in [UNFINISHED, REMAINS, REPLACED, SCRATCH] {
            for (name, id) in self.named(beginning)? {
                let folder = self.vaults.join(name);
                let stays = match beginning {
                    REPLACED => !self.folder(&id).exists(),
                    SCRATCH => hold::take(&folder).is_err(),
                    _ => false,
                };
                if !stays {
                    fs::remove_dir_all(folder)?;
                }
            }
        }
        self.sync()
    }

    /// The turn to make, name or remove a vault; others wait.
    pub(crate) fn turn(&self) -> Result<File, VaultError> {
        hold::wait(&self.vaults.join(".creating"))
    }

    /// Makes the names of the vaults' folders durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        durable::sync_folder(&self.vaults)
    }

    /// The folder of the vault with this id, whatever is in it.
    pub(crate) fn folder_of_id(&self, id: &str) -> Result<PathBuf, VaultError> {
        if is_id(id) && self.folder(id).is_dir() {
            Ok(self.folder(id))
        } else {
            Err(VaultError::NoSuchVault)
        }
    }

    /// A place beside the vaults.
    pub(crate) fn path_in_vaults(&self, name: &str) -> PathBuf {
        self.vaults.join(name)
    }

    fn header(&self, id_or_label: &str) -> Result<(PathBuf, UnprovenHeader), VaultError> {
        let folder = self.find(id_or_label)?;
        let header = read_header(&folder)?;
        Ok((folder, header))
    }

    fn find(&self, id_or_label: &str) -> Result<PathBuf, VaultError> {
        if let Ok(folder) = self.folder_of_id(id_or_label) {
            return Ok(folder);
        }
        let entry = self
            .list()?
            .into_iter()
            .find(|entry| entry.problem.is_none() && !entry.label.is_empty() && entry.label == id_or_label);
        entry.map(|entry| self.folder(&entry.id)).ok_or(VaultError::NoSuchVault)
    }

    fn folder(&self, id: &str) -> PathBuf {
        self.vaults.join(id)
    }

    /// What the header of the vault with this id claims.
    pub(crate) fn entry(&self, id: &str) -> VaultEntry {
        let id = id.to_owned();
        match read_header(&self.folder(&id)).map(|header| header.claims) {
            Ok(header) => VaultEntry {
                id,
                ways_in: header.ways_in.iter().map(WrappedKey::entry).collect(),
                label: header.label,
                colour: header.colour.map(|colour| colour.0),
                avatar: header.avatar.map(|avatar| avatar.0),
                problem: None,
            },
            Err(error) => VaultEntry {
                id,
                label: String::new(),
                colour: None,
                avatar: None,
                ways_in: Vec::new(),
                problem: Some(error.code()),
            },
        }
    }
}

fn random_secret() -> Result<Secret32, VaultError> {
    Secret32::random().map_err(|_| VaultError::Crypto { step: "randomness" })
}

/// What a vault or a way in may be called: 1 to 64 characters, no control characters.
pub(crate) fn check_label(label: &str) -> Result<(), VaultError> {
    if label.is_empty() || label.chars().count() > LABEL_LIMIT_CHARS || label.chars().any(char::is_control) {
        Err(VaultError::BadLabel)
    } else {
        Ok(())
    }
}

/// The header in a folder, if it belongs into this folder.
fn read_header(folder: &Path) -> Result<UnprovenHeader, VaultError> {
    let header = Header::read(folder)?;
    if folder.file_name().and_then(|name| name.to_str()) != Some(&header.claims.vault_id) {
        return Err(VaultError::ForeignVault {
            file: crate::header::FILE,
        });
    }
    Ok(header)
}

/// A vault's id: 128 bits in lower-case hexadecimal. Nothing else can name a folder, so no name leads out of it.
pub(crate) fn is_id(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
