//! What the use cases add to the rooms they join, with real vaults.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tekram_agent::{Agent, AgentError, NetPolicy, Passphrase, Persona, RulesChange, Want, Weight};
use tekram_primitives::time::{FixedClock, Timestamp};
use tempfile::TempDir;

/// 20 November 2026, noon.
const NOW_MS: i64 = 1_795_176_000_000;

struct Device {
    folder: TempDir,
    clock: Arc<FixedClock>,
    agent: Agent,
}

fn device() -> Device {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    let agent = Agent::open(
        &folder.path().join("data"),
        NetPolicy::default(),
        Arc::clone(&clock) as _,
    )
    .unwrap();
    Device { folder, clock, agent }
}

impl Device {
    fn persona(&self, name: &str) -> Persona {
        self.agent
            .create_persona(name, &Passphrase::from("a long walk in the rain"))
            .unwrap()
    }

    /// A persona who heard three minutes in October.
    fn listener(&self) -> Persona {
        let persona = self.persona("Home");
        let file = self.folder.path().join("listens.jsonl");
        let line = "{\"listened_at\":1791000000,\"track_metadata\":{\"artist_name\":\"Ondine Okafor\",\
                    \"track_name\":\"Marrow\",\"additional_info\":{\"duration_ms\":180000}}}\n";
        std::fs::write(&file, line).unwrap();
        let report = persona
            .import(&file, &mut |_| {}, Arc::new(AtomicBool::new(false)))
            .unwrap();
        persona.accept_batch(report.batch_id).unwrap();
        persona
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, AgentError>) -> &'static str {
    outcome.unwrap_err().code()
}

fn budget(text: &str) -> RulesChange {
    RulesChange {
        budget: Some(text.parse().unwrap()),
        ..RulesChange::default()
    }
}

fn want(relay: &str) -> Want {
    Want {
        what: "wireless headphones".to_owned(),
        gtin: None,
        quantity: 1,
        ceiling: Some("250 EUR".parse().unwrap()),
        at: (52.52, 13.40),
        precision: 5,
        hours: 12,
        terms: "PDC-INTENT".to_owned(),
        in_store: false,
        relays: vec![relay.to_owned()],
    }
}

#[test]
fn changing_one_rule_leaves_the_others() {
    let device = device();
    let persona = device.listener();
    assert_eq!(code(persona.change_rules(RulesChange::default())), "no_budget");
    persona.change_rules(budget("10 EUR")).unwrap();
    persona
        .change_rules(RulesChange {
            minimum: Some("0.50 EUR".parse().unwrap()),
            ..RulesChange::default()
        })
        .unwrap();
    persona
        .change_rules(RulesChange {
            weight: Some(Weight::Plays),
            ..RulesChange::default()
        })
        .unwrap();
    let rules = persona
        .change_rules(RulesChange {
            zone: Some("Europe/Berlin".to_owned()),
            ..RulesChange::default()
        })
        .unwrap();
    assert_eq!(
        (rules.budget.amount_minor, rules.minimum_minor, rules.weight),
        (1000, 50, Weight::Plays)
    );
    assert_eq!(persona.rules().unwrap(), Some(rules));
}

#[test]
fn a_minimum_must_be_in_the_budgets_currency_and_goes_with_it() {
    let device = device();
    let persona = device.listener();
    persona.change_rules(budget("10 EUR")).unwrap();
    let yen = RulesChange {
        minimum: Some("50 JPY".parse().unwrap()),
        ..RulesChange::default()
    };
    assert_eq!(code(persona.change_rules(yen)), "bad_setting");
    persona
        .change_rules(RulesChange {
            minimum: Some("1 EUR".parse().unwrap()),
            ..RulesChange::default()
        })
        .unwrap();
    assert_eq!(
        persona.change_rules(budget("1500 JPY")).unwrap().minimum_minor,
        0,
        "one euro is not one hundred yen"
    );
}

