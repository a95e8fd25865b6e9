//! A new vault key: everything is there under it, nothing of the old key opens, and whatever is cut on the way, the vault
//! opens by the ways in that its header names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::cell::Cell;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use support::{Device, NOTES, checked_phrase, copy_folder, count_notes, fixture, passphrase, write_note};
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{FileKeyStore, KeyChange, KeyStore, Progress, RecoveryPhrase, Store, Vault, WayInKind};

const ON: ControlFlow<()> = ControlFlow::Continue(());

/// A vault with every kind of way in.
struct Home {
    device: Device,
    keys: FileKeyStore,
    phrase: RecoveryPhrase,
    id: String,
}

fn home(notes: usize) -> (Home, Vault) {
    let device = Device::new();
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    let vault = device.create("Home");
    for number in 0..notes {
        write_note(&vault, &format!("note {number} {}", "x".repeat(3000)));
    }
    vault.add_key_store("laptop", &keys, SystemClock.now()).unwrap();
    let phrase = checked_phrase(&vault);
    let id = vault.id().to_owned();
    let home = Home {
        device,
        keys,
        phrase,
        id,
    };
    (home, vault)
}

/// Opens by every way in, and counts the notes.
fn open_by_every_way(store: &Store, keys: &FileKeyStore, phrase: &RecoveryPhrase, id: &str, notes: i64) {
    let vault = store.unlock_key_store(id, keys, &[NOTES]).unwrap();
    assert_eq!(count_notes(&vault), notes);
    check_every_page(&vault);
    vault.lock().unwrap();
    let vault = store.unlock_recovery_phrase(id, phrase, &[NOTES]).unwrap();
    assert_eq!(count_notes(&vault), notes);
    vault.lock().unwrap();
    let vault = store.unlock(id, &passphrase(), &[NOTES]).unwrap();
    assert_eq!(count_notes(&vault), notes);
    vault.lock().unwrap();
}

fn check_every_page(vault: &Vault) {
    vault
        .read(|connection| {
            let mut statement = connection.prepare("PRAGMA cipher_integrity_check")?;
            let wrong = statement.query_map([], |row| row.get::<_, String>(0))?.count();
            assert_eq!(wrong, 0);
            let whole: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
            assert_eq!(whole, "ok");
            Ok::<_, tekram_vault::VaultError>(())
        })
        .unwrap();
}

fn databases(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("vault"))
        .collect();
    names.sort();
    names
}

#[test]
fn everything_is_there_under_the_new_key_and_every_way_opens() {
    let (home, vault) = home(60);
    let folder = home.device.folder_of(&home.id);
    let derived = *vault.derive("tekram/v1/relation/a").unwrap().expose();
    vault.inbox().seal(b"later").unwrap();
    let unchecked = vault.new_recovery_phrase().unwrap();
    let old_header = fs::read(folder.join("header.json")).unwrap();
    let old_key_name = key_name(&vault);
    let change = KeyChange {
        key_store: Some(&home.keys),
        ..KeyChange::default()
    };
    let mut last = Progress::default();
    let gone = vault
        .change_vault_key(&change, &mut |progress| {
            assert!(progress.done_bytes >= last.done_bytes && progress.done_bytes <= progress.total_bytes);
            last = progress;
            ON
        })
        .unwrap();
    assert!(gone.is_empty());
    assert!(last.total_bytes > 60 * 3000 && last.done_bytes == last.total_bytes);
    // The unlocked vault goes on as if nothing had been.
    assert_eq!(count_notes(&vault), 60);
    write_note(&vault, "after");
    assert_eq!(count_notes(&vault), 61);
    assert_eq!(*vault.derive("tekram/v1/relation/a").unwrap().expose(), derived);
    assert_eq!(vault.unchecked_recovery_phrase().unwrap().words(), unchecked.words());
    let delivered = vault
        .drain_inbox(support::NOTE, |_, item| {
            assert_eq!(item.bytes.as_slice(), b"later");
            Ok::<_, tekram_vault::VaultError>(())
        })
        .unwrap();
    assert_eq!(delivered.delivered, 1);
    let new_key_name = key_name(&vault);
    vault.lock().unwrap();
    assert_eq!(databases(&folder), ["vault-2.db"]);
    assert!(!home.keys.exists(&old_key_name).unwrap() && home.keys.exists(&new_key_name).unwrap());
    open_by_every_way(&home.device.store, &home.keys, &home.phrase, &home.id, 61);

    // An old header put back leads to a key that opens nothing any more.
    fs::write(folder.join("header.json"), old_header).unwrap();
    let refused = home.device.unlock(&home.id).unwrap_err();
    assert_eq!(refused.code(), "missing_file");
    fs::rename(folder.join("vault-2.db"), folder.join("vault.db")).unwrap();
    assert_eq!(home.device.unlock(&home.id).unwrap_err().code(), "damaged");
}

