//! What a person keeps, from its coming in to its going out: attributes, purchases out of tables and orders, cards, files, and
//! the pen in which imports wait.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::sync::Arc;

use tekram_agent::{
    Agent, AgentError, AttributeValue, AuditKind, AuditQuery, CsvDate, CsvField, Membership, NetPolicy, Passphrase,
    PenFault, PenKind, Persona, PostalAddress, PurchaseCsv, Stance,
};
use tekram_primitives::time::{FixedClock, Timestamp};

struct Device {
    _folder: tempfile::TempDir,
    persona: Persona,
}

fn device() -> Device {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(1_795_176_000_000)));
    let agent = Agent::open(folder.path(), NetPolicy::default(), clock as _).unwrap();
    let persona = agent
        .create_persona("Home", &Passphrase::from("a long walk in the rain"))
        .unwrap();
    Device {
        _folder: folder,
        persona,
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, AgentError>) -> &'static str {
    outcome.unwrap_err().code()
}

#[test]
fn an_attribute_is_read_in_one_line_and_keeps_what_it_was() {
    let device = device();
    let home = &device.persona;
    let address = |street: &str| {
        AttributeValue::Address(PostalAddress {
            street_address: street.to_owned(),
            postal_code: "1010".to_owned(),
            address_locality: "Wien".to_owned(),
            address_country: "AT".to_owned(),
            ..PostalAddress::default()
        })
    };
    home.set_attribute(address("Gasse 1"), "home").unwrap();
    let id = home.set_attribute(address("Gasse 2\nTop 3"), "home").unwrap();
    let attributes = home.attributes().unwrap();
    assert_eq!(attributes.len(), 1);
    assert_eq!(attributes[0].text, "Gasse 2, Top 3, 1010 Wien, AT");
    let history: Vec<String> = home
        .attribute_history(id)
        .unwrap()
        .into_iter()
        .map(|kept| kept.text)
        .collect();
    assert_eq!(history, ["Gasse 2, Top 3, 1010 Wien, AT", "Gasse 1, 1010 Wien, AT"]);
    let bad = home
        .set_attribute(AttributeValue::Email("nobody".to_owned()), "")
        .unwrap_err();
    assert_eq!(
        (bad.code(), bad.params()),
        ("bad_field", vec![("field", "email".to_owned())])
    );
    assert_eq!(
        code(home.set_verified_attribute(AttributeValue::Email("a@example.org".to_owned()), "", "none")),
        "no_such_holding"
    );
    home.end_attribute(id).unwrap();
    assert!(home.attributes().unwrap().is_empty());
    home.forget_attribute(id).unwrap();
    assert_eq!(code(home.attribute_history(id)), "no_such_holding");
}

fn table() -> PurchaseCsv {
    let column = |name: &str| CsvField::Column(name.to_owned());
    PurchaseCsv {
        delimiter: ';',
        decimal: ',',
        seller: CsvField::Fixed("Shop".to_owned()),
        date: column("Datum"),
        date_form: CsvDate::DayFirst,
        total: column("Betrag"),
        currency: CsvField::Fixed("EUR".to_owned()),
        order_number: None,
        item: Some(column("Artikel")),
        quantity: None,
        paid_is_negative: false,
    }
}

#[test]
fn a_table_waits_in_the_pen_by_pages_and_is_accepted_in_part() {
    let device = device();
    let home = &device.persona;
    let mut text = "Datum;Artikel;Betrag\n".to_owned();
    for number in 1..=600 {
        text.push_str(&format!("28.02.2026;Thing {number};{number},00\n"));
    }
    text.push_str("31.02.2026;Never;1,00\n");
    let arrived = home
        .hold_purchases_csv("shop.csv", &table(), &mut text.as_bytes())
        .unwrap();
    assert_eq!(arrived.held, 600);
    assert_eq!(
        arrived.faults,
        [PenFault {
            line: 602,
            field: "date"
        }]
    );
    let batch = arrived.batch.unwrap();
    let mut seen = Vec::new();
    let mut after = Some(0);
    while let Some(from) = after {
        let page = home.pen_items(batch, from, 1000).unwrap();
        assert!(page.items.len() <= 500);
        seen.extend(page.items);
        after = page.next;
    }
    assert_eq!(seen.len(), 600);
    assert_eq!(
        (
            seen[599].number,
            seen[599].kind,
            seen[599].title.as_str(),
            seen[599].detail.as_str()
        ),
        (600, PenKind::Purchase, "Shop", "Thing 600")
    );
    assert_eq!(seen[599].total.unwrap().to_string(), "600.00 EUR");
    let first = home.pen_items(batch, 0, 2).unwrap();
    assert_eq!((first.items.len(), first.next), (2, Some(2)));

    assert_eq!(home.accept_held(batch, Some(vec![1, 3])).unwrap().accepted, 2);
    assert_eq!(home.reject_held(batch, Some(vec![2])).unwrap(), 1);
    assert_eq!(code(home.accept_held(batch, Some(vec![2]))), "not_held");
    let kept = &home.pen_batches().unwrap()[0];
    assert_eq!((kept.held, kept.accepted, kept.rejected), (597, 2, 1));
    assert_eq!(home.purchases("thing 3", None, None).unwrap().len(), 1);
    // The same table again: what is there already is left waiting.
    let again = home
        .hold_purchases_csv("shop.csv", &table(), &mut text.as_bytes())
        .unwrap();
    let done = home.accept_held(again.batch.unwrap(), None).unwrap();
    assert_eq!((done.accepted, done.alike), (598, 2));
    assert_eq!(home.undo_held(again.batch.unwrap()).unwrap(), 598);
    home.discard_held(batch).unwrap();
    assert_eq!(
        home.purchases("", None, None).unwrap().len(),
        2,
        "what was accepted stays"
    );
    assert_eq!(code(home.discard_held(batch)), "no_such_pen_batch");
}

