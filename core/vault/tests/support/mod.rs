//! What the vault's tests share: a data folder that goes away, a small room, and a view of a folder's bytes.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{RecoveryAnswer, RecoveryPhrase, RoomSchema, Scope, Store, Vault, VaultError, WayInKind};
use tempfile::TempDir;

pub const PASSPHRASE: &str = "tulip harbour candle seventeen";

/// A room with one table.
pub const NOTES: RoomSchema = RoomSchema {
    room: "note",
    migrations: &["CREATE TABLE note_text (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"],
};

pub const NOTE: Scope = Scope("note");

/// A device: a store in a folder that is removed at the end.
pub struct Device {
    folder: TempDir,
    pub store: Store,
}

impl Device {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        Self { folder, store }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn create(&self, label: &str) -> Vault {
        self.store.create(label, &passphrase(), &[NOTES], &SystemClock).unwrap()
    }

    pub fn unlock(&self, label: &str) -> Result<Vault, VaultError> {
        self.store.unlock(label, &passphrase(), &[NOTES])
    }

    pub fn folder_of(&self, id: &str) -> PathBuf {
        self.folder.path().join("vaults").join(id)
    }

    /// The name in the key store, and the wrapped key, of a key-store way in.
    pub fn wrapped_key(&self, id: &str, way_name: &str) -> (String, Vec<u8>) {
        let entry = self
            .store
            .list()
            .unwrap()
            .into_iter()
            .find(|entry| entry.id == id)
            .unwrap();
        let way_in = entry
            .ways_in
            .into_iter()
            .find(|way_in| way_in.name == way_name)
            .unwrap();
        let WayInKind::KeyStore { key_name } = way_in.kind else {
            panic!("{way_name} is no key-store way in");
        };
        (key_name, self.store.wrapped_key(id, way_name).unwrap())
    }

    /// A locked vault with some notes in it; its id.
    pub fn locked_vault_with_notes(&self, label: &str) -> String {
        let vault = self.create(label);
        for number in 0..80 {
            write_note(&vault, &format!("{label} {number} {}", "x".repeat(1500)));
        }
        let id = vault.id().to_owned();
        vault.lock().unwrap();
        id
    }
}

pub fn passphrase() -> Passphrase {
    Passphrase::from(PASSPHRASE)
}

pub fn write_note(vault: &Vault, text: &str) {
    vault
        .write(NOTE, |transaction| {
            transaction
                .prepare_cached("INSERT INTO note_text (text) VALUES (?1)")?
                .execute([text])?;
            Ok::<_, VaultError>(())
        })
        .unwrap();
}

pub fn count_notes(vault: &Vault) -> i64 {
    vault
        .read(|connection| {
            Ok::<_, VaultError>(connection.query_row("SELECT count(*) FROM note_text", [], |row| row.get(0))?)
        })
        .unwrap()
}

/// Every file of a folder with its length and hash, except the lock file, which is always empty.
pub fn fingerprints(folder: &Path) -> BTreeMap<String, (usize, String)> {
    let mut files = files(folder);
    if let Some(bytes) = files.remove("lock") {
        assert!(bytes.is_empty(), "the lock file holds nothing");
    }
    files
        .into_iter()
        .map(|(name, bytes)| (name, (bytes.len(), sha256_hex(&bytes))))
        .collect()
}

/// Every file below a folder with its bytes.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = tekram_harness::folder::files(folder).unwrap();
    files
        .into_iter()
        .map(|(path, bytes)| (path.into_os_string().into_string().unwrap(), bytes))
        .collect()
}

/// The code with which unlocking is refused.
pub fn refusal(device: &Device, id: &str) -> &'static str {
    device.unlock(id).expect_err("unlocking should be refused").code()
}

/// Where a vault of each version lies.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/vaults")
}

/// Copies the vault of this version to `root`; its id.
pub fn fixture(version: &str, root: &Path) -> String {
    copy_folder(&fixtures().join(version), root);
    let entry = Store::open(root).unwrap().list().unwrap().remove(0);
    assert_eq!((entry.label.as_str(), entry.problem), ("Home", None), "{version}");
    entry.id
}

pub fn copy_folder(from: &Path, to: &Path) {
    tekram_harness::folder::copy_folder(from, to).unwrap();
}

/// Recovery words that open the vault: shown, and every one of them read back.
pub fn checked_phrase(vault: &Vault) -> RecoveryPhrase {
    let phrase = vault.new_recovery_phrase().unwrap();
    let answers: Vec<_> = (1_u32..)
        .zip(phrase.words())
        .map(|(position, word)| RecoveryAnswer {
            position,
            word: word.to_owned(),
        })
        .collect();
    vault.check_recovery_phrase(&answers, SystemClock.now()).unwrap();
    phrase
}
