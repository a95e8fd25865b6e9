//! What leaves the device, and what it tells.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::collections::BTreeSet;

use common::{Person, Town, clock, headphones, vienna};
use nostr_sdk::JsonUtil;
use tekram_intent::{
    Cell, IntentError, POW_BITS, Place, Position, Precision, Randomness, Reach, SystemRandomness, Until, Wish, collect,
    compose, keep_place, locate, place, place_names, publish,
};
use tekram_primitives::time::Clock;
use tekram_primitives::wire::KIND_INTENT_STANDING;

/// A sequence of draws that is different at each call and the same in each run.
struct Draws(u64);

impl Randomness for Draws {
    fn uniform(&mut self) -> Result<f64, IntentError> {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Ok((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

fn finest(place: &Place) -> Cell {
    place.cell(Precision::FINEST).unwrap()
}

#[tokio::test]
async fn an_event_says_nothing_finer_than_chosen_and_nothing_that_was_not_asked() {
    let (town, clock, person) = (Town::new(), clock(), Person::new("Home"));
    let mut draws = Draws(7);
    for n in 0..12_u8 {
        let here = Position::new(
            draws.uniform().unwrap() * 160.0 - 80.0,
            draws.uniform().unwrap() * 360.0 - 180.0,
        )
        .unwrap();
        let precision = Precision::new(3 + n % 5).unwrap();
        let noisy = locate(&person.vault, here, &mut draws, &clock).unwrap();
        let wish = Wish {
            cell: noisy.cell(precision).unwrap(),
            ..headphones(&person, &clock)
        };
        let (intent, _) = town.publish(&person, &wish, &clock).await;
        let event = town.event(&intent).await;

        let kinds: Vec<&str> = event.tags.iter().map(|tag| tag.as_slice()[0].as_str()).collect();
        let cells = vec!["g"; precision.length() - 2];
        assert_eq!(kinds, [vec!["d"], cells, vec!["expiration", "terms", "nonce"]].concat());
        for tag in event.tags.iter().filter(|tag| tag.as_slice()[0] == "g") {
            assert!((3..=precision.length()).contains(&tag.as_slice()[1].len()));
        }

        let text = event.as_json();
        if precision < Precision::FINEST {
            let finer = Precision::new(u8::from(precision) + 1).unwrap();
            assert!(
                !text.contains(noisy.cell(finer).unwrap().as_str()),
                "finer than chosen: {text}"
            );
            assert!(
                !text.contains(Cell::of(here, finer).unwrap().as_str()),
                "the true cell: {text}"
            );
        }
        for degrees in [here.lat(), here.lon()] {
            assert!(!text.contains(&format!("{degrees:.3}")), "a coordinate: {text}");
        }
        assert!(
            !text.contains(&intent.id) && !text.contains(person.vault.id()) && !text.to_lowercase().contains("tekram")
        );
        // What was shown before sending is what was sent.
        let shown = intent.relay_view().unwrap();
        assert_eq!(
            (shown.kind, shown.content.as_str()),
            (event.kind.as_u16(), event.content.as_str())
        );
        let sent: Vec<Vec<String>> = event.tags.iter().map(|tag| tag.as_slice().to_vec()).collect();
        assert_eq!(shown.tags, sent[1..sent.len() - 1]);
    }
}

#[tokio::test]
async fn two_intents_of_one_persona_share_no_key_no_identifier_and_no_connection() {
    let (town, clock, person) = (Town::new(), clock(), Person::new("Home"));
    for _ in 0..8 {
        town.publish(&person, &headphones(&person, &clock), &clock).await;
    }
    let events = town.stored(KIND_INTENT_STANDING).await;
    let distinct =
        |of: &dyn Fn(&nostr_sdk::Event) -> String| events.iter().map(|e| of(e)).collect::<BTreeSet<_>>().len();
    assert_eq!(events.len(), 8, "each has its own address, none replaced another");
    assert_eq!(distinct(&|e| e.pubkey.to_hex()), 8);
    assert_eq!(distinct(&|e| e.tags.identifier().unwrap().to_owned()), 8);
    assert_eq!(distinct(&|e| e.tags.iter().last().unwrap().as_slice()[1].clone()), 8);
    assert_eq!(
        distinct(&|e| e.content.clone()),
        1,
        "what is equal is what the person said"
    );

    let [first, second] = [(), ()].map(|()| compose(&person.vault, &headphones(&person, &clock), &clock).unwrap());
    let line = town.line(&first.id).await;
    let until = Until {
        wait: std::time::Duration::ZERO,
        enough: 1,
    };
    assert_eq!(
        publish(&person.vault, &second.id, &line, POW_BITS, &clock)
            .await
            .unwrap_err()
            .code(),
        "foreign_line"
    );
    assert_eq!(
        collect(&person.vault, &second.id, &line, until, &clock)
            .await
            .unwrap_err()
            .code(),
        "foreign_line"
    );
}

#[tokio::test]
async fn an_intent_in_a_store_has_no_address_and_is_not_kept_by_the_relay() {
    let (town, clock, person) = (Town::new(), clock(), Person::new("Home"));
    let mut wish = headphones(&person, &clock);
    wish.reach = Reach::InStore;
    let bus = town.bus().await;
    let mut listening = tekram_net::Bus::listen(&bus, tekram_intent::intents_filter(&[wish.cell.clone()]))
        .await
        .unwrap();
    let draft = compose(&person.vault, &wish, &clock).unwrap();
    publish(&person.vault, &draft.id, &town.line(&draft.id).await, POW_BITS, &clock)
        .await
        .unwrap();
    let event = tokio::time::timeout(common::PATIENCE, listening.next())
        .await
        .unwrap()
        .unwrap();
    let read = tekram_intent::parse_intent(&event, POW_BITS, clock.now()).unwrap();
    assert_eq!((read.reach, event.tags.identifier()), (Reach::InStore, None));
    assert!(town.stored(27335).await.is_empty());
}

#[test]
fn the_same_place_always_gives_the_same_cell() {
    let (clock, person) = (clock(), Person::new("Home"));
    let first = keep_place(&person.vault, "home", vienna(), &mut SystemRandomness, &clock).unwrap();
    for _ in 0..100 {
        assert_eq!(
            keep_place(&person.vault, "home", vienna(), &mut SystemRandomness, &clock).unwrap(),
            first
        );
        assert_eq!(
            locate(&person.vault, vienna(), &mut SystemRandomness, &clock).unwrap(),
            first
        );
    }
    let person = person.reopened();
    assert_eq!(finest(&place(&person.vault, "home").unwrap()), finest(&first));
    // A fix that wandered, and another name for the same corner, are the same place.
    let near = Position::new(48.2090, 16.3740).unwrap();
    assert!(near.distance_m(vienna()) < 200.0);
    assert_eq!(
        locate(&person.vault, near, &mut SystemRandomness, &clock).unwrap(),
        first
    );
    assert_eq!(
        keep_place(&person.vault, "office", near, &mut SystemRandomness, &clock).unwrap(),
        first
    );
    assert_eq!(place_names(&person.vault).unwrap(), ["home", "office"]);
}

#[test]
fn moving_a_name_away_and_back_does_not_draw_again() {
    let (clock, person) = (clock(), Person::new("Home"));
    let (vienna, graz) = (vienna(), Position::new(47.0707, 15.4395).unwrap());
    let first = keep_place(&person.vault, "home", vienna, &mut SystemRandomness, &clock).unwrap();
    let moved = keep_place(&person.vault, "home", graz, &mut SystemRandomness, &clock).unwrap();
    assert_ne!(first, moved);
    assert_eq!(
        keep_place(&person.vault, "home", vienna, &mut SystemRandomness, &clock).unwrap(),
        first
    );
    assert_eq!(place(&person.vault, "nowhere").unwrap_err().code(), "no_such_place");
    assert_eq!(
        keep_place(&person.vault, " ", vienna, &mut SystemRandomness, &clock)
            .unwrap_err()
            .code(),
        "bad_place_name"
    );
}

#[test]
fn two_personas_draw_each_their_own_noise() {
    let clock = clock();
    let cells: BTreeSet<Cell> = (0..6)
        .map(|n| {
            let person = Person::new(&format!("persona {n}"));
            finest(&locate(&person.vault, vienna(), &mut SystemRandomness, &clock).unwrap())
        })
        .collect();
    assert!(cells.len() > 1);
    assert!(clock.now().millis() > 0);
}

#[test]
fn a_position_and_a_place_do_not_print_where_they_are() {
    assert_eq!(format!("{:?}", vienna()), "Position([REDACTED])");
    let person = Person::new("Home");
    let place = locate(&person.vault, vienna(), &mut SystemRandomness, &clock()).unwrap();
    assert_eq!(format!("{place:?}"), "Place { noisy: Position([REDACTED]) }");
}

#[tokio::test]
async fn a_collector_does_not_print_its_key() {
    let (town, clock) = (Town::new(), clock());
    let (person, intent, _) = town.open_intent(&clock).await;
    let collector = tekram_intent::Collector::open(&person.vault, &intent.id, clock.now()).unwrap();
    let secret: Vec<u8> = person
        .vault
        .read(|connection| {
            let sql = "SELECT secret FROM intent_intent";
            Ok::<_, tekram_vault::VaultError>(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap();
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex.len(), 64);
    assert!(!format!("{collector:?}").contains(&hex));
    assert!(!format!("{collector:?}").contains(&format!("{secret:?}")));
}
