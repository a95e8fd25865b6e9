//! Hiding listens and deleting them. A hidden listen counts for nothing and is shown nowhere but by its number; so is a
//! deleted one, for thirty days. Then, or when the person says so, it is deleted for good: its rows and all that was said of
//! it go, and what stays is the mark by which the same file does not bring it back.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::history::{Change, EditKind, record};
use super::{Edited, Place, said};
use crate::listen::MARK_HIDDEN;
use crate::log::index::{catch_up, catch_up_with_little};
use crate::pen::LOG;
use crate::pen::running::Running;
use crate::same_play::step::moment_is_due;
use crate::{Listen, ListenError, find};

/// How long a deleted listen can come back.
pub(super) const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Whether a listen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// In the log.
    Shown,
    /// Hidden until the person says otherwise.
    Hidden,
    /// Deleted, and not yet for good.
    Deleted,
}

/// Hides a listen from the log and all that is counted, or shows it again.
///
/// # Errors
/// `no_such_listen`, or when the vault fails.
pub fn hide(vault: &Vault, id: i64, hidden: bool, now: Timestamp) -> Result<Listen, ListenError> {
    let state = if hidden { Presence::Hidden } else { Presence::Shown };
    change(vault, id, EditKind::Hidden, state, now)?;
    find(vault, id)
}

/// Deletes a listen. For thirty days taking the change back, or [`hide`] with `false`, brings it back.
///
/// # Errors
/// `no_such_listen`, or when the vault fails.
pub fn delete(vault: &Vault, id: i64, now: Timestamp) -> Result<Listen, ListenError> {
    change(vault, id, EditKind::Deleted, Presence::Deleted, now)?;
    find(vault, id)
}

fn change(vault: &Vault, id: i64, what: EditKind, state: Presence, now: Timestamp) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        let edited = Edited::find(transaction, id)?;
        let before = of(transaction, edited.lead.place)?;
        if before != state {
            set(transaction, edited.lead.place, state, now)?;
            let change = Change {
                what,
                place: Some(edited.lead.place),
                decision_id: 0,
                before: json!(before),
                after: json!(state),
            };
            record(transaction, &change, now)?;
        }
        Ok::<_, ListenError>(())
    })?;
    catch_up_with_little(vault)
}

fn of(connection: &Connection, place: Place) -> Result<Presence, ListenError> {
    let deleted_ms: Option<i64> = connection
        .prepare_cached("SELECT deleted_ms FROM listen_hidden WHERE fingerprint = ?1")?
        .query_row([place.fingerprint], |row| row.get(0))
        .optional()?;
    Ok(match deleted_ms {
        None => Presence::Shown,
        Some(0) => Presence::Hidden,
        Some(_) => Presence::Deleted,
    })
}

/// Shows or hides a listen with all its rows, so that none of its other evidence takes its place. A play that is not there
/// is remembered.
pub(super) fn set(
    transaction: &Transaction<'_>,
    place: Place,
    state: Presence,
    now: Timestamp,
) -> Result<(), ListenError> {
    let edited = Edited::at(transaction, place)?;
    let places: Vec<Place> = match &edited {
        Some(edited) => edited.members().map(|member| member.place).collect(),
        None => vec![place],
    };
    for place in places {
        match state {
            Presence::Shown => transaction
                .prepare_cached("DELETE FROM listen_hidden WHERE fingerprint = ?1")?
                .execute([place.fingerprint])?,
            Presence::Hidden | Presence::Deleted => transaction
                .prepare_cached(
                    "INSERT INTO listen_hidden (fingerprint, start_ms, deleted_ms) VALUES (?1, ?2, ?3)
                     ON CONFLICT (fingerprint) DO UPDATE SET deleted_ms = excluded.deleted_ms",
                )?
                .execute(params![
                    place.fingerprint,
                    place.start_ms,
                    if state == Presence::Deleted { now.millis() } else { 0 }
                ])?,
        };
        mark(transaction, place, state != Presence::Shown)?;
    }
    Ok(())
}

fn mark(transaction: &Transaction<'_>, place: Place, hidden: bool) -> Result<(), ListenError> {
    transaction
        .prepare_cached("UPDATE listen_play SET marks = (marks & ~?3) | ?4 WHERE start_ms = ?1 AND fingerprint = ?2")?
        .execute(params![
            place.start_ms,
            place.fingerprint,
            MARK_HIDDEN,
            if hidden { MARK_HIDDEN } else { 0 }
        ])?;
    moment_is_due(transaction, place.start_ms)
}

/// Deletes a listen for good, with all its evidence and all that was said of it. Nothing brings it back: not taking a
/// change back, and not the same file. Another source that tells of the same play later is not known for it.
///
/// # Errors
/// `no_such_listen`, `import_running`, or when the vault fails.
pub fn delete_for_good(vault: &Vault, id: i64, now: Timestamp) -> Result<(), ListenError> {
    let _running = Running::begin(vault.id())?;
    // Which works have no other play is known by the index.
    catch_up(vault)?;
    vault.write(LOG, |transaction| {
        let edited = Edited::find(transaction, id)?;
        forget(transaction, &edited, now)
    })?;
    catch_up_with_little(vault)
}

