//! Coming back from a whole export: the tables are made by this program's own migrations, up to the versions that the export has,
//! and filled row by row; nothing in the file is run as SQL. Each entry's hash is compared, and until all is in and right there is
//! no vault.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use tekram_primitives::canonical::Sha256;
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::Clock;
use zeroize::Zeroizing;
use zip::ZipArchive;
use zip::result::ZipError;

use super::manifest::{self, Entry, Manifest};
use super::write::{Table, quoted, tables};
use super::{Exported, MANIFEST, row};
use crate::age::{AgeReader, is_age};
use crate::audit::{AuditEvent, AuditKind};
use crate::backup::ReadSeek;
use crate::error::VaultError;
use crate::progress::{self, Watch};
use crate::schema::{self, RoomSchema};
use crate::store::{Store, is_id};
use crate::vault::{self, Vault};
use crate::way_in::{self, WrappedKey};

/// A line is a row; no table has larger ones.
const LINE_LIMIT_BYTES: u64 = 256 * 1024 * 1024;
/// As the vault keeps files.
const CHUNK_BYTES: u64 = 64 * 1024;
/// Rows between two words of progress.
const ROWS_BETWEEN: u64 = 256;

impl Store {
    /// Makes the vault of a sealed export, with the same id, keys and rows, and the next epoch; `passphrase`, which opens the export,
    /// is its first way in. It is called as before unless `label` says otherwise. Either the whole vault is there afterwards, or
    /// nothing. Fails with `wrong_passphrase`, `not_an_export`, `export_damaged`, `export_is_partial`, `newer_schema` (also for a
    /// room that this program does not have), `vault_exists`, `bad_label` and `cancelled`.
    pub fn import(
        &self,
        file: Box<dyn ReadSeek>,
        passphrase: &Passphrase,
        label: Option<&str>,
        schemas: &[RoomSchema],
        clock: &dyn Clock,
        watch: &mut Watch<'_>,
    ) -> Result<(Vault, Exported), VaultError> {
        let mut import = Import::open(file, passphrase)?;
        let label = label.map_or_else(|| import.manifest.label.clone(), str::to_owned);
        let id = import.manifest.vault_id.clone();
        let vault = self.create_from(
            &label,
            Some(id),
            schemas,
            clock,
            |new_key, now| WrappedKey::by_passphrase(new_key, way_in::PASSPHRASE.to_owned(), passphrase, Some(now)),
            |connection, _, _| import.fill(connection, schemas, watch),
        )?;
        vault.audit(
            &AuditEvent::new(AuditKind::Import).what(&*import.manifest.made),
            clock.now(),
        )?;
        Ok((vault, import.done))
    }
}

/// A whole export that is being read.
pub(super) struct Import {
    zip: ZipArchive<Box<dyn ReadSeek>>,
    manifest: Manifest,
    done: Exported,
    done_bytes: u64,
    total_bytes: u64,
}

impl Import {
    pub(super) fn open(mut file: Box<dyn ReadSeek>, passphrase: &Passphrase) -> Result<Self, VaultError> {
        let mut beginning = [0; 32];
        let read = file.read(&mut beginning).map_err(reading)?;
        file.seek(SeekFrom::Start(0)).map_err(reading)?;
        let file: Box<dyn ReadSeek> = if is_age(beginning.get(..read).unwrap_or_default()) {
            Box::new(AgeReader::new(file, passphrase)?)
        } else {
            file
        };
        let mut zip = ZipArchive::new(file).map_err(|error| zip_error(error, "zip"))?;
        let mut bytes = Vec::new();
        zip.by_name(MANIFEST)
            .map_err(|_| VaultError::NotAnExport)?
            .take(manifest::LIMIT_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|error| entry_error(error, "manifest"))?;
        let manifest = Manifest::parse(&bytes)?;
        if !manifest.whole {
            return Err(VaultError::ExportIsPartial);
        }
        if !is_id(&manifest.vault_id) {
            return Err(damaged("manifest"));
        }
        let rows = manifest.tables.iter().map(|part| part.entry.bytes);
        let files = manifest.files.iter().map(|part| part.entry.bytes);
        let total_bytes = rows.chain(files).fold(0_u64, u64::saturating_add);
        Ok(Self {
            zip,
            manifest,
            done: Exported::default(),
            done_bytes: 0,
            total_bytes,
        })
    }

    /// Fills an empty database. Returns the root secret.
    pub(super) fn fill(
        &mut self,
        connection: &mut Connection,
        schemas: &[RoomSchema],
        watch: &mut Watch<'_>,
    ) -> Result<Secret32, VaultError> {
        schema::migrate_to(connection, schemas, &self.manifest.rooms)?;
        connection.execute_batch("PRAGMA foreign_keys = OFF")?;
        // A trigger would act on rows of the past.
        let triggers: Vec<(String, String)> = connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (name, _) in &triggers {
            connection.execute_batch(&format!("DROP TRIGGER {}", quoted(name)))?;
        }
        self.tables(connection, watch)?;
        self.files(connection, watch)?;
        for (_, sql) in &triggers {
            connection.execute_batch(sql)?;
        }
        connection.execute_batch("PRAGMA foreign_keys = ON")?;
        progress::tell(watch, self.total_bytes, self.total_bytes)?;
        self.identity(connection)
    }

    fn tables(&mut self, connection: &Connection, watch: &mut Watch<'_>) -> Result<(), VaultError> {
        let known = tables(connection)?;
        let parts: BTreeMap<_, _> = self
            .manifest
            .tables
            .iter()
            .map(|part| (part.table.clone(), part.clone()))
            .collect();
        if parts.len() != known.len() {
            return Err(damaged("manifest"));
        }
        for table in &known {
            let part = parts.get(&table.name).ok_or_else(|| damaged(&table.name))?;
            connection.execute_batch(&format!("BEGIN; DELETE FROM {}", quoted(&table.name)))?;
            let rows = self.rows(connection, table, &part.entry, watch)?;
            connection.execute_batch("COMMIT")?;
            if rows != part.rows {
                return Err(damaged(&table.name));
            }
            self.done.tables += 1;
            self.done.rows += rows;
        }
        Ok(())
    }

