//! What an extract can say of a listen: each thing exactly, or blurred. The exact and the blurred are claims of their own
//! under the same signature, so that who was shown the month can be shown the minute later and see that it fits.

use serde_json::{Map, Value, json};
use tekram_primitives::time::Timestamp;

use crate::Listen;

/// Something that an extract can say of a listen. Addresses are not among them: that of a feed can be a private one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExtractField {
    /// When it began, to the second, RFC 3339 in UTC.
    Start,
    /// In which hour (UTC): `2026-10-05T18`.
    Hour,
    /// On which day (UTC): `2026-10-05`.
    Day,
    /// In which month (UTC): `2026-10`.
    Month,
    /// What it was.
    Kind,
    /// Title.
    Title,
    /// Who made it.
    Creators,
    /// Album, podcast, book or station.
    Show,
    /// Publisher or label.
    Publisher,
    /// Seconds played, or null.
    PlayedSeconds,
    /// Minutes played, rounded up, or null.
    PlayedMinutes,
    /// Where the log has it from.
    Source,
    /// ISRC.
    Isrc,
    /// MusicBrainz recording.
    RecordingMbid,
}

impl ExtractField {
    /// Every one of them. All stand in every extract, hidden; that one is empty shows only when it is shown.
    pub const ALL: [Self; 14] = [
        Self::Start,
        Self::Hour,
        Self::Day,
        Self::Month,
        Self::Kind,
        Self::Title,
        Self::Creators,
        Self::Show,
        Self::Publisher,
        Self::PlayedSeconds,
        Self::PlayedMinutes,
        Self::Source,
        Self::Isrc,
        Self::RecordingMbid,
    ];

    /// Those that are no blur of another; the show is both.
    pub const EXACT: [Self; 10] = [
        Self::Start,
        Self::Kind,
        Self::Title,
        Self::Creators,
        Self::Show,
        Self::Publisher,
        Self::PlayedSeconds,
        Self::Source,
        Self::Isrc,
        Self::RecordingMbid,
    ];

    /// Stable name: the claim's.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Kind => "kind",
            Self::Title => "title",
            Self::Creators => "creators",
            Self::Show => "show",
            Self::Publisher => "publisher",
            Self::PlayedSeconds => "played_seconds",
            Self::PlayedMinutes => "played_minutes",
            Self::Source => "source",
            Self::Isrc => "isrc",
            Self::RecordingMbid => "recording_mbid",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// What can be said in its place, the finest first.
    #[must_use]
    pub fn blurs(self) -> &'static [Self] {
        match self {
            Self::Start => &[Self::Hour, Self::Day, Self::Month],
            Self::Title => &[Self::Show],
            Self::PlayedSeconds => &[Self::PlayedMinutes],
            _ => &[],
        }
    }

    /// What is said of a listen.
    pub(crate) fn claim(self, listen: &Listen) -> Value {
        let start = Timestamp::from_secs(listen.start_ms.div_euclid(1000)).to_string();
        let upto = |letters: usize| json!(start.chars().take(letters).collect::<String>());
        let played = listen.played.ms();
        match self {
            Self::Start => json!(start),
            Self::Hour => upto(13),
            Self::Day => upto(10),
            Self::Month => upto(7),
            Self::Kind => json!(listen.kind),
            Self::Title => json!(listen.title),
            Self::Creators => json!(listen.creators),
            Self::Show => json!(listen.show),
            Self::Publisher => json!(listen.publisher),
            Self::PlayedSeconds => json!(played.map(|ms| ms.div_euclid(1000))),
            Self::PlayedMinutes => json!(played.map(|ms| ms.saturating_add(59_999).div_euclid(60_000))),
            Self::Source => json!(listen.source),
            Self::Isrc => json!(listen.identifiers.isrc),
            Self::RecordingMbid => json!(listen.identifiers.recording_mbid),
        }
    }
}

/// Whether what is said of one listen fits together: the blurred is the blur of the exact, as far as both were shown.
pub(crate) fn fits_together(listen: &Map<String, Value>) -> bool {
    let text = |name: &str| listen.get(name).and_then(Value::as_str);
    let finest_first = ["start", "hour", "day", "month"];
    let mut finer: Option<&str> = None;
    for time in finest_first.into_iter().filter_map(text) {
        if finer.is_some_and(|finer| !finer.starts_with(time)) {
            return false;
        }
        finer = Some(time);
    }
    let number = |name: &str| listen.get(name).and_then(Value::as_i64);
    match (number("played_seconds"), number("played_minutes")) {
        // Rounded up from milliseconds, of which the seconds are cut: a minute and a bit is two minutes.
        (Some(seconds), Some(minutes)) => {
            let least = seconds.saturating_add(59).div_euclid(60);
            (least..=seconds.div_euclid(60).saturating_add(1)).contains(&minutes)
        }
        _ => true,
    }
}
