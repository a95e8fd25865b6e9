//! Days in a row on which something was heard.

use std::collections::BTreeSet;

use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::calendar::{Span, WallClock, date_of};
use super::scan::quarters;
use super::settled;
use crate::ListenError;

/// Days in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Streak {
    /// How many.
    pub days: u64,
    /// The first of them.
    pub first_date: String,
    /// The last of them.
    pub last_date: String,
}

/// The streaks of a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Streaks {
    /// Days on which something was heard.
    pub days_heard: u64,
    /// The longest streak, the latest of equally long ones.
    pub longest: Option<Streak>,
    /// The one that goes on: its last day is today, or yesterday while today is not over.
    pub current: Option<Streak>,
}

/// The streaks of a range. `zone` is the IANA zone for listens that do not say where on earth they were heard, and the
/// one that says which day is today.
///
/// # Errors
/// `unknown_zone`, or when the vault fails.
pub fn streaks(vault: &Vault, span: Span, zone: &str, now: Timestamp) -> Result<Streaks, ListenError> {
    WallClock::new(zone)?;
    settled(vault, |connection| {
        let mut clock = WallClock::new(zone)?;
        let mut days = BTreeSet::new();
        let mut last = None;
        quarters(connection, &span, &mut clock, |quarter| {
            let day = quarter.day();
            if last != Some(day) {
                days.insert(day);
                last = Some(day);
            }
        })?;
        Ok(streaks_of(&days, clock.day(now.millis(), None)))
    })
}

/// The streaks in a set of days.
pub(crate) fn streaks_of(days: &BTreeSet<i64>, today: i64) -> Streaks {
    // First and last day.
    let mut running: Option<(i64, i64)> = None;
    let mut longest: Option<(i64, i64)> = None;
    for day in days {
        let (first, last) = match running {
            Some((first, last)) if last + 1 == *day => (first, *day),
            _ => (*day, *day),
        };
        running = Some((first, last));
        if longest.is_none_or(|longest| last - first >= longest.1 - longest.0) {
            longest = running;
        }
    }
    let streak = |(first, last): (i64, i64)| Streak {
        days: (last - first + 1).unsigned_abs(),
        first_date: date_of(first).to_string(),
        last_date: date_of(last).to_string(),
    };
    Streaks {
        days_heard: days.len() as u64,
        longest: longest.map(streak),
        current: running.filter(|(_, last)| *last >= today - 1).map(streak),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn a_streak_goes_on_until_a_whole_day_was_missed() {
        let days: BTreeSet<i64> = [10, 11, 12, 20, 21, 22, 30].into();
        let found = streaks_of(&days, 31);
        assert_eq!(found.days_heard, 7);
        assert_eq!(found.longest.unwrap().first_date, "1970-01-21");
        assert_eq!(found.current.unwrap().days, 1);
        assert_eq!(streaks_of(&days, 32).current, None);
        assert_eq!(streaks_of(&BTreeSet::new(), 5).longest, None);
    }
}
