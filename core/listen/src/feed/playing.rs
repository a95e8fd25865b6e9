//! What a player needs to play an episode or a station, and what it then says of it: with feed, item and address, so that
//! the listen is of exactly that episode.

use rusqlite::OptionalExtension;
use tekram_vault::Vault;

use super::episodes::episode;
use super::heard::heard;
use super::station::station;
use crate::capture::Media;
use crate::{Kind, ListenError};

/// Something to play. `Debug` shows no address.
#[derive(Clone, PartialEq, Eq)]
pub struct Playable {
    /// What the player says of it.
    pub media: Media,
    /// Where the medium is.
    pub url: String,
    /// Its media type, as far as it is known.
    pub media_type: String,
    /// Address of its picture; nothing is fetched.
    pub image_url: String,
    /// Where to begin, in milliseconds of the medium: where it was left.
    pub resume_ms: i64,
    /// It has no beginning and no end.
    pub live: bool,
}

impl std::fmt::Debug for Playable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Playable")
            .field("media_type", &self.media_type)
            .field("resume_ms", &self.resume_ms)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

/// An episode to play. It is fetched encrypted, also where its feed says `http`.
///
/// # Errors
/// `no_such_episode`, `nothing_to_play`, or when the vault fails.
pub fn playable_episode(vault: &Vault, episode_id: i64) -> Result<Playable, ListenError> {
    let episode = episode(vault, episode_id)?;
    let url = encrypted(&episode.enclosure_url).ok_or(ListenError::NothingToPlay { episode_id })?;
    // Its own address, also after it has moved: that is the one its seconds count by.
    let (feed_url, facts): (String, String) = vault.read(|connection| {
        connection
            .prepare_cached("SELECT feed_url, facts FROM listen_feed WHERE feed_id = ?1")?
            .query_row([episode.feed_id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
            .ok_or(ListenError::NoSuchFeed {
                feed_id: episode.feed_id,
            })
    })?;
    let facts: super::FeedFacts = serde_json::from_str(&facts).map_err(|_| ListenError::Unreadable { what: "feed" })?;
    let creator = if episode.author.is_empty() {
        &facts.author
    } else {
        &episode.author
    };
    let resume_ms = heard(vault, &episode)?.resume_ms;
    Ok(Playable {
        media: Media {
            title: episode.title,
            creators: Some(creator.clone())
                .filter(|name| !name.is_empty())
                .into_iter()
                .collect(),
            show: facts.title,
            url: episode.enclosure_url,
            feed_url,
            item_guid: episode.guid,
            media_ms: episode.duration_ms,
            kind: Some(Kind::Podcast),
            ..Media::default()
        },
        url,
        media_type: episode.enclosure_type,
        image_url: if episode.image_url.is_empty() {
            facts.image_url
        } else {
            episode.image_url
        },
        resume_ms,
        live: false,
    })
}

/// A station to play.
///
/// # Errors
/// `no_such_station`, or when the vault fails.
pub fn playable_station(vault: &Vault, station_id: i64) -> Result<Playable, ListenError> {
    let station = station(vault, station_id)?;
    Ok(Playable {
        media: Media {
            show: station.name,
            url: station.stream_url.clone(),
            kind: Some(Kind::Radio),
            ..Media::default()
        },
        url: station.stream_url,
        media_type: String::new(),
        image_url: String::new(),
        resume_ms: 0,
        live: true,
    })
}

/// What a station plays when its stream says so (`StreamTitle` of SHOUTcast's and Icecast's in-band metadata, mostly `artist -
/// title`). A stream that says nothing, or only its own name, plays the station.
#[must_use]
pub fn on_air(station: &Media, stream_title: &str) -> Media {
    let said: String = stream_title.chars().filter(|letter| !letter.is_control()).collect();
    let said = said.trim().trim_matches(|letter| letter == '-' || letter == ' ');
    let mut media = Media {
        title: String::new(),
        creators: Vec::new(),
        ..station.clone()
    };
    if said.is_empty() || said.eq_ignore_ascii_case(&station.show) {
        return media;
    }
    match said.split_once(" - ") {
        Some((creator, title)) if !creator.trim().is_empty() && !title.trim().is_empty() => {
            media.creators = vec![creator.trim().to_owned()];
            title.trim().clone_into(&mut media.title);
        }
        _ => said.clone_into(&mut media.title),
    }
    media
}

/// The address, with `https` for `http`; `None` for anything that is neither.
fn encrypted(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (is_web && !rest.is_empty()).then(|| format!("https://{rest}"))
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

    #[test]
    fn a_stream_says_what_is_on_air() {
        let station = Media {
            show: "Radio Pier".to_owned(),
            url: "https://pier.example/live".to_owned(),
            kind: Some(Kind::Radio),
            ..Media::default()
        };
        let said = |text: &str| {
            let media = on_air(&station, text);
            assert_eq!((media.show.as_str(), media.kind), ("Radio Pier", Some(Kind::Radio)));
            (media.creators.join("+"), media.title)
        };
        let pair = |creator: &str, title: &str| (creator.to_owned(), title.to_owned());
        assert_eq!(said("Vera Quill - Low Tide"), pair("Vera Quill", "Low Tide"));
        assert_eq!(said("The News\u{0}"), pair("", "The News"));
        assert_eq!(said("A - B - C"), pair("A", "B - C"));
        for nothing in ["", " - ", "radio pier"] {
            assert_eq!(said(nothing), pair("", ""), "{nothing}");
        }
    }

    #[test]
    fn a_medium_is_fetched_encrypted() {
        assert_eq!(
            encrypted("http://cdn.example/1.mp3").unwrap(),
            "https://cdn.example/1.mp3"
        );
        assert_eq!(encrypted("HTTPS://cdn.example/1").unwrap(), "https://cdn.example/1");
        for none in ["", "file:///etc/passwd", "https://", "ftp://x.example/1.mp3"] {
            assert_eq!(encrypted(none), None, "{none}");
        }
    }
}
