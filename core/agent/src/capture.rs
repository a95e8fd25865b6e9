//! Capture: what players do, sealed to a persona's vault at once, whether it is unlocked or not.

use tekram_listen::PlayerEvent;

use crate::device::{Agent, persona_error};
use crate::error::AgentError;

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
}
