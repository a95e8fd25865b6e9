//! The first plays of a file as an import would read them, so that a person sees whether it is the right file, and whether a
//! table's columns and the zone of its times are what they meant. Nothing is kept.

use std::io::BufRead;

use serde::Serialize;

use super::step::Source;
use crate::format::antennapod::AntennaPod;
use crate::format::draft::Draft;
use crate::format::layout::{Rows, TableShape};
use crate::format::opml::Outline;
use crate::format::plays::{Context, Plays};
use crate::format::{gpodder, lastfm, listenbrainz, maloja, opml, own, pano, spotify, spotify_short, takeout};
use crate::input::encoding::Decoded;
use crate::input::recognise::{LOOK_BYTES, Shape};
use crate::input::table::Table;
use crate::input::window::Window;
use crate::input::{Pulled, RecordKind};
use crate::listen::{Kind, MARK_ZONELESS};
use crate::{Format, Reason};

/// Plays and subscriptions that are shown of each.
const SHOWN: usize = 5;
/// Records that are looked at. The last one may be cut off by the end of what was read, so it is never the first trouble.
const LOOKED_AT: usize = 50;

/// The first plays of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// The first plays.
    pub plays: Vec<SampledPlay>,
    /// Titles of the first subscriptions.
    pub subscriptions: Vec<String>,
    /// The first records that would be refused.
    pub refused: Vec<SampledRefusal>,
    /// Whether there are times that name no zone, so that the person has to.
    pub local_times: bool,
}

/// A play as an import would read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampledPlay {
    /// Title.
    pub title: String,
    /// Who made it.
    pub creators: Vec<String>,
    /// Podcast, album, book or station.
    pub show: String,
    /// What kind it is.
    pub kind: Kind,
    /// When it began, milliseconds since 1970.
    pub start_ms: i64,
    /// Minutes east of UTC where it was heard, if known.
    pub offset_min: Option<i64>,
    /// How much was played, if known.
    pub played_ms: Option<i64>,
    /// The file names no zone for it.
    pub local_time: bool,
}

/// A record that an import would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampledRefusal {
    /// Line, from 1; 0 where there are none.
    pub line: u64,
    /// Stable name of the reason.
    pub reason: &'static str,
    /// Field at fault; empty when it is the whole record.
    pub field: &'static str,
}

impl Sample {
    /// Reads the first records of a file's decoded beginning.
    pub(crate) fn of(start: &[u8], shape: Shape, context: &Context) -> Self {
        let mut taking = Taking {
            sample: Self::default(),
            context,
            scratch: Vec::new(),
        };
        let mut window = Window::new(Decoded::new(start));
        // What it was recognised by is passed over in the window, so it has to be there.
        if window.fill_to(LOOK_BYTES).is_err() {
            return taking.sample;
        }
        let mut source = Source::new(window, shape);
        let mut cut = None;
        for _ in 0..LOOKED_AT {
            let pulled = match &mut source {
                Source::Outlines(outlines) => taking.outline(outlines),
                Source::Table(table, shape) => taking.row(table, shape),
                source => taking.record(source),
            };
            // One that is broken may only be cut off by the end of what was read.
            if let Some((line, reason)) = cut.take() {
                taking.refuse(line, reason);
            }
            match pulled {
                Ok(Pulled::Record(())) => {}
                Ok(Pulled::Refused { reason, line, .. }) => cut = Some((line, reason)),
                Ok(Pulled::Skipping | Pulled::End) | Err(_) => break,
            }
            if taking.is_full() {
                break;
            }
        }
        taking.sample
    }

    /// Reads the first feeds and episodes of a player's database.
    pub(crate) fn of_database(found: &mut AntennaPod, now_ms: i64) -> Self {
        let mut sample = Self::default();
        for (_, feed) in found.feeds(0, LOOKED_AT).rows {
            sample.subscriptions.extend(feed.ok().map(|feed| feed.title));
        }
        for (_, episode) in found.episodes(0, LOOKED_AT, now_ms, &mut Vec::new()).rows {
            if let Ok(Some(episode)) = episode {
                sample.plays.push(SampledPlay::of(&episode.draft));
            }
        }
        sample.subscriptions.truncate(SHOWN);
        sample.plays.truncate(SHOWN);
        sample
    }
}

impl SampledPlay {
    fn of(draft: &Draft<'_>) -> Self {
        let work = &draft.work;
        Self {
            title: work.title.clone().into_owned(),
            creators: work.creators.iter().map(|name| name.clone().into_owned()).collect(),
            show: work.show.clone().into_owned(),
            kind: work.kind(),
            start_ms: draft.start_ms,
            offset_min: draft.offset_min,
            played_ms: draft.played.ms(),
            local_time: draft.marks & MARK_ZONELESS != 0,
        }
    }
}

