//! `tekram vault …`: face, locking, audit, key, and an older state.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::device::{Device, PASSPHRASE};

#[test]
fn a_face_is_kept_and_seen_while_locked_as_far_as_wanted() {
    let device = Device::with_persona();
    let picture = device.folder.path().join("me.png");
    fs::write(&picture, vec![0x89; 300]).unwrap();
    let face = device.done(&["vault", "face"]);
    assert_eq!(face["colour"], json!(null));
    assert_eq!(face["shows"], json!({"name": true, "colour": false, "picture": false}));

    let picture = picture.to_str().unwrap();
    device.done(&[
        "vault",
        "face",
        "--colour",
        "12abEF",
        "--picture",
        picture,
        "--show",
        "colour,picture",
    ]);
    let face = device.done(&["vault", "face"]);
    assert_eq!(
        (&face["colour"], &face["picture_bytes"]),
        (&json!("12abef"), &json!(300))
    );
    assert_eq!(face["shows"], json!({"name": false, "colour": true, "picture": true}));
    assert_eq!(face["persona"], "Home", "unlocked, it has its name");

    // Whose name is not seen is found by its id.
    let entry = device.done(&["persona", "list"])["personas"][0].clone();
    assert_eq!(entry["persona"], "");
    assert_eq!(
        device.refused(&["--persona", "Home", "persona", "show"]),
        "no_such_persona"
    );
    let id = entry["id"].as_str().unwrap();
    assert_eq!(device.done(&["--persona", id, "persona", "show"])["persona"], "Home");

    let face = device.done(&["vault", "face", "--no-colour", "--no-picture", "--show", "name"]);
    assert_eq!((&face["colour"], &face["picture_bytes"]), (&json!(null), &json!(null)));
    device.done(&["--persona", "Home", "persona", "show"]);
    fs::write(device.folder.path().join("large.png"), vec![0; 24 * 1024 + 1]).unwrap();
    let large = device.folder.path().join("large.png");
    assert_eq!(
        device.refused(&["vault", "face", "--picture", large.to_str().unwrap()]),
        "avatar_too_large"
    );
    assert_eq!(
        device.refused(&["vault", "face", "--picture", "/nowhere/at/all.png"]),
        "no_such_file"
    );
    let wrong = device.run_as(PASSPHRASE, &["vault", "face", "--colour", "+12abe"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn locking_and_wiping_by_itself_are_kept_with_the_vault() {
    let device = Device::with_persona();
    assert_eq!(device.done(&["vault", "auto-lock"])["auto_lock_s"], json!(null));
    device.done(&["vault", "auto-lock", "300"]);
    assert_eq!(device.done(&["vault", "auto-lock"])["auto_lock_s"], 300);
    device.done(&["vault", "auto-lock", "--off"]);
    assert_eq!(device.done(&["vault", "auto-lock"])["auto_lock_s"], json!(null));

    assert_eq!(device.done(&["vault", "wipe-after", "2"])["wipe_after"], 5);
    device.done(&["vault", "wipe-after", "--off"]);
    assert_eq!(device.done(&["vault", "wipe-after"])["wipe_after"], json!(null));
    device.done(&["vault", "wipe-after", "6"]);
    for _ in 0..4 {
        let wrong = device.run_as("wrong", &["persona", "show"]);
        assert_eq!(Device::code(&wrong), "wrong_passphrase");
    }
    let waits = device.run_as("wrong", &["persona", "show"]);
    let error: serde_json::Value = serde_json::from_slice(&waits.stdout).unwrap();
    assert_eq!(error["error"]["code"], "wait");
    assert!(
        error["error"]["params"]["milliseconds"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            > 0
    );
}

#[test]
fn the_audit_is_searched_written_forgotten_and_checked() {
    let device = Device::with_history();
    let history = device.folder.path().join("history.jsonl");
    device.done(&["listen", "export", history.to_str().unwrap()]);
    let exports = device.done(&["vault", "audit", "--kind", "export"]);
    assert_eq!(exports["entries"].as_array().unwrap().len(), 1);
    assert_eq!(exports["entries"][0]["what"], "history");
    let both = device.done(&["vault", "audit", "--kind", "export", "--kind", "begun"]);
    assert_eq!(both["entries"].as_array().unwrap().len(), 2);
    let found = device.done(&["vault", "audit", "--text", "HISTORY", "--from", "2026-01-01"]);
    assert_eq!(found["entries"], exports["entries"]);
    let none = device.done(&["vault", "audit", "--until", "2026-01-01T00:00:00Z"]);
    assert_eq!(none["entries"], json!([]));
    let page = device.done(&["vault", "audit", "--limit", "1"]);
    let next = page["next"].to_string();
    let second = device.done(&["vault", "audit", "--limit", "1", "--after", &next]);
    // Each unlock is an entry, so the pages are two apart in time and one in number.
    let number = |page: &serde_json::Value| page["entries"][0]["number"].as_u64().unwrap();
    assert_eq!(number(&second) + 1, number(&page));

    let number = exports["entries"][0]["number"].to_string();
    assert_eq!(device.refused(&["vault", "audit-forget", &number]), "not_confirmed");
    device.done(&["vault", "audit-forget", &number, "--yes"]);
    assert_eq!(
        device.refused(&["vault", "audit-forget", &number, "--yes"]),
        "no_such_audit_entry"
    );
    let gone = device.done(&["vault", "audit", "--kind", "export"]);
    assert_eq!(
        (&gone["entries"][0]["what"], &gone["entries"][0]["destroyed"]),
        (&json!(null), &json!(true))
    );

    let file = device.folder.path().join("audit.jsonl");
    let path = file.to_str().unwrap();
    let written = device.done(&["vault", "audit-export", path])["entries"]
        .as_u64()
        .unwrap();
    assert_eq!(device.refused(&["vault", "audit-export", path]), "file_exists");
    let report = device.done(&["vault", "audit-check"]);
    assert_eq!((&report["whole"], &report["destroyed"]), (&json!(true), &json!(1)));
    assert!(report["entries"].as_u64().unwrap() > written);
    // Nothing is unlocked to check a file.
    let checked = device.done_with(&[], &["vault", "audit-check", path]);
    assert_eq!(
        (&checked["whole"], checked["entries"].as_u64()),
        (&json!(true), Some(written))
    );
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"passphrase\"", "\"nobody\"", 1)).unwrap();
    let checked = device.done_with(&[], &["vault", "audit-check", path]);
    assert_eq!(checked["whole"], false);
    assert_eq!(checked["breaks"][0]["fault"], "content");
}

#[test]
fn a_new_key_drops_a_way_in_and_the_rest_opens() {
    let device = Device::with_history();
    let both = [
        ("TEKRAM_PASSPHRASE", PASSPHRASE),
        ("TEKRAM_NEW_PASSPHRASE", "another walk"),
    ];
    device.done_with(&both, &["persona", "passphrase", "--add"]);
    assert_eq!(
        device.refused(&["vault", "key-change", "--without", "nothing"]),
        "no_such_way_in"
    );
    let changed = device.done(&["vault", "key-change"]);
    assert_eq!(changed["ways"].as_array().unwrap().len(), 2);
    assert_eq!(changed["gone"], json!([]));
    let changed = device.done(&["vault", "key-change", "--without", "passphrase"]);
    assert_eq!(changed["gone"][0]["name"], "passphrase");
    assert_eq!(device.refused(&["persona", "show"]), "wrong_passphrase");
    let other = [("TEKRAM_PASSPHRASE", "another walk")];
    assert_eq!(device.done_with(&other, &["persona", "show"])["listens"], 2);
    let last = Device::code(&device.run_as("another walk", &["vault", "key-change", "--without", "passphrase 2"]));
    assert_eq!(last, "last_way_in");
    let noted = device.done_with(&other, &["vault", "audit", "--kind", "vault_key_changed"]);
    assert_eq!(noted["entries"].as_array().unwrap().len(), 2);
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_vault_put_back_is_noticed_by_the_key_store_and_can_be_accepted() {
    let device = Device::with_persona();
    let keys = device.folder.path().join("keys");
    let environment = [
        ("TEKRAM_PASSPHRASE", PASSPHRASE),
        ("TEKRAM_KEY_STORE", keys.to_str().unwrap()),
    ];
    let done = |words: &[&str]| device.done_with(&environment, words);
    let shown = done(&["persona", "show"]);
    let id = shown["id"].as_str().unwrap();
    let folder = device.folder.path().join("data").join("vaults").join(id);
    let older = device.folder.path().join("older");
    copy(&folder, &older);
    done(&["persona", "rename", "Later"]);
    fs::remove_dir_all(&folder).unwrap();
    copy(&older, &folder);

    assert_eq!(
        Device::code(&device.run_with(&environment, &["persona", "show"])),
        "rolled_back"
    );
    let accepted = done(&["vault", "accept-rollback"]);
    assert_eq!(
        (&accepted["persona"], &accepted["accepted"]),
        (&json!("Home"), &json!(true))
    );
    assert_eq!(done(&["persona", "show"])["persona"], "Home");
}
