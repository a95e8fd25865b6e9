//! What capture costs on a phone: an event in the state machine alone, and an event made durable, apart from each other.

use std::fs::OpenOptions;
use std::hint::black_box;
use std::io::Write as _;

use tekram_listen::{Media, PlayerEvent, PlayerEventKind, PlayerSession, SCHEMA, seal_events};

use crate::measure::{Measurement, Outcome, Promise, Question, compare, timed};
use crate::place::Place;

const EVENTS: usize = 50_000;
/// Each is synced to the disk by itself.
const DURABLE: usize = 100;
const START_MS: i64 = 1_790_000_000_000;
const SONG_MS: i64 = 180_000;
/// As often as a phone tells where a player is.
const WORD_EVERY_MS: i64 = 30_000;

/// `listen_capture`.
///
/// # Errors
/// When anything fails.
pub fn measure() -> Outcome<Vec<Measurement>> {
    let events = evening(EVENTS);
    Ok(vec![machine(&events)?, durable(&events)?])
}

fn machine(events: &[PlayerEvent]) -> Outcome<Measurement> {
    let measured = compare(
        Question {
            bench: "listen_capture",
            case: "machine",
            promise: Promise::Figure(5.0),
            note: format!(
                "an event in the state machine: {EVENTS} of songs with a word each {} s, paused, sought and played at \
                 another speed; floor: taking a copy of each event",
                WORD_EVERY_MS / 1000
            ),
            rounds: 21,
        },
        || {
            timed(|| {
                let mut session = PlayerSession::default();
                let listens: usize = events.iter().map(|event| session.hear(event).len()).sum();
                if black_box(listens + session.so_far().len()) < EVENTS / 20 {
                    return Err(format!("{listens} listens of {EVENTS} events").into());
                }
                Ok(())
            })
        },
        || {
            timed(|| {
                for event in events {
                    black_box(event.clone());
                }
                Ok(())
            })
        },
    )?;
    Ok(measured.each(u32::try_from(EVENTS)?))
}

fn durable(events: &[PlayerEvent]) -> Outcome<Measurement> {
    let some = events.get(..DURABLE).ok_or("too few events")?;
    let place = Place::new(&[SCHEMA])?;
    let vault = place.unlock()?;
    let inbox = vault.inbox();
    let folder = tempfile::Builder::new().prefix("tekram-bench-").tempdir()?;
    let measured = compare(
        Question {
            bench: "listen_capture",
            case: "durable",
            promise: Promise::Shown,
            note: "an event sealed into the inbox of a locked vault, there after a power cut; floor: its JSON appended to \
                   a file and synced"
                .to_owned(),
            rounds: 7,
        },
        || {
            timed(|| {
                for event in some {
                    seal_events(&inbox, std::slice::from_ref(event))?;
                }
                Ok(())
            })
        },
        || {
            let mut file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(folder.path().join("events.jsonl"))?;
            timed(|| {
                for event in some {
                    serde_json::to_writer(&mut file, event)?;
                    file.write_all(b"\n")?;
                    file.sync_data()?;
                }
                Ok(())
            })
        },
    )?;
    vault.lock()?;
    Ok(measured.each(u32::try_from(DURABLE)?))
}

/// So many events of a long evening.
fn evening(count: usize) -> Vec<PlayerEvent> {
    let mut events = Vec::with_capacity(count);
    let mut at_ms = 0;
    for song in 0_i64.. {
        let told = |at_ms: i64, kind: PlayerEventKind, position_ms: Option<i64>| PlayerEvent {
            session: "1".to_owned(),
            app: "Player".to_owned(),
            at_ms: START_MS + at_ms,
            offset_min: Some(60),
            monotonic_ms: Some(at_ms),
            kind,
            position_ms,
        };
        let media = Media {
            title: format!("Song {song}"),
            creators: vec!["Vera Quill".to_owned()],
            show: "Salt".to_owned(),
            media_ms: Some(SONG_MS),
            ..Media::default()
        };
        events.push(told(at_ms, PlayerEventKind::Metadata { media }, Some(0)));
        events.push(told(at_ms, PlayerEventKind::Play, Some(0)));
        for word in 1..SONG_MS / WORD_EVERY_MS {
            let (place_ms, now_ms) = (word * WORD_EVERY_MS, at_ms + word * WORD_EVERY_MS);
            events.push(told(now_ms, PlayerEventKind::Position { ms: place_ms }, None));
        }
        at_ms += SONG_MS;
        let kind = match song % 4 {
            0 => PlayerEventKind::Pause,
            1 => PlayerEventKind::Seek { to_ms: SONG_MS / 2 },
            2 => PlayerEventKind::Speed { permille: 1_000 },
            _ => PlayerEventKind::Play,
        };
        events.push(told(at_ms, kind, Some(SONG_MS)));
        at_ms += 1_000;
        if events.len() >= count {
            events.truncate(count);
            return events;
        }
    }
    events
}
