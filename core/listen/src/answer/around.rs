//! What was on at a moment: what was playing, and what came just before and after.

use rusqlite::{Connection, params};
use serde::Serialize;
use tekram_vault::Vault;

use super::settled;
use crate::log::list::{LISTEN_COLUMNS, listen_from};
use crate::log::scan::IN_LOG;
use crate::pen::bounded;
use crate::{Listen, ListenError};

/// Nothing plays for longer at a stretch: an audiobook through a night.
const LONGEST_MS: i64 = 24 * 60 * 60 * 1000;

/// What was on at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Around {
    /// The moment, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What was playing, the latest begun first: begun by then, and not over after the time that was played of it (its
    /// length, where that is unknown).
    pub playing: Vec<Listen>,
    /// What was begun before and was over, the latest first.
    pub before: Vec<Listen>,
    /// What was begun after, the earliest first.
    pub after: Vec<Listen>,
}

/// What was on at a moment, with at most `limit` listens before and after it. Where it was heard is as far known as the
/// listen says: its device, player and offset from UTC.
///
/// # Errors
/// When the vault fails.
pub fn around(vault: &Vault, at_ms: i64, limit: usize) -> Result<Around, ListenError> {
    settled(vault, |connection| {
        let (playing, before) = begun_by(connection, at_ms, limit)?;
        let sql = format!(
            "SELECT {LISTEN_COLUMNS} WHERE p.start_ms > ?1 AND {IN_LOG}
             ORDER BY p.start_ms, p.fingerprint LIMIT ?2"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let after = statement
            .query_and_then(params![at_ms, bounded(limit)], listen_from)?
            .collect::<Result<_, ListenError>>()?;
        Ok(Around {
            at_ms,
            playing,
            before,
            after,
        })
    })
}

/// What was playing, and what was over.
fn begun_by(connection: &Connection, at_ms: i64, limit: usize) -> Result<(Vec<Listen>, Vec<Listen>), ListenError> {
    let sql = format!(
        "SELECT {LISTEN_COLUMNS} WHERE p.start_ms <= ?1 AND {IN_LOG}
         ORDER BY p.start_ms DESC, p.fingerprint DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query_and_then([at_ms], listen_from)?;
    let (mut playing, mut before) = (Vec::new(), Vec::new());
    while let Some(listen) = rows.next().transpose()? {
        let lasted_ms = listen.played.ms().or(listen.media_ms).unwrap_or(0);
        let is_recent = listen.start_ms > at_ms.saturating_sub(LONGEST_MS);
        if is_recent && at_ms < listen.start_ms.saturating_add(lasted_ms) {
            playing.push(listen);
        } else if before.len() < limit {
            before.push(listen);
        } else if !is_recent {
            break;
        }
        // Something that plays may have been begun long before what was over since.
    }
    Ok((playing, before))
}
