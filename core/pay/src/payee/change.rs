//! Changes that wait for the person: new payment details of a known payee, new recipients of a known source.

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_vault::{Scope, Vault};

use super::store::{methods, shares};
use crate::error::PayError;
use crate::method::Method;
use crate::statement::Share;

/// One change that is not in use until it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum HeldChange {
    /// A payee published other payment details.
    Methods {
        /// Whose.
        payee_id: String,
        /// In use until confirmed.
        used: Vec<Method>,
        /// Published now.
        held: Vec<Method>,
    },
    /// A source names other recipients, or other splits.
    Recipients {
        /// Key of the source.
        source: String,
        /// Item GUID, empty for the whole source.
        item: String,
        /// In use until confirmed.
        used: Vec<Share>,
        /// Published now.
        held: Vec<Share>,
    },
}

/// Everything that waits for confirmation.
///
/// # Errors
/// Those of the vault.
pub fn held_changes(vault: &Vault) -> Result<Vec<HeldChange>, PayError> {
    vault.read(|db| {
        let mut found = Vec::new();
        let ids = db
            .prepare_cached("SELECT DISTINCT payee_id FROM pay_method WHERE status = 'held' ORDER BY payee_id")?
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        for payee_id in ids {
            let (used, held) = (methods(db, &payee_id, "used")?, methods(db, &payee_id, "held")?);
            found.push(HeldChange::Methods { payee_id, used, held });
        }
        let levels = db
            .prepare_cached(
                "SELECT DISTINCT source_key, item_guid FROM pay_payable WHERE held = 1 ORDER BY source_key, item_guid",
            )?
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        for (source, item) in levels {
            let held = db
                .prepare_cached(
                    "SELECT payee_id, split, fee FROM pay_payable
                     WHERE source_key = ?1 AND item_guid = ?2 AND held = 1 ORDER BY payee_id, fee",
                )?
                .query_map(params![source, item], |row| {
                    Ok(Share {
                        payee_id: row.get(0)?,
                        split: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
                        fee: row.get(2)?,
                    })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            let used = shares(db, &source, &item)?;
            found.push(HeldChange::Recipients {
                source,
                item,
                used,
                held,
            });
        }
        Ok(found)
    })
}

/// Takes a change into use. It must still be exactly the one that was shown.
///
/// # Errors
/// `no_such_change` when it is gone or was replaced by another since it was shown.
pub fn confirm_change(vault: &Vault, change: &HeldChange) -> Result<(), PayError> {
    settle_change(vault, change, true)
}

/// Drops a change; the details in use stay.
///
/// # Errors
/// `no_such_change`.
pub fn reject_change(vault: &Vault, change: &HeldChange) -> Result<(), PayError> {
    settle_change(vault, change, false)
}

fn settle_change(vault: &Vault, change: &HeldChange, confirmed: bool) -> Result<(), PayError> {
    if !held_changes(vault)?.contains(change) {
        return Err(PayError::NoSuchChange);
    }
    vault.write(Scope("pay"), |tx: &Transaction<'_>| match change {
        HeldChange::Methods { payee_id, .. } if confirmed => {
            tx.execute(
                "UPDATE pay_method SET status = 'retired' WHERE payee_id = ?1 AND status = 'used'",
                [payee_id],
            )?;
            tx.execute(
                "UPDATE pay_method SET status = 'used' WHERE payee_id = ?1 AND status = 'held'",
                [payee_id],
            )?;
            Ok(())
        }
        HeldChange::Methods { payee_id, .. } => {
            tx.execute(
                "DELETE FROM pay_method WHERE payee_id = ?1 AND status = 'held'",
                [payee_id],
            )?;
            Ok(())
        }
        HeldChange::Recipients { source, item, .. } => {
            let drop_held = i64::from(!confirmed);
            tx.execute(
                "DELETE FROM pay_payable WHERE source_key = ?1 AND item_guid = ?2 AND held = ?3",
                params![source, item, drop_held],
            )?;
            tx.execute(
                "UPDATE pay_payable SET held = 0 WHERE source_key = ?1 AND item_guid = ?2 AND held = 1",
                params![source, item],
            )?;
            Ok(())
        }
    })
}
