//! Collecting offers: many wraps, few fsyncs, bounded memory and disk.
//!
//! A [`Collector`] checks a batch and stores it in one transaction; [`collect`] feeds it from the relays until a deadline or
//! until enough offers are there. A seller has one live offer, the newest; refused ones leave a count and no content.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use nostr_sdk::{EventId, Keys};
use rusqlite::{OptionalExtension, Transaction, params};
use tekram_net::VerifiedEvent;
use tekram_primitives::did::DidKey;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::record::RecordId;
use tekram_primitives::time::{Clock, Timestamp};
use tekram_vault::Vault;
use tokio::time::{Instant, timeout_at};

use crate::cell::Cell;
use crate::error::IntentError;
use crate::event::letters_filter;
use crate::intent::{IntentState, SCOPE, kept};
use crate::line::Line;
use crate::offer::{Asked, CheckedOffer, KeptOffer, check_offer};
use crate::refused::Refused;

/// Most live offers of one intent, one for each seller.
pub const MAX_LIVE_OFFERS: usize = 200;
/// Most wraps looked at for one intent, good or bad.
pub const MAX_WRAPS: usize = 20_000;
/// Most wraps stored in one transaction.
pub const BATCH: usize = 256;
/// Cores that checking takes at most; the rest are the screen's.
const MAX_CORES: usize = 4;
/// Wraps from which a second core is worth starting a thread.
const WORTH_A_THREAD: usize = 16;

/// What came of collecting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// Wraps looked at.
    pub received: u64,
    /// Offers kept, replaced ones included.
    pub kept: u64,
    /// Wraps refused, by reason. Duplicates are counted here and nowhere kept.
    pub refused: BTreeMap<Refused, u64>,
    /// Live offers of the intent now.
    pub live: usize,
    /// More came than [`MAX_WRAPS`]; the rest was not looked at.
    pub flooded: bool,
}

/// When to stop waiting for offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    /// At the latest after this long, or when the intent ends.
    pub wait: Duration,
    /// As soon as this many offers are live.
    pub enough: usize,
}

/// Receives, checks and stores the offers of one open intent.
#[derive(Debug)]
pub struct Collector {
    intent: String,
    keys: Keys,
    asked: Asked,
    seen: HashSet<EventId>,
    live: BTreeMap<DidKey, (Timestamp, RecordId)>,
}

