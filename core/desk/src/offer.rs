//! Answering requests: what is heard on the relays is checked, held against the catalogue, and answered once with a
//! signed offer sealed to the request's one-time key.

use nostr_sdk::Tag;
use rusqlite::{OptionalExtension, params};
use tekram_intent::{Cell, Quote, ReceivedIntent, Seller, answer, parse_intent};
use tekram_net::VerifiedEvent;
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::DeskCard;

use crate::card::SCOPE;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::event::DeskEvent;
use crate::outbox::{self, LetterKind};

/// Offers that can be open at a time; each takes about 25 KB until it ends.
const MAX_OPEN_OFFERS: i64 = 5_000;
/// Requests remembered as answered, until they end.
const MAX_ANSWERS: i64 = 20_000;
/// Answers to one key: an edited intent is a new one.
const MAX_ANSWERS_TO_ONE: i64 = 8;

/// What is offered, as the desk remembers it.
struct Chosen {
    quote: Quote,
    item_key: String,
}

impl Desk {
    /// Hears a request. When it can be answered, offer and letter are stored when this returns.
    ///
    /// # Errors
    /// The vault's or the record's; what is wrong with the request is told, not returned.
    pub fn hear_intent(&self, event: &VerifiedEvent) -> Result<(), DeskError> {
        if self.is_elsewhere(event) {
            return Ok(());
        }
        let now = self.clock.now();
        let intent = match parse_intent(event, self.config.min_work_bits, now) {
            Ok(intent) => intent,
            Err(reason) => {
                self.refuse("intent", reason.code(), Some(event.id.to_hex()));
                return Ok(());
            }
        };
        if !intent.is_served_by(&self.cells) {
            return Ok(());
        }
        if self.is_answered(&intent)? {
            return Ok(());
        }
        if !self.admits_intent() {
            self.refuse("intent", "too_many_intents", Some(intent.event_id));
            return Ok(());
        }
        self.tell(&DeskEvent::IntentSeen {
            intent: intent.event_id.clone(),
            want: intent.demand.name.clone(),
            quantity: intent.demand.quantity,
            cell: intent.cell.to_string(),
            terms: intent.demand.terms.id.clone(),
        });
        let outcome = match self.choose(&intent, now)? {
            Ok(chosen) => self.make_offer(&intent, &chosen, now)?,
            Err(code) => Err(code),
        };
        if let Err(code) = outcome {
            self.tell(&DeskEvent::IntentNotMatched {
                intent: intent.event_id,
                code: code.to_owned(),
            });
        }
        Ok(())
    }

    /// Whether the event's tags say that it is not near this desk. A desk hears everything around its coarsest cells.
    fn is_elsewhere(&self, event: &VerifiedEvent) -> bool {
        let g = |tag: &&Tag| tag.as_slice().first().is_some_and(|name| name == "g");
        let finest = event
            .tags
            .iter()
            .filter(g)
            .filter_map(Tag::content)
            .max_by_key(|cell| cell.len());
        match finest.map(Cell::new) {
            Some(Ok(finest)) => !self.cells.iter().any(|cell| cell.is_in(&finest) || finest.is_in(cell)),
            _ => false,
        }
    }

    fn is_answered(&self, intent: &ReceivedIntent) -> Result<bool, DeskError> {
        self.vault.read(|connection| {
            let found = connection
                .prepare_cached("SELECT 1 FROM desk_answer WHERE intent_event = ?1")?
                .exists([&intent.event_id])?;
            Ok(found)
        })
    }

