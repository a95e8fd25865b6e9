//! Backing a persona up, and restoring one from a backup.

use std::sync::Arc;

use tekram_agent::{BackupKey, Passphrase, RecoveryPhrase};
use zeroize::Zeroizing;

use super::place::{BackupFolder, BackupSource, host_folder};
use super::{Unlocked, WorkProgress, unlocking_task, watch};
use crate::agent::Agent;
use crate::error::TekramError;
use crate::persona::Persona;
use crate::task::{Task, task};

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BackedUp {
    /// The file's name.
    pub name: String,
    /// When it was made.
    pub made_ms: i64,
    /// Whether it is a new file, rather than added to the one before.
    pub new_file: bool,
    /// How large the file is.
    pub bytes: u64,
    /// Pages of the vault that were copied.
    pub pages: u32,
}

task!(
    /// A persona is being backed up. Stopping it leaves the backup there was.
    BackupTask,
    WorkProgress,
    BackedUp
);

/// What to restore.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RestoreOptions {
    /// Which state; the newest when none is said.
    pub state: Option<u32>,
    /// What to call the persona; as before when nothing is said.
    pub new_name: Option<String>,
    /// Whether the persona with the same id that is on this device, locked, is replaced; otherwise it is a refusal.
    pub replace: bool,
}

/// A part of a backup that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BackupDamage {
    /// The state that it belongs to.
    pub state: u32,
    /// `beginning`, `inbox`, `pages`, `index`, `end`, `chain` or `missing`.
    pub part: String,
    /// How many pages of the vault lie there; 0 when it is not known or none.
    pub pages: u32,
}

impl From<tekram_agent::BackupDamage> for BackupDamage {
    fn from(damage: tekram_agent::BackupDamage) -> Self {
        Self {
            state: damage.segment,
            part: damage.part.to_owned(),
            pages: super::pages(&damage.pages),
        }
    }
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Restored {
    /// Id of the persona.
    pub persona_id: String,
    /// What it is called.
    pub name: String,
    /// When the state was made.
    pub made_ms: i64,
    /// Whether the backup has a later state that was cut and could not count.
    pub cut: bool,
    /// What is damaged in the backup without mattering to this state.
    pub damage: Vec<BackupDamage>,
}

unlocking_task!(
    /// A persona is being restored. Stopped, it leaves nothing.
    RestoreTask,
    Restored
);

#[uniffi::export]
impl Persona {
    /// Begins to back this persona up into its place. `folder` is needed when the place is a folder that is not found by its
    /// path. How it ended stands in [`Persona::backup_plan`].
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; `finish` says `no_backup_place`, `backup_folder_needed`, `backup_without_way`, `busy`,
    /// `cancelled`, `io`, what is wrong with the server, and the vault's others.
    pub fn start_backup(&self, folder: Option<Arc<dyn BackupFolder>>) -> Result<Arc<BackupTask>, TekramError> {
        let (core, stop) = self.begin()?;
        let task = Task::latest(stop, move |stop, tell| {
            let made = core.back_up(folder.map(host_folder), &mut watch(stop, tell))?;
            Ok(BackedUp {
                name: made.done.name,
                made_ms: made.made_ms,
                new_file: made.done.full.is_some(),
                bytes: made.file_bytes,
                pages: made.done.pages,
            })
        })?;
        Ok(Arc::new(BackupTask(task)))
    }
}

/// What opens a backup, kept until the work is done.
pub(super) enum Key {
    Passphrase(Passphrase),
    Words(Zeroizing<String>),
}

impl Key {
    /// Calls `work` with the key.
    pub(super) fn with<T>(&self, work: impl FnOnce(BackupKey<'_>) -> Result<T, TekramError>) -> Result<T, TekramError> {
        match self {
            Self::Passphrase(passphrase) => work(BackupKey::Passphrase(passphrase)),
            Self::Words(words) => {
                let phrase = RecoveryPhrase::parse(words).map_err(tekram_agent::AgentError::from)?;
                work(BackupKey::RecoveryPhrase(&phrase))
            }
        }
    }
}

impl Agent {
    fn start_restore(
        self: Arc<Self>,
        source: Arc<BackupSource>,
        name: String,
        key: Key,
        options: RestoreOptions,
    ) -> Result<Arc<RestoreTask>, TekramError> {
        let (core, stop) = self.begin()?;
        let unlocked = Unlocked::default();
        let to = unlocked.clone();
        let task = Task::latest(stop, move |stop, tell| {
            let options = tekram_agent::RestoreOptions {
                state: options.state,
                label: options.new_name,
                replace: options.replace,
            };
            let (persona, restored) =
                key.with(|key| Ok(core.restore(&source.0, &name, key, &options, &mut watch(stop, tell))?))?;
            let report = Restored {
                persona_id: persona.id().to_owned(),
                name: persona.name(),
                made_ms: restored.state.made_ms,
                cut: restored.cut,
                damage: restored.damage.into_iter().map(BackupDamage::from).collect(),
            };
            to.set(self.keep(persona)?);
            Ok(report)
        })?;
        Ok(Arc::new(RestoreTask { task, unlocked }))
    }
}

#[uniffi::export]
impl Agent {
    /// Begins to restore a persona from a backup by a passphrase that opened it then. It comes out unlocked:
    /// [`RestoreTask::persona`].
    ///
    /// # Errors
    /// `paused`, `closed`; `finish` says `no_such_backup_place`, `no_such_backup`, `not_a_backup`, `backup_damaged` with `segment`,
    /// `part` and `pages`, `wrong_passphrase`, `no_such_way_in`, `vault_exists`, `vault_in_use`, `no_such_state`, `cancelled`, `io`,
    /// what is wrong with the server, and the vault's others.
    pub fn start_restore_with_passphrase(
        self: Arc<Self>,
        source: Arc<BackupSource>,
        name: String,
        passphrase: String,
        options: RestoreOptions,
    ) -> Result<Arc<RestoreTask>, TekramError> {
        self.start_restore(source, name, Key::Passphrase(Passphrase::new(passphrase)), options)
    }

    /// The same by recovery words, as the person typed them.
    ///
    /// # Errors
    /// As with a passphrase; `recovery_word_count`, `recovery_word_unknown` with its position, `recovery_checksum`,
    /// `wrong_recovery_phrase`.
    pub fn start_restore_with_words(
        self: Arc<Self>,
        source: Arc<BackupSource>,
        name: String,
        words: String,
        options: RestoreOptions,
    ) -> Result<Arc<RestoreTask>, TekramError> {
        self.start_restore(source, name, Key::Words(Zeroizing::new(words)), options)
    }
}
