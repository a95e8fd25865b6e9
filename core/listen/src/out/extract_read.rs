//! Reading an extract on the other side: whose signature it is, for whom, under which agreement, what it shows, and how much
//! is left out. Needs no vault. What it says is consistent, not true.

use serde::Serialize;
use serde_json::{Map, Value};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::credential::{CredentialError, KeyBinding, PublicKey, SdJwtVc};
use tekram_primitives::time::Timestamp;

use super::extract::{EXTRACT_TYPE, credential};
use super::extract_field::{ExtractField, fits_together};
use crate::ListenError;

/// What the reader asked for.
#[derive(Debug, Clone, Copy)]
pub struct ExtractQuestion<'a> {
    /// What the reader calls itself; the extract must have been made for it.
    pub audience: &'a str,
    /// The random text that it asked with.
    pub nonce: &'a str,
    /// The agreement, when it must be a certain one.
    pub agreement: Option<&'a str>,
    /// Whose key it must be, when that is known: a `did:key`.
    pub key: Option<&'a str>,
    /// The oldest answer, in seconds.
    pub max_age_seconds: i64,
}

/// An extract as a party reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadExtract {
    /// The same for everything shown of one extract: two showings with one id cannot contradict each other.
    pub extract_id: String,
    /// The key of the person for this relation.
    pub key: String,
    /// The agreement that it is given under.
    pub agreement: String,
    /// When it was made, ms since 1970.
    pub made_ms: i64,
    /// The first moment that it covers, RFC 3339, if it says one.
    pub from: Option<String>,
    /// The end of what it covers.
    pub to: Option<String>,
    /// What is said of each listen that is shown, in no order.
    pub listens: Vec<Map<String, Value>>,
    /// Listens of the extract of which nothing is shown.
    pub listens_hidden: usize,
}

/// Reads what was handed over.
///
/// # Errors
/// The credential's refusals (`bad_credential_signature`, `bad_key_binding`, `not_a_credential` …), `wrong_extract` when it is
/// for somebody else, under another agreement, from another key, or contradicts itself.
pub fn read_extract(
    presentation: &str,
    question: &ExtractQuestion<'_>,
    now: Timestamp,
) -> Result<ReadExtract, ListenError> {
    let extract = SdJwtVc::parse(presentation.trim()).map_err(credential)?;
    if extract.credential_type() != EXTRACT_TYPE {
        return Err(credential(CredentialError::WrongType { expected: EXTRACT_TYPE }));
    }
    let key = PublicKey::from_did(extract.issuer())
        .map_err(credential)?
        .ok_or_else(|| credential(CredentialError::UnknownIssuerKey))?;
    extract.verify(&key, now).map_err(credential)?;
    // Who made it must be who hands it over.
    if extract.holder() != Some(&key) {
        return Err(credential(CredentialError::NotHolder));
    }
    let binding = KeyBinding {
        audience: question.audience,
        nonce: question.nonce,
        max_age_seconds: question.max_age_seconds,
    };
    extract.verify_key_binding(Some(binding), now).map_err(credential)?;
    let claims = extract.sd_jwt().claims();
    let text = |name: &'static str| {
        let malformed = || credential(CredentialError::Malformed { part: name });
        claims.get(name).and_then(Value::as_str).ok_or_else(malformed)
    };
    let agreement = text("agreement")?;
    if question.key.is_some_and(|key| key != extract.issuer()) {
        return Err(ListenError::WrongExtract { part: "key" });
    }
    if text("aud")? != question.audience {
        return Err(ListenError::WrongExtract { part: "audience" });
    }
    if question.agreement.is_some_and(|wanted| wanted != agreement) {
        return Err(ListenError::WrongExtract { part: "agreement" });
    }
    let malformed = || credential(CredentialError::Malformed { part: "listens" });
    let shown = claims.get("listens").and_then(Value::as_array).ok_or_else(malformed)?;
    let mut listens = Vec::with_capacity(shown.len());
    for listen in shown {
        let listen = listen.as_object().ok_or_else(malformed)?;
        if listen.keys().any(|name| ExtractField::from_name(name).is_none()) {
            return Err(malformed());
        }
        if !fits_together(listen) {
            return Err(ListenError::WrongExtract { part: "consistency" });
        }
        listens.push(listen.clone());
    }
    let signed = extract.sd_jwt().signed_claims();
    let all = signed.get("listens").and_then(Value::as_array).map_or(0, Vec::len);
    let optional = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(ReadExtract {
        extract_id: sha256_hex(extract.sd_jwt().signed_part().as_bytes()),
        key: extract.issuer().to_owned(),
        agreement: agreement.to_owned(),
        made_ms: extract.issued().map_or(0, |made| made.millis()),
        from: optional("from"),
        to: optional("to"),
        listens_hidden: all.saturating_sub(listens.len()),
        listens,
    })
}
