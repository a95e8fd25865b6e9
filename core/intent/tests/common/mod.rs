//! A relay, a person with a vault, and shops: what the tests of this room are told with.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::time::Duration;

use nostr_sdk::{Event, Filter, Keys, Kind, PublicKey};
use tekram_harness::relay::Relay;
use tekram_intent::{
    Cell, Collected, Collector, Intent, Line, POW_BITS, Position, Quote, Reach, ReceivedIntent, Refused, SCHEMA,
    Seller, SystemRandomness, Wish, compose, locate, parse_intent, publish,
};
use tekram_net::{Bus, BusLimits, NetPolicy, NostrBus, VerifiedEvent, sealed};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::did::SigningKey;
use tekram_primitives::record::{SignedRecord, WireRecord};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{Clock, FixedClock, SystemClock, Timestamp};
use tekram_primitives::wire::{DeskCard, KIND_MESSAGE, Message, Offer, TermsRef};
use tekram_vault::{Store, Vault};

pub const PATIENCE: Duration = Duration::from_secs(30);

/// Stephansplatz.
pub fn vienna() -> Position {
    Position::new(48.208_493, 16.373_118).unwrap()
}

/// Now by the system, standing still: sealed letters are dated by the system's clock.
pub fn clock() -> FixedClock {
    FixedClock::new(SystemClock.now())
}

pub fn my_terms() -> TermsRef {
    TermsRef {
        id: "PDC-INTENT".into(),
        sha256: sha256_hex(b"the person's terms"),
    }
}

pub struct Town {
    pub relay: Relay,
}

impl Town {
    pub fn new() -> Self {
        Self {
            relay: Relay::start(0).unwrap(),
        }
    }

    pub async fn bus(&self) -> NostrBus {
        let policy = NetPolicy::default().allow(&self.relay.url.parse().unwrap());
        NostrBus::connect(std::slice::from_ref(&self.relay.url), &policy, BusLimits::default())
            .await
            .unwrap()
    }

    pub async fn line(&self, intent: &str) -> Line {
        let policy = NetPolicy::default().allow(&self.relay.url.parse().unwrap());
        Line::open(
            intent,
            std::slice::from_ref(&self.relay.url),
            &policy,
            BusLimits::default(),
        )
        .await
        .unwrap()
    }

    /// Everything of one kind that the relay has.
    pub async fn stored(&self, kind: u16) -> Vec<VerifiedEvent> {
        self.bus()
            .await
            .fetch(Filter::new().kind(Kind::from(kind)), PATIENCE)
            .await
            .unwrap()
    }

    /// An intent of a new person, published, as the person and as a shop sees it.
    pub async fn open_intent(&self, clock: &dyn Clock) -> (Person, Intent, ReceivedIntent) {
        let person = Person::new("Home");
        let (intent, read) = self.publish(&person, &headphones(&person, clock), clock).await;
        (person, intent, read)
    }

    pub async fn publish(&self, person: &Person, wish: &Wish, clock: &dyn Clock) -> (Intent, ReceivedIntent) {
        let draft = compose(&person.vault, wish, clock).unwrap();
        let line = self.line(&draft.id).await;
        let intent = publish(&person.vault, &draft.id, &line, POW_BITS, clock).await.unwrap();
        let event = self.event(&intent).await;
        let read = parse_intent(&event, POW_BITS, clock.now()).unwrap();
        (intent, read)
    }

    pub async fn event(&self, intent: &Intent) -> VerifiedEvent {
        let id = intent.event_id.as_deref().unwrap().parse().unwrap();
        self.bus()
            .await
            .fetch(Filter::new().id(id), PATIENCE)
            .await
            .unwrap()
            .remove(0)
    }
}

pub struct Person {
    pub folder: tempfile::TempDir,
    pub vault: Vault,
    name: String,
}

impl Person {
    pub fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let vault = store
            .create(name, &Passphrase::from("correct horse"), &[SCHEMA], &SystemClock)
            .unwrap();
        Self {
            folder,
            vault,
            name: name.into(),
        }
    }

    /// As after the program was ended and started again.
    pub fn reopened(self) -> Self {
        let Self { folder, vault, name } = self;
        vault.lock().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let vault = store
            .unlock(&name, &Passphrase::from("correct horse"), &[SCHEMA])
            .unwrap();
        Self { folder, vault, name }
    }

    /// Rows of the vault in which a one-time secret still stands.
    pub fn kept_secrets(&self) -> i64 {
        self.vault
            .read(|connection| {
                Ok::<i64, tekram_vault::VaultError>(connection.query_row(
                    "SELECT (SELECT count(*) FROM intent_intent WHERE length(secret) > 0) \
                     + (SELECT count(*) FROM intent_acceptance WHERE length(secret) > 0)",
                    [],
                    |row| row.get(0),
                )?)
            })
            .unwrap()
    }

    /// Gives wraps to the collector of an intent, as if a relay had sent them.
    pub fn take(&self, intent: &Intent, wraps: &[Event], now: Timestamp) -> Collected {
        let wraps: Vec<VerifiedEvent> = wraps
            .iter()
            .cloned()
            .map(|wrap| VerifiedEvent::check(wrap).unwrap())
            .collect();
        Collector::open(&self.vault, &intent.id, now)
            .unwrap()
            .take(&self.vault, &wraps, now)
            .unwrap()
    }

    /// The one reason for which a wrap is refused.
    pub fn refusal(&self, intent: &Intent, wrap: &Event, now: Timestamp) -> Option<Refused> {
        let collected = self.take(intent, std::slice::from_ref(wrap), now);
        assert_eq!(collected.received, 1);
        let reason = collected.refused.keys().next().copied();
        assert_eq!(collected.kept, u64::from(reason.is_none()));
        reason
    }
}

