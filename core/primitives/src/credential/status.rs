//! Whether a credential was revoked or suspended: Token Status List (draft-ietf-oauth-status-list) for SD-JWT VC, Bitstring
//! Status List 1.0 (W3C) for W3C credentials. Whoever fetches a list asks about thousands of credentials at once, so that
//! its keeper does not learn about which. Not done: lists as CWT.

use std::io::Read;

use flate2::read::{GzDecoder, ZlibDecoder};
use serde_json::{Map, Value};

use super::CredentialError;
use super::encoding::{from_base64url, optional_text, seconds, text};
use super::jwk::PublicKey;
use super::jws::Jws;
use super::sd_jwt_vc::check_times;
use super::w3c::W3cCredential;
use crate::time::Timestamp;

/// Longest list, unpacked, in bytes: 128 million entries of one bit.
const MAX_LIST_BYTES: u64 = 16 * 1024 * 1024;
/// A bitstring has at least this many bytes, so that an entry hides among others (section 6.1).
const MIN_BITSTRING_BYTES: usize = 16 * 1024;

/// What kind of list it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusType {
    /// Token Status List.
    Token,
    /// Bitstring Status List, for this purpose: `revocation`, `suspension`.
    Bitstring {
        /// `statusPurpose`.
        purpose: String,
    },
}

/// Where a credential's status is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRef {
    /// What kind of list.
    pub kind: StatusType,
    /// The list's address.
    pub uri: String,
    /// The credential's place in it, from 0.
    pub index: u64,
}

/// What a list says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialStatus {
    /// Neither revoked nor suspended.
    Valid,
    /// Revoked for good.
    Revoked,
    /// Suspended for now.
    Suspended,
    /// A value that the issuer gives its own meaning.
    Other(u8),
}

impl CredentialStatus {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Other(_) => "other",
        }
    }
}

impl StatusRef {
    /// `status.status_list` of a token's claims.
    pub(super) fn from_claims(claims: &Map<String, Value>) -> Result<Option<Self>, CredentialError> {
        let Some(status) = claims.get("status") else {
            return Ok(None);
        };
        // Another mechanism cannot be checked here; a credential that has one must not pass as one without status.
        let list = status.get("status_list").and_then(Value::as_object);
        let list = list.ok_or(CredentialError::Unsupported { what: "status" })?;
        Ok(Some(Self {
            kind: StatusType::Token,
            uri: text(list, "uri")?.to_owned(),
            index: list
                .get("idx")
                .and_then(Value::as_u64)
                .ok_or(CredentialError::Malformed { part: "idx" })?,
        }))
    }

    /// One `credentialStatus` of a W3C credential.
    pub(super) fn from_entry(entry: &Value) -> Result<Self, CredentialError> {
        let entry = entry.as_object().ok_or(CredentialError::Malformed {
            part: "credentialStatus",
        })?;
        if text(entry, "type")? != "BitstringStatusListEntry" {
            return Err(CredentialError::Unsupported {
                what: "credentialStatus",
            });
        }
        if entry.get("statusSize").is_some_and(|size| size.as_u64() != Some(1)) {
            return Err(CredentialError::Unsupported { what: "statusSize" });
        }
        let index = text(entry, "statusListIndex")?.parse();
        Ok(Self {
            kind: StatusType::Bitstring {
                purpose: text(entry, "statusPurpose")?.to_owned(),
            },
            uri: text(entry, "statusListCredential")?.to_owned(),
            index: index.map_err(|_| CredentialError::Malformed {
                part: "statusListIndex",
            })?,
        })
    }
}

/// The name (`kid`) of the key that a fetched Status List Token says it was signed with, if it says one.
///
/// # Errors
/// As for tokens.
pub fn status_token_key_id(fetched: &[u8]) -> Result<Option<String>, CredentialError> {
    let token = std::str::from_utf8(fetched).map_err(|_| CredentialError::Malformed { part: "token" })?;
    let token = Jws::parse(token.trim())?;
    Ok(optional_text(&token.header, "kid")?.map(str::to_owned))
}

