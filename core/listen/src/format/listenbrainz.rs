//! A listen of ListenBrainz (<https://listenbrainz.readthedocs.io/en/latest/users/json.html>), as its export, its API
//! and submissions to it write it. `listened_at` is the start of the play; how much was played is not said, but only
//! plays of at least half the track or four minutes are submitted.

use std::borrow::Cow;

use serde::Deserialize;

use super::draft::{Credit, Draft, Via, Work, extra, fingerprint, needed, optional};
use super::moment::{duration, moment};
use super::{Format, Reason};
use crate::input::RecordKind;
use crate::input::loose::{Loose, Nested, Several};
use crate::listen::{EstimateRule, Kind, Played};

/// Listens of ListenBrainz.
pub(crate) struct Listens;

impl RecordKind for Listens {
    type Row<'a> = Row<'a>;
}

/// A listen as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    listened_at: Loose<'a>,
    #[serde(borrow)]
    track_metadata: Nested<Track<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Track<'a> {
    #[serde(borrow)]
    track_name: Loose<'a>,
    #[serde(borrow)]
    artist_name: Loose<'a>,
    #[serde(borrow)]
    release_name: Loose<'a>,
    #[serde(borrow)]
    additional_info: Nested<Extra<'a>>,
    #[serde(borrow)]
    mbid_mapping: Nested<Mapping<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extra<'a> {
    #[serde(borrow)]
    duration_ms: Loose<'a>,
    #[serde(borrow)]
    duration: Loose<'a>,
    #[serde(borrow)]
    artist_names: Several<Loose<'a>>,
    #[serde(borrow)]
    artist_mbids: Several<Loose<'a>>,
    #[serde(borrow)]
    recording_mbid: Loose<'a>,
    #[serde(borrow)]
    release_mbid: Loose<'a>,
    #[serde(borrow)]
    isrc: Loose<'a>,
    #[serde(borrow)]
    spotify_id: Loose<'a>,
    #[serde(borrow)]
    origin_url: Loose<'a>,
    #[serde(borrow)]
    media_player: Loose<'a>,
    #[serde(borrow)]
    submission_client: Loose<'a>,
    #[serde(borrow)]
    music_service: Loose<'a>,
    #[serde(borrow)]
    music_service_name: Loose<'a>,
}

/// What ListenBrainz found in MusicBrainz.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Mapping<'a> {
    #[serde(borrow)]
    recording_mbid: Loose<'a>,
    #[serde(borrow)]
    release_mbid: Loose<'a>,
    #[serde(borrow)]
    artist_mbids: Several<Loose<'a>>,
    #[serde(borrow)]
    artists: Several<Nested<Artist<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Artist<'a> {
    #[serde(borrow)]
    artist_credit_name: Loose<'a>,
}

/// The listen that a row tells of.
pub(crate) fn draft<'a>(row: Row<'a>, now_ms: i64, scratch: &mut Vec<u8>) -> Result<Draft<'a>, Reason> {
    let track = match row.track_metadata {
        Nested::Present(track) => track,
        Nested::Absent => return Err(Reason::MissingField("track_metadata")),
        Nested::Wrong => return Err(Reason::WrongType("track_metadata")),
    };
    let start_ms = moment(&row.listened_at, "listened_at", now_ms)?;
    let title = needed(track.track_name, "track_name")?;
    let artist = needed(track.artist_name, "artist_name")?;
    let show = optional(track.release_name, "release_name")?;
    let info = match track.additional_info {
        Nested::Present(info) => info,
        Nested::Absent | Nested::Wrong => Extra::default(),
    };
    let mapping = match track.mbid_mapping {
        Nested::Present(mapping) => mapping,
        Nested::Absent | Nested::Wrong => Mapping::default(),
    };
    // A length that is nonsense is no reason to lose the play.
    let media_ms = duration(&info.duration_ms, "duration_ms", 1)
        .ok()
        .flatten()
        .or_else(|| duration(&info.duration, "duration", 1000).ok().flatten())
        .filter(|ms| *ms > 0);
    let fingerprint = fingerprint(scratch, Format::Listenbrainz.source(), start_ms, &[&title, &artist]);
    let creators = creators(artist, info.artist_names, mapping.artists);
    let first = creators.first().cloned().unwrap_or_default();
    Ok(Draft {
        credit: Credit::Artist(first),
        start_ms,
        offset_min: None,
        played: media_ms.map_or(Played::Unknown, |ms| Played::Estimate {
            ms,
            rule: EstimateRule::WholeTrack,
        }),
        media_ms,
        via: Via {
            service: either(info.music_service, info.music_service_name),
            player: extra(info.media_player),
            device: Cow::Borrowed(""),
            client: extra(info.submission_client),
            ..Via::default()
        },
        marks: 0,
        fingerprint,
        work: Work {
            kind: Some(Kind::Music),
            title,
            creators,
            show,
            url: extra(info.origin_url),
            isrc: extra(info.isrc),
            recording_mbid: either(mapping.recording_mbid, info.recording_mbid),
            release_mbid: either(mapping.release_mbid, info.release_mbid),
            artist_mbids: list(if mapping.artist_mbids.0.is_empty() {
                info.artist_mbids
            } else {
                mapping.artist_mbids
            }),
            spotify_uri: spotify_uri(extra(info.spotify_id)),
            ..Work::default()
        },
    })
}

