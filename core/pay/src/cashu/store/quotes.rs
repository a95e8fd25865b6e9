//! Mint and melt quotes (NUT-04, NUT-05), each changed only from the version it was read at.

use cdk_common::database;
use cdk_common::wallet::{MeltQuote, MintQuote};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::{StoreError, from_json, to_json};

const TABLE: &str = "pay_cashu_quote";

/// A quote that the table can hold: which kind, and the fields the table owns instead of the JSON.
pub(crate) trait StoredQuote: Serialize + DeserializeOwned {
    /// `mint` or `melt`.
    const KIND: &'static str;
    /// The mint's id for it.
    fn id(&self) -> &str;
    /// The version it was read at.
    fn version(&self) -> u32;
    /// The operation that holds it.
    fn used_by(&self) -> Option<&str>;
    /// Puts the table's own fields into what was parsed.
    fn with_columns(self, version: u32, used_by: Option<String>) -> Self;
}

impl StoredQuote for MintQuote {
    const KIND: &'static str = "mint";
    fn id(&self) -> &str {
        &self.id
    }
    fn version(&self) -> u32 {
        self.version
    }
    fn used_by(&self) -> Option<&str> {
        self.used_by_operation.as_deref()
    }
    fn with_columns(self, version: u32, used_by: Option<String>) -> Self {
        Self {
            version,
            used_by_operation: used_by,
            ..self
        }
    }
}

impl StoredQuote for MeltQuote {
    const KIND: &'static str = "melt";
    fn id(&self) -> &str {
        &self.id
    }
    fn version(&self) -> u32 {
        self.version
    }
    fn used_by(&self) -> Option<&str> {
        self.used_by_operation.as_deref()
    }
    fn with_columns(self, version: u32, used_by: Option<String>) -> Self {
        Self {
            version,
            used_by_operation: used_by,
            ..self
        }
    }
}

type Columns = (String, u32, String);

fn parse<Q: StoredQuote>((body, version, used_by): Columns) -> Result<Q, StoreError> {
    let quote: Q = from_json(TABLE, &body)?;
    Ok(quote.with_columns(version, Some(used_by).filter(|operation| !operation.is_empty())))
}

fn columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// The quote with this id.
pub(crate) fn get<Q: StoredQuote>(conn: &Connection, quote_id: &str) -> Result<Option<Q>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT body, version, used_by FROM pay_cashu_quote WHERE kind = ?1 AND quote_id = ?2")?;
    statement
        .query_row([Q::KIND, quote_id], columns)
        .optional()?
        .map(parse)
        .transpose()
}

/// All quotes of the kind.
pub(crate) fn list<Q: StoredQuote>(conn: &Connection) -> Result<Vec<Q>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT body, version, used_by FROM pay_cashu_quote WHERE kind = ?1 ORDER BY quote_id")?;
    let rows = statement.query_map([Q::KIND], columns)?;
    rows.map(|row| parse(row?)).collect()
}

/// Adds a quote, or changes it from the version the caller read it at; `ConcurrentUpdate` when that is not the version
/// in the table any more, or when another mint gave the quote its id.
pub(crate) fn put<Q: StoredQuote>(tx: &Transaction<'_>, quote: &Q) -> Result<(), StoreError> {
    let changed = tx.execute(
        "INSERT INTO pay_cashu_quote (kind, quote_id, version, used_by, body) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (kind, quote_id) DO UPDATE SET version = version + 1, used_by = excluded.used_by,
             body = excluded.body
         WHERE version = excluded.version
             AND json_extract(body, '$.mint_url') IS json_extract(excluded.body, '$.mint_url')",
        params![
            Q::KIND,
            quote.id(),
            quote.version(),
            quote.used_by().unwrap_or_default(),
            to_json(TABLE, quote)?
        ],
    )?;
    if changed == 0 {
        Err(database::Error::ConcurrentUpdate.into())
    } else {
        Ok(())
    }
}

/// Removes a quote.
pub(crate) fn remove<Q: StoredQuote>(tx: &Transaction<'_>, quote_id: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM pay_cashu_quote WHERE kind = ?1 AND quote_id = ?2",
        [Q::KIND, quote_id],
    )?;
    Ok(())
}

/// Takes a free quote for an operation.
pub(crate) fn reserve<Q: StoredQuote>(
    tx: &Transaction<'_>,
    quote_id: &str,
    operation: &Uuid,
) -> Result<(), StoreError> {
    let taken = tx.execute(
        "UPDATE pay_cashu_quote SET used_by = ?3 WHERE kind = ?1 AND quote_id = ?2 AND used_by = ''",
        params![Q::KIND, quote_id, operation.to_string()],
    )?;
    if taken == 1 {
        return Ok(());
    }
    match get::<Q>(tx, quote_id)? {
        Some(_) => Err(database::Error::QuoteAlreadyInUse.into()),
        None => Err(database::Error::UnknownQuote.into()),
    }
}

/// Gives back the quote an operation holds.
pub(crate) fn release<Q: StoredQuote>(tx: &Transaction<'_>, operation: &Uuid) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE pay_cashu_quote SET used_by = '' WHERE kind = ?1 AND used_by = ?2",
        params![Q::KIND, operation.to_string()],
    )?;
    Ok(())
}
