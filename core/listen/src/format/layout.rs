//! The tables that are known by their headings, or where they have none, by what stands in their columns; and a first look
//! at one that is not known, with a guess at what its columns mean.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::columns::{ColumnRole, ColumnRole as Role, Plan, TableMapping};
use super::moment::by_size;
use super::scrobbler_log::{FIRST, Head};
use super::stated::Times;
use super::{Format, apple};
use crate::input::Pulled;
use crate::input::loose::Loose;
use crate::input::table::{Dialect, Table};
use crate::input::window::Window;

/// Rows that are looked at.
const LOOK_ROWS: usize = 32;
/// What may stand between two values, in the order in which a doubt is decided.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// For a look no time lies in the future.
const NO_LATEST_MS: i64 = i64::MAX / 2;

/// How a table's rows become listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rows {
    Plan(Plan),
    Apple(apple::Columns),
    Log(Head),
}

/// How a table stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableShape {
    pub(crate) dialect: Dialect,
    /// The line of headings as it stands there; wherever it comes again, it is passed over.
    pub(crate) heading: Option<Vec<u8>>,
    /// Columns of a row.
    pub(crate) columns: usize,
    pub(crate) rows: Rows,
}

impl TableShape {
    /// Whether a line is a comment, the headings, or what a spreadsheet puts before them. The head of a log is read.
    pub(crate) fn passed_over(&mut self, raw: &[u8], cells: usize) -> bool {
        if let Rows::Log(head) = &mut self.rows {
            return head.take(raw);
        }
        self.heading.as_deref() == Some(raw) || is_aside(raw, cells, self.columns)
    }
}

fn is_aside(raw: &[u8], cells: usize, columns: usize) -> bool {
    (raw.starts_with(b"#") && (cells == 1 || cells < columns)) || (raw.len() <= 6 && raw.starts_with(b"sep="))
}

struct Known {
    format: Format,
    /// Headings without which it is another table.
    needed: &'static [&'static str],
    roles: &'static [(&'static str, ColumnRole)],
}

/// Exports of Last.fm by the tools that people use, and Pano Scrobbler's own file.
const KNOWN: &[Known] = &[
    // lastfm.ghan.nl, formerly mainstream.ghan.nl.
    Known {
        format: Format::Lastfm,
        needed: &["uts", "artist", "track"],
        roles: &[
            ("uts", ColumnRole::Time),
            ("artist", ColumnRole::Artist),
            ("artist_mbid", ColumnRole::ArtistMbid),
            ("album", ColumnRole::Album),
            ("album_mbid", ColumnRole::ReleaseMbid),
            ("track", ColumnRole::Title),
            ("track_mbid", ColumnRole::RecordingMbid),
        ],
    },
    // lastfmstats.com: the last heading is `Date#` and the user's name.
    Known {
        format: Format::Lastfm,
        needed: &["artist", "album", "albumid", "track", "date"],
        roles: &[
            ("artist", ColumnRole::Artist),
            ("album", ColumnRole::Album),
            ("track", ColumnRole::Title),
            ("date", ColumnRole::Time),
        ],
    },
    Known {
        format: Format::PanoScrobbler,
        needed: &["timems", "artist", "track"],
        roles: &[
            ("timems", ColumnRole::Time),
            ("artist", ColumnRole::Artist),
            ("track", ColumnRole::Title),
            ("album", ColumnRole::Album),
            ("durationms", ColumnRole::LengthMs),
            ("mediaplayername", ColumnRole::Player),
            ("event", ColumnRole::Event),
        ],
    },
];

