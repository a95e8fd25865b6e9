//! One session of a player as a state machine without I/O: events in, listens with their exact stretches out. It is all
//! it knows, so it is kept as JSON between two drains and goes on where it was, whenever the program was killed.
//!
//! Time that passes is heard when the player plays: the stretch from where it was to where it is now. Where it is now
//! comes from the clock and the speed, and from the player when it says so. What nobody said is not counted: after the
//! last event nothing was heard.

use serde::{Deserialize, Serialize};
use tekram_primitives::ranges::Ranges;

use super::event::{Media, PlayerEvent, PlayerEventKind};

/// A player's own word about its place may differ this much from the clock's: rounding, and the way of the message.
const TOLERANCE_MS: i64 = 2_000;
/// After a longer pause it is another sitting, as for the actions of podcast players.
const LONGEST_PAUSE_MS: i64 = 2 * 60 * 60 * 1000;
/// A medium of unknown length is not believed to have run on for longer than this without any word from the player.
const LONGEST_SILENCE_MS: i64 = 6 * 60 * 60 * 1000;
/// Sixteen times the normal speed: no ear follows that.
const TOP_SPEED_PERMILLE: i64 = 16_000;
const NORMAL_SPEED_PERMILLE: i64 = 1_000;

/// What one session is in the middle of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    media: Option<Media>,
    playing: bool,
    speed_permille: i64,
    /// Where in the medium it was at the last event.
    position_ms: i64,
    /// When that was, by the clock that never goes back.
    at_monotonic_ms: i64,
    /// When it was paused, by the same clock.
    paused_monotonic_ms: Option<i64>,
    /// The listen going on.
    sitting: Option<Sitting>,
    /// Sittings so far: tells two of the same moment apart.
    sittings: u64,
}

/// One listen of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sitting {
    /// Its number in the session.
    pub(crate) number: u64,
    /// When it began, milliseconds since 1970 UTC.
    pub(crate) start_ms: i64,
    pub(crate) offset_min: Option<i64>,
    pub(crate) heard: Ranges,
    /// What it is, once the player said so.
    pub(crate) media: Option<Media>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            media: None,
            playing: false,
            speed_permille: NORMAL_SPEED_PERMILLE,
            position_ms: 0,
            at_monotonic_ms: 0,
            paused_monotonic_ms: None,
            sitting: None,
            sittings: 0,
        }
    }
}

impl Session {
    /// Takes in what the player did; the listens that this ended come back.
    pub(crate) fn hear(&mut self, event: &PlayerEvent) -> Vec<Sitting> {
        let mut ended = Vec::new();
        let said_ms = match event.kind {
            PlayerEventKind::Position { ms } => Some(ms),
            _ => event.position_ms,
        }
        .map(|ms| ms.max(0));
        let other_medium = match &event.kind {
            PlayerEventKind::Metadata { media } => self.media.as_ref().is_some_and(|known| !same(known, media)),
            _ => false,
        };
        if self.at_monotonic_ms.saturating_sub(event.monotonic_ms) > TOLERANCE_MS {
            self.start_anew(event, &mut ended);
        }
        // Where a new medium begins says nothing of where the old one ended.
        if let Some(heard_ms) = self.advance(event, said_ms.filter(|_| !other_medium)) {
            self.end(&mut ended);
            self.begin(event);
            if let Some(sitting) = &mut self.sitting {
                sitting.start_ms = sitting.start_ms.saturating_sub(heard_ms);
            }
            self.heard(0, heard_ms);
        }
        match &event.kind {
            PlayerEventKind::Play => {
                let paused_ms = self
                    .paused_monotonic_ms
                    .map_or(0, |paused| event.monotonic_ms.saturating_sub(paused));
                if paused_ms > LONGEST_PAUSE_MS {
                    self.end(&mut ended);
                }
                self.paused_monotonic_ms = None;
                self.playing = true;
                self.begin(event);
            }
            PlayerEventKind::Pause => {
                if self.playing {
                    self.paused_monotonic_ms = Some(event.monotonic_ms);
                }
                self.playing = false;
            }
            PlayerEventKind::Seek { to_ms } => self.position_ms = (*to_ms).max(0),
            PlayerEventKind::Speed { permille } => self.speed_permille = (*permille).clamp(0, TOP_SPEED_PERMILLE),
            PlayerEventKind::Metadata { media } => {
                if other_medium {
                    self.end(&mut ended);
                    self.position_ms = said_ms.unwrap_or(0);
                    self.media = Some(media.clone());
                } else {
                    let known = self.media.get_or_insert_default();
                    refine(known, media);
                }
                if self.playing {
                    self.begin(event);
                }
                if let Some(sitting) = &mut self.sitting {
                    sitting.media.clone_from(&self.media);
                }
            }
            PlayerEventKind::Position { .. } => {}
            PlayerEventKind::End => self.end(&mut ended),
        }
        ended
    }

