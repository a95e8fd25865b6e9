//! What was heard most, and each one's share of all: works, creators, shows, publishers and sources of any range.

use std::collections::HashMap;

use rusqlite::Connection;
use serde::Serialize;
use tekram_vault::Vault;

use super::calendar::{Span, WallClock};
use super::counts::{Belonging, names, sources};
use super::scan::{local_plays, quarters, sum_from};
use super::{Amount, Measure, What, settled};
use crate::ListenError;
use crate::log::list::Cursor;
use crate::log::scan::Sum;

/// What to rank, over which range, by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopQuestion {
    /// What to rank.
    pub what: What,
    /// By what.
    pub by: Measure,
    /// Over which days.
    pub span: Span,
    /// The IANA zone for listens that do not say where on earth they were heard.
    pub zone: String,
}

/// A rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ranked {
    /// From 1.
    pub rank: u64,
    /// Number of the work, creator, show or publisher in this log; 0 for a source.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Who made it; empty for a creator, a publisher and a source, and where it is not known.
    pub maker: String,
    /// How much.
    #[serde(flatten)]
    pub amount: Amount,
    /// Its share of all that was heard in the range, in thousandths of the measure. Creators of one work have it all
    /// each, so creators' shares may add up to more than all.
    pub share_permille: u64,
}

/// A page of ranks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Top {
    /// The ranks, the first first.
    pub ranks: Vec<Ranked>,
    /// How many there are in all.
    pub count: u64,
    /// All that was heard in the range.
    pub total: Amount,
    /// The next page's beginning; `None` on the last.
    pub next: Option<Cursor>,
}

/// A page of at most `limit` ranks.
///
/// # Errors
/// `bad_cursor`, `unknown_zone`, or when the vault fails.
pub fn top(vault: &Vault, question: &TopQuestion, after: Option<&Cursor>, limit: usize) -> Result<Top, ListenError> {
    let skip: usize = after
        .map_or(Ok(0), |after| after.as_str().parse())
        .map_err(|_| ListenError::BadCursor)?;
    WallClock::new(&question.zone)?;
    settled(vault, |connection| {
        let mut clock = WallClock::new(&question.zone)?;
        if question.what == What::Source {
            return top_sources(connection, question, &mut clock, skip, limit);
        }
        let (sums, total) = if question.span == Span::ALL {
            all_time(connection, question.what)?
        } else {
            let (mut by_work, mut total) = (HashMap::<i64, Sum>::new(), Sum::default());
            local_plays(connection, &question.span, &mut clock, |local| {
                by_work.entry(local.play.work_id).or_default().add(local.play);
                total.add(local.play);
                Ok(())
            })?;
            let mut belonging = Belonging::default();
            belonging.learn(connection, by_work.keys().copied())?;
            (belonging.sums(&by_work, question.what).into_iter().collect(), total)
        };
        let count = sums.len();
        let ranks = ranked(connection, sums, total, question.by, skip, limit)?;
        Ok(page(ranks, count, total, skip))
    })
}

fn page(ranks: Vec<Ranked>, count: usize, total: Sum, skip: usize) -> Top {
    let shown = skip.saturating_add(ranks.len());
    Top {
        next: (shown < count).then(|| Cursor::from_text(&shown.to_string())),
        ranks,
        count: count as u64,
        total: Amount::from(total),
    }
}

/// Everything, from the sums kept behind the log.
fn all_time(connection: &Connection, what: What) -> Result<(Vec<(i64, Sum)>, Sum), ListenError> {
    let sums = sums_of_all(connection, what)?;
    // Each play is of one work.
    let mut total = Sum::default();
    if what == What::Work {
        sums.iter().for_each(|(_, sum)| total.add_sum(*sum));
        return Ok((sums, total));
    }
    let total = connection
        .prepare_cached(
            "SELECT coalesce(sum(listens), 0), coalesce(sum(plays), 0), coalesce(sum(unknown_plays), 0), coalesce(sum(played_ms), 0),
                 coalesce(sum(estimated_ms), 0) FROM listen_entity_heard WHERE what = 0",
        )?
        .query_row([], |row| sum_from(row, 0))?;
    Ok((sums, total))
}

