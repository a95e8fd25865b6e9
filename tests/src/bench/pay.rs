//! What a statement costs over a month of 1,000,000 listens: the log's totals, the division and storing the draft,
//! against the bare `GROUP BY` on the same tables of the same vault.

use rusqlite::{Connection, params};
use serde_json::json;
use tekram_pay::rules::{Rules, set_rules};
use tekram_pay::statement::{MAIN_BUDGET, Total, draft};
use tekram_primitives::time::{Clock as _, Period, SystemClock};
use tekram_vault::{Scope, Vault, VaultError};

use crate::catalogue::{Plays, Seeded, Track};
use crate::measure::{Measurement, Outcome, Promise, Question, compare, timed};
use crate::place::Place;
use crate::tables::{self, Filled, Play, Work};

const LISTENS: u64 = 1_000_000;
const ROWS_AT_ONCE: usize = 50_000;
/// Three in ten plays are of episodes, of this many podcasts with two recipients each.
const FEEDS: u64 = 200;
const EPISODES: u64 = 50;
/// Tracks heard in the month.
const TRACKS: usize = 60_000;
const ZONE: &str = "Europe/Vienna";

/// `pay_statement`.
///
/// # Errors
/// When anything fails.
pub fn measure(_megabytes: u64) -> Outcome<Vec<Measurement>> {
    let place = Place::new(&[tekram_listen::SCHEMA, tekram_pay::SCHEMA])?;
    let vault = place.unlock()?;
    let period = Period::parse("2026-09", ZONE)?;
    fill(&vault, &period)?;
    let rules = Rules::new("10.00 EUR".parse()?, ZONE);
    set_rules(&vault, MAIN_BUDGET, &rules, &SystemClock)?;
    let measured = compare(
        Question {
            bench: "pay_statement",
            case: "",
            promise: Promise::Ratio(2.0),
            note: format!(
                "statement over {LISTENS} listens of one month ({TRACKS} tracks, {FEEDS} podcasts with two recipients \
                 each): totals by source and episode, division, draft stored; floor: \
                 `GROUP BY work_id` over the same plays in the same vault, without a join"
            ),
            rounds: 9,
        },
        || timed(|| statement(&vault, &period)),
        || timed(|| Ok(vault.read(|connection| Ok::<_, VaultError>(group_by(connection, &period)?))?)),
    )?;
    vault.lock()?;
    Ok(vec![measured])
}

/// The quickest of the forms that answer: without a join, and through the table instead of the index.
const GROUP_BY: &str = "SELECT work_id, sum(played_ms), count(*) FROM listen_play NOT INDEXED
    WHERE start_ms >= ?1 AND start_ms < ?2 GROUP BY work_id";

fn group_by(connection: &Connection, period: &Period) -> rusqlite::Result<Vec<(i64, Option<i64>, i64)>> {
    connection
        .prepare_cached(GROUP_BY)?
        .query_map([period.start().millis(), period.end().millis()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect()
}

/// The totals of the log, carried to the statement as the use case does it.
fn statement(vault: &Vault, period: &Period) -> Outcome {
    let mut totals = Vec::new();
    for total in tekram_listen::totals(vault, period.start().millis(), period.end().millis())? {
        let (mut items_ms, mut items_plays) = (0_i64, 0_u64);
        for item in total.items {
            items_ms += item.played_ms;
            items_plays += item.plays;
            totals.push(Total {
                source: total.key.clone(),
                item: Some(item.item_guid),
                name: total.name.clone(),
                played_ms: u64::try_from(item.played_ms)?,
                plays: item.plays,
            });
        }
        totals.push(Total {
            source: total.key,
            item: None,
            name: total.name,
            played_ms: u64::try_from(total.played_ms - items_ms)?,
            plays: total.plays - items_plays,
        });
    }
    totals.retain(|total| total.played_ms > 0 || total.plays > 0);
    let drafted = draft(vault, MAIN_BUDGET, period, &totals, &SystemClock)?;
    if drafted.total_minor == 1000 && drafted.lines.len() as u64 > FEEDS {
        Ok(())
    } else {
        Err(format!(
            "a statement of {} over {} lines",
            drafted.total_minor,
            drafted.lines.len()
        )
        .into())
    }
}

fn fill(vault: &Vault, period: &Period) -> Outcome {
    let tracks: Vec<Track> = Plays::new().take(TRACKS).map(|play| play.track).collect();
    let mut seeded = Seeded::new(5);
    let (start_ms, length_ms) = (
        period.start().millis(),
        period.end().millis_since(period.start()).unsigned_abs(),
    );
    let mut filled = Filled::default();
    let mut done = 0;
    while done < LISTENS {
        let some: Vec<Play> = (done..LISTENS.min(done + ROWS_AT_ONCE as u64))
            .map(|number| Play {
                start_ms: start_ms + (number * length_ms / LISTENS) as i64,
                played_ms: (seeded.below(10) > 0).then(|| 30_000 + seeded.below(3_000_000) as i64),
                work: work(&mut seeded, &tracks),
            })
            .collect();
        vault.write(Scope("listen"), |transaction| {
            if done == 0 {
                tables::begin(transaction, LISTENS as usize)?;
            }
            Ok::<_, VaultError>(tables::insert(transaction, &mut filled, &some)?)
        })?;
        done += some.len() as u64;
    }
    vault.write(Scope("pay"), |transaction| {
        Ok::<_, VaultError>(payees(transaction, FEEDS, &[("host", 90), ("producer", 10)])?)
    })?;
    Ok(())
}

fn work(seeded: &mut Seeded, tracks: &[Track]) -> Work {
    let at = seeded.below(tracks.len() as u64) as usize;
    match tracks.get(at) {
        Some(track) if seeded.below(10) >= 3 => Work::Track(Box::new(track.clone())),
        _ => Work::Episode {
            feed: seeded.below(FEEDS),
            episode: seeded.below(EPISODES),
        },
    }
}

/// Those who get a part of each of the first `feeds` podcasts, reached by a link.
///
/// # Errors
/// When SQLite fails.
pub fn payees(connection: &Connection, feeds: u64, roles: &[(&str, i64)]) -> rusqlite::Result<()> {
    let now_ms = SystemClock.now().millis();
    for feed in 0..feeds {
        for (role, split) in roles {
            let id = format!("payee-{feed}-{role}");
            connection.execute(
                "INSERT INTO pay_payee (payee_id, name, identity, relation_id, created_ms) VALUES (?1, ?1, ?1, ?1, ?2)",
                params![id, now_ms],
            )?;
            let method = json!({"method": "link", "url": format!("https://pay.example/{id}")});
            connection.execute(
                "INSERT INTO pay_method (payee_id, body, status, added_ms) VALUES (?1, ?2, 'used', ?3)",
                params![id, method.to_string(), now_ms],
            )?;
            connection.execute(
                "INSERT INTO pay_payable (source_key, payee_id, split, added_ms) VALUES (?1, ?2, ?3, ?4)",
                params![tables::feed_key(feed), id, split, now_ms],
            )?;
        }
    }
    Ok(())
}
