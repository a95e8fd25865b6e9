//! What a person does with the vault itself, one module for each use: how it locks, what its audit says, its key, and the
//! ways out and back.

mod audit;
pub(crate) mod face;
mod key_change;
mod lock;

pub use audit::*;
pub use face::*;
pub use key_change::*;

use std::ops::ControlFlow;

use crate::gate::Stop;
use crate::task::Tell;

/// How far long work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct WorkProgress {
    /// Bytes that are done.
    pub done_bytes: u64,
    /// Bytes that there are to do; 0 while it is not known.
    pub total_bytes: u64,
}

/// What the vault is given to tell of its progress, and to be told whether to go on.
pub(crate) fn watch<'a>(
    stop: &'a Stop,
    tell: &'a Tell<WorkProgress>,
) -> impl FnMut(tekram_agent::WorkProgress) -> ControlFlow<()> + 'a {
    |progress| {
        tell.tell(WorkProgress {
            done_bytes: progress.done_bytes,
            total_bytes: progress.total_bytes,
        });
        match stop.why() {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }
}
