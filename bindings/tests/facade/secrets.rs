//! What must never be printed is not printed: passphrases, keys and recovery words are in no record, and objects hide them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::common::{device, persona};

#[tokio::test(flavor = "multi_thread")]
async fn objects_print_no_secret() {
    let device = device();
    let home = device
        .agent
        .create_persona("Home".to_owned(), crate::common::PASSPHRASE.to_owned())
        .await
        .unwrap();
    home.add_key_store_way("this phone".to_owned()).await.unwrap();
    let task = home.start_import(crate::common::sample("listenbrainz.zip")).unwrap();
    let print = || {
        let (ways, personas) = (home.ways().unwrap(), device.agent.personas().unwrap());
        format!("{:?} {home:?} {task:?} {ways:?} {personas:?}", device.agent)
    };
    let words_of = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.map(str::to_owned).collect()
    };
    let before = words_of(&print());
    let phrase = home.new_recovery_phrase().unwrap();
    let printed = format!("{phrase:?} {}", print());
    assert!(!printed.contains(crate::common::PASSPHRASE));
    assert!(printed.contains("RecoveryPhrase([REDACTED])"));
    // Words like `phone` and `off` are printed before there is a phrase, and may be among its words by chance.
    let new: BTreeSet<String> = words_of(&printed).difference(&before).cloned().collect();
    for word in phrase.words() {
        assert!(!new.contains(&word), "{word} is printed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_quote_nothing_of_the_person() {
    let device = device();
    let home = persona(&device).await;
    let errors = [
        device
            .agent
            .unlock_with_recovery_phrase(home.id(), "zoo ".repeat(24))
            .await
            .unwrap_err(),
        home.change_passphrase("old secret".to_owned(), "new secret".to_owned())
            .await
            .unwrap_err(),
        home.start_import("/home/somebody/private.zip".to_owned())
            .unwrap()
            .finish()
            .await
            .unwrap_err(),
        home.listens(crate::common::all(), Some("private".to_owned()), 1)
            .await
            .unwrap_err(),
        home.relation("private".to_owned()).unwrap_err(),
    ];
    for error in errors {
        let printed = format!("{error:?} {error}");
        for secret in ["zoo", "secret", "private", "somebody"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

/// Every file below `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .collect()
}

/// Records become data classes whose `toString` prints every field, so none may have a field for a secret.
#[test]
fn no_record_has_a_field_for_a_secret() {
    let mut fields = 0;
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(file).unwrap();
        for record in text.split("uniffi::Record)]").skip(1) {
            let body = record.split("\n}").next().unwrap();
            for field in body.lines().filter_map(|line| line.trim().strip_prefix("pub ")) {
                // The record's own line has no kind.
                let Some((name, kind)) = field.split_once(':') else {
                    continue;
                };
                fields += 1;
                // Whether there is one is no secret, nor when somebody wanted to be by themselves.
                if kind.trim() == "bool," || kind.trim() == "Option<QuietSpan>," {
                    continue;
                }
                for secret in ["passphrase", "secret", "private", "word", "seed", "preimage", "token"] {
                    assert!(!name.contains(secret), "{name}");
                }
                assert!(
                    name != "key" && !name.ends_with("_key") || ["credit_key"].contains(&name),
                    "{name}"
                );
            }
        }
    }
    assert!(fields > 250, "only {fields} fields were found");
}

#[test]
fn every_error_of_the_facade_has_a_number() {
    let source = include_str!("../../src/error.rs");
    let names: Vec<&str> = source
        .split("Self::named(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .chain(["panic"])
        .collect();
    assert!(names.len() > 8);
    for name in names {
        assert_ne!(tekram_agent::error_number(name), 0, "{name} has no number");
    }
}
