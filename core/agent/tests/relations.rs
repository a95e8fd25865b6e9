//! A person, a shop and a relay: what the person can read afterwards about the relation, what left them, and whom they
//! asked – all from their own vault.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use nostr_sdk::Keys;
use serde_json::json;
use tekram_agent::{
    Agent, AuditContent, AuditKind, AuditQuery, ExtractField, ExtractQuestion, Half, ListenDisclosure, NameSource,
    NetworkKind, NetworkWhy, Passphrase, Persona, SharedKind, Want, check_gtin, read_listen_extract,
};
use tekram_harness::relay::Relay;
use tekram_harness::sd_jwt::ask;
use tekram_intent::{
    Cell, POW_BITS, Quote, Seller, answer, check_acceptance, confirm, intents_filter, letters_filter, open_letter,
    parse_intent, pickup_code, read_acceptance, read_message,
};
use tekram_net::{Bus, BusLimits, NetPolicy, NostrBus};
use tekram_primitives::credential::PublicKey;
use tekram_primitives::did::SigningKey;
use tekram_primitives::record::{RecordId, SignedRecord, WireRecord};
use tekram_primitives::time::{Clock, SystemClock};
use tekram_primitives::wire::{DeskCard, Message};

const PATIENCE: Duration = Duration::from_secs(60);

/// A shop that answers the first request it hears and confirms the first acceptance.
struct Shop {
    signing: SigningKey,
    nostr: Keys,
    card: SignedRecord,
}

impl Shop {
    fn new(relay: &str) -> Self {
        let (signing, nostr) = (SigningKey::generate().unwrap(), Keys::generate());
        let body = DeskCard {
            kind: DeskCard::TYPE.into(),
            version: DeskCard::VERSION,
            name: "Klangwerk".into(),
            did: signing.did(),
            nostr: nostr.public_key().to_hex(),
            relays: vec![relay.to_owned()],
            cells: vec!["u33d".into()],
            cashu: None,
            terms: vec![tekram_relate::terms("PDC-INTENT").unwrap().reference()],
            valid_until: SystemClock.now().plus_secs(24 * 3600),
        };
        let card = SignedRecord::sign(&body, &signing, SystemClock.now()).unwrap();
        Self { signing, nostr, card }
    }

    /// Sells one pair; returns the code it hands it over for.
    async fn sells(self, bus: NostrBus) -> String {
        let mut requests = bus.listen(intents_filter(&cells())).await.unwrap();
        let mut letters = bus.listen(letters_filter(&self.nostr.public_key())).await.unwrap();
        let event = requests.next().await.unwrap();
        let now = SystemClock.now();
        let asked = parse_intent(&event, POW_BITS, now).unwrap();
        let quote = Quote {
            item: "Aurora 700 headphones".into(),
            gtin: None,
            price: "189.90 EUR".parse().unwrap(),
            stock: 3,
            cell: Some(Cell::new("u33dc").unwrap()),
            valid_until: now.plus_secs(3600),
        };
        let seller = Seller {
            signing: &self.signing,
            nostr: &self.nostr,
            card: &self.card,
        };
        let made = answer(&asked, &quote, &seller, now).unwrap();
        bus.publish(&made.wrap).await.unwrap();

        let opened = open_letter(&self.nostr, &letters.next().await.unwrap()).unwrap();
        let Message::Acceptance { commitment, agreement } = read_message(&opened).unwrap() else {
            panic!("no acceptance")
        };
        let received = read_acceptance(opened.sender, commitment, agreement).unwrap();
        check_acceptance(&received, &made.offer, &asked.author, SystemClock.now()).unwrap();
        let by_both = received
            .agreement
            .countersign(&self.signing, SystemClock.now())
            .unwrap();
        let until = SystemClock.now().plus_secs(3600);
        let confirmation = confirm(&received, &by_both, &self.nostr, until).unwrap();
        bus.publish(&confirmation).await.unwrap();
        pickup_code(&received.id).to_string()
    }
}

/// Wherever the noise puts a person in Berlin.
fn cells() -> Vec<Cell> {
    ["u33", "u30", "u31", "u32", "u36", "u37", "u34", "u35"]
        .map(|cell| Cell::new(cell).unwrap())
        .to_vec()
}

