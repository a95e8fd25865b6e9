//! Signed JSON in the compact form (RFC 7515, section 7.1): header, payload, signature.

use serde_json::{Map, Value};

use super::encoding::{from_base64url, object, optional_text, text, to_base64url};
use super::jwk::PublicKey;
use super::{CredentialError, MAX_CREDENTIAL_BYTES};
use crate::did::SigningKey;

/// A signed token, read and not yet believed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Jws {
    pub(super) header: Map<String, Value>,
    pub(super) payload: Map<String, Value>,
    /// As it came.
    pub(super) compact: String,
}

impl Jws {
    pub(super) fn parse(compact: &str) -> Result<Self, CredentialError> {
        if compact.len() > MAX_CREDENTIAL_BYTES {
            return Err(CredentialError::TooLarge);
        }
        let mut parts = compact.split('.');
        let mut part = |name| parts.next().ok_or(CredentialError::Malformed { part: name });
        let (header, payload, signature) = (part("header")?, part("payload")?, part("signature")?);
        if parts.next().is_some() {
            return Err(CredentialError::Malformed { part: "signature" });
        }
        from_base64url(signature, "signature")?;
        let header = object(&from_base64url(header, "header")?, "header")?;
        if header.contains_key("crit") {
            // Section 4.1.11: an extension that is not understood is refused.
            return Err(CredentialError::Unsupported { what: "crit" });
        }
        Ok(Self {
            header,
            payload: object(&from_base64url(payload, "payload")?, "payload")?,
            compact: compact.to_owned(),
        })
    }

    /// Signs a payload.
    pub(super) fn sign(typ: &str, payload: &Map<String, Value>, key: &SigningKey) -> Result<String, CredentialError> {
        let header = serde_json::json!({"alg": "EdDSA", "typ": typ});
        let payload = serde_json::to_vec(payload).map_err(|_| CredentialError::Malformed { part: "payload" })?;
        let signed = format!("{}.{}", to_base64url(header.to_string()), to_base64url(payload));
        let signature = to_base64url(key.sign(signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }

    /// Whether this key made it: signature, and the algorithm that goes with the key.
    pub(super) fn verify(&self, key: &PublicKey) -> Result<(), CredentialError> {
        if !key.fits(text(&self.header, "alg")?) {
            return Err(CredentialError::BadSignature);
        }
        let malformed = CredentialError::Malformed { part: "signature" };
        let (signed, signature) = self.compact.rsplit_once('.').ok_or(malformed)?;
        key.verify(signed.as_bytes(), &from_base64url(signature, "signature")?)
    }

    /// `typ`, without `application/` (RFC 7515, section 4.1.9).
    pub(super) fn typ(&self) -> Result<&str, CredentialError> {
        let typ = optional_text(&self.header, "typ")?.unwrap_or_default();
        Ok(typ.strip_prefix("application/").unwrap_or(typ))
    }
}
