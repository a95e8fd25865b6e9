//! The log leaves in open formats: ListenBrainz would take every line, a spreadsheet carries nothing out, and everything
//! comes back as it was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;
mod rules;

use std::io::{self, Write};

use common::{Log, NOW, action, array, fixture, lines, listen, stream};
use proptest::prelude::*;
use serde_json::{Value, json};
use tekram_listen::{
    Choice, Column, ExportForm, ExportRequest, Exported, Kind, Listen, ListenError, Thumb, count_chosen, export, rate,
};

const AT: i64 = 1_790_000_000;

fn exported(log: &Log, request: impl Into<ExportRequest>) -> (Exported, String) {
    let mut out = Vec::new();
    let done = export(&log.vault, &request.into(), &mut out).unwrap();
    (done, String::from_utf8(out).unwrap())
}

/// The sample histories of all formats.
fn samples() -> Log {
    let log = Log::new();
    for name in [
        "listenbrainz.zip",
        "spotify-extended.zip",
        "podcasts.opml",
        "episode-actions.json",
    ] {
        let report = log.import_file(&fixture(name)).unwrap();
        log.accept(report.batch_id);
    }
    log
}

/// What a listen is, wherever it is kept.
fn told(mut listen: Listen) -> Listen {
    listen.id = 0;
    listen.evidence.batch_id = 0;
    listen.evidence.record = 0;
    listen.evidence.also_in.clear();
    listen
}

fn all_told(log: &Log) -> Vec<Listen> {
    log.listens().into_iter().map(told).collect()
}

#[test]
fn listenbrainz_would_take_every_line_of_its_export() {
    let log = samples();
    let (done, text) = exported(&log, ExportForm::ListenbrainzJsonl);
    assert_eq!(text.lines().count() as u64, done.written);
    assert!(done.written > 900, "{done:?}");
    for line in text.lines() {
        rules::validate_line(line, NOW.secs()).unwrap_or_else(|why| panic!("{why}: {line}"));
    }
}

#[test]
fn everything_comes_back_unchanged_from_every_source() {
    let log = samples();
    log.add(array(&[stream(
        "2026-10-01T10:00:00Z",
        1234,
        "Ålesund \\\"x\\\" \\u001f",
    )]));
    let some = log.listens();
    rate(&log.vault, some[3].id, Some(Thumb::Up), NOW).unwrap();
    rate(&log.vault, some[9].id, Some(Thumb::Down), NOW).unwrap();
    let (done, text) = exported(&log, ExportForm::JsonLines);
    assert_eq!((done.written, done.left_out), (log.listens().len() as u64, 0));

    let other = Log::new();
    let report = other.import(&text);
    assert_eq!(report.format.name(), "own");
    assert_eq!((report.new, report.refused, report.duplicates), (done.written, 0, 0));
    assert!(other.listens().is_empty(), "it waits to be looked at like any other");
    other.accept(report.batch_id);
    assert_eq!(all_told(&other), all_told(&log));
    assert_eq!(exported(&other, ExportForm::JsonLines).1, text, "byte for byte");
    // Who is paid for it is the same too.
    let credits = |log: &Log| {
        tekram_listen::totals(&log.vault, i64::MIN, i64::MAX)
            .unwrap()
            .into_iter()
            .map(|total| (total.key, total.played_ms))
            .collect::<Vec<_>>()
    };
    let list = other.import_file(&fixture("podcasts.opml")).unwrap();
    other.accept(list.batch_id);
    assert_eq!(credits(&other), credits(&log));
}

#[test]
fn what_is_known_is_not_added_again_and_keeps_its_thumb() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "a"), listen(AT + 9, "b")]));
    rate(&log.vault, log.listens()[0].id, Some(Thumb::Up), NOW).unwrap();
    let (_, text) = exported(&log, ExportForm::JsonLines);
    rate(&log.vault, log.listens()[0].id, Some(Thumb::Down), NOW).unwrap();
    let report = log.import(&text);
    assert_eq!((report.new, report.duplicates), (0, 2));
    log.accept(report.batch_id);
    assert_eq!(log.listens()[0].thumb, Some(Thumb::Down));
    // And a file of the service itself, read after our own, is known as well.
    let other = Log::new();
    other.add(&text);
    assert_eq!(other.import(lines(&[listen(AT, "a"), listen(AT + 9, "b")])).new, 0);
}

