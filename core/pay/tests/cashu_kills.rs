//! A real process that tops up, locks and redeems is killed at random moments, again and again. Afterwards every cent is
//! accounted for: nothing lost, nothing locked or redeemed twice.
//!
//! `TEKRAM_KILLS` (default 10) kills; `TEKRAM_SEED` decides when they fall (default: random, and printed). The last line
//! printed is one JSON object, as `cargo xtask faults` adds them up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod cashu_common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use cashu_common::{own_mint, passphrase, payee_key};
use tekram_net::{NetPolicy, WebContext};
use tekram_pay::cashu::{CashuRail, CashuWallet, p2pk_public_key};
use tekram_pay::method::{CashuMethod, Method};
use tekram_pay::rail::{Executed, Funding, FundingOrder, IdempotencyKey, PaymentOrder, Rail};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::did::DidKey;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::record::RecordId;
use tekram_primitives::time::{SystemClock, Timestamp};
use tekram_vault::{Store, Vault, VaultError};

const FOLDER: &str = "TEKRAM_TEST_FOLDER";
const MINT: &str = "TEKRAM_TEST_MINT";
const BUDGET_MINOR: i64 = 137;

/// Payer and payee, as the child and, at the end, the parent open them.
struct Both {
    rail: CashuRail,
    wallet: Arc<CashuWallet>,
    desk: CashuWallet,
    mint_url: String,
    vaults: [Vault; 2],
}

fn unlocked(folder: &Path, label: &str) -> Vault {
    let store = Store::open(folder).unwrap();
    let schemas = [tekram_pay::SCHEMA];
    match store.list().unwrap().iter().any(|entry| entry.label == label) {
        true => store.unlock(label, &passphrase(), &schemas).unwrap(),
        false => store.create(label, &passphrase(), &schemas, &SystemClock).unwrap(),
    }
}

impl Both {
    async fn open(folder: &Path, mint_url: &str) -> Self {
        let web = || {
            let policy = NetPolicy::default().allow(&mint_url.parse().unwrap());
            Arc::new(WebContext::new(policy).unwrap())
        };
        let clock = Arc::new(SystemClock);
        let vaults = [unlocked(folder, "payer"), unlocked(folder, "payee")];
        let rail = CashuRail::open(vaults[0].clone(), web(), clock.clone(), mint_url).unwrap();
        let wallet = rail.wallet(Asset::EUR).await.unwrap();
        let desk = CashuWallet::open(vaults[1].clone(), web(), clock, mint_url, "eur").unwrap();
        Self {
            rail,
            wallet,
            desk,
            mint_url: mint_url.to_owned(),
            vaults,
        }
    }

    /// Exchanges that are neither done nor given up, other than for this purpose, and proofs that are held for nothing,
    /// in both vaults.
    fn half_done(&self, besides: &str) -> i64 {
        let open = |vault: &Vault| {
            vault
                .read(|db| {
                    Ok::<i64, VaultError>(db.query_row(
                        "SELECT (SELECT count(*) FROM pay_cashu_exchange WHERE stage = 'prepared' AND purpose <> ?1)
                              + (SELECT count(*) FROM pay_cashu_proof WHERE state NOT IN ('UNSPENT', 'SPENT'))",
                        [besides],
                        |row| row.get(0),
                    )?)
                })
                .unwrap()
        };
        self.vaults.iter().map(open).sum()
    }

