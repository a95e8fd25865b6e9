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
    /// A field is not what it should be.
    #[error("{field} is not what it should be")]
    BadField {
        /// The field's name, as schema.org has it where it does.
        field: &'static str,
    },
    /// No attribute, membership, preference, purchase or credential of this id.
    #[error("the vault keeps nothing under this id")]
    NoSuchHolding,
    /// The same record, preference or credential is kept already.
    #[error("the vault keeps this already")]
    HeldAlready,
    /// No batch of this id in the holding pen.
    #[error("the holding pen has no such batch")]
    NoSuchBatch,
    /// The thing does not wait in the holding pen.
    #[error("this does not wait in the holding pen")]
    NotHeld,
    /// A batch has too many things.
    #[error("a batch has at most 100,000 things")]
    BatchTooLarge,
    /// A status list said that the credential was revoked or suspended.
    #[error("the credential was revoked or suspended")]
    CredentialRevoked,
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
            Self::BadField { .. } => "bad_field",
            Self::NoSuchHolding => "no_such_holding",
            Self::HeldAlready => "held_already",
            Self::NoSuchBatch => "no_such_pen_batch",
            Self::NotHeld => "not_held",
            Self::BatchTooLarge => "batch_too_large",
            Self::CredentialRevoked => "credential_revoked",
        }
    }
}
