//! Backups: taken while the vault is written to, added to, restored from words or a passphrase alone, and refused by name
//! where they are damaged.

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
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use support::{Device, NOTE, NOTES, PASSPHRASE, count_notes, passphrase, write_note};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{Clock, SystemClock, Timestamp};
use tekram_vault::{
    BackedUp, BackupKey, BackupPlace, FileKeyStore, Fill, FolderPlace, FullBackup, KeyChange, PlaceEntry, Progress,
    ReadSeek, RecoveryAnswer, RecoveryPhrase, RestoreOptions, Restored, Vault, VaultError, backups, check_backup,
};

/// A block of the backup's format, in bytes.
const BLOCK: usize = 128 + 5 + 8 * (4 + 8192) + 16;

fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn folder(device: &Device) -> PathBuf {
    device.root().join("backups")
}

fn place(device: &Device) -> FolderPlace {
    FolderPlace::open(folder(device)).unwrap()
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn back_up(vault: &Vault, device: &Device, ms: i64) -> BackedUp {
    vault.back_up(&place(device), at(ms), &mut on).unwrap()
}

fn restore_bytes(
    device: &Device,
    bytes: &[u8],
    key: BackupKey<'_>,
    options: &RestoreOptions,
) -> Result<(Vault, Restored), VaultError> {
    let file = Box::new(Cursor::new(bytes.to_vec()));
    device
        .store
        .restore(file, key, options, &[NOTES], &SystemClock, &mut on)
}

fn restore(device: &Device, bytes: &[u8]) -> Result<(Vault, Restored), VaultError> {
    let passphrase = passphrase();
    restore_bytes(
        device,
        bytes,
        BackupKey::Passphrase(&passphrase),
        &RestoreOptions::default(),
    )
}

/// Segment, part and pages of a damage.
type Part = (u32, &'static str, Vec<(u32, u32)>);

/// What a new device has from these bytes.
fn restored_texts(bytes: &[u8]) -> Vec<String> {
    let device = Device::new();
    let (restored, _) = restore(&device, bytes).unwrap();
    texts(&restored)
}

fn check(bytes: &[u8]) -> Vec<Part> {
    let passphrase = passphrase();
    let file = Box::new(Cursor::new(bytes.to_vec()));
    let damage = check_backup(file, BackupKey::Passphrase(&passphrase), &mut on).unwrap();
    damage
        .into_iter()
        .map(|part| (part.segment, part.part, part.pages))
        .collect()
}

fn texts(vault: &Vault) -> Vec<String> {
    vault
        .read(|connection| {
            let mut statement = connection.prepare("SELECT text FROM note_text ORDER BY id")?;
            Ok::<_, VaultError>(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

/// Makes recovery words a way in, and returns them.
fn recovery_words(vault: &Vault) -> RecoveryPhrase {
    let phrase = vault.new_recovery_phrase().unwrap();
    let words = phrase.words();
    let answers = [1_u32, 7, 24].map(|position| RecoveryAnswer {
        position,
        word: words[position as usize - 1].to_owned(),
    });
    vault.check_recovery_phrase(&answers, SystemClock.now()).unwrap();
    phrase
}

/// A vault with 80 notes, and its backup's bytes.
fn vault_with_backup(device: &Device) -> (Vault, Vec<u8>) {
    let vault = device.create("Home");
    for number in 0..80 {
        write_note(&vault, &format!("Home {number} {}", "x".repeat(1500)));
    }
    let done = back_up(&vault, device, 1000);
    let bytes = fs::read(folder(device).join(done.name)).unwrap();
    (vault, bytes)
}

#[test]
fn a_new_device_has_the_whole_vault_from_the_file_and_the_words_or_the_passphrase_alone() {
    let device = Device::new();
    let vault = device.create("Home");
    let phrase = recovery_words(&vault);
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    vault.add_key_store("This phone", &keys, SystemClock.now()).unwrap();
    write_note(&vault, "milk");
    vault.inbox().seal(b"arrived").unwrap();
    let done = back_up(&vault, &device, 5);
    assert_eq!((done.full, done.state), (Some(FullBackup::First), 0));
    let bytes = fs::read(folder(&device).join(&done.name)).unwrap();
    let passphrase = passphrase();
    for key in [BackupKey::RecoveryPhrase(&phrase), BackupKey::Passphrase(&passphrase)] {
        let other = Device::new();
        let (restored, about) = restore_bytes(&other, &bytes, key, &RestoreOptions::default()).unwrap();
        assert_eq!((about.state.number, about.state.made_ms, about.cut), (0, 5, false));
        assert_eq!((restored.id(), restored.label().as_str()), (vault.id(), "Home"));
        assert_eq!(restored.epoch(), 2, "a restored vault begins the next epoch");
        assert_eq!(texts(&restored), ["milk"]);
        let purpose = "tekram/v1/test";
        assert_eq!(
            restored.derive(purpose).unwrap().expose(),
            vault.derive(purpose).unwrap().expose()
        );
        let mut arrived = Vec::new();
        restored
            .drain_inbox(NOTE, |_, item| {
                arrived.push(item.bytes.to_vec());
                Ok::<_, VaultError>(())
            })
            .unwrap();
        assert_eq!(arrived, [b"arrived".to_vec()]);
        let ways: Vec<_> = restored.ways_in().into_iter().map(|way_in| way_in.name).collect();
        assert_eq!(
            ways,
            ["passphrase", "recovery_phrase"],
            "the old phone's key store is none"
        );
        restored.lock().unwrap();
        assert_eq!(texts(&other.unlock("Home").unwrap()), ["milk"]);
    }
}

#[test]
fn each_backup_adds_what_changed_and_each_state_can_be_restored() {
    let device = Device::new();
    let (vault, first) = vault_with_backup(&device);
    let mut states = vec![texts(&vault)];
    for round in 1..4_i64 {
        write_note(&vault, &format!("round {round}"));
        let done = back_up(&vault, &device, 1000 + round);
        assert_eq!((done.full, i64::from(done.state)), (None, round));
        assert!(done.pages < 8, "{} pages for one row", done.pages);
        states.push(texts(&vault));
    }
    // Nothing changed but the audit, which has the backup before.
    assert!(back_up(&vault, &device, 2000).pages < 6);
    states.push(texts(&vault));
    let listed = backups(&place(&device)).unwrap();
    assert_eq!(listed.len(), 1);
    let times: Vec<_> = listed[0].states.iter().map(|state| state.made_ms).collect();
    assert_eq!(times, [1000, 1001, 1002, 1003, 2000]);
    let bytes = fs::read(folder(&device).join(&listed[0].name)).unwrap();
    assert_eq!(bytes[..first.len()], first, "what was there is never written again");
    assert_eq!(check(&bytes), []);
    for (state, expected) in states.iter().enumerate() {
        let other = Device::new();
        let passphrase = passphrase();
        let options = RestoreOptions {
            state: Some(u32::try_from(state).unwrap()),
            ..RestoreOptions::default()
        };
        let (restored, _) = restore_bytes(&other, &bytes, BackupKey::Passphrase(&passphrase), &options).unwrap();
        assert_eq!(&texts(&restored), expected, "state {state}");
    }
    let options = RestoreOptions {
        state: Some(5),
        ..RestoreOptions::default()
    };
    let passphrase = passphrase();
    let refused = restore_bytes(&Device::new(), &bytes, BackupKey::Passphrase(&passphrase), &options);
    assert_eq!(refused.unwrap_err().code(), "no_such_state");
}

#[test]
fn a_backup_is_the_moment_it_began_however_much_is_written_meanwhile() {
    let device = Device::new();
    let vault = device.create("Home");
    for number in 0..300 {
        write_note(&vault, &format!("{number} {}", "x".repeat(4000)));
    }
    let database = device.folder_of(vault.id()).join("vault.db");
    let mut seen = BTreeSet::new();
    let mut calls = 0;
    let done = vault
        .back_up(&place(&device), at(1), &mut |_| {
            calls += 1;
            if calls < 4 {
                // More than SQLite lets the WAL grow before it moves it into the file: it must not now.
                vault
                    .write(NOTE, |transaction| {
                        transaction.execute("UPDATE note_text SET text = text || ?1", ["y".repeat(30_000)])?;
                        transaction.execute("DELETE FROM note_text WHERE id % 5 = 0", [])?;
                        Ok::<_, VaultError>(())
                    })
                    .unwrap();
                let _ = vault.read(|connection| {
                    Ok::<_, VaultError>(connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
                });
            }
            seen.insert(
                ring::digest::digest(&ring::digest::SHA256, &fs::read(&database).unwrap())
                    .as_ref()
                    .to_vec(),
            );
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(calls > 3);
    assert_eq!(seen.len(), 1, "the file stood still");
    let bytes = fs::read(folder(&device).join(done.name)).unwrap();
    let other = Device::new();
    let (restored, _) = restore(&other, &bytes).unwrap();
    let expected: Vec<_> = (0..300)
        .map(|number| format!("{number} {}", "x".repeat(4000)))
        .collect();
    assert_eq!(texts(&restored), expected);
    assert_eq!(count_notes(&vault), 240);
    // The next one has what was written meanwhile.
    let done = back_up(&vault, &device, 2);
    let bytes = fs::read(folder(&device).join(done.name)).unwrap();
    assert_eq!(restored_texts(&bytes), texts(&vault));
}

/// Ends the writers also when an assertion fails.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn backups_beside_writers_have_each_transaction_whole_and_all_that_was_acknowledged() {
    let device = Device::new();
    let vault = device.create("Home");
    let stop = AtomicBool::new(false);
    let acknowledged = |vault: &Vault| -> i64 { count_notes(vault) };
    thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    // Three rows or none.
                    vault
                        .write(NOTE, |transaction| {
                            for part in 0..3 {
                                let text = format!("{part} {}", "z".repeat(700));
                                transaction.execute("INSERT INTO note_text (text) VALUES (?1)", [text])?;
                            }
                            Ok::<_, VaultError>(())
                        })
                        .unwrap();
                    // A mutex is not fair: writers without a pause keep everybody else out.
                    thread::sleep(std::time::Duration::from_millis(2));
                }
            });
        }
        let _ends = SetOnDrop(&stop);
        for round in 0..6 {
            let before = acknowledged(&vault);
            let done = back_up(&vault, &device, round);
            let after = acknowledged(&vault);
            let bytes = fs::read(folder(&device).join(done.name)).unwrap();
            assert_eq!(check(&bytes), []);
            let other = Device::new();
            let (restored, _) = restore(&other, &bytes).unwrap();
            let found = count_notes(&restored);
            assert!(before <= found && found <= after, "{before} {found} {after}");
            assert_eq!(found % 3, 0, "no transaction is half there");
            let integrity: String = restored
                .read(|connection| {
                    Ok::<_, VaultError>(connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?)
                })
                .unwrap();
            assert_eq!(integrity, "ok");
        }
    });
}

#[test]
fn each_damaged_block_is_named_and_nothing_wrong_is_restored() {
    let device = Device::new();
    let (vault, _) = vault_with_backup(&device);
    vault.inbox().seal(b"arrived").unwrap();
    write_note(&vault, "later");
    let done = back_up(&vault, &device, 1001);
    let whole = fs::read(folder(&device).join(done.name)).unwrap();
    let expected = texts(&vault);
    let blocks = whole.len() / BLOCK;
    assert_eq!(whole.len() % BLOCK, 0);
    assert!(blocks > 8);
    let mut refused = 0;
    for block in 0..blocks {
        // In the prefix, in the content, in the tag.
        for offset in [3, 40, 5000, BLOCK - 1] {
            let mut changed = whole.clone();
            changed[block * BLOCK + offset] ^= 4;
            let damage = check(&changed);
            let is_copy = whole[block * BLOCK..].starts_with(b"TKBACKUP") && block > 0;
            assert_eq!(damage.is_empty(), is_copy, "block {block} byte {offset}: {damage:?}");
            let other = Device::new();
            match restore(&other, &changed) {
                Ok((restored, about)) => {
                    assert_eq!(texts(&restored), expected, "block {block} byte {offset}");
                    assert_eq!(about.damage.is_empty(), is_copy);
                }
                Err(VaultError::BackupDamaged { segment, part, pages }) => {
                    refused += 1;
                    assert_eq!(damage[0].0, segment);
                    assert_eq!(pages.is_empty(), part != "pages", "{part} {pages}");
                }
                Err(other) => panic!("block {block} byte {offset}: {other:?}"),
            }
        }
    }
    assert!(refused > blocks, "most blocks matter: {refused}");
}

#[test]
fn a_backup_cut_anywhere_gives_the_states_before_or_says_so() {
    let device = Device::new();
    let (vault, first) = vault_with_backup(&device);
    let one = texts(&vault);
    write_note(&vault, "later");
    let done = back_up(&vault, &device, 1001);
    let whole = fs::read(folder(&device).join(done.name)).unwrap();
    let copy_of_beginning = first.len() - BLOCK;
    let mut lengths: Vec<usize> = (0..=whole.len() / BLOCK).map(|blocks| blocks * BLOCK).collect();
    lengths.extend((0..whole.len() / BLOCK).map(|blocks| blocks * BLOCK + 77));
    lengths.push(whole.len() - 1);
    for length in lengths {
        let other = Device::new();
        match restore(&other, &whole[..length]) {
            Ok((restored, about)) if length < whole.len() => {
                assert!(length >= copy_of_beginning, "cut to {length}");
                assert_eq!(texts(&restored), one);
                assert_eq!(about.cut, length > first.len() || length % BLOCK != 0);
            }
            Ok((restored, about)) => assert_eq!((count_notes(&restored), about.cut), (81, false)),
            Err(error) => {
                assert!(length < copy_of_beginning, "cut to {length}");
                let expected = if length < 8 { "not_a_backup" } else { "truncated" };
                assert_eq!(error.code(), expected, "cut to {length}");
            }
        }
    }
    // The next backup goes on from the last whole state.
    let path = folder(&device).join(backups(&place(&device)).unwrap()[0].name.clone());
    fs::write(&path, &whole[..whole.len() - 1000]).unwrap();
    assert!(backups(&place(&device)).unwrap()[0].cut);
    let done = back_up(&vault, &device, 1002);
    assert_eq!((done.full, done.state), (None, 1));
    let mended = fs::read(path).unwrap();
    assert_eq!(check(&mended), []);
    assert_eq!(restored_texts(&mended).len(), 81);
}

#[test]
fn blocks_of_another_place_or_backup_are_noticed() {
    let device = Device::new();
    let (vault, _) = vault_with_backup(&device);
    write_note(&vault, "later");
    let name = back_up(&vault, &device, 1001).name;
    write_note(&vault, "latest");
    back_up(&vault, &device, 1002);
    let whole = fs::read(folder(&device).join(name)).unwrap();
    let block = |at: usize| whole[at * BLOCK..(at + 1) * BLOCK].to_vec();
    let mut exchanged = whole.clone();
    exchanged[BLOCK..2 * BLOCK].copy_from_slice(&block(2));
    exchanged[2 * BLOCK..3 * BLOCK].copy_from_slice(&block(1));
    assert!(!check(&exchanged).is_empty());
    assert_eq!(
        restore(&Device::new(), &exchanged).unwrap_err().code(),
        "backup_damaged"
    );
    // The middle segment is taken out.
    let prefix_segment = |at: usize| whole[at * BLOCK + 8..at * BLOCK + 12].to_vec();
    let is_middle = |at: &usize| prefix_segment(*at) == 1_u32.to_be_bytes() && !block(*at).starts_with(b"TKBACKUP");
    let kept: Vec<u8> = (0..whole.len() / BLOCK)
        .filter(|at| !is_middle(at))
        .flat_map(block)
        .collect();
    assert!(kept.len() < whole.len());
    assert_eq!(check(&kept)[0].1, "missing");
    // Another backup of the same vault, by the same key: its blocks do not fit into this one.
    let other_place = FolderPlace::open(device.root().join("other")).unwrap();
    let other = vault.back_up(&other_place, at(1003), &mut on).unwrap();
    let other = fs::read(device.root().join("other").join(other.name)).unwrap();
    let mut mixed = whole.clone();
    mixed[2 * BLOCK..3 * BLOCK].copy_from_slice(&other[2 * BLOCK..3 * BLOCK]);
    assert_eq!(check(&mixed)[0].1, "pages");
}

#[test]
fn what_opens_nothing_and_what_is_no_backup_is_said() {
    let device = Device::new();
    let (_vault, bytes) = vault_with_backup(&device);
    let other = Device::new();
    let code = |bytes: &[u8], key: BackupKey<'_>| {
        restore_bytes(&other, bytes, key, &RestoreOptions::default())
            .unwrap_err()
            .code()
    };
    let wrong = Passphrase::from("another");
    assert_eq!(code(&bytes, BackupKey::Passphrase(&wrong)), "wrong_passphrase");
    let words = RecoveryPhrase::parse(&format!("{}art", "abandon ".repeat(23))).unwrap();
    assert_eq!(code(&bytes, BackupKey::RecoveryPhrase(&words)), "no_such_way_in");
    let right = passphrase();
    for foreign in [&b""[..], b"%PDF-1.7", &[7; 200_000]] {
        assert_eq!(code(foreign, BackupKey::Passphrase(&right)), "not_a_backup");
    }
    assert!(other.store.list().unwrap().is_empty());
    let nothing_left = fs::read_dir(other.root().join("vaults")).unwrap();
    let left: Vec<_> = nothing_left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name == ".creating"), "{left:?}");
}

