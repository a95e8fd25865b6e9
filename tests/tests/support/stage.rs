//! The counterparts of the story for other tests: `tekram-story --hold` as a child.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;
use tekram_harness::process::leashed;

/// Mint, relay, feeds and desks, ended with this value.
pub struct Stage {
    process: Child,
    ports: Value,
}

impl Stage {
    /// Starts them with their run folder in `folder`, and returns when they are ready.
    pub fn raise(folder: &Path) -> Self {
        let mut command = leashed(Path::new(env!("CARGO_BIN_EXE_tekram-story")));
        command.arg("--hold").arg("--data").arg(folder).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(
            said.by_ref().any(|line| line.unwrap() == "ready"),
            "the counterparts did not come up"
        );
        let ports = fs::read_to_string(folder.join("ports.json")).unwrap();
        let ports = serde_json::from_str(&ports).unwrap();
        Self { process, ports }
    }

    /// Host and port of `mint`, `relay` or `feeds`.
    pub fn host(&self, which: &str) -> String {
        format!("127.0.0.1:{}", self.ports[which])
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // The program ends when its leash closes.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
