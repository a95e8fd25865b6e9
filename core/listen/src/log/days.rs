//! The log by days: what History opens with. A listen's day is the date where it was heard, by its own offset from UTC
//! when that is known, else by the calendar of a zone.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;
use tekram_vault::Vault;

use super::hours::SourceHours;
use super::index::catch_up;
use super::list::{Cursor, ListQuery};
use super::newest::{NEWEST, Newest, Place};
use super::scan::{Play, Sum};
use crate::ListenError;

/// Further from UTC no local time is (RFC 3339 can write no more than a day).
const FURTHEST_OFFSET_MS: i64 = 24 * 60 * 60 * 1000;
/// Plays read at once.
const AT_ONCE: usize = 1024;

/// What was heard on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The date where it was heard: `2026-10-01`.
    pub date: String,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
    /// How many of these are estimated.
    pub estimated_ms: i64,
    /// Listens that count as plays.
    pub plays: u64,
    /// Listens of unknown length, which add no time.
    pub unknown_plays: u64,
    /// The same by source, most first.
    pub sources: Vec<SourceHours>,
    /// Start of its first listen: `from_ms` and `to_ms` are the bounds to list its listens by.
    pub from_ms: i64,
    /// Just after the start of its last listen.
    pub to_ms: i64,
}

/// A page of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Days {
    /// The days on which something was heard, newest first.
    pub days: Vec<Day>,
    /// The next page's beginning; `None` on the last.
    pub next: Option<Cursor>,
}

/// A page of at most `limit` days with accepted listens that the query asks for, newest first. `zone` is the IANA zone
/// for listens that do not say where on earth they were heard.
///
/// # Errors
/// `bad_cursor`, `unknown_zone`, or when the vault fails.
pub fn days(
    vault: &Vault,
    query: &ListQuery,
    zone: &str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Days, ListenError> {
    let zone = TimeZone::get(zone).map_err(|_| ListenError::UnknownZone)?;
    let after: Option<Date> = after
        .map(|after| after.as_str().parse().map_err(|_| ListenError::BadCursor))
        .transpose()?;
    if query.text.is_some() {
        catch_up(vault)?;
    }
    vault.read(|connection| {
        let sources: HashMap<i64, String> = connection
            .prepare_cached("SELECT via_id, source FROM listen_via")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let newest = Newest::new(connection, query)?;
        let mut place: Place = after.map_or(NEWEST, |after| {
            (midnight_ms(after).saturating_add(FURTHEST_OFFSET_MS), [0; 16])
        });
        let mut open: BTreeMap<Date, Open> = BTreeMap::new();
        loop {
            let found = newest.before(place, AT_ONCE)?;
            for play in &found {
                let date = local_date(play.place.0, play.offset_min, &zone);
                if after.is_none_or(|after| date < after) {
                    open.entry(date).or_default().add(Play {
                        start_ms: play.place.0,
                        work_id: play.work_id,
                        via_id: play.via_id,
                        how: play.how,
                        played_ms: play.played_ms,
                        counts: play.counts,
                    });
                }
            }
            let last = found.last().filter(|_| found.len() == AT_ONCE);
            // Whatever comes now lies further back than this day in every offset.
            let whole = |date: &Date| {
                last.is_none_or(|last| last.place.0 < midnight_ms(*date).saturating_sub(FURTHEST_OFFSET_MS))
            };
            let finished = open.keys().rev().nth(limit.saturating_sub(1)).is_some_and(whole);
            match last {
                Some(last) if !finished => place = last.place,
                last => {
                    let more = last.is_some() || open.len() > limit;
                    let days: Vec<Day> = open
                        .into_iter()
                        .rev()
                        .take(limit)
                        .map(|(date, open)| open.day(date, &sources))
                        .collect();
                    let next = days.last().filter(|_| more).map(|day| Cursor::from_text(&day.date));
                    return Ok(Days { days, next });
                }
            }
        }
    })
}

/// A day while its plays are summed.
#[derive(Debug, Default)]
struct Open {
    by_via: HashMap<i64, Sum>,
    first_ms: Option<i64>,
    last_ms: Option<i64>,
}

impl Open {
    fn add(&mut self, play: Play) {
        self.by_via.entry(play.via_id).or_default().add(play);
        // From the newest backwards.
        self.last_ms.get_or_insert(play.start_ms);
        self.first_ms = Some(play.start_ms);
    }

    fn day(self, date: Date, names: &HashMap<i64, String>) -> Day {
        let mut all = Sum::default();
        let mut by_source: BTreeMap<&str, Sum> = BTreeMap::new();
        for (via, sum) in self.by_via {
            all.add_sum(sum);
            by_source
                .entry(names.get(&via).map_or("", String::as_str))
                .or_default()
                .add_sum(sum);
        }
        Day {
            date: date.to_string(),
            played_ms: all.played_ms,
            estimated_ms: all.estimated_ms,
            plays: all.plays,
            unknown_plays: all.unknown_plays,
            sources: SourceHours::most_first(by_source),
            from_ms: self.first_ms.unwrap_or_default(),
            to_ms: self.last_ms.unwrap_or_default().saturating_add(1),
        }
    }
}

/// The date on the clocks where it was heard.
fn local_date(start_ms: i64, offset_min: Option<i64>, zone: &TimeZone) -> Date {
    local(start_ms, offset_min, zone).date()
}

/// Date and time on the clocks where it was heard, to the second: `2026-10-05 18:00:00`.
pub(crate) fn local_time(start_ms: i64, offset_min: Option<i64>, zone: &TimeZone) -> String {
    local(start_ms, offset_min, zone)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

fn local(start_ms: i64, offset_min: Option<i64>, zone: &TimeZone) -> DateTime {
    let at = jiff::Timestamp::from_millisecond(start_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let offset = offset_min
        .and_then(|minutes| i32::try_from(minutes.checked_mul(60)?).ok())
        .and_then(|seconds| Offset::from_seconds(seconds).ok())
        .unwrap_or_else(|| zone.to_offset(at));
    offset.to_datetime(at)
}

/// The beginning of a date in UTC.
fn midnight_ms(date: Date) -> i64 {
    Offset::UTC
        .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .map_or(0, |at| at.as_millisecond())
}
