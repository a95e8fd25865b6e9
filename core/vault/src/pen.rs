//! The holding pen: whatever is imported waits here as a batch. The person looks at it, accepts all or some of it, rejects
//! the rest, and can undo a whole batch later; nothing else in the vault changes before.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::credential::{MAX_CREDENTIAL_BYTES, PublicKey};
use tekram_primitives::did::DidKey;
use tekram_primitives::time::Timestamp;

use crate::attribute::{self, NewAttribute, from_json};
use crate::audit::{AuditEvent, AuditKind};
use crate::change::Scope;
use crate::credential;
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::membership::{self, Membership, Preference};
use crate::purchase::{self, Purchase};
use crate::schema::RoomSchema;
use crate::vault::Vault;

/// Most things of one batch.
pub const BATCH_LIMIT: usize = 100_000;
/// Most things on one page.
const PAGE_LIMIT: u32 = 500;

/// The tables.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "vault_pen",
    migrations: &["
        CREATE TABLE vault_pen_batch (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            source TEXT NOT NULL DEFAULT '',
            arrived_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE vault_pen_item (
            batch INTEGER NOT NULL REFERENCES vault_pen_batch (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number >= 1),
            state TEXT NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'accepted', 'rejected')),
            content TEXT NOT NULL,
            holding INTEGER,
            PRIMARY KEY (batch, number),
            CHECK ((state = 'accepted') = (holding IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX vault_pen_item_state ON vault_pen_item (batch, state);
    "],
};

/// A thing that is imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum PenContent {
    /// An attribute.
    Attribute(NewAttribute),
    /// A membership.
    Membership(Membership),
    /// A preference.
    Preference(Preference),
    /// A purchase.
    Purchase(Purchase),
    /// A credential; it is checked when it is accepted, as it may have ended meanwhile.
    Credential(NewCredential),
}

/// A credential that was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCredential {
    /// As it was issued.
    pub content: String,
    /// The issuer's key as a JWK, where the credential does not bring its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer_key: Option<serde_json::Map<String, serde_json::Value>>,
    /// The relation whose key it should be bound to, with that key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<(String, DidKey)>,
}

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PenState {
    /// It waits.
    Held,
    /// It is in the vault.
    Accepted,
    /// The person does not want it.
    Rejected,
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PenBatch {
    /// Its number in this vault.
    pub id: i64,
    /// What it is called: the name of a file.
    pub name: String,
    /// Where it comes from: a relation's id, a `did:`, a program.
    pub source: String,
    /// When it came.
    pub arrived: Timestamp,
    /// How many things wait.
    pub held: u32,
    /// How many were accepted.
    pub accepted: u32,
    /// How many were rejected.
    pub rejected: u32,
}

/// A thing in the pen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PenItem {
    /// Its number within the batch, from 1.
    pub number: u32,
    /// What became of it.
    pub state: PenState,
    /// What it is.
    pub content: PenContent,
    /// What the vault has already that is probably the same, by its id in its own table. Accepting a whole batch leaves
    /// these waiting; named by number, they are accepted.
    pub alike: Option<i64>,
    /// Its id in its own table, once accepted.
    pub holding: Option<i64>,
}

/// Which things of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PenChoice {
    /// All that wait.
    All,
    /// Those with these numbers.
    Numbers(Vec<u32>),
}

/// What accepting did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PenAccepted {
    /// How many are in the vault now.
    pub accepted: u32,
    /// How many still wait because the vault has what is probably the same.
    pub alike: u32,
}

