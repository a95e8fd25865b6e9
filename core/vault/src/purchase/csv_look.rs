//! The beginning of a table: its headings and first lines, so that a person can say which column is what before
//! [`super::PurchaseCsv`] reads it.

use std::io::Read;

use super::csv::unreadable;
use crate::error::VaultError;

/// Bytes that are looked at.
const LOOK_BYTES: u64 = 64 * 1024;
/// Lines below the headings.
const LOOK_LINES: usize = 5;
/// What may stand between two values; the first is taken where none does.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The beginning of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvLook {
    /// What stands between two values: the one of `,`, `;` and tab that the headings have most of.
    pub delimiter: char,
    /// The names of the columns.
    pub headings: Vec<String>,
    /// At most five lines, each with as many values as there are headings or fewer.
    pub lines: Vec<Vec<String>>,
}

impl CsvLook {
    /// Looks at the first 64 KiB. Fails with `io`, also for what is no text.
    pub fn read(from: impl Read) -> Result<Self, VaultError> {
        let mut bytes = Vec::new();
        from.take(LOOK_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(error.into()))?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) == LOOK_BYTES {
            // The last line is cut, maybe within a letter.
            let end = bytes.iter().rposition(|byte| *byte == b'\n');
            bytes.truncate(end.unwrap_or(bytes.len()));
        }
        let delimiter = delimiter(&bytes);
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .trim(::csv::Trim::All)
            .flexible(true)
            .from_reader(bytes.as_slice());
        let headings = reader.headers().map_err(unreadable)?.clone();
        let mut lines = Vec::new();
        for line in reader.records().take(LOOK_LINES) {
            let line = line.map_err(unreadable)?;
            lines.push(line.iter().take(headings.len()).map(str::to_owned).collect());
        }
        Ok(Self {
            delimiter: char::from(delimiter),
            headings: headings
                .iter()
                .map(|heading| heading.trim_start_matches('\u{feff}').to_owned())
                .collect(),
            lines,
        })
    }
}

/// The delimiter that stands most often in the first line, outside quotes.
fn delimiter(bytes: &[u8]) -> u8 {
    let mut counts = [0_u32; DELIMITERS.len()];
    let mut quoted = false;
    for byte in bytes {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
                    *count = count.saturating_add(u32::from(*byte == delimiter));
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let found = counts.iter().zip(DELIMITERS).find(|(count, _)| **count == most);
    found.map_or(b',', |(_, delimiter)| delimiter)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

    use super::*;

    #[test]
    fn a_table_says_what_stands_between_its_values() {
        for (table, delimiter) in [
            ("Store,Day,Price\nBaker,2026-02-28,\"1,20\"\n", ','),
            (
                "\u{feff}Store;\"Day; as written\";Price\r\nBaker;28.02.2026;1,20\r\n",
                ';',
            ),
            ("Store\tDay\tPrice\nBaker\t02/28/2026\t1.20\n", '\t'),
        ] {
            let look = CsvLook::read(table.as_bytes()).unwrap();
            assert_eq!(look.delimiter, delimiter);
            assert_eq!(look.headings.len(), 3);
            assert_eq!(look.headings[0], "Store");
            assert_eq!(look.lines.len(), 1);
            assert_eq!(look.lines[0][0], "Baker");
        }
    }

    #[test]
    fn only_the_first_lines_are_shown_and_a_cut_one_is_not() {
        let long = format!("Store,Price\n{}", "Bäckerei,1.20\n".repeat(20_000));
        let look = CsvLook::read(long.as_bytes()).unwrap();
        assert_eq!(look.lines, vec![vec!["Bäckerei".to_owned(), "1.20".to_owned()]; 5]);
        let ragged = CsvLook::read("A,B\n1\n1,2,3\n".as_bytes()).unwrap();
        assert_eq!(
            ragged.lines,
            vec![vec!["1".to_owned()], vec!["1".to_owned(), "2".to_owned()]]
        );
    }

    #[test]
    fn what_is_no_text_is_refused_and_nothing_is_an_empty_table() {
        assert_eq!(
            CsvLook::read([0xff_u8, 0xfe, 0x00, b'\n'].as_slice())
                .unwrap_err()
                .code(),
            "io"
        );
        let nothing = CsvLook::read([].as_slice()).unwrap();
        assert!(nothing.headings.is_empty() && nothing.lines.is_empty());
    }
}
