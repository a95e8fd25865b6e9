//! Hand-off links as banking apps, wallets and browsers read them, and the picture of the split.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use proptest::prelude::*;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use support::*;
use tekram_pay::commit::commit;
use tekram_pay::handoff::{FilledLink, LinkKind, fill, hand_off, hand_offs};
use tekram_pay::ledger::{balances, ledger_sum_minor};
use tekram_pay::method::Method;
use tekram_pay::picture::{split_svg, split_text};
use tekram_pay::qr::{qr_svg, qr_text};
use tekram_pay::rules::set_rules;
use tekram_pay::state::LineState;
use tekram_pay::statement::{MAIN_BUDGET, Statement, draft, statement};
use tekram_primitives::money::Money;

fn link(url: &str, amount: Money) -> FilledLink {
    try_link(url, amount).unwrap()
}

fn try_link(url: &str, amount: Money) -> Result<FilledLink, tekram_pay::PayError> {
    Ok(fill(
        &Method::Link { url: url.to_owned() },
        "Verein Nachtzug",
        amount,
        "Danke & alles Gute",
    )?
    .unwrap())
}

#[test]
fn payto_gets_amount_receiver_and_message() {
    let filled = link(
        "payto://iban/DE89370400440532013000?receiver-name=Verein%20Nachtzug",
        eur(1230),
    );
    assert_eq!(
        filled.link,
        "payto://iban/DE89370400440532013000?receiver-name=Verein%20Nachtzug&amount=EUR:12.30&message=Danke%20%26%20alles%20Gute"
    );
    assert!(filled.amount_filled);
}

#[test]
fn a_sepa_transfer_in_euro_has_the_twelve_lines_that_banking_apps_scan() {
    let filled = link("payto://iban/COBADEFFXXX/DE89370400440532013000", eur(1230));
    assert_eq!(
        filled.epc.unwrap(),
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nVerein Nachtzug\nDE89370400440532013000\nEUR12.30\n\n\nDanke & alles Gute"
    );
    assert_eq!(
        link("payto://iban/DE89370400440532013000", Money::new(1230, asset("CHF"))).epc,
        None
    );
}

#[test]
fn an_amount_in_the_published_link_is_replaced_and_not_repeated() {
    let filled = link(
        "payto://iban/DE89370400440532013000?amount=EUR:999.00&message=x",
        eur(1),
    );
    assert!(filled.link.contains("amount=EUR:0.01") && !filled.link.contains("999"));
    assert!(filled.link.contains("message=x"));
}

#[test]
fn an_iban_with_a_wrong_check_digit_is_refused() {
    for bad in [
        "DE88370400440532013000",
        "DE",
        "DE8937040044053201300Ä",
        "8989370400440532013000",
    ] {
        assert_eq!(
            try_link(&format!("payto://iban/{bad}"), eur(1)).unwrap_err().code(),
            "bad_link",
            "{bad}"
        );
    }
}

#[test]
fn yen_have_no_decimals_in_a_link() {
    let filled = link("payto://void/1", Money::new(1500, asset("JPY")));
    assert!(filled.link.contains("amount=JPY:1500&"));
}

#[test]
fn upi_takes_rupees_only() {
    let filled = link("upi://pay?pa=maker@bank", Money::new(25_050, asset("INR")));
    assert_eq!(filled.kind, LinkKind::Upi);
    assert_eq!(
        filled.link,
        "upi://pay?pa=maker@bank&am=250.50&cu=INR&pn=Verein%20Nachtzug&tn=Danke%20%26%20alles%20Gute"
    );
    let foreign = link("upi://pay?pa=maker@bank", eur(1230));
    assert!(!foreign.amount_filled && !foreign.link.contains("am="));
}

#[test]
fn a_taler_template_takes_only_the_currency_it_names() {
    let filled = link("taler://pay-template/shop.example/donate?amount=EUR", eur(150));
    assert!(
        filled
            .link
            .starts_with("taler://pay-template/shop.example/donate?amount=EUR:1.50&summary=")
    );
    let other = link("taler://pay-template/shop.example/donate?amount=KUDOS:1", eur(150));
    assert!(!other.amount_filled && other.link.ends_with("amount=KUDOS:1"));
}

#[test]
fn a_page_is_opened_as_it_is_except_where_an_amount_is_documented() {
    let page = link("https://ko-fi.example/somebody?ref=x", eur(500));
    assert_eq!(
        (page.link.as_str(), page.amount_filled),
        ("https://ko-fi.example/somebody?ref=x", false)
    );
    let paypal = link("https://paypal.me/somebody", eur(500));
    assert_eq!(
        (paypal.link.as_str(), paypal.amount_filled),
        ("https://paypal.me/somebody/5.00EUR", true)
    );
}

#[test]
fn a_lightning_address_is_a_link_and_a_node_is_none() {
    let address = Method::LightningAddress {
        address: "anaruiz@wallet.example".to_owned(),
    };
    assert_eq!(
        fill(&address, "Ana", eur(1), "").unwrap().unwrap().link,
        "lightning:anaruiz@wallet.example"
    );
    let node = Method::Keysend {
        node: "02".to_owned(),
        custom_key: String::new(),
        custom_value: String::new(),
    };
    assert_eq!(fill(&node, "Node", eur(1), "").unwrap(), None);
}

