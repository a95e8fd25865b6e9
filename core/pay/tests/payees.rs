//! Payees from real feeds over real HTTP: found in the right order, with evidence, and never redirected in silence.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::path::Path;

use support::*;
use tekram_harness::feed_server::FeedServer;
use tekram_net::{NetPolicy, WebContext};
use tekram_pay::PayError;
use tekram_pay::method::Method;
use tekram_pay::payee::{
    Discovered, FeedSource, HeldChange, Via, confirm_change, discover, held_changes, payee, payees, reject_change,
};
use tekram_pay::rates::{EcbRates, RateSource};
use tekram_pay::rules::set_rules;
use tekram_pay::statement::{MAIN_BUDGET, Total, draft};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::time::FixedClock;
use tekram_vault::Vault;
use url::Url;

/// A server with the fixtures filled in, a vault, and the web as a persona sees it.
struct Air {
    _vault_folder: tempfile::TempDir,
    files: tempfile::TempDir,
    vault: Vault,
    server: FeedServer,
    web: WebContext,
    desks: [DeskOf; 4],
}

const FEEDS: [&str; 5] = [
    "harbour-lights.xml",
    "signal-and-noise.xml",
    "the-long-table.xml",
    "nachtzug.xml",
    "small-press-radio.xml",
];

impl Air {
    fn on() -> Self {
        let vault_folder = tempfile::tempdir().unwrap();
        let files = tempfile::tempdir().unwrap();
        let server = FeedServer::start(files.path(), 0).unwrap();
        let desks = [
            ("Harbour Lights", 1),
            ("Nils Ferro", 2),
            ("Signal & Noise", 3),
            ("Podcast host", 4),
        ]
        .map(|(name, seed)| DeskOf::named(name, seed));
        let policy = NetPolicy::default().allow(&Url::parse(&format!("http://{}", server.origin())).unwrap());
        let air = Self {
            vault: vault_in(vault_folder.path()),
            _vault_folder: vault_folder,
            web: WebContext::new(policy).unwrap(),
            files,
            server,
            desks,
        };
        for (desk, letter) in air.desks.iter().zip(["a", "b", "c", "d"]) {
            air.put(&format!("card-{letter}.json"), &desk.card());
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/feeds");
        for feed in FEEDS {
            air.put(
                feed,
                air.filled(&std::fs::read_to_string(folder.join(feed)).unwrap())
                    .as_bytes(),
            );
        }
        air
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.files.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.files.path().join(name)).unwrap()
    }

    fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.server.origin())
    }

    fn filled(&self, template: &str) -> String {
        let mut text = template.replace("{{ORIGIN}}", &format!("http://{}", self.server.origin()));
        for (desk, letter) in self.desks.iter().zip(["A", "B", "C", "D"]) {
            let card = self.url(&format!("card-{}.json", letter.to_ascii_lowercase()));
            text = text.replace(&format!("{{{{DID_{letter}}}}}"), &desk.did().to_string());
            text = text.replace(&format!("{{{{CARD_{letter}}}}}"), &card);
        }
        assert!(!text.contains("{{"));
        text
    }

    async fn try_discover(&self, name: &str, items: &[&str]) -> Result<Discovered, PayError> {
        let source = FeedSource {
            source: name.to_owned(),
            feed_url: self.url(name),
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        };
        discover(&self.vault, &self.web, &clock(), &source).await
    }

    async fn discover(&self, name: &str) -> Discovered {
        self.try_discover(name, &[]).await.unwrap()
    }

    fn methods(&self, name: &str) -> Vec<Method> {
        payees(&self.vault)
            .unwrap()
            .into_iter()
            .find(|payee| payee.name == name)
            .unwrap()
            .methods
    }
}

#[tokio::test]
async fn two_cards_of_one_feed_are_two_payees_with_evidence() {
    let air = Air::on();
    let found = air.discover("harbour-lights.xml").await;
    assert_eq!(found.title, "Harbour Lights");
    let splits: Vec<(&str, u64, Via)> = found
        .payees
        .iter()
        .map(|payee| (payee.name.as_str(), payee.split, payee.via))
        .collect();
    assert_eq!(
        splits,
        [
            ("Harbour Lights", 90, Via::ChannelValue),
            ("Sound: Nils Ferro", 10, Via::ChannelValue)
        ]
    );
    let kept = payee(&air.vault, &found.payees[0].payee_id).unwrap();
    assert_eq!(kept.identity, air.desks[0].did().to_string());
    assert_eq!(kept.methods, [air.desks[0].method()]);
    assert!(!kept.changed);
    assert_eq!(kept.evidence.len(), 2);
    assert_eq!(kept.evidence[0].element, "channel/podcast:value");
    assert_eq!(kept.evidence[0].url, air.url("harbour-lights.xml"));
    assert_eq!(
        kept.evidence[0].sha256,
        sha256_hex(air.read("harbour-lights.xml").as_bytes())
    );
    assert_eq!(kept.evidence[1].sha256, sha256_hex(&air.desks[0].card()));
}

