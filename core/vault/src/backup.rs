//! Backup: one encrypted file that grows by a segment each time, taken while the vault is in use, and enough, with the
//! recovery words or a passphrase, to have the vault again on another device.
//!
//! A segment has the pages of the database that changed since the one before, as they lie encrypted on the disk, and what
//! is undelivered in the inbox. All of it is sealed once more, so that nobody can take out, exchange or cut a part unnoticed.
//! Each segment is a state that can be restored.

mod format;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod place;
mod read;
mod restore;
mod salvage;
mod segment;

use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::Timestamp;

use crate::audit::{AuditEvent, AuditKind};
use crate::error::VaultError;
use crate::progress::Watch;
use crate::recovery::RecoveryPhrase;
use crate::vault::Vault;
use crate::way_in::{self, PASSPHRASE, RECOVERY_PHRASE, WayIn, WayInKind, WrappedKey};

use format::Preamble;
use read::BackupFile;

pub use place::{BackupPlace, Fill, FolderPlace, PlaceEntry, ReadSeek};
pub use restore::{RestoreOptions, Restored};
pub use salvage::Salvage;

/// How a backup's file name ends.
pub const BACKUP_SUFFIX: &str = ".tekram-backup";

/// What opens a backup.
#[derive(Clone, Copy, Debug)]
pub enum BackupKey<'a> {
    /// A passphrase that opened the vault when the backup was begun.
    Passphrase(&'a Passphrase),
    /// Its recovery words.
    RecoveryPhrase(&'a RecoveryPhrase),
}

/// One state that can be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupState {
    /// Its number, counted from 0.
    pub number: u32,
    /// When it was taken, in milliseconds since 1970. Believed only after the backup was opened.
    pub made_ms: i64,
}

/// A backup as it is seen without a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupEntry {
    /// The file's name in its place.
    pub name: String,
    /// The vault's id.
    pub vault_id: String,
    /// What opens it.
    pub ways_in: Vec<WayIn>,
    /// Its states, oldest first.
    pub states: Vec<BackupState>,
    /// Whether a state at the end was cut and does not count.
    pub cut: bool,
    /// Its length.
    pub bytes: u64,
}

/// A part of a backup that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupDamage {
    /// The segment, counted from 0.
    pub segment: u32,
    /// What is damaged there: `beginning`, `inbox`, `pages`, `index`, `end`, `chain` (it does not follow from the one before)
    /// or `missing`.
    pub part: &'static str,
    /// The pages of the vault's database that lie there, as ranges, both ends included; empty when it is not known or none.
    pub pages: Vec<(u32, u32)>,
}

/// Why a whole new file was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullBackup {
    /// There was none.
    First,
    /// The vault has other passphrases or recovery words, or another key, than the backup there was.
    OtherKeys,
    /// More than half of the pages in the old file had been replaced by newer ones.
    Compacted,
    /// The old file is damaged; it stays where it is.
    OldOneDamaged,
}

/// What a backup did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// The file's name in its place.
    pub name: String,
    /// Which state it added, counted from 0.
    pub state: u32,
    /// Why the file is a new one; `None` when it was added to.
    pub full: Option<FullBackup>,
    /// Pages of the database that were copied.
    pub pages: u32,
    /// Bytes that were written.
    pub bytes: u64,
}

/// The backups in a place, newest state last. Files that are no backups are passed over; one whose beginning cannot be read
/// is too.
pub fn backups(place: &dyn BackupPlace) -> Result<Vec<BackupEntry>, VaultError> {
    let mut entries = Vec::new();
    for file in place.list()? {
        if !file.name.ends_with(BACKUP_SUFFIX) {
            continue;
        }
        match BackupFile::open(place.get(&file.name)?) {
            Ok(backup) => entries.push(backup.entry(file.name)),
            Err(VaultError::Io { action, source }) => return Err(VaultError::Io { action, source }),
            Err(_) => {}
        }
    }
    entries.sort_by_key(|entry| entry.states.last().map(|state| state.made_ms));
    Ok(entries)
}

/// Reads a backup to its last byte and says what is damaged; nothing is written. Fails with `not_a_backup`, `truncated`,
/// `newer_schema`, and with what is wrong with the key.
pub fn check_backup(
    file: Box<dyn ReadSeek>,
    key: BackupKey<'_>,
    watch: &mut Watch<'_>,
) -> Result<Vec<BackupDamage>, VaultError> {
    let mut backup = BackupFile::open(file)?;
    let vault_key = unwrap(backup.preamble(), key)?;
    backup.check(&vault_key, watch)
}

