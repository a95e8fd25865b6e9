//! Whose turn it is to write. Writers write in the order in which they came, so who writes step after step goes before nobody; and a
//! write that can be done later as well is broken off as soon as somebody else wants to write.

use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, InterruptHandle};

use super::lock;

/// Between two tries to break a write off: SQLite forgets what it was asked between two statements.
const PAUSE: Duration = Duration::from_millis(1);

/// Who waits, and who gives way.
#[derive(Default)]
pub(super) struct Turns {
    /// Held by whoever is the next to write, until it writes.
    next: Mutex<()>,
    /// The write that gives way, while one is running.
    giving_way: Mutex<Option<GivingWay>>,
}

struct GivingWay {
    statement: InterruptHandle,
    was_asked: bool,
}

impl Turns {
    /// Waits for the writer, behind those who came before.
    pub(super) fn wait_for<'a>(&self, writer: &'a Mutex<Option<Connection>>) -> MutexGuard<'a, Option<Connection>> {
        let _next = lock(&self.next);
        loop {
            match writer.try_lock() {
                Ok(writer) => return writer,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
            if !self.ask() {
                // None gives way, and no other begins before this one.
                return lock(writer);
            }
            thread::sleep(PAUSE);
        }
    }

    /// Breaks off what the running write does at the moment, if it gives way. Says whether it does.
    fn ask(&self) -> bool {
        match lock(&self.giving_way).as_mut() {
            Some(giving_way) => {
                giving_way.was_asked = true;
                giving_way.statement.interrupt();
                true
            }
            None => false,
        }
    }

    /// From now on the connection's statements may be broken off, until the value is dropped or asked.
    pub(super) fn give_way(&self, connection: &Connection) -> Yielding<'_> {
        *lock(&self.giving_way) = Some(GivingWay {
            statement: connection.get_interrupt_handle(),
            was_asked: false,
        });
        Yielding(self)
    }
}

/// A write that gives way is running.
pub(super) struct Yielding<'a>(&'a Turns);

impl Yielding<'_> {
    /// Nothing is broken off any more. Says whether it was asked for.
    pub(super) fn end(self) -> bool {
        let ended = lock(&self.0.giving_way).take();
        ended.is_some_and(|ended| ended.was_asked)
    }
}

impl Drop for Yielding<'_> {
    fn drop(&mut self) {
        lock(&self.0.giving_way).take();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

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
