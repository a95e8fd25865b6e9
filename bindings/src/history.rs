//! The listen log: what was heard, what an import brings, and the way out.

mod accounts;
mod answer;
mod bring;
mod edit;
mod feed;
mod imports;
mod log;
mod out;

pub use accounts::*;
pub use answer::*;
pub use bring::*;
pub use edit::*;
pub use feed::*;
pub use imports::*;
pub use log::*;
pub use out::*;

use crate::error::TekramError;

/// A page's place in a list that is counted by numbers.
pub(crate) fn number(after: Option<&str>) -> Result<i64, TekramError> {
    match after {
        None => Ok(0),
        Some(after) => after.parse().map_err(|_| TekramError::bad_cursor()),
    }
}
