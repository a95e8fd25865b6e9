//! Getting at single records of a file of any size: a bounded window over the stream, JSON Lines and arrays read
//! record by record, zip archives with limits, and recognising a format by its content.

pub(crate) mod archive;
pub(crate) mod database;
pub(crate) mod elements;
pub(crate) mod encoding;
pub(crate) mod header;
pub(crate) mod lines;
pub(crate) mod loose;
pub(crate) mod metered;
pub(crate) mod recognise;
pub(crate) mod table;
mod walk;
pub(crate) mod window;

use std::ops::Range;

use crate::format::Reason;

/// What one step of reading gave.
pub(crate) enum Pulled<T> {
    /// A record, already handed to the caller's function; this is what it returned.
    Record(T),
    /// A record that cannot be read; the excerpt's place in the window is gone, so a copy is kept.
    Refused {
        /// Why.
        reason: Reason,
        /// Its first bytes.
        excerpt: Vec<u8>,
        /// Line of the file on which it starts, from 1.
        line: u64,
    },
    /// Part of an overlong record was skipped; nothing to report yet.
    Skipping,
    /// The end.
    End,
}

/// A kind of record that can be read from JSON, borrowing from it.
pub(crate) trait RecordKind {
    /// The record as it stands in the file.
    type Row<'a>: serde::Deserialize<'a>;
}

/// A record as handed to the caller: the parsed row, and where it stands.
pub(crate) struct Found<'a, Row> {
    /// The parsed record.
    pub(crate) row: Row,
    /// Its bytes.
    pub(crate) raw: &'a [u8],
    /// Line of the file on which it starts, from 1.
    pub(crate) line: u64,
}

/// The largest record that is read; a listen of ListenBrainz is at most 10 KiB.
pub(crate) const MAX_RECORD_BYTES: usize = 1 << 20;
/// How much of a refused record is kept, inside the vault.
pub(crate) const EXCERPT_BYTES: usize = 160;

pub(crate) fn excerpt(raw: &[u8]) -> Vec<u8> {
    raw.get(..raw.len().min(EXCERPT_BYTES)).unwrap_or_default().to_vec()
}

/// Why a record's bytes are not JSON, or not an object.
pub(crate) fn why_not_json(raw: &[u8], error: &serde_json::Error) -> Reason {
    if std::str::from_utf8(raw).is_err() {
        Reason::InvalidUtf8
    } else if error.classify() == serde_json::error::Category::Data {
        Reason::NotAnObject
    } else if holds_nan(raw) {
        Reason::NotANumber
    } else {
        Reason::NotJson
    }
}

/// Whether `NaN` or `Infinity` stands where a value would.
fn holds_nan(raw: &[u8]) -> bool {
    let value_at = |at: usize, word: &[u8]| -> bool {
        let before: Range<usize> = 0..at;
        raw.get(at..).is_some_and(|rest| rest.starts_with(word))
            && raw
                .get(before)
                .and_then(|before| before.iter().rev().find(|byte| !byte.is_ascii_whitespace()))
                .is_some_and(|byte| matches!(byte, b':' | b',' | b'[' | b'-'))
    };
    memchr::memchr2_iter(b'N', b'I', raw).any(|at| value_at(at, b"NaN") || value_at(at, b"Infinity"))
}
