//! What left this persona: every published request, acceptance and payment, newest first, from the vault's own records.
//! Three rooms keep a part each; a page is merged from the next rows of all three.

use serde::Serialize;
use tekram_intent::{SentAcceptance, SentRequest, sent_acceptances, sent_requests};
use tekram_pay::outward::{Reached, SentPayment, sent_payments};
use tekram_primitives::money::Money;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::wire::{DeskCard, Offer};

use crate::error::AgentError;
use crate::network::host_of;
use crate::persona::Persona;
use crate::setting;

/// Most rows of one page.
const MOST: u32 = 500;

/// What kind of thing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedKind {
    /// A request, to public noticeboards, under a key used once.
    Request,
    /// An accepted offer, sealed to its seller.
    Acceptance,
    /// A signed promise with e-cash, sealed to its payee.
    Payment,
    /// A link with an amount, opened in another app.
    HandOff,
}

/// One thing that left this persona.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedItem {
    /// What kind of thing.
    pub kind: SharedKind,
    /// When, ms since 1970.
    pub at_ms: i64,
    /// Whether it is known to have arrived at a relay or app; else it was signed for sending and may have.
    pub confirmed: bool,
    /// To whom: the hosts of noticeboards, or the party's name.
    pub to: Vec<String>,
    /// The party, by the id it has in the list of relations, when it went to one.
    pub party: Option<String>,
    /// What it was about: what was wanted or bought; empty for a payment.
    pub what: String,
    /// What everybody can read of it, exactly; only requests are public.
    pub content: Option<String>,
    /// How much money it was about.
    pub amount: Option<Money>,
    /// Roster id of the terms under which it went.
    pub terms: Option<String>,
    /// Id of the record or event on the other side.
    pub record: String,
}

/// A page of what left this persona.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedPage {
    /// Newest first.
    pub items: Vec<SharedItem>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}

impl Persona {
    /// What left this persona, newest first: at most `limit` things after the cursor of the page before.
    ///
    /// # Errors
    /// `bad_setting` for a cursor that no page gave, the vault's errors.
    pub fn shared(&self, after: Option<&str>, limit: u32) -> Result<SharedPage, AgentError> {
        let limit = limit.clamp(1, MOST);
        let after = after.map(cursor).transpose()?;
        // One more than fits says whether there is a next page.
        let rows = limit + 1;
        let mut found: Vec<(i64, String, SharedItem)> = Vec::new();
        for sent in sent_requests(&self.vault, after, rows)? {
            found.push((sent.at.millis(), sent.intent.clone(), self.request(sent)?));
        }
        for sent in sent_acceptances(&self.vault, after, rows)? {
            found.push((sent.at.millis(), sent.acceptance.id.to_string(), acceptance(sent)?));
        }
        for sent in sent_payments(&self.vault, after, rows)? {
            found.push((sent.at.millis(), sent.commitment.clone(), payment(sent)));
        }
        // The order in which each of the three was read.
        found.sort_by(|(a_ms, a_id, _), (b_ms, b_id, _)| (b_ms, b_id).cmp(&(a_ms, a_id)));
        let fits = limit as usize;
        let next = if found.len() > fits {
            found
                .get(fits.saturating_sub(1))
                .map(|(at_ms, id, _)| format!("{at_ms}.{id}"))
        } else {
            None
        };
        found.truncate(fits);
        Ok(SharedPage {
            items: found.into_iter().map(|(_, _, item)| item).collect(),
            next,
        })
    }

    fn request(&self, sent: SentRequest) -> Result<SharedItem, AgentError> {
        let relays = setting::relays(&self.vault, &sent.intent)?;
        Ok(SharedItem {
            kind: SharedKind::Request,
            at_ms: sent.at.millis(),
            confirmed: sent.confirmed,
            to: relays.iter().map(|relay| host_of(relay)).collect(),
            party: None,
            what: sent.demand.name,
            content: Some(sent.content),
            amount: sent.demand.price_ceiling,
            terms: Some(sent.demand.terms.id),
            record: sent.event_id,
        })
    }
}

fn acceptance(sent: SentAcceptance) -> Result<SharedItem, AgentError> {
    let offer: Offer = SignedRecord::parse(&sent.acceptance.offer_record)?.body()?;
    let card: DeskCard = offer.card.body()?;
    Ok(SharedItem {
        kind: SharedKind::Acceptance,
        at_ms: sent.at.millis(),
        confirmed: sent.confirmed,
        to: vec![card.name],
        party: Some(sent.acceptance.seller.to_string()),
        what: offer.item,
        content: None,
        amount: Some(offer.price),
        terms: Some(offer.terms_accepted.id),
        record: sent.acceptance.id.to_string(),
    })
}

fn payment(sent: SentPayment) -> SharedItem {
    SharedItem {
        kind: match sent.reached {
            Reached::Delivered => SharedKind::Payment,
            Reached::HandedOff => SharedKind::HandOff,
        },
        at_ms: sent.at.millis(),
        confirmed: true,
        to: vec![sent.payee_name],
        party: Some(sent.identity),
        what: String::new(),
        content: None,
        amount: Some(sent.amount),
        terms: None,
        record: sent.commitment,
    }
}

/// The time and id that a cursor holds.
fn cursor(after: &str) -> Result<(i64, &str), AgentError> {
    after
        .split_once('.')
        .and_then(|(at_ms, id)| Some((at_ms.parse().ok()?, id)))
        .ok_or_else(|| AgentError::BadSetting {
            what: "the cursor",
            reason: "it is not one that a page ended with".to_owned(),
        })
}
