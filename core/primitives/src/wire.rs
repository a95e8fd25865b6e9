//! The records that leave the device, as plain types without rules.
//!
//! Each is wrapped in a [`SignedRecord`](crate::record::SignedRecord) before it goes out; the rooms own the rules
//! about when one may be made or believed. Field names are camelCase on the wire and follow schema.org where it has a
//! word; amounts are strings with asset and scale; times are RFC 3339 UTC.

use serde::{Deserialize, Serialize};

use crate::did::DidKey;
use crate::money::Money;
use crate::record::{RecordId, SignedRecord, WireRecord};
use crate::time::Timestamp;

/// Nostr event kind of a standing intent (addressable, NIP-01).
pub const KIND_INTENT_STANDING: u16 = 37335;
/// Nostr event kind of an intent made in a store, now (ephemeral, NIP-01).
pub const KIND_INTENT_EPHEMERAL: u16 = 27335;
/// Kind of the rumour inside a gift wrap (NIP-59) that carries one [`Message`].
pub const KIND_MESSAGE: u16 = 7335;

/// A reference to one agreement text of a roster: its id and the SHA-256 (hex) of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TermsRef {
    /// Roster id, for example `PDC-INTENT` (W3C DPV `p7012`).
    pub id: String,
    /// Lower-case hex SHA-256 of the agreement's text.
    pub sha256: String,
}

/// How a party takes ecash: NUT-11 public key and the mints and units it accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CashuDetails {
    /// Compressed secp256k1 public key, hex, that tokens are locked to (NUT-11).
    pub p2pk: String,
    /// Mint URLs in order of preference.
    pub mints: Vec<String>,
    /// Units accepted, as NUT-00 names them (`eur`, `sat`).
    pub units: Vec<String>,
}

/// The card of a store, station or creator: a name, its keys, where to reach it and how to pay it.
///
/// A card proves only that its keys belong together; a name needs a domain's proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskCard {
    /// Always [`WireRecord::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Always [`WireRecord::VERSION`].
    pub version: u32,
    /// Name for people.
    pub name: String,
    /// Key that signs the card and everything else the desk signs.
    pub did: DidKey,
    /// Nostr public key (x-only, hex) that messages are sealed to.
    pub nostr: String,
    /// Relays the desk reads.
    pub relays: Vec<String>,
    /// Geohash cells the desk serves; empty for a creator without a place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
    /// How it takes ecash, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashu: Option<CashuDetails>,
    /// Roster agreements it accepts from a customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<TermsRef>,
    /// After this the card must be fetched again.
    pub valid_until: Timestamp,
}

/// What a person wants to buy (schema.org `Demand`): the content of an intent event, in the clear on the relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Demand {
    /// `https://schema.org`.
    #[serde(rename = "@context")]
    pub context: String,
    /// Always `Demand`.
    #[serde(rename = "@type")]
    pub kind: String,
    /// Wire version of this content, 1.
    pub version: u32,
    /// What is wanted, in the person's words.
    pub name: String,
    /// Barcode, when one was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// How many.
    pub quantity: u32,
    /// The most the person pays for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_ceiling: Option<Money>,
    /// Offers are welcome until then; the event's NIP-40 expiration is the same second.
    pub valid_through: Timestamp,
    /// Geohash cells, from coarse to the chosen precision; the same as the event's `g` tags.
    pub area: Vec<String>,
    /// The person's terms.
    pub terms: TermsRef,
}

/// A seller's answer to an intent (schema.org `Offer`), sealed to the intent's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Always [`WireRecord::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Always [`WireRecord::VERSION`].
    pub version: u32,
    /// Nostr event id (hex) of the intent answered.
    pub intent_event: String,
    /// SHA-256 (hex) of the intent event's content, so that an edited intent does not keep old offers.
    pub intent_sha256: String,
    /// What is offered.
    pub item: String,
    /// Its barcode, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// Price for all of it, tax included.
    pub price: Money,
    /// How many are on hand.
    pub stock: u32,
    /// Geohash cell where it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The offer stands until then.
    pub valid_until: Timestamp,
    /// The seller's side of the person's terms: the same reference when accepted.
    pub terms_accepted: TermsRef,
    /// The seller's key.
    pub seller: DidKey,
    /// The seller's signed card ([`DeskCard`]).
    pub card: SignedRecord,
}