pub fn headphones(person: &Person, clock: &dyn Clock) -> Wish {
    let place = locate(&person.vault, vienna(), &mut SystemRandomness, clock).unwrap();
    Wish {
        name: "wireless headphones".into(),
        gtin: None,
        quantity: 1,
        price_ceiling: Some("250.00 EUR".parse().unwrap()),
        valid_through: clock.now().plus_secs(6 * 3600),
        cell: place.cell(tekram_intent::Precision::default()).unwrap(),
        terms: my_terms(),
        reach: Reach::Standing,
    }
}

pub struct Shop {
    pub signing: SigningKey,
    pub nostr: Keys,
    pub card: SignedRecord,
}

impl Shop {
    pub fn new(name: &str) -> Self {
        let (signing, nostr) = (SigningKey::generate().unwrap(), Keys::generate());
        let card = card(
            name,
            &signing,
            &nostr.public_key(),
            SystemClock.now().plus_secs(30 * 24 * 3600),
        );
        Self { signing, nostr, card }
    }

    pub fn seller(&self) -> Seller<'_> {
        Seller {
            signing: &self.signing,
            nostr: &self.nostr,
            card: &self.card,
        }
    }

    /// An honest offer at this price.
    pub fn offers(&self, intent: &ReceivedIntent, price: &str, now: Timestamp) -> tekram_intent::Answer {
        tekram_intent::answer(intent, &quote(price, now), &self.seller(), now).unwrap()
    }

    /// An offer with something changed before it is signed and sealed.
    pub fn offers_changed(&self, intent: &ReceivedIntent, now: Timestamp, change: impl FnOnce(&mut Offer)) -> Event {
        let mut offer = self.offer(intent, now);
        change(&mut offer);
        let record = SignedRecord::sign(&offer, &self.signing, now).unwrap();
        self.seals(&intent.author, &Message::Offer { offer: record })
    }

    pub fn offer(&self, intent: &ReceivedIntent, now: Timestamp) -> Offer {
        Offer {
            kind: Offer::TYPE.into(),
            version: Offer::VERSION,
            intent_event: intent.event_id.clone(),
            intent_sha256: intent.content_sha256.clone(),
            item: "Aurora 700 headphones".into(),
            gtin: None,
            price: "199.00 EUR".parse().unwrap(),
            stock: 3,
            cell: Some("u2edk".into()),
            valid_until: now.plus_secs(3600),
            terms_accepted: intent.demand.terms.clone(),
            seller: self.signing.did(),
            card: self.card.clone(),
        }
    }

    pub fn seals(&self, to: &PublicKey, message: &Message) -> Event {
        sealed::seal_to(
            to,
            &self.nostr,
            KIND_MESSAGE,
            &serde_json::to_string(message).unwrap(),
            None,
        )
        .unwrap()
    }
}

pub fn quote(price: &str, now: Timestamp) -> Quote {
    Quote {
        item: "Aurora 700 headphones".into(),
        gtin: None,
        price: price.parse().unwrap(),
        stock: 3,
        cell: Some(Cell::new("u2edk").unwrap()),
        valid_until: now.plus_secs(3600),
    }
}

pub fn card(name: &str, signing: &SigningKey, nostr: &PublicKey, valid_until: Timestamp) -> SignedRecord {
    let body = DeskCard {
        kind: DeskCard::TYPE.into(),
        version: DeskCard::VERSION,
        name: name.into(),
        did: signing.did(),
        nostr: nostr.to_hex(),
        relays: vec!["wss://relay.example".into()],
        cells: vec!["u2edk".into()],
        cashu: None,
        terms: vec![my_terms()],
        valid_until,
    };
    SignedRecord::sign(&body, signing, SystemClock.now()).unwrap()
}

/// Who the relay's stored letters are addressed to, and how many each.
pub fn receivers(wraps: &[VerifiedEvent]) -> BTreeMap<PublicKey, usize> {
    let mut counted = BTreeMap::new();
    for wrap in wraps {
        for receiver in wrap.tags.public_keys() {
            *counted.entry(*receiver).or_default() += 1;
        }
    }
    counted
}
