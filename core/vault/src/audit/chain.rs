//! What is hashed. An entry's hash is SHA-256 over the hash before it and over the entry's compact JSON; its content enters
//! through SHA-256 of a random salt and the content's compact JSON, so that nobody can guess destroyed content from its hash.

use serde::Serialize;
use tekram_primitives::canonical::sha256_of_parts;

use super::entry::AuditContent;
use crate::error::VaultError;

/// What the chain covers of an entry. The order of the members is part of the format.
#[derive(Serialize)]
pub(super) struct Link<'a> {
    pub(super) number: u32,
    pub(super) at_ms: i64,
    pub(super) kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) about: Option<u32>,
    pub(super) content_sha256: &'a str,
}

impl Link<'_> {
    /// The entry's hash, with that of the entry before it (or of the audit's origin).
    pub(super) fn sha256(&self, previous: &[u8]) -> Result<[u8; 32], VaultError> {
        Ok(sha256_of_parts(&[previous, &json(self)?]))
    }
}

/// The hash of an entry's content.
pub(super) fn content_sha256(salt: &[u8], content: &AuditContent) -> Result<[u8; 32], VaultError> {
    Ok(sha256_of_parts(&[salt, &json(content)?]))
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, VaultError> {
    serde_json::to_vec(value).map_err(|_| VaultError::Crypto {
        step: "writing an audit entry as JSON",
    })
}
