//! One import, from the file to the held batch: as a stream, in transactions of some ten thousand records, so that
//! memory does not grow with the file and other writes get their turn. Until the last transaction the batch is in state
//! `importing`, which nothing shows; if the import is stopped or killed, all of it goes.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::tz::TimeZone;
use rusqlite::{Transaction, params};
use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::running::Running;
use super::step::{Source, Step, Stopped};
use super::writer::{Counts, Memory, Writer};
use super::{BatchState, LOG, PEN, sweep_alone};
use crate::format::columns::TableMapping;
use crate::format::layout;
use crate::format::plays::Context;
use crate::format::sitting::Sittings;
use crate::format::stated::Times;
use crate::input::archive::Entries;
use crate::input::database::is_database;
use crate::input::encoding::Decoded;
use crate::input::metered::{LARGEST_TOTAL, Metered, Unpacked, read_error};
use crate::input::recognise::{LOOK_BYTES, Shape, is_web_page, is_zip, recognise};
use crate::input::window::Window;
use crate::{Format, ListenError, Reason};

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file read.
    pub bytes_read: u64,
    /// Bytes that there are, if known.
    pub bytes_total: Option<u64>,
    /// Records read.
    pub records: u64,
}

/// How to import.
pub struct ImportOptions<'a> {
    /// Take the file for this format instead of recognising it.
    pub format: Option<Format>,
    /// Now: later times (by more than a day) are refused.
    pub now: Timestamp,
    /// IANA name of the zone in which times without one were written, where the format leaves that open. Without it
    /// they are taken for UTC, and their listens are marked.
    pub zone: Option<String>,
    /// How to read a table of no known format, as the person confirmed it; nothing else is read then.
    pub mapping: Option<TableMapping>,
    /// Told after every some ten thousand records, outside of any transaction.
    pub progress: Option<&'a mut dyn FnMut(Progress)>,
    /// Set it to stop; the import ends with `cancelled` and leaves nothing.
    pub cancel: Arc<AtomicBool>,
}

impl ImportOptions<'_> {
    /// Recognise the format, tell nobody.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            format: None,
            now,
            zone: None,
            mapping: None,
            progress: None,
            cancel: Arc::default(),
        }
    }
}

impl std::fmt::Debug for ImportOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportOptions")
            .field("format", &self.format)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// What an import found. `read` is always `new + duplicates + refused`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The batch in the holding pen.
    pub batch_id: i64,
    /// Format of the file; of its first recognised file when it is an archive.
    pub format: Format,
    /// Records read.
    pub read: u64,
    /// Records that are new.
    pub new: u64,
    /// Records that are in this file twice, in another held batch or in the log.
    pub duplicates: u64,
    /// Records that cannot be used; see [`refused`](crate::refused).
    pub refused: u64,
    /// Listens made of the new records.
    pub listens: u64,
    /// Records whose time has no zone and was taken for UTC, because none was named.
    pub assumed_utc: u64,
    /// Files of the archive that are no listening history.
    pub files_skipped: u64,
    /// Whether the file ended before its list did, or the archive before its end: fetch it again to get the rest.
    pub cut_off: bool,
}

/// Imports a file into the holding pen: plain or zipped, its format recognised by its content.
///
/// # Errors
/// `io`, `unknown_format`, `web_page`, `mapping_needed` for a table of no known format, `bad_mapping`, `unknown_zone`,
/// `truncated_archive` when nothing in it can be read, `locked_archive`, `archive_bomb`, `damaged_database`, `file_too_large` (subscription lists and databases
/// only), `cancelled`, `import_running`, or when the vault fails. On an error nothing of the import is kept.
pub fn import(vault: &Vault, path: &Path, options: ImportOptions<'_>) -> Result<ImportReport, ListenError> {
    let io = |error: std::io::Error| read_error(&error);
    let file = File::open(path).map_err(io)?;
    let total = file.metadata().map_err(io)?.len();
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut file = Metered {
        from: BufReader::new(file),
        read: Arc::default(),
        cancel: Arc::clone(&options.cancel),
    };
    let mut start = Vec::new();
    (&mut file).take(16).read_to_end(&mut start).map_err(io)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let read = Arc::clone(&file.read);
    let mut run = Run::begin(vault, options, name, Some(total), read)?;
    let done = if is_zip(&start) {
        run.archive(file)
    } else if is_database(&start) {
        run.database(path, total)
    } else {
        run.plain(file)
    };
    run.end(done)
}

