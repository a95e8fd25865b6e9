//! One relay's connection: a task that dials, reads, answers, and dials again with back-off.
//!
//! The task knows messages and subscriptions, not what they mean: it hands each subscription's events to a bounded queue.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use nostr_sdk::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::connection::{Command, Shared, Verdict, count, random_name};
use super::dial::{Dialer, RelayAddress, Socket};
use super::message::FromRelay;
use super::subscription::{End, Queue, Room, Said, WhenFull, close_message};
use crate::bus::{BusLimits, RelayState};
use crate::verified::{MAX_EVENT_BYTES, MAX_EVENT_TAGS};

/// Publications waiting for their answers.
const MAX_PENDING: usize = 1024;
/// What surrounds an event in a message.
const ENVELOPE_BYTES: usize = 256;
/// A connection that lasted this long was a good one: the back-off starts anew.
const GOOD_CONNECTION: Duration = Duration::from_secs(30);
/// Longest wait for the relay to take a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// A pause that doubles with each failure, with jitter over its upper half, so that a relay that comes back is not met by
/// everybody at once.
fn back_off(limits: &BusLimits, failures: u32, random: u32) -> Duration {
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

/// A connection's task.
pub(super) struct Task {
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

/// What a page's queue has no room for; nothing more is read until it has.
struct Stalled {
    id: String,
    queue: Queue,
    said: Said,
}

impl Stalled {
    async fn room(stalled: Option<&Self>) -> Option<Room> {
        match stalled {
            Some(stalled) => stalled.queue.room(&stalled.said).await,
            None => std::future::pending().await,
        }
    }
}

/// What a message leads to.
enum Next {
    Nothing,
    Say(Utf8Bytes),
    Stall(Stalled),
}

impl Task {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn new(
        address: RelayAddress,
        dialer: Dialer,
        limits: BusLimits,
        stop: watch::Receiver<bool>,
        inbox: mpsc::Receiver<Command>,
        state: watch::Sender<RelayState>,
        failures: watch::Sender<u32>,
        shared: Arc<Shared>,
    ) -> Self {
        let (pending, subscriptions) = (HashMap::new(), HashMap::new());
        Self {
            address,
            dialer,
            limits,
            stop,
            inbox,
            state,
            failures,
            shared,
            pending,
            subscriptions,
        }
    }

    /// Runs until the bus is closed or all handles are gone.
    pub(super) async fn run(mut self) {
        let mut failures = 0_u32;
        loop {
            self.state.send_replace(RelayState::Connecting);
            let dialer = self.dialer.clone();
            let address = self.address.clone();
            let Some(dialled) = self.while_offline(async move { dialer.dial(&address).await }).await else {
                break;
            };
            let failure = match dialled {
                Ok((socket, clock_skew_s)) => {
                    *self.shared.clock_skew_s.lock().unwrap_or_else(PoisonError::into_inner) = clock_skew_s;
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
                    Command::Open { queue, .. } => queue.finish(End::Dropped { heard: Timestamp::now() }),
                    Command::Close { .. } => {}
                },
            }
        }
    }

    /// Keeps a publication until it is answered. The message to send, unless it is waiting already.
    fn remember(&mut self, id: String, message: Utf8Bytes, answer: oneshot::Sender<Verdict>) -> Option<Utf8Bytes> {
        self.forget_abandoned();
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

    /// Forgets publications that nobody waits for any more.
    fn forget_abandoned(&mut self) {
        self.pending
            .retain(|_, pending| pending.answers.iter().any(|answer| !answer.is_closed()));
    }

    async fn session(&mut self, socket: Socket) -> Ended {
        let (mut out, mut input) = socket.split();
        let mut heard = (Instant::now(), Timestamp::now());
        let mut heartbeat = tokio::time::interval_at(Instant::now() + self.limits.heartbeat, self.limits.heartbeat);
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut stalled: Option<Stalled> = None;
        self.forget_abandoned();
        let mut waiting: Vec<Utf8Bytes> = self.pending.values().map(|pending| pending.message.clone()).collect();
        self.state.send_replace(RelayState::Connected);
        let ended = loop {
            // A publication is waited for by somebody who may be the page's slow reader: its answer comes first.
            if stalled.is_some() {
                self.forget_abandoned();
                if !self.pending.is_empty() {
                    waiting.extend(stalled.take().and_then(|stalled| self.cut(&stalled.id)));
                }
            }
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
                room = Stalled::room(stalled.as_ref()), if stalled.is_some() => {
                    heard = (Instant::now(), Timestamp::now());
                    if let (Some(stalled), Some(room)) = (stalled.take(), room) {
                        room.fill(stalled.said);
                    }
                }
                message = input.next(), if stalled.is_none() => match message {
                    Some(Ok(message)) => {
                        heard = (Instant::now(), Timestamp::now());
                        match message {
                            Message::Text(text) => match self.take(&text) {
                                Next::Nothing => {}
                                Next::Say(message) => waiting.push(message),
                                Next::Stall(more) => stalled = Some(more),
                            },
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
                    if stalled.is_none() && heard.0.elapsed() > self.limits.heartbeat.saturating_mul(2) {
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

    /// Takes one message.
    fn take(&mut self, text: &str) -> Next {
        let counters = &self.shared.counters;
        if text.len() > MAX_EVENT_BYTES.saturating_add(ENVELOPE_BYTES) {
            count(&counters.too_large);
            return Next::Nothing;
        }
        let Ok(message) = serde_json::from_str::<FromRelay>(text) else {
            count(&counters.malformed);
            return Next::Nothing;
        };
        match message {
            FromRelay::Event { event, .. } if event.tags.len() > MAX_EVENT_TAGS => {
                count(&counters.too_large);
                Next::Nothing
            }
            FromRelay::Event { subscription, event } => self.deliver(subscription, Said::Event(event, text.len())),
            FromRelay::EndOfStored { subscription } => self.deliver(subscription, Said::EndOfStored),
            FromRelay::Closed { subscription, reason } => {
                if let Some(queue) = self.subscriptions.remove(&subscription) {
                    queue.finish(End::Refused(reason));
                }
                Next::Nothing
            }
            FromRelay::Answer {
                event_id,
                accepted,
                reason,
            } => {
                // NIP-01: a duplicate is stored, which is what was wanted, whatever the flag says.
                let accepted = accepted || reason.starts_with("duplicate:");
                for answer in self
                    .pending
                    .remove(&event_id)
                    .into_iter()
                    .flat_map(|pending| pending.answers)
                {
                    let _ = answer.send(if accepted { Ok(()) } else { Err(reason.clone()) });
                }
                Next::Nothing
            }
            FromRelay::Other => Next::Nothing,
        }
    }

    fn deliver(&mut self, id: String, said: Said) -> Next {
        let Some(queue) = self.subscriptions.get(&id) else {
            if matches!(said, Said::Event(..)) {
                count(&self.shared.counters.not_asked_for);
            }
            return Next::Nothing;
        };
        match (queue.offer(said), queue.when_full) {
            (Ok(()), _) => Next::Nothing,
            (Err(said), WhenFull::Wait) if !queue.is_closed() => {
                let queue = queue.clone();
                Next::Stall(Stalled { id, queue, said })
            }
            (Err(_), _) => self.cut(&id).map_or(Next::Nothing, Next::Say),
        }
    }

    /// Ends a subscription whose reader is too slow, or gone. What to tell the relay.
    fn cut(&mut self, id: &str) -> Option<Utf8Bytes> {
        let queue = self.subscriptions.remove(id)?;
        if !queue.is_closed() {
            count(&self.shared.counters.cut);
        }
        queue.finish(End::Cut { at: Timestamp::now() });
        Some(close_message(id))
    }

    fn end_subscriptions(&mut self, end: &End) {
        for (_, queue) in self.subscriptions.drain() {
            queue.finish(end.clone());
        }
    }
}

/// Waits until the bus is closed or gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
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
