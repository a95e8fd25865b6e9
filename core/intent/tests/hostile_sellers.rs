//! What sellers and relays may send that must not be believed, and how much of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{PATIENCE, Shop, Town, card, clock, my_terms, quote};
use nostr_sdk::{Event, EventBuilder, Keys, Kind, PublicKey, Tag};
use tekram_intent::{BATCH, Collector, MAX_LIVE_OFFERS, MAX_WRAPS, Refused, Until, answer, collect, offers, refusals};
use tekram_net::{Bus, VerifiedEvent, sealed};
use tekram_primitives::record::SignedRecord;
use tekram_primitives::time::Clock;
use tekram_primitives::wire::{KIND_MESSAGE, Message};

fn junk(to: &PublicKey, content: String) -> Event {
    EventBuilder::new(Kind::GiftWrap, content)
        .tag(Tag::public_key(*to))
        .sign_with_keys(&Keys::generate())
        .unwrap()
}

#[tokio::test]
async fn each_false_offer_is_refused_for_its_own_reason() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let (shop, other) = (Shop::new("shop"), Shop::new("other"));
    let now = clock.now();
    let refusal = |wrap: Event| person.refusal(&intent, &wrap, now);

    // Signatures and cards.
    let record = SignedRecord::sign(&shop.offer(&asked, now), &shop.signing, now).unwrap();
    let cheaper = String::from_utf8(record.bytes().unwrap())
        .unwrap()
        .replace("19900", "19800");
    let forged = SignedRecord::parse(cheaper.as_bytes()).unwrap();
    assert_eq!(
        refusal(shop.seals(&asked.author, &Message::Offer { offer: forged })),
        Some(Refused::BadSignature)
    );
    let by_other = SignedRecord::sign(&shop.offer(&asked, now), &other.signing, now).unwrap();
    assert_eq!(
        refusal(shop.seals(&asked.author, &Message::Offer { offer: by_other })),
        Some(Refused::MissingSignature)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.card = other.card.clone())),
        Some(Refused::CardMismatch)
    );
    let stolen = SignedRecord::sign(&other.offer(&asked, now), &other.signing, now).unwrap();
    assert_eq!(
        refusal(shop.seals(&asked.author, &Message::Offer { offer: stolen })),
        Some(Refused::CardMismatch),
        "somebody else's offer, sealed by another key than its card names"
    );
    let over = card("shop", &shop.signing, &shop.nostr.public_key(), now);
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.card = over)),
        Some(Refused::CardExpired)
    );
    let renamed = String::from_utf8(shop.card.bytes().unwrap())
        .unwrap()
        .replace("\"shop\"", "\"Sony\"");
    let renamed = SignedRecord::parse(renamed.as_bytes()).unwrap();
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.card = renamed)),
        Some(Refused::BadSignature)
    );
    let no_card = record.clone();
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.card = no_card)),
        Some(Refused::BadCard)
    );

    // What it says.
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.price = "250.01 EUR".parse().unwrap())),
        Some(Refused::OverCeiling)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.price = "1.00 USD".parse().unwrap())),
        Some(Refused::CurrencyDiffers)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.price = "0.00 EUR".parse().unwrap())),
        Some(Refused::BadPrice)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.price = "-1.00 EUR".parse().unwrap())),
        Some(Refused::BadPrice)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.terms_accepted.id = "SD-BASE-ATP".into())),
        Some(Refused::TermsDiffer)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.valid_until = now)),
        Some(Refused::OfferExpired)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.item = "a\u{202e}b".into())),
        Some(Refused::BadRecord)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.item = "x".repeat(201))),
        Some(Refused::BadRecord)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.gtin = Some("123".into()))),
        Some(Refused::BadRecord)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.cell = Some("area 51".into()))),
        Some(Refused::BadRecord)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.intent_event = "00".repeat(32))),
        Some(Refused::WrongIntent)
    );
    assert_eq!(
        refusal(shop.offers_changed(&asked, now, |o| o.intent_sha256 = "00".repeat(32))),
        Some(Refused::IntentChanged)
    );
    assert_eq!(
        refusal(shop.seals(
            &asked.author,
            &Message::Receipt {
                receipt: shop.card.clone()
            }
        )),
        Some(Refused::NotAnOffer)
    );
    assert_eq!(
        refusal(shop.seals(
            &asked.author,
            &Message::Offer {
                offer: shop.card.clone()
            }
        )),
        Some(Refused::BadRecord)
    );

    // What carries it.
    let seal = |kind, json: &str| sealed::seal_to(&asked.author, &shop.nostr, kind, json, None).unwrap();
    assert_eq!(refusal(seal(14, "hello")), Some(Refused::Unreadable));
    assert_eq!(refusal(seal(KIND_MESSAGE, "{}")), Some(Refused::Unreadable));
    assert_eq!(
        refusal(seal(KIND_MESSAGE, &"[".repeat(1000))),
        Some(Refused::Unreadable)
    );
    assert_eq!(
        refusal(junk(&asked.author, "not base64".into())),
        Some(Refused::Unreadable)
    );
    assert_eq!(
        refusal(junk(&asked.author, "A".repeat(60_000))),
        Some(Refused::TooLarge)
    );
    assert_eq!(
        refusal(junk(&other.nostr.public_key(), "A".repeat(100))),
        Some(Refused::NotForUs)
    );
    assert_eq!(
        refusal(
            EventBuilder::text_note("buy!")
                .sign_with_keys(&Keys::generate())
                .unwrap()
        ),
        Some(Refused::WrongKind)
    );

    // Of all this the vault kept counts and no offer.
    assert!(offers(&person.vault, &intent.id).unwrap().is_empty());
    let counted = refusals(&person.vault, &intent.id).unwrap();
    assert_eq!(counted["bad_signature"], 2);
    assert_eq!(counted.values().sum::<u64>(), 28);
    assert_eq!(
        refusal(shop.offers(&asked, "199.00 EUR", now).wrap),
        None,
        "the honest one still gets through"
    );
}

