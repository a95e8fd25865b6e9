//! Histories in JSON as Last.fm, Maloja, Pano Scrobbler, Spotify's account data and Google Takeout write them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, array, stream, zipped};
use proptest::prelude::*;
use tekram_listen::{Format, Kind, Played};

/// 2026-07-31T16:05:00Z.
const AT: i64 = 1_785_513_900;

fn api_track(at: i64, title: &str) -> String {
    format!(
        r##"{{"artist":{{"mbid":"m1","#text":"Vera Quill"}},"streamable":"0","image":[{{"size":"small","#text":"https://img.example/1"}}],"mbid":"m3","album":{{"mbid":"m2","#text":"Inkwell"}},"name":"{title}","url":"https://www.last.fm/music/Vera+Quill","date":{{"uts":"{at}","#text":"31 Jul 2026, 16:05"}}}}"##
    )
}

fn page(tracks: &[String]) -> String {
    format!(
        r#"{{"recenttracks":{{"track":{},"@attr":{{"page":"1","total":"2"}}}}}}"#,
        array(tracks)
    )
}

#[test]
fn lastfm_is_the_same_in_pages_and_in_arrays() {
    let track = api_track(AT, "Errata");
    let playing =
        r##"{"artist":{"#text":"Vera Quill"},"name":"Margins","album":{"#text":""},"@attr":{"nowplaying":"true"}}"##
            .to_owned();
    let both = [playing, track.clone()];
    for (name, text) in [
        ("an answer of the API", page(&both)),
        (
            "answers, one a line",
            format!("{}\n{}\n", page(&both[..1]), page(&both[1..])),
        ),
        ("an array of answers", array(&[page(&both)])),
        (
            "an array of pages without their name",
            format!(r#"[{{"track":{},"@attr":{{}}}}]"#, array(&both)),
        ),
        ("an array of arrays", format!("[{}]", array(&both))),
        ("an array of tracks", array(&both)),
        (
            "a flat array",
            r#"[{"track":"Margins","artist":"Vera Quill","date":0},{"track":"Errata","artist":"Vera Quill","album":"Inkwell","date":"31 Jul 2026, 16:05"}]"#
                .to_owned(),
        ),
        (
            "lastfmstats.com",
            format!(
                r##"{{"username":"quill","scrobbles":[{{"track":"Margins","artist":"","date":{AT}000}},{{"track":"Errata","artist":"Vera Quill","album":"Inkwell","albumId":"","date":{AT}000}}]}}"##
            ),
        ),
    ] {
        let log = Log::new();
        let report = log.import(&text);
        assert_eq!(
            (report.format, report.new, report.refused, report.cut_off),
            (Format::Lastfm, 1, 1, false),
            "{name}: {:?}",
            log.refusals(report.batch_id)
        );
        log.accept(report.batch_id);
        let listen = &log.listens()[0];
        assert_eq!(
            (
                listen.title.as_str(),
                listen.creators[0].as_str(),
                listen.show.as_str(),
                listen.start_ms
            ),
            ("Errata", "Vera Quill", "Inkwell", AT * 1000),
            "{name}"
        );
        assert!(!listen.zone_assumed, "Last.fm's times are UTC");
        let again = log.import(array(std::slice::from_ref(&track)));
        assert_eq!((again.new, again.duplicates), (0, 1), "{name} is known again");
    }
}

#[test]
fn maloja_says_who_and_sometimes_for_how_long() {
    let text = format!(
        r#"{{"maloja":{{"export_time":1}},"scrobbles":[
          {{"time":{AT},"track":{{"artists":["Vera Quill","Brassica"],"title":"Errata","album":{{"artists":["Vera Quill"],"albumtitle":"Inkwell"}},"length":200}},"duration":90,"origin":"client:mpv"}},
          {{"time":{},"track":{{"artists":["Vera Quill"],"title":"Margins","album":null,"length":180}},"duration":null,"origin":"import"}},
          {{"time":{},"track":{{"artists":[],"title":"Margins"}}}},
          {{"time":"NaN","track":{{"artists":["Vera Quill"],"title":"Margins"}}}}
        ]}}"#,
        AT + 300,
        AT + 600
    );
    let log = Log::new();
    let report = log.import(&text);
    assert_eq!((report.format, report.new, report.refused), (Format::Maloja, 2, 2));
    log.accept(report.batch_id);
    let listens = log.listens();
    assert_eq!(listens[1].creators, ["Vera Quill", "Brassica"]);
    assert_eq!(
        (&listens[1].played, listens[1].show.as_str()),
        (&Played::Total { ms: 90_000 }, "Inkwell")
    );
    assert_eq!(listens[0].played.ms(), Some(180_000), "estimated by the track's length");
    let api = format!(
        r#"{{"status":"ok","list":[{{"time":{AT},"track":{{"artists":["Vera Quill","Brassica"],"title":"Errata"}}}}],"pagination":{{}}}}"#
    );
    let again = log.import(api);
    assert_eq!((again.format, again.new, again.duplicates), (Format::Maloja, 0, 1));
}

