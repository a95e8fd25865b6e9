//! What an import does in one transaction: some thousand records of one file are read, made into drafts by the rules of its
//! format, and stored or refused.

use std::io::{BufReader, Read};

use super::writer::{Memory, Writer};
use crate::format::layout::{Rows, TableShape};
use crate::format::plays::{Context, Plays};
use crate::format::sitting::Sittings;
use crate::format::{gpodder, lastfm, listenbrainz, maloja, opml, own, pano, spotify, spotify_short, takeout};
use crate::input::elements::Elements;
use crate::input::encoding::Decoded;
use crate::input::lines::Lines;
use crate::input::recognise::Shape;
use crate::input::table::Table;
use crate::input::window::Window;
use crate::input::{Found, Pulled, RecordKind};
use crate::{Format, ListenError, Reason};

/// Records in one transaction.
const AT_ONCE: usize = 32_768;
/// Windows of an overlong record that are skipped in one transaction.
const SKIPS_AT_ONCE: usize = 64;

/// The records of one file.
pub(crate) enum Source<R: Read> {
    Lines(Lines<Decoded<R>>),
    Elements(Elements<Decoded<R>>),
    Table(Box<Table<Decoded<R>>>, Box<TableShape>),
    Outlines(opml::Outlines<BufReader<std::io::Take<Window<Decoded<R>>>>>),
}

/// What one step of reading did.
type Stepped = std::io::Result<Pulled<Result<(), ListenError>>>;

impl<R: Read> Source<R> {
    pub(crate) fn new(mut window: Window<Decoded<R>>, shape: Shape) -> Self {
        match shape {
            Shape::Lines => Self::Lines(Lines::new(window)),
            Shape::Array { after } => {
                window.consume(after);
                Self::Elements(Elements::new(window))
            }
            Shape::Pages { after, bare } => {
                window.consume(after);
                Self::Elements(Elements::in_pages(window, bare))
            }
            Shape::Table(shape) => {
                let mut table = Table::new(window, shape.dialect);
                table.expect(shape.columns);
                Self::Table(Box::new(table), shape)
            }
            Shape::Xml => Self::Outlines(opml::Outlines::new(BufReader::new(
                window.take(opml::LARGEST_BYTES + 1),
            ))),
        }
    }

    /// Whether the file ended before its list did.
    pub(crate) fn ended_early(&self) -> bool {
        matches!(self, Self::Elements(elements) if elements.ended_early())
    }

    pub(crate) fn next<K: RecordKind, T>(
        &mut self,
        take: impl FnMut(Found<'_, K::Row<'_>>) -> T,
    ) -> std::io::Result<Pulled<T>> {
        match self {
            Self::Lines(lines) => lines.next::<K, T>(take),
            Self::Elements(elements) => elements.next::<K, T>(take),
            Self::Table(..) | Self::Outlines(_) => Ok(Pulled::End),
        }
    }
}

/// Why a step could not go on: the stream, or the room.
pub(crate) enum Stopped {
    Read(std::io::Error),
    Room(ListenError),
}

impl From<ListenError> for Stopped {
    fn from(error: ListenError) -> Self {
        Self::Room(error)
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Read(error)
    }
}

/// What happens in one transaction.
pub(crate) struct Step<'s, 't> {
    pub(crate) writer: &'s mut Writer<'t>,
    pub(crate) memory: &'s mut Memory,
    pub(crate) context: &'s Context,
}

impl Step<'_, '_> {
    /// Reads and stores some thousand records; `false` at the end.
    pub(crate) fn some<R: Read>(&mut self, source: &mut Source<R>, sittings: &mut Sittings) -> Result<bool, Stopped> {
        let mut skips = 0;
        for _ in 0..AT_ONCE {
            let pulled = match source {
                Source::Outlines(outlines) => return self.outlines(outlines),
                Source::Table(table, shape) => self.row(table, shape)?,
                _ => self.record(source, sittings)?,
            };
            match pulled {
                Pulled::Record(stored) => stored?,
                Pulled::Refused { reason, excerpt, line } => self.refused(reason, line, &excerpt)?,
                Pulled::Skipping => {
                    skips += 1;
                    if skips >= SKIPS_AT_ONCE {
                        return Ok(true);
                    }
                }
                Pulled::End => return Ok(false),
            }
        }
        Ok(true)
    }

