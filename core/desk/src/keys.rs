//! The desk's vault, opened without a person, and the keys that come from it.
//!
//! The vault is opened by a key file in the same folder ([`FileKeyStore`]), so the folder is as secret as a key. A new
//! vault needs a passphrase first; it is random, lies beside the vault until the key file opens it, and is then removed.

use std::fmt;
use std::fs;
use std::path::Path;

use nostr_sdk::{Keys, SecretKey};
use tekram_pay::cashu::p2pk_public_key;
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::Clock;
use tekram_vault::{FileKeyStore, Store, Vault, VaultError, WayIn, WayInKind};

use crate::config::CashuConfig;
use crate::error::DeskError;
use crate::schema::SCHEMAS;

const LABEL: &str = "desk";
const FIRST_PASSPHRASE: &str = "first-passphrase";

/// Opens the desk's vault in `folder`, or makes it.
///
/// # Errors
/// `vault_in_use` while another `tekram-desk` runs on the folder; otherwise what is wrong with it.
pub fn open_vault(folder: &Path, clock: &dyn Clock) -> Result<Vault, DeskError> {
    let store = Store::open(folder)?;
    let key_store = FileKeyStore::open(folder.join("key-store"))?;
    let first = folder.join(FIRST_PASSPHRASE);
    let entries = store.list()?;
    if let Some(entry) = entries.iter().find(|entry| entry.label == LABEL) {
        let key_file = |way_in: &WayIn| matches!(way_in.kind, WayInKind::KeyStore { .. });
        if entry.ways_in.iter().any(key_file) {
            let vault = store.unlock_key_store(&entry.id, &key_store, &SCHEMAS)?;
            remove(&first)?;
            return Ok(vault);
        }
        // A first start that was interrupted: the passphrase is still there, because it goes last.
        let passphrase = fs::read_to_string(&first).map_err(DeskError::file("reading the first passphrase"))?;
        return with_key_file(
            store.unlock(&entry.id, &Passphrase::new(passphrase), &SCHEMAS)?,
            &key_store,
            &first,
            clock,
        );
    }
    if let Some(entry) = entries.iter().find(|entry| entry.problem.is_some()) {
        // What cannot be read says what is wrong with it, and is not replaced by something new.
        return Ok(store.unlock_key_store(&entry.id, &key_store, &SCHEMAS)?);
    }
    let vault = match store.create(LABEL, &first_passphrase(&first)?, &SCHEMAS, clock) {
        // Another process was faster.
        Err(VaultError::VaultExists) => return Err(VaultError::VaultInUse.into()),
        made => made?,
    };
    with_key_file(vault, &key_store, &first, clock)
}

fn with_key_file(vault: Vault, key_store: &FileKeyStore, first: &Path, clock: &dyn Clock) -> Result<Vault, DeskError> {
    vault.add_key_store(LABEL, key_store, clock.now())?;
    remove(first)?;
    Ok(vault)
}

/// The passphrase that a start before this one left, or a new one. Never over another process's.
fn first_passphrase(path: &Path) -> Result<Passphrase, DeskError> {
    if let Ok(left) = fs::read_to_string(path)
        && left.len() == 64
    {
        return Ok(Passphrase::new(left));
    }
    let passphrase = hex::encode(Secret32::random()?.expose());
    write_private(path, &passphrase)?;
    Ok(Passphrase::new(passphrase))
}

fn remove(path: &Path) -> Result<(), DeskError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(DeskError::file("removing the first passphrase")(error))
        }
        _ => Ok(()),
    }
}

/// Writes a file for the owner's eyes only.
fn write_private(path: &Path, text: &str) -> Result<(), DeskError> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(DeskError::file("writing the first passphrase"))
}

/// The keys of a desk.
pub struct DeskKeys {
    /// Signs card, offers, agreements and receipts.
    pub signing: SigningKey,
    /// Letters are sealed to and by it.
    pub nostr: Keys,
    /// Tokens are locked to its public half (NUT-11), when the desk takes ecash.
    pub cashu: Option<Secret32>,
}

impl fmt::Debug for DeskKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeskKeys")
            .field("did", &self.did())
            .finish_non_exhaustive()
    }
}

