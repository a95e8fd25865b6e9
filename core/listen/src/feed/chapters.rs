//! The chapters of an episode: those that lie in the feed itself (Podlove Simple Chapters 1.2), or a file of its own
//! (`podcast:chapters`, JSON chapters 1.2), which is fetched when somebody wants to see it and not before.

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use tekram_vault::Vault;

use super::found::Found;
use super::{MAX_CHAPTERS, MAX_TEXT_BYTES, moment};
use crate::ListenError;
use crate::pen::LOG;

/// One chapter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// Where it begins, in milliseconds of the medium.
    pub start_ms: i64,
    /// Where it ends, if that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_ms: Option<i64>,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Address of a page about it.
    #[serde(default)]
    pub url: String,
    /// Address of a picture; nothing is fetched.
    #[serde(default)]
    pub image_url: String,
    /// It stands in the table of contents.
    pub in_contents: bool,
}

/// Where chapters come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChapterSource {
    /// The episode has none.
    None,
    /// The feed.
    Feed,
    /// A file that was fetched.
    File,
    /// A file that was not fetched yet.
    FileNotFetched,
}

/// The chapters of an episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chapters {
    /// Where they come from.
    pub source: ChapterSource,
    /// In the order of the medium.
    pub chapters: Vec<Chapter>,
}

/// A file of chapters to fetch. `Debug` shows no address.
#[derive(Clone, PartialEq, Eq)]
pub struct ChaptersAsk {
    /// Where.
    pub url: String,
}

impl std::fmt::Debug for ChaptersAsk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChaptersAsk").finish_non_exhaustive()
    }
}

/// The chapters of an episode, as far as they are here.
///
/// # Errors
/// `no_such_episode`, or when the vault fails.
pub fn chapters(vault: &Vault, episode_id: i64) -> Result<Chapters, ListenError> {
    let (linked, inline, fetched) = row(vault, episode_id)?;
    let (source, chapters) = match (fetched.as_str(), inline.as_str()) {
        ("", "") if linked.is_empty() => (ChapterSource::None, Vec::new()),
        ("", "") => (ChapterSource::FileNotFetched, Vec::new()),
        ("", inline) => {
            let found: Found =
                serde_json::from_str(inline).map_err(|_| ListenError::Unreadable { what: "chapters" })?;
            (ChapterSource::Feed, of_feed(&found))
        }
        (fetched, _) => {
            let kept = serde_json::from_str(fetched).map_err(|_| ListenError::Unreadable { what: "chapters" })?;
            (ChapterSource::File, kept)
        }
    };
    Ok(Chapters { source, chapters })
}

/// The file of chapters that can be fetched for an episode; `None` when it has none.
///
/// # Errors
/// `no_such_episode`, or when the vault fails.
pub fn chapters_ask(vault: &Vault, episode_id: i64) -> Result<Option<ChaptersAsk>, ListenError> {
    let (url, _, _) = row(vault, episode_id)?;
    Ok((!url.is_empty()).then_some(ChaptersAsk { url }))
}

/// Keeps the chapters of a file that was fetched.
///
/// # Errors
/// `no_such_episode`, `bad_chapters` when it is no such file, or when the vault fails.
pub fn take_chapters(vault: &Vault, episode_id: i64, body: &[u8]) -> Result<Chapters, ListenError> {
    let chapters = of_file(body).ok_or(ListenError::BadChapters)?;
    let kept = serde_json::to_string(&chapters).map_err(|_| ListenError::Unreadable { what: "chapters" })?;
    vault.write(LOG, |transaction| {
        let changed = transaction
            .prepare_cached("UPDATE listen_episode SET chapters = ?2 WHERE episode_id = ?1")?
            .execute(params![episode_id, kept])?;
        if changed == 1 {
            Ok(())
        } else {
            Err(ListenError::NoSuchEpisode { episode_id })
        }
    })?;
    Ok(Chapters {
        source: ChapterSource::File,
        chapters,
    })
}

