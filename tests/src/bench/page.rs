//! `docs/measurements.md`: what is explained there is written by hand, the table between the two marks by this program.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tekram_primitives::time::{Clock as _, SystemClock};

use crate::measure::{Measurement, Outcome};

const BEGIN: &str = "<!-- measured: begin -->\n";
const END: &str = "<!-- measured: end -->";

/// Puts the measurements into the page, in place of the last ones.
///
/// # Errors
/// When the page cannot be read or written, or has lost its marks.
pub fn write(page: &Path, all: &[Measurement]) -> Outcome {
    let text = fs::read_to_string(page).map_err(|cause| format!("cannot read {}: {cause}", page.display()))?;
    let new =
        replaced(&text, &table(all)).ok_or("docs/measurements.md has lost its marks `measured: begin` and `end`")?;
    Ok(fs::write(page, new)?)
}

fn replaced(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}{END}{after}"))
}

fn table(all: &[Measurement]) -> String {
    let mut text = format!(
        "Measured at {} on {}.\n\n| bench | figure | floor | ratio | smallest – largest | rounds | promised | held |\n\
         |---|---|---|---|---|---|---|---|\n",
        SystemClock.now(),
        machine()
    );
    for one in all {
        let _ = writeln!(
            text,
            "| `{}` | {} {} | {} {} | {:.2} | {:.2} – {:.2} | {} | {} | {} |",
            one.name(),
            short(one.figure),
            one.unit,
            short(one.floor),
            one.unit,
            one.ratio,
            one.ratio_min,
            one.ratio_max,
            one.rounds,
            one.promised(),
            if one.holds() { "yes" } else { "**no**" },
        );
    }
    text.push('\n');
    // Cases that are alike have one note, at the first of them.
    for one in all.iter().filter(|one| !one.note.is_empty()) {
        let _ = writeln!(text, "- `{}`: {}.", one.name(), one.note);
    }
    text
}

/// Three digits that count.
pub fn short(number: f64) -> String {
    match number.abs() {
        large if large >= 100.0 => format!("{number:.0}"),
        middle if middle >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// Processor, cores and system, as far as the system says.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| "an unnamed processor".to_owned());
    let memory_gib = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let kib: f64 = text.lines().next()?.split_whitespace().nth(1)?.parse().ok()?;
        Some(format!(", {:.0} GiB", kib / 1024.0 / 1024.0))
    });
    format!(
        "{processor}, {cores} cores{}, {}",
        memory_gib.unwrap_or_default(),
        std::env::consts::OS
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let page = format!("# By hand\n{BEGIN}old{END}\nalso by hand\n");
        let new = replaced(&page, "new\n").unwrap();
        assert_eq!(new, format!("# By hand\n{BEGIN}new\n{END}\nalso by hand\n"));
        assert_eq!(replaced("# By hand\n", "new"), None);
    }

    #[test]
    fn numbers_have_three_digits_that_count() {
        assert_eq!(
            ["1.23", "12.3", "1235"],
            [short(1.234), short(12.34), short(1234.6)]
                .map(|text| text)
                .each_ref()
                .map(String::as_str)
        );
    }
}
