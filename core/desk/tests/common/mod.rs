//! What the tests of a desk share: a shop in a folder of its own, a customer made by hand so that it can also cheat, and
//! a teller that remembers.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nostr_sdk::{Alphabet, EventBuilder, JsonUtil, Keys, Kind, Tag, TagKind};
use serde_json::Value;
use tekram_desk::{Config, Desk, DeskEvent, Teller};
use tekram_intent::letters_filter;
use tekram_net::sealed::{open, seal_to};
use tekram_net::{Bus, BusLimits, NetPolicy, NostrBus, VerifiedEvent, pow};
use tekram_primitives::canonical::to_canonical_json;
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_primitives::money::Money;
use tekram_primitives::record::{SignedRecord, WireRecord};
use tekram_primitives::secret::random_hex_128;
use tekram_primitives::time::{Clock, FixedClock, SystemClock, Timestamp};
use tekram_primitives::wire::{Agreement, Commitment, CommitmentFor, Demand, KIND_MESSAGE, Message, Offer, TermsRef};
use tempfile::TempDir;

pub const TERMS: &str = "PDC-INTENT";
pub const CATALOGUE: &str = "name,gtin,price,stock\n\
    Aria wireless headphones,9520000010003,199.00,3\n\
    Last wireless speaker,,89.00,1\n";
/// Longer than any step takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Remembers what it was told.
#[derive(Debug, Default)]
pub struct Told {
    events: Mutex<Vec<Value>>,
    more: tokio::sync::Notify,
}

impl Teller for Told {
    fn tell(&self, event: &DeskEvent) {
        self.events.lock().unwrap().push(serde_json::to_value(event).unwrap());
        self.more.notify_waiters();
    }
}

impl Told {
    pub fn named(&self, name: &str) -> Vec<Value> {
        let events = self.events.lock().unwrap();
        events.iter().filter(|event| event["event"] == name).cloned().collect()
    }

    pub fn names(&self) -> Vec<String> {
        let events = self.events.lock().unwrap();
        events
            .iter()
            .map(|event| event["event"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The code of the last refusal.
    pub fn refusal(&self) -> String {
        let refused = self.named("refused");
        let last = refused.last().expect("something was refused");
        last["code"].as_str().unwrap().to_owned()
    }

    pub async fn wait_for(&self, name: &str) -> Value {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let more = self.more.notified();
                if let Some(event) = self.named(name).into_iter().next() {
                    return event;
                }
                more.await;
            }
        });
        waited
            .await
            .unwrap_or_else(|_| panic!("no {name} among {:?}", self.names()))
    }
}

/// A desk and its folder.
pub struct Shop {
    pub folder: TempDir,
    pub clock: Arc<FixedClock>,
    pub told: Arc<Told>,
    pub desk: Arc<Desk>,
}

impl Shop {
    /// A shop with [`CATALOGUE`] in cell `u33d`.
    pub fn open(relay: &str) -> Self {
        let toml = format!(
            "name = \"Shop\"\nrelays = [\"{relay}\"]\nallow = [\"{}\"]\ncells = [\"u33d\"]\n\
             catalogue = \"catalogue.csv\"\nterms = [\"{TERMS}\"]\n",
            relay.trim_start_matches("ws://")
        );
        Self::with(&toml)
    }

