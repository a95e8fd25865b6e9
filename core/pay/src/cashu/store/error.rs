//! What a table operation of the wallet can fail with, between the vault's errors and those `cdk` wants back.

use cdk_common::database;
use tekram_vault::VaultError;

/// A failed read or write of the wallet's tables.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// The vault refused or the disk did.
    Vault(VaultError),
    /// A row holds what this program cannot have written.
    Unreadable {
        /// The table.
        table: &'static str,
    },
    /// A rule of the wallet database, in `cdk`'s words: `cdk` reacts to some of them.
    Rule(database::Error),
}

impl From<VaultError> for StoreError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(VaultError::from(error))
    }
}

impl From<database::Error> for StoreError {
    fn from(error: database::Error) -> Self {
        Self::Rule(error)
    }
}

impl From<StoreError> for database::Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Vault(error) => Self::Database(Box::new(error)),
            StoreError::Unreadable { table } => Self::Internal(format!("a row of {table} is unreadable")),
            StoreError::Rule(error) => error,
        }
    }
}

/// For `map_err`: a value in `table` does not parse.
pub(super) fn unreadable<E>(table: &'static str) -> impl Fn(E) -> StoreError {
    move |_| StoreError::Unreadable { table }
}

/// The JSON of a value that goes into `table`.
pub(super) fn to_json<T: serde::Serialize + ?Sized>(table: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(unreadable(table))
}

/// The value that lies in `table` as JSON.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(table: &'static str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(unreadable(table))
}
