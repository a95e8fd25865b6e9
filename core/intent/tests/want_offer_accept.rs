//! A person, three shops and a relay: from a wish to an agreement that both sides hold.
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

use common::{PATIENCE, Person, Shop, Town, clock, headphones, quote, receivers};
use tekram_intent::{
    AcceptanceState, Cell, CheckedAcceptance, IntentState, POW_BITS, ReceivedAcceptance, Refused, UnsentStep, Until,
    Weights, accept, acceptance_key, acceptance_wrap, answer, await_answer, check_acceptance, collect, compose,
    confirm, current_acceptance, expire, finish, get, hear_answer, intents_filter, letters_filter, offers, open_letter,
    parse_intent, publish, rank, read_acceptance, read_message, refuse, send_acceptance, unsent, withdraw,
};
use tekram_net::{Bus, VerifiedEvent};
use tekram_primitives::did::SigningKey;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::time::{Clock, Timestamp};
use tekram_primitives::wire::{Agreement, Commitment, KIND_INTENT_STANDING, Message};

const UNTIL_THREE: Until = Until {
    wait: PATIENCE,
    enough: 3,
};

/// What a shop does with an acceptance in its post.
fn read(shop: &Shop, wrap: &VerifiedEvent) -> ReceivedAcceptance {
    let opened = open_letter(&shop.nostr, wrap).unwrap();
    let Message::Acceptance { commitment, agreement } = read_message(&opened).unwrap() else {
        panic!("no acceptance")
    };
    read_acceptance(opened.sender, commitment, agreement).unwrap()
}

#[tokio::test]
async fn a_person_accepts_one_of_three_offers_and_the_others_hear_nothing() {
    let (town, clock, person) = (Town::new(), clock(), Person::new("Home"));
    let shops = [Shop::new("Klangwerk"), Shop::new("Tonstudio"), Shop::new("Ohr & Co")];
    let prices = ["219.00 EUR", "189.90 EUR", "249.99 EUR"];

    // Three shops listen, each on connections of its own.
    let mut post = Vec::new();
    for shop in &shops {
        let bus = town.bus().await;
        let intents = bus
            .listen(intents_filter(&[
                Cell::new("u2edk").unwrap(),
                Cell::new("u2edh").unwrap(),
            ]))
            .await
            .unwrap();
        let letters = bus.listen(letters_filter(&shop.nostr.public_key())).await.unwrap();
        post.push((bus, intents, letters));
    }

    // The person wants something near u2e….
    let mut wish = headphones(&person, &clock);
    wish.cell = Cell::new("u2edk").unwrap();
    let draft = compose(&person.vault, &wish, &clock).unwrap();
    let line = town.line(&draft.id).await;
    let intent = publish(&person.vault, &draft.id, &line, POW_BITS, &clock)
        .await
        .unwrap();
    assert_eq!((intent.state, intent.published), (IntentState::Open, Some(clock.now())));

    // Each shop reads it and answers.
    let mut made = Vec::new();
    for ((shop, price), (bus, intents, _)) in shops.iter().zip(prices).zip(&mut post) {
        let event = tokio::time::timeout(PATIENCE, intents.next()).await.unwrap().unwrap();
        let asked = parse_intent(&event, POW_BITS, clock.now()).unwrap();
        assert!(asked.is_served_by(&[Cell::new("u2edk").unwrap()]));
        assert_eq!(asked.demand, intent.demand);
        let offer = answer(&asked, &quote(price, clock.now()), &shop.seller(), clock.now()).unwrap();
        bus.publish(&offer.wrap).await.unwrap();
        made.push((asked, offer));
    }

    // They come in, are checked and ranked.
    let collected = collect(&person.vault, &intent.id, &line, UNTIL_THREE, &clock)
        .await
        .unwrap();
    assert_eq!((collected.kept, collected.live, collected.refused.len()), (3, 3, 0));
    let live = offers(&person.vault, &intent.id).unwrap();
    let ranked = rank(&live, &intent.cell().unwrap(), 1, &Weights::default(), &BTreeSet::new());
    let chosen = &ranked[0];
    assert_eq!(chosen.offer, made[1].1.id, "the cheapest of three equal shops");

    // One is accepted; it is durable before it is sent.
    let accepted = accept(&person.vault, &intent.id, &chosen.offer, &clock).unwrap();
    assert_eq!(accepted.state, AcceptanceState::Queued);
    let sent = send_acceptance(&person.vault, &intent.id, &line, &clock).await.unwrap();
    assert_eq!(sent.state, AcceptanceState::Sent);

    // The chosen shop checks it, signs too and confirms.
    let (shop, (asked, offer)) = (&shops[1], &made[1]);
    let wrap = tokio::time::timeout(PATIENCE, post[1].2.next()).await.unwrap().unwrap();
    let received = read(shop, &wrap);
    assert_eq!(received.offer, offer.id);
    let CheckedAcceptance { commitment, payer, .. } =
        check_acceptance(&received, &offer.offer, &asked.author, clock.now()).unwrap();
    assert_eq!(commitment.amount, "189.90 EUR".parse().unwrap());
    assert_eq!(commitment.terms.as_ref(), Some(&intent.demand.terms));
    let by_both = received.agreement.countersign(&shop.signing, clock.now()).unwrap();
    let confirmation = confirm(&received, &by_both, &shop.nostr, clock.now().plus_secs(3600)).unwrap();
    post[1].0.publish(&confirmation).await.unwrap();

    // Both hold the same bytes.
    let confirmed = await_answer(&person.vault, &intent.id, &line, PATIENCE, &clock)
        .await
        .unwrap();
    assert_eq!(confirmed.state, AcceptanceState::Confirmed);
    assert_eq!(
        confirmed.agreement_by_both.as_deref(),
        Some(by_both.bytes().unwrap().as_slice())
    );
    assert_eq!(confirmed.commitment, received.commitment.bytes().unwrap());
    assert_eq!(confirmed.offer_record, offer.offer.bytes().unwrap());
    let mut signers = vec![payer, shop.signing.did()];
    signers.sort();
    assert_eq!(by_both.verify().unwrap(), signers);

    // The relay holds four letters to the person's one-time key and one to the chosen shop: the others got none.
    let counted = receivers(&town.stored(1059).await);
    assert_eq!(counted.get(&asked.author), Some(&4));
    assert_eq!(counted.get(&shop.nostr.public_key()), Some(&1));
    assert_eq!(counted.len(), 2);
    assert!(post[0].2.try_next().is_none() && post[2].2.try_next().is_none());
    assert_eq!(town.stored(5).await.len(), 0);

    // What signed is kept until the person is done, then forgotten.
    assert_eq!(acceptance_key(&person.vault, &intent.id).unwrap().did(), payer);
    finish(&person.vault, &intent.id).unwrap();
    assert_eq!(
        acceptance_key(&person.vault, &intent.id).unwrap_err().code(),
        "wrong_state"
    );
    assert_eq!(person.kept_secrets(), 0);
    assert_eq!(current_acceptance(&person.vault, &intent.id).unwrap(), confirmed);
}

