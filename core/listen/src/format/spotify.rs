//! A stream of Spotify's extended streaming history (<https://support.spotify.com/article/understanding-my-data/>).
//! `ts` is when the stream ended, `ms_played` how long it ran. Address, user name and country are not kept.

use std::borrow::Cow;

use serde::Deserialize;

use super::draft::{Credit, Draft, Via, Work, extra, fingerprint, optional};
use super::moment::{duration, hint, moment};
use super::{Format, Reason};
use crate::input::RecordKind;
use crate::input::loose::Loose;
use crate::listen::{Kind, MARK_OFFLINE, MARK_PRIVATE, MARK_SKIPPED, Played};

/// Streams of Spotify.
pub(crate) struct Streams;

impl RecordKind for Streams {
    type Row<'a> = Row<'a>;
}

/// A stream as it stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    ts: Loose<'a>,
    #[serde(borrow)]
    ms_played: Loose<'a>,
    #[serde(borrow)]
    platform: Loose<'a>,
    #[serde(borrow)]
    master_metadata_track_name: Loose<'a>,
    #[serde(borrow)]
    master_metadata_album_artist_name: Loose<'a>,
    #[serde(borrow)]
    master_metadata_album_album_name: Loose<'a>,
    #[serde(borrow)]
    spotify_track_uri: Loose<'a>,
    #[serde(borrow)]
    episode_name: Loose<'a>,
    #[serde(borrow)]
    episode_show_name: Loose<'a>,
    #[serde(borrow)]
    spotify_episode_uri: Loose<'a>,
    #[serde(borrow)]
    audiobook_title: Loose<'a>,
    #[serde(borrow)]
    audiobook_uri: Loose<'a>,
    #[serde(borrow)]
    audiobook_chapter_title: Loose<'a>,
    #[serde(borrow)]
    audiobook_chapter_uri: Loose<'a>,
    #[serde(borrow)]
    skipped: Loose<'a>,
    #[serde(borrow)]
    offline: Loose<'a>,
    #[serde(borrow)]
    offline_timestamp: Loose<'a>,
    #[serde(borrow)]
    incognito_mode: Loose<'a>,
}

/// The listen that a row tells of. `from_video_file` is whether it stood in a `Streaming_History_Video` file, which is
/// the only place that says so of a track.
pub(crate) fn draft<'a>(
    row: Row<'a>,
    from_video_file: bool,
    now_ms: i64,
    scratch: &mut Vec<u8>,
) -> Result<Draft<'a>, Reason> {
    let ended_ms = moment(&row.ts, "ts", now_ms)?;
    let played_ms = duration(&row.ms_played, "ms_played", 1)?.ok_or(Reason::MissingField("ms_played"))?;
    let track = optional(row.master_metadata_track_name, "master_metadata_track_name")?;
    let episode = optional(row.episode_name, "episode_name")?;
    let show = optional(row.episode_show_name, "episode_show_name")?;
    let book = optional(row.audiobook_title, "audiobook_title")?;
    let is = |value: &Loose<'_>| *value == Loose::Bool(true);
    let mark = |on: bool, mark: i64| if on { mark } else { 0 };
    let marks = mark(is(&row.skipped), MARK_SKIPPED)
        | mark(is(&row.incognito_mode), MARK_PRIVATE)
        | mark(is(&row.offline), MARK_OFFLINE);

    let (work, credit) = if !track.is_empty() {
        let artist = optional(
            row.master_metadata_album_artist_name,
            "master_metadata_album_artist_name",
        )?;
        if artist.trim().is_empty() {
            return Err(Reason::MissingField("master_metadata_album_artist_name"));
        }
        let work = Work {
            kind: Some(if from_video_file { Kind::Video } else { Kind::Music }),
            title: track,
            creators: vec![artist.clone()],
            show: extra(row.master_metadata_album_album_name),
            spotify_uri: extra(row.spotify_track_uri),
            ..Work::default()
        };
        (work, Credit::Artist(artist))
    } else if !show.trim().is_empty() {
        let work = Work {
            kind: Some(Kind::Podcast),
            title: episode,
            show: show.clone(),
            spotify_uri: extra(row.spotify_episode_uri),
            ..Work::default()
        };
        (work, Credit::Show(show))
    } else if !book.trim().is_empty() {
        let chapter = extra(row.audiobook_chapter_uri);
        let work = Work {
            kind: Some(Kind::Audiobook),
            title: extra(row.audiobook_chapter_title),
            show: book.clone(),
            spotify_uri: if chapter.is_empty() {
                extra(row.audiobook_uri)
            } else {
                chapter
            },
            ..Work::default()
        };
        (work, Credit::Audiobook(book))
    } else {
        return Err(Reason::NothingNamed);
    };

    let fingerprint = fingerprint(
        scratch,
        Format::SpotifyExtended.source(),
        ended_ms,
        &[&work.title, credit.name(), &work.spotify_uri, itoa(played_ms).as_ref()],
    );
    Ok(Draft {
        start_ms: start(ended_ms, played_ms, is(&row.offline), &row.offline_timestamp, now_ms),
        offset_min: None,
        played: Played::Total { ms: played_ms },
        media_ms: None,
        via: Via {
            service: Cow::Borrowed("spotify.com"),
            player: Cow::Borrowed("Spotify"),
            device: extra(row.platform),
            ..Via::default()
        },
        marks,
        fingerprint,
        work,
        credit,
    })
}

