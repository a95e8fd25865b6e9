//! What arrives while the vault is locked is kept sealed, and is delivered once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::fs::{self, OpenOptions};
use std::io::Write;

use support::{Device, NOTE, count_notes, write_note};
use tekram_vault::{Drained, ITEM_LIMIT_BYTES, Inbox, InboxItem, InboxToken, Vault, VaultError};

fn keep(transaction: &rusqlite::Transaction<'_>, item: &InboxItem) -> Result<(), VaultError> {
    let text = String::from_utf8_lossy(&item.bytes).into_owned();
    transaction.execute("INSERT INTO note_text (text) VALUES (?1)", [text])?;
    Ok(())
}

fn texts(vault: &Vault) -> Vec<String> {
    vault
        .read(|connection| {
            let mut statement = connection.prepare("SELECT text FROM note_text ORDER BY id")?;
            let texts = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok::<_, VaultError>(texts)
        })
        .unwrap()
}

#[test]
fn what_arrived_while_locked_is_delivered_in_order_and_once() {
    let device = Device::new();
    let id = device.create("Home").id().to_owned();
    let inbox = device.store.inbox(&id).unwrap();
    let expected: Vec<String> = (0..200).map(|number| format!("play {number}")).collect();
    for text in &expected {
        inbox.seal(text.as_bytes()).unwrap();
    }
    let vault = device.unlock(&id).unwrap();
    let drained = vault.drain_inbox(NOTE, keep).unwrap();
    assert_eq!(
        drained,
        Drained {
            delivered: 200,
            ..Drained::default()
        }
    );
    assert_eq!(texts(&vault), expected);
    assert_eq!(vault.drain_inbox(NOTE, keep).unwrap(), Drained::default());
    assert_eq!(
        fs::metadata(device.folder_of(&id).join("inbox.log")).unwrap().len(),
        0,
        "nothing is left behind"
    );
}

#[test]
fn things_also_arrive_while_the_vault_is_unlocked_and_from_an_address_alone() {
    let device = Device::new();
    let vault = device.create("Home");
    // What an app extension gets: text, no access to the header.
    let address = serde_json::to_string(&vault.inbox_address()).unwrap();
    let extension = Inbox::new(&device.folder_of(vault.id()), serde_json::from_str(&address).unwrap());
    extension.seal(b"one").unwrap();
    vault.inbox().seal(b"two").unwrap();
    device.store.inbox("Home").unwrap().seal(b"").unwrap();
    vault.drain_inbox(NOTE, keep).unwrap();
    assert_eq!(texts(&vault), ["one", "two", ""]);
}

#[test]
fn what_lies_in_the_inbox_cannot_be_read_there() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.inbox().seal(b"marked text of an item").unwrap();
    let bytes = fs::read(device.folder_of(vault.id()).join("inbox.log")).unwrap();
    assert!(!bytes.windows(6).any(|part| part == b"marked"));
}

#[test]
fn an_interrupted_drain_goes_on_where_it_stopped_and_doubles_nothing() {
    let device = Device::new();
    let vault = device.create("Home");
    for number in 0..150 {
        vault.inbox().seal(format!("play {number}").as_bytes()).unwrap();
    }
    // Stops at every item once, also in the middle of a batch.
    for stop_at in [0, 1, 63, 64, 65, 100, 149] {
        let mut seen = count_notes(&vault);
        let stopped = vault.drain_inbox(NOTE, |transaction, item| {
            keep(transaction, item)?;
            seen += 1;
            if seen > stop_at {
                Err(VaultError::NoSuchVault)
            } else {
                Ok(())
            }
        });
        assert_eq!(stopped.unwrap_err().code(), "no_such_vault");
        assert_eq!(
            count_notes(&vault),
            stop_at,
            "what the failing receiver wrote is undone, the rest stays"
        );
    }
    let drained = vault.drain_inbox(NOTE, keep).unwrap();
    assert_eq!((drained.delivered, drained.already_delivered), (1, 149));
    assert_eq!(
        texts(&vault),
        (0..150).map(|number| format!("play {number}")).collect::<Vec<_>>()
    );
}

#[test]
fn an_old_copy_of_the_inbox_put_back_delivers_nothing_twice() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.inbox().seal(b"once").unwrap();
    let path = device.folder_of(vault.id()).join("inbox.log");
    let copy = fs::read(&path).unwrap();
    vault.drain_inbox(NOTE, keep).unwrap();
    fs::write(&path, [copy.as_slice(), &copy].concat()).unwrap();
    let drained = vault.drain_inbox(NOTE, keep).unwrap();
    assert_eq!((drained.delivered, drained.already_delivered), (0, 2));
    assert_eq!(texts(&vault), ["once"]);
}

