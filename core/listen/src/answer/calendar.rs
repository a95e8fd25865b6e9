//! The calendar that answers go by: days, ISO weeks, months and years on the clocks where something was heard. A
//! listen's own offset from UTC says that clock when it is known, an IANA zone when it is not.

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;
use tekram_primitives::time::Timestamp;

use crate::ListenError;

/// A day in milliseconds.
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// No clock is further from UTC (RFC 9557 and the IANA database stay below it).
const FURTHEST_OFFSET_MIN: i64 = 26 * 60 - 1;

/// A length of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday (ISO 8601), written `2026-W40`.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Step {
    /// The number of the day on which the step with this day begins.
    pub(crate) fn begin(self, day: i64) -> i64 {
        let date = date_of(day);
        match self {
            Self::Day => day,
            Self::Week => week_begin(day),
            Self::Month => day_number(date.first_of_month()),
            Self::Year => day_number(date.first_of_year()),
        }
    }

    /// The number of the day on which the next step begins.
    pub(crate) fn end(self, day: i64) -> i64 {
        let date = date_of(day);
        let after = |last: Date| day_number(last).saturating_add(1);
        match self {
            Self::Day => day.saturating_add(1),
            Self::Week => week_begin(day).saturating_add(7),
            Self::Month => after(date.last_of_month()),
            Self::Year => after(date.last_of_year()),
        }
    }

    /// The name of the step with this day: `2026-10-01`, `2026-W40`, `2026-10`, `2026`.
    pub(crate) fn name(self, day: i64) -> String {
        let date = date_of(day);
        match self {
            Self::Day => date.to_string(),
            Self::Week => {
                let week = date.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{:04}-{:02}", date.year(), date.month()),
            Self::Year => format!("{:04}", date.year()),
        }
    }
}

// 1970-01-01 was a Thursday.
fn week_begin(day: i64) -> i64 {
    day - (day + 3).rem_euclid(7)
}

/// Days since 1970-01-01.
pub(crate) fn day_number(date: Date) -> i64 {
    Offset::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .map_or(0, |at| at.as_millisecond().div_euclid(DAY_MS))
}

/// The date of a day's number.
pub(crate) fn date_of(day: i64) -> Date {
    let at = jiff::Timestamp::from_millisecond(day.saturating_mul(DAY_MS)).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    Offset::UTC.to_datetime(at).date()
}

/// A range of days on the calendar where something was heard, for example a year; open ends go on for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Number of the first day.
    pub(crate) from_day: i64,
    /// Number of the day after the last.
    pub(crate) to_day: i64,
}

impl Span {
    /// Everything.
    pub const ALL: Self = Self {
        from_day: i64::MIN,
        to_day: i64::MAX,
    };

    /// A range as people write it: `2026`, `2026-10`, `2026-W40`, `2026-10-01`; two of them with `..` between, both
    /// included; one end left out; or `all`.
    ///
    /// # Errors
    /// `not_a_range`.
    pub fn parse(text: &str) -> Result<Self, ListenError> {
        if text == "all" {
            return Ok(Self::ALL);
        }
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        if first.is_empty() && last.is_empty() {
            return Err(ListenError::NotARange);
        }
        let bounds = |part: &str| -> Result<Self, ListenError> {
            if part.is_empty() {
                return Ok(Self::ALL);
            }
            let (step, day) = step_of(part).ok_or(ListenError::NotARange)?;
            Ok(Self {
                from_day: step.begin(day),
                to_day: step.end(day),
            })
        };
        let span = Self {
            from_day: bounds(first)?.from_day,
            to_day: bounds(last)?.to_day,
        };
        if span.from_day < span.to_day {
            Ok(span)
        } else {
            Err(ListenError::NotARange)
        }
    }

    /// The year that a zone's calendar shows at a moment.
    ///
    /// # Errors
    /// `unknown_zone`.
    pub fn year_of(at: Timestamp, zone: &str) -> Result<Self, ListenError> {
        let day = WallClock::new(zone)?.day(at.millis(), None);
        Ok(Self {
            from_day: Step::Year.begin(day),
            to_day: Step::Year.end(day),
        })
    }

    /// The first day, when there is one.
    #[must_use]
    pub fn first_date(&self) -> Option<String> {
        (self.from_day > i64::MIN).then(|| date_of(self.from_day).to_string())
    }

    /// The last day, when there is one.
    #[must_use]
    pub fn last_date(&self) -> Option<String> {
        (self.to_day < i64::MAX).then(|| date_of(self.to_day - 1).to_string())
    }

