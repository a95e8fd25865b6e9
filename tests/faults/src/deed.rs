//! What a worker does to a vault: each deed is acknowledged once, and there is either all of it afterwards or nothing.
//! The same code does a deed again after it was cut.

use std::fmt;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rusqlite::{Transaction, params};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{
    BackupKey, FileKeyStore, FolderPlace, InboxItem, KeyChange, Progress, RecoveryAnswer, RecoveryPhrase,
    RestoreOptions, RoomSchema, Scope, Store, Vault, VaultError, backups,
};

/// The room that is written to.
pub const FAULT: RoomSchema = RoomSchema {
    room: "fault",
    migrations: &[
        "CREATE TABLE fault_row (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
        "CREATE TABLE fault_part (
            number INTEGER NOT NULL REFERENCES fault_row (number), part INTEGER NOT NULL, text TEXT NOT NULL
        ) STRICT",
        "CREATE INDEX fault_part_by_number ON fault_part (number)",
        "CREATE TABLE fault_total (only_row INTEGER PRIMARY KEY, row_count INTEGER NOT NULL, byte_count INTEGER NOT NULL) STRICT",
        "INSERT INTO fault_total (only_row, row_count, byte_count) VALUES (1, 0, 0)",
        "CREATE TABLE fault_item (name TEXT NOT NULL) STRICT",
    ],
};
/// Its scope.
pub const SCOPE: Scope = Scope("fault");
/// Into how many rows of another table each row is spread.
pub const PARTS: i64 = 3;
/// The way in that every vault is made with.
pub const FIRST_WAY: &str = "first";

/// A room that has one more migration in each version: a table, a row in it, and an index.
pub fn growing(version: u32) -> RoomSchema {
    let migrations: Vec<&'static str> = (1..=version)
        .map(|step| {
            let sql = format!(
                "CREATE TABLE grown_{step} (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
                 INSERT INTO grown_{step} (text) VALUES ('{}');
                 CREATE INDEX grown_{step}_by_text ON grown_{step} (text);",
                "x".repeat(3000)
            );
            &*Box::leak(sql.into_boxed_str())
        })
        .collect();
    RoomSchema {
        room: "grown",
        migrations: Box::leak(migrations.into_boxed_slice()),
    }
}

/// What a row of this number holds.
pub fn filling(number: i64, bytes: usize) -> Vec<u8> {
    vec![u8::try_from(number.rem_euclid(251)).unwrap_or_default(); bytes]
}

/// One thing that is done and acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Rows in one transaction: numbers from `first`, each of so many bytes.
    Rows {
        /// The first number.
        first: i64,
        /// How many.
        count: i64,
        /// How large each is.
        bytes: usize,
    },
    /// The rows from `first` on go again, so many of them.
    Erase {
        /// The first number.
        first: i64,
        /// How many.
        count: i64,
    },
    /// A file in the vault.
    Blob {
        /// Its name.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// Something arrives in the inbox.
    Seal(String),
    /// The same by somebody who does not unlock the vault.
    Leave(String),
    /// The inbox is delivered.
    Drain,
    /// The vault is locked and opened again.
    Relock,
    /// The program is a newer one: locked, and opened again with more migrations.
    Migrate(u32),
    /// One more key-store way in.
    AddKeyStore(String),
    /// It goes.
    RemoveWay(String),
    /// One more passphrase.
    AddPassphrase(String),
    /// Another in its place.
    ChangePassphrase(String, String),
    /// New recovery words are shown.
    NewWords,
    /// They are checked, and open from now on.
    CheckWords,
    /// The vault is called something else.
    Rename(String),
    /// A new vault key; a way in goes with it, if one is named.
    NewKey(Option<String>),
    /// A backup: a new file or a segment more, whichever is due.
    BackUp,
    /// A new device restores the newest backup.
    RestoreNew,
    /// That device goes.
    DropNew,
    /// The newest backup takes the vault's place.
    RestoreReplacing,
    /// Another persona.
    Create(String),
    /// It goes for good.
    Delete(String),
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { first, count, bytes } => write!(f, "rows\t{first}\t{count}\t{bytes}"),
            Self::Erase { first, count } => write!(f, "erase\t{first}\t{count}"),
            Self::Blob { name, bytes } => write!(f, "blob\t{name}\t{bytes}"),
            Self::Seal(name) => write!(f, "seal\t{name}"),
            Self::Leave(name) => write!(f, "leave\t{name}"),
            Self::Drain => write!(f, "drain"),
            Self::Relock => write!(f, "relock"),
            Self::Migrate(version) => write!(f, "migrate\t{version}"),
            Self::AddKeyStore(name) => write!(f, "add key store\t{name}"),
            Self::RemoveWay(name) => write!(f, "remove way\t{name}"),
            Self::AddPassphrase(text) => write!(f, "add passphrase\t{text}"),
            Self::ChangePassphrase(old, new) => write!(f, "change passphrase\t{old}\t{new}"),
            Self::NewWords => write!(f, "new words"),
            Self::CheckWords => write!(f, "check words"),
            Self::Rename(label) => write!(f, "rename\t{label}"),
            Self::NewKey(None) => write!(f, "new key"),
            Self::NewKey(Some(name)) => write!(f, "new key\t{name}"),
            Self::BackUp => write!(f, "back up"),
            Self::RestoreNew => write!(f, "restore new"),
            Self::DropNew => write!(f, "drop new"),
            Self::RestoreReplacing => write!(f, "restore replacing"),
            Self::Create(label) => write!(f, "create\t{label}"),
            Self::Delete(label) => write!(f, "delete\t{label}"),
        }
    }
}