/// The format and shape of a table that starts like this.
pub(crate) fn known(start: &[u8], asked: Option<Format>) -> Option<(Format, TableShape)> {
    let wanted = |format: Format| asked.is_none_or(|asked| asked == format);
    if start.starts_with(FIRST) {
        return wanted(Format::ScrobblerLog).then(|| (Format::ScrobblerLog, log()));
    }
    for delimiter in DELIMITERS {
        let dialect = Dialect {
            delimiter,
            quotes: true,
        };
        let rows = first_rows(start, dialect);
        let Some(first) = rows.first() else { continue };
        if first.texts.len() < 2 {
            continue;
        }
        if let Some((format, shape)) = by_heading(first, dialect).or_else(|| by_content(&rows, dialect))
            && wanted(format)
        {
            return Some((format, shape));
        }
    }
    None
}

fn log() -> TableShape {
    TableShape {
        dialect: Dialect {
            delimiter: b'\t',
            quotes: false,
        },
        heading: None,
        columns: 8,
        rows: Rows::Log(Head::default()),
    }
}

fn by_heading(first: &Row, dialect: Dialect) -> Option<(Format, TableShape)> {
    let headings: Vec<_> = first
        .texts
        .iter()
        .map(|text| text.split('#').next().unwrap_or_default().trim().to_lowercase())
        .collect();
    let shape = |rows| TableShape {
        dialect,
        heading: Some(first.raw.clone()),
        columns: headings.len(),
        rows,
    };
    if let Some(columns) = apple::Columns::by_heading(&headings) {
        return Some((Format::AppleMusic, shape(Rows::Apple(columns))));
    }
    let place = |name: &str| headings.iter().position(|heading| heading == name);
    let known = KNOWN
        .iter()
        .find(|known| known.needed.iter().all(|name| place(name).is_some()))?;
    let columns = known
        .roles
        .iter()
        .filter_map(|(name, role)| Some((*role, place(name)?)))
        .collect();
    Some((known.format, shape(Rows::Plan(scrobbles(known.format, columns)))))
}

fn scrobbles(format: Format, columns: BTreeMap<ColumnRole, usize>) -> Plan {
    Plan {
        format,
        columns,
        utc: true,
        counted: true,
    }
}

/// Columns of an export whose tool writes no headings.
struct Bare {
    format: Format,
    columns: &'static [ColumnRole],
    /// Whether a row can be one of it.
    fits: fn(&[String]) -> bool,
}

const BARE: &[Bare] = &[
    // lastfm.ghan.nl without its headings.
    Bare {
        format: Format::Lastfm,
        columns: &[
            Role::Time,
            Role::Date,
            Role::Artist,
            Role::ArtistMbid,
            Role::Album,
            Role::ReleaseMbid,
            Role::Title,
            Role::RecordingMbid,
        ],
        fits: |row| row.len() == 8 && is_unix(row.first()) && is_text_moment(row.get(1)),
    },
    // LastToLibre's `lastexport.py`, which people bring from Libre.fm and Last.fm.
    Bare {
        format: Format::Librefm,
        columns: &[
            Role::Time,
            Role::Title,
            Role::Artist,
            Role::Album,
            Role::RecordingMbid,
            Role::ArtistMbid,
            Role::ReleaseMbid,
        ],
        fits: |row| (4..=7).contains(&row.len()) && is_unix(row.first()) && !is_text_moment(row.get(1)),
    },
    // benjaminbenben.com/lastfm-to-csv.
    Bare {
        format: Format::Lastfm,
        columns: &[Role::Artist, Role::Album, Role::Title, Role::Time],
        fits: |row| row.len() == 4 && is_text_moment(row.get(3)),
    },
];

fn by_content(rows: &[Row], dialect: Dialect) -> Option<(Format, TableShape)> {
    let mostly = |fits: &dyn Fn(&[String]) -> bool| {
        let count = rows.iter().filter(|row| fits(&row.texts)).count();
        count > 0 && count * 2 > rows.len()
    };
    let is_log = |row: &[String]| {
        (7..=8).contains(&row.len()) && matches!(row.get(5).map(String::as_str), Some("L" | "S")) && is_unix(row.get(6))
    };
    if dialect.delimiter == b'\t' && mostly(&is_log) {
        return Some((Format::ScrobblerLog, log()));
    }
    let bare = BARE.iter().find(|bare| mostly(&bare.fits))?;
    let mut columns: BTreeMap<_, _> = bare.columns.iter().copied().zip(0..).collect();
    // A date beside a moment in seconds only says it again.
    columns.remove(&Role::Date);
    Some((
        bare.format,
        TableShape {
            dialect,
            heading: None,
            columns: bare.columns.len(),
            rows: Rows::Plan(scrobbles(bare.format, columns)),
        },
    ))
}

