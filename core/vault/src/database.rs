//! Opening the SQLCipher file. The key is random, so it goes in raw and no key derivation runs; every page is encrypted
//! and carries its own HMAC. The file's first 16 bytes, which SQLCipher uses as salt, are the vault's id: it is no
//! secret (the folder has the same name) and tells a file of another vault from a damaged one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tekram_primitives::secret::Secret32;
use zeroize::Zeroizing;

use crate::durable;
use crate::error::VaultError;
use crate::header::Header;
use crate::page::PageKey;
use crate::schema;

/// The database's role, and the name of the first vault key's file.
pub(crate) const FILE: &str = "vault.db";
/// What SQLite keeps beside the file.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Twice SQLCipher's own choice: fewer pages to authenticate for the same rows. Never changes for a file.
pub(crate) const PAGE_BYTES: u64 = 8192;
/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 128;
/// What SQLite may take of memory in this process, over all connections: 64 MB. It is built to manage its memory as a whole, so whoever
/// needs a page then gets the one that any connection used longest ago. The limit is soft: what cannot do without it takes more.
const MEMORY_BYTES: u32 = 64_000_000;
/// What a reader may keep: all of it, so that none is kept from it by what another connection has left over from its work.
const READER_CACHE_KIB: u32 = MEMORY_BYTES / 1024;
/// What the writer may keep, in KiB: beyond it a long transaction goes to the WAL before it ends.
const WRITER_CACHE_KIB: u32 = 16 * 1024;
/// Only checkpoints and recovery can make a connection wait: one process, one writer.
const PATIENCE: Duration = Duration::from_secs(5);

/// While writers wait.
const SHORT_PATIENCE: Duration = Duration::from_millis(100);

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one that writes.
    Writer,
    /// One of those that only read.
    Reader,
}

impl Role {
    fn cache_kib(self) -> u32 {
        match self {
            Self::Writer => WRITER_CACHE_KIB,
            Self::Reader => READER_CACHE_KIB,
        }
    }
}

/// The file of the vault key with this number: `vault.db`, `vault-2.db` and so on.
pub(crate) fn path(folder: &Path, number: u32) -> PathBuf {
    match number {
        0 | 1 => folder.join(FILE),
        number => folder.join(format!("vault-{number}.db")),
    }
}

/// The number of the database that this file is, or lies beside.
pub(crate) fn number_of(name: &str) -> Option<u32> {
    let name = BESIDE.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    if name == FILE {
        return Some(1);
    }
    let digits = name.strip_prefix("vault-")?.strip_suffix(".db")?;
    digits
        .parse()
        .ok()
        .filter(|number: &u32| *number > 1 && number.to_string() == digits)
}

/// The database of a vault that may be damaged: the one that the header names, else the newest that there is.
pub(crate) fn found_in(folder: &Path) -> PathBuf {
    let named = Header::read(folder).map(|header| header.claims.database_number);
    let number = named.unwrap_or_else(|_| {
        let names = fs::read_dir(folder).into_iter().flatten().flatten();
        let numbers = names.filter_map(|entry| number_of(entry.file_name().to_str()?));
        numbers.max().unwrap_or(1)
    });
    path(folder, number)
}

/// Removes a database that was never anybody's, with what lies beside it.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let beside = BESIDE.iter().map(|end| beside(path, end));
    for file in std::iter::once(path.to_owned()).chain(beside) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// What lies beside a database, `-wal` or `-shm`.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(end);
    beside.into()
}

/// Makes the database of a new vault: encrypted, in WAL mode, with the table of versions and nothing else.
pub(crate) fn create(folder: &Path, vault_id: &str, key: &Secret32) -> Result<Connection, VaultError> {
    let connection = make(&path(folder, 1), vault_id, key)?;
    settle(&connection, Role::Writer)?;
    connection.execute_batch(schema::VERSIONS)?;
    Ok(connection)
}

/// Makes an empty database with its key, and nothing settled yet.
pub(crate) fn make(path: &Path, vault_id: &str, key: &Secret32) -> Result<Connection, VaultError> {
    // An empty file is a new database to SQLite, and the files it puts beside take over its permissions.
    durable::private(OpenOptions::new().write(true).create_new(true))
        .open(path)
        .map_err(VaultError::io("making vault.db"))?;
    let connection = connect(path)?;
    give_key(&connection, key, Some(vault_id))?;
    Ok(connection)
}

