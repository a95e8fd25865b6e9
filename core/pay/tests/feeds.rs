//! Feeds as strangers send them: the fixtures say who is paid, everything hostile is refused by name, nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs
)]

use proptest::prelude::*;
use tekram_pay::feed::{FeedPayments, MAX_DEPTH, parse};

const PODCAST: &str = "https://podcastindex.org/namespace/1.0";

fn fixture(name: &str) -> FeedPayments {
    let path = format!("{}/../../tests/fixtures/feeds/{name}", env!("CARGO_MANIFEST_DIR"));
    parse(&std::fs::read(path).unwrap()).unwrap()
}

fn channel(inner: &str) -> String {
    format!("<rss version=\"2.0\" xmlns:podcast=\"{PODCAST}\"><channel><title>T</title>{inner}</channel></rss>")
}

fn recipient(attributes: &str) -> String {
    channel(&format!(
        "<podcast:value type=\"lightning\"><podcast:valueRecipient {attributes}/></podcast:value>"
    ))
}

#[test]
fn harbour_lights_names_two_cards_at_ninety_to_ten() {
    let feed = fixture("harbour-lights.xml");
    assert_eq!(feed.title, "Harbour Lights");
    let [block] = &feed.channel[..] else {
        panic!("one value block")
    };
    assert_eq!((block.kind.as_str(), block.method.as_str()), ("cashu", "p2pk"));
    let splits: Vec<u64> = block.recipients.iter().map(|recipient| recipient.split).collect();
    assert_eq!(splits, [90, 10]);
    assert!(
        block
            .recipients
            .iter()
            .all(|recipient| recipient.kind == "card" && recipient.custom_key == "did")
    );
    assert!(feed.items.is_empty() && feed.funding.is_empty() && feed.payment.is_empty());
}

#[test]
fn signal_and_noise_takes_a_fee_off_the_top_and_its_ampersand_is_read() {
    let feed = fixture("signal-and-noise.xml");
    assert_eq!(feed.title, "Signal & Noise");
    let fees: Vec<(u64, bool)> = feed.channel[0]
        .recipients
        .iter()
        .map(|recipient| (recipient.split, recipient.fee))
        .collect();
    assert_eq!(fees, [(100, false), (2, true)]);
}

#[test]
fn the_long_table_has_only_a_page_for_donations() {
    let feed = fixture("the-long-table.xml");
    assert!(feed.channel.is_empty());
    assert_eq!(
        feed.funding[0].url,
        "https://opencollective.example/the-long-table/donate"
    );
    assert_eq!(feed.funding[0].text, "Pull up a chair");
}

#[test]
fn nachtzug_is_an_atom_feed_with_a_payment_link() {
    let feed = fixture("nachtzug.xml");
    assert_eq!(feed.title, "Nachtzug – Reportagen von der Schiene");
    assert_eq!(feed.payment.len(), 1);
    assert!(feed.payment[0].url.starts_with("payto://iban/"));
}

#[test]
fn small_press_radio_pays_one_item_otherwise_than_the_rest() {
    let feed = fixture("small-press-radio.xml");
    assert_eq!(feed.channel[0].recipients[0].kind, "node");
    assert_eq!(feed.channel[0].recipients[0].custom_value, "smallpress");
    assert_eq!(feed.items.keys().collect::<Vec<_>>(), ["spr-017"]);
    assert_eq!(feed.items["spr-017"][0].recipients[1].address, "anaruiz@wallet.example");
}

#[test]
fn an_rss_feed_may_carry_atoms_payment_link_and_an_undeclared_prefix() {
    let feed = parse(
        b"<rss><channel><atom:link rel=\"payment\" href=\"https://pay.example\"/>\
        <podcast:funding url=\"https://give.example\">Give</podcast:funding></channel></rss>",
    )
    .unwrap();
    assert_eq!(feed.payment[0].url, "https://pay.example");
    assert_eq!(feed.funding[0].url, "https://give.example");
}

#[test]
fn a_byte_order_mark_is_no_reason_to_refuse_a_feed() {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend_from_slice(channel("").as_bytes());
    assert_eq!(parse(&bytes).unwrap().title, "T");
}

#[test]
fn the_namespace_counts_and_not_the_prefix() {
    let feed = parse(
        format!(
            "<rss xmlns:p=\"{PODCAST}\" xmlns:podcast=\"urn:other\"><channel>\
            <p:funding url=\"https://right.example\"/><podcast:funding url=\"https://wrong.example\"/></channel></rss>"
        )
        .as_bytes(),
    )
    .unwrap();
    assert_eq!(feed.funding.len(), 1);
    assert_eq!(feed.funding[0].url, "https://right.example");
}

#[test]
fn a_value_in_the_wrong_place_is_nobodys() {
    let nested = channel(
        "<image><podcast:value type=\"x\"><podcast:valueRecipient type=\"node\" address=\"a\" split=\"1\"/></podcast:value></image>",
    );
    assert!(parse(nested.as_bytes()).unwrap().channel.is_empty());
}

#[test]
fn a_recipient_that_cannot_be_read_is_named_and_the_rest_is_kept() {
    for (attributes, reason) in [
        ("type=\"node\" split=\"1\"", "no_address"),
        ("type=\"node\" address=\"a\"", "no_split"),
        ("type=\"node\" address=\"a\" split=\"-1\"", "bad_split"),
        ("type=\"node\" address=\"a\" split=\"1.5\"", "bad_split"),
        (
            "type=\"node\" address=\"a\" split=\"99999999999999999999\"",
            "bad_split",
        ),
    ] {
        let feed = parse(recipient(attributes).as_bytes()).unwrap();
        assert_eq!(feed.channel[0].refused, [reason]);
    }
}

