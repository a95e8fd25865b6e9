//! Killed at every step of an exchange, and a mint that dies at every step: nothing is lost, nothing happens twice.
//!
//! A kill is a dropped future and a vault that is closed and opened again; where it falls is decided by what the line to
//! the mint does with the request at that moment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod cashu_common;

use cashu_common::{Persona, Tamper, TamperingLine, claim, order, own_mint, payee_key, shared_mint, top_up};
use tekram_pay::cashu::{CashuWallet, LockOrder, LockProgress};

/// Starts to lock and is killed as soon as the mint's swap has been asked for `asked` times.
async fn killed_while_locking(wallet: CashuWallet, order: LockOrder, line: &TamperingLine, asked: usize) {
    let attempt = tokio::spawn(async move { wallet.lock_to(&order).await });
    while line.seen("POST /v1/swap") < asked && !attempt.is_finished() {
        tokio::task::yield_now().await;
    }
    attempt.abort();
    // Waiting for the abort keeps the vault's handles from outliving the kill.
    let _ = attempt.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_survives_a_kill_at_every_step_and_is_made_once() {
    let shared = shared_mint();
    for kill in [
        Tamper::LoseRequest,
        Tamper::LoseAnswer,
        Tamper::Hold,
        Tamper::Answer(502, "Bad gateway".to_owned()),
        Tamper::Answer(200, "<html>".to_owned()),
    ] {
        let line = TamperingLine::to(&shared.mint).await;
        let (mut payer, payee) = (Persona::new(), Persona::new());
        let wallet = payer.wallet(&line.url);
        top_up(&wallet, 300).await;
        let order = order("c1", 200);

        line.tamper("POST /v1/swap", kill);
        killed_while_locking(wallet, order.clone(), &line, 1).await;
        payer.reopen();
        assert_eq!(payer.exchanges("lock"), (1, 0));
        let wallet = payer.wallet(&line.url);
        assert_eq!(wallet.lock_progress("c1").await.unwrap(), LockProgress::Unknown);
        assert!(wallet.balance_minor().await.unwrap() <= 100, "the inputs are held");

        line.pass();
        let locked = wallet.lock_to(&order).await.unwrap();
        assert_eq!(payer.exchanges("lock"), (1, 0), "the same exchange went on");
        assert_eq!(wallet.balance_minor().await.unwrap(), 100 + locked.remainder_minor);
        assert_eq!(wallet.lock_to(&order).await.unwrap().token, locked.token);

        let desk = payee.wallet(&line.url);
        let redeemed = desk.redeem(&locked.token, &payee_key()).await.unwrap();
        assert_eq!(redeemed.net_minor, locked.net_minor);
        // Everything the wallet still shows can be spent.
        let rest = wallet.balance_minor().await.unwrap();
        assert!(wallet.lock_to(&cashu_common::order("c2", rest)).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resuming_after_a_kill_finishes_what_the_mint_did_and_looking_does_not_do_it() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    let mut payer = Persona::new();
    let wallet = payer.wallet(&line.url);
    for _ in 0..3 {
        top_up(&wallet, 128).await;
    }

    // The mint never heard of it: looking says so and does not ask for it.
    line.tamper("POST /v1/swap", Tamper::LoseRequest);
    assert_eq!(
        wallet.lock_to(&order("c1", 100)).await.unwrap_err().code(),
        "outcome_unknown"
    );
    line.pass();
    let asked = line.seen("POST /v1/swap");
    assert_eq!(wallet.look_up_lock("c1").await.unwrap(), LockProgress::Unknown);
    assert_eq!(line.seen("POST /v1/swap"), asked);

    // The mint did it: looking books it.
    line.tamper("POST /v1/swap", Tamper::LoseAnswer);
    assert_eq!(
        wallet.lock_to(&order("c2", 100)).await.unwrap_err().code(),
        "outcome_unknown"
    );
    line.pass();
    let asked = line.seen("POST /v1/swap");
    drop(wallet);
    payer.reopen();
    let wallet = payer.wallet(&line.url);
    assert!(matches!(
        wallet.look_up_lock("c2").await.unwrap(),
        LockProgress::Locked(_)
    ));
    assert_eq!(line.seen("POST /v1/swap"), asked);

    // Resuming goes on with the one that is left.
    let resumed = wallet.resume().await.unwrap();
    assert_eq!((resumed.finished, resumed.given_up, resumed.unknown), (1, 0, 0));
    assert!(matches!(
        wallet.lock_progress("c1").await.unwrap(),
        LockProgress::Locked(_)
    ));
    assert_eq!(wallet.resume().await.unwrap(), Default::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_once_is_not_noticed() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    let (payer, payee) = (Persona::new(), Persona::new());
    let (wallet, desk) = (payer.wallet(&line.url), payee.wallet(&line.url));
    top_up(&wallet, 300).await;
    for (number, breakage) in [Tamper::LoseRequest, Tamper::LoseAnswer].into_iter().enumerate() {
        line.tamper_once("POST /v1/swap", breakage.clone());
        let locked = wallet.lock_to(&order(&format!("c{number}"), 100)).await.unwrap();
        line.tamper_once("POST /v1/swap", breakage);
        let redeemed = desk.redeem(&locked.token, &payee_key()).await.unwrap();
        assert_eq!(redeemed.net_minor, locked.net_minor);
    }
    assert_eq!(payer.exchanges("lock"), (2, 0));
    assert_eq!(payee.exchanges("redeem"), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_survives_a_kill_at_every_step_and_is_made_once() {
    let shared = shared_mint();
    for kill in [
        Tamper::LoseRequest,
        Tamper::LoseAnswer,
        Tamper::Answer(500, String::new()),
        Tamper::Answer(200, "{\"signatures\":[]}".to_owned()),
    ] {
        let line = TamperingLine::to(&shared.mint).await;
        let mut payer = Persona::new();
        let wallet = payer.wallet(&line.url);
        let quote = wallet.mint_quote(300).await.unwrap();
        line.tamper("POST /v1/mint/bolt11", kill);
        loop {
            let error = wallet.claim(&quote.quote_id).await.unwrap_err();
            if error.code() != "quote_unpaid" {
                assert!(["outcome_unknown", "mint_lied"].contains(&error.code()), "{error}");
                break;
            }
        }
        drop(wallet);
        payer.reopen();
        line.pass();
        let wallet = payer.wallet(&line.url);
        assert_eq!(wallet.claim(&quote.quote_id).await.unwrap(), 300);
        assert_eq!(wallet.claim(&quote.quote_id).await.unwrap(), 300);
        assert_eq!(payer.exchanges("top_up"), (1, 0));
        assert_eq!(wallet.balance_minor().await.unwrap(), 300);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redemption_survives_a_kill_at_every_step_and_counts_once() {
    let shared = shared_mint();
    for kill in [
        Tamper::LoseRequest,
        Tamper::LoseAnswer,
        Tamper::Answer(503, String::new()),
        Tamper::Answer(200, "[]".to_owned()),
    ] {
        let line = TamperingLine::to(&shared.mint).await;
        let (payer, mut payee) = (Persona::new(), Persona::new());
        // One address for both: a token names its mint.
        let wallet = payer.wallet(&line.url);
        top_up(&wallet, 100).await;
        let locked = wallet.lock_to(&order("c1", 100)).await.unwrap();
        let desk = payee.wallet(&line.url);
        line.tamper("POST /v1/swap", kill);
        let error = desk.redeem(&locked.token, &payee_key()).await.unwrap_err();
        assert!(
            ["outcome_unknown", "mint_unreadable"].contains(&error.code()),
            "{error}"
        );
        drop(desk);
        payee.reopen();
        line.pass();
        let desk = payee.wallet(&line.url);
        let redeemed = desk.redeem(&locked.token, &payee_key()).await.unwrap();
        assert_eq!(redeemed.net_minor, locked.net_minor);
        assert_eq!(desk.balance_minor().await.unwrap(), locked.net_minor);
        assert_eq!(payee.exchanges("redeem"), (1, 0));
        assert!(wallet.state_of(&locked.token).await.unwrap().is_paid());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_that_is_down_takes_nothing_and_everything_goes_on_when_it_is_back() {
    let mut own = own_mint();
    let (payer, payee) = (Persona::new(), Persona::new());
    let url = own.mint.url.clone();
    let (wallet, desk) = (payer.wallet(&url), payee.wallet(&url));

    own.mint.stop();
    assert_eq!(wallet.mint_quote(500).await.unwrap_err().code(), "mint_unreachable");
    assert_eq!(wallet.lock_cost(100).await.unwrap_err().code(), "mint_unreachable");
    assert_eq!(
        wallet.lock_to(&order("c1", 100)).await.unwrap_err().code(),
        "mint_unreachable"
    );
    own.mint.run().unwrap();
    let quote = wallet.mint_quote(500).await.unwrap();
    // The fake Lightning network forgets its invoices with the mint, so the claim waits for the payment first.
    assert_eq!(claim(&wallet, &quote.quote_id).await, 500);

    own.mint.stop();
    let lock = order("c1", 200);
    match wallet.lock_to(&lock).await.unwrap_err().code() {
        "mint_unreachable" => {
            assert_eq!(payer.exchanges("lock"), (0, 1), "nothing was sent, so it is given up");
            assert_eq!(wallet.balance_minor().await.unwrap(), 500);
        }
        // Sent over a connection that the mint's end had kept open: nobody can say whether it was read.
        code => {
            assert_eq!(code, "outcome_unknown");
            assert_eq!(payer.exchanges("lock"), (1, 0));
        }
    }
    own.mint.run().unwrap();
    let locked = wallet.lock_to(&lock).await.unwrap();

    own.mint.stop();
    let names = [
        wallet.state_of(&locked.token).await.unwrap_err().code(),
        desk.redeem(&locked.token, &payee_key()).await.unwrap_err().code(),
        wallet.mint_quote(1).await.unwrap_err().code(),
    ];
    assert_eq!(names, ["mint_unreachable"; 3]);
    assert_eq!(
        wallet.lock_to(&lock).await.unwrap(),
        locked,
        "the token is in the vault"
    );
    own.mint.run().unwrap();
    assert_eq!(
        desk.redeem(&locked.token, &payee_key()).await.unwrap().net_minor,
        locked.net_minor
    );
    assert!(wallet.state_of(&locked.token).await.unwrap().is_paid());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_that_dies_after_it_was_asked_is_asked_again_when_it_is_back() {
    let mut own = own_mint();
    let line = TamperingLine::to(&own.mint).await;
    let payer = Persona::new();
    let wallet = payer.wallet(&line.url);
    top_up(&wallet, 300).await;
    line.tamper("POST /v1/swap", Tamper::LoseAnswer);
    let lock = order("c1", 200);
    assert_eq!(wallet.lock_to(&lock).await.unwrap_err().code(), "outcome_unknown");
    line.pass();
    own.mint.stop();
    // The line is there and the mint behind it is not: the answer is lost, and nobody can say what happened.
    assert_eq!(wallet.lock_to(&lock).await.unwrap_err().code(), "outcome_unknown");
    assert_eq!(
        payer.exchanges("lock"),
        (1, 0),
        "an exchange that may have happened is not given up"
    );
    own.mint.run().unwrap();
    let locked = wallet.lock_to(&lock).await.unwrap();
    assert_eq!(wallet.balance_minor().await.unwrap(), 100 + locked.remainder_minor);
}
