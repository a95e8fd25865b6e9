//! `tekram-bench [ROOM] [--json]`: measures what was promised about speed against a bare floor, in one run.
//!
//! Each room's benches are one module; their names are ROOM_WHAT. A run of all rooms writes `docs/measurements.md`.
//! Exit code 0 when every promise is kept, 1 when one is not, 2 for wrong usage.

mod measure;

use std::fmt::Write as _;
use std::process::ExitCode;

use measure::{Measurement, Outcome};

/// A room's benches: its name and what runs them.
type Room = (&'static str, fn() -> Outcome<Vec<Measurement>>);

const ROOMS: [Room; 0] = [];

fn main() -> ExitCode {
    let (mut asked, mut as_json) = (None, false);
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--json" => as_json = true,
            room if asked.is_none() && ROOMS.iter().any(|(name, _)| *name == room) => asked = Some(arg),
            other => {
                let rooms: Vec<&str> = ROOMS.iter().map(|(name, _)| *name).collect();
                eprintln!("tekram-bench: no room {other:?}; there are: {}", rooms.join(", "));
                return ExitCode::from(2);
            }
        }
    }
    match measure_rooms(asked.as_deref(), as_json) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(cause) => {
            eprintln!("tekram-bench: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn measure_rooms(asked: Option<&str>, as_json: bool) -> Outcome<bool> {
    let mut all = Vec::new();
    for (room, run) in ROOMS {
        if asked.is_some_and(|asked| asked != room) {
            continue;
        }
        for measurement in run()? {
            if as_json {
                println!("{}", measurement.json());
            } else {
                println!("{}", row(&measurement));
            }
            all.push(measurement);
        }
    }
    if asked.is_none() {
        std::fs::write("docs/measurements.md", page(&all))?;
    }
    Ok(all.iter().all(Measurement::holds))
}

fn row(measurement: &Measurement) -> String {
    let Measurement {
        bench,
        figure,
        unit,
        floor,
        ratio,
        spread,
        promised,
        ..
    } = measurement;
    let verdict = if measurement.holds() { "" } else { "  PROMISE NOT KEPT" };
    format!(
        "{bench:<20} {figure:>10.2} {unit}  floor {floor:>10.2}  ratio {ratio:.2} ± {spread:.2} (at most {promised}){verdict}"
    )
}

/// `docs/measurements.md`.
fn page(all: &[Measurement]) -> String {
    let mut text = String::from(
        "# Measurements\n\nWritten by `cargo xtask bench`: release build, figure and floor timed in turns in one run. The ratio is the median of the\nrounds' ratios, the spread the distance between their quartiles. Absolute numbers belong to one machine; the ratio is\nwhat was promised.\n\n| bench | figure | floor | ratio | spread | promised | what |\n|---|---|---|---|---|---|---|\n",
    );
    for Measurement {
        bench,
        figure,
        unit,
        floor,
        ratio,
        spread,
        promised,
        note,
    } in all
    {
        let _ = writeln!(
            text,
            "| `{bench}` | {figure:.2} {unit} | {floor:.2} {unit} | {ratio:.2} | {spread:.2} | ≤ {promised} | {note} |"
        );
    }
    text
}
