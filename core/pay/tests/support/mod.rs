//! What the room's tests share: a vault, desks with signed cards, totals of a month, and two fakes that say so in their
//! names: a rail and a letterbox whose world outlives a crash of the program.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

pub mod division;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tekram_pay::courier::Courier;
use tekram_pay::method::{CashuMethod, Method};
use tekram_pay::rail::{Cost, Executed, Fate, Funding, FundingOrder, PaymentOrder, Rail, RailError, RailId};
use tekram_pay::rules::Rules;
use tekram_pay::statement::Total;
use tekram_pay::{PayError, SCHEMA};
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::record::{RecordId, SignedRecord, WireRecord};
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::{Clock, FixedClock, Period, Timestamp};
use tekram_primitives::wire::{CashuDetails, Commitment, DeskCard, Message, Receipt};
use tekram_vault::{Scope, Store, Vault};

pub const MINT: &str = "https://mint.example";

pub fn clock() -> FixedClock {
    FixedClock::new("2026-10-02T08:00:00Z".parse().unwrap())
}

pub fn vault_in(folder: &Path) -> Vault {
    Store::open(folder)
        .unwrap()
        .create("Home", &Passphrase::from("correct horse"), &[SCHEMA], &clock())
        .unwrap()
}

pub fn reopened(folder: &Path) -> Vault {
    Store::open(folder)
        .unwrap()
        .unlock("Home", &Passphrase::from("correct horse"), &[SCHEMA])
        .unwrap()
}

pub fn asset(code: &str) -> Asset {
    code.parse().unwrap()
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, asset("EUR"))
}

pub fn september() -> Period {
    Period::parse("2026-09", "Europe/Vienna").unwrap()
}

pub fn rules(budget: Money) -> Rules {
    Rules::new(budget, "Europe/Vienna")
}

pub fn total(source: &str, minutes: u64, plays: u64) -> Total {
    Total {
        source: source.to_owned(),
        item: None,
        name: source.to_owned(),
        played_ms: minutes * 60_000,
        plays,
    }
}

/// A creator with a key and a desk.
#[derive(Clone)]
pub struct DeskOf {
    pub name: String,
    seed: [u8; 32],
}

impl DeskOf {
    pub fn named(name: &str, seed: u8) -> Self {
        Self {
            name: name.to_owned(),
            seed: [seed; 32],
        }
    }

    pub fn key(&self) -> SigningKey {
        SigningKey::from_seed(&self.seed).unwrap()
    }

    pub fn did(&self) -> DidKey {
        self.key().did()
    }

    pub fn body(&self, p2pk: &str) -> DeskCard {
        DeskCard {
            kind: DeskCard::TYPE.to_owned(),
            version: DeskCard::VERSION,
            name: self.name.clone(),
            did: self.did(),
            nostr: hex::encode(self.seed),
            relays: vec!["wss://relay.example".to_owned()],
            cells: Vec::new(),
            cashu: Some(CashuDetails {
                p2pk: p2pk.to_owned(),
                mints: vec![MINT.to_owned()],
                units: vec!["eur".to_owned()],
            }),
            terms: Vec::new(),
            valid_until: "2027-01-01T00:00:00Z".parse().unwrap(),
        }
    }

    pub fn p2pk(&self) -> String {
        format!("02{}", hex::encode(self.seed))
    }

    pub fn card(&self) -> Vec<u8> {
        sign(&self.body(&self.p2pk()), &self.key())
    }

    pub fn method(&self) -> Method {
        Method::Cashu(CashuMethod {
            did: self.did(),
            nostr: hex::encode(self.seed),
            relays: vec!["wss://relay.example".to_owned()],
            p2pk: self.p2pk(),
            mints: vec![MINT.to_owned()],
            units: vec!["eur".to_owned()],
        })
    }

    pub fn receipt(&self, commitment: &RecordId, amount: Money) -> SignedRecord {
        let body = Receipt {
            kind: Receipt::TYPE.to_owned(),
            version: Receipt::VERSION,
            commitment: commitment.clone(),
            amount,
            payee: self.did(),
            received: clock().now(),
        };
        SignedRecord::sign(&body, &self.key(), clock().now()).unwrap()
    }
}

pub fn sign(card: &DeskCard, key: &SigningKey) -> Vec<u8> {
    SignedRecord::sign(card, key, clock().now()).unwrap().bytes().unwrap()
}

/// Makes a payee payable for a source of its own, without a feed.
pub fn payable(vault: &Vault, source: &str, name: &str, method: &Method) -> String {
    let payee_id = hex::encode(source);
    vault
        .write(Scope("pay"), |tx| {
            tx.execute(
                "INSERT INTO pay_payee (payee_id, name, identity, relation_id, created_ms) VALUES (?1, ?2, ?1, ?1, 0)",
                [&payee_id, name],
            )?;
            tx.execute(
                "INSERT INTO pay_method (payee_id, body, status, added_ms) VALUES (?1, ?2, 'used', 0)",
                [&payee_id, &serde_json::to_string(method).unwrap()],
            )?;
            tx.execute(
                "INSERT INTO pay_payable (source_key, payee_id, split, added_ms) VALUES (?2, ?1, 1, 0)",
                [payee_id.as_str(), source],
            )?;
            Ok::<_, PayError>(())
        })
        .unwrap();
    payee_id
}

