//! Backing up into the place that the person chose, and what lies in a place.

use std::sync::Arc;

use tekram_vault::{BackedUp, BackupDamage, BackupEntry, BackupKey, BackupPlace};

use super::folder::BackupFolder;
use super::place::{BackupSource, check_has, place_error};
use super::watching::{Watching, WorkWatch};
use crate::device::Agent;
use crate::error::AgentError;
use crate::persona::Persona;

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupMade {
    /// When.
    pub made_ms: i64,
    /// What was written.
    pub done: BackedUp,
    /// How large the backup's file is now.
    pub file_bytes: u64,
}

impl Persona {
    /// Backs the persona up into its place, and keeps in the vault how that ended. The host hands over the folder unless it is
    /// found by its path.
    ///
    /// # Errors
    /// `no_backup_place`, `backup_folder_needed`, `backup_without_way` when neither a passphrase nor checked recovery words would
    /// open it, `busy`, `cancelled`, what is wrong with the place, and the vault's others; the backup there was is as it was.
    pub fn back_up(
        &self,
        folder: Option<Arc<dyn BackupFolder>>,
        watch: &mut WorkWatch<'_>,
    ) -> Result<BackupMade, AgentError> {
        let source = self.backup_source(folder);
        // Not having got at the folder is a problem like any other; having none is not.
        if let Err(AgentError::NoBackupPlace) = source {
            return Err(AgentError::NoBackupPlace);
        }
        let made = source.and_then(|source| self.back_up_to(&source, watch));
        let noted = match &made {
            Ok(made) => self.note_backup(Ok((made.made_ms, made.file_bytes))),
            // Stopping it is no problem that anybody must be told of, and a locked vault takes no note.
            Err(error) if matches!(error.code(), "cancelled" | "locked") => Ok(()),
            Err(error) => self.note_backup(Err(error.code())),
        };
        let made = made?;
        noted?;
        Ok(made)
    }

    /// Backs the persona up into a place, whichever its own is.
    ///
    /// # Errors
    /// As [`Persona::back_up`], without those of its own place.
    pub fn back_up_to(&self, source: &BackupSource, watch: &mut WorkWatch<'_>) -> Result<BackupMade, AgentError> {
        let watching = Watching::new(watch);
        let place = source.open(&self.policy, &self.data, &watching)?;
        let now = self.clock.now();
        let done = self
            .vault
            .back_up(place.as_ref(), now, &mut |progress| watching.tell(progress))
            .map_err(place_error)?;
        Ok(BackupMade {
            made_ms: now.millis(),
            file_bytes: file_bytes(place.as_ref(), &done),
            done,
        })
    }
}

/// How large the file is; what was written of it, when the place does not say.
fn file_bytes(place: &dyn BackupPlace, done: &BackedUp) -> u64 {
    let files = place.list().unwrap_or_default();
    let found = files.into_iter().find(|file| file.name == done.name);
    found.map_or(done.bytes, |file| file.bytes)
}

impl Agent {
    /// The backups in a place, as far as they can be seen without a key; newest last.
    ///
    /// # Errors
    /// `no_such_backup_place`, `cancelled`, what is wrong with the place.
    pub fn backups(&self, source: &BackupSource, watch: &mut WorkWatch<'_>) -> Result<Vec<BackupEntry>, AgentError> {
        self.at(source, watch, |place, _| {
            tekram_vault::backups(place).map_err(place_error)
        })
    }

    /// Reads a backup to its last byte and says what is damaged.
    ///
    /// # Errors
    /// `no_such_backup_place`, `no_such_backup`, `not_a_backup`, `cancelled`, what is wrong with the key or with the place.
    pub fn check_backup(
        &self,
        source: &BackupSource,
        name: &str,
        key: BackupKey<'_>,
        watch: &mut WorkWatch<'_>,
    ) -> Result<Vec<BackupDamage>, AgentError> {
        self.at(source, watch, |place, watching| {
            check_has(place, name)?;
            let file = place.get(name).map_err(place_error)?;
            tekram_vault::check_backup(file, key, &mut |progress| watching.tell(progress)).map_err(place_error)
        })
    }

    /// Does something with a place to read from.
    pub(crate) fn at<T>(
        &self,
        source: &BackupSource,
        watch: &mut WorkWatch<'_>,
        read: impl FnOnce(&dyn BackupPlace, &Watching<'_>) -> Result<T, AgentError>,
    ) -> Result<T, AgentError> {
        source.check_is_there()?;
        let watching = Watching::new(watch);
        let place = source.open(&self.policy, &self.data, &watching)?;
        read(place.as_ref(), &watching)
    }
}
