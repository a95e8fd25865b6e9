//! What a persona has chosen that belongs to no room: so far, the relays of each of its requests.

use rusqlite::{OptionalExtension, params};
use tekram_vault::{RoomSchema, Scope, Vault, VaultError};

/// The agent's own table.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "agent",
    migrations: &["CREATE TABLE agent_setting (
        name TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;"],
};

/// The relays that a request was sent to.
pub(crate) fn relays(vault: &Vault, intent: &str) -> Result<Vec<String>, VaultError> {
    vault.read(|connection| {
        let value: Option<String> = connection
            .prepare_cached("SELECT value FROM agent_setting WHERE name = ?1")?
            .query_row([relays_name(intent)], |row| row.get(0))
            .optional()?;
        Ok(value
            .map(|value| value.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default())
    })
}

/// Keeps the relays that a request is sent to. Relay addresses hold no spaces.
pub(crate) fn keep_relays(vault: &Vault, intent: &str, relays: &[String]) -> Result<(), VaultError> {
    vault.write(Scope("agent"), |transaction| {
        transaction
            .prepare_cached(
                "INSERT INTO agent_setting (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![relays_name(intent), relays.join(" ")])?;
        Ok(())
    })
}

fn relays_name(intent: &str) -> String {
    format!("relays/{intent}")
}
