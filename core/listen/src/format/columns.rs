//! What the columns of a table mean, and a row of one as a listen. The columns of known exports follow from their
//! headings; of any other table the person says them, with a [`TableMapping`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::draft::{Draft, Via, Work, extra, needed, optional};
use super::play::{Amount, play};
use super::stated::{Stated, Times};
use super::{Format, Reason};
use crate::ListenError;
use crate::input::loose::Loose;
use crate::input::table::{Cells, Dialect, MOST_COLUMNS};
use crate::listen::Kind;

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// When the play began: a moment, or the time of day when there is a [`ColumnRole::Date`] as well.
    Time,
    /// The day of it.
    Date,
    /// Title of the song, episode or video.
    Title,
    /// Who made it.
    Artist,
    /// The album.
    Album,
    /// The podcast, station or series: a row with one is a podcast if nothing else is said.
    Show,
    /// Publisher or label.
    Publisher,
    /// What it was: `music`, `podcast`, `radio`, `audiobook`, `video` and what else there is.
    Kind,
    /// How much was played, in seconds or as `3:25`.
    PlayedS,
    /// How much was played, in milliseconds.
    PlayedMs,
    /// Length of the medium, in seconds or as `3:25`.
    LengthS,
    /// Length of the medium, in milliseconds.
    LengthMs,
    /// Address of the medium or its page.
    Url,
    /// Address of the podcast's feed.
    FeedUrl,
    /// The episode's RSS `guid`.
    ItemGuid,
    /// ISRC of the recording.
    Isrc,
    /// MusicBrainz recording.
    RecordingMbid,
    /// MusicBrainz release.
    ReleaseMbid,
    /// MusicBrainz artist.
    ArtistMbid,
    /// Player.
    Player,
    /// Device.
    Device,
    /// Service that delivered it.
    Service,
    /// What happened: anything but `scrobble`, `listen` or `play` is no play.
    Event,
}

impl ColumnRole {
    /// Every role.
    pub const ALL: [Self; 23] = [
        Self::Time,
        Self::Date,
        Self::Title,
        Self::Artist,
        Self::Album,
        Self::Show,
        Self::Publisher,
        Self::Kind,
        Self::PlayedS,
        Self::PlayedMs,
        Self::LengthS,
        Self::LengthMs,
        Self::Url,
        Self::FeedUrl,
        Self::ItemGuid,
        Self::Isrc,
        Self::RecordingMbid,
        Self::ReleaseMbid,
        Self::ArtistMbid,
        Self::Player,
        Self::Device,
        Self::Service,
        Self::Event,
    ];

    /// Stable name, as in a mapping's JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Date => "date",
            Self::Title => "title",
            Self::Artist => "artist",
            Self::Album => "album",
            Self::Show => "show",
            Self::Publisher => "publisher",
            Self::Kind => "kind",
            Self::PlayedS => "played_s",
            Self::PlayedMs => "played_ms",
            Self::LengthS => "length_s",
            Self::LengthMs => "length_ms",
            Self::Url => "url",
            Self::FeedUrl => "feed_url",
            Self::ItemGuid => "item_guid",
            Self::Isrc => "isrc",
            Self::RecordingMbid => "recording_mbid",
            Self::ReleaseMbid => "release_mbid",
            Self::ArtistMbid => "artist_mbid",
            Self::Player => "player",
            Self::Device => "device",
            Self::Service => "service",
            Self::Event => "event",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// How a table of no known format is read, as the person confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableMapping {
    /// What stands between two values: `,`, `;`, `|` or a tab.
    pub delimiter: char,
    /// Whether the first line holds headings.
    pub header: bool,
    /// Whether `3/4/2026` is the third of April.
    #[serde(default)]
    pub day_first: bool,
    /// The column of each role, counted from 0.
    pub columns: BTreeMap<ColumnRole, usize>,
}

