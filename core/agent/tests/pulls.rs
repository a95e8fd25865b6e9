//! Pulling histories from accounts, against strict fakes by the documented APIs: they refuse what the real servers would, and
//! no real one can be installed here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use support::{Reply, Scripted, Seen, reply};
use tekram_agent::{
    AccountKind, Agent, ListQuery, NetPolicy, NetworkKind, NetworkWhy, NewAccount, Passphrase, Persona, Pulled,
};
use tekram_primitives::time::{Clock, FixedClock, Timestamp};
use tempfile::TempDir;

const NOW_MS: i64 = 1_795_176_000_000;
const FIRST: i64 = 1_794_000_000;

struct Home {
    _folder: TempDir,
    clock: Arc<FixedClock>,
    persona: Persona,
}

fn home(origin: &str) -> Home {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    let policy = NetPolicy {
        allow_origins: [origin.to_owned()].into(),
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
    fn add(&self, kind: AccountKind, url: &str, secret: &str) -> i64 {
        let new = NewAccount {
            kind,
            url: url.to_owned(),
            user: "ada b".to_owned(),
            secret: Passphrase::from(secret),
            in_home_network: false,
        };
        self.persona.add_account(&new).unwrap()
    }

    async fn pull(&self, account: i64) -> Pulled {
        self.persona
            .pull_account(account, false, &|_| (), &AtomicBool::new(false))
            .await
            .unwrap()
    }

    fn heard(&self) -> usize {
        self.persona
            .listens(&ListQuery::default(), None, 5000)
            .unwrap()
            .listens
            .len()
    }
}

/// ListenBrainz's `/1/user/NAME/listens` by its documentation: newest first, `max_ts` exclusive, `count` at most 1000, a token
/// that is checked when it is said, and limits in headers.
struct StrictFakeListenBrainz {
    listens: Mutex<Vec<i64>>,
    calls: AtomicUsize,
    /// Says "too often" to this call, counted from 1.
    busy_at: usize,
    retry_after: &'static str,
}

impl StrictFakeListenBrainz {
    fn answer(&self, request: &Seen) -> Reply {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if request
            .header("authorization")
            .is_some_and(|token| token != "Token secret-token")
        {
            return reply(401, r#"{"code":401,"error":"Invalid authorization token."}"#);
        }
        if request.path() != "/1/user/ada%20b/listens" {
            return reply(404, r#"{"code":404,"error":"Cannot find user"}"#);
        }
        if call == self.busy_at {
            return reply(429, "").with("x-ratelimit-reset-in", self.retry_after);
        }
        let number = |name: &str| request.query(name).map(|text| text.parse::<i64>().unwrap());
        let count = number("count").unwrap_or(25);
        assert!((1..=1000).contains(&count));
        let before = number("max_ts").unwrap_or(i64::MAX);
        let listens = self.listens.lock().unwrap();
        let page: Vec<Value> = listens
            .iter()
            .rev()
            .filter(|at| **at < before)
            .take(usize::try_from(count).unwrap())
            .map(|at| json!({"listened_at": at, "track_metadata": {"track_name": format!("T{at}"), "artist_name": "Alder"}}))
            .collect();
        let body = json!({"payload": {"count": page.len(), "user_id": "ada b", "listens": page}});
        reply(200, body.to_string())
            .with("x-ratelimit-remaining", 29)
            .with("x-ratelimit-reset-in", 10)
    }
}

fn listenbrainz(count: i64, busy_at: usize, retry_after: &'static str) -> (Arc<StrictFakeListenBrainz>, Scripted) {
    let fake = Arc::new(StrictFakeListenBrainz {
        listens: Mutex::new((0..count).map(|number| FIRST + number * 200).collect()),
        calls: AtomicUsize::new(0),
        busy_at,
        retry_after,
    });
    let shared = Arc::clone(&fake);
    (fake, Scripted::start(move |request| shared.answer(request)))
}

#[tokio::test]
async fn listens_are_pulled_page_by_page_held_once_and_later_go_where_the_first_went() {
    let (fake, server) = listenbrainz(2_500, 0, "");
    let home = home(&server.origin);
    let account = home.add(AccountKind::Listenbrainz, &server.url, "secret-token");
    let first = home.pull(account).await;
    assert_eq!(
        (first.new, first.complete, first.problem.as_deref()),
        (2_500, true, None)
    );
    assert_eq!(
        fake.calls.load(Ordering::SeqCst),
        5,
        "three pages, the last second once more, and an empty one"
    );
    assert_eq!(home.heard(), 0, "nothing counts before it was looked at");
    let batch = &home.persona.batches().unwrap()[0];
    assert_eq!(
        (batch.batch_id, batch.new, batch.file_name.as_str()),
        (first.batch_id, 2_500, "127.0.0.1: ada b")
    );
    home.persona.accept_batch(first.batch_id).unwrap();
    assert_eq!(home.heard(), 2_500);

    fake.listens.lock().unwrap().extend([FIRST + 600_000, FIRST + 600_200]);
    let second = home.pull(account).await;
    assert_eq!(
        (second.new, second.batch_id, second.complete),
        (2, first.batch_id, true)
    );
    assert!(second.read <= 200, "only the newest are read again");
    assert_eq!(home.heard(), 2_502);
    // What a file tells of the account too is known already.
    let line = format!(
        "{{\"listened_at\":{FIRST},\"track_metadata\":{{\"track_name\":\"T{FIRST}\",\"artist_name\":\"Alder\"}}}}\n"
    );
    let file = home._folder.path().join("export.jsonl");
    std::fs::write(&file, line).unwrap();
    let report = home.persona.import(&file, &mut |_| (), Arc::default()).unwrap();
    assert_eq!((report.new, report.duplicates), (0, 1));

    home.persona.undo_batch(first.batch_id).unwrap();
    assert_eq!(home.heard(), 0);
    let none = home.pull(account).await;
    assert_ne!(
        none.batch_id, first.batch_id,
        "what is told after that waits for a look again"
    );
    let all = home
        .persona
        .pull_account(account, true, &|_| (), &AtomicBool::new(false))
        .await
        .unwrap();
    assert_eq!((all.complete, home.heard()), (true, 0));
    // The one that the file tells of too belongs to the file's batch since the undoing.
    assert_eq!(
        home.persona
            .batches()
            .unwrap()
            .iter()
            .find(|batch| batch.batch_id == all.batch_id)
            .unwrap()
            .new,
        2_501
    );
}

#[tokio::test]
async fn a_server_that_says_too_often_is_left_alone_and_the_pull_goes_on_there() {
    let (fake, server) = listenbrainz(2_500, 2, "3600");
    let home = home(&server.origin);
    let account = home.add(AccountKind::Listenbrainz, &server.url, "");
    let first = home.pull(account).await;
    assert_eq!(
        (first.new, first.complete, first.problem.as_deref()),
        (1_000, false, Some("too_many_requests"))
    );
    assert_eq!(first.next_ms, NOW_MS + 3_600_000);
    let refused = home
        .persona
        .pull_account(account, false, &|_| (), &AtomicBool::new(false))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "ask_later");
    assert_eq!(fake.calls.load(Ordering::SeqCst), 2);
    home.clock.advance_ms(3_600_001);
    let second = home.pull(account).await;
    assert_eq!(
        (second.new, second.duplicates, second.complete, second.batch_id),
        (1_500, 3, true, first.batch_id)
    );
    assert!(
        server
            .requests()
            .iter()
            .all(|seen| seen.header("authorization").is_none())
    );

    let (fake, server) = listenbrainz(30, 1, "1");
    let home = self::home(&server.origin);
    let account = home.add(AccountKind::Listenbrainz, &server.url, "secret-token");
    let pulled = home.pull(account).await;
    assert_eq!(
        (pulled.new, pulled.complete, fake.calls.load(Ordering::SeqCst)),
        (30, true, 4),
        "a short wait is waited"
    );
}

#[tokio::test]
async fn a_stopped_pull_keeps_what_it_has_and_wrong_accounts_are_named() {
    let (_fake, server) = listenbrainz(2_500, 0, "");
    let home = home(&server.origin);
    let account = home.add(AccountKind::Listenbrainz, &server.url, "secret-token");
    let stop = AtomicBool::new(false);
    let told = |_: &Pulled| stop.store(true, Ordering::SeqCst);
    let first = home.persona.pull_account(account, false, &told, &stop).await.unwrap();
    assert_eq!((first.new, first.complete), (1_000, false));
    let second = home.pull(account).await;
    assert_eq!((second.new, second.complete), (1_500, true));

    let wrong = home.add(AccountKind::Listenbrainz, &server.url, "wrong");
    assert_eq!(wrong, account, "the same account with another token");
    assert_eq!(home.pull(wrong).await.problem.as_deref(), Some("access_refused"));
    assert_eq!(home.persona.accounts().unwrap()[0].problem, "access_refused");
    let away = home.add(AccountKind::Listenbrainz, "http://127.0.0.1:1", "");
    assert_eq!(
        home.pull(away).await.problem.as_deref(),
        Some("private_address"),
        "nobody allowed that one"
    );
    let add = |url: &str, user: &str, secret: &str| {
        let new = NewAccount {
            kind: AccountKind::Gpodder,
            url: url.to_owned(),
            user: user.to_owned(),
            secret: Passphrase::from(secret),
            in_home_network: false,
        };
        home.persona.add_account(&new).unwrap_err()
    };
    assert_eq!(add("http://gpodder.example", "ada", "pw").code(), "insecure_server");
    assert_eq!(
        add("https://ada:pw@gpodder.example", "ada", "pw").params()[0].1,
        "address"
    );
    assert_eq!(add("https://gpodder.example", "a:b", "pw").params()[0].1, "user");
    assert_eq!(add("https://gpodder.example", "ada", "").params()[0].1, "password");
    home.persona.remove_account(account).unwrap();
    assert_eq!(
        home.persona.remove_account(account).unwrap_err().code(),
        "no_such_account"
    );
    assert!(!format!("{:?}", home.persona.accounts().unwrap()).contains("secret-token"));
}

/// Episode actions by gpodder.net's documentation, and by that of Nextcloud's gPodder Sync: HTTP Basic, `since` inclusive of
/// nothing older, and a time stamp to ask with next.
fn strict_fake_gpodder(
    path: &'static str,
    list: Option<(&'static str, &'static str)>,
    stamp: Arc<AtomicI64>,
) -> Scripted {
    Scripted::start(move |request| {
        // "ada b:grün", base64.
        if request.header("authorization") != Some("Basic YWRhIGI6Z3LDvG4=") {
            return reply(401, "");
        }
        if let Some(list) = list.filter(|(lists, _)| *lists == request.path()) {
            return reply(200, list.1);
        }
        if request.path() != path {
            return reply(404, "");
        }
        let since: i64 = request.query("since").unwrap().parse().unwrap();
        let now = stamp.load(Ordering::SeqCst);
        let action = |at: &str, started: i64, position: i64| {
            json!({"podcast": "https://feeds.example/h.xml", "episode": "https://cdn.example/41.mp3", "guid": "41", "device": "phone",
                "action": "PLAY", "timestamp": at, "started": started, "position": position, "total": 3000})
        };
        let mut actions = Vec::new();
        if since < 100 {
            actions.extend([
                action("2026-11-01T10:00:00", 0, 600),
                action("2026-11-01T10:30:00", 600, 1200),
                json!({"action": "download"}),
            ]);
        }
        if since < 200 && now >= 200 {
            actions.push(action("2026-11-02T10:00:00", 1200, 3000));
        }
        reply(200, json!({"actions": actions, "timestamp": now}).to_string())
    })
}

#[tokio::test]
async fn episode_actions_are_pulled_since_the_last_time() {
    for (kind, path) in [
        (AccountKind::Gpodder, "/api/2/episodes/ada%20b.json"),
        (AccountKind::Nextcloud, "/index.php/apps/gpoddersync/episode_action"),
    ] {
        let stamp = Arc::new(AtomicI64::new(100));
        let server = strict_fake_gpodder(path, None, Arc::clone(&stamp));
        let home = home(&server.origin);
        let account = home.add(kind, &format!("{}/", server.url), "grün");
        let first = home.pull(account).await;
        assert_eq!(
            (first.read, first.new, first.refused, first.complete),
            (3, 2, 1, true),
            "{kind:?} {first:?}"
        );
        home.persona.accept_batch(first.batch_id).unwrap();
        assert_eq!(home.heard(), 1, "two stretches, one sitting");
        assert_eq!(home.pull(account).await.read, 0);
        stamp.store(200, Ordering::SeqCst);
        let second = home.pull(account).await;
        assert_eq!((second.new, second.batch_id, home.heard()), (1, first.batch_id, 2));
        assert_eq!(server.requests()[5].query("since").as_deref(), Some("100"));
        let refused = home.persona.refused(first.batch_id, 0, 10).unwrap();
        assert_eq!((refused.len(), refused[0].reason.as_str()), (1, "not_a_play"));
    }
}

#[tokio::test]
async fn podcasts_that_an_account_is_subscribed_to_are_followed_once_they_are_accepted() {
    let lists = [
        (
            AccountKind::Gpodder,
            "/api/2/episodes/ada%20b.json",
            "/subscriptions/ada%20b.json",
            r#"[{"url": "https://feeds.example/h.xml", "title": "Harbour"}, {"url": "no address"}]"#,
        ),
        (
            AccountKind::Nextcloud,
            "/index.php/apps/gpoddersync/episode_action",
            "/index.php/apps/gpoddersync/subscriptions",
            r#"{"add": ["https://feeds.example/h.xml", "no address"], "remove": [], "timestamp": 9}"#,
        ),
    ];
    for (kind, actions, path, list) in lists {
        let server = strict_fake_gpodder(actions, Some((path, list)), Arc::new(AtomicI64::new(100)));
        let home = home(&server.origin);
        let account = home.add(kind, &server.url, "grün");
        let first = home.pull(account).await;
        assert_eq!((first.new, first.refused, first.complete), (3, 2, true), "{first:?}");
        assert!(
            home.persona.feeds().unwrap().is_empty(),
            "not before the person looked at it"
        );
        home.persona.accept_batch(first.batch_id).unwrap();
        let feeds = home.persona.feeds().unwrap();
        assert_eq!(feeds.len(), 1);
        assert_eq!(feeds[0].feed_url, "https://feeds.example/h.xml");
        home.persona.unfollow_feed(feeds[0].feed_id).unwrap();
        let second = home.pull(account).await;
        assert_eq!(
            (second.new, second.batch_id, second.complete),
            (0, first.batch_id, true)
        );
        assert!(
            home.persona.feeds().unwrap().is_empty(),
            "what was let go is not followed again"
        );
    }
}

#[tokio::test]
async fn a_server_at_home_is_reached_when_the_person_says_so_and_no_other_host_is() {
    let (_fake, server) = listenbrainz(3, 0, "");
    let (_other, elsewhere) = listenbrainz(3, 0, "");
    let home = home("relay.example:1");
    let add = |url: &str, in_home_network: bool| {
        home.persona.add_account(&NewAccount {
            kind: AccountKind::Listenbrainz,
            url: url.to_owned(),
            user: "ada b".to_owned(),
            secret: Passphrase::from("secret-token"),
            in_home_network,
        })
    };
    assert_eq!(add(&server.url, false).unwrap_err().code(), "insecure_server");
    assert_eq!(
        add("http://93.184.216.34", true).unwrap_err().code(),
        "insecure_server",
        "that is not at home"
    );
    assert!(server.requests().is_empty());
    let account = add(&server.url, true).unwrap();
    let pulled = home.pull(account).await;
    assert_eq!((pulled.new, pulled.complete, pulled.problem), (3, true, None));
    assert!(home.persona.accounts().unwrap()[0].in_home_network);
    let known: Vec<_> = home
        .persona
        .networks()
        .unwrap()
        .into_iter()
        .map(|known| (known.kind, known.why, known.host))
        .collect();
    assert_eq!(
        known,
        [(NetworkKind::Account, NetworkWhy::History, server.origin.clone())]
    );
    // It is this account alone: nothing else of the persona reaches that host, and the account no other.
    let feed = home
        .persona
        .follow_feed(&format!("{}/h.xml", server.url), false)
        .unwrap();
    let asked = home.persona.refresh_feed(feed).await.unwrap();
    assert_eq!(home.persona.feeds().unwrap()[0].problem, "private_address", "{asked:?}");
    let away = Scripted::start(move |_| reply(302, "").with("location", &elsewhere.url));
    let account = add(&away.url, true).unwrap();
    let pulled = home.pull(account).await;
    assert_eq!((pulled.new, pulled.problem.as_deref()), (0, Some("private_address")));
}

/// `getNowPlaying` by the Subsonic API: token authentication, salt and MD5.
#[tokio::test]
async fn what_plays_on_a_music_server_is_heard_while_somebody_looks() {
    let looks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&looks);
    let server = Scripted::start(move |request| {
        if request.path() != "/music/rest/getNowPlaying.view" {
            return reply(404, "");
        }
        let of = |name: &str| request.query(name).unwrap();
        assert_eq!(
            (of("u"), of("v"), of("f")),
            ("ada%20b".to_owned(), "1.16.1".to_owned(), "json".to_owned())
        );
        assert!(request.query("p").is_none() && !of("c").is_empty() && of("s").len() >= 6);
        let token = format!("{:x}", md5::compute(format!("sesame{}", of("s"))));
        if of("t") != token {
            return reply(
                200,
                r#"{"subsonic-response":{"status":"failed","version":"1.16.1","error":{"code":40,"message":"Wrong username or password"}}}"#,
            );
        }
        let look = counted.fetch_add(1, Ordering::SeqCst);
        let entry = json!({"id": "1", "title": "Low Tide", "artist": "Alder", "album": "Salt", "duration": 201, "username": "ada b", "minutesAgo": 0, "playerId": 1});
        let entries = if look < 2 { vec![entry] } else { Vec::new() };
        reply(
            200,
            json!({"subsonic-response": {"status": "ok", "version": "1.16.1", "nowPlaying": {"entry": entries}}})
                .to_string(),
        )
    });
    let home = home(&server.origin);
    let account = home.add(AccountKind::Subsonic, &format!("{}/music", server.url), "sesame");
    let every = Duration::from_secs(5);
    let watch = |length: u64| {
        home.persona
            .watch_account(account, every, Some(Duration::from_secs(length)), &|_| (), &STOP)
    };
    static STOP: AtomicBool = AtomicBool::new(false);
    let watched = watch(6).await.unwrap();
    assert_eq!(
        (watched.looks, watched.failures, watched.new, watched.problem.as_deref()),
        (3, 0, 1, None)
    );
    let listens = home.persona.listens(&ListQuery::default(), None, 10).unwrap().listens;
    assert_eq!(
        (
            listens[0].title.as_str(),
            listens[0].player.as_str(),
            listens[0].creators[0].as_str()
        ),
        ("Low Tide", "Subsonic 127.0.0.1", "Alder")
    );
    let played = listens[0].played.ms().unwrap();
    assert!(
        (4_900..6_000).contains(&played),
        "between the two looks at which it was there: {played}"
    );
    let urls: Vec<String> = server.requests().iter().map(|seen| seen.query("s").unwrap()).collect();
    assert!(urls.windows(2).all(|pair| pair[0] != pair[1]), "each salt is used once");
    assert_eq!(
        home.persona
            .pull_account(account, false, &|_| (), &STOP)
            .await
            .unwrap_err()
            .code(),
        "nothing_to_pull"
    );

    home.add(AccountKind::Subsonic, &format!("{}/music", server.url), "wrong");
    let refused = watch(60).await.unwrap();
    assert_eq!((refused.looks, refused.problem.as_deref()), (0, Some("access_refused")));
}
