//! Runs one program at a time with a line that says what is being done, and turns its end into a result.
//!
//! Exit codes: 1 when something failed, 2 for wrong usage, as in `tekram` itself.

use std::fmt::Display;
use std::process::Command;
use std::time::Instant;

/// Why a subcommand ended badly, and the exit code that says so.
#[derive(Debug)]
pub struct Failure {
    /// What failed and what can be done about it.
    pub message: String,
    /// Exit code of the process.
    pub code: u8,
}

impl Failure {
    /// Something was tried and did not work.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }

    /// The command line asked for something that does not exist.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 2,
        }
    }

    /// `Failure::new` with what was being done in front of the cause.
    pub fn because(what: impl Display) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.to_string();
        move |cause| Self::new(format!("{what}: {cause}"))
    }
}

/// Result of every step.
pub type Done<T = ()> = Result<T, Failure>;

/// The cargo that runs this program, without what it says of this program's own package: build scripts that look at it (ring's)
/// would run again, and all that stands on them would be built again, at each turn from `cargo xtask` to `cargo` and back.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::place::root());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(of_the_package) {
            command.env_remove(name);
        }
    }
    command
}

fn of_the_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// Says what is done.
pub fn say(line: impl Display) {
    eprintln!("== {line}");
}

/// Runs `command` with this process's output, and fails when it does.
pub fn run(what: &str, command: &mut Command) -> Done {
    say(what);
    let started = Instant::now();
    let status = command
        .status()
        .map_err(Failure::because(format!("cannot start {command:?}")))?;
    if !status.success() {
        return Err(Failure::new(format!("{what} failed ({status})")));
    }
    say(format!("{what}: done in {:.1} s", started.elapsed().as_secs_f32()));
    Ok(())
}

/// Runs `command` quietly and returns what it printed; its errors are shown when it fails.
pub fn output(what: &str, command: &mut Command) -> Done<Vec<u8>> {
    let output = command
        .output()
        .map_err(Failure::because(format!("cannot start {command:?}")))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!(
            "{what} failed ({}):\n{}",
            output.status,
            errors.trim_end()
        )));
    }
    Ok(output.stdout)
}
