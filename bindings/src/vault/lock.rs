//! When the vault locks or destroys itself. Both are kept with the vault, and hold from each unlock on.

use crate::error::TekramError;
use crate::persona::Persona;

#[uniffi::export]
impl Persona {
    /// Whether the persona is locked: by itself, by `lock`, or since the agent was closed. After it locked by itself,
    /// listeners are told the scope `locked`, once.
    pub fn is_locked(&self) -> bool {
        self.is_over()
    }

    /// After how many seconds without `touch` the persona locks by itself; nothing: never.
    ///
    /// # Errors
    /// `locked`, `closed`.
    pub fn auto_lock_s(&self) -> Result<Option<u32>, TekramError> {
        self.with(|core| Ok(core.auto_lock_s()))
    }

    /// Sets after how many seconds without `touch` the persona locks by itself. Time in which the device sleeps counts.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn set_auto_lock(&self, seconds: Option<u32>) -> Result<(), TekramError> {
        self.with(|core| Ok(core.set_auto_lock(seconds)?))
    }

    /// The person is there: they touched the screen or typed. Cheap, and without effect on a locked persona.
    pub fn touch(&self) {
        // A locked persona has nothing that could be kept open.
        let _ = self.with(|core| {
            core.touch();
            Ok(())
        });
    }

    /// After how many wrong passphrases, one after the other, the vault destroys itself; nothing: never.
    ///
    /// # Errors
    /// `locked`, `closed`.
    pub fn wipe_after(&self) -> Result<Option<u32>, TekramError> {
        self.with(|core| Ok(core.wipe_after()))
    }

    /// Sets after how many wrong passphrases the vault destroys itself, five at least.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn set_wipe_after(&self, wrong: Option<u32>) -> Result<(), TekramError> {
        self.with(|core| Ok(core.set_wipe_after(wrong)?))
    }
}