/// What a commitment is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum CommitmentFor {
    /// A share of a person's budget: listening, reading, watching. Says nothing about which statement or what was heard.
    Support,
    /// An accepted offer, by its record id.
    #[serde(rename_all = "camelCase")]
    Offer {
        /// Record id of the offer.
        offer: RecordId,
    },
}

/// A signed promise to pay. One type serves a statement's line, a tip, a pledge and an accepted offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Commitment {
    /// Always [`WireRecord::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Always [`WireRecord::VERSION`].
    pub version: u32,
    /// Random 128-bit hex, so that two equal promises are two records.
    pub nonce: String,
    /// Who promises: a pairwise or one-time key.
    pub payer: DidKey,
    /// Who is promised to, when the payee has a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<DidKey>,
    /// The payee's name as the payer knows it, for payees without a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee_name: Option<String>,
    /// Exactly this much.
    pub amount: Money,
    /// What it is for.
    #[serde(rename = "for")]
    pub purpose: CommitmentFor,
    /// Terms that hold for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsRef>,
    /// After this the promise lapses unless it is being met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// An agreement on terms between a person (first party) and another party; signed by both, kept by both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    /// Always [`WireRecord::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Always [`WireRecord::VERSION`].
    pub version: u32,
    /// Random 128-bit hex.
    pub nonce: String,
    /// The person: proposes the terms (IEEE 7012).
    pub first_party: DidKey,
    /// The other side.
    pub second_party: DidKey,
    /// The terms agreed.
    pub terms: TermsRef,
    /// The record the agreement is about (an offer), if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<RecordId>,
    /// When the first party proposed it.
    pub proposed: Timestamp,
}

/// Evidence from the payee that a commitment was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Always [`WireRecord::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Always [`WireRecord::VERSION`].
    pub version: u32,
    /// Record id of the commitment that was met.
    pub commitment: RecordId,
    /// What arrived, net of the mint's fees.
    pub amount: Money,
    /// Who received it.
    pub payee: DidKey,
    /// When.
    pub received: Timestamp,
}

macro_rules! wire_record {
    ($type:ty, $name:literal) => {
        impl WireRecord for $type {
            const TYPE: &'static str = $name;
            const VERSION: u32 = 1;
        }
    };
}
wire_record!(DeskCard, "TekramDeskCard");
wire_record!(Offer, "TekramOffer");
wire_record!(Commitment, "TekramCommitment");
wire_record!(Agreement, "TekramAgreement");
wire_record!(Receipt, "TekramReceipt");

/// What travels inside a gift wrap between a person and a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "camelCase")]
pub enum Message {
    /// Seller → person: an offer ([`Offer`], signed by the seller).
    #[serde(rename_all = "camelCase")]
    Offer {
        /// The signed offer.
        offer: SignedRecord,
    },
    /// Person → seller: the offer is accepted.
    #[serde(rename_all = "camelCase")]
    Acceptance {
        /// [`Commitment`] to buy, signed by the person's one-time key.
        commitment: SignedRecord,
        /// [`Agreement`] on the terms, signed by the person's one-time key; the seller adds its proof and sends it back.
        agreement: SignedRecord,
    },
    /// Seller → person: the acceptance is confirmed, the agreement signed by both.
    #[serde(rename_all = "camelCase")]
    Confirmation {
        /// Record id of the person's commitment.
        commitment: RecordId,
        /// The agreement with both proofs.
        agreement: SignedRecord,
    },
    /// Seller → person: the acceptance is refused (sold out, expired, wrong terms).
    #[serde(rename_all = "camelCase")]
    Refusal {
        /// Record id of the person's commitment.
        commitment: RecordId,
        /// Stable snake_case reason code.
        reason: String,
    },
    /// Payer → payee: ecash for a commitment.
    #[serde(rename_all = "camelCase")]
    Payment {
        /// [`Commitment`] that this meets.
        commitment: SignedRecord,
        /// Cashu token, version 4 (`cashuB…`), locked to the payee (NUT-11).
        token: String,
    },
    /// Payee → payer: ecash arrived and was redeemed ([`Receipt`], signed by the payee).
    #[serde(rename_all = "camelCase")]
    Receipt {
        /// The signed receipt.
        receipt: SignedRecord,
    },
}
