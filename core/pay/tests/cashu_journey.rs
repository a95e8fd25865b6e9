//! Ecash from the invoice to the payee and back, against a real mint.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod cashu_common;

use cashu_common::{Persona, claim, order, order_until, payee_key, shared_mint, top_up};
use tekram_pay::cashu::{CashuError, CashuWallet, LockProgress, QuoteState, p2pk_public_key, token_facts};
use tekram_primitives::secret::Secret32;
use tekram_primitives::time::{Clock, SystemClock};

#[tokio::test(flavor = "multi_thread")]
async fn ten_euros_are_topped_up_locked_and_redeemed_by_the_payee() {
    let shared = shared_mint();
    let (payer, payee) = (Persona::new(), Persona::new());
    let (wallet, desk) = (payer.wallet(&shared.mint.url), payee.wallet(&shared.mint.url));

    top_up(&wallet, 1000).await;
    assert_eq!(wallet.balance_minor().await.unwrap(), 1000);

    let locked = wallet.lock_to(&order("c1", 400)).await.unwrap();
    assert_eq!(locked.net_minor + locked.fee_minor + locked.remainder_minor, 400);
    assert_eq!(wallet.balance_minor().await.unwrap(), 600 + locked.remainder_minor);
    assert_eq!(
        wallet.lock_progress("c1").await.unwrap(),
        LockProgress::Locked(locked.clone())
    );
    assert!(wallet.state_of(&locked.token).await.unwrap().is_unspent());

    let redeemed = desk.redeem(&locked.token, &payee_key()).await.unwrap();
    assert_eq!((redeemed.net_minor, redeemed.repeated), (locked.net_minor, false));
    assert_eq!(desk.balance_minor().await.unwrap(), locked.net_minor);

    let state = wallet.state_of(&locked.token).await.unwrap();
    assert!(state.is_paid(), "{state:?}");
    assert!(state.evidence.contains("signatures"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commitment_is_locked_once_however_often_it_is_asked_for() {
    let shared = shared_mint();
    let payer = Persona::new();
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 500).await;
    let first_order = order("c1", 200);
    let first = wallet.lock_to(&first_order).await.unwrap();
    let second = payer.wallet(&shared.mint.url);
    assert_eq!(second.lock_to(&first_order).await.unwrap(), first);
    assert_eq!(wallet.balance_minor().await.unwrap(), 300);

    let other_amount = order_until("c1", 201, first_order.locktime);
    assert_eq!(wallet.lock_to(&other_amount).await.unwrap_err().code(), "lock_differs");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tasks_that_lock_at_the_same_time_do_not_take_the_same_proofs() {
    let shared = shared_mint();
    let payer = Persona::new();
    let wallet = std::sync::Arc::new(payer.wallet(&shared.mint.url));
    top_up(&wallet, 1000).await;
    let tasks: Vec<_> = (0..6)
        .map(|number| {
            let wallet = std::sync::Arc::clone(&wallet);
            tokio::spawn(async move { wallet.lock_to(&order(&format!("c{}", number % 3), 100)).await })
        })
        .collect();
    for task in tasks {
        // The locktime of two orders for one commitment can differ by a second: then the later one is refused.
        if let Err(error) = task.await.unwrap() {
            assert_eq!(error.code(), "lock_differs");
        }
    }
    assert_eq!(payer.exchanges("lock"), (3, 0));
    assert_eq!(wallet.balance_minor().await.unwrap(), 700);
}

#[tokio::test(flavor = "multi_thread")]
async fn net_fees_and_remainder_add_up_for_many_amounts_and_the_payee_gets_the_net() {
    let shared = shared_mint();
    let (payer, payee) = (Persona::new(), Persona::new());
    let (wallet, desk) = (payer.wallet(&shared.mint.url), payee.wallet(&shared.mint.url));
    top_up(&wallet, 10_000).await;
    let (mut expected, mut received) = (10_000, 0);
    for budget_minor in [3, 4, 7, 12, 99, 100, 101, 255, 256, 257, 511, 1023, 2050] {
        let locked = wallet
            .lock_to(&order(&format!("c{budget_minor}"), budget_minor))
            .await
            .unwrap();
        assert_eq!(
            locked.net_minor + locked.fee_minor + locked.remainder_minor,
            budget_minor
        );
        expected -= budget_minor - locked.remainder_minor;
        assert_eq!(wallet.balance_minor().await.unwrap(), expected);
        let redeemed = desk.redeem(&locked.token, &payee_key()).await.unwrap();
        assert_eq!(redeemed.net_minor, locked.net_minor, "for {budget_minor}");
        received += redeemed.net_minor;
        assert_eq!(desk.balance_minor().await.unwrap(), received);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cost_said_before_topping_up_is_the_cost() {
    let shared = shared_mint();
    let payer = Persona::new();
    let wallet = payer.wallet(&shared.mint.url);
    let (net_minor, fee_minor) = wallet.lock_cost(730).await.unwrap();
    top_up(&wallet, 730).await;
    let locked = wallet.lock_to(&order("c1", 730)).await.unwrap();
    assert_eq!((locked.net_minor, locked.fee_minor), (net_minor, fee_minor));
    assert_eq!(wallet.lock_cost(2).await.unwrap_err().code(), "fees_exceed_amount");
    assert_eq!(wallet.lock_cost(0).await.unwrap_err().code(), "zero_amount");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_little_money_and_amounts_below_the_fees_are_refused_with_nothing_taken() {
    let shared = shared_mint();
    let payer = Persona::new();
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 50).await;
    assert_eq!(
        wallet.lock_to(&order("big", 51)).await.unwrap_err().code(),
        "insufficient_funds"
    );
    assert_eq!(
        wallet.lock_to(&order("small", 2)).await.unwrap_err().code(),
        "fees_exceed_amount"
    );
    assert_eq!(
        wallet.lock_to(&order("none", 0)).await.unwrap_err().code(),
        "zero_amount"
    );
    let past = order_until("past", 10, SystemClock.now().plus_secs(-1));
    assert_eq!(wallet.lock_to(&past).await.unwrap_err().code(), "locktime_past");
    let mut nobody = order("nobody", 10);
    nobody.payee_key = "02ff".to_owned();
    assert_eq!(wallet.lock_to(&nobody).await.unwrap_err().code(), "bad_key");
    assert_eq!(payer.exchanges("lock"), (0, 0));
    assert_eq!(wallet.balance_minor().await.unwrap(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_delivered_twice_is_redeemed_once() {
    let shared = shared_mint();
    let (payer, payee, thief) = (Persona::new(), Persona::new(), Persona::new());
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 100).await;
    let locked = wallet.lock_to(&order("c1", 100)).await.unwrap();

    let desk = payee.wallet(&shared.mint.url);
    let first = desk.redeem(&locked.token, &payee_key()).await.unwrap();
    let again = desk.redeem(&locked.token, &payee_key()).await.unwrap();
    assert_eq!((again.net_minor, again.repeated), (first.net_minor, true));
    assert_eq!(desk.balance_minor().await.unwrap(), first.net_minor);

    // The same key in another vault: the mint has seen the proofs.
    let elsewhere = thief.wallet(&shared.mint.url);
    assert_eq!(
        elsewhere.redeem(&locked.token, &payee_key()).await.unwrap_err().code(),
        "token_spent"
    );
    assert_eq!(elsewhere.balance_minor().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_payee_redeems_before_the_locktime() {
    let shared = shared_mint();
    let (payer, thief) = (Persona::new(), Persona::new());
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 100).await;
    let locked = wallet.lock_to(&order("c1", 100)).await.unwrap();
    let thiefs = thief.wallet(&shared.mint.url);
    let error = thiefs.redeem(&locked.token, &Secret32::new([9; 32])).await.unwrap_err();
    assert_eq!(error.code(), "token_not_ours");
    let error = wallet.refund("c1").await.unwrap_err();
    assert_eq!(error.code(), "locktime_not_reached");
    assert_eq!(wallet.refund("c2").await.unwrap_err().code(), "lock_unknown");
    assert!(wallet.state_of(&locked.token).await.unwrap().is_unspent());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_clock_is_ahead_waits_for_the_mints_clock() {
    let shared = shared_mint();
    let payer = Persona::new();
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 100).await;
    let locked = wallet.lock_to(&order("c1", 100)).await.unwrap();
    let ahead = tekram_primitives::time::FixedClock::new(SystemClock.now().plus_secs(48 * 3600));
    let early = payer.wallet_at(&shared.mint.url, "eur", std::sync::Arc::new(ahead));
    assert_eq!(early.refund("c1").await.unwrap_err().code(), "locktime_not_reached");
    assert!(early.clock_skew_ms().unwrap() < -40 * 3_600_000);
    assert!(wallet.state_of(&locked.token).await.unwrap().is_unspent());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_locktime_the_payer_takes_back_what_the_payee_left() {
    let shared = shared_mint();
    let (mut payer, payee) = (Persona::new(), Persona::new());
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 300).await;
    let soon = SystemClock.now().plus_secs(3);
    let left = wallet.lock_to(&order_until("left", 100, soon)).await.unwrap();
    let taken = wallet.lock_to(&order_until("taken", 100, soon)).await.unwrap();
    let desk = payee.wallet(&shared.mint.url);
    desk.redeem(&taken.token, &payee_key()).await.unwrap();

    drop(wallet);
    payer.reopen();
    let wallet = payer.wallet(&shared.mint.url);
    let back = refund_in_time(&wallet, "left").await.unwrap();
    assert_eq!(back, left.net_minor, "taking back costs what redeeming would have");
    assert_eq!(wallet.balance_minor().await.unwrap(), 100 + back);
    assert_eq!(wallet.refund("left").await.unwrap(), back, "once");
    assert_eq!(wallet.refunded_minor(&left.token).await.unwrap(), Some(back));
    let state = wallet.state_of(&left.token).await.unwrap();
    assert!(state.refund_minor > 0 && !state.is_paid(), "{state:?}");

    assert_eq!(
        refund_in_time(&wallet, "taken").await.unwrap_err().code(),
        "token_spent"
    );
    assert!(wallet.state_of(&taken.token).await.unwrap().is_paid());
    assert_eq!(
        desk.redeem(&left.token, &payee_key()).await.unwrap_err().code(),
        "token_spent"
    );
}

/// Asks for the refund until the locktime is over for this device's clock and the mint's.
async fn refund_in_time(wallet: &CashuWallet, commitment_id: &str) -> Result<i64, CashuError> {
    loop {
        match wallet.refund(commitment_id).await {
            Err(error) if ["locktime_not_reached", "mint_refused"].contains(&error.code()) => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            outcome => return outcome,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_made_once_and_says_so_again() {
    let shared = shared_mint();
    let mut payer = Persona::new();
    let wallet = payer.wallet_in(&shared.mint.url, "sat");
    let quote = wallet.mint_quote(64).await.unwrap();
    assert!(quote.invoice.starts_with("lnbc"));
    assert_eq!(claim(&wallet, &quote.quote_id).await, 64);
    assert_eq!(wallet.claim(&quote.quote_id).await.unwrap(), 64);
    assert_eq!(wallet.quote(&quote.quote_id).await.unwrap().state, QuoteState::Claimed);
    drop(wallet);
    payer.reopen();
    let wallet = payer.wallet_in(&shared.mint.url, "sat");
    assert_eq!(wallet.claim(&quote.quote_id).await.unwrap(), 64);
    assert_eq!(wallet.balance_minor().await.unwrap(), 64);
    assert_eq!(
        payer.wallet(&shared.mint.url).balance_minor().await.unwrap(),
        0,
        "another unit"
    );
    assert_eq!(wallet.claim("no-such-quote").await.unwrap_err().code(), "quote_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_not_for_this_wallet_are_named() {
    let shared = shared_mint();
    let (payer, payee) = (Persona::new(), Persona::new());
    let sats = payer.wallet_in(&shared.mint.url, "sat");
    top_up(&sats, 32).await;
    let token = sats.lock_to(&order("c1", 32)).await.unwrap().token;
    let facts = token_facts(&token).unwrap();
    assert_eq!(
        (facts.mint_url.as_str(), facts.unit.as_str()),
        (shared.mint.url.as_str(), "sat")
    );
    assert_eq!(facts.face_minor, 31, "one sat went to the swap");
    let euros = payee.wallet(&shared.mint.url);
    assert_eq!(
        euros.redeem(&token, &payee_key()).await.unwrap_err().code(),
        "token_other_unit"
    );
    let elsewhere = payee.wallet_in("https://mint.example", "sat");
    assert_eq!(
        elsewhere.redeem(&token, &payee_key()).await.unwrap_err().code(),
        "token_other_mint"
    );
    for bad in ["", "cashuB", "cashuA", "hello", "cashuBo2FteCJodHRwOi8v"] {
        assert_eq!(euros.redeem(bad, &payee_key()).await.unwrap_err().code(), "bad_token");
    }
    let endless = format!("cashuB{}", "A".repeat(200_000));
    assert_eq!(
        euros.redeem(&endless, &payee_key()).await.unwrap_err().code(),
        "bad_token"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_gets_back_what_an_earlier_epoch_had() {
    let shared = shared_mint();
    let payer = Persona::new();
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 150).await;
    wallet.lock_to(&order("c1", 50)).await.unwrap();
    // As after restoring a backup from before the top-up: the proofs are gone, the root secret is there.
    payer
        .vault()
        .write(tekram_vault::Scope("pay"), |tx| {
            tx.execute("DELETE FROM pay_cashu_proof", [])?;
            Ok::<_, tekram_vault::VaultError>(())
        })
        .unwrap();
    assert_eq!(wallet.balance_minor().await.unwrap(), 0);
    let restored = wallet.restore_epoch(payer.vault().epoch()).await.unwrap();
    assert_eq!(restored.unspent_minor, 100);
    assert_eq!(wallet.balance_minor().await.unwrap(), 100);
    wallet.lock_to(&order("c2", 100)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_the_wallet_shows_in_debug_output_or_lies_in_the_clear() {
    let shared = shared_mint();
    let payer = Persona::new();
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 100).await;
    let locked = wallet.lock_to(&order("c1", 60)).await.unwrap();
    assert!(!format!("{locked:?}").contains(&locked.token[..20]));
    assert!(format!("{wallet:?}").contains("[REDACTED]"));
    let key = p2pk_public_key(&payee_key()).unwrap();
    let mut files = 0;
    let mut folders = vec![payer.files()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            for needle in [
                locked.token.as_bytes(),
                key.as_bytes(),
                shared.mint.url.as_bytes(),
                b"pay_cashu",
            ] {
                assert!(
                    !bytes.windows(needle.len()).any(|window| window == needle),
                    "{}",
                    path.display()
                );
            }
        }
    }
    assert!(files > 0);
}
