//! What a desk makes of an intent event: read when it is whole, refused by name when it is not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use nostr_sdk::{EventBuilder, Keys, Kind, Tag, Timestamp as NostrTime};
use proptest::prelude::*;
use tekram_intent::{Cell, Reach, ReceivedIntent, Refused, intents_filter, parse_intent, relay_view};
use tekram_net::{VerifiedEvent, pow};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{Demand, TermsRef};

const BITS: u8 = 4;

fn now() -> Timestamp {
    Timestamp::from_secs(1_790_000_000)
}

fn demand() -> Demand {
    Demand {
        context: "https://schema.org".into(),
        kind: "Demand".into(),
        version: 1,
        name: "wireless headphones".into(),
        gtin: None,
        quantity: 1,
        price_ceiling: Some("250.00 EUR".parse().unwrap()),
        valid_through: now().plus_secs(3600),
        area: ["u2e", "u2ed", "u2edk"].map(String::from).to_vec(),
        terms: TermsRef {
            id: "PDC-INTENT".into(),
            sha256: "ab".repeat(32),
        },
    }
}

struct Draft {
    kind: u16,
    tags: Vec<Vec<String>>,
    content: String,
    bits: u8,
    created: u64,
}

impl Draft {
    fn of(demand: &Demand) -> Self {
        let view = relay_view(demand, Reach::Standing).unwrap();
        let mut tags = vec![vec!["d".to_owned(), "00".repeat(16)]];
        tags.extend(view.tags);
        Self {
            kind: view.kind,
            tags,
            content: view.content,
            bits: BITS,
            created: 1_790_000_000,
        }
    }

    fn read(&self) -> Result<ReceivedIntent, Refused> {
        self.read_asking(BITS)
    }

    fn read_asking(&self, bits: u8) -> Result<ReceivedIntent, Refused> {
        let keys = Keys::generate();
        let unsigned = EventBuilder::new(Kind::from(self.kind), &self.content)
            .tags(self.tags.iter().map(|tag| Tag::parse(tag).unwrap()))
            .custom_created_at(NostrTime::from_secs(self.created))
            .build(keys.public_key());
        let mined = pow::mine(unsigned, self.bits, |_| std::ops::ControlFlow::Continue(())).unwrap();
        parse_intent(
            &VerifiedEvent::check(mined.sign_with_keys(&keys).unwrap()).unwrap(),
            bits,
            now(),
        )
    }
}

fn changed(change: impl FnOnce(&mut Draft)) -> Option<Refused> {
    let mut draft = Draft::of(&demand());
    change(&mut draft);
    draft.read().err()
}

fn demanding(change: impl FnOnce(&mut Demand)) -> Option<Refused> {
    let mut other = demand();
    change(&mut other);
    Draft::of(&other).read().err()
}

#[test]
fn a_whole_event_is_read() {
    let read = Draft::of(&demand()).read().unwrap();
    assert_eq!(
        (read.demand, read.cell.as_str(), read.reach),
        (demand(), "u2edk", Reach::Standing)
    );
    assert_eq!(read.created, now());
}

#[test]
fn the_example_of_the_protocol_page_is_read_and_is_what_we_write() {
    let page = include_str!("../../../docs/protocol/intent.md");
    let example = page.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let example: serde_json::Value = serde_json::from_str(example).unwrap();
    let mut tags: Vec<Vec<String>> = serde_json::from_value(example["tags"].clone()).unwrap();
    let nonce = tags.pop().unwrap();
    assert_eq!(
        (nonce[0].as_str(), nonce[1].len(), nonce[2].as_str()),
        ("nonce", 16, "12")
    );
    let draft = Draft {
        kind: u16::try_from(example["kind"].as_u64().unwrap()).unwrap(),
        content: example["content"].as_str().unwrap().into(),
        tags: tags.clone(),
        bits: BITS,
        created: 1_790_000_000,
    };
    let read = draft.read().unwrap();
    let view = relay_view(&read.demand, Reach::Standing).unwrap();
    assert_eq!((view.content, view.tags), (draft.content, tags.split_off(1)));
}

