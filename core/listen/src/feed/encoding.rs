//! A feed's bytes as text. Nearly every feed is UTF-8; old ones say ISO-8859-1 or Windows-1252, a few are UTF-16 with a
//! byte-order mark. Anything else is read as UTF-8, with a replacement character where it is not.

use std::borrow::Cow;

/// What Windows-1252 has at 0x80 to 0x9F; ISO-8859-1 has control characters there that nobody means (as the WHATWG's
/// Encoding Standard reads it).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];
/// The declaration stands within the first bytes.
const DECLARATION_BYTES: usize = 200;

/// The text of a document, without its byte-order mark.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return String::from_utf8_lossy(rest);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return Cow::Owned(utf16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return Cow::Owned(utf16(rest, u16::from_be_bytes));
    }
    if is_latin(bytes) {
        return Cow::Owned(bytes.iter().map(|byte| latin(*byte)).collect());
    }
    String::from_utf8_lossy(bytes)
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Whether the XML declaration names one of the two, and the bytes do not show that it is wrong: many feeds that say
/// ISO-8859-1 are UTF-8.
fn is_latin(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(DECLARATION_BYTES)).unwrap_or_default();
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let Some((declaration, _)) = start.split_once("?>") else {
        return false;
    };
    let names_one = ["iso-8859-1", "iso8859-1", "latin1", "windows-1252", "cp1252"]
        .iter()
        .any(|name| declaration.contains(name));
    names_one && std::str::from_utf8(bytes).is_err()
}

fn latin(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        byte => char::from(byte),
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
    fn the_usual_encodings_are_read() {
        assert_eq!(text("\u{feff}Café".as_bytes()), "Café");
        assert_eq!(
            text(b"<?xml version='1.0' encoding='ISO-8859-1'?>Caf\xe9 \x96"),
            "<?xml version='1.0' encoding='ISO-8859-1'?>Café –"
        );
        assert_eq!(
            text("<?xml encoding=\"latin1\"?>Café".as_bytes()),
            "<?xml encoding=\"latin1\"?>Café"
        );
        let little: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain("Café".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(text(&little), "Café");
        let big: Vec<u8> = [0xFE, 0xFF]
            .into_iter()
            .chain("Café".encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        assert_eq!(text(&big), "Café");
        assert_eq!(text(b"Caf\xe9"), "Caf\u{fffd}");
    }

    proptest! {
        #[test]
        fn utf8_stays_what_it_is(one in "\\PC{0,60}") {
            prop_assert_eq!(text(one.as_bytes()), one.trim_start_matches('\u{feff}'));
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = text(&bytes);
        }
    }
}
