//! A year, a month or any other range at a glance: one pass over its plays gives everything that its page shows. For all
//! that was ever heard, the sums kept behind the log say it without the plays.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::Connection;
use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::calendar::{Span, Step, WallClock, date_of};
use super::counts::Belonging;
use super::heard::count_first_in;
use super::periods::Beginnings;
use super::scan::{local_plays, quarters};
use super::streaks::{Streaks, streaks_of};
use super::top::{Ranked, ranked, ranked_sources, sums_of_all};
use super::week::{HoursOfWeek, hour_of};
use super::{Amount, Measure, What, settled};
use crate::ListenError;
use crate::log::scan::Sum;

/// How much was heard on a day or in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatedAmount {
    /// `2026-10-01` or `2026-10`.
    pub date: String,
    /// How much.
    #[serde(flatten)]
    pub amount: Amount,
}

/// How many different ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Different {
    /// Works.
    pub works: u64,
    /// Creators.
    pub creators: u64,
    /// Shows.
    pub shows: u64,
    /// Publishers.
    pub publishers: u64,
}

/// A range at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Glance {
    /// Its first day, when it has one.
    pub first_date: Option<String>,
    /// Its last day, when it has one.
    pub last_date: Option<String>,
    /// All of it.
    pub total: Amount,
    /// How many different ones were heard.
    pub different: Different,
    /// How many of them for the first time.
    pub new: Different,
    /// Days in a row.
    pub streaks: Streaks,
    /// The months on which something was heard, in order.
    pub months: Vec<DatedAmount>,
    /// The days on which something was heard, in order.
    pub days: Vec<DatedAmount>,
    /// The hours of the week.
    pub hours_of_week: HoursOfWeek,
    /// The works heard most.
    pub works: Vec<Ranked>,
    /// The creators heard most.
    pub creators: Vec<Ranked>,
    /// The shows heard most.
    pub shows: Vec<Ranked>,
    /// All sources.
    pub sources: Vec<Ranked>,
}

/// How a range at a glance is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlanceQuestion {
    /// Over which days.
    pub span: Span,
    /// The IANA zone for listens that do not say where on earth they were heard, and the one that says which day is today.
    pub zone: String,
    /// By what to rank.
    pub by: Measure,
    /// How many works, creators and shows to rank.
    pub ranks: usize,
}

/// A range at a glance.
///
/// # Errors
/// `unknown_zone`, or when the vault fails.
pub fn glance(vault: &Vault, question: &GlanceQuestion, now: Timestamp) -> Result<Glance, ListenError> {
    WallClock::new(&question.zone)?;
    settled(vault, |connection| {
        let mut clock = WallClock::new(&question.zone)?;
        let Passed {
            total,
            week,
            by_day,
            by_via,
            works,
            creators,
            shows,
            different,
            new,
        } = if question.span == Span::ALL {
            pass_of_all(connection, &mut clock)?
        } else {
            pass(connection, question.span, &mut clock)?
        };
        let most = |sums: Vec<(i64, Sum)>| ranked(connection, sums, total, question.by, 0, question.ranks);
        let mut by_month: BTreeMap<i64, Sum> = BTreeMap::new();
        let mut beginnings = Beginnings::new(Step::Month);
        for (day, sum) in &by_day {
            by_month.entry(beginnings.of(*day)).or_default().add_sum(*sum);
        }
        let dated = |step: Step, sums: &BTreeMap<i64, Sum>| {
            let dated = sums.iter().map(|(day, sum)| DatedAmount {
                date: step.name(*day),
                amount: Amount::from(*sum),
            });
            dated.collect()
        };
        let days: BTreeSet<i64> = by_day.keys().copied().collect();
        Ok(Glance {
            first_date: question.span.first_date(),
            last_date: question.span.last_date(),
            total: Amount::from(total),
            different,
            new,
            streaks: streaks_of(&days, clock.day(now.millis(), None)),
            months: dated(Step::Month, &by_month),
            days: dated(Step::Day, &by_day),
            hours_of_week: HoursOfWeek::of(&week),
            works: most(works)?,
            creators: most(creators)?,
            shows: most(shows)?,
            sources: ranked_sources(connection, &by_via, question.by)?,
        })
    })
}

/// What a range comes to, before it is ranked and named.
struct Passed {
    total: Sum,
    week: [[Sum; 24]; 7],
    by_day: BTreeMap<i64, Sum>,
    by_via: HashMap<i64, Sum>,
    works: Vec<(i64, Sum)>,
    creators: Vec<(i64, Sum)>,
    shows: Vec<(i64, Sum)>,
    different: Different,
    new: Different,
}

