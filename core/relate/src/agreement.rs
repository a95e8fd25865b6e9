//! The bilateral agreement, step by step, for both sides (IEEE 7012; the steps of W3C DPV's process diagram).
//!
//! Each step checks what came, changes one row in one transaction and returns the bytes to send. Every step can be
//! repeated: the same input after a crash gives the same bytes and the same state.

use rusqlite::{Transaction, params};
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_primitives::record::{RecordId, SignedRecord, WireRecord};
use tekram_primitives::secret::random_hex_128;
use tekram_primitives::time::{Clock, Timestamp};
use tekram_primitives::wire::{Agreement, TermsRef};
use tekram_vault::{Scope, Vault};

use crate::answer::{AgreementAnswer, Answer, check_reason};
use crate::check::{body, check_agreed, check_proposal, check_same, signed_by};
use crate::error::RelateError;
use crate::roster::roster;
use crate::status::{NegotiationStatus, Party, Step};
use crate::store::{self, KeptAgreement};

const SCOPE: Scope = Scope("relate");

/// First party: proposes `terms` to `second_party`, about a record or in general, signed with `key`; keeps it as pending.
///
/// When the other side answered an earlier proposal with these terms as alternative, this one takes that up.
///
/// # Errors
/// `unknown_terms`, `terms_hash_differs`, `wrong_party` (a proposal to oneself), the record's or the vault's errors.
pub fn propose(
    vault: &Vault,
    key: &SigningKey,
    second_party: &DidKey,
    terms: &TermsRef,
    about: Option<&RecordId>,
    clock: &dyn Clock,
) -> Result<KeptAgreement, RelateError> {
    roster().resolve(terms)?;
    let proposed = clock.now();
    let agreement = Agreement {
        kind: Agreement::TYPE.to_owned(),
        version: Agreement::VERSION,
        nonce: random_hex_128()?,
        first_party: key.did(),
        second_party: *second_party,
        terms: terms.clone(),
        about: about.cloned(),
        proposed,
    };
    adopt(vault, &SignedRecord::sign(&agreement, key, proposed)?)
}

/// First party: keeps a proposal that was signed elsewhere (an accepted offer's agreement) as pending. Repeatable.
///
/// # Errors
/// As [`propose`].
pub fn adopt(vault: &Vault, proposal: &SignedRecord) -> Result<KeptAgreement, RelateError> {
    let agreement = body(proposal)?;
    signed_by(proposal, std::slice::from_ref(&agreement.first_party))?;
    keep_proposal(
        vault,
        proposal,
        agreement,
        Party::First,
        NegotiationStatus::PendingResponse,
    )
}

/// Second party: checks and keeps a proposal that arrived, addressed to `me`. Nothing is decided yet. Repeatable.
///
/// # Errors
/// `unknown_terms`, `terms_hash_differs`, `wrong_party`, `missing_signature`, `bad_signature` and the record's others, or
/// the vault's errors.
pub fn receive(vault: &Vault, proposal: &SignedRecord, me: &DidKey) -> Result<KeptAgreement, RelateError> {
    let agreement = check_proposal(proposal, me)?;
    keep_proposal(
        vault,
        proposal,
        agreement,
        Party::Second,
        NegotiationStatus::ConfirmationRequired,
    )
}

/// Second party: accepts by adding its signature. Repeatable: the bytes of the first time come again.
///
/// # Errors
/// `no_such_agreement`, `wrong_party` (not this key's to sign), `wrong_state`, the record's or the vault's errors.
pub fn accept(vault: &Vault, id: &RecordId, key: &SigningKey, clock: &dyn Clock) -> Result<KeptAgreement, RelateError> {
    vault.write(SCOPE, |tx| {
        let mut kept = mine(tx, id, Party::Second)?;
        if kept.status == NegotiationStatus::Accepted {
            return Ok(kept);
        }
        if kept.second_party != key.did() {
            return Err(RelateError::WrongParty);
        }
        let now = clock.now();
        // A proposal that this side let expire needs a new one: unlike the first party, it knows that it did not sign.
        if kept.status == NegotiationStatus::Expired {
            return Err(RelateError::WrongState { status: kept.status });
        }
        kept.status = kept.status.after(Step::Countersign)?;
        kept.record = kept.signed()?.countersign(key, now)?.bytes()?;
        kept.decided = Some(now);
        store::update(tx, &kept)?;
        Ok(kept)
    })
}

