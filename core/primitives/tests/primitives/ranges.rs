//! Played stretches against the simplest model there is: one flag for each millisecond.

use proptest::prelude::*;
use tekram_primitives::ranges::{Ranges, RangesError};

fn ranges(intervals: &[(i64, i64)]) -> Ranges {
    Ranges::from_intervals(intervals.iter().copied()).unwrap()
}

fn listed(ranges: &Ranges) -> Vec<(i64, i64)> {
    ranges.iter().collect()
}

#[test]
fn a_rewound_minute_counts_once() {
    let mut played = Ranges::new();
    played.insert(0, 120_000).unwrap();
    played.insert(60_000, 180_000).unwrap();
    assert_eq!(played.total_ms(), 180_000);
    assert_eq!(listed(&played), [(0, 180_000)]);
}

#[test]
fn a_skipped_minute_does_not_count() {
    let played = ranges(&[(0, 60_000), (120_000, 180_000)]);
    assert_eq!(played.total_ms(), 120_000);
    assert_eq!(played.len(), 2);
    assert_eq!(played.end_ms(), Some(180_000));
    assert!(played.contains(59_999) && !played.contains(60_000) && played.contains(120_000));
}

#[test]
fn stretches_that_touch_become_one() {
    assert_eq!(listed(&ranges(&[(10, 20), (0, 10), (20, 30)])), [(0, 30)]);
    let mut played = ranges(&[(0, 1), (2, 3), (4, 5), (9, 10)]);
    played.insert(1, 4).unwrap();
    assert_eq!(listed(&played), [(0, 5), (9, 10)]);
}

#[test]
fn an_empty_stretch_changes_nothing() {
    let mut played = ranges(&[(0, 10)]);
    played.insert(5, 5).unwrap();
    played.insert(50, 50).unwrap();
    assert_eq!(listed(&played), [(0, 10)]);
    assert!(ranges(&[(3, 3)]).is_empty());
    assert_eq!(Ranges::new().end_ms(), None);
}

#[test]
fn a_stretch_that_ends_before_it_starts_or_starts_before_the_beginning_is_refused() {
    let mut played = ranges(&[(0, 10)]);
    assert_eq!(
        played.insert(9, 8),
        Err(RangesError::EndBeforeStart { start_ms: 9, end_ms: 8 })
    );
    assert_eq!(played.insert(-1, 8), Err(RangesError::NegativeStart { start_ms: -1 }));
    assert_eq!(played.insert(0, i64::MIN).unwrap_err().code(), "range_end_before_start");
    assert_eq!(
        played.insert(i64::MIN, i64::MAX).unwrap_err().code(),
        "range_negative_start"
    );
    assert_eq!(listed(&played), [(0, 10)], "a refused stretch leaves no trace");
}

#[test]
fn the_longest_stretch_does_not_overflow() {
    let mut played = ranges(&[(0, 1), (i64::MAX - 1, i64::MAX)]);
    assert_eq!(played.total_ms(), 2);
    played.insert(0, i64::MAX).unwrap();
    assert_eq!(played.total_ms(), i64::MAX);
    assert!(played.contains(i64::MAX - 1) && !played.contains(i64::MAX) && !played.contains(i64::MIN));
    assert_eq!(played.within(i64::MIN, i64::MAX), played);
}

#[test]
fn on_the_wire_they_are_pairs_and_come_back_in_order() {
    assert_eq!(
        serde_json::to_string(&ranges(&[(5, 9), (0, 2)])).unwrap(),
        "[[0,2],[5,9]]"
    );
    let read: Ranges = serde_json::from_str("[[5,9],[0,2],[1,3]]").unwrap();
    assert_eq!(listed(&read), [(0, 3), (5, 9)]);
    for refused in ["[[2,1]]", "[[-1,1]]", "[[1]]", "[[1,2,3]]", "[[0.5,1]]", "{}"] {
        assert!(serde_json::from_str::<Ranges>(refused).is_err(), "{refused}");
    }
}

const LENGTH: i64 = 64;

fn any_intervals() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0..LENGTH, 0..LENGTH).prop_map(|(a, b)| (a.min(b), a.max(b))), 0..12)
}

fn flags(intervals: &[(i64, i64)]) -> Vec<bool> {
    (0..LENGTH)
        .map(|ms| intervals.iter().any(|&(start, end)| start <= ms && ms < end))
        .collect()
}

fn count(flags: &[bool]) -> i64 {
    i64::try_from(flags.iter().filter(|flag| **flag).count()).unwrap()
}

proptest! {
    #[test]
    fn each_millisecond_counts_once(intervals in any_intervals()) {
        let mut played = Ranges::new();
        for &(start, end) in &intervals {
            played.insert(start, end).unwrap();
        }
        let model = flags(&intervals);
        prop_assert_eq!(played.total_ms(), count(&model));
        for (ms, flag) in (0..).zip(&model) {
            prop_assert_eq!(played.contains(ms), *flag);
        }
        let kept = listed(&played);
        prop_assert!(kept.iter().all(|(start, end)| start < end));
        prop_assert!(kept.windows(2).all(|pair| pair[0].1 < pair[1].0), "sorted, disjoint, not touching");
        prop_assert_eq!(ranges(&intervals), played, "all at once is the same as one by one");
    }

    #[test]
    fn the_union_has_what_either_has(left in any_intervals(), right in any_intervals()) {
        let union = ranges(&left).union(&ranges(&right));
        let both: Vec<_> = left.iter().chain(&right).copied().collect();
        prop_assert_eq!(&union, &ranges(&both));
        prop_assert_eq!(&union, &ranges(&right).union(&ranges(&left)));
        prop_assert_eq!(union.union(&union), union);
    }

    #[test]
    fn a_cut_has_what_lies_inside(intervals in any_intervals(), a in 0..LENGTH, b in 0..LENGTH) {
        let cut = ranges(&intervals).within(a, b);
        for ms in 0..LENGTH {
            prop_assert_eq!(cut.contains(ms), flags(&intervals)[usize::try_from(ms).unwrap()] && a <= ms && ms < b);
        }
    }

    #[test]
    fn any_positions_are_taken_or_refused_without_a_panic(intervals in prop::collection::vec(any::<(i64, i64)>(), 0..12)) {
        let mut played = Ranges::new();
        for (start, end) in intervals {
            let refused = played.insert(start, end).is_err();
            prop_assert_eq!(refused, end < start || start < 0);
            prop_assert!(played.total_ms() >= 0);
        }
        let wire = serde_json::to_string(&played).unwrap();
        prop_assert_eq!(serde_json::from_str::<Ranges>(&wire).unwrap(), played);
    }
}
