//! Plays from the newest backwards, narrowed by a query: what lists and days are made of. With a text, the plays of the
//! matching works are gathered by the index, the work heard last first, until no other can have a newer one; where very
//! many works match, the newest plays are looked through before, because a page is then mostly full after a few of them.
//! So neither a rare nor a common word reads the whole log.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};

use rusqlite::{Connection, Row, params};

use super::index::Matching;
use super::list::ListQuery;
use super::scan::IN_LOG;
use crate::Kind;
use crate::ListenError;
use crate::listen::{HOW_UNKNOWN, MARK_TOO_SHORT};
use crate::pen::bounded;

/// With fewer matching works than this, gathering them costs less than looking through any plays.
const FEW_WORKS: usize = 1_024;
/// Plays looked through before gathering.
const LOOKED_THROUGH: usize = 4_000;

/// A place in the log: start and fingerprint.
pub(crate) type Place = (i64, [u8; 16]);
/// After everything: blobs are at most sixteen bytes of 0xff.
pub(crate) const NEWEST: Place = (i64::MAX, [0xff; 16]);

/// A play, with what a page or a day needs of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) place: Place,
    pub(crate) play_id: i64,
    pub(crate) work_id: i64,
    pub(crate) via_id: i64,
    pub(crate) how: i64,
    pub(crate) played_ms: i64,
    pub(crate) offset_min: Option<i64>,
    pub(crate) counts: bool,
}

impl Found {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            place: (row.get(0)?, row.get(1)?),
            play_id: row.get(2)?,
            work_id: row.get(3)?,
            via_id: row.get(4)?,
            how: row.get::<_, Option<i64>>(5)?.unwrap_or(HOW_UNKNOWN),
            played_ms: row.get::<_, Option<i64>>(6)?.unwrap_or(0),
            offset_min: row.get(7)?,
            counts: row.get::<_, i64>(8)? & MARK_TOO_SHORT == 0,
        })
    }
}

const COLUMNS: &str =
    "p.start_ms, p.fingerprint, p.play_id, p.work_id, p.via_id, p.played_how, p.played_ms, p.offset_min,
    p.marks";

// Parameters: 1 and 2 the place before which to look, 3 the earliest start, 4 source, 5 kind, 6 how many.
const NARROWED: &str = "(p.start_ms, p.fingerprint) < (?1, ?2) AND p.start_ms >= ?3
    AND (?4 IS NULL OR p.via_id IN (SELECT via_id FROM listen_via WHERE source = ?4))
    AND (?5 IS NULL OR (SELECT w.kind FROM listen_work w WHERE w.work_id = p.work_id) = ?5)";

/// The accepted plays that a query asks for.
pub(crate) struct Newest<'c> {
    connection: &'c Connection,
    query: &'c ListQuery,
    /// The works that match the query's text.
    matching: Option<Matching>,
}

impl<'c> Newest<'c> {
    pub(crate) fn new(connection: &'c Connection, query: &'c ListQuery) -> Result<Self, ListenError> {
        let matching = match query.text.as_deref() {
            Some(text) => Matching::find(connection, text)?,
            None => None,
        };
        Ok(Self {
            connection,
            query,
            matching,
        })
    }

    /// At most `limit` plays before a place, newest first. Fewer mean that there are no more.
    pub(crate) fn before(&self, place: Place, limit: usize) -> Result<Vec<Found>, ListenError> {
        let place = self.query.to_ms.map_or(place, |to_ms| place.min((to_ms, [0; 16])));
        match &self.matching {
            None => {
                let mut found = Vec::new();
                self.look_through(place, limit, None, &mut found)?;
                Ok(found)
            }
            Some(matching) if matching.works.len() < FEW_WORKS => self.gather(matching, place, limit),
            Some(matching) => {
                let wanted = (matching.works.iter().copied().collect(), &matching.said);
                let mut found = Vec::new();
                if let Some(reached) = self.look_through(place, limit, Some(wanted), &mut found)? {
                    found.extend(self.gather(matching, reached, limit.saturating_sub(found.len()))?);
                }
                Ok(found)
            }
        }
    }

