//! The numbers of errors: every name that a room can return has one, no two share one, and the checked-in list says the
//! same. `TEKRAM_WRITE_DOCS=1` writes the list anew; a number that changes then shows in the difference.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tekram_agent::{AgentError, NetPolicy, Passphrase, error_codes, error_number};

const ROOMS: [&str; 8] = [
    "primitives",
    "net",
    "vault",
    "listen",
    "pay",
    "relate",
    "intent",
    "agent",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What stands between the first `{` after `from` and its `}`.
fn block(text: &str, from: usize) -> &str {
    let start = from + text[from..].find('{').unwrap();
    let mut depth = 0;
    for (at, character) in text[start..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => return &text[start..start + at],
            '}' => depth -= 1,
            _ => {}
        }
    }
    panic!("a block without an end");
}

/// The names in `text` that stand behind `before`: `before "name"`.
fn names_behind<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.match_indices(before)
        .filter_map(|(at, _)| text[at + before.len()..].split('"').next())
        .collect()
}

/// Every name that an error of a room can have, with the file that says so.
fn names_in_sources() -> BTreeMap<String, PathBuf> {
    let mut names = BTreeMap::new();
    for room in ROOMS {
        let mut files = Vec::new();
        sources(&root().join("core").join(room).join("src"), &mut files);
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            let mut found = Vec::new();
            for (at, _) in text.match_indices("fn code(&self)") {
                found.extend(block(text, at).split('"').skip(1).step_by(2));
            }
            // A list of reasons made by a macro, and a code that is handed to an error when it is made.
            for (at, _) in text.match_indices("\nreasons! {") {
                found.extend(names_behind(block(text, at), " = \""));
            }
            found.extend(names_behind(text, " code: \""));
            names.extend(found.into_iter().map(|name| (name.to_owned(), file.clone())));
        }
    }
    names
}

#[test]
fn every_error_that_a_room_can_return_has_a_number() {
    let names = names_in_sources();
    assert!(names.len() > 250, "{} names were found", names.len());
    let missing: Vec<_> = names.iter().filter(|(name, _)| error_number(name) == 0).collect();
    assert!(
        missing.is_empty(),
        "add to the end of their rooms in code/table.rs: {missing:#?}"
    );
}

#[test]
fn no_number_and_no_name_is_given_twice() {
    let (mut numbers, mut names) = (BTreeSet::new(), BTreeSet::new());
    for code in error_codes() {
        assert!(numbers.insert(code.number), "{code:?}");
        assert!(names.insert(code.name), "{code:?}");
        assert!(code.number % 1000 != 0 && !code.meaning.is_empty(), "{code:?}");
        let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(code.name.chars().all(snake), "{code:?}");
    }
}

fn document() -> String {
    let mut text = String::from(
        "# Errors\n\n\
         Each refusal has a number, which never changes, and a name. Front ends show their own sentence for `error_NAME`, else\n\
         for the room: `error_room_vault` (3), `error_room_history` (4), `error_room_pay` (5), `error_room_relations` (6),\n\
         `error_room_want` (7), `error_room_network` (2), `error_room_device` (1, 8, 90); the room is the number divided by 1000.\n\
         Some carry values, for example `position` (of a recovery word) or `limit_bytes`; nothing personal is among them.\n\n\
         Made from `core/agent/src/code/table.rs` by `TEKRAM_WRITE_DOCS=1 cargo test -p tekram-agent --test error_codes`.\n\n\
         | number | name | room | meaning |\n| --- | --- | --- | --- |\n",
    );
    for code in error_codes() {
        writeln!(
            text,
            "| {} | `{}` | {} | {} |",
            code.number, code.name, code.room, code.meaning
        )
        .unwrap();
    }
    text
}

#[test]
fn the_checked_in_list_says_the_same() {
    let file = root().join("docs/errors.md");
    if std::env::var_os("TEKRAM_WRITE_DOCS").is_some() {
        fs::write(&file, document()).unwrap();
    }
    let checked_in = fs::read_to_string(&file).unwrap();
    assert!(checked_in == document(), "docs/errors.md differs from code/table.rs");
}

#[test]
fn an_error_carries_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let clock = std::sync::Arc::new(tekram_primitives::time::SystemClock);
    let agent = tekram_agent::Agent::open(folder.path(), NetPolicy::default(), clock).unwrap();
    let error = agent.create_persona("", &Passphrase::from("x")).unwrap_err();
    assert_eq!((error.code(), error.number()), ("bad_label", 3026));
    assert_eq!(AgentError::NoSuchPersona.number(), 8001);
}
