//! What was locked for which commitment, and the top-ups that paid for it. A lock's token stays here for good: it is
//! what a delivery is repeated from and what a refund takes back.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::error::StoreError;

/// A lock as it is stored; `token` is empty until the mint has signed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StoredLock {
    pub commitment_id: String,
    pub exchange_no: i64,
    pub payee_key: String,
    pub refund_key: String,
    pub locktime_s: i64,
    pub budget_minor: i64,
    pub net_minor: i64,
    pub fee_minor: i64,
    pub token: String,
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredLock> {
    Ok(StoredLock {
        commitment_id: row.get(0)?,
        exchange_no: row.get(1)?,
        payee_key: row.get(2)?,
        refund_key: row.get(3)?,
        locktime_s: row.get(4)?,
        budget_minor: row.get(5)?,
        net_minor: row.get(6)?,
        fee_minor: row.get(7)?,
        token: row.get(8)?,
    })
}

/// The lock of a commitment.
pub(crate) fn get(conn: &Connection, commitment_id: &str) -> Result<Option<StoredLock>, StoreError> {
    Ok(conn
        .query_row(
            "SELECT commitment_id, exchange_no, payee_key, refund_key, locktime_s, budget_minor, net_minor, fee_minor,
                    token
             FROM pay_cashu_lock WHERE commitment_id = ?1",
            [commitment_id],
            read,
        )
        .optional()?)
}

/// Writes a lock down before the mint is asked. A lock without a token, whose exchange came to nothing, is replaced; one
/// with a token never.
pub(crate) fn put(tx: &Transaction<'_>, lock: &StoredLock) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pay_cashu_lock (commitment_id, exchange_no, payee_key, refund_key, locktime_s, budget_minor,
                                     net_minor, fee_minor, token)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '')
         ON CONFLICT (commitment_id) DO UPDATE SET exchange_no = excluded.exchange_no, payee_key = excluded.payee_key,
             refund_key = excluded.refund_key, locktime_s = excluded.locktime_s, budget_minor = excluded.budget_minor,
             net_minor = excluded.net_minor, fee_minor = excluded.fee_minor
         WHERE token = ''",
        params![
            lock.commitment_id,
            lock.exchange_no,
            lock.payee_key,
            lock.refund_key,
            lock.locktime_s,
            lock.budget_minor,
            lock.net_minor,
            lock.fee_minor,
        ],
    )?;
    Ok(())
}

/// Keeps the token of the lock that this exchange made.
pub(crate) fn keep_token(tx: &Transaction<'_>, exchange_no: i64, token: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE pay_cashu_lock SET token = ?2 WHERE exchange_no = ?1 AND token = ''",
        params![exchange_no, token],
    )?;
    Ok(())
}

/// A top-up for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredTopUp {
    pub amount_minor: i64,
    /// Empty when the balance was enough.
    pub quote_id: String,
    pub claimed: bool,
}

/// The top-up under a key.
pub(crate) fn top_up(conn: &Connection, key: &str) -> Result<Option<StoredTopUp>, StoreError> {
    Ok(conn
        .query_row(
            "SELECT amount_minor, quote_id, claimed FROM pay_cashu_top_up WHERE top_up_key = ?1",
            [key],
            |row| {
                Ok(StoredTopUp {
                    amount_minor: row.get(0)?,
                    quote_id: row.get(1)?,
                    claimed: row.get(2)?,
                })
            },
        )
        .optional()?)
}

/// Writes a top-up down, once for a key.
pub(crate) fn add_top_up(
    tx: &Transaction<'_>,
    key: &str,
    mint_url: &str,
    unit: &str,
    top_up: &StoredTopUp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pay_cashu_top_up (top_up_key, mint_url, unit, amount_minor, quote_id, claimed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            key,
            mint_url,
            unit,
            top_up.amount_minor,
            top_up.quote_id,
            top_up.claimed
        ],
    )?;
    Ok(())
}

/// Notes that a top-up's money is in the wallet.
pub(crate) fn set_claimed(tx: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE pay_cashu_top_up SET claimed = 1 WHERE top_up_key = ?1", [key])?;
    Ok(())
}

/// Gives an unclaimed top-up another quote, because the first one's invoice ended unpaid.
pub(crate) fn replace_quote(tx: &Transaction<'_>, key: &str, quote_id: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE pay_cashu_top_up SET quote_id = ?2 WHERE top_up_key = ?1 AND claimed = 0",
        [key, quote_id],
    )?;
    Ok(())
}
