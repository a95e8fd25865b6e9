//! When nothing is to be logged, or not for others to see; and from when on a listen counts as a play.

use tekram_agent::Timestamp;

use crate::error::TekramError;
use crate::history::ListenKind;
use crate::persona::Persona;

/// What a quiet time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Quiet {
    /// Nothing is logged.
    Paused,
    /// What is heard is logged, marked as private.
    Private,
}

impl From<Quiet> for tekram_agent::Quiet {
    fn from(quiet: Quiet) -> Self {
        match quiet {
            Quiet::Paused => Self::Paused,
            Quiet::Private => Self::Private,
        }
    }
}

/// Since when something is quiet, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct QuietSpan {
    /// When it began.
    pub from_ms: i64,
    /// When it ends by itself; nothing when only the person ends it.
    pub until_ms: Option<i64>,
}

impl From<tekram_agent::QuietSpan> for QuietSpan {
    fn from(span: tekram_agent::QuietSpan) -> Self {
        Self {
            from_ms: span.from_ms,
            until_ms: span.until_ms,
        }
    }
}

/// What is quiet now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct QuietNow {
    /// The log is paused.
    pub paused: Option<QuietSpan>,
    /// A private session goes on.
    pub private_session: Option<QuietSpan>,
}

impl From<tekram_agent::QuietNow> for QuietNow {
    fn from(now: tekram_agent::QuietNow) -> Self {
        Self {
            paused: now.paused.map(Into::into),
            private_session: now.private.map(Into::into),
        }
    }
}

/// From when on a listen of a kind counts as a play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CountingRule {
    /// Of which kind.
    pub kind: ListenKind,
    /// At least this much was played; nothing: such a listen never counts.
    pub least_ms: Option<i64>,
    /// And this part of the medium, in thousandths, where its length is known; 0 asks for none.
    pub share_permille: i64,
    /// This much is enough whatever part it is; 0: only the part is.
    pub enough_ms: i64,
    /// Whether it is the rule that holds until the person changes it.
    pub usual: bool,
}

impl From<tekram_agent::CountingRule> for CountingRule {
    fn from(rule: tekram_agent::CountingRule) -> Self {
        Self {
            kind: rule.kind.into(),
            least_ms: rule.least_ms,
            share_permille: rule.share_permille,
            enough_ms: rule.enough_ms,
            usual: rule == tekram_agent::CountingRule::usual(rule.kind),
        }
    }
}

impl CountingRule {
    fn core(self) -> tekram_agent::CountingRule {
        tekram_agent::CountingRule {
            kind: self.kind.into(),
            least_ms: self.least_ms,
            share_permille: self.share_permille,
            enough_ms: self.enough_ms,
        }
    }
}

fn rules(rules: Vec<tekram_agent::CountingRule>) -> Vec<CountingRule> {
    rules.into_iter().map(Into::into).collect()
}

#[uniffi::export]
impl Persona {
    /// Whether the log is paused or a private session goes on, and until when.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn quiet(&self) -> Result<QuietNow, TekramError> {
        self.with(|core| Ok(core.quiet()?.into()))
    }

    /// Pauses the log, or begins a private session, from now until a moment or until it is ended; changes the end of one
    /// that goes on.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn begin_quiet(&self, quiet: Quiet, until_ms: Option<i64>) -> Result<QuietNow, TekramError> {
        self.with(|core| {
            let until = until_ms.map(Timestamp::from_millis);
            Ok(core.begin_quiet(quiet.into(), until)?.into())
        })
    }

    /// The same for so many minutes from now.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn begin_quiet_for(&self, quiet: Quiet, minutes: u32) -> Result<QuietNow, TekramError> {
        self.with(|core| Ok(core.begin_quiet_for(quiet.into(), minutes)?.into()))
    }

    /// Logs again, or ends the private session.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn end_quiet(&self, quiet: Quiet) -> Result<QuietNow, TekramError> {
        self.with(|core| Ok(core.end_quiet(quiet.into())?.into()))
    }

    /// From when on a listen counts as a play, for each kind.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn counting_rules(&self) -> Result<Vec<CountingRule>, TekramError> {
        self.with(|core| Ok(rules(core.counting_rules()?)))
    }

    /// Changes the rule of a kind. All that is in the log is marked by it; nothing is deleted.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub async fn set_counting_rule(&self, rule: CountingRule) -> Result<Vec<CountingRule>, TekramError> {
        self.beside(move |core| Ok(rules(core.set_counting_rule(rule.core())?)))
            .await
    }

    /// Back to the usual rules.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub async fn reset_counting_rules(&self) -> Result<Vec<CountingRule>, TekramError> {
        self.beside(|core| Ok(rules(core.reset_counting_rules()?))).await
    }
}
