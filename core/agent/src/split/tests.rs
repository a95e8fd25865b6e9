//! A month of twenty artists, some of whom can be paid: factors, previews, rails that are off, and mints.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tekram_net::NetPolicy;
use tekram_pay::method::{CashuMethod, Method, RailKind, RailsOff};
use tekram_pay::statement::{Outcome, Reason};
use tekram_primitives::did::SigningKey;
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{FixedClock, Timestamp};

use super::*;
use crate::device::Agent;

/// 20 November 2026, noon.
const NOW_MS: i64 = 1_795_176_000_000;
/// 3 October 2026.
const OCTOBER_S: i64 = 1_791_000_000;

fn agent(folder: &Path, rails_off: RailsOff) -> Agent {
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    Agent::open(&folder.join("data"), NetPolicy::default(), clock)
        .unwrap()
        .with_rails_off(rails_off)
}

fn passphrase() -> Passphrase {
    Passphrase::from("a long walk in the rain")
}

/// A persona who heard this many artists in October, each one minute more than the one before, and has a budget.
fn listener(folder: &Path, artists: usize, plays: usize) -> Persona {
    let persona = agent(folder, RailsOff::new())
        .create_persona("Home", &passphrase())
        .unwrap();
    let mut lines = String::new();
    for artist in 0..artists {
        for play in 0..plays {
            let at = OCTOBER_S + i64::try_from(artist * plays + play).unwrap() * 600;
            let ms = (artist + 1) * 60_000;
            lines.push_str(&format!(
                "{{\"listened_at\":{at},\"track_metadata\":{{\"artist_name\":\"Artist {artist}\",\
                 \"track_name\":\"Track {play}\",\"additional_info\":{{\"duration_ms\":{ms}}}}}}}\n"
            ));
        }
    }
    let file = folder.join("listens.jsonl");
    std::fs::write(&file, lines).unwrap();
    let report = persona
        .import(&file, &mut |_| {}, Arc::new(AtomicBool::new(false)))
        .unwrap();
    persona.accept_batch(report.batch_id).unwrap();
    persona.change_rules(budget("100 EUR")).unwrap();
    persona
}

fn budget(text: &str) -> RulesChange {
    RulesChange {
        budget: Some(text.parse().unwrap()),
        ..RulesChange::default()
    }
}

fn factors(of: &[(&str, u32)]) -> RulesChange {
    let factors = of.iter().map(|(source, factor)| ((*source).to_owned(), *factor));
    RulesChange {
        factors: Some(factors.collect()),
        ..RulesChange::default()
    }
}

/// Makes a source payable, as a feed that was looked into would.
fn pays(persona: &Persona, source: &str, name: &str, method: &Method) {
    let body = String::from_utf8(tekram_primitives::canonical::to_canonical_json(method).unwrap()).unwrap();
    persona
        .vault
        .write(tekram_vault::Scope("pay"), |tx| {
            tx.execute("INSERT INTO pay_payee VALUES (?1, ?1, ?1, ?1, 1)", [name])?;
            tx.execute(
                "INSERT INTO pay_method (payee_id, body, status, added_ms) VALUES (?1, ?2, 'used', 1)",
                [name, &body],
            )?;
            tx.execute(
                "INSERT INTO pay_payable (source_key, payee_id, split, added_ms) VALUES (?1, ?2, 1, 1)",
                [source, name],
            )?;
            Ok::<_, tekram_vault::VaultError>(())
        })
        .unwrap();
}

fn ecash(mints: &[&str]) -> Method {
    Method::Cashu(CashuMethod {
        did: SigningKey::generate().unwrap().did(),
        nostr: "00".repeat(32),
        relays: vec!["wss://relay.example".to_owned()],
        p2pk: format!("02{}", "11".repeat(32)),
        mints: mints.iter().map(|mint| (*mint).to_owned()).collect(),
        units: vec!["eur".to_owned()],
    })
}

fn page() -> Method {
    Method::Link {
        url: "https://table.example/give".to_owned(),
    }
}

#[test]
fn factors_are_merged_and_as_heard_takes_one_away() {
    let folder = tempfile::tempdir().unwrap();
    let persona = listener(folder.path(), 3, 1);
    let sources = persona.month_sources(None).unwrap();
    assert_eq!(sources.len(), 3);
    assert!(sources.windows(2).all(|pair| pair[0].played_ms >= pair[1].played_ms));
    let [a, b] = [sources[0].source.as_str(), sources[1].source.as_str()];
    persona.change_rules(factors(&[(a, 2000)])).unwrap();
    let rules = persona.change_rules(factors(&[(b, 0)])).unwrap();
    assert_eq!((rules.factor(a), rules.factor(b)), (2000, 0));
    let heard = persona.month_sources(None).unwrap();
    assert_eq!(
        heard.iter().map(|source| source.factor).collect::<Vec<_>>(),
        [2000, 0, 1000],
        "what is left out stays in the list"
    );
    let rules = persona.change_rules(factors(&[(a, 1000)])).unwrap();
    assert_eq!(rules.factors.len(), 1);
    let refused = persona.change_rules(factors(&[(a, 10_001)])).unwrap_err();
    assert_eq!(refused.code(), "factor_too_large");
    assert_eq!(persona.rules().unwrap(), Some(rules));
}

