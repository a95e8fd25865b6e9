//! The program's own player: what it plays is exactly that episode, and it goes on where it was left.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW};
use tekram_listen::feed::{
    Answer, Playable, add_station, answered, episodes, follow, heard, news, notes, on_air, playable_episode,
    playable_station, remove_station, stations,
};
use tekram_listen::{
    Kind, ListQuery, ListenError, Media, OWN_PLAYER, PlayerEvent, PlayerEventKind, capture_apps, drain_capture, list,
    seal_events, set_capture_app,
};
use tekram_primitives::time::Timestamp;

const AT_MS: i64 = 1_790_000_000_000;
const HOUR_MS: i64 = 3_600_000;

fn fetch(log: &Log, feed_id: i64, items: &str, now: Timestamp) {
    let body = format!(
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:content='http://purl.org/rss/1.0/modules/content/'>\
         <channel><title>Harbour Lights</title><itunes:author>Pier Radio</itunes:author>{items}</channel></rss>"
    );
    let answer = Answer {
        status: 200,
        header: &|_| None,
        body: body.as_bytes(),
        url: "https://feeds.example/h.xml",
        moved: Some("https://new.example/h.xml"),
    };
    assert_eq!(answered(&log.vault, feed_id, &answer, now).unwrap().problem, None);
}

fn item(guid: &str, day: u32) -> String {
    format!(
        "<item><guid>{guid}</guid><title>Number {guid}</title><pubDate>{day} Sep 2026 05:00:00 GMT</pubDate>\
         <description>short</description><content:encoded><![CDATA[<p>All about &amp; more</p>]]></content:encoded>\
         <enclosure url='http://cdn.example/{guid}.mp3' type='audio/mpeg' length='10'/><itunes:duration>1:00:00</itunes:duration></item>"
    )
}

fn at(seconds: i64, session: &str, kind: PlayerEventKind, position_seconds: i64) -> PlayerEvent {
    PlayerEvent {
        session: session.to_owned(),
        app: OWN_PLAYER.to_owned(),
        at_ms: AT_MS + seconds * 1000,
        offset_min: Some(60),
        monotonic_ms: Some(seconds * 1000),
        kind,
        position_ms: Some(position_seconds * 1000),
    }
}

fn says(playable: &Playable) -> PlayerEventKind {
    PlayerEventKind::Metadata {
        media: playable.media.clone(),
    }
}

fn hear(log: &Log, events: &[PlayerEvent]) {
    seal_events(&log.vault.inbox(), events).unwrap();
    drain_capture(&log.vault, NOW).unwrap();
}

#[test]
fn an_episode_goes_on_where_it_was_left_and_knows_what_was_heard() {
    let log = Log::new();
    let feed_id = follow(&log.vault, "https://feeds.example/h.xml", false, NOW).unwrap();
    fetch(&log, feed_id, &item("1", 17), NOW);
    let episode = episodes(&log.vault, Some(feed_id), None, 10)
        .unwrap()
        .episodes
        .remove(0);
    assert_eq!(notes(&log.vault, episode.episode_id).unwrap(), "All about & more");
    let playable = playable_episode(&log.vault, episode.episode_id).unwrap();
    assert_eq!(
        (playable.url.as_str(), playable.media_type.as_str(), playable.resume_ms),
        ("https://cdn.example/1.mp3", "audio/mpeg", 0)
    );
    let media = &playable.media;
    assert_eq!(
        (media.feed_url.as_str(), media.item_guid.as_str(), media.url.as_str()),
        ("https://feeds.example/h.xml", "1", "http://cdn.example/1.mp3"),
        "also after the feed has moved"
    );
    assert_eq!(
        (media.show.as_str(), media.creators.join("")),
        ("Harbour Lights", "Pier Radio".to_owned())
    );

    // Ten minutes, back to minute five, two minutes at double speed, then away.
    hear(
        &log,
        &[
            at(0, "a", says(&playable), 0),
            at(0, "a", PlayerEventKind::Play, 0),
            at(600, "a", PlayerEventKind::Seek { to_ms: 300_000 }, 600),
            at(600, "a", PlayerEventKind::Speed { permille: 2000 }, 300),
            at(660, "a", PlayerEventKind::Pause, 420),
            at(700, "a", PlayerEventKind::End, 420),
        ],
    );
    let after = heard(&log.vault, &episode).unwrap();
    assert_eq!(
        after.ranges.iter().collect::<Vec<_>>(),
        [(0, 600_000)],
        "what was heard twice counts once"
    );
    assert_eq!(
        (after.resume_ms, after.whole, after.listens),
        (420_000, false, 1),
        "not where it was furthest"
    );
    assert_eq!(
        playable_episode(&log.vault, episode.episode_id).unwrap().resume_ms,
        420_000
    );

    // The next day the rest of it.
    let day = 24 * 3600;
    hear(
        &log,
        &[
            at(day, "b", says(&playable), 420),
            at(day, "b", PlayerEventKind::Play, 420),
            at(day + 3170, "b", PlayerEventKind::End, 3590),
        ],
    );
    let after = heard(&log.vault, &episode).unwrap();
    assert_eq!((after.resume_ms, after.whole, after.listens), (0, true, 2));
    assert_eq!(after.heard_ms, 3_590_000);
    let listens = list(&log.vault, &ListQuery::default(), None, 10).unwrap().listens;
    assert_eq!(listens.len(), 2);
    assert!(
        listens
            .iter()
            .all(|listen| listen.kind == Kind::Podcast && listen.show == "Harbour Lights")
    );
}

