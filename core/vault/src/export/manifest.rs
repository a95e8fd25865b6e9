//! The export's table of contents: what each entry is, how long, and its SHA-256. It is written last and read first. Pure, so that it
//! can be fuzzed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::VaultError;

const FORMAT: &str = "tekram-export";
const VERSION: u32 = 1;
/// Longer is no manifest: room for some hundred thousand files.
pub(super) const LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// What an export consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: String,
    version: u32,
    /// RFC 3339.
    pub(super) made: String,
    /// The vault's id.
    pub(super) vault_id: String,
    /// What the person calls it.
    pub(super) label: String,
    /// Whether it is everything, so that the same vault can be made of it.
    pub(super) whole: bool,
    /// The version of each room's tables.
    pub(super) rooms: BTreeMap<String, u32>,
    /// What each table has.
    pub(super) tables: Vec<TablePart>,
    /// Files that the vault keeps.
    pub(super) files: Vec<FilePart>,
    /// Everything else, for people and other programs: the page that describes it all, and tables as CSV.
    pub(super) also: Vec<Entry>,
}

/// An entry of the zip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its name in the zip.
    pub(super) path: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Of its content.
    #[serde(with = "hex::serde")]
    pub(super) sha256: [u8; 32],
}

/// A table as JSON Lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TablePart {
    /// Its name.
    pub(super) table: String,
    /// How many rows.
    pub(super) rows: u64,
    /// Where they are.
    #[serde(flatten)]
    pub(super) entry: Entry,
}

/// A file that the vault keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FilePart {
    /// Its id; the table `vault_blob` says the rest.
    pub(super) id: String,
    /// Where it is.
    #[serde(flatten)]
    pub(super) entry: Entry,
}

impl Manifest {
    /// For an export that is being written.
    pub(super) fn new(
        made: String,
        vault_id: String,
        label: String,
        whole: bool,
        rooms: BTreeMap<String, u32>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            made,
            vault_id,
            label,
            whole,
            rooms,
            tables: Vec::new(),
            files: Vec::new(),
            also: Vec::new(),
        }
    }

    /// Understands a manifest's bytes. Fails with `not_an_export`, `newer_schema` and `export_damaged`.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, VaultError> {
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| VaultError::NotAnExport)?;
        if value.get("format").and_then(serde_json::Value::as_str) != Some(FORMAT) {
            return Err(VaultError::NotAnExport);
        }
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        if let Some(found) = version.filter(|found| *found > VERSION.into()) {
            return Err(VaultError::NewerSchema {
                room: "export".to_owned(),
                found: u32::try_from(found).unwrap_or(u32::MAX),
                known: VERSION,
            });
        }
        serde_json::from_value(value).map_err(|_| VaultError::ExportDamaged {
            part: "manifest".to_owned(),
        })
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

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_manifest_is_read_back_and_a_newer_one_is_named() {
        let mut manifest = Manifest::new("now".into(), "a".into(), "Home".into(), true, BTreeMap::new());
        manifest.tables.push(TablePart {
            table: "a_b".into(),
            rows: 3,
            entry: Entry::default(),
        });
        let bytes = serde_json::to_vec(&manifest).unwrap();
        assert_eq!(Manifest::parse(&bytes).unwrap(), manifest);
        let newer = Manifest { version: 2, ..manifest };
        let bytes = serde_json::to_vec(&newer).unwrap();
        assert_eq!(Manifest::parse(&bytes).unwrap_err().code(), "newer_schema");
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Manifest::parse(&bytes).is_err());
        }
    }
}
