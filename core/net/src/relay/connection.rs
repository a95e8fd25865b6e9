//! One relay's connection: a task that dials, reads, answers, and dials again with back-off.
//!
//! The task knows messages and subscriptions, not what they mean: it hands each subscription's events to a bounded queue,
//! and cuts the subscription when the queue is full, so that a flood cannot grow memory nor hold up the answers to
//! publications on the same connection.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use nostr_sdk::{Event, Filter, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::dial::{Dialer, RelayAddress, Socket};
use super::message::FromRelay;
use crate::bus::{BusLimits, Dropped, RelayState, RelayStatus};
use crate::verified::{MAX_EVENT_BYTES, MAX_EVENT_TAGS};

/// Commands waiting for a connection's task.
const MAX_COMMANDS: usize = 64;
/// Events waiting in one subscription, whatever their size.
const MAX_WAITING_EVENTS: usize = 1024;
/// Publications waiting for their answers.
const MAX_PENDING: usize = 1024;
/// What surrounds an event in a message.
const ENVELOPE_BYTES: usize = 256;
/// A connection that lasted this long was a good one: the back-off starts anew.
const GOOD_CONNECTION: Duration = Duration::from_secs(30);
/// Longest wait for the relay to take a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// A relay's answer to a publication.
pub(super) type Verdict = Result<(), String>;

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

/// The task's end of a subscription.
pub(super) struct Queue {
    items: mpsc::Sender<Item>,
    budget: Arc<Semaphore>,
    end: Arc<OnceLock<End>>,
}

/// What a subscription yields.
pub(super) enum Item {
    /// An event, unverified; the permit holds its place in the byte budget.
    Event(Box<Event>, OwnedSemaphorePermit),
    /// All stored events were sent.
    EndOfStored,
}

/// Why a subscription ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The reader was too slow; everything before `at` was queued.
    Cut { at: Timestamp },
    /// The connection ended; the relay was last heard at `heard`.
    Dropped { heard: Timestamp },
    /// The relay ended it, with its reason.
    Refused(String),
    /// The bus was closed.
    Stopped,
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
    connections: AtomicU64,
}

/// Counts one more.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What is known about the connection from outside its task.
#[derive(Debug)]
struct Shared {
    origin: String,
    counters: Counters,
    last_failure: Mutex<Option<&'static str>>,
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

/// A subscription at one relay. Dropping it closes it.
pub(super) struct Subscription {
    id: String,
    items: mpsc::Receiver<Item>,
    end: Arc<OnceLock<End>>,
    commands: mpsc::Sender<Command>,
}

impl Subscription {
    /// The next item, or why there is none any more. Safe to cancel.
    pub(super) async fn next(&mut self) -> Result<Item, End> {
        match self.items.recv().await {
            Some(item) => Ok(item),
            None => Err(self.end.get().cloned().unwrap_or(End::Stopped)),
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // When the command does not fit, the task finds the queue closed at the next event and closes the subscription then.
        let _ = self.commands.try_send(Command::Close {
            id: std::mem::take(&mut self.id),
        });
    }
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
        });
        let task = Task {
            address,
            dialer,
            limits,
            stop,
            inbox,
            state: state_out,
            failures: failures_out,
            shared: Arc::clone(&shared),
            pending: HashMap::new(),
            subscriptions: HashMap::new(),
        };
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
    pub(super) async fn open(&self, filter: &Filter) -> Result<Subscription, End> {
        // A fresh random name each time: names that stay the same would link connections.
        let id = random_name().ok_or(End::Stopped)?;
        let request = serde_json::json!(["REQ", id, filter]).to_string();
        let (sender, items) = mpsc::channel(MAX_WAITING_EVENTS);
        let end = Arc::new(OnceLock::new());
        let budget = Arc::new(Semaphore::new(self.max_waiting_bytes.min(Semaphore::MAX_PERMITS)));
        let queue = Queue {
            items: sender,
            budget,
            end: Arc::clone(&end),
        };
        self.commands
            .send(Command::Open {
                id: id.clone(),
                request: request.into(),
                queue,
            })
            .await
            .map_err(|_| End::Stopped)?;
        Ok(Subscription {
            id,
            items,
            end,
            commands: self.commands.clone(),
        })
    }
}

fn random_name() -> Option<String> {
    use ring::rand::{SecureRandom, SystemRandom};
    let mut bytes = [0_u8; 8];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(format!("{:016x}", u64::from_ne_bytes(bytes)))
}

/// A pause that doubles with each failure, with jitter over its upper half, so that a relay that comes back is not met by
/// everybody at once.
pub(super) fn back_off(limits: &BusLimits, failures: u32, random: u32) -> Duration {
    let longest = limits
        .back_off_min
        .saturating_mul(1_u32.checked_shl(failures.min(16)).unwrap_or(u32::MAX))
        .min(limits.back_off_max);
    let half = longest / 2;
    half.saturating_add(Duration::from_micros(
        u64::try_from(half.as_micros())
            .unwrap_or(0)
            .saturating_mul(u64::from(random % 1024))
            / 1024,
    ))
}

