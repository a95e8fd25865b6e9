//! The real noticeboard: several Nostr relays at once, under one identity that nothing else shares.
//!
//! ```text
//! NostrBus ── Relay (task: dial, read, answer, dial again) ── bounded queue ── follow (verify, page, catch up) ── Listening
//! ```
//! Each relay has one task and one connection; each subscription has one reader at each relay; duplicates are suppressed
//! where the readers meet.

mod connection;
mod dial;
mod follow;
mod message;
mod seen;
mod session;
mod subscription;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use nostr_sdk::{Event, Filter};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use self::connection::Relay;
use self::dial::{Dialer, RelayAddress};
use self::follow::{Confirmation, Gate, Sink, Stopped, follow, stored};
use self::seen::Seen;
use self::subscription::End;
use crate::bus::{Bus, BusLimits, Listening, Published, RelayStatus};
use crate::error::BusError;
use crate::policy::NetPolicy;
use crate::tls::Outside;
use crate::verified::{MAX_EVENT_BYTES, VerifiedEvent};

/// Most relays of one bus.
const MAX_RELAYS: usize = 32;
/// Checked events that wait for a listener, together with the queues behind them.
const LISTENING_EVENTS: usize = 32;

/// A context of its own on several relays: one for each intent, persona or desk. Dropping it ends its connections and
/// subscriptions.
pub struct NostrBus {
    relays: Vec<Relay>,
    limits: BusLimits,
    stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl NostrBus {
    /// Connects to `relays` and returns when a first one is connected; the others, and those that drop, are tried again and
    /// again in the background. `no_relay` with each relay's reason when every first try failed.
    ///
    /// Addresses are `wss://`, or `ws://` for origins in `policy.allow_origins`; private addresses are refused unless listed
    /// there. Must be called within a Tokio runtime.
    pub async fn connect(relays: &[String], policy: &NetPolicy, limits: BusLimits) -> Result<Self, BusError> {
        let bus = Self::start(relays, policy, limits)?;
        let mut firsts: FuturesUnordered<_> = bus.relays.iter().map(Relay::first_outcome).collect();
        while let Some(connected) = firsts.next().await {
            if connected {
                drop(firsts);
                return Ok(bus);
            }
        }
        drop(firsts);
        let reasons: Vec<(String, String)> = bus.reasons();
        Err(match reasons.as_slice() {
            // A single relay that may not be reached is worth its own name.
            [(relay, reason)] if reason == "private_address" => BusError::PrivateAddress { relay: relay.clone() },
            _ => BusError::NoRelay { reasons },
        })
    }

    /// Starts without waiting for any relay: for a program that starts offline.
    pub fn start(relays: &[String], policy: &NetPolicy, limits: BusLimits) -> Result<Self, BusError> {
        Self::with(relays, policy, limits, Outside::default())
    }

    pub(crate) fn with(
        relays: &[String],
        policy: &NetPolicy,
        limits: BusLimits,
        outside: Outside,
    ) -> Result<Self, BusError> {
        if let Some(proxy) = &policy.proxy
            && (!matches!(proxy.scheme(), "socks5" | "socks5h") || proxy.host_str().is_none())
        {
            return Err(BusError::BadProxy);
        }
        let mut addresses = BTreeMap::new();
        for text in relays {
            let address = RelayAddress::parse(text, policy)?;
            addresses.entry(address.url.to_string()).or_insert(address);
        }
        if addresses.is_empty() {
            return Err(BusError::NoRelay { reasons: Vec::new() });
        }
        let dialer = Dialer {
            tls: Arc::new(outside.client_config(&[]).ok_or(BusError::Setup)?),
            names: outside.names,
            proxy: policy.proxy.clone(),
            timeout: limits.connect_timeout,
        };
        let (stop, stopped) = watch::channel(false);
        let (relays, tasks) = addresses
            .into_values()
            .take(MAX_RELAYS)
            .map(|address| Relay::start(address, dialer.clone(), limits, stopped.clone()))
            .unzip();
        Ok(Self {
            relays,
            limits,
            stop,
            tasks: Mutex::new(tasks),
        })
    }

    fn closed(&self) -> Result<(), BusError> {
        if *self.stop.borrow() {
            Err(BusError::Closed)
        } else {
            Ok(())
        }
    }

    /// How long to wait for the relays that have not answered yet, when another has: not at all when all of them are down.
    fn straggler_deadline<'a>(&self, mut silent: impl Iterator<Item = &'a Relay>) -> Instant {
        if silent.all(Relay::is_down) {
            Instant::now()
        } else {
            Instant::now() + self.limits.straggler_timeout
        }
    }

