//! Who wants to know that something changed: a screen or a room subscribes, and is told the scope after each commit.
//! Only the scope travels, never the data; whoever wants the data reads it, and so sees the newest.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What part of the vault a write changed: a room's name, or a finer word of the room's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(pub &'static str);

impl Scope {
    /// The vault's own: its label and its ways in.
    pub const VAULT: Self = Self("vault");
    /// The vault has locked by itself.
    pub const LOCKED: Self = Self("locked");
}

type Listener = Arc<dyn Fn(Scope) + Send + Sync>;

#[derive(Default)]
struct Listeners {
    next: u64,
    by_number: BTreeMap<u64, Listener>,
}

/// The list of those who want to know. Cloned handles share one list.
#[derive(Clone, Default)]
pub(crate) struct Changes(Arc<Mutex<Listeners>>);

impl Changes {
    /// Adds a listener for as long as the subscription lives.
    pub(crate) fn subscribe(&self, listener: impl Fn(Scope) + Send + Sync + 'static) -> Subscription {
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = listeners.next;
        listeners.next = number.wrapping_add(1);
        listeners.by_number.insert(number, Arc::new(listener));
        Subscription {
            listeners: Arc::downgrade(&self.0),
            number,
        }
    }

    /// Tells everybody. Runs on the thread that committed, with no lock held, so that a listener may read and write.
    pub(crate) fn tell(&self, scope: Scope) {
        let listeners: Vec<Listener> = {
            let listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            listeners.by_number.values().cloned().collect()
        };
        for listener in listeners {
            listener(scope);
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Changes")
    }
}

/// A place in the list of listeners; dropping it leaves the list.
#[must_use = "dropping the subscription ends it"]
pub struct Subscription {
    listeners: Weak<Mutex<Listeners>>,
    number: u64,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(listeners) = self.listeners.upgrade() {
            listeners
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .by_number
                .remove(&self.number);
        }
    }
}
