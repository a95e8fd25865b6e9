//! Canonical JSON against the examples of RFC 8785, and reading that refuses what signing could not keep.

use proptest::prelude::*;
use serde_json::{Value, json};
use tekram_primitives::canonical::{CanonicalError, MAX_SAFE_INTEGER, canonical_number, sha256_hex, to_canonical_json};
use tekram_primitives::json::{JsonError, JsonLimits, read_json};

use crate::vectors;

const LIMITS: JsonLimits = JsonLimits {
    max_bytes: 1 << 20,
    max_depth: 32,
};

fn canonical_text(value: &Value) -> String {
    String::from_utf8(to_canonical_json(value).unwrap()).unwrap()
}

#[test]
fn the_published_examples_come_out_byte_for_byte() {
    for name in [
        "arrays",
        "french",
        "structures",
        "unicode",
        "values",
        "weird",
        "rfc-section-3.2.2",
        "rfc-section-3.2.3",
    ] {
        let input = vectors::text(&format!("rfc8785/input/{name}.json"));
        let output = vectors::text(&format!("rfc8785/output/{name}.json"));
        let strictly_read = read_json(input.as_bytes(), LIMITS).unwrap();
        assert_eq!(canonical_text(&strictly_read), output, "{name}");
        let loosely_read: Value = serde_json::from_str(&input).unwrap();
        assert_eq!(canonical_text(&loosely_read), output, "{name}");
    }
}

#[test]
fn numbers_are_written_as_in_appendix_b() {
    let table = vectors::text("rfc8785/numbers.csv");
    assert_eq!(table.lines().count(), 26);
    for line in table.lines() {
        let (bits, expected) = line.split_once(',').unwrap();
        let number = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        match expected {
            "NaN" | "Infinity" => {
                assert_eq!(canonical_number(number), Err(CanonicalError::NotFinite), "{bits}");
                assert_eq!(to_canonical_json(&number), Err(CanonicalError::NotFinite), "{bits}");
            }
            _ => assert_eq!(canonical_number(number).unwrap(), expected, "{bits}"),
        }
    }
}

#[test]
fn an_integer_that_a_double_cannot_keep_is_refused_and_not_rounded() {
    assert_eq!(
        canonical_text(&json!([MAX_SAFE_INTEGER, -MAX_SAFE_INTEGER])),
        "[9007199254740991,-9007199254740991]"
    );
    for unsafe_value in [
        json!(MAX_SAFE_INTEGER + 1),
        json!(-MAX_SAFE_INTEGER - 1),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(9_007_199_254_740_992.0_f64),
        json!(999_999_999_999_999_700_000.0_f64),
    ] {
        assert_eq!(
            to_canonical_json(&json!({ "a": [unsafe_value] })),
            Err(CanonicalError::UnsafeInteger)
        );
    }
    assert_eq!(canonical_text(&json!(1e21)), "1e+21");
}

#[test]
fn a_float_that_json_cannot_say_is_refused_also_deep_inside() {
    #[derive(serde::Serialize)]
    struct Reading {
        note: Option<String>,
        values: Vec<f64>,
    }
    let reading = |values| Reading { note: None, values };
    assert_eq!(
        to_canonical_json(&reading(vec![0.5])).unwrap(),
        br#"{"note":null,"values":[0.5]}"#
    );
    assert_eq!(
        to_canonical_json(&reading(vec![0.5, f64::NAN])),
        Err(CanonicalError::NotFinite)
    );
    assert_eq!(
        to_canonical_json(&reading(vec![f64::NEG_INFINITY])),
        Err(CanonicalError::NotFinite)
    );
}

#[test]
fn a_value_nested_without_end_is_refused() {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(to_canonical_json(&deep).unwrap_err().code(), "json_too_deep");
}

#[test]
fn hashes_are_sha_256_in_hexadecimal() {
    // FIPS 180-4's example for "abc".
    assert_eq!(
        sha256_hex(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn reading_names_what_was_wrong_and_where() {
    let read = |text: &str| read_json(text.as_bytes(), LIMITS);
    assert_eq!(
        read("{\"a\": 1,\n \"a\": 2}"),
        Err(JsonError::DuplicateKey {
            key: "a".into(),
            line: 2,
            column: 4
        })
    );
    assert_eq!(
        read("{\"a\": {\"b\": 1, \"\\u0062\": 1}}").unwrap_err().code(),
        "duplicate_key"
    );
    assert_eq!(read("[9007199254740992]").unwrap_err().code(), "unsafe_integer");
    assert_eq!(read("[-9007199254740992]").unwrap_err().code(), "unsafe_integer");
    assert_eq!(read("[99999999999999999999]").unwrap_err().code(), "unsafe_integer");
    assert_eq!(read("[9.007199254740992e15]").unwrap_err().code(), "unsafe_integer");
    for not_json in [
        "",
        "{",
        "[1,]",
        "nul",
        "1 2",
        "[1e999]",
        "\"\\ud800\"",
        "{'a':1}",
        "NaN",
        "[01]",
    ] {
        assert_eq!(read(not_json).unwrap_err().code(), "not_json", "{not_json}");
    }
    assert_eq!(read_json(&[b'"', 0xff, b'"'], LIMITS).unwrap_err().code(), "not_json");
}

#[test]
fn reading_stops_at_its_limits() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read_json(nested(32).as_bytes(), LIMITS).is_ok());
    assert_eq!(
        read_json(nested(33).as_bytes(), LIMITS),
        Err(JsonError::TooDeep { limit: 32 })
    );
    assert_eq!(
        read_json(nested(100_000).as_bytes(), LIMITS),
        Err(JsonError::TooDeep { limit: 32 })
    );
    let small = JsonLimits {
        max_bytes: 4,
        max_depth: 1,
    };
    assert_eq!(
        read_json(b"12345", small),
        Err(JsonError::TooLarge { bytes: 5, limit: 4 })
    );
}

#[test]
fn equal_numbers_read_equal_however_they_are_written() {
    let read = |text: &str| read_json(text.as_bytes(), LIMITS).unwrap();
    assert_eq!(read("[1.0, 10e-1, 1]"), json!([1, 1, 1]));
    assert_eq!(read("[-0, 0.0, -0.0]"), json!([0, 0, 0]));
}

/// Any JSON that can be signed.
pub fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).prop_map(Value::from),
        (-1e15..1e15_f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_bytes_read_back_are_canonical(value in any_json()) {
        let once = to_canonical_json(&value).unwrap();
        let read = read_json(&once, LIMITS).unwrap();
        prop_assert_eq!(to_canonical_json(&read).unwrap(), once);
    }

    #[test]
    fn keys_are_sorted_by_utf_16(keys in prop::collection::btree_set(any::<String>(), 0..12)) {
        let object: Value = Value::Object(keys.iter().map(|key| (key.clone(), Value::Null)).collect());
        let mut sorted: Vec<&String> = keys.iter().collect();
        sorted.sort_by_key(|key| key.encode_utf16().collect::<Vec<_>>());
        let members: Vec<String> =
            sorted.iter().map(|key| format!("{}:null", canonical_text(&json!(key)))).collect();
        prop_assert_eq!(canonical_text(&object), format!("{{{}}}", members.join(",")));
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_json(&bytes, LIMITS);
    }

    #[test]
    fn any_double_is_written_as_it_reads(bits in any::<u64>()) {
        let number = f64::from_bits(bits);
        match canonical_number(number) {
            Ok(text) => prop_assert_eq!(text.parse::<f64>().unwrap(), number),
            Err(_) => prop_assert!(!number.is_finite()),
        }
    }
}
