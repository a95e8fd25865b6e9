//! What a desk tells the one who runs it: one JSON object for each thing that happened.
//!
//! Events carry what a seller needs and no more. Field names and codes are stable; new fields may come.

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tekram_primitives::time::Timestamp;

/// Something that happened. Amounts are minor units of the currency or unit named beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DeskEvent {
    /// The vault is open and the catalogue read. Letters to the desk are kept by the relays until it reads them.
    Started {
        /// Name on the card.
        name: String,
        /// Who it is.
        did: String,
        /// Nostr public key, hex.
        nostr: String,
        /// Relays.
        relays: Vec<String>,
        /// Geohash cells.
        cells: Vec<String>,
        /// Things on sale.
        items: usize,
        /// Public key that tokens are locked to.
        #[serde(skip_serializing_if = "Option::is_none")]
        p2pk: Option<String>,
    },
    /// A line of the catalogue was left out.
    CatalogueLineRefused {
        /// Which, from 1.
        line: u64,
        /// Why.
        reason: String,
    },
    /// A relay confirmed that it passes on what comes.
    Ready {
        /// Relays connected now.
        relays: Vec<String>,
    },
    /// The card was written to `card_file`.
    CardWritten {
        /// It stands until then.
        valid_until: Timestamp,
    },
    /// A request came that this desk could answer.
    IntentSeen {
        /// Its Nostr event id.
        intent: String,
        /// What is wanted, as published.
        want: String,
        /// How many.
        quantity: u32,
        /// The finest cell published.
        cell: String,
        /// Roster id of the person's terms.
        terms: String,
    },
    /// Nothing is offered for it.
    IntentNotMatched {
        /// Its Nostr event id.
        intent: String,
        /// Why: `nothing_fits`, `terms_not_accepted`, `terms_hash_differs`, …
        code: String,
    },
    /// A relay took the sealed offer.
    OfferSent {
        /// The request's event id.
        intent: String,
        /// Record id of the offer.
        offer: String,
        /// What is offered.
        item: String,
        /// Price for all of it.
        price_minor: i64,
        /// Its currency.
        currency: String,
        /// The offer stands until then.
        valid_until: Timestamp,
    },
    /// An offer was accepted and the agreement on the terms is signed by both.
    AgreementSigned {
        /// Record id of the agreement.
        record: String,
        /// SHA-256 (hex) of its bytes: the same on the person's side.
        sha256: String,
        /// Record id of the person's commitment to buy.
        commitment: String,
        /// Record id of the offer.
        offer: String,
        /// Roster id of the terms.
        terms: String,
        /// What was sold.
        item: String,
        /// How many.
        quantity: u32,
        /// Price for all of it.
        price_minor: i64,
        /// Its currency.
        currency: String,
        /// What the customer says at the counter.
        pickup_code: String,
    },
    /// Ecash arrived and was redeemed; a receipt is on its way.
    PaymentRedeemed {
        /// Record id of the commitment that was met.
        commitment: String,
        /// Record id of the receipt.
        receipt: String,
        /// SHA-256 (hex) of the receipt's bytes: the same on the payer's side.
        sha256: String,
        /// What arrived, net of the mint's fee.
        amount_minor: i64,
        /// Unit of the ecash (NUT-00).
        unit: String,
        /// Everything redeemed so far in this unit.
        total_redeemed_minor: i64,
    },
    /// A payment came that was redeemed before; its receipt is sent again and nothing is added.
    PaymentRepeated {
        /// Record id of the commitment.
        commitment: String,
    },
    /// A payment is kept and will be tried again.
    PaymentWaiting {
        /// Record id of the commitment.
        commitment: String,
        /// Why it could not be redeemed yet: `mint_unreachable`, `outcome_unknown`, …
        code: String,
    },
    /// Something that came in was not taken.
    Refused {
        /// What it was: `intent`, `letter`, `acceptance`, `payment`, `message`.
        what: &'static str,
        /// Why.
        code: String,
        /// Event or record id, when it is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Refusals before this one that were not told, because there were too many at once.
        #[serde(skip_serializing_if = "is_zero")]
        not_told: u64,
    },
    /// Something on this side failed; the desk goes on.
    Trouble {
        /// What: `relays`, `vault`, `outbox`, `payments`.
        what: &'static str,
        /// Stable code.
        code: String,
    },
    /// The desk ended as asked; everything is stored.
    Stopped,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Hears what happens. Must not block for long.
pub trait Teller: Send + Sync + fmt::Debug {
    /// Hears one event.
    fn tell(&self, event: &DeskEvent);
}

/// Writes each event as a line of JSON and flushes it.
pub struct JsonLines<W: Write + Send>(Mutex<W>);

impl<W: Write + Send> JsonLines<W> {
    /// Lines to this writer.
    pub fn new(writer: W) -> Self {
        Self(Mutex::new(writer))
    }
}

impl<W: Write + Send> fmt::Debug for JsonLines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonLines")
    }
}

impl<W: Write + Send> Teller for JsonLines<W> {
    fn tell(&self, event: &DeskEvent) {
        let Ok(line) = serde_json::to_string(event) else { return };
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A reader that went away does not stop the desk.
        let _ = writeln!(writer, "{line}").and_then(|()| writer.flush());
    }
}

/// Tells each of several.
#[derive(Debug, Clone)]
pub struct All(pub Vec<Arc<dyn Teller>>);

impl Teller for All {
    fn tell(&self, event: &DeskEvent) {
        for teller in &self.0 {
            teller.tell(event);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn an_event_is_one_line_with_its_name_first() {
        let lines = JsonLines::new(Vec::new());
        lines.tell(&DeskEvent::PaymentRepeated { commitment: "c".into() });
        lines.tell(&DeskEvent::Refused {
            what: "letter",
            code: "not_for_us".into(),
            id: None,
            not_told: 0,
        });
        lines.tell(&DeskEvent::Stopped);
        assert_eq!(
            String::from_utf8(lines.0.into_inner().unwrap()).unwrap(),
            "{\"event\":\"payment_repeated\",\"commitment\":\"c\"}\n\
             {\"event\":\"refused\",\"what\":\"letter\",\"code\":\"not_for_us\"}\n{\"event\":\"stopped\"}\n"
        );
    }
}
