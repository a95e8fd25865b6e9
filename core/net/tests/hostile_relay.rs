//! The noticeboard against a relay that lies, floods, refuses and hangs up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::time::Duration;

use common::{Client, RawRelay, asked_for};
use nostr_sdk::{Event, EventBuilder, Filter, Keys, Kind, Tag, TagKind};
use serde_json::{Value, json};
use tekram_net::{Bus, BusError, BusLimits, Listening, MAX_EVENT_BYTES, NostrBus};

const LONG: Duration = Duration::from_secs(30);

fn quick() -> BusLimits {
    BusLimits {
        back_off_min: Duration::from_millis(5),
        back_off_max: Duration::from_millis(20),
        answer_timeout: LONG,
        straggler_timeout: LONG,
        ..BusLimits::default()
    }
}

async fn connected(relay: &mut RawRelay, limits: BusLimits) -> (NostrBus, Client) {
    let bus = NostrBus::connect(std::slice::from_ref(&relay.url), &asked_for(&[&relay.url]), limits)
        .await
        .unwrap();
    (bus, relay.client().await)
}

fn note(text: &str) -> Event {
    EventBuilder::text_note(text).sign_with_keys(&Keys::generate()).unwrap()
}

fn notes() -> Filter {
    Filter::new().kind(Kind::TextNote)
}

fn event(request: &Value, event: &Value) -> Value {
    json!(["EVENT", request[1], event])
}

/// Confirms the live subscription and answers the page beside it with nothing.
async fn confirm(client: &mut Client) -> Value {
    let live = client.hear("REQ").await;
    client.eose(&live);
    let page = client.hear("REQ").await;
    client.eose(&page);
    live
}

async fn listen(bus: &NostrBus, client: &mut Client) -> (Listening, Value) {
    let (listening, live) = tokio::join!(bus.listen(notes()), confirm(client));
    (listening.unwrap(), live)
}

#[tokio::test]
async fn what_is_forged_unasked_or_giant_is_dropped_and_counted() {
    let mut relay = RawRelay::start().await;
    let (bus, mut client) = connected(&mut relay, quick()).await;
    let (mut listening, live) = listen(&bus, &mut client).await;

    let honest = note("honest");
    let mut false_signature = json!(honest);
    false_signature["sig"] = json!(note("other").sig.to_string());
    let mut false_id = json!(note("a"));
    false_id["content"] = json!("changed");
    let mut stolen_name = json!(note("b"));
    stolen_name["pubkey"] = json!(Keys::generate().public_key());
    for forged in [&false_signature, &false_id, &stolen_name] {
        client.say(&event(&live, forged));
    }
    let other_kind = EventBuilder::new(Kind::Metadata, "{}")
        .sign_with_keys(&Keys::generate())
        .unwrap();
    client.say(&event(&live, &json!(other_kind)));
    client.say(&json!(["EVENT", "nobodys", note("unasked")]));
    client.say(&event(&live, &json!(note(&"x".repeat(MAX_EVENT_BYTES + 1)))));
    let tags = (0..2001).map(|n| Tag::custom(TagKind::custom("x"), [n.to_string()]));
    let many_tags = EventBuilder::text_note("tags")
        .tags(tags)
        .sign_with_keys(&Keys::generate())
        .unwrap();
    client.say(&event(&live, &json!(many_tags)));
    for nonsense in ["", "null", "[", "[\"EVENT\"]", "[\"EVENT\",\"x\",{\"id\":1}]"] {
        let _ = client.tell.send(nonsense.to_owned());
    }
    client.say(&json!(["NOTICE", "x".repeat(100_000)]));
    client.say(&json!(["AUTH", "challenge"]));
    client.say(&event(&live, &json!(honest)));
    client.say(&event(&live, &json!(honest)));
    let last = note("last");
    client.say(&event(&live, &json!(last)));

    // The forgery of the honest event came first and did not hide it.
    assert_eq!(listening.next().await.unwrap().id, honest.id);
    assert_eq!(listening.next().await.unwrap().id, last.id);
    let dropped = bus.status()[0].dropped;
    assert_eq!(
        (dropped.forged, dropped.not_asked_for, dropped.too_large),
        (3, 2, 2),
        "{dropped:?}"
    );
    assert_eq!(
        (dropped.malformed, dropped.duplicate, dropped.cut),
        (5, 1, 0),
        "{dropped:?}"
    );
}

