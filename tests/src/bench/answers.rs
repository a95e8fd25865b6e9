//! What a listening life of 2,000,000 plays costs: taking in a Spotify history of 1,000,000 plays, then one more of another account,
//! results at every letter that is typed, and what a month, a year and everything come to.

use std::borrow::Cow;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, Read as _};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::Value;
use tekram_listen::{
    GlanceQuestion, ImportOptions, ListenError, Measure, SCHEMA, Span, Step, TopQuestion, What, accept, by_period,
    catch_up, glance, hours_of_week, import, search, streaks, top,
};
use tekram_primitives::time::{Clock as _, SystemClock};
use tekram_vault::Vault;

use crate::catalogue::Seeded;
use crate::listen::IMPORT_PEAK;
use crate::measure::{Measurement, Outcome, Promise, Question, compare, quantile, timed};
use crate::place::{self, Place, ROWS_AT_ONCE};
use crate::scrobbles;
use crate::spotify::{Played, Streams, write_zip};

/// Plays of the history that is imported; the log that is asked has twice as many.
pub const PLAYS: u64 = 1_000_000;
const FILE: &str = "my_spotify_data.zip";
const ZONE: &str = "Europe/Vienna";
/// A screen of results of each kind.
const RESULTS: usize = 10;
/// Names that are typed, letter by letter.
const TYPED: usize = 150;
const LETTERS: usize = 14;
const MOST_MEMORY_MIB: f64 = 64.0;

/// `listen_spotify`, `listen_spotify_memory`, `listen_sums`, `listen_typing`, `listen_month`, `listen_long`, and what stands in
/// `scrobbles.rs`.
///
/// # Errors
/// When anything fails.
pub fn measure(plays: u64) -> Outcome<Vec<Measurement>> {
    let source = tempfile::Builder::new().prefix("tekram-bench-").tempdir()?;
    let path = source.path().join(FILE);
    let bytes = write_zip(&path, 0, plays)?;
    let mut all = vec![spotify(&path, plays, bytes)?, memory(&path, plays)?];
    let place = Place::new(&[SCHEMA])?;
    // Asked as the person does who has just imported: nothing is locked and unlocked in between.
    let vault = place.unlock_to_write()?;
    all.push(fill(&vault, source.path(), plays)?);
    all.extend(asked(&vault, plays)?);
    vault.lock()?;
    all.extend(scrobbles::measure()?);
    Ok(all)
}

/// The answers alone, of a log in a folder that stays: made at the first time, there at the next.
///
/// # Errors
/// When anything fails.
pub fn measure_kept(folder: &Path, plays: u64) -> Outcome<Vec<Measurement>> {
    let (place, is_there) = Place::kept(folder, &[SCHEMA])?;
    let mut all = Vec::new();
    if !is_there {
        let source = tempfile::Builder::new().prefix("tekram-bench-").tempdir()?;
        let vault = place.unlock_to_write()?;
        all.push(fill(&vault, source.path(), plays)?);
        vault.lock()?;
    }
    let vault = place.unlock()?;
    all.extend(asked(&vault, plays)?);
    vault.lock()?;
    Ok(all)
}

/// The log of two accounts, and `listen_sums`.
fn fill(vault: &Vault, source: &Path, plays: u64) -> Outcome<Measurement> {
    let path = source.join(FILE);
    for account in 0..2 {
        write_zip(&path, account, plays)?;
        import_and_accept(vault, &path, plays)?;
    }
    sums(vault, plays * 2)
}

fn asked(vault: &Vault, plays: u64) -> Outcome<Vec<Measurement>> {
    let mut all = vec![typing(vault, plays * 2)?, months(vault, plays * 2)?];
    all.extend(long(vault, plays * 2)?);
    Ok(all)
}

fn import_and_accept(vault: &Vault, path: &Path, plays: u64) -> Outcome {
    let now = SystemClock.now();
    let report = import(vault, path, ImportOptions::new(now))?;
    if report.new != plays {
        return Err(format!("{} of {plays} plays were imported", report.new).into());
    }
    accept(vault, report.batch_id, now)?;
    Ok(())
}

