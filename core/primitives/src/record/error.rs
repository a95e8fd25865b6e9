//! What can be wrong with a record: each case has a name, and none repeats what the record says.

use super::MAX_PROOFS;
use crate::canonical::CanonicalError;
use crate::data_integrity::ProofError;
use crate::json::JsonError;

/// Why a record was not made, read or believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Not JSON within the limits.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The record has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// A record is a JSON object.
    #[error("a record is a JSON object")]
    NotAnObject,
    /// Nobody signed it.
    #[error("the record has no proof")]
    MissingProof,
    /// `proof` is neither an object nor a list of objects.
    #[error("the record's proof is neither an object nor a list of objects")]
    BadProofShape,
    /// More proofs than are read.
    #[error("the record has {count} proofs; at most {MAX_PROOFS} are read")]
    TooManyProofs {
        /// How many there are.
        count: usize,
    },
    /// The body to be signed has a member that belongs to the signature.
    #[error("the body to be signed already has a member named proof")]
    BodyHasProof,
    /// `type` is not what was expected.
    #[error("the record is not a {expected}")]
    WrongType {
        /// The type expected.
        expected: &'static str,
    },
    /// `version` is not the one that is understood.
    #[error("the {kind} has a version that is not understood here; version {known} is")]
    UnknownVersion {
        /// Type of the record.
        kind: &'static str,
        /// Version that is understood.
        known: u32,
    },
    /// A field of the body is missing or wrong.
    #[error("the {kind} is not complete and correct: {reason}")]
    BadBody {
        /// Type of the record.
        kind: &'static str,
        /// Which field and why, without its value.
        reason: String,
    },
    /// A proof does not hold.
    #[error("proof {position} does not hold: {source}")]
    Proof {
        /// Which proof, from 1.
        position: usize,
        /// Why.
        source: ProofError,
    },
    /// Two proofs by one key, or a second signature by the same key.
    #[error("the record is signed twice by one key")]
    SignedTwice,
    /// Not 64 lower-case hexadecimal digits.
    #[error("not a record id: 64 lower-case hexadecimal digits")]
    NotARecordId,
}

impl RecordError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::Canonical(error) => error.code(),
            Self::NotAnObject => "record_not_an_object",
            Self::MissingProof => "missing_proof",
            Self::BadProofShape => "bad_proof_shape",
            Self::TooManyProofs { .. } => "too_many_proofs",
            Self::BodyHasProof => "body_has_proof",
            Self::WrongType { .. } => "wrong_record_type",
            Self::UnknownVersion { .. } => "unknown_record_version",
            Self::BadBody { .. } => "bad_record_body",
            Self::Proof { source, .. } => source.code(),
            Self::SignedTwice => "signed_twice",
            Self::NotARecordId => "not_a_record_id",
        }
    }
}
