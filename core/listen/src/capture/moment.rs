//! When something happened, by both clocks of a device: the one on the wall, which can be set, and the one that only
//! goes on.

use serde::{Deserialize, Serialize};

use super::event::PlayerEvent;

/// A moment of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moment {
    pub(super) wall_ms: i64,
    /// Missing where the player's events do not carry it.
    pub(super) monotonic_ms: Option<i64>,
}

impl Moment {
    pub(super) fn of(event: &PlayerEvent) -> Self {
        Self {
            wall_ms: event.at_ms,
            monotonic_ms: event.monotonic_ms,
        }
    }

    /// Milliseconds since an earlier moment, by the clock that only goes on where both know it. By the wall's they can be
    /// negative, and anything.
    pub(super) fn since(self, earlier: Self) -> i64 {
        match (self.monotonic_ms, earlier.monotonic_ms) {
            (Some(now_ms), Some(then_ms)) => now_ms.saturating_sub(then_ms),
            _ => self.wall_ms.saturating_sub(earlier.wall_ms),
        }
    }
}
