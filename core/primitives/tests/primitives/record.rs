//! Records that two sides can trust: signed, countersigned, kept whole, and refused by name when anything is off.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tekram_primitives::canonical::{sha256_hex, to_canonical_json};
use tekram_primitives::data_integrity::create_proof;
use tekram_primitives::did::SigningKey;
use tekram_primitives::record::{MAX_RECORD_BYTES, RecordError, RecordId, SignedRecord, WireRecord};
use tekram_primitives::time::Timestamp;

use crate::canonical::any_json;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    r#type: String,
    version: u32,
    text: String,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    extra: Value,
}

impl WireRecord for Note {
    const TYPE: &'static str = "TestNote";
    const VERSION: u32 = 1;
}

/// The same record as a later version of the program writes it.
#[derive(Debug, Serialize, Deserialize)]
struct LaterNote {
    r#type: String,
    version: u32,
}

impl WireRecord for LaterNote {
    const TYPE: &'static str = "TestNote";
    const VERSION: u32 = 2;
}

fn note(text: &str) -> Note {
    Note {
        r#type: Note::TYPE.into(),
        version: Note::VERSION,
        text: text.into(),
        extra: Value::Null,
    }
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32]).unwrap()
}

fn noon() -> Timestamp {
    "2026-10-01T12:00:00Z".parse().unwrap()
}

fn signed() -> SignedRecord {
    SignedRecord::sign(&note("two of those"), &key(1), noon()).unwrap()
}

/// Any JSON object, signed as it stands.
fn sign_raw(mut document: Value, key: &SigningKey) -> Value {
    let object = document.as_object().unwrap().clone();
    let proof = create_proof(&object, key, &key.did().verification_method(), noon()).unwrap();
    document["proof"] = Value::Object(proof);
    document
}

fn parse(value: &Value) -> Result<SignedRecord, RecordError> {
    SignedRecord::parse(&serde_json::to_vec(value).unwrap())
}

#[test]
fn a_signed_record_says_who_signed_and_gives_its_body_back() {
    let record = signed();
    assert_eq!(record.verify().unwrap(), [key(1).did()]);
    assert_eq!(record.is_signed_by(&[key(1).did()]), Ok(true));
    assert_eq!(record.is_signed_by(&[key(2).did()]), Ok(false));
    assert_eq!(record.kind(), "TestNote");
    assert_eq!(record.body::<Note>().unwrap(), note("two of those"));
    assert_eq!(
        record.verified_body::<Note>().unwrap(),
        (note("two of those"), vec![key(1).did()])
    );
    let read = SignedRecord::parse(&record.bytes().unwrap()).unwrap();
    assert_eq!(read, record);
    assert_eq!(read.bytes().unwrap(), record.bytes().unwrap());
}

#[test]
fn a_single_proof_is_an_object_and_several_are_a_sorted_list() {
    let one: Value = serde_json::to_value(signed()).unwrap();
    assert_eq!(one["proof"]["type"], "DataIntegrityProof");
    assert_eq!(one["proof"]["cryptosuite"], "eddsa-jcs-2022");
    assert_eq!(one["proof"]["created"], "2026-10-01T12:00:00Z");
    assert_eq!(one["proof"]["proofPurpose"], "assertionMethod");
    assert_eq!(one["proof"]["verificationMethod"], key(1).did().verification_method());
    assert!(one["proof"].get("@context").is_none());

    let three = signed()
        .countersign(&key(2), noon())
        .unwrap()
        .countersign(&key(3), noon())
        .unwrap();
    let proofs = serde_json::to_value(&three).unwrap()["proof"]
        .as_array()
        .unwrap()
        .clone();
    let methods: Vec<&str> = proofs
        .iter()
        .map(|proof| proof["verificationMethod"].as_str().unwrap())
        .collect();
    let mut sorted = methods.clone();
    sorted.sort_unstable();
    assert_eq!(methods, sorted);
    assert_eq!(methods.len(), 3);
}

#[test]
fn both_sides_hold_the_same_bytes_whoever_signed_first() {
    let mine = signed().countersign(&key(2), noon()).unwrap();
    let theirs = SignedRecord::sign(&note("two of those"), &key(2), noon())
        .unwrap()
        .countersign(&key(1), noon())
        .unwrap();
    assert_eq!(mine.bytes().unwrap(), theirs.bytes().unwrap());
    let mut signers = [key(1).did(), key(2).did()];
    signers.sort();
    assert_eq!(mine.verify().unwrap(), signers);
    assert_eq!(mine.is_signed_by(&[key(2).did(), key(1).did()]), Ok(true));
    assert_eq!(mine.is_signed_by(&[key(1).did()]), Ok(false));
}