/// All works, creators, shows or publishers that were ever heard, with what they come to.
pub(crate) fn sums_of_all(connection: &Connection, what: What) -> Result<Vec<(i64, Sum)>, ListenError> {
    Ok(connection
        .prepare_cached(
            "SELECT entity_id, listens, plays, unknown_plays, played_ms, estimated_ms FROM listen_entity_heard
             WHERE what = ?1",
        )?
        .query_map([what.number()], |row| Ok((row.get(0)?, sum_from(row, 1)?)))?
        .collect::<Result<_, _>>()?)
}

/// The ranks after the first `skip`, with their names.
pub(crate) fn ranked(
    connection: &Connection,
    mut all: Vec<(i64, Sum)>,
    total: Sum,
    by: Measure,
    skip: usize,
    limit: usize,
) -> Result<Vec<Ranked>, ListenError> {
    let order = |one: &(i64, Sum), other: &(i64, Sum)| {
        let key = |(id, sum): &(i64, Sum)| {
            (
                std::cmp::Reverse(by.of(sum)),
                std::cmp::Reverse(by.other().of(sum)),
                *id,
            )
        };
        key(one).cmp(&key(other))
    };
    let wanted = skip.saturating_add(limit);
    // Of hundreds of thousands only some are put in order.
    if wanted < all.len() {
        all.select_nth_unstable_by(wanted, order);
        all.truncate(wanted);
    }
    all.sort_unstable_by(order);
    all.into_iter()
        .enumerate()
        .skip(skip)
        .map(|(place, (id, sum))| {
            let (name, maker) = names(connection, id)?;
            Ok(Ranked {
                rank: place as u64 + 1,
                id,
                name,
                maker,
                amount: Amount::from(sum),
                share_permille: permille(by.of(&sum), by.of(&total)),
            })
        })
        .collect()
}

fn top_sources(
    connection: &Connection,
    question: &TopQuestion,
    clock: &mut WallClock,
    skip: usize,
    limit: usize,
) -> Result<Top, ListenError> {
    let mut by_via: HashMap<i64, Sum> = HashMap::new();
    quarters(connection, &question.span, clock, |quarter| {
        by_via.entry(quarter.via_id).or_default().add_sum(quarter.sum);
    })?;
    let all = ranked_sources(connection, &by_via, question.by)?;
    let mut total = Sum::default();
    for sum in by_via.values() {
        total.add_sum(*sum);
    }
    let count = all.len();
    let ranks = all.into_iter().skip(skip).take(limit).collect();
    Ok(page(ranks, count, total, skip))
}

/// Sums by way as ranks of sources.
pub(crate) fn ranked_sources(
    connection: &Connection,
    by_via: &HashMap<i64, Sum>,
    by: Measure,
) -> Result<Vec<Ranked>, ListenError> {
    let sources = sources(connection)?;
    let (mut by_source, mut total) = (HashMap::<&str, Sum>::new(), Sum::default());
    for (via, sum) in by_via {
        let source = sources.get(via).map_or("", String::as_str);
        by_source.entry(source).or_default().add_sum(*sum);
        total.add_sum(*sum);
    }
    let mut all: Vec<(&str, Sum)> = by_source.into_iter().collect();
    all.sort_unstable_by_key(|(name, sum)| {
        (
            std::cmp::Reverse(by.of(sum)),
            std::cmp::Reverse(by.other().of(sum)),
            *name,
        )
    });
    Ok(all
        .into_iter()
        .enumerate()
        .map(|(place, (name, sum))| Ranked {
            rank: place as u64 + 1,
            id: 0,
            name: name.to_owned(),
            maker: String::new(),
            amount: Amount::from(sum),
            share_permille: permille(by.of(&sum), by.of(&total)),
        })
        .collect())
}

/// Thousandths, rounded to the nearest.
fn permille(part: i64, whole: i64) -> u64 {
    if whole <= 0 {
        return 0;
    }
    let (part, whole) = (i128::from(part.max(0)), i128::from(whole));
    u64::try_from((part * 1000 + whole / 2) / whole).unwrap_or(0)
}
