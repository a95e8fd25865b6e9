//! What a persona has chosen that belongs to no room: the relays of each of its requests, and other values by name.

use rusqlite::{Connection, OptionalExtension, params};
use tekram_vault::{RoomSchema, Scope, Vault, VaultError};

use crate::holdings::SCHEMA_OF_PURCHASES;

/// The agent's own table.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "agent",
    migrations: &[
        "CREATE TABLE agent_setting (
        name TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;",
        SCHEMA_OF_PURCHASES,
    ],
};

/// What was kept under this name.
pub(crate) fn value(vault: &Vault, name: &str) -> Result<Option<String>, VaultError> {
    vault.read(|connection| stored(connection, name))
}

/// What was kept under names that begin like this, without that beginning.
pub(crate) fn named(vault: &Vault, beginning: &str) -> Result<Vec<(String, String)>, VaultError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT substr(name, 1 + length(?1)), value FROM agent_setting
             WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
        )?;
        let rows = statement.query_map([beginning], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}

/// Keeps a value under a name, in the place of what was there.
pub(crate) fn keep(vault: &Vault, name: &str, value: &str) -> Result<(), VaultError> {
    vault.write(Scope("agent"), |transaction| store(transaction, name, value))
}

/// Makes of what was kept under a name what `change` says; nothing is kept when that is nothing. Who listens hears of it by that
/// name.
pub(crate) fn change(
    vault: &Vault,
    name: &'static str,
    change: impl FnOnce(Option<&str>) -> Option<String>,
) -> Result<(), VaultError> {
    vault.write(Scope(name), |transaction| {
        match change(stored(transaction, name)?.as_deref()) {
            Some(value) => store(transaction, name, &value),
            None => {
                transaction.execute("DELETE FROM agent_setting WHERE name = ?1", [name])?;
                Ok(())
            }
        }
    })
}

fn stored(connection: &Connection, name: &str) -> Result<Option<String>, VaultError> {
    Ok(connection
        .prepare_cached("SELECT value FROM agent_setting WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

fn store(connection: &Connection, name: &str, value: &str) -> Result<(), VaultError> {
    connection
        .prepare_cached(
            "INSERT INTO agent_setting (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![name, value])?;
    Ok(())
}

/// The relays that a request was sent to.
pub(crate) fn relays(vault: &Vault, intent: &str) -> Result<Vec<String>, VaultError> {
    let value = value(vault, &relays_name(intent))?;
    Ok(value
        .map(|value| value.split_whitespace().map(str::to_owned).collect())
        .unwrap_or_default())
}

/// Keeps the relays that a request is sent to. Relay addresses hold no spaces.
pub(crate) fn keep_relays(vault: &Vault, intent: &str, relays: &[String]) -> Result<(), VaultError> {
    keep(vault, &relays_name(intent), &relays.join(" "))
}

fn relays_name(intent: &str) -> String {
    format!("relays/{intent}")
}
