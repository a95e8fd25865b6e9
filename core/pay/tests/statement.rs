//! The division as a rule about money: exact, independent of order, monotone, explained; and the statement in the vault.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use proptest::prelude::*;
use support::division::*;
use support::*;
use tekram_pay::commit::commit;
use tekram_pay::ledger::{balances, ledger_sum_minor};
use tekram_pay::method::Method;
use tekram_pay::rules::{Exclusion, Weight, set_rules};
use tekram_pay::state::{LineState, StatementState};
use tekram_pay::statement::{
    Line, LineFor, MAIN_BUDGET, Outcome, PayeeFacts, Reason, Way, divide, draft, inputs_of, statement,
};
use tekram_primitives::money::Money;
use tekram_primitives::time::Period;

#[test]
fn ten_euro_are_divided_by_the_time_that_was_heard() {
    let division = divide(&inputs(
        eur(1000),
        vec![
            heard("a", 60_000, 1, &[("pa", 1, false)]),
            heard("b", 30_000, 9, &[("pb", 1, false)]),
        ],
    ))
    .unwrap();
    assert_eq!(line(&division.lines, "pa").amount_minor, 667);
    assert_eq!(line(&division.lines, "pb").amount_minor, 333);
    assert_eq!(division.total_minor, 1000);
}

#[test]
fn plays_and_equal_weigh_differently() {
    let mut of = inputs(
        eur(1000),
        vec![
            heard("a", 60_000, 1, &[("pa", 1, false)]),
            heard("b", 30_000, 9, &[("pb", 1, false)]),
        ],
    );
    of.rules.weight = Weight::Plays;
    assert_eq!(line(&divide(&of).unwrap().lines, "pb").amount_minor, 900);
    of.rules.weight = Weight::Equal;
    assert_eq!(line(&divide(&of).unwrap().lines, "pb").amount_minor, 500);
}

#[test]
fn fees_come_off_the_top_and_splits_divide_the_rest() {
    let division = divide(&inputs(
        eur(1000),
        vec![heard(
            "a",
            1,
            1,
            &[("maker", 90, false), ("sound", 10, false), ("host", 2, true)],
        )],
    ))
    .unwrap();
    assert_eq!(line(&division.lines, "host").amount_minor, 20);
    assert_eq!(line(&division.lines, "maker").amount_minor, 882);
    assert_eq!(line(&division.lines, "sound").amount_minor, 98);
    let because = &line(&division.lines, "sound").because[0];
    assert_eq!(
        (because.split, because.split_total, because.source_minor),
        (10, 100, 1000)
    );
}

#[test]
fn fees_over_a_hundred_percent_are_refused_by_name() {
    let of = inputs(
        eur(1000),
        vec![heard("a", 1, 1, &[("m", 1, false), ("h", 60, true), ("g", 41, true)])],
    );
    assert_eq!(divide(&of).unwrap_err().code(), "fees_over_100");
}

#[test]
fn fees_alone_are_nobody_to_pay() {
    let division = divide(&inputs(eur(1000), vec![heard("a", 1, 1, &[("host", 5, true)])])).unwrap();
    assert_eq!(waiting(&division.lines).amount_minor, 1000);
}

#[test]
fn yen_have_no_minor_units_and_still_add_up() {
    let yen = Money::new(1000, asset("JPY"));
    let division = divide(&inputs(
        yen,
        vec![
            heard("a", 1, 1, &[("pa", 1, false)]),
            heard("b", 1, 1, &[("pb", 1, false)]),
            heard("c", 1, 1, &[("pc", 1, false)]),
        ],
    ))
    .unwrap();
    let amounts: Vec<i64> = division.lines.iter().map(|line| line.amount_minor).collect();
    assert_eq!(amounts, [334, 333, 333]);
}

#[test]
fn time_without_a_payee_waits_in_a_line_of_its_own() {
    let division = divide(&inputs(
        eur(1000),
        vec![
            heard("a", 640, 1, &[("pa", 1, false)]),
            heard("b", 300, 1, &[]),
            heard("c", 60, 1, &[]),
        ],
    ))
    .unwrap();
    let waiting = waiting(&division.lines);
    assert_eq!(waiting.amount_minor, 360);
    assert_eq!(waiting.sources, 2);
    assert_eq!((waiting.due_minor, waiting.carry_out_minor), (0, 360));
    assert_eq!(waiting.reason, Some(Reason::NoPayee));
}