#[test]
fn a_line_of_ours_is_checked_like_any_other() {
    let log = Log::new();
    log.add(listen(AT, "a"));
    let (_, text) = exported(&log, ExportForm::JsonLines);
    let good: Value = serde_json::from_str(&text).unwrap();
    let mut future = good.clone();
    future["tekram_listen"] = json!(2);
    let mut early = good.clone();
    early["start_ms"] = json!(5);
    let file = format!("{good}\n{future}\n{early}\n{}", &text[..text.len() - 9]);
    let other = Log::new();
    let report = other.import(&file);
    assert_eq!((report.new, report.refused), (1, 3));
    let expected = [(2, "wrong_type"), (3, "time_before_2002"), (4, "cut_off")];
    assert_eq!(
        other.reasons(report.batch_id),
        expected.map(|(line, why)| (line, why.to_owned()))
    );
}

#[test]
fn what_leaves_is_what_was_chosen() {
    let log = samples();
    let all = log.listens();
    let middle = all[all.len() / 2].start_ms;
    let request = |choice: Choice| ExportRequest {
        choice,
        ..ExportForm::JsonLines.into()
    };
    let count = |choice: Choice| {
        let written = exported(&log, request(choice.clone())).0.written;
        assert_eq!(count_chosen(&log.vault, &choice).unwrap(), written, "{choice:?}");
        written
    };
    let before = count(Choice {
        to_ms: Some(middle),
        ..Choice::default()
    });
    let after = count(Choice {
        from_ms: Some(middle),
        ..Choice::default()
    });
    assert_eq!(before + after, all.len() as u64);
    assert_eq!(
        before,
        all.iter().filter(|listen| listen.start_ms < middle).count() as u64
    );
    let podcasts = Choice {
        kinds: vec![Kind::Podcast],
        sources: vec!["spotify".to_owned(), "gpodder".to_owned()],
        ..Choice::default()
    };
    let wanted = |listen: &&Listen| listen.kind == Kind::Podcast && listen.source != "listenbrainz";
    assert_eq!(count(podcasts), all.iter().filter(wanted).count() as u64);
    let open = Choice {
        without_private: true,
        ..Choice::default()
    };
    assert_eq!(
        count(open),
        all.iter().filter(|listen| !listen.private_session).count() as u64
    );
}

#[test]
fn a_table_has_the_chosen_columns_and_no_formula() {
    let log = Log::new();
    log.add(lines(&[
        listen(AT, "=HYPERLINK(1)"),
        listen(AT + 60, "Low, \\\"Tide\\\""),
    ]));
    let request = ExportRequest {
        columns: vec![
            Column::StartLocal,
            Column::Title,
            Column::PlayedSeconds,
            Column::PlayedHow,
        ],
        zone: "Europe/Berlin".to_owned(),
        ..ExportForm::Csv.into()
    };
    let (done, text) = exported(&log, request);
    assert_eq!((done.written, done.left_out), (2, 0));
    assert_eq!(
        text,
        "\u{feff}start_local,title,played_seconds,played_how\r\n\
         2026-09-21 16:13:20,'=HYPERLINK(1),200,whole_track\r\n\
         2026-09-21 16:14:20,\"Low, \"\"Tide\"\"\",200,whole_track\r\n"
    );
    let usual = exported(&log, ExportForm::Csv).1;
    assert!(usual.starts_with("\u{feff}start_local,kind,title,creators,show,played_seconds,"));
    let nowhere = ExportRequest {
        zone: "Europe/Nowhere".to_owned(),
        ..ExportForm::Csv.into()
    };
    let error = export(&log.vault, &nowhere, io::sink()).unwrap_err();
    assert_eq!(error.code(), "unknown_zone");
    for column in Column::ALL {
        assert_eq!(Column::from_name(column.name()), Some(column));
    }
}

#[test]
fn a_disk_that_is_full_ends_the_export_with_its_reason() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let log = samples();
    for form in [ExportForm::JsonLines, ExportForm::ListenbrainzJsonl, ExportForm::Csv] {
        let error = export(&log.vault, &form.into(), Full(5_000)).unwrap_err();
        assert!(
            matches!(
                error,
                ListenError::Write {
                    kind: io::ErrorKind::StorageFull
                }
            ),
            "{error:?}"
        );
    }
}

