//! `tekram listen feeds`, `feed …`, `episodes`, `chapters` and `opml`. An address that is one person's is shown as its host.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};
use tekram_agent::{Episode, Feed, FeedRefreshed, Persona, shown_address};

use super::{Context, new_private_file, to_json};
use crate::args::{FeedCommand, Page};
use crate::output::{Answer, Failure, hours, table};

/// Longest address that is read from the standard input, in bytes.
const LONGEST_ADDRESS: u64 = 8192;

fn feed_json(feed: &Feed) -> Result<Value, Failure> {
    let mut json = to_json(feed)?;
    if let Some(object) = json.as_object_mut() {
        let address = shown_address(&feed.feed_url, feed.private);
        if feed.private {
            // The key is made of the address.
            object.insert("key".to_owned(), format!("feed:{address}").into());
        }
        object.insert("address".to_owned(), address.into());
    }
    Ok(json)
}

pub fn feeds(persona: &Persona) -> Result<Answer, Failure> {
    let feeds = persona.feeds()?;
    let rows: Vec<Vec<String>> = feeds
        .iter()
        .map(|feed| {
            let state = if feed.gone {
                "gone for good".to_owned()
            } else if !feed.problem.is_empty() {
                format!("{} ({} times)", feed.problem, feed.failures)
            } else if feed.checked_ms == 0 {
                "not asked yet".to_owned()
            } else {
                format!("asked {}", tekram_agent::time_text(feed.checked_ms))
            };
            vec![
                feed.feed_id.to_string(),
                feed.facts.title.clone(),
                shown_address(&feed.feed_url, feed.private),
                format!("{} episodes", feed.episodes),
                state,
            ]
        })
        .collect();
    let json = feeds.iter().map(feed_json).collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::new(json!({"feeds": json}), table(&rows)))
}

pub async fn run(context: &Context, persona: &Persona, command: FeedCommand) -> Result<Answer, Failure> {
    match command {
        FeedCommand::Add { address, private } => add(persona, &address, private),
        FeedCommand::Refresh { feed } => refresh(context, persona, feed).await,
        FeedCommand::Remove { feed } => {
            persona.unfollow_feed(feed)?;
            Ok(Answer::new(
                json!({"feed_id": feed, "removed": true}),
                format!("Feed {feed} was let go."),
            ))
        }
    }
}

fn add(persona: &Persona, address: &str, private: bool) -> Result<Answer, Failure> {
    let mut typed = String::new();
    if address == "-" {
        let mut input = std::io::Read::take(std::io::stdin().lock(), LONGEST_ADDRESS);
        std::io::BufRead::read_line(&mut std::io::BufReader::new(&mut input), &mut typed)
            .map_err(|error| Failure::new("io", format!("the address could not be read: {}", error.kind())))?;
    }
    let address = if address == "-" { typed.trim() } else { address };
    let feed_id = persona.follow_feed(address, private)?;
    Ok(Answer::new(
        json!({"feed_id": feed_id}),
        format!("Feed {feed_id} is followed. Ask it with: tekram listen feed refresh {feed_id}"),
    ))
}

async fn refresh(context: &Context, persona: &Persona, feed: Option<i64>) -> Result<Answer, Failure> {
    let done = match feed {
        Some(feed) => vec![persona.refresh_feed(feed).await?],
        None => {
            let told = |one: &FeedRefreshed| {
                context.progress(&format!("Asked {} of {} feeds", one.done, one.of));
            };
            persona.refresh_feeds(&told, &context.stop).await?
        }
    };
    context.progress_done();
    let rows: Vec<Vec<String>> = done
        .iter()
        .map(|one| {
            let what = match &one.outcome.problem {
                Some(problem) => problem.clone(),
                None if one.outcome.unchanged => "nothing new".to_owned(),
                None => format!("{} new, {} changed", one.outcome.new, one.outcome.changed),
            };
            let moved = if one.outcome.moved {
                "moved to a new address"
            } else {
                ""
            };
            vec![one.feed_id.to_string(), one.title.clone(), what, moved.to_owned()]
        })
        .collect();
    let mut text = table(&rows);
    if text.is_empty() {
        text.push_str("No feed may be asked yet.\n");
    }
    Ok(Answer::new(json!({"feeds": done}), text))
}

