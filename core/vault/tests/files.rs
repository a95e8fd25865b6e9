//! Files that were cut, exchanged or changed: each gets a named refusal, and no file is touched by it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod support;

use std::fs;
use std::path::Path;

use support::{Device, NOTE, count_notes, fingerprints, passphrase, refusal, write_note};
use tekram_primitives::secret::Passphrase;
use tekram_vault::VaultError;

/// A vault's page size, in bytes.
const PAGE: usize = 8192;

/// Puts `bytes` in place of a file, looks at the refusal, checks that nothing was touched, and puts the file back.
fn refusal_with(device: &Device, id: &str, file: &str, bytes: &[u8]) -> &'static str {
    let path = device.folder_of(id).join(file);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, bytes).unwrap();
    let before = fingerprints(&device.folder_of(id));
    let refused = refusal(device, id);
    assert_eq!(
        fingerprints(&device.folder_of(id)),
        before,
        "a refusal touches nothing ({refused})"
    );
    fs::write(&path, whole).unwrap();
    refused
}

fn copy(from: &Path, to: &Path, file: &str) {
    fs::copy(from.join(file), to.join(file)).unwrap();
}

#[test]
fn a_vault_cut_anywhere_is_called_truncated_and_opens_again_when_whole() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let whole = fs::read(device.folder_of(&id).join("vault.db")).unwrap();
    assert!(whole.len() > 10 * PAGE);
    let mut lengths = vec![
        0,
        1,
        15,
        16,
        100,
        PAGE - 1,
        PAGE + 1,
        whole.len() - 1,
        whole.len() - PAGE + 1,
    ];
    lengths.extend((1..whole.len() / PAGE).map(|pages| pages * PAGE));
    for length in lengths {
        assert_eq!(
            refusal_with(&device, &id, "vault.db", &whole[..length]),
            "truncated",
            "cut to {length}"
        );
    }
    assert_eq!(count_notes(&device.unlock(&id).unwrap()), 80);
}

#[test]
fn a_header_cut_anywhere_is_called_truncated() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let whole = fs::read(device.folder_of(&id).join("header.json")).unwrap();
    for length in 0..whole.len() {
        let code = refusal_with(&device, &id, "header.json", &whole[..length]);
        let expected = if length == whole.len() - 1 {
            "damaged"
        } else {
            "truncated"
        };
        assert_eq!(code, expected, "cut to {length}");
    }
    device.unlock(&id).unwrap();
}

#[test]
fn a_missing_file_is_named() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    for file in ["vault.db", "header.json"] {
        let path = device.folder_of(&id).join(file);
        let aside = device.root().join("aside");
        fs::rename(&path, &aside).unwrap();
        let refused = device.unlock(&id).unwrap_err();
        assert!(
            matches!(refused, VaultError::MissingFile { file: missing } if missing == file),
            "{refused:?}"
        );
        assert!(!path.exists(), "no empty vault is made in its place");
        fs::rename(&aside, &path).unwrap();
    }
    device.unlock(&id).unwrap();
}

#[test]
fn a_foreign_file_is_not_taken_for_a_vault() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let plain = device.root().join("plain.db");
    rusqlite::Connection::open(&plain)
        .unwrap()
        .execute_batch("CREATE TABLE a (b)")
        .unwrap();
    assert_eq!(
        refusal_with(&device, &id, "vault.db", &fs::read(&plain).unwrap()),
        "not_a_vault"
    );
    for foreign in [
        vec![b'%'; 40_000],
        vec![b'%'; 8192],
        (0..=255).cycle().take(12_288).collect(),
    ] {
        assert_eq!(refusal_with(&device, &id, "vault.db", &foreign), "foreign_vault");
    }
    for foreign in [
        &b"%PDF-1.7 and so on"[..],
        b"[]",
        b"{}",
        b"{\"vault\": 1}",
        &[0xff; 300_000],
    ] {
        assert_eq!(refusal_with(&device, &id, "header.json", foreign), "not_a_vault");
    }
}

#[test]
fn a_header_of_a_newer_program_is_refused_by_its_version() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let header = fs::read_to_string(device.folder_of(&id).join("header.json")).unwrap();
    let newer = header.replace("\"version\": 3", "\"version\": 4");
    assert_eq!(
        refusal_with(&device, &id, "header.json", newer.as_bytes()),
        "newer_schema"
    );
}

