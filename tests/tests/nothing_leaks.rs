//! What a person typed, keeps and is called lies nowhere in the clear: not in the vault's folder, in backups and sealed exports,
//! in temporary files, in the names of any of them, nor in what the program says beside its answers, however much it is asked to say.
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

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use support::program;
use tekram_harness::folder::files;

/// Marks that occur nowhere by chance.
const PASSPHRASE: &str = "zqpassphrase of the harbour";
const NEW_PASSPHRASE: &str = "zqanother of the harbour";
const SEAL: &str = "zqseal of the export";
const NAME: &str = "ZqPersona";
const TITLE: &str = "ZqMarrow and Bone";
const EMAIL: &str = "zqada@example.org";
const TELEPHONE: &str = "+4930555012397";
const FILE_TEXT: &str = "ZqReceipt, two loaves of bread";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command, with everything it can be made to log; what it said beside its answer, or with its refusal.
    fn run(&self, passphrase: &str, arguments: &[&str]) -> (bool, String) {
        fs::create_dir_all(self.path("tmp")).unwrap();
        let output = Command::new(program("tekram"))
            .args(["--json", "--data"])
            .arg(self.path("data"))
            .args(arguments)
            .env("TEKRAM_PASSPHRASE", passphrase)
            .env("TEKRAM_NEW_PASSPHRASE", NEW_PASSPHRASE)
            .env("TEKRAM_EXPORT_PASSPHRASE", SEAL)
            .env("TMPDIR", self.path("tmp"))
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env_remove("TEKRAM_PERSONA")
            .env_remove("TEKRAM_DATA")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let mut beside = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            beside.push_str(&String::from_utf8_lossy(&output.stdout));
        }
        (output.status.success(), beside)
    }
}

fn has(content: &[u8], mark: &str) -> bool {
    // As UTF-16 too, which other systems' dialogs and logs write.
    let wide: Vec<u8> = mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [mark.as_bytes(), &wide]
        .iter()
        .any(|mark| content.windows(mark.len()).any(|part| part == *mark))
}

#[test]
fn no_file_no_name_and_no_log_says_what_a_person_typed_or_keeps() {
    let place = Place {
        folder: tempfile::tempdir().unwrap(),
    };
    let given = tempfile::tempdir().unwrap();
    let listens = given.path().join("listens.jsonl");
    let line = format!(
        "{{\"listened_at\":1791000000,\"track_metadata\":{{\"artist_name\":\"Ondine Okafor\",\"track_name\":\"{TITLE}\",\
         \"additional_info\":{{\"duration_ms\":180000}}}}}}\n"
    );
    fs::write(&listens, line).unwrap();
    let receipt = given.path().join("receipt.txt");
    fs::write(&receipt, FILE_TEXT).unwrap();
    let (listens, receipt) = (listens.display().to_string(), receipt.display().to_string());
    let (backups, sealed) = (
        place.path("backups").display().to_string(),
        place.path("all.age").display().to_string(),
    );

    let mut said = String::new();
    let commands: [(&str, &[&str]); 14] = [
        (PASSPHRASE, &["persona", "create", NAME]),
        (PASSPHRASE, &["vault", "face", "--show", "colour"]),
        (PASSPHRASE, &["listen", "import", &listens, "--accept"]),
        (PASSPHRASE, &["keep", "attribute", "set", "email", EMAIL]),
        (PASSPHRASE, &["keep", "file", "add", &receipt]),
        (PASSPHRASE, &["vault", "backup", "--to", &backups]),
        (PASSPHRASE, &["keep", "attribute", "set", "telephone", TELEPHONE]),
        (PASSPHRASE, &["vault", "backup"]),
        (PASSPHRASE, &["vault", "export", &sealed]),
        (PASSPHRASE, &["vault", "check"]),
        (PASSPHRASE, &["persona", "passphrase"]),
        (NEW_PASSPHRASE, &["vault", "key-change"]),
        (NEW_PASSPHRASE, &["vault", "backup"]),
        (NEW_PASSPHRASE, &["persona", "show"]),
    ];
    for (passphrase, arguments) in commands {
        let (done, beside) = place.run(passphrase, arguments);
        assert!(done, "{arguments:?}: {beside}");
        said.push_str(&beside);
    }
    // What is refused says no more than what is done.
    for arguments in [
        &["persona", "show"][..],
        &["vault", "export", "/nowhere/at/all"],
        &["keep", "file", "add", "/nowhere"],
    ] {
        let (done, beside) = place.run("zqwrong", arguments);
        assert!(!done, "{arguments:?}");
        said.push_str(&beside);
    }

    let marks = [
        PASSPHRASE,
        NEW_PASSPHRASE,
        SEAL,
        NAME,
        TITLE,
        EMAIL,
        FILE_TEXT,
        "zqwrong",
        TELEPHONE,
    ];
    let found = files(place.folder.path()).unwrap();
    assert!(found.len() >= 4, "{found:?}");
    for mark in marks {
        for (path, content) in &found {
            assert!(!has(content, mark), "{mark} lies in {}", path.display());
            assert!(
                !path.display().to_string().contains(mark),
                "{mark} is in a name: {}",
                path.display()
            );
        }
        assert!(!said.contains(mark), "{mark} was said: {said}");
    }
    assert!(
        files(&place.path("tmp")).unwrap().is_empty(),
        "temporary files are gone when the program is"
    );
}
