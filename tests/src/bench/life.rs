//! What a vault's day costs: locking and unlocking it with the key store, backing it up beside copying its file, and opening one with two
//! million listens, in time and in memory.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tekram_listen::SCHEMA;
use tekram_primitives::time::{Clock as _, SystemClock};
use tekram_vault::{FolderPlace, Scope, VaultError};

use crate::catalogue::Plays;
use crate::measure::{Measurement, Outcome, Promise, Question, compare, quantile, timed};
use crate::place::{self, Place};
use crate::tables::{self, Filled, Play, Work};

/// The argument of the child whose memory is looked at.
pub const LARGE_PEAK: &str = "large-peak";
/// About a gigabyte.
const LARGE_LISTENS: usize = 2_000_000;
const BACKUP_MEGABYTES: usize = 64;
const ROWS_AT_ONCE: usize = 50_000;

/// `vault_relock` and `vault_backup`.
///
/// # Errors
/// When anything fails.
pub fn measure() -> Outcome<Vec<Measurement>> {
    Ok(vec![relock()?, backup()?])
}

fn relock() -> Outcome<Measurement> {
    let place = Place::new(&[])?;
    place.plain("plain.db")?;
    let mut vault = Some(place.unlock()?);
    compare(
        Question {
            bench: "vault_relock",
            case: "",
            promise: Promise::Figure(10.0),
            note: "locking an unlocked vault (its WAL moved into the file, keys wiped) and unlocking it with the platform's key store \
                   (here in files), to the first read; floor: closing and opening plain SQLite"
                .to_owned(),
            rounds: 51,
        },
        || {
            let unlocked = vault.take().ok_or("it is locked")?;
            let started = Instant::now();
            unlocked.lock()?;
            let unlocked = place.unlock()?;
            unlocked.read(|connection| {
                Ok::<_, VaultError>(connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?)
            })?;
            let took = started.elapsed();
            vault = Some(unlocked);
            Ok(took)
        },
        || {
            let plain = place.plain("plain.db")?;
            timed(|| {
                place::close(plain)?;
                let plain = place.plain("plain.db")?;
                Ok(plain.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?)
            })
        },
    )
}