/// By going through the plays.
fn pass(connection: &Connection, span: Span, clock: &mut WallClock) -> Result<Passed, ListenError> {
    let mut total = Sum::default();
    let mut week = [[Sum::default(); 24]; 7];
    let mut by_day: BTreeMap<i64, Sum> = BTreeMap::new();
    let (mut by_work, mut by_via) = (HashMap::<i64, Sum>::new(), HashMap::<i64, Sum>::new());
    local_plays(connection, &span, clock, |local| {
        total.add(local.play);
        by_day.entry(local.day()).or_default().add(local.play);
        by_work.entry(local.play.work_id).or_default().add(local.play);
        by_via.entry(local.play.via_id).or_default().add(local.play);
        if let Some(sum) = hour_of(&mut week, local.local_ms) {
            sum.add(local.play);
        }
        Ok(())
    })?;
    let mut belonging = Belonging::default();
    belonging.learn(connection, by_work.keys().copied())?;
    let of = |what: What| belonging.sums(&by_work, what).into_iter().collect::<Vec<_>>();
    let (works, creators, shows) = (of(What::Work), of(What::Creator), of(What::Show));
    let mut new = |what: What| count_first_in(connection, what, span, clock);
    Ok(Passed {
        total,
        week,
        by_day,
        by_via,
        different: Different {
            works: works.len() as u64,
            creators: creators.len() as u64,
            shows: shows.len() as u64,
            publishers: of(What::Publisher).len() as u64,
        },
        new: Different {
            works: new(What::Work)?,
            creators: new(What::Creator)?,
            shows: new(What::Show)?,
            publishers: new(What::Publisher)?,
        },
        works,
        creators,
        shows,
    })
}

/// From the sums kept behind the log: whatever was heard was heard for the first time, too.
fn pass_of_all(connection: &Connection, clock: &mut WallClock) -> Result<Passed, ListenError> {
    let mut total = Sum::default();
    let mut week = [[Sum::default(); 24]; 7];
    let (mut by_day, mut by_via) = (BTreeMap::<i64, Sum>::new(), HashMap::<i64, Sum>::new());
    // Quarters come nearly in order of time: a day is looked up once.
    let mut open: Option<(i64, Sum)> = None;
    quarters(connection, &Span::ALL, clock, |quarter| {
        total.add_sum(quarter.sum);
        by_via.entry(quarter.via_id).or_default().add_sum(quarter.sum);
        if let Some(sum) = hour_of(&mut week, quarter.local_ms) {
            sum.add_sum(quarter.sum);
        }
        let day = quarter.day();
        match &mut open {
            Some((of_day, sum)) if *of_day == day => sum.add_sum(quarter.sum),
            _ => {
                if let Some((of_day, sum)) = open.replace((day, quarter.sum)) {
                    by_day.entry(of_day).or_default().add_sum(sum);
                }
            }
        }
    })?;
    if let Some((of_day, sum)) = open {
        by_day.entry(of_day).or_default().add_sum(sum);
    }
    let (works, creators) = (
        sums_of_all(connection, What::Work)?,
        sums_of_all(connection, What::Creator)?,
    );
    let shows = sums_of_all(connection, What::Show)?;
    let publishers: i64 = connection
        .prepare_cached("SELECT count(*) FROM listen_entity_heard WHERE what = ?1")?
        .query_row([What::Publisher.number()], |row| row.get(0))?;
    let different = Different {
        works: works.len() as u64,
        creators: creators.len() as u64,
        shows: shows.len() as u64,
        publishers: publishers.unsigned_abs(),
    };
    Ok(Passed {
        total,
        week,
        by_day,
        by_via,
        works,
        creators,
        shows,
        different,
        new: different,
    })
}

impl Glance {
    /// The day on which most was heard, by time; the first of equal ones.
    #[must_use]
    pub fn busiest_day(&self) -> Option<&DatedAmount> {
        self.days
            .iter()
            .rev()
            .max_by_key(|day| (day.amount.played_ms, day.amount.listens))
    }
}

/// Every day from a first to a last date, with the part of the most heard that was heard on it, in quarters from 0 to 4.
pub(crate) fn quartered(glance: &Glance, from_day: i64, to_day: i64) -> Vec<(i64, u8)> {
    let most = glance.days.iter().map(|day| day.amount.played_ms).max().unwrap_or(0);
    let by_date: HashMap<&str, &Amount> = glance.days.iter().map(|day| (day.date.as_str(), &day.amount)).collect();
    (from_day..to_day)
        .map(|day| {
            let level = match by_date.get(date_of(day).to_string().as_str()) {
                None => 0,
                Some(amount) if most > 0 => {
                    u8::try_from((i128::from(amount.played_ms) * 3 / i128::from(most)).clamp(0, 3) + 1).unwrap_or(1)
                }
                Some(_) => 1,
            };
            (day, level)
        })
        .collect()
}
