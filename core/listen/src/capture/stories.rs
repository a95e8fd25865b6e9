//! Single stories of the machine, told as a person would tell them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use super::event::{Media, PlayerEvent, PlayerEventKind};
use super::machine::{Session, Sitting};
use super::quiet::{Quiet, Spans};
use crate::Kind;

fn media(title: &str, media_ms: Option<i64>) -> Media {
    Media {
        title: title.to_owned(),
        creators: vec!["Vera Quill".to_owned()],
        media_ms,
        ..Media::default()
    }
}

fn event(at_ms: i64, kind: PlayerEventKind, position_ms: Option<i64>) -> PlayerEvent {
    PlayerEvent {
        session: "s".to_owned(),
        app: "Player".to_owned(),
        at_ms: 1_790_000_000_000 + at_ms,
        offset_min: None,
        monotonic_ms: Some(5_000_000 + at_ms),
        kind,
        position_ms,
    }
}

/// All sittings of a story, the one going on last.
fn tell(events: &[PlayerEvent]) -> Vec<Sitting> {
    let mut session = Session::default();
    let mut sittings: Vec<Sitting> = events.iter().flat_map(|event| session.hear(event)).collect();
    sittings.extend(session.so_far());
    sittings
}

fn heard(events: &[PlayerEvent]) -> Vec<Vec<(i64, i64)>> {
    tell(events)
        .iter()
        .map(|sitting| sitting.heard.iter().collect())
        .collect()
}

fn play(at_ms: i64) -> PlayerEvent {
    event(at_ms, PlayerEventKind::Play, None)
}

fn says(at_ms: i64, title: &str, media_ms: Option<i64>) -> PlayerEvent {
    event(
        at_ms,
        PlayerEventKind::Metadata {
            media: media(title, media_ms),
        },
        None,
    )
}

#[test]
fn a_rewound_minute_counts_once() {
    let seek = event(90_000, PlayerEventKind::Seek { to_ms: 30_000 }, Some(90_000));
    let pause = event(150_000, PlayerEventKind::Pause, Some(90_000));
    assert_eq!(heard(&[says(0, "a", None), play(0), seek, pause]), [[(0, 90_000)]]);
}

#[test]
fn what_is_skipped_over_is_not_heard() {
    let seek = event(10_000, PlayerEventKind::Seek { to_ms: 60_000 }, None);
    let pause = event(15_000, PlayerEventKind::Pause, None);
    assert_eq!(
        heard(&[says(0, "a", None), play(0), seek, pause]),
        [[(0, 10_000), (60_000, 65_000)]]
    );
}

#[test]
fn an_hour_at_double_speed_is_two_hours_of_the_medium() {
    let speed = event(0, PlayerEventKind::Speed { permille: 2000 }, None);
    let pause = event(3_600_000, PlayerEventKind::Pause, None);
    assert_eq!(heard(&[says(0, "a", None), speed, play(0), pause]), [[(0, 7_200_000)]]);
}

#[test]
fn a_player_that_stops_to_load_is_not_heard_meanwhile() {
    let position = event(60_000, PlayerEventKind::Position { ms: 20_000 }, None);
    assert_eq!(heard(&[says(0, "a", None), play(0), position]), [[(0, 20_000)]]);
}

#[test]
fn the_title_may_come_a_little_after_the_sound() {
    let found = tell(&[
        play(0),
        says(1_500, "a", None),
        event(
            2_000,
            PlayerEventKind::Metadata {
                media: media("a", Some(200_000)),
            },
            None,
        ),
        event(10_000, PlayerEventKind::Pause, None),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].heard.total_ms(), 10_000);
    assert_eq!(found[0].media, Some(media("a", Some(200_000))));
}

#[test]
fn the_next_song_is_another_listen() {
    let found = tell(&[
        says(0, "a", Some(180_000)),
        play(0),
        says(180_200, "b", Some(100_000)),
        event(200_200, PlayerEventKind::End, None),
    ]);
    let heard: Vec<_> = found
        .iter()
        .map(|sitting| (sitting.start_ms % 1_000_000, sitting.heard.total_ms()))
        .collect();
    assert_eq!(heard, [(0, 180_000), (180_200, 20_000)]);
}

