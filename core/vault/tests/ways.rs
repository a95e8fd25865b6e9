//! Ways in: every way opens after each change, none that was removed does, recovery words open only once they were
//! checked, and a change that was cut leaves the ways as they were.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::fs;

use support::{Device, NOTES, count_notes, passphrase, write_note};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{Clock, SystemClock, Timestamp};
use tekram_vault::{FileKeyStore, KeyStore, RecoveryAnswer, RecoveryPhrase, Scope, Vault, VaultError, WayInKind};

const OTHER: &str = "another walk in the rain";

fn now() -> Timestamp {
    SystemClock.now()
}

fn code<T: std::fmt::Debug>(outcome: Result<T, VaultError>) -> &'static str {
    outcome.unwrap_err().code()
}

fn names(vault: &Vault) -> Vec<String> {
    vault.ways_in().into_iter().map(|way_in| way_in.name).collect()
}

fn keys(device: &Device) -> FileKeyStore {
    FileKeyStore::open(device.root().join("keys")).unwrap()
}

fn answers(phrase: &RecoveryPhrase, positions: &[u32]) -> Vec<RecoveryAnswer> {
    let words = phrase.words();
    let answer = |position: &u32| RecoveryAnswer {
        position: *position,
        word: words[*position as usize - 1].to_owned(),
    };
    positions.iter().map(answer).collect()
}

fn checked(vault: &Vault) -> RecoveryPhrase {
    let phrase = vault.new_recovery_phrase().unwrap();
    let asked = vault.recovery_questions().unwrap();
    vault.check_recovery_phrase(&answers(&phrase, &asked), now()).unwrap();
    phrase
}

/// Which of the ways open: passphrase, other passphrase, key store, recovery words.
fn opens(device: &Device, phrase: &RecoveryPhrase) -> [bool; 4] {
    let other = Passphrase::from(OTHER);
    // One after the other: an unlocked vault keeps the next one out.
    let passphrase = device.unlock("Home").is_ok();
    let other = device.store.unlock("Home", &other, &[NOTES]).is_ok();
    let key_store = device.store.unlock_key_store("Home", &keys(device), &[NOTES]).is_ok();
    let words = device.store.unlock_recovery_phrase("Home", phrase, &[NOTES]).is_ok();
    [passphrase, other, key_store, words]
}

#[test]
fn every_way_opens_after_each_change_and_no_removed_one_does() {
    let device = Device::new();
    let vault = device.create("Home");
    write_note(&vault, "milk");
    let phrase = checked(&vault);
    let reopen = || device.store.unlock_recovery_phrase("Home", &phrase, &[NOTES]).unwrap();
    vault.lock().unwrap();
    assert_eq!(opens(&device, &phrase), [true, false, false, true]);

    let vault = reopen();
    vault.add_key_store("This phone", &keys(&device), now()).unwrap();
    vault.lock().unwrap();
    assert_eq!(opens(&device, &phrase), [true, false, true, true]);

    let vault = reopen();
    vault
        .change_passphrase(&passphrase(), &Passphrase::from(OTHER), now())
        .unwrap();
    assert_eq!(names(&vault), ["passphrase", "recovery_phrase", "This phone"]);
    vault.lock().unwrap();
    assert_eq!(opens(&device, &phrase), [false, true, true, true]);

    let vault = reopen();
    vault.add_passphrase(&passphrase(), now()).unwrap();
    assert_eq!(names(&vault).last().unwrap(), "passphrase 2");
    vault.remove_way("passphrase").unwrap();
    vault.lock().unwrap();
    assert_eq!(opens(&device, &phrase), [true, false, true, true]);

    let vault = reopen();
    vault.remove_way("This phone").unwrap();
    vault.add_passphrase(&Passphrase::from(OTHER), now()).unwrap();
    assert_eq!(names(&vault).last().unwrap(), "passphrase", "a free name is used again");
    vault.lock().unwrap();
    assert_eq!(opens(&device, &phrase), [true, true, false, true]);

    let vault = reopen();
    vault.remove_way("recovery_phrase").unwrap();
    assert_eq!(count_notes(&vault), 1);
    vault.lock().unwrap();
    assert_eq!(opens(&device, &phrase), [true, true, false, false]);
    assert_eq!(
        code(device.store.unlock_recovery_phrase("Home", &phrase, &[NOTES])),
        "no_such_way_in"
    );
}

#[test]
fn the_last_way_in_stays() {
    let device = Device::new();
    let vault = device.create("Home");
    assert_eq!(code(vault.remove_way("passphrase")), "last_way_in");
    assert_eq!(code(vault.remove_way("nothing")), "no_such_way_in");
    vault.new_recovery_phrase().unwrap();
    assert_eq!(
        code(vault.remove_way("passphrase")),
        "last_way_in",
        "unchecked words are no way in"
    );
    vault.add_key_store("This phone", &keys(&device), now()).unwrap();
    vault.remove_way("passphrase").unwrap();
    assert_eq!(code(vault.remove_way("This phone")), "last_way_in");
    vault.lock().unwrap();
    device.store.unlock_key_store("Home", &keys(&device), &[NOTES]).unwrap();
}

