//! One listen with what the log knows around it: how often the same work was heard before, whose it is, and which
//! imports tell of it.

use rusqlite::Connection;
use serde::Serialize;
use tekram_vault::Vault;

use super::index::catch_up;
use super::list::find;
use super::scan::{IN_LOG, Play, Sum};
use super::subscriptions::{Shows, Subscription};
use super::totals::{TiedBy, named};
use crate::edit::correction::{Correction, original};
use crate::edit::hidden::for_good_ms;
use crate::listen::MARK_TOO_SHORT;
use crate::pen::BatchState;
use crate::same_play::step::with_evidence;
use crate::{Format, Listen, ListenError, Played};

/// A listen and what is known around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListenDetail {
    /// The listen: what it was, who made it, when and where it was heard.
    pub listen: Listen,
    /// Whom its seconds count for.
    pub credit: Credited,
    /// What the source says where the person corrected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<Correction>,
    /// When it goes for good, where the person deleted it; milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_good_ms: Option<i64>,
    /// All listens to the same work.
    pub heard: Heard,
    /// All evidence of it: what each source says, the one that knows most first.
    pub told_by: Vec<ToldBy>,
}

/// Whom the seconds of a listen count for: the podcast, artist or book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credited {
    /// The key that its total is kept and paid under, as in [`PlayedTotal`](crate::PlayedTotal).
    pub key: String,
    /// Name for people.
    pub name: String,
    /// The feed, if it is known.
    pub feed_url: Option<String>,
    /// How the feed is known.
    pub tied_by: Option<TiedBy>,
    /// The subscription to it, if there is one.
    pub subscription: Option<Subscription>,
}

/// How often the same work was heard, in all sources.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// Listens in the log that count as plays.
    pub plays: u64,
    /// Those before this one.
    pub plays_before: u64,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
    /// How many of these are estimated.
    pub estimated_ms: i64,
    /// Listens of unknown length, which add no time.
    pub unknown_plays: u64,
    /// Start of the first one.
    pub first_ms: Option<i64>,
    /// Start of the last one.
    pub last_ms: Option<i64>,
}

/// An import that tells of a listen, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldBy {
    /// The import.
    pub batch_id: i64,
    /// Format of its file; `capture` for what was heard on this device.
    pub format: Format,
    /// Name of its file.
    pub file_name: String,
    /// When it was imported, milliseconds since 1970 UTC.
    pub imported_ms: i64,
    /// Number of the record in the file, from 1; known for the import that a source's word belongs to.
    pub record: Option<i64>,
    /// The source.
    pub source: String,
    /// When it began as this source tells it.
    pub start_ms: i64,
    /// How much was played as this source tells it.
    pub played: Played,
}