fn key_name(vault: &Vault) -> String {
    let kinds = vault.ways_in().into_iter().map(|way_in| way_in.kind);
    kinds
        .filter_map(|kind| match kind {
            WayInKind::KeyStore { key_name } => Some(key_name),
            _ => None,
        })
        .next()
        .unwrap()
}

#[test]
fn cut_at_any_step_the_vault_opens_by_every_way_and_nothing_is_left_over() {
    let (home, vault) = home(900);
    let snapshots = tempfile::tempdir().unwrap();
    let taken = Cell::new(0_usize);
    // What a kill leaves is what is in the files at that moment.
    let snapshot = || {
        copy_folder(home.device.root(), &snapshots.path().join(taken.get().to_string()));
        taken.set(taken.get() + 1);
    };
    let change = KeyChange {
        key_store: Some(&home.keys),
        ..KeyChange::default()
    };
    snapshot();
    vault
        .change_vault_key(&change, &mut |_| {
            snapshot();
            ON
        })
        .unwrap();
    snapshot();
    vault.lock().unwrap();
    assert!(
        taken.get() >= 5,
        "before, while copying, before the switch, after it, and at the end: {}",
        taken.get()
    );
    let mut switched = Vec::new();
    for number in 0..taken.get() {
        let root: PathBuf = snapshots.path().join(number.to_string());
        let store = Store::open(&root).unwrap();
        let keys = FileKeyStore::open(root.join("keys")).unwrap();
        open_by_every_way(&store, &keys, &home.phrase, &home.id, 900);
        let left = databases(&root.join("vaults").join(&home.id));
        assert_eq!(left.len(), 1, "{number}: {left:?}");
        switched.push(left[0] == "vault-2.db");
        let in_store = fs::read_dir(root.join("keys")).unwrap().count();
        assert!(in_store <= 2, "{number}: {in_store}");
        // And the change can be made again from there.
        let vault = store.unlock(&home.id, &passphrase(), &[NOTES]).unwrap();
        let again = KeyChange {
            key_store: Some(&keys),
            ..KeyChange::default()
        };
        vault.change_vault_key(&again, &mut |_| ON).unwrap();
        vault.lock().unwrap();
        assert_eq!(
            fs::read_dir(root.join("keys")).unwrap().count(),
            1,
            "{number}: one key for the one way"
        );
        open_by_every_way(&store, &keys, &home.phrase, &home.id, 900);
    }
    let mut sorted = switched.clone();
    sorted.sort_unstable();
    assert_eq!(switched, sorted, "switched once and for good");
    assert!(!switched[0] && switched[taken.get() - 1]);
    assert_eq!(
        switched.iter().filter(|switched| **switched).count(),
        2,
        "after the switch, and at the end"
    );
}

#[test]
fn cut_while_the_header_is_replaced_the_old_key_stands() {
    let (home, vault) = home(3);
    let saved = tempfile::tempdir().unwrap();
    let change = KeyChange {
        key_store: Some(&home.keys),
        ..KeyChange::default()
    };
    let before_the_switch = saved.path().join("before");
    vault
        .change_vault_key(&change, &mut |progress| {
            if progress.done_bytes == progress.total_bytes && !before_the_switch.exists() {
                copy_folder(home.device.root(), &before_the_switch);
            }
            ON
        })
        .unwrap();
    vault.lock().unwrap();
    let new_header = fs::read(home.device.folder_of(&home.id).join("header.json")).unwrap();
    for length in [0, 1, new_header.len() / 2, new_header.len()] {
        let root = saved.path().join(length.to_string());
        copy_folder(&before_the_switch, &root);
        let folder = root.join("vaults").join(&home.id);
        assert_eq!(
            databases(&folder).iter().filter(|name| name.ends_with(".db")).count(),
            2
        );
        fs::write(folder.join("header.json.new"), &new_header[..length]).unwrap();
        let store = Store::open(&root).unwrap();
        let keys = FileKeyStore::open(root.join("keys")).unwrap();
        open_by_every_way(&store, &keys, &home.phrase, &home.id, 3);
        assert_eq!(databases(&folder), ["vault.db"]);
    }
}