#[test]
fn a_backup_that_is_cancelled_leaves_the_one_before_as_it_was() {
    let device = Device::new();
    let (vault, before) = vault_with_backup(&device);
    for number in 0..400 {
        write_note(&vault, &format!("more {number} {}", "x".repeat(3000)));
    }
    let name = backups(&place(&device)).unwrap()[0].name.clone();
    for stop_at in 1..4 {
        let mut calls = 0;
        let mut watch = |_: Progress| {
            calls += 1;
            if calls == stop_at {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let refused = vault.back_up(&place(&device), at(1), &mut watch).unwrap_err();
        assert_eq!(refused.code(), "cancelled");
        assert_eq!(fs::read(folder(&device).join(&name)).unwrap(), before);
        // A first backup, too, is there whole or not at all.
        let empty = FolderPlace::open(device.root().join("empty")).unwrap();
        let mut watch = |_: Progress| ControlFlow::Break(());
        assert_eq!(
            vault.back_up(&empty, at(1), &mut watch).unwrap_err().code(),
            "cancelled"
        );
        assert!(empty.list().unwrap().is_empty());
    }
    let other = Device::new();
    let mut calls = 0;
    let passphrase = passphrase();
    let stopped = other.store.restore(
        Box::new(Cursor::new(before)),
        BackupKey::Passphrase(&passphrase),
        &RestoreOptions::default(),
        &[NOTES],
        &SystemClock,
        &mut |_| {
            calls += 1;
            if calls > 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
    assert_eq!(stopped.unwrap_err().code(), "cancelled");
    assert!(other.store.list().unwrap().is_empty());
}

#[test]
fn locking_ends_a_backup() {
    let device = Device::new();
    let (vault, before) = vault_with_backup(&device);
    let name = backups(&place(&device)).unwrap()[0].name.clone();
    let mut clone = Some(vault.clone());
    let refused = vault.back_up(&place(&device), at(1), &mut |_| {
        if let Some(clone) = clone.take() {
            // On another thread, as an app would; it waits for nothing that this one holds.
            thread::spawn(move || clone.lock());
            while vault.derive("tekram/v1/test").is_ok() {
                thread::yield_now();
            }
        }
        ControlFlow::Continue(())
    });
    assert_eq!(refused.unwrap_err().code(), "locked");
    assert_eq!(fs::read(folder(&device).join(name)).unwrap(), before);
}

#[test]
fn other_ways_in_make_a_new_file_and_the_old_one_goes() {
    let device = Device::new();
    let (vault, old) = vault_with_backup(&device);
    let new = Passphrase::from("a new passphrase");
    vault.change_passphrase(&passphrase(), &new, SystemClock.now()).unwrap();
    let done = back_up(&vault, &device, 2000);
    assert_eq!((done.full, done.state), (Some(FullBackup::OtherKeys), 0));
    let listed = backups(&place(&device)).unwrap();
    assert_eq!(listed.len(), 1, "the old passphrase opens nothing there any more");
    let bytes = fs::read(folder(&device).join(&listed[0].name)).unwrap();
    let options = RestoreOptions::default();
    let refused = restore_bytes(&Device::new(), &bytes, BackupKey::Passphrase(&passphrase()), &options);
    assert_eq!(refused.unwrap_err().code(), "wrong_passphrase");
    restore_bytes(&Device::new(), &bytes, BackupKey::Passphrase(&new), &options).unwrap();
    // A copy of the old one, kept elsewhere, opens by what opened it.
    restore(&Device::new(), &old).unwrap();
}

#[test]
fn a_file_of_mostly_dead_pages_is_made_anew() {
    let device = Device::new();
    let (vault, _) = vault_with_backup(&device);
    let mut full = Vec::new();
    for round in 0..6 {
        vault
            .write(NOTE, |transaction| {
                transaction.execute("UPDATE note_text SET text = ?1 || text", [round.to_string()])?;
                Ok::<_, VaultError>(())
            })
            .unwrap();
        full.push(back_up(&vault, &device, 2000 + round).full);
    }
    assert!(
        full.contains(&Some(FullBackup::Compacted)) && full.contains(&None),
        "{full:?}"
    );
    let listed = backups(&place(&device)).unwrap();
    assert_eq!(listed.len(), 1);
    let bytes = fs::read(folder(&device).join(&listed[0].name)).unwrap();
    assert_eq!(restored_texts(&bytes), texts(&vault));
}

#[test]
fn a_damaged_backup_is_kept_and_not_added_to() {
    let device = Device::new();
    let (vault, mut bytes) = vault_with_backup(&device);
    let name = backups(&place(&device)).unwrap()[0].name.clone();
    let end = bytes.len() - 2 * BLOCK;
    bytes[end + 3000] ^= 1;
    fs::write(folder(&device).join(&name), &bytes).unwrap();
    let done = back_up(&vault, &device, 2000);
    assert!(done.full.is_some());
    assert_ne!(done.name, name);
    let whole = fs::read(folder(&device).join(&done.name)).unwrap();
    assert_eq!(restored_texts(&whole), texts(&vault));
}

#[test]
fn a_damaged_page_is_not_backed_up() {
    let device = Device::new();
    let vault = device.create("Home");
    let id = vault.id().to_owned();
    for number in 0..80 {
        write_note(&vault, &format!("{number} {}", "x".repeat(1500)));
    }
    vault.lock().unwrap();
    let path = device.folder_of(&id).join("vault.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[8 * 8192 + 500] ^= 1;
    fs::write(&path, bytes).unwrap();
    let vault = device.unlock("Home").unwrap();
    let refused = vault.back_up(&place(&device), at(1), &mut on).unwrap_err();
    assert_eq!(refused.code(), "damaged");
    assert!(place(&device).list().unwrap().is_empty());
}

#[test]
fn a_vault_that_only_this_phone_opens_has_no_backup() {
    let device = Device::new();
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    let vault = device
        .store
        .create_with_key_store("Home", "This phone", &keys, &[NOTES], &SystemClock)
        .unwrap();
    let refused = vault.back_up(&place(&device), at(1), &mut on).unwrap_err();
    assert_eq!(refused.code(), "backup_without_way");
    recovery_words(&vault);
    back_up(&vault, &device, 2);
}

#[test]
fn restoring_over_a_vault_is_asked_for_and_goes_on_after_its_epoch() {
    let device = Device::new();
    let (vault, bytes) = vault_with_backup(&device);
    write_note(&vault, "after the backup");
    assert_eq!(restore(&device, &bytes).unwrap_err().code(), "vault_exists");
    let replace = RestoreOptions {
        replace: true,
        ..RestoreOptions::default()
    };
    let passphrase = passphrase();
    let key = BackupKey::Passphrase(&passphrase);
    let in_use = restore_bytes(&device, &bytes, key, &replace).unwrap_err();
    assert_eq!(in_use.code(), "vault_in_use");
    assert_eq!(count_notes(&vault), 81);
    vault.lock().unwrap();
    for epoch in 2..4 {
        let (restored, _) = restore_bytes(&device, &bytes, key, &replace).unwrap();
        assert_eq!((count_notes(&restored), restored.epoch()), (80, epoch));
        write_note(&restored, "lost again");
        restored.lock().unwrap();
    }
    assert_eq!(device.store.list().unwrap().len(), 1);
    // A damaged backup does not cost the vault that is there.
    let mut damaged = bytes.clone();
    damaged[2 * BLOCK + 999] ^= 1;
    let refused = restore_bytes(&device, &damaged, key, &replace).unwrap_err();
    assert_eq!(refused.code(), "backup_damaged");
    assert_eq!(count_notes(&device.unlock("Home").unwrap()), 81);
    // Another vault of the same name: the restored one needs another.
    let other = Device::new();
    other.create("Home").lock().unwrap();
    assert_eq!(restore(&other, &bytes).unwrap_err().code(), "vault_exists");
    let named = RestoreOptions {
        label: Some("Home of before".to_owned()),
        ..RestoreOptions::default()
    };
    let (restored, _) = restore_bytes(&other, &bytes, key, &named).unwrap();
    assert_eq!(restored.label(), "Home of before");
}

/// The backup's key does not open the database of the vault that it replaces, when that has another key by now: its epoch must be
/// known all the same, or two lives of the vault would have the same keys in the same epoch.
#[test]
fn restoring_over_a_vault_with_another_key_goes_on_after_its_epoch_too() {
    let device = Device::new();
    let (vault, bytes) = vault_with_backup(&device);
    vault.lock().unwrap();
    let replace = RestoreOptions {
        replace: true,
        ..RestoreOptions::default()
    };
    let passphrase = passphrase();
    for epoch in 2..5 {
        let key = BackupKey::Passphrase(&passphrase);
        let (restored, _) = restore_bytes(&device, &bytes, key, &replace).unwrap();
        assert_eq!(restored.epoch(), epoch);
        restored.change_vault_key(&KeyChange::default(), &mut on).unwrap();
        restored.lock().unwrap();
        let again = device.unlock("Home").unwrap();
        assert_eq!(again.epoch(), epoch);
        again.lock().unwrap();
    }
}

#[test]
fn a_replacement_that_was_cut_leaves_the_old_vault() {
    let device = Device::new();
    let (vault, _) = vault_with_backup(&device);
    let id = vault.id().to_owned();
    vault.lock().unwrap();
    let vaults = device.root().join("vaults");
    // As it is between the two renames.
    fs::rename(vaults.join(&id), vaults.join(format!(".replaced-{id}"))).unwrap();
    fs::create_dir(vaults.join(format!(".unfinished-{id}"))).unwrap();
    let store = tekram_vault::Store::open(device.root()).unwrap();
    assert_eq!(store.list().unwrap().len(), 1);
    assert_eq!(count_notes(&device.unlock("Home").unwrap()), 80);
}

#[test]
fn a_backup_file_shows_no_name_no_row_and_no_key() {
    let device = Device::new();
    let vault = device
        .store
        .create("ZqLabel", &passphrase(), &[NOTES], &SystemClock)
        .unwrap();
    write_note(&vault, "ZqMark");
    vault.inbox().seal(b"ZqMark").unwrap();
    let done = back_up(&vault, &device, 1);
    let bytes = fs::read(folder(&device).join(done.name)).unwrap();
    let derived = vault.derive("tekram/v1/test").unwrap();
    for secret in [
        &b"ZqLabel"[..],
        b"ZqMark",
        PASSPHRASE.as_bytes(),
        b"note_text",
        derived.expose(),
    ] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
}

#[test]
fn reads_that_take_long_are_said_to_be_in_the_way() {
    let device = Device::new();
    let (vault, _) = vault_with_backup(&device);
    write_note(&vault, "in the write-ahead log");
    vault
        .read(|connection| {
            let _: i64 = connection.query_row("SELECT count(*) FROM note_text", [], |row| row.get(0))?;
            write_note(&vault, "behind that read");
            let refused = vault.back_up(&place(&device), at(3), &mut on).unwrap_err();
            assert_eq!(refused.code(), "busy");
            Ok::<_, VaultError>(())
        })
        .unwrap();
    back_up(&vault, &device, 4);
}

/// A folder in which somebody else's turn comes whenever it is looked into.
struct Interrupted<'a> {
    folder: FolderPlace,
    before_list: &'a dyn Fn(),
}

impl BackupPlace for Interrupted<'_> {
    fn list(&self) -> Result<Vec<PlaceEntry>, VaultError> {
        (self.before_list)();
        self.folder.list()
    }

    fn get(&self, name: &str) -> Result<Box<dyn ReadSeek>, VaultError> {
        self.folder.get(name)
    }

    fn put(&self, name: &str, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        self.folder.put(name, fill)
    }

    fn append(&self, name: &str, at: u64, fill: &mut Fill<'_>) -> Result<(), VaultError> {
        self.folder.append(name, at, fill)
    }

    fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.folder.remove(name)
    }
}

#[test]
fn a_new_vault_key_meanwhile_is_no_damage_and_leaves_the_backup_as_it_was() {
    let device = Device::new();
    let (vault, _) = vault_with_backup(&device);
    let count = count_notes(&vault);
    let new_key = || {
        vault.change_vault_key(&KeyChange::default(), &mut on).unwrap();
    };
    let place = Interrupted {
        folder: place(&device),
        before_list: &new_key,
    };
    let refused = vault.back_up(&place, at(3), &mut on).unwrap_err();
    assert_eq!(refused.code(), "busy");
    let only_file = || {
        let files: Vec<_> = fs::read_dir(folder(&device)).unwrap().collect();
        assert_eq!(files.len(), 1);
        fs::read(files[0].as_ref().unwrap().path()).unwrap()
    };
    assert_eq!(restored_texts(&only_file()).len() as i64, count);

    // In the middle of the pages: the backup is of the moment when it began, and opens by the ways of that moment.
    write_note(&vault, "one more");
    let mut changed = false;
    vault
        .back_up(&self::place(&device), at(4), &mut |_| {
            if !std::mem::replace(&mut changed, true) {
                vault.change_vault_key(&KeyChange::default(), &mut on).unwrap();
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(changed);
    assert_eq!(restored_texts(&only_file()).len() as i64, count + 1);
    assert_eq!(count_notes(&vault), count + 1);
    let after = back_up(&vault, &device, 5);
    assert_eq!(after.full, Some(FullBackup::OtherKeys));
    assert_eq!(restored_texts(&only_file()).len() as i64, count + 1);
}
