//! Extracts of the log for one party: it reads what was chosen and no more, sees that later parts fit earlier ones, and
//! takes nothing that was made for somebody else.
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

use common::{Log, NOW, lines, listen};
use serde_json::{Map, Value, json};
use tekram_listen::{
    Choice, ExtractField, ExtractQuestion, NewExtract, ReadExtract, Showing, disclose, disclose_more, disclosed,
    preview_extract, read_extract,
};
use tekram_primitives::did::SigningKey;
use tekram_vault::{AuditKind, AuditQuery};

const AT: i64 = 1_790_000_000;
const STATION: &str = "did:key:z6MkStation";
const AGREEMENT: &str = "a3f0";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

fn showing<'a>(fields: &'a [ExtractField], nonce: &'a str) -> Showing<'a> {
    Showing {
        fields,
        audience: STATION,
        nonce,
        who: "Harbour FM",
    }
}

fn question(nonce: &str) -> ExtractQuestion<'_> {
    ExtractQuestion {
        audience: STATION,
        nonce,
        agreement: Some(AGREEMENT),
        key: None,
        max_age_seconds: 600,
    }
}

fn log() -> Log {
    let log = Log::new();
    log.add(lines(&[
        listen(AT, "Low Tide"),
        listen(AT + 4000, "High Tide"),
        listen(AT + 400_000, "Out of range"),
    ]));
    log
}

fn october() -> Choice {
    Choice {
        from_ms: Some((AT - 3_600) * 1000),
        to_ms: Some((AT + 100_000) * 1000),
        ..Choice::default()
    }
}

fn new(choice: &Choice) -> NewExtract<'_> {
    NewExtract {
        choice,
        relation: STATION,
        agreement: AGREEMENT,
    }
}

fn read(presentation: &str, nonce: &str) -> ReadExtract {
    read_extract(presentation, &question(nonce), NOW).unwrap()
}

