//! Reading a file, row by row; a row is one short read of the vault, so that nothing is held between two calls. A file
//! that was deleted meanwhile, or whose rows do not make up what was hashed, is an error, never a short file.

use std::io::{self, Read, Seek, SeekFrom};

use rusqlite::{OptionalExtension, params};
use tekram_primitives::canonical::Sha256;

use super::{BlobEntry, CHUNK_BYTES};
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::vault::Vault;

const STEP: u64 = CHUNK_BYTES as u64;

/// A file as a stream.
pub struct BlobReader {
    vault: Vault,
    entry: BlobEntry,
    position: u64,
    /// The row that was read last, with its number.
    row: Option<(u64, Vec<u8>)>,
    /// Of everything so far, while it was read in order.
    digest: Option<Sha256>,
}

impl BlobReader {
    pub(super) fn new(vault: Vault, entry: BlobEntry) -> Self {
        Self {
            vault,
            entry,
            position: 0,
            row: None,
            digest: Some(Sha256::new()),
        }
    }

    /// What is known of the file.
    pub fn entry(&self) -> &BlobEntry {
        &self.entry
    }

    fn fetch(&mut self, number: u64) -> Result<(), VaultError> {
        if self.row.as_ref().is_some_and(|(held, _)| *held == number) {
            return Ok(());
        }
        let index = i64::try_from(number).map_err(|_| HoldingError::NoSuchBlob)?;
        let content: Option<Vec<u8>> = self.vault.read(|connection| {
            let row = connection
                .prepare_cached("SELECT content FROM vault_blob_chunk WHERE blob_id = ?1 AND number = ?2")?
                .query_row(params![self.entry.id, index], |row| row.get(0))
                .optional()?;
            Ok::<_, VaultError>(row)
        })?;
        let content = content.ok_or(HoldingError::NoSuchBlob)?;
        let expected = self.entry.bytes.saturating_sub(number.saturating_mul(STEP)).min(STEP);
        if u64::try_from(content.len()) != Ok(expected) {
            return Err(VaultError::Damaged { file: "vault.db" });
        }
        self.row = Some((number, content));
        Ok(())
    }
}

impl Read for BlobReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if self.position >= self.entry.bytes {
            let whole = self.digest.take().filter(|_| self.position == self.entry.bytes);
            return if whole.is_some_and(|digest| digest.finish().as_slice() != self.entry.sha256) {
                Err(damaged(VaultError::Damaged { file: "vault.db" }))
            } else {
                Ok(0)
            };
        }
        self.fetch(self.position / STEP).map_err(damaged)?;
        let offset = usize::try_from(self.position % STEP).map_err(io::Error::other)?;
        let row = self.row.as_ref().map_or(&[] as &[u8], |(_, row)| row);
        let part = row.get(offset..).unwrap_or_default();
        let length = part.len().min(out.len());
        for (to, from) in out.iter_mut().zip(part) {
            *to = *from;
        }
        if let (Some(digest), Some(read)) = (&mut self.digest, part.get(..length)) {
            digest.update(read);
        }
        self.position = self
            .position
            .saturating_add(u64::try_from(length).map_err(io::Error::other)?);
        Ok(length)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.entry.bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let target = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        if target != self.position {
            // From the beginning, the whole can be hashed again.
            self.digest = (target == 0).then(Sha256::new);
            self.position = target;
        }
        Ok(target)
    }
}

fn damaged(error: VaultError) -> io::Error {
    let kind = match error {
        VaultError::Damaged { .. } => io::ErrorKind::InvalidData,
        VaultError::Holding(_) => io::ErrorKind::NotFound,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

impl std::fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobReader")
            .field("id", &self.entry.id)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