proptest! {
    #[test]
    fn no_link_or_name_makes_filling_panic(rest in "\\PC{0,80}", name in "\\PC{0,80}", minor in 1_i64..i64::MAX) {
        for scheme in ["payto:", "payto://iban/", "upi://pay?", "taler://pay-template/", "https://", "lightning:", ""] {
            if let Ok(Some(filled)) = fill(&Method::Link { url: format!("{scheme}{rest}") }, &name, eur(minor), &name)
                && let Some(epc) = filled.epc
            {
                prop_assert!(epc.len() <= 331 && epc.lines().count() <= 12);
            }
        }
    }
}

fn month(names: &[(&str, u64, Method)]) -> (tempfile::TempDir, tekram_vault::Vault, Statement) {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    set_rules(&vault, MAIN_BUDGET, &rules(eur(1000)), &clock()).unwrap();
    let mut totals = vec![total("nobody knows", 40, 3)];
    for (name, minutes, method) in names {
        payable(&vault, name, name, method);
        totals.push(total(name, *minutes, 2));
    }
    let made = draft(&vault, MAIN_BUDGET, &september(), &totals, &clock()).unwrap();
    (folder, vault, made)
}

#[test]
fn handed_off_is_not_paid_and_what_cannot_be_filled_in_is_carried() {
    let page = Method::Link {
        url: "https://table.example/give".to_owned(),
    };
    let broken = Method::Link {
        url: "payto://iban/XX00".to_owned(),
    };
    let (_folder, vault, made) = month(&[("Table", 40, page), ("Broken", 20, broken)]);
    assert_eq!(
        hand_off(&vault, &made.id, "", &clock()).unwrap_err().code(),
        "not_committed"
    );
    commit(&vault, &made.id, &clock()).unwrap();
    let given = hand_off(&vault, &made.id, "Thanks", &clock()).unwrap();
    assert_eq!(given.len(), 1);
    assert_eq!(given[0].amount, eur(400));
    assert_eq!(
        hand_off(&vault, &made.id, "Thanks", &clock()).unwrap(),
        given,
        "handing it over again is the same"
    );
    assert_eq!(hand_offs(&vault, &made.id, "Thanks").unwrap(), given);
    let now = statement(&vault, &made.id).unwrap();
    let line = |name: &str| now.lines.iter().find(|line| line.line.name == name).unwrap();
    assert_eq!(line("Table").state, LineState::HandedOff);
    assert_eq!(
        (line("Broken").state, line("Broken").state_reason.as_str()),
        (LineState::Carried, "bad_iban")
    );
    let summary = now.summary();
    assert_eq!(
        (summary.paid_minor, summary.handed_off_minor, summary.carried_minor),
        (0, 400, 600)
    );
    assert_eq!(ledger_sum_minor(&vault).unwrap(), 0);
    assert_eq!(balances(&vault, "handed_off:").unwrap()[0].balance, eur(400));
    assert!(balances(&vault, "committed:").unwrap().is_empty());
}

/// All text of an SVG, or a panic when it is not well-formed.
fn svg_text(svg: &str) -> String {
    let mut reader = Reader::from_str(svg);
    let mut text = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Text(piece) => text.push_str(&piece.decode().unwrap()),
            Event::GeneralRef(_) => text.push('?'),
            Event::Start(start) | Event::Empty(start) => {
                for attribute in start.attributes() {
                    attribute.unwrap().unescape_value().unwrap();
                }
                let name = start.name();
                assert!(!matches!(name.as_ref(), b"script" | b"image" | b"a" | b"foreignObject"));
            }
            Event::Eof => return text,
            _ => {}
        }
    }
}

#[test]
fn the_picture_names_everybody_with_amounts() {
    let page = Method::Link {
        url: "https://table.example/give".to_owned(),
    };
    let (_folder, _vault, made) = month(&[
        ("Table", 40, page),
        ("Harbour Lights", 120, DeskOf::named("H", 1).method()),
    ]);
    let svg = split_svg(&made);
    let text = svg_text(&svg);
    for part in [
        "This month",
        "2026-09 · 10.00 EUR",
        "Harbour Lights",
        "6.00",
        "60.0 %",
        "Saved for later",
        "8.00 of 10.00 EUR can be paid today",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let bars = split_text(&made, 120);
    assert!(
        bars.lines()
            .any(|line| line.starts_with("Harbour Lights") && line.contains("6.00") && line.contains("2 h 00 min"))
    );
    assert!(bars.contains("Saved for later"));
}

#[test]
fn a_name_made_of_markup_stays_a_name() {
    let nasty = "<script>alert('x')</script>&\u{1b}[31m\"";
    let (_folder, _vault, made) = month(&[(nasty, 40, DeskOf::named("H", 1).method())]);
    let svg = split_svg(&made);
    svg_text(&svg);
    assert!(!svg.contains("<script>"));
    assert!(!split_text(&made, 80).contains('\u{1b}'));
}

#[test]
fn a_hundred_payees_do_not_make_an_endless_picture() {
    let names: Vec<String> = (0..100).map(|at| format!("Payee {at}")).collect();
    let of: Vec<(&str, u64, Method)> = names
        .iter()
        .map(|name| (name.as_str(), 10, DeskOf::named("H", 1).method()))
        .collect();
    let (_folder, _vault, made) = month(&of);
    assert!(svg_text(&split_svg(&made)).contains("88 more"));
    assert!(split_text(&made, 80).lines().count() < 22);
}

#[test]
fn what_is_drawn_as_a_code_is_the_link() {
    let filled = link("payto://iban/DE89370400440532013000", eur(1230));
    assert!(qr_text(filled.epc.as_deref().unwrap()).unwrap().lines().count() > 15);
    svg_text(&qr_svg(&filled.link).unwrap());
}
