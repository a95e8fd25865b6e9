//! W3C Verifiable Credentials 2.0, secured by a Data Integrity proof with `eddsa-jcs-2022`
//! ([`data_integrity`](crate::data_integrity)). The issuer is a `did:key`, and the proof is by that key.

use serde_json::{Map, Value};

use super::encoding::{object, optional_text};
use super::sd_jwt_vc::check_times;
use super::status::StatusRef;
use super::{CredentialError, MAX_CREDENTIAL_BYTES};
use crate::data_integrity;
use crate::did::DidKey;
use crate::time::Timestamp;

/// The first `@context` (section 4.3).
const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

/// A credential as it was read. What it says is believed after [`W3cCredential::verify`].
#[derive(Clone, Debug, PartialEq)]
pub struct W3cCredential {
    /// Without its proof.
    document: Map<String, Value>,
    proof: Map<String, Value>,
    issuer: String,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    types: Vec<String>,
    status: Vec<StatusRef>,
}

impl W3cCredential {
    /// Reads a credential with one proof.
    ///
    /// # Errors
    /// [`CredentialError`] names the first thing that was wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, CredentialError> {
        if bytes.len() > MAX_CREDENTIAL_BYTES {
            return Err(CredentialError::TooLarge);
        }
        let malformed = |part| CredentialError::Malformed { part };
        let mut document = object(bytes, "credential")?;
        let Some(Value::Object(proof)) = document.remove("proof") else {
            return Err(malformed("proof"));
        };
        let context = document.get("@context").and_then(Value::as_array);
        if context.and_then(|context| context.first()).and_then(Value::as_str) != Some(CONTEXT) {
            return Err(CredentialError::WrongType { expected: CONTEXT });
        }
        let types = one_or_more(document.get("type"))
            .map(|name| name.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .ok_or(malformed("type"))?;
        if !types.iter().any(|name| name == "VerifiableCredential") {
            return Err(CredentialError::WrongType {
                expected: "VerifiableCredential",
            });
        }
        let issuer = document.get("issuer").ok_or(malformed("issuer"))?;
        let issuer = issuer.as_str().or_else(|| issuer.get("id").and_then(Value::as_str));
        let issuer = issuer.ok_or(malformed("issuer"))?.to_owned();
        if !document.contains_key("credentialSubject") {
            return Err(malformed("credentialSubject"));
        }
        let status = one_or_more(document.get("credentialStatus"))
            .map(StatusRef::from_entry)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            from: time(&document, "validFrom")?,
            until: time(&document, "validUntil")?,
            issuer,
            types,
            status,
            document,
            proof,
        })
    }

    /// Checks that the issuer made the proof, and that the credential is valid at this time.
    ///
    /// # Errors
    /// [`CredentialError::UnknownIssuerKey`] when the proof is by another key, [`CredentialError::Proof`],
    /// [`CredentialError::NotYetValid`], [`CredentialError::Expired`].
    pub fn verify(&self, now: Timestamp) -> Result<(), CredentialError> {
        let key = DidKey::from_verification_method(data_integrity::verification_method(&self.proof)?)?;
        if key.to_string() != self.issuer {
            return Err(CredentialError::UnknownIssuerKey);
        }
        data_integrity::verify_proof(&self.document, &self.proof, &key)?;
        let seconds = |time: Option<Timestamp>| time.map(|time| time.secs());
        check_times(seconds(self.from), seconds(self.until), now)
    }

    /// Who issued it.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its own name, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.document.get("id").and_then(Value::as_str)
    }

    /// Its types, `VerifiableCredential` among them.
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// From when on it is valid, if it says so.
    pub fn valid_from(&self) -> Option<Timestamp> {
        self.from
    }

    /// Until when it is valid, if it ends.
    pub fn expires(&self) -> Option<Timestamp> {
        self.until
    }

    /// Where its status is kept; empty when it cannot be revoked.
    pub fn status(&self) -> &[StatusRef] {
        &self.status
    }

    /// What it says, without the proof.
    pub fn document(&self) -> &Map<String, Value> {
        &self.document
    }
}

fn one_or_more(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (one, more) = match value {
        Some(Value::Array(more)) => (None, more.as_slice()),
        one => (one, [].as_slice()),
    };
    one.into_iter().chain(more)
}

fn time(document: &Map<String, Value>, member: &'static str) -> Result<Option<Timestamp>, CredentialError> {
    let time = optional_text(document, member)?;
    time.map(|time| time.parse().map_err(|_| CredentialError::Malformed { part: member }))
        .transpose()
}
