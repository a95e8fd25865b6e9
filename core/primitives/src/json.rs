//! Reading JSON that a stranger wrote: size, depth, duplicate keys and numbers are checked while it is read.
//!
//! `serde_json` alone lets the last of two equal keys win. Two readers that choose differently would see two documents
//! under one signature, so a duplicate is refused here (RFC 7493 section 2.3), as is a number that a double cannot keep.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::canonical::plain_number;

/// Limits that hold while a JSON text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonLimits {
    /// Longest text, in bytes.
    pub max_bytes: usize,
    /// Deepest nesting of arrays and objects; a bare string has depth 0.
    pub max_depth: usize,
}

/// Why a JSON text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// Longer than the limit.
    #[error("the JSON text has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Length of the text, in bytes.
        bytes: usize,
        /// Longest text that is read, in bytes.
        limit: usize,
    },
    /// Nested deeper than the limit.
    #[error("the JSON text is nested deeper than {limit} levels")]
    TooDeep {
        /// Deepest nesting that is read.
        limit: usize,
    },
    /// An object has a key twice.
    #[error("an object has the key {key:?} twice, at line {line}, column {column}")]
    DuplicateKey {
        /// The key, cut to 64 characters.
        key: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// A number that doubles cannot keep: an integer beyond ±(2^53 − 1).
    #[error("an integer beyond ±(2^53 − 1) at line {line}, column {column}; it must be a string")]
    UnsafeInteger {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Not JSON.
    #[error("not valid JSON at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
}

impl JsonError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "json_too_large",
            Self::TooDeep { .. } => "json_too_deep",
            Self::DuplicateKey { .. } => "duplicate_key",
            Self::UnsafeInteger { .. } => "unsafe_integer",
            Self::Syntax { .. } => "not_json",
        }
    }
}

/// Reads a JSON text within limits. Equal values come back equal: integral doubles become integers.
///
/// # Errors
/// [`JsonError`] names the first thing that was wrong.
pub fn read_json(bytes: &[u8], limits: JsonLimits) -> Result<Value, JsonError> {
    if bytes.len() > limits.max_bytes {
        return Err(JsonError::TooLarge {
            bytes: bytes.len(),
            limit: limits.max_bytes,
        });
    }
    let fault = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Strict {
        depth: 0,
        max_depth: limits.max_depth,
        fault: &fault,
    }
    .deserialize(&mut reader)
    .and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match fault.take() {
            Some(Fault::TooDeep) => JsonError::TooDeep {
                limit: limits.max_depth,
            },
            Some(Fault::DuplicateKey(key)) => JsonError::DuplicateKey { key, line, column },
            Some(Fault::UnsafeInteger) => JsonError::UnsafeInteger { line, column },
            None => JsonError::Syntax { line, column },
        }
    })
}

/// Reads a JSON value from any deserialiser with the same checks, for records nested in other records.
pub(crate) fn read_nested<'de, D: Deserializer<'de>>(from: D, max_depth: usize) -> Result<Value, D::Error> {
    Strict {
        depth: 0,
        max_depth,
        fault: &Cell::new(None),
    }
    .deserialize(from)
}

/// What was wrong beyond syntax.
enum Fault {
    TooDeep,
    DuplicateKey(String),
    UnsafeInteger,
}

/// One value at one depth. The first fault is kept aside, because a deserialiser's own error is only a text.
struct Strict<'f> {
    depth: usize,
    max_depth: usize,
    fault: &'f Cell<Option<Fault>>,
}

impl Strict<'_> {
    fn refuse<E: de::Error>(&self, fault: Fault) -> E {
        let error = match &fault {
            Fault::TooDeep => E::custom(format_args!("nested deeper than {} levels", self.max_depth)),
            Fault::DuplicateKey(key) => E::custom(format_args!("an object has the key {key:?} twice")),
            Fault::UnsafeInteger => E::custom("an integer beyond ±(2^53 − 1)"),
        };
        self.fault.set(Some(fault));
        error
    }

    fn inner<E: de::Error>(&self) -> Result<Self, E> {
        if self.depth >= self.max_depth {
            return Err(self.refuse(Fault::TooDeep));
        }
        Ok(Self {
            depth: self.depth + 1,
            max_depth: self.max_depth,
            fault: self.fault,
        })
    }

    fn number<E: de::Error>(&self, number: Option<Number>) -> Result<Value, E> {
        let number = number.ok_or_else(|| E::custom("a number that JSON cannot say"))?;
        match plain_number(&number) {
            Ok(number) => Ok(Value::Number(number)),
            Err(_) => Err(self.refuse(Fault::UnsafeInteger)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        self.number(Some(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.number(Some(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        self.number(Number::from_f64(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner()?)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(self.refuse(Fault::DuplicateKey(key.chars().take(64).collect())));
            }
            let member = members.next_value_seed(self.inner()?)?;
            object.insert(key, member);
        }
        Ok(Value::Object(object))
    }
}
