//! The contract of the command line, checked from outside with the real program: exit codes, stable field names, named
//! refusals, and that nothing acknowledged is lost between two runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod answers;
mod capture;
mod device;
mod edit;
mod vault;
mod ways;

use std::path::PathBuf;

use device::{Device, PASSPHRASE};
use serde_json::Value;

#[test]
fn a_persona_is_made_listed_and_opened_again() {
    let device = Device::with_persona();
    assert_eq!(device.refused(&["persona", "create", "Home"]), "vault_exists");
    let listed = device.done(&["persona", "list"]);
    assert_eq!(listed["personas"][0]["persona"], "Home");
    assert_eq!(device.done(&["persona", "show"])["listens"], 0);
}

#[test]
fn a_wrong_passphrase_is_named_and_changes_nothing() {
    let device = Device::with_history();
    assert_eq!(
        Device::code(&device.run_as("wrong", &["listen", "hours"])),
        "wrong_passphrase"
    );
    assert_eq!(device.done(&["listen", "hours"])["sources"][0]["plays"], 2);
}

#[test]
fn a_passphrase_is_changed_and_the_last_way_in_stays() {
    let device = Device::with_history();
    let both = [("TEKRAM_PASSPHRASE", PASSPHRASE), ("TEKRAM_NEW_PASSPHRASE", "new")];
    assert_eq!(device.refused(&["persona", "remove-way", "passphrase"]), "last_way_in");
    let added = device.done_with(&both, &["persona", "passphrase", "--add"]);
    assert_eq!(added["ways"][1]["name"], "passphrase 2");
    device.done(&["persona", "remove-way", "passphrase 2"]);
    device.done_with(&both, &["persona", "passphrase"]);
    assert_eq!(device.refused(&["listen", "hours"]), "wrong_passphrase");
    device.done_with(&[("TEKRAM_PASSPHRASE", "new")], &["listen", "hours"]);
    let ways = device.done_with(&[], &["persona", "ways"]);
    assert_eq!(ways["ways"].as_array().unwrap().len(), 1);
    assert_eq!(ways["ways"][0]["kind"], "passphrase");
    assert!(ways["ways"][0]["added_ms"].as_i64().unwrap() > 1_700_000_000_000);
}

