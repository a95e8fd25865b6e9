//! Requests: says what is wanted, collects and ranks offers, accepts one, and keeps what was agreed.

use std::time::Duration;

use serde::Serialize;
use tekram_intent::{
    Acceptance, AcceptanceState, Intent, IntentError, IntentState, KeptOffer, Line, POW_BITS, Position, Precision,
    Ranked, Reach, SystemRandomness, Until, Weights, Wish,
};
use tekram_net::BusLimits;
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::money::Money;
use tekram_primitives::record::{RecordId, SignedRecord};
use tekram_primitives::wire::{DeskCard, Offer};

use crate::error::AgentError;
use crate::persona::{Persona, every_page};
use crate::setting;

/// What a person says about what they want.
#[derive(Debug, Clone)]
pub struct Want {
    /// What is wanted, in their words.
    pub what: String,
    /// Barcode.
    pub gtin: Option<String>,
    /// How many.
    pub quantity: u32,
    /// The most to be paid for all of it.
    pub ceiling: Option<Money>,
    /// Latitude and longitude in degrees; never sent.
    pub at: (f64, f64),
    /// Characters of geohash to publish.
    pub precision: u8,
    /// How long offers are welcome, in hours.
    pub hours: u32,
    /// Roster id of the terms.
    pub terms: String,
    /// Whether only sellers who listen now are to see it.
    pub in_store: bool,
    /// Relays to send it to.
    pub relays: Vec<String>,
}

/// A request, with what everybody sees of it.
#[derive(Debug, Serialize)]
pub struct IntentView {
    /// Number in this vault; never sent.
    pub intent: String,
    /// Where it stands.
    pub state: &'static str,
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
    /// Geohash cells that are published, from coarse to fine.
    pub cells: Vec<String>,
    /// Corners of each of these cells in degrees: south, west, north, east.
    pub areas: Vec<[f64; 4]>,
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

/// An offer in its place in the ranking.
#[derive(Debug, Serialize)]
pub struct OfferView {
    /// Place, from 1.
    pub rank: usize,
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
    pub reasons: Vec<tekram_intent::Reason>,
}

/// What collecting brought.
#[derive(Debug, Serialize)]
pub struct Offers {
    /// The live offers, best first.
    pub offers: Vec<OfferView>,
    /// How many sealed letters came this time.
    pub received: u64,
    /// How often something was refused since the request was sent, by reason.
    pub refused: std::collections::BTreeMap<String, u64>,
}

/// What came of accepting an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AcceptedView {
    /// The request.
    pub intent: String,
    /// The offer.
    pub offer: String,
    /// `queued`, `sent`, `confirmed` or `refused`.
    pub state: &'static str,
    /// The seller's reason code when it refused.
    pub reason: Option<String>,
    /// Record id of the signed commitment.
    pub commitment: String,
    /// Record id of the agreement.
    pub agreement: String,
    /// SHA-256 of the agreement's bytes with both signatures, once confirmed.
    pub agreement_sha256: Option<String>,
    /// What is to be paid.
    pub price: Money,
    /// What is said at the counter, once confirmed; the seller's desk computes the same.
    pub pickup_code: Option<String>,
    /// What was bought, as the offer names it.
    pub item: String,
    /// The seller's name as its card in the offer has it.
    pub seller: String,
    /// Until when the commitment stands, RFC 3339.
    pub until: String,
}

impl Persona {
    /// Composes a request and shows what would be seen of it; nothing is sent. [`Persona::publish`] sends it.
    ///
    /// # Errors
    /// `bad_position`, `bad_demand`, `unknown_terms`, `no_relay`, the vault's errors.
    pub fn compose(&self, want: &Want) -> Result<IntentView, AgentError> {
        let position = Position::new(want.at.0, want.at.1)?;
        let place = tekram_intent::locate(&self.vault, position, &mut SystemRandomness, self.clock.as_ref())?;
        let wish = Wish {
            name: want.what.clone(),
            gtin: want.gtin.clone(),
            quantity: want.quantity,
            price_ceiling: want.ceiling,
            valid_through: self.clock.now().plus_secs(i64::from(want.hours) * 3600),
            cell: place.cell(Precision::new(want.precision)?)?,
            terms: tekram_relate::terms(&want.terms)?.reference(),
            reach: if want.in_store { Reach::InStore } else { Reach::Standing },
        };
        let intent = tekram_intent::compose(&self.vault, &wish, self.clock.as_ref())?;
        setting::keep_relays(&self.vault, &intent.id, &want.relays)?;
        self.intent_view(intent)
    }

    /// Signs a request under a key made for it, does the work that keeps noticeboards clean, and sends it.
    ///
    /// # Errors
    /// `intent_expired`, `wrong_state`, the relays' errors (after which it can be sent again), the vault's errors.
    pub async fn publish(&self, intent: &str) -> Result<IntentView, AgentError> {
        let line = self.line(intent).await?;
        let published = tekram_intent::publish(&self.vault, intent, &line, POW_BITS, self.clock.as_ref()).await;
        line.close().await;
        self.intent_view(published?)
    }

