//! Leaving and coming back: an export has everything in open formats, the same vault comes of it row by row, and what was
//! changed, cut or is too new is refused by name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::ops::ControlFlow;

use support::{Device, passphrase};
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::{Clock, SystemClock};
use tekram_vault::{AuditKind, AuditQuery, ExportContent, Exported, Progress, RoomSchema, Scope, Vault, VaultError};

/// A room with every kind of value and table, a trigger that would disturb, and rows that its migrations make.
const SHAPES: RoomSchema = RoomSchema {
    room: "shape",
    migrations: &[
        "CREATE TABLE shape_value (id INTEGER PRIMARY KEY, any_value ANY) STRICT",
        "CREATE TABLE shape_keyed (name TEXT NOT NULL, number INTEGER NOT NULL, amount REAL NOT NULL,
            PRIMARY KEY (name, number)) STRICT, WITHOUT ROWID",
        "CREATE TABLE shape_unnumbered (name TEXT NOT NULL) STRICT",
        "CREATE TABLE shape_count (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), rows INTEGER NOT NULL) STRICT",
        "INSERT INTO shape_count (only_row, rows) VALUES (1, 0)",
        "CREATE TRIGGER shape_counted AFTER INSERT ON shape_keyed BEGIN UPDATE shape_count SET rows = rows + 1; END",
        "CREATE VIRTUAL TABLE shape_words USING fts5(text, content = '', contentless_delete = 1)",
    ],
};
const SHAPE: Scope = Scope("shape");
/// The same room in a later program.
const LATER: RoomSchema = RoomSchema {
    room: "shape",
    migrations: &[
        SHAPES.migrations[0],
        SHAPES.migrations[1],
        SHAPES.migrations[2],
        SHAPES.migrations[3],
        SHAPES.migrations[4],
        SHAPES.migrations[5],
        SHAPES.migrations[6],
        "ALTER TABLE shape_unnumbered ADD COLUMN later TEXT NOT NULL DEFAULT 'as before'",
    ],
};
const SEAL: &str = "a passphrase for the road";

fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Bytes that do not become fewer by packing.
fn noise(length: usize) -> Vec<u8> {
    let block = |number: usize| ring::digest::digest(&ring::digest::SHA256, &number.to_be_bytes());
    (0..length.div_ceil(32))
        .flat_map(|number| block(number).as_ref().to_vec())
        .take(length)
        .collect()
}

fn filled(device: &Device) -> Vault {
    let vault = device
        .store
        .create("Home", &passphrase(), &[SHAPES], &SystemClock)
        .unwrap();
    vault
        .write(SHAPE, |transaction| {
            let mut values = transaction.prepare("INSERT INTO shape_value (any_value) VALUES (?1)")?;
            for whole in [0, -1, i64::MIN, i64::MAX, 1 << 53, (1 << 53) + 1] {
                values.execute([whole])?;
            }
            for real in [
                0.1,
                -0.0,
                1.0,
                f64::MIN_POSITIVE,
                f64::MAX,
                f64::INFINITY,
                9_007_199_254_740_993.0,
            ] {
                values.execute([real])?;
            }
            for text in [
                "",
                "line\nbreak \"quoted\", comma",
                "null",
                "\u{1f600}\u{0}nul",
                "{\"int\":\"1\"}",
            ] {
                values.execute([text])?;
            }
            values.execute([vec![0_u8, 255, 10]])?;
            values.execute([rusqlite::types::Null])?;
            values.execute([vec![7_u8; 300_000]])?;
            for number in 0..700_i64 {
                transaction.execute(
                    "INSERT INTO shape_keyed (name, number, amount) VALUES (?1, ?2, ?3)",
                    (format!("name {number}"), number, number as f64 / 3.0),
                )?;
                transaction.execute(
                    "INSERT INTO shape_unnumbered (rowid, name) VALUES (?1, 'x')",
                    [number * 5 + 2],
                )?;
                transaction.execute(
                    "INSERT INTO shape_words (rowid, text) VALUES (?1, 'common word')",
                    [number],
                )?;
            }
            Ok::<_, VaultError>(())
        })
        .unwrap();
    for (name, length) in [("receipt.pdf", 200_000), ("", 0), ("photo.jpg", 65_536)] {
        let mut file = vault
            .new_blob(name, "application/octet-stream", SystemClock.now())
            .unwrap();
        file.write_all(&noise(length)).unwrap();
        file.finish().unwrap();
    }
    vault
}

