//! How intents end: withdrawn, expired or done. Whatever the way, the one-time keys are forgotten with it.

use nostr_sdk::JsonUtil;
use rusqlite::{Transaction, params};
use tekram_primitives::time::Clock;
use tekram_vault::Vault;

use crate::error::IntentError;
use crate::event;
use crate::intent::{Intent, IntentState, SCOPE, get, kept, read_event};
use crate::line::Line;

/// Withdraws an intent: a deletion request to the relays (NIP-09), then silence. A draft is just closed. Repeatable.
///
/// # Errors
/// `wrong_state` for an accepted or expired intent, `foreign_line`, the relays' or the vault's errors. After a relay's
/// error the intent is closed here, and withdrawing again sends the same request.
pub async fn withdraw(vault: &Vault, id: &str, line: &Line, clock: &dyn Clock) -> Result<Intent, IntentError> {
    let bus = line.bus_for(id)?;
    let now = clock.now();
    let deletion = vault.write(SCOPE, |tx| {
        let current = kept(tx, id)?;
        match current.intent.state {
            IntentState::Draft => {
                close(tx, id, IntentState::Closed, "")?;
                Ok(None)
            }
            IntentState::Closed => Ok((!current.deletion.is_empty()).then_some(current.deletion)),
            _ => {
                current.require(IntentState::Open)?;
                let deletion = event::build_deletion(current.keys()?, &read_event(&current.event)?, now)?.as_json();
                close(tx, id, IntentState::Closed, &deletion)?;
                Ok::<_, IntentError>(Some(deletion))
            }
        }
    })?;
    if let Some(deletion) = deletion {
        bus.publish(&read_event(&deletion)?).await?;
        vault.write(SCOPE, |tx| {
            tx.execute(
                "UPDATE intent_intent SET deletion_published_ms = ?2 WHERE id = ?1 AND deletion_published_ms = 0",
                params![id, now.millis()],
            )?;
            Ok::<_, IntentError>(())
        })?;
    }
    get(vault, id)
}

/// Closes a draft: nobody has seen it, so nobody is asked to forget it. Repeatable.
///
/// # Errors
/// `no_such_intent`, `wrong_state` for one that was sent, the vault's errors.
pub fn discard(vault: &Vault, id: &str) -> Result<Intent, IntentError> {
    vault.write(SCOPE, |tx| {
        let current = kept(tx, id)?;
        if current.intent.state == IntentState::Closed && current.intent.event_id.is_none() {
            return Ok(());
        }
        current.require(IntentState::Draft)?;
        close(tx, id, IntentState::Closed, "")
    })?;
    get(vault, id)
}

/// Marks intents whose time is over as expired and forgets their keys; an acceptance that nobody answered lapses with its
/// commitment, and one that was confirmed is done. Returns how many intents ended.
///
/// # Errors
/// The vault's errors.
pub fn expire(vault: &Vault, clock: &dyn Clock) -> Result<usize, IntentError> {
    let now_ms = clock.now().millis();
    vault.write(SCOPE, |tx| {
        let open = tx.execute(
            "UPDATE intent_intent SET state = 'expired', secret = x'' WHERE state IN ('draft', 'open') AND expires_ms <= ?1",
            params![now_ms],
        )?;
        // The seller's answer may come until the commitment ends, so the keys stay that long.
        tx.execute(
            "UPDATE intent_acceptance SET state = 'lapsed', secret = x'' \
             WHERE state IN ('queued', 'sent') AND expires_ms <= ?1",
            params![now_ms],
        )?;
        let accepted = tx.execute(
            "UPDATE intent_intent SET state = 'expired', secret = x'' WHERE state = 'accepted' AND expires_ms <= ?1 \
             AND NOT EXISTS (SELECT 1 FROM intent_acceptance WHERE intent_id = intent_intent.id \
             AND intent_acceptance.state IN ('queued', 'sent', 'confirmed'))",
            params![now_ms],
        )?;
        // What was confirmed stands; nothing more is expected under its one-time keys.
        tx.execute(
            "UPDATE intent_intent SET secret = x'' WHERE state = 'accepted' AND expires_ms <= ?1 \
             AND EXISTS (SELECT 1 FROM intent_acceptance WHERE intent_id = intent_intent.id \
             AND intent_acceptance.state = 'confirmed')",
            params![now_ms],
        )?;
        tx.execute(
            "UPDATE intent_acceptance SET secret = x'' WHERE state IN ('confirmed', 'refused') AND expires_ms <= ?1",
            params![now_ms],
        )?;
        tx.execute(
            "DELETE FROM intent_wrap WHERE intent_id IN (SELECT id FROM intent_intent WHERE state = 'expired')",
            [],
        )?;
        Ok(open.saturating_add(accepted))
    })
}

/// Ends an intent and forgets its keys.
pub(crate) fn close(tx: &Transaction<'_>, id: &str, state: IntentState, deletion: &str) -> Result<(), IntentError> {
    tx.execute(
        "UPDATE intent_intent SET state = ?2, deletion = ?3, secret = x'' WHERE id = ?1",
        params![id, state.name(), deletion],
    )?;
    tx.execute(
        "UPDATE intent_acceptance SET secret = x'' WHERE intent_id = ?1",
        params![id],
    )?;
    tx.execute("DELETE FROM intent_wrap WHERE intent_id = ?1", params![id])?;
    Ok(())
}
