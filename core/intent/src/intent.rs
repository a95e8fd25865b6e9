//! Intents as the person keeps them: draft, open, accepted, closed or expired, with a one-time key that is random, kept in
//! the vault while it is needed, and then forgotten.
//!
//! An event is signed and stored before it is sent, and sent again unchanged until a relay has taken it.

use nostr_sdk::{Event, JsonUtil, Keys, SecretKey};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::secret::random_hex_128;
use tekram_primitives::time::{Clock, Timestamp};
use tekram_primitives::wire::Demand;
use tekram_vault::{AuditEvent, AuditKind, Scope, Vault};

use crate::cell::Cell;
use crate::demand::{self, Reach, Wish};
use crate::error::IntentError;
use crate::event::{self, RelayView};
use crate::line::Line;

pub(crate) const SCOPE: Scope = Scope("intent");

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentState {
    /// Composed, nothing sent.
    Draft,
    /// Signed and sent, or to be sent again.
    Open,
    /// An offer was accepted.
    Accepted,
    /// Withdrawn, or done. Its keys are forgotten.
    Closed,
    /// Its time is over. Its keys are forgotten.
    Expired,
}

impl IntentState {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Closed => "closed",
            Self::Expired => "expired",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Draft, Self::Open, Self::Accepted, Self::Closed, Self::Expired]
            .into_iter()
            .find(|s| s.name() == name)
    }
}

/// One intent of this vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Id within this vault; never sent.
    pub id: String,
    /// Where it stands.
    pub state: IntentState,
    /// How it reaches sellers.
    pub reach: Reach,
    /// What is wanted.
    pub demand: Demand,
    /// When it was composed.
    pub created: Timestamp,
    /// Id of its event, once it was signed.
    pub event_id: Option<String>,
    /// When a relay first took it.
    pub published: Option<Timestamp>,
}

impl Intent {
    /// The finest cell it publishes.
    ///
    /// # Errors
    /// `damaged` when the kept demand has none.
    pub fn cell(&self) -> Result<Cell, IntentError> {
        self.demand
            .area
            .last()
            .and_then(|cell| Cell::new(cell).ok())
            .ok_or(IntentError::Damaged { what: "demand" })
    }

    /// What a relay, and everybody who reads it, will see.
    ///
    /// # Errors
    /// As [`event::relay_view`].
    pub fn relay_view(&self) -> Result<RelayView, IntentError> {
        event::relay_view(&self.demand, self.reach)
    }
}

/// An intent with what only this room uses.
pub(crate) struct Kept {
    pub(crate) intent: Intent,
    pub(crate) event: String,
    pub(crate) content_sha256: String,
    pub(crate) deletion: String,
    pub(crate) keys: Option<Keys>,
}

impl Kept {
    /// The one-time key, while it is kept.
    pub(crate) fn keys(&self) -> Result<&Keys, IntentError> {
        self.keys.as_ref().ok_or(IntentError::WrongState {
            state: self.intent.state.name(),
        })
    }

    pub(crate) fn require(&self, state: IntentState) -> Result<(), IntentError> {
        match self.intent.state {
            found if found == state => Ok(()),
            IntentState::Expired => Err(IntentError::IntentExpired),
            found => Err(IntentError::WrongState { state: found.name() }),
        }
    }

    /// Whether offers may still come and be accepted.
    pub(crate) fn require_open(&self, now: Timestamp) -> Result<(), IntentError> {
        self.require(IntentState::Open)?;
        if self.intent.demand.valid_through <= now {
            Err(IntentError::IntentExpired)
        } else {
            Ok(())
        }
    }
}

/// Composes an intent and keeps it as a draft.
///
/// # Errors
/// `bad_demand`, `bad_precision`, `intent_expired`, or the vault's errors.
pub fn compose(vault: &Vault, wish: &Wish, clock: &dyn Clock) -> Result<Intent, IntentError> {
    let now = clock.now();
    let intent = Intent {
        id: random_hex_128()?,
        state: IntentState::Draft,
        reach: wish.reach,
        demand: demand::compose(wish, now)?,
        created: now,
        event_id: None,
        published: None,
    };
    let demand = serde_json::to_string(&intent.demand).map_err(|_| IntentError::Damaged { what: "demand" })?;
    vault.write(SCOPE, |tx| {
        tx.execute(
            "INSERT INTO intent_intent (id, state, reach, demand, created_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                intent.id,
                intent.state.name(),
                reach_name(intent.reach),
                demand,
                now.millis(),
                intent.demand.valid_through.millis()
            ],
        )?;
        Ok::<_, IntentError>(())
    })?;
    Ok(intent)
}

