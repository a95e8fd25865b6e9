//! What makes a received agreement believable. Pure functions of the record, so that the person's side, the desk and a
//! third party judge alike.

use tekram_primitives::did::DidKey;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::wire::Agreement;

use crate::error::RelateError;
use crate::roster::roster;

/// The body of a proposal that names `me` as second party: terms of the roster, signed by the first party alone.
///
/// # Errors
/// `unknown_terms`, `terms_hash_differs`, `wrong_party`, `missing_signature`, or the record's own errors
/// (`bad_signature` and others).
pub fn check_proposal(record: &SignedRecord, me: &DidKey) -> Result<Agreement, RelateError> {
    let agreement = body(record)?;
    if agreement.second_party != *me {
        return Err(RelateError::WrongParty);
    }
    signed_by(record, std::slice::from_ref(&agreement.first_party))?;
    Ok(agreement)
}

/// The body of an agreement that both parties signed, on terms of the roster.
///
/// # Errors
/// As [`check_proposal`].
pub fn check_agreed(record: &SignedRecord) -> Result<Agreement, RelateError> {
    let agreement = body(record)?;
    signed_by(record, &[agreement.first_party, agreement.second_party])?;
    Ok(agreement)
}

/// That `returned` is the document that was `proposed`: equal in everything but the proofs.
///
/// # Errors
/// `different_document`.
pub fn check_same(proposed: &SignedRecord, returned: &SignedRecord) -> Result<(), RelateError> {
    if proposed.same_document(returned) {
        Ok(())
    } else {
        Err(RelateError::DifferentDocument)
    }
}

/// Everything but the signatures.
pub(crate) fn body(record: &SignedRecord) -> Result<Agreement, RelateError> {
    let agreement: Agreement = record.body()?;
    roster().resolve(&agreement.terms)?;
    if agreement.first_party == agreement.second_party {
        return Err(RelateError::WrongParty);
    }
    Ok(agreement)
}

pub(crate) fn signed_by(record: &SignedRecord, expected: &[DidKey]) -> Result<(), RelateError> {
    let mut signers = record.verify()?;
    let mut expected = expected.to_vec();
    signers.sort();
    expected.sort();
    if signers == expected {
        Ok(())
    } else {
        Err(RelateError::MissingSignature)
    }
}