    /// The listen that is going on, as far as it is known.
    pub(crate) fn going_on(&self) -> Option<&Sitting> {
        self.sitting.as_ref()
    }

    /// The clock that never goes back began anew: the device was off, nobody knows for how long.
    fn start_anew(&mut self, event: &PlayerEvent, ended: &mut Vec<Sitting>) {
        self.end(ended);
        self.playing = false;
        self.paused_monotonic_ms = None;
        self.at_monotonic_ms = event.monotonic_ms;
    }

    /// Counts the time since the last event as heard, and moves on. When the medium came to its end and started over by
    /// itself, the last part belongs to another listen: its length comes back.
    fn advance(&mut self, event: &PlayerEvent, said_ms: Option<i64>) -> Option<i64> {
        let from_ms = self.position_ms;
        // Messages may overtake each other by a little.
        let passed_ms = event.monotonic_ms.saturating_sub(self.at_monotonic_ms).max(0);
        self.at_monotonic_ms = self.at_monotonic_ms.max(event.monotonic_ms);
        if !self.playing {
            self.position_ms = said_ms.unwrap_or(from_ms);
            return None;
        }
        let length_ms = self.length_ms();
        let run_ms = passed_ms.saturating_mul(self.speed_permille) / NORMAL_SPEED_PERMILLE;
        let left_ms = length_ms.map_or(LONGEST_SILENCE_MS, |length_ms| length_ms.saturating_sub(from_ms).max(0));
        let reached_ms = from_ms.saturating_add(run_ms.min(left_ms));
        let Some(said_ms) = said_ms else {
            self.heard(from_ms, reached_ms);
            self.position_ms = reached_ms;
            return None;
        };
        self.position_ms = said_ms;
        let over_ms = run_ms.saturating_sub(left_ms);
        let seeks = matches!(event.kind, PlayerEventKind::Seek { .. });
        let starts_over = length_ms.is_some_and(|length_ms| length_ms > 2 * TOLERANCE_MS)
            && !seeks
            && over_ms >= -TOLERANCE_MS
            && near(said_ms, over_ms.max(0))
            && said_ms < reached_ms.saturating_sub(TOLERANCE_MS);
        if starts_over {
            self.heard(from_ms, length_ms.unwrap_or(reached_ms).max(from_ms));
            return Some(said_ms);
        }
        // Behind the clock, it stood still for a while to load. Elsewhere, it jumped without having said so: what the
        // clock says was heard before that.
        let explained = (from_ms..=reached_ms.saturating_add(TOLERANCE_MS)).contains(&said_ms);
        self.heard(from_ms, if explained { said_ms } else { reached_ms });
        None
    }

    fn length_ms(&self) -> Option<i64> {
        self.media.as_ref()?.media_ms.filter(|ms| *ms > 0)
    }

    fn heard(&mut self, from_ms: i64, to_ms: i64) {
        if let Some(sitting) = &mut self.sitting {
            // Never reversed and never negative, so never refused.
            let _ = sitting.heard.insert(from_ms, to_ms);
        }
    }

    fn begin(&mut self, event: &PlayerEvent) {
        if self.sitting.is_none() {
            self.sittings = self.sittings.saturating_add(1);
            self.sitting = Some(Sitting {
                number: self.sittings,
                start_ms: event.at_ms,
                offset_min: event.offset_min,
                heard: Ranges::new(),
                media: self.media.clone(),
            });
        }
    }

    fn end(&mut self, ended: &mut Vec<Sitting>) {
        ended.extend(self.sitting.take());
    }
}

fn near(one_ms: i64, other_ms: i64) -> bool {
    one_ms.saturating_sub(other_ms).abs() <= TOLERANCE_MS
}

/// Whether both words are about one medium: players tell the title first and the rest a little later.
fn same(known: &Media, said: &Media) -> bool {
    let agree = |known: &str, said: &str| known.is_empty() || said.is_empty() || known == said;
    agree(&known.title, &said.title)
        && agree(&known.show, &said.show)
        && agree(&known.url, &said.url)
        && (known.creators.is_empty() || said.creators.is_empty() || known.creators == said.creators)
}

/// Adds what is known now.
fn refine(known: &mut Media, said: &Media) {
    for (known, said) in [
        (&mut known.title, &said.title),
        (&mut known.show, &said.show),
        (&mut known.publisher, &said.publisher),
        (&mut known.url, &said.url),
    ] {
        if !said.is_empty() {
            known.clone_from(said);
        }
    }
    if !said.creators.is_empty() {
        known.creators.clone_from(&said.creators);
    }
    known.media_ms = said.media_ms.or(known.media_ms);
    known.kind = said.kind.or(known.kind);
}
