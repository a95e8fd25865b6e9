//! Signed records: JSON documents that mean the same to both sides, byte for byte.
//!
//! A [`SignedRecord`] keeps the whole JSON object, with fields that this version does not know, and one proof for each
//! signer ([`data_integrity`](crate::data_integrity)). Its [`RecordId`] is the hash of the document without proofs, so a
//! second signature does not change what the record is.
//!
//! ```
//! use tekram_primitives::did::SigningKey;
//! use tekram_primitives::record::{SignedRecord, WireRecord};
//! use tekram_primitives::time::Timestamp;
//! # use serde::{Deserialize, Serialize};
//! #[derive(Serialize, Deserialize)]
//! struct Note { r#type: String, version: u32, text: String }
//! impl WireRecord for Note {
//!     const TYPE: &'static str = "ExampleNote";
//!     const VERSION: u32 = 1;
//! }
//!
//! let (buyer, seller) = (SigningKey::generate()?, SigningKey::generate()?);
//! let note = Note { r#type: Note::TYPE.into(), version: Note::VERSION, text: "two of those".into() };
//! let signed = SignedRecord::sign(&note, &buyer, Timestamp::EPOCH)?;
//! let by_both = signed.countersign(&seller, Timestamp::EPOCH)?;
//! assert_eq!(by_both.verify()?.len(), 2);
//! assert_eq!(by_both.id()?, signed.id()?);
//! assert_eq!(by_both.body::<Note>()?.text, "two of those");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeSet;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

use crate::canonical::{self, CanonicalError};
use crate::data_integrity::{self, ProofError};
use crate::did::{DidKey, SigningKey};
use crate::json::{self, JsonError, JsonLimits};
use crate::time::Timestamp;

mod error;
mod id;

pub use error::RecordError;
pub use id::RecordId;

/// Longest record that is read or made, in bytes of canonical JSON: 256 KiB.
pub const MAX_RECORD_BYTES: usize = 256 * 1024;
/// Deepest nesting of a record.
pub const MAX_RECORD_DEPTH: usize = 32;
/// Most proofs on one record.
pub const MAX_PROOFS: usize = 8;

const PROOF: &str = "proof";
const TYPE: &str = "type";
const VERSION: &str = "version";

/// A type that travels as a signed record. Its JSON has the members `type` and `version` with these values.
pub trait WireRecord: Serialize + DeserializeOwned {
    /// Value of `type`.
    const TYPE: &'static str;
    /// Value of `version`; another one is refused.
    const VERSION: u32;
}

/// A JSON document with one or more proofs, kept whole.
///
/// Having one says that it can be read, not that it is true: call [`SignedRecord::verify`] and look who signed.
/// `Debug` prints type and id only, because what records say is personal.
#[derive(Clone, PartialEq)]
pub struct SignedRecord {
    /// Everything but `proof`.
    document: Map<String, Value>,
    /// At least one, sorted by verification method.
    proofs: Vec<Map<String, Value>>,
}

/// Numbers were checked to be finite when the record was made, so a record is equal to itself.
impl Eq for SignedRecord {}

impl SignedRecord {
    /// Signs a body.
    ///
    /// # Errors
    /// [`RecordError::WrongType`] or [`RecordError::UnknownVersion`] when the body's own members do not say what its
    /// type does; [`RecordError::BodyHasProof`]; [`RecordError::Json`] when it is too large or deep;
    /// [`RecordError::Canonical`].
    pub fn sign<T: WireRecord>(body: &T, key: &SigningKey, created: Timestamp) -> Result<Self, RecordError> {
        let Value::Object(document) = canonical::to_plain_value(body)? else {
            return Err(RecordError::NotAnObject);
        };
        if document.contains_key(PROOF) {
            return Err(RecordError::BodyHasProof);
        }
        check_kind::<T>(&document)?;
        Self {
            document,
            proofs: Vec::new(),
        }
        .countersign(key, created)
    }

    /// Adds a second signer's proof on the same document; both proofs form a set, sorted by verification method.
    ///
    /// # Errors
    /// [`RecordError::SignedTwice`] when this key has signed already; otherwise as [`SignedRecord::sign`].
    pub fn countersign(&self, key: &SigningKey, created: Timestamp) -> Result<Self, RecordError> {
        let method = key.did().verification_method();
        if self.methods().any(|signed| signed == method) {
            return Err(RecordError::SignedTwice);
        }
        let position = self.proofs.len().saturating_add(1);
        let proof = data_integrity::create_proof(&self.document, key, &method, created)
            .map_err(|source| RecordError::Proof { position, source })?;
        let mut signed = self.clone();
        signed.proofs.push(proof);
        // Whatever is signed can be read: the limits are those of reading.
        Self::parse(&signed.bytes()?)
    }

