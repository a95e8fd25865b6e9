//! Compares a figure with its bare floor in one run.
//!
//! Each round times both, in turns (figure first, then floor first), so that what else the machine does meets both.
//! The ratio is the median of the rounds' ratios; the spread is the distance between their quartiles.

use std::error::Error;
use std::time::Instant;

use serde_json::{Value, json};

/// Anything can go wrong in a bench; it ends the run with the sentence.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// One line of the result.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// ROOM_WHAT.
    pub bench: String,
    /// Median of what was measured.
    pub figure: f64,
    /// Unit of figure and floor.
    pub unit: &'static str,
    /// Median of the bare floor.
    pub floor: f64,
    /// Median of figure / floor over the rounds.
    pub ratio: f64,
    /// Distance between the ratios' quartiles.
    pub spread: f64,
    /// The most that the ratio was promised to be.
    pub promised: f64,
    /// What figure and floor are, for a reader of `docs/measurements.md`.
    pub note: String,
}

impl Measurement {
    /// `{bench, figure, unit, floor, ratio, spread}`, and the promise.
    pub fn json(&self) -> Value {
        json!({
            "bench": self.bench, "figure": self.figure, "unit": self.unit, "floor": self.floor,
            "ratio": rounded(self.ratio), "spread": rounded(self.spread), "promised": self.promised,
        })
    }

    /// Whether the promise is kept.
    pub fn holds(&self) -> bool {
        self.ratio <= self.promised
    }
}

/// Times `figure` and `floor` in turns over `rounds` rounds, in milliseconds.
///
/// # Errors
/// Whatever either fails with.
pub fn compare(
    bench: &str,
    promised: f64,
    note: &str,
    rounds: usize,
    mut figure: impl FnMut() -> Outcome,
    mut floor: impl FnMut() -> Outcome,
) -> Outcome<Measurement> {
    let (mut figures, mut floors, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let (one, other);
        if round % 2 == 0 {
            one = timed_ms(&mut figure)?;
            other = timed_ms(&mut floor)?;
        } else {
            other = timed_ms(&mut floor)?;
            one = timed_ms(&mut figure)?;
        }
        figures.push(one);
        floors.push(other);
        ratios.push(one / other);
    }
    Ok(Measurement {
        bench: bench.to_owned(),
        figure: quantile(&figures, 0.5),
        unit: "ms",
        floor: quantile(&floors, 0.5),
        ratio: quantile(&ratios, 0.5),
        spread: quantile(&ratios, 0.75) - quantile(&ratios, 0.25),
        promised,
        note: note.to_owned(),
    })
}

fn timed_ms(work: &mut impl FnMut() -> Outcome) -> Outcome<f64> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

/// Linear interpolation between the two nearest values; 0 for none.
pub fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = part * (sorted.len().saturating_sub(1)) as f64;
    let (low, high) = (sorted.get(at.floor() as usize), sorted.get(at.ceil() as usize));
    match (low, high) {
        (Some(low), Some(high)) => low + (high - low) * at.fract(),
        _ => 0.0,
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn quantiles_lie_between_the_values() {
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile(&[1.0, 2.0], 0.5), 1.5);
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.25), 2.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn a_failing_bench_says_why() {
        let failed = compare("x_y", 1.0, "", 3, || Err("no disk".into()), || Ok(()));
        assert_eq!(failed.unwrap_err().to_string(), "no disk");
    }
}