#[test]
fn orders_are_read_in_each_form_in_which_they_are_handed_out() {
    let device = device();
    let home = &device.persona;
    let order = |number: &str| {
        format!(
            r#"{{"@type": "Order", "seller": {{"name": "Shop"}}, "orderNumber": "{number}", "orderDate": "2026-02-28",
                "price": "7.00", "priceCurrency": "EUR", "orderedItem": {{"@type": "Product", "name": "Tea"}}}}"#
        )
    };
    let on_a_line = |number: &str| order(number).replace('\n', " ");
    for (text, held) in [
        (order("A-1"), 1),
        (format!("[{}, {}]", order("A-1"), order("A-2")), 2),
        (
            format!(r#"{{"@context": "https://schema.org", "@graph": [{}]}}"#, order("A-1")),
            1,
        ),
        (format!("\u{feff}{}\n\n{}\n", on_a_line("A-1"), on_a_line("A-2")), 2),
    ] {
        let arrived = home.hold_orders_json("orders.json", &mut text.as_bytes()).unwrap();
        assert_eq!((arrived.held, arrived.faults), (held, vec![]), "{text}");
        home.discard_held(arrived.batch.unwrap()).unwrap();
    }
    let mixed = format!("{}\nnot json\n{{\"@type\": \"Order\"}}\n", on_a_line("A-1"));
    let arrived = home.hold_orders_json("orders.jsonl", &mut mixed.as_bytes()).unwrap();
    assert_eq!(arrived.held, 1);
    assert_eq!(
        arrived.faults,
        [
            PenFault { line: 2, field: "json" },
            PenFault {
                line: 3,
                field: "seller"
            }
        ]
    );
    for nothing in ["", "17", "[]", "{\"a\": 1, \"a\": 2}"] {
        let arrived = home.hold_orders_json("orders.json", &mut nothing.as_bytes()).unwrap();
        assert_eq!((arrived.batch, arrived.held), (None, 0), "{nothing}");
    }
}

#[test]
fn a_file_goes_in_and_out_and_stays_while_a_card_shows_it() {
    let device = device();
    let home = &device.persona;
    let photo: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let file = home.add_file("card.jpg", "image/jpeg", &mut photo.as_slice()).unwrap();
    assert_eq!(home.files().unwrap(), std::slice::from_ref(&file));
    assert_eq!(home.file_bytes(&file.id).unwrap(), photo);
    let mut out = Vec::new();
    home.write_file(&file.id, &mut out).unwrap();
    assert_eq!(out, photo);
    let newest = home.audit(&AuditQuery::default()).unwrap().entries.remove(0);
    assert_eq!(newest.kind, AuditKind::Export);
    assert_eq!(newest.content.unwrap().record, file.id);
    let card = Membership {
        organisation: "Library".to_owned(),
        number: "4006381333931".to_owned(),
        barcode_format: "EAN_13".to_owned(),
        barcode_text: "4006381333931".to_owned(),
        picture: Some(file.id.parse().unwrap()),
        ..Membership::default()
    };
    let id = home.add_membership(&card).unwrap();
    assert_eq!(home.memberships().unwrap()[0].membership, card);
    assert_eq!(code(home.remove_file(&file.id)), "blob_in_use");
    home.remove_membership(id).unwrap();
    home.remove_file(&file.id).unwrap();
    assert_eq!(code(home.file_bytes(&file.id)), "no_such_blob");
    assert_eq!(code(home.file_bytes("no id")), "no_such_blob");
    assert_eq!(
        code(home.add_file("a/b", "image/jpeg", &mut [].as_slice())),
        "bad_blob_name"
    );
    let long = vec![0; 8 * 1024 * 1024 + 1];
    let file = home.add_file("", "application/pdf", &mut long.as_slice()).unwrap();
    assert_eq!(code(home.file_bytes(&file.id)), "file_too_long");

    let diet = home.set_preference("diet", "gluten", Stance::Likes).unwrap();
    home.set_preference("diet", "gluten", Stance::Avoids).unwrap();
    let kept = home.preferences().unwrap();
    assert_eq!((kept.len(), kept[0].preference.stance), (1, Stance::Avoids));
    assert_eq!(code(home.remove_preference(diet)), "no_such_holding");
}

/// A file that breaks off.
struct Broken;

impl std::io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn a_file_that_breaks_off_is_not_kept() {
    let device = device();
    let home = &device.persona;
    assert_eq!(code(home.add_file("x", "image/png", &mut Broken)), "io");
    assert!(home.files().unwrap().is_empty());
    assert_eq!(code(home.hold_orders_json("x", &mut Broken)), "io");
    assert_eq!(code(home.hold_purchases_csv("x", &table(), &mut Broken)), "io");
    assert!(home.pen_batches().unwrap().is_empty());
}
