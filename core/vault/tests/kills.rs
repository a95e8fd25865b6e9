//! Kills a real process at random moments while it writes, locks, unlocks, migrates, rewrites headers, changes the vault
//! key, seals and drains, and then looks whether everything it had acknowledged is there, once, and nothing is half done.
//!
//! `TEKRAM_KILLS` (default 20) kills are spread over `TEKRAM_SEEDS` (default 1) vaults; `TEKRAM_SEED` is the first seed
//! (default: random, and printed). The last line printed is one JSON object, which `cargo xtask faults vault` adds up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rusqlite::{Connection, Transaction, params};
use support::{Device, passphrase};
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{FileKeyStore, InboxItem, KeyChange, RecoveryAnswer, RoomSchema, Scope, Store, Vault, VaultError};

const FAULT: RoomSchema = RoomSchema {
    room: "fault",
    migrations: &[
        "CREATE TABLE fault_row (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
        "CREATE TABLE fault_part (
            number INTEGER NOT NULL REFERENCES fault_row (number), part INTEGER NOT NULL, text TEXT NOT NULL
        ) STRICT",
        "CREATE INDEX fault_part_by_number ON fault_part (number)",
        "CREATE TABLE fault_total (only_row INTEGER PRIMARY KEY, row_count INTEGER NOT NULL, byte_count INTEGER NOT NULL) STRICT",
        "INSERT INTO fault_total (only_row, row_count, byte_count) VALUES (1, 0, 0)",
        "CREATE TABLE fault_item (name TEXT NOT NULL) STRICT",
    ],
};
const SCOPE: Scope = Scope("fault");
const PARTS: i64 = 3;

/// A room that has one more migration in each run: a table and a row in it.
fn growing(run: u64) -> RoomSchema {
    let migrations: Vec<&'static str> = (1..=run)
        .map(|step| {
            let sql = format!(
                "CREATE TABLE grown_{step} (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
                 INSERT INTO grown_{step} (text) VALUES ('{}');
                 CREATE INDEX grown_{step}_by_text ON grown_{step} (text);",
                "x".repeat(3000)
            );
            &*Box::leak(sql.into_boxed_str())
        })
        .collect();
    RoomSchema {
        room: "grown",
        migrations: Box::leak(migrations.into_boxed_slice()),
    }
}

/// SplitMix64: the same seed gives the same work.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

// ---------------------------------------------------------------------------------------------- the killed process

#[test]
#[ignore = "the process that the other test kills"]
fn worker() {
    let Ok(root) = std::env::var("TEKRAM_FAULT_ROOT") else {
        return;
    };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (seed, run) = (number("TEKRAM_FAULT_SEED"), number("TEKRAM_FAULT_RUN"));
    let mut dice = Dice(seed ^ run.wrapping_mul(0x1234_5678_9abc_def1));
    let store = Store::open(&root).unwrap();
    let keys = FileKeyStore::open(Path::new(&root).join("keys")).unwrap();
    let unlock = || store.unlock_key_store("Home", &keys, &[FAULT, growing(run)]).unwrap();
    let mut vault = unlock();
    for step in 0..5000 {
        match dice.throw(100) {
            0..50 => {
                let row = i64::try_from(run * 1_000_000 + step).unwrap();
                let length = if dice.throw(20) == 0 {
                    dice.throw(300_000)
                } else {
                    dice.throw(3_000)
                };
                write_row(&vault, row, usize::try_from(length).unwrap());
                acknowledge("row", &row.to_string());
            }
            50..75 => {
                let name = format!("{run}-{step}");
                vault.inbox().seal(name.as_bytes()).unwrap();
                acknowledge("item", &name);
            }
            75..86 => {
                vault.drain_inbox(SCOPE, keep_item).unwrap();
                acknowledge("drained", "");
            }
            86..95 => {
                vault.lock().unwrap();
                acknowledge("locked", "");
                vault = unlock();
            }
            95..97 => {
                change_ways(&vault, &keys, &format!("{run}-{step}"), &mut dice);
            }
            97 => {
                let change = KeyChange {
                    key_store: Some(&keys),
                    ..KeyChange::default()
                };
                vault
                    .change_vault_key(&change, &mut |_| ControlFlow::Continue(()))
                    .unwrap();
                acknowledge("new key", "");
            }
            _ => {
                let label = format!("P {run} {step}");
                store
                    .create(&label, &passphrase(), &[], &SystemClock)
                    .unwrap()
                    .lock()
                    .unwrap();
                acknowledge("vault", &label);
            }
        }
    }
}