#[test]
fn a_month_of_silence_carries_the_whole_budget() {
    let division = divide(&inputs(eur(1000), Vec::new())).unwrap();
    assert_eq!(waiting(&division.lines).amount_minor, 1000);
    assert_eq!(waiting(&division.lines).reason, Some(Reason::NothingHeard));
}

#[test]
fn what_is_too_small_is_carried_and_never_dropped() {
    let mut of = inputs(
        eur(1000),
        vec![
            heard("a", 990, 1, &[("pa", 1, false)]),
            heard("b", 10, 1, &[("pb", 1, false)]),
        ],
    );
    of.rules.minimum_minor = 50;
    let division = divide(&of).unwrap();
    let small = line(&division.lines, "pb");
    assert_eq!((small.outcome, small.reason), (Outcome::Carry, Some(Reason::TooSmall)));
    assert_eq!((small.due_minor, small.carry_out_minor), (0, 10));
    of.carry_in.insert("pb".to_owned(), 45);
    let later = divide(&of).unwrap();
    let small = line(&later.lines, "pb");
    assert_eq!(
        (small.carry_in_minor, small.amount_minor, small.due_minor),
        (45, 55, 55)
    );
    assert_eq!(later.total_minor, 1045);
}

#[test]
fn somebody_with_carry_and_no_listening_is_still_paid() {
    let mut of = inputs(eur(1000), vec![heard("a", 1, 1, &[("pa", 1, false)])]);
    of.carry_in.insert("old".to_owned(), 120);
    of.payees.insert(
        "old".to_owned(),
        PayeeFacts {
            name: "Old".to_owned(),
            way: Way::Rail,
        },
    );
    let division = divide(&of).unwrap();
    assert_eq!(line(&division.lines, "old").due_minor, 120);
    assert_eq!(division.total_minor, 1120);
}

#[test]
fn a_payee_with_only_a_node_is_carried_with_that_reason() {
    let mut of = inputs(eur(1000), vec![heard("a", 1, 1, &[("node", 1, false)])]);
    of.payees.get_mut("node").unwrap().way = Way::NoRail;
    let division = divide(&of).unwrap();
    assert_eq!(line(&division.lines, "node").reason, Some(Reason::NoAutomatedRail));
    assert_eq!(line(&division.lines, "node").due_minor, 0);
}

#[test]
fn who_is_left_out_leaves_room_for_the_others() {
    let mut of = inputs(
        eur(1000),
        vec![
            heard("a", 500, 1, &[("pa", 50, false), ("px", 50, false)]),
            heard("b", 300, 1, &[("px", 1, false)]),
            heard("c", 500, 1, &[("pc", 1, false)]),
        ],
    );
    of.rules.exclude.insert(Exclusion::Payee("px".to_owned()));
    let division = divide(&of).unwrap();
    assert_eq!(line(&division.lines, "pa").amount_minor, 500);
    assert_eq!(line(&division.lines, "pc").amount_minor, 500);
    of.rules.exclude.insert(Exclusion::Source("a".to_owned()));
    assert_eq!(line(&divide(&of).unwrap().lines, "pc").amount_minor, 1000);
}

#[test]
fn a_budget_of_zero_divides_nothing() {
    assert_eq!(divide(&inputs(eur(0), Vec::new())).unwrap_err().code(), "zero_budget");
}

