//! EmanciPay: who may be paid, how a month's budget is divided, and how each share gets to its payee exactly once.
//!
//! Rules → statement → commitments → settlement → receipts. What decides about money is a pure function
//! ([`statement`], [`allocate`], [`state`]); effects go through [`rail::Rail`], `tekram_net`'s traits and the vault.

pub mod cashu;
pub mod error;
pub mod method;
pub mod rail;
pub mod schema;

pub use error::PayError;
pub use schema::SCHEMA;
