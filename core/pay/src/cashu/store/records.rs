//! What `cdk` keeps beside the money: its own sagas, a list of transactions, P2PK keys and a small key-value store.

use std::str::FromStr;

use cdk_common::bitcoin::bip32::DerivationPath;
use cdk_common::database::{self, validate_kvstore_params};
use cdk_common::nuts::PublicKey;
use cdk_common::wallet::{P2PKSigningKey, Transaction as WalletTransaction, TransactionId, WalletSaga};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use uuid::Uuid;

use super::error::{StoreError, from_json, to_json, unreadable};

const TRANSACTION: &str = "pay_cashu_transaction";
const SAGA: &str = "pay_cashu_saga";
const P2PK_KEY: &str = "pay_cashu_p2pk_key";

/// A transaction by its id.
pub(super) fn transaction(conn: &Connection, id: &TransactionId) -> Result<Option<WalletTransaction>, StoreError> {
    let found: Option<String> = conn
        .query_row(
            "SELECT body FROM pay_cashu_transaction WHERE transaction_id = ?1",
            [id.to_string()],
            |row| row.get(0),
        )
        .optional()?;
    found.map(|json| from_json(TRANSACTION, &json)).transpose()
}

/// Every transaction, newest first.
pub(super) fn transactions(conn: &Connection) -> Result<Vec<WalletTransaction>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT body FROM pay_cashu_transaction")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut found: Vec<WalletTransaction> = rows
        .map(|row| from_json(TRANSACTION, &row?))
        .collect::<Result<_, StoreError>>()?;
    found.sort();
    Ok(found)
}

/// Adds a transaction or renews it.
pub(super) fn put_transaction(tx: &Transaction<'_>, transaction: &WalletTransaction) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pay_cashu_transaction (transaction_id, mint_url, unit, direction, body)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (transaction_id) DO UPDATE SET mint_url = excluded.mint_url, unit = excluded.unit,
             direction = excluded.direction, body = excluded.body",
        params![
            transaction.id().to_string(),
            transaction.mint_url.to_string(),
            transaction.unit.to_string(),
            transaction.direction.to_string(),
            to_json(TRANSACTION, transaction)?,
        ],
    )?;
    Ok(())
}

/// Removes a transaction.
pub(super) fn remove_transaction(tx: &Transaction<'_>, id: &TransactionId) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM pay_cashu_transaction WHERE transaction_id = ?1",
        [id.to_string()],
    )?;
    Ok(())
}

/// Adds a saga of `cdk`; one with its id must not be there.
pub(super) fn add_saga(tx: &Transaction<'_>, saga: &WalletSaga) -> Result<(), StoreError> {
    let added = tx.execute(
        "INSERT INTO pay_cashu_saga (saga_id, version, body) VALUES (?1, ?2, ?3) ON CONFLICT (saga_id) DO NOTHING",
        params![saga.id.to_string(), saga.version, to_json(SAGA, saga)?],
    )?;
    if added == 0 {
        Err(database::Error::Duplicate.into())
    } else {
        Ok(())
    }
}

/// A saga by its id.
pub(super) fn saga(conn: &Connection, id: &Uuid) -> Result<Option<WalletSaga>, StoreError> {
    let found: Option<String> = conn
        .query_row(
            "SELECT body FROM pay_cashu_saga WHERE saga_id = ?1",
            [id.to_string()],
            |row| row.get(0),
        )
        .optional()?;
    found.map(|json| from_json(SAGA, &json)).transpose()
}

/// Changes a saga that the caller raised by one version; `false` when another version lies there.
pub(super) fn update_saga(tx: &Transaction<'_>, saga: &WalletSaga) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE pay_cashu_saga SET version = ?2, body = ?3 WHERE saga_id = ?1 AND version = ?2 - 1",
        params![saga.id.to_string(), saga.version, to_json(SAGA, saga)?],
    )?;
    Ok(changed == 1)
}

/// Removes a saga.
pub(super) fn remove_saga(tx: &Transaction<'_>, id: &Uuid) -> Result<(), StoreError> {
    tx.execute("DELETE FROM pay_cashu_saga WHERE saga_id = ?1", [id.to_string()])?;
    Ok(())
}

/// Every saga that is there: a finished one is removed.
pub(super) fn sagas(conn: &Connection) -> Result<Vec<WalletSaga>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT body FROM pay_cashu_saga ORDER BY saga_id")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|row| from_json(SAGA, &row?)).collect()
}

