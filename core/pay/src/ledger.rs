//! The ledger: double entry, append-only, every transaction adds up to zero for each asset.
//!
//! Two sets of accounts. Where the budget stands: `budget:NAME` (negative: what was set aside), `committed:NAME:PAYEE`,
//! `carried:NAME:PAYEE` (or `…:waiting`), `in_flight:PAYEE`, `payee:PAYEE`, `handed_off:PAYEE`, `fees`, and `exchange`
//! between currencies. Where the cash is: `pocket` (the person's own wallet or bank), `rail:RAIL` (what a rail's wallet
//! holds) and `outlay` (what left it). A transaction has a reference made from what caused it, so that writing it again
//! after a crash changes nothing.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use crate::error::PayError;

/// The balance of one account in one asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The account's name.
    pub account: String,
    /// Its balance.
    pub balance: Money,
}

/// One entry of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The transaction's number, in the order of writing.
    pub transaction: i64,
    /// What the transaction is: `commit`, `top_up`, `lock`, `paid`, `refund`, `hand_off`, `release`.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// The account.
    pub account: String,
    /// What is added to it.
    pub amount: Money,
}

/// Writes one transaction, once for each reference. Returns whether it was new.
pub(crate) fn post(
    tx: &Transaction<'_>,
    kind: &'static str,
    reference: &str,
    statement_id: &str,
    at: Timestamp,
    entries: &[(String, Money)],
) -> Result<bool, PayError> {
    let mut sums: BTreeMap<&'static str, i128> = BTreeMap::new();
    for (_, amount) in entries {
        *sums.entry(amount.asset.code()).or_default() += i128::from(amount.amount_minor);
    }
    if sums.values().any(|sum| *sum != 0) {
        return Err(PayError::Unbalanced { kind });
    }
    let known: Option<i64> = tx
        .prepare_cached("SELECT tx_no FROM pay_ledger_tx WHERE reference = ?1")?
        .query_row([reference], |row| row.get(0))
        .optional()?;
    if known.is_some() {
        return Ok(false);
    }
    tx.prepare_cached("INSERT INTO pay_ledger_tx (reference, kind, statement_id, at_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![reference, kind, statement_id, at.millis()])?;
    let tx_no = tx.last_insert_rowid();
    let mut insert = tx.prepare_cached(
        "INSERT INTO pay_ledger_entry (tx_no, entry_no, account, asset, amount_minor) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (entry_no, (account, amount)) in (0_i64..).zip(entries.iter().filter(|(_, amount)| amount.amount_minor != 0)) {
        insert.execute(params![
            tx_no,
            entry_no,
            account,
            amount.asset.code(),
            amount.amount_minor
        ])?;
    }
    Ok(true)
}

/// Balances of the accounts whose names begin with `prefix` (all when it is empty), without those at zero.
///
/// # Errors
/// Those of the vault.
pub fn balances(vault: &Vault, prefix: &str) -> Result<Vec<Balance>, PayError> {
    vault.read(|db| balances_in(db, prefix))
}

pub(crate) fn balances_in(db: &Connection, prefix: &str) -> Result<Vec<Balance>, PayError> {
    // A range over the index instead of LIKE: names are compared as bytes, and no byte of UTF-8 is above 0xF4.
    let mut query = db.prepare_cached(
        "SELECT account, asset, SUM(amount_minor) FROM pay_ledger_entry
         WHERE account >= ?1 AND account < ?1 || char(0x10FFFF)
         GROUP BY account, asset HAVING SUM(amount_minor) <> 0 ORDER BY account, asset",
    )?;
    let mut rows = query.query([prefix])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Balance {
            account: row.get(0)?,
            balance: money(row.get(2)?, &row.get::<_, String>(1)?)?,
        });
    }
    Ok(found)
}

/// What all entries add up to, as the sum of every asset's distance from zero. Anything but 0 is a defect.
///
/// # Errors
/// Those of the vault.
pub fn ledger_sum_minor(vault: &Vault) -> Result<i64, PayError> {
    vault.read(|db| {
        Ok(db.query_row(
            "SELECT COALESCE(SUM(ABS(total)), 0) FROM
             (SELECT SUM(amount_minor) AS total FROM pay_ledger_entry GROUP BY asset)",
            [],
            |row| row.get(0),
        )?)
    })
}