impl TableMapping {
    pub(crate) fn dialect(&self) -> Result<Dialect, ListenError> {
        let delimiter = u8::try_from(self.delimiter)
            .ok()
            .filter(|delimiter| delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\n' | b'\r' | b'\0'))
            .ok_or(ListenError::BadMapping { what: "delimiter" })?;
        Ok(Dialect {
            delimiter,
            quotes: true,
        })
    }

    pub(crate) fn plan(&self) -> Result<Plan, ListenError> {
        for role in [ColumnRole::Time, ColumnRole::Title] {
            if !self.columns.contains_key(&role) {
                return Err(ListenError::BadMapping { what: role.name() });
            }
        }
        if self.columns.values().any(|column| *column >= MOST_COLUMNS) {
            return Err(ListenError::BadMapping { what: "columns" });
        }
        Ok(Plan {
            format: Format::Csv,
            columns: self.columns.clone(),
            utc: false,
            counted: false,
        })
    }
}

/// How the rows of a table are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) format: Format,
    pub(crate) columns: BTreeMap<ColumnRole, usize>,
    /// Times without a zone are UTC by the format.
    pub(crate) utc: bool,
    /// The format lists only plays that count, of music, and names the artist.
    pub(crate) counted: bool,
}

impl Plan {
    fn cell<'a>(&self, cells: &Cells<'a>, role: ColumnRole) -> Result<Loose<'a>, Reason> {
        self.columns
            .get(&role)
            .map_or(Ok(Loose::Absent), |column| cells.get(*column))
    }

    /// A cell that only adds something.
    fn extra<'a>(&self, cells: &Cells<'a>, role: ColumnRole) -> Cow<'a, str> {
        self.cell(cells, role).map(extra).unwrap_or_default()
    }

    fn moment(&self, cells: &Cells<'_>, times: &Times) -> Result<Stated, Reason> {
        let time = self.cell(cells, ColumnRole::Time)?;
        let together = match (self.cell(cells, ColumnRole::Date)?, time) {
            (Loose::Text(date), Loose::Text(time)) if !date.is_empty() => {
                Loose::Text(Cow::Owned(format!("{date} {time}")))
            }
            (_, time) => time,
        };
        if self.utc {
            times.utc_text(&together, "time")
        } else {
            times.stated(&together, "time")
        }
    }

    /// The listen that a row tells of.
    pub(crate) fn draft<'a>(
        &self,
        cells: Cells<'a>,
        times: &Times,
        scratch: &mut Vec<u8>,
    ) -> Result<Draft<'a>, Reason> {
        let event = optional(self.cell(&cells, ColumnRole::Event)?, "event")?;
        if !matches!(event.to_ascii_lowercase().as_str(), "" | "scrobble" | "listen" | "play") {
            return Err(Reason::NotAPlay);
        }
        let at = self.moment(&cells, times)?;
        let title = needed(self.cell(&cells, ColumnRole::Title)?, "title")?;
        let artist = self.cell(&cells, ColumnRole::Artist)?;
        let artist = if self.counted {
            needed(artist, "artist")?
        } else {
            optional(artist, "artist")?
        };
        let show = optional(self.cell(&cells, ColumnRole::Show)?, "show")?;
        let kind = match kind(&self.extra(&cells, ColumnRole::Kind)) {
            None if !show.is_empty() => Some(Kind::Podcast),
            kind => kind,
        };
        let album = optional(self.cell(&cells, ColumnRole::Album)?, "album")?;
        let played_ms = either(
            length(&self.cell(&cells, ColumnRole::PlayedMs)?, "played_ms", 1)?,
            length(&self.cell(&cells, ColumnRole::PlayedS)?, "played_s", 1000)?,
        );
        // A length that is nonsense is no reason to lose the play.
        let media_ms = either(
            self.cell(&cells, ColumnRole::LengthMs)
                .and_then(|cell| length(&cell, "length_ms", 1))
                .unwrap_or_default(),
            self.cell(&cells, ColumnRole::LengthS)
                .and_then(|cell| length(&cell, "length_s", 1000))
                .unwrap_or_default(),
        )
        .filter(|ms| *ms > 0);
        let amount = match played_ms {
            Some(ms) => Amount::Played(ms),
            None if self.counted => Amount::Counted,
            None => Amount::Unknown,
        };
        let mbid = self.extra(&cells, ColumnRole::ArtistMbid);
        let work = Work {
            kind,
            title,
            creators: if artist.is_empty() { Vec::new() } else { vec![artist] },
            show: if show.is_empty() { album } else { show },
            publisher: self.extra(&cells, ColumnRole::Publisher),
            url: self.extra(&cells, ColumnRole::Url),
            feed_url: self.extra(&cells, ColumnRole::FeedUrl),
            item_guid: self.extra(&cells, ColumnRole::ItemGuid),
            isrc: self.extra(&cells, ColumnRole::Isrc),
            recording_mbid: self.extra(&cells, ColumnRole::RecordingMbid),
            release_mbid: self.extra(&cells, ColumnRole::ReleaseMbid),
            artist_mbids: if mbid.is_empty() { Vec::new() } else { vec![mbid] },
            ..Work::default()
        };
        let via = Via {
            service: self.extra(&cells, ColumnRole::Service),
            player: self.extra(&cells, ColumnRole::Player),
            device: self.extra(&cells, ColumnRole::Device),
            ..Via::default()
        };
        Ok(play(self.format, work, at, amount, media_ms, via, scratch))
    }
}

