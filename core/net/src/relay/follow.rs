//! From one relay's raw subscription to checked events: verifies, drops what was not asked for, pages through what is
//! stored, and catches up after every interruption.
//!
//! A live subscription keeps the caller's filter, so that an event of any age arrives when it is published; what is stored
//! is fetched beside it in pages. After an interruption the pages reach back to the last moment that was surely covered,
//! less an overlap.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use nostr_sdk::filter::MatchEventOptions;
use nostr_sdk::{Filter, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};

use super::connection::{Relay, count};
use super::seen::Seen;
use super::subscription::{End, Item, Subscription, WhenFull};
use crate::bus::BusLimits;
use crate::verified::VerifiedEvent;

/// A page with fewer events than this was the last one: no relay known caps its answers lower.
const SMALLEST_PAGE: usize = 100;
/// Most pages in a row: a relay that invents ever older events is left alone then.
const MAX_PAGES: usize = 1000;
/// Pause after a relay refused a subscription, doubling; it may only be its rate limit.
const REFUSED_PAUSE: Duration = Duration::from_secs(5);

/// A subscription that lasted this long was welcome: the pause starts anew.
const GOOD_SUBSCRIPTION: Duration = Duration::from_secs(60);

/// What a subscription became at one relay, as the first caller wants to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Confirmation {
    Waiting,
    Confirmed,
    Refused(String),
}

/// Checks one event against its filter, signature and the memory of seen ones.
pub(super) struct Gate {
    pub(super) filter: Filter,
    pub(super) seen: Arc<Seen>,
    pub(super) relay: Relay,
}

/// What the gate found.
pub(super) enum Passed {
    /// New, checked.
    New(Box<VerifiedEvent>),
    /// Matching, and seen before.
    Again,
    /// Dropped and counted.
    No,
}

impl Gate {
    /// Cheap checks first: the filter, the memory, then hash and signature.
    pub(super) fn check(&self, event: Box<nostr_sdk::Event>) -> Passed {
        let counters = self.relay.counters();
        // Search words (NIP-50) are the relay's to judge.
        if !self.filter.match_event(&event, MatchEventOptions::new().nip50(false)) {
            count(&counters.not_asked_for);
            return Passed::No;
        }
        if self.seen.contains(&event.id) {
            count(&counters.duplicate);
            return Passed::Again;
        }
        match VerifiedEvent::check(*event) {
            Ok(verified) => {
                if self.seen.insert(verified.id) {
                    Passed::New(Box::new(verified))
                } else {
                    count(&counters.duplicate);
                    Passed::Again
                }
            }
            Err(crate::verified::EventFault::TooLarge) => {
                count(&counters.too_large);
                Passed::No
            }
            Err(_) => {
                count(&counters.forged);
                Passed::No
            }
        }
    }
}

/// Where checked events go. False when nobody wants them any more.
pub(super) trait Sink: Send {
    fn put(&mut self, event: VerifiedEvent) -> impl Future<Output = bool> + Send;
}

impl Sink for mpsc::Sender<VerifiedEvent> {
    async fn put(&mut self, event: VerifiedEvent) -> bool {
        self.send(event).await.is_ok()
    }
}

/// Why paging stopped early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stopped {
    /// The subscription ended.
    Ended(End),
    /// No answer in time.
    Silent,
    /// The sink has enough.
    Enough,
}

/// Fetches everything stored that matches `gate.filter` between `since` and its `until`, newest first, page by page.
///
/// Each page asks for events up to the oldest time seen, so events of that same second come again (and are suppressed).
/// More events in one second than a relay sends at once cannot be reached; no filter of NIP-01 can.
pub(super) async fn stored<S: Sink>(
    gate: &Gate,
    since: Option<Timestamp>,
    most: Option<usize>,
    limits: &BusLimits,
    sink: &mut S,
) -> Result<(), Stopped> {
    let mut page = gate.filter.clone();
    page.since = since.max(page.since);
    let mut left = most.unwrap_or(usize::MAX);
    // What the last page held of its oldest second: it comes again, and counts once.
    let mut repeated = HashSet::new();
    for _ in 0..MAX_PAGES {
        let wanted = limits.page_events.min(left);
        if wanted == 0 {
            return Ok(());
        }
        page.limit = Some(wanted);
        let mut subscription = gate.relay.open(&page, WhenFull::Wait).await.map_err(Stopped::Ended)?;
        let (mut matching, mut fresh) = (0_usize, 0_usize);
        let mut oldest: Option<Timestamp> = None;
        let mut of_oldest = HashSet::new();
        let cut = loop {
            let item = timeout(limits.answer_timeout, subscription.next())
                .await
                .map_err(|_| Stopped::Silent)?;
            match item {
                Ok(Item::EndOfStored) => break false,
                Ok(Item::Event(event, permit)) => {
                    let (id, created_at) = (event.id, event.created_at);
                    let passed = gate.check(event);
                    drop(permit);
                    if matches!(passed, Passed::No) {
                        continue;
                    }
                    matching = matching.saturating_add(1);
                    fresh = fresh.saturating_add(usize::from(!repeated.contains(&id)));
                    if oldest.is_none_or(|oldest| created_at < oldest) {
                        oldest = Some(created_at);
                        of_oldest.clear();
                    }
                    if oldest == Some(created_at) {
                        of_oldest.insert(id);
                    }
                    if let Passed::New(event) = passed
                        && !sink.put(*event).await
                    {
                        return Err(Stopped::Enough);
                    }
                }
                // Cut for a publication's sake: go on from there. Of that one second, some may be missed.
                Err(End::Cut { .. }) => break true,
                Err(end) => return Err(Stopped::Ended(end)),
            }
        };
        left = left.saturating_sub(fresh);
        repeated = of_oldest;
        let Some(oldest) = oldest else { return Ok(()) };
        if !cut && matching < SMALLEST_PAGE.min(wanted) {
            return Ok(());
        }
        page.until = Some(match page.until {
            Some(until) if until <= oldest => Timestamp::from_secs(oldest.as_secs().saturating_sub(1)),
            _ => oldest,
        });
        if page.since.is_some_and(|since| page.until < Some(since)) {
            return Ok(());
        }
    }
    Ok(())
}