/// What a Status List Token (JWT) says about a place, after checking its signature, address and time.
///
/// # Errors
/// [`CredentialError::BadStatusList`] when it is another list or has no such place, and as for tokens.
pub fn token_status(
    fetched: &[u8],
    place: &StatusRef,
    issuer_key: &PublicKey,
    now: Timestamp,
) -> Result<CredentialStatus, CredentialError> {
    let bad = |part| CredentialError::BadStatusList { part };
    if place.kind != StatusType::Token {
        return Err(bad("kind"));
    }
    let token = std::str::from_utf8(fetched).map_err(|_| CredentialError::Malformed { part: "token" })?;
    let token = Jws::parse(token.trim())?;
    if token.typ()? != "statuslist+jwt" {
        return Err(CredentialError::WrongType {
            expected: "statuslist+jwt",
        });
    }
    token.verify(issuer_key)?;
    if text(&token.payload, "sub")? != place.uri {
        return Err(bad("address"));
    }
    check_times(seconds(&token.payload, "iat")?, seconds(&token.payload, "exp")?, now)?;
    let list = token.payload.get("status_list").and_then(Value::as_object);
    let list = list.ok_or(CredentialError::Malformed { part: "status_list" })?;
    let bits = match list.get("bits").and_then(Value::as_u64) {
        Some(bits @ (1 | 2 | 4 | 8)) => bits,
        _ => return Err(CredentialError::Malformed { part: "bits" }),
    };
    let packed = from_base64url(text(list, "lst")?, "lst")?;
    let unpacked = unpack(ZlibDecoder::new(packed.as_slice()))?;
    match packed_value(&unpacked, bits, place.index).ok_or(bad("index"))? {
        0 => Ok(CredentialStatus::Valid),
        1 => Ok(CredentialStatus::Revoked),
        2 => Ok(CredentialStatus::Suspended),
        other => Ok(CredentialStatus::Other(other)),
    }
}

/// The issuer of a fetched Bitstring Status List credential, whose key [`bitstring_status`] wants.
///
/// # Errors
/// As for W3C credentials.
pub fn status_list_credential_issuer(fetched: &[u8]) -> Result<String, CredentialError> {
    Ok(W3cCredential::parse(fetched)?.issuer().to_owned())
}

/// What a Bitstring Status List credential says about a place, after checking its proof, time and purpose. It must come
/// from the credential's own issuer.
///
/// # Errors
/// [`CredentialError::BadStatusList`] when it is another list or has no such place, and as for W3C credentials.
pub fn bitstring_status(
    fetched: &[u8],
    place: &StatusRef,
    issuer: &str,
    now: Timestamp,
) -> Result<CredentialStatus, CredentialError> {
    let bad = |part| CredentialError::BadStatusList { part };
    let StatusType::Bitstring { purpose } = &place.kind else {
        return Err(bad("kind"));
    };
    let list = W3cCredential::parse(fetched)?;
    if list.issuer() != issuer {
        return Err(CredentialError::UnknownIssuerKey);
    }
    list.verify(now)?;
    if list.id().is_some_and(|id| id != place.uri) {
        return Err(bad("address"));
    }
    let subject = list.document().get("credentialSubject").and_then(Value::as_object);
    let subject = subject.ok_or(CredentialError::Malformed {
        part: "credentialSubject",
    })?;
    if text(subject, "type")? != "BitstringStatusList" {
        return Err(CredentialError::WrongType {
            expected: "BitstringStatusList",
        });
    }
    if text(subject, "statusPurpose")? != purpose {
        return Err(bad("purpose"));
    }
    let encoded = text(subject, "encodedList")?.strip_prefix('u');
    let packed = from_base64url(
        encoded.ok_or(CredentialError::Malformed { part: "encodedList" })?,
        "encodedList",
    )?;
    let unpacked = unpack(GzDecoder::new(packed.as_slice()))?;
    if unpacked.len() < MIN_BITSTRING_BYTES {
        return Err(bad("length"));
    }
    // The first place is the highest bit of the first byte (section 2.2).
    let byte = usize::try_from(place.index / 8).ok().and_then(|at| unpacked.get(at));
    let set = byte.ok_or(bad("index"))? & (0x80 >> (place.index % 8)) != 0;
    Ok(match (set, purpose.as_str()) {
        (false, _) => CredentialStatus::Valid,
        (true, "revocation") => CredentialStatus::Revoked,
        (true, "suspension") => CredentialStatus::Suspended,
        (true, _) => CredentialStatus::Other(1),
    })
}

