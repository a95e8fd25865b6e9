//! What to ask a feed, and what its answer changes: new and changed episodes, that it moved, that it is gone, or why it told
//! nothing. One answer is one transaction.

use ring::digest::{SHA256, digest};
use rusqlite::{ToSql, Transaction, params};
use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::address::is_private_address;
use super::follow::{FOLLOWED, take_subscriptions};
use super::parse::{ItemFacts, ParsedFeed, parse};
use super::{MAX_EPISODES, MAX_FEED_BYTES, schedule};
use crate::ListenError;
use crate::format::draft::LONGEST_TEXT;
use crate::pen::LOG;

/// No server's validator is longer.
const LONGEST_VALIDATOR: usize = 512;

/// What to ask. `Debug` shows no address.
#[derive(Clone, PartialEq, Eq)]
pub struct Ask {
    /// The feed.
    pub feed_id: i64,
    /// Where.
    pub url: String,
    /// `If-None-Match`, for [`Ask::validator_url`] alone; empty for none.
    pub etag: String,
    /// `If-Modified-Since`, likewise.
    pub last_modified: String,
    /// The address that gave the two.
    pub validator_url: String,
    /// Not to be asked before this moment.
    pub next_ms: i64,
    /// It is gone for good.
    pub gone: bool,
}

impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ask")
            .field("feed_id", &self.feed_id)
            .finish_non_exhaustive()
    }
}

/// What a feed's server answered in the end.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// Looks up a header by its name in lower case.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// The body.
    pub body: &'a [u8],
    /// The address that answered.
    pub url: &'a str,
    /// Where the feed has moved for good on the way; see [`Route::moved`](super::Route::moved).
    pub moved: Option<&'a str>,
}

impl std::fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What came of asking a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Episodes that are new.
    pub new: u64,
    /// Episodes that say something else than before.
    pub changed: u64,
    /// Nothing is new: the server said so, or sent the same bytes.
    pub unchanged: bool,
    /// It moved for good just now.
    pub moved: bool,
    /// It is gone for good.
    pub gone: bool,
    /// Why it told nothing: a stable code.
    pub problem: Option<String>,
    /// Not to be asked again before.
    pub next_ms: i64,
}

/// The feeds that may be asked now.
///
/// # Errors
/// When the vault fails.
pub fn due(vault: &Vault, now: Timestamp) -> Result<Vec<Ask>, ListenError> {
    take_subscriptions(vault)?;
    asks(
        vault,
        &format!("f.gone = 0 AND f.next_ms <= ?1 AND {FOLLOWED} ORDER BY f.checked_ms, f.feed_id"),
        now.millis(),
    )
}

/// What to ask one feed.
///
/// # Errors
/// `no_such_feed`, or when the vault fails.
pub fn ask(vault: &Vault, feed_id: i64) -> Result<Ask, ListenError> {
    asks(vault, &format!("f.feed_id = ?1 AND {FOLLOWED}"), feed_id)?
        .pop()
        .ok_or(ListenError::NoSuchFeed { feed_id })
}