    fn rows(
        &mut self,
        connection: &Connection,
        table: &Table,
        entry: &Entry,
        watch: &mut Watch<'_>,
    ) -> Result<u64, VaultError> {
        let name = &*table.name;
        let columns: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            quoted(name),
            columns.join(", "),
            places.join(", ")
        );
        let mut insert = connection.prepare(&sql)?;
        let (before, total_bytes) = (self.done_bytes, self.total_bytes);
        let mut rows = 0_u64;
        self.entry(entry, name, |reader| {
            let mut done = before;
            let mut line = Zeroizing::new(Vec::new());
            loop {
                line.clear();
                let read = (&mut *reader)
                    .take(LINE_LIMIT_BYTES)
                    .read_until(b'\n', &mut line)
                    .map_err(|error| entry_error(error, name))?;
                if read == 0 {
                    return Ok(());
                }
                done = done.saturating_add(u64::try_from(read).unwrap_or(0));
                let values = values(table, &line).ok_or_else(|| damaged(name))?;
                match insert.execute(params_from_iter(values)) {
                    Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                        return Err(damaged(name));
                    }
                    other => other?,
                };
                rows += 1;
                if rows.is_multiple_of(ROWS_BETWEEN) {
                    progress::tell(watch, done.min(total_bytes), total_bytes)?;
                }
            }
        })?;
        Ok(rows)
    }

    fn files(&mut self, connection: &Connection, watch: &mut Watch<'_>) -> Result<(), VaultError> {
        let kept: Vec<String> = connection
            .prepare("SELECT id FROM vault_blob WHERE finished = 1")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let parts: BTreeMap<_, _> = self
            .manifest
            .files
            .iter()
            .map(|part| (part.id.clone(), part.entry.clone()))
            .collect();
        if parts.len() != kept.len() {
            return Err(damaged("manifest"));
        }
        for id in kept {
            let part = parts.get(&id).ok_or_else(|| damaged("files"))?;
            progress::tell(watch, self.done_bytes.min(self.total_bytes), self.total_bytes)?;
            connection.execute_batch("BEGIN")?;
            self.entry(part, "files", |reader| {
                for number in 0_i64.. {
                    let mut chunk = Vec::new();
                    (&mut *reader)
                        .take(CHUNK_BYTES)
                        .read_to_end(&mut chunk)
                        .map_err(|error| entry_error(error, "files"))?;
                    if chunk.is_empty() {
                        break;
                    }
                    connection
                        .prepare_cached("INSERT INTO vault_blob_chunk (blob_id, number, content) VALUES (?1, ?2, ?3)")?
                        .execute(params![id, number, chunk])?;
                }
                Ok(())
            })?;
            connection.execute_batch("COMMIT")?;
            self.done.files += 1;
        }
        Ok(())
    }

    /// Reads an entry, and compares its length and hash.
    fn entry(
        &mut self,
        entry: &Entry,
        part: &str,
        read: impl FnOnce(&mut dyn BufRead) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let file = self.zip.by_name(&entry.path).map_err(|error| zip_error(error, part))?;
        let mut hashed = Hashed {
            file: file.take(entry.bytes.saturating_add(1)),
            context: Sha256::new(),
            bytes: 0,
        };
        read(&mut BufReader::new(&mut hashed))?;
        if hashed.bytes != entry.bytes || hashed.context.finish() != entry.sha256 {
            return Err(damaged(part));
        }
        self.done_bytes = self.done_bytes.saturating_add(entry.bytes);
        Ok(())
    }

    fn identity(&self, connection: &Connection) -> Result<Secret32, VaultError> {
        let identity = vault::identity(connection).map_err(|_| damaged("vault_identity"))?;
        if identity.vault_id != self.manifest.vault_id {
            return Err(damaged("vault_identity"));
        }
        vault::begin_epoch(connection, identity.epoch.saturating_add(1))?;
        Ok(identity.root)
    }
}

/// A line's values, in the order of the table's columns; `None` when it has others, or more, or fewer.
fn values(table: &Table, line: &[u8]) -> Option<Vec<Value>> {
    let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line).ok()?;
    let take = |column: &String| row::value(fields.remove(column)?);
    let values = table.columns.iter().map(take).collect::<Option<Vec<_>>>()?;
    fields.is_empty().then_some(values)
}

struct Hashed<R> {
    file: R,
    context: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        self.context.update(into.get(..read).unwrap_or_default());
        self.bytes += u64::try_from(read).unwrap_or(0);
        Ok(read)
    }
}

fn damaged(part: &str) -> VaultError {
    VaultError::ExportDamaged { part: part.to_owned() }
}

fn reading(source: std::io::Error) -> VaultError {
    VaultError::Io {
        action: "reading an export",
        source,
    }
}

/// What fails its check, in the zip or in the seal around it, is damage; what the disk refuses is not.
fn entry_error(error: std::io::Error, part: &str) -> VaultError {
    use std::io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    match error.kind() {
        InvalidData | InvalidInput | UnexpectedEof | Other => damaged(part),
        _ => reading(error),
    }
}

fn zip_error(error: ZipError, part: &str) -> VaultError {
    match error {
        ZipError::Io(error) => entry_error(error, part),
        ZipError::InvalidArchive(_) if part == "zip" => VaultError::NotAnExport,
        _ => damaged(part),
    }
}