#[test]
fn what_cannot_be_a_way_in_is_refused_and_changes_nothing() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.add_key_store("This phone", &keys(&device), now()).unwrap();
    let header = device.folder_of(vault.id()).join("header.json");
    let before = fs::read(&header).unwrap();
    let empty = Passphrase::from("");
    assert_eq!(code(vault.add_passphrase(&empty, now())), "empty_passphrase");
    assert_eq!(
        code(vault.change_passphrase(&passphrase(), &empty, now())),
        "empty_passphrase"
    );
    assert_eq!(
        code(vault.change_passphrase(&Passphrase::from(OTHER), &passphrase(), now())),
        "wrong_passphrase"
    );
    assert_eq!(
        code(vault.add_key_store("This phone", &keys(&device), now())),
        "way_in_exists"
    );
    assert_eq!(
        code(vault.add_key_store("passphrase", &keys(&device), now())),
        "way_in_exists"
    );
    assert_eq!(code(vault.add_key_store("", &keys(&device), now())), "bad_label");
    assert_eq!(code(vault.recovery_questions()), "nothing_to_check");
    assert_eq!(code(vault.unchecked_recovery_phrase()), "nothing_to_check");
    assert_eq!(code(vault.check_recovery_phrase(&[], now())), "nothing_to_check");
    assert_eq!(fs::read(&header).unwrap(), before);
    assert_eq!(
        code(device.store.create("Work", &empty, &[], &SystemClock)),
        "empty_passphrase"
    );
    vault.remove_way("passphrase").unwrap();
    assert_eq!(
        code(vault.change_passphrase(&passphrase(), &Passphrase::from(OTHER), now())),
        "no_such_way_in"
    );
}

#[test]
fn a_header_never_grows_beyond_what_can_be_read_again() {
    let device = Device::new();
    let vault = device.create("Home");
    let keys = keys(&device);
    let refused = (0..2000).find_map(|number| vault.add_key_store(&format!("{number}"), &keys, now()).err());
    assert_eq!(refused.unwrap().code(), "too_many_ways_in");
    vault.lock().unwrap();
    device.store.unlock_key_store("Home", &keys, &[NOTES]).unwrap();
}

#[test]
fn recovery_words_open_only_once_they_were_checked_and_are_then_kept_nowhere() {
    let device = Device::new();
    let vault = device.create("Home");
    let phrase = vault.new_recovery_phrase().unwrap();
    assert_eq!(names(&vault), ["passphrase"]);
    vault.lock().unwrap();
    assert_eq!(
        code(device.store.unlock_recovery_phrase("Home", &phrase, &[NOTES])),
        "no_such_way_in"
    );

    let vault = device.unlock("Home").unwrap();
    assert_eq!(
        vault.unchecked_recovery_phrase().unwrap().words(),
        phrase.words(),
        "after a lock they can be shown again"
    );
    let mut wrong = answers(&phrase, &[2, 7, 24]);
    wrong[1].word = "tekram".to_owned();
    let refused = vault.check_recovery_phrase(&wrong, now()).unwrap_err();
    assert!(matches!(refused, VaultError::WrongRecoveryWord { position: 7 }));
    let asked = vault.recovery_questions().unwrap();
    let way_in = vault.check_recovery_phrase(&answers(&phrase, &asked), now()).unwrap();
    assert_eq!(way_in.kind, WayInKind::RecoveryPhrase);
    assert_eq!(code(vault.unchecked_recovery_phrase()), "nothing_to_check");
    let header = fs::read_to_string(device.folder_of(vault.id()).join("header.json")).unwrap();
    assert!(!header.contains("unchecked"));
    vault.lock().unwrap();

    let other = device.create("Work");
    let others = checked(&other);
    assert_eq!(
        code(device.store.unlock_recovery_phrase("Home", &others, &[NOTES])),
        "wrong_recovery_phrase"
    );
    device.store.unlock_recovery_phrase("Home", &phrase, &[NOTES]).unwrap();
}

#[test]
fn older_recovery_words_open_until_new_ones_are_checked() {
    let device = Device::new();
    let vault = device.create("Home");
    let old = checked(&vault);
    let new = vault.new_recovery_phrase().unwrap();
    vault.lock().unwrap();
    let vault = device.store.unlock_recovery_phrase("Home", &old, &[NOTES]).unwrap();
    vault.check_recovery_phrase(&answers(&new, &[1, 2, 3]), now()).unwrap();
    vault.lock().unwrap();
    assert_eq!(
        code(device.store.unlock_recovery_phrase("Home", &old, &[NOTES])),
        "wrong_recovery_phrase"
    );
    let vault = device.store.unlock_recovery_phrase("Home", &new, &[NOTES]).unwrap();
    assert_eq!(names(&vault), ["passphrase", "recovery_phrase"]);
}