/// One listen, accepted or in the holding pen, with what is known around it.
///
/// # Errors
/// `no_such_listen`, or when the vault fails.
pub fn detail(vault: &Vault, id: i64) -> Result<ListenDetail, ListenError> {
    catch_up(vault)?;
    let listen = find(vault, id)?;
    vault.read(|connection| {
        let (work_id, credit_id): (i64, i64) = connection
            .prepare_cached(
                "SELECT w.work_id, w.credit_id FROM listen_play p CROSS JOIN listen_work w ON w.work_id = p.work_id
                 WHERE p.play_id = ?1",
            )?
            .query_row([listen.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(ListenDetail {
            credit: credited(connection, credit_id)?,
            original: original(connection, listen.id)?,
            for_good_ms: for_good_ms(connection, listen.id)?,
            heard: heard(connection, work_id, &listen)?,
            told_by: told_by(connection, &listen)?,
            listen,
        })
    })
}

fn credited(connection: &Connection, credit_id: i64) -> Result<Credited, ListenError> {
    let row = connection
        .prepare_cached("SELECT credit_key, kind, name, feed_url FROM listen_credit WHERE credit_id = ?1")?
        .query_row([credit_id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let shows = Shows::read(connection)?;
    let total = named(row, &shows)?;
    Ok(Credited {
        subscription: shows.by_key(&total.key).cloned(),
        key: total.key,
        name: total.name,
        feed_url: total.feed_url,
        tied_by: total.tied_by,
    })
}

fn heard(connection: &Connection, work_id: i64, listen: &Listen) -> Result<Heard, ListenError> {
    let (mut heard, mut sum) = (Heard::default(), Sum::default());
    let mut plays = connection.prepare_cached(&format!(
        "SELECT p.start_ms, p.fingerprint, p.played_how, p.played_ms, p.marks
         FROM listen_work_play i CROSS JOIN listen_play p ON p.play_id = i.play_id
         WHERE i.work_id = ?1 AND {IN_LOG}"
    ))?;
    let works: Vec<i64> = connection
        .prepare_cached(
            "SELECT o.work_id FROM listen_work w CROSS JOIN listen_work o ON o.identity_id = w.identity_id
             WHERE w.work_id = ?1 AND o.identity_id <> 0",
        )?
        .query_map([work_id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for work_id in works {
        let mut rows = plays.query([work_id])?;
        while let Some(row) = rows.next()? {
            let start_ms: i64 = row.get(0)?;
            let mark: [u8; 16] = row.get(1)?;
            let counts = row.get::<_, i64>(4)? & MARK_TOO_SHORT == 0;
            sum.add(Play {
                counts,
                start_ms,
                work_id,
                via_id: 0,
                how: row.get(2)?,
                played_ms: row.get::<_, Option<i64>>(3)?.unwrap_or(0),
            });
            let place = (start_ms, format!("{:032x}", u128::from_be_bytes(mark)));
            if (place.0, place.1.as_str()) < (listen.start_ms, listen.fingerprint.as_str()) {
                heard.plays_before += u64::from(counts);
            }
            heard.first_ms = Some(heard.first_ms.map_or(start_ms, |first| first.min(start_ms)));
            heard.last_ms = Some(heard.last_ms.map_or(start_ms, |last| last.max(start_ms)));
        }
    }
    Ok(Heard {
        plays: sum.plays,
        played_ms: sum.played_ms,
        estimated_ms: sum.estimated_ms,
        unknown_plays: sum.unknown_plays,
        ..heard
    })
}

/// What each source says of the play, the leading one first, and which imports say it.
fn told_by(connection: &Connection, listen: &Listen) -> Result<Vec<ToldBy>, ListenError> {
    let mut tellings = connection.prepare_cached(
        "SELECT b.batch_id, b.format, b.file_name, b.started_ms, b.state, CASE b.batch_id WHEN p.batch_id THEN p.record END,
            v.source, p.start_ms, p.played_how, p.played_ms, p.ranges
         FROM listen_play p CROSS JOIN listen_via v ON v.via_id = p.via_id
         CROSS JOIN listen_batch b ON b.batch_id = p.batch_id
            OR b.batch_id IN (SELECT e.batch_id FROM listen_batch o CROSS JOIN listen_evidence e
                ON e.batch_id = o.batch_id AND e.play_id = p.play_id)
         WHERE p.play_id = ?1 ORDER BY b.batch_id <> p.batch_id, b.batch_id",
    )?;
    let mut told_by = Vec::new();
    for play_id in with_evidence(connection, listen.id)? {
        let mut rows = tellings.query([play_id])?;
        while let Some(row) = rows.next()? {
            let (format, state, ranges): (String, String, Option<String>) = (row.get(1)?, row.get(4)?, row.get(10)?);
            if ![BatchState::Accepted.name(), BatchState::Held.name()].contains(&state.as_str()) {
                continue;
            }
            told_by.push(ToldBy {
                batch_id: row.get(0)?,
                format: Format::from_name(&format).ok_or(ListenError::Unreadable { what: "format" })?,
                file_name: row.get(2)?,
                imported_ms: row.get(3)?,
                record: row.get(5)?,
                source: row.get(6)?,
                start_ms: row.get(7)?,
                played: Played::from_columns(row.get(8)?, row.get(9)?, ranges.as_deref())
                    .ok_or(ListenError::Unreadable { what: "length played" })?,
            });
        }
    }
    Ok(told_by)
}
