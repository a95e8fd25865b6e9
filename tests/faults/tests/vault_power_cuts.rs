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

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tekram_faults::dice::Dice;
use tekram_faults::disk::{Disk, Loss};
use tekram_faults::look::{Care, look};
use tekram_faults::model::{Model, Said};
use tekram_faults::plan::Plan;
use tekram_faults::report::Tally;
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
    let errand = Errand {
        worker: Path::new(env!("CARGO_BIN_EXE_tekram-fault-worker")),
        plan: Plan::Record,
        deeds: &scenario.deeds,
        afterwards: &[],
        tape: Some(tape.path().to_owned()),
        patience: None,
    };
    let outcome = errand.run(&bench).unwrap();
    assert!(outcome.status.success(), "{}: {outcome:?}", scenario.name);
    let events = Tape::events(&fs::read(tape.path()).unwrap()).unwrap();
    let disk = start.played(events);
    // What is played without any loss is what lies there, to the last byte: no call went past the tape.
    let played = tempfile::tempdir_in(work_folder()).unwrap();
    disk.after_power_cut(disk.length(), Loss::None, &mut Dice::new(0), played.path())
        .unwrap();
    let (there, told) = (files(bench.root()), files(played.path()));
    let names = there.keys().chain(told.keys());
    let differing: Vec<_> = names
        .filter(|name| there.get(*name) != told.get(*name))
        .map(|name| (name, there.get(name).map(Vec::len), told.get(name).map(Vec::len)))
        .collect();
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

/// Each file with its content; not the file that SQLite shares in memory, which nothing is read from after a crash.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(
                files(&entry.path())
                    .into_iter()
                    .map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)),
            );
        } else if !name.ends_with("-shm") {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
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
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut tally = Tally::default();
                while let Some((of, moment, loss, throws)) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
                    cut(&work[*of], *moment, *loss, &mut Dice::new(*throws), &mut tally);
                }
                done.lock().unwrap().add(tally);
            });
        }
    });
    let tally = done.into_inner().unwrap();
    for (finding, how) in &tally.findings {
        println!("FOUND {finding:?}\n  {how}");
    }
    println!("{}", tally.line("power_cuts", seed));
    assert!(
        tally.findings.is_empty(),
        "{} findings; repeat with TEKRAM_SEED={seed} TEKRAM_CUTS={cuts}",
        tally.findings.len()
    );
}
