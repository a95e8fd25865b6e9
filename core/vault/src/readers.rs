//! The connections that only read. A few are kept warm, and the one used last is used next, because its cache holds
//! what was just read. When all are busy one more is opened for the moment, so that a read inside a read never waits
//! for itself.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

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

/// A reader in use, inside one read transaction. It goes back when dropped.
pub(crate) struct Reading<'a> {
    readers: &'a Readers,
    reader: Option<Reader>,
}

impl Readers {
    /// None open yet: opening a vault stays quick.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }

    /// Takes a reader, or opens one with `open`, and begins a transaction: all that is read through it is one snapshot.
    pub(crate) fn begin(
        &self,
        open: impl FnOnce() -> Result<(Connection, Hold), VaultError>,
    ) -> Result<Reading<'_>, VaultError> {
        let kept = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
            .ok_or(VaultError::Locked)?
            .pop();
        let reader = match kept {
            Some(reader) => reader,
            None => {
                let (connection, hold) = open()?;
                Reader {
                    connection,
                    _hold: hold,
                }
            }
        };
        let reading = Reading {
            readers: self,
            reader: Some(reader),
        };
        reading.prepare_cached("BEGIN DEFERRED")?.execute([])?;
        Ok(reading)
    }

    /// Closes the readers that nobody uses and lets none come back.
    pub(crate) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Deref for Reading<'_> {
    type Target = Connection;

    #[allow(clippy::expect_used, reason = "the reader is taken out by drop only")]
    fn deref(&self) -> &Connection {
        &self.reader.as_ref().expect("a reader in use").connection
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let Some(reader) = self.reader.take() else { return };
        let ended = reader
            .connection
            .prepare_cached("ROLLBACK")
            .and_then(|mut end| end.execute([]));
        if ended.is_err() {
            return;
        }
        let mut kept = self.readers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_mut().filter(|kept| kept.len() < KEPT) {
            kept.push(reader);
        }
    }
}
