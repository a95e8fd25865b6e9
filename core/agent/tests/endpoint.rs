//! The endpoint of this device, asked by the client library that other apps use: while the vault is locked, across a revoked
//! token, and into the log.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tekram_agent::{Agent, ListQuery, Listen, NetPolicy, Passphrase, Persona};
use tekram_harness::listenbrainz;
use tekram_primitives::time::{FixedClock, Timestamp};
use tempfile::TempDir;

const NOW_MS: i64 = 1_795_176_000_000;
const AT: i64 = 1_795_100_000;
const PASSPHRASE: &str = "a long walk in the rain";

struct Device {
    folder: TempDir,
    agent: Agent,
}

impl Device {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
        let agent = Agent::open(&folder.path().join("data"), NetPolicy::default(), clock).unwrap();
        Self { folder, agent }
    }

    fn persona(&self, name: &str) -> Persona {
        self.agent.create_persona(name, &Passphrase::from(PASSPHRASE)).unwrap()
    }

    fn unlock(&self, id: &str) -> Persona {
        self.agent
            .unlock_with_passphrase(id, &Passphrase::from(PASSPHRASE))
            .unwrap()
    }

    /// Answers for these personas until it is dropped.
    async fn serve(&self, ids: &[&str]) -> (String, Arc<AtomicUsize>, Serving) {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let endpoint = self.agent.endpoint(&ids, 0).await.unwrap();
        let url = endpoint.url();
        let sealed = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sealed);
        let task = tokio::spawn(endpoint.serve(move |count| {
            counted.fetch_add(count, Ordering::SeqCst);
        }));
        (url, sealed, Serving(task))
    }
}

