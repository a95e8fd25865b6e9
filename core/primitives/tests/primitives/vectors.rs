//! Reads the published vectors in `tests/vectors`.

use std::path::PathBuf;

/// The text of a vector, as published.
pub fn text(path: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The JSON of a vector.
pub fn json(path: &str) -> serde_json::Value {
    serde_json::from_str(&text(path)).expect("vectors are JSON")
}

/// The JSON object of a vector.
pub fn object(path: &str) -> serde_json::Map<String, serde_json::Value> {
    json(path).as_object().expect("the vector is an object").clone()
}
