//! When the vault locks or destroys itself.

use crate::error::AgentError;
use crate::persona::Persona;

impl Persona {
    /// After how many wrong passphrases, one after the other, the vault destroys itself; `None`: never.
    #[must_use]
    pub fn wipe_after(&self) -> Option<u32> {
        self.vault.wipes_after()
    }

    /// Sets after how many wrong passphrases the vault destroys itself, five at least.
    ///
    /// # Errors
    /// `locked`, `io`.
    pub fn set_wipe_after(&self, wrong: Option<u32>) -> Result<(), AgentError> {
        Ok(self.vault.wipe_after(wrong)?)
    }
}