/// Unpacks a list, up to the limit.
fn unpack(packed: impl Read) -> Result<Vec<u8>, CredentialError> {
    let mut unpacked = Vec::new();
    packed
        .take(MAX_LIST_BYTES.saturating_add(1))
        .read_to_end(&mut unpacked)
        .map_err(|_| CredentialError::Malformed { part: "lst" })?;
    if u64::try_from(unpacked.len()).is_ok_and(|length| length <= MAX_LIST_BYTES) {
        Ok(unpacked)
    } else {
        Err(CredentialError::TooLarge)
    }
}

/// The value at a place; the first is in the lowest bits of the first byte (section 4.1).
fn packed_value(list: &[u8], bits: u64, index: u64) -> Option<u8> {
    let bit = index.checked_mul(bits)?;
    let byte = list.get(usize::try_from(bit / 8).ok()?)?;
    let mask = u8::try_from((1_u16 << bits) - 1).ok()?;
    Some((byte >> (bit % 8)) & mask)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

    use super::*;
    use crate::credential::encoding::from_base64url;

    fn list(lst: &str) -> Vec<u8> {
        unpack(ZlibDecoder::new(from_base64url(lst, "lst").unwrap().as_slice())).unwrap()
    }

    #[test]
    fn the_draft_s_lists_say_what_the_draft_says() {
        // draft-ietf-oauth-status-list, section 4.1 and its examples with one and two bits.
        let one = list("eNrbuRgAAhcBXQ");
        assert_eq!(one, [0xb9, 0xa3]);
        let values: Vec<_> = (0..16).map(|index| packed_value(&one, 1, index).unwrap()).collect();
        assert_eq!(values, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
        assert_eq!(packed_value(&one, 1, 16), None);
        let two = list("eNo76fITAAPfAgc");
        let values: Vec<_> = (0..12).map(|index| packed_value(&two, 2, index).unwrap()).collect();
        assert_eq!(values, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
        assert_eq!(packed_value(&two, 2, u64::MAX), None);
    }

    #[test]
    fn the_draft_s_million_entries_say_what_the_draft_says() {
        // Appendix C, "Test vectors for Status List encoding", 1 bit.
        let packed = "78daeddc010dc0200c0041a88249400ad2903e0f4bba00bd93f002beb7a2a2010000a91e0900000000000000000000000000\
            000080729604000000000000000000000000000000000000000000000000000000000000000000000000000000005c6f4800\
            000000000000fc2c240000000000000000000000be1b12000000000000000000ecaa4b000000000000000000000000000000\
            009b0b0900000000000000000038de9400000000000000002a30cc010000000080642f0bd8011b";
        let unpacked = unpack(ZlibDecoder::new(hex::decode(packed).unwrap().as_slice())).unwrap();
        let set: Vec<u64> = (0..1_048_576)
            .filter(|index| packed_value(&unpacked, 1, *index) == Some(1))
            .collect();
        assert_eq!(
            set,
            [
                0, 1993, 25460, 159_495, 495_669, 554_353, 645_645, 723_232, 854_545, 934_534, 1_000_345
            ]
        );
    }
}
