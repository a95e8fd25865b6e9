//! A listen as read from a record, still borrowing its texts from it: what it says, which work it is about, whom its
//! seconds are credited to, and the fingerprint by which the same play is known again.

use std::borrow::Cow;

use ring::digest::{SHA256, digest};

use crate::format::Reason;
use crate::input::loose::Loose;
use crate::listen::{Kind, Played};

/// No title, name or address is longer; what is, is not one.
pub(crate) const LONGEST_TEXT: usize = 4096;

/// A listen as read from a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft<'a> {
    pub(crate) work: Work<'a>,
    pub(crate) credit: Credit<'a>,
    pub(crate) start_ms: i64,
    pub(crate) offset_min: Option<i64>,
    pub(crate) played: Played,
    pub(crate) media_ms: Option<i64>,
    pub(crate) via: Via<'a>,
    pub(crate) marks: i64,
    pub(crate) fingerprint: Fingerprint,
}

/// What was played.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Work<'a> {
    pub(crate) kind: Option<Kind>,
    pub(crate) title: Cow<'a, str>,
    pub(crate) creators: Vec<Cow<'a, str>>,
    pub(crate) show: Cow<'a, str>,
    pub(crate) publisher: Cow<'a, str>,
    pub(crate) url: Cow<'a, str>,
    pub(crate) feed_url: Cow<'a, str>,
    pub(crate) item_guid: Cow<'a, str>,
    pub(crate) isrc: Cow<'a, str>,
    pub(crate) recording_mbid: Cow<'a, str>,
    pub(crate) release_mbid: Cow<'a, str>,
    pub(crate) artist_mbids: Vec<Cow<'a, str>>,
    pub(crate) spotify_uri: Cow<'a, str>,
}

impl Work<'_> {
    /// What kind it is; music where nothing else is said.
    pub(crate) fn kind(&self) -> Kind {
        self.kind.unwrap_or(Kind::Music)
    }

    /// The same texts, the same sixteen bytes. `scratch` is only to save the allocation.
    pub(crate) fn hash(&self, scratch: &mut Vec<u8>) -> [u8; 16] {
        scratch.clear();
        scratch.extend_from_slice(self.kind().name().as_bytes());
        for text in [
            &self.title,
            &self.show,
            &self.publisher,
            &self.url,
            &self.feed_url,
            &self.item_guid,
            &self.isrc,
            &self.recording_mbid,
            &self.release_mbid,
            &self.spotify_uri,
        ] {
            separate(scratch, text);
        }
        for list in [&self.creators, &self.artist_mbids] {
            scratch.push(1);
            for text in list {
                separate(scratch, text);
            }
        }
        short_hash(scratch)
    }
}

// Texts hold no U+0000, so one between them keeps them apart.
fn separate(scratch: &mut Vec<u8>, text: &str) {
    scratch.push(0);
    scratch.extend_from_slice(text.as_bytes());
}

/// Whom the seconds of a play are credited to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Credit<'a> {
    /// The podcast with this feed.
    Feed(Cow<'a, str>),
    /// The podcast of this name, whose feed is not known.
    Show(Cow<'a, str>),
    /// The audiobook of this title.
    Audiobook(Cow<'a, str>),
    /// The artist of this name.
    Artist(Cow<'a, str>),
    /// Whoever advertises. Kept apart, so that nobody's seconds have an advert in them.
    Advert(Cow<'a, str>),
    /// Nobody whom the source names: the title of what was played.
    Unknown(Cow<'a, str>),
    /// As another vault kept it.
    Kept {
        /// The key.
        key: Cow<'a, str>,
        /// The name for people.
        name: Cow<'a, str>,
        /// The feed, of a podcast.
        feed_url: Cow<'a, str>,
    },
}

impl Credit<'_> {
    /// The key that the credit is kept and paid under: `feed:`, `show:`, `audiobook:`, `artist:`, `advert:` or `unknown:` and
    /// the name folded.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Feed(url) => feed_key(url),
            Self::Show(name) => format!("show:{}", folded(name)),
            Self::Audiobook(name) => format!("audiobook:{}", folded(name)),
            Self::Artist(name) => format!("artist:{}", folded(name)),
            Self::Advert(name) => format!("advert:{}", folded(name)),
            Self::Unknown(title) => format!("unknown:{}", folded(title)),
            Self::Kept { key, .. } => key.clone().into_owned(),
        }
    }

    /// Name for people; empty for a feed, whose title only the subscriptions or the feed itself know.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Feed(_) => "",
            Self::Show(name)
            | Self::Audiobook(name)
            | Self::Artist(name)
            | Self::Advert(name)
            | Self::Unknown(name)
            | Self::Kept { name, .. } => name,
        }
    }

    pub(crate) fn feed_url(&self) -> &str {
        match self {
            Self::Feed(url) | Self::Kept { feed_url: url, .. } => url,
            _ => "",
        }
    }
}

