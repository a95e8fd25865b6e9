//! Recognising a format by what is in the file; its name and extension are not looked at.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::elements::{Elements, PAGES};
use super::header::array_under;
use super::lines::Lines;
use super::loose::Loose;
use super::window::Window;
use super::{Pulled, RecordKind};
use crate::format::Format;
use crate::format::layout::{self, TableShape};

/// How much of a file is looked at.
pub(crate) const LOOK_BYTES: usize = 1 << 18;
/// How many records, good or bad, are looked at.
const LOOK_RECORDS: usize = 256;

/// How the records stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One a line.
    Lines,
    /// In an array, whose first element comes after so many bytes.
    Array {
        /// Bytes up to and with the `[`.
        after: usize,
    },
    /// In pages of an API's answers, which start after so many bytes; `bare` when no array is around them.
    Pages {
        /// Bytes before the first.
        after: usize,
        /// Whether they stand one after the other.
        bare: bool,
    },
    /// As rows of a table.
    Table(Box<TableShape>),
    /// As XML elements.
    Xml,
}

/// Whether the file is a zip archive (APPNOTE 4.3.7 and, for an empty one, 4.3.16).
pub(crate) fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// The format and shape of a file that starts like this; `asked` skips recognising the format, not the shape.
pub(crate) fn recognise(start: &[u8], asked: Option<Format>) -> Option<(Format, Shape)> {
    if asked == Some(Format::Capture) {
        return None;
    }
    let space = start.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let body = start.get(space..)?;
    match body.first()? {
        b'<' => {
            let lower = body.get(..body.len().min(4096))?.to_ascii_lowercase();
            let is_opml = lower.windows(5).any(|five| five == b"<opml");
            (is_opml && asked.is_none_or(|format| format == Format::Opml)).then_some((Format::Opml, Shape::Xml))
        }
        b'[' => {
            let after = space + 1;
            let elements = start.get(after..)?;
            let pages = || format_of(Elements::in_pages(Window::new(elements), false));
            match asked {
                Some(Format::Opml) => None,
                Some(Format::Lastfm | Format::Maloja) => Some((asked?, Shape::Pages { after, bare: false })),
                Some(format) => Some((format, Shape::Array { after })),
                None => match format_of(Elements::new(Window::new(elements))) {
                    Some(format) => Some((format, Shape::Array { after })),
                    None => Some((pages()?, Shape::Pages { after, bare: false })),
                },
            }
        }
        _ => {
            if asked == Some(Format::Opml) {
                return None;
            }
            if body.first() == Some(&b'{')
                && let Some(found) = document(start, space, asked)
            {
                return Some(found);
            }
            let seen = line_format(body);
            if let Some(format) = seen.filter(|seen| asked.is_none_or(|asked| asked == *seen)) {
                return Some((format, Shape::Lines));
            }
            if body.first() == Some(&b'{') {
                return None;
            }
            layout::known(body, asked).map(|(format, shape)| (format, Shape::Table(Box::new(shape))))
        }
    }
}

/// An object whose list is what counts, or several such.
fn document(start: &[u8], space: usize, asked: Option<Format>) -> Option<(Format, Shape)> {
    let body = start.get(space..)?;
    let under = array_under(
        body,
        &[&[b"actions"], &[b"payload"], &[b"payload", b"listens"], &[b"listens"]],
    );
    if let Some(under) = under {
        let after = space + under;
        let format = asked.or_else(|| format_of(Elements::new(Window::new(start.get(after..)?))))?;
        return Some((format, Shape::Array { after }));
    }
    array_under(body, PAGES)?;
    let format = format_of(Elements::in_pages(Window::new(body), true))?;
    let shape = Shape::Pages {
        after: space,
        bare: true,
    };
    asked.is_none_or(|asked| asked == format).then_some((format, shape))
}

fn format_of(mut elements: Elements<&[u8]>) -> Option<Format> {
    for _ in 0..LOOK_RECORDS {
        match elements
            .next::<ProbeKind, _>(|found| found.raw.starts_with(b"{").then(|| found.row.format()).flatten())
            .ok()?
        {
            Pulled::Record(Some(format)) => return Some(format),
            Pulled::End => return None,
            Pulled::Record(None) | Pulled::Refused { .. } | Pulled::Skipping => {}
        }
    }
    None
}

fn line_format(lines: &[u8]) -> Option<Format> {
    let mut lines = Lines::new(Window::new(lines));
    for _ in 0..LOOK_RECORDS {
        match lines
            .next::<ProbeKind, _>(|found| found.raw.starts_with(b"{").then(|| found.row.format()).flatten())
            .ok()?
        {
            Pulled::Record(Some(format)) => return Some(format),
            Pulled::End => return None,
            Pulled::Record(None) | Pulled::Refused { .. } | Pulled::Skipping => {}
        }
    }
    None
}

struct ProbeKind;

impl RecordKind for ProbeKind {
    type Row<'a> = Probe<'a>;
}

