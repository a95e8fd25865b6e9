//! A month is promised, backed up and paid; then the backup is put back. The older vault believes that nothing was paid, and
//! pays nothing, and says why, however often it is asked to go on.
//!
//! It needs `tekram` and `tekram-desk` built and the mint set up; `cargo xtask test` sees to both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::fs;

use serde_json::Value;
use support::stage::Stage;
use support::{Person, fixture};

const MONTH: &str = "2026-10";
/// How often paying is repeated before it counts as stuck, on a busy machine.
const TRIES: usize = 6;

fn lines(person: &Person, field: &str) -> Vec<Value> {
    let statement = person.done(&["pay", "statement", "--month", MONTH]);
    statement["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line[field].clone())
        .collect()
}

fn paid_minor(person: &Person) -> i64 {
    let paid = lines(person, "paid_minor");
    paid.iter().map(|paid| paid.as_i64().unwrap_or_default()).sum()
}

#[test]
fn an_older_backup_pays_nothing_again() {
    let run = tempfile::tempdir().unwrap();
    let stage = Stage::raise(run.path());
    let hosts = ["mint", "relay", "feeds"].map(|which| stage.host(which));
    let person = Person::new(&hosts);
    let mint = format!("http://{}", stage.host("mint"));
    let feeds = format!("http://{}", stage.host("feeds"));
    for name in ["episode-actions.json", "podcasts.opml"] {
        let text = fs::read_to_string(fixture(&format!("listens/{name}"))).unwrap();
        let file = person.file(name, &text.replace("https://feeds.example", &feeds));
        person.done(&["listen", "import", &file, "--accept"]);
    }
    person.done(&["pay", "discover"]);
    person.done(&["pay", "rules", "--budget", "10 EUR"]);
    person.done(&["pay", "statement", "--month", MONTH]);
    person.done(&["pay", "commit", MONTH]);

    let stick = person.folder().join("stick").display().to_string();
    person.done(&["vault", "backup", "--to", &stick]);
    let settle = || person.done(&["pay", "settle", MONTH, "--mint", &mint, "--wait", "20"]);
    assert!(
        (0..TRIES).any(|_| settle()["ended"] == "done"),
        "the month was not paid"
    );
    let paid = paid_minor(&person);
    assert!(paid > 0, "{}", person.done(&["pay", "statement", "--month", MONTH]));
    person.done(&["vault", "restore", "--from", &stick, "--replace"]);
    assert_eq!(paid_minor(&person), 0, "the older vault knows of no payment");
    for _ in 0..2 {
        let again = settle();
        let problems = again["problems"].as_array().unwrap();
        assert!(
            problems.iter().any(|problem| problem["reason"] == "restored_vault"),
            "{again}"
        );
        assert_eq!(paid_minor(&person), 0);
        let receipts = person.done(&["pay", "receipts", MONTH]);
        assert_eq!(receipts["receipts"], Value::Array(Vec::new()));
        // No money was even fetched for it.
        let wallet = person.done(&["pay", "wallet", "--mint", &mint]);
        let empty = wallet["balances"]
            .as_array()
            .unwrap()
            .iter()
            .all(|balance| balance["value"] == "0");
        assert!(empty, "{wallet}");
    }
}
