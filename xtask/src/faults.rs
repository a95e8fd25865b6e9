//! Runs the fault harnesses of the rooms and adds up what they lost.
//!
//! Contract: a room's harness is an integration test of the room whose name ends in `kills`, or one of `tests/faults` whose name
//! begins with the room's (`vault_kills`, `vault_power_cuts`, ...). It reads `TEKRAM_KILLS` (how many times to kill the process
//! under test; `TEKRAM_CUTS`, `TEKRAM_REFUSALS` and `TEKRAM_FLIPS` for the other faults) and `TEKRAM_SEED` (everything random follows
//! from it; `TEKRAM_SEEDS` is 1) and prints one JSON object on a line of its own, with at least `lost`, `doubled`, `half_done` and
//! how many faults struck, under their name. It is run once for each seed; a failing one is named, so that `--seed N --seeds 1`
//! repeats it.

use std::collections::BTreeMap;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::place;
use crate::setup;
use crate::step::{Done, Failure, cargo, say};

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    room: Option<String>,
    kills: u64,
    seeds: u64,
    first_seed: Option<u64>,
    long: bool,
    json: bool,
}

/// Where the faults are that need a process of their own under the room's code.
const OUTSIDE: &str = "faults";
/// What faults are called in reports, and the setting that says how many there are.
const KINDS: [(&str, &str); 4] = [
    ("kills", "TEKRAM_KILLS"),
    ("power_cuts", "TEKRAM_CUTS"),
    ("refusals", "TEKRAM_REFUSALS"),
    ("flips", "TEKRAM_FLIPS"),
];
/// Kills of one harness of `tests/faults` in a long run, over all seeds; a room's own have their number beside.
const LONG_KILLS: u64 = 100_000;
/// The other faults of `tests/faults`, to each kill.
const OTHERS_TO_A_KILL: u64 = 5;

/// An integration test that makes faults.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Harness {
    package: String,
    test: String,
}

impl Harness {
    fn is_outside(&self) -> bool {
        self.package == OUTSIDE
    }
}

/// What happened in one room over all seeds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    /// How many faults of each kind struck.
    struck: BTreeMap<&'static str, u64>,
    lost: u64,
    doubled: u64,
    half_done: u64,
    failed_seeds: Vec<u64>,
}

impl Tally {
    fn add(&mut self, report: &Value) {
        let count = |field: &str| report.get(field).and_then(Value::as_u64).unwrap_or_default();
        for (kind, _) in KINDS {
            if count(kind) > 0 {
                *self.struck.entry(kind).or_default() += count(kind);
            }
        }
        self.lost += count("lost");
        self.doubled += count("doubled");
        self.half_done += count("half_done");
    }

    fn is_clean(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.half_done == 0 && self.failed_seeds.is_empty()
    }
}

/// Runs the harnesses of one room, or of every room that has one.
pub fn faults(args: &[String]) -> Done {
    let options = options(args)?;
    let rooms = rooms(options.room.as_deref())?;
    setup::setup()?;
    let mut clean = true;
    for (room, harnesses) in rooms {
        let tally = run_room(&room, &harnesses, &options)?;
        clean &= tally.is_clean();
        print(&room, &tally, &options);
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
        long: false,
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
            "--seeds" => options.seeds = number()?.max(1),
            "--seed" => options.first_seed = Some(number()?),
            "--long" => (options.kills, options.seeds, options.long) = (2000, 20, true),
            "--json" => options.json = true,
            room if !room.starts_with('-') && options.room.is_none() => options.room = Some(room.to_owned()),
            other => return Err(Failure::usage(format!("faults does not take {other:?}"))),
        }
    }
    Ok(options)
}

/// Rooms that have harnesses, sorted.
fn rooms(asked: Option<&str>) -> Done<BTreeMap<String, Vec<Harness>>> {
    let core = place::root().join("core");
    let entries = std::fs::read_dir(&core).map_err(Failure::because(format!("cannot read {}", core.display())))?;
    let mut rooms: BTreeMap<String, Vec<Harness>> = BTreeMap::new();
    for room in entries.flatten() {
        let name = room.file_name().to_string_lossy().into_owned();
        let own = tests(&room.path()).into_iter().filter(|test| test.ends_with("kills"));
        let own = own.map(|test| Harness {
            package: name.clone(),
            test,
        });
        let outside = tests(&place::root().join("tests").join(OUTSIDE)).into_iter();
        let outside = outside.filter(|test| test.strip_prefix(&name).is_some_and(|kind| kind.starts_with('_')));
        let outside = outside.map(|test| Harness {
            package: OUTSIDE.to_owned(),
            test,
        });
        let mut harnesses: Vec<Harness> = own.chain(outside).collect();
        harnesses.sort();
        if !harnesses.is_empty() {
            rooms.insert(name, harnesses);
        }
    }
    let Some(asked) = asked else { return Ok(rooms) };
    match rooms.remove_entry(asked) {
        Some(room) => Ok(BTreeMap::from([room])),
        None => {
            let known: Vec<&str> = rooms.keys().map(String::as_str).collect();
            Err(Failure::usage(format!(
                "no fault harness for {asked:?}; there are: {}",
                known.join(", ")
            )))
        }
    }
}

