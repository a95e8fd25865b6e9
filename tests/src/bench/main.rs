//! `tekram-bench [ROOM] [--json]`: measures what was promised about speed against a bare floor, in one run.
//!
//! A bench times the figure and its floor alternately, so that what else the machine does meets both; the ratio is the
//! median of the pairs' ratios and the spread the distance between their quartiles. Names are ROOM_WHAT.

use std::process::ExitCode;

fn main() -> ExitCode {
    eprintln!("no benches yet");
    ExitCode::FAILURE
}
