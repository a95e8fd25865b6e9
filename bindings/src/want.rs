//! Requests: says what is wanted, collects offers, accepts one.

use std::sync::Arc;
use std::time::Duration;

use crate::error::TekramError;
use crate::gate::{caught, wait_here};
use crate::money::Money;
use crate::persona::Persona;
use crate::task::{Task, task};

/// What a person says about what they want.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WantDraft {
    /// What is wanted, in their words.
    pub what: String,
    /// Barcode.
    pub gtin: Option<String>,
    /// How many.
    pub quantity: u32,
    /// The most to be paid for all of it.
    pub ceiling: Option<Money>,
    /// Latitude in degrees; never sent. Without one, the phone's own place is taken.
    pub latitude: Option<f64>,
    /// Longitude in degrees; never sent.
    pub longitude: Option<f64>,
    /// Characters of geohash to publish.
    pub precision: u32,
    /// How long offers are welcome, in hours.
    pub hours: u32,
    /// Roster id of the terms.
    pub terms: String,
    /// Whether only sellers who listen now are to see it.
    pub in_store: bool,
    /// Relays to send it to.
    pub relays: Vec<String>,
}

/// A box on the map, in degrees.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Area {
    /// Southern edge.
    pub south: f64,
    /// Western edge.
    pub west: f64,
    /// Northern edge.
    pub north: f64,
    /// Eastern edge.
    pub east: f64,
}

/// A cell of the earth that a request names.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Cell {
    /// Its geohash: the longer, the smaller.
    pub geohash: String,
    /// Its corners.
    pub area: Area,
}

/// A request, with exactly what everybody sees of it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Intent {
    /// Number in this vault; never sent.
    pub intent: String,
    /// Where it stands, a stable name.
    pub state: String,
    /// What is wanted.
    pub want: String,
    /// Its barcode.
    pub gtin: Option<String>,
    /// How many.
    pub quantity: u32,
    /// The most to be paid.
    pub ceiling: Option<Money>,
    /// Terms by roster id.
    pub terms: String,
    /// The cells that are published, from coarse to fine.
    pub cells: Vec<Cell>,
    /// Whether only sellers who listen now see it; else relays keep it until its time is over.
    pub in_store: bool,
    /// Until when offers are welcome, RFC 3339.
    pub until: String,
    /// Id of the published event, once it was signed.
    pub event: Option<String>,
    /// Relays it goes to.
    pub relays: Vec<String>,
    /// The event's content, exactly as relays see it.
    pub content: String,
    /// The event's tags, without the two that are random.
    pub tags: Vec<Vec<String>>,
}

impl From<tekram_agent::IntentView> for Intent {
    fn from(view: tekram_agent::IntentView) -> Self {
        Self {
            intent: view.intent,
            state: view.state.to_owned(),
            want: view.want,
            gtin: view.gtin,
            quantity: view.quantity,
            in_store: view.in_store,
            ceiling: view.ceiling.map(Money::from),
            terms: view.terms,
            cells: view
                .cells
                .into_iter()
                .zip(view.areas)
                .map(|(geohash, [south, west, north, east])| Cell {
                    geohash,
                    area: Area {
                        south,
                        west,
                        north,
                        east,
                    },
                })
                .collect(),
            until: view.until,
            event: view.event,
            relays: view.relays,
            content: view.content,
            tags: view.tags,
        }
    }
}

/// Why an offer stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum OfferWhy {
    /// The lowest price in its currency.
    Cheapest,
    /// This much above the lowest price.
    Dearer {
        /// Difference in minor units of the offer's currency.
        by_minor: i64,
    },
    /// Cells this far apart; 0 for the same cell.
    Distance {
        /// Metres, rounded to 100.
        metres: u32,
    },
    /// The offer names no place.
    NoCell,
    /// Enough on hand.
    InStock,
    /// Less on hand than wanted.
    ShortOf {
        /// How many the seller has.
        on_hand: u32,
    },
    /// The person knows the seller.
    KnownSeller,
    /// The person does not.
    NewSeller,
}

impl From<tekram_agent::Why> for OfferWhy {
    fn from(why: tekram_agent::Why) -> Self {
        use tekram_agent::Why;
        match why {
            Why::Cheapest => Self::Cheapest,
            Why::Dearer { by_minor } => Self::Dearer { by_minor },
            Why::Distance { metres } => Self::Distance { metres },
            Why::NoCell => Self::NoCell,
            Why::InStock => Self::InStock,
            Why::ShortOf { on_hand } => Self::ShortOf { on_hand },
            Why::KnownSeller => Self::KnownSeller,
            Why::NewSeller => Self::NewSeller,
        }
    }
}

