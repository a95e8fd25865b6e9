//! The episodes that feeds told of: by feed, newest first, and the one that a listen was of.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use tekram_vault::Vault;

use super::found::Found;
use crate::ListenError;
use crate::format::draft::feed_key;
use crate::pen::bounded;

/// What is known of one episode. Addresses of a private feed's episodes are as personal as its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Episode {
    /// Number in this log.
    pub episode_id: i64,
    /// Its feed.
    pub feed_id: i64,
    /// GUID, or what stands for it.
    pub guid: String,
    /// Title.
    pub title: String,
    /// Who made it, where the feed says it of the episode.
    pub author: String,
    /// Address of its page.
    pub page_url: String,
    /// Address of its picture.
    pub image_url: String,
    /// Address of the medium.
    pub enclosure_url: String,
    /// Its media type.
    pub enclosure_type: String,
    /// Its length in bytes, as the feed says.
    pub enclosure_bytes: Option<i64>,
    /// How long it plays, as the feed says.
    pub duration_ms: Option<i64>,
    /// When it was published.
    pub published_ms: Option<i64>,
    /// Whether chapters are known or can be fetched.
    pub has_chapters: bool,
    /// `podcast:value` of the episode as found.
    pub value: Vec<Found>,
    /// When it was first seen here.
    pub first_seen_ms: i64,
}

/// A page of a feed's episodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EpisodePage {
    /// The episodes, newest first.
    pub episodes: Vec<Episode>,
    /// Give this as `after` for the next page.
    pub next: Option<String>,
}

pub(super) const COLUMNS: &str =
    "e.episode_id, e.feed_id, e.guid, e.title, e.author, e.page_url, e.image_url, e.enclosure_url,
    e.enclosure_type, e.enclosure_bytes, e.duration_ms, e.published_ms,
    e.chapters_url <> '' OR e.inline_chapters <> '', e.value, e.first_seen_ms";

/// A page of the episodes of one feed, or of all, newest first.
///
/// # Errors
/// `bad_cursor`, or when the vault fails.
pub fn episodes(
    vault: &Vault,
    feed_id: Option<i64>,
    after: Option<&str>,
    limit: usize,
) -> Result<EpisodePage, ListenError> {
    let (before_ms, before_id) = match after {
        None => (i64::MAX, i64::MAX),
        Some(text) => text
            .split_once('.')
            .and_then(|(at_ms, id)| Some((at_ms.parse().ok()?, id.parse().ok()?)))
            .ok_or(ListenError::BadCursor)?,
    };
    vault.read(|connection| {
        let narrow = if feed_id.is_some() {
            "e.feed_id = ?4 AND"
        } else {
            "?4 = 0 AND"
        };
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, e.order_ms FROM listen_episode e
             WHERE {narrow} (e.order_ms, e.episode_id) < (?1, ?2) ORDER BY e.order_ms DESC, e.episode_id DESC LIMIT ?3"
        ))?;
        let rows = statement.query_and_then(
            params![before_ms, before_id, bounded(limit), feed_id.unwrap_or(0)],
            |row| Ok::<_, ListenError>((episode_from(row)?, row.get::<_, i64>(15)?)),
        )?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let next = rows
            .last()
            .filter(|_| rows.len() == limit)
            .map(|(last, order_ms)| format!("{order_ms}.{}", last.episode_id));
        Ok(EpisodePage {
            episodes: rows.into_iter().map(|(episode, _)| episode).collect(),
            next,
        })
    })
}

/// One episode.
///
/// # Errors
/// `no_such_episode`, or when the vault fails.
pub fn episode(vault: &Vault, episode_id: i64) -> Result<Episode, ListenError> {
    vault.read(|connection| {
        let sql = format!("SELECT {COLUMNS} FROM listen_episode e WHERE e.episode_id = ?1");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query_and_then([episode_id], episode_from)?;
        rows.next().unwrap_or(Err(ListenError::NoSuchEpisode { episode_id }))
    })
}

/// What the feed says an episode is about, as plain text.
///
/// # Errors
/// `no_such_episode`, or when the vault fails.
pub fn notes(vault: &Vault, episode_id: i64) -> Result<String, ListenError> {
    vault.read(|connection| {
        connection
            .prepare_cached("SELECT notes FROM listen_episode WHERE episode_id = ?1")?
            .query_row([episode_id], |row| row.get(0))
            .optional()?
            .ok_or(ListenError::NoSuchEpisode { episode_id })
    })
}

/// The episode that a listen was of: in the feed of that address, the one with the GUID, else the one whose medium lies at
/// the address that was played.
///
/// # Errors
/// When the vault fails.
pub fn episode_of(vault: &Vault, feed_url: &str, item_guid: &str, url: &str) -> Result<Option<Episode>, ListenError> {
    if feed_url.is_empty() {
        return Ok(None);
    }
    vault.read(|connection| {
        for (column, value) in [("guid", item_guid), ("enclosure_url", url)] {
            if !value.is_empty()
                && let Some(found) = by(connection, &feed_key(feed_url), column, value)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    })
}

fn by(connection: &Connection, key: &str, column: &str, value: &str) -> Result<Option<Episode>, ListenError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM listen_feed f CROSS JOIN listen_episode e ON e.feed_id = f.feed_id
         WHERE f.feed_key = ?1 AND e.{column} = ?2 ORDER BY e.episode_id LIMIT 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_row([key, value], |row| Ok(episode_from(row)))
        .optional()?
        .transpose()
}

fn episode_from(row: &Row<'_>) -> Result<Episode, ListenError> {
    let value: String = row.get(13)?;
    Ok(Episode {
        episode_id: row.get(0)?,
        feed_id: row.get(1)?,
        guid: row.get(2)?,
        title: row.get(3)?,
        author: row.get(4)?,
        page_url: row.get(5)?,
        image_url: row.get(6)?,
        enclosure_url: row.get(7)?,
        enclosure_type: row.get(8)?,
        enclosure_bytes: row.get(9)?,
        duration_ms: row.get(10)?,
        published_ms: row.get(11)?,
        has_chapters: row.get(12)?,
        value: serde_json::from_str(&value).map_err(|_| ListenError::Unreadable { what: "episode" })?,
        first_seen_ms: row.get(14)?,
    })
}
