//! Kills a real process with SIGKILL: at every call that writes, before it, after it and half-way through it, in each kind of
//! work; and again and again at random calls and moments in the life of one device. After each, the device is looked at.
//!
//! `TEKRAM_KILLS` (default 2,000) kills follow from `TEKRAM_SEED` (default: random, and printed). The last line printed is one
//! JSON object, which `cargo xtask faults` adds up.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::time::Duration;

use tekram_faults::dice::Dice;
use tekram_faults::look::{Care, Finding, look};
use tekram_faults::plan::{Moment, Plan};
use tekram_faults::report::{Tally, spread};
use tekram_faults::run::{Bench, Errand, Outcome, Patience, seed, setting};
use tekram_faults::scenario::{Scenario, mixture, scenarios};

const WORKER: &str = env!("CARGO_BIN_EXE_tekram-fault-worker");
/// Deeds of one run in a long life.
const RUN: usize = 14;
/// Runs that one device lives through.
const LIFE: u64 = 120;

/// A device on which a kind of work can be done, and the calls that the work makes.
struct Ready {
    scenario: Scenario,
    bench: Bench,
    calls: String,
}

/// One kill of the sweep.
struct Point {
    /// Of which kind of work.
    of: usize,
    at: u64,
    moment: Moment,
}

fn ready(scenario: Scenario) -> Ready {
    let mut bench = Bench::new().unwrap();
    bench.prepare(&scenario.before).unwrap();
    let copy = bench.copied().unwrap();
    let mut counting = Errand::new(WORKER, Plan::Count);
    counting.deeds = &scenario.deeds;
    let outcome = counting.run(&copy).unwrap();
    let said = outcome.follow(&copy.model, &scenario.deeds);
    assert!(
        outcome.status.success() && said.refused.is_empty() && said.strange.is_empty() && said.opened,
        "{}: {outcome:?}",
        scenario.name
    );
    assert_eq!(said.acknowledged, scenario.deeds.len() as u64, "{}", scenario.name);
    let everything = Care {
        words: true,
        passphrases: true,
        backup: true,
        again: false,
    };
    look(copy.root(), &copy.id, &said, &scenario.deeds, everything).unwrap();
    Ready {
        scenario,
        bench,
        calls: said.calls.unwrap(),
    }
}

/// Every call once, at a moment by the dice; then each at the other moments.
fn points(ready: &[Ready], dice: &mut Dice) -> Vec<Point> {
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for (of, work) in ready.iter().enumerate() {
        for (at, kind) in (1_u64..).zip(work.calls.chars()) {
            let mut moments = vec![Moment::Before, Moment::After];
            if kind == 'w' {
                let permille = u16::try_from(dice.throw(1001)).unwrap();
                moments.push(Moment::Half { permille });
            }
            dice.shuffle(&mut moments);
            let mut all = moments.into_iter().map(|moment| Point { of, at, moment });
            first.extend(all.next());
            others.extend(all);
        }
    }
    dice.shuffle(&mut first);
    dice.shuffle(&mut others);
    first.extend(others);
    first
}

fn ended_well(outcome: &Outcome, how: &str) -> Result<bool, Vec<Finding>> {
    if outcome.was_killed() {
        return Ok(true);
    }
    if outcome.status.success() {
        // The plan's call was never made: the work took fewer calls this time.
        return Ok(false);
    }
    Err(vec![Finding::HalfDone(format!(
        "{how}: the worker ended by itself: {outcome:?}"
    ))])
}

/// One kill at one call of one kind of work. Whether it struck.
fn strike(ready: &Ready, point: &Point, dice: &mut Dice, tally: &mut Tally, how: &str) {
    let bench = ready.bench.copied().unwrap();
    let deeds = &ready.scenario.deeds;
    let mut killing = Errand::new(
        WORKER,
        Plan::Kill {
            at: point.at,
            moment: point.moment,
        },
    );
    killing.deeds = deeds;
    let outcome = killing.run(&bench).unwrap();
    match ended_well(&outcome, how) {
        Ok(true) => {}
        Ok(false) => return,
        Err(findings) => return tally.found(findings, how),
    }
    let said = outcome.follow(&bench.model, deeds);
    tally.struck(ready.scenario.name, said.acknowledged);
    let care = Care {
        words: dice.throw(4) == 0,
        passphrases: dice.throw(8) == 0,
        backup: ready.scenario.name == "backup",
        again: true,
    };
    if let Err(findings) = look(bench.root(), &bench.id, &said, deeds, care) {
        tally.found(findings, &format!("{how}; said: {}", outcome.said.replace('\n', " | ")));
    }
}

