//! The player of the model: it moves second by second and ticks off each half second of the medium that sounds. It tells
//! of what it does as a player would; what sounded since the last event is noted in pencil, and each event says whether it
//! stands, because only what is told can be expected to be known.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use super::event::{Media, PlayerEvent, PlayerEventKind};
use super::quiet::{Mode, Quiet};
use crate::Kind;

const TICK_MS: i64 = 1_000;
/// The smallest part of a medium that is ticked off: one second at half the speed.
pub(super) const CELL_MS: i64 = 500;
const WALL_MS: i64 = 1_790_000_000_000;
const HOUR: i64 = 3_600;

/// What happens. `said`: the player says where it is, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Wait {
        ticks: i64,
    },
    Play {
        said: bool,
    },
    Pause {
        said: bool,
    },
    Seek {
        cell: i64,
        said: bool,
    },
    /// Half seconds a second.
    Speed {
        cells: i64,
    },
    Next {
        kind: Option<Kind>,
        length: Option<i64>,
        said: bool,
    },
    /// More of the same medium becomes known.
    Refine {
        length: Option<i64>,
        said: bool,
    },
    /// A station's next song; 0 is talk, without a title.
    Song {
        title: i64,
        station: bool,
        said: bool,
    },
    Advert {
        length: Option<i64>,
    },
    /// What the advert interrupted goes on.
    Back {
        said: bool,
    },
    Tell,
    /// It stands still to load, and then says where it is.
    Stall {
        ticks: i64,
    },
    /// It moves without saying so, and then says where it is.
    Jump {
        cell: i64,
    },
    /// It comes to the end and starts over by itself.
    Loop,
    /// It stops without a word, and the night passes.
    Sleep,
    /// Three hours pass.
    LongPause,
    SetClock {
        ms: i64,
    },
    Zone {
        minutes: i64,
    },
    Quieten {
        mode: Mode,
    },
    End {
        said: bool,
    },
}

/// A listen as the model expects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) start_ms: i64,
    pub(super) offset_min: Option<i64>,
    /// In order of their beginning.
    pub(super) number: u64,
    pub(super) media: Option<Media>,
    pub(super) private: bool,
    /// Half seconds of the medium that sounded.
    pub(super) cells: Vec<bool>,
}

struct Interrupted {
    media: Media,
    at: i64,
    since: i64,
    sitting: Option<usize>,
}

/// What the device can do in this sequence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Device {
    /// It has a clock that never goes back.
    pub(super) stamped: bool,
    /// Its clock is set now and then; otherwise the person wants quiet now and then.
    pub(super) clock_is_set: bool,
}

pub(super) struct World {
    device: Device,
    ticks: i64,
    wall_ms: i64,
    offset_min: i64,
    mode: Mode,
    pub(super) quiet: Vec<(Quiet, i64, i64)>,
    playing: bool,
    cells_a_tick: i64,
    at: i64,
    media: Option<Media>,
    media_since: i64,
    titles: u64,
    pub(super) sittings: Vec<Expected>,
    sitting: Option<usize>,
    aside: Option<Interrupted>,
    paused_since: Option<i64>,
    asleep: bool,
    pub(super) events: Vec<PlayerEvent>,
    // Since the last event:
    told: i64,
    told_at: i64,
    /// In pencil: the second in which a half second sounded, and which.
    pencil: Vec<(i64, i64)>,
    ended_ticks: i64,
    changes: Vec<(i64, Mode)>,
    /// What was told in this very second: a second word of that kind waits for the next.
    just_told: Vec<std::mem::Discriminant<PlayerEventKind>>,
}

impl World {
    pub(super) fn new(device: Device) -> Self {
        Self {
            device,
            ticks: 0,
            wall_ms: WALL_MS,
            offset_min: 60,
            mode: Mode::Open,
            quiet: Vec::new(),
            playing: false,
            cells_a_tick: 2,
            at: 0,
            media: None,
            media_since: 0,
            titles: 0,
            sittings: Vec::new(),
            sitting: None,
            aside: None,
            paused_since: None,
            asleep: false,
            events: Vec::new(),
            told: 0,
            told_at: 0,
            pencil: Vec::new(),
            ended_ticks: 0,
            changes: Vec::new(),
            just_told: Vec::new(),
        }
    }

    fn length(&self) -> Option<i64> {
        Some(self.media.as_ref()?.media_ms? / CELL_MS)
    }

    fn pass(&mut self, ticks: i64) {
        self.ticks += ticks;
        self.wall_ms += ticks * TICK_MS;
        self.just_told.clear();
    }