fn is_unix(text: Option<&String>) -> bool {
    text.is_some_and(|text| (9..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a text is a moment that is not a mere number.
fn is_text_moment(text: Option<&String>) -> bool {
    text.is_some_and(|text| text.parse::<f64>().is_err() && is_moment(text))
}

fn is_moment(text: &str) -> bool {
    times(false)
        .stated(&Loose::Text(text.into()), "time")
        .or_else(|_| times(true).stated(&Loose::Text(text.into()), "time"))
        .is_ok()
}

fn times(day_first: bool) -> Times {
    Times {
        now_ms: NO_LATEST_MS,
        zone: None,
        day_first,
    }
}

/// One of the first rows.
pub(crate) struct Row {
    pub(crate) raw: Vec<u8>,
    pub(crate) texts: Vec<String>,
}

/// The first rows that are no comments; the last, which the look may have cut, is left out where there are more.
fn first_rows(start: &[u8], dialect: Dialect) -> Vec<Row> {
    let mut table = Table::new(Window::new(start), dialect);
    let mut rows = Vec::new();
    while rows.len() <= LOOK_ROWS {
        let pulled = table.next(|cells, raw, _| {
            let aside = is_aside(raw, cells.len(), 0);
            (!aside)
                .then(|| {
                    cells.texts().ok().map(|texts| Row {
                        raw: raw.to_vec(),
                        texts,
                    })
                })
                .flatten()
        });
        match pulled {
            Ok(Pulled::Record(Some(row))) => rows.push(row),
            Ok(Pulled::Record(None) | Pulled::Refused { .. } | Pulled::Skipping) => {}
            Ok(Pulled::End) | Err(_) => break,
        }
    }
    if rows.len() > LOOK_ROWS {
        rows.truncate(LOOK_ROWS);
    }
    rows
}

/// The shape of a table as a person said it is.
pub(crate) fn mapped(start: &[u8], mapping: &TableMapping) -> Result<TableShape, crate::ListenError> {
    let dialect = mapping.dialect()?;
    let plan = mapping.plan()?;
    let rows = first_rows(start, dialect);
    let first = rows.into_iter().next();
    let widest = mapping.columns.values().max().copied().unwrap_or(0) + 1;
    let columns = first.as_ref().map_or(widest, |first| first.texts.len().max(widest));
    Ok(TableShape {
        dialect,
        heading: first.filter(|_| mapping.header).map(|first| first.raw),
        columns,
        rows: Rows::Plan(plan),
    })
}

/// The beginning of a table that is not known, split in the most likely way, and a guess at its columns.
pub(crate) struct Unknown {
    pub(crate) rows: Vec<Row>,
    pub(crate) suggested: TableMapping,
}

/// A first look at what may be a table; `None` when most of its lines do not have the same two columns or more.
pub(crate) fn unknown(start: &[u8]) -> Option<Unknown> {
    let likely = |delimiter: u8| {
        let rows = first_rows(
            start,
            Dialect {
                delimiter,
                quotes: true,
            },
        );
        let columns = rows.first()?.texts.len();
        let alike = rows.iter().filter(|row| row.texts.len() == columns).count();
        (columns >= 2 && rows.len() >= 2 && alike * 2 > rows.len()).then_some((columns, delimiter, rows))
    };
    let (columns, delimiter, rows) = DELIMITERS
        .into_iter()
        .rev()
        .filter_map(likely)
        .max_by_key(|(columns, ..)| *columns)?;
    let first = rows.first()?;
    let header = first
        .texts
        .iter()
        .all(|text| text.parse::<f64>().is_err() && !is_moment(text));
    let mut found = BTreeMap::new();
    if header {
        for (column, heading) in first.texts.iter().enumerate() {
            if let Some(role) = role_of(heading) {
                found.entry(role).or_insert(column);
            }
        }
    }
    let body = rows.get(usize::from(header)..).unwrap_or_default();
    if let Entry::Vacant(time) = found.entry(Role::Time) {
        let times_in = |column: usize| {
            let count = body
                .iter()
                .filter(|row| row.texts.get(column).is_some_and(|text| is_stamp(text)))
                .count();
            count > 0 && count * 2 > body.len()
        };
        if let Some(column) = (0..columns).find(|column| times_in(*column)) {
            time.insert(column);
        }
    }
    let day_first = found.get(&Role::Time).or(found.get(&Role::Date)).is_some_and(|column| {
        body.iter()
            .any(|row| row.texts.get(*column).is_some_and(|text| only_day_first(text)))
    });
    Some(Unknown {
        suggested: TableMapping {
            delimiter: char::from(delimiter),
            header,
            day_first,
            columns: found,
        },
        rows,
    })
}

/// Whether a text is a moment, written or counted.
fn is_stamp(text: &str) -> bool {
    match text.parse::<i64>() {
        Ok(number) => number >= 1_000_000_000 && by_size(number).is_some() && is_moment(text),
        Err(_) => is_moment(text),
    }
}

/// Whether a date makes sense only with the day before the month.
fn only_day_first(text: &str) -> bool {
    let value = Loose::Text(text.into());
    times(false).stated(&value, "time").is_err() && times(true).stated(&value, "time").is_ok()
}

/// What a heading most likely means.
fn role_of(heading: &str) -> Option<ColumnRole> {
    let name: String = heading
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    Some(match name.as_str() {
        "time" | "timestamp" | "datetime" | "date" | "playedat" | "listenedat" | "utctime" | "scrobbletime" | "uts"
        | "when" | "start" | "starttime" | "startedat" | "zeit" | "zeitpunkt" | "datum" => Role::Time,
        "title" | "track" | "trackname" | "tracktitle" | "song" | "songname" | "songtitle" | "name" | "episode"
        | "episodetitle" | "titel" | "lied" => Role::Title,
        "artist" | "artistname" | "artists" | "creator" | "interpret" | "kunstler" | "künstler" => Role::Artist,
        "album" | "albumname" | "albumtitle" | "release" | "releasename" => Role::Album,
        "show" | "podcast" | "podcastname" | "showname" | "station" | "series" => Role::Show,
        "publisher" | "label" => Role::Publisher,
        "kind" | "type" | "mediatype" => Role::Kind,
        "playedms" | "msplayed" | "playedmilliseconds" | "playdurationms" => Role::PlayedMs,
        "played" | "playeds" | "secondsplayed" | "playedseconds" => Role::PlayedS,
        "lengthms" | "durationms" | "tracklengthms" => Role::LengthMs,
        "length" | "duration" | "durations" | "durationseconds" | "tracklength" | "dauer" => Role::LengthS,
        "url" | "link" | "uri" => Role::Url,
        "feed" | "feedurl" => Role::FeedUrl,
        "guid" | "itemguid" | "episodeguid" => Role::ItemGuid,
        "isrc" => Role::Isrc,
        "recordingmbid" | "trackmbid" => Role::RecordingMbid,
        "releasembid" | "albummbid" => Role::ReleaseMbid,
        "artistmbid" => Role::ArtistMbid,
        "player" | "client" | "app" => Role::Player,
        "device" | "platform" => Role::Device,
        "service" | "source" => Role::Service,
        "event" => Role::Event,
        _ => return None,
    })
}
