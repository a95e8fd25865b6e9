//! What of this room left the device: requests that relays have, acceptances that sellers have. From what is stored, newest
//! first, in pages.

use nostr_sdk::{Event, JsonUtil};
use rusqlite::params;
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::Demand;
use tekram_vault::Vault;

use crate::acceptance::{Acceptance, COLUMNS as ACCEPTANCE, read_row};
use crate::error::IntentError;

/// A request that left the device, or may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRequest {
    /// Id of the intent in this vault.
    pub intent: String,
    /// When a relay first took it; when it was composed, as long as none is known to have.
    pub at: Timestamp,
    /// Whether a relay said that it has it.
    pub confirmed: bool,
    /// What was asked.
    pub demand: Demand,
    /// Id of the event, under which everybody can find it.
    pub event_id: String,
    /// The event's content, exactly as everybody reads it.
    pub content: String,
}

/// An acceptance that left the device, or may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAcceptance {
    /// When a relay first took it; when it was signed, as long as none is known to have.
    pub at: Timestamp,
    /// Whether a relay said that it has it.
    pub confirmed: bool,
    /// What was accepted.
    pub acceptance: Acceptance,
}

/// Where a page begins: after the row of this time (ms) and id.
pub type After<'a> = Option<(i64, &'a str)>;

/// Requests that were signed for sending, newest first, then by falling id.
///
/// # Errors
/// The vault's errors.
pub fn sent_requests(vault: &Vault, after: After<'_>, limit: u32) -> Result<Vec<SentRequest>, IntentError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, ""));
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT * FROM (SELECT id, CASE published_ms WHEN 0 THEN created_ms ELSE published_ms END AS at_ms, \
             published_ms <> 0, demand, event_id, event FROM intent_intent WHERE event <> '') \
             WHERE at_ms < ?1 OR (at_ms = ?1 AND id < ?2) ORDER BY at_ms DESC, id DESC LIMIT ?3",
        )?;
        let mut rows = statement.query(params![at_ms, id, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let damaged = |what| IntentError::Damaged { what };
            let event = Event::from_json(row.get::<_, String>(5)?).map_err(|_| damaged("event"))?;
            found.push(SentRequest {
                intent: row.get(0)?,
                at: Timestamp::from_millis(row.get(1)?),
                confirmed: row.get(2)?,
                demand: serde_json::from_str(&row.get::<_, String>(3)?).map_err(|_| damaged("demand"))?,
                event_id: row.get(4)?,
                content: event.content,
            });
        }
        Ok(found)
    })
}

/// Acceptances, newest first, then by falling record id.
///
/// # Errors
/// The vault's errors.
pub fn sent_acceptances(vault: &Vault, after: After<'_>, limit: u32) -> Result<Vec<SentAcceptance>, IntentError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, ""));
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {ACCEPTANCE}, at_ms, sent_ms <> 0 AS was_sent FROM (SELECT *, CASE sent_ms WHEN 0 THEN accepted_ms ELSE sent_ms \
             END AS at_ms FROM intent_acceptance) \
             WHERE at_ms < ?1 OR (at_ms = ?1 AND commitment_id < ?2) ORDER BY at_ms DESC, commitment_id DESC LIMIT ?3"
        ))?;
        let mut rows = statement.query(params![at_ms, id, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(SentAcceptance {
                at: Timestamp::from_millis(row.get("at_ms")?),
                confirmed: row.get("was_sent")?,
                acceptance: read_row(row)?.acceptance,
            });
        }
        Ok(found)
    })
}
