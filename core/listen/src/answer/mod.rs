//! What the log answers about months and years: how much, what most, what for the first time, what no more, when; and
//! what a few letters find. Short ranges are read from the plays, long ones from sums that are kept behind the log
//! (`keep.rs`); both say the same.

pub(crate) mod about;
pub(crate) mod around;
pub(crate) mod calendar;
pub(crate) mod counts;
pub(crate) mod entity;
pub(crate) mod glance;
pub(crate) mod heard;
pub(crate) mod keep;
pub(crate) mod periods;
pub(crate) mod picture;
pub(crate) mod scan;
pub(crate) mod search;
pub(crate) mod streaks;
pub(crate) mod top;
pub(crate) mod week;

use rusqlite::Connection;
use serde::Serialize;
use tekram_vault::Vault;

use crate::ListenError;
use crate::log::scan::Sum;

/// How much was heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Listens that count as plays.
    pub plays: u64,
    /// All listens, also those that are too short to count.
    pub listens: u64,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
    /// How many of these are estimated.
    pub estimated_ms: i64,
    /// Listens of unknown length, which add no time.
    pub unknown_plays: u64,
}

impl From<Sum> for Amount {
    fn from(sum: Sum) -> Self {
        Self {
            plays: sum.plays,
            listens: sum.listens,
            played_ms: sum.played_ms,
            estimated_ms: sum.estimated_ms,
            unknown_plays: sum.unknown_plays,
        }
    }
}

/// What an answer can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Songs, episodes, videos: the same one over all sources.
    Work,
    /// Those who made them, each for all of it where there are several.
    Creator,
    /// Albums (of one first creator), podcasts, books, stations.
    Show,
    /// Publishers and labels.
    Publisher,
    /// Where listens come from: `listenbrainz`, `spotify`, `this_device` …
    Source,
}

impl What {
    /// Everything that an answer can be about.
    pub const ALL: [Self; 5] = [Self::Work, Self::Creator, Self::Show, Self::Publisher, Self::Source];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Creator => "creator",
            Self::Show => "show",
            Self::Publisher => "publisher",
            Self::Source => "source",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.name() == name)
    }

    /// The number that stands for it in the tables; sources are not kept there.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Work => 0,
            Self::Creator => 1,
            Self::Show => 2,
            Self::Publisher => 3,
            Self::Source => 4,
        }
    }
}

/// By what it is ordered and shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Number of listens.
    Plays,
    /// Time played, estimates included.
    Time,
}

impl Measure {
    pub(crate) fn of(self, sum: &Sum) -> i64 {
        match self {
            Self::Plays => i64::try_from(sum.plays).unwrap_or(i64::MAX),
            Self::Time => sum.played_ms,
        }
    }

    /// What decides between equals.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Plays => Self::Time,
            Self::Time => Self::Plays,
        }
    }
}

/// How often an answer waits for what is captured meanwhile.
const TRIES: usize = 8;

/// Reads when all that is kept behind the log is up to date with it.
pub(crate) fn settled<T>(
    vault: &Vault,
    mut look: impl FnMut(&Connection) -> Result<T, ListenError>,
) -> Result<T, ListenError> {
    for _ in 0..TRIES {
        crate::catch_up(vault)?;
        let seen = vault.read(|connection| {
            if keep::behind(connection)? {
                Ok::<_, ListenError>(None)
            } else {
                look(connection).map(Some)
            }
        })?;
        if let Some(seen) = seen {
            return Ok(seen);
        }
    }
    // Something is being written all the time: then the answer may lag by a listen.
    vault.read(look)
}