#[test]
fn recovery_words_open_the_persona_once_they_were_checked() {
    let device = Device::with_history();
    let due = |words: &[&str]| device.done(words)["duty"].clone();
    assert_eq!(due(&["persona", "recovery", "due"]), "none");
    assert_eq!(due(&["persona", "recovery", "due", "--about-to-pay"]), "required");
    let shown = device.done(&["persona", "recovery", "new"]);
    let words: Vec<&str> = shown["words"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    assert_eq!(words.len(), 24);
    assert_eq!(device.done(&["persona", "recovery", "show"])["words"], shown["words"]);
    let joined = words.join(" ");
    let by_words = [("TEKRAM_RECOVERY_WORDS", joined.as_str())];
    let both = [("TEKRAM_PASSPHRASE", PASSPHRASE), by_words[0]];
    assert_eq!(
        Device::code(&device.run_with(&by_words, &["listen", "hours"])),
        "no_such_way_in"
    );

    let mut mistyped = words.clone();
    mistyped[6] = "tekram";
    let mistyped = mistyped.join(" ");
    let wrong = device.run_with(
        &[both[0], ("TEKRAM_RECOVERY_WORDS", &mistyped)],
        &["persona", "recovery", "check"],
    );
    let error: Value = serde_json::from_slice(&wrong.stdout).unwrap();
    assert_eq!(error["error"]["code"], "recovery_word_unknown");
    assert_eq!(error["error"]["number"], 3009);
    assert_eq!(error["error"]["params"]["position"], "7");

    let checked = device.done_with(&both, &["persona", "recovery", "check"]);
    assert_eq!(checked["ways"][1]["kind"], "recovery_phrase");
    assert_eq!(due(&["persona", "recovery", "due", "--about-to-pay"]), "none");
    assert_eq!(device.refused(&["persona", "recovery", "show"]), "nothing_to_check");
    assert_eq!(device.done_with(&by_words, &["persona", "show"])["listens"], 2);
}

#[test]
fn a_persona_is_renamed_and_deleted_only_when_that_is_said() {
    let device = Device::with_history();
    device.done(&["persona", "create", "Work"]);
    assert_eq!(
        device.refused(&["--persona", "Home", "persona", "rename", "Work"]),
        "vault_exists"
    );
    device.done(&["--persona", "Home", "persona", "rename", "Me"]);
    assert_eq!(device.done(&["--persona", "Me", "persona", "show"])["listens"], 2);
    assert_eq!(
        device.refused(&["--persona", "Work", "persona", "delete"]),
        "not_confirmed"
    );
    assert_eq!(
        device.done(&["--persona", "Work", "persona", "delete", "--yes"])["deleted"],
        true
    );
    let left = device.done(&["persona", "list"]);
    assert_eq!(left["personas"].as_array().unwrap().len(), 1);
    assert_eq!(device.done(&["persona", "show"])["persona"], "Me");
}

#[test]
fn an_empty_passphrase_is_refused() {
    let device = Device::new();
    assert_eq!(
        Device::code(&device.run_as("", &["persona", "create", "Home"])),
        "empty_passphrase"
    );
    assert_eq!(
        device.done(&["persona", "list"])["personas"].as_array().unwrap().len(),
        0
    );
}

#[test]
fn with_several_personas_one_must_be_named() {
    let device = Device::with_persona();
    device.done(&["persona", "create", "Work"]);
    assert_eq!(device.refused(&["listen", "hours"]), "which_persona");
    assert_eq!(
        device.refused(&["--persona", "Nobody", "listen", "hours"]),
        "no_such_persona"
    );
    device.done(&["--persona", "Work", "listen", "hours"]);
}

#[test]
fn two_personas_share_no_history() {
    let device = Device::with_history();
    device.done(&["persona", "create", "Work"]);
    assert_eq!(device.done(&["--persona", "Work", "persona", "show"])["listens"], 0);
    assert_eq!(device.done(&["--persona", "Home", "persona", "show"])["listens"], 2);
}

#[test]
fn nothing_counts_before_it_is_accepted_and_an_import_can_be_undone() {
    let device = Device::with_persona();
    let file = device.history();
    let batch = device.done(&["listen", "import", file.to_str().unwrap()])["batch"].to_string();
    assert_eq!(device.done(&["persona", "show"])["listens"], 0);
    assert_eq!(
        device.done(&["listen", "preview", &batch])["listens"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let refused = device.done(&["listen", "refused", &batch]);
    assert_eq!(refused["refused"][0]["line"], 4);
    device.done(&["listen", "accept", &batch]);
    assert_eq!(device.refused(&["listen", "accept", &batch]), "wrong_batch_state");
    assert_eq!(device.done(&["persona", "show"])["listens"], 2);
    let again = device.done(&["listen", "import", file.to_str().unwrap()]);
    assert_eq!(again["new"], 0, "importing again adds nothing");
    device.done(&["listen", "undo", &batch]);
    assert_eq!(device.refused(&["listen", "preview", "99"]), "no_such_batch");
}

#[test]
fn a_file_of_no_known_format_is_named() {
    let device = Device::with_persona();
    let file = device.folder.path().join("letter.txt");
    std::fs::write(&file, "Dear Sir or Madam,\n").unwrap();
    assert_eq!(
        device.refused(&["listen", "import", file.to_str().unwrap()]),
        "unknown_format"
    );
}

#[test]
fn the_log_leaves_and_comes_back_unchanged() {
    let device = Device::with_history();
    let out = device.folder.path().join("out.jsonl");
    assert_eq!(device.done(&["listen", "export", out.to_str().unwrap()])["written"], 2);
    let other = Device::with_persona();
    let report = other.done(&["listen", "import", out.to_str().unwrap(), "--accept"]);
    assert_eq!((report["new"].as_i64(), report["refused"].as_i64()), (Some(2), Some(0)));
    assert_eq!(device.done(&["listen", "hours"])["total_ms"], 480_000);
    assert_eq!(
        other.done(&["listen", "hours"])["total_ms"],
        device.done(&["listen", "hours"])["total_ms"]
    );
}

#[test]
fn a_budget_of_zero_or_without_a_currency_is_named() {
    let device = Device::with_history();
    assert_eq!(
        device.refused(&["pay", "statement", "--budget", "0 EUR"]),
        "zero_budget"
    );
    assert_eq!(
        device.refused(&["pay", "statement", "--budget", "-3 EUR"]),
        "negative_budget"
    );
    assert_eq!(device.refused(&["pay", "statement"]), "no_rules");
    assert_eq!(
        device.refused(&["pay", "statement", "--budget", "10.005 EUR"]),
        "amount_too_precise"
    );
    assert_eq!(
        device.refused(&["pay", "statement", "--budget", "10 XYZ"]),
        "unknown_asset"
    );
}

#[test]
fn yen_have_no_minor_unit_and_still_add_up() {
    let device = Device::with_history();
    assert_eq!(
        device.refused(&["pay", "statement", "--budget", "1500.50 JPY"]),
        "amount_too_precise"
    );
    let statement = device.done(&["pay", "statement", "--budget", "1501 JPY"]);
    assert_eq!(statement["budget_minor"], 1501);
    let sum: i64 = statement["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["amount_minor"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, 1501);
}

#[test]
fn time_without_a_payee_waits_and_the_parts_add_up() {
    let device = Device::with_history();
    let picture = device.folder.path().join("split.svg");
    let statement = device.done(&[
        "pay",
        "statement",
        "--budget",
        "10 EUR",
        "--svg",
        picture.to_str().unwrap(),
    ]);
    assert_eq!(
        (statement["month"].as_str(), statement["state"].as_str()),
        (Some("2026-10"), Some("draft"))
    );
    assert_eq!(
        (statement["payable_minor"].as_i64(), statement["carried_minor"].as_i64()),
        (Some(0), Some(1000))
    );
    assert!(std::fs::read_to_string(picture).unwrap().contains("<svg"));
    assert_eq!(device.refused(&["pay", "settle", "2026-10"]), "not_committed");
    assert_eq!(device.refused(&["pay", "settle", "2026-09"]), "no_such_statement");
    assert_eq!(
        device.done(&["pay", "commit", "2026-10"])["state"],
        "settled",
        "there is nothing to pay"
    );
    let settled = device.done(&["pay", "settle", "2026-10", "--wait", "0"]);
    let part = |name: &str| settled[name].as_i64().unwrap();
    assert_eq!(
        part("paid_minor") + part("handed_off_minor") + part("carried_minor") + part("fees_minor"),
        1000
    );
    assert_eq!(device.done(&["pay", "ledger"])["ledger_sum_minor"], 0);
}

#[test]
fn a_month_without_listens_or_in_the_future_has_no_statement() {
    let device = Device::with_history();
    device.done(&["pay", "rules", "--budget", "10 EUR"]);
    assert_eq!(
        device.refused(&["pay", "statement", "--month", "2026-08"]),
        "empty_month"
    );
    assert_eq!(
        device.refused(&["pay", "statement", "--month", "2999-01"]),
        "month_in_future"
    );
    assert_eq!(
        device.refused(&["pay", "statement", "--month", "2026-13"]),
        "not_a_month"
    );
}

#[test]
fn files_that_are_missing_or_in_the_way_are_named() {
    let device = Device::with_history();
    assert_eq!(
        device.refused(&["listen", "import", "/nowhere/listens.zip"]),
        "no_such_file"
    );
    let folder = device.folder.path().to_str().unwrap();
    assert_eq!(device.refused(&["listen", "import", folder]), "not_a_file");
    let out = device.folder.path().join("out.jsonl");
    let out = out.to_str().unwrap();
    device.done(&["listen", "export", out]);
    assert_eq!(device.refused(&["listen", "export", out]), "file_exists");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(out).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "what was heard is for its owner's eyes");
    }
}

#[test]
fn an_empty_log_has_no_statement() {
    let device = Device::with_persona();
    assert_eq!(device.refused(&["pay", "statement", "--budget", "10 EUR"]), "empty_log");
}

#[test]
fn a_feed_on_a_private_address_is_not_fetched_unasked() {
    let device = Device::with_persona();
    let feeds = device.done(&["pay", "discover", "--feed", "http://127.0.0.1:9/feed.xml"]);
    assert_eq!(feeds["feeds"][0]["problem"], "private_address");
}

#[test]
fn a_request_is_shown_before_it_is_sent_and_says_nothing_finer_than_chosen() {
    let device = Device::with_persona();
    let words = [
        "intent",
        "send",
        "--want",
        "wireless headphones",
        "--max",
        "250 EUR",
        "--at",
        "52.5163,13.3777",
        "--relay",
        "wss://relay.example",
        "--dry-run",
    ];
    let shown = device.done(&words);
    assert_eq!(shown["state"], "draft");
    let cells = shown["cells"].as_array().unwrap();
    assert!(cells.iter().all(|cell| cell.as_str().unwrap().len() <= 5), "{cells:?}");
    assert!(!shown["content"].as_str().unwrap().contains("52.5"));
    let again = device.done(&words);
    assert_eq!(again["cells"], shown["cells"], "the noise of a place is drawn once");
    assert_eq!(
        device.refused(&[
            "intent",
            "send",
            "--want",
            "x",
            "--at",
            "91,0",
            "--relay",
            "wss://r.example"
        ]),
        "bad_position"
    );
    assert_eq!(
        device.refused(&[
            "intent",
            "send",
            "--want",
            "x",
            "--at",
            "52,13",
            "--terms",
            "NOPE",
            "--relay",
            "wss://r.example"
        ]),
        "unknown_terms"
    );
    assert_eq!(device.refused(&["intent", "offers", "ffff"]), "no_such_intent");
}

#[test]
fn the_roster_can_be_read() {
    let device = Device::new();
    assert!(device.done(&["terms", "list"])["terms"].as_array().unwrap().len() > 5);
    let terms = device.done(&["terms", "show", "PDC-INTENT"]);
    assert_eq!(terms["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(device.refused(&["terms", "show", "NOPE"]), "unknown_terms");
}

#[test]
fn wrong_usage_ends_with_two() {
    let device = Device::new();
    assert_eq!(
        device.run_as(PASSPHRASE, &["listen", "frobnicate"]).status.code(),
        Some(2)
    );
    assert_eq!(device.run_as(PASSPHRASE, &[]).status.code(), Some(2));
    assert_eq!(device.run_as(PASSPHRASE, &["help"]).status.code(), Some(0));
}

/// Player events as the phone's adaptor writes them: a minute of one episode.
fn player_events(device: &Device) -> PathBuf {
    let file = device.folder.path().join("events.json");
    let event = |at: u64, kind: Value| {
        serde_json::json!({"session": "1", "app": "AntennaPod", "at_ms": 1_791_100_000_000_u64 + at, "offset_min": 120,
            "monotonic_ms": at, "kind": kind})
    };
    let media = serde_json::json!({"title": "Ebb", "show": "Harbour Lights", "kind": "podcast"});
    let events = [
        event(0, serde_json::json!({"what": "metadata", "media": media})),
        event(0, serde_json::json!({"what": "play"})),
        event(60_000, serde_json::json!({"what": "end"})),
    ];
    std::fs::write(&file, Value::from(events.to_vec()).to_string()).unwrap();
    file
}

#[test]
fn history_is_read_by_days_searched_shown_and_rated() {
    let device = Device::with_history();
    let days = device.done(&["listen", "days", "--zone", "Europe/Berlin"]);
    assert_eq!(
        (days["days"][0]["date"].as_str(), days["days"][0]["plays"].as_u64()),
        (Some("2026-10-03"), Some(2))
    );
    assert_eq!(days["days"][0]["sources"][0]["source"], "listenbrainz");
    assert_eq!(
        device.done(&["listen", "days", "--month", "2026-09"])["days"],
        serde_json::json!([])
    );
    assert_eq!(device.done(&["listen", "months"])["months"][0]["month"], "2026-10");

    let found = device.done(&["listen", "search", "ONDINE vel", "--kind", "music"]);
    assert_eq!(found["listens"].as_array().unwrap().len(), 1);
    let id = found["listens"][0]["id"].to_string();
    assert_eq!(found["listens"][0]["thumb"], Value::Null);
    assert_eq!(
        device.done(&["listen", "search", "nothing"])["listens"],
        serde_json::json!([])
    );
    assert_eq!(
        device.done(&["listen", "list", "--source", "spotify"])["listens"],
        serde_json::json!([])
    );

    assert_eq!(device.done(&["listen", "rate", &id, "up"])["listen"]["thumb"], "up");
    let shown = device.done(&["listen", "show", &id]);
    assert_eq!(
        (shown["listen"]["title"].as_str(), shown["listen"]["thumb"].as_str()),
        (Some("Vellum"), Some("up"))
    );
    assert_eq!(
        (
            shown["heard"]["plays"].as_u64(),
            shown["heard"]["plays_before"].as_u64()
        ),
        (Some(1), Some(0))
    );
    assert_eq!(shown["credit"]["key"], "artist:ondine okafor");
    assert_eq!(
        (
            shown["told_by"][0]["file_name"].as_str(),
            shown["told_by"][0]["record"].as_i64()
        ),
        (Some("listens.jsonl"), Some(2))
    );
    assert_eq!(shown["relation"]["payees"], serde_json::json!([]));
    assert_eq!(
        device.done(&["listen", "rate", &id, "none"])["listen"]["thumb"],
        Value::Null
    );
    assert_eq!(device.refused(&["listen", "rate", "999", "down"]), "no_such_listen");
    assert_eq!(device.refused(&["listen", "show", "999"]), "no_such_listen");
    assert_eq!(device.refused(&["listen", "days", "--after", "x"]), "bad_cursor");
}

#[test]
fn a_player_is_listened_to_only_when_it_is_allowed() {
    let device = Device::with_persona();
    let events = player_events(&device);
    let events = events.to_str().unwrap();
    assert_eq!(device.done(&["listen", "capture", events])["sealed"], 3);
    assert_eq!(device.done(&["listen", "list"])["listens"], serde_json::json!([]));
    let apps = device.done(&["listen", "apps"]);
    assert_eq!(
        (apps["apps"][0]["app"].as_str(), apps["apps"][0]["allowed"].as_bool()),
        (Some("AntennaPod"), Some(false))
    );
    device.done(&["listen", "apps", "--allow", "AntennaPod"]);
    device.done(&["listen", "capture", events]);
    let listens = device.done(&["listen", "list"])["listens"].clone();
    assert_eq!(
        (listens[0]["source"].as_str(), listens[0]["player"].as_str()),
        (Some("this_device"), Some("AntennaPod"))
    );
    assert_eq!(listens[0]["played"]["ranges"], serde_json::json!([[0, 60_000]]));
    assert_eq!(
        device.refused(&["listen", "capture", device.history().to_str().unwrap()]),
        "unknown_format"
    );
}

#[test]
fn a_factor_is_previewed_before_it_is_kept() {
    let device = Device::with_history();
    device.done(&["pay", "rules", "--budget", "10 EUR"]);
    let sources = device.done(&["pay", "sources"]);
    let source = sources["sources"][0].clone();
    assert_eq!(
        (source["plays"].as_i64(), source["factor"].as_i64()),
        (Some(2), Some(1000))
    );
    let left_out = format!("{}=0", source["source"].as_str().unwrap());

    let seen = device.done(&["pay", "preview", "--factor", &left_out]);
    assert_eq!(
        (seen["statement"].as_str(), seen["state"].as_str()),
        (Some(""), Some("draft"))
    );
    assert_eq!(seen["lines"][0]["reason"], "excluded");
    assert_eq!(seen["statement_total_minor"], 1000);
    let kept = device.done(&["pay", "rules"]);
    assert_eq!(kept["factors"], serde_json::json!({}), "a preview keeps nothing");
    assert_eq!(device.refused(&["pay", "summary"]), "no_such_statement");

    let double = format!("{}=2000", source["source"].as_str().unwrap());
    let kept = device.done(&["pay", "rules", "--factor", &double]);
    assert_eq!(kept["factors"][source["source"].as_str().unwrap()], 2000);
    assert_eq!(device.done(&["pay", "sources"])["sources"][0]["factor"], 2000);
    let as_heard = format!("{}=1000", source["source"].as_str().unwrap());
    assert_eq!(
        device.done(&["pay", "rules", "--factor", &as_heard])["factors"],
        serde_json::json!({})
    );

    assert_eq!(
        device.refused(&["pay", "rules", "--factor", "x=10001"]),
        "factor_too_large"
    );
    assert_eq!(device.refused(&["pay", "rules", "--factor", "x"]), "bad_factor");
    assert_eq!(
        device.refused(&["pay", "preview", "--month", "2027-01"]),
        "month_in_future"
    );
}

#[test]
fn nobody_was_met_and_nothing_left_a_new_persona() {
    let device = Device::with_history();
    assert_eq!(device.done(&["relate", "list"])["relations"], serde_json::json!([]));
    assert_eq!(device.refused(&["relate", "show", "did:key:z6Mk"]), "no_such_party");
    assert_eq!(device.done(&["persona", "shared"])["items"], serde_json::json!([]));
    assert_eq!(device.done(&["persona", "networks"])["networks"], serde_json::json!([]));
    assert_eq!(
        device.refused(&["persona", "shared", "--after", "nonsense"]),
        "bad_setting"
    );
    device.done(&["pay", "statement", "--budget", "10 EUR"]);
    assert_eq!(
        device.done(&["pay", "mints", "2026-10"])["mints"],
        serde_json::json!([])
    );
    device.done(&["--rail-off", "cashu", "--rail-off", "hand_off", "pay", "statement"]);
}

#[test]
fn a_table_is_looked_at_and_its_columns_are_named() {
    let device = Device::with_persona();
    let file = device.folder.path().join("history.csv");
    std::fs::write(
        &file,
        "Wann;Stück;Interpret\n31.07.2026 18:05;Errata;Vera Quill\n31.07.2026 18:09;Margins;Vera Quill\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let look = device.done(&["listen", "look", file]);
    assert_eq!(look["mapping_needed"], true);
    assert_eq!(look["table"]["headings"][1], "Stück");
    assert_eq!(look["table"]["suggested"]["columns"]["time"], 0);
    assert_eq!(device.refused(&["listen", "import", file]), "mapping_needed");
    assert_eq!(
        device.refused(&["listen", "import", file, "--as-suggested", "--column", "title=Lied"]),
        "bad_mapping"
    );
    let said = [
        "--as-suggested",
        "--column",
        "title=Stück",
        "--zone",
        "Europe/Berlin",
        "--accept",
    ];
    let report = device.done(&[&["listen", "import", file], &said[..]].concat());
    assert_eq!(
        (report["new"].as_i64(), report["assumed_utc"].as_i64()),
        (Some(2), Some(0))
    );
    let listens = device.done(&["listen", "list"])["listens"].clone();
    assert_eq!(listens[1]["start_ms"], 1_785_513_900_000_i64);
    let assumed = device.done(&["listen", "import", file, "--as-suggested", "--column", "title=2"]);
    assert_eq!(
        (assumed["new"].as_i64(), assumed["assumed_utc"].as_i64()),
        (Some(0), Some(2))
    );
}
