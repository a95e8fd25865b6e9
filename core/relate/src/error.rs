//! What can go wrong with terms and agreements. No variant carries a name, a key or a text of the person.

use tekram_primitives::record::RecordError;
use tekram_primitives::secret::SecretError;
use tekram_vault::VaultError;

use crate::status::NegotiationStatus;

/// Errors of this room.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelateError {
    /// The roster has no agreement with this id.
    #[error("these terms are not in the roster")]
    UnknownTerms,
    /// The id is known, the text behind the hash is not.
    #[error("the terms have a known id but their text is not the one in the roster (SHA-256 differs)")]
    TermsHashDiffers,
    /// The record names other parties than it should, or one party twice.
    #[error("the record is not between the two parties it should be between")]
    WrongParty,
    /// A signature that must be there is missing, or there is one too many.
    #[error("the record is not signed by exactly the parties that must sign it")]
    MissingSignature,
    /// What came back is another document than what was proposed.
    #[error("the document that came back is not the one that was proposed")]
    DifferentDocument,
    /// Both have signed already, and this is another set of signatures.
    #[error("this agreement was already signed by both; the first copy stands")]
    AlreadyAgreed,
    /// The standard allows one alternative in a negotiation.
    #[error("an alternative was already named in this negotiation; only yes or no is left")]
    AlreadyCountered,
    /// The alternative is what was proposed.
    #[error("the alternative is the same terms that were proposed")]
    SameTerms,
    /// The step does not fit the state.
    #[error("this is not possible while the negotiation is {}", status.name())]
    WrongState {
        /// Where the negotiation stands.
        status: NegotiationStatus,
    },
    /// No such agreement in this vault.
    #[error("no agreement with this id in this vault")]
    NoSuchAgreement,
    /// Nobody of this id was met.
    #[error("there is nobody with this id among those met")]
    NoSuchParty,
    /// A reason code is longer than 64 characters or not snake_case.
    #[error("a reason is a snake_case code of at most 64 characters")]
    BadReason,
    /// The record itself is malformed, of another type or version, or its signature is false.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Randomness.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl RelateError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownTerms => "unknown_terms",
            Self::TermsHashDiffers => "terms_hash_differs",
            Self::WrongParty => "wrong_party",
            Self::MissingSignature => "missing_signature",
            Self::DifferentDocument => "different_document",
            Self::AlreadyAgreed => "already_agreed",
            Self::AlreadyCountered => "already_countered",
            Self::SameTerms => "same_terms",
            Self::WrongState { .. } => "wrong_state",
            Self::NoSuchAgreement => "no_such_agreement",
            Self::NoSuchParty => "no_such_party",
            Self::BadReason => "bad_reason",
            Self::Record(error) => error.code(),
            Self::Secret(error) => error.code(),
            Self::Vault(error) => error.code(),
        }
    }
}

impl From<rusqlite::Error> for RelateError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(VaultError::from(error))
    }
}
