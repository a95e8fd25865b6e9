//! Wrong passphrases, at a locked vault and where an open one asks for the old one: the first few cost nothing but Argon2id, each further one waits twice as long as the
//! one before, up to a limit. The count lies in a small file beside the header, so that a restart does not help; a right
//! passphrase removes it. It slows down whoever holds the device, not whoever has copied the files.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;

use crate::durable;
use crate::error::VaultError;

/// The file's name.
pub(crate) const FILE: &str = "tries.json";
const LIMIT_BYTES: u64 = 1024;
/// Wrong ones that are free.
const FREE: u32 = 4;
/// What the first one after those waits.
const FIRST_WAIT_MS: u64 = 2_000;
/// A quarter of an hour: long enough to make guessing hopeless, short enough for the person who mistyped.
const LONGEST_WAIT_MS: u64 = 15 * 60_000;

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    /// A file of another vault counts nothing here.
    vault_id: String,
    wrong: u32,
    /// When the last one was tried, in milliseconds since 1970.
    last_ms: i64,
}

/// A try that was counted already and is not decided yet.
pub(crate) struct Try {
    folder: PathBuf,
    count: Count,
}

/// Counts a try of the vault in `folder` as a wrong one, before it is made: whoever ends the process in time has been
/// counted all the same. Fails with `wait` when it comes too early.
pub(crate) fn begin(folder: &Path, vault_id: &str, now: Timestamp) -> Result<Try, VaultError> {
    let before = read(folder, vault_id)?;
    let (left_ms, last_ms) = before.left(now);
    if left_ms > 0 {
        if last_ms != before.last_ms {
            Count { last_ms, ..before }.write(folder)?;
        }
        return Err(VaultError::Wait { milliseconds: left_ms });
    }
    let count = Count {
        wrong: before.wrong.saturating_add(1),
        last_ms: now.millis(),
        ..before
    };
    count.write(folder)?;
    Ok(Try {
        folder: folder.to_owned(),
        count,
    })
}

impl Try {
    /// How many wrong ones there are, this one included.
    pub(crate) fn wrong(&self) -> u32 {
        self.count.wrong
    }

    /// It was the right one: everything before it is forgotten.
    pub(crate) fn was_right(self) -> Result<(), VaultError> {
        durable::destroy(&self.folder, &self.folder.join(FILE)).map_err(VaultError::io("removing tries.json"))
    }
}

impl Count {
    /// What is left to wait, and from when it is counted: from now, when the clock was set back behind the last try.
    fn left(&self, now: Timestamp) -> (u64, i64) {
        let wait_ms = wait_after(self.wrong);
        match u64::try_from(now.millis().saturating_sub(self.last_ms)) {
            Ok(passed_ms) => (wait_ms.saturating_sub(passed_ms), self.last_ms),
            Err(_) => (wait_ms, now.millis()),
        }
    }

    fn write(&self, folder: &Path) -> Result<(), VaultError> {
        let bytes = serde_json::to_vec(self).map_err(|_| VaultError::Crypto {
            step: "writing the tries as JSON",
        })?;
        durable::replace(folder, FILE, &bytes).map_err(VaultError::io("writing tries.json"))
    }
}

/// What the next try waits after so many wrong ones, in milliseconds.
fn wait_after(wrong: u32) -> u64 {
    match wrong.checked_sub(FREE) {
        None => 0,
        Some(beyond) => 1_u64
            .checked_shl(beyond)
            .and_then(|times| FIRST_WAIT_MS.checked_mul(times))
            .map_or(LONGEST_WAIT_MS, |wait_ms| wait_ms.min(LONGEST_WAIT_MS)),
    }
}

fn read(folder: &Path, vault_id: &str) -> Result<Count, VaultError> {
    let bytes = match durable::read_small(&folder.join(FILE), LIMIT_BYTES) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(VaultError::io("reading tries.json")(error)),
    };
    Ok(parse(&bytes, vault_id))
}

/// Understands the file; pure. What is not of this vault, or damaged, counts as none: an accident locks nobody out, and whoever
/// can write the file could remove it.
fn parse(bytes: &[u8], vault_id: &str) -> Count {
    serde_json::from_slice(bytes)
        .ok()
        .filter(|count: &Count| count.vault_id == vault_id)
        .unwrap_or(Count {
            vault_id: vault_id.to_owned(),
            wrong: 0,
            last_ms: 0,
        })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use proptest::prelude::*;

    use super::*;

    fn count(wrong: u32, last_ms: i64) -> Count {
        Count {
            vault_id: "a".to_owned(),
            wrong,
            last_ms,
        }
    }

    #[test]
    fn the_wait_doubles_after_the_free_ones_up_to_the_limit() {
        let waits: Vec<u64> = (0..15).map(wait_after).collect();
        assert_eq!(waits[..8], [0, 0, 0, 0, 2_000, 4_000, 8_000, 16_000]);
        assert_eq!(waits[13], LONGEST_WAIT_MS);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT_MS);
    }

    #[test]
    fn a_clock_set_back_begins_the_wait_anew_and_one_set_forward_ends_it() {
        let at = |ms| Timestamp::from_millis(ms);
        assert_eq!(count(5, 10_000).left(at(11_000)), (3_000, 10_000));
        assert_eq!(count(5, 10_000).left(at(9_000)), (4_000, 9_000));
        assert_eq!(count(5, 10_000).left(at(14_000)), (0, 10_000));
        assert_eq!(count(5, i64::MAX).left(at(i64::MIN)).0, 4_000);
        assert_eq!(count(5, i64::MIN).left(at(i64::MAX)).0, 0);
    }

    proptest! {
        #[test]
        fn no_file_makes_reading_it_panic(bytes: Vec<u8>) {
            prop_assert_eq!(parse(&bytes, "a").vault_id, "a");
        }

        #[test]
        fn what_was_written_is_read(wrong: u32, last_ms: i64) {
            let count = count(wrong, last_ms);
            let bytes = serde_json::to_vec(&count).unwrap();
            prop_assert_eq!(parse(&bytes, "a"), count);
            prop_assert_eq!(parse(&bytes, "b").wrong, 0);
        }
    }
}