#[tokio::test]
async fn a_message_beyond_all_measure_ends_the_connection_and_not_the_subscription() {
    let mut relay = RawRelay::start().await;
    let (bus, mut client) = connected(&mut relay, quick()).await;
    let (mut listening, _) = listen(&bus, &mut client).await;
    let _ = client.tell.send("x".repeat(64 * 1024 * 1024));
    let mut again = relay.client().await;
    let live = confirm(&mut again).await;
    let fine = note("fine");
    again.say(&event(&live, &json!(fine)));
    assert_eq!(listening.next().await.unwrap().id, fine.id);
    assert_eq!(bus.status()[0].last_failure, Some("message_too_large"));
}

#[tokio::test]
async fn a_refusal_is_passed_on_in_the_relays_own_words() {
    let mut relay = RawRelay::start().await;
    let (bus, mut client) = connected(&mut relay, quick()).await;
    let letter = note("x");
    let refuse = async {
        let sent = client.hear("EVENT").await;
        client.say(&json!(["OK", sent[1]["id"], false, "blocked: not\u{7} here"]));
    };
    let (published, ()) = tokio::join!(bus.publish(&letter), refuse);
    let refused = vec![(relay.url.clone(), "blocked: not here".to_owned())];
    assert_eq!(published.unwrap_err(), BusError::NoRelayAccepted { refused });

    let closed = async {
        let request = client.hear("REQ").await;
        client.say(&json!(["CLOSED", request[1], "auth-required: who are you?"]));
    };
    let (fetched, ()) = tokio::join!(bus.fetch(notes(), LONG), closed);
    let refused = BusError::RelayRefused {
        relay: relay.url.clone(),
        reason: "auth-required: who are you?".to_owned(),
    };
    assert_eq!(fetched.unwrap_err(), refused);

    let closed = async {
        let request = client.hear("REQ").await;
        client.say(&json!(["CLOSED", request[1], "auth-required: who are you?"]));
    };
    let (listening, ()) = tokio::join!(bus.listen(notes()), closed);
    assert_eq!(listening.unwrap_err(), refused);
}

#[tokio::test]
async fn silence_is_a_named_error() {
    let mut relay = RawRelay::start().await;
    let limits = BusLimits {
        answer_timeout: Duration::from_millis(50),
        connect_timeout: Duration::from_secs(1),
        ..quick()
    };
    let (bus, _client) = connected(&mut relay, limits).await;
    let refused = vec![(relay.url.clone(), "timed_out".to_owned())];
    assert_eq!(
        bus.publish(&note("x")).await.unwrap_err(),
        BusError::NoRelayAccepted { refused }
    );
    assert_eq!(
        bus.fetch(notes(), Duration::from_millis(50)).await.unwrap_err(),
        BusError::TimedOut
    );
    assert_eq!(bus.listen(notes()).await.unwrap_err().code(), "no_relay");
}