/// Opens the database with its key. When that fails, says which of `missing_file`, `truncated`, `foreign_vault` and
/// `damaged` it is; nothing is changed, not even by closing, until [`trust`] is called.
pub(crate) fn open(path: &Path, vault_id: &str, key: &Secret32, role: Role) -> Result<Connection, VaultError> {
    if role == Role::Writer {
        check_length(path, vault_id)?;
    }
    let connection = connect(path)?;
    if has_wal(path) {
        // Until all is known to be well, closing must not move frames of a doubtful WAL into the file.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    match give_key(&connection, key, None).and_then(|()| settle(&connection, role)) {
        Ok(()) => Ok(connection),
        Err(VaultError::Damaged { .. }) => Err(diagnose(path, vault_id, key)),
        Err(error) => Err(error),
    }
}

/// The database is what it should be: closing it may empty the WAL again.
pub(crate) fn trust(connection: &Connection) -> Result<(), VaultError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

/// Moves everything from the WAL into the file and empties the WAL. Not being able to, because a reader is still busy,
/// loses nothing: the WAL stays.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), VaultError> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// Moves everything from the WAL into the file and empties the WAL, if nobody reads from the WAL at the moment; waits only
/// briefly. Whether it did.
pub(crate) fn settle_into_file(connection: &Connection) -> Result<bool, VaultError> {
    connection.busy_timeout(SHORT_PATIENCE)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    connection.busy_timeout(PATIENCE)?;
    Ok(busy? == 0)
}

/// Whether each page is what this key's holder wrote in this place: the numbers of those that are not. Reads all of them.
pub(crate) fn damaged_pages(connection: &Connection) -> Result<Vec<String>, VaultError> {
    let mut statement = connection.prepare("PRAGMA cipher_integrity_check")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Opens a connection, the first of the process alone: SQLite calls itself ready before SQLCipher, which it starts after
/// itself, is; a second thread that opens in between gets a connection without encryption, and `PRAGMA key` fails.
fn connect(path: &Path) -> Result<Connection, VaultError> {
    static STARTED: Mutex<bool> = Mutex::new(false);
    {
        let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
        if !*started {
            Connection::open_in_memory()?.execute_batch(&format!("PRAGMA soft_heap_limit = {MEMORY_BYTES}"))?;
            *started = true;
        }
    }
    Ok(Connection::open_with_flags(path, flags())?)
}

/// Fails with `damaged` when the connection met a damaged page. SQLCipher gives zeros for such a page and refuses only the next one: the
/// end of a long text can be its last page, and would be believed. Inside the transaction that read, or after it.
pub(crate) fn prove_unharmed(connection: &Connection) -> Result<(), VaultError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM sqlite_schema LIMIT 1")?;
    Ok(statement.query_row([], |_| Ok(()))?)
}

fn flags() -> OpenFlags {
    // No CREATE: a missing file is an error, never a new, empty vault. No mutex: one thread at a time has a connection.
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn give_key(connection: &Connection, key: &Secret32, salt: Option<&str>) -> Result<(), VaultError> {
    // SQLCipher would write to the process's standard error; what went wrong is said by our own errors.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    let mut hex = Zeroizing::new([0_u8; 64]);
    hex::encode_to_slice(key.expose(), &mut *hex).map_err(|_| VaultError::Crypto {
        step: "writing the key",
    })?;
    let hex = std::str::from_utf8(&*hex).map_err(|_| VaultError::Crypto {
        step: "writing the key",
    })?;
    // Long enough from the start: growing would leave a copy of the key behind.
    let mut pragma = Zeroizing::new(String::with_capacity(160));
    for part in ["PRAGMA key = \"x'", hex, salt.unwrap_or_default(), "'\""] {
        pragma.push_str(part);
    }
    connection.execute_batch(&pragma)?;
    cover(connection)?;
    // HMAC-SHA256 instead of SHA-512: phones and current processors compute it in hardware, and 128 bits of strength are
    // enough for a page's tag.
    connection.execute_batch(&format!(
        "PRAGMA cipher_page_size = {PAGE_BYTES}; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;"
    ))?;
    let version: Option<String> = connection
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(None),
            error => Err(error),
        })?;
    version
        .filter(|version| !version.is_empty())
        .map(|_| ())
        .ok_or(VaultError::NotEncrypted)
}