proptest! {
    #[test]
    fn lines_add_up_to_the_last_unit_and_nobody_owes(
        budget in 1_i64..=i64::MAX / 4, sources in sources(), weight in any_weight(), minimum in 0_i64..500,
        carry in prop::collection::btree_map("p[0-9]", 0_i64..10_000, 0..4), waiting_in in 0_i64..10_000,
    ) {
        let mut of = inputs(eur(budget), sources);
        of.rules.weight = weight;
        of.rules.minimum_minor = minimum;
        of.waiting_in_minor = waiting_in;
        of.carry_in = carry;
        let division = divide(&of).unwrap();
        let carried_in = of.carry_in.values().sum::<i64>() + waiting_in;
        prop_assert_eq!(division.lines.iter().map(|line| line.share_minor).sum::<i64>(), budget);
        prop_assert_eq!(division.total_minor, budget + carried_in);
        for line in &division.lines {
            prop_assert!(line.share_minor >= 0 && line.amount_minor >= 0 && line.due_minor >= 0);
            prop_assert_eq!(line.amount_minor, line.share_minor + line.carry_in_minor);
            prop_assert_eq!(line.amount_minor, line.due_minor + line.carry_out_minor);
            prop_assert_eq!(line.outcome == Outcome::Carry, line.reason.is_some());
            let parts: i64 = line.because.iter().map(|part| part.amount_minor).sum();
            prop_assert!(line.for_whom == LineFor::Waiting || parts == line.share_minor);
        }
    }

    #[test]
    fn the_order_of_what_was_heard_does_not_matter(
        budget in 1_i64..1_000_000, sources in sources(), seed in any::<u64>(),
    ) {
        let of = inputs(eur(budget), sources);
        let mut shuffled = of.clone();
        let length = shuffled.heard.len().max(1);
        for at in 0..shuffled.heard.len() {
            let other = usize::try_from(seed.rotate_left(u32::try_from(at).unwrap()) % u64::try_from(length).unwrap()).unwrap();
            shuffled.heard.swap(at, other);
        }
        prop_assert_eq!(divide(&of).unwrap(), divide(&shuffled).unwrap());
    }

    #[test]
    fn listening_in_two_parts_counts_like_listening_at_once(budget in 1_i64..1_000_000, ms in 2_u64..1_000_000, cut in 1_u64..1_000_000) {
        let cut = cut % ms;
        let other = heard("b", 5000, 1, &[("pb", 1, false)]);
        let whole = divide(&inputs(eur(budget), vec![heard("a", ms, 2, &[("pa", 1, false)]), other.clone()])).unwrap();
        let parts = divide(&inputs(eur(budget), vec![
            heard("a", cut, 1, &[("pa", 1, false)]), other, heard("a", ms - cut, 1, &[("pa", 1, false)]),
        ])).unwrap();
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn listening_more_never_pays_less(budget in 1_i64..100_000, times in prop::collection::vec(0_u64..100_000, 2..12), more in 1_u64..100_000) {
        let of = |times: &[u64]| {
            let names: Vec<String> = (0..times.len()).map(|at| format!("p{at}")).collect();
            let sources = times.iter().zip(&names).map(|(ms, name)| heard(name, *ms, 1, &[(name, 1, false)])).collect();
            divide(&inputs(eur(budget), sources)).unwrap()
        };
        let amount = |lines: &[Line]| lines.iter()
            .find(|line| line.for_whom == LineFor::Payee { payee_id: "p0".to_owned() })
            .map_or(0, |line| line.share_minor);
        let before = of(&times);
        let mut longer = times.clone();
        longer[0] += more;
        prop_assert!(amount(&of(&longer).lines) >= amount(&before.lines));
    }
}

#[test]
fn listening_that_cannot_be_counted_is_an_error_and_not_a_wrong_sum() {
    let of = inputs(
        eur(10),
        vec![heard("a", u64::MAX, 1, &[("pa", 1, false)]), heard("b", 1, 1, &[])],
    );
    assert_eq!(divide(&of).unwrap_err().code(), "listening_overflow");
}

#[test]
fn a_draft_is_remade_and_a_committed_statement_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    set_rules(&vault, MAIN_BUDGET, &rules(eur(1000)), &clock()).unwrap();
    payable(&vault, "a", "A", &DeskOf::named("A", 1).method());
    let first = draft(&vault, MAIN_BUDGET, &september(), &[total("a", 60, 2)], &clock()).unwrap();
    let second = draft(
        &vault,
        MAIN_BUDGET,
        &september(),
        &[total("a", 30, 2), total("b", 30, 2)],
        &clock(),
    )
    .unwrap();
    assert_eq!(first.lines[0].line.amount_minor, 1000);
    assert_eq!(second.lines[0].line.amount_minor, 500);
    assert_eq!(second.summary().payable_minor, 500);
    assert_eq!(statement(&vault, &first.id).unwrap_err().code(), "no_statement");

    let committed = commit(&vault, &second.id, &clock()).unwrap();
    assert_eq!(committed.state, StatementState::Committed);
    let again = draft(&vault, MAIN_BUDGET, &september(), &[total("c", 1, 1)], &clock()).unwrap();
    assert_eq!(again, committed);
    assert_eq!(commit(&vault, &second.id, &clock()).unwrap(), committed);
    assert_eq!(
        divide(&inputs_of(&vault, &second.id).unwrap()).unwrap().lines[0],
        committed.lines[0].line
    );
}

#[test]
fn no_rules_no_statement() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    let refused = draft(&vault, MAIN_BUDGET, &september(), &[], &clock()).unwrap_err();
    assert_eq!(refused.code(), "no_rules");
}

