//! Who read or got what: an append-only, hash-chained record inside the vault. Each entry's hash covers the one before
//! it, so a change anywhere shows ([`Vault::verify_audit`]); what is personal in an entry enters its hash through a salt,
//! so that it can be destroyed for good while the chain still holds ([`Vault::destroy_audit_content`]).
//!
//! The vault itself writes entries about unlocking and about its header; whoever discloses, exports or backs up writes
//! theirs in the same transaction as the deed ([`AuditEvent::append`]).

use rusqlite::{Connection, OptionalExtension, Transaction, named_params, params};
use tekram_primitives::time::Timestamp;

use crate::change::Scope;
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::schema::RoomSchema;
use crate::vault::Vault;
use crate::way_in::random_bytes;

mod chain;
mod entry;
mod export;
mod header_seen;
mod verify;

pub use entry::{AuditContent, AuditEntry, AuditEvent, AuditKind, AuditPage, AuditQuery};
pub use export::verify_audit_export;
pub(crate) use header_seen::{note_header, note_unlock};
pub use verify::{AuditBreak, AuditFault, AuditReport};

/// Most entries on one page.
const PAGE_LIMIT: usize = 500;

/// The tables. Triggers keep honest code from changing entries; the chain finds dishonest code.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "vault_audit",
    migrations: &["
        CREATE TABLE vault_audit_head (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            origin_sha256 BLOB NOT NULL CHECK (length(origin_sha256) = 32),
            entries INTEGER NOT NULL CHECK (entries >= 0),
            chain_sha256 BLOB NOT NULL CHECK (length(chain_sha256) = 32),
            header_sha256 BLOB NOT NULL CHECK (length(header_sha256) = 32),
            header_seen TEXT NOT NULL
        ) STRICT;
        CREATE TABLE vault_audit_entry (
            number INTEGER PRIMARY KEY CHECK (number >= 1),
            at_ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            about INTEGER,
            content_sha256 BLOB NOT NULL CHECK (length(content_sha256) = 32),
            chain_sha256 BLOB NOT NULL CHECK (length(chain_sha256) = 32)
        ) STRICT;
        CREATE TABLE vault_audit_content (
            number INTEGER PRIMARY KEY,
            salt BLOB NOT NULL CHECK (length(salt) = 32),
            who TEXT NOT NULL DEFAULT '',
            party TEXT NOT NULL DEFAULT '',
            record TEXT NOT NULL DEFAULT '',
            what TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX vault_audit_content_party ON vault_audit_content (party, number) WHERE party <> '';
        CREATE TRIGGER vault_audit_entry_in_order BEFORE INSERT ON vault_audit_entry
            WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM vault_audit_entry)
            BEGIN SELECT RAISE(ABORT, 'audit entries are numbered one after the other'); END;
        CREATE TRIGGER vault_audit_entry_unchanged BEFORE UPDATE ON vault_audit_entry
            BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
        CREATE TRIGGER vault_audit_entry_kept BEFORE DELETE ON vault_audit_entry
            BEGIN SELECT RAISE(ABORT, 'an audit entry is never removed'); END;
        CREATE TRIGGER vault_audit_content_with_entry BEFORE INSERT ON vault_audit_content
            WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM vault_audit_entry)
            BEGIN SELECT RAISE(ABORT, 'content comes with its entry'); END;
        CREATE TRIGGER vault_audit_content_unchanged BEFORE UPDATE ON vault_audit_content
            BEGIN SELECT RAISE(ABORT, 'content of an audit entry is never changed'); END;
        CREATE TRIGGER vault_audit_content_destroyed BEFORE DELETE ON vault_audit_content
            WHEN NOT EXISTS (SELECT 1 FROM vault_audit_entry WHERE about = OLD.number AND kind = 'content_destroyed')
            BEGIN SELECT RAISE(ABORT, 'destroying content is an entry of its own'); END;
    "],
};

impl Scope {
    /// The audit has a new entry, or one whose content was destroyed.
    pub const AUDIT: Self = Self("vault_audit");
}