fn backup() -> Outcome<Measurement> {
    let place = Place::new(&[])?;
    let vault = place.unlock()?;
    let mut file = vault.new_blob("photo.raw", "application/octet-stream", SystemClock.now())?;
    let megabyte: Vec<u8> = (0..1_000_000_u32)
        .map(|byte| (byte.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    for _ in 0..BACKUP_MEGABYTES {
        file.write_all(&megabyte)?;
    }
    file.finish()?;
    vault.lock()?;
    let vault = place.unlock()?;
    let database = place.path().join("vaults").join(vault.id()).join("vault.db");
    let megabytes = fs::metadata(&database)?.len() as f64 / 1_000_000.0;
    let measured = compare(
        Question {
            bench: "vault_backup",
            case: "",
            promise: Promise::Ratio(2.0),
            note: format!(
                "a whole new backup of a vault of {megabytes:.0} MB into a folder, sealed and waited for; floor: copying the file and \
                 waiting for the disk"
            ),
            rounds: 7,
        },
        || {
            let folder = tempfile::tempdir_in(place.path())?;
            let backups = FolderPlace::open(folder.path())?;
            timed(|| Ok(vault.back_up(&backups, SystemClock.now(), &mut |_| ControlFlow::Continue(()))?))
        },
        || {
            let folder = tempfile::tempdir_in(place.path())?;
            timed(|| {
                // Read and written, not cloned by the file system.
                let (mut from, mut to) = (File::open(&database)?, File::create(folder.path().join("copy"))?);
                let mut buffer = vec![0; 1 << 20];
                loop {
                    match io::Read::read(&mut from, &mut buffer)? {
                        0 => break,
                        read => to.write_all(buffer.get(..read).unwrap_or_default())?,
                    }
                }
                Ok(to.sync_all()?)
            })
        },
    )?;
    vault.lock()?;
    Ok(measured.per_second(megabytes, "MB/s"))
}

/// `vault_large`: two million listens. Takes a gigabyte of disk and some minutes, so only when a large run was asked for.
///
/// # Errors
/// When anything fails.
pub fn large() -> Outcome<Vec<Measurement>> {
    let place = Place::new(&[SCHEMA])?;
    let vault = place.unlock()?;
    let (mut filled, mut plays, mut begun) = (Filled::default(), Plays::new().take(LARGE_LISTENS), false);
    loop {
        let some: Vec<Play> = plays
            .by_ref()
            .take(ROWS_AT_ONCE)
            .map(|play| Play {
                start_ms: play.start_s * 1000,
                played_ms: play.track.length_ms,
                work: Work::Track(Box::new(play.track)),
            })
            .collect();
        if some.is_empty() {
            break;
        }
        vault.write(Scope("listen"), |transaction| {
            if !begun {
                tables::begin(transaction, LARGE_LISTENS)?;
            }
            Ok::<_, VaultError>(tables::insert(transaction, &mut filled, &some)?)
        })?;
        begun = true;
    }
    let megabytes = fs::metadata(place.path().join("vaults").join(vault.id()).join("vault.db"))?.len() / 1_000_000;
    vault.lock()?;
    let (mut opened, mut peaks) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let child = Command::new(std::env::current_exe()?)
            .arg(LARGE_PEAK)
            .arg(place.path())
            .output()?;
        if !child.status.success() {
            return Err(String::from_utf8_lossy(&child.stderr).into_owned().into());
        }
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        let mut numbers = said.split_whitespace().map(str::parse::<f64>);
        opened.push(numbers.next().ok_or("the child said nothing")??);
        peaks.push(numbers.next().ok_or("the child said half")??);
    }
    let line = |case, values: &[f64], unit, most, note: String| Measurement {
        bench: "vault_large",
        case,
        figure: quantile(values, 0.5),
        unit,
        floor: quantile(values, 0.0),
        ratio: quantile(values, 0.5) / quantile(values, 0.0),
        ratio_min: 1.0,
        ratio_max: quantile(values, 1.0) / quantile(values, 0.0),
        rounds: values.len(),
        promise: Promise::Figure(most),
        note,
    };
    Ok(vec![
        line(
            "open",
            &opened,
            "ms",
            20.0,
            format!(
                "unlocking a vault of {LARGE_LISTENS} listens ({megabytes} MB) with its key store in a new process, and reading the newest \
                 one; beside it the quickest of the processes"
            ),
        ),
        line(
            "memory",
            &peaks,
            "MiB",
            96.0 * 1_000_000.0 / 1_048_576.0,
            "`VmHWM` of these processes after they went through all plays on four connections at once and wrote one; beside it the least"
                .to_owned(),
        ),
    ])
}

/// The child: opens, reads on four threads so that every connection's cache fills, writes, and prints milliseconds and MiB.
///
/// # Errors
/// When anything fails.
pub fn large_peak(folder: &Path) -> Outcome {
    let started = Instant::now();
    let vault = place::unlock_in(folder, &[SCHEMA])?;
    let newest = "SELECT play_id FROM listen_play ORDER BY start_ms DESC LIMIT 1";
    vault.read(|connection| Ok::<_, VaultError>(connection.query_row(newest, [], |row| row.get::<_, i64>(0))?))?;
    let opened = started.elapsed();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    vault.read(|connection| {
                        let all = "SELECT sum(length(fingerprint)) FROM listen_play";
                        Ok::<_, VaultError>(connection.query_row(all, [], |row| row.get::<_, i64>(0))?)
                    })
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .map_err(|_| "a thread panicked".to_owned())?
                .map(drop)
                .map_err(|cause| cause.to_string())
        })
    })?;
    vault.write(Scope("listen"), |transaction| {
        Ok::<_, VaultError>(transaction.execute_batch("UPDATE listen_play SET marks = marks WHERE play_id = 1")?)
    })?;
    println!(
        "{} {}",
        opened.as_secs_f64() * 1000.0,
        crate::memory::peak_kib()? as f64 / 1024.0
    );
    vault.lock()?;
    Ok(())
}
