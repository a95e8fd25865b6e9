//! A row of `Apple Music Play Activity.csv`, from a copy of one's data by Apple (<https://privacy.apple.com>). Apple names
//! the columns only in the file itself; older exports say `Content Name` for `Song Name`, and many have no artist. One play
//! has several rows, of which the one that ends it says how much was played.

use std::borrow::Cow;

use super::draft::{Draft, Via, Work, extra, fingerprint, needed};
use super::play::{Amount, play};
use super::stated::{Stated, Times};
use super::{Format, Reason};
use crate::input::loose::Loose;
use crate::input::table::Cells;
use crate::listen::{Kind, MARK_OFFLINE, MARK_SKIPPED};

/// No zone is further from UTC.
const LARGEST_OFFSET_MIN: i64 = 26 * 60;

/// Where the columns that are read stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    song: usize,
    played: usize,
    start: Option<usize>,
    end: Option<usize>,
    artist: Option<usize>,
    album: Option<usize>,
    event: Option<usize>,
    media: Option<usize>,
    media_type: Option<usize>,
    end_reason: Option<usize>,
    offset: Option<usize>,
    offline: Option<usize>,
    device: Option<usize>,
}

impl Columns {
    /// The columns by their headings, in lower case; `None` when it is another table.
    pub(crate) fn by_heading(headings: &[String]) -> Option<Self> {
        let find = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| headings.iter().position(|heading| heading == name))
        };
        let columns = Self {
            song: find(&["song name", "content name"])?,
            played: find(&["play duration milliseconds"])?,
            start: find(&["event start timestamp"]),
            end: find(&["event end timestamp"]),
            artist: find(&["artist name", "container artist name"]),
            album: find(&["album name", "container album name"]),
            event: find(&["event type"]),
            media: find(&["media duration in milliseconds"]),
            media_type: find(&["media type"]),
            end_reason: find(&["end reason type"]),
            offset: find(&["utc offset in seconds"]),
            offline: find(&["offline"]),
            device: find(&["client device name", "device type", "device os name"]),
        };
        (columns.start.is_some() || columns.end.is_some()).then_some(columns)
    }

    /// The listen that a row tells of.
    pub(crate) fn draft<'a>(
        &self,
        cells: Cells<'a>,
        times: &Times,
        scratch: &mut Vec<u8>,
    ) -> Result<Draft<'a>, Reason> {
        let cell = |column: Option<usize>| column.map_or(Ok(Loose::Absent), |column| cells.get(column));
        let more = |column: Option<usize>| cell(column).map(extra).unwrap_or_default();
        if !matches!(more(self.event).as_ref(), "" | "PLAY_END") {
            return Err(Reason::NotAPlay);
        }
        let title = needed(cells.get(self.song)?, "song_name")?;
        let played_ms = super::columns::length(&cells.get(self.played)?, "play_duration_milliseconds", 1)?
            .ok_or(Reason::MissingField("play_duration_milliseconds"))?;
        let at = self.start(&cells, times, played_ms)?;
        let artist = more(self.artist);
        let video = more(self.media_type).eq_ignore_ascii_case("VIDEO");
        let media_ms = cell(self.media)
            .and_then(|cell| super::columns::length(&cell, "media_duration", 1))
            .unwrap_or_default()
            .filter(|ms| *ms > 0);
        let fingerprint = fingerprint(
            scratch,
            Format::AppleMusic.source(),
            at.stated_ms,
            &[&title, &played_ms.to_string()],
        );
        let work = Work {
            kind: Some(if video { Kind::Video } else { Kind::Music }),
            title,
            creators: if artist.is_empty() { Vec::new() } else { vec![artist] },
            show: more(self.album),
            ..Work::default()
        };
        let via = Via {
            service: Cow::Borrowed("music.apple.com"),
            player: Cow::Borrowed("Apple Music"),
            device: more(self.device),
            ..Via::default()
        };
        let mark = |on: bool, mark: i64| if on { mark } else { 0 };
        let mut draft = play(
            Format::AppleMusic,
            work,
            at,
            Amount::Played(played_ms),
            media_ms,
            via,
            scratch,
        );
        draft.marks |= mark(more(self.end_reason).starts_with("TRACK_SKIPPED"), MARK_SKIPPED)
            | mark(more(self.offline).eq_ignore_ascii_case("true"), MARK_OFFLINE);
        draft.fingerprint = fingerprint;
        Ok(draft)
    }

    fn start(&self, cells: &Cells<'_>, times: &Times, played_ms: i64) -> Result<Stated, Reason> {
        let text = |column: Option<usize>| match column.map(|column| cells.get(column)) {
            Some(Ok(Loose::Text(text))) if !text.is_empty() => Some(Loose::Text(text)),
            _ => None,
        };
        let at = match (text(self.start), text(self.end)) {
            (Some(start), _) => times.utc_text(&start, "event_start_timestamp")?,
            (None, Some(end)) => times.utc_text(&end, "event_end_timestamp")?.earlier(played_ms),
            (None, None) => return Err(Reason::MissingField("event_start_timestamp")),
        };
        let offset_min = text(self.offset)
            .and_then(|offset| match offset {
                Loose::Text(seconds) => seconds.parse::<i64>().ok(),
                _ => None,
            })
            .map(|seconds| seconds / 60)
            .filter(|minutes| minutes.abs() <= LARGEST_OFFSET_MIN);
        Ok(Stated { offset_min, ..at })
    }
}