    /// One commitment from the top-up to the payee, from wherever it was left; what it came to.
    async fn pay(&self, number: u64) -> (i64, i64, i64) {
        let commitment: RecordId = sha256_hex(&number.to_be_bytes()).parse().unwrap();
        let plan = FundingOrder {
            key: IdempotencyKey::for_plan(std::slice::from_ref(&commitment)),
            amount: Money::new(BUDGET_MINOR, Asset::EUR),
        };
        let topped_up = loop {
            match self.rail.fund(&plan).await.unwrap() {
                Funding::Ready { topped_up } => break topped_up.amount_minor,
                Funding::TopUpNeeded { .. } => tokio::task::yield_now().await,
            }
        };
        let order = PaymentOrder {
            key: IdempotencyKey::for_commitment(&commitment),
            commitment,
            amount: plan.amount,
            method: Method::Cashu(CashuMethod {
                did: DidKey::from_public([1; 32]),
                nostr: String::new(),
                relays: Vec::new(),
                p2pk: p2pk_public_key(&payee_key()).unwrap(),
                mints: vec![self.mint_url.clone()],
                units: vec!["eur".to_owned()],
            }),
            locktime: Timestamp::from_secs(4_000_000_000),
            max_fee_minor: None,
        };
        let Executed::Locked { token, net, fees } = self.rail.execute(&order).await.unwrap() else {
            panic!("a lock is not payment")
        };
        let redeemed = self.desk.redeem(&token, &payee_key()).await.unwrap();
        assert_eq!(redeemed.net_minor, net.amount_minor);
        (topped_up, net.amount_minor, fees.amount_minor)
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in the process that is killed"]
async fn the_process_that_is_killed() {
    let folder = std::env::var_os(FOLDER).unwrap();
    let both = Both::open(Path::new(&folder), &std::env::var(MINT).unwrap()).await;
    println!("open");
    both.wallet.resume().await.unwrap();
    both.desk.resume().await.unwrap();
    for number in 0.. {
        both.pay(number).await;
        println!("paid {number}");
    }
}

/// Numbers that only the seed decides (xorshift).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// How many payments a line of the child acknowledges.
fn acknowledged(line: &str) -> u64 {
    line.strip_prefix("paid ")
        .and_then(|number| number.parse().ok())
        .map_or(0, |number: u64| number + 1)
}

#[test]
fn every_cent_is_accounted_for_after_kills_at_random_moments() {
    let kills = number("TEKRAM_KILLS").unwrap_or(10);
    let seed = number("TEKRAM_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("TEKRAM_SEED={seed}");
    let mut random = Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let own = own_mint();
    let folder = tempfile::tempdir().unwrap();
    let mut paid = 0;
    for _ in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "the_process_that_is_killed", "--nocapture"])
            .env(FOLDER, folder.path())
            .env(MINT, &own.mint.url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        // The moment is counted from a line that the child prints, so that it falls into the work on any machine: at its
        // start, or within a payment that no earlier child had finished.
        let wait_for = match random.below(3) {
            0 => "open".to_owned(),
            1 => format!("paid {paid}"),
            _ => format!("paid {}", paid + 1),
        };
        for line in lines.by_ref() {
            paid = paid.max(acknowledged(&line));
            if line.ends_with(&wait_for) {
                break;
            }
        }
        std::thread::sleep(Duration::from_micros(random.below(150_000)));
        assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines {
            paid = paid.max(acknowledged(&line));
        }
    }
    let (lost, doubled, half_done) = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let both = Both::open(folder.path(), &own.mint.url).await;
        both.wallet.resume().await.unwrap();
        both.desk.resume().await.unwrap();
        // The mint is there, so nothing may be open after that but a top-up whose invoice was not paid yet.
        let mut half_done = both.half_done("top_up");
        let (mut topped_up, mut spent, mut net) = (0, 0, 0);
        for number in 0..paid + 2 {
            let (added, arrived, fees) = both.pay(number).await;
            topped_up += added;
            spent += arrived + fees;
            net += arrived;
        }
        let kept = both.wallet.balance_minor().await.unwrap();
        let received = both.desk.balance_minor().await.unwrap();
        println!("{paid} payments, topped up {topped_up}, spent {spent}, kept {kept}, received {received}");
        // What the wallet shows is good at the mint: it can be locked whole.
        if kept > 4 {
            both.wallet.lock_to(&cashu_common::order("rest", kept)).await.unwrap();
        }
        let missing = (topped_up - spent - kept) + (net - received);
        half_done += both.half_done("");
        (missing.max(0), (-missing).max(0), half_done)
    });
    println!(
        "{}",
        serde_json::json!({"room": "pay", "part": "cashu", "kills": kills, "seeds": 1, "lost": lost, "doubled": doubled, "half_done": half_done})
    );
    assert_eq!((lost, doubled, half_done), (0, 0, 0), "cents, rows; TEKRAM_SEED={seed}");
}
