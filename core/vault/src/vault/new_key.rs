//! A new vault key: whoever kept the old one, or a way in that was removed, reads nothing that is written from then on.
//!
//! Each vault key has a database file of its own. All pages are copied to a new file under the new key; when that is whole
//! and on the disk, one atomic rewrite of the header switches to the file and to the new key in every way in; then the
//! old file is destroyed. Whatever is cut, the header names one whole file, and the ways in it open that one. What a cut
//! left behind is removed by the next open.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use tekram_primitives::secret::Secret32;

use super::{Inner, Secrets, Vault, lock};
use crate::change::Scope;
use crate::database::{self, PAGE_BYTES, Role};
use crate::durable;
use crate::error::VaultError;
use crate::header::Header;
use crate::key_store::KeyStore;
use crate::leftovers;
use crate::progress::{Watch, tell};
use crate::recovery::UncheckedRecovery;
use crate::way_in::{NewKey, WayIn, WrappedKey};
use crate::way_key::Sealer;

/// Pages that are copied between two looks at whether to go on: 2 MiB.
const PAGES_AT_ONCE: i32 = 256;

/// What a change of the vault key does with the ways in.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyChange<'a> {
    /// Wraps the new key for those key-store ways in whose keys it has.
    pub key_store: Option<&'a dyn KeyStore>,
    /// Ways in that are removed by the same rewrite of the header, by their names.
    pub without: &'a [&'a str],
    /// Drops the ways in that cannot take a new key now: passphrases and words that were not used since their header was of
    /// version 1 or 2, and keys that `key_store` does not have. Otherwise they refuse the change with `way_not_upgraded`.
    pub drop_others: bool,
}

impl Vault {
    /// Gives the vault a new key. Writes wait meanwhile, reads do not. `watch` is told how far it is and can stop it until the
    /// switch; it is called once more after the switch, and must not call into the vault. Returns the ways in that are gone;
    /// their keys, and the old keys of those that stay, are removed from `change.key_store`. Fails with
    /// `way_not_upgraded`, `no_such_way_in`, `last_way_in`, `cancelled`, `nested_write`, `locked`, or with what the disk or the
    /// key store says, and the old key stands; when the disk does not say which header it has, the vault is locked besides.
    pub fn change_vault_key(&self, change: &KeyChange<'_>, watch: &mut Watch<'_>) -> Result<Vec<WayIn>, VaultError> {
        let gone = self.0.change_key(change, watch)?;
        self.note_header();
        self.0.changes.tell(Scope::VAULT);
        if let Some(key_store) = change.key_store {
            // The new key is in force. What stays behind in the key store is removed at the next occasion.
            let _ = self.tidy_key_store(key_store);
        }
        Ok(gone)
    }

    /// Removes keys from `store` that wrapped a former vault key and were left by a cut. For phones, after each unlock.
    pub fn tidy_key_store(&self, store: &dyn KeyStore) -> Result<(), VaultError> {
        let retired = self.with_header(|header| header.retired_keys.clone());
        for name in &retired {
            store.remove(name)?;
        }
        if retired.is_empty() {
            return Ok(());
        }
        self.change_header(|header, _| {
            header.retired_keys.retain(|name| !retired.contains(name));
            Ok(())
        })
    }
}

