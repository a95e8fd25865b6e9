//! Merging and splitting works by hand. A decision is remembered by what the descriptions are known by, never by the
//! numbers of rows: so it holds when an import is undone and comes back, and for what other sources tell later.
//!
//! A merge ties everything that has one of its names; of texts it says that they are one text, which joins as texts do.
//! A split ties the descriptions that were split off to each other and to nothing else, until a later merge.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tekram_primitives::time::Timestamp;

use super::keys::{Key, Role, of_decision};
use super::step::described_work;
use crate::ListenError;

/// What a person said about works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// These are one.
    Merge,
    /// These are not what the rest is.
    Split,
}

impl Decision {
    fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Split => "split",
        }
    }
}

/// By which of its marks a decision knows a description again.
const BY_TEXT: i64 = 0;
const BY_NAME: i64 = 1;
const BY_DESCRIPTION: i64 = 2;

/// The decisions there are, for working out keys.
pub(crate) struct Decisions {
    /// By mark and hash: the decisions, and whether they are merges.
    by_mark: BTreeMap<(i64, i64), Vec<(i64, bool)>>,
}

impl Decisions {
    /// A person takes few; they are read as a whole.
    pub(crate) fn read(connection: &Connection) -> Result<Self, ListenError> {
        let mut by_mark: BTreeMap<(i64, i64), Vec<(i64, bool)>> = BTreeMap::new();
        let mut statement = connection.prepare_cached(
            "SELECT k.mark, k.hash, d.decision_id, d.what = 'merge' FROM listen_decision d
             CROSS JOIN listen_decision_key k ON k.decision_id = d.decision_id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            by_mark
                .entry((row.get(0)?, row.get(1)?))
                .or_default()
                .push((row.get(2)?, row.get(3)?));
        }
        Ok(Self { by_mark })
    }

    fn is_split(&self, work_hash: &[u8]) -> bool {
        let about = self.by_mark.get(&(BY_DESCRIPTION, short(work_hash)));
        about.into_iter().flatten().any(|(_, is_merge)| !is_merge)
    }

    /// The keys of a description, after what the person said of it.
    pub(crate) fn applied(&self, keys: Vec<Key>, work_hash: &[u8]) -> Vec<Key> {
        if self.by_mark.is_empty() {
            return keys;
        }
        let about = |mark: i64, hash: i64| self.by_mark.get(&(mark, hash)).into_iter().flatten().copied();
        let itself: Vec<(i64, bool)> = about(BY_DESCRIPTION, short(work_hash)).collect();
        let split = itself.iter().filter(|(_, is_merge)| !is_merge).map(|(id, _)| *id).max();
        let merged = |id: i64| Key {
            hash: of_decision(id, "merge"),
            role: Role::Joins,
        };
        let mut all: BTreeSet<Key> = itself
            .iter()
            .filter(|(id, is_merge)| *is_merge && split.is_none_or(|split| *id > split))
            .map(|(id, _)| merged(*id))
            .collect();
        if let Some(split) = split {
            all.insert(Key {
                hash: of_decision(split, "split"),
                role: Role::Joins,
            });
            return all.into_iter().collect();
        }
        for key in &keys {
            if key.role == Role::Text {
                all.extend(about(BY_TEXT, key.hash).map(|(id, _)| Key {
                    hash: of_decision(id, "text"),
                    role: Role::Text,
                }));
            } else if key.role.is_strong() {
                all.extend(about(BY_NAME, key.hash).map(|(id, _)| merged(id)));
            }
        }
        // What the description says of itself first: its own text is the first of its texts.
        keys.into_iter().chain(all).collect()
    }
}

fn short(work_hash: &[u8]) -> i64 {
    work_hash
        .first_chunk::<8>()
        .map_or(0, |first| i64::from_be_bytes(*first))
}