    fn record<R: Read>(&mut self, source: &mut Source<R>, sittings: &mut Sittings) -> Stepped {
        match self.context.format {
            Format::Listenbrainz => self.play::<listenbrainz::Listens, R>(source),
            Format::SpotifyExtended => self.play::<spotify::Streams, R>(source),
            Format::SpotifyShort => self.play::<spotify_short::ShortStreams, R>(source),
            Format::Lastfm => self.play::<lastfm::Tracks, R>(source),
            Format::Maloja => self.play::<maloja::Scrobbles, R>(source),
            Format::PanoScrobbler => self.play::<pano::Entries, R>(source),
            Format::Youtube => self.play::<takeout::Watches, R>(source),
            Format::Own => source.next::<own::Own, _>(|found| {
                self.count();
                let now_ms = self.context.times.now_ms;
                match own::draft(found.row, now_ms, &mut self.memory.scratch) {
                    Ok((draft, thumb)) => self.writer.own(self.memory, &draft, thumb, now_ms),
                    Err(reason) => self.refuse(reason, found.line, found.raw),
                }
            }),
            Format::GpodderActions => source.next::<gpodder::Actions, _>(|found| {
                self.count();
                match gpodder::action(found.row, self.context.times.now_ms, &mut self.memory.scratch) {
                    Ok(action) => {
                        for closed in sittings.add(&action, self.memory.record) {
                            self.writer.sitting(self.memory, &closed)?;
                        }
                        Ok(())
                    }
                    Err(reason) => self.refuse(reason, found.line, found.raw),
                }
            }),
            // Tables and lists are read elsewhere.
            _ => Ok(Pulled::End),
        }
    }

    fn play<K: Plays, R: Read>(&mut self, source: &mut Source<R>) -> Stepped {
        source.next::<K, _>(|found| {
            self.count();
            match K::draft(found.row, self.context, &mut self.memory.scratch) {
                Ok(draft) => self.writer.play(self.memory, &draft),
                Err(reason) => self.refuse(reason, found.line, found.raw),
            }
        })
    }

    fn row<R: Read>(&mut self, table: &mut Table<R>, shape: &mut TableShape) -> Stepped {
        table.next(|cells, raw, line| {
            if shape.passed_over(raw, cells.len()) {
                return Ok(());
            }
            self.count();
            let (times, scratch) = (&self.context.times, &mut self.memory.scratch);
            let draft = match &shape.rows {
                Rows::Plan(plan) => plan.draft(cells, times, scratch),
                Rows::Apple(columns) => columns.draft(cells, times, scratch),
                Rows::Log(head) => head.draft(cells, times, scratch),
            };
            match draft {
                Ok(draft) => self.writer.play(self.memory, &draft),
                Err(reason) => self.refuse(reason, line, raw),
            }
        })
    }

    fn outlines<B: std::io::BufRead>(&mut self, outlines: &mut opml::Outlines<B>) -> Result<bool, Stopped> {
        for _ in 0..AT_ONCE {
            let outline = outlines.next()?;
            if outlines.position() > opml::LARGEST_BYTES {
                return Err(ListenError::FileTooLarge {
                    limit_bytes: opml::LARGEST_BYTES,
                }
                .into());
            }
            match outline {
                Some(opml::Outline::Feed(feed)) => {
                    self.count();
                    self.writer.subscription(self.memory, &feed)?;
                }
                Some(opml::Outline::Refused { reason, excerpt, line }) => self.refused(reason, line, &excerpt)?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    pub(crate) fn count(&mut self) {
        self.memory.counts.read += 1;
        self.memory.record += 1;
    }

    fn refuse(&mut self, reason: Reason, line: u64, raw: &[u8]) -> Result<(), ListenError> {
        let excerpt = crate::input::excerpt(raw);
        self.writer.refuse(self.memory, reason, line, &excerpt)
    }

    pub(crate) fn refused(&mut self, reason: Reason, line: u64, excerpt: &[u8]) -> Result<(), ListenError> {
        self.count();
        self.writer.refuse(self.memory, reason, line, excerpt)
    }
}