fn random_u32() -> u32 {
    random_name()
        .and_then(|name| u32::from_str_radix(name.get(..8)?, 16).ok())
        .unwrap_or(0)
}

struct Pending {
    message: Utf8Bytes,
    answers: Vec<oneshot::Sender<Verdict>>,
}

struct Task {
    address: RelayAddress,
    dialer: Dialer,
    limits: BusLimits,
    stop: watch::Receiver<bool>,
    inbox: mpsc::Receiver<Command>,
    state: watch::Sender<RelayState>,
    failures: watch::Sender<u32>,
    shared: Arc<Shared>,
    /// By the event's id in hex.
    pending: HashMap<String, Pending>,
    subscriptions: HashMap<String, Queue>,
}

/// Why a session ended.
enum Ended {
    Stopped,
    Dropped(&'static str),
}

impl Task {
    async fn run(mut self) {
        let mut failures = 0_u32;
        loop {
            self.state.send_replace(RelayState::Connecting);
            let dialer = self.dialer.clone();
            let address = self.address.clone();
            let Some(dialled) = self.while_offline(async move { dialer.dial(&address).await }).await else {
                break;
            };
            let failure = match dialled {
                Ok(socket) => {
                    count(&self.shared.counters.connections);
                    let began = Instant::now();
                    match self.session(socket).await {
                        Ended::Stopped => break,
                        Ended::Dropped(code) => {
                            if began.elapsed() >= GOOD_CONNECTION {
                                failures = 0;
                            }
                            code
                        }
                    }
                }
                Err(code) => code,
            };
            *self.shared.last_failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
            let pause = back_off(&self.limits, failures, random_u32());
            failures = failures.saturating_add(1);
            self.state.send_replace(RelayState::Waiting);
            self.failures.send_replace(failures);
            if self.while_offline(tokio::time::sleep(pause)).await.is_none() {
                break;
            }
        }
        self.end_subscriptions(&End::Stopped);
        self.state.send_replace(RelayState::Closed);
    }