fn row(vault: &Vault, episode_id: i64) -> Result<(String, String, String), ListenError> {
    vault.read(|connection| {
        connection
            .prepare_cached("SELECT chapters_url, inline_chapters, chapters FROM listen_episode WHERE episode_id = ?1")?
            .query_row([episode_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?
            .ok_or(ListenError::NoSuchEpisode { episode_id })
    })
}

fn of_feed(found: &Found) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = found
        .inside
        .iter()
        .filter(|one| one.name == "psc:chapter")
        .filter_map(|one| {
            Some(Chapter {
                start_ms: moment::place_ms(one.attribute("start"))?,
                end_ms: None,
                title: one.attribute("title").to_owned(),
                url: one.attribute("href").to_owned(),
                image_url: one.attribute("image").to_owned(),
                in_contents: true,
            })
        })
        .take(MAX_CHAPTERS)
        .collect();
    chapters.sort_by_key(|chapter| chapter.start_ms);
    chapters
}

/// A file of chapters as it is written.
#[derive(Deserialize)]
struct File {
    chapters: Vec<Entry>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    start_time: serde_json::Value,
    end_time: serde_json::Value,
    title: serde_json::Value,
    url: serde_json::Value,
    img: serde_json::Value,
    toc: Option<serde_json::Value>,
}

/// The chapters of a file; an entry without a beginning is left out. `None` when it is no file of chapters.
fn of_file(body: &[u8]) -> Option<Vec<Chapter>> {
    let body = body.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(body);
    let file: File = serde_json::from_slice(body).ok()?;
    let mut chapters: Vec<Chapter> = file
        .chapters
        .into_iter()
        .filter_map(|entry| {
            let start_ms = place(&entry.start_time)?;
            Some(Chapter {
                start_ms,
                end_ms: place(&entry.end_time).filter(|end_ms| *end_ms >= start_ms),
                title: text(&entry.title),
                url: text(&entry.url),
                image_url: text(&entry.img),
                in_contents: entry.toc != Some(serde_json::Value::Bool(false)),
            })
        })
        .take(MAX_CHAPTERS)
        .collect();
    chapters.sort_by_key(|chapter| chapter.start_ms);
    Some(chapters)
}

/// Seconds, as a number or as its text.
fn place(value: &serde_json::Value) -> Option<i64> {
    match value {
        serde_json::Value::Number(number) => moment::place_ms(&number.to_string()),
        serde_json::Value::String(text) => moment::place_ms(text),
        _ => None,
    }
}

fn text(value: &serde_json::Value) -> String {
    let text = value.as_str().unwrap_or_default();
    if text.len() > MAX_TEXT_BYTES {
        String::new()
    } else {
        text.replace('\0', "")
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_of_chapters_is_read_and_what_is_wrong_left_out() {
        let chapters = of_file(
            br#"{"version":"1.2.0","chapters":[{"startTime":94.25,"title":"Fog","img":"https://x.example/f.png","toc":false},
            {"startTime":0,"endTime":94,"title":"Start","url":"https://x.example/"},{"title":"nowhere"},{"startTime":-1},{"startTime":"120"}]}"#,
        )
        .unwrap();
        let places: Vec<_> = chapters
            .iter()
            .map(|one| (one.start_ms, one.end_ms, one.in_contents))
            .collect();
        assert_eq!(
            places,
            [(0, Some(94_000), true), (94_250, None, false), (120_000, None, true)]
        );
        assert_eq!(
            (chapters[1].title.as_str(), chapters[1].image_url.as_str()),
            ("Fog", "https://x.example/f.png")
        );
        assert_eq!(of_file(b"[]"), None);
        assert_eq!(of_file(b"<html>"), None);
        assert_eq!(of_file(&b"[".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200), seconds in any::<f64>()) {
            let _ = of_file(&bytes);
            let _ = of_file(format!("{{\"chapters\":[{{\"startTime\":{seconds}}}]}}").as_bytes());
        }
    }
}
