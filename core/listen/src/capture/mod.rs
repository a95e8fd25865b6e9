//! Capture: listens made of what the players of this device do, as exact stretches of media time.
//!
//! A player's doings are [`PlayerEvent`]s. They are sealed to the vault's inbox, locked or not, and drained into a state
//! machine for each session of a player; what the machine makes of them stands in the log after every drain, also when
//! the player never says that it stopped. Only players that the person allowed are kept.

mod apps;
mod drain;
mod event;
mod machine;
mod medium;
#[cfg(test)]
mod model;
mod moment;
mod order;
mod page;
mod quiet;
mod recording;
pub(crate) mod store;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod world;

pub(crate) use quiet::{Mode, Spans};
pub(crate) use store::batch as capture_batch;

pub use apps::{CaptureApp, OWN_PLAYER, capture_apps, set_capture_app};
pub use drain::{Drained, drain_capture, seal_events};
pub use event::{Media, PlayerEvent, PlayerEventKind};
pub use machine::{Session, Sitting};
pub use page::{PageRead, seal_page};
pub use quiet::{Quiet, QuietNow, QuietSpan, begin_quiet, end_quiet, quiet_now};
pub use recording::{
    Recording, Replay, discard_recording, read_recording, recording, start_recording, stop_recording, write_recording,
};