    /// Each relay with its last failure.
    fn reasons(&self) -> Vec<(String, String)> {
        self.relays
            .iter()
            .map(|relay| (relay.origin().to_owned(), relay.why_silent().to_owned()))
            .collect()
    }

    fn gate(&self, relay: &Relay, filter: &Filter, seen: &Arc<Seen>) -> Gate {
        Gate {
            filter: filter.clone(),
            seen: Arc::clone(seen),
            relay: relay.clone(),
        }
    }
}

#[async_trait]
impl Bus for NostrBus {
    async fn publish(&self, event: &Event) -> Result<Published, BusError> {
        self.closed()?;
        let message = serde_json::json!(["EVENT", event]).to_string();
        if message.len() > MAX_EVENT_BYTES {
            return Err(BusError::EventTooLarge {
                bytes: message.len(),
                limit_bytes: MAX_EVENT_BYTES,
            });
        }
        let id = event.id.to_hex();
        let message = tokio_tungstenite::tungstenite::Utf8Bytes::from(message);
        let mut answers: FuturesUnordered<_> = self
            .relays
            .iter()
            .enumerate()
            .map(|(place, relay)| {
                let (id, message) = (id.clone(), message.clone());
                async move { (place, relay.publish(id, message).await) }
            })
            .collect();
        let mut published = Published::default();
        let mut silent: BTreeMap<usize, &Relay> = self.relays.iter().enumerate().collect();
        let mut deadline = Instant::now() + self.limits.answer_timeout;
        while let Ok(Some((place, verdict))) = tokio::time::timeout_at(deadline, answers.next()).await {
            let Some(relay) = silent.remove(&place).map(|relay| relay.origin().to_owned()) else {
                continue;
            };
            match verdict {
                Ok(()) => published.accepted.push(relay),
                Err(reason) => published.refused.push((relay, reason)),
            }
            if !published.accepted.is_empty() {
                deadline = deadline.min(self.straggler_deadline(silent.values().copied()));
            }
        }
        drop(answers);
        for relay in silent.into_values() {
            published
                .refused
                .push((relay.origin().to_owned(), relay.why_silent().to_owned()));
        }
        published.accepted.sort();
        published.refused.sort();
        if published.accepted.is_empty() {
            self.closed()?;
            return Err(BusError::NoRelayAccepted {
                refused: published.refused,
            });
        }
        Ok(published)
    }

