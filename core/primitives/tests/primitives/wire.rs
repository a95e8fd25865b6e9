//! The wire records as others see them: names and shapes that must not drift.

use serde_json::{Value, json};
use tekram_primitives::did::SigningKey;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::record::{SignedRecord, WireRecord};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{
    Agreement, CashuDetails, Commitment, CommitmentFor, DeskCard, Message, Offer, Receipt, TermsRef,
};

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32]).unwrap()
}

fn noon() -> Timestamp {
    "2026-10-01T12:00:00Z".parse().unwrap()
}

fn terms() -> TermsRef {
    TermsRef {
        id: "PDC-INTENT".into(),
        sha256: "ab".repeat(32),
    }
}

fn card() -> DeskCard {
    DeskCard {
        kind: DeskCard::TYPE.into(),
        version: DeskCard::VERSION,
        name: "Corner Shop".into(),
        did: key(1).did(),
        nostr: "cd".repeat(32),
        relays: vec!["wss://relay.example".into()],
        cells: vec!["u33d".into()],
        cashu: Some(CashuDetails {
            p2pk: format!("02{}", "ef".repeat(32)),
            mints: vec!["https://mint.example".into()],
            units: vec!["eur".into()],
        }),
        terms: vec![terms()],
        valid_until: noon(),
    }
}

fn commitment() -> Commitment {
    Commitment {
        kind: Commitment::TYPE.into(),
        version: Commitment::VERSION,
        nonce: "00".repeat(16),
        payer: key(2).did(),
        payee: Some(key(1).did()),
        payee_name: None,
        amount: Money::new(900, Asset::EUR),
        purpose: CommitmentFor::Support,
        terms: None,
        expires: None,
    }
}

#[test]
fn a_commitment_says_only_what_it_must() {
    let mut promise = commitment();
    assert_eq!(
        serde_json::to_value(&promise).unwrap(),
        json!({
            "type": "TekramCommitment",
            "version": 1,
            "nonce": "00000000000000000000000000000000",
            "payer": key(2).did().to_string(),
            "payee": key(1).did().to_string(),
            "amount": { "value": "900", "assetCode": "EUR", "assetScale": 2 },
            "for": { "what": "support" },
        })
    );
    let offer = SignedRecord::sign(&card(), &key(1), noon()).unwrap().id().unwrap();
    promise.purpose = CommitmentFor::Offer { offer: offer.clone() };
    assert_eq!(
        serde_json::to_value(&promise).unwrap()["for"],
        json!({ "what": "offer", "offer": offer.as_str() })
    );
}

#[test]
fn every_record_signs_and_comes_back() {
    fn round_trip<T: WireRecord + PartialEq + std::fmt::Debug>(body: &T) -> SignedRecord {
        let record = SignedRecord::sign(body, &key(1), noon()).unwrap();
        let read = SignedRecord::parse(&record.bytes().unwrap()).unwrap();
        assert_eq!(read.kind(), T::TYPE);
        assert_eq!(
            read.verified_body::<T>().unwrap(),
            (read.body().unwrap(), vec![key(1).did()])
        );
        assert_eq!(&read.body::<T>().unwrap(), body);
        read
    }
    let signed_card = round_trip(&card());
    let offer = round_trip(&Offer {
        kind: Offer::TYPE.into(),
        version: Offer::VERSION,
        intent_event: "12".repeat(32),
        intent_sha256: "34".repeat(32),
        item: "Headphones".into(),
        gtin: None,
        price: Money::new(8_900, Asset::EUR),
        stock: 2,
        cell: Some("u33d".into()),
        valid_until: noon(),
        terms_accepted: terms(),
        seller: key(1).did(),
        card: signed_card.clone(),
    });
    assert_eq!(offer.body::<Offer>().unwrap().card.verify().unwrap(), [key(1).did()]);
    let promise = round_trip(&commitment());
    let agreement = round_trip(&Agreement {
        kind: Agreement::TYPE.into(),
        version: Agreement::VERSION,
        nonce: "00".repeat(16),
        first_party: key(2).did(),
        second_party: key(1).did(),
        terms: terms(),
        about: Some(offer.id().unwrap()),
        proposed: noon(),
    });
    let receipt = round_trip(&Receipt {
        kind: Receipt::TYPE.into(),
        version: Receipt::VERSION,
        commitment: promise.id().unwrap(),
        amount: Money::new(899, Asset::EUR),
        payee: key(1).did(),
        received: noon(),
    });

    let commitment_id = promise.id().unwrap();
    for (message, name) in [
        (Message::Offer { offer }, "offer"),
        (
            Message::Acceptance {
                commitment: promise.clone(),
                agreement: agreement.clone(),
            },
            "acceptance",
        ),
        (
            Message::Confirmation {
                commitment: commitment_id.clone(),
                agreement,
            },
            "confirmation",
        ),
        (
            Message::Refusal {
                commitment: commitment_id,
                reason: "sold_out".into(),
            },
            "refusal",
        ),
        (
            Message::Payment {
                commitment: promise,
                token: "cashuB…".into(),
            },
            "payment",
        ),
        (Message::Receipt { receipt }, "receipt"),
    ] {
        let wire: Value = serde_json::to_value(&message).unwrap();
        assert_eq!(wire["message"], name);
        assert_eq!(serde_json::from_str::<Message>(&wire.to_string()).unwrap(), message);
    }
}