/// A device that is killed again and again, and lives on from what was left.
fn live(seed: u64, kills: u64, tally: &mut Tally) {
    let mut dice = Dice::new(seed);
    let mut bench = Bench::new().unwrap();
    let mut killed = 0;
    let mut run = 0;
    while killed < kills {
        run += 1;
        let deeds = mixture(&mut dice, &bench.model, run, RUN);
        let by_call = dice.throw(3) != 0;
        let at = 1 + dice.throw(260);
        let moment = match dice.throw(3) {
            0 => Moment::Before,
            1 => Moment::After,
            _ => Moment::Half {
                permille: u16::try_from(dice.throw(1001)).unwrap(),
            },
        };
        let plan = if by_call {
            Plan::Kill { at, moment }
        } else {
            Plan::Count
        };
        let mut killing = Errand::new(WORKER, plan);
        killing.deeds = &deeds;
        killing.patience = (!by_call).then(|| Patience(Duration::from_micros(1_000 + dice.throw(120_000))));
        let outcome = killing.run(&bench).unwrap();
        let how = format!("life {seed}, run {run}");
        let struck = match ended_well(&outcome, &how) {
            Ok(struck) => struck,
            Err(findings) => return tally.found(findings, &how),
        };
        let said = outcome.follow(&bench.model, &deeds);
        if struck {
            killed += 1;
            let work = said.cut.and_then(|number| deeds.get(number)).map(ToString::to_string);
            let work = work
                .as_deref()
                .and_then(|work| work.split('\t').next())
                .unwrap_or("opening, or between deeds");
            tally.struck(&format!("life: {work}"), said.acknowledged);
        }
        if !said.refused.is_empty() || !said.strange.is_empty() {
            let refused = format!("refused without a fault: {:?} {:?}", said.refused, said.strange);
            return tally.found(vec![Finding::HalfDone(refused)], &how);
        }
        let care = Care {
            words: dice.throw(4) == 0,
            passphrases: dice.throw(16) == 0,
            backup: dice.throw(6) == 0,
            again: dice.throw(2) == 0,
        };
        match look(bench.root(), &bench.id, &said, &deeds, care) {
            Ok(model) => bench.model = model,
            Err(findings) => {
                let script: Vec<String> = deeds.iter().map(ToString::to_string).collect();
                tally.found(
                    findings,
                    &format!(
                        "{how}; {script:?}; cut: {:?}; model: {:?} said: {}",
                        said.cut,
                        bench.model,
                        outcome.said.replace('\n', " | ")
                    ),
                );
                return;
            }
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_every_call_and_at_any_moment() {
    let kills = setting("TEKRAM_KILLS").unwrap_or(2_000);
    let seed = seed();
    println!("seed: {seed}");
    let mut dice = Dice::new(seed);
    let work: Vec<Ready> = scenarios().into_iter().map(ready).collect();
    let mut sweep = points(&work, &mut dice);
    let all_points = sweep.len();
    // A quarter of the kills belongs to long lives. What is left when every point had its turn goes round again, with other
    // places to cut writes at.
    let of_sweep = kills - kills / 4;
    while (sweep.len() as u64) < of_sweep {
        sweep.extend(points(&work, &mut dice));
    }
    sweep.truncate(usize::try_from(of_sweep).unwrap());
    let jobs: Vec<(Point, u64)> = sweep.into_iter().map(|point| (point, dice.throw(u64::MAX))).collect();
    let mut tally = spread(&jobs, |(point, throws), tally| {
        let ready = &work[point.of];
        let how = format!(
            "{}, call {} of {} ({:?}), {:?}",
            ready.scenario.name,
            point.at,
            ready.calls.len(),
            ready.calls.chars().nth(usize::try_from(point.at).unwrap() - 1),
            point.moment
        );
        strike(ready, point, &mut Dice::new(*throws), tally, &how);
    });
    // Calls that were not made this time are made up for here.
    let of_lives = kills.saturating_sub(tally.faults);
    let lives: Vec<(u64, u64)> = (0..of_lives.div_ceil(LIFE))
        .map(|life| (dice.throw(u64::MAX) >> 16, LIFE.min(of_lives - life * LIFE)))
        .collect();
    tally.add(spread(&lives, |(seed, kills), tally| live(*seed, *kills, tally)));
    for work in &work {
        println!("{}: {} calls that write", work.scenario.name, work.calls.len());
    }
    println!("{all_points} points in one sweep");
    tally.conclude("kills", seed, "TEKRAM_KILLS", kills);
}
