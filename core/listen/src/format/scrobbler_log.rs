//! A line of `.scrobbler.log` (AudioScrobbler 1.1, as players without a network write it, Rockbox first of all): artist,
//! album, title, number, length in seconds, `L` for listened or `S` for skipped, seconds since 1970, MusicBrainz recording.
//! Its times are the player's own clock unless its head says `#TZ/UTC`. <https://www.rockbox.org/wiki/LastFMLog>

use std::borrow::Cow;

use super::columns::length;
use super::draft::{Draft, Via, Work, extra, needed, optional};
use super::moment::by_size;
use super::play::{Amount, play};
use super::stated::{Stated, Times};
use super::{Format, Reason};
use crate::input::loose::Loose;
use crate::input::table::Cells;
use crate::listen::{Kind, MARK_SKIPPED};

/// How a file begins.
pub(crate) const FIRST: &[u8] = b"#AUDIOSCROBBLER/";

/// What the head of a log says; logs are put together by hand, so that there can be several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    utc: bool,
    client: String,
}

impl Head {
    /// Reads a line of the head; `false` when it is none.
    pub(crate) fn take(&mut self, line: &[u8]) -> bool {
        if line.starts_with(FIRST) {
            *self = Self::default();
        } else if let Some(zone) = line.strip_prefix(b"#TZ/") {
            self.utc = zone.trim_ascii().eq_ignore_ascii_case(b"UTC");
        } else if let Some(client) = line.strip_prefix(b"#CLIENT/") {
            let client = String::from_utf8_lossy(client);
            self.client = client
                .trim()
                .chars()
                .filter(|letter| *letter != '\0')
                .take(200)
                .collect();
        } else {
            return line.starts_with(b"#") && memchr::memchr_iter(b'\t', line).count() < 5;
        }
        true
    }

    /// The listen that a line tells of.
    pub(crate) fn draft<'a>(
        &'a self,
        cells: Cells<'a>,
        times: &Times,
        scratch: &mut Vec<u8>,
    ) -> Result<Draft<'a>, Reason> {
        let artist = needed(cells.get(0)?, "artist")?;
        let album = optional(cells.get(1)?, "album")?;
        let title = needed(cells.get(2)?, "title")?;
        let skipped = match optional(cells.get(5)?, "rating")?.as_ref() {
            "L" | "" => false,
            "S" => true,
            _ => return Err(Reason::WrongType("rating")),
        };
        let at = self.moment(&cells.get(6)?, times)?;
        let media_ms = length(&cells.get(4)?, "length", 1000)
            .unwrap_or_default()
            .filter(|ms| *ms > 0);
        let work = Work {
            kind: Some(Kind::Music),
            title,
            creators: vec![artist],
            show: album,
            recording_mbid: cells.get(7).map(extra).unwrap_or_default(),
            ..Work::default()
        };
        let via = Via {
            player: Cow::Borrowed(&self.client),
            ..Via::default()
        };
        let amount = if skipped { Amount::Unknown } else { Amount::Counted };
        let mut draft = play(Format::ScrobblerLog, work, at, amount, media_ms, via, scratch);
        if skipped {
            draft.marks |= MARK_SKIPPED;
        }
        Ok(draft)
    }

    fn moment(&self, value: &Loose<'_>, times: &Times) -> Result<Stated, Reason> {
        let number = match value {
            Loose::Text(text) => text.parse::<i64>().map_err(|_| Reason::UnreadableTime("timestamp"))?,
            _ => return Err(Reason::MissingField("timestamp")),
        };
        if self.utc {
            return times.stated(&Loose::Int(number), "timestamp");
        }
        let local_ms = by_size(number).ok_or(Reason::UnreadableTime("timestamp"))?;
        times.local(local_ms, "timestamp")
    }
}
