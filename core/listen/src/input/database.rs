//! Somebody else's SQLite file, read without trusting it: opened read-only and as it stands, no extension, view, trigger or
//! virtual table of it is run, and no value is taken into memory that is longer than a text may be. Rows must come in order of
//! their ids, so that a file made to have no end has one.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};

use super::loose::Loose;
use crate::ListenError;
use crate::format::Reason;
use crate::format::draft::LONGEST_TEXT;

/// How an SQLite file begins (<https://www.sqlite.org/fileformat2.html>, section 1.3.1).
pub(crate) const FIRST: &[u8] = b"SQLite format 3\0";
/// A player's database is a few hundred megabytes at the most.
pub(crate) const LARGEST_BYTES: u64 = 1 << 30;

/// Whether a file is an SQLite database.
pub(crate) fn is_database(start: &[u8]) -> bool {
    start.starts_with(FIRST)
}

/// Some rows, and whether the file is damaged behind them.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) damaged: bool,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            damaged: false,
        }
    }
}

impl<T> Rows<T> {
    /// The same of what each row says.
    pub(crate) fn filter_map<U>(self, each: impl FnMut(T) -> Option<U>) -> Rows<U> {
        Rows {
            rows: self.rows.into_iter().filter_map(each).collect(),
            damaged: self.damaged,
        }
    }
}

/// A database that is only read.
pub(crate) struct Database(Connection);

impl Database {
    /// Opens the file as it stands: what lies in a journal beside it is not looked at.
    pub(crate) fn open(path: &Path) -> Result<Self, ListenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(address(path), flags).map_err(|_| ListenError::DamagedDatabase)?;
        for (setting, on) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        ] {
            if connection.set_db_config(setting, on).ok() != Some(on) {
                return Err(ListenError::DamagedDatabase);
            }
        }
        connection
            .execute_batch(
                "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
                 PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;",
            )
            .map_err(|_| ListenError::DamagedDatabase)?;
        Ok(Self(connection))
    }

    /// Whether it has an ordinary table of that name with all these columns, none of them computed.
    pub(crate) fn has_table(&self, table: &str, columns: &[&str]) -> Result<bool, ListenError> {
        let damaged = |_| ListenError::DamagedDatabase;
        let root: Option<i64> = self
            .0
            .query_row(
                "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?1",
                [table],
                |row| row.get(0),
            )
            .optional()
            .map_err(damaged)?;
        // A virtual table has no pages of its own.
        if root.unwrap_or(0) <= 0 {
            return Ok(false);
        }
        let mut statement = self
            .0
            .prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0")
            .map_err(damaged)?;
        let names = statement
            .query_map([table], |row| row.get::<_, String>(0))
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(damaged)?;
        Ok(columns
            .iter()
            .all(|column| names.iter().any(|name| name.eq_ignore_ascii_case(column))))
    }

    /// The rows of a table after an id, in order of their ids; the first column of each is its id. Damage ends them.
    pub(crate) fn rows(&self, table: &str, columns: &[&str], after: i64, limit: usize) -> Rows<Vec<Loose<'static>>> {
        let mut found = Rows::default();
        if self.read(table, columns, after, limit, &mut found.rows).is_err() {
            found.damaged = true;
        }
        found
    }

    fn read(
        &self,
        table: &str,
        columns: &[&str],
        after: i64,
        limit: usize,
        found: &mut Vec<Vec<Loose<'static>>>,
    ) -> Result<(), ListenError> {
        let damaged = |_| ListenError::DamagedDatabase;
        let sql = format!(
            "SELECT rowid, {} FROM {table} WHERE rowid > ?1 ORDER BY rowid LIMIT ?2",
            guarded(columns)
        );
        let mut statement = self.0.prepare_cached(&sql).map_err(damaged)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query([after, limit]).map_err(damaged)?;
        let mut last = after;
        while let Some(row) = rows.next().map_err(damaged)? {
            let id: i64 = row.get(0).map_err(damaged)?;
            if id <= last {
                return Err(ListenError::DamagedDatabase);
            }
            last = id;
            found.push(values(row, columns.len() + 1));
        }
        Ok(())
    }

    /// One row by its id, without the id.
    pub(crate) fn row(&self, table: &str, columns: &[&str], id: i64) -> Result<Option<Vec<Loose<'static>>>, Reason> {
        let sql = format!("SELECT {} FROM {table} WHERE rowid = ?1", guarded(columns));
        let mut statement = self.0.prepare_cached(&sql).map_err(|_| Reason::DatabaseDamaged)?;
        statement
            .query_row([id], |row| Ok(values(row, columns.len())))
            .optional()
            .map_err(|_| Reason::DatabaseDamaged)
    }
}

