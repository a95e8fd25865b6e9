//! The feeds that a person follows: those of the subscription lists they accepted and those they added, without those they
//! let go. What is known of each, and how the last question went.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::address::is_private_address;
use super::parse::FeedFacts;
use super::route::Route;
use crate::ListenError;
use crate::format::draft::{LONGEST_TEXT, feed_key};
use crate::pen::LOG;

/// A feed that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Feed {
    /// Number in this log.
    pub feed_id: i64,
    /// The key that its listens are totalled under.
    pub key: String,
    /// The whole address that is asked; show it with [`shown_address`](super::shown_address).
    #[serde(skip)]
    pub feed_url: String,
    /// Whether the address is the person's own.
    pub private: bool,
    /// What the feed says of itself; before it was asked, the title that a list gave it.
    pub facts: FeedFacts,
    /// Folders it lies in, from outside in, joined by `/`.
    pub folder: String,
    /// Episodes known.
    pub episodes: u64,
    /// When it was last asked, milliseconds since 1970; 0 for never.
    pub checked_ms: i64,
    /// When it last had something new to say.
    pub changed_ms: i64,
    /// Not to be asked before.
    pub next_ms: i64,
    /// It moved for good, and is asked at its new address.
    pub moved: bool,
    /// It is gone for good (410) and not asked any more.
    pub gone: bool,
    /// Failures in a row.
    pub failures: u32,
    /// Stable code of the last failure; empty when the last question went well.
    pub problem: String,
}

/// Feeds that are followed now: by hand, or by an accepted list.
pub(super) const FOLLOWED: &str = "f.removed = 0 AND (f.by_hand = 1 OR EXISTS (
    SELECT 1 FROM listen_batch b CROSS JOIN listen_subscription s ON s.batch_id = b.batch_id AND s.feed_key = f.feed_key
    WHERE b.state = 'accepted'))";

const COLUMNS: &str = "f.feed_id, f.feed_key, CASE f.moved_url WHEN '' THEN f.feed_url ELSE f.moved_url END, f.private,
    f.facts, f.checked_ms, f.changed_ms, f.next_ms, f.moved_url <> '', f.gone, f.failures, f.problem,
    (SELECT count(*) FROM listen_episode e WHERE e.feed_id = f.feed_id),
    coalesce((SELECT s.title FROM listen_subscription s JOIN listen_batch b ON b.batch_id = s.batch_id
        WHERE s.feed_key = f.feed_key AND b.state = 'accepted' ORDER BY b.batch_id DESC LIMIT 1), ''),
    coalesce((SELECT s.folder FROM listen_subscription s JOIN listen_batch b ON b.batch_id = s.batch_id
        WHERE s.feed_key = f.feed_key AND b.state = 'accepted' ORDER BY b.batch_id DESC LIMIT 1), '')";

/// The feeds that are followed, by title.
///
/// # Errors
/// When the vault fails.
pub fn feeds(vault: &Vault) -> Result<Vec<Feed>, ListenError> {
    take_subscriptions(vault)?;
    vault.read(|connection| {
        let mut statement =
            connection.prepare_cached(&format!("SELECT {COLUMNS} FROM listen_feed f WHERE {FOLLOWED}"))?;
        let rows = statement.query_and_then([], feed_from)?;
        let mut feeds = rows.collect::<Result<Vec<_>, ListenError>>()?;
        feeds.sort_by_cached_key(|feed| (feed.facts.title.to_lowercase(), feed.feed_id));
        Ok(feeds)
    })
}

/// One feed that is followed.
///
/// # Errors
/// `no_such_feed`, or when the vault fails.
pub fn feed(vault: &Vault, feed_id: i64) -> Result<Feed, ListenError> {
    vault.read(|connection| one(connection, feed_id))
}

