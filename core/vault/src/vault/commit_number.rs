//! The commit number: every transaction raises it, and locking keeps it in the key store, outside the vault's files. A vault
//! whose number is lower than the kept one was put back to an older state, and says so. One that is higher was not locked
//! the last time. Without a key store there is no outside memory, and nothing to compare with.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use crate::error::VaultError;
use crate::key_store::KeyStore;

/// Where numbers are kept; `None`: nowhere.
pub(crate) type Memory = Option<Arc<dyn KeyStore>>;

/// The name under which the number of the vault with this id is kept.
pub(crate) fn name(vault_id: &str) -> String {
    format!("tekram.{vault_id}.commits")
}

/// Raises the number, in the transaction that it counts.
pub(crate) fn raise(transaction: &Connection) -> Result<(), VaultError> {
    transaction
        .prepare_cached(
            "INSERT INTO vault_commit (only_row, number) VALUES (1, 1)
             ON CONFLICT (only_row) DO UPDATE SET number = number + 1",
        )?
        .execute([])?;
    Ok(())
}

/// The number that the database has; 0 when it was lost with a damaged page and the rest was rescued.
pub(super) fn read(connection: &Connection) -> Result<u64, VaultError> {
    let number = connection
        .query_row("SELECT number FROM vault_commit", [], |row| row.get::<_, i64>(0))
        .optional()?;
    u64::try_from(number.unwrap_or(0)).map_err(|_| VaultError::Damaged { file: "vault.db" })
}

/// Fails with `rolled_back` when the number is lower than the kept one. A key store that does not answer is no reason to keep
/// the person out; it says nothing then.
pub(super) fn check(memory: &Memory, vault_id: &str, found: u64) -> Result<(), VaultError> {
    let kept = memory.as_ref().map(|memory| memory.kept_number(&name(vault_id)));
    match kept {
        Some(Ok(Some(kept))) if kept > found => Err(VaultError::RolledBack { kept, found }),
        _ => Ok(()),
    }
}

/// Keeps the number.
pub(super) fn keep(memory: &Memory, vault_id: &str, number: u64) {
    if let Some(memory) = memory {
        // As above: locking does not fail by it, and the next unlock accepts a higher one.
        let _ = memory.keep_number(&name(vault_id), number);
    }
}
