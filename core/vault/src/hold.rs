//! The hold on a vault: one process, and one handle in it, at a time. The operating system keeps the lock and gives it
//! up when the process dies, however it dies, so that nothing stale is left behind.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::Arc;

use crate::durable;
use crate::error::VaultError;

/// The lock file's name.
pub(crate) const FILE: &str = "lock";

/// The hold: given up when the last clone is dropped, so every open connection keeps one.
pub(crate) type Hold = Arc<File>;

/// Takes the hold on the vault in `folder`, or fails with `vault_in_use` at once.
pub(crate) fn take(folder: &Path) -> Result<Hold, VaultError> {
    let file = open(&folder.join(FILE))?;
    match file.try_lock() {
        Ok(()) => Ok(Arc::new(file)),
        Err(TryLockError::WouldBlock) => Err(VaultError::VaultInUse),
        Err(TryLockError::Error(error)) => Err(VaultError::io("locking the vault")(error)),
    }
}

/// Waits for a lock file and takes it; given up on drop. For steps that take milliseconds.
pub(crate) fn wait(path: &Path) -> Result<File, VaultError> {
    let file = open(path)?;
    file.lock().map_err(VaultError::io("waiting for a lock file"))?;
    Ok(file)
}

fn open(path: &Path) -> Result<File, VaultError> {
    durable::private(OpenOptions::new().read(true).write(true).create(true).truncate(false))
        .open(path)
        .map_err(VaultError::io("opening a lock file"))
}
