//! Quiet times, counting rules, recordings, pages that were read and the endpoint, as an app uses them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tekram_ffi::{CountingRule, ListenKind, PageRead, Persona, PlayerAction, PlayerEvent, PlayerMedia, Quiet};

use crate::common::{all, device, name, persona};

const BEGIN_MS: i64 = 1_790_000_000_000;

fn song(seconds: i64) -> Vec<PlayerEvent> {
    let event = |at: i64, action| PlayerEvent {
        session: "one".to_owned(),
        app: "Radio".to_owned(),
        at_ms: BEGIN_MS + at * 1000,
        offset_min: Some(60),
        monotonic_ms: Some(at * 1000),
        action,
        position_ms: Some(at * 1000),
    };
    let media = PlayerMedia {
        title: "Night Music".to_owned(),
        creators: vec!["Small Press".to_owned()],
        show: String::new(),
        publisher: String::new(),
        url: String::new(),
        media_ms: Some(240_000),
        kind: Some(ListenKind::Music),
        feed_url: String::new(),
        item_guid: String::new(),
    };
    vec![
        event(0, PlayerAction::Metadata { media }),
        event(0, PlayerAction::Play),
        event(seconds, PlayerAction::End),
    ]
}

async fn titles(persona: &Persona) -> Vec<String> {
    let page = persona.listens(all(), None, 50).await.unwrap();
    page.listens.into_iter().map(|listen| listen.title).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_and_a_private_session_begin_change_and_end() {
    let device = device();
    let home = persona(&device).await;
    assert_eq!(home.quiet().unwrap().paused, None);
    let now = home.begin_quiet_for(Quiet::Paused, 15).unwrap().paused.unwrap();
    assert_eq!(now.until_ms, Some(now.from_ms + 900_000));
    let open = home.begin_quiet(Quiet::Paused, None).unwrap().paused.unwrap();
    assert_eq!(open.until_ms, None);
    let both = home.begin_quiet_for(Quiet::Private, 60).unwrap();
    assert!(both.paused.is_some() && both.private_session.is_some());
    let rest = home.end_quiet(Quiet::Paused).unwrap();
    assert!(rest.paused.is_none() && rest.private_session.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_what_counts_can_be_changed_and_reset() {
    let device = device();
    let home = persona(&device).await;
    let usual = home.counting_rules().unwrap();
    assert!(usual.iter().all(|rule| rule.usual));
    let podcast = |rules: &[CountingRule]| *rules.iter().find(|rule| rule.kind == ListenKind::Podcast).unwrap();
    assert_eq!(podcast(&usual).least_ms, Some(60_000));
    let longer = CountingRule {
        least_ms: Some(300_000),
        ..podcast(&usual)
    };
    let changed = home.set_counting_rule(longer).await.unwrap();
    assert_eq!(
        (podcast(&changed).least_ms, podcast(&changed).usual),
        (Some(300_000), false)
    );
    assert_eq!(home.reset_counting_rules().await.unwrap(), usual);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_goes_to_a_file_and_gives_the_same_listens_elsewhere() {
    let device = device();
    let home = persona(&device).await;
    home.set_capture_app("Radio".to_owned(), true).unwrap();
    assert!(home.start_recording().unwrap().running);
    device.agent.capture(home.id(), song(200)).unwrap();
    home.drain().await.unwrap();
    assert!(!home.stop_recording().await.unwrap().running);
    let path = device
        .folder
        .path()
        .join("recording.jsonl")
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(home.write_recording(path.clone()).await.unwrap(), 3);
    home.discard_recording().unwrap();
    assert_eq!(home.recording().unwrap().events, 0);

    let other = device
        .agent
        .create_persona_with_key_store("Other".to_owned(), "this phone".to_owned())
        .await
        .unwrap();
    other.set_capture_app("Radio".to_owned(), true).unwrap();
    let replayed = other.replay_recording(path.clone()).await.unwrap();
    assert_eq!((replayed.events, replayed.drained.new_listens), (3, 1));
    assert_eq!(titles(&other).await, ["Night Music"]);
    assert_eq!(other.replay_recording(path).await.unwrap().drained.new_listens, 0);
    let nowhere = other.replay_recording("/nowhere/at/all".to_owned()).await;
    assert_eq!(name(nowhere), "file_unusable");
}

fn page() -> PageRead {
    PageRead {
        title: "The harbour is closing".to_owned(),
        creators: Vec::new(),
        site: String::new(),
        url: "https://tide.example/harbour".to_owned(),
        feed_url: String::new(),
        item_guid: String::new(),
        began_ms: BEGIN_MS,
        offset_min: Some(60),
        reading_ms: Some(120_000),
        said: true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_logged_locked_or_not() {
    let device = device();
    let home = persona(&device).await;
    assert_eq!(home.log_page(page()).await.unwrap().new_listens, 1);
    let id = home.id();
    home.lock().unwrap();
    let later = PageRead {
        began_ms: BEGIN_MS + 600_000,
        ..page()
    };
    device.agent.capture_page(id.clone(), later).unwrap();
    let nonsense = PageRead {
        url: "mailto:a@b".to_owned(),
        ..page()
    };
    assert_eq!(name(device.agent.capture_page(id.clone(), nonsense)), "bad_page");
    let home = device.agent.unlock_with_key_store(id).await.unwrap();
    home.drain().await.unwrap();
    let listens = home.listens(all(), None, 10).await.unwrap().listens;
    assert_eq!(listens.len(), 2);
    assert!(
        listens
            .iter()
            .all(|listen| listen.kind == ListenKind::Page && listen.played_ms == Some(120_000))
    );
}

/// One request on a connection of its own; the status.
fn submit(url: &str, token: &str, title: &str) -> String {
    let body = format!(
        r#"{{"listen_type":"single","payload":[{{"listened_at":{},"track_metadata":{{"track_name":"{title}","artist_name":"Alder"}}}}]}}"#,
        BEGIN_MS / 1000
    );
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let host = url.strip_prefix("http://").unwrap();
    write!(
        stream,
        "POST /1/submit-listens HTTP/1.1\r\nHost: {host}\r\nAuthorization: Token {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_tell_what_they_played_while_paused_and_locked_until_it_is_cancelled() {
    let device = device();
    let home = persona(&device).await;
    let new = home.add_endpoint_token("Desk player".to_owned()).unwrap();
    assert!(!format!("{new:?}").contains(&new.reveal()));
    let id = home.id();
    let endpoint = device.agent.start_endpoint(vec![id.clone()], Some(0)).await.unwrap();
    let url = endpoint.url();
    let ask = {
        let secret = new.reveal();
        move |title: &'static str| {
            let (url, secret) = (url.clone(), secret.clone());
            tokio::task::spawn_blocking(move || submit(&url, &secret, title))
        }
    };
    assert_eq!(ask("Open").await.unwrap(), "200");
    assert_eq!(endpoint.next().await.unwrap().listens, 1);
    device.agent.pause();
    home.lock().unwrap();
    assert_eq!(ask("Locked").await.unwrap(), "200");
    assert_eq!(endpoint.next().await.unwrap().listens, 2);
    device.agent.resume();
    let home = device.agent.unlock_with_key_store(id).await.unwrap();
    home.drain().await.unwrap();
    assert_eq!(titles(&home).await.len(), 2);
    assert!(home.endpoint_tokens().unwrap()[0].last_ms > 0);
    home.revoke_endpoint_token(new.id()).unwrap();
    assert_eq!(ask("Revoked").await.unwrap(), "401");
    endpoint.cancel();
    assert_eq!(name(endpoint.finish().await), "cancelled");
    let url = endpoint.url();
    let free = || TcpStream::connect(url.strip_prefix("http://").unwrap()).is_err();
    for _ in 0..100 {
        if free() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(free(), "the port is free again");

    let again = device.agent.start_endpoint(vec![home.id()], Some(0)).await.unwrap();
    device.agent.close().unwrap();
    assert_eq!(name(again.finish().await), "closed");
}
