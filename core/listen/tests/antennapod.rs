//! AntennaPod's database: plays and subscriptions of a file that is opened without being trusted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use common::{Log, NOW, fixture};
use rusqlite::Connection;
use tekram_listen::{Format, ImportOptions, Kind, ReadAs, import_stream, look, subscriptions};

/// 2026-07-31T16:05:00Z.
const AT_MS: i64 = 1_785_513_900_000;
const TABLES: &str = "
CREATE TABLE Feeds (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, custom_title TEXT, file_url TEXT, download_url TEXT,
    link TEXT, description TEXT, payment_link TEXT, author TEXT, type TEXT, feed_identifier TEXT);
CREATE TABLE FeedItems (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, pubDate INTEGER, read INTEGER, link TEXT,
    description TEXT, payment_link TEXT, media INTEGER, feed INTEGER, item_identifier TEXT);
CREATE TABLE FeedMedia (id INTEGER PRIMARY KEY AUTOINCREMENT, duration INTEGER, file_url TEXT, download_url TEXT,
    position INTEGER, filesize INTEGER, mime_type TEXT, playback_completion_date INTEGER, feeditem INTEGER,
    played_duration INTEGER, last_played_time INTEGER);
INSERT INTO Feeds (id, title, download_url, link, payment_link, author) VALUES
    (1, 'Harbour Lights', 'https://feeds.example/harbour-lights.xml', 'https://harbour.example/', 'https://pay.example/hl', 'Ann'),
    (2, 'My recordings', 'antennapod_local:content://x', NULL, NULL, NULL);
INSERT INTO FeedItems (id, title, feed, item_identifier) VALUES
    (1, '42: Ballast', 1, 'hl-42'), (2, 'Voice memo', 2, NULL), (3, 'Never played', 1, 'hl-43'), (4, 'Gone', 9, 'x');
";

fn media(id: i64, item: i64, played_ms: i64, last_ms: i64) -> String {
    format!(
        "INSERT INTO FeedMedia (id, feeditem, download_url, duration, played_duration, last_played_time, position)
         VALUES ({id}, {item}, 'https://feeds.example/{item}.mp3', 2445000, {played_ms}, {last_ms}, 0);"
    )
}

fn database(log: &Log, name: &str, sql: &str) -> std::path::PathBuf {
    let path = log.folder.path().join(name);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(&(TABLES.to_owned() + sql)).unwrap();
    path
}

#[test]
fn episodes_that_were_played_and_feeds_are_taken() {
    let log = Log::new();
    let sql = [
        media(1, 1, 600_000, AT_MS),
        media(2, 2, 0, AT_MS + 1),
        media(3, 3, 0, 0),
        media(4, 4, 1, AT_MS),
        media(5, 1, -5, AT_MS),
    ];
    let path = database(&log, "AntennaPodBackup.db", &sql.concat());
    assert_eq!(
        look(&path, &ReadAs::default(), NOW).unwrap().format,
        Some(Format::AntennaPod)
    );
    let report = log.import_file(&path).unwrap();
    assert_eq!(
        (report.format, report.read, report.new, report.refused),
        (Format::AntennaPod, 6, 3, 3)
    );
    let refusals = log.refusals(report.batch_id);
    let told: Vec<_> = refusals
        .iter()
        .map(|refusal| (refusal.reason.as_str(), refusal.excerpt.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("bad_url", "Feeds 2"),
            ("missing_field", "FeedMedia 4"),
            ("negative_duration", "FeedMedia 5")
        ]
    );
    log.accept(report.batch_id);
    let listens = log.listens();
    assert_eq!(
        (
            listens[0].title.as_str(),
            listens[0].show.as_str(),
            listens[0].played.ms()
        ),
        ("Voice memo", "My recordings", None)
    );
    let ballast = &listens[1];
    assert_eq!(
        (ballast.kind, ballast.start_ms, ballast.played.ms()),
        (Kind::Podcast, AT_MS - 600_000, Some(600_000))
    );
    assert_eq!(ballast.identifiers.feed_url, "https://feeds.example/harbour-lights.xml");
    assert_eq!(
        (ballast.identifiers.item_guid.as_str(), ballast.media_ms),
        ("hl-42", Some(2_445_000))
    );
    let feeds = subscriptions(&log.vault).unwrap();
    assert_eq!(
        (feeds.len(), feeds[0].payment_url.as_str()),
        (1, "https://pay.example/hl")
    );
}