#[tokio::test]
async fn a_fee_a_page_a_bank_account_and_a_node_are_found_as_what_they_are() {
    let air = Air::on();
    let signal = air.discover("signal-and-noise.xml").await;
    assert_eq!((signal.payees[1].fee, signal.payees[1].split), (true, 2));
    let table = air.discover("the-long-table.xml").await;
    assert_eq!(table.payees[0].via, Via::Funding);
    assert_eq!(table.payees[0].name, "The Long Table");
    let train = air.discover("nachtzug.xml").await;
    assert_eq!(train.payees[0].via, Via::AtomPayment);
    assert!(matches!(&train.payees[0].methods[0], Method::Link { url } if url.starts_with("payto://iban/DE89")));
    let press = air
        .try_discover("small-press-radio.xml", &["spr-016", "spr-017"])
        .await
        .unwrap();
    let ways: Vec<(&str, Via, bool)> = press
        .payees
        .iter()
        .map(|payee| {
            (
                payee.item.as_str(),
                payee.via,
                matches!(payee.methods[0], Method::Keysend { .. }),
            )
        })
        .collect();
    assert_eq!(
        ways,
        [
            ("spr-017", Via::ItemValue, false),
            ("spr-017", Via::ItemValue, false),
            ("", Via::ChannelValue, true),
            ("", Via::ChannelValue, true),
        ]
    );
}

#[tokio::test]
async fn an_item_with_its_own_value_pays_its_own_recipients() {
    let air = Air::on();
    air.try_discover("small-press-radio.xml", &["spr-017"]).await.unwrap();
    set_rules(&air.vault, MAIN_BUDGET, &rules(eur(1000)), &clock()).unwrap();
    let heard = |item: &str| Total {
        item: Some(item.to_owned()),
        ..total("small-press-radio.xml", 30, 1)
    };
    let made = draft(
        &air.vault,
        MAIN_BUDGET,
        &september(),
        &[heard("spr-016"), heard("spr-017")],
        &clock(),
    )
    .unwrap();
    let amount = |name: &str| -> Vec<i64> {
        made.lines
            .iter()
            .filter(|line| line.line.name == name)
            .map(|line| line.line.amount_minor)
            .collect()
    };
    assert_eq!(amount("Guest: Ana Ruiz"), [250]);
    // As a Lightning address for the one item, as a node for the other; 1 % of that goes to the player.
    assert_eq!(amount("Small Press Radio"), [495, 250]);
    assert_eq!(amount("Player"), [5]);
}

#[tokio::test]
async fn finding_the_same_again_changes_nothing() {
    let air = Air::on();
    let first = air.discover("harbour-lights.xml").await;
    let before = payees(&air.vault).unwrap();
    assert_eq!(air.discover("harbour-lights.xml").await, first);
    assert_eq!(payees(&air.vault).unwrap(), before);
    assert!(held_changes(&air.vault).unwrap().is_empty());
}

