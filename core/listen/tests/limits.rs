//! Files made to do harm, and files that are merely enormous: named errors, nothing kept, no memory taken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::io::{self, Read};

use common::{Log, NOW, array, lines, listen, stream, zipped, zipped_in_one_go};
use tekram_listen::{ImportOptions, import_stream};

const AT: i64 = 1_790_000_000;

#[test]
fn a_line_of_three_hundred_megabytes_is_refused_and_the_next_one_read() {
    let log = Log::new();
    let first = listen(AT, "before") + "\n{\"listened_at\":1790000001,\"track_metadata\":{\"track_name\":\"";
    let last = format!("\"}}}}\n{}\n", listen(AT + 2, "after"));
    let from = first
        .as_bytes()
        .chain(io::repeat(b'x').take(300 << 20))
        .chain(last.as_bytes());
    let report = import_stream(&log.vault, from, "x", ImportOptions::new(NOW)).unwrap();
    assert_eq!((report.read, report.new, report.refused), (3, 2, 1));
    assert_eq!(log.reasons(report.batch_id), [(2, "too_long".to_owned())]);
    assert!(log.refusals(report.batch_id)[0].excerpt.len() < 200);
}

#[test]
fn an_element_of_three_hundred_megabytes_is_refused_and_the_next_one_read() {
    let log = Log::new();
    let first = format!("[{},\n{{\"ts\":\"", stream("2026-10-01T10:00:00Z", 1, "before"));
    let last = format!("\"}},\n{}]", stream("2026-10-01T11:00:00Z", 1, "after"));
    let from = first
        .as_bytes()
        .chain(io::repeat(b'x').take(300 << 20))
        .chain(last.as_bytes());
    let report = import_stream(&log.vault, from, "x", ImportOptions::new(NOW)).unwrap();
    assert_eq!((report.read, report.new, report.refused), (3, 2, 1));
    assert_eq!(log.reasons(report.batch_id), [(2, "too_long".to_owned())]);
}

/// Three hundred megabytes of listens: a thousand different ones over and over, each padded with what nobody reads.
struct Repeated {
    listens: Vec<Vec<u8>>,
    next: usize,
    left: usize,
    part: Vec<u8>,
    given: usize,
}

