//! Where a bench works: a temporary folder with a vault, and beside it the floor, a plain SQLite file.
//!
//! The floor is the same library without a key, with every setting that the vault's connections have, so that what is
//! compared is the vault and not a PRAGMA. A vault's keys stay the same for a run, and it is opened by key store, so
//! that a measurement of memory does not measure Argon2id.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::{Clock as _, SystemClock};
use tekram_vault::{FileKeyStore, KeyStore as _, RoomSchema, Scope, Store, Vault, VaultError, WayInKind};
use tempfile::TempDir;

use crate::measure::Outcome;

/// The vault's passphrase.
pub const PASSPHRASE: &str = "correct horse battery staple";
/// Rows in a transaction, as the importer writes them.
pub const ROWS_AT_ONCE: usize = 32_768;

const LABEL: &str = "Bench";
const KEY_NAME: &str = "tekram bench";
const PAGE_BYTES: u32 = 8192;
const CACHE_KIB: u32 = 62_500;
const STATEMENTS: usize = 128;

/// A folder with one vault; both go when dropped, unless the folder is to stay.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    _goes: Option<TempDir>,
    schemas: Vec<RoomSchema>,
}

impl Place {
    /// A new folder with a new, locked vault of these rooms.
    ///
    /// # Errors
    /// When the disk or the vault fails.
    pub fn new(schemas: &[RoomSchema]) -> Outcome<Self> {
        let goes = tempfile::Builder::new().prefix("tekram-bench-").tempdir()?;
        Self {
            folder: goes.path().to_owned(),
            _goes: Some(goes),
            schemas: schemas.to_vec(),
        }
        .made()
    }

    /// A folder that stays, with a vault of these rooms; says whether it was there already.
    ///
    /// # Errors
    /// When the disk or the vault fails.
    pub fn kept(folder: &Path, schemas: &[RoomSchema]) -> Outcome<(Self, bool)> {
        let is_there = folder.join("vaults").exists();
        let place = Self {
            folder: folder.to_owned(),
            _goes: None,
            schemas: schemas.to_vec(),
        };
        Ok((if is_there { place } else { place.made()? }, is_there))
    }

    fn made(self) -> Outcome<Self> {
        let place = self;
        let vault = place
            .store()?
            .create(LABEL, &Passphrase::from(PASSPHRASE), &place.schemas, &SystemClock)?;
        vault.add_key_store(KEY_NAME, &keys(place.path())?, SystemClock.now())?;
        vault.lock()?;
        Ok(place)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// The vaults of the folder.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn store(&self) -> Outcome<Store> {
        Ok(Store::open(self.path())?)
    }

    /// The vault, unlocked.
    ///
    /// # Errors
    /// When the vault fails.
    pub fn unlock(&self) -> Outcome<Vault> {
        unlock_in(self.path(), &self.schemas)
    }

    /// The vault, unlocked and written to, so that its WAL is there already. Writing to the plain file makes its own.
    ///
    /// # Errors
    /// When the vault fails.
    pub fn unlock_to_write(&self) -> Outcome<Vault> {
        let vault = self.unlock()?;
        vault.write(Scope("bench"), |transaction| {
            Ok::<_, VaultError>(transaction.execute_batch("PRAGMA user_version = 1")?)
        })?;
        Ok(vault)
    }

    /// What opens the vault without any derivation.
    ///
    /// # Errors
    /// When the vault fails.
    pub fn raw_key(&self) -> Outcome<Secret32> {
        let store = self.store()?;
        let ways_in = store.list()?.into_iter().flat_map(|entry| entry.ways_in);
        let key_name = ways_in.into_iter().find_map(|way_in| match way_in.kind {
            WayInKind::KeyStore { key_name } => Some(key_name),
            _ => None,
        });
        let key_name = key_name.ok_or("the vault has no key store")?;
        Ok(keys(self.path())?.unwrap(&key_name, &store.wrapped_key(LABEL, KEY_NAME)?)?)
    }

    /// The vault's label.
    pub fn label(&self) -> &'static str {
        LABEL
    }

    /// The plain file `name` of the folder, made if it is missing, with these rooms' tables.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn plain(&self, name: &str) -> Outcome<Connection> {
        let path = self.path().join(name);
        let is_new = !path.exists();
        let connection = plain(&path)?;
        if is_new {
            for migration in self.schemas.iter().flat_map(|schema| schema.migrations) {
                connection.execute_batch(migration)?;
            }
        }
        Ok(connection)
    }
}

/// Unlocks the bench's vault in a folder, also from another process than the one that made it.
///
/// # Errors
/// When the vault fails.
pub fn unlock_in(folder: &Path, schemas: &[RoomSchema]) -> Outcome<Vault> {
    Ok(Store::open(folder)?.unlock_key_store(LABEL, &keys(folder)?, schemas)?)
}

fn keys(folder: &Path) -> Outcome<FileKeyStore> {
    Ok(FileKeyStore::open(folder.join("keys"))?)
}

/// Opens a plain SQLite file as the vault opens its own, but for the key.
///
/// # Errors
/// When SQLite fails.
pub fn plain(path: &Path) -> Outcome<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(&format!(
        "PRAGMA page_size = {PAGE_BYTES};
         PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -{CACHE_KIB};
         PRAGMA synchronous = FULL;"
    ))?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode == "wal" {
        Ok(connection)
    } else {
        Err(format!("the plain file is in journal mode {mode}").into())
    }
}

/// Moves the WAL into the file and closes it, as locking a vault does.
///
/// # Errors
/// When SQLite fails.
pub fn close(connection: Connection) -> Outcome {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, cause)| cause)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;
    use rusqlite::types::ValueRef;

    #[test]
    fn the_floor_has_the_settings_of_the_vault() {
        let place = Place::new(&[]).unwrap();
        let (vault, plain) = (place.unlock().unwrap(), place.plain("plain.db").unwrap());
        for name in [
            "page_size",
            "cache_size",
            "journal_mode",
            "synchronous",
            "temp_store",
            "foreign_keys",
            "trusted_schema",
            "wal_autocheckpoint",
            "auto_vacuum",
            "mmap_size",
        ] {
            let pragma = format!("PRAGMA {name}");
            let value = |connection: &Connection| -> Result<String, VaultError> {
                let mut statement = connection.prepare(&pragma)?;
                let mut rows = statement.query([])?;
                Ok(match rows.next()? {
                    // SQLCipher answers some of them as text.
                    Some(row) => match row.get_ref(0)? {
                        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                        ValueRef::Integer(number) => number.to_string(),
                        other => format!("{other:?}"),
                    },
                    None => String::new(),
                })
            };
            let of_vault = vault.read(value).unwrap();
            assert_eq!(of_vault, value(&plain).unwrap(), "{name}");
        }
    }
}
