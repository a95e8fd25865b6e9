//! Listens on their way to a server: a real one (Maloja) has each of them once, also when its answers get lost; limits are
//! kept, and what is no such server gets nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "../../listen/tests/rules/mod.rs"]
mod rules;
mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use support::{Reply, Scripted, Seen, reply};
use tekram_agent::{
    AccountChange, AccountView, Agent, AuditKind, AuditQuery, NetPolicy, NetworkKind, NetworkWhy, Passphrase, Persona,
    Submitted,
};
use tekram_harness::maloja::Maloja;
use tekram_primitives::time::{FixedClock, Timestamp};
use tempfile::TempDir;

/// 20 November 2026, noon.
const NOW: i64 = 1_795_176_000;
const PATIENCE: Duration = Duration::from_secs(20);

struct Home {
    folder: TempDir,
    persona: Persona,
}

impl Home {
    fn new(allowed: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = NetPolicy {
            allow_origins: allowed.iter().map(|origin| (*origin).to_owned()).collect(),
            proxy: None,
        };
        let clock = Arc::new(FixedClock::new(Timestamp::from_secs(NOW)));
        let agent = Agent::open(&folder.path().join("data"), policy, clock).unwrap();
        let persona = agent
            .create_persona("Home", &Passphrase::from("a walk in the rain"))
            .unwrap();
        Self { folder, persona }
    }

    /// Listens of this device, a few minutes apart, the newest an hour ago.
    fn heard(&self, count: i64) {
        let line = |number: i64| {
            json!({
                "tekram_listen": 1, "start_ms": (NOW - 3600 - 240 * (count - number)) * 1000, "kind": "music",
                "title": format!("Song {number}"), "creators": ["Alder", "Pike"], "show": "Salt",
                "source": "this_device", "media_ms": 200_000, "played": {"how": "total", "ms": 200_000},
                "credit": {"key": "artist:alder", "name": "Alder"}, "fingerprint": format!("{number:032x}"),
            })
            .to_string()
        };
        let lines: Vec<String> = (0..count).map(line).collect();
        let file = self.folder.path().join("own.jsonl");
        std::fs::write(&file, lines.join("\n")).unwrap();
        let report = self.persona.import(&file, &mut |_| {}, Arc::default()).unwrap();
        assert_eq!(report.new, count.unsigned_abs());
        self.persona.accept_batch(report.batch_id).unwrap();
    }

    async fn add(&self, url: &str) -> AccountView {
        let change = AccountChange {
            from_ms: Some(0),
            ..AccountChange::default()
        };
        self.persona
            .add_listen_account(url, Maloja::TOKEN, &change)
            .await
            .unwrap()
    }

    async fn added_and_on(&self, url: &str) -> i64 {
        let account = self.add(url).await.account;
        let on = AccountChange {
            is_on: Some(true),
            ..AccountChange::default()
        };
        self.persona.change_listen_account(account, &on).unwrap();
        account
    }

    async fn run(&self, account: i64) -> Submitted {
        self.persona.submit_listens(account, PATIENCE, &|_| ()).await.unwrap()
    }