    pub(crate) fn contains(&self, day: i64) -> bool {
        self.from_day <= day && day < self.to_day
    }

    /// Every listen of the range starts in these instants, in UTC milliseconds; some others may too.
    pub(crate) fn widest_ms(&self) -> (i64, i64) {
        let furthest_ms = (FURTHEST_OFFSET_MIN + 1) * 60_000;
        (
            self.from_day.saturating_mul(DAY_MS).saturating_sub(furthest_ms),
            self.to_day.saturating_mul(DAY_MS).saturating_add(furthest_ms),
        )
    }
}

/// What a text names, and a day in it.
fn step_of(text: &str) -> Option<(Step, i64)> {
    let parts: Vec<&str> = text.split('-').collect();
    match *parts.as_slice() {
        [year] => {
            let date = Date::new(digits(year, 4)?.parse().ok()?, 1, 1).ok()?;
            Some((Step::Year, day_number(date)))
        }
        [year, week] if week.starts_with('W') => {
            let number = digits(week.get(1..)?, 2)?.parse().ok()?;
            let monday = ISOWeekDate::new(digits(year, 4)?.parse().ok()?, number, Weekday::Monday).ok()?;
            Some((Step::Week, day_number(monday.date())))
        }
        [year, month] => {
            let date = Date::new(digits(year, 4)?.parse().ok()?, digits(month, 2)?.parse().ok()?, 1).ok()?;
            Some((Step::Month, day_number(date)))
        }
        [year, month, day] => {
            let date = Date::new(
                digits(year, 4)?.parse().ok()?,
                digits(month, 2)?.parse().ok()?,
                digits(day, 2)?.parse().ok()?,
            )
            .ok()?;
            Some((Step::Day, day_number(date)))
        }
        _ => None,
    }
}

/// The text, when it is so many digits.
fn digits(text: &str, count: usize) -> Option<&str> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// The clock on the wall: remembers the zone's offset until its next change, because plays come in order of time.
#[derive(Debug)]
pub(crate) struct WallClock {
    zone: TimeZone,
    from_ms: i64,
    until_ms: i64,
    offset_ms: i64,
}

impl WallClock {
    /// The clock of an IANA zone.
    pub(crate) fn new(zone: &str) -> Result<Self, ListenError> {
        Ok(Self {
            zone: TimeZone::get(zone).map_err(|_| ListenError::UnknownZone)?,
            from_ms: i64::MAX,
            until_ms: i64::MIN,
            offset_ms: 0,
        })
    }

    /// What the clock shows, as milliseconds of its own calendar.
    pub(crate) fn local_ms(&mut self, at_ms: i64, offset_min: Option<i64>) -> i64 {
        if let Some(minutes) = offset_min.filter(|minutes| is_offset(*minutes)) {
            return at_ms.saturating_add(minutes.saturating_mul(60_000));
        }
        if at_ms < self.from_ms || at_ms >= self.until_ms {
            let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
            self.offset_ms = i64::from(self.zone.to_offset(at).seconds()).saturating_mul(1000);
            self.from_ms = at_ms;
            self.until_ms = self
                .zone
                .following(at)
                .next()
                .map_or(i64::MAX, |change| change.timestamp().as_millisecond());
        }
        at_ms.saturating_add(self.offset_ms)
    }

    /// The number of the day that the clock shows.
    pub(crate) fn day(&mut self, at_ms: i64, offset_min: Option<i64>) -> i64 {
        self.local_ms(at_ms, offset_min).div_euclid(DAY_MS)
    }

    /// The moment that lies so many months before another by this zone's calendar.
    pub(crate) fn months_before(&self, at_ms: i64, months: u32) -> Result<i64, ListenError> {
        let at = jiff::Timestamp::from_millisecond(at_ms).map_err(|_| ListenError::NotARange)?;
        let span = jiff::Span::new()
            .try_months(i64::from(months))
            .map_err(|_| ListenError::NotARange)?;
        let before = at
            .to_zoned(self.zone.clone())
            .checked_sub(span)
            .map_err(|_| ListenError::NotARange)?;
        Ok(before.timestamp().as_millisecond())
    }

    /// The moment when the clock shows a local time such as `2026-10-01T21:30`; where clocks were put back, the first.
    pub(crate) fn instant_ms(&self, local: jiff::civil::DateTime) -> Result<i64, ListenError> {
        let zoned = local.to_zoned(self.zone.clone()).map_err(|_| ListenError::NotAMoment)?;
        Ok(zoned.timestamp().as_millisecond())
    }
}

