//! A listen: one sitting with one piece of media. What it was, who made it, where it was heard, and what is known of
//! how much of it was really played.

use serde::{Deserialize, Serialize};
use tekram_primitives::ranges::Ranges;

/// What was heard or watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A song or another piece of music.
    Music,
    /// An episode of a podcast.
    Podcast,
    /// A programme or song on the radio.
    Radio,
    /// A chapter of an audiobook.
    Audiobook,
    /// A video.
    Video,
    /// An article that was read.
    Page,
    /// An advert, wherever it was heard. It gives nobody seconds that are paid for.
    Advert,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Music,
        Self::Podcast,
        Self::Radio,
        Self::Audiobook,
        Self::Video,
        Self::Page,
        Self::Advert,
    ];

    /// Stable name, as stored and exported.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Music => "music",
            Self::Podcast => "podcast",
            Self::Radio => "radio",
            Self::Audiobook => "audiobook",
            Self::Video => "video",
            Self::Page => "page",
            Self::Advert => "advert",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How an amount played was estimated when the source does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimateRule {
    /// The source lists only plays that count as such (half the track or four minutes), and gives the track's length:
    /// the whole length is taken.
    WholeTrack,
}

/// What is known of how much was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Played {
    /// The exact stretches, in media time; what was heard twice counts once.
    Ranges {
        /// The stretches.
        ranges: Ranges,
    },
    /// The source gives a total only.
    Total {
        /// Milliseconds played.
        ms: i64,
    },
    /// The source does not say; this follows by a rule.
    Estimate {
        /// Milliseconds.
        ms: i64,
        /// The rule.
        rule: EstimateRule,
    },
    /// Nothing is known: a play, of no known length.
    Unknown,
}

impl Played {
    /// Milliseconds played, if anything is known or estimated.
    #[must_use]
    pub fn ms(&self) -> Option<i64> {
        match self {
            Self::Ranges { ranges } => Some(ranges.total_ms()),
            Self::Total { ms } | Self::Estimate { ms, .. } => Some(*ms),
            Self::Unknown => None,
        }
    }

    /// The number that stands for the variant in the table.
    pub(crate) fn how(&self) -> i64 {
        match self {
            Self::Unknown => HOW_UNKNOWN,
            Self::Total { .. } => HOW_TOTAL,
            Self::Ranges { .. } => HOW_RANGES,
            Self::Estimate {
                rule: EstimateRule::WholeTrack,
                ..
            } => HOW_WHOLE_TRACK,
        }
    }

    /// The stretches as they stand in the table.
    pub(crate) fn ranges_column(&self) -> Option<String> {
        match self {
            Self::Ranges { ranges } => serde_json::to_string(ranges).ok(),
            _ => None,
        }
    }

    /// The variant from its columns; `None` for a number from a later version.
    pub(crate) fn from_columns(how: i64, ms: Option<i64>, ranges: Option<&str>) -> Option<Self> {
        Some(match (how, ms, ranges) {
            (HOW_UNKNOWN, ..) => Self::Unknown,
            (HOW_TOTAL, Some(ms), _) => Self::Total { ms },
            (HOW_RANGES, _, Some(ranges)) => Self::Ranges {
                ranges: serde_json::from_str(ranges).ok()?,
            },
            (HOW_WHOLE_TRACK, Some(ms), _) => Self::Estimate {
                ms,
                rule: EstimateRule::WholeTrack,
            },
            _ => return None,
        })
    }
}

pub(crate) const HOW_UNKNOWN: i64 = 0;
pub(crate) const HOW_TOTAL: i64 = 1;
pub(crate) const HOW_RANGES: i64 = 2;
/// The first of the numbers that mean an estimate.
pub(crate) const HOW_WHOLE_TRACK: i64 = 3;

/// The play was skipped before its end.
pub(crate) const MARK_SKIPPED: i64 = 1;
/// The play was in a private session.
pub(crate) const MARK_PRIVATE: i64 = 2;
/// The device was offline.
pub(crate) const MARK_OFFLINE: i64 = 4;
/// Another play is the same one and knows more; this one is only evidence of it.
pub(crate) const MARK_TOLD_AGAIN: i64 = 8;
/// The person hid it.
pub(crate) const MARK_HIDDEN: i64 = 16;
/// Too short to count as a play, by the rules.
pub(crate) const MARK_TOO_SHORT: i64 = 32;
/// The source gave the start without a zone; without an offset it was taken for UTC.
pub(crate) const MARK_ZONELESS: i64 = 64;

/// Names that others know the work by. Empty where unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Identifiers {
    /// Where the medium or its page is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The podcast's feed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub feed_url: String,
    /// The podcast's `podcast:guid`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub feed_guid: String,
    /// The episode's RSS `guid`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub item_guid: String,
    /// ISRC (ISO 3901) of the recording.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub isrc: String,
    /// MusicBrainz recording.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub recording_mbid: String,
    /// MusicBrainz release.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub release_mbid: String,
    /// MusicBrainz artists, in order of the credit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artist_mbids: Vec<String>,
    /// Spotify URI of the track, episode or chapter.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub spotify_uri: String,
}

/// What the person thinks of a listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Thumb {
    /// More of this.
    Up,
    /// Less of this.
    Down,
}

impl Thumb {
    /// The number that stands for it in the table.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
        }
    }

    /// The thumb of that number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        [Self::Up, Self::Down]
            .into_iter()
            .find(|thumb| thumb.number() == number)
    }
}

/// Where the knowledge of a listen comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The import that brought it.
    pub batch_id: i64,
    /// Its number in that file, counted from 1.
    pub record: i64,
    /// Later imports that tell of the same play.
    pub also_in: Vec<i64>,
}

/// One sitting with one piece of media.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listen {
    /// Number in this log.
    pub id: i64,
    /// What it was.
    pub kind: Kind,
    /// Title; empty where the source gives none (episode actions do not).
    pub title: String,
    /// Who made it, first creator first.
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    pub show: String,
    /// Publisher or label.
    pub publisher: String,
    /// Names that others know it by.
    pub identifiers: Identifiers,
    /// Start, milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// Minutes east of UTC where it was heard, if known.
    pub offset_min: Option<i64>,
    /// Whether the source gave the start without a zone, and it was taken for UTC.
    pub zone_assumed: bool,
    /// How much was played.
    pub played: Played,
    /// Length of the medium in milliseconds, if known.
    pub media_ms: Option<i64>,
    /// Where the listen came from: `listenbrainz`, `spotify`, `gpodder`, `this_device`.
    pub source: String,
    /// Service that delivered it.
    pub service: String,
    /// Player.
    pub player: String,
    /// Device.
    pub device: String,
    /// Whether the source says that it was skipped.
    pub skipped: bool,
    /// Whether it was heard in a private session.
    pub private_session: bool,
    /// Whether the device was offline.
    pub offline: bool,
    /// Whether it counts as a play, by the rules.
    pub counts: bool,
    /// What the person thinks of it, if they said.
    pub thumb: Option<Thumb>,
    /// What the person wrote beside it.
    pub note: String,
    /// What the person tagged it with.
    pub tags: Vec<String>,
    /// Whether the person corrected what it was.
    pub corrected: bool,
    /// Whether the person hid or deleted it.
    pub hidden: bool,
    /// Where the knowledge comes from.
    pub evidence: Evidence,
    /// Same play, same sixteen bytes (hex), whichever file of one source tells it.
    pub fingerprint: String,
}
