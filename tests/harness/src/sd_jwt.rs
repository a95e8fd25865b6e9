//! An issuer and a verifier of SD-JWT credentials that are not ours: the reference implementation, in Python, from the
//! environment that `cargo xtask setup` installed; a missing one is an error that says so, never a skipped test.

use std::io;

use serde_json::Value;

use crate::served::{answer, installed};

/// What the program answers is written at its top.
const PROGRAM: &str = include_str!("issuer_and_verifier.py");

/// Asks the reference implementation for one thing: a key, a credential, a signature, or what it makes of a presentation.
///
/// # Errors
/// When it is not installed or fails.
pub fn ask(question: &Value) -> io::Result<Value> {
    answer(&installed("sd-jwt", "python")?, PROGRAM, question)
}