impl Read for Repeated {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.part.len() {
            if self.left == 0 {
                return Ok(0);
            }
            self.left -= 1;
            self.part.clone_from(&self.listens[self.next]);
            self.next = (self.next + 1) % self.listens.len();
            self.given = 0;
        }
        let count = into.len().min(self.part.len() - self.given);
        into[..count].copy_from_slice(&self.part[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[test]
fn three_hundred_megabytes_are_imported_in_one_go() {
    const PADDED: usize = 60_000;
    let log = Log::new();
    let padding = "x".repeat(PADDED);
    let listens: Vec<_> = (0..1000)
        .map(|n| {
            listen(AT + n, "song")
                .replacen('{', &format!("{{\"comment\":\"{padding}\","), 1)
                .into_bytes()
        })
        .map(|mut line| {
            line.push(b'\n');
            line
        })
        .collect();
    let bytes = 300 << 20;
    let left = bytes / PADDED;
    let from = Repeated {
        listens,
        next: 0,
        left,
        part: Vec::new(),
        given: 0,
    };
    let mut largest = 0;
    let mut progress = |progress: tekram_listen::Progress| largest = progress.bytes_read;
    let options = ImportOptions {
        progress: Some(&mut progress),
        ..ImportOptions::new(NOW)
    };
    let report = import_stream(&log.vault, from, "x", options).unwrap();
    assert_eq!((report.read, report.new), (left as u64, 1000));
    assert_eq!(report.duplicates, report.read - 1000);
    assert!(largest as usize >= bytes);
}

#[test]
fn an_archive_that_unpacks_to_far_too_much_is_refused() {
    let log = Log::new();
    let mut entry = lines(&[listen(AT, "a")]).into_bytes();
    entry.resize(64 << 20, b' ');
    let path = log.file("bomb.zip", &zipped(&[("listens/2026/10.jsonl", &entry)]));
    assert!(std::fs::metadata(&path).unwrap().len() < 100_000);
    assert_eq!(log.import_file(&path).unwrap_err().code(), "archive_bomb");
    assert_eq!(log.rows("listen_batch"), 0);
    assert_eq!(log.rows("listen_play"), 0);
}

#[test]
fn a_bomb_is_known_in_a_subscription_list_too() {
    let log = Log::new();
    let mut list = b"<opml><body><outline text=\"a\" xmlUrl=\"https://f.example/a\"/>".to_vec();
    list.resize(7 << 20, b' ');
    let path = log.file("bomb.zip", &zipped(&[("a.opml", &list)]));
    assert_eq!(log.import_file(&path).unwrap_err().code(), "archive_bomb");
    assert_eq!(log.rows("listen_subscription"), 0);
}

#[test]
fn an_archive_of_too_many_files_is_refused() {
    let log = Log::new();
    let names: Vec<_> = (0..10_001).map(|n| format!("{n}")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let path = log.file("many.zip", &zipped(&files));
    assert_eq!(log.import_file(&path).unwrap_err().code(), "archive_bomb");
}

/// Two files of 400 listens each.
fn two_files() -> [(&'static str, String); 2] {
    let listens = |name: &str, first: i64, step: i64| -> String {
        let listens: Vec<_> = (0..400)
            .map(|n| listen(AT + first + n * step, &format!("{name} {}", n * n)))
            .collect();
        lines(&listens)
    };
    [
        ("1.jsonl", listens("song", 0, 7)),
        ("2.jsonl", listens("tune", 9000, 11)),
    ]
}

#[test]
fn an_archive_cut_off_gives_what_is_there() {
    let [one, two] = two_files();
    let files = [(one.0, one.1.as_bytes()), (two.0, two.1.as_bytes())];
    // With the lengths before the files, and behind them as programs write that do not know them before.
    for good in [zipped(&files), zipped_in_one_go(&files)] {
        let log = Log::new();
        let path = log.file("cut.zip", &good[..good.len() - 10]);
        let look = tekram_listen::look(&path, &tekram_listen::ReadAs::default(), NOW).unwrap();
        assert!(look.cut_off);
        assert_eq!(look.files.len(), 2, "{look:?}");
        let report = log.import_file(&path).unwrap();
        assert_eq!((report.read, report.new, report.refused), (800, 800, 0));
        assert!(report.cut_off);

        let log = Log::new();
        let second = memchr::memmem::find(&good, b"2.jsonl").unwrap();
        let path = log.file("cut.zip", &good[..second + 2000]);
        let report = log.import_file(&path).unwrap();
        assert!(report.new > 400 && report.new < 800, "{report:?}");
        assert!(report.cut_off);
        let reasons = log.reasons(report.batch_id);
        assert!(
            reasons.iter().any(|(_, reason)| reason == "archive_damaged"),
            "{reasons:?}"
        );
        // The whole archive afterwards adds the rest only.
        log.accept(report.batch_id);
        let path = log.file("whole.zip", &good);
        let rest = log.import_file(&path).unwrap();
        assert_eq!((rest.new, rest.duplicates), (800 - report.new, report.new));
        assert!(!rest.cut_off);
    }
}

#[test]
fn an_archive_cut_off_before_anything_can_be_read_is_named() {
    let log = Log::new();
    let [one, _] = two_files();
    for length in [8, 30, 33, 40] {
        let path = log.file("cut.zip", &zipped(&[(one.0, one.1.as_bytes())])[..length]);
        assert_eq!(log.import_file(&path).unwrap_err().code(), "truncated_archive");
        assert_eq!(
            tekram_listen::look(&path, &tekram_listen::ReadAs::default(), NOW)
                .unwrap_err()
                .code(),
            "truncated_archive"
        );
    }
    let path = log.file("cut.zip", &zipped(&[("notes.txt", b"hello")])[..60]);
    assert_eq!(log.import_file(&path).unwrap_err().code(), "truncated_archive");
    assert_eq!(log.rows("listen_batch"), 0);
}

#[test]
fn a_bomb_is_known_in_an_archive_without_its_end() {
    let mut entry = lines(&[listen(AT, "a")]).into_bytes();
    entry.resize(64 << 20, b' ');
    let files = [("listens/2026/10.jsonl", &entry[..])];
    for bomb in [zipped(&files), zipped_in_one_go(&files)] {
        let log = Log::new();
        let path = log.file("bomb.zip", &bomb[..bomb.len() - 10]);
        assert_eq!(log.import_file(&path).unwrap_err().code(), "archive_bomb");
        assert_eq!(log.rows("listen_play"), 0);
    }
}

#[test]
fn a_damaged_file_in_an_archive_costs_its_rest_only() {
    let log = Log::new();
    let [one, two] = two_files();
    let good = zipped(&[(one.0, one.1.as_bytes()), (two.0, two.1.as_bytes())]);
    let mut damaged = good.clone();
    let middle = memchr::memmem::find(&damaged, b"2.jsonl").unwrap() / 2;
    damaged[middle..middle + 40].fill(0xa5);
    let path = log.file("damaged.zip", &damaged);
    let report = log.import_file(&path).unwrap();
    assert!(report.new >= 400, "the other file is whole: {report:?}");
    assert!(
        log.reasons(report.batch_id)
            .iter()
            .any(|(_, reason)| reason == "archive_damaged"),
        "{report:?}"
    );
}

#[test]
fn a_subscription_list_without_end_is_refused() {
    let log = Log::new();
    let head = "<opml><body><outline text=\"a\" xmlUrl=\"https://f.example/a\"/>";
    let from = head.as_bytes().chain(io::repeat(b' ').take(64 << 20));
    let error = import_stream(&log.vault, from, "x", ImportOptions::new(NOW)).unwrap_err();
    assert_eq!(error.code(), "file_too_large");
    let nested = head.to_owned() + &"<outline text=\"b\">".repeat(5000);
    assert_eq!(log.import(nested).new, 1);
}

#[test]
fn deep_nesting_is_not_followed() {
    let log = Log::new();
    let deep = "[".repeat(200_000);
    let text = format!(
        "{}\n{{\"listened_at\":{deep}\n{}\n",
        listen(AT, "a"),
        listen(AT + 1, "b")
    );
    assert_eq!(log.import(text).new, 2);
    let text = array(&[
        stream("2026-10-01T10:00:00Z", 1, "a"),
        format!("{{\"ts\":{deep}"),
        stream("2026-10-01T11:00:00Z", 1, "b"),
    ]);
    assert!(log.import(text).new >= 1);
}

#[test]
fn a_page_to_look_at_is_named_alone_and_in_an_archive() {
    let log = Log::new();
    let page =
        b"\n<html><body><div>Watched <a href=\"https://www.youtube.com/watch?v=a\">b</a>, c, d</div></body></html>";
    assert_eq!(log.read(page).unwrap_err().code(), "web_page");
    let files: [(&str, &[u8]); 2] = [("Takeout/archive.json", b"{}"), ("Takeout/watch-history.html", page)];
    let path = log.file("takeout.zip", &zipped(&files));
    assert_eq!(log.import_file(&path).unwrap_err().code(), "web_page");
    assert_eq!(
        tekram_listen::look(&path, &tekram_listen::ReadAs::default(), NOW)
            .unwrap_err()
            .code(),
        "web_page"
    );
    let line = lines(&[listen(AT, "a")]);
    let path = log.file("both.zip", &zipped(&[files[0], files[1], ("a.jsonl", line.as_bytes())]));
    let report = log.import_file(&path).unwrap();
    assert_eq!((report.new, report.files_skipped), (1, 2));
}
