//! Works, creators, shows and publishers as one thing each, however many descriptions of them the log has: what a
//! description belongs to, their sums, and the words they are found by.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::What;
use super::scan::{Heard, sum_from};
use crate::ListenError;
use crate::format::draft::folded;
use crate::log::index::gather_more;
use crate::log::stride::Stride;
use crate::log::subscriptions::Shows;

/// Descriptions told apart in one long step. Creators and shows lie everywhere in their tables, so each step writes most of
/// their pages: fewer steps write them less often. So many descriptions are about sixteen megabytes.
const NAMES_AT_ONCE: i64 = 32_768;
/// Entities summed and indexed in one long step.
const ENTITIES_AT_ONCE: i64 = 16_384;
/// Spellings of one work that can be found: services spell a song in a handful of ways.
const MOST_SPELLINGS: usize = 8;

/// A description of a work, as its source told it.
struct Described {
    work_id: i64,
    identity_id: i64,
    kind: String,
    title: String,
    creators: Vec<String>,
    show: String,
    publisher: String,
    url: String,
    credit_key: String,
    credit_name: String,
}

/// Columns that [`Described::from_row`] reads, of a work `w` and its credit `c`.
const DESCRIBED: &str = "w.kind, w.title, w.creators, w.show, w.publisher, w.url, c.credit_key, c.name, w.identity_id";

impl Described {
    fn read(transaction: &Transaction<'_>, work_id: i64) -> Result<Option<Self>, ListenError> {
        let mut statement = transaction.prepare_cached(&format!(
            "SELECT {DESCRIBED} FROM listen_work w CROSS JOIN listen_credit c ON c.credit_id = w.credit_id
             WHERE w.work_id = ?1"
        ))?;
        let mut rows = statement.query([work_id])?;
        rows.next()?.map(|row| Self::from_row(row, work_id, 0)).transpose()
    }

    /// From the given column on.
    fn from_row(row: &Row<'_>, work_id: i64, column: usize) -> Result<Self, ListenError> {
        let creators = row.get_ref(column + 2)?.as_str().unwrap_or_default();
        Ok(Self {
            work_id,
            kind: row.get(column)?,
            title: row.get(column + 1)?,
            creators: serde_json::from_str(creators).map_err(|_| ListenError::Unreadable {
                what: "list of creators",
            })?,
            show: row.get(column + 3)?,
            publisher: row.get(column + 4)?,
            url: row.get(column + 5)?,
            credit_key: row.get(column + 6)?,
            credit_name: row.get(column + 7)?,
            identity_id: row.get(column + 8)?,
        })
    }

    /// One work over all sources; before that is worked out, one for each description.
    fn work_key(&self) -> String {
        if self.identity_id > 0 {
            format!("i{}", self.identity_id)
        } else {
            format!("w{}", self.work_id)
        }
    }

    fn creator_keys(&self) -> BTreeSet<String> {
        let keys = self.creators.iter().map(|name| folded(name));
        keys.filter(|key| !key.is_empty()).collect()
    }

    /// A podcast is what its seconds are credited to, by title or by feed. There are many albums called "Greatest Hits",
    /// so an album is one of its first creator.
    fn show_key(&self, shows: &Shows) -> Option<String> {
        if self.credit_key.starts_with("feed:") {
            return Some(self.credit_key.clone());
        }
        if self.credit_key.starts_with("show:") {
            let feed = shows.by_title(&self.credit_name);
            return Some(feed.map_or_else(|| self.credit_key.clone(), |show| show.key.clone()));
        }
        let show = folded(&self.show);
        if show.is_empty() {
            return None;
        }
        let creator = match self.kind.as_str() {
            "music" => self.creators.first().map(|name| folded(name)).unwrap_or_default(),
            _ => String::new(),
        };
        Some(format!("{}:{show}\u{1f}{creator}", self.kind))
    }