#[test]
fn a_later_export_tells_of_the_difference_only() {
    let log = Log::new();
    let first = database(&log, "first.db", &media(1, 1, 600_000, AT_MS));
    let later = database(&log, "later.db", &media(1, 1, 1_500_000, AT_MS + 86_400_000));
    let one = log.import_file(&first).unwrap();
    log.accept(one.batch_id);
    let again = log.import_file(&first).unwrap();
    assert_eq!((again.new, again.duplicates), (0, 2));
    log.reject(again.batch_id);
    let two = log.import_file(&later).unwrap();
    assert_eq!((two.new, two.duplicates), (1, 1));
    log.accept(two.batch_id);
    let played = |log: &Log| -> i64 { log.listens().iter().filter_map(|listen| listen.played.ms()).sum() };
    assert_eq!(played(&log), 1_500_000, "not both totals");
    log.undo(one.batch_id);
    assert_eq!(played(&log), 1_500_000, "the second import tells of the first part too");
    let back = log.import_file(&first).unwrap();
    assert_eq!(
        (back.new, back.duplicates),
        (0, 2),
        "an older export adds nothing to a later one"
    );
}

#[test]
fn a_database_made_to_do_harm_is_refused_by_name() {
    let log = Log::new();
    let other = log.folder.path().join("other.db");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE Feeds (id INTEGER PRIMARY KEY, title TEXT)")
        .unwrap();
    assert_eq!(log.import_file(&other).unwrap_err().code(), "unknown_format");
    let view = log.folder.path().join("view.db");
    let hostile = TABLES.replace("CREATE TABLE FeedMedia", "CREATE TABLE Hidden")
        + "CREATE VIEW FeedMedia AS SELECT * FROM Hidden;";
    Connection::open(&view).unwrap().execute_batch(&hostile).unwrap();
    assert_eq!(log.import_file(&view).unwrap_err().code(), "unknown_format");
    let head = log.file("head.db", b"SQLite format 3\0 and nothing more");
    assert_eq!(log.import_file(&head).unwrap_err().code(), "damaged_database");
    let good = std::fs::read(database(&log, "good.db", &media(1, 1, 1000, AT_MS))).unwrap();
    let stream = import_stream(&log.vault, &good[..], "x", ImportOptions::new(NOW)).unwrap_err();
    assert_eq!(stream.code(), "unknown_format", "a database is no stream");
    assert_eq!(log.rows("listen_batch"), 0);
}

#[test]
fn damage_in_the_middle_keeps_what_can_be_read() {
    let log = Log::new();
    let many: String = (0..3000)
        .map(|id| media(id + 1, 1 + id % 3, 1000 + id, AT_MS + id * 1000))
        .collect();
    let path = database(&log, "damaged.db", &many);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() * 3 / 4;
    bytes[middle..middle + 9000].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    let report = log.import_file(&path).unwrap();
    assert!(report.new > 100, "{report:?}");
    assert!(
        log.refusals(report.batch_id)
            .iter()
            .any(|refusal| refusal.reason == "database_damaged")
    );
}

#[test]
fn the_sample_gives_the_counts_in_its_readme_and_nothing_new_the_second_time() {
    let log = Log::new();
    let path = fixture("services/antennapod.db");
    let report = log.import_file(&path).unwrap();
    assert_eq!(
        [
            report.read,
            report.new,
            report.duplicates,
            report.refused,
            report.listens
        ],
        [19, 17, 0, 2, 12]
    );
    log.accept(report.batch_id);
    let again = log.import_file(&path).unwrap();
    assert_eq!((again.new, again.duplicates), (0, 17));
}
