//! An issuer and a verifier of SD-JWT credentials that are not ours: the reference implementation, in Python, from the
//! environment that `cargo xtask setup` installed; a missing one is an error that says so, never a skipped test.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use thiserror::Error;

use crate::nutshell::cache_dir;

/// What the program answers is written at its top.
const PROGRAM: &str = include_str!("issuer_and_verifier.py");

/// Why it gave no answer.
#[derive(Debug, Error)]
pub enum SdJwtError {
    /// The environment is missing.
    #[error("{} is missing; `cargo xtask setup` makes it", .0.display())]
    NotInstalled(PathBuf),
    /// It could not be run.
    #[error("the issuer could not be run: {0}")]
    Io(#[from] std::io::Error),
    /// It ended with an error.
    #[error("the issuer failed: {0}")]
    Failed(String),
}

/// The virtual environment that holds the reference implementation: `sd-jwt` in [`cache_dir`].
pub fn sd_jwt_environment() -> PathBuf {
    cache_dir().join("sd-jwt")
}

/// Asks the reference implementation for one thing: a key, a credential, a signature, or what it makes of a presentation.
///
/// # Errors
/// When it is not installed or fails.
pub fn ask(question: &Value) -> Result<Value, SdJwtError> {
    let python = sd_jwt_environment().join("bin").join("python");
    if !python.exists() {
        return Err(SdJwtError::NotInstalled(python));
    }
    let mut child = Command::new(&python)
        .args(["-I", "-c", PROGRAM])
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(question.to_string().as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let failed = || SdJwtError::Failed(String::from_utf8_lossy(&output.stderr).into_owned());
    if !output.status.success() {
        return Err(failed());
    }
    serde_json::from_slice(&output.stdout).map_err(|_| failed())
}
