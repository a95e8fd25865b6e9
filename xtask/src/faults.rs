//! Runs the fault harnesses of the rooms and adds up what they lost.
//!
//! Contract: a room's harness is its integration test `tests/faults.rs`. It reads `TEKRAM_KILLS` (how many times to
//! kill the process under test) and `TEKRAM_SEED` (everything random follows from it) and prints one JSON object on a
//! line of its own, with at least `kills`, `lost`, `doubled` and `half_done`. A failing seed is named, so that
//! `--seed N --seeds 1` repeats it.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::place;
use crate::step::{Done, Failure, cargo, say};

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    room: Option<String>,
    kills: u64,
    seeds: u64,
    first_seed: u64,
    json: bool,
}

/// What happened in one room over all its seeds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    kills: u64,
    seeds: u64,
    lost: u64,
    doubled: u64,
    half_done: u64,
    failed_seeds: Vec<u64>,
}

impl Tally {
    fn add(&mut self, line: &Value) {
        let count = |key: &str| line.get(key).and_then(Value::as_u64).unwrap_or_default();
        self.kills += count("kills");
        self.lost += count("lost");
        self.doubled += count("doubled");
        self.half_done += count("half_done");
    }

    fn is_clean(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.half_done == 0 && self.failed_seeds.is_empty()
    }
}

/// Runs the harness of one room, or of every room that has one.
pub fn faults(args: &[String]) -> Done {
    let options = options(args)?;
    let rooms = rooms(options.room.as_deref())?;
    let mut clean = true;
    for room in rooms {
        let tally = run_room(&room, &options)?;
        clean &= tally.is_clean();
        print(&room, &tally, options.json);
    }
    if clean {
        Ok(())
    } else {
        Err(Failure::new("something was lost, doubled or left half done; see above"))
    }
}

fn options(args: &[String]) -> Done<Options> {
    let mut options = Options {
        room: None,
        kills: 20,
        seeds: 1,
        first_seed: 1,
        json: false,
    };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut number = || -> Done<u64> {
            let value = args.next().map(String::as_str).unwrap_or_default();
            value
                .parse()
                .map_err(|_| Failure::usage(format!("{arg} takes a number, not {value:?}")))
        };
        match arg.as_str() {
            "--kills" => options.kills = number()?,
            "--seeds" => options.seeds = number()?,
            "--seed" => options.first_seed = number()?,
            "--long" => (options.kills, options.seeds) = (200, 10),
            "--json" => options.json = true,
            room if !room.starts_with('-') && options.room.is_none() => options.room = Some(room.to_owned()),
            other => return Err(Failure::usage(format!("faults does not take {other:?}"))),
        }
    }
    Ok(options)
}

/// Rooms that have a harness, sorted.
fn rooms(asked: Option<&str>) -> Done<Vec<String>> {
    let core = place::root().join("core");
    let entries = std::fs::read_dir(&core).map_err(Failure::because(format!("cannot read {}", core.display())))?;
    let mut rooms: Vec<String> = entries
        .flatten()
        .filter(|room| room.path().join("tests/faults.rs").is_file())
        .map(|room| room.file_name().to_string_lossy().into_owned())
        .collect();
    rooms.sort();
    match asked {
        None => Ok(rooms),
        Some(room) if rooms.iter().any(|known| known == room) => Ok(vec![room.to_owned()]),
        Some(room) => Err(Failure::usage(format!(
            "no fault harness for {room:?}; there are: {}",
            rooms.join(", ")
        ))),
    }
}

fn run_room(room: &str, options: &Options) -> Done<Tally> {
    let mut tally = Tally {
        seeds: options.seeds,
        ..Tally::default()
    };
    for seed in options.first_seed..options.first_seed.saturating_add(options.seeds) {
        say(format!("{room}: {} kills, seed {seed}", options.kills));
        let output = harness(room)
            .env("TEKRAM_KILLS", options.kills.to_string())
            .env("TEKRAM_SEED", seed.to_string())
            .stderr(Stdio::inherit())
            .output()
            .map_err(Failure::because("cannot start cargo"))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let reports = reports(&printed);
        reports.iter().for_each(|report| tally.add(report));
        if !output.status.success() || reports.is_empty() {
            eprint!("{printed}");
            tally.failed_seeds.push(seed);
        }
    }
    Ok(tally)
}

fn harness(room: &str) -> Command {
    let mut command = cargo();
    command.args([
        "test",
        "--quiet",
        "--locked",
        "--package",
        &format!("tekram-{room}"),
        "--test",
        "faults",
    ]);
    command.args(["--", "--nocapture"]);
    command
}

/// The JSON lines in what a harness printed. The test runner writes its own words before one on the same line.
fn reports(printed: &str) -> Vec<Value> {
    printed
        .lines()
        .filter_map(|line| line.find('{').and_then(|start| line.get(start..)))
        .filter_map(|line| serde_json::from_str::<Value>(line.trim_end()).ok())
        .filter(|value| value.get("kills").is_some())
        .collect()
}

fn print(room: &str, tally: &Tally, as_json: bool) {
    let Tally {
        kills,
        seeds,
        lost,
        doubled,
        half_done,
        failed_seeds,
    } = tally;
    if as_json {
        let line = json!({
            "room": room, "kills": kills, "seeds": seeds,
            "lost": lost, "doubled": doubled, "half_done": half_done, "failed_seeds": failed_seeds,
        });
        println!("{line}");
        return;
    }
    println!("{room}: {kills} kills over {seeds} seeds: {lost} lost, {doubled} doubled, {half_done} half done");
    for seed in failed_seeds {
        println!("  failed; repeat with: cargo xtask faults {room} --seed {seed} --seeds 1");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_found_behind_the_test_runners_words() {
        let printed = "running 1 test\ntest survives ... {\"kills\":3,\"lost\":1,\"doubled\":0,\"half_done\":0}\nok\n{not json}\n";
        let mut tally = Tally::default();
        reports(printed).iter().for_each(|line| tally.add(line));
        assert_eq!(
            tally,
            Tally {
                kills: 3,
                lost: 1,
                ..Tally::default()
            }
        );
        assert!(!tally.is_clean());
    }

    #[test]
    fn options_are_read_and_wrong_ones_refused() {
        let read = |line: &str| options(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let wanted = Options {
            room: Some("vault".into()),
            kills: 5,
            seeds: 2,
            first_seed: 9,
            json: true,
        };
        assert_eq!(read("vault --kills 5 --seeds 2 --seed 9 --json").unwrap(), wanted);
        assert!(read("--kills many").is_err());
        assert!(read("vault pay").is_err());
    }
}
