//! The faults of a run, spread over the cores; what was found, and the one line of JSON in which `cargo xtask faults` reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::look::Finding;

/// The sums of a run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Faults that really struck.
    pub faults: u64,
    /// The same, by the work they struck.
    pub by_work: BTreeMap<String, u64>,
    /// Deeds that were acknowledged before one.
    pub acknowledged: u64,
    /// What is wrong, each with what repeats it.
    pub findings: BTreeSet<(Finding, String)>,
}

/// Does each job once, in their order, on as many threads as there are cores. The sums of all.
pub fn spread<J: Sync>(jobs: &[J], work: impl Fn(&J, &mut Tally) + Sync) -> Tally {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut tally = Tally::default();
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
                    work(job, &mut tally);
                }
                done.lock().unwrap_or_else(PoisonError::into_inner).add(tally);
            });
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Tally {
    /// One fault that struck this work.
    pub fn struck(&mut self, work: &str, acknowledged: u64) {
        self.faults += 1;
        self.acknowledged += acknowledged;
        *self.by_work.entry(work.to_owned()).or_default() += 1;
    }

    /// What was found after one fault.
    pub fn found(&mut self, findings: Vec<Finding>, how: &str) {
        self.findings
            .extend(findings.into_iter().map(|finding| (finding, how.to_owned())));
    }

    /// Adds another run's sums.
    pub fn add(&mut self, other: Self) {
        self.faults += other.faults;
        self.acknowledged += other.acknowledged;
        for (work, faults) in other.by_work {
            *self.by_work.entry(work).or_default() += faults;
        }
        self.findings.extend(other.findings);
    }

    /// Prints what was found and the line, and fails when anything was found. `kind` is what the faults are called, `setting` what
    /// asks for so many of them again.
    pub fn conclude(&self, kind: &str, seed: u64, setting: &str, asked_for: u64) {
        for (finding, how) in &self.findings {
            println!("FOUND {finding:?}\n  {how}");
        }
        println!("{}", self.line(kind, seed));
        assert!(
            self.findings.is_empty(),
            "{} findings; repeat with TEKRAM_SEED={seed} {setting}={asked_for}",
            self.findings.len()
        );
    }

    /// The line; `kind` is what the faults are called.
    fn line(&self, kind: &str, seed: u64) -> String {
        let count = |is: fn(&Finding) -> bool| self.findings.iter().filter(|(finding, _)| is(finding)).count();
        let works: Vec<String> = self
            .by_work
            .iter()
            .map(|(work, faults)| format!("\"{work}\":{faults}"))
            .collect();
        format!(
            "{{\"room\":\"vault\",\"{kind}\":{},\"seeds\":1,\"first_seed\":{seed},\"acknowledged\":{},\"lost\":{},\"doubled\":{},\
             \"half_done\":{},\"by_work\":{{{}}}}}",
            self.faults,
            self.acknowledged,
            count(|finding| matches!(finding, Finding::Lost(_))),
            count(|finding| matches!(finding, Finding::Doubled(_))),
            count(|finding| matches!(finding, Finding::HalfDone(_))),
            works.join(",")
        )
    }
}
