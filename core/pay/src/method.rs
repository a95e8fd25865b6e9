//! How a payee can be paid: the payment details found in a feed or on a desk card, as data.
//!
//! A method says what the payee published; which rail can serve it is asked of the rails, never assumed here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tekram_primitives::did::DidKey;

/// One way a payee takes money.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Method {
    /// Ecash locked to the payee's key and delivered sealed to its desk; from a verified desk card.
    Cashu(CashuMethod),
    /// A Lightning address (LUD-16). No automated rail yet: handed off as a `lightning:` link.
    LightningAddress {
        /// `name@domain`.
        address: String,
    },
    /// A keysend destination of `podcast:value`. Kept; there is no rail for it yet.
    Keysend {
        /// Node public key, hex.
        node: String,
        /// `customKey` of the recipient, empty when absent.
        custom_key: String,
        /// `customValue` of the recipient, empty when absent.
        custom_value: String,
    },
    /// A link on which the person finishes the payment (payto, UPI, Taler, or a plain page).
    Link {
        /// The link as published.
        url: String,
    },
}

/// A kind of way for money to leave, as a store's rules see it: each can be switched off for a store that forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RailKind {
    /// Ecash that this program moves.
    Cashu,
    /// Links and codes that the person finishes in another app.
    HandOff,
}

impl RailKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Cashu, Self::HandOff];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cashu => "cashu",
            Self::HandOff => "hand_off",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Kinds of rails that this build of the program must not use.
pub type RailsOff = BTreeSet<RailKind>;

impl Method {
    /// Over which kind of rail the method goes; keysend has none yet.
    #[must_use]
    pub fn rail_kind(&self) -> Option<RailKind> {
        match self {
            Self::Cashu(_) => Some(RailKind::Cashu),
            Self::LightningAddress { .. } | Self::Link { .. } => Some(RailKind::HandOff),
            Self::Keysend { .. } => None,
        }
    }
}

/// Where and how a payee takes ecash, taken from its signed desk card.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CashuMethod {
    /// The payee's key: signer of its card and of its receipts.
    pub did: DidKey,
    /// Nostr public key (x-only, hex) that deliveries are sealed to.
    pub nostr: String,
    /// Relays the payee's desk reads.
    pub relays: Vec<String>,
    /// Compressed secp256k1 public key, hex, that tokens are locked to (NUT-11).
    pub p2pk: String,
    /// Mints in the payee's order of preference.
    pub mints: Vec<String>,
    /// Units accepted, as NUT-00 names them (`eur`, `sat`).
    pub units: Vec<String>,
}
