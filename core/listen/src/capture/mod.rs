//! Capture: listens made of what the players of this device do, as exact stretches of media time.
//!
//! A player's doings are [`PlayerEvent`]s. They are sealed to the vault's inbox, locked or not, and drained into a state
//! machine for each session of a player; what the machine makes of them stands in the log after every drain, also when
//! the player never says that it stopped. Only players that the person allowed are kept.

mod apps;
mod drain;
mod event;
mod machine;
#[cfg(test)]
mod model;
mod store;

pub use apps::{CaptureApp, capture_apps, set_capture_app};
pub use drain::{Drained, drain_capture, seal_events};
pub use event::{Media, PlayerEvent, PlayerEventKind};
