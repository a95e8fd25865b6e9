//! A look at a file before it is imported: which format it is, what an archive holds, its first plays, and of a table that is
//! not known its headings, its first rows and a guess at what its columns mean, for the person to confirm.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::Serialize;
use tekram_primitives::time::Timestamp;

use super::sample::Sample;
use crate::format::antennapod::AntennaPod;
use crate::format::columns::TableMapping;
use crate::format::layout;
use crate::format::plays::Context;
use crate::format::stated::Times;
use crate::input::archive::Entries;
use crate::input::database::{Database, is_database};
use crate::input::encoding::Decoded;
use crate::input::metered::{LARGEST_TOTAL, Metered, Unpacked, read_error};
use crate::input::recognise::{LOOK_BYTES, Shape, is_web_page, is_zip, recognise};
use crate::input::window::Window;
use crate::{Format, ListenError};

/// Rows of a table that are shown.
const ROWS_SHOWN: usize = 5;
/// Letters of a value that are shown.
const LETTERS_SHOWN: usize = 80;
/// Files of an archive that are looked into; an import reads all of them.
const FILES_LOOKED_INTO: usize = 500;

/// What a file turns out to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Its format; of an archive, that of the first file in it that is a history.
    pub format: Option<Format>,
    /// The histories in an archive.
    pub files: Vec<LookedFile>,
    /// Files of an archive that are none.
    pub files_skipped: u64,
    /// Whether it is an archive whose end is missing: what stands before the break can be imported.
    pub cut_off: bool,
    /// The beginning of a table. When its format is not known, an import needs a mapping.
    pub table: Option<LookedTable>,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its first plays as an import would read them; of an archive, those of its first history.
    pub sample: Sample,
}

/// What a person says of a file that it does not say itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadAs {
    /// IANA zone in which its times were written, where they name none. Without it they are taken for UTC and marked.
    pub zone: Option<String>,
    /// The columns of a table of no known format.
    pub mapping: Option<TableMapping>,
}

/// A history inside an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookedFile {
    /// Its name there, with its folders.
    pub name: String,
    /// Its format.
    pub format: Format,
}

/// The beginning of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookedTable {
    /// The headings; where there are none, `1`, `2` and so on.
    pub headings: Vec<String>,
    /// The first rows, each with as many values as there are headings or fewer.
    pub rows: Vec<Vec<String>>,
    /// What the columns most likely mean. It may be incomplete: a time and a title are needed.
    pub suggested: TableMapping,
}

/// Looks at the beginning of a file as an import with the same words about it would read it; nothing is kept.
///
/// # Errors
/// `io`, `web_page`, `truncated_archive` when nothing in it can be read, `locked_archive`, `archive_bomb`, `bad_mapping`,
/// `unknown_zone`.
pub fn look(path: &Path, read_as: &ReadAs, now: Timestamp) -> Result<Look, ListenError> {
    let io = |error: std::io::Error| read_error(&error);
    let file = File::open(path).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    let zone = match &read_as.zone {
        Some(zone) => Some(TimeZone::get(zone).map_err(|_| ListenError::UnknownZone)?),
        None => None,
    };
    let times = Times {
        now_ms: now.millis(),
        zone,
        day_first: read_as.mapping.as_ref().is_some_and(|mapping| mapping.day_first),
    };
    let mut file = Metered {
        from: BufReader::new(file),
        read: Arc::default(),
        cancel: Arc::default(),
    };
    let mut start = Vec::new();
    (&mut file).take(16).read_to_end(&mut start).map_err(io)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let look = if is_zip(&start) {
        archived(file, &times)?
    } else if is_database(&start) {
        let found = AntennaPod::open(Database::open(path)?)?;
        Look {
            format: found.as_ref().map(|_| Format::AntennaPod),
            sample: found.map_or_else(Sample::default, |mut found| {
                Sample::of_database(&mut found, times.now_ms)
            }),
            ..Look::default()
        }
    } else {
        plain(&beginning(file)?, read_as.mapping.as_ref(), times)?
    };
    Ok(Look { bytes, ..look })
}

