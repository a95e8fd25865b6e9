//! What writers and readers share: turns, and the memory that all connections together may take.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use support::{Device, NOTE, write_note};
use tekram_vault::VaultError;

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn all_connections_share_64_mb_and_none_is_left_without() {
    let device = Device::new();
    let vault = device.create("Home");
    let setting = |connection: &rusqlite::Connection, name: &str| -> Result<i64, VaultError> {
        // SQLCipher's library answers in text or as a number.
        let sql = format!("SELECT cast({name} AS TEXT) FROM pragma_{name}");
        Ok(connection
            .query_row(&sql, [], |row| row.get::<_, String>(0))?
            .parse()
            .unwrap())
    };
    let limit = |connection: &rusqlite::Connection| -> Result<i64, VaultError> {
        Ok(connection.query_row("PRAGMA soft_heap_limit", [], |row| row.get(0))?)
    };
    let of_reader =
        vault.read(|connection| Ok::<_, VaultError>((limit(connection)?, setting(connection, "cache_size")?)));
    let (bytes, reader) = of_reader.unwrap();
    let writer = vault
        .write(NOTE, |transaction| setting(transaction, "cache_size"))
        .unwrap();
    assert_eq!(bytes, 64_000_000);
    assert_eq!((-reader, -writer), (62_500, 16_384));
    // SQLite drops a page as soon as it is not in use when all together have more than they all may keep: one reader's part
    // must be as much as the limit lets there be.
    assert!(-reader * 1024 >= bytes);
}

/// Counts for seconds, in one statement or in very many; the number of all notes comes back.
fn count_long(transaction: &rusqlite::Transaction<'_>, in_one: bool) -> Result<i64, VaultError> {
    let count = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT max(i) FROM n";
    let began = Instant::now();
    if in_one {
        transaction.query_row(count, [i64::MAX], |_| Ok(()))?;
    } else {
        while began.elapsed() < PATIENCE {
            transaction.query_row(count, [2_000], |_| Ok(()))?;
        }
    }
    Ok(transaction.query_row("SELECT count(*) FROM note_text", [], |row| row.get(0))?)
}

#[test]
fn a_write_that_gives_way_is_broken_off_and_leaves_nothing() {
    for in_one in [true, false] {
        let device = Device::new();
        let vault = device.create("Home");
        let began = Instant::now();
        let (started, start) = mpsc::channel();
        thread::scope(|scope| {
            let other = vault.clone();
            scope.spawn(move || {
                start.recv().unwrap();
                write_note(&other, "waited");
            });
            let broken = vault.write_giving_way(NOTE, |transaction| {
                transaction.execute("INSERT INTO note_text (text) VALUES ('long')", [])?;
                started.send(()).unwrap();
                count_long(transaction, in_one)
            });
            assert_eq!(broken.unwrap(), None);
        });
        assert!(began.elapsed() < PATIENCE);
        assert_eq!(support::count_notes(&vault), 1, "only what waited");
    }
}

/// Full text search leaves a statement open until the transaction ends.
#[test]
fn a_write_that_is_asked_to_give_way_while_full_text_is_open_spoils_nothing() {
    let device = Device::new();
    let vault = device.create("Home");
    let made = vault.write(NOTE, |transaction| {
        transaction.execute_batch("CREATE VIRTUAL TABLE words USING fts5(word)")?;
        for n in 0..2_000 {
            transaction.execute("INSERT INTO words (word) VALUES (?1)", [format!("word{n}")])?;
        }
        Ok::<_, VaultError>(())
    });
    made.unwrap();
    for times in 1..=20 {
        let (started, start) = mpsc::channel();
        thread::scope(|scope| {
            let other = vault.clone();
            scope.spawn(move || {
                start.recv().unwrap();
                write_note(&other, "waited");
            });
            let written = vault.write_giving_way(NOTE, |transaction| {
                transaction.execute("INSERT INTO words (word) VALUES ('more')", [])?;
                transaction.execute("INSERT INTO words (words, rank) VALUES ('merge', -16)", [])?;
                started.send(()).unwrap();
                // The other one asks now, while no statement runs.
                thread::sleep(Duration::from_millis(20));
                Ok::<_, VaultError>(())
            });
            assert_eq!(written.unwrap(), Some(()));
        });
        assert_eq!(support::count_notes(&vault), times);
    }
}

#[test]
fn a_write_that_gives_way_is_a_write_when_nobody_waits_and_says_its_own_errors() {
    let device = Device::new();
    let vault = device.create("Home");
    let written = vault.write_giving_way(NOTE, |transaction| {
        transaction.execute("INSERT INTO note_text (text) VALUES ('x')", [])?;
        Ok::<_, VaultError>(7)
    });
    assert_eq!(written.unwrap(), Some(7));
    let refused = vault.write_giving_way(NOTE, |transaction| {
        transaction.execute("INSERT INTO note_text (text) VALUES ('y')", [])?;
        Err::<(), _>(VaultError::NoSuchVault)
    });
    assert_eq!(refused.unwrap_err().code(), "no_such_vault");
    let nested = vault.write_giving_way(NOTE, |_| vault.write_giving_way(NOTE, |_| Ok::<_, VaultError>(())));
    assert_eq!(nested.unwrap_err().code(), "nested_write");
    assert_eq!(support::count_notes(&vault), 1);
}