#[tokio::test]
async fn offers_that_came_while_the_phone_slept_are_found() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let bus = town.bus().await;
    for price in ["210.00 EUR", "220.00 EUR", "230.00 EUR"] {
        bus.publish(&Shop::new("shop").offers(&asked, price, clock.now()).wrap)
            .await
            .unwrap();
    }
    let person = person.reopened();
    let line = town.line(&intent.id).await;
    let collected = collect(&person.vault, &intent.id, &line, UNTIL_THREE, &clock)
        .await
        .unwrap();
    assert_eq!(collected.live, 3);
    let enough = collect(&person.vault, &intent.id, &line, UNTIL_THREE, &clock)
        .await
        .unwrap();
    assert_eq!((enough.received, enough.live), (0, 3), "there are enough already");
}

#[tokio::test]
async fn an_acceptance_is_sent_with_the_same_bytes_after_a_crash() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let shop = Shop::new("shop");
    let offer = shop.offers(&asked, "210.00 EUR", clock.now());
    person.take(&intent, &[offer.wrap], clock.now());
    let accepted = accept(&person.vault, &intent.id, &offer.id, &clock).unwrap();
    let wrap = acceptance_wrap(&person.vault, &intent.id).unwrap();

    let person = person.reopened();
    let waiting = unsent(&person.vault).unwrap();
    assert_eq!(
        (waiting.len(), waiting[0].step, &waiting[0].intent),
        (1, UnsentStep::SendAcceptance, &intent.id)
    );
    let line = town.line(&intent.id).await;
    for _ in 0..2 {
        let sent = send_acceptance(&person.vault, &intent.id, &line, &clock).await.unwrap();
        assert_eq!(
            (&sent.commitment, &sent.agreement),
            (&accepted.commitment, &accepted.agreement)
        );
    }
    let stored = town
        .bus()
        .await
        .fetch(letters_filter(&shop.nostr.public_key()), PATIENCE)
        .await
        .unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].id, wrap.id);
    assert!(unsent(&person.vault).unwrap().is_empty());
}

