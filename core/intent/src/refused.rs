//! Why something that came in was not taken: one list of stable reasons for intents that a desk reads, offers that a person
//! gets and acceptances that a desk gets. They are counted and shown, so each says one thing.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $text:literal,)*) => {
        /// Why something that came in was not taken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Refused {
            $($(#[$doc])* #[error($text)] $name,)*
        }

        impl Refused {
            /// All reasons.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Stable name of the reason.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The reason with this name.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)* _ => None }
            }
        }
    };
}

reasons! {
    /// Larger than this room reads.
    TooLarge = "too_large": "it is larger than allowed",
    /// Another kind of event than expected.
    WrongKind = "wrong_kind": "the event is of another kind",
    /// A gift wrap without exactly this receiver.
    NotForUs = "not_for_us": "the wrap is not addressed to this key",
    /// Seen before.
    Duplicate = "duplicate": "it was seen before",
    /// Cannot be decrypted or is not a sealed message.
    Unreadable = "unreadable": "it cannot be opened",
    /// A signature is false.
    BadSignature = "bad_signature": "a signature is false",
    /// A signature that must be there is missing, or another is there.
    MissingSignature = "missing_signature": "it is not signed by exactly those who must sign it",
    /// Not the message that belongs here.
    NotAnOffer = "not_an_offer": "the message is not an offer",
    /// A record of another type, version or form.
    BadRecord = "bad_record": "a record is malformed",
    /// A card of another type, version or form, or not signed by its own key.
    BadCard = "bad_card": "the seller's card does not hold",
    /// Offer, card and sealing key do not belong to one seller.
    CardMismatch = "card_mismatch": "the card is another seller's",
    /// The card's time is over.
    CardExpired = "card_expired": "the seller's card expired",
    /// The offer answers another intent.
    WrongIntent = "wrong_intent": "the offer answers another intent",
    /// The offer answers another version of this intent.
    IntentChanged = "intent_changed": "the offer answers another version of this intent",
    /// The intent's time is over.
    IntentExpired = "intent_expired": "the intent expired",
    /// The offer's time is over.
    OfferExpired = "offer_expired": "the offer expired",
    /// Not a positive amount.
    BadPrice = "bad_price": "the price is not a positive amount",
    /// Another currency than the ceiling's.
    CurrencyDiffers = "currency_differs": "the price is in another currency than the ceiling",
    /// More than the person pays at most.
    OverCeiling = "over_ceiling": "the price is over the ceiling",
    /// Other terms than the person's.
    TermsDiffer = "terms_differ": "the seller did not accept the person's terms",
    /// The seller has a newer offer.
    Superseded = "superseded": "the seller has a newer offer",
    /// The intent has as many live offers as are kept.
    TooManyOffers = "too_many_offers": "enough offers are kept already",
    /// Less proof of work than asked for.
    TooLittleWork = "too_little_work": "the event carries too little proof of work",
    /// No expiration, or another than the content says.
    BadExpiration = "bad_expiration": "the expiration tag and the content differ",
    /// The `g` tags are not the content's area, or not nested cells.
    AreaDiffers = "area_differs": "the area is not nested cells that equal the tags",
    /// The terms tag is not the content's terms.
    TermsTagDiffers = "terms_tag_differs": "the terms tag and the content differ",
    /// The content is not a demand within its bounds.
    BadDemand = "bad_demand": "the content is not a demand within its bounds",
    /// Made more than five minutes in the future.
    FromTheFuture = "from_the_future": "it is dated more than five minutes ahead",
    /// The acceptance did not come from the intent's key.
    SenderDiffers = "sender_differs": "it was not sealed by the intent's key",
    /// The acceptance is for another offer.
    WrongOffer = "wrong_offer": "it is for another offer",
    /// The commitment is for another amount.
    WrongAmount = "wrong_amount": "the amount is not the offer's price",
    /// Commitment and agreement are not between the two they must be between.
    WrongParty = "wrong_party": "it is not between the two parties it must be between",
    /// The commitment's time is over.
    CommitmentExpired = "commitment_expired": "the commitment expired",
    /// What came back is another document.
    DifferentDocument = "different_document": "the document that came back is another one",
}
