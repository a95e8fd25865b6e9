//! A vault's life: made, locked, listed, unlocked, shared by threads, held by one process at a time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::process::Command;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;

use support::{Device, NOTE, NOTES, count_notes, passphrase, write_note};
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{FileKeyStore, KeyStore, KeyStoreError, Scope, VaultError, WayInKind};

#[test]
fn what_was_written_is_there_after_locking_and_unlocking() {
    let device = Device::new();
    let vault = device.create("Home");
    let id = vault.id().to_owned();
    write_note(&vault, "milk");
    vault.lock().unwrap();
    for name in ["Home", id.as_str()] {
        let vault = device.unlock(name).unwrap();
        assert_eq!(count_notes(&vault), 1);
        assert_eq!(
            (vault.id(), vault.label().as_str(), vault.epoch()),
            (id.as_str(), "Home", 1)
        );
        vault.lock().unwrap();
    }
}

#[test]
fn a_locked_device_shows_labels_and_ways_in_and_nothing_else() {
    let device = Device::new();
    device.create("Work").lock().unwrap();
    device.create("Home").lock().unwrap();
    let listed = device.store.list().unwrap();
    let labels: Vec<_> = listed.iter().map(|entry| entry.label.as_str()).collect();
    assert_eq!(labels, ["Home", "Work"]);
    assert!(
        listed
            .iter()
            .all(|entry| entry.ways_in.len() == 1 && entry.problem.is_none())
    );
    assert_eq!(listed[0].ways_in[0].kind, WayInKind::Passphrase);
    let names: Vec<_> = std::fs::read_dir(device.root().join("vaults"))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        names.iter().all(|name| !name.to_string_lossy().contains("Home")),
        "no personal name in a file name"
    );
}

#[test]
fn a_label_is_taken_once_and_is_one_line_of_text() {
    let device = Device::new();
    device.create("Home").lock().unwrap();
    let create = |label: &str| {
        device
            .store
            .create(label, &passphrase(), &[], &SystemClock)
            .unwrap_err()
            .code()
    };
    assert_eq!(create("Home"), "vault_exists");
    assert_eq!(create(""), "bad_label");
    assert_eq!(create("a\nb"), "bad_label");
    assert_eq!(create(&"x".repeat(65)), "bad_label");
    assert_eq!(device.unlock("Nobody").unwrap_err().code(), "no_such_vault");
    assert_eq!(device.unlock("../Home").unwrap_err().code(), "no_such_vault");
}

#[test]
fn a_vault_whose_making_was_cut_is_not_listed_and_goes_with_the_next() {
    let device = Device::new();
    let unfinished = device
        .root()
        .join("vaults/.unfinished-00112233445566778899aabbccddeeff");
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::write(unfinished.join("vault.db"), "half").unwrap();
    assert!(device.store.list().unwrap().is_empty());
    device.create("Home");
    assert!(!unfinished.exists());
}

#[test]
fn a_wrong_passphrase_is_refused_and_the_right_one_still_opens() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let before = support::fingerprints(&device.folder_of(&id));
    for wrong in ["", "Tulip harbour candle seventeen", "tulip harbour candle seventeen "] {
        let refused = device
            .store
            .unlock(&id, &Passphrase::from(wrong), &[NOTES])
            .unwrap_err();
        assert_eq!(refused.code(), "wrong_passphrase");
    }
    let mut after = support::fingerprints(&device.folder_of(&id));
    assert!(
        after.remove("tries.json").is_some(),
        "it is counted, and nothing else is touched"
    );
    assert_eq!(after, before);
    assert_eq!(count_notes(&device.unlock(&id).unwrap()), 80);
}

#[test]
fn a_passphrase_is_the_same_however_the_keyboard_composes_its_letters() {
    let device = Device::new();
    let composed = Passphrase::from("caf\u{e9} cr\u{e8}me");
    let decomposed = Passphrase::from("cafe\u{301} cre\u{300}me");
    device
        .store
        .create("Home", &composed, &[], &SystemClock)
        .unwrap()
        .lock()
        .unwrap();
    device.store.unlock("Home", &decomposed, &[]).unwrap().lock().unwrap();
}