#[tokio::test]
async fn one_offer_is_accepted_and_another_only_after_the_seller_refused() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let (first, second) = (Shop::new("first"), Shop::new("second"));
    let offered = [
        first.offers(&asked, "210.00 EUR", clock.now()),
        second.offers(&asked, "220.00 EUR", clock.now()),
    ];
    person.take(
        &intent,
        &offered.each_ref().map(|offer| offer.wrap.clone()),
        clock.now(),
    );

    let missing = "00".repeat(32).parse().unwrap();
    assert_eq!(
        accept(&person.vault, &intent.id, &missing, &clock).unwrap_err().code(),
        "no_such_offer"
    );
    accept(&person.vault, &intent.id, &offered[0].id, &clock).unwrap();
    for offer in &offered {
        assert_eq!(
            accept(&person.vault, &intent.id, &offer.id, &clock).unwrap_err().code(),
            "already_accepted"
        );
    }
    let line = town.line(&intent.id).await;
    assert_eq!(
        withdraw(&person.vault, &intent.id, &line, &clock)
            .await
            .unwrap_err()
            .code(),
        "wrong_state"
    );

    let wrap = VerifiedEvent::check(acceptance_wrap(&person.vault, &intent.id).unwrap()).unwrap();
    let received = read(&first, &wrap);
    let sold_out = refuse(&received, "sold_out", &first.nostr, clock.now().plus_secs(600)).unwrap();
    let refused = hear_answer(
        &person.vault,
        &intent.id,
        &VerifiedEvent::check(sold_out).unwrap(),
        &clock,
    )
    .unwrap();
    assert_eq!(
        (refused.state, refused.reason.as_deref()),
        (AcceptanceState::Refused, Some("sold_out"))
    );
    assert_eq!(get(&person.vault, &intent.id).unwrap().state, IntentState::Open);

    let again = accept(&person.vault, &intent.id, &offered[1].id, &clock).unwrap();
    assert_eq!(current_acceptance(&person.vault, &intent.id).unwrap(), again);
    assert_ne!(again.id, refused.id);
}

#[tokio::test]
async fn only_the_chosen_sellers_own_answer_to_this_acceptance_counts() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let (shop, other) = (Shop::new("shop"), Shop::new("other"));
    let offer = shop.offers(&asked, "210.00 EUR", clock.now());
    person.take(&intent, &[offer.wrap], clock.now());
    accept(&person.vault, &intent.id, &offer.id, &clock).unwrap();
    let wrap = VerifiedEvent::check(acceptance_wrap(&person.vault, &intent.id).unwrap()).unwrap();
    let received = read(&shop, &wrap);
    let until = clock.now().plus_secs(600);
    let hears = |event| {
        hear_answer(&person.vault, &intent.id, &VerifiedEvent::check(event).unwrap(), &clock).map_err(|e| e.code())
    };

    let by_both = received.agreement.countersign(&shop.signing, clock.now()).unwrap();
    assert_eq!(
        hears(confirm(&received, &by_both, &other.nostr, until).unwrap()),
        Err("sender_differs")
    );
    assert_eq!(
        hears(confirm(&received, &received.agreement, &shop.nostr, until).unwrap()),
        Err("missing_signature")
    );
    let by_other = received.agreement.countersign(&other.signing, clock.now()).unwrap();
    assert_eq!(
        hears(confirm(&received, &by_other, &shop.nostr, until).unwrap()),
        Err("missing_signature")
    );
    let mut changed: Agreement = received.agreement.body().unwrap();
    changed.terms.id = "SD-BASE-ATP".into();
    let changed = SignedRecord::sign(&changed, &shop.signing, clock.now()).unwrap();
    assert_eq!(
        hears(confirm(&received, &changed, &shop.nostr, until).unwrap()),
        Err("different_document")
    );
    let elsewhere = ReceivedAcceptance {
        id: "11".repeat(32).parse().unwrap(),
        ..received.clone()
    };
    assert_eq!(
        hears(confirm(&elsewhere, &by_both, &shop.nostr, until).unwrap()),
        Err("wrong_offer")
    );
    assert_eq!(
        hears(refuse(&elsewhere, "sold_out", &shop.nostr, until).unwrap()),
        Err("wrong_offer")
    );
    let forged = String::from_utf8(by_both.bytes().unwrap())
        .unwrap()
        .replace("\"proofValue\":\"z", "\"proofValue\":\"z2");
    if let Ok(forged) = SignedRecord::parse(forged.as_bytes()) {
        assert_eq!(
            hears(confirm(&received, &forged, &shop.nostr, until).unwrap()),
            Err("bad_signature")
        );
    }
    assert_eq!(
        current_acceptance(&person.vault, &intent.id).unwrap().state,
        AcceptanceState::Queued
    );

    let confirmed = hears(confirm(&received, &by_both, &shop.nostr, until).unwrap()).unwrap();
    assert_eq!(confirmed.state, AcceptanceState::Confirmed);
    // A refusal after the confirmation, or another set of signatures, changes nothing.
    assert_eq!(
        hears(refuse(&received, "sold_out", &shop.nostr, until).unwrap()),
        Ok(confirmed.clone())
    );
    let again = received
        .agreement
        .countersign(&shop.signing, clock.now().plus_secs(1))
        .unwrap();
    assert_eq!(
        hears(confirm(&received, &again, &shop.nostr, until).unwrap()),
        Ok(confirmed)
    );
}

