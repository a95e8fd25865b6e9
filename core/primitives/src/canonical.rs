//! Canonical JSON by RFC 8785 (JCS): one and only one byte sequence for a JSON value, so that it can be hashed and signed.
//!
//! JSON numbers are IEEE 754 doubles to everyone who follows the RFC, so an integer beyond ±(2^53 − 1) is refused
//! instead of rounded: two sides would otherwise sign different numbers without noticing. Amounts travel as strings.
//!
//! ```
//! use tekram_primitives::canonical::to_canonical_json;
//! let value = serde_json::json!({ "b": 2, "a": [true, 1.50] });
//! assert_eq!(to_canonical_json(&value)?, br#"{"a":[true,1.5],"b":2}"#);
//! # Ok::<(), tekram_primitives::canonical::CanonicalError>(())
//! ```

use serde::Serialize;
use serde_json::{Number, Value};

use crate::finite::all_numbers_are_finite;

/// Largest integer that every JSON reader keeps exactly: 2^53 − 1 (RFC 7493 section 2.2, RFC 8785 section 3.2.2.3).
pub const MAX_SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// From here on ECMAScript writes doubles with an exponent; below it, integral doubles are written as plain digits.
const EXPONENT_FROM: f64 = 1e21;

/// Deepest nesting of arrays and objects that is written.
pub const MAX_CANONICAL_DEPTH: usize = 64;

/// Why a value has no canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// An integer beyond ±(2^53 − 1): JSON numbers are doubles and would round it.
    #[error("an integer is beyond ±(2^53 − 1); write it as a string")]
    UnsafeInteger,
    /// NaN or an infinity, which JSON cannot say.
    #[error("not-a-number and infinity cannot be written as JSON")]
    NotFinite,
    /// Arrays and objects nested deeper than [`MAX_CANONICAL_DEPTH`].
    #[error("the value is nested deeper than {limit} levels")]
    TooDeep {
        /// Deepest nesting that is written.
        limit: usize,
    },
    /// The value cannot be written as JSON (for example a map whose keys are not strings).
    #[error("the value cannot be written as JSON: {reason}")]
    NotJson {
        /// What the serialiser said; no values.
        reason: String,
    },
}

impl CanonicalError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnsafeInteger => "unsafe_integer",
            Self::NotFinite => "number_not_finite",
            Self::TooDeep { .. } => "json_too_deep",
            Self::NotJson { .. } => "not_json",
        }
    }
}

/// The canonical bytes of a value (RFC 8785).
///
/// # Errors
/// [`CanonicalError::UnsafeInteger`] for a number whose canonical form is an integer beyond ±(2^53 − 1),
/// [`CanonicalError::NotFinite`] for NaN and infinities, [`CanonicalError::TooDeep`] and [`CanonicalError::NotJson`].
pub fn to_canonical_json<T: Serialize + ?Sized>(v: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = to_plain_value(v)?;
    serde_json_canonicalizer::to_vec(&value).map_err(not_json)
}

/// The value as a JSON tree whose numbers are safe and whose integral doubles are integers.
///
/// Two trees made by this function are equal exactly when their canonical bytes are.
///
/// # Errors
/// As [`to_canonical_json`].
pub fn to_plain_value<T: Serialize + ?Sized>(v: &T) -> Result<Value, CanonicalError> {
    if !all_numbers_are_finite(v) {
        return Err(CanonicalError::NotFinite);
    }
    plain(serde_json::to_value(v).map_err(not_json)?, 0)
}

/// The double as ECMAScript writes it (RFC 8785 section 3.2.2.3).
///
/// # Errors
/// [`CanonicalError::NotFinite`] for NaN and infinities.
pub fn canonical_number(number: f64) -> Result<String, CanonicalError> {
    if !number.is_finite() {
        return Err(CanonicalError::NotFinite);
    }
    serde_json_canonicalizer::to_string(&number).map_err(not_json)
}

/// SHA-256 (FIPS 180-4) of bytes that come one part after the other.
#[derive(Clone)]
pub struct Sha256(ring::digest::Context);

impl Sha256 {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(ring::digest::Context::new(&ring::digest::SHA256))
    }

    /// The same after `bytes` more.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all that came.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        let mut out = [0_u8; 32];
        for (to, from) in out.iter_mut().zip(self.0.finish().as_ref()) {
            *to = *from;
        }
        out
    }
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

/// SHA-256 (FIPS 180-4) of the bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha256_of_parts(&[bytes])
}

/// SHA-256 (FIPS 180-4) of the parts, one after the other.
pub fn sha256_of_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finish()
}

/// SHA-256 (FIPS 180-4) of the bytes, as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(sha256(bytes))
}

/// The number in the one form that equality can rely on: integral doubles become integers, unsafe integers are refused.
pub(crate) fn plain_number(number: &Number) -> Result<Number, CanonicalError> {
    if let Some(integer) = number.as_i64() {
        if (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(&integer) {
            Ok(integer.into())
        } else {
            Err(CanonicalError::UnsafeInteger)
        }
    } else if number.is_u64() {
        Err(CanonicalError::UnsafeInteger)
    } else {
        let double = number
            .as_f64()
            .filter(|double| double.is_finite())
            .ok_or(CanonicalError::NotFinite)?;
        if double.fract() != 0.0 || double.abs() >= EXPONENT_FROM {
            return Ok(number.clone());
        }
        if double.abs() > MAX_SAFE_INTEGER as f64 {
            return Err(CanonicalError::UnsafeInteger);
        }
        Ok((double as i64).into())
    }
}

fn plain(value: Value, depth: usize) -> Result<Value, CanonicalError> {
    if depth > MAX_CANONICAL_DEPTH {
        return Err(CanonicalError::TooDeep {
            limit: MAX_CANONICAL_DEPTH,
        });
    }
    Ok(match value {
        Value::Number(number) => Value::Number(plain_number(&number)?),
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| plain(item, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, member)| Ok((key, plain(member, depth + 1)?)))
                .collect::<Result<_, CanonicalError>>()?,
        ),
        other => other,
    })
}

fn not_json(error: serde_json::Error) -> CanonicalError {
    CanonicalError::NotJson {
        reason: error.to_string(),
    }
}