    /// What to offer, or why nothing.
    fn choose(&self, intent: &ReceivedIntent, now: Timestamp) -> Result<Result<Chosen, &'static str>, DeskError> {
        let demand = &intent.demand;
        if !self.terms.iter().any(|terms| terms.id == demand.terms.id) {
            return Ok(Err("terms_not_accepted"));
        }
        if !self.terms.contains(&demand.terms) {
            return Ok(Err("terms_hash_differs"));
        }
        let card: DeskCard = self.card()?.body()?;
        let catalogue = self.catalogue();
        let found = catalogue.best_match(
            &demand.name,
            demand.gtin.as_deref(),
            demand.quantity,
            demand.price_ceiling.as_ref(),
        );
        let Some(item) = found else {
            return Ok(Err("nothing_fits"));
        };
        let Ok(price) = item.price.checked_mul(i64::from(demand.quantity)) else {
            return Ok(Err("nothing_fits"));
        };
        let stands_ms = i64::from(self.config.offer_minutes).saturating_mul(60_000);
        let valid_until = now
            .plus_millis(stands_ms)
            .min(demand.valid_through)
            .min(card.valid_until);
        Ok(Ok(Chosen {
            item_key: item.key(),
            quote: Quote {
                item: item.name.clone(),
                gtin: item.gtin.clone(),
                price,
                stock: item.stock,
                cell: self
                    .cells
                    .iter()
                    .find(|cell| cell.is_in(&intent.cell) || intent.cell.is_in(cell))
                    .cloned(),
                valid_until: Timestamp::from_secs(valid_until.secs()),
            },
        }))
    }

    /// Signs the offer and stores it with its letter.
    fn make_offer(
        &self,
        intent: &ReceivedIntent,
        chosen: &Chosen,
        now: Timestamp,
    ) -> Result<Result<(), &'static str>, DeskError> {
        let card = self.card()?;
        let seller = Seller {
            signing: &self.keys.signing,
            nostr: &self.keys.nostr,
            card: &card,
        };
        let answer = match answer(intent, &chosen.quote, &seller, now) {
            Ok(answer) => answer,
            Err(tekram_intent::IntentError::Refused(reason)) => return Ok(Err(reason.code())),
            Err(error) => return Err(error.into()),
        };
        let bytes = answer.offer.bytes()?;
        let author = intent.author.to_hex();
        let stored = self.vault.write(SCOPE, |tx| {
            let count = |sql: &str, value: &dyn rusqlite::ToSql| -> Result<i64, DeskError> {
                Ok(tx.prepare_cached(sql)?.query_row([value], |row| row.get(0))?)
            };
            let open = count("SELECT count(*) FROM desk_answer WHERE state = ?1", &"open")?;
            let over = count("SELECT count(*) FROM desk_answer WHERE state = ?1", &"over")?;
            if open >= MAX_OPEN_OFFERS || over >= MAX_ANSWERS {
                return Ok(Err("too_many_open_offers"));
            }
            if count("SELECT count(*) FROM desk_answer WHERE author = ?1", &author)? >= MAX_ANSWERS_TO_ONE {
                return Ok(Err("too_many_of_one_key"));
            }
            let new = tx.execute(
                "INSERT OR IGNORE INTO desk_answer (intent_event, author, offer_id, offer, item_key, quantity, \
                 valid_until_ms, intent_until_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    intent.event_id,
                    author,
                    answer.id.as_str(),
                    bytes,
                    chosen.item_key,
                    intent.demand.quantity,
                    chosen.quote.valid_until.millis(),
                    intent.demand.valid_through.millis(),
                ],
            )?;
            if new == 1 {
                let until = chosen.quote.valid_until;
                outbox::put(
                    tx,
                    LetterKind::Offer,
                    &intent.event_id,
                    &intent.author,
                    (now, until),
                    || Ok(answer.wrap.clone()),
                )?;
            }
            Ok::<_, DeskError>(Ok(()))
        })?;
        self.to_send.notify_one();
        Ok(stored)
    }

    /// The offer with this record id, while it is kept.
    pub(crate) fn kept_offer(&self, offer_id: &str) -> Result<Option<KeptAnswer>, DeskError> {
        self.vault.read(|connection| {
            let row = connection
                .prepare_cached(
                    "SELECT author, offer, item_key, quantity FROM desk_answer WHERE offer_id = ?1 AND state <> 'over'",
                )?
                .query_row([offer_id], |row| {
                    Ok(KeptAnswer {
                        author: row.get(0)?,
                        offer: row.get(1)?,
                        item_key: row.get(2)?,
                        quantity: row.get(3)?,
                    })
                })
                .optional()?;
            Ok(row)
        })
    }
}

/// An offer of this desk.
pub(crate) struct KeptAnswer {
    /// Nostr key of the intent, hex.
    pub author: String,
    /// The signed offer.
    pub offer: Vec<u8>,
    /// What was offered.
    pub item_key: String,
    /// How many.
    pub quantity: u32,
}
