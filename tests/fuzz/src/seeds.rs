//! The corpus in the repository: what our own writers make, small, one file each. What is random in it (keys, salts) is another in each
//! run, so it is written anew only when a format changes.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};
use tekram_primitives::did::SigningKey;
use tekram_primitives::record::{SignedRecord, WireRecord};
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::{SystemClock, Timestamp};
use tekram_primitives::wire::{Agreement, Commitment, DeskCard, Message, Offer, Receipt};
use tekram_vault::{
    AttributeSource, AttributeValue, AuditEvent, AuditKind, ExportContent, FolderPlace, KeyStore, KeyStoreError,
    NewAttribute, Scope, ShownWhileLocked, Store, VaultError, fuzzing,
};

use crate::{NOW, key, sd_jwt, w3c};

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// Writes `FOLDER/TARGET/NAME` for each seed.
pub fn write(folder: &Path) -> Done {
    let put = |target: &str, name: &str, bytes: &[u8]| -> Done {
        fs::create_dir_all(folder.join(target))?;
        Ok(fs::write(folder.join(target).join(name), bytes)?)
    };
    vault(&put)?;
    records(&put)?;
    credentials(&put)?;
    put("inbox", "two", &fuzzing::inbox_of(&[b"one", &[1; 300]]))?;
    let whole = fuzzing::inbox_of(&[b"cut", b"behind"]);
    put("inbox", "cut", &[whole.get(..20).unwrap_or_default(), &whole].concat())?;
    exports(&put)?;
    put("age", "changes", &[0, 40, 0, 0, 0, 0, 0, 1, 0, 90])?;
    put("age", "cut", &[64, 0, 0, 200, 0, 5, 0])
}

type Put<'a> = &'a dyn Fn(&str, &str, &[u8]) -> Done;

fn vault(put: Put<'_>) -> Done {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let passphrase = Passphrase::from("tulip harbour");
    let vault = store.create("Home", &passphrase, &[], &SystemClock)?;
    let header = |name: &str| -> Done {
        let file = fs::read(folder.path().join("vaults").join(vault.id()).join("header.json"))?;
        put("header", name, &file)?;
        let file: Value = serde_json::from_slice(&file)?;
        put(
            "header",
            &format!("{name}-claims"),
            file["vault"].to_string().as_bytes(),
        )
    };
    header("new")?;
    let known = KnowsTheKey::default();
    vault.add_key_store("This phone", &known, NOW)?;
    vault.new_recovery_phrase()?;
    vault.set_colour(Some([1, 2, 3]))?;
    vault.set_avatar(Some(vec![7; 40]))?;
    vault.show_while_locked(ShownWhileLocked {
        label: false,
        colour: true,
        avatar: false,
    })?;
    vault.lock_after(Some(std::time::Duration::from_secs(300)))?;
    vault.wipe_after(Some(20))?;
    header("full")?;
    vault.check_recovery_phrase(&answers(&vault)?, NOW)?;
    header("words")?;

    vault.set_attribute(
        &NewAttribute {
            value: AttributeValue::Email("ada@example.org".to_owned()),
            label: "home".to_owned(),
            source: AttributeSource::SelfAsserted,
        },
        NOW,
    )?;
    let mut file = vault.new_blob("note.txt", "text/plain", NOW)?;
    file.write_all(b"a file")?;
    file.finish()?;
    vault.inbox().seal(b"an event")?;
    let backups = tempfile::tempdir()?;
    let place = FolderPlace::open(backups.path())?;
    let on = &mut |_| ControlFlow::Continue(());
    let backup = |name: &str| -> Done {
        let file = fs::read_dir(backups.path())?.next().ok_or("no backup")??.path();
        let key = known.key.lock().map_err(|_| "poisoned")?.clone().ok_or("no key")?;
        let script = fuzzing::backup_script(&fs::read(file)?, &key).ok_or("no script")?;
        if !fuzzing::backup(&script) {
            return Err("the script of a whole backup is not whole".into());
        }
        put("backup", name, &script)
    };
    vault.back_up(&place, NOW, on)?;
    backup("one")?;
    vault.write(Scope("vault"), |transaction| {
        AuditEvent::new(AuditKind::Disclosure)
            .who("Baker")
            .append(transaction, NOW)?;
        Ok::<_, VaultError>(())
    })?;
    vault.back_up(&place, NOW, on)?;
    backup("two")?;

    let mut sealed = Vec::new();
    vault.export(&mut sealed, ExportContent::Sealed(&passphrase), NOW, on)?;
    let text = fuzzing::export_text(&sealed, &passphrase).ok_or("no text")?;
    if !fuzzing::export(text.as_bytes()) {
        return Err("the text of a whole export is not imported".into());
    }
    put("export_manifest", "whole", text.as_bytes())?;
    let manifest = text
        .split("== manifest.json\n")
        .nth(1)
        .and_then(|rest| rest.split("\n== ").next());
    put("export_manifest", "manifest", manifest.ok_or("no manifest")?.as_bytes())?;
    let mut open = Vec::new();
    vault.export(&mut open, ExportContent::Open(&[]), NOW, on)?;
    put("export_manifest", "open", &open)?;
    let row =
        json!({"a": {"base64": "AAEC"}, "b": {"int": "9007199254740993"}, "c": {"real": "1e300"}, "d": 1.5, "e": null});
    put("export_manifest", "row", row.to_string().as_bytes())?;
    Ok(())
}