#[test]
fn pano_scrobbler_is_the_same_as_lines_and_as_a_table() {
    let line = |event: &str| {
        format!(
            r#"{{"timeHuman":"31 Jul","timeMs":{AT}000,"artist":"Vera Quill","track":"Errata","album":"Inkwell","albumArtist":null,"durationMs":200000,"mediaPlayerPackage":"org.example","mediaPlayerName":"mpv","event":"{event}"}}"#
        )
    };
    let log = Log::new();
    let report = log.import(format!(
        "# exported by hand\n{}\n{}\n// the end\n",
        line("scrobble"),
        line("love")
    ));
    assert_eq!((report.format, report.read, report.new), (Format::PanoScrobbler, 2, 1));
    assert_eq!(log.reasons(report.batch_id), [(3, "not_a_play".to_owned())]);
    log.accept(report.batch_id);
    assert_eq!(
        (log.listens()[0].played.ms(), log.listens()[0].player.as_str()),
        (Some(200_000), "mpv")
    );
    let table = log.import(format!(
        "timeHuman,timeMs,artist,track,album,event\nx,{AT}000,Vera Quill,Errata,Inkwell,scrobble\n"
    ));
    assert_eq!(
        (table.format, table.new, table.duplicates),
        (Format::PanoScrobbler, 0, 1)
    );
}

#[test]
fn spotifys_account_data_and_its_extended_history_can_lie_in_one_archive() {
    let short = r#"[{"endTime":"2026-07-31 16:08","artistName":"Brassica","trackName":"Romanesco","msPlayed":180000},
        {"endTime":"2026-07-31 16:08","artistName":"Brassica","trackName":"Romanesco","msPlayed":180000},
        {"endTime":"2026-07-31","artistName":"Brassica","trackName":"Romanesco","msPlayed":1},
        {"endTime":"2026-07-31 16:09","artistName":"","trackName":"Romanesco","msPlayed":1}]"#;
    let podcasts =
        r#"[{"endTime":"2026-07-31 17:00","podcastName":"Harbour Lights","episodeName":"42","msPlayed":600000}]"#;
    let files = zipped(&[
        ("Spotify Account Data/StreamingHistory_music_0.json", short.as_bytes()),
        (
            "Spotify Account Data/StreamingHistory_podcast_0.json",
            podcasts.as_bytes(),
        ),
        ("Spotify Account Data/Userdata.json", br#"{"username":"x"}"#),
        (
            "Spotify Extended/Streaming_History_Audio_2026_0.json",
            array(&[stream("2026-08-01T10:00:00Z", 1000, "Bolted")]).as_bytes(),
        ),
    ]);
    let log = Log::new();
    let report = log.import_file(&log.file("my_spotify_data.zip", &files)).unwrap();
    assert_eq!(
        (
            report.format,
            report.new,
            report.duplicates,
            report.refused,
            report.files_skipped
        ),
        (Format::SpotifyShort, 3, 1, 2, 1)
    );
    let file = &log.refusals(report.batch_id)[0];
    assert_eq!(
        (file.file.as_str(), file.line, file.reason.as_str()),
        (
            "Spotify Account Data/StreamingHistory_music_0.json",
            3,
            "unreadable_time"
        )
    );
    log.accept(report.batch_id);
    let listens = log.listens();
    assert!(listens.iter().all(|listen| listen.source == "spotify"));
    let kinds: Vec<_> = listens.iter().map(|listen| (listen.kind, listen.start_ms)).collect();
    assert_eq!(kinds[1], (Kind::Podcast, 1_785_517_200_000 - 600_000));
    assert_eq!(kinds[2], (Kind::Music, (AT + 180) * 1000 - 180_000));
    let again = log.import_file(&log.file("again.zip", &files)).unwrap();
    assert_eq!((again.new, again.duplicates), (0, 4));
}