/// Writes over the text of the last statement, of which SQLite keeps copies in memory that it gave free: other statements of that length take
/// their places, all at once, so that each gets one.
fn cover(connection: &Connection) -> Result<(), VaultError> {
    // A setting that stands already: it reads nothing of the file.
    let text = format!("{:0<COVERED_BYTES$}", "PRAGMA cipher_log_level = NONE -- ");
    let statements = (0..COVERS).map(|_| connection.prepare(&text));
    drop(statements.collect::<Result<Vec<_>, _>>()?);
    Ok(())
}

/// Longer than the statement that has the key, and still in the same kind of place: SQLite's small ones have 128 bytes.
const COVERED_BYTES: usize = 126;
/// More than the copies of one statement.
const COVERS: usize = 16;

fn settle(connection: &Connection, role: Role) -> Result<(), VaultError> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // SQLCipher's memory security stays off, as it comes: wiping and locking every allocation made inserts 2.6 times
    // slower. Temporary tables and sorts stay in memory: a temporary file would be plaintext.
    connection.execute_batch(&format!(
        "PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -{};
         PRAGMA synchronous = FULL;",
        role.cache_kib()
    ))?;
    // Apple's fsync does not reach the medium without this.
    #[cfg(target_vendor = "apple")]
    connection.execute_batch("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;")?;
    match role {
        Role::Writer => {
            let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
            if mode != "wal" {
                return Err(VaultError::Crypto {
                    step: "switching to WAL",
                });
            }
        }
        Role::Reader => connection.execute_batch("PRAGMA query_only = ON;")?,
    }
    Ok(())
}

/// A file without WAL is a whole number of pages. With a WAL it need not be: a checkpoint may have been cut, and the
/// WAL repairs it.
fn check_length(path: &Path, vault_id: &str) -> Result<(), VaultError> {
    let length = match fs::metadata(path) {
        Ok(about) => about.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(VaultError::MissingFile { file: FILE });
        }
        Err(error) => return Err(VaultError::io("reading the length of vault.db")(error)),
    };
    if length == 0 || (length % PAGE_BYTES != 0 && !has_wal(path)) {
        return Err(not_ours(path, vault_id).unwrap_or(VaultError::Truncated { file: FILE }));
    }
    Ok(())
}

/// Whether frames were left in a WAL: the last process did not lock the vault.
pub(crate) fn has_wal(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|about| about.len() > 0)
}

/// Why a database did not open although its key came out of an authentic wrapping.
fn diagnose(path: &Path, vault_id: &str, key: &Secret32) -> VaultError {
    if let Some(error) = not_ours(path, vault_id) {
        return error;
    }
    // With a WAL it is the WAL that says how long the file should be.
    if !has_wal(path) && is_cut(path, vault_id, key).unwrap_or(false) {
        VaultError::Truncated { file: FILE }
    } else {
        VaultError::Damaged { file: FILE }
    }
}

/// Whether the file has fewer pages than its first page says (SQLite's file format, section 1.3.8). `None`: the first page is
/// not what was written there.
fn is_cut(path: &Path, vault_id: &str, key: &Secret32) -> Option<bool> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut page = vec![0; usize::try_from(PAGE_BYTES).ok()?];
    file.read_exact(&mut page).ok()?;
    let first = PageKey::new(key, vault_id).open(1, &page)?;
    let pages = u32::from_be_bytes(*first.get(28..)?.first_chunk()?);
    Some(u64::from(pages).saturating_mul(PAGE_BYTES) > length)
}

/// Whether the file's first 16 bytes say that it is something else. `None`: it is this vault's, or too short to say.
fn not_ours(path: &Path, vault_id: &str) -> Option<VaultError> {
    let mut salt = [0; 16];
    File::open(path).and_then(|mut file| file.read_exact(&mut salt)).ok()?;
    if &salt == b"SQLite format 3\0" {
        return Some(VaultError::NotAVault { file: FILE });
    }
    // Another vault's random id differs in about 64 of 128 bits, damage to this one's in a few.
    let own = hex::decode(vault_id).ok()?;
    let differing: u32 = salt
        .iter()
        .zip(&own)
        .map(|(found, own)| (found ^ own).count_ones())
        .sum();
    (differing > 32).then_some(VaultError::ForeignVault { file: FILE })
}
