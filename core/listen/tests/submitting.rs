//! Sending listens to a server: what is due is sent once, whatever breaks between; what the person did not choose is not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;
mod rules;

use std::collections::BTreeMap;

use common::{Log, NOW, lines, listen};
use proptest::prelude::*;
use serde_json::{Value, json};
use tekram_listen::{
    Account, AccountChoice, Answer, Parcel, Token, account, account_token, account_url, accounts, add_account,
    change_account, next_parcel, note_account, playing_now, remove_account, settle_parcel,
};
use tekram_primitives::time::Timestamp;
use tekram_vault::{AuditKind, AuditQuery};

const AT: i64 = 1_790_000_000;

/// A server that knows a listen by its moment and song, like ListenBrainz.
#[derive(Default)]
struct Server {
    has: BTreeMap<(i64, String), u32>,
    requests: Vec<usize>,
}

impl Server {
    fn take(&mut self, parcel: &Parcel) {
        rules::validate_request(parcel.body.as_bytes(), NOW.secs()).unwrap();
        let body: Value = serde_json::from_str(&parcel.body).unwrap();
        let payload = body["payload"].as_array().unwrap();
        assert_eq!(payload.len(), parcel.listens);
        self.requests.push(payload.len());
        for listen in payload {
            let title = listen["track_metadata"]["track_name"].as_str().unwrap().to_owned();
            *self
                .has
                .entry((listen["listened_at"].as_i64().unwrap(), title))
                .or_default() += 1;
        }
    }

    fn titles(&self) -> Vec<&str> {
        self.has.keys().map(|(_, title)| title.as_str()).collect()
    }
}

/// A line of our own from this device, with a number of seconds played of three minutes.
fn here(at: i64, title: &str, seconds: i64, more: Value) -> String {
    let mut line = json!({
        "tekram_listen": 1, "start_ms": at * 1000, "kind": "music", "title": title, "creators": ["Vera Quill"],
        "source": "this_device", "media_ms": 180_000, "played": {"how": "total", "ms": seconds * 1000},
        "credit": {"key": "artist:vera quill", "name": "Vera Quill"}, "identifiers": {"url": "https://secret.example/k"},
        "fingerprint": format!("{:032x}", u128::from(at.unsigned_abs()) << 16 | title.len() as u128),
    });
    for (name, value) in more.as_object().unwrap() {
        line[name] = value.clone();
    }
    line.to_string()
}

fn choice() -> AccountChoice {
    AccountChoice {
        in_home_network: false,
        from_ms: 0,
        is_on: true,
        ..AccountChoice::usual(NOW)
    }
}

fn token() -> Token {
    Token::new("b1a9c0e9-d987-4042-ae91-78d6a3267d69").unwrap()
}

fn add(log: &Log, choice: &AccountChoice) -> i64 {
    add_account(
        &log.vault,
        "https://scrobbles.example/apis/listenbrainz/1/",
        &token(),
        "vera",
        choice,
        NOW,
    )
    .unwrap()
}

fn send_all(log: &Log, id: i64, server: &mut Server) {
    while let Some(parcel) = next_parcel(&log.vault, id, false, NOW).unwrap() {
        server.take(&parcel);
        settle_parcel(&log.vault, &parcel, Answer::Taken, NOW).unwrap();
    }
}

fn state(log: &Log, id: i64) -> Account {
    account(&log.vault, id).unwrap()
}

#[test]
fn only_what_the_person_chose_and_what_counts_is_sent() {
    let log = Log::new();
    let earlier = (NOW.secs() - AT) / 2 + AT;
    log.add(lines(&[
        here(earlier, "heard", 100, json!({})),
        here(earlier + 1, "half", 90, json!({})),
        here(earlier + 2, "too short", 89, json!({})),
        here(earlier + 3, "skipped", 170, json!({"skipped": true})),
        here(earlier + 4, "private", 170, json!({"private_session": true})),
        here(earlier + 5, "advert", 170, json!({"kind": "advert"})),
        here(earlier + 6, "article", 170, json!({"kind": "page"})),
        here(
            earlier + 7,
            "long",
            250,
            json!({"media_ms": 3_600_000, "kind": "podcast"}),
        ),
        here(earlier + 8, "elsewhere", 170, json!({"source": "spotify"})),
        here(earlier + 9, "unnamed", 170, json!({"creators": []})),
        here(AT, "before", 170, json!({})),
    ]));
    let id = add(
        &log,
        &AccountChoice {
            from_ms: earlier * 1000,
            ..choice()
        },
    );
    let mut server = Server::default();
    send_all(&log, id, &mut server);
    assert_eq!(server.titles(), ["heard", "half", "long"]);
    assert_eq!(state(&log, id).sent, 3);
    // Another source, and earlier: only what is new goes out.
    let more = AccountChoice {
        sources: vec!["this_device".to_owned(), "spotify".to_owned()],
        ..choice()
    };
    change_account(&log.vault, id, &more).unwrap();
    send_all(&log, id, &mut server);
    assert_eq!(server.titles(), ["before", "heard", "half", "long", "elsewhere"]);
    assert!(server.has.values().all(|times| *times == 1));
}

