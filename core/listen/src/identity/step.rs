//! Working identities out, some thousand descriptions in one transaction: the new ones, those that lost a neighbour, and
//! everything that is tied to them. So each transaction ends with just the partition of all descriptions seen so far.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rusqlite::{CachedStatement, Connection, Row, Transaction, params};

use super::decision::Decisions;
use super::keys::{Described, Key, Role};
use super::partition::groups;
use crate::ListenError;
use crate::log::stride::Stride;

/// Descriptions worked out in one long step: memory stays small. Keys are hashes, so each step touches most pages of their
/// index: fewer ones write it less often.
const AT_ONCE: i64 = 32_768;

/// Whether there is something to work out.
pub(crate) fn behind(connection: &Connection) -> Result<bool, ListenError> {
    Ok(connection
        .prepare_cached(
            "SELECT i.work_id < coalesce((SELECT max(w.work_id) FROM listen_work w), 0)
             OR EXISTS (SELECT 1 FROM listen_identity_due) OR EXISTS (SELECT 1 FROM listen_identity_due_work)
             FROM listen_identity_index i",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Works out some more.
pub(crate) fn step(transaction: &Transaction<'_>, stride: Stride) -> Result<(), ListenError> {
    let at_once = stride.of(AT_ONCE);
    let mut reached = Reached::new(transaction)?;
    take_new(transaction, &mut reached, at_once)?;
    take_due(transaction, &mut reached, at_once)?;
    let works = reached.all_tied()?;
    write(transaction, &works)
}

/// A description in the table.
struct Known {
    keys: Vec<Key>,
    /// The identity that it has so far; 0 for none.
    identity_id: i64,
    /// Whether that one has a name of its own.
    is_named: bool,
    /// The same texts, the same bytes: orders what nothing else does.
    hash: Vec<u8>,
    /// Whether its text's key is still to be written.
    is_new: bool,
}

impl Known {
    /// What it is by its own text; 0 for nothing.
    fn text_key(&self) -> i64 {
        text_key(&self.keys)
    }
}

/// The first of the texts, which is what a description says of itself.
fn text_key(keys: &[Key]) -> i64 {
    keys.iter().find(|key| key.role == Role::Text).map_or(0, |key| key.hash)
}

/// Reads the next new descriptions and keeps their keys. Goes through the index of keys in its own order, once to see who
/// has them already and once to add to it.
fn take_new(transaction: &Transaction<'_>, reached: &mut Reached<'_>, at_once: i64) -> Result<(), ListenError> {
    let done: i64 = transaction
        .prepare_cached("SELECT work_id FROM listen_identity_index")?
        .query_row([], |row| row.get(0))?;
    let decisions = Decisions::read(transaction)?;
    let mut all: Vec<(Key, i64)> = Vec::new();
    let mut last = None;
    {
        let mut statement = transaction.prepare_cached(&format!(
            "SELECT {DESCRIBED}, identity_id,
                 coalesce((SELECT i.is_named FROM listen_identity i WHERE i.identity_id = listen_work.identity_id), 0)
             FROM listen_work WHERE work_id > ?1 ORDER BY work_id LIMIT ?2"
        ))?;
        let mut rows = statement.query([done, at_once])?;
        while let Some(row) = rows.next()? {
            let work_id: i64 = row.get(0)?;
            let (described, hash) = described(row)?;
            let keys = decisions.applied(described.keys(), &hash);
            all.extend(keys.iter().map(|key| (*key, work_id)));
            let known = Known {
                keys,
                identity_id: row.get(12)?,
                is_named: row.get(13)?,
                hash,
                is_new: true,
            };
            reached.new.insert(work_id, known);
            last = Some(work_id);
        }
    }
    let Some(last) = last else { return Ok(()) };
    all.sort_unstable_by_key(|(key, work_id)| (key.hash, *work_id));
    // The first ones of a log meet nobody.
    let is_first = done == 0;
    let mut add = transaction
        .prepare_cached("INSERT OR IGNORE INTO listen_work_key (work_id, hash, role) VALUES (?1, ?2, ?3)")?;
    for sharing in all.chunk_by(|(one, _), (other, _)| one.hash == other.hash) {
        let Some((key, _)) = sharing.first() else { continue };
        let mut works: Vec<i64> = sharing.iter().map(|(_, work_id)| *work_id).collect();
        if !is_first && sharing.iter().any(|(key, _)| key.role != Role::Guid) {
            let rows = reached.works_of.query_map([key.hash], |row| row.get(0))?;
            works.extend(rows.collect::<Result<Vec<i64>, _>>()?);
        }
        for (key, work_id) in sharing {
            add.execute(params![work_id, key.hash, key.role.number()])?;
        }
        // Nearly every name is one description's alone.
        if works.len() > 1 {
            reached.sharing.insert(key.hash, works);
        }
    }
    reached.looked_up_new = all.into_iter().map(|(key, _)| key.hash).collect();
    let new: Vec<i64> = reached.new.keys().copied().collect();
    for work_id in new {
        reached.start(work_id);
    }
    transaction
        .prepare_cached("UPDATE listen_identity_index SET work_id = ?1")?
        .execute([last])?;
    Ok(())
}

/// Writes down what a description is known by.
pub(super) fn set_keys(transaction: &Transaction<'_>, work_id: i64, keys: &[Key]) -> Result<(), ListenError> {
    let mut add = transaction
        .prepare_cached("INSERT OR IGNORE INTO listen_work_key (work_id, hash, role) VALUES (?1, ?2, ?3)")?;
    for key in keys {
        add.execute(params![work_id, key.hash, key.role.number()])?;
    }
    transaction
        .prepare_cached("UPDATE listen_work SET text_key = ?2 WHERE work_id = ?1 AND text_key <> ?2")?
        .execute([work_id, text_key(keys)])?;
    Ok(())
}

const DESCRIBED: &str = "work_id, kind, title, creators, show, url, feed_url, item_guid, isrc, recording_mbid,
    spotify_uri, work_hash";

/// A description, and the hash of all its texts.
fn described(row: &Row<'_>) -> Result<(Described, Vec<u8>), ListenError> {
    let described = Described {
        kind: row.get(1)?,
        title: row.get(2)?,
        creators: serde_json::from_str(&row.get::<_, String>(3)?).map_err(|_| ListenError::Unreadable {
            what: "list of creators",
        })?,
        show: row.get(4)?,
        url: row.get(5)?,
        feed_url: row.get(6)?,
        item_guid: row.get(7)?,
        isrc: row.get(8)?,
        recording_mbid: row.get(9)?,
        spotify_uri: row.get(10)?,
    };
    Ok((described, row.get(11)?))
}

/// The description with this number.
pub(super) fn described_work(transaction: &Transaction<'_>, work_id: i64) -> Result<(Described, Vec<u8>), ListenError> {
    let mut statement =
        transaction.prepare_cached(&format!("SELECT {DESCRIBED} FROM listen_work WHERE work_id = ?1"))?;
    let mut rows = statement.query_and_then([work_id], described)?;
    rows.next().unwrap_or(Err(ListenError::NoSuchWork { work: work_id }))
}

/// Takes the keys by which something is no longer tied.
fn take_due(transaction: &Transaction<'_>, reached: &mut Reached<'_>, at_once: i64) -> Result<(), ListenError> {
    let due: Vec<i64> = transaction
        .prepare_cached("SELECT hash FROM listen_identity_due ORDER BY hash LIMIT ?1")?
        .query_map([at_once], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut done = transaction.prepare_cached("DELETE FROM listen_identity_due WHERE hash = ?1")?;
    for hash in due {
        reached.start_at_key(hash)?;
        done.execute([hash])?;
    }
    let works: Vec<i64> = transaction
        .prepare_cached("SELECT d.work_id FROM listen_identity_due_work d JOIN listen_work w ON w.work_id = d.work_id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for work_id in works {
        reached.start(work_id);
    }
    transaction.execute("DELETE FROM listen_identity_due_work", [])?;
    Ok(())
}

/// What is tied to the descriptions at which it started, however far away.
struct Reached<'t> {
    keys_of: CachedStatement<'t>,
    works_of: CachedStatement<'t>,
    known: CachedStatement<'t>,
    waiting: Vec<i64>,
    works: HashSet<i64>,
    looked_up: HashSet<i64>,
    /// The new descriptions, known already.
    new: BTreeMap<i64, Known>,
    /// The keys of new descriptions in order, and who else has the ones that more than one has.
    looked_up_new: Vec<i64>,
    sharing: HashMap<i64, Vec<i64>>,
}

impl<'t> Reached<'t> {
    fn new(transaction: &'t Transaction<'t>) -> Result<Self, ListenError> {
        Ok(Self {
            keys_of: transaction.prepare_cached("SELECT hash, role FROM listen_work_key WHERE work_id = ?1")?,
            works_of: transaction.prepare_cached("SELECT work_id FROM listen_work_key WHERE hash = ?1")?,
            known: transaction.prepare_cached(
                "SELECT w.identity_id, w.work_hash, coalesce(i.is_named, 0) FROM listen_work w
                 LEFT JOIN listen_identity i ON i.identity_id = w.identity_id WHERE w.work_id = ?1",
            )?,
            waiting: Vec::new(),
            works: HashSet::new(),
            looked_up: HashSet::new(),
            new: BTreeMap::new(),
            looked_up_new: Vec::new(),
            sharing: HashMap::new(),
        })
    }

    fn start(&mut self, work_id: i64) {
        if self.works.insert(work_id) {
            self.waiting.push(work_id);
        }
    }

    fn start_at_key(&mut self, hash: i64) -> Result<(), ListenError> {
        if self.looked_up_new.binary_search(&hash).is_ok() {
            for work_id in self.sharing.remove(&hash).unwrap_or_default() {
                self.start(work_id);
            }
        } else if self.looked_up.insert(hash) {
            let works: Vec<i64> = self
                .works_of
                .query_map([hash], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for work_id in works {
                self.start(work_id);
            }
        }
        Ok(())
    }

    fn all_tied(mut self) -> Result<BTreeMap<i64, Known>, ListenError> {
        let mut tied = BTreeMap::new();
        while let Some(work_id) = self.waiting.pop() {
            if let Some(known) = self.new.remove(&work_id) {
                for key in known.keys.iter().filter(|key| key.role != Role::Guid) {
                    self.start_at_key(key.hash)?;
                }
                tied.insert(work_id, known);
                continue;
            }
            let mut keys = Vec::new();
            {
                let mut rows = self.keys_of.query([work_id])?;
                while let Some(row) = rows.next()? {
                    let role =
                        Role::from_number(row.get(1)?).ok_or(ListenError::Unreadable { what: "key of a work" })?;
                    keys.push(Key {
                        hash: row.get(0)?,
                        role,
                    });
                }
            }
            for key in keys.iter().filter(|key| key.role != Role::Guid) {
                self.start_at_key(key.hash)?;
            }
            let (identity_id, hash, is_named) = self
                .known
                .query_row([work_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            tied.insert(
                work_id,
                Known {
                    keys,
                    identity_id,
                    is_named,
                    hash,
                    is_new: false,
                },
            );
        }
        Ok(tied)
    }
}

/// Gives each group an identity: one that its members have already, else a new one.
fn write(transaction: &Transaction<'_>, works: &BTreeMap<i64, Known>) -> Result<(), ListenError> {
    let numbers: Vec<i64> = works.keys().copied().collect();
    let descriptions: Vec<Vec<Key>> = works.values().map(|known| known.keys.clone()).collect();
    let mut set = transaction.prepare_cached("UPDATE listen_work SET identity_id = ?2 WHERE work_id = ?1")?;
    let mut set_new =
        transaction.prepare_cached("UPDATE listen_work SET identity_id = ?2, text_key = ?3 WHERE work_id = ?1")?;
    let mut add = transaction.prepare_cached("INSERT INTO listen_identity (lead_work_id, is_named) VALUES (?1, ?2)")?;
    let mut change = transaction.prepare_cached(
        "UPDATE listen_identity SET lead_work_id = ?2, is_named = ?3
         WHERE identity_id = ?1 AND (lead_work_id <> ?2 OR is_named <> ?3)",
    )?;
    let mut due = transaction.prepare_cached("INSERT OR IGNORE INTO listen_same_due_work (work_id) VALUES (?1)")?;
    let mut taken: BTreeSet<i64> = BTreeSet::new();
    for group in groups(&descriptions) {
        let members: Vec<(i64, &Known)> = group
            .members
            .iter()
            .filter_map(|place| numbers.get(*place))
            .filter_map(|work_id| works.get(work_id).map(|known| (*work_id, known)))
            .collect();
        // Whoever has most names says best what it is.
        let strong = |known: &Known| known.keys.iter().filter(|key| key.role != Role::Text).count();
        let lead = members
            .iter()
            .max_by(|(_, one), (_, other)| strong(one).cmp(&strong(other)).then_with(|| other.hash.cmp(&one.hash)));
        let Some((lead, _)) = lead else { continue };
        let free = members
            .iter()
            .map(|(_, known)| known.identity_id)
            .filter(|id| *id != 0 && !taken.contains(id))
            .min();
        let identity_id = match free {
            Some(identity_id) => {
                change.execute(params![identity_id, lead, group.is_named])?;
                identity_id
            }
            None => {
                add.execute(params![lead, group.is_named])?;
                transaction.last_insert_rowid()
            }
        };
        taken.insert(identity_id);
        for (work_id, known) in &members {
            if known.is_new {
                set_new.execute([*work_id, identity_id, known.text_key()])?;
            } else if known.identity_id != identity_id {
                set.execute([*work_id, identity_id])?;
            }
            // Plays that were not the same before may be now, and the other way round.
            if known.identity_id != 0 && (known.identity_id != identity_id || known.is_named != group.is_named) {
                due.execute([*work_id])?;
            }
        }
    }
    let mut gone = transaction.prepare_cached("DELETE FROM listen_identity WHERE identity_id = ?1")?;
    let before: BTreeSet<i64> = works.values().map(|known| known.identity_id).collect();
    for identity_id in before.into_iter().filter(|id| *id != 0 && !taken.contains(id)) {
        gone.execute([identity_id])?;
    }
    Ok(())
}
