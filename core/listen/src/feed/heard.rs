//! What the log knows of an episode: which stretches of it were heard, where it was left, and which episodes of a feed came
//! since it is followed and were not heard. It asks for the work, so a play that another service told of counts too.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use serde::Serialize;
use tekram_primitives::ranges::Ranges;
use tekram_vault::Vault;

use super::episodes::Episode;
use super::follow::{FOLLOWED, take_subscriptions};
use crate::identity::keys::{Described, Role};
use crate::listen::Played;
use crate::log::index::catch_up;
use crate::log::scan::IN_LOG;
use crate::{Kind, ListenError};

/// Who leaves an episode so close to its end has heard it; what comes last is mostly credits.
const NEAR_THE_END_MS: i64 = 30_000;
/// Percent of an episode that are the whole of it: adverts are skipped, and lengths in feeds are rounded.
const WHOLE_PERCENT: i64 = 95;

/// What was heard of one episode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EpisodeHeard {
    /// Listens of it.
    pub listens: u64,
    /// The stretches that are known exactly, in milliseconds of the medium.
    pub ranges: Ranges,
    /// How much of it was heard: those stretches, or what a source says in all where that is more.
    pub heard_ms: i64,
    /// When it was last begun.
    pub last_ms: Option<i64>,
    /// Where to go on: where it was left. 0 when it was heard to its end, or nothing is known.
    pub resume_ms: i64,
    /// It was heard to its end, or nearly all of it.
    pub whole: bool,
}

/// What is new in a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FeedNews {
    /// Episodes that came since the feed is followed and of which nothing was heard.
    pub new_episodes: u64,
    /// Title of the newest episode.
    pub newest_title: String,
    /// When it was published.
    pub newest_ms: Option<i64>,
}

/// What was heard of an episode.
///
/// # Errors
/// When the vault fails.
pub fn heard(vault: &Vault, episode: &Episode) -> Result<EpisodeHeard, ListenError> {
    catch_up(vault)?;
    vault.read(|connection| heard_in(connection, &feed_url(connection, episode.feed_id)?, episode))
}

/// What is new in each feed that is followed, by the feed's number.
///
/// # Errors
/// When the vault fails.
pub fn news(vault: &Vault) -> Result<BTreeMap<i64, FeedNews>, ListenError> {
    take_subscriptions(vault)?;
    catch_up(vault)?;
    vault.read(|connection| {
        let feeds: Vec<(i64, String)> = connection
            .prepare_cached(&format!(
                "SELECT f.feed_id, f.feed_url FROM listen_feed f WHERE {FOLLOWED}"
            ))?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut newest = connection.prepare_cached(
            "SELECT title, published_ms FROM listen_episode WHERE feed_id = ?1
             ORDER BY order_ms DESC, episode_id DESC LIMIT 1",
        )?;
        // What the first answer told of was there before.
        let mut later = connection.prepare_cached(
            "SELECT guid, enclosure_url FROM listen_episode WHERE feed_id = ?1
             AND first_seen_ms > (SELECT min(o.first_seen_ms) FROM listen_episode o WHERE o.feed_id = ?1)",
        )?;
        let mut news = BTreeMap::new();
        for (feed_id, feed_url) in feeds {
            let mut of_feed = FeedNews::default();
            if let Some(row) = newest.query([feed_id])?.next()? {
                of_feed.newest_title = row.get(0)?;
                of_feed.newest_ms = row.get(1)?;
            }
            let mut rows = later.query([feed_id])?;
            while let Some(row) = rows.next()? {
                let (guid, url): (String, String) = (row.get(0)?, row.get(1)?);
                if plays(connection, &feed_url, &guid, &url)?.is_empty() {
                    of_feed.new_episodes += 1;
                }
            }
            news.insert(feed_id, of_feed);
        }
        Ok(news)
    })
}

fn feed_url(connection: &Connection, feed_id: i64) -> Result<String, ListenError> {
    Ok(connection
        .prepare_cached("SELECT feed_url FROM listen_feed WHERE feed_id = ?1")?
        .query_row([feed_id], |row| row.get(0))?)
}

