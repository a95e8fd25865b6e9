//! What the person keeps: attributes with their history, memberships, preferences, purchases, and the pen before them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::io::Write;

use proptest::prelude::*;
use support::Device;
use tekram_primitives::time::Timestamp;
use tekram_vault::{
    AttributeSource, AttributeValue, AuditKind, AuditQuery, CsvDate, CsvFault, CsvField, Membership, NewAttribute,
    PenChoice, PenContent, PenState, PersonName, Preference, Purchase, PurchaseCsv, PurchaseItem, Stance, Vault,
};

const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);
const EVER: (Timestamp, Timestamp) = (Timestamp::MIN, Timestamp::MAX);

fn email(address: &str, label: &str) -> NewAttribute {
    NewAttribute {
        value: AttributeValue::Email(address.to_owned()),
        label: label.to_owned(),
        source: AttributeSource::SelfAsserted,
    }
}

fn purchase(number: &str, total: &str) -> Purchase {
    Purchase {
        seller: "Müller & Söhne".to_owned(),
        seller_id: "did:web:mueller.example".to_owned(),
        order_number: number.to_owned(),
        ordered: "2026-02-28T10:00:00Z".parse().unwrap(),
        total: total.parse().unwrap(),
        items: vec![
            PurchaseItem {
                name: "Tea".to_owned(),
                quantity: 2,
                price_minor: Some(350),
                product_id: "4006381333931".to_owned(),
            },
            PurchaseItem {
                name: "Cup".to_owned(),
                quantity: 1,
                price_minor: None,
                product_id: String::new(),
            },
        ],
        record: String::new(),
        receipt: None,
    }
}

fn emails(vault: &Vault) -> Vec<(String, String)> {
    let all = vault.attributes().unwrap().into_iter();
    all.filter_map(|attribute| match attribute.value {
        AttributeValue::Email(address) => Some((attribute.label, address)),
        _ => None,
    })
    .collect()
}

fn pair(label: &str, address: &str) -> (String, String) {
    (label.to_owned(), address.to_owned())
}

#[test]
fn an_attribute_set_anew_keeps_what_it_was() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.set_attribute(&email("a@example.org", "home"), NOW).unwrap();
    vault.set_attribute(&email("w@example.org", "work"), NOW).unwrap();
    let collected = NewAttribute {
        source: AttributeSource::Collected {
            from: "relation-1".to_owned(),
        },
        ..email("b@example.org", "home")
    };
    let id = vault.set_attribute(&collected, NOW.plus_secs(60)).unwrap();
    assert_eq!(
        emails(&vault),
        [pair("home", "b@example.org"), pair("work", "w@example.org")]
    );
    let history = vault.attribute_history(id).unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!((history[0].until, history[1].until), (None, Some(NOW.plus_secs(60))));
    assert_eq!(history[0].source, collected.source);
    vault.end_attribute(id, NOW.plus_secs(90)).unwrap();
    assert_eq!(vault.end_attribute(id, NOW).unwrap_err().code(), "no_such_holding");
    assert_eq!(emails(&vault), [pair("work", "w@example.org")]);
    vault.forget_attribute(id).unwrap();
    assert_eq!(vault.attribute_history(id).unwrap_err().code(), "no_such_holding");
    for (attribute, field) in [
        (email("nobody", ""), "email"),
        (email("a@b.c", &"x".repeat(65)), "label"),
    ] {
        let refused = vault.set_attribute(&attribute, NOW).unwrap_err();
        assert_eq!(refused.code(), "bad_field");
        assert!(refused.to_string().contains(field));
    }
}

