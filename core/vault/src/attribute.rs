//! What the person keeps about themselves: names, addresses, numbers. Each says where it comes from (the person, somebody
//! who passed it on, or a credential that vouches for it), and setting one anew keeps what it was before.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;

use crate::change::Scope;
use crate::credential;
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::schema::RoomSchema;
use crate::vault::Vault;

mod value;

pub use value::{AttributeValue, PersonName, PostalAddress};
pub(crate) use value::{check_date, check_text};

/// The table: each value that ever was, with the time in which it stood.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "vault_attribute",
    migrations: &["
        CREATE TABLE vault_attribute (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            property TEXT NOT NULL,
            label TEXT NOT NULL DEFAULT '',
            value TEXT NOT NULL,
            source TEXT NOT NULL CHECK (source IN ('self', 'collected', 'verified')),
            source_id TEXT NOT NULL DEFAULT '',
            batch INTEGER,
            replaces INTEGER,
            from_ms INTEGER NOT NULL,
            until_ms INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX vault_attribute_now ON vault_attribute (property, label) WHERE until_ms IS NULL;
        CREATE INDEX vault_attribute_replaces ON vault_attribute (replaces) WHERE replaces IS NOT NULL;
    "],
};

impl Scope {
    /// Attributes, memberships, preferences or purchases changed.
    pub const HOLDING: Self = Self("vault_holding");
}

/// Where an attribute comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AttributeSource {
    /// The person said so.
    SelfAsserted,
    /// Somebody passed it on.
    Collected {
        /// Who: a relation's id, a `did:`, or the name of a file.
        from: String,
    },
    /// A credential in this vault says so.
    Verified {
        /// The credential's id.
        credential: String,
    },
}

impl AttributeSource {
    fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::SelfAsserted => ("self", ""),
            Self::Collected { from } => ("collected", from),
            Self::Verified { credential } => ("verified", credential),
        }
    }

    fn from_columns(kind: &str, id: String) -> Self {
        match kind {
            "collected" => Self::Collected { from: id },
            "verified" => Self::Verified { credential: id },
            _ => Self::SelfAsserted,
        }
    }
}

/// An attribute to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAttribute {
    /// What it says.
    pub value: AttributeValue,
    /// Which of several it is: `home`, `work`, or nothing. One value stands for each property and label.
    #[serde(default)]
    pub label: String,
    /// Where it comes from.
    pub source: AttributeSource,
}

/// An attribute as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its number in this vault.
    pub id: i64,
    /// What it says.
    pub value: AttributeValue,
    /// Which of several it is.
    pub label: String,
    /// Where it comes from.
    pub source: AttributeSource,
    /// The batch of the holding pen that it came with.
    pub batch: Option<i64>,
    /// From when on it stood.
    pub from: Timestamp,
    /// Until when; `None` while it stands.
    pub until: Option<Timestamp>,
}

impl Vault {
    /// Keeps an attribute; what stood under its property and label becomes history. Returns its id. Fails with
    /// `bad_field`.
    pub fn set_attribute(&self, attribute: &NewAttribute, now: Timestamp) -> Result<i64, VaultError> {
        self.write(Scope::HOLDING, |transaction| insert(transaction, attribute, None, now))
    }

    /// What stands now, by property and label.
    pub fn attributes(&self) -> Result<Vec<Attribute>, VaultError> {
        self.read(|connection| {
            list(
                connection,
                "SELECT id, value, label, source, source_id, batch, from_ms, until_ms FROM vault_attribute
                 WHERE until_ms IS NULL ORDER BY property, label",
                [],
            )
        })
    }

    /// Everything that ever stood in the place of this attribute, newest first. Fails with `no_such_holding`.
    pub fn attribute_history(&self, id: i64) -> Result<Vec<Attribute>, VaultError> {
        self.read(|connection| {
            let history = list(
                connection,
                "SELECT h.id, h.value, h.label, h.source, h.source_id, h.batch, h.from_ms, h.until_ms
                 FROM vault_attribute a JOIN vault_attribute h ON h.property = a.property AND h.label = a.label
                 WHERE a.id = ?1 ORDER BY h.id DESC",
                [id],
            )?;
            if history.is_empty() {
                return Err(HoldingError::NoSuchHolding.into());
            }
            Ok(history)
        })
    }