#[tokio::test]
async fn a_desk_believes_only_an_acceptance_of_its_own_offer_by_who_was_offered() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let shop = Shop::new("shop");
    let offer = shop.offers(&asked, "210.00 EUR", clock.now());
    let dearer = shop.offers(&asked, "211.00 EUR", clock.now());
    person.take(&intent, &[offer.wrap], clock.now());
    accept(&person.vault, &intent.id, &offer.id, &clock).unwrap();
    let wrap = VerifiedEvent::check(acceptance_wrap(&person.vault, &intent.id).unwrap()).unwrap();
    let good = read(&shop, &wrap);
    let key = acceptance_key(&person.vault, &intent.id).unwrap();
    let check =
        |received: &ReceivedAcceptance, now: Timestamp| check_acceptance(received, &offer.offer, &asked.author, now);
    assert!(check(&good, clock.now()).is_ok());

    let stranger = nostr_sdk::Keys::generate().public_key();
    assert_eq!(
        check(
            &ReceivedAcceptance {
                sender: stranger,
                ..good.clone()
            },
            clock.now()
        )
        .unwrap_err(),
        Refused::SenderDiffers
    );
    assert_eq!(
        check_acceptance(&good, &dearer.offer, &asked.author, clock.now()).unwrap_err(),
        Refused::WrongOffer
    );
    assert_eq!(
        check(&good, clock.now().plus_secs(3600)).unwrap_err(),
        Refused::OfferExpired
    );

    let with_commitment = |signer: &SigningKey, change: &dyn Fn(&mut Commitment)| {
        let mut body: Commitment = good.commitment.body().unwrap();
        change(&mut body);
        let commitment = SignedRecord::sign(&body, signer, clock.now()).unwrap();
        check(
            &ReceivedAcceptance {
                commitment,
                ..good.clone()
            },
            clock.now(),
        )
        .unwrap_err()
    };
    let other = SigningKey::generate().unwrap();
    assert_eq!(
        with_commitment(&key, &|c| c.amount = "1.00 EUR".parse().unwrap()),
        Refused::WrongAmount
    );
    assert_eq!(
        with_commitment(&key, &|c| c.payee = Some(other.did())),
        Refused::WrongParty
    );
    assert_eq!(with_commitment(&key, &|c| c.payer = other.did()), Refused::WrongParty);
    assert_eq!(with_commitment(&key, &|c| c.terms = None), Refused::TermsDiffer);
    assert_eq!(
        with_commitment(&key, &|c| c.expires = Some(clock.now())),
        Refused::CommitmentExpired
    );
    assert_eq!(with_commitment(&other, &|_| {}), Refused::MissingSignature);

    let with_agreement = |signer: &SigningKey, change: &dyn Fn(&mut Agreement)| {
        let mut body: Agreement = good.agreement.body().unwrap();
        change(&mut body);
        let agreement = SignedRecord::sign(&body, signer, clock.now()).unwrap();
        check(
            &ReceivedAcceptance {
                agreement,
                ..good.clone()
            },
            clock.now(),
        )
        .unwrap_err()
    };
    assert_eq!(with_agreement(&key, &|a| a.about = None), Refused::WrongOffer);
    assert_eq!(
        with_agreement(&key, &|a| a.second_party = other.did()),
        Refused::WrongParty
    );
    assert_eq!(
        with_agreement(&other, &|a| a.first_party = other.did()),
        Refused::WrongParty
    );
    assert_eq!(
        with_agreement(&key, &|a| a.terms.id = "SD-BASE".into()),
        Refused::TermsDiffer
    );
    assert_eq!(with_agreement(&other, &|_| {}), Refused::MissingSignature);
}

