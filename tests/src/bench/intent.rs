//! What receiving offers costs: gift wraps opened, held against their intent, checked and stored in the vault, against
//! opening them, checking the same four signatures and one batched insert into plain SQLite.

use std::time::Duration;

use nostr_sdk::nips::nip44;
use nostr_sdk::{Event, Filter, JsonUtil as _, Keys, PublicKey, UnsignedEvent};
use rusqlite::{Connection, params};
use tekram_harness::relay::Relay;
use tekram_intent::{
    BATCH, Cell, Collector, Line, MAX_LIVE_OFFERS, Quote, Reach, ReceivedIntent, SCHEMA, Seller, Wish, answer, compose,
    parse_intent, publish,
};
use tekram_net::{Bus as _, BusLimits, NetPolicy, NostrBus, VerifiedEvent};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::did::SigningKey;
use tekram_primitives::record::{SignedRecord, WireRecord as _};
use tekram_primitives::time::{Clock as _, FixedClock, SystemClock, Timestamp};
use tekram_primitives::wire::{DeskCard, Message, Offer, TermsRef};
use tekram_vault::{Scope, Vault, VaultError};

use crate::measure::{Measurement, Outcome, Promise, Question, compare, timed};
use crate::place::{self, Place};

/// An intent keeps one offer of each seller, and of so many sellers at most: ten intents make 2,000 offers.
const INTENTS: usize = 10;
const SELLERS: usize = MAX_LIVE_OFFERS;
const PLAIN: &str = "plain.db";
const CELL: &str = "u2edk";
const PATIENCE: Duration = Duration::from_secs(30);

/// `intent_offer`.
///
/// # Errors
/// When anything fails.
pub fn measure(_megabytes: u64) -> Outcome<Vec<Measurement>> {
    let place = Place::new(&[SCHEMA])?;
    let vault = place.unlock()?;
    let clock = FixedClock::new(SystemClock.now());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let intents = runtime.block_on(open_intents(&vault, &clock))?;
    drop(runtime);
    let letters = letters(&vault, &intents, clock.now())?;
    let offers: usize = letters.iter().map(|letters| letters.wraps.len()).sum();
    let measured = compare(
        Question {
            bench: "intent_offer",
            case: "",
            promise: Promise::Ratio(1.5),
            note: format!(
                "{offers} gift-wrapped offers to {INTENTS} intents, from the event's JSON to the committed vault, at most \
                 {BATCH} a transaction; floor: unwrapping, the same four signatures (wrap, seal, offer, card) and one \
                 transaction into plain SQLite, on one thread"
            ),
            rounds: 7,
        },
        || {
            forget(&vault)?;
            timed(|| receive(&vault, &letters, clock.now()))
        },
        || {
            let mut plain = place.plain(PLAIN)?;
            plain.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM intent_offer;")?;
            let took = timed(|| floor(&mut plain, &letters))?;
            place::close(plain)?;
            Ok(took)
        },
    )?;
    vault.lock()?;
    Ok(vec![measured.per_second(offers as f64, "offers/s")])
}

/// What sellers sent to one intent.
struct Letters {
    intent: String,
    receiver: Keys,
    wraps: Vec<String>,
}

fn terms() -> TermsRef {
    TermsRef {
        id: "PDC-INTENT".to_owned(),
        sha256: sha256_hex(b"the person's terms"),
    }
}

/// Composes intents and publishes them on a relay in this process.
async fn open_intents(vault: &Vault, clock: &FixedClock) -> Outcome<Vec<(String, ReceivedIntent)>> {
    let relay = Relay::start(0)?;
    let address = relay.address().to_string();
    let policy = NetPolicy {
        allow_origins: [address].into(),
        proxy: None,
    };
    let relays = [relay.url.clone()];
    let bus = NostrBus::connect(&relays, &policy, BusLimits::default()).await?;
    let mut opened = Vec::new();
    for number in 0..INTENTS {
        let wish = Wish {
            name: format!("wireless headphones, kind {number}"),
            gtin: None,
            quantity: 1,
            price_ceiling: Some("250.00 EUR".parse()?),
            valid_through: clock.now().plus_secs(6 * 3600),
            cell: Cell::new(CELL)?,
            terms: terms(),
            reach: Reach::Standing,
        };
        let id = compose(vault, &wish, clock)?.id;
        let line = Line::open(&id, &relays, &policy, BusLimits::default()).await?;
        let intent = publish(vault, &id, &line, 0, clock).await?;
        line.close().await;
        let event_id = intent.event_id.as_deref().unwrap_or_default().parse()?;
        let events = bus.fetch(Filter::new().id(event_id), PATIENCE).await?;
        let event = events.first().ok_or("the relay lost the intent")?;
        let read = parse_intent(event, 0, clock.now()).map_err(|refused| refused.code())?;
        opened.push((id, read));
    }
    bus.close().await;
    Ok(opened)
}

