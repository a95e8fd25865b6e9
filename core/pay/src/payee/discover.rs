//! Finding payees from a feed, in the design's order: the item's `podcast:value`, the channel's, `podcast:funding`,
//! Atom `rel="payment"`.
//!
//! One fetch of the feed and one of each card it names; no page of an item is ever fetched. The first kind that is there
//! decides: what the makers say more precisely is not overruled by what they say less precisely.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tekram_net::{FetchError, Http, Request};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::did::DidKey;
use tekram_primitives::time::Clock;
use tekram_vault::{Scope, Vault};
use url::Url;

use super::card::{MAX_CARD_BYTES, verify_card};
use super::{Candidate, Evidence, Level, apply};
use crate::error::PayError;
use crate::feed::{FeedError, FeedPayments, MAX_FEED_BYTES, PaymentLink, Recipient, ValueBlock, parse};
use crate::method::Method;

/// Schemes of links on which a person can finish a payment.
const LINK_SCHEMES: [&str; 6] = ["https", "http", "payto", "upi", "taler", "lightning"];
const MAX_NAME_CHARS: usize = 120;

/// The feed to look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSource {
    /// Key of the source as the log names it; totals come with the same key.
    pub source: String,
    /// The feed's address.
    pub feed_url: String,
    /// GUIDs of items that were heard: those with a value block of their own get payees of their own.
    pub items: Vec<String>,
}

/// Which part of the feed named the payees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// An item's `podcast:value`.
    ItemValue,
    /// The channel's `podcast:value`.
    ChannelValue,
    /// `podcast:funding`.
    Funding,
    /// Atom `rel="payment"`.
    AtomPayment,
}

impl Via {
    fn element(self) -> &'static str {
        match self {
            Self::ItemValue => "item/podcast:value",
            Self::ChannelValue => "channel/podcast:value",
            Self::Funding => "channel/podcast:funding",
            Self::AtomPayment => "atom:link[@rel=payment]",
        }
    }
}

/// One payee that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPayee {
    /// Its id in this vault.
    pub payee_id: String,
    /// Its name in the feed or on its card.
    pub name: String,
    /// The item it is payable for; empty for the whole feed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// Where it was named.
    pub via: Via,
    /// Weight, or a percentage when `fee`.
    pub split: u64,
    /// A percentage off the top.
    pub fee: bool,
    /// How it takes money; empty when its details could not be checked.
    pub methods: Vec<Method>,
    /// Why its details could not be checked: a stable snake_case code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What one feed told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovered {
    /// Key of the source.
    pub source: String,
    /// The feed's title.
    pub title: String,
    /// Payees, item by item, the whole feed's last.
    pub payees: Vec<FoundPayee>,
    /// Recipients and links that could not be read, as stable snake_case reasons.
    pub refused: Vec<String>,
    /// Whether something changed about a known payee or source and waits for confirmation.
    pub held: bool,
}

/// Fetches a feed, finds its payees and keeps them with their evidence.
///
/// # Errors
/// `feed_too_large` and the other codes of [`FeedError`]; `http_status`; `fees_over_100`; those of fetching and of the
/// vault. A card that cannot be fetched or believed is not an error: its payee is found without a method.
pub async fn discover(
    vault: &Vault,
    http: &dyn Http,
    clock: &dyn Clock,
    source: &FeedSource,
) -> Result<Discovered, PayError> {
    let request = Request::get(&source.feed_url)?.max_bytes(MAX_FEED_BYTES);
    let response = http.fetch(request).await.map_err(|error| match error {
        FetchError::ResponseTooLarge { .. } => PayError::Feed(FeedError::TooLarge),
        other => other.into(),
    })?;
    if !response.is_success() {
        return Err(PayError::HttpStatus {
            status: response.status,
        });
    }
    let feed = parse(&response.body)?;
    let mut finder = Finder {
        http,
        clock,
        base: response.final_url,
        sha256: sha256_hex(&response.body),
        source: &source.source,
        cards: BTreeMap::new(),
        refused: Vec::new(),
    };
    let mut levels = Vec::new();
    for guid in &source.items {
        if let Some(blocks) = feed.items.get(guid) {
            let level = finder.value_level(guid, blocks, Via::ItemValue).await?;
            levels.extend(level.map(|level| (level, Via::ItemValue)));
        }
    }
    levels.extend(finder.channel_level(&feed).await?);

    let refused = std::mem::take(&mut finder.refused);
    let problems: BTreeMap<String, String> = finder
        .cards
        .iter()
        .filter_map(|(key, card)| Some((key.clone(), card.as_ref().err()?.clone())))
        .collect();
    let now = clock.now();
    vault.write(Scope("pay"), |tx| {
        let mut payees = Vec::new();
        let mut held = false;
        for (level, via) in &levels {
            let applied = apply(tx, &source.source, level, now)?;
            held |= applied.held;
            for (candidate, payee_id) in level.candidates.iter().zip(applied.payee_ids) {
                payees.push(FoundPayee {
                    payee_id,
                    name: candidate.name.clone(),
                    item: level.item.clone(),
                    via: *via,
                    split: candidate.split,
                    fee: candidate.fee,
                    methods: candidate.methods.clone(),
                    problem: problems.get(&candidate.identity).cloned().or_else(|| {
                        candidate
                            .methods
                            .is_empty()
                            .then(|| "unknown_recipient_type".to_owned())
                    }),
                });
            }
        }
        Ok(Discovered {
            source: source.source.clone(),
            title: clean(&feed.title),
            payees,
            refused,
            held,
        })
    })
}