#[test]
fn stopped_or_refused_the_old_key_stands_and_the_vault_goes_on() {
    let (home, vault) = home(900);
    let folder = home.device.folder_of(&home.id);
    let header = fs::read(folder.join("header.json")).unwrap();
    let change = KeyChange {
        key_store: Some(&home.keys),
        ..KeyChange::default()
    };
    for calls in 0..2 {
        let mut heard = 0;
        let stopped = vault.change_vault_key(&change, &mut |_| {
            heard += 1;
            if heard > calls { ControlFlow::Break(()) } else { ON }
        });
        assert_eq!(stopped.unwrap_err().code(), "cancelled", "after {calls}");
    }
    let refusals = [
        (KeyChange::default(), "way_not_upgraded"),
        (
            KeyChange {
                without: &["nothing"],
                ..change
            },
            "no_such_way_in",
        ),
    ];
    for (change, code) in refusals {
        assert_eq!(vault.change_vault_key(&change, &mut |_| ON).unwrap_err().code(), code);
    }
    let nested: Result<(), tekram_vault::VaultError> = vault.write(support::NOTE, |_| {
        vault.change_vault_key(&change, &mut |_| ON)?;
        Ok(())
    });
    assert_eq!(nested.unwrap_err().code(), "nested_write");
    assert_eq!(fs::read(folder.join("header.json")).unwrap(), header);
    assert!(databases(&folder).iter().all(|name| name.starts_with("vault.db")));
    write_note(&vault, "after");
    vault.lock().unwrap();
    open_by_every_way(&home.device.store, &home.keys, &home.phrase, &home.id, 901);
}

#[test]
fn a_way_can_go_with_the_old_key_and_the_last_one_stays() {
    let (home, vault) = home(1);
    let change = KeyChange {
        key_store: Some(&home.keys),
        without: &["passphrase"],
        drop_others: false,
    };
    let gone = vault.change_vault_key(&change, &mut |_| ON).unwrap();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].name, "passphrase");
    let keyless = KeyChange {
        without: &["recovery_phrase"],
        drop_others: true,
        ..KeyChange::default()
    };
    assert_eq!(
        vault.change_vault_key(&keyless, &mut |_| ON).unwrap_err().code(),
        "last_way_in"
    );
    vault.lock().unwrap();
    assert_eq!(home.device.unlock(&home.id).unwrap_err().code(), "no_such_way_in");
    let vault = home
        .device
        .store
        .unlock_key_store(&home.id, &home.keys, &[NOTES])
        .unwrap();
    let old_name = key_name(&vault);
    let dropped = vault
        .change_vault_key(
            &KeyChange {
                drop_others: true,
                ..KeyChange::default()
            },
            &mut |_| ON,
        )
        .unwrap();
    assert_eq!(dropped[0].name, "laptop");
    assert!(home.keys.exists(&old_name).unwrap(), "no key store was lent");
    vault.tidy_key_store(&home.keys).unwrap();
    assert!(!home.keys.exists(&old_name).unwrap());
    vault.lock().unwrap();
    home.device
        .store
        .unlock_recovery_phrase(&home.id, &home.phrase, &[NOTES])
        .unwrap();
}

#[test]
fn ways_of_an_old_header_refuse_until_they_were_used_or_are_dropped() {
    let device = Device::new();
    let id = fixture("version-2", device.root());
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    let change = KeyChange {
        key_store: Some(&keys),
        ..KeyChange::default()
    };
    let vault = device.unlock(&id).unwrap();
    assert_eq!(
        vault.change_vault_key(&change, &mut |_| ON).unwrap_err().code(),
        "way_not_upgraded"
    );
    vault.lock().unwrap();
    let words = fs::read_to_string(device.root().join("words.txt")).unwrap();
    let phrase = RecoveryPhrase::parse(&words).unwrap();
    let vault = device.store.unlock_recovery_phrase(&id, &phrase, &[NOTES]).unwrap();
    assert!(vault.change_vault_key(&change, &mut |_| ON).unwrap().is_empty());
    vault.lock().unwrap();
    open_by_every_way(&device.store, &keys, &phrase, &id, 1);

    let device = Device::new();
    let id = fixture("version-2", device.root());
    let keys = FileKeyStore::open(device.root().join("keys")).unwrap();
    let vault = device.unlock(&id).unwrap();
    let change = KeyChange {
        key_store: Some(&keys),
        drop_others: true,
        ..KeyChange::default()
    };
    let gone = vault.change_vault_key(&change, &mut |_| ON).unwrap();
    assert_eq!(
        gone.into_iter().map(|way_in| way_in.name).collect::<Vec<_>>(),
        ["recovery_phrase"]
    );
}

