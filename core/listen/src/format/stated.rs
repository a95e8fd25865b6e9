//! A moment as a record states it: with its zone, or without one. A time without a zone is read by the zone that the
//! person named for the import, else as UTC and marked so; what goes into a fingerprint is what the record says, so that
//! the same record is known again whatever zone was named.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::Reason;
use super::moment::{by_size, float_moment, plausible};
use crate::input::loose::Loose;
use crate::listen::MARK_ZONELESS;

/// How the times of an import are read.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    /// Later times, by more than a day, are refused.
    pub(crate) now_ms: i64,
    /// Where times without a zone were written, if the person said.
    pub(crate) zone: Option<TimeZone>,
    /// Whether `3/4/2026` is the third of April.
    pub(crate) day_first: bool,
}

/// A moment, and what is known of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    /// What the record says, milliseconds since 1970; a time without a zone as if it were UTC.
    pub(crate) stated_ms: i64,
    /// When it was.
    pub(crate) at_ms: i64,
    /// Minutes east of UTC, where the record or the person says so.
    pub(crate) offset_min: Option<i64>,
    /// The record names no zone.
    pub(crate) zoneless: bool,
}

impl Stated {
    /// A moment that cannot be misunderstood.
    pub(crate) fn utc(ms: i64) -> Self {
        Self {
            stated_ms: ms,
            at_ms: ms,
            offset_min: None,
            zoneless: false,
        }
    }

    /// The mark that a play of this moment bears.
    pub(crate) fn mark(&self) -> i64 {
        if self.zoneless { MARK_ZONELESS } else { 0 }
    }

    /// The same, earlier: when a play began that ended then.
    pub(crate) fn earlier(self, by_ms: i64) -> Self {
        Self {
            at_ms: self.at_ms.saturating_sub(by_ms),
            ..self
        }
    }
}

impl Times {
    /// UTC alone.
    #[cfg(test)]
    pub(crate) fn at(now_ms: i64) -> Self {
        Self {
            now_ms,
            zone: None,
            day_first: false,
        }
    }

    /// The moment in a field: a number since 1970 in any unit, or a text with or without zone.
    pub(crate) fn stated(&self, value: &Loose<'_>, field: &'static str) -> Result<Stated, Reason> {
        let found = match value {
            Loose::Absent | Loose::Null => return Err(Reason::MissingField(field)),
            Loose::Int(number) => by_size(*number).map(Stated::utc),
            Loose::Float(number) => float_moment(*number).map(Stated::utc),
            Loose::Text(text) if text.trim().is_empty() => return Err(Reason::MissingField(field)),
            Loose::Text(text) => self.text(text.trim()),
            Loose::Bool(_) | Loose::List | Loose::Object => return Err(Reason::WrongType(field)),
        };
        self.checked(found, field)
    }

    /// A moment that the source counts by its own clock, as if that were UTC.
    pub(crate) fn local(&self, local_ms: i64, field: &'static str) -> Result<Stated, Reason> {
        self.checked(self.resolved(local_ms), field)
    }

    /// A text whose format says that it is UTC, though it does not.
    pub(crate) fn utc_text(&self, value: &Loose<'_>, field: &'static str) -> Result<Stated, Reason> {
        let utc = Self {
            zone: None,
            ..self.clone()
        };
        let stated = utc.stated(value, field)?;
        Ok(Stated {
            zoneless: false,
            ..stated
        })
    }

    fn checked(&self, found: Option<Stated>, field: &'static str) -> Result<Stated, Reason> {
        let stated = found.ok_or(Reason::UnreadableTime(field))?;
        plausible(stated.at_ms, field, self.now_ms)?;
        Ok(stated)
    }

    fn text(&self, text: &str) -> Option<Stated> {
        if let Ok(number) = text.parse::<i64>() {
            return by_size(number).map(Stated::utc);
        }
        if text.starts_with(|first: char| first.is_ascii_digit())
            && let Ok(number) = text.parse::<f64>()
        {
            return float_moment(number).map(Stated::utc);
        }
        if let Some(stated) = zoned(text) {
            return Some(stated);
        }
        let civil = civil(text, self.day_first)?;
        let local_ms = civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
        self.resolved(local_ms)
    }

    /// A clock's time in the zone that was named. A time that the clock showed twice is the first of the two.
    fn resolved(&self, local_ms: i64) -> Option<Stated> {
        let as_utc = Stated {
            zoneless: true,
            ..Stated::utc(local_ms)
        };
        let Some(zone) = &self.zone else {
            return Some(as_utc);
        };
        let civil = jiff::Timestamp::from_millisecond(local_ms)
            .ok()?
            .to_zoned(TimeZone::UTC)
            .datetime();
        let zoned = civil.to_zoned(zone.clone()).ok()?;
        Some(Stated {
            at_ms: zoned.timestamp().as_millisecond(),
            offset_min: Some(i64::from(zoned.offset().seconds() / 60)),
            ..as_utc
        })
    }
}

