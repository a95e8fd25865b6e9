//! What the fuzz targets do with their bytes, for readers that are public; those of the vault stand in `tekram_vault::fuzzing`. Each
//! reads the bytes as they come, and besides takes them as the content of something that is then signed, so that mutations get behind
//! the signature too. A target fails by a panic: the reader's own, or that of an `assert!` which says what must hold of all input.
#![cfg(fuzzing)]

mod record;
mod sd_jwt;
pub mod seeds;
mod status_list;
mod w3c;

use tekram_primitives::did::SigningKey;
use tekram_primitives::time::Timestamp;

pub use record::signed_record;
pub use sd_jwt::sd_jwt;
pub use status_list::status_list;
pub use w3c::w3c;

/// When everything happens.
const NOW: Timestamp = Timestamp::from_secs(1_780_000_000);

/// A key that is the same in each run.
fn key(byte: u8) -> Option<SigningKey> {
    SigningKey::from_seed(&[byte; 32]).ok()
}
