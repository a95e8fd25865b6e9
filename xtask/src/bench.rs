//! Builds `tekram-bench` (package `tekram-tests`) for release and runs it.
//!
//! Contract: `tekram-bench [ROOM] [--large[=MB]] [--json]` measures each figure and its floor alternately in one run and
//! prints one line for each, with `--json` an object `{bench, figure, unit, floor, ratio, spread}`; bench names are
//! ROOM_WHAT.

use crate::place;
use crate::step::{Done, Failure, cargo, run};
use std::path::{Path, PathBuf};
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
    let target = place::target()?;
    let mut bench = Command::new(target.join("release").join("tekram-bench"));
    bench.args(args).current_dir(place::root());
    if args.iter().all(|arg| arg.starts_with('-') || arg == "vault") {
        bench.env("TEKRAM_ASKAR_PEER", peer(&target)?);
    }
    let status = bench.status().map_err(Failure::because("cannot start tekram-bench"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("tekram-bench ended with {status}")))
    }
}

/// Builds aries-askar's program, which is no part of our workspace.
fn peer(target: &Path) -> Done<PathBuf> {
    let folder = place::root().join("tests").join("bench").join("peers");
    let built = target.join("peers");
    run(
        "building the peer of the vault's benches",
        cargo()
            .args(["build", "--release", "--locked"])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", &built),
    )?;
    Ok(built
        .join("release")
        .join(format!("askar-peer{}", std::env::consts::EXE_SUFFIX)))
}
