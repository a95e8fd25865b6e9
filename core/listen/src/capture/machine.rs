//! One session of a player as a state machine without I/O: events in, listens with their exact stretches out. It is all
//! it knows, so it is kept as JSON between two drains and goes on where it was, whenever the program was killed.
//!
//! Time that passes is heard when the player plays: the stretch from where it was to where it is now. Where it is now
//! comes from the clock and the speed, and from the player when it says so. What nobody said is not counted: after the
//! last event nothing was heard, and a silence that the medium cannot explain was none of it.

use serde::{Deserialize, Serialize};
use tekram_primitives::ranges::Ranges;

use super::event::{Media, PlayerEvent, PlayerEventKind};
use super::medium::{inherit, is_advert, is_other, refine, same};
use super::moment::Moment;
use super::order::Order;
use super::quiet::{Mode, Spans};

/// A player's own word about its place may differ this much from the clock's: rounding, and the way of the message.
pub(super) const TOLERANCE_MS: i64 = 2_000;
/// After a longer pause it is another sitting, as for the actions of podcast players.
const LONGEST_PAUSE_MS: i64 = 2 * 60 * 60 * 1000;
/// A medium of unknown length is not believed to have run on for longer than this without any word from the player.
const LONGEST_SILENCE_MS: i64 = 6 * 60 * 60 * 1000;
/// A player loads for no longer. Who is silent for this long after the medium must have been over had stopped before.
const LONGEST_STALL_MS: i64 = 5 * 60 * 1000;
/// Sixteen times the normal speed: no ear follows that.
const TOP_SPEED_PERMILLE: i64 = 16_000;
const NORMAL_SPEED_PERMILLE: i64 = 1_000;

/// What one session of a player is in the middle of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    order: Order,
    media: Option<Media>,
    /// Since when it plays that.
    media_since: Option<Moment>,
    playing: bool,
    speed_permille: i64,
    /// Where in the medium it was at the last event.
    position_ms: i64,
    /// When that was.
    at: Option<Moment>,
    paused: Option<Moment>,
    mode: Mode,
    /// The listen going on.
    sitting: Option<Sitting>,
    /// What an advert interrupts.
    aside: Option<Aside>,
    /// Sittings so far: tells two of the same moment apart.
    sittings: u64,
}

/// One listen of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitting {
    /// Its number in the session.
    pub number: u64,
    /// When it began, milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// Minutes east of UTC where it began, if known.
    pub offset_min: Option<i64>,
    /// What of the medium sounded.
    pub heard: Ranges,
    /// Where in the medium it was at last, in milliseconds.
    #[serde(default)]
    pub left_ms: i64,
    /// What it is, once the player said so.
    pub media: Option<Media>,
    /// Whether it was in a private session.
    #[serde(default)]
    pub private: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Aside {
    media: Media,
    media_since: Option<Moment>,
    position_ms: i64,
    sitting: Option<Sitting>,
}

/// What the time since the last event was.
struct Passed {
    /// Stretch of the medium that sounded.
    from_ms: i64,
    to_ms: i64,
    /// The medium began anew by itself, and this much of it sounded.
    over_ms: Option<i64>,
    /// How long nothing can have sounded.
    idle_ms: i64,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            order: Order::default(),
            media: None,
            media_since: None,
            playing: false,
            speed_permille: NORMAL_SPEED_PERMILLE,
            position_ms: 0,
            at: None,
            paused: None,
            mode: Mode::Open,
            sitting: None,
            aside: None,
            sittings: 0,
        }
    }
}

impl Session {
    /// Takes in what the player did; the listens that this ended for good come back. Events that overtook each other by a
    /// little are put in order, one that is told twice counts once.
    pub fn hear(&mut self, event: &PlayerEvent) -> Vec<Sitting> {
        self.hear_in(event, &Spans::default())
    }

    /// All listens that are not ended for good yet, as far as they are known.
    #[must_use]
    pub fn so_far(&self) -> Vec<Sitting> {
        self.so_far_in(&Spans::default())
    }

    pub(crate) fn hear_in(&mut self, event: &PlayerEvent, quiet: &Spans) -> Vec<Sitting> {
        let mut ended = Vec::new();
        let due = self.order.take(event);
        for event in &due.before {
            self.carry_out(event, quiet, &mut ended);
        }
        if due.restarted {
            self.stop(&mut ended);
        }
        for event in &due.now {
            self.carry_out(event, quiet, &mut ended);
        }
        ended
    }

    pub(crate) fn so_far_in(&self, quiet: &Spans) -> Vec<Sitting> {
        let mut then = self.clone();
        let mut sittings = Vec::new();
        for event in then.order.all() {
            then.carry_out(&event, quiet, &mut sittings);
        }
        then.end(&mut sittings);
        sittings
    }

    /// The wall clock at a moment of the clock that never goes back, as far as this session knows.
    pub(crate) fn wall_ms(&self, monotonic_ms: i64) -> Option<i64> {
        let known = self.order.newest()?;
        Some(
            known
                .wall_ms
                .saturating_add(monotonic_ms.saturating_sub(known.monotonic_ms?)),
        )
    }

