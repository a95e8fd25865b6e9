//! How a persona is unlocked, and when it must have recovery words: without them, a lost phone or a forgotten passphrase
//! takes everything with it, so they are asked for on the third day and required before the first money.

use serde::Serialize;
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::Timestamp;
use tekram_vault::{RecoveryAnswer, RecoveryPhrase, WayIn, WayInKind};

use crate::error::AgentError;
use crate::persona::Persona;

/// From this long after the persona was made, recovery words are asked for: three days.
const ASK_AFTER_MS: i64 = 72 * 3_600_000;

/// Whether recovery words are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryDuty {
    /// They were checked, or the persona is too young to be asked.
    None,
    /// Ask for them; the person may put it off.
    Ask,
    /// Nothing is paid before they are checked.
    Required,
}

/// The rule: pure, so that it can be looked at.
fn duty(has_phrase: bool, about_to_pay: bool, created: Timestamp, now: Timestamp) -> RecoveryDuty {
    if has_phrase {
        RecoveryDuty::None
    } else if about_to_pay {
        RecoveryDuty::Required
    } else if now.millis_since(created) >= ASK_AFTER_MS {
        RecoveryDuty::Ask
    } else {
        RecoveryDuty::None
    }
}

impl Persona {
    /// How the persona can be unlocked, in the order in which it was added.
    #[must_use]
    pub fn ways(&self) -> Vec<WayIn> {
        self.vault.ways_in()
    }

    /// Adds the device's key store as a way in, which is called `name`.
    ///
    /// # Errors
    /// `no_key_store`, `way_in_exists`, `bad_label`, the key store's refusals, `too_many_ways_in`, `locked`, `io`.
    pub fn add_key_store_way(&self, name: &str) -> Result<WayIn, AgentError> {
        let key_store = self.key_store.as_deref().ok_or(AgentError::NoKeyStore)?;
        Ok(self.vault.add_key_store(name, key_store, self.clock.now())?)
    }

    /// Adds a passphrase.
    ///
    /// # Errors
    /// `empty_passphrase`, `too_many_ways_in`, `locked`, `io`.
    pub fn add_passphrase(&self, passphrase: &Passphrase) -> Result<WayIn, AgentError> {
        Ok(self.vault.add_passphrase(passphrase, self.clock.now())?)
    }

    /// Puts another passphrase in the place of the one that is `old`.
    ///
    /// # Errors
    /// `wrong_passphrase`, `no_such_way_in` when there is none to change, `empty_passphrase`, `locked`, `io`.
    pub fn change_passphrase(&self, old: &Passphrase, new: &Passphrase) -> Result<WayIn, AgentError> {
        Ok(self.vault.change_passphrase(old, new, self.clock.now())?)
    }

    /// Removes the way in of that name, and its key from the device's key store.
    ///
    /// # Errors
    /// `last_way_in`, `no_such_way_in`, `locked`, `io`.
    pub fn remove_way(&self, name: &str) -> Result<(), AgentError> {
        let removed = self.vault.remove_way(name)?;
        if let (WayInKind::KeyStore { key_name }, Some(key_store)) = (removed.kind, &self.key_store) {
            // The header has forgotten it, so it opens nothing any more; one that stays behind is no failure.
            let _ = key_store.remove(&key_name);
        }
        Ok(())
    }

    /// New recovery words to show. They open nothing until they are checked; older ones open until then.
    ///
    /// # Errors
    /// `locked`, `io`.
    pub fn new_recovery_phrase(&self) -> Result<RecoveryPhrase, AgentError> {
        Ok(self.vault.new_recovery_phrase()?)
    }

    /// The recovery words that were shown and not checked yet, to show them once more.
    ///
    /// # Errors
    /// `nothing_to_check`, `locked`.
    pub fn unchecked_recovery_phrase(&self) -> Result<RecoveryPhrase, AgentError> {
        Ok(self.vault.unchecked_recovery_phrase()?)
    }

    /// Which words to ask for, by position from 1 to 24; other ones each time.
    ///
    /// # Errors
    /// `nothing_to_check`.
    pub fn recovery_questions(&self) -> Result<Vec<u32>, AgentError> {
        Ok(self.vault.recovery_questions()?)
    }

    /// Takes the recovery words into use when the answers show that they are written down. From then on they are on the
    /// person's paper and nowhere else.
    ///
    /// # Errors
    /// `wrong_recovery_word` with the position, `too_few_answers`, `nothing_to_check`, `locked`, `io`.
    pub fn check_recovery_phrase(&self, answers: &[RecoveryAnswer]) -> Result<WayIn, AgentError> {
        Ok(self.vault.check_recovery_phrase(answers, self.clock.now())?)
    }

    /// Whether recovery words are due now.
    #[must_use]
    pub fn recovery_duty(&self, about_to_pay: bool) -> RecoveryDuty {
        let has_phrase = self
            .ways()
            .iter()
            .any(|way_in| way_in.kind == WayInKind::RecoveryPhrase);
        duty(has_phrase, about_to_pay, self.vault.created(), self.clock.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_words_are_asked_for_on_the_third_day_and_required_before_money() {
        let made = Timestamp::from_millis(1_795_176_000_000);
        let later = |ms| made.plus_millis(ms);
        assert_eq!(duty(false, false, made, made), RecoveryDuty::None);
        assert_eq!(duty(false, false, made, later(ASK_AFTER_MS - 1)), RecoveryDuty::None);
        assert_eq!(duty(false, false, made, later(ASK_AFTER_MS)), RecoveryDuty::Ask);
        assert_eq!(duty(false, true, made, made), RecoveryDuty::Required);
        assert_eq!(duty(false, true, made, later(-1)), RecoveryDuty::Required);
        assert_eq!(duty(true, true, made, later(ASK_AFTER_MS * 9)), RecoveryDuty::None);
        assert_eq!(duty(true, false, made, later(ASK_AFTER_MS * 9)), RecoveryDuty::None);
    }
}