#[test]
fn episodes_that_came_since_count_as_new_until_something_of_them_was_heard() {
    let log = Log::new();
    let feed_id = follow(&log.vault, "https://feeds.example/h.xml", false, NOW).unwrap();
    fetch(&log, feed_id, &item("1", 17), NOW);
    let of = |log: &Log| news(&log.vault).unwrap().remove(&feed_id).unwrap();
    assert_eq!((of(&log).new_episodes, of(&log).newest_title.as_str()), (0, "Number 1"));
    let later = Timestamp::from_millis(NOW.millis() + HOUR_MS);
    fetch(&log, feed_id, &(item("2", 24) + &item("1", 17)), later);
    assert_eq!((of(&log).new_episodes, of(&log).newest_title.as_str()), (1, "Number 2"));
    let episode = episodes(&log.vault, Some(feed_id), None, 1).unwrap().episodes.remove(0);
    let playable = playable_episode(&log.vault, episode.episode_id).unwrap();
    hear(
        &log,
        &[
            at(0, "a", says(&playable), 0),
            at(0, "a", PlayerEventKind::Play, 0),
            at(5, "a", PlayerEventKind::End, 5),
        ],
    );
    assert_eq!(of(&log).new_episodes, 0);
}

#[test]
fn the_own_player_is_allowed_until_the_person_says_otherwise() {
    let log = Log::new();
    let media = Media {
        title: "Low Tide".to_owned(),
        creators: vec!["Vera Quill".to_owned()],
        ..Media::default()
    };
    let evening = |session: &str| {
        [
            at(0, session, PlayerEventKind::Metadata { media: media.clone() }, 0),
            at(0, session, PlayerEventKind::Play, 0),
            at(60, session, PlayerEventKind::End, 60),
        ]
    };
    let mut other = evening("x");
    for event in &mut other {
        event.app = "Another player".to_owned();
    }
    hear(&log, &other);
    hear(&log, &evening("a"));
    let count = |log: &Log| list(&log.vault, &ListQuery::default(), None, 10).unwrap().listens.len();
    assert_eq!(count(&log), 1, "only its own");
    let apps = capture_apps(&log.vault).unwrap();
    let own = apps.iter().find(|app| app.app == OWN_PLAYER).unwrap();
    assert!(own.allowed && apps.iter().filter(|app| app.allowed).count() == 1);
    set_capture_app(&log.vault, OWN_PLAYER, false).unwrap();
    hear(&log, &evening("b"));
    assert_eq!(count(&log), 1);
}

#[test]
fn a_station_is_the_show_of_what_its_stream_says() {
    let log = Log::new();
    let add = |name: &str, address: &str, insecure: bool| add_station(&log.vault, name, address, insecure, NOW);
    assert!(matches!(add("", "pier", false), Err(ListenError::BadStationAddress)));
    let plain = "http://pier.example:8000/live";
    assert!(matches!(
        add("Radio Pier", plain, false),
        Err(ListenError::InsecureStream)
    ));
    let id = add("", plain, true).unwrap();
    assert_eq!(add("Radio Pier", plain, true).unwrap(), id, "the same stream");
    add("another", "https://other.example/live", false).unwrap();
    let known = stations(&log.vault).unwrap();
    let shown: Vec<_> = known.iter().map(|one| (one.name.as_str(), one.insecure)).collect();
    assert_eq!(shown, [("another", false), ("Radio Pier", true)]);

    let playable = playable_station(&log.vault, id).unwrap();
    assert!(playable.live);
    let on = |title: &str| PlayerEventKind::Metadata {
        media: on_air(&playable.media, title),
    };
    hear(
        &log,
        &[
            at(0, "r", says(&playable), 0),
            at(0, "r", PlayerEventKind::Play, 0),
            at(5, "r", on("Vera Quill - Low Tide"), 5),
            at(185, "r", on("Vera Quill - High Sun"), 185),
            at(245, "r", PlayerEventKind::End, 245),
        ],
    );
    let mut listens = list(&log.vault, &ListQuery::default(), None, 10).unwrap().listens;
    listens.reverse();
    let told: Vec<_> = listens
        .iter()
        .map(|one| {
            (
                one.title.as_str(),
                one.show.as_str(),
                one.played.ms().unwrap(),
                one.kind,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Low Tide", "Radio Pier", 185_000, Kind::Radio),
            ("High Sun", "Radio Pier", 60_000, Kind::Radio)
        ]
    );
    remove_station(&log.vault, id).unwrap();
    assert!(matches!(
        remove_station(&log.vault, id),
        Err(ListenError::NoSuchStation { .. })
    ));
    assert!(matches!(
        playable_station(&log.vault, id),
        Err(ListenError::NoSuchStation { .. })
    ));
}
