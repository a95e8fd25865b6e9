//! What people's files are really like: every kind of dirt costs its own line only, and every count adds up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW, action, array, lines, listen, opml, stream, zipped};
use proptest::prelude::*;
use tekram_listen::{Format, ImportOptions, Kind, ListenError, Played, import_stream, subscriptions};

const AT: i64 = 1_790_000_000;

#[test]
fn a_format_is_known_by_its_content_whatever_the_file_is_called() {
    let log = Log::new();
    for (name, bytes, format) in [
        ("a.txt", lines(&[listen(AT, "a")]).into_bytes(), Format::Listenbrainz),
        ("b", array(&[listen(AT, "b")]).into_bytes(), Format::Listenbrainz),
        (
            "c.zip",
            format!("{{\"payload\":{{\"count\":1,\"listens\":[{}]}}}}", listen(AT, "c")).into_bytes(),
            Format::Listenbrainz,
        ),
        (
            "d.csv",
            array(&[stream("2026-10-01T10:00:00Z", 1000, "d")]).into_bytes(),
            Format::SpotifyExtended,
        ),
        (
            "e.zip",
            zipped(&[("x.bin", array(&[stream("2026-10-01T10:00:00Z", 1000, "e")]).as_bytes())]),
            Format::SpotifyExtended,
        ),
        (
            "f.xml",
            array(&[action("e1", "2026-10-01T10:00:00", 0, 60)]).into_bytes(),
            Format::GpodderActions,
        ),
        (
            "g.json",
            format!(
                "{{\"actions\":[{}],\"timestamp\":1}}",
                action("e2", "2026-10-01T10:00:00", 0, 60)
            )
            .into_bytes(),
            Format::GpodderActions,
        ),
        (
            "h.json",
            opml(&[("Harbour Lights", "https://feeds.example/harbour-lights.xml")]).into_bytes(),
            Format::Opml,
        ),
    ] {
        let report = log.import_file(&log.file(name, &bytes)).unwrap();
        assert_eq!((report.format, report.new), (format, 1), "{name}");
    }
}

#[test]
fn a_file_that_is_no_history_is_refused_and_leaves_nothing() {
    let log = Log::new();
    for bytes in [
        &b""[..],
        b" \n",
        b"[]",
        b"{}",
        b"hello",
        b"\x89PNG\r\n",
        b"{\"a\":[1,2]}\n{\"b\":2}",
        b"[[[[[[",
    ] {
        assert_eq!(log.read(bytes).unwrap_err().code(), "unknown_format", "{bytes:?}");
    }
    let path = log.file("x.zip", &zipped(&[("a.txt", b"hello"), ("b/c.json", b"[]")]));
    assert_eq!(log.import_file(&path).unwrap_err().code(), "unknown_format");
    assert_eq!(
        log.import_file(&log.folder.path().join("absent")).unwrap_err().code(),
        "io"
    );
    assert_eq!(log.rows("listen_batch"), 0);
    let wrong = ImportOptions {
        format: Some(Format::Opml),
        ..ImportOptions::new(NOW)
    };
    let error = import_stream(&log.vault, lines(&[listen(AT, "a")]).as_bytes(), "x", wrong).unwrap_err();
    assert_eq!(error.code(), "unknown_format");
}

#[test]
fn each_bad_line_is_refused_by_number_and_reason_and_the_rest_imported() {
    let log = Log::new();
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    let good = |number: i64| listen(AT + number, &format!("song {number}"));
    bytes.extend(good(1).bytes());
    bytes.extend(b"\r\n\n   \n");
    bytes.extend(b"{\"listened_at\":1790000002,\"track_metadata\":{\"track_name\":\"\xff\",\"artist_name\":\"x\"}}\n");
    bytes.extend(good(2).replace(&(AT + 2).to_string(), "NaN").bytes());
    bytes.push(b'\n');
    bytes.extend(good(3).replace("song", "so\\u0000ng").bytes());
    bytes.push(b'\n');
    bytes.extend(b"{\"listened_at\":1790000002,\"track_metadata\":{\"track_name\":\"a\x00\",\"artist_name\":\"x\"}}\n");
    bytes.extend(
        format!(
            "{}\n{}\n{}\n",
            listen(0, "old"),
            listen(4_000_000_000, "new"),
            listen(-1, "neg")
        )
        .bytes(),
    );
    bytes.extend(b"null\n[]\n7\ntrue\n\"x\"\n{}\n");
    bytes.extend(format!("{}{}\n", good(4), good(5)).bytes());
    bytes.extend(good(6).bytes());
    bytes.extend(b"\n{\"listened_at\":1790000007,\"track_meta");
    let report = log.import(&bytes);
    assert_eq!((report.new, report.duplicates), (2, 0));
    let expected = [
        (4, "invalid_utf8"),
        (5, "not_a_number"),
        (6, "nul_character"),
        (7, "not_json"),
        (8, "time_before_2002"),
        (9, "time_in_future"),
        (10, "time_before_2002"),
        (11, "not_an_object"),
        (12, "missing_field"),
        (13, "not_an_object"),
        (14, "not_an_object"),
        (15, "not_an_object"),
        (16, "missing_field"),
        (17, "not_json"),
        (19, "cut_off"),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(line, reason)| (line, reason.to_owned()))
        .collect();
    assert_eq!(log.reasons(report.batch_id), expected);
    log.accept(report.batch_id);
    assert_eq!(log.titles(), ["song 6", "song 1"]);
    let refusal = &log.refusals(report.batch_id)[0];
    assert!(refusal.excerpt.starts_with("{\"listened_at\":1790000002"));
}