#[test]
fn a_song_that_starts_over_by_itself_is_heard_twice() {
    let again = event(210_000, PlayerEventKind::Position { ms: 30_000 }, None);
    let pause = event(220_000, PlayerEventKind::Pause, Some(40_000));
    let found = tell(&[says(0, "a", Some(180_000)), play(0), again, pause]);
    let heard: Vec<_> = found
        .iter()
        .map(|sitting| (sitting.start_ms % 1_000_000, sitting.heard.total_ms()))
        .collect();
    assert_eq!(heard, [(0, 180_000), (180_000, 40_000)]);
}

#[test]
fn after_a_long_pause_it_is_another_sitting() {
    let pause = event(10_000, PlayerEventKind::Pause, None);
    let soon = event(20_000, PlayerEventKind::Pause, None);
    let later = 20_000 + 2 * 3_600_000 + 1;
    let end = event(later + 5_000, PlayerEventKind::End, None);
    assert_eq!(
        heard(&[says(0, "a", None), play(0), pause, play(15_000), soon, play(later), end]),
        [[(0, 15_000)], [(15_000, 20_000)]]
    );
}

#[test]
fn a_device_that_was_off_heard_nothing_meanwhile() {
    let mut after = event(86_400_000, PlayerEventKind::Play, None);
    after.monotonic_ms = Some(1_000);
    let mut end = event(86_405_000, PlayerEventKind::End, None);
    end.monotonic_ms = Some(6_000);
    let position = event(7_000, PlayerEventKind::Position { ms: 7_000 }, None);
    assert_eq!(
        heard(&[says(0, "a", None), play(0), position, after, end]),
        [[(0, 7_000)], [(7_000, 12_000)]]
    );
}

/// The same without a clock that never goes back.
fn unstamped(events: &[PlayerEvent]) -> Vec<PlayerEvent> {
    events
        .iter()
        .map(|event| PlayerEvent {
            monotonic_ms: None,
            ..event.clone()
        })
        .collect()
}

fn on_air(at_ms: i64, title: &str, station: &str) -> PlayerEvent {
    let media = Media {
        title: title.to_owned(),
        show: station.to_owned(),
        kind: Some(Kind::Radio),
        ..Media::default()
    };
    event(at_ms, PlayerEventKind::Metadata { media }, None)
}

fn named(sittings: &[Sitting]) -> Vec<(String, String, i64)> {
    let of = |sitting: &Sitting| {
        let media = sitting.media.clone().unwrap_or_default();
        (media.title, media.show, sitting.heard.total_ms())
    };
    sittings.iter().map(of).collect()
}

#[test]
fn a_sleep_timer_that_says_nothing_ends_what_is_counted_at_the_last_word() {
    let word = event(600_000, PlayerEventKind::Position { ms: 600_000 }, None);
    let morning = 9 * 3_600_000;
    // Going on in the morning without a word about where: the night counts nothing.
    let found = heard(&[says(0, "a", Some(7_200_000)), play(0), word.clone(), play(morning)]);
    assert_eq!(found, [vec![(0, 600_000)], vec![]]);
    // With one: it had played until there.
    let went_on = event(morning, PlayerEventKind::Play, Some(900_000));
    let found = heard(&[says(0, "a", Some(7_200_000)), play(0), word.clone(), went_on]);
    assert_eq!(found, [vec![(0, 900_000)], vec![]]);
    // Something else in the morning, or nothing any more.
    let found = heard(&[
        says(0, "a", Some(7_200_000)),
        play(0),
        word.clone(),
        says(morning, "b", None),
    ]);
    assert_eq!(found[0], [(0, 600_000)]);
    assert_eq!(heard(&[says(0, "a", None), play(0), word]), [[(0, 600_000)]]);
}

#[test]
fn each_song_of_a_station_is_a_listen_and_the_station_its_show() {
    let found = tell(&[
        on_air(0, "", "Harbour Radio"),
        play(0),
        on_air(4_000, "Low Tide", ""),
        on_air(200_000, "High Sun", ""),
        on_air(380_000, "", "Harbour Radio"),
        on_air(500_000, "Slow Rain", ""),
        event(560_000, PlayerEventKind::End, None),
    ]);
    let expected = [
        ("Low Tide", 200_000),
        ("High Sun", 180_000),
        ("", 120_000),
        ("Slow Rain", 60_000),
    ]
    .map(|(title, ms)| (title.to_owned(), "Harbour Radio".to_owned(), ms));
    assert_eq!(named(&found), expected);
}