struct Serving(tokio::task::JoinHandle<()>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn client(asked: Value) -> Value {
    tokio::task::spawn_blocking(move || listenbrainz::client(&asked).unwrap())
        .await
        .unwrap()
}

fn track(number: i64) -> Value {
    json!({"track_name": format!("Track {number}"), "artist_name": "Alder", "release_name": "Salt", "listened_at": AT + number * 300,
        "additional_info": {"duration_ms": 201_000, "media_player": "mpv"}})
}

fn log(persona: &Persona) -> Vec<Listen> {
    persona.listens(&ListQuery::default(), None, 500).unwrap().listens
}

#[tokio::test]
async fn an_app_tells_what_it_played_while_the_vault_is_locked() {
    let device = Device::new();
    let home = device.persona("Home");
    let id = home.id().to_owned();
    let new = home.add_endpoint_token(" Pano Scrobbler ").unwrap();
    let token = new.token.expose().to_owned();
    home.lock().unwrap();
    drop(home);

    let (url, sealed, _serving) = device.serve(&[&id]).await;
    let valid = client(json!({"url": url, "do": "validate", "token": token})).await;
    assert_eq!(valid["answer"], true);
    let ask = |what: &str, listens: Value| json!({"url": url, "token": token, "do": what, "listens": listens});
    let single = client(ask("single", json!([track(0)]))).await;
    assert_eq!(
        (single["answer"]["status"].as_str(), single["remaining"].as_i64()),
        (Some("ok"), Some(47)),
        "{single}"
    );
    let many: Vec<Value> = (0..200).map(track).collect();
    assert_eq!(client(ask("import", json!(many))).await["answer"]["status"], "ok");
    let mut now = track(0);
    now.as_object_mut().unwrap().remove("listened_at");
    assert_eq!(client(ask("playing_now", json!([now]))).await["answer"]["status"], "ok");
    assert_eq!(sealed.load(Ordering::SeqCst), 201);

    let home = device.unlock(&id);
    let heard = log(&home);
    assert_eq!(
        heard.len(),
        200,
        "what was told twice is one listen, and what is only playing none"
    );
    let last = &heard[0];
    assert_eq!(
        (last.title.as_str(), last.source.as_str(), last.player.as_str()),
        ("Track 199", "this_device", "mpv")
    );
    assert_eq!(
        (last.start_ms, last.played.ms()),
        ((AT + 199 * 300) * 1000, Some(201_000))
    );
    let tokens = home.endpoint_tokens().unwrap();
    assert_eq!(
        (tokens[0].app.as_str(), tokens[0].works, tokens[0].last_ms),
        ("Pano Scrobbler", true, NOW_MS)
    );
    assert!(
        home.capture_apps()
            .unwrap()
            .iter()
            .any(|app| app.app == "Pano Scrobbler" && app.allowed)
    );

    // Unlocked it works the same way, and an app that is switched off is not kept.
    home.set_capture_app("Pano Scrobbler", false).unwrap();
    client(ask("single", json!([track(500)]))).await;
    let drained = home.drain().unwrap();
    assert_eq!((drained.not_allowed, drained.new, log(&home).len()), (1, 0, 200));
}

#[tokio::test]
async fn a_token_that_was_taken_back_opens_nothing_from_that_moment_on() {
    let device = Device::new();
    let home = device.persona("Home");
    let work = device.persona("Work");
    let mine = home.add_endpoint_token("Player").unwrap();
    let other = work.add_endpoint_token("Player").unwrap();
    let (url, sealed, _serving) = device.serve(&[home.id(), work.id()]).await;
    let single = |token: &str, number: i64| json!({"url": url, "token": token, "do": "single", "check": false, "listens": [track(number)]});
    assert_eq!(client(single(mine.token.expose(), 1)).await["answer"]["status"], "ok");
    assert_eq!(client(single(other.token.expose(), 2)).await["answer"]["status"], "ok");
    home.drain().unwrap();
    assert_eq!(
        (log(&home).len(), log(&home)[0].title.as_str()),
        (1, "Track 1"),
        "each token opens its own persona's door"
    );

    assert_eq!(client(single(mine.token.expose(), 3)).await["answer"]["status"], "ok");
    home.revoke_endpoint_token(&mine.token_id).unwrap();
    let refused = client(single(mine.token.expose(), 4)).await;
    assert_eq!(refused["status"], 401, "{refused}");
    assert_eq!(
        client(json!({"url": url, "do": "validate", "token": mine.token.expose()})).await["answer"],
        false
    );
    let drained = home.drain().unwrap();
    assert_eq!(
        (drained.not_allowed, drained.new),
        (1, 0),
        "what was told with it and not taken in stays out"
    );
    assert_eq!(
        home.revoke_endpoint_token(&mine.token_id).unwrap_err().code(),
        "no_such_token"
    );
    assert_eq!(work.drain().unwrap().new, 1);
    assert_eq!(sealed.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn wrong_listens_are_refused_by_name_and_guessing_is_slowed_down() {
    let device = Device::new();
    let home = device.persona("Home");
    let new = home.add_endpoint_token("Player").unwrap();
    let (url, sealed, _serving) = device.serve(&[home.id()]).await;
    let mut future = track(0);
    future["listened_at"] = json!(NOW_MS / 1000 + 200_000);
    let refused =
        client(json!({"url": url, "token": new.token.expose(), "do": "import", "listens": [track(0), future]})).await;
    assert_eq!(
        (refused["status"].as_i64(), refused["error"].as_str()),
        (Some(400), Some("listen 2: time_in_future (listened_at)"))
    );
    assert_eq!(sealed.load(Ordering::SeqCst), 0, "all of it or nothing");

    let host = url.trim_start_matches("http://").to_owned();
    let statuses = tokio::task::spawn_blocking(move || {
        (0..14)
            .map(|number| status(&host, &format!("guess-{number}")))
            .collect::<Vec<_>>()
    })
    .await
    .unwrap();
    assert_eq!(
        statuses.iter().filter(|status| **status == 401).count(),
        10,
        "{statuses:?}"
    );
    assert_eq!(statuses[10..], [429; 4]);
    let fine =
        client(json!({"url": url, "token": new.token.expose(), "do": "single", "check": false, "listens": [track(1)]}))
            .await;
    assert_eq!(fine["answer"]["status"], "ok", "guessing does not keep others out");
}

/// The status of one submission.
fn status(host: &str, token: &str) -> u16 {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let body = "{}";
    write!(stream, "POST /1/submit-listens HTTP/1.1\r\nHost: {host}\r\nAuthorization: Token {token}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).unwrap();
    let mut back = String::new();
    stream.read_to_string(&mut back).unwrap();
    back.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn nothing_beside_the_vault_says_which_app_or_which_token() {
    let device = Device::new();
    let home = device.persona("Home");
    let new = home.add_endpoint_token("ZqPlayer").unwrap();
    assert_eq!(format!("{:?}", new.token), "[REDACTED]");
    assert_eq!(home.add_endpoint_token("  ").unwrap_err().code(), "bad_app_name");
    let vaults = device.folder.path().join("data");
    let mut stack = vec![vaults];
    let mut files = 0;
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let has = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        assert!(!has("ZqPlayer") && !has(new.token.expose()), "{}", path.display());
        files += 1;
    }
    assert!(files > 2);
    let taken = device.agent.endpoint(&["nobody".to_owned()], 0).await.unwrap_err();
    assert_eq!(taken.code(), "no_such_persona");
    let first = device.agent.endpoint(&[home.id().to_owned()], 0).await.unwrap();
    let port = first.url().rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(
        device
            .agent
            .endpoint(&[home.id().to_owned()], port)
            .await
            .unwrap_err()
            .code(),
        "no_endpoint"
    );
}
