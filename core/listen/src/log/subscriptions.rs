//! The podcasts a person subscribes to, as their lists say; and what these lists tell of the log's podcasts: a title
//! for a feed, and a feed for a show that another source knows by its title only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::Connection;
use serde::Serialize;
use tekram_vault::Vault;

use crate::ListenError;
use crate::format::draft::folded;

/// A podcast in a list of subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// The key that its listens are totalled under.
    pub key: String,
    /// Address of the feed.
    pub feed_url: String,
    /// Title in the list.
    pub title: String,
    /// The show's site; empty when unknown.
    pub site_url: String,
    /// Folders it lies in, from outside in, joined by `/`.
    pub folder: String,
    /// Where its makers take money, as the player says; empty when unknown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub payment_url: String,
    /// The import that told of it; 0 for a feed that was added by hand.
    pub batch_id: i64,
}

/// Feeds that were added by hand, with what they say of themselves; no import told of them.
const BY_HAND: &str = "SELECT f.feed_key, CASE f.moved_url WHEN '' THEN f.feed_url ELSE f.moved_url END,
    coalesce(f.facts ->> '$.title', ''), coalesce(f.facts ->> '$.site_url', ''), '', 0, ''
    FROM listen_feed f WHERE f.by_hand = 1 AND f.removed = 0";

const COLUMNS: &str = "s.feed_key, s.feed_url, s.title, s.site_url, s.folder, s.batch_id, s.payment_url";

/// The accepted subscriptions and the feeds that were added by hand, each once, by title; without those that were let go.
///
/// # Errors
/// When the vault fails.
pub fn subscriptions(vault: &Vault) -> Result<Vec<Subscription>, ListenError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached("SELECT feed_key FROM listen_feed WHERE removed = 1")?;
        let let_go = statement
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<Result<BTreeSet<_>, _>>()?;
        let mut all = accepted(connection)?;
        all.retain(|one| !let_go.contains(&one.key));
        Ok(all)
    })
}

fn accepted(connection: &Connection) -> Result<Vec<Subscription>, ListenError> {
    let all = read(
        connection,
        &format!(
            "SELECT {COLUMNS} FROM listen_batch b CROSS JOIN listen_subscription s ON s.batch_id = b.batch_id
             WHERE b.state = 'accepted' ORDER BY b.batch_id"
        ),
        &[],
    )?;
    // A later list has the newer title.
    let mut by_key: BTreeMap<String, Subscription> = all.into_iter().map(|one| (one.key.clone(), one)).collect();
    for one in read(connection, BY_HAND, &[])? {
        by_key.entry(one.key.clone()).or_insert(one);
    }
    let mut once: Vec<_> = by_key.into_values().collect();
    once.sort_by_cached_key(|one| folded(&one.title));
    Ok(once)
}

/// What a batch told of.
pub(crate) fn of_batch(connection: &Connection, batch_id: i64) -> Result<Vec<Subscription>, ListenError> {
    let sql = format!("SELECT {COLUMNS} FROM listen_subscription s WHERE s.batch_id = ?1 ORDER BY s.feed_key");
    read(connection, &sql, &[batch_id])
}

fn read(connection: &Connection, sql: &str, values: &[i64]) -> Result<Vec<Subscription>, ListenError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_and_then(rusqlite::params_from_iter(values), |row| {
        Ok(Subscription {
            key: row.get(0)?,
            feed_url: row.get(1)?,
            title: row.get(2)?,
            site_url: row.get(3)?,
            folder: row.get(4)?,
            batch_id: row.get(5)?,
            payment_url: row.get(6)?,
        })
    })?;
    rows.collect()
}

/// What the accepted subscriptions say about podcasts.
#[derive(Debug, Default)]
pub(crate) struct Shows {
    by_key: HashMap<String, Subscription>,
    /// `None` where two feeds have the same title: then a title names neither.
    key_by_title: HashMap<String, Option<String>>,
}

impl Shows {
    pub(crate) fn read(connection: &Connection) -> Result<Self, ListenError> {
        let mut shows = Self::default();
        for one in accepted(connection)? {
            let title = folded(&one.title);
            if !title.is_empty() {
                shows
                    .key_by_title
                    .entry(title)
                    .and_modify(|key| *key = None)
                    .or_insert_with(|| Some(one.key.clone()));
            }
            shows.by_key.insert(one.key.clone(), one);
        }
        Ok(shows)
    }

    /// The podcast with this key.
    pub(crate) fn by_key(&self, key: &str) -> Option<&Subscription> {
        self.by_key.get(key)
    }

    /// The one podcast of this title.
    pub(crate) fn by_title(&self, name: &str) -> Option<&Subscription> {
        self.key_by_title
            .get(&folded(name))?
            .as_deref()
            .and_then(|key| self.by_key(key))
    }
}