    /// A desk with this configuration, and [`CATALOGUE`] beside it.
    pub fn with(toml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("desk.toml"), toml).unwrap();
        std::fs::write(folder.path().join("catalogue.csv"), CATALOGUE).unwrap();
        let clock = Arc::new(FixedClock::new(SystemClock.now()));
        let told = Arc::new(Told::default());
        let desk = open_desk(&folder, &clock, &told);
        Self {
            folder,
            clock,
            told,
            desk,
        }
    }

    /// The program ends without a word and is started again.
    pub fn restart(self) -> Self {
        let Self {
            folder, clock, desk, ..
        } = self;
        drop(desk);
        let told = Arc::new(Told::default());
        let desk = open_desk(&folder, &clock, &told);
        desk.finish_orders().unwrap();
        desk.resume_payments().unwrap();
        Self {
            folder,
            clock,
            told,
            desk,
        }
    }

    pub fn did(&self) -> DidKey {
        self.desk.keys().did()
    }

    /// Runs a statement on the shop's vault, to put it where a crash would have left it.
    pub fn sql(&self, statement: &str) {
        let write = self.desk.vault().write(tekram_vault::Scope("test"), |tx| {
            tx.execute_batch(statement)?;
            Ok::<_, tekram_vault::VaultError>(())
        });
        write.unwrap();
    }

    /// What the outbox holds for this customer, opened, oldest first.
    pub fn letters_to(&self, customer: &Customer) -> Vec<Message> {
        let wraps: Vec<String> = self
            .desk
            .vault()
            .read(|db| {
                let mut statement = db
                    .prepare("SELECT wrap FROM desk_outbox WHERE receiver = ?1 AND published = 0 ORDER BY letter_no")?;
                let rows = statement.query_map([customer.keys.public_key().to_hex()], |row| row.get(0))?;
                Ok::<_, tekram_vault::VaultError>(rows.collect::<Result<_, _>>()?)
            })
            .unwrap();
        wraps.iter().map(|wrap| customer.reads(wrap)).collect()
    }

    /// The offer in the outbox for this customer.
    pub fn offer_to(&self, customer: &Customer) -> SignedRecord {
        match self.letters_to(customer).into_iter().next_back() {
            Some(Message::Offer { offer }) => offer,
            other => panic!("no offer: {other:?}, {:?}", self.told.names()),
        }
    }

    /// Publishes what is in the outbox.
    pub async fn publish(&self, bus: &dyn Bus) {
        self.desk.publish_waiting(bus).await.unwrap();
    }
}

fn open_desk(folder: &TempDir, clock: &Arc<FixedClock>, told: &Arc<Told>) -> Arc<Desk> {
    let config = Config::read(&folder.path().join("desk.toml")).unwrap();
    Arc::new(Desk::open(config, clock.clone(), told.clone()).unwrap())
}

/// Somebody who wants something, by hand: also what an honest person's side never sends.
pub struct Customer {
    pub keys: Keys,
    pub signing: SigningKey,
}

impl Customer {
    pub fn new() -> Self {
        Self {
            keys: Keys::generate(),
            signing: SigningKey::generate().unwrap(),
        }
    }

    pub fn demand(want: &str, now: Timestamp) -> Demand {
        Demand {
            context: "https://schema.org".into(),
            kind: "Demand".into(),
            version: 1,
            name: want.into(),
            gtin: None,
            quantity: 1,
            price_ceiling: Some("250.00 EUR".parse().unwrap()),
            valid_through: Timestamp::from_secs(now.secs() + 6 * 3600),
            area: vec!["u33".into(), "u33d".into(), "u33dc".into()],
            terms: terms(TERMS),
        }
    }

    /// The event of a demand, with `bits` of work.
    pub fn asks(&self, demand: &Demand, bits: u8) -> VerifiedEvent {
        let expires = nostr_sdk::Timestamp::from_secs(demand.valid_through.secs().unsigned_abs());
        let mut tags = vec![Tag::identifier(random_hex_128().unwrap())];
        for cell in &demand.area {
            tags.push(Tag::custom(TagKind::single_letter(Alphabet::G, false), [cell]));
        }
        tags.push(Tag::expiration(expires));
        tags.push(Tag::custom(
            TagKind::custom("terms"),
            [&demand.terms.id, &demand.terms.sha256],
        ));
        let content = String::from_utf8(to_canonical_json(demand).unwrap()).unwrap();
        let unsigned = EventBuilder::new(Kind::from(37335), content)
            .tags(tags)
            .build(self.keys.public_key());
        let mined = pow::mine(unsigned, bits, |_| ControlFlow::Continue(())).unwrap();
        VerifiedEvent::check(mined.sign_with_keys(&self.keys).unwrap()).unwrap()
    }

