//! The loops of a running desk: listen, publish, redeem, tidy. Everything they do is stored first, so they can be ended
//! anywhere, by a signal or by a power cut.

use std::sync::Arc;
use std::time::Duration;

use tekram_intent::intents_filter;
use tekram_net::{Bus, Listening, RelayState, VerifiedEvent};
use tekram_primitives::wire::DeskCard;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::desk::Desk;
use crate::error::DeskError;
use crate::event::DeskEvent;
use crate::file::write_whole;

const TIDY_EVERY: Duration = Duration::from_secs(60);
/// Pause after a failure on this side, so that an error cannot become a busy loop.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);
/// How often one event is tried that this side fails on.
const TRIES: usize = 5;

/// Runs a desk until `stop` ends. It then lets go of the relays; whoever holds the desk locks its vault.
///
/// # Errors
/// The vault's while resuming; `interrupted` when it ended without being asked to. Other failures are told and worked
/// around.
pub async fn run(desk: Arc<Desk>, bus: Arc<dyn Bus>, stop: impl Future<Output = ()>) -> Result<(), DeskError> {
    desk.tell_started();
    on_thread(&desk, |desk| {
        write_card(desk)?;
        desk.finish_orders()?;
        desk.resume_payments()?;
        desk.tidy(false)
    })
    .await?;
    let mut tasks = JoinSet::new();
    let listening = Arc::new(Listeners::new(&desk));
    tasks.spawn(hear(
        Arc::clone(&desk),
        Arc::clone(&bus),
        Ear::Letters,
        Arc::clone(&listening),
    ));
    if desk.config.catalogue.is_some() {
        tasks.spawn(hear(
            Arc::clone(&desk),
            Arc::clone(&bus),
            Ear::Intents,
            Arc::clone(&listening),
        ));
    }
    tasks.spawn(publish(Arc::clone(&desk), Arc::clone(&bus)));
    tasks.spawn(redeem(Arc::clone(&desk)));
    tasks.spawn(tidy(Arc::clone(&desk), Arc::clone(&bus), Arc::clone(&listening)));
    tokio::pin!(stop);
    let asked = tokio::select! {
        () = &mut stop => true,
        // None of them ends by itself, except when the bus is closed or one of them breaks.
        _ = tasks.join_next() => false,
    };
    let heard_all = listening.all() && all_connected(bus.as_ref());
    tasks.shutdown().await;
    bus.close().await;
    on_thread(&desk, move |desk| desk.tidy(heard_all)).await?;
    if asked { Ok(()) } else { Err(DeskError::Interrupted) }
}

/// What is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ear {
    Letters,
    Intents,
}

/// How many of the ears are open, to say once when all are.
#[derive(Debug)]
struct Listeners {
    wanted: usize,
    open: std::sync::atomic::AtomicUsize,
}

