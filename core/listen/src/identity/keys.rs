//! What a description of a work is known by: names that others gave it (strong keys) and its text. A key is sixty-four
//! bits of a hash, so that finding who else has it is one look into a narrow index.

use ring::digest::{SHA256, digest};

use super::text;
use crate::format::draft::feed_key;

/// What a key can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    /// The text: joins descriptions, unless a name keeps them apart.
    Text,
    /// A name of the work, of which it may have several: joins.
    Joins,
    /// The recording's ISRC: joins, and keeps apart from another one.
    Isrc,
    /// The MusicBrainz recording: joins, and keeps apart from another one.
    Recording,
    /// The episode's `guid` without its feed: only keeps apart from another one.
    Guid,
}

impl Role {
    /// The number that stands for it in the table.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Text => 0,
            Self::Joins => 1,
            Self::Isrc => 2,
            Self::Recording => 3,
            Self::Guid => 4,
        }
    }

    /// The role of that number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        [Self::Text, Self::Joins, Self::Isrc, Self::Recording, Self::Guid]
            .into_iter()
            .find(|role| role.number() == number)
    }

    /// Whether whoever shares the key is the same work, whatever else they say.
    pub(crate) fn is_strong(self) -> bool {
        matches!(self, Self::Joins | Self::Isrc | Self::Recording)
    }

    /// Whether a different key of this role means a different work when only the text is the same.
    pub(crate) fn tells_apart(self) -> bool {
        matches!(self, Self::Isrc | Self::Recording | Self::Guid)
    }
}

/// Something that a description is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) hash: i64,
    pub(crate) role: Role,
}

/// A source's description of a work, as far as it tells which one it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) creators: Vec<String>,
    pub(crate) show: String,
    pub(crate) url: String,
    pub(crate) feed_url: String,
    pub(crate) item_guid: String,
    pub(crate) isrc: String,
    pub(crate) recording_mbid: String,
    pub(crate) spotify_uri: String,
}

impl Described {
    /// All it is known by. The kind is part of each key: kinds do not mix.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        let mut add = |role: Role, tag: &str, parts: &[&str]| {
            keys.push(Key {
                hash: hash(&self.kind, tag, parts),
                role,
            });
        };
        if let Some(isrc) = isrc(&self.isrc) {
            add(Role::Isrc, "isrc", &[&isrc]);
        }
        if let Some(mbid) = mbid(&self.recording_mbid) {
            add(Role::Recording, "recording", &[&mbid]);
        }
        if !self.item_guid.trim().is_empty() {
            let guid = self.item_guid.trim();
            add(Role::Guid, "guid", &[guid]);
            if !self.feed_url.is_empty() {
                add(Role::Joins, "item", &[&feed_key(&self.feed_url), guid]);
            }
        }
        if let Some(video) = youtube(&self.url) {
            add(Role::Joins, "youtube", &[video]);
        } else if let Some(address) = self.own_address() {
            add(Role::Joins, "url", &[&address]);
        }
        if let Some(("spotify", name)) = self.spotify_uri.split_once(':') {
            add(Role::Joins, "spotify", &[name]);
        }
        if let Some(hash) = self.text_key() {
            keys.push(Key { hash, role: Role::Text });
        }
        keys
    }

    /// The key of its text: title and who made it. A title alone ("Intro") is no description.
    pub(crate) fn text_key(&self) -> Option<i64> {
        let creator = self.creators.first().map_or("", String::as_str);
        // A podcast's host and a book's reader are named by one source and not by the next.
        let (first, second) = match self.kind.as_str() {
            "podcast" | "audiobook" | "page" => (self.show.as_str(), creator),
            _ => (creator, self.show.as_str()),
        };
        let maker = if first.trim().is_empty() { second } else { first };
        let (title, maker) = (text::title(&self.title), text::maker(maker));
        (text::says_something(&title) && text::says_something(&maker))
            .then(|| hash(&self.kind, "text", &[&title, &maker]))
    }

    /// The address, where that is one work's: an episode's file, a video's page, an article. A song's is often its
    /// station's or its playlist's.
    fn own_address(&self) -> Option<String> {
        if !matches!(self.kind.as_str(), "podcast" | "video" | "page") {
            return None;
        }
        let (scheme, bare) = self.url.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return None;
        }
        let bare = bare
            .split_once('#')
            .map_or(bare, |(bare, _)| bare)
            .trim_end_matches('/');
        let (host, path) = bare.split_once('/')?;
        (!path.is_empty()).then(|| format!("{}/{path}", host.to_ascii_lowercase()))
    }
}

/// The key that a decision of the person ties by.
pub(crate) fn of_decision(decision_id: i64, tag: &str) -> i64 {
    hash("", tag, &[&decision_id.to_string()])
}

