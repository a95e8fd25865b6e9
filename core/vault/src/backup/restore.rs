//! Restoring: a vault made of a backup, proven to the last page before it gets its name. It keeps its id, its keys and the
//! ways in that the backup knows, and begins a new epoch: what an older state believes about payments is looked at, never
//! continued.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use tekram_primitives::secret::Secret32;
use tekram_primitives::time::{Clock, Timestamp};

use super::format::End;
use super::place::ReadSeek;
use super::read::{Assembled, BackupFile, Target};
use super::{BackupDamage, BackupKey, BackupState};
use crate::audit::{AuditEvent, AuditKind};
use crate::database::{self, Role};
use crate::durable;
use crate::error::VaultError;
use crate::header::Header;
use crate::hold::{self, Hold};
use crate::inbox;
use crate::progress::Watch;
use crate::schema::RoomSchema;
use crate::seal;
use crate::store::{REPLACED, Store, UNFINISHED, check_label, is_id};
use crate::vault::{self, Vault};
use crate::way_key::Sealer;

/// Nobody restores a vault so often.
const EPOCHS: u64 = 1 << 32;

/// What to restore.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoreOptions {
    /// Which state; the newest when it is not said.
    pub state: Option<u32>,
    /// What to call the vault; as it was called when it is not said.
    pub label: Option<String>,
    /// Whether a vault with the same id that is on this device is replaced; otherwise it is a refusal.
    pub replace: bool,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The state.
    pub state: BackupState,
    /// Whether the backup has a later state that was cut and could not count.
    pub cut: bool,
    /// What is damaged in the backup without mattering to this state.
    pub damage: Vec<BackupDamage>,
}

impl Store {
    /// Makes the vault of a backup, and unlocks it. Every block and every page is proven first; the vault is there whole
    /// afterwards, or not at all. Key stores of the old device are no ways in any more. Fails with `not_a_backup`,
    /// `truncated`, `newer_schema`, `backup_damaged`; with `wrong_passphrase`, `wrong_recovery_phrase` or `no_such_way_in`;
    /// with `vault_exists` when a vault of this id (unless it is to be replaced) or another one of this label is there;
    /// with `bad_label`, `no_such_state` and `cancelled`.
    pub fn restore(
        &self,
        file: Box<dyn ReadSeek>,
        key: BackupKey<'_>,
        options: &RestoreOptions,
        schemas: &[RoomSchema],
        clock: &dyn Clock,
        watch: &mut Watch<'_>,
    ) -> Result<(Vault, Restored), VaultError> {
        let mut backup = BackupFile::open(file)?;
        let id = backup.preamble().vault_id.clone();
        if !is_id(&id) {
            return Err(VaultError::NotABackup);
        }
        let vault_key = super::unwrap(backup.preamble(), key)?;
        let _turn = self.turn()?;
        self.sweep().map_err(VaultError::io("removing unfinished vaults"))?;
        let replaced = self.replaced(&id, &vault_key, options.replace)?;
        let unfinished = self.path_in_vaults(&format!("{UNFINISHED}{id}"));
        let made = self.restore_into(&unfinished, &mut backup, &vault_key, options, replaced.as_ref(), watch);
        let (header, hold, restored) = made.inspect_err(|_| {
            // The next one that is made removes what cannot be removed now.
            let _ = fs::remove_dir_all(&unfinished);
        })?;
        // An older state is what was asked for. Accepted before it has its place: a cut in between leaves the vault that was there,
        // and not one that its owner cannot open.
        let accepted = self.forget_commit_number(&id);
        accepted.inspect_err(|_| {
            // As above.
            let _ = fs::remove_dir_all(&unfinished);
        })?;
        self.put_in_place(&unfinished, &id, replaced)?;
        let vault = Vault::open(
            self.path_in_vaults(&id),
            header,
            vault_key,
            hold,
            schemas,
            None,
            &self.device,
        )?;
        let made = Timestamp::from_millis(restored.state.made_ms);
        vault.audit(&AuditEvent::new(AuditKind::Restore).what(made.to_string()), clock.now())?;
        Ok((vault, restored))
    }

    /// The vault on this device that a restored one is to replace.
    fn replaced(&self, id: &str, vault_key: &Secret32, may_replace: bool) -> Result<Option<Replaced>, VaultError> {
        let Ok(folder) = self.folder_of_id(id) else {
            return Ok(None);
        };
        if !may_replace {
            return Err(VaultError::VaultExists);
        }
        let hold = hold::take(&folder)?;
        // Only as far as it can still be read. What the header claims is not proven here, so it counts only as far as a person could
        // have come.
        let claimed = Header::read(&folder).map_or(0, |header| header.claims.epoch);
        let claimed = if claimed < EPOCHS { claimed } else { 0 };
        let epoch = database::open(&database::found_in(&folder), id, vault_key, Role::Reader)
            .and_then(|connection| vault::identity(&connection))
            .map(|identity| identity.epoch)
            .unwrap_or(0);
        Ok(Some(Replaced {
            folder,
            epoch: epoch.max(claimed),
            _hold: hold,
        }))
    }

