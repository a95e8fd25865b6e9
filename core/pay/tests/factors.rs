//! Factors of sources: exact, monotone, explained, and seen in a preview before anything is stored.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use support::division::*;
use support::*;
use tekram_pay::commit::commit;
use tekram_pay::method::{Method, RailKind, RailsOff};
use tekram_pay::rules::{Exclusion, FACTOR_MAX, FACTOR_ONE, Rules, set_rules};
use tekram_pay::statement::{
    Line, LineFor, MAIN_BUDGET, Outcome, Reason, Statement, Total, divide, draft, draft_without, inputs_of, preview,
    statement,
};
use tekram_vault::Vault;

fn factors(of: &[(&str, u32)]) -> BTreeMap<String, u32> {
    of.iter()
        .map(|(source, factor)| ((*source).to_owned(), *factor))
        .collect()
}

#[test]
fn twice_as_heard_counts_double_and_the_line_says_so() {
    let mut of = inputs(
        eur(900),
        vec![
            heard("a", 1000, 1, &[("pa", 1, false)]),
            heard("b", 1000, 1, &[("pb", 1, false)]),
        ],
    );
    of.rules.factors = factors(&[("a", 2000)]);
    let division = divide(&of).unwrap();
    assert_eq!(line(&division.lines, "pa").amount_minor, 600);
    assert_eq!(line(&division.lines, "pb").amount_minor, 300);
    let because = |payee: &str| line(&division.lines, payee).because[0].clone();
    assert_eq!(
        (because("pa").factor, because("pa").weight, because("pa").played_ms),
        (2000, 2_000_000, 1000)
    );
    assert_eq!((because("pb").factor, because("pb").weight), (FACTOR_ONE, 1_000_000));
    assert_eq!(line(&division.lines, "pa").weight_total, 3_000_000);
}

#[test]
fn a_factor_holds_for_the_items_of_a_source_too() {
    let mut of = inputs(
        eur(1000),
        vec![
            heard("show", 100, 1, &[("host", 1, false)]),
            heard("show", 100, 1, &[("guest", 1, false)]),
            heard("other", 200, 1, &[("po", 1, false)]),
        ],
    );
    of.heard[1].item = "episode-7".to_owned();
    of.rules.factors = factors(&[("show", 500)]);
    let division = divide(&of).unwrap();
    for (payee, minor) in [("host", 167), ("guest", 166), ("po", 667)] {
        assert!(
            (line(&division.lines, payee).amount_minor - minor).abs() <= 1,
            "{payee}"
        );
    }
    assert_eq!(division.total_minor, 1000);
}

#[test]
fn everything_left_out_says_so_and_keeps_the_budget() {
    let mut of = inputs(eur(1000), vec![heard("a", 1000, 1, &[("pa", 1, false)])]);
    of.rules.factors = factors(&[("a", 0)]);
    let division = divide(&of).unwrap();
    assert_eq!(waiting(&division.lines).amount_minor, 1000);
    assert_eq!(waiting(&division.lines).reason, Some(Reason::Excluded));
}

#[test]
fn more_than_ten_times_is_refused_by_name() {
    let mut rules = rules(eur(1000));
    rules.factors = factors(&[("a", FACTOR_MAX)]);
    assert!(rules.check().is_ok());
    rules.factors = factors(&[("a", FACTOR_MAX + 1)]);
    assert_eq!(rules.check().unwrap_err().code(), "factor_too_large");
}

#[test]
fn a_weight_that_a_factor_makes_too_large_is_an_error_and_not_a_wrong_share() {
    let mut of = inputs(eur(10), vec![heard("a", u64::MAX / 2, 1, &[("pa", 1, false)])]);
    of.rules.factors = factors(&[("a", 3000)]);
    assert_eq!(divide(&of).unwrap_err().code(), "listening_overflow");
}

