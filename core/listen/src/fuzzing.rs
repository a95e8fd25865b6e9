//! The readers of exports for `cargo xtask fuzz`: bytes are recognised and every record in them made into a draft, as an import
//! does it, but nothing is stored. Compiled by `cfg(fuzzing)` alone.

use std::io::Cursor;

use jiff::tz::TimeZone;

use crate::format::draft::Draft;
use crate::format::layout::{self, Rows};
use crate::format::opml::{LARGEST_BYTES, Outline};
use crate::format::plays::{Context, Plays};
use crate::format::sitting::Sittings;
use crate::format::stated::Times;
use crate::format::{gpodder, lastfm, listenbrainz, maloja, pano, spotify, spotify_short, takeout};
use crate::input::archive::Entries;
use crate::input::encoding::Decoded;
use crate::input::metered::{LARGEST_TOTAL, Unpacked};
use crate::input::recognise::{LOOK_BYTES, is_zip, recognise};
use crate::input::window::Window;
use crate::input::{EXCERPT_BYTES, Pulled};
use crate::pen::step::Source;
use crate::{Format, ListenError};

/// When everything happens.
const NOW_MS: i64 = 1_793_491_200_000;
/// The earliest start of a play that lasted a week and ended at the beginning of 2002, in the easternmost zone.
const EARLIEST_MS: i64 = 1_009_843_200_000 - 8 * 24 * 60 * 60 * 1000;
const LATEST_MS: i64 = NOW_MS + 2 * 24 * 60 * 60 * 1000;

fn archive(bytes: &[u8]) {
    let Ok(mut entries) = Entries::open(Cursor::new(bytes)) else {
        return;
    };
    let mut total_left = LARGEST_TOTAL;
    let mut files = 0;
    while let Some(entry) = entries.next_file() {
        files += 1;
        // Each file has a header of thirty bytes.
        assert!(files <= bytes.len() / 30, "the same file twice");
        match entry {
            Ok(entry) => {
                let mut from = Unpacked::new(entry.from, entry.packed_bytes, &mut total_left);
                let _ = std::io::copy(&mut from, &mut std::io::sink());
            }
            Err(ListenError::TruncatedArchive) => {}
            Err(_) => return,
        }
    }
}

/// Reads bytes as a whole export; the first byte says whether a zone is named. Of an archive each file.
pub fn export(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    if is_zip(bytes) {
        return archive(bytes);
    }
    let zone = if first & 1 == 0 {
        None
    } else {
        TimeZone::get("Europe/Berlin").ok()
    };
    let times = Times {
        now_ms: NOW_MS,
        zone,
        day_first: first & 2 != 0,
    };
    let mut window = Window::new(Decoded::new(bytes));
    if window.fill_to(LOOK_BYTES).is_err() {
        return;
    }
    let (format, shape) = match recognise(window.view(), None) {
        Some(found) => found,
        None => {
            let Some(unknown) = layout::unknown(window.view()) else {
                return;
            };
            let Ok(shape) = layout::mapped(window.view(), &unknown.suggested) else {
                return;
            };
            (Format::Csv, crate::input::recognise::Shape::Table(Box::new(shape)))
        }
    };
    let context = Context::new(format, times, "");
    let mut source = Source::new(window, shape);
    let mut sittings = Sittings::default();
    let mut reader = Reader {
        context,
        scratch: Vec::new(),
        record: 0,
    };
    // Every step takes bytes or ends, so that there cannot be more steps than bytes.
    for _ in 0..=2 * bytes.len() + 2 {
        if !reader.step(&mut source, &mut sittings) {
            for sitting in sittings.close_all() {
                assert!(sitting.from_ms <= sitting.to_ms, "a sitting ends after it began");
            }
            return;
        }
    }
    panic!("reading does not come to its end");
}

struct Reader {
    context: Context,
    scratch: Vec<u8>,
    record: i64,
}

impl Reader {
    /// Reads one record; `false` at the end.
    fn step(&mut self, source: &mut Source<&[u8]>, sittings: &mut Sittings) -> bool {
        let pulled = match source {
            Source::Outlines(outlines) => {
                assert!(outlines.position() <= LARGEST_BYTES + 1, "no more is read than may be");
                return match outlines.next() {
                    Ok(Some(Outline::Feed(feed))) => {
                        assert!(!feed.feed_url.contains('\0'));
                        true
                    }
                    Ok(Some(Outline::Refused { .. })) => true,
                    Ok(None) | Err(_) => false,
                };
            }
            Source::Table(table, shape) => table.next(|cells, raw, _| {
                if shape.passed_over(raw, cells.len()) {
                    return;
                }
                let (times, scratch) = (&self.context.times, &mut self.scratch);
                let draft = match &shape.rows {
                    Rows::Plan(plan) => plan.draft(cells, times, scratch),
                    Rows::Apple(columns) => columns.draft(cells, times, scratch),
                    Rows::Log(head) => head.draft(cells, times, scratch),
                };
                draft.iter().for_each(check);
            }),
            source => match self.context.format {
                Format::Listenbrainz => self.play::<listenbrainz::Listens>(source),
                Format::SpotifyExtended => self.play::<spotify::Streams>(source),
                Format::SpotifyShort => self.play::<spotify_short::ShortStreams>(source),
                Format::Lastfm => self.play::<lastfm::Tracks>(source),
                Format::Maloja => self.play::<maloja::Scrobbles>(source),
                Format::PanoScrobbler => self.play::<pano::Entries>(source),
                Format::Youtube => self.play::<takeout::Watches>(source),
                Format::GpodderActions => source.next::<gpodder::Actions, _>(|found| {
                    self.record += 1;
                    if let Ok(action) = gpodder::action(found.row, NOW_MS, &mut self.scratch) {
                        sittings.add(&action, self.record);
                    }
                }),
                _ => return false,
            },
        };
        match pulled {
            Ok(Pulled::Refused { excerpt, .. }) => {
                assert!(excerpt.len() <= EXCERPT_BYTES, "no more of a refused record is kept");
                true
            }
            Ok(Pulled::Record(()) | Pulled::Skipping) => true,
            Ok(Pulled::End) | Err(_) => false,
        }
    }

    fn play<K: Plays>(&mut self, source: &mut Source<&[u8]>) -> std::io::Result<Pulled<()>> {
        source.next::<K, _>(|found| {
            let draft = K::draft(found.row, &self.context, &mut self.scratch);
            draft.iter().for_each(check);
        })
    }
}

/// What must hold of every play, whatever it was made of.
fn check(draft: &Draft<'_>) {
    assert!(
        (EARLIEST_MS..=LATEST_MS).contains(&draft.start_ms),
        "a start is plausible"
    );
    assert!(
        draft.played.ms().is_none_or(|ms| ms >= 0),
        "nothing is played for less than no time"
    );
    assert!(
        draft.media_ms.is_none_or(|ms| ms > 0),
        "a medium has a length or none is known"
    );
    assert!(
        draft.offset_min.is_none_or(|minutes| minutes.abs() <= 26 * 60),
        "a zone is one"
    );
    let work = &draft.work;
    let named = [&work.title, &work.show, &work.url];
    assert!(named.iter().any(|text| !text.is_empty()), "a play is one of something");
    let creators = work.creators.iter();
    assert!(
        named.into_iter().chain(creators).all(|text| !text.contains('\0')),
        "no text has U+0000"
    );
    let key = draft.credit.key();
    assert!(
        key.split_once(':').is_some_and(|(_, name)| !name.is_empty()),
        "seconds are credited to somebody"
    );
}
