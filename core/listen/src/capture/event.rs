//! What a player tells of itself, and the form in which it lies in the inbox: JSON with a version, so that events which
//! an earlier version of the program sealed are understood by a later one.

use serde::{Deserialize, Serialize};

use crate::{Kind, ListenError};

/// One thing that a player did.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlayerEvent {
    /// Which of the player's sessions. A new session of the player, or of the program that listens to it, has a new name.
    pub session: String,
    /// The player's name, as the person knows it.
    pub app: String,
    /// When, milliseconds since 1970 UTC, by the device's clock.
    pub at_ms: i64,
    /// Minutes east of UTC where the device was, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_min: Option<i64>,
    /// When, in milliseconds of a clock that never goes back until the device starts anew. Without it, time is measured by
    /// the clock that can be set, as far as the player's own word about its place agrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monotonic_ms: Option<i64>,
    /// What it did.
    pub kind: PlayerEventKind,
    /// Where in the medium it was then, in milliseconds: before the jump for a seek, in the new medium for a new medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_ms: Option<i64>,
}

/// What a player did.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum PlayerEventKind {
    /// It began to play, or went on.
    Play,
    /// It stopped for the moment: by the person, to buffer, or for a call.
    Pause,
    /// The person moved to another place.
    Seek {
        /// Where to, in milliseconds of the medium.
        to_ms: i64,
    },
    /// It plays at another speed from now on.
    Speed {
        /// Thousandths of the normal speed.
        permille: i64,
    },
    /// It says what it plays.
    Metadata {
        /// What it plays.
        media: Media,
    },
    /// It says where it is.
    Position {
        /// Milliseconds of the medium.
        ms: i64,
    },
    /// The session is over.
    End,
}

/// What a player says of the medium it plays. Empty where it does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Media {
    /// Title.
    pub title: String,
    /// Who made it, first creator first.
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    pub show: String,
    /// Publisher or label.
    pub publisher: String,
    /// Where the medium or its page is.
    pub url: String,
    /// The podcast's or publication's feed.
    pub feed_url: String,
    /// The `guid` of the item in that feed.
    pub item_guid: String,
    /// Length in milliseconds, if known.
    pub media_ms: Option<i64>,
    /// What kind it is, if the player or the program that listens to it knows; music where nobody does.
    pub kind: Option<Kind>,
}

/// Events as they are sealed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Envelope<'a> {
    /// Tells these items from others in the inbox, and their version.
    capture: u32,
    pub(crate) events: std::borrow::Cow<'a, [PlayerEvent]>,
}

/// The version of [`PlayerEvent`]'s form. A field that may be missing needs no new one.
const VERSION: u32 = 1;

impl<'a> Envelope<'a> {
    pub(crate) fn new(events: &'a [PlayerEvent]) -> Self {
        Self {
            capture: VERSION,
            events: events.into(),
        }
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, ListenError> {
        serde_json::to_vec(self).map_err(|_| ListenError::Unreadable { what: "player event" })
    }

    /// The events of an item; `None` for an item that is something else or of a later version.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let envelope: Self = serde_json::from_slice(bytes).ok()?;
        (envelope.capture == VERSION).then_some(envelope)
    }
}