impl AuditEvent {
    /// Appends this event inside a transaction of the deed itself, so that neither is there without the other. Returns
    /// the entry's number.
    pub fn append(&self, transaction: &Transaction<'_>, now: Timestamp) -> Result<u32, VaultError> {
        append(transaction, self, None, now)
    }
}

impl Vault {
    /// Appends an event in a transaction of its own; where the deed is a write to the vault too, use
    /// [`AuditEvent::append`] in that write.
    pub fn audit(&self, event: &AuditEvent, now: Timestamp) -> Result<u32, VaultError> {
        self.write(Scope::AUDIT, |transaction| event.append(transaction, now))
    }

    /// A page of entries, newest first. Text is looked for in all four texts of an entry, without regard to case.
    pub fn audit_entries(&self, query: &AuditQuery) -> Result<AuditPage, VaultError> {
        self.read(|connection| page(connection, query))
    }

    /// Destroys the content of entries for good: their texts and salts are overwritten, the chain holds, and an entry
    /// for each says that it was done. Backups made before keep it. Fails with `no_such_audit_entry` when one does not
    /// exist or has no content any more; then none is destroyed.
    pub fn destroy_audit_content(&self, numbers: &[u32], now: Timestamp) -> Result<(), VaultError> {
        self.write(Scope::AUDIT, |transaction| {
            // Zeros over what is deleted; the pragma holds for the connection until it is set back.
            transaction.execute_batch("PRAGMA secure_delete = ON")?;
            let destroyed = numbers.iter().try_for_each(|number| destroy(transaction, *number, now));
            transaction.execute_batch("PRAGMA secure_delete = OFF")?;
            destroyed
        })?;
        // The pages as they were are in the WAL until then.
        self.checkpoint()
    }

    /// Checks the whole audit: each hash, each number, and that content is missing only where destroying it was noted.
    pub fn verify_audit(&self) -> Result<AuditReport, VaultError> {
        self.read(verify::verify)
    }

    /// Writes every entry as one line of JSON, oldest first, with its hashes and salt, so that
    /// [`verify_audit_export`], or anybody, can check the chain without the vault. Returns how many.
    pub fn export_audit(&self, out: &mut dyn std::io::Write) -> Result<u32, VaultError> {
        self.read(|connection| export::export(connection, out))
    }
}

/// Appends an entry and moves the head.
fn append(
    transaction: &Transaction<'_>,
    event: &AuditEvent,
    about: Option<u32>,
    now: Timestamp,
) -> Result<u32, VaultError> {
    let (entries, previous): (u32, Vec<u8>) = transaction
        .prepare_cached("SELECT entries, chain_sha256 FROM vault_audit_head")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let number = entries.saturating_add(1);
    let salt = random_bytes::<32>()?;
    let content_sha256 = chain::content_sha256(&salt, &event.content)?;
    let link = chain::Link {
        number,
        at_ms: now.millis(),
        kind: event.kind.name(),
        about,
        content_sha256: &hex::encode(content_sha256),
    };
    let chain_sha256 = link.sha256(&previous)?;
    // Content first: its trigger asks for the number that the entry is about to take.
    transaction
        .prepare_cached(
            "INSERT INTO vault_audit_content (number, salt, who, party, record, what) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            number,
            salt,
            event.content.who,
            event.content.party,
            event.content.record,
            event.content.what
        ])?;
    transaction
        .prepare_cached(
            "INSERT INTO vault_audit_entry (number, at_ms, kind, about, content_sha256, chain_sha256)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            number,
            now.millis(),
            event.kind.name(),
            about,
            content_sha256,
            chain_sha256
        ])?;
    transaction
        .prepare_cached("UPDATE vault_audit_head SET entries = ?1, chain_sha256 = ?2")?
        .execute(params![number, chain_sha256])?;
    Ok(number)
}

