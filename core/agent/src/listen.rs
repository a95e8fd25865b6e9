//! History: imports through the holding pen, and what the log says.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tekram_listen::{
    Batch, Cursor, ExportForm, Exported, ImportOptions, ImportReport, ListQuery, Page, Preview, Progress, RefusedLine,
    SourceHours, Subscription,
};
use tekram_primitives::time::Period;

use crate::error::AgentError;
use crate::persona::Persona;

impl Persona {
    /// Reads an export into the holding pen, as a stream; `progress` is told as it goes, `cancel` stops it and leaves
    /// nothing behind.
    ///
    /// # Errors
    /// `unknown_format`, `cancelled` and the log's others.
    pub fn import(
        &self,
        file: &Path,
        progress: &mut dyn FnMut(Progress),
        cancel: Arc<AtomicBool>,
    ) -> Result<ImportReport, AgentError> {
        let options = ImportOptions {
            format: None,
            now: self.clock.now(),
            progress: Some(progress),
            cancel,
        };
        Ok(tekram_listen::import(&self.vault, file, options)?)
    }

    /// All imports, newest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn batches(&self) -> Result<Vec<Batch>, AgentError> {
        Ok(tekram_listen::batches(&self.vault)?)
    }

    /// A page of what an import would add.
    ///
    /// # Errors
    /// `no_such_batch`, the vault's errors.
    pub fn preview(&self, batch: i64, after: i64, limit: usize) -> Result<Preview, AgentError> {
        Ok(tekram_listen::preview(&self.vault, batch, after, limit)?)
    }

    /// A page of the lines that an import refused, with the reasons.
    ///
    /// # Errors
    /// `no_such_batch`, the vault's errors.
    pub fn refused(&self, batch: i64, after: i64, limit: usize) -> Result<Vec<RefusedLine>, AgentError> {
        Ok(tekram_listen::refused(&self.vault, batch, after, limit)?)
    }

    /// Takes an import into the log.
    ///
    /// # Errors
    /// `no_such_batch`, `wrong_batch_state`, the vault's errors.
    pub fn accept_batch(&self, batch: i64) -> Result<Batch, AgentError> {
        Ok(tekram_listen::accept(&self.vault, batch, self.clock.now())?)
    }

    /// Throws an import away before it was accepted.
    ///
    /// # Errors
    /// As [`Persona::accept_batch`].
    pub fn reject_batch(&self, batch: i64) -> Result<Batch, AgentError> {
        Ok(tekram_listen::reject(&self.vault, batch, self.clock.now())?)
    }

    /// Takes an accepted import out of the log again.
    ///
    /// # Errors
    /// As [`Persona::accept_batch`].
    pub fn undo_batch(&self, batch: i64) -> Result<Batch, AgentError> {
        Ok(tekram_listen::undo(&self.vault, batch, self.clock.now())?)
    }

    /// Hours by source, over everything or one month in the persona's zone.
    ///
    /// # Errors
    /// `not_a_month`, `unknown_time_zone`, the vault's errors.
    pub fn hours(&self, month: Option<&str>, zone: Option<&str>) -> Result<Vec<SourceHours>, AgentError> {
        let period = match month {
            Some(month) => Some(Period::parse(month, &self.zone(zone)?)?),
            None => None,
        };
        Ok(tekram_listen::hours_by_source(
            &self.vault,
            period.map(|period| period.bounds_ms()),
        )?)
    }

    /// The log, newest first, by page.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn listens(&self, query: &ListQuery, after: Option<&Cursor>, limit: usize) -> Result<Page, AgentError> {
        Ok(tekram_listen::list(&self.vault, query, after, limit)?)
    }

    /// Podcast subscriptions that were imported.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn subscriptions(&self) -> Result<Vec<Subscription>, AgentError> {
        Ok(tekram_listen::subscriptions(&self.vault)?)
    }

    /// Writes the accepted log to `out`, as ListenBrainz JSON Lines or with everything this log knows.
    ///
    /// # Errors
    /// The vault's errors, `io`.
    pub fn export(&self, form: ExportForm, out: &mut dyn std::io::Write) -> Result<Exported, AgentError> {
        Ok(tekram_listen::export(&self.vault, form, out)?)
    }

    /// The zone in which months begin: the one given, else the rules', else UTC.
    pub(crate) fn zone(&self, given: Option<&str>) -> Result<String, AgentError> {
        match given {
            Some(zone) => Ok(zone.to_owned()),
            None => Ok(self.rules()?.map_or_else(|| "UTC".to_owned(), |rules| rules.zone)),
        }
    }
}
