//! Takes the power away after a kill: a process is killed in the middle of its work, the next one goes on with what it found, says
//! so, and then the power goes. What the killed process left unsynced is found by the next one and may be gone with the power; what
//! that one acknowledged is there all the same.
//!
//! `TEKRAM_CUTS` (default 600) cuts follow from `TEKRAM_SEED` (default: random, and printed).
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::fs;
use std::sync::{Mutex, PoisonError};

use tekram_faults::deed::Deed;
use tekram_faults::dice::Dice;
use tekram_faults::disk::{Disk, Loss};
use tekram_faults::look::{Care, Finding, look};
use tekram_faults::model::Said;
use tekram_faults::plan::{Moment, Plan};
use tekram_faults::report::{Tally, spread};
use tekram_faults::run::{Bench, Errand, Outcome, seed, setting};
use tekram_faults::scenario::{Scenario, scenarios};
use tekram_faults::tape::{Event, Tape};
use tekram_faults::work_folder;

/// Preparing a device while another test starts workers may find it in use for a moment.
static TURN: Mutex<()> = Mutex::new(());

const WORKER: &str = env!("CARGO_BIN_EXE_tekram-fault-worker");
/// Cuts after each kill.
const CUTS: usize = 10;

struct Ready {
    scenario: Scenario,
    bench: Bench,
    calls: u64,
}

fn ready(scenario: Scenario) -> Ready {
    let mut bench = Bench::new().unwrap();
    bench.prepare(&scenario.before).unwrap();
    let copy = bench.copied().unwrap();
    let mut counting = Errand::new(WORKER, Plan::Count);
    counting.deeds = &scenario.deeds;
    let said = counting.run(&copy).unwrap().follow(&copy.model, &scenario.deeds);
    let calls = said.calls.unwrap().len() as u64;
    Ready { scenario, bench, calls }
}

/// What the next process does.
fn afterwards() -> Vec<Deed> {
    let rows = |first: i64| Deed::Rows {
        first,
        count: 2,
        bytes: 700,
    };
    vec![
        Deed::Leave("after".to_owned()),
        rows(7_000_000),
        Deed::Relock,
        Deed::Leave("later".to_owned()),
        Deed::AddKeyStore("after".to_owned()),
        rows(7_000_100),
        Deed::Drain,
    ]
}

/// Sends a worker to the device; what it did, call by call.
fn recorded(bench: &Bench, plan: Plan, deeds: &[Deed]) -> (Outcome, Vec<Event>) {
    let tape = tempfile::NamedTempFile::new_in(work_folder()).unwrap();
    let mut errand = Errand::new(WORKER, plan);
    errand.deeds = deeds;
    errand.tape = Some(tape.path().to_owned());
    let outcome = errand.run(bench).unwrap();
    let events = Tape::events(&fs::read(tape.path()).unwrap()).unwrap();
    (outcome, events)
}

fn half_done(what: String) -> Vec<Finding> {
    vec![Finding::HalfDone(what)]
}

