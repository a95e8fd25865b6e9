//! What the log answers: lists, hours, months, totals for paying, exports.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, action, array, lines, listen, opml, stream};
use tekram_listen::{
    Cursor, ExportForm, Kind, ListQuery, Listen, TiedBy, export, hours_by_source, list, months, newest_month, totals,
};

/// 2026-09-21T14:13:20Z.
const AT: i64 = 1_790_000_000;

#[test]
fn the_log_is_listed_newest_first_page_by_page() {
    let log = Log::new();
    // Three plays start in the same second.
    log.add(lines(&[
        listen(AT, "a"),
        listen(AT, "b"),
        listen(AT, "c"),
        listen(AT + 1, "d"),
        listen(AT - 1, "e"),
    ]));
    let mut seen: Vec<Listen> = Vec::new();
    let mut after = None;
    loop {
        let page = list(&log.vault, &ListQuery::default(), after.as_ref(), 2).unwrap();
        seen.extend(page.listens);
        match page.next {
            Some(next) => after = Some(Cursor::from_text(next.as_str())),
            None => break,
        }
    }
    assert_eq!(seen, log.listens());
    assert_eq!(
        (seen.len(), seen[0].title.as_str(), seen[4].title.as_str()),
        (5, "d", "e")
    );
    let error = list(&log.vault, &ListQuery::default(), Some(&Cursor::from_text("x")), 2).unwrap_err();
    assert_eq!(error.code(), "bad_cursor");
}

#[test]
fn the_list_can_be_narrowed() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "a"), listen(AT + 100, "b")]));
    log.add(array(&[action("e", "2026-10-01T10:00:00", 0, 60)]));
    let titles = |query: ListQuery| list(&log.vault, &query, None, 10).unwrap().listens.len();
    assert_eq!(
        titles(ListQuery {
            kind: Some(Kind::Podcast),
            ..ListQuery::default()
        }),
        1
    );
    assert_eq!(
        titles(ListQuery {
            source: Some("listenbrainz".into()),
            ..ListQuery::default()
        }),
        2
    );
    assert_eq!(
        titles(ListQuery {
            from_ms: Some(AT * 1000 + 1),
            ..ListQuery::default()
        }),
        2
    );
    assert_eq!(
        titles(ListQuery {
            to_ms: Some((AT + 100) * 1000),
            ..ListQuery::default()
        }),
        1
    );
}

