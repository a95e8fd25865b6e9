//! Files in the vault: streamed in and out, whole or absent, found damaged when they are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};

use support::{Device, NOTE};
use tekram_primitives::time::Timestamp;
use tekram_vault::{BLOB_LIMIT_BYTES, BlobEntry, Vault, VaultError};

const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);
const STEP: usize = 65536;

/// Bytes that repeat nowhere soon, the same for the same length.
fn content(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(length)
    .collect()
}

fn add(vault: &Vault, content: &[u8], piece: usize) -> BlobEntry {
    let mut writer = vault.new_blob("receipt.jpg", "image/jpeg", NOW).unwrap();
    for piece in content.chunks(piece.max(1)) {
        writer.write_all(piece).unwrap();
    }
    writer.finish().unwrap()
}

fn rows(vault: &Vault) -> (i64, i64) {
    vault
        .read(|connection| {
            let sql = "SELECT (SELECT count(*) FROM vault_blob), (SELECT count(*) FROM vault_blob_chunk)";
            Ok::<_, VaultError>(connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
        .unwrap()
}

#[test]
fn a_file_comes_back_as_it_was_whatever_its_length_and_pieces() {
    let device = Device::new();
    let vault = device.create("Home");
    for length in [0, 1, STEP - 1, STEP, STEP + 1, 16 * STEP, 16 * STEP + 1, 40 * STEP + 77] {
        let whole = content(length);
        for piece in [1000, STEP, length] {
            let entry = add(&vault, &whole, piece);
            assert_eq!(entry.bytes, length as u64);
            assert_eq!(
                entry.sha256.as_slice(),
                ring::digest::digest(&ring::digest::SHA256, &whole).as_ref()
            );
            assert_eq!(vault.blob(&entry.id).unwrap(), entry);
            let mut back = Vec::new();
            vault.open_blob(&entry.id).unwrap().read_to_end(&mut back).unwrap();
            assert!(back == whole, "{length} bytes in pieces of {piece}");
            vault.delete_blob(&entry.id).unwrap();
        }
    }
    assert_eq!(rows(&vault), (0, 0));
}

#[test]
fn a_file_can_be_read_from_anywhere() {
    let device = Device::new();
    let vault = device.create("Home");
    let whole = content(3 * STEP + 10);
    let entry = add(&vault, &whole, 9999);
    let mut reader = vault.open_blob(&entry.id).unwrap();
    for start in [5, STEP - 3, 2 * STEP, 3 * STEP + 9] {
        reader.seek(SeekFrom::Start(start as u64)).unwrap();
        let mut part = [0; 7];
        let expected = &whole[start..whole.len().min(start + 7)];
        let mut read = 0;
        while read < expected.len() {
            read += reader.read(&mut part[read..]).unwrap();
        }
        assert_eq!(&part[..read], expected);
    }
    assert_eq!(reader.seek(SeekFrom::End(-4)).unwrap(), whole.len() as u64 - 4);
    let mut end = Vec::new();
    reader.read_to_end(&mut end).unwrap();
    assert_eq!(end, whole[whole.len() - 4..]);
    assert!(reader.seek(SeekFrom::End(-1_000_000)).is_err());
}

#[test]
fn a_file_that_was_not_finished_is_nowhere() {
    let device = Device::new();
    let vault = device.create("Home");
    let mut writer = vault.new_blob("a", "text/plain", NOW).unwrap();
    writer.write_all(&content(17 * STEP)).unwrap();
    assert!(rows(&vault).1 > 0, "it is in the database already");
    assert_eq!(vault.blobs().unwrap(), []);
    drop(writer);
    assert_eq!(rows(&vault), (0, 0));
    let mut writer = vault.new_blob("a", "text/plain", NOW).unwrap();
    writer.write_all(&content(17 * STEP)).unwrap();
    // The vault is locked under it, as a dying process would.
    vault.lock().unwrap();
    assert!(writer.write_all(&content(17 * STEP)).is_err());
    drop(writer);
    let vault = device.unlock("Home").unwrap();
    assert_eq!(rows(&vault), (0, 0));
}

#[test]
fn limits_and_names_are_kept() {
    let device = Device::new();
    let vault = device.create("Home");
    for name in ["a/b", "a\\b", "a\nb", &"x".repeat(256)] {
        assert_eq!(
            vault.new_blob(name, "text/plain", NOW).unwrap_err().code(),
            "bad_blob_name"
        );
    }
    for media_type in ["", "text", "text/", "/plain", "text/plain; charset=utf-8", "té/x"] {
        assert_eq!(
            vault.new_blob("a", media_type, NOW).unwrap_err().code(),
            "bad_media_type"
        );
    }
    let mut writer = vault.new_blob("a", "text/plain", NOW).unwrap();
    let part = content(16 * STEP);
    for _ in 0..BLOB_LIMIT_BYTES / part.len() as u64 {
        writer.write_all(&part).unwrap();
    }
    assert_eq!(writer.write(&[1]).unwrap_err().kind(), ErrorKind::FileTooLarge);
}

#[test]
fn a_deleted_file_ends_with_an_error_and_a_changed_one_is_found_out() {
    let device = Device::new();
    let vault = device.create("Home");
    let entry = add(&vault, &content(3 * STEP), STEP);
    let mut reader = vault.open_blob(&entry.id).unwrap();
    let mut first = vec![0; STEP];
    reader.read_exact(&mut first).unwrap();
    vault.delete_blob(&entry.id).unwrap();
    assert_eq!(reader.read(&mut first).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(vault.delete_blob(&entry.id).unwrap_err().code(), "no_such_blob");
    assert_eq!(vault.open_blob(&entry.id).unwrap_err().code(), "no_such_blob");
    for sql in [
        "UPDATE vault_blob_chunk SET content = zeroblob(65536) WHERE number = 1",
        "UPDATE vault_blob_chunk SET content = x'00' WHERE number = 2",
    ] {
        let entry = add(&vault, &content(3 * STEP), STEP);
        vault
            .write(NOTE, |transaction| Ok::<_, VaultError>(transaction.execute_batch(sql)?))
            .unwrap();
        let mut back = Vec::new();
        let error = vault.open_blob(&entry.id).unwrap().read_to_end(&mut back).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{sql}");
        vault.delete_blob(&entry.id).unwrap();
    }
}
