//! The holding pen: nothing counts before it is accepted, and everything can be taken back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW, action, array, lines, listen, opml};
use proptest::prelude::*;
use tekram_listen::{
    BatchState, ImportOptions, ListenError, accept, batch, batches, find, hours_by_source, import_stream, preview,
    reject, sweep, totals, undo,
};
use tekram_vault::Scope;

const AT: i64 = 1_790_000_000;

fn days(range: std::ops::Range<i64>) -> String {
    lines(
        &range
            .map(|day| listen(AT + day * 86_400, &format!("day {day}")))
            .collect::<Vec<_>>(),
    )
}

#[test]
fn what_is_held_is_seen_in_the_pen_only() {
    let log = Log::new();
    let report = log.import(days(0..5));
    assert!(log.listens().is_empty());
    assert!(hours_by_source(&log.vault, None).unwrap().is_empty());
    assert!(totals(&log.vault, i64::MIN, i64::MAX).unwrap().is_empty());
    let page = preview(&log.vault, report.batch_id, 0, 3).unwrap();
    assert_eq!(page.listens.len(), 3);
    let rest = preview(&log.vault, report.batch_id, page.next_after.unwrap(), 3).unwrap();
    assert_eq!((rest.listens.len(), rest.next_after), (2, None));
    assert_eq!(batch(&log.vault, report.batch_id).unwrap().state, BatchState::Held);

    let accepted = log.accept(report.batch_id);
    assert_eq!((accepted.state, accepted.listens), (BatchState::Accepted, 5));
    assert_eq!(log.listens().len(), 5);
    assert_eq!(
        find(&log.vault, page.listens[0].id).unwrap().title,
        page.listens[0].title
    );
}

#[test]
fn a_rejected_batch_leaves_no_trace_but_its_name() {
    let log = Log::new();
    let report = log.import(days(0..5) + "junk\n");
    assert_eq!(log.reject(report.batch_id).state, BatchState::Rejected);
    for table in [
        "listen_play",
        "listen_work",
        "listen_credit",
        "listen_via",
        "listen_refused",
        "listen_evidence",
    ] {
        assert_eq!(log.rows(table), 0, "{table}");
    }
    assert_eq!(log.import(days(0..5)).new, 5, "what was thrown away is new again");
}

#[test]
fn undoing_takes_back_exactly_that_batch() {
    let log = Log::new();
    let first = log.add(days(0..5));
    let before = log.listens();
    let second = log.add(days(3..9));
    assert_eq!(log.listens().len(), 9);
    log.undo(second);
    assert_eq!(log.listens(), before);
    log.undo(first);
    assert!(log.listens().is_empty());
    assert_eq!(log.rows("listen_work"), 0);
}

#[test]
fn what_two_accepted_exports_tell_stays_until_both_are_undone() {
    let log = Log::new();
    let first = log.add(days(0..5));
    let second = log.add(days(3..9));
    assert_eq!(
        log.listens()
            .iter()
            .filter(|listen| listen.evidence.also_in == [second])
            .count(),
        2
    );
    log.undo(first);
    let mut titles = log.titles();
    titles.sort();
    assert_eq!(titles, ["day 3", "day 4", "day 5", "day 6", "day 7", "day 8"]);
    assert!(log.listens().iter().all(|listen| listen.evidence.batch_id == second));
    assert_eq!(log.import(days(0..9)).new, 3);
}

#[test]
fn an_accepted_export_does_not_wait_for_one_that_is_held() {
    let log = Log::new();
    let held = log.import(days(0..5)).batch_id;
    let other = log.import(days(3..9));
    assert_eq!(other.duplicates, 2);
    log.accept(other.batch_id);
    assert_eq!(log.listens().len(), 6, "the two that both tell of are in the log");
    log.reject(held);
    assert_eq!(log.listens().len(), 6);

    let held = log.import(days(0..5)).batch_id;
    log.undo(other.batch_id);
    assert!(log.listens().is_empty());
    assert_eq!(
        preview(&log.vault, held, 0, 100).unwrap().listens.len(),
        5,
        "the pen still has all five"
    );
    log.accept(held);
    assert_eq!(log.listens().len(), 5);
}

#[test]
fn decisions_are_made_once() {
    let log = Log::new();
    let id = log.add(days(0..1));
    assert_eq!(accept(&log.vault, id, NOW).unwrap_err().code(), "wrong_batch_state");
    assert_eq!(reject(&log.vault, id, NOW).unwrap_err().code(), "wrong_batch_state");
    log.undo(id);
    assert_eq!(undo(&log.vault, id, NOW).unwrap_err().code(), "wrong_batch_state");
    assert_eq!(accept(&log.vault, 99, NOW).unwrap_err().code(), "no_such_batch");
    assert_eq!(preview(&log.vault, 99, 0, 1).unwrap_err().code(), "no_such_batch");
    assert_eq!(find(&log.vault, 99).unwrap_err().code(), "no_such_listen");
}

#[test]
fn ids_are_not_given_twice() {
    let log = Log::new();
    let first = log.add(days(0..5));
    let last = log.listens()[0].id;
    log.undo(first);
    log.add(days(0..5));
    assert!(log.listens().iter().all(|listen| listen.id > last));
}