fn destroy(transaction: &Transaction<'_>, number: u32, now: Timestamp) -> Result<(), VaultError> {
    let kind: Option<String> = transaction
        .query_row(
            "SELECT kind FROM vault_audit_entry JOIN vault_audit_content USING (number) WHERE number = ?1",
            [number],
            |row| row.get(0),
        )
        .optional()?;
    // The note that something was destroyed holds nothing personal, and stays.
    if kind.is_none_or(|kind| kind == AuditKind::ContentDestroyed.name()) {
        return Err(HoldingError::NoSuchAuditEntry.into());
    }
    append(
        transaction,
        &AuditEvent::new(AuditKind::ContentDestroyed),
        Some(number),
        now,
    )?;
    transaction.execute("DELETE FROM vault_audit_content WHERE number = ?1", [number])?;
    Ok(())
}

fn page(connection: &Connection, query: &AuditQuery) -> Result<AuditPage, VaultError> {
    let limit = query.limit.clamp(1, PAGE_LIMIT);
    let text = query.text.as_ref().map(|text| text.to_lowercase());
    let mut statement = connection.prepare_cached(
        "SELECT number, at_ms, kind, about, who, party, record, what
         FROM vault_audit_entry LEFT JOIN vault_audit_content USING (number)
         WHERE number < coalesce(:before, 9223372036854775807)
           AND (:party IS NULL OR party = :party)
           AND at_ms >= :from_ms AND at_ms < :until_ms
         ORDER BY number DESC",
    )?;
    let mut rows = statement.query(named_params! {
        ":before": query.before,
        ":party": query.party,
        ":from_ms": query.from.map_or(i64::MIN, |from| from.millis()),
        ":until_ms": query.until.map_or(i64::MAX, |until| until.millis()),
    })?;
    let mut page = AuditPage::default();
    while let Some(row) = rows.next()? {
        let entry = entry::read(row)?;
        let has_text = match (&text, &entry.content) {
            (None, _) => true,
            (Some(text), Some(content)) => content.contains(text),
            (Some(_), None) => false,
        };
        let is_of_kind = query.kinds.is_empty() || query.kinds.contains(&entry.kind);
        if !has_text || !is_of_kind {
            continue;
        }
        if page.entries.len() == limit {
            page.next_before = page.entries.last().map(|last| last.number);
            break;
        }
        page.entries.push(entry);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use tekram_primitives::secret::Passphrase;
    use tekram_primitives::time::SystemClock;

    use super::*;
    use crate::page::PageKey;
    use crate::store::Store;

    /// Whether a text stands in the clear of any page of the locked database, in use or free.
    fn stands(pages: &[Vec<u8>], text: &str) -> bool {
        pages
            .iter()
            .any(|page| page.windows(text.len()).any(|part| part == text.as_bytes()))
    }

    #[test]
    fn destroyed_content_is_in_no_page_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let passphrase = Passphrase::from("tulip harbour candle");
        let vault = store.create("Home", &passphrase, &[], &SystemClock).unwrap();
        let mut numbers = Vec::new();
        for number in 0..200 {
            let event = AuditEvent::new(AuditKind::Disclosure)
                .who(format!("Secret reader {number:03}"))
                .party(format!("party-{number:03}"))
                .what("x".repeat(number * 20));
            numbers.push(vault.audit(&event, Timestamp::EPOCH).unwrap());
        }
        // Every second one, so that their pages stay in use.
        let destroyed: Vec<u32> = numbers.iter().copied().step_by(2).collect();
        vault.destroy_audit_content(&destroyed, Timestamp::EPOCH).unwrap();
        assert_eq!(vault.verify_audit().unwrap().breaks, []);
        let key = vault.with_header_and_key(|_, key| Ok(key.clone())).unwrap();
        let id = vault.id().to_owned();
        vault.lock().unwrap();
        let file = std::fs::read(folder.path().join("vaults").join(&id).join("vault.db")).unwrap();
        let key = PageKey::new(&key, &id);
        let pages: Vec<Vec<u8>> = (1..)
            .zip(file.chunks(8192))
            .map(|(number, page)| key.open(number, page).unwrap().to_vec())
            .collect();
        for number in 0..200 {
            let kept = number % 2 == 1;
            assert_eq!(stands(&pages, &format!("Secret reader {number:03}")), kept, "{number}");
            assert_eq!(stands(&pages, &format!("party-{number:03}")), kept, "{number}");
        }
    }
}
