//! History as a front end sees it: capture while locked and while unlocked, and what joins a listen to its maker.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tekram_agent::{Agent, ListQuery, Media, NetPolicy, Passphrase, Persona, PlayerEvent, PlayerEventKind, Thumb};
use tekram_primitives::time::{FixedClock, Timestamp};
use tempfile::TempDir;

/// 20 November 2026, noon.
const NOW_MS: i64 = 1_795_176_000_000;
const PASSPHRASE: &str = "a long walk in the rain";

fn agent(policy: NetPolicy) -> (TempDir, Agent) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    let agent = Agent::open(&folder.path().join("data"), policy, clock).unwrap();
    (folder, agent)
}

fn persona(agent: &Agent) -> Persona {
    agent.create_persona("Home", &Passphrase::from(PASSPHRASE)).unwrap()
}

fn event(at_ms: i64, kind: PlayerEventKind) -> PlayerEvent {
    PlayerEvent {
        session: "1".to_owned(),
        app: "AntennaPod".to_owned(),
        at_ms: NOW_MS - 3_600_000 + at_ms,
        offset_min: Some(60),
        monotonic_ms: Some(at_ms),
        kind,
        position_ms: None,
    }
}

fn media(title: &str) -> PlayerEventKind {
    PlayerEventKind::Metadata {
        media: Media {
            title: title.to_owned(),
            show: "Harbour Lights".to_owned(),
            kind: Some(tekram_agent::Kind::Podcast),
            ..Media::default()
        },
    }
}

#[test]
fn what_was_heard_while_locked_is_in_the_log_after_unlocking() {
    let (_folder, agent) = agent(NetPolicy::default());
    let home = persona(&agent);
    let id = home.id().to_owned();
    home.set_capture_app("AntennaPod", true).unwrap();
    home.lock().unwrap();
    agent
        .capture(&id, &[event(0, media("One")), event(0, PlayerEventKind::Play)])
        .unwrap();
    agent.capture(&id, &[event(60_000, PlayerEventKind::Pause)]).unwrap();
    let error = agent.capture("nobody", &[]);
    assert_eq!(error.map_err(|error| error.code()), Err("no_such_persona"));

    let home = agent.unlock(None, &Passphrase::from(PASSPHRASE)).unwrap();
    let listens = home.listens(&ListQuery::default(), None, 10).unwrap().listens;
    assert_eq!((listens.len(), listens[0].played.ms()), (1, Some(60_000)));

    // Unlocked, the same call works, and a drain brings it in and tells those who listen.
    agent
        .capture(
            &id,
            &[
                event(70_000, PlayerEventKind::Play),
                event(80_000, PlayerEventKind::End),
            ],
        )
        .unwrap();
    assert_eq!(home.drain().unwrap().changed, 1);
    let query = ListQuery {
        text: Some("harb one".to_owned()),
        ..ListQuery::default()
    };
    let found = home.listens(&query, None, 10).unwrap().listens;
    assert_eq!(found[0].played.ms(), Some(70_000));
    let days = home.days(&ListQuery::default(), Some("Asia/Tokyo"), None, 10).unwrap();
    assert_eq!(
        days.days[0].date, "2026-11-20",
        "the listen knows that it was not heard in Tokyo"
    );
    assert_eq!(home.months(None).unwrap()[0].month, "2026-11");
    assert_eq!(home.capture_apps().unwrap()[0].app, "AntennaPod");
    assert_eq!(home.rate(found[0].id, Some(Thumb::Up)).unwrap().thumb, Some(Thumb::Up));
    assert_eq!(home.listen(found[0].id).unwrap().detail.listen.thumb, Some(Thumb::Up));
}

/// Serves one feed on this machine until the test ends.
fn feed_server(feed: &'static str) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = listener.local_addr().unwrap().to_string();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\nconnection: close\r\n";
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n{feed}", feed.len());
        }
    });
    (origin, stop)
}

#[tokio::test]
async fn a_listen_names_those_who_can_be_paid_for_it_and_the_subscription() {
    let (origin, stop) = feed_server(
        r#"<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>Harbour Lights</title>
        <podcast:funding url="https://give.example/harbour">Give</podcast:funding></channel></rss>"#,
    );
    let policy = NetPolicy {
        allow_origins: [origin.clone()].into_iter().collect(),
        proxy: None,
    };
    let (folder, agent) = agent(policy);
    let home = persona(&agent);
    let feed = format!("http://{origin}/feed.xml");
    let import = |name: &str, text: String| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let report = home
            .import(&file, &mut |_| {}, Arc::new(AtomicBool::new(false)))
            .unwrap();
        home.accept_batch(report.batch_id).unwrap();
    };
    import(
        "feeds.opml",
        format!(r#"<opml version="2.0"><body><outline text="Harbour Lights" xmlUrl="{feed}"/></body></opml>"#),
    );
    import(
        "actions.json",
        format!(
            r#"[{{"podcast":"{feed}","episode":"http://{origin}/e.mp3","guid":"e","device":"d","action":"play","timestamp":"2026-10-01T10:00:00","started":0,"position":60,"total":3600}}]"#
        ),
    );
    let id = home.listens(&ListQuery::default(), None, 1).unwrap().listens[0].id;
    let before = home.listen(id).unwrap();
    assert_eq!(before.detail.credit.subscription.unwrap().title, "Harbour Lights");
    assert!(before.relation.payees.is_empty());

    let problems = Mutex::new(Vec::new());
    home.discover(&[], &|look| problems.lock().unwrap().push(look.problem))
        .await
        .unwrap();
    assert_eq!(*problems.lock().unwrap(), [None]);
    let payees = home.listen(id).unwrap().relation.payees;
    assert_eq!(
        (payees.len(), payees[0].item_only, payees[0].party.as_deref()),
        (1, false, None)
    );
    stop.store(true, Ordering::Relaxed);
}
