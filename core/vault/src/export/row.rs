//! A row as a line of JSON: an object from column to value. JSON has no bytes, and many readers have no whole numbers beyond 2^53,
//! so these are objects of their own: `{"base64": …}`, `{"int": …}`, and `{"real": …}` for what JSON's numbers would change.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::{Value, ValueRef};
use serde_json::{Map, Number, Value as Json, json};

/// Beyond this, in either direction, a double does not know every whole number.
const EXACT: i64 = 1 << 53;

/// A value as JSON; `None` for text that is not UTF-8.
pub(super) fn json(value: ValueRef<'_>) -> Option<Json> {
    Some(match value {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) if (-EXACT..=EXACT).contains(&number) => Json::from(number),
        ValueRef::Integer(number) => json!({ "int": number.to_string() }),
        ValueRef::Real(real) => plain_real(real).unwrap_or_else(|| json!({ "real": real.to_string() })),
        ValueRef::Text(text) => Json::from(std::str::from_utf8(text).ok()?),
        ValueRef::Blob(bytes) => json!({ "base64": STANDARD.encode(bytes) }),
    })
}

/// A double as JSON's number, if it reads back as the same double and not as a whole number.
fn plain_real(real: f64) -> Option<Json> {
    let number = Json::Number(Number::from_f64(real)?);
    let back: Json = serde_json::from_str(&number.to_string()).ok()?;
    let same = back.is_f64() && back.as_f64().is_some_and(|back| back.to_bits() == real.to_bits());
    same.then_some(number)
}

/// The value of some JSON; `None` for what [`json`] does not make.
pub(super) fn value(json: Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::String(text) => Value::Text(text),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::Real(number.as_f64().filter(|_| number.is_f64())?),
        },
        Json::Object(fields) => one(fields)?,
        Json::Bool(_) | Json::Array(_) => return None,
    })
}

fn one(fields: Map<String, Json>) -> Option<Value> {
    let mut fields = fields.into_iter();
    let (kind, Json::String(text)) = fields.next()? else {
        return None;
    };
    let value = match kind.as_str() {
        "base64" => Value::Blob(STANDARD.decode(text).ok()?),
        "int" => Value::Integer(text.parse().ok()?),
        "real" => Value::Real(text.parse().ok()?),
        _ => return None,
    };
    fields.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            any::<f64>()
                .prop_filter("NaN is NULL", |real| !real.is_nan())
                .prop_map(Value::Real),
            (-1000_i32..1000).prop_map(|whole| Value::Real(f64::from(whole))),
            Just(Value::Real(f64::NEG_INFINITY)),
            Just(Value::Real(-0.0)),
            any::<String>().prop_map(Value::Text),
            prop::collection::vec(any::<u8>(), 0..200).prop_map(Value::Blob),
        ]
    }

    proptest! {
        #[test]
        fn every_value_comes_back_with_its_type(given in any_value()) {
            let line = json(ValueRef::from(&given)).unwrap().to_string();
            prop_assert!(!line.contains('\n'));
            let back = value(serde_json::from_str(&line).unwrap()).unwrap();
            if let (Value::Real(given), Value::Real(back)) = (&given, &back) {
                prop_assert_eq!(given.to_bits(), back.to_bits());
            } else {
                prop_assert_eq!(back, given);
            }
        }

        #[test]
        fn no_json_makes_reading_panic(text in "\\{?\"?(base64|int|real)?\"?:?\\PC{0,40}\\}?") {
            if let Ok(json) = serde_json::from_str(&text) {
                let _ = value(json);
            }
        }
    }
}
