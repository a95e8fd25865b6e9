//! The audit: what is written by itself, what the person finds again, and that whoever changes it is found out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::fs;

use support::{Device, NOTE, NOTES, PASSPHRASE, passphrase, write_note};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::Timestamp;
use tekram_vault::{AuditEntry, AuditEvent, AuditFault, AuditKind, AuditQuery, Vault, VaultError, verify_audit_export};

const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);

fn entries(vault: &Vault) -> Vec<AuditEntry> {
    vault.audit_entries(&AuditQuery::default()).unwrap().entries
}

/// Kinds with what they say, oldest first.
fn story(vault: &Vault) -> Vec<(String, String)> {
    let mut story: Vec<_> = entries(vault)
        .into_iter()
        .map(|entry| {
            let content = entry.content.unwrap_or_default();
            (
                entry.kind.name().to_owned(),
                format!("{} {}", content.who, content.what).trim().to_owned(),
            )
        })
        .collect();
    story.reverse();
    story
}

fn owned(story: &[(&str, &str)]) -> Vec<(String, String)> {
    story
        .iter()
        .map(|(kind, what)| ((*kind).to_owned(), (*what).to_owned()))
        .collect()
}

/// A disclosure to a relation.
fn disclosure(number: u32) -> AuditEvent {
    AuditEvent::new(AuditKind::Disclosure)
        .who(format!("Baker {number}"))
        .party(format!("relation-{}", number % 3))
        .record(format!("record-{number}"))
        .what("Größe der Schuhe")
}

/// Runs SQL as somebody who has the vault key and another program.
fn tamper(vault: &Vault, sql: &str) -> Result<(), VaultError> {
    vault.write(NOTE, |transaction| Ok(transaction.execute_batch(sql)?))
}

const NO_TRIGGERS: &str = "DROP TRIGGER vault_audit_entry_in_order; DROP TRIGGER vault_audit_entry_unchanged;
    DROP TRIGGER vault_audit_entry_kept; DROP TRIGGER vault_audit_content_with_entry;
    DROP TRIGGER vault_audit_content_unchanged; DROP TRIGGER vault_audit_content_destroyed;";

#[test]
fn unlocking_and_each_change_of_the_header_is_written_by_the_vault_itself() {
    let device = Device::new();
    let vault = device.create("Home");
    let second = Passphrase::from("another one entirely");
    vault.add_passphrase(&second, NOW).unwrap();
    vault
        .change_passphrase(&second, &Passphrase::from("a third"), NOW)
        .unwrap();
    vault.remove_way("passphrase 2").unwrap();
    device.store.rename(&vault, "House").unwrap();
    vault.new_recovery_phrase().unwrap();
    vault.lock().unwrap();
    device.unlock("House").unwrap().lock().unwrap();
    let vault = device.unlock("House").unwrap();
    assert_eq!(
        story(&vault),
        owned(&[
            ("begun", "passphrase"),
            ("way_added", "passphrase 2 passphrase"),
            ("way_changed", "passphrase 2 passphrase"),
            ("way_removed", "passphrase 2 passphrase"),
            ("label_changed", "House"),
            ("header_changed", ""),
            ("unlock", "passphrase"),
            ("unlock", "passphrase"),
        ])
    );
    assert_eq!(vault.verify_audit().unwrap().breaks, []);
}

#[test]
fn a_change_of_the_header_that_was_not_noted_is_noted_at_the_next_unlock() {
    let device = Device::new();
    let vault = device.create("Home");
    let header = device.folder_of(vault.id()).join("header.json");
    let database = device.folder_of(vault.id()).join("vault.db");
    let label = vault.label();
    vault.lock().unwrap();
    let before = fs::read(&database).unwrap();
    let vault = device.unlock(&label).unwrap();
    vault.add_passphrase(&Passphrase::from("laid in between"), NOW).unwrap();
    let id = vault.id().to_owned();
    vault.lock().unwrap();
    let after = fs::read(&header).unwrap();
    // As if the power had gone between the header's rewrite and the audit's.
    fs::write(&database, before).unwrap();
    fs::write(&header, after).unwrap();
    let vault = device.store.unlock(&id, &passphrase(), &[NOTES]).unwrap();
    assert_eq!(
        story(&vault),
        owned(&[
            ("begun", "passphrase"),
            ("way_added", "passphrase 2 passphrase; found at unlocking"),
            ("unlock", "passphrase"),
        ])
    );
}

