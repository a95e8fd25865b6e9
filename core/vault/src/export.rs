//! Leaving: everything a vault holds as a zip of open formats, with a page that says what is in it, and coming back from it.
//!
//! A whole export has keys and money in it, so it is always sealed with a passphrase (age); from it comes the same vault, row by
//! row. An open one has what the caller names and no secret; it is for reading, and for other programs. Both are written and
//! read as streams.

#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod manifest;
mod read;
mod row;
mod write;

use std::io::Write;

use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::Timestamp;

use crate::age::AgeWriter;
use crate::audit::{AuditEvent, AuditKind};
use crate::error::VaultError;
use crate::progress::Watch;
use crate::vault::Vault;

/// What an export has, and how it is protected.
#[derive(Clone, Copy, Debug)]
pub enum ExportContent<'a> {
    /// Everything, keys included, sealed with a passphrase: `age -d` opens it, and it can be imported.
    Sealed(&'a Passphrase),
    /// In the clear: attributes, memberships, preferences, purchases, files, and these tables of the rooms. Whoever names a table
    /// says that there is no secret in it.
    Open(&'a [&'a str]),
}

/// What an export wrote, or an import read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Tables.
    pub tables: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Files.
    pub files: u64,
}

/// The vault's own tables that an open export has.
const OPEN_TABLES: [&str; 6] = [
    "vault_attribute",
    "vault_membership",
    "vault_membership_preference",
    "vault_purchase",
    "vault_purchase_item",
    "vault_blob",
];
/// Not written as rows: the manifest has the versions, and files are written as files.
const NOT_AS_ROWS: [&str; 2] = ["vault_room_schema", "vault_blob_chunk"];
const MANIFEST: &str = "manifest.json";

impl Vault {
    /// Writes an export, as the vault is at one moment; reads and writes go on beside it. A file that was not written to its end is
    /// no export. The audit says that it was done. Fails with `no_such_table` for a table that is not there, and with `cancelled`.
    pub fn export(
        &self,
        out: &mut dyn Write,
        content: ExportContent<'_>,
        now: Timestamp,
        watch: &mut Watch<'_>,
    ) -> Result<Exported, VaultError> {
        let done = match content {
            ExportContent::Sealed(passphrase) => {
                if passphrase.expose().is_empty() {
                    return Err(VaultError::EmptyPassphrase);
                }
                let mut sealed = AgeWriter::new(out, passphrase)?;
                let done = write::write(self, &mut sealed, None, now, watch)?;
                sealed.finish().map_err(write::writing)?;
                done
            }
            ExportContent::Open(tables) => {
                let done = write::write(self, out, Some(tables), now, watch)?;
                out.flush().map_err(write::writing)?;
                done
            }
        };
        let what = match content {
            ExportContent::Sealed(_) => "everything, sealed".to_owned(),
            ExportContent::Open(tables) => [&OPEN_TABLES, tables].concat().join(", "),
        };
        self.audit(&AuditEvent::new(AuditKind::Export).what(what), now)?;
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use std::io::{Cursor, Read};
    use std::ops::ControlFlow;

    use tekram_primitives::time::{Clock, SystemClock};
    use zip::write::SimpleFileOptions;
    use zip::{ZipArchive, ZipWriter};

    use super::*;
    use crate::age::AgeReader;
    use crate::{RoomSchema, Scope, Store};

    const NOTES: RoomSchema = RoomSchema {
        room: "note",
        migrations: &["CREATE TABLE note_text (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"],
    };

    type Change<'a> = &'a dyn Fn(String) -> String;

    /// The zip with one entry changed, as somebody makes who unpacks it, changes it and packs it again.
    fn changed(zip: &[u8], name: &str, change: Change<'_>) -> Vec<u8> {
        let mut zip = ZipArchive::new(Cursor::new(zip)).unwrap();
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..zip.len() {
            let mut entry = zip.by_index(at).unwrap();
            let found = entry.name().unwrap().into_owned();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            if found == name {
                content = change(String::from_utf8(content).unwrap()).into_bytes();
            }
            out.start_file(found, SimpleFileOptions::default()).unwrap();
            out.write_all(&content).unwrap();
        }
        out.finish().unwrap().into_inner()
    }

    #[test]
    fn a_zip_that_was_changed_after_unsealing_is_refused_by_the_part() {
        let on = &mut |_| ControlFlow::Continue(());
        let seal = Passphrase::from("seal");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let vault = store.create("Home", &seal, &[NOTES], &SystemClock).unwrap();
        vault
            .write(Scope("note"), |transaction| {
                for number in 0..9 {
                    let text = format!("note {number}");
                    transaction.execute("INSERT INTO note_text (text) VALUES (?1)", [text])?;
                }
                Ok::<_, VaultError>(())
            })
            .unwrap();
        let mut sealed = Vec::new();
        vault
            .export(&mut sealed, ExportContent::Sealed(&seal), SystemClock.now(), on)
            .unwrap();
        let mut zip = Vec::new();
        AgeReader::new(Cursor::new(sealed), &seal)
            .unwrap()
            .read_to_end(&mut zip)
            .unwrap();
        let mut import = |zip: Vec<u8>| {
            let other = tempfile::tempdir().unwrap();
            let store = Store::open(other.path()).unwrap();
            let imported = store.import(Box::new(Cursor::new(zip)), &seal, None, &[NOTES], &SystemClock, on);
            imported.map(|(_, done)| done.rows)
        };
        let whole = import(zip.clone()).unwrap();
        assert!(whole > 9);
        let refusals: [(&str, &str, Change<'_>); 7] = [
            ("tables/note_text.jsonl", "note_text", &|text| {
                text.replace("note 7", "note 8")
            }),
            ("tables/note_text.jsonl", "note_text", &|text| {
                text.replace("\"text\"", "\"evil\"")
            }),
            ("tables/note_text.jsonl", "note_text", &|text| text.repeat(2)),
            ("tables/note_text.jsonl", "note_text", &|_| String::new()),
            ("tables/vault_identity.jsonl", "vault_identity", &|_| String::new()),
            ("manifest.json", "note_text", &|text| {
                text.replace("\"note_text\"", "\"note_other\"")
            }),
            ("manifest.json", "manifest", &|text| {
                let id = text
                    .split("\"vault_id\": \"")
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap()
                    .to_owned();
                text.replace(&id, "../../../../../../etc/passwd")
            }),
        ];
        for (entry, part, change) in refusals {
            match import(changed(&zip, entry, change)).unwrap_err() {
                VaultError::ExportDamaged { part: named } => assert_eq!(named, part, "{entry}"),
                other => panic!("{entry}: {other:?}"),
            }
        }
        // What nothing is made of may have a note of one's own.
        assert_eq!(
            import(changed(&zip, "README.md", &|text| text + "mine")).unwrap(),
            whole
        );
        let newer = changed(&zip, "manifest.json", &|text| {
            text.replace("\"version\": 1", "\"version\": 2")
        });
        assert_eq!(import(newer).unwrap_err().code(), "newer_schema");
    }
}