impl Collector {
    /// For the open intent with this id.
    ///
    /// # Errors
    /// `no_such_intent`, `intent_expired`, `wrong_state`, or the vault's errors.
    pub fn open(vault: &Vault, intent: &str, now: Timestamp) -> Result<Self, IntentError> {
        vault.read(|connection| {
            let kept = kept(connection, intent)?;
            kept.require_open(now)?;
            let mut statement = connection.prepare_cached("SELECT event_id FROM intent_wrap WHERE intent_id = ?1")?;
            let seen = statement
                .query_map(params![intent], |row| row.get::<_, Vec<u8>>(0))?
                .map(|bytes| EventId::from_slice(&bytes?).map_err(|_| IntentError::Damaged { what: "event id" }))
                .collect::<Result<_, _>>()?;
            let mut statement =
                connection.prepare_cached("SELECT seller, sent_ms, id FROM intent_offer WHERE intent_id = ?1")?;
            let mut rows = statement.query(params![intent])?;
            let mut live = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let (seller, sent_ms, id): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let seller = seller.parse().map_err(|_| IntentError::Damaged { what: "offer" })?;
                let id = id.parse().map_err(|_| IntentError::Damaged { what: "offer" })?;
                live.insert(seller, (Timestamp::from_millis(sent_ms), id));
            }
            Ok(Self {
                intent: intent.to_owned(),
                keys: kept.keys()?.clone(),
                asked: Asked {
                    event_id: kept.intent.event_id.clone().unwrap_or_default(),
                    content_sha256: kept.content_sha256.clone(),
                    price_ceiling: kept.intent.demand.price_ceiling,
                    terms: kept.intent.demand.terms.clone(),
                    valid_through: kept.intent.demand.valid_through,
                },
                seen,
                live,
            })
        })
    }

    /// The key that offers are sealed to.
    pub fn receiver(&self) -> nostr_sdk::PublicKey {
        self.keys.public_key()
    }

    /// How many offers are live.
    pub fn live(&self) -> usize {
        self.live.len()
    }

    /// Checks wraps and stores what came of them in one transaction: when this returns, it is durable.
    ///
    /// After an error nothing of the batch is stored; open a new collector and give it the batch again.
    ///
    /// # Errors
    /// `intent_expired` or `wrong_state` when the intent ended meanwhile, or the vault's errors.
    pub fn take(&mut self, vault: &Vault, wraps: &[VerifiedEvent], now: Timestamp) -> Result<Collected, IntentError> {
        if self.asked.valid_through <= now {
            return Err(IntentError::IntentExpired);
        }
        let mut collected = Collected::default();
        let mut fresh: Vec<&VerifiedEvent> = Vec::with_capacity(wraps.len());
        for wrap in wraps {
            if self.seen.len() >= MAX_WRAPS {
                collected.flooded = true;
                break;
            }
            collected.received += 1;
            if self.seen.insert(wrap.id) {
                fresh.push(wrap);
            } else {
                *collected.refused.entry(Refused::Duplicate).or_default() += 1;
            }
        }
        // Within a batch too, only a seller's newest is stored.
        let mut keep: BTreeMap<DidKey, CheckedOffer> = BTreeMap::new();
        for outcome in check_all(&self.keys, &fresh, &self.asked, now) {
            match outcome.and_then(|offer| self.admit(offer)) {
                Ok(offer) => {
                    collected.kept += 1;
                    keep.insert(offer.offer.seller, offer);
                }
                Err(reason) => *collected.refused.entry(reason).or_default() += 1,
            }
        }
        collected.live = self.live.len();
        if !fresh.is_empty() {
            vault.write(SCOPE, |tx| {
                self.store(tx, &fresh, keep.values(), &collected.refused, now)
            })?;
        }
        Ok(collected)
    }

    /// One live offer for each seller: the one sent last, of two sent in one second the one with the greater id.
    fn admit(&mut self, offer: CheckedOffer) -> Result<CheckedOffer, Refused> {
        let newest = (offer.sent, offer.id.clone());
        match self.live.get(&offer.offer.seller) {
            Some(live) if *live >= newest => return Err(Refused::Superseded),
            None if self.live.len() >= MAX_LIVE_OFFERS => return Err(Refused::TooManyOffers),
            _ => {}
        }
        self.live.insert(offer.offer.seller, newest);
        Ok(offer)
    }

    fn store<'a>(
        &self,
        tx: &Transaction<'_>,
        looked_at: &[&VerifiedEvent],
        keep: impl Iterator<Item = &'a CheckedOffer>,
        refused: &BTreeMap<Refused, u64>,
        now: Timestamp,
    ) -> Result<(), IntentError> {
        let state: String = tx.query_row(
            "SELECT state FROM intent_intent WHERE id = ?1",
            params![self.intent],
            |row| row.get(0),
        )?;
        if state != IntentState::Open.name() {
            return kept(tx, &self.intent)?.require_open(now);
        }
        let mut insert =
            tx.prepare_cached("INSERT OR IGNORE INTO intent_wrap (intent_id, event_id) VALUES (?1, ?2)")?;
        for wrap in looked_at {
            insert.execute(params![self.intent, wrap.id.as_bytes()])?;
        }
        let mut insert = tx.prepare_cached(
            "INSERT OR REPLACE INTO intent_offer (intent_id, seller, id, seller_name, seller_nostr, item, gtin, price_minor, \
             asset, stock, cell, valid_until_ms, sent_ms, received_ms, record) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?;
        for checked in keep {
            let offer = &checked.offer;
            insert.execute(params![
                self.intent,
                offer.seller.to_string(),
                checked.id.as_str(),
                checked.card.name,
                checked.card.nostr,
                offer.item,
                offer.gtin.as_deref().unwrap_or_default(),
                offer.price.amount_minor,
                offer.price.asset.code(),
                offer.stock,
                checked.cell.as_ref().map(Cell::as_str).unwrap_or_default(),
                offer.valid_until.millis(),
                checked.sent.millis(),
                now.millis(),
                checked.record,
            ])?;
        }
        let mut count = tx.prepare_cached(
            "INSERT INTO intent_refused (intent_id, reason, times, last_ms) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (intent_id, reason) DO UPDATE SET times = times + excluded.times, last_ms = excluded.last_ms",
        )?;
        for (reason, times) in refused.iter().filter(|(reason, _)| **reason != Refused::Duplicate) {
            count.execute(params![
                self.intent,
                reason.code(),
                i64::try_from(*times).unwrap_or(i64::MAX),
                now.millis()
            ])?;
        }
        Ok(())
    }
}