#[test]
fn an_import_that_was_killed_is_never_seen_and_swept_later() {
    let log = Log::new();
    let kept = log.add(days(0..2));
    let killed = log.import(days(2..6)).batch_id;
    // What a killed process leaves: transactions that were committed, and a batch that says so.
    log.vault
        .write(Scope("listen"), |transaction| {
            transaction.execute(
                "UPDATE listen_batch SET state = 'importing' WHERE batch_id = ?1",
                [killed],
            )?;
            Ok::<_, ListenError>(())
        })
        .unwrap();
    assert_eq!(log.listens().len(), 2);
    assert_eq!(totals(&log.vault, i64::MIN, i64::MAX).unwrap()[0].plays, 2);
    assert_eq!(
        batches(&log.vault)
            .unwrap()
            .iter()
            .map(|batch| batch.batch_id)
            .collect::<Vec<_>>(),
        [kept]
    );
    assert_eq!(accept(&log.vault, killed, NOW).unwrap_err().code(), "wrong_batch_state");
    sweep(&log.vault).unwrap();
    assert_eq!(log.rows("listen_play"), 2);
    assert_eq!(log.import(days(2..6)).new, 4, "its listens are new to the next import");
}

#[test]
fn only_one_import_or_removal_runs_at_a_time() {
    let log = Log::new();
    let held = log.import(days(0..2)).batch_id;
    let mut codes = Vec::new();
    let mut progress = |_| {
        codes.push(reject(&log.vault, held, NOW).unwrap_err().code());
        codes.push(
            import_stream(&log.vault, &b"x"[..], "x", ImportOptions::new(NOW))
                .unwrap_err()
                .code(),
        );
    };
    let options = ImportOptions {
        progress: Some(&mut progress),
        ..ImportOptions::new(NOW)
    };
    import_stream(&log.vault, days(2..4).as_bytes(), "x", options).unwrap();
    assert_eq!(codes, ["import_running", "import_running"]);
    log.reject(held);
}

#[test]
fn a_duplicate_described_differently_leaves_no_second_description() {
    let log = Log::new();
    log.add(listen(AT, "a"));
    let works = log.rows("listen_work");
    let again = listen(AT, "a").replace("\"duration_ms\"", "\"isrc\":\"QZ0000000001\",\"duration_ms\"");
    assert_eq!(log.import(again).duplicates, 1);
    assert_eq!(log.rows("listen_work"), works);
}

#[test]
fn undoing_episode_actions_and_subscriptions_takes_them_all() {
    let log = Log::new();
    let actions = array(&[
        action("e", "2026-10-01T10:10:00", 0, 600),
        action("e", "2026-10-01T10:12:00", 100, 200),
    ]);
    let one = log.add(&actions);
    let two = log.add(&actions);
    log.undo(one);
    assert_eq!(log.listens().len(), 1, "the other import tells of it too");
    assert_eq!(log.import(&actions).new, 0);
    log.undo(two);
    // The third import, still held, tells of it as well.
    assert!(log.listens().is_empty());
    let held = batches(&log.vault).unwrap()[0].batch_id;
    log.reject(held);
    assert_eq!((log.rows("listen_action"), log.rows("listen_play")), (0, 0));
    let list = opml(&[("A", "https://feeds.example/a.xml")]);
    let id = log.add(&list);
    log.undo(id);
    assert_eq!(log.rows("listen_subscription"), 0);
}

/// What a person may do with four exports that overlap.
#[derive(Debug, Clone)]
enum Act {
    Import(i64, i64),
    Accept(usize),
    Reject(usize),
    Undo(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0_i64..12, 1_i64..8).prop_map(|(from, count)| Act::Import(from, from + count)),
        3 => (0_usize..5).prop_map(Act::Accept),
        1 => (0_usize..5).prop_map(Act::Reject),
        2 => (0_usize..5).prop_map(Act::Undo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_log_is_always_what_the_accepted_batches_say_together(acts in proptest::collection::vec(act(), 1..14)) {
        let log = Log::new();
        // The model: each import's days and whether it counts.
        let mut model: Vec<(i64, std::ops::Range<i64>, BatchState)> = Vec::new();
        for act in acts {
            match act {
                Act::Import(from, to) => {
                    let report = log.import(days(from..to));
                    let live = |day: &i64| model.iter().any(|(_, days, state)|
                        matches!(state, BatchState::Held | BatchState::Accepted) && days.contains(day));
                    prop_assert_eq!(report.duplicates, (from..to).filter(live).count() as u64);
                    model.push((report.batch_id, from..to, BatchState::Held));
                }
                Act::Accept(at) => if let Some((id, _, state)) = model.get_mut(at) {
                    let done = accept(&log.vault, *id, NOW).is_ok();
                    prop_assert_eq!(done, *state == BatchState::Held);
                    if done { *state = BatchState::Accepted; }
                },
                Act::Reject(at) => if let Some((id, _, state)) = model.get_mut(at) {
                    let done = reject(&log.vault, *id, NOW).is_ok();
                    prop_assert_eq!(done, *state == BatchState::Held);
                    if done { *state = BatchState::Rejected; }
                },
                Act::Undo(at) => if let Some((id, _, state)) = model.get_mut(at) {
                    let done = undo(&log.vault, *id, NOW).is_ok();
                    prop_assert_eq!(done, *state == BatchState::Accepted);
                    if done { *state = BatchState::Undone; }
                },
            }
            let mut expected: Vec<i64> = model.iter().filter(|(_, _, state)| *state == BatchState::Accepted)
                .flat_map(|(_, days, _)| days.clone()).collect();
            expected.sort_unstable();
            expected.dedup();
            expected.reverse();
            let expected: Vec<_> = expected.into_iter().map(|day| format!("day {day}")).collect();
            prop_assert_eq!(log.titles(), expected);
            let plays: u64 = totals(&log.vault, i64::MIN, i64::MAX).unwrap().iter().map(|total| total.plays).sum();
            prop_assert_eq!(plays, log.listens().len() as u64);
        }
    }
}
