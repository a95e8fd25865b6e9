//! A device on which the real program runs, for each test its own.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Something the person types.
pub const PASSPHRASE: &str = "three blind mice and a ladder";

/// A device, and the folder that it lives in.
pub struct Device {
    pub folder: TempDir,
}

impl Device {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn with_persona() -> Self {
        let device = Self::new();
        device.done(&["persona", "create", "Home"]);
        device
    }

    pub fn run_as(&self, passphrase: &str, words: &[&str]) -> Output {
        self.run_with(&[("TEKRAM_PASSPHRASE", passphrase)], words)
    }

    pub fn run_with(&self, environment: &[(&str, &str)], words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tekram"))
            .env_clear()
            .env("TEKRAM_DATA", self.folder.path().join("data"))
            .envs(environment.iter().copied())
            .arg("--json")
            .args(words)
            .output()
            .unwrap()
    }

    pub fn done(&self, words: &[&str]) -> Value {
        self.done_with(&[("TEKRAM_PASSPHRASE", PASSPHRASE)], words)
    }

    pub fn done_with(&self, environment: &[(&str, &str)], words: &[&str]) -> Value {
        let output = self.run_with(environment, words);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
            panic!(
                "{words:?}: {}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            )
        });
        assert_eq!(output.status.code(), Some(0), "{words:?}: {json}");
        assert_eq!(json["ok"], true);
        json
    }

    pub fn refused(&self, words: &[&str]) -> String {
        Self::code(&self.run_as(PASSPHRASE, words))
    }

    pub fn code(output: &Output) -> String {
        assert_eq!(
            output.status.code(),
            Some(1),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["ok"], false);
        assert!(
            json["error"]["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
        json["error"]["code"].as_str().unwrap().to_owned()
    }

    /// Two listens of October 2026, 2 and 6 minutes long, one of them told twice, and a line that cannot be read.
    pub fn history(&self) -> PathBuf {
        let file = self.folder.path().join("listens.jsonl");
        let line = |at: u64, title: &str, ms: u64| {
            format!(
                "{{\"listened_at\":{at},\"track_metadata\":{{\"artist_name\":\"Ondine Okafor\",\"track_name\":\"{title}\",\
                 \"additional_info\":{{\"duration_ms\":{ms}}}}}}}\n"
            )
        };
        let text = [
            line(1_791_000_000, "Marrow", 120_000),
            line(1_791_003_600, "Vellum", 360_000),
            line(1_791_000_000, "Marrow", 120_000),
            "{\"listened_at\":".to_owned(),
        ];
        std::fs::write(&file, text.concat()).unwrap();
        file
    }

    pub fn with_history() -> Self {
        let device = Self::with_persona();
        let file = device.history();
        let report = device.done(&["listen", "import", file.to_str().unwrap()]);
        assert_eq!((report["read"].as_i64(), report["new"].as_i64()), (Some(4), Some(2)));
        assert_eq!(
            (report["duplicates"].as_i64(), report["refused"].as_i64()),
            (Some(1), Some(1))
        );
        device.done(&["listen", "accept", &report["batch"].to_string()]);
        device
    }
}