#[test]
fn entries_are_found_by_kind_party_text_and_time_page_by_page() {
    let device = Device::new();
    let vault = device.create("Home");
    for number in 0..25 {
        vault
            .audit(&disclosure(number), NOW.plus_secs(i64::from(number)))
            .unwrap();
    }
    let mut query = AuditQuery {
        kinds: vec![AuditKind::Disclosure],
        limit: 10,
        ..AuditQuery::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = vault.audit_entries(&query).unwrap();
        assert!(page.entries.len() <= 10);
        seen.extend(page.entries.iter().map(|entry| entry.content.clone().unwrap().who));
        match page.next_before {
            Some(before) => query.before = Some(before),
            None => break,
        }
    }
    let expected: Vec<_> = (0..25).rev().map(|number| format!("Baker {number}")).collect();
    assert_eq!(seen, expected);
    let count = |query: AuditQuery| vault.audit_entries(&query).unwrap().entries.len();
    let all = AuditQuery::default;
    assert_eq!(
        count(AuditQuery {
            party: Some("relation-1".to_owned()),
            ..all()
        }),
        8
    );
    assert_eq!(
        count(AuditQuery {
            text: Some("GRÖSSE".to_owned()),
            ..all()
        }),
        0,
        "ß is another letter"
    );
    assert_eq!(
        count(AuditQuery {
            text: Some("gröẞe".to_owned()),
            ..all()
        }),
        25
    );
    assert_eq!(
        count(AuditQuery {
            text: Some("RECORD-7".to_owned()),
            ..all()
        }),
        1
    );
    let (from, until) = (Some(NOW.plus_secs(5)), Some(NOW.plus_secs(8)));
    assert_eq!(count(AuditQuery { from, until, ..all() }), 3);
}

#[test]
fn content_is_destroyed_for_good_and_the_chain_holds() {
    let device = Device::new();
    let vault = device.create("Home");
    let number = vault.audit(&disclosure(1), NOW).unwrap();
    vault.audit(&disclosure(2), NOW).unwrap();
    vault.destroy_audit_content(&[number], NOW).unwrap();
    let report = vault.verify_audit().unwrap();
    assert_eq!((report.entries, report.destroyed, report.breaks.len()), (4, 1, 0));
    let entry = entries(&vault)
        .into_iter()
        .find(|entry| entry.number == number)
        .unwrap();
    assert_eq!((entry.kind, entry.content), (AuditKind::Disclosure, None));
    let note = entries(&vault).remove(0);
    assert_eq!(
        (note.kind.clone(), note.about),
        (AuditKind::ContentDestroyed, Some(number))
    );
    for number in [number, note.number, 99] {
        let refused = vault.destroy_audit_content(&[number], NOW).unwrap_err();
        assert_eq!(refused.code(), "no_such_audit_entry");
    }
    let found = |text: &str| AuditQuery {
        text: Some(text.to_owned()),
        ..AuditQuery::default()
    };
    let count = |text| vault.audit_entries(&found(text)).unwrap().entries.len();
    assert_eq!((count("Baker 1"), count("Baker 2")), (0, 1));
}

#[test]
fn the_tables_refuse_to_forget() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.audit(&disclosure(1), NOW).unwrap();
    for sql in [
        "UPDATE vault_audit_entry SET at_ms = 0",
        "DELETE FROM vault_audit_entry",
        "UPDATE vault_audit_content SET who = 'nobody'",
        "DELETE FROM vault_audit_content",
        "REPLACE INTO vault_audit_entry SELECT * FROM vault_audit_entry WHERE number = 1",
        "REPLACE INTO vault_audit_content SELECT * FROM vault_audit_content WHERE number = 1",
        "INSERT INTO vault_audit_entry SELECT 9, at_ms, kind, about, content_sha256, chain_sha256
         FROM vault_audit_entry WHERE number = 1",
    ] {
        assert!(tamper(&vault, sql).is_err(), "{sql}");
    }
    assert_eq!(vault.verify_audit().unwrap().breaks, []);
}

