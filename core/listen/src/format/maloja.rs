//! A scrobble of Maloja (<https://github.com/krateng/maloja>), from its export or its API: seconds since 1970, the artists
//! one by one, the track's length, and how long it was heard where a client said so. Older exports have the track's fields
//! beside the time.

use serde::Deserialize;

use super::draft::{Draft, Via, Work, extra, needed, optional};
use super::moment::duration;
use super::play::{Amount, play};
use super::plays::{Context, Plays};
use super::{Format, Reason};
use crate::input::RecordKind;
use crate::input::loose::{Labelled, Loose, Nested, Several};
use crate::listen::Kind;

/// Scrobbles of Maloja.
pub(crate) struct Scrobbles;

impl RecordKind for Scrobbles {
    type Row<'a> = Row<'a>;
}

/// A scrobble as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    time: Loose<'a>,
    #[serde(borrow)]
    track: Nested<Track<'a>>,
    #[serde(borrow)]
    duration: Loose<'a>,
    #[serde(borrow)]
    origin: Loose<'a>,
    #[serde(borrow)]
    artists: Several<Loose<'a>>,
    #[serde(borrow)]
    title: Loose<'a>,
    #[serde(borrow)]
    album: Labelled<'a, Album<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Track<'a> {
    #[serde(borrow)]
    artists: Several<Loose<'a>>,
    #[serde(borrow)]
    title: Loose<'a>,
    #[serde(borrow)]
    album: Labelled<'a, Album<'a>>,
    #[serde(borrow)]
    length: Loose<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Album<'a> {
    #[serde(borrow)]
    albumtitle: Loose<'a>,
    #[serde(borrow)]
    name: Loose<'a>,
}

impl Plays for Scrobbles {
    fn draft<'a>(row: Self::Row<'a>, context: &Context, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason> {
        let at = context.times.utc_text(&row.time, "time")?;
        let track = match row.track {
            Nested::Present(track) => track,
            Nested::Absent => Track {
                artists: row.artists,
                title: row.title,
                album: row.album,
                length: Loose::Absent,
            },
            Nested::Wrong => return Err(Reason::WrongType("track")),
        };
        let title = needed(track.title, "title")?;
        let mut creators = Vec::new();
        for artist in track.artists.0 {
            let artist = optional(artist, "artists")?;
            if !artist.trim().is_empty() {
                creators.push(artist);
            }
        }
        if creators.is_empty() {
            return Err(Reason::MissingField("artists"));
        }
        let album = match track.album {
            Labelled::Plain(album) => extra(album),
            Labelled::Parts(album) => match extra(album.albumtitle) {
                title if title.is_empty() => extra(album.name),
                title => title,
            },
        };
        let heard = duration(&row.duration, "duration", 1000)?.filter(|ms| *ms > 0);
        let media_ms = duration(&track.length, "length", 1000)
            .unwrap_or_default()
            .filter(|ms| *ms > 0);
        let work = Work {
            kind: Some(Kind::Music),
            title,
            creators,
            show: album,
            ..Work::default()
        };
        let via = Via {
            client: extra(row.origin),
            ..Via::default()
        };
        let amount = heard.map_or(Amount::Counted, Amount::Played);
        Ok(play(Format::Maloja, work, at, amount, media_ms, via, scratch))
    }
}