    fn carry_out(&mut self, event: &PlayerEvent, quiet: &Spans, ended: &mut Vec<Sitting>) {
        let now = Moment::of(event);
        let said_ms = match event.kind {
            PlayerEventKind::Position { ms } => Some(ms),
            _ => event.position_ms,
        }
        .map(|ms| ms.max(0));
        let other_medium = match &event.kind {
            PlayerEventKind::Metadata { media } => self.media.as_ref().is_some_and(|known| {
                let since_ms = self.media_since.map_or(0, |since| now.since(since));
                is_other(known, media, since_ms)
            }),
            _ => false,
        };
        // Where a new medium begins says nothing of where the old one ended.
        let passed = self.advance(event, now, said_ms.filter(|_| !other_medium));
        self.place(&passed, event, quiet, ended);
        if let Some(over_ms) = passed.over_ms {
            self.end(ended);
            self.begin(event);
            let took_ms = self.takes_ms(over_ms);
            if let Some(sitting) = &mut self.sitting {
                sitting.start_ms = sitting.start_ms.saturating_sub(took_ms);
            }
            self.heard(0, over_ms);
        }
        self.at = Some(now);
        match &event.kind {
            PlayerEventKind::Play => {
                let paused_ms = self.paused.take().map_or(0, |paused| now.since(paused));
                if paused_ms.max(passed.idle_ms) > LONGEST_PAUSE_MS {
                    self.end(ended);
                }
                self.playing = true;
                self.begin(event);
            }
            PlayerEventKind::Pause => {
                if self.playing {
                    self.paused = Some(now);
                }
                self.playing = false;
            }
            PlayerEventKind::Seek { to_ms } => self.position_ms = (*to_ms).max(0),
            PlayerEventKind::Speed { permille } => self.speed_permille = (*permille).clamp(0, TOP_SPEED_PERMILLE),
            PlayerEventKind::Metadata { media } => {
                if other_medium {
                    self.change(media, now, said_ms, ended);
                } else {
                    self.media_since.get_or_insert(now);
                    refine(self.media.get_or_insert_default(), media);
                }
                if self.playing {
                    self.begin(event);
                }
                if let Some(sitting) = &mut self.sitting {
                    sitting.media.clone_from(&self.media);
                }
            }
            PlayerEventKind::Position { .. } => {}
            PlayerEventKind::End => self.over(ended),
        }
    }

    /// The session is over. The same name may come again.
    fn over(&mut self, ended: &mut Vec<Sitting>) {
        self.end(ended);
        *self = Self {
            order: std::mem::take(&mut self.order),
            sittings: self.sittings,
            ..Self::default()
        };
    }

    /// The device was off, nobody knows for how long.
    fn stop(&mut self, ended: &mut Vec<Sitting>) {
        self.end(ended);
        self.playing = false;
        self.paused = None;
        self.at = None;
    }

    /// What sounded since the last event; moves on to where the player is now.
    fn advance(&mut self, event: &PlayerEvent, now: Moment, said_ms: Option<i64>) -> Passed {
        let from_ms = self.position_ms;
        let mut passed = Passed {
            from_ms,
            to_ms: from_ms,
            over_ms: None,
            idle_ms: 0,
        };
        let (true, Some(at)) = (self.playing, self.at) else {
            self.position_ms = said_ms.unwrap_or(from_ms);
            return passed;
        };
        let passed_ms = now.since(at).max(0);
        let length_ms = self.length_ms();
        let run_ms = self.runs_ms(passed_ms);
        let left_ms = length_ms.map_or_else(
            || self.runs_ms(LONGEST_SILENCE_MS),
            |length_ms| length_ms.saturating_sub(from_ms).max(0),
        );
        let reached_ms = from_ms.saturating_add(run_ms.min(left_ms));
        passed.idle_ms = passed_ms.saturating_sub(self.takes_ms(left_ms)).max(0);
        let Some(said_ms) = said_ms else {
            // It begins again, so it had stopped, and nobody said when; or it was silent for longer than it can have played.
            let begins_again = event.kind == PlayerEventKind::Play && passed_ms > TOLERANCE_MS;
            if begins_again || passed.idle_ms > LONGEST_STALL_MS {
                passed.idle_ms = passed_ms;
            } else {
                passed.to_ms = reached_ms;
                self.position_ms = reached_ms;
            }
            return passed;
        };
        self.position_ms = said_ms;
        if now.since(at) < 0 {
            // A clock that was set back tells nothing, so the player's own word is all there is.
            passed.to_ms = said_ms.clamp(from_ms, from_ms.saturating_add(left_ms));
            return passed;
        }
        let over_ms = run_ms.saturating_sub(left_ms);
        let seeks = matches!(event.kind, PlayerEventKind::Seek { .. });
        let starts_over = length_ms.is_some_and(|length_ms| length_ms > 2 * TOLERANCE_MS)
            && !seeks
            && over_ms >= -TOLERANCE_MS
            && near(said_ms, over_ms.max(0))
            && said_ms < reached_ms.saturating_sub(TOLERANCE_MS);
        if starts_over {
            passed.to_ms = length_ms.unwrap_or(reached_ms).max(from_ms);
            passed.over_ms = Some(said_ms);
            return passed;
        }
        // Behind the clock, it stood still for a while to load. Elsewhere, it jumped without having said so: what the
        // clock says was heard before that.
        let explained = (from_ms..=reached_ms.saturating_add(TOLERANCE_MS)).contains(&said_ms);
        passed.to_ms = if explained { said_ms } else { reached_ms };
        passed.idle_ms = passed_ms
            .saturating_sub(self.takes_ms(passed.to_ms.saturating_sub(from_ms)))
            .max(0);
        passed
    }

