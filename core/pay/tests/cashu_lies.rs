//! A mint that lies, refuses, or is not good enough: every lie has a name and costs nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod cashu_common;

use cashu_common::{Persona, Tamper, TamperingLine, order, payee_key, shared_mint, top_up};
use serde_json::{Value, json};
use tekram_harness::nutshell::{Nutshell, NutshellOptions};
use tekram_pay::cashu::CashuWallet;

/// What happens to the mint's JSON on its way.
type Change = fn(&mut Value);

#[tokio::test(flavor = "multi_thread")]
async fn a_swap_with_a_lie_in_its_answer_is_named_and_the_true_answer_is_taken_later() {
    let shared = shared_mint();
    let lies: [(Change, &str); 6] = [
        (
            |json| json["signatures"][0]["dleq"]["e"] = json!("11".repeat(32)),
            "mint_lied",
        ),
        (|json| json["signatures"][0]["dleq"] = Value::Null, "mint_lied"),
        (
            |json| json["signatures"][0]["C_"] = json["signatures"][1]["C_"].clone(),
            "mint_lied",
        ),
        (|json| json["signatures"][0]["amount"] = json!(1 << 20), "mint_lied"),
        (
            |json| json["signatures"][0]["id"] = json!("00ffffffffffffff"),
            "mint_lied",
        ),
        (
            |json| {
                json["signatures"].as_array_mut().unwrap().pop();
            },
            "mint_lied",
        ),
    ];
    for (lie, name) in lies {
        let line = TamperingLine::to(&shared.mint).await;
        let (payer, payee) = (Persona::new(), Persona::new());
        let wallet = payer.wallet(&line.url);
        top_up(&wallet, 300).await;
        line.tamper("POST /v1/swap", Tamper::Change(lie));
        let lock = order("c1", 203);
        let error = wallet.lock_to(&lock).await.unwrap_err();
        assert_eq!(error.code(), name, "{error}");
        assert_eq!(payer.exchanges("lock"), (1, 0), "kept, to be asked again");
        line.pass();
        let locked = wallet.lock_to(&lock).await.unwrap();
        let desk = payee.wallet(&line.url);
        assert_eq!(
            desk.redeem(&locked.token, &payee_key()).await.unwrap().net_minor,
            locked.net_minor
        );
        assert_eq!(wallet.balance_minor().await.unwrap(), 97 + locked.remainder_minor);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_with_a_lie_in_its_answer_is_named_and_the_true_answer_is_taken_later() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    let payer = Persona::new();
    let wallet = payer.wallet(&line.url);
    let quote = wallet.mint_quote(300).await.unwrap();
    line.tamper(
        "POST /v1/mint/bolt11",
        Tamper::Change(|json| {
            if json["signatures"].is_array() {
                json["signatures"][0]["dleq"]["s"] = json!("22".repeat(32));
            }
        }),
    );
    assert_eq!(first_word(&wallet, &quote.quote_id).await, "mint_lied");
    assert_eq!(wallet.balance_minor().await.unwrap(), 0);
    line.pass();
    assert_eq!(wallet.claim(&quote.quote_id).await.unwrap(), 300);
}

/// What the first claim says that is not about waiting for the payment.
async fn first_word(wallet: &CashuWallet, quote_id: &str) -> &'static str {
    loop {
        match wallet.claim(quote_id).await {
            Err(error) if error.code() == "quote_unpaid" => tokio::task::yield_now().await,
            Err(error) => return error.code(),
            Ok(_) => return "claimed",
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_that_says_paid_and_does_not_hand_out_is_named_and_can_make_good() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    let payer = Persona::new();
    let wallet = payer.wallet(&line.url);
    let quote = wallet.mint_quote(64).await.unwrap();
    for (code, name) in [
        (20003, "mint_refused"),
        (11000, "mint_refused"),
        (20002, "mint_lied"),
        (11003, "mint_lied"),
        (20001, "quote_unpaid"),
    ] {
        line.tamper(
            "POST /v1/mint/bolt11",
            Tamper::Answer(400, json!({"code": code, "detail": "no"}).to_string()),
        );
        let word = if name == "quote_unpaid" {
            wallet.claim(&quote.quote_id).await.unwrap_err().code()
        } else {
            first_word(&wallet, &quote.quote_id).await
        };
        assert_eq!(word, name, "for {code}");
    }
    line.pass();
    assert_eq!(cashu_common::claim(&wallet, &quote.quote_id).await, 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_that_refuses_a_swap_leaves_the_money_where_it_was() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    let payer = Persona::new();
    let wallet = payer.wallet(&line.url);
    top_up(&wallet, 300).await;
    for code in [10001, 11005, 11009, 11000] {
        line.tamper(
            "POST /v1/swap",
            Tamper::Answer(400, json!({"code": code, "detail": "no"}).to_string()),
        );
        assert_eq!(
            wallet.lock_to(&order("c1", 100)).await.unwrap_err().code(),
            "mint_refused"
        );
        assert_eq!(wallet.balance_minor().await.unwrap(), 300);
    }
    // Busy, or still at work: not a refusal.
    for (status, body) in [
        (429, "slow down"),
        (500, "oops"),
        (400, "{\"code\": 11003, \"detail\": \"\"}"),
    ] {
        line.tamper("POST /v1/swap", Tamper::Answer(status, body.to_owned()));
        let error = wallet.lock_to(&order("c1", 100)).await.unwrap_err();
        assert!(["outcome_unknown", "mint_lied"].contains(&error.code()), "{error}");
        assert_eq!(payer.exchanges("lock").0, 1);
    }
    line.pass();
    wallet.resume().await.unwrap();
    assert_eq!(payer.exchanges("lock"), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_that_were_spent_elsewhere_are_put_aside_and_the_others_pay() {
    let shared = shared_mint();
    let payer = Persona::new();
    let wallet = payer.wallet(&shared.mint.url);
    top_up(&wallet, 128).await;
    // As after restoring a backup from before a payment: a spent proof looks unspent.
    wallet.lock_to(&order("before", 128)).await.unwrap();
    payer
        .vault()
        .write(tekram_vault::Scope("pay"), |tx| {
            tx.execute(
                "UPDATE pay_cashu_proof SET state = 'UNSPENT', used_by = '' WHERE amount_minor = 128",
                [],
            )?;
            Ok::<_, tekram_vault::VaultError>(())
        })
        .unwrap();
    top_up(&wallet, 96).await;
    assert_eq!(wallet.balance_minor().await.unwrap(), 224);
    let locked = wallet.lock_to(&order("after", 90)).await.unwrap();
    assert_eq!(
        payer.exchanges("lock").1,
        1,
        "the first attempt was with the spent proof"
    );
    assert_eq!(wallet.balance_minor().await.unwrap(), 6 + locked.remainder_minor);
    assert!(wallet.state_of(&locked.token).await.unwrap().is_unspent());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_that_is_not_good_enough_is_refused_before_any_money_goes_there() {
    let shared = shared_mint();
    let cases: [(Change, &str); 5] = [
        (
            |json| json["nuts"]["11"] = json!({"supported": false}),
            "mint_lacks_p2pk",
        ),
        (
            |json| {
                json["nuts"].as_object_mut().unwrap().remove("10");
            },
            "mint_lacks_p2pk",
        ),
        (
            |json| json["nuts"]["7"] = json!({"supported": false}),
            "mint_lacks_recovery",
        ),
        (
            |json| json["nuts"]["9"] = json!({"supported": false}),
            "mint_lacks_recovery",
        ),
        (
            |json| json["nuts"]["12"] = json!({"supported": false}),
            "mint_lacks_recovery",
        ),
    ];
    for (change, name) in cases {
        let line = TamperingLine::to(&shared.mint).await;
        line.tamper("GET /v1/info", Tamper::Change(change));
        let persona = Persona::new();
        let wallet = persona.wallet(&line.url);
        assert_eq!(wallet.check_mint().await.unwrap_err().code(), name);
        assert_eq!(wallet.mint_quote(100).await.unwrap_err().code(), name);
        assert_eq!(wallet.lock_to(&order("c1", 100)).await.unwrap_err().code(), name);
    }
    let persona = Persona::new();
    let usd = persona.wallet_in(&shared.mint.url, "usd");
    assert_eq!(usd.check_mint().await.unwrap_err().code(), "mint_lacks_unit");
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_floods_have_names() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    for (path, body, name) in [
        (
            "GET /v1/info",
            "<html>captive portal</html>".to_owned(),
            "mint_unreadable",
        ),
        ("GET /v1/info", "x".repeat(5 * 1024 * 1024), "mint_unreachable"),
        ("GET /v1/keys", "{\"keysets\": 7}".to_owned(), "mint_unreadable"),
        ("POST /v1/mint/quote", "{}".to_owned(), "mint_unreadable"),
    ] {
        line.tamper(path, Tamper::Answer(200, body));
        let persona = Persona::new();
        let wallet = persona.wallet(&line.url);
        let error = wallet.mint_quote(100).await.unwrap_err();
        assert_eq!(error.code(), name, "{path}: {error}");
    }
    // Keys that do not hash to the keyset's id.
    line.tamper(
        "GET /v1/keys",
        Tamper::Change(|json| {
            for keyset in json["keysets"].as_array_mut().unwrap() {
                if let Some(keys) = keyset["keys"].as_object_mut() {
                    let other = keys["2"].clone();
                    keys.insert("1".to_owned(), other);
                }
            }
        }),
    );
    let persona = Persona::new();
    let error = persona.wallet(&line.url).mint_quote(100).await.unwrap_err();
    assert_eq!(error.code(), "mint_lied", "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_over_another_amount_is_not_shown() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    let payer = Persona::new();
    let wallet = payer.wallet_in(&line.url, "sat");
    let dear = wallet.mint_quote(1000).await.unwrap().invoice;
    line.tamper(
        "POST /v1/mint/quote",
        Tamper::Answer(
            200,
            json!({"quote": "q", "request": dear, "state": "UNPAID", "amount": 10, "unit": "sat", "expiry": null})
                .to_string(),
        ),
    );
    assert_eq!(wallet.mint_quote(10).await.unwrap_err().code(), "mint_lied");
}

#[tokio::test(flavor = "multi_thread")]
async fn spent_without_the_payees_signature_proves_nothing() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    let payer = Persona::new();
    let wallet = payer.wallet(&line.url);
    top_up(&wallet, 100).await;
    let locked = wallet.lock_to(&order("c1", 100)).await.unwrap();
    line.tamper(
        "POST /v1/checkstate",
        Tamper::Change(|json| {
            for state in json["states"].as_array_mut().unwrap() {
                state["state"] = json!("SPENT");
            }
        }),
    );
    let state = wallet.state_of(&locked.token).await.unwrap();
    assert!(!state.is_paid() && state.unproven_minor > 0 && state.payee_minor == 0);
    line.tamper(
        "POST /v1/checkstate",
        Tamper::Change(|json| {
            for state in json["states"].as_array_mut().unwrap() {
                state["state"] = json!("SPENT");
                state["witness"] = json!(format!("{{\"signatures\":[\"{}\"]}}", "ab".repeat(64)));
            }
        }),
    );
    assert!(!wallet.state_of(&locked.token).await.unwrap().is_paid());
    line.tamper("POST /v1/checkstate", Tamper::Answer(200, "{\"states\":[]}".to_owned()));
    assert_eq!(wallet.state_of(&locked.token).await.unwrap_err().code(), "mint_lied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirecting_mint_is_not_followed() {
    let shared = shared_mint();
    let line = TamperingLine::to(&shared.mint).await;
    line.tamper("GET /v1/info", Tamper::Answer(307, String::new()));
    let persona = Persona::new();
    let error = persona.wallet(&line.url).check_mint().await.unwrap_err();
    assert_eq!(error.code(), "mint_unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_in_the_private_network_that_nobody_asked_for_is_not_reached() {
    use std::sync::Arc;
    let shared = shared_mint();
    let payer = Persona::new();
    let web = Arc::new(tekram_net::WebContext::new(tekram_net::NetPolicy::default()).unwrap());
    let clock = Arc::new(tekram_primitives::time::SystemClock);
    let wallet = CashuWallet::open(payer.vault(), web, clock, &shared.mint.url, "eur").unwrap();
    let error = wallet.check_mint().await.unwrap_err();
    assert_eq!(error.code(), "mint_unreachable");
    assert!(error.to_string().contains("private_address"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unpaid_invoice_stays_unpaid() {
    let folder = tempfile::tempdir().unwrap();
    let options = NutshellOptions {
        invoices_get_paid: false,
        ..NutshellOptions::new(folder.path().join("mint"))
    };
    let mint = Nutshell::start(options).unwrap();
    let payer = Persona::new();
    let wallet = payer.wallet(&mint.url);
    let quote = wallet.mint_quote(100).await.unwrap();
    assert_eq!(wallet.claim(&quote.quote_id).await.unwrap_err().code(), "quote_unpaid");
    assert_eq!(wallet.balance_minor().await.unwrap(), 0);
}

#[test]
fn addresses_that_are_no_mint_are_refused() {
    use std::sync::Arc;
    let payer = Persona::new();
    for bad in ["", "mint", "ftp://mint.example", "https://", "file:///etc/passwd"] {
        let web = Arc::new(tekram_net::WebContext::new(tekram_net::NetPolicy::default()).unwrap());
        let clock = Arc::new(tekram_primitives::time::SystemClock);
        let error = CashuWallet::open(payer.vault(), web, clock, bad, "eur").unwrap_err();
        assert_eq!(error.code(), "bad_mint_url", "{bad}");
    }
}
