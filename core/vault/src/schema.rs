//! Migrations: each room brings its own list and never sees another's. A migration is one change in one transaction
//! together with the room's new version, so that whatever happens, a room's tables are at a version somebody wrote down.

use std::collections::BTreeMap;

use rusqlite::{Connection, TransactionBehavior, params};

use crate::error::VaultError;
use crate::{attribute, audit, blob, credential, membership, pen, purchase};

/// A room's tables, as the list of changes that led to them. The list only grows: the version is its length.
#[derive(Clone, Copy, Debug)]
pub struct RoomSchema {
    /// The room's name, which is also the prefix of its tables.
    pub room: &'static str,
    /// One change each, in order. What was shipped is never edited.
    pub migrations: &'static [&'static str],
}

/// What a vault is, and what its inbox delivered.
const VAULT: RoomSchema = RoomSchema {
    room: "vault",
    migrations: &[
        "CREATE TABLE vault_identity (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            vault_id TEXT NOT NULL,
            root_secret BLOB NOT NULL CHECK (length(root_secret) = 32),
            epoch INTEGER NOT NULL CHECK (epoch >= 1),
            created_ms INTEGER NOT NULL
        ) STRICT",
        "CREATE TABLE vault_inbox_delivered (
            item_id BLOB PRIMARY KEY NOT NULL CHECK (length(item_id) = 16)
        ) STRICT, WITHOUT ROWID",
        "CREATE TABLE vault_commit (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            number INTEGER NOT NULL CHECK (number >= 1)
        ) STRICT;
        INSERT INTO vault_commit (only_row, number) VALUES (1, 1)",
    ],
};

/// All tables that each vault has, whatever rooms the program brings.
pub(crate) const OWN: [RoomSchema; 8] = [
    VAULT,
    audit::SCHEMA,
    blob::SCHEMA,
    attribute::SCHEMA,
    membership::SCHEMA,
    purchase::SCHEMA,
    pen::SCHEMA,
    credential::SCHEMA,
];

/// The table that everything else is versioned by. It is made once, with the vault, and never changes.
pub(crate) const VERSIONS: &str = "CREATE TABLE vault_room_schema (
    room TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 0)
) STRICT, WITHOUT ROWID";

/// Brings the vault's own tables and each room's up to date. Refuses with `newer_schema` before changing anything when
/// a room is further than this program; fails with `migration_failed` and the old version otherwise.
pub(crate) fn migrate(connection: &mut Connection, rooms: &[RoomSchema]) -> Result<(), VaultError> {
    let found = versions(connection)?;
    bring(connection, rooms, |room| found.get(room).copied().unwrap_or(0), None)
}

/// Makes the tables as they were at these versions, in an empty database; rooms that have none stay out. Refuses with
/// `newer_schema` when a room is further than this program, or not one of its rooms.
pub(crate) fn migrate_to(
    connection: &mut Connection,
    rooms: &[RoomSchema],
    versions: &BTreeMap<String, u32>,
) -> Result<(), VaultError> {
    let is_known = |room: &str| OWN.iter().chain(rooms).any(|schema| schema.room == room);
    if let Some((room, found)) = versions.iter().find(|(room, _)| !is_known(room)) {
        return Err(VaultError::NewerSchema {
            room: room.clone(),
            found: *found,
            known: 0,
        });
    }
    bring(connection, rooms, |_| 0, Some(versions))
}

fn bring(
    connection: &mut Connection,
    rooms: &[RoomSchema],
    from: impl Fn(&str) -> u32,
    to: Option<&BTreeMap<String, u32>>,
) -> Result<(), VaultError> {
    let mut due = Vec::new();
    for schema in OWN.iter().chain(rooms) {
        let known = u32::try_from(schema.migrations.len()).unwrap_or(u32::MAX);
        let version = from(schema.room);
        let wanted = to.map_or(known, |to| to.get(schema.room).copied().unwrap_or(0));
        let newest = version.max(wanted);
        if newest > known {
            return Err(VaultError::NewerSchema {
                room: schema.room.to_owned(),
                found: newest,
                known,
            });
        }
        due.extend(
            (1..=wanted)
                .zip(schema.migrations)
                .filter(|(to, _)| *to > version)
                .map(|(to, sql)| (schema.room, to, *sql)),
        );
    }
    for (room, version, sql) in due {
        step(connection, room, version, sql).map_err(|source| VaultError::MigrationFailed { room, version, source })?;
    }
    Ok(())
}

/// The rooms' versions.
pub(crate) fn versions(connection: &Connection) -> Result<BTreeMap<String, u32>, VaultError> {
    let mut statement = connection.prepare("SELECT room, version FROM vault_room_schema")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn step(connection: &mut Connection, room: &str, version: u32, sql: &str) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(sql)?;
    transaction.execute(
        "INSERT INTO vault_room_schema (room, version) VALUES (?1, ?2)
         ON CONFLICT (room) DO UPDATE SET version = excluded.version",
        params![room, version],
    )?;
    transaction.commit()
}