    fn tick(&mut self) {
        if self.playing && !self.asleep {
            let before = self.at;
            for _ in 0..self.cells_a_tick {
                if self.length().is_none_or(|length| self.at < length) {
                    self.pencil.push((self.ticks, self.at));
                    self.at += 1;
                }
            }
            if self.at == before {
                self.ended_ticks += 1;
            }
        }
        self.pass(1);
    }

    fn begin(&mut self, start_ms: i64) {
        if self.sitting.is_none() && self.mode != Mode::Paused {
            self.sitting = Some(self.sittings.len());
            self.sittings.push(Expected {
                start_ms,
                offset_min: Some(self.offset_min),
                number: u64::try_from(self.sittings.len()).unwrap() + 1,
                media: self.media.clone(),
                private: self.mode == Mode::Private,
                cells: Vec::new(),
            });
        }
    }

    fn end(&mut self) {
        if let Some(aside) = &mut self.aside {
            aside.sitting = None;
        }
        self.sitting = None;
    }

    fn tick_off(&mut self, cell: i64) {
        if let Some(sitting) = self.sitting {
            let (cells, cell) = (&mut self.sittings[sitting].cells, usize::try_from(cell).unwrap());
            if cells.len() <= cell {
                cells.resize(cell + 1, false);
            }
            cells[cell] = true;
        }
    }

    /// The player tells something. `said`: where it is, in the medium that it played until now.
    fn tell(&mut self, kind: &PlayerEventKind, said: bool) {
        // Nearly five minutes after the end is neither here nor there.
        while !said && (250..350).contains(&self.ended_ticks) {
            self.tick();
        }
        if self.just_told.contains(&std::mem::discriminant(kind)) {
            self.tick();
        }
        self.just_told.push(std::mem::discriminant(kind));
        let begins_again = *kind == PlayerEventKind::Play && self.playing && self.ticks - self.told > 2;
        let stands = said || !(begins_again || self.asleep || self.ended_ticks > 300);
        let sounded = if stands { self.pencil.len() } else { 0 };
        let pencil = std::mem::take(&mut self.pencil);
        let mut changes = std::mem::take(&mut self.changes).into_iter().peekable();
        let wall_then = self.wall_ms - self.ticks * TICK_MS;
        let mut cross = |world: &mut Self, until: i64| {
            while let Some((tick, mode)) = changes.next_if(|(tick, _)| *tick <= until) {
                if mode != world.mode {
                    world.end();
                    world.mode = mode;
                    if world.playing {
                        world.begin(wall_then + tick * TICK_MS);
                    }
                }
            }
        };
        for (tick, cell) in pencil.into_iter().take(sounded) {
            cross(self, tick);
            self.tick_off(cell);
        }
        cross(self, self.ticks);
        if !stands {
            // Nobody said that it got any further.
            self.at = self.told_at;
        }
        let silent = self.ticks - self.told - i64::try_from(sounded).unwrap() / self.cells_a_tick;
        if *kind == PlayerEventKind::Play && self.playing && silent > 2 * HOUR {
            self.end();
        }
        self.told = self.ticks;
        self.ended_ticks = 0;
        self.asleep = false;
    }

    /// The event itself, after what it does is known.
    fn send(&mut self, kind: PlayerEventKind, position: Option<i64>) {
        self.told_at = self.at;
        self.events.push(PlayerEvent {
            session: "s".to_owned(),
            app: "Player".to_owned(),
            at_ms: self.wall_ms,
            offset_min: Some(self.offset_min),
            monotonic_ms: self.device.stamped.then_some(7_000_000 + self.ticks * TICK_MS),
            kind,
            position_ms: position.map(|cell| cell * CELL_MS),
        });
    }

    fn simple(&mut self, kind: PlayerEventKind, said: bool) {
        self.tell(&kind, said);
        let at = said.then_some(self.at);
        self.send(kind, at);
    }

    fn change(&mut self, media: Media, told: Media, said: bool, at: i64) {
        let kind = PlayerEventKind::Metadata { media: told };
        self.tell(&kind, false);
        self.media = Some(media);
        self.media_since = self.ticks;
        self.at = at;
        if self.playing {
            self.begin(self.wall_ms);
        }
        self.send(kind, said.then_some(at));
    }

