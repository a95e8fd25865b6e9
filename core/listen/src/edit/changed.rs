//! What a written-down change did, in the terms of its kind, so that a front end can say it in words.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::correction::Correction;
use super::history::{Edit, EditKind};
use super::shown::Presence;
use crate::{ListenError, Thumb};

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// A thumb was given or taken away.
    Rated {
        /// The one before.
        before: Option<Thumb>,
        /// The one since.
        after: Option<Thumb>,
    },
    /// A note was written, changed or taken away.
    Noted {
        /// The text before.
        before: String,
        /// The text since.
        after: String,
    },
    /// Tags were added or taken away.
    Tagged {
        /// Those that came.
        added: Vec<String>,
        /// Those that went.
        removed: Vec<String>,
    },
    /// What it was was corrected, or that was taken away.
    Corrected {
        /// All that was corrected before.
        before: Correction,
        /// All that is since.
        after: Correction,
    },
    /// It was hidden, deleted or shown again.
    Moved {
        /// Where it was before.
        before: Presence,
        /// Where it is since.
        after: Presence,
    },
    /// Listens were deleted for good.
    DeletedForGood,
    /// Works were said to be one.
    Merged {
        /// The titles of their descriptions.
        titles: Vec<String>,
    },
    /// Descriptions were said to be another work than the rest.
    Split {
        /// Their titles.
        titles: Vec<String>,
    },
}

impl Edit {
    /// What it did.
    ///
    /// # Errors
    /// When the vault holds something else than this version writes.
    pub fn changed(&self) -> Result<Changed, ListenError> {
        let (before, after) = (&self.before, &self.after);
        Ok(match self.what {
            EditKind::Thumb => Changed::Rated {
                before: read::<Option<i64>>(before)?.and_then(Thumb::from_number),
                after: read::<Option<i64>>(after)?.and_then(Thumb::from_number),
            },
            EditKind::Note => Changed::Noted {
                before: read(before)?,
                after: read(after)?,
            },
            EditKind::Tags => {
                let (before, after): (Vec<String>, Vec<String>) = (read(before)?, read(after)?);
                Changed::Tagged {
                    added: after.iter().filter(|tag| !before.contains(tag)).cloned().collect(),
                    removed: before.into_iter().filter(|tag| !after.contains(tag)).collect(),
                }
            }
            EditKind::Correction => Changed::Corrected {
                before: read(before)?,
                after: read(after)?,
            },
            EditKind::Hidden | EditKind::Deleted => Changed::Moved {
                before: read(before)?,
                after: read(after)?,
            },
            EditKind::DeletedForGood => Changed::DeletedForGood,
            EditKind::Merged => Changed::Merged { titles: read(after)? },
            EditKind::Split => Changed::Split { titles: read(after)? },
        })
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, ListenError> {
    T::deserialize(value).map_err(|_| ListenError::Unreadable { what: "change" })
}
