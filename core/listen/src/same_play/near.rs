//! Whether two sources can mean the same play, and how well they agree. A source states when a play began or when it
//! ended, to the second or to the minute, and pauses stretch what lies between; so any of these is enough:
//!
//! - they began within half a minute of each other (a minute, if one of them counts in minutes);
//! - they ended within half a minute of each other, where both say how long it was;
//! - half of the shorter one lies within the other;
//! - one is Spotify's own and the other came from Spotify over a scrobbler, which then may give the end as the moment.
//!
//! Never more than half of the shorter one: a song that comes twice in a row is two plays.

use crate::listen::{HOW_RANGES, HOW_TOTAL, HOW_UNKNOWN};

const NEAR_MS: i64 = 30_000;
const MINUTE_MS: i64 = 60_000;
const STAMPED_AT_END_MS: i64 = 10_000;
/// No sitting is believed to have gone on for longer.
const LONGEST_MS: i64 = 6 * 60 * 60 * 1000;

/// A play as one source tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) play_id: i64,
    pub(crate) start_ms: i64,
    pub(crate) fingerprint: [u8; 16],
    /// Who tells it, as a place in the order of all who tell. Nobody tells one play twice.
    pub(crate) teller: usize,
    pub(crate) how: i64,
    pub(crate) played_ms: Option<i64>,
    pub(crate) media_ms: Option<i64>,
    pub(crate) spotify: Spotify,
    pub(crate) is_hidden: bool,
    pub(crate) work: Work,
    /// What the source called it, where the person corrected that.
    pub(crate) original: Work,
    /// The play that it is evidence of so far.
    pub(crate) lead_now: Option<i64>,
}

/// What Spotify has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spotify {
    /// Nothing.
    None,
    /// It is from Spotify's own export.
    Own,
    /// It was heard on Spotify, and somebody else tells it.
    Through,
}

/// What was played, as far as it tells whether two are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) identity_id: i64,
    pub(crate) text_key: i64,
    pub(crate) is_named: bool,
}

impl Work {
    /// One identity; or one text, where not both have names that keep them apart. Nobody guesses which of two recordings
    /// a mere text means, but at one moment only one of them can have been on.
    fn is_same(self, other: Self) -> bool {
        (self.identity_id != 0 && self.identity_id == other.identity_id)
            || (self.text_key != 0 && self.text_key == other.text_key && !(self.is_named && other.is_named))
    }
}

impl Told {
    /// How long it took, as far as anybody knows.
    fn length_ms(&self) -> Option<i64> {
        let known = self.played_ms.filter(|_| self.how != HOW_UNKNOWN).or(self.media_ms);
        known.filter(|ms| *ms > 0).map(|ms| ms.min(LONGEST_MS))
    }

    fn end_ms(&self) -> Option<i64> {
        Some(self.start_ms.saturating_add(self.length_ms()?))
    }

    /// Its end, where the source says how much was played.
    fn stated_end_ms(&self) -> Option<i64> {
        matches!(self.how, HOW_TOTAL | HOW_RANGES)
            .then(|| self.end_ms())
            .flatten()
    }

    /// Nothing that starts later is the same play.
    pub(crate) fn reach_ms(&self) -> i64 {
        self.end_ms().unwrap_or(self.start_ms).saturating_add(2 * MINUTE_MS)
    }

    /// How little is known: exact stretches, a total, an estimate, nothing.
    pub(crate) fn ignorance(&self) -> u8 {
        match self.how {
            HOW_RANGES => 0,
            HOW_TOTAL => 1,
            HOW_UNKNOWN => 3,
            _ => 2,
        }
    }

    /// By how many milliseconds two tellings differ; `None` when they cannot mean one play.
    pub(crate) fn distance_ms(&self, other: &Self) -> Option<i64> {
        let works = |told: &Self| [told.work, told.original];
        let is_same = works(self)
            .iter()
            .any(|work| works(other).iter().any(|other| work.is_same(*other)));
        if self.teller == other.teller || !is_same {
            return None;
        }
        let apart = |one: i64, other: i64| one.saturating_sub(other).saturating_abs();
        let shorter = match (self.length_ms(), other.length_ms()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let at_most = |ms: i64| shorter.map_or(ms, |shorter| ms.min(shorter / 2));
        let starts = apart(self.start_ms, other.start_ms);
        let by_minute = [self, other].iter().any(|told| told.start_ms % MINUTE_MS == 0);
        let near = if by_minute { MINUTE_MS } else { at_most(NEAR_MS) };
        let ends = match (self.stated_end_ms(), other.stated_end_ms()) {
            (Some(one), Some(other)) => Some(apart(one, other)),
            _ => None,
        };
        let overlap = match (self.end_ms(), other.end_ms(), shorter) {
            (Some(one), Some(end), Some(shorter)) => {
                one.min(end).saturating_sub(self.start_ms.max(other.start_ms)) >= (shorter + 1) / 2
            }
            _ => false,
        };
        let stamped = match (self.spotify, other.spotify) {
            (Spotify::Own, Spotify::Through) => self.end_ms().map(|end| apart(end, other.start_ms)),
            (Spotify::Through, Spotify::Own) => other.end_ms().map(|end| apart(end, self.start_ms)),
            _ => None,
        }
        .filter(|ms| *ms <= STAMPED_AT_END_MS);
        let nearest = starts.min(ends.unwrap_or(i64::MAX));
        if starts <= near || ends.is_some_and(|ends| ends <= at_most(NEAR_MS)) || overlap {
            Some(nearest.min(stamped.unwrap_or(i64::MAX)))
        } else {
            stamped
        }
    }
}