    /// Reads a record that someone sent. Its proofs are brought into order, not checked.
    ///
    /// # Errors
    /// [`RecordError::Json`] beyond 256 KiB or 32 levels, for duplicate keys and integers that doubles cannot keep;
    /// [`RecordError::NotAnObject`], [`RecordError::MissingProof`], [`RecordError::BadProofShape`],
    /// [`RecordError::TooManyProofs`].
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        Self::from_value(json::read_json(
            bytes,
            JsonLimits {
                max_bytes: MAX_RECORD_BYTES,
                max_depth: MAX_RECORD_DEPTH,
            },
        )?)
    }

    /// Checks every proof and returns the signers in order. All proofs must hold.
    ///
    /// Each proof must be a `DataIntegrityProof` with `eddsa-jcs-2022` for `assertionMethod`, by the one key of its
    /// own `did:key`. Whose key that is, the caller must know.
    ///
    /// # Errors
    /// [`RecordError::Proof`] names the first proof that does not hold; [`RecordError::SignedTwice`].
    pub fn verify(&self) -> Result<Vec<DidKey>, RecordError> {
        let mut signers = BTreeSet::new();
        for (proof, position) in self.proofs.iter().zip(1..) {
            let signer =
                verify_by_did_key(&self.document, proof).map_err(|source| RecordError::Proof { position, source })?;
            if !signers.insert(signer) {
                return Err(RecordError::SignedTwice);
            }
        }
        if signers.is_empty() {
            Err(RecordError::MissingProof)
        } else {
            Ok(signers.into_iter().collect())
        }
    }

    /// Checks every proof and that exactly these keys signed, in any order.
    ///
    /// # Errors
    /// As [`SignedRecord::verify`]; `Ok(false)` when the proofs hold but the signers are others.
    pub fn is_signed_by(&self, signers: &[DidKey]) -> Result<bool, RecordError> {
        let wanted: BTreeSet<DidKey> = signers.iter().copied().collect();
        Ok(self.verify()?.into_iter().collect::<BTreeSet<_>>() == wanted)
    }

    /// The record's name: the hash of the document without proofs.
    ///
    /// # Errors
    /// [`RecordError::Canonical`]; not for a record that was parsed or signed here.
    pub fn id(&self) -> Result<RecordId, RecordError> {
        Ok(RecordId::of_canonical_bytes(&canonical::to_canonical_json(
            &self.document,
        )?))
    }

    /// The canonical bytes with proofs: what is sent and kept. Both sides of a record have the same.
    ///
    /// # Errors
    /// [`RecordError::Canonical`]; not for a record that was parsed or signed here.
    pub fn bytes(&self) -> Result<Vec<u8>, RecordError> {
        Ok(canonical::to_canonical_json(self)?)
    }

    /// The body as a typed record. Does not check proofs.
    ///
    /// # Errors
    /// [`RecordError::WrongType`], [`RecordError::UnknownVersion`], [`RecordError::BadBody`].
    pub fn body<T: WireRecord>(&self) -> Result<T, RecordError> {
        check_kind::<T>(&self.document)?;
        T::deserialize(Value::Object(self.document.clone())).map_err(|error| RecordError::BadBody {
            kind: T::TYPE,
            reason: without_values(&error.to_string()),
        })
    }

    /// The body as a typed record after all proofs were checked, with the signers.
    ///
    /// # Errors
    /// As [`SignedRecord::verify`] and [`SignedRecord::body`].
    pub fn verified_body<T: WireRecord>(&self) -> Result<(T, Vec<DidKey>), RecordError> {
        let signers = self.verify()?;
        Ok((self.body()?, signers))
    }

    /// `type` of the record; empty when it has none or several.
    pub fn kind(&self) -> &str {
        self.document.get(TYPE).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether two records are the same document, whoever signed them.
    pub fn same_document(&self, other: &Self) -> bool {
        self.document == other.document
    }

    /// The document without proofs.
    pub fn document(&self) -> &Map<String, Value> {
        &self.document
    }

    /// The proofs, sorted by verification method.
    pub fn proofs(&self) -> &[Map<String, Value>] {
        &self.proofs
    }

    fn from_value(value: Value) -> Result<Self, RecordError> {
        let Value::Object(mut document) = value else {
            return Err(RecordError::NotAnObject);
        };
        let proofs = match document.remove(PROOF) {
            None => return Err(RecordError::MissingProof),
            Some(Value::Object(proof)) => vec![proof],
            Some(Value::Array(items)) if items.is_empty() => return Err(RecordError::MissingProof),
            Some(Value::Array(items)) if items.len() > MAX_PROOFS => {
                return Err(RecordError::TooManyProofs { count: items.len() });
            }
            Some(Value::Array(items)) => items.into_iter().map(as_object).collect::<Result<_, _>>()?,
            Some(_) => return Err(RecordError::BadProofShape),
        };
        let mut record = Self { document, proofs };
        record.sort_proofs()?;
        Ok(record)
    }

    /// One order for one set of proofs, so that both sides keep the same bytes.
    fn sort_proofs(&mut self) -> Result<(), RecordError> {
        let mut keyed = self
            .proofs
            .drain(..)
            .map(|proof| {
                let method = data_integrity::verification_method(&proof)
                    .unwrap_or_default()
                    .to_owned();
                Ok(((method, canonical::to_canonical_json(&proof)?), proof))
            })
            .collect::<Result<Vec<_>, CanonicalError>>()?;
        keyed.sort_by(|(left, _), (right, _)| left.cmp(right));
        self.proofs = keyed.into_iter().map(|(_, proof)| proof).collect();
        Ok(())
    }

    fn methods(&self) -> impl Iterator<Item = &str> {
        self.proofs
            .iter()
            .filter_map(|proof| data_integrity::verification_method(proof).ok())
    }

    /// The JSON object: a single proof as an object, several as a list (Data Integrity 1.0, section 2.1.1).
    fn to_object(&self) -> Map<String, Value> {
        let mut object = self.document.clone();
        let mut proofs: Vec<Value> = self.proofs.iter().cloned().map(Value::Object).collect();
        let proof = if proofs.len() == 1 {
            proofs.pop()
        } else {
            Some(Value::Array(proofs))
        };
        object.insert(PROOF.into(), proof.unwrap_or_default());
        object
    }
}