    fn restore_into(
        &self,
        folder: &Path,
        backup: &mut BackupFile,
        vault_key: &Secret32,
        options: &RestoreOptions,
        replaced: Option<&Replaced>,
        watch: &mut Watch<'_>,
    ) -> Result<(Header, Hold, Restored), VaultError> {
        let (at, state) = chosen(backup, options.state)?;
        durable::create_folder(folder).map_err(VaultError::io("making the vault's folder"))?;
        let hold = hold::take(folder)?;
        let Assembled {
            end, mut damage, whole, ..
        } = assemble_into(folder, backup, at, vault_key, watch)?;
        let Some(End { label, .. }) = end.filter(|_| whole) else {
            return Err(first_of(&mut damage, state).into());
        };
        let label = self.label_for(options.label.clone().unwrap_or(label), &backup.preamble().vault_id)?;
        let (root, epoch) = new_epoch(folder, &backup.preamble().vault_id, vault_key, replaced)?;
        let mut header = Header::new(
            backup.preamble().vault_id.clone(),
            label,
            seal::public_key(&root)?,
            Sealer::of(&root)?.public_key,
            backup.preamble().ways_in.clone(),
        );
        header.epoch = epoch;
        header.write(folder, vault_key)?;
        let restored = Restored {
            state,
            cut: backup.is_cut(),
            damage,
        };
        Ok((header, hold, restored))
    }

    fn label_for(&self, label: String, id: &str) -> Result<String, VaultError> {
        check_label(&label)?;
        let taken = |entry: &crate::store::VaultEntry| entry.label == label && entry.id != id;
        if self.list()?.iter().any(taken) {
            return Err(VaultError::VaultExists);
        }
        Ok(label)
    }

    /// Gives the finished folder its name. The old vault or the new one is there, whatever happens in between: a replacement
    /// that was cut is undone when the store is opened next.
    fn put_in_place(&self, unfinished: &Path, id: &str, replaced: Option<Replaced>) -> Result<(), VaultError> {
        let folder = self.path_in_vaults(id);
        let rename = |from: &Path, to: &Path| {
            fs::rename(from, to)
                .and_then(|()| self.sync())
                .map_err(VaultError::io("naming the vault's folder"))
        };
        let Some(replaced) = replaced else {
            return rename(unfinished, &folder);
        };
        let aside = self.path_in_vaults(&format!("{REPLACED}{id}"));
        rename(&replaced.folder, &aside)?;
        if let Err(error) = rename(unfinished, &folder) {
            rename(&aside, &folder)?;
            return Err(error);
        }
        drop(replaced);
        self.sweep().map_err(VaultError::io("removing the vault's folder"))
    }
}

/// A vault that gives its place to a restored one.
struct Replaced {
    folder: PathBuf,
    epoch: u64,
    _hold: Hold,
}

/// The state that was asked for, and where it stands in the file.
pub(super) fn chosen(backup: &BackupFile, wanted: Option<u32>) -> Result<(usize, BackupState), VaultError> {
    let states = backup.states();
    let found = match wanted {
        Some(number) => states.iter().position(|state| state.number == number),
        None => states.len().checked_sub(1),
    };
    found
        .and_then(|at| Some((at, *states.get(at)?)))
        .ok_or(VaultError::NoSuchState)
}

/// Writes a state's database and inbox into a folder.
pub(super) fn assemble_into(
    folder: &Path,
    backup: &mut BackupFile,
    at: usize,
    vault_key: &Secret32,
    watch: &mut Watch<'_>,
) -> Result<Assembled, VaultError> {
    let make = |name: &str| -> std::io::Result<File> {
        durable::private(OpenOptions::new().write(true).create_new(true)).open(folder.join(name))
    };
    let mut database = make(database::FILE).map_err(VaultError::io("making vault.db"))?;
    let mut inbox = make(inbox::FILE).map_err(VaultError::io("making inbox.log"))?;
    let target = Target {
        database: &mut database,
        inbox: &mut inbox,
    };
    let assembled = backup.assemble(vault_key, at, target, watch)?;
    database
        .sync_all()
        .and_then(|()| inbox.sync_all())
        .and_then(|()| durable::sync_folder(folder))
        .map_err(VaultError::io("writing what a backup has"))?;
    Ok(assembled)
}

/// The damage that an error names: the first that pages were lost by, if one is.
fn first_of(damage: &mut Vec<BackupDamage>, state: BackupState) -> BackupDamage {
    let position = damage.iter().position(|part| !part.pages.is_empty());
    if damage.is_empty() {
        BackupDamage {
            segment: state.number,
            part: "chain",
            pages: Vec::new(),
        }
    } else {
        damage.swap_remove(position.unwrap_or(0))
    }
}

/// Proves every page and the identity, and begins the next epoch: after the backup's, and after that of the vault that is
/// replaced, which lived on from the same keys. Returns the root secret and the epoch.
fn new_epoch(
    folder: &Path,
    vault_id: &str,
    vault_key: &Secret32,
    replaced: Option<&Replaced>,
) -> Result<(Secret32, u64), VaultError> {
    let connection = database::open(&database::path(folder, 1), vault_id, vault_key, Role::Writer)?;
    if !database::damaged_pages(&connection)?.is_empty() {
        return Err(VaultError::Damaged { file: database::FILE });
    }
    let identity = vault::identity(&connection)?;
    if identity.vault_id != vault_id {
        return Err(VaultError::ForeignVault { file: database::FILE });
    }
    let last = identity.epoch.max(replaced.map_or(0, |replaced| replaced.epoch));
    let epoch = last.saturating_add(1);
    vault::begin_epoch(&connection, epoch)?;
    database::trust(&connection)?;
    database::checkpoint(&connection)?;
    connection.close().map_err(|(_, error)| VaultError::from(error))?;
    Ok((identity.root, epoch))
}
