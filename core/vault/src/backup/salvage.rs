//! Salvage: what can still be read of a damaged backup, saved into a new vault. The state is put together as far as it goes, and
//! the holes in it are damaged pages, which rescue goes around.

use super::place::ReadSeek;
use super::read::BackupFile;
use super::restore::{assemble_into, chosen};
use super::{BackupDamage, BackupKey, BackupState};
use crate::error::VaultError;
use crate::progress::Watch;
use crate::rescue::{Rescue, Scratch};
use crate::store::{Store, is_id};

/// What a backup's readable part is.
#[derive(Debug)]
pub struct Salvage {
    /// To look into and to save as a new vault.
    pub rescue: Rescue,
    /// The state it is.
    pub state: BackupState,
    /// What is damaged in the backup.
    pub damage: Vec<BackupDamage>,
}

impl Store {
    /// Puts together what can be read of a damaged backup: the state that is asked for, or the newest, or an earlier one when it
    /// is not known which pages of a later one are missing, since old pages would then pass for new ones. Nothing is a vault yet:
    /// [`Rescue::save_as`] makes one. Fails like [`Store::restore`], but not for damage that leaves anything to read.
    pub fn salvage(
        &self,
        file: Box<dyn ReadSeek>,
        key: BackupKey<'_>,
        state: Option<u32>,
        watch: &mut Watch<'_>,
    ) -> Result<Salvage, VaultError> {
        let mut backup = BackupFile::open(file)?;
        let id = backup.preamble().vault_id.clone();
        if !is_id(&id) {
            return Err(VaultError::NotABackup);
        }
        let vault_key = super::unwrap(backup.preamble(), key)?;
        let (mut at, mut state) = chosen(&backup, state)?;
        loop {
            let scratch = Scratch::new(self)?;
            let assembled = assemble_into(&scratch.folder, &mut backup, at, &vault_key, watch)?;
            let earlier = assembled
                .unsure
                .and_then(|unsure| backup.states().iter().position(|state| state.number == unsure))
                .filter(|unsure| !assembled.whole && *unsure <= at)
                .and_then(|unsure| unsure.checked_sub(1));
            if let Some(earlier) = earlier {
                (at, state) = chosen(&backup, backup.states().get(earlier).map(|state| state.number))?;
                continue;
            }
            let label = assembled.end.map(|end| end.label).unwrap_or_default();
            return Ok(Salvage {
                rescue: Rescue::of_scratch(scratch, id, label, vault_key),
                state,
                damage: assembled.damage,
            });
        }
    }
}