    /// Waits for `work` while taking commands. `None` when the bus was closed.
    async fn while_offline<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Some(done),
                () = stopped(&mut self.stop) => return None,
                command = self.inbox.recv() => match command? {
                    Command::Publish { id, message, answer } => { self.remember(id, message, answer); }
                    Command::Open { queue, .. } => finish(&queue, End::Dropped { heard: Timestamp::now() }),
                    Command::Close { .. } => {}
                },
            }
        }
    }

    /// Keeps a publication until it is answered. The message to send, unless it is waiting already.
    fn remember(&mut self, id: String, message: Utf8Bytes, answer: oneshot::Sender<Verdict>) -> Option<Utf8Bytes> {
        self.pending
            .retain(|_, pending| pending.answers.iter().any(|answer| !answer.is_closed()));
        if let Some(pending) = self.pending.get_mut(&id) {
            pending.answers.push(answer);
            return None;
        }
        if self.pending.len() >= MAX_PENDING {
            let _ = answer.send(Err("too_many_pending".to_owned()));
            return None;
        }
        self.pending.insert(
            id,
            Pending {
                message: message.clone(),
                answers: vec![answer],
            },
        );
        Some(message)
    }

    async fn session(&mut self, socket: Socket) -> Ended {
        let (mut out, mut input) = socket.split();
        let mut heard = (Instant::now(), Timestamp::now());
        let mut heartbeat = tokio::time::interval_at(Instant::now() + self.limits.heartbeat, self.limits.heartbeat);
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut waiting: Vec<Utf8Bytes> = self.pending.values().map(|pending| pending.message.clone()).collect();
        self.state.send_replace(RelayState::Connected);
        let ended = loop {
            let mut failed = false;
            for message in waiting.drain(..) {
                let sent = tokio::time::timeout(SEND_TIMEOUT, out.send(Message::Text(message))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    failed = true;
                    break;
                }
            }
            if failed {
                break Ended::Dropped("relay_dropped");
            }
            tokio::select! {
                () = stopped(&mut self.stop) => {
                    let _ = tokio::time::timeout(Duration::from_secs(1), out.send(Message::Close(None))).await;
                    break Ended::Stopped;
                }
                command = self.inbox.recv() => match command {
                    None => break Ended::Stopped,
                    Some(Command::Publish { id, message, answer }) => waiting.extend(self.remember(id, message, answer)),
                    Some(Command::Open { id, request, queue }) => {
                        self.subscriptions.insert(id, queue);
                        waiting.push(request);
                    }
                    Some(Command::Close { id }) => {
                        if self.subscriptions.remove(&id).is_some() {
                            waiting.push(close_message(&id));
                        }
                    }
                },
                message = input.next() => match message {
                    Some(Ok(message)) => {
                        heard = (Instant::now(), Timestamp::now());
                        match message {
                            Message::Text(text) => waiting.extend(self.take(&text)),
                            Message::Close(_) => break Ended::Dropped("relay_dropped"),
                            // Pings are answered by the WebSocket layer.
                            Message::Binary(_) => count(&self.shared.counters.malformed),
                            _ => {}
                        }
                    }
                    Some(Err(tokio_tungstenite::tungstenite::Error::Capacity(_))) => {
                        count(&self.shared.counters.too_large);
                        break Ended::Dropped("message_too_large");
                    }
                    Some(Err(_)) | None => break Ended::Dropped("relay_dropped"),
                },
                _ = heartbeat.tick() => {
                    if heard.0.elapsed() > self.limits.heartbeat.saturating_mul(2) {
                        break Ended::Dropped("relay_silent");
                    }
                    let sent = tokio::time::timeout(SEND_TIMEOUT, out.send(Message::Ping(Vec::new().into()))).await;
                    if !matches!(sent, Ok(Ok(()))) {
                        break Ended::Dropped("relay_dropped");
                    }
                }
            }
        };
        // The state first, so that readers who see their subscription end wait for the next connection.
        self.state.send_replace(RelayState::Waiting);
        self.end_subscriptions(&End::Dropped { heard: heard.1 });
        ended
    }

    /// Takes one message. What must be said in return, if anything.
    fn take(&mut self, text: &str) -> Option<Utf8Bytes> {
        let counters = &self.shared.counters;
        if text.len() > MAX_EVENT_BYTES.saturating_add(ENVELOPE_BYTES) {
            count(&counters.too_large);
            return None;
        }
        let Ok(message) = serde_json::from_str::<FromRelay>(text) else {
            count(&counters.malformed);
            return None;
        };
        match message {
            FromRelay::Event { subscription, event } => self.deliver(subscription, event, text.len()),
            FromRelay::EndOfStored { subscription } => {
                let queue = self.subscriptions.get(&subscription)?;
                match queue.items.try_send(Item::EndOfStored) {
                    Ok(()) => None,
                    Err(_) => self.cut(&subscription),
                }
            }
            FromRelay::Closed { subscription, reason } => {
                finish(&self.subscriptions.remove(&subscription)?, End::Refused(reason));
                None
            }
            FromRelay::Answer {
                event_id,
                accepted,
                reason,
            } => {
                let pending = self.pending.remove(&event_id)?;
                // NIP-01: a duplicate is stored, which is what was wanted, whatever the flag says.
                let accepted = accepted || reason.starts_with("duplicate:");
                for answer in pending.answers {
                    let _ = answer.send(if accepted { Ok(()) } else { Err(reason.clone()) });
                }
                None
            }
            FromRelay::Other => None,
        }
    }

    fn deliver(&mut self, subscription: String, event: Box<Event>, bytes: usize) -> Option<Utf8Bytes> {
        let counters = &self.shared.counters;
        if event.tags.len() > MAX_EVENT_TAGS {
            count(&counters.too_large);
            return None;
        }
        let Some(queue) = self.subscriptions.get(&subscription) else {
            count(&counters.not_asked_for);
            return None;
        };
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let Ok(permit) = Arc::clone(&queue.budget).try_acquire_many_owned(permits) else {
            return self.cut(&subscription);
        };
        match queue.items.try_send(Item::Event(event, permit)) {
            Ok(()) => None,
            Err(_) => self.cut(&subscription),
        }
    }

    /// Ends a subscription whose reader is too slow, or gone.
    fn cut(&mut self, subscription: &str) -> Option<Utf8Bytes> {
        let queue = self.subscriptions.remove(subscription)?;
        if !queue.items.is_closed() {
            count(&self.shared.counters.cut);
        }
        finish(&queue, End::Cut { at: Timestamp::now() });
        Some(close_message(subscription))
    }

    fn end_subscriptions(&mut self, end: &End) {
        for (_, queue) in self.subscriptions.drain() {
            finish(&queue, end.clone());
        }
    }
}

/// Waits until the bus is closed or gone.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Leaves the reason for the reader, who finds it when the queue (dropped right after) is drained.
fn finish(queue: &Queue, end: End) {
    let _ = queue.end.set(end);
}

fn close_message(id: &str) -> Utf8Bytes {
    serde_json::json!(["CLOSE", id]).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_never_shorter_than_half() {
        let limits = BusLimits::default();
        for failures in 0..40 {
            let base = limits
                .back_off_min
                .saturating_mul(1 << failures.min(16))
                .min(limits.back_off_max);
            for random in [0, 511, 1023, u32::MAX] {
                let pause = back_off(&limits, failures, random);
                assert!(pause >= base / 2 && pause <= base, "{failures} {random} {pause:?}");
            }
        }
    }
}