impl Vault {
    /// Backs the vault up into `place`, while it is in use: what was committed before this began is in it, and each
    /// transaction is whole or absent. Adds to the vault's backup there if that can be, and makes a new file otherwise, which
    /// then replaces the old one. The time it is made is seen without a key. Must not be called inside a write or while an
    /// inbox item is delivered. Fails with `backup_without_way` when neither a passphrase nor checked recovery words
    /// could ever open it, with `busy` when reads that take long, or a change of the vault key, keep it from beginning, and with `cancelled` or `locked`
    /// in the middle: then the backup there was is as it was.
    pub fn back_up(
        &self,
        place: &dyn BackupPlace,
        now: Timestamp,
        watch: &mut Watch<'_>,
    ) -> Result<BackedUp, VaultError> {
        let (sealer, ways_in, label, vault_key, database_number) = self.with_header_and_key(|header, vault_key| {
            let opens_elsewhere = |way_in: &&WrappedKey| !matches!(way_in.entry().kind, WayInKind::KeyStore { .. });
            let ways_in: Vec<WrappedKey> = header.ways_in.iter().filter(opens_elsewhere).cloned().collect();
            Ok((
                header.sealer_public_key,
                ways_in,
                header.label.clone(),
                vault_key.clone(),
                header.database_number,
            ))
        })?;
        if ways_in.is_empty() {
            return Err(VaultError::BackupWithoutWay);
        }
        let source = segment::Source {
            vault: self,
            vault_key: &vault_key,
            database_number,
            label,
            made_ms: now.millis(),
        };
        let done = match self.last_backup(place, &ways_in, &vault_key)? {
            Last::Goes { name, on } => segment::add(&source, place, &name, on, watch)?,
            Last::Ends { why, old } => {
                let preamble = Preamble::new(way_in::random_id()?, self.id().to_owned(), sealer, ways_in);
                let done = segment::begin(&source, place, preamble, why, watch)?;
                if !old.is_empty() {
                    // The old one goes only when the new one was read back and is whole.
                    let mut written = BackupFile::open(place.get(&done.name)?)?;
                    if let Some(damage) = written.check(&vault_key, watch)?.into_iter().next() {
                        return Err(damage.into());
                    }
                    old.iter().try_for_each(|name| place.remove(name))?;
                }
                done
            }
        };
        self.audit(&AuditEvent::new(AuditKind::Backup).record(&*done.name), now)?;
        Ok(done)
    }

    /// The newest backup of this vault in `place`, if it can be added to.
    fn last_backup(
        &self,
        place: &dyn BackupPlace,
        ways_in: &[WrappedKey],
        vault_key: &Secret32,
    ) -> Result<Last, VaultError> {
        let own = backups(place)?.into_iter().filter(|entry| entry.vault_id == self.id());
        let mut own: Vec<String> = own.map(|entry| entry.name).collect();
        let Some(newest) = own.last() else {
            return Ok(Last::Ends {
                why: FullBackup::First,
                old: own,
            });
        };
        let mut backup = BackupFile::open(place.get(newest)?)?;
        if backup.preamble().ways_in != ways_in || !backup.opens_with(vault_key)? {
            return Ok(Last::Ends {
                why: FullBackup::OtherKeys,
                old: own,
            });
        }
        match backup.end_state(vault_key)? {
            None => {
                // What can still be read of a damaged one may be wanted.
                own.pop();
                Ok(Last::Ends {
                    why: FullBackup::OldOneDamaged,
                    old: own,
                })
            }
            Some(on) if on.pages_in_file > on.tags.len().saturating_mul(2) => Ok(Last::Ends {
                why: FullBackup::Compacted,
                old: own,
            }),
            Some(on) => Ok(Last::Goes {
                name: newest.clone(),
                on,
            }),
        }
    }
}

/// What there is in a place already.
enum Last {
    /// A file that can be added to.
    Goes {
        /// Its name.
        name: String,
        /// Where it stands.
        on: read::EndState,
    },
    /// A new file is needed.
    Ends {
        /// Why.
        why: FullBackup,
        /// Files that it replaces.
        old: Vec<String>,
    },
}

/// The vault key, from one of the ways in of a backup.
fn unwrap(preamble: &Preamble, key: BackupKey<'_>) -> Result<Secret32, VaultError> {
    let (vault_id, sealer) = (&preamble.vault_id, preamble.sealer_public_key);
    let mut error = VaultError::NoSuchWayIn {
        kind: match key {
            BackupKey::Passphrase(_) => PASSPHRASE,
            BackupKey::RecoveryPhrase(_) => RECOVERY_PHRASE,
        },
    };
    for way_in in &preamble.ways_in {
        let found = match key {
            BackupKey::Passphrase(passphrase) => way_in.try_passphrase(vault_id, sealer, passphrase)?,
            BackupKey::RecoveryPhrase(phrase) => way_in.try_recovery_phrase(vault_id, sealer, phrase)?,
        };
        if let Some(found) = found {
            return Ok(found);
        }
        match (way_in.entry().kind, key) {
            (WayInKind::Passphrase, BackupKey::Passphrase(_)) => error = VaultError::WrongPassphrase,
            (WayInKind::RecoveryPhrase, BackupKey::RecoveryPhrase(_)) => error = VaultError::WrongRecoveryPhrase,
            _ => {}
        }
    }
    Err(error)
}

impl From<BackupDamage> for VaultError {
    fn from(damage: BackupDamage) -> Self {
        Self::BackupDamaged {
            segment: damage.segment,
            part: damage.part,
            pages: ranges_text(&damage.pages),
        }
    }
}

/// Page numbers as ranges.
pub(crate) fn ranges(numbers: impl IntoIterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(number) => *end = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}

fn ranges_text(ranges: &[(u32, u32)]) -> String {
    let one = |(first, last): &(u32, u32)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    };
    ranges.iter().map(one).collect::<Vec<_>>().join(", ")
}
