//! The stretches of a medium that were really played: half-open intervals in milliseconds of media time.
//!
//! They are kept sorted, disjoint and not touching, so that a stretch heard twice counts once and equal listening is
//! equal data.
//!
//! ```
//! use tekram_primitives::ranges::Ranges;
//! let mut played = Ranges::new();
//! played.insert(0, 60_000)?;
//! played.insert(30_000, 90_000)?; // rewound by half a minute
//! assert_eq!(played.total_ms(), 90_000);
//! # Ok::<(), tekram_primitives::ranges::RangesError>(())
//! ```

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a stretch was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RangesError {
    /// It ends before it starts.
    #[error("the range ends at {end_ms} ms, before its start at {start_ms} ms")]
    EndBeforeStart {
        /// Start, in milliseconds.
        start_ms: i64,
        /// End, in milliseconds.
        end_ms: i64,
    },
    /// It starts before the medium does.
    #[error("the range starts at {start_ms} ms, before the beginning")]
    NegativeStart {
        /// Start, in milliseconds.
        start_ms: i64,
    },
}

impl RangesError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EndBeforeStart { .. } => "range_end_before_start",
            Self::NegativeStart { .. } => "range_negative_start",
        }
    }
}

/// A set of milliseconds, as sorted, disjoint, non-touching half-open intervals `[start, end)`.
///
/// Positions are never negative, so no sum of lengths can overflow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// Nothing played.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds `[start_ms, end_ms)`; an empty stretch changes nothing.
    ///
    /// # Errors
    /// [`RangesError`] when it ends before it starts or starts before zero; the set is unchanged then.
    pub fn insert(&mut self, start_ms: i64, end_ms: i64) -> Result<(), RangesError> {
        check(start_ms, end_ms)?;
        if start_ms == end_ms {
            return Ok(());
        }
        // Everything from the first interval that touches the new one to the last becomes one interval.
        let first = self.0.partition_point(|&(_, end)| end < start_ms);
        let after = self.0.partition_point(|&(start, _)| start <= end_ms);
        let merged = self
            .0
            .get(first..after)
            .unwrap_or_default()
            .iter()
            .fold((start_ms, end_ms), |(low, high), &(start, end)| {
                (low.min(start), high.max(end))
            });
        self.0.splice(first..after, [merged]);
        Ok(())
    }

    /// What either of two sets contains.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::normalised(self.0.iter().chain(&other.0).copied().collect())
    }

    /// The part of the set that lies in `[start_ms, end_ms)`.
    #[must_use]
    pub fn within(&self, start_ms: i64, end_ms: i64) -> Self {
        Self(
            self.0
                .iter()
                .map(|&(start, end)| (start.max(start_ms), end.min(end_ms)))
                .filter(|(start, end)| start < end)
                .collect(),
        )
    }

    /// How much was played, in milliseconds; each millisecond counts once.
    pub fn total_ms(&self) -> i64 {
        self.0.iter().map(|(start, end)| end - start).sum()
    }

    /// Whether the millisecond at this position was played.
    pub fn contains(&self, position_ms: i64) -> bool {
        let after = self.0.partition_point(|&(start, _)| start <= position_ms);
        after
            .checked_sub(1)
            .and_then(|at| self.0.get(at))
            .is_some_and(|&(_, end)| position_ms < end)
    }

    /// The end of the last interval: the furthest position reached, in milliseconds.
    pub fn end_ms(&self) -> Option<i64> {
        self.0.last().map(|&(_, end)| end)
    }

    /// Whether nothing was played.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many separate intervals there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The intervals `(start_ms, end_ms)` in order.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    /// A set from intervals in any order.
    ///
    /// # Errors
    /// [`RangesError`] for the first interval that ends before it starts or starts before zero.
    pub fn from_intervals(intervals: impl IntoIterator<Item = (i64, i64)>) -> Result<Self, RangesError> {
        let checked = intervals
            .into_iter()
            .map(|(start, end)| check(start, end).map(|()| (start, end)))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self::normalised(checked))
    }

    /// Sorts once and merges once, so that a hostile list costs no more than its sorting.
    fn normalised(mut intervals: Vec<(i64, i64)>) -> Self {
        intervals.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::with_capacity(intervals.len());
        for (start, end) in intervals {
            match merged.last_mut() {
                _ if start == end => {}
                Some((_, last_end)) if start <= *last_end => *last_end = end.max(*last_end),
                _ => merged.push((start, end)),
            }
        }
        Self(merged)
    }
}

fn check(start_ms: i64, end_ms: i64) -> Result<(), RangesError> {
    if end_ms < start_ms {
        Err(RangesError::EndBeforeStart { start_ms, end_ms })
    } else if start_ms < 0 {
        Err(RangesError::NegativeStart { start_ms })
    } else {
        Ok(())
    }
}

impl TryFrom<Vec<(i64, i64)>> for Ranges {
    type Error = RangesError;

    fn try_from(intervals: Vec<(i64, i64)>) -> Result<Self, RangesError> {
        Self::from_intervals(intervals)
    }
}

impl Serialize for Ranges {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Ranges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_intervals(Vec::<(i64, i64)>::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
