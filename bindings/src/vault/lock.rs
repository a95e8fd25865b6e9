//! When the vault locks or destroys itself.

use crate::error::TekramError;
use crate::persona::Persona;

#[uniffi::export]
impl Persona {
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
