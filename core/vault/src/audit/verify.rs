//! Checking an audit, entry by entry, with constant memory apart from the numbers of destroyed content. The same check
//! serves the tables of a vault and a file that was exported from one.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use super::chain::{self, Link};
use super::entry::{AuditContent, AuditKind};
use crate::error::VaultError;

/// What is wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditFault {
    /// There is no audit at all, or a line of the file is none of an audit.
    Missing,
    /// A number was left out, or comes twice.
    Gap,
    /// The entry's hash does not fit it and the one before it.
    Chain,
    /// The content is not what was hashed.
    Content,
    /// The content is gone, and no entry says that it was destroyed.
    ContentMissing,
    /// There is content without an entry.
    ContentWithoutEntry,
    /// The last entries are gone, or the head is not that of the last one.
    Head,
}

impl AuditFault {
    /// The fault's stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Gap => "gap",
            Self::Chain => "chain",
            Self::Content => "content",
            Self::ContentMissing => "content_missing",
            Self::ContentWithoutEntry => "content_without_entry",
            Self::Head => "head",
        }
    }
}

/// Where the audit was tampered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditBreak {
    /// The number of the entry; for [`AuditFault::Head`], the number that should be the last.
    pub number: u32,
    /// What is wrong there.
    pub fault: AuditFault,
}

/// What the check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Entries that were looked at.
    pub entries: u32,
    /// Entries whose content was destroyed, and noted so.
    pub destroyed: u32,
    /// The first places that do not hold, at most 100. Empty: nothing was tampered with.
    pub breaks: Vec<AuditBreak>,
}

/// Most places that a report names.
const BREAKS_LIMIT: usize = 100;

/// An entry with its hashes.
pub(super) struct Hashed {
    pub(super) number: u32,
    pub(super) at_ms: i64,
    pub(super) kind: String,
    pub(super) about: Option<u32>,
    pub(super) content_sha256: Vec<u8>,
    pub(super) chain_sha256: Vec<u8>,
    /// Salt and content, while they are there.
    pub(super) content: Option<(Vec<u8>, AuditContent)>,
}

/// The check while it runs.
pub(super) struct Check {
    previous: Vec<u8>,
    last: u32,
    /// Entries without content that no entry has spoken of yet.
    unexplained: BTreeSet<u32>,
    destroyed: u32,
    report: AuditReport,
}

impl Check {
    pub(super) fn from(origin_sha256: Vec<u8>) -> Self {
        Self {
            previous: origin_sha256,
            last: 0,
            unexplained: BTreeSet::new(),
            destroyed: 0,
            report: AuditReport::default(),
        }
    }

    /// The next entry.
    pub(super) fn entry(&mut self, entry: Hashed) -> Result<(), VaultError> {
        if entry.number != self.last.saturating_add(1) {
            self.fault(self.last.saturating_add(1), AuditFault::Gap);
        }
        let link = Link {
            number: entry.number,
            at_ms: entry.at_ms,
            kind: &entry.kind,
            about: entry.about,
            content_sha256: &hex::encode(&entry.content_sha256),
        };
        if link.sha256(&self.previous)?.as_slice() != entry.chain_sha256 {
            self.fault(entry.number, AuditFault::Chain);
        }
        match &entry.content {
            Some((salt, content)) => {
                if chain::content_sha256(salt, content)?.as_slice() != entry.content_sha256 {
                    self.fault(entry.number, AuditFault::Content);
                }
            }
            None => {
                self.unexplained.insert(entry.number);
            }
        }
        if entry.kind == AuditKind::ContentDestroyed.name()
            && entry.about.is_some_and(|number| self.unexplained.remove(&number))
        {
            self.destroyed = self.destroyed.saturating_add(1);
        }
        // From here on against what is there, so that one change is one fault.
        self.previous = entry.chain_sha256;
        self.last = entry.number;
        self.report.entries = self.report.entries.saturating_add(1);
        Ok(())
    }

    pub(super) fn fault(&mut self, number: u32, fault: AuditFault) {
        if self.report.breaks.len() < BREAKS_LIMIT {
            self.report.breaks.push(AuditBreak { number, fault });
        }
    }

    /// The end, which the head says too.
    pub(super) fn finish(mut self, entries: u32, chain_sha256: &[u8]) -> AuditReport {
        if entries != self.last || chain_sha256 != self.previous {
            self.fault(entries, AuditFault::Head);
        }
        for number in std::mem::take(&mut self.unexplained) {
            self.fault(number, AuditFault::ContentMissing);
        }
        self.report.destroyed = self.destroyed;
        self.report.breaks.sort_by_key(|found| found.number);
        self.report
    }
}

/// Checks the audit of a vault.
pub(super) fn verify(connection: &Connection) -> Result<AuditReport, VaultError> {
    let head: Option<(Vec<u8>, u32, Vec<u8>)> = connection
        .query_row(
            "SELECT origin_sha256, entries, chain_sha256 FROM vault_audit_head",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((origin, entries, chain_sha256)) = head else {
        return Ok(AuditReport {
            breaks: vec![AuditBreak {
                number: 0,
                fault: AuditFault::Missing,
            }],
            ..AuditReport::default()
        });
    };
    let mut check = Check::from(origin);
    each(connection, |entry| check.entry(entry))?;
    let mut orphans = connection.prepare(
        "SELECT number FROM vault_audit_content WHERE number NOT IN (SELECT number FROM vault_audit_entry) LIMIT 100",
    )?;
    for number in orphans.query_map([], |row| row.get(0))? {
        check.fault(number?, AuditFault::ContentWithoutEntry);
    }
    Ok(check.finish(entries, &chain_sha256))
}

/// Calls `visit` with each entry, oldest first.
pub(super) fn each(
    connection: &Connection,
    mut visit: impl FnMut(Hashed) -> Result<(), VaultError>,
) -> Result<(), VaultError> {
    let mut statement = connection.prepare(
        "SELECT number, at_ms, kind, about, content_sha256, chain_sha256, salt, who, party, record, what
         FROM vault_audit_entry LEFT JOIN vault_audit_content USING (number) ORDER BY number",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let salt: Option<Vec<u8>> = row.get(6)?;
        let content = match salt {
            Some(salt) => Some((
                salt,
                AuditContent {
                    who: row.get(7)?,
                    party: row.get(8)?,
                    record: row.get(9)?,
                    what: row.get(10)?,
                },
            )),
            None => None,
        };
        visit(Hashed {
            number: row.get(0)?,
            at_ms: row.get(1)?,
            kind: row.get(2)?,
            about: row.get(3)?,
            content_sha256: row.get(4)?,
            chain_sha256: row.get(5)?,
            content,
        })?;
    }
    Ok(())
}