#[test]
fn one_bad_element_of_an_array_costs_only_itself() {
    let log = Log::new();
    let good: Vec<_> = (0..4)
        .map(|n| stream(&format!("2026-10-01T10:0{n}:00Z"), 1000, &format!("t{n}")))
        .collect();
    let text = format!(
        "[{},\n{{\"ts\":\"2026-10-01T11:00:00Z\",\"ms_played\":NaN}},\n{},\n{{\"ts\":\"2026-10-01T11:00:00Z,\"ms_played\":1}},\n{},\nnull,\n{}\n]",
        good[0], good[1], good[2], good[3]
    );
    let report = log.import(&text);
    assert_eq!((report.new, report.refused, report.cut_off), (4, 3, false));
    let reasons = log.reasons(report.batch_id);
    assert_eq!(reasons[0], (2, "not_a_number".to_owned()));
    assert_eq!(reasons[1], (4, "not_json".to_owned()));
    assert_eq!(reasons[2], (6, "not_an_object".to_owned()));
}

#[test]
fn a_file_cut_off_keeps_what_came_before() {
    let log = Log::new();
    let whole = array(
        &(0..50)
            .map(|n| stream("2026-10-01T10:00:00Z", 1000 + n, "t"))
            .collect::<Vec<_>>(),
    );
    let report = log.import(&whole[..whole.len() * 2 / 3]);
    assert!(report.cut_off);
    assert_eq!(report.refused, 1);
    assert!(report.new > 30);
    assert_eq!(log.reasons(report.batch_id)[0].1, "cut_off");
}

#[test]
fn spotify_tells_songs_episodes_and_chapters_apart() {
    let log = Log::new();
    let elements = [
        stream("2026-10-01T10:00:00Z", 1000, "Romanesco"),
        r#"{"ts":"2026-10-01T11:00:00Z","ms_played":60000,"episode_name":"E","episode_show_name":"S"}"#.to_owned(),
        r#"{"ts":"2026-10-01T12:00:00Z","ms_played":60000,"audiobook_title":"B","audiobook_chapter_title":"C"}"#
            .to_owned(),
    ];
    let files = zipped(&[
        ("m/Streaming_History_Audio_2026_0.json", array(&elements).as_bytes()),
        (
            "m/Streaming_History_Video_2026.json",
            array(&[stream("2026-10-01T13:00:00Z", 1000, "Bolted")]).as_bytes(),
        ),
    ]);
    let report = log.import_file(&log.file("s.zip", &files)).unwrap();
    log.accept(report.batch_id);
    let kinds: Vec<_> = log.listens().iter().map(|listen| listen.kind).collect();
    assert_eq!(kinds, [Kind::Video, Kind::Audiobook, Kind::Podcast, Kind::Music]);
}

