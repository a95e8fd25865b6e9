//! The sample histories in `tests/fixtures/listens` give what their README says, and make one log together.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::collections::BTreeSet;

use common::{Log, fixture};
use tekram_listen::{Format, TiedBy, hours_by_source, months, newest_month, totals};

#[test]
fn the_samples_give_the_counts_in_their_readme_and_one_log() {
    let log = Log::new();
    for (name, format, counts, refused) in [
        (
            "listenbrainz.zip",
            Format::Listenbrainz,
            [615, 593, 12, 10, 593],
            "invalid_utf8 missing_field not_a_number not_json nul_character time_before_2002 time_in_future wrong_type",
        ),
        (
            "spotify-extended.zip",
            Format::SpotifyExtended,
            [406, 394, 6, 6, 394],
            "negative_duration not_a_number not_an_object nothing_named unreadable_time wrong_type",
        ),
        ("podcasts.opml", Format::Opml, [7, 5, 1, 1, 0], "bad_url"),
        (
            "episode-actions.json",
            Format::GpodderActions,
            [113, 100, 5, 8, 44],
            "bad_url end_before_start missing_field not_a_play",
        ),
    ] {
        let report = log.import_file(&fixture(name)).unwrap();
        assert_eq!(report.format, format);
        assert_eq!(
            [
                report.read,
                report.new,
                report.duplicates,
                report.refused,
                report.listens
            ],
            counts,
            "{name}"
        );
        let reasons: BTreeSet<_> = log
            .refusals(report.batch_id)
            .into_iter()
            .map(|refusal| refusal.reason)
            .collect();
        assert_eq!(reasons.into_iter().collect::<Vec<_>>().join(" "), refused, "{name}");
        log.accept(report.batch_id);
    }

    let hours = hours_by_source(&log.vault, None).unwrap();
    let sources: Vec<_> = hours.iter().map(|hours| (hours.source.as_str(), hours.plays)).collect();
    // Forty-one of Spotify's 394 were too short to count as plays.
    assert_eq!(sources, [("spotify", 353), ("listenbrainz", 593), ("gpodder", 44)]);

    let period = newest_month(&log.vault, "Europe/Berlin").unwrap().unwrap();
    assert_eq!(period.month_text(), "2026-10");
    let months = months(&log.vault, "Europe/Berlin").unwrap();
    assert_eq!(months.iter().map(|month| month.plays).sum::<u64>(), 990);

    let (start, end) = period.bounds_ms();
    let totals = totals(&log.vault, start, end).unwrap();
    let feeds: BTreeSet<_> = totals.iter().filter_map(|total| total.feed_url.as_deref()).collect();
    assert_eq!(feeds.len(), 5, "all five shows were heard in October: {feeds:?}");
    let lights = totals.iter().find(|total| total.name == "Harbour Lights").unwrap();
    assert_eq!(
        lights.tied_by,
        Some(TiedBy::SubscriptionTitle),
        "Spotify's episodes count for the subscribed feed"
    );
    assert!(
        totals
            .iter()
            .any(|total| total.key == "show:attic tapes" && total.feed_url.is_none())
    );
}

#[test]
fn importing_the_samples_again_adds_nothing() {
    let log = Log::new();
    for name in [
        "listenbrainz.zip",
        "spotify-extended.zip",
        "podcasts.opml",
        "episode-actions.json",
    ] {
        let first = log.import_file(&fixture(name)).unwrap();
        log.accept(first.batch_id);
        let before = log.listens();
        let again = log.import_file(&fixture(name)).unwrap();
        assert_eq!((again.new, again.listens), (0, 0), "{name}");
        assert_eq!(again.duplicates, first.new + first.duplicates, "{name}");
        log.accept(again.batch_id);
        let ids = |listens: Vec<tekram_listen::Listen>| listens.into_iter().map(|listen| listen.id).collect::<Vec<_>>();
        assert_eq!(ids(log.listens()), ids(before), "{name}");
    }
}
