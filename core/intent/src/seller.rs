//! The seller's side: answering an intent with a sealed offer, checking an acceptance, confirming or refusing it.
//!
//! Pure functions of records and keys, without storage: the desk keeps what it must and decides what it sells. Reading an
//! intent is [`parse_intent`](crate::parse_intent).

use nostr_sdk::{Event, Keys, PublicKey};
use tekram_net::VerifiedEvent;
use tekram_net::sealed::{self, Opened};
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_primitives::money::Money;
use tekram_primitives::record::{RecordId, SignedRecord, WireRecord};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{Agreement, Commitment, CommitmentFor, DeskCard, KIND_MESSAGE, Message, Offer};

use crate::cell::Cell;
use crate::confirmation::is_reason;
use crate::demand::{MAX_NAME_CHARS, is_plain_text};
use crate::error::IntentError;
use crate::event::{ReceivedIntent, seconds};
use crate::gtin::is_gtin;
use crate::offer::{check_signed_by, open};
use crate::refused::Refused;

/// A seller's keys and signed card.
#[derive(Debug, Clone, Copy)]
pub struct Seller<'a> {
    /// Signs offers, agreements and the card.
    pub signing: &'a SigningKey,
    /// Seals messages; its public half stands on the card.
    pub nostr: &'a Keys,
    /// The signed card ([`DeskCard`]).
    pub card: &'a SignedRecord,
}

/// What a seller offers for an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What it is.
    pub item: String,
    /// Its barcode, when known.
    pub gtin: Option<String>,
    /// Price for all of it, tax included.
    pub price: Money,
    /// How many are on hand.
    pub stock: u32,
    /// Where it can be had.
    pub cell: Option<Cell>,
    /// The offer stands until then.
    pub valid_until: Timestamp,
}

/// A signed offer and the wrap to publish.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Record id of the offer.
    pub id: RecordId,
    /// The signed offer; the desk keeps it, an acceptance will name it.
    pub offer: SignedRecord,
    /// Sealed to the intent's key.
    pub wrap: Event,
}

/// Answers an intent. By this the seller accepts the person's terms, which the offer repeats.
///
/// # Errors
/// `refused` with `offer_expired`, `bad_price`, `over_ceiling`, `currency_differs` or `bad_record` for a quote the person
/// would refuse; the record's errors; `event` when it cannot be sealed.
pub fn answer(
    intent: &ReceivedIntent,
    quote: &Quote,
    seller: &Seller<'_>,
    now: Timestamp,
) -> Result<Answer, IntentError> {
    check_quote(intent, quote, now)?;
    let offer = Offer {
        kind: Offer::TYPE.to_owned(),
        version: Offer::VERSION,
        intent_event: intent.event_id.clone(),
        intent_sha256: intent.content_sha256.clone(),
        item: quote.item.clone(),
        gtin: quote.gtin.clone(),
        price: quote.price,
        stock: quote.stock,
        cell: quote.cell.as_ref().map(ToString::to_string),
        valid_until: quote.valid_until,
        terms_accepted: intent.demand.terms.clone(),
        seller: seller.signing.did(),
        card: seller.card.clone(),
    };
    let offer = SignedRecord::sign(&offer, seller.signing, now)?;
    let wrap = seal(
        &intent.author,
        seller.nostr,
        &Message::Offer { offer: offer.clone() },
        Some(quote.valid_until),
    )?;
    Ok(Answer {
        id: offer.id()?,
        offer,
        wrap,
    })
}

/// An acceptance as a desk gets it, opened but not yet held against its offer.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedAcceptance {
    /// The key it was sealed by, which the answer goes to.
    pub sender: PublicKey,
    /// Record id of the commitment.
    pub id: RecordId,
    /// Record id of the offer it is for: look it up, then call [`check_acceptance`].
    pub offer: RecordId,
    /// The signed commitment.
    pub commitment: SignedRecord,
    /// The signed agreement, waiting for the seller's signature.
    pub agreement: SignedRecord,
}

/// An acceptance that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedAcceptance {
    /// Record id of the commitment.
    pub id: RecordId,
    /// The person's one-time key.
    pub payer: DidKey,
    /// The commitment.
    pub commitment: Commitment,
    /// The agreement; countersign its record to confirm.
    pub agreement: Agreement,
}

/// Opens a letter to a desk.
///
/// # Errors
/// [`Refused`]: `wrong_kind`, `too_large`, `not_for_us`, `unreadable`, `bad_signature`.
pub fn open_letter(keys: &Keys, wrap: &VerifiedEvent) -> Result<Opened, Refused> {
    open(keys, wrap)
}

/// Reads the commitment and agreement of a [`Message::Acceptance`] that `sender` sealed.
///
/// # Errors
/// [`Refused::BadRecord`], or [`Refused::WrongOffer`] when the commitment is for no offer.
pub fn read_acceptance(
    sender: PublicKey,
    commitment: SignedRecord,
    agreement: SignedRecord,
) -> Result<ReceivedAcceptance, Refused> {
    let body: Commitment = commitment.body().map_err(|_| Refused::BadRecord)?;
    let CommitmentFor::Offer { offer } = body.purpose else {
        return Err(Refused::WrongOffer);
    };
    let id = commitment.id().map_err(|_| Refused::BadRecord)?;
    Ok(ReceivedAcceptance {
        sender,
        id,
        offer,
        commitment,
        agreement,
    })
}