/// Whether a clock can be so many minutes from UTC.
pub(crate) fn is_offset(minutes: i64) -> bool {
    minutes.abs() <= FURTHEST_OFFSET_MIN
}

/// A moment as people write it: RFC 3339 with an offset, or a local time of a zone, `2026-10-01T21:30` or
/// `2026-10-01 21:30`; a date alone is its noon.
///
/// # Errors
/// `not_a_moment`, `unknown_zone`.
pub fn moment(text: &str, zone: &str) -> Result<i64, ListenError> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(at.as_millisecond());
    }
    let clock = WallClock::new(zone)?;
    let local = match text.parse::<Date>() {
        Ok(date) if text.len() <= "2026-10-01".len() => date.at(12, 0, 0, 0),
        _ => text.parse().map_err(|_| ListenError::NotAMoment)?,
    };
    clock.instant_ms(local)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
    use super::*;
    use proptest::prelude::*;

    fn dates(text: &str) -> (Option<String>, Option<String>) {
        let span = Span::parse(text).unwrap();
        (span.first_date(), span.last_date())
    }

    #[test]
    fn ranges_are_written_as_people_write_dates() {
        let some = |first: &str, last: &str| (Some(first.to_owned()), Some(last.to_owned()));
        assert_eq!(dates("2026"), some("2026-01-01", "2026-12-31"));
        assert_eq!(dates("2024-02"), some("2024-02-01", "2024-02-29"));
        // ISO weeks: 2026 begins in the week of the Monday before, and has 53.
        assert_eq!(dates("2026-W01"), some("2025-12-29", "2026-01-04"));
        assert_eq!(dates("2026-W53"), some("2026-12-28", "2027-01-03"));
        assert_eq!(dates("2026-10-01"), some("2026-10-01", "2026-10-01"));
        assert_eq!(dates("2025..2026-03"), some("2025-01-01", "2026-03-31"));
        assert_eq!(dates("2025.."), (Some("2025-01-01".to_owned()), None));
        assert_eq!(dates("all"), (None, None));
        for wrong in [
            "",
            "..",
            "26",
            "2026-13",
            "2026-W54",
            "2025-W53",
            "2026-02-30",
            "2026-03..2026-02",
            "x",
            "2026-1",
            "+026",
        ] {
            assert_eq!(Span::parse(wrong).unwrap_err().code(), "not_a_range", "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_local_unless_it_says_its_offset() {
        let at = |text: &str| moment(text, "Europe/Berlin").unwrap();
        assert_eq!(at("2026-10-01T21:30"), at("2026-10-01T19:30:00Z"));
        assert_eq!(at("2026-10-01 21:30"), at("2026-10-01T21:30:00+02:00"));
        assert_eq!(at("2026-10-01"), at("2026-10-01T10:00:00Z"));
        assert_eq!(moment("tea time", "UTC").unwrap_err().code(), "not_a_moment");
        assert_eq!(moment("2026-10-01", "Mars/Olympus").unwrap_err().code(), "unknown_zone");
    }

    proptest! {
        /// Against the time library's own calendar, also where clocks change and where days are missing.
        #[test]
        fn steps_and_the_wall_clock_agree_with_the_time_library(
            at_s in proptest::collection::vec(1_000_000_000_i64..2_500_000_000, 1..20),
            zone in prop::sample::select(vec![
                "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
                "America/Sao_Paulo", "Africa/Casablanca", "UTC",
            ]),
        ) {
            let mut clock = WallClock::new(zone).unwrap();
            for at in at_s {
                let zoned = jiff::Timestamp::from_second(at).unwrap().to_zoned(TimeZone::get(zone).unwrap());
                let day = clock.day(at * 1000, None);
                prop_assert_eq!(date_of(day), zoned.date());
                prop_assert_eq!(day_number(zoned.date()), day);
                prop_assert_eq!(date_of(Step::Month.begin(day)), zoned.date().first_of_month());
                prop_assert_eq!(date_of(Step::Year.end(day) - 1), zoned.date().last_of_year());
                let monday = Step::Week.begin(day);
                prop_assert_eq!(date_of(monday).weekday(), Weekday::Monday);
                prop_assert!(monday <= day && day < monday + 7);
                for step in [Step::Day, Step::Week, Step::Month, Step::Year] {
                    let span = Span::parse(&step.name(day)).unwrap();
                    prop_assert_eq!((span.from_day, span.to_day), (step.begin(day), step.end(day)));
                    prop_assert!(span.contains(day));
                    let (from_ms, to_ms) = span.widest_ms();
                    prop_assert!(from_ms <= at * 1000 && at * 1000 < to_ms);
                }
            }
        }
    }
}
