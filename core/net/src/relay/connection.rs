//! A handle on one relay: what readers and publishers see of its connection.
//!
//! The connection itself is a task ([`super::session`]); handles send it commands and look at its state.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use nostr_sdk::Filter;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::dial::{Dialer, RelayAddress};
use super::session::Task;
use super::subscription::{End, Queue, Subscription, WhenFull};
use crate::bus::{BusLimits, Dropped, RelayState, RelayStatus};

/// Commands waiting for a connection's task.
const MAX_COMMANDS: usize = 64;

/// A relay's answer to a publication.
pub(super) type Verdict = Result<(), String>;

/// What a connection's task is asked to do.
pub(super) enum Command {
    Publish {
        id: String,
        message: Utf8Bytes,
        answer: oneshot::Sender<Verdict>,
    },
    Open {
        id: String,
        request: Utf8Bytes,
        queue: Queue,
    },
    Close {
        id: String,
    },
}

/// Counters of what was dropped, shared by the task and its readers.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) too_large: AtomicU64,
    pub(super) malformed: AtomicU64,
    pub(super) forged: AtomicU64,
    pub(super) not_asked_for: AtomicU64,
    pub(super) duplicate: AtomicU64,
    pub(super) cut: AtomicU64,
    pub(super) connections: AtomicU64,
}

/// Counts one more.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What is known about the connection from outside its task.
#[derive(Debug)]
pub(super) struct Shared {
    origin: String,
    pub(super) counters: Counters,
    pub(super) last_failure: Mutex<Option<&'static str>>,
    pub(super) clock_skew_s: Mutex<Option<i64>>,
}

/// A handle on a relay's connection. The task ends when all handles are gone or `stop` is sent.
#[derive(Clone, Debug)]
pub(super) struct Relay {
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
    state: watch::Receiver<RelayState>,
    /// Failed dials since the last good connection: tells a first look that this relay will not come soon.
    failures: watch::Receiver<u32>,
    max_waiting_bytes: usize,
}

impl Relay {
    /// Starts the connection's task.
    pub(super) fn start(
        address: RelayAddress,
        dialer: Dialer,
        limits: BusLimits,
        stop: watch::Receiver<bool>,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (commands, inbox) = mpsc::channel(MAX_COMMANDS);
        let (state_out, state) = watch::channel(RelayState::Connecting);
        let (failures_out, failures) = watch::channel(0);
        let shared = Arc::new(Shared {
            origin: address.origin.clone(),
            counters: Counters::default(),
            last_failure: Mutex::new(None),
            clock_skew_s: Mutex::new(None),
        });
        let task = Task::new(
            address,
            dialer,
            limits,
            stop,
            inbox,
            state_out,
            failures_out,
            Arc::clone(&shared),
        );
        let relay = Self {
            shared,
            commands,
            state,
            failures,
            max_waiting_bytes: limits.max_waiting_bytes,
        };
        (relay, tokio::spawn(task.run()))
    }

    pub(super) fn origin(&self) -> &str {
        &self.shared.origin
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// Why the relay gives no answer, as far as is known: its last failure when it is not connected, else `timed_out`.
    pub(super) fn why_silent(&self) -> &'static str {
        let failure = if *self.state.borrow() == RelayState::Connected {
            None
        } else {
            self.last_failure()
        };
        failure.unwrap_or("timed_out")
    }

    /// Whether the relay is not connected and the last try failed: waiting for it is not worth while.
    pub(super) fn is_down(&self) -> bool {
        *self.state.borrow() != RelayState::Connected && *self.failures.borrow() > 0
    }

    fn last_failure(&self) -> Option<&'static str> {
        *self.shared.last_failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn status(&self) -> RelayStatus {
        let counters = self.counters();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        RelayStatus {
            relay: self.shared.origin.clone(),
            state: *self.state.borrow(),
            connections: read(&counters.connections),
            last_failure: self.last_failure(),
            clock_skew_s: *self.shared.clock_skew_s.lock().unwrap_or_else(PoisonError::into_inner),
            dropped: Dropped {
                too_large: read(&counters.too_large),
                malformed: read(&counters.malformed),
                forged: read(&counters.forged),
                not_asked_for: read(&counters.not_asked_for),
                duplicate: read(&counters.duplicate),
                cut: read(&counters.cut),
            },
        }
    }

    /// Waits until the relay is connected. False when it is closed for good.
    pub(super) async fn connected(&self) -> bool {
        let mut state = self.state.clone();
        loop {
            match *state.borrow_and_update() {
                RelayState::Connected => return true,
                RelayState::Closed => return false,
                RelayState::Connecting | RelayState::Waiting => {}
            }
            if state.changed().await.is_err() {
                return false;
            }
        }
    }

    /// Waits until the relay is connected for the first time, or a dial failed. True when it is connected.
    pub(super) async fn first_outcome(&self) -> bool {
        let mut failures = self.failures.clone();
        tokio::select! {
            connected = self.connected() => connected,
            _ = failures.wait_for(|failures| *failures > 0) => false,
        }
    }

    /// Sends an event and waits for the answer, across reconnects. Dropping the future gives up.
    pub(super) async fn publish(&self, id: String, message: Utf8Bytes) -> Verdict {
        let (answer, verdict) = oneshot::channel();
        let closed = || Err("bus_closed".to_owned());
        if self
            .commands
            .send(Command::Publish { id, message, answer })
            .await
            .is_err()
        {
            return closed();
        }
        verdict.await.unwrap_or_else(|_| closed())
    }

    /// Asks for events. On a relay that is not connected, the subscription ends at once with [`End::Dropped`].
    pub(super) async fn open(&self, filter: &Filter, when_full: WhenFull) -> Result<Subscription, End> {
        // A fresh random name each time: names that stay the same would link connections.
        let id = random_name().ok_or(End::Stopped)?;
        let request = serde_json::json!(["REQ", id, filter]).to_string();
        let (queue, subscription) = Queue::new(id.clone(), self.max_waiting_bytes, when_full, self.commands.clone());
        self.commands
            .send(Command::Open {
                id,
                request: request.into(),
                queue,
            })
            .await
            .map_err(|_| End::Stopped)?;
        Ok(subscription)
    }
}

pub(super) fn random_name() -> Option<String> {
    use ring::rand::{SecureRandom, SystemRandom};
    let mut bytes = [0_u8; 8];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(format!("{:016x}", u64::from_ne_bytes(bytes)))
}
