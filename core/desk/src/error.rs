//! What can go wrong at a desk, each with a stable code.

use tekram_vault::VaultError;
use thiserror::Error;

/// Failures of a desk. None carries a secret or a customer's data.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The configuration file cannot be read.
    #[error("the configuration file cannot be read: {reason}")]
    ConfigUnreadable {
        /// What the system said.
        reason: String,
    },
    /// The configuration file cannot be used.
    #[error("the configuration file cannot be used: {reason}")]
    ConfigInvalid {
        /// Which key or line, and why.
        reason: String,
    },
    /// The catalogue cannot be read.
    #[error("the catalogue cannot be read: {reason}")]
    CatalogueUnreadable {
        /// What the system or the parser said.
        reason: String,
    },
    /// No line of the catalogue can be used.
    #[error("the catalogue has nothing on sale; {refused} lines were refused")]
    CatalogueEmpty {
        /// How many lines were refused.
        refused: usize,
    },
    /// The Cashu key file does not hold a secp256k1 secret key in hex.
    #[error("the cashu key file does not hold a secret key (64 hex digits)")]
    CashuKeyInvalid,
    /// The desk takes no ecash, so there is nothing to say about it.
    #[error("the configuration has no [cashu] section, so this desk takes no ecash")]
    NoCashu,
    /// An argument that must be an `http(s)` address is not.
    #[error("this is not an http or https address")]
    BadUrl,
    /// No agreement or receipt with this id.
    #[error("this desk keeps no record with this id")]
    NoSuchRecord,
    /// No confirmed order with this pick-up code.
    #[error("no order with this pick-up code was confirmed here")]
    NoSuchPickup,
    /// A file cannot be written or read.
    #[error("{action} failed: {reason}")]
    File {
        /// What was being done.
        action: &'static str,
        /// What the system said.
        reason: String,
    },
    /// A row of the desk's own tables cannot be read back.
    #[error("a kept {what} is damaged")]
    Damaged {
        /// What.
        what: &'static str,
    },
    /// A blocking task ended without an answer: the program is shutting down.
    #[error("the work was interrupted")]
    Interrupted,
    /// The desk's vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault's key store.
    #[error(transparent)]
    KeyStore(#[from] tekram_vault::KeyStoreError),
    /// The relays.
    #[error(transparent)]
    Bus(#[from] tekram_net::BusError),
    /// The web context.
    #[error(transparent)]
    Net(#[from] tekram_net::FetchError),
    /// Sealing a letter.
    #[error(transparent)]
    Sealed(#[from] tekram_net::sealed::SealedError),
    /// Records and signatures.
    #[error(transparent)]
    Record(#[from] tekram_primitives::record::RecordError),
    /// Keys.
    #[error(transparent)]
    Did(#[from] tekram_primitives::did::DidError),
    /// Randomness.
    #[error(transparent)]
    Secret(#[from] tekram_primitives::secret::SecretError),
    /// Terms and agreements.
    #[error(transparent)]
    Relate(#[from] tekram_relate::RelateError),
    /// What was shown of a history.
    #[error(transparent)]
    Listen(#[from] tekram_listen::ListenError),
    /// Intents and acceptances.
    #[error(transparent)]
    Intent(#[from] tekram_intent::IntentError),
    /// Ecash.
    #[error(transparent)]
    Cashu(#[from] tekram_pay::cashu::CashuError),
}

impl DeskError {
    /// Stable name of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ConfigUnreadable { .. } => "config_unreadable",
            Self::ConfigInvalid { .. } => "config_invalid",
            Self::CatalogueUnreadable { .. } => "catalogue_unreadable",
            Self::CatalogueEmpty { .. } => "catalogue_empty",
            Self::CashuKeyInvalid => "cashu_key_invalid",
            Self::NoCashu => "no_cashu",
            Self::BadUrl => "bad_url",
            Self::NoSuchRecord => "no_such_record",
            Self::NoSuchPickup => "no_such_pickup",
            Self::File { .. } => "file",
            Self::Damaged { .. } => "damaged",
            Self::Interrupted => "interrupted",
            Self::Vault(error) => error.code(),
            Self::KeyStore(error) => error.code(),
            Self::Bus(error) => error.code(),
            Self::Net(error) => error.code(),
            Self::Sealed(error) => error.code(),
            Self::Record(error) => error.code(),
            Self::Did(error) => error.code(),
            Self::Secret(error) => error.code(),
            Self::Relate(error) => error.code(),
            Self::Listen(error) => error.code(),
            Self::Intent(error) => error.code(),
            Self::Cashu(error) => error.code(),
        }
    }

    /// Names what was being done to a file when the system refused; for `map_err`.
    pub(crate) fn file(action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::File {
            action,
            reason: error.kind().to_string(),
        }
    }
}

impl From<rusqlite::Error> for DeskError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(VaultError::from(error))
    }
}