fn want(relay: &str, what: &str) -> Want {
    Want {
        what: what.to_owned(),
        gtin: None,
        quantity: 1,
        ceiling: Some("250 EUR".parse().unwrap()),
        at: (52.52, 13.40),
        precision: 5,
        hours: 12,
        terms: "PDC-INTENT".to_owned(),
        in_store: false,
        relays: vec![relay.to_owned()],
    }
}

fn person(folder: &std::path::Path, policy: NetPolicy) -> Persona {
    Agent::open(folder, policy, Arc::new(SystemClock))
        .unwrap()
        .create_persona("Nobody", &Passphrase::from("a long walk in the rain"))
        .unwrap()
}

/// A signed extract of the log under the agreement: by our own reader and by the reference implementation of SD-JWT.
fn the_other_side_reads_an_extract(persona: &Persona, folder: &std::path::Path, did: &str, agreement: &str) {
    let line = |number: i64| {
        json!({
            "tekram_listen": 1, "start_ms": 1_790_000_000_000_i64 + number * 1000, "kind": "podcast",
            "title": format!("Episode {number}"), "show": "Harbour Lights", "source": "this_device",
            "played": {"how": "total", "ms": 61_500}, "credit": {"key": "show:harbour lights", "name": "Harbour Lights"},
            "fingerprint": format!("{number:032x}"),
        })
    };
    let file = folder.join("own.jsonl");
    std::fs::write(&file, format!("{}\n{}", line(1), line(2))).unwrap();
    let report = persona.import(&file, &mut |_| {}, Arc::default()).unwrap();
    persona.accept_batch(report.batch_id).unwrap();

    let mut disclosure = ListenDisclosure {
        party: did.to_owned(),
        agreement: agreement.to_owned(),
        fields: vec![ExtractField::Day, ExtractField::Show, ExtractField::PlayedMinutes],
        nonce: "n-1".to_owned(),
        ..ListenDisclosure::default()
    };
    let shown = persona.disclose_listens(&disclosure).unwrap();
    let later = persona
        .disclose_more_listens(
            &shown.extract_id,
            &[ExtractField::Start, ExtractField::Title],
            "",
            "n-2",
        )
        .unwrap();
    let read = |presentation: &str, nonce: &str| {
        let question = ExtractQuestion {
            audience: did,
            nonce,
            agreement: Some(agreement),
            key: None,
            max_age_seconds: 600,
        };
        read_listen_extract(presentation, &question).unwrap()
    };
    let (first, second) = (read(&shown.presentation, "n-1"), read(&later.presentation, "n-2"));
    assert_eq!(first.extract_id, second.extract_id);
    assert_eq!((first.listens.len(), second.listens.len()), (2, 2));
    assert_eq!(first.listens[0]["played_minutes"], 2);

    let signer = PublicKey::from_did(&first.key).unwrap().unwrap().to_jwk();
    let verify = |presentation: &str, audience: &str, nonce: &str| {
        let question = json!({
            "do": "verify", "presentation": presentation, "issuer": signer, "audience": audience, "nonce": nonce,
        });
        ask(&question).unwrap()
    };
    let claims = verify(&shown.presentation, did, "n-1")["claims"].clone();
    assert_eq!(
        (claims["agreement"].as_str(), claims["aud"].as_str()),
        (Some(agreement), Some(did))
    );
    let seen = json!({"day": "2026-09-21", "show": "Harbour Lights", "played_minutes": 2});
    assert_eq!(claims["listens"], json!([seen, seen]), "{claims}");
    let claims = verify(&later.presentation, did, "n-2")["claims"].clone();
    let titles = claims["listens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|listen| listen["title"].as_str().unwrap());
    let titles: BTreeSet<&str> = titles.collect();
    assert_eq!(titles, BTreeSet::from(["Episode 1", "Episode 2"]));
    for (presentation, audience, nonce) in [
        (shown.presentation.as_str(), did, "n-2"),
        (&shown.presentation, "did:key:z6MkOther", "n-1"),
        (shown.presentation.rsplit_once('~').unwrap().0, did, "n-1"),
    ] {
        assert!(verify(presentation, audience, nonce).get("claims").is_none());
    }

    let kept = persona.disclosed_listens().unwrap();
    assert_eq!(
        (kept.len(), kept[0].shown.len(), kept[0].relation.as_str()),
        (1, 2, did)
    );
    disclosure.party = "did:key:z6MkOther".to_owned();
    assert_eq!(persona.disclose_listens(&disclosure).unwrap_err().code(), "not_agreed");
    disclosure.party = did.to_owned();
    disclosure.nonce = String::new();
    assert_eq!(persona.disclose_listens(&disclosure).unwrap_err().code(), "bad_field");
    let party = AuditQuery {
        kinds: vec![AuditKind::Disclosure],
        text: Some(shown.extract_id),
        limit: 10,
        ..AuditQuery::default()
    };
    let entries = persona.audit(&party).unwrap().entries;
    assert_eq!(entries.len(), 2);
    assert!(
        entries[0]
            .content
            .as_ref()
            .unwrap()
            .who
            .starts_with("Klangwerk did:key:")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_and_what_left_can_be_read_from_ones_own_vault() {
    let (relay, folder) = (Relay::start(0).unwrap(), tempfile::tempdir().unwrap());
    let policy = NetPolicy::default().allow(&relay.url.parse().unwrap());
    let shop = Shop::new(&relay.url);
    let (did, address) = (shop.signing.did().to_string(), relay.url.clone());
    let bus = NostrBus::connect(std::slice::from_ref(&relay.url), &policy, BusLimits::default())
        .await
        .unwrap();
    let selling = tokio::spawn(shop.sells(bus));

    let persona = person(&folder.path().join("data"), policy);
    assert!(persona.relations().unwrap().is_empty());
    let draft = persona.compose(&want(&relay.url, "never sent")).unwrap();
    let intent = persona
        .compose(&want(&relay.url, "wireless headphones"))
        .unwrap()
        .intent;
    assert!(
        persona.shared(None, 10).unwrap().items.is_empty(),
        "a draft has not left"
    );
    assert!(persona.networks().unwrap().is_empty());

    let published = persona.publish(&intent).await.unwrap();
    let offers = persona.collect(&intent, PATIENCE, 1).await.unwrap();
    assert_eq!(persona.accepted(&intent).unwrap(), None);
    let accepted = persona
        .accept_offer(&intent, &offers.offers[0].offer, PATIENCE)
        .await
        .unwrap();
    assert_eq!(accepted.state, "confirmed");

    // The code that both say, though nothing was sent for it; and what was accepted can be read again without a network.
    assert_eq!(accepted.pickup_code, Some(selling.await.unwrap()));
    drop(relay);
    assert_eq!(persona.accepted(&intent).unwrap(), Some(accepted.clone()));
    assert_eq!(persona.accepted(&draft.intent).unwrap(), None);
    assert_eq!(persona.accepted("nothing").unwrap_err().code(), "no_such_intent");

    let relations = persona.relations().unwrap();
    assert_eq!(relations.len(), 1);
    let relation = &relations[0];
    assert_eq!(
        (relation.party.as_str(), relation.name.as_deref(), relation.name_from),
        (did.as_str(), Some("Klangwerk"), Some(NameSource::Offer))
    );
    assert_eq!((relation.mine, relation.theirs), (Half::InRelation, Half::InRelation));
    assert_eq!((relation.agreements, relation.differs.len()), (1, 0));

    let detail = persona.relation(&did).unwrap();
    assert_eq!(&detail.relation, relation);
    let record = &detail.records[0];
    assert_eq!(record.title, tekram_relate::terms("PDC-INTENT").unwrap().title);
    assert!(record.clauses.iter().any(|clause| clause.label == "No tracking"));
    assert_eq!(record.about_item.as_deref(), Some("Aurora 700 headphones"));
    assert!(record.signed_by_me && record.signed_by_them);
    assert_eq!(Some(&record.sha256), accepted.agreement_sha256.as_ref());
    assert_eq!(record.record, accepted.agreement);
    assert_eq!(persona.relation("did:key:z6Mk").unwrap_err().code(), "no_such_party");

    // What left: the acceptance to the shop alone, the request to everybody.
    let whole = persona.shared(None, 10).unwrap();
    assert_eq!(whole.next, None);
    let kinds: Vec<SharedKind> = whole.items.iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [SharedKind::Acceptance, SharedKind::Request]);
    let (acceptance, request) = (&whole.items[0], &whole.items[1]);
    assert_eq!(
        (acceptance.to.as_slice(), acceptance.party.as_ref()),
        (["Klangwerk".to_owned()].as_slice(), Some(&did))
    );
    assert_eq!(
        (&acceptance.record, acceptance.amount),
        (&accepted.commitment, Some(accepted.price))
    );
    assert_eq!(acceptance.content, None, "nobody else can read it");
    assert_eq!(request.content.as_deref(), Some(published.content.as_str()));
    assert_eq!(Some(&request.record), published.event.as_ref());
    assert_eq!(request.terms.as_deref(), Some("PDC-INTENT"));
    assert!(acceptance.confirmed && request.confirmed);
    let host = address.trim_start_matches("ws://").trim_end_matches('/').to_owned();
    assert_eq!(request.to.as_slice(), std::slice::from_ref(&host));

    // The audit has the same two, written with their deeds.
    let disclosed = AuditQuery {
        kinds: vec![AuditKind::Disclosure],
        ..AuditQuery::default()
    };
    let entries = persona.audit(&disclosed).unwrap().entries;
    let noted: Vec<AuditContent> = entries.into_iter().filter_map(|entry| entry.content).collect();
    assert_eq!(noted.len(), 2);
    assert_eq!(
        (noted[0].who.as_str(), &noted[0].party, &noted[0].record, &noted[0].what),
        ("Klangwerk", &did, &acceptance.record, &acceptance.what)
    );
    assert_eq!(
        (&noted[1].who, noted[1].party.as_str(), &noted[1].record, &noted[1].what),
        (&host, "", &request.record, &request.what)
    );
    let mut bytes = Vec::new();
    let written = persona.export_agreement(&record.record, &mut bytes).unwrap();
    assert_eq!(written, bytes.len());
    assert_eq!(bytes, persona.agreement_bytes(&record.record).unwrap());
    let exported = persona.audit(&AuditQuery::default()).unwrap().entries.remove(0);
    assert_eq!(exported.kind, AuditKind::Export);
    assert_eq!(exported.content.unwrap().party, did);

    // The same in pages of one.
    let first = persona.shared(None, 1).unwrap();
    let second = persona.shared(first.next.as_deref(), 1).unwrap();
    assert_eq!([first.items, second.items].concat(), whole.items);
    assert_eq!(second.next, None);

    let networks = persona.networks().unwrap();
    assert_eq!(networks.len(), 1);
    assert_eq!(
        (
            networks[0].kind,
            networks[0].why,
            &networks[0].host,
            networks[0].since_ms
        ),
        (NetworkKind::Relay, NetworkWhy::Requests, &host, Some(request.at_ms))
    );
    let id: RecordId = accepted.commitment.parse().unwrap();
    assert_eq!(Some(pickup_code(&id).to_string()), accepted.pickup_code);

    // What was confirmed is a purchase, once; what was removed does not come again.
    let purchases = persona.purchases("", None, None).unwrap();
    let [bought] = purchases.as_slice() else {
        panic!("{purchases:?}")
    };
    assert_eq!(
        (bought.seller.as_str(), &bought.seller_id, &bought.record, bought.total),
        ("Klangwerk", &did, &accepted.commitment, accepted.price)
    );
    assert_eq!(
        (bought.items[0].name.as_str(), bought.items[0].quantity),
        ("Aurora 700 headphones", 1)
    );
    assert_eq!(persona.take_purchases().unwrap(), 0);
    persona.remove_purchase(bought.id).unwrap();
    assert_eq!(persona.take_purchases().unwrap(), 0);
    assert!(persona.purchases("", None, None).unwrap().is_empty());
    the_other_side_reads_an_extract(&persona, folder.path(), &did, &accepted.agreement);
}

#[test]
fn a_barcode_is_checked_by_name() {
    assert_eq!(check_gtin(" 4006381-333931").unwrap(), "4006381333931");
    assert_eq!(check_gtin("4006381333932").unwrap_err().code(), "bad_gtin");
}
