//! JSON Lines: one record a line. Blank lines and comments are passed over; a line that is too long is refused without being held
//! in memory, and the next one is read as if nothing had been.

use std::io::{self, Read};

use super::window::Window;
use super::{Found, Pulled, RecordKind, excerpt, why_not_json};
use crate::format::Reason;

/// Reads one line at a time.
pub(crate) struct Lines<R> {
    window: Window<R>,
    /// Inside a line that is too long.
    skipping: bool,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(window: Window<R>) -> Self {
        Self {
            window,
            skipping: false,
        }
    }

    /// The next record, handed to `take` while it can be borrowed.
    pub(crate) fn next<K: RecordKind, T>(
        &mut self,
        mut take: impl FnMut(Found<'_, K::Row<'_>>) -> T,
    ) -> io::Result<Pulled<T>> {
        let mut looked = 0;
        loop {
            if self.skipping {
                return self.skip();
            }
            let bytes = self.window.view();
            let found = bytes
                .get(looked..)
                .and_then(|rest| memchr::memchr(b'\n', rest))
                .map(|at| at + looked);
            looked = bytes.len();
            let (length, with_end) = match found {
                Some(at) => (at, at + 1),
                None if self.window.fill()? => continue,
                None if self.window.at_end() => {
                    let length = self.window.view().len();
                    if length == 0 {
                        return Ok(Pulled::End);
                    }
                    (length, length)
                }
                None => {
                    self.skipping = true;
                    let line = self.window.line();
                    return Ok(Pulled::Refused {
                        reason: Reason::TooLong,
                        excerpt: excerpt(self.window.view()),
                        line,
                    });
                }
            };
            let line = self.window.line();
            let raw = self.window.view().get(..length).unwrap_or_default().trim_ascii();
            if raw.is_empty() {
                self.window.consume(with_end);
                looked = 0;
                continue;
            }
            let pulled = match parsed::<K>(raw) {
                Ok(row) => Some(Pulled::Record(take(Found { row, raw, line }))),
                // JSON has no comments, but people write some.
                Err(_) if raw.starts_with(b"#") || raw.starts_with(b"//") => None,
                Err(error) => {
                    let cut = error.is_eof() && length == with_end;
                    let reason = if cut { Reason::CutOff } else { why_not_json(raw, &error) };
                    Some(Pulled::Refused {
                        reason,
                        excerpt: excerpt(raw),
                        line,
                    })
                }
            };
            self.window.consume(with_end);
            match pulled {
                Some(pulled) => return Ok(pulled),
                None => looked = 0,
            }
        }
    }

    /// Drops what is in the window of a line that is too long.
    fn skip<T>(&mut self) -> io::Result<Pulled<T>> {
        if let Some(at) = memchr::memchr(b'\n', self.window.view()) {
            self.window.consume(at + 1);
            self.skipping = false;
            return Ok(Pulled::Skipping);
        }
        self.window.consume(self.window.view().len());
        if !self.window.fill()? {
            self.skipping = false;
        }
        Ok(Pulled::Skipping)
    }
}

fn parsed<K: RecordKind>(raw: &[u8]) -> serde_json::Result<K::Row<'_>> {
    // Looking at the whole line once is quicker than at each of its texts. A line that is not UTF-8 may still be read:
    // what is wrong may stand in a field that nobody asks for.
    match std::str::from_utf8(raw) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(raw),
    }
}