fn spotify(path: &Path, plays: u64, bytes: u64) -> Outcome<Measurement> {
    compare(
        Question {
            bench: "listen_spotify",
            case: "",
            promise: Promise::Ratio(2.0),
            note: format!(
                "import and acceptance of a Spotify extended history of {plays} plays ({} MB unpacked, zip of JSON); \
                 floor: unpacking, serde_json into typed structs that borrow, one row a play with the same columns into \
                 one table of plain SQLite, {ROWS_AT_ONCE} a transaction, no index, no duplicates looked for",
                bytes / 1_000_000
            ),
            rounds: 3,
        },
        || {
            let place = Place::new(&[SCHEMA])?;
            let vault = place.unlock_to_write()?;
            let took = timed(|| import_and_accept(&vault, path, plays))?;
            vault.lock()?;
            Ok(took)
        },
        || floor(path, plays),
    )
}

/// A stream with what the importer keeps of it.
#[derive(Debug, Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    ts: Cow<'a, str>,
    ms_played: i64,
    #[serde(borrow)]
    platform: Cow<'a, str>,
    #[serde(borrow)]
    master_metadata_track_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    master_metadata_album_artist_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    master_metadata_album_album_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    spotify_track_uri: Option<Cow<'a, str>>,
    #[serde(borrow)]
    episode_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    episode_show_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    spotify_episode_uri: Option<Cow<'a, str>>,
    skipped: bool,
}

const TABLE: &str = "CREATE TABLE listen (
    listen_id INTEGER PRIMARY KEY NOT NULL,
    start_ms INTEGER NOT NULL,
    played_ms INTEGER NOT NULL,
    record INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    creators TEXT NOT NULL,
    show TEXT NOT NULL,
    uri TEXT NOT NULL,
    device TEXT NOT NULL,
    marks INTEGER NOT NULL
) STRICT";

fn floor(path: &Path, plays: u64) -> Outcome<Duration> {
    let place = Place::new(&[])?;
    let mut plain = place::plain(&place.path().join("plain.db"))?;
    plain.execute_batch(TABLE)?;
    let took = timed(|| {
        let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
        let (mut bytes, mut record) = (Vec::new(), 0);
        for number in 0..archive.len() {
            bytes.clear();
            archive.by_index(number)?.read_to_end(&mut bytes)?;
            let rows: Vec<Row<'_>> = serde_json::from_slice(&bytes)?;
            for some in rows.chunks(ROWS_AT_ONCE) {
                let transaction = plain.transaction()?;
                for row in some {
                    record += 1;
                    insert(&transaction, record, row)?;
                }
                transaction.commit()?;
            }
        }
        Ok(record)
    })?;
    let rows: i64 = plain.query_row("SELECT count(*) FROM listen", [], |row| row.get(0))?;
    place::close(plain)?;
    if rows.unsigned_abs() == plays {
        Ok(took)
    } else {
        Err(format!("the floor inserted {rows} of {plays} plays").into())
    }
}

fn insert(connection: &Connection, record: i64, row: &Row<'_>) -> Outcome {
    let text = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
    let ended: tekram_primitives::time::Timestamp = row.ts.parse()?;
    let (kind, title, creators, show, uri) = if row.master_metadata_track_name.is_some() {
        (
            "music",
            text(&row.master_metadata_track_name),
            serde_json::to_string(&[&row.master_metadata_album_artist_name])?,
            text(&row.master_metadata_album_album_name),
            text(&row.spotify_track_uri),
        )
    } else {
        (
            "podcast",
            text(&row.episode_name),
            "[]".to_owned(),
            text(&row.episode_show_name),
            text(&row.spotify_episode_uri),
        )
    };
    connection
        .prepare_cached(
            "INSERT INTO listen (start_ms, played_ms, record, kind, title, creators, show, uri, device, marks)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            ended.millis() - row.ms_played,
            row.ms_played,
            record,
            kind,
            title,
            creators,
            show,
            uri,
            row.platform,
            i64::from(row.skipped),
        ])?;
    Ok(())
}

