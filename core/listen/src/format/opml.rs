//! A list of podcast subscriptions in OPML 2.0 (<http://opml.org/spec2.opml>): every `outline` with an `xmlUrl` is a
//! feed, those around it are its folders.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Reason;
use super::draft::LONGEST_TEXT;
use super::gpodder::is_web_url;
use crate::input::metered::unshared;

/// No list is larger; more is read by nobody and could be made to fill the memory.
pub(crate) const LARGEST_BYTES: u64 = 8 << 20;
/// Folders deeper than this are not told apart.
const DEEPEST: usize = 32;
/// A document nested deeper was made to do harm.
const TOO_DEEP: usize = 1024;

/// A feed that the list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Feed {
    pub(crate) feed_url: String,
    pub(crate) title: String,
    pub(crate) site_url: String,
    pub(crate) folder: String,
    /// Where its makers take money; empty when it is not said.
    pub(crate) payment_url: String,
}

/// What one outline with an `xmlUrl` gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outline {
    /// A feed.
    Feed(Feed),
    /// Something that is not one, and the line on which it ends.
    Refused {
        reason: Reason,
        excerpt: Vec<u8>,
        line: u64,
    },
}

/// Counts the lines that were taken.
struct Lined<R> {
    from: R,
    line: u64,
}

impl<R: BufRead> Read for Lined<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Lined<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.from.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        if let Ok(taken) = self.from.fill_buf() {
            let lines = memchr::memchr_iter(b'\n', taken.get(..count).unwrap_or_default()).count();
            self.line += u64::try_from(lines).unwrap_or(0);
        }
        self.from.consume(count);
    }
}

/// Reads the outlines one after the other.
pub(crate) struct Outlines<R> {
    reader: Reader<Lined<R>>,
    buffer: Vec<u8>,
    folders: Vec<String>,
    ended: bool,
}

impl<R: BufRead> Outlines<R> {
    pub(crate) fn new(from: R) -> Self {
        Self {
            reader: Reader::from_reader(Lined { from, line: 1 }),
            buffer: Vec::new(),
            folders: Vec::new(),
            ended: false,
        }
    }