#[test]
fn stretches_of_one_sitting_are_one_listen_and_a_rewind_counts_once() {
    let log = Log::new();
    let text = array(&[
        action("e", "2026-10-01T10:10:00", 0, 600),
        action("e", "2026-10-01T10:25:00", 540, 1200),
        action("e", "2026-10-01T10:25:00", 540, 1200),
        action("e", "2026-10-02T22:00:00", 1200, 1800),
    ]);
    let report = log.import(&text);
    assert_eq!(
        (report.read, report.new, report.duplicates, report.listens),
        (4, 3, 1, 2)
    );
    log.accept(report.batch_id);
    let listens = log.listens();
    let stretches = |listen: &tekram_listen::Listen| match &listen.played {
        Played::Ranges { ranges } => ranges.iter().collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let ranges: Vec<_> = listens.iter().map(stretches).collect();
    assert_eq!(ranges, [vec![(1_200_000, 1_800_000)], vec![(0, 1_200_000)]]);
    assert_eq!(
        listens[1].start_ms, 1_790_848_800_000,
        "ten minutes before the first pause"
    );
    assert_eq!(listens[1].identifiers.item_guid, "e");
}

#[test]
fn an_overlapping_export_of_actions_adds_only_what_it_knows_more() {
    let log = Log::new();
    let first = action("e", "2026-10-01T10:10:00", 0, 600);
    log.add(array(std::slice::from_ref(&first)));
    let report = log.import(array(&[first, action("e", "2026-10-01T10:25:00", 540, 1200)]));
    assert_eq!((report.new, report.duplicates, report.listens), (1, 1, 1));
    log.accept(report.batch_id);
    let total: i64 = log.listens().iter().filter_map(|listen| listen.played.ms()).sum();
    assert_eq!(total, 1_200_000, "the minute heard twice counts once");
}

#[test]
fn subscriptions_are_read_from_folders_and_known_again() {
    let log = Log::new();
    let list = opml(&[
        ("A", "https://feeds.example/a.xml"),
        ("B", "https://feeds.example/b.xml"),
        ("A", "http://feeds.example/a.xml/"),
        ("x", "nowhere"),
    ]);
    let report = log.import(&list);
    assert_eq!(
        (report.read, report.new, report.duplicates, report.refused),
        (4, 2, 1, 1)
    );
    assert_eq!(log.reasons(report.batch_id), [(1, "bad_url".to_owned())]);
    assert!(subscriptions(&log.vault).unwrap().is_empty());
    log.accept(report.batch_id);
    assert_eq!(subscriptions(&log.vault).unwrap().len(), 2);
    assert_eq!(log.import(&list).new, 0);
    log.undo(report.batch_id);
    assert!(subscriptions(&log.vault).unwrap().is_empty());
}

#[test]
fn plays_of_unknown_length_are_plays_without_time() {
    let log = Log::new();
    log.add(r#"{"listened_at":1790000000,"track_metadata":{"track_name":"a","artist_name":"b"}}"#);
    assert_eq!(log.listens()[0].played, Played::Unknown);
}

/// Records that are good, bad or strange, in any order.
fn record() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0_i64..30, 0..4).prop_map(|(at, song)| listen(AT + at, &format!("s{song}"))),
        1 => Just(String::new()),
        1 => Just("null".to_owned()),
        1 => Just(listen(0, "x")),
        1 => Just("{\"listened_at\":NaN}".to_owned()),
        1 => "[ -~]{0,30}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn counts_add_up_and_the_accepted_log_has_every_new_listen(records in proptest::collection::vec(record(), 1..40)) {
        let log = Log::new();
        let mut text = listen(AT - 1, "first") + "\n";
        text.push_str(&records.join("\n"));
        let report = log.import(&text);
        prop_assert_eq!(report.refused, log.refusals(report.batch_id).len() as u64);
        let passed_over = |record: &str| record.trim().is_empty() || record.trim().starts_with('#') || record.trim().starts_with("//");
        prop_assert_eq!(report.read, 1 + records.iter().filter(|record| !passed_over(record)).count() as u64);
        log.accept(report.batch_id);
        prop_assert_eq!(report.listens, log.listens().len() as u64);
        let again = log.import(&text);
        prop_assert_eq!(again.new, 0);
        prop_assert_eq!(again.duplicates, report.new + report.duplicates);
    }

    #[test]
    fn no_bytes_bring_an_import_down(tail in proptest::collection::vec(any::<u8>(), 0..400), kind in 0..4) {
        let log = Log::new();
        let head = match kind {
            0 => listen(AT, "a") + "\n",
            1 => format!("[{},", stream("2026-10-01T10:00:00Z", 5, "a")),
            2 => format!("{{\"actions\":[{},", action("e", "2026-10-01T10:00:00", 0, 5)),
            _ => "<opml><body><outline text=\"a\" xmlUrl=\"https://f.example/a\"/>".to_owned(),
        };
        let report = log.import([head.as_bytes(), &tail[..]].concat());
        prop_assert!(report.new >= 1);
    }
}

#[test]
fn stopping_an_import_leaves_nothing_of_it() {
    let log = Log::new();
    let many: Vec<_> = (0..20_000).map(|n| listen(AT + n, "song")).collect();
    let mut options = ImportOptions::new(NOW);
    let cancel = options.cancel.clone();
    let mut seen = Vec::new();
    let mut progress = |progress: tekram_listen::Progress| {
        seen.push(progress.records);
        cancel.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    options.progress = Some(&mut progress);
    let error = import_stream(&log.vault, lines(&many).as_bytes(), "x", options).unwrap_err();
    assert!(matches!(error, ListenError::Cancelled));
    assert_eq!(seen.len(), 1, "stopped after the first transaction");
    for table in [
        "listen_batch",
        "listen_play",
        "listen_work",
        "listen_credit",
        "listen_via",
    ] {
        assert_eq!(log.rows(table), 0, "{table}");
    }
}
