//! Everything that must pass before a change lands, in the order in which it fails fastest.

use crate::step::{Done, Failure, cargo, run};
use crate::{bindings, fuzz, kotlin, lint, phone, setup, swift, tree, words};

/// Lint, set-up, all tests, the app's Kotlin, some seconds of fuzzing, the types for phones, the iOS package. `--quick` is the usual loop:
/// no clippy, ktlint and detekt, no fuzzing, no phones, no iOS package, fewer cases of each property, fewer kills in each fault run. What the caller set for these stands.
pub fn test(args: &[String]) -> Done {
    let mut quick = false;
    for arg in args {
        match arg.as_str() {
            "--quick" => quick = true,
            other => return Err(Failure::usage(format!("test takes --quick, not {other:?}"))),
        }
    }
    if quick {
        lint::format()?;
        tree::check()?;
        words::words(&["--check".to_owned()])?;
    } else {
        lint::lint()?;
    }
    setup::setup_for_tests()?;
    // The journeys drive the programs themselves, so these must be there before any test starts.
    run(
        "building the programs",
        cargo().args(["build", "--workspace", "--bins", "--locked"]),
    )?;
    bindings::make()?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    if quick {
        let shorter = [
            ("PROPTEST_CASES", "32"),
            ("TEKRAM_KILLS", "5"),
            ("TEKRAM_CUTS", "5"),
            ("TEKRAM_REFUSALS", "5"),
            ("TEKRAM_FLIPS", "5"),
        ];
        for (name, short) in shorter {
            tests.env(name, std::env::var(name).unwrap_or_else(|_| short.into()));
        }
    }
    run("running the tests", &mut tests)?;
    kotlin::test(quick)?;
    if quick {
        return Ok(());
    }
    fuzz::for_a_while()?;
    phone::when_possible()?;
    swift::when_ready()
}
