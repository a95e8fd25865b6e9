//! The vault beside what else keeps records: plain SQLite, SQLCipher as its defaults come, and aries-askar 0.4. The same 50,000 records
//! in each, in one run, in turns. Askar brings an SQLite of its own, so it is another program (`tests/bench/peers`, which
//! `cargo xtask bench` builds and names in `TEKRAM_ASKAR_PEER`); without it, its lines are left out, and that is said.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension};
use tekram_primitives::secret::Secret32;
use tekram_vault::{RoomSchema, Scope, VaultError};

use crate::measure::{Measurement, Outcome, Promise, Question, compare, timed};
use crate::place::{self, Place};
use crate::records;

/// The environment variable that names askar's program.
const ASKAR: &str = "TEKRAM_ASKAR_PEER";
const PLAIN: &str = "plain.db";
const CIPHER: &str = "cipher.db";
const MEGABYTE: f64 = 1_000_000.0;

const TABLE: &str = "CREATE TABLE bench_record (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, artist TEXT NOT NULL, value TEXT NOT NULL) STRICT;
    CREATE INDEX bench_record_artist ON bench_record (artist);";

/// The room of the records.
pub const RECORDS: RoomSchema = RoomSchema {
    room: "bench",
    migrations: &[TABLE],
};

/// What is done with the records, and what was promised of it: at most so many times plain SQLite, at least so many times askar.
const WORK: [(&str, Work, f64, f64, usize); 4] = [
    ("vault_insert", Work::Insert, 1.5, 7.0, 9),
    ("vault_read", Work::Read, 2.5, 7.0, 21),
    ("vault_fetch", Work::Fetch, 1.6, 15.0, 21),
    ("vault_scan", Work::Scan, 1.4, 40.0, 21),
];
/// Askar takes seconds.
const ROUNDS_WITH_ASKAR: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Work {
    Insert,
    Read,
    Fetch,
    Scan,
}

impl Work {
    fn word(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Read => "read",
            Self::Fetch => "fetch",
            Self::Scan => "scan",
        }
    }

    fn note(self) -> String {
        match self {
            Self::Insert => format!(
                "{} records (name, artist, JSON; two indexes) into an empty store, {} a transaction, each waiting for the disk",
                records::RECORDS,
                records::AT_ONCE
            ),
            Self::Read => {
                "each record once by name, at random, each read on its own; the cache is empty at first".to_owned()
            }
            Self::Fetch => format!(
                "all {} records of an artist, for {} artists, by an index",
                records::OF_ARTIST,
                records::ARTISTS
            ),
            Self::Scan => "every record, once; the cache is empty at first".to_owned(),
        }
    }
}

/// `vault_insert`, `vault_read`, `vault_fetch`, `vault_scan`, `vault_open` and `vault_size`, each beside its peers.
///
/// # Errors
/// When anything fails.
pub fn measure() -> Outcome<Vec<Measurement>> {
    let askar_folder = tempfile::Builder::new().prefix("tekram-askar-").tempdir()?;
    let askar = match std::env::var_os(ASKAR) {
        Some(program) => Some(RefCell::new(Askar::start(Path::new(&program), askar_folder.path())?)),
        None => {
            eprintln!("{ASKAR} names no program: the lines with aries-askar are left out");
            None
        }
    };
    let place = Place::new(&[RECORDS])?;
    in_vault(&place, Work::Insert)?;
    in_sqlite(&place, PLAIN, Work::Insert)?;
    in_sqlite(&place, CIPHER, Work::Insert)?;
    if let Some(askar) = &askar {
        askar.borrow_mut().ask("insert")?;
    }
    let mut all = Vec::new();
    for (bench, work, of_plain, of_askar, rounds) in WORK {
        let question = |case, promise, rounds, note: String| Question {
            bench,
            case,
            promise,
            note,
            rounds,
        };
        let fresh = || -> Outcome<Option<Place>> {
            Ok(match work {
                Work::Insert => Some(Place::new(&[RECORDS])?),
                _ => None,
            })
        };
        let vault = || in_vault(fresh()?.as_ref().unwrap_or(&place), work);
        let other = |name: &'static str| move |place: &Place| in_sqlite(place, name, work);
        let with = |name| {
            let run = other(name);
            let fresh = &fresh;
            let place = &place;
            move || run(fresh()?.as_ref().unwrap_or(place))
        };
        let plain = question(
            "beside plain",
            Promise::Ratio(of_plain),
            rounds,
            format!("{}; floor: plain SQLite", work.note()),
        );
        all.push(compare(plain, vault, with(PLAIN))?);
        let cipher = question(
            "beside SQLCipher",
            Promise::Shown,
            rounds,
            "the same; floor: SQLCipher 4 with a raw key and all its defaults (pages of 4 KiB, HMAC-SHA512, a cache of 2 MB, a \
             rollback journal)"
                .to_owned(),
        );
        all.push(compare(cipher, vault, with(CIPHER))?);
        if let Some(askar) = &askar {
            let question = question(
                "beside askar",
                Promise::Faster(of_askar),
                ROUNDS_WITH_ASKAR,
                "the same; floor: aries-askar 0.4 with a raw key, WAL and `synchronous=FULL`, the artist as an encrypted tag".to_owned(),
            );
            all.push(compare(question, vault, || askar.borrow_mut().time(work.word()))?);
        }
    }
    all.extend(opening(&place, askar.as_ref())?);
    all.extend(sizes(&place, askar.as_ref())?);
    Ok(all)
}

