//! The one error of the facade: a number, a name and values, no sentence for people and nothing personal. Front ends
//! look their words up by name, else by room.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use tekram_agent::AgentError;

use crate::gate::Stopped;

/// What every call of this library throws.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TekramError {
    /// A call did not do what it was asked to.
    #[error("{name} ({code})")]
    Failed {
        /// Room × 1000 + number; the same in every version.
        code: u32,
        /// Stable snake_case name.
        name: String,
        /// Values for the sentence that the screen shows, by name.
        params: HashMap<String, String>,
    },
}

/// How many panics were turned into errors since the process began.
static PANICS: AtomicU64 = AtomicU64::new(0);

impl TekramError {
    /// An error that no room has said, by its name in the core's list.
    fn named(name: &str) -> Self {
        Self::Failed {
            code: tekram_agent::error_number(name),
            name: name.to_owned(),
            params: HashMap::new(),
        }
    }

    /// The persona of this handle is locked.
    pub(crate) fn locked() -> Self {
        Self::named("locked")
    }

    /// The agent was closed.
    pub(crate) fn closed() -> Self {
        Self::named("closed")
    }

    /// The app is paused; the call may be made again after `resume`.
    pub(crate) fn paused() -> Self {
        Self::named("paused")
    }

    /// The caller cancelled it.
    pub(crate) fn cancelled() -> Self {
        Self::named("cancelled")
    }

    /// A trait of the host failed.
    pub(crate) fn host_failed() -> Self {
        Self::named("host_failed")
    }

    /// A panic was caught. Its text is dropped, since it may quote anything; only its number in this process is told.
    pub(crate) fn panicked() -> Self {
        let number = PANICS.fetch_add(1, Ordering::Relaxed) + 1;
        Self::Failed {
            code: tekram_agent::error_number("panic"),
            name: "panic".to_owned(),
            params: HashMap::from([("number".to_owned(), number.to_string())]),
        }
    }

    /// The system gives no threads.
    pub(crate) fn no_threads() -> Self {
        Self::named("no_threads")
    }

    /// The phone says that there is no network.
    pub(crate) fn offline() -> Self {
        Self::named("offline")
    }

    /// A request names no place, and the phone knows none.
    pub(crate) fn no_position() -> Self {
        Self::named("no_position")
    }

    /// A key of the wrong length.
    pub(crate) fn wrong_key() -> Self {
        Self::named("wrong_key")
    }

    /// A page's mark that no page gave.
    pub(crate) fn bad_cursor() -> Self {
        Self::named("bad_cursor")
    }

    /// The file that was named cannot be written or read.
    pub(crate) fn file() -> Self {
        Self::named("file_unusable")
    }

    /// A field of what should be kept is not what it should be.
    pub(crate) fn bad_field(field: &str) -> Self {
        Self::Failed {
            code: tekram_agent::error_number("bad_field"),
            name: "bad_field".to_owned(),
            params: HashMap::from([("field".to_owned(), field.to_owned())]),
        }
    }

    /// Stable name.
    #[must_use]
    pub fn name(&self) -> &str {
        let Self::Failed { name, .. } = self;
        name
    }
}

impl From<AgentError> for TekramError {
    fn from(error: AgentError) -> Self {
        let params = error.params().into_iter().map(|(name, value)| (name.to_owned(), value));
        Self::Failed {
            code: error.number(),
            name: error.code().to_owned(),
            params: params.collect(),
        }
    }
}

impl From<Stopped> for TekramError {
    fn from(why: Stopped) -> Self {
        match why {
            Stopped::Paused => Self::paused(),
            Stopped::Closed => Self::closed(),
            Stopped::Locked => Self::locked(),
            Stopped::Cancelled => Self::cancelled(),
        }
    }
}

/// From now on panics print nothing: their text may quote anything. Each still becomes an error with a number.
#[uniffi::export]
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}
