//! The facade over `tekram-agent` for Kotlin and Swift, by UniFFI. It converts and forwards, and holds no rule: what a
//! screen shows is what the core returned.
//!
//! Calls are few and coarse. Lists come in pages. Reading a page is a plain call that may take milliseconds; what waits
//! for the network, a key derivation or a long file is async or a task object, and ends when its caller goes away, the app
//! is paused, or the persona is locked. Every call ends in a result or a [`TekramError`], also when it panics.

uniffi::setup_scaffolding!();

mod agent;
mod capture;
mod error;
mod gate;
mod history;
mod holdings;
mod host;
mod me;
mod money;
mod pay;
mod persona;
mod qr;
mod relations;
mod task;
mod vault;
mod want;
mod ways;

pub use agent::*;
pub use capture::*;
pub use error::{TekramError, quiet_panics};
pub use history::*;
pub use holdings::*;
pub use host::*;
pub use me::*;
pub use money::Money;
pub use pay::*;
pub use persona::*;
pub use qr::*;
pub use relations::*;
pub use vault::*;
pub use want::*;
pub use ways::*;
