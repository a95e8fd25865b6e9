//! Why a credential was not believed, each reason under its own stable code.

use crate::data_integrity::ProofError;
use crate::did::DidError;

/// Why a credential, a presentation or a status list was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// Larger than anything that is read here.
    #[error("the credential is too large")]
    TooLarge,
    /// A part is not what its format says.
    #[error("not a credential: {part} is not what it should be")]
    Malformed {
        /// Which part: a member's name or a step of the format.
        part: &'static str,
    },
    /// `typ` says that it is something else.
    #[error("the token is not of the type {expected}")]
    WrongType {
        /// The `typ` that was expected.
        expected: &'static str,
    },
    /// An algorithm, hash or option that is not supported here.
    #[error("{what} is not supported")]
    Unsupported {
        /// What it is.
        what: &'static str,
    },
    /// The signature does not fit.
    #[error("the signature of the credential does not fit")]
    BadSignature,
    /// A disclosure that the signed part does not have, or has twice.
    #[error("a disclosure does not belong to the signed part")]
    ForeignDisclosure,
    /// A claim is disclosed under a name that is there already or is reserved.
    #[error("a disclosure replaces a claim that is there, or has a reserved name")]
    BadDisclosureName,
    /// It is not valid yet.
    #[error("the credential is not valid yet")]
    NotYetValid,
    /// It is not valid any more.
    #[error("the credential has expired")]
    Expired,
    /// The issuer's key is not among those it publishes, or the key belongs to somebody else.
    #[error("no key of the issuer fits")]
    UnknownIssuerKey,
    /// The credential is not bound to the key that should sign, or to none at all.
    #[error("the credential is not bound to this key")]
    NotHolder,
    /// The key binding is missing, or for another audience, nonce, time or selection.
    #[error("the key binding does not fit: {part}")]
    BadKeyBinding {
        /// What of it.
        part: &'static str,
    },
    /// No claim that can be disclosed has this path.
    #[error("no such claim can be disclosed")]
    NoSuchClaim,
    /// The status list has no such entry, or is another list.
    #[error("the status list does not answer for this credential: {part}")]
    BadStatusList {
        /// What of it.
        part: &'static str,
    },
    /// A `did:key` is not usable.
    #[error(transparent)]
    Did(#[from] DidError),
    /// A Data Integrity proof is wrong.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl CredentialError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "credential_too_large",
            Self::Malformed { .. } => "not_a_credential",
            Self::WrongType { .. } => "wrong_credential_type",
            Self::Unsupported { .. } => "credential_unsupported",
            Self::BadSignature => "bad_credential_signature",
            Self::ForeignDisclosure => "foreign_disclosure",
            Self::BadDisclosureName => "bad_disclosure_name",
            Self::NotYetValid => "credential_not_yet_valid",
            Self::Expired => "credential_expired",
            Self::UnknownIssuerKey => "unknown_issuer_key",
            Self::NotHolder => "not_credential_holder",
            Self::BadKeyBinding { .. } => "bad_key_binding",
            Self::NoSuchClaim => "no_such_claim",
            Self::BadStatusList { .. } => "bad_status_list",
            Self::Did(error) => error.code(),
            Self::Proof(error) => error.code(),
        }
    }
}