fn plain(start: &[u8], mapping: Option<&TableMapping>, times: Times) -> Result<Look, ListenError> {
    if is_web_page(start) {
        return Err(ListenError::WebPage);
    }
    let found = recognise(start, None);
    let table = match &found {
        Some((_, Shape::Table(_))) | None => layout::unknown(start).map(table),
        Some(_) => None,
    };
    let format = found.as_ref().map(|(format, _)| *format);
    let shape = match mapping {
        Some(mapping) => Some((Format::Csv, Shape::Table(Box::new(layout::mapped(start, mapping)?)))),
        None => found,
    };
    let sample = shape.map_or_else(Sample::default, |(format, shape)| {
        Sample::of(start, shape, &Context::new(format, times, ""))
    });
    Ok(Look {
        format,
        table,
        sample,
        ..Look::default()
    })
}

fn beginning(from: impl Read) -> Result<Vec<u8>, ListenError> {
    let mut window = Window::new(Decoded::new(from));
    window.fill_to(LOOK_BYTES).map_err(|error| read_error(&error))?;
    let view = window.view();
    Ok(view.get(..view.len().min(LOOK_BYTES)).unwrap_or_default().to_vec())
}

fn archived(file: impl Read + Seek, times: &Times) -> Result<Look, ListenError> {
    let mut entries = Entries::open(file)?;
    let mut total_left = LARGEST_TOTAL;
    let mut web_pages = false;
    let mut look = Look {
        cut_off: entries.cut_off(),
        ..Look::default()
    };
    for _ in 0..FILES_LOOKED_INTO {
        let entry = match entries.next_file() {
            None => break,
            Some(Ok(entry)) => entry,
            Some(Err(ListenError::TruncatedArchive)) => {
                look.files_skipped += 1;
                continue;
            }
            Some(Err(stopped)) => return Err(stopped),
        };
        let found = match beginning(Unpacked::new(entry.from, entry.packed_bytes, &mut total_left)) {
            Ok(start) => {
                web_pages |= is_web_page(&start);
                recognise(&start, None).map(|(format, shape)| {
                    if look.files.is_empty() {
                        let context = Context::new(format, times.clone(), &entry.name);
                        look.sample = Sample::of(&start, shape, &context);
                    }
                    format
                })
            }
            Err(ListenError::Io { .. }) => None,
            Err(error) => return Err(error),
        };
        match found {
            Some(format) => look.files.push(LookedFile {
                name: entry.name,
                format,
            }),
            None => look.files_skipped += 1,
        }
    }
    if look.files.is_empty() && web_pages {
        return Err(ListenError::WebPage);
    }
    if look.files.is_empty() && look.cut_off {
        return Err(ListenError::TruncatedArchive);
    }
    look.format = look.files.first().map(|file| file.format);
    Ok(look)
}

fn table(unknown: layout::Unknown) -> LookedTable {
    let shown = |texts: &[String]| -> Vec<String> {
        texts
            .iter()
            .map(|text| {
                text.chars()
                    .filter(|letter| *letter != '\0')
                    .take(LETTERS_SHOWN)
                    .collect()
            })
            .collect()
    };
    let header = unknown.suggested.header;
    let first = unknown.rows.first().map(|row| shown(&row.texts)).unwrap_or_default();
    let headings = if header {
        first
    } else {
        (1..=first.len()).map(|number| number.to_string()).collect()
    };
    LookedTable {
        rows: unknown
            .rows
            .iter()
            .skip(usize::from(header))
            .take(ROWS_SHOWN)
            .map(|row| {
                let mut texts = shown(&row.texts);
                texts.truncate(headings.len());
                texts
            })
            .collect(),
        headings,
        suggested: unknown.suggested,
    }
}
