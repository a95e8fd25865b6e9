//! Writing what a feed said: new payees and sources at once, changes of known ones held for the person.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Transaction, params};
use tekram_primitives::secret::random_hex_128;
use tekram_primitives::time::Timestamp;

use super::Evidence;
use super::store::{methods, shares};
use crate::error::PayError;
use crate::method::Method;
use crate::statement::Share;

/// One recipient as a feed (and its card) describe it.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) identity: String,
    pub(crate) name: String,
    /// Empty when its details could not be checked: it keeps its share, and nothing is paid.
    pub(crate) methods: Vec<Method>,
    pub(crate) split: u64,
    pub(crate) fee: bool,
    pub(crate) evidence: Vec<Evidence>,
}

/// All recipients of one source, or of one of its items.
#[derive(Debug)]
pub(crate) struct Level {
    pub(crate) item: String,
    pub(crate) candidates: Vec<Candidate>,
}

/// What became of one level.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Payee ids, in the order of the candidates.
    pub(crate) payee_ids: Vec<String>,
    /// Whether anything is held for confirmation.
    pub(crate) held: bool,
}

/// Writes one level of a source.
pub(crate) fn apply(tx: &Transaction<'_>, source: &str, level: &Level, now: Timestamp) -> Result<Applied, PayError> {
    let mut applied = Applied::default();
    let mut wanted: BTreeMap<(String, bool), u64> = BTreeMap::new();
    for candidate in &level.candidates {
        let payee_id = known_or_new(tx, candidate, now)?;
        let evidence_no = keep_evidence(tx, &payee_id, &candidate.evidence)?;
        applied.held |= apply_methods(tx, &payee_id, &candidate.methods, evidence_no, now)?;
        let split = wanted.entry((payee_id.clone(), candidate.fee)).or_default();
        *split = split.saturating_add(candidate.split);
        applied.payee_ids.push(payee_id);
    }
    let wanted: Vec<Share> = wanted
        .into_iter()
        .map(|((payee_id, fee), split)| Share { payee_id, split, fee })
        .collect();
    let used = shares(tx, source, &level.item)?;
    tx.prepare_cached("DELETE FROM pay_payable WHERE source_key = ?1 AND item_guid = ?2 AND held = 1")?
        .execute(params![source, level.item])?;
    if used == wanted || wanted.is_empty() {
        return Ok(applied);
    }
    let held = !used.is_empty();
    applied.held |= held;
    let mut insert = tx.prepare_cached(
        "INSERT INTO pay_payable (source_key, item_guid, payee_id, split, fee, held, added_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for share in &wanted {
        let split = i64::try_from(share.split).unwrap_or(i64::MAX);
        insert.execute(params![
            source,
            level.item,
            share.payee_id,
            split,
            share.fee,
            held,
            now.millis()
        ])?;
    }
    Ok(applied)
}

fn known_or_new(tx: &Transaction<'_>, candidate: &Candidate, now: Timestamp) -> Result<String, PayError> {
    let known: Option<String> = tx
        .prepare_cached("SELECT payee_id FROM pay_payee WHERE identity = ?1")?
        .query_row([&candidate.identity], |row| row.get(0))
        .optional()?;
    if let Some(payee_id) = known {
        return Ok(payee_id);
    }
    let payee_id = random_hex_128()?;
    tx.prepare_cached(
        "INSERT INTO pay_payee (payee_id, name, identity, relation_id, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        payee_id,
        candidate.name,
        candidate.identity,
        random_hex_128()?,
        now.millis()
    ])?;
    Ok(payee_id)
}

/// Keeps each piece of evidence once; returns the number of the last.
fn keep_evidence(tx: &Transaction<'_>, payee_id: &str, evidence: &[Evidence]) -> Result<i64, PayError> {
    let mut last = 0;
    for piece in evidence {
        let known: Option<i64> = tx
            .prepare_cached(
                "SELECT evidence_no FROM pay_evidence
                 WHERE payee_id = ?1 AND url = ?2 AND element = ?3 AND sha256 = ?4",
            )?
            .query_row(params![payee_id, piece.url, piece.element, piece.sha256], |row| {
                row.get(0)
            })
            .optional()?;
        if let Some(known) = known {
            last = known;
            continue;
        }
        tx.prepare_cached(
            "INSERT INTO pay_evidence (payee_id, url, element, sha256, fetched_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            payee_id,
            piece.url,
            piece.element,
            piece.sha256,
            piece.fetched.millis()
        ])?;
        last = tx.last_insert_rowid();
    }
    Ok(last)
}

/// Uses the methods of a payee that has none yet; holds those that differ from the ones in use. Returns whether it held.
fn apply_methods(
    tx: &Transaction<'_>,
    payee_id: &str,
    wanted: &[Method],
    evidence_no: i64,
    now: Timestamp,
) -> Result<bool, PayError> {
    if wanted.is_empty() {
        return Ok(false);
    }
    let used = methods(tx, payee_id, "used")?;
    tx.prepare_cached("DELETE FROM pay_method WHERE payee_id = ?1 AND status = 'held'")?
        .execute([payee_id])?;
    if used == wanted {
        return Ok(false);
    }
    let status = if used.is_empty() { "used" } else { "held" };
    let mut insert = tx.prepare_cached(
        "INSERT INTO pay_method (payee_id, body, status, evidence_no, added_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for method in wanted {
        let body = serde_json::to_string(method).map_err(|_| PayError::Stored { what: "payment method" })?;
        insert.execute(params![payee_id, body, status, evidence_no, now.millis()])?;
    }
    Ok(status == "held")
}