fn asks(vault: &Vault, which: &str, value: i64) -> Result<Vec<Ask>, ListenError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT f.feed_id, CASE f.moved_url WHEN '' THEN f.feed_url ELSE f.moved_url END, f.etag, f.last_modified,
                f.validator_url, f.next_ms, f.gone FROM listen_feed f WHERE {which}"
        ))?;
        let rows = statement.query_map([value], |row| {
            Ok(Ask {
                feed_id: row.get(0)?,
                url: row.get(1)?,
                etag: row.get(2)?,
                last_modified: row.get(3)?,
                validator_url: row.get(4)?,
                next_ms: row.get(5)?,
                gone: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}

/// Takes an answer in.
///
/// # Errors
/// When the vault fails; what is wrong with the feed is in the outcome.
pub fn answered(vault: &Vault, feed_id: i64, answer: &Answer<'_>, now: Timestamp) -> Result<Outcome, ListenError> {
    let retry_after = (answer.header)("retry-after");
    let refused = |code: &str| failed(vault, feed_id, code, retry_after.as_deref(), now);
    match answer.status {
        200..=299 => {}
        304 => return unchanged(vault, feed_id, answer, now),
        410 => return gone(vault, feed_id, now),
        401 | 403 => return refused("access_refused"),
        404 => return refused("not_found"),
        429 => return refused("too_many_requests"),
        _ => return refused("server_status"),
    }
    if u64::try_from(answer.body.len()).unwrap_or(u64::MAX) > MAX_FEED_BYTES {
        return refused("feed_too_large");
    }
    let sha256 = digest(&SHA256, answer.body);
    let same = vault.read(|connection| {
        let known: Option<Vec<u8>> = connection
            .prepare_cached("SELECT body_sha256 FROM listen_feed WHERE feed_id = ?1")?
            .query_row([feed_id], |row| row.get(0))?;
        Ok::<_, ListenError>(known.as_deref() == Some(sha256.as_ref()))
    })?;
    if same {
        return unchanged(vault, feed_id, answer, now);
    }
    match parse(answer.body) {
        Ok(parsed) => taken(vault, feed_id, answer, &parsed, sha256.as_ref(), now),
        Err(fault) => refused(fault.code()),
    }
}

/// Notes that a feed could not be asked or read, with a stable code.
///
/// # Errors
/// When the vault fails.
pub fn failed(
    vault: &Vault,
    feed_id: i64,
    code: &str,
    retry_after: Option<&str>,
    now: Timestamp,
) -> Result<Outcome, ListenError> {
    vault.write(LOG, |transaction| {
        let failures: u32 = transaction
            .prepare_cached(
                "UPDATE listen_feed SET failures = failures + 1, problem = ?2, checked_ms = ?3 WHERE feed_id = ?1
                 RETURNING failures",
            )?
            .query_row(params![feed_id, code, now.millis()], |row| row.get(0))?;
        let next_ms = schedule::after_failure(now.millis(), failures, retry_after);
        transaction
            .prepare_cached("UPDATE listen_feed SET next_ms = ?2 WHERE feed_id = ?1")?
            .execute([feed_id, next_ms])?;
        Ok(Outcome {
            problem: Some(code.to_owned()),
            next_ms,
            ..Outcome::default()
        })
    })
}

fn gone(vault: &Vault, feed_id: i64, now: Timestamp) -> Result<Outcome, ListenError> {
    vault.write(LOG, |transaction| {
        transaction
            .prepare_cached(
                "UPDATE listen_feed SET gone = 1, problem = 'gone', failures = failures + 1, checked_ms = ?2 WHERE feed_id = ?1",
            )?
            .execute([feed_id, now.millis()])?;
        Ok(Outcome {
            gone: true,
            problem: Some("gone".to_owned()),
            next_ms: i64::MAX,
            ..Outcome::default()
        })
    })
}

fn unchanged(vault: &Vault, feed_id: i64, answer: &Answer<'_>, now: Timestamp) -> Result<Outcome, ListenError> {
    vault.write(LOG, |transaction| {
        let (moved, next_ms) = went_well(transaction, feed_id, answer, now)?;
        Ok(Outcome {
            unchanged: true,
            moved,
            next_ms,
            ..Outcome::default()
        })
    })
}

fn taken(
    vault: &Vault,
    feed_id: i64,
    answer: &Answer<'_>,
    parsed: &ParsedFeed,
    sha256: &[u8],
    now: Timestamp,
) -> Result<Outcome, ListenError> {
    let facts = json(&parsed.facts)?;
    vault.write(LOG, |transaction| {
        let (moved, next_ms) = went_well(transaction, feed_id, answer, now)?;
        let validator = |name: &str| {
            (answer.header)(name)
                .filter(|value| value.len() <= LONGEST_VALIDATOR)
                .unwrap_or_default()
        };
        transaction
            .prepare_cached(
                "UPDATE listen_feed SET facts = ?2, podcast_guid = ?3, etag = ?4, last_modified = ?5, validator_url = ?6,
                    body_sha256 = ?7 WHERE feed_id = ?1",
            )?
            .execute(params![
                feed_id,
                facts,
                parsed.facts.podcast_guid,
                validator("etag"),
                validator("last-modified"),
                answer.url,
                sha256,
            ])?;
        let (mut new, mut changed) = (0, 0);
        for (place, item) in parsed.items.iter().enumerate() {
            match keep(transaction, feed_id, item, place, now)? {
                Kept::New => new += 1,
                Kept::Changed => changed += 1,
                Kept::Same => {}
            }
        }
        if new > 0 {
            trim(transaction, feed_id)?;
        }
        if new + changed > 0 {
            transaction
                .prepare_cached("UPDATE listen_feed SET changed_ms = ?2 WHERE feed_id = ?1")?
                .execute([feed_id, now.millis()])?;
        }
        Ok(Outcome {
            new,
            changed,
            moved,
            next_ms,
            ..Outcome::default()
        })
    })
}

/// Notes that the feed answered. Says whether it moved just now, and when to ask again.
fn went_well(
    transaction: &Transaction<'_>,
    feed_id: i64,
    answer: &Answer<'_>,
    now: Timestamp,
) -> Result<(bool, i64), ListenError> {
    let next_ms = schedule::after_answer(now.millis(), (answer.header)("cache-control").as_deref());
    transaction
        .prepare_cached(
            "UPDATE listen_feed SET failures = 0, problem = '', gone = 0, checked_ms = ?2, next_ms = ?3 WHERE feed_id = ?1",
        )?
        .execute([feed_id, now.millis(), next_ms])?;
    let moved = match answer.moved.filter(|url| url.len() <= LONGEST_TEXT) {
        Some(url) => {
            transaction
                .prepare_cached(
                    "UPDATE listen_feed SET moved_url = ?2, private = max(private, ?3)
                     WHERE feed_id = ?1 AND moved_url <> ?2",
                )?
                .execute(params![feed_id, url, is_private_address(url)])?
                > 0
        }
        None => false,
    };
    Ok((moved, next_ms))
}

enum Kept {
    New,
    Changed,
    Same,
}

fn keep(
    transaction: &Transaction<'_>,
    feed_id: i64,
    item: &ItemFacts,
    place: usize,
    now: Timestamp,
) -> Result<Kept, ListenError> {
    let inline = match &item.inline_chapters {
        Some(found) => json(found)?,
        None => String::new(),
    };
    let value = json(&item.value)?;
    let facts: [&dyn ToSql; 15] = [
        &feed_id,
        &item.guid,
        &item.title,
        &item.author,
        &item.page_url,
        &item.image_url,
        &item.enclosure_url,
        &item.enclosure_type,
        &item.enclosure_bytes,
        &item.duration_ms,
        &item.published_ms,
        &item.chapters_url,
        &value,
        &inline,
        &item.notes,
    ];
    let now_ms = now.millis();
    // Without a date the order of the feed is that of time.
    let order_ms = item
        .published_ms
        .unwrap_or_else(|| now_ms.saturating_sub(i64::try_from(place).unwrap_or(i64::MAX)));
    let mut row = facts.to_vec();
    row.extend([&now_ms as &dyn ToSql, &order_ms]);
    let added = transaction
        .prepare_cached(
            "INSERT INTO listen_episode (feed_id, guid, title, author, page_url, image_url, enclosure_url, enclosure_type,
                enclosure_bytes, duration_ms, published_ms, chapters_url, value, inline_chapters, notes, first_seen_ms, order_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) ON CONFLICT DO NOTHING",
        )?
        .execute(row.as_slice())?;
    if added == 1 {
        return Ok(Kept::New);
    }
    let changed = transaction
        .prepare_cached(
            "UPDATE listen_episode SET title = ?3, author = ?4, page_url = ?5, image_url = ?6, enclosure_url = ?7,
                enclosure_type = ?8, enclosure_bytes = ?9, duration_ms = ?10, published_ms = ?11,
                chapters = CASE chapters_url WHEN ?12 THEN chapters ELSE '' END, chapters_url = ?12,
                value = ?13, inline_chapters = ?14, notes = ?15, order_ms = coalesce(?11, order_ms)
             WHERE feed_id = ?1 AND guid = ?2
             AND (title, author, page_url, image_url, enclosure_url, enclosure_type, enclosure_bytes, duration_ms,
                published_ms, chapters_url, value, inline_chapters, notes)
             IS NOT (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(facts.as_slice())?;
    Ok(if changed == 1 { Kept::Changed } else { Kept::Same })
}

/// Keeps a feed that gives its episodes new names with every answer from filling the vault: the oldest go.
fn trim(transaction: &Transaction<'_>, feed_id: i64) -> Result<(), ListenError> {
    transaction
        .prepare_cached(
            "DELETE FROM listen_episode WHERE episode_id IN (
                SELECT episode_id FROM listen_episode WHERE feed_id = ?1
                ORDER BY order_ms DESC, episode_id DESC LIMIT -1 OFFSET ?2)",
        )?
        .execute([feed_id, i64::try_from(MAX_EPISODES).unwrap_or(i64::MAX)])?;
    Ok(())
}

fn json<T: Serialize>(value: &T) -> Result<String, ListenError> {
    serde_json::to_string(value).map_err(|_| ListenError::Unreadable { what: "feed" })
}