/// Imports a stream into the holding pen, like [`import`]; archives and databases need a file.
///
/// # Errors
/// As [`import`].
pub fn import_stream(
    vault: &Vault,
    from: impl Read,
    name: &str,
    options: ImportOptions<'_>,
) -> Result<ImportReport, ListenError> {
    let from = Metered {
        from,
        read: Arc::default(),
        cancel: Arc::clone(&options.cancel),
    };
    let read = Arc::clone(&from.read);
    let mut run = Run::begin(vault, options, name.to_owned(), None, read)?;
    let done = run.plain(from);
    run.end(done)
}

/// Whether a file of an archive is read to its end although it is damaged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Damage {
    EndsImport,
    EndsFile,
}

pub(super) struct Run<'v, 'o> {
    pub(super) vault: &'v Vault,
    pub(super) options: ImportOptions<'o>,
    pub(super) times: Times,
    pub(super) file_name: String,
    bytes_read: Arc<AtomicU64>,
    bytes_total: Option<u64>,
    /// The batch and the format of its first file, once something was recognised.
    pub(super) batch: Option<(i64, Format)>,
    pub(super) memory: Memory,
    files_skipped: u64,
    cut_off: bool,
    web_pages: bool,
    _running: Running,
}

impl<'v, 'o> Run<'v, 'o> {
    fn begin(
        vault: &'v Vault,
        options: ImportOptions<'o>,
        file_name: String,
        bytes_total: Option<u64>,
        bytes_read: Arc<AtomicU64>,
    ) -> Result<Self, ListenError> {
        let zone = match &options.zone {
            Some(zone) => Some(TimeZone::get(zone).map_err(|_| ListenError::UnknownZone)?),
            None => None,
        };
        let times = Times {
            now_ms: options.now.millis(),
            zone,
            day_first: options.mapping.as_ref().is_some_and(|mapping| mapping.day_first),
        };
        let running = Running::begin(vault.id())?;
        sweep_alone(vault)?;
        Ok(Self {
            vault,
            options,
            times,
            file_name,
            bytes_read,
            bytes_total,
            batch: None,
            memory: Memory::default(),
            files_skipped: 0,
            cut_off: false,
            web_pages: false,
            _running: running,
        })
    }

    /// Holds the batch when all went well, removes it when not.
    fn end(mut self, done: Result<(), ListenError>) -> Result<ImportReport, ListenError> {
        let held = done.and_then(|()| {
            let (batch_id, format) = self.batch.ok_or(ListenError::UnknownFormat)?;
            self.check_cancelled()?;
            let memory = &mut self.memory;
            self.vault.write(LOG, |transaction| {
                let writer = Writer::new(transaction, batch_id, format)?;
                writer.leave_gone_out(memory)?;
                writer.close(memory, BatchState::Held.name())
            })?;
            Ok((batch_id, format))
        });
        let (batch_id, format) = match held {
            Ok(held) => held,
            Err(error) => {
                // A batch left in state `importing` is invisible and swept next time, should this fail too.
                let _ = sweep_alone(self.vault);
                return Err(error);
            }
        };
        let Counts {
            read,
            new,
            duplicates,
            refused,
            listens,
        } = self.memory.counts;
        Ok(ImportReport {
            batch_id,
            format,
            read,
            new,
            duplicates,
            refused,
            listens,
            assumed_utc: self.memory.assumed_utc,
            files_skipped: self.files_skipped,
            cut_off: self.cut_off,
        })
    }

    pub(super) fn check_cancelled(&self) -> Result<(), ListenError> {
        if self.options.cancel.load(Ordering::Relaxed) {
            Err(ListenError::Cancelled)
        } else {
            Ok(())
        }
    }

    /// Says how far the import is.
    pub(super) fn tell(&mut self) {
        if let Some(progress) = &mut self.options.progress {
            let bytes_read = self.bytes_read.load(Ordering::Relaxed);
            progress(Progress {
                bytes_read: self.bytes_total.map_or(bytes_read, |total| bytes_read.min(total)),
                bytes_total: self.bytes_total,
                records: self.memory.counts.read,
            });
        }
    }

    fn plain(&mut self, from: impl Read) -> Result<(), ListenError> {
        if self.file(from, "", Damage::EndsImport)? {
            Ok(())
        } else {
            Err(ListenError::UnknownFormat)
        }
    }

