//! A log in a real vault, and short ways to say what a person does with it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::io::{Cursor, Seek, Write};
use std::path::{Path, PathBuf};

use tekram_listen::{
    Batch, ImportOptions, ImportReport, ListQuery, Listen, ListenError, RefusedLine, SCHEMA, accept, import,
    import_stream, list, refused, reject, undo,
};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{SystemClock, Timestamp};
use tekram_vault::{Store, Vault};

/// 2026-11-01T00:00:00Z.
pub const NOW: Timestamp = Timestamp::from_millis(1_793_491_200_000);

pub struct Log {
    pub vault: Vault,
    pub folder: tempfile::TempDir,
}

impl Log {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let vault = store
            .create(
                "Home",
                &Passphrase::from("correct horse battery staple"),
                &[SCHEMA],
                &SystemClock,
            )
            .unwrap();
        Self { vault, folder }
    }

    pub fn read(&self, bytes: impl AsRef<[u8]>) -> Result<ImportReport, ListenError> {
        let report = import_stream(&self.vault, bytes.as_ref(), "export", ImportOptions::new(NOW));
        if let Ok(report) = &report {
            assert_eq!(
                report.read,
                report.new + report.duplicates + report.refused,
                "{report:?}"
            );
        }
        report
    }

    pub fn import(&self, bytes: impl AsRef<[u8]>) -> ImportReport {
        self.read(bytes).unwrap()
    }

    pub fn import_file(&self, path: &Path) -> Result<ImportReport, ListenError> {
        let report = import(&self.vault, path, ImportOptions::new(NOW));
        if let Ok(report) = &report {
            assert_eq!(
                report.read,
                report.new + report.duplicates + report.refused,
                "{report:?}"
            );
        }
        report
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Imports and accepts.
    pub fn add(&self, bytes: impl AsRef<[u8]>) -> i64 {
        let batch = self.import(bytes).batch_id;
        self.accept(batch);
        batch
    }

    pub fn accept(&self, batch: i64) -> Batch {
        accept(&self.vault, batch, NOW).unwrap()
    }

    pub fn reject(&self, batch: i64) -> Batch {
        reject(&self.vault, batch, NOW).unwrap()
    }

    pub fn undo(&self, batch: i64) -> Batch {
        undo(&self.vault, batch, NOW).unwrap()
    }

    pub fn listens(&self) -> Vec<Listen> {
        list(&self.vault, &ListQuery::default(), None, 1_000_000)
            .unwrap()
            .listens
    }

    pub fn titles(&self) -> Vec<String> {
        self.listens().into_iter().map(|listen| listen.title).collect()
    }

    pub fn refusals(&self, batch: i64) -> Vec<RefusedLine> {
        refused(&self.vault, batch, 0, 1_000_000).unwrap()
    }

    /// Line and reason of each refusal.
    pub fn reasons(&self, batch: i64) -> Vec<(i64, String)> {
        self.refusals(batch)
            .into_iter()
            .map(|refusal| (refusal.line, refusal.reason))
            .collect()
    }

    pub fn rows(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.vault
            .read(|connection| Ok::<_, ListenError>(connection.query_row(&sql, [], |row| row.get(0))?))
            .unwrap()
    }
}

/// A listen of ListenBrainz at a second.
pub fn listen(at: i64, title: &str) -> String {
    format!(
        r#"{{"listened_at":{at},"track_metadata":{{"track_name":"{title}","artist_name":"Vera Quill","additional_info":{{"duration_ms":200000}}}}}}"#
    )
}

pub fn lines(listens: &[String]) -> String {
    listens.join("\n") + "\n"
}

/// A stream of Spotify.
pub fn stream(at: &str, ms: i64, title: &str) -> String {
    format!(
        r#"{{"ts":"{at}","ms_played":{ms},"master_metadata_track_name":"{title}","master_metadata_album_artist_name":"Brassica","skipped":null}}"#
    )
}

/// An episode action: `at` like `2026-10-01T10:00:00`, positions in seconds.
pub fn action(episode: &str, at: &str, started: i64, position: i64) -> String {
    format!(
        r#"{{"podcast":"https://feeds.example/harbour-lights.xml","episode":"https://feeds.example/{episode}.mp3","guid":"{episode}","device":"d","action":"play","timestamp":"{at}","started":{started},"position":{position},"total":3600}}"#
    )
}

pub fn array(elements: &[String]) -> String {
    format!("[{}]", elements.join(","))
}

pub fn opml(feeds: &[(&str, &str)]) -> String {
    let outlines: String = feeds
        .iter()
        .map(|(title, url)| format!(r#"<outline text="{title}" xmlUrl="{url}"/>"#))
        .collect();
    format!(r#"<opml version="2.0"><body>{outlines}</body></opml>"#)
}

pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    fill(zip::ZipWriter::new(Cursor::new(Vec::new())), files).into_inner()
}

/// An archive written without going back: each file's length stands behind it.
pub fn zipped_in_one_go(files: &[(&str, &[u8])]) -> Vec<u8> {
    fill(zip::ZipWriter::new_stream(Vec::new()), files).into_inner()
}

fn fill<W: Write + Seek>(mut archive: zip::ZipWriter<W>, files: &[(&str, &[u8])]) -> W {
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap()
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/listens")
        .join(name)
}