/// A card that was fetched and believed.
struct FetchedCard {
    name: String,
    methods: Vec<Method>,
    evidence: Evidence,
}

/// One discovery: the feed's evidence and the cards fetched so far.
struct Finder<'a> {
    http: &'a dyn Http,
    clock: &'a dyn Clock,
    base: Url,
    sha256: String,
    source: &'a str,
    /// By the identity of the recipient: its card, or the code of why it has none.
    cards: BTreeMap<String, Result<FetchedCard, String>>,
    refused: Vec<String>,
}

impl Finder<'_> {
    /// The whole feed's payees, by the first of value, funding and payment link that is there.
    async fn channel_level(&mut self, feed: &FeedPayments) -> Result<Option<(Level, Via)>, PayError> {
        if let Some(level) = self.value_level("", &feed.channel, Via::ChannelValue).await? {
            return Ok(Some((level, Via::ChannelValue)));
        }
        for (links, via) in [(&feed.funding, Via::Funding), (&feed.payment, Via::AtomPayment)] {
            if let Some(candidate) = self.links(links, &feed.title, via) {
                return Ok(Some((
                    Level {
                        item: String::new(),
                        candidates: vec![candidate],
                    },
                    via,
                )));
            }
        }
        Ok(None)
    }

    /// The payees of one set of value blocks: those of the block that can be paid best.
    async fn value_level(&mut self, item: &str, blocks: &[ValueBlock], via: Via) -> Result<Option<Level>, PayError> {
        for block in blocks {
            self.refused
                .extend(block.refused.iter().map(|reason| (*reason).to_owned()));
        }
        let Some(block) = blocks
            .iter()
            .filter(|block| {
                block
                    .recipients
                    .iter()
                    .any(|recipient| !recipient.fee && recipient.split > 0)
            })
            .min_by_key(|block| block.recipients.iter().map(|recipient| rank(&recipient.kind)).min())
        else {
            return Ok(None);
        };
        let percent: u64 = block
            .recipients
            .iter()
            .filter(|recipient| recipient.fee)
            .map(|recipient| recipient.split)
            .sum();
        if percent > 100 {
            return Err(PayError::FeesOver100);
        }
        let mut candidates = Vec::with_capacity(block.recipients.len());
        for recipient in block.recipients.iter().filter(|recipient| recipient.split > 0) {
            candidates.push(self.candidate(recipient, via).await);
        }
        Ok(Some(Level {
            item: item.to_owned(),
            candidates,
        }))
    }

    async fn candidate(&mut self, recipient: &Recipient, via: Via) -> Candidate {
        let mut candidate = Candidate {
            identity: format!("{}:{}", recipient.kind, recipient.address),
            name: clean(&recipient.name),
            methods: Vec::new(),
            split: recipient.split,
            fee: recipient.fee,
            evidence: vec![self.evidence(via)],
        };
        match recipient.kind.as_str() {
            "card" => self.card(recipient, &mut candidate).await,
            "lnaddress" => candidate.methods.push(Method::LightningAddress {
                address: recipient.address.clone(),
            }),
            "node" => {
                candidate.identity = format!(
                    "node:{}:{}:{}",
                    recipient.address, recipient.custom_key, recipient.custom_value
                );
                candidate.methods.push(Method::Keysend {
                    node: recipient.address.clone(),
                    custom_key: recipient.custom_key.clone(),
                    custom_value: recipient.custom_value.clone(),
                });
            }
            _ => {}
        }
        if candidate.name.is_empty() {
            candidate.name = clean(&recipient.address);
        }
        candidate
    }

    /// Fetches and checks the desk card of a recipient, once for each key.
    async fn card(&mut self, recipient: &Recipient, candidate: &mut Candidate) {
        let named = (recipient.custom_key == "did").then(|| recipient.custom_value.trim().parse::<DidKey>());
        let Some(Ok(named)) = named else {
            self.cards
                .insert(candidate.identity.clone(), Err("card_without_did".to_owned()));
            return;
        };
        candidate.identity = named.to_string();
        if !self.cards.contains_key(&candidate.identity) {
            let card = self
                .fetch_card(&recipient.address, named)
                .await
                .map_err(|error| match error {
                    PayError::BadCard { reason } => format!("card_{reason}"),
                    other => other.code().to_owned(),
                });
            self.cards.insert(candidate.identity.clone(), card);
        }
        if let Some(Ok(card)) = self.cards.get(&candidate.identity) {
            candidate.methods.clone_from(&card.methods);
            candidate.evidence.push(card.evidence.clone());
            if candidate.name.is_empty() {
                candidate.name = clean(&card.name);
            }
        }
    }

    async fn fetch_card(&self, address: &str, named: DidKey) -> Result<FetchedCard, PayError> {
        let response = self
            .http
            .fetch(Request::get(address)?.max_bytes(MAX_CARD_BYTES))
            .await?;
        if !response.is_success() {
            return Err(PayError::HttpStatus {
                status: response.status,
            });
        }
        let now = self.clock.now();
        let (card, methods) = verify_card(&response.body, named, now)?;
        let evidence = Evidence {
            url: response.final_url.to_string(),
            element: "desk card".to_owned(),
            sha256: sha256_hex(&response.body),
            fetched: now,
        };
        Ok(FetchedCard {
            name: card.name,
            methods,
            evidence,
        })
    }

    /// The feed's makers as one payee with links. Known by the feed, so that another link is a change of details.
    fn links(&mut self, links: &[PaymentLink], title: &str, via: Via) -> Option<Candidate> {
        let mut methods = Vec::new();
        for link in links {
            let url = Url::parse(link.url.trim()).or_else(|_| self.base.join(link.url.trim()));
            match url {
                Ok(url) if LINK_SCHEMES.contains(&url.scheme()) => {
                    // Kept as published when it was absolute: payto and UPI links must not be rewritten.
                    let text = link.url.trim();
                    let url = if Url::parse(text).is_ok() {
                        text.to_owned()
                    } else {
                        url.to_string()
                    };
                    methods.push(Method::Link { url });
                }
                _ => self.refused.push("unsupported_link".to_owned()),
            }
        }
        (!methods.is_empty()).then(|| Candidate {
            identity: format!("feed:{}", self.source),
            name: clean(title),
            methods,
            split: 1,
            fee: false,
            evidence: vec![self.evidence(via)],
        })
    }

    fn evidence(&self, via: Via) -> Evidence {
        Evidence {
            url: self.base.to_string(),
            element: via.element().to_owned(),
            sha256: self.sha256.clone(),
            fetched: self.clock.now(),
        }
    }
}

/// Which recipients can be paid best: over a rail, by a link, not yet.
fn rank(kind: &str) -> u8 {
    match kind {
        "card" => 0,
        "lnaddress" => 1,
        "node" => 2,
        _ => 3,
    }
}

/// A name as it may be shown: one line, no control or direction-changing characters, not endless.
fn clean(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .filter(|letter| {
            !letter.is_control()
                && !matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .take(MAX_NAME_CHARS)
        .collect();
    kept.trim().to_owned()
}