#[test]
fn a_torn_end_is_skipped_and_kept_and_what_comes_after_arrives() {
    let device = Device::new();
    let vault = device.create("Home");
    let path = device.folder_of(vault.id()).join("inbox.log");
    vault.inbox().seal(b"before").unwrap();
    let whole = fs::read(&path).unwrap();
    for cut in [1, 8, 11, 27, 28, 100, whole.len() - 1] {
        fs::write(&path, &whole).unwrap();
        OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(&whole[..cut])
            .unwrap();
        vault.inbox().seal(format!("after a cut at {cut}").as_bytes()).unwrap();
        let drained = vault.drain_inbox(NOTE, keep).unwrap();
        assert_eq!(drained.torn_bytes, cut as u64);
        assert_eq!(fs::read(&path).unwrap(), whole[..cut], "the torn bytes are kept");
        assert_eq!(texts(&vault).last().unwrap(), &format!("after a cut at {cut}"));
    }
    assert_eq!(texts(&vault).iter().filter(|text| *text == "before").count(), 1);
}

#[test]
fn an_item_for_another_vault_is_kept_and_counted() {
    let device = Device::new();
    let (home, work) = (device.create("Home"), device.create("Work"));
    work.inbox().seal(b"for Work").unwrap();
    let strange = fs::read(device.folder_of(work.id()).join("inbox.log")).unwrap();
    let path = device.folder_of(home.id()).join("inbox.log");
    fs::write(&path, &strange).unwrap();
    home.inbox().seal(b"for Home").unwrap();
    let drained = home.drain_inbox(NOTE, keep).unwrap();
    assert_eq!((drained.delivered, drained.unreadable), (1, 1));
    assert_eq!(texts(&home), ["for Home"]);
    assert_eq!(fs::read(&path).unwrap(), strange);
}

#[test]
fn an_item_that_arrives_during_a_drain_stays_for_the_next() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.inbox().seal(b"first").unwrap();
    vault
        .drain_inbox(NOTE, |transaction, item| {
            vault.inbox().seal(b"second")?;
            keep(transaction, item)
        })
        .unwrap();
    assert_eq!(texts(&vault), ["first"]);
    vault.drain_inbox(NOTE, keep).unwrap();
    assert_eq!(texts(&vault), ["first", "second"]);
}

#[test]
fn an_inbox_kept_elsewhere_is_drained_from_there() {
    let device = Device::new();
    let vault = device.create("Home");
    let group = device.root().join("app group");
    fs::create_dir(&group).unwrap();
    let inbox = Inbox::new(&group, vault.inbox_address());
    inbox.seal(b"shared from another app").unwrap();
    assert_eq!(vault.drain_inbox(NOTE, keep).unwrap().delivered, 0);
    assert_eq!(vault.drain(&inbox, NOTE, keep).unwrap().delivered, 1);
    assert_eq!(texts(&vault), ["shared from another app"]);
}

#[test]
fn an_item_has_a_largest_size() {
    let device = Device::new();
    let vault = device.create("Home");
    assert_eq!(
        vault.inbox().seal(&vec![0; ITEM_LIMIT_BYTES + 1]).unwrap_err().code(),
        "item_too_large"
    );
    vault.inbox().seal(&vec![b'a'; ITEM_LIMIT_BYTES]).unwrap();
    vault.drain_inbox(NOTE, keep).unwrap();
    assert_eq!(texts(&vault)[0].len(), ITEM_LIMIT_BYTES);
}

#[test]
fn listeners_hear_of_a_drain() {
    let device = Device::new();
    let vault = device.create("Home");
    let (told, tell) = std::sync::mpsc::channel();
    let _subscription = vault.on_change(move |scope| told.send(scope).unwrap());
    vault.drain_inbox(NOTE, keep).unwrap();
    assert_eq!(tell.try_iter().count(), 0, "an empty inbox changes nothing");
    vault.inbox().seal(b"one").unwrap();
    vault.drain_inbox(NOTE, keep).unwrap();
    assert_eq!(tell.try_iter().collect::<Vec<_>>(), [NOTE]);
    write_note(&vault, "x");
}

#[test]
fn tokens_are_known_while_locked_and_a_damaged_file_takes_none() {
    let device = Device::new();
    let id = device.create("Home").id().to_owned();
    let inbox = device.store.inbox(&id).unwrap();
    assert!(inbox.tokens().unwrap().is_empty());
    inbox
        .change_tokens(|tokens| tokens.extend([InboxToken::of("a", "one"), InboxToken::of("b", "two")]))
        .unwrap();
    inbox
        .change_tokens(|tokens| tokens.retain(|token| token.id != "a"))
        .unwrap();
    let known = device.store.inbox(&id).unwrap().tokens().unwrap();
    assert_eq!((known.len(), known[0].is("two"), known[0].is("one")), (1, true, false));
    let file = device.folder_of(&id).join("inbox.tokens");
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("two") && text.contains(&hex_of(&known[0].sha256)));
    for damaged in [
        text.replace("\"version\":1", "\"version\":2"),
        text.replace("{", ""),
        "x".repeat(100_000),
    ] {
        fs::write(&file, damaged).unwrap();
        assert!(inbox.tokens().unwrap().is_empty());
    }
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