/// Names of a package's integration tests.
fn tests(package: &std::path::Path) -> Vec<String> {
    let tests = std::fs::read_dir(package.join("tests")).into_iter().flatten().flatten();
    tests
        .filter_map(|test| test.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect()
}

fn run_room(room: &str, harnesses: &[Harness], options: &Options) -> Done<Tally> {
    let mut tally = Tally::default();
    let first = options.first_seed.unwrap_or_else(random_seed);
    for (harness, position) in harnesses
        .iter()
        .flat_map(|harness| (0..options.seeds).map(move |at| (harness, at)))
    {
        let seed = first.saturating_add(position);
        // The kills are spread over the seeds to the last one.
        let all = if options.long && harness.is_outside() {
            LONG_KILLS
        } else {
            options.kills
        };
        let faults = all * (position + 1) / options.seeds - all * position / options.seeds;
        let Harness { package, test } = harness;
        say(format!("{room}: {test} by {faults}, seed {seed}"));
        let settings = KINDS.map(|(kind, setting)| {
            let of_this_kind = if kind == "kills" {
                faults
            } else {
                faults.div_ceil(OTHERS_TO_A_KILL)
            };
            (setting, of_this_kind.to_string())
        });
        let output = cargo()
            .args([
                "test",
                "--quiet",
                "--locked",
                "--package",
                &format!("tekram-{package}"),
                "--test",
                test,
            ])
            .args(["--", "--nocapture", "--test-threads", "1"])
            .envs(settings)
            .env("TEKRAM_SEEDS", "1")
            .env("TEKRAM_SEED", seed.to_string())
            .stderr(Stdio::inherit())
            .output()
            .map_err(Failure::because("cannot start cargo"))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let report = report(&printed);
        if let Some(report) = &report {
            tally.add(report);
        }
        if report.is_none() || !output.status.success() {
            eprint!("{printed}");
            tally.failed_seeds.push(seed);
        }
    }
    Ok(tally)
}

/// Another one on every run; nothing depends on its quality.
fn random_seed() -> u64 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    u64::from(now.subsec_nanos()) ^ now.as_secs()
}

/// The last report in what a harness printed. The test runner writes its own words before one on the same line.
fn report(printed: &str) -> Option<Value> {
    printed
        .lines()
        .filter_map(|line| line.find('{').and_then(|start| line.get(start..)))
        .filter_map(|line| serde_json::from_str::<Value>(line.trim_end()).ok())
        .rfind(|value| value.get("half_done").is_some())
}

fn print(room: &str, tally: &Tally, options: &Options) {
    let Tally {
        struck,
        lost,
        doubled,
        half_done,
        failed_seeds,
    } = tally;
    let seeds = options.seeds;
    if options.json {
        let mut line = json!({
            "room": room, "seeds": seeds,
            "lost": lost, "doubled": doubled, "half_done": half_done, "failed_seeds": failed_seeds,
        });
        if let Some(line) = line.as_object_mut() {
            line.extend(struck.iter().map(|(kind, times)| ((*kind).to_owned(), json!(times))));
        }
        println!("{line}");
        return;
    }
    let struck: Vec<String> = struck
        .iter()
        .map(|(kind, times)| format!("{times} {}", kind.replace('_', " ")))
        .collect();
    let struck = struck.join(", ");
    println!("{room}: {struck} over {seeds} seeds: {lost} lost, {doubled} doubled, {half_done} half done");
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
        tally.add(&report(printed).unwrap());
        assert_eq!(
            tally,
            Tally {
                struck: BTreeMap::from([("kills", 3)]),
                lost: 1,
                ..Tally::default()
            }
        );
        assert!(!tally.is_clean());
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
            long: false,
            json: true,
        };
        assert_eq!(read("vault --kills 5 --seeds 2 --seed 9 --json").unwrap(), wanted);
        assert!(read("--kills many").is_err());
        assert!(read("vault pay").is_err());
    }
}
