//! A person at the command line of the real `tekram`, for journeys.
#![allow(dead_code)] // each journey uses a part of it

pub mod stage;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A persona with a data folder of its own.
pub struct Person {
    folder: tempfile::TempDir,
    allow: Vec<String>,
}

impl Person {
    /// Creates the persona `Home`; `allow` lists the local servers that may be reached, as `host:port`.
    pub fn new(allow: &[String]) -> Self {
        let person = Self {
            folder: tempfile::tempdir().unwrap(),
            allow: allow.to_vec(),
        };
        person.done(&["persona", "create", "Home"]);
        person
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The vault's folder.
    pub fn vault(&self) -> PathBuf {
        let vaults = self.folder().join("vaults");
        let entries = std::fs::read_dir(&vaults).unwrap().map(|entry| entry.unwrap().path());
        let mut found: Vec<PathBuf> = entries.filter(|path| path.join("header.json").is_file()).collect();
        assert_eq!(found.len(), 1, "one vault in {}", vaults.display());
        found.remove(0)
    }

    /// Writes a file beside the vaults and returns its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Runs a command with a passphrase and returns its exit code and JSON object.
    pub fn with_passphrase(&self, passphrase: &str, arguments: &[&str]) -> (i32, Value) {
        let output = Command::new(program("tekram"))
            .arg("--json")
            .args(arguments)
            .env("TEKRAM_DATA", self.folder())
            .env("TEKRAM_ALLOW", self.allow.join(","))
            .env("TEKRAM_PASSPHRASE", passphrase)
            .env_remove("TEKRAM_PERSONA")
            .env_remove("TEKRAM_PROXY")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        let answer = serde_json::from_str(printed.trim()).unwrap_or_else(|cause| {
            panic!(
                "{arguments:?}: {cause}: {printed}{}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
        (output.status.code().unwrap(), answer)
    }

    /// Runs a command that must be done, and returns its JSON object.
    pub fn done(&self, arguments: &[&str]) -> Value {
        let (code, answer) = self.with_passphrase("open sesame", arguments);
        assert_eq!(code, 0, "{arguments:?}: {answer}");
        answer
    }

    /// Runs a command that must be refused, and returns the error's code.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let (code, answer) = self.with_passphrase("open sesame", arguments);
        assert_eq!(code, 1, "{arguments:?}: {answer}");
        answer["error"]["code"].as_str().unwrap().to_owned()
    }
}

/// A program of ours, built beside this test.
pub fn program(name: &str) -> PathBuf {
    let story = Path::new(env!("CARGO_BIN_EXE_tekram-story"));
    let path = story.with_file_name(name);
    assert!(
        path.is_file(),
        "{} is not built; `cargo xtask test` builds it first",
        path.display()
    );
    path
}

/// A file of `fixtures`.
pub fn fixture(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path)
        .display()
        .to_string()
}

/// Episode actions of one show, in the form podcast players export: `minutes` heard of its only episode.
pub fn heard(feed: &str, minutes: u32) -> String {
    let seconds = minutes * 60;
    serde_json::json!({"actions": [{
        "podcast": feed, "episode": format!("{feed}/1.mp3"), "guid": "one", "device": "test", "action": "play",
        "timestamp": "2026-10-05T18:00:00", "started": 0, "position": seconds, "total": seconds,
    }]})
    .to_string()
}
