//! One pass over the plays of a period that are in the log, and what "in the log" means. Summing in the pass instead of by
//! `GROUP BY` spares SQLite's sorting.

use std::collections::HashSet;

use rusqlite::Connection;

use crate::ListenError;
use crate::listen::{HOW_UNKNOWN, HOW_WHOLE_TRACK, MARK_HIDDEN, MARK_TOLD_AGAIN, MARK_TOO_SHORT};

/// A play `p` is in the log when its batch is accepted, it is not only further evidence of another play, and the person did
/// not hide it. Every query of the log has this in its `WHERE`, or [`OUT_OF_LOG`] in a scan; 24 is that mask.
pub(crate) const IN_LOG: &str =
    "p.batch_id IN (SELECT batch_id FROM listen_batch WHERE state = 'accepted') AND p.marks & 24 = 0";
/// The marks of plays that are not in the log although their batch is accepted.
pub(crate) const OUT_OF_LOG: i64 = MARK_TOLD_AGAIN | MARK_HIDDEN;

/// What a sum needs of a play.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Play {
    pub(crate) start_ms: i64,
    pub(crate) work_id: i64,
    pub(crate) via_id: i64,
    pub(crate) how: i64,
    pub(crate) played_ms: i64,
    /// Whether it is long enough to count as a play, by the rules.
    pub(crate) counts: bool,
}

/// Sums over plays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) played_ms: i64,
    pub(crate) estimated_ms: i64,
    /// Those that count, by the rules.
    pub(crate) plays: u64,
    pub(crate) unknown_plays: u64,
    /// All of them.
    pub(crate) listens: u64,
}

impl Sum {
    pub(crate) fn add(&mut self, play: Play) {
        self.listens += 1;
        self.plays += u64::from(play.counts);
        self.played_ms = self.played_ms.saturating_add(play.played_ms);
        if play.how == HOW_UNKNOWN {
            self.unknown_plays += 1;
        } else if play.how >= HOW_WHOLE_TRACK {
            self.estimated_ms = self.estimated_ms.saturating_add(play.played_ms);
        }
    }

    pub(crate) fn add_sum(&mut self, other: Self) {
        self.played_ms = self.played_ms.saturating_add(other.played_ms);
        self.estimated_ms = self.estimated_ms.saturating_add(other.estimated_ms);
        self.plays += other.plays;
        self.unknown_plays += other.unknown_plays;
        self.listens += other.listens;
    }
}

/// Gives `each` every play in the log that starts in `[start_ms, end_ms)`.
pub(crate) fn plays(
    connection: &Connection,
    start_ms: i64,
    end_ms: i64,
    mut each: impl FnMut(Play),
) -> Result<(), ListenError> {
    let waiting: HashSet<i64> = connection
        .prepare_cached("SELECT batch_id FROM listen_batch WHERE state <> 'accepted' AND first_play_id > 0")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let (first, last): (Option<i64>, Option<i64>) = connection
        .prepare_cached("SELECT (SELECT min(start_ms) FROM listen_play), (SELECT max(start_ms) FROM listen_play)")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(());
    };
    // For all of the log, going through the table is quicker than going through the index into the table.
    let hint = if start_ms <= first && last < end_ms {
        "NOT INDEXED"
    } else {
        ""
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT start_ms, work_id, via_id, played_how, played_ms, batch_id, marks FROM listen_play {hint}
         WHERE start_ms >= ?1 AND start_ms < ?2"
    ))?;
    let mut rows = statement.query([start_ms, end_ms])?;
    while let Some(row) = rows.next()? {
        let marks: i64 = row.get(6)?;
        if marks & OUT_OF_LOG != 0 || (!waiting.is_empty() && waiting.contains(&row.get(5)?)) {
            continue;
        }
        each(Play {
            start_ms: row.get(0)?,
            work_id: row.get(1)?,
            via_id: row.get(2)?,
            how: row.get(3)?,
            played_ms: row.get::<_, Option<i64>>(4)?.unwrap_or(0),
            counts: marks & MARK_TOO_SHORT == 0,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_words_for_in_the_log_are_one() {
        assert!(IN_LOG.ends_with(&format!("p.marks & {OUT_OF_LOG} = 0")));
    }
}
