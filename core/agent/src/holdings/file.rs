//! Files inside the vault: they go in and out as streams, so that a long one never is in memory as a whole.

use std::io::{self, Read, Write};

use serde::Serialize;
use tekram_vault::{AuditEvent, AuditKind, BlobEntry, BlobId, VaultError};

use crate::error::AgentError;
use crate::persona::Persona;

/// Longest file that is read into memory at once, in bytes: 8 MiB.
const AT_ONCE_BYTES: u64 = 8 * 1024 * 1024;

/// A file as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// Its id.
    pub id: String,
    /// What the person or its source called it.
    pub name: String,
    /// What it is: `image/jpeg`.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
    /// When it was added, ms since 1970.
    pub added_ms: i64,
}

impl From<BlobEntry> for FileView {
    fn from(entry: BlobEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            name: entry.name,
            media_type: entry.media_type,
            bytes: entry.bytes,
            added_ms: entry.added.millis(),
        }
    }
}

impl Persona {
    /// The files, in the order in which they were added.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn files(&self) -> Result<Vec<FileView>, AgentError> {
        Ok(self.vault.blobs()?.into_iter().map(FileView::from).collect())
    }

    /// Keeps everything that `from` gives as a file. When it fails, nothing is kept.
    ///
    /// # Errors
    /// `bad_blob_name`, `bad_media_type`, `blob_too_large`, `io` when `from` cannot be read, the vault's errors.
    pub fn add_file(&self, name: &str, media_type: &str, from: &mut dyn Read) -> Result<FileView, AgentError> {
        let mut file = self.vault.new_blob(name, media_type, self.clock.now())?;
        io::copy(from, &mut file).map_err(|error| failed("reading a file", error))?;
        Ok(file.finish()?.into())
    }

    /// Writes a file to `to`, checked against its hash, and notes in the audit that it left: what was written before an error is
    /// not to be used.
    ///
    /// # Errors
    /// `no_such_blob`, `damaged`, `io` when `to` cannot be written, the vault's errors.
    pub fn write_file(&self, id: &str, to: &mut dyn Write) -> Result<FileView, AgentError> {
        let mut file = self.vault.open_blob(&blob_id(id)?)?;
        io::copy(&mut file, to).map_err(|error| failed("writing a file", error))?;
        to.flush().map_err(|error| failed("writing a file", error))?;
        let entry = file.entry().clone();
        let event = AuditEvent::new(AuditKind::Export).record(id).what(entry.name.as_str());
        self.vault.audit(&event, self.clock.now())?;
        Ok(entry.into())
    }

    /// A file of at most 8 MiB, for pictures.
    ///
    /// # Errors
    /// `no_such_blob`, `file_too_long` for a longer one, `damaged`, the vault's errors.
    pub fn file_bytes(&self, id: &str) -> Result<Vec<u8>, AgentError> {
        let mut file = self.vault.open_blob(&blob_id(id)?)?;
        if file.entry().bytes > AT_ONCE_BYTES {
            return Err(AgentError::FileTooLong {
                limit_bytes: AT_ONCE_BYTES,
            });
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| failed("reading a file", error))?;
        Ok(bytes)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// `no_such_blob`, `blob_in_use` while a purchase or membership has it, the vault's errors.
    pub fn remove_file(&self, id: &str) -> Result<(), AgentError> {
        Ok(self.vault.delete_blob(&blob_id(id)?)?)
    }
}

pub(super) fn blob_id(id: &str) -> Result<BlobId, AgentError> {
    Ok(id.parse().map_err(VaultError::Holding)?)
}

/// The vault's own error out of a stream, else the stream's.
fn failed(action: &'static str, error: io::Error) -> AgentError {
    match error.downcast::<VaultError>() {
        Ok(error) => error.into(),
        Err(source) => VaultError::Io { action, source }.into(),
    }
}