/// Entries from the newest back, `limit` of them, older than transaction `before` (all when `None`).
///
/// # Errors
/// Those of the vault.
pub fn entries(vault: &Vault, before: Option<i64>, limit: u32) -> Result<Vec<Entry>, PayError> {
    vault.read(|db| {
        let mut query = db.prepare_cached(
            "SELECT t.tx_no, t.kind, t.at_ms, e.account, e.asset, e.amount_minor
             FROM pay_ledger_tx t JOIN pay_ledger_entry e ON e.tx_no = t.tx_no
             WHERE t.tx_no < ?1 ORDER BY t.tx_no DESC, e.entry_no LIMIT ?2",
        )?;
        let mut rows = query.query(params![before.unwrap_or(i64::MAX), limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Entry {
                transaction: row.get(0)?,
                kind: row.get(1)?,
                at: Timestamp::from_millis(row.get(2)?),
                account: row.get(3)?,
                amount: money(row.get(5)?, &row.get::<_, String>(4)?)?,
            });
        }
        Ok(found)
    })
}

pub(crate) fn money(amount_minor: i64, asset: &str) -> Result<Money, PayError> {
    Ok(Money::new(amount_minor, asset.parse::<Asset>()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use tekram_primitives::secret::Passphrase;
    use tekram_primitives::time::FixedClock;
    use tekram_vault::{Scope, Store};

    use super::*;

    const NOON: Timestamp = Timestamp::from_secs(1_790_000_000);

    fn vault(folder: &tempfile::TempDir) -> Vault {
        let store = Store::open(folder.path()).unwrap();
        let clock = FixedClock::new(NOON);
        store
            .create("Home", &Passphrase::from("correct horse"), &[crate::SCHEMA], &clock)
            .unwrap()
    }

    fn write(vault: &Vault, reference: &str, amounts: &[(&str, i64, &str)]) -> Result<bool, PayError> {
        let entries: Vec<(String, Money)> = amounts
            .iter()
            .map(|(account, minor, asset)| ((*account).to_owned(), Money::new(*minor, asset.parse().unwrap())))
            .collect();
        vault.write(Scope("pay"), |tx| post(tx, "test", reference, "", NOON, &entries))
    }

    #[test]
    fn what_does_not_add_up_in_each_asset_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder);
        for amounts in [
            &[("a", 1, "EUR")][..],
            &[("a", 1, "EUR"), ("b", -1, "USD")],
            &[("a", i64::MAX, "EUR"), ("b", i64::MAX, "EUR"), ("c", 2, "EUR")],
        ] {
            assert_eq!(write(&vault, "r", amounts).unwrap_err().code(), "ledger_unbalanced");
        }
        assert!(entries(&vault, None, 10).unwrap().is_empty());
    }

    #[test]
    fn the_same_transaction_written_twice_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder);
        let amounts = [("a", 5, "EUR"), ("b", -5, "EUR"), ("c", 0, "EUR")];
        assert!(write(&vault, "r", &amounts).unwrap());
        assert!(!write(&vault, "r", &amounts).unwrap());
        assert_eq!(entries(&vault, None, 10).unwrap().len(), 2);
        assert_eq!(balances(&vault, "").unwrap().len(), 2);
        assert_eq!(ledger_sum_minor(&vault).unwrap(), 0);
    }

    #[test]
    fn what_is_written_is_never_changed_or_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(&folder);
        write(&vault, "r", &[("a", 5, "EUR"), ("b", -5, "EUR")]).unwrap();
        for change in [
            "DELETE FROM pay_ledger_entry",
            "DELETE FROM pay_ledger_tx",
            "UPDATE pay_ledger_entry SET amount_minor = 0",
            "UPDATE pay_ledger_tx SET at_ms = 0",
        ] {
            let refused = vault.write(Scope("pay"), |tx| Ok::<_, PayError>(tx.execute(change, [])?));
            assert!(refused.is_err(), "{change}");
        }
        assert_eq!(entries(&vault, None, 10).unwrap().len(), 2);
    }
}
