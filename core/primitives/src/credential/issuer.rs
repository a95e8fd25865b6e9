//! Where an issuer's key comes from: out of its name, when that is a `did:key` or `did:jwk`; out of the metadata it
//! publishes, when it is a web address (draft-ietf-oauth-sd-jwt-vc, section 5).

use serde_json::{Map, Value};

use super::encoding::{object, optional_text, text};
use super::jwk::PublicKey;
use super::{CredentialError, MAX_CREDENTIAL_BYTES};

/// What it takes to have an issuer's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerKeySource {
    /// The name is the key.
    Known(PublicKey),
    /// The document at this address goes to [`key_from_issuer_metadata`].
    Metadata {
        /// An `https` address.
        url: String,
    },
}

/// Where the key of this issuer comes from.
///
/// # Errors
/// [`CredentialError::Unsupported`] for other DID methods and addresses that are not `https`.
pub fn key_source(issuer: &str) -> Result<IssuerKeySource, CredentialError> {
    if let Some(key) = PublicKey::from_did(issuer)? {
        return Ok(IssuerKeySource::Known(key));
    }
    let unsupported = CredentialError::Unsupported {
        what: "the issuer's name",
    };
    let rest = issuer.strip_prefix("https://").ok_or(unsupported.clone())?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() || rest.contains(['?', '#', '@']) || rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(unsupported);
    }
    let path = path.trim_end_matches('/');
    let slash = if path.is_empty() { "" } else { "/" };
    Ok(IssuerKeySource::Metadata {
        url: format!("https://{host}/.well-known/jwt-vc-issuer{slash}{path}"),
    })
}

/// The key with this `kid` out of the metadata that an issuer publishes; without `kid`, its only key.
///
/// # Errors
/// [`CredentialError::UnknownIssuerKey`], [`CredentialError::Unsupported`] for `jwks_uri`, [`CredentialError::Malformed`].
pub fn key_from_issuer_metadata(
    metadata: &[u8],
    issuer: &str,
    kid: Option<&str>,
) -> Result<PublicKey, CredentialError> {
    if metadata.len() > MAX_CREDENTIAL_BYTES {
        return Err(CredentialError::TooLarge);
    }
    let metadata = object(metadata, "issuer metadata")?;
    if text(&metadata, "issuer")? != issuer {
        return Err(CredentialError::UnknownIssuerKey);
    }
    if metadata.contains_key("jwks_uri") {
        return Err(CredentialError::Unsupported { what: "jwks_uri" });
    }
    let keys = metadata.get("jwks").and_then(|jwks| jwks.get("keys"));
    let keys = keys
        .and_then(Value::as_array)
        .ok_or(CredentialError::Malformed { part: "jwks" })?;
    let keys: Vec<&Map<String, Value>> = keys.iter().filter_map(Value::as_object).collect();
    let key = match (kid, keys.as_slice()) {
        (None, [only]) => Some(*only),
        (None, _) => None,
        (Some(kid), keys) => keys
            .iter()
            .find(|key| optional_text(key, "kid").ok().flatten() == Some(kid))
            .copied(),
    };
    PublicKey::from_jwk(key.ok_or(CredentialError::UnknownIssuerKey)?)
}
