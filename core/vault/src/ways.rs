//! Changing the ways in of an unlocked vault: each change is one atomic rewrite of the header, so that the old ways or the
//! new ones open, whatever happens. The last way in stays. What a removed way had wrapped is gone from the header, but an
//! old copy of the header still opens by it: the vault key stays the same.

use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::Timestamp;

use crate::error::VaultError;
use crate::header::Header;
use crate::key_store::KeyStore;
use crate::recovery::{self, RecoveryAnswer, RecoveryPhrase, UncheckedRecovery};
use crate::store::check_label;
use crate::tries;
use crate::vault::{Secrets, Vault};
use crate::way_in::{NewKey, PASSPHRASE, WayIn, WrappedKey};
use crate::way_key::Sealer;

/// Fewer wrong passphrases than this never destroy a vault: people mistype.
const LEAST_BEFORE_WIPE: u32 = 5;

impl Vault {
    /// The ways in, in the order in which they were added.
    pub fn ways_in(&self) -> Vec<WayIn> {
        self.with_header(|header| header.ways_in.iter().map(WrappedKey::entry).collect())
    }

    /// Adds a way in by a key store, under a key made for it alone. Fails with `bad_label` and `way_in_exists` for the
    /// name, and with the key store's refusals.
    pub fn add_key_store(&self, name: &str, store: &dyn KeyStore, now: Timestamp) -> Result<WayIn, VaultError> {
        check_label(name)?;
        self.change_header(|header, secrets| {
            if header.ways_in.iter().any(|way_in| way_in.name() == name) {
                return Err(VaultError::WayInExists);
            }
            let way_in = with_new_key(&header.vault_id, secrets, |key| {
                WrappedKey::by_key_store(key, name.to_owned(), store, now)
            })?;
            Ok(added(header, way_in))
        })
    }

    /// Adds a passphrase; it is called `passphrase`, or `passphrase 2` and so on. Fails with `empty_passphrase`.
    pub fn add_passphrase(&self, passphrase: &Passphrase, now: Timestamp) -> Result<WayIn, VaultError> {
        self.change_header(|header, secrets| {
            let name = free_name(header);
            let way_in = with_new_key(&header.vault_id, secrets, |key| {
                WrappedKey::by_passphrase(key, name, passphrase, Some(now))
            })?;
            Ok(added(header, way_in))
        })
    }

    /// Puts `new` in the place of the passphrase `old`, with fresh salt. Fails with `wrong_passphrase` when `old` opens
    /// nothing, which counts like a wrong one at the locked vault but never wipes, with `wait` after several of those,
    /// `no_such_way_in` when there is no passphrase at all, and `empty_passphrase`.
    pub fn change_passphrase(&self, old: &Passphrase, new: &Passphrase, now: Timestamp) -> Result<WayIn, VaultError> {
        self.change_header(|header, secrets| {
            let sealer = header.sealer_public_key;
            let by_passphrase = |way_in: &&mut WrappedKey| matches!(way_in, WrappedKey::Passphrase { .. });
            let mut ways_in = header.ways_in.iter_mut().filter(by_passphrase).peekable();
            if ways_in.peek().is_none() {
                return Err(VaultError::NoSuchWayIn { kind: PASSPHRASE });
            }
            let this_try = tries::begin(self.folder(), &header.vault_id, now)?;
            for way_in in ways_in {
                if way_in.try_passphrase(&header.vault_id, sealer, old)?.is_some() {
                    this_try.was_right()?;
                    let name = way_in.name().to_owned();
                    *way_in = with_new_key(&header.vault_id, secrets, |key| {
                        WrappedKey::by_passphrase(key, name, new, Some(now))
                    })?;
                    return Ok(way_in.entry());
                }
            }
            Err(VaultError::WrongPassphrase)
        })
    }

    /// Removes a way in. The key in a key store is the caller's to remove afterwards. Fails with `last_way_in` and
    /// `no_such_way_in`.
    pub fn remove_way(&self, name: &str) -> Result<WayIn, VaultError> {
        self.change_header(|header, _| {
            let position = header.ways_in.iter().position(|way_in| way_in.name() == name);
            let position = position.ok_or(VaultError::NoSuchWayIn { kind: "named" })?;
            if header.ways_in.len() == 1 {
                return Err(VaultError::LastWayIn);
            }
            Ok(header.ways_in.remove(position).entry())
        })
    }

    /// Makes new recovery words, in the place of those that were not checked. They open nothing until they are checked;
    /// words that were checked before open until then.
    pub fn new_recovery_phrase(&self) -> Result<RecoveryPhrase, VaultError> {
        self.change_header(|header, secrets| {
            let phrase = RecoveryPhrase::random()?;
            header.unchecked_recovery = Some(UncheckedRecovery::seal(&header.vault_id, &secrets.vault_key, &phrase)?);
            Ok(phrase)
        })
    }

    /// The words that wait for being checked, to show them once more. Fails with `nothing_to_check`.
    pub fn unchecked_recovery_phrase(&self) -> Result<RecoveryPhrase, VaultError> {
        self.with_header_and_key(|header, vault_key| {
            let unchecked = header.unchecked_recovery.as_ref().ok_or(VaultError::NothingToCheck)?;
            unchecked.open(&header.vault_id, vault_key)
        })
    }

    /// Four positions to ask the person for, counted from 1, other ones each time. Fails with `nothing_to_check`.
    pub fn recovery_questions(&self) -> Result<Vec<u32>, VaultError> {
        if self.with_header(|header| header.unchecked_recovery.is_none()) {
            return Err(VaultError::NothingToCheck);
        }
        recovery::questions()
    }

