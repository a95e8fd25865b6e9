//! `tekram vault` from outside, with the real program: backing up, coming back, checking, rescuing, leaving with everything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const PASSPHRASE: &str = "three blind mice and a ladder";

struct Device {
    folder: TempDir,
}

impl Device {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn with_persona() -> Self {
        let device = Self::new();
        device.done(&["persona", "create", "Home"]);
        device
    }

    fn command(&self, as_json: bool, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tekram"));
        command
            .env_clear()
            .env("TEKRAM_DATA", self.folder.path().join("data"))
            .env("TEKRAM_PASSPHRASE", PASSPHRASE)
            .env("TEKRAM_NEW_PASSPHRASE", "a new one")
            .env("TEKRAM_EXPORT_PASSPHRASE", "seal");
        if as_json {
            command.arg("--json");
        }
        command.args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(true, words).output().unwrap()
    }

    fn done(&self, words: &[&str]) -> Value {
        let output = self.run(words);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (output.status.code(), &json["ok"]),
            (Some(0), &true.into()),
            "{words:?}: {json}"
        );
        json
    }

    fn text(&self, words: &[&str]) -> String {
        String::from_utf8(self.command(false, words).output().unwrap().stdout).unwrap()
    }

    fn refused(&self, words: &[&str]) -> Value {
        let output = self.run(words);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {json}");
        json["error"].clone()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn hear(&self, titles: &[&str]) {
        let file = self.path("listens.jsonl");
        let line = |(at, title): (usize, &&str)| {
            format!(
                "{{\"listened_at\":{},\"track_metadata\":{{\"artist_name\":\"Ondine Okafor\",\"track_name\":\"{title}\",\
                 \"additional_info\":{{\"duration_ms\":120000}}}}}}\n",
                1_791_000_000 + at * 3600
            )
        };
        let text: String = titles.iter().enumerate().map(line).collect();
        std::fs::write(&file, text).unwrap();
        self.done(&["listen", "import", &file, "--accept"]);
    }

    fn listens(&self, persona: &str) -> Value {
        self.done(&["--persona", persona, "persona", "show"])["listens"].clone()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

#[test]
fn a_backup_is_made_listed_and_restored_on_another_device() {
    let device = Device::with_persona();
    assert_eq!(device.refused(&["vault", "backup"])["code"], "no_backup_place");
    let stick = device.path("stick");
    let first = device.done(&["vault", "backup", "--to", &stick]);
    assert_eq!(
        (&first["new_file"], &first["place"]),
        (&true.into(), &stick.as_str().into())
    );
    device.hear(&["Marrow", "Vellum"]);
    // The place is kept, and less than a day has gone.
    let idle = device.done(&["vault", "backup", "--if-due"]);
    assert_eq!(
        (&idle["backed_up"], &idle["plan"]["due"]),
        (&false.into(), &false.into())
    );
    let second = device.done(&["vault", "backup"]);
    assert_eq!((&second["backup"], &second["state"]), (&first["backup"], &1.into()));

    let listed = device.done(&["vault", "backups"]);
    assert_eq!(listed["backups"][0]["states"].as_array().unwrap().len(), 2);
    assert_eq!(listed["plan"]["last_ms"], second["made_ms"]);
    assert!(device.text(&["vault", "backups"]).contains("state 1"));

    // A server on a private address is asked only when the person says that it is theirs; nobody listens here.
    let server = ["vault", "backup", "--to", "http://127.0.0.1:9/"];
    assert_eq!(device.refused(&server)["code"], "insecure_server");
    let at_home: Vec<&str> = server.into_iter().chain(["--home-network"]).collect();
    assert_eq!(device.refused(&at_home)["code"], "unreachable");
    assert_eq!(
        device.refused(&["vault", "backups", "--from", "https://127.0.0.1:9/", "--home-network"])["code"],
        "unreachable"
    );
    assert_eq!(device.done(&["vault", "backups"])["plan"]["in_home_network"], false);

    let other = Device::new();
    assert_eq!(
        other.refused(&["vault", "restore", "--from", &device.path("not there")])["code"],
        "no_such_backup_place"
    );
    let restored = other.done(&["vault", "restore", "--from", &stick]);
    assert_eq!(
        (&restored["persona"], &restored["made_ms"]),
        (&"Home".into(), &second["made_ms"])
    );
    assert_eq!(other.listens("Home"), 2);
    assert_eq!(
        other.refused(&["vault", "restore", "--from", &stick])["code"],
        "vault_exists"
    );
    other.done(&[
        "vault",
        "restore",
        "--from",
        &stick,
        "--state",
        "0",
        "--replace",
        "--name",
        "Before",
    ]);
    assert_eq!(other.listens("Before"), 0);
    assert_eq!(
        other.refused(&["vault", "restore", "--from", &stick, "--state", "7", "--replace"])["code"],
        "no_such_state"
    );
    // A vault that is there twice is two, and a second one's backup goes beside the first's.
    let two = Device::with_persona();
    two.done(&["vault", "backup", "--to", &stick]);
    assert_eq!(
        other.refused(&["vault", "check", "--from", &stick])["code"],
        "which_backup"
    );
    let name = second["backup"].as_str().unwrap();
    let whole = other.done(&["vault", "check", name, "--from", &stick]);
    assert_eq!(whole["whole"], true);
    device.done(&["vault", "backup", "--forget"]);
    assert_eq!(device.refused(&["vault", "backups"])["code"], "no_backup_place");
}

#[test]
fn a_damaged_backup_is_named_by_segment_part_and_pages_and_what_is_left_is_saved() {
    let device = Device::with_persona();
    device.hear(&["Marrow", "Vellum"]);
    let stick = device.path("stick");
    device.done(&["vault", "backup", "--to", &stick]);
    let file = files(Path::new(&stick)).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();

    let other = Device::new();
    for words in [
        &["vault", "restore", "--from", &stick] as &[&str],
        &["vault", "check", "--from", &stick],
    ] {
        let damaged = other.refused(words);
        assert_eq!(damaged["code"], "backup_damaged");
        assert_eq!(
            (&damaged["params"]["segment"], &damaged["params"]["part"]),
            (&"0".into(), &"pages".into())
        );
        assert!(damaged["params"]["pages"].as_str().unwrap().contains('-'), "{damaged}");
    }
    let saved = other.done(&["vault", "restore", "--from", &stick, "--salvage", "Saved"]);
    assert_eq!(
        (&saved["persona"], &saved["same_keys"]),
        (&"Saved".into(), &true.into())
    );
    assert_eq!(saved["damage"][0]["part"], "pages");
    assert_eq!(other.done(&["persona", "list"])["personas"][0]["persona"], "Saved");
}

#[test]
fn a_vault_is_checked_and_a_damaged_one_too_and_rescued() {
    let device = Device::with_persona();
    device.hear(&["Marrow", "Vellum"]);
    assert_eq!(device.done(&["vault", "check"])["whole"], true);
    let vault = files(&device.folder.path().join("data/vaults"))
        .into_iter()
        .find(|path| path.join("vault.db").exists());
    let database = vault.unwrap().join("vault.db");
    let flip = |page: usize| {
        let mut bytes = std::fs::read(&database).unwrap();
        bytes[page * 8192 + 100] ^= 1;
        std::fs::write(&database, bytes).unwrap();
    };
    let last = usize::try_from(std::fs::metadata(&database).unwrap().len()).unwrap() / 8192 - 1;
    flip(last);
    let faults = device.refused(&["vault", "check"]);
    assert_eq!(
        (&faults["code"], &faults["params"]["pages"]),
        (&"not_whole".into(), &(last + 1).to_string().into())
    );
    // Without its first page it does not open, and is checked all the same.
    flip(0);
    let faults = device.refused(&["vault", "check"]);
    assert_eq!(faults["params"]["unlocking"], "damaged");
    assert_eq!(faults["params"]["pages"], format!("1, {}", last + 1));
    flip(0);
    let saved = device.done(&["vault", "rescue", "Saved"]);
    assert_eq!(
        (&saved["persona"], &saved["same_keys"]),
        (&"Saved".into(), &true.into())
    );
    assert_eq!(
        device.done(&["persona", "list"])["personas"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn everything_leaves_sealed_or_open_and_comes_back_sealed_alone() {
    let device = Device::with_persona();
    device.hear(&["Marrow", "Vellum"]);
    let (sealed, open) = (device.path("everything.age"), device.path("mine.zip"));
    let left = device.done(&["vault", "export", &sealed]);
    assert_eq!(left["sealed"], true);
    assert_eq!(device.refused(&["vault", "export", &sealed])["code"], "file_exists");
    let mine = device.done(&["vault", "export", &open, "--open"]);
    assert!(mine["rows"].as_u64() < left["rows"].as_u64());
    assert!(std::fs::read(&sealed).unwrap().starts_with(b"age-encryption.org/v1"));
    assert!(std::fs::read(&open).unwrap().starts_with(b"PK"));
    // The vault's own key of an e-cash wallet or a request has no place in it.
    assert!(!String::from_utf8_lossy(&std::fs::read(&open).unwrap()).contains("intent_intent"));

    let other = Device::new();
    assert_eq!(other.refused(&["vault", "import", &open])["code"], "export_is_partial");
    assert_eq!(
        other.refused(&["vault", "import", &device.path("none")])["code"],
        "no_such_file"
    );
    let back = other.done(&["vault", "import", &sealed, "--name", "Back"]);
    assert_eq!((&back["persona"], &back["rows"]), (&"Back".into(), &left["rows"]));
    let opened = other
        .command(true, &["persona", "show"])
        .env("TEKRAM_PASSPHRASE", "seal")
        .output();
    let opened: Value = serde_json::from_slice(&opened.unwrap().stdout).unwrap();
    assert_eq!(opened["listens"], 2);
}

/// Ctrl-C in the middle of a long export: `cancelled`, and no half file.
#[cfg(unix)]
#[test]
fn stopping_it_leaves_nothing_half_done() {
    use std::process::Stdio;
    let device = Device::with_persona();
    let titles: Vec<String> = (0..20_000).map(|number| format!("Piece {number}")).collect();
    device.hear(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    let file = device.path("everything.age");
    let mut command = device.command(true, &["vault", "export", &file]);
    let running = command.stdout(Stdio::piped()).spawn().unwrap();
    while !Path::new(&file).exists() {
        std::thread::yield_now();
    }
    let stopped = Command::new("kill")
        .args(["-INT", &running.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    let output = running.wait_with_output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &json["error"]["code"]),
        (Some(1), &"cancelled".into()),
        "{json}"
    );
    assert!(!Path::new(&file).exists());
    assert_eq!(device.done(&["vault", "check"])["whole"], true);
}
