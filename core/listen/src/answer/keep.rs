//! Keeping the sums behind the log: triggers note what became stale (`schema.rs`), the steps here work it out anew from
//! the plays. Each step is one transaction of bounded size, and stopping in one loses only that. What is kept never
//! depends on the order of events, because nothing is added or taken off: it is read again.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tekram_vault::{Scope, Vault};

use super::entity;
use super::scan::Heard;
use crate::ListenError;
use crate::listen::MARK_TOO_SHORT;
use crate::log::scan::{IN_LOG, OUT_OF_LOG, Play};
use crate::log::stride::{Stride, Walk};

/// Told after each step; nothing that is shown changes by it.
const SUMS: Scope = Scope("listen_index");
/// Plays looked through in one long step.
const PLAYS_AT_ONCE: i64 = 65_536;
/// Stretches summed in one long step.
const STRETCHES_AT_ONCE: i64 = 1_024;
/// Works summed one by one in one long step. When more are stale close by, going through all plays once is quicker.
const WORKS_AT_ONCE: i64 = 2_048;
/// Works summed by one pass over all plays: eight megabytes of sums.
const WORKS_A_PASS: i64 = 131_072;

/// Whether anything is stale.
pub(crate) fn behind(connection: &Connection) -> Result<bool, ListenError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM listen_stale_batch) OR EXISTS (SELECT 1 FROM listen_stale_stretch)
             OR EXISTS (SELECT 1 FROM listen_stale_work) OR EXISTS (SELECT 1 FROM listen_stale_name)
             OR EXISTS (SELECT 1 FROM listen_stale_entity)
             OR (SELECT a.play_id FROM listen_answer a) < coalesce((SELECT max(p.play_id) FROM listen_play p), 0)",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Works out what became stale since the last time. The index of plays by work must be caught up with before.
///
/// # Errors
/// When the vault fails.
pub(crate) fn catch_up(vault: &Vault, walk: &mut Walk<'_>) -> Result<(), ListenError> {
    while vault.read(behind)? {
        if walk.step(SUMS, step)? == Some(false) {
            break;
        }
    }
    Ok(())
}

/// Does some of what is to be done; `false` when only plays are left that the index by work does not know yet.
fn step(transaction: &Transaction<'_>, stride: Stride) -> Result<bool, ListenError> {
    Ok(new_plays(transaction, stride)?
        || stale_batch(transaction, stride)?
        || stale_stretches(transaction, stride)?
        || stale_works(transaction, stride)?
        || entity::stale_names(transaction, stride)?
        || entity::stale_entities(transaction, stride)?)
}

/// Notes what plays with these numbers belong to.
fn note(transaction: &Transaction<'_>, after: i64, until: i64, batch_id: Option<i64>) -> Result<(), ListenError> {
    for (table, column, what) in [
        ("listen_stale_stretch", "stretch", "p.start_ms >> 26"),
        ("listen_stale_work", "work_id", "p.work_id"),
    ] {
        transaction
            .prepare_cached(&format!(
                "INSERT OR IGNORE INTO {table} ({column}) SELECT DISTINCT {what} FROM listen_play p
                 WHERE p.play_id > ?1 AND p.play_id <= ?2 AND (?3 IS NULL OR p.batch_id = ?3)
                 AND (?3 IS NOT NULL OR p.batch_id IN (SELECT batch_id FROM listen_batch WHERE state = 'accepted'))"
            ))?
            .execute(params![after, until, batch_id])?;
    }
    Ok(())
}

fn new_plays(transaction: &Transaction<'_>, stride: Stride) -> Result<bool, ListenError> {
    let done: i64 = transaction
        .prepare_cached("SELECT play_id FROM listen_answer")?
        .query_row([], |row| row.get(0))?;
    let until: Option<i64> = transaction
        .prepare_cached(
            "SELECT max(play_id) FROM (SELECT play_id FROM listen_play
             WHERE play_id > ?1 AND play_id <= (SELECT i.play_id FROM listen_index i) ORDER BY play_id LIMIT ?2)",
        )?
        .query_row([done, stride.of(PLAYS_AT_ONCE)], |row| row.get(0))?;
    let Some(until) = until else {
        return Ok(false);
    };
    note(transaction, done, until, None)?;
    transaction
        .prepare_cached("UPDATE listen_answer SET play_id = ?1")?
        .execute([until])?;
    Ok(true)
}

