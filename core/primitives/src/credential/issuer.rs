//! Where an issuer's key comes from: out of its name, when that is a `did:key` or `did:jwk`; out of the document of a
//! `did:web`; out of the metadata it publishes, when it is a web address (draft-ietf-oauth-sd-jwt-vc, section 5).

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
    /// The document at this address goes to [`key_from_did_document`].
    DidDocument {
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
    if let Some(name) = issuer.strip_prefix("did:web:") {
        return did_web(name).map(|url| IssuerKeySource::DidDocument { url });
    }
    let rest = issuer.strip_prefix("https://").ok_or(UNSUPPORTED_NAME)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() || rest.contains(['?', '#', '@']) || rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(UNSUPPORTED_NAME);
    }
    let path = path.trim_end_matches('/');
    let slash = if path.is_empty() { "" } else { "/" };
    Ok(IssuerKeySource::Metadata {
        url: format!("https://{host}/.well-known/jwt-vc-issuer{slash}{path}"),
    })
}

const UNSUPPORTED_NAME: CredentialError = CredentialError::Unsupported {
    what: "the issuer's name",
};

/// The address of a `did:web`'s document (did:web method, section 2.5.2): `:` parts the path, `%3A` stands before a port.
fn did_web(name: &str) -> Result<String, CredentialError> {
    let mut parts = name.split(':');
    let host = parts.next().unwrap_or_default().replace("%3A", ":").replace("%3a", ":");
    let path: Vec<&str> = parts.collect();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let is_path = |part: &&str| {
        !matches!(*part, "" | "." | "..")
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~'))
    };
    if host.is_empty() || !host.chars().all(is_host) || !path.iter().all(is_path) {
        return Err(UNSUPPORTED_NAME);
    }
    Ok(if path.is_empty() {
        format!("https://{host}/.well-known/did.json")
    } else {
        format!("https://{host}/{}/did.json", path.join("/"))
    })
}

/// Where the issuer's keys lie when its metadata only says so (`jwks_uri`); the document there goes to [`key_from_jwks`].
///
/// # Errors
/// [`CredentialError::UnknownIssuerKey`] when it is another issuer's metadata, [`CredentialError::Malformed`].
pub fn keys_address(metadata: &[u8], issuer: &str) -> Result<Option<String>, CredentialError> {
    let metadata = own_metadata(metadata, issuer)?;
    Ok(optional_text(&metadata, "jwks_uri")?.map(str::to_owned))
}

/// The key with this `kid` out of the metadata that an issuer publishes; without `kid`, its only key.
///
/// # Errors
/// [`CredentialError::UnknownIssuerKey`], [`CredentialError::Malformed`], also for `jwks_uri` ([`keys_address`]).
pub fn key_from_issuer_metadata(
    metadata: &[u8],
    issuer: &str,
    kid: Option<&str>,
) -> Result<PublicKey, CredentialError> {
    let metadata = own_metadata(metadata, issuer)?;
    // Section 5.2: one or the other, never both.
    if metadata.contains_key("jwks_uri") {
        return Err(CredentialError::Malformed { part: "jwks_uri" });
    }
    let jwks = metadata.get("jwks").and_then(Value::as_object);
    key_of_set(jwks.ok_or(CredentialError::Malformed { part: "jwks" })?, kid)
}

/// The key with this `kid` out of a set of keys (RFC 7517, section 5); without `kid`, its only key.
///
/// # Errors
/// [`CredentialError::UnknownIssuerKey`], [`CredentialError::Malformed`].
pub fn key_from_jwks(jwks: &[u8], kid: Option<&str>) -> Result<PublicKey, CredentialError> {
    key_of_set(&document(jwks, "jwks")?, kid)
}

/// The key that `kid` names in the document of a `did:web`, among those that it signs with (`assertionMethod`); without
/// `kid`, the only one. Ed25519 as Multikey, Ed25519 and P-256 as JWK.
///
/// # Errors
/// [`CredentialError::UnknownIssuerKey`], [`CredentialError::Malformed`], [`CredentialError::Unsupported`].
pub fn key_from_did_document(fetched: &[u8], did: &str, kid: Option<&str>) -> Result<PublicKey, CredentialError> {
    let fetched = document(fetched, "DID document")?;
    if text(&fetched, "id")? != did {
        return Err(CredentialError::UnknownIssuerKey);
    }
    let absolute = |id: &str| {
        let fragment = id.strip_prefix(did).unwrap_or(id);
        format!("{did}#{}", fragment.trim_start_matches('#'))
    };
    let all = fetched.get("verificationMethod").and_then(Value::as_array);
    let all: Vec<&Map<String, Value>> = all.into_iter().flatten().filter_map(Value::as_object).collect();
    let id_of = |method: &Map<String, Value>| method.get("id").and_then(Value::as_str).map(absolute);
    let signing = fetched.get("assertionMethod").and_then(Value::as_array);
    let signing = signing.ok_or(CredentialError::Malformed {
        part: "assertionMethod",
    })?;
    let mut usable = signing.iter().filter_map(|method| match method {
        Value::String(id) => all.iter().find(|method| id_of(method) == Some(absolute(id))).copied(),
        Value::Object(method) => Some(method),
        _ => None,
    });
    let method = match kid.map(absolute) {
        Some(kid) => usable.find(|method| id_of(method).as_ref() == Some(&kid)),
        None => usable.next().filter(|_| usable.next().is_none()),
    };
    let method = method.ok_or(CredentialError::UnknownIssuerKey)?;
    if let Some(jwk) = method.get("publicKeyJwk").and_then(Value::as_object) {
        return PublicKey::from_jwk(jwk);
    }
    let multibase =
        optional_text(method, "publicKeyMultibase")?.ok_or(CredentialError::Unsupported { what: "the key's type" })?;
    Ok(PublicKey::Ed25519(format!("did:key:{multibase}").parse()?))
}

fn own_metadata(metadata: &[u8], issuer: &str) -> Result<Map<String, Value>, CredentialError> {
    let metadata = document(metadata, "issuer metadata")?;
    if text(&metadata, "issuer")? == issuer {
        Ok(metadata)
    } else {
        Err(CredentialError::UnknownIssuerKey)
    }
}

fn document(bytes: &[u8], part: &'static str) -> Result<Map<String, Value>, CredentialError> {
    if bytes.len() > MAX_CREDENTIAL_BYTES {
        return Err(CredentialError::TooLarge);
    }
    object(bytes, part)
}

fn key_of_set(jwks: &Map<String, Value>, kid: Option<&str>) -> Result<PublicKey, CredentialError> {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or(CredentialError::Malformed { part: "jwks" })?;
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