/// RFC 3339, with `T` or a space, and `UTC` or `GMT` for `Z`.
fn zoned(text: &str) -> Option<Stated> {
    for zone in [" UTC", " GMT"] {
        if let Some(bare) = text.strip_suffix(zone) {
            let local_ms = civil(bare, false)?.to_zoned(TimeZone::UTC).ok()?.timestamp();
            return Some(Stated::utc(local_ms.as_millisecond()));
        }
    }
    let at = text.parse::<jiff::Timestamp>().ok()?;
    let offset_min = offset(text);
    Some(Stated {
        offset_min,
        ..Stated::utc(at.as_millisecond())
    })
}

/// Minutes of an offset like `+02:00` or `-0330` at the end; none for `Z`, which only says that the time is UTC.
fn offset(text: &str) -> Option<i64> {
    let (_, end) = text.rsplit_once([' ', 'T', 't'])?;
    let at = end.rfind(['+', '-'])?;
    let (sign, digits) = end.split_at_checked(at)?.1.split_at_checked(1)?;
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let all = hours.parse::<i64>().ok()? * 60 + minutes;
    Some(if sign == "-" { -all } else { all })
}

/// A date and a time of day as people's programs write them: `2026-10-31 18:05`, `31 Oct 2026, 18:05`,
/// `Oct 31, 2026 6:05:00 PM`, `31.10.2026 18:05`, `10/31/2026 18:05`. Without a time of day it is no moment.
fn civil(text: &str, day_first: bool) -> Option<DateTime> {
    if let Ok(civil) = text.parse::<DateTime>() {
        // jiff takes a date alone for its midnight.
        return text.contains(':').then_some(civil);
    }
    let words = words(text)?;
    let mut clock = None;
    let mut afternoon = None;
    let mut month = None;
    let mut numbers = [0_i64; 3];
    let mut count = 0;
    let mut year_at = None;
    let mut divider = ' ';
    for word in &words {
        if word.contains(':') {
            clock = Some(time_of_day(word)?);
        } else if word.eq_ignore_ascii_case("am") || word.eq_ignore_ascii_case("pm") {
            afternoon = Some(word.eq_ignore_ascii_case("pm"));
        } else if word.starts_with(|first: char| first.is_ascii_digit()) {
            for part in word.split(['-', '.', '/']).filter(|part| !part.is_empty()) {
                let digits = part.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
                if part.len() == 4 {
                    year_at = Some(count);
                }
                *numbers.get_mut(count)? = digits.parse().ok()?;
                count += 1;
            }
            divider = word.chars().find(|letter| "-./".contains(*letter)).unwrap_or(divider);
        } else if let Some(number) = month_of(word) {
            month = Some(number);
        } else if !is_weekday(word) {
            return None;
        }
    }
    let (hour, minute, second) = clock?;
    let hour = match afternoon {
        None => hour,
        Some(after) if (1..=12).contains(&hour) => hour % 12 + if after { 12 } else { 0 },
        Some(_) => return None,
    };
    let (year, month, day) = match (month, count, year_at?, numbers) {
        (Some(month), 2, 1, [day, year, _]) | (Some(month), 2, 0, [year, day, _]) => (year, month, day),
        (None, 3, 0, [year, month, day]) => (year, month, day),
        (None, 3, 2, [day, month, year]) if divider == '.' || day_first => (year, month, day),
        (None, 3, 2, [month, day, year]) => (year, month, day),
        _ => return None,
    };
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    );
    Some(date.ok()?.to_datetime(Time::new(hour, minute, second, 0).ok()?))
}

/// The words of a short text; no date has more than eight.
fn words(text: &str) -> Option<Vec<&str>> {
    if text.len() > 64 {
        return None;
    }
    let words: Vec<_> = text
        .split(|letter: char| letter.is_whitespace() || letter == ',')
        .filter(|word| !word.is_empty())
        .collect();
    (words.len() <= 8).then_some(words)
}

fn time_of_day(word: &str) -> Option<(i8, i8, i8)> {
    let mut parts = word.split(':');
    let hour = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    let second = match parts.next() {
        Some(second) => second.split('.').next()?.parse().ok()?,
        None => 0,
    };
    parts.next().is_none().then_some((hour, minute, second))
}

