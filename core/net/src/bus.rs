//! The edge to the public noticeboard (Nostr relays): publish, fetch what is stored, listen to what comes.
//!
//! Rooms hold `Arc<dyn Bus>`. [`crate::NostrBus`] is the real adapter. Everything that comes through here was checked:
//! size, id, signature, and that it is what was asked for.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use futures::Stream;
use nostr_sdk::{Event, Filter};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::error::BusError;
use crate::verified::VerifiedEvent;

/// A noticeboard.
#[async_trait]
pub trait Bus: Send + Sync + fmt::Debug {
    /// Sends an event and waits for the relays' answers (NIP-01 `OK`). `no_relay_accepted` when none took it.
    /// Publishing the same event again is harmless.
    async fn publish(&self, event: &Event) -> Result<Published, BusError>;

    /// The stored events that match, newest first, each once, until every relay has sent what it has (`EOSE`) or `timeout`.
    /// An error only when no relay came to its end. At most [`BusLimits::max_fetch_events`].
    async fn fetch(&self, filter: Filter, timeout: Duration) -> Result<Vec<VerifiedEvent>, BusError>;

    /// The stored events that match and all that come later, each once, also across dropped connections. Returns when a first
    /// relay has confirmed the subscription.
    async fn listen(&self, filter: Filter) -> Result<Listening, BusError>;

    /// How the relays are.
    fn status(&self) -> Vec<RelayStatus>;

    /// Ends all subscriptions and connections. Later calls fail with `bus_closed`.
    async fn close(&self);
}

/// What relays said to an event. Names are origins (`wss://relay.example`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Published {
    /// Relays that took it.
    pub accepted: Vec<String>,
    /// Relays that did not, with their reason, or `timed_out`.
    pub refused: Vec<(String, String)>,
}

/// What a bus may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusLimits {
    /// For one connection, from name to WebSocket handshake.
    pub connect_timeout: Duration,
    /// For an answer to a publication or a new subscription.
    pub answer_timeout: Duration,
    /// After a first relay has answered, the others get this much longer.
    pub straggler_timeout: Duration,
    /// First pause after a lost connection; doubles with each failure, with jitter.
    pub back_off_min: Duration,
    /// Longest pause.
    pub back_off_max: Duration,
    /// A silent connection is asked for a sign of life after this long, and given up after twice as long.
    pub heartbeat: Duration,
    /// Most events that one fetch returns.
    pub max_fetch_events: usize,
    /// Most bytes that one fetch takes from one relay; what is older is left out.
    pub max_fetch_bytes: usize,
    /// Events asked for at a time.
    pub page_events: usize,
    /// Bytes of unread events kept for one subscription at one relay. Beyond it the subscription is cut and caught up later.
    pub max_waiting_bytes: usize,
    /// Event ids remembered to suppress duplicates; older ones may come again.
    pub max_seen: usize,
    /// After a lost connection, events are asked for again from this long before the loss. Wraps carry times up to two days
    /// in the past (NIP-59), so anything less loses some.
    pub catch_up_overlap: Duration,
}

impl Default for BusLimits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(10),
            straggler_timeout: Duration::from_secs(3),
            back_off_min: Duration::from_millis(500),
            back_off_max: Duration::from_secs(60),
            heartbeat: Duration::from_secs(45),
            max_fetch_events: 10_000,
            max_fetch_bytes: 32 * 1024 * 1024,
            page_events: 500,
            max_waiting_bytes: 8 * 1024 * 1024,
            max_seen: 65_536,
            catch_up_overlap: Duration::from_secs(49 * 3600),
        }
    }
}

/// Where the connection to a relay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayState {
    /// Being connected.
    Connecting,
    /// Usable.
    Connected,
    /// Lost or never reached; the next try comes after a pause.
    Waiting,
    /// Closed for good.
    Closed,
}

/// How one relay is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayStatus {
    /// The relay's origin.
    pub relay: String,
    /// Where the connection stands.
    pub state: RelayState,
    /// Connections made so far.
    pub connections: u64,
    /// Code of the last failure, such as `unreachable`, `relay_dropped`, `private_address`.
    pub last_failure: Option<&'static str>,
    /// By how many seconds the relay's clock was ahead of ours when it was connected, if it told (`Date` of its handshake).
    pub clock_skew_s: Option<i64>,
    /// What was dropped.
    pub dropped: Dropped,
}

/// What a relay sent that was not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dropped {
    /// Larger than the limits.
    pub too_large: u64,
    /// Not a message or event at all.
    pub malformed: u64,
    /// False id or signature.
    pub forged: u64,
    /// Does not match the filter, or was for no subscription.
    pub not_asked_for: u64,
    /// Seen before. Counted, not wrong.
    pub duplicate: u64,
    /// Times that a subscription was cut because its reader was too slow, to be caught up.
    pub cut: u64,
}

/// A subscription's events. Dropping it unsubscribes.
///
/// Ends (`None`) only when the bus is closed or dropped. Use it as a [`Stream`] or call [`Listening::next`].
pub struct Listening {
    events: mpsc::Receiver<VerifiedEvent>,
    tasks: Vec<AbortHandle>,
}

impl Listening {
    /// A subscription fed by `events`; `tasks` are ended when it is dropped. For adapters.
    #[must_use]
    pub fn new(events: mpsc::Receiver<VerifiedEvent>, tasks: Vec<AbortHandle>) -> Self {
        Self { events, tasks }
    }

    /// The next event. Safe to cancel.
    pub async fn next(&mut self) -> Option<VerifiedEvent> {
        self.events.recv().await
    }

    /// An event that is there already.
    pub fn try_next(&mut self) -> Option<VerifiedEvent> {
        self.events.try_recv().ok()
    }
}

impl Stream for Listening {
    type Item = VerifiedEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<VerifiedEvent>> {
        self.events.poll_recv(context)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening")
            .field("relays", &self.tasks.len())
            .finish_non_exhaustive()
    }
}
