//! When a feed may be asked again, as pure rules: after an answer within its own word, after failures ever more seldom, and
//! never before the server's `Retry-After`.

use super::moment::date_ms;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Where a feed says nothing.
const USUAL_MS: i64 = HOUR_MS;
/// No feed is asked more often, whatever it says.
const SHORTEST_MS: i64 = 15 * MINUTE_MS;
/// A feed's word that it stays the same for longer is not believed: people wait for episodes.
const LONGEST_MS: i64 = DAY_MS;
/// After many failures, and for a server that says later.
const LONGEST_WAIT_MS: i64 = 7 * DAY_MS;

/// When to ask again after an answer: `Cache-Control: max-age` (RFC 9111 section 5.2.2.1) within bounds.
pub(super) fn after_answer(now_ms: i64, cache_control: Option<&str>) -> i64 {
    let stays_ms = cache_control
        .and_then(|text| text.split(',').find_map(|part| part.trim().strip_prefix("max-age=")))
        .and_then(|seconds| seconds.trim_matches('"').parse::<i64>().ok())
        .map_or(USUAL_MS, |seconds| seconds.saturating_mul(1000));
    now_ms.saturating_add(stays_ms.clamp(SHORTEST_MS, LONGEST_MS))
}

/// When to ask again after this many failures in a row: an hour, doubled with each, at most a week; later when the server
/// says so.
pub(super) fn after_failure(now_ms: i64, failures: u32, retry_after: Option<&str>) -> i64 {
    let doubled = 1_i64.checked_shl(failures.saturating_sub(1)).filter(|times| *times > 0);
    let wait_ms = doubled.map_or(LONGEST_WAIT_MS, |times| HOUR_MS.saturating_mul(times));
    let said_ms = retry_after.and_then(|text| retry_after_ms(now_ms, text)).unwrap_or(0);
    now_ms.saturating_add(wait_ms.max(said_ms).min(LONGEST_WAIT_MS))
}

/// How long `Retry-After` asks to wait: seconds, or a date (RFC 9110 section 10.2.3).
pub(crate) fn retry_after_ms(now_ms: i64, text: &str) -> Option<i64> {
    let text = text.trim();
    let wait_ms = match text.parse::<i64>() {
        Ok(seconds) => seconds.saturating_mul(1000),
        Err(_) => date_ms(text)?.checked_sub(now_ms)?,
    };
    (wait_ms > 0).then_some(wait_ms)
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
    fn a_feed_is_believed_within_bounds() {
        assert_eq!(after_answer(0, None), HOUR_MS);
        assert_eq!(after_answer(0, Some("public, max-age=7200")), 2 * HOUR_MS);
        assert_eq!(after_answer(0, Some("max-age=0, no-cache")), SHORTEST_MS);
        assert_eq!(after_answer(0, Some("max-age=31536000")), DAY_MS);
        assert_eq!(after_answer(0, Some("max-age=soon")), HOUR_MS);
    }

    #[test]
    fn failures_are_met_with_patience() {
        assert_eq!(after_failure(0, 1, None), HOUR_MS);
        assert_eq!(after_failure(0, 4, None), 8 * HOUR_MS);
        assert_eq!(after_failure(0, 500, None), LONGEST_WAIT_MS);
        assert_eq!(after_failure(0, 1, Some("86400")), DAY_MS);
        assert_eq!(after_failure(0, 1, Some("10")), HOUR_MS);
        assert_eq!(
            after_failure(1_789_621_200_000, 1, Some("Thu, 17 Sep 2026 10:00:00 GMT")),
            1_789_621_200_000 + 5 * HOUR_MS
        );
        assert_eq!(after_failure(0, 1, Some("99999999999999999")), LONGEST_WAIT_MS);
    }

    proptest! {
        #[test]
        fn it_is_never_asked_again_at_once_and_never_given_up(now_ms in 0..4_000_000_000_000_i64, failures in any::<u32>(), said in "\\PC{0,20}|[0-9]{1,12}") {
            for next_ms in [after_answer(now_ms, Some(&said)), after_failure(now_ms, failures, Some(&said))] {
                prop_assert!((SHORTEST_MS..=LONGEST_WAIT_MS).contains(&(next_ms - now_ms)));
            }
        }
    }
}