    /// Goes through the plays by time. With `wanted` works and listens it stops after [`LOOKED_THROUGH`] plays and says where.
    fn look_through(
        &self,
        (start_ms, mark): Place,
        limit: usize,
        wanted: Option<(HashSet<i64>, &BTreeSet<i64>)>,
        found: &mut Vec<Found>,
    ) -> Result<Option<Place>, ListenError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM listen_play p WHERE {IN_LOG} AND {NARROWED}
             ORDER BY p.start_ms DESC, p.fingerprint DESC LIMIT ?6"
        ))?;
        let most = if wanted.is_some() { LOOKED_THROUGH } else { limit };
        let mut rows = statement.query(params![
            start_ms,
            mark,
            self.query.from_ms.unwrap_or(i64::MIN),
            self.query.source,
            self.query.kind.map(Kind::name),
            bounded(most)
        ])?;
        let (mut looked, mut reached) = (0, None);
        while found.len() < limit {
            let Some(row) = rows.next()? else {
                return Ok(reached.filter(|_| looked == most));
            };
            let play = Found::of(row)?;
            looked += 1;
            reached = Some(play.place);
            let is_wanted = wanted
                .as_ref()
                .is_none_or(|(works, said)| works.contains(&play.work_id) || said.contains(&play.play_id));
            if is_wanted {
                found.push(play);
            }
        }
        Ok(None)
    }

    /// The listens that match by what the person said of them, and not by their work.
    fn said(&self, matching: &Matching, (start_ms, mark): Place) -> Result<Vec<Found>, ListenError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM listen_play p WHERE p.play_id = ?6 AND {IN_LOG} AND {NARROWED}"
        ))?;
        let works: HashSet<i64> = if matching.said.is_empty() {
            HashSet::new()
        } else {
            matching.works.iter().copied().collect()
        };
        let mut found = Vec::new();
        for play_id in &matching.said {
            let mut rows = statement.query(params![
                start_ms,
                mark,
                self.query.from_ms.unwrap_or(i64::MIN),
                self.query.source,
                self.query.kind.map(Kind::name),
                play_id
            ])?;
            while let Some(row) = rows.next()? {
                let play = Found::of(row)?;
                if !works.contains(&play.work_id) {
                    found.push(play);
                }
            }
        }
        Ok(found)
    }

    /// Takes the newest plays of the matching works, the work that was heard last first.
    fn gather(&self, matching: &Matching, (start_ms, mark): Place, limit: usize) -> Result<Vec<Found>, ListenError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM listen_work_play i CROSS JOIN listen_play p ON p.play_id = i.play_id
             WHERE i.work_id = ?7 AND i.start_ms <= ?1 AND i.start_ms >= ?3 AND {IN_LOG} AND {NARROWED}
             ORDER BY i.start_ms DESC, p.fingerprint DESC LIMIT ?6"
        ))?;
        let mut newest: BinaryHeap<Reverse<Found>> = BinaryHeap::new();
        let mut earliest_ms = self.query.from_ms.unwrap_or(i64::MIN);
        for found in self.said(matching, (start_ms, mark))? {
            newest.push(Reverse(found));
            if newest.len() > limit {
                newest.pop();
            }
        }
        for (last_ms, work) in matching.last_heard(self.connection, start_ms)? {
            if last_ms < earliest_ms {
                break;
            }
            let mut rows = statement.query(params![
                start_ms,
                mark,
                earliest_ms,
                self.query.source,
                self.query.kind.map(Kind::name),
                bounded(limit),
                work
            ])?;
            while let Some(row) = rows.next()? {
                newest.push(Reverse(Found::of(row)?));
                if newest.len() > limit {
                    newest.pop();
                }
            }
            if let (true, Some(Reverse(oldest))) = (newest.len() == limit, newest.peek()) {
                earliest_ms = earliest_ms.max(oldest.place.0);
            }
        }
        // Reversed order, ascending: newest first.
        Ok(newest
            .into_sorted_vec()
            .into_iter()
            .map(|Reverse(found)| found)
            .collect())
    }
}