impl FromStr for Deed {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let bad = || format!("no deed: {line}");
        let number = |text: &str| text.parse::<i64>().map_err(|_| bad());
        let size = |text: &str| text.parse::<usize>().map_err(|_| bad());
        let own = |text: &str| text.to_owned();
        Ok(match line.split('\t').collect::<Vec<_>>().as_slice() {
            ["rows", first, count, bytes] => Self::Rows {
                first: number(first)?,
                count: number(count)?,
                bytes: size(bytes)?,
            },
            ["erase", first, count] => Self::Erase {
                first: number(first)?,
                count: number(count)?,
            },
            ["blob", name, bytes] => Self::Blob {
                name: own(name),
                bytes: size(bytes)?,
            },
            ["seal", name] => Self::Seal(own(name)),
            ["leave", name] => Self::Leave(own(name)),
            ["drain"] => Self::Drain,
            ["relock"] => Self::Relock,
            ["migrate", version] => Self::Migrate(version.parse().map_err(|_| bad())?),
            ["add key store", name] => Self::AddKeyStore(own(name)),
            ["remove way", name] => Self::RemoveWay(own(name)),
            ["add passphrase", text] => Self::AddPassphrase(own(text)),
            ["change passphrase", old, new] => Self::ChangePassphrase(own(old), own(new)),
            ["new words"] => Self::NewWords,
            ["check words"] => Self::CheckWords,
            ["rename", label] => Self::Rename(own(label)),
            ["new key"] => Self::NewKey(None),
            ["new key", name] => Self::NewKey(Some(own(name))),
            ["back up"] => Self::BackUp,
            ["restore new"] => Self::RestoreNew,
            ["drop new"] => Self::DropNew,
            ["restore replacing"] => Self::RestoreReplacing,
            ["create", label] => Self::Create(own(label)),
            ["delete", label] => Self::Delete(own(label)),
            _ => return Err(bad()),
        })
    }
}

/// A device under a root folder: its vaults, its key store, the place of its backups, and a second device beside it.
#[derive(Debug)]
pub struct Device {
    root: PathBuf,
    /// Its vaults.
    pub store: Store,
    /// Its key store.
    pub keys: Arc<FileKeyStore>,
}

impl Device {
    /// Uses the folder.
    pub fn open(root: &Path) -> Result<Self, VaultError> {
        let keys = Arc::new(FileKeyStore::open(root.join("keys"))?);
        Ok(Self {
            root: root.to_owned(),
            store: Store::open(root)?.remembering(Arc::clone(&keys) as _),
            keys,
        })
    }

    /// Where its backups lie.
    pub fn place(&self) -> Result<FolderPlace, VaultError> {
        FolderPlace::open(self.root.join("backups"))
    }

    /// The second device.
    pub fn second(&self) -> Result<Store, VaultError> {
        Store::open(self.root.join("second"))
    }

