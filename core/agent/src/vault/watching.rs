//! Long work of a vault and of the place that it reads from or writes to, under the eyes of one watcher: both tell it how far
//! they are, one after the other, and it can stop both.

use std::cell::RefCell;
use std::ops::ControlFlow;

use tekram_vault::Progress;

/// Is told how far long work is; `Break` stops it with `cancelled`. Work goes through steps, each with its own total.
pub type WorkWatch<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// One watcher for several.
pub(crate) struct Watching<'a>(RefCell<&'a mut WorkWatch<'a>>);

impl<'a> Watching<'a> {
    pub(crate) fn new(watch: &'a mut WorkWatch<'a>) -> Self {
        Self(RefCell::new(watch))
    }

    /// Tells it. A watcher that calls itself is not told of that.
    pub(crate) fn tell(&self, progress: Progress) -> ControlFlow<()> {
        match self.0.try_borrow_mut() {
            Ok(mut watch) => watch(progress),
            Err(_) => ControlFlow::Continue(()),
        }
    }
}