/// Signs and sends an intent under a key made for it. Repeatable: what was signed is sent again unchanged.
///
/// # Errors
/// `intent_expired`, `wrong_state`, `foreign_line`, the relays' or the vault's errors. After a relay's error the intent is
/// open and can be published again.
pub async fn publish(
    vault: &Vault,
    id: &str,
    line: &Line,
    pow_bits: u8,
    clock: &dyn Clock,
) -> Result<Intent, IntentError> {
    let bus = line.bus_for(id)?;
    let event = signed_event(vault, id, line, pow_bits, clock)?;
    bus.publish(&event).await?;
    let now = clock.now();
    vault.write(SCOPE, |tx| {
        tx.execute(
            "UPDATE intent_intent SET published_ms = ?2 WHERE id = ?1 AND published_ms = 0",
            params![id, now.millis()],
        )?;
        Ok(kept(tx, id)?.intent)
    })
}

/// The event of an intent: the one signed before, or a first one, stored before it is returned. From then on it may be read by
/// others, and the audit says so.
fn signed_event(vault: &Vault, id: &str, line: &Line, pow_bits: u8, clock: &dyn Clock) -> Result<Event, IntentError> {
    let now = clock.now();
    let draft = vault.read(|connection| kept(connection, id))?;
    if draft.intent.demand.valid_through <= now {
        return Err(IntentError::IntentExpired);
    }
    if draft.intent.state != IntentState::Draft {
        draft.require(IntentState::Open)?;
        return read_event(&draft.event);
    }
    // Mined before the transaction: nobody else waits for the work.
    let keys = Keys::generate();
    let event = event::build(
        &keys,
        &draft.intent.demand,
        draft.intent.reach,
        &random_hex_128()?,
        pow_bits,
        now,
    )?;
    vault.write(SCOPE, |tx| {
        let current = kept(tx, id)?;
        if current.intent.state == IntentState::Open {
            return read_event(&current.event);
        }
        current.require(IntentState::Draft)?;
        tx.execute(
            "UPDATE intent_intent SET state = ?2, event = ?3, event_id = ?4, content_sha256 = ?5, secret = ?6 WHERE id = ?1",
            params![
                id,
                IntentState::Open.name(),
                event.as_json(),
                event.id.to_hex(),
                sha256_hex(event.content.as_bytes()),
                keys.secret_key().as_secret_bytes(),
            ],
        )?;
        AuditEvent::new(AuditKind::Disclosure)
            .who(line.hosts())
            .record(event.id.to_hex())
            .what(&*current.intent.demand.name)
            .append(tx, now)?;
        Ok(event)
    })
}

/// The intent with this id.
///
/// # Errors
/// `no_such_intent`, or the vault's errors.
pub fn get(vault: &Vault, id: &str) -> Result<Intent, IntentError> {
    vault.read(|connection| Ok(kept(connection, id)?.intent))
}

/// Intents, newest first; `limit` after the first `offset`.
///
/// # Errors
/// The vault's errors.
pub fn list(vault: &Vault, limit: u32, offset: u32) -> Result<Vec<Intent>, IntentError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM intent_intent ORDER BY created_ms DESC, id LIMIT ?1 OFFSET ?2"
        ))?;
        let mut rows = statement.query(params![limit, offset])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read_row(row)?.intent);
        }
        Ok(found)
    })
}

const COLUMNS: &str =
    "id, state, reach, demand, created_ms, published_ms, event, event_id, content_sha256, deletion, secret";

pub(crate) fn kept(connection: &Connection, id: &str) -> Result<Kept, IntentError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM intent_intent WHERE id = ?1"))?;
    statement
        .query_row(params![id], |row| Ok(read_row(row)))
        .optional()?
        .unwrap_or(Err(IntentError::NoSuchIntent))
}

pub(crate) fn read_event(json: &str) -> Result<Event, IntentError> {
    Event::from_json(json).map_err(|_| IntentError::Damaged { what: "event" })
}

fn read_row(row: &Row<'_>) -> Result<Kept, IntentError> {
    let damaged = |what| IntentError::Damaged { what };
    let state: String = row.get(1)?;
    let reach: String = row.get(2)?;
    let demand: String = row.get(3)?;
    let published_ms: i64 = row.get(5)?;
    let event_id: String = row.get(7)?;
    // Borrowed from SQLite's page, so that no copy of the secret stays behind.
    let keys = match row.get_ref(10)?.as_blob().map_err(|_| damaged("key"))? {
        [] => None,
        bytes => Some(Keys::new(SecretKey::from_slice(bytes).map_err(|_| damaged("key"))?)),
    };
    Ok(Kept {
        intent: Intent {
            id: row.get(0)?,
            state: IntentState::from_name(&state).ok_or(damaged("state"))?,
            reach: if reach == reach_name(Reach::InStore) {
                Reach::InStore
            } else {
                Reach::Standing
            },
            demand: serde_json::from_str(&demand).map_err(|_| damaged("demand"))?,
            created: Timestamp::from_millis(row.get(4)?),
            event_id: (!event_id.is_empty()).then_some(event_id),
            published: (published_ms != 0).then(|| Timestamp::from_millis(published_ms)),
        },
        event: row.get(6)?,
        content_sha256: row.get(8)?,
        deletion: row.get(9)?,
        keys,
    })
}

fn reach_name(reach: Reach) -> &'static str {
    match reach {
        Reach::Standing => "standing",
        Reach::InStore => "in_store",
    }
}