/// A value of the key-value store.
pub(super) fn kv_read(
    conn: &Connection,
    primary: &str,
    secondary: &str,
    key: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    validate_kvstore_params(primary, secondary, Some(key))?;
    Ok(conn
        .query_row(
            "SELECT value FROM pay_cashu_kv WHERE primary_namespace = ?1 AND secondary_namespace = ?2 AND key = ?3",
            [primary, secondary, key],
            |row| row.get(0),
        )
        .optional()?)
}

/// The keys of a namespace, sorted.
pub(super) fn kv_list(conn: &Connection, primary: &str, secondary: &str) -> Result<Vec<String>, StoreError> {
    validate_kvstore_params(primary, secondary, None)?;
    let mut statement = conn.prepare_cached(
        "SELECT key FROM pay_cashu_kv WHERE primary_namespace = ?1 AND secondary_namespace = ?2 ORDER BY key",
    )?;
    let rows = statement.query_map([primary, secondary], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Sets a value.
pub(super) fn kv_write(
    tx: &Transaction<'_>,
    primary: &str,
    secondary: &str,
    key: &str,
    value: &[u8],
) -> Result<(), StoreError> {
    validate_kvstore_params(primary, secondary, Some(key))?;
    tx.execute(
        "INSERT INTO pay_cashu_kv (primary_namespace, secondary_namespace, key, value) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (primary_namespace, secondary_namespace, key) DO UPDATE SET value = excluded.value",
        params![primary, secondary, key, value],
    )?;
    Ok(())
}

/// Removes a value.
pub(super) fn kv_remove(tx: &Transaction<'_>, primary: &str, secondary: &str, key: &str) -> Result<(), StoreError> {
    validate_kvstore_params(primary, secondary, Some(key))?;
    tx.execute(
        "DELETE FROM pay_cashu_kv WHERE primary_namespace = ?1 AND secondary_namespace = ?2 AND key = ?3",
        [primary, secondary, key],
    )?;
    Ok(())
}

/// Adds a P2PK key of `cdk`'s own key ring.
pub(super) fn add_p2pk_key(
    tx: &Transaction<'_>,
    pubkey: &PublicKey,
    path: &DerivationPath,
    index: u32,
) -> Result<(), StoreError> {
    let created_s = i64::try_from(cdk_common::util::unix_time()).map_err(unreadable(P2PK_KEY))?;
    tx.execute(
        "INSERT INTO pay_cashu_p2pk_key (pubkey, derivation_path, derivation_index, created_s) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (pubkey) DO NOTHING",
        params![pubkey.to_hex(), path.to_string(), index, created_s],
    )?;
    Ok(())
}

struct StoredKey {
    pubkey: String,
    path: String,
    index: u32,
    created_s: i64,
}

impl StoredKey {
    const SELECT: &'static str = "SELECT pubkey, derivation_path, derivation_index, created_s FROM pay_cashu_p2pk_key";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            pubkey: row.get(0)?,
            path: row.get(1)?,
            index: row.get(2)?,
            created_s: row.get(3)?,
        })
    }

    fn parse(self) -> Result<P2PKSigningKey, StoreError> {
        Ok(P2PKSigningKey {
            pubkey: PublicKey::from_hex(&self.pubkey).map_err(unreadable(P2PK_KEY))?,
            derivation_path: DerivationPath::from_str(&self.path).map_err(unreadable(P2PK_KEY))?,
            derivation_index: self.index,
            created_time: u64::try_from(self.created_s).map_err(unreadable(P2PK_KEY))?,
        })
    }
}

/// A P2PK key by its public key.
pub(super) fn p2pk_key(conn: &Connection, pubkey: &PublicKey) -> Result<Option<P2PKSigningKey>, StoreError> {
    let sql = format!("{} WHERE pubkey = ?1", StoredKey::SELECT);
    conn.query_row(&sql, [pubkey.to_hex()], StoredKey::read)
        .optional()?
        .map(StoredKey::parse)
        .transpose()
}

/// Every P2PK key, oldest first.
pub(super) fn p2pk_keys(conn: &Connection) -> Result<Vec<P2PKSigningKey>, StoreError> {
    let sql = format!("{} ORDER BY created_s, derivation_index", StoredKey::SELECT);
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map([], StoredKey::read)?;
    rows.map(|row| row?.parse()).collect()
}