    fn account(&self) -> AccountView {
        self.persona.listen_accounts().unwrap().remove(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_has_every_listen_once() {
    let folder = tempfile::tempdir().unwrap();
    let maloja = Maloja::start(folder.path().join("maloja")).unwrap();
    let home = Home::new(&[&maloja.origin]);
    home.heard(40);
    let wrong = home
        .persona
        .add_listen_account(&maloja.url, "another", &AccountChange::default())
        .await;
    assert_eq!(wrong.unwrap_err().code(), "token_refused");
    let account = home.add(&maloja.url).await;
    assert_eq!(
        (account.is_on, account.user_name.as_str()),
        (false, "Generic Maloja User")
    );
    let off = home.persona.submit_listens(account.account, PATIENCE, &|_| ()).await;
    assert_eq!(off.unwrap_err().code(), "listen_account_off");
    assert!(
        maloja.listens().unwrap().is_empty(),
        "nothing is sent before it is turned on"
    );

    let on = AccountChange {
        is_on: Some(true),
        ..AccountChange::default()
    };
    home.persona.change_listen_account(account.account, &on).unwrap();
    let done = home.run(account.account).await;
    assert_eq!(
        (done.sent, done.refused, done.is_done, done.problem),
        (40, 0, true, None)
    );
    let has = maloja.listens().unwrap();
    assert_eq!(has.len(), 40);
    assert_eq!(has[0], (NOW - 3600 - 240 * 40, "Song 0".to_owned()));
    assert_eq!(home.run(account.account).await.sent, 0, "and nothing twice");
    assert_eq!((home.account().sent, home.account().on_the_way), (40, 0));

    let networks = home.persona.networks().unwrap();
    assert_eq!(
        (networks[0].kind, networks[0].why, networks[0].host.as_str()),
        (NetworkKind::Listens, NetworkWhy::Listens, maloja.origin.as_str())
    );
    let query = AuditQuery {
        kinds: vec![AuditKind::Disclosure],
        limit: 10,
        ..AuditQuery::default()
    };
    assert_eq!(
        home.persona.audit(&query).unwrap().entries.len(),
        1,
        "one entry for the run that sent"
    );
    home.persona.remove_listen_account(account.account).unwrap();
    assert!(home.persona.listen_accounts().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_costs_no_listen_although_that_server_stops_at_the_first_that_it_knows() {
    let folder = tempfile::tempdir().unwrap();
    let maloja = Maloja::start(folder.path().join("maloja")).unwrap();
    let gateway = {
        let (first, maloja) = (AtomicBool::new(true), Mutex::new(maloja));
        Scripted::start(move |seen: &Seen| {
            if seen.path().ends_with("validate-token") {
                return reply(200, json!({"code": 200, "valid": true, "user_name": "ada"}).to_string());
            }
            let maloja = maloja.lock().unwrap();
            let body: Value = serde_json::from_slice(&seen.body).unwrap();
            let payload = body["payload"].as_array().unwrap();
            if payload.is_empty() {
                return reply(200, json!(maloja.listens().unwrap()).to_string());
            }
            if first.swap(false, Ordering::SeqCst) {
                // Half of it arrives, and the gateway gives up.
                let half = json!({"listen_type": "import", "payload": payload[..payload.len() / 2]});
                maloja.pass_on(half.to_string().as_bytes()).unwrap();
                return reply(502, "<html>Bad Gateway</html>");
            }
            reply(200, maloja.pass_on(&seen.body).unwrap().to_string())
        })
    };
    let home = Home::new(&[&gateway.origin]);
    home.heard(12);
    let account = home.added_and_on(&gateway.url).await;
    let done = home.run(account).await;
    assert_eq!((done.sent, done.is_done, done.problem), (12, true, None));
    let sizes: Vec<usize> = gateway
        .requests()
        .iter()
        .filter(|seen| seen.path().ends_with("submit-listens"))
        .map(|seen| {
            serde_json::from_slice::<Value>(&seen.body).unwrap()["payload"]
                .as_array()
                .unwrap()
                .len()
        })
        .collect();
    assert_eq!(sizes[0], 12);
    assert!(
        sizes[1..].iter().all(|size| *size == 1),
        "what may have arrived goes one by one: {sizes:?}"
    );
    // The gateway hands out what stands behind it.
    let asked = reqwest_free_post(&gateway.origin, r#"{"payload":[]}"#);
    let has: Vec<(i64, String)> = serde_json::from_str(&asked).unwrap();
    let titles: std::collections::BTreeSet<&String> = has.iter().map(|(_, title)| title).collect();
    assert_eq!((has.len(), titles.len()), (12, 12));
}

/// A request by hand.
fn reqwest_free_post(origin: &str, body: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(origin).unwrap();
    let head = format!(
        "POST /1/submit-listens HTTP/1.1\r\nhost: {origin}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// A strict fake of ListenBrainz: it refuses what the rules of its source refuse, takes three requests and then wants a pause.
struct StrictFakeListenbrainz {
    server: Scripted,
    has: Arc<Mutex<Vec<(i64, String)>>>,
}

impl StrictFakeListenbrainz {
    fn start(reset_in_seconds: u64) -> Self {
        let has = Arc::new(Mutex::new(Vec::new()));
        let (kept, asked) = (Arc::clone(&has), AtomicUsize::new(0));
        let server = Scripted::start(move |seen| {
            if seen.header("authorization") != Some(&format!("Token {}", Maloja::TOKEN)) {
                return reply(401, r#"{"code":401,"error":"Invalid authorization token."}"#);
            }
            if seen.path() == "/1/validate-token" {
                return reply(
                    200,
                    r#"{"code":200,"message":"Token valid.","valid":true,"user_name":"ada"}"#,
                );
            }
            let number = asked.fetch_add(1, Ordering::SeqCst) % 4;
            let limited = |reply: Reply, left: usize| {
                reply
                    .with("x-ratelimit-remaining", left)
                    .with("x-ratelimit-reset-in", reset_in_seconds)
            };
            if number == 3 {
                return limited(reply(429, r#"{"code":429,"error":"Rate limit exceeded"}"#), 0);
            }
            if let Err(why) = rules::validate_request(&seen.body, NOW) {
                return reply(400, json!({"code": 400, "error": why}).to_string());
            }
            let body: Value = serde_json::from_slice(&seen.body).unwrap();
            for listen in body["payload"].as_array().unwrap() {
                let title = listen["track_metadata"]["track_name"].as_str().unwrap().to_owned();
                kept.lock()
                    .unwrap()
                    .push((listen["listened_at"].as_i64().unwrap(), title));
            }
            limited(reply(200, r#"{"status":"ok"}"#), 3 - number)
        });
        Self { server, has }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_a_pause_gets_it_and_then_the_rest() {
    let listenbrainz = StrictFakeListenbrainz::start(1);
    let home = Home::new(&[&listenbrainz.server.origin]);
    home.heard(1_300);
    let account = home.added_and_on(&listenbrainz.server.url).await;
    // Six requests, of which the fourth is refused for now: with patience it is waited for.
    let done = home.run(account).await;
    assert_eq!((done.sent, done.is_done), (1_300, true), "{done:?}");
    assert_eq!(listenbrainz.has.lock().unwrap().len(), 1_300);

    // Without patience the run ends there, and says until when.
    let slow = StrictFakeListenbrainz::start(600);
    let home = Home::new(&[&slow.server.origin]);
    home.heard(1_300);
    let account = home.added_and_on(&slow.server.url).await;
    let done = home.run(account).await;
    assert_eq!((done.sent, done.is_done, done.problem), (750, false, None));
    assert_eq!(done.wait_until_ms, Some((NOW + 600) * 1000));
    let asked = slow.server.requests().len();
    assert_eq!(home.run(account).await.wait_until_ms, done.wait_until_ms);
    assert_eq!(slow.server.requests().len(), asked, "it is left alone until then");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_such_server_loses_nobody_a_listen() {
    let mood = Arc::new(AtomicUsize::new(200));
    let said = Arc::clone(&mood);
    let server = Scripted::start(move |seen| {
        if seen.path().ends_with("validate-token") {
            return match said.load(Ordering::SeqCst) {
                500 => reply(500, ""),
                _ => reply(200, r#"{"valid":true}"#),
            };
        }
        match said.load(Ordering::SeqCst) {
            200 => reply(200, "<html>Log in to the hotel's network</html>"),
            302 => reply(302, "").with("location", "https://elsewhere.example/"),
            status => reply(u16::try_from(status).unwrap(), "{}"),
        }
    });
    let home = Home::new(&[&server.origin]);
    home.heard(3);
    let account = home.added_and_on(&server.url).await;
    for (status, problem) in [
        (200, "not_listenbrainz"),
        (302, "not_listenbrainz"),
        (404, "not_listenbrainz"),
        (401, "token_refused"),
        (500, "server_status"),
    ] {
        mood.store(status, Ordering::SeqCst);
        let done = home.run(account).await;
        assert_eq!(
            (done.sent, done.refused, done.problem),
            (0, 0, Some(problem)),
            "{status}"
        );
        assert_eq!(
            (home.account().problem.as_str(), home.account().on_the_way),
            (problem, 3),
            "{status}"
        );
    }
    // One that refuses everything is not believed for long.
    mood.store(400, Ordering::SeqCst);
    let done = home.run(account).await;
    assert!(done.refused <= 3, "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_goes_out_encrypted_or_to_where_the_person_said() {
    let home = Home::new(&[]);
    for url in ["http://scrobbles.example", "http://127.0.0.1:9"] {
        let added = home
            .persona
            .add_listen_account(url, Maloja::TOKEN, &AccountChange::default())
            .await;
        assert_eq!(added.unwrap_err().code(), "insecure_server");
    }
    let back = AccountChange {
        sources: Some(vec!["listenbrainz".to_owned()]),
        ..AccountChange::default()
    };
    let private = home
        .persona
        .add_listen_account("https://127.0.0.1:9", Maloja::TOKEN, &back)
        .await;
    assert_eq!(private.unwrap_err().code(), "private_address");
    assert!(home.persona.listen_accounts().unwrap().is_empty());
}
