//! Makes the Python environments that counterparts of the tests run in, once for each user: the Cashu mint (Nutshell), an
//! issuer and verifier of credentials, a WebDAV server (WsgiDAV), and one that takes listens (Maloja).
//!
//! They lie in the cache folder, so that every checkout shares them. A stamp inside holds the requirements it was made
//! from: written last, so that an interrupted set-up is started over, and compared, so that changed requirements are
//! noticed. A file lock keeps two set-ups from building at once.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place;
use crate::step::{Done, Failure, output, run, say};

const STAMP: &str = "tekram-requirements";

/// A Python environment.
struct Environment {
    /// Its folder in the cache.
    folder: &'static str,
    /// Who runs in it, for people.
    of: &'static str,
    /// What is installed, below `tests/harness`.
    requirements: &'static str,
    /// What must be there afterwards, below its folder.
    program: &'static str,
    /// The package whose version is asked, to know that its Python still runs.
    package: &'static str,
}

const MINT: Environment = Environment {
    folder: "nutshell",
    of: "the mint",
    requirements: "nutshell-requirements.txt",
    program: "bin/mint",
    package: "cashu",
};

const ISSUER: Environment = Environment {
    folder: "sd-jwt",
    of: "the issuer",
    requirements: "sd-jwt-requirements.txt",
    program: "bin/python",
    package: "sd-jwt",
};

const SERVER: Environment = Environment {
    folder: "webdav",
    of: "the WebDAV server",
    requirements: "webdav-requirements.txt",
    program: "bin/wsgidav",
    package: "wsgidav",
};

const LISTENS: Environment = Environment {
    folder: "maloja",
    of: "the server for listens",
    requirements: "maloja-requirements.txt",
    program: "bin/maloja",
    package: "malojaserver",
};

const CLIENT: Environment = Environment {
    folder: "listenbrainz",
    of: "the client of ListenBrainz",
    requirements: "listenbrainz-requirements.txt",
    program: "bin/python",
    package: "liblistenbrainz",
};

/// Makes or checks everything that `run` needs beside cargo.
pub fn setup() -> Done {
    make(&MINT)
}

/// Makes or checks everything that `test` needs beside cargo.
pub fn setup_for_tests() -> Done {
    make(&MINT)?;
    make(&ISSUER)?;
    make(&SERVER)?;
    make(&LISTENS)?;
    make(&CLIENT)
}

fn make(wanted: &Environment) -> Done {
    let cache = place::cache()?;
    fs::create_dir_all(&cache).map_err(Failure::because(format!("cannot make {}", cache.display())))?;
    let requirements = place::root().join("tests/harness").join(wanted.requirements);
    let listed = fs::read_to_string(&requirements)
        .map_err(Failure::because(format!("cannot read {}", requirements.display())))?;
    let folder = cache.join(wanted.folder);
    let _lock = lock(&cache.join(format!("{}.lock", wanted.folder)))?;
    if is_ready(wanted, &folder, &listed) {
        say(format!(
            "the Python environment of {} is ready: {}",
            wanted.of,
            folder.display()
        ));
        return Ok(());
    }
    build(wanted, &folder, &requirements)?;
    fs::write(folder.join(STAMP), &listed)
        .map_err(Failure::because(format!("cannot write in {}", folder.display())))?;
    if is_ready(wanted, &folder, &listed) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} was made, but its `{}` does not start",
        folder.display(),
        wanted.program
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
/// finds what runs in it.
fn is_ready(wanted: &Environment, folder: &Path, listed: &str) -> bool {
    let made_from = fs::read_to_string(folder.join(STAMP)).unwrap_or_default();
    if made_from != listed || !folder.join(wanted.program).is_file() {
        return false;
    }
    let version = format!("import importlib.metadata as m; print(m.version('{}'))", wanted.package);
    let mut ask = Command::new(folder.join("bin/python"));
    ask.args(["-c", &version]);
    output(&format!("looking for {}", wanted.of), &mut ask).is_ok()
}

fn build(wanted: &Environment, environment: &Path, requirements: &Path) -> Done {
    let python = python()?;
    if environment.exists() {
        say(format!(
            "the Python environment of {} is from other requirements, or unfinished: making it anew",
            wanted.of
        ));
        fs::remove_dir_all(environment)
            .map_err(Failure::because(format!("cannot remove {}", environment.display())))?;
    }
    let venv = run(
        &format!("making a Python environment for {}", wanted.of),
        Command::new(&python).args(["-m", "venv"]).arg(environment),
    );
    if let Err(failure) = venv {
        return Err(Failure::new(format!(
            "{}\n  Python's `venv` is missing or broken; on Debian: apt-get install python3-venv",
            failure.message
        )));
    }
    run(
        &format!("installing {} into it (about a minute, once)", wanted.package),
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
        assert!(!is_ready(&MINT, folder.path(), "cashu<0.20\n"));
    }

    #[test]
    fn an_environment_made_from_other_requirements_is_not_ready() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(folder.path().join("bin/mint"), "").unwrap();
        fs::write(folder.path().join(STAMP), "cashu<0.19\n").unwrap();
        assert!(!is_ready(&MINT, folder.path(), "cashu<0.20\n"));
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
