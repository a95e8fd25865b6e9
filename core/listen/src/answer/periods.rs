//! How much was heard by day, week, month or year, and how many different works and creators.

use std::collections::{BTreeMap, HashSet};

use rusqlite::Connection;
use serde::Serialize;
use tekram_vault::Vault;

use super::calendar::{DAY_MS, Span, Step, WallClock, date_of};
use super::counts::Belonging;
use super::scan::{local_plays, quarters};
use super::{Amount, What, settled};
use crate::ListenError;
use crate::log::list::Cursor;
use crate::log::scan::Sum;

/// So many days after its end no play of a period can come any more: clocks differ by less.
const CLOSED_AFTER_DAYS: i64 = 3;

/// What was heard in one day, week, month or year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeriodAmount {
    /// Its name: `2026-10-01`, `2026-W40`, `2026-10`, `2026`.
    pub period: String,
    /// Its first day, also where the range asked for begins later.
    pub first_date: String,
    /// Its last day.
    pub last_date: String,
    /// How much, of what lies in the range.
    #[serde(flatten)]
    pub amount: Amount,
    /// Different works.
    pub works: u64,
    /// Different creators.
    pub creators: u64,
}

/// A page of periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Periods {
    /// Those in which something was heard, newest first.
    pub periods: Vec<PeriodAmount>,
    /// The next page's beginning; `None` on the last.
    pub next: Option<Cursor>,
}

/// A page of at most `limit` days, weeks, months or years of a range, newest first. `zone` is the IANA zone for listens
/// that do not say where on earth they were heard.
///
/// # Errors
/// `bad_cursor`, `unknown_zone`, or when the vault fails.
pub fn by_period(
    vault: &Vault,
    span: Span,
    step: Step,
    zone: &str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Periods, ListenError> {
    // The page before ended with this period.
    let before = after
        .map(|after| Span::parse(after.as_str()).map_err(|_| ListenError::BadCursor))
        .transpose()?;
    let span = Span {
        to_day: before.map_or(span.to_day, |before| span.to_day.min(before.from_day)),
        ..span
    };
    WallClock::new(zone)?;
    settled(vault, |connection| page(connection, span, step, zone, limit))
}

fn page(connection: &Connection, span: Span, step: Step, zone: &str, limit: usize) -> Result<Periods, ListenError> {
    let mut sums: BTreeMap<i64, Sum> = BTreeMap::new();
    let mut beginnings = Beginnings::new(step);
    quarters(connection, &span, &mut WallClock::new(zone)?, |quarter| {
        sums.entry(beginnings.of(quarter.day()))
            .or_default()
            .add_sum(quarter.sum);
    })?;
    let shown: Vec<(i64, Sum)> = sums.iter().rev().take(limit).map(|(day, sum)| (*day, *sum)).collect();
    let (Some((newest, _)), Some((oldest, _))) = (shown.first(), shown.last()) else {
        return Ok(Periods {
            periods: Vec::new(),
            next: None,
        });
    };
    let looked_at = Span {
        from_day: span.from_day.max(*oldest),
        to_day: span.to_day.min(step.end(*newest)),
    };
    let counts = different(connection, looked_at, step, zone)?;
    let periods: Vec<PeriodAmount> = shown
        .iter()
        .map(|(day, sum)| {
            let (works, creators) = counts.get(day).copied().unwrap_or_default();
            PeriodAmount {
                period: step.name(*day),
                first_date: date_of(*day).to_string(),
                last_date: date_of(step.end(*day) - 1).to_string(),
                amount: Amount::from(*sum),
                works,
                creators,
            }
        })
        .collect();
    let next = periods
        .last()
        .filter(|_| sums.len() > shown.len())
        .map(|last| Cursor::from_text(&last.period));
    Ok(Periods { periods, next })
}

/// How many different works and creators each period has, by the number of its first day.
fn different(
    connection: &Connection,
    span: Span,
    step: Step,
    zone: &str,
) -> Result<BTreeMap<i64, (u64, u64)>, ListenError> {
    let mut counts = BTreeMap::new();
    let mut open: BTreeMap<i64, HashSet<i64>> = BTreeMap::new();
    let mut belonging = Belonging::default();
    let mut close = |day: i64, works: &HashSet<i64>| -> Result<(), ListenError> {
        belonging.learn(connection, works.iter().copied())?;
        counts.insert(
            day,
            (
                belonging.count(works, What::Work),
                belonging.count(works, What::Creator),
            ),
        );
        Ok(())
    };
    let mut beginnings = Beginnings::new(step);
    local_plays(connection, &span, &mut WallClock::new(zone)?, |local| {
        open.entry(beginnings.of(local.day()))
            .or_default()
            .insert(local.play.work_id);
        let today = local.play.start_ms.div_euclid(DAY_MS);
        while open.len() > 1
            && let Some(first) = open.first_entry()
            && step.end(*first.key()).saturating_add(CLOSED_AFTER_DAYS) < today
        {
            let (day, works) = first.remove_entry();
            close(day, &works)?;
        }
        Ok(())
    })?;
    for (day, works) in open {
        close(day, &works)?;
    }
    Ok(counts)
}

/// The first day of the step that a day lies in. Neighbours are mostly in the same one.
#[derive(Debug)]
pub(crate) struct Beginnings {
    step: Step,
    begin: i64,
    end: i64,
}

impl Beginnings {
    pub(crate) fn new(step: Step) -> Self {
        Self { step, begin: 0, end: 0 }
    }

    pub(crate) fn of(&mut self, day: i64) -> i64 {
        if day < self.begin || day >= self.end {
            self.begin = self.step.begin(day);
            self.end = self.step.end(day);
        }
        self.begin
    }
}
