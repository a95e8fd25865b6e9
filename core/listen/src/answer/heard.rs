//! What was heard for the first time, what was heard often and no more, and when something was heard first.

use rusqlite::{Connection, Row, params};
use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::calendar::{Span, WallClock, date_of};
use super::entity::heard_from;
use super::scan::Heard;
use super::search::{Hit, matching};
use super::{Amount, What, settled};
use crate::log::list::{Cursor, LISTEN_COLUMNS, listen_from};
use crate::log::scan::IN_LOG;
use crate::pen::bounded;
use crate::{Listen, ListenError};

/// A work, creator, show or publisher with all that was ever heard of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Known {
    /// Its number in this log.
    pub id: i64,
    /// What it is.
    pub what: What,
    /// Its name.
    pub name: String,
    /// Who made it; empty for a creator and a publisher, and where it is not known.
    pub maker: String,
    /// How much, ever.
    #[serde(flatten)]
    pub amount: Amount,
    /// Start of the first listen, milliseconds since 1970 UTC.
    pub first_ms: i64,
    /// Start of the last one.
    pub last_ms: i64,
}

impl Known {
    pub(crate) fn of(connection: &Connection, what: What, id: i64, heard: &Heard) -> Result<Self, ListenError> {
        let (name, maker) = super::counts::names(connection, id)?;
        Ok(Self {
            id,
            what,
            name,
            maker,
            amount: Amount::from(heard.sum),
            first_ms: heard.first_ms,
            last_ms: heard.last_ms,
        })
    }

    pub(crate) fn read(connection: &Connection, what: What, id: i64) -> Result<Option<Self>, ListenError> {
        let mut statement = connection.prepare_cached(
            "SELECT listens, plays, unknown_plays, played_ms, estimated_ms, first_ms, first_offset_min, last_ms
             FROM listen_entity_heard WHERE what = ?1 AND entity_id = ?2",
        )?;
        let mut rows = statement.query([what.number(), id])?;
        match rows.next()? {
            Some(row) => Self::of(connection, what, id, &heard_from(row, 0)?).map(Some),
            None => Ok(None),
        }
    }
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownPage {
    /// The entries.
    pub entries: Vec<Known>,
    /// How many there are in all.
    pub count: u64,
    /// The next page's beginning; `None` on the last.
    pub next: Option<Cursor>,
}

fn page(
    connection: &Connection,
    what: What,
    all: &[(i64, Heard)],
    after: Option<&Cursor>,
    limit: usize,
) -> Result<KnownPage, ListenError> {
    let skip: usize = after
        .map_or(Ok(0), |after| after.as_str().parse())
        .map_err(|_| ListenError::BadCursor)?;
    let entries = all
        .iter()
        .skip(skip)
        .take(limit)
        .map(|(id, heard)| Known::of(connection, what, *id, heard))
        .collect::<Result<Vec<_>, _>>()?;
    let shown = skip.saturating_add(entries.len());
    Ok(KnownPage {
        next: (shown < all.len() && !entries.is_empty()).then(|| Cursor::from_text(&shown.to_string())),
        entries,
        count: all.len() as u64,
    })
}

fn numbered(row: &Row<'_>) -> rusqlite::Result<(i64, Heard)> {
    Ok((row.get(0)?, heard_from(row, 1)?))
}

/// What was heard for the first time in a range, the newest first. `zone` is the IANA zone for listens that do not say
/// where on earth they were heard. There are none for sources.
///
/// # Errors
/// `bad_cursor`, `unknown_zone`, or when the vault fails.
pub fn newly_heard(
    vault: &Vault,
    what: What,
    span: Span,
    zone: &str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<KnownPage, ListenError> {
    WallClock::new(zone)?;
    settled(vault, |connection| {
        let all = first_in(connection, what, span, zone)?;
        page(connection, what, &all, after, limit)
    })
}

/// What was heard for the first time in a range, the newest first.
fn first_in(connection: &Connection, what: What, span: Span, zone: &str) -> Result<Vec<(i64, Heard)>, ListenError> {
    let mut clock = WallClock::new(zone)?;
    let (from_ms, to_ms) = span.widest_ms();
    let mut statement = connection.prepare_cached(
        "SELECT entity_id, listens, plays, unknown_plays, played_ms, estimated_ms, first_ms, first_offset_min, last_ms
         FROM listen_entity_heard WHERE what = ?1 AND first_ms >= ?2 AND first_ms < ?3
         ORDER BY first_ms DESC, entity_id",
    )?;
    let mut rows = statement.query([what.number(), from_ms, to_ms])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, heard) = numbered(row)?;
        if span.contains(clock.day(heard.first_ms, heard.first_offset_min)) {
            all.push((id, heard));
        }
    }
    Ok(all)
}

