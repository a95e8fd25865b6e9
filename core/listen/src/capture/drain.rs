//! Sealing player events into the inbox, and draining them into the log.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;
use tekram_primitives::time::Timestamp;
use tekram_vault::{Inbox, Vault, VaultError};

use super::event::{Envelope, PlayerEvent, PlayerEventKind};
use super::machine::{Session, Sitting};
use super::store::keep;
use crate::ListenError;
use crate::format::moment::plausible;
use crate::log::index::catch_up_with_little;
use crate::pen::LOG;

/// Events in one item of the inbox: far below its limit, whatever their texts are.
const EVENTS_AT_ONCE: usize = 64;
/// No player and no session has a longer name, in bytes.
const LONGEST_NAME: usize = 256;
const MINUTES_OF_A_DAY: i64 = 24 * 60;
/// A session that never said that it was over is not waited for any longer.
const FORGOTTEN_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What a drain did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Drained {
    /// Events that went into listens.
    pub events: u64,
    /// Events of players that are not allowed; nothing of them was kept.
    pub not_allowed: u64,
    /// Events and items that nothing could be made of.
    pub unreadable: u64,
    /// Listens that are new in the log.
    pub new: u64,
    /// Listens that went on.
    pub changed: u64,
}

impl Drained {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.not_allowed += other.not_allowed;
        self.unreadable += other.unreadable;
        self.new += other.new;
        self.changed += other.changed;
    }
}

/// Seals events to a vault, locked or not. They land in the log with the next drain.
///
/// # Errors
/// When the vault's inbox fails.
pub fn seal_events(inbox: &Inbox, events: &[PlayerEvent]) -> Result<(), ListenError> {
    for part in events.chunks(EVENTS_AT_ONCE) {
        seal_part(inbox, part)?;
    }
    Ok(())
}

fn seal_part(inbox: &Inbox, events: &[PlayerEvent]) -> Result<(), ListenError> {
    match inbox.seal(&Envelope::new(events).bytes()?) {
        Ok(_) => Ok(()),
        Err(VaultError::ItemTooLarge { .. }) if events.len() > 1 => {
            let (first, second) = events.split_at(events.len() / 2);
            seal_part(inbox, first)?;
            seal_part(inbox, second)
        }
        // One event of a mebibyte is no word about a medium.
        Err(VaultError::ItemTooLarge { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Drains what lies in the vault's inbox into the log, each event once, however often the program is killed meanwhile.
///
/// # Errors
/// When the vault fails.
pub fn drain_capture(vault: &Vault, now: Timestamp) -> Result<Drained, ListenError> {
    let mut drained = Drained::default();
    vault.drain_inbox(LOG, |transaction, item| {
        let of_item = match Envelope::read(&item.bytes) {
            Some(envelope) => take(transaction, &envelope.events, now)?,
            // It would not be understood the next time either.
            None => Drained {
                unreadable: 1,
                ..Drained::default()
            },
        };
        drained.add(of_item);
        Ok::<_, ListenError>(())
    })?;
    if drained.new + drained.changed > 0 {
        catch_up_with_little(vault)?;
    }
    Ok(drained)
}

/// Takes the events of one item in.
fn take(transaction: &Transaction<'_>, events: &[PlayerEvent], now: Timestamp) -> Result<Drained, ListenError> {
    let mut drained = Drained::default();
    let mut sessions: BTreeMap<(&str, &str), Touched> = BTreeMap::new();
    for event in events {
        if !is_usable(event, now) {
            drained.unreadable += 1;
        } else if !is_allowed(transaction, event)? {
            drained.not_allowed += 1;
        } else {
            drained.events += 1;
            let name = (event.app.as_str(), event.session.as_str());
            let touched = match sessions.entry(name) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(Touched {
                    session: load(transaction, name)?,
                    ..Touched::default()
                }),
            };
            touched.last_ms = event.at_ms;
            touched.over = event.kind == PlayerEventKind::End;
            touched.sittings.extend(touched.session.hear(event));
            if touched.over {
                // The same name may come again; its sittings go on being numbered by the moment they begin.
                touched.session = Session::default();
            }
        }
    }
    // By the time of the events, not of the drain: a vault can stay locked for long.
    if let Some(newest_ms) = sessions.values().map(|touched| touched.last_ms).max() {
        transaction
            .prepare_cached("DELETE FROM listen_session WHERE last_ms < ?1")?
            .execute([newest_ms.saturating_sub(FORGOTTEN_AFTER_MS)])?;
    }
    for (name, mut touched) in sessions {
        touched.sittings.extend(touched.session.going_on().cloned());
        let (new, changed) = keep(transaction, name.0, name.1, &touched.sittings, now)?;
        drained.new += new;
        drained.changed += changed;
        save(transaction, name, &touched)?;
    }
    Ok(drained)
}

/// A session that this item tells of.
#[derive(Default)]
struct Touched {
    session: Session,
    sittings: Vec<Sitting>,
    last_ms: i64,
    over: bool,
}

fn is_usable(event: &PlayerEvent, now: Timestamp) -> bool {
    let named = |text: &str| !text.trim().is_empty() && text.len() <= LONGEST_NAME && !text.contains('\0');
    named(&event.app)
        && named(&event.session)
        && plausible(event.at_ms, "at_ms", now.millis()).is_ok()
        && event.offset_min.is_none_or(|minutes| minutes.abs() < MINUTES_OF_A_DAY)
}

/// Whether the person allowed the player. That it was there is written down, so that it can be allowed.
fn is_allowed(transaction: &Transaction<'_>, event: &PlayerEvent) -> Result<bool, ListenError> {
    Ok(transaction
        .prepare_cached(
            "INSERT INTO listen_app (app, allowed, last_ms) VALUES (?1, 0, ?2)
             ON CONFLICT (app) DO UPDATE SET last_ms = max(last_ms, excluded.last_ms) RETURNING allowed",
        )?
        .query_row(params![event.app, event.at_ms], |row| row.get(0))?)
}

fn load(transaction: &Transaction<'_>, (app, session): (&str, &str)) -> Result<Session, ListenError> {
    let state: Option<String> = transaction
        .prepare_cached("SELECT state FROM listen_session WHERE app = ?1 AND session = ?2")?
        .query_row([app, session], |row| row.get(0))
        .optional()?;
    // A state that this version cannot read ends the session there; what it told before is in the log.
    Ok(state
        .and_then(|state| serde_json::from_str(&state).ok())
        .unwrap_or_default())
}

fn save(transaction: &Transaction<'_>, (app, session): (&str, &str), touched: &Touched) -> Result<(), ListenError> {
    if touched.over {
        transaction
            .prepare_cached("DELETE FROM listen_session WHERE app = ?1 AND session = ?2")?
            .execute([app, session])?;
        return Ok(());
    }
    let state =
        serde_json::to_string(&touched.session).map_err(|_| ListenError::Unreadable { what: "player session" })?;
    transaction
        .prepare_cached(
            "INSERT INTO listen_session (app, session, state, last_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (app, session) DO UPDATE SET state = excluded.state, last_ms = excluded.last_ms",
        )?
        .execute(params![app, session, state, touched.last_ms])?;
    Ok(())
}