#[test]
fn an_address_that_may_be_private_is_not_sent() {
    let log = Log::new();
    log.add(here(AT, "heard", 100, json!({})));
    let id = add(&log, &choice());
    let parcel = next_parcel(&log.vault, id, false, NOW).unwrap().unwrap();
    assert!(!parcel.body.contains("secret.example"), "{}", parcel.body);
    assert!(parcel.body.contains("\"listen_type\":\"single\""), "{}", parcel.body);
}

#[test]
fn a_batch_that_waited_is_sent_when_it_is_accepted_and_not_before() {
    let log = Log::new();
    let early = log.import(here(AT, "held", 100, json!({}))).batch_id;
    log.add(here(AT + 5, "now", 100, json!({})));
    let id = add(&log, &choice());
    let mut server = Server::default();
    send_all(&log, id, &mut server);
    assert_eq!(server.titles(), ["now"]);
    tekram_listen::accept(&log.vault, early, NOW.plus_secs(1)).unwrap();
    send_all(&log, id, &mut server);
    assert_eq!(server.titles(), ["held", "now"]);
    // Taken out of the log and brought again: known.
    log.undo(early);
    let again = log.import(here(AT, "held", 100, json!({}))).batch_id;
    tekram_listen::accept(&log.vault, again, NOW.plus_secs(2)).unwrap();
    send_all(&log, id, &mut server);
    assert!(server.has.values().all(|times| *times == 1));
}

#[test]
fn a_listen_that_goes_on_is_waited_for_and_holds_nobody_up() {
    let log = Log::new();
    let just_now = NOW.secs() - 60;
    log.add(lines(&[
        here(just_now, "goes on", 60, json!({})),
        here(just_now + 1, "other", 100, json!({})),
    ]));
    let id = add(&log, &choice());
    let mut server = Server::default();
    send_all(&log, id, &mut server);
    assert_eq!(server.titles(), ["other"]);
    // It comes to count.
    log.vault
        .write(tekram_vault::Scope("listen"), |transaction| {
            transaction.execute(
                "UPDATE listen_play SET played_ms = 100000, marks = 0 WHERE start_ms = ?1",
                [just_now * 1000],
            )?;
            Ok::<_, tekram_vault::VaultError>(())
        })
        .unwrap();
    send_all(&log, id, &mut server);
    assert_eq!(server.titles(), ["goes on", "other"]);
    assert!(server.has.values().all(|times| *times == 1));
}

#[test]
fn requests_keep_to_the_servers_limits() {
    let log = Log::new();
    let long = "Ü".repeat(2000);
    let many: Vec<_> = (0..600)
        .map(|number| {
            here(
                AT + number,
                &format!("{number} {long}"),
                100,
                json!({"show": long, "player": long}),
            )
        })
        .collect();
    log.add(lines(&many));
    let id = add(&log, &choice());
    let mut server = Server::default();
    send_all(&log, id, &mut server);
    assert_eq!(server.has.len(), 600);
    assert_eq!(server.requests, [250, 250, 100]);
}

#[test]
fn what_a_server_refuses_is_found_alone_and_the_rest_arrives() {
    let log = Log::new();
    let some: Vec<_> = (0..9)
        .map(|number| here(AT + number, &format!("t{number}"), 100, json!({})))
        .collect();
    log.add(lines(&some));
    let id = add(&log, &choice());
    let mut server = Server::default();
    while let Some(parcel) = next_parcel(&log.vault, id, false, NOW).unwrap() {
        let answer = if parcel.body.contains("\"t4\"") {
            Answer::Refused { status: 400 }
        } else {
            server.take(&parcel);
            Answer::Taken
        };
        settle_parcel(&log.vault, &parcel, answer, NOW).unwrap();
    }
    assert_eq!(server.titles(), ["t0", "t1", "t2", "t3", "t5", "t6", "t7", "t8"]);
    assert_eq!((state(&log, id).sent, state(&log, id).refused), (8, 1));
}