pub(super) fn one(connection: &Connection, feed_id: i64) -> Result<Feed, ListenError> {
    let sql = format!("SELECT {COLUMNS} FROM listen_feed f WHERE f.feed_id = ?1 AND {FOLLOWED}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query_and_then([feed_id], feed_from)?;
    rows.next().unwrap_or(Err(ListenError::NoSuchFeed { feed_id }))
}

fn feed_from(row: &rusqlite::Row<'_>) -> Result<Feed, ListenError> {
    let facts: String = row.get(4)?;
    let mut facts: FeedFacts = serde_json::from_str(&facts).map_err(|_| ListenError::Unreadable { what: "feed" })?;
    if facts.title.is_empty() {
        facts.title = row.get(13)?;
    }
    Ok(Feed {
        feed_id: row.get(0)?,
        key: row.get(1)?,
        feed_url: row.get(2)?,
        private: row.get(3)?,
        facts,
        checked_ms: row.get(5)?,
        changed_ms: row.get(6)?,
        next_ms: row.get(7)?,
        moved: row.get(8)?,
        gone: row.get(9)?,
        failures: row.get(10)?,
        problem: row.get(11)?,
        episodes: row.get::<_, i64>(12).map(|count| u64::try_from(count).unwrap_or(0))?,
        folder: row.get(14)?,
    })
}

/// Follows the feed at an address from now on, also one that was let go before. `private` says that the address is the
/// person's own even if it does not look so. Returns its number.
///
/// # Errors
/// `bad_feed_address`, or when the vault fails.
pub fn follow(vault: &Vault, address: &str, private: bool, now: Timestamp) -> Result<i64, ListenError> {
    let address = address.trim();
    let usable = Route::from(address).is_some() && address.len() <= LONGEST_TEXT && !address.contains('\0');
    if !usable {
        return Err(ListenError::BadFeedAddress);
    }
    vault.write(LOG, |transaction| {
        let feed_id = add(transaction, &feed_key(address), address, private)?;
        transaction
            .prepare_cached(
                "UPDATE listen_feed SET by_hand = 1, removed = 0, gone = 0, failures = 0, problem = '', next_ms = 0,
                    added_ms = ?2, feed_url = ?3, moved_url = '', private = max(private, ?4) WHERE feed_id = ?1",
            )?
            .execute(params![
                feed_id,
                now.millis(),
                address,
                private || is_private_address(address)
            ])?;
        Ok(feed_id)
    })
}

/// Lets a feed go: it is not asked any more, its episodes and its address are forgotten, and a list that still names it does
/// not bring it back. What was heard of it stays in the log.
///
/// # Errors
/// `no_such_feed`, or when the vault fails.
pub fn unfollow(vault: &Vault, feed_id: i64) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        one(transaction, feed_id)?;
        transaction
            .prepare_cached("DELETE FROM listen_episode WHERE feed_id = ?1")?
            .execute([feed_id])?;
        transaction
            .prepare_cached(
                "UPDATE listen_feed SET removed = 1, by_hand = 0, feed_url = '', moved_url = '', etag = '', last_modified = '',
                    validator_url = '', body_sha256 = NULL, facts = '{}', problem = '' WHERE feed_id = ?1",
            )?
            .execute([feed_id])?;
        Ok(())
    })
}

/// Gives the feeds of accepted lists a row of their own. Most of the time there is nothing to do, and then nothing is written.
pub(super) fn take_subscriptions(vault: &Vault) -> Result<(), ListenError> {
    const NEW: &str = "FROM listen_batch b CROSS JOIN listen_subscription s ON s.batch_id = b.batch_id
        WHERE b.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM listen_feed f WHERE f.feed_key = s.feed_key)";
    let any = vault.read(|connection| {
        let sql = format!("SELECT EXISTS (SELECT 1 {NEW})");
        Ok::<_, ListenError>(
            connection
                .prepare_cached(&sql)?
                .query_row([], |row| row.get::<_, bool>(0))?,
        )
    })?;
    if !any {
        return Ok(());
    }
    vault.write(LOG, |transaction| {
        let mut statement = transaction.prepare_cached(&format!("SELECT s.feed_key, s.feed_url {NEW}"))?;
        let new = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(String, String)>, _>>()?;
        for (key, address) in new {
            add(transaction, &key, &address, false)?;
        }
        Ok(())
    })
}

/// The row of a feed, made when there is none.
fn add(transaction: &Transaction<'_>, key: &str, address: &str, private: bool) -> Result<i64, ListenError> {
    let known = transaction
        .prepare_cached("SELECT feed_id FROM listen_feed WHERE feed_key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    if let Some(feed_id) = known {
        return Ok(feed_id);
    }
    transaction
        .prepare_cached("INSERT INTO listen_feed (feed_key, feed_url, private) VALUES (?1, ?2, ?3)")?
        .execute(params![key, address, private || is_private_address(address)])?;
    Ok(transaction.last_insert_rowid())
}
