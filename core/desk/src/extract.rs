//! Reading what a customer or listener shows of their history: a signed extract, made for this desk, under an agreement that
//! it keeps. It is consistent with everything else that was shown of it; that it is true, nothing proves.

use tekram_listen::{ExtractQuestion, ReadExtract, read_extract};
use tekram_primitives::did::DidKey;
use tekram_primitives::record::RecordId;
use tekram_primitives::time::Timestamp;
use tekram_relate::{NegotiationStatus, RelateError};
use tekram_vault::Vault;

use crate::error::DeskError;

/// How old an answer to the desk's question may be: a day.
const MAX_AGE_SECONDS: i64 = 24 * 3600;

/// Checks and reads an extract. `nonce` is the random text that the desk asked with.
///
/// # Errors
/// `no_such_record` when it is under an agreement that this desk has not signed, the extract's refusals
/// (`bad_credential_signature`, `bad_key_binding`, `wrong_extract` …), the vault's errors.
pub fn extract(
    vault: &Vault,
    own: &DidKey,
    presentation: &str,
    nonce: &str,
    now: Timestamp,
) -> Result<ReadExtract, DeskError> {
    let audience = own.to_string();
    let question = ExtractQuestion {
        audience: &audience,
        nonce,
        agreement: None,
        key: None,
        max_age_seconds: MAX_AGE_SECONDS,
    };
    let read = read_extract(presentation, &question, now)?;
    let id: RecordId = read.agreement.parse().map_err(|_| DeskError::NoSuchRecord)?;
    match tekram_relate::get(vault, &id) {
        Ok(kept) if kept.status == NegotiationStatus::Accepted => Ok(read),
        Ok(_) | Err(RelateError::NoSuchAgreement) => Err(DeskError::NoSuchRecord),
        Err(error) => Err(error.into()),
    }
}