impl Listeners {
    fn new(desk: &Desk) -> Self {
        Self {
            wanted: 1 + usize::from(desk.config.catalogue.is_some()),
            open: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// One more is open; true for the last.
    fn opened(&self) -> bool {
        self.open.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1 == self.wanted
    }

    fn all(&self) -> bool {
        self.open.load(std::sync::atomic::Ordering::SeqCst) >= self.wanted
    }
}

async fn hear(desk: Arc<Desk>, bus: Arc<dyn Bus>, ear: Ear, listeners: Arc<Listeners>) {
    let mut events = subscribe(&desk, bus.as_ref(), ear).await;
    if listeners.opened() {
        desk.tell(&DeskEvent::Ready {
            relays: bus
                .status()
                .into_iter()
                .filter(|relay| relay.state == RelayState::Connected)
                .map(|relay| relay.relay)
                .collect(),
        });
    }
    while let Some(event) = events.next().await {
        let event = Arc::new(event);
        for _ in 0..TRIES {
            let event = Arc::clone(&event);
            match on_thread(&desk, move |desk| take_in(desk, ear, &event)).await {
                Ok(()) => break,
                Err(DeskError::Interrupted) => return,
                // A full disk, say. What was not taken in is heard again after the next start.
                Err(error) => {
                    desk.trouble("vault", error.code());
                    tokio::time::sleep(AFTER_TROUBLE).await;
                }
            }
        }
    }
}

fn take_in(desk: &Desk, ear: Ear, event: &VerifiedEvent) -> Result<(), DeskError> {
    match ear {
        Ear::Letters => desk.hear_letter(event),
        Ear::Intents => desk.hear_intent(event),
    }
}

/// Subscribes, as often as it takes for a first relay to confirm.
async fn subscribe(desk: &Desk, bus: &dyn Bus, ear: Ear) -> Listening {
    let mut told = false;
    loop {
        let filter = match ear {
            Ear::Letters => desk.letters_wanted(),
            Ear::Intents => Ok(intents_filter(&desk.cells)),
        };
        let failure = match filter {
            Ok(filter) => match bus.listen(filter).await {
                Ok(listening) => return listening,
                Err(error) => error.code(),
            },
            Err(error) => error.code(),
        };
        if !told {
            desk.trouble("relays", failure);
            told = true;
        }
        tokio::time::sleep(AFTER_TROUBLE).await;
    }
}

async fn publish(desk: Arc<Desk>, bus: Arc<dyn Bus>) {
    loop {
        let next = desk.publish_waiting(bus.as_ref()).await;
        pause(&desk, "outbox", next, &desk.to_send).await;
    }
}

async fn redeem(desk: Arc<Desk>) {
    loop {
        let next = desk.redeem_waiting().await;
        pause(&desk, "payments", next, &desk.to_redeem).await;
    }
}

async fn pause(desk: &Desk, what: &'static str, next: Result<Option<Duration>, DeskError>, notify: &Notify) {
    let wait = match next {
        Ok(Some(wait)) => wait,
        Ok(None) => {
            notify.notified().await;
            return;
        }
        Err(error) => {
            desk.trouble(what, error.code());
            tokio::time::sleep(AFTER_TROUBLE).await;
            return;
        }
    };
    tokio::select! {
        () = notify.notified() => {}
        () = tokio::time::sleep(wait) => {}
    }
}

async fn tidy(desk: Arc<Desk>, bus: Arc<dyn Bus>, listeners: Arc<Listeners>) {
    loop {
        tokio::time::sleep(TIDY_EVERY).await;
        let heard_all = listeners.all() && all_connected(bus.as_ref());
        let done = on_thread(&desk, move |desk| {
            write_card(desk)?;
            desk.tidy(heard_all)
        });
        if let Err(error) = done.await {
            desk.trouble("vault", error.code());
        }
    }
}

fn all_connected(bus: &dyn Bus) -> bool {
    bus.status().iter().all(|relay| relay.state == RelayState::Connected)
}

/// Writes the card to `card_file` when it is not there as it should be.
fn write_card(desk: &Desk) -> Result<(), DeskError> {
    let card = desk.card()?;
    let Some(file) = &desk.config.card_file else {
        return Ok(());
    };
    let bytes = card.bytes()?;
    if std::fs::read(file).is_ok_and(|written| written == bytes) {
        return Ok(());
    }
    write_whole(file, &bytes)?;
    desk.tell(&DeskEvent::CardWritten {
        valid_until: card.body::<DeskCard>()?.valid_until,
    });
    Ok(())
}

/// Runs work that waits for the disk on a thread that may.
async fn on_thread<T: Send + 'static>(
    desk: &Arc<Desk>,
    work: impl FnOnce(&Desk) -> Result<T, DeskError> + Send + 'static,
) -> Result<T, DeskError> {
    let desk = Arc::clone(desk);
    tokio::task::spawn_blocking(move || work(&desk))
        .await
        .unwrap_or(Err(DeskError::Interrupted))
}
