//! The holding pen: what was imported is looked at before it counts, and can be taken back as a whole.
//!
//! A play stands in the table once, however many batches tell of it: it belongs to one, the others are its evidence.
//! When the owner is rejected or undone, the play passes on to a batch that still tells of it, so that the log is
//! always what the accepted batches say together (`docs/decisions/0002-holding-pen.md`).

pub(crate) mod append;
pub(crate) mod database;
pub(crate) mod import;
pub(crate) mod look;
pub(crate) mod running;
pub(crate) mod sample;
pub(crate) mod step;
pub(crate) mod writer;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::{Scope, Vault};

use crate::edit::correction::correct_again;
use crate::edit::shown::hide_again;
use crate::log::list::{LISTEN_COLUMNS, listen_from};
use crate::log::subscriptions::{Subscription, of_batch};
use crate::same_play::step::{batch_is_due, let_go};
use crate::{Format, Listen, ListenError};
use running::Running;

/// Told when the log changed.
pub(crate) const LOG: Scope = Scope("listen");
/// Told when only the holding pen changed.
pub(crate) const PEN: Scope = Scope("listen_pen");
/// Plays deleted in one transaction, so that other writes get their turn.
const DELETE_AT_ONCE: i64 = 50_000;

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Being read; not shown.
    Importing,
    /// In the holding pen.
    Held,
    /// In the log.
    Accepted,
    /// Never got into the log.
    Rejected,
    /// Was in the log and was taken back.
    Undone,
}

impl BatchState {
    const ALL: [Self; 5] = [
        Self::Importing,
        Self::Held,
        Self::Accepted,
        Self::Rejected,
        Self::Undone,
    ];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Importing => "importing",
            Self::Held => "held",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Undone => "undone",
        }
    }
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Number in this log.
    pub batch_id: i64,
    /// Where it stands.
    pub state: BatchState,
    /// Format of its file.
    pub format: Format,
    /// Name of its file.
    pub file_name: String,
    /// When it was imported, milliseconds since 1970 UTC.
    pub imported_ms: i64,
    /// When it was accepted, rejected or undone; 0 when it is not decided.
    pub decided_ms: i64,
    /// Records read.
    pub read: u64,
    /// Records that were new.
    pub new: u64,
    /// Records that were known already.
    pub duplicates: u64,
    /// Records that could not be used.
    pub refused: u64,
    /// Listens made of the new records: episode actions are gathered into sittings.
    pub listens: u64,
}

/// A record that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedLine {
    /// Number of the refusal in its batch, from 1.
    pub seq: i64,
    /// File inside the archive; empty when there is none.
    pub file: String,
    /// Line on which the record starts, from 1.
    pub line: i64,
    /// Number of the record, from 1.
    pub record: i64,
    /// Stable name of the [`Reason`](crate::Reason).
    pub reason: String,
    /// Field at fault; empty when it is the whole record.
    pub field: String,
    /// Its beginning, as text.
    pub excerpt: String,
}

/// What accepting a batch would add.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// New listens, in order of the file.
    pub listens: Vec<Listen>,
    /// New subscriptions, on the first page.
    pub subscriptions: Vec<Subscription>,
    /// Give this as `after` for the next page.
    pub next_after: Option<i64>,
}

const BATCH_COLUMNS: &str = "batch_id, state, format, file_name, started_ms, decided_ms, read_count, new_count,
    duplicate_count, refused_count, listen_count";

/// All imports, newest first; those being read are left out, and so is what this device captured: it is no import.
///
/// # Errors
/// When the vault fails.
pub fn batches(vault: &Vault) -> Result<Vec<Batch>, ListenError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {BATCH_COLUMNS} FROM listen_batch WHERE state <> 'importing' AND format <> 'capture'
             ORDER BY batch_id DESC"
        ))?;
        let rows = statement.query_and_then([], batch_from)?;
        rows.collect()
    })
}

/// One import.
///
/// # Errors
/// `no_such_batch`, or when the vault fails.
pub fn batch(vault: &Vault, batch_id: i64) -> Result<Batch, ListenError> {
    vault.read(|connection| one_batch(connection, batch_id))
}