#[tokio::test]
async fn an_expired_intent_is_not_sent_collected_or_accepted_and_its_key_is_forgotten() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let offer = Shop::new("shop").offers(&asked, "210.00 EUR", clock.now());
    person.take(&intent, &[offer.wrap], clock.now());
    let line = town.line(&intent.id).await;
    clock.advance_ms(6 * 3_600_000);

    let code = |error: tekram_intent::IntentError| error.code();
    assert_eq!(
        publish(&person.vault, &intent.id, &line, POW_BITS, &clock)
            .await
            .map_err(code),
        Err("intent_expired")
    );
    assert_eq!(
        collect(&person.vault, &intent.id, &line, UNTIL_THREE, &clock)
            .await
            .map_err(code),
        Err("intent_expired")
    );
    assert_eq!(
        accept(&person.vault, &intent.id, &offer.id, &clock).map_err(code),
        Err("intent_expired")
    );
    let mut late = headphones(&person, &clock);
    late.valid_through = clock.now();
    assert_eq!(
        compose(&person.vault, &late, &clock).map_err(code),
        Err("intent_expired")
    );

    assert_eq!(expire(&person.vault, &clock).unwrap(), 1);
    assert_eq!(get(&person.vault, &intent.id).unwrap().state, IntentState::Expired);
    assert_eq!(person.kept_secrets(), 0);
    assert_eq!(
        publish(&person.vault, &intent.id, &line, POW_BITS, &clock)
            .await
            .map_err(code),
        Err("intent_expired")
    );
}

#[tokio::test]
async fn an_unanswered_acceptance_lapses_with_its_commitment() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, asked) = town.open_intent(&clock).await;
    let offer = Shop::new("shop").offers(&asked, "210.00 EUR", clock.now());
    person.take(&intent, &[offer.wrap], clock.now());
    accept(&person.vault, &intent.id, &offer.id, &clock).unwrap();
    expire(&person.vault, &clock).unwrap();
    assert_eq!(
        current_acceptance(&person.vault, &intent.id).unwrap().state,
        AcceptanceState::Queued
    );
    clock.advance_ms(7 * 3_600_000);
    expire(&person.vault, &clock).unwrap();
    assert_eq!(
        current_acceptance(&person.vault, &intent.id).unwrap().state,
        AcceptanceState::Lapsed
    );
    assert_eq!(get(&person.vault, &intent.id).unwrap().state, IntentState::Expired);
    assert_eq!(person.kept_secrets(), 0);
}

#[tokio::test]
async fn a_withdrawn_intent_is_gone_from_the_relay_and_its_key_is_forgotten() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, _) = town.open_intent(&clock).await;
    assert_eq!(town.stored(KIND_INTENT_STANDING).await.len(), 1);
    let line = town.line(&intent.id).await;
    for _ in 0..2 {
        let withdrawn = withdraw(&person.vault, &intent.id, &line, &clock).await.unwrap();
        assert_eq!(withdrawn.state, IntentState::Closed);
    }
    assert_eq!(town.stored(KIND_INTENT_STANDING).await.len(), 0);
    assert_eq!(person.kept_secrets(), 0);
    assert!(unsent(&person.vault).unwrap().is_empty());

    let draft = compose(&person.vault, &headphones(&person, &clock), &clock).unwrap();
    let line = town.line(&draft.id).await;
    assert_eq!(
        withdraw(&person.vault, &draft.id, &line, &clock).await.unwrap().state,
        IntentState::Closed
    );
    assert_eq!(
        town.stored(KIND_INTENT_STANDING).await.len(),
        0,
        "a draft was never sent"
    );
}

#[tokio::test]
async fn an_intent_that_no_relay_took_waits_and_is_sent_unchanged() {
    let (town, clock, person) = (Town::new(), clock(), Person::new("Home"));
    let draft = compose(&person.vault, &headphones(&person, &clock), &clock).unwrap();
    let closed = town.line(&draft.id).await;
    closed.clone().close().await;
    assert_eq!(
        publish(&person.vault, &draft.id, &closed, POW_BITS, &clock)
            .await
            .unwrap_err()
            .code(),
        "bus_closed"
    );
    let waiting = get(&person.vault, &draft.id).unwrap();
    assert_eq!((waiting.state, waiting.published), (IntentState::Open, None));
    assert_eq!(unsent(&person.vault).unwrap()[0].step, UnsentStep::Publish);

    let person = person.reopened();
    clock.advance_ms(1000);
    let line = town.line(&draft.id).await;
    let published = publish(&person.vault, &draft.id, &line, POW_BITS, &clock)
        .await
        .unwrap();
    assert_eq!(published.event_id, waiting.event_id);
    assert_eq!(published.published, Some(clock.now()));
    assert_eq!(
        town.stored(KIND_INTENT_STANDING).await[0].id.to_hex(),
        published.event_id.unwrap()
    );
}