/// The single artists where the source names them, else the credit as it is printed: cutting it at an ampersand would
/// pay half of a duo.
fn creators<'a>(
    credit: Cow<'a, str>,
    names: Several<Loose<'a>>,
    mapped: Several<Nested<Artist<'a>>>,
) -> Vec<Cow<'a, str>> {
    let mapped: Vec<_> = mapped
        .0
        .into_iter()
        .filter_map(|artist| match artist {
            Nested::Present(artist) => Some(extra(artist.artist_credit_name)),
            Nested::Absent | Nested::Wrong => None,
        })
        .filter(|name| !name.is_empty())
        .collect();
    if !mapped.is_empty() {
        return mapped;
    }
    let names = list(names);
    if names.is_empty() { vec![credit] } else { names }
}

fn list(values: Several<Loose<'_>>) -> Vec<Cow<'_, str>> {
    values
        .0
        .into_iter()
        .map(extra)
        .filter(|text| !text.is_empty())
        .collect()
}

fn either<'a>(first: Loose<'a>, second: Loose<'a>) -> Cow<'a, str> {
    let first = extra(first);
    if first.is_empty() { extra(second) } else { first }
}

/// `https://open.spotify.com/track/ID` as `spotify:track:ID`.
fn spotify_uri(id: Cow<'_, str>) -> Cow<'_, str> {
    // Most listens have none, and preparing the search takes longer than searching.
    if id.is_empty() {
        return id;
    }
    let Some((_, path)) = id.split_once("open.spotify.com/") else {
        return id;
    };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    match path.split_once('/') {
        Some((kind, key)) => Cow::Owned(format!("spotify:{kind}:{key}")),
        None => id,
    }
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
    use proptest::prelude::*;

    const NOW: i64 = 1_793_500_000_000;

    fn read(text: &str) -> Result<Draft<'_>, Reason> {
        draft(serde_json::from_str(text).unwrap(), NOW, &mut Vec::new())
    }

    #[test]
    fn a_full_listen_keeps_its_names_and_identifiers() {
        let listen = read(
            r#"{"listened_at":1790000000,"inserted_at":"x","track_metadata":{"track_name":"Low Tide","artist_name":"Alder & Pike",
            "release_name":"Salt","additional_info":{"duration_ms":201000,"isrc":"QZ0000000001","media_player":"mpv",
            "spotify_id":"https://open.spotify.com/track/abc?si=1","music_service":"spotify.com","tracknumber":"3"},
            "mbid_mapping":{"recording_mbid":"r","release_mbid":"l","artist_mbids":["a","b"],
            "artists":[{"artist_credit_name":"Alder","join_phrase":" & "},{"artist_credit_name":"Pike"}]}}}"#,
        )
        .unwrap();
        assert_eq!(listen.start_ms, 1_790_000_000_000);
        assert_eq!(listen.work.creators, ["Alder", "Pike"]);
        assert_eq!(listen.credit, Credit::Artist("Alder".into()));
        assert_eq!(listen.work.artist_mbids, ["a", "b"]);
        assert_eq!(listen.work.spotify_uri, "spotify:track:abc");
        assert_eq!(
            listen.played,
            Played::Estimate {
                ms: 201_000,
                rule: EstimateRule::WholeTrack
            }
        );
    }

    #[test]
    fn a_bare_listen_is_a_play_of_unknown_length_by_the_printed_credit() {
        let listen = read(
            r#"{"listened_at":"1790000000","track_metadata":{"track_name":"a","artist_name":"Alder & Pike","additional_info":null}}"#,
        );
        let listen = listen.unwrap();
        assert_eq!(listen.work.creators, ["Alder & Pike"]);
        assert_eq!(listen.played, Played::Unknown);
    }

    #[test]
    fn wrong_extras_are_dropped_and_wrong_essentials_refused() {
        let listen = read(
            r#"{"listened_at":1790000000,"track_metadata":{"track_name":"a","artist_name":"b","release_name":null,
            "additional_info":{"duration_ms":-4,"duration":[],"isrc":5,"artist_mbids":"x","artist_names":[1]},"mbid_mapping":7}}"#,
        );
        assert_eq!(listen.unwrap().media_ms, None);
        for (text, reason) in [
            (r#"{"listened_at":1790000000}"#, Reason::MissingField("track_metadata")),
            (
                r#"{"listened_at":1790000000,"track_metadata":[]}"#,
                Reason::WrongType("track_metadata"),
            ),
            (
                r#"{"track_metadata":{"track_name":"a","artist_name":"b"}}"#,
                Reason::MissingField("listened_at"),
            ),
            (
                r#"{"listened_at":1790000000,"track_metadata":{"track_name":" ","artist_name":"b"}}"#,
                Reason::MissingField("track_name"),
            ),
            (
                r#"{"listened_at":1790000000,"track_metadata":{"track_name":"a","artist_name":["b"]}}"#,
                Reason::WrongType("artist_name"),
            ),
            (
                r#"{"listened_at":1790000000,"track_metadata":{"track_name":"a\u0000","artist_name":"b"}}"#,
                Reason::NulCharacter("track_name"),
            ),
        ] {
            assert_eq!(read(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn texts_without_escapes_are_borrowed() {
        let listen =
            read(r#"{"listened_at":1790000000,"track_metadata":{"track_name":"a","artist_name":"b"}}"#).unwrap();
        assert!(matches!(listen.work.title, Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn any_json_is_a_listen_or_refused(text in r#"\{"listened_at":(1790000000|null|"x"|-1|\[\]|1e300),"track_metadata":(null|7|\{("(track_name|artist_name|additional_info|mbid_mapping)":("a"|null|1|\[1,"b"\]|\{\}),?){0,3}"x":1\})\}"#) {
            if let Ok(row) = serde_json::from_str(&text) {
                let _ = draft(row, NOW, &mut Vec::new());
            }
        }
    }
}
