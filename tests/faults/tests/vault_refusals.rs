//! Disks that refuse: full, failing to write, to sync or to read, and giving or taking less than was asked, at any call of each
//! kind of work, once or for a while. Every refusal has a name, nothing panics, and when the fault is over the vault works and
//! has everything that was acknowledged.
//!
//! `TEKRAM_REFUSALS` (default 500) follow from `TEKRAM_SEED` (default: random, and printed).
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use tekram_faults::deed::Deed;
use tekram_faults::dice::Dice;
use tekram_faults::look::{Care, Finding, look};
use tekram_faults::plan::{Fault, Plan};
use tekram_faults::report::{Tally, spread};
use tekram_faults::run::{Bench, Errand, seed, setting};
use tekram_faults::scenario::{Scenario, scenarios};

/// What a person may be told when the disk refuses. A deed that builds on one that was refused is refused for that.
const NAMED: [&str; 13] = [
    "io",
    "db",
    "key_store_failed",
    "migration_failed",
    "locked",
    "damaged",
    "truncated",
    "backup_damaged",
    "no_such_way_in",
    "nothing_to_check",
    "wrong_passphrase",
    "no_such_state",
    "no_such_vault",
];

const WORKER: &str = env!("CARGO_BIN_EXE_tekram-fault-worker");

struct Ready {
    scenario: Scenario,
    bench: Bench,
    /// Calls that each fault concerns.
    calls: Vec<(Fault, u64)>,
}

/// What is done when the fault is over.
fn afterwards() -> Vec<Deed> {
    vec![
        Deed::Rows {
            first: 5_000_000,
            count: 3,
            bytes: 1_000,
        },
        Deed::Relock,
        Deed::Drain,
        Deed::BackUp,
    ]
}

fn ready(scenario: Scenario) -> Ready {
    let mut bench = Bench::new().unwrap();
    bench.prepare(&scenario.before).unwrap();
    let counted = |fault: Fault| {
        let copy = bench.copied().unwrap();
        let mut counting = Errand::new(
            WORKER,
            Plan::Fail {
                fault,
                first: u64::MAX - 1,
                until: u64::MAX,
            },
        );
        counting.deeds = &scenario.deeds;
        let outcome = counting.run(&copy).unwrap();
        let said = outcome.follow(&copy.model, &scenario.deeds);
        assert!(
            outcome.status.success() && said.refused.is_empty(),
            "{}: {outcome:?}",
            scenario.name
        );
        (fault, said.calls.unwrap().len() as u64)
    };
    let calls = Fault::ALL.into_iter().map(counted).collect();
    Ready { scenario, bench, calls }
}

fn refuse(work: &Ready, dice: &mut Dice, tally: &mut Tally) {
    let (fault, calls) = work.calls[dice.place(work.calls.len())];
    if calls == 0 {
        return;
    }
    let first = 1 + dice.throw(calls);
    let until = first + [1, 1, 2, 5, 40, 1_000_000][dice.place(6)];
    let how = format!(
        "{}, {fault:?} from call {first} of {calls} until {until}",
        work.scenario.name
    );
    let bench = work.bench.copied().unwrap();
    let afterwards = afterwards();
    let mut errand = Errand::new(WORKER, Plan::Fail { fault, first, until });
    errand.deeds = &work.scenario.deeds;
    errand.afterwards = &afterwards;
    let outcome = errand.run(&bench).unwrap();
    let script: Vec<Deed> = work.scenario.deeds.iter().chain(&afterwards).cloned().collect();
    let said = outcome.follow(&bench.model, &script);
    let how = format!("{how}; said: {}", outcome.said.replace('\n', " | "));
    if !outcome.status.success() {
        return tally.found(vec![Finding::HalfDone(format!("the worker fell: {outcome:?}"))], &how);
    }
    tally.struck(&format!("{fault:?}"), said.acknowledged);
    let during = work.scenario.deeds.len();
    for (number, code) in &said.refused {
        if *number >= during {
            tally.found(
                vec![Finding::HalfDone(format!(
                    "{} is refused after the fault: {code}",
                    script[*number]
                ))],
                &how,
            );
        } else if fault.is_none() {
            tally.found(
                vec![Finding::HalfDone(format!("refused without a fault: {code}"))],
                &how,
            );
        } else if !NAMED.contains(&code.as_str()) {
            tally.found(vec![Finding::HalfDone(format!("a strange refusal: {code}"))], &how);
        }
    }
    let care = Care {
        words: dice.throw(3) == 0,
        passphrases: dice.throw(6) == 0,
        backup: true,
        again: false,
    };
    if let Err(findings) = look(bench.root(), &bench.id, &said, &script, care) {
        tally.found(findings, &how);
    }
}

#[test]
fn every_refusal_has_a_name_and_nothing_acknowledged_is_lost_by_it() {
    let refusals = setting("TEKRAM_REFUSALS").unwrap_or(500);
    let seed = seed();
    println!("seed: {seed}");
    let mut dice = Dice::new(seed);
    let work: Vec<Ready> = scenarios().into_iter().map(ready).collect();
    let number = usize::try_from(refusals).unwrap();
    let jobs: Vec<(usize, u64)> = (0..number)
        .map(|number| (number % work.len(), dice.throw(u64::MAX)))
        .collect();
    let tally = spread(&jobs, |(of, throws), tally| {
        refuse(&work[*of], &mut Dice::new(*throws), tally)
    });
    tally.conclude("refusals", seed, "TEKRAM_REFUSALS", refusals);
}
