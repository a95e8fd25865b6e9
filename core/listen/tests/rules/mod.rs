//! What ListenBrainz's server refuses, written anew from its source so that what leaves here can be judged by it:
//! `validate_listen` and its constants in `listenbrainz/webserver/views/api_tools.py`, `submit_listen` in
//! `listenbrainz/webserver/views/api.py`, and `LISTEN_MINIMUM_TS` in `listenbrainz/listenstore/__init__.py` of
//! metabrainz/listenbrainz-server; <https://listenbrainz.readthedocs.io/en/latest/users/api/core.html#constants>.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use serde_json::{Map, Value};

pub const MAX_LISTEN_SIZE: usize = 10_240;
pub const MAX_LISTENS_PER_REQUEST: usize = 1_000;
pub const MAX_LISTEN_PAYLOAD_SIZE: usize = MAX_LISTEN_SIZE * MAX_LISTENS_PER_REQUEST;
const MAX_TAGS_PER_LISTEN: usize = 50;
const MAX_TAG_SIZE: usize = 64;
const MAX_DURATION_LIMIT: i64 = 24 * 24 * 60 * 60;
const LISTEN_MINIMUM_TS: i64 = 1_033_430_400;
const API_LISTENED_AT_ALLOWED_SKEW: i64 = 60 * 60;

type Judged = Result<(), String>;

fn refused(why: &str) -> Judged {
    Err(why.to_owned())
}

/// Python's `str.strip`.
fn strip(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter))
}

/// `validate_listen` for `single` and `import`.
pub fn validate_listen(listen: &Value, now: i64) -> Judged {
    let Value::Object(listen) = listen else {
        return refused("a listen is an object");
    };
    let Some(listened_at) = listen.get("listened_at").and_then(Value::as_i64) else {
        return refused("listened_at must be an integer");
    };
    if listened_at >= now + API_LISTENED_AT_ALLOWED_SKEW {
        return refused("listened_at is too high");
    }
    if listened_at < LISTEN_MINIMUM_TS {
        return refused("listened_at is too low");
    }
    let Some(Value::Object(track)) = listen.get("track_metadata") else {
        return refused("track_metadata is missing or null");
    };
    if listen.len() > 2 {
        return refused("only listened_at and track_metadata at the top");
    }
    basic(track, "track_name", true)?;
    basic(track, "artist_name", true)?;
    basic(track, "release_name", false)?;
    match track.get("additional_info") {
        None => {}
        Some(Value::Object(info)) => additional(info)?,
        Some(_) => return refused("additional_info is no object"),
    }
    no_nul(&Value::Object(listen.clone()))
}

fn basic(track: &Map<String, Value>, key: &str, required: bool) -> Judged {
    match track.get(key) {
        None if required => refused(&format!("{key} is missing")),
        None => Ok(()),
        Some(Value::String(text)) if strip(text).is_empty() => refused(&format!("{key} is empty")),
        Some(Value::String(_)) => Ok(()),
        Some(_) => refused(&format!("{key} must be a single string")),
    }
}

fn additional(info: &Map<String, Value>) -> Judged {
    if let Some(tags) = info.get("tags") {
        let tags = tags.as_array().ok_or("tags are no list")?;
        let long = |tag: &Value| tag.as_str().is_none_or(|tag| tag.chars().count() > MAX_TAG_SIZE);
        if tags.len() > MAX_TAGS_PER_LISTEN || tags.iter().any(long) {
            return refused("too many or too long tags");
        }
    }
    if info.contains_key("duration") && info.contains_key("duration_ms") {
        return refused("both duration and duration_ms");
    }
    for (key, most) in [
        ("duration", MAX_DURATION_LIMIT),
        ("duration_ms", MAX_DURATION_LIMIT * 1000),
    ] {
        if let Some(value) = info.get(key)
            && !value.as_i64().is_some_and(|value| (1..=most).contains(&value))
        {
            return refused(&format!("{key} is invalid"));
        }
    }
    for key in ["release_mbid", "recording_mbid", "release_group_mbid", "track_mbid"] {
        if let Some(mbid) = info.get(key)
            && !mbid.as_str().is_some_and(is_uuid)
        {
            return refused(&format!("{key} format invalid"));
        }
    }
    for key in ["artist_mbids", "work_mbids"] {
        if let Some(mbids) = info.get(key) {
            let mbids = mbids.as_array().ok_or("MBIDs are no list")?;
            if !mbids.iter().all(|mbid| mbid.as_str().is_some_and(is_uuid)) {
                return refused(&format!("{key} format invalid"));
            }
        }
    }
    Ok(())
}

/// The strictest of the spellings that Python's `uuid.UUID` takes.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn no_nul(value: &Value) -> Judged {
    match value {
        Value::String(text) if text.contains('\0') => refused("contains a unicode null"),
        Value::Array(elements) => elements.iter().try_for_each(no_nul),
        Value::Object(members) => members.values().try_for_each(no_nul),
        _ => Ok(()),
    }
}

/// `submit_listen`, up to the answer: the whole body of a request.
pub fn validate_request(body: &[u8], now: i64) -> Judged {
    if body.len() > MAX_LISTEN_PAYLOAD_SIZE {
        return refused("payload too large");
    }
    let data: Value = serde_json::from_slice(body).map_err(|_| "cannot parse JSON document")?;
    let payload = data["payload"].as_array().ok_or("the payload should be a list")?;
    if payload.is_empty() || payload.len() > MAX_LISTENS_PER_REQUEST {
        return refused("no listens, or too many");
    }
    if body.len() > payload.len() * MAX_LISTEN_SIZE {
        return refused("a listen is too large");
    }
    match data["listen_type"].as_str() {
        Some("import") => {}
        Some("single") if payload.len() == 1 => {}
        _ => return refused("listen_type"),
    }
    payload.iter().try_for_each(|listen| validate_listen(listen, now))
}

/// A line of a file, as its importer of archives reads it.
pub fn validate_line(line: &str, now: i64) -> Judged {
    if line.len() > MAX_LISTEN_SIZE {
        return refused("a listen is too large");
    }
    validate_listen(&serde_json::from_str(line).map_err(|_| "not JSON")?, now)
}