impl Vault {
    /// Puts things into the pen as one batch; returns its id. Each is checked first: fails with `bad_field`, and with
    /// `batch_too_large`; then nothing is put there.
    pub fn hold(
        &self,
        name: &str,
        source: &str,
        contents: impl IntoIterator<Item = PenContent>,
        now: Timestamp,
    ) -> Result<i64, VaultError> {
        attribute::check_text("name", name, 1, 255)?;
        attribute::check_text("source", source, 0, 255)?;
        self.write(Scope::HOLDING, |transaction| {
            transaction.execute(
                "INSERT INTO vault_pen_batch (name, source, arrived_ms) VALUES (?1, ?2, ?3)",
                params![name, source, now.millis()],
            )?;
            let batch = transaction.last_insert_rowid();
            let mut statement = transaction
                .prepare_cached("INSERT INTO vault_pen_item (batch, number, content) VALUES (?1, ?2, ?3)")?;
            for (index, content) in contents.into_iter().enumerate() {
                if index >= BATCH_LIMIT {
                    return Err(HoldingError::BatchTooLarge.into());
                }
                check(&content)?;
                let json = serde_json::to_string(&content).map_err(|_| HoldingError::BadField { field: "content" })?;
                let number = u32::try_from(index + 1).map_err(|_| HoldingError::BatchTooLarge)?;
                statement.execute(params![batch, number, json])?;
            }
            Ok(batch)
        })
    }

