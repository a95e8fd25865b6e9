//! Everything that can go wrong in the room, each with a stable code and what a person can do about it.
//!
//! No variant holds a key, a token, a feed's query string or a person's name.

use tekram_net::HttpError;
use tekram_primitives::canonical::CanonicalError;
use tekram_primitives::money::MoneyError;
use tekram_primitives::record::RecordError;
use tekram_vault::VaultError;

use crate::rail::RailError;

/// An error of the `pay` room.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A rail failed.
    #[error(transparent)]
    Rail(#[from] RailError),
}

impl PayError {
    /// Stable snake_case name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.code(),
            Self::Rail(error) => error.code(),
        }
    }
}