#[test]
fn an_advert_interrupts_an_episode_that_then_goes_on() {
    let advert = Media {
        title: "Buy rope".to_owned(),
        media_ms: Some(30_000),
        kind: Some(Kind::Advert),
        ..Media::default()
    };
    let found = tell(&[
        says(0, "a", Some(1_800_000)),
        play(0),
        event(600_000, PlayerEventKind::Metadata { media: advert }, None),
        says(630_000, "a", Some(1_800_000)),
        event(690_000, PlayerEventKind::End, None),
    ]);
    let mut found: Vec<_> = found
        .iter()
        .map(|sitting| (sitting.number, sitting.heard.iter().collect::<Vec<_>>()))
        .collect();
    found.sort();
    assert_eq!(found, [(1, vec![(0, 660_000)]), (2, vec![(0, 30_000)])]);
}

#[test]
fn a_clock_that_is_set_changes_no_duration() {
    let mut later = event(60_000, PlayerEventKind::Pause, None);
    for set_ms in [-86_400_000, 86_400_000] {
        later.at_ms += set_ms;
        assert_eq!(heard(&[says(0, "a", None), play(0), later.clone()]), [[(0, 60_000)]]);
    }
}

#[test]
fn without_another_clock_the_players_own_word_bounds_what_a_set_clock_says() {
    let story = |at_ms: i64| {
        let word = event(at_ms, PlayerEventKind::Position { ms: 60_000 }, None);
        heard(&unstamped(&[says(0, "a", Some(600_000)), play(0), word]))
    };
    assert_eq!(story(60_000), [[(0, 60_000)]]);
    assert_eq!(story(60_000 + 3_600_000), [[(0, 60_000)]], "an hour forth");
    assert_eq!(story(60_000 - 3_600_000), [[(0, 60_000)]], "an hour back");
}

#[test]
fn a_move_to_another_time_zone_is_the_next_listens() {
    let mut next = says(180_000, "b", None);
    next.offset_min = Some(120);
    let mut end = event(200_000, PlayerEventKind::End, None);
    end.offset_min = Some(120);
    let mut first = play(0);
    first.offset_min = Some(60);
    let found = tell(&[says(0, "a", None), first, next, end]);
    let offsets: Vec<_> = found.iter().map(|sitting| sitting.offset_min).collect();
    assert_eq!(offsets, [Some(60), Some(120)]);
}

#[test]
fn an_event_that_comes_late_is_put_in_its_place_and_one_that_comes_twice_is_none() {
    let events = [
        says(0, "a", None),
        play(0),
        event(9_000, PlayerEventKind::Pause, None),
        play(12_000),
    ];
    let mut mixed = vec![
        events[1].clone(),
        events[0].clone(),
        events[3].clone(),
        events[2].clone(),
    ];
    mixed.extend(events.clone());
    mixed.push(event(20_000, PlayerEventKind::End, None));
    mixed.extend(events);
    assert_eq!(heard(&mixed), [[(0, 17_000)]]);
}

#[test]
fn a_pause_of_the_log_is_cut_out_and_a_private_time_stands_apart() {
    let at = |ms: i64| 1_790_000_000_000 + ms;
    let quiet = Spans::of(&[
        (Quiet::Paused, at(60_000), at(120_000)),
        (Quiet::Private, at(100_000), at(180_000)),
    ]);
    let mut session = Session::default();
    let mut found = Vec::new();
    for event in [says(0, "a", None), play(0), event(300_000, PlayerEventKind::End, None)] {
        found.extend(session.hear_in(&event, &quiet));
    }
    found.extend(session.so_far_in(&quiet));
    let found: Vec<_> = found
        .iter()
        .map(|sitting| {
            (
                sitting.start_ms,
                sitting.private,
                sitting.heard.iter().collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (at(0), false, vec![(0, 60_000)]),
            (at(120_000), true, vec![(120_000, 180_000)]),
            (at(180_000), false, vec![(180_000, 300_000)]),
        ]
    );
}
