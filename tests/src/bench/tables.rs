//! Fills the listen room's own tables with invented plays, by the same statements on any connection: the vault's
//! transaction or the plain file.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use crate::catalogue::Track;

/// The one batch, accepted.
const BATCH: i64 = 1;
/// `played_how`: estimated as the whole track; unknown.
const HOW_WHOLE_TRACK: i64 = 3;
const HOW_UNKNOWN: i64 = 0;

/// What was played: a track, or an episode of a podcast.
#[derive(Debug, Clone)]
pub enum Work {
    /// A track of the catalogue.
    Track(Box<Track>),
    /// An episode.
    Episode {
        /// Number of the podcast.
        feed: u64,
        /// Number of the episode.
        episode: u64,
    },
}

/// One play.
#[derive(Debug, Clone)]
pub struct Play {
    /// When it started, milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// What it was.
    pub work: Work,
    /// How much of it, if that is known.
    pub played_ms: Option<i64>,
}

/// A podcast's address.
pub fn feed_url(feed: u64) -> String {
    format!("https://feeds.example/show-{feed}.xml")
}

/// The key under which the log and the payees know a podcast.
pub fn feed_key(feed: u64) -> String {
    format!("feed:feeds.example/show-{feed}.xml")
}

/// What was stored already.
#[derive(Debug, Default)]
pub struct Filled {
    plays: i64,
    works: HashSet<i64>,
    credits: HashSet<i64>,
}

const TRACK_CREDITS: i64 = 1_000_000;
const EPISODE_WORKS: i64 = 10_000_000;
const EPISODES_OF_A_FEED: i64 = 10_000;

/// Writes the batch and the vias that every play refers to. First of all.
///
/// # Errors
/// When SQLite fails.
pub fn begin(connection: &Connection, plays: usize) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO listen_batch (batch_id, state, format, file_name, started_ms, listen_count, first_play_id, last_play_id)
         VALUES (?1, 'accepted', 'listenbrainz', 'bench.jsonl', 1, ?2, 1, ?2)",
        params![BATCH, plays as i64],
    )?;
    connection.execute(
        "INSERT INTO listen_via (via_id, source, player, client) VALUES (1, 'listenbrainz', 'Quodlibet', 'Tallyman')",
        [],
    )?;
    Ok(())
}

/// Writes plays, and each work and credit the first time that it is played.
///
/// # Errors
/// When SQLite fails.
pub fn insert(connection: &Connection, filled: &mut Filled, plays: &[Play]) -> rusqlite::Result<()> {
    let mut add_play = connection.prepare_cached(
        "INSERT INTO listen_play (play_id, start_ms, fingerprint, batch_id, work_id, via_id, record, played_how,
            played_ms, media_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, 1, ?1, ?6, ?7, ?7)",
    )?;
    for play in plays {
        let work_id = add_work(connection, filled, &play.work)?;
        filled.plays += 1;
        add_play.execute(params![
            filled.plays,
            play.start_ms,
            sixteen(filled.plays),
            BATCH,
            work_id,
            if play.played_ms.is_some() {
                HOW_WHOLE_TRACK
            } else {
                HOW_UNKNOWN
            },
            play.played_ms,
        ])?;
    }
    Ok(())
}

fn add_work(connection: &Connection, filled: &mut Filled, work: &Work) -> rusqlite::Result<i64> {
    let (work_id, credit_id) = match work {
        Work::Track(track) => {
            let number = track.number as i64;
            (number + 1, TRACK_CREDITS + number / 12)
        }
        Work::Episode { feed, episode } => {
            let feed = *feed as i64;
            (EPISODE_WORKS + feed * EPISODES_OF_A_FEED + *episode as i64, feed + 1)
        }
    };
    if !filled.works.insert(work_id) {
        return Ok(work_id);
    }
    if filled.credits.insert(credit_id) {
        let (key, kind, name, url) = match work {
            Work::Track(track) => {
                let name = track.artists.first().cloned().unwrap_or_default();
                (
                    format!("artist:{} {credit_id}", name.to_lowercase()),
                    "music",
                    name,
                    String::new(),
                )
            }
            Work::Episode { feed, .. } => (feed_key(*feed), "podcast", String::new(), feed_url(*feed)),
        };
        connection
            .prepare_cached(
                "INSERT INTO listen_credit (credit_id, credit_key, kind, name, feed_url) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![credit_id, key, kind, name, url])?;
    }
    let mut add = connection.prepare_cached(
        "INSERT INTO listen_work (work_id, work_hash, credit_id, kind, title, creators, show, url, feed_url, item_guid,
            isrc, recording_mbid, release_mbid, artist_mbids)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    match work {
        Work::Track(track) => {
            let mbid = |at: usize| track.mbids.get(at).map(String::as_str).unwrap_or_default();
            add.execute(params![
                work_id,
                sixteen(work_id),
                credit_id,
                "music",
                track.title,
                json(&track.artists),
                track.album,
                "",
                "",
                "",
                track.isrc,
                mbid(0),
                mbid(1),
                json(track.mbids.get(2..).unwrap_or_default()),
            ])?;
        }
        Work::Episode { feed, episode } => {
            add.execute(params![
                work_id,
                sixteen(work_id),
                credit_id,
                "podcast",
                format!("Episode {episode}"),
                "[]",
                format!("Show {feed}"),
                format!("https://media.example/show-{feed}/{episode}.mp3"),
                feed_url(*feed),
                format!("show-{feed}-episode-{episode}"),
                "",
                "",
                "",
                "[]",
            ])?;
        }
    }
    Ok(work_id)
}

fn json(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// Sixteen bytes in no order, as hashes are.
fn sixteen(number: i64) -> [u8; 16] {
    let mut seeded = crate::catalogue::Seeded::new(number.unsigned_abs());
    let mut bytes = [0; 16];
    for (half, number) in bytes.chunks_mut(8).zip([seeded.next_u64(), seeded.next_u64()]) {
        half.copy_from_slice(&number.to_be_bytes());
    }
    bytes
}
