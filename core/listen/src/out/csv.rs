//! A table for a spreadsheet: RFC 4180 in UTF-8 with a byte-order mark, without which some spreadsheets take it for another
//! encoding. A title can begin like a formula, and a spreadsheet would carry it out; such words get an apostrophe in front
//! (OWASP, "CSV Injection"), which is the one thing that does not come back unchanged from this format.

use std::io::{self, Write};

use super::column::Cell;

/// What a formula can begin with, in ASCII and in full width.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// What makes a spreadsheet read UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes one line.
pub(crate) fn write_row(into: &mut impl Write, cells: impl Iterator<Item = Cell>) -> io::Result<()> {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            into.write_all(b",")?;
        }
        match cell {
            Cell::Own(text) => write_cell(into, "", &text)?,
            Cell::Words(text) if text.trim_start().starts_with(FORMULA) || text.starts_with(['\t', '\r', '\n']) => {
                write_cell(into, "'", &text)?;
            }
            Cell::Words(text) => write_cell(into, "", &text)?,
        }
    }
    into.write_all(b"\r\n")
}

fn write_cell(into: &mut impl Write, before: &str, text: &str) -> io::Result<()> {
    // Section 2.6; spaces at the ends are part of the field (section 2.4), and quoted so that nobody trims them.
    let quoted = text.contains(['"', ',', '\r', '\n', ';']) || text.trim() != text;
    if !quoted {
        return write!(into, "{before}{text}");
    }
    into.write_all(b"\"")?;
    into.write_all(before.as_bytes())?;
    into.write_all(text.replace('"', "\"\"").as_bytes())?;
    into.write_all(b"\"")
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

    fn row(cells: &[&str]) -> String {
        let mut out = Vec::new();
        write_row(&mut out, cells.iter().map(|cell| Cell::Words((*cell).to_owned()))).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// A reader of RFC 4180 as its grammar says, one record.
    fn read(text: &str) -> Vec<String> {
        let mut fields = vec![String::new()];
        let mut letters = text.strip_suffix("\r\n").unwrap().chars().peekable();
        let mut quoted = false;
        while let Some(letter) = letters.next() {
            match (quoted, letter) {
                (true, '"') if letters.peek() == Some(&'"') => {
                    letters.next();
                    fields.last_mut().unwrap().push('"');
                }
                (true, '"') => {
                    quoted = false;
                    assert!(matches!(letters.peek(), None | Some(',')), "text after a closing quote");
                }
                (false, '"') => {
                    assert!(fields.last().unwrap().is_empty(), "a quote within a plain field");
                    quoted = true;
                }
                (false, ',') => fields.push(String::new()),
                (false, '\r' | '\n') => panic!("a line ends within a record"),
                (_, letter) => fields.last_mut().unwrap().push(letter),
            }
        }
        assert!(!quoted);
        fields
    }

    #[test]
    fn quotes_commas_and_line_ends_stay_in_their_field() {
        assert_eq!(
            row(&["a", "b,c", "d \"e\"", "f\r\ng", ""]),
            "a,\"b,c\",\"d \"\"e\"\"\",\"f\r\ng\",\r\n"
        );
    }

    #[test]
    fn what_begins_like_a_formula_is_words() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "＝1",
            "=HYPERLINK(\"http://x\",\"y\")",
        ] {
            let cells = read(&row(&[text, "next"]));
            assert_eq!(cells, [format!("'{text}"), "next".to_owned()]);
        }
        assert_eq!(row(&["1-1", "a=b"]), "1-1,a=b\r\n");
    }

    proptest! {
        #[test]
        fn any_words_come_back_but_for_the_apostrophe(texts in proptest::collection::vec("[ -~\r\n\t=+@ä＝;]{0,12}", 1..5)) {
            let cells: Vec<&str> = texts.iter().map(String::as_str).collect();
            let back = read(&row(&cells));
            prop_assert_eq!(back.len(), texts.len());
            for (back, text) in back.iter().zip(&texts) {
                let guarded = format!("'{text}");
                prop_assert!(back == text || *back == guarded);
                prop_assert!(!back.trim_start().starts_with(FORMULA));
            }
        }
    }
}
