//! Payments: who can be paid, the month's split, promises, and what became of them.

mod payees;
mod settlement;
mod statement;

pub use payees::*;
pub use settlement::*;
pub use statement::*;
