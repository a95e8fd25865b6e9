//! Tokens and receipts over a real relay, sealed from one relation's key to a desk and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::time::Duration;

use nostr_sdk::{Filter, Keys, Kind, PublicKey};
use support::*;
use tekram_harness::bad_line::{BadLine, Trouble};
use tekram_harness::relay::Relay;
use tekram_net::sealed::{open_verified, seal_to};
use tekram_net::{Bus, BusLimits, NetPolicy, NostrBus, VerifiedEvent};
use tekram_pay::courier::{Courier, NostrCourier};
use tekram_pay::method::{CashuMethod, Method};
use tekram_primitives::record::{SignedRecord, WireRecord};
use tekram_primitives::secret::Secret32;
use tekram_primitives::time::{Clock, SystemClock, Timestamp};
use tekram_primitives::wire::{Commitment, CommitmentFor, KIND_MESSAGE, Message};
use url::Url;

/// A desk on a relay.
struct Post {
    desk: DeskOf,
    nostr: Keys,
    relays: Vec<String>,
    policy: NetPolicy,
}

impl Post {
    fn at(relay: &str) -> Self {
        Self {
            desk: DeskOf::named("Harbour Lights", 1),
            nostr: Keys::generate(),
            relays: vec![relay.to_owned()],
            policy: NetPolicy::default().allow(&Url::parse(relay).unwrap()),
        }
    }

    fn method(&self) -> CashuMethod {
        let Method::Cashu(method) = self.desk.method() else {
            panic!()
        };
        CashuMethod {
            nostr: self.nostr.public_key().to_hex(),
            relays: self.relays.clone(),
            ..method
        }
    }

    async fn bus(&self) -> NostrBus {
        NostrBus::connect(&self.relays, &self.policy, BusLimits::default())
            .await
            .unwrap()
    }

    async fn wraps(&self) -> Vec<VerifiedEvent> {
        let filter = Filter::new().kind(Kind::GiftWrap).pubkey(self.nostr.public_key());
        self.bus().await.fetch(filter, Duration::from_secs(5)).await.unwrap()
    }

    async fn letters(&self) -> Vec<(PublicKey, Message)> {
        let letters = self.wraps().await;
        letters
            .iter()
            .map(|letter| {
                let opened = open_verified(&self.nostr, letter).unwrap();
                (opened.sender, serde_json::from_str(&opened.json).unwrap())
            })
            .collect()
    }

    async fn answer(&self, from: &Keys, to: &PublicKey, record: &SignedRecord) {
        let json = serde_json::to_string(&Message::Receipt {
            receipt: record.clone(),
        })
        .unwrap();
        let letter = seal_to(to, from, KIND_MESSAGE, &json, None).unwrap();
        self.bus().await.publish(&letter).await.unwrap();
    }
}

fn payment(desk: &DeskOf) -> (SignedRecord, Message) {
    let payer = DeskOf::named("payer", 77).key();
    let body = Commitment {
        kind: Commitment::TYPE.to_owned(),
        version: Commitment::VERSION,
        nonce: "00".repeat(16),
        payer: payer.did(),
        payee: Some(desk.did()),
        payee_name: None,
        amount: eur(500),
        purpose: CommitmentFor::Support,
        terms: None,
        expires: None,
    };
    let record = SignedRecord::sign(&body, &payer, clock().now()).unwrap();
    (
        record.clone(),
        Message::Payment {
            commitment: record,
            token: "cashuBexample".to_owned(),
        },
    )
}

fn in_a_week() -> Timestamp {
    SystemClock.now().plus_secs(7 * 24 * 3600)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_arrives_sealed_and_only_the_desks_own_receipt_comes_back() {
    let relay = Relay::start(0).unwrap();
    let post = Post::at(&relay.url);
    let courier = NostrCourier::new(post.policy.clone());
    let key = Secret32::from([42_u8; 32]);
    let (commitment, message) = payment(&post.desk);
    let expires = in_a_week();
    courier.deliver(&post.method(), &key, &message, expires).await.unwrap();

    let wraps = post.wraps().await;
    let expiration = wraps[0].tags.expiration().unwrap().as_secs();
    assert_eq!(
        i64::try_from(expiration).unwrap(),
        expires.secs(),
        "relays may forget it then (NIP-40)"
    );
    let letters = post.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].1, message);
    let sender = letters[0].0;

    let receipt = post.desk.receipt(&commitment.id().unwrap(), eur(498));
    let stranger = Keys::generate();
    post.answer(
        &stranger,
        &sender,
        &post.desk.receipt(&commitment.id().unwrap(), eur(1)),
    )
    .await;
    assert!(
        courier.receipts(&post.method(), &key).await.unwrap().is_empty(),
        "a stranger's letter is not looked at"
    );
    post.answer(&post.nostr, &sender, &receipt).await;
    assert_eq!(courier.receipts(&post.method(), &key).await.unwrap(), [receipt]);
    let other_relation = Secret32::from([43_u8; 32]);
    assert!(
        courier
            .receipts(&post.method(), &other_relation)
            .await
            .unwrap()
            .is_empty()
    );
    courier.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_relay_is_an_error_with_a_name_and_the_next_try_works() {
    let relay = Relay::start(0).unwrap();
    let line = BadLine::to(relay.address()).unwrap();
    line.set(Trouble::Refuse);
    let post = Post::at(&format!("ws://127.0.0.1:{}", line.port()));
    let courier = NostrCourier::new(post.policy.clone());
    let key = Secret32::from([42_u8; 32]);
    let (_, message) = payment(&post.desk);
    assert_eq!(
        courier
            .deliver(&post.method(), &key, &message, in_a_week())
            .await
            .unwrap_err()
            .code(),
        "no_relay"
    );
    line.set(Trouble::None);
    courier
        .deliver(&post.method(), &key, &message, in_a_week())
        .await
        .unwrap();
    assert_eq!(post.letters().await.len(), 1);
}
