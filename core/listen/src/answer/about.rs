//! One work, creator, show, publisher or source by itself: all that was heard of it, its months, and the works of it that
//! were heard most; and which of them a listen belongs to.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use tekram_vault::Vault;

use super::calendar::{Span, Step, WallClock, date_of};
use super::counts::{Belonging, names, sources};
use super::entity::Belongs;
use super::glance::DatedAmount;
use super::scan::quarters;
use super::top::{Ranked, ranked};
use super::{Amount, Measure, What, settled};
use crate::ListenError;
use crate::listen::MARK_TOO_SHORT;
use crate::log::scan::{IN_LOG, Play, Sum};

/// A work, creator, show, publisher or source by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// What it is.
    pub what: What,
    /// Its number in this log; 0 for a source.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Who made it; empty for a creator, a publisher and a source, and where it is not known.
    pub maker: String,
    /// How much, ever.
    #[serde(flatten)]
    pub amount: Amount,
    /// The date of the first listen where it was heard.
    pub first_date: String,
    /// The date of the last one.
    pub last_date: String,
    /// The months in which it was heard, in order.
    pub months: Vec<DatedAmount>,
    /// The works of it that were heard most, with their share of it. There are none for a work, and for a source it would
    /// need all of its plays.
    pub works: Vec<Ranked>,
}

/// Something that a listen belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its number in this log.
    pub id: i64,
    /// What it is.
    pub what: What,
    /// Its name.
    pub name: String,
}

/// A work, creator, show or publisher by itself, with at most `ranks` works; `None` when nothing is heard of it any more.
/// `zone` is the IANA zone for listens that do not say where on earth they were heard.
///
/// # Errors
/// `unknown_zone`, or when the vault fails.
pub fn about(vault: &Vault, id: i64, by: Measure, ranks: usize, zone: &str) -> Result<Option<About>, ListenError> {
    WallClock::new(zone)?;
    settled(vault, |connection| {
        let what: Option<i64> = connection
            .prepare_cached("SELECT what FROM listen_entity WHERE entity_id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let Some(what) = what.and_then(|number| What::ALL.into_iter().find(|what| what.number() == number)) else {
            return Ok(None);
        };
        let mut by_day = BTreeMap::<i64, Sum>::new();
        let mut by_description = HashMap::<i64, Sum>::new();
        let mut total = Sum::default();
        plays_of(connection, id, &mut WallClock::new(zone)?, |day, play| {
            total.add(play);
            by_day.entry(day).or_default().add(play);
            by_description.entry(play.work_id).or_default().add(play);
        })?;
        let works = if what == What::Work {
            Vec::new()
        } else {
            let mut belonging = Belonging::default();
            belonging.learn(connection, by_description.keys().copied())?;
            let sums = belonging.sums(&by_description, What::Work);
            ranked(connection, sums.into_iter().collect(), total, by, 0, ranks)?
        };
        let (name, maker) = names(connection, id)?;
        Ok(portrait(what, id, (name, maker), &by_day, works))
    })
}

/// A source by itself; `None` when nothing is heard from it. `zone` is the IANA zone for listens that do not say where on
/// earth they were heard.
///
/// # Errors
/// `unknown_zone`, or when the vault fails.
pub fn about_source(vault: &Vault, source: &str, zone: &str) -> Result<Option<About>, ListenError> {
    WallClock::new(zone)?;
    settled(vault, |connection| {
        let sources = sources(connection)?;
        let mut by_day = BTreeMap::<i64, Sum>::new();
        quarters(connection, &Span::ALL, &mut WallClock::new(zone)?, |quarter| {
            if sources.get(&quarter.via_id).is_some_and(|name| name == source) {
                by_day.entry(quarter.day()).or_default().add_sum(quarter.sum);
            }
        })?;
        Ok(portrait(
            What::Source,
            0,
            (source.to_owned(), String::new()),
            &by_day,
            Vec::new(),
        ))
    })
}

fn portrait(
    what: What,
    id: i64,
    (name, maker): (String, String),
    by_day: &BTreeMap<i64, Sum>,
    works: Vec<Ranked>,
) -> Option<About> {
    let (first, last) = (by_day.first_key_value()?.0, by_day.last_key_value()?.0);
    let mut total = Sum::default();
    let mut by_month = BTreeMap::<i64, Sum>::new();
    for (day, sum) in by_day {
        total.add_sum(*sum);
        by_month.entry(Step::Month.begin(*day)).or_default().add_sum(*sum);
    }
    let months = by_month.iter().map(|(day, sum)| DatedAmount {
        date: Step::Month.name(*day),
        amount: Amount::from(*sum),
    });
    Some(About {
        what,
        id,
        name,
        maker,
        amount: Amount::from(total),
        first_date: date_of(*first).to_string(),
        last_date: date_of(*last).to_string(),
        months: months.collect(),
        works,
    })
}

/// Gives `each` every play of an entity, and the number of the day where it was heard.
fn plays_of(
    connection: &Connection,
    id: i64,
    clock: &mut WallClock,
    mut each: impl FnMut(i64, Play),
) -> Result<(), ListenError> {
    let sql = format!(
        "SELECT p.start_ms, p.work_id, p.via_id, p.played_how, p.played_ms, p.offset_min, p.marks
         FROM listen_entity_work e CROSS JOIN listen_work_play i ON i.work_id = e.work_id
         CROSS JOIN listen_play p ON p.play_id = i.play_id
         WHERE e.entity_id = ?1 AND {IN_LOG}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        let start_ms = row.get(0)?;
        let marks: i64 = row.get(6)?;
        let play = Play {
            start_ms,
            work_id: row.get(1)?,
            via_id: row.get(2)?,
            how: row.get(3)?,
            played_ms: row.get::<_, Option<i64>>(4)?.unwrap_or(0),
            counts: marks & MARK_TOO_SHORT == 0,
        };
        each(clock.day(start_ms, row.get(5)?), play);
    }
    Ok(())
}

/// What a listen belongs to: its work, its creators in their order, its show and its publisher, as far as they are known.
///
/// # Errors
/// `no_such_listen`, or when the vault fails.
pub fn belongs_to(vault: &Vault, listen_id: i64) -> Result<Vec<Named>, ListenError> {
    settled(vault, |connection| {
        let sql = format!("SELECT p.work_id FROM listen_play p WHERE p.play_id = ?1 AND {IN_LOG}");
        let work: i64 = connection
            .prepare_cached(&sql)?
            .query_row(params![listen_id], |row| row.get(0))
            .optional()?
            .ok_or(ListenError::NoSuchListen { play_id: listen_id })?;
        let belongs = Belongs::read(connection, work)?.unwrap_or_default();
        let mut named = Vec::new();
        for what in [What::Work, What::Creator, What::Show, What::Publisher] {
            for id in belongs.of(what) {
                let (name, _) = names(connection, *id)?;
                named.push(Named { id: *id, what, name });
            }
        }
        Ok(named)
    })
}
