//! Proofs by W3C Data Integrity with the cryptosuite `eddsa-jcs-2022` (W3C Recommendation "Data Integrity EdDSA
//! Cryptosuites v1.0", section 3.3): what exactly is hashed, signed and checked for one proof on one document.
//!
//! Documents come in without their `proof` member. Which signers a record may have is not decided here but in
//! [`record`](crate::record).

use serde_json::{Map, Value};

use crate::canonical::{self, CanonicalError};
use crate::did::{DidError, DidKey, SigningKey};
use crate::time::Timestamp;

/// `type` of every proof.
pub const PROOF_TYPE: &str = "DataIntegrityProof";
/// The one cryptosuite in use.
pub const CRYPTOSUITE: &str = "eddsa-jcs-2022";
/// The one purpose in use.
pub const PROOF_PURPOSE: &str = "assertionMethod";

const CONTEXT: &str = "@context";
const PROOF_VALUE: &str = "proofValue";
const VERIFICATION_METHOD: &str = "verificationMethod";
/// A signature of 64 bytes has at most 88 characters in base58, and one for the multibase prefix.
const LONGEST_PROOF_VALUE: usize = 89;
/// Options that change what a proof means. Passing over one of them would believe more than was signed.
const UNSUPPORTED: [&str; 4] = ["expires", "domain", "challenge", "previousProof"];

/// Why a proof was not made or not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// A member is missing or not a text.
    #[error("the proof has no text {field:?}")]
    MissingField {
        /// Name of the member.
        field: &'static str,
    },
    /// `type` is not `DataIntegrityProof`.
    #[error("the proof's type is not {PROOF_TYPE}")]
    WrongType,
    /// `cryptosuite` is not `eddsa-jcs-2022`.
    #[error("the proof's cryptosuite is not {CRYPTOSUITE}")]
    WrongCryptosuite,
    /// `proofPurpose` is not `assertionMethod`.
    #[error("the proof's purpose is not {PROOF_PURPOSE}")]
    WrongPurpose,
    /// `created` is not a time.
    #[error("the proof's time of creation is not a time in RFC 3339")]
    BadCreated,
    /// `proofValue` is not 64 bytes in multibase base58-btc.
    #[error("the proof's value is not 64 bytes in base58-btc (z…)")]
    BadProofValue,
    /// The proof's `@context` is not the document's.
    #[error("the proof's @context is not the document's")]
    ContextMismatch,
    /// An option that changes what a proof means and is not understood here.
    #[error("the proof has the option {option:?}, which is not understood")]
    UnsupportedOption {
        /// Name of the option.
        option: &'static str,
    },
    /// The key or the signature is wrong.
    #[error(transparent)]
    Key(#[from] DidError),
    /// The document or the proof has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl ProofError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingField { .. } => "proof_field_missing",
            Self::WrongType => "wrong_proof_type",
            Self::WrongCryptosuite => "wrong_cryptosuite",
            Self::WrongPurpose => "wrong_proof_purpose",
            Self::BadCreated => "bad_proof_created",
            Self::BadProofValue => "bad_proof_value",
            Self::ContextMismatch => "proof_context_mismatch",
            Self::UnsupportedOption { .. } => "unsupported_proof_option",
            Self::Key(error) => error.code(),
            Self::Canonical(error) => error.code(),
        }
    }
}

/// What is signed (section 3.3.4): two SHA-256 hashes, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashData {
    /// Of the canonical proof options, without `proofValue`.
    pub proof_config: [u8; 32],
    /// Of the canonical document, without `proof`.
    pub document: [u8; 32],
}

impl HashData {
    /// The 64 bytes that are signed: the hash of the proof's options first.
    pub fn bytes(&self) -> [u8; 64] {
        let mut out = [0_u8; 64];
        for (to, from) in out.iter_mut().zip(self.proof_config.iter().chain(&self.document)) {
            *to = *from;
        }
        out
    }
}

