//! Builds the fuzz targets of `tests/fuzz` and runs them: each for some seconds in `cargo xtask test`, one for as long as one likes by
//! `cargo xtask fuzz TARGET SECONDS`. It is libFuzzer as cargo-fuzz drives it, but on the toolchain that the product is built with: only
//! our own crates get counters, by a wrapper around rustc, and everything else is shared with other builds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::place;
use crate::step::{Done, Failure, cargo, output, run, say};

/// Longer inputs are not made; an export is the longest seed.
const MOST_BYTES: u32 = 32 * 1024;
/// More is a failure: readers must not take memory for what is not there.
const MOST_MEGABYTES: u32 = 1024;
/// A run that takes this many seconds is a failure.
const MOST_SECONDS_EACH: u32 = 10;
/// How long each target runs in `cargo xtask test`.
const SECONDS_IN_TEST: u64 = 5;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// Fuzz all or one, for so many seconds each.
    Fuzz {
        target: Option<String>,
        seconds: u64,
        seed: Option<u32>,
    },
    /// Run one target once with each of these files.
    Again { target: String, files: Vec<String> },
    /// Write the seeds anew.
    Seeds,
}

/// `cargo xtask fuzz …`.
pub fn fuzz(args: &[String]) -> Done {
    let wanted = wanted(args)?;
    let fuzzers = Fuzzers::build()?;
    match wanted {
        Wanted::Seeds => run(
            "writing the seeds",
            Command::new(fuzzers.program("seeds"))
                .arg("-runs=0")
                .env("TEKRAM_SEEDS", folder().join("corpus")),
        ),
        Wanted::Again { target, files } => {
            fuzzers.check(&target)?;
            run("running it again", Command::new(fuzzers.program(&target)).args(&files))
        }
        Wanted::Fuzz { target, seconds, seed } => {
            let targets = match target {
                Some(target) => {
                    fuzzers.check(&target)?;
                    vec![target]
                }
                None => fuzzers.targets.clone(),
            };
            fuzzers.fuzz(&targets, seconds, seed.unwrap_or_else(random_seed), true)
        }
    }
}

/// The time-boxed run of `cargo xtask test`: each target over its seeds, then some seconds of mutations.
pub fn for_a_while() -> Done {
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    if output("asking the C++ compiler", Command::new(&compiler).arg("--version")).is_err() {
        say("no C++ compiler: the fuzz targets are left out");
        return Ok(());
    }
    let fuzzers = Fuzzers::build()?;
    fuzzers.fuzz(&fuzzers.targets, SECONDS_IN_TEST, random_seed(), false)
}

fn wanted(args: &[String]) -> Done<Wanted> {
    let (mut words, mut files, mut seed, mut seeds) = (Vec::new(), Vec::new(), None, false);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seeds" => seeds = true,
            "--seed" => seed = Some(number(args.next())?),
            "--file" => files.extend(args.next().cloned()),
            word if !word.starts_with('-') && words.len() < 2 => words.push(word.to_owned()),
            other => return Err(Failure::usage(format!("fuzz does not take {other:?}"))),
        }
    }
    if seeds {
        return Ok(Wanted::Seeds);
    }
    let mut words = words.into_iter().peekable();
    // `fuzz 60` is all targets for a minute each.
    let target = words.next_if(|word| word.parse::<u64>().is_err());
    let seconds = match words.next() {
        Some(word) => number(Some(&word))?,
        None => 60,
    };
    match (files.is_empty(), target) {
        (true, target) => Ok(Wanted::Fuzz { target, seconds, seed }),
        (false, Some(target)) => Ok(Wanted::Again { target, files }),
        (false, None) => Err(Failure::usage("--file needs a target")),
    }
}

fn number<T: std::str::FromStr>(word: Option<&String>) -> Done<T> {
    let word = word.map(String::as_str).unwrap_or_default();
    word.parse()
        .map_err(|_| Failure::usage(format!("fuzz takes a number, not {word:?}")))
}

/// Another one on every run; nothing depends on its quality. libFuzzer takes 0 for "choose one".
fn random_seed() -> u32 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    now.subsec_nanos().max(1)
}

fn folder() -> PathBuf {
    place::root().join("tests").join("fuzz")
}

/// The built targets.
struct Fuzzers {
    built: PathBuf,
    targets: Vec<String>,
}

/// One target that runs.
struct Running {
    target: String,
    child: Child,
    log: PathBuf,
    crashes: PathBuf,
}

impl Fuzzers {
    fn build() -> Done<Self> {
        let mut build = cargo();
        build
            .args(["build", "--locked", "--package", "tekram-fuzz", "--bins"])
            .args(["--features", "libfuzzer"])
            .env("RUSTC_WORKSPACE_WRAPPER", folder().join("instrumented.sh"));
        run("building the fuzz targets", &mut build)?;
        let sources = folder().join("fuzz_targets");
        let entries = fs::read_dir(&sources).map_err(Failure::because(format!("cannot read {}", sources.display())))?;
        let mut targets: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
            .filter(|name| name != "seeds")
            .collect();
        targets.sort();
        Ok(Self {
            built: place::target()?.join("debug"),
            targets,
        })
    }

    fn program(&self, target: &str) -> PathBuf {
        self.built
            .join(format!("fuzz_{target}{}", std::env::consts::EXE_SUFFIX))
    }