#[tokio::test]
async fn a_hijacked_feed_does_not_redirect_money_until_the_person_agrees() {
    let air = Air::on();
    let honest = air.discover("harbour-lights.xml").await;
    let thief = DeskOf::named("Harbour Lights", 66);
    air.put("thief.json", &thief.card());
    let hijacked = air
        .read("harbour-lights.xml")
        .replace(&air.desks[0].did().to_string(), &thief.did().to_string())
        .replace("card-a.json", "thief.json");
    air.put("harbour-lights.xml", hijacked.as_bytes());
    let found = air.discover("harbour-lights.xml").await;
    assert!(found.held);
    assert!(payee(&air.vault, &honest.payees[0].payee_id).unwrap().changed);

    set_rules(&air.vault, MAIN_BUDGET, &rules(eur(1000)), &clock()).unwrap();
    let made = draft(
        &air.vault,
        MAIN_BUDGET,
        &september(),
        &[total("harbour-lights.xml", 1, 1)],
        &clock(),
    )
    .unwrap();
    assert_eq!(made.lines[0].payee_id(), Some(honest.payees[0].payee_id.as_str()));

    let held = held_changes(&air.vault).unwrap();
    assert!(matches!(&held[..], [HeldChange::Recipients { source, .. }] if source == "harbour-lights.xml"));
    reject_change(&air.vault, &held[0]).unwrap();
    assert!(!payee(&air.vault, &honest.payees[0].payee_id).unwrap().changed);
    assert_eq!(
        confirm_change(&air.vault, &held[0]).unwrap_err().code(),
        "no_such_change"
    );

    air.discover("harbour-lights.xml").await;
    confirm_change(&air.vault, &held_changes(&air.vault).unwrap()[0]).unwrap();
    let made = draft(
        &air.vault,
        MAIN_BUDGET,
        &september(),
        &[total("harbour-lights.xml", 1, 1)],
        &clock(),
    )
    .unwrap();
    assert_eq!(made.lines[0].payee_id(), Some(found.payees[0].payee_id.as_str()));
}

#[tokio::test]
async fn a_known_payees_new_key_is_held_until_it_is_confirmed() {
    let air = Air::on();
    air.discover("harbour-lights.xml").await;
    let old = air.methods("Harbour Lights");
    let new_card = sign(
        &air.desks[0].body(&format!("03{}", "ab".repeat(32))),
        &air.desks[0].key(),
    );
    air.put("card-a.json", &new_card);
    assert!(air.discover("harbour-lights.xml").await.held);
    assert_eq!(air.methods("Harbour Lights"), old);
    let held = held_changes(&air.vault).unwrap();
    assert!(matches!(&held[..], [HeldChange::Methods { used, .. }] if *used == old));
    confirm_change(&air.vault, &held[0]).unwrap();
    assert!(matches!(&air.methods("Harbour Lights")[..], [Method::Cashu(cashu)] if cashu.p2pk.starts_with("03ab")));
    assert!(held_changes(&air.vault).unwrap().is_empty());
}

#[tokio::test]
async fn another_donation_page_is_held_as_well() {
    let air = Air::on();
    air.discover("the-long-table.xml").await;
    air.put(
        "the-long-table.xml",
        air.read("the-long-table.xml")
            .replace("opencollective", "evil")
            .as_bytes(),
    );
    assert!(air.discover("the-long-table.xml").await.held);
    assert!(matches!(&air.methods("The Long Table")[..], [Method::Link { url }] if url.contains("opencollective")));
}

#[tokio::test]
async fn a_card_that_cannot_be_believed_keeps_its_share_and_gets_no_money() {
    let air = Air::on();
    let desk = &air.desks[0];
    let other = DeskOf::named("Other", 9);
    let mut expired = desk.body(&desk.p2pk());
    expired.valid_until = "2026-10-01T00:00:00Z".parse().unwrap();
    let mut nameless = desk.body(&desk.p2pk());
    nameless.did = other.did();
    let mut penniless = desk.body(&desk.p2pk());
    penniless.cashu = None;
    let mut tampered = String::from_utf8(desk.card()).unwrap();
    tampered = tampered.replace("Harbour Lights", "Harbour Nights");
    for (card, problem) in [
        (sign(&expired, &desk.key()), "card_expired"),
        (sign(&desk.body(&desk.p2pk()), &other.key()), "card_wrong_signer"),
        (sign(&nameless, &desk.key()), "card_wrong_did"),
        (sign(&penniless, &desk.key()), "card_no_payment_details"),
        (sign(&desk.body("04abcd"), &desk.key()), "card_bad_cashu_key"),
        (tampered.into_bytes(), "card_bad_signature"),
        (b"{}".to_vec(), "card_unreadable"),
        (vec![b'['; 100_000], "response_too_large"),
    ] {
        let air = Air::on();
        air.put("card-a.json", &card);
        let found = air.discover("harbour-lights.xml").await;
        assert_eq!(found.payees[0].problem.as_deref(), Some(problem));
        assert!(found.payees[0].methods.is_empty());
        assert_eq!(found.payees[0].split, 90, "its share stays its own");
        assert_eq!(found.payees[1].problem, None);
        // Once the card is right, it is used: nothing was known before.
        air.put("card-a.json", &air.desks[0].card());
        let found = air.discover("harbour-lights.xml").await;
        assert!(!found.held);
        assert_eq!(found.payees[0].methods, [air.desks[0].method()]);
    }
}