    /// Requests, newest first. Those whose time is over are marked as such first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn intents(&self) -> Result<Vec<IntentView>, AgentError> {
        tekram_intent::expire(&self.vault, self.clock.as_ref())?;
        self.all_intents()?
            .into_iter()
            .map(|intent| self.intent_view(intent))
            .collect()
    }

    /// Every request, newest first.
    fn all_intents(&self) -> Result<Vec<Intent>, AgentError> {
        every_page(|limit, offset| Ok(tekram_intent::list(&self.vault, limit, offset)?))
    }

    /// The request whose number begins like this.
    ///
    /// # Errors
    /// `no_such_intent` when none or several do.
    pub fn find_intent(&self, beginning: &str) -> Result<String, AgentError> {
        let known = self.all_intents()?.into_iter().map(|intent| intent.id);
        only(known, beginning).ok_or(IntentError::NoSuchIntent.into())
    }

    /// Listens for offers to a request at most `wait`, or until `enough` stand, and ranks what stands.
    ///
    /// # Errors
    /// `no_such_intent`, `intent_expired`, the relays' and the vault's errors.
    pub async fn collect(&self, intent: &str, wait: Duration, enough: usize) -> Result<Offers, AgentError> {
        let line = self.line(intent).await?;
        let until = Until { wait, enough };
        let collected = tekram_intent::collect(&self.vault, intent, &line, until, self.clock.as_ref()).await;
        line.close().await;
        let received = collected?.received;
        Ok(Offers {
            received,
            ..self.offers(intent)?
        })
    }

    /// The offers that stand, best first, with the reasons.
    ///
    /// # Errors
    /// `no_such_intent`, the vault's errors.
    pub fn offers(&self, intent: &str) -> Result<Offers, AgentError> {
        let kept = tekram_intent::get(&self.vault, intent)?;
        let offers = tekram_intent::offers(&self.vault, intent)?;
        let known = self.known_sellers()?;
        let ranked = tekram_intent::rank(
            &offers,
            &kept.cell()?,
            kept.demand.quantity,
            &Weights::default(),
            &known,
        );
        let offers = ranked
            .into_iter()
            .enumerate()
            .filter_map(|(place, ranked)| {
                let offer = offers.iter().find(|offer| offer.id == ranked.offer)?;
                Some(offer_view(place + 1, offer, ranked))
            })
            .collect();
        Ok(Offers {
            offers,
            received: 0,
            refused: tekram_intent::refusals(&self.vault, intent)?,
        })
    }

    /// Accepts one offer of a request: signs a commitment to buy and the agreement on the terms under a key made for it,
    /// seals both to that seller alone, and waits at most `wait` for its signature. Called again, it goes on where it
    /// was: nothing is signed twice.
    ///
    /// # Errors
    /// `no_such_offer`, `already_accepted`, `offer_expired`, `intent_expired`, the relays' and the vault's errors.
    pub async fn accept_offer(&self, intent: &str, offer: &str, wait: Duration) -> Result<AcceptedView, AgentError> {
        let now_accepted = match tekram_intent::current_acceptance(&self.vault, intent) {
            Ok(kept) if kept.state != AcceptanceState::Refused && kept.offer.as_str().starts_with(offer) => kept,
            Ok(kept) if kept.state != AcceptanceState::Refused => return Err(IntentError::AlreadyAccepted.into()),
            Ok(_) | Err(IntentError::NothingAccepted) => {
                let known = tekram_intent::offers(&self.vault, intent)?
                    .into_iter()
                    .map(|offer| offer.id.to_string());
                let id: RecordId = only(known, offer).ok_or(IntentError::NoSuchOffer)?.parse()?;
                tekram_intent::accept(&self.vault, intent, &id, self.clock.as_ref())?
            }
            Err(error) => return Err(error.into()),
        };
        let proposal = SignedRecord::parse(&now_accepted.agreement)?;
        tekram_relate::adopt(&self.vault, &proposal)?;
        let waiting = matches!(now_accepted.state, AcceptanceState::Queued | AcceptanceState::Sent);
        let done = if waiting {
            let line = self.line(intent).await?;
            let answered = async {
                tekram_intent::send_acceptance(&self.vault, intent, &line, self.clock.as_ref()).await?;
                tekram_intent::await_answer(&self.vault, intent, &line, wait, self.clock.as_ref()).await
            }
            .await;
            line.close().await;
            answered?
        } else {
            now_accepted
        };
        if matches!(done.state, AcceptanceState::Refused | AcceptanceState::Lapsed) {
            tekram_relate::terminate(&self.vault, &proposal.id()?, self.clock.as_ref())?;
        }
        if let Some(both) = &done.agreement_by_both {
            tekram_relate::conclude(&self.vault, &SignedRecord::parse(both)?, self.clock.as_ref())?;
            // What is signed is signed; if this fails, the next unlock does it.
            let _ = self.take_purchases();
        }
        accepted_view(&done)
    }

    /// What came of accepting an offer of this request, as far as is known here; `None` when none was accepted. Asks nobody.
    ///
    /// # Errors
    /// `no_such_intent`, the vault's errors.
    pub fn accepted(&self, intent: &str) -> Result<Option<AcceptedView>, AgentError> {
        match tekram_intent::current_acceptance(&self.vault, intent) {
            Ok(kept) => Ok(Some(accepted_view(&kept)?)),
            Err(IntentError::NothingAccepted) => {
                tekram_intent::get(&self.vault, intent)?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a request back: asks the relays to forget it, and forgets its key. One that was never sent is closed without
    /// asking anybody.
    ///
    /// # Errors
    /// `no_such_intent`, `wrong_state`, the relays' and the vault's errors.
    pub async fn withdraw(&self, intent: &str) -> Result<IntentView, AgentError> {
        if tekram_intent::get(&self.vault, intent)?.state == IntentState::Draft {
            return self.intent_view(tekram_intent::discard(&self.vault, intent)?);
        }
        let line = self.line(intent).await?;
        let withdrawn = tekram_intent::withdraw(&self.vault, intent, &line, self.clock.as_ref()).await;
        line.close().await;
        self.intent_view(withdrawn?)
    }

    /// Connections for this request and nothing else.
    async fn line(&self, intent: &str) -> Result<Line, AgentError> {
        let relays = setting::relays(&self.vault, intent)?;
        Ok(Line::open(intent, &relays, &self.policy, BusLimits::default()).await?)
    }

    /// Sellers with whom something was agreed before.
    fn known_sellers(&self) -> Result<std::collections::BTreeSet<tekram_primitives::did::DidKey>, AgentError> {
        Ok(self
            .kept_agreements()?
            .into_iter()
            .filter(|kept| kept.status == tekram_relate::NegotiationStatus::Accepted)
            .map(|kept| kept.second_party)
            .collect())
    }

    fn intent_view(&self, intent: Intent) -> Result<IntentView, AgentError> {
        let view = intent.relay_view()?;
        Ok(IntentView {
            state: intent.state.name(),
            want: intent.demand.name.clone(),
            gtin: intent.demand.gtin.clone(),
            quantity: intent.demand.quantity,
            in_store: intent.reach == Reach::InStore,
            ceiling: intent.demand.price_ceiling,
            terms: intent.demand.terms.id.clone(),
            cells: view.cells.iter().map(|(cell, _)| cell.as_str().to_owned()).collect(),
            areas: view.cells.iter().map(|(_, corners)| *corners).collect(),
            until: intent.demand.valid_through.to_string(),
            event: intent.event_id,
            relays: setting::relays(&self.vault, &intent.id)?,
            content: view.content,
            tags: view.tags,
            intent: intent.id,
        })
    }
}

fn offer_view(rank: usize, offer: &KeptOffer, ranked: Ranked) -> OfferView {
    OfferView {
        rank,
        offer: offer.id.to_string(),
        seller: offer.seller_name.clone(),
        seller_did: offer.seller.to_string(),
        item: offer.item.clone(),
        price: offer.price,
        stock: offer.stock,
        cell: offer.cell.as_ref().map(|cell| cell.as_str().to_owned()),
        until: offer.valid_until.to_string(),
        points: ranked.points,
        reasons: ranked.reasons,
    }
}

/// An acceptance as a screen shows it.
fn accepted_view(kept: &Acceptance) -> Result<AcceptedView, AgentError> {
    let offered: Offer = SignedRecord::parse(&kept.offer_record)?.body()?;
    let card: DeskCard = offered.card.body()?;
    let confirmed = kept.state == AcceptanceState::Confirmed;
    Ok(AcceptedView {
        intent: kept.intent.clone(),
        offer: kept.offer.to_string(),
        state: kept.state.name(),
        reason: kept.reason.clone(),
        commitment: kept.id.to_string(),
        agreement: SignedRecord::parse(&kept.agreement)?.id()?.to_string(),
        agreement_sha256: kept.agreement_by_both.as_deref().map(sha256_hex),
        price: offered.price,
        pickup_code: confirmed.then(|| tekram_intent::pickup_code(&kept.id).to_string()),
        item: offered.item,
        seller: card.name,
        until: kept.expires.to_string(),
    })
}

/// The only one that begins like this.
fn only(known: impl Iterator<Item = String>, beginning: &str) -> Option<String> {
    let mut found = known.filter(|id| !beginning.is_empty() && id.starts_with(beginning));
    let first = found.next()?;
    if found.next().is_some() { None } else { Some(first) }
}
