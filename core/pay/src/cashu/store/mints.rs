//! What mints say about themselves (NUT-06) and their keysets and keys (NUT-01, NUT-02). A keyset's description is kept
//! for each mint, so that one mint cannot rewrite another's by announcing the same id.

use std::collections::HashMap;
use std::str::FromStr;

use cdk_common::mint_url::MintUrl;
use cdk_common::nuts::{Id, KeySet, KeySetInfo, Keys, MintInfo};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::error::{StoreError, from_json, to_json, unreadable};

const MINT: &str = "pay_cashu_mint";
const KEYSET: &str = "pay_cashu_keyset";
const KEYS: &str = "pay_cashu_keys";

/// What a mint says about itself, when known.
pub(super) fn get(conn: &Connection, mint_url: &MintUrl) -> Result<Option<MintInfo>, StoreError> {
    let found: Option<String> = conn
        .query_row(
            "SELECT mint_info FROM pay_cashu_mint WHERE mint_url = ?1",
            [mint_url.to_string()],
            |row| row.get(0),
        )
        .optional()?;
    Ok(match found {
        Some(json) => from_json(MINT, &json)?,
        None => None,
    })
}

/// Every mint that was used.
pub(super) fn list(conn: &Connection) -> Result<HashMap<MintUrl, Option<MintInfo>>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT mint_url, mint_info FROM pay_cashu_mint")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut mints = HashMap::new();
    for row in rows {
        let (url, json) = row?;
        mints.insert(
            MintUrl::from_str(&url).map_err(unreadable(MINT))?,
            from_json(MINT, &json)?,
        );
    }
    Ok(mints)
}

/// Adds a mint or renews what it says; without anything new, what is known stays.
pub(super) fn put(tx: &Transaction<'_>, mint_url: &MintUrl, info: Option<&MintInfo>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pay_cashu_mint (mint_url, mint_info) VALUES (?1, ?2)
         ON CONFLICT (mint_url) DO UPDATE SET mint_info = excluded.mint_info WHERE excluded.mint_info <> 'null'",
        [mint_url.to_string(), to_json(MINT, &info)?],
    )?;
    Ok(())
}

/// Forgets what a mint says; its keysets and proofs stay, ecash does not depend on its description.
pub(super) fn remove(tx: &Transaction<'_>, mint_url: &MintUrl) -> Result<(), StoreError> {
    tx.execute("DELETE FROM pay_cashu_mint WHERE mint_url = ?1", [mint_url.to_string()])?;
    Ok(())
}

/// Moves everything of a mint to its new address.
pub(super) fn rename(tx: &Transaction<'_>, old: &MintUrl, new: &MintUrl) -> Result<(), StoreError> {
    let (old, new) = (old.to_string(), new.to_string());
    for statement in [
        "UPDATE OR REPLACE pay_cashu_mint SET mint_url = ?2 WHERE mint_url = ?1",
        "UPDATE OR REPLACE pay_cashu_keyset SET mint_url = ?2 WHERE mint_url = ?1",
        "UPDATE pay_cashu_proof SET mint_url = ?2 WHERE mint_url = ?1",
        "UPDATE pay_cashu_quote SET body = json_set(body, '$.mint_url', ?2) WHERE json_extract(body, '$.mint_url') = ?1",
        "UPDATE pay_cashu_transaction SET mint_url = ?2, body = json_set(body, '$.mint_url', ?2) WHERE mint_url = ?1",
        "UPDATE pay_cashu_saga SET body = json_set(body, '$.mint_url', ?2) WHERE json_extract(body, '$.mint_url') = ?1",
        "UPDATE pay_cashu_exchange SET mint_url = ?2 WHERE mint_url = ?1",
        "UPDATE pay_cashu_top_up SET mint_url = ?2 WHERE mint_url = ?1",
    ] {
        tx.execute(statement, [&old, &new])?;
    }
    Ok(())
}

/// The keysets a mint announced; `None` when it announced none.
pub(crate) fn keysets(conn: &Connection, mint_url: &MintUrl) -> Result<Option<Vec<KeySetInfo>>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT keyset_info FROM pay_cashu_keyset WHERE mint_url = ?1 ORDER BY keyset_id")?;
    let rows = statement.query_map([mint_url.to_string()], |row| row.get::<_, String>(0))?;
    let keysets: Vec<KeySetInfo> = rows
        .map(|row| from_json(KEYSET, &row?))
        .collect::<Result<_, StoreError>>()?;
    Ok(Some(keysets).filter(|found| !found.is_empty()))
}

/// A keyset by its id, as the first mint that announced it describes it.
pub(super) fn keyset(conn: &Connection, id: &Id) -> Result<Option<KeySetInfo>, StoreError> {
    let found: Option<String> = conn
        .query_row(
            "SELECT keyset_info FROM pay_cashu_keyset WHERE keyset_id = ?1 ORDER BY mint_url LIMIT 1",
            [id.to_string()],
            |row| row.get(0),
        )
        .optional()?;
    found.map(|json| from_json(KEYSET, &json)).transpose()
}

/// Adds or renews keysets of a mint.
pub(super) fn put_keysets(tx: &Transaction<'_>, mint_url: &MintUrl, keysets: &[KeySetInfo]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO pay_cashu_keyset (keyset_id, mint_url, keyset_info) VALUES (?1, ?2, ?3)
         ON CONFLICT (keyset_id, mint_url) DO UPDATE SET keyset_info = excluded.keyset_info",
    )?;
    for info in keysets {
        statement.execute([info.id.to_string(), mint_url.to_string(), to_json(KEYSET, info)?])?;
    }
    Ok(())
}

/// The public keys of a keyset.
pub(super) fn keys(conn: &Connection, id: &Id) -> Result<Option<Keys>, StoreError> {
    let found: Option<String> = conn
        .query_row(
            "SELECT keys FROM pay_cashu_keys WHERE keyset_id = ?1",
            [id.to_string()],
            |row| row.get(0),
        )
        .optional()?;
    found.map(|json| from_json(KEYS, &json)).transpose()
}

/// Adds the keys of a keyset whose id is their hash (NUT-02); keys that are there are never replaced, because the id
/// fixes them.
pub(super) fn put_keys(tx: &Transaction<'_>, keyset: &KeySet) -> Result<(), StoreError> {
    keyset.verify_id().map_err(cdk_common::database::Error::from)?;
    tx.execute(
        "INSERT INTO pay_cashu_keys (keyset_id, keys) VALUES (?1, ?2) ON CONFLICT (keyset_id) DO NOTHING",
        [keyset.id.to_string(), to_json(KEYS, &keyset.keys)?],
    )?;
    Ok(())
}

/// Forgets the keys of a keyset.
pub(super) fn remove_keys(tx: &Transaction<'_>, id: &Id) -> Result<(), StoreError> {
    tx.execute("DELETE FROM pay_cashu_keys WHERE keyset_id = ?1", [id.to_string()])?;
    Ok(())
}
