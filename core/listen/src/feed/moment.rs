//! Dates and lengths as feeds write them: RFC 822 with every liberty, RFC 3339, `itunes:duration` in seconds or with
//! colons, normal play time in chapters.

use jiff::fmt::rfc2822::DateTimeParser;

/// No episode is longer.
const LONGEST_MS: i64 = 7 * 24 * 60 * 60 * 1000;

static RFC_2822: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// The moment that a text names, UTC milliseconds since 1970.
pub(super) fn date_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(at) = RFC_2822.parse_timestamp(text) {
        return Some(at.as_millisecond());
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_millisecond());
    }
    let civil = text
        .parse::<jiff::civil::DateTime>()
        .or_else(|_| text.parse::<jiff::civil::Date>().map(jiff::civil::DateTime::from))
        .ok()?;
    Some(
        civil
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_millisecond(),
    )
}

/// A length or place: `3012`, `50:12`, `1:02:03`, `62.5`, `00:00:01.250`. Nothing for zero and for what is longer than a week.
pub(super) fn length_ms(text: &str) -> Option<i64> {
    place_ms(text).filter(|ms| *ms > 0)
}

/// As [`length_ms`], where zero has a meaning: the beginning.
pub(super) fn place_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    let mut seconds = 0_i64;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<&str> = whole.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    for part in parts {
        let digits = part.trim();
        if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        seconds = seconds.checked_mul(60)?.checked_add(digits.parse().ok()?)?;
    }
    let mut thousandths = 0_i64;
    for (digit, worth) in fraction.bytes().zip([100, 10, 1]) {
        thousandths += i64::from(digit.checked_sub(b'0').filter(|digit| *digit <= 9)?) * worth;
    }
    let ms = seconds.checked_mul(1000)?.checked_add(thousandths)?;
    (ms <= LONGEST_MS).then_some(ms)
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

    #[test]
    fn dates_are_read_as_feeds_write_them() {
        let five = 1_789_621_200_000;
        for text in [
            "Thu, 17 Sep 2026 05:00:00 GMT",
            "Thu, 17 Sep 2026 05:00:00 +0000",
            "17 Sep 2026 05:00:00 +0000",
            "Mon, 17 Sep 2026 05:00:00 GMT",
            "2026-09-17T05:00:00Z",
            "2026-09-17T07:00:00+02:00",
            " 2026-09-17T05:00:00 ",
        ] {
            assert_eq!(date_ms(text), Some(five), "{text}");
        }
        assert_eq!(date_ms("2026-09-17"), Some(five - 5 * 3_600_000));
        assert_eq!(date_ms("yesterday"), None);
    }

    #[test]
    fn lengths_are_read_as_feeds_write_them() {
        for (text, ms) in [
            ("3012", Some(3_012_000)),
            ("50:12", Some(3_012_000)),
            ("1:02:03", Some(3_723_000)),
            ("00:00:01.250", Some(1_250)),
            ("62.5", Some(62_500)),
            ("0", None),
            ("1:2:3:4", None),
            ("-5", None),
            ("99999999999", None),
            ("", None),
            ("ten", None),
        ] {
            assert_eq!(length_ms(text), ms, "{text}");
        }
        assert_eq!(place_ms("00:00:00.000"), Some(0));
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,40}", near in "[0-9:. ]{0,20}") {
            let _ = (date_ms(&text), length_ms(&text), length_ms(&near));
        }
    }
}