#[test]
fn what_is_carried_comes_back_next_month_once() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    let mut first_rules = rules(eur(1000));
    first_rules.minimum_minor = 100;
    set_rules(&vault, MAIN_BUDGET, &first_rules, &clock()).unwrap();
    let small = payable(&vault, "small", "Small", &DeskOf::named("S", 1).method());
    payable(&vault, "big", "Big", &DeskOf::named("B", 2).method());
    let totals = [total("small", 5, 1), total("big", 85, 1), total("nobody", 10, 1)];
    let september = draft(&vault, MAIN_BUDGET, &september(), &totals, &clock()).unwrap();
    commit(&vault, &september.id, &clock()).unwrap();
    assert_eq!(ledger_sum_minor(&vault).unwrap(), 0);

    let october = Period::parse("2026-10", "Europe/Vienna").unwrap();
    let next = draft(&vault, MAIN_BUDGET, &october, &totals, &clock()).unwrap();
    let line = next
        .lines
        .iter()
        .find(|line| line.payee_id() == Some(small.as_str()))
        .unwrap();
    assert_eq!(
        (line.line.carry_in_minor, line.line.amount_minor, line.line.due_minor),
        (50, 100, 100)
    );
    assert_eq!(next.lines.last().unwrap().line.amount_minor, 200);
    assert_eq!(next.total_minor, 1150);

    commit(&vault, &next.id, &clock()).unwrap();
    assert_eq!(ledger_sum_minor(&vault).unwrap(), 0);
    let carried = balances(&vault, "carried:").unwrap();
    assert_eq!(carried.len(), 1, "{carried:?}");
    assert_eq!(carried[0].balance, eur(200));
}

#[test]
fn a_draft_made_before_another_was_committed_is_outdated() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    set_rules(&vault, MAIN_BUDGET, &rules(eur(1000)), &clock()).unwrap();
    let october = Period::parse("2026-10", "Europe/Vienna").unwrap();
    let early = draft(&vault, MAIN_BUDGET, &october, &[total("nobody", 1, 1)], &clock()).unwrap();
    let september = draft(&vault, MAIN_BUDGET, &september(), &[total("nobody", 1, 1)], &clock()).unwrap();
    commit(&vault, &september.id, &clock()).unwrap();
    assert_eq!(
        commit(&vault, &early.id, &clock()).unwrap_err().code(),
        "draft_outdated"
    );
}

#[test]
fn a_commitment_names_neither_the_statement_nor_what_was_heard() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    set_rules(&vault, MAIN_BUDGET, &rules(eur(1000)), &clock()).unwrap();
    let (first, second) = (DeskOf::named("A", 1), DeskOf::named("B", 2));
    payable(
        &vault,
        "https://private.example/feed?token=secret",
        "A",
        &first.method(),
    );
    payable(&vault, "b", "B", &second.method());
    let totals = [
        total("https://private.example/feed?token=secret", 1, 1),
        total("b", 1, 1),
    ];
    let made = draft(&vault, MAIN_BUDGET, &september(), &totals, &clock()).unwrap();
    let made = commit(&vault, &made.id, &clock()).unwrap();
    let mut payers = std::collections::BTreeSet::new();
    for line in &made.lines {
        let record = tekram_pay::commit::commitment(&vault, line.commitment.as_deref().unwrap()).unwrap();
        let text = String::from_utf8(record.bytes().unwrap()).unwrap();
        assert!(
            !text.contains(&made.id) && !text.contains("token") && !text.contains("2026-09"),
            "{text}"
        );
        payers.insert(record.verify().unwrap());
        assert_eq!(line.state, LineState::Committed);
    }
    assert_eq!(payers.len(), 2, "each payee sees a key of its own");
}

#[test]
fn a_statement_without_anybody_to_pay_is_settled_by_committing_it() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    set_rules(&vault, MAIN_BUDGET, &rules(eur(1000)), &clock()).unwrap();
    let node = Method::Keysend {
        node: "02ab".to_owned(),
        custom_key: String::new(),
        custom_value: String::new(),
    };
    payable(&vault, "node", "Node", &node);
    let made = draft(&vault, MAIN_BUDGET, &september(), &[total("node", 1, 1)], &clock()).unwrap();
    let made = commit(&vault, &made.id, &clock()).unwrap();
    assert_eq!(made.state, StatementState::Settled);
    assert_eq!(made.lines[0].state_reason, "no_automated_rail");
    assert_eq!(made.summary().carried_minor, 1000);
}
