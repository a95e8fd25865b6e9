//! One work over all sources, whatever the order in which they come.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Log, array, lines, stream};
use proptest::prelude::*;
use tekram_listen::{ListenError, catch_up, detail};

/// 2026-09-21T14:13:20Z.
const AT: i64 = 1_790_000_000;

/// A listen with names: fields of `additional_info` as JSON members.
fn named(at: i64, title: &str, artist: &str, names: &str) -> String {
    format!(
        r#"{{"listened_at":{at},"track_metadata":{{"track_name":"{title}","artist_name":"{artist}","additional_info":{{{names}}}}}}}"#
    )
}

/// The descriptions in the log, by identity.
fn works(log: &Log) -> BTreeSet<BTreeSet<Vec<u8>>> {
    catch_up(&log.vault).unwrap();
    let rows: Vec<(i64, Vec<u8>)> = log
        .vault
        .read(|connection| {
            let mut statement = connection.prepare("SELECT identity_id, work_hash FROM listen_work")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok::<_, ListenError>(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let mut by_identity: BTreeMap<i64, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for (identity_id, hash) in rows {
        assert_ne!(identity_id, 0);
        by_identity.entry(identity_id).or_default().insert(hash);
    }
    assert_eq!(log.rows("listen_identity"), i64::try_from(by_identity.len()).unwrap());
    by_identity.into_values().collect()
}

#[test]
fn a_song_that_three_services_spell_is_one_work() {
    let log = Log::new();
    log.add(lines(&[
        named(AT, "Low Tide", "Brassica", ""),
        named(AT + 1000, "LOW TIDE (feat. Vera Quill)", "Brassica", ""),
        named(AT + 2000, "Low Tide - Live", "Brassica", ""),
    ]));
    log.add(array(&[stream(
        "2026-10-02T10:00:00Z",
        200_000,
        "Low Tide - Remastered 2011",
    )]));
    assert_eq!(works(&log).len(), 2);
    let newest = &log.listens()[0];
    let heard = detail(&log.vault, newest.id).unwrap().heard;
    assert_eq!((heard.plays, heard.plays_before), (3, 2));
}

#[test]
fn what_only_an_undone_import_tied_together_falls_apart_again() {
    let log = Log::new();
    let isrc = r#""isrc":"DEA452600001""#;
    log.add(lines(&[named(AT, "Low Tide", "Brassica", isrc)]));
    log.add(lines(&[named(AT + 1000, "Ebbe", "Brassica", "")]));
    assert_eq!(works(&log).len(), 2);
    let tie = log.add(lines(&[named(AT + 2000, "Ebbe", "Brassica", isrc)]));
    assert_eq!(works(&log).len(), 1);
    log.undo(tie);
    assert_eq!(works(&log).len(), 2);
}

fn a_listen() -> impl Strategy<Value = String> {
    let one_of = |texts: &[&'static str]| prop::sample::select(texts.to_vec());
    (
        0_i64..6,
        one_of(&["Low Tide", "low  tide", "Ebbe", "Low Tide (Live)"]),
        one_of(&["Brassica", "Vera Quill"]),
        one_of(&["", r#""isrc":"DEA452600001""#, r#""isrc":"DEA452600002""#]),
        one_of(&["", r#""spotify_id":"https://open.spotify.com/track/a""#]),
        one_of(&["", r#""recording_mbid":"0a000000-0000-4000-8000-000000000001""#]),
    )
        .prop_map(|(at, title, artist, isrc, spotify, mbid)| {
            let names: Vec<&str> = [isrc, spotify, mbid]
                .into_iter()
                .filter(|name| !name.is_empty())
                .collect();
            let names = names.join(",");
            // Two that differ in their names alone are told as two plays: one play has one description.
            let number: i64 = names.bytes().map(i64::from).sum();
            named(AT + at * 100_000 + number, title, artist, &names)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However imports come, go and come again, with or without the index being worked out in between: the works are those
    /// of a log into which the same was imported at once.
    #[test]
    fn the_order_of_imports_makes_no_difference(
        files in prop::collection::vec(prop::collection::vec(a_listen(), 1..4), 1..5),
        acts in prop::collection::vec((0_usize..5, any::<bool>()), 0..8),
    ) {
        let log = Log::new();
        let mut present: BTreeMap<usize, i64> = BTreeMap::new();
        for (which, worked_out) in acts {
            let which = which % files.len();
            match present.remove(&which) {
                Some(batch) => { log.undo(batch); }
                None => { present.insert(which, log.add(lines(&files[which]))); }
            }
            if worked_out {
                works(&log);
            }
        }
        let fresh = Log::new();
        for which in present.keys() {
            fresh.add(lines(&files[*which]));
        }
        prop_assert_eq!(works(&log), works(&fresh));
    }
}