#[test]
fn files_of_two_vaults_in_one_folder_are_told_apart() {
    let device = Device::new();
    let home = device.locked_vault_with_notes("Home");
    let work = device.locked_vault_with_notes("Work");
    let (home_folder, work_folder) = (device.folder_of(&home), device.folder_of(&work));
    for file in ["header.json", "vault.db"] {
        let foreign = fs::read(work_folder.join(file)).unwrap();
        assert_eq!(refusal_with(&device, &home, file, &foreign), "foreign_vault", "{file}");
    }
    // Both files of Work under Home's name: still not Home.
    let header = fs::read(home_folder.join("header.json")).unwrap();
    let database = fs::read(home_folder.join("vault.db")).unwrap();
    copy(&work_folder, &home_folder, "header.json");
    copy(&work_folder, &home_folder, "vault.db");
    assert_eq!(refusal(&device, &home), "foreign_vault");
    fs::write(home_folder.join("header.json"), header).unwrap();
    fs::write(home_folder.join("vault.db"), database).unwrap();
    for id in [home, work] {
        assert_eq!(count_notes(&device.unlock(&id).unwrap()), 80);
    }
}

#[test]
fn every_flipped_header_byte_is_noticed() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let whole = fs::read(device.folder_of(&id).join("header.json")).unwrap();
    let codes = ["damaged", "not_a_vault", "truncated", "newer_schema", "foreign_vault"];
    for position in 0..whole.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut changed = whole.clone();
            changed[position] ^= flip;
            let code = refusal_with(&device, &id, "header.json", &changed);
            assert!(codes.contains(&code), "byte {position} ^ {flip:#x}: {code}");
        }
    }
    device.unlock(&id).unwrap();
}

#[test]
fn a_header_rewritten_without_the_key_is_called_forged() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let header = fs::read_to_string(device.folder_of(&id).join("header.json")).unwrap();
    // Somebody puts another label, and makes the checksum fit.
    let forged = with_fitting_checksum(&header.replace("Home", "Hone"));
    assert_eq!(
        refusal_with(&device, &id, "header.json", forged.as_bytes()),
        "header_forged"
    );
    assert_eq!(
        with_fitting_checksum(&header),
        header,
        "the checksum is computed as the vault does"
    );
}

/// The header's text with the checksum computed anew, as an attacker would.
fn with_fitting_checksum(header: &str) -> String {
    let file: serde_json::Value = serde_json::from_str(header).unwrap();
    let start = header.find("\"vault\": ").unwrap() + "\"vault\": ".len();
    let end = header.find("\"hmac_sha256\"").unwrap();
    let claims: String = header[start..end].chars().filter(|c| !c.is_whitespace()).collect();
    let mut bytes = claims.trim_end_matches(',').as_bytes().to_vec();
    bytes.extend(hex::decode(file["hmac_sha256"].as_str().unwrap()).unwrap());
    let checksum = hex::encode(ring::digest::digest(&ring::digest::SHA256, &bytes));
    header.replace(file["sha256"].as_str().unwrap(), &checksum)
}

#[test]
fn every_flipped_page_is_noticed_at_the_latest_when_it_is_read() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let path = device.folder_of(&id).join("vault.db");
    let whole = fs::read(&path).unwrap();
    let flips = (0..40).chain([100, 2000, 4000, PAGE - 1]).map(|offset| (0, offset));
    let flips = flips.chain((1..whole.len() / PAGE).map(|page| (page, 77 + page)));
    for (page, offset) in flips {
        let mut changed = whole.clone();
        changed[page * PAGE + offset] ^= 1;
        fs::write(&path, &changed).unwrap();
        let before = fingerprints(&device.folder_of(&id));
        let read = match device.unlock(&id) {
            Ok(vault) => {
                let texts = vault.read(|connection| {
                    let mut statement = connection.prepare("SELECT text FROM note_text ORDER BY id")?;
                    let texts = statement
                        .query_map([], |row| row.get(0))?
                        .collect::<Result<Vec<String>, _>>()?;
                    Ok::<_, VaultError>(texts)
                });
                vault.lock().and(texts)
            }
            Err(refused) => {
                assert_eq!(fingerprints(&device.folder_of(&id)), before);
                Err(refused)
            }
        };
        match read {
            Err(error) => assert_eq!(error.code(), "damaged", "page {page} byte {offset}"),
            // A page that this question does not need: the answer is right.
            Ok(texts) => assert!(
                page > 0 && texts.len() == 80,
                "page {page} byte {offset} went unnoticed"
            ),
        }
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(count_notes(&device.unlock(&id).unwrap()), 80);
}

