//! What looking through a log of 1,000,000 listens costs: the first days, searching as each letter is typed, one listen
//! with all that is known around it, and the index that they go by.

use std::hint::black_box;

use rusqlite::params;
use tekram_listen::{ListQuery, ListenError, catch_up, days, detail, find, list};
use tekram_vault::{Scope, Vault, VaultError};

use crate::catalogue::{Played, Plays};
use crate::measure::{Measurement, Outcome, Promise, Question, compare, timed};
use crate::place::Place;
use crate::tables::{self, Filled, Play, Work};

const LISTENS: usize = 1_000_000;
const ROWS_AT_ONCE: usize = 50_000;
/// A screen and a half of days; a screen of listens.
const DAYS: usize = 30;
const PAGE: usize = 50;
/// In every work that was heard in the first half of the log alone: the worst that can be searched for.
const LONG_AGO: &str = "Parlophone";
const ROUNDS: usize = 21;
/// As often as a person hears one track in a life.
const OFTEN: i64 = 2_000;

/// `listen_index`, `listen_days`, `listen_search`, `listen_detail`.
///
/// # Errors
/// When anything fails.
pub fn measure() -> Outcome<Vec<Measurement>> {
    let place = Place::new(&[tekram_listen::SCHEMA])?;
    let vault = place.unlock()?;
    let newest = fill(&vault)?;
    let mut all = vec![index(&vault)?, first_days(&vault)?];
    let rare = format!("{} {}", newest.track.title, newest.track.credit());
    for (case, text, what) in [
        ("common", "low", "a word in every twentieth work"),
        ("rare", rare.as_str(), "title and artist of one track"),
        (
            "long ago",
            LONG_AGO,
            "a word in every work that was heard in the first half of the log alone",
        ),
        ("first letters", "se", "the first two letters of several common words"),
    ] {
        all.push(search(&vault, case, text, what)?);
    }
    all.push(one_listen(&vault)?);
    vault.lock()?;
    Ok(all)
}

/// Fills the log; the newest play comes back.
fn fill(vault: &Vault) -> Outcome<Played> {
    let (mut filled, mut done, mut newest) = (Filled::default(), 0, None);
    let mut plays = Plays::new();
    while done < LISTENS {
        let some: Vec<Played> = plays.by_ref().take(ROWS_AT_ONCE).collect();
        newest = some.last().cloned();
        let rows: Vec<Play> = some
            .into_iter()
            .map(|play| Play {
                start_ms: play.start_s * 1000,
                played_ms: play.track.length_ms,
                work: Work::Track(Box::new(play.track)),
            })
            .collect();
        vault.write(Scope("listen"), |transaction| {
            if done == 0 {
                tables::begin(transaction, LISTENS)?;
            }
            Ok::<_, VaultError>(tables::insert(transaction, &mut filled, &rows)?)
        })?;
        done += rows.len();
    }
    vault.write(Scope("listen"), |transaction| {
        transaction.execute(
            "UPDATE listen_work SET publisher = ?1 WHERE work_id IN
                (SELECT work_id FROM listen_play GROUP BY work_id HAVING max(play_id) <= ?2)",
            params![LONG_AGO, (LISTENS / 2) as i64],
        )?;
        Ok::<_, VaultError>(())
    })?;
    newest.ok_or_else(|| "no plays".into())
}

fn index(vault: &Vault) -> Outcome<Measurement> {
    let anew = |sql: &'static str| {
        vault.write(Scope("bench"), |transaction| {
            Ok::<_, VaultError>(transaction.execute_batch(sql)?)
        })
    };
    let works: i64 = vault.read(|connection| {
        Ok::<_, VaultError>(connection.query_row("SELECT count(*) FROM listen_work", [], |row| row.get(0))?)
    })?;
    compare(
        Question {
            bench: "listen_index",
            case: "",
            promise: Promise::Ratio(3.0),
            note: format!(
                "making {LISTENS} listens of {works} works searchable after an import, in steps; floor: the same two \
                 tables, each filled by one statement"
            ),
            rounds: 3,
        },
        || {
            anew(EMPTY)?;
            timed(|| Ok(catch_up(vault)?))
        },
        || {
            anew(EMPTY)?;
            timed(|| Ok(anew(AT_A_GO)?))
        },
    )
}

