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

/// Room of the facade's own errors.
const FACADE: u32 = 90_000;

/// How many panics were turned into errors since the process began.
static PANICS: AtomicU64 = AtomicU64::new(0);

impl TekramError {
    fn facade(number: u32, name: &str) -> Self {
        Self::Failed {
            code: FACADE + number,
            name: name.to_owned(),
            params: HashMap::new(),
        }
    }

    /// The persona of this handle is locked.
    pub(crate) fn locked() -> Self {
        Self::facade(1, "locked")
    }

    /// The agent was closed.
    pub(crate) fn closed() -> Self {
        Self::facade(2, "closed")
    }

    /// The app is paused; the call may be made again after `resume`.
    pub(crate) fn paused() -> Self {
        Self::facade(3, "paused")
    }

    /// The caller cancelled it.
    pub(crate) fn cancelled() -> Self {
        Self::facade(4, "cancelled")
    }

    /// A trait of the host failed: it threw, or is missing.
    pub(crate) fn host_failed() -> Self {
        Self::facade(5, "host_failed")
    }

    /// A panic was caught. Its text is dropped, since it may quote anything; only its number in this process is told.
    pub(crate) fn panicked() -> Self {
        let number = PANICS.fetch_add(1, Ordering::Relaxed) + 1;
        Self::Failed {
            code: FACADE + 6,
            name: "panic".to_owned(),
            params: HashMap::from([("number".to_owned(), number.to_string())]),
        }
    }

    /// A value that this version of the facade cannot carry.
    pub(crate) fn unreadable() -> Self {
        Self::facade(7, "unreadable")
    }

    /// A page's mark that no page gave.
    pub(crate) fn bad_cursor() -> Self {
        Self::facade(9, "bad_cursor")
    }

    /// The file that was named cannot be written or read.
    pub(crate) fn file() -> Self {
        Self::facade(8, "file_unusable")
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
        Self::Failed {
            code: 0,
            name: error.code().to_owned(),
            params: HashMap::new(),
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