    /// Bytes of the document that were read.
    pub(crate) fn position(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// The next feed; `None` at the end. Not well-formed XML ends the list with one refusal.
    pub(crate) fn next(&mut self) -> io::Result<Option<Outline>> {
        while !self.ended {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            let line = self.reader.get_ref().line;
            let malformed = || Outline::Refused {
                reason: Reason::NotXml,
                excerpt: Vec::new(),
                line,
            };
            let found = match event {
                Ok(Event::Start(element)) if is_outline(&element) => {
                    let (found, text) = read(&element, &self.folders, line);
                    self.folders.push(text);
                    if self.folders.len() > TOO_DEEP {
                        self.ended = true;
                        return Ok(Some(malformed()));
                    }
                    found
                }
                Ok(Event::Empty(element)) if is_outline(&element) => read(&element, &self.folders, line).0,
                Ok(Event::End(element)) if element.name().as_ref().eq_ignore_ascii_case(b"outline") => {
                    self.folders.pop();
                    None
                }
                Ok(Event::Eof) => {
                    self.ended = true;
                    None
                }
                Ok(_) => None,
                Err(quick_xml::Error::Io(error)) => return Err(unshared(&error)),
                Err(_) => {
                    self.ended = true;
                    Some(malformed())
                }
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

fn is_outline(element: &BytesStart<'_>) -> bool {
    element.name().as_ref().eq_ignore_ascii_case(b"outline")
}

/// The feed of an outline, if it names one, and the outline's own text.
fn read(element: &BytesStart<'_>, folders: &[String], line: u64) -> (Option<Outline>, String) {
    let refused = |reason| Outline::Refused {
        reason,
        excerpt: crate::input::excerpt(element),
        line,
    };
    if std::str::from_utf8(element).is_err() {
        return (Some(refused(Reason::InvalidUtf8)), String::new());
    }
    let (mut feed_url, mut text, mut title, mut site_url) = (None, String::new(), String::new(), String::new());
    for attribute in element.attributes().with_checks(false).flatten() {
        // A bare ampersand is common, and means itself.
        let raw = || String::from_utf8_lossy(&attribute.value).into_owned();
        let value = || {
            attribute
                .unescape_value()
                .map_or_else(|_| raw(), std::borrow::Cow::into_owned)
        };
        match attribute.key.as_ref() {
            key if key.eq_ignore_ascii_case(b"xmlUrl") => feed_url = Some(value().trim().to_owned()),
            key if key.eq_ignore_ascii_case(b"text") => text = value(),
            key if key.eq_ignore_ascii_case(b"title") => title = value(),
            key if key.eq_ignore_ascii_case(b"htmlUrl") => site_url = value(),
            _ => {}
        }
    }
    let Some(feed_url) = feed_url else {
        return (None, text);
    };
    let title = if title.trim().is_empty() { text.clone() } else { title };
    let found = if feed_url.is_empty() {
        refused(Reason::MissingField("xmlUrl"))
    } else if [&feed_url, &title, &site_url]
        .into_iter()
        .any(|text| text.len() > LONGEST_TEXT)
    {
        refused(Reason::TextTooLong("outline"))
    } else if feed_url.contains('\0') || title.contains('\0') {
        refused(Reason::NulCharacter("outline"))
    } else if !is_web_url(&feed_url) {
        refused(Reason::BadUrl("xmlUrl"))
    } else {
        let folder: Vec<_> = folders
            .iter()
            .take(DEEPEST)
            .map(String::as_str)
            .filter(|name| !name.is_empty())
            .collect();
        let folder: String = folder
            .join("/")
            .chars()
            .filter(|letter| *letter != '\0')
            .take(LONGEST_TEXT / 4)
            .collect();
        let site_url = if is_web_url(&site_url) { site_url } else { String::new() };
        Outline::Feed(Feed {
            feed_url,
            title: title.trim().to_owned(),
            site_url,
            folder,
            payment_url: String::new(),
        })
    };
    (Some(found), text)
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

    fn read_all(text: &[u8]) -> Vec<Outline> {
        let mut outlines = Outlines::new(text);
        std::iter::from_fn(|| outlines.next().unwrap()).collect()
    }

    fn titles(text: &str) -> Vec<Result<(String, String), &'static str>> {
        let one = |outline| match outline {
            Outline::Feed(feed) => Ok((feed.title, feed.folder)),
            Outline::Refused { reason, .. } => Err(reason.code()),
        };
        read_all(text.as_bytes()).into_iter().map(one).collect()
    }

    #[test]
    fn feeds_are_found_in_folders() {
        let list = r#"<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
            <outline text="News"><outline text="Sea"><outline type="rss" text="Harbour Lights" xmlUrl="https://feeds.example/a.xml" htmlUrl="https://a.example/"/></outline></outline>
            <outline text="t" title="Signal &amp; Noise" XMLURL="http://feeds.example/b.xml"></outline>
            <outline title="Tom & Ann" xmlUrl="https://feeds.example/c.xml"/></body></opml>"#;
        assert_eq!(
            titles(list),
            [
                Ok(("Harbour Lights".into(), "News/Sea".into())),
                Ok(("Signal & Noise".into(), String::new())),
                Ok(("Tom & Ann".into(), String::new())),
            ]
        );
    }

    #[test]
    fn what_is_no_feed_is_refused_and_the_rest_kept() {
        let list = r#"<opml><body><outline text="a" xmlUrl="ftp://x"/><outline text="b" xmlUrl=""/><outline text="c" xmlUrl="https://f.example/c"/></wrong>"#;
        assert_eq!(
            titles(list),
            [
                Err("bad_url"),
                Err("missing_field"),
                Ok(("c".into(), String::new())),
                Err("not_xml")
            ]
        );
    }

    #[test]
    fn entities_do_not_explode() {
        let list = r#"<!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;" xmlUrl="https://f.example/"/></body></opml>"#;
        assert_eq!(titles(list), [Ok(("&b;".into(), String::new()))]);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300), tail in "(<outline |xmlUrl=\"|https://a.b/|\"|/>|</outline>|&amp;|<!--){0,20}") {
            let _ = read_all(&bytes);
            let _ = read_all(tail.as_bytes());
        }
    }
}