#[test]
fn a_change_cut_before_the_rename_leaves_the_ways_as_they_were() {
    let device = Device::new();
    let vault = device.create("Home");
    let folder = device.folder_of(vault.id());
    let header = folder.join("header.json");
    let old = fs::read(&header).unwrap();
    vault
        .change_passphrase(&passphrase(), &Passphrase::from(OTHER), now())
        .unwrap();
    vault.lock().unwrap();
    let new = fs::read(&header).unwrap();
    // The disk as a cut leaves it: the old header in its place, the new one beside it, whole or in part.
    for length in [0, 1, new.len() / 2, new.len()] {
        fs::write(&header, &old).unwrap();
        fs::write(folder.join("header.json.new"), &new[..length]).unwrap();
        assert_eq!(
            code(device.store.unlock("Home", &Passphrase::from(OTHER), &[NOTES])),
            "wrong_passphrase"
        );
        let vault = device.unlock("Home").unwrap();
        vault
            .add_key_store(&format!("{length}"), &keys(&device), now())
            .unwrap();
        assert!(
            !folder.join("header.json.new").exists(),
            "the next change takes its place"
        );
    }
}

#[test]
fn a_vault_can_begin_with_a_key_store_alone_and_two_never_share_a_key() {
    let device = Device::new();
    let keys = keys(&device);
    let create = |label: &str| {
        let vault = device
            .store
            .create_with_key_store(label, "This phone", &keys, &[NOTES], &SystemClock)
            .unwrap();
        vault.id().to_owned()
    };
    let (home, work) = (create("Home"), create("Work"));
    assert_eq!(code(device.unlock("Home")), "no_such_way_in");
    let (home_key, wrapped) = device.wrapped_key(&home, "This phone");
    let (work_key, _) = device.wrapped_key(&work, "This phone");
    assert_ne!(home_key, work_key);
    assert!(keys.exists(&home_key).unwrap());
    keys.remove(&work_key).unwrap();
    keys.remove(&work_key).unwrap();
    assert!(!keys.exists(&work_key).unwrap());
    assert_eq!(code(device.store.unlock_key_store("Work", &keys, &[NOTES])), "key_gone");
    let raw = keys.unwrap(&home_key, &wrapped).unwrap();
    device.store.unlock_raw(&home, raw, &[NOTES]).unwrap();
    assert_eq!(code(device.store.wrapped_key(&home, "passphrase")), "no_such_way_in");
}

#[test]
fn a_vault_is_renamed_to_a_free_label_and_listeners_hear_of_it() {
    let device = Device::new();
    device.create("Work").lock().unwrap();
    let vault = device.create("Home");
    let (told, heard) = std::sync::mpsc::channel();
    let _subscription = vault.on_change(move |scope| told.send(scope).unwrap());
    assert_eq!(code(device.store.rename(&vault, "Work")), "vault_exists");
    assert_eq!(code(device.store.rename(&vault, "")), "bad_label");
    assert!(heard.try_recv().is_err());
    device.store.rename(&vault, "Home").unwrap();
    device.store.rename(&vault, "Haus").unwrap();
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [Scope::VAULT; 2]);
    assert_eq!(vault.label(), "Haus");
    vault.lock().unwrap();
    assert_eq!(code(device.unlock("Home")), "no_such_vault");
    device.unlock("Haus").unwrap();
}

#[test]
fn a_deleted_vault_is_gone_with_its_key_and_disturbs_no_other() {
    let device = Device::new();
    let work = device.locked_vault_with_notes("Work");
    let vault = device.create("Home");
    let id = vault.id().to_owned();
    vault.add_key_store("This phone", &keys(&device), now()).unwrap();
    vault.inbox().seal(b"later").unwrap();
    assert_eq!(code(device.store.delete(&id)), "vault_in_use");
    vault.lock().unwrap();
    assert_eq!(code(device.store.delete("Home")), "no_such_vault", "only an id deletes");
    assert_eq!(device.store.delete(&id).unwrap().len(), 2);
    assert_eq!(code(device.store.delete(&id)), "no_such_vault");
    let left: Vec<_> = fs::read_dir(device.root().join("vaults"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with(".creating"))
        .collect();
    assert_eq!(left, [work]);
    assert_eq!(count_notes(&device.unlock("Work").unwrap()), 80);
    device.create("Home");
}

#[test]
fn a_deletion_that_was_cut_can_be_finished_and_left_nothing_to_open() {
    let device = Device::new();
    // Cut after the key was destroyed.
    let id = device.locked_vault_with_notes("Home");
    fs::remove_file(device.folder_of(&id).join("header.json")).unwrap();
    assert_eq!(device.store.list().unwrap()[0].problem, Some("missing_file"));
    device.store.delete(&id).unwrap();
    assert!(device.store.list().unwrap().is_empty());
    // Cut before the folder was removed.
    let remains = device.root().join(format!("vaults/.deleted-{id}"));
    fs::create_dir(&remains).unwrap();
    fs::write(remains.join("vault.db"), "rest").unwrap();
    assert!(device.store.list().unwrap().is_empty());
    device.create("Home");
    assert!(!remains.exists());
}
