//! What an import costs: time against parsing each line into typed structs and inserting it into plain SQLite, and
//! memory, which must not grow with the file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Value, json};
use tekram_listen::{ImportOptions, SCHEMA, accept, import};
use tekram_primitives::time::{Clock as _, SystemClock};
use tekram_vault::Vault;

use crate::history::{self, Written};
use crate::measure::{Measurement, Outcome, Promise, Question, compare, timed};
use crate::place::{self, Place, ROWS_AT_ONCE};

/// The argument by which the bench starts itself to measure an import's memory alone: `import-peak FOLDER FILE`.
pub const IMPORT_PEAK: &str = "import-peak";

/// The long file of `listen_memory`, unless a longer one is asked for.
pub const MEGABYTES: u64 = 100;

/// The file of `listen_import`.
const IMPORTED_MEGABYTES: u64 = 10;

const MEGABYTE: u64 = 1_000_000;
const FILE: &str = "listens.jsonl";
const PLAIN: &str = "plain.db";

/// `listen_import`, `listen_memory`, and what [`capture`](crate::capture) and [`log`](crate::log) measure.
///
/// # Errors
/// When anything fails.
pub fn measure(megabytes: u64) -> Outcome<Vec<Measurement>> {
    let mut all = vec![throughput()?, memory(megabytes)?];
    all.extend(crate::capture::measure()?);
    all.extend(crate::log::measure()?);
    Ok(all)
}

fn throughput() -> Outcome<Measurement> {
    let source = tempfile::Builder::new().prefix("tekram-bench-").tempdir()?;
    let path = source.path().join(FILE);
    let written = history::write(&path, IMPORTED_MEGABYTES * MEGABYTE)?;
    let megabytes = written.bytes as f64 / MEGABYTE as f64;
    let measured = compare(
        Question {
            bench: "listen_import",
            case: "",
            promise: Promise::Ratio(2.0),
            note: format!(
                "import and acceptance of {megabytes:.1} MB of ListenBrainz JSONL ({} listens); floor: serde_json into \
                 typed structs, one row a listen with the same columns into one table of plain SQLite, {ROWS_AT_ONCE} a \
                 transaction, no index, no duplicates looked for",
                written.listens
            ),
            rounds: 31,
        },
        || {
            let place = Place::new(&[SCHEMA])?;
            let vault = place.unlock_to_write()?;
            let took = timed(|| import_and_accept(&vault, &path, written))?;
            vault.lock()?;
            Ok(took)
        },
        || {
            let place = Place::new(&[SCHEMA])?;
            floor(&place, &path, written)
        },
    )?;
    Ok(measured.per_second(megabytes, "MB/s"))
}

fn import_and_accept(vault: &Vault, path: &Path, written: Written) -> Outcome {
    let now = SystemClock.now();
    let report = import(vault, path, ImportOptions::new(now))?;
    if report.new != written.listens {
        return Err(format!("{} of {} listens were imported", report.new, written.listens).into());
    }
    accept(vault, report.batch_id, now)?;
    Ok(())
}

/// A listen with what the importer keeps of it. Borrowed texts are the quickest that serde_json does.
#[derive(Debug, Deserialize)]
struct Line<'a> {
    listened_at: i64,
    #[serde(borrow)]
    track_metadata: Metadata<'a>,
}

#[derive(Debug, Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    track_name: Cow<'a, str>,
    #[serde(borrow)]
    release_name: Cow<'a, str>,
    #[serde(borrow)]
    additional_info: Info<'a>,
    #[serde(borrow, default)]
    mbid_mapping: Mapping<'a>,
}

#[derive(Debug, Deserialize)]
struct Info<'a> {
    #[serde(borrow)]
    artist_names: Vec<Text<'a>>,
    #[serde(borrow)]
    media_player: Cow<'a, str>,
    #[serde(borrow)]
    submission_client: Cow<'a, str>,
    duration_ms: Option<i64>,
    #[serde(borrow, default)]
    isrc: Cow<'a, str>,
}

#[derive(Debug, Default, Deserialize)]
struct Mapping<'a> {
    #[serde(borrow, default)]
    recording_mbid: Cow<'a, str>,
    #[serde(borrow, default)]
    release_mbid: Cow<'a, str>,
    #[serde(borrow, default)]
    artist_mbids: Vec<Text<'a>>,
}

/// A text in a list: serde borrows a `Cow` only where the field says so.
#[derive(Debug, Deserialize, serde::Serialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

const TABLE: &str = "CREATE TABLE IF NOT EXISTS listen (
    listen_id INTEGER PRIMARY KEY NOT NULL,
    start_ms INTEGER NOT NULL,
    played_how INTEGER NOT NULL,
    played_ms INTEGER,
    media_ms INTEGER,
    record INTEGER NOT NULL,
    source TEXT NOT NULL,
    player TEXT NOT NULL,
    client TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    creators TEXT NOT NULL,
    show TEXT NOT NULL,
    isrc TEXT NOT NULL,
    recording_mbid TEXT NOT NULL,
    release_mbid TEXT NOT NULL,
    artist_mbids TEXT NOT NULL
) STRICT";