fn watched(title: &str, url: &str, at: &str, rest: &str) -> String {
    let url = if url.is_empty() {
        String::new()
    } else {
        format!(r#""titleUrl":"{url}","#)
    };
    format!(
        r#"{{"header":"YouTube","title":"{title}",{url}"time":"{at}"{rest},"products":["YouTube"],"activityControls":["YouTube watch history"]}}"#
    )
}

#[test]
fn takeout_tells_videos_songs_and_adverts_apart() {
    let channel = r#","subtitles":[{"name":"Night Buses","url":"https://www.youtube.com/channel/1"}]"#;
    let topic = r#","subtitles":[{"name":"Vera Quill - Topic"}]"#;
    let advert = r#","details":[{"name":"From Google Ads"}]"#;
    let video = "https://www.youtube.com/watch?v\\u003daaa";
    let elements = [
        watched("Watched Top Deck", video, "2026-07-31T16:05:00.123Z", channel),
        watched(
            "Watched Errata",
            "https://music.youtube.com/watch?v\\u003dbbb",
            "2026-07-31T16:06:00Z",
            topic,
        )
        .replace("\"header\":\"YouTube\"", "\"header\":\"YouTube Music\""),
        watched(
            "„Soap“ angesehen",
            "https://www.youtube.com/watch?v\\u003dccc",
            "2026-07-31T16:07:00Z",
            advert,
        ),
        watched(
            "Watched https://www.youtube.com/watch?v\\u003dddd",
            "https://www.youtube.com/watch?v\\u003dddd",
            "2026-07-31T16:08:00Z",
            "",
        ),
        watched("Watched a video that has been removed", "", "2026-07-31T16:09:00Z", ""),
        watched(
            "Searched for buses",
            "https://www.youtube.com/results?search_query\\u003dbuses",
            "2026-07-31T16:10:00Z",
            "",
        ),
        watched(
            "Viewed a post",
            "https://www.youtube.com/post/x",
            "2026-07-31T16:11:00Z",
            "",
        ),
        watched("Watched Top Deck", video, "2026-07-31T16:05:00.123Z", channel),
    ];
    let log = Log::new();
    let files = zipped(&[
        ("Takeout/archive_browser.html", b"<html></html>"),
        (
            "Takeout/YouTube and YouTube Music/history/watch-history.json",
            array(&elements).as_bytes(),
        ),
        (
            "Takeout/YouTube and YouTube Music/subscriptions/subscriptions.csv",
            b"Channel Id,Channel Url,Channel Title\nx,https://y,Night Buses\nz,https://y,Other\n",
        ),
    ]);
    let report = log.import_file(&log.file("takeout.zip", &files)).unwrap();
    assert_eq!(
        (report.format, report.new, report.duplicates, report.files_skipped),
        (Format::Youtube, 4, 1, 2)
    );
    let reasons: Vec<_> = log
        .refusals(report.batch_id)
        .into_iter()
        .map(|refusal| refusal.reason)
        .collect();
    assert_eq!(reasons, ["nothing_named", "not_a_play", "not_a_play"]);
    log.accept(report.batch_id);
    let listens = log.listens();
    let told: Vec<_> = listens
        .iter()
        .map(|listen| (listen.kind, listen.title.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Kind::Video, ""),
            (Kind::Advert, "Soap"),
            (Kind::Music, "Errata"),
            (Kind::Video, "Top Deck")
        ]
    );
    assert_eq!(
        (listens[2].creators[0].as_str(), listens[3].creators[0].as_str()),
        ("Vera Quill", "Night Buses")
    );
    assert!(listens.iter().all(|listen| listen.played == Played::Unknown));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_bytes_bring_an_import_of_json_down(tail in proptest::collection::vec(prop_oneof![
        any::<u8>(), Just(b'"'), Just(b','), Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'\n')], 0..400), kind in 0..5) {
        let log = Log::new();
        let head = match kind {
            0 => page(&[api_track(AT, "Errata")]).replace("],\"@attr\"", ",{\"@attr\""),
            1 => format!("[[{},", api_track(AT, "Errata")),
            2 => format!(r#"{{"scrobbles":[{{"time":{AT},"track":{{"artists":["a"],"title":"b"}}}},"#),
            3 => r#"[{"endTime":"2026-07-31 16:08","artistName":"a","trackName":"b","msPlayed":1},"#.to_owned(),
            _ => format!("[{},", watched("Watched a", "https://youtu.be/a", "2026-07-31T16:05:00Z", "")),
        };
        let report = log.import([head.as_bytes(), &tail[..]].concat());
        prop_assert!(report.new >= 1);
        log.accept(report.batch_id);
        prop_assert_eq!(report.listens, log.listens().len() as u64);
    }
}