#[test]
fn a_second_handle_waits_outside_until_the_first_locks() {
    let device = Device::new();
    let vault = device.create("Home");
    assert_eq!(device.unlock("Home").unwrap_err().code(), "vault_in_use");
    vault.lock().unwrap();
    let vault = device.unlock("Home").unwrap();
    assert_eq!(device.unlock("Home").unwrap_err().code(), "vault_in_use");
    drop(vault);
    device.unlock("Home").unwrap();
}

#[test]
fn a_second_process_is_kept_out() {
    let device = Device::new();
    let vault = device.create("Home");
    let other = |expected: &str| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "as_a_second_process", "--ignored", "--nocapture"])
            .env("TEKRAM_TEST_ROOT", device.root())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(&format!("unlocked: {expected}\n")), "{said}");
    };
    other("vault_in_use");
    vault.lock().unwrap();
    other("yes");
}

#[test]
#[ignore = "the other process of the test above"]
fn as_a_second_process() {
    let Ok(root) = std::env::var("TEKRAM_TEST_ROOT") else {
        return;
    };
    let store = tekram_vault::Store::open(root).unwrap();
    let said = store
        .unlock("Home", &passphrase(), &[NOTES])
        .map_or_else(|error| error.code(), |_| "yes");
    println!("\nunlocked: {said}");
}

#[test]
fn locking_locks_every_clone() {
    let device = Device::new();
    let vault = device.create("Home");
    let clone = vault.clone();
    vault.lock().unwrap();
    let locked = |error: VaultError| error.code() == "locked";
    assert!(clone.read(|_| Ok::<_, VaultError>(())).is_err_and(locked));
    assert!(clone.write(NOTE, |_| Ok::<_, VaultError>(())).is_err_and(locked));
    assert!(clone.derive("a").is_err_and(locked));
    assert!(
        clone
            .drain_inbox(NOTE, |_, _| Ok::<_, VaultError>(()))
            .is_err_and(locked)
    );
    assert!(clone.lock().is_ok());
}

#[test]
fn locking_leaves_no_write_ahead_log() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let names: Vec<_> = support::fingerprints(&device.folder_of(&id)).into_keys().collect();
    assert_eq!(names, ["header.json", "vault.db"]);
}

#[test]
fn a_refused_or_panicking_write_leaves_nothing() {
    let device = Device::new();
    let vault = device.create("Home");
    let refused = vault.write(NOTE, |transaction| {
        transaction.execute("INSERT INTO note_text (text) VALUES ('x')", [])?;
        Err::<(), _>(VaultError::NoSuchVault)
    });
    assert_eq!(refused.unwrap_err().code(), "no_such_vault");
    let again = vault.clone();
    let panicked = thread::spawn(move || {
        let _ = again.write(NOTE, |transaction| {
            transaction.execute("INSERT INTO note_text (text) VALUES ('x')", [])?;
            assert!(transaction.is_autocommit(), "a panic on purpose");
            Ok::<_, VaultError>(())
        });
    });
    assert!(panicked.join().is_err());
    assert_eq!(count_notes(&vault), 0);
    write_note(&vault, "after");
    assert_eq!(count_notes(&vault), 1);
}

#[test]
fn a_write_inside_a_write_is_refused_and_a_read_sees_what_was_before() {
    let device = Device::new();
    let vault = device.create("Home");
    vault
        .write(NOTE, |transaction| {
            transaction.execute("INSERT INTO note_text (text) VALUES ('x')", [])?;
            let inner = vault.write(NOTE, |_| Ok::<_, VaultError>(()));
            assert_eq!(inner.unwrap_err().code(), "nested_write");
            assert_eq!(vault.clone().lock().unwrap_err().code(), "nested_write");
            assert_eq!(count_notes(&vault), 0);
            Ok::<_, VaultError>(())
        })
        .unwrap();
    assert_eq!(count_notes(&vault), 1);
}

#[test]
fn a_reader_refuses_to_write() {
    let device = Device::new();
    let vault = device.create("Home");
    let refused = vault.read(|connection| {
        connection.execute("INSERT INTO note_text (text) VALUES ('x')", [])?;
        Ok::<_, VaultError>(())
    });
    assert_eq!(refused.unwrap_err().code(), "db");
    assert_eq!(count_notes(&vault), 0);
}

