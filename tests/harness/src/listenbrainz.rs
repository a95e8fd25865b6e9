//! An app that tells ListenBrainz what was played: the public client library, in Python, from the environment that `cargo xtask
//! setup` installed; a missing one is an error that says so, never a skipped test.

use std::io;

use serde_json::Value;

use crate::served::{answer, installed};

/// What the program reads and answers is written at its top.
const PROGRAM: &str = include_str!("listenbrainz_client.py");

/// Lets the client library do one thing.
///
/// # Errors
/// When it is not installed, or ends with an error that is not the server's.
pub fn client(asked: &Value) -> io::Result<Value> {
    answer(&installed("listenbrainz", "python")?, PROGRAM, asked)
}
