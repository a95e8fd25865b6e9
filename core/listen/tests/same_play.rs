//! One play that two sources tell of is one listen: never counted twice, never lost, and apart again when one of them goes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::collections::BTreeMap;

use common::{Log, array, lines};
use proptest::prelude::*;
use tekram_listen::{
    ExportForm, ListQuery, ListenError, Played, catch_up, days, detail, export, find, hours_by_source, list, months,
    totals,
};

/// 2026-09-21T14:13:21Z.
const AT: i64 = 1_790_000_001;

fn brainz(at: i64, title: &str, seconds: i64) -> String {
    format!(
        r#"{{"listened_at":{at},"track_metadata":{{"track_name":"{title}","artist_name":"Brassica","additional_info":{{"duration_ms":{}}}}}}}"#,
        seconds * 1000
    )
}

/// Spotify states the end.
fn spotify(at: i64, title: &str, seconds: i64) -> String {
    let end = jiff::Timestamp::from_second(at + seconds).unwrap();
    common::stream(&end.to_string(), seconds * 1000, title)
}

fn paid_ms(log: &Log) -> i64 {
    let totals = totals(&log.vault, 0, i64::MAX).unwrap();
    totals.iter().map(|total| total.played_ms).sum()
}

#[test]
fn the_scrobblers_play_and_the_services_are_one_everywhere() {
    let log = Log::new();
    let scrobbler = log.add(lines(&[brainz(AT, "Low Tide", 200)]));
    let service = log.add(array(&[spotify(AT + 2, "Low Tide - Remastered 2011", 190)]));
    assert_eq!(paid_ms(&log), 190_000);
    let listens = log.listens();
    assert_eq!(listens.len(), 1);
    assert_eq!(
        (listens[0].source.as_str(), &listens[0].played),
        ("spotify", &Played::Total { ms: 190_000 })
    );
    assert_eq!(
        (listens[0].evidence.batch_id, listens[0].evidence.also_in.as_slice()),
        (service, &[scrobbler][..])
    );
    let text = ListQuery {
        text: Some("low tide".into()),
        ..ListQuery::default()
    };
    assert_eq!(list(&log.vault, &text, None, 10).unwrap().listens.len(), 1);
    let found = days(&log.vault, &ListQuery::default(), "UTC", None, 10).unwrap();
    assert_eq!((found.days.len(), found.days[0].plays), (1, 1));
    let hours = hours_by_source(&log.vault, None).unwrap();
    assert_eq!((hours.len(), hours[0].plays, hours[0].played_ms), (1, 1, 190_000));
    assert_eq!(months(&log.vault, "UTC").unwrap()[0].plays, 1);
    let mut out = Vec::new();
    assert_eq!(
        export(&log.vault, &ExportForm::JsonLines.into(), &mut out)
            .unwrap()
            .written,
        1
    );
    let shown = detail(&log.vault, listens[0].id).unwrap();
    assert_eq!((shown.heard.plays, shown.heard.plays_before), (1, 0));
    let told: Vec<_> = shown
        .told_by
        .iter()
        .map(|told| (told.batch_id, told.source.as_str(), told.start_ms))
        .collect();
    assert_eq!(
        told,
        [
            (service, "spotify", (AT + 2) * 1000),
            (scrobbler, "listenbrainz", AT * 1000)
        ]
    );
    // The number that the scrobbler's listen had still leads to it.
    let other = (1..=2).find(|id| *id != listens[0].id).unwrap();
    assert_eq!(find(&log.vault, other).unwrap(), listens[0]);
}

#[test]
fn when_the_leading_one_goes_the_other_is_in_the_log_again() {
    let log = Log::new();
    log.add(lines(&[brainz(AT, "Low Tide", 200)]));
    let service = log.add(array(&[spotify(AT, "Low Tide", 190)]));
    assert_eq!(paid_ms(&log), 190_000);
    log.undo(service);
    // At once, not only when it is worked out again.
    assert_eq!(log.listens()[0].source, "listenbrainz");
    assert_eq!(paid_ms(&log), 200_000);
    assert_eq!(log.rows("listen_same_play"), 0);
    log.add(array(&[spotify(AT, "Low Tide", 190)]));
    assert_eq!(paid_ms(&log), 190_000);
}

#[test]
fn what_is_only_held_takes_nothing_out_of_the_log() {
    let log = Log::new();
    log.add(lines(&[brainz(AT, "Low Tide", 200)]));
    let held = log.import(array(&[spotify(AT, "Low Tide", 190)])).batch_id;
    assert_eq!(paid_ms(&log), 200_000);
    log.reject(held);
    assert_eq!(paid_ms(&log), 200_000);
}