/// Second party: answers with an alternative from the roster, once in a negotiation. Returns the signed answer to send.
///
/// # Errors
/// `already_countered`, `same_terms`, `unknown_terms`, `terms_hash_differs`, and as [`accept`].
pub fn counter(
    vault: &Vault,
    id: &RecordId,
    alternative: &TermsRef,
    key: &SigningKey,
    clock: &dyn Clock,
) -> Result<SignedRecord, RelateError> {
    roster().resolve(alternative)?;
    answer(
        vault,
        id,
        Answer::Alternative {
            terms: alternative.clone(),
        },
        key,
        clock,
    )
}

/// Second party: refuses, with a snake_case reason code. Returns the signed refusal to send; both sides keep it.
///
/// # Errors
/// `bad_reason`, and as [`accept`].
pub fn refuse(
    vault: &Vault,
    id: &RecordId,
    reason: &str,
    key: &SigningKey,
    clock: &dyn Clock,
) -> Result<SignedRecord, RelateError> {
    check_reason(reason)?;
    answer(
        vault,
        id,
        Answer::Refused {
            reason: reason.to_owned(),
        },
        key,
        clock,
    )
}

/// First party: hears a signed refusal or alternative and keeps it. Repeatable.
///
/// An alternative binds nobody: the person may propose it with [`propose`], or leave it.
///
/// # Errors
/// `no_such_agreement`, `wrong_party`, `missing_signature`, `already_countered`, `same_terms`, `unknown_terms`,
/// `wrong_state`, the record's or the vault's errors.
pub fn hear(vault: &Vault, answer: &SignedRecord, clock: &dyn Clock) -> Result<KeptAgreement, RelateError> {
    let said: AgreementAnswer = answer.body()?;
    signed_by(answer, std::slice::from_ref(&said.second_party))?;
    let bytes = answer.bytes()?;
    vault.write(SCOPE, |tx| {
        let mut kept = mine(tx, &said.proposal, Party::First)?;
        if kept.second_party != said.second_party {
            return Err(RelateError::WrongParty);
        }
        if kept.answer.as_ref() == Some(&bytes) {
            return Ok(kept);
        }
        apply(&mut kept, &said.answer, clock.now())?;
        kept.answer = Some(bytes);
        store::update(tx, &kept)?;
        Ok(kept)
    })
}

/// First party: the proposal came back with both signatures; keeps those bytes. Repeatable.
///
/// # Errors
/// `no_such_agreement`, `different_document`, `missing_signature`, `already_agreed`, `wrong_state`, the record's or the
/// vault's errors.
pub fn conclude(vault: &Vault, returned: &SignedRecord, clock: &dyn Clock) -> Result<KeptAgreement, RelateError> {
    check_agreed(returned)?;
    let id = returned.id()?;
    let bytes = returned.bytes()?;
    vault.write(SCOPE, |tx| {
        let mut kept = mine(tx, &id, Party::First)?;
        check_same(&kept.signed()?, returned)?;
        if kept.status == NegotiationStatus::Accepted {
            return if kept.record == bytes {
                Ok(kept)
            } else {
                Err(RelateError::AlreadyAgreed)
            };
        }
        kept.status = kept.status.after(Step::Countersign)?;
        kept.record = bytes;
        kept.decided = Some(clock.now());
        store::update(tx, &kept)?;
        Ok(kept)
    })
}

/// First party: takes back a proposal that was not answered, because what it was about did not come about (the seller
/// refused the acceptance). Repeatable.
///
/// # Errors
/// `no_such_agreement`, `wrong_state`, or the vault's errors.
pub fn terminate(vault: &Vault, id: &RecordId, clock: &dyn Clock) -> Result<KeptAgreement, RelateError> {
    vault.write(SCOPE, |tx| {
        let mut kept = mine(tx, id, Party::First)?;
        if kept.status != NegotiationStatus::Terminated {
            kept.status = kept.status.after(Step::Terminate)?;
            kept.decided = Some(clock.now());
            store::update(tx, &kept)?;
        }
        Ok(kept)
    })
}

