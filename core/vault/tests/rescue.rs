//! Damaged vaults and damaged backups: what can be read is saved, what cannot is named, and nothing wrong comes out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;

use support::{Device, fingerprints, passphrase};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{Clock, SystemClock, Timestamp};
use tekram_vault::{
    BackupKey, Fault, FileKeyStore, FolderPlace, Progress, RescueKey, RescueReport, RoomSchema, Scope, Vault,
    VaultError,
};

const PAGE: usize = 8192;
const BLOCK: usize = 128 + 5 + 8 * (4 + 8192) + 16;

/// A room with every shape of table that rooms have.
const SHAPES: RoomSchema = RoomSchema {
    room: "shape",
    migrations: &[
        "CREATE TABLE shape_note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
        "CREATE TABLE shape_keyed (
            number INTEGER NOT NULL, name TEXT NOT NULL, amount REAL NOT NULL,
            PRIMARY KEY (name, number)
        ) STRICT, WITHOUT ROWID",
        "CREATE TABLE shape_plain (name TEXT UNIQUE, bytes BLOB) STRICT",
        "CREATE TABLE shape_child (
            id INTEGER PRIMARY KEY, note_id INTEGER NOT NULL REFERENCES shape_note (id), flag ANY
        ) STRICT",
        "CREATE INDEX shape_child_note ON shape_child (note_id)",
        "CREATE VIRTUAL TABLE shape_words USING fts5(text, content = '', contentless_delete = 1)",
        "CREATE VIEW shape_view AS SELECT count(*) AS notes FROM shape_note",
        "CREATE TRIGGER shape_never BEFORE DELETE ON shape_note BEGIN SELECT raise(ABORT, 'append only'); END",
        "ALTER TABLE shape_child ADD COLUMN later TEXT NOT NULL DEFAULT 'as before'",
    ],
};
const SHAPE: Scope = Scope("shape");
const TABLES: [&str; 4] = ["shape_note", "shape_keyed", "shape_plain", "shape_child"];

fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Rows of a table as texts, with their numbers.
fn rows(vault: &Vault, table: &str) -> Result<BTreeSet<String>, VaultError> {
    vault.read(|connection| {
        let number = if table == "shape_keyed" { "0" } else { "rowid" };
        let mut statement = connection.prepare(&format!("SELECT {number} AS number_, * FROM {table}"))?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let values: Result<Vec<rusqlite::types::Value>, _> = (0..columns).map(|at| row.get(at)).collect();
            Ok(format!("{:?}", values?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}

fn filled(device: &Device, label: &str) -> Vault {
    let vault = device
        .store
        .create(label, &passphrase(), &[SHAPES], &SystemClock)
        .unwrap();
    vault
        .write(SHAPE, |transaction| {
            for number in 0..400_i64 {
                let text = format!("note {number} {}", "n".repeat(300));
                transaction.execute(
                    "INSERT INTO shape_note (id, text) VALUES (?1, ?2)",
                    (number * 3 + 1, &text),
                )?;
                transaction.execute(
                    "INSERT INTO shape_keyed (number, name, amount) VALUES (?1, ?2, ?3)",
                    (number, format!("key {} {}", number % 7, "k".repeat(150)), number as f64),
                )?;
                transaction.execute(
                    "INSERT INTO shape_child (note_id, flag) VALUES (?1, ?2)",
                    (
                        number * 3 + 1,
                        if number % 2 == 0 {
                            rusqlite::types::Value::Null
                        } else {
                            text.into()
                        },
                    ),
                )?;
                transaction.execute(
                    "INSERT INTO shape_words (rowid, text) VALUES (?1, ?2)",
                    (number, format!("word{number} common")),
                )?;
            }
            for number in 0..6_i64 {
                let large = vec![u8::try_from(number).unwrap(); 40_000];
                transaction.execute(
                    "INSERT INTO shape_plain (name, bytes) VALUES (?1, ?2)",
                    (number.to_string(), large),
                )?;
            }
            Ok::<_, VaultError>(())
        })
        .unwrap();
    vault
}

fn found_words(vault: &Vault) -> i64 {
    vault
        .read(|connection| {
            let sql = "SELECT count(*) FROM shape_words WHERE shape_words MATCH 'common'";
            Ok::<_, VaultError>(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap()
}

fn rescue(device: &Device, id: &str, label: &str) -> Result<(Vault, RescueReport), VaultError> {
    let passphrase = passphrase();
    let rescue = device.store.open_for_rescue(id, RescueKey::Passphrase(&passphrase))?;
    let new = Passphrase::from("new");
    rescue.save_as(&device.store, label, &new, &[SHAPES], &SystemClock, &mut on)
}

#[test]
fn a_whole_vault_is_saved_whole_with_its_keys_indexes_triggers_and_inbox() {
    let device = Device::new();
    let vault = filled(&device, "Home");
    vault.inbox().seal(b"arrived").unwrap();
    let id = vault.id().to_owned();
    let before: Vec<_> = TABLES.map(|table| rows(&vault, table).unwrap()).into();
    let key = *vault.derive("tekram/v1/test").unwrap().expose();
    vault.lock().unwrap();
    let files = fingerprints(&device.folder_of(&id));
    let (saved, report) = rescue(&device, &id, "Saved").unwrap();
    assert_eq!(
        fingerprints(&device.folder_of(&id)),
        files,
        "the damaged one is never changed"
    );
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(report.inbox_items, 1);
    assert_ne!(saved.id(), id);
    assert_eq!((saved.epoch(), saved.label().as_str()), (2, "Saved"));
    assert_eq!(saved.derive("tekram/v1/test").unwrap().expose(), &key);
    for (table, before) in TABLES.iter().zip(&before) {
        assert_eq!(&rows(&saved, table).unwrap(), before, "{table}");
    }
    assert_eq!(found_words(&saved), 400);
    let mut arrived = 0;
    saved
        .drain_inbox(SHAPE, |_, item| {
            assert_eq!(item.bytes.as_slice(), b"arrived");
            arrived += 1;
            Ok::<_, VaultError>(())
        })
        .unwrap();
    assert_eq!(arrived, 1);
    let refused = saved.write(SHAPE, |transaction| {
        transaction.execute("DELETE FROM shape_note", [])?;
        Ok::<_, VaultError>(())
    });
    assert_eq!(refused.unwrap_err().code(), "db", "triggers are there again");
    assert_eq!(saved.check(&mut on).unwrap(), []);
    let schema = |vault: &Vault| -> BTreeSet<String> {
        vault
            .read(|connection| {
                let mut statement = connection.prepare("SELECT coalesce(sql, name) FROM sqlite_schema")?;
                Ok::<_, VaultError>(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
            })
            .unwrap()
    };
    assert_eq!(
        schema(&saved),
        schema(&device.store.unlock(&id, &passphrase(), &[SHAPES]).unwrap())
    );
}

#[test]
fn each_damaged_page_costs_what_lies_on_it_and_is_named() {
    let device = Device::new();
    let vault = filled(&device, "Home");
    let id = vault.id().to_owned();
    let before: Vec<_> = TABLES.map(|table| rows(&vault, table).unwrap()).into();
    vault.lock().unwrap();
    let path = device.folder_of(&id).join("vault.db");
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / PAGE;
    assert!(pages > 60);
    let mut lossless = 0;
    // The lists of tables, and then every second page: each is a vault that is made and deleted again.
    for page in (1..=pages).filter(|page| *page < 8 || page % 2 == 0) {
        let mut changed = whole.clone();
        changed[(page - 1) * PAGE + 100 + page] ^= 1;
        fs::write(&path, &changed).unwrap();
        let passphrase = passphrase();
        let opened = device
            .store
            .open_for_rescue(&id, RescueKey::Passphrase(&passphrase))
            .unwrap();
        let number = u32::try_from(page).unwrap();
        assert_eq!(opened.damage(&mut on).unwrap().damaged, [(number, number)]);
        drop(opened);
        let label = format!("Saved {page}");
        let (saved, report) = match rescue(&device, &id, &label) {
            Ok(saved) => saved,
            Err(error) => {
                assert_eq!(
                    (page, error.code()),
                    (1, "damaged"),
                    "only the first page costs everything"
                );
                continue;
            }
        };
        let lost_somewhere = report
            .tables
            .iter()
            .any(|table| !table.lost_pages.is_empty() || table.lost > 0);
        for (table, before) in TABLES.iter().zip(&before) {
            let Ok(after) = rows(&saved, table) else {
                assert!(!report.lost_lists.is_empty(), "{table} page {page}");
                continue;
            };
            assert!(after.is_subset(before), "page {page}: nothing wrong in {table}");
            let line = report.tables.iter().find(|line| line.table == *table);
            let lost = line.is_some_and(|line| line.lost > 0 || !line.lost_pages.is_empty());
            assert!(
                lost || after.len() == before.len() || !report.lost_lists.is_empty(),
                "page {page} {table}"
            );
            assert!(
                after.len() + 150 > before.len() || lost || !report.lost_lists.is_empty(),
                "page {page} {table}"
            );
        }
        // Indexes are made anew; free pages and the search index's own are nobody's rows.
        lossless += usize::from(!lost_somewhere && report.lost_lists.is_empty());
        let words = found_words(&saved);
        assert!(words == 400 || words == 0, "a search index is whole or empty: {words}");
        saved.lock().unwrap();
        device
            .store
            .delete(
                &device
                    .store
                    .list()
                    .unwrap()
                    .iter()
                    .find(|entry| entry.label == label)
                    .unwrap()
                    .id,
            )
            .unwrap();
    }
    assert!(lossless > 0, "damage to an index costs nothing");
    fs::write(&path, &whole).unwrap();
    device.store.unlock("Home", &passphrase(), &[SHAPES]).unwrap();
}

#[test]
fn what_lay_in_the_write_ahead_log_is_saved_too() {
    let device = Device::new();
    let vault = filled(&device, "Home");
    vault
        .write(SHAPE, |transaction| {
            transaction.execute("INSERT INTO shape_note (id, text) VALUES (100000, 'last words')", [])?;
            Ok::<_, VaultError>(())
        })
        .unwrap();
    // As if the process had died now.
    let dead = Device::new();
    let (from, to) = (device.folder_of(vault.id()), dead.folder_of(vault.id()));
    fs::create_dir(&to).unwrap();
    for file in ["header.json", "vault.db", "vault.db-wal"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let files = fingerprints(&to);
    let (saved, report) = rescue(&dead, vault.id(), "Saved").unwrap();
    assert!(report.is_complete());
    assert!(
        rows(&saved, "shape_note")
            .unwrap()
            .iter()
            .any(|row| row.contains("last words"))
    );
    assert_eq!(fingerprints(&to), files);
    // A log that is not this vault's: what the file has is saved.
    fs::write(to.join("vault.db-wal"), vec![7; 50_000]).unwrap();
    let (saved, _) = rescue(&dead, vault.id(), "Saved again").unwrap();
    assert!(
        !rows(&saved, "shape_note")
            .unwrap()
            .iter()
            .any(|row| row.contains("last words"))
    );
}

#[test]
fn a_file_cut_short_keeps_its_beginning_and_a_header_with_a_flip_still_lets_in() {
    let device = Device::new();
    let vault = filled(&device, "Home");
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    vault.add_key_store("This phone", &keys, SystemClock.now()).unwrap();
    let id = vault.id().to_owned();
    vault.lock().unwrap();
    let folder = device.folder_of(&id);
    let whole = fs::read(folder.join("vault.db")).unwrap();
    fs::write(folder.join("vault.db"), &whole[..whole.len() / 2 + 99]).unwrap();
    let header = fs::read_to_string(folder.join("header.json")).unwrap();
    fs::write(folder.join("header.json"), header.replace("\"Home\"", "\"Hone\"")).unwrap();
    assert!(device.unlock(&id).is_err());
    let opened = device.store.open_for_rescue(&id, RescueKey::KeyStore(&keys)).unwrap();
    let new = Passphrase::from("new");
    let (saved, report) = opened
        .save_as(&device.store, "Saved", &new, &[SHAPES], &SystemClock, &mut on)
        .unwrap();
    assert!(!report.is_complete());
    let notes = rows(&saved, "shape_note").unwrap().len();
    assert!(notes > 20, "{notes} {report:?}");
    drop(opened);
    // Who has no way in rescues nothing.
    let wrong = Passphrase::from("wrong");
    let refused = device
        .store
        .open_for_rescue(&id, RescueKey::Passphrase(&wrong))
        .unwrap_err();
    assert_eq!(refused.code(), "wrong_passphrase");
}

#[test]
fn a_check_finds_what_reading_would_not_yet_have_met() {
    let device = Device::new();
    let vault = filled(&device, "Home");
    assert_eq!(vault.check(&mut on).unwrap(), []);
    let id = vault.id().to_owned();
    vault.lock().unwrap();
    let path = device.folder_of(&id).join("vault.db");
    let whole = fs::read(&path).unwrap();
    let mut changed = whole.clone();
    changed[40 * PAGE + 3] ^= 1;
    // A page of zeros passes for an empty one with SQLCipher; not here.
    changed[45 * PAGE..46 * PAGE].fill(0);
    fs::write(&path, &changed).unwrap();
    let vault = device.store.unlock("Home", &passphrase(), &[SHAPES]).unwrap();
    assert_eq!(vault.check(&mut on).unwrap(), [Fault::Pages(vec![(41, 41), (46, 46)])]);
    fs::write(device.folder_of(&id).join("header.json"), "{}").unwrap();
    assert_eq!(vault.check(&mut on).unwrap()[0], Fault::Header);
    let stopped = vault.check_pages(&mut |_| ControlFlow::Break(())).unwrap_err();
    assert_eq!(stopped.code(), "cancelled");
}

#[test]
fn the_readable_part_of_a_damaged_backup_is_saved() {
    let device = Device::new();
    let vault = filled(&device, "Home");
    let backups = device.root().join("backups");
    let place = FolderPlace::open(&backups).unwrap();
    let name = vault.back_up(&place, Timestamp::from_millis(1), &mut on).unwrap().name;
    let first = rows(&vault, "shape_note").unwrap();
    vault
        .write(SHAPE, |transaction| {
            transaction.execute("UPDATE shape_note SET text = 'newer ' || text WHERE id % 2 = 0", [])?;
            Ok::<_, VaultError>(())
        })
        .unwrap();
    vault.back_up(&place, Timestamp::from_millis(2), &mut on).unwrap();
    let second = rows(&vault, "shape_note").unwrap();
    let whole = fs::read(backups.join(name)).unwrap();
    let passphrase = passphrase();
    let blocks = whole.len() / BLOCK;
    let mut with_loss = 0;
    for block in 0..blocks {
        let mut changed = whole.clone();
        changed[block * BLOCK + 9000] ^= 1;
        let other = Device::new();
        let file = || Box::new(Cursor::new(changed.clone()));
        let key = BackupKey::Passphrase(&passphrase);
        let salvage = match other.store.salvage(file(), key, None, &mut on) {
            Ok(salvage) => salvage,
            Err(error) => panic!("block {block}: {error:?}"),
        };
        let new = Passphrase::from("new");
        let saved = salvage
            .rescue
            .save_as(&other.store, "Saved", &new, &[SHAPES], &SystemClock, &mut on);
        let (saved, report) = match saved {
            Ok(saved) => saved,
            Err(error) => {
                assert_eq!(error.code(), "damaged", "block {block}");
                with_loss += 1;
                continue;
            }
        };
        let expected = if salvage.state.number == 0 { &first } else { &second };
        if let Ok(notes) = rows(&saved, "shape_note") {
            assert!(
                notes.is_subset(expected),
                "block {block}: an old page never passes for a new one"
            );
        }
        with_loss += usize::from(!report.is_complete());
    }
    assert!(with_loss > 2 && with_loss < blocks, "{with_loss} of {blocks}");
}
