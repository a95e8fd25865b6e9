//! What the list of tables lost: made anew, empty, as a new vault has it, so that the rooms find all their tables.
//!
//! A room whose version was lost too is at the newest: the vault was last opened by a program that knew it.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::copy::quoted;
use crate::error::VaultError;
use crate::schema::{self, RoomSchema};

/// Something that the list of tables names.
struct Part {
    name: String,
    table: String,
    sql: String,
    is_plain_table: bool,
}

/// Makes what rooms at their newest version miss.
pub(super) fn complete(connection: &Connection, schemas: &[RoomSchema]) -> Result<(), VaultError> {
    let found = schema::versions(connection)?;
    let mut newest: BTreeMap<&str, u32> = BTreeMap::new();
    for room in schema::OWN.iter().chain(schemas) {
        newest.insert(room.room, u32::try_from(room.migrations.len()).unwrap_or(u32::MAX));
    }
    let mut template = Connection::open_in_memory()?;
    template.execute_batch(schema::VERSIONS)?;
    schema::migrate(&mut template, schemas)?;
    for part in parts(&template)? {
        // A room's name can be the beginning of another's; the longest is meant.
        let room = newest
            .keys()
            .filter(|room| {
                part.table
                    .strip_prefix(**room)
                    .is_some_and(|rest| rest.starts_with('_'))
            })
            .max_by_key(|room| room.len());
        let is_older =
            room.is_some_and(|room| found.get(*room).is_some_and(|version| newest.get(room) > Some(version)));
        let there = connection
            .query_row("SELECT 1 FROM sqlite_schema WHERE name = ?1", [&part.name], |_| Ok(()))
            .optional()?;
        if !is_older && there.is_none() {
            connection.execute_batch(&part.sql)?;
            if part.is_plain_table {
                first_rows(&template, connection, &part.name)?;
            }
        }
    }
    for (room, version) in newest {
        connection.execute(
            "INSERT OR IGNORE INTO vault_room_schema (room, version) VALUES (?1, ?2)",
            params![room, version],
        )?;
    }
    Ok(())
}

/// Tables first, virtual ones before plain ones, since they make tables of their own; then what stands on them.
fn parts(template: &Connection) -> Result<Vec<Part>, VaultError> {
    let mut statement = template.prepare(
        "SELECT name, tbl_name, sql, type = 'table' AND rootpage > 0 FROM sqlite_schema
         WHERE sql IS NOT NULL AND name <> 'vault_room_schema'
         ORDER BY type <> 'table', rootpage > 0, type <> 'index', type <> 'view'",
    )?;
    let parts = statement.query_map([], |row| {
        Ok(Part {
            name: row.get(0)?,
            table: row.get(1)?,
            sql: row.get(2)?,
            is_plain_table: row.get(3)?,
        })
    })?;
    Ok(parts.collect::<Result<_, _>>()?)
}

/// The rows with which a table begins.
fn first_rows(template: &Connection, connection: &Connection, table: &str) -> Result<(), VaultError> {
    let mut statement = template.prepare(&format!("SELECT * FROM {}", quoted(table)))?;
    let columns = statement.column_count();
    let places: Vec<String> = (1..=columns).map(|place| format!("?{place}")).collect();
    let sql = format!("INSERT INTO {} VALUES ({})", quoted(table), places.join(", "));
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let values: Vec<Value> = (0..columns).map(|at| row.get(at)).collect::<Result<_, _>>()?;
        connection.execute(&sql, params_from_iter(values))?;
    }
    Ok(())
}
