//! What is one play and what is two, with a reference that tries every way of laying tellings side by side, and a model of
//! real plays of which several sources tell in their own words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::near::{Spotify, Told, Work};
use super::{align, plays};
use crate::listen::{HOW_RANGES, HOW_TOTAL, HOW_UNKNOWN, HOW_WHOLE_TRACK};

const S: i64 = 1_000;
const CAPTURE: usize = 0;
const BRAINZ: usize = 1;
const SPOTIFY: usize = 2;

fn told(teller: usize, start_ms: i64, how: i64, ms: i64) -> Told {
    let mut fingerprint = [0; 16];
    fingerprint[..8].copy_from_slice(&start_ms.to_be_bytes());
    fingerprint[8] = teller as u8;
    Told {
        play_id: start_ms * 10 + teller as i64,
        start_ms,
        fingerprint,
        teller,
        how,
        played_ms: (how != HOW_UNKNOWN).then_some(ms),
        media_ms: None,
        spotify: Spotify::None,
        is_hidden: false,
        work: Work {
            identity_id: 1,
            ..Work::default()
        },
        original: Work::default(),
        lead_now: None,
    }
}

/// Not on a full minute, as nothing that counts in seconds is but by chance.
const T: i64 = 1_790_000_001_000;

fn captured(at_s: i64, s: i64) -> Told {
    told(CAPTURE, T + at_s * S, HOW_RANGES, s * S)
}

fn brainz(at_s: i64, s: i64) -> Told {
    told(BRAINZ, T + at_s * S, HOW_WHOLE_TRACK, s * S)
}

fn spotify(at_s: i64, s: i64) -> Told {
    told(SPOTIFY, T + at_s * S, HOW_TOTAL, s * S)
}

fn count(told: &[Told]) -> usize {
    plays(told).len()
}

#[test]
fn three_sources_that_tell_of_one_play_tell_one_and_exact_ranges_lead() {
    let all = [spotify(3, 198), brainz(1, 200), captured(0, 199)];
    let one = plays(&all);
    assert_eq!(one.len(), 1);
    let tellers: Vec<usize> = one[0].iter().map(|told| told.teller).collect();
    assert_eq!(tellers, [CAPTURE, SPOTIFY, BRAINZ]);
}

#[test]
fn a_song_in_a_row_is_as_many_plays_as_there_were() {
    assert_eq!(
        count(&[spotify(0, 200), spotify(200, 200), brainz(1, 200), brainz(201, 200)]),
        2
    );
    // Each missed the other's.
    assert_eq!(count(&[spotify(0, 200), brainz(200, 200)]), 2);
    assert_eq!(
        count(&[
            spotify(0, 40),
            spotify(40, 40),
            spotify(80, 40),
            brainz(41, 40),
            brainz(81, 40)
        ]),
        3
    );
    assert_eq!(count(&[spotify(0, 200), spotify(200, 200)]), 2);
}

#[test]
fn a_pause_within_is_the_same_play() {
    // Spotify states the end; the song was paused for a minute.
    assert_eq!(count(&[brainz(0, 200), spotify(60, 200)]), 1);
    assert_eq!(count(&[captured(0, 1800), spotify(600, 1800)]), 1);
}

#[test]
fn a_source_that_counts_in_minutes_is_understood() {
    let mut minute = told(3, (T + 40 * S) / 60_000 * 60_000, HOW_UNKNOWN, 0);
    minute.media_ms = None;
    assert_eq!(count(&[minute, spotify(40, 90)]), 1);
}

#[test]
fn a_scrobbler_of_spotify_may_give_the_end() {
    let mut own = spotify(0, 200);
    own.spotify = Spotify::Own;
    let mut through = brainz(200, 200);
    assert_eq!(count(&[own.clone(), through.clone()]), 2);
    through.spotify = Spotify::Through;
    assert_eq!(count(&[own, through]), 1);
}

#[test]
fn other_works_are_other_plays() {
    let mut other = brainz(0, 200);
    other.work.identity_id = 2;
    assert_eq!(count(&[spotify(0, 200), other.clone()]), 2);
    // A text may mean either of two recordings, but not at this moment.
    let mut named = spotify(0, 200);
    named.work.text_key = 7;
    named.work.is_named = true;
    other.work.text_key = 7;
    assert_eq!(count(&[named.clone(), other.clone()]), 1);
    other.work.is_named = true;
    assert_eq!(count(&[named, other]), 2);
}

#[test]
fn what_the_person_hid_leads() {
    let mut hidden = brainz(0, 200);
    hidden.is_hidden = true;
    let all = [captured(0, 200), hidden];
    assert_eq!(plays(&all)[0][0].teller, BRAINZ);
}

