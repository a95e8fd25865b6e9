//! Copying what can be read of a damaged database into a new one: the tables as they were made, then their rows, then indexes,
//! views and triggers, so that no trigger sees a row of the past.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use tekram_primitives::secret::Secret32;
use tekram_primitives::time::Timestamp;
use zeroize::Zeroizing;

use super::pages::RawPages;
use super::tree::{self, Found, Pages, Row};
use super::{RescueReport, RescuedTable, complete, sorted};
use crate::database;
use crate::error::VaultError;
use crate::progress::{self, Watch};
use crate::schema::{self, RoomSchema};
use crate::vault::{self, Vault};

/// Rows in one transaction: the vault is not there before all are in, so this is about the size of the WAL alone.
const ROWS_AT_ONCE: u64 = 20_000;
/// Rows between two words of progress.
const ROWS_BETWEEN: u64 = 256;

/// What was saved so far.
#[derive(Default)]
pub(crate) struct Saved {
    tables: Vec<RescuedTable>,
    lost_lists: Vec<(u32, u32)>,
    /// The old root secret, if it was saved.
    root: Option<Secret32>,
}

/// An entry in the database's list of tables.
struct Entry {
    kind: String,
    name: String,
    root: u32,
    sql: String,
}

/// How a table stores its columns.
struct Columns {
    /// Names, in the order in which they are stored; `false`: stored, but computed by SQLite.
    stored: Vec<(String, bool)>,
    /// Which of them is the row's number under another name.
    alias: Option<usize>,
    /// Whether rows have numbers that no column shows.
    hidden_numbers: bool,
}

/// Fills a new, empty database with what the old one has. Returns the root secret that the new vault has.
pub(crate) fn copy(
    pages: &mut RawPages,
    connection: &mut Connection,
    schemas: &[RoomSchema],
    new_id: &str,
    now: Timestamp,
    saved: &mut Saved,
    watch: &mut Watch<'_>,
) -> Result<Secret32, VaultError> {
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    let entries = entries(pages, saved)?;
    make_tables(connection, &entries, saved)?;
    let kinds = table_kinds(connection)?;
    let total_bytes = pages.bytes();
    let mut copier = Copier {
        connection,
        watch,
        rows: 0,
        done_bytes: 0,
        total_bytes,
    };
    for entry in entries.iter().filter(|entry| entry.kind == "table" && entry.root > 0) {
        match kinds.get(&entry.name).map(String::as_str) {
            Some("table") => {
                let table = copier.table(pages, entry)?;
                saved.tables.push(table);
            }
            Some("shadow") => {
                let table = copier.shadow(pages, entry)?;
                saved.tables.push(table);
            }
            _ if entry.name == "sqlite_sequence" => {
                let table = copier.table(pages, entry)?;
                saved.tables.push(table);
            }
            _ => {}
        }
    }
    copier.end()?;
    settle_audit(connection)?;
    for kind in ["index", "view", "trigger"] {
        for entry in entries
            .iter()
            .filter(|entry| entry.kind == kind && !entry.sql.is_empty())
        {
            if connection.execute_batch(&entry.sql).is_err() {
                saved.tables.push(not_made(&entry.name));
            }
        }
    }
    complete::complete(connection, schemas)?;
    let root = settle_identity(connection, new_id, now, saved)?;
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    Ok(root)
}

impl Saved {
    /// The report, and the old root secret if it is the new vault's too.
    pub(crate) fn report(self, vault: &Vault) -> Result<(Option<Secret32>, RescueReport), VaultError> {
        let dangling = vault.read(dangling)?;
        let report = RescueReport {
            tables: self.tables,
            lost_lists: self.lost_lists,
            same_keys: self.root.is_some(),
            inbox_items: 0,
            dangling,
        };
        Ok((self.root, report))
    }
}

/// How many rows name another row that is not there.
pub(super) fn dangling(connection: &Connection) -> Result<u64, VaultError> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let mut dangling = 0;
    while rows.next()?.is_some() {
        dangling += 1;
    }
    Ok(dangling)
}

fn entries(pages: &mut RawPages, saved: &mut Saved) -> Result<Vec<Entry>, VaultError> {
    if pages.page(1).is_none() {
        pages.check()?;
        return Err(VaultError::Damaged { file: database::FILE });
    }
    let mut entries = Vec::new();
    let mut lost = Vec::new();
    tree::walk(pages, 1, &mut |found| {
        match found {
            Found::Row(row) => entries.extend(entry(row.values)),
            Found::LostPage(number) => lost.push(number),
            Found::LostRow => lost.push(1),
        }
        Ok::<_, VaultError>(())
    })?;
    pages.check()?;
    saved.lost_lists = sorted(lost);
    Ok(entries)
}

