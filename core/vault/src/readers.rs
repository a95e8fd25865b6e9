//! The connections that only read. A few are kept warm, and the one used last is used next, because its cache holds
//! what was just read. When all are busy one more is opened for the moment, so that a read inside a read never waits
//! for itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::database;
use crate::error::VaultError;
use crate::hold::Hold;

/// How many are kept: their statements are prepared, and their pages may still be in memory.
const KEPT: usize = 3;

/// A connection together with the hold on the vault: the hold outlives the connection, because fields are dropped in
/// this order.
#[derive(Debug)]
struct Reader {
    connection: Connection,
    _hold: Hold,
    /// Of which file; counted by its clones.
    file: Arc<()>,
}

/// The readers that nobody uses at the moment, all of one file.
#[derive(Debug, Default)]
struct Idle {
    readers: Vec<Reader>,
    file: Arc<()>,
}

/// `None` after locking.
#[derive(Debug)]
pub(crate) struct Readers(Mutex<Option<Idle>>);

impl Readers {
    /// None open yet: opening a vault stays quick.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Some(Idle::default())))
    }

    /// Runs `look` on a reader, one that is kept or one that `open` gives, inside one transaction: all that is read is one
    /// snapshot. The reader goes back afterwards; if `look` panics or fails, it is closed: one that met a damaged page reads no other
    /// page any more.
    pub(crate) fn look<T, E: From<VaultError>>(
        &self,
        open: impl FnOnce() -> Result<(Connection, Hold), VaultError>,
        look: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let reader = self.take(open)?;
        execute(&reader.connection, "BEGIN DEFERRED").map_err(VaultError::from)?;
        let seen = look(&reader.connection);
        // Before anything of it is believed.
        let seen = match database::prove_unharmed(&reader.connection) {
            Err(harmed) if seen.is_ok() => Err(harmed.into()),
            _ => seen,
        };
        if execute(&reader.connection, "ROLLBACK").is_ok() && seen.is_ok() {
            self.keep(reader);
        }
        seen
    }

    fn take(&self, open: impl FnOnce() -> Result<(Connection, Hold), VaultError>) -> Result<Reader, VaultError> {
        let (kept, file) = {
            let mut idle = self.lock();
            let idle = idle.as_mut().ok_or(VaultError::Locked)?;
            (idle.readers.pop(), Arc::clone(&idle.file))
        };
        match kept {
            Some(reader) => Ok(reader),
            None => open().map(|(connection, hold)| Reader {
                connection,
                _hold: hold,
                file,
            }),
        }
    }

    fn keep(&self, reader: Reader) {
        if let Some(idle) = self.lock().as_mut()
            && idle.readers.len() < KEPT
            && Arc::ptr_eq(&idle.file, &reader.file)
        {
            idle.readers.push(reader);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Idle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file is another one from now on: readers of the old one do not come back. Says whether any is still reading it.
    pub(crate) fn renew(&self) -> bool {
        match self.lock().as_mut() {
            Some(idle) => {
                idle.readers.clear();
                let old = std::mem::take(&mut idle.file);
                Arc::strong_count(&old) > 1
            }
            None => false,
        }
    }

    /// Closes the readers that nobody uses and lets none come back.
    pub(crate) fn close(&self) {
        self.lock().take();
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<usize, rusqlite::Error> {
    connection.prepare_cached(sql)?.execute([])
}
