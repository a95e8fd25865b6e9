//! The log in open formats, as a person takes it away: how much it will be, and writing it, to a file that is there whole or not
//! at all.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tekram_listen::{Choice, ExportRequest, Exported, ListenError};

use crate::error::AgentError;
use crate::persona::Persona;

impl Persona {
    /// How many listens are chosen. A format may be unable to hold some of them.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn count_chosen(&self, choice: &Choice) -> Result<u64, AgentError> {
        Ok(tekram_listen::count_chosen(&self.vault, choice)?)
    }

    /// Writes what is chosen of the log to `out`: with everything, as listens of ListenBrainz, or as a table. Local times of
    /// which it is not known where they were heard are in the persona's zone when the request names none.
    ///
    /// # Errors
    /// `unknown_zone`, `write_failed`, the vault's errors.
    pub fn export(&self, request: &ExportRequest, out: &mut dyn Write) -> Result<Exported, AgentError> {
        self.write_export(request, out, &mut |_| ControlFlow::Continue(()))
    }

    /// [`Persona::export`] to a file, in the place of what was there; `told` hears how many listens are written. Stopped or
    /// failed, it leaves no file.
    ///
    /// # Errors
    /// As [`Persona::export`], and `cancelled`.
    pub fn export_file(
        &self,
        request: &ExportRequest,
        path: &Path,
        told: &dyn Fn(u64),
        stop: &AtomicBool,
    ) -> Result<Exported, AgentError> {
        let write_failed = |error: std::io::Error| ListenError::Write { kind: error.kind() };
        let mut out = BufWriter::new(File::create(path).map_err(write_failed)?);
        let exported = self.write_export(request, &mut out, &mut |written| {
            told(written);
            if stop.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        if exported.is_err() {
            // What is wrong is said already.
            let _ = fs::remove_file(path);
        }
        exported
    }

    fn write_export(
        &self,
        request: &ExportRequest,
        out: &mut dyn Write,
        told: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Exported, AgentError> {
        let mut request = request.clone();
        if request.zone.is_empty() {
            request.zone = self.zone(None)?;
        }
        let exported = tekram_listen::export_watched(&self.vault, &request, out, told)?;
        self.note_export("history")?;
        Ok(exported)
    }
}