/// Reads back the words that are asked for.
fn answers(vault: &tekram_vault::Vault) -> Done<Vec<tekram_vault::RecoveryAnswer>> {
    let words = vault.unchecked_recovery_phrase()?;
    let answer = |position: u32| -> Done<_> {
        let word = (*words.words().get(usize::try_from(position)? - 1).ok_or("no word")?).to_owned();
        Ok(tekram_vault::RecoveryAnswer { position, word })
    };
    vault.recovery_questions()?.into_iter().map(answer).collect()
}

/// A key store that shows what it was given: the backup of a vault that is thrown away is opened with it.
#[derive(Default)]
struct KnowsTheKey {
    key: Mutex<Option<Secret32>>,
}

impl fmt::Debug for KnowsTheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnowsTheKey")
    }
}

impl KeyStore for KnowsTheKey {
    fn wrap(&self, _: &str, key: &Secret32) -> Result<Vec<u8>, KeyStoreError> {
        if let Ok(mut known) = self.key.lock() {
            *known = Some(key.clone());
        }
        Ok(vec![9; 60])
    }

    fn unwrap(&self, _: &str, _: &[u8]) -> Result<Secret32, KeyStoreError> {
        Err(KeyStoreError::Failed { action: "unwrapping" })
    }

    fn remove(&self, _: &str) -> Result<(), KeyStoreError> {
        Ok(())
    }

    fn exists(&self, _: &str) -> Result<bool, KeyStoreError> {
        Ok(true)
    }
}

fn records(put: Put<'_>) -> Done {
    let (one, two) = (key(1).ok_or("no key")?, key(2).ok_or("no key")?);
    let (desk, person) = (one.did().to_string(), two.did().to_string());
    let terms = json!({"id": "PDC-INTENT", "sha256": "ab".repeat(32)});
    let money = json!({"value": "900", "assetCode": "EUR", "assetScale": 2});
    let until = NOW.to_string();
    let card = signed::<DeskCard>(
        json!({"type": DeskCard::TYPE, "version": 1, "name": "Corner Shop", "did": desk, "nostr": "cd".repeat(32),
            "relays": ["wss://relay.example"], "cells": ["u33d"], "terms": [terms], "validUntil": until,
            "cashu": {"p2pk": format!("02{}", "ef".repeat(32)), "mints": ["https://mint.example"], "units": ["eur"]}}),
        &one,
    )?;
    let offer = signed::<Offer>(
        json!({"type": Offer::TYPE, "version": 1, "intentEvent": "12".repeat(32), "intentSha256": "34".repeat(32),
            "item": "Headphones", "price": money, "stock": 2, "cell": "u33d", "validUntil": until, "termsAccepted": terms,
            "seller": desk, "card": card}),
        &one,
    )?;
    let commitment = signed::<Commitment>(
        json!({"type": Commitment::TYPE, "version": 1, "nonce": "00".repeat(16), "payer": person, "payee": desk, "amount": money,
            "for": {"what": "support"}}),
        &two,
    )?;
    let agreement = signed::<Agreement>(
        json!({"type": Agreement::TYPE, "version": 1, "nonce": "00".repeat(16), "firstParty": person, "secondParty": desk,
            "terms": terms, "about": offer.id()?, "proposed": until}),
        &two,
    )?
    .countersign(&one, NOW)?;
    let receipt = signed::<Receipt>(
        json!({"type": Receipt::TYPE, "version": 1, "commitment": commitment.id()?, "amount": money, "payee": desk, "received": until}),
        &one,
    )?;
    for (name, record) in [
        ("card", &card),
        ("offer", &offer),
        ("commitment", &commitment),
        ("agreement", &agreement),
        ("receipt", &receipt),
    ] {
        put("signed_record", name, &record.bytes()?)?;
    }
    let message = Message::Acceptance { commitment, agreement };
    put("signed_record", "message", &serde_json::to_vec(&message)?)
}

