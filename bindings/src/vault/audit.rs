//! The audit: who read or got what. It is looked through, written to a file, checked, and its texts are destroyed.

use std::fs::File;
use std::io::BufWriter;

use tekram_agent::{AuditEntry, AuditKind, AuditQuery, Timestamp};

use crate::error::TekramError;
use crate::persona::Persona;

/// One entry of the audit.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AuditItem {
    /// 1 for the first; no number is left out.
    pub number: u32,
    /// When, by the device's clock.
    pub at_ms: i64,
    /// What happened, by its stable name: `unlock`, `disclosure`, `export` and others.
    pub kind: String,
    /// Who read or got it, or which way in it was, by the name that the person knew.
    pub who: Option<String>,
    /// The party, by the id it has in the list of relations.
    pub party: Option<String>,
    /// The record it was about, by its id.
    pub record: Option<String>,
    /// What it was.
    pub what: Option<String>,
    /// The entry whose texts were destroyed, for the kind `content_destroyed`.
    pub about: Option<u32>,
    /// Whether its texts were destroyed.
    pub destroyed: bool,
}

/// A page of the audit.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AuditPage {
    /// Newest first.
    pub items: Vec<AuditItem>,
    /// `after` of the next page; nothing after the last.
    pub next: Option<u32>,
}

/// Where the audit was tampered with.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AuditBreak {
    /// The number of the entry; for `head`, the number that should be the last.
    pub number: u32,
    /// What is wrong there: `missing`, `gap`, `chain`, `content`, `content_missing`, `content_without_entry`, `head`.
    pub fault: String,
}

/// What checking the audit found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AuditReport {
    /// Entries that were looked at.
    pub entries: u32,
    /// Entries whose texts were destroyed, and noted so.
    pub destroyed: u32,
    /// The first places that do not hold; none: nothing was tampered with.
    pub breaks: Vec<AuditBreak>,
}

impl From<AuditEntry> for AuditItem {
    fn from(entry: AuditEntry) -> Self {
        let destroyed = entry.content.is_none();
        let content = entry.content.unwrap_or_default();
        let said = |text: String| (!text.is_empty()).then_some(text);
        Self {
            number: entry.number,
            at_ms: entry.at.millis(),
            kind: entry.kind.name().to_owned(),
            who: said(content.who),
            party: said(content.party),
            record: said(content.record),
            what: said(content.what),
            about: entry.about,
            destroyed,
        }
    }
}

#[uniffi::export]
impl Persona {
    /// A page of the audit, newest first: entries with `text` somewhere in their texts, of one of these `kinds` (none: of
    /// any), not before `from_ms` and before `until_ms`.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn audit(
        &self,
        text: String,
        kinds: Vec<String>,
        from_ms: Option<i64>,
        until_ms: Option<i64>,
        after: Option<u32>,
        limit: u32,
    ) -> Result<AuditPage, TekramError> {
        let query = AuditQuery {
            kinds: kinds.iter().map(|kind| AuditKind::named(kind)).collect(),
            party: None,
            text: (!text.is_empty()).then_some(text),
            from: from_ms.map(Timestamp::from_millis),
            until: until_ms.map(Timestamp::from_millis),
            before: after,
            limit: limit as usize,
        };
        self.with(|core| {
            let page = core.audit(&query)?;
            Ok(AuditPage {
                items: page.entries.into_iter().map(AuditItem::from).collect(),
                next: page.next_before,
            })
        })
    }

    /// Destroys the texts of these entries for good. That there were entries stays, and that they were destroyed. Backups
    /// made before keep the texts.
    ///
    /// # Errors
    /// `no_such_audit_entry` when one does not exist or has no texts any more, and then none is destroyed; `locked`, `closed`,
    /// the vault's errors.
    pub fn destroy_audit_texts(&self, numbers: Vec<u32>) -> Result<(), TekramError> {
        self.with(|core| Ok(core.destroy_audit_texts(&numbers)?))
    }

    /// Writes the whole audit to a file, which anybody can check without the vault, and notes that. Returns how many entries
    /// it has.
    ///
    /// # Errors
    /// `file_unusable`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn export_audit(&self, path: String) -> Result<u32, TekramError> {
        self.beside(move |core| {
            let file = File::create(path).map_err(|_| TekramError::file())?;
            Ok(core.export_audit(&mut BufWriter::new(file))?)
        })
        .await
    }

    /// Checks the whole audit.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`, the vault's errors.
    pub async fn verify_audit(&self) -> Result<AuditReport, TekramError> {
        self.beside(|core| {
            let report = core.verify_audit()?;
            let breaks = report.breaks.into_iter().map(|found| AuditBreak {
                number: found.number,
                fault: found.fault.name().to_owned(),
            });
            Ok(AuditReport {
                entries: report.entries,
                destroyed: report.destroyed,
                breaks: breaks.collect(),
            })
        })
        .await
    }
}