#[test]
fn memberships_preferences_and_purchases_come_back_as_they_were() {
    let device = Device::new();
    let vault = device.create("Home");
    let mut photo = vault.new_blob("card.jpg", "image/jpeg", NOW).unwrap();
    photo.write_all(b"not really a photo").unwrap();
    let photo = photo.finish().unwrap().id;
    let card = Membership {
        organisation: "Library".to_owned(),
        number: "123".to_owned(),
        barcode_format: "EAN_13".to_owned(),
        barcode_text: "4006381333931".to_owned(),
        valid_until: Some("2027-12-31".to_owned()),
        picture: Some(photo.clone()),
        ..Membership::default()
    };
    let card_id = vault.add_membership(&card, NOW).unwrap();
    assert_eq!(vault.memberships().unwrap()[0].membership, card);
    let mut diet = Preference {
        topic: "diet".to_owned(),
        value: "gluten".to_owned(),
        stance: Stance::Avoids,
    };
    vault.set_preference(&diet, NOW).unwrap();
    diet.stance = Stance::Needs;
    vault.set_preference(&diet, NOW).unwrap();
    let kept = vault.preferences().unwrap();
    assert_eq!((kept.len(), &kept[0].preference), (1, &diet));
    let bought = Purchase {
        receipt: Some(photo.clone()),
        ..purchase("A-1", "9.99 EUR")
    };
    let id = vault.add_purchase(&bought, NOW).unwrap();
    assert_eq!(vault.purchase(id).unwrap().purchase, bought);
    assert_eq!(vault.delete_blob(&photo).unwrap_err().code(), "blob_in_use");
    vault.set_receipt(id, None).unwrap();
    vault.remove_membership(card_id).unwrap();
    vault.delete_blob(&photo).unwrap();
    assert_eq!(vault.set_receipt(id, Some(&photo)).unwrap_err().code(), "no_such_blob");
    assert_eq!(vault.purchases("SÖHNE", EVER.0, EVER.1).unwrap().len(), 1);
    assert_eq!(vault.purchases("cup", EVER.0, EVER.1).unwrap().len(), 1);
    assert_eq!(vault.purchases("saucer", EVER.0, EVER.1).unwrap().len(), 0);
    assert_eq!(vault.purchases("", EVER.0, bought.ordered).unwrap().len(), 0);
    vault.remove_purchase(id).unwrap();
    assert_eq!(vault.purchase(id).unwrap_err().code(), "no_such_holding");
}

#[test]
fn a_signed_record_is_one_purchase_however_often_it_comes() {
    let device = Device::new();
    let vault = device.create("Home");
    let mut receipt = purchase("", "9.99 EUR");
    receipt.record = "sha256:1".to_owned();
    vault.add_purchase(&receipt, NOW).unwrap();
    assert_eq!(vault.add_purchase(&receipt, NOW).unwrap_err().code(), "held_already");
    receipt.record = "sha256:2".to_owned();
    vault.add_purchase(&receipt, NOW).unwrap();
}

#[test]
fn a_purchase_goes_out_as_a_schema_org_order_and_comes_back() {
    let bought = purchase("A-1", "9.99 EUR");
    assert_eq!(Purchase::from_order(&bought.to_order()).unwrap(), bought);
    let shop = serde_json::json!({
        "@context": "http://schema.org", "@type": ["Thing", "http://schema.org/Order"],
        "merchant": {"@type": "Organization", "name": "Shop", "url": "https://shop.example"},
        "orderNumber": 17, "orderDate": "2026-02-28", "priceCurrency": "JPY", "price": 1500,
        "acceptedOffer": {"@type": "Offer", "itemOffered": {"name": "Cup", "gtin13": "4006381333931"}}
    });
    let read = Purchase::from_order(&shop).unwrap();
    assert_eq!(
        (read.order_number.as_str(), read.total.to_string().as_str()),
        ("17", "1500 JPY")
    );
    assert_eq!(
        (read.items[0].quantity, read.items[0].product_id.as_str()),
        (1, "4006381333931")
    );
    for (member, value, field) in [
        ("@type", serde_json::json!("Invoice"), "@type"),
        ("merchant", serde_json::json!({}), "seller"),
        ("orderDate", serde_json::json!("yesterday"), "orderDate"),
        ("priceCurrency", serde_json::json!("XYZ"), "priceCurrency"),
        ("price", serde_json::json!("1.5"), "price"),
        (
            "acceptedOffer",
            serde_json::json!([{"orderQuantity": -1, "name": "x"}]),
            "orderQuantity",
        ),
    ] {
        let mut changed = shop.clone();
        changed[member] = value;
        let refused = Purchase::from_order(&changed).unwrap_err();
        assert!(refused.to_string().contains(field), "{member}: {refused}");
    }
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
        order_number: Some(column("Nummer")),
        item: Some(column("Artikel")),
        quantity: Some(column("Menge")),
        paid_is_negative: false,
    }
}

