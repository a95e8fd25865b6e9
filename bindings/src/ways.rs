//! How a persona is unlocked: ways in, and recovery words. Words and passphrases come as arguments and leave as objects,
//! never in records, whose text Kotlin and Swift print.

use std::fmt;
use std::sync::Arc;

use tekram_agent::{Passphrase, RecoveryAnswer};

use crate::error::TekramError;
use crate::persona::Persona;

/// What a way in is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum WayInKind {
    /// Something the person types.
    Passphrase,
    /// A key that the platform guards.
    KeyStore {
        /// The key's name in the platform's store.
        key_name: String,
    },
    /// 24 words on paper.
    RecoveryPhrase,
}

/// One way to unlock a persona.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WayIn {
    /// Names it within its vault.
    pub name: String,
    /// What it is.
    pub kind: WayInKind,
    /// When it was added, if known.
    pub added_ms: Option<i64>,
}

impl From<tekram_agent::WayIn> for WayIn {
    fn from(way: tekram_agent::WayIn) -> Self {
        Self {
            name: way.name,
            kind: match way.kind {
                tekram_agent::WayInKind::Passphrase => WayInKind::Passphrase,
                tekram_agent::WayInKind::KeyStore { key_name } => WayInKind::KeyStore { key_name },
                tekram_agent::WayInKind::RecoveryPhrase => WayInKind::RecoveryPhrase,
            },
            added_ms: way.added_ms,
        }
    }
}

/// Whether recovery words are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RecoveryDuty {
    /// They were checked, or the persona is too young to be asked.
    None,
    /// Ask for them; the person may put it off.
    Ask,
    /// Nothing is to be paid before they are checked: whoever is about to pay asks for them first.
    Required,
}

/// Recovery words to show. Wiped when dropped.
#[derive(uniffi::Object)]
pub struct RecoveryPhrase(tekram_agent::RecoveryPhrase);

impl fmt::Debug for RecoveryPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryPhrase([REDACTED])")
    }
}

#[uniffi::export]
impl RecoveryPhrase {
    /// The 24 words, in order.
    pub fn words(&self) -> Vec<String> {
        self.0.words().into_iter().map(str::to_owned).collect()
    }
}

#[uniffi::export]
impl Persona {
    /// How this persona can be unlocked, in the order in which it was added.
    ///
    /// # Errors
    /// `locked`, `closed`.
    pub fn ways(&self) -> Result<Vec<WayIn>, TekramError> {
        self.with(|core| Ok(core.ways().into_iter().map(WayIn::from).collect()))
    }

    /// Adds the platform's key store as a way in, which is called `name`.
    ///
    /// # Errors
    /// `no_key_store`, `way_in_exists`, `host_failed` and the key store's refusals, `paused`, `locked`, `closed`, the vault's
    /// errors.
    pub async fn add_key_store_way(&self, name: String) -> Result<WayIn, TekramError> {
        self.beside(move |core| Ok(core.add_key_store_way(&name)?.into())).await
    }

    /// Adds a passphrase.
    ///
    /// # Errors
    /// `empty_passphrase`, `too_many_ways_in`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn add_passphrase(&self, passphrase: String) -> Result<WayIn, TekramError> {
        let passphrase = Passphrase::new(passphrase);
        self.beside(move |core| Ok(core.add_passphrase(&passphrase)?.into()))
            .await
    }

    /// Puts another passphrase in the place of the one that is `old`.
    ///
    /// # Errors
    /// `wrong_passphrase`, `no_such_way_in`, `empty_passphrase`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn change_passphrase(&self, old: String, new: String) -> Result<WayIn, TekramError> {
        let (old, new) = (Passphrase::new(old), Passphrase::new(new));
        self.beside(move |core| Ok(core.change_passphrase(&old, &new)?.into()))
            .await
    }

    /// Removes the way in of that name, and its key from the platform's key store.
    ///
    /// # Errors
    /// `last_way_in`, `no_such_way_in`, `locked`, `closed`, the vault's errors.
    pub fn remove_way(&self, name: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_way(&name)?))
    }

    /// New recovery words to show. They open nothing until they are checked; older ones open until then.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn new_recovery_phrase(&self) -> Result<Arc<RecoveryPhrase>, TekramError> {
        self.with(|core| Ok(Arc::new(RecoveryPhrase(core.new_recovery_phrase()?))))
    }

    /// The recovery words that were shown and not checked yet, to show them once more.
    ///
    /// # Errors
    /// `nothing_to_check`, `locked`, `closed`.
    pub fn unchecked_recovery_phrase(&self) -> Result<Arc<RecoveryPhrase>, TekramError> {
        self.with(|core| Ok(Arc::new(RecoveryPhrase(core.unchecked_recovery_phrase()?))))
    }

    /// Which words to ask for, by position from 1 to 24; other ones each time.
    ///
    /// # Errors
    /// `nothing_to_check`, `locked`, `closed`.
    pub fn recovery_questions(&self) -> Result<Vec<u32>, TekramError> {
        self.with(|core| Ok(core.recovery_questions()?))
    }

    /// Takes the recovery words into use when the words typed for these positions show that they are written down.
    ///
    /// # Errors
    /// `wrong_recovery_word` with the position, `too_few_answers`, `nothing_to_check`, `locked`, `closed`, the vault's
    /// errors.
    pub fn check_recovery_phrase(&self, positions: Vec<u32>, words: Vec<String>) -> Result<WayIn, TekramError> {
        self.with(|core| {
            let answers: Vec<_> = positions
                .into_iter()
                .zip(words)
                .map(|(position, word)| RecoveryAnswer { position, word })
                .collect();
            Ok(core.check_recovery_phrase(&answers)?.into())
        })
    }

    /// Whether recovery words are due now.
    ///
    /// # Errors
    /// `locked`, `closed`.
    pub fn recovery_duty(&self, about_to_pay: bool) -> Result<RecoveryDuty, TekramError> {
        self.with(|core| {
            Ok(match core.recovery_duty(about_to_pay) {
                tekram_agent::RecoveryDuty::None => RecoveryDuty::None,
                tekram_agent::RecoveryDuty::Ask => RecoveryDuty::Ask,
                tekram_agent::RecoveryDuty::Required => RecoveryDuty::Required,
            })
        })
    }
}
