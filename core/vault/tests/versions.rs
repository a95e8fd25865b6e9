//! Old vaults open for ever: one made by each version of the header and of the vault's own tables lies in
//! `/tests/fixtures/vaults`, and every one of them opens by each of its ways, goes on, and opens by them again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::fs;

use support::{Device, NOTES, checked_phrase, count_notes, fixture, fixtures, passphrase, write_note};
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{FileKeyStore, RecoveryPhrase, Store};

/// Makes the fixture of today's version: `TEKRAM_FIXTURE=version-3 cargo test -p tekram-vault --test versions -- --ignored`.
#[test]
#[ignore = "makes a fixture; run once for each version"]
fn make_a_fixture() {
    let Ok(name) = std::env::var("TEKRAM_FIXTURE") else {
        return;
    };
    let root = fixtures().join(name);
    assert!(!root.exists(), "what was shipped is never made anew");
    let store = Store::open(&root).unwrap();
    let keys = FileKeyStore::open(root.join("keys")).unwrap();
    let vault = store.create("Home", &passphrase(), &[NOTES], &SystemClock).unwrap();
    write_note(&vault, "milk");
    vault.add_key_store("laptop", &keys, SystemClock.now()).unwrap();
    let phrase = checked_phrase(&vault);
    fs::write(root.join("words.txt"), phrase.words().join(" ")).unwrap();
    vault.lock().unwrap();
}

/// A device with a copy of the fixture on it, and the vault's id.
fn device_with(version: &str) -> (Device, String) {
    let device = Device::new();
    let id = fixture(version, device.root());
    (device, id)
}

/// Opens by each way that the fixture has, and reads what is in it.
fn open_by_every_way(device: &Device, id: &str) {
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    let vault = device.unlock(id).unwrap();
    assert_eq!(count_notes(&vault), 1);
    vault.lock().unwrap();
    let vault = device.store.unlock_key_store(id, &keys, &[NOTES]).unwrap();
    assert_eq!(count_notes(&vault), 1);
    vault.lock().unwrap();
    if let Ok(words) = fs::read_to_string(device.root().join("words.txt")) {
        let phrase = RecoveryPhrase::parse(&words).unwrap();
        let vault = device.store.unlock_recovery_phrase(id, &phrase, &[NOTES]).unwrap();
        assert_eq!(count_notes(&vault), 1);
        vault.lock().unwrap();
    }
}

#[test]
fn vaults_of_every_version_open_by_all_their_ways_again_and_again() {
    let mut versions: Vec<_> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("version-"))
        .collect();
    versions.sort();
    assert!(versions.len() >= 3, "{versions:?}");
    for version in versions {
        let (device, id) = device_with(&version);
        open_by_every_way(&device, &id);
        open_by_every_way(&device, &id);
    }
}

#[test]
fn a_way_of_an_old_header_becomes_a_key_pair_when_it_is_used_and_keeps_its_name() {
    for version in ["version-1", "version-2"] {
        let (device, id) = device_with(version);
        let header = device.folder_of(&id).join("header.json");
        let before = fs::read_to_string(&header).unwrap();
        let ways = device.store.list().unwrap().remove(0).ways_in;
        let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
        device
            .store
            .unlock_key_store(&id, &keys, &[NOTES])
            .unwrap()
            .lock()
            .unwrap();
        assert_eq!(
            fs::read_to_string(&header).unwrap(),
            before,
            "a key store changes nothing"
        );
        assert!(!before.contains("\"public_key\""));

        let vault = device.unlock(&id).unwrap();
        let now: Vec<_> = vault
            .ways_in()
            .into_iter()
            .map(|way| (way.name, way.kind, way.added_ms))
            .collect();
        let then: Vec<_> = ways.into_iter().map(|way| (way.name, way.kind, way.added_ms)).collect();
        assert_eq!(now, then);
        vault.lock().unwrap();
        let after = fs::read_to_string(&header).unwrap();
        assert!(after.contains("\"version\": 3"));
        assert_eq!(after.matches("\"public_key\"").count(), 1, "one way was used");
        device.unlock(&id).unwrap().lock().unwrap();
        assert_eq!(fs::read_to_string(&header).unwrap(), after, "only once");
    }
}
