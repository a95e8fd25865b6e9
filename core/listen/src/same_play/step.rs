//! Working out which plays are one, behind an import or a drain: stretches of time in which something changed wait in
//! `listen_same_due`, and each step goes through some thousand plays of the first one in order of time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, Row, Transaction, params};

use super::align::plays;
use super::near::{Spotify, Told, Work};
use crate::ListenError;
use crate::listen::{MARK_HIDDEN, MARK_TOLD_AGAIN};
use crate::log::stride::Stride;

/// Plays gone through in one long step: memory stays small.
const AT_ONCE: i64 = 16_384;
/// And in a short one: what is told over many plays, as a night of radio, is seen whole.
const AT_LEAST: i64 = 4_096;
/// Due moments that are looked at together.
const DUE_AT_ONCE: i64 = 4_096;
/// Moments this near are one stretch: going through the plays between costs less than beginning again.
const ONE_STRETCH_MS: i64 = 24 * 60 * 60 * 1000;
/// What lies further back is not the same play, however long it was.
const LOOK_BACK_MS: i64 = 12 * 60 * 60 * 1000;
/// Nobody heard one thing this often without a break that tells; more are looked at in parts.
const MOST_TOGETHER: usize = 512;

/// Whether there is something to work out.
pub(crate) fn behind(connection: &Connection) -> Result<bool, ListenError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM listen_same_due) OR EXISTS (SELECT 1 FROM listen_same_due_batch)
             OR EXISTS (SELECT 1 FROM listen_same_due_work)",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Notes that the plays of a batch got into the log.
pub(crate) fn batch_is_due(transaction: &Transaction<'_>, batch_id: i64) -> Result<(), ListenError> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO listen_same_due_batch (batch_id) VALUES (?1)")?
        .execute([batch_id])?;
    Ok(())
}

/// Notes that a play that starts at this moment changed.
pub(crate) fn moment_is_due(transaction: &Transaction<'_>, start_ms: i64) -> Result<(), ListenError> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO listen_same_due (from_ms, to_ms) VALUES (?1, ?1)")?
        .execute([start_ms])?;
    Ok(())
}

/// After plays left the log: what only they kept out of it is in it again, at once; whatever was tied to them is due.
pub(crate) fn let_go(transaction: &Transaction<'_>) -> Result<(), ListenError> {
    let loose: Vec<(i64, i64, i64)> = transaction
        .prepare_cached(
            "SELECT s.play_id, p.start_ms, l.start_ms FROM listen_same_play s
             CROSS JOIN listen_play p ON p.play_id = s.play_id CROSS JOIN listen_play l ON l.play_id = s.lead_play_id
             WHERE p.batch_id NOT IN (SELECT batch_id FROM listen_batch WHERE state = 'accepted')
             OR l.batch_id NOT IN (SELECT batch_id FROM listen_batch WHERE state = 'accepted')",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (play_id, start_ms, lead_start_ms) in loose {
        set_lead(transaction, play_id, None)?;
        moment_is_due(transaction, start_ms)?;
        moment_is_due(transaction, lead_start_ms)?;
    }
    Ok(())
}