const EMPTY: &str = "INSERT INTO listen_words (listen_words) VALUES ('delete-all'); DELETE FROM listen_work_play;
    UPDATE listen_index SET work_id = 0, play_id = 0;";
const AT_A_GO: &str = "INSERT INTO listen_words (rowid, title, creators, show, publisher)
        SELECT work_id, title, creators, show, publisher FROM listen_work;
    INSERT INTO listen_work_play (work_id, start_ms, play_id)
        SELECT work_id, start_ms, play_id FROM listen_play ORDER BY work_id, start_ms, play_id;
    UPDATE listen_index SET work_id = (SELECT max(work_id) FROM listen_work),
        play_id = (SELECT max(play_id) FROM listen_play);";

fn first_days(vault: &Vault) -> Outcome<Measurement> {
    let everything = ListQuery::default();
    let page = days(vault, &everything, "Europe/Vienna", None, DAYS)?;
    let plays: u64 = page.days.iter().map(|day| day.plays).sum();
    if page.days.len() != DAYS {
        return Err(format!("{} days instead of {DAYS}", page.days.len()).into());
    }
    compare(
        Question {
            bench: "listen_days",
            case: "",
            promise: Promise::Figure(50.0),
            note: format!(
                "the newest {DAYS} days of {LISTENS} listens with their hours by source; floor: start and length of \
                 their {plays} listens, newest first, from the same vault"
            ),
            rounds: ROUNDS,
        },
        || timed(|| Ok(black_box(days(vault, &everything, "Europe/Vienna", None, DAYS)?))),
        || {
            timed(|| {
                vault.read(|connection| {
                    let mut statement = connection.prepare_cached(
                        "SELECT start_ms, played_ms FROM listen_play ORDER BY start_ms DESC, fingerprint DESC LIMIT ?1",
                    )?;
                    let rows = statement.query_map([plays as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
                    let rows: Vec<(i64, Option<i64>)> = rows.collect::<Result<_, _>>()?;
                    black_box(rows);
                    Ok::<_, ListenError>(())
                })?;
                Ok(())
            })
        },
    )
}

fn search(vault: &Vault, case: &'static str, text: &str, what: &str) -> Outcome<Measurement> {
    let query = ListQuery {
        text: Some(text.to_owned()),
        ..ListQuery::default()
    };
    if list(vault, &query, None, PAGE)?.listens.is_empty() {
        return Err(format!("nothing was found for {case}").into());
    }
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    let expression = words.join(" AND ");
    let works = || {
        vault.read(|connection| {
            Ok::<i64, ListenError>(
                connection
                    .prepare_cached("SELECT count(*) FROM listen_words WHERE listen_words MATCH ?1")?
                    .query_row([&expression], |row| row.get(0))?,
            )
        })
    };
    let found = works()?;
    compare(
        Question {
            bench: "listen_search",
            case,
            promise: Promise::Figure(100.0),
            note: format!(
                "the newest {PAGE} of {LISTENS} listens with {what} ({found} works); floor: counting these works by the \
                 same full-text index"
            ),
            rounds: ROUNDS,
        },
        || timed(|| Ok(black_box(list(vault, &query, None, PAGE)?))),
        || timed(|| Ok(black_box(works()?))),
    )
}

fn one_listen(vault: &Vault) -> Outcome<Measurement> {
    let id: i64 = vault.read(|connection| {
        Ok::<_, VaultError>(connection.query_row(
            "SELECT max(play_id) FROM listen_play GROUP BY work_id HAVING count(*) <= ?1 ORDER BY count(*) DESC LIMIT 1",
            [OFTEN],
            |row| row.get(0),
        )?)
    })?;
    let plays = detail(vault, id)?.heard.plays;
    compare(
        Question {
            bench: "listen_detail",
            case: "",
            promise: Promise::Figure(50.0),
            note: format!(
                "a track that was heard {plays} times, with all that is known around it; floor: that \
                 listen alone"
            ),
            rounds: ROUNDS,
        },
        || timed(|| Ok(black_box(detail(vault, id)?))),
        || timed(|| Ok(black_box(find(vault, id)?))),
    )
}
