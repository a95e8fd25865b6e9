//! Writing an export: row by row and chunk by chunk into the zip, from one snapshot.

use std::collections::BTreeSet;
use std::io::{self, Write};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tekram_primitives::canonical::Sha256;
use tekram_primitives::time::Timestamp;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::manifest::{Entry, FilePart, Manifest, TablePart};
use super::row;
use super::{Exported, MANIFEST, NOT_AS_ROWS, OPEN_TABLES};
use crate::database::PAGE_BYTES;
use crate::error::VaultError;
use crate::progress::{self, Watch};
use crate::schema;
use crate::vault::Vault;

/// Rows between two words of progress.
const ROWS_BETWEEN: u64 = 256;

/// A table as it is exported.
pub(super) struct Table {
    pub(super) name: String,
    /// Where it says how it was made.
    sql: String,
    /// Columns, `rowid` in front when rows have a number that no column shows.
    pub(super) columns: Vec<String>,
    /// Nothing in it is bytes, so that it can be CSV too.
    simple: bool,
}

/// Writes everything (`only` is `None`), or the named tables.
pub(super) fn write(
    vault: &Vault,
    out: &mut dyn Write,
    only: Option<&[&str]>,
    now: Timestamp,
    watch: &mut Watch<'_>,
) -> Result<Exported, VaultError> {
    vault.read(|connection| {
        let versions = schema::versions(connection)?;
        let mut tables = tables(connection)?;
        if let Some(only) = only {
            let there: BTreeSet<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            if only.iter().any(|table| !there.contains(table)) {
                return Err(VaultError::NoSuchTable);
            }
            let wanted = |name: &str| OPEN_TABLES.contains(&name) || only.contains(&name);
            tables.retain(|table| wanted(&table.name));
        }
        let pages: u32 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let total_bytes = u64::from(pages) * PAGE_BYTES;
        let mut writer = Writer {
            zip: ZipWriter::new_stream(out),
            manifest: Manifest::new(
                now.to_string(),
                vault.id().to_owned(),
                vault.label(),
                only.is_none(),
                versions,
            ),
            done: Exported::default(),
            done_bytes: 0,
            total_bytes,
            watch,
        };
        let page = page(&writer.manifest, &tables);
        let entry = writer.entry("README.md", |out, _| out.write_all(page.as_bytes()).map_err(writing))?;
        writer.manifest.also.push(entry);
        for table in &tables {
            writer.table(connection, table)?;
        }
        writer.files(connection)?;
        writer.finish()
    })
}

/// The tables that hold what the vault holds: plain ones, and the plain ones that search indexes are made of.
pub(super) fn tables(connection: &Connection) -> Result<Vec<Table>, VaultError> {
    let mut statement = connection.prepare(
        "SELECT s.name, s.sql, t.wr FROM sqlite_schema s JOIN pragma_table_list t ON t.name = s.name AND t.schema = 'main'
         WHERE s.type = 'table' AND t.type IN ('table', 'shadow') AND s.name NOT LIKE 'sqlite^_%' ESCAPE '^'
         ORDER BY s.name",
    )?;
    let named: Vec<(String, String, bool)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut tables = Vec::new();
    for (name, sql, without_rowid) in named {
        if NOT_AS_ROWS.contains(&name.as_str()) {
            continue;
        }
        let mut statement =
            connection.prepare("SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid")?;
        let found: Vec<(String, String, i64)> = statement
            .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let keys: Vec<_> = found.iter().filter(|column| column.2 > 0).collect();
        let shown = without_rowid
            || matches!(keys.as_slice(), [key] if key.1.eq_ignore_ascii_case("INTEGER"))
            || found.iter().any(|column| column.0.eq_ignore_ascii_case("rowid"));
        let simple = found
            .iter()
            .all(|column| ["TEXT", "INTEGER", "REAL"].contains(&column.1.to_uppercase().as_str()));
        let number = (!shown).then(|| "rowid".to_owned());
        tables.push(Table {
            columns: number
                .into_iter()
                .chain(found.into_iter().map(|column| column.0))
                .collect(),
            name,
            sql,
            simple,
        });
    }
    Ok(tables)
}