    /// Takes the words into use as a way in when the answers are right, in the place of older ones; the words themselves
    /// are then kept nowhere. Fails with `nothing_to_check`, `too_few_answers` and `wrong_recovery_word`.
    pub fn check_recovery_phrase(&self, answers: &[RecoveryAnswer], now: Timestamp) -> Result<WayIn, VaultError> {
        self.change_header(|header, secrets| {
            let unchecked = header.unchecked_recovery.take().ok_or(VaultError::NothingToCheck)?;
            let phrase = unchecked.open(&header.vault_id, &secrets.vault_key)?;
            phrase.check(answers)?;
            header
                .ways_in
                .retain(|way_in| !matches!(way_in, WrappedKey::RecoveryPhrase { .. }));
            let way_in = with_new_key(&header.vault_id, secrets, |key| {
                WrappedKey::by_recovery_phrase(key, &phrase, now)
            })?;
            Ok(added(header, way_in))
        })
    }

    /// Makes the passphrase way that was just used anew when it is outdated: as a key pair, and at today's cost.
    pub(crate) fn renew_passphrase(&self, way_id: &str, passphrase: &Passphrase) -> Result<(), VaultError> {
        self.renew(way_id, |key, way_in| {
            let entry = way_in.entry();
            let added = entry.added_ms.map(Timestamp::from_millis);
            WrappedKey::by_passphrase(key, entry.name, passphrase, added)
        })
    }

    /// The same for recovery words.
    pub(crate) fn renew_recovery_phrase(&self, way_id: &str, phrase: &RecoveryPhrase) -> Result<(), VaultError> {
        self.renew(way_id, |key, way_in| {
            let added = Timestamp::from_millis(way_in.entry().added_ms.unwrap_or_default());
            WrappedKey::by_recovery_phrase(key, phrase, added)
        })
    }

    fn renew(
        &self,
        way_id: &str,
        anew: impl FnOnce(&NewKey<'_>, &WrappedKey) -> Result<WrappedKey, VaultError>,
    ) -> Result<(), VaultError> {
        let is_due = |way_in: &WrappedKey| way_in.id() == way_id && way_in.is_outdated();
        if !self.with_header(|header| header.ways_in.iter().any(is_due)) {
            return Ok(());
        }
        self.change_header(|header, secrets| {
            if let Some(way_in) = header.ways_in.iter_mut().find(|way_in| is_due(way_in)) {
                *way_in = with_new_key(&header.vault_id, secrets, |key| anew(key, way_in))?;
            }
            Ok(())
        })
    }

    /// Destroys the vault, as [`crate::Store::delete`] does, when so many wrong passphrases were tried in a row while it was
    /// locked; never less than five. `None`, as it comes: never.
    pub fn wipe_after(&self, wrong_passphrases: Option<u32>) -> Result<(), VaultError> {
        self.change_header(|header, _| {
            header.wipe_after_wrong = wrong_passphrases.map(|wrong| wrong.max(LEAST_BEFORE_WIPE));
            Ok(())
        })
    }

    /// After how many wrong passphrases the vault is destroyed.
    pub fn wipes_after(&self) -> Option<u32> {
        self.with_header(|header| header.wipe_after_wrong)
    }
}

/// Lends the vault key as something that ways in are made from.
fn with_new_key<T>(
    vault_id: &str,
    secrets: &Secrets,
    make: impl FnOnce(&NewKey<'_>) -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    make(&NewKey {
        vault_id,
        vault_key: &secrets.vault_key,
        sealer: &Sealer::of(&secrets.root)?,
    })
}

fn added(header: &mut Header, way_in: WrappedKey) -> WayIn {
    let entry = way_in.entry();
    header.ways_in.push(way_in);
    entry
}

fn free_name(header: &Header) -> String {
    let taken = |name: &str| header.ways_in.iter().any(|way_in| way_in.name() == name);
    let mut name = PASSPHRASE.to_owned();
    let mut number = 2_u32;
    while taken(&name) {
        name = format!("{PASSPHRASE} {number}");
        number = number.saturating_add(1);
    }
    name
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use tekram_primitives::time::SystemClock;

    use super::*;
    use crate::store::Store;
    use crate::stretch::Argon2idCost;

    #[test]
    fn the_next_unlock_by_a_passphrase_raises_what_a_try_of_it_costs_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let old = Argon2idCost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let (first, second) = (Passphrase::from("first"), Passphrase::from("second"));
        let vault = store.create("Home", &first, &[], &SystemClock).unwrap();
        vault
            .change_header(|header, secrets| {
                let vault_id = header.vault_id.clone();
                header.ways_in = with_new_key(&vault_id, secrets, |key| {
                    let made = |name: &str, passphrase| {
                        WrappedKey::by_passphrase_at(key, name.to_owned(), passphrase, None, old)
                    };
                    Ok(vec![made("a", &first)?, made("b", &second)?])
                })?;
                Ok(())
            })
            .unwrap();
        vault.lock().unwrap();
        let costs = |vault: &Vault| -> Vec<(String, Argon2idCost)> {
            vault.with_header(|header| {
                let cost = |way_in: &WrappedKey| match way_in {
                    WrappedKey::Passphrase { argon2id, .. } => (way_in.name().to_owned(), *argon2id),
                    _ => panic!("only passphrases"),
                };
                header.ways_in.iter().map(cost).collect()
            })
        };
        let vault = store.unlock("Home", &second, &[]).unwrap();
        let today = Argon2idCost::RECOMMENDED;
        assert_eq!(costs(&vault), [("a".to_owned(), old), ("b".to_owned(), today)]);
        vault.lock().unwrap();
        let vault = store.unlock("Home", &first, &[]).unwrap();
        assert_eq!(costs(&vault), [("a".to_owned(), today), ("b".to_owned(), today)]);
        vault.lock().unwrap();
        store.unlock("Home", &second, &[]).unwrap();
    }
}
