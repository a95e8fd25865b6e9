//! What a person keeps about themselves and their dealings, and the holding pen in which everything that comes from outside
//! waits first.

mod attribute;
mod credential;
mod file;
mod membership;
mod pen;
mod purchase;

pub use attribute::*;
pub use credential::*;
pub use file::*;
pub use membership::*;
pub use pen::*;
pub use purchase::*;