/// The batches whose plays got into the log and are to be worked out, each with its first and last moment: `None` when it has no plays.
/// Looking for these goes through all of their plays, so it is done before the step.
pub(crate) fn due_batches(connection: &Connection) -> Result<Vec<DueBatch>, ListenError> {
    Ok(connection
        .prepare_cached(
            "SELECT d.batch_id, min(p.start_ms), max(p.start_ms) FROM listen_same_due_batch d
             LEFT JOIN listen_batch b ON b.batch_id = d.batch_id AND b.first_play_id > 0
             LEFT JOIN listen_play p ON p.play_id >= b.first_play_id AND p.play_id <= b.last_play_id AND p.batch_id = b.batch_id
             GROUP BY d.batch_id",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?)
}

/// A batch, and the moments of its first and last play.
pub(crate) type DueBatch = (i64, Option<i64>, Option<i64>);

/// Works out some more; `due` are the batches that were due before. Says whether anything in the log changed by it.
pub(crate) fn step(transaction: &Transaction<'_>, stride: Stride, due: &[DueBatch]) -> Result<bool, ListenError> {
    let at_once = usize::try_from(stride.of(AT_ONCE).max(AT_LEAST)).unwrap_or(usize::MAX);
    take_batches(transaction, due)?;
    take_works(transaction)?;
    let Some((from_ms, to_ms)) = first_stretch(transaction)? else {
        return Ok(false);
    };
    let tellers = Tellers::read(transaction)?;
    let mut changed = false;
    let mut open = Open::default();
    // Where the next step goes on; `None` when the stretch is done.
    let mut reached = None;
    if tellers.are_several() {
        let mut statement = transaction.prepare_cached(
            "SELECT p.start_ms, p.fingerprint, p.play_id, p.via_id, p.played_how, p.played_ms, p.media_ms, p.marks,
                p.batch_id, w.identity_id, w.text_key, coalesce(i.is_named, 0), s.lead_play_id,
                ow.identity_id, ow.text_key, coalesce(oi.is_named, 0)
             FROM listen_play p CROSS JOIN listen_work w ON w.work_id = p.work_id
             LEFT JOIN listen_identity i ON i.identity_id = w.identity_id
             LEFT JOIN listen_same_play s ON s.play_id = p.play_id
             LEFT JOIN listen_correction c ON c.fingerprint = p.fingerprint
             LEFT JOIN listen_work ow ON ow.work_id = c.original_work_id
             LEFT JOIN listen_identity oi ON oi.identity_id = ow.identity_id
             WHERE p.start_ms >= ?1 ORDER BY p.start_ms, p.fingerprint",
        )?;
        let mut rows = statement.query([from_ms.saturating_sub(LOOK_BACK_MS)])?;
        let mut of_stretch = 0;
        while let Some(row) = rows.next()? {
            let start_ms: i64 = row.get(0)?;
            for done in open.out_of_reach(start_ms) {
                changed |= settle(transaction, &done, from_ms, to_ms)?;
            }
            if start_ms > to_ms && !open.has_one_from(from_ms, to_ms) {
                break;
            }
            if of_stretch >= at_once {
                // Plays that have been open since the beginning are settled as they are: the next step must get further.
                let earliest_ms = open.earliest_ms().filter(|earliest| *earliest > from_ms);
                reached = Some(earliest_ms.unwrap_or(start_ms)).filter(|reached| *reached > from_ms);
                break;
            }
            of_stretch += usize::from(start_ms >= from_ms);
            if let Some(told) = tellers.told(row)? {
                for done in open.add(told) {
                    changed |= settle(transaction, &done, from_ms, to_ms)?;
                }
            }
        }
    }
    // What is still open when a step ends early is read again by the next one.
    let done_ms = reached.map_or(to_ms, |reached| reached.saturating_sub(1));
    for done in open.close_all() {
        changed |= settle(transaction, &done, from_ms, done_ms)?;
    }
    done_until(transaction, done_ms)?;
    Ok(changed)
}

/// What was accepted since stays due, and what was undone since has nothing to be worked out but costs only a look.
fn take_batches(transaction: &Transaction<'_>, due: &[DueBatch]) -> Result<(), ListenError> {
    let mut done = transaction.prepare_cached("DELETE FROM listen_same_due_batch WHERE batch_id = ?1")?;
    let mut add =
        transaction.prepare_cached("INSERT OR IGNORE INTO listen_same_due (from_ms, to_ms) VALUES (?1, ?2)")?;
    for (batch_id, first_ms, last_ms) in due {
        let was_due = done.execute([batch_id])? > 0;
        if let (true, Some(first_ms), Some(last_ms)) = (was_due, first_ms, last_ms) {
            add.execute([first_ms, last_ms])?;
        }
    }
    Ok(())
}

fn take_works(transaction: &Transaction<'_>) -> Result<(), ListenError> {
    transaction.execute_batch(
        "INSERT OR IGNORE INTO listen_same_due (from_ms, to_ms)
         SELECT i.start_ms, i.start_ms FROM listen_same_due_work d CROSS JOIN listen_work_play i ON i.work_id = d.work_id;
         DELETE FROM listen_same_due_work;",
    )?;
    Ok(())
}

fn first_stretch(transaction: &Transaction<'_>) -> Result<Option<(i64, i64)>, ListenError> {
    let mut statement =
        transaction.prepare_cached("SELECT from_ms, to_ms FROM listen_same_due ORDER BY from_ms, to_ms LIMIT ?1")?;
    let mut rows = statement.query([DUE_AT_ONCE])?;
    let mut stretch: Option<(i64, i64)> = None;
    while let Some(row) = rows.next()? {
        let (from_ms, to_ms): (i64, i64) = (row.get(0)?, row.get(1)?);
        match &mut stretch {
            Some((_, until_ms)) if from_ms <= until_ms.saturating_add(ONE_STRETCH_MS) => {
                *until_ms = to_ms.max(*until_ms)
            }
            Some(_) => break,
            None => stretch = Some((from_ms, to_ms)),
        }
    }
    Ok(stretch)
}

fn done_until(transaction: &Transaction<'_>, done_ms: i64) -> Result<(), ListenError> {
    transaction
        .prepare_cached("DELETE FROM listen_same_due WHERE to_ms <= ?1")?
        .execute([done_ms])?;
    transaction
        .prepare_cached("UPDATE OR REPLACE listen_same_due SET from_ms = ?1 + 1 WHERE from_ms <= ?1")?
        .execute([done_ms])?;
    Ok(())
}

/// Who tells what: a source by one kind of file. Two kinds of file of one source may tell one play differently.
struct Tellers {
    /// By source and format: its place among them.
    order: BTreeMap<(String, String), usize>,
    formats: HashMap<i64, String>,
    vias: HashMap<i64, (String, bool)>,
}

impl Tellers {
    fn read(connection: &Connection) -> Result<Self, ListenError> {
        let formats: HashMap<i64, String> = connection
            .prepare_cached("SELECT batch_id, format FROM listen_batch WHERE state = 'accepted' AND first_play_id > 0")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let vias: HashMap<i64, (String, bool)> = connection
            .prepare_cached("SELECT via_id, source, service LIKE '%spotify%' FROM listen_via")?
            .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
            .collect::<Result<_, _>>()?;
        let sources: BTreeSet<&String> = vias.values().map(|(source, _)| source).collect();
        let kinds: BTreeSet<&String> = formats.values().collect();
        let all = sources
            .iter()
            .flat_map(|source| kinds.iter().map(|format| ((*source).clone(), (*format).clone())));
        Ok(Self {
            order: all.enumerate().map(|(place, name)| (name, place)).collect(),
            formats,
            vias,
        })
    }

    fn are_several(&self) -> bool {
        self.order.len() > 1
    }

    /// The play of a row; `None` when its batch is not in the log, or nothing is known of what it was.
    fn told(&self, row: &Row<'_>) -> Result<Option<Told>, ListenError> {
        let (Some(format), Some((source, is_spotify))) = (self.formats.get(&row.get(8)?), self.vias.get(&row.get(3)?))
        else {
            return Ok(None);
        };
        let Some(teller) = self.order.get(&(source.clone(), format.clone())) else {
            return Ok(None);
        };
        let marks: i64 = row.get(7)?;
        Ok(Some(Told {
            start_ms: row.get(0)?,
            fingerprint: row.get(1)?,
            play_id: row.get(2)?,
            teller: *teller,
            how: row.get(4)?,
            played_ms: row.get(5)?,
            media_ms: row.get(6)?,
            spotify: match (is_spotify, source.as_str()) {
                (false, _) => Spotify::None,
                (true, "spotify") => Spotify::Own,
                (true, _) => Spotify::Through,
            },
            is_hidden: marks & MARK_HIDDEN != 0,
            work: Work {
                identity_id: row.get(9)?,
                text_key: row.get(10)?,
                is_named: row.get(11)?,
            },
            original: Work {
                identity_id: row.get::<_, Option<i64>>(13)?.unwrap_or(0),
                text_key: row.get::<_, Option<i64>>(14)?.unwrap_or(0),
                is_named: row.get(15)?,
            },
            lead_now: row
                .get::<_, Option<i64>>(12)?
                .or((marks & MARK_TOLD_AGAIN != 0).then_some(0)),
        }))
    }
}

/// Plays that may still get a counterpart, with those that they are tied to.
#[derive(Default)]
struct Open {
    together: Vec<Vec<Told>>,
}

impl Open {
    /// Takes those out that nothing from this moment on can be tied to.
    fn out_of_reach(&mut self, now_ms: i64) -> Vec<Vec<Told>> {
        self.take(|together| together.iter().all(|told| told.reach_ms() < now_ms))
    }

    /// Adds a play to those that it may be one with. Comes back with what became too much to keep open.
    fn add(&mut self, told: Told) -> Vec<Vec<Told>> {
        let tied = self.take(|together| together.iter().any(|other| other.distance_ms(&told).is_some()));
        let mut all: Vec<Told> = tied.into_iter().flatten().collect();
        all.push(told);
        if all.len() >= MOST_TOGETHER {
            return vec![all];
        }
        self.together.push(all);
        Vec::new()
    }

    fn take(&mut self, wanted: impl Fn(&[Told]) -> bool) -> Vec<Vec<Told>> {
        self.together.extract_if(.., |together| wanted(together)).collect()
    }

    fn close_all(&mut self) -> Vec<Vec<Told>> {
        std::mem::take(&mut self.together)
    }

    fn earliest_ms(&self) -> Option<i64> {
        self.together.iter().flatten().map(|told| told.start_ms).min()
    }

    fn has_one_from(&self, from_ms: i64, to_ms: i64) -> bool {
        let mut all = self.together.iter().flatten();
        all.any(|told| (from_ms..=to_ms).contains(&told.start_ms))
    }
}

/// Writes down which of these are one play, if anything of them is due. Says whether that is news.
fn settle(transaction: &Transaction<'_>, together: &[Told], from_ms: i64, to_ms: i64) -> Result<bool, ListenError> {
    if !together.iter().any(|told| (from_ms..=to_ms).contains(&told.start_ms)) {
        return Ok(false);
    }
    // Nearly every play is alone.
    if let [alone] = together
        && alone.lead_now.is_none()
    {
        return Ok(false);
    }
    let mut changed = false;
    for play in plays(together) {
        let Some((lead, others)) = play.split_first() else {
            continue;
        };
        if lead.lead_now.is_some() {
            set_lead(transaction, lead.play_id, None)?;
            changed = true;
        }
        for told in others {
            if told.lead_now != Some(lead.play_id) {
                set_lead(transaction, told.play_id, Some(lead.play_id))?;
                changed = true;
            }
        }
    }
    Ok(changed)
}

fn set_lead(transaction: &Transaction<'_>, play_id: i64, lead: Option<i64>) -> Result<(), ListenError> {
    match lead {
        Some(lead) => {
            transaction
                .prepare_cached(
                    "INSERT INTO listen_same_play (play_id, lead_play_id) VALUES (?1, ?2)
                     ON CONFLICT (play_id) DO UPDATE SET lead_play_id = excluded.lead_play_id",
                )?
                .execute([play_id, lead])?;
            transaction
                .prepare_cached("UPDATE listen_play SET marks = marks | ?2 WHERE play_id = ?1")?
                .execute([play_id, MARK_TOLD_AGAIN])?;
        }
        None => {
            transaction
                .prepare_cached("DELETE FROM listen_same_play WHERE play_id = ?1")?
                .execute([play_id])?;
            transaction
                .prepare_cached("UPDATE listen_play SET marks = marks & ~?2 WHERE play_id = ?1")?
                .execute([play_id, MARK_TOLD_AGAIN])?;
        }
    }
    Ok(())
}

/// The play and all that are evidence of it, in no order that means anything but itself first.
pub(crate) fn with_evidence(connection: &Connection, lead_play_id: i64) -> Result<Vec<i64>, ListenError> {
    let others: Vec<i64> = connection
        .prepare_cached("SELECT play_id FROM listen_same_play WHERE lead_play_id = ?1 ORDER BY play_id")?
        .query_map(params![lead_play_id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(std::iter::once(lead_play_id).chain(others).collect())
}
