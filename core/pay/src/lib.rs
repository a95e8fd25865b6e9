//! EmanciPay: who may be paid, how a month's budget is divided, and how each share gets to its payee exactly once.
//!
//! Rules → statement → commitments → settlement → receipts. What decides about money is a pure function
//! ([`statement::divide`], [`allocate::allocate`], [`state`]); effects go through [`rail::Rail`], the traits of
//! `tekram_net` and the vault.

pub mod allocate;
pub mod cashu;
pub mod commit;
pub mod courier;
pub mod error;
pub mod feed;
pub mod handoff;
pub mod ledger;
pub mod method;
pub mod outward;
pub mod payee;
pub mod picture;
pub mod qr;
pub mod rail;
pub mod rates;
pub mod rules;
pub mod schema;
pub mod settle;
pub mod state;
pub mod statement;

pub use error::PayError;
pub use schema::SCHEMA;