#[test]
fn rules_of_before_there_were_factors_read_as_heard() {
    let before = r#"{"budget":{"value":"1000","assetCode":"EUR","assetScale":2},"zone":"UTC"}"#;
    let read: Rules = serde_json::from_str(before).unwrap();
    assert_eq!(read.factor("anything"), FACTOR_ONE);
    let because = r#"{"source":"a","name":"A","played_ms":1,"plays":1,"weight":1,"source_minor":1,"split":1,
                      "split_total":1,"amount_minor":1}"#;
    let read: tekram_pay::statement::Contribution = serde_json::from_str(because).unwrap();
    assert_eq!(read.factor, FACTOR_ONE);
}

/// Sources that are small enough for every factor.
fn small_sources() -> impl Strategy<Value = Vec<tekram_pay::statement::Heard>> {
    sources().prop_map(|mut sources| {
        for source in &mut sources {
            source.played_ms %= 10_000_000;
        }
        sources
    })
}

fn any_factors() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(
        prop_oneof![Just(0), Just(FACTOR_ONE), 0..=FACTOR_MAX, Just(FACTOR_MAX)],
        20,
    )
}

fn own_amount(lines: &[Line], payee: &str) -> i64 {
    let for_whom = LineFor::Payee {
        payee_id: payee.to_owned(),
    };
    lines
        .iter()
        .find(|line| line.for_whom == for_whom)
        .map_or(0, |line| line.share_minor)
}

proptest! {
    #[test]
    fn lines_still_add_up_to_the_last_unit(
        budget in 1_i64..=i64::MAX / 4, sources in small_sources(), weight in any_weight(), chosen in any_factors(),
    ) {
        let mut of = inputs(eur(budget), sources);
        of.rules.weight = weight;
        of.rules.factors = of.heard.iter().map(|heard| heard.source.clone()).zip(chosen).collect();
        let division = divide(&of).unwrap();
        prop_assert_eq!(division.lines.iter().map(|line| line.share_minor).sum::<i64>(), budget);
        prop_assert_eq!(division.total_minor, budget);
        for line in &division.lines {
            prop_assert!(line.share_minor >= 0);
            let parts: i64 = line.because.iter().map(|part| part.amount_minor).sum();
            prop_assert!(line.for_whom == LineFor::Waiting || parts == line.share_minor);
            for part in &line.because {
                prop_assert_eq!(part.factor, of.rules.factor(&part.source));
                prop_assert!(part.factor > 0, "what is left out gets nothing");
            }
        }
    }

    #[test]
    fn a_factor_of_one_changes_nothing(budget in 1_i64..1_000_000, sources in sources(), weight in any_weight()) {
        let mut of = inputs(eur(budget), sources);
        of.rules.weight = weight;
        let plain = divide(&of).unwrap();
        of.rules.factors = of.heard.iter().map(|heard| (heard.source.clone(), FACTOR_ONE)).collect();
        prop_assert_eq!(divide(&of).unwrap(), plain);
    }

    #[test]
    fn the_same_factor_for_all_moves_no_money(
        budget in 1_i64..1_000_000, sources in small_sources(), weight in any_weight(), factor in 1..=FACTOR_MAX,
    ) {
        let mut of = inputs(eur(budget), sources);
        of.rules.weight = weight;
        let amounts = |lines: Vec<Line>| lines.into_iter().map(|line| (line.for_whom, line.amount_minor)).collect::<Vec<_>>();
        let plain = amounts(divide(&of).unwrap().lines);
        of.rules.factors = of.heard.iter().map(|heard| (heard.source.clone(), factor)).collect();
        prop_assert_eq!(amounts(divide(&of).unwrap().lines), plain);
    }

    #[test]
    fn a_greater_factor_never_pays_less(
        budget in 1_i64..100_000, times in prop::collection::vec(0_u64..100_000, 2..12), chosen in any_factors(),
        less in 0..=FACTOR_MAX, more in 0..=FACTOR_MAX,
    ) {
        let (less, more) = (less.min(more), less.max(more));
        let names: Vec<String> = (0..times.len()).map(|at| format!("p{at}")).collect();
        let of = |first: u32| {
            let sources = times.iter().zip(&names).map(|(ms, name)| heard(name, *ms, 1, &[(name, 1, false)])).collect();
            let mut of = inputs(eur(budget), sources);
            of.rules.factors = names.iter().cloned().zip(chosen.iter().copied()).collect();
            of.rules.factors.insert("p0".to_owned(), first);
            own_amount(&divide(&of).unwrap().lines, "p0")
        };
        prop_assert!(of(more) >= of(less));
    }

    #[test]
    fn a_factor_of_nothing_is_leaving_the_source_out(
        budget in 1_i64..1_000_000, sources in small_sources(), weight in any_weight(),
    ) {
        let mut of = inputs(eur(budget), sources);
        of.rules.weight = weight;
        let Some(first) = of.heard.first().map(|heard| heard.source.clone()) else { return Ok(()) };
        let amounts = |lines: Vec<Line>| lines.into_iter().map(|line| (line.for_whom, line.amount_minor)).collect::<Vec<_>>();
        let mut excluded = of.clone();
        excluded.rules.exclude.insert(Exclusion::Source(first.clone()));
        of.rules.factors = factors(&[(&first, 0)]);
        prop_assert_eq!(amounts(divide(&of).unwrap().lines), amounts(divide(&excluded).unwrap().lines));
    }
}

