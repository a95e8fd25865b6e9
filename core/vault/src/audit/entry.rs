//! What an entry says: its kind and time, which stay for ever, and its content, which the person can destroy.

use rusqlite::Row;
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;

/// What happened. The name is stable and part of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditKind {
    /// The audit began, with the ways in that there were.
    Begun,
    /// The vault was unlocked.
    Unlock,
    /// A way in was added.
    WayAdded,
    /// A way in was wrapped anew: another passphrase, another key.
    WayChanged,
    /// A way in was removed.
    WayRemoved,
    /// The vault was called something else.
    LabelChanged,
    /// Something else that the header says was changed, such as recovery words that were shown.
    HeaderChanged,
    /// The vault key was changed.
    VaultKeyChanged,
    /// Something was shown or given to somebody.
    Disclosure,
    /// The vault, or a part of it, was exported.
    Export,
    /// Something was imported.
    Import,
    /// A backup was made.
    Backup,
    /// The vault was restored from a backup.
    Restore,
    /// Rows were rescued from a damaged vault.
    Rescue,
    /// A credential was added.
    CredentialAdded,
    /// A credential was removed.
    CredentialRemoved,
    /// The content of an older entry was destroyed.
    ContentDestroyed,
    /// A kind that a newer program wrote.
    Other(String),
}

/// Each kind that this program writes, with its stable name.
const NAMES: [(AuditKind, &str); 17] = [
    (AuditKind::Begun, "begun"),
    (AuditKind::Unlock, "unlock"),
    (AuditKind::WayAdded, "way_added"),
    (AuditKind::WayChanged, "way_changed"),
    (AuditKind::WayRemoved, "way_removed"),
    (AuditKind::LabelChanged, "label_changed"),
    (AuditKind::HeaderChanged, "header_changed"),
    (AuditKind::VaultKeyChanged, "vault_key_changed"),
    (AuditKind::Disclosure, "disclosure"),
    (AuditKind::Export, "export"),
    (AuditKind::Import, "import"),
    (AuditKind::Backup, "backup"),
    (AuditKind::Restore, "restore"),
    (AuditKind::Rescue, "rescue"),
    (AuditKind::CredentialAdded, "credential_added"),
    (AuditKind::CredentialRemoved, "credential_removed"),
    (AuditKind::ContentDestroyed, "content_destroyed"),
];

impl AuditKind {
    /// The kind's stable name.
    pub fn name(&self) -> &str {
        match self {
            Self::Other(name) => name,
            kind => NAMES
                .iter()
                .find(|(known, _)| known == kind)
                .map_or("other", |(_, name)| name),
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Self {
        NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map_or_else(|| Self::Other(name.to_owned()), |(kind, _)| kind.clone())
    }
}

/// What is personal in an entry. Empty texts say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditContent {
    /// Who read or got it, or which way in it was, by the name that the person knew.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// The relation or party, by its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub party: String,
    /// The record, credential or way in it was about, by its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub record: String,
    /// What it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
}

impl AuditContent {
    /// Whether one of the texts has this one in it, which is lower case.
    pub(super) fn contains(&self, lower_case: &str) -> bool {
        [&self.who, &self.party, &self.record, &self.what]
            .iter()
            .any(|text| text.to_lowercase().contains(lower_case))
    }
}

/// An event that becomes an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// What happened.
    pub kind: AuditKind,
    /// To whom and with what.
    pub content: AuditContent,
}

impl AuditEvent {
    /// An event that says nothing but its kind yet.
    pub fn new(kind: AuditKind) -> Self {
        Self {
            kind,
            content: AuditContent::default(),
        }
    }

    /// Who read or got it.
    #[must_use]
    pub fn who(mut self, who: impl Into<String>) -> Self {
        self.content.who = who.into();
        self
    }

    /// The relation or party, by its id.
    #[must_use]
    pub fn party(mut self, party: impl Into<String>) -> Self {
        self.content.party = party.into();
        self
    }

    /// The record it was about, by its id.
    #[must_use]
    pub fn record(mut self, record: impl Into<String>) -> Self {
        self.content.record = record.into();
        self
    }

    /// What it was.
    #[must_use]
    pub fn what(mut self, what: impl Into<String>) -> Self {
        self.content.what = what.into();
        self
    }
}

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1 for the first; no number is left out.
    pub number: u32,
    /// When, by the device's clock.
    pub at: Timestamp,
    /// What happened.
    pub kind: AuditKind,
    /// The entry that this one is about, for [`AuditKind::ContentDestroyed`].
    pub about: Option<u32>,
    /// To whom and with what; `None` after it was destroyed.
    pub content: Option<AuditContent>,
}

/// Which entries are wanted. The default is the newest page of all.
#[derive(Clone, Debug)]
pub struct AuditQuery {
    /// Only these kinds; none: all of them.
    pub kinds: Vec<AuditKind>,
    /// Only about this relation or party.
    pub party: Option<String>,
    /// Only with this text somewhere in the content.
    pub text: Option<String>,
    /// Not before this time.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Only with smaller numbers: [`AuditPage::next_before`] of the page before.
    pub before: Option<u32>,
    /// Most entries on the page; from 1 to 500.
    pub limit: usize,
}

impl Default for AuditQuery {
    fn default() -> Self {
        Self {
            kinds: Vec::new(),
            party: None,
            text: None,
            from: None,
            until: None,
            before: None,
            limit: 100,
        }
    }
}

/// A page of entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// `before` of the next page; `None` when this is the last.
    pub next_before: Option<u32>,
}

/// Reads number, at_ms, kind, about, who, party, record, what.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let kind: String = row.get(2)?;
    let who: Option<String> = row.get(4)?;
    let content = match who {
        Some(who) => Some(AuditContent {
            who,
            party: row.get(5)?,
            record: row.get(6)?,
            what: row.get(7)?,
        }),
        None => None,
    };
    Ok(AuditEntry {
        number: row.get(0)?,
        at: Timestamp::from_millis(row.get(1)?),
        kind: AuditKind::named(&kind),
        about: row.get(3)?,
        content,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use super::*;

    #[test]
    fn each_kind_has_its_own_name_and_is_found_by_it() {
        for (kind, name) in &NAMES {
            assert_eq!(kind.name(), *name);
            assert_eq!(&AuditKind::named(name), kind);
            assert_eq!(NAMES.iter().filter(|(_, other)| other == name).count(), 1);
        }
        assert_eq!(AuditKind::named("tomorrow").name(), "tomorrow");
    }
}
