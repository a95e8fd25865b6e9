//! Points and lengths of time as exports write them: seconds, milliseconds, microseconds or nanoseconds since 1970, or
//! text by RFC 3339. The unit of a number follows from its size, because between 2002 and 5138 no two units overlap.

use crate::format::Reason;
use crate::input::loose::Loose;

/// 2002-01-01T00:00:00Z: the first public play logs (Audioscrobbler) began that year.
const FIRST_MS: i64 = 1_009_843_200_000;
/// Clocks and zones are wrong by up to a day; more is a mistake.
const AHEAD_MS: i64 = 24 * 60 * 60 * 1000;
/// No sitting lasts longer.
const LONGEST_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// The moment in a field, as milliseconds since 1970 UTC, checked to lie between 2002 and tomorrow.
pub(crate) fn moment(value: &Loose<'_>, field: &'static str, now_ms: i64) -> Result<i64, Reason> {
    let ms = match value {
        Loose::Absent | Loose::Null => return Err(Reason::MissingField(field)),
        Loose::Int(number) => by_size(*number).ok_or(Reason::UnreadableTime(field))?,
        Loose::Float(number) => float_moment(*number).ok_or(Reason::UnreadableTime(field))?,
        Loose::Text(text) => text_moment(text.trim()).ok_or(Reason::UnreadableTime(field))?,
        Loose::Bool(_) | Loose::List | Loose::Object => return Err(Reason::WrongType(field)),
    };
    plausible(ms, field, now_ms)
}

/// The moment in an optional field that is only a hint: anything wrong with it is as if it were absent.
pub(crate) fn hint(value: &Loose<'_>, now_ms: i64) -> Option<i64> {
    moment(value, "", now_ms).ok()
}

/// Refuses what lies before 2002 or more than a day ahead.
pub(crate) fn plausible(ms: i64, field: &'static str, now_ms: i64) -> Result<i64, Reason> {
    if ms < FIRST_MS {
        Err(Reason::TimeBefore2002(field))
    } else if ms > now_ms.saturating_add(AHEAD_MS) {
        Err(Reason::TimeInFuture(field))
    } else {
        Ok(ms)
    }
}

/// Milliseconds from a number of unknown unit.
pub(crate) fn by_size(number: i64) -> Option<i64> {
    match number.unsigned_abs() {
        0..100_000_000_000 => number.checked_mul(1000),
        100_000_000_000..100_000_000_000_000 => Some(number),
        100_000_000_000_000..100_000_000_000_000_000 => Some(number.div_euclid(1000)),
        _ => Some(number.div_euclid(1_000_000)),
    }
}

// Below 1e11 a double holds a second's thousandth exactly enough; above, it is whole units already.
#[expect(clippy::cast_possible_truncation, reason = "checked to lie within ±9e18 before")]
pub(crate) fn float_moment(number: f64) -> Option<i64> {
    if !number.is_finite() || number.abs() > 9e18 {
        None
    } else if number.abs() < 1e11 {
        Some((number * 1000.0).round() as i64)
    } else {
        by_size(number as i64)
    }
}

/// A text's moment: RFC 3339; without a zone it is UTC, as gpodder.net's API says; digits alone are a number.
fn text_moment(text: &str) -> Option<i64> {
    if let Some(ms) = plain_utc(text.as_bytes()) {
        return Some(ms);
    }
    if let Ok(number) = text.parse::<i64>() {
        return by_size(number);
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_millisecond());
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    Some(
        civil
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_millisecond(),
    )
}

/// `2026-10-31T23:59:59`, with or without `Z`: what nearly every record has, read without a general parser.
fn plain_utc(text: &[u8]) -> Option<i64> {
    let text = text.strip_suffix(b"Z").unwrap_or(text);
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = text
    else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i64, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
        })
    };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Days since 1970-01-01 of the proleptic Gregorian calendar, counting years from March (Hinnant, days_from_civil).
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let since_1970 = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(((since_1970 * 24 + hour) * 60 + minute) * 60_000 + second * 1000)
}

