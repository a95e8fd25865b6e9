//! At which hours of the week something was heard, on the clocks where it was heard.

use serde::Serialize;
use tekram_vault::Vault;

use super::calendar::{DAY_MS, Span, WallClock};
use super::scan::quarters;
use super::{Amount, settled};
use crate::ListenError;
use crate::log::scan::Sum;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// The hours of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoursOfWeek {
    /// Seven days from Monday on, each with 24 hours. A listen belongs to the hour of its start.
    pub days: [[Amount; 24]; 7],
}

impl HoursOfWeek {
    pub(crate) fn of(sums: &[[Sum; 24]; 7]) -> Self {
        Self {
            days: sums.map(|day| day.map(Amount::from)),
        }
    }
}

/// The hour of the week that a local time lies in.
pub(crate) fn hour_of(sums: &mut [[Sum; 24]; 7], local_ms: i64) -> Option<&mut Sum> {
    // 1970-01-01 was a Thursday.
    let day = (local_ms.div_euclid(DAY_MS) + 3).rem_euclid(7);
    let hour = local_ms.rem_euclid(DAY_MS) / HOUR_MS;
    sums.get_mut(usize::try_from(day).ok()?)?
        .get_mut(usize::try_from(hour).ok()?)
}

/// How much was heard at each hour of the week in a range. `zone` is the IANA zone for listens that do not say where on
/// earth they were heard.
///
/// # Errors
/// `unknown_zone`, or when the vault fails.
pub fn hours_of_week(vault: &Vault, span: Span, zone: &str) -> Result<HoursOfWeek, ListenError> {
    WallClock::new(zone)?;
    settled(vault, |connection| {
        let mut sums = [[Sum::default(); 24]; 7];
        quarters(connection, &span, &mut WallClock::new(zone)?, |quarter| {
            if let Some(sum) = hour_of(&mut sums, quarter.local_ms) {
                sum.add_sum(quarter.sum);
            }
        })?;
        Ok(HoursOfWeek::of(&sums))
    })
}
