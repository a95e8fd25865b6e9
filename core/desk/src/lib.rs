//! The other side: the program that a store, a station or a creator runs.
//!
//! A [`Desk`] answers requests from its catalogue with sealed offers, countersigns the terms of those who accept, and
//! redeems ecash that arrives for a commitment, with a signed receipt. Its keys and tokens lie in a vault of its own.
//! [`run::run`] listens and works; every effect is stored before it goes out and resumed after a crash.

mod card;
pub mod catalogue;
pub mod cli;
pub mod config;
mod desk;
mod error;
pub mod event;
pub mod extract;
pub mod file;
pub mod keys;
mod letter;
pub mod limits;
mod offer;
mod order;
mod outbox;
mod payment;
pub mod pickup;
pub mod records;
mod redeem;
pub mod run;
pub mod schema;
mod token;
pub mod value_tag;
pub mod webhook;

pub use card::current_card;
pub use config::Config;
pub use desk::Desk;
pub use error::DeskError;
pub use event::{DeskEvent, Teller};
pub use redeem::redeemed;