impl Inner {
    fn change_key(&self, change: &KeyChange<'_>, watch: &mut Watch<'_>) -> Result<Vec<WayIn>, VaultError> {
        let mut writing = self.begin_writing()?;
        let old = writing.writer.as_ref().ok_or(VaultError::Locked)?;
        let number = {
            let header = lock(&self.header);
            // Refused before anything is copied; looked at again when it counts.
            divide(&header, change)?;
            header.database_number.checked_add(1).ok_or(VaultError::Crypto {
                step: "numbering the database",
            })?
        };
        let new_key = Secret32::random().map_err(|_| VaultError::Crypto { step: "randomness" })?;
        let path = database::path(&self.folder, number);
        let copy = Copy::make(path, &self.id, &new_key, old, watch)?;
        let copied_bytes = copy.bytes;
        let mut header = lock(&self.header);
        let mut next = header.clone();
        next.epoch = self.epoch;
        let gone = match self.with_secrets(|secrets| reseal(&mut next, number, secrets, &new_key, change)) {
            Ok(gone) => gone,
            Err(error) => {
                copy.discard();
                return Err(error);
            }
        };
        if let Err(error) = next.write(&self.folder, &new_key) {
            let old_stands = Header::read(&self.folder).is_ok_and(|found| found.claims == *header);
            if old_stands {
                copy.discard();
            } else {
                // The rename may have happened, and may not survive a power cut. Both files stay, and nothing is written to
                // either, until the next open finds out.
                drop(copy.writer);
                drop(header);
                self.shut(&mut writing)?;
            }
            return Err(error);
        }
        if let Some(secrets) = &mut *self.secrets.write().unwrap_or_else(PoisonError::into_inner) {
            secrets.vault_key = new_key;
        }
        *header = next;
        let old_is_read = self.readers.renew();
        let old = writing.writer.replace(copy.writer);
        drop(header);
        // From here on nothing can fail: told for the sake of showing it.
        let _ = tell(watch, copied_bytes, copied_bytes);
        if let Some(old) = old {
            let _ = super::cover_root(&old);
            let _ = old.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
        if !old_is_read {
            // Otherwise the next open does it.
            let _ = leftovers::remove(&self.folder, number);
        }
        Ok(gone)
    }
}

/// The database under the new key.
struct Copy {
    path: PathBuf,
    bytes: u64,
    writer: Connection,
}

impl Copy {
    /// Copies every page. When that fails, nothing is left.
    fn make(
        path: PathBuf,
        vault_id: &str,
        key: &Secret32,
        from: &Connection,
        watch: &mut Watch<'_>,
    ) -> Result<Self, VaultError> {
        // What an earlier attempt left.
        database::remove(&path).map_err(VaultError::io("removing an unfinished copy"))?;
        match fill(&path, vault_id, key, from, watch) {
            Ok((writer, bytes)) => Ok(Self { path, bytes, writer }),
            Err(error) => {
                // What cannot be removed now is removed by the next open.
                let _ = database::remove(&path);
                Err(error)
            }
        }
    }

