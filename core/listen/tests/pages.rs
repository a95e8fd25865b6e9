//! Articles that were read: what a person says they read, and what was opened from a feed and timed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW};
use tekram_listen::{Kind, Listen, PageRead, Played, Quiet, begin_quiet, drain_capture, end_quiet, seal_page, totals};
use tekram_primitives::time::Timestamp;

const AT_MS: i64 = 1_790_000_000_000;

fn page() -> PageRead {
    PageRead {
        title: "The harbour is closing".to_owned(),
        url: "https://www.tide.example/2026/harbour?ref=mail#top".to_owned(),
        began_ms: AT_MS,
        offset_min: Some(120),
        reading_ms: Some(95_000),
        said: true,
        ..PageRead::default()
    }
}

fn read(log: &Log, page: &PageRead) -> Vec<Listen> {
    seal_page(&log.vault.inbox(), page, NOW).unwrap();
    drain_capture(&log.vault, NOW).unwrap();
    log.listens()
}

#[test]
fn an_article_counts_for_its_site_with_its_reading_time() {
    let log = Log::new();
    let listens = read(&log, &page());
    let listen = &listens[0];
    assert_eq!((listens.len(), listen.kind), (1, Kind::Page));
    assert_eq!(
        (listen.title.as_str(), listen.show.as_str()),
        ("The harbour is closing", "tide.example")
    );
    assert_eq!((listen.start_ms, listen.offset_min), (AT_MS, Some(120)));
    assert_eq!(listen.played, Played::Total { ms: 95_000 });
    // Told twice by a share sheet that was not sure: once in the log.
    assert_eq!(read(&log, &page()).len(), 1);
    // Read again later, and without saying how long: another one.
    let again = PageRead {
        began_ms: AT_MS + 3_600_000,
        reading_ms: None,
        ..page()
    };
    let listens = read(&log, &again);
    assert_eq!(listens.len(), 2);
    assert!(listens.iter().any(|listen| listen.played == Played::Unknown));
    let totals = totals(&log.vault, 0, i64::MAX).unwrap();
    let site: Vec<_> = totals
        .iter()
        .map(|total| (total.key.as_str(), total.played_ms))
        .collect();
    assert_eq!(site, [("show:tide.example", 95_000)]);
}

#[test]
fn from_a_feed_it_counts_for_the_feed() {
    let log = Log::new();
    let of_feed = PageRead {
        site: "The Tide".to_owned(),
        feed_url: "https://tide.example/feed.xml".to_owned(),
        item_guid: "harbour".to_owned(),
        said: false,
        ..page()
    };
    assert_eq!(read(&log, &of_feed)[0].show, "The Tide");
    let totals = totals(&log.vault, 0, i64::MAX).unwrap();
    assert_eq!(totals[0].key, "feed:tide.example/feed.xml");
}

#[test]
fn a_pause_keeps_out_what_was_noticed_and_not_what_the_person_says() {
    let log = Log::new();
    begin_quiet(&log.vault, Quiet::Paused, None, Timestamp::from_millis(AT_MS - 1)).unwrap();
    let noticed = PageRead { said: false, ..page() };
    assert!(read(&log, &noticed).is_empty());
    assert_eq!(read(&log, &page()).len(), 1);
    end_quiet(&log.vault, Quiet::Paused, Timestamp::from_millis(AT_MS + 1)).unwrap();

    let log = Log::new();
    begin_quiet(&log.vault, Quiet::Private, None, Timestamp::from_millis(AT_MS - 1)).unwrap();
    assert!(read(&log, &noticed)[0].private_session);
}

#[test]
fn what_could_not_be_a_listen_is_refused_with_its_field_and_nothing_is_sealed() {
    let log = Log::new();
    let wrong = [
        (
            "url",
            PageRead {
                url: "javascript:alert(1)".to_owned(),
                ..page()
            },
        ),
        (
            "url",
            PageRead {
                url: "tide.example/harbour".to_owned(),
                ..page()
            },
        ),
        (
            "title",
            PageRead {
                title: " ".to_owned(),
                url: String::new(),
                ..page()
            },
        ),
        (
            "site",
            PageRead {
                url: String::new(),
                ..page()
            },
        ),
        ("began_ms", PageRead { began_ms: 12, ..page() }),
        (
            "offset_min",
            PageRead {
                offset_min: Some(1_440),
                ..page()
            },
        ),
        (
            "reading_ms",
            PageRead {
                reading_ms: Some(-1),
                ..page()
            },
        ),
        (
            "reading_ms",
            PageRead {
                reading_ms: Some(86_400_001),
                ..page()
            },
        ),
    ];
    for (field, page) in wrong {
        let error = seal_page(&log.vault.inbox(), &page, NOW).unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            ("bad_page", format!("the page's {field} cannot be used"))
        );
    }
    assert_eq!(drain_capture(&log.vault, NOW).unwrap().unreadable, 0);
}
