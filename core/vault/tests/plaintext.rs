//! Searches every byte of every file in a vault's folder, while it is in use and after locking, for what was written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use support::{Device, PASSPHRASE, files, passphrase};
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{FileKeyStore, KeyStore, RoomSchema, Scope, VaultError};

/// Appears in everything that is written, and in nothing else.
const MARK: &str = "ZqMark";

const ROOM: RoomSchema = RoomSchema {
    room: "mark",
    migrations: &[
        "CREATE TABLE mark_text (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
        "CREATE INDEX mark_text_by_text ON mark_text (text)",
        "CREATE TABLE mark_blob (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
        "CREATE TABLE mark_keyed (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE VIRTUAL TABLE mark_search USING fts5(body)",
    ],
};

#[test]
fn no_file_holds_a_row_a_passphrase_or_a_key() {
    let device = Device::new();
    let vault = device
        .store
        .create("Home", &passphrase(), &[ROOM], &SystemClock)
        .unwrap();
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    vault.add_key_store("This phone", &keys, SystemClock.now()).unwrap();
    // The files the system's temporary folder gets from us, if any, are searched too.
    let temporary = std::env::temp_dir();
    let before = names(&temporary);
    for round in 0..20_i64 {
        vault
            .write(Scope("mark"), |transaction| {
                for number in 0..50_i64 {
                    let text = format!("{MARK} title {round} {number}");
                    transaction.execute("INSERT INTO mark_text (text) VALUES (?1)", [&text])?;
                    transaction.execute("INSERT INTO mark_search (body) VALUES (?1)", [&text])?;
                    let keyed = rusqlite::params![text, number];
                    transaction.execute("INSERT INTO mark_keyed (name, number) VALUES (?1, ?2)", keyed)?;
                }
                let large = MARK.repeat(40_000);
                transaction.execute("INSERT INTO mark_blob (bytes) VALUES (?1)", [large.as_bytes()])?;
                transaction.execute("INSERT INTO mark_text (text) VALUES (?1)", [&large])?;
                // A sort and a temporary table larger than any cache line of SQLite's sorter.
                transaction.execute_batch(
                    "CREATE TEMP TABLE mark_sorted AS SELECT text FROM mark_text ORDER BY text DESC;
                     DROP TABLE mark_sorted;
                     DELETE FROM mark_text WHERE id % 7 = 0;
                     UPDATE mark_text SET text = text || ' changed' WHERE id % 11 = 0;",
                )?;
                Ok::<_, VaultError>(())
            })
            .unwrap();
        vault
            .inbox()
            .seal(format!("{MARK} arrived {round}").as_bytes())
            .unwrap();
    }
    let folder = device.folder_of(vault.id());
    let in_use = files(&folder);
    let names_in_use: Vec<_> = in_use.keys().map(String::as_str).collect();
    let expected = [
        "header.json",
        "inbox.lock",
        "inbox.log",
        "lock",
        "vault.db",
        "vault.db-shm",
        "vault.db-wal",
    ];
    assert_eq!(names_in_use, expected);
    assert!(
        in_use["vault.db-wal"].len() > 100_000,
        "the write-ahead log is really there"
    );

    let (name, wrapped) = device.wrapped_key(vault.id(), "This phone");
    let vault_key = keys.unwrap(&name, &wrapped).unwrap();
    let derived = vault.derive("tekram/v1/test").unwrap();
    let root: Vec<u8> = vault
        .read(|connection| {
            Ok::<_, VaultError>(connection.query_row("SELECT root_secret FROM vault_identity", [], |row| row.get(0))?)
        })
        .unwrap();
    let mut secrets = vec![
        MARK.as_bytes().to_vec(),
        PASSPHRASE.as_bytes().to_vec(),
        b"tulip".to_vec(),
    ];
    for key in [vault_key.expose().as_slice(), derived.expose(), &root] {
        secrets.push(key.to_vec());
        secrets.push(hex::encode(key).into_bytes());
        secrets.push(hex::encode_upper(key).into_bytes());
    }
    secrets.push(b"mark_text".to_vec());
    secrets.push(b"SQLite format 3".to_vec());
    search(&in_use, &secrets);

    vault.lock().unwrap();
    search(&files(&folder), &secrets);
    let after = names(&temporary);
    let ours: Vec<_> = after
        .difference(&before)
        .filter(|name| name.contains("etilqs") || name.contains("sqlite"))
        .collect();
    assert!(ours.is_empty(), "no temporary file of SQLite's: {ours:?}");
}

fn search(files: &BTreeMap<String, Vec<u8>>, secrets: &[Vec<u8>]) {
    for (name, bytes) in files {
        for secret in secrets {
            let found = bytes.windows(secret.len()).position(|part| part == secret);
            assert_eq!(found, None, "{:?} in {name}", String::from_utf8_lossy(secret));
        }
    }
}

fn names(folder: &Path) -> std::collections::BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().filter_map(Result::ok);
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
