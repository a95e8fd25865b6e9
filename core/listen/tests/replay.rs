//! Recorded sessions of players, played again: each gives exactly these listens, in one go, killed after every event, and
//! played twice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::fs::File;
use std::path::Path;

use common::{Log, NOW};
use tekram_listen::{Kind, Listen, Played, PlayerEvent, drain_capture, read_recording, seal_events, set_capture_app};

/// 2026-10-06T06:30:00Z, when each of the recordings begins.
const BEGIN_MS: i64 = 1_791_268_200_000;

fn recorded(name: &str) -> Vec<PlayerEvent> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/player-events");
    let replay = read_recording(File::open(path.join(format!("{name}.jsonl"))).unwrap()).unwrap();
    assert!(replay.refused.is_empty());
    replay.events
}

fn log_for(events: &[PlayerEvent]) -> Log {
    let log = Log::new();
    for event in events {
        set_capture_app(&log.vault, &event.app, true).unwrap();
    }
    log
}

/// Title, kind, seconds after the beginning, minutes east of UTC, seconds of the medium that sounded.
type Heard = (String, Kind, i64, i64, Vec<(i64, i64)>);

fn heard(listen: Listen) -> Heard {
    let Played::Ranges { ranges } = &listen.played else {
        panic!("{:?}", listen.played)
    };
    let seconds = ranges
        .iter()
        .map(|(from_ms, to_ms)| (from_ms / 1000, to_ms / 1000))
        .collect();
    let at = (listen.start_ms - BEGIN_MS) / 1000;
    (listen.title, listen.kind, at, listen.offset_min.unwrap(), seconds)
}

/// The listens that a recording gives, oldest first.
fn replayed(name: &str) -> Vec<Heard> {
    let events = recorded(name);
    let log = log_for(&events);
    seal_events(&log.vault.inbox(), &events).unwrap();
    drain_capture(&log.vault, NOW).unwrap();
    let all = |log: &Log| log.listens().into_iter().rev().map(heard).collect::<Vec<_>>();
    let at_once = all(&log);
    seal_events(&log.vault.inbox(), &events).unwrap();
    drain_capture(&log.vault, NOW).unwrap();
    assert_eq!(all(&log), at_once, "played twice");
    let killed = log_for(&events);
    for event in events {
        seal_events(&killed.vault.inbox(), &[event]).unwrap();
        drain_capture(&killed.vault, NOW).unwrap();
    }
    assert_eq!(all(&killed), at_once, "killed after every event");
    at_once
}

fn listen(title: &str, kind: Kind, at: i64, offset_min: i64, seconds: &[(i64, i64)]) -> Heard {
    (title.to_owned(), kind, at, offset_min, seconds.to_vec())
}

#[test]
fn a_podcast_at_half_the_speed_again_with_an_advert() {
    let expected = [
        listen("The lighthouse keeper’s radio", Kind::Podcast, 1, 120, &[(600, 1005)]),
        listen("Rope that holds", Kind::Advert, 161, 120, &[(0, 20)]),
    ];
    assert_eq!(replayed("podcast"), expected);
}

#[test]
fn a_station_with_its_songs() {
    let expected = [
        listen("Low Tide", Kind::Radio, 0, 120, &[(0, 206)]),
        listen("High Sun", Kind::Radio, 206, 120, &[(0, 180)]),
        listen("", Kind::Radio, 386, 120, &[(0, 120)]),
        listen("Slow Rain", Kind::Radio, 506, 120, &[(0, 120)]),
    ];
    assert_eq!(replayed("radio"), expected);
    let log = log_for(&recorded("radio"));
    seal_events(&log.vault.inbox(), &recorded("radio")).unwrap();
    drain_capture(&log.vault, NOW).unwrap();
    assert!(log.listens().iter().all(|listen| listen.show == "Harbour Radio"));
}

#[test]
fn two_players_at_once() {
    let expected = [
        listen("Morning News", Kind::Radio, 0, 120, &[(0, 60)]),
        listen("Breakwater", Kind::Music, 30, 120, &[(0, 240)]),
        listen("Slow Tide", Kind::Music, 330, 120, &[(0, 20)]),
    ];
    assert_eq!(replayed("two-players"), expected);
}

#[test]
fn an_app_that_was_killed() {
    let expected = [
        listen("Night train to Trieste", Kind::Podcast, 0, 120, &[(0, 60)]),
        listen("Night train to Trieste", Kind::Podcast, 91, 120, &[(72, 133)]),
    ];
    assert_eq!(replayed("killed"), expected);
}

#[test]
fn a_flight_with_a_wrong_clock_into_another_time_zone() {
    let expected = [
        listen("Chapter 1", Kind::Audiobook, -3_600, 120, &[(0, 2_400)]),
        listen("Chapter 2", Kind::Audiobook, 2_400, -240, &[(0, 300)]),
    ];
    assert_eq!(replayed("time-zones"), expected);
}

#[test]
fn a_player_without_a_clock_of_its_own_that_falls_asleep() {
    let expected = [
        listen("Rain", Kind::Music, 0, 60, &[(0, 900)]),
        listen("Rain", Kind::Music, 28_200, 60, &[(900, 960)]),
    ];
    assert_eq!(replayed("unstamped"), expected);
}