/// A vault with this many payable sources, and what was heard of them.
fn month_of(payees: usize) -> (tempfile::TempDir, Vault, Vec<Total>) {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    set_rules(&vault, MAIN_BUDGET, &rules(eur(100_000)), &clock()).unwrap();
    let mut totals = Vec::with_capacity(payees);
    for at in 0..payees {
        let source = format!("source {at}");
        let page = Method::Link {
            url: format!("https://maker{at}.example/give"),
        };
        let method = if at % 2 == 0 {
            DeskOf::named("D", u8::try_from(at % 250 + 1).unwrap()).method()
        } else {
            page
        };
        payable(&vault, &source, &format!("Maker {at}"), &method);
        totals.push(total(&source, u64::try_from(at).unwrap() + 1, 1));
    }
    (folder, vault, totals)
}

fn all(vault: &Vault, totals: &[Total], rules: &Rules) -> Statement {
    preview(vault, MAIN_BUDGET, &september(), totals, rules, &RailsOff::new()).unwrap()
}

fn lines(of: &Statement) -> Vec<&Line> {
    of.lines.iter().map(|line| &line.line).collect()
}

#[test]
fn a_preview_is_what_the_draft_will_be() {
    let (_folder, vault, totals) = month_of(5);
    let mut changed = rules(eur(5000));
    changed.factors = factors(&[("source 1", 0), ("source 4", 2500)]);
    let seen = all(&vault, &totals, &changed);
    set_rules(&vault, MAIN_BUDGET, &changed, &clock()).unwrap();
    let made = draft(&vault, MAIN_BUDGET, &september(), &totals, &clock()).unwrap();
    assert_eq!(lines(&seen), lines(&made));
    assert_eq!(
        (seen.total_minor, seen.budget, seen.state),
        (made.total_minor, made.budget, made.state)
    );
    assert_eq!(seen.id, "", "what is not stored has no id");
    assert_eq!(
        inputs_of(&vault, &made.id).unwrap().rules,
        changed,
        "a statement keeps the rules it was made with"
    );
}

#[test]
fn a_preview_writes_nothing() {
    let (folder, vault, totals) = month_of(5);
    let before_files = files(folder.path());
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&writes);
    let _listening = vault.on_change(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    for factor in [0, 500, 10_000] {
        let mut changed = rules(eur(5000));
        changed.factors = factors(&[("source 1", factor)]);
        all(&vault, &totals, &changed);
    }
    assert_eq!(writes.load(Ordering::SeqCst), 0);
    assert_eq!(files(folder.path()), before_files, "not one byte on disk");
    assert_eq!(
        tekram_pay::statement::of_month(&vault, MAIN_BUDGET, "2026-09").unwrap(),
        None
    );
    assert_eq!(
        tekram_pay::rules::rules(&vault, MAIN_BUDGET).unwrap(),
        rules(eur(100_000))
    );
}

