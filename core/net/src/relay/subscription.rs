//! The two ends of a subscription: the connection's task puts events in, a reader takes them out.
//!
//! Between them is a queue that is bounded by events and by bytes. A live subscription whose queue is full is cut (and
//! caught up later), so that a flood holds up nothing else. A page of stored events is waited for instead, because a page
//! that was cut in the middle of a second could not be asked for again exactly.

use std::sync::{Arc, OnceLock};

use nostr_sdk::{Event, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::connection::Command;

/// Events waiting in one subscription, whatever their size.
const MAX_WAITING_EVENTS: usize = 1024;

/// What happens when a queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenFull {
    /// The subscription ends, to be caught up: for what is live.
    Cut,
    /// The connection waits: for a page.
    Wait,
}

/// The task's end of a subscription.
#[derive(Clone)]
pub(super) struct Queue {
    items: mpsc::Sender<Item>,
    budget: Arc<Semaphore>,
    budget_bytes: usize,
    end: Arc<OnceLock<End>>,
    pub(super) when_full: WhenFull,
}

/// What a relay said to a subscription.
pub(super) enum Said {
    /// An event, with its size in bytes.
    Event(Box<Event>, usize),
    /// All stored events were sent.
    EndOfStored,
}

/// What a subscription yields.
pub(super) enum Item {
    /// An event, unverified; the permit holds its place in the byte budget.
    Event(Box<Event>, Option<OwnedSemaphorePermit>),
    /// All stored events were sent.
    EndOfStored,
}

/// Why a subscription ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The reader was too slow; everything before `at` was queued.
    Cut { at: Timestamp },
    /// The connection ended; the relay was last heard at `heard`.
    Dropped { heard: Timestamp },
    /// The relay ended it, with its reason.
    Refused(String),
    /// The bus was closed.
    Stopped,
}

/// A reserved place in a queue.
pub(super) struct Room {
    place: mpsc::OwnedPermit<Item>,
    bytes: Option<OwnedSemaphorePermit>,
}

impl Queue {
    /// Both ends of a queue for subscription `id`, bounded by `budget_bytes`.
    pub(super) fn new(
        id: String,
        budget_bytes: usize,
        when_full: WhenFull,
        commands: mpsc::Sender<Command>,
    ) -> (Self, Subscription) {
        let (sender, items) = mpsc::channel(MAX_WAITING_EVENTS);
        let end = Arc::new(OnceLock::new());
        let budget_bytes = budget_bytes.clamp(1, Semaphore::MAX_PERMITS);
        let queue = Self {
            items: sender,
            budget: Arc::new(Semaphore::new(budget_bytes)),
            budget_bytes,
            end: Arc::clone(&end),
            when_full,
        };
        (
            queue,
            Subscription {
                id,
                items,
                end,
                commands,
            },
        )
    }

    /// Puts in what was said, if there is room.
    pub(super) fn offer(&self, said: Said) -> Result<(), Said> {
        let Ok(place) = self.items.clone().try_reserve_owned() else {
            return Err(said);
        };
        let bytes = match self.permits(&said) {
            Some(permits) => match Arc::clone(&self.budget).try_acquire_many_owned(permits) {
                Ok(permit) => Some(permit),
                Err(_) => return Err(said),
            },
            None => None,
        };
        Room { place, bytes }.fill(said);
        Ok(())
    }

    /// Waits for room. `None` when the reader is gone. Safe to cancel.
    pub(super) async fn room(&self, said: &Said) -> Option<Room> {
        let bytes = match self.permits(said) {
            Some(permits) => Some(Arc::clone(&self.budget).acquire_many_owned(permits).await.ok()?),
            None => None,
        };
        let place = self.items.clone().reserve_owned().await.ok()?;
        Some(Room { place, bytes })
    }

    /// Whether the reader is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.items.is_closed()
    }

    /// Leaves the reason for the reader, who finds it when the queue is drained and this end dropped.
    pub(super) fn finish(&self, end: End) {
        let _ = self.end.set(end);
    }

    fn permits(&self, said: &Said) -> Option<u32> {
        match said {
            // An event larger than the whole budget takes all of it.
            Said::Event(_, bytes) => u32::try_from((*bytes).min(self.budget_bytes)).ok(),
            Said::EndOfStored => None,
        }
    }
}

impl Room {
    /// Puts in what was said.
    pub(super) fn fill(self, said: Said) {
        let item = match said {
            Said::Event(event, _) => Item::Event(event, self.bytes),
            Said::EndOfStored => Item::EndOfStored,
        };
        self.place.send(item);
    }
}

/// A subscription at one relay. Dropping it closes it.
pub(super) struct Subscription {
    id: String,
    items: mpsc::Receiver<Item>,
    end: Arc<OnceLock<End>>,
    commands: mpsc::Sender<Command>,
}

impl Subscription {
    /// The next item, or why there is none any more. Safe to cancel.
    pub(super) async fn next(&mut self) -> Result<Item, End> {
        match self.items.recv().await {
            Some(item) => Ok(item),
            None => Err(self.end.get().cloned().unwrap_or(End::Stopped)),
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // When the command does not fit, the task finds the queue closed at the next event and closes the subscription then.
        let _ = self.commands.try_send(Command::Close {
            id: std::mem::take(&mut self.id),
        });
    }
}

/// NIP-01's `CLOSE`.
pub(super) fn close_message(id: &str) -> Utf8Bytes {
    serde_json::json!(["CLOSE", id]).to_string().into()
}
