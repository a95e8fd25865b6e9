//! Patience with what a killed run leaves behind for a moment: programs that are still ending and hold vaults and ports.

use std::thread;
use std::time::{Duration, Instant};

use crate::error::Told;

/// Longer than a program of a killed run may take to end.
const LIMIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Tries again while the outcome is `held`, up to ten seconds; then the last outcome stands.
///
/// # Errors
/// As `attempt`.
pub fn patiently<T>(mut attempt: impl FnMut() -> Told<T>, held: impl Fn(&T) -> bool) -> Told<T> {
    let started = Instant::now();
    loop {
        let outcome = attempt()?;
        if !held(&outcome) || started.elapsed() >= LIMIT {
            return Ok(outcome);
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn what_is_held_is_tried_again_and_what_is_free_is_taken_at_once() {
        let mut attempts = 0;
        let outcome = patiently(
            || {
                attempts += 1;
                Ok(attempts)
            },
            |attempt| *attempt < 3,
        );
        assert_eq!((outcome.unwrap(), attempts), (3, 3));
    }
}
