//! What is hidden or deleted and can still come back, as a list: nowhere else is it shown, and a person who hid something by
//! mistake long ago does not know its number.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use tekram_vault::Vault;

use super::shown::KEPT_MS;
use crate::log::list::{LISTEN_COLUMNS, listen_from};
use crate::log::newest::NEWEST;
use crate::pen::bounded;
use crate::{Cursor, Listen, ListenError};

/// A listen that is shown nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HiddenListen {
    /// The listen.
    pub listen: Listen,
    /// When it goes for good, milliseconds since 1970 UTC; `None` for one that is only hidden.
    pub for_good_ms: Option<i64>,
}

/// A page of hidden and deleted listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HiddenPage {
    /// The listens, the last heard first.
    pub listens: Vec<HiddenListen>,
    /// The next page's beginning; `None` on the last.
    pub next: Option<Cursor>,
}

/// A page of at most `limit` listens of the log that are hidden or deleted and not yet gone for good, the last heard first.
///
/// # Errors
/// `bad_cursor`, or when the vault fails.
pub fn hidden(vault: &Vault, after: Option<&Cursor>, limit: usize) -> Result<HiddenPage, ListenError> {
    let (before_ms, before) = after.map_or(Ok(NEWEST), Cursor::place)?;
    vault.read(|connection| {
        // A person hides few; what is hidden is read, not the log.
        let mut statement = connection.prepare_cached(
            "SELECT p.play_id, h.deleted_ms FROM listen_hidden h
             CROSS JOIN listen_play p ON p.start_ms = h.start_ms AND p.fingerprint = h.fingerprint
             WHERE (h.start_ms, h.fingerprint) < (?1, ?2)
             AND NOT EXISTS (SELECT 1 FROM listen_same_play s WHERE s.play_id = p.play_id)
             AND p.batch_id IN (SELECT batch_id FROM listen_batch WHERE state = 'accepted')
             ORDER BY h.start_ms DESC, h.fingerprint DESC LIMIT ?3",
        )?;
        let found: Vec<(i64, i64)> = statement
            .query_map(params![before_ms, before, bounded(limit)], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<Result<_, _>>()?;
        let mut one = connection.prepare_cached(&format!("SELECT {LISTEN_COLUMNS} WHERE p.play_id = ?1"))?;
        let listens = found
            .into_iter()
            .map(|(play_id, deleted_ms)| {
                let listen = one
                    .query_and_then([play_id], listen_from)?
                    .next()
                    .unwrap_or(Err(ListenError::NoSuchListen { play_id }))?;
                Ok(HiddenListen {
                    listen,
                    for_good_ms: after_thirty_days(deleted_ms),
                })
            })
            .collect::<Result<Vec<_>, ListenError>>()?;
        let last = listens.last().filter(|_| listens.len() == limit);
        let next = last.map(|last| Cursor::of(&last.listen));
        Ok(HiddenPage { listens, next })
    })
}

/// When a listen goes for good; `None` for one that was not deleted.
pub(crate) fn for_good_ms(connection: &Connection, play_id: i64) -> Result<Option<i64>, ListenError> {
    let deleted_ms: Option<i64> = connection
        .prepare_cached(
            "SELECT h.deleted_ms FROM listen_play p CROSS JOIN listen_hidden h ON h.fingerprint = p.fingerprint
             WHERE p.play_id = ?1",
        )?
        .query_row([play_id], |row| row.get(0))
        .optional()?;
    Ok(deleted_ms.and_then(after_thirty_days))
}

/// `0` stands for hidden only.
fn after_thirty_days(deleted_ms: i64) -> Option<i64> {
    (deleted_ms > 0).then(|| deleted_ms.saturating_add(KEPT_MS))
}