#[test]
fn a_table_becomes_purchases_and_what_cannot_be_read_is_named_by_line_and_field() {
    let text = "\u{feff}Datum;Nummer;Artikel;Menge;Betrag\n\
        28.02.2026;A-1;Tea;2;7,00 €\n\
        28.02.2026;A-1;\"Cup; blue\";1;1.002,99\n\
        31.02.2026;A-2;Spoon;1;1,00\n\
        1.3.2026;;Fork;1;2,00\n\
        1.3.2026;;Fork;1;2,00\n\
        02.03.2026;A-3;Knife;0;2,00\n\
        02.03.2026;A-4;Knife;1;2,005\n\
        02.03.2026;A-5\n";
    let read = table().read(text.as_bytes()).unwrap();
    let totals: Vec<_> = read
        .purchases
        .iter()
        .map(|purchase| purchase.total.to_string())
        .collect();
    assert_eq!(totals, ["1009.99 EUR", "2.00 EUR", "2.00 EUR"]);
    assert_eq!(read.purchases[0].items[0].price_minor, Some(350));
    assert_eq!(read.purchases[0].items[1].name, "Cup; blue");
    let fault = |line, field| CsvFault { line, field };
    assert_eq!(
        read.faults,
        [
            fault(4, "date"),
            fault(7, "quantity"),
            fault(8, "total"),
            fault(9, "line")
        ]
    );
    let two_bytes = table().read(text.replace('\n', "\r\n").as_bytes()).unwrap();
    assert_eq!(two_bytes, read, "however its lines end");
    let missing = PurchaseCsv {
        item: Some(CsvField::Column("Ware".to_owned())),
        ..table()
    };
    assert_eq!(missing.read(text.as_bytes()).unwrap_err().code(), "bad_field");
    let bank = PurchaseCsv {
        paid_is_negative: true,
        order_number: None,
        quantity: None,
        item: None,
        ..table()
    };
    let read = bank
        .read("Datum;Betrag\n1.3.2026;-3,50\n1.3.2026;2.000,00\n".as_bytes())
        .unwrap();
    assert_eq!(
        (read.purchases.len(), read.purchases[0].total.to_string()),
        (1, "3.50 EUR".to_owned())
    );
}

/// A batch of everything: a name, a card, a preference, two purchases.
fn everything() -> Vec<PenContent> {
    let name = AttributeValue::Name(PersonName {
        name: "Ada L.".to_owned(),
        ..PersonName::default()
    });
    vec![
        PenContent::Attribute(NewAttribute {
            value: name,
            label: String::new(),
            source: AttributeSource::Collected {
                from: "file".to_owned(),
            },
        }),
        PenContent::Attribute(email("new@example.org", "home")),
        PenContent::Membership(Membership {
            organisation: "Library".to_owned(),
            ..Membership::default()
        }),
        PenContent::Preference(Preference {
            topic: "seat".to_owned(),
            value: "aisle".to_owned(),
            stance: Stance::Likes,
        }),
        PenContent::Purchase(purchase("A-1", "9.99 EUR")),
        PenContent::Purchase(purchase("A-2", "19.99 EUR")),
    ]
}

/// How many of each are in the vault.
fn counts(vault: &Vault) -> [usize; 4] {
    [
        vault.attributes().unwrap().len(),
        vault.memberships().unwrap().len(),
        vault.preferences().unwrap().len(),
        vault.purchases("", EVER.0, EVER.1).unwrap().len(),
    ]
}

