//! What counts as a play: rules by kind, which the person can change. They only mark a listen that was too short to count
//! (`marks` bit 32); nothing is deleted or hidden by them. Lists show the mark and plays are counted by it; the seconds
//! stay, in every sum and in what is paid by.
//!
//! A listen is marked when it is written. When the rules change, what there is gets marked anew behind it, in steps.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_vault::Vault;

use super::index::catch_up;
use super::stride::Stride;
use crate::listen::{HOW_RANGES, HOW_TOTAL, MARK_TOO_SHORT};
use crate::pen::LOG;
use crate::{Kind, ListenError};

/// Plays marked anew in one long step.
const AT_ONCE: i64 = 65_536;
/// All of a medium.
const WHOLE_PERMILLE: i64 = 1_000;

/// From when on a listen of a kind counts as a play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountingRule {
    /// Of which kind.
    pub kind: Kind,
    /// At least this much was played, in milliseconds. `None`: such a listen never counts.
    pub least_ms: Option<i64>,
    /// And this part of the medium, in thousandths, where its length is known; 0 asks for none.
    pub share_permille: i64,
    /// This much is enough whatever part it is, in milliseconds; 0: only the part is.
    pub enough_ms: i64,
}

impl CountingRule {
    /// The rule that holds until the person changes it: half of it or four minutes, and thirty seconds at least, for music
    /// and video; a minute for the spoken word; thirty seconds for a song or programme on the radio; ten seconds of reading
    /// for an article; an advert never.
    #[must_use]
    pub fn usual(kind: Kind) -> Self {
        const SECOND: i64 = 1_000;
        let (least_ms, share_permille, enough_ms) = match kind {
            Kind::Music | Kind::Video => (Some(30 * SECOND), WHOLE_PERMILLE / 2, 240 * SECOND),
            Kind::Podcast | Kind::Audiobook => (Some(60 * SECOND), 0, 0),
            Kind::Radio => (Some(30 * SECOND), 0, 0),
            Kind::Page => (Some(10 * SECOND), 0, 0),
            Kind::Advert => (None, 0, 0),
        };
        Self {
            kind,
            least_ms,
            share_permille,
            enough_ms,
        }
    }

    /// Whether so much of a medium of this length counts.
    #[must_use]
    pub fn counts(&self, played_ms: i64, media_ms: Option<i64>) -> bool {
        let Some(least_ms) = self.least_ms else { return false };
        let part_ms = media_ms
            .filter(|ms| *ms > 0)
            .map_or(0, |ms| ms.saturating_mul(self.share_permille) / WHOLE_PERMILLE);
        // A piece that is shorter than the least counts when it was heard whole.
        let whole = media_ms.is_some_and(|ms| ms > 0 && played_ms >= ms);
        let enough = self.enough_ms > 0 && played_ms >= self.enough_ms;
        whole || (played_ms >= least_ms && (played_ms >= part_ms || enough))
    }
}

/// The rules of all kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules(Vec<CountingRule>);

impl Rules {
    pub(crate) fn read(connection: &Connection) -> Result<Self, ListenError> {
        let mut changed = connection
            .prepare_cached("SELECT least_ms, share_permille, enough_ms FROM listen_counting WHERE kind = ?1")?;
        let rules = Kind::ALL.into_iter().map(|kind| {
            let rule = changed
                .query_row([kind.name()], |row| {
                    Ok(CountingRule {
                        kind,
                        least_ms: row.get(0)?,
                        share_permille: row.get(1)?,
                        enough_ms: row.get(2)?,
                    })
                })
                .optional()?;
            Ok(rule.unwrap_or_else(|| CountingRule::usual(kind)))
        });
        Ok(Self(rules.collect::<Result<_, rusqlite::Error>>()?))
    }

    /// The mark of a play: of a total or of exact stretches. A source that tells no time, or only that it counted there,
    /// tells of plays.
    pub(crate) fn mark(&self, kind: Kind, how: i64, played_ms: Option<i64>, media_ms: Option<i64>) -> i64 {
        let Some(rule) = self.0.iter().find(|rule| rule.kind == kind) else {
            return 0;
        };
        let counts = match (how, played_ms) {
            (HOW_TOTAL | HOW_RANGES, Some(played_ms)) => rule.counts(played_ms, media_ms),
            _ => rule.least_ms.is_some(),
        };
        if counts { 0 } else { MARK_TOO_SHORT }
    }
}

/// The rules of all kinds, as they are now.
///
/// # Errors
/// When the vault fails.
pub fn counting_rules(vault: &Vault) -> Result<Vec<CountingRule>, ListenError> {
    vault.read(|connection| Ok(Rules::read(connection)?.0))
}

/// Changes the rule of a kind, and marks by it what is in the log. Numbers that cannot be are taken as the nearest that can.
///
/// # Errors
/// When the vault fails. Marking that is cut off goes on with the next [`catch_up`].
pub fn set_counting_rule(vault: &Vault, rule: CountingRule) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        transaction
            .prepare_cached(
                "INSERT INTO listen_counting (kind, least_ms, share_permille, enough_ms) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (kind) DO UPDATE SET least_ms = excluded.least_ms,
                    share_permille = excluded.share_permille, enough_ms = excluded.enough_ms",
            )?
            .execute(params![
                rule.kind.name(),
                rule.least_ms.map(|ms| ms.max(0)),
                rule.share_permille.clamp(0, WHOLE_PERMILLE),
                rule.enough_ms.max(0),
            ])?;
        mark_all(transaction)
    })?;
    catch_up(vault)
}

