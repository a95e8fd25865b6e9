//! Everything that must pass before a change lands, in the order in which it fails fastest.

use crate::step::{Done, Failure, cargo, run};
use crate::{lint, setup, tree};

/// Lint, set-up, all tests. `--quick` is the usual loop: no clippy, and `TEKRAM_QUICK=1` tells long tests (fault
/// runs, big files) to take their short form, which they print.
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
    } else {
        lint::lint()?;
    }
    setup::setup()?;
    // The journeys drive the programs themselves, so these must be there before any test starts.
    run(
        "building the programs",
        cargo().args(["build", "--workspace", "--bins", "--locked"]),
    )?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    if quick {
        tests.env("TEKRAM_QUICK", "1");
        tests.env(
            "PROPTEST_CASES",
            std::env::var("PROPTEST_CASES").unwrap_or_else(|_| "32".into()),
        );
    }
    run("running the tests", &mut tests)
}
