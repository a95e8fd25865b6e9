//! A JSON array read element by element. A good element is parsed where it stands; only after a bad one is its end
//! looked for, first by its brackets and quotes, and where these are what is broken, by the next `},{`.

use std::io::{self, Read};

use super::header::array_under;
use super::window::Window;
use super::{Found, Pulled, RecordKind, excerpt, why_not_json};
use crate::format::Reason;

/// Where a page of an API's answers has its list: the keys that lead to it. It is read element by element like the rest,
/// because a page can be larger than a record may be.
pub(crate) const PAGES: &[&[&[u8]]] = &[&[b"track"], &[b"recenttracks", b"track"], &[b"scrobbles"], &[b"list"]];
/// Lists inside lists are followed no deeper.
const DEEPEST: usize = 8;

/// Reads one element at a time; the window starts after the array's `[`, or where the first page does.
pub(crate) struct Elements<R> {
    window: Window<R>,
    /// Inside an element that is too long.
    skipping: Option<Balance>,
    /// An element's end was guessed, so that a closing bracket may belong to what was cut in two.
    guessed: bool,
    closed: bool,
    /// Whether an element can be a page of elements.
    pages: bool,
    /// Whether there is no array around all.
    bare: bool,
    /// For each list that was entered, how many objects close after it.
    entered: Vec<u64>,
    /// Objects around a list that ended: what else is in them is passed over.
    leaving: bool,
}

impl<R: Read> Elements<R> {
    pub(crate) fn new(window: Window<R>) -> Self {
        Self {
            window,
            skipping: None,
            guessed: false,
            closed: false,
            pages: false,
            bare: false,
            entered: Vec::new(),
            leaving: false,
        }
    }

    /// Elements that can be pages of elements; `bare` when they stand one after the other without an array around them.
    pub(crate) fn in_pages(window: Window<R>, bare: bool) -> Self {
        Self {
            pages: true,
            bare,
            ..Self::new(window)
        }
    }

    /// Whether the file ended before the array did.
    pub(crate) fn ended_early(&self) -> bool {
        !self.closed && !self.guessed && (!self.bare || !self.entered.is_empty() || self.leaving)
    }

    /// Goes into a page or a list at the start of the window; `false` when there is none.
    fn enter(&mut self) -> bool {
        if !self.pages || self.entered.len() >= DEEPEST {
            return false;
        }
        let bytes = self.window.view();
        let (length, objects) = match bytes.first() {
            Some(b'[') => (1, 0),
            Some(b'{') => {
                let found = PAGES
                    .iter()
                    .find_map(|path| Some((array_under(bytes, &[path])?, path.len())));
                match found {
                    Some((after, depth)) => (after, u64::try_from(depth).unwrap_or(u64::MAX)),
                    None => return false,
                }
            }
            _ => return false,
        };
        self.window.consume(length);
        self.entered.push(objects);
        true
    }