#[test]
fn the_newest_month_is_divided_and_stays_once_committed() {
    let device = device();
    let persona = device.listener();
    persona.change_rules(budget("10 EUR")).unwrap();
    let draft = persona.statement(None).unwrap();
    assert_eq!(
        (draft.period.month_text().as_str(), draft.total_minor),
        ("2026-10", 1000)
    );
    persona.commit("2026-10").unwrap();
    persona.change_rules(budget("20 EUR")).unwrap();
    assert_eq!(
        persona.statement(Some("2026-10")).unwrap().total_minor,
        1000,
        "what was promised is not made again"
    );
}

#[test]
fn a_committed_month_stays_when_its_listens_are_taken_out_of_the_log() {
    let device = device();
    let persona = device.listener();
    persona.change_rules(budget("10 EUR")).unwrap();
    persona.statement(None).unwrap();
    let committed = persona.commit("2026-10").unwrap();
    persona.undo_batch(persona.batches().unwrap()[0].batch_id).unwrap();
    assert_eq!(persona.statement(Some("2026-10")).unwrap(), committed);
    assert_eq!(code(persona.statement(Some("2026-09"))), "empty_month");
}

#[test]
fn months_begin_in_the_rules_zone() {
    let device = device();
    let persona = device.listener();
    let change = RulesChange {
        zone: Some("Pacific/Auckland".to_owned()),
        ..budget("10 EUR")
    };
    persona.change_rules(change).unwrap();
    // In Auckland December has not begun either, but November has.
    assert_eq!(code(persona.statement(Some("2026-12"))), "month_in_future");
    assert_eq!(code(persona.statement(Some("2026-11"))), "empty_month");
    let hours = persona.hours(Some("2026-10"), None).unwrap();
    assert_eq!(hours[0].played_ms, 180_000);
}

#[test]
fn requests_are_found_by_the_beginning_of_their_number_if_only_one_begins_so() {
    let device = device();
    let persona = device.persona("Nobody");
    let first = persona.compose(&want("wss://relay.example")).unwrap();
    persona.compose(&want("wss://relay.example")).unwrap();
    assert_eq!(
        persona.find_intent(first.intent.get(..16).unwrap()).unwrap(),
        first.intent
    );
    assert_eq!(code(persona.find_intent("")), "no_such_intent");
    assert_eq!(persona.intents().unwrap().len(), 2);
}

#[test]
fn a_request_keeps_its_relays_and_ends_with_its_time() {
    let device = device();
    let persona = device.persona("Nobody");
    let view = persona.compose(&want("wss://relay.example")).unwrap();
    assert_eq!(
        (view.state, view.relays.as_slice()),
        ("draft", ["wss://relay.example".to_owned()].as_slice())
    );
    device.clock.advance_ms(13 * 3_600_000);
    assert_eq!(persona.intents().unwrap()[0].state, "expired");
}

#[tokio::test]
async fn a_draft_is_thrown_away_without_its_relays() {
    let device = device();
    let persona = device.persona("Nobody");
    let view = persona.compose(&want("wss://relay.example.invalid")).unwrap();
    assert_eq!((view.quantity, view.gtin, view.in_store), (1, None, false));
    assert_eq!(persona.withdraw(&view.intent).await.unwrap().state, "closed");
    let other = persona.compose(&want("wss://relay.example.invalid")).unwrap();
    assert_ne!(other.intent, view.intent);
    assert_eq!(code(persona.withdraw("nothing like it").await), "no_such_intent");
}

#[test]
fn an_unlocked_persona_cannot_be_opened_twice() {
    let device = device();
    let persona = device.persona("Home");
    let passphrase = Passphrase::from("a long walk in the rain");
    assert_eq!(code(device.agent.unlock(Some("Home"), &passphrase)), "vault_in_use");
    persona.lock().unwrap();
    let again = device.agent.unlock(None, &passphrase).unwrap();
    assert_eq!(again.name(), "Home");
}

#[tokio::test]
async fn a_private_relay_is_not_reached_unasked() {
    let device = device();
    let persona = device.persona("Nobody");
    let view = persona.compose(&want("ws://127.0.0.1:9")).unwrap();
    assert_eq!(code(persona.publish(&view.intent).await), "private_address");
}
