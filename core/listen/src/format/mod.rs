//! The formats that histories come in: which there are, and why a record of one can be refused.
//!
//! Each format turns one record into a [`Draft`](draft::Draft) as a pure function; reading, limits and storing are
//! elsewhere.

pub(crate) mod antennapod;
pub(crate) mod apple;
pub(crate) mod columns;
pub(crate) mod draft;
pub(crate) mod gpodder;
pub(crate) mod lastfm;
pub(crate) mod layout;
pub(crate) mod listenbrainz;
pub(crate) mod maloja;
pub(crate) mod moment;
pub(crate) mod opml;
pub(crate) mod own;
pub(crate) mod pano;
pub(crate) mod play;
pub(crate) mod plays;
pub(crate) mod provider;
mod reason;
pub(crate) mod scrobbler_log;
pub(crate) mod sitting;
pub(crate) mod spotify;
pub(crate) mod spotify_short;
pub(crate) mod stated;
pub(crate) mod takeout;

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
    /// Last.fm, by the tools that export it: tables, or answers of its API and arrays of their tracks.
    Lastfm,
    /// Libre.fm, as LastToLibre exports it: a table without headings.
    Librefm,
    /// `.scrobbler.log` of players without a network.
    ScrobblerLog,
    /// Apple Music's play activity.
    AppleMusic,
    /// Pano Scrobbler's file: a table or JSON Lines.
    PanoScrobbler,
    /// Maloja: its export, or answers of its API.
    Maloja,
    /// Spotify's short history of the last year.
    SpotifyShort,
    /// What was watched on YouTube and heard on YouTube Music, from Google Takeout.
    Youtube,
    /// AntennaPod's database.
    AntennaPod,
    /// Any other table, whose columns the person named.
    Csv,
    /// This log's own export with everything: JSON Lines.
    Own,
    /// What was heard on this device: no file, but the batch that holds it.
    Capture,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 16] = [
        Self::Listenbrainz,
        Self::SpotifyExtended,
        Self::GpodderActions,
        Self::Opml,
        Self::Lastfm,
        Self::Librefm,
        Self::ScrobblerLog,
        Self::AppleMusic,
        Self::PanoScrobbler,
        Self::Maloja,
        Self::SpotifyShort,
        Self::Youtube,
        Self::AntennaPod,
        Self::Csv,
        Self::Own,
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
            Self::Lastfm => "lastfm",
            Self::Librefm => "librefm",
            Self::ScrobblerLog => "scrobbler_log",
            Self::AppleMusic => "apple_music",
            Self::PanoScrobbler => "pano_scrobbler",
            Self::Maloja => "maloja",
            Self::SpotifyShort => "spotify_short",
            Self::Youtube => "youtube",
            Self::AntennaPod => "antenna_pod",
            Self::Csv => "csv",
            Self::Own => "own",
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
            Self::SpotifyExtended | Self::SpotifyShort => "spotify",
            Self::GpodderActions => "gpodder",
            Self::Opml => "opml",
            Self::Lastfm => "lastfm",
            Self::Librefm => "librefm",
            Self::ScrobblerLog => "scrobbler_log",
            Self::AppleMusic => "apple_music",
            Self::PanoScrobbler => "pano_scrobbler",
            Self::Maloja => "maloja",
            Self::Youtube => "youtube",
            Self::AntennaPod => "antennapod",
            Self::Csv => "csv",
            Self::Own => own::SOURCE,
            Self::Capture => "this_device",
        }
    }
}
