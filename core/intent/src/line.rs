//! The connection of one intent. A relay that sees two intents on one connection knows that one person made both, so a
//! line belongs to one intent and the functions that send or listen refuse another's.

use std::sync::Arc;

use tekram_net::{Bus, BusLimits, NetPolicy, NostrBus};

use crate::error::IntentError;

/// Connections to relays for one intent and nothing else.
#[derive(Debug, Clone)]
pub struct Line {
    intent: String,
    relays: Vec<String>,
    bus: Arc<dyn Bus>,
}

impl Line {
    /// Opens connections of its own for the intent with this id.
    ///
    /// # Errors
    /// The relays' errors (`no_relay`, `private_address` and others).
    pub async fn open(
        intent: &str,
        relays: &[String],
        policy: &NetPolicy,
        limits: BusLimits,
    ) -> Result<Self, IntentError> {
        Ok(Self {
            intent: intent.to_owned(),
            relays: relays.to_vec(),
            bus: Arc::new(NostrBus::connect(relays, policy, limits).await?),
        })
    }

    /// A line over a bus that was made for this intent alone.
    pub fn over(intent: &str, bus: Arc<dyn Bus>) -> Self {
        Self {
            intent: intent.to_owned(),
            relays: Vec::new(),
            bus,
        }
    }

    /// The intent it belongs to.
    pub fn intent(&self) -> &str {
        &self.intent
    }

    /// Whom it leads to, for the audit: the relays without what all their addresses have. Empty for a line over a bus.
    pub(crate) fn hosts(&self) -> String {
        let host = |relay: &String| {
            let address = relay.split_once("://").map_or(relay.as_str(), |(_, address)| address);
            address.trim_end_matches('/').to_owned()
        };
        self.relays.iter().map(host).collect::<Vec<_>>().join(", ")
    }

    /// Ends the connections.
    pub async fn close(self) {
        self.bus.close().await;
    }

    pub(crate) fn bus_for(&self, intent: &str) -> Result<&dyn Bus, IntentError> {
        if self.intent == intent {
            Ok(self.bus.as_ref())
        } else {
            Err(IntentError::ForeignLine)
        }
    }
}