#[test]
fn a_name_that_comes_later_makes_one_of_two() {
    let log = Log::new();
    let named = |at: i64, title: &str, isrc: &str| {
        format!(
            r#"{{"listened_at":{at},"track_metadata":{{"track_name":"{title}","artist_name":"Brassica","additional_info":{{"duration_ms":200000,"isrc":"{isrc}"}}}}}}"#
        )
    };
    log.add(lines(&[named(AT, "Ebbe", "DEA452600001")]));
    log.add(array(&[spotify(AT, "Low Tide", 190)]));
    assert_eq!(paid_ms(&log), 390_000);
    // Another day's play says that both titles are one song.
    let tie = log.add(lines(&[named(AT + 500_000, "Low Tide", "DEA452600001")]));
    assert_eq!(paid_ms(&log), 390_000);
    assert_eq!(log.listens().len(), 2);
    log.undo(tie);
    assert_eq!(paid_ms(&log), 390_000);
    assert_eq!(log.listens().len(), 2);
}

#[test]
fn many_imports_in_steps_come_to_the_same() {
    let log = Log::new();
    let count = 20_000;
    let scrobbled: Vec<String> = (0..count)
        .map(|n| brainz(AT - n * 240, &format!("t{}", n % 100), 200))
        .collect();
    let streamed: Vec<String> = (0..count)
        .map(|n| spotify(AT - n * 240, &format!("t{}", n % 100), 180))
        .collect();
    log.add(lines(&scrobbled));
    log.add(array(&streamed));
    assert_eq!(paid_ms(&log), count * 180_000);
    assert_eq!(log.rows("listen_same_play"), count);
    assert_eq!(log.rows("listen_same_due"), 0);
}

/// A play that really was, and who noticed it.
#[derive(Debug, Clone)]
struct Real {
    length_s: i64,
    gap_s: i64,
    title: usize,
    brainz: Option<usize>,
    spotify: Option<usize>,
    late_s: i64,
}

fn real() -> impl Strategy<Value = Real> {
    let by = || prop::option::of(0_usize..2);
    (40_i64..300, 0_i64..100, 0_usize..2, by(), by(), -2_i64..=2).prop_map(
        |(length_s, gap_s, title, brainz, spotify, late_s)| Real {
            length_s,
            gap_s,
            title,
            brainz,
            spotify,
            late_s,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Songs in a row, told by two files of each of two services, which come and go: what is paid is each play that is told
    /// of, once, by the one who knows more; and the log is that of a log into which only what is there was imported.
    #[test]
    fn paying_never_counts_a_play_twice_and_never_loses_one(
        reals in prop::collection::vec(real(), 1..8),
        acts in prop::collection::vec((0_usize..4, any::<bool>()), 1..10),
    ) {
        let titles = ["Low Tide", "Ebbe"];
        let mut files: [Vec<String>; 4] = Default::default();
        let mut at = AT;
        for real in &reals {
            let title = titles[real.title];
            // A full minute would be taken for a source that counts in minutes.
            let scrobbled_at = at + real.late_s + i64::from((at + real.late_s) % 60 == 0);
            if let Some(which) = real.brainz {
                files[which].push(brainz(scrobbled_at, title, real.length_s + 5));
            }
            if let Some(which) = real.spotify {
                files[2 + which].push(spotify(at, title, real.length_s));
            }
            at += real.length_s + real.gap_s + i64::from((at + real.length_s + real.gap_s) % 60 == 0);
        }
        let bytes = |which: usize| if which < 2 { lines(&files[which]) } else { array(&files[which]) };
        let log = Log::new();
        let mut present: BTreeMap<usize, i64> = BTreeMap::new();
        for (which, worked_out) in acts {
            if files[which].is_empty() {
                continue;
            }
            match present.remove(&which) {
                Some(batch) => { log.undo(batch); }
                None => { present.insert(which, log.add(bytes(which))); }
            }
            if worked_out {
                catch_up(&log.vault).unwrap();
            }
        }
        let there = |which: Option<usize>, of: usize| which.is_some_and(|which| present.contains_key(&(of + which)));
        let expected: i64 = reals.iter().map(|real| {
            match (there(real.spotify, 2), there(real.brainz, 0)) {
                (true, _) => real.length_s * 1000,
                (false, true) => (real.length_s + 5) * 1000,
                (false, false) => 0,
            }
        }).sum();
        prop_assert_eq!(paid_ms(&log), expected);
        let fresh = Log::new();
        for which in present.keys().rev() {
            fresh.add(bytes(*which));
        }
        prop_assert_eq!(paid_ms(&fresh), expected);
        let shown = |log: &Log| -> Vec<(i64, String, String)> {
            log.listens().into_iter().map(|listen| (listen.start_ms, listen.source, listen.title)).collect()
        };
        prop_assert_eq!(shown(&log), shown(&fresh));
        let loose: i64 = log.vault.read(|connection| Ok::<_, ListenError>(connection.query_row(
            "SELECT count(*) FROM listen_play p LEFT JOIN listen_same_play s ON s.play_id = p.play_id
             WHERE (p.marks & 8 <> 0) <> (s.play_id IS NOT NULL)", [], |row| row.get(0))?)).unwrap();
        prop_assert_eq!(loose, 0);
    }
}