/// The signer of a proof that holds, named by its own `did:key`.
fn verify_by_did_key(document: &Map<String, Value>, proof: &Map<String, Value>) -> Result<DidKey, ProofError> {
    let signer = DidKey::from_verification_method(data_integrity::verification_method(proof)?)?;
    data_integrity::verify_proof(document, proof, &signer)?;
    Ok(signer)
}

fn check_kind<T: WireRecord>(document: &Map<String, Value>) -> Result<(), RecordError> {
    if document.get(TYPE).and_then(Value::as_str) != Some(T::TYPE) {
        return Err(RecordError::WrongType { expected: T::TYPE });
    }
    if document.get(VERSION).and_then(Value::as_u64) != Some(u64::from(T::VERSION)) {
        return Err(RecordError::UnknownVersion {
            kind: T::TYPE,
            known: T::VERSION,
        });
    }
    Ok(())
}

fn as_object(value: Value) -> Result<Map<String, Value>, RecordError> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(RecordError::BadProofShape),
    }
}

/// `serde` quotes the values it refuses; what a record says must not get into a log, so quoted text is cut out.
fn without_values(reason: &str) -> String {
    let mut kept = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for character in reason.chars() {
        match character {
            '"' if !escaped => {
                if !quoted {
                    kept.push_str("\"…\"");
                }
                quoted = !quoted;
            }
            _ if !quoted => kept.push(character),
            _ => {}
        }
        escaped = quoted && character == '\\' && !escaped;
    }
    kept
}

impl fmt::Debug for SignedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRecord")
            .field("kind", &self.kind())
            .field("id", &self.id().ok())
            .field("proofs", &self.proofs.len())
            .finish()
    }
}

impl Serialize for SignedRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_object().serialize(serializer)
    }
}

/// With the checks of [`SignedRecord::parse`], for records inside other records and messages.
impl<'de> Deserialize<'de> for SignedRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let record = Self::from_value(json::read_nested(deserializer, MAX_RECORD_DEPTH)?).map_err(de::Error::custom)?;
        let bytes = record.bytes().map_err(de::Error::custom)?.len();
        if bytes > MAX_RECORD_BYTES {
            return Err(de::Error::custom(JsonError::TooLarge {
                bytes,
                limit: MAX_RECORD_BYTES,
            }));
        }
        Ok(record)
    }
}