/// The proof's options for a document (section 3.3.5): everything but `proofValue`, with the document's `@context`.
pub fn proof_config(
    document: &Map<String, Value>,
    verification_method: &str,
    created: Timestamp,
) -> Map<String, Value> {
    let mut config = Map::new();
    config.insert("type".into(), PROOF_TYPE.into());
    config.insert("cryptosuite".into(), CRYPTOSUITE.into());
    config.insert("created".into(), created.to_string().into());
    config.insert(VERIFICATION_METHOD.into(), verification_method.into());
    config.insert("proofPurpose".into(), PROOF_PURPOSE.into());
    if let Some(context) = document.get(CONTEXT) {
        config.insert(CONTEXT.into(), context.clone());
    }
    config
}

/// Hashes a document and the options of a proof (sections 3.3.3 to 3.3.5).
///
/// # Errors
/// [`CanonicalError`] when one of them has no canonical form.
pub fn hash_data(document: &Map<String, Value>, config: &Map<String, Value>) -> Result<HashData, CanonicalError> {
    Ok(HashData {
        proof_config: canonical::sha256(&canonical::to_canonical_json(config)?),
        document: canonical::sha256(&canonical::to_canonical_json(document)?),
    })
}

/// A proof on a document by this key, under the given name of the key (section 3.3.1).
///
/// # Errors
/// [`ProofError::Canonical`].
pub fn create_proof(
    document: &Map<String, Value>,
    key: &SigningKey,
    verification_method: &str,
    created: Timestamp,
) -> Result<Map<String, Value>, ProofError> {
    let mut proof = proof_config(document, verification_method, created);
    let signature = key.sign(&hash_data(document, &proof)?.bytes());
    proof.insert(
        PROOF_VALUE.into(),
        format!("z{}", bs58::encode(signature).into_string()).into(),
    );
    Ok(proof)
}

/// Checks one proof on a document against a key that the caller trusts (section 3.3.2).
///
/// Stricter than the Recommendation in two points: the document's `@context` must be exactly the proof's (not only
/// begin with it), and the options `expires`, `domain`, `challenge` and `previousProof` are refused.
///
/// # Errors
/// [`ProofError`] names the first thing that was wrong.
pub fn verify_proof(document: &Map<String, Value>, proof: &Map<String, Value>, key: &DidKey) -> Result<(), ProofError> {
    if text(proof, "type")? != PROOF_TYPE {
        return Err(ProofError::WrongType);
    }
    if text(proof, "cryptosuite")? != CRYPTOSUITE {
        return Err(ProofError::WrongCryptosuite);
    }
    if text(proof, "proofPurpose")? != PROOF_PURPOSE {
        return Err(ProofError::WrongPurpose);
    }
    verification_method(proof)?;
    text(proof, "created")?
        .parse::<Timestamp>()
        .map_err(|_| ProofError::BadCreated)?;
    if let Some(option) = UNSUPPORTED.into_iter().find(|option| proof.contains_key(*option)) {
        return Err(ProofError::UnsupportedOption { option });
    }
    if proof
        .get(CONTEXT)
        .is_some_and(|context| document.get(CONTEXT) != Some(context))
    {
        return Err(ProofError::ContextMismatch);
    }
    let signature = proof_value(proof)?;
    let mut config = proof.clone();
    config.remove(PROOF_VALUE);
    Ok(key.verify(&hash_data(document, &config)?.bytes(), &signature)?)
}

/// The name of the key that a proof says it is by.
///
/// # Errors
/// [`ProofError::MissingField`].
pub fn verification_method(proof: &Map<String, Value>) -> Result<&str, ProofError> {
    text(proof, VERIFICATION_METHOD)
}

/// The signature of a proof.
fn proof_value(proof: &Map<String, Value>) -> Result<[u8; 64], ProofError> {
    let value = text(proof, PROOF_VALUE)?;
    if value.len() > LONGEST_PROOF_VALUE {
        return Err(ProofError::BadProofValue);
    }
    value
        .strip_prefix('z')
        .and_then(|base58| bs58::decode(base58).into_vec().ok())
        .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok())
        .ok_or(ProofError::BadProofValue)
}

fn text<'p>(proof: &'p Map<String, Value>, field: &'static str) -> Result<&'p str, ProofError> {
    proof
        .get(field)
        .and_then(Value::as_str)
        .ok_or(ProofError::MissingField { field })
}