/// Follows a filter at one relay until the bus is closed or the reader gone.
pub(super) async fn follow(
    gate: Gate,
    limits: BusLimits,
    mut sink: mpsc::Sender<VerifiedEvent>,
    confirmation: watch::Sender<Confirmation>,
) {
    // Everything published before this moment has surely been passed on.
    let mut covered: Option<Timestamp> = None;
    let mut refusals = 0_u32;
    while gate.relay.connected().await {
        let mut live_filter = gate.filter.clone();
        live_filter.limit = Some(1);
        let Ok(mut live) = gate.relay.open(&live_filter, WhenFull::Cut).await else {
            return;
        };
        let began = Instant::now();
        let end = session(&gate, &limits, &mut live, &mut sink, &confirmation, &mut covered).await;
        if began.elapsed() >= GOOD_SUBSCRIPTION {
            refusals = 0;
        }
        match end {
            End::Stopped => return,
            End::Refused(reason) => {
                drop(live);
                confirmation.send_if_modified(|was| {
                    let waiting = *was == Confirmation::Waiting;
                    if waiting {
                        *was = Confirmation::Refused(reason);
                    }
                    waiting
                });
                let pause = REFUSED_PAUSE.saturating_mul(1 << refusals.min(6));
                refusals = refusals.saturating_add(1);
                tokio::time::sleep(pause).await;
            }
            End::Dropped { .. } | End::Cut { .. } => {}
        }
        if sink.is_closed() {
            return;
        }
    }
}

/// One uninterrupted stretch: confirm, catch up, then pass on what comes. Returns why it ended.
async fn session(
    gate: &Gate,
    limits: &BusLimits,
    live: &mut Subscription,
    sink: &mut mpsc::Sender<VerifiedEvent>,
    confirmation: &watch::Sender<Confirmation>,
    covered: &mut Option<Timestamp>,
) -> End {
    let began = Timestamp::now();
    // Until the relay confirms. A relay that never says EOSE still sends live events, so silence only ends the wait.
    let confirmed = timeout(limits.answer_timeout, async {
        loop {
            match live.next().await {
                Ok(Item::EndOfStored) => return Ok(true),
                Ok(Item::Event(event, permit)) => {
                    drop(permit);
                    if !pass(gate, event, sink).await {
                        return Ok(false);
                    }
                }
                Err(end) => return Err(end),
            }
        }
    })
    .await;
    match confirmed {
        Ok(Ok(true)) => {
            confirmation.send_replace(Confirmation::Confirmed);
        }
        Ok(Ok(false)) => return End::Stopped,
        Ok(Err(end)) => return end,
        Err(_) => {}
    }

    let (since, most) = match *covered {
        Some(covered) => (Some(covered - limits.catch_up_overlap.as_secs()), None),
        None => (None, gate.filter.limit),
    };
    let mut caught_up = match stored(gate, since, most, limits, sink).await {
        Ok(()) => true,
        Err(Stopped::Enough) => return End::Stopped,
        Err(Stopped::Ended(End::Stopped)) => return End::Stopped,
        // The connection ended, or the relay takes no second subscription: pass on what is queued, and do not count this
        // stretch as covered.
        Err(Stopped::Ended(_) | Stopped::Silent) => false,
    };
    if caught_up {
        *covered = Some(began);
    }
    loop {
        match live.next().await {
            Ok(Item::EndOfStored) => {
                confirmation.send_replace(Confirmation::Confirmed);
            }
            Ok(Item::Event(event, permit)) => {
                let passed = pass(gate, event, sink).await;
                drop(permit);
                if !passed {
                    return End::Stopped;
                }
            }
            Err(end) => {
                if let End::Cut { at: until } | End::Dropped { heard: until } = end {
                    caught_up = caught_up && *covered <= Some(until);
                    if caught_up {
                        *covered = Some(until);
                    }
                }
                return end;
            }
        }
    }
}

async fn pass(gate: &Gate, event: Box<nostr_sdk::Event>, sink: &mut mpsc::Sender<VerifiedEvent>) -> bool {
    match gate.check(event) {
        Passed::New(event) => sink.put(*event).await,
        Passed::Again | Passed::No => !sink.is_closed(),
    }
}