fn memory(path: &Path, plays: u64) -> Outcome<Measurement> {
    let place = Place::new(&[SCHEMA])?;
    let child = Command::new(std::env::current_exe()?)
        .arg(IMPORT_PEAK)
        .args([place.path(), path])
        .output()?;
    if !child.status.success() {
        return Err(String::from_utf8_lossy(&child.stderr).into_owned().into());
    }
    let report: Value = serde_json::from_slice(&child.stdout)?;
    let mib = |name: &str| report.get(name).and_then(Value::as_f64).map(|kib| kib / 1024.0);
    let (Some(before), Some(peak)) = (mib("before_kib"), mib("peak_kib")) else {
        return Err("the child said nothing".into());
    };
    if report.get("listens").and_then(Value::as_u64) != Some(plays) {
        return Err("the child imported something else".into());
    }
    Ok(one(
        "listen_spotify_memory",
        "",
        (peak, "MiB"),
        before,
        Promise::Figure(MOST_MEMORY_MIB),
        "peak memory (`VmHWM`) of a process that imports and accepts that history; floor: before the import".to_owned(),
    ))
}

/// A measurement that is no comparison of two times in turns.
pub fn one(
    bench: &'static str,
    case: &'static str,
    (figure, unit): (f64, &'static str),
    floor: f64,
    promise: Promise,
    note: String,
) -> Measurement {
    let ratio = figure / floor;
    Measurement {
        bench,
        case,
        figure,
        unit,
        floor,
        ratio,
        ratio_min: ratio,
        ratio_max: ratio,
        rounds: 1,
        promise,
        note,
    }
}

fn sums(vault: &Vault, plays: u64) -> Outcome<Measurement> {
    let took = timed(|| Ok(catch_up(vault)?))?;
    let pass = timed(|| {
        vault.read(|connection| {
            let mut statement = connection.prepare("SELECT * FROM listen_play NOT INDEXED")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                black_box(row.get::<_, i64>(1)?);
            }
            Ok::<_, ListenError>(())
        })?;
        Ok(())
    })?;
    Ok(one(
        "listen_sums",
        "",
        (took.as_secs_f64() * 1000.0, "ms"),
        pass.as_secs_f64() * 1000.0,
        Promise::Shown,
        format!(
            "all that is kept behind the log after an import of {plays} plays: words, works over sources, sums, results; \
             in steps, once; floor: one pass over the plays"
        ),
    ))
}

/// Every letter of names that are in the log, as they are typed.
fn typing(vault: &Vault, plays: u64) -> Outcome<Measurement> {
    let mut seeded = Seeded::new(7);
    let mut words = Vec::new();
    for stream in Streams::of(0).take(TYPED * 40).step_by(40) {
        words.push(match (stream.played, seeded.below(3)) {
            (Played::Track { title, .. }, 0) => title,
            (Played::Track { artist, .. }, 1) => artist,
            (Played::Track { artist, title, .. }, _) => format!("{artist} {title}"),
            (Played::Episode { show, .. }, _) => show,
        });
    }
    // What very many have, and what none has.
    words.extend(
        [
            "the love of my",
            "remastered 2011",
            "live",
            "feat. ",
            "podcast",
            "zzyzx",
        ]
        .map(str::to_owned),
    );
    let (mut each, mut slowest) = (Vec::new(), (0.0, String::new()));
    // The first round fills the caches, as the first seconds of an app do; every letter of the second counts.
    for counts in [false, true] {
        for word in &words {
            let letters: Vec<char> = word.chars().take(LETTERS).collect();
            for end in 1..=letters.len() {
                let text: String = letters.iter().take(end).collect();
                let took = timed(|| Ok(black_box(search(vault, &text, RESULTS)?)))?.as_secs_f64() * 1000.0;
                if counts {
                    each.push(took);
                    if took > slowest.0 {
                        slowest = (took, text);
                    }
                }
            }
        }
    }
    let mut measured = one(
        "listen_typing",
        "",
        (quantile(&each, 0.99), "ms"),
        quantile(&each, 0.5),
        Promise::Figure(20.0),
        format!(
            "results as one types, at most {RESULTS} works, creators, shows and publishers each, of {plays} plays: the \
             99th percentile of {} letters; floor: the median; the slowest took {:.1} ms ({:?})",
            each.len(),
            slowest.0,
            slowest.1
        ),
    );
    measured.rounds = each.len();
    Ok(measured)
}

