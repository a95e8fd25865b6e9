//! The connections that only read. A few are kept warm, and the one used last is used next, because its cache holds
//! what was just read. When all are busy one more is opened for the moment, so that a read inside a read never waits
//! for itself.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::error::VaultError;
use crate::hold::Hold;

/// How many are kept. With the writer they share the 64 MiB of cache.
const KEPT: usize = 3;

/// A connection together with the hold on the vault: the hold outlives the connection, because fields are dropped in
/// this order.
#[derive(Debug)]
struct Reader {
    connection: Connection,
    _hold: Hold,
}

/// The readers that nobody uses at the moment; `None` after locking.
#[derive(Debug)]
pub(crate) struct Readers(Mutex<Option<Vec<Reader>>>);

impl Readers {
    /// None open yet: opening a vault stays quick.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }

    /// Runs `look` on a reader, one that is kept or one that `open` gives, inside one transaction: all that is read is one
    /// snapshot. The reader goes back afterwards; if `look` panics, it is closed.
    pub(crate) fn look<T, E: From<VaultError>>(
        &self,
        open: impl FnOnce() -> Result<(Connection, Hold), VaultError>,
        look: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let reader = self.take(open)?;
        execute(&reader.connection, "BEGIN DEFERRED").map_err(VaultError::from)?;
        let seen = look(&reader.connection);
        if execute(&reader.connection, "ROLLBACK").is_ok() {
            self.keep(reader);
        }
        seen
    }

    fn take(&self, open: impl FnOnce() -> Result<(Connection, Hold), VaultError>) -> Result<Reader, VaultError> {
        let kept = self.lock().as_mut().ok_or(VaultError::Locked)?.pop();
        match kept {
            Some(reader) => Ok(reader),
            None => open().map(|(connection, hold)| Reader {
                connection,
                _hold: hold,
            }),
        }
    }

    fn keep(&self, reader: Reader) {
        if let Some(kept) = self.lock().as_mut().filter(|kept| kept.len() < KEPT) {
            kept.push(reader);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Reader>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the readers that nobody uses and lets none come back.
    pub(crate) fn close(&self) {
        self.lock().take();
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<usize, rusqlite::Error> {
    connection.prepare_cached(sql)?.execute([])
}
