//! Delimited text (RFC 4180, and tabs) read row by row. A quote that is never closed costs the line on which it stands, not
//! the rest of the file: a row of several lines counts as one only when it then has the columns that it should have.

use std::borrow::Cow;
use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::loose::Loose;
use super::window::Window;
use super::{MAX_RECORD_BYTES, Pulled, excerpt};
use crate::format::Reason;

/// No table has more columns; Apple's have about a hundred and fifty.
pub(crate) const MOST_COLUMNS: usize = 1024;
/// Lines that one row may take: descriptions have paragraphs.
const MOST_LINES: usize = 200;

/// How the values of a table stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    /// Whether a value can stand in quotes.
    pub(crate) quotes: bool,
}

/// The values of one row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Cells<'a> {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The value in a column, without the space around it; absent where the row is too short.
    pub(crate) fn get(&self, column: usize) -> Result<Loose<'a>, Reason> {
        let Some(end) = self.ends.get(column) else {
            return Ok(Loose::Absent);
        };
        let start = match column.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        let bytes = self.bytes.get(start..*end).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| Reason::InvalidUtf8)?.trim();
        Ok(Loose::Text(Cow::Borrowed(text)))
    }

    /// All values as texts.
    pub(crate) fn texts(&self) -> Result<Vec<String>, Reason> {
        (0..self.len())
            .map(|column| match self.get(column)? {
                Loose::Text(text) => Ok(text.into_owned()),
                _ => Ok(String::new()),
            })
            .collect()
    }
}

/// Reads one row at a time.
pub(crate) struct Table<R> {
    window: Window<R>,
    reader: Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// The columns that a row has which takes several lines.
    columns: usize,
    /// Bytes and values of the row that was read last.
    filled: (usize, usize),
    /// Inside a line that is too long.
    skipping: bool,
}

/// What a row came to.
enum Row {
    /// Values, over so many bytes of the window with their end of line.
    Whole {
        length: usize,
        with_end: usize,
    },
    /// Only its first line is given up.
    Bad {
        reason: Reason,
        length: usize,
        with_end: usize,
    },
    TooLong,
    Blank {
        with_end: usize,
    },
    End,
}

