//! The words everything else is written in: money, time, ranges, keys, signed records and the wire records of all rooms.
//!
//! No room's rules live here, and nothing here does I/O beyond asking the system for the time and for randomness.

pub mod canonical;
pub mod credential;
pub mod data_integrity;
pub mod did;
mod finite;
pub mod json;
pub mod money;
mod period;
pub mod ranges;
pub mod record;
pub mod secret;
pub mod time;
pub mod wire;
