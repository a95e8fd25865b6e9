//! Writing a file: rows go into the database a MiB at a time, so that neither memory nor the write lock is held for long.
//! Until [`BlobWriter::finish`] the file does not exist for anybody; a cut one is removed at the next unlock.

use std::io::{self, Write};

use rusqlite::params;
use tekram_primitives::canonical::Sha256;
use tekram_primitives::time::Timestamp;

use super::{BLOB_LIMIT_BYTES, BlobEntry, BlobId, CHUNK_BYTES};
use crate::change::Scope;
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::vault::Vault;
use crate::way_in::random_id;

/// Rows written in one transaction: 1 MiB.
const CHUNKS_AT_ONCE: usize = 16;

/// A file that is being written.
#[must_use = "a file that is not finished is removed"]
pub struct BlobWriter {
    vault: Vault,
    entry: BlobEntry,
    waiting: Vec<u8>,
    chunks: i64,
    digest: Sha256,
    finished: bool,
}

impl BlobWriter {
    pub(super) fn begin(vault: Vault, name: &str, media_type: &str, now: Timestamp) -> Result<Self, VaultError> {
        let entry = BlobEntry {
            id: BlobId(random_id()?),
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            bytes: 0,
            sha256: [0; 32],
            added: now,
        };
        vault.write(Scope::BLOB, |transaction| {
            transaction.execute(
                "INSERT INTO vault_blob (id, name, media_type, added_ms) VALUES (?1, ?2, ?3, ?4)",
                params![entry.id, name, media_type, now.millis()],
            )?;
            Ok::<_, VaultError>(())
        })?;
        Ok(Self {
            vault,
            entry,
            waiting: Vec::new(),
            chunks: 0,
            digest: Sha256::new(),
            finished: false,
        })
    }

    /// Ends the file; from now on it is there.
    pub fn finish(mut self) -> Result<BlobEntry, VaultError> {
        self.entry.sha256 = self.digest.clone().finish();
        let bytes = i64::try_from(self.entry.bytes).map_err(|_| HoldingError::BlobTooLarge)?;
        let (entry, waiting, first) = (&self.entry, &self.waiting, self.chunks);
        self.vault.write(Scope::BLOB, |transaction| {
            insert(transaction, &entry.id, first, waiting)?;
            transaction.execute(
                "UPDATE vault_blob SET finished = 1, bytes = ?2, sha256 = ?3 WHERE id = ?1",
                params![entry.id, bytes, entry.sha256],
            )?;
            Ok::<_, VaultError>(())
        })?;
        self.finished = true;
        Ok(self.entry.clone())
    }

    /// Writes the whole rows that wait.
    fn write_rows(&mut self) -> Result<(), VaultError> {
        let whole = self.waiting.len() - self.waiting.len() % CHUNK_BYTES;
        let rest = self.waiting.split_off(whole);
        let (id, waiting, first) = (&self.entry.id, &self.waiting, self.chunks);
        let written = self
            .vault
            .write(Scope::BLOB, |transaction| insert(transaction, id, first, waiting))?;
        self.chunks = self.chunks.saturating_add(written);
        self.waiting = rest;
        Ok(())
    }
}

fn insert(transaction: &rusqlite::Transaction<'_>, id: &BlobId, first: i64, content: &[u8]) -> Result<i64, VaultError> {
    let mut statement =
        transaction.prepare_cached("INSERT INTO vault_blob_chunk (blob_id, number, content) VALUES (?1, ?2, ?3)")?;
    let mut number = first;
    for chunk in content.chunks(CHUNK_BYTES) {
        statement.execute(params![id, number, chunk])?;
        number = number.saturating_add(1);
    }
    Ok(number.saturating_sub(first))
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Only as much as fits, so that one large write does not become one large buffer.
        let room = (CHUNKS_AT_ONCE * CHUNK_BYTES).saturating_sub(self.waiting.len());
        let (taken, _) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        let length = u64::try_from(taken.len()).unwrap_or(u64::MAX);
        let total = self.entry.bytes.saturating_add(length);
        if total > BLOB_LIMIT_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                VaultError::from(HoldingError::BlobTooLarge),
            ));
        }
        self.digest.update(taken);
        self.waiting.extend_from_slice(taken);
        self.entry.bytes = total;
        if self.waiting.len() >= CHUNKS_AT_ONCE * CHUNK_BYTES {
            self.write_rows().map_err(io::Error::other)?;
        }
        Ok(taken.len())
    }

    /// What is buffered stays so until there is a whole row; durable is what was finished.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        if !self.finished {
            // When this fails (the vault was locked), the next unlock does it.
            let _ = self.vault.write(Scope::BLOB, |transaction| {
                transaction.execute("DELETE FROM vault_blob WHERE id = ?1", [&self.entry.id])?;
                Ok::<_, VaultError>(())
            });
        }
    }
}

impl std::fmt::Debug for BlobWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobWriter")
            .field("id", &self.entry.id)
            .finish_non_exhaustive()
    }
}