#[test]
fn proofs_that_arrive_in_another_order_are_brought_into_order() {
    let record = signed().countersign(&key(2), noon()).unwrap();
    let mut value = serde_json::to_value(&record).unwrap();
    value["proof"].as_array_mut().unwrap().reverse();
    assert_eq!(parse(&value).unwrap().bytes().unwrap(), record.bytes().unwrap());
    let mut listed = serde_json::to_value(signed()).unwrap();
    listed["proof"] = json!([listed["proof"]]);
    assert_eq!(parse(&listed).unwrap().bytes().unwrap(), signed().bytes().unwrap());
}

#[test]
fn a_second_signature_does_not_change_what_the_record_is() {
    let (one, two) = (signed(), signed().countersign(&key(2), noon()).unwrap());
    assert_eq!(one.id().unwrap(), two.id().unwrap());
    assert!(one.same_document(&two));
    assert_ne!(one, two);
    let other = SignedRecord::sign(&note("three of those"), &key(1), noon()).unwrap();
    assert!(!one.same_document(&other));
    assert_ne!(one.id().unwrap(), other.id().unwrap());
    assert_eq!(
        one.id().unwrap().as_str(),
        sha256_hex(&to_canonical_json(&note("two of those")).unwrap())
    );
}

#[test]
fn one_key_signs_once() {
    assert_eq!(
        signed().countersign(&key(1), noon()).unwrap_err(),
        RecordError::SignedTwice
    );
    let mut twice = serde_json::to_value(signed()).unwrap();
    let again = SignedRecord::sign(&note("two of those"), &key(1), noon().plus_secs(1)).unwrap();
    twice["proof"] = json!([twice["proof"], serde_json::to_value(again).unwrap()["proof"]]);
    assert_eq!(parse(&twice).unwrap().verify().unwrap_err(), RecordError::SignedTwice);
}

#[test]
fn every_proof_of_a_set_must_hold() {
    let record = signed().countersign(&key(2), noon()).unwrap();
    for broken in 0..2 {
        let mut value = serde_json::to_value(&record).unwrap();
        value["proof"][broken]["created"] = "2026-10-01T12:00:01Z".into();
        let refused = parse(&value).unwrap().verify().unwrap_err();
        assert_eq!(refused.code(), "bad_signature");
        assert!(
            refused.to_string().starts_with(&format!("proof {} ", broken + 1)),
            "{refused}"
        );
    }
}

#[test]
fn a_proof_does_not_move_to_another_document_or_another_signer() {
    let mut moved = serde_json::to_value(SignedRecord::sign(&note("one of those"), &key(1), noon()).unwrap()).unwrap();
    moved["proof"] = serde_json::to_value(signed()).unwrap()["proof"].clone();
    assert_eq!(parse(&moved).unwrap().verify().unwrap_err().code(), "bad_signature");

    let mut renamed = serde_json::to_value(signed()).unwrap();
    renamed["proof"]["verificationMethod"] = key(2).did().verification_method().into();
    assert_eq!(parse(&renamed).unwrap().verify().unwrap_err().code(), "bad_signature");
    renamed["proof"]["verificationMethod"] = format!("{}#{}", key(1).did(), key(2).did().multibase()).into();
    assert_eq!(
        parse(&renamed).unwrap().verify().unwrap_err().code(),
        "foreign_verification_method"
    );
}

#[test]
fn a_record_with_any_bit_flipped_is_not_believed() {
    let record = signed();
    let bytes = record.bytes().unwrap();
    assert!(bytes.len() < 1000);
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1 << bit;
            let believed = SignedRecord::parse(&flipped).and_then(|read| read.verify());
            assert!(
                believed.is_err(),
                "byte {position}, bit {bit}: {}",
                String::from_utf8_lossy(&flipped)
            );
        }
    }
}

#[test]
fn a_record_with_a_byte_missing_or_added_is_not_believed() {
    let bytes = signed().bytes().unwrap();
    for position in 0..bytes.len() {
        let mut shorter = bytes.clone();
        shorter.remove(position);
        assert!(
            SignedRecord::parse(&shorter).and_then(|read| read.verify()).is_err(),
            "without byte {position}"
        );
        assert!(SignedRecord::parse(&bytes[..position]).is_err(), "cut at {position}");
        let mut longer = bytes.clone();
        longer.insert(position, b'a');
        assert!(
            SignedRecord::parse(&longer).and_then(|read| read.verify()).is_err(),
            "one more at {position}"
        );
    }
}

