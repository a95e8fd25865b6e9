//! Feeds over a real connection: conditional requests, redirects, failures that stay with their feed, few at a time, and no
//! address of a private feed where it does not belong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use support::{Scripted, reply};
use tekram_agent::{Agent, ChapterSource, FeedRefreshed, NetPolicy, Passphrase, Persona};
use tekram_harness::feed_server::FeedServer;
use tekram_primitives::time::{Clock, FixedClock, Timestamp};
use tempfile::TempDir;

const NOW_MS: i64 = 1_795_176_000_000;
const HOUR_MS: i64 = 3_600_000;

struct Home {
    _folder: TempDir,
    clock: Arc<FixedClock>,
    persona: Persona,
}

fn home(origins: &[&str]) -> Home {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    let policy = NetPolicy {
        allow_origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        proxy: None,
    };
    let shared: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
    let agent = Agent::open(&folder.path().join("data"), policy, shared).unwrap();
    let persona = agent
        .create_persona("Home", &Passphrase::from("a long walk in the rain"))
        .unwrap();
    Home {
        _folder: folder,
        clock,
        persona,
    }
}

impl Home {
    async fn refresh(&self) -> Vec<FeedRefreshed> {
        self.persona
            .refresh_feeds(&|_| (), &AtomicBool::new(false))
            .await
            .unwrap()
    }

    fn wait_hours(&self, hours: u64) {
        self.clock.advance_ms(hours * 3_600_000);
    }
}

fn rss(title: &str, items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>{title}</title>{items}</channel></rss>")
}

#[tokio::test]
async fn a_real_server_is_asked_only_for_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("show.xml");
    std::fs::write(&file, rss("Show", "<item><guid>1</guid><title>One</title></item>")).unwrap();
    let server = FeedServer::start(folder.path(), 0).unwrap();
    let home = home(&[&server.origin()]);
    home.persona
        .follow_feed(&format!("{}/show.xml", server.url), false)
        .unwrap();
    assert_eq!(home.refresh().await[0].outcome.new, 1);
    assert!(home.refresh().await.is_empty(), "nothing is due yet");
    home.wait_hours(2);
    assert!(home.refresh().await[0].outcome.unchanged);
    let asked = server.requests();
    assert_eq!((asked.len(), asked[0].header("if-none-match")), (2, None));
    assert!(asked[1].header("if-none-match").is_some());
    std::fs::write(
        &file,
        rss(
            "Show",
            "<item><guid>2</guid></item><item><guid>1</guid><title>One</title></item>",
        ),
    )
    .unwrap();
    home.wait_hours(2);
    let third = home.refresh().await;
    assert_eq!(
        (third[0].outcome.new, third[0].outcome.changed, third[0].title.as_str()),
        (1, 0, "Show")
    );
    assert_eq!(home.persona.episodes(None, None, 10).unwrap().episodes.len(), 2);
}

#[tokio::test]
async fn each_failure_stays_with_its_feed_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.xml"), rss("Good", "")).unwrap();
    let server = FeedServer::start(folder.path(), 0).unwrap();
    let home = home(&[&server.origin()]);
    let url = |path: &str| format!("{}{path}", server.url);
    let away = url("/hostile/redirect?to=http%3A%2F%2F127.0.0.1%3A1%2F");
    for (address, problem) in [
        (url("/hostile/redirect-loop"), "too_many_redirects"),
        (url("/hostile/huge"), "feed_too_large"),
        (url("/hostile/cut"), "connection_lost"),
        (url("/missing.xml"), "not_found"),
        (away, "private_address"),
        ("http://127.0.0.1:1/f.xml".to_owned(), "private_address"),
        ("http://ada:pw@feeds.example/f.xml".to_owned(), "insecure_server"),
    ] {
        let id = home.persona.follow_feed(&address, false).unwrap();
        let done = home.persona.refresh_feed(id).await.unwrap();
        assert_eq!(done.outcome.problem.as_deref(), Some(problem), "{address}");
    }
    home.persona.follow_feed(&url("/good.xml"), false).unwrap();
    let told = Mutex::new(Vec::new());
    let all = home
        .persona
        .refresh_feeds(
            &|one| told.lock().unwrap().push((one.done, one.of)),
            &AtomicBool::new(false),
        )
        .await
        .unwrap();
    assert_eq!(
        (all.len(), all[0].outcome.problem.as_deref()),
        (1, None),
        "only the new one is due"
    );
    assert_eq!(*told.lock().unwrap(), [(1, 1)]);
    let feeds = home.persona.feeds().unwrap();
    assert_eq!(feeds.iter().filter(|feed| feed.failures == 1).count(), 7);
    let stopped = home
        .persona
        .refresh_feeds(&|_| (), &AtomicBool::new(true))
        .await
        .unwrap();
    assert!(stopped.is_empty());
}