/// Deletes for good what was deleted more than thirty days ago. Returns how many listens that were.
///
/// # Errors
/// When the vault fails.
pub(crate) fn empty_bin(vault: &Vault, now: Timestamp) -> Result<u64, ListenError> {
    let due = |connection: &Connection| -> Result<Option<Place>, ListenError> {
        Ok(connection
            .prepare_cached(
                "SELECT start_ms, fingerprint FROM listen_hidden WHERE deleted_ms > 0 AND deleted_ms <= ?1 LIMIT 1",
            )?
            .query_row([now.millis().saturating_sub(KEPT_MS)], |row| {
                Ok(Place {
                    start_ms: row.get(0)?,
                    fingerprint: row.get(1)?,
                })
            })
            .optional()?)
    };
    if vault.read(due)?.is_none() {
        return Ok(0);
    }
    // An import or removal that runs goes on; the next drain deletes.
    let Ok(_running) = Running::begin(vault.id()) else {
        return Ok(0);
    };
    catch_up(vault)?;
    let mut deleted = 0;
    while let Some(place) = vault.read(due)? {
        vault.write(LOG, |transaction| match Edited::at(transaction, place)? {
            Some(edited) => forget(transaction, &edited, now),
            // Its import was undone meanwhile; it must not come back with it.
            None => forget_place(transaction, place),
        })?;
        deleted += 1;
    }
    Ok(deleted)
}

fn forget(transaction: &Transaction<'_>, edited: &Edited, now: Timestamp) -> Result<(), ListenError> {
    for member in edited.members() {
        forget_place(transaction, member.place)?;
        transaction
            .prepare_cached(
                "DELETE FROM listen_evidence WHERE play_id = ?1 AND batch_id IN (SELECT batch_id FROM listen_batch)",
            )?
            .execute([member.play_id])?;
        transaction
            .prepare_cached("DELETE FROM listen_play WHERE play_id = ?1")?
            .execute([member.play_id])?;
    }
    transaction.execute_batch(
        "DELETE FROM listen_work WHERE NOT EXISTS (SELECT 1 FROM listen_work_play i WHERE i.work_id = listen_work.work_id)
             AND work_id NOT IN (SELECT original_work_id FROM listen_correction)
             AND work_id NOT IN (SELECT p.work_id FROM listen_play p WHERE p.play_id > (SELECT play_id FROM listen_index));
         DELETE FROM listen_credit WHERE credit_id NOT IN (SELECT credit_id FROM listen_work);",
    )?;
    let change = Change {
        what: EditKind::DeletedForGood,
        place: None,
        decision_id: 0,
        before: Value::Null,
        after: Value::Null,
    };
    record(transaction, &change, now)
}

fn forget_place(transaction: &Transaction<'_>, place: Place) -> Result<(), ListenError> {
    said::forget(transaction, place)?;
    for table in ["listen_thumb", "listen_correction", "listen_hidden", "listen_edit"] {
        transaction.execute(
            &format!("DELETE FROM {table} WHERE fingerprint = ?1"),
            [place.fingerprint],
        )?;
    }
    transaction
        .prepare_cached("INSERT OR IGNORE INTO listen_gone (start_ms, fingerprint) VALUES (?1, ?2)")?
        .execute(params![place.start_ms, place.fingerprint])?;
    Ok(())
}

/// Whether a play was deleted for good.
pub(crate) fn is_gone(transaction: &Transaction<'_>, place: Place) -> Result<bool, ListenError> {
    Ok(transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM listen_gone WHERE start_ms = ?1 AND fingerprint = ?2)")?
        .query_row(params![place.start_ms, place.fingerprint], |row| row.get(0))?)
}

/// Takes out of an import what was deleted for good before. Returns how many plays that were.
pub(crate) fn leave_gone_out(transaction: &Transaction<'_>, batch_id: i64) -> Result<u64, ListenError> {
    let left_out = transaction
        .prepare_cached(
            "DELETE FROM listen_play WHERE play_id IN (
                 SELECT p.play_id FROM listen_gone g CROSS JOIN listen_play p
                 ON p.start_ms = g.start_ms AND p.fingerprint = g.fingerprint WHERE p.batch_id = ?1)",
        )?
        .execute([batch_id])?;
    Ok(u64::try_from(left_out).unwrap_or(0))
}

/// Hides the plays of a batch that came into the log and were hidden before.
pub(crate) fn hide_again(transaction: &Transaction<'_>, batch_id: i64) -> Result<(), ListenError> {
    transaction
        .prepare_cached(
            "UPDATE listen_play SET marks = marks | ?2 WHERE play_id IN (
                 SELECT p.play_id FROM listen_hidden h CROSS JOIN listen_play p
                 ON p.start_ms = h.start_ms AND p.fingerprint = h.fingerprint WHERE p.batch_id = ?1)",
        )?
        .execute([batch_id, MARK_HIDDEN])?;
    Ok(())
}
