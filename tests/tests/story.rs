//! The whole story, as `cargo xtask run` plays it, twice on one folder: everything happens once, and the second run
//! finds it again.
//!
//! It needs `tekram` and `tekram-desk` built and the mint set up; `cargo xtask test` sees to both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Plays the story in `folder` and returns its last line and everything it said.
fn play(folder: &Path, more: &[&str]) -> (Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tekram-story"))
        .args(["--json", "--data"])
        .arg(folder)
        .args(more)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the story ended with {}: {errors}\n{said}",
        output.status
    );
    let last = said.lines().last().unwrap();
    (
        serde_json::from_str(last).unwrap_or_else(|cause| panic!("{cause}: {last}")),
        said,
    )
}

fn number(line: &Value, field: &str) -> i64 {
    line[field]
        .as_i64()
        .unwrap_or_else(|| panic!("{field} is not a whole number: {line}"))
}

fn sums_are_exact(line: &Value) {
    let parts = ["paid_minor", "handed_off_minor", "carried_minor", "fees_minor"];
    let sum: i64 = parts.iter().map(|field| number(line, field)).sum();
    assert_eq!(sum, number(line, "statement_total_minor"), "{line}");
    assert_eq!(
        number(line, "statement_total_minor"),
        number(line, "budget_minor"),
        "{line}"
    );
    assert_eq!(number(line, "ledger_sum_minor"), 0, "{line}");
    assert_eq!(
        number(line, "payee_redeemed_minor"),
        number(line, "paid_minor"),
        "{line}"
    );
}

#[test]
fn the_story_happens_once_and_a_second_run_finds_it_again() {
    let folder = tempfile::tempdir().unwrap();

    let (first, said) = play(folder.path(), &[]);
    sums_are_exact(&first);
    assert_eq!(number(&first, "budget_minor"), 1000);
    assert!(number(&first, "listens_accepted") > 100, "{first}");
    assert!(
        number(&first, "lines_refused") > 0,
        "the sample has broken lines: {first}"
    );
    assert!(
        number(&first, "paid_minor") > 0 && number(&first, "handed_off_minor") > 0,
        "{first}"
    );
    assert_eq!(number(&first, "offers"), 3, "{first}");
    assert!(!first["accepted"].is_null(), "{first}");
    assert_eq!(first["agreement_bytes_equal"], Value::Bool(true), "{first}");
    assert!(first["seconds"].as_f64().unwrap() < 120.0, "{first}");
    assert!(said.contains("$ tekram"), "the commands are shown");

    let (second, _) = play(folder.path(), &[]);
    sums_are_exact(&second);
    assert_eq!(
        number(&second, "listens_accepted"),
        0,
        "everything is known already: {second}"
    );
    assert!(
        number(&second, "duplicates") >= number(&first, "listens_accepted"),
        "{second}"
    );
    for field in [
        "paid_minor",
        "fees_minor",
        "handed_off_minor",
        "carried_minor",
        "payee_redeemed_minor",
    ] {
        assert_eq!(first[field], second[field], "{field} was moved twice");
    }
    assert_eq!(second["agreement_bytes_equal"], Value::Bool(true), "{second}");
}

#[test]
fn a_story_killed_while_it_settles_is_finished_by_the_next_and_nothing_is_paid_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut story = Command::new(env!("CARGO_BIN_EXE_tekram-story"))
        .arg("--data")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(story.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    // `tekram` tells this in the middle of a payment, and goes on with it.
    let settling = said.any(|line| line.contains("locked to the payee's key"));
    story.kill().unwrap();
    story.wait().unwrap();
    assert!(settling, "the story ended before it paid");

    let (line, said) = play(folder.path(), &[]);
    sums_are_exact(&line);
    assert!(said.contains("promised in an earlier run"), "{said}");
    assert_eq!(number(&line, "budget_minor"), 1000, "{line}");
    assert!(number(&line, "payee_redeemed_minor") > 0, "{line}");
    assert!(!said.contains("vault_in_use"), "{said}");
}

#[test]
fn a_month_that_is_none_and_a_budget_of_nothing_are_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("run");
    for wrong in [["--month", "2026-13"], ["--budget", "0 EUR"], ["--budget", "ten euros"]] {
        let story = Command::new(env!("CARGO_BIN_EXE_tekram-story"))
            .arg("--data")
            .arg(&data)
            .args(wrong)
            .output()
            .unwrap();
        assert_eq!(story.status.code(), Some(2), "{wrong:?}");
        assert!(String::from_utf8_lossy(&story.stderr).contains(wrong[1]), "{wrong:?}");
    }
    assert!(!data.exists());
}

#[test]
fn a_history_that_names_nobody_to_pay_is_saved_for_later_to_the_last_yen() {
    let folder = tempfile::tempdir().unwrap();
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/listens/spotify-extended.zip");
    let (line, _) = play(folder.path(), &["--import", own, "--budget", "1500 JPY"]);
    sums_are_exact(&line);
    assert_eq!(number(&line, "carried_minor"), 1500, "{line}");
    assert!(number(&line, "listens_accepted") > 100, "{line}");
}

#[test]
fn what_keep_leaves_running_answers_and_stop_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept(folder.path());
    play(kept.0, &["--keep"]);
    let ports = std::fs::read_to_string(folder.path().join("ports.json")).unwrap();
    let ports: Value = serde_json::from_str(&ports).unwrap();
    let answers = || {
        ["mint", "relay", "feeds"].map(|name| {
            let port = u16::try_from(ports[name].as_u64().unwrap()).unwrap();
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        })
    };
    assert_eq!(answers(), [true; 3]);
    let story = Command::new(env!("CARGO_BIN_EXE_tekram-story"))
        .arg("--stop")
        .arg("--data")
        .arg(folder.path())
        .output();
    assert!(story.unwrap().status.success());
    assert_eq!(answers(), [false; 3]);
}

/// Ends what `--keep` left running, also when the test fails.
struct Kept<'a>(&'a Path);

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        let story = Command::new(env!("CARGO_BIN_EXE_tekram-story"))
            .arg("--stop")
            .arg("--data")
            .arg(self.0)
            .output();
        assert!(story.unwrap().status.success());
    }
}
