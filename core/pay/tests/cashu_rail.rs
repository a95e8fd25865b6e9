//! Cashu as the settlement sees it: costs, funding once, executing once, and the fate of each payment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod cashu_common;

use std::sync::Arc;

use cashu_common::{Persona, Tamper, TamperingLine, own_mint, payee_key, shared_mint};
use tekram_harness::nutshell::{Nutshell, NutshellOptions};
use tekram_net::{NetPolicy, WebContext};
use tekram_pay::cashu::{CashuRail, p2pk_public_key};
use tekram_pay::method::{CashuMethod, Method};
use tekram_pay::rail::{Executed, Fate, Funding, FundingOrder, IdempotencyKey, PaymentOrder, Rail, RailError};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::did::DidKey;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::record::RecordId;
use tekram_primitives::time::{Clock, FixedClock, SystemClock};

fn rail(persona: &Persona, mint_url: &str) -> CashuRail {
    rail_at(persona, mint_url, Arc::new(SystemClock))
}

fn rail_at(persona: &Persona, mint_url: &str, clock: Arc<dyn Clock>) -> CashuRail {
    let policy = NetPolicy::default().allow(&mint_url.parse().unwrap());
    let web = Arc::new(WebContext::new(policy).unwrap());
    CashuRail::open(persona.vault(), web, clock, mint_url).unwrap()
}

fn method(mint_url: &str, units: &[&str]) -> Method {
    Method::Cashu(CashuMethod {
        did: DidKey::from_public([1; 32]),
        nostr: String::new(),
        relays: Vec::new(),
        p2pk: p2pk_public_key(&payee_key()).unwrap(),
        mints: vec!["https://other.example".to_owned(), format!("{mint_url}/")],
        units: units.iter().map(|unit| (*unit).to_owned()).collect(),
    })
}

fn commitment(name: &str) -> RecordId {
    sha256_hex(name.as_bytes()).parse().unwrap()
}

fn order(mint_url: &str, name: &str, cents: i64, seconds: i64) -> PaymentOrder {
    let commitment = commitment(name);
    PaymentOrder {
        key: IdempotencyKey::for_commitment(&commitment),
        commitment,
        amount: Money::new(cents, Asset::EUR),
        method: method(mint_url, &["eur"]),
        locktime: SystemClock.now().plus_secs(seconds),
        max_fee_minor: None,
    }
}

fn funding(name: &str, cents: i64) -> FundingOrder {
    FundingOrder {
        key: IdempotencyKey::for_plan(&[commitment(name)]),
        amount: Money::new(cents, Asset::EUR),
    }
}

/// Funds a plan, waiting for the fake Lightning network; how much was topped up.
async fn funded(rail: &CashuRail, order: &FundingOrder) -> i64 {
    loop {
        match rail.fund(order).await.unwrap() {
            Funding::Ready { topped_up } => return topped_up.amount_minor,
            Funding::TopUpNeeded { invoice, .. } => {
                assert!(invoice.starts_with("lnbc"));
                tokio::task::yield_now().await;
            }
        }
    }
}

