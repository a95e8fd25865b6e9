//! What a feed says about paying its makers: `podcast:value` on items and channel, `podcast:funding`, Atom
//! `rel="payment"`.
//!
//! The bytes come from strangers, so the parser streams over them once with limits on depth, attributes and lengths,
//! expands no entity beyond XML's own five, refuses a DTD that declares anything, and never panics.

mod parse;

use std::collections::BTreeMap;

pub use parse::parse;

/// Most bytes of a feed that are fetched.
pub const MAX_FEED_BYTES: u64 = 16 * 1024 * 1024;
/// Deepest nesting of elements that is read.
pub const MAX_DEPTH: usize = 64;
/// Most attributes that are read of one element.
pub const MAX_ATTRIBUTES: usize = 64;
/// Most bytes of one attribute or text that is kept.
pub const MAX_TEXT_BYTES: usize = 4096;
/// Most recipients of one value block.
pub const MAX_RECIPIENTS: usize = 100;
/// Most links of one kind.
pub const MAX_LINKS: usize = 16;

/// Why a feed cannot be read. Positions are byte offsets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// It is neither RSS nor Atom.
    #[error("this is not an RSS or Atom feed")]
    NotAFeed,
    /// It is not UTF-8.
    #[error("the feed is not UTF-8 at byte {position}")]
    NotUtf8 {
        /// Where.
        position: u64,
    },
    /// It is not well-formed XML.
    #[error("the feed is not well-formed XML at byte {position}")]
    Malformed {
        /// Where.
        position: u64,
    },
    /// It is nested deeper than any feed.
    #[error("the feed is nested deeper than {MAX_DEPTH} elements at byte {position}")]
    TooDeep {
        /// Where.
        position: u64,
    },
    /// It declares entities or a DTD of its own.
    #[error("the feed declares a document type of its own at byte {position}; entities are not expanded")]
    HasDtd {
        /// Where.
        position: u64,
    },
    /// An element has more attributes than any feed's.
    #[error("an element has more than {MAX_ATTRIBUTES} attributes at byte {position}")]
    TooManyAttributes {
        /// Where.
        position: u64,
    },
    /// A value block has more recipients than are read.
    #[error("a value block has more than {MAX_RECIPIENTS} recipients at byte {position}")]
    TooManyRecipients {
        /// Where.
        position: u64,
    },
    /// It is larger than is fetched.
    #[error("the feed is larger than {MAX_FEED_BYTES} bytes")]
    TooLarge,
}

impl FeedError {
    /// Stable snake_case name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAFeed => "not_a_feed",
            Self::NotUtf8 { .. } => "feed_not_utf8",
            Self::Malformed { .. } => "feed_malformed",
            Self::TooDeep { .. } => "feed_too_deep",
            Self::HasDtd { .. } => "feed_has_dtd",
            Self::TooManyAttributes { .. } => "feed_too_many_attributes",
            Self::TooManyRecipients { .. } => "feed_too_many_recipients",
            Self::TooLarge => "feed_too_large",
        }
    }
}

/// One `podcast:valueRecipient`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// `name`, empty when absent.
    pub name: String,
    /// `type` in lower case: `node`, `lnaddress`, `card` …
    pub kind: String,
    /// `address`.
    pub address: String,
    /// `split`: a weight, or a percentage when `fee`.
    pub split: u64,
    /// `fee="true"`.
    pub fee: bool,
    /// `customKey`, empty when absent.
    pub custom_key: String,
    /// `customValue`, empty when absent.
    pub custom_value: String,
}

/// One `podcast:value`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ValueBlock {
    /// `type` in lower case: `lightning`, `cashu` …
    pub kind: String,
    /// `method` in lower case: `keysend`, `p2pk` …
    pub method: String,
    /// Recipients in the order of the feed.
    pub recipients: Vec<Recipient>,
    /// Recipients that could not be read, with a stable snake_case reason each.
    pub refused: Vec<&'static str>,
}

/// One link on which the makers take money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLink {
    /// As published.
    pub url: String,
    /// Its text or title.
    pub text: String,
}

/// What one feed says about paying.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedPayments {
    /// The feed's title.
    pub title: String,
    /// `podcast:value` of the channel, in the order of the feed.
    pub channel: Vec<ValueBlock>,
    /// `podcast:value` of items, by item GUID (RSS `guid`, Atom `id`).
    pub items: BTreeMap<String, Vec<ValueBlock>>,
    /// `podcast:funding`.
    pub funding: Vec<PaymentLink>,
    /// Atom `link` with `rel="payment"`.
    pub payment: Vec<PaymentLink>,
}
