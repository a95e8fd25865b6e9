//! Days, search, one listen in detail, thumbs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW, action, array, lines, listen, opml, stream};
use proptest::prelude::*;
use tekram_listen::{
    Cursor, Day, ExportForm, Kind, ListQuery, ListenError, Thumb, catch_up, days, detail, export, list, rate,
};

/// 2026-09-21T14:13:20Z.
const AT: i64 = 1_790_000_000;
const DAY: i64 = 86_400;

fn all_days(log: &Log, query: &ListQuery, zone: &str, limit: usize) -> Vec<Day> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = days(&log.vault, query, zone, after.as_ref(), limit).unwrap();
        assert!(page.days.len() <= limit);
        seen.extend(page.days);
        match page.next {
            Some(next) => after = Some(Cursor::from_text(next.as_str())),
            None => return seen,
        }
    }
}

fn text(text: &str) -> ListQuery {
    ListQuery {
        text: Some(text.to_owned()),
        ..ListQuery::default()
    }
}

fn found(log: &Log, query: &ListQuery) -> Vec<String> {
    list(&log.vault, query, None, 1000)
        .unwrap()
        .listens
        .into_iter()
        .map(|listen| listen.title)
        .collect()
}

fn song(at: i64, title: &str, artist: &str, album: &str) -> String {
    format!(
        r#"{{"listened_at":{at},"track_metadata":{{"track_name":"{title}","artist_name":"{artist}","release_name":"{album}","additional_info":{{"duration_ms":200000}}}}}}"#
    )
}

#[test]
fn days_have_hours_by_source_and_come_newest_first() {
    let log = Log::new();
    assert!(
        days(&log.vault, &ListQuery::default(), "UTC", None, 5)
            .unwrap()
            .days
            .is_empty()
    );
    log.add(lines(&[
        listen(AT, "a"),
        listen(AT + 60, "b"),
        listen(AT - 3 * DAY, "c"),
    ]));
    log.add(array(&[stream("2026-09-21T20:00:00Z", 500_000, "d")]));
    let days = all_days(&log, &ListQuery::default(), "UTC", 1);
    assert_eq!(
        days.iter()
            .map(|day| (day.date.as_str(), day.plays, day.played_ms))
            .collect::<Vec<_>>(),
        [("2026-09-21", 3, 900_000), ("2026-09-18", 1, 200_000)]
    );
    let sources: Vec<_> = days[0]
        .sources
        .iter()
        .map(|one| (one.source.as_str(), one.played_ms))
        .collect();
    assert_eq!(sources, [("spotify", 500_000), ("listenbrainz", 400_000)]);
    assert_eq!(days[0].estimated_ms, 400_000);
    let of_the_day = ListQuery {
        from_ms: Some(days[0].from_ms),
        to_ms: Some(days[0].to_ms),
        ..ListQuery::default()
    };
    assert_eq!(found(&log, &of_the_day).len(), 3);
}

#[test]
fn a_day_is_the_zones_unless_the_listen_knows_its_own() {
    let log = Log::new();
    // 2026-09-30T22:30:00Z: the first of October in Berlin.
    log.add(listen(1_790_807_400, "late"));
    let dates = |zone: &str| {
        all_days(&log, &ListQuery::default(), zone, 5)
            .into_iter()
            .map(|day| day.date)
            .collect::<Vec<_>>()
    };
    assert_eq!(dates("Europe/Berlin"), ["2026-10-01"]);
    assert_eq!(dates("UTC"), ["2026-09-30"]);
    // Heard in Honolulu, ten hours behind.
    log.vault
        .write(tekram_vault::Scope("test"), |transaction| {
            transaction.execute("UPDATE listen_play SET offset_min = -600", [])?;
            Ok::<_, ListenError>(())
        })
        .unwrap();
    assert_eq!(dates("Pacific/Kiritimati"), ["2026-09-30"]);
    let error = days(&log.vault, &ListQuery::default(), "Europe/Atlantis", None, 5).unwrap_err();
    assert_eq!(error.code(), "unknown_zone");
    let error = days(
        &log.vault,
        &ListQuery::default(),
        "UTC",
        Some(&Cursor::from_text("x")),
        5,
    )
    .unwrap_err();
    assert_eq!(error.code(), "bad_cursor");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the days are paged, and wherever on earth the listens were heard, each listen is in one day, once.
    #[test]
    fn pages_of_days_miss_nothing_and_repeat_nothing(
        plays in prop::collection::vec((0_i64..20 * 24, prop::option::of(-14_i64 * 60..=14 * 60)), 1..40),
        limit in 1_usize..6,
    ) {
        let log = Log::new();
        let texts: Vec<String> = plays.iter().enumerate().map(|(at, (hour, _))| listen(AT + hour * 3600, &format!("t{at}"))).collect();
        log.add(lines(&texts));
        log.vault.write(tekram_vault::Scope("test"), |transaction| {
            for (at, (_, offset)) in plays.iter().enumerate() {
                transaction.execute(
                    "UPDATE listen_play SET offset_min = ?2 WHERE work_id IN (SELECT work_id FROM listen_work WHERE title = ?1)",
                    (format!("t{at}"), offset),
                )?;
            }
            Ok::<_, ListenError>(())
        }).unwrap();
        let mut expected = std::collections::BTreeMap::<String, u64>::new();
        for (hour, offset) in &plays {
            let at = jiff::Timestamp::from_second(AT + hour * 3600 + offset.unwrap_or(0) * 60).unwrap();
            *expected.entry(at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()).or_default() += 1;
        }
        let seen: Vec<(String, u64)> = all_days(&log, &ListQuery::default(), "UTC", limit)
            .into_iter().map(|day| (day.date, day.plays)).collect();
        prop_assert_eq!(seen, expected.into_iter().rev().collect::<Vec<_>>());
    }
}