fn either(first: Option<i64>, second: Option<i64>) -> Option<i64> {
    first.or(second)
}

/// A length of time: a number of some unit, with or without a fraction, or `3:25` and `1:02:03`. Empty is absent.
pub(crate) fn length(value: &Loose<'_>, field: &'static str, unit_ms: i64) -> Result<Option<i64>, Reason> {
    let Loose::Text(text) = value else {
        return super::moment::duration(value, field, unit_ms);
    };
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("null") {
        return Ok(None);
    }
    let number = if text.contains(':') {
        let mut seconds = 0_i64;
        for part in text.split(':') {
            let part: i64 = part.parse().map_err(|_| Reason::WrongType(field))?;
            seconds = seconds.saturating_mul(60).saturating_add(part);
        }
        Loose::Int(seconds.saturating_mul(1000) / unit_ms)
    } else if let Ok(number) = text.parse::<i64>() {
        Loose::Int(number)
    } else {
        let number: f64 = text.parse().map_err(|_| Reason::WrongType(field))?;
        if !number.is_finite() {
            return Err(Reason::NotANumber);
        }
        Loose::Float(number)
    };
    super::moment::duration(&number, field, unit_ms)
}

fn kind(text: &str) -> Option<Kind> {
    let text = text.trim().to_ascii_lowercase();
    Kind::from_name(&text).or(match text.as_str() {
        "song" | "track" | "audio" => Some(Kind::Music),
        "episode" => Some(Kind::Podcast),
        "chapter" | "book" => Some(Kind::Audiobook),
        "station" => Some(Kind::Radio),
        _ => None,
    })
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
    fn roles_have_the_names_of_their_json() {
        for role in ColumnRole::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            assert_eq!(ColumnRole::from_name(role.name()), Some(role));
        }
    }

    #[test]
    fn lengths_are_read_as_people_write_them() {
        let read = |text: &'static str, unit| length(&Loose::Text(Cow::Borrowed(text)), "l", unit);
        assert_eq!(read("205", 1000), Ok(Some(205_000)));
        assert_eq!(read("3:25", 1000), Ok(Some(205_000)));
        assert_eq!(read("3:25", 1), Ok(Some(205_000)));
        assert_eq!(read("1:02:03", 1000), Ok(Some(3_723_000)));
        assert_eq!(read("1.5", 1000), Ok(Some(1500)));
        assert_eq!(read("", 1), Ok(None));
        assert_eq!(read("null", 1), Ok(None));
        assert_eq!(read("NaN", 1), Err(Reason::NotANumber));
        assert_eq!(read("-3", 1), Err(Reason::NegativeDuration("l")));
        assert_eq!(read("a:b", 1), Err(Reason::WrongType("l")));
    }

    #[test]
    fn a_mapping_names_at_least_time_and_title() {
        let mut mapping = TableMapping {
            delimiter: ';',
            header: true,
            day_first: false,
            columns: BTreeMap::from([(ColumnRole::Time, 0)]),
        };
        assert_eq!(mapping.plan().unwrap_err().code(), "bad_mapping");
        mapping.columns.insert(ColumnRole::Title, 1);
        assert!(mapping.plan().is_ok());
        mapping.delimiter = 'ä';
        assert!(mapping.dialect().is_err());
    }
}
