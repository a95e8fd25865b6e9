//! The sample histories of other services in `tests/fixtures/listens/services` give what their README says, and nothing
//! when they are imported again.
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
use std::path::Path;

use common::{Log, NOW, fixture};
use tekram_listen::{ColumnRole, Format, ImportOptions, ImportReport, ReadAs, import, look};

fn read(log: &Log, path: &Path) -> ImportReport {
    let options = ImportOptions {
        zone: Some("Europe/Berlin".to_owned()),
        ..ImportOptions::new(NOW)
    };
    import(&log.vault, path, options).unwrap()
}

#[test]
fn every_sample_gives_the_counts_in_its_readme_and_nothing_new_the_second_time() {
    for (name, format, counts, reasons) in [
        (
            "lastfm-ghan.csv",
            Format::Lastfm,
            [126, 120, 3, 3],
            "missing_field unclosed_quote unreadable_time",
        ),
        (
            "lastfmstats-utf16.csv",
            Format::Lastfm,
            [125, 120, 3, 2],
            "missing_field time_before_2002",
        ),
        (
            "lastfm-bare.csv",
            Format::Lastfm,
            [125, 120, 3, 2],
            "missing_field unreadable_time",
        ),
        ("lastfm-pages.json", Format::Lastfm, [126, 120, 3, 3], "not_a_play"),
        (
            "librefm.tsv",
            Format::Librefm,
            [125, 120, 3, 2],
            "missing_field time_in_future",
        ),
        (
            "scrobbler.log",
            Format::ScrobblerLog,
            [126, 120, 3, 3],
            "missing_field time_before_2002",
        ),
        (
            "apple-play-activity.csv",
            Format::AppleMusic,
            [126, 120, 3, 3],
            "missing_field negative_duration not_a_play",
        ),
        (
            "pano.jsonl",
            Format::PanoScrobbler,
            [125, 120, 3, 2],
            "not_a_play not_json",
        ),
        ("maloja.json", Format::Maloja, [125, 120, 3, 2], "missing_field"),
        (
            "spotify-account.zip",
            Format::SpotifyShort,
            [136, 132, 3, 1],
            "missing_field",
        ),
        (
            "takeout.zip",
            Format::Youtube,
            [126, 121, 3, 2],
            "not_a_play nothing_named",
        ),
    ] {
        let log = Log::new();
        let path = fixture(&format!("services/{name}"));
        let report = read(&log, &path);
        let refusals = log.refusals(report.batch_id);
        assert_eq!(report.format, format, "{name}");
        assert_eq!(
            [report.read, report.new, report.duplicates, report.refused],
            counts,
            "{name}: {refusals:?}"
        );
        assert!(refusals.iter().all(|refusal| refusal.line > 0), "{name}: {refusals:?}");
        let found: BTreeSet<_> = refusals.into_iter().map(|refusal| refusal.reason).collect();
        assert_eq!(found.into_iter().collect::<Vec<_>>().join(" "), reasons, "{name}");
        log.accept(report.batch_id);
        let again = read(&log, &path);
        assert_eq!(
            (again.new, again.duplicates),
            (0, report.new + report.duplicates),
            "{name}"
        );
        assert_eq!(
            look(&path, &ReadAs::default(), NOW).unwrap().format,
            Some(format),
            "{name}"
        );
    }
}

#[test]
fn a_table_is_looked_at_and_its_suggested_columns_are_the_right_ones() {
    let path = fixture("services/unknown.csv");
    let looked = look(&path, &ReadAs::default(), NOW).unwrap();
    assert_eq!(looked.format, None);
    let table = looked.table.unwrap();
    assert_eq!(table.headings, ["Wann", "Lied", "Interpret", "Dauer", "Notiz"]);
    assert_eq!(table.rows.len(), 5);
    assert_eq!(table.suggested.delimiter, ';');
    assert!(table.suggested.header);
    let mapping = table.suggested;
    assert_eq!(
        mapping.columns.clone().into_iter().collect::<Vec<_>>(),
        [
            (ColumnRole::Time, 0),
            (ColumnRole::Title, 1),
            (ColumnRole::Artist, 2),
            (ColumnRole::LengthS, 3)
        ]
    );
    let log = Log::new();
    assert_eq!(log.import_file(&path).unwrap_err().code(), "mapping_needed");
    let options = ImportOptions {
        zone: Some("Europe/Berlin".to_owned()),
        mapping: Some(mapping),
        ..ImportOptions::new(NOW)
    };
    let report = import(&log.vault, &path, options).unwrap();
    assert_eq!(
        (report.read, report.new, report.duplicates, report.refused),
        (125, 120, 3, 2)
    );
    log.accept(report.batch_id);
    assert!(
        log.listens()
            .iter()
            .all(|listen| matches!(listen.offset_min, Some(60 | 120))),
        "Berlin, in summer and winter"
    );
}

#[test]
fn an_archive_is_looked_into() {
    let looked = look(&fixture("services/takeout.zip"), &ReadAs::default(), NOW).unwrap();
    assert_eq!(
        (looked.format, looked.files.len(), looked.files_skipped),
        (Some(Format::Youtube), 1, 2)
    );
    assert!(looked.files[0].name.starts_with("Takeout/YouTube und YouTube Music/"));
    assert!(looked.table.is_none());
}