    fn publisher_key(&self) -> Option<String> {
        Some(folded(&self.publisher)).filter(|key| !key.is_empty())
    }

    /// What people call it, and whose it is.
    fn names(&self, what: What, key: &str, shows: &Shows) -> (String, String) {
        let creators = self.creators.join(", ");
        match what {
            What::Creator => {
                let name = self.creators.iter().find(|name| folded(name) == key);
                (name.cloned().unwrap_or_default(), String::new())
            }
            What::Show => match shows.by_key(key).filter(|show| !show.title.is_empty()) {
                Some(show) => (show.title.clone(), self.creators.first().cloned().unwrap_or_default()),
                None => {
                    let told = if self.show.trim().is_empty() {
                        &self.credit_name
                    } else {
                        &self.show
                    };
                    let name = if told.is_empty() {
                        key.trim_start_matches("feed:").to_owned()
                    } else {
                        told.clone()
                    };
                    (name, self.creators.first().cloned().unwrap_or_default())
                }
            },
            What::Publisher => (self.publisher.clone(), String::new()),
            What::Work | What::Source => {
                // An episode action has no title, only an address.
                let name = if self.title.is_empty() { &self.url } else { &self.title };
                let maker = match (creators.is_empty(), self.show.is_empty()) {
                    (false, _) => creators,
                    (true, false) => self.show.clone(),
                    (true, true) => self
                        .show_key(shows)
                        .and_then(|key| shows.by_key(&key))
                        .map(|show| show.title.clone())
                        .unwrap_or_default(),
                };
                (name.clone(), maker)
            }
        }
    }
}

/// What a description of a work belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Belongs {
    pub(crate) work: i64,
    pub(crate) show: i64,
    pub(crate) publisher: i64,
    pub(crate) creators: Vec<i64>,
}

impl Belongs {
    pub(crate) fn read(connection: &rusqlite::Connection, work_id: i64) -> Result<Option<Self>, ListenError> {
        let mut statement = connection.prepare_cached(
            "SELECT work_entity, show_entity, publisher_entity, creator_entities FROM listen_work_entity
             WHERE work_id = ?1",
        )?;
        let mut rows = statement.query([work_id])?;
        Ok(rows.next()?.map(|row| Self::from_row(row, 0)).transpose()?)
    }

    /// From the given column on.
    fn from_row(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        let creators = row.get_ref(column + 3)?.as_str().unwrap_or_default();
        Ok(Self {
            work: row.get(column)?,
            show: row.get(column + 1)?,
            publisher: row.get(column + 2)?,
            creators: creators
                .split_ascii_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect(),
        })
    }

    /// Those of one kind; what is not known is left out.
    pub(crate) fn of(&self, what: What) -> &[i64] {
        let one = match what {
            What::Work => &self.work,
            What::Show => &self.show,
            What::Publisher => &self.publisher,
            What::Creator => return &self.creators,
            What::Source => return &[],
        };
        if *one == 0 { &[] } else { std::slice::from_ref(one) }
    }

    fn all(&self) -> impl Iterator<Item = i64> {
        [self.work, self.show, self.publisher]
            .into_iter()
            .chain(self.creators.iter().copied())
            .filter(|id| *id != 0)
    }
}