fn values(read: &ReadExtract, name: &str) -> BTreeSet<String> {
    read.listens
        .iter()
        .map(|listen| listen[name].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_party_reads_what_was_chosen_and_what_is_shown_later_fits() {
    let log = log();
    let choice = october();
    let blurred = [ExtractField::Day, ExtractField::Show, ExtractField::PlayedMinutes];
    let first = disclose(&log.vault, &new(&choice), &showing(&blurred, "n-1"), &key(1), NOW).unwrap();
    assert_eq!(first.listens, 2);
    let seen = read(&first.presentation, "n-1");
    assert_eq!(
        (seen.extract_id.as_str(), seen.agreement.as_str()),
        (first.extract_id.as_str(), AGREEMENT)
    );
    assert_eq!(seen.key, key(1).did().to_string());
    assert_eq!((seen.listens.len(), seen.listens_hidden), (2, 0));
    assert_eq!(
        Value::Object(seen.listens[0].clone()),
        json!({"day": "2026-09-21", "show": "", "played_minutes": 4})
    );
    for secret in ["Tide", "Vera", "14:13:20", "listenbrainz"] {
        let open: String = first.presentation.split('~').filter_map(opened).collect();
        assert!(!open.contains(secret), "{secret}: {open}");
    }

    // Later: the same listens, exactly.
    let exact = [ExtractField::Start, ExtractField::Day, ExtractField::Title];
    let later = disclose_more(&log.vault, &first.extract_id, &showing(&exact, "n-2"), &key(1), NOW).unwrap();
    let seen = read(&later.presentation, "n-2");
    assert_eq!(seen.extract_id, first.extract_id);
    assert_eq!(
        values(&seen, "title"),
        BTreeSet::from(["Low Tide".to_owned(), "High Tide".to_owned()])
    );
    assert_eq!(
        values(&seen, "start"),
        BTreeSet::from(["2026-09-21T14:13:20Z".to_owned(), "2026-09-21T15:20:00Z".to_owned()])
    );
}

/// What a part of a presentation says to anybody.
fn opened(part: &str) -> Option<String> {
    use base64::Engine;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = part
        .split('.')
        .filter_map(|piece| engine.decode(piece).ok())
        .flatten()
        .collect::<Vec<u8>>();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn what_changed_in_the_log_since_is_not_in_what_was_signed() {
    let log = log();
    let choice = october();
    let first = disclose(
        &log.vault,
        &new(&choice),
        &showing(&[ExtractField::Day], "n"),
        &key(1),
        NOW,
    )
    .unwrap();
    log.add(listen(AT + 7, "Added later"));
    let titles = [ExtractField::Title];
    let later = disclose_more(&log.vault, &first.extract_id, &showing(&titles, "n"), &key(1), NOW).unwrap();
    assert_eq!(read(&later.presentation, "n").listens.len(), 2);
    let again = disclose(&log.vault, &new(&choice), &showing(&titles, "n"), &key(1), NOW).unwrap();
    assert_ne!(again.extract_id, first.extract_id);
    assert_eq!(read(&again.presentation, "n").listens.len(), 3);
}

#[test]
fn an_extract_is_for_one_party_one_question_and_one_agreement() {
    let log = log();
    let shown = disclose(
        &log.vault,
        &new(&october()),
        &showing(&[ExtractField::Day], "n"),
        &key(1),
        NOW,
    )
    .unwrap();
    let refused = |text: &str, question: ExtractQuestion<'_>, later: i64| {
        read_extract(text, &question, NOW.plus_secs(later)).unwrap_err().code()
    };
    let asked = question("n");
    let text = shown.presentation.as_str();
    assert_eq!(refused(text, question("other"), 0), "bad_key_binding");
    assert_eq!(
        refused(
            text,
            ExtractQuestion {
                audience: "did:key:z6MkOther",
                ..asked
            },
            0
        ),
        "bad_key_binding"
    );
    assert_eq!(
        refused(
            text,
            ExtractQuestion {
                agreement: Some("b"),
                ..asked
            },
            0
        ),
        "wrong_extract"
    );
    let other = key(2).did().to_string();
    assert_eq!(
        refused(
            text,
            ExtractQuestion {
                key: Some(&other),
                ..asked
            },
            0
        ),
        "wrong_extract"
    );
    assert_eq!(refused(text, asked, 601), "bad_key_binding");
    // Without the last part it is nobody's; with a part less, another selection.
    let (unbound, binding) = text.rsplit_once('~').unwrap();
    assert_eq!(refused(&format!("{unbound}~"), asked, 0), "bad_key_binding");
    let parts: Vec<&str> = unbound.split('~').collect();
    for left_out in 1..parts.len() {
        let mut fewer = parts.clone();
        fewer.remove(left_out);
        let code = refused(&format!("{}~{binding}", fewer.join("~")), asked, 0);
        assert!(matches!(code, "bad_key_binding" | "foreign_disclosure"), "{code}");
    }
    // A relation's key signs for its own relation alone.
    let fields = [ExtractField::Day];
    let foreign = disclose_more(&log.vault, &shown.extract_id, &showing(&fields, "n"), &key(2), NOW);
    assert_eq!(foreign.unwrap_err().code(), "not_credential_holder");
}

#[test]
fn each_showing_is_one_entry_in_the_audit_and_a_refused_one_is_none() {
    let log = log();
    let entries = || {
        let query = AuditQuery {
            limit: 50,
            kinds: vec![AuditKind::Disclosure],
            ..AuditQuery::default()
        };
        log.vault.audit_entries(&query).unwrap().entries
    };
    let choice = october();
    let none = disclose(&log.vault, &new(&choice), &showing(&[], "n"), &key(1), NOW);
    assert_eq!(none.unwrap_err().code(), "no_field_chosen");
    let nothing = Choice {
        to_ms: Some(0),
        ..Choice::default()
    };
    let empty = disclose(
        &log.vault,
        &new(&nothing),
        &showing(&[ExtractField::Day], "n"),
        &key(1),
        NOW,
    );
    assert_eq!(empty.unwrap_err().code(), "nothing_to_disclose");
    let unknown = disclose_more(&log.vault, "0", &showing(&[ExtractField::Day], "n"), &key(1), NOW);
    assert_eq!(unknown.unwrap_err().code(), "no_such_extract");
    assert!(entries().is_empty() && disclosed(&log.vault).unwrap().is_empty());

    let fields = [ExtractField::Month, ExtractField::Kind];
    let shown = disclose(&log.vault, &new(&choice), &showing(&fields, "n"), &key(1), NOW).unwrap();
    disclose_more(
        &log.vault,
        &shown.extract_id,
        &showing(&[ExtractField::Title], "m"),
        &key(1),
        NOW,
    )
    .unwrap();
    let entries = entries();
    assert_eq!(entries.len(), 2);
    let content = entries[1].content.as_ref().unwrap();
    assert_eq!(
        (content.party.as_str(), content.record.as_str()),
        (STATION, shown.extract_id.as_str())
    );
    assert_eq!(content.what, "TekramListenExtract/1: month kind; agreement a3f0");
    let kept = disclosed(&log.vault).unwrap();
    assert_eq!((kept.len(), kept[0].listens), (1, 2));
    let fields: Vec<_> = kept[0].shown.iter().map(|shown| shown.fields.join(" ")).collect();
    assert_eq!(fields, ["month kind", "title"]);
}

#[test]
fn private_sessions_and_adverts_are_in_no_extract() {
    let log = Log::new();
    let line = |title: &str, more: Value| {
        let mut line = json!({
            "tekram_listen": 1, "start_ms": AT * 1000, "kind": "music", "title": title, "source": "x",
            "credit": {"key": "artist:a", "name": "a"}, "fingerprint": format!("{:032x}", title.len()),
        });
        for (name, value) in more.as_object().unwrap() {
            line[name] = value.clone();
        }
        line.to_string()
    };
    log.add(lines(&[
        line("open", json!({})),
        line("private", json!({"private_session": true})),
        line("an advert", json!({"kind": "advert"})),
    ]));
    let seen = preview_extract(&log.vault, &Choice::default(), &[ExtractField::Title]).unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["title"], "open");
}

#[test]
fn an_extract_that_contradicts_itself_is_refused() {
    use tekram_primitives::credential::{SdJwtVc, Selective, issue_sd_jwt_vc};
    let make = |listen: &[(&'static str, Value)]| {
        let open = |value: Value| Selective::Open(value);
        let members = listen
            .iter()
            .map(|(name, value)| (*name, open(value.clone())))
            .collect();
        let claims = vec![
            ("iss", open(json!(key(1).did().to_string()))),
            ("vct", open(json!("TekramListenExtract/1"))),
            ("iat", open(json!(NOW.secs()))),
            ("aud", open(json!(STATION))),
            ("agreement", open(json!(AGREEMENT))),
            ("cnf", open(SdJwtVc::confirmation(&key(1).did()))),
            ("listens", Selective::Elements(vec![Selective::Members(members)])),
        ];
        let whole = SdJwtVc::parse(&issue_sd_jwt_vc(claims, &key(1)).unwrap()).unwrap();
        let shown = whole.present_where(|_| true, STATION, "n", &key(1), NOW).unwrap();
        read_extract(&shown, &question("n"), NOW)
            .map(|read| read.listens)
            .map_err(|error| error.code())
    };
    let start = json!("2026-09-21T14:13:20Z");
    assert!(make(&[("start", start.clone()), ("day", json!("2026-09-21"))]).is_ok());
    assert_eq!(
        make(&[("start", start), ("day", json!("2026-09-22"))]),
        Err("wrong_extract")
    );
    assert!(make(&[("played_seconds", json!(60)), ("played_minutes", json!(2))]).is_ok());
    assert_eq!(
        make(&[("played_seconds", json!(61)), ("played_minutes", json!(1))]),
        Err("wrong_extract")
    );
    assert_eq!(make(&[("address", json!("x"))]), Err("not_a_credential"));
    assert_eq!(make(&[]), Ok(vec![Map::new()]));
}

#[test]
fn a_month_of_listening_fits_into_one_extract_and_a_year_does_not() {
    let log = Log::new();
    let many: Vec<_> = (0..2_001)
        .map(|number| listen(AT + number, &format!("song {number}")))
        .collect();
    log.add(lines(&many));
    let all = Choice::default();
    let too_many = disclose(
        &log.vault,
        &new(&all),
        &showing(&[ExtractField::Day], "n"),
        &key(1),
        NOW,
    );
    assert_eq!(too_many.unwrap_err().code(), "too_many_listens");
    let some = Choice {
        to_ms: Some((AT + 1_500) * 1000),
        ..Choice::default()
    };
    let shown = disclose(
        &log.vault,
        &new(&some),
        &showing(&[ExtractField::Title], "n"),
        &key(1),
        NOW,
    )
    .unwrap();
    let seen = read(&shown.presentation, "n");
    assert_eq!(values(&seen, "title").len(), 1_500);
}
