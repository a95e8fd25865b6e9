//! Migrations: each room its own, each a step that is there or not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use support::{Device, passphrase};
use tekram_primitives::time::SystemClock;
use tekram_vault::{RoomSchema, Vault, VaultError};

const FIRST: &str = "CREATE TABLE cart_item (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT";
const SECOND: &str = "ALTER TABLE cart_item ADD COLUMN amount_minor INTEGER NOT NULL DEFAULT 0";
/// Does something and then fails: as if the program had died in it.
const BROKEN: &str = "CREATE TABLE cart_half (id INTEGER PRIMARY KEY) STRICT; INSERT INTO cart_missing VALUES (1)";

const fn cart(migrations: &'static [&'static str]) -> RoomSchema {
    RoomSchema {
        room: "cart",
        migrations,
    }
}

fn version(vault: &Vault, room: &str) -> u32 {
    vault
        .read(|connection| {
            let sql = "SELECT version FROM vault_room_schema WHERE room = ?1";
            Ok::<_, VaultError>(connection.query_row(sql, [room], |row| row.get(0))?)
        })
        .unwrap()
}

fn has_table(vault: &Vault, table: &str) -> bool {
    vault
        .read(|connection| {
            let sql = "SELECT count(*) FROM sqlite_schema WHERE name = ?1";
            Ok::<_, VaultError>(connection.query_row(sql, [table], |row| row.get::<_, i64>(0))? == 1)
        })
        .unwrap()
}

#[test]
fn a_room_grows_without_losing_rows_and_rooms_do_not_disturb_each_other() {
    let device = Device::new();
    let vault = device
        .store
        .create("Home", &passphrase(), &[cart(&[FIRST])], &SystemClock)
        .unwrap();
    vault
        .write(support::NOTE, |transaction| {
            transaction.execute("INSERT INTO cart_item (name) VALUES ('tea')", [])?;
            Ok::<_, VaultError>(())
        })
        .unwrap();
    vault.lock().unwrap();
    let vault = device
        .store
        .unlock("Home", &passphrase(), &[support::NOTES, cart(&[FIRST, SECOND])])
        .unwrap();
    assert_eq!((version(&vault, "cart"), version(&vault, "note")), (2, 1));
    let amount: i64 = vault
        .read(|connection| {
            let sql = "SELECT amount_minor FROM cart_item WHERE name = 'tea'";
            Ok::<_, VaultError>(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(amount, 0);
}

#[test]
fn a_migration_that_dies_half_way_leaves_the_version_before() {
    let device = Device::new();
    device
        .store
        .create("Home", &passphrase(), &[cart(&[FIRST])], &SystemClock)
        .unwrap()
        .lock()
        .unwrap();
    let failed = device
        .store
        .unlock("Home", &passphrase(), &[cart(&[FIRST, SECOND, BROKEN])])
        .unwrap_err();
    assert!(
        matches!(
            failed,
            VaultError::MigrationFailed {
                room: "cart",
                version: 3,
                ..
            }
        ),
        "{failed:?}"
    );
    assert_eq!(failed.code(), "migration_failed");
    let vault = device
        .store
        .unlock("Home", &passphrase(), &[cart(&[FIRST, SECOND])])
        .unwrap();
    assert_eq!(version(&vault, "cart"), 2, "the step before it stays");
    assert!(!has_table(&vault, "cart_half"), "nothing of the broken step");
}

#[test]
fn a_vault_of_a_newer_program_is_refused_untouched() {
    let device = Device::new();
    let vault = device
        .store
        .create("Home", &passphrase(), &[cart(&[FIRST, SECOND])], &SystemClock)
        .unwrap();
    let folder = device.folder_of(vault.id());
    vault.lock().unwrap();
    let before = support::fingerprints(&folder);
    let refused = device
        .store
        .unlock("Home", &passphrase(), &[support::NOTES, cart(&[FIRST])])
        .unwrap_err();
    assert!(
        matches!(&refused, VaultError::NewerSchema { room, found: 2, known: 1 } if room == "cart"),
        "{refused:?}"
    );
    let after = support::fingerprints(&folder);
    assert_eq!(
        after["vault.db"], before["vault.db"],
        "no other room was migrated either"
    );
    let vault = device
        .store
        .unlock("Home", &passphrase(), &[cart(&[FIRST, SECOND])])
        .unwrap();
    assert!(!has_table(&vault, "note_text"));
}

#[test]
fn a_room_this_program_does_not_know_is_left_alone() {
    let device = Device::new();
    device
        .store
        .create("Home", &passphrase(), &[cart(&[FIRST])], &SystemClock)
        .unwrap()
        .lock()
        .unwrap();
    device
        .store
        .unlock("Home", &passphrase(), &[support::NOTES])
        .unwrap()
        .lock()
        .unwrap();
    let vault = device.store.unlock("Home", &passphrase(), &[cart(&[FIRST])]).unwrap();
    assert!(has_table(&vault, "cart_item") && has_table(&vault, "note_text"));
}