/// Where the program dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// Before the call has any effect.
    Before(usize),
    /// After its effect, before the answer arrives.
    After(usize),
}

/// The world outside the program: a mint, relays and desks. It survives the program's death.
#[derive(Default)]
pub struct World {
    pub wallet_minor: i64,
    pub topped_up: BTreeMap<String, i64>,
    pub invoices_made: usize,
    pub invoice_paid: bool,
    /// Token by idempotency key, with what it is worth to the payee.
    pub locked: BTreeMap<String, (String, i64)>,
    /// How often money left the wallet for a key.
    pub executions: BTreeMap<String, usize>,
    pub redeemed: BTreeSet<String>,
    pub refunded: BTreeSet<String>,
    pub mailbox: BTreeMap<DidKey, Vec<SignedRecord>>,
    pub redeemed_minor: BTreeMap<DidKey, i64>,
    /// Calls so far, over all lives of the program.
    pub calls: usize,
    pub death: Option<Death>,
    pub is_dead: bool,
    /// Payees that do not answer.
    pub asleep: BTreeSet<DidKey>,
    pub refuse: BTreeSet<String>,
    pub uncertain: BTreeSet<String>,
    pub mint_is_down: bool,
    pub relay_is_down: bool,
    pub now: Option<Timestamp>,
    /// When relays may forget the last letter.
    pub letter_expires: Option<Timestamp>,
    /// The locktime of the last lock.
    pub locktime: Option<Timestamp>,
}

pub type SharedWorld = Arc<Mutex<World>>;

/// Runs an effect of the outside world, dying where the test says.
async fn outside<T>(world: &SharedWorld, effect: impl FnOnce(&mut World) -> T) -> T {
    let (result, dead) = {
        let mut world = world.lock().unwrap();
        world.calls += 1;
        let at = world.calls;
        if world.death == Some(Death::Before(at)) {
            world.is_dead = true;
            (None, true)
        } else {
            let result = effect(&mut world);
            let dead = world.death == Some(Death::After(at));
            world.is_dead |= dead;
            (Some(result), dead)
        }
    };
    if dead {
        std::future::pending::<()>().await;
    }
    result.unwrap()
}

/// A rail whose mint is a map in memory. Only for tests of the saga: the Cashu rail is tested against a real mint.
pub struct FakeRailForTests {
    pub world: SharedWorld,
    pub assets: Vec<Asset>,
}

impl std::fmt::Debug for FakeRailForTests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FakeRailForTests")
    }
}

const LOCK_FEE: i64 = 1;
const REDEEM_FEE: i64 = 1;

impl FakeRailForTests {
    fn unreachable(&self) -> RailError {
        RailError::Unreachable {
            rail: self.id(),
            reason: "the test says so".to_owned(),
        }
    }
}

#[async_trait]
impl Rail for FakeRailForTests {
    fn id(&self) -> RailId {
        RailId(format!("fake:{MINT}"))
    }

    async fn assets_for(&self, method: &Method) -> Result<Vec<Asset>, RailError> {
        if self.world.lock().unwrap().mint_is_down {
            return Err(self.unreachable());
        }
        Ok(if matches!(method, Method::Cashu(_)) {
            self.assets.clone()
        } else {
            Vec::new()
        })
    }

    async fn prepare(&self, orders: &[PaymentOrder]) -> Result<Vec<Result<Cost, RailError>>, RailError> {
        Ok(orders
            .iter()
            .map(|order| {
                let asset = order.amount.asset;
                Ok(Cost {
                    net: Money::new(order.amount.amount_minor - LOCK_FEE - REDEEM_FEE, asset),
                    fees: Money::new(LOCK_FEE + REDEEM_FEE, asset),
                })
            })
            .collect())
    }

    async fn fund(&self, order: &FundingOrder) -> Result<Funding, RailError> {
        outside(&self.world, |world| {
            if let Some(topped_up) = world.topped_up.get(order.key.as_str()) {
                return Ok(Funding::Ready {
                    topped_up: Money::new(*topped_up, order.amount.asset),
                });
            }
            if world.mint_is_down {
                return Err(self.unreachable());
            }
            let missing = (order.amount.amount_minor - world.wallet_minor).max(0);
            if missing > 0 && !world.invoice_paid {
                world.invoices_made += 1;
                // The person pays it while the program waits.
                world.invoice_paid = true;
                return Ok(Funding::TopUpNeeded {
                    invoice: format!("lnbc{}", order.key.as_str()),
                    amount: Money::new(missing, order.amount.asset),
                    expires: None,
                });
            }
            world.wallet_minor += missing;
            world.topped_up.insert(order.key.as_str().to_owned(), missing);
            Ok(Funding::Ready {
                topped_up: Money::new(missing, order.amount.asset),
            })
        })
        .await
    }