/// Each column, or nothing where its value is longer than a text may be: the length stands in the row's head, so that such
/// a value is not even read.
fn guarded(columns: &[&str]) -> String {
    columns
        .iter()
        .map(|column| format!("CASE WHEN octet_length({column}) <= {LONGEST_TEXT} THEN {column} END"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn values(row: &Row<'_>, count: usize) -> Vec<Loose<'static>> {
    (0..count)
        .map(|column| match row.get_ref(column) {
            Ok(ValueRef::Integer(number)) => Loose::Int(number),
            Ok(ValueRef::Real(number)) => Loose::Float(number),
            // What is no UTF-8 is no text; replacing letters of a name makes another name of it.
            Ok(ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Loose::Text(text.to_owned().into()),
                Err(_) => Loose::List,
            },
            Ok(ValueRef::Blob(_)) => Loose::List,
            Ok(ValueRef::Null) | Err(_) => Loose::Null,
        })
        .collect()
}

/// The file's name as SQLite's URI, which says that nobody writes it.
fn address(path: &Path) -> String {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            address.push(char::from(*byte));
        } else {
            // Writing into a text does not fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address + "?mode=ro&immutable=1"
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;
    use proptest::prelude::*;

    fn made(sql: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b?#%.db");
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        (folder, path)
    }

    #[test]
    fn rows_come_in_order_and_nothing_long_is_read() {
        let (_folder, path) = made(
            "CREATE TABLE T (id INTEGER PRIMARY KEY, a TEXT, b);
             INSERT INTO T VALUES (7, 'x', 1), (3, NULL, x'00'), (9, printf('%.*c', 5000, 'y'), cast(x'ff' AS TEXT));",
        );
        let before = std::fs::read(&path).unwrap();
        let database = Database::open(&path).unwrap();
        assert!(database.has_table("T", &["id", "a", "B"]).unwrap());
        assert!(!database.has_table("T", &["c"]).unwrap());
        assert!(!database.has_table("U", &[]).unwrap());
        let found = database.rows("T", &["a", "b"], 3, 10);
        assert!(!found.damaged);
        assert_eq!(
            found.rows,
            [
                vec![Loose::Int(7), Loose::Text("x".into()), Loose::Int(1)],
                vec![Loose::Int(9), Loose::Null, Loose::List],
            ]
        );
        assert_eq!(
            database.row("T", &["a"], 7).unwrap(),
            Some(vec![Loose::Text("x".into())])
        );
        assert_eq!(database.row("T", &["a"], 8).unwrap(), None);
        drop(database);
        assert_eq!(std::fs::read(&path).unwrap(), before, "the file is left as it was");
        assert_eq!(
            std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "and nothing beside it"
        );
    }

    #[test]
    fn what_runs_code_is_no_table() {
        let (_folder, path) = made(
            "CREATE TABLE S (id INTEGER PRIMARY KEY, a TEXT);
             CREATE VIEW V AS SELECT id, a FROM S;
             CREATE VIRTUAL TABLE F USING fts5(a);
             CREATE TABLE G (id INTEGER PRIMARY KEY, a TEXT AS (upper(id)));",
        );
        let database = Database::open(&path).unwrap();
        for table in ["V", "F", "G"] {
            assert!(!database.has_table(table, &["a"]).unwrap(), "{table}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(changes in proptest::collection::vec((0_usize..16_384, any::<u8>()), 1..40), cut in 0_usize..16_384) {
            let (_folder, path) = made(
                "CREATE TABLE T (id INTEGER PRIMARY KEY, a TEXT);
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
                 INSERT INTO T SELECT i, 'title ' || i FROM n;",
            );
            let mut bytes = std::fs::read(&path).unwrap();
            for (at, byte) in changes {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            bytes.truncate(bytes.len().max(100).min(100 + cut));
            std::fs::write(&path, &bytes).unwrap();
            if let Ok(database) = Database::open(&path)
                && let Ok(true) = database.has_table("T", &["a"])
            {
                let _ = database.rows("T", &["a"], 0, 10_000);
                let _ = database.row("T", &["a"], 7);
            }
        }
    }
}