    /// More is known of what plays.
    fn know(&mut self, media: Media, told: Media, said: bool) {
        let kind = PlayerEventKind::Metadata { media: told };
        self.tell(&kind, said);
        if self.media.is_none() {
            self.media_since = self.ticks;
        }
        self.media = Some(media.clone());
        if self.playing {
            self.begin(self.wall_ms);
        }
        if let Some(sitting) = self.sitting {
            self.sittings[sitting].media = Some(media);
        }
        let at = said.then_some(self.at);
        self.send(kind, at);
    }

    fn is_advert(&self) -> bool {
        self.media
            .as_ref()
            .is_some_and(|media| media.kind == Some(Kind::Advert))
    }

    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::Wait { ticks } => (0..ticks).for_each(|_| self.tick()),
            Act::Play { said } => {
                self.tell(&PlayerEventKind::Play, said);
                if self
                    .paused_since
                    .take()
                    .is_some_and(|since| self.ticks - since > 2 * HOUR)
                {
                    self.end();
                }
                self.playing = true;
                self.begin(self.wall_ms);
                let at = said.then_some(self.at);
                self.send(PlayerEventKind::Play, at);
            }
            Act::Pause { said } => {
                self.tell(&PlayerEventKind::Pause, said);
                if self.playing {
                    self.paused_since = Some(self.ticks);
                }
                self.playing = false;
                let at = said.then_some(self.at);
                self.send(PlayerEventKind::Pause, at);
            }
            Act::Seek { cell, said } => {
                let cell = self.length().map_or(cell, |length| cell % length);
                let kind = PlayerEventKind::Seek { to_ms: cell * CELL_MS };
                self.tell(&kind, said);
                let before = said.then_some(self.at);
                self.at = cell;
                self.send(kind, before);
            }
            Act::Speed { cells } => {
                let kind = PlayerEventKind::Speed { permille: cells * 500 };
                self.tell(&kind, false);
                self.cells_a_tick = cells;
                self.send(kind, None);
            }
            Act::Next { kind, length, said } => {
                self.titles += 1;
                let media = Media {
                    title: format!("t{}", self.titles),
                    show: format!("of {}", self.titles),
                    media_ms: length.map(|length| length * CELL_MS),
                    kind,
                    ..Media::default()
                };
                if self.media.is_none() {
                    self.know(media.clone(), media, said);
                } else {
                    self.change_to(media.clone(), media, said, if said { 6 } else { 0 });
                }
            }
            Act::Refine { length, said } => {
                let Some(known) = self.media.clone() else { return };
                let told = Media {
                    title: known.title.clone(),
                    publisher: "Press".to_owned(),
                    media_ms: length.map(|length| length * CELL_MS),
                    ..Media::default()
                };
                let mut media = known;
                media.publisher = "Press".to_owned();
                media.media_ms = told.media_ms.or(media.media_ms);
                self.know(media, told, said);
            }
            Act::Song { title, station, said } => self.song(title, station, said),
            Act::Advert { length } => {
                self.titles += 1;
                let media = Media {
                    title: format!("advert {}", self.titles),
                    media_ms: length.map(|length| length * CELL_MS),
                    kind: Some(Kind::Advert),
                    ..Media::default()
                };
                // Whether it is one must be known of both.
                match self.media.clone() {
                    Some(_) if self.is_advert() => {
                        self.cut_here(&media);
                        self.sitting = None;
                        self.change(media.clone(), media, false, 0);
                    }
                    Some(known) => {
                        self.cut_here(&media);
                        self.aside = Some(Interrupted {
                            media: known,
                            at: self.at,
                            since: self.media_since,
                            sitting: self.sitting.take(),
                        });
                        self.change(media.clone(), media, false, 0);
                    }
                    None => {}
                }
            }
            Act::Back { said } => {
                if !self.is_advert() || self.aside.is_none() {
                    return;
                }
                let told = self.aside.as_ref().unwrap().media.clone();
                // The same words without a kind would not tell that the advert is over, but the title does.
                self.cut_here(&told);
                let aside = self.aside.take().unwrap();
                self.sitting = aside.sitting;
                let at = if said { aside.at + 4 } else { aside.at };
                self.change(aside.media.clone(), told, said, at);
                self.media_since = aside.since;
            }
            Act::Tell => {
                let kind = PlayerEventKind::Position { ms: 0 };
                self.tell(&kind, true);
                let ms = self.at * CELL_MS;
                self.send(PlayerEventKind::Position { ms }, None);
            }
            Act::Stall { ticks } => {
                if self.playing && !self.asleep {
                    self.pass(ticks);
                    self.act(Act::Tell);
                }
            }
            Act::Jump { cell } => {
                self.tick();
                let reached = self.told_at + (self.ticks - self.told) * self.cells_a_tick;
                let near_end = self
                    .length()
                    .is_some_and(|length| reached + 4 >= length || cell >= length);
                let could_be_loading = (self.told_at..=reached + 4).contains(&cell);
                if self.playing && !self.asleep && !near_end && !could_be_loading {
                    let kind = PlayerEventKind::Position { ms: 0 };
                    self.tell(&kind, true);
                    self.at = cell;
                    self.send(PlayerEventKind::Position { ms: cell * CELL_MS }, None);
                }
            }
            Act::Loop => {
                let Some(length) = self.length() else { return };
                let left = length - self.at;
                if self.playing && !self.asleep && left > 0 && left % self.cells_a_tick == 0 {
                    (0..left / self.cells_a_tick).for_each(|_| self.tick());
                    let kind = PlayerEventKind::Position { ms: 0 };
                    if self.just_told.contains(&std::mem::discriminant(&kind)) {
                        return;
                    }
                    self.tell(&kind, true);
                    self.end();
                    self.begin(self.wall_ms);
                    self.at = 0;
                    self.send(kind, None);
                }
            }
            Act::Sleep => {
                self.asleep = self.playing;
                self.pass(8 * HOUR);
            }
            Act::LongPause => {
                if !self.playing {
                    self.pass(3 * HOUR);
                }
            }
            Act::SetClock { ms } => {
                if self.device.clock_is_set && self.device.stamped {
                    self.wall_ms += ms;
                }
            }
            Act::Zone { minutes } => self.offset_min = minutes,
            Act::Quieten { mode } => {
                if !self.device.clock_is_set {
                    self.tick();
                    if let Some((_, _, until)) = self.quiet.last_mut().filter(|(.., until)| *until == i64::MAX) {
                        *until = self.wall_ms;
                    }
                    match mode {
                        Mode::Open => {}
                        Mode::Private => self.quiet.push((Quiet::Private, self.wall_ms, i64::MAX)),
                        Mode::Paused => self.quiet.push((Quiet::Paused, self.wall_ms, i64::MAX)),
                    }
                    if self.events.is_empty() {
                        self.mode = mode;
                    } else {
                        self.changes.push((self.ticks, mode));
                    }
                }
            }
            Act::End { said } => {
                self.simple(PlayerEventKind::End, said);
                self.end();
                self.media = None;
                self.aside = None;
                self.playing = false;
                self.paused_since = None;
                self.cells_a_tick = 2;
                self.at = 0;
                self.told_at = 0;
            }
        }
    }

    /// What sounded until now belongs to what played until now; the event itself comes in the same second.
    fn cut_here(&mut self, told: &Media) {
        let kind = PlayerEventKind::Metadata { media: told.clone() };
        self.tell(&kind, false);
        self.just_told.retain(|kind| {
            *kind
                != std::mem::discriminant(&PlayerEventKind::Metadata {
                    media: Media::default(),
                })
        });
        self.told_at = self.at;
    }

    fn change_to(&mut self, media: Media, told: Media, said: bool, at: i64) {
        self.cut_here(&told);
        self.end();
        self.aside = None;
        self.change(media, told, said, at);
    }

    fn song(&mut self, title: i64, station: bool, said: bool) {
        let Some(known) = self.media.clone().filter(|media| media.kind == Some(Kind::Radio)) else {
            let kind = Some(Kind::Radio);
            return self.act(Act::Next {
                kind,
                length: None,
                said,
            });
        };
        let title = if title == 0 {
            String::new()
        } else {
            format!("song {title}")
        };
        let told = Media {
            title: title.clone(),
            show: if station { known.show.clone() } else { String::new() },
            ..Media::default()
        };
        let media = Media {
            title: title.clone(),
            ..known.clone()
        };
        let kind = PlayerEventKind::Metadata { media: told.clone() };
        if self.just_told.contains(&std::mem::discriminant(&kind)) {
            self.tick();
        }
        let late = known.title.is_empty() && self.ticks - self.media_since <= 15;
        if known.title == title || late {
            self.know(media, told, said);
        } else {
            // The stream goes on; without a word about its place, the song is counted from its beginning.
            self.cut_here(&told);
            let at = if said { self.at } else { 0 };
            self.end();
            let media = Media {
                publisher: known.publisher,
                media_ms: None,
                ..media
            };
            self.change(media, told, said, at);
        }
    }
}