    /// Restores the newest backup into `store`, by these words. A state at its end that was begun and cut may look like one that is
    /// there and damaged: it is said so by name, and whoever restores takes the one before.
    pub fn restore(
        &self,
        store: &Store,
        words: &str,
        replace: bool,
        rooms: &[RoomSchema],
    ) -> Result<Vault, VaultError> {
        let place = self.place()?;
        let newest = backups(&place)?.pop().ok_or(VaultError::NoSuchState)?;
        let words = RecoveryPhrase::parse(words)?;
        let last = newest.states.len().saturating_sub(1);
        let restored = |state: Option<u32>| {
            let file = tekram_vault::BackupPlace::get(&place, &newest.name)?;
            let options = RestoreOptions {
                state,
                replace,
                ..RestoreOptions::default()
            };
            let key = BackupKey::RecoveryPhrase(&words);
            store.restore(file, key, &options, rooms, &SystemClock, &mut on)
        };
        let before = newest.states.get(last.wrapping_sub(1)).map(|state| state.number);
        let (vault, _) = match (restored(None), before) {
            (Err(VaultError::BackupDamaged { .. }), Some(before)) => restored(Some(before))?,
            (first, _) => first?,
        };
        Ok(vault)
    }
}

/// A device with its vault, at work.
#[derive(Debug)]
pub struct Hand {
    /// The device.
    pub device: Device,
    id: String,
    /// The words that open the vault.
    pub words: String,
    /// The words that open its newest backup.
    pub backup_words: String,
    version: u32,
    /// Open, unless opening failed.
    pub vault: Option<Vault>,
}

impl Hand {
    /// A hand on the vault with this id; it is opened by the first deed. `version` says which migrations the program has.
    pub fn new(root: &Path, id: &str, words: &str, backup_words: &str, version: u32) -> Result<Self, VaultError> {
        Ok(Self {
            device: Device::open(root)?,
            id: id.to_owned(),
            words: words.to_owned(),
            backup_words: backup_words.to_owned(),
            version,
            vault: None,
        })
    }

    fn rooms(&self) -> [RoomSchema; 2] {
        [FAULT, growing(self.version)]
    }

    /// Opens the vault: by the key store, or by the words when that is none of its ways in any more.
    pub fn open(&mut self) -> Result<Vault, VaultError> {
        if let Some(vault) = &self.vault {
            return Ok(vault.clone());
        }
        let (store, rooms) = (&self.device.store, self.rooms());
        let vault = match store.unlock_key_store(&self.id, self.device.keys.as_ref(), &rooms) {
            Err(VaultError::NoSuchWayIn { .. }) => {
                store.unlock_recovery_phrase(&self.id, &RecoveryPhrase::parse(&self.words)?, &rooms)?
            }
            opened => opened?,
        };
        self.vault = Some(vault.clone());
        Ok(vault)
    }

    /// Locks the vault, if it is open.
    pub fn lock(&mut self) -> Result<(), VaultError> {
        self.vault.take().map_or(Ok(()), Vault::lock)
    }

    /// What is said before a deed is begun, because it may be done before it can be said: the words that will open.
    pub fn foretell(&mut self, deed: &Deed) -> Result<String, VaultError> {
        match deed {
            Deed::CheckWords => Ok(self.open()?.unchecked_recovery_phrase()?.words().join(" ")),
            _ => Ok(String::new()),
        }
    }