/// An episode, its addresses as its feed's privacy demands.
fn episode_json(episode: &Episode, private: bool) -> Result<Value, Failure> {
    let mut json = to_json(episode)?;
    for field in ["enclosure_url", "page_url", "image_url"] {
        if let Some(value) = json.get_mut(field)
            && let Some(address) = value.as_str().filter(|address| !address.is_empty())
            && private
        {
            *value = shown_address(address, true).into();
        }
    }
    if private && let Some(guid) = json.get_mut("guid") {
        // Where a feed gives none, it is the medium's address.
        if let Some(address) = guid.as_str().filter(|text| text.contains("://")) {
            *guid = shown_address(address, true).into();
        }
    }
    Ok(json)
}

pub fn episodes(persona: &Persona, feed: Option<i64>, page: &Page) -> Result<Answer, Failure> {
    let known = persona.feeds()?;
    if let Some(feed_id) = feed
        && !known.iter().any(|feed| feed.feed_id == feed_id)
    {
        return Err(Failure::new(
            "no_such_feed",
            format!("no feed number {feed_id} is followed"),
        ));
    }
    let found = persona.episodes(feed, page.after.as_deref(), page.limit as usize)?;
    let of = |episode: &Episode| known.iter().find(|feed| feed.feed_id == episode.feed_id);
    let rows: Vec<Vec<String>> = found
        .episodes
        .iter()
        .map(|episode| {
            vec![
                episode.episode_id.to_string(),
                episode
                    .published_ms
                    .map_or_else(|| "?".to_owned(), tekram_agent::time_text),
                episode.duration_ms.map_or_else(|| "?".to_owned(), hours),
                of(episode).map_or_else(String::new, |feed| feed.facts.title.clone()),
                episode.title.clone(),
            ]
        })
        .collect();
    let mut text = table(&rows);
    if let Some(next) = &found.next {
        text.push_str(&format!("Next page: --after {next}\n"));
    }
    let json = found
        .episodes
        .iter()
        .map(|episode| episode_json(episode, of(episode).is_none_or(|feed| feed.private)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::new(json!({"episodes": json, "next": found.next}), text))
}

pub async fn chapters(persona: &Persona, episode: i64, fetch: bool) -> Result<Answer, Failure> {
    let found = persona.chapters(episode, fetch).await?;
    let rows: Vec<Vec<String>> = found
        .chapters
        .iter()
        .map(|chapter| {
            let seconds = chapter.start_ms / 1000;
            let place = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            vec![place, chapter.title.clone()]
        })
        .collect();
    let mut text = table(&rows);
    if text.is_empty() {
        text.push_str(match found.source {
            tekram_agent::ChapterSource::FileNotFetched => "The chapters lie in a file: add --fetch to ask for it.\n",
            _ => "No chapters are known.\n",
        });
    }
    let mut json = to_json(&found)?;
    if let Some(object) = json.as_object_mut() {
        object.insert("episode_id".to_owned(), episode.into());
    }
    Ok(Answer::new(json, text))
}

pub fn opml(persona: &Persona, file: &Path) -> Result<Answer, Failure> {
    let mut out = BufWriter::new(new_private_file(file)?);
    let written = persona.export_feeds(&mut out)?;
    out.flush()
        .map_err(|error| Failure::new("io", format!("the file could not be written: {}", error.kind())))?;
    Ok(Answer::new(
        json!({"file": file.display().to_string(), "written": written}),
        format!("{written} feeds written to {}.", file.display()),
    ))
}
