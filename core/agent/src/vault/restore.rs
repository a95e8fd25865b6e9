//! Coming back: a persona from a backup, from what is left of a damaged one, or from an export.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use tekram_primitives::secret::Passphrase;
use tekram_vault::{
    BackupDamage, BackupKey, BackupState, Exported, RescueReport, RestoreOptions, Restored, VaultError,
};

use super::place::{BackupSource, check_has, place_error};
use super::watching::WorkWatch;
use crate::device::{Agent, SCHEMAS};
use crate::error::AgentError;
use crate::persona::Persona;

/// What was saved of a damaged backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvaged {
    /// The state that it is.
    pub state: BackupState,
    /// What is damaged in the backup.
    pub damage: Vec<BackupDamage>,
    /// What became of the tables.
    pub report: RescueReport,
}

impl Agent {
    /// Makes the persona of a backup, and unlocks it. It is there whole afterwards, or not at all; payments that were on their way
    /// in the backup are not made again by themselves.
    ///
    /// # Errors
    /// `no_such_backup_place`, `no_such_backup`, `not_a_backup`, `backup_damaged` with the part, `wrong_passphrase`,
    /// `wrong_recovery_phrase`, `no_such_way_in`, `vault_exists` unless it is to be replaced, `vault_in_use`, `no_such_state`,
    /// `cancelled`, what is wrong with the place, and the vault's others.
    pub fn restore(
        &self,
        source: &BackupSource,
        name: &str,
        key: BackupKey<'_>,
        options: &RestoreOptions,
        watch: &mut WorkWatch<'_>,
    ) -> Result<(Persona, Restored), AgentError> {
        self.at(source, watch, |place, watching| {
            check_has(place, name)?;
            let file = place.get(name).map_err(place_error)?;
            let watch = &mut |progress| watching.tell(progress);
            let (vault, restored) = self
                .store
                .restore(file, key, options, &SCHEMAS, self.clock.as_ref(), watch)
                .map_err(place_error)?;
            Ok((self.unlocked(Ok(vault))?, restored))
        })
    }

    /// Saves what can be read of a damaged backup as a new persona with a passphrase of its own, and unlocks it.
    ///
    /// # Errors
    /// As [`Agent::restore`], but not for damage that leaves anything to read; `damaged` when nothing is left; `vault_exists` when
    /// the name is taken, `empty_passphrase`.
    #[allow(clippy::too_many_arguments)] // each is one thing that the person says
    pub fn salvage(
        &self,
        source: &BackupSource,
        name: &str,
        key: BackupKey<'_>,
        state: Option<u32>,
        new_name: &str,
        new_passphrase: &Passphrase,
        watch: &mut WorkWatch<'_>,
    ) -> Result<(Persona, Salvaged), AgentError> {
        self.at(source, watch, |place, watching| {
            check_has(place, name)?;
            let file = place.get(name).map_err(place_error)?;
            let watch = &mut |progress| watching.tell(progress);
            let salvage = self.store.salvage(file, key, state, watch).map_err(place_error)?;
            let (persona, report) = self.saved(&salvage.rescue, new_name, new_passphrase, watch)?;
            let salvaged = Salvaged {
                state: salvage.state,
                damage: salvage.damage,
                report,
            };
            Ok((persona, salvaged))
        })
    }

    /// Makes the persona of a whole export, with the same keys and rows, and unlocks it. The passphrase opens the export, and is
    /// its first way in; of an export that was unsealed by hand it is only that.
    ///
    /// # Errors
    /// `io` when the file cannot be read, `wrong_passphrase`, `empty_passphrase`, `not_an_export`, `export_damaged` with the part,
    /// `export_is_partial`, `newer_schema`, `vault_exists`, `bad_label`, `cancelled`, and the vault's others.
    pub fn move_in(
        &self,
        file: &Path,
        passphrase: &Passphrase,
        new_name: Option<&str>,
        watch: &mut WorkWatch<'_>,
    ) -> Result<(Persona, Exported), AgentError> {
        let file = File::open(file).map_err(|source| VaultError::Io {
            action: "opening the export",
            source,
        })?;
        let (vault, done) = self.store.import(
            Box::new(BufReader::new(file)),
            passphrase,
            new_name,
            &SCHEMAS,
            self.clock.as_ref(),
            watch,
        )?;
        Ok((self.unlocked(Ok(vault))?, done))
    }
}