/// Every way of pairing without crossing, by brute force: most pairs, then the least difference.
fn best_by_trying(left: &[Vec<&Told>], right: &[&Told]) -> (usize, i64) {
    let (Some((first, left_rest)), Some((_, right_rest))) = (left.split_first(), right.split_first()) else {
        return (0, 0);
    };
    let better = |one: (usize, i64), other: (usize, i64)| {
        if (one.0, -one.1) >= (other.0, -other.1) {
            one
        } else {
            other
        }
    };
    let mut best = better(best_by_trying(left_rest, right), best_by_trying(left, right_rest));
    if let Some(ms) = first[0].distance_ms(right[0]) {
        let (pairs, sum) = best_by_trying(left_rest, right_rest);
        best = better(best, (pairs + 1, sum + ms));
    }
    best
}

/// What really happened: songs in a row with gaps, and who noticed each.
#[derive(Debug, Clone)]
struct Real {
    length_s: i64,
    gap_s: i64,
    noticed: [bool; 3],
    late_s: [i64; 3],
}

fn real() -> impl Strategy<Value = Real> {
    (
        30_i64..400,
        0_i64..60,
        any::<[bool; 3]>(),
        prop::array::uniform3(-2_i64..=2),
    )
        .prop_map(|(length_s, gap_s, noticed, late_s)| Real {
            length_s,
            gap_s,
            noticed,
            late_s,
        })
}

fn sorted(plays: Vec<Vec<&Told>>) -> BTreeSet<Vec<i64>> {
    plays
        .into_iter()
        .map(|play| play.into_iter().map(|told| told.play_id).collect())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// One song over and over, each play noticed by some: as many plays as somebody noticed, each once, with everybody who
    /// noticed it as its evidence; in whatever order the tellings come.
    #[test]
    fn no_play_is_counted_twice_and_none_is_lost(
        song in prop::collection::vec(real(), 0..12),
        shuffle in any::<u64>(),
    ) {
        let mut all = Vec::new();
        let mut truth: BTreeMap<i64, usize> = BTreeMap::new();
        let mut at_s = 0;
        for (number, real) in song.iter().enumerate() {
            for teller in [CAPTURE, BRAINZ, SPOTIFY] {
                if real.noticed[teller] {
                    let how = [HOW_RANGES, HOW_WHOLE_TRACK, HOW_TOTAL][teller];
                    let mut telling = told(teller, T + (at_s + real.late_s[teller]) * S, how, real.length_s * S);
                    telling.play_id = i64::try_from(all.len()).unwrap();
                    // Two of one teller may fall on one moment; their texts would still differ.
                    telling.fingerprint[9] = number as u8;
                    truth.insert(telling.play_id, number);
                    all.push(telling);
                }
            }
            at_s += real.length_s + real.gap_s;
        }
        // What counts in seconds is on a full minute now and then; that makes it no source that counts in minutes.
        prop_assume!(all.iter().all(|told| told.start_ms % 60_000 != 0));
        let found = sorted(plays(&all));
        let heard: BTreeSet<usize> = found.iter().flat_map(|play| play.iter().map(|id| truth[id])).collect();
        prop_assert_eq!(found.len(), heard.len());
        for play in &found {
            let numbers: BTreeSet<usize> = play.iter().map(|id| truth[id]).collect();
            prop_assert_eq!(numbers.len(), 1);
        }
        let mut other = all.clone();
        if !other.is_empty() {
            let by = usize::try_from(shuffle % 97).unwrap() % other.len();
            other.rotate_left(by);
            other.reverse();
        }
        prop_assert_eq!(sorted(plays(&other)), found);
    }

    /// Whatever they tell, nobody's tellings are put together, and no other way finds more counterparts or nearer ones.
    #[test]
    fn no_other_way_does_better(
        left in prop::collection::vec((0_i64..600, 20_i64..300), 0..6),
        right in prop::collection::vec((0_i64..600, 20_i64..300), 0..6),
    ) {
        let mut left: Vec<Told> = left.into_iter().map(|(at, s)| spotify(at, s)).collect();
        let mut right: Vec<Told> = right.into_iter().map(|(at, s)| brainz(at, s)).collect();
        left.sort_by_key(|told| told.start_ms);
        right.sort_by_key(|told| told.start_ms);
        let left: Vec<Vec<&Told>> = left.iter().map(|told| vec![told]).collect();
        let right: Vec<&Told> = right.iter().collect();
        let partners = align(&left, &right);
        let mut pairs = 0;
        let mut sum = 0;
        let mut last = None;
        for (told, partner) in right.iter().zip(&partners) {
            if let Some(place) = partner {
                prop_assert!(last.is_none_or(|last| last < *place));
                last = Some(*place);
                pairs += 1;
                sum += left[*place][0].distance_ms(told).unwrap();
            }
        }
        prop_assert_eq!((pairs, sum), best_by_trying(&left, &right));
    }
}
