//! Files inside the vault: they go in and out by path, as streams.

use std::fs::File;
use std::path::{Path, PathBuf};

use tekram_agent::{AgentError, BlobId, VaultError};

use crate::error::TekramError;
use crate::persona::Persona;

/// A file as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VaultFile {
    /// Its id.
    pub id: String,
    /// What the person or its source called it.
    pub name: String,
    /// What it is: `image/jpeg`.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
    /// When it was added.
    pub added_ms: i64,
}

impl From<tekram_agent::FileView> for VaultFile {
    fn from(view: tekram_agent::FileView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            media_type: view.media_type,
            bytes: view.bytes,
            added_ms: view.added_ms,
        }
    }
}

/// The core's id of a file.
pub(super) fn file_id(id: &str) -> Result<BlobId, AgentError> {
    Ok(id.parse().map_err(VaultError::Holding)?)
}

#[uniffi::export]
impl Persona {
    /// The files, in the order in which they were added.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn files(&self) -> Result<Vec<VaultFile>, TekramError> {
        self.with(|core| Ok(core.files()?.into_iter().map(VaultFile::from).collect()))
    }

    /// Keeps the file at `path` under a name; the one at `path` stays. When it fails, nothing is kept.
    ///
    /// # Errors
    /// `file_unusable`, `bad_blob_name`, `bad_media_type`, `blob_too_large`, `paused`, `locked`, `closed`, the vault's
    /// errors.
    pub async fn add_file(&self, path: String, name: String, media_type: String) -> Result<VaultFile, TekramError> {
        self.beside(move |core| {
            let mut from = File::open(path).map_err(|_| TekramError::file())?;
            Ok(core.add_file(&name, &media_type, &mut from)?.into())
        })
        .await
    }

    /// Writes a file to `path`. When it fails, nothing is left there.
    ///
    /// # Errors
    /// `file_unusable`, `no_such_blob`, `damaged`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn write_file(&self, id: String, path: String) -> Result<(), TekramError> {
        self.beside(move |core| {
            let path = PathBuf::from(path);
            let mut to = File::create(&path).map_err(|_| TekramError::file())?;
            let written = core.write_file(&id, &mut to);
            if written.is_err() {
                remove(&path);
            }
            written?;
            Ok(())
        })
        .await
    }

    /// A file of at most 8 MiB, for pictures.
    ///
    /// # Errors
    /// `no_such_blob`, `file_too_long`, `damaged`, `locked`, `closed`, the vault's errors.
    pub fn file_bytes(&self, id: String) -> Result<Vec<u8>, TekramError> {
        self.with(|core| Ok(core.file_bytes(&id)?))
    }

    /// Removes a file.
    ///
    /// # Errors
    /// `no_such_blob`, `blob_in_use` while a purchase or membership has it, `locked`, `closed`, the vault's errors.
    pub fn remove_file(&self, id: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_file(&id)?))
    }
}

/// A half-written file is of no use to anybody; when it cannot be removed, the error that is on its way says enough.
fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}