fn ask(span: Span, by: Measure) -> GlanceQuestion {
    GlanceQuestion {
        span,
        zone: ZONE.to_owned(),
        by,
        ranks: RESULTS,
    }
}

/// Every third month of the log, each at a glance.
fn months(vault: &Vault, plays: u64) -> Outcome<Measurement> {
    let now = SystemClock.now();
    let all = by_period(vault, Span::ALL, Step::Month, ZONE, None, 10_000)?.periods;
    let (mut each, mut most) = (Vec::new(), 0);
    for month in all.iter().skip(1).step_by(3) {
        let span = Span::parse(&month.period)?;
        let took = timed(|| Ok(black_box(glance(vault, &ask(span, Measure::Time), now)?)))?;
        each.push(took.as_secs_f64() * 1000.0);
        most = most.max(month.amount.plays);
    }
    let mut measured = one(
        "listen_month",
        "",
        (quantile(&each, 0.99), "ms"),
        quantile(&each, 0.5),
        Promise::Figure(50.0),
        format!(
            "everything that a month's page shows, of {plays} plays over {} months (up to {most} plays in a month): the \
             99th percentile of {} months, each asked once; floor: the median",
            all.len(),
            each.len()
        ),
    );
    measured.rounds = each.len();
    Ok(measured)
}

/// Years and everything: no promise, there to be seen. The floor is one pass over all plays, added up.
fn long(vault: &Vault, plays: u64) -> Outcome<Vec<Measurement>> {
    let now = SystemClock.now();
    let pass = || {
        timed(|| {
            let sum: i64 = vault.read(|connection| {
                Ok::<_, ListenError>(connection.query_row(
                    "SELECT coalesce(sum(played_ms), 0) FROM listen_play NOT INDEXED",
                    [],
                    |row| row.get(0),
                )?)
            })?;
            black_box(sum);
            Ok(())
        })
    };
    let years = by_period(vault, Span::ALL, Step::Year, ZONE, None, 100)?.periods;
    let middle = years.get(years.len() / 2).ok_or("no years")?;
    let span = Span::parse(&middle.period)?;
    let question = |what: What| TopQuestion {
        what,
        by: Measure::Time,
        span: Span::ALL,
        zone: ZONE.to_owned(),
    };
    type Asked<'a> = (&'static str, String, Box<dyn FnMut() -> Outcome<Duration> + 'a>);
    let cases: [Asked<'_>; 6] = [
        (
            "year",
            format!("a year at a glance, {} plays", middle.amount.plays),
            Box::new(|| timed(|| Ok(black_box(glance(vault, &ask(span, Measure::Time), now)?)))),
        ),
        (
            "top works",
            "the works heard most of everything".to_owned(),
            Box::new(|| timed(|| Ok(black_box(top(vault, &question(What::Work), None, RESULTS)?)))),
        ),
        (
            "top creators",
            "the creators heard most of everything".to_owned(),
            Box::new(|| timed(|| Ok(black_box(top(vault, &question(What::Creator), None, RESULTS)?)))),
        ),
        (
            "hours of week",
            "the hours of the week of everything".to_owned(),
            Box::new(|| timed(|| Ok(black_box(hours_of_week(vault, Span::ALL, ZONE)?)))),
        ),
        (
            "streaks",
            "the streaks of everything".to_owned(),
            Box::new(|| timed(|| Ok(black_box(streaks(vault, Span::ALL, ZONE, now)?)))),
        ),
        (
            "years",
            "plays, time, different works and creators of every year".to_owned(),
            Box::new(|| timed(|| Ok(black_box(by_period(vault, Span::ALL, Step::Year, ZONE, None, 100)?)))),
        ),
    ];
    cases
        .into_iter()
        .map(|(case, what, figure)| {
            compare(
                Question {
                    bench: "listen_long",
                    case,
                    promise: Promise::Shown,
                    note: format!("{what}, of {plays} plays; floor: one pass over all plays that adds up their time"),
                    rounds: 5,
                },
                figure,
                pass,
            )
        })
        .collect()
}