    async fn fetch(&self, filter: Filter, timeout: Duration) -> Result<Vec<VerifiedEvent>, BusError> {
        self.closed()?;
        let most = filter.limit.unwrap_or(usize::MAX).min(self.limits.max_fetch_events);
        let seen = Arc::new(Seen::new(self.limits.max_seen.max(most)));
        let found = Mutex::new(Vec::new());
        let mut runs: FuturesUnordered<_> = self
            .relays
            .iter()
            .enumerate()
            .map(|(place, relay)| {
                let gate = self.gate(relay, &filter, &seen);
                let bytes_left = self.limits.max_fetch_bytes;
                let mut sink = Basket {
                    events: &found,
                    events_left: most,
                    bytes_left,
                };
                let limits = BusLimits {
                    answer_timeout: timeout,
                    ..self.limits
                };
                async move { (place, run_stored(&gate, most, &limits, &mut sink).await) }
            })
            .collect();
        let mut silent: BTreeMap<usize, &Relay> = self.relays.iter().enumerate().collect();
        let mut deadline = Instant::now() + timeout;
        let mut complete = false;
        let mut failure = None;
        while let Ok(Some((place, outcome))) = tokio::time::timeout_at(deadline, runs.next()).await {
            let Some(relay) = silent.remove(&place).map(|relay| relay.origin().to_owned()) else {
                continue;
            };
            match outcome {
                Ok(()) | Err(Stopped::Enough) => complete = true,
                Err(Stopped::Silent) => {}
                Err(Stopped::Ended(End::Refused(reason))) => failure = Some(BusError::RelayRefused { relay, reason }),
                Err(Stopped::Ended(End::Stopped)) => failure = Some(BusError::Closed),
                Err(Stopped::Ended(_)) => failure = Some(BusError::RelayDropped { relay }),
            }
            if complete {
                deadline = deadline.min(self.straggler_deadline(silent.values().copied()));
            }
        }
        drop(runs);
        if !complete {
            self.closed()?;
            return Err(match failure {
                Some(failure) => failure,
                None if self.relays.iter().all(Relay::is_down) => BusError::NoRelay {
                    reasons: self.reasons(),
                },
                None => BusError::TimedOut,
            });
        }
        let mut events = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        events.sort_by(|a: &VerifiedEvent, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
        events.truncate(most);
        Ok(events)
    }

    async fn listen(&self, filter: Filter) -> Result<Listening, BusError> {
        self.closed()?;
        let (sink, events) = mpsc::channel(LISTENING_EVENTS);
        let seen = Arc::new(Seen::new(self.limits.max_seen));
        let mut confirmations = Vec::new();
        let mut tasks = Vec::new();
        for relay in &self.relays {
            let (confirm, confirmation) = watch::channel(Confirmation::Waiting);
            let run = follow(self.gate(relay, &filter, &seen), self.limits, sink.clone(), confirm);
            let mut stop = self.stop.subscribe();
            let task = tokio::spawn(async move {
                tokio::select! {
                    () = run => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            });
            tasks.push(task.abort_handle());
            confirmations.push((relay.origin(), confirmation));
        }
        // From here on, dropping `listening` (also when this future is dropped) ends the tasks.
        let listening = Listening::new(events, tasks);
        drop(sink);
        let mut waits: FuturesUnordered<_> = confirmations
            .iter_mut()
            .map(|(relay, confirmation)| async move {
                let outcome = confirmation
                    .wait_for(|now| *now != Confirmation::Waiting)
                    .await
                    .map(|now| now.clone());
                (*relay, outcome)
            })
            .collect();
        let patience = self.limits.connect_timeout.saturating_add(self.limits.answer_timeout);
        let deadline = Instant::now() + patience;
        let mut refused = None;
        while let Ok(Some((relay, outcome))) = tokio::time::timeout_at(deadline, waits.next()).await {
            match outcome {
                Ok(Confirmation::Confirmed) => return Ok(listening),
                Ok(Confirmation::Refused(reason)) => {
                    refused = Some(BusError::RelayRefused {
                        relay: relay.to_owned(),
                        reason,
                    });
                }
                Ok(Confirmation::Waiting) | Err(_) => {}
            }
        }
        self.closed()?;
        Err(refused.unwrap_or_else(|| BusError::NoRelay {
            reasons: self.reasons(),
        }))
    }

    fn status(&self) -> Vec<RelayStatus> {
        self.relays.iter().map(Relay::status).collect()
    }

    async fn close(&self) {
        self.stop.send_replace(true);
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            let _ = task.await;
        }
    }
}

/// Waits for the connection, then pages; a connection that drops midway is tried again until the caller's time is up.
async fn run_stored(gate: &Gate, most: usize, limits: &BusLimits, sink: &mut Basket<'_>) -> Result<(), Stopped> {
    loop {
        if !gate.relay.connected().await {
            return Err(Stopped::Ended(End::Stopped));
        }
        match stored(gate, None, Some(most), limits, sink).await {
            Err(Stopped::Ended(End::Dropped { .. })) => {}
            outcome => return outcome,
        }
    }
}

/// What a fetch has gathered. The limits are each relay's own, so that one relay's flood does not crowd out another's answer.
struct Basket<'a> {
    events: &'a Mutex<Vec<VerifiedEvent>>,
    events_left: usize,
    bytes_left: usize,
}

impl Sink for Basket<'_> {
    async fn put(&mut self, event: VerifiedEvent) -> bool {
        let Some(bytes_left) = self.bytes_left.checked_sub(event.size_bytes()) else {
            return false;
        };
        self.bytes_left = bytes_left;
        self.events_left = self.events_left.saturating_sub(1);
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        self.events_left > 0
    }
}

impl Drop for NostrBus {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }
}

impl fmt::Debug for NostrBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NostrBus")
            .field("relays", &self.relays.len())
            .finish_non_exhaustive()
    }
}