/// Back to the usual rules.
///
/// # Errors
/// When the vault fails.
pub fn reset_counting_rules(vault: &Vault) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        transaction.execute("DELETE FROM listen_counting", [])?;
        mark_all(transaction)
    })?;
    catch_up(vault)
}

/// All that there is now is to be marked; what comes later is marked as it is written.
fn mark_all(transaction: &Transaction<'_>) -> Result<(), ListenError> {
    transaction
        .prepare_cached(
            "UPDATE listen_counting_mark SET done_play_id = 0,
                until_play_id = (SELECT coalesce(max(play_id), 0) FROM listen_play)",
        )?
        .execute([])?;
    Ok(())
}

/// Marks a play whose kind was changed.
pub(crate) fn mark_one(transaction: &Transaction<'_>, play_id: i64) -> Result<(), ListenError> {
    let rules = Rules::read(transaction)?;
    let changed = transaction
        .prepare_cached(
            "SELECT p.play_id, p.played_how, p.played_ms, p.media_ms, p.marks, w.kind
             FROM listen_play p CROSS JOIN listen_work w ON w.work_id = p.work_id WHERE p.play_id = ?1",
        )?
        .query_row([play_id], |row| other_marks(&rules, row))
        .optional()?
        .flatten();
    if let Some(marks) = changed {
        transaction.prepare_cached(SET_MARKS)?.execute([play_id, marks])?;
    }
    Ok(())
}

const SET_MARKS: &str = "UPDATE listen_play SET marks = ?2 WHERE play_id = ?1";

/// The marks that a play should have, where they are others than it has.
fn other_marks(rules: &Rules, row: &Row<'_>) -> rusqlite::Result<Option<i64>> {
    let marks: i64 = row.get(4)?;
    let kind = row.get_ref(5)?.as_str().ok().and_then(Kind::from_name);
    let mark = rules.mark(kind.unwrap_or(Kind::Music), row.get(1)?, row.get(2)?, row.get(3)?);
    Ok((marks & MARK_TOO_SHORT != mark).then_some((marks & !MARK_TOO_SHORT) | mark))
}

/// Whether plays wait for their mark.
pub(crate) fn behind(connection: &Connection) -> Result<bool, ListenError> {
    Ok(connection
        .prepare_cached("SELECT done_play_id < until_play_id FROM listen_counting_mark")?
        .query_row([], |row| row.get(0))?)
}

/// Marks the next ones.
pub(crate) fn step(transaction: &Transaction<'_>, stride: Stride) -> Result<(), ListenError> {
    let rules = Rules::read(transaction)?;
    let (done, until): (i64, i64) = transaction
        .prepare_cached("SELECT done_play_id, until_play_id FROM listen_counting_mark")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut last = done;
    let mut changed = Vec::new();
    {
        let mut plays = transaction.prepare_cached(
            "SELECT p.play_id, p.played_how, p.played_ms, p.media_ms, p.marks, w.kind
             FROM listen_play p CROSS JOIN listen_work w ON w.work_id = p.work_id
             WHERE p.play_id > ?1 AND p.play_id <= ?2 ORDER BY p.play_id LIMIT ?3",
        )?;
        let mut rows = plays.query([done, until, stride.of(AT_ONCE)])?;
        while let Some(row) = rows.next()? {
            last = row.get(0)?;
            if let Some(marks) = other_marks(&rules, row)? {
                changed.push((last, marks));
            }
        }
    }
    let mut set = transaction.prepare_cached(SET_MARKS)?;
    for (play_id, marks) in &changed {
        set.execute([play_id, marks])?;
    }
    // Nothing left below the end: plays were deleted meanwhile.
    let done = if last == done { until } else { last };
    transaction
        .prepare_cached("UPDATE listen_counting_mark SET done_play_id = ?1")?
        .execute([done])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn music_counts_after_half_of_it_or_four_minutes_and_never_below_thirty_seconds() {
        let music = CountingRule::usual(Kind::Music);
        assert!(!music.counts(29_999, None) && music.counts(30_000, None));
        assert!(!music.counts(99_999, Some(200_000)) && music.counts(100_000, Some(200_000)));
        assert!(!music.counts(239_999, Some(1_200_000)) && music.counts(240_000, Some(1_200_000)));
        assert!(
            !music.counts(19_999, Some(20_000)) && music.counts(20_000, Some(20_000)),
            "short, but whole"
        );
    }

    #[test]
    fn a_minute_of_speech_counts_whatever_its_length_is_and_an_advert_never() {
        let podcast = CountingRule::usual(Kind::Podcast);
        assert!(!podcast.counts(59_999, Some(7_200_000)) && podcast.counts(60_000, Some(7_200_000)));
        assert!(!CountingRule::usual(Kind::Advert).counts(30_000, Some(30_000)));
    }
}