#[tokio::test]
async fn a_flood_is_cut_and_caught_up_without_holding_up_an_answer() {
    let mut relay = RawRelay::start().await;
    // Room for two events of 100 kB.
    let limits = BusLimits {
        max_waiting_bytes: 256 * 1024,
        ..quick()
    };
    let (bus, mut client) = connected(&mut relay, limits).await;
    let (mut listening, live) = listen(&bus, &mut client).await;
    let big = |n: usize| note(&format!("{n}{}", "x".repeat(100_000)));
    let flood: Vec<Event> = (0..200).map(big).collect();
    for one in &flood {
        client.say(&event(&live, &json!(one)));
    }
    // Nobody reads `listening`, and still this publication is answered on the same connection.
    let letter = note("x");
    let answer = async {
        let sent = client.hear("EVENT").await;
        client.say(&json!(["OK", sent[1]["id"], true, ""]));
    };
    let (published, ()) = tokio::join!(bus.publish(&letter), answer);
    assert_eq!(published.unwrap().accepted.len(), 1);
    while client.hear("CLOSE").await[1] != live[1] {} // the page's own end may come first
    // The reader comes back, drains what was kept, and is asked for the rest.
    let mut got = std::collections::BTreeSet::new();
    let (read, mut serve) = (
        async {
            while got.len() < flood.len() {
                got.insert(listening.next().await.unwrap().id);
            }
        },
        Box::pin(async {
            // An honest relay from here on: newest first, no more than asked for.
            loop {
                let request = client.hear("REQ").await;
                let most = request[2]["limit"].as_u64().unwrap_or(500).min(500);
                let until = request[2]["until"].as_u64().unwrap_or(u64::MAX);
                let mut matching: Vec<&Event> = flood.iter().filter(|one| one.created_at.as_secs() <= until).collect();
                matching.sort_by_key(|one| std::cmp::Reverse(one.created_at));
                for one in matching.into_iter().take(usize::try_from(most).unwrap()) {
                    client.say(&event(&request, &json!(one)));
                }
                client.eose(&request);
            }
        }),
    );
    tokio::select! {
        () = read => {}
        () = &mut serve => {}
    }
    assert_eq!(got.len(), 200);
    assert!(bus.status()[0].dropped.cut >= 1);
}

#[tokio::test]
async fn a_relay_that_hangs_up_at_once_is_tried_again_and_loses_the_subscription_nothing() {
    let mut relay = RawRelay::start().await;
    let (bus, mut client) = connected(&mut relay, quick()).await;
    let (mut listening, first) = listen(&bus, &mut client).await;
    drop(client);
    for _ in 0..3 {
        drop(relay.client().await);
    }
    let mut client = relay.client().await;
    let live = client.hear("REQ").await;
    assert_ne!(live[1], first[1], "subscription names do not link connections");
    assert!(
        live[2].get("since").is_none(),
        "an event of any age is heard when it comes"
    );
    client.eose(&live);
    let page = client.hear("REQ").await;
    assert!(page[2]["since"].is_u64(), "what was missed is asked for");
    let missed = note("missed");
    client.say(&event(&page, &json!(missed)));
    client.eose(&page);
    assert_eq!(listening.next().await.unwrap().id, missed.id);
}

#[tokio::test]
async fn dropping_a_subscription_tells_the_relay() {
    let mut relay = RawRelay::start().await;
    let (bus, mut client) = connected(&mut relay, quick()).await;
    let (listening, live) = listen(&bus, &mut client).await;
    drop(listening);
    while client.hear("CLOSE").await[1] != live[1] {}
}

#[tokio::test]
async fn endless_pages_of_a_relay_that_ignores_limits_stop_at_the_callers_limit() {
    let mut relay = RawRelay::start().await;
    let limits = BusLimits {
        max_fetch_events: 30,
        ..quick()
    };
    let (bus, mut client) = connected(&mut relay, limits).await;
    let serve = async {
        let request = client.hear("REQ").await;
        for n in 0..200 {
            client.say(&event(&request, &json!(note(&n.to_string()))));
        }
    };
    let (fetched, ()) = tokio::join!(bus.fetch(notes(), LONG), serve);
    assert_eq!(fetched.unwrap().len(), 30);
}

#[tokio::test]
async fn an_event_too_large_for_any_relay_is_not_sent() {
    let mut relay = RawRelay::start().await;
    let (bus, mut client) = connected(&mut relay, quick()).await;
    let error = bus.publish(&note(&"x".repeat(MAX_EVENT_BYTES))).await.unwrap_err();
    assert_eq!(error.code(), "event_too_large");
    bus.close().await;
    assert!(client.said.recv().await.is_none(), "nothing was sent");
}