#[test]
fn a_reader_keeps_its_snapshot_while_a_writer_commits() {
    let device = Device::new();
    let vault = device.create("Home");
    write_note(&vault, "before");
    let count = |connection: &rusqlite::Connection| -> Result<i64, VaultError> {
        Ok(connection.query_row("SELECT count(*) FROM note_text", [], |row| row.get(0))?)
    };
    let seen = vault.read(|connection| {
        let first = count(connection)?;
        let writer = vault.clone();
        thread::spawn(move || write_note(&writer, "meanwhile")).join().unwrap();
        Ok::<_, VaultError>((first, count(connection)?, count_notes(&vault)))
    });
    assert_eq!(
        seen.unwrap(),
        (1, 1, 2),
        "the snapshot stays, a new read sees the commit"
    );
}

#[test]
fn many_readers_inside_each_other_do_not_wait_for_themselves() {
    let device = Device::new();
    let vault = device.create("Home");
    fn nest(vault: &tekram_vault::Vault, depth: u32) -> i64 {
        let nested = vault.read(|_| {
            Ok::<_, VaultError>(if depth == 0 {
                count_notes(vault)
            } else {
                nest(vault, depth - 1)
            })
        });
        nested.unwrap()
    }
    assert_eq!(nest(&vault, 8), 0);
}

#[test]
fn readers_and_writers_on_many_threads_never_see_half_a_change() {
    let device = Device::new();
    let vault = device.create("Home");
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..40 {
                    vault
                        .write(NOTE, |transaction| {
                            transaction.execute("INSERT INTO note_text (text) VALUES ('left')", [])?;
                            transaction.execute("INSERT INTO note_text (text) VALUES ('right')", [])?;
                            Ok::<_, VaultError>(())
                        })
                        .unwrap();
                }
            });
        }
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    assert_eq!(count_notes(&vault) % 2, 0);
                }
            });
        }
    });
    assert_eq!(count_notes(&vault), 160);
}

#[test]
fn whoever_subscribed_hears_the_scope_of_each_commit_until_they_leave() {
    let device = Device::new();
    let vault = device.create("Home");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let subscription = {
        let (heard, vault) = (Arc::clone(&heard), vault.clone());
        // A listener may read: it sees what was committed.
        vault
            .clone()
            .on_change(move |scope| heard.lock().unwrap().push((scope, count_notes(&vault))))
    };
    write_note(&vault, "one");
    vault.write(Scope("pay"), |_| Ok::<_, VaultError>(())).unwrap();
    let _ = vault.write(NOTE, |_| Err::<(), _>(VaultError::NoSuchVault));
    drop(subscription);
    write_note(&vault, "two");
    assert_eq!(*heard.lock().unwrap(), [(NOTE, 1), (Scope("pay"), 1)]);
}

#[test]
fn a_listener_may_write() {
    let device = Device::new();
    let vault = device.create("Home");
    let (told, tell) = mpsc::channel();
    let writer = vault.clone();
    let _subscription = vault.on_change(move |scope| {
        if scope == NOTE {
            writer.write(Scope("other"), |_| Ok::<_, VaultError>(())).unwrap();
        }
        told.send(scope).unwrap();
    });
    write_note(&vault, "one");
    assert_eq!(tell.try_iter().collect::<Vec<_>>(), [Scope("other"), NOTE]);
}

#[test]
fn derived_keys_are_stable_and_differ_by_label_and_vault() {
    let device = Device::new();
    let (home, work) = (device.create("Home"), device.create("Work"));
    let key = |vault: &tekram_vault::Vault, label: &str| *vault.derive(label).unwrap().expose();
    let first = key(&home, "tekram/v1/a");
    assert_ne!(first, key(&home, "tekram/v1/b"));
    assert_ne!(first, key(&work, "tekram/v1/a"));
    home.lock().unwrap();
    assert_eq!(first, key(&device.unlock("Home").unwrap(), "tekram/v1/a"));
}

