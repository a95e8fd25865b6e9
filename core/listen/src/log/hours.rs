//! Hours by source, and the months that have anything in them.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use tekram_primitives::time::{Period, Timestamp};
use tekram_vault::Vault;

use super::scan::{IN_LOG, Sum, plays};
use crate::ListenError;

/// How much came from one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceHours {
    /// The source: `listenbrainz`, `spotify`, `gpodder`.
    pub source: String,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
    /// How many of these are estimated.
    pub estimated_ms: i64,
    /// Listens that count as plays.
    pub plays: u64,
    /// Listens of unknown length, which add no time.
    pub unknown_plays: u64,
}

impl SourceHours {
    /// The sums of sources, most played first.
    pub(crate) fn most_first(by_source: BTreeMap<&str, Sum>) -> Vec<Self> {
        let mut hours: Vec<_> = by_source
            .into_iter()
            .map(|(source, sum)| Self {
                source: source.to_owned(),
                played_ms: sum.played_ms,
                estimated_ms: sum.estimated_ms,
                plays: sum.plays,
                unknown_plays: sum.unknown_plays,
            })
            .collect();
        hours.sort_by_key(|hours| std::cmp::Reverse(hours.played_ms));
        hours
    }
}

/// How much came from each source, most first; in `[start_ms, end_ms)` or in all of the log.
///
/// # Errors
/// When the vault fails.
pub fn hours_by_source(vault: &Vault, period_ms: Option<(i64, i64)>) -> Result<Vec<SourceHours>, ListenError> {
    let (start_ms, end_ms) = period_ms.unwrap_or((i64::MIN, i64::MAX));
    vault.read(|connection| {
        let sources: HashMap<i64, String> = connection
            .prepare_cached("SELECT via_id, source FROM listen_via")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut by_via: HashMap<i64, Sum> = HashMap::new();
        plays(connection, start_ms, end_ms, |play| {
            by_via.entry(play.via_id).or_default().add(play)
        })?;
        let mut by_source: BTreeMap<&str, Sum> = BTreeMap::new();
        for (via, sum) in by_via {
            by_source
                .entry(sources.get(&via).map_or("", String::as_str))
                .or_default()
                .add_sum(sum);
        }
        Ok(SourceHours::most_first(by_source))
    })
}

/// A month of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Month {
    /// The month, in a zone.
    pub period: Period,
    /// Listens that start in it and count as plays.
    pub plays: u64,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
}

/// The months in which something was heard, newest first, by the calendar of an IANA zone. A listen belongs to the
/// month of its start.
///
/// # Errors
/// `unknown_zone`, or when the vault fails.
pub fn months(vault: &Vault, zone: &str) -> Result<Vec<Month>, ListenError> {
    let Some(newest) = newest_month(vault, zone)? else {
        return Ok(Vec::new());
    };
    vault.read(|connection| {
        // Newest last while counting: a start finds its month by its first instant.
        let mut months = vec![(newest, Sum::default())];
        let mut sums: BTreeMap<i64, Sum> = BTreeMap::new();
        let first: Option<i64> = connection
            .prepare_cached("SELECT min(start_ms) FROM listen_play")?
            .query_row([], |row| row.get(0))?;
        while let Some((oldest, _)) = months.last() {
            sums.insert(oldest.start().millis(), Sum::default());
            if first.is_none_or(|first| oldest.start().millis() <= first) {
                break;
            }
            let previous = oldest.previous().map_err(|_| ListenError::UnknownZone)?;
            months.push((previous, Sum::default()));
        }
        plays(connection, i64::MIN, i64::MAX, |play| {
            if let Some((_, sum)) = sums.range_mut(..=play.start_ms).next_back() {
                sum.add(play);
            }
        })?;
        Ok(months
            .into_iter()
            .filter_map(|(period, _)| {
                let sum = sums.get(&period.start().millis()).filter(|sum| sum.listens > 0)?;
                Some(Month {
                    period,
                    plays: sum.plays,
                    played_ms: sum.played_ms,
                })
            })
            .collect())
    })
}

/// The month of the newest listen, by the calendar of an IANA zone; `None` for an empty log.
///
/// # Errors
/// `unknown_zone`, or when the vault fails.
pub fn newest_month(vault: &Vault, zone: &str) -> Result<Option<Period>, ListenError> {
    let newest: Option<i64> = vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT p.start_ms FROM listen_play p WHERE {IN_LOG} ORDER BY p.start_ms DESC LIMIT 1"
        ))?;
        let mut rows = statement.query([])?;
        Ok::<_, ListenError>(rows.next()?.map(|row| row.get(0)).transpose()?)
    })?;
    newest
        .map(|at| Period::containing(Timestamp::from_millis(at), zone).map_err(|_| ListenError::UnknownZone))
        .transpose()
}