/// One reason for an offer's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct OfferReason {
    /// What the points come from.
    pub why: OfferWhy,
    /// 0 to 1000.
    pub points: u32,
    /// The weight they count with.
    pub weight: u32,
}

/// An offer in its place in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Offer {
    /// Place, from 1.
    pub rank: u32,
    /// Record id.
    pub offer: String,
    /// The seller's name as its card has it: proven by nothing but its key.
    pub seller: String,
    /// The seller's key.
    pub seller_did: String,
    /// What is offered.
    pub item: String,
    /// Price, tax included.
    pub price: Money,
    /// How many are on hand.
    pub stock: u32,
    /// Where it can be had, a geohash cell.
    pub cell: Option<String>,
    /// Until when it stands, RFC 3339.
    pub until: String,
    /// 0 to 1000.
    pub points: u32,
    /// Why it stands where it stands.
    pub reasons: Vec<OfferReason>,
}

/// How often something was refused, by reason.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedCount {
    /// Stable name of the reason.
    pub reason: String,
    /// How often.
    pub count: u64,
}

/// The offers to a request.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Offers {
    /// The live offers, best first.
    pub offers: Vec<Offer>,
    /// How many sealed letters came this time.
    pub received: u64,
    /// What was refused since the request was sent.
    pub refused: Vec<RefusedCount>,
}

impl From<tekram_agent::Offers> for Offers {
    fn from(offers: tekram_agent::Offers) -> Self {
        let refused = offers
            .refused
            .into_iter()
            .map(|(reason, count)| RefusedCount { reason, count });
        Self {
            received: offers.received,
            refused: refused.collect(),
            offers: offers.offers.into_iter().map(Offer::from).collect(),
        }
    }
}

impl From<tekram_agent::OfferView> for Offer {
    fn from(view: tekram_agent::OfferView) -> Self {
        let reasons = view.reasons.into_iter().map(|reason| OfferReason {
            why: reason.why.into(),
            points: reason.points,
            weight: reason.weight,
        });
        Self {
            rank: u32::try_from(view.rank).unwrap_or(u32::MAX),
            reasons: reasons.collect(),
            offer: view.offer,
            seller: view.seller,
            seller_did: view.seller_did,
            item: view.item,
            price: view.price.into(),
            stock: view.stock,
            cell: view.cell,
            until: view.until,
            points: view.points,
        }
    }
}

/// What came of accepting an offer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Accepted {
    /// The request.
    pub intent: String,
    /// The offer.
    pub offer: String,
    /// `queued`, `sent`, `confirmed` or `refused`.
    pub state: String,
    /// The seller's reason when it refused.
    pub reason: Option<String>,
    /// Record id of the signed promise.
    pub commitment: String,
    /// Record id of the agreement.
    pub agreement: String,
    /// SHA-256 of the agreement's bytes with both signatures, once confirmed.
    pub agreement_sha256: Option<String>,
    /// What is to be paid.
    pub price: Money,
    /// What is said at the counter, once confirmed; the seller computes the same.
    pub pickup_code: Option<String>,
    /// What was bought, as the offer names it.
    pub item: String,
    /// The seller's name as its card in the offer has it.
    pub seller: String,
    /// Until when the promise stands, RFC 3339.
    pub until: String,
}

impl From<tekram_agent::AcceptedView> for Accepted {
    fn from(view: tekram_agent::AcceptedView) -> Self {
        Self {
            intent: view.intent,
            offer: view.offer,
            state: view.state.to_owned(),
            reason: view.reason,
            commitment: view.commitment,
            agreement: view.agreement,
            agreement_sha256: view.agreement_sha256,
            price: view.price.into(),
            pickup_code: view.pickup_code,
            item: view.item,
            seller: view.seller,
            until: view.until,
        }
    }
}

/// How far sending or collecting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum WantProgress {
    /// It began.
    Started,
}

task!(
    /// Signing a request under a key made for it, the work that keeps noticeboards clean, and sending it.
    PublishTask,
    WantProgress,
    Intent
);

task!(
    /// Listening for offers.
    CollectTask,
    WantProgress,
    Offers
);