    /// From now on the attribute stands no more; it stays in the history. Fails with `no_such_holding` when it does not
    /// stand.
    pub fn end_attribute(&self, id: i64, now: Timestamp) -> Result<(), VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            let ended = transaction.execute(
                "UPDATE vault_attribute SET until_ms = ?2 WHERE id = ?1 AND until_ms IS NULL",
                params![id, now.millis()],
            )?;
            one(ended)
        })
    }

    /// Removes an attribute with its whole history. Fails with `no_such_holding`.
    pub fn forget_attribute(&self, id: i64) -> Result<(), VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            let place: Option<(String, String)> = transaction
                .query_row(
                    "SELECT property, label FROM vault_attribute WHERE id = ?1",
                    [id],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let (property, label) = place.ok_or(HoldingError::NoSuchHolding)?;
            transaction.execute(
                "DELETE FROM vault_attribute WHERE property = ?1 AND label = ?2",
                params![property, label],
            )?;
            Ok(())
        })
    }
}

/// Keeps an attribute in a transaction; returns its id.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    attribute: &NewAttribute,
    batch: Option<i64>,
    now: Timestamp,
) -> Result<i64, VaultError> {
    check(attribute)?;
    if let AttributeSource::Verified { credential } = &attribute.source
        && !credential::says(transaction, credential, &attribute.value.texts())?
    {
        return Err(HoldingError::BadField { field: "credential" }.into());
    }
    let property = attribute.value.property();
    let replaces: Option<i64> = transaction
        .prepare_cached("SELECT id FROM vault_attribute WHERE property = ?1 AND label = ?2 AND until_ms IS NULL")?
        .query_row(params![property, attribute.label], |row| row.get(0))
        .optional()?;
    transaction
        .prepare_cached("UPDATE vault_attribute SET until_ms = ?2 WHERE id = ?1")?
        .execute(params![replaces, now.millis()])?;
    let (source, source_id) = attribute.source.columns();
    let value = serde_json::to_string(&attribute.value).map_err(|_| HoldingError::BadField { field: "value" })?;
    transaction
        .prepare_cached(
            "INSERT INTO vault_attribute (property, label, value, source, source_id, batch, replaces, from_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            property,
            attribute.label,
            value,
            source,
            source_id,
            batch,
            replaces,
            now.millis()
        ])?;
    Ok(transaction.last_insert_rowid())
}

/// Takes an attribute back as if it had never been kept: what it had replaced stands again, unless something newer does.
pub(crate) fn take_back(transaction: &Transaction<'_>, id: i64) -> Result<(), VaultError> {
    let found: Option<(Option<i64>, Option<i64>)> = transaction
        .query_row(
            "SELECT replaces, until_ms FROM vault_attribute WHERE id = ?1",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    // The person may have forgotten it meanwhile.
    let Some((replaces, until_ms)) = found else {
        return Ok(());
    };
    transaction.execute(
        "UPDATE vault_attribute SET replaces = ?2 WHERE replaces = ?1",
        params![id, replaces],
    )?;
    transaction.execute("DELETE FROM vault_attribute WHERE id = ?1", [id])?;
    // What stood before ends when this one ended, or stands again.
    transaction.execute(
        "UPDATE vault_attribute SET until_ms = ?2 WHERE id = ?1",
        params![replaces, until_ms],
    )?;
    Ok(())
}

/// Fails with `bad_field` when something is not what it should be.
pub(crate) fn check(attribute: &NewAttribute) -> Result<(), HoldingError> {
    attribute.value.check()?;
    check_text("label", &attribute.label, 0, 64)?;
    match &attribute.source {
        AttributeSource::SelfAsserted => Ok(()),
        AttributeSource::Collected { from } => check_text("from", from, 1, 255),
        AttributeSource::Verified { credential } => check_text("credential", credential, 1, 64),
    }
}

fn list(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Attribute>, VaultError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(values, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Attribute> {
    let value: String = row.get(1)?;
    let source: String = row.get(3)?;
    let until_ms: Option<i64> = row.get(7)?;
    Ok(Attribute {
        id: row.get(0)?,
        value: from_json(1, &value)?,
        label: row.get(2)?,
        source: AttributeSource::from_columns(&source, row.get(4)?),
        batch: row.get(5)?,
        from: Timestamp::from_millis(row.get(6)?),
        until: until_ms.map(Timestamp::from_millis),
    })
}

/// JSON out of a column.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// One row was to change.
pub(crate) fn one(changed: usize) -> Result<(), VaultError> {
    if changed == 0 {
        Err(HoldingError::NoSuchHolding.into())
    } else {
        Ok(())
    }
}
