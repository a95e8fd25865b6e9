//! A bounded memory of event ids: relays repeat each other, and a reconnect repeats everything.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use nostr_sdk::EventId;

/// Remembers the last `capacity` ids.
#[derive(Debug)]
pub(super) struct Seen {
    capacity: usize,
    ids: Mutex<(HashSet<EventId>, VecDeque<EventId>)>,
}

impl Seen {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            ids: Mutex::default(),
        }
    }

    /// Whether `id` is remembered. Only a verified event's id may be inserted, else a forgery would hide the real event.
    pub(super) fn contains(&self, id: &EventId) -> bool {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).0.contains(id)
    }

    /// Remembers `id`, forgetting the oldest when full. False when it was there.
    pub(super) fn insert(&self, id: EventId) -> bool {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let (set, order) = &mut *ids;
        if !set.insert(id) {
            return false;
        }
        order.push_back(id);
        if order.len() > self.capacity
            && let Some(oldest) = order.pop_front()
        {
            set.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_ids_are_remembered() {
        let id = |n: u8| EventId::from_byte_array([n; 32]);
        let seen = Seen::new(2);
        assert!(seen.insert(id(1)) && seen.insert(id(2)));
        assert!(!seen.insert(id(1)));
        assert!(seen.insert(id(3)));
        assert!(!seen.contains(&id(1)));
        assert!(seen.contains(&id(2)) && seen.contains(&id(3)));
    }
}
