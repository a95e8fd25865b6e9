//! From a request that is heard to an agreement that both sides hold, and everything that must not come to that.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::sync::Arc;

use common::{CATALOGUE, Customer, PATIENCE, Shop, bus, policy, terms};
use nostr_sdk::Keys;
use serde_json::json;
use tekram_desk::extract::extract;
use tekram_desk::pickup::find_pickup;
use tekram_desk::records::{record_bytes, records};
use tekram_desk::run::run;
use tekram_harness::relay::Relay;
use tekram_intent::{Cell, Line, POW_BITS, Reach, Until, Wish, pickup_code};
use tekram_net::BusLimits;
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::credential::{SdJwtVc, Selective, issue_sd_jwt_vc};
use tekram_primitives::did::SigningKey;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_primitives::wire::{Message, Offer};
use tekram_vault::Store;

/// Nothing is published in most of these tests.
const NOWHERE: &str = "ws://127.0.0.1:9";

/// What a listener shows of their history, made for this desk.
fn an_extract_is_read_under_that_agreement_alone(shop: &Shop, agreement: &str) {
    let (key, now) = (SigningKey::generate().unwrap(), SystemClock.now());
    let own = shop.did();
    let audience = own.to_string();
    let make = |agreement: &str| {
        let listen = vec![
            ("title", Selective::Open(json!("Episode 1"))),
            ("day", Selective::Open(json!("2026-10-05"))),
        ];
        let open = |value: serde_json::Value| Selective::Open(value);
        let claims = vec![
            ("iss", open(json!(key.did().to_string()))),
            ("vct", open(json!(tekram_listen::EXTRACT_TYPE))),
            ("iat", open(json!(now.secs()))),
            ("aud", open(json!(audience))),
            ("agreement", open(json!(agreement))),
            ("cnf", open(SdJwtVc::confirmation(&key.did()))),
            ("listens", Selective::Elements(vec![Selective::Members(listen)])),
        ];
        let whole = SdJwtVc::parse(&issue_sd_jwt_vc(claims, &key).unwrap()).unwrap();
        let day_only = |path: &str| path.ends_with("/day");
        whole.present_where(day_only, &audience, "n-1", &key, now).unwrap()
    };
    let vault = shop.desk.vault();
    let read = extract(vault, &own, &make(agreement), "n-1", now).unwrap();
    assert_eq!(json!(read.listens), json!([{"day": "2026-10-05"}]));
    assert_eq!(read.key, key.did().to_string());
    let other = "0".repeat(64);
    for (presentation, nonce, code) in [
        (make(&other), "n-1", "no_such_record"),
        (make("no agreement"), "n-1", "no_such_record"),
        (make(agreement), "n-2", "bad_key_binding"),
    ] {
        assert_eq!(
            extract(vault, &own, &presentation, nonce, now).unwrap_err().code(),
            code
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_offer_becomes_an_agreement_with_the_same_bytes_on_both_sides() {
    let relay = Relay::start(0).unwrap();
    let shop = Shop::open(&relay.url);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(run(shop.desk.clone(), Arc::new(bus(&relay.url).await), async {
        let _ = stopped.await;
    }));
    shop.told.wait_for("ready").await;

    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let schemas = [tekram_relate::SCHEMA, tekram_intent::SCHEMA];
    let vault = store
        .create("Home", &"correct horse".into(), &schemas, &SystemClock)
        .unwrap();
    let wish = Wish {
        name: "wireless headphones".into(),
        gtin: None,
        quantity: 2,
        price_ceiling: Some("400.00 EUR".parse().unwrap()),
        valid_through: SystemClock.now().plus_secs(3600),
        cell: Cell::new("u33dc").unwrap(),
        terms: terms("PDC-INTENT"),
        reach: Reach::Standing,
    };
    let intent = tekram_intent::compose(&vault, &wish, &SystemClock).unwrap().id;
    let line = Line::open(
        &intent,
        std::slice::from_ref(&relay.url),
        &policy(&[&relay.url]),
        BusLimits::default(),
    )
    .await
    .unwrap();
    tekram_intent::publish(&vault, &intent, &line, POW_BITS, &SystemClock)
        .await
        .unwrap();
    let until = Until {
        wait: PATIENCE,
        enough: 1,
    };
    tekram_intent::collect(&vault, &intent, &line, until, &SystemClock)
        .await
        .unwrap();
    let offer = &tekram_intent::offers(&vault, &intent).unwrap()[0];
    assert_eq!(
        (offer.price, offer.seller_name.as_str()),
        ("398.00 EUR".parse().unwrap(), "Shop")
    );
    assert_eq!(shop.told.wait_for("offer_sent").await["offer"], offer.id.to_string());

    let accepted = tekram_intent::accept(&vault, &intent, &offer.id, &SystemClock).unwrap();
    tekram_relate::adopt(&vault, &SignedRecord::parse(&accepted.agreement).unwrap()).unwrap();
    tekram_intent::send_acceptance(&vault, &intent, &line, &SystemClock)
        .await
        .unwrap();
    let answered = tekram_intent::await_answer(&vault, &intent, &line, PATIENCE, &SystemClock)
        .await
        .unwrap();
    let theirs = answered.agreement_by_both.unwrap();
    tekram_relate::conclude(&vault, &SignedRecord::parse(&theirs).unwrap(), &SystemClock).unwrap();

    let signed = shop.told.wait_for("agreement_signed").await;
    let ours = record_bytes(shop.desk.vault(), signed["record"].as_str().unwrap()).unwrap();
    assert_eq!(ours, theirs);
    assert_eq!(signed["sha256"], sha256_hex(&theirs));
    assert_eq!(signed["commitment"], accepted.id.to_string());
    assert_eq!(
        (signed["quantity"].clone(), signed["price_minor"].clone()),
        (2.into(), 39_800.into())
    );
    let kept = records(shop.desk.vault()).unwrap();
    assert_eq!((kept.len(), kept[0].kind), (1, "agreement"));
    an_extract_is_read_under_that_agreement_alone(&shop, &kept[0].record);

    // What the customer says at the counter is what the desk has, though nothing was sent for it.
    let said = pickup_code(&accepted.id).to_string();
    assert_eq!(signed["pickup_code"], said);
    assert_eq!(kept[0].pickup_code.as_deref(), Some(said.as_str()));
    let found = find_pickup(shop.desk.vault(), &said.to_lowercase().replace('-', " ")).unwrap();
    assert_eq!(
        (
            found.commitment,
            found.agreement,
            found.sha256,
            found.quantity,
            found.paid
        ),
        (
            accepted.id.to_string(),
            kept[0].record.clone(),
            sha256_hex(&theirs),
            2,
            false
        )
    );
    let other = pickup_code(&offer.id).to_string();
    assert_eq!(
        find_pickup(shop.desk.vault(), &other).unwrap_err().code(),
        "no_such_pickup"
    );
    assert_eq!(
        find_pickup(shop.desk.vault(), "7KQ2-M4XX").unwrap_err().code(),
        "bad_pickup_code"
    );

    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    let order = ["started", "ready", "intent_seen", "offer_sent", "agreement_signed"];
    assert_eq!(shop.told.names(), order);
}

#[test]
fn the_same_acceptance_again_gets_the_same_answer() {
    let (shop, customer) = (Shop::open(NOWHERE), Customer::new());
    let offer = customer.gets_an_offer(&shop, "wireless headphones");
    let acceptance = customer.acceptance(&customer.accepts(&offer));
    customer.tells(&shop, &acceptance);
    let first = shop.letters_to(&customer).pop().unwrap();
    customer.tells(&shop, &acceptance);
    let shop = shop.restart();
    customer.tells(&shop, &acceptance);
    assert_eq!(shop.letters_to(&customer).pop().unwrap(), first);
    assert!(matches!(first, Message::Confirmation { .. }));
    assert_eq!(records(shop.desk.vault()).unwrap().len(), 1);
    assert!(shop.told.named("agreement_signed").is_empty(), "told once");
}

#[test]
fn an_acceptance_that_differs_from_the_offer_is_refused_by_name() {
    let shop = Shop::open(NOWHERE);
    let refusal = |change: &dyn Fn(&mut (tekram_primitives::wire::Commitment, tekram_primitives::wire::Agreement))| {
        let customer = Customer::new();
        let offer = customer.gets_an_offer(&shop, "wireless headphones");
        let mut two = customer.accepts(&offer);
        change(&mut two);
        customer.tells(&shop, &customer.acceptance(&two));
        let answer = match shop.letters_to(&customer).pop() {
            Some(Message::Refusal { reason, .. }) => Some(reason),
            _ => None,
        };
        (shop.told.refusal(), answer)
    };
    let told_both = |code: &str| (code.to_owned(), Some(code.to_owned()));
    assert_eq!(
        refusal(&|(commitment, _)| commitment.amount = "198.99 EUR".parse().unwrap()),
        told_both("wrong_amount")
    );
    assert_eq!(
        refusal(&|(commitment, _)| commitment.amount = "199.00 USD".parse().unwrap()),
        told_both("wrong_amount")
    );
    assert_eq!(
        refusal(&|(commitment, agreement)| {
            commitment.terms = Some(terms("SD-BASE"));
            agreement.terms = terms("SD-BASE");
        }),
        told_both("terms_differ")
    );
    assert_eq!(
        refusal(&|(_, agreement)| agreement.terms = terms("SD-BASE")),
        told_both("terms_differ")
    );
    let other = SigningKey::generate().unwrap().did();
    assert_eq!(
        refusal(&|(commitment, _)| commitment.payee = Some(other)),
        told_both("wrong_party")
    );
    assert_eq!(
        refusal(&|(_, agreement)| agreement.second_party = other),
        told_both("wrong_party")
    );
    assert_eq!(
        refusal(&|(commitment, agreement)| {
            commitment.payer = other;
            agreement.first_party = other;
        }),
        told_both("missing_signature")
    );
    assert_eq!(
        refusal(&|(_, agreement)| agreement.about = None),
        told_both("wrong_offer")
    );
    let unknown = ("wrong_offer".to_owned(), None);
    assert_eq!(
        refusal(&|(commitment, _)| commitment.purpose = tekram_primitives::wire::CommitmentFor::Support),
        unknown
    );
    assert_eq!(
        refusal(&|(commitment, _)| {
            let offer = sha256_hex(b"another").parse().unwrap();
            commitment.purpose = tekram_primitives::wire::CommitmentFor::Offer { offer };
        }),
        unknown
    );
    assert!(records(shop.desk.vault()).unwrap().is_empty());
    let customer = Customer::new();
    let offer: Offer = customer.gets_an_offer(&shop, "wireless headphones").body().unwrap();
    assert_eq!(offer.stock, 3, "nothing was taken from the stock");
}

#[test]
fn a_stranger_cannot_accept_somebody_elses_offer_and_is_not_answered() {
    let (shop, customer, stranger) = (Shop::open(NOWHERE), Customer::new(), Customer::new());
    let offer = customer.gets_an_offer(&shop, "wireless headphones");
    stranger.tells(&shop, &stranger.acceptance(&stranger.accepts(&offer)));
    assert_eq!(shop.told.refusal(), "sender_differs");
    assert!(shop.letters_to(&stranger).is_empty());
    // Nor replay the customer's own acceptance under another key.
    let acceptance = customer.acceptance(&customer.accepts(&offer));
    customer.tells(&shop, &acceptance);
    stranger.tells(&shop, &acceptance);
    assert_eq!(shop.told.refusal(), "sender_differs");
    assert!(shop.letters_to(&stranger).is_empty());
}

#[test]
fn an_offer_that_is_over_cannot_be_accepted() {
    let (shop, customer) = (Shop::open(NOWHERE), Customer::new());
    let offer = customer.gets_an_offer(&shop, "wireless headphones");
    shop.clock.advance_ms(61 * 60_000);
    customer.tells(&shop, &customer.acceptance(&customer.accepts(&offer)));
    assert_eq!(shop.told.refusal(), "offer_expired");
    assert!(records(shop.desk.vault()).unwrap().is_empty());
}

#[test]
fn the_last_one_is_sold_once_also_after_a_restart() {
    let shop = Shop::open(NOWHERE);
    let (first, second, late) = (Customer::new(), Customer::new(), Customer::new());
    let offers = [&first, &second].map(|customer| customer.gets_an_offer(&shop, "wireless speaker"));
    let two = second.accepts(&offers[1]);
    first.tells(&shop, &first.acceptance(&first.accepts(&offers[0])));
    let shop = shop.restart();
    second.tells(&shop, &second.acceptance(&two));
    assert_eq!(shop.told.refusal(), "sold_out");
    let Some(Message::Refusal { commitment, reason }) = shop.letters_to(&second).pop() else {
        panic!("no refusal")
    };
    assert_eq!(
        (commitment, reason.as_str()),
        (second.signs(&two.0).id().unwrap(), "sold_out")
    );
    // Another acceptance of the offer that sold it is a different one, and there is none left.
    first.tells(&shop, &first.acceptance(&first.accepts(&offers[0])));
    assert_eq!(shop.told.refusal(), "sold_out");
    shop.desk
        .hear_intent(&late.asks(&Customer::demand("wireless speaker", shop.clock.now()), 8))
        .unwrap();
    assert_eq!(shop.told.named("intent_not_matched")[0]["code"], "nothing_fits");

    // A new number in the catalogue is a new count.
    std::fs::write(
        shop.folder.path().join("catalogue.csv"),
        CATALOGUE.replace("89.00,1", "89.00,2"),
    )
    .unwrap();
    let shop = shop.restart();
    let offer: Offer = Customer::new().gets_an_offer(&shop, "wireless speaker").body().unwrap();
    assert_eq!(offer.stock, 2);
}

#[test]
fn one_offer_is_accepted_once_even_when_more_are_in_stock() {
    let (shop, customer) = (Shop::open(NOWHERE), Customer::new());
    let offer = customer.gets_an_offer(&shop, "wireless headphones");
    customer.tells(&shop, &customer.acceptance(&customer.accepts(&offer)));
    customer.tells(&shop, &customer.acceptance(&customer.accepts(&offer)));
    assert_eq!(shop.told.refusal(), "already_accepted");
    assert_eq!(records(shop.desk.vault()).unwrap().len(), 1);
}

#[test]
fn a_crash_between_any_two_steps_of_an_order_ends_in_the_same_agreement() {
    let (mut shop, customer) = (Shop::open(NOWHERE), Customer::new());
    let offer = customer.gets_an_offer(&shop, "wireless headphones");
    let acceptance = customer.acceptance(&customer.accepts(&offer));
    let wrap = customer.seals(&shop, &acceptance);
    shop.desk.hear_letter(&wrap).unwrap();
    let forget_answer = "UPDATE desk_order SET state = 'taken', told = 0; DELETE FROM desk_heard;
        DELETE FROM desk_outbox WHERE kind = 'confirmation';";
    let mut agreed = None;
    for left in [
        // After the stock was taken, before the proposal was kept; after that; after the signature; before it was told.
        format!("{forget_answer} DELETE FROM relate_agreement;"),
        format!(
            "{forget_answer} UPDATE relate_agreement SET status = 'AgreementNegotiationConfirmationRequired', \
             record = (SELECT agreement FROM desk_order);"
        ),
        forget_answer.to_owned(),
        "UPDATE desk_order SET told = 0; DELETE FROM desk_heard;".to_owned(),
    ] {
        shop.sql(&left);
        shop = shop.restart();
        // The relay brings the letter again.
        shop.desk.hear_letter(&wrap).unwrap();
        let told = shop.told.named("agreement_signed");
        assert_eq!(told.len(), 1, "{left}");
        let kept = records(shop.desk.vault()).unwrap();
        assert_eq!(kept.len(), 1, "{left}");
        let Some(Message::Confirmation { agreement, .. }) = shop.letters_to(&customer).pop() else {
            panic!("no confirmation after {left}")
        };
        assert_eq!(sha256_hex(&agreement.bytes().unwrap()), kept[0].sha256);
        assert_eq!(agreed.get_or_insert(agreement.id().unwrap()), &agreement.id().unwrap());
    }
    let next: Offer = Customer::new()
        .gets_an_offer(&shop, "wireless headphones")
        .body()
        .unwrap();
    assert_eq!(next.stock, 2, "one was taken, not four");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_was_stored_is_published_after_a_crash_and_only_that_one() {
    let relay = Relay::start(0).unwrap();
    let (shop, customer) = (Shop::open(&relay.url), Customer::new());
    let event = customer.asks(&Customer::demand("wireless headphones", shop.clock.now()), 8);
    shop.desk.hear_intent(&event).unwrap();
    let offer = shop.offer_to(&customer);

    let shop = shop.restart();
    shop.desk.hear_intent(&event).unwrap();
    assert!(shop.told.names().is_empty(), "answered already");
    let line = bus(&relay.url).await;
    shop.publish(&line).await;
    shop.publish(&line).await;
    assert_eq!(customer.fetches(&line).await, [Message::Offer { offer }]);
    assert_eq!(shop.told.names(), ["offer_sent"]);
}

#[test]
fn an_edited_request_is_a_new_one() {
    let (shop, customer) = (Shop::open(NOWHERE), Customer::new());
    let first = customer.gets_an_offer(&shop, "wireless headphones");
    let second = customer.gets_an_offer(&shop, "wireless speaker");
    assert_ne!(
        first.body::<Offer>().unwrap().item,
        second.body::<Offer>().unwrap().item
    );
}

#[test]
fn requests_that_cannot_be_answered_are_told_with_the_reason() {
    let (shop, customer) = (Shop::open(NOWHERE), Customer::new());
    let now = shop.clock.now();
    let demand = || Customer::demand("wireless headphones", now);
    let outcome = |event| {
        shop.desk.hear_intent(&event).unwrap();
        let not_matched = shop
            .told
            .named("intent_not_matched")
            .last()
            .map(|event| event["code"].clone());
        (
            shop.told.named("refused").last().map(|event| event["code"].clone()),
            not_matched,
        )
    };
    let mut other = demand();
    other.terms = terms("SD-BASE");
    assert_eq!(outcome(customer.asks(&other, 8)).1.unwrap(), "terms_not_accepted");
    other.terms.id = "PDC-INTENT".into();
    assert_eq!(outcome(customer.asks(&other, 8)).1.unwrap(), "terms_hash_differs");
    assert_eq!(
        outcome(customer.asks(&Customer::demand("a kettle", now), 8)).1.unwrap(),
        "nothing_fits"
    );
    let mut cheap = demand();
    cheap.price_ceiling = Some("100.00 EUR".parse().unwrap());
    assert_eq!(outcome(customer.asks(&cheap, 8)).1.unwrap(), "nothing_fits");
    let seen = shop.told.named("intent_seen").len();

    assert_eq!(outcome(customer.asks(&demand(), 7)).0.unwrap(), "too_little_work");
    let event = customer.asks(&demand(), 8);
    shop.clock.advance_ms(7 * 3_600_000);
    assert_eq!(outcome(event).0.unwrap(), "intent_expired");
    shop.clock.set(now);
    let mut elsewhere = demand();
    elsewhere.area = vec!["u33".into(), "u33b".into()];
    shop.desk.hear_intent(&customer.asks(&elsewhere, 8)).unwrap();
    assert_eq!(
        shop.told.named("intent_seen").len(),
        seen,
        "too little work, too late, elsewhere: not looked into"
    );
    // Coarser than the shop's cell, but around it.
    let mut coarse = demand();
    coarse.area = vec!["u33".into()];
    shop.desk.hear_intent(&customer.asks(&coarse, 8)).unwrap();
    assert_eq!(
        shop.offer_to(&customer).body::<Offer>().unwrap().cell.as_deref(),
        Some("u33d")
    );
}

#[test]
fn what_is_over_is_forgotten_and_what_was_sold_is_kept() {
    let (shop, buyer, other) = (Shop::open(NOWHERE), Customer::new(), Customer::new());
    let sold = buyer.gets_an_offer(&shop, "wireless headphones");
    let acceptance = buyer.acceptance(&buyer.accepts(&sold));
    buyer.tells(&shop, &acceptance);
    let event = other.asks(&Customer::demand("wireless speaker", shop.clock.now()), 8);
    shop.desk.hear_intent(&event).unwrap();
    let left = shop.offer_to(&other);
    let rows = |sql: &str| -> i64 {
        let count = shop
            .desk
            .vault()
            .read(|db| Ok::<_, tekram_vault::VaultError>(db.query_row(sql, [], |row| row.get(0))?));
        count.unwrap()
    };

    shop.clock.advance_ms(3 * 3_600_000);
    shop.desk.tidy(true).unwrap();
    assert_eq!(rows("SELECT count(*) FROM desk_answer WHERE offer = x''"), 1);
    assert_eq!(rows("SELECT count(*) FROM desk_outbox WHERE kind = 'offer'"), 0);
    other.tells(&shop, &other.acceptance(&other.accepts(&left)));
    assert_eq!(shop.told.refusal(), "wrong_offer");
    // The request still stands, and was answered.
    shop.desk.hear_intent(&event).unwrap();
    assert!(shop.letters_to(&other).is_empty());

    shop.clock.advance_ms(60 * 24 * 3_600_000);
    shop.desk.tidy(true).unwrap();
    assert_eq!(rows("SELECT count(*) FROM desk_answer"), 1);
    assert_eq!(rows("SELECT count(*) FROM desk_heard"), 0);
    buyer.tells(&shop, &acceptance);
    assert!(matches!(
        shop.letters_to(&buyer).pop(),
        Some(Message::Confirmation { .. })
    ));
    assert_eq!(records(shop.desk.vault()).unwrap().len(), 1);
}

#[test]
fn letters_that_make_no_sense_are_named_and_read_once() {
    let (shop, customer) = (Shop::open(NOWHERE), Customer::new());
    let offer = customer.gets_an_offer(&shop, "wireless headphones");
    let wrap = customer.seals(&shop, &Message::Offer { offer });
    shop.desk.hear_letter(&wrap).unwrap();
    assert_eq!(shop.told.refusal(), "not_for_a_desk");
    shop.desk.hear_letter(&wrap).unwrap();
    assert_eq!(shop.told.named("refused").len(), 1);
    let to = shop.desk.keys().nostr.public_key();
    let garbage = tekram_net::sealed::seal_to(&to, &customer.keys, 7335, "{\"message\":\"x\"}", None).unwrap();
    shop.desk
        .hear_letter(&tekram_net::VerifiedEvent::check(garbage).unwrap())
        .unwrap();
    assert_eq!(shop.told.refusal(), "unreadable");
    let other = Keys::generate().public_key();
    let astray = tekram_net::sealed::seal_to(&other, &customer.keys, 7335, "{}", None).unwrap();
    shop.desk
        .hear_letter(&tekram_net::VerifiedEvent::check(astray).unwrap())
        .unwrap();
    assert_eq!(shop.told.refusal(), "not_for_us");
}

#[test]
fn a_flood_from_one_key_is_cut_and_told_in_few_lines() {
    let (shop, customer) = (Shop::open(NOWHERE), Customer::new());
    let offer = customer.gets_an_offer(&shop, "wireless headphones");
    let (commitment, agreement) = customer.accepts(&offer);
    for _ in 0..70 {
        let commitment = tekram_primitives::wire::Commitment {
            nonce: tekram_primitives::secret::random_hex_128().unwrap(),
            amount: "1.00 EUR".parse().unwrap(),
            ..commitment.clone()
        };
        customer.tells(&shop, &customer.acceptance(&(commitment, agreement.clone())));
    }
    assert_eq!(shop.told.refusal(), "too_many_letters");
    let refused = shop.told.named("refused");
    let counted = |code: &str| refused.iter().filter(|event| event["code"] == code).count();
    assert_eq!(counted("too_many_letters"), 10, "60 at once");
    assert_eq!(counted("wrong_amount"), 4, "so many are stored for an offer");
    assert_eq!(counted("too_many_acceptances"), 56);
    // Somebody else is heard.
    let other = Customer::new();
    let offer = other.gets_an_offer(&shop, "wireless headphones");
    other.tells(&shop, &other.acceptance(&other.accepts(&offer)));
    assert_eq!(shop.told.named("agreement_signed").len(), 1);
}
