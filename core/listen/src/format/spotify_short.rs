//! A stream of Spotify's short history, which comes with the account's data (<https://support.spotify.com/article/understanding-my-data/>):
//! the last year, `endTime` in UTC to the minute, `msPlayed`, and names only.

use std::borrow::Cow;

use serde::Deserialize;

use super::draft::{Draft, Via, Work, fingerprint, needed, optional};
use super::moment::duration;
use super::play::{Amount, play};
use super::plays::{Context, Plays};
use super::{Format, Reason};
use crate::input::RecordKind;
use crate::input::loose::Loose;
use crate::listen::Kind;

/// Streams of the short history.
pub(crate) struct ShortStreams;

impl RecordKind for ShortStreams {
    type Row<'a> = Row<'a>;
}

/// A stream as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    end_time: Loose<'a>,
    #[serde(borrow)]
    ms_played: Loose<'a>,
    #[serde(borrow)]
    artist_name: Loose<'a>,
    #[serde(borrow)]
    track_name: Loose<'a>,
    #[serde(borrow)]
    podcast_name: Loose<'a>,
    #[serde(borrow)]
    episode_name: Loose<'a>,
}

impl Plays for ShortStreams {
    fn draft<'a>(row: Self::Row<'a>, context: &Context, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason> {
        let ended = context.times.utc_text(&row.end_time, "endTime")?;
        let played_ms = duration(&row.ms_played, "msPlayed", 1)?.ok_or(Reason::MissingField("msPlayed"))?;
        let show = optional(row.podcast_name, "podcastName")?;
        let work = if show.trim().is_empty() {
            if row.track_name == Loose::Absent {
                return Err(Reason::NothingNamed);
            }
            Work {
                kind: Some(Kind::Music),
                title: needed(row.track_name, "trackName")?,
                creators: vec![needed(row.artist_name, "artistName")?],
                ..Work::default()
            }
        } else {
            Work {
                kind: Some(Kind::Podcast),
                title: optional(row.episode_name, "episodeName")?,
                show,
                ..Work::default()
            }
        };
        let name = work.creators.first().unwrap_or(&work.show);
        let mark = fingerprint(
            scratch,
            Format::SpotifyShort.name(),
            ended.stated_ms,
            &[&work.title, name, &played_ms.to_string()],
        );
        let via = Via {
            service: Cow::Borrowed("spotify.com"),
            player: Cow::Borrowed("Spotify"),
            ..Via::default()
        };
        let began = ended.earlier(played_ms);
        let mut draft = play(
            Format::SpotifyShort,
            work,
            began,
            Amount::Played(played_ms),
            None,
            via,
            scratch,
        );
        draft.fingerprint = mark;
        Ok(draft)
    }
}