#[tokio::test]
async fn an_offer_replayed_to_another_intent_is_refused() {
    let (town, clock) = (Town::new(), clock());
    let (person, first, asked_first) = town.open_intent(&clock).await;
    let (second, asked_second) = town
        .publish(&person, &common::headphones(&person, &clock), &clock)
        .await;
    let shop = Shop::new("shop");
    let offer = shop.offers(&asked_first, "199.00 EUR", clock.now());
    assert_eq!(
        person.refusal(&second, &offer.wrap, clock.now()),
        Some(Refused::NotForUs)
    );
    let resealed = shop.seals(&asked_second.author, &Message::Offer { offer: offer.offer });
    assert_eq!(
        person.refusal(&second, &resealed, clock.now()),
        Some(Refused::WrongIntent)
    );
    assert_eq!(person.refusal(&first, &offer.wrap, clock.now()), None);
}

#[tokio::test]
async fn a_desk_cannot_even_make_an_offer_that_the_person_would_refuse() {
    let (town, clock) = (Town::new(), clock());
    let (_, _, asked) = town.open_intent(&clock).await;
    let shop = Shop::new("shop");
    for (price, code) in [
        ("250.01 EUR", "over_ceiling"),
        ("10.00 USD", "currency_differs"),
        ("0.00 EUR", "bad_price"),
    ] {
        let refused = answer(&asked, &quote(price, clock.now()), &shop.seller(), clock.now());
        assert_eq!(refused.unwrap_err().code(), code);
    }
    let mut over = quote("10.00 EUR", clock.now());
    over.valid_until = clock.now();
    assert_eq!(
        answer(&asked, &over, &shop.seller(), clock.now()).unwrap_err().code(),
        "offer_expired"
    );
    assert_eq!(asked.demand.terms, my_terms());
}

#[tokio::test]
async fn a_seller_has_one_live_offer_the_newest() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let shop = Shop::new("shop");
    // The rumor's second says which is newer; of two in one second the record's id decides, in whatever order they come.
    let (a, b) = (
        shop.offers(&asked, "199.00 EUR", clock.now()),
        shop.offers(&asked, "189.00 EUR", clock.now()),
    );
    for order in [[&a, &b], [&b, &a]] {
        for offer in order {
            person.take(&intent, std::slice::from_ref(&offer.wrap), clock.now());
        }
        let live = offers(&person.vault, &intent.id).unwrap();
        assert_eq!(live.len(), 1);
    }
    let live = offers(&person.vault, &intent.id).unwrap();
    let collected = person.take(&intent, &[a.wrap.clone(), b.wrap.clone()], clock.now());
    assert_eq!(collected.refused.get(&Refused::Duplicate), Some(&2));
    assert_eq!(offers(&person.vault, &intent.id).unwrap(), live);
    assert!(!refusals(&person.vault, &intent.id).unwrap().contains_key("duplicate"));
}

