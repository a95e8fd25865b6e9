//! How often an app may ask, as pure counting: so many requests in each stretch of ten seconds, and far fewer wrong tokens of
//! everybody together.

use std::collections::BTreeMap;

/// Length of a stretch.
const STRETCH_MS: i64 = 10_000;
/// Requests of one token in a stretch.
const REQUESTS: u32 = 50;
/// Requests without a known token in a stretch, of all askers.
const UNKNOWN: u32 = 10;

/// Where an asker stands in its stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Whether this request is let through.
    pub(super) granted: bool,
    /// Requests in a stretch.
    pub(super) limit: u32,
    /// Requests left in it.
    pub(super) left: u32,
    /// Seconds until the next one begins.
    pub(super) reset_s: i64,
}

/// Counts requests by asker.
#[derive(Debug, Default)]
pub struct Limiter(BTreeMap<String, (i64, u32)>);

impl Limiter {
    /// Counts a request of the token with this id, or of somebody without one. `now_ms` is of a clock that does not go back.
    pub(super) fn count(&mut self, token_id: Option<&str>, now_ms: i64) -> Allowance {
        self.0
            .retain(|_, (begun_ms, _)| now_ms.saturating_sub(*begun_ms) < STRETCH_MS);
        let limit = if token_id.is_some() { REQUESTS } else { UNKNOWN };
        let (begun_ms, count) = self
            .0
            .entry(token_id.unwrap_or_default().to_owned())
            .or_insert((now_ms, 0));
        let granted = *count < limit;
        *count = count.saturating_add(1).min(limit);
        let left_ms = STRETCH_MS.saturating_sub(now_ms.saturating_sub(*begun_ms));
        Allowance {
            granted,
            limit,
            left: limit - *count,
            reset_s: left_ms.saturating_add(999) / 1000,
        }
    }
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

    #[test]
    fn each_token_has_its_own_stretch_and_strangers_share_one() {
        let mut limiter = Limiter::default();
        for number in 0..REQUESTS {
            let allowed = limiter.count(Some("a"), i64::from(number));
            assert_eq!((allowed.granted, allowed.left), (true, REQUESTS - number - 1));
        }
        let refused = limiter.count(Some("a"), 9_001);
        assert_eq!((refused.granted, refused.left, refused.reset_s), (false, 0, 1));
        assert!(limiter.count(Some("b"), 9_001).granted);
        assert_eq!((0..20).filter(|_| limiter.count(None, 9_001).granted).count(), 10);
        assert!(limiter.count(Some("a"), 10_000).granted);
    }
}