/// One change of the ways in. The name of what goes is said beforehand, as it may be gone before that can be said.
fn change_ways(vault: &Vault, keys: &FileKeyStore, new_name: &str, dice: &mut Dice) {
    let ways = vault.ways_in();
    match dice.throw(4) {
        0 if ways.len() > 2 => {
            let name = &ways[usize::try_from(dice.throw(ways.len() as u64 - 2)).unwrap() + 2].name;
            acknowledge("going", name);
            vault.remove_way(name).unwrap();
            acknowledge("gone", name);
        }
        1 => {
            vault.new_recovery_phrase().unwrap();
            acknowledge("words", "");
        }
        2 => match vault.unchecked_recovery_phrase() {
            Ok(phrase) => {
                let answers: Vec<RecoveryAnswer> = (1_u32..)
                    .zip(phrase.words())
                    .map(|(position, word)| RecoveryAnswer {
                        position,
                        word: word.to_owned(),
                    })
                    .collect();
                let way_in = vault.check_recovery_phrase(&answers, SystemClock.now()).unwrap();
                acknowledge("way", &way_in.name);
            }
            Err(refused) => assert_eq!(refused.code(), "nothing_to_check"),
        },
        _ => {
            vault.add_key_store(new_name, keys, SystemClock.now()).unwrap();
            acknowledge("way", new_name);
        }
    }
}

fn acknowledge(what: &str, which: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ack\t{what}\t{which}").unwrap();
    out.flush().unwrap();
}

fn write_row(vault: &Vault, row: i64, length: usize) {
    vault
        .write(SCOPE, |transaction| {
            let insert = "INSERT INTO fault_row (number, bytes) VALUES (?1, ?2)";
            transaction.execute(insert, params![row, vec![7_u8; length]])?;
            for part in 0..PARTS {
                let insert = "INSERT INTO fault_part (number, part, text) VALUES (?1, ?2, ?3)";
                transaction.execute(insert, params![row, part, format!("part {part} of {row}")])?;
            }
            let count = "UPDATE fault_total SET row_count = row_count + 1, byte_count = byte_count + ?1";
            transaction.execute(count, [i64::try_from(length).unwrap()])?;
            Ok::<_, VaultError>(())
        })
        .unwrap();
}

fn keep_item(transaction: &Transaction<'_>, item: &InboxItem) -> Result<(), VaultError> {
    let name = std::str::from_utf8(&item.bytes).unwrap();
    transaction.execute("INSERT INTO fault_item (name) VALUES (?1)", [name])?;
    Ok(())
}

// ---------------------------------------------------------------------------------------------- the one who kills

#[derive(Default)]
struct Acknowledged {
    rows: BTreeSet<i64>,
    items: BTreeSet<String>,
    ways: BTreeSet<String>,
    gone: BTreeSet<String>,
    vaults: BTreeSet<String>,
}