impl<R: Read> Table<R> {
    pub(crate) fn new(window: Window<R>, dialect: Dialect) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(dialect.delimiter)
            .quoting(dialect.quotes)
            .terminator(Terminator::Any(b'\n'))
            .build();
        Self {
            window,
            reader,
            bytes: vec![0; 4096],
            ends: vec![0; 256],
            columns: 0,
            filled: (0, 0),
            skipping: false,
        }
    }

    /// Says how many columns a row should have.
    pub(crate) fn expect(&mut self, columns: usize) {
        self.columns = columns;
    }

    /// The next row, handed to `take` with its bytes and its line.
    pub(crate) fn next<T>(&mut self, mut take: impl FnMut(Cells<'_>, &[u8], u64) -> T) -> io::Result<Pulled<T>> {
        loop {
            if self.skipping {
                return self.skip();
            }
            let row = self.row()?;
            let line = self.window.line();
            match row {
                Row::Blank { with_end } => self.window.consume(with_end),
                Row::End => return Ok(Pulled::End),
                Row::Whole { length, with_end } => {
                    let (bytes, ends) = self.filled;
                    let cells = Cells {
                        bytes: self.bytes.get(..bytes).unwrap_or_default(),
                        ends: self.ends.get(..ends).unwrap_or_default(),
                    };
                    let raw = self.window.view().get(..length).unwrap_or_default();
                    let taken = take(cells, raw, line);
                    self.window.consume(with_end);
                    return Ok(Pulled::Record(taken));
                }
                Row::Bad {
                    reason,
                    length,
                    with_end,
                } => {
                    let excerpt = excerpt(self.window.view().get(..length).unwrap_or_default());
                    self.window.consume(with_end);
                    return Ok(Pulled::Refused { reason, excerpt, line });
                }
                Row::TooLong => {
                    self.skipping = true;
                    return Ok(Pulled::Refused {
                        reason: Reason::TooLong,
                        excerpt: excerpt(self.window.view()),
                        line,
                    });
                }
            }
        }
    }

    fn row(&mut self) -> io::Result<Row> {
        self.reader.reset();
        self.filled = (0, 0);
        let mut first = None;
        let mut from = 0;
        for lines in 1..=MOST_LINES {
            let (length, with_end) = match self.line_from(from)? {
                Line::At { length, with_end } => (length, with_end),
                Line::TooLong if first.is_none() => return Ok(Row::TooLong),
                Line::End if first.is_none() => return Ok(Row::End),
                Line::TooLong | Line::End => break,
            };
            let line = self.window.view().get(from..length).unwrap_or_default();
            if first.is_none() && line.trim_ascii().is_empty() {
                return Ok(Row::Blank { with_end });
            }
            let (first_length, first_end) = *first.get_or_insert((length, with_end));
            let fed = match feed(
                &mut self.reader,
                line,
                &mut self.bytes,
                &mut self.ends,
                &mut self.filled,
            ) {
                Fed::More => feed(
                    &mut self.reader,
                    b"\n",
                    &mut self.bytes,
                    &mut self.ends,
                    &mut self.filled,
                ),
                fed => fed,
            };
            let bad = |reason| {
                Ok(Row::Bad {
                    reason,
                    length: first_length,
                    with_end: first_end,
                })
            };
            match fed {
                Fed::Whole if lines > 1 && self.columns > 0 && self.filled.1 != self.columns => {
                    return bad(Reason::UnclosedQuote);
                }
                Fed::Whole => return Ok(Row::Whole { length, with_end }),
                Fed::TooMany => return bad(Reason::TooManyColumns),
                Fed::More if lines == 1 && length == with_end => return bad(Reason::CutOff),
                Fed::More => from = with_end,
            }
        }
        let (length, with_end) = first.unwrap_or_default();
        Ok(Row::Bad {
            reason: Reason::UnclosedQuote,
            length,
            with_end,
        })
    }

    /// The line that starts at a place in the window, without its end and with it.
    fn line_from(&mut self, from: usize) -> io::Result<Line> {
        let mut looked = from;
        loop {
            let view = self.window.view();
            let found = view
                .get(looked..)
                .and_then(|rest| memchr::memchr(b'\n', rest))
                .map(|at| at + looked);
            looked = view.len();
            let end = match found {
                Some(at) => at,
                None if self.window.fill()? => continue,
                None if !self.window.at_end() => return Ok(Line::TooLong),
                None if looked == from => return Ok(Line::End),
                None => looked,
            };
            let with_end = if found.is_some() { end + 1 } else { end };
            let returned = end > from && self.window.view().get(end - 1) == Some(&b'\r');
            let length = if returned && found.is_some() { end - 1 } else { end };
            return Ok(Line::At { length, with_end });
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

enum Line {
    At { length: usize, with_end: usize },
    TooLong,
    End,
}

enum Fed {
    /// The row is whole.
    Whole,
    /// It goes on: the input ended inside quotes, or before the end of the line was given.
    More,
    TooMany,
}

/// Gives the reader some input; it keeps its state from one call to the next.
fn feed(
    reader: &mut Reader,
    mut input: &[u8],
    bytes: &mut Vec<u8>,
    ends: &mut Vec<usize>,
    filled: &mut (usize, usize),
) -> Fed {
    // Without input it would take the row for ended.
    while !input.is_empty() {
        let (into, marks) = (
            bytes.get_mut(filled.0..).unwrap_or_default(),
            ends.get_mut(filled.1..).unwrap_or_default(),
        );
        let (result, read, written, ended) = reader.read_record(input, into, marks);
        input = input.get(read..).unwrap_or_default();
        filled.0 += written;
        filled.1 += ended;
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull => {
                let larger = (bytes.len() * 2).min(2 * MAX_RECORD_BYTES);
                bytes.resize(larger, 0);
            }
            ReadRecordResult::OutputEndsFull if ends.len() >= MOST_COLUMNS => return Fed::TooMany,
            ReadRecordResult::OutputEndsFull => ends.resize(MOST_COLUMNS, 0),
            ReadRecordResult::Record | ReadRecordResult::End => return Fed::Whole,
        }
    }
    Fed::More
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

    const COMMA: Dialect = Dialect {
        delimiter: b',',
        quotes: true,
    };

    /// Gives one byte at a time, so that every place is a border.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(into.len()).min(1);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    type Rows = (Vec<(u64, Vec<String>)>, Vec<(u64, &'static str)>);

    fn read_all(from: impl Read, dialect: Dialect, columns: usize) -> Rows {
        let mut table = Table::new(Window::new(from), dialect);
        table.expect(columns);
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        loop {
            match table.next(|cells, _, line| (line, cells.texts())).unwrap() {
                Pulled::Record((line, Ok(texts))) => good.push((line, texts)),
                Pulled::Record((line, Err(reason))) => bad.push((line, reason.code())),
                Pulled::Refused { reason, line, .. } => bad.push((line, reason.code())),
                Pulled::Skipping => {}
                Pulled::End => return (good, bad),
            }
        }
    }

    fn both(text: &[u8]) -> Rows {
        let whole = read_all(text, COMMA, 3);
        assert_eq!(
            whole,
            read_all(Trickle(text), COMMA, 3),
            "the size of the reads must not matter"
        );
        whole
    }

    fn row(line: u64, texts: &[&str]) -> (u64, Vec<String>) {
        (line, texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn rows_keep_quotes_commas_and_lines_inside_their_values() {
        let text = b"a,b,c\r\n\r\n\"x, y\",\"12\"\" mix\",\"two\nlines\"\r\n , d ,12\" mix\nlast,,";
        let expected = vec![
            row(1, &["a", "b", "c"]),
            row(3, &["x, y", "12\" mix", "two\nlines"]),
            row(5, &["", "d", "12\" mix"]),
            row(6, &["last", "", ""]),
        ];
        assert_eq!(both(text), (expected, vec![]));
    }

    #[test]
    fn an_unclosed_quote_costs_its_line_only() {
        let text = b"a,b,c\n\"x,y,z\nd,e,f\ng,\"h\",i\nj,k,l\n";
        let (good, bad) = both(text);
        assert_eq!(bad, [(2, "unclosed_quote")]);
        assert_eq!(good.len(), 4, "{good:?}");
        assert_eq!(both(b"a,b,\"c"), (vec![], vec![(1, "cut_off")]));
        let (good, bad) = both(b"\"a,b,c\nd,e,f\n");
        assert_eq!(
            (good, bad),
            (vec![row(2, &["d", "e", "f"])], vec![(1, "unclosed_quote")])
        );
    }

    #[test]
    fn without_quoting_a_quote_is_a_letter() {
        let tabs = Dialect {
            delimiter: b'\t',
            quotes: false,
        };
        let (good, bad) = read_all(&b"\"Heroes\"\ta\tb\n\"\tc\td\n"[..], tabs, 3);
        assert_eq!(good, [row(1, &["\"Heroes\"", "a", "b"]), row(2, &["\"", "c", "d"])]);
        assert!(bad.is_empty());
    }

    #[test]
    fn a_huge_line_is_refused_without_being_held() {
        let from = b"a,b,c\n"
            .chain(io::repeat(b'x').take(40 << 20))
            .chain(&b"\nd,e,f\n\xff,b,c\n"[..]);
        let (good, bad) = read_all(from, COMMA, 3);
        assert_eq!(good.len(), 2);
        assert_eq!(bad, [(2, "too_long"), (4, "invalid_utf8")]);
        let wide = ",".repeat(5000);
        assert_eq!(read_all(wide.as_bytes(), COMMA, 3).1, [(1, "too_many_columns")]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r')], 0..300)) {
            let whole = read_all(&bytes[..], COMMA, 3);
            prop_assert_eq!(whole, read_all(Trickle(&bytes), COMMA, 3));
        }

        #[test]
        fn what_a_csv_writer_writes_is_read_back(rows in proptest::collection::vec(
            proptest::collection::vec("[a-z\",\n äé]{1,12}", 3), 1..12)) {
            let trimmed: Vec<Vec<String>> = rows.iter()
                .map(|row| row.iter().map(|text| text.trim().to_owned()).collect()).collect();
            let mut text = String::new();
            for row in &rows {
                let quoted: Vec<_> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
                text.push_str(&quoted.join(","));
                text.push_str("\r\n");
            }
            let (good, bad) = both(text.as_bytes());
            prop_assert!(bad.is_empty(), "{:?}", bad);
            let good: Vec<_> = good.into_iter().map(|(_, texts)| texts).collect();
            prop_assert_eq!(good, trimmed);
        }
    }
}