    fn check(&self, target: &str) -> Done {
        if self.targets.iter().any(|known| known == target) {
            return Ok(());
        }
        let known = self.targets.join(", ");
        Err(Failure::usage(format!("no fuzz target {target:?}; there are: {known}")))
    }

    /// Fuzzes these targets, two at a time. What is found new is kept from one run to the next when `keeps`.
    fn fuzz(&self, targets: &[String], seconds: u64, seed: u32, keeps: bool) -> Done {
        say(format!(
            "fuzzing {} for {seconds} s each, seed {seed}",
            targets.join(", ")
        ));
        let mut failed = Vec::new();
        for pair in targets.chunks(2) {
            let running: Vec<Running> = pair
                .iter()
                .map(|target| self.start(target, seconds, seed, keeps))
                .collect::<Done<_>>()?;
            for one in running {
                let target = one.target.clone();
                if !one.finish()? {
                    failed.push(target);
                }
            }
        }
        if failed.is_empty() {
            return Ok(());
        }
        let failed = failed.join(", ");
        Err(Failure::new(format!(
            "fuzzing found something in {failed} (seed {seed}); see above"
        )))
    }

    fn start(&self, target: &str, seconds: u64, seed: u32, keeps: bool) -> Done<Running> {
        let work = self.built.join("fuzz").join(target);
        let found = work.join(if keeps { "corpus" } else { "corpus-of-test" });
        let crashes = folder().join("artifacts").join(target);
        if !keeps && found.exists() {
            fs::remove_dir_all(&found).map_err(Failure::because(format!("cannot empty {}", found.display())))?;
        }
        for folder in [&found, &crashes] {
            fs::create_dir_all(folder).map_err(Failure::because(format!("cannot make {}", folder.display())))?;
        }
        let log = work.join("log");
        let out = fs::File::create(&log).map_err(Failure::because(format!("cannot write {}", log.display())))?;
        let mut fuzzer = Command::new(self.program(target));
        fuzzer
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-seed={seed}"))
            .arg(format!("-max_len={MOST_BYTES}"))
            .arg(format!("-rss_limit_mb={MOST_MEGABYTES}"))
            .arg(format!("-timeout={MOST_SECONDS_EACH}"))
            .arg("-print_final_stats=1")
            .arg(format!("-artifact_prefix={}/", crashes.display()));
        let dictionary = folder().join("dictionaries").join(target);
        if dictionary.is_file() {
            fuzzer.arg(format!("-dict={}", dictionary.display()));
        }
        // The first folder gets what is found.
        fuzzer.arg(&found).arg(folder().join("corpus").join(target));
        let child = fuzzer
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(out)
            .spawn()
            .map_err(Failure::because(format!("cannot start the fuzz target {target}")))?;
        Ok(Running {
            target: target.to_owned(),
            child,
            log,
            crashes,
        })
    }
}

impl Running {
    /// Waits for its end, and says what it did. `false`: it found something.
    fn finish(mut self) -> Done<bool> {
        let status = self
            .child
            .wait()
            .map_err(Failure::because("cannot wait for a fuzz target"))?;
        let log = String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned();
        let target = &self.target;
        if status.success() {
            let runs = after(&log, "stat::number_of_executed_units:").unwrap_or("?");
            say(format!("{target}: {runs} runs, nothing found"));
            return Ok(true);
        }
        eprintln!("{log}");
        match written(&log) {
            Some(file) => {
                let file = Path::new(file);
                let file = file.strip_prefix(place::root()).unwrap_or(file).display();
                say(format!(
                    "{target}: found something. Again: cargo xtask fuzz {target} --file {file}"
                ));
                say("when it is mended, the file belongs into tests/fuzz/corpus under a name that says what it is");
            }
            None => say(format!(
                "{target}: ended with {status}; look into {}",
                self.crashes.display()
            )),
        }
        Ok(false)
    }
}

/// The file that libFuzzer wrote what it found to.
fn written(log: &str) -> Option<&str> {
    after(log, "Test unit written to ")
}

fn after<'a>(log: &'a str, words: &str) -> Option<&'a str> {
    let line = log.lines().rev().find(|line| line.contains(words))?;
    line.split(words).nth(1).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Done<Wanted> {
        wanted(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_target_and_seconds_are_read_in_every_form() {
        let all = |target: Option<&str>, seconds, seed| Wanted::Fuzz {
            target: target.map(str::to_owned),
            seconds,
            seed,
        };
        assert_eq!(read("").unwrap(), all(None, 60, None));
        assert_eq!(read("30").unwrap(), all(None, 30, None));
        assert_eq!(read("header 5 --seed 7").unwrap(), all(Some("header"), 5, Some(7)));
        let again = Wanted::Again {
            target: "age".to_owned(),
            files: vec!["crash-1".to_owned()],
        };
        assert_eq!(read("age --file crash-1").unwrap(), again);
        for wrong in ["--file x", "header many", "--seed", "a 1 b", "--fast"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_file_and_the_count_are_found_in_what_libfuzzer_prints() {
        let log =
            "stat::number_of_executed_units: 5120\nartifact_prefix='a/'; Test unit written to a/crash-0b\nBase64: AA==";
        assert_eq!(written(log), Some("a/crash-0b"));
        assert_eq!(after(log, "stat::number_of_executed_units:"), Some("5120"));
        assert_eq!(written("nothing"), None);
    }
}
