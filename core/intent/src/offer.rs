//! Offers as they come in: opened, checked and either kept or refused for a named reason.
//!
//! [`check_offer`] is pure and goes from cheap to dear: form, then decryption, then what can be compared, and the two
//! record signatures last. Each signature is checked exactly once: the wrap's by the bus, the seal's on opening, the
//! offer's and the card's here.

use nostr_sdk::{Keys, Kind};
use serde::Deserialize;
use serde_json::Value;
use tekram_net::VerifiedEvent;
use tekram_net::sealed::{self, Opened, SealedError};
use tekram_primitives::did::DidKey;
use tekram_primitives::json::{JsonLimits, read_json};
use tekram_primitives::money::Money;
use tekram_primitives::record::{RecordError, RecordId, SignedRecord};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{DeskCard, KIND_MESSAGE, Message, Offer, TermsRef};

use crate::cell::Cell;
use crate::demand::{MAX_NAME_CHARS, is_plain_text};
use crate::event::from_seconds;
use crate::gtin::is_gtin;
use crate::refused::Refused;

/// Longest ciphertext of a wrap that is opened, in base64 characters. An offer with its card takes about 9,000.
pub const MAX_WRAP_CHARS: usize = 48 * 1024;
/// Longest name of a seller, in characters.
pub const MAX_SELLER_CHARS: usize = 80;

const MAX_DEPTH: usize = 32;

/// What an offer is held against: the intent as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Id of the intent's event.
    pub event_id: String,
    /// SHA-256 (hex) of its content.
    pub content_sha256: String,
    /// The most the person pays.
    pub price_ceiling: Option<Money>,
    /// The person's terms.
    pub terms: TermsRef,
    /// When the intent ends.
    pub valid_through: Timestamp,
}

/// An offer that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedOffer {
    /// Its record id.
    pub id: RecordId,
    /// What it says.
    pub offer: Offer,
    /// The seller's card.
    pub card: DeskCard,
    /// Where it can be had.
    pub cell: Option<Cell>,
    /// When the seller says it was sent.
    pub sent: Timestamp,
    /// The signed record's canonical bytes, as they are kept.
    pub record: Vec<u8>,
}

/// An offer of this vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptOffer {
    /// Its record id.
    pub id: RecordId,
    /// The seller's key.
    pub seller: DidKey,
    /// The name on the seller's card. It proves nothing about who that is.
    pub seller_name: String,
    /// What is offered.
    pub item: String,
    /// Its barcode, when known.
    pub gtin: Option<String>,
    /// Price for all of it, tax included.
    pub price: Money,
    /// How many are on hand.
    pub stock: u32,
    /// Where it can be had.
    pub cell: Option<Cell>,
    /// It stands until then.
    pub valid_until: Timestamp,
    /// When it came.
    pub received: Timestamp,
}

/// Opens and checks one wrap that came for an intent's key.
///
/// # Errors
/// [`Refused`], the first reason in the order of the checks.
pub fn check_offer(keys: &Keys, wrap: &VerifiedEvent, asked: &Asked, now: Timestamp) -> Result<CheckedOffer, Refused> {
    let opened = open(keys, wrap)?;
    let record = read_offer(&opened)?;
    let offer: Offer = record.body().map_err(|_| Refused::BadRecord)?;
    check_fits(&offer, asked, now)?;
    let cell = check_text(&offer)?;
    let card: DeskCard = offer.card.body().map_err(|_| Refused::BadCard)?;
    if card.did != offer.seller || card.nostr != opened.sender.to_hex() {
        return Err(Refused::CardMismatch);
    }
    if !is_plain_text(&card.name, MAX_SELLER_CHARS) {
        return Err(Refused::BadCard);
    }
    if card.valid_until <= now {
        return Err(Refused::CardExpired);
    }
    check_signed_by(&record, &[offer.seller])?;
    check_signed_by(&offer.card, &[card.did])?;
    let id = record.id().map_err(|_| Refused::BadRecord)?;
    let record = record.bytes().map_err(|_| Refused::BadRecord)?;
    Ok(CheckedOffer {
        id,
        offer,
        card,
        cell,
        sent: from_seconds(opened.created_at),
        record,
    })
}