#[tokio::test]
async fn a_card_that_fails_later_leaves_the_known_details_in_use() {
    let air = Air::on();
    air.discover("harbour-lights.xml").await;
    air.put("card-a.json", b"gone");
    air.discover("harbour-lights.xml").await;
    assert_eq!(air.methods("Harbour Lights"), [air.desks[0].method()]);
    assert!(held_changes(&air.vault).unwrap().is_empty());
}

#[tokio::test]
async fn fees_over_a_hundred_percent_are_refused_when_the_feed_is_read() {
    let air = Air::on();
    air.put(
        "signal-and-noise.xml",
        air.read("signal-and-noise.xml")
            .replace("split=\"2\"", "split=\"101\"")
            .as_bytes(),
    );
    assert_eq!(
        air.try_discover("signal-and-noise.xml", &[]).await.unwrap_err().code(),
        "fees_over_100"
    );
}

#[tokio::test]
async fn a_link_that_runs_code_is_refused() {
    let air = Air::on();
    air.put(
        "the-long-table.xml",
        air.read("the-long-table.xml")
            .replace("https://opencollective.example/", "javascript:alert/")
            .as_bytes(),
    );
    let found = air.discover("the-long-table.xml").await;
    assert!(found.payees.is_empty());
    assert_eq!(found.refused, ["unsupported_link"]);
}

#[tokio::test]
async fn hostile_servers_are_refused_by_name_and_leave_nothing_behind() {
    let air = Air::on();
    for (path, code) in [
        ("hostile/huge", "feed_too_large"),
        ("hostile/endless", "feed_too_large"),
        ("hostile/redirect?to=http%3A%2F%2F127.0.0.1%3A9%2F", "private_address"),
        ("hostile/redirect-loop", "too_many_redirects"),
        ("hostile/cut", "connection_lost"),
        ("hostile/status?code=503", "http_status"),
        ("nothing-here.xml", "http_status"),
    ] {
        let refused = air.try_discover(path, &[]).await.unwrap_err();
        assert_eq!(refused.code(), code, "{path}: {refused}");
    }
    assert!(payees(&air.vault).unwrap().is_empty());
}

#[tokio::test]
async fn requests_carry_no_cookie_and_no_referrer_and_no_page_is_opened() {
    let air = Air::on();
    air.discover("harbour-lights.xml").await;
    let requests = air.server.requests();
    let targets: Vec<&str> = requests.iter().map(|request| request.target.as_str()).collect();
    assert_eq!(targets, ["/harbour-lights.xml", "/card-a.json", "/card-b.json"]);
    assert!(
        requests
            .iter()
            .all(|request| request.header("cookie").is_none() && request.header("referer").is_none())
    );
}

const DAY: &[u8] = b"<E><Cube><Cube time='2026-10-01'><Cube currency='USD' rate='1.1725'/></Cube></Cube></E>";

#[tokio::test]
async fn the_banks_rates_are_fetched_and_refused_when_they_are_old() {
    let air = Air::on();
    air.put("eurofxref-daily.xml", DAY);
    let at = |day: &str| FixedClock::new(format!("{day}T08:00:00Z").parse().unwrap());
    let (eur_asset, usd) = (asset("EUR"), asset("USD"));
    let url = air.url("eurofxref-daily.xml");
    let today = at("2026-10-02");
    let rate = EcbRates::at(&air.web, &today, &url).rate(eur_asset, usd).await.unwrap();
    assert_eq!(rate.convert(eur(1000)).unwrap().amount_minor, 1172);
    assert_eq!(rate.source, "ecb");
    let rates = EcbRates::at(&air.web, &today, &url);
    let before = air.server.requests().len();
    for _ in 0..3 {
        rates.rate(eur_asset, usd).await.unwrap();
    }
    assert_eq!(
        air.server.requests().len() - before,
        1,
        "once for all lines of a settlement"
    );
    for wrong in ["2026-10-08", "2026-09-29"] {
        let clock = at(wrong);
        let refused = EcbRates::at(&air.web, &clock, &url)
            .rate(eur_asset, usd)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "rate_stale", "{wrong}");
    }
    let missing = air.url("nothing.xml");
    assert!(
        EcbRates::at(&air.web, &today, &missing)
            .rate(eur_asset, usd)
            .await
            .is_err()
    );
}
