//! What a person does with the vault itself, one module for each use: how it locks, what its audit says, its key, and the
//! ways out and back.

mod audit;
mod backup;
pub(crate) mod face;
mod key_change;
mod leave;
mod lock;
mod place;
mod rescue;
mod unlocked;

pub use audit::*;
pub use backup::*;
pub use face::*;
pub use key_change::*;
pub use leave::*;
pub use place::*;
pub use rescue::*;
pub(crate) use unlocked::{Unlocked, unlocking_task};

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

/// How many pages are in these ranges, both ends included.
pub(crate) fn pages(ranges: &[(u32, u32)]) -> u32 {
    let in_range = |(first, last): &(u32, u32)| last.saturating_sub(*first).saturating_add(1);
    ranges.iter().map(in_range).fold(0, u32::saturating_add)
}

/// What is given to work whose progress nobody asks for, to be told whether to go on.
pub(crate) fn unwatched(stop: &Stop) -> impl FnMut(tekram_agent::WorkProgress) -> ControlFlow<()> + '_ {
    |_| match stop.why() {
        Some(_) => ControlFlow::Break(()),
        None => ControlFlow::Continue(()),
    }
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
