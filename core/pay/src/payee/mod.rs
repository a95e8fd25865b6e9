//! Payees: who can be paid, how, for which sources, and the evidence of where that came from.
//!
//! A payee is known by an identity that its details cannot change: the `did:key` of its card, a Lightning address, a
//! node, or, for plain links, the feed that published them. When a feed or card later says something else, the change
//! is held and the old details stay in use until the person confirms it: a hijacked feed must not redirect money silently.

mod apply;
mod card;
mod change;
mod discover;
mod store;

use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;

pub(crate) use apply::{Candidate, Level, apply};
pub use card::verify_card;
pub use change::{HeldChange, confirm_change, held_changes, reject_change};
pub use discover::{Discovered, FeedSource, FoundPayee, Via, discover};
pub(crate) use store::{facts, methods, relation, relation_in, shares, way};
pub use store::{payee, payees};

use crate::method::Method;

/// Where a detail came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The address that answered.
    pub url: String,
    /// Which element of it, for example `channel/podcast:value`.
    pub element: String,
    /// SHA-256 of the bytes received, hex.
    pub sha256: String,
    /// When.
    pub fetched: Timestamp,
}

/// A source that a payee is payable for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayableSource {
    /// Key of the source as the log names it.
    pub source: String,
    /// Item GUID, when only that item pays this payee.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// Weight among the source's recipients, or a percentage when `fee`.
    pub split: u64,
    /// A percentage off the top.
    pub fee: bool,
}

/// Somebody who can be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Random id in this vault; it never leaves it.
    pub payee_id: String,
    /// Name for people, as the feed or card gave it first.
    pub name: String,
    /// What it is known by: `did:key:…`, `lnaddress:…`, `node:…`, `feed:…`.
    pub identity: String,
    /// Methods in use, best first.
    pub methods: Vec<Method>,
    /// Whether new details or new recipients wait for the person's confirmation.
    pub changed: bool,
    /// What it is payable for.
    pub sources: Vec<PayableSource>,
    /// Where the details came from, oldest first.
    pub evidence: Vec<Evidence>,
}
