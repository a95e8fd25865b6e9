//! Intents: saying what one wants to buy, and roughly where, without saying who one is.
//!
//! A person composes a schema.org `Demand`, publishes it under a one-time key on Nostr relays, collects sealed offers,
//! ranks them by their own weights and accepts one; only the chosen seller hears. The wire format is
//! `docs/protocol/intent.md`; the reasons are `docs/decisions/0004-intents-and-acceptance.md`.
//!
//! The person's side: [`keep_place`] or [`locate`] → [`compose`] → [`Intent::relay_view`] → [`publish`] → [`collect`] →
//! [`offers`], [`rank`] → [`accept`] → [`send_acceptance`] → [`await_answer`] → [`finish`]; [`withdraw`], [`expire`] and
//! [`unsent`] beside it. Each intent has its own [`Line`] to the relays. The seller's side: [`parse_intent`] → [`answer`] →
//! [`open_letter`], [`read_message`], [`read_acceptance`], [`check_acceptance`] → [`confirm`] or [`refuse`].

mod acceptance;
mod cell;
mod collect;
mod confirmation;
mod demand;
mod ending;
mod error;
mod event;
mod gtin;
mod intent;
mod laplace;
mod line;
mod offer;
mod outbox;
mod outward;
mod pickup;
mod place;
mod rank;
mod refused;
mod schema;
mod seller;

pub use acceptance::{
    Acceptance, AcceptanceState, accept, acceptance_key, acceptance_wrap, acceptances, current_acceptance, finish,
    send_acceptance,
};
pub use cell::{Cell, Precision};
pub use collect::{
    BATCH, Collected, Collector, MAX_LIVE_OFFERS, MAX_WRAPS, Until, collect, offer_record, offers, refusals,
};
pub use confirmation::{await_answer, hear_answer};
pub use demand::{MAX_CONTENT_BYTES, MAX_DAYS, MAX_NAME_CHARS, MAX_QUANTITY, Reach, Wish};
pub use ending::{discard, expire, withdraw};
pub use error::IntentError;
pub use event::{
    MAX_SKEW_MS, POW_BITS, ReceivedIntent, RelayView, intents_filter, letters_filter, parse_intent, relay_view,
};
pub use gtin::check_gtin;
pub use intent::{Intent, IntentState, compose, get, list, publish};
pub use laplace::{EPSILON_PER_M, displace, lambert_w_minus_1, radius_m};
pub use line::Line;
pub use offer::{Asked, CheckedOffer, KeptOffer, MAX_WRAP_CHARS, check_offer, read_message};
pub use outbox::{Unsent, UnsentStep, unsent};
pub use outward::{After, SentAcceptance, SentRequest, sent_acceptances, sent_requests};
pub use pickup::{PickupCode, pickup_code};
pub use place::{Place, Position, Randomness, SAME_PLACE_M, SystemRandomness, keep_place, locate, place, place_names};
pub use rank::{HALF_DISTANCE_M, Ranked, Reason, Weights, Why, rank};
pub use refused::Refused;
pub use schema::SCHEMA;
pub use seller::{
    Answer, CheckedAcceptance, Quote, ReceivedAcceptance, Seller, answer, check_acceptance, check_card, confirm,
    open_letter, read_acceptance, refuse,
};
