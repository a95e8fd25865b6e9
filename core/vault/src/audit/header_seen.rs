//! What the audit last saw of the header. The header is a file of its own and changes before the audit can say so;
//! therefore the audit keeps the header's hash and ways in, and whatever differs at the next look becomes entries: right
//! after each change, and at the next unlock when a crash, or somebody with an older program, came in between.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::canonical::sha256_of_parts;
use tekram_primitives::time::Timestamp;

use super::entry::{AuditEvent, AuditKind};
use crate::error::VaultError;
use crate::header::Header;
use crate::vault::commit_number;
use crate::way_in::{WrappedKey, random_bytes};

/// What an entry says beside the kind of the way when the change was found only later.
const FOUND_LATER: &str = "found at unlocking";

/// What is compared.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    label: String,
    /// Id and kind by name.
    ways_in: BTreeMap<String, (String, String)>,
    /// Number of the database file: each vault key has one of its own. `None` in what older programs have noted.
    #[serde(default)]
    database_number: Option<u32>,
}

impl Seen {
    fn of(header: &Header) -> Self {
        let way = |way_in: &WrappedKey| {
            let entry = way_in.entry();
            (entry.name, (entry.id, entry.kind.name().to_owned()))
        };
        Self {
            label: header.label.clone(),
            ways_in: header.ways_in.iter().map(way).collect(),
            database_number: Some(header.database_number),
        }
    }
}

/// Notes that the vault was opened; `how` is the kind of way in, `None` for a vault that was just made.
pub(crate) fn note_unlock(
    connection: &mut rusqlite::Connection,
    header: &Header,
    how: Option<&'static str>,
    now: Timestamp,
) -> Result<(), VaultError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    compare(&transaction, header, FOUND_LATER, now)?;
    if let Some(how) = how {
        AuditEvent::new(AuditKind::Unlock).what(how).append(&transaction, now)?;
    }
    commit_number::raise(&transaction)?;
    transaction.commit()?;
    Ok(())
}

/// Notes what was just changed in the header.
pub(crate) fn note_header(transaction: &Transaction<'_>, header: &Header, now: Timestamp) -> Result<(), VaultError> {
    compare(transaction, header, "", now)
}

fn compare(transaction: &Transaction<'_>, header: &Header, remark: &str, now: Timestamp) -> Result<(), VaultError> {
    let header_sha256 = sha256_of_parts(&[&[0; 32], &header.bytes()?]);
    let kept: Option<([u8; 32], String)> = transaction
        .query_row("SELECT header_sha256, header_seen FROM vault_audit_head", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let seen = Seen::of(header);
    let events = match kept {
        Some((kept_sha256, _)) if kept_sha256 == header_sha256 => return Ok(()),
        Some((_, kept)) => {
            let kept: Seen = serde_json::from_str(&kept).map_err(|_| VaultError::Damaged { file: "vault.db" })?;
            differences(&kept, &seen, remark)
        }
        None => {
            let origin = random_bytes::<32>()?;
            transaction.execute(
                "INSERT INTO vault_audit_head (only_row, origin_sha256, entries, chain_sha256, header_sha256, header_seen)
                 VALUES (1, ?1, 0, ?1, ?2, '')",
                params![origin, header_sha256],
            )?;
            let names: Vec<&str> = seen.ways_in.keys().map(String::as_str).collect();
            vec![AuditEvent::new(AuditKind::Begun).what(names.join(", "))]
        }
    };
    for event in events {
        event.append(transaction, now)?;
    }
    let seen = serde_json::to_string(&seen).map_err(|_| VaultError::Crypto {
        step: "writing the ways in as JSON",
    })?;
    transaction.execute(
        "UPDATE vault_audit_head SET header_sha256 = ?1, header_seen = ?2",
        params![header_sha256, seen],
    )?;
    Ok(())
}

/// What changed between two looks at a header that are not the same.
fn differences(before: &Seen, after: &Seen, remark: &str) -> Vec<AuditEvent> {
    let said = |what: &str| match (what.is_empty(), remark.is_empty()) {
        (_, true) => what.to_owned(),
        (true, false) => remark.to_owned(),
        (false, false) => format!("{what}; {remark}"),
    };
    let way = |kind: AuditKind, name: &str, (id, way_kind): &(String, String)| {
        AuditEvent::new(kind).who(name).record(id.as_str()).what(said(way_kind))
    };
    let mut events = Vec::new();
    if before.database_number.is_some() && before.database_number != after.database_number {
        events.push(AuditEvent::new(AuditKind::VaultKeyChanged).what(said("")));
    }
    for (name, now) in &after.ways_in {
        match before.ways_in.get(name) {
            None => events.push(way(AuditKind::WayAdded, name, now)),
            Some(then) if then != now => events.push(way(AuditKind::WayChanged, name, now)),
            Some(_) => {}
        }
    }
    for (name, then) in &before.ways_in {
        if !after.ways_in.contains_key(name) {
            events.push(way(AuditKind::WayRemoved, name, then));
        }
    }
    // A label that is hidden or shown from now on is not another one.
    if before.label != after.label && !before.label.is_empty() && !after.label.is_empty() {
        events.push(AuditEvent::new(AuditKind::LabelChanged).what(said(&after.label)));
    }
    if events.is_empty() {
        events.push(AuditEvent::new(AuditKind::HeaderChanged).what(said("")));
    }
    events
}