fn floor(place: &Place, path: &Path, written: Written) -> Outcome<Duration> {
    let mut plain = place::plain(&place.path().join(PLAIN))?;
    plain.execute_batch(TABLE)?;
    let took = timed(|| {
        let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
        let (mut line, mut record) = (Vec::new(), 0_i64);
        loop {
            let transaction = plain.transaction()?;
            let mut left = ROWS_AT_ONCE;
            while left > 0 && file.read_until(b'\n', &mut line)? > 0 {
                record += 1;
                left -= 1;
                insert(&transaction, record, &serde_json::from_slice(&line)?)?;
                line.clear();
            }
            transaction.commit()?;
            if left > 0 {
                break;
            }
        }
        Ok(record)
    })?;
    let rows: i64 = plain.query_row("SELECT count(*) FROM listen", [], |row| row.get(0))?;
    place::close(plain)?;
    if rows.unsigned_abs() == written.listens {
        Ok(took)
    } else {
        Err(format!("the floor inserted {rows} of {} listens", written.listens).into())
    }
}

fn insert(connection: &Connection, record: i64, line: &Line<'_>) -> Outcome {
    let track = &line.track_metadata;
    let (info, mapping) = (&track.additional_info, &track.mbid_mapping);
    connection
        .prepare_cached(
            "INSERT INTO listen (start_ms, played_how, played_ms, media_ms, record, source, player, client, kind, title,
                creators, show, isrc, recording_mbid, release_mbid, artist_mbids)
             VALUES (?1, ?2, ?3, ?3, ?4, 'listenbrainz', ?5, ?6, 'music', ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            line.listened_at * 1000,
            if info.duration_ms.is_some() { 3 } else { 0 },
            info.duration_ms,
            record,
            info.media_player,
            info.submission_client,
            track.track_name,
            serde_json::to_string(&info.artist_names)?,
            track.release_name,
            info.isrc,
            mapping.recording_mbid,
            mapping.release_mbid,
            serde_json::to_string(&mapping.artist_mbids)?,
        ])?;
    Ok(())
}

/// The peak of a long file against that of 10 MB.
fn memory(megabytes: u64) -> Outcome<Measurement> {
    let (mut small, mut large, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    // A large file takes a while, and memory, unlike time, hardly varies.
    let rounds = if megabytes > MEGABYTES { 1 } else { 3 };
    for _ in 0..rounds {
        let one = peak_of(10)?;
        let other = peak_of(megabytes)?;
        small.push(one);
        large.push(other);
        ratios.push(other / one);
    }
    let between = if megabytes > MEGABYTES {
        format!(" (and with {MEGABYTES} MB: {:.1} MiB)", peak_of(MEGABYTES)?)
    } else {
        String::new()
    };
    let median = |values: &[f64]| crate::measure::quantile(values, 0.5);
    Ok(Measurement {
        bench: "listen_memory",
        case: "",
        figure: median(&large),
        unit: "MiB",
        floor: median(&small),
        ratio: median(&ratios),
        ratio_min: crate::measure::quantile(&ratios, 0.0),
        ratio_max: crate::measure::quantile(&ratios, 1.0),
        rounds,
        promise: Promise::Figure(MOST_MEMORY_MIB),
        note: format!(
            "peak memory (`VmHWM`) of a process that imports and accepts {megabytes} MB; floor: the same with 10 \
             MB{between}"
        ),
    })
}

/// What a peak may be for a file of any size: the connections' caches (16 MiB each), the works remembered by number,
/// the program itself.
const MOST_MEMORY_MIB: f64 = 64.0;

fn peak_of(megabytes: u64) -> Outcome<f64> {
    let place = Place::new(&[SCHEMA])?;
    let path = place.path().join(FILE);
    let written = history::write(&path, megabytes * MEGABYTE)?;
    let child = Command::new(std::env::current_exe()?)
        .arg(IMPORT_PEAK)
        .args([place.path(), &path])
        .output()?;
    if !child.status.success() {
        return Err(String::from_utf8_lossy(&child.stderr).into_owned().into());
    }
    let report: Value = serde_json::from_slice(&child.stdout)?;
    let number = |name: &str| report.get(name).and_then(Value::as_u64).ok_or("the child said nothing");
    if number("listens")? != written.listens {
        return Err("the child imported something else".into());
    }
    let peak = number("peak_kib")? as f64 / 1024.0;
    eprintln!(
        "listen_memory: {megabytes} MB, {} listens: {:.1} MiB before, {peak:.1} MiB at most, {:.1} s",
        written.listens,
        number("before_kib")? as f64 / 1024.0,
        number("took_ms")? as f64 / 1000.0,
    );
    Ok(peak)
}

/// The child: imports the file into the folder's vault and prints its peaks.
///
/// # Errors
/// When the import fails.
pub fn import_peak(folder: &Path, file: &Path) -> Outcome {
    let vault = place::unlock_in(folder, &[SCHEMA])?;
    let before_kib = crate::memory::peak_kib()?;
    let now = SystemClock.now();
    let mut listens = 0;
    let took = timed(|| {
        let report = import(&vault, file, ImportOptions::new(now))?;
        listens = report.new;
        accept(&vault, report.batch_id, now)?;
        Ok(())
    })?;
    let peak_kib = crate::memory::peak_kib()?;
    vault.lock()?;
    let took_ms = u64::try_from(took.as_millis())?;
    println!(
        "{}",
        json!({"before_kib": before_kib, "peak_kib": peak_kib, "listens": listens, "took_ms": took_ms})
    );
    Ok(())
}