fn token_of(executed: &Executed) -> String {
    match executed {
        Executed::Locked { token, .. } => token.clone(),
        Executed::Paid { .. } => panic!("a lock is not payment"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_above_the_orders_ceiling_are_refused_with_nothing_moved() {
    let shared = shared_mint();
    let payer = Persona::new();
    let url = shared.mint.url.clone();
    let pay = rail(&payer, &url);
    let mut order = order(&url, "dear", 420, 3600);
    funded(&pay, &funding("dear", 420)).await;
    let fees = pay.prepare(std::slice::from_ref(&order)).await.unwrap()[0]
        .as_ref()
        .unwrap()
        .fees
        .amount_minor;
    order.max_fee_minor = Some(fees - 1);
    let refused = pay.execute(&order).await.unwrap_err();
    assert!(matches!(
        refused,
        RailError::Refused {
            code: "fees_too_high",
            ..
        }
    ));
    assert_eq!(pay.balances().await.unwrap(), [Money::new(420, Asset::EUR)]);
    assert_eq!(pay.check(&order).await.unwrap(), Fate::NotExecuted);
    order.max_fee_minor = Some(fees);
    token_of(&pay.execute(&order).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_stored_before_there_was_a_ceiling_can_be_read() {
    let mut json = serde_json::to_value(order("http://127.0.0.1:1", "old", 420, 3600)).unwrap();
    json.as_object_mut().unwrap().remove("max_fee_minor").unwrap();
    assert_eq!(
        serde_json::from_value::<PaymentOrder>(json).unwrap().max_fee_minor,
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_costed_funded_once_executed_once_and_paid_when_the_payee_redeems() {
    let shared = shared_mint();
    let (mut payer, payee) = (Persona::new(), Persona::new());
    let url = shared.mint.url.clone();
    let pay = rail(&payer, &url);
    assert_eq!(pay.id().0, format!("cashu:{url}"));
    let order = order(&url, "one", 420, 3600);

    let costs = pay.prepare(std::slice::from_ref(&order)).await.unwrap();
    let cost = costs[0].as_ref().unwrap().clone();
    assert!(cost.net.amount_minor + cost.fees.amount_minor <= 420);

    assert_eq!(pay.check(&order).await.unwrap(), Fate::NotExecuted);
    assert_eq!(funded(&pay, &funding("one", 420)).await, 420);
    assert_eq!(pay.balances().await.unwrap(), [Money::new(420, Asset::EUR)]);
    let first = pay.execute(&order).await.unwrap();
    let Executed::Locked { net, fees, .. } = &first else {
        panic!("a lock is not payment")
    };
    assert_eq!((net, fees), (&cost.net, &cost.fees));
    assert_eq!(pay.check(&order).await.unwrap(), Fate::InFlight);
    // The money is out: funding the same plan again adds nothing, executing again finds the same token.
    assert_eq!(funded(&pay, &funding("one", 420)).await, 420);
    drop(pay);
    payer.reopen();
    let pay = rail(&payer, &url);
    assert_eq!(funded(&pay, &funding("one", 420)).await, 420);
    assert_eq!(pay.execute(&order).await.unwrap(), first);
    assert_eq!(payer.exchanges("top_up"), (1, 0));
    assert_eq!(payer.exchanges("lock"), (1, 0));

    payee
        .wallet(&url)
        .redeem(&token_of(&first), &payee_key())
        .await
        .unwrap();
    assert!(matches!(pay.check(&order).await.unwrap(), Fate::Paid { evidence } if evidence.contains("nut07")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_that_is_there_is_used_before_anything_is_topped_up() {
    let shared = shared_mint();
    let payer = Persona::new();
    let pay = rail(&payer, &shared.mint.url);
    assert_eq!(funded(&pay, &funding("first", 300)).await, 300);
    assert_eq!(funded(&pay, &funding("second", 500)).await, 200);
    assert_eq!(funded(&pay, &funding("third", 400)).await, 0);
    assert_eq!(funded(&pay, &funding("third", 400)).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_payee_leaves_is_refundable_and_comes_back_once() {
    let shared = shared_mint();
    let payer = Persona::new();
    let url = shared.mint.url.clone();
    let pay = rail(&payer, &url);
    let order = order(&url, "left", 100, 2);
    funded(&pay, &funding("left", 100)).await;
    pay.execute(&order).await.unwrap();
    assert_eq!(pay.refund(&order).await.unwrap(), Fate::InFlight, "before the locktime");
    let back = loop {
        match pay.refund(&order).await.unwrap() {
            Fate::Refunded { amount } => break amount,
            Fate::InFlight | Fate::Refundable | Fate::Unknown { .. } => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pay.check(&order).await.unwrap(), Fate::Refunded { amount: back });
    assert_eq!(pay.refund(&order).await.unwrap(), Fate::Refunded { amount: back });
    assert_eq!(pay.balances().await.unwrap(), [back]);
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_are_those_that_mint_and_payee_share_in_the_payees_order() {
    let shared = shared_mint();
    let url = shared.mint.url.clone();
    let persona = Persona::new();
    let pay = rail(&persona, &url);
    let assets = pay
        .assets_for(&method(&url, &["usd", "sat", "nuts", "eur", "sat"]))
        .await
        .unwrap();
    assert_eq!(assets, [Asset::Sat, Asset::EUR]);
    assert!(
        pay.assets_for(&method("https://elsewhere.example", &["eur"]))
            .await
            .unwrap()
            .is_empty()
    );
    let link = Method::Link {
        url: "https://example.org".to_owned(),
    };
    assert!(pay.assets_for(&link).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_only_pays_fees_is_refused_and_the_others_are_not() {
    let shared = shared_mint();
    let url = shared.mint.url.clone();
    let payer = Persona::new();
    let pay = rail(&payer, &url);
    let costs = pay
        .prepare(&[order(&url, "tiny", 2, 60), order(&url, "fine", 50, 60)])
        .await
        .unwrap();
    assert!(matches!(
        &costs[0],
        Err(RailError::Refused {
            code: "fees_exceed_amount",
            ..
        })
    ));
    assert_eq!(costs[1].as_ref().unwrap().net.amount_minor, 48);
    let broke = pay.execute(&order(&url, "fine", 50, 60)).await.unwrap_err();
    assert_eq!(broke.code(), "insufficient_funds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_says_whether_money_may_have_moved() {
    let mut own = own_mint();
    let line = TamperingLine::to(&own.mint).await;
    let payer = Persona::new();
    let pay = rail(&payer, &line.url);
    let order = order(&line.url, "one", 100, 3600);
    funded(&pay, &funding("one", 100)).await;

    line.tamper("POST /v1/swap", Tamper::LoseAnswer);
    assert!(matches!(
        pay.execute(&order).await.unwrap_err(),
        RailError::Uncertain { .. }
    ));
    own.mint.stop();
    assert!(matches!(
        pay.execute(&order).await.unwrap_err(),
        RailError::Uncertain { .. }
    ));
    assert!(matches!(pay.check(&order).await.unwrap(), Fate::Unknown { .. }));
    own.mint.run().unwrap();
    line.pass();
    assert_eq!(
        pay.check(&order).await.unwrap(),
        Fate::InFlight,
        "looking found and booked it"
    );
    assert!(matches!(pay.execute(&order).await.unwrap(), Executed::Locked { .. }));

    let nobody = Persona::new();
    let url = line.url.clone();
    drop(line);
    let unreachable = rail(&nobody, &url);
    assert!(matches!(
        unreachable
            .execute(&self::order(&url, "two", 100, 3600))
            .await
            .unwrap_err(),
        RailError::Unreachable { .. }
    ));
    assert!(matches!(
        unreachable
            .prepare(&[self::order(&url, "two", 100, 3600)])
            .await
            .unwrap_err(),
        RailError::Unreachable { .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_shown_until_it_is_paid_and_stays_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mint = Nutshell::start(NutshellOptions {
        invoices_get_paid: false,
        ..NutshellOptions::new(folder.path().join("mint"))
    })
    .unwrap();
    let payer = Persona::new();
    let pay = rail(&payer, &mint.url);
    let first = pay.fund(&funding("one", 100)).await.unwrap();
    assert!(matches!(&first, Funding::TopUpNeeded { amount, .. } if amount.amount_minor == 100));
    assert_eq!(pay.fund(&funding("one", 100)).await.unwrap(), first);
    // Once it has ended unpaid, there is another one, and then that one stays.
    let later = Arc::new(FixedClock::new(SystemClock.now().plus_secs(48 * 3600)));
    let second = rail_at(&payer, &mint.url, later)
        .fund(&funding("one", 100))
        .await
        .unwrap();
    assert_ne!(second, first);
    assert_eq!(pay.fund(&funding("one", 100)).await.unwrap(), second);
    assert_eq!(pay.balances().await.unwrap(), []);
}