    /// The batches, newest first.
    pub fn pen_batches(&self) -> Result<Vec<PenBatch>, VaultError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, name, source, arrived_ms, count(number) FILTER (WHERE state = 'held'),
                    count(number) FILTER (WHERE state = 'accepted'), count(number) FILTER (WHERE state = 'rejected')
                 FROM vault_pen_batch LEFT JOIN vault_pen_item ON batch = id GROUP BY id ORDER BY id DESC",
            )?;
            let batches = statement.query_map([], |row| {
                Ok(PenBatch {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    source: row.get(2)?,
                    arrived: Timestamp::from_millis(row.get(3)?),
                    held: row.get(4)?,
                    accepted: row.get(5)?,
                    rejected: row.get(6)?,
                })
            })?;
            Ok(batches.collect::<Result<_, _>>()?)
        })
    }

    /// The things of a batch with numbers after `after`, at most 500. Fails with `no_such_pen_batch`.
    pub fn pen_items(&self, batch: i64, after: u32) -> Result<Vec<PenItem>, VaultError> {
        self.read(|connection| {
            exists(connection, batch)?;
            let mut statement = connection.prepare_cached(
                "SELECT number, state, content, holding FROM vault_pen_item WHERE batch = ?1 AND number > ?2
                 ORDER BY number LIMIT ?3",
            )?;
            let items = statement.query_map(params![batch, after, PAGE_LIMIT], |row| {
                let (state, content): (String, String) = (row.get(1)?, row.get(2)?);
                Ok(PenItem {
                    number: row.get(0)?,
                    state: match state.as_str() {
                        "accepted" => PenState::Accepted,
                        "rejected" => PenState::Rejected,
                        _ => PenState::Held,
                    },
                    content: from_json(2, &content)?,
                    alike: None,
                    holding: row.get(3)?,
                })
            })?;
            let mut items: Vec<PenItem> = items.collect::<Result<_, _>>()?;
            for item in items.iter_mut().filter(|item| item.state == PenState::Held) {
                item.alike = find_alike(connection, &item.content)?;
            }
            Ok(items)
        })
    }

    /// Moves things from the pen into the vault: all that were chosen, or, when one cannot be taken, none. Fails with
    /// `no_such_pen_batch`, `not_held` for a number that does not wait, and with the refusals of each kind.
    pub fn accept_held(&self, batch: i64, choice: &PenChoice, now: Timestamp) -> Result<PenAccepted, VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            let name = exists(transaction, batch)?;
            let mut done = PenAccepted::default();
            for number in chosen(transaction, batch, choice)? {
                let content = held(transaction, batch, number)?;
                if *choice == PenChoice::All && find_alike(transaction, &content)?.is_some() {
                    done.alike = done.alike.saturating_add(1);
                    continue;
                }
                let holding = insert(transaction, &content, batch, now)?;
                transaction
                    .prepare_cached(
                        "UPDATE vault_pen_item SET state = 'accepted', holding = ?3 WHERE batch = ?1 AND number = ?2",
                    )?
                    .execute(params![batch, number, holding])?;
                done.accepted = done.accepted.saturating_add(1);
            }
            AuditEvent::new(AuditKind::Import)
                .who(name)
                .record(batch.to_string())
                .what(format!("accepted: {}", done.accepted))
                .append(transaction, now)?;
            Ok(done)
        })
    }

    /// The person does not want these. Fails with `no_such_pen_batch` and `not_held`.
    pub fn reject_held(&self, batch: i64, choice: &PenChoice) -> Result<u32, VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            exists(transaction, batch)?;
            let mut rejected: u32 = 0;
            for number in chosen(transaction, batch, choice)? {
                held(transaction, batch, number)?;
                transaction
                    .prepare_cached("UPDATE vault_pen_item SET state = 'rejected' WHERE batch = ?1 AND number = ?2")?
                    .execute(params![batch, number])?;
                rejected = rejected.saturating_add(1);
            }
            Ok(rejected)
        })
    }

    /// Takes a whole batch back out of the vault: what was accepted goes, attributes stand as they did before unless
    /// they were set anew since, and all of it waits again. What the person removed in the meantime stays removed.
    /// Returns how many came back. Fails with `no_such_pen_batch`.
    pub fn undo_batch(&self, batch: i64, now: Timestamp) -> Result<u32, VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            let name = exists(transaction, batch)?;
            let mut statement = transaction.prepare(
                "SELECT holding, content FROM vault_pen_item WHERE batch = ?1 AND state = 'accepted' ORDER BY number DESC",
            )?;
            let mut rows = statement.query([batch])?;
            let mut undone: u32 = 0;
            while let Some(row) = rows.next()? {
                let (holding, content): (i64, String) = (row.get(0)?, row.get(1)?);
                match from_json(1, &content)? {
                    PenContent::Attribute(_) => attribute::take_back(transaction, holding)?,
                    PenContent::Membership(_) => remove(transaction, "vault_membership", holding)?,
                    PenContent::Preference(_) => remove(transaction, "vault_membership_preference", holding)?,
                    PenContent::Purchase(_) => remove(transaction, "vault_purchase", holding)?,
                    PenContent::Credential(new) => {
                        if credential::is_kept(transaction, &new.content)?.is_some() {
                            credential::remove(transaction, &credential::id_of(&new.content), now)?;
                        }
                    }
                }
                undone = undone.saturating_add(1);
            }
            drop(rows);
            drop(statement);
            transaction.execute(
                "UPDATE vault_pen_item SET state = 'held', holding = NULL WHERE batch = ?1",
                [batch],
            )?;
            AuditEvent::new(AuditKind::Import)
                .who(name)
                .record(batch.to_string())
                .what(format!("undone: {undone}"))
                .append(transaction, now)?;
            Ok(undone)
        })
    }

    /// Removes a batch from the pen; what was accepted stays in the vault and cannot be undone as a batch any more.
    /// Fails with `no_such_pen_batch`.
    pub fn discard_batch(&self, batch: i64) -> Result<(), VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            exists(transaction, batch)?;
            transaction.execute("DELETE FROM vault_pen_batch WHERE id = ?1", [batch])?;
            Ok(())
        })
    }
}

fn check(content: &PenContent) -> Result<(), HoldingError> {
    match content {
        PenContent::Attribute(attribute) => attribute::check(attribute),
        PenContent::Membership(membership) => membership::check_membership(membership),
        PenContent::Preference(preference) => membership::check_preference(preference),
        PenContent::Purchase(purchase) => purchase::check(purchase),
        PenContent::Credential(new) if new.content.len() > MAX_CREDENTIAL_BYTES => {
            Err(HoldingError::BadField { field: "content" })
        }
        PenContent::Credential(_) => Ok(()),
    }
}

