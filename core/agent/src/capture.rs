//! Capture: what players do, sealed to a persona's vault at once, whether it is unlocked or not; when nothing is to be
//! logged; what counts as a play; and recordings of what players told.

use serde::Serialize;
use tekram_listen::{
    CaptureApp, CountingRule, Drained, PageRead, PlayerEvent, Quiet, QuietNow, Recording, begin_quiet, counting_rules,
    discard_recording, end_quiet, quiet_now, read_recording, recording, reset_counting_rules, set_counting_rule,
    start_recording, stop_recording, write_recording,
};
use tekram_primitives::time::Timestamp;

use crate::device::{Agent, persona_error};
use crate::error::AgentError;
use crate::persona::Persona;

/// What became of a recording that was played again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// Events of the file.
    pub events: u64,
    /// Lines that are no player event, counted from 1.
    pub refused: Vec<u64>,
    /// What the log made of them, and of what else had waited.
    pub drained: Drained,
}

impl Agent {
    /// Seals what players did to the vault of the persona with this id. It needs no key and survives a power cut when
    /// this returns; it lands in the log with the next unlock or [`Persona::drain`](crate::Persona::drain).
    ///
    /// # Errors
    /// `no_such_persona`, the vault's errors.
    pub fn capture(&self, persona: &str, events: &[PlayerEvent]) -> Result<(), AgentError> {
        let inbox = self.store.inbox(persona).map_err(persona_error)?;
        Ok(tekram_listen::seal_events(&inbox, events)?)
    }

    /// Seals a page that was read to the vault of the persona with this id, locked or not.
    ///
    /// # Errors
    /// `bad_page`, `no_such_persona`, the vault's errors.
    pub fn capture_page(&self, persona: &str, page: &PageRead) -> Result<(), AgentError> {
        let inbox = self.store.inbox(persona).map_err(persona_error)?;
        Ok(tekram_listen::seal_page(&inbox, page, self.clock.now())?)
    }
}

impl Persona {
    /// The players that were heard on this device, and which of them the person allowed.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn capture_apps(&self) -> Result<Vec<CaptureApp>, AgentError> {
        Ok(tekram_listen::capture_apps(&self.vault)?)
    }

    /// Allows a player to be listened to, or no longer.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn set_capture_app(&self, app: &str, allowed: bool) -> Result<(), AgentError> {
        Ok(tekram_listen::set_capture_app(&self.vault, app, allowed)?)
    }

    /// Takes what players did since the last time into the log. Unlocking does it too.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn drain(&self) -> Result<Drained, AgentError> {
        Ok(tekram_listen::drain_capture(&self.vault, self.clock.now())?)
    }

    /// Takes a page that was read into the log, with what else has waited.
    ///
    /// # Errors
    /// `bad_page`, the vault's errors.
    pub fn log_page(&self, page: &PageRead) -> Result<Drained, AgentError> {
        tekram_listen::seal_page(&self.vault.inbox(), page, self.clock.now())?;
        self.drain()
    }

    /// Whether the log is paused or a private session goes on, and until when.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn quiet(&self) -> Result<QuietNow, AgentError> {
        Ok(quiet_now(&self.vault, self.clock.now())?)
    }

    /// Pauses the log, or begins a private session, from now until a moment or until it is ended; changes the end of one
    /// that goes on.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn begin_quiet(&self, quiet: Quiet, until: Option<Timestamp>) -> Result<QuietNow, AgentError> {
        Ok(begin_quiet(&self.vault, quiet, until, self.clock.now())?)
    }

    /// The same for so many minutes from now.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn begin_quiet_for(&self, quiet: Quiet, minutes: u32) -> Result<QuietNow, AgentError> {
        let until_ms = self
            .clock
            .now()
            .millis()
            .saturating_add(i64::from(minutes).saturating_mul(60_000));
        self.begin_quiet(quiet, Some(Timestamp::from_millis(until_ms)))
    }

    /// Logs again, or ends the private session.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn end_quiet(&self, quiet: Quiet) -> Result<QuietNow, AgentError> {
        Ok(end_quiet(&self.vault, quiet, self.clock.now())?)
    }

    /// From when on a listen counts as a play, for each kind.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn counting_rules(&self) -> Result<Vec<CountingRule>, AgentError> {
        Ok(counting_rules(&self.vault)?)
    }

    /// Changes the rule of a kind. All that is in the log is marked by it; nothing is deleted.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn set_counting_rule(&self, rule: CountingRule) -> Result<Vec<CountingRule>, AgentError> {
        set_counting_rule(&self.vault, rule)?;
        self.counting_rules()
    }

    /// Back to the usual rules.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn reset_counting_rules(&self) -> Result<Vec<CountingRule>, AgentError> {
        reset_counting_rules(&self.vault)?;
        self.counting_rules()
    }

    /// The recording of what players tell, if there is one.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn recording(&self) -> Result<Recording, AgentError> {
        Ok(recording(&self.vault)?)
    }

    /// Starts a recording, inside the vault; an earlier one is thrown away.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn start_recording(&self) -> Result<Recording, AgentError> {
        Ok(start_recording(&self.vault, self.clock.now())?)
    }

    /// Stops the recording. What it holds stays until it is thrown away.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn stop_recording(&self) -> Result<Recording, AgentError> {
        self.drain()?;
        Ok(stop_recording(&self.vault)?)
    }

    /// Throws the recording away.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn discard_recording(&self) -> Result<(), AgentError> {
        Ok(discard_recording(&self.vault)?)
    }

    /// Writes the recording as JSON Lines, readable by everybody. Returns how many events it holds.
    ///
    /// # Errors
    /// The vault's errors, `write_failed`.
    pub fn write_recording(&self, out: &mut dyn std::io::Write) -> Result<u64, AgentError> {
        let written = write_recording(&self.vault, out)?;
        self.note_export("recording")?;
        Ok(written)
    }

    /// Plays a recording again: its events go the same way as a player's, through allow-list, pause and machine, at the
    /// times at which they were recorded. Doing it twice adds nothing.
    ///
    /// # Errors
    /// `unknown_format`, `io`, the vault's errors.
    pub fn replay(&self, from: &mut dyn std::io::Read) -> Result<Replayed, AgentError> {
        let replay = read_recording(from)?;
        tekram_listen::seal_events(&self.vault.inbox(), &replay.events)?;
        Ok(Replayed {
            events: replay.events.len() as u64,
            refused: replay.refused,
            drained: self.drain()?,
        })
    }
}