struct Writer<'a, 'b, 'c> {
    zip: ZipWriter<StreamWriter<&'a mut dyn Write>>,
    manifest: Manifest,
    done: Exported,
    done_bytes: u64,
    total_bytes: u64,
    watch: &'b mut Watch<'c>,
}

impl Writer<'_, '_, '_> {
    fn table(&mut self, connection: &Connection, table: &Table) -> Result<(), VaultError> {
        let mut rows = 0;
        let path = format!("tables/{}.jsonl", table.name);
        let entry = self.rows(connection, table, &path, &mut |out, row| {
            rows += 1;
            let mut line = serde_json::Map::new();
            for (at, column) in table.columns.iter().enumerate() {
                let value = row.get_ref(at)?;
                let value = row::json(value).ok_or(VaultError::Damaged {
                    file: crate::database::FILE,
                })?;
                line.insert(column.clone(), value);
            }
            serde_json::to_writer(&mut *out, &line).map_err(|error| writing(error.into()))?;
            out.write_all(b"\n").map_err(writing)
        })?;
        self.manifest.tables.push(TablePart {
            table: table.name.clone(),
            rows,
            entry,
        });
        self.done.tables += 1;
        self.done.rows += rows;
        if table.simple && rows > 0 {
            self.csv(connection, table)?;
        }
        Ok(())
    }

    fn csv(&mut self, connection: &Connection, table: &Table) -> Result<(), VaultError> {
        let path = format!("tables/{}.csv", table.name);
        let mut headed = false;
        let entry = self.rows(connection, table, &path, &mut |out, row| {
            let mut csv = ::csv::WriterBuilder::new().from_writer(Vec::new());
            if !headed {
                csv.write_record(&table.columns)
                    .map_err(|error| writing(error.into()))?;
                headed = true;
            }
            let mut fields = Vec::new();
            for at in 0..table.columns.len() {
                fields.push(match row.get_ref(at)? {
                    ValueRef::Null | ValueRef::Blob(_) => String::new(),
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Real(real) => real.to_string(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                });
            }
            csv.write_record(&fields).map_err(|error| writing(error.into()))?;
            let lines = csv.into_inner().map_err(|error| writing(error.into_error()))?;
            out.write_all(&lines).map_err(writing)
        })?;
        self.manifest.also.push(entry);
        Ok(())
    }

    /// An entry with something for each row.
    fn rows(
        &mut self,
        connection: &Connection,
        table: &Table,
        path: &str,
        line: &mut dyn FnMut(&mut dyn Write, &rusqlite::Row<'_>) -> Result<(), VaultError>,
    ) -> Result<Entry, VaultError> {
        let columns: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
        let sql = format!("SELECT {} FROM {}", columns.join(", "), quoted(&table.name));
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut number = 0_u64;
        self.entry(path, |out, tell| {
            while let Some(row) = rows.next()? {
                line(out, row)?;
                number += 1;
                if number.is_multiple_of(ROWS_BETWEEN) {
                    tell(out.bytes())?;
                }
            }
            Ok(())
        })
    }

    fn files(&mut self, connection: &Connection) -> Result<(), VaultError> {
        let mut statement =
            connection.prepare("SELECT id, name FROM vault_blob WHERE finished = 1 ORDER BY added_ms, id")?;
        let files: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (id, name) in files {
            let name = if name.is_empty() || name.starts_with('.') {
                "file"
            } else {
                &name
            };
            let mut chunks =
                connection.prepare_cached("SELECT content FROM vault_blob_chunk WHERE blob_id = ?1 ORDER BY number")?;
            let mut chunks = chunks.query([&id])?;
            let entry = self.entry(&format!("files/{id}/{name}"), |out, tell| {
                while let Some(chunk) = chunks.next()? {
                    let bytes = chunk.get_ref(0)?.as_blob().map_err(|_| VaultError::Damaged {
                        file: crate::database::FILE,
                    })?;
                    out.write_all(bytes).map_err(writing)?;
                    tell(out.bytes())?;
                }
                Ok(())
            })?;
            self.manifest.files.push(FilePart { id, entry });
            self.done.files += 1;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        path: &str,
        fill: impl FnOnce(&mut dyn CountedWrite, &mut dyn FnMut(u64) -> Result<(), VaultError>) -> Result<(), VaultError>,
    ) -> Result<Entry, VaultError> {
        self.zip
            .start_file(path, options())
            .map_err(|error| writing(error.into()))?;
        let mut hashed = Hashed {
            out: &mut self.zip,
            context: Sha256::new(),
            bytes: 0,
        };
        let (before, total_bytes) = (self.done_bytes, self.total_bytes);
        let watch = &mut *self.watch;
        // What is written is JSON of what lies in the pages: about as much, so it is only called done at the end.
        let mut tell = |bytes: u64| progress::tell(watch, before.saturating_add(bytes).min(total_bytes), total_bytes);
        fill(&mut hashed, &mut tell)?;
        let entry = Entry {
            path: path.to_owned(),
            bytes: hashed.bytes,
            sha256: hashed.context.finish(),
        };
        self.done_bytes = self.done_bytes.saturating_add(entry.bytes);
        Ok(entry)
    }

    fn finish(mut self) -> Result<Exported, VaultError> {
        let manifest = serde_json::to_vec_pretty(&self.manifest).map_err(|error| writing(error.into()))?;
        self.zip
            .start_file(MANIFEST, options())
            .map_err(|error| writing(error.into()))?;
        self.zip.write_all(&manifest).map_err(writing)?;
        self.zip.finish().map_err(|error| writing(error.into()))?;
        progress::tell(self.watch, self.total_bytes, self.total_bytes)?;
        Ok(self.done)
    }
}

/// Something to write to that counts.
trait CountedWrite: Write {
    /// What was written.
    fn bytes(&self) -> u64;
}

/// Counts and hashes what goes into an entry.
struct Hashed<'a, W> {
    out: &'a mut W,
    context: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.context.update(bytes.get(..written).unwrap_or_default());
        self.bytes += u64::try_from(written).unwrap_or(0);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> CountedWrite for Hashed<'_, W> {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// No time of its own: the manifest has it. Files of more than 4 GiB are allowed.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .large_file(true)
        .last_modified_time(zip::DateTime::default())
}

/// The page for whoever opens the zip.
fn page(manifest: &Manifest, tables: &[Table]) -> String {
    let mut page = format!(
        "# {}\n\nExported from Tekram, {}. Id of the profile: {}.\n\n\
         - `manifest.json`: every entry with its length and SHA-256.\n\
         - `tables/NAME.jsonl`: one row on each line, as a JSON object from column to value (UTF-8). Bytes are\n  \
         `{{\"base64\": …}}`, whole numbers beyond 2^53 `{{\"int\": \"…\"}}`, other numbers that JSON would change `{{\"real\": \"…\"}}`.\n\
         - `tables/NAME.csv`: the same for tables without bytes (RFC 4180), for spreadsheets. Empty and absent look alike there.\n\
         - `files/ID/NAME`: files, as they were put in; `tables/vault_blob.jsonl` says what each is.\n\n\
         Columns whose names end in `_ms` are milliseconds since 1970 (UTC), `_minor` are units of the currency's smallest coin.\n",
        manifest.label, manifest.made, manifest.vault_id
    );
    page.push_str(if manifest.whole {
        "\nThis is everything, **keys and money included**: keep it sealed.\n"
    } else {
        "\nThis is a part, without keys: the same profile cannot be made of it.\n"
    });
    page.push_str("\n## Tables\n");
    for table in tables {
        page.push_str(&format!("\n### {}\n\n```sql\n{}\n```\n", table.name, table.sql));
    }
    page
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn writing(source: io::Error) -> VaultError {
    VaultError::Io {
        action: "writing an export",
        source,
    }
}