fn signed<T: WireRecord>(body: Value, key: &SigningKey) -> Done<SignedRecord> {
    let body: T = serde_json::from_value(body)?;
    Ok(SignedRecord::sign(&body, key, NOW)?)
}

fn credentials(put: Put<'_>) -> Done {
    let (issuer, holder) = (key(1).ok_or("no key")?, key(2).ok_or("no key")?);
    let did = issuer.did().to_string();
    let payload = json!({
        "iss": did, "vct": "https://example.org/member", "iat": NOW.secs(), "exp": NOW.secs() + 1000,
        "cnf": tekram_primitives::credential::SdJwtVc::confirmation(&holder.did()),
        "status": {"status_list": {"idx": 5, "uri": "https://example.org/list/1"}},
        "_sd": ["#1", "#2"], "tags": ["a", {"...": "#4"}],
    });
    let lines = [
        json!({"alg": "EdDSA", "typ": "dc+sd-jwt"}).to_string(),
        payload.to_string(),
        json!(["s1", "name", "Ada"]).to_string(),
        json!(["s2", "address", {"country": "AT", "_sd": ["#3"]}]).to_string(),
        json!(["s3", "town", "Wien"]).to_string(),
        json!(["s4", "b"]).to_string(),
    ]
    .join("\n");
    put("sd_jwt", "lines", lines.as_bytes())?;
    put(
        "sd_jwt",
        "token",
        sd_jwt::signed(&lines, &issuer).ok_or("no token")?.as_bytes(),
    )?;
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "id": "urn:uuid:1", "issuer": did,
        "type": ["VerifiableCredential", "Membership"], "validFrom": Timestamp::EPOCH.to_string(), "validUntil": "2030-01-01T00:00:00Z",
        "credentialSubject": {"id": holder.did().to_string(), "name": "Ada"},
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "5",
            "statusListCredential": "https://example.org/list/1"},
    });
    let signed = credential
        .as_object()
        .cloned()
        .and_then(w3c::signed)
        .ok_or("no credential")?;
    put("w3c", "membership", &signed)?;
    for (name, how) in [("one-bit", 0), ("two-bits", 1), ("bytes", 3), ("raw", 0x40)] {
        let index = 3_u64.to_be_bytes();
        put("status_list", name, &[&[how], &index[..], &[0xb9, 0xa3, 0, 1]].concat())?;
    }
    put("status_list", "credential", &[&[0; 9][..], &signed].concat())
}