#[tokio::test]
async fn what_was_looked_at_before_a_restart_is_not_opened_again() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let wraps: Vec<Event> = (0..5).map(|n| junk(&asked.author, format!("junk {n}"))).collect();
    assert_eq!(
        person.take(&intent, &wraps, clock.now()).refused[&Refused::Unreadable],
        5
    );
    let person = person.reopened();
    assert_eq!(
        person.take(&intent, &wraps, clock.now()).refused[&Refused::Duplicate],
        5
    );
    assert_eq!(refusals(&person.vault, &intent.id).unwrap()["unreadable"], 5);
}

#[tokio::test]
async fn thousands_of_junk_wraps_do_not_hide_an_honest_offer() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let bus = town.bus().await;
    for n in 0..3000 {
        bus.publish(&junk(&asked.author, format!("junk {n}"))).await.unwrap();
    }
    let honest = Shop::new("shop").offers(&asked, "199.00 EUR", clock.now());
    bus.publish(&honest.wrap).await.unwrap();
    let line = town.line(&intent.id).await;
    let collected = collect(
        &person.vault,
        &intent.id,
        &line,
        Until {
            wait: PATIENCE,
            enough: 1,
        },
        &clock,
    )
    .await
    .unwrap();
    assert_eq!((collected.live, collected.flooded), (1, false));
    assert!(collected.refused.get(&Refused::Unreadable).copied().unwrap_or_default() <= 3000);
    assert_eq!(offers(&person.vault, &intent.id).unwrap()[0].id, honest.id);
}

#[tokio::test]
async fn a_flood_ends_at_the_limit_and_leaves_a_bounded_trace() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let keys = Keys::generate();
    let mut collector = Collector::open(&person.vault, &intent.id, clock.now()).unwrap();
    let (mut looked_at, mut flooded) = (0, false);
    for batch in 0..=MAX_WRAPS / BATCH {
        let wraps: Vec<VerifiedEvent> = (0..BATCH)
            .map(|n| {
                let wrap = EventBuilder::new(Kind::GiftWrap, format!("{batch} {n}"))
                    .tag(Tag::public_key(asked.author))
                    .sign_with_keys(&keys)
                    .unwrap();
                VerifiedEvent::check(wrap).unwrap()
            })
            .collect();
        let collected = collector.take(&person.vault, &wraps, clock.now()).unwrap();
        looked_at += collected.received;
        flooded = collected.flooded;
    }
    assert!(flooded);
    assert_eq!(looked_at, MAX_WRAPS as u64);
    let rows: i64 = person
        .vault
        .read(|connection| {
            Ok::<i64, tekram_vault::VaultError>(connection.query_row(
                "SELECT count(*) FROM intent_wrap",
                [],
                |row| row.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(rows, MAX_WRAPS as i64);
    assert_eq!(refusals(&person.vault, &intent.id).unwrap().len(), 1);
}

#[tokio::test]
async fn no_more_sellers_are_kept_than_a_person_can_look_at() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let shops: Vec<Shop> = (0..MAX_LIVE_OFFERS + 3)
        .map(|n| Shop::new(&format!("shop {n}")))
        .collect();
    let wraps: Vec<Event> = shops
        .iter()
        .map(|shop| shop.offers(&asked, "199.00 EUR", clock.now()).wrap)
        .collect();
    let collected = person.take(&intent, &wraps, clock.now());
    assert_eq!(
        (collected.live, collected.refused[&Refused::TooManyOffers]),
        (MAX_LIVE_OFFERS, 3)
    );
    assert_eq!(offers(&person.vault, &intent.id).unwrap().len(), MAX_LIVE_OFFERS);
}
