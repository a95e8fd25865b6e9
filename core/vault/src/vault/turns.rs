//! Whose turn it is to write. Writers write in the order in which they came, so who writes step after step goes before nobody; and a
//! write that can be done later as well is broken off as soon as somebody else wants to write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use rusqlite::{Connection, Error};

use super::lock;

/// After how many steps of SQLite's machine a write that gives way looks whether somebody waits: well below a millisecond.
const LOOK_EVERY: i32 = 1_000;

/// Who waits, and who gives way.
#[derive(Default)]
pub(super) struct Turns {
    /// Held by whoever is the next to write, until it writes.
    next: Mutex<()>,
    /// Whether that one waits.
    waits: Arc<AtomicBool>,
}

impl Turns {
    /// Waits for the writer, behind those who came before.
    pub(super) fn wait_for<'a>(&self, writer: &'a Mutex<Option<Connection>>) -> MutexGuard<'a, Option<Connection>> {
        let _next = lock(&self.next);
        match writer.try_lock() {
            Ok(writer) => return writer,
            Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {}
        }
        self.waits.store(true, Ordering::SeqCst);
        let writer = lock(writer);
        self.waits.store(false, Ordering::SeqCst);
        writer
    }

    /// From now on the connection's statements are broken off when somebody waits, until the value is dropped or asked. Not by
    /// `sqlite3_interrupt`: what that asks for outlasts the statement while another one is open, as full text search leaves one, and
    /// would then break off the rollback too.
    pub(super) fn give_way<'c>(&self, connection: &'c Connection) -> Result<Yielding<'c>, Error> {
        let waits = Arc::clone(&self.waits);
        connection.progress_handler(LOOK_EVERY, Some(move || waits.load(Ordering::SeqCst)))?;
        Ok(Yielding {
            connection,
            waits: Arc::clone(&self.waits),
        })
    }
}

/// A write that gives way is running.
pub(super) struct Yielding<'c> {
    connection: &'c Connection,
    waits: Arc<AtomicBool>,
}

impl Yielding<'_> {
    /// Nothing is broken off any more. Says whether somebody waits, so that something may have been.
    pub(super) fn end(self) -> bool {
        self.waits.load(Ordering::SeqCst)
    }
}

impl Drop for Yielding<'_> {
    fn drop(&mut self) {
        // Fails only for a number of steps that SQLite does not know, and none is given.
        let _ = self.connection.progress_handler(0, None::<fn() -> bool>);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use std::thread;

    use super::*;

    #[test]
    fn who_waits_to_write_is_the_next() {
        let (turns, writer, order) = (Turns::default(), Mutex::new(None), Mutex::new(Vec::new()));
        let write = |name: &'static str| {
            let _writer = turns.wait_for(&writer);
            lock(&order).push(name);
        };
        thread::scope(|scope| {
            let first = turns.wait_for(&writer);
            scope.spawn(|| write("waited"));
            // Nobody gives way, so the other one holds its turn until the first has ended.
            while !matches!(turns.next.try_lock(), Err(TryLockError::WouldBlock)) {
                thread::yield_now();
            }
            scope.spawn(|| write("came later"));
            drop(first);
        });
        assert_eq!(*lock(&order), ["waited", "came later"]);
    }
}
