//! One pass over the plays of a range on the calendar, and what such a pass sums up for a work.

use std::collections::HashSet;

use rusqlite::Connection;

use super::calendar::{DAY_MS, Span, WallClock};
use crate::ListenError;
use crate::listen::MARK_TOO_SHORT;
use crate::log::scan::{OUT_OF_LOG, Play, Sum};

/// All plays of something, as a sum with its ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) sum: Sum,
    pub(crate) first_ms: i64,
    /// The clock of the first play, if it is known.
    pub(crate) first_offset_min: Option<i64>,
    pub(crate) last_ms: i64,
}

impl Heard {
    pub(crate) fn add(&mut self, play: Play, offset_min: Option<i64>) {
        let mut sum = Sum::default();
        sum.add(play);
        self.join(&Self {
            sum,
            first_ms: play.start_ms,
            first_offset_min: offset_min,
            last_ms: play.start_ms,
        });
    }

    pub(crate) fn join(&mut self, other: &Self) {
        if other.sum.listens == 0 {
            return;
        }
        if self.sum.listens == 0 {
            *self = *other;
            return;
        }
        if (other.first_ms, other.first_offset_min) < (self.first_ms, self.first_offset_min) {
            (self.first_ms, self.first_offset_min) = (other.first_ms, other.first_offset_min);
        }
        self.last_ms = self.last_ms.max(other.last_ms);
        self.sum.add_sum(other.sum);
    }

    /// Listens, plays, and listens of unknown length, as the tables hold them.
    pub(crate) fn numbers(&self) -> [i64; 3] {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        [
            number(self.sum.listens),
            number(self.sum.plays),
            number(self.sum.unknown_plays),
        ]
    }
}

/// A play with the clock on the wall.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalPlay {
    pub(crate) play: Play,
    /// Milliseconds of the local calendar.
    pub(crate) local_ms: i64,
}

impl LocalPlay {
    /// The number of its day.
    pub(crate) fn day(&self) -> i64 {
        self.local_ms.div_euclid(DAY_MS)
    }
}

/// Gives `each` every play of the log whose day lies in the span, in order of time.
pub(crate) fn local_plays(
    connection: &Connection,
    span: &Span,
    clock: &mut WallClock,
    mut each: impl FnMut(LocalPlay) -> Result<(), ListenError>,
) -> Result<(), ListenError> {
    let accepted: HashSet<i64> = connection
        .prepare_cached("SELECT batch_id FROM listen_batch WHERE state = 'accepted'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached(
        "SELECT start_ms, work_id, via_id, played_how, played_ms, offset_min, batch_id, marks FROM listen_play
         WHERE start_ms >= ?1 AND start_ms < ?2 ORDER BY start_ms",
    )?;
    let (from_ms, to_ms) = span.widest_ms();
    let mut rows = statement.query([from_ms, to_ms])?;
    while let Some(row) = rows.next()? {
        let marks: i64 = row.get(7)?;
        if marks & OUT_OF_LOG != 0 || !accepted.contains(&row.get(6)?) {
            continue;
        }
        let start_ms = row.get(0)?;
        let local = LocalPlay {
            local_ms: clock.local_ms(start_ms, row.get(5)?),
            play: Play {
                start_ms,
                work_id: row.get(1)?,
                via_id: row.get(2)?,
                how: row.get(3)?,
                played_ms: row.get::<_, Option<i64>>(4)?.unwrap_or(0),
                counts: marks & MARK_TOO_SHORT == 0,
            },
        };
        if span.contains(local.day()) {
            each(local)?;
        }
    }
    Ok(())
}

/// Sums of a quarter of an hour that came one way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quarter {
    /// Milliseconds of the local calendar at its beginning.
    pub(crate) local_ms: i64,
    pub(crate) via_id: i64,
    pub(crate) sum: Sum,
}

impl Quarter {
    /// The number of its day.
    pub(crate) fn day(&self) -> i64 {
        self.local_ms.div_euclid(DAY_MS)
    }
}

/// Columns `listens, plays, unknown_plays, played_ms, estimated_ms`, from the given one on.
pub(crate) fn sum_from(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Sum> {
    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    Ok(Sum {
        listens: count(column)?,
        plays: count(column + 1)?,
        unknown_plays: count(column + 2)?,
        played_ms: row.get(column + 3)?,
        estimated_ms: row.get(column + 4)?,
    })
}

/// A quarter of an hour in milliseconds.
const QUARTER_MS: i64 = 15 * 60 * 1000;

/// Gives `each` what is kept of the span by quarters of an hour, nearly in order of time.
pub(crate) fn quarters(
    connection: &Connection,
    span: &Span,
    clock: &mut WallClock,
    mut each: impl FnMut(Quarter),
) -> Result<(), ListenError> {
    let mut statement = connection.prepare_cached(
        "SELECT is_local, quarter, via_id, listens, plays, unknown_plays, played_ms, estimated_ms FROM listen_quarter
         WHERE stretch >= ?1 AND stretch <= ?2",
    )?;
    let (from_ms, to_ms) = span.widest_ms();
    let mut rows = statement.query([from_ms >> 26, to_ms >> 26])?;
    while let Some(row) = rows.next()? {
        let is_local: bool = row.get(0)?;
        let at_ms = row.get::<_, i64>(1)?.saturating_mul(QUARTER_MS);
        let local_ms = if is_local { at_ms } else { clock.local_ms(at_ms, None) };
        if !span.contains(local_ms.div_euclid(DAY_MS)) {
            continue;
        }
        each(Quarter {
            local_ms,
            via_id: row.get(2)?,
            sum: sum_from(row, 3)?,
        });
    }
    Ok(())
}
