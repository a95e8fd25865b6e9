//! The machine against a model that is too simple to be wrong: a player that moves tenth of a second by tenth of a
//! second and ticks off what sounded. And single stories, told as a person would tell them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use proptest::prelude::*;
use tekram_primitives::ranges::Ranges;

use super::event::{Media, PlayerEvent, PlayerEventKind};
use super::machine::{Session, Sitting};

/// Time and media are counted in steps of this.
const STEP_MS: i64 = 100;

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
        monotonic_ms: 5_000_000 + at_ms,
        kind,
        position_ms,
    }
}

/// All sittings of a story, the one going on last.
fn tell(events: &[PlayerEvent]) -> Vec<Sitting> {
    let mut session = Session::default();
    let mut sittings: Vec<Sitting> = events.iter().flat_map(|event| session.hear(event)).collect();
    sittings.extend(session.going_on().cloned());
    sittings
}

fn heard(events: &[PlayerEvent]) -> Vec<Vec<(i64, i64)>> {
    tell(events)
        .iter()
        .map(|sitting| sitting.heard.iter().collect())
        .collect()
}

#[derive(Debug, Clone)]
enum Act {
    Wait { steps: i64 },
    Play,
    Pause,
    Seek { to: i64 },
    Speed { permille: i64 },
    Next { length: Option<i64> },
    Tell,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1_i64..900).prop_map(|steps| Act::Wait { steps: steps * 10 }),
        2 => Just(Act::Play),
        1 => Just(Act::Pause),
        1 => (0_i64..3000).prop_map(|to| Act::Seek { to }),
        1 => prop::sample::select(vec![500_i64, 1000, 1500, 2000, 3000]).prop_map(|permille| Act::Speed { permille }),
        1 => prop::option::of(50_i64..4000).prop_map(|length| Act::Next { length }),
        1 => Just(Act::Tell),
    ]
}

/// The player of the model.
#[derive(Default)]
struct Player {
    now_ms: i64,
    playing: bool,
    speed: i64,
    /// In tenths of a step, so that every speed moves by whole ones.
    at: i64,
    title: u32,
    length: Option<i64>,
    /// Of each sitting, the steps of the medium that sounded.
    sittings: Vec<Vec<bool>>,
    sitting: bool,
    /// Milliseconds of the pause so far.
    paused_ms: Option<i64>,
}

impl Player {
    fn wait(&mut self, steps: i64) {
        for _ in 0..steps {
            self.now_ms += STEP_MS;
            if self.playing {
                for _ in 0..self.speed / 100 {
                    let step = self.at / 10;
                    if self.length.is_some_and(|length| step >= length) {
                        break;
                    }
                    let sounded = self.sittings.last_mut().unwrap();
                    let step = usize::try_from(step).unwrap();
                    if sounded.len() <= step {
                        sounded.resize(step + 1, false);
                    }
                    sounded[step] = true;
                    self.at += 1;
                }
            }
        }
        if let Some(paused_ms) = &mut self.paused_ms {
            *paused_ms += steps * STEP_MS;
        }
    }

    fn begin(&mut self) {
        if !self.sitting {
            self.sittings.push(Vec::new());
            self.sitting = true;
        }
    }

    fn position_ms(&self) -> i64 {
        self.at / 10 * STEP_MS
    }