/// SQLCipher lets a connection that met a damaged page read and write nothing any more, and calls that "out of memory".
#[test]
fn a_damaged_page_is_called_damaged_each_time_and_does_not_take_the_others_with_it() {
    let device = Device::new();
    let id = device.locked_vault_with_notes("Home");
    let path = device.folder_of(&id).join("vault.db");
    let whole = fs::read(&path).unwrap();
    let page = whole.len() / PAGE - 3;
    let mut changed = whole.clone();
    changed[page * PAGE + 77] ^= 1;
    fs::write(&path, &changed).unwrap();
    let vault = device.unlock(&id).unwrap();
    let all = || {
        vault.read(|connection| {
            let sql = "SELECT coalesce(sum(length(text)), 0) FROM note_text";
            Ok::<_, VaultError>(connection.query_row(sql, [], |row| row.get::<_, i64>(0))?)
        })
    };
    let one = |number: i64| {
        vault.read(|connection| {
            let sql = "SELECT text FROM note_text WHERE id = ?1";
            Ok::<_, VaultError>(connection.query_row(sql, [number], |row| row.get::<_, String>(0))?)
        })
    };
    for _ in 0..5 {
        assert_eq!(all().unwrap_err().code(), "damaged");
        let readable = (1..=80).filter(|number| one(*number).is_ok()).count();
        assert!((60..80).contains(&readable), "{readable} of 80");
        let refusals = (1..=80).filter_map(|number| one(number).err());
        assert!(refusals.map(|refused| refused.code()).all(|code| code == "damaged"));
    }
    // What is written has to know its place in the tree, and is refused under the same name.
    for number in 1..=80 {
        let written = vault.write(NOTE, |transaction| {
            transaction.execute("UPDATE note_text SET text = 'anew' WHERE id = ?1", [number])?;
            Ok::<_, VaultError>(())
        });
        assert!(written.is_ok() || written.unwrap_err().code() == "damaged", "{number}");
    }
    let damage = vault.check_pages(&mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    let number = u32::try_from(page + 1).unwrap();
    assert_eq!(damage.damaged, [(number, number)]);
}

#[test]
fn damage_in_the_middle_of_a_long_text_is_called_damaged_too() {
    let device = Device::new();
    let vault = device.create("Home");
    write_note(&vault, &"long ".repeat(30_000));
    let id = vault.id().to_owned();
    vault.lock().unwrap();
    let path = device.folder_of(&id).join("vault.db");
    let whole = fs::read(&path).unwrap();
    let mut damaged = 0;
    for page in whole.len() / PAGE - 22..whole.len() / PAGE {
        let mut changed = whole.clone();
        changed[page * PAGE + 4000] ^= 1;
        fs::write(&path, &changed).unwrap();
        let vault = device.unlock(&id).unwrap();
        let read = vault.read(|connection| {
            let sql = "SELECT text FROM note_text";
            Ok::<_, VaultError>(connection.query_row(sql, [], |row| row.get::<_, String>(0))?)
        });
        match read {
            Ok(text) => assert_eq!(text, "long ".repeat(30_000)),
            Err(refused) => {
                assert_eq!(refused.code(), "damaged", "page {page}");
                damaged += 1;
            }
        }
        let _ = vault.lock();
    }
    assert!(damaged > 10, "{damaged} pages of the text");
    // A mistake in SQL is no damage.
    fs::write(&path, &whole).unwrap();
    let vault = device.unlock(&id).unwrap();
    let mistakes = [
        "SELECT nothing FROM note_text",
        "SELECT",
        "SELECT abs(-9223372036854775807 - 1)",
    ];
    for sql in mistakes {
        let refused =
            vault.read(|connection| Ok::<_, VaultError>(connection.query_row(sql, [], |row| row.get::<_, i64>(0))?));
        assert_eq!(refused.unwrap_err().code(), "db", "{sql}");
    }
}

#[test]
fn a_foreign_write_ahead_log_is_not_moved_into_the_vault() {
    let device = Device::new();
    let home = device.locked_vault_with_notes("Home");
    let work = device.create("Work");
    write_note(&work, "still in the write-ahead log");
    let foreign = fs::read(device.folder_of(work.id()).join("vault.db-wal")).unwrap();
    let folder = device.folder_of(&home);
    let database = fs::read(folder.join("vault.db")).unwrap();
    fs::write(folder.join("vault.db-wal"), &foreign).unwrap();
    assert_eq!(refusal(&device, &home), "damaged");
    assert_eq!(fs::read(folder.join("vault.db")).unwrap(), database);
    assert_eq!(fs::read(folder.join("vault.db-wal")).unwrap(), foreign);
    fs::remove_file(folder.join("vault.db-wal")).unwrap();
    assert_eq!(count_notes(&device.unlock(&home).unwrap()), 80);
}

#[test]
fn what_a_dead_process_left_opens_whole_and_cut_is_never_answered_wrongly() {
    let device = Device::new();
    let vault = device.create("Home");
    for number in 0..60 {
        write_note(&vault, &format!("{number} {}", "x".repeat(2000)));
    }
    // The files as they lie there while the vault is in use: as if the process had died now.
    let dead = Device::new();
    let (from, to) = (device.folder_of(vault.id()), dead.folder_of(vault.id()));
    fs::create_dir(&to).unwrap();
    let files = ["header.json", "vault.db", "vault.db-wal"];
    let lay_out = || files.iter().for_each(|file| copy(&from, &to, file));
    lay_out();
    assert_eq!(count_notes(&dead.unlock("Home").unwrap()), 60);
    let read_all = || -> Result<Vec<String>, VaultError> {
        dead.unlock("Home")?.read(|connection| {
            let mut statement = connection.prepare("SELECT text FROM note_text ORDER BY id")?;
            Ok(statement
                .query_map([], |row| row.get(0))?
                .collect::<Result<Vec<String>, _>>()?)
        })
    };
    for file in ["vault.db", "vault.db-wal"] {
        let length = fs::metadata(from.join(file)).unwrap().len();
        for part in 0..24 {
            let _ = fs::remove_file(to.join("vault.db-shm"));
            lay_out();
            fs::OpenOptions::new()
                .write(true)
                .open(to.join(file))
                .unwrap()
                .set_len(length * part / 24)
                .unwrap();
            match read_all() {
                Err(error) => assert!(
                    ["truncated", "damaged"].contains(&error.code()),
                    "{file} {part}/24: {error:?}"
                ),
                // The log ends where it was cut: the notes up to there, whole and in order. The threat model says so.
                Ok(texts) => {
                    let as_written = |(number, text): (usize, &String)| text.starts_with(&format!("{number} x"));
                    assert!(texts.iter().enumerate().all(as_written), "{file} {part}/24");
                    assert!(texts.len() < 60 || file == "vault.db", "{file} {part}/24");
                }
            }
        }
    }
}

#[test]
fn a_damaged_vault_is_listed_and_disturbs_no_other() {
    let device = Device::new();
    let home = device.locked_vault_with_notes("Home");
    device.locked_vault_with_notes("Work");
    fs::write(device.folder_of(&home).join("header.json"), "").unwrap();
    let listed = device.store.list().unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(
        (listed[0].id.as_str(), listed[0].problem),
        (home.as_str(), Some("truncated"))
    );
    device.unlock("Work").unwrap();
}

#[test]
fn the_passphrase_of_one_vault_does_not_open_another() {
    let device = Device::new();
    device.locked_vault_with_notes("Home");
    let other = Passphrase::from("another passphrase");
    device
        .store
        .create("Work", &other, &[], &tekram_primitives::time::SystemClock)
        .unwrap()
        .lock()
        .unwrap();
    assert_eq!(
        device.store.unlock("Work", &passphrase(), &[]).unwrap_err().code(),
        "wrong_passphrase"
    );
    assert_eq!(
        device.store.unlock("Home", &other, &[]).unwrap_err().code(),
        "wrong_passphrase"
    );
}