fn entry(values: Vec<Value>) -> Option<Entry> {
    let mut values = values.into_iter();
    let mut text = || match values.next() {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    };
    let (kind, name, _table) = (text()?, text()?, text()?);
    let Some(Value::Integer(root)) = values.next() else {
        return None;
    };
    let sql = match values.next() {
        Some(Value::Text(sql)) => sql,
        _ => String::new(),
    };
    Some(Entry {
        kind,
        name,
        root: u32::try_from(root).ok()?,
        sql,
    })
}

/// Makes the tables: virtual ones first, since they make tables of their own.
fn make_tables(connection: &Connection, entries: &[Entry], saved: &mut Saved) -> Result<(), VaultError> {
    let tables = || {
        entries
            .iter()
            .filter(|entry| entry.kind == "table" && !entry.sql.is_empty())
    };
    let (virtual_ones, plain): (Vec<_>, Vec<_>) = tables().partition(|entry| entry.root == 0);
    for entry in virtual_ones.into_iter().chain(plain) {
        let there = connection
            .query_row("SELECT 1 FROM sqlite_schema WHERE name = ?1", [&entry.name], |_| Ok(()))
            .optional()?;
        if there.is_none() && !entry.name.starts_with("sqlite_") && connection.execute_batch(&entry.sql).is_err() {
            saved.tables.push(not_made(&entry.name));
        }
    }
    Ok(())
}

fn not_made(name: &str) -> RescuedTable {
    RescuedTable {
        table: name.to_owned(),
        saved: 0,
        lost: 1,
        lost_pages: Vec::new(),
    }
}

/// `table`, `virtual` or `shadow`, by name.
fn table_kinds(connection: &Connection) -> Result<BTreeMap<String, String>, VaultError> {
    let mut statement = connection.prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut kinds: BTreeMap<String, String> = rows.collect::<Result<_, _>>()?;
    kinds.retain(|name, _| !name.starts_with("sqlite_"));
    Ok(kinds)
}

struct Copier<'a, 'b> {
    connection: &'a Connection,
    watch: &'a mut Watch<'b>,
    rows: u64,
    done_bytes: u64,
    total_bytes: u64,
}

impl Copier<'_, '_> {
    fn table(&mut self, pages: &mut RawPages, entry: &Entry) -> Result<RescuedTable, VaultError> {
        let mut table = RescuedTable {
            table: entry.name.clone(),
            saved: 0,
            lost: 0,
            lost_pages: Vec::new(),
        };
        let Some(columns) = Columns::of(self.connection, &entry.name)? else {
            return Ok(not_made(&entry.name));
        };
        let mut lost = Vec::new();
        tree::walk(pages, entry.root, &mut |found| {
            match found {
                Found::Row(row) => match self.insert(&entry.name, &columns, row)? {
                    true => table.saved += 1,
                    false => table.lost += 1,
                },
                Found::LostRow => table.lost += 1,
                Found::LostPage(number) => lost.push(number),
            }
            Ok::<_, VaultError>(())
        })?;
        pages.check()?;
        table.lost_pages = sorted(lost);
        Ok(table)
    }

    /// A table that belongs to a virtual one: whole, or as a new one has it. A part of a search index would give wrong answers.
    fn shadow(&mut self, pages: &mut RawPages, entry: &Entry) -> Result<RescuedTable, VaultError> {
        self.end()?;
        self.connection
            .execute_batch(&format!("BEGIN; DELETE FROM {};", quoted(&entry.name)))?;
        let mut table = self.table(pages, entry)?;
        if self.connection.is_autocommit() {
            return Ok(table);
        }
        let whole = table.lost == 0 && table.lost_pages.is_empty();
        self.connection
            .execute_batch(if whole { "COMMIT" } else { "ROLLBACK" })?;
        if !whole {
            table.saved = 0;
        }
        Ok(table)
    }

    /// Whether the table took the row.
    fn insert(&mut self, table: &str, columns: &Columns, row: Row) -> Result<bool, VaultError> {
        if self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN")?;
        }
        self.rows += 1;
        self.done_bytes = self.done_bytes.saturating_add(size(&row)).min(self.total_bytes);
        if self.rows.is_multiple_of(ROWS_BETWEEN) {
            progress::tell(self.watch, self.done_bytes, self.total_bytes)?;
        }
        let Some((names, values)) = columns.fill(row) else {
            return Ok(false);
        };
        let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
        let sql = format!(
            "INSERT OR IGNORE INTO {} ({}) VALUES ({})",
            quoted(table),
            names.join(", "),
            places.join(", ")
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        // A row that the table's rules refuse is lost, and no reason to stop; a full disk is one.
        let took = match statement.execute(params_from_iter(values)) {
            Ok(changed) => changed == 1,
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => false,
            Err(error) => return Err(error.into()),
        };
        drop(statement);
        if self.rows.is_multiple_of(ROWS_AT_ONCE) {
            self.end()?;
        }
        Ok(took)
    }

