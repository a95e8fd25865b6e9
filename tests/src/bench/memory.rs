//! How much memory this process ever took, by Linux's account.

use crate::measure::Outcome;

/// The most memory that this process ever had in RAM.
///
/// # Errors
/// On another system than Linux.
pub fn peak_kib() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("no VmHWM: the peak is measured on Linux only")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
