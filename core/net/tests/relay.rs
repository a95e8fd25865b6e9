//! The noticeboard against a real relay, and against a line to it that breaks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::asked_for;
use nostr_sdk::{Event, EventBuilder, EventId, Filter, Keys, Kind, Tag, Timestamp};
use tekram_harness::bad_line::{BadLine, Trouble};
use tekram_harness::relay::Relay;
use tekram_net::{Bus, BusError, BusLimits, Listening, NetPolicy, NostrBus, RelayState};

/// Pauses are short, so that tests do not wait; waits for answers are long, so that a slow machine changes nothing.
fn quick() -> BusLimits {
    BusLimits {
        back_off_min: Duration::from_millis(10),
        back_off_max: Duration::from_millis(50),
        straggler_timeout: Duration::from_secs(30),
        answer_timeout: Duration::from_secs(30),
        ..BusLimits::default()
    }
}

const LONG: Duration = Duration::from_secs(30);

async fn bus(urls: &[&str]) -> NostrBus {
    let relays: Vec<String> = urls.iter().map(|url| (*url).to_owned()).collect();
    NostrBus::connect(&relays, &asked_for(urls), quick()).await.unwrap()
}

fn note(text: &str) -> Event {
    EventBuilder::text_note(text).sign_with_keys(&Keys::generate()).unwrap()
}

/// An address where nobody listens.
fn nobody() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    format!("ws://127.0.0.1:{port}")
}

fn notes() -> Filter {
    Filter::new().kind(Kind::TextNote)
}

async fn heard(listening: &mut Listening, count: usize) -> BTreeSet<EventId> {
    let mut ids = BTreeSet::new();
    while ids.len() < count {
        assert!(
            ids.insert(listening.next().await.expect("the bus is open").id),
            "each event comes once"
        );
    }
    ids
}

#[tokio::test]
async fn what_is_published_is_stored_and_heard() {
    let relay = Relay::start(0).unwrap();
    let (writer, reader) = (bus(&[&relay.url]).await, bus(&[&relay.url]).await);
    let before = note("before");
    let published = writer.publish(&before).await.unwrap();
    assert_eq!(
        (published.accepted, published.refused),
        (vec![relay.url.clone()], vec![])
    );
    let mut listening = reader.listen(notes()).await.unwrap();
    let after = note("after");
    writer.publish(&after).await.unwrap();
    assert_eq!(heard(&mut listening, 2).await, BTreeSet::from([before.id, after.id]));
    let stored = reader.fetch(notes(), LONG).await.unwrap();
    assert_eq!(stored.len(), 2);
    assert!(stored[0].created_at >= stored[1].created_at, "newest first");
}

#[tokio::test]
async fn publishing_again_is_harmless() {
    let relay = Relay::start(0).unwrap();
    let bus = bus(&[&relay.url]).await;
    let event = note("twice");
    for _ in 0..2 {
        assert_eq!(bus.publish(&event).await.unwrap().accepted.len(), 1);
    }
    let (first, second) = tokio::join!(bus.publish(&event), bus.publish(&event));
    assert!(first.is_ok() && second.is_ok());
}

#[tokio::test]
async fn several_relays_give_each_event_once() {
    let (one, two) = (Relay::start(0).unwrap(), Relay::start(0).unwrap());
    let both = bus(&[&one.url, &two.url]).await;
    let mut listening = both.listen(notes()).await.unwrap();
    let events: Vec<Event> = (0..20).map(|n| note(&n.to_string())).collect();
    for event in &events {
        assert_eq!(both.publish(event).await.unwrap().accepted.len(), 2);
    }
    assert_eq!(heard(&mut listening, 20).await.len(), 20);
    assert!(listening.try_next().is_none());
    assert_eq!(both.fetch(notes(), LONG).await.unwrap().len(), 20);
}