#[test]
fn tags_must_say_what_the_content_says() {
    let g = |cell: &str| vec!["g".to_owned(), cell.to_owned()];
    assert_eq!(
        changed(|d| d.tags.retain(|t| t[0] != "expiration")),
        Some(Refused::BadExpiration)
    );
    assert_eq!(
        changed(|d| d.tags[4][1] = "1790003601".into()),
        Some(Refused::BadExpiration)
    );
    assert_eq!(
        changed(|d| d.tags[4][1] = "1790000000".into()),
        Some(Refused::IntentExpired)
    );
    assert_eq!(changed(|d| d.tags.push(g("u2edk8"))), Some(Refused::AreaDiffers));
    assert_eq!(
        changed(|d| {
            d.tags.remove(1);
        }),
        Some(Refused::AreaDiffers)
    );
    assert_eq!(changed(|d| d.tags.swap(1, 2)), Some(Refused::AreaDiffers));
    assert_eq!(
        changed(|d| d.tags.retain(|t| t[0] != "terms")),
        Some(Refused::TermsTagDiffers)
    );
    assert_eq!(
        changed(|d| d.tags[5][2] = "cd".repeat(32)),
        Some(Refused::TermsTagDiffers)
    );
    let twice = |d: &mut Draft| d.tags.push(vec!["terms".into(), "SD-BASE".into(), "cd".repeat(32)]);
    assert_eq!(changed(twice), Some(Refused::TermsTagDiffers));
}

#[test]
fn the_content_must_be_a_demand_within_its_bounds() {
    assert_eq!(changed(|d| d.kind = 1), Some(Refused::WrongKind));
    assert_eq!(changed(|d| d.content = "{}".into()), Some(Refused::BadDemand));
    assert_eq!(changed(|d| d.content = "[".repeat(4000)), Some(Refused::BadDemand));
    assert_eq!(
        changed(|d| d.content = " ".repeat(8 * 1024 + 1)),
        Some(Refused::TooLarge)
    );
    assert_eq!(demanding(|d| d.version = 2), Some(Refused::BadDemand));
    assert_eq!(demanding(|d| d.kind = "Offer".into()), Some(Refused::BadDemand));
    assert_eq!(demanding(|d| d.name = "a\u{0}b".into()), Some(Refused::BadDemand));
    assert_eq!(demanding(|d| d.quantity = 0), Some(Refused::BadDemand));
    assert_eq!(demanding(|d| d.gtin = Some("1".into())), Some(Refused::BadDemand));
    assert_eq!(
        demanding(|d| d.valid_through = now().plus_secs(100 * 24 * 3600)),
        Some(Refused::BadDemand)
    );
    assert_eq!(demanding(|d| d.area = vec!["u2edk".into()]), Some(Refused::AreaDiffers));
    assert_eq!(demanding(|d| d.area[1] = "u2ex".into()), Some(Refused::AreaDiffers));
    let with_unknown = |d: &mut Draft| d.content = d.content.replacen('{', "{\"colour\":\"black\",", 1);
    assert_eq!(changed(with_unknown), None, "a later version's fields are no fault");
}

#[test]
fn work_and_time_are_asked_for() {
    let draft = Draft::of(&demand());
    assert_eq!(draft.read_asking(BITS + 1).unwrap_err(), Refused::TooLittleWork);
    assert!(draft.read_asking(0).is_ok());
    assert_eq!(changed(|d| d.created += 301), Some(Refused::FromTheFuture));
    assert_eq!(changed(|d| d.created += 299), None);
}

#[test]
fn a_desk_asks_for_its_cells_and_the_coarser_ones_and_knows_which_it_serves() {
    let cell = |text: &str| Cell::new(text).unwrap();
    let filter = serde_json::to_value(intents_filter(&[cell("u2edk8"), cell("u2edk")])).unwrap();
    assert_eq!(filter["#g"], serde_json::json!(["u2e", "u2ed", "u2edk", "u2edk8"]));
    let asked = Draft::of(&demand()).read().unwrap();
    for (mine, served) in [
        ("u2edk", true),
        ("u2edk8", true),
        ("u2e", true),
        ("u2edh", false),
        ("u2f", false),
    ] {
        assert_eq!(asked.is_served_by(&[cell(mine)]), served, "{mine}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_content_makes_the_reader_panic(content in "\\PC{0,200}", cut in 0_usize..400) {
        let mut draft = Draft::of(&demand());
        draft.bits = 0;
        draft.content = content;
        let _ = draft.read_asking(0);
        let whole = Draft::of(&demand()).content;
        draft.content = whole.chars().take(cut).collect();
        prop_assert!(cut >= whole.len() || draft.read_asking(0).is_err());
    }
}
