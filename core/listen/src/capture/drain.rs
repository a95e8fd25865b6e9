//! Sealing player events into the inbox, and draining them into the log.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;
use tekram_vault::{Inbox, Vault, VaultError};

use super::apps::OWN_PLAYER;
use super::event::{Envelope, PlayerEvent};
use super::machine::{Session, Sitting};
use super::page::{self, SealedPage};
use super::quiet::{self, Mode, Spans};
use super::recording;
use super::store::{forget, keep};
use crate::ListenError;
use crate::edit::shown::empty_bin;
use crate::endpoint;
use crate::format::moment::plausible;
use crate::log::index::catch_up_with_little;
use crate::pen::LOG;

/// Events in one item of the inbox: far below its limit, whatever their texts are.
const EVENTS_AT_ONCE: usize = 64;
/// No player and no session has a longer name, in bytes.
const LONGEST_NAME: usize = 256;
pub(super) const MINUTES_OF_A_DAY: i64 = 24 * 60;
/// A session that nobody told of for this long is forgotten. It is kept so long, though it said that it was over, so that
/// events that come again are known.
const FORGOTTEN_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What a drain did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Drained {
    /// Events that went into listens.
    pub events: u64,
    /// Events of players that are not allowed; nothing of them was kept.
    pub not_allowed: u64,
    /// Events while the log was paused; nothing of them went into a listen.
    pub paused: u64,
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
        self.paused += other.paused;
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

/// Drains what lies in the vault's inbox into the log, each event once, however often the program is killed meanwhile. What
/// was deleted a month ago goes for good then too.
///
/// # Errors
/// When the vault fails.
pub fn drain_capture(vault: &Vault, now: Timestamp) -> Result<Drained, ListenError> {
    let mut drained = Drained::default();
    empty_bin(vault, now)?;
    vault.drain_inbox(LOG, |transaction, item| {
        let of_item = if let Some(envelope) = Envelope::read(&item.bytes) {
            take(transaction, &envelope.events, now)?
        } else if let Some(told) = endpoint::Sealed::read(&item.bytes) {
            endpoint::take(transaction, &told, now)?
        } else if let Some(sealed) = SealedPage::read(&item.bytes) {
            page::take(transaction, &sealed.page, now)?
        } else {
            // It would not be understood the next time either.
            Drained {
                unreadable: 1,
                ..Drained::default()
            }
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
    let quiet = Spans::read(transaction)?;
    let records = recording::is_running(transaction)?;
    for event in events {
        if !is_named(event) {
            drained.unreadable += 1;
            continue;
        }
        let name = (event.app.as_str(), event.session.as_str());
        let touched = match sessions.entry(name) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(load(transaction, name)?),
        };
        let Some(event) = dated(event, &touched.kept.session, now) else {
            drained.unreadable += 1;
            continue;
        };
        if !is_allowed(transaction, &event)? {
            drained.not_allowed += 1;
            continue;
        }
        let mode = quiet.mode_at(event.at_ms);
        if mode == Mode::Paused {
            drained.paused += 1;
        } else {
            drained.events += 1;
        }
        if records && mode == Mode::Open {
            recording::add(transaction, &event)?;
        }
        touched.last_ms = Some(event.at_ms);
        touched.sittings.extend(touched.kept.session.hear_in(&event, &quiet));
    }
    // By the time of the events, not of the drain: a vault can stay locked for long.
    if let Some(newest_ms) = sessions.values().filter_map(|touched| touched.last_ms).max() {
        let before_ms = newest_ms.saturating_sub(FORGOTTEN_AFTER_MS);
        transaction
            .prepare_cached("DELETE FROM listen_session WHERE last_ms < ?1")?
            .execute([before_ms])?;
        quiet::forget(transaction, before_ms)?;
    }
    for ((app, session), mut touched) in sessions {
        let Some(last_ms) = touched.last_ms else { continue };
        let so_far = touched.kept.session.so_far_in(&quiet);
        let name_of = |sitting: &Sitting| (sitting.number, sitting.start_ms);
        let shown = std::mem::replace(&mut touched.kept.shown, so_far.iter().map(name_of).collect());
        touched.sittings.extend(so_far);
        let gone: Vec<_> = shown
            .into_iter()
            .filter(|shown| !touched.sittings.iter().any(|sitting| name_of(sitting) == *shown))
            .collect();
        forget(transaction, app, session, &gone)?;
        let (new, changed) = keep(transaction, app, session, &touched.sittings, now)?;
        drained.new += new;
        drained.changed += changed;
        save(transaction, (app, session), &touched.kept, last_ms)?;
    }
    Ok(drained)
}

/// A session that this item tells of.
#[derive(Default)]
struct Touched {
    kept: Kept,
    sittings: Vec<Sitting>,
    /// When its last usable event was.
    last_ms: Option<i64>,
}

/// What is kept of a session between two drains.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    #[serde(flatten)]
    session: Session,
    /// Number and start of the listens that were stored before they were over.
    shown: Vec<(u64, i64)>,
}

fn is_named(event: &PlayerEvent) -> bool {
    let named = |text: &str| !text.trim().is_empty() && text.len() <= LONGEST_NAME && !text.contains('\0');
    named(&event.app)
        && named(&event.session)
        && event.offset_min.is_none_or(|minutes| minutes.abs() < MINUTES_OF_A_DAY)
}

/// The event with a moment that can be: a device that lost its time while it was offline tells it by the clock that only
/// goes on, when the session began before that. `None` when nobody knows.
fn dated<'e>(event: &'e PlayerEvent, session: &Session, now: Timestamp) -> Option<Cow<'e, PlayerEvent>> {
    let is_plausible = |ms: i64| plausible(ms, "at_ms", now.millis()).is_ok();
    if is_plausible(event.at_ms) {
        return Some(Cow::Borrowed(event));
    }
    let at_ms = session.wall_ms(event.monotonic_ms?).filter(|ms| is_plausible(*ms))?;
    Some(Cow::Owned(PlayerEvent { at_ms, ..event.clone() }))
}