#[test]
fn a_listen_on_which_a_server_always_fails_is_given_up_and_the_others_do_not_wait() {
    let log = Log::new();
    log.add(lines(&[
        here(AT, "bad", 100, json!({})),
        here(AT + 1, "good", 100, json!({})),
    ]));
    let id = add(&log, &choice());
    let first = next_parcel(&log.vault, id, false, NOW).unwrap().unwrap();
    settle_parcel(&log.vault, &first, Answer::Unknown, NOW).unwrap();
    let mut failed = 0;
    let mut server = Server::default();
    while let Some(parcel) = next_parcel(&log.vault, id, false, NOW).unwrap() {
        assert!(parcel.uncertain && parcel.listens == 1);
        let answer = if parcel.body.contains("\"bad\"") {
            failed += 1;
            Answer::FailedOnIt { status: 500 }
        } else {
            server.take(&parcel);
            Answer::Taken
        };
        settle_parcel(&log.vault, &parcel, answer, NOW).unwrap();
    }
    assert_eq!((failed, server.titles()), (5, vec!["good"]));
    let account = state(&log, id);
    assert_eq!((account.sent, account.refused, account.on_the_way), (1, 1, 0));
}

#[test]
fn not_now_keeps_everything_as_it_is() {
    let log = Log::new();
    log.add(here(AT, "a", 100, json!({})));
    let id = add(&log, &choice());
    let first = next_parcel(&log.vault, id, true, NOW).unwrap().unwrap();
    settle_parcel(&log.vault, &first, Answer::NotNow, NOW).unwrap();
    note_account(&log.vault, id, NOW.millis() + 5_000, "too_many_requests").unwrap();
    assert_eq!(next_parcel(&log.vault, id, false, NOW).unwrap().unwrap(), first);
    assert_eq!(state(&log, id).wait_until_ms, NOW.millis() + 5_000);
    let page = log
        .vault
        .audit_entries(&AuditQuery {
            limit: 10,
            ..AuditQuery::default()
        })
        .unwrap();
    let sent: Vec<_> = page
        .entries
        .iter()
        .filter(|entry| entry.kind == AuditKind::Disclosure)
        .collect();
    assert_eq!(sent.len(), 1, "one entry for a run that sends");
    assert_eq!(sent[0].content.as_ref().unwrap().who, "scrobbles.example");
}

#[test]
fn nothing_goes_back_to_where_it_came_from() {
    let log = Log::new();
    let back = AccountChoice {
        sources: vec!["listenbrainz".to_owned()],
        ..choice()
    };
    let refused = |url: &str| {
        add_account(&log.vault, url, &token(), "", &back, NOW)
            .unwrap_err()
            .code()
    };
    assert_eq!(refused("https://api.listenbrainz.org"), "bad_listen_account");
    let id = add(&log, &back);
    assert_eq!(state(&log, id).sources, ["listenbrainz"]);
}