    fn end(&mut self) -> Result<(), VaultError> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("COMMIT")?;
        }
        Ok(())
    }
}

impl Columns {
    /// `None`: there is no such table.
    fn of(connection: &Connection, table: &str) -> Result<Option<Self>, VaultError> {
        let without_rowid: Option<bool> = connection
            .query_row(
                "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1",
                [table],
                |row| row.get(0),
            )
            .optional()?;
        let Some(without_rowid) = without_rowid else {
            return Ok(None);
        };
        let mut statement =
            connection.prepare("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid")?;
        let columns: Vec<(String, String, i64, i64)> = statement
            .query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<Result<_, _>>()?;
        // Virtual generated columns (2) are not stored; stored ones (3) are, and are computed anew.
        let mut stored: Vec<_> = columns.iter().filter(|column| column.3 != 2).collect();
        if without_rowid {
            stored.sort_by_key(|column| if column.2 > 0 { column.2 } else { i64::MAX });
        }
        let keys: Vec<_> = columns.iter().filter(|column| column.2 > 0).collect();
        let alias = match keys.as_slice() {
            [key] if !without_rowid && key.1.eq_ignore_ascii_case("INTEGER") => {
                stored.iter().position(|column| column.0 == key.0)
            }
            _ => None,
        };
        let shows = columns.iter().any(|column| column.0.eq_ignore_ascii_case("rowid"));
        Ok(Some(Self {
            stored: stored.iter().map(|column| (column.0.clone(), column.3 != 3)).collect(),
            alias,
            hidden_numbers: !without_rowid && alias.is_none() && !shows,
        }))
    }

    /// The columns to fill and what with. A row from before a column was added has fewer values: the rest is the default.
    fn fill(&self, row: Row) -> Option<(Vec<String>, Vec<Value>)> {
        if row.values.len() > self.stored.len() {
            return None;
        }
        let (mut names, mut values) = (Vec::new(), Vec::new());
        if self.hidden_numbers {
            names.push("rowid".to_owned());
            values.push(Value::Integer(row.rowid?));
        }
        for (at, (value, (name, settable))) in row.values.into_iter().zip(&self.stored).enumerate() {
            if *settable {
                names.push(quoted(name));
                let numbered = self.alias == Some(at);
                values.push(if numbered { Value::Integer(row.rowid?) } else { value });
            }
        }
        Some((names, values))
    }
}

/// Lets the audit go on behind what is left of it: its own check says where entries are missing. Without its head it begins anew.
/// Before its triggers are there.
fn settle_audit(connection: &Connection) -> Result<(), VaultError> {
    let kinds = table_kinds(connection)?;
    if ["vault_audit_head", "vault_audit_entry", "vault_audit_content"]
        .iter()
        .any(|table| !kinds.contains_key(*table))
    {
        return Ok(());
    }
    let last: u32 = connection.query_row("SELECT coalesce(max(number), 0) FROM vault_audit_entry", [], |row| {
        row.get(0)
    })?;
    if connection.execute("UPDATE vault_audit_head SET entries = ?1", [last])? == 0 {
        connection.execute_batch("DELETE FROM vault_audit_content; DELETE FROM vault_audit_entry;")?;
    } else {
        connection.execute("DELETE FROM vault_audit_content WHERE number > ?1", [last])?;
    }
    Ok(())
}

/// Gives the new vault its own id and the next epoch, and the old root secret if that was saved.
fn settle_identity(
    connection: &mut Connection,
    new_id: &str,
    now: Timestamp,
    saved: &mut Saved,
) -> Result<Secret32, VaultError> {
    schema::migrate(connection, &[])?;
    let found: Option<Zeroizing<Vec<u8>>> = connection
        .query_row("SELECT root_secret FROM vault_identity", [], |row| {
            Ok(Zeroizing::new(row.get(0)?))
        })
        .optional()?;
    match found.and_then(|bytes| Secret32::try_from(bytes.as_slice()).ok()) {
        Some(root) => {
            connection.execute("UPDATE vault_identity SET vault_id = ?1, epoch = epoch + 1", [new_id])?;
            saved.root = Some(root.clone());
            Ok(root)
        }
        None => {
            let root = Secret32::random().map_err(|_| VaultError::Crypto { step: "randomness" })?;
            vault::found(connection, new_id, &root, now.millis())?;
            Ok(root)
        }
    }
}

fn size(row: &Row) -> u64 {
    let bytes = |value: &Value| match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        _ => 4,
    };
    u64::try_from(row.values.iter().map(bytes).sum::<usize>()).unwrap_or(0)
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
