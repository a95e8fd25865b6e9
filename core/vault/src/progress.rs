//! How far a long step is, and whether it should go on. A step asks often; stopping it leaves everything as it was before.

use std::ops::ControlFlow;

use crate::error::VaultError;

/// How far a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are done.
    pub done_bytes: u64,
    /// Bytes that there are to do; 0 while it is not known.
    pub total_bytes: u64,
}

/// Is told how far a step is; `Break` stops it with `cancelled`.
pub type Watch<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// Tells `watch`, and fails with `cancelled` when it wants the step to stop.
pub(crate) fn tell(watch: &mut Watch<'_>, done_bytes: u64, total_bytes: u64) -> Result<(), VaultError> {
    match watch(Progress {
        done_bytes,
        total_bytes,
    }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(VaultError::Cancelled),
    }
}