/// One or two records of each format that an import knows, behind the byte that says how times are read.
fn exports(put: Put<'_>) -> Done {
    let track = r##"{"artist":{"#text":"Vera Quill","mbid":""},"name":"Errata","album":{"#text":"Inkwell"},"date":{"uts":"1785513900"}}"##;
    let utf16 = "\u{feff}Artist;Album;AlbumId;Track;Date#x\nVera Quill;Inkwell;;Errata;1785513900000\n";
    let utf16: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, text) in [
        (
            "listenbrainz",
            r#"{"listened_at":1785513900,"track_metadata":{"track_name":"Errata","artist_name":"Vera Quill","additional_info":{"duration_ms":200000}}}"#.to_owned(),
        ),
        (
            "spotify",
            r#"[{"ts":"2026-07-31T16:05:00Z","ms_played":1000,"episode_name":"42","episode_show_name":"Harbour Lights","offline":true,"offline_timestamp":1785513900}]"#.to_owned(),
        ),
        (
            "spotify-short",
            r#"[{"endTime":"2026-07-31 16:05","artistName":"Brassica","trackName":"Bolted","msPlayed":1000}]"#.to_owned(),
        ),
        (
            "gpodder",
            r#"{"actions":[{"podcast":"https://feeds.example/a.xml","episode":"https://feeds.example/1.mp3","action":"play","timestamp":"2026-07-31T16:05:00","started":0,"position":60,"total":90}]}"#.to_owned(),
        ),
        (
            "opml",
            r#"<opml><body><outline text="a"><outline text="b" xmlUrl="https://feeds.example/b.xml"/></outline></body></opml>"#.to_owned(),
        ),
        ("lastfm-pages", format!(r#"[{{"recenttracks":{{"track":[{track},null],"@attr":{{"page":"1"}}}}}},[{track}]]"#)),
        (
            "lastfm-table",
            "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n1785513900,,Vera Quill,,Inkwell,,\"Errata, \"\"x\"\"\",\n".to_owned(),
        ),
        ("lastfm-bare", "Vera Quill,Inkwell,Errata,\"31 Jul 2026, 16:05\"\n".to_owned()),
        ("librefm", "1785513900\tErrata\tVera Quill\tInkwell\t\t\t\n".to_owned()),
        (
            "scrobbler-log",
            "#AUDIOSCROBBLER/1.1\n#TZ/UNKNOWN\n#CLIENT/x\nVera Quill\tInkwell\tErrata\t1\t200\tL\t1785513900\t\n".to_owned(),
        ),
        (
            "apple",
            "Song Name,Event Type,Event End Timestamp,Play Duration Milliseconds,UTC Offset In Seconds\nErrata,PLAY_END,2026-07-31T16:05:00Z,9000,7200\n".to_owned(),
        ),
        (
            "maloja",
            r#"{"scrobbles":[{"time":1785513900,"track":{"artists":["Vera Quill"],"title":"Errata","album":{"albumtitle":"Inkwell"},"length":200},"duration":90}]}"#.to_owned(),
        ),
        (
            "pano",
            "# x\n{\"timeMs\":1785513900000,\"artist\":\"Vera Quill\",\"track\":\"Errata\",\"event\":\"scrobble\"}\n".to_owned(),
        ),
        (
            "takeout",
            r#"[{"header":"YouTube","title":"Watched Errata","titleUrl":"https://www.youtube.com/watch?v=a","subtitles":[{"name":"x"}],"time":"2026-07-31T16:05:00Z","details":[]}]"#.to_owned(),
        ),
        ("table", "time;title;played\n31.07.2026 18:05;Errata;3:20\n31.07.2026 18:09;Margins;200\n".to_owned()),
    ] {
        put("listen_export", name, &[b"\x01", text.as_bytes()].concat())?;
    }
    put("listen_export", "utf-16", &[&b"\0"[..], &utf16].concat())?;
    // An archive without its end: a stored file, then a packed one whose length would stand behind it (RFC 1951: an
    // empty block of the fixed code).
    let entry = |flags: u8, method: u8, data: &[u8], length: u8| -> Vec<u8> {
        let mut header = [0; 30];
        header[..4].copy_from_slice(b"PK\x03\x04");
        (header[6], header[8], header[18], header[22], header[26]) = (flags, method, length, length, 1);
        [&header[..], b"a", data].concat()
    };
    let line = br#"{"listened_at":1785513900,"track_metadata":{"artist_name":"x","track_name":"y"}}"#;
    let (stored, packed) = (entry(0, 0, line, 80), entry(8, 8, &[3, 0], 0));
    put(
        "listen_export",
        "cut-off-zip",
        &[&b"\0"[..], &packed, &[0; 12], &stored, &packed].concat(),
    )
}
