//! base64url without padding (RFC 4648, section 5) and strict JSON, as JOSE uses them; times in seconds.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{CredentialError, MAX_CREDENTIAL_BYTES, MAX_DEPTH};
use crate::json::{JsonLimits, read_json};

pub(super) fn to_base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn from_base64url(text: &str, part: &'static str) -> Result<Vec<u8>, CredentialError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| CredentialError::Malformed { part })
}

/// JSON of limited size and depth, without duplicate keys.
pub(super) fn json(bytes: &[u8], part: &'static str) -> Result<Value, CredentialError> {
    let limits = JsonLimits {
        max_bytes: MAX_CREDENTIAL_BYTES,
        max_depth: MAX_DEPTH,
    };
    read_json(bytes, limits).map_err(|_| CredentialError::Malformed { part })
}

pub(super) fn object(bytes: &[u8], part: &'static str) -> Result<Map<String, Value>, CredentialError> {
    match json(bytes, part)? {
        Value::Object(object) => Ok(object),
        _ => Err(CredentialError::Malformed { part }),
    }
}

/// A text that may be missing, but not be something else.
pub(super) fn optional_text<'a>(
    object: &'a Map<String, Value>,
    member: &'static str,
) -> Result<Option<&'a str>, CredentialError> {
    match object.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(CredentialError::Malformed { part: member }),
    }
}

pub(super) fn text<'a>(object: &'a Map<String, Value>, member: &'static str) -> Result<&'a str, CredentialError> {
    optional_text(object, member)?.ok_or(CredentialError::Malformed { part: member })
}

/// A NumericDate (RFC 7519, section 2) in whole seconds; fractions are cut off.
pub(super) fn seconds(object: &Map<String, Value>, member: &'static str) -> Result<Option<i64>, CredentialError> {
    let malformed = CredentialError::Malformed { part: member };
    let number = match object.get(member) {
        None => return Ok(None),
        Some(Value::Number(number)) => number,
        Some(_) => return Err(malformed),
    };
    if let Some(whole) = number.as_i64() {
        return Ok(Some(whole));
    }
    let written = number.to_string();
    let whole = written.split('.').next().and_then(|whole| whole.parse().ok());
    whole.map(Some).ok_or(malformed)
}
