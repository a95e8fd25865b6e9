//! One import or removal at a time for each vault: a removal takes away works that a running import has just found.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::ListenError;

static RUNNING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The turn; given back when dropped, also by a panic. One process holds a vault, so a mark in memory is enough.
#[derive(Debug)]
pub(crate) struct Running(String);

impl Running {
    /// Takes the turn, or refuses with `import_running`.
    pub(crate) fn begin(vault_id: &str) -> Result<Self, ListenError> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if running.insert(vault_id.to_owned()) {
            Ok(Self(vault_id.to_owned()))
        } else {
            Err(ListenError::ImportRunning)
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}