#[tokio::test]
async fn more_than_a_page_is_fetched_whole_and_a_limit_is_kept() {
    let relay = Relay::start(0).unwrap();
    let bus = bus(&[&relay.url]).await;
    let keys = Keys::generate();
    let start = Timestamp::now().as_secs() - 10_000;
    let mut all = BTreeSet::new();
    for n in 0..1300 {
        // Three events a second, so that pages end in the middle of a second.
        let event = EventBuilder::text_note(n.to_string())
            .custom_created_at(Timestamp::from_secs(start + n / 3))
            .sign_with_keys(&keys)
            .unwrap();
        bus.publish(&event).await.unwrap();
        all.insert(event.id);
    }
    let fetched = bus.fetch(notes(), LONG).await.unwrap();
    assert_eq!(fetched.iter().map(|event| event.id).collect::<BTreeSet<_>>(), all);
    assert_eq!(fetched.len(), 1300);
    let newest = bus.fetch(notes().limit(7), LONG).await.unwrap();
    assert_eq!(
        newest.iter().map(|e| e.id).collect::<Vec<_>>(),
        fetched[..7].iter().map(|e| e.id).collect::<Vec<_>>()
    );
    // Two pages, the second of which begins with what the first ended with.
    let two_pages = bus.fetch(notes().limit(600), LONG).await.unwrap();
    assert_eq!(two_pages.len(), 600);
    let mut listening = bus.listen(notes()).await.unwrap();
    assert_eq!(heard(&mut listening, 1300).await, all);
}

#[tokio::test]
async fn a_dropped_connection_loses_nothing() {
    let relay = Relay::start(0).unwrap();
    let line = BadLine::to(relay.address()).unwrap();
    let url = format!("ws://127.0.0.1:{}", line.port());
    let (writer, reader) = (bus(&[&relay.url]).await, bus(&[&url]).await);
    let mut listening = reader.listen(notes()).await.unwrap();
    let mut expected = BTreeSet::new();
    let mut got = BTreeSet::new();
    for round in 0..5 {
        let during = note(&format!("connected {round}"));
        writer.publish(&during).await.unwrap();
        expected.insert(during.id);
        line.set(Trouble::Refuse);
        line.cut();
        for n in 0..20 {
            // As old as a wrap may claim to be (NIP-59), and older than the moment the line broke.
            let away = EventBuilder::text_note(format!("away {round} {n}"))
                .custom_created_at(Timestamp::tweaked(0..172_800))
                .sign_with_keys(&Keys::generate())
                .unwrap();
            writer.publish(&away).await.unwrap();
            expected.insert(away.id);
        }
        line.set(Trouble::None);
        while got.len() < expected.len() {
            assert!(got.insert(listening.next().await.unwrap().id), "each event comes once");
        }
        assert_eq!(got, expected, "round {round}");
    }
    let status = reader.status();
    assert!(status[0].connections >= 6, "{status:?}");
    // And an event published live after all that, with any claimed age, arrives too.
    let old = EventBuilder::text_note("old")
        .custom_created_at(Timestamp::from_secs(1_000_000))
        .sign_with_keys(&Keys::generate())
        .unwrap();
    writer.publish(&old).await.unwrap();
    assert_eq!(listening.next().await.unwrap().id, old.id);
}

#[tokio::test]
async fn a_publication_survives_a_dropped_connection() {
    let relay = Relay::start(0).unwrap();
    let line = BadLine::to(relay.address()).unwrap();
    let url = format!("ws://127.0.0.1:{}", line.port());
    let writer = bus(&[&url]).await;
    line.set(Trouble::Refuse);
    line.cut();
    let event = note("later");
    let (published, ()) = tokio::join!(writer.publish(&event), async {
        while writer.status()[0].state != RelayState::Waiting {
            tokio::task::yield_now().await;
        }
        line.set(Trouble::None);
    });
    assert_eq!(published.unwrap().accepted, [url]);
}