#[test]
fn an_import_waits_is_accepted_in_part_and_undone_as_a_batch() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.set_attribute(&email("old@example.org", "home"), NOW).unwrap();
    vault.add_purchase(&purchase("A-2", "19.99 EUR"), NOW).unwrap();
    let before = counts(&vault);
    let batch = vault.hold("export.zip", "shop", everything(), NOW).unwrap();
    assert_eq!(counts(&vault), before, "nothing is in the vault yet");
    let items = vault.pen_items(batch, 0).unwrap();
    let contents: Vec<_> = items.iter().map(|item| item.content.clone()).collect();
    assert_eq!(contents, everything());
    let alike: Vec<_> = items
        .iter()
        .filter(|item| item.alike.is_some())
        .map(|item| item.number)
        .collect();
    assert_eq!(alike, [6], "the purchase that is there already");
    vault
        .accept_held(batch, &PenChoice::Numbers(vec![2, 5]), NOW.plus_secs(1))
        .unwrap();
    vault.reject_held(batch, &PenChoice::Numbers(vec![3])).unwrap();
    assert_eq!(emails(&vault), [pair("home", "new@example.org")]);
    let done = vault.accept_held(batch, &PenChoice::All, NOW.plus_secs(2)).unwrap();
    assert_eq!((done.accepted, done.alike), (2, 1));
    assert_eq!(counts(&vault), [2, 0, 1, 2]);
    let state = &vault.pen_batches().unwrap()[0];
    assert_eq!((state.held, state.accepted, state.rejected), (1, 4, 1));
    for number in [2, 3, 99] {
        let refused = vault
            .accept_held(batch, &PenChoice::Numbers(vec![6, number]), NOW)
            .unwrap_err();
        assert_eq!(refused.code(), "not_held");
    }
    assert_eq!(
        vault.pen_items(batch, 5).unwrap()[0].state,
        PenState::Held,
        "a refused choice took nothing"
    );
    assert_eq!(vault.undo_batch(batch, NOW).unwrap(), 4);
    assert_eq!(counts(&vault), before);
    assert_eq!(emails(&vault), [pair("home", "old@example.org")]);
    let state = &vault.pen_batches().unwrap()[0];
    assert_eq!((state.held, state.accepted), (6, 0));
    let imports = AuditQuery {
        kinds: vec![AuditKind::Import],
        ..AuditQuery::default()
    };
    assert_eq!(vault.audit_entries(&imports).unwrap().entries.len(), 3);
    vault.discard_batch(batch).unwrap();
    assert_eq!(vault.undo_batch(batch, NOW).unwrap_err().code(), "no_such_pen_batch");
}

#[test]
fn undoing_leaves_what_the_person_changed_since() {
    let device = Device::new();
    let vault = device.create("Home");
    vault.set_attribute(&email("old@example.org", "home"), NOW).unwrap();
    let batch = vault.hold("export.zip", "", everything(), NOW).unwrap();
    vault.accept_held(batch, &PenChoice::All, NOW.plus_secs(1)).unwrap();
    let newest = vault
        .set_attribute(&email("newest@example.org", "home"), NOW.plus_secs(2))
        .unwrap();
    let first = vault.purchases("", EVER.0, EVER.1).unwrap()[0].id;
    vault.remove_purchase(first).unwrap();
    vault.undo_batch(batch, NOW.plus_secs(3)).unwrap();
    assert_eq!(counts(&vault), [1, 0, 0, 0]);
    assert_eq!(emails(&vault), [pair("home", "newest@example.org")]);
    let history = vault.attribute_history(newest).unwrap();
    let untils: Vec<_> = history.iter().map(|attribute| attribute.until).collect();
    assert_eq!(untils, [None, Some(NOW.plus_secs(2))], "the imported one never was");
}

#[test]
fn a_batch_with_one_bad_thing_is_not_held_at_all() {
    let device = Device::new();
    let vault = device.create("Home");
    let mut contents = everything();
    contents.push(PenContent::Attribute(email("nobody", "")));
    assert_eq!(vault.hold("x", "", contents, NOW).unwrap_err().code(), "bad_field");
    assert_eq!(vault.pen_batches().unwrap(), []);
}

proptest! {
    #[test]
    fn no_table_order_or_audit_brings_the_readers_down(
        text in "\\PC{0,300}",
        rows in prop::collection::vec("[-0-9.,;\"\n €a-z]{0,40}", 0..8),
    ) {
        let table_text = format!("Datum;Nummer;Artikel;Menge;Betrag\n{}", rows.join("\n"));
        let read = table().read(table_text.as_bytes()).unwrap();
        prop_assert!(read.purchases.iter().all(|purchase| !purchase.seller.is_empty()));
        let order = serde_json::json!({"@type": "Order", "seller": text, "orderDate": text, "price": text,
            "priceCurrency": "EUR", "orderedItem": rows});
        let _ = Purchase::from_order(&order);
        prop_assert!(!tekram_vault::verify_audit_export(text.as_bytes()).unwrap().breaks.is_empty());
    }
}