fn one_batch(connection: &Connection, batch_id: i64) -> Result<Batch, ListenError> {
    let sql = format!("SELECT {BATCH_COLUMNS} FROM listen_batch WHERE batch_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query_and_then([batch_id], batch_from)?;
    rows.next().unwrap_or(Err(ListenError::NoSuchBatch { batch_id }))
}

fn batch_from(row: &Row<'_>) -> Result<Batch, ListenError> {
    let state: String = row.get(1)?;
    let format: String = row.get(2)?;
    let count = |column| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0));
    Ok(Batch {
        batch_id: row.get(0)?,
        state: BatchState::ALL
            .into_iter()
            .find(|known| known.name() == state)
            .ok_or(ListenError::Unreadable { what: "batch state" })?,
        format: Format::from_name(&format).ok_or(ListenError::Unreadable { what: "format" })?,
        file_name: row.get(3)?,
        imported_ms: row.get(4)?,
        decided_ms: row.get(5)?,
        read: count(6)?,
        new: count(7)?,
        duplicates: count(8)?,
        refused: count(9)?,
        listens: count(10)?,
    })
}

/// A page of what a batch brings: `limit` listens after the one numbered `after` (0 for the first page), and on the
/// first page the subscriptions.
///
/// # Errors
/// `no_such_batch`, or when the vault fails.
pub fn preview(vault: &Vault, batch_id: i64, after: i64, limit: usize) -> Result<Preview, ListenError> {
    vault.read(|connection| {
        one_batch(connection, batch_id)?;
        let sql = format!(
            "SELECT {LISTEN_COLUMNS} WHERE p.play_id > ?2 AND p.batch_id = ?1
             AND p.play_id >= (SELECT first_play_id FROM listen_batch WHERE batch_id = ?1)
             AND p.play_id <= (SELECT last_play_id FROM listen_batch WHERE batch_id = ?1)
             ORDER BY p.play_id LIMIT ?3"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_and_then(params![batch_id, after, bounded(limit)], listen_from)?;
        let listens = rows.collect::<Result<Vec<_>, _>>()?;
        let next_after = if listens.len() == limit {
            listens.last().map(|listen| listen.id)
        } else {
            None
        };
        let subscriptions = if after == 0 {
            of_batch(connection, batch_id)?
        } else {
            Vec::new()
        };
        Ok(Preview {
            listens,
            subscriptions,
            next_after,
        })
    })
}

/// From when to when the listens of an import were heard: the first and the last beginning, milliseconds since 1970; nothing
/// when it has none.
///
/// # Errors
/// `no_such_batch`, or when the vault fails.
pub fn batch_range(vault: &Vault, batch_id: i64) -> Result<Option<(i64, i64)>, ListenError> {
    vault.read(|connection| {
        one_batch(connection, batch_id)?;
        let range: (Option<i64>, Option<i64>) = connection
            .prepare_cached(
                "SELECT min(start_ms), max(start_ms) FROM listen_play WHERE batch_id = ?1
                 AND play_id >= (SELECT first_play_id FROM listen_batch WHERE batch_id = ?1)
                 AND play_id <= (SELECT last_play_id FROM listen_batch WHERE batch_id = ?1)",
            )?
            .query_row([batch_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(range.0.zip(range.1))
    })
}

pub(crate) fn bounded(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A page of what was refused: `limit` records after refusal `after` (0 for the first page).
///
/// # Errors
/// `no_such_batch`, or when the vault fails.
pub fn refused(vault: &Vault, batch_id: i64, after: i64, limit: usize) -> Result<Vec<RefusedLine>, ListenError> {
    vault.read(|connection| {
        one_batch(connection, batch_id)?;
        let mut statement = connection.prepare_cached(
            "SELECT seq, file, line, record, reason, field, excerpt FROM listen_refused
             WHERE batch_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?;
        let rows = statement.query_and_then(params![batch_id, after, bounded(limit)], |row| {
            Ok(RefusedLine {
                seq: row.get(0)?,
                file: row.get(1)?,
                line: row.get(2)?,
                record: row.get(3)?,
                reason: row.get(4)?,
                field: row.get(5)?,
                excerpt: row.get(6)?,
            })
        })?;
        rows.collect()
    })
}

/// Takes a held batch into the log.
///
/// # Errors
/// `no_such_batch`, `wrong_batch_state` when it is not held, or when the vault fails.
pub fn accept(vault: &Vault, batch_id: i64, now: Timestamp) -> Result<Batch, ListenError> {
    let _running = Running::begin(vault.id())?;
    vault.write(LOG, |transaction| {
        decide(transaction, batch_id, BatchState::Held, BatchState::Accepted, now)?;
        take_from_held(transaction, batch_id)?;
        hide_again(transaction, batch_id)?;
        correct_again(transaction, batch_id)?;
        batch_is_due(transaction, batch_id)?;
        one_batch(transaction, batch_id)
    })
}

/// Throws a held batch away.
///
/// # Errors
/// `no_such_batch`, `wrong_batch_state` when it is not held, `import_running`, or when the vault fails.
pub fn reject(vault: &Vault, batch_id: i64, now: Timestamp) -> Result<Batch, ListenError> {
    remove(vault, batch_id, BatchState::Held, BatchState::Rejected, now)
}

/// Takes an accepted batch out of the log again, as if it had never been imported: what other accepted batches tell
/// of too stays.
///
/// # Errors
/// `no_such_batch`, `wrong_batch_state` when it is not accepted, `import_running`, or when the vault fails.
pub fn undo(vault: &Vault, batch_id: i64, now: Timestamp) -> Result<Batch, ListenError> {
    remove(vault, batch_id, BatchState::Accepted, BatchState::Undone, now)
}

/// Removes what a killed import or removal left behind. It was never visible; this gives its room back. Every import
/// and removal does it first.
///
/// # Errors
/// `import_running`, or when the vault fails.
pub fn sweep(vault: &Vault) -> Result<(), ListenError> {
    let _running = Running::begin(vault.id())?;
    sweep_alone(vault)
}

fn remove(
    vault: &Vault,
    batch_id: i64,
    from: BatchState,
    to: BatchState,
    now: Timestamp,
) -> Result<Batch, ListenError> {
    let _running = Running::begin(vault.id())?;
    vault.write(LOG, |transaction| {
        decide(transaction, batch_id, from, to, now)?;
        pass_on(transaction, batch_id)?;
        let_go(transaction)?;
        Ok::<_, ListenError>(())
    })?;
    // From here on the log is as wanted; what follows only gives room back, and a sweep would finish it.
    sweep_alone(vault)?;
    batch(vault, batch_id)
}

fn decide(
    transaction: &Transaction<'_>,
    batch_id: i64,
    from: BatchState,
    to: BatchState,
    now: Timestamp,
) -> Result<(), ListenError> {
    let batch = one_batch(transaction, batch_id)?;
    if batch.state != from {
        return Err(ListenError::WrongBatchState {
            batch_id,
            state: batch.state.name(),
        });
    }
    transaction
        .prepare_cached("UPDATE listen_batch SET state = ?2, decided_ms = ?3 WHERE batch_id = ?1")?
        .execute(params![batch_id, to.name(), now.millis()])?;
    Ok(())
}

/// An accepted batch owns the plays it tells of that so far only a held batch had: the log must not wait for that one.
fn take_from_held(transaction: &Transaction<'_>, batch_id: i64) -> Result<(), ListenError> {
    const HELD: &str = "(SELECT batch_id FROM listen_batch WHERE state = 'held')";
    transaction.execute(
        &format!(
            "INSERT OR IGNORE INTO listen_evidence (batch_id, play_id)
             SELECT p.batch_id, p.play_id FROM listen_evidence e JOIN listen_play p ON p.play_id = e.play_id
             WHERE e.batch_id = ?1 AND p.batch_id IN {HELD}"
        ),
        [batch_id],
    )?;
    let taken = transaction.execute(
        &format!(
            "UPDATE listen_play SET batch_id = ?1 WHERE batch_id IN {HELD}
             AND play_id IN (SELECT play_id FROM listen_evidence WHERE batch_id = ?1)"
        ),
        [batch_id],
    )?;
    if taken > 0 {
        settle_owners(transaction)?;
    }
    Ok(())
}

/// The plays of a batch that goes belong from now on to another batch that tells of them, an accepted one if there is
/// one, else a held one.
fn pass_on(transaction: &Transaction<'_>, batch_id: i64) -> Result<(), ListenError> {
    for table in [
        "listen_evidence",
        "listen_progress",
        "listen_refused",
        "listen_subscription",
    ] {
        transaction.execute(&format!("DELETE FROM {table} WHERE batch_id = ?1"), [batch_id])?;
    }
    // 'accepted' sorts before 'held'.
    let passed = transaction.execute(
        "UPDATE listen_play SET batch_id = (
             SELECT b.batch_id FROM listen_batch b CROSS JOIN listen_evidence e
             ON e.batch_id = b.batch_id AND e.play_id = listen_play.play_id
             WHERE b.state IN ('accepted', 'held') ORDER BY b.state, b.batch_id LIMIT 1)
         WHERE batch_id = ?1 AND play_id IN (SELECT play_id FROM listen_evidence)",
        [batch_id],
    )?;
    if passed > 0 {
        settle_owners(transaction)?;
    }
    Ok(())
}

/// After plays changed owners: nobody is evidence for what it owns, actions follow their play, and the bounds of ids
/// enclose again what a batch owns.
fn settle_owners(transaction: &Transaction<'_>) -> Result<(), ListenError> {
    transaction.execute_batch(
        "DELETE FROM listen_evidence WHERE batch_id =
             (SELECT p.batch_id FROM listen_play p WHERE p.play_id = listen_evidence.play_id);
         UPDATE listen_action SET batch_id =
             (SELECT p.batch_id FROM listen_play p WHERE p.play_id = listen_action.play_id)
         WHERE play_id IN (SELECT play_id FROM listen_play);
         UPDATE listen_batch SET
             first_play_id = min(CASE first_play_id WHEN 0 THEN o.first ELSE first_play_id END, o.first),
             last_play_id = max(last_play_id, o.last)
         FROM (SELECT batch_id AS owner, min(play_id) AS first, max(play_id) AS last FROM listen_play GROUP BY batch_id) o
         WHERE o.owner = listen_batch.batch_id;",
    )?;
    Ok(())
}

/// Deletes what belongs to batches that are gone. The caller has the log to itself.
fn sweep_alone(vault: &Vault) -> Result<(), ListenError> {
    let mut swept = false;
    // By the writer, which is open anyway: opening a reader would cost a small import more than this.
    while let Some((batch_id, state, first, last)) = vault.write(PEN, |connection| {
        connection
            .prepare_cached(
                "SELECT batch_id, state, first_play_id, last_play_id FROM listen_batch
                 WHERE state = 'importing' OR (state IN ('rejected', 'undone') AND first_play_id > 0)
                 ORDER BY batch_id LIMIT 1",
            )?
            .query_row([], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, i64>(2)?,
                    row.get::<_, i64>(3)?,
                ))
            })
            .optional()
            .map_err(ListenError::from)
    })? {
        swept = true;
        let mut from = first;
        while from > 0 && from <= last {
            let to = from.saturating_add(DELETE_AT_ONCE);
            vault.write(PEN, |transaction| {
                transaction.execute(
                    "DELETE FROM listen_play WHERE play_id >= ?2 AND play_id < ?3 AND batch_id = ?1",
                    [batch_id, from, to],
                )?;
                Ok::<_, ListenError>(())
            })?;
            from = to;
        }
        vault.write(PEN, |transaction| {
            for table in [
                "listen_action",
                "listen_evidence",
                "listen_refused",
                "listen_subscription",
                "listen_progress",
            ] {
                transaction.execute(&format!("DELETE FROM {table} WHERE batch_id = ?1"), [batch_id])?;
            }
            // A batch that was decided about stays as a memory of it, and keeps its ids from being given again.
            if state == BatchState::Importing.name() {
                transaction.execute("DELETE FROM listen_batch WHERE batch_id = ?1", [batch_id])?;
            } else {
                transaction.execute(
                    "UPDATE listen_batch SET first_play_id = 0 WHERE batch_id = ?1",
                    [batch_id],
                )?;
            }
            Ok::<_, ListenError>(())
        })?;
    }
    if swept {
        vault.write(PEN, |transaction| {
            transaction.execute_batch(
                "UPDATE listen_correction SET original_work_id = 0 WHERE original_work_id <> 0 AND NOT EXISTS
                     (SELECT 1 FROM listen_play p WHERE p.start_ms = listen_correction.start_ms
                      AND p.fingerprint = listen_correction.fingerprint);
                 DELETE FROM listen_work WHERE work_id NOT IN (SELECT work_id FROM listen_play)
                     AND work_id NOT IN (SELECT original_work_id FROM listen_correction);
                 DELETE FROM listen_credit WHERE credit_id NOT IN (SELECT credit_id FROM listen_work);
                 DELETE FROM listen_via WHERE via_id NOT IN (SELECT via_id FROM listen_play);",
            )?;
            Ok::<_, ListenError>(())
        })?;
    }
    Ok(())
}