fn heard_in(connection: &Connection, feed_url: &str, episode: &Episode) -> Result<EpisodeHeard, ListenError> {
    let mut heard = EpisodeHeard::default();
    let mut told_ms = 0;
    let mut left_ms = None;
    let mut length_ms = episode.duration_ms;
    for play in plays(connection, feed_url, &episode.guid, &episode.enclosure_url)? {
        heard.listens += 1;
        told_ms = told_ms.max(play.played.ms().unwrap_or(0));
        let mut end_ms = None;
        if let Played::Ranges { ranges } = &play.played {
            heard.ranges = heard.ranges.union(ranges);
            end_ms = ranges.end_ms();
        }
        if heard.last_ms.is_none_or(|last_ms| play.start_ms >= last_ms) {
            heard.last_ms = Some(play.start_ms);
            length_ms = play.media_ms.or(length_ms);
            // A play without a place leaves the one of the play before it.
            left_ms = play.left_ms.or(end_ms).or(left_ms);
        }
    }
    heard.heard_ms = heard.ranges.total_ms().max(told_ms);
    let left_ms = left_ms.unwrap_or(0);
    let at_end = length_ms.is_some_and(|length_ms| left_ms > 0 && left_ms >= length_ms.saturating_sub(NEAR_THE_END_MS));
    let nearly_all = length_ms.is_some_and(|length_ms| {
        length_ms > 0 && heard.heard_ms.saturating_mul(100) >= length_ms.saturating_mul(WHOLE_PERCENT)
    });
    heard.whole = at_end || nearly_all;
    heard.resume_ms = if at_end { 0 } else { left_ms };
    Ok(heard)
}

/// One listen of an episode.
struct EpisodePlay {
    start_ms: i64,
    played: Played,
    media_ms: Option<i64>,
    left_ms: Option<i64>,
}

/// The listens of an episode, in order of time.
fn plays(
    connection: &Connection,
    feed_url: &str,
    guid: &str,
    enclosure_url: &str,
) -> Result<Vec<EpisodePlay>, ListenError> {
    let described = Described {
        kind: Kind::Podcast.name().to_owned(),
        url: enclosure_url.to_owned(),
        feed_url: feed_url.to_owned(),
        item_guid: guid.to_owned(),
        ..Described::default()
    };
    let mut works = std::collections::BTreeSet::new();
    let mut same = connection.prepare_cached(
        "SELECT o.work_id FROM listen_work_key k CROSS JOIN listen_work w ON w.work_id = k.work_id
         CROSS JOIN listen_work o ON o.identity_id = w.identity_id AND o.identity_id <> 0
         WHERE k.hash = ?1 AND k.role = ?2",
    )?;
    for key in described.keys().into_iter().filter(|key| key.role == Role::Joins) {
        let found = same.query_map([key.hash, key.role.number()], |row| row.get::<_, i64>(0))?;
        for work_id in found {
            works.insert(work_id?);
        }
    }
    let mut statement = connection.prepare_cached(&format!(
        "SELECT p.start_ms, p.played_how, p.played_ms, p.ranges, p.media_ms, p.left_ms
         FROM listen_work_play i CROSS JOIN listen_play p ON p.play_id = i.play_id WHERE i.work_id = ?1 AND {IN_LOG}"
    ))?;
    let mut plays = Vec::new();
    for work_id in works {
        let mut rows = statement.query(params![work_id])?;
        while let Some(row) = rows.next()? {
            let ranges: Option<String> = row.get(3)?;
            plays.push(EpisodePlay {
                start_ms: row.get(0)?,
                played: Played::from_columns(row.get(1)?, row.get(2)?, ranges.as_deref())
                    .ok_or(ListenError::Unreadable { what: "listen" })?,
                media_ms: row.get(4)?,
                left_ms: row.get(5)?,
            });
        }
    }
    plays.sort_by_key(|play| play.start_ms);
    Ok(plays)
}
