//! The order of a session's events. They can overtake each other on their way, and one can be told twice, after a kill or
//! because a recording is played again: they wait for a few seconds of their own time and are carried out in order, and
//! what is known or too late is let go.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};

use super::event::PlayerEvent;
use super::moment::Moment;

/// Events overtake each other by no more than this.
pub(super) const OVERTAKING_MS: i64 = 5_000;
/// Events that wait; a player that says more in five seconds is not waited for.
const MOST_WAITING: usize = 256;
/// Events known again by their hash. A hash of another version of the program is only another hash.
const MOST_RECENT: usize = 64;

/// The events of a session on their way into the machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Order {
    waiting: VecDeque<PlayerEvent>,
    recent: VecDeque<u64>,
    newest: Option<Moment>,
}

/// What is to be carried out now.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// What came before a break of the clock.
    pub(super) before: VecDeque<PlayerEvent>,
    /// The device was started anew between `before` and `now`.
    pub(super) restarted: bool,
    pub(super) now: Vec<PlayerEvent>,
}

impl Order {
    /// Takes an event in and says which are to be carried out.
    pub(super) fn take(&mut self, event: &PlayerEvent) -> Due {
        let mut due = Due::default();
        let mut hasher = DefaultHasher::new();
        event.hash(&mut hasher);
        let hash = hasher.finish();
        if self.recent.contains(&hash) {
            return due;
        }
        self.recent.push_back(hash);
        if self.recent.len() > MOST_RECENT {
            self.recent.pop_front();
        }
        let moment = Moment::of(event);
        match self.newest {
            Some(newest) if moment.monotonic_ms.is_some() == newest.monotonic_ms.is_some() => {
                let behind_ms = newest.since(moment);
                if behind_ms > OVERTAKING_MS {
                    let stamped = moment.monotonic_ms.is_some();
                    // The clock that only goes on was before, and the wall's was too: an old event, and too late.
                    if stamped && moment.wall_ms < newest.wall_ms {
                        return due;
                    }
                    // The one began anew with the device, or the other was set back.
                    due.before = std::mem::take(&mut self.waiting);
                    due.restarted = stamped;
                }
                if !(0..=OVERTAKING_MS).contains(&behind_ms) || behind_ms == 0 {
                    self.newest = Some(moment);
                }
            }
            Some(_) => {
                due.before = std::mem::take(&mut self.waiting);
                self.newest = Some(moment);
            }
            None => self.newest = Some(moment),
        }
        let place = self
            .waiting
            .partition_point(|waiting| Moment::of(waiting).since(moment) <= 0);
        self.waiting.insert(place, event.clone());
        while let (Some(first), Some(newest)) = (self.waiting.front(), self.newest)
            && (newest.since(Moment::of(first)) > OVERTAKING_MS || self.waiting.len() > MOST_WAITING)
        {
            due.now.extend(self.waiting.pop_front());
        }
        due
    }

    /// The latest moment that an event told of.
    pub(super) fn newest(&self) -> Option<Moment> {
        self.newest
    }

    /// Takes out all that wait.
    pub(super) fn all(&mut self) -> VecDeque<PlayerEvent> {
        std::mem::take(&mut self.waiting)
    }
}