    /// The next element, handed to `take` while it can be borrowed.
    pub(crate) fn next<K: RecordKind, T>(
        &mut self,
        mut take: impl FnMut(Found<'_, K::Row<'_>>) -> T,
    ) -> io::Result<Pulled<T>> {
        if self.closed {
            return Ok(Pulled::End);
        }
        loop {
            if self.skipping.is_some() {
                return self.skip();
            }
            if !self.window.skip_space()? {
                return Ok(Pulled::End);
            }
            match self.window.view().first().copied() {
                Some(b',') => {
                    self.window.consume(1);
                    continue;
                }
                Some(b']' | b'}') if self.guessed => {
                    self.window.consume(1);
                    continue;
                }
                Some(b']') if !self.entered.is_empty() => {
                    self.window.consume(1);
                    let objects = self.entered.pop().unwrap_or_default();
                    if objects > 0 {
                        self.leaving = true;
                        self.skipping = Some(Balance {
                            depth: objects,
                            ..Balance::default()
                        });
                    }
                    continue;
                }
                Some(b']') => {
                    self.closed = true;
                    return Ok(Pulled::End);
                }
                _ if self.enter() => continue,
                _ => {}
            }
            let line = self.window.line();
            let parsed = {
                let bytes = self.window.view();
                let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<K::Row<'_>>();
                match stream.next() {
                    Some(Ok(row)) => {
                        let length = stream.byte_offset();
                        Ok((
                            take(Found {
                                row,
                                raw: bytes.get(..length).unwrap_or_default(),
                                line,
                            }),
                            length,
                        ))
                    }
                    Some(Err(error)) => Err(error),
                    None => continue,
                }
            };
            let error = match parsed {
                Ok((taken, length)) => {
                    self.window.consume(length);
                    return Ok(Pulled::Record(taken));
                }
                Err(error) => error,
            };
            if error.is_eof() && self.window.fill()? {
                continue;
            }
            match self.end_of_bad_element(&error) {
                End::At { length, reason } => {
                    let excerpt = excerpt(self.window.view().get(..length).unwrap_or_default());
                    self.window.consume(length);
                    return Ok(Pulled::Refused { reason, excerpt, line });
                }
                End::TooFar => {
                    self.skipping = Some(Balance::default());
                    let excerpt = excerpt(self.window.view());
                    return Ok(Pulled::Refused {
                        reason: Reason::TooLong,
                        excerpt,
                        line,
                    });
                }
                End::NeedMore => {
                    self.window.fill()?;
                }
            }
        }
    }

    fn end_of_bad_element(&mut self, error: &serde_json::Error) -> End {
        let bytes = self.window.view();
        let reason_of = |length: usize| why_not_json(bytes.get(..length).unwrap_or_default(), error);
        let mut balance = Balance::default();
        match balance.end_in(bytes) {
            Some(length) if !balance.odd => {
                return End::At {
                    length: length.max(1),
                    reason: reason_of(length),
                };
            }
            // A guess takes all that can be seen, so that it does not depend on how the file happened to be read.
            _ if !self.window.at_end() && !self.window.is_full() => return End::NeedMore,
            _ => {}
        }
        // What is right so far is only too long, or cut off by the end of the file.
        if error.is_eof() {
            return if self.window.at_end() {
                End::At {
                    length: bytes.len(),
                    reason: Reason::CutOff,
                }
            } else {
                End::TooFar
            };
        }
        if let Some(length) = next_object(bytes) {
            let reason = reason_of(length);
            self.guessed = true;
            return End::At { length, reason };
        }
        if self.window.at_end() {
            End::At {
                length: bytes.len(),
                reason: reason_of(bytes.len()),
            }
        } else {
            End::TooFar
        }
    }

    /// Drops what is in the window of an element that is too long.
    fn skip<T>(&mut self) -> io::Result<Pulled<T>> {
        let end = self
            .skipping
            .as_mut()
            .and_then(|balance| balance.end_in(self.window.view()));
        if let Some(length) = end {
            self.window.consume(length);
            self.skipping = None;
            self.leaving = false;
            return Ok(Pulled::Skipping);
        }
        self.window.consume(self.window.view().len());
        if !self.window.fill()? {
            self.skipping = None;
        }
        Ok(Pulled::Skipping)
    }
}

enum End {
    At { length: usize, reason: Reason },
    TooFar,
    NeedMore,
}

/// Follows brackets and quotes to the end of one value, over as many pieces as it takes.
#[derive(Default)]
struct Balance {
    depth: u64,
    /// The innermost 64 open brackets, one bit each: whether it is a square one.
    square: u64,
    in_text: bool,
    escaped: bool,
    /// A text held a line break, which JSON forbids, or a bracket closed one of the other kind: a quote or a bracket
    /// is probably missing.
    odd: bool,
}

