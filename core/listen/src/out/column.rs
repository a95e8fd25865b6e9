//! The columns of a table of listens: what each is called, and what stands in it.

use jiff::tz::TimeZone;

use crate::log::days::local_time;
use crate::{EstimateRule, Listen, Played, Thumb};

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// When it began, in UTC: `2026-10-05 18:00:00`.
    StartUtc,
    /// When it began, on the clocks where it was heard.
    StartLocal,
    /// What it was.
    Kind,
    /// Title.
    Title,
    /// Who made it, with `; ` between.
    Creators,
    /// Album, podcast, book or station.
    Show,
    /// Publisher or label.
    Publisher,
    /// Seconds played, as far as anything is known.
    PlayedSeconds,
    /// How this is known: `ranges`, `total`, `whole_track` (an estimate) or `unknown`.
    PlayedHow,
    /// Length of the medium in seconds.
    MediaSeconds,
    /// Where the listen came from.
    Source,
    /// Service that delivered it.
    Service,
    /// Player.
    Player,
    /// Device.
    Device,
    /// Whether it counts as a play: `yes` or nothing.
    Counts,
    /// Whether it was skipped.
    Skipped,
    /// Whether it was in a private session.
    PrivateSession,
    /// Whether the device was offline.
    Offline,
    /// What the person thinks of it: `up`, `down` or nothing.
    Thumb,
    /// Address of the medium or its page.
    Url,
    /// The podcast's feed.
    FeedUrl,
    /// The podcast's `podcast:guid`.
    FeedGuid,
    /// The episode's `guid`.
    ItemGuid,
    /// ISRC.
    Isrc,
    /// MusicBrainz recording.
    RecordingMbid,
    /// MusicBrainz release.
    ReleaseMbid,
    /// MusicBrainz artists.
    ArtistMbids,
    /// Spotify URI.
    SpotifyUri,
    /// Same play, same fingerprint.
    Fingerprint,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Somebody's words, which could be anything.
    Words(String),
    /// Made here: a number, a time, one of a few names.
    Own(String),
}

impl Column {
    /// Every column, in the order in which they stand.
    pub const ALL: [Self; 29] = [
        Self::StartLocal,
        Self::StartUtc,
        Self::Kind,
        Self::Title,
        Self::Creators,
        Self::Show,
        Self::Publisher,
        Self::PlayedSeconds,
        Self::PlayedHow,
        Self::MediaSeconds,
        Self::Source,
        Self::Service,
        Self::Player,
        Self::Device,
        Self::Counts,
        Self::Skipped,
        Self::PrivateSession,
        Self::Offline,
        Self::Thumb,
        Self::Url,
        Self::FeedUrl,
        Self::FeedGuid,
        Self::ItemGuid,
        Self::Isrc,
        Self::RecordingMbid,
        Self::ReleaseMbid,
        Self::ArtistMbids,
        Self::SpotifyUri,
        Self::Fingerprint,
    ];

    /// Those that are written when none are chosen.
    pub const USUAL: [Self; 10] = [
        Self::StartLocal,
        Self::Kind,
        Self::Title,
        Self::Creators,
        Self::Show,
        Self::PlayedSeconds,
        Self::MediaSeconds,
        Self::Source,
        Self::Player,
        Self::Thumb,
    ];

    /// Stable name, which stands in the first line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StartUtc => "start_utc",
            Self::StartLocal => "start_local",
            Self::Kind => "kind",
            Self::Title => "title",
            Self::Creators => "creators",
            Self::Show => "show",
            Self::Publisher => "publisher",
            Self::PlayedSeconds => "played_seconds",
            Self::PlayedHow => "played_how",
            Self::MediaSeconds => "media_seconds",
            Self::Source => "source",
            Self::Service => "service",
            Self::Player => "player",
            Self::Device => "device",
            Self::Counts => "counts",
            Self::Skipped => "skipped",
            Self::PrivateSession => "private_session",
            Self::Offline => "offline",
            Self::Thumb => "thumb",
            Self::Url => "url",
            Self::FeedUrl => "feed_url",
            Self::FeedGuid => "feed_guid",
            Self::ItemGuid => "item_guid",
            Self::Isrc => "isrc",
            Self::RecordingMbid => "recording_mbid",
            Self::ReleaseMbid => "release_mbid",
            Self::ArtistMbids => "artist_mbids",
            Self::SpotifyUri => "spotify_uri",
            Self::Fingerprint => "fingerprint",
        }
    }

    /// The column of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// What stands in it for a listen; `zone` is for listens of which it is not known where they were heard.
    pub(crate) fn cell(self, listen: &Listen, zone: &TimeZone) -> Cell {
        let words = |text: &str| Cell::Words(text.to_owned());
        let own = |text: &str| Cell::Own(text.to_owned());
        let mark = |is: bool| own(if is { "yes" } else { "" });
        let names = &listen.identifiers;
        match self {
            Self::StartUtc => Cell::Own(local_time(listen.start_ms, Some(0), zone)),
            Self::StartLocal => Cell::Own(local_time(listen.start_ms, listen.offset_min, zone)),
            Self::Kind => own(listen.kind.name()),
            Self::Title => words(&listen.title),
            Self::Creators => Cell::Words(listen.creators.join("; ")),
            Self::Show => words(&listen.show),
            Self::Publisher => words(&listen.publisher),
            Self::PlayedSeconds => Cell::Own(listen.played.ms().map(seconds).unwrap_or_default()),
            Self::PlayedHow => own(match &listen.played {
                Played::Ranges { .. } => "ranges",
                Played::Total { .. } => "total",
                Played::Estimate {
                    rule: EstimateRule::WholeTrack,
                    ..
                } => "whole_track",
                Played::Unknown => "unknown",
            }),
            Self::MediaSeconds => Cell::Own(listen.media_ms.map(seconds).unwrap_or_default()),
            Self::Source => words(&listen.source),
            Self::Service => words(&listen.service),
            Self::Player => words(&listen.player),
            Self::Device => words(&listen.device),
            Self::Counts => mark(listen.counts),
            Self::Skipped => mark(listen.skipped),
            Self::PrivateSession => mark(listen.private_session),
            Self::Offline => mark(listen.offline),
            Self::Thumb => own(match listen.thumb {
                Some(Thumb::Up) => "up",
                Some(Thumb::Down) => "down",
                None => "",
            }),
            Self::Url => words(&names.url),
            Self::FeedUrl => words(&names.feed_url),
            Self::FeedGuid => words(&names.feed_guid),
            Self::ItemGuid => words(&names.item_guid),
            Self::Isrc => words(&names.isrc),
            Self::RecordingMbid => words(&names.recording_mbid),
            Self::ReleaseMbid => words(&names.release_mbid),
            Self::ArtistMbids => Cell::Words(names.artist_mbids.join("; ")),
            Self::SpotifyUri => words(&names.spotify_uri),
            Self::Fingerprint => own(&listen.fingerprint),
        }
    }
}

/// Milliseconds as seconds with as many decimals as there are.
fn seconds(ms: i64) -> String {
    let (whole, part) = (ms.div_euclid(1000), ms.rem_euclid(1000));
    if part == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{part:03}").trim_end_matches('0').to_owned()
    }
}
