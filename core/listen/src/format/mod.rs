//! The formats that histories come in: which there are, and why a record of one can be refused.
//!
//! Each format turns one record into a [`Draft`](draft::Draft) as a pure function; reading, limits and storing are
//! elsewhere.

pub(crate) mod draft;
pub(crate) mod gpodder;
pub(crate) mod listenbrainz;
pub(crate) mod moment;
pub(crate) mod opml;
mod reason;
pub(crate) mod sitting;
pub(crate) mod spotify;

pub use reason::Reason;

/// A format of listening histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// ListenBrainz: JSON Lines, its export's zip, an array, or an answer of its API.
    Listenbrainz,
    /// Spotify's extended streaming history: JSON arrays, alone or in its zip.
    SpotifyExtended,
    /// Episode actions of gpodder.net and its kin: an array, or an object with `actions`.
    GpodderActions,
    /// A list of podcast subscriptions (OPML 2.0).
    Opml,
    /// What was heard on this device: no file, but the batch that holds it.
    Capture,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [
        Self::Listenbrainz,
        Self::SpotifyExtended,
        Self::GpodderActions,
        Self::Opml,
        Self::Capture,
    ];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Listenbrainz => "listenbrainz",
            Self::SpotifyExtended => "spotify_extended",
            Self::GpodderActions => "gpodder_actions",
            Self::Opml => "opml",
            Self::Capture => "capture",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The source that listens of this format are counted under.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::Listenbrainz => "listenbrainz",
            Self::SpotifyExtended => "spotify",
            Self::GpodderActions => "gpodder",
            Self::Opml => "opml",
            Self::Capture => "this_device",
        }
    }
}
