//! The seller's answer to an acceptance: the agreement with both signatures, or a refusal. The first valid answer stands.

use std::time::Duration;

use rusqlite::params;
use tekram_net::VerifiedEvent;
use tekram_primitives::record::{RecordId, SignedRecord};
use tekram_primitives::time::Clock;
use tekram_primitives::wire::{Agreement, Message};
use tekram_vault::Vault;
use tokio::time::{Instant, timeout_at};

use crate::acceptance::{Acceptance, AcceptanceState, current_acceptance, latest, set_intent_state};
use crate::error::IntentError;
use crate::event::letters_filter;
use crate::intent::{IntentState, SCOPE, kept};
use crate::line::Line;
use crate::offer::{check_signed_by, open, read_message};
use crate::refused::Refused;

/// Waits for the seller's answer, at most `wait`, and keeps it. Returns the acceptance as it then stands.
///
/// Whatever else comes for the intent's key is passed over.
///
/// # Errors
/// `nothing_accepted`, `foreign_line`, the relays' or the vault's errors.
pub async fn await_answer(
    vault: &Vault,
    id: &str,
    line: &Line,
    wait: Duration,
    clock: &dyn Clock,
) -> Result<Acceptance, IntentError> {
    let bus = line.bus_for(id)?;
    let deadline = Instant::now() + wait;
    let (receiver, waiting) = vault.read(|connection| {
        let acceptance = latest(connection, id)?.acceptance;
        Ok::<_, IntentError>((kept(connection, id)?.keys.map(|keys| keys.public_key()), acceptance))
    })?;
    let Some(receiver) = receiver.filter(|_| is_waiting(waiting.state)) else {
        return Ok(waiting);
    };
    let mut listening = bus.listen(letters_filter(&receiver)).await?;
    while let Ok(Some(wrap)) = timeout_at(deadline, listening.next()).await {
        match hear_answer(vault, id, &wrap, clock) {
            Ok(acceptance) if !is_waiting(acceptance.state) => return Ok(acceptance),
            Ok(_) | Err(IntentError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    current_acceptance(vault, id)
}

/// Keeps the seller's answer to an acceptance: the agreement signed by both, or a refusal. Repeatable.
///
/// # Errors
/// `nothing_accepted`, a [`Refused`] reason when the letter is not the chosen seller's valid answer, or the vault's errors.
pub fn hear_answer(
    vault: &Vault,
    id: &str,
    wrap: &VerifiedEvent,
    clock: &dyn Clock,
) -> Result<Acceptance, IntentError> {
    let (keys, waiting) = vault.read(|connection| {
        let waiting = latest(connection, id)?;
        Ok::<_, IntentError>((kept(connection, id)?.keys()?.clone(), waiting))
    })?;
    let opened = open(&keys, wrap)?;
    if opened.sender != waiting.seller_nostr {
        return Err(Refused::SenderDiffers.into());
    }
    let waiting = waiting.acceptance;
    match read_message(&opened)? {
        Message::Confirmation { commitment, agreement } => {
            check_confirmation(&waiting, &commitment, &agreement)?;
            let by_both = agreement.bytes()?;
            if !is_waiting(waiting.state) {
                // A confirmation after a refusal, or a second one, changes nothing: what came first stands.
                return Ok(waiting);
            }
            answered(vault, &waiting, AcceptanceState::Confirmed, "", &by_both, clock)
        }
        Message::Refusal { commitment, reason } => {
            if commitment != waiting.id {
                return Err(Refused::WrongOffer.into());
            }
            if !is_waiting(waiting.state) {
                return Ok(waiting);
            }
            let reason = if is_reason(&reason) {
                reason
            } else {
                "refused".to_owned()
            };
            answered(vault, &waiting, AcceptanceState::Refused, &reason, &[], clock)
        }
        _ => Err(Refused::NotAnOffer.into()),
    }
}

/// That an answer is this agreement with exactly both parties' proofs.
fn check_confirmation(
    waiting: &Acceptance,
    commitment: &RecordId,
    agreement: &SignedRecord,
) -> Result<(), IntentError> {
    if *commitment != waiting.id {
        return Err(Refused::WrongOffer.into());
    }
    let ours = SignedRecord::parse(&waiting.agreement)?;
    if !ours.same_document(agreement) {
        return Err(Refused::DifferentDocument.into());
    }
    let body: Agreement = ours.body()?;
    check_signed_by(agreement, &[body.first_party, waiting.seller])?;
    Ok(())
}

fn answered(
    vault: &Vault,
    waiting: &Acceptance,
    state: AcceptanceState,
    reason: &str,
    by_both: &[u8],
    clock: &dyn Clock,
) -> Result<Acceptance, IntentError> {
    let now = clock.now();
    vault.write(SCOPE, |tx| {
        let changed = tx.execute(
            "UPDATE intent_acceptance SET state = ?2, reason = ?3, agreement_by_both = ?4, answered_ms = ?5 \
             WHERE commitment_id = ?1 AND state IN ('queued', 'sent')",
            params![waiting.id.as_str(), state.name(), reason, by_both, now.millis()],
        )?;
        if changed == 1 && state == AcceptanceState::Refused {
            // The seller let the person go: they may choose another offer while the intent stands.
            set_intent_state(tx, &waiting.intent, IntentState::Open)?;
        }
        Ok(latest(tx, &waiting.intent)?.acceptance)
    })
}

fn is_waiting(state: AcceptanceState) -> bool {
    matches!(state, AcceptanceState::Queued | AcceptanceState::Sent)
}

/// A reason goes to a screen and into the vault: a short code, never free text.
pub(crate) fn is_reason(reason: &str) -> bool {
    (1..=64).contains(&reason.len())
        && reason
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
