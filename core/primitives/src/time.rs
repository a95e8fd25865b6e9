//! Points in time, clocks and budget periods.
//!
//! A [`Timestamp`] is UTC milliseconds and nothing else; a zone only enters where a person's month does, in [`Period`].
//! Rooms get the time from a [`Clock`], so that a rule about deadlines can be tested without waiting.

use std::fmt::{self, Debug};
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use crate::period::Period;

/// Why a time was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Not RFC 3339.
    #[error("not a time in RFC 3339, like 2026-10-01T12:00:00Z")]
    NotATimestamp,
    /// A time on the wire that is not UTC.
    #[error("a time on the wire is UTC and ends with Z")]
    NotUtc,
    /// Not a month.
    #[error("not a month, like 2026-10")]
    NotAMonth,
    /// A zone that the IANA database does not name.
    #[error("{zone:?} is not a time zone of the IANA database")]
    UnknownZone {
        /// What was given, cut to 64 characters.
        zone: String,
    },
}

impl TimeError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotATimestamp => "not_a_timestamp",
            Self::NotUtc => "timestamp_not_utc",
            Self::NotAMonth => "not_a_month",
            Self::UnknownZone { .. } => "unknown_time_zone",
        }
    }
}

/// 0000-01-01T00:00:00Z, the first instant that RFC 3339 can write.
const FIRST_MILLIS: i64 = -62_167_219_200_000;
/// 9999-12-30T22:00:00Z: the last instant that has a local date in every zone.
const LAST_MILLIS: i64 = 253_402_207_200_000;

/// A point in time: UTC milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// The earliest time that can be written.
    pub const MIN: Self = Self(FIRST_MILLIS);
    /// The latest time that can be written.
    pub const MAX: Self = Self(LAST_MILLIS);

    /// UTC milliseconds since 1970. Beyond [`Timestamp::MIN`] and [`Timestamp::MAX`] it stops there.
    pub const fn from_millis(millis: i64) -> Self {
        if millis < FIRST_MILLIS {
            Self::MIN
        } else if millis > LAST_MILLIS {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// UTC seconds since 1970 (Unix time, as Nostr writes it); stops at the limits like [`Timestamp::from_millis`].
    pub const fn from_secs(secs: i64) -> Self {
        Self::from_millis(secs.saturating_mul(1000))
    }

    /// UTC milliseconds since 1970.
    pub const fn millis(&self) -> i64 {
        self.0
    }

    /// UTC seconds since 1970, rounded down.
    pub const fn secs(&self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This many milliseconds later (earlier when negative); stops at the limits.
    #[must_use]
    pub const fn plus_millis(&self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// This many seconds later (earlier when negative); stops at the limits.
    #[must_use]
    pub const fn plus_secs(&self, secs: i64) -> Self {
        self.plus_millis(secs.saturating_mul(1000))
    }

    /// Milliseconds from `earlier` to this; negative when it is later.
    pub const fn millis_since(&self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The same instant for `jiff`.
    pub(crate) fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// RFC 3339 in UTC: `2026-10-01T12:00:00Z`, with `.mmm` when the milliseconds are not zero.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.to_jiff();
        let text = if self.0.rem_euclid(1000) == 0 {
            format!("{time:.0}")
        } else {
            format!("{time:.3}")
        };
        f.pad(&text)
    }
}

impl Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

/// RFC 3339 with any offset; what is finer than a millisecond is cut off.
impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        if !has_rfc3339_shape(text) {
            return Err(TimeError::NotATimestamp);
        }
        let time: jiff::Timestamp = text.parse().map_err(|_| TimeError::NotATimestamp)?;
        let millis = i64::try_from(time.as_nanosecond().div_euclid(1_000_000)).map_err(|_| TimeError::NotATimestamp)?;
        if (FIRST_MILLIS..=LAST_MILLIS).contains(&millis) {
            Ok(Self(millis))
        } else {
            Err(TimeError::NotATimestamp)
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// On the wire a time is UTC and says `Z`, so that one instant has one text.
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = text.parse().map_err(de::Error::custom)?;
        if text.ends_with('Z') {
            Ok(time)
        } else {
            Err(de::Error::custom(TimeError::NotUtc))
        }
    }
}

/// RFC 3339 section 5.6, `date-time`, in upper case. `jiff` alone also takes other forms of ISO 8601.
fn has_rfc3339_shape(text: &str) -> bool {
    let Some((date_time, rest)) = text.split_at_checked("2026-10-01T12:00:00".len()) else {
        return false;
    };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => rest,
    };
    fits(date_time, "0000-00-00T00:00:00") && (rest == "Z" || fits(rest, "+00:00") || fits(rest, "-00:00"))
}

/// Whether the text has a digit wherever the pattern has `0` and is equal elsewhere.
fn fits(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| {
            if wanted == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == wanted
            }
        })
}

/// Where the time comes from.
pub trait Clock: Send + Sync + Debug {
    /// Wall-clock time. It may jump when the person or the network sets it.
    fn now(&self) -> Timestamp;
    /// Milliseconds since some fixed moment; never goes back. For how long something took, not for when it was.
    fn monotonic_ms(&self) -> u64;
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn monotonic_ms(&self) -> u64 {
        (**self).monotonic_ms()
    }
}

/// The device's own clocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
    }

    fn monotonic_ms(&self) -> u64 {
        static START: OnceLock<Instant> = OnceLock::new();
        u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A clock for tests: it stands still until it is moved.
#[derive(Debug)]
pub struct FixedClock {
    now_ms: AtomicI64,
    monotonic_ms: AtomicU64,
}

impl FixedClock {
    /// A clock that stands at this time.
    pub const fn new(now: Timestamp) -> Self {
        Self {
            now_ms: AtomicI64::new(now.millis()),
            monotonic_ms: AtomicU64::new(0),
        }
    }

    /// Time passes: both clocks move on.
    pub fn advance_ms(&self, millis: u64) {
        let forward = i64::try_from(millis).unwrap_or(i64::MAX);
        self.set(self.now().plus_millis(forward));
        self.monotonic_ms.fetch_add(millis, Ordering::SeqCst);
    }

    /// The wall clock is set, also backwards; the monotonic one does not move.
    pub fn set(&self, now: Timestamp) {
        self.now_ms.store(now.millis(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms.load(Ordering::SeqCst))
    }

    fn monotonic_ms(&self) -> u64 {
        self.monotonic_ms.load(Ordering::SeqCst)
    }
}