    /// Carries out an act; what the player would say of it.
    fn act(&mut self, act: &Act) -> Option<PlayerEventKind> {
        Some(match act {
            Act::Wait { steps } => {
                self.wait(*steps);
                return None;
            }
            Act::Play => {
                if self.paused_ms.take().is_some_and(|paused| paused > 2 * 3_600_000) {
                    self.sitting = false;
                }
                self.playing = true;
                self.begin();
                PlayerEventKind::Play
            }
            Act::Pause => {
                if self.playing {
                    self.paused_ms = Some(0);
                }
                self.playing = false;
                PlayerEventKind::Pause
            }
            Act::Seek { to } => {
                let to = self.length.map_or(*to, |length| *to % length);
                self.at = to * 10;
                PlayerEventKind::Seek { to_ms: to * STEP_MS }
            }
            Act::Speed { permille } => {
                self.speed = *permille;
                PlayerEventKind::Speed { permille: *permille }
            }
            Act::Next { length } => {
                self.title += 1;
                self.length = *length;
                self.at = 0;
                self.sitting = false;
                if self.playing {
                    self.begin();
                }
                PlayerEventKind::Metadata {
                    media: media(&format!("t{}", self.title), length.map(|length| length * STEP_MS)),
                }
            }
            Act::Tell => PlayerEventKind::Position { ms: self.position_ms() },
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever a person does with a player, and whether or not the player says where it is, exactly the stretches that
    /// sounded are heard, each once; and it makes no difference that the program is killed between any two events.
    #[test]
    fn what_sounded_is_heard_once(acts in prop::collection::vec((act(), any::<bool>()), 0..60)) {
        let mut player = Player { speed: 1000, ..Player::default() };
        let mut session = Session::default();
        let mut sittings = Vec::new();
        let first = (Act::Next { length: Some(1800) }, false);
        for (act, says) in std::iter::once(&first).chain(&acts) {
            let before_ms = player.position_ms();
            let Some(kind) = player.act(act) else { continue };
            // A place is told before a jump, and in the new medium after a change.
            let position_ms = match kind {
                PlayerEventKind::Seek { .. } => before_ms,
                _ => player.position_ms(),
            };
            // Half a step is never said: the model counts whole ones.
            let says = *says && player.at % 10 == 0;
            if matches!(kind, PlayerEventKind::Position { .. }) && player.at % 10 != 0 { continue }
            let event = event(player.now_ms, kind, says.then_some(position_ms));
            sittings.extend(session.hear(&event));
            session = serde_json::from_str(&serde_json::to_string(&session).unwrap()).unwrap();
        }
        let last = event(player.now_ms, PlayerEventKind::End, None);
        sittings.extend(session.hear(&last));
        prop_assert_eq!(session.going_on(), None);
        let found: Vec<Ranges> = sittings.into_iter().map(|sitting| sitting.heard).collect();
        let expected: Vec<Ranges> = player.sittings.iter().map(|sounded| {
            let mut ranges = Ranges::new();
            for (step, _) in sounded.iter().enumerate().filter(|(_, sounded)| **sounded) {
                let at = i64::try_from(step).unwrap() * STEP_MS;
                ranges.insert(at, at + STEP_MS).unwrap();
            }
            ranges
        }).collect();
        prop_assert_eq!(found, expected);
    }

    /// No event, however wrong its numbers are, makes the machine fail or hear more than the clock allows.
    #[test]
    fn wrong_numbers_do_no_harm(
        numbers in prop::collection::vec((0_usize..7, any::<i64>(), any::<i64>(), prop::option::of(any::<i64>())), 0..40),
    ) {
        let mut session = Session::default();
        for (which, number, at, position_ms) in numbers {
            let kind = match which {
                0 => PlayerEventKind::Play,
                1 => PlayerEventKind::Pause,
                2 => PlayerEventKind::Seek { to_ms: number },
                3 => PlayerEventKind::Speed { permille: number },
                4 => PlayerEventKind::Metadata { media: media(&format!("t{}", number % 3), Some(number)) },
                5 => PlayerEventKind::Position { ms: number },
                _ => PlayerEventKind::End,
            };
            let mut event = event(0, kind, position_ms);
            event.monotonic_ms = at;
            for sitting in session.hear(&event) {
                prop_assert!(sitting.heard.total_ms() >= 0);
            }
        }
    }
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
    after.monotonic_ms = 1_000;
    let mut end = event(86_405_000, PlayerEventKind::End, None);
    end.monotonic_ms = 6_000;
    let position = event(7_000, PlayerEventKind::Position { ms: 7_000 }, None);
    assert_eq!(
        heard(&[says(0, "a", None), play(0), position, after, end]),
        [[(0, 7_000)], [(7_000, 12_000)]]
    );
}