/// Every seller answers every intent.
fn letters(vault: &Vault, intents: &[(String, ReceivedIntent)], now: Timestamp) -> Outcome<Vec<Letters>> {
    let mut sellers = Vec::new();
    for number in 0..SELLERS {
        let (signing, nostr) = (SigningKey::generate()?, Keys::generate());
        let card = card(&format!("Shop {number}"), &signing, &nostr.public_key(), now)?;
        sellers.push((signing, nostr, card));
    }
    let mut all = Vec::new();
    for (id, intent) in intents {
        let mut wraps = Vec::new();
        for (number, (signing, nostr, card)) in (1_i64..).zip(&sellers) {
            let quote = Quote {
                item: format!("Aurora {number} headphones"),
                gtin: None,
                price: format!("{}.{:02} EUR", 100 + number % 150, number % 100).parse()?,
                stock: 3,
                cell: Some(Cell::new(CELL)?),
                valid_until: now.plus_secs(3600),
            };
            let seller = Seller { signing, nostr, card };
            wraps.push(answer(intent, &quote, &seller, now)?.wrap.as_json());
        }
        all.push(Letters {
            intent: id.clone(),
            receiver: one_time_key(vault, id)?,
            wraps,
        });
    }
    Ok(all)
}

fn card(name: &str, signing: &SigningKey, nostr: &PublicKey, now: Timestamp) -> Outcome<SignedRecord> {
    let body = DeskCard {
        kind: DeskCard::TYPE.to_owned(),
        version: DeskCard::VERSION,
        name: name.to_owned(),
        did: signing.did(),
        nostr: nostr.to_hex(),
        relays: vec!["wss://relay.example".to_owned()],
        cells: vec![CELL.to_owned()],
        cashu: None,
        terms: vec![terms()],
        valid_until: now.plus_secs(30 * 24 * 3600),
    };
    Ok(SignedRecord::sign(&body, signing, now)?)
}

/// The floor opens the same letters, so it needs the key that the room keeps to itself.
fn one_time_key(vault: &Vault, intent: &str) -> Outcome<Keys> {
    let secret: Vec<u8> = vault.read(|connection| {
        Ok::<_, VaultError>(connection.query_row(
            "SELECT secret FROM intent_intent WHERE id = ?1",
            [intent],
            |row| row.get(0),
        )?)
    })?;
    Ok(Keys::new(nostr_sdk::SecretKey::from_slice(&secret)?))
}

/// As before the first offer.
fn forget(vault: &Vault) -> Outcome {
    vault.write(Scope("intent"), |transaction| {
        Ok::<_, VaultError>(
            transaction
                .execute_batch("DELETE FROM intent_offer; DELETE FROM intent_wrap; DELETE FROM intent_refused;")?,
        )
    })?;
    Ok(())
}

fn receive(vault: &Vault, letters: &[Letters], now: Timestamp) -> Outcome {
    for letters in letters {
        let mut collector = Collector::open(vault, &letters.intent, now)?;
        for wraps in letters.wraps.chunks(BATCH) {
            let events = wraps
                .iter()
                .map(|json| VerifiedEvent::from_json(json.as_bytes()))
                .collect::<Result<Vec<_>, _>>()?;
            let collected = collector.take(vault, &events, now)?;
            if collected.kept != wraps.len() as u64 {
                return Err(format!("offers were refused: {:?}", collected.refused).into());
            }
        }
    }
    Ok(())
}

/// What cannot be left out: opening, and whether four signatures are right.
fn opened(receiver: &Keys, json: &str) -> Outcome<(Event, SignedRecord, Offer, DeskCard)> {
    let wrap = Event::from_json(json)?;
    wrap.verify()?;
    let seal = Event::from_json(nip44::decrypt(receiver.secret_key(), &wrap.pubkey, &wrap.content)?)?;
    seal.verify()?;
    let rumor = UnsignedEvent::from_json(nip44::decrypt(receiver.secret_key(), &seal.pubkey, &seal.content)?)?;
    let Message::Offer { offer: record } = serde_json::from_str(&rumor.content)? else {
        return Err("a letter held no offer".into());
    };
    let offer: Offer = record.body()?;
    let card: DeskCard = offer.card.body()?;
    record.verify()?;
    offer.card.verify()?;
    Ok((wrap, record, offer, card))
}

fn floor(plain: &mut Connection, letters: &[Letters]) -> Outcome {
    let transaction = plain.transaction()?;
    let mut insert = transaction.prepare(
        "INSERT INTO intent_offer (intent_id, seller, id, seller_name, seller_nostr, item, gtin, price_minor, asset, stock,
            cell, valid_until_ms, sent_ms, received_ms, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', ?7, ?8, ?9, ?10, ?11, 0, 0, ?12)",
    )?;
    for letters in letters {
        for json in &letters.wraps {
            let (wrap, record, offer, card) = opened(&letters.receiver, json)?;
            insert.execute(params![
                letters.intent,
                offer.seller.to_string(),
                wrap.id.to_hex(),
                card.name,
                card.nostr,
                offer.item,
                offer.price.amount_minor,
                offer.price.asset.code(),
                offer.stock,
                offer.cell,
                offer.valid_until.millis(),
                serde_json::to_vec(&record)?,
            ])?;
        }
    }
    drop(insert);
    transaction.commit()?;
    Ok(())
}