#[test]
fn words_are_found_in_title_creators_show_and_publisher() {
    let log = Log::new();
    log.add(lines(&[
        song(AT, "Kjærleik og Øl", "Åse Brû", "Hjem"),
        song(AT + 1, "Low Tide", "Alder", "Salt"),
        song(AT + 2, "Low Sun", "Alder \\u0026 Ash", "Café del Mar"),
    ]));
    for (words, expected) in [
        ("low", vec!["Low Sun", "Low Tide"]),
        ("LOW ti", vec!["Low Tide"]),
        ("ald low", vec!["Low Sun", "Low Tide"]),
        ("cafe", vec!["Low Sun"]),
        ("CAFÉ", vec!["Low Sun"]),
        ("ase bru", vec!["Kjærleik og Øl"]),
        ("salt low", vec!["Low Tide"]),
        ("tide sun", vec![]),
        ("\"low* OR", vec![]),
        ("title:low", vec![]),
        ("ow", vec![]),
        // Nothing to look for: everything.
        (" - ", vec!["Low Sun", "Low Tide", "Kjærleik og Øl"]),
    ] {
        assert_eq!(found(&log, &text(words)), expected, "{words}");
    }
    let days = days(&log.vault, &text("low"), "UTC", None, 5).unwrap().days;
    assert_eq!((days.len(), days[0].plays), (1, 2));
}

#[test]
fn words_go_together_with_time_source_and_kind() {
    let log = Log::new();
    log.add(lines(&[listen(AT, "Low Tide"), listen(AT + 100, "Low Tide")]));
    log.add(array(&[stream("2026-09-22T10:00:00Z", 90_000, "Low Tide")]));
    log.add(array(&[action("e", "2026-10-01T10:00:00", 0, 60)]));
    assert_eq!(found(&log, &text("tide")).len(), 3);
    let query = ListQuery {
        source: Some("spotify".into()),
        ..text("tide")
    };
    assert_eq!(found(&log, &query).len(), 1);
    let query = ListQuery {
        kind: Some(Kind::Podcast),
        ..text("tide")
    };
    assert!(found(&log, &query).is_empty());
    let query = ListQuery {
        from_ms: Some(AT * 1000),
        to_ms: Some((AT + 100) * 1000),
        ..text("tide")
    };
    assert_eq!(found(&log, &query).len(), 1);
}

#[test]
fn words_find_what_is_accepted_only_and_follow_undone_imports() {
    let log = Log::new();
    let held = log.import(listen(AT, "Low Tide")).batch_id;
    assert!(found(&log, &text("tide")).is_empty());
    log.accept(held);
    assert_eq!(found(&log, &text("tide")).len(), 1);
    log.undo(held);
    assert!(found(&log, &text("tide")).is_empty());
    assert_eq!(log.rows("listen_work_play"), 0);
    // The number of the work that went is given to another one.
    log.add(listen(AT, "High Sun"));
    assert!(found(&log, &text("tide")).is_empty());
    assert_eq!(found(&log, &text("high")), ["High Sun"]);
    catch_up(&log.vault).unwrap();
    assert_eq!(log.rows("listen_work_play"), log.rows("listen_play"));
}