impl Balance {
    /// The length up to the value's end, or to the comma or bracket after it; `None` when it lies further on.
    fn end_in(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_text = false,
                    b'\n' => self.odd = true,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    self.square = self.square << 1 | u64::from(byte == b'[');
                }
                b'}' | b']' if self.depth == 0 => return Some(at),
                b',' if self.depth == 0 => return Some(at),
                b'}' | b']' => {
                    self.odd |= self.square & 1 != u64::from(byte == b']');
                    self.square >>= 1;
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// The length up to the first `}` that is followed by a comma and an object, or by the array's end.
fn next_object(bytes: &[u8]) -> Option<usize> {
    let followed_by = |at: usize, wanted: &[u8]| {
        let mut rest = bytes
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .filter(|byte| !byte.is_ascii_whitespace());
        wanted.iter().all(|byte| rest.next() == Some(byte))
    };
    memchr::memchr_iter(b'}', bytes)
        .find(|&at| followed_by(at, b",{") || followed_by(at, b"]"))
        .map(|at| at + 1)
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

    #[derive(serde::Deserialize)]
    struct Numbered {
        n: Option<u32>,
    }
    struct NumberedKind;
    impl RecordKind for NumberedKind {
        type Row<'a> = Numbered;
    }

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

    fn read_all(from: impl Read) -> (Vec<u32>, Vec<(&'static str, u64)>, bool) {
        let mut elements = Elements::new(Window::new(from));
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        loop {
            match elements.next::<NumberedKind, _>(|found| found.row.n).unwrap() {
                Pulled::Record(number) => good.extend(number),
                Pulled::Refused { reason, line, .. } => bad.push((reason.code(), line)),
                Pulled::Skipping => {}
                Pulled::End => return (good, bad, elements.ended_early()),
            }
        }
    }

    fn both(text: &str) -> (Vec<u32>, Vec<(&'static str, u64)>, bool) {
        let whole = read_all(text.as_bytes());
        assert_eq!(
            whole,
            read_all(Trickle(text.as_bytes())),
            "the size of the reads must not matter"
        );
        whole
    }

    #[test]
    fn good_elements_come_in_order() {
        assert_eq!(both(r#"{"n":1}, {"n":2} ,{"n":3}]"#), (vec![1, 2, 3], vec![], false));
        assert_eq!(both("]"), (vec![], vec![], false));
        assert_eq!(both(r#"{"n":1}], "timestamp": 5}"#), (vec![1], vec![], false));
    }

    #[test]
    fn a_bad_element_costs_only_itself() {
        for bad in [
            "{\"n\":NaN}",
            "null",
            "7",
            "\"text\"",
            "[1,{\"n\":9}]",
            "{\"n\":\"x\"}",
            "{\"n\":1,,}",
            "tru",
            "{\"n\" 4}",
        ] {
            let (good, refused, _) = both(&format!("{{\"n\":1}},{bad},\n{{\"n\":2}}]"));
            assert_eq!(good, [1, 2], "{bad}");
            assert_eq!(refused.len(), 1, "{bad}: {refused:?}");
        }
    }

    #[test]
    fn a_missing_quote_or_brace_does_not_swallow_the_rest() {
        for bad in [r#"{"a":"x,"n":5}"#, r#"{"a:"x","n":5}"#, r#"{"n":5,"a":"}"#] {
            for between in [",", ",\n  "] {
                let (good, refused, _) = both(&format!(
                    "{{\"n\":1}}{between}{bad}{between}{{\"n\":2}}{between}{{\"n\":3}}]"
                ));
                assert!(
                    good.starts_with(&[1]) && good.ends_with(&[3]),
                    "{bad}: {good:?} {refused:?}"
                );
                assert!(!refused.is_empty());
            }
        }
    }

    #[test]
    fn a_file_that_ends_in_the_middle_keeps_what_came_before() {
        assert_eq!(
            both(r#"{"n":1},{"n":2},{"n":"#),
            (vec![1, 2], vec![("cut_off", 1)], true)
        );
        assert_eq!(both("{\"n\":1},\n{\"n\":2}"), (vec![1, 2], vec![], true));
    }

    fn read_pages(text: &str, bare: bool) -> (Vec<u32>, Vec<&'static str>, bool) {
        let read = |from: &mut dyn Read| {
            let mut elements = Elements::in_pages(Window::new(from), bare);
            let (mut good, mut bad) = (Vec::new(), Vec::new());
            loop {
                match elements.next::<NumberedKind, _>(|found| found.row.n).unwrap() {
                    Pulled::Record(number) => good.extend(number),
                    Pulled::Refused { reason, .. } => bad.push(reason.code()),
                    Pulled::Skipping => {}
                    Pulled::End => return (good, bad, elements.ended_early()),
                }
            }
        };
        let whole = read(&mut text.as_bytes());
        assert_eq!(
            whole,
            read(&mut Trickle(text.as_bytes())),
            "the size of the reads must not matter"
        );
        whole
    }

    #[test]
    fn pages_are_read_element_by_element() {
        let page = r#"{"recenttracks":{"@attr":{"page":"1"},"track":[{"n":1},{"n":2}],"x":[{"n":9}]}}"#;
        let other = r#"{"track":[{"n":3},null],"@attr":{"a":"]"}}"#;
        assert_eq!(
            read_pages(&format!("{page},{other}]"), false),
            (vec![1, 2, 3], vec!["not_an_object"], false)
        );
        assert_eq!(
            read_pages(&format!("{page}\n{other}\n"), true),
            (vec![1, 2, 3], vec!["not_an_object"], false)
        );
        assert_eq!(
            read_pages(r#"[{"n":1}],[[{"n":2}]],{"n":3}]"#, false),
            (vec![1, 2, 3], vec![], false)
        );
        assert_eq!(read_pages(r#"{"a":1,"scrobbles":[{"n":1},{"n":"#, true).0, [1]);
        assert!(read_pages(r#"{"a":1,"scrobbles":[{"n":1},{"n":"#, true).2);
        let large = format!(
            r#"{{"track":[{}]}}"#,
            vec![r#"{"n":1,"image":"xxxxxxxxxxxxxxxxxxxx"}"#; 60_000].join(",")
        );
        let mut elements = Elements::in_pages(Window::new(large.as_bytes()), true);
        let mut count = 0;
        while !matches!(elements.next::<NumberedKind, _>(|_| count += 1).unwrap(), Pulled::End) {}
        assert_eq!(count, 60_000, "a page may be larger than a record");
    }

    #[test]
    fn a_huge_element_is_refused_without_being_held() {
        let huge = 40 * super::super::MAX_RECORD_BYTES;
        let from = b"{\"n\":1},\n{\"n\":2,\"a\":\""
            .chain(io::repeat(b'x').take(huge as u64))
            .chain(&b"\"},\n{\"n\":3}]"[..]);
        assert_eq!(read_all(from), (vec![1, 3], vec![("too_long", 2)], false));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(b'{'), Just(b'}'), Just(b'"'), Just(b','), Just(b']'), Just(b'['), Just(b'\n')], 0..400)) {
            let whole = read_all(&bytes[..]);
            prop_assert_eq!(whole, read_all(Trickle(&bytes)));
        }

        #[test]
        fn any_bytes_in_pages_are_read_to_their_end(bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(b'{'), Just(b'}'), Just(b'"'), Just(b','), Just(b']'), Just(b'['), Just(b'\n')], 0..300),
            head in 0_usize..3) {
            let head = ["{\"track\":[{\"n\":1},", "[[[", "{\"list\":["][head];
            let mut elements = Elements::in_pages(Window::new(head.as_bytes().chain(&bytes[..])), true);
            while !matches!(elements.next::<NumberedKind, _>(|_| ()).unwrap(), Pulled::End) {}
        }

        #[test]
        fn one_broken_byte_never_costs_the_elements_far_from_it(at in 0_usize..200, byte: u8) {
            let mut text = (0..100_u32).map(|n| format!("{{\"n\":{n},\"a\":\"t\"}}")).collect::<Vec<_>>().join(",");
            text.push(']');
            let mut bytes = text.into_bytes();
            bytes[600 + at] = byte;
            let (good, ..) = read_all(&bytes[..]);
            // A bracket of a list makes another list of it, and a valid one.
            if !matches!(byte, b'[' | b']') {
                prop_assert!(good.contains(&0) && good.contains(&20));
                prop_assert!(good.contains(&99), "{:?} {}", good, byte as char);
            }
        }
    }
}