/// Takes a decision about descriptions. What it changes is worked out by the next step.
pub(crate) fn decide(
    transaction: &Transaction<'_>,
    decision: Decision,
    works: &[i64],
    now: Timestamp,
) -> Result<i64, ListenError> {
    transaction
        .prepare_cached("INSERT INTO listen_decision (what, decided_ms) VALUES (?1, ?2)")?
        .execute(params![decision.name(), now.millis()])?;
    let decision_id = transaction.last_insert_rowid();
    let mut marks = BTreeSet::new();
    let before = Decisions::read(transaction)?;
    for work_id in works {
        let (described, hash) = described_work(transaction, *work_id)?;
        marks.insert((BY_DESCRIPTION, short(&hash)));
        // The names of one that was split off are not its own.
        if decision == Decision::Merge && !before.is_split(&hash) {
            for key in described.keys() {
                match key.role {
                    Role::Text => marks.insert((BY_TEXT, key.hash)),
                    role if role.is_strong() => marks.insert((BY_NAME, key.hash)),
                    _ => false,
                };
            }
        }
    }
    let mut add =
        transaction.prepare_cached("INSERT INTO listen_decision_key (decision_id, mark, hash) VALUES (?1, ?2, ?3)")?;
    for (mark, hash) in &marks {
        add.execute([decision_id, *mark, *hash])?;
    }
    let mut touched: BTreeSet<i64> = works.iter().copied().collect();
    touched.extend(tied_by(transaction, marks.iter().map(|(_, hash)| *hash))?);
    anew(transaction, &touched)?;
    Ok(decision_id)
}

/// Takes a decision back.
pub(crate) fn take_back(transaction: &Transaction<'_>, decision_id: i64) -> Result<(), ListenError> {
    let keys = ["merge", "split", "text"].map(|tag| of_decision(decision_id, tag));
    let touched = tied_by(transaction, keys)?;
    for table in ["listen_decision_key", "listen_decision"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE decision_id = ?1"), [decision_id])?;
    }
    anew(transaction, &touched)
}

fn tied_by(transaction: &Transaction<'_>, hashes: impl IntoIterator<Item = i64>) -> Result<BTreeSet<i64>, ListenError> {
    let mut statement = transaction.prepare_cached("SELECT work_id FROM listen_work_key WHERE hash = ?1")?;
    let mut works = BTreeSet::new();
    for hash in hashes {
        for work_id in statement.query_map([hash], |row| row.get(0))? {
            works.insert(work_id?);
        }
    }
    Ok(works)
}

/// Gives descriptions their keys anew; whoever had or has one of them is looked at again.
fn anew(transaction: &Transaction<'_>, works: &BTreeSet<i64>) -> Result<(), ListenError> {
    let decisions = Decisions::read(transaction)?;
    let mut due = transaction.prepare_cached(
        "INSERT OR IGNORE INTO listen_identity_due (hash) SELECT hash FROM listen_work_key WHERE work_id = ?1",
    )?;
    for work_id in works {
        due.execute([*work_id])?;
        let (described, hash) = described_work(transaction, *work_id)?;
        transaction
            .prepare_cached("DELETE FROM listen_work_key WHERE work_id = ?1")?
            .execute([*work_id])?;
        super::step::set_keys(transaction, *work_id, &decisions.applied(described.keys(), &hash))?;
        due.execute([*work_id])?;
        // One that nothing ties to anything any more.
        transaction
            .prepare_cached("INSERT OR IGNORE INTO listen_identity_due_work (work_id) VALUES (?1)")?
            .execute([*work_id])?;
    }
    Ok(())
}

/// Descriptions of a work; empty when there is no such work.
pub(crate) fn descriptions_of(connection: &Connection, identity_id: i64) -> Result<Vec<i64>, ListenError> {
    let works = connection
        .prepare_cached("SELECT work_id FROM listen_work WHERE identity_id = ?1 AND identity_id <> 0 ORDER BY work_id")?
        .query_map([identity_id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(works)
}

/// The work that a description is of, and its kind.
pub(crate) fn work_of(connection: &Connection, work_id: i64) -> Result<Option<(i64, String)>, ListenError> {
    Ok(connection
        .prepare_cached("SELECT identity_id, kind FROM listen_work WHERE work_id = ?1")?
        .query_row([work_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