/// Holds an acceptance against the offer it names, which this seller sent to the intent of `author`.
///
/// # Errors
/// [`Refused`]: `sender_differs`, `wrong_offer`, `wrong_party`, `wrong_amount`, `terms_differ`, `offer_expired`,
/// `commitment_expired`, `bad_record`, `missing_signature`, `bad_signature`.
pub fn check_acceptance(
    received: &ReceivedAcceptance,
    offer: &SignedRecord,
    author: &PublicKey,
    now: Timestamp,
) -> Result<CheckedAcceptance, Refused> {
    // Only who holds the intent's key was made this offer.
    if received.sender != *author {
        return Err(Refused::SenderDiffers);
    }
    let offer_id = offer.id().map_err(|_| Refused::BadRecord)?;
    if received.offer != offer_id {
        return Err(Refused::WrongOffer);
    }
    let offer: Offer = offer.body().map_err(|_| Refused::BadRecord)?;
    let commitment: Commitment = received.commitment.body().map_err(|_| Refused::BadRecord)?;
    let agreement: Agreement = received.agreement.body().map_err(|_| Refused::BadRecord)?;
    if agreement.about.as_ref() != Some(&offer_id) {
        return Err(Refused::WrongOffer);
    }
    if commitment.payee != Some(offer.seller)
        || agreement.second_party != offer.seller
        || agreement.first_party != commitment.payer
        || commitment.payer == offer.seller
    {
        return Err(Refused::WrongParty);
    }
    if commitment.amount != offer.price {
        return Err(Refused::WrongAmount);
    }
    if commitment.terms.as_ref() != Some(&offer.terms_accepted) || agreement.terms != offer.terms_accepted {
        return Err(Refused::TermsDiffer);
    }
    if offer.valid_until <= now {
        return Err(Refused::OfferExpired);
    }
    if commitment.expires.is_some_and(|expires| expires <= now) {
        return Err(Refused::CommitmentExpired);
    }
    check_signed_by(&received.commitment, &[commitment.payer])?;
    check_signed_by(&received.agreement, &[agreement.first_party])?;
    Ok(CheckedAcceptance {
        id: received.id.clone(),
        payer: commitment.payer,
        commitment,
        agreement,
    })
}

/// The confirmation of an acceptance: `agreement` is the person's, countersigned by the seller.
///
/// # Errors
/// `event` when it cannot be sealed.
pub fn confirm(
    acceptance: &ReceivedAcceptance,
    agreement: &SignedRecord,
    nostr: &Keys,
    keep_until: Timestamp,
) -> Result<Event, IntentError> {
    let message = Message::Confirmation {
        commitment: acceptance.id.clone(),
        agreement: agreement.clone(),
    };
    seal(&acceptance.sender, nostr, &message, Some(keep_until))
}

/// The refusal of an acceptance, with a snake_case reason code (`sold_out`, or a [`Refused`] code).
///
/// # Errors
/// `event` when the reason is no code or it cannot be sealed.
pub fn refuse(
    acceptance: &ReceivedAcceptance,
    reason: &str,
    nostr: &Keys,
    keep_until: Timestamp,
) -> Result<Event, IntentError> {
    if !is_reason(reason) {
        return Err(IntentError::Event { action: "written" });
    }
    let message = Message::Refusal {
        commitment: acceptance.id.clone(),
        reason: reason.to_owned(),
    };
    seal(&acceptance.sender, nostr, &message, Some(keep_until))
}

/// Whether a card holds: signed by its own key and in time. For a desk reading its own, or a person reading one from a QR.
///
/// # Errors
/// [`Refused`]: `bad_card`, `card_expired`, `missing_signature`, `bad_signature`.
pub fn check_card(card: &SignedRecord, now: Timestamp) -> Result<DeskCard, Refused> {
    let body: DeskCard = card.body().map_err(|_| Refused::BadCard)?;
    if body.valid_until <= now {
        return Err(Refused::CardExpired);
    }
    check_signed_by(card, &[body.did])?;
    Ok(body)
}

fn check_quote(intent: &ReceivedIntent, quote: &Quote, now: Timestamp) -> Result<(), Refused> {
    if quote.valid_until <= now {
        return Err(Refused::OfferExpired);
    }
    if quote.price.amount_minor <= 0 {
        return Err(Refused::BadPrice);
    }
    match &intent.demand.price_ceiling {
        Some(ceiling) if ceiling.asset != quote.price.asset => return Err(Refused::CurrencyDiffers),
        Some(ceiling) if quote.price.amount_minor > ceiling.amount_minor => return Err(Refused::OverCeiling),
        _ => {}
    }
    if !is_plain_text(&quote.item, MAX_NAME_CHARS) || quote.gtin.as_deref().is_some_and(|gtin| !is_gtin(gtin)) {
        return Err(Refused::BadRecord);
    }
    Ok(())
}

fn seal(to: &PublicKey, from: &Keys, message: &Message, expires: Option<Timestamp>) -> Result<Event, IntentError> {
    let json = serde_json::to_string(message).map_err(|_| IntentError::Event { action: "written" })?;
    sealed::seal_to(to, from, KIND_MESSAGE, &json, expires.map(seconds))
        .map_err(|_| IntentError::Event { action: "sealed" })
}
