//! Proofs of the vault under faults: killed processes, power cuts, disks that refuse, bits that flip. What each proves, how a
//! seed is run again and what none of them can show stands in the README.

pub mod deed;
pub mod dice;
pub mod disk;
pub mod look;
pub mod model;
pub mod plan;
pub mod report;
pub mod run;
pub mod scenario;
pub mod tape;

use std::path::PathBuf;

/// Where devices lie meanwhile: in memory, where there is such a folder. A killed process leaves what it wrote to the
/// system, wherever the system keeps it; losing what was not synced is played from a tape.
pub fn work_folder() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}
