//! Text as UTF-8, whatever the program that wrote it thought text is: byte-order marks go, UTF-16 of either order, with a
//! mark or without, is turned into UTF-8 on the way. UTF-8 itself passes through untouched.

use std::io::{self, Read};

/// How much is looked at to tell UTF-16 that has no mark.
const LOOK_BYTES: usize = 512;
/// Read at once from UTF-16.
const AT_ONCE: usize = 1 << 15;
/// What stands for half a character that has no other half: no UTF-8, so that its record is refused for it.
const NO_UTF8: &[u8] = b"\xff";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    LowFirst,
    HighFirst,
}

/// A stream of text as UTF-8 without a byte-order mark.
pub(crate) struct Decoded<R> {
    from: R,
    /// What was looked at; for UTF-8 it is given on first.
    head: Vec<u8>,
    given: usize,
    order: Option<Order>,
    /// UTF-8 made of UTF-16, not given on yet.
    ready: Vec<u8>,
    /// The first half of a character beyond U+FFFF.
    high: Option<u16>,
    known: bool,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(from: R) -> Self {
        Self {
            from,
            head: Vec::new(),
            given: 0,
            order: None,
            ready: Vec::new(),
            high: None,
            known: false,
            ended: false,
        }
    }

    fn look(&mut self) -> io::Result<()> {
        let wanted = u64::try_from(LOOK_BYTES - self.head.len()).unwrap_or(0);
        // What came before an error is kept, and looked at again if there is more.
        (&mut self.from).take(wanted).read_to_end(&mut self.head)?;
        self.known = true;
        let (order, mark) = order(&self.head);
        self.order = order;
        self.head.drain(..mark);
        Ok(())
    }

    /// Turns some more UTF-16 into UTF-8.
    fn decode(&mut self, order: Order) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        while self.ready.is_empty() && !self.ended {
            if self.head.len() < 2 {
                let before = self.head.len();
                let wanted = u64::try_from(AT_ONCE).unwrap_or(0);
                (&mut self.from).take(wanted).read_to_end(&mut self.head)?;
                self.ended = self.head.len() == before;
            }
            let odd = self.head.len() % 2;
            for pair in self.head.chunks_exact(2) {
                let &[first, second] = pair else { continue };
                let unit = match order {
                    Order::LowFirst => u16::from_le_bytes([first, second]),
                    Order::HighFirst => u16::from_be_bytes([first, second]),
                };
                push(&mut self.ready, &mut self.high, unit);
            }
            self.head.drain(..self.head.len() - odd);
            if self.ended && (odd == 1 || self.high.take().is_some()) {
                self.head.clear();
                self.ready.extend_from_slice(NO_UTF8);
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.known {
            self.look()?;
        }
        let Some(order) = self.order else {
            if self.given == self.head.len() {
                return self.from.read(into);
            }
            let rest = self.head.get(self.given..).unwrap_or_default();
            return Ok(give(rest, into, &mut self.given));
        };
        if self.given == self.ready.len() {
            self.decode(order)?;
        }
        let rest = self.ready.get(self.given..).unwrap_or_default();
        Ok(give(rest, into, &mut self.given))
    }
}

fn give(rest: &[u8], into: &mut [u8], given: &mut usize) -> usize {
    let count = rest.len().min(into.len());
    if let (Some(into), Some(from)) = (into.get_mut(..count), rest.get(..count)) {
        into.copy_from_slice(from);
    }
    *given += count;
    count
}

fn push(ready: &mut Vec<u8>, high: &mut Option<u16>, unit: u16) {
    let number = match (high.take(), unit) {
        (Some(first), 0xdc00..=0xdfff) => 0x1_0000 + (u32::from(first - 0xd800) << 10) + u32::from(unit - 0xdc00),
        (Some(_), _) => {
            ready.extend_from_slice(NO_UTF8);
            return push(ready, high, unit);
        }
        (None, 0xd800..=0xdbff) => {
            *high = Some(unit);
            return;
        }
        (None, _) => u32::from(unit),
    };
    match char::from_u32(number) {
        Some(letter) => ready.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        None => ready.extend_from_slice(NO_UTF8),
    }
}

/// The order of UTF-16, if it is that, and the length of the mark.
fn order(head: &[u8]) -> (Option<Order>, usize) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (None, 3),
        [0xff, 0xfe, ..] => (Some(Order::LowFirst), 2),
        [0xfe, 0xff, ..] => (Some(Order::HighFirst), 2),
        _ => (unmarked(head), 0),
    }
}

/// Every format's keys, headings and punctuation are ASCII: in UTF-16 every second byte of much of it is zero, and never
/// on both sides. In UTF-8 a zero is a mistake, and rare.
fn unmarked(head: &[u8]) -> Option<Order> {
    let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let pairs = head.len() / 2;
    let much = |count: usize| pairs >= 2 && count * 3 >= pairs;
    match (much(even), much(odd)) {
        (false, true) if even * 8 <= odd => Some(Order::LowFirst),
        (true, false) if odd * 8 <= even => Some(Order::HighFirst),
        _ => None,
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

    /// Gives so many bytes at a time, so that every place is a border.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(into.len()).min(self.1);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(bytes: &[u8]) -> Vec<u8> {
        let mut whole = Vec::new();
        Decoded::new(bytes).read_to_end(&mut whole).unwrap();
        let (mut pieces, mut decoded) = (Vec::new(), Decoded::new(Trickle(bytes, 1)));
        let mut few = [0; 3];
        loop {
            let count = decoded.read(&mut few).unwrap();
            if count == 0 {
                break;
            }
            pieces.extend_from_slice(&few[..count]);
        }
        assert_eq!(whole, pieces, "the size of the reads must not matter");
        whole
    }

    fn utf16(text: &str, high_first: bool) -> Vec<u8> {
        let unit = |unit: u16| {
            if high_first {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "{\"artist_name\":\"小さな灯台\",\"track_name\":\"Tå och häl 🎻\"}\r\n";
        let marked = format!("\u{feff}{text}");
        for bytes in [
            text.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            utf16(text, false),
            utf16(text, true),
            utf16(&marked, false),
            utf16(&marked, true),
        ] {
            assert_eq!(String::from_utf8(read(&bytes)).unwrap(), text);
        }
    }

    #[test]
    fn half_a_character_is_not_made_up_for() {
        let mut bytes = utf16("\u{feff}ab", false);
        bytes.extend([0x3d, 0xd8]);
        bytes.extend(utf16("c", false));
        assert_eq!(read(&bytes), b"ab\xffc");
        bytes.push(b'd');
        assert_eq!(read(&bytes), b"ab\xffc\xff");
        assert_eq!(read(&[0xff, 0xfe, 0x00, 0xdc]), b"\xff");
    }

    #[test]
    fn a_zero_in_utf8_does_not_make_it_utf16() {
        for text in ["a\0b", "{\"a\":\"\0\"}", "\0", ""] {
            assert_eq!(read(text.as_bytes()), text.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..1500)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_text_comes_through_utf16_whole(text in ".{0,700}", high_first: bool) {
            let marked = format!("\u{feff}{text}");
            prop_assert_eq!(String::from_utf8(read(&utf16(&marked, high_first))).unwrap(), text);
        }
    }
}
