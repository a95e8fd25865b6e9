//! Reads fields out of the JSON that `tekram` prints, and says which one is missing when the contract is broken.

use serde_json::Value;

use crate::error::{Told, While};

/// A whole number, at a path such as `summary/paid/value`.
///
/// # Errors
/// When there is none.
pub fn number(answer: &Value, path: &str) -> Told<i64> {
    let value = answer.pointer(&format!("/{path}"));
    // Amounts travel as decimal strings of minor units.
    let number = value.and_then(|value| {
        value
            .as_i64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
    });
    number.during(format!("`{path}` in {answer}"))
}

/// A text.
///
/// # Errors
/// When there is none.
pub fn text<'a>(answer: &'a Value, path: &str) -> Told<&'a str> {
    answer
        .pointer(&format!("/{path}"))
        .and_then(Value::as_str)
        .during(format!("`{path}` in {answer}"))
}

/// A list.
///
/// # Errors
/// When there is none.
pub fn list<'a>(answer: &'a Value, path: &str) -> Told<&'a [Value]> {
    let list = answer.pointer(&format!("/{path}")).and_then(Value::as_array);
    Ok(list.during(format!("`{path}` in {answer}"))?)
}

/// A field of a line that a desk said, or the empty text: lines differ in what they hold.
pub fn field<'a>(line: &'a Value, name: &str) -> &'a str {
    line.get(name).and_then(Value::as_str).unwrap_or_default()
}
