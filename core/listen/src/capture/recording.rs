//! Recordings of what players told, so that what happened on a phone can be played again: into another persona, or as a
//! test. A recording is made in the vault, behind the same allow-list and pause as the log itself, until the person takes
//! it out; nothing of a private session goes into it.
//!
//! The file is JSON Lines: a header `{"tekram_player_events":1}`, then one [`PlayerEvent`] a line.

use std::io::{Read, Write};

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::event::PlayerEvent;
use crate::ListenError;
use crate::input::lines::Lines;
use crate::input::window::Window;
use crate::input::{Pulled, RecordKind};
use crate::pen::LOG;

/// The version of the file's form.
const VERSION: u32 = 1;
/// Events that a recording holds; it stops there, so that one that was forgotten does not fill the vault.
const MOST_RECORDED: i64 = 100_000;
/// Events that are read of a file.
const MOST_READ: usize = 1_000_000;

/// The first line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    tekram_player_events: u32,
}

/// A line of the file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Event(Box<PlayerEvent>),
    Header(Header),
}

impl RecordKind for Line {
    type Row<'a> = Self;
}

/// A recording in the vault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Recording {
    /// Whether it goes on.
    pub running: bool,
    /// When it was started, milliseconds since 1970 UTC; 0 when there is none.
    pub started_ms: i64,
    /// Events in it so far.
    pub events: u64,
}

/// What a recording's file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replay {
    /// The events, in order.
    pub events: Vec<PlayerEvent>,
    /// Lines that are no player event, counted from 1.
    pub refused: Vec<u64>,
}

/// Starts a recording. What an earlier one holds is thrown away.
///
/// # Errors
/// When the vault fails.
pub fn start_recording(vault: &Vault, now: Timestamp) -> Result<Recording, ListenError> {
    discard_recording(vault)?;
    vault.write(LOG, |transaction| {
        transaction
            .prepare_cached("INSERT INTO listen_recording (only_row, running, started_ms) VALUES (1, 1, ?1)")?
            .execute([now.millis()])?;
        Ok::<_, ListenError>(())
    })?;
    recording(vault)
}

/// Stops the recording; what it holds stays until it is thrown away.
///
/// # Errors
/// When the vault fails.
pub fn stop_recording(vault: &Vault) -> Result<Recording, ListenError> {
    vault.write(LOG, stop)?;
    recording(vault)
}

/// Throws the recording away.
///
/// # Errors
/// When the vault fails.
pub fn discard_recording(vault: &Vault) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        transaction.execute("DELETE FROM listen_recorded", [])?;
        transaction.execute("DELETE FROM listen_recording", [])?;
        Ok(())
    })
}

/// The recording there is.
///
/// # Errors
/// When the vault fails.
pub fn recording(vault: &Vault) -> Result<Recording, ListenError> {
    vault.read(|connection| {
        let known = connection
            .prepare_cached("SELECT running, started_ms, (SELECT count(*) FROM listen_recorded) FROM listen_recording")?
            .query_row([], |row| {
                Ok(Recording {
                    running: row.get(0)?,
                    started_ms: row.get(1)?,
                    events: row.get::<_, i64>(2)?.unsigned_abs(),
                })
            })
            .optional()?;
        Ok(known.unwrap_or_default())
    })
}

/// Writes the recording's file. Returns how many events it holds.
///
/// # Errors
/// `write_failed`, or when the vault fails.
pub fn write_recording(vault: &Vault, mut into: impl Write) -> Result<u64, ListenError> {
    let failed = |error: std::io::Error| ListenError::Write { kind: error.kind() };
    vault.read(|connection| {
        let header = Header {
            tekram_player_events: VERSION,
        };
        let header = serde_json::to_string(&header).map_err(|_| ListenError::Unreadable { what: "recording" })?;
        writeln!(into, "{header}").map_err(failed)?;
        let mut statement = connection.prepare_cached("SELECT event FROM listen_recorded ORDER BY seq")?;
        let mut rows = statement.query([])?;
        let mut written = 0;
        while let Some(row) = rows.next()? {
            writeln!(into, "{}", row.get::<_, String>(0)?).map_err(failed)?;
            written += 1;
        }
        into.flush().map_err(failed)?;
        Ok(written)
    })
}

/// Reads a recording's file. A line that is no event is refused and the rest is read.
///
/// # Errors
/// `unknown_format` when the header is missing or of a later version, `io`.
pub fn read_recording(from: impl Read) -> Result<Replay, ListenError> {
    let mut lines = Lines::new(Window::new(from));
    let mut replay = Replay::default();
    let mut known = false;
    loop {
        let pulled = lines
            .next::<Line, _>(|found| (found.line, found.row))
            .map_err(|error| ListenError::Io { kind: error.kind() })?;
        match pulled {
            Pulled::Record((_, Line::Header(header))) if !known && header.tekram_player_events == VERSION => {
                known = true
            }
            _ if matches!(pulled, Pulled::End) && known => return Ok(replay),
            _ if !known => return Err(ListenError::UnknownFormat),
            Pulled::Record((_, Line::Event(event))) if replay.events.len() < MOST_READ => replay.events.push(*event),
            Pulled::Record((line, _)) | Pulled::Refused { line, .. } => replay.refused.push(line),
            Pulled::Skipping | Pulled::End => {}
        }
    }
}

/// Whether a recording goes on.
pub(super) fn is_running(connection: &Connection) -> Result<bool, ListenError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM listen_recording WHERE running = 1)")?
        .query_row([], |row| row.get(0))?)
}

/// Adds an event to the recording.
pub(super) fn add(transaction: &Transaction<'_>, event: &PlayerEvent) -> Result<(), ListenError> {
    let event = serde_json::to_string(event).map_err(|_| ListenError::Unreadable { what: "player event" })?;
    transaction
        .prepare_cached("INSERT INTO listen_recorded (event) VALUES (?1)")?
        .execute(params![event])?;
    if transaction.last_insert_rowid() >= MOST_RECORDED {
        stop(transaction)?;
    }
    Ok(())
}

fn stop(transaction: &Transaction<'_>) -> Result<(), ListenError> {
    transaction
        .prepare_cached("UPDATE listen_recording SET running = 0")?
        .execute([])?;
    Ok(())
}