/// Whether the person allowed the player. That it was there is written down, so that it can be allowed.
fn is_allowed(transaction: &Transaction<'_>, event: &PlayerEvent) -> Result<bool, ListenError> {
    Ok(transaction
        .prepare_cached(
            "INSERT INTO listen_app (app, allowed, last_ms) VALUES (?1, ?3, ?2)
             ON CONFLICT (app) DO UPDATE SET last_ms = max(last_ms, excluded.last_ms) RETURNING allowed",
        )?
        .query_row(params![event.app, event.at_ms, event.app == OWN_PLAYER], |row| {
            row.get(0)
        })?)
}

fn load(transaction: &Transaction<'_>, (app, session): (&str, &str)) -> Result<Touched, ListenError> {
    let state: Option<String> = transaction
        .prepare_cached("SELECT state FROM listen_session WHERE app = ?1 AND session = ?2")?
        .query_row([app, session], |row| row.get(0))
        .optional()?;
    Ok(Touched {
        // A state that this version cannot read ends the session there; what it told before is in the log.
        kept: state
            .and_then(|state| serde_json::from_str(&state).ok())
            .unwrap_or_default(),
        ..Touched::default()
    })
}

fn save(
    transaction: &Transaction<'_>,
    (app, session): (&str, &str),
    kept: &Kept,
    last_ms: i64,
) -> Result<(), ListenError> {
    let state = serde_json::to_string(kept).map_err(|_| ListenError::Unreadable { what: "player session" })?;
    transaction
        .prepare_cached(
            "INSERT INTO listen_session (app, session, state, last_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (app, session) DO UPDATE SET state = excluded.state, last_ms = excluded.last_ms",
        )?
        .execute(params![app, session, state, last_ms])?;
    Ok(())
}