/// Opens a wrap addressed to `keys` alone.
pub(crate) fn open(keys: &Keys, wrap: &VerifiedEvent) -> Result<Opened, Refused> {
    if wrap.kind != Kind::GiftWrap {
        return Err(Refused::WrongKind);
    }
    if wrap.content.len() > MAX_WRAP_CHARS {
        return Err(Refused::TooLarge);
    }
    let mut receivers = wrap.tags.public_keys();
    if receivers.next() != Some(&keys.public_key()) || receivers.next().is_some() {
        return Err(Refused::NotForUs);
    }
    sealed::open_verified(keys, wrap).map_err(|error| match error {
        SealedError::ForgedSeal(_) | SealedError::ForgedWrap(_) => Refused::BadSignature,
        SealedError::TooLarge => Refused::TooLarge,
        SealedError::AnothersName => Refused::SenderDiffers,
        _ => Refused::Unreadable,
    })
}

/// The message inside an opened letter.
///
/// # Errors
/// `unreadable` when it is not one.
pub fn read_message(opened: &Opened) -> Result<Message, Refused> {
    serde_json::from_value(read_value(opened)?).map_err(|_| Refused::Unreadable)
}

/// The record of a [`Message::Offer`]. Taken out by hand: choosing among the messages by their tag copies all of it once
/// more, and offers come by the thousand.
fn read_offer(opened: &Opened) -> Result<SignedRecord, Refused> {
    let mut message = read_value(opened)?;
    match message.get("message").and_then(Value::as_str) {
        Some("offer") => {}
        Some(_) => return Err(Refused::NotAnOffer),
        None => return Err(Refused::Unreadable),
    }
    let record = message.get_mut("offer").map(Value::take).ok_or(Refused::Unreadable)?;
    SignedRecord::deserialize(record).map_err(|_| Refused::Unreadable)
}

fn read_value(opened: &Opened) -> Result<Value, Refused> {
    if opened.kind != KIND_MESSAGE {
        return Err(Refused::Unreadable);
    }
    let limits = JsonLimits {
        max_bytes: sealed::MAX_LETTER_BYTES,
        max_depth: MAX_DEPTH,
    };
    read_json(opened.json.as_bytes(), limits).map_err(|_| Refused::Unreadable)
}

fn check_fits(offer: &Offer, asked: &Asked, now: Timestamp) -> Result<(), Refused> {
    if offer.intent_event != asked.event_id {
        return Err(Refused::WrongIntent);
    }
    if offer.intent_sha256 != asked.content_sha256 {
        return Err(Refused::IntentChanged);
    }
    if asked.valid_through <= now {
        return Err(Refused::IntentExpired);
    }
    if offer.valid_until <= now {
        return Err(Refused::OfferExpired);
    }
    if offer.price.amount_minor <= 0 {
        return Err(Refused::BadPrice);
    }
    if let Some(ceiling) = &asked.price_ceiling {
        if ceiling.asset != offer.price.asset {
            return Err(Refused::CurrencyDiffers);
        }
        if offer.price.amount_minor > ceiling.amount_minor {
            return Err(Refused::OverCeiling);
        }
    }
    if offer.terms_accepted != asked.terms {
        return Err(Refused::TermsDiffer);
    }
    Ok(())
}

/// What will stand on the person's screen, and the cell.
fn check_text(offer: &Offer) -> Result<Option<Cell>, Refused> {
    if !is_plain_text(&offer.item, MAX_NAME_CHARS) || offer.gtin.as_deref().is_some_and(|gtin| !is_gtin(gtin)) {
        return Err(Refused::BadRecord);
    }
    offer
        .cell
        .as_deref()
        .map(Cell::new)
        .transpose()
        .map_err(|_| Refused::BadRecord)
}

pub(crate) fn check_signed_by(record: &SignedRecord, signers: &[DidKey]) -> Result<(), Refused> {
    match record.is_signed_by(signers) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Refused::MissingSignature),
        Err(RecordError::MissingProof) => Err(Refused::MissingSignature),
        Err(_) => Err(Refused::BadSignature),
    }
}