/// How many were heard for the first time in a range. Reads the index alone, in which what belongs together by time lies
/// together: the rows themselves lie everywhere.
pub(crate) fn count_first_in(
    connection: &Connection,
    what: What,
    span: Span,
    clock: &mut WallClock,
) -> Result<u64, ListenError> {
    let (from_ms, to_ms) = span.widest_ms();
    let mut statement = connection.prepare_cached(
        "SELECT first_ms, first_offset_min FROM listen_entity_heard INDEXED BY listen_entity_first
         WHERE what = ?1 AND first_ms >= ?2 AND first_ms < ?3",
    )?;
    let mut rows = statement.query([what.number(), from_ms, to_ms])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        if span.contains(clock.day(row.get(0)?, row.get(1)?)) {
            count += 1;
        }
    }
    Ok(count)
}

/// What counts as forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Not heard for so many months.
    pub months: u32,
    /// Heard at least so often before.
    pub least_plays: u64,
}

/// What was heard often and not for some months, most often heard first. `zone` says by which calendar. There are none
/// for sources.
///
/// # Errors
/// `bad_cursor`, `unknown_zone`, `not_a_range` for more months than there are, or when the vault fails.
pub fn forgotten(
    vault: &Vault,
    what: What,
    forgotten: Forgotten,
    zone: &str,
    now: Timestamp,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<KnownPage, ListenError> {
    let before_ms = WallClock::new(zone)?.months_before(now.millis(), forgotten.months)?;
    let least = i64::try_from(forgotten.least_plays).unwrap_or(i64::MAX);
    settled(vault, |connection| {
        let mut statement = connection.prepare_cached(
            "SELECT entity_id, listens, plays, unknown_plays, played_ms, estimated_ms, first_ms, first_offset_min, last_ms
             FROM listen_entity_heard WHERE what = ?1 AND last_ms < ?2 AND plays >= ?3
             ORDER BY plays DESC, played_ms DESC, entity_id",
        )?;
        let all: Vec<(i64, Heard)> = statement
            .query_map(params![what.number(), before_ms, least], numbered)?
            .collect::<Result<_, _>>()?;
        page(connection, what, &all, after, limit)
    })
}

/// Something that goes by a name, and the first listen of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstHeard {
    /// What it is, and all that was ever heard of it.
    #[serde(flatten)]
    pub known: Known,
    /// The date of the first listen where it was heard.
    pub first_date: String,
    /// The first listen.
    pub first: Option<Listen>,
}

/// When the works, creators, shows or publishers that a few words find were heard first, the best match first.
///
/// # Errors
/// `unknown_zone`, or when the vault fails.
pub fn first_heard(
    vault: &Vault,
    what: What,
    text: &str,
    zone: &str,
    limit: usize,
) -> Result<Vec<FirstHeard>, ListenError> {
    WallClock::new(zone)?;
    settled(vault, |connection| {
        let mut clock = WallClock::new(zone)?;
        let found = matching(connection, what, text, None, limit)?;
        found
            .entries
            .into_iter()
            .map(|Hit { known, .. }| {
                let first = first_listen(connection, &known)?;
                let offset_min = first.as_ref().and_then(|first| first.offset_min);
                Ok(FirstHeard {
                    first_date: date_of(clock.day(known.first_ms, offset_min)).to_string(),
                    first,
                    known,
                })
            })
            .collect()
    })
}

fn first_listen(connection: &Connection, known: &Known) -> Result<Option<Listen>, ListenError> {
    let sql = format!(
        "SELECT {LISTEN_COLUMNS} WHERE p.start_ms = ?1 AND {IN_LOG}
         AND p.work_id IN (SELECT e.work_id FROM listen_entity_work e WHERE e.entity_id = ?2)
         ORDER BY p.offset_min, p.play_id LIMIT 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query_and_then([known.first_ms, known.id], listen_from)?;
    rows.next().transpose()
}

/// A page of the listens of a work, creator, show or publisher, newest first.
///
/// # Errors
/// `bad_cursor`, or when the vault fails.
pub fn listens_of(vault: &Vault, id: i64, after: Option<&Cursor>, limit: usize) -> Result<crate::Page, ListenError> {
    let (start_ms, play_id) = match after {
        None => (i64::MAX, i64::MAX),
        Some(after) => after
            .as_str()
            .split_once('.')
            .and_then(|(start, play)| Some((start.parse().ok()?, play.parse().ok()?)))
            .ok_or(ListenError::BadCursor)?,
    };
    settled(vault, |connection| {
        let sql = format!(
            "SELECT {LISTEN_COLUMNS} WHERE p.play_id IN (
                 SELECT i.play_id FROM listen_entity_work e CROSS JOIN listen_work_play i ON i.work_id = e.work_id
                 CROSS JOIN listen_play p ON p.play_id = i.play_id
                 WHERE e.entity_id = ?1 AND (i.start_ms, i.play_id) < (?2, ?3) AND {IN_LOG}
                 ORDER BY i.start_ms DESC, i.play_id DESC LIMIT ?4)
             ORDER BY p.start_ms DESC, p.play_id DESC"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_and_then(params![id, start_ms, play_id, bounded(limit)], listen_from)?;
        let listens: Vec<Listen> = rows.collect::<Result<_, _>>()?;
        let next = listens
            .last()
            .filter(|_| listens.len() == limit)
            .map(|last| Cursor::from_text(&format!("{}.{}", last.start_ms, last.id)));
        Ok(crate::Page { listens, next })
    })
}
