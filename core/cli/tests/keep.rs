//! `tekram keep` from outside, with the real program: what is kept is there at the next run, what comes from outside waits, and
//! refusals have their names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

struct Device {
    folder: TempDir,
}

impl Device {
    fn new() -> Self {
        let device = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        device.done(&["persona", "create", "Home"]);
        device
    }

    fn run(&self, words: &[&str], as_json: bool) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tekram"));
        command
            .env_clear()
            .env("TEKRAM_DATA", self.folder.path().join("data"))
            .env("TEKRAM_PASSPHRASE", "three blind mice and a ladder");
        if as_json {
            command.arg("--json");
        }
        command.args(words).output().unwrap()
    }

    fn done(&self, words: &[&str]) -> Value {
        let output = self.run(words, true);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (output.status.code(), &json["ok"]),
            (Some(0), &true.into()),
            "{words:?}: {json}"
        );
        json
    }

    fn text(&self, words: &[&str]) -> String {
        String::from_utf8(self.run(words, false).stdout).unwrap()
    }

    fn refused(&self, words: &[&str]) -> Value {
        let output = self.run(words, true);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {json}");
        json["error"].clone()
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

#[test]
fn an_attribute_is_kept_changed_and_forgotten() {
    let device = Device::new();
    device.done(&[
        "keep",
        "attribute",
        "set",
        "email",
        "ada@example.org",
        "--label",
        "home",
    ]);
    device.done(&[
        "keep",
        "attribute",
        "set",
        "email",
        "ada@example.net",
        "--label",
        "home",
    ]);
    device.done(&["keep", "attribute", "set", "shoe size", "39"]);
    device.done(&[
        "keep",
        "attribute",
        "set-address",
        "Gasse 1",
        "--postal-code",
        "1010",
        "--town",
        "Wien",
        "--country",
        "AT",
    ]);
    let list = device.done(&["keep", "attribute", "list"]);
    let attributes = list["attributes"].as_array().unwrap();
    let seen: Vec<(&str, &str)> = attributes
        .iter()
        .map(|attribute| {
            (
                attribute["property"].as_str().unwrap(),
                attribute["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("additionalProperty", "39"),
            ("address", "Gasse 1, 1010 Wien, AT"),
            ("email", "ada@example.net"),
        ]
    );
    assert_eq!(attributes[2]["source"], json!({"kind": "self_asserted"}));
    let id = attributes[2]["id"].to_string();
    let history = device.done(&["keep", "attribute", "history", &id]);
    assert_eq!(history["attributes"].as_array().unwrap().len(), 2);
    device.done(&["keep", "attribute", "end", &id]);
    device.done(&["keep", "attribute", "forget", &id]);
    assert_eq!(
        device.refused(&["keep", "attribute", "history", &id])["code"],
        "no_such_holding"
    );
    let refused = device.refused(&["keep", "attribute", "set", "email", "nobody"]);
    assert_eq!(
        (&refused["code"], &refused["params"]),
        (&"bad_field".into(), &json!({"field": "email"}))
    );
    let refused = device.refused(&["keep", "attribute", "set", "email", "a@b.example", "--credential", "ab"]);
    assert_eq!(refused["code"], "no_such_holding");
}

#[test]
fn purchases_of_a_table_and_of_orders_wait_until_they_are_accepted() {
    let device = Device::new();
    let table = device.file(
        "bank.csv",
        "Datum;Empfänger;Betrag\n28.02.2026;Tea House;-7,50\n01.03.2026;Salary;2.000,00\n2026;Nobody;-1,00\n"
            .as_bytes(),
    );
    let arrived = device.done(&[
        "keep",
        "purchase",
        "import-csv",
        table.to_str().unwrap(),
        "--delimiter",
        ";",
        "--decimal",
        ",",
        "--date",
        "Datum",
        "--date-form",
        "day-first",
        "--seller",
        "Empfänger",
        "--total",
        "Betrag",
        "--currency",
        "=EUR",
        "--paid-is-negative",
    ]);
    assert_eq!(arrived["held"], 1);
    assert_eq!(arrived["faults"], json!([{"line": 4, "field": "date"}]));
    let batch = arrived["batch"].to_string();
    assert_eq!(device.done(&["keep", "purchase", "list"])["purchases"], json!([]));
    let page = device.done(&["keep", "pen", "show", &batch]);
    let item = &page["items"][0];
    assert_eq!(
        (&item["state"], &item["kind"], &item["title"]),
        (&"held".into(), &"purchase".into(), &"Tea House".into())
    );
    assert!(device.text(&["keep", "pen", "show", &batch]).contains("7.50 EUR"));
    assert_eq!(device.done(&["keep", "pen", "accept", &batch])["accepted"], 1);

    let orders = device.file(
        "orders.jsonl",
        br#"{"@type":"Order","seller":"Tea House","orderNumber":"A-1","orderDate":"2026-03-02","price":"3.00","priceCurrency":"EUR"}
"#,
    );
    let arrived = device.done(&["keep", "purchase", "import-json", orders.to_str().unwrap()]);
    device.done(&["keep", "pen", "accept", &arrived["batch"].to_string()]);
    device.done(&[
        "keep",
        "purchase",
        "add",
        "Cup Shop",
        "9 EUR",
        "--item",
        "2 Cup",
        "--item",
        "Spoon",
        "--day",
        "2026-03-03",
    ]);
    let list = device.done(&["keep", "purchase", "list"]);
    let sellers: Vec<&str> = list["purchases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|purchase| purchase["seller"].as_str().unwrap())
        .collect();
    assert_eq!(sellers, ["Cup Shop", "Tea House", "Tea House"]);
    assert_eq!(list["purchases"][0]["items"][0]["quantity"], 2);
    let found = device.done(&[
        "keep",
        "purchase",
        "list",
        "--text",
        "cup",
        "--from",
        "2026-03-01",
        "--until",
        "2026-03-04",
    ]);
    assert_eq!(found["purchases"].as_array().unwrap().len(), 1);

    let receipt = device.file("receipt.pdf", b"%PDF-");
    let kept = device.done(&["keep", "file", "add", receipt.to_str().unwrap()]);
    assert_eq!(
        (&kept["media_type"], &kept["bytes"]),
        (&"application/pdf".into(), &5.into())
    );
    let (file, id) = (kept["id"].as_str().unwrap(), list["purchases"][0]["id"].to_string());
    device.done(&["keep", "purchase", "receipt", &id, file]);
    assert_eq!(device.refused(&["keep", "file", "remove", file])["code"], "blob_in_use");
    let out = device.folder.path().join("out.pdf");
    device.done(&["keep", "file", "write", &file[..8], out.to_str().unwrap()]);
    assert_eq!(std::fs::read(&out).unwrap(), b"%PDF-");
    assert_eq!(
        device.refused(&["keep", "file", "write", file, out.to_str().unwrap()])["code"],
        "file_exists"
    );
    device.done(&["keep", "purchase", "receipt", &id, "--none"]);
    device.done(&["keep", "file", "remove", file]);

    assert_eq!(device.done(&["keep", "pen", "undo", &batch])["undone"], 1);
    assert_eq!(device.done(&["keep", "pen", "reject", &batch])["rejected"], 1);
    device.done(&["keep", "pen", "discard", &batch]);
    assert_eq!(
        device.refused(&["keep", "pen", "show", &batch])["code"],
        "no_such_pen_batch"
    );
    assert_eq!(
        device.done(&["keep", "pen", "list"])["batches"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn cards_and_preferences_are_kept_and_removed() {
    let device = Device::new();
    device.done(&[
        "keep",
        "membership",
        "add",
        "Library",
        "--number",
        "17",
        "--until",
        "2027-01-31",
    ]);
    let list = device.done(&["keep", "membership", "list"]);
    let card = &list["memberships"][0];
    assert_eq!(
        (
            &card["hostingOrganization"],
            &card["membershipNumber"],
            &card["validUntil"]
        ),
        (&"Library".into(), &"17".into(), &"2027-01-31".into())
    );
    device.done(&["keep", "membership", "remove", &card["id"].to_string()]);
    assert_eq!(
        device.refused(&["keep", "membership", "add", "Library", "--picture", "nothing"])["code"],
        "no_such_blob"
    );
    device.done(&["keep", "preference", "set", "diet", "gluten", "likes"]);
    device.done(&["keep", "preference", "set", "diet", "gluten", "avoids"]);
    let list = device.done(&["keep", "preference", "list"]);
    assert_eq!(list["preferences"].as_array().unwrap().len(), 1);
    assert_eq!(list["preferences"][0]["stance"], "avoids");
}

#[test]
fn a_credential_is_refused_by_name_and_a_key_stays_the_same() {
    let device = Device::new();
    let key = device.done(&["keep", "credential", "key", "library"]);
    assert!(key["key"].as_str().unwrap().starts_with("did:key:z6Mk"));
    assert_eq!(device.done(&["keep", "credential", "key", "library"]), key);
    assert_ne!(
        device.done(&["keep", "credential", "key", "theatre"])["key"],
        key["key"]
    );
    let file = device.file("member.sd-jwt", b"no credential");
    assert_eq!(
        device.refused(&["keep", "credential", "receive", file.to_str().unwrap()])["code"],
        "not_a_credential"
    );
    assert_eq!(
        device.refused(&["keep", "credential", "receive", "missing"])["code"],
        "no_such_file"
    );
    for words in [
        ["keep", "credential", "look", "ab"],
        ["keep", "credential", "check", "ab"],
        ["keep", "credential", "remove", "ab"],
    ] {
        assert_eq!(device.refused(&words)["code"], "no_such_holding", "{words:?}");
    }
    assert_eq!(device.done(&["keep", "credential", "list"])["credentials"], json!([]));
}