#[test]
fn reads_go_on_while_the_key_changes_and_the_file_they_read_goes_when_they_ended() {
    let (home, vault) = home(300);
    let folder = home.device.folder_of(&home.id);
    let change = KeyChange {
        key_store: Some(&home.keys),
        ..KeyChange::default()
    };
    let notes = vault
        .read(|connection| {
            let count = |connection: &rusqlite::Connection| -> i64 {
                connection
                    .query_row("SELECT sum(length(text)) > 0 FROM note_text", [], |row| row.get(0))
                    .unwrap()
            };
            assert_eq!(count(connection), 1);
            let other = vault.clone();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    other
                        .change_vault_key(&change, &mut |_| {
                            // Another read, at any step.
                            assert_eq!(count_notes(&other), 300);
                            ON
                        })
                        .unwrap();
                    write_note(&other, "after the switch");
                    assert_eq!(count_notes(&other), 301);
                });
            });
            // Still the snapshot of before, page by page.
            let all: i64 = connection.query_row("SELECT count(*) FROM note_text WHERE text LIKE '%x%'", [], |row| {
                row.get(0)
            })?;
            Ok::<_, tekram_vault::VaultError>(all)
        })
        .unwrap();
    assert_eq!(notes, 300);
    assert_eq!(count_notes(&vault), 301);
    assert!(folder.join("vault.db").exists(), "it was being read");
    vault.lock().unwrap();
    open_by_every_way(&home.device.store, &home.keys, &home.phrase, &home.id, 301);
    assert_eq!(databases(&folder), ["vault-2.db"]);
}

#[test]
fn a_key_whose_making_was_cut_is_made_anew_and_never_used() {
    let folder = tempfile::tempdir().unwrap();
    let keys = FileKeyStore::open(folder.path()).unwrap();
    let secret = tekram_primitives::secret::Secret32::random().unwrap();
    keys.wrap("laptop", &secret).unwrap();
    let of_key = |path: &PathBuf| path.extension().is_some_and(|end| end == "key");
    let files = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let file = files().find(of_key).unwrap();
    // What a kill or a power cut leaves of a key file that was not whole yet.
    for cut in [0, 1, 31] {
        fs::write(&file, vec![0; cut]).unwrap();
        let wrapped = keys.wrap("laptop", &secret).unwrap();
        let unwrapped = keys.unwrap("laptop", &wrapped).unwrap();
        assert_eq!(unwrapped.expose(), secret.expose());
        let key = fs::read(&file).unwrap();
        assert!(key.len() == 32 && key != [0; 32]);
    }
    // One that is whole is never replaced.
    let before = fs::read(&file).unwrap();
    keys.wrap("laptop", &secret).unwrap();
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_damaged_page_refuses_a_new_key_wherever_it_lies() {
    let (home, vault) = home(20);
    vault.lock().unwrap();
    let file = home.device.folder_of(&home.id).join("vault.db");
    let whole = fs::read(&file).unwrap();
    let pages = whole.len() / 8192;
    for page in 2..pages {
        let mut changed = whole.clone();
        changed[page * 8192 + 4000] ^= 1;
        fs::write(&file, &changed).unwrap();
        // The page may be one that opening needs.
        let Ok(vault) = home.device.unlock("Home") else {
            continue;
        };
        let change = KeyChange {
            key_store: Some(&home.keys),
            ..KeyChange::default()
        };
        let refused = vault.change_vault_key(&change, &mut |_| ON);
        assert_eq!(
            refused.map_err(|error| error.code()),
            Err("damaged"),
            "page {} of {pages}",
            page + 1
        );
        let _ = vault.lock();
        assert!(!home.device.folder_of(&home.id).join("vault-2.db").exists());
    }
}