/// One kill, and the power going at moments of the life after it.
fn strike(work: &Ready, at: u64, moment: Moment, dice: &mut Dice, tally: &mut Tally) {
    let mut bench = work.bench.copied().unwrap();
    let how = format!(
        "{}, killed in call {at} of {} ({moment:?})",
        work.scenario.name, work.calls
    );
    let start = Disk::of(bench.root()).unwrap();
    let (outcome, mut events) = recorded(&bench, Plan::Kill { at, moment }, &work.scenario.deeds);
    if !outcome.was_killed() {
        return;
    }
    let before = outcome.follow(&bench.model, &work.scenario.deeds);
    // Looking changes what it looks at.
    let copy = bench.copied().unwrap();
    match look(copy.root(), &copy.id, &before, &work.scenario.deeds, Care::default()) {
        Ok(model) => bench.model = model,
        Err(findings) => return tally.found(findings, &how),
    }
    let deeds = afterwards();
    events.retain(|event| !matches!(event, Event::Said(_)));
    let first_life = events.len();
    let (outcome, second_life) = recorded(&bench, Plan::Record, &deeds);
    let after = outcome.follow(&bench.model, &deeds);
    if !outcome.status.success() || !after.refused.is_empty() || !after.strange.is_empty() {
        return tally.found(half_done(format!("the next process: {outcome:?}")), &how);
    }
    let is_done = |event: &Event| matches!(event, Event::Said(line) if line.starts_with("done"));
    let acknowledged: Vec<usize> = (0..second_life.len()).filter(|at| is_done(&second_life[*at])).collect();
    events.extend(second_life);
    let disk = start.played(events);
    let differing = disk.differences().unwrap();
    assert!(
        differing.is_empty(),
        "{how}: the tapes are not the whole truth: {differing:?}"
    );
    for number in 0..CUTS {
        // Just after each acknowledgement everything goes that can; and any part of it at any moment.
        let (moment, loss) = match acknowledged.get(number) {
            Some(at) => (first_life + at + 1, Loss::All),
            None => (
                first_life + 1 + dice.place(disk.length() - first_life),
                Loss::ALL[dice.place(Loss::ALL.len())],
            ),
        };
        let told = disk.said(moment);
        let how = format!(
            "{how}, cut at {moment} of {first_life} + {}, loss {loss:?}",
            disk.length() - first_life
        );
        let left = tempfile::tempdir_in(work_folder()).unwrap();
        disk.after_power_cut(moment, loss, dice, left.path()).unwrap();
        let mut said = Said::read(&bench.model, &deeds, &told);
        // What the killed process did not acknowledge may be gone although the next one found it.
        for model in &before.may_be {
            said.may_be.extend(Said::read(model, &deeds, &told).may_be);
        }
        tally.struck(work.scenario.name, said.acknowledged);
        if let Err(findings) = look(left.path(), &bench.id, &said, &deeds, Care::default()) {
            tally.found(findings, &format!("{how}; said: {}", told.replace('\n', " | ")));
        }
    }
}

#[test]
fn an_item_is_kept_in_an_inbox_whose_file_a_killed_process_made() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let work = ready(Scenario {
        name: "first item",
        before: Vec::new(),
        deeds: vec![Deed::Leave("first".to_owned())],
    });
    // After each call there is: one of them makes the file.
    let calls: Vec<u64> = (1..=work.calls).collect();
    let tally = spread(&calls, |at, tally| {
        strike(&work, *at, Moment::After, &mut Dice::new(*at), tally);
    });
    assert_eq!(tally.faults, work.calls * CUTS as u64);
    assert!(tally.findings.is_empty(), "{:#?}", tally.findings);
}

#[test]
fn what_was_acknowledged_after_a_kill_survives_a_power_cut() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let cuts = setting("TEKRAM_CUTS").unwrap_or(600);
    let seed = seed();
    println!("seed: {seed}");
    let mut dice = Dice::new(seed);
    let work: Vec<Ready> = scenarios().into_iter().map(ready).collect();
    let kills = usize::try_from(cuts.div_ceil(CUTS as u64)).unwrap();
    let jobs: Vec<(usize, u64)> = (0..kills)
        .map(|number| (number % work.len(), dice.throw(u64::MAX)))
        .collect();
    let tally = spread(&jobs, |(of, throws), tally| {
        let (work, mut dice) = (&work[*of], Dice::new(*throws));
        let at = 1 + dice.throw(work.calls);
        let moment = match dice.throw(3) {
            0 => Moment::Before,
            1 => Moment::After,
            _ => Moment::Half {
                permille: u16::try_from(dice.throw(1001)).unwrap(),
            },
        };
        strike(work, at, moment, &mut dice, tally);
    });
    tally.conclude("power_cuts", seed, "TEKRAM_CUTS", cuts);
}
