//! Handles that come and go, callers that go away, and hosts that misbehave: no call hangs, and every refusal has a name.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::common::{Keys, all, budget, device, device_with, import, name, persona, sample, settings, soon};
use tekram_ffi::{
    Agent, ChangeListener, Connectivity, ConnectivityState, HostError, KeyStore, LocationSource, Position, TekramError,
    WantDraft, roster,
};

fn draft() -> WantDraft {
    WantDraft {
        what: "Headphones".to_owned(),
        gtin: None,
        quantity: 1,
        ceiling: None,
        latitude: None,
        longitude: None,
        precision: 5,
        hours: 8,
        terms: roster().remove(0).id,
        in_store: false,
        relays: vec!["wss://relay.example".to_owned()],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_close_every_call_says_closed() {
    let device = device();
    let home = persona(&device).await;
    let task = home.start_import(sample("listenbrainz.zip")).unwrap();
    task.finish().await.unwrap();
    device.agent.close().unwrap();
    device.agent.close().unwrap();

    assert_eq!(name(device.agent.personas()), "closed");
    assert_eq!(name(device.agent.unlock_with_key_store(home.id()).await), "closed");
    assert_eq!(name(device.agent.delete_persona(home.id())), "closed");
    assert_eq!(name(home.name()), "closed");
    assert_eq!(name(home.listens(all(), None, 1).await), "closed");
    assert_eq!(name(home.start_import(sample("listenbrainz.zip"))), "closed");
    assert_eq!(name(home.discover(Vec::new())), "closed");
    assert_eq!(name(home.on_change(Arc::new(Counts::default()))), "closed");
    home.lock().unwrap();

    // The folder is free for the next one.
    let again = Agent::open(settings(device.folder.path()), None, None, None).unwrap();
    assert_eq!(again.personas().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_ends_what_waits_and_a_resume_lets_it_wait_again() {
    let device = device();
    let home = persona(&device).await;
    // A feed that never answers: nobody accepts on this listener.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("127.0.0.1:{}", silent.local_addr().unwrap().port());
    let mut open = settings(device.folder.path());
    open.allow = vec![origin.clone()];
    home.lock().unwrap();
    let agent = Agent::open(open, Some(Arc::new(Keys::default())), None, None).unwrap();
    let work = agent
        .create_persona_with_key_store("Work".to_owned(), "this phone".to_owned())
        .await
        .unwrap();

    let task = work.discover(vec![format!("http://{origin}/feed")]).unwrap();
    assert!(
        tokio::time::timeout(Duration::from_millis(300), task.finish())
            .await
            .is_err()
    );
    let before = Instant::now();
    agent.pause();
    assert_eq!(name(task.finish().await), "paused");
    assert!(before.elapsed() < Duration::from_secs(2));
    assert_eq!(name(work.discover(Vec::new())), "paused");
    assert_eq!(name(work.listens(all(), None, 1).await), "paused");
    // What is quick can be read on.
    work.holdings().unwrap();
    agent.resume();
    work.listens(all(), None, 1).await.unwrap();

    // Locking ends it too, and so does closing, whoever waits.
    let task = work.discover(vec![format!("http://{origin}/feed")]).unwrap();
    work.lock().unwrap();
    assert_eq!(name(task.finish().await), "locked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_ends_when_cancelled_and_when_nobody_holds_it() {
    let device = device();
    let home = persona(&device).await;
    for _ in 0..20 {
        let task = home.start_import(sample("spotify-extended.zip")).unwrap();
        task.cancel();
        match task.finish().await {
            Ok(report) => drop(home.reject_batch(report.batch).await.unwrap()),
            Err(error) => assert!(["cancelled", "import_running"].contains(&error.name()), "{error}"),
        }
        drop(home.start_import(sample("spotify-extended.zip")).unwrap());
        // A caller that stops waiting takes nothing with it.
        let report = loop {
            let task = home.start_import(sample("listenbrainz.zip")).unwrap();
            let _ = tokio::time::timeout(Duration::from_micros(50), task.finish()).await;
            let _ = tokio::time::timeout(Duration::from_micros(50), task.next()).await;
            match task.finish().await {
                Ok(report) => break report,
                // The one before is still taking back what it had read.
                Err(error) => assert_eq!(error.name(), "import_running"),
            }
        };
        home.reject_batch(report.batch).await.unwrap();
    }
    // A dropped call lets go of the vault.
    for _ in 0..20 {
        let _ = tokio::time::timeout(Duration::from_micros(100), home.days(all(), None, 10)).await;
    }
    home.lock().unwrap();
    device.agent.unlock_with_key_store(home.id()).await.unwrap();
}

/// Counts calls.
#[derive(Debug, Default)]
struct Counts(AtomicUsize);

impl ChangeListener for Counts {
    fn changed(&self, _: Vec<String>) -> Result<(), HostError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Blocks until it is let go.
#[derive(Debug, Default)]
struct Blocks {
    open: Mutex<bool>,
    opened: Condvar,
    heard: Mutex<Vec<Vec<String>>>,
}

impl ChangeListener for Blocks {
    fn changed(&self, scopes: Vec<String>) -> Result<(), HostError> {
        self.heard.lock().unwrap().push(scopes);
        let open = self.open.lock().unwrap();
        drop(self.opened.wait_while(open, |open| !*open).unwrap());
        Ok(())
    }
}

/// Throws at each call, as a host does whose exception nobody declared.
#[derive(Debug)]
struct Throws;

impl ChangeListener for Throws {
    fn changed(&self, _: Vec<String>) -> Result<(), HostError> {
        panic!("a stack trace with the person's name")
    }
}

impl KeyStore for Throws {
    fn wrap(&self, _: String, _: Vec<u8>) -> Result<Vec<u8>, HostError> {
        panic!("a stack trace with the person's name")
    }

    fn unwrap(&self, _: String, _: Vec<u8>) -> Result<Vec<u8>, HostError> {
        Err(HostError::Failed)
    }

    fn remove(&self, _: String) -> Result<(), HostError> {
        Err(HostError::Failed)
    }

    fn exists(&self, _: String) -> Result<bool, HostError> {
        Err(HostError::Failed)
    }

    fn keep_number(&self, _: String, _: u64) -> Result<(), HostError> {
        panic!("a stack trace with the person's name")
    }

    fn kept_number(&self, _: String) -> Result<Option<u64>, HostError> {
        panic!("a stack trace with the person's name")
    }
}

impl LocationSource for Throws {
    fn position(&self) -> Result<Option<Position>, HostError> {
        Err(HostError::Failed)
    }
}

impl Connectivity for Throws {
    fn state(&self) -> Result<ConnectivityState, HostError> {
        panic!("a stack trace with the person's name")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_blocks_stops_no_write_and_hears_the_rest_at_once() {
    let device = device();
    let home = persona(&device).await;
    let slow = Arc::new(Blocks::default());
    let listening = home.on_change(slow.clone()).unwrap();
    for minor in 1..=50 {
        home.change_rules(budget(minor)).unwrap();
    }
    assert!(soon(|| !slow.heard.lock().unwrap().is_empty()));
    assert_eq!(slow.heard.lock().unwrap().len(), 1);
    *slow.open.lock().unwrap() = true;
    slow.opened.notify_all();
    assert!(soon(|| slow.heard.lock().unwrap().len() == 2));
    assert_eq!(slow.heard.lock().unwrap()[1], ["pay"]);
    listening.cancel();
    home.change_rules(budget(51)).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(slow.heard.lock().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_come_and_go_beside_writes() {
    let device = device();
    let home = persona(&device).await;
    let stays = Arc::new(Counts::default());
    let listening = home.on_change(stays.clone()).unwrap();
    let throws = home.on_change(Arc::new(Throws)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let home = home.clone();
            scope.spawn(move || {
                for turn in 0..50 {
                    let listener = Arc::new(Counts::default());
                    let listening = home.on_change(listener).unwrap();
                    home.change_rules(budget(thread * 100 + turn + 1)).unwrap();
                    if turn % 2 == 0 {
                        listening.cancel();
                    }
                }
            });
        }
    });
    assert!(soon(|| stays.0.load(Ordering::Relaxed) > 0));
    drop((listening, throws));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_throws_is_an_error_without_its_text() {
    let device = device_with(Some(Arc::new(Throws)), Some(Arc::new(Throws)), Some(Arc::new(Throws)));
    let refused = device
        .agent
        .create_persona_with_key_store("Home".to_owned(), "this phone".to_owned())
        .await;
    assert_eq!(name(refused), "host_failed");
    assert!(device.agent.personas().unwrap().is_empty());

    let home = device
        .agent
        .create_persona("Home".to_owned(), crate::common::PASSPHRASE.to_owned())
        .await
        .unwrap();
    let refused = home.add_key_store_way("this phone".to_owned()).await.unwrap_err();
    assert_eq!(refused.name(), "host_failed");
    assert!(!format!("{refused:?} {refused}").contains("person's name"));
    assert_eq!(home.ways().unwrap().len(), 1);
    assert_eq!(name(home.compose(draft()).await), "host_failed");
    // Who cannot say whether there is a network is taken for somebody who has one.
    home.discover(Vec::new()).unwrap().finish().await.unwrap();
}

/// Is where it is told to be, with no network.
#[derive(Debug)]
struct Offline;

impl LocationSource for Offline {
    fn position(&self) -> Result<Option<Position>, HostError> {
        Ok(Some(Position {
            latitude: 52.52,
            longitude: 13.405,
            accuracy_m: 20.0,
            at_ms: 0,
        }))
    }
}

impl Connectivity for Offline {
    fn state(&self) -> Result<ConnectivityState, HostError> {
        Ok(ConnectivityState::Offline)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_is_said_before_anything_waits() {
    let device = device_with(
        Some(Arc::new(Keys::default())),
        Some(Arc::new(Offline)),
        Some(Arc::new(Offline)),
    );
    let home = persona(&device).await;
    let composed = home.compose(draft()).await.unwrap();
    assert_eq!(name(home.publish(composed.intent.clone())), "offline");
    assert_eq!(name(home.collect(composed.intent.clone(), 1, 1)), "offline");
    assert_eq!(name(home.withdraw(composed.intent).await), "offline");
    assert_eq!(name(home.discover(Vec::new())), "offline");
    assert_eq!(name(home.settle("2026-10".to_owned(), None, 0)), "offline");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_threads_use_one_persona_while_it_is_locked() {
    let device = device();
    let home = persona(&device).await;
    import(&home, "listenbrainz.zip").await;
    let fine = |result: Result<(), TekramError>| match result {
        Ok(()) => true,
        Err(error) => {
            assert_eq!(error.name(), "locked");
            false
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let home = home.clone();
            scope.spawn(move || {
                for turn in 0..10_000 {
                    let done = match turn % 4 {
                        0 => home.batches().map(drop),
                        1 => home.change_rules(budget(turn + 1)).map(drop),
                        2 => home.payees().map(drop),
                        _ => home.on_change(Arc::new(Counts::default())).map(drop),
                    };
                    if !fine(done) {
                        return;
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(200));
        home.lock().unwrap();
    });
    let home = device.agent.unlock_with_key_store(home.id()).await.unwrap();
    assert!(home.holdings().unwrap().listens > 0);
}