#[test]
fn a_common_and_a_rare_word_page_through_the_same_plays_as_the_whole_list() {
    let log = Log::new();
    // More works than are gathered without looking, a word that only the oldest of them have, and plays in the same second.
    let words = |n: i64| match n {
        n if n % 500 == 0 => "rare",
        n if n < 1600 => "old",
        _ => "new",
    };
    let texts: Vec<String> = (0..6000)
        .map(|n| listen(AT + n / 3, &format!("song {n} {}", words(n))))
        .collect();
    log.add(lines(&texts));
    let all = log.titles();
    for words in ["song", "rare", "old", "so"] {
        let whole: Vec<&String> = all.iter().filter(|title| title.contains(words)).collect();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = list(&log.vault, &text(words), after.as_ref(), 157).unwrap();
            seen.extend(page.listens.into_iter().map(|listen| listen.title));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen.iter().collect::<Vec<_>>(), whole, "{words}");
    }
}

#[test]
fn one_listen_says_how_often_before_and_which_import_tells_of_it() {
    let log = Log::new();
    let first = log.add(lines(&[
        listen(AT, "Low Tide"),
        listen(AT + 500, "low  tide"),
        listen(AT + 900, "Other"),
    ]));
    // Another artist's song of the same title is another work.
    log.add(song(AT + 300, "Low Tide", "Brassica", "Salt"));
    let second = log.add(listen(AT + 500, "low  tide"));
    let newest = log
        .listens()
        .into_iter()
        .find(|listen| listen.title == "low  tide")
        .unwrap();
    let detail = detail(&log.vault, newest.id).unwrap();
    assert_eq!((detail.heard.plays, detail.heard.plays_before), (2, 1));
    assert_eq!((detail.heard.played_ms, detail.heard.estimated_ms), (400_000, 400_000));
    assert_eq!(detail.heard.first_ms, Some(AT * 1000));
    assert_eq!(detail.heard.last_ms, Some((AT + 500) * 1000));
    assert_eq!(
        (detail.credit.key.as_str(), detail.credit.name.as_str()),
        ("artist:vera quill", "Vera Quill")
    );
    let told: Vec<_> = detail.told_by.iter().map(|told| (told.batch_id, told.record)).collect();
    assert_eq!(told, [(first, Some(2)), (second, None)]);
    assert_eq!(
        tekram_listen::detail(&log.vault, 1_000_000).unwrap_err().code(),
        "no_such_listen"
    );
}

#[test]
fn an_episode_is_credited_to_the_podcast_that_is_subscribed_to() {
    let log = Log::new();
    log.add(opml(&[("Harbour Lights", "https://feeds.example/harbour-lights.xml")]));
    log.add(array(&[action("e", "2026-10-01T10:00:00", 0, 60)]));
    let detail = detail(&log.vault, log.listens()[0].id).unwrap();
    assert_eq!(detail.credit.key, "feed:feeds.example/harbour-lights.xml");
    assert_eq!(detail.credit.name, "Harbour Lights");
    assert_eq!(detail.credit.subscription.unwrap().title, "Harbour Lights");
}

#[test]
fn a_thumb_is_given_to_one_listen_and_outlives_its_import() {
    let log = Log::new();
    let batch = log.add(lines(&[listen(AT, "Low Tide"), listen(AT + 500, "Low Tide")]));
    let id = log.listens()[0].id;
    assert_eq!(
        rate(&log.vault, id, Some(Thumb::Up), NOW).unwrap().thumb,
        Some(Thumb::Up)
    );
    assert_eq!(
        rate(&log.vault, id, Some(Thumb::Down), NOW).unwrap().thumb,
        Some(Thumb::Down)
    );
    let thumbs = || log.listens().iter().map(|listen| listen.thumb).collect::<Vec<_>>();
    assert_eq!(thumbs(), [Some(Thumb::Down), None]);
    let mut out = Vec::new();
    export(&log.vault, &ExportForm::JsonLines.into(), &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap().matches(r#""thumb":"down""#).count(), 1);
    log.undo(batch);
    assert_eq!(rate(&log.vault, id, None, NOW).unwrap_err().code(), "no_such_listen");
    log.add(lines(&[listen(AT, "Low Tide"), listen(AT + 500, "Low Tide")]));
    assert_eq!(thumbs(), [Some(Thumb::Down), None]);
    rate(&log.vault, log.listens()[0].id, None, NOW).unwrap();
    assert_eq!(thumbs(), [None, None]);
}
