//! Why the vault refused something about what it holds: audit, files, attributes, purchases, credentials.

/// A refusal; [`HoldingError::code`] is stable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HoldingError {
    /// The audit has no such entry, or its content was destroyed before.
    #[error("the audit has no such entry, or its content is gone")]
    NoSuchAuditEntry,
    /// No file of this id.
    #[error("the vault has no such file")]
    NoSuchBlob,
    /// Something refers to the file.
    #[error("something in the vault refers to the file")]
    BlobInUse,
    /// The file is larger than files may be.
    #[error("a file in the vault has at most 256 MiB")]
    BlobTooLarge,
    /// The name is too long, or has a slash or a control character.
    #[error("a file's name has at most 255 characters, no slash and no control character")]
    BadBlobName,
    /// Not a media type.
    #[error("not a media type without parameters, like image/jpeg")]
    BadMediaType,
}

impl HoldingError {
    /// The stable name of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchAuditEntry => "no_such_audit_entry",
            Self::NoSuchBlob => "no_such_blob",
            Self::BlobInUse => "blob_in_use",
            Self::BlobTooLarge => "blob_too_large",
            Self::BadBlobName => "bad_blob_name",
            Self::BadMediaType => "bad_media_type",
        }
    }
}