fn code_of(bytes: &[u8]) -> &'static str {
    parse(bytes).unwrap_err().code()
}

#[test]
fn a_bomb_of_entities_is_refused_before_anything_is_expanded() {
    let mut bomb = String::from("<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"ha\">");
    for level in 1..40 {
        bomb.push_str(&format!("<!ENTITY a{level} \"&a{0};&a{0};\">", level - 1));
    }
    bomb.push_str("]><rss><channel><title>&a39;</title></channel></rss>");
    assert_eq!(code_of(bomb.as_bytes()), "feed_has_dtd");
    assert_eq!(
        code_of(b"<!DOCTYPE rss SYSTEM \"file:///etc/passwd\"><rss/>"),
        "feed_has_dtd"
    );
}

#[test]
fn an_entity_that_nobody_declared_expands_to_nothing() {
    let feed = parse(b"<rss><channel><title>a&nbsp;b&lt;&#99;</title></channel></rss>").unwrap();
    assert_eq!(feed.title, "ab<c");
}

#[test]
fn ten_thousand_elements_deep_is_too_deep() {
    let deep = format!("<rss>{}", "<a>".repeat(10_000));
    assert_eq!(code_of(deep.as_bytes()), "feed_too_deep");
    let most = format!(
        "<rss>{}{}</rss>",
        "<a>".repeat(MAX_DEPTH - 1),
        "</a>".repeat(MAX_DEPTH - 1)
    );
    assert!(parse(most.as_bytes()).is_ok());
}

#[test]
fn a_flood_of_attributes_or_recipients_is_refused() {
    let attributes: String = (0..100).map(|at| format!("a{at}=\"1\" ")).collect();
    assert_eq!(code_of(recipient(&attributes).as_bytes()), "feed_too_many_attributes");
    let one = "<podcast:valueRecipient type=\"node\" address=\"a\" split=\"1\"/>";
    let many = channel(&format!(
        "<podcast:value type=\"lightning\">{}</podcast:value>",
        one.repeat(101)
    ));
    assert_eq!(code_of(many.as_bytes()), "feed_too_many_recipients");
}

#[test]
fn an_endless_title_is_cut_and_an_endless_attribute_left_out() {
    let feed = parse(
        channel("")
            .replace("<title>T", &format!("<title>{}", "x".repeat(1_000_000)))
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(feed.title.len(), 4096);
    let long = recipient(&format!("type=\"node\" address=\"{}\" split=\"1\"", "x".repeat(10_000)));
    assert_eq!(parse(long.as_bytes()).unwrap().channel[0].refused, ["no_address"]);
}

#[test]
fn what_is_no_feed_is_refused_by_name() {
    for (bytes, code) in [
        (&b""[..], "not_a_feed"),
        (b"hello", "not_a_feed"),
        (b"<html><body/></html>", "not_a_feed"),
        (b"{\"version\": \"https://jsonfeed.org/version/1.1\"}", "not_a_feed"),
        (b"<rss><channel>", "feed_malformed"),
        (b"<rss><channel></rss>", "feed_malformed"),
        (b"<rss/><rss/>", "feed_malformed"),
        (
            b"<rss><channel><title>\xff\xfe</title></channel></rss>",
            "feed_not_utf8",
        ),
    ] {
        assert_eq!(code_of(bytes), code, "{}", String::from_utf8_lossy(bytes));
    }
}

/// Pieces of feeds, put together at random: reaches deeper than random bytes do.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("<rss xmlns:podcast=\"https://podcastindex.org/namespace/1.0\">".to_owned()),
        Just("<channel>".to_owned()),
        Just("</channel></rss>".to_owned()),
        Just("<item><guid>g</guid>".to_owned()),
        Just("</item>".to_owned()),
        Just("<podcast:value type=\"cashu\">".to_owned()),
        Just("</podcast:value>".to_owned()),
        Just("<podcast:valueRecipient type='card' address='&#x41;' split='1' fee='true'/>".to_owned()),
        Just("<podcast:funding url='https://a.example'>".to_owned()),
        Just("<![CDATA[ ]] > ]]>".to_owned()),
        Just("<!-- -- -->".to_owned()),
        Just("<!DOCTYPE rss>".to_owned()),
        Just("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>".to_owned()),
        "\\PC{0,20}",
        "[<>&;'\"= a-z]{0,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_broken_feed_makes_the_parser_panic(bytes in pieces()) {
        if let Ok(feed) = parse(&bytes) {
            for block in feed.channel.iter().chain(feed.items.values().flatten()) {
                prop_assert!(block.recipients.iter().all(|recipient| !recipient.address.is_empty()));
            }
        }
    }

    #[test]
    fn a_feed_cut_anywhere_is_refused_and_not_half_believed(cut in 0_usize..2000) {
        let whole = std::fs::read(format!("{}/../../tests/fixtures/feeds/harbour-lights.xml", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let cut = cut % (whole.len() - 1);
        let end = whole.iter().rposition(|byte| *byte == b'>').unwrap();
        prop_assume!(cut < end);
        prop_assert!(parse(&whole[..cut]).is_err());
    }
}
