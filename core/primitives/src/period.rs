//! A budget period: one calendar month in one IANA time zone, as half-open UTC bounds.
//!
//! A month is as long as the zone says, with its changes of clocks: the bounds are the first instants of the local first
//! days, so that months follow each other without gap or overlap and a listen belongs to exactly one.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::time::{TimeError, Timestamp};

const UTC: &str = "UTC";
/// A month needs a month before and after it that can be written as well.
const YEARS: std::ops::RangeInclusive<i16> = 1..=9998;

/// One calendar month in one IANA time zone.
///
/// Written `2026-10[Europe/Berlin]`; without a zone it is UTC.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Period {
    year: i16,
    month: i8,
    zone: String,
    start: Timestamp,
    end: Timestamp,
}

impl Period {
    /// The month (1 to 12) of a year (1 to 9998) in a zone of the IANA database.
    ///
    /// # Errors
    /// [`TimeError::NotAMonth`], [`TimeError::UnknownZone`].
    pub fn new(year: i16, month: i8, zone: &str) -> Result<Self, TimeError> {
        Self::in_time_zone(year, month, &time_zone(zone)?)
    }

    /// The month written `2026-10`, in a zone of the IANA database.
    ///
    /// # Errors
    /// [`TimeError::NotAMonth`], [`TimeError::UnknownZone`].
    pub fn parse(month: &str, zone: &str) -> Result<Self, TimeError> {
        let (year, number) = month.split_once('-').ok_or(TimeError::NotAMonth)?;
        Self::new(
            digits(year, 4)?,
            i8::try_from(digits(number, 2)?).map_err(|_| TimeError::NotAMonth)?,
            zone,
        )
    }

    /// The month that a moment lies in, by the zone's calendar.
    ///
    /// # Errors
    /// [`TimeError::UnknownZone`]; [`TimeError::NotAMonth`] at the ends of the calendar.
    pub fn containing(moment: Timestamp, zone: &str) -> Result<Self, TimeError> {
        let zone = time_zone(zone)?;
        let local = moment.to_jiff().to_zoned(zone.clone());
        Self::in_time_zone(local.year(), local.month(), &zone)
    }

    /// The month after this one, in the same zone.
    ///
    /// # Errors
    /// [`TimeError::NotAMonth`] at the end of the calendar.
    pub fn next(&self) -> Result<Self, TimeError> {
        if self.month == 12 {
            Self::new(self.year.saturating_add(1), 1, &self.zone)
        } else {
            Self::new(self.year, self.month.saturating_add(1), &self.zone)
        }
    }

    /// The month before this one, in the same zone.
    ///
    /// # Errors
    /// [`TimeError::NotAMonth`] at the beginning of the calendar.
    pub fn previous(&self) -> Result<Self, TimeError> {
        if self.month == 1 {
            Self::new(self.year.saturating_sub(1), 12, &self.zone)
        } else {
            Self::new(self.year, self.month.saturating_sub(1), &self.zone)
        }
    }

    /// Year.
    pub const fn year(&self) -> i16 {
        self.year
    }

    /// Month, 1 to 12.
    pub const fn month(&self) -> i8 {
        self.month
    }

    /// Name of the zone in the IANA database.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// First instant of the month.
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// First instant of the next month: the period ends just before it.
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// `[start, end)` in UTC milliseconds.
    pub const fn bounds_ms(&self) -> (i64, i64) {
        (self.start.millis(), self.end.millis())
    }

    /// Whether the moment lies in the month.
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.start <= moment && moment < self.end
    }

    /// The month without its zone: `2026-10`.
    pub fn month_text(&self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }

    fn in_time_zone(year: i16, month: i8, zone: &TimeZone) -> Result<Self, TimeError> {
        if !YEARS.contains(&year) || !(1..=12).contains(&month) {
            return Err(TimeError::NotAMonth);
        }
        let first = Date::new(year, month, 1).map_err(|_| TimeError::NotAMonth)?;
        let next = first.last_of_month().tomorrow().map_err(|_| TimeError::NotAMonth)?;
        let name = zone.iana_name().unwrap_or(UTC).to_owned();
        Ok(Self {
            year,
            month,
            zone: name,
            start: start_of_day(first, zone)?,
            end: start_of_day(next, zone)?,
        })
    }
}

/// The zone of this name in the IANA database.
fn time_zone(name: &str) -> Result<TimeZone, TimeError> {
    TimeZone::get(name)
        .ok()
        .filter(|zone| zone.iana_name().is_some())
        .ok_or_else(|| TimeError::UnknownZone {
            zone: name.chars().take(64).collect(),
        })
}

/// Not always midnight: where clocks go forward at midnight the day begins at one o'clock.
fn start_of_day(day: Date, zone: &TimeZone) -> Result<Timestamp, TimeError> {
    let zoned = day.to_zoned(zone.clone()).map_err(|_| TimeError::NotAMonth)?;
    Ok(Timestamp::from_millis(zoned.timestamp().as_millisecond()))
}

fn digits(text: &str, count: usize) -> Result<i16, TimeError> {
    if text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| TimeError::NotAMonth)
    } else {
        Err(TimeError::NotAMonth)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.zone == UTC {
            f.pad(&self.month_text())
        } else {
            f.pad(&format!("{}[{}]", self.month_text(), self.zone))
        }
    }
}

/// `2026-10` (UTC) or `2026-10[Europe/Berlin]`.
impl FromStr for Period {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        match text.split_once('[') {
            None => Self::parse(text, UTC),
            Some((month, zone)) => Self::parse(month, zone.strip_suffix(']').ok_or(TimeError::NotAMonth)?),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