#[tokio::test]
async fn moves_goodbyes_and_pleas_to_wait_are_remembered() {
    let server = Scripted::start(|request| match request.path() {
        "/old.xml" => reply(301, "").with("location", "/between.xml"),
        "/between.xml" => reply(308, "").with("location", "/new.xml"),
        "/new.xml" => reply(200, rss("New", ""))
            .with("etag", "\"1\"")
            .with("cache-control", "max-age=14400"),
        "/private.xml" if request.header("authorization") == Some("Basic YWRhOnB3") => {
            reply(302, "").with("location", "/cdn.xml")
        }
        "/cdn.xml" => reply(200, rss("Private", "")),
        "/gone.xml" => reply(410, ""),
        "/busy.xml" => reply(429, "").with("retry-after", "36000"),
        _ => reply(401, ""),
    });
    let home = home(&[&server.origin]);
    let url = |path: &str| format!("{}{path}", server.url);
    let old = home.persona.follow_feed(&url("/old.xml"), false).unwrap();
    let gone = home.persona.follow_feed(&url("/gone.xml"), false).unwrap();
    let busy = home.persona.follow_feed(&url("/busy.xml"), false).unwrap();
    let private = home
        .persona
        .follow_feed(&format!("http://ada:pw@{}/private.xml", server.origin), false)
        .unwrap();
    let first = home.refresh().await;
    let of = |id: i64| first.iter().find(|one| one.feed_id == id).unwrap();
    assert!(of(old).outcome.moved && of(gone).outcome.gone);
    assert_eq!(of(old).outcome.next_ms, NOW_MS + 4 * HOUR_MS);
    assert_eq!(of(busy).outcome.next_ms, NOW_MS + 10 * HOUR_MS);
    assert_eq!(
        (of(private).outcome.problem.as_deref(), of(private).title.as_str()),
        (None, "Private")
    );
    assert!(
        server
            .requests()
            .iter()
            .filter(|seen| seen.path() == "/cdn.xml")
            .all(|seen| seen.header("authorization").is_some())
    );

    let refused = home.persona.refresh_feed(busy).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.params()[0].1.as_str()),
        ("ask_later", "36000000")
    );
    home.wait_hours(5);
    let before = server.requests().len();
    home.refresh().await;
    let since = server.requests().split_off(before);
    let paths: Vec<_> = since.iter().map(support::Seen::path).collect();
    assert_eq!(
        paths,
        ["/new.xml", "/private.xml", "/cdn.xml"],
        "asked where it moved to; gone and busy are left alone"
    );
    assert_eq!(since[0].header("if-none-match"), Some("\"1\""));
}

#[tokio::test]
async fn of_one_host_one_feed_is_asked_at_a_time_and_of_all_four() {
    static NOW_OPEN: AtomicUsize = AtomicUsize::new(0);
    static MOST_OPEN: AtomicUsize = AtomicUsize::new(0);
    let servers: Vec<_> = (0..6)
        .map(|_| {
            let here = AtomicUsize::new(0);
            Scripted::start(move |_| {
                assert_eq!(here.fetch_add(1, Ordering::SeqCst), 0);
                MOST_OPEN.fetch_max(NOW_OPEN.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(80));
                NOW_OPEN.fetch_sub(1, Ordering::SeqCst);
                here.fetch_sub(1, Ordering::SeqCst);
                reply(200, rss("Show", ""))
            })
        })
        .collect();
    let origins: Vec<_> = servers.iter().map(|server| server.origin.as_str()).collect();
    let home = home(&origins);
    for server in &servers {
        for number in 0..3 {
            home.persona
                .follow_feed(&format!("{}/{number}.xml", server.url), false)
                .unwrap();
        }
    }
    let done = home.refresh().await;
    assert!(done.iter().all(|one| one.outcome.problem.is_none()), "{done:?}");
    assert_eq!(done.len(), 18);
    assert_eq!(MOST_OPEN.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn chapters_are_fetched_when_they_are_asked_for_and_the_list_leaves_whole() {
    let server = Scripted::start(|request| match request.path() {
        "/show.xml" => {
            let host = request.header("host").unwrap();
            reply(
                200,
                rss(
                    "Show",
                    &format!("<item><guid>1</guid><podcast:chapters url='http://{host}/1.json'/></item>"),
                ),
            )
        }
        _ => reply(
            200,
            r#"{"version":"1.2.0","chapters":[{"startTime":0,"title":"Start"}]}"#,
        ),
    });
    let home = home(&[&server.origin]);
    let address = format!("{}/show.xml?token=b2JzY3VyZTEyMzQ1Njc4OTA5", server.url);
    home.persona.follow_feed(&address, false).unwrap();
    home.refresh().await;
    let episode = home.persona.episodes(None, None, 1).unwrap().episodes[0].episode_id;
    assert_eq!(
        home.persona.chapters(episode, false).await.unwrap().source,
        ChapterSource::FileNotFetched
    );
    assert_eq!(server.requests().len(), 1);
    let fetched = home.persona.chapters(episode, true).await.unwrap();
    assert_eq!(
        (fetched.source, fetched.chapters[0].title.as_str()),
        (ChapterSource::File, "Start")
    );
    assert_eq!(home.persona.chapters(episode, false).await.unwrap(), fetched);

    let mut list = Vec::new();
    assert_eq!(home.persona.export_feeds(&mut list).unwrap(), 1);
    assert!(
        String::from_utf8(list)
            .unwrap()
            .contains(&address.replace('&', "&amp;"))
    );
    let feed = &home.persona.feeds().unwrap()[0];
    assert!(feed.private);
    let audit = home.persona.audit(&tekram_agent::AuditQuery::default()).unwrap();
    assert!(!format!("{audit:?}").contains("b2Jz"));
}