/// Every file below a folder, with its bytes. Shared memory is left out: reading marks pages there.
fn files(folder: &std::path::Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut found = tekram_harness::folder::files(folder).unwrap();
    found.retain(|path, _| !path.to_string_lossy().ends_with("-shm"));
    found
}

#[test]
fn what_was_promised_is_not_changed_by_factors() {
    let (_folder, vault, totals) = month_of(3);
    let made = draft(&vault, MAIN_BUDGET, &september(), &totals, &clock()).unwrap();
    let committed = commit(&vault, &made.id, &clock()).unwrap();
    let mut changed = rules(eur(5000));
    changed.factors = factors(&[("source 1", 0)]);
    assert_eq!(all(&vault, &totals, &changed), committed);
    set_rules(&vault, MAIN_BUDGET, &changed, &clock()).unwrap();
    assert_eq!(
        draft(&vault, MAIN_BUDGET, &september(), &totals, &clock()).unwrap(),
        committed
    );
    assert_eq!(statement(&vault, &made.id).unwrap(), committed);
    let kept = inputs_of(&vault, &made.id).unwrap();
    assert_eq!(kept.rules, rules(eur(100_000)));
    let again: Vec<Line> = divide(&kept).unwrap().lines;
    assert_eq!(again.iter().collect::<Vec<_>>(), lines(&committed));
}

#[test]
fn a_slider_over_two_hundred_payees_moves_without_waiting() {
    let (_folder, vault, totals) = month_of(200);
    let mut changed = rules(eur(100_000));
    let mut best = Duration::MAX;
    for factor in (0..2000).step_by(100) {
        changed.factors = factors(&[("source 7", factor)]);
        let begun = Instant::now();
        let seen = all(&vault, &totals, &changed);
        best = best.min(begun.elapsed());
        assert_eq!(seen.total_minor, 100_000);
    }
    println!("200 payees: {best:?} unoptimised");
    assert!(best < Duration::from_millis(200), "{best:?}");
}

#[test]
fn who_can_only_be_paid_over_a_rail_that_is_off_waits_and_nothing_is_lost() {
    let (_folder, vault, totals) = month_of(2);
    for (off, pay, hand_off, rail_off) in [
        (RailsOff::new(), 1, 1, 0),
        (RailsOff::from([RailKind::Cashu]), 0, 1, 1),
        (RailsOff::from([RailKind::HandOff]), 1, 0, 1),
        (RailsOff::from(RailKind::ALL), 0, 0, 2),
    ] {
        let seen = preview(&vault, MAIN_BUDGET, &september(), &totals, &rules(eur(100_000)), &off).unwrap();
        let made = draft_without(&vault, MAIN_BUDGET, &september(), &totals, &off, &clock()).unwrap();
        assert_eq!(lines(&seen), lines(&made));
        let count = |outcome: Outcome| lines(&made).iter().filter(|line| line.outcome == outcome).count();
        let waits = lines(&made)
            .iter()
            .filter(|line| line.reason == Some(Reason::RailOff))
            .count();
        assert_eq!(
            (count(Outcome::Pay), count(Outcome::HandOff), waits),
            (pay, hand_off, rail_off),
            "{off:?}"
        );
        assert_eq!(made.total_minor, 100_000);
        assert!(
            made.lines
                .iter()
                .all(|line| line.line.reason != Some(Reason::RailOff) || line.state_reason == "rail_off")
        );
    }
}

#[test]
fn a_draft_from_before_a_rail_was_switched_off_is_made_again_first() {
    let (_folder, vault, totals) = month_of(2);
    let made = draft(&vault, MAIN_BUDGET, &september(), &totals, &clock()).unwrap();
    let off = RailsOff::from([RailKind::Cashu]);
    let refused = tekram_pay::commit::commit_without(&vault, &made.id, &off, &clock()).unwrap_err();
    assert_eq!(refused.code(), "draft_outdated");
    let made = draft_without(&vault, MAIN_BUDGET, &september(), &totals, &off, &clock()).unwrap();
    assert!(tekram_pay::commit::commit_without(&vault, &made.id, &off, &clock()).is_ok());
}