/// Every row of every table as text, but for what importing must change: the epoch, the count of commits, and
/// the audit's newest entries.
fn dump(vault: &Vault) -> BTreeMap<String, Vec<String>> {
    vault
        .read(|connection| {
            let mut statement = connection.prepare(
                "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')
                 AND name NOT LIKE 'sqlite%'",
            )?;
            let tables: Vec<(String, bool)> = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut dump = BTreeMap::new();
            for (table, without_rowid) in tables {
                let sql = match table.as_str() {
                    "vault_identity" => "SELECT vault_id, root_secret, created_ms FROM vault_identity".to_owned(),
                    "vault_commit" => "SELECT only_row FROM vault_commit".to_owned(),
                    "vault_audit_head" => "SELECT origin_sha256 FROM vault_audit_head".to_owned(),
                    "vault_audit_entry" | "vault_audit_content" => {
                        format!("SELECT * FROM {table} WHERE number <= 1")
                    }
                    _ if without_rowid => format!("SELECT * FROM {table}"),
                    _ => format!("SELECT rowid, * FROM {table}"),
                };
                let mut statement = connection.prepare(&sql)?;
                let columns = statement.column_count();
                let rows: Vec<String> = statement
                    .query_map([], |row| {
                        let values: Result<Vec<rusqlite::types::Value>, _> =
                            (0..columns).map(|at| row.get(at)).collect();
                        Ok(format!("{:?}", values?))
                    })?
                    .collect::<Result<_, _>>()?;
                dump.insert(table, rows);
            }
            Ok::<_, VaultError>(dump)
        })
        .unwrap()
}

fn export(vault: &Vault) -> (Vec<u8>, Exported) {
    let mut out = Vec::new();
    let seal = Passphrase::from(SEAL);
    let done = vault
        .export(&mut out, ExportContent::Sealed(&seal), SystemClock.now(), &mut on)
        .unwrap();
    (out, done)
}

fn import_with(
    device: &Device,
    bytes: &[u8],
    seal: &str,
    schemas: &[RoomSchema],
) -> Result<(Vault, Exported), VaultError> {
    let file = Box::new(Cursor::new(bytes.to_vec()));
    let seal = Passphrase::from(seal);
    device.store.import(file, &seal, None, schemas, &SystemClock, &mut on)
}

fn import(device: &Device, bytes: &[u8]) -> Result<(Vault, Exported), VaultError> {
    import_with(device, bytes, SEAL, &[SHAPES])
}

#[test]
fn the_same_vault_comes_back_row_by_row() {
    let device = Device::new();
    let vault = filled(&device);
    vault.inbox().seal(b"arrived").unwrap();
    vault.drain_inbox(SHAPE, |_, _| Ok::<_, VaultError>(())).unwrap();
    let before = dump(&vault);
    let (bytes, written) = export(&vault);
    assert_eq!(written.files, 3);
    assert!(
        !bytes
            .windows(9)
            .any(|part| part == b"name 1234" || part == b"JSON Line"),
        "it is sealed"
    );
    if let Some(path) = std::env::var_os("TEKRAM_KEEP_EXPORT") {
        // To open it with the stock tool.
        std::fs::write(path, &bytes).unwrap();
    }
    let other = Device::new();
    let (imported, read) = import(&other, &bytes).unwrap();
    assert_eq!(read, written);
    let after = dump(&imported);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (table, rows) in &before {
        assert_eq!(rows, &after[table], "{table}");
    }
    assert_eq!(
        (imported.id(), imported.label().as_str(), imported.epoch()),
        (vault.id(), "Home", 2)
    );
    let purpose = "tekram/v1/test";
    assert_eq!(
        imported.derive(purpose).unwrap().expose(),
        vault.derive(purpose).unwrap().expose()
    );
    assert_eq!(imported.check(&mut on).unwrap(), []);
    assert!(imported.verify_audit().unwrap().breaks.is_empty());
    for blob in imported.blobs().unwrap() {
        let mut content = Vec::new();
        imported.open_blob(&blob.id).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content.len() as u64, blob.bytes);
    }
    // Triggers are there again.
    imported
        .write(SHAPE, |transaction| {
            transaction.execute(
                "INSERT INTO shape_keyed (name, number, amount) VALUES ('new', 1, 1)",
                [],
            )?;
            Ok::<_, VaultError>(())
        })
        .unwrap();
    assert_eq!(
        dump(&imported)["shape_count"],
        ["[Integer(1), Integer(1), Integer(701)]"]
    );
    for (vault, kind) in [(&vault, AuditKind::Export), (&imported, AuditKind::Import)] {
        let query = AuditQuery {
            kinds: vec![kind],
            ..AuditQuery::default()
        };
        assert_eq!(vault.audit_entries(&query).unwrap().entries.len(), 1);
    }
    imported.lock().unwrap();
    other.store.unlock("Home", &Passphrase::from(SEAL), &[SHAPES]).unwrap();
    assert_eq!(import(&other, &bytes).unwrap_err().code(), "vault_exists");
}

