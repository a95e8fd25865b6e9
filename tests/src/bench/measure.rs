//! Compares a figure with its bare floor in one run.
//!
//! Each round measures both, in turns (figure first, then floor first), so that what else the machine does meets both.
//! The ratio is the median of the rounds' ratios; the spread is the distance from the smallest to the largest of them.

use std::error::Error;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Anything can go wrong in a bench; it ends the run with the sentence.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What was promised about a measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Promise {
    /// The figure is at most this many times the floor.
    Ratio(f64),
    /// The figure itself is at most this, in the measurement's unit.
    Figure(f64),
    /// The figure is at most so much above the floor, in the measurement's unit, by the ratio of the rounds.
    Over(f64),
    /// The floor is at least this many times the figure: another's program, not the least that is needed.
    Faster(f64),
    /// Nothing; it is there to be seen.
    Shown,
}

/// One line of the result.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// ROOM_WHAT.
    pub bench: &'static str,
    /// Which of several cases of the bench it is; empty when there is one.
    pub case: &'static str,
    /// Median of what was measured.
    pub figure: f64,
    /// Unit of figure and floor.
    pub unit: &'static str,
    /// Median of the bare floor.
    pub floor: f64,
    /// How many times dearer the figure is than the floor: median over the rounds.
    pub ratio: f64,
    /// The smallest of the rounds' ratios.
    pub ratio_min: f64,
    /// The largest of the rounds' ratios.
    pub ratio_max: f64,
    /// Rounds.
    pub rounds: usize,
    /// What was promised.
    pub promise: Promise,
    /// What figure and floor are, for a reader of `docs/measurements.md`.
    pub note: String,
}

impl Measurement {
    /// `{bench, figure, unit, floor, ratio, spread}`, and what helps to judge them.
    pub fn json(&self) -> Value {
        let mut line = json!({
            "bench": self.bench, "figure": rounded(self.figure), "unit": self.unit, "floor": rounded(self.floor),
            "ratio": rounded(self.ratio), "spread": rounded(self.ratio_max - self.ratio_min),
            "ratio_min": rounded(self.ratio_min), "ratio_max": rounded(self.ratio_max), "rounds": self.rounds,
            "held": self.holds(),
        });
        if let Some(fields) = line.as_object_mut() {
            if !self.case.is_empty() {
                fields.insert("case".to_owned(), self.case.into());
            }
            let (name, limit) = match self.promise {
                Promise::Ratio(most) => ("ratio_limit", most),
                Promise::Figure(most) => ("figure_limit", most),
                Promise::Over(most) => ("over_limit", most),
                Promise::Faster(least) => ("faster_least", least),
                Promise::Shown => return line,
            };
            fields.insert(name.to_owned(), limit.into());
        }
        line
    }

    /// Whether the promise is kept.
    pub fn holds(&self) -> bool {
        match self.promise {
            Promise::Ratio(most) => self.ratio <= most,
            Promise::Figure(most) => self.figure <= most,
            Promise::Over(most) => (self.ratio - 1.0) * self.floor <= most,
            Promise::Faster(least) => self.ratio * least <= 1.0,
            Promise::Shown => true,
        }
    }

    /// The promise in words.
    pub fn promised(&self) -> String {
        match self.promise {
            Promise::Ratio(most) => format!("≤ {most}×"),
            Promise::Figure(most) => format!("≤ {most} {}", self.unit),
            Promise::Over(most) => format!("≤ {most} {} more", self.unit),
            Promise::Faster(least) => format!("≥ {least}× faster"),
            Promise::Shown => "–".to_owned(),
        }
    }

    /// Bench and case, for a table.
    pub fn name(&self) -> String {
        match self.case {
            "" => self.bench.to_owned(),
            case => format!("{} {case}", self.bench),
        }
    }

    /// States figure and floor as microseconds for each of so many calls instead of milliseconds for all of them.
    #[must_use]
    pub fn each(mut self, calls: u32) -> Self {
        self.figure = self.figure * 1000.0 / f64::from(calls);
        self.floor = self.floor * 1000.0 / f64::from(calls);
        self.unit = "µs";
        self
    }

    /// States figure and floor as `amount` done in a second instead of milliseconds for all of it.
    #[must_use]
    pub fn per_second(mut self, amount: f64, unit: &'static str) -> Self {
        self.figure = amount * 1000.0 / self.figure;
        self.floor = amount * 1000.0 / self.floor;
        self.unit = unit;
        self
    }
}

