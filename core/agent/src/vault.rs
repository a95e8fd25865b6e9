//! What a person does with the vault itself, one module for each use: how it locks, what its audit says, its key, and the
//! ways out and back.

mod audit;
mod face;
mod key_change;
mod lock;

pub use key_change::KeyChanged;
pub use lock::LOCKED;