fn itoa(number: i64) -> impl AsRef<str> {
    number.to_string()
}

/// When the stream began. `ts` of an offline stream can be the moment of the later upload; its own clock is believed
/// when it lies before that, by at most the month that Spotify lets a device stay offline.
fn start(ended_ms: i64, played_ms: i64, offline: bool, offline_at: &Loose<'_>, now_ms: i64) -> i64 {
    const MONTH_MS: i64 = 31 * 24 * 60 * 60 * 1000;
    let by_end = ended_ms.saturating_sub(played_ms);
    if !offline {
        return by_end;
    }
    hint(offline_at, now_ms)
        .filter(|at| *at < by_end && *at > by_end - MONTH_MS)
        .unwrap_or(by_end)
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

    const NOW: i64 = 1_793_500_000_000;

    fn read(text: &str) -> Result<Draft<'_>, Reason> {
        draft(serde_json::from_str(text).unwrap(), false, NOW, &mut Vec::new())
    }

    #[test]
    fn a_song_starts_where_its_stream_did() {
        let song = read(
            r#"{"ts":"2026-10-01T00:00:10Z","ms_played":30000,"platform":"android","master_metadata_track_name":"Low Tide",
            "master_metadata_album_artist_name":"Alder","master_metadata_album_album_name":"Salt","spotify_track_uri":"spotify:track:1",
            "episode_name":null,"skipped":true,"offline":false,"offline_timestamp":1790812810,"incognito_mode":true,"ip_addr":"192.0.2.1"}"#,
        )
        .unwrap();
        assert_eq!(
            song.start_ms,
            moment(&Loose::Text("2026-09-30T23:59:40Z".into()), "", NOW).unwrap()
        );
        assert_eq!(song.played, Played::Total { ms: 30_000 });
        assert_eq!(song.marks, MARK_SKIPPED | MARK_PRIVATE);
        assert_eq!(song.credit, Credit::Artist("Alder".into()));
    }

    #[test]
    fn episodes_and_chapters_are_told_apart() {
        let episode = read(
            r#"{"ts":"2026-10-01T00:00:10Z","ms_played":5,"episode_name":"E","episode_show_name":"Harbour Lights","spotify_episode_uri":"spotify:episode:1","skipped":null}"#,
        )
        .unwrap();
        assert_eq!(
            (episode.work.kind(), episode.credit),
            (Kind::Podcast, Credit::Show("Harbour Lights".into()))
        );
        let chapter = read(
            r#"{"ts":"2026-10-01T00:00:10Z","ms_played":5,"audiobook_title":"Book","audiobook_chapter_title":"One","audiobook_uri":"spotify:show:1"}"#,
        )
        .unwrap();
        assert_eq!(
            (chapter.work.kind(), chapter.credit),
            (Kind::Audiobook, Credit::Audiobook("Book".into()))
        );
        assert_eq!(chapter.work.spotify_uri, "spotify:show:1");
    }

    #[test]
    fn an_offline_stream_starts_by_the_devices_clock_in_seconds_or_milliseconds() {
        for stamp in ["1790812000", "1790812000000"] {
            let text = format!(
                r#"{{"ts":"2026-10-03T00:00:00Z","ms_played":5,"offline":true,"offline_timestamp":{stamp},"episode_name":"E","episode_show_name":"S"}}"#
            );
            assert_eq!(read(&text).unwrap().start_ms, 1_790_812_000_000);
        }
        let nonsense = r#"{"ts":"2026-10-03T00:00:00Z","ms_played":0,"offline":true,"offline_timestamp":12,"episode_name":"E","episode_show_name":"S"}"#;
        assert_eq!(read(nonsense).unwrap().start_ms, 1_790_985_600_000);
    }

    #[test]
    fn what_names_nothing_or_has_no_length_is_refused() {
        for (text, reason) in [
            (r#"{"ts":"2026-10-03T00:00:00Z","ms_played":5}"#, Reason::NothingNamed),
            (
                r#"{"ts":"2026-10-03T00:00:00Z","master_metadata_track_name":"a"}"#,
                Reason::MissingField("ms_played"),
            ),
            (
                r#"{"ts":"2026-10-03T00:00:00Z","ms_played":-1}"#,
                Reason::NegativeDuration("ms_played"),
            ),
            (
                r#"{"ts":"2026-10-03T00:00:00Z","ms_played":true}"#,
                Reason::WrongType("ms_played"),
            ),
            (
                r#"{"ts":"2026-10-03T00:00:00Z","ms_played":1,"master_metadata_track_name":"a"}"#,
                Reason::MissingField("master_metadata_album_artist_name"),
            ),
            (
                r#"{"ts":"2026-10-03T00:00:00Z","ms_played":1,"episode_name":{}}"#,
                Reason::WrongType("episode_name"),
            ),
            (r#"{"ms_played":5}"#, Reason::MissingField("ts")),
        ] {
            assert_eq!(read(text), Err(reason), "{text}");
        }
    }
}