/// A length of time in a field, as milliseconds; `unit_ms` is what the field counts in. `None` when absent.
pub(crate) fn duration(value: &Loose<'_>, field: &'static str, unit_ms: i64) -> Result<Option<i64>, Reason> {
    let ms = match value {
        Loose::Absent | Loose::Null => return Ok(None),
        Loose::Int(number) => number.saturating_mul(unit_ms),
        Loose::Float(number) => scaled(*number, unit_ms).ok_or(Reason::WrongType(field))?,
        Loose::Text(text) => match text.trim().parse::<i64>() {
            Ok(number) => number.saturating_mul(unit_ms),
            Err(_) => return Err(Reason::WrongType(field)),
        },
        Loose::Bool(_) | Loose::List | Loose::Object => return Err(Reason::WrongType(field)),
    };
    if ms < 0 {
        Err(Reason::NegativeDuration(field))
    } else if ms > LONGEST_MS {
        Err(Reason::DurationTooLong(field))
    } else {
        Ok(Some(ms))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "clamped; units are 1 or 1000"
)]
fn scaled(number: f64, unit_ms: i64) -> Option<i64> {
    number
        .is_finite()
        .then(|| (number * unit_ms as f64).clamp(-1e15, 1e15).round() as i64)
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
    const AT: i64 = 1_761_955_199_000;

    fn read(value: Loose<'_>) -> Result<i64, Reason> {
        moment(&value, "t", NOW)
    }

    fn text(text: &str) -> Loose<'_> {
        Loose::Text(Cow::Borrowed(text))
    }

    #[test]
    fn the_same_moment_is_read_in_every_unit_and_spelling() {
        for value in [
            Loose::Int(AT / 1000),
            Loose::Int(AT),
            Loose::Int(AT * 1000),
            Loose::Int(AT * 1_000_000),
            Loose::Float(1_761_955_199.0),
            text("2025-10-31T23:59:59Z"),
            text("2025-10-31T23:59:59"),
            text("2025-10-31T23:59:59.000Z"),
            text("2025-11-01T00:59:59+01:00"),
            text("2025-10-31 23:59:59"),
            text("1761955199"),
        ] {
            assert_eq!(read(value.clone()), Ok(AT), "{value:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_time_of_listening_is_refused_by_name() {
        assert_eq!(read(Loose::Int(0)), Err(Reason::TimeBefore2002("t")));
        assert_eq!(read(Loose::Int(-5)), Err(Reason::TimeBefore2002("t")));
        assert_eq!(read(text("2001-12-31T23:59:59Z")), Err(Reason::TimeBefore2002("t")));
        assert_eq!(read(Loose::Int(NOW + 2 * AHEAD_MS)), Err(Reason::TimeInFuture("t")));
        assert_eq!(read(Loose::Int(NOW + AHEAD_MS / 2)), Ok(NOW + AHEAD_MS / 2));
        assert_eq!(read(text("yesterday")), Err(Reason::UnreadableTime("t")));
        assert_eq!(read(text("2025-02-29T00:00:00Z")), Err(Reason::UnreadableTime("t")));
        assert_eq!(read(Loose::Bool(true)), Err(Reason::WrongType("t")));
        assert_eq!(read(Loose::Null), Err(Reason::MissingField("t")));
    }

    #[test]
    fn lengths_are_checked() {
        assert_eq!(duration(&Loose::Int(12), "d", 1000), Ok(Some(12_000)));
        assert_eq!(duration(&Loose::Float(1.5), "d", 1000), Ok(Some(1500)));
        assert_eq!(duration(&text("12"), "d", 1), Ok(Some(12)));
        assert_eq!(duration(&Loose::Null, "d", 1), Ok(None));
        assert_eq!(duration(&Loose::Int(-1), "d", 1000), Err(Reason::NegativeDuration("d")));
        assert_eq!(
            duration(&Loose::Int(i64::MAX), "d", 1000),
            Err(Reason::DurationTooLong("d"))
        );
        assert_eq!(duration(&Loose::List, "d", 1), Err(Reason::WrongType("d")));
    }

    proptest! {
        #[test]
        fn the_short_way_to_read_utc_agrees_with_the_calendar(seconds in 0_i64..4_102_444_800) {
            let at = jiff::Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(plain_utc(at.to_string().as_bytes()), Some(seconds * 1000));
        }

        #[test]
        fn no_text_or_number_breaks_it(text in ".{0,40}", number: i64, float: f64) {
            let _ = read(Loose::Text(Cow::Owned(text)));
            let _ = read(Loose::Int(number));
            let _ = read(Loose::Float(float));
            let _ = duration(&Loose::Float(float), "d", 1000);
            let _ = duration(&Loose::Int(number), "d", 1000);
        }
    }
}