fn opening(place: &Place, askar: Option<&RefCell<Askar>>) -> Outcome<Vec<Measurement>> {
    let (store, key) = (place.store()?, place.raw_key()?);
    let vault = || {
        let key = Secret32::new(*key.expose());
        let started = Instant::now();
        let vault = store.unlock_raw(place.label(), key, &[RECORDS])?;
        vault.read(|connection| Ok::<_, VaultError>(one(connection, 1)?))?;
        let took = started.elapsed();
        vault.lock()?;
        Ok(took)
    };
    let sqlite = |name: &'static str| {
        move || {
            let started = Instant::now();
            let connection = opened(place, name)?;
            one(&connection, 1)?;
            let took = started.elapsed();
            place::close(connection)?;
            Ok(took)
        }
    };
    let question = |case, rounds, note: &str| Question {
        bench: "vault_open",
        case,
        promise: Promise::Figure(5.0),
        note: note.to_owned(),
        rounds,
    };
    let mut all = vec![
        compare(
            question(
                "beside plain",
                51,
                "unlocking with the raw key, which is noted in the audit, and reading one record; floor: opening the file and reading one",
            ),
            vault,
            sqlite(PLAIN),
        )?,
        compare(question("beside SQLCipher", 51, ""), vault, sqlite(CIPHER))?,
    ];
    if let Some(askar) = askar {
        all.push(compare(question("beside askar", 21, ""), vault, || {
            askar.borrow_mut().time("open")
        })?);
    }
    Ok(all)
}

/// Megabytes of the files.
fn sizes(place: &Place, askar: Option<&RefCell<Askar>>) -> Outcome<Vec<Measurement>> {
    let id = place.store()?.list()?.first().ok_or("no vault")?.id.clone();
    let megabytes = |path: &Path| -> Outcome<f64> { Ok(std::fs::metadata(path)?.len() as f64 / MEGABYTE) };
    let vault = megabytes(&place.path().join("vaults").join(id).join("vault.db"))?;
    let mut peers = vec![
        ("beside plain", megabytes(&place.path().join(PLAIN))?),
        ("beside SQLCipher", megabytes(&place.path().join(CIPHER))?),
    ];
    if let Some(askar) = askar {
        peers.push(("beside askar", askar.borrow_mut().ask("size")? as f64 / MEGABYTE));
    }
    let size = |(case, floor): (&'static str, f64)| Measurement {
        bench: "vault_size",
        case,
        figure: vault,
        unit: "MB",
        floor,
        ratio: vault / floor,
        ratio_min: vault / floor,
        ratio_max: vault / floor,
        rounds: 1,
        promise: Promise::Shown,
        note: if case == "beside plain" {
            "the file with the records".to_owned()
        } else {
            String::new()
        },
    };
    Ok(peers.into_iter().map(size).collect())
}