    async fn execute(&self, order: &PaymentOrder) -> Result<Executed, RailError> {
        outside(&self.world, |world| {
            let key = order.key.as_str().to_owned();
            let asset = order.amount.asset;
            let fees = Money::new(LOCK_FEE + REDEEM_FEE, asset);
            if let Some((token, net)) = world.locked.get(&key) {
                return Ok(Executed::Locked {
                    token: token.clone(),
                    net: Money::new(*net, asset),
                    fees,
                });
            }
            if world.refuse.contains(order.commitment.as_str()) {
                return Err(RailError::Refused {
                    rail: self.id(),
                    code: "test_refuses",
                    reason: String::new(),
                });
            }
            assert!(
                world.wallet_minor >= order.amount.amount_minor,
                "the wallet was not funded"
            );
            world.wallet_minor -= order.amount.amount_minor;
            world.locktime = Some(order.locktime);
            *world.executions.entry(key.clone()).or_default() += 1;
            let net = order.amount.amount_minor - LOCK_FEE - REDEEM_FEE;
            let token = format!("token-{key}");
            world.locked.insert(key, (token.clone(), net));
            if world.uncertain.remove(order.commitment.as_str()) {
                return Err(RailError::Uncertain {
                    rail: self.id(),
                    reason: "the answer was lost".to_owned(),
                });
            }
            Ok(Executed::Locked {
                token,
                net: Money::new(net, asset),
                fees,
            })
        })
        .await
    }

    async fn check(&self, order: &PaymentOrder) -> Result<Fate, RailError> {
        outside(&self.world, |world| {
            if world.mint_is_down {
                return Ok(Fate::Unknown {
                    reason: "mint_down".to_owned(),
                });
            }
            let Some((token, net)) = world.locked.get(order.key.as_str()).cloned() else {
                return Ok(Fate::NotExecuted);
            };
            if world.redeemed.contains(&token) {
                return Ok(Fate::Paid {
                    evidence: "witness".to_owned(),
                });
            }
            if world.refunded.contains(&token) {
                return Ok(Fate::Refunded {
                    amount: Money::new(net, order.amount.asset),
                });
            }
            let now = world.now.unwrap_or_else(|| clock().now());
            Ok(if now >= order.locktime {
                Fate::Refundable
            } else {
                Fate::InFlight
            })
        })
        .await
    }

    async fn refund(&self, order: &PaymentOrder) -> Result<Fate, RailError> {
        outside(&self.world, |world| {
            let (token, net) = world.locked[order.key.as_str()].clone();
            if world.redeemed.contains(&token) {
                return Ok(Fate::Paid {
                    evidence: "witness".to_owned(),
                });
            }
            if world.refunded.insert(token) {
                world.wallet_minor += net;
            }
            Ok(Fate::Refunded {
                amount: Money::new(net, order.amount.asset),
            })
        })
        .await
    }

    async fn balances(&self) -> Result<Vec<Money>, RailError> {
        Ok(vec![Money::new(
            self.world.lock().unwrap().wallet_minor,
            self.assets[0],
        )])
    }
}

/// Relays and desks as one box: what is delivered is redeemed at once, once, and answered with a signed receipt.
pub struct LetterboxForTests {
    pub world: SharedWorld,
    pub desks: Vec<DeskOf>,
}

impl std::fmt::Debug for LetterboxForTests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LetterboxForTests")
    }
}

#[async_trait]
impl Courier for LetterboxForTests {
    async fn deliver(
        &self,
        to: &CashuMethod,
        _: &Secret32,
        message: &Message,
        expires: Timestamp,
    ) -> Result<(), PayError> {
        let Message::Payment { commitment, token } = message else {
            panic!("only payments are delivered")
        };
        let desk = self.desks.iter().find(|desk| desk.did() == to.did).unwrap();
        outside(&self.world, |world| {
            if world.relay_is_down {
                return Err(PayError::Bus(tekram_net::BusError::TimedOut));
            }
            assert_eq!(commitment.body::<Commitment>().unwrap().payee, Some(to.did));
            world.letter_expires = Some(expires);
            if world.asleep.contains(&to.did) || !world.redeemed.insert(token.clone()) {
                return Ok(());
            }
            let amount = commitment.body::<Commitment>().unwrap().amount;
            let (_, net) = world.locked.values().find(|(have, _)| have == token).unwrap().clone();
            *world.redeemed_minor.entry(to.did).or_default() += net;
            let receipt = desk.receipt(&commitment.id().unwrap(), Money::new(net, amount.asset));
            world.mailbox.entry(to.did).or_default().push(receipt);
            Ok(())
        })
        .await
    }

    async fn receipts(&self, from: &CashuMethod, _: &Secret32) -> Result<Vec<SignedRecord>, PayError> {
        outside(&self.world, |world| {
            if world.relay_is_down {
                return Err(PayError::Bus(tekram_net::BusError::TimedOut));
            }
            Ok(world.mailbox.get(&from.did).cloned().unwrap_or_default())
        })
        .await
    }
}