/// Checks wraps in their order, large batches on several cores: nearly all of it is cryptography.
fn check_all(
    keys: &Keys,
    wraps: &[&VerifiedEvent],
    asked: &Asked,
    now: Timestamp,
) -> Vec<Result<CheckedOffer, Refused>> {
    let check = |wraps: &[&VerifiedEvent]| {
        wraps
            .iter()
            .map(|wrap| check_offer(keys, wrap, asked, now))
            .collect::<Vec<_>>()
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(MAX_CORES);
    if cores == 1 || wraps.len() < WORTH_A_THREAD {
        return check(wraps);
    }
    thread::scope(|scope| {
        let parts: Vec<_> = wraps
            .chunks(wraps.len().div_ceil(cores))
            .map(|part| scope.spawn(move || check(part)))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// Listens for offers to an open intent, stored ones first, and keeps what holds.
///
/// # Errors
/// `no_such_intent`, `intent_expired`, `wrong_state`, `foreign_line`, the relays' or the vault's errors. What was stored
/// before an error stays.
pub async fn collect(
    vault: &Vault,
    id: &str,
    line: &Line,
    until: Until,
    clock: &dyn Clock,
) -> Result<Collected, IntentError> {
    let bus = line.bus_for(id)?;
    let started = clock.now();
    let mut collector = Collector::open(vault, id, started)?;
    let left_ms = u64::try_from(collector.asked.valid_through.millis_since(started)).unwrap_or_default();
    let deadline = Instant::now() + until.wait.min(Duration::from_millis(left_ms));
    let mut all = Collected {
        live: collector.live(),
        ..Collected::default()
    };
    let mut listening = bus.listen(letters_filter(&collector.receiver())).await?;
    while all.live < until.enough && !all.flooded {
        let Ok(Some(first)) = timeout_at(deadline, listening.next()).await else {
            break;
        };
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Some(next) = listening.try_next()
        {
            batch.push(next);
        }
        let collected = collector.take(vault, &batch, clock.now())?;
        all.received += collected.received;
        all.kept += collected.kept;
        all.live = collected.live;
        all.flooded = collected.flooded;
        for (reason, times) in collected.refused {
            *all.refused.entry(reason).or_default() += times;
        }
    }
    Ok(all)
}

/// The live offers of an intent, cheapest first.
///
/// # Errors
/// The vault's errors.
pub fn offers(vault: &Vault, intent: &str) -> Result<Vec<KeptOffer>, IntentError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT id, seller, seller_name, item, gtin, price_minor, asset, stock, cell, valid_until_ms, received_ms \
             FROM intent_offer WHERE intent_id = ?1 ORDER BY price_minor, id",
        )?;
        let mut rows = statement.query(params![intent])?;
        let mut found = Vec::new();
        let damaged = || IntentError::Damaged { what: "offer" };
        while let Some(row) = rows.next()? {
            let text = |index: usize| row.get::<_, String>(index);
            let asset: Asset = text(6)?.parse().map_err(|_| damaged())?;
            let (gtin, cell) = (text(4)?, text(8)?);
            found.push(KeptOffer {
                id: text(0)?.parse().map_err(|_| damaged())?,
                seller: text(1)?.parse().map_err(|_| damaged())?,
                seller_name: text(2)?,
                item: text(3)?,
                gtin: (!gtin.is_empty()).then_some(gtin),
                price: Money::new(row.get(5)?, asset),
                stock: row.get(7)?,
                cell: if cell.is_empty() {
                    None
                } else {
                    Some(Cell::new(&cell).map_err(|_| damaged())?)
                },
                valid_until: Timestamp::from_millis(row.get(9)?),
                received: Timestamp::from_millis(row.get(10)?),
            });
        }
        Ok(found)
    })
}

/// The signed record of a live offer, as it came.
///
/// # Errors
/// `no_such_offer`, or the vault's errors.
pub fn offer_record(vault: &Vault, intent: &str, offer: &RecordId) -> Result<Vec<u8>, IntentError> {
    vault.read(|connection| {
        connection
            .query_row(
                "SELECT record FROM intent_offer WHERE intent_id = ?1 AND id = ?2",
                params![intent, offer.as_str()],
                |row| row.get(0),
            )
            .optional()?
            .ok_or(IntentError::NoSuchOffer)
    })
}

/// How often something was refused for an intent, by reason's name.
///
/// # Errors
/// The vault's errors.
pub fn refusals(vault: &Vault, intent: &str) -> Result<BTreeMap<String, u64>, IntentError> {
    vault.read(|connection| {
        let mut statement = connection
            .prepare_cached("SELECT reason, times FROM intent_refused WHERE intent_id = ?1 ORDER BY reason")?;
        let found = statement
            .query_map(params![intent], |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
            })?
            .collect::<Result<_, _>>()?;
        Ok(found)
    })
}