/// A batch that came into the log or went out of it.
fn stale_batch(transaction: &Transaction<'_>, stride: Stride) -> Result<bool, ListenError> {
    let batch: Option<(i64, i64, i64, i64)> = transaction
        .prepare_cached(
            "SELECT s.batch_id, s.next_play_id, coalesce(b.first_play_id, 0), coalesce(b.last_play_id, 0)
             FROM listen_stale_batch s LEFT JOIN listen_batch b ON b.batch_id = s.batch_id LIMIT 1",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((batch_id, next, first, last)) = batch else {
        return Ok(false);
    };
    // A batch without a first play has none left; deleting them has noted them.
    let from = next.max(first);
    if first == 0 || from > last {
        transaction
            .prepare_cached("DELETE FROM listen_stale_batch WHERE batch_id = ?1")?
            .execute([batch_id])?;
        return Ok(true);
    }
    let until = last.min(from.saturating_add(stride.of(PLAYS_AT_ONCE)));
    note(transaction, from - 1, until, Some(batch_id))?;
    transaction
        .prepare_cached("UPDATE listen_stale_batch SET next_play_id = ?2 WHERE batch_id = ?1")?
        .execute([batch_id, until + 1])?;
    Ok(true)
}

fn stale_stretches(transaction: &Transaction<'_>, stride: Stride) -> Result<bool, ListenError> {
    let stretches: Vec<i64> = transaction
        .prepare_cached("SELECT stretch FROM listen_stale_stretch ORDER BY stretch LIMIT ?1")?
        .query_map([stride.of(STRETCHES_AT_ONCE)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut clear = transaction.prepare_cached("DELETE FROM listen_quarter WHERE stretch = ?1")?;
    // A local clock is known when its offset is one; the quarter is rounded down also before 1970.
    let mut sum = transaction.prepare_cached(&format!(
        "INSERT INTO listen_quarter (stretch, is_local, quarter, via_id, listens, plays, unknown_plays, played_ms,
             estimated_ms)
         SELECT ?1, is_local, (clock_ms - CASE WHEN clock_ms < 0 THEN 899999 ELSE 0 END) / 900000 AS quarter, via_id,
             count(*), sum(marks & 32 = 0), sum(played_how = 0), sum(played_ms), sum(CASE WHEN played_how >= 3 THEN played_ms ELSE 0 END)
         FROM (SELECT abs(coalesce(p.offset_min, 9999)) <= 1559 AS is_local, p.start_ms +
                 CASE WHEN abs(coalesce(p.offset_min, 9999)) <= 1559 THEN p.offset_min * 60000 ELSE 0 END AS clock_ms,
                 p.via_id AS via_id, p.played_how AS played_how, p.marks AS marks, coalesce(p.played_ms, 0) AS played_ms
             FROM listen_play p WHERE p.start_ms >= ?1 << 26 AND p.start_ms < (?1 + 1) << 26 AND {IN_LOG})
         GROUP BY is_local, quarter, via_id"
    ))?;
    let mut done = transaction.prepare_cached("DELETE FROM listen_stale_stretch WHERE stretch = ?1")?;
    for stretch in &stretches {
        clear.execute([stretch])?;
        sum.execute([stretch])?;
        done.execute([stretch])?;
    }
    Ok(!stretches.is_empty())
}

fn stale_works(transaction: &Transaction<'_>, stride: Stride) -> Result<bool, ListenError> {
    let at = |offset: i64| {
        transaction
            .prepare_cached("SELECT work_id FROM listen_stale_work ORDER BY work_id LIMIT 1 OFFSET ?1")?
            .query_row([offset], |row| row.get::<_, i64>(0))
            .optional()
    };
    let Some(first) = at(0)? else {
        return Ok(false);
    };
    let pass_end = first.saturating_add(WORKS_A_PASS);
    let many = at(stride.of(WORKS_AT_ONCE))?;
    // A pass goes through the whole log, so it is none for a short step.
    let end = if stride == Stride::Long && many.is_some_and(|work| work < pass_end) {
        pass_end
    } else {
        many.unwrap_or(i64::MAX)
    };
    let stale: Vec<i64> = transaction
        .prepare_cached("SELECT work_id FROM listen_stale_work WHERE work_id < ?1 ORDER BY work_id")?
        .query_map([end], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let heard = if end == pass_end {
        of_all_plays(transaction, first, end)?
    } else {
        Vec::new()
    };
    let mut keep = transaction.prepare_cached(
        "INSERT OR REPLACE INTO listen_work_heard
             (work_id, listens, plays, unknown_plays, played_ms, estimated_ms, first_ms, first_offset_min, last_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut forget = transaction.prepare_cached("DELETE FROM listen_work_heard WHERE work_id = ?1")?;
    for work_id in stale {
        let heard = if end == pass_end {
            let place = usize::try_from(work_id - first).unwrap_or(usize::MAX);
            heard.get(place).copied().unwrap_or_default()
        } else {
            of_work(transaction, work_id)?
        };
        let [listens, plays, unknown_plays] = heard.numbers();
        if listens == 0 {
            forget.execute([work_id])?;
        } else {
            keep.execute(params![
                work_id,
                listens,
                plays,
                unknown_plays,
                heard.sum.played_ms,
                heard.sum.estimated_ms,
                heard.first_ms,
                heard.first_offset_min,
                heard.last_ms
            ])?;
        }
    }
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO listen_stale_name (work_id) SELECT work_id FROM listen_stale_work WHERE work_id < ?1",
        )?
        .execute([end])?;
    transaction
        .prepare_cached("DELETE FROM listen_stale_work WHERE work_id < ?1")?
        .execute([end])?;
    Ok(true)
}

/// One work, by the index of its plays.
fn of_work(transaction: &Transaction<'_>, work_id: i64) -> Result<Heard, ListenError> {
    let mut statement = transaction.prepare_cached(&format!(
        "SELECT p.start_ms, p.offset_min, p.played_how, coalesce(p.played_ms, 0), p.marks
         FROM listen_work_play i CROSS JOIN listen_play p ON p.play_id = i.play_id
         WHERE i.work_id = ?1 AND {IN_LOG}"
    ))?;
    let mut rows = statement.query([work_id])?;
    let mut heard = Heard::default();
    while let Some(row) = rows.next()? {
        let play = Play {
            start_ms: row.get(0)?,
            work_id,
            via_id: 0,
            how: row.get(2)?,
            played_ms: row.get(3)?,
            counts: row.get::<_, i64>(4)? & MARK_TOO_SHORT == 0,
        };
        heard.add(play, row.get(1)?);
    }
    Ok(heard)
}

/// The works with numbers in `[first, end)`, by going through all plays once.
fn of_all_plays(transaction: &Transaction<'_>, first: i64, end: i64) -> Result<Vec<Heard>, ListenError> {
    let accepted: HashSet<i64> = transaction
        .prepare_cached("SELECT batch_id FROM listen_batch WHERE state = 'accepted'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let length = usize::try_from(end - first).unwrap_or(0);
    let mut heard = vec![Heard::default(); length];
    let mut statement = transaction.prepare_cached(
        "SELECT work_id, batch_id, marks, start_ms, offset_min, played_how, coalesce(played_ms, 0)
         FROM listen_play NOT INDEXED",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let work_id: i64 = row.get(0)?;
        let place = usize::try_from(work_id - first).unwrap_or(usize::MAX);
        let Some(heard) = heard.get_mut(place) else {
            continue;
        };
        let marks: i64 = row.get(2)?;
        if !accepted.contains(&row.get(1)?) || marks & OUT_OF_LOG != 0 {
            continue;
        }
        let play = Play {
            start_ms: row.get(3)?,
            work_id,
            via_id: 0,
            how: row.get(5)?,
            played_ms: row.get(6)?,
            counts: marks & MARK_TOO_SHORT == 0,
        };
        heard.add(play, row.get(4)?);
    }
    Ok(heard)
}
