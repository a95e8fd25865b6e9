//! `tekram-bench [ROOM] [--json] [--large[=MB]]`: measures what was promised about speed and memory against a bare floor, in
//! one run.
//!
//! Each room's benches are one module; their names are ROOM_WHAT. A run of all rooms writes `docs/measurements.md`.
//! `tekram-bench answers PLAYS [FOLDER]` measures the answers with fewer plays, to try them; with a folder the answers alone, of a log
//! that stays there for the next time.
//! `tekram-bench maloja` measures only the import and the year beside Maloja's.
//! `tekram-bench device FOLDER LISTENS` only makes the device that the benches of the app open.
//! Exit code 0 when every promise is kept, 1 when one is not, 2 for wrong usage.

mod answers;
mod capture;
mod catalogue;
mod device;
mod facade;
mod history;
mod intent;
mod life;
mod listen;
mod log;
mod measure;
mod memory;
mod page;
mod pay;
mod peers;
mod place;
#[path = "../../bench/peers/src/records.rs"]
mod records;
mod scrobbles;
mod spotify;
mod tables;
mod vault;

use std::path::Path;
use std::process::ExitCode;

use measure::{Measurement, Outcome};

/// A room's benches: its name and what runs them, told how many megabytes the longest file shall have.
type Room = (&'static str, fn(u64) -> Outcome<Vec<Measurement>>);

const ROOMS: [Room; 6] = [
    ("vault", vault::measure),
    ("listen", listen::measure),
    ("answers", |_| answers::measure(answers::PLAYS)),
    ("pay", pay::measure),
    ("intent", intent::measure),
    ("facade", facade::measure),
];

const PAGE: &str = "docs/measurements.md";

/// What `--large` alone means.
const LARGE_MEGABYTES: u64 = 500;

#[derive(Debug)]
struct Asked {
    room: Option<String>,
    as_json: bool,
    megabytes: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.as_slice() {
        [child, folder, file] if child == listen::IMPORT_PEAK => {
            listen::import_peak(Path::new(folder), Path::new(file)).map(|()| true)
        }
        [child, folder] if child == life::LARGE_PEAK => life::large_peak(Path::new(folder)).map(|()| true),
        [make, folder, listens] if make == device::DEVICE => match listens.parse() {
            Ok(listens) => device::make(Path::new(folder), listens).map(|()| true),
            Err(_) => {
                eprintln!("tekram-bench: {listens:?} is no number of listens");
                return ExitCode::from(2);
            }
        },
        [answers, plays, folder @ ..] if answers == "answers" && folder.len() < 2 && plays.parse::<u64>().is_ok() => {
            let plays = plays.parse().unwrap_or(answers::PLAYS);
            match folder.first() {
                Some(folder) => answers::measure_kept(Path::new(folder), plays),
                None => answers::measure(plays),
            }
            .map(|all| {
                for measurement in &all {
                    println!("{}", row(measurement));
                }
                all.iter().all(Measurement::holds)
            })
        }
        [peer] if peer == scrobbles::PEER => scrobbles::measure().map(|all| {
            for measurement in &all {
                println!("{}", row(measurement));
            }
            true
        }),
        args => match asked(args) {
            Ok(asked) => measure_rooms(&asked),
            Err(wrong) => {
                eprintln!("tekram-bench: {wrong}");
                return ExitCode::from(2);
            }
        },
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(cause) => {
            eprintln!("tekram-bench: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn asked(args: &[String]) -> Result<Asked, String> {
    let mut asked = Asked {
        room: None,
        as_json: false,
        megabytes: listen::MEGABYTES,
    };
    for arg in args {
        match arg.as_str() {
            "--json" => asked.as_json = true,
            "--large" => asked.megabytes = LARGE_MEGABYTES,
            large if large.starts_with("--large=") => {
                let megabytes = large.split_once('=').and_then(|(_, number)| number.parse().ok());
                asked.megabytes = megabytes.ok_or_else(|| format!("{large:?} is no number of megabytes"))?;
            }
            room if asked.room.is_none() && ROOMS.iter().any(|(name, _)| *name == room) => {
                asked.room = Some(arg.clone());
            }
            other => {
                let rooms = ROOMS.map(|(name, _)| name).join(", ");
                return Err(format!(
                    "no room or option {other:?}; there are: {rooms}, --json, --large[=MB] (imports a file of 500 MB too)"
                ));
            }
        }
    }
    Ok(asked)
}

fn measure_rooms(asked: &Asked) -> Outcome<bool> {
    let mut all = Vec::new();
    for (room, run) in ROOMS {
        if asked.room.as_deref().is_some_and(|asked| asked != room) {
            continue;
        }
        for measurement in run(asked.megabytes)? {
            if asked.as_json {
                println!("{}", measurement.json());
            } else {
                println!("{}", row(&measurement));
            }
            all.push(measurement);
        }
    }
    if asked.room.is_none() {
        page::write(Path::new(PAGE), &all)?;
    }
    Ok(all.iter().all(Measurement::holds))
}

fn row(one: &Measurement) -> String {
    format!(
        "{:<24} {:>8} {:<8}  floor {:>8}  ratio {:.2} ({:.2} – {:.2})  {}{}",
        one.name(),
        page::short(one.figure),
        one.unit,
        page::short(one.floor),
        one.ratio,
        one.ratio_min,
        one.ratio_max,
        one.promised(),
        if one.holds() { "" } else { "  PROMISE NOT KEPT" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_room_is_wrong_usage_and_the_known_ones_are_named() {
        let args = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
        let refused = asked(&args(&["veil"])).err();
        assert!(refused.is_some_and(|refused| refused.contains("vault, listen, answers, pay, intent, facade")));
        let taken = asked(&args(&["listen", "--json", "--large"])).ok();
        assert!(asked(&args(&["--large=much"])).is_err());
        assert!(
            taken.is_some_and(|asked| asked.as_json
                && asked.megabytes == 500
                && asked.room.as_deref() == Some("listen"))
        );
    }
}