#[test]
fn the_order_of_an_export_is_the_index_and_sorts_nothing() {
    let log = Log::new();
    log.add(array(&[action("e", "2026-10-01T10:10:00", 0, 600)]));
    let plan = tekram_listen::export_plan(&log.vault).unwrap();
    assert!(plan.contains("listen_play_moment"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[a-zåß=+,;\"'\\\\ \u{1f}\n–]{0,14}",
        1 => Just(String::new()),
        1 => "[a-z]{300,400}",
    ]
}

fn mbid() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("not one".to_owned()),
        Just("b1a9c0e9-d987-4042-ae91-78d6a3267d69".to_owned()),
    ]
}

fn played() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"how": "unknown"})),
        (0_i64..500_000_000).prop_map(|ms| json!({"how": "total", "ms": ms})),
        (0_i64..500_000_000).prop_map(|ms| json!({"how": "estimate", "ms": ms, "rule": "whole_track"})),
        proptest::collection::vec((0_i64..1_000_000, 0_i64..90_000), 0..5).prop_map(|stretches| {
            let ranges: Vec<_> = stretches
                .iter()
                .map(|(start, length)| [*start, start + length])
                .collect();
            json!({"how": "ranges", "ranges": ranges})
        }),
    ]
}

/// Any listen that a log can hold.
fn own_line() -> impl Strategy<Value = String> {
    let texts = proptest::collection::vec(words(), 9);
    let creators = proptest::collection::vec(words(), 0..4);
    let kinds = proptest::sample::select(Kind::ALL.map(Kind::name).to_vec());
    let thumbs = proptest::sample::select(vec![json!(null), json!("up"), json!("down")]);
    let moment = (
        1_010_000_000_000_i64..1_793_000_000_000,
        proptest::option::of(-900_i64..900),
    );
    let numbers = (
        proptest::option::of(0_i64..600_000_000),
        any::<[bool; 3]>(),
        any::<u128>(),
    );
    let mbids = (mbid(), proptest::collection::vec(mbid(), 0..3));
    (texts, creators, kinds, thumbs, moment, numbers, mbids, played()).prop_map(
        |(texts, creators, kind, thumb, (start_ms, offset_min), (media_ms, marks, mark), mbids, played)| {
            json!({
                "tekram_listen": 1, "start_ms": start_ms, "offset_min": offset_min, "kind": kind, "title": texts[0],
                "creators": creators, "show": texts[1], "publisher": texts[2],
                "identifiers": {"url": texts[3], "isrc": texts[4], "recording_mbid": mbids.0, "artist_mbids": mbids.1},
                "played": played, "media_ms": media_ms, "source": format!("s{}", texts[5].len() % 3),
                "service": texts[5], "player": texts[6], "device": texts[7], "client": texts[8],
                "skipped": marks[0], "private_session": marks[1], "offline": marks[2], "thumb": thumb,
                "credit": {"key": format!("artist:{}", texts[0]), "name": texts[0], "feed_url": ""},
                "fingerprint": format!("{mark:032x}"),
            })
            .to_string()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_log_comes_back_as_it_was_and_listenbrainz_takes_what_it_can(listens in proptest::collection::vec(own_line(), 1..12)) {
        let log = Log::new();
        let report = log.import(lines(&listens));
        prop_assert_eq!(report.refused, 0, "{:?}", log.reasons(report.batch_id));
        log.accept(report.batch_id);
        let (done, text) = exported(&log, ExportForm::JsonLines);
        prop_assert_eq!(done.written, log.listens().len() as u64);
        let other = Log::new();
        other.add(&text);
        prop_assert_eq!(all_told(&other), all_told(&log));
        prop_assert_eq!(&exported(&other, ExportForm::JsonLines).1, &text);

        let (done, text) = exported(&log, ExportForm::ListenbrainzJsonl);
        prop_assert_eq!(done.written + done.left_out, log.listens().len() as u64);
        for line in text.lines() {
            let judged = rules::validate_line(line, NOW.secs());
            prop_assert!(judged.is_ok(), "{:?}: {}", judged, line);
        }
    }
}
