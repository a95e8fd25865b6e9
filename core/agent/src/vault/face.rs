//! How the persona looks: a colour and a picture beside its name, and which of the three are seen while it is locked.

use tekram_vault::{AVATAR_LIMIT_BYTES, Face, ShownWhileLocked, VaultError};

use crate::error::AgentError;
use crate::persona::Persona;

impl Persona {
    /// Name, colour and picture.
    ///
    /// # Errors
    /// `locked`.
    pub fn face(&self) -> Result<Face, AgentError> {
        Ok(self.vault.face()?)
    }

    /// Which of them are seen while it is locked.
    #[must_use]
    pub fn shown_while_locked(&self) -> ShownWhileLocked {
        self.vault.shown_while_locked()
    }

    /// Gives the persona a colour (red, green, blue), or takes it away.
    ///
    /// # Errors
    /// `locked`, `io`.
    pub fn set_colour(&self, colour: Option<[u8; 3]>) -> Result<(), AgentError> {
        Ok(self.vault.set_colour(colour)?)
    }

    /// Gives the persona a small picture, in whatever format the front end draws, or takes it away.
    ///
    /// # Errors
    /// `avatar_too_large`, `locked`, `io`.
    pub fn set_avatar(&self, avatar: Option<Vec<u8>>) -> Result<(), AgentError> {
        self.vault.set_avatar(avatar).map_err(|error| match error {
            VaultError::ItemTooLarge { .. } => AgentError::AvatarTooLarge {
                limit_bytes: AVATAR_LIMIT_BYTES,
            },
            error => error.into(),
        })
    }

    /// Says what is seen while it is locked. A persona whose name is not is found by its id alone.
    ///
    /// # Errors
    /// `locked`, `io`.
    pub fn show_while_locked(&self, shown: ShownWhileLocked) -> Result<(), AgentError> {
        Ok(self.vault.show_while_locked(shown)?)
    }
}