    /// Does it.
    pub fn perform(&mut self, deed: &Deed) -> Result<(), VaultError> {
        let now = SystemClock.now();
        match deed {
            Deed::Rows { first, count, bytes } => write_rows(&self.open()?, *first, *count, *bytes),
            Deed::Erase { first, count } => erase_rows(&self.open()?, *first, *count),
            Deed::Blob { name, bytes } => {
                let mut blob = self.open()?.new_blob(name, "application/octet-stream", now)?;
                blob.write_all(&vec![7; *bytes]).map_err(|source| VaultError::Io {
                    action: "writing a file into the vault",
                    source,
                })?;
                blob.finish().map(|_| ())
            }
            Deed::Seal(name) => self.open()?.inbox().seal(name.as_bytes()).map(|_| ()),
            Deed::Leave(name) => {
                let inbox = self.device.store.inbox(&self.id)?;
                inbox.seal(name.as_bytes()).map(|_| ())
            }
            Deed::Drain => self.open()?.drain_inbox(SCOPE, keep_item).map(|_| ()),
            Deed::Relock => {
                self.lock()?;
                self.open().map(|_| ())
            }
            Deed::Migrate(version) => {
                self.lock()?;
                self.version = *version;
                self.open().map(|_| ())
            }
            Deed::AddKeyStore(name) => {
                let vault = self.open()?;
                vault.add_key_store(name, self.device.keys.as_ref(), now).map(|_| ())
            }
            Deed::RemoveWay(name) => self.open()?.remove_way(name).map(|_| ()),
            Deed::AddPassphrase(text) => self.open()?.add_passphrase(&text.as_str().into(), now).map(|_| ()),
            Deed::ChangePassphrase(old, new) => {
                let (old, new) = (Passphrase::from(old.as_str()), Passphrase::from(new.as_str()));
                self.open()?.change_passphrase(&old, &new, now).map(|_| ())
            }
            Deed::NewWords => self.open()?.new_recovery_phrase().map(|_| ()),
            Deed::CheckWords => {
                let vault = self.open()?;
                let words = vault.unchecked_recovery_phrase()?.words();
                vault.check_recovery_phrase(&answers(&words), now)?;
                self.words = words.join(" ");
                Ok(())
            }
            Deed::Rename(label) => {
                let vault = self.open()?;
                self.device.store.rename(&vault, label)
            }
            Deed::NewKey(without) => {
                let vault = self.open()?;
                let without: Vec<&str> = without.as_deref().into_iter().collect();
                let change = KeyChange {
                    key_store: Some(self.device.keys.as_ref()),
                    without: &without,
                    drop_others: false,
                };
                vault.change_vault_key(&change, &mut on).map(|_| ())
            }
            Deed::BackUp => {
                let vault = self.open()?;
                vault.back_up(&self.device.place()?, now, &mut on)?;
                self.backup_words = self.words.clone();
                Ok(())
            }
            Deed::RestoreNew => {
                let second = self.device.second()?;
                self.device
                    .restore(&second, &self.backup_words, false, &[FAULT])?
                    .lock()
            }
            Deed::DropNew => self.device.second()?.delete(&self.id).map(|_| ()),
            Deed::RestoreReplacing => {
                self.lock()?;
                let rooms = self.rooms();
                let vault = self
                    .device
                    .restore(&self.device.store, &self.backup_words, true, &rooms)?;
                self.words = self.backup_words.clone();
                self.vault = Some(vault);
                Ok(())
            }
            Deed::Create(label) => {
                let keys = self.device.keys.as_ref();
                let made = self
                    .device
                    .store
                    .create_with_key_store(label, FIRST_WAY, keys, &[], &SystemClock)?;
                made.lock()
            }
            Deed::Delete(label) => {
                let named = self
                    .device
                    .store
                    .list()?
                    .into_iter()
                    .find(|entry| entry.label == *label);
                let id = named.ok_or(VaultError::NoSuchVault)?.id;
                self.device.store.delete(&id).map(|_| ())
            }
        }
    }
}

/// Reads all words back.
pub fn answers(words: &[&'static str]) -> Vec<RecoveryAnswer> {
    let read = (1_u32..).zip(words);
    read.map(|(position, word)| RecoveryAnswer {
        position,
        word: (*word).to_owned(),
    })
    .collect()
}

fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn write_rows(vault: &Vault, first: i64, count: i64, bytes: usize) -> Result<(), VaultError> {
    vault.write(SCOPE, |transaction| {
        for number in first..first.saturating_add(count) {
            let insert = "INSERT INTO fault_row (number, bytes) VALUES (?1, ?2)";
            transaction.execute(insert, params![number, filling(number, bytes)])?;
            for part in 0..PARTS {
                let insert = "INSERT INTO fault_part (number, part, text) VALUES (?1, ?2, ?3)";
                transaction.execute(insert, params![number, part, format!("part {part} of {number}")])?;
            }
        }
        let total = i64::try_from(bytes).unwrap_or(i64::MAX).saturating_mul(count);
        let sql = "UPDATE fault_total SET row_count = row_count + ?1, byte_count = byte_count + ?2";
        transaction.execute(sql, params![count, total])?;
        Ok(())
    })
}

fn erase_rows(vault: &Vault, first: i64, count: i64) -> Result<(), VaultError> {
    vault.write(SCOPE, |transaction| {
        let past = first.saturating_add(count);
        let sql = "UPDATE fault_total SET
            row_count = row_count - (SELECT count(*) FROM fault_row WHERE number >= ?1 AND number < ?2),
            byte_count = byte_count
                - (SELECT coalesce(sum(length(bytes)), 0) FROM fault_row WHERE number >= ?1 AND number < ?2)";
        transaction.execute(sql, params![first, past])?;
        for table in ["fault_part", "fault_row"] {
            let sql = format!("DELETE FROM {table} WHERE number >= ?1 AND number < ?2");
            transaction.execute(&sql, params![first, past])?;
        }
        Ok(())
    })
}

/// Keeps an item of the inbox.
pub fn keep_item(transaction: &Transaction<'_>, item: &InboxItem) -> Result<(), VaultError> {
    let name = String::from_utf8_lossy(&item.bytes);
    transaction.execute("INSERT INTO fault_item (name) VALUES (?1)", [&name])?;
    Ok(())
}