#[test]
fn whoever_has_the_key_and_changes_the_audit_is_found_out_with_the_place() {
    let cases: [(&str, u32, AuditFault); 11] = [
        (
            "UPDATE vault_audit_entry SET at_ms = at_ms + 1 WHERE number = 3",
            3,
            AuditFault::Chain,
        ),
        (
            "UPDATE vault_audit_entry SET kind = 'export' WHERE number = 3",
            3,
            AuditFault::Chain,
        ),
        (
            "UPDATE vault_audit_entry SET about = 1 WHERE number = 3",
            3,
            AuditFault::Chain,
        ),
        (
            "UPDATE vault_audit_content SET who = 'Nobody' WHERE number = 2",
            2,
            AuditFault::Content,
        ),
        (
            "UPDATE vault_audit_content SET record = '' WHERE number = 2",
            2,
            AuditFault::Content,
        ),
        (
            "UPDATE vault_audit_content SET salt = zeroblob(32) WHERE number = 4",
            4,
            AuditFault::Content,
        ),
        (
            "DELETE FROM vault_audit_content WHERE number = 4",
            4,
            AuditFault::ContentMissing,
        ),
        ("DELETE FROM vault_audit_entry WHERE number = 3", 3, AuditFault::Gap),
        (
            "DELETE FROM vault_audit_entry WHERE number = 6; DELETE FROM vault_audit_content WHERE number = 6",
            6,
            AuditFault::Head,
        ),
        (
            "UPDATE vault_audit_entry SET number = number + 1 WHERE number = 6",
            6,
            AuditFault::Gap,
        ),
        ("DELETE FROM vault_audit_head", 0, AuditFault::Missing),
    ];
    for (sql, number, fault) in cases {
        let device = Device::new();
        let vault = device.create("Home");
        for number in 0..5 {
            vault.audit(&disclosure(number), NOW).unwrap();
        }
        tamper(&vault, NO_TRIGGERS).unwrap();
        assert_eq!(vault.verify_audit().unwrap().breaks, []);
        tamper(&vault, sql).unwrap();
        let breaks = vault.verify_audit().unwrap().breaks;
        assert!(
            breaks
                .iter()
                .any(|found| (found.number, found.fault) == (number, fault)),
            "{sql}: {breaks:?}"
        );
    }
}

#[test]
fn an_event_is_there_exactly_when_its_deed_is() {
    let device = Device::new();
    let vault = device.create("Home");
    let failed: Result<(), VaultError> = vault.write(NOTE, |transaction| {
        disclosure(1).append(transaction, NOW)?;
        transaction.execute("INSERT INTO note_missing VALUES (1)", [])?;
        Ok(())
    });
    assert!(failed.is_err());
    assert_eq!(entries(&vault).len(), 1);
    vault
        .write(NOTE, |transaction| disclosure(1).append(transaction, NOW))
        .unwrap();
    assert_eq!(entries(&vault).len(), 2);
    assert_eq!(vault.verify_audit().unwrap().breaks, []);
}

#[test]
fn an_exported_audit_is_checked_without_the_vault_and_a_changed_or_cut_one_found_out() {
    let device = Device::new();
    let vault = device.create("Home");
    for number in 0..6 {
        vault.audit(&disclosure(number), NOW).unwrap();
    }
    vault.destroy_audit_content(&[3], NOW).unwrap();
    let mut file = Vec::new();
    assert_eq!(vault.export_audit(&mut file).unwrap(), 8);
    let report = verify_audit_export(file.as_slice()).unwrap();
    assert_eq!((report.entries, report.destroyed, report.breaks.len()), (8, 1, 0));
    let text = String::from_utf8(file.clone()).unwrap();
    for (from, to) in [
        ("Baker 4", "Baker 5"),
        ("\"number\":5", "\"number\":4"),
        ("disclosure", "export"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        let report = verify_audit_export(changed.as_bytes()).unwrap();
        assert!(!report.breaks.is_empty(), "{from}");
    }
    let lines: Vec<_> = text.lines().collect();
    for left_out in 0..lines.len() {
        let mut cut = lines.clone();
        cut.remove(left_out);
        let report = verify_audit_export(cut.join("\n").as_bytes()).unwrap();
        assert!(!report.breaks.is_empty(), "line {left_out}");
    }
    for length in (0..file.len() - 1).step_by(37) {
        let report = verify_audit_export(&file[..length]).unwrap();
        assert!(!report.breaks.is_empty(), "{length} bytes");
    }
}

#[test]
fn the_audit_says_nothing_outside_the_encryption() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.audit(&disclosure(1), NOW).unwrap();
    write_note(&vault, "x");
    let folder = device.folder_of(vault.id());
    let found = |text: &str| {
        fs::read_dir(&folder).unwrap().any(|file| {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|part| part == text.as_bytes())
        })
    };
    assert!(!found("Baker 1") && !found(PASSPHRASE));
    vault.lock().unwrap();
    assert!(!found("Baker 1"));
}
