//! Ecash from a payer's wallet, locked to the desk's key, over a real mint (Nutshell): credited once, whatever comes twice
//! or breaks in between.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::sync::Arc;

use common::{Customer, Shop, bus, policy};
use tekram_desk::records::{record_bytes, records};
use tekram_desk::redeemed;
use tekram_desk::run::run;
use tekram_harness::nutshell::{Nutshell, NutshellOptions};
use tekram_harness::relay::Relay;
use tekram_net::WebContext;
use tekram_pay::cashu::{CashuWallet, LockOrder, p2pk_public_key};
use tekram_primitives::money::Money;
use tekram_primitives::record::{RecordId, SignedRecord};
use tekram_primitives::secret::Secret32;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_primitives::wire::{Commitment, Message, Receipt};
use tekram_vault::{Store, Vault};
use tempfile::TempDir;

const NOWHERE: &str = "ws://127.0.0.1:9";

/// A mint, a desk that takes its ecash, and somebody with 20 EUR of it.
struct Market {
    mint: Nutshell,
    shop: Shop,
    payer: Customer,
    wallet: CashuWallet,
    _folders: [TempDir; 2],
}

fn wallet(vault: &Vault, mint: &str) -> CashuWallet {
    let http = Arc::new(WebContext::new(policy(&[mint])).unwrap());
    CashuWallet::open(vault.clone(), http, Arc::new(SystemClock), mint, "eur").unwrap()
}