/// What was found, each thing once however often it is looked at.
#[derive(Default)]
struct Findings {
    acknowledged: usize,
    lost: BTreeSet<String>,
    doubled: BTreeSet<String>,
    half_done: BTreeSet<String>,
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let setting = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds = setting("TEKRAM_SEEDS").unwrap_or(1).max(1);
    let kills = setting("TEKRAM_KILLS").unwrap_or(20).max(seeds);
    let first = setting("TEKRAM_SEED").unwrap_or_else(|| {
        u64::from_be_bytes(
            tekram_primitives::secret::Secret32::random().unwrap().expose()[..8]
                .try_into()
                .unwrap(),
        ) >> 16
    });
    println!("first seed: {first}");
    let mut findings = Findings::default();
    let mut killed = 0;
    for (position, seed) in (first..first + seeds).enumerate() {
        let position = position as u64;
        let of_this_seed = kills * (position + 1) / seeds - kills * position / seeds;
        killed += of_this_seed;
        one_vault(seed, of_this_seed, &mut findings);
    }
    println!(
        "{{\"room\":\"vault\",\"kills\":{killed},\"seeds\":{seeds},\"first_seed\":{first},\"acknowledged\":{},\
         \"lost\":{},\"doubled\":{},\"half_done\":{}}}",
        findings.acknowledged,
        findings.lost.len(),
        findings.doubled.len(),
        findings.half_done.len()
    );
    let bad: Vec<_> = [&findings.lost, &findings.doubled, &findings.half_done]
        .into_iter()
        .flatten()
        .collect();
    assert!(
        bad.is_empty(),
        "repeat with TEKRAM_SEED={first} TEKRAM_SEEDS={seeds} TEKRAM_KILLS={kills}: {bad:?}"
    );
}

fn one_vault(seed: u64, kills: u64, findings: &mut Findings) {
    let mut dice = Dice(seed);
    let device = Device::new();
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    let vault = device
        .store
        .create("Home", &passphrase(), &[FAULT], &SystemClock)
        .unwrap();
    vault.add_key_store("first", &keys, SystemClock.now()).unwrap();
    vault.lock().unwrap();
    let mut acknowledged = Acknowledged::default();
    for run in 1..=kills {
        kill_once(&device, seed, run, &mut dice, &mut acknowledged);
        let vault = device.store.unlock_key_store("Home", &keys, &[FAULT]).unwrap();
        look(seed, &vault, &acknowledged, findings);
        // Some runs start from a clean file, others from what the kill left.
        if dice.throw(2) == 0 {
            vault.lock().unwrap();
        }
    }
    for label in &acknowledged.vaults {
        if device.store.unlock(label, &passphrase(), &[]).is_err() {
            findings.lost.insert(format!("{seed} vault {label}"));
        }
    }
    let listed = device.store.list().unwrap().into_iter();
    findings
        .half_done
        .extend(listed.filter_map(|entry| Some(format!("{seed} vault {} {}", entry.id, entry.problem?))));
    let all = acknowledged.rows.len() + acknowledged.items.len() + acknowledged.ways.len() + acknowledged.vaults.len();
    findings.acknowledged += all;
    let vault = device.store.unlock("Home", &passphrase(), &[FAULT]).unwrap();
    vault
        .read(|connection| check_every_page(seed, connection, findings))
        .unwrap();
}

fn kill_once(device: &Device, seed: u64, run: u64, dice: &mut Dice, acknowledged: &mut Acknowledged) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "worker", "--ignored", "--nocapture"])
        .env("TEKRAM_FAULT_ROOT", device.root())
        .env("TEKRAM_FAULT_SEED", seed.to_string())
        .env("TEKRAM_FAULT_RUN", run.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let after = dice.throw(60);
    let mut heard = 0;
    let mut line = String::new();
    // One in eight is killed while it opens the vault.
    let while_opening = dice.throw(8) == 0;
    while !while_opening && heard < after {
        line.clear();
        assert_ne!(
            lines.read_line(&mut line).unwrap(),
            0,
            "the worker ended by itself; seed {seed}, run {run}"
        );
        heard += u64::from(note(&line, acknowledged));
    }
    std::thread::sleep(Duration::from_micros(dice.throw(if while_opening {
        30_000
    } else {
        4_000
    })));
    // SIGKILL on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts, if it said it to the end.
    loop {
        line.clear();
        match lines.read_line(&mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => note(&line, acknowledged),
        };
    }
}