/// Both: marks proposals older than `before` that nobody answered as expired. Returns how many.
///
/// # Errors
/// The vault's errors.
pub fn expire(vault: &Vault, before: Timestamp, clock: &dyn Clock) -> Result<usize, RelateError> {
    let now = clock.now();
    vault.write(SCOPE, |tx| {
        let mut expired = 0_usize;
        for from in NegotiationStatus::ALL {
            let Ok(to) = from.after(Step::Expire) else { continue };
            expired += tx.execute(
                "UPDATE relate_agreement SET status = ?1, decided_ms = ?2 WHERE status = ?3 AND proposed_ms < ?4",
                params![to.name(), now.millis(), from.name(), before.millis()],
            )?;
        }
        Ok(expired)
    })
}

fn keep_proposal(
    vault: &Vault,
    proposal: &SignedRecord,
    agreement: Agreement,
    party: Party,
    status: NegotiationStatus,
) -> Result<KeptAgreement, RelateError> {
    let id = proposal.id()?;
    let record = proposal.bytes()?;
    vault.write(SCOPE, |tx| {
        if let Some(kept) = store::by_id(tx, &id)? {
            return if kept.party == party {
                Ok(kept)
            } else {
                Err(RelateError::WrongParty)
            };
        }
        let follows = store::countered_with(tx, &agreement)?.map(|earlier| earlier.id);
        let kept = KeptAgreement {
            id,
            party,
            first_party: agreement.first_party,
            second_party: agreement.second_party,
            terms: agreement.terms,
            about: agreement.about,
            follows,
            status,
            proposed: agreement.proposed,
            decided: None,
            record,
            answer: None,
        };
        store::insert(tx, &kept)?;
        Ok(kept)
    })
}

fn answer(
    vault: &Vault,
    id: &RecordId,
    says: Answer,
    key: &SigningKey,
    clock: &dyn Clock,
) -> Result<SignedRecord, RelateError> {
    vault.write(SCOPE, |tx| {
        let mut kept = mine(tx, id, Party::Second)?;
        if kept.second_party != key.did() {
            return Err(RelateError::WrongParty);
        }
        if let Some(given) = &kept.answer {
            let given = SignedRecord::parse(given)?;
            return if given.body::<AgreementAnswer>()?.answer == says {
                Ok(given)
            } else {
                Err(RelateError::WrongState { status: kept.status })
            };
        }
        let now = clock.now();
        apply(&mut kept, &says, now)?;
        let signed = SignedRecord::sign(
            &AgreementAnswer {
                kind: AgreementAnswer::TYPE.to_owned(),
                version: AgreementAnswer::VERSION,
                proposal: kept.id.clone(),
                second_party: key.did(),
                answer: says,
                answered: now,
            },
            key,
            now,
        )?;
        kept.answer = Some(signed.bytes()?);
        store::update(tx, &kept)?;
        Ok(signed)
    })
}

/// The rule for answers, the same on both sides.
fn apply(kept: &mut KeptAgreement, answer: &Answer, now: Timestamp) -> Result<(), RelateError> {
    let step = match answer {
        Answer::Refused { reason } => {
            check_reason(reason)?;
            Step::Refuse
        }
        Answer::Alternative { terms } => {
            roster().resolve(terms)?;
            if *terms == kept.terms {
                return Err(RelateError::SameTerms);
            }
            if kept.follows.is_some() {
                return Err(RelateError::AlreadyCountered);
            }
            Step::Counter
        }
    };
    kept.status = kept.status.after(step)?;
    kept.decided = Some(now);
    Ok(())
}

fn mine(tx: &Transaction<'_>, id: &RecordId, party: Party) -> Result<KeptAgreement, RelateError> {
    store::by_id(tx, id)?
        .filter(|kept| kept.party == party)
        .ok_or(RelateError::NoSuchAgreement)
}
