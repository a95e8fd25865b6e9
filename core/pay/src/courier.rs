//! How tokens reach a payee's desk and receipts come back: sealed letters over public relays.
//!
//! Each payee gets a connection of its own and is written to with the key of the relation, so that relays and payees
//! cannot link two of a person's payments by key or subscription.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use nostr_sdk::{Alphabet, Filter, Keys, Kind, PublicKey, SecretKey, SingleLetterTag};
use tekram_net::sealed::{open_verified, seal_to};
use tekram_net::{Bus, BusLimits, NetPolicy, NostrBus};
use tekram_primitives::record::SignedRecord;
use tekram_primitives::secret::Secret32;
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{KIND_MESSAGE, Message};
use tokio::sync::Mutex;

use crate::error::PayError;
use crate::method::CashuMethod;

/// How long relays are asked for stored letters.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// Carries messages to payees and receipts back.
#[async_trait]
pub trait Courier: Send + Sync + fmt::Debug {
    /// Seals `message` to the payee with the relation's key and leaves it at the payee's relays, which may forget it after
    /// `expires` (NIP-40). Repeating it is harmless.
    async fn deliver(
        &self,
        to: &CashuMethod,
        relation_key: &Secret32,
        message: &Message,
        expires: Timestamp,
    ) -> Result<(), PayError>;

    /// The receipts this payee has sent to the relation's key. They are not checked yet.
    async fn receipts(&self, from: &CashuMethod, relation_key: &Secret32) -> Result<Vec<SignedRecord>, PayError>;
}

/// The real one: NIP-59 gift wraps over the relays that the payee's card names.
pub struct NostrCourier {
    policy: NetPolicy,
    limits: BusLimits,
    /// One connection for each payee.
    buses: Mutex<BTreeMap<String, Arc<NostrBus>>>,
}

impl NostrCourier {
    /// A courier for one persona.
    #[must_use]
    pub fn new(policy: NetPolicy) -> Self {
        Self {
            policy,
            limits: BusLimits::default(),
            buses: Mutex::default(),
        }
    }

    /// Ends all connections.
    pub async fn close(&self) {
        for bus in std::mem::take(&mut *self.buses.lock().await).into_values() {
            bus.close().await;
        }
    }

    async fn bus(&self, payee: &CashuMethod) -> Result<Arc<NostrBus>, PayError> {
        let mut buses = self.buses.lock().await;
        let key = format!("{} {}", payee.nostr, payee.relays.join(" "));
        if let Some(bus) = buses.get(&key) {
            return Ok(Arc::clone(bus));
        }
        let bus = Arc::new(NostrBus::connect(&payee.relays, &self.policy, self.limits).await?);
        buses.insert(key, Arc::clone(&bus));
        Ok(bus)
    }
}

impl fmt::Debug for NostrCourier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NostrCourier")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// The relation's Nostr key.
fn keys(relation_key: &Secret32) -> Result<Keys, PayError> {
    let secret = SecretKey::from_slice(relation_key.expose()).map_err(|_| PayError::Stored { what: "relation key" })?;
    Ok(Keys::new(secret))
}

#[async_trait]
impl Courier for NostrCourier {
    async fn deliver(
        &self,
        to: &CashuMethod,
        relation_key: &Secret32,
        message: &Message,
        expires: Timestamp,
    ) -> Result<(), PayError> {
        let receiver = PublicKey::from_hex(&to.nostr).map_err(|_| PayError::BadCard {
            reason: "bad_nostr_key",
        })?;
        let json = serde_json::to_string(message).map_err(|_| PayError::Stored { what: "message" })?;
        let expires_s = u64::try_from(expires.secs()).unwrap_or(0);
        let expiration = Some(nostr_sdk::Timestamp::from_secs(expires_s));
        let letter = seal_to(&receiver, &keys(relation_key)?, KIND_MESSAGE, &json, expiration)?;
        self.bus(to).await?.publish(&letter).await?;
        Ok(())
    }

    async fn receipts(&self, from: &CashuMethod, relation_key: &Secret32) -> Result<Vec<SignedRecord>, PayError> {
        let keys = keys(relation_key)?;
        let filter = Filter::new()
            .kind(Kind::GiftWrap)
            .custom_tag(SingleLetterTag::lowercase(Alphabet::P), keys.public_key().to_hex());
        let letters = self.bus(from).await?.fetch(filter, FETCH_TIMEOUT).await?;
        let mut found = Vec::new();
        for letter in letters {
            let Ok(opened) = open_verified(&keys, &letter) else {
                continue;
            };
            // Anybody can write to the key; only the payee's own letters are looked at.
            if opened.kind != KIND_MESSAGE || opened.sender.to_hex() != from.nostr {
                continue;
            }
            if let Ok(Message::Receipt { receipt }) = serde_json::from_str(&opened.json) {
                found.push(receipt);
            }
        }
        Ok(found)
    }
}
