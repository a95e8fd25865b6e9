//! What leaves the log from outside, with the real program: files are written whole or not at all and come back unchanged, and
//! nothing goes to a party or a server that was not agreed with or asked for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::process::Command;

use serde_json::Value;
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

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn run(&self, words: &[&str]) -> (Option<i32>, Value) {
        let output = Command::new(env!("CARGO_BIN_EXE_tekram"))
            .env_clear()
            .env("TEKRAM_DATA", self.folder.path().join("data"))
            .env("TEKRAM_PASSPHRASE", "three blind mice and a ladder")
            .env("TEKRAM_LISTENS_TOKEN", "b1a9c0e9-d987-4042-ae91-78d6a3267d69")
            .arg("--json")
            .args(words)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let json = serde_json::from_str(&said)
            .unwrap_or_else(|_| panic!("{words:?}: {said}{}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code(), json)
    }

    fn done(&self, words: &[&str]) -> Value {
        let (code, json) = self.run(words);
        assert_eq!(code, Some(0), "{words:?}: {json}");
        json
    }

    fn refused(&self, words: &[&str]) -> String {
        let (code, json) = self.run(words);
        assert_eq!(code, Some(1), "{words:?}: {json}");
        json["error"]["code"].as_str().unwrap().to_owned()
    }

    /// A log of two songs in September and one in October 2026.
    fn with_a_log() -> Self {
        let device = Self::new();
        let line = |at: i64, title: &str| {
            format!(
                "{{\"listened_at\":{at},\"track_metadata\":{{\"track_name\":\"{title}\",\"artist_name\":\"Vera Quill\",\
                 \"additional_info\":{{\"duration_ms\":200000}}}}}}\n"
            )
        };
        let text = line(1_790_000_000, "=1+1") + &line(1_790_086_400, "Low Tide") + &line(1_791_000_000, "October");
        std::fs::write(device.path("in.jsonl"), text).unwrap();
        device.done(&["listen", "import", &device.path("in.jsonl"), "--accept"]);
        device
    }
}

#[test]
fn a_full_export_comes_back_unchanged_and_a_file_is_never_written_over() {
    let device = Device::with_a_log();
    let (first, second) = (device.path("first.jsonl"), device.path("second.jsonl"));
    assert_eq!(
        device.done(&["listen", "export", &first, "--form", "full"])["written"],
        3
    );
    assert_eq!(device.refused(&["listen", "export", &first]), "file_exists");
    let other = Device::new();
    assert_eq!(other.done(&["listen", "import", &first, "--accept"])["format"], "own");
    other.done(&["listen", "export", &second, "--form", "full"]);
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());
    let names = |device: &Device| {
        let entries = std::fs::read_dir(device.folder.path()).unwrap();
        entries
            .filter(|entry| entry.as_ref().unwrap().path().to_string_lossy().ends_with(".part"))
            .count()
    };
    assert_eq!((names(&device), names(&other)), (0, 0), "nothing is left beside");
}

#[test]
fn a_table_has_what_was_chosen() {
    let device = Device::with_a_log();
    let table = device.path("september.csv");
    let words = [
        "listen",
        "export",
        &table,
        "--form",
        "csv",
        "--until",
        "2026-10-01",
        "--kind",
        "music",
        "--columns",
        "start_utc,title",
        "--zone",
        "UTC",
    ];
    assert_eq!(device.done(&words)["written"], 2);
    assert_eq!(
        std::fs::read_to_string(&table).unwrap(),
        "\u{feff}start_utc,title\r\n2026-09-21 14:13:20,'=1+1\r\n2026-09-22 14:13:20,Low Tide\r\n"
    );
    let nowhere = device.path("x");
    assert_eq!(
        device.refused(&["listen", "export", &nowhere, "--form", "csv", "--columns", "mood"]),
        "no_such_column"
    );
    assert_eq!(
        device.refused(&["listen", "export", &nowhere, "--columns", "title"]),
        "no_columns"
    );
    assert_eq!(
        device.refused(&["listen", "export", &nowhere, "--kind", "sermon"]),
        "no_such_kind"
    );
    assert_eq!(
        device.refused(&[
            "listen",
            "export",
            &nowhere,
            "--form",
            "csv",
            "--zone",
            "Europe/Nowhere"
        ]),
        "unknown_zone"
    );
    assert!(!std::path::Path::new(&nowhere).exists());
}

#[test]
fn listens_are_shown_under_an_agreement_alone_and_can_be_looked_at_before() {
    let device = Device::with_a_log();
    let preview = device.done(&[
        "listen",
        "disclose",
        "--to",
        "did:key:z6Mk",
        "--agreement",
        "a",
        "--fields",
        "start,title,played_seconds",
        "--blur",
        "start=day,title=show",
        "--until",
        "2026-10-01",
        "--preview",
    ]);
    let seen: Vec<&Value> = preview["listens"].as_array().unwrap().iter().collect();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        *seen[0],
        serde_json::json!({"day": "2026-09-21", "show": "", "played_seconds": 200})
    );
    let show = |agreement: &str, fields: &str, blur: &str| {
        device.refused(&[
            "listen",
            "disclose",
            "--to",
            "did:key:z6Mk",
            "--agreement",
            agreement,
            "--fields",
            fields,
            "--blur",
            blur,
            "--nonce",
            "n-1",
        ])
    };
    let record = "0".repeat(64);
    assert_eq!(show(&record, "start", "start=day"), "no_such_agreement");
    assert_eq!(show(&record, "mood", "start=day"), "no_such_field");
    assert_eq!(show(&record, "start", "start=show"), "no_such_blur");
    let more = [
        "listen", "disclose", "--more", "abc", "--fields", "title", "--nonce", "n",
    ];
    assert_eq!(device.refused(&more), "no_such_extract");
    assert_eq!(device.done(&["listen", "disclosed"])["extracts"], serde_json::json!([]));
    let none = [
        "listen",
        "verify",
        &device.path("in.jsonl"),
        "--audience",
        "me",
        "--nonce",
        "n",
    ];
    assert_eq!(device.refused(&none), "not_a_credential");
}

#[test]
fn nothing_is_sent_anywhere_until_a_server_is_added_that_may_be_reached() {
    let device = Device::with_a_log();
    assert_eq!(
        device.done(&["listen", "submit", "list"])["accounts"],
        serde_json::json!([])
    );
    assert_eq!(
        device.refused(&["listen", "submit", "run", "1"]),
        "no_such_listen_account"
    );
    assert_eq!(
        device.refused(&["listen", "submit", "remove", "1"]),
        "no_such_listen_account"
    );
    let add = |url: &str| device.refused(&["listen", "submit", "add", url, "--on"]);
    assert_eq!(add("http://127.0.0.1:9/api"), "insecure_server");
    assert_eq!(add("https://127.0.0.1:9/api"), "private_address");
    assert_eq!(add("nowhere"), "bad_listen_account");
}