#[test]
fn a_page_is_found_by_the_index() {
    let log = Log::new();
    log.add(listen(AT, "a"));
    let plan: Vec<String> = log
        .vault
        .read(|connection| {
            let mut statement = connection.prepare(
                "EXPLAIN QUERY PLAN SELECT p.play_id FROM listen_play p CROSS JOIN listen_work w ON w.work_id = p.work_id
                 WHERE (p.start_ms, p.fingerprint) < (5, x'00') AND p.start_ms >= 0
                 ORDER BY p.start_ms DESC, p.fingerprint DESC LIMIT 5",
            )?;
            let rows = statement.query_map([], |row| row.get(3))?;
            Ok::<_, tekram_listen::ListenError>(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    assert!(plan[0].contains("listen_play_moment"), "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
}

#[test]
fn hours_say_what_is_estimated_and_what_is_unknown() {
    let log = Log::new();
    let unknown = r#"{"listened_at":1790000500,"track_metadata":{"track_name":"a","artist_name":"b"}}"#.to_owned();
    log.add(lines(&[listen(AT, "a"), unknown]));
    log.add(array(&[stream("2026-10-01T10:00:00Z", 90_000, "b")]));
    let hours = hours_by_source(&log.vault, None).unwrap();
    assert_eq!(
        (hours[0].source.as_str(), hours[0].played_ms, hours[0].estimated_ms),
        ("listenbrainz", 200_000, 200_000)
    );
    assert_eq!((hours[0].plays, hours[0].unknown_plays), (2, 1));
    assert_eq!(
        (hours[1].source.as_str(), hours[1].played_ms, hours[1].estimated_ms),
        ("spotify", 90_000, 0)
    );
    let october = hours_by_source(&log.vault, Some((1_790_812_800_000, 1_793_491_200_000))).unwrap();
    assert_eq!(october.len(), 1);
}

#[test]
fn a_listen_belongs_to_the_month_of_its_start_by_the_zones_calendar() {
    let log = Log::new();
    assert_eq!(newest_month(&log.vault, "Europe/Berlin").unwrap(), None);
    assert!(months(&log.vault, "Europe/Berlin").unwrap().is_empty());
    // 2026-09-30T22:30:00Z is October in Berlin, and a play that ends in October began in September.
    log.add(lines(&[listen(1_790_807_400, "late"), listen(1_780_000_000, "may")]));
    log.add(array(&[stream("2026-10-01T00:05:00Z", 3 * 3_600_000, "long")]));
    let names = |zone: &str| {
        months(&log.vault, zone)
            .unwrap()
            .into_iter()
            .map(|month| (month.period.month_text(), month.plays))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("Europe/Berlin"),
        [
            ("2026-10".to_owned(), 1),
            ("2026-09".to_owned(), 1),
            ("2026-05".to_owned(), 1)
        ]
    );
    assert_eq!(names("UTC"), [("2026-09".to_owned(), 2), ("2026-05".to_owned(), 1)]);
    assert_eq!(
        newest_month(&log.vault, "UTC").unwrap().unwrap().month_text(),
        "2026-09"
    );
    assert_eq!(months(&log.vault, "Mars/Olympus").unwrap_err().code(), "unknown_zone");
}

#[test]
fn one_podcast_is_one_total_whether_by_feed_or_by_title() {
    let log = Log::new();
    log.add(array(&[
        action("e1", "2026-10-01T10:00:00", 0, 60),
        action("e2", "2026-10-05T10:00:00", 0, 120),
    ]));
    let episode =
        r#"{"ts":"2026-10-02T10:00:00Z","ms_played":30000,"episode_name":"E","episode_show_name":"harbour  LIGHTS"}"#;
    log.add(array(&[episode.to_owned()]));
    let before = totals(&log.vault, i64::MIN, i64::MAX).unwrap();
    assert_eq!(before.len(), 2);
    assert_eq!(
        (before[0].name.as_str(), before[0].tied_by),
        ("feeds.example/harbour-lights.xml", Some(TiedBy::Source))
    );

    let subscriptions = log.add(opml(&[("Harbour Lights", "https://feeds.example/harbour-lights.xml")]));
    let tied = totals(&log.vault, i64::MIN, i64::MAX).unwrap();
    assert_eq!(tied.len(), 1);
    assert_eq!(
        (tied[0].name.as_str(), tied[0].played_ms, tied[0].plays),
        ("Harbour Lights", 210_000, 2),
        "half a minute of an episode is time but no play"
    );
    assert_eq!(tied[0].key, "feed:feeds.example/harbour-lights.xml");
    let items: Vec<_> = tied[0]
        .items
        .iter()
        .map(|item| (item.item_guid.as_str(), item.title.as_str(), item.played_ms))
        .collect();
    assert_eq!(items, [("e2", "", 120_000), ("e1", "", 60_000), ("", "E", 30_000)]);

    // Two feeds of one title: then the title names neither.
    log.add(opml(&[("harbour lights", "https://other.example/h.xml")]));
    assert_eq!(totals(&log.vault, i64::MIN, i64::MAX).unwrap().len(), 2);
    log.undo(subscriptions);
    let other = totals(&log.vault, i64::MIN, i64::MAX).unwrap();
    assert!(
        other
            .iter()
            .any(|total| total.key == "feed:other.example/h.xml" && total.played_ms == 30_000)
    );
}

#[test]
fn totals_of_a_part_and_of_all_add_up() {
    let log = Log::new();
    let many: Vec<_> = (0..500)
        .map(|n| listen(AT + n * 1000, &format!("s{}", n % 7)))
        .collect();
    log.add(lines(&many));
    let plays = |from: i64, to: i64| {
        totals(&log.vault, from, to)
            .unwrap()
            .iter()
            .map(|total| total.plays)
            .sum::<u64>()
    };
    let middle = (AT + 123_000) * 1000;
    assert_eq!(plays(i64::MIN, middle), 123);
    assert_eq!(plays(middle, i64::MAX), 377);
    assert_eq!(plays(i64::MIN, i64::MAX), 500);
    assert_eq!(plays(middle, middle), 0);
}

#[test]
fn an_export_comes_back_unchanged() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Störabstand"), listen(AT + 9, "\\\"quoted\\\"")]));
    let mut text = Vec::new();
    let done = export(&log.vault, &ExportForm::ListenbrainzJsonl.into(), &mut text).unwrap();
    assert_eq!((done.written, done.left_out), (2, 0));
    assert_eq!(log.import(&text).new, 0, "the log knows its own listens again");

    let other = Log::new();
    other.add(&text);
    let told = |listen: Listen| {
        (
            listen.start_ms,
            listen.title,
            listen.creators,
            listen.played,
            listen.fingerprint,
        )
    };
    let mine: Vec<_> = log.listens().into_iter().map(told).collect();
    let theirs: Vec<_> = other.listens().into_iter().map(told).collect();
    assert_eq!(mine, theirs);
}

#[test]
fn the_full_export_holds_every_listen() {
    let log = Log::new();
    log.add(array(&[action("e", "2026-10-01T10:00:00", 0, 60)]));
    log.add(listen(AT, "a"));
    let mut text = Vec::new();
    assert_eq!(
        export(&log.vault, &ExportForm::JsonLines.into(), &mut text)
            .unwrap()
            .written,
        2
    );
    let lines: Vec<serde_json::Value> = String::from_utf8(text)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[1]["played"]["ranges"], serde_json::json!([[0, 60_000]]));
    assert_eq!(
        lines[0]["played"],
        serde_json::json!({"how": "estimate", "ms": 200_000, "rule": "whole_track"})
    );
    let mut out = Vec::new();
    let done = export(&log.vault, &ExportForm::ListenbrainzJsonl.into(), &mut out).unwrap();
    assert_eq!(
        (done.written, done.left_out),
        (1, 1),
        "an episode without a title is no listen of ListenBrainz"
    );
}
