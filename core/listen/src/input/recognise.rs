//! Recognising a format by what is in the file; its name and extension are not looked at.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::elements::Elements;
use super::header::array_under;
use super::lines::Lines;
use super::window::Window;
use super::{Pulled, RecordKind};
use crate::format::Format;

/// How much of a file is looked at.
pub(crate) const LOOK_BYTES: usize = 1 << 18;
/// How many records, good or bad, are looked at.
const LOOK_RECORDS: usize = 256;

/// How the records stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One a line.
    Lines,
    /// In an array, whose first element comes after so many bytes.
    Array {
        /// Bytes up to and with the `[`.
        after: usize,
    },
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
            let format = asked.or_else(|| array_format(start.get(after..)?))?;
            (format != Format::Opml).then_some((format, Shape::Array { after }))
        }
        _ => {
            if asked == Some(Format::Opml) {
                return None;
            }
            let seen = line_format(body);
            if let Some(format) = seen.filter(|seen| asked.is_none_or(|asked| asked == *seen)) {
                return Some((format, Shape::Lines));
            }
            let after = space
                + array_under(
                    body,
                    &[&[b"actions"], &[b"payload"], &[b"payload", b"listens"], &[b"listens"]],
                )?;
            let format = asked.or_else(|| array_format(start.get(after..)?))?;
            Some((format, Shape::Array { after }))
        }
    }
}

fn array_format(elements: &[u8]) -> Option<Format> {
    let mut elements = Elements::new(Window::new(elements));
    for _ in 0..LOOK_RECORDS {
        match elements.next::<ProbeKind, _>(|found| found.row.format()).ok()? {
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
        match lines.next::<ProbeKind, _>(|found| found.row.format()).ok()? {
            Pulled::Record(Some(format)) => return Some(format),
            Pulled::End => return None,
            Pulled::Record(None) | Pulled::Refused { .. } | Pulled::Skipping => {}
        }
    }
    None
}

struct ProbeKind;

impl RecordKind for ProbeKind {
    type Row<'a> = Probe;
}

/// The keys that tell the formats apart.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Probe {
    track_metadata: Option<IgnoredAny>,
    ts: Option<IgnoredAny>,
    ms_played: Option<IgnoredAny>,
    podcast: Option<IgnoredAny>,
    episode: Option<IgnoredAny>,
    action: Option<IgnoredAny>,
}

impl Probe {
    fn format(&self) -> Option<Format> {
        if self.track_metadata.is_some() {
            Some(Format::Listenbrainz)
        } else if self.ts.is_some() && self.ms_played.is_some() {
            Some(Format::SpotifyExtended)
        } else if self.podcast.is_some() && self.episode.is_some() && self.action.is_some() {
            Some(Format::GpodderActions)
        } else {
            None
        }
    }
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