/// The keys that tell the formats apart.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Probe<'a> {
    tekram_listen: Option<IgnoredAny>,
    track_metadata: Option<IgnoredAny>,
    ts: Option<IgnoredAny>,
    ms_played: Option<IgnoredAny>,
    podcast: Option<IgnoredAny>,
    episode: Option<IgnoredAny>,
    action: Option<IgnoredAny>,
    #[serde(rename = "endTime")]
    end_time: Option<IgnoredAny>,
    #[serde(rename = "msPlayed")]
    short_ms_played: Option<IgnoredAny>,
    #[serde(rename = "timeMs")]
    time_ms: Option<IgnoredAny>,
    #[serde(borrow)]
    header: Loose<'a>,
    #[serde(borrow)]
    track: Loose<'a>,
    #[serde(borrow)]
    artists: Loose<'a>,
    artist: Option<IgnoredAny>,
    name: Option<IgnoredAny>,
    title: Option<IgnoredAny>,
    time: Option<IgnoredAny>,
    date: Option<IgnoredAny>,
    uts: Option<IgnoredAny>,
    timestamp: Option<IgnoredAny>,
}

impl Probe<'_> {
    fn format(&self) -> Option<Format> {
        let named = self.track != Loose::Absent || self.name.is_some();
        let dated = self.date.is_some() || self.uts.is_some() || self.timestamp.is_some();
        if self.tekram_listen.is_some() {
            Some(Format::Own)
        } else if self.track_metadata.is_some() {
            Some(Format::Listenbrainz)
        } else if self.ts.is_some() && self.ms_played.is_some() {
            Some(Format::SpotifyExtended)
        } else if self.podcast.is_some() && self.episode.is_some() && self.action.is_some() {
            Some(Format::GpodderActions)
        } else if self.end_time.is_some() && self.short_ms_played.is_some() {
            Some(Format::SpotifyShort)
        } else if self.time_ms.is_some() && self.artist.is_some() {
            Some(Format::PanoScrobbler)
        } else if self.time.is_some() && self.title.is_some() && self.is_youtube() {
            Some(Format::Youtube)
        } else if self.time.is_some() && (self.track == Loose::Object || self.artists == Loose::List) {
            Some(Format::Maloja)
        } else if self.artist.is_some() && named && dated {
            Some(Format::Lastfm)
        } else {
            None
        }
    }

    /// Takeout's other activities look the same.
    fn is_youtube(&self) -> bool {
        matches!(&self.header, Loose::Text(header) if header.starts_with("YouTube"))
    }
}

/// Whether it is a page to look at: what some providers give out first, with times and titles in a language's sentences.
pub(crate) fn is_web_page(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    [&b"<!doctype html"[..], b"<html"].iter().any(|mark| {
        start
            .get(..mark.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(mark))
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formats_are_known_by_their_content() {
        let listen = r#"{"listened_at":1,"track_metadata":{"track_name":"a","artist_name":"b"}}"#;
        let stream = r#"{"ts":"2025-01-01T00:00:00Z","ms_played":0}"#;
        let action = r#"{"podcast":"p","episode":"e","action":"play"}"#;
        for (text, expected) in [
            (
                format!("{listen}\n{listen}\n"),
                Some((Format::Listenbrainz, Shape::Lines)),
            ),
            (
                format!("broken\n\n{listen}"),
                Some((Format::Listenbrainz, Shape::Lines)),
            ),
            (
                format!("[{listen}]"),
                Some((Format::Listenbrainz, Shape::Array { after: 1 })),
            ),
            (
                format!("{{\"payload\":{{\"listens\":[{listen}]}}}}"),
                Some((Format::Listenbrainz, Shape::Array { after: 23 })),
            ),
            (
                format!("{{\"listen_type\":\"import\",\"payload\":[{listen}]}}"),
                Some((Format::Listenbrainz, Shape::Array { after: 35 })),
            ),
            (
                format!(" [\n{stream}]"),
                Some((Format::SpotifyExtended, Shape::Array { after: 2 })),
            ),
            (
                format!("[null,{stream}"),
                Some((Format::SpotifyExtended, Shape::Array { after: 1 })),
            ),
            (
                format!("[{action}]"),
                Some((Format::GpodderActions, Shape::Array { after: 1 })),
            ),
            (
                format!("{{\"actions\":[{action}],\"timestamp\":1}}"),
                Some((Format::GpodderActions, Shape::Array { after: 12 })),
            ),
            (
                "<?xml version=\"1.0\"?><OPML version=\"2.0\">".into(),
                Some((Format::Opml, Shape::Xml)),
            ),
            (
                r#"{"tekram_listen":1,"start_ms":1}"#.to_owned() + "\n",
                Some((Format::Own, Shape::Lines)),
            ),
            ("<html>".into(), None),
            ("[]".into(), None),
            ("{}".into(), None),
            (String::new(), None),
            ("artist,track\na,b".into(), None),
        ] {
            assert_eq!(recognise(text.as_bytes(), None), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = recognise(&bytes, None);
            let _ = recognise(&bytes, Some(Format::Listenbrainz));
        }
    }
}
