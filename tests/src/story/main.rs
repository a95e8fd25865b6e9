//! The story of Tekram, played for a person at a terminal: hear, choose, pay; want, offer, accept.
//!
//! It starts real counterparts, drives the real `tekram` program and shows every command as one would type it. It
//! checks what a person would notice (sums, receipts, equal records) and fails when something does not add up.

mod books;
mod cast;
mod ending;
mod error;
mod facts;
mod hear;
mod hold;
mod narrator;
mod options;
mod patience;
mod pay;
mod personas;
mod place;
mod reading;
mod stage;
mod tekram;
mod want;

use std::process::ExitCode;

use error::{StoryError, Told, While};
use facts::Facts;
use narrator::Narrator;
use options::{HELP, Options, Task};
use place::{Place, program};
use stage::Stage;
use tekram::Tekram;

/// Unlocks the personas of the story, unless the person brings their own.
const PASSPHRASE: &str = "correct horse battery staple";

fn main() -> ExitCode {
    let task = match options::task(std::env::args().skip(1)) {
        Ok(task) => task,
        Err(sentence) => {
            eprintln!("tekram-story: {sentence}");
            return ExitCode::from(2);
        }
    };
    let done = match task {
        Task::Help => {
            print!("{HELP}");
            Ok(())
        }
        Task::Hold(folder) => hold::hold(&folder),
        Task::Stop(folder) => stop(&folder),
        Task::Play(options) => play(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tekram-story: {error}");
            ExitCode::FAILURE
        }
    }
}

fn stop(folder: &std::path::Path) -> Told {
    let stopped = hold::stop(&Place::open(folder)?)?;
    println!(
        "{}",
        if stopped {
            "ended relay, mint, feeds and desks"
        } else {
            "nothing was running"
        }
    );
    Ok(())
}

fn play(options: &Options) -> Told {
    let mut narrator = Narrator::new();
    let place = Place::open(&options.data)?;
    narrator.line("Tekram: hear, choose, pay; want, offer, accept.");
    narrator.line(&format!("Everything this run makes lies in {}", place.root().display()));
    if hold::stop(&place)? {
        narrator.say("Ended what an earlier run had left running.");
    }
    let lock = place
        .lock()?
        .ok_or_else(|| StoryError::new("another run is at work in this folder"))?;

    let mut stage = Stage::raise(&place, &|line| narrator.wait(line))?;
    let [feeds, mint] = [stage.ports.feeds, stage.ports.mint].map(|port| format!("http://127.0.0.1:{port}"));
    let tekram = Tekram {
        program: program("tekram")?,
        data: place.personas(),
        passphrase: std::env::var("TEKRAM_PASSPHRASE").unwrap_or_else(|_| PASSPHRASE.to_owned()),
        allow: [stage.ports.feeds, stage.ports.mint, stage.ports.relay]
            .map(|port| format!("127.0.0.1:{port}"))
            .into(),
    };

    let mut facts = Facts::default();
    personas::play(&mut narrator, &tekram)?;
    let files = match &options.import {
        Some(own) => vec![own.clone()],
        None => hear::sample(&place, &feeds)?,
    };
    hear::play(&mut narrator, &tekram, &files, &mut facts)?;
    pay::discover(&mut narrator, &tekram)?;
    let commitments = pay::play(&mut narrator, &tekram, options, &place, &mint, &mut facts)?;
    let agreed = want::play(&mut narrator, &tekram, &mut stage, &place, &mut facts)?;
    stage.close_desks();
    facts.agreement_bytes_equal = agreed.same_on_both_sides(&narrator, &place)?;
    facts.payee_redeemed_minor = books::redeemed_minor(&place, &commitments)?;

    drop(stage);
    drop(lock);
    let kept = if options.keep {
        Some(hold::leave_running(&place)?)
    } else {
        None
    };
    ending::play(&mut narrator, &tekram, &place, kept, &facts);
    facts.seconds = (narrator.seconds() * 10.0).round() / 10.0;
    let contradictions = facts.contradictions();
    if options.json {
        narrator.line(&serde_json::to_string(&facts).during("cannot write the facts")?);
    }
    if contradictions.is_empty() {
        Ok(())
    } else {
        Err(StoryError::new(contradictions.join("; ")))
    }
}