#[test]
fn fields_that_are_not_known_here_are_kept_and_stay_signed() {
    let document = json!({ "type": "TestNote", "version": 1, "text": "hello", "fromTomorrow": { "b": 1, "a": [2.0] } });
    let record = parse(&sign_raw(document, &key(1))).unwrap();
    record.verify().unwrap();
    assert_eq!(record.body::<Note>().unwrap(), note("hello"));
    let text = String::from_utf8(record.bytes().unwrap()).unwrap();
    assert!(text.contains(r#""fromTomorrow":{"a":[2],"b":1}"#), "{text}");
    let both = record.countersign(&key(2), noon()).unwrap();
    assert_eq!(both.verify().unwrap().len(), 2);
    assert_eq!(both.document()["fromTomorrow"], json!({ "a": [2], "b": 1 }));

    let mut dropped = serde_json::to_value(&record).unwrap();
    dropped.as_object_mut().unwrap().remove("fromTomorrow");
    assert_eq!(parse(&dropped).unwrap().verify().unwrap_err().code(), "bad_signature");
}

#[test]
fn an_unknown_version_or_type_is_refused() {
    let typed = |document: Value| parse(&sign_raw(document, &key(1))).unwrap().body::<Note>().unwrap_err();
    assert_eq!(
        typed(json!({ "type": "TestNote", "version": 2, "text": "" })),
        RecordError::UnknownVersion {
            kind: "TestNote",
            known: 1
        }
    );
    for version in [json!(0), json!("1"), json!(1.5), json!(-1), Value::Null] {
        assert_eq!(
            typed(json!({ "type": "TestNote", "version": version, "text": "" })).code(),
            "unknown_record_version"
        );
    }
    assert_eq!(
        typed(json!({ "type": "TestNote", "text": "" })).code(),
        "unknown_record_version"
    );
    for kind in [json!("TestNotice"), json!(["TestNote"]), Value::Null] {
        assert_eq!(
            typed(json!({ "type": kind, "version": 1, "text": "" })),
            RecordError::WrongType { expected: "TestNote" }
        );
    }
    assert_eq!(
        signed().body::<LaterNote>().unwrap_err(),
        RecordError::UnknownVersion {
            kind: "TestNote",
            known: 2
        }
    );
}

#[test]
fn a_broken_body_is_named_without_its_values() {
    let typed = |document: Value| parse(&sign_raw(document, &key(1))).unwrap().body::<Note>().unwrap_err();
    let missing = typed(json!({ "type": "TestNote", "version": 1 }));
    assert_eq!(missing.code(), "bad_record_body");
    assert!(missing.to_string().contains("text"), "{missing}");

    #[derive(Debug, Serialize, Deserialize)]
    struct Strict {
        r#type: String,
        version: u32,
        when: Timestamp,
        count: u32,
    }
    impl WireRecord for Strict {
        const TYPE: &'static str = "TestStrict";
        const VERSION: u32 = 1;
    }
    let secret = r#"meet \" me at the "old" mill"#;
    let document = json!({ "type": "TestStrict", "version": 1, "when": "2026-10-01T12:00:00Z", "count": secret });
    let refused = parse(&sign_raw(document, &key(1)))
        .unwrap()
        .body::<Strict>()
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("expected u32") && !refused.contains("mill") && !refused.contains("meet"),
        "{refused}"
    );
}

#[test]
fn a_body_that_lies_about_itself_is_not_signed() {
    let sign = |body: &Note| SignedRecord::sign(body, &key(1), noon()).unwrap_err().code();
    assert_eq!(
        sign(&Note {
            r#type: "Other".into(),
            ..note("")
        }),
        "wrong_record_type"
    );
    assert_eq!(sign(&Note { version: 2, ..note("") }), "unknown_record_version");
    assert_eq!(
        sign(&Note {
            extra: json!(9_007_199_254_740_992_i64),
            ..note("")
        }),
        "unsafe_integer"
    );
    assert_eq!(sign(&note(&"x".repeat(MAX_RECORD_BYTES))), "json_too_large");
    let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(
        sign(&Note {
            extra: deep,
            ..note("")
        }),
        "json_too_deep"
    );

    #[derive(Serialize, Deserialize)]
    struct WithProof {
        r#type: String,
        version: u32,
        proof: String,
    }
    impl WireRecord for WithProof {
        const TYPE: &'static str = "TestNote";
        const VERSION: u32 = 1;
    }
    let body = WithProof {
        r#type: "TestNote".into(),
        version: 1,
        proof: "mine".into(),
    };
    assert_eq!(
        SignedRecord::sign(&body, &key(1), noon()).unwrap_err(),
        RecordError::BodyHasProof
    );

    #[derive(Serialize, Deserialize)]
    struct Bare(u32);
    impl WireRecord for Bare {
        const TYPE: &'static str = "TestBare";
        const VERSION: u32 = 1;
    }
    assert_eq!(
        SignedRecord::sign(&Bare(1), &key(1), noon()).unwrap_err(),
        RecordError::NotAnObject
    );
}

#[test]
fn what_is_not_a_record_is_refused_by_name() {
    let code = |text: &str| SignedRecord::parse(text.as_bytes()).unwrap_err().code();
    assert_eq!(code("[1]"), "record_not_an_object");
    assert_eq!(code("{}"), "missing_proof");
    assert_eq!(code(r#"{"proof":[]}"#), "missing_proof");
    assert_eq!(code(r#"{"proof":1}"#), "bad_proof_shape");
    assert_eq!(code(r#"{"proof":[1]}"#), "bad_proof_shape");
    assert_eq!(
        code(&format!(r#"{{"proof":[{}{{}}]}}"#, "{},".repeat(8))),
        "too_many_proofs"
    );
    assert_eq!(code(r#"{"a":1,"a":2,"proof":{}}"#), "duplicate_key");
    assert_eq!(code(r#"{"proof":{"created":"","created":""}}"#), "duplicate_key");
    assert_eq!(code(r#"{"a":9007199254740992,"proof":{}}"#), "unsafe_integer");
    assert_eq!(
        code(&format!(r#"{{"a":"{}","proof":{{}}}}"#, "x".repeat(MAX_RECORD_BYTES))),
        "json_too_large"
    );
    assert_eq!(
        code(&format!(r#"{{"a":{}{},"proof":{{}}}}"#, "[".repeat(32), "]".repeat(32))),
        "json_too_deep"
    );
    assert_eq!(code("not json"), "not_json");
}

#[test]
fn a_record_inside_another_is_read_with_the_same_care() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "message", rename_all = "camelCase")]
    enum Envelope {
        Note { note: SignedRecord },
    }
    let envelope = Envelope::Note {
        note: signed().countersign(&key(2), noon()).unwrap(),
    };
    let text = serde_json::to_string(&envelope).unwrap();
    assert_eq!(serde_json::from_str::<Envelope>(&text).unwrap(), envelope);
    for (refused, reason) in [
        (r#"{"message":"note","note":{"a":1,"a":2,"proof":{}}}"#, "twice"),
        (
            r#"{"message":"note","note":{"a":9007199254740992,"proof":{}}}"#,
            "beyond",
        ),
        (r#"{"message":"note","note":{"a":1}}"#, "no proof"),
    ] {
        let error = serde_json::from_str::<Envelope>(refused).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    let large = format!(
        r#"{{"message":"note","note":{{"a":"{}","proof":{{}}}}}}"#,
        "x".repeat(MAX_RECORD_BYTES)
    );
    assert!(
        serde_json::from_str::<Envelope>(&large)
            .unwrap_err()
            .to_string()
            .contains("at most 262144")
    );
    let deep = format!(
        r#"{{"message":"note","note":{{"a":{}{},"proof":{{}}}}}}"#,
        "[".repeat(32),
        "]".repeat(32)
    );
    assert!(
        serde_json::from_str::<Envelope>(&deep)
            .unwrap_err()
            .to_string()
            .contains("32 levels")
    );
}

#[test]
fn what_a_record_says_does_not_show_when_it_is_printed() {
    let printed = format!("{:?}", signed());
    assert!(
        printed.contains("TestNote") && !printed.contains("two of those"),
        "{printed}"
    );
}

#[test]
fn a_record_id_is_64_lower_case_hexadecimal_digits() {
    let id = signed().id().unwrap();
    assert_eq!(id.to_string().parse::<RecordId>(), Ok(id.clone()));
    assert_eq!(
        serde_json::from_value::<RecordId>(serde_json::to_value(&id).unwrap()).unwrap(),
        id
    );
    for text in [
        "",
        "ab",
        &id.as_str().to_uppercase(),
        &format!("{id}0"),
        &"g".repeat(64),
    ] {
        assert_eq!(text.parse::<RecordId>(), Err(RecordError::NotARecordId), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_signed_reads_back_and_verifies(text in any::<String>(), extra in any_json(), millis in any::<i64>()) {
        let body = Note { text, extra, ..note("") };
        let created = Timestamp::from_millis(millis);
        let record = SignedRecord::sign(&body, &key(1), created).unwrap().countersign(&key(2), created).unwrap();
        let read = SignedRecord::parse(&record.bytes().unwrap()).unwrap();
        prop_assert_eq!(&read, &record);
        prop_assert_eq!(read.verify().unwrap().len(), 2);
        prop_assert_eq!(read.body::<Note>().unwrap().text, body.text);
        let pretty = serde_json::to_vec_pretty(&record).unwrap();
        prop_assert_eq!(SignedRecord::parse(&pretty).unwrap().bytes().unwrap(), record.bytes().unwrap());
    }

    #[test]
    fn any_object_with_any_proof_is_refused_or_read_without_a_panic(document in any_json(), proof in any_json()) {
        let value = json!({ "document": document, "proof": proof });
        if let Ok(record) = parse(&value) {
            prop_assert!(record.verify().is_err());
        }
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(SignedRecord::parse(&bytes).is_err());
    }
}