#[test]
fn an_export_of_an_older_program_is_brought_up_to_date_and_of_a_newer_one_refused() {
    let device = Device::new();
    let (bytes, _) = export(&filled(&device));
    let other = Device::new();
    let (imported, _) = import_with(&other, &bytes, SEAL, &[LATER]).unwrap();
    let rows = &dump(&imported)["shape_unnumbered"];
    assert!(rows.len() == 700 && rows.iter().all(|row| row.contains("as before")));
    let (newer, _) = export(&imported);
    let third = Device::new();
    assert_eq!(
        import_with(&third, &newer, SEAL, &[SHAPES]).unwrap_err().code(),
        "newer_schema"
    );
    assert_eq!(
        import_with(&third, &newer, SEAL, &[]).unwrap_err().code(),
        "newer_schema"
    );
    assert!(third.store.list().unwrap().is_empty());
}

#[test]
fn an_open_export_has_what_was_named_and_no_secret() {
    let device = Device::new();
    let vault = filled(&device);
    let mut out = Vec::new();
    let open = ExportContent::Open(&["shape_keyed"]);
    vault.export(&mut out, open, SystemClock.now(), &mut on).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(&out)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.iter().any(|name| name == "tables/shape_keyed.csv"));
    assert!(names.iter().any(|name| name == "tables/vault_purchase.jsonl"));
    assert!(names.iter().any(|name| name.ends_with("/receipt.pdf")));
    assert!(
        !names
            .iter()
            .any(|name| name.contains("identity") || name.contains("shape_value"))
    );
    let root: Vec<u8> = vault
        .read(|connection| {
            Ok::<_, VaultError>(connection.query_row("SELECT root_secret FROM vault_identity", [], |row| row.get(0))?)
        })
        .unwrap();
    let mut entries = BTreeMap::new();
    for name in &names {
        let mut content = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        assert!(!content.windows(32).any(|part| part == root));
        entries.insert(name.clone(), content);
    }
    let csv = String::from_utf8(entries["tables/shape_keyed.csv"].clone()).unwrap();
    assert!(csv.starts_with("name,number,amount\n") && csv.lines().count() == 701);
    let line = String::from_utf8(entries["tables/shape_keyed.jsonl"].clone()).unwrap();
    assert_eq!(line.lines().count(), 700);
    let page = String::from_utf8(entries["README.md"].clone()).unwrap();
    assert!(page.contains("CREATE TABLE shape_keyed") && page.contains("without keys"));
    let manifest: serde_json::Value = serde_json::from_slice(&entries["manifest.json"]).unwrap();
    for part in manifest["tables"]
        .as_array()
        .unwrap()
        .iter()
        .chain(manifest["also"].as_array().unwrap())
    {
        let content = &entries[part["path"].as_str().unwrap()];
        let hash = hex::encode(ring::digest::digest(&ring::digest::SHA256, content));
        assert_eq!(part["sha256"], hash);
    }
    assert_eq!(import(&Device::new(), &out).unwrap_err().code(), "export_is_partial");
    let refused = vault.export(
        &mut Vec::new(),
        ExportContent::Open(&["shape_nothing"]),
        SystemClock.now(),
        &mut on,
    );
    assert_eq!(refused.unwrap_err().code(), "no_such_table");
}

#[test]
fn changed_cut_and_foreign_files_are_refused_and_leave_nothing() {
    let device = Device::new();
    let (bytes, _) = export(&filled(&device));
    let other = Device::new();
    assert_eq!(
        import_with(&other, &bytes, "wrong", &[SHAPES]).unwrap_err().code(),
        "wrong_passphrase"
    );
    for foreign in [&b""[..], b"%PDF-1.7 and so on", &[0; 70_000]] {
        assert_eq!(import(&other, foreign).unwrap_err().code(), "not_an_export");
    }
    let length = bytes.len();
    for position in [300, 66_000, length / 2, length - 1] {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        assert_eq!(
            import(&other, &changed).unwrap_err().code(),
            "export_damaged",
            "{position}"
        );
    }
    for cut in [length - 1, length / 2, 66_000, 230] {
        assert_eq!(
            import(&other, &bytes[..cut]).unwrap_err().code(),
            "export_damaged",
            "{cut}"
        );
    }
    let mut calls = 0;
    let seal = Passphrase::from(SEAL);
    let file = Box::new(Cursor::new(bytes.clone()));
    let stopped = other
        .store
        .import(file, &seal, None, &[SHAPES], &SystemClock, &mut |_| {
            calls += 1;
            if calls > 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
    assert_eq!(stopped.unwrap_err().code(), "cancelled");
    assert!(other.store.list().unwrap().is_empty());
    let left = std::fs::read_dir(other.root().join("vaults")).unwrap();
    let left: Vec<_> = left
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != ".creating")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
