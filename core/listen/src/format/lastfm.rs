//! A track of Last.fm's `user.getRecentTracks` (<https://www.last.fm/api/show/user.getRecentTracks>), as pages of its answers
//! and as the flat arrays that export tools make of them. The track that is playing now has no time yet and is no play.

use serde::Deserialize;

use super::draft::{Draft, Via, Work, extra, needed, optional};
use super::play::{Amount, play};
use super::plays::{Context, Plays};
use super::{Format, Reason};
use crate::input::RecordKind;
use crate::input::loose::{Labelled, Loose, Nested};
use crate::listen::Kind;

/// Tracks of Last.fm.
pub(crate) struct Tracks;

impl RecordKind for Tracks {
    type Row<'a> = Row<'a>;
}

/// A track as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    artist: Labelled<'a, Label<'a>>,
    #[serde(borrow)]
    name: Loose<'a>,
    #[serde(borrow)]
    track: Loose<'a>,
    #[serde(borrow)]
    title: Loose<'a>,
    #[serde(borrow)]
    album: Labelled<'a, Label<'a>>,
    #[serde(borrow)]
    mbid: Loose<'a>,
    #[serde(borrow)]
    date: Labelled<'a, Label<'a>>,
    #[serde(borrow)]
    uts: Loose<'a>,
    #[serde(borrow)]
    timestamp: Loose<'a>,
    #[serde(borrow)]
    url: Loose<'a>,
    #[serde(borrow, rename = "@attr")]
    attributes: Nested<Attributes<'a>>,
}

/// A name with its identifier, or a date with its seconds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Label<'a> {
    #[serde(borrow, rename = "#text")]
    text: Loose<'a>,
    #[serde(borrow)]
    name: Loose<'a>,
    #[serde(borrow)]
    mbid: Loose<'a>,
    #[serde(borrow)]
    uts: Loose<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attributes<'a> {
    #[serde(borrow)]
    nowplaying: Loose<'a>,
}

fn first<'a>(one: Loose<'a>, other: Loose<'a>) -> Loose<'a> {
    if one == Loose::Absent { other } else { one }
}

fn named<'a>(label: Labelled<'a, Label<'a>>) -> (Loose<'a>, Loose<'a>) {
    match label {
        Labelled::Plain(name) => (name, Loose::Absent),
        Labelled::Parts(label) => (first(label.text, label.name), label.mbid),
    }
}

impl Plays for Tracks {
    fn draft<'a>(row: Self::Row<'a>, context: &Context, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason> {
        if let Nested::Present(Attributes {
            nowplaying: Loose::Text(_) | Loose::Bool(true),
        }) = row.attributes
        {
            return Err(Reason::NotAPlay);
        }
        let date = match row.date {
            Labelled::Plain(date) => date,
            Labelled::Parts(label) => first(label.uts, label.text),
        };
        let at = context
            .times
            .utc_text(&first(row.uts, first(date, row.timestamp)), "date")?;
        let title = needed(first(row.name, first(row.track, row.title)), "name")?;
        let (artist, artist_mbid) = named(row.artist);
        let (album, release_mbid) = named(row.album);
        let artist_mbid = extra(artist_mbid);
        let work = Work {
            kind: Some(Kind::Music),
            title,
            creators: vec![needed(artist, "artist")?],
            show: optional(album, "album")?,
            url: extra(row.url),
            recording_mbid: extra(row.mbid),
            release_mbid: extra(release_mbid),
            artist_mbids: if artist_mbid.is_empty() {
                Vec::new()
            } else {
                vec![artist_mbid]
            },
            ..Work::default()
        };
        Ok(play(
            Format::Lastfm,
            work,
            at,
            Amount::Counted,
            None,
            Via::default(),
            scratch,
        ))
    }
}