#[tokio::test]
async fn a_page_larger_than_what_may_wait_arrives_whole_also_within_one_second() {
    let mut relay = RawRelay::start().await;
    let limits = BusLimits {
        max_waiting_bytes: 256 * 1024,
        ..quick()
    };
    let (bus, mut client) = connected(&mut relay, limits).await;
    let now = nostr_sdk::Timestamp::now();
    let stored: Vec<Event> = (0..90)
        .map(|n| {
            let text = format!("{n}{}", "x".repeat(100_000));
            EventBuilder::text_note(text)
                .custom_created_at(now)
                .sign_with_keys(&Keys::generate())
                .unwrap()
        })
        .collect();
    let serve = async {
        let live = client.hear("REQ").await;
        client.eose(&live);
        let page = client.hear("REQ").await;
        for one in &stored {
            client.say(&event(&page, &json!(one)));
        }
        client.eose(&page);
    };
    let (listening, ()) = tokio::join!(bus.listen(notes()), serve);
    let mut listening = listening.unwrap();
    let mut got = std::collections::BTreeSet::new();
    while got.len() < stored.len() {
        got.insert(listening.next().await.unwrap().id);
    }
    assert_eq!(bus.status()[0].dropped.cut, 0);
}

#[tokio::test]
async fn a_page_that_nobody_reads_does_not_hold_up_a_publication() {
    let mut relay = RawRelay::start().await;
    let limits = BusLimits {
        max_waiting_bytes: 128 * 1024,
        ..quick()
    };
    let (bus, mut client) = connected(&mut relay, limits).await;
    let big: Vec<Event> = (0..60).map(|n| note(&format!("{n}{}", "x".repeat(100_000)))).collect();
    let serve = async {
        let live = client.hear("REQ").await;
        client.eose(&live);
        let page = client.hear("REQ").await;
        for one in &big {
            client.say(&event(&page, &json!(one)));
        }
        let sent = client.hear("EVENT").await;
        client.say(&json!(["OK", sent[1]["id"], true, ""]));
    };
    let publish = async {
        let listening = bus.listen(notes()).await.unwrap();
        let published = bus.publish(&note("x")).await;
        drop(listening);
        published
    };
    let (published, ()) = tokio::join!(publish, serve);
    assert_eq!(published.unwrap().accepted.len(), 1);
}

#[tokio::test]
async fn a_connection_that_went_silent_is_given_up_and_made_anew() {
    // Shakes hands, and then neither reads nor writes: what a phone sees after it changed networks.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let mute = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(tokio_tungstenite::accept_async(stream).await.unwrap());
        }
    });
    let limits = BusLimits {
        heartbeat: Duration::from_millis(5),
        ..quick()
    };
    let bus = NostrBus::connect(std::slice::from_ref(&url), &asked_for(&[&url]), limits)
        .await
        .unwrap();
    while bus.status()[0].connections < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bus.status()[0].last_failure, Some("relay_silent"));
    mute.abort();
}

#[tokio::test]
async fn a_relays_clock_is_kept_as_evidence() {
    use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let old = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        #[allow(clippy::result_large_err)]
        let dated = |_: &Request, mut answer: Response| {
            answer
                .headers_mut()
                .insert("date", "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
            Ok(answer)
        };
        let _held = tokio_tungstenite::accept_hdr_async(stream, dated).await.unwrap();
        std::future::pending::<()>().await;
    });
    let bus = NostrBus::connect(std::slice::from_ref(&url), &asked_for(&[&url]), quick())
        .await
        .unwrap();
    let skew = bus.status()[0].clock_skew_s.unwrap();
    let expected = 784_111_777 - i64::try_from(nostr_sdk::Timestamp::now().as_secs()).unwrap();
    assert!((skew - expected).abs() <= 60, "{skew} {expected}");
    old.abort();
}