impl DeskKeys {
    /// The keys of this vault: derived, except for a Cashu key that the configuration names.
    ///
    /// # Errors
    /// `cashu_key_invalid`, `file`, or the vault's.
    pub fn of(vault: &Vault, cashu: Option<&CashuConfig>) -> Result<Self, DeskError> {
        let nostr = vault.derive("tekram/v1/desk-nostr")?;
        let nostr = SecretKey::from_slice(nostr.expose()).map_err(|_| DeskError::Damaged { what: "key" })?;
        let cashu = match cashu.map(|cashu| &cashu.key_file) {
            None => None,
            Some(None) => Some(vault.derive("tekram/v1/desk-cashu")?),
            Some(Some(file)) => Some(read_key(file)?),
        };
        if let Some(key) = &cashu {
            p2pk_public_key(key).map_err(|_| DeskError::CashuKeyInvalid)?;
        }
        Ok(Self {
            signing: SigningKey::from_seed(vault.derive("tekram/v1/desk-signing")?.expose())?,
            nostr: Keys::new(nostr),
            cashu,
        })
    }

    /// Who the desk is.
    #[must_use]
    pub fn did(&self) -> DidKey {
        self.signing.did()
    }

    /// Its Nostr public key, hex.
    #[must_use]
    pub fn nostr_hex(&self) -> String {
        self.nostr.public_key().to_hex()
    }

    /// The public key that tokens are locked to, hex, compressed.
    #[must_use]
    pub fn p2pk(&self) -> Option<String> {
        self.cashu.as_ref().and_then(|key| p2pk_public_key(key).ok())
    }
}

fn read_key(file: &Path) -> Result<Secret32, DeskError> {
    let text = fs::read_to_string(file).map_err(DeskError::file("reading the cashu key file"))?;
    let mut bytes = [0_u8; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| DeskError::CashuKeyInvalid)?;
    Ok(Secret32::new(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
    use tekram_primitives::time::SystemClock;

    use super::*;

    #[test]
    fn a_desk_is_the_same_after_a_restart_and_no_passphrase_stays_behind() {
        let folder = tempfile::tempdir().unwrap();
        let vault = open_vault(folder.path(), &SystemClock).unwrap();
        let first = DeskKeys::of(&vault, None).unwrap();
        assert_eq!(
            open_vault(folder.path(), &SystemClock).unwrap_err().code(),
            "vault_in_use"
        );
        vault.lock().unwrap();
        let vault = open_vault(folder.path(), &SystemClock).unwrap();
        let second = DeskKeys::of(&vault, None).unwrap();
        assert_eq!((first.did(), first.nostr_hex()), (second.did(), second.nostr_hex()));
        assert!(!folder.path().join(FIRST_PASSPHRASE).exists());
        assert!(!format!("{first:?}").contains(&hex::encode(first.signing.seed().expose())));
    }

    #[test]
    fn a_first_start_that_was_interrupted_is_finished_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        write_private(&folder.path().join(FIRST_PASSPHRASE), "words").unwrap();
        let store = Store::open(folder.path()).unwrap();
        let vault = store.create(LABEL, &"words".into(), &SCHEMAS, &SystemClock).unwrap();
        let id = vault.id().to_owned();
        vault.lock().unwrap();
        let vault = open_vault(folder.path(), &SystemClock).unwrap();
        assert_eq!(vault.id(), id);
        drop(vault);
        assert_eq!(open_vault(folder.path(), &SystemClock).unwrap().id(), id);
        assert!(!folder.path().join(FIRST_PASSPHRASE).exists());
    }

    #[test]
    fn a_key_file_that_is_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let vault = open_vault(folder.path(), &SystemClock).unwrap();
        let config = |file: &str| CashuConfig {
            mints: vec!["https://mint.example".into()],
            units: vec!["eur".into()],
            key_file: Some(folder.path().join(file)),
        };
        std::fs::write(folder.path().join("good"), format!("{}\n", "11".repeat(32))).unwrap();
        std::fs::write(folder.path().join("zero"), "00".repeat(32)).unwrap();
        std::fs::write(folder.path().join("short"), "11").unwrap();
        assert!(DeskKeys::of(&vault, Some(&config("good"))).unwrap().p2pk().is_some());
        for bad in ["zero", "short"] {
            assert_eq!(
                DeskKeys::of(&vault, Some(&config(bad))).unwrap_err().code(),
                "cashu_key_invalid"
            );
        }
        assert_eq!(
            DeskKeys::of(&vault, Some(&config("missing"))).unwrap_err().code(),
            "file"
        );
    }
}
