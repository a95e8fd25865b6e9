//! Files inside the vault: receipts, photos of cards. A file is rows of 64 KiB in the database, so that it is encrypted,
//! backed up and deleted together with what refers to it; it is written and read as a stream and never whole in memory.

use std::fmt;
use std::str::FromStr;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;

use crate::change::Scope;
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::schema::RoomSchema;
use crate::vault::Vault;

mod reader;
mod writer;

pub use reader::BlobReader;
pub use writer::BlobWriter;

/// Largest file, in bytes: 256 MiB.
pub const BLOB_LIMIT_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of one row; the last row of a file has fewer.
const CHUNK_BYTES: usize = 64 * 1024;
/// Most characters of a file's name.
const NAME_LIMIT_CHARS: usize = 255;

/// The tables. A file is not there before it is finished.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "vault_blob",
    migrations: &["
        CREATE TABLE vault_blob (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 32),
            finished INTEGER NOT NULL DEFAULT 0 CHECK (finished IN (0, 1)),
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
            sha256 BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK (length(sha256) = 32),
            added_ms INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX vault_blob_unfinished ON vault_blob (id) WHERE finished = 0;
        CREATE TABLE vault_blob_chunk (
            id INTEGER PRIMARY KEY,
            blob_id TEXT NOT NULL REFERENCES vault_blob (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number >= 0),
            content BLOB NOT NULL CHECK (length(content) BETWEEN 1 AND 65536),
            UNIQUE (blob_id, number)
        ) STRICT;
    "],
};

impl Scope {
    /// A file was added or deleted.
    pub const BLOB: Self = Self("vault_blob");
}

/// The name of a file within its vault: 128 random bits in lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobId(String);

/// A file as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobEntry {
    /// Its id.
    pub id: BlobId,
    /// What the person or its source called it; may be empty.
    pub name: String,
    /// What it is (RFC 6838), as its source said: `image/jpeg`.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub sha256: [u8; 32],
    /// When it was added.
    pub added: Timestamp,
}

impl Vault {
    /// Begins a file: write to what comes back, and [`BlobWriter::finish`] it. Fails with `bad_blob_name` (more than 255
    /// characters, control characters or a slash) and `bad_media_type`.
    pub fn new_blob(&self, name: &str, media_type: &str, now: Timestamp) -> Result<BlobWriter, VaultError> {
        if name.chars().count() > NAME_LIMIT_CHARS || name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
            return Err(HoldingError::BadBlobName.into());
        }
        if !is_media_type(media_type) {
            return Err(HoldingError::BadMediaType.into());
        }
        BlobWriter::begin(self.clone(), name, media_type, now)
    }

    /// What is known of a file. Fails with `no_such_blob`.
    pub fn blob(&self, id: &BlobId) -> Result<BlobEntry, VaultError> {
        self.read(|connection| entry(connection, id))
    }

    /// All files, in the order in which they were added.
    pub fn blobs(&self) -> Result<Vec<BlobEntry>, VaultError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, name, media_type, bytes, sha256, added_ms FROM vault_blob WHERE finished = 1
                 ORDER BY added_ms, id",
            )?;
            let entries = statement.query_map([], read_entry)?;
            Ok(entries.collect::<Result<_, _>>()?)
        })
    }

    /// Reads a file as a stream. Its hash is checked when it is read from beginning to end. Fails with `no_such_blob`.
    pub fn open_blob(&self, id: &BlobId) -> Result<BlobReader, VaultError> {
        Ok(BlobReader::new(self.clone(), self.blob(id)?))
    }

    /// Deletes a file, all or nothing. Fails with `no_such_blob`, and with `blob_in_use` while something refers to it.
    pub fn delete_blob(&self, id: &BlobId) -> Result<(), VaultError> {
        self.write(Scope::BLOB, |transaction| {
            let deleted = transaction.execute("DELETE FROM vault_blob WHERE id = ?1 AND finished = 1", [id]);
            match deleted {
                Ok(0) => Err(HoldingError::NoSuchBlob.into()),
                Ok(_) => Ok(()),
                Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                    Err(HoldingError::BlobInUse.into())
                }
                Err(error) => Err(error.into()),
            }
        })
    }
}

/// Removes files whose writing was cut: the caller has just opened the vault, so nobody writes them any more.
pub(crate) fn sweep(connection: &Connection) -> Result<(), VaultError> {
    let unfinished = connection
        .query_row("SELECT 1 FROM vault_blob WHERE finished = 0 LIMIT 1", [], |_| Ok(()))
        .optional()?;
    if unfinished.is_some() {
        connection.execute("DELETE FROM vault_blob WHERE finished = 0", [])?;
    }
    Ok(())
}

fn entry(connection: &Connection, id: &BlobId) -> Result<BlobEntry, VaultError> {
    connection
        .prepare_cached(
            "SELECT id, name, media_type, bytes, sha256, added_ms FROM vault_blob WHERE id = ?1 AND finished = 1",
        )?
        .query_row(params![id], read_entry)
        .optional()?
        .ok_or_else(|| HoldingError::NoSuchBlob.into())
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<BlobEntry> {
    let bytes: i64 = row.get(3)?;
    Ok(BlobEntry {
        id: row.get(0)?,
        name: row.get(1)?,
        media_type: row.get(2)?,
        bytes: bytes.unsigned_abs(),
        sha256: row.get(4)?,
        added: Timestamp::from_millis(row.get(5)?),
    })
}

/// RFC 6838, section 4.2: two names of at most 127 characters, without parameters.
fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        (1..=127).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    text.split_once('/')
        .is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobId({})", self.0)
    }
}

impl FromStr for BlobId {
    type Err = HoldingError;

    fn from_str(text: &str) -> Result<Self, HoldingError> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for BlobId {
    type Error = HoldingError;

    fn try_from(text: String) -> Result<Self, HoldingError> {
        if text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            Ok(Self(text))
        } else {
            Err(HoldingError::NoSuchBlob)
        }
    }
}

impl From<BlobId> for String {
    fn from(id: BlobId) -> Self {
        id.0
    }
}

impl ToSql for BlobId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for BlobId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::try_from(String::column_result(value)?).map_err(|_| FromSqlError::InvalidType)
    }
}