#[uniffi::export]
impl Persona {
    /// Composes a request and shows what would be seen of it; nothing is sent.
    ///
    /// # Errors
    /// `no_position`, `host_failed`, `bad_position`, `bad_demand`, `unknown_terms`, `no_relay`, `paused`, `locked`, `closed`,
    /// the vault's errors.
    pub async fn compose(&self, draft: WantDraft) -> Result<Intent, TekramError> {
        let senses = self.senses.clone();
        self.beside(move |core| {
            let at = match (draft.latitude, draft.longitude) {
                (Some(latitude), Some(longitude)) => (latitude, longitude),
                _ => senses.place()?,
            };
            let want = tekram_agent::Want {
                what: draft.what,
                gtin: draft.gtin,
                quantity: draft.quantity,
                ceiling: draft.ceiling.as_ref().map(Money::core).transpose()?,
                at,
                // No geohash is that long, so the core refuses it.
                precision: u8::try_from(draft.precision).unwrap_or(u8::MAX),
                hours: draft.hours,
                terms: draft.terms,
                in_store: draft.in_store,
                relays: draft.relays,
            };
            Ok(core.compose(&want)?.into())
        })
        .await
    }

    /// Sends a request.
    ///
    /// # Errors
    /// `offline`, `paused`, `locked`, `closed`; the task's end says `intent_expired`, `wrong_state`, the relays' and the vault's errors.
    pub fn publish(&self, intent: String) -> Result<Arc<PublishTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::latest(stop, move |stop, tell| {
            tell.tell(WantProgress::Started);
            wait_here(stop, async { Ok(core.publish(&intent).await?.into()) })
        })?;
        Ok(Arc::new(PublishTask(task)))
    }

    /// Requests, newest first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn intents(&self) -> Result<Vec<Intent>, TekramError> {
        self.with(|core| Ok(core.intents()?.into_iter().map(Intent::from).collect()))
    }

    /// Listens for offers to a request at most `wait_ms`, or until `enough` stand.
    ///
    /// # Errors
    /// `offline`, `paused`, `locked`, `closed`; the task's end says `no_such_intent`, `intent_expired`, the relays' and the vault's errors.
    pub fn collect(&self, intent: String, wait_ms: u64, enough: u32) -> Result<Arc<CollectTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::latest(stop, move |stop, tell| {
            tell.tell(WantProgress::Started);
            let wait = Duration::from_millis(wait_ms);
            wait_here(stop, async {
                Ok(core.collect(&intent, wait, enough as usize).await?.into())
            })
        })?;
        Ok(Arc::new(CollectTask(task)))
    }

    /// The offers that stand, best first, with the reasons.
    ///
    /// # Errors
    /// `no_such_intent`, `locked`, `closed`, the vault's errors.
    pub fn offers(&self, intent: String) -> Result<Offers, TekramError> {
        self.with(|core| Ok(core.offers(&intent)?.into()))
    }

    /// Accepts one offer of a request and waits at most `wait_ms` for the seller's signature. Called again, it goes on where
    /// it was: nothing is signed twice.
    ///
    /// # Errors
    /// `no_such_offer`, `already_accepted`, `offer_expired`, `intent_expired`, `paused`, `locked`, `closed`, the relays' and
    /// the vault's errors.
    pub async fn accept_offer(&self, intent: String, offer: String, wait_ms: u64) -> Result<Accepted, TekramError> {
        self.waiting(move |core| async move {
            let wait = Duration::from_millis(wait_ms);
            Ok(core.accept_offer(&intent, &offer, wait).await?.into())
        })
        .await
    }

    /// What came of accepting an offer of this request, as far as is known here; nothing when none was accepted. Asks nobody.
    ///
    /// # Errors
    /// `no_such_intent`, `locked`, `closed`, the vault's errors.
    pub fn accepted(&self, intent: String) -> Result<Option<Accepted>, TekramError> {
        self.with(|core| Ok(core.accepted(&intent)?.map(Accepted::from)))
    }

    /// Takes a request back: asks the relays to forget it, and forgets its key. One that was never sent is closed without
    /// asking anybody.
    ///
    /// # Errors
    /// `no_such_intent`, `wrong_state`, `paused`, `locked`, `closed`, the relays' and the vault's errors.
    pub async fn withdraw(&self, intent: String) -> Result<Intent, TekramError> {
        self.waiting(move |core| async move { Ok(core.withdraw(&intent).await?.into()) })
            .await
    }
}

/// The number of a barcode, when its check digit is right.
///
/// # Errors
/// `bad_gtin`.
#[uniffi::export]
pub fn check_gtin(text: String) -> Result<String, TekramError> {
    caught(|| Ok(tekram_agent::check_gtin(&text)?))
}
