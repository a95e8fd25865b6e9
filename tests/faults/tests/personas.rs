//! Two personas side by side on one device: whoever has everything of one opens nothing of the other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;

use tekram_faults::deed::{Device, FAULT, SCOPE, answers, keep_item};
use tekram_harness::folder::copy_folder;
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{
    BackupKey, BackupPlace, InboxItem, KeyStore, RecoveryPhrase, RestoreOptions, Vault, VaultError, WayInKind,
};

/// A persona, with all that opens it.
struct Persona {
    id: String,
    vault: Vault,
    passphrase: Passphrase,
    words: RecoveryPhrase,
    key_name: String,
    vault_key: Secret32,
    backup: String,
}

fn persona(device: &Device, label: &str) -> Persona {
    let passphrase = Passphrase::from(format!("{label} tulip harbour"));
    let vault = device.store.create(label, &passphrase, &[FAULT], &SystemClock).unwrap();
    let now = SystemClock.now();
    let way_in = vault.add_key_store("This phone", device.keys.as_ref(), now).unwrap();
    let WayInKind::KeyStore { key_name } = way_in.kind else {
        panic!("a key store is one");
    };
    let words = vault.new_recovery_phrase().unwrap();
    vault.check_recovery_phrase(&answers(&words.words()), now).unwrap();
    vault.inbox().seal(format!("for {label}").as_bytes()).unwrap();
    let wrapped = device.store.wrapped_key(vault.id(), "This phone").unwrap();
    let place = device.place().unwrap();
    let backup = vault
        .back_up(&place, now, &mut |_| ControlFlow::Continue(()))
        .unwrap()
        .name;
    Persona {
        id: vault.id().to_owned(),
        vault_key: device.keys.unwrap(&key_name, &wrapped).unwrap(),
        vault,
        passphrase,
        words,
        key_name,
        backup,
    }
}

fn code<T: std::fmt::Debug>(refused: Result<T, VaultError>) -> &'static str {
    refused.unwrap_err().code()
}

#[test]
fn one_persona_does_not_open_with_everything_that_the_other_has() {
    let folder = tempfile::tempdir().unwrap();
    let device = Device::open(folder.path()).unwrap();
    let (home, work) = (persona(&device, "Home"), persona(&device, "Work"));
    // Unlocked side by side: no key of one is a key of the other.
    let mut keys = BTreeSet::new();
    for persona in [&home, &work] {
        for label in ["tekram/v1/relation/1", "tekram/v1/cashu/1", "tekram/v1/nostr/1"] {
            assert!(keys.insert(*persona.vault.derive(label).unwrap().expose()));
        }
        assert!(keys.insert(*persona.vault_key.expose()));
        assert!(keys.insert(persona.vault.inbox_address().public_key));
    }
    assert_ne!(home.key_name, work.key_name);
    let wrapped = device.store.wrapped_key(&work.id, "This phone").unwrap();
    let refused = device.keys.unwrap(&home.key_name, &wrapped).unwrap_err();
    assert_eq!(
        refused.code(),
        "key_not_mine",
        "the key store's key of one does not unwrap the other's"
    );
    for persona in [&home, &work] {
        persona.vault.clone().lock().unwrap();
    }

    let store = &device.store;
    assert_eq!(
        code(store.unlock(&work.id, &home.passphrase, &[FAULT])),
        "wrong_passphrase"
    );
    let by_words = store.unlock_recovery_phrase(&work.id, &home.words, &[FAULT]);
    assert_eq!(code(by_words), "wrong_recovery_phrase");
    assert_eq!(
        code(store.unlock_raw(&work.id, home.vault_key.clone(), &[FAULT])),
        "wrong_key"
    );
    let place = device.place().unwrap();
    for key in [
        BackupKey::Passphrase(&home.passphrase),
        BackupKey::RecoveryPhrase(&home.words),
    ] {
        let options = RestoreOptions {
            replace: true,
            ..RestoreOptions::default()
        };
        let restored = store.restore(
            place.get(&work.backup).unwrap(),
            key,
            &options,
            &[FAULT],
            &SystemClock,
            &mut |_| ControlFlow::Continue(()),
        );
        assert!(["wrong_passphrase", "wrong_recovery_phrase"].contains(&code(restored)));
    }

    // Nor with its files in the other's place, one by one and together; and nothing of the other is harmed by it.
    let folders = |id: &str| folder.path().join("vaults").join(id);
    let kept = tempfile::tempdir().unwrap();
    copy_folder(&folders(&work.id), kept.path()).unwrap();
    let all = ["header.json", "vault.db", "inbox.log"];
    for exchanged in [&all[..1], &all[1..2], &all[..2], &all[..]] {
        for file in exchanged {
            fs::copy(folders(&home.id).join(file), folders(&work.id).join(file)).unwrap();
        }
        for passphrase in [&home.passphrase, &work.passphrase] {
            let refused = code(store.unlock(&work.id, passphrase, &[FAULT]));
            let said = ["foreign_vault", "damaged", "no_such_vault", "wrong_passphrase"];
            assert!(said.contains(&refused), "{exchanged:?}: {refused}");
        }
        copy_folder(kept.path(), &folders(&work.id)).unwrap();
    }
    // What is sealed to one is not opened by the other, and stays.
    fs::copy(folders(&home.id).join("inbox.log"), folders(&work.id).join("inbox.log")).unwrap();
    let vault = store.unlock(&work.id, &work.passphrase, &[FAULT]).unwrap();
    let drained = vault
        .drain_inbox(SCOPE, |transaction, item: &InboxItem| keep_item(transaction, item))
        .unwrap();
    assert_eq!((drained.delivered, drained.unreadable), (0, 1));
    vault.lock().unwrap();
    fs::copy(kept.path().join("inbox.log"), folders(&work.id).join("inbox.log")).unwrap();
    for persona in [&home, &work] {
        let vault = store.unlock(&persona.id, &persona.passphrase, &[FAULT]).unwrap();
        assert_eq!(vault.drain_inbox(SCOPE, keep_item).unwrap().delivered, 1);
        vault.lock().unwrap();
    }
}
