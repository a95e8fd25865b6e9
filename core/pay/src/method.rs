//! How a payee can be paid: the payment details found in a feed or on a desk card, as data.
//!
//! A method says what the payee published; which rail can serve it is asked of the rails, never assumed here.

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