    /// The shop hears this want; what it offers is returned.
    pub fn gets_an_offer(&self, shop: &Shop, want: &str) -> SignedRecord {
        let event = self.asks(&Self::demand(want, shop.clock.now()), 8);
        shop.desk.hear_intent(&event).unwrap();
        shop.offer_to(self)
    }

    /// A right commitment and agreement for an offer.
    pub fn accepts(&self, offer: &SignedRecord) -> (Commitment, Agreement) {
        let (id, offer) = (offer.id().unwrap(), offer.body::<Offer>().unwrap());
        let commitment = Commitment {
            kind: Commitment::TYPE.into(),
            version: 1,
            nonce: random_hex_128().unwrap(),
            payer: self.signing.did(),
            payee: Some(offer.seller),
            payee_name: None,
            amount: offer.price,
            purpose: CommitmentFor::Offer { offer: id.clone() },
            terms: Some(offer.terms_accepted.clone()),
            expires: Some(offer.valid_until),
        };
        let agreement = Agreement {
            kind: Agreement::TYPE.into(),
            version: 1,
            nonce: random_hex_128().unwrap(),
            first_party: self.signing.did(),
            second_party: offer.seller,
            terms: offer.terms_accepted,
            about: Some(id),
            proposed: SystemClock.now(),
        };
        (commitment, agreement)
    }

    pub fn signs<T: WireRecord>(&self, body: &T) -> SignedRecord {
        SignedRecord::sign(body, &self.signing, SystemClock.now()).unwrap()
    }

    /// The acceptance of these two, signed.
    pub fn acceptance(&self, (commitment, agreement): &(Commitment, Agreement)) -> Message {
        Message::Acceptance {
            commitment: self.signs(commitment),
            agreement: self.signs(agreement),
        }
    }

    /// A promise of support to this shop.
    pub fn supports(&self, shop: &Shop, amount: Money) -> Commitment {
        Commitment {
            kind: Commitment::TYPE.into(),
            version: 1,
            nonce: random_hex_128().unwrap(),
            payer: self.signing.did(),
            payee: Some(shop.did()),
            payee_name: None,
            amount,
            purpose: CommitmentFor::Support,
            terms: None,
            expires: None,
        }
    }

    /// Seals a message to the shop, which hears it.
    pub fn tells(&self, shop: &Shop, message: &Message) {
        shop.desk.hear_letter(&self.seals(shop, message)).unwrap();
    }

    pub fn seals(&self, shop: &Shop, message: &Message) -> VerifiedEvent {
        let json = serde_json::to_string(message).unwrap();
        let to = shop.desk.keys().nostr.public_key();
        VerifiedEvent::check(seal_to(&to, &self.keys, KIND_MESSAGE, &json, None).unwrap()).unwrap()
    }

    fn reads(&self, wrap: &str) -> Message {
        let opened = open(&self.keys, &nostr_sdk::Event::from_json(wrap).unwrap()).unwrap();
        serde_json::from_str(&opened.json).unwrap()
    }

    /// What a relay has for this customer from the shop.
    pub async fn fetches(&self, bus: &dyn Bus) -> Vec<Message> {
        let filter = letters_filter(&self.keys.public_key());
        let wraps = bus.fetch(filter, PATIENCE).await.unwrap();
        wraps.iter().map(|wrap| self.reads(&wrap.as_json())).collect()
    }
}

pub fn terms(id: &str) -> TermsRef {
    tekram_relate::terms(id).unwrap().reference()
}

/// A connection to a relay of the test.
pub async fn bus(relay: &str) -> NostrBus {
    NostrBus::connect(&[relay.to_owned()], &policy(&[relay]), BusLimits::default())
        .await
        .unwrap()
}

pub fn policy(addresses: &[&str]) -> NetPolicy {
    addresses.iter().fold(NetPolicy::default(), |policy, address| {
        policy.allow(&address.parse().unwrap())
    })
}