    /// How much of the medium sounds in a time at the present speed.
    fn runs_ms(&self, time_ms: i64) -> i64 {
        time_ms.saturating_mul(self.speed_permille) / NORMAL_SPEED_PERMILLE
    }

    /// How long a part of the medium sounds at the present speed.
    fn takes_ms(&self, part_ms: i64) -> i64 {
        match self.speed_permille {
            0 => 0,
            permille => part_ms.saturating_mul(NORMAL_SPEED_PERMILLE) / permille,
        }
    }

    /// Counts a stretch as heard, cut where the person paused the log or was in private meanwhile.
    fn place(&mut self, passed: &Passed, event: &PlayerEvent, quiet: &Spans, ended: &mut Vec<Sitting>) {
        let now_ms = event.at_ms;
        let Some(at) = self.at else {
            self.mode = quiet.mode_at(now_ms);
            return;
        };
        let mut from_ms = passed.from_ms;
        for (change_ms, mode) in quiet.changes(at.wall_ms, now_ms) {
            if mode == self.mode {
                continue;
            }
            let run_ms = self.runs_ms(change_ms.saturating_sub(at.wall_ms));
            let cut_ms = passed.from_ms.saturating_add(run_ms).clamp(from_ms, passed.to_ms);
            self.heard(from_ms, cut_ms);
            self.end(ended);
            self.mode = mode;
            if self.playing {
                self.begin_at(change_ms, event.offset_min);
            }
            from_ms = cut_ms;
        }
        // A clock that was set back can lead into a quiet time or out of it, too.
        let mode = quiet.mode_at(now_ms);
        if mode != self.mode {
            self.end(ended);
            self.mode = mode;
            if self.playing {
                self.begin(event);
            }
        }
        self.heard(from_ms, passed.to_ms);
    }

    /// Another medium from now on. An advert interrupts what was on: that goes on when it comes back.
    fn change(&mut self, media: &Media, now: Moment, said_ms: Option<i64>, ended: &mut Vec<Sitting>) {
        let mut media = media.clone();
        let was_advert = self.media.as_ref().is_some_and(is_advert);
        if is_advert(&media) && !was_advert {
            self.aside = self.media.take().map(|media| Aside {
                media,
                media_since: self.media_since,
                position_ms: self.position_ms,
                sitting: self.sitting.take(),
            });
        } else {
            ended.extend(self.sitting.take());
        }
        if !is_advert(&media)
            && let Some(aside) = self.aside.take()
        {
            if same(&aside.media, &media) {
                let known = self.media.insert(aside.media);
                refine(known, &media);
                self.media_since = aside.media_since;
                self.position_ms = said_ms.unwrap_or(aside.position_ms);
                self.sitting = aside.sitting;
                return;
            }
            ended.extend(aside.sitting);
        }
        if let Some(known) = &self.media {
            inherit(&mut media, known);
        }
        self.position_ms = said_ms.unwrap_or(0);
        self.media = Some(media);
        self.media_since = Some(now);
    }

    fn length_ms(&self) -> Option<i64> {
        self.media.as_ref()?.media_ms.filter(|ms| *ms > 0)
    }

    fn heard(&mut self, from_ms: i64, to_ms: i64) {
        if let Some(sitting) = &mut self.sitting {
            // Never reversed and never negative, so never refused.
            let _ = sitting.heard.insert(from_ms, to_ms);
            sitting.left_ms = to_ms;
        }
    }

    fn begin(&mut self, event: &PlayerEvent) {
        self.begin_at(event.at_ms, event.offset_min);
    }

    fn begin_at(&mut self, start_ms: i64, offset_min: Option<i64>) {
        if self.sitting.is_none() && self.mode != Mode::Paused {
            self.sittings = self.sittings.saturating_add(1);
            self.sitting = Some(Sitting {
                number: self.sittings,
                start_ms,
                offset_min,
                heard: Ranges::new(),
                left_ms: self.position_ms,
                media: self.media.clone(),
                private: self.mode == Mode::Private,
            });
        }
    }

    fn end(&mut self, ended: &mut Vec<Sitting>) {
        if let Some(aside) = &mut self.aside {
            ended.extend(aside.sitting.take());
        }
        ended.extend(self.sitting.take());
    }
}

fn near(one_ms: i64, other_ms: i64) -> bool {
    one_ms.saturating_sub(other_ms).abs() <= TOLERANCE_MS
}
