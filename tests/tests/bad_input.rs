//! What comes from outside is hostile until checked: each kind of bad input gets a clear, named refusal on the command
//! line, and loses nothing.
//!
//! Driven through the real programs, which `cargo xtask test` builds first; the rooms test the same rules closer by.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::fs;

use support::{Person, fixture, heard};
use tekram_harness::bad_line::{BadLine, Trouble};
use tekram_harness::feed_server::FeedServer;
use tekram_harness::relay::Relay;

fn listens(person: &Person) -> i64 {
    person.done(&["persona", "show"])["listens"].as_i64().unwrap()
}

/// A person who has heard something of `feed`.
fn listener(feed: &str, allow: &[String]) -> Person {
    let person = Person::new(allow);
    let file = person.file("actions.json", &heard(feed, 30));
    person.done(&["listen", "import", &file, "--accept"]);
    person
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_breaks_nothing() {
    let person = Person::new(&[]);
    let (code, answer) = person.with_passphrase("open simsim", &["persona", "show"]);
    assert_eq!((code, answer["error"]["code"].as_str()), (1, Some("wrong_passphrase")));
    assert_eq!(listens(&person), 0);
}

#[test]
fn a_truncated_vault_is_refused_by_name_and_opens_again_once_it_is_whole() {
    let person = Person::new(&[]);
    person.done(&["listen", "import", &fixture("listens/listenbrainz.zip"), "--accept"]);
    let before = listens(&person);
    let file = person.vault().join("vault.db");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let code = person.refused(&["persona", "show"]);
    assert!(["truncated", "damaged"].contains(&code.as_str()), "{code}");
    fs::write(&file, &whole).unwrap();
    assert_eq!(listens(&person), before);
}

#[test]
fn a_foreign_vault_is_refused_by_name() {
    let (mine, other) = (Person::new(&[]), Person::new(&[]));
    fs::copy(other.vault().join("vault.db"), mine.vault().join("vault.db")).unwrap();
    assert_eq!(mine.refused(&["persona", "show"]), "foreign_vault");
}

#[test]
fn a_file_of_no_known_format_and_a_missing_one_are_refused_by_name() {
    let person = Person::new(&[]);
    let file = person.file("shopping.txt", "bread, milk\n");
    assert_eq!(person.refused(&["listen", "import", &file]), "unknown_format");
    assert_eq!(
        person.refused(&["listen", "import", "/no/such/file.zip"]),
        "no_such_file"
    );
    assert_eq!(listens(&person), 0);
}

#[test]
fn hostile_feeds_are_named_each_for_what_it_does_and_stop_nobody() {
    let site = tempfile::tempdir().unwrap();
    let server = FeedServer::start(site.path(), 0).unwrap();
    let other = FeedServer::start(site.path(), 0).unwrap();
    let good = format!("{}/good.xml", server.url);
    fs::write(
        site.path().join("good.xml"),
        r#"<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Good</title>
        <podcast:funding url="https://pay.example/good">Thanks</podcast:funding></channel></rss>"#,
    )
    .unwrap();
    // Only the first server is allowed: a redirect to the second one leads to a private address.
    let person = listener(&good, &[server.origin()]);
    let hostile = [
        format!("{}/hostile/endless", server.url),
        format!("{}/hostile/huge", server.url),
        format!("{}/hostile/redirect?to={}/good.xml", server.url, other.url),
        format!("{}/hostile/redirect-loop", server.url),
        format!("{}/hostile/cut", server.url),
        format!("{}/hostile/status?code=500", server.url),
    ];
    let mut arguments = vec!["pay", "discover", "--feed", &good];
    for feed in &hostile {
        arguments.extend(["--feed", feed]);
    }
    let answer = person.done(&arguments);
    let looks = answer["feeds"].as_array().unwrap();
    let problem = |feed: &str| {
        let look = looks
            .iter()
            .find(|look| look["feed"] == feed)
            .unwrap_or_else(|| panic!("{feed} in {answer}"));
        look["problem"].as_str().map(str::to_owned)
    };
    assert_eq!(problem(&good), None, "the good feed is read all the same: {answer}");
    let problems: Vec<String> = hostile
        .iter()
        .map(|feed| problem(feed).unwrap_or_else(|| panic!("{feed}")))
        .collect();
    assert_eq!(problems[0], problems[1], "both are too large: {problems:?}");
    assert!(problems[0].contains("too_large"), "{problems:?}");
    assert_eq!(problems[2], "private_address", "{problems:?}");
    assert!(other.requests().is_empty(), "the private address was never asked");
    assert_eq!(listens(&person), 1);
}

#[test]
fn a_budget_of_zero_or_with_cents_of_yen_is_refused_and_yen_are_divided_exactly() {
    let person = listener("https://feeds.example/show.xml", &[]);
    assert_eq!(
        person.refused(&["pay", "statement", "--budget", "0 EUR"]),
        "zero_budget"
    );
    for (budget, code) in [
        ("-5 EUR", "negative_budget"),
        ("10.50 JPY", "amount_too_precise"),
        ("ten euros", "unknown_asset"),
    ] {
        let budget = format!("--budget={budget}");
        assert_eq!(person.refused(&["pay", "statement", &budget]), code, "{budget}");
    }
    let answer = person.done(&["pay", "statement", "--budget", "1500 JPY"]);
    assert_eq!(
        (answer["currency"].as_str(), answer["budget_minor"].as_i64()),
        (Some("JPY"), Some(1500)),
        "{answer}"
    );
    let lines = answer["lines"].as_array().unwrap();
    let sum: i64 = lines.iter().map(|line| line["amount_minor"].as_i64().unwrap()).sum();
    assert_eq!(sum, 1500, "{answer}");
}

#[test]
fn a_relay_that_refuses_or_drops_the_line_is_named_and_the_request_can_be_sent_again() {
    let relay = Relay::start(0).unwrap();
    let line = BadLine::to(relay.address()).unwrap();
    let address = format!("ws://127.0.0.1:{}", line.port());
    let person = Person::new(&[format!("127.0.0.1:{}", line.port())]);
    let want = [
        "intent",
        "send",
        "--want",
        "kettle",
        "--max",
        "50 EUR",
        "--at",
        "52.52,13.40",
        "--relay",
        &address,
    ];
    for trouble in [Trouble::Refuse, Trouble::CutAfter { bytes: 10 }] {
        line.set(trouble);
        let code = person.refused(&want);
        assert!(code.contains("relay"), "{trouble:?}: {code}");
    }
    line.set(Trouble::None);
    person.done(&want);
    let intents = person.done(&["intent", "list"]);
    assert_eq!(
        intents["intents"].as_array().unwrap().len(),
        3,
        "the failed ones are kept: {intents}"
    );
}

#[test]
fn a_private_relay_is_not_reached_unless_the_person_allows_it() {
    let relay = Relay::start(0).unwrap();
    let person = Person::new(&[]);
    let want = [
        "intent",
        "send",
        "--want",
        "kettle",
        "--at",
        "52.52,13.40",
        "--relay",
        &relay.url,
    ];
    assert_eq!(person.refused(&want), "private_address");
}