    fn archive(&mut self, file: impl Read + Seek) -> Result<(), ListenError> {
        let mut entries = Entries::open(file)?;
        let cut_off = entries.cut_off();
        let mut total_left = LARGEST_TOTAL;
        while let Some(entry) = entries.next_file() {
            self.check_cancelled()?;
            let read = match entry {
                Ok(entry) => {
                    let from = Unpacked::new(entry.from, entry.packed_bytes, &mut total_left);
                    self.file(from, &entry.name, Damage::EndsFile)?
                }
                Err(ListenError::TruncatedArchive) => false,
                Err(stopped) => return Err(stopped),
            };
            if !read {
                self.files_skipped += 1;
            }
        }
        self.cut_off |= cut_off;
        match self.batch {
            None if self.web_pages => Err(ListenError::WebPage),
            None if cut_off => Err(ListenError::TruncatedArchive),
            _ => Ok(()),
        }
    }

    /// Reads one file to its end; `false` when it is no listening history.
    fn file(&mut self, from: impl Read, name: &str, damage: Damage) -> Result<bool, ListenError> {
        let mut window = Window::new(Decoded::new(from));
        let damaged_early = match window.fill_to(LOOK_BYTES).map_err(|error| read_error(&error)) {
            Ok(()) => false,
            // What came before the damage is whole.
            Err(ListenError::Io { .. }) if damage == Damage::EndsFile => {
                window.end_here();
                true
            }
            Err(error) => return Err(error),
        };
        let Some((format, shape)) = self.recognise(window.view(), damage)? else {
            return Ok(false);
        };
        let context = Context::new(format, self.times.clone(), name);
        let mut source = Source::new(window, shape);
        self.memory.begin_file(name);
        let mut sittings = Sittings::default();
        loop {
            self.check_cancelled()?;
            let (memory, context, now_ms) = (&mut self.memory, &context, self.times.now_ms);
            let (open, file_name) = (self.batch, &self.file_name);
            let (batch_id, more) = self.vault.write(PEN, |transaction| {
                // With its first records, to wait for the disk once less.
                let batch_id = match open {
                    Some((batch_id, _)) => batch_id,
                    None => open_batch(transaction, format, file_name, now_ms)?,
                };
                let mut writer = Writer::new(transaction, batch_id, format)?;
                let mut step = Step {
                    writer: &mut writer,
                    memory,
                    context,
                };
                let more = match step.some(&mut source, &mut sittings) {
                    Ok(more) => more,
                    Err(Stopped::Room(error)) => return Err(error),
                    Err(Stopped::Read(error)) => match (read_error(&error), damage) {
                        (ListenError::Io { .. }, Damage::EndsFile) => {
                            step.refused(Reason::ArchiveDamaged, 0, &[])?;
                            false
                        }
                        (error, _) => return Err(error),
                    },
                };
                if !more && damaged_early {
                    step.refused(Reason::ArchiveDamaged, 0, &[])?;
                }
                if !more {
                    for sitting in sittings.close_all() {
                        step.writer.sitting(step.memory, &sitting)?;
                    }
                }
                writer.close(memory, BatchState::Importing.name())?;
                Ok((batch_id, more))
            })?;
            self.batch.get_or_insert((batch_id, format));
            self.tell();
            if !more {
                break;
            }
        }
        self.cut_off |= source.ended_early();
        Ok(true)
    }

    /// What the file is. A table of no known format is one that the person can say the columns of; inside an archive it
    /// is passed over.
    fn recognise(&mut self, start: &[u8], damage: Damage) -> Result<Option<(Format, Shape)>, ListenError> {
        let alone = damage == Damage::EndsImport;
        if is_web_page(start) {
            self.web_pages = true;
            return if alone { Err(ListenError::WebPage) } else { Ok(None) };
        }
        if let Some(mapping) = &self.options.mapping {
            if !alone || layout::unknown(start).is_none() {
                return Ok(None);
            }
            return Ok(Some((
                Format::Csv,
                Shape::Table(Box::new(layout::mapped(start, mapping)?)),
            )));
        }
        let found = recognise(start, self.options.format);
        let may_be_table = self.options.format.is_none_or(|format| format == Format::Csv);
        if found.is_none() && alone && may_be_table && layout::unknown(start).is_some() {
            return Err(ListenError::MappingNeeded);
        }
        Ok(found)
    }
}

pub(super) fn open_batch(
    transaction: &Transaction<'_>,
    format: Format,
    file_name: &str,
    now_ms: i64,
) -> Result<i64, ListenError> {
    transaction
        .prepare_cached("INSERT INTO listen_batch (state, format, file_name, started_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![BatchState::Importing.name(), format.name(), file_name, now_ms])?;
    Ok(transaction.last_insert_rowid())
}
