//! Why the story stopped: a sentence for the person at the terminal.

use std::fmt::{self, Display};

/// What was being done, and what went wrong with it.
#[derive(Debug)]
pub struct StoryError(String);

impl StoryError {
    /// An error in one sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl Display for StoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoryError {}

/// Result of every part of the story.
pub type Told<T = ()> = Result<T, StoryError>;

/// Puts what was being done in front of a cause.
pub trait While<T> {
    /// `what` is said before the cause: "cannot read x: no such file".
    ///
    /// # Errors
    /// The cause, with `what` in front.
    fn during(self, what: impl Display) -> Told<T>;
}

impl<T, E: Display> While<T> for Result<T, E> {
    fn during(self, what: impl Display) -> Told<T> {
        self.map_err(|cause| StoryError(format!("{what}: {cause}")))
    }
}

impl<T> While<T> for Option<T> {
    fn during(self, what: impl Display) -> Told<T> {
        self.ok_or_else(|| StoryError(format!("{what} is missing")))
    }
}
