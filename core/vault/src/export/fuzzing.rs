//! An export for fuzzing: its zip as it comes, and one that is packed here from a text. In the text, a line `== NAME` begins the
//! entry of that name; lengths and hashes in the manifest are made right when it says so in its first line, `right`.

use std::io::{Cursor, Read, Write};
use std::ops::ControlFlow;

use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};
use serde_json::Value as Json;
use tekram_primitives::secret::Passphrase;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::manifest::{Entry, Manifest};
use super::read::Import;
use super::{MANIFEST, row};
use crate::age::is_age;
use crate::schema;

const MARK: &str = "== ";

/// Reads the bytes as a manifest, as a row, as an export, and as the text of one. Whether one of them was imported to the end.
pub fn export(bytes: &[u8]) -> bool {
    if let Ok(manifest) = Manifest::parse(bytes) {
        let written = serde_json::to_vec(&manifest).unwrap_or_default();
        assert!(
            Manifest::parse(&written).is_ok_and(|again| again == manifest),
            "a manifest is read back"
        );
    }
    if let Ok(Json::Object(fields)) = serde_json::from_slice(bytes) {
        fields.into_iter().for_each(|(_, field)| value(field));
    }
    let as_it_is = !is_age(bytes) && import(bytes.to_vec());
    let packed = std::str::from_utf8(bytes).ok().and_then(zip_of);
    packed.is_some_and(import) || as_it_is
}

/// A value that can be read is written as what reads the same.
fn value(json: Json) {
    let Some(read) = row::value(json) else { return };
    if matches!(read, Value::Real(real) if real.is_nan()) {
        return;
    }
    let again = row::json(ValueRef::from(&read)).and_then(row::value);
    let same = match (&again, &read) {
        (Some(Value::Real(again)), Value::Real(read)) => again.to_bits() == read.to_bits(),
        (again, read) => again.as_ref() == Some(read),
    };
    assert!(same, "a value is read back as it was");
}

fn import(file: Vec<u8>) -> bool {
    let Ok(mut import) = Import::open(Box::new(Cursor::new(file)), &Passphrase::from("tulip harbour")) else {
        return false;
    };
    let Ok(mut connection) = Connection::open_in_memory() else {
        return false;
    };
    let _ = connection.execute_batch(&format!("PRAGMA foreign_keys = ON; {}", schema::VERSIONS));
    let filled = import.fill(&mut connection, &[], &mut |_| ControlFlow::Continue(()));
    if filled.is_ok() {
        let order: Option<String> = connection.query_row("PRAGMA quick_check", [], |row| row.get(0)).ok();
        assert!(order.as_deref() == Some("ok"), "what was imported is in order");
    }
    filled.is_ok()
}

/// The zip of a text.
fn zip_of(text: &str) -> Option<Vec<u8>> {
    let (is_right, text) = match text.strip_prefix("right\n") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let entries: Vec<(&str, &str)> = text
        .strip_prefix(MARK)?
        .split("\n== ")
        .filter_map(|entry| entry.split_once('\n'))
        .take(64)
        .collect();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in &entries {
        let mut content = content.as_bytes().to_vec();
        if *name == MANIFEST && is_right {
            content = right(&content, &entries).unwrap_or(content);
        }
        zip.start_file(*name, stored).ok()?;
        zip.write_all(&content).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

/// The manifest with the lengths and hashes of these entries.
fn right(manifest: &[u8], entries: &[(&str, &str)]) -> Option<Vec<u8>> {
    let mut manifest = Manifest::parse(manifest).ok()?;
    let set = |part: &mut Entry| {
        if let Some((_, content)) = entries.iter().find(|(name, _)| *name == part.path) {
            part.bytes = u64::try_from(content.len()).unwrap_or(0);
            part.sha256 = tekram_primitives::canonical::sha256(content.as_bytes());
        }
    };
    manifest.tables.iter_mut().for_each(|part| set(&mut part.entry));
    manifest.files.iter_mut().for_each(|part| set(&mut part.entry));
    serde_json::to_vec(&manifest).ok()
}

/// The text of a real export that was unsealed: entries that a vault is made of, as far as they are text.
pub fn export_text(sealed: &[u8], passphrase: &Passphrase) -> Option<String> {
    let mut plain = Vec::new();
    crate::age::AgeReader::new(Cursor::new(sealed), passphrase)
        .ok()?
        .read_to_end(&mut plain)
        .ok()?;
    let mut zip = ZipArchive::new(Cursor::new(plain)).ok()?;
    let mut text = "right".to_owned();
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut content = String::new();
        let is_part =
            name == MANIFEST || name.starts_with("tables/") && name.ends_with(".jsonl") || name.starts_with("files/");
        if is_part && entry.read_to_string(&mut content).is_ok() {
            text.push_str(&format!("\n{MARK}{name}\n{content}"));
        }
    }
    Some(text)
}