/// The key of a podcast: its feed's address without scheme and closing slashes, because podcasts change between `http`
/// and `https` (the same text that `podcast:guid` is made of).
pub(crate) fn feed_key(url: &str) -> String {
    let bare = url
        .split_once("://")
        .map_or(url, |(_, bare)| bare)
        .trim_end_matches('/');
    let (host, path) = bare
        .split_at_checked(bare.find('/').unwrap_or(bare.len()))
        .unwrap_or((bare, ""));
    format!("feed:{}{path}", host.to_ascii_lowercase())
}

/// A name without the differences that do not matter: case, and white space around and between words.
pub(crate) fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// How the listen came about and reached the source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Via<'a> {
    /// Where the listen came from, if another than the format's own.
    pub(crate) source: Cow<'a, str>,
    pub(crate) service: Cow<'a, str>,
    pub(crate) player: Cow<'a, str>,
    pub(crate) device: Cow<'a, str>,
    pub(crate) client: Cow<'a, str>,
}

/// Sixteen bytes by which the same play is known again.
pub(crate) type Fingerprint = [u8; 16];

impl Via<'_> {
    /// The same, kept.
    pub(crate) fn to_owned(&self) -> Via<'static> {
        let owned = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
        Via {
            source: owned(&self.source),
            service: owned(&self.service),
            player: owned(&self.player),
            device: owned(&self.device),
            client: owned(&self.client),
        }
    }
}

/// The fingerprint of a play: the moment as the source states it and the texts that tell it from others. It does not
/// depend on anything that this program derives, so that a later version finds the plays of an earlier one.
pub(crate) fn fingerprint(scratch: &mut Vec<u8>, source: &str, stated_ms: i64, texts: &[&str]) -> Fingerprint {
    scratch.clear();
    scratch.extend_from_slice(b"tekram/v1/listen/");
    scratch.extend_from_slice(source.as_bytes());
    scratch.push(0);
    scratch.extend_from_slice(&stated_ms.to_be_bytes());
    for text in texts {
        separate(scratch, text);
    }
    short_hash(scratch)
}

fn short_hash(bytes: &[u8]) -> [u8; 16] {
    let full = digest(&SHA256, bytes);
    full.as_ref().first_chunk::<16>().copied().unwrap_or_default()
}

/// A text that must be there.
pub(crate) fn needed<'a>(value: Loose<'a>, field: &'static str) -> Result<Cow<'a, str>, Reason> {
    match value {
        Loose::Absent | Loose::Null => Err(Reason::MissingField(field)),
        Loose::Text(text) => {
            let text = checked(text, field)?;
            if text.trim().is_empty() {
                Err(Reason::MissingField(field))
            } else {
                Ok(text)
            }
        }
        _ => Err(Reason::WrongType(field)),
    }
}

/// A text that says what was played if it is there; missing and empty are the same.
pub(crate) fn optional<'a>(value: Loose<'a>, field: &'static str) -> Result<Cow<'a, str>, Reason> {
    match value {
        Loose::Absent | Loose::Null => Ok(Cow::Borrowed("")),
        Loose::Text(text) => checked(text, field),
        _ => Err(Reason::WrongType(field)),
    }
}

/// A text that only adds something: whatever is wrong with it, it is as if it were not there.
pub(crate) fn extra(value: Loose<'_>) -> Cow<'_, str> {
    match value {
        Loose::Text(text) => checked(text, "").unwrap_or_default(),
        _ => Cow::Borrowed(""),
    }
}

fn checked<'a>(text: Cow<'a, str>, field: &'static str) -> Result<Cow<'a, str>, Reason> {
    if text.len() > LONGEST_TEXT {
        Err(Reason::TextTooLong(field))
    } else if memchr::memchr(0, text.as_bytes()).is_some() {
        Err(Reason::NulCharacter(field))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_podcast_has_one_key_however_its_address_is_written() {
        assert_eq!(
            feed_key("https://Feeds.Example/Harbour.xml"),
            "feed:feeds.example/Harbour.xml"
        );
        assert_eq!(
            feed_key("http://feeds.example/Harbour.xml/"),
            "feed:feeds.example/Harbour.xml"
        );
        assert_eq!(feed_key("feeds.example"), "feed:feeds.example");
    }

    #[test]
    fn names_fold_case_and_space_only() {
        assert_eq!(folded("  Ålesund \t QUARTET "), "ålesund quartet");
        assert_ne!(folded("Ålesund"), folded("Alesund"));
    }

    #[test]
    fn texts_that_run_together_are_different_plays() {
        let mut scratch = Vec::new();
        let one = fingerprint(&mut scratch, "s", 1, &["ab", "c"]);
        assert_ne!(one, fingerprint(&mut scratch, "s", 1, &["a", "bc"]));
        assert_ne!(one, fingerprint(&mut scratch, "s", 2, &["ab", "c"]));
        assert_eq!(one, fingerprint(&mut scratch, "s", 1, &["ab", "c"]));
    }
}
