//! Takes the power away: each kind of work is recorded once, call by call, and then played again up to moments of it, with any
//! part of what was not synced by then missing, torn or replaced by what lay there before. What was acknowledged is there.
//!
//! `TEKRAM_CUTS` (default 900) cuts follow from `TEKRAM_SEED` (default: random, and printed).
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::fs;

use tekram_faults::dice::Dice;
use tekram_faults::disk::{Disk, Loss};
use tekram_faults::look::{Care, look};
use tekram_faults::model::{Model, Said};
use tekram_faults::plan::Plan;
use tekram_faults::report::{Tally, spread};
use tekram_faults::run::{Bench, Errand, seed, setting};
use tekram_faults::scenario::{Scenario, scenarios};
use tekram_faults::tape::Tape;
use tekram_faults::work_folder;

struct Recorded {
    scenario: Scenario,
    id: String,
    model: Model,
    disk: Disk,
}

/// Does the work once and keeps what it did, call by call.
fn recorded(scenario: Scenario) -> Recorded {
    let mut bench = Bench::new().unwrap();
    bench.prepare(&scenario.before).unwrap();
    let start = Disk::of(bench.root()).unwrap();
    let tape = tempfile::NamedTempFile::new_in(work_folder()).unwrap();
    let mut errand = Errand::new(env!("CARGO_BIN_EXE_tekram-fault-worker"), Plan::Record);
    errand.deeds = &scenario.deeds;
    errand.tape = Some(tape.path().to_owned());
    let outcome = errand.run(&bench).unwrap();
    assert!(outcome.status.success(), "{}: {outcome:?}", scenario.name);
    let events = Tape::events(&fs::read(tape.path()).unwrap()).unwrap();
    let disk = start.played(events);
    let differing = disk.differences().unwrap();
    assert!(
        differing.is_empty(),
        "{}: the tape is not the whole truth: {differing:?}",
        scenario.name
    );
    Recorded {
        scenario,
        id: bench.id.clone(),
        model: bench.model.clone(),
        disk,
    }
}

fn cut(work: &Recorded, moment: usize, loss: Loss, dice: &mut Dice, tally: &mut Tally) {
    let how = format!(
        "{}, moment {moment} of {}, loss {loss:?}",
        work.scenario.name,
        work.disk.length()
    );
    let left = tempfile::tempdir_in(work_folder()).unwrap();
    work.disk.after_power_cut(moment, loss, dice, left.path()).unwrap();
    let said = Said::read(&work.model, &work.scenario.deeds, &work.disk.said(moment));
    tally.struck(work.scenario.name, said.acknowledged);
    let care = Care {
        words: dice.throw(3) == 0,
        passphrases: dice.throw(8) == 0,
        backup: work.scenario.name == "backup",
        again: true,
    };
    if let Err(findings) = look(left.path(), &work.id, &said, &work.scenario.deeds, care) {
        tally.found(
            findings,
            &format!("{how}; said: {}", work.disk.said(moment).replace('\n', " | ")),
        );
    }
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let cuts = setting("TEKRAM_CUTS").unwrap_or(900);
    let seed = seed();
    println!("seed: {seed}");
    let mut dice = Dice::new(seed);
    let work: Vec<Recorded> = scenarios().into_iter().map(recorded).collect();
    let jobs: Vec<(usize, usize, Loss, u64)> = (0..cuts)
        .map(|number| {
            let of = usize::try_from(number).unwrap() % work.len();
            let moment = 1 + dice.place(work[of].disk.length());
            (of, moment, Loss::ALL[dice.place(Loss::ALL.len())], dice.throw(u64::MAX))
        })
        .collect();
    let tally = spread(&jobs, |(of, moment, loss, throws), tally| {
        cut(&work[*of], *moment, *loss, &mut Dice::new(*throws), tally);
    });
    tally.conclude("power_cuts", seed, "TEKRAM_CUTS", cuts);
}