    fn discard(self) {
        drop(self.writer);
        // As above.
        let _ = database::remove(&self.path);
    }
}

fn fill(
    path: &Path,
    vault_id: &str,
    key: &Secret32,
    from: &Connection,
    watch: &mut Watch<'_>,
) -> Result<(Connection, u64), VaultError> {
    let mut target = database::make(path, vault_id, key)?;
    // An unfinished copy is worth nothing, so nothing is written twice for its sake. Few pages are kept in memory: what SQLite gives free is
    // not wiped, and the page with the root secret is written over by those that come after it.
    target.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = 10;")?;
    target.query_row("PRAGMA journal_mode = OFF", [], |_| Ok(()))?;
    let bytes = copy_pages(from, &mut target, watch)?;
    database::prove_unharmed(from)?;
    target.close().map_err(|(_, error)| VaultError::from(error))?;
    // Opened as every vault is, which authenticates it, before the old file is given up.
    let writer = database::open(path, vault_id, key, Role::Writer)?;
    if super::identity(&writer)?.vault_id != vault_id {
        return Err(VaultError::ForeignVault { file: database::FILE });
    }
    database::trust(&writer)?;
    File::open(path)
        .and_then(|file| file.sync_all())
        .and_then(|()| path.parent().map_or(Ok(()), durable::sync_folder))
        .map_err(VaultError::io("syncing the copy"))?;
    tell(watch, bytes, bytes)?;
    Ok((writer, bytes))
}

/// Copies all pages; returns how many bytes they are.
fn copy_pages(from: &Connection, target: &mut Connection, watch: &mut Watch<'_>) -> Result<u64, VaultError> {
    let bytes = |pages: i32| u64::try_from(pages).unwrap_or_default().saturating_mul(PAGE_BYTES);
    let backup = Backup::new(from, target)?;
    loop {
        let step = backup.step(PAGES_AT_ONCE)?;
        let pages = backup.progress();
        match step {
            StepResult::Done => return Ok(bytes(pages.pagecount)),
            StepResult::More => tell(
                watch,
                bytes(pages.pagecount.saturating_sub(pages.remaining)),
                bytes(pages.pagecount),
            )?,
            // The one writer is held, and nobody else knows the copy.
            _ => {
                return Err(VaultError::Crypto {
                    step: "copying the database",
                });
            }
        }
    }
}

/// The ways in that stay, and those that go. Refuses what `change` does not allow.
fn divide<'h>(
    header: &'h Header,
    change: &KeyChange<'_>,
) -> Result<(Vec<&'h WrappedKey>, Vec<&'h WrappedKey>), VaultError> {
    let (mut stay, mut go) = (Vec::new(), Vec::new());
    for way_in in &header.ways_in {
        if change.without.contains(&way_in.name()) {
            go.push(way_in);
            continue;
        }
        let takes_a_new_key = match (way_in, change.key_store) {
            (WrappedKey::KeyStore { name, .. }, Some(key_store)) => key_store.exists(name)?,
            _ => way_in.has_public_key(),
        };
        if takes_a_new_key {
            stay.push(way_in);
        } else if change.drop_others {
            go.push(way_in);
        } else {
            return Err(VaultError::WayNotUpgraded {
                kind: way_in.entry().kind.name(),
            });
        }
    }
    if change
        .without
        .iter()
        .any(|name| !go.iter().any(|way_in| way_in.name() == *name))
    {
        return Err(VaultError::NoSuchWayIn { kind: "named" });
    }
    if stay.is_empty() {
        return Err(VaultError::LastWayIn);
    }
    Ok((stay, go))
}

/// Makes `header` that of the database `number` under the new key. Returns the ways in that are gone.
fn reseal(
    header: &mut Header,
    number: u32,
    secrets: &Secrets,
    new_key: &Secret32,
    change: &KeyChange<'_>,
) -> Result<Vec<WayIn>, VaultError> {
    let sealer = Sealer::of(&secrets.root)?;
    let key = NewKey {
        vault_id: &header.vault_id,
        vault_key: new_key,
        sealer: &sealer,
    };
    let (stay, go) = divide(header, change)?;
    let mut ways_in = Vec::new();
    for way_in in &stay {
        let resealed = match change.key_store {
            Some(key_store) if !way_in.has_public_key() => way_in.rewrapped(&key, key_store, number)?,
            _ => way_in.resealed(&key)?,
        };
        ways_in.push(resealed.ok_or(VaultError::WayNotUpgraded {
            kind: way_in.entry().kind.name(),
        })?);
    }
    let former_names = header.ways_in.iter().filter_map(WrappedKey::key_name);
    let retired_keys = former_names.map(str::to_owned).collect::<Vec<_>>();
    let gone = go.into_iter().map(WrappedKey::entry).collect();
    let unchecked_recovery = match &header.unchecked_recovery {
        Some(unchecked) => {
            let phrase = unchecked.open(&header.vault_id, &secrets.vault_key)?;
            Some(UncheckedRecovery::seal(&header.vault_id, new_key, &phrase)?)
        }
        None => None,
    };
    let (face, shown) = header.face(&secrets.vault_key)?;
    header.set_face(face, shown, new_key)?;
    header.ways_in = ways_in;
    header.unchecked_recovery = unchecked_recovery;
    header.retired_keys.extend(retired_keys);
    header.sealer_public_key = Some(sealer.public_key);
    header.database_number = number;
    Ok(gone)
}
