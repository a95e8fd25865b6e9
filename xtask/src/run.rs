//! Builds what the story needs and becomes the story.

use std::process::Command;

use crate::place;
use crate::setup;
use crate::step::{Done, Failure, cargo, run as step};

/// Set-up, build, then `tekram-story` with the arguments given; its exit code is this program's.
pub fn run(args: &[String]) -> Done {
    let asks_for_help = args.iter().any(|arg| arg == "--help" || arg == "-h");
    if !asks_for_help {
        setup::setup()?;
    }
    step(
        "building tekram, tekram-desk and the story (some minutes the first time)",
        cargo()
            // The whole workspace is named so that dependencies get the same features as in `test`, and are built once.
            .args(["build", "--locked", "--workspace"])
            .args(["--bin", "tekram", "--bin", "tekram-desk", "--bin", "tekram-story"]),
    )?;
    let target = place::target()?;
    let mut story = Command::new(target.join("debug").join("tekram-story"));
    if !args.iter().any(|arg| arg == "--data" || arg.starts_with("--data=")) {
        story.arg("--data").arg(place::root().join("target").join("run"));
    }
    story.args(args);
    become_program(story)
}

/// Replaces this process, so that Ctrl-C and the exit code belong to the story alone.
#[cfg(unix)]
fn become_program(mut program: Command) -> Done {
    use std::os::unix::process::CommandExt;
    let cause = program.exec();
    Err(Failure::new(format!("cannot start {program:?}: {cause}")))
}

#[cfg(not(unix))]
fn become_program(mut program: Command) -> Done {
    step("the story", &mut program)
}