#[test]
fn what_the_server_itself_told_of_too_does_not_go_there() {
    let log = Log::new();
    log.add(lines(&[
        here(AT, "Told twice", 170, json!({})),
        here(AT + 900, "Told once", 170, json!({})),
    ]));
    log.add(listen(AT + 2, "Told twice"));
    tekram_listen::catch_up(&log.vault).unwrap();
    assert_eq!(log.listens().len(), 2, "one play, told by two");
    let titles = |url: &str| {
        let id = add_account(&log.vault, url, &token(), "vera", &choice(), NOW).unwrap();
        let mut server = Server::default();
        send_all(&log, id, &mut server);
        server.titles().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(titles("https://api.listenbrainz.org"), ["Told once"]);
    assert_eq!(titles("https://elsewhere.example").len(), 2);
}

#[test]
fn an_account_is_kept_without_showing_its_token() {
    let log = Log::new();
    assert!(
        accounts(&log.vault).unwrap().is_empty(),
        "there is none until one is added"
    );
    let usual = AccountChoice::usual(NOW);
    assert!(!usual.is_on && !usual.playing_now);
    let id = add(&log, &usual);
    assert_eq!(state(&log, id).url, "https://scrobbles.example/apis/listenbrainz");
    assert_eq!(account_token(&log.vault, id).unwrap().expose(), token().expose());
    assert_eq!(format!("{:?}", token()), "[REDACTED]");
    for bad in ["", "a b", "a\nb", "ä"] {
        assert_eq!(Token::new(bad).unwrap_err().code(), "bad_listen_account");
    }
    for bad in ["ftp://x", "nonsense", "https://user:pw@x.example"] {
        assert_eq!(account_url(bad).unwrap_err().code(), "bad_listen_account");
    }
    let twice = add_account(
        &log.vault,
        "https://scrobbles.example/apis/listenbrainz",
        &token(),
        "",
        &usual,
        NOW,
    );
    assert_eq!(twice.unwrap_err().code(), "bad_listen_account");
    remove_account(&log.vault, id).unwrap();
    assert_eq!(
        account_token(&log.vault, id).unwrap_err().code(),
        "no_such_listen_account"
    );
    assert_eq!(
        remove_account(&log.vault, id).unwrap_err().code(),
        "no_such_listen_account"
    );
}

#[test]
fn what_plays_now_is_told_only_when_that_was_asked_for() {
    let log = Log::new();
    log.add(here(NOW.secs() - 60, "on air", 60, json!({})));
    let id = add(&log, &choice());
    assert_eq!(playing_now(&log.vault, id, NOW).unwrap(), None);
    let tell = AccountChoice {
        playing_now: true,
        ..choice()
    };
    change_account(&log.vault, id, &tell).unwrap();
    let told: Value = serde_json::from_str(&playing_now(&log.vault, id, NOW).unwrap().unwrap()).unwrap();
    assert_eq!(told["listen_type"], "playing_now");
    assert_eq!(told["payload"][0]["track_metadata"]["track_name"], "on air");
    assert!(told["payload"][0].get("listened_at").is_none());
    let later = NOW.plus_secs(180);
    assert_eq!(playing_now(&log.vault, id, later).unwrap(), None, "it is over");
}

/// What can happen to a request.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Taken,
    /// The server took it, and the program was killed before it wrote that down.
    KilledAfter,
    /// The program was killed before it was sent.
    KilledBefore,
    /// The server took it, and its answer was lost.
    AnswerLost,
    NotNow,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_breaks_every_listen_arrives_and_is_written_down_once(
        fates in proptest::collection::vec(
            proptest::sample::select(vec![Fate::Taken, Fate::KilledAfter, Fate::KilledBefore, Fate::AnswerLost, Fate::NotNow]),
            0..24,
        ),
        batches in proptest::collection::vec(1_usize..40, 1..4),
    ) {
        let log = Log::new();
        let id = add(&log, &choice());
        let mut server = Server::default();
        let mut fates = fates.into_iter();
        let mut number = 0;
        let mut clock = NOW;
        for batch in batches {
            let some: Vec<_> = (0..batch).map(|_| {
                number += 1;
                here(AT + number, &format!("t{number}"), 100, json!({}))
            }).collect();
            let held = log.import(lines(&some)).batch_id;
            clock = clock.plus_secs(1);
            tekram_listen::accept(&log.vault, held, clock).unwrap();
            while let Some(parcel) = next_parcel(&log.vault, id, false, Timestamp::from_millis(NOW.millis())).unwrap() {
                match fates.next().unwrap_or(Fate::Taken) {
                    Fate::Taken => {
                        server.take(&parcel);
                        settle_parcel(&log.vault, &parcel, Answer::Taken, NOW).unwrap();
                    }
                    Fate::KilledAfter => server.take(&parcel),
                    Fate::KilledBefore => {}
                    Fate::AnswerLost => {
                        server.take(&parcel);
                        settle_parcel(&log.vault, &parcel, Answer::Unknown, NOW).unwrap();
                    }
                    Fate::NotNow => settle_parcel(&log.vault, &parcel, Answer::NotNow, NOW).unwrap(),
                }
            }
        }
        // The server has each once, because what was sent again was the same to the byte.
        prop_assert_eq!(server.has.len() as i64, number);
        prop_assert_eq!(state(&log, id).sent as i64, number);
        prop_assert_eq!(state(&log, id).on_the_way, 0);
        prop_assert_eq!(log.rows("listen_sent"), number);
    }

    #[test]
    fn a_listen_of_listenbrainz_that_goes_elsewhere_is_one_there(title in "[a-zß\\u{1f} ]{0,9}", at in 1_010_000_000_i64..1_790_000_000) {
        let log = Log::new();
        log.add(listen(at, "certain") + "\n" + &listen(at + 1, &title.replace('\u{1f}', "\\u001f")));
        let everything = AccountChoice { sources: vec!["listenbrainz".to_owned()], ..choice() };
        let id = add(&log, &everything);
        let mut server = Server::default();
        send_all(&log, id, &mut server);
        prop_assert!(server.has.len() <= 2);
    }
}