#[tokio::test]
async fn a_fetch_survives_a_dropped_connection() {
    let relay = Relay::start(0).unwrap();
    bus(&[&relay.url]).await.publish(&note("stored")).await.unwrap();
    let line = BadLine::to(relay.address()).unwrap();
    let url = format!("ws://127.0.0.1:{}", line.port());
    let reader = bus(&[&url]).await;
    line.cut();
    assert_eq!(reader.fetch(notes(), LONG).await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_relay_is_a_named_error() {
    let url = nobody();
    let error = NostrBus::connect(std::slice::from_ref(&url), &asked_for(&[&url]), quick())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        BusError::NoRelay {
            reasons: vec![(url, "unreachable".to_owned())]
        }
    );
    assert_eq!(
        NostrBus::connect(&[], &NetPolicy::default(), quick())
            .await
            .unwrap_err()
            .code(),
        "no_relay"
    );
}

#[tokio::test]
async fn one_dead_relay_does_not_hold_up_the_others() {
    let (alive, dead_url) = (Relay::start(0).unwrap(), nobody());
    let urls = [alive.url.as_str(), dead_url.as_str()];
    let relays: Vec<String> = urls.iter().map(|url| (*url).to_owned()).collect();
    let bus = NostrBus::connect(&relays, &asked_for(&urls), quick()).await.unwrap();
    while bus.status().iter().all(|status| status.last_failure.is_none()) {
        tokio::task::yield_now().await;
    }
    let published = bus.publish(&note("x")).await.unwrap();
    assert_eq!(published.accepted, std::slice::from_ref(&alive.url));
    assert_eq!(published.refused, [(dead_url, "unreachable".to_owned())]);
    assert_eq!(bus.fetch(notes(), LONG).await.unwrap().len(), 1);
    assert_eq!(bus.listen(notes()).await.unwrap().next().await.unwrap().content, "x");
}

#[tokio::test]
async fn a_relay_in_ones_own_network_must_be_asked_for() {
    let relay = Relay::start(0).unwrap();
    let url = relay.url.clone();
    let error = NostrBus::connect(std::slice::from_ref(&url), &NetPolicy::default(), quick())
        .await
        .unwrap_err();
    assert_eq!(error, BusError::PrivateAddress { relay: url });
    // A name that answers with a private address, found out at the look-up.
    let name = format!("wss://localhost:{}", relay.port());
    let error = NostrBus::connect(std::slice::from_ref(&name), &NetPolicy::default(), quick())
        .await
        .unwrap_err();
    assert_eq!(error, BusError::PrivateAddress { relay: name });
}

#[tokio::test]
async fn closing_ends_everything() {
    let relay = Relay::start(0).unwrap();
    let bus = bus(&[&relay.url]).await;
    let mut listening = bus.listen(notes()).await.unwrap();
    bus.close().await;
    assert!(listening.next().await.is_none());
    assert_eq!(bus.status()[0].state, RelayState::Closed);
    assert_eq!(bus.publish(&note("x")).await.unwrap_err(), BusError::Closed);
    assert_eq!(bus.fetch(notes(), LONG).await.unwrap_err(), BusError::Closed);
    assert_eq!(bus.listen(notes()).await.unwrap_err(), BusError::Closed);
}

#[tokio::test]
async fn dropping_the_bus_ends_its_subscriptions() {
    let relay = Relay::start(0).unwrap();
    let bus = bus(&[&relay.url]).await;
    let mut listening = bus.listen(notes()).await.unwrap();
    drop(bus);
    assert!(listening.next().await.is_none());
}

#[tokio::test]
async fn a_filter_by_tag_hears_only_its_own() {
    let relay = Relay::start(0).unwrap();
    let bus = bus(&[&relay.url]).await;
    let me = Keys::generate();
    let mut listening = bus
        .listen(Filter::new().kind(Kind::GiftWrap).pubkey(me.public_key()))
        .await
        .unwrap();
    let to = |receiver: &Keys| {
        EventBuilder::new(Kind::GiftWrap, "x")
            .tag(Tag::public_key(receiver.public_key()))
            .sign_with_keys(&Keys::generate())
            .unwrap()
    };
    bus.publish(&to(&Keys::generate())).await.unwrap();
    let mine = to(&me);
    bus.publish(&mine).await.unwrap();
    assert_eq!(listening.next().await.unwrap().id, mine.id);
}

#[tokio::test]
async fn through_a_proxy_relays_are_reached_by_name() {
    let relay = Relay::start(0).unwrap();
    let proxy = common::Socks::to(relay.address()).await;
    let url = "ws://relay.example.invalid:7777".to_owned();
    let policy = asked_for(&[&url]).through(url::Url::parse(&proxy.url).unwrap());
    let bus = NostrBus::connect(std::slice::from_ref(&url), &policy, quick())
        .await
        .unwrap();
    assert_eq!(bus.publish(&note("x")).await.unwrap().accepted, [url]);
    assert_eq!(*proxy.names.lock().unwrap(), ["relay.example.invalid:7777"]);
    let other = policy.clone().through(url::Url::parse("http://127.0.0.1:1").unwrap());
    let wss = ["wss://relay.example.invalid".to_owned()];
    assert_eq!(
        NostrBus::connect(&wss, &other, quick()).await.unwrap_err().code(),
        "bad_proxy"
    );
}
