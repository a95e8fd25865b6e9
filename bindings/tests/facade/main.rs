//! The facade as an app uses it, by its public calls alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod backup;
mod capture;
mod common;
mod edits;
mod holdings;
mod lifetime;
mod locking;
mod secrets;
mod story;
mod vault;