fn in_vault(place: &Place, work: Work) -> Outcome<Duration> {
    if let Work::Insert = work {
        let vault = place.unlock_to_write()?;
        let took = timed(|| {
            for from in (0..records::RECORDS).step_by(records::AT_ONCE as usize) {
                vault.write(Scope("bench"), |transaction| {
                    Ok::<_, VaultError>(insert(transaction, from)?)
                })?;
            }
            Ok(())
        })?;
        vault.lock()?;
        return Ok(took);
    }
    let vault = place.unlock()?;
    // Opens the reader: what that costs belongs to unlocking.
    vault.read(|connection| Ok::<_, VaultError>(count(connection)?))?;
    let took = timed(|| match work {
        Work::Read => {
            for number in records::at_random() {
                vault.read(|connection| Ok::<_, VaultError>(one(connection, number)?))?;
            }
            Ok(())
        }
        Work::Fetch => {
            for number in 0..records::ARTISTS {
                vault.read(|connection| Ok::<_, VaultError>(of_artist(connection, number)?))?;
            }
            Ok(())
        }
        _ => Ok(vault.read(|connection| Ok::<_, VaultError>(through(connection)?))?),
    })?;
    vault.lock()?;
    Ok(took)
}

fn in_sqlite(place: &Place, name: &str, work: Work) -> Outcome<Duration> {
    let mut connection = opened(place, name)?;
    if let Work::Insert = work {
        let took = timed(|| {
            for from in (0..records::RECORDS).step_by(records::AT_ONCE as usize) {
                let transaction = connection.transaction()?;
                insert(&transaction, from)?;
                transaction.commit()?;
            }
            Ok(())
        })?;
        place::close(connection)?;
        return Ok(took);
    }
    count(&connection)?;
    timed(|| {
        match work {
            Work::Read => {
                for number in records::at_random() {
                    one(&connection, number)?;
                }
            }
            Work::Fetch => {
                for number in 0..records::ARTISTS {
                    of_artist(&connection, number)?;
                }
            }
            _ => through(&connection)?,
        }
        Ok(())
    })
}

/// The file of this name, made with the table if it is missing.
fn opened(place: &Place, name: &str) -> Outcome<Connection> {
    if name == PLAIN {
        return place.plain(name);
    }
    let path = place.path().join(name);
    let is_new = !path.exists();
    let connection = Connection::open(path)?;
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "07".repeat(32)))?;
    if is_new {
        connection.execute_batch(TABLE)?;
    }
    Ok(connection)
}

fn insert(connection: &Connection, from: u32) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("INSERT INTO bench_record (name, artist, value) VALUES (?1, ?2, ?3)")?;
    for number in from..(from + records::AT_ONCE).min(records::RECORDS) {
        statement.execute([records::name(number), records::artist(number), records::value(number)])?;
    }
    Ok(())
}

fn count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
}

fn one(connection: &Connection, number: u32) -> rusqlite::Result<()> {
    let value: Option<String> = connection
        .prepare_cached("SELECT value FROM bench_record WHERE name = ?1")?
        .query_row([records::name(number)], |row| row.get(0))
        .optional()?;
    right(value.as_deref() == Some(&records::value(number)))
}

fn of_artist(connection: &Connection, number: u32) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("SELECT name, value FROM bench_record WHERE artist = ?1")?;
    let rows = statement.query_map([records::artist(number)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    right(rows.len() == records::OF_ARTIST as usize)
}

fn through(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("SELECT name, artist, value FROM bench_record")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut found = 0;
    for row in rows {
        let row: (String, String, String) = row?;
        std::hint::black_box(row);
        found += 1;
    }
    right(found == records::RECORDS)
}

/// A store that answers wrongly is not measured.
fn right(holds: bool) -> rusqlite::Result<()> {
    if holds {
        Ok(())
    } else {
        Err(rusqlite::Error::QueryReturnedNoRows)
    }
}

/// Askar's program, and what it is asked by.
struct Askar {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Askar {
    fn start(program: &Path, folder: &Path) -> Outcome<Self> {
        let mut child = Command::new(program)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|cause| format!("cannot start {}: {cause}", program.display()))?;
        let questions = child.stdin.take().ok_or("no input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self {
            child,
            questions,
            answers,
        })
    }

    fn ask(&mut self, question: &str) -> Outcome<u64> {
        writeln!(self.questions, "{question}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let answer = answer.trim();
        Ok(answer
            .parse()
            .map_err(|_| format!("askar's program answers {answer:?} to {question}"))?)
    }

    fn time(&mut self, question: &str) -> Outcome<Duration> {
        Ok(Duration::from_nanos(self.ask(question)?))
    }
}

impl Drop for Askar {
    fn drop(&mut self) {
        let _ = writeln!(self.questions, "quit");
        let _ = self.child.wait();
    }
}
