//! Vaults that earlier versions of the program made open for ever, and say what they said then: `fixtures/vaults/whole-N` has
//! the personas of a story that such a version played, and the answers that it gave. The newest of them is of today's tables.
//!
//! It needs `tekram` built; `cargo xtask test` sees to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use support::{fixture, program};
use tekram_harness::folder::copy_folder;
use tekram_primitives::secret::Passphrase;
use tekram_vault::{Store, VaultError};

const PASSPHRASE: &str = "correct horse battery staple";

/// What is asked of each persona of the story.
const QUESTIONS: [(&str, &[&[&str]]); 2] = [
    (
        "Home",
        &[
            &["persona", "show"],
            &["listen", "hours"],
            &["listen", "list", "--limit", "30"],
            &["pay", "summary", "2026-10"],
            &["pay", "ledger"],
            &["pay", "receipts", "2026-10"],
            &["pay", "payees"],
            &["pay", "rules"],
            &["keep", "purchase", "list"],
            &["persona", "shared", "--limit", "100"],
            &["persona", "networks"],
        ],
    ),
    (
        "Nobody",
        &[
            &["persona", "show"],
            &["intent", "list"],
            &["relate", "list"],
            &["keep", "purchase", "list"],
            &["persona", "shared"],
            &["persona", "networks"],
        ],
    ),
];

/// What a version of the program said about its vaults.
#[derive(Debug, Serialize, Deserialize)]
struct Expected {
    /// The versions of the tables, by room, that it had; those of the first version of all were not noted.
    tables: BTreeMap<String, u32>,
    /// Persona, words of the command, answer.
    answers: Vec<(String, Vec<String>, Value)>,
}

fn ask(data: &Path, persona: &str, question: &[String]) -> Value {
    let output = Command::new(program("tekram"))
        .args(["--json", "--persona", persona])
        .args(question)
        .env("TEKRAM_DATA", data)
        .env("TEKRAM_PASSPHRASE", PASSPHRASE)
        .env_remove("TEKRAM_PERSONA")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{persona} {question:?}: {said}");
    serde_json::from_str(said.trim()).unwrap()
}

/// Where `answer` does not say what `expected` says. It may say more.
fn differences(at: &str, expected: &Value, answer: &Value, found: &mut Vec<String>) {
    match (expected, answer) {
        (Value::Object(expected), Value::Object(answer)) => {
            for (name, value) in expected {
                let inner = answer.get(name).unwrap_or(&Value::Null);
                differences(&format!("{at}.{name}"), value, inner, found);
            }
        }
        (Value::Array(expected), Value::Array(answer)) if expected.len() == answer.len() => {
            for (number, (expected, answer)) in expected.iter().zip(answer).enumerate() {
                differences(&format!("{at}[{number}]"), expected, answer, found);
            }
        }
        _ if expected == answer => {}
        _ => found.push(format!("{at}: {expected} then, {answer} now")),
    }
}

/// The versions of the tables of a vault in `data`, after this program has opened it.
fn tables(data: &Path) -> BTreeMap<String, u32> {
    let passphrase = Passphrase::from(PASSPHRASE);
    let vault = Store::open(data).unwrap().unlock("Home", &passphrase, &[]).unwrap();
    vault
        .read(|connection| {
            let mut statement = connection.prepare("SELECT room, version FROM vault_room_schema")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok::<_, VaultError>(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

fn fixtures() -> Vec<PathBuf> {
    let entries = fs::read_dir(fixture("vaults"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_whole = |path: &PathBuf| path.join("expected.json").is_file();
    let mut found: Vec<PathBuf> = entries.filter(is_whole).collect();
    found.sort();
    found
}

#[test]
fn every_old_vault_opens_and_says_what_it_said() {
    let mut newest = BTreeMap::new();
    let mut today = BTreeMap::new();
    for folder in fixtures() {
        let data = tempfile::tempdir().unwrap();
        copy_folder(&folder.join("vaults"), &data.path().join("vaults")).unwrap();
        let expected: Expected = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
        assert!(expected.answers.len() > 10, "{}", folder.display());
        let mut found = Vec::new();
        for (persona, question, answer) in &expected.answers {
            let at = format!("{persona}: {}", question.join(" "));
            differences(&at, answer, &ask(data.path(), persona, question), &mut found);
        }
        assert!(found.is_empty(), "{}:\n{}", folder.display(), found.join("\n"));
        newest = expected.tables;
        today = tables(data.path());
    }
    assert_eq!(
        newest, today,
        "the tables have changed since the newest of these vaults was made: `TEKRAM_FIXTURE=whole-N cargo test -p \
         tekram-tests --test old_vaults -- --ignored` makes one of today's"
    );
}

/// Makes the fixture of today's tables from a story that it plays.
#[test]
#[ignore = "makes a fixture; run once for each change of the tables"]
fn make_a_fixture() {
    let Ok(name) = std::env::var("TEKRAM_FIXTURE") else {
        return;
    };
    let folder = PathBuf::from(fixture("vaults")).join(name);
    assert!(!folder.exists(), "what was shipped is never made anew");
    let story = tempfile::tempdir().unwrap();
    let played = Command::new(env!("CARGO_BIN_EXE_tekram-story"))
        .args(["--json", "--data"])
        .arg(story.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stderr));
    write_fixture(&story.path().join("personas"), &folder);
}

fn write_fixture(data: &Path, folder: &Path) {
    let mut answers = Vec::new();
    for (persona, questions) in QUESTIONS {
        for question in questions {
            let question: Vec<String> = question.iter().map(|word| (*word).to_owned()).collect();
            let answer = ask(data, persona, &question);
            answers.push((persona.to_owned(), question, answer));
        }
    }
    let expected = Expected {
        tables: tables(data),
        answers,
    };
    copy_folder(&data.join("vaults"), &folder.join("vaults")).unwrap();
    for vault in fs::read_dir(folder.join("vaults")).unwrap() {
        for empty in ["lock", "inbox.lock"] {
            let _ = fs::remove_file(vault.as_ref().unwrap().path().join(empty));
        }
    }
    fs::write(folder.join("expected.json"), serde_json::to_vec(&expected).unwrap()).unwrap();
}