fn note(line: &str, acknowledged: &mut Acknowledged) -> bool {
    let Some(line) = line.strip_suffix('\n') else {
        return false;
    };
    let Some(("ack", said)) = line.split_once('\t') else {
        return false;
    };
    let Some((what, which)) = said.split_once('\t') else {
        return false;
    };
    match what {
        "row" => acknowledged.rows.insert(which.parse().unwrap()),
        "item" => acknowledged.items.insert(which.to_owned()),
        "way" => {
            acknowledged.gone.remove(which);
            acknowledged.ways.insert(which.to_owned())
        }
        "going" => acknowledged.ways.remove(which),
        "gone" => acknowledged.gone.insert(which.to_owned()),
        "vault" => acknowledged.vaults.insert(which.to_owned()),
        _ => true,
    }
}

fn look(seed: u64, vault: &Vault, acknowledged: &Acknowledged, findings: &mut Findings) {
    vault.drain_inbox(SCOPE, keep_item).unwrap();
    let number = |sql: &str| -> i64 {
        vault
            .read(|connection| Ok::<_, VaultError>(connection.query_row(sql, [], |row| row.get(0))?))
            .unwrap()
    };
    let texts = |sql: &str| -> Vec<String> {
        vault
            .read(|connection| {
                let mut statement = connection.prepare(sql)?;
                let texts = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
                Ok::<_, VaultError>(texts)
            })
            .unwrap()
    };
    let rows: BTreeSet<i64> = texts("SELECT CAST(number AS TEXT) FROM fault_row")
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
    findings.lost.extend(
        acknowledged
            .rows
            .difference(&rows)
            .map(|row| format!("{seed} row {row}")),
    );

    let mut items: BTreeMap<String, usize> = BTreeMap::new();
    for name in texts("SELECT name FROM fault_item") {
        *items.entry(name).or_default() += 1;
    }
    let missing = acknowledged.items.iter().filter(|name| !items.contains_key(*name));
    findings.lost.extend(missing.map(|name| format!("{seed} item {name}")));
    let doubled = items.iter().filter(|(_, times)| **times > 1);
    findings
        .doubled
        .extend(doubled.map(|(name, _)| format!("{seed} item {name}")));

    let ways: BTreeSet<String> = vault.ways_in().into_iter().map(|way_in| way_in.name).collect();
    findings.lost.extend(
        acknowledged
            .ways
            .difference(&ways)
            .map(|way| format!("{seed} way in {way}")),
    );
    let back = acknowledged.gone.intersection(&ways);
    findings
        .half_done
        .extend(back.map(|way| format!("{seed} removed way in {way}")));

    let whole = [
        number("SELECT count(*) FROM fault_row") == number("SELECT row_count FROM fault_total"),
        number("SELECT coalesce(sum(length(bytes)), 0) FROM fault_row") == number("SELECT byte_count FROM fault_total"),
        number("SELECT count(*) FROM fault_row") * PARTS == number("SELECT count(*) FROM fault_part"),
        number(
            "SELECT count(*) FROM fault_row AS whole
             WHERE (SELECT count(DISTINCT part) FROM fault_part WHERE number = whole.number) <> 3",
        ) == 0,
        // A migration makes a table and an index: all of it is there, or none, and the version says which.
        number("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'grown_*'")
            == 2 * number("SELECT coalesce(max(version), 0) FROM vault_room_schema WHERE room = 'grown'"),
    ];
    for (position, whole) in whole.into_iter().enumerate() {
        if !whole {
            findings.half_done.insert(format!("{seed} check {position}"));
        }
    }
}

/// Every page's HMAC, and SQLite's own check of the whole.
fn check_every_page(seed: u64, connection: &Connection, findings: &mut Findings) -> Result<(), VaultError> {
    for check in ["cipher_integrity_check", "integrity_check", "foreign_key_check"] {
        let mut statement = connection.prepare(&format!("PRAGMA {check}"))?;
        let answers = statement.query_map([], |row| Ok(format!("{:?}", row.get_ref(0)?)))?;
        for answer in answers.collect::<Result<Vec<_>, _>>()? {
            if answer != format!("{:?}", rusqlite::types::ValueRef::Text(b"ok")) {
                findings.half_done.insert(format!("{seed} {check}: {answer}"));
            }
        }
    }
    Ok(())
}
