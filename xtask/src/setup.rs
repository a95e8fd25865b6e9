//! Makes the Python environment that the Cashu mint (Nutshell) runs in, once for each user.
//!
//! It lies in the cache folder, so that every checkout shares it. A stamp inside holds the requirements it was made
//! from: written last, so that an interrupted set-up is started over, and compared, so that changed requirements are
//! noticed. A file lock keeps two set-ups from building at once.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place;
use crate::step::{Done, Failure, output, run, say};

const STAMP: &str = "tekram-requirements";

/// Makes or checks everything that `run` and `test` need beside cargo.
pub fn setup() -> Done {
    let cache = place::cache()?;
    fs::create_dir_all(&cache).map_err(Failure::because(format!("cannot make {}", cache.display())))?;
    let requirements = place::root().join("tests/harness/nutshell-requirements.txt");
    let wanted = fs::read_to_string(&requirements)
        .map_err(Failure::because(format!("cannot read {}", requirements.display())))?;
    let environment = cache.join("nutshell");
    let _lock = lock(&cache.join("nutshell.lock"))?;
    if is_ready(&environment, &wanted) {
        say(format!(
            "the mint's Python environment is ready: {}",
            environment.display()
        ));
        return Ok(());
    }
    build(&environment, &requirements)?;
    fs::write(environment.join(STAMP), &wanted)
        .map_err(Failure::because(format!("cannot write in {}", environment.display())))?;
    if is_ready(&environment, &wanted) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} was made, but its `mint` does not start",
        environment.display()
    )))
}

/// Waits until no other process sets up; the lock ends with the returned file.
fn lock(path: &Path) -> Done<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(Failure::because(format!("cannot open {}", path.display())))?;
    if file.try_lock().is_err() {
        say("another set-up is at work; waiting for it");
        file.lock()
            .map_err(Failure::because(format!("cannot lock {}", path.display())))?;
    }
    Ok(file)
}

/// Whether the environment was made from these requirements and its Python (which may have been upgraded away) still
/// finds the mint.
fn is_ready(environment: &Path, wanted: &str) -> bool {
    let made_from = fs::read_to_string(environment.join(STAMP)).unwrap_or_default();
    if made_from != wanted || !environment.join("bin/mint").is_file() {
        return false;
    }
    let mut ask = Command::new(environment.join("bin/python"));
    ask.args(["-c", "import importlib.metadata as m; print(m.version('cashu'))"]);
    output("looking for the mint", &mut ask).is_ok()
}

fn build(environment: &Path, requirements: &Path) -> Done {
    let python = python()?;
    if environment.exists() {
        say("the mint's Python environment is from other requirements, or unfinished: making it anew");
        fs::remove_dir_all(environment)
            .map_err(Failure::because(format!("cannot remove {}", environment.display())))?;
    }
    let venv = run(
        "making a Python environment for the mint",
        Command::new(&python).args(["-m", "venv"]).arg(environment),
    );
    if let Err(failure) = venv {
        return Err(Failure::new(format!(
            "{}\n  Python's `venv` is missing or broken; on Debian: apt-get install python3-venv",
            failure.message
        )));
    }
    run(
        "installing Nutshell into it (about a minute, once)",
        Command::new(environment.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
            ])
            .args(["--progress-bar", "off", "--requirement"])
            .arg(requirements),
    )
}

/// The Python that the environment is made with: `$TEKRAM_PYTHON`, else `python3`.
fn python() -> Done<PathBuf> {
    let python = std::env::var_os("TEKRAM_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let found = output(
        "asking Python",
        Command::new(&python).args(["-c", "import sys; print(sys.version)"]),
    );
    match found {
        Ok(_) => Ok(python),
        Err(_) => Err(Failure::new(format!(
            "{} does not start. The Cashu mint of the story is a Python program: install Python 3.10 or newer with its \
             `venv` (on Debian: apt-get install python3 python3-venv), or name one with TEKRAM_PYTHON",
            python.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_without_its_stamp_is_not_ready() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_ready(folder.path(), "cashu<0.20\n"));
    }

    #[test]
    fn an_environment_made_from_other_requirements_is_not_ready() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(folder.path().join("bin/mint"), "").unwrap();
        fs::write(folder.path().join(STAMP), "cashu<0.19\n").unwrap();
        assert!(!is_ready(folder.path(), "cashu<0.20\n"));
    }

    #[test]
    fn a_second_lock_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = lock(&path).unwrap();
        let other = OpenOptions::new().write(true).open(&path).unwrap();
        assert!(other.try_lock().is_err());
        drop(held);
        assert!(other.try_lock().is_ok());
    }
}