/// What is being compared.
#[derive(Debug)]
pub struct Question {
    /// ROOM_WHAT.
    pub bench: &'static str,
    /// See [`Measurement::case`].
    pub case: &'static str,
    /// What was promised.
    pub promise: Promise,
    /// See [`Measurement::note`].
    pub note: String,
    /// Rounds, each with one figure and one floor.
    pub rounds: usize,
}

/// Runs `figure` and `floor` in turns; each times what counts of it, and its preparations do not count.
///
/// # Errors
/// Whatever either fails with.
pub fn compare(
    question: Question,
    mut figure: impl FnMut() -> Outcome<Duration>,
    mut floor: impl FnMut() -> Outcome<Duration>,
) -> Outcome<Measurement> {
    // The first call of anything pays for pages, caches and lazily made statics.
    figure()?;
    floor()?;
    let (mut figures, mut floors, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..question.rounds {
        let (one, other);
        if round % 2 == 0 {
            one = figure()?;
            other = floor()?;
        } else {
            other = floor()?;
            one = figure()?;
        }
        figures.push(one.as_secs_f64() * 1000.0);
        floors.push(other.as_secs_f64() * 1000.0);
        ratios.push(one.as_secs_f64() / other.as_secs_f64());
    }
    Ok(Measurement {
        bench: question.bench,
        case: question.case,
        figure: quantile(&figures, 0.5),
        unit: "ms",
        floor: quantile(&floors, 0.5),
        ratio: quantile(&ratios, 0.5),
        ratio_min: quantile(&ratios, 0.0),
        ratio_max: quantile(&ratios, 1.0),
        rounds: question.rounds,
        promise: question.promise,
        note: question.note,
    })
}

/// How long `work` took.
///
/// # Errors
/// What `work` fails with.
pub fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<Duration> {
    let started = Instant::now();
    std::hint::black_box(work()?);
    Ok(started.elapsed())
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

    fn question(promise: Promise) -> Question {
        Question {
            bench: "x_y",
            case: "",
            promise,
            note: String::new(),
            rounds: 3,
        }
    }

    fn ms(ms: u64) -> Outcome<Duration> {
        Ok(Duration::from_millis(ms))
    }

    #[test]
    fn quantiles_lie_between_the_values() {
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(quantile(&[1.0, 2.0], 0.5), 1.5);
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.25), 2.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn a_failing_bench_says_why() {
        let failed = compare(question(Promise::Ratio(1.0)), || Err("no disk".into()), || ms(1));
        assert_eq!(failed.unwrap_err().to_string(), "no disk");
    }

    #[test]
    fn the_ratio_is_the_median_and_the_spread_goes_from_end_to_end() {
        // The first of each is the warm-up.
        let (mut figures, mut floors) = ([90, 20, 30, 40].into_iter(), [90, 10, 10, 10].into_iter());
        let measured = compare(
            question(Promise::Ratio(3.0)),
            || ms(figures.next().unwrap()),
            || ms(floors.next().unwrap()),
        )
        .unwrap();
        assert_eq!(
            (measured.ratio, measured.ratio_min, measured.ratio_max),
            (3.0, 2.0, 4.0)
        );
        assert_eq!(measured.json()["spread"], 2.0);
        assert!(measured.holds());
        let rate = measured.per_second(60.0, "MB/s");
        assert_eq!((rate.figure, rate.floor, rate.ratio), (2000.0, 6000.0, 3.0));
    }

    #[test]
    fn a_promise_about_the_figure_is_held_against_the_figure() {
        let measured = compare(question(Promise::Figure(5.0)), || ms(6), || ms(1)).unwrap();
        assert!(!measured.holds());
        assert_eq!(measured.promised(), "≤ 5 ms");
    }

    #[test]
    fn a_promise_to_be_faster_is_held_against_the_other() {
        let measured = |floor| compare(question(Promise::Faster(7.0)), || ms(2), || ms(floor)).unwrap();
        assert!(measured(15).holds() && !measured(13).holds());
        assert_eq!(measured(15).promised(), "≥ 7× faster");
        assert!(compare(question(Promise::Shown), || ms(9), || ms(1)).unwrap().holds());
    }

    #[test]
    fn a_promise_about_what_is_added_is_held_against_the_difference() {
        let measured = |figure, floor| {
            let measured = compare(question(Promise::Over(500.0)), || ms(figure), || ms(floor)).unwrap();
            measured.each(10)
        };
        let (little, much) = (measured(50, 46), measured(60, 50));
        assert_eq!((little.figure, little.floor, little.unit), (5000.0, 4600.0, "µs"));
        assert!(little.holds());
        assert!(!much.holds());
        assert_eq!(much.promised(), "≤ 500 µs more");
    }
}