/// Works out what descriptions belong to. A work that nothing was known of is summed up and made findable at once: behind
/// an import that is nearly every one, and reading it again would be most of the time.
pub(crate) fn stale_names(transaction: &Transaction<'_>, stride: Stride) -> Result<bool, ListenError> {
    let last: Option<i64> = transaction
        .prepare_cached("SELECT max(work_id) FROM (SELECT work_id FROM listen_stale_name ORDER BY work_id LIMIT ?1)")?
        .query_row([stride.of(NAMES_AT_ONCE)], |row| row.get(0))?;
    let Some(last) = last else {
        return Ok(false);
    };
    gather_more(transaction, "listen_find_work")?;
    let shows = Shows::read(transaction)?;
    let mut known: HashMap<(i64, String), i64> = HashMap::new();
    let mut stale: HashSet<i64> = HashSet::new();
    let mut new: Vec<(i64, Entity, Described)> = Vec::new();
    {
        let mut named = transaction.prepare_cached(&format!(
            "SELECT n.work_id, b.work_id IS NOT NULL, b.work_entity, b.show_entity, b.publisher_entity,
                 b.creator_entities, h.work_id IS NOT NULL AND w.work_id IS NOT NULL AND c.credit_id IS NOT NULL,
                 h.listens, h.plays, h.unknown_plays, h.played_ms, h.estimated_ms, h.first_ms, h.first_offset_min,
                 h.last_ms, {DESCRIBED}
             FROM listen_stale_name n LEFT JOIN listen_work_entity b ON b.work_id = n.work_id
             LEFT JOIN listen_work_heard h ON h.work_id = n.work_id LEFT JOIN listen_work w ON w.work_id = n.work_id
             LEFT JOIN listen_credit c ON c.credit_id = w.credit_id WHERE n.work_id <= ?1 ORDER BY n.work_id"
        ))?;
        let mut leave =
            transaction.prepare_cached("DELETE FROM listen_entity_work WHERE entity_id = ?1 AND work_id = ?2")?;
        let mut join = transaction
            .prepare_cached("INSERT OR IGNORE INTO listen_entity_work (entity_id, work_id) VALUES (?1, ?2)")?;
        let mut keep = transaction.prepare_cached(
            "INSERT OR REPLACE INTO listen_work_entity
                 (work_id, work_entity, show_entity, publisher_entity, creator_entities) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let mut forget = transaction.prepare_cached("DELETE FROM listen_work_entity WHERE work_id = ?1")?;
        let mut rows = named.query([last])?;
        while let Some(row) = rows.next()? {
            let work_id: i64 = row.get(0)?;
            let before = if row.get(1)? {
                Belongs::from_row(row, 2)?
            } else {
                Belongs::default()
            };
            let described = if row.get(6)? {
                Some(Described::from_row(row, work_id, 15)?)
            } else {
                None
            };
            let mut fresh = None;
            let mut now = Belongs::default();
            if let Some(one) = &described {
                let mut id = |what: What, key: String| entity_id(transaction, &mut known, what, key);
                now.show = one.show_key(&shows).map_or(Ok(0), |key| id(What::Show, key))?;
                now.publisher = one.publisher_key().map_or(Ok(0), |key| id(What::Publisher, key))?;
                for key in one.creator_keys() {
                    now.creators.push(id(What::Creator, key)?);
                }
                let key = one.work_key();
                let (name, maker) = one.names(What::Work, &key, &shows);
                let (entity, is_new) = work_entity(transaction, &key, &name, &maker)?;
                now.work = entity;
                if is_new {
                    fresh = Some(Entity {
                        id: entity,
                        what: What::Work,
                        key,
                        heard: heard_from(row, 7)?,
                        works: vec![work_id],
                        find_id: None,
                    });
                }
            }
            stale.extend(before.all());
            if now != before {
                for entity in before.all() {
                    leave.execute([entity, work_id])?;
                }
                for entity in now.all() {
                    join.execute([entity, work_id])?;
                    if fresh.as_ref().is_none_or(|fresh| fresh.id != entity) {
                        stale.insert(entity);
                    }
                }
                if described.is_some() {
                    let creators: Vec<String> = now.creators.iter().map(ToString::to_string).collect();
                    keep.execute(params![work_id, now.work, now.show, now.publisher, creators.join(" ")])?;
                }
            }
            match (described, fresh) {
                (None, _) => {
                    forget.execute([work_id])?;
                }
                (Some(described), Some(fresh)) => {
                    new.push((find_id(What::Work, fresh.heard.last_ms, fresh.id), fresh, described));
                }
                (Some(_), None) => {}
            }
        }
    }
    // One that has a second description by now is read again with it.
    new.retain(|(_, entity, _)| !stale.contains(&entity.id));
    new.sort_unstable_by_key(|(find_id, _, _)| *find_id);
    for (find_id, entity, described) in &new {
        entity.make_findable(transaction, *find_id, "", &shows, std::slice::from_ref(described))?;
        entity.keep_sums(transaction, *find_id)?;
    }
    let mut stale: Vec<i64> = stale.into_iter().collect();
    stale.sort_unstable();
    let mut note = transaction.prepare_cached("INSERT OR IGNORE INTO listen_stale_entity (entity_id) VALUES (?1)")?;
    for entity in stale {
        note.execute([entity])?;
    }
    transaction
        .prepare_cached("DELETE FROM listen_stale_name WHERE work_id <= ?1")?
        .execute([last])?;
    Ok(true)
}

/// The number of a work's entity, and whether it is new.
fn work_entity(transaction: &Transaction<'_>, key: &str, name: &str, maker: &str) -> Result<(i64, bool), ListenError> {
    let what = What::Work.number();
    let is_new = transaction
        .prepare_cached("INSERT OR IGNORE INTO listen_entity (what, entity_key, name, maker) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![what, key, name, maker])?
        > 0;
    if is_new {
        return Ok((transaction.last_insert_rowid(), true));
    }
    let id = transaction
        .prepare_cached("SELECT entity_id FROM listen_entity WHERE what = ?1 AND entity_key = ?2")?
        .query_row(params![what, key], |row| row.get(0))?;
    Ok((id, false))
}

/// The number of an entity, a new one if it has none.
fn entity_id(
    transaction: &Transaction<'_>,
    known: &mut HashMap<(i64, String), i64>,
    what: What,
    key: String,
) -> Result<i64, ListenError> {
    let known_by = (what.number(), key);
    if let Some(id) = known.get(&known_by) {
        return Ok(*id);
    }
    let found: Option<i64> = transaction
        .prepare_cached("SELECT entity_id FROM listen_entity WHERE what = ?1 AND entity_key = ?2")?
        .query_row(params![known_by.0, known_by.1], |row| row.get(0))
        .optional()?;
    let id = match found {
        Some(id) => id,
        None => {
            transaction
                .prepare_cached("INSERT INTO listen_entity (what, entity_key) VALUES (?1, ?2)")?
                .execute(params![known_by.0, known_by.1])?;
            transaction.last_insert_rowid()
        }
    };
    known.insert(known_by, id);
    Ok(id)
}

/// An entity while it is worked out.
struct Entity {
    id: i64,
    what: What,
    key: String,
    heard: Heard,
    /// The descriptions of it, the one heard most first.
    works: Vec<i64>,
    /// Its number in the full-text index so far.
    find_id: Option<i64>,
}

/// Sums entities up and makes them findable. The ones heard last have the highest numbers in the full-text index, so that
/// it gives the newest first without sorting; it takes them in order of these numbers, or it would write a file for each.
pub(crate) fn stale_entities(transaction: &Transaction<'_>, stride: Stride) -> Result<bool, ListenError> {
    let ids: Vec<i64> = transaction
        .prepare_cached("SELECT entity_id FROM listen_stale_entity ORDER BY entity_id LIMIT ?1")?
        .query_map([stride.of(ENTITIES_AT_ONCE)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let Some(last) = ids.last() else {
        return Ok(false);
    };
    gather_more(transaction, "listen_find_work")?;
    gather_more(transaction, "listen_find_name")?;
    let shows = Shows::read(transaction)?;
    let mut found: Vec<(i64, Entity)> = Vec::with_capacity(ids.len());
    for id in &ids {
        if let Some(entity) = Entity::read(transaction, *id)? {
            entity.unfind(transaction)?;
            if entity.works.is_empty() {
                entity.forget(transaction)?;
            } else {
                found.push((find_id(entity.what, entity.heard.last_ms, entity.id), entity));
            }
        }
    }
    found.sort_unstable_by_key(|(find_id, _)| *find_id);
    for (find_id, entity) in &found {
        entity.keep(transaction, *find_id, &shows)?;
    }
    transaction
        .prepare_cached("DELETE FROM listen_stale_entity WHERE entity_id <= ?1")?
        .execute([last])?;
    Ok(true)
}

/// Two bits of what it is, 33 of the second when it was heard last, 28 of its number: unique, and in order of time.
pub(crate) fn find_id(what: What, last_ms: i64, entity_id: i64) -> i64 {
    let last_s = last_ms.div_euclid(1000).clamp(0, (1 << 33) - 1);
    (what.number() << 61) | (last_s << 28) | (entity_id & ((1 << 28) - 1))
}

impl Entity {
    fn read(transaction: &Transaction<'_>, id: i64) -> Result<Option<Self>, ListenError> {
        let named: Option<(i64, String, Option<i64>)> = transaction
            .prepare_cached(
                "SELECT e.what, e.entity_key, h.find_id FROM listen_entity e LEFT JOIN listen_entity_heard h
                 ON h.what = e.what AND h.entity_id = e.entity_id WHERE e.entity_id = ?1",
            )?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((what, key, find_id)) = named else {
            return Ok(None);
        };
        let what = What::ALL
            .into_iter()
            .find(|known| known.number() == what)
            .ok_or(ListenError::Unreadable { what: "entity" })?;
        let mut statement = transaction.prepare_cached(
            "SELECT h.work_id, h.listens, h.plays, h.unknown_plays, h.played_ms, h.estimated_ms, h.first_ms, h.first_offset_min,
                 h.last_ms
             FROM listen_entity_work e CROSS JOIN listen_work_heard h ON h.work_id = e.work_id WHERE e.entity_id = ?1",
        )?;
        let mut rows = statement.query([id])?;
        let mut entity = Self {
            id,
            what,
            key,
            heard: Heard::default(),
            works: Vec::new(),
            find_id,
        };
        let mut most: Vec<(u64, i64)> = Vec::new();
        while let Some(row) = rows.next()? {
            let of_work = heard_from(row, 1)?;
            entity.heard.join(&of_work);
            most.push((of_work.sum.listens, row.get(0)?));
        }
        most.sort_unstable_by_key(|(plays, work_id)| (std::cmp::Reverse(*plays), *work_id));
        // The description that says best what a work is leads, when it was heard.
        let lead = entity.key.strip_prefix('i').filter(|_| what == What::Work);
        if let Some(identity_id) = lead.and_then(|id| id.parse::<i64>().ok()) {
            let lead: Option<i64> = transaction
                .prepare_cached("SELECT lead_work_id FROM listen_identity WHERE identity_id = ?1")?
                .query_row([identity_id], |row| row.get(0))
                .optional()?;
            most.sort_by_key(|(_, work_id)| lead != Some(*work_id));
        }
        entity.works = most.into_iter().map(|(_, work_id)| work_id).collect();
        Ok(Some(entity))
    }

    fn words_table(&self) -> &'static str {
        if self.what == What::Work {
            "listen_find_work"
        } else {
            "listen_find_name"
        }
    }

    /// Takes it out of the full-text index.
    fn unfind(&self, transaction: &Transaction<'_>) -> Result<(), ListenError> {
        if let Some(find_id) = self.find_id {
            let sql = format!("DELETE FROM {} WHERE rowid = ?1", self.words_table());
            transaction.prepare_cached(&sql)?.execute([find_id])?;
        }
        Ok(())
    }

    fn forget(&self, transaction: &Transaction<'_>) -> Result<(), ListenError> {
        transaction
            .prepare_cached("DELETE FROM listen_entity_heard WHERE what = ?1 AND entity_id = ?2")?
            .execute([self.what.number(), self.id])?;
        transaction
            .prepare_cached("DELETE FROM listen_entity WHERE entity_id = ?1")?
            .execute([self.id])?;
        Ok(())
    }

    fn keep(&self, transaction: &Transaction<'_>, find_id: i64, shows: &Shows) -> Result<(), ListenError> {
        let mut spellings = Vec::new();
        for work_id in self.works.iter().take(MOST_SPELLINGS) {
            spellings.extend(Described::read(transaction, *work_id)?);
            if self.what != What::Work {
                break;
            }
        }
        let (name, maker) = spellings
            .first()
            .map(|one| one.names(self.what, &self.key, shows))
            .unwrap_or_default();
        self.make_findable(transaction, find_id, &name, shows, &spellings)?;
        transaction
            .prepare_cached("UPDATE listen_entity SET name = ?2, maker = ?3 WHERE entity_id = ?1")?
            .execute(params![self.id, name, maker])?;
        self.keep_sums(transaction, find_id)
    }

    /// Puts its words into the full-text index.
    fn make_findable(
        &self,
        transaction: &Transaction<'_>,
        find_id: i64,
        name: &str,
        shows: &Shows,
        spellings: &[Described],
    ) -> Result<(), ListenError> {
        if self.what == What::Work {
            let once = |text: fn(&Described) -> &str| {
                let texts: BTreeSet<&str> = spellings.iter().map(text).collect();
                texts.into_iter().collect::<Vec<_>>().join("\n")
            };
            let creators: BTreeSet<&str> = spellings
                .iter()
                .flat_map(|one| &one.creators)
                .map(String::as_str)
                .collect();
            let of_feed = spellings
                .iter()
                .filter_map(|one| Some(shows.by_key(&one.show_key(shows)?)?.title.as_str()));
            let show: BTreeSet<&str> = spellings.iter().map(|one| one.show.as_str()).chain(of_feed).collect();
            transaction
                .prepare_cached(
                    "INSERT INTO listen_find_work (rowid, title, creators, show, publisher, notes)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    find_id,
                    once(|one| &one.title),
                    creators.into_iter().collect::<Vec<_>>().join("\n"),
                    show.into_iter().collect::<Vec<_>>().join("\n"),
                    once(|one| &one.publisher),
                    notes(transaction, &self.works)?,
                ])?;
        } else {
            transaction
                .prepare_cached("INSERT INTO listen_find_name (rowid, name) VALUES (?1, ?2)")?
                .execute(params![find_id, name])?;
        }
        Ok(())
    }

    fn keep_sums(&self, transaction: &Transaction<'_>, find_id: i64) -> Result<(), ListenError> {
        let [listens, plays, unknown_plays] = self.heard.numbers();
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO listen_entity_heard (what, entity_id, listens, plays, unknown_plays, played_ms,
                     estimated_ms, first_ms, first_offset_min, last_ms, find_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                self.what.number(),
                self.id,
                listens,
                plays,
                unknown_plays,
                self.heard.sum.played_ms,
                self.heard.sum.estimated_ms,
                self.heard.first_ms,
                self.heard.first_offset_min,
                self.heard.last_ms,
                find_id
            ])?;
        Ok(())
    }
}

/// Columns `listens, plays, unknown_plays, played_ms, estimated_ms, first_ms, first_offset_min, last_ms`, from the given one on.
pub(crate) fn heard_from(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Heard> {
    Ok(Heard {
        sum: sum_from(row, column)?,
        first_ms: row.get(column + 5)?,
        first_offset_min: row.get(column + 6)?,
        last_ms: row.get(column + 7)?,
    })
}

/// What the person wrote about listens to these works: notes and tags. Whoever changes one puts the work into
/// `listen_stale_name`, by a trigger on the table it is kept in.
fn notes(_transaction: &Transaction<'_>, _works: &[i64]) -> Result<String, ListenError> {
    Ok(String::new())
}
