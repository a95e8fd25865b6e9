//! A line of the file that Pano Scrobbler writes (<https://github.com/kawaiiDango/pano-scrobbler>), as JSON Lines; its table
//! is read by its headings. Loves stand in it too, and are no plays.

use serde::Deserialize;

use super::draft::{Draft, Via, Work, extra, needed, optional};
use super::moment::duration;
use super::play::{Amount, play};
use super::plays::{Context, Plays};
use super::{Format, Reason};
use crate::input::RecordKind;
use crate::input::loose::Loose;
use crate::listen::Kind;

/// Lines of Pano Scrobbler.
pub(crate) struct Entries;

impl RecordKind for Entries {
    type Row<'a> = Row<'a>;
}

/// A line as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    time_ms: Loose<'a>,
    #[serde(borrow)]
    artist: Loose<'a>,
    #[serde(borrow)]
    track: Loose<'a>,
    #[serde(borrow)]
    album: Loose<'a>,
    #[serde(borrow)]
    duration_ms: Loose<'a>,
    #[serde(borrow)]
    media_player_name: Loose<'a>,
    #[serde(borrow)]
    event: Loose<'a>,
}

impl Plays for Entries {
    fn draft<'a>(row: Self::Row<'a>, context: &Context, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason> {
        if !matches!(optional(row.event, "event")?.as_ref(), "" | "scrobble") {
            return Err(Reason::NotAPlay);
        }
        let at = context.times.utc_text(&row.time_ms, "timeMs")?;
        let work = Work {
            kind: Some(Kind::Music),
            title: needed(row.track, "track")?,
            creators: vec![needed(row.artist, "artist")?],
            show: optional(row.album, "album")?,
            ..Work::default()
        };
        let media_ms = duration(&row.duration_ms, "durationMs", 1)
            .unwrap_or_default()
            .filter(|ms| *ms > 0);
        let via = Via {
            player: extra(row.media_player_name),
            ..Via::default()
        };
        Ok(play(
            Format::PanoScrobbler,
            work,
            at,
            Amount::Counted,
            media_ms,
            via,
            scratch,
        ))
    }
}
