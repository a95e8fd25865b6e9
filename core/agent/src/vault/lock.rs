//! When the vault locks or destroys itself. Both are kept with the vault, and hold from each unlock on.

use std::time::Duration;

use tekram_vault::Scope;

use crate::error::AgentError;
use crate::persona::Persona;

/// The scope that [`Persona::on_change`] tells when the vault has locked by itself.
pub const LOCKED: &str = Scope::LOCKED.0;

impl Persona {
    /// Whether the vault is locked: by itself, or by [`Persona::lock`].
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.vault.is_locked()
    }

    /// After how many seconds without [`Persona::touch`] the vault locks by itself; `None`: never.
    #[must_use]
    pub fn auto_lock_s(&self) -> Option<u32> {
        let idle = self.vault.locks_after()?;
        Some(u32::try_from(idle.as_secs()).unwrap_or(u32::MAX))
    }

    /// Sets after how many seconds without [`Persona::touch`] the vault locks by itself, one at least. When it does,
    /// [`Persona::on_change`] tells [`LOCKED`].
    ///
    /// # Errors
    /// `locked`, `io`.
    pub fn set_auto_lock(&self, seconds: Option<u32>) -> Result<(), AgentError> {
        let idle = seconds.map(|seconds| Duration::from_secs(u64::from(seconds.max(1))));
        Ok(self.vault.lock_after(idle)?)
    }

    /// The person is there: they touched the screen or typed. Work in the background does not count as that.
    pub fn touch(&self) {
        self.vault.touch();
    }

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