fn month_of(word: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    (1..)
        .zip(MONTHS)
        .find(|(_, month)| {
            *month == word || month.get(..3) == Some(word.as_str()) || (word == "sept" && *month == "september")
        })
        .map(|(number, _)| number)
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let word = word.to_ascii_lowercase();
    DAYS.iter().any(|day| word.starts_with(day)) && word.chars().all(|letter| letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;
    use proptest::prelude::*;
    use std::borrow::Cow;

    const NOW: i64 = 1_793_500_000_000;
    /// 2026-07-31T16:05:00Z.
    const AT: i64 = 1_785_513_900_000;
    const HOUR: i64 = 3_600_000;

    fn read(text: &str, zone: Option<&str>) -> Result<Stated, Reason> {
        let times = Times {
            zone: zone.map(|zone| TimeZone::get(zone).unwrap()),
            ..Times::at(NOW)
        };
        times.stated(&Loose::Text(Cow::Borrowed(text)), "t")
    }

    #[test]
    fn a_time_with_its_zone_needs_no_other() {
        for text in [
            "2026-07-31T16:05:00Z",
            "2026-07-31T18:05:00+02:00",
            "2026-07-31 18:05:00+0200",
            "2026-07-31 16:05:00 UTC",
            "31 Jul 2026, 16:05 UTC",
            "1785513900",
            "1785513900000",
            "1785513900000000",
            "1785513900000000000",
            "1785513900.0",
        ] {
            let stated = read(text, Some("Asia/Tokyo")).unwrap();
            assert_eq!(
                (stated.stated_ms, stated.at_ms, stated.zoneless),
                (AT, AT, false),
                "{text}"
            );
        }
        assert_eq!(read("2026-07-31T18:05:00+02:00", None).unwrap().offset_min, Some(120));
        assert_eq!(read("2026-07-31T12:35:00-03:30", None).unwrap().offset_min, Some(-210));
        assert_eq!(read("2026-07-31T16:05:00Z", None).unwrap().offset_min, None);
    }

    #[test]
    fn a_time_without_zone_is_read_by_the_zone_named_or_marked() {
        for text in [
            "2026-07-31 18:05",
            "2026-07-31T18:05:00",
            "31 Jul 2026, 18:05",
            "31 July 2026 18:05:00",
            "Jul 31, 2026 6:05 PM",
            "Fri, 31 Jul 2026 18:05:00",
            "31.07.2026 18:05",
            "7/31/2026 6:05:00 pm",
            "2026/07/31 18:05",
        ] {
            let unnamed = read(text, None).unwrap();
            assert_eq!((unnamed.at_ms, unnamed.offset_min), (AT + 2 * HOUR, None), "{text}");
            assert!(unnamed.zoneless);
            let named = read(text, Some("Europe/Berlin")).unwrap();
            assert_eq!((named.at_ms, named.offset_min), (AT, Some(120)), "{text}");
            assert_eq!(
                named.stated_ms, unnamed.stated_ms,
                "the same record, whatever zone is named"
            );
        }
        let midnight = read("31 Jul 2026, 12:05 AM", None).unwrap();
        assert_eq!(midnight.at_ms, AT - 16 * HOUR);
    }

    #[test]
    fn the_order_of_day_and_month_is_the_persons() {
        let text = Loose::Text(Cow::Borrowed("03/04/2026 10:00"));
        let april = Times {
            day_first: true,
            ..Times::at(NOW)
        };
        let difference = april.stated(&text, "t").unwrap().at_ms - Times::at(NOW).stated(&text, "t").unwrap().at_ms;
        assert_eq!(difference, 30 * 24 * HOUR);
    }

    #[test]
    fn a_clock_set_back_shows_an_hour_twice_and_one_set_forward_none() {
        let twice = read("2025-10-26 02:30", Some("Europe/Berlin")).unwrap();
        assert_eq!(twice.offset_min, Some(120), "the first of the two");
        let never = read("2025-03-30 02:30", Some("Europe/Berlin")).unwrap();
        assert_eq!(never.at_ms, read("2025-03-30T01:30:00Z", None).unwrap().at_ms);
    }

    #[test]
    fn what_is_no_moment_is_refused_by_name() {
        for text in [
            "NaN",
            "yesterday",
            "2026-07-31",
            "31 Jul",
            "2026-13-01 10:00",
            "31/31/2026 10:00",
            "25:00",
            "13:05 PM 2026",
        ] {
            assert_eq!(read(text, None), Err(Reason::UnreadableTime("t")), "{text}");
        }
        assert_eq!(read(" ", None), Err(Reason::MissingField("t")));
        assert_eq!(read("31 Dec 2001, 23:59", None), Err(Reason::TimeBefore2002("t")));
        assert_eq!(read("01 Jan 2031, 00:00", None), Err(Reason::TimeInFuture("t")));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in ".{0,50}", dated in "[0-9APMJanDec:/., +-]{0,40}") {
            for zone in [None, Some("America/St_Johns")] {
                let _ = read(&text, zone);
                let _ = read(&dated, zone);
            }
        }
    }
}