struct Taking<'c> {
    sample: Sample,
    context: &'c Context,
    scratch: Vec<u8>,
}

type Taken = std::io::Result<Pulled<()>>;

impl Taking<'_> {
    fn is_full(&self) -> bool {
        let sample = &self.sample;
        sample.plays.len().max(sample.subscriptions.len()) >= SHOWN
    }

    fn take(&mut self, line: u64, draft: Result<SampledPlay, Reason>) {
        match draft {
            Ok(play) => {
                self.sample.local_times |= play.local_time;
                self.sample.plays.push(play);
            }
            Err(reason) => self.refuse(line, reason),
        }
    }

    fn refuse(&mut self, line: u64, reason: Reason) {
        if self.sample.refused.len() < SHOWN {
            self.sample.refused.push(SampledRefusal {
                line,
                reason: reason.code(),
                field: reason.field(),
            });
        }
    }

    fn record(&mut self, source: &mut Source<&[u8]>) -> Taken {
        let now_ms = self.context.times.now_ms;
        match self.context.format {
            Format::Listenbrainz => self.play::<listenbrainz::Listens>(source),
            Format::SpotifyExtended => self.play::<spotify::Streams>(source),
            Format::SpotifyShort => self.play::<spotify_short::ShortStreams>(source),
            Format::Lastfm => self.play::<lastfm::Tracks>(source),
            Format::Maloja => self.play::<maloja::Scrobbles>(source),
            Format::PanoScrobbler => self.play::<pano::Entries>(source),
            Format::Youtube => self.play::<takeout::Watches>(source),
            Format::Own => self.pull::<own::Own>(source, |row, scratch| {
                own::draft(row, now_ms, scratch).map(|(draft, _)| SampledPlay::of(&draft))
            }),
            // Actions are gathered to sittings by an import; here each one stands for itself.
            Format::GpodderActions => self.pull::<gpodder::Actions>(source, |row, scratch| {
                gpodder::action(row, now_ms, scratch).map(|action| sampled_action(&action))
            }),
            _ => Ok(Pulled::End),
        }
    }

    fn play<K: Plays>(&mut self, source: &mut Source<&[u8]>) -> Taken {
        let context = self.context;
        self.pull::<K>(source, |row, scratch| {
            K::draft(row, context, scratch).map(|draft| SampledPlay::of(&draft))
        })
    }

    fn pull<K: RecordKind>(
        &mut self,
        source: &mut Source<&[u8]>,
        read: impl Fn(K::Row<'_>, &mut Vec<u8>) -> Result<SampledPlay, Reason>,
    ) -> Taken {
        source.next::<K, _>(|found| {
            let play = read(found.row, &mut self.scratch);
            self.take(found.line, play);
        })
    }

    fn row(&mut self, table: &mut Table<Decoded<&[u8]>>, shape: &mut TableShape) -> Taken {
        table.next(|cells, raw, line| {
            if shape.passed_over(raw, cells.len()) {
                return;
            }
            let (times, scratch) = (&self.context.times, &mut self.scratch);
            let draft = match &shape.rows {
                Rows::Plan(plan) => plan.draft(cells, times, scratch),
                Rows::Apple(columns) => columns.draft(cells, times, scratch),
                Rows::Log(head) => head.draft(cells, times, scratch),
            };
            let play = draft.map(|draft| SampledPlay::of(&draft));
            self.take(line, play);
        })
    }

    fn outline<B: BufRead>(&mut self, outlines: &mut opml::Outlines<B>) -> Taken {
        Ok(match outlines.next()? {
            Some(Outline::Feed(feed)) => {
                self.sample.subscriptions.push(feed.title);
                Pulled::Record(())
            }
            Some(Outline::Refused { reason, excerpt, line }) => Pulled::Refused { reason, excerpt, line },
            None => Pulled::End,
        })
    }
}

fn sampled_action(action: &gpodder::Action<'_>) -> SampledPlay {
    let length_ms = action.stretch.map(|(from_ms, to_ms)| to_ms - from_ms);
    let name = action.episode.rsplit('/').find(|part| !part.is_empty());
    SampledPlay {
        title: name.unwrap_or_default().to_owned(),
        creators: Vec::new(),
        show: crate::feed::shown_address(&action.podcast, false),
        kind: Kind::Podcast,
        start_ms: action.at_ms - length_ms.unwrap_or(0),
        offset_min: None,
        played_ms: length_ms,
        local_time: false,
    }
}
