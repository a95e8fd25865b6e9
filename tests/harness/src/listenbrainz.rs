//! An app that tells ListenBrainz what was played: the public client library, in Python, from the environment that `cargo xtask
//! setup` installed; a missing one is an error that says so, never a skipped test.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::nutshell::cache_dir;

/// What the program reads and answers is written at its top.
const PROGRAM: &str = include_str!("listenbrainz_client.py");

/// Lets the client library do one thing.
///
/// # Errors
/// When it is not installed, or ends with an error that is not the server's.
pub fn client(asked: &Value) -> io::Result<Value> {
    let python = cache_dir().join("listenbrainz").join("bin").join("python");
    if !python.exists() {
        let missing = python.display();
        return Err(io::Error::other(format!(
            "{missing} is missing; `cargo xtask setup` makes it"
        )));
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
        stdin.write_all(asked.to_string().as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let failed = || io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned());
    if !output.status.success() {
        return Err(failed());
    }
    serde_json::from_slice(&output.stdout).map_err(|_| failed())
}