impl Market {
    async fn open(relay: &str) -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let mint = Nutshell::start(NutshellOptions::new(folders[0].path().join("mint"))).unwrap();
        let address = |url: &str| url.split("://").nth(1).unwrap().to_owned();
        let shop = Shop::with(&format!(
            "name = \"Harbour Lights\"\nrelays = [\"{relay}\"]\nallow = [\"{}\", \"{}\"]\n\
             cells = [\"u33d\"]\ncatalogue = \"catalogue.csv\"\nterms = [\"PDC-INTENT\"]\n\
             [cashu]\nmints = [\"{}\"]\nunits = [\"eur\"]\n",
            address(relay),
            address(&mint.url),
            mint.url
        ));
        let store = Store::open(folders[1].path()).unwrap();
        let vault = store
            .create("payer", &"words".into(), &[tekram_pay::SCHEMA], &SystemClock)
            .unwrap();
        let wallet = wallet(&vault, &mint.url);
        let quote = wallet.mint_quote(2000).await.unwrap();
        wallet.claim(&quote.quote_id).await.unwrap();
        Self {
            mint,
            shop,
            payer: Customer::new(),
            wallet,
            _folders: folders,
        }
    }

    /// A token over about `minor` cents for this commitment, locked to `key`; and what the payee gets of it.
    async fn token_for(&self, commitment: &RecordId, minor: i64, key: &str) -> (String, i64) {
        let order = LockOrder {
            commitment_id: commitment.to_string(),
            payee_key: key.to_owned(),
            budget_minor: minor,
            locktime: SystemClock.now().plus_secs(7 * 24 * 3600),
        };
        let locked = self.wallet.lock_to(&order).await.unwrap();
        (locked.token, locked.net_minor)
    }

    /// A right payment of about `minor` cents, and what the desk gets of it.
    async fn payment(&self, minor: i64) -> (Message, i64) {
        self.payment_for(&self.payer.supports(&self.shop, eur(minor)), minor)
            .await
    }

    async fn payment_for(&self, commitment: &Commitment, minor: i64) -> (Message, i64) {
        let commitment = self.payer.signs(commitment);
        let key = self.shop.desk.keys().p2pk().unwrap();
        let (token, net) = self.token_for(&commitment.id().unwrap(), minor, &key).await;
        (Message::Payment { commitment, token }, net)
    }

    fn redeemed_minor(&self) -> i64 {
        redeemed(self.shop.desk.vault())
            .unwrap()
            .iter()
            .map(|(_, minor)| minor)
            .sum()
    }

    /// What the desk's own wallet holds.
    async fn held_minor(&self) -> i64 {
        wallet(self.shop.desk.vault(), &self.mint.url)
            .balance_minor()
            .await
            .unwrap()
    }

    fn receipts(&self) -> Vec<SignedRecord> {
        self.shop
            .letters_to(&self.payer)
            .into_iter()
            .filter_map(|letter| match letter {
                Message::Receipt { receipt } => Some(receipt),
                _ => None,
            })
            .collect()
    }
}

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_over_a_relay_is_redeemed_and_answered_with_a_signed_receipt() {
    let relay = Relay::start(0).unwrap();
    let market = Market::open(&relay.url).await;
    let Market { shop, payer, .. } = &market;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(run(shop.desk.clone(), Arc::new(bus(&relay.url).await), async {
        let _ = stopped.await;
    }));
    let line = bus(&relay.url).await;
    let (payment, net) = market.payment(500).await;
    // Left at the relay before the desk listens, or while it does: it makes no difference.
    tekram_net::Bus::publish(&line, &payer.seals(shop, &payment).into_event())
        .await
        .unwrap();
    let told = shop.told.wait_for("payment_redeemed").await;
    assert_eq!(
        (told["amount_minor"].as_i64(), told["unit"].as_str()),
        (Some(net), Some("eur"))
    );
    assert_eq!(told["total_redeemed_minor"].as_i64(), Some(net));
    assert!(net > 480 && net <= 500);

    let mut listening = tekram_net::Bus::listen(&line, tekram_intent::letters_filter(&payer.keys.public_key()))
        .await
        .unwrap();
    let wrap = tokio::time::timeout(common::PATIENCE, listening.next())
        .await
        .unwrap()
        .unwrap();
    let letter = tekram_net::sealed::open(&payer.keys, &wrap).unwrap();
    assert_eq!(letter.sender, shop.desk.keys().nostr.public_key());
    let Message::Receipt { receipt } = serde_json::from_str(&letter.json).unwrap() else {
        panic!("not a receipt")
    };
    let (body, signers) = receipt.verified_body::<Receipt>().unwrap();
    let Message::Payment { commitment, .. } = &payment else {
        unreachable!()
    };
    assert_eq!(
        (body.amount, body.payee, body.commitment),
        (eur(net), shop.did(), commitment.id().unwrap())
    );
    assert_eq!(signers, [shop.did()]);
    let kept = &records(shop.desk.vault()).unwrap()[0];
    assert_eq!(kept.kind, "receipt");
    assert_eq!(
        record_bytes(shop.desk.vault(), &kept.record).unwrap(),
        receipt.bytes().unwrap()
    );

    // A second payment adds up.
    let (second, more) = market.payment(300).await;
    tekram_net::Bus::publish(&line, &payer.seals(shop, &second).into_event())
        .await
        .unwrap();
    tokio::time::timeout(common::PATIENCE, listening.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        shop.told.named("payment_redeemed")[1]["total_redeemed_minor"].as_i64(),
        Some(net + more)
    );
    assert_eq!(market.held_minor().await, net + more);
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_delivered_twice_credits_once_and_gets_the_same_receipt() {
    let mut market = Market::open(NOWHERE).await;
    let (payment, net) = market.payment(500).await;
    market.payer.tells(&market.shop, &payment);
    market.payer.tells(&market.shop, &payment);
    market.shop.desk.redeem_waiting().await.unwrap();
    let first = market.receipts();
    assert_eq!(first.len(), 1);
    market.payer.tells(&market.shop, &payment);
    market.shop = market.shop.restart();
    market.payer.tells(&market.shop, &payment);
    market.shop.desk.redeem_waiting().await.unwrap();
    assert_eq!(market.receipts(), first);
    assert_eq!((market.redeemed_minor(), market.held_minor().await), (net, net));
    assert_eq!(market.shop.told.names(), ["payment_repeated"]);

    // The same money for another promise is no second payment, however the token is written.
    let Message::Payment { token, .. } = &payment else {
        unreachable!()
    };
    let rewritten = {
        use std::str::FromStr;
        let token = cdk_common::nuts::Token::from_str(token).unwrap();
        let cdk_common::nuts::Token::TokenV4(mut v4) = token else {
            panic!("version 4")
        };
        v4.memo = Some("again".into());
        for part in &mut v4.token {
            part.proofs.reverse();
        }
        v4.to_string()
    };
    assert_ne!(&rewritten, token);
    for token in [token.clone(), rewritten] {
        let commitment = market.payer.signs(&market.payer.supports(&market.shop, eur(500)));
        market
            .payer
            .tells(&market.shop, &Message::Payment { commitment, token });
        market.shop.desk.redeem_waiting().await.unwrap();
        assert_eq!(market.shop.told.refusal(), "token_used");
    }
    assert_eq!((market.redeemed_minor(), market.held_minor().await), (net, net));
    assert_eq!(records(market.shop.desk.vault()).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_payment_to_this_desk_is_refused_by_name() {
    let market = Market::open(NOWHERE).await;
    let Market { shop, payer, .. } = &market;
    let refusal = async |commitment: SignedRecord, token: String| {
        payer.tells(shop, &Message::Payment { commitment, token });
        shop.desk.redeem_waiting().await.unwrap();
        shop.told.refusal()
    };
    let support = || payer.supports(shop, eur(200));
    let ours = shop.desk.keys().p2pk().unwrap();

    // The promise.
    let (token, _) = market
        .token_for(&payer.signs(&support()).id().unwrap(), 200, &ours)
        .await;
    let other = Customer::new();
    let to_other = Commitment {
        payee: Some(other.signing.did()),
        ..support()
    };
    assert_eq!(refusal(payer.signs(&to_other), token.clone()).await, "wrong_party");
    assert_eq!(
        refusal(other.signs(&support()), token.clone()).await,
        "missing_signature"
    );
    let forged = String::from_utf8(payer.signs(&support()).bytes().unwrap())
        .unwrap()
        .replace("\"200\"", "\"900\"");
    let forged = SignedRecord::parse(forged.as_bytes()).unwrap();
    assert_eq!(refusal(forged, token.clone()).await, "bad_signature");
    let late = Commitment {
        expires: Some(shop.clock.now()),
        ..support()
    };
    assert_eq!(refusal(payer.signs(&late), token.clone()).await, "commitment_expired");
    let offer = payer.gets_an_offer(shop, "wireless headphones");
    let unaccepted = payer.accepts(&offer).0;
    assert_eq!(refusal(payer.signs(&unaccepted), token.clone()).await, "wrong_offer");
    assert_eq!(refusal(offer, token.clone()).await, "wrong_record_type");

    // The token.
    assert_eq!(
        refusal(payer.signs(&support()), "cashuBnonsense".into()).await,
        "bad_token"
    );
    let theirs = p2pk_public_key(&Secret32::random().unwrap()).unwrap();
    let commitment = payer.signs(&support());
    let (astray, _) = market.token_for(&commitment.id().unwrap(), 200, &theirs).await;
    assert_eq!(refusal(commitment.clone(), astray).await, "token_not_ours");
    let elsewhere = token.parse::<cdk_common::nuts::Token>().map(|token| match token {
        cdk_common::nuts::Token::TokenV4(mut v4) => {
            v4.mint_url = "https://mint.example".parse().unwrap();
            v4.to_string()
        }
        other => panic!("{other}"),
    });
    assert_eq!(
        refusal(payer.signs(&support()), elsewhere.unwrap()).await,
        "token_other_mint"
    );
    assert_eq!(market.redeemed_minor(), 0);
    assert!(shop.told.named("payment_redeemed").is_empty());

    // After a wrong token the right one still counts.
    let (payment, net) = {
        let key = &ours;
        let id = SignedRecord::id(&payer.signs(&support())).unwrap();
        let (token, net) = market.token_for(&id, 200, key).await;
        (Message::Payment { commitment, token }, net)
    };
    payer.tells(shop, &payment);
    shop.desk.redeem_waiting().await.unwrap();
    assert_eq!(market.redeemed_minor(), net);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_payer_spent_elsewhere_is_not_credited() {
    let market = Market::open(NOWHERE).await;
    let commitment = market.payer.signs(&market.payer.supports(&market.shop, eur(300)));
    let key = market.shop.desk.keys().cashu.clone().unwrap();
    let (token, _) = market
        .token_for(&commitment.id().unwrap(), 300, &p2pk_public_key(&key).unwrap())
        .await;
    // Somebody who has the desk's key, say the desk's owner in another wallet.
    market.wallet.redeem(&token, &key).await.unwrap();
    market
        .payer
        .tells(&market.shop, &Message::Payment { commitment, token });
    market.shop.desk.redeem_waiting().await.unwrap();
    assert_eq!(market.shop.told.refusal(), "token_spent");
    assert_eq!(market.redeemed_minor(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_waits_for_a_mint_that_is_down_and_survives_a_restart_meanwhile() {
    let mut market = Market::open(NOWHERE).await;
    let (payment, net) = market.payment(500).await;
    market.mint.stop();
    market.payer.tells(&market.shop, &payment);
    let wait = market.shop.desk.redeem_waiting().await.unwrap();
    assert!(wait.is_some());
    assert_eq!(market.shop.told.named("payment_waiting")[0]["code"], "mint_unreachable");
    market.shop = market.shop.restart();
    market.mint.run().unwrap();
    market.shop.desk.redeem_waiting().await.unwrap();
    assert_eq!((market.redeemed_minor(), market.held_minor().await), (net, net));
    assert_eq!(market.receipts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_redeeming_and_the_receipt_loses_nothing_and_doubles_nothing() {
    let mut market = Market::open(NOWHERE).await;
    let (payment, net) = market.payment(500).await;
    let Message::Payment { token, .. } = &payment else {
        unreachable!()
    };
    market.payer.tells(&market.shop, &payment);
    // The mint has done it, and the desk ended before it wrote the receipt.
    let key = market.shop.desk.keys().cashu.clone().unwrap();
    wallet(market.shop.desk.vault(), &market.mint.url)
        .redeem(token, &key)
        .await
        .unwrap();
    assert_eq!((market.redeemed_minor(), market.held_minor().await), (0, net));
    market.shop = market.shop.restart();
    market.shop.desk.redeem_waiting().await.unwrap();
    assert_eq!((market.redeemed_minor(), market.held_minor().await), (net, net));
    assert_eq!(market.receipts().len(), 1);

    // It ended after the receipt was stored and before it was told.
    market.shop.sql("UPDATE desk_payment SET told = 0");
    market.shop = market.shop.restart();
    assert_eq!(market.shop.told.named("payment_redeemed").len(), 1);
    market.shop = market.shop.restart();
    assert!(market.shop.told.named("payment_redeemed").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_offer_can_be_paid_also_after_it_expired() {
    let mut market = Market::open(NOWHERE).await;
    // Cheap enough for the payer's ecash.
    let catalogue = market.shop.folder.path().join("catalogue.csv");
    std::fs::write(catalogue, "name,price,stock\nTea towel,9.00,5\n").unwrap();
    market.shop = market.shop.restart();
    let Market { shop, payer, .. } = &market;
    let offer = payer.gets_an_offer(shop, "tea towel");
    let two = payer.accepts(&offer);
    payer.tells(shop, &payer.acceptance(&two));
    assert_eq!(shop.told.named("agreement_signed").len(), 1);
    shop.clock.advance_ms(2 * 3_600_000);
    let (payment, net) = market.payment_for(&two.0, 900).await;
    payer.tells(shop, &payment);
    shop.desk.redeem_waiting().await.unwrap();
    assert_eq!(market.redeemed_minor(), net);
}
