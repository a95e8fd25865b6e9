//! Leaving with everything, or with what other programs can read, and moving in with it.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tekram_agent::Passphrase;

use super::{Unlocked, WorkProgress, unlocking_task, watch};
use crate::agent::Agent;
use crate::error::TekramError;
use crate::gate::Stop;
use crate::persona::Persona;
use crate::task::{Task, Tell, task};

/// What an export has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct VaultExported {
    /// Tables.
    pub tables: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Files.
    pub files: u64,
}

impl From<tekram_agent::VaultExported> for VaultExported {
    fn from(exported: tekram_agent::VaultExported) -> Self {
        Self {
            tables: exported.tables,
            rows: exported.rows,
            files: exported.files,
        }
    }
}

task!(
    /// A persona is being written to a file. Stopped, it leaves no file.
    VaultExportTask,
    WorkProgress,
    VaultExported
);

/// What moved in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MovedIn {
    /// Id of the persona; the same as before.
    pub persona_id: String,
    /// What it is called.
    pub name: String,
    /// What the export had.
    pub content: VaultExported,
}

unlocking_task!(
    /// A persona is being made of an export. Stopped, it leaves nothing.
    MoveInTask,
    MovedIn
);

impl Persona {
    fn start_export_to(
        &self,
        path: String,
        export: impl FnOnce(
            &tekram_agent::Persona,
            &mut dyn Write,
            &Stop,
            &Tell<WorkProgress>,
        ) -> Result<tekram_agent::VaultExported, TekramError>
        + Send
        + 'static,
    ) -> Result<Arc<VaultExportTask>, TekramError> {
        let (core, stop) = self.begin()?;
        let task = Task::latest(stop, move |stop, tell| {
            let path = PathBuf::from(path);
            let mut out = BufWriter::new(private_file(&path).map_err(|_| TekramError::file())?);
            let written = export(&core, &mut out, stop, tell).and_then(|done| {
                let file = out.into_inner().map_err(|_| TekramError::file())?;
                file.sync_all().map_err(|_| TekramError::file())?;
                Ok(VaultExported::from(done))
            });
            if written.is_err() {
                // What was not written to its end is no export.
                let _ = std::fs::remove_file(&path);
            }
            written
        })?;
        Ok(Arc::new(VaultExportTask(task)))
    }
}

/// A file that only its owner reads, in the place of the one there was.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[uniffi::export]
impl Persona {
    /// Begins to write everything, keys and money included, sealed with a passphrase in the age format. [`Agent::start_move_in`]
    /// makes the same persona of it.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; `finish` says `file_unusable`, `empty_passphrase`, `cancelled`, `io`, and the vault's others.
    pub fn start_sealed_export(&self, path: String, passphrase: String) -> Result<Arc<VaultExportTask>, TekramError> {
        let passphrase = Passphrase::new(passphrase);
        self.start_export_to(path, move |core, out, stop, tell| {
            Ok(core.export_sealed(out, &passphrase, &mut watch(stop, tell))?)
        })
    }

    /// Begins to write what other programs can read, in the clear and without any secret.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; `finish` says `file_unusable`, `cancelled`, `io`, and the vault's others.
    pub fn start_open_export(&self, path: String) -> Result<Arc<VaultExportTask>, TekramError> {
        self.start_export_to(path, |core, out, stop, tell| {
            Ok(core.export_open(out, &mut watch(stop, tell))?)
        })
    }
}

#[uniffi::export]
impl Agent {
    /// Begins to make the persona of a sealed export. The passphrase opens the export, and is the persona's first way in; of an
    /// export that was unsealed by hand it is only that. It comes out unlocked: [`MoveInTask::persona`].
    ///
    /// # Errors
    /// `paused`, `closed`; `finish` says `wrong_passphrase`, `empty_passphrase`, `not_an_export`, `export_damaged` with the `part`,
    /// `export_is_partial`, `newer_schema`, `vault_exists`, `bad_label`, `cancelled`, `io`, and the vault's others.
    pub fn start_move_in(
        self: Arc<Self>,
        path: String,
        passphrase: String,
        new_name: Option<String>,
    ) -> Result<Arc<MoveInTask>, TekramError> {
        let passphrase = Passphrase::new(passphrase);
        let (core, stop) = self.begin()?;
        let unlocked = Unlocked::default();
        let to = unlocked.clone();
        let task = Task::latest(stop, move |stop, tell| {
            let watch = &mut watch(stop, tell);
            let (persona, done) = core.move_in(Path::new(&path), &passphrase, new_name.as_deref(), watch)?;
            let moved = MovedIn {
                persona_id: persona.id().to_owned(),
                name: persona.name(),
                content: done.into(),
            };
            to.set(self.keep(persona)?);
            Ok(moved)
        })?;
        Ok(Arc::new(MoveInTask { task, unlocked }))
    }
}
