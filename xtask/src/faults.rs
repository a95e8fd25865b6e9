//! Runs the fault harnesses of the rooms and says what they lost.
//!
//! Contract: a room's harness is its integration test `tests/kills.rs`. It reads `TEKRAM_KILLS` (how many times to
//! kill the process under test, spread over the seeds), `TEKRAM_SEEDS` and `TEKRAM_SEED` (the first seed; random when
//! not given) and prints one JSON object on a line of its own, with at least `kills`, `seeds`, `lost`, `doubled` and
//! `half_done`. Everything random follows from the seed, so that `--seed` repeats a run.

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
    first_seed: Option<u64>,
    json: bool,
}

/// Runs the harness of one room, or of every room that has one.
pub fn faults(args: &[String]) -> Done {
    let options = options(args)?;
    let mut clean = true;
    for room in rooms(options.room.as_deref())? {
        say(format!("{room}: {} kills over {} seeds", options.kills, options.seeds));
        let (passed, report) = run_room(&room, &options)?;
        println!(
            "{}",
            if options.json {
                report.to_string()
            } else {
                sentence(&report)
            }
        );
        clean &= passed && is_clean(&report);
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
        seeds: 2,
        first_seed: None,
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
            "--seed" => options.first_seed = Some(number()?),
            "--long" => (options.kills, options.seeds) = (2000, 20),
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
        .filter(|room| room.path().join("tests/kills.rs").is_file())
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

/// Whether the harness passed, and its report.
fn run_room(room: &str, options: &Options) -> Done<(bool, Value)> {
    let mut harness: Command = cargo();
    harness.args([
        "test",
        "--quiet",
        "--locked",
        "--package",
        &format!("tekram-{room}"),
        "--test",
        "kills",
    ]);
    harness.args(["--", "--nocapture", "--test-threads", "1"]);
    harness
        .env("TEKRAM_KILLS", options.kills.to_string())
        .env("TEKRAM_SEEDS", options.seeds.to_string());
    if let Some(seed) = options.first_seed {
        harness.env("TEKRAM_SEED", seed.to_string());
    }
    let output = harness
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::because("cannot start cargo"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        eprint!("{printed}");
    }
    match report(&printed) {
        Some(mut report) => {
            if let Some(fields) = report.as_object_mut() {
                fields.entry("room").or_insert_with(|| json!(room));
            }
            Ok((output.status.success(), report))
        }
        None => Err(Failure::new(format!(
            "{room}: the harness ended with {} and printed no report",
            output.status
        ))),
    }
}

/// The last report in what a harness printed. The test runner writes its own words before one on the same line.
fn report(printed: &str) -> Option<Value> {
    printed
        .lines()
        .filter_map(|line| line.find('{').and_then(|start| line.get(start..)))
        .filter_map(|line| serde_json::from_str::<Value>(line.trim_end()).ok())
        .rfind(|value| value.get("kills").is_some())
}

fn count(report: &Value, field: &str) -> u64 {
    report.get(field).and_then(Value::as_u64).unwrap_or_default()
}

fn is_clean(report: &Value) -> bool {
    ["lost", "doubled", "half_done"]
        .iter()
        .all(|field| count(report, field) == 0)
}

fn sentence(report: &Value) -> String {
    let room = report.get("room").and_then(Value::as_str).unwrap_or_default();
    let [kills, seeds, lost, doubled, half_done] =
        ["kills", "seeds", "lost", "doubled", "half_done"].map(|field| count(report, field));
    format!("{room}: {kills} kills over {seeds} seeds: {lost} lost, {doubled} doubled, {half_done} half done")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_found_behind_the_test_runners_words() {
        let printed = "running 1 test\ntest survives ... {\"kills\":3,\"lost\":1,\"doubled\":0,\"half_done\":0}\nok\n{not json}\n";
        let found = report(printed).unwrap();
        assert_eq!(count(&found, "kills"), 3);
        assert!(!is_clean(&found));
        assert_eq!(report("nothing"), None);
    }

    #[test]
    fn options_are_read_and_wrong_ones_refused() {
        let read = |line: &str| options(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let wanted = Options {
            room: Some("vault".into()),
            kills: 5,
            seeds: 2,
            first_seed: Some(9),
            json: true,
        };
        assert_eq!(read("vault --kills 5 --seeds 2 --seed 9 --json").unwrap(), wanted);
        assert!(read("--kills many").is_err());
        assert!(read("vault pay").is_err());
    }
}
