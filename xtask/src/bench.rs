//! Builds `tekram-bench` (package `tekram-tests`) for release and runs it.
//!
//! Contract: `tekram-bench [ROOM] [--large[=MB]] [--json]` measures each figure and its floor alternately in one run and
//! prints one line for each, with `--json` an object `{bench, figure, unit, floor, ratio, spread}`; bench names are
//! ROOM_WHAT.

use crate::place;
use crate::step::{Done, Failure, cargo, run};
use std::process::Command;

/// Passes everything on; the bench itself refuses what it does not know.
pub fn bench(args: &[String]) -> Done {
    run(
        "building the benches for release",
        cargo().args([
            "build",
            "--release",
            "--locked",
            "--package",
            "tekram-tests",
            "--bin",
            "tekram-bench",
        ]),
    )?;
    let mut bench = Command::new(place::target()?.join("release").join("tekram-bench"));
    bench.args(args).current_dir(place::root());
    let status = bench.status().map_err(Failure::because("cannot start tekram-bench"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("tekram-bench ended with {status}")))
    }
}
