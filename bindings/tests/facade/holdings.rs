//! What a person keeps, through the facade's calls: attributes, a credential, purchases, cards, files, and the pen.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tekram_ffi::{
    AttributeSource, AttributeValue, ChangeListener, Connectivity, ConnectivityState, CredentialState, CsvChoice,
    CsvDate, CsvField, HostError, Money, NewMembership, NewPurchase, PenKind, PenState, PurchaseItem, Stance,
    TekramError,
};

use crate::common::*;

/// A library card by a `did:key`, bound to nobody: made once with this project's own primitives.
const LIBRARY_CARD: &str = include_str!("library-card.json");

fn euros(amount_minor: i64) -> Money {
    Money {
        amount_minor,
        currency: "EUR".to_owned(),
    }
}

/// The field that an error names.
fn field<T>(result: Result<T, TekramError>) -> String {
    let Some(TekramError::Failed { name, params, .. }) = result.err() else {
        panic!("no error")
    };
    assert_eq!(name, "bad_field");
    params["field"].clone()
}

#[derive(Debug, Default)]
struct Heard(Mutex<BTreeSet<String>>);

impl ChangeListener for Heard {
    fn changed(&self, scopes: Vec<String>) -> Result<(), HostError> {
        self.0.lock().unwrap().extend(scopes);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_waits_is_taken_with_what_it_vouches_for_and_is_shown() {
    let device = device();
    let home = persona(&device).await;
    let heard = Arc::new(Heard::default());
    let listening = home.on_change(heard.clone()).unwrap();
    let before = home
        .set_attribute(
            AttributeValue::Email {
                email: "ada@example.net".to_owned(),
            },
            String::new(),
        )
        .unwrap();
    let batch = home.receive_credential(LIBRARY_CARD.to_owned()).await.unwrap();
    assert!(home.credentials().unwrap().is_empty());
    let page = home.pen_items(batch, 0, 10).unwrap();
    let seen: Vec<(PenKind, PenState, &str, bool)> = page
        .items
        .iter()
        .map(|item| (item.kind, item.state, item.detail.as_str(), item.verified))
        .collect();
    let issuer = page.items[0].detail.clone();
    assert_eq!(
        seen,
        [
            (PenKind::Credential, PenState::Held, issuer.as_str(), false),
            (PenKind::Attribute, PenState::Held, "ada@example.org", true),
        ]
    );
    assert_eq!(home.accept_held(batch, None).await.unwrap().accepted, 2);
    let credential = home.credentials().unwrap().remove(0);
    assert_eq!(credential, home.credential(credential.id.clone()).unwrap());
    assert_eq!(
        (credential.format.as_str(), credential.state, credential.issuer),
        ("w3c_vc", CredentialState::Valid, issuer)
    );
    let attribute = home.attributes().unwrap().remove(0);
    assert_eq!(
        attribute.source,
        AttributeSource::Verified {
            credential: credential.id.clone()
        }
    );
    assert_eq!(home.attribute_history(attribute.id).unwrap()[1].id, before);

    let show = |paths: Vec<String>| {
        home.disclose_credential(
            credential.id.clone(),
            paths,
            "did:key:shop".to_owned(),
            "n-1".to_owned(),
            "https://shop.example".to_owned(),
        )
    };
    let preview = home.preview_disclosure(credential.id.clone(), Vec::new()).unwrap();
    assert_eq!(preview, credential.claims, "a whole one is seen as a whole");
    assert_eq!(show(Vec::new()).unwrap(), LIBRARY_CARD.trim());
    assert_eq!(name(show(vec!["/email".to_owned()])), "no_such_claim");
    let disclosed = home
        .audit(String::new(), vec!["disclosure".to_owned()], None, None, None, 10)
        .unwrap();
    assert_eq!(disclosed.items.len(), 1, "what was refused was not shown");

    assert!(soon(|| {
        let heard = heard.0.lock().unwrap();
        heard.contains("vault_credential") && heard.contains("vault_holding")
    }));
    drop(listening);
    assert_eq!(home.undo_held(batch).await.unwrap(), 2);
    assert!(home.credentials().unwrap().is_empty());
    assert_eq!(
        home.attributes().unwrap()[0].text,
        "ada@example.net",
        "what stood before stands again"
    );
    assert_eq!(
        name(home.receive_credential(LIBRARY_CARD.replace("ada@", "eve@")).await),
        "bad_signature"
    );
    assert_eq!(
        name(home.check_credential_status("none".to_owned()).await),
        "no_such_holding"
    );
    assert_eq!(name(home.credential_key(String::new())), "bad_field");
    assert_eq!(
        home.credential_key("library".to_owned()).unwrap(),
        home.credential_key("library".to_owned()).unwrap()
    );
    home.lock().unwrap();
    assert_eq!(name(home.receive_credential(LIBRARY_CARD.to_owned()).await), "locked");
}

/// There is none.
#[derive(Debug)]
struct NoNetwork;

impl Connectivity for NoNetwork {
    fn state(&self) -> Result<ConnectivityState, HostError> {
        Ok(ConnectivityState::Offline)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_receiving_says_so_at_once() {
    let device = device_with(Some(Arc::new(Keys::default())), None, Some(Arc::new(NoNetwork)));
    let home = persona(&device).await;
    assert_eq!(name(home.receive_credential(LIBRARY_CARD.to_owned()).await), "offline");
}

#[tokio::test(flavor = "multi_thread")]
async fn purchases_come_by_hand_and_by_file_with_their_receipts() {
    let device = device();
    let home = persona(&device).await;
    let write = |name: &str, content: &[u8]| {
        let path = device.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let column = |heading: &str| CsvField::Column {
        heading: heading.to_owned(),
    };
    let choice = CsvChoice {
        delimiter: ";".to_owned(),
        decimal: ",".to_owned(),
        seller: column("Wer"),
        date: column("Tag"),
        date_form: CsvDate::DayFirst,
        total: column("Betrag"),
        currency: CsvField::Fixed {
            value: "EUR".to_owned(),
        },
        order_number: None,
        item: None,
        quantity: None,
        paid_is_negative: false,
    };
    let path = write(
        "shop.csv",
        "Wer;Tag;Betrag\nTea House;28.02.2026;7,50\nTea House;x;1,00\n".as_bytes(),
    );
    let arrived = home.hold_purchases_csv(path.clone(), choice.clone()).await.unwrap();
    let faults: Vec<(u64, &str)> = arrived
        .faults
        .iter()
        .map(|fault| (fault.line, fault.reason.as_str()))
        .collect();
    assert_eq!((arrived.held, faults), (1, vec![(3, "date")]));
    let batch = arrived.batch.unwrap();
    let item = home.pen_items(batch, 0, 10).unwrap().items.remove(0);
    assert_eq!(
        (item.title.as_str(), item.total, item.ordered_ms),
        ("Tea House", Some(euros(750)), Some(1_772_236_800_000))
    );
    home.accept_held(batch, Some(vec![1])).await.unwrap();
    assert_eq!(home.pen_batches().unwrap()[0].accepted, 1);
    let two = CsvChoice {
        delimiter: ";;".to_owned(),
        ..choice.clone()
    };
    assert_eq!(field(home.hold_purchases_csv(path, two).await), "delimiter");
    assert_eq!(
        name(home.hold_purchases_csv("nowhere".to_owned(), choice).await),
        "file_unusable"
    );
    let orders = write("orders.json", b"[]");
    assert_eq!(home.hold_orders_json(orders).await.unwrap().batch, None);

    let photo: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let photo_path = write("receipt.jpg", &photo);
    let file = home
        .add_file(photo_path, "receipt.jpg".to_owned(), "image/jpeg".to_owned())
        .await
        .unwrap();
    assert_eq!(home.file_bytes(file.id.clone()).unwrap(), photo);
    let new = NewPurchase {
        seller: "Cup Shop".to_owned(),
        order_number: String::new(),
        ordered_ms: 1_790_000_000_000,
        total: euros(900),
        items: vec![PurchaseItem {
            name: "Cup".to_owned(),
            quantity: 2,
            price: Some(euros(450)),
            product_id: String::new(),
        }],
        receipt: Some(file.id.clone()),
    };
    let id = home.add_purchase(new.clone()).unwrap();
    let kept = home.purchase(id).unwrap();
    assert_eq!(
        (&kept.items, &kept.receipt, &kept.total),
        (&new.items, &new.receipt, &new.total)
    );
    let mut mixed = new;
    mixed.total.currency = "USD".to_owned();
    assert_eq!(field(home.add_purchase(mixed)), "price");
    assert_eq!(home.purchases("cup".to_owned(), None, None).unwrap(), [kept]);
    assert_eq!(
        home.purchases(String::new(), None, Some(1_790_000_000_000))
            .unwrap()
            .len(),
        1
    );
    assert_eq!(name(home.remove_file(file.id.clone())), "blob_in_use");
    home.set_receipt(id, None).unwrap();
    let out = device.folder.path().join("out.jpg");
    home.write_file(file.id.clone(), out.to_str().unwrap().to_owned())
        .await
        .unwrap();
    assert_eq!(std::fs::read(&out).unwrap(), photo);
    home.remove_file(file.id.clone()).unwrap();
    let nowhere = device.folder.path().join("none.jpg");
    assert_eq!(
        name(home.write_file(file.id, nowhere.to_str().unwrap().to_owned()).await),
        "no_such_blob"
    );
    assert!(!nowhere.exists(), "nothing is left behind");
    home.remove_purchase(id).unwrap();
    assert_eq!(home.reject_held(batch, None).await.unwrap(), 0);
    home.discard_held(batch).await.unwrap();
    assert!(home.pen_batches().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_and_preferences_are_kept_and_checked() {
    let device = device();
    let home = persona(&device).await;
    let card = NewMembership {
        organisation: "Library".to_owned(),
        number: "17".to_owned(),
        barcode_format: "QR_CODE".to_owned(),
        barcode_text: "17".to_owned(),
        valid_until: Some("2027-01-31".to_owned()),
        ..NewMembership::default()
    };
    let id = home.add_membership(card.clone()).unwrap();
    assert_eq!(home.memberships().unwrap()[0].membership, card);
    let nobody = NewMembership {
        organisation: String::new(),
        ..card
    };
    assert_eq!(field(home.add_membership(nobody)), "hostingOrganization");
    home.remove_membership(id).unwrap();
    assert_eq!(name(home.remove_membership(id)), "no_such_holding");
    let set = |stance| home.set_preference("diet".to_owned(), "gluten".to_owned(), stance);
    set(Stance::Likes).unwrap();
    let id = set(Stance::Avoids).unwrap();
    let kept = home.preferences().unwrap();
    assert_eq!((kept.len(), kept[0].id, kept[0].stance), (1, id, Stance::Avoids));
    home.remove_preference(id).unwrap();
    let address = AttributeValue::Address {
        street: "Gasse 1".to_owned(),
        postal_code: String::new(),
        locality: "Wien".to_owned(),
        region: String::new(),
        country: "Austria".to_owned(),
    };
    assert_eq!(field(home.set_attribute(address, "home".to_owned())), "addressCountry");
}