#[test]
fn a_preview_says_what_the_statement_will_be_and_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let persona = listener(folder.path(), 20, 2);
    let source = persona.month_sources(None).unwrap()[3].source.clone();
    pays(&persona, &source, "Maker", &page());
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&writes);
    let listening = persona.vault.on_change(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let change = RulesChange {
        weight: Some(Weight::Plays),
        ..factors(&[(source.as_str(), 3000)])
    };
    let seen = persona.preview_statement(None, &change).unwrap();
    persona.preview_statement(Some("2026-10"), &budget("1 JPY")).unwrap();
    assert_eq!(writes.load(Ordering::SeqCst), 0);
    drop(listening);
    assert_eq!(persona.statement_of(None).unwrap_err().code(), "no_such_statement");

    persona.change_rules(change).unwrap();
    let made = persona.statement(None).unwrap();
    let lines = |statement: &Statement| -> Vec<_> { statement.lines.iter().map(|line| line.line.clone()).collect() };
    assert_eq!(lines(&seen), lines(&made));
    assert_eq!(made.lines[0].line.because[0].factor, 3000);

    let committed = persona.commit("2026-10").unwrap();
    assert_eq!(
        persona
            .preview_statement(None, &factors(&[(source.as_str(), 0)]))
            .unwrap(),
        committed
    );
    let early = persona.preview_statement(Some("2026-12"), &RulesChange::default());
    assert_eq!(early.unwrap_err().code(), "month_in_future");
    let silent = persona.preview_statement(Some("2026-09"), &RulesChange::default());
    assert_eq!(silent.unwrap_err().code(), "empty_month");
}

#[test]
fn a_preview_needs_a_budget_from_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    let persona = agent(folder.path(), RailsOff::new())
        .create_persona("Home", &passphrase())
        .unwrap();
    let none = persona.preview_statement(None, &RulesChange::default());
    assert_eq!(none.unwrap_err().code(), "no_budget");
    assert_eq!(
        persona.preview_statement(None, &budget("1 EUR")).unwrap_err().code(),
        "empty_log"
    );
}

#[test]
fn a_slider_over_two_hundred_payees_moves_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let persona = listener(folder.path(), 200, 5);
    for (at, source) in persona.month_sources(None).unwrap().iter().enumerate() {
        pays(&persona, &source.source, &format!("Maker {at}"), &page());
    }
    let source = persona.month_sources(None).unwrap()[0].source.clone();
    let mut best = Duration::MAX;
    for factor in (0..2000).step_by(200) {
        let begun = Instant::now();
        let seen = persona
            .preview_statement(None, &factors(&[(source.as_str(), factor)]))
            .unwrap();
        best = best.min(begun.elapsed());
        assert_eq!(seen.total_minor, 10_000);
    }
    println!("200 payees, 1000 listens: {best:?} unoptimised");
    assert!(best < Duration::from_millis(500), "{best:?}");
}

#[test]
fn a_rail_that_is_off_makes_its_lines_wait_and_shows_no_links_or_mints() {
    let folder = tempfile::tempdir().unwrap();
    let persona = listener(folder.path(), 2, 1);
    let sources = persona.month_sources(None).unwrap();
    pays(&persona, &sources[0].source, "Desk", &ecash(&["https://mint.example"]));
    pays(&persona, &sources[1].source, "Page", &page());
    let open = persona.statement(None).unwrap();
    assert_eq!(open.summary().payable_minor, 10_000);
    assert_eq!(persona.mints("2026-10").unwrap()[0].takers[0].name, "Desk");
    persona.lock().unwrap();
    drop(persona);

    let off = agent(folder.path(), RailsOff::from(RailKind::ALL));
    let entry = off.entry(None).unwrap();
    let persona = off.unlock_with_passphrase(&entry.id, &passphrase()).unwrap();
    assert_eq!(
        persona.commit("2026-10").unwrap_err().code(),
        "draft_outdated",
        "a draft of before is not promised"
    );
    let waits = persona.statement(None).unwrap();
    for line in &waits.lines {
        assert_eq!(
            (line.line.outcome, line.line.reason),
            (Outcome::Carry, Some(Reason::RailOff))
        );
        assert_eq!(line.state_reason, "rail_off");
    }
    assert_eq!(waits.total_minor, 10_000, "what waits is not lost");
    let committed = persona.commit("2026-10").unwrap();
    assert!(persona.hand_offs(&committed).unwrap().is_empty());
    assert!(persona.mints("2026-10").unwrap().is_empty());
    assert_eq!(committed.summary().carried_minor, 10_000);
}

#[test]
fn mints_say_who_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let persona = listener(folder.path(), 3, 1);
    let sources = persona.month_sources(None).unwrap();
    pays(&persona, &sources[0].source, "A", &ecash(&["https://one.example/"]));
    pays(
        &persona,
        &sources[1].source,
        "B",
        &ecash(&["https://two.example", "https://one.example"]),
    );
    pays(&persona, &sources[2].source, "C", &page());
    assert_eq!(persona.mints("2026-10").unwrap_err().code(), "no_such_statement");
    let made = persona.statement(None).unwrap();
    let mints = persona.mints("2026-10").unwrap();
    let told: Vec<(&str, Vec<&str>)> = mints
        .iter()
        .map(|mint| {
            (
                mint.mint.as_str(),
                mint.takers.iter().map(|taker| taker.name.as_str()).collect(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("https://one.example", vec!["A", "B"]),
            ("https://two.example", vec!["B"])
        ]
    );
    let due = made
        .lines
        .iter()
        .find(|line| line.line.name == "A")
        .unwrap()
        .line
        .due_minor;
    assert_eq!(mints[0].takers[0].due.amount_minor, due);
}