#[test]
fn a_key_store_opens_what_it_wrapped_and_says_when_the_key_is_gone() {
    let device = Device::new();
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    let vault = device.create("Home");
    let id = vault.id().to_owned();
    vault.add_key_store("This phone", &keys, SystemClock.now()).unwrap();
    assert_eq!(vault.ways_in().len(), 2);
    vault.lock().unwrap();

    device
        .store
        .unlock_key_store(&id, &keys, &[NOTES])
        .unwrap()
        .lock()
        .unwrap();
    device.unlock(&id).unwrap().lock().unwrap();

    let (name, wrapped) = device.wrapped_key(&id, "This phone");
    let raw = keys.unwrap(&name, &wrapped).unwrap();
    device.store.unlock_raw(&id, raw, &[NOTES]).unwrap().lock().unwrap();
    let other_key = device.store.unlock_raw(&id, Secret32::new([1; 32]), &[NOTES]);
    assert_eq!(other_key.unwrap_err().code(), "wrong_key");

    let elsewhere = FileKeyStore::open(device.root().join("other keys")).unwrap();
    assert_eq!(
        device
            .store
            .unlock_key_store(&id, &elsewhere, &[NOTES])
            .unwrap_err()
            .code(),
        "key_gone"
    );
    elsewhere.wrap(&name, &Secret32::new([1; 32])).unwrap();
    assert_eq!(
        device
            .store
            .unlock_key_store(&id, &elsewhere, &[NOTES])
            .unwrap_err()
            .code(),
        "key_not_mine"
    );
}

#[test]
fn a_vault_without_a_key_store_says_so() {
    let device = Device::new();
    device.create("Home").lock().unwrap();
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    assert_eq!(
        device
            .store
            .unlock_key_store("Home", &keys, &[NOTES])
            .unwrap_err()
            .code(),
        "no_such_way_in"
    );
}

#[test]
fn a_key_store_that_refuses_is_heard() {
    /// Stands for a platform's key store that wants a fingerprint first.
    #[derive(Debug)]
    struct FakeStoreThatWantsPresence;
    impl KeyStore for FakeStoreThatWantsPresence {
        fn wrap(&self, _: &str, key: &Secret32) -> Result<Vec<u8>, KeyStoreError> {
            Ok(key.expose().to_vec())
        }
        fn unwrap(&self, _: &str, _: &[u8]) -> Result<Secret32, KeyStoreError> {
            Err(KeyStoreError::PresenceNeeded)
        }
        fn remove(&self, _: &str) -> Result<(), KeyStoreError> {
            Ok(())
        }
        fn exists(&self, _: &str) -> Result<bool, KeyStoreError> {
            Ok(true)
        }
        fn keep_number(&self, _: &str, _: u64) -> Result<(), KeyStoreError> {
            Ok(())
        }
        fn kept_number(&self, _: &str) -> Result<Option<u64>, KeyStoreError> {
            Ok(None)
        }
    }
    let device = Device::new();
    let vault = device.create("Home");
    vault
        .add_key_store("This phone", &FakeStoreThatWantsPresence, SystemClock.now())
        .unwrap();
    vault.lock().unwrap();
    let refused = device
        .store
        .unlock_key_store("Home", &FakeStoreThatWantsPresence, &[NOTES]);
    assert_eq!(refused.unwrap_err().code(), "presence_needed");
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let device = Device::new();
    let vault = device.create("Home");
    write_note(&vault, "milk");
    vault.inbox().seal(b"later").unwrap();
    let folder = device.folder_of(vault.id());
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
    }
}

#[test]
fn what_is_printed_shows_no_secret() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.inbox().seal(b"secret text").unwrap();
    let root = hex::encode(vault.derive("x").unwrap().expose());
    let mut printed = format!("{vault:?} {:?} {:?} {:?}", device.store, vault.inbox(), passphrase());
    vault
        .drain_inbox(NOTE, |_, item| {
            printed.push_str(&format!("{item:?}"));
            Ok::<_, VaultError>(())
        })
        .unwrap();
    let wrong = device.store.unlock("Work", &passphrase(), &[]).unwrap_err();
    printed.push_str(&format!("{wrong:?} {wrong}"));
    let path = device.root().to_string_lossy().into_owned();
    for secret in [root.as_str(), support::PASSPHRASE, "secret text", &path] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("[REDACTED]"));
}
