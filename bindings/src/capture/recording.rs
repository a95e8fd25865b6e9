//! Recordings of what players told, made inside the vault, written to a file when the person says so, and played again.

use std::fs::File;
use std::io::BufWriter;

use super::Drained;
use crate::error::TekramError;
use crate::persona::Persona;

/// A recording in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Recording {
    /// Whether it goes on.
    pub running: bool,
    /// When it was started; 0 when there is none.
    pub started_ms: i64,
    /// Events in it so far.
    pub events: u64,
}

impl From<tekram_agent::Recording> for Recording {
    fn from(recording: tekram_agent::Recording) -> Self {
        Self {
            running: recording.running,
            started_ms: recording.started_ms,
            events: recording.events,
        }
    }
}

/// What became of a recording that was played again.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Replayed {
    /// Events of the file.
    pub events: u64,
    /// Lines that are no player event, counted from 1.
    pub refused: Vec<u64>,
    /// What the log made of them, and of what else had waited.
    pub drained: Drained,
}

#[uniffi::export]
impl Persona {
    /// The recording of what players tell, if there is one.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn recording(&self) -> Result<Recording, TekramError> {
        self.with(|core| Ok(core.recording()?.into()))
    }

    /// Starts a recording, inside the vault; an earlier one is thrown away.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn start_recording(&self) -> Result<Recording, TekramError> {
        self.with(|core| Ok(core.start_recording()?.into()))
    }

    /// Stops the recording. What it holds stays until it is thrown away.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub async fn stop_recording(&self) -> Result<Recording, TekramError> {
        self.beside(|core| Ok(core.stop_recording()?.into())).await
    }

    /// Throws the recording away.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn discard_recording(&self) -> Result<(), TekramError> {
        self.with(|core| Ok(core.discard_recording()?))
    }

    /// Writes the recording to a file as JSON Lines, readable by everybody. Returns how many events it holds.
    ///
    /// # Errors
    /// `file_unusable`, `write_failed`, `locked`, `closed`, the vault's errors.
    pub async fn write_recording(&self, path: String) -> Result<u64, TekramError> {
        self.beside(move |core| {
            let file = File::create(path).map_err(|_| TekramError::file())?;
            Ok(core.write_recording(&mut BufWriter::new(file))?)
        })
        .await
    }

    /// Plays a recording's file again: its events go the same way as a player's, through allow-list, pause and machine, at the
    /// times at which they were recorded. Doing it twice adds nothing.
    ///
    /// # Errors
    /// `file_unusable`, `unknown_format`, `io`, `locked`, `closed`, the vault's errors.
    pub async fn replay_recording(&self, path: String) -> Result<Replayed, TekramError> {
        self.beside(move |core| {
            let mut file = File::open(path).map_err(|_| TekramError::file())?;
            let replayed = core.replay(&mut file)?;
            Ok(Replayed {
                events: replayed.events,
                refused: replayed.refused,
                drained: replayed.drained.into(),
            })
        })
        .await
    }
}