fn hash(kind: &str, tag: &str, parts: &[&str]) -> i64 {
    let mut bytes = Vec::with_capacity(64);
    bytes.extend_from_slice(b"tekram/v1/work/");
    bytes.extend_from_slice(tag.as_bytes());
    for part in std::iter::once(&kind).chain(parts) {
        bytes.push(0);
        bytes.extend_from_slice(part.as_bytes());
    }
    let full = digest(&SHA256, &bytes);
    full.as_ref()
        .first_chunk::<8>()
        .map_or(0, |first| i64::from_be_bytes(*first))
}

/// An ISRC (ISO 3901) in its one form; `None` for what is none.
fn isrc(text: &str) -> Option<String> {
    let code: String = text
        .chars()
        .filter(|letter| !matches!(letter, '-' | ' '))
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let shape = code.len() == 12
        && code.bytes().enumerate().all(|(place, byte)| match place {
            0 | 1 => byte.is_ascii_uppercase(),
            2..=4 => byte.is_ascii_alphanumeric(),
            _ => byte.is_ascii_digit(),
        });
    shape.then_some(code)
}

/// A MusicBrainz id (a UUID) in its one form; `None` for what is none.
fn mbid(text: &str) -> Option<String> {
    let id = text.trim().to_ascii_lowercase();
    let shape = id.len() == 36
        && id.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    // The one that stands for nothing.
    (shape && id.bytes().any(|byte| !matches!(byte, b'0' | b'-'))).then_some(id)
}

/// The id of a video of YouTube, however its address is written.
fn youtube(url: &str) -> Option<&str> {
    let (_, bare) = url.split_once("://")?;
    let (host, path) = bare.split_once('/')?;
    let ends = |text: &str| text.find(['&', '#', '?', '/']);
    let id = match host {
        "youtu.be" => path,
        "youtube.com" | "www.youtube.com" | "m.youtube.com" | "music.youtube.com" => {
            let query = path.strip_prefix("watch?")?;
            query.split('&').find_map(|pair| pair.strip_prefix("v="))?
        }
        _ => return None,
    };
    let id = ends(id).and_then(|end| id.get(..end)).unwrap_or(id);
    let shape = id.len() == 11
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    shape.then_some(id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;

    fn song() -> Described {
        Described {
            kind: "music".into(),
            title: "Low Tide".into(),
            creators: vec!["Vera Quill".into()],
            ..Described::default()
        }
    }

    fn share(one: &Described, other: &Described) -> Vec<Role> {
        let others = other.keys();
        let shared = one.keys().into_iter().filter(|key| others.contains(key));
        shared.map(|key| key.role).collect()
    }

    #[test]
    fn one_name_has_one_key_however_it_is_written() {
        let one = |isrc: &str, url: &str| Described {
            isrc: isrc.into(),
            url: url.into(),
            title: String::new(),
            ..song()
        };
        let shared = share(
            &one("de-a45-26-00001", "https://www.youtube.com/watch?list=x&v=abcdefghijk"),
            &one("DEA452600001", "http://youtu.be/abcdefghijk?t=3"),
        );
        assert_eq!(shared, [Role::Isrc, Role::Joins]);
    }

    #[test]
    fn what_is_no_name_is_no_key() {
        let none = Described {
            isrc: "unknown".into(),
            recording_mbid: "00000000-0000-0000-0000-000000000000".into(),
            url: "https://stream.example/live".into(),
            title: String::new(),
            ..song()
        };
        assert_eq!(none.keys(), []);
    }

    #[test]
    fn kinds_do_not_mix() {
        let video = Described {
            kind: "video".into(),
            spotify_uri: "spotify:track:a".into(),
            ..song()
        };
        let song = Described {
            spotify_uri: "spotify:track:a".into(),
            ..song()
        };
        assert_eq!(share(&song, &video), []);
    }

    #[test]
    fn an_episode_is_known_by_its_show_whoever_is_named_beside_it() {
        let episode = |show: &str, creators: &[&str]| Described {
            kind: "podcast".into(),
            title: "The Bell".into(),
            show: show.into(),
            creators: creators.iter().map(|name| (*name).into()).collect(),
            ..Described::default()
        };
        assert_eq!(
            share(
                &episode("Harbour Lights", &["A. Host"]),
                &episode("", &["Harbour lights"])
            ),
            [Role::Text]
        );
    }

    #[test]
    fn the_same_guid_in_another_feed_is_no_tie() {
        let item = |feed: &str| Described {
            kind: "podcast".into(),
            feed_url: feed.into(),
            item_guid: "1".into(),
            ..Described::default()
        };
        assert_eq!(
            share(&item("https://a.example/f"), &item("http://A.example/f/")),
            [Role::Guid, Role::Joins]
        );
        assert_eq!(
            share(&item("https://a.example/f"), &item("https://b.example/f")),
            [Role::Guid]
        );
    }
}
