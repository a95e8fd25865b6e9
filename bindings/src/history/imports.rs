//! Imports: a file is read into the holding pen, looked at, and taken, rejected or undone as a batch.

use std::path::PathBuf;
use std::sync::Arc;

use super::{FeedSubscription, Listen, number};
use crate::error::TekramError;
use crate::persona::Persona;
use crate::task::{Task, task};

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum BatchState {
    /// Being read.
    Importing,
    /// In the holding pen.
    Held,
    /// In the log.
    Accepted,
    /// Never got into the log.
    Rejected,
    /// Was in the log and was taken back.
    Undone,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Batch {
    /// Its number.
    pub batch: i64,
    /// Where it stands.
    pub state: BatchState,
    /// Format of its file, a stable name.
    pub format: String,
    /// Name of its file.
    pub file_name: String,
    /// When it was imported.
    pub imported_ms: i64,
    /// Records read.
    pub read: u64,
    /// Records that were new.
    pub new_records: u64,
    /// Records that were known already.
    pub duplicates: u64,
    /// Records that could not be used.
    pub refused: u64,
    /// Listens made of the new records.
    pub listens: u64,
}

impl From<tekram_agent::Batch> for Batch {
    fn from(batch: tekram_agent::Batch) -> Self {
        Self {
            batch: batch.batch_id,
            state: match batch.state {
                tekram_agent::BatchState::Importing => BatchState::Importing,
                tekram_agent::BatchState::Held => BatchState::Held,
                tekram_agent::BatchState::Accepted => BatchState::Accepted,
                tekram_agent::BatchState::Rejected => BatchState::Rejected,
                tekram_agent::BatchState::Undone => BatchState::Undone,
            },
            format: batch.format.name().to_owned(),
            file_name: batch.file_name,
            imported_ms: batch.imported_ms,
            read: batch.read,
            new_records: batch.new,
            duplicates: batch.duplicates,
            refused: batch.refused,
            listens: batch.listens,
        }
    }
}

/// A page of what an import would add.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BatchPreview {
    /// New listens, in order of the file.
    pub listens: Vec<Listen>,
    /// New subscriptions, on the first page.
    pub subscriptions: Vec<FeedSubscription>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// A line of a file that was not added, and why.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedLine {
    /// File inside the archive; empty when there is none.
    pub file: String,
    /// Line, from 1.
    pub line: i64,
    /// Number of the record, from 1.
    pub record: i64,
    /// Stable name of the reason.
    pub reason: String,
    /// Field at fault; empty when it is the whole record.
    pub field: String,
    /// Its beginning.
    pub excerpt: String,
}

/// A page of refused lines.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedPage {
    /// The lines, in order of the file.
    pub lines: Vec<RefusedLine>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportProgress {
    /// Bytes of the file read.
    pub bytes_read: u64,
    /// Bytes that there are, if known.
    pub bytes_total: Option<u64>,
    /// Records read.
    pub records: u64,
}

/// What an import brought into the holding pen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportReport {
    /// The batch.
    pub batch: i64,
    /// Format of the file, a stable name.
    pub format: String,
    /// Records read.
    pub read: u64,
    /// Records that are new.
    pub new_records: u64,
    /// Records that were known.
    pub duplicates: u64,
    /// Records that cannot be used.
    pub refused: u64,
    /// Listens made of the new records.
    pub listens: u64,
    /// Files of the archive that are no listening history.
    pub files_skipped: u64,
    /// Whether the file ended before its list did.
    pub cut_off: bool,
}

impl From<tekram_agent::ImportReport> for ImportReport {
    fn from(report: tekram_agent::ImportReport) -> Self {
        Self {
            batch: report.batch_id,
            format: report.format.name().to_owned(),
            read: report.read,
            new_records: report.new,
            duplicates: report.duplicates,
            refused: report.refused,
            listens: report.listens,
            files_skipped: report.files_skipped,
            cut_off: report.cut_off,
        }
    }
}

task!(
    /// An import that is read into the holding pen. Cancelled, it leaves nothing.
    ImportTask,
    ImportProgress,
    ImportReport
);

#[uniffi::export]
impl Persona {
    /// Reads an export into the holding pen.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; what is wrong with the file says the task's end.
    pub fn start_import(&self, path: String) -> Result<Arc<ImportTask>, TekramError> {
        let (core, stop) = self.begin()?;
        let task = Task::latest(stop, move |stop, tell| {
            let mut told = |progress: tekram_agent::Progress| {
                tell.tell(ImportProgress {
                    bytes_read: progress.bytes_read,
                    bytes_total: progress.bytes_total,
                    records: progress.records,
                });
            };
            Ok(core.import(&PathBuf::from(path), &mut told, stop.flag())?.into())
        })?;
        Ok(Arc::new(ImportTask(task)))
    }

    /// All imports, newest first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn batches(&self) -> Result<Vec<Batch>, TekramError> {
        self.with(|core| Ok(core.batches()?.into_iter().map(Batch::from).collect()))
    }

    /// A page of what an import would add.
    ///
    /// # Errors
    /// `no_such_batch`, `bad_cursor`, `locked`, `closed`, the vault's errors.
    pub fn preview_batch(&self, batch: i64, after: Option<String>, limit: u32) -> Result<BatchPreview, TekramError> {
        self.with(|core| {
            let page = core.preview(batch, number(after.as_deref())?, limit as usize)?;
            Ok(BatchPreview {
                listens: page.listens.into_iter().map(Listen::from).collect(),
                subscriptions: page.subscriptions.into_iter().map(FeedSubscription::from).collect(),
                next: page.next_after.map(|next| next.to_string()),
            })
        })
    }

    /// A page of the lines that an import refused, with the reasons.
    ///
    /// # Errors
    /// `no_such_batch`, `bad_cursor`, `locked`, `closed`, the vault's errors.
    pub fn refused_lines(&self, batch: i64, after: Option<String>, limit: u32) -> Result<RefusedPage, TekramError> {
        self.with(|core| {
            let lines = core.refused(batch, number(after.as_deref())?, limit as usize)?;
            let full = lines.len() == limit as usize;
            let next = lines.last().filter(|_| full).map(|last| last.seq.to_string());
            let lines = lines.into_iter().map(|line| RefusedLine {
                file: line.file,
                line: line.line,
                record: line.record,
                reason: line.reason,
                field: line.field,
                excerpt: line.excerpt,
            });
            Ok(RefusedPage {
                lines: lines.collect(),
                next,
            })
        })
    }

    /// Takes an import into the log.
    ///
    /// # Errors
    /// `no_such_batch`, `wrong_batch_state`, `locked`, `closed`, the vault's errors.
    pub async fn accept_batch(&self, batch: i64) -> Result<Batch, TekramError> {
        self.beside(move |core| Ok(core.accept_batch(batch)?.into())).await
    }

    /// Throws an import away before it was accepted.
    ///
    /// # Errors
    /// As [`Persona::accept_batch`].
    pub async fn reject_batch(&self, batch: i64) -> Result<Batch, TekramError> {
        self.beside(move |core| Ok(core.reject_batch(batch)?.into())).await
    }

    /// Takes an accepted import out of the log again.
    ///
    /// # Errors
    /// As [`Persona::accept_batch`].
    pub async fn undo_batch(&self, batch: i64) -> Result<Batch, TekramError> {
        self.beside(move |core| Ok(core.undo_batch(batch)?.into())).await
    }
}