fn insert(transaction: &Transaction<'_>, content: &PenContent, batch: i64, now: Timestamp) -> Result<i64, VaultError> {
    let batch = Some(batch);
    match content {
        PenContent::Attribute(attribute) => attribute::insert(transaction, attribute, batch, now),
        PenContent::Membership(membership) => membership::insert_membership(transaction, membership, batch, now),
        PenContent::Preference(preference) => membership::insert_preference(transaction, preference, batch, now),
        PenContent::Purchase(purchase) => purchase::insert(transaction, purchase, batch, now),
        PenContent::Credential(new) => {
            let issuer_key = new.issuer_key.as_ref().map(PublicKey::from_jwk).transpose()?;
            let holder = new.holder.as_ref().map(|(relation, key)| (relation.as_str(), key));
            credential::insert(transaction, &new.content, issuer_key.as_ref(), holder, now)?;
            credential::is_kept(transaction, &new.content)?.ok_or_else(|| HoldingError::NoSuchHolding.into())
        }
    }
}

/// What the vault has that is probably the same.
fn find_alike(connection: &Connection, content: &PenContent) -> Result<Option<i64>, VaultError> {
    let found = match content {
        PenContent::Purchase(purchase) => return purchase::find_alike(connection, purchase),
        PenContent::Credential(new) => return credential::is_kept(connection, &new.content),
        PenContent::Attribute(attribute) => {
            let value =
                serde_json::to_string(&attribute.value).map_err(|_| HoldingError::BadField { field: "value" })?;
            connection
                .prepare_cached(
                    "SELECT id FROM vault_attribute WHERE property = ?1 AND label = ?2 AND value = ?3 AND until_ms IS NULL",
                )?
                .query_row(params![attribute.value.property(), attribute.label, value], |row| {
                    row.get(0)
                })
        }
        PenContent::Membership(membership) => connection
            .prepare_cached(
                "SELECT id FROM vault_membership WHERE organisation = ?1 AND programme = ?2 AND number = ?3",
            )?
            .query_row(
                params![membership.organisation, membership.programme, membership.number],
                |row| row.get(0),
            ),
        PenContent::Preference(preference) => connection
            .prepare_cached("SELECT id FROM vault_membership_preference WHERE topic = ?1 AND value = ?2")?
            .query_row(params![preference.topic, preference.value], |row| row.get(0)),
    };
    Ok(found.optional()?)
}

/// The batch's name; fails with `no_such_pen_batch`.
fn exists(connection: &Connection, batch: i64) -> Result<String, VaultError> {
    connection
        .prepare_cached("SELECT name FROM vault_pen_batch WHERE id = ?1")?
        .query_row([batch], |row| row.get(0))
        .optional()?
        .ok_or_else(|| HoldingError::NoSuchBatch.into())
}

fn chosen(connection: &Connection, batch: i64, choice: &PenChoice) -> Result<Vec<u32>, VaultError> {
    match choice {
        PenChoice::Numbers(numbers) => Ok(numbers.clone()),
        PenChoice::All => {
            let mut statement = connection.prepare_cached(
                "SELECT number FROM vault_pen_item WHERE batch = ?1 AND state = 'held' ORDER BY number",
            )?;
            let numbers = statement.query_map([batch], |row| row.get(0))?;
            Ok(numbers.collect::<Result<_, _>>()?)
        }
    }
}

fn held(connection: &Connection, batch: i64, number: u32) -> Result<PenContent, VaultError> {
    let content: Option<String> = connection
        .prepare_cached("SELECT content FROM vault_pen_item WHERE batch = ?1 AND number = ?2 AND state = 'held'")?
        .query_row(params![batch, number], |row| row.get(0))
        .optional()?;
    Ok(from_json(0, &content.ok_or(HoldingError::NotHeld)?)?)
}

/// Removes a row of one of the tables above. It may be gone already: the person may have removed it.
fn remove(transaction: &Transaction<'_>, table: &'static str, id: i64) -> Result<(), VaultError> {
    transaction.execute(&format!("DELETE FROM {table} WHERE id = ?1"), [id])?;
    Ok(())
}
