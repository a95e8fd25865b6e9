//! What an app submits, checked as ListenBrainz checks it: one wrong listen refuses the request, and the refusal says which and
//! why.

use serde::Deserialize;
use serde_json::Value;
use tekram_primitives::json::{JsonLimits, read_json};

use super::{MAX_BODY_BYTES, MAX_DEPTH, MAX_LISTEN_BYTES, MAX_LISTENS};
use crate::format::listenbrainz;

/// Why a submission was refused. The text goes to the app that sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmissionFault {
    /// It is no JSON, too deep, or has a key twice.
    #[error("the body is not JSON that is taken here: {0}")]
    NotJson(&'static str),
    /// A part is missing or of another kind.
    #[error("{0}")]
    Shape(&'static str),
    /// A listen cannot be used.
    #[error("listen {number}: {reason} ({field})")]
    Listen {
        /// Its number, from 1.
        number: usize,
        /// Stable name of the reason.
        reason: &'static str,
        /// The field at fault; empty when it is the whole listen.
        field: String,
    },
}

/// What an app submits.
#[derive(Debug, PartialEq)]
pub(super) enum Submission {
    /// What it plays right now: understood, and not kept. The listen itself comes when it is over.
    PlayingNow,
    /// What was played.
    Listens(Vec<Value>),
}

/// Reads a submission.
pub(super) fn read(body: &[u8], now_ms: i64) -> Result<Submission, SubmissionFault> {
    let limits = JsonLimits {
        max_bytes: MAX_BODY_BYTES,
        max_depth: MAX_DEPTH,
    };
    let mut body = read_json(body, limits).map_err(|error| SubmissionFault::NotJson(error.code()))?;
    let shape = SubmissionFault::Shape;
    let kind = body
        .get("listen_type")
        .and_then(Value::as_str)
        .ok_or(shape("listen_type is missing"))?
        .to_owned();
    let Some(Value::Array(listens)) = body.get_mut("payload").map(Value::take) else {
        return Err(shape("payload is no list"));
    };
    let is_playing_now = match kind.as_str() {
        "single" => false,
        "import" => false,
        "playing_now" => true,
        _ => return Err(shape("listen_type is none of single, playing_now and import")),
    };
    if listens.is_empty() {
        return Err(shape("payload is empty"));
    }
    if kind != "import" && listens.len() > 1 {
        return Err(shape("payload has more than one listen, and listen_type is not import"));
    }
    if listens.len() > MAX_LISTENS {
        return Err(shape("payload has more than 1000 listens"));
    }
    for (place, listen) in listens.iter().enumerate() {
        check(listen, is_playing_now, now_ms).map_err(|(reason, field)| SubmissionFault::Listen {
            number: place + 1,
            reason,
            field: field.to_owned(),
        })?;
    }
    Ok(if is_playing_now {
        Submission::PlayingNow
    } else {
        Submission::Listens(listens)
    })
}

fn check(listen: &Value, is_playing_now: bool, now_ms: i64) -> Result<(), (&'static str, &'static str)> {
    if !listen.is_object() {
        return Err(("not_an_object", ""));
    }
    let bytes = serde_json::to_vec(listen).map_err(|_| ("not_json", ""))?;
    if bytes.len() > MAX_LISTEN_BYTES {
        return Err(("too_long", ""));
    }
    let mut stated = listen.clone();
    if is_playing_now {
        if stated.get("listened_at").is_some() {
            return Err(("unexpected_field", "listened_at"));
        }
        // The rest is checked as for any listen.
        if let Some(object) = stated.as_object_mut() {
            object.insert("listened_at".to_owned(), (now_ms / 1000).into());
        }
    } else if !stated.get("listened_at").is_some_and(Value::is_i64) {
        return Err(("wrong_type", "listened_at"));
    }
    let row = listenbrainz::Row::deserialize(&stated).map_err(|_| ("wrong_type", ""))?;
    listenbrainz::draft(row, now_ms, &mut Vec::new())
        .map(|_| ())
        .map_err(|reason| (reason.code(), reason.field()))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const NOW: i64 = 1_793_500_000_000;

    fn listen(at: i64) -> Value {
        json!({"listened_at": at, "track_metadata": {"artist_name": "Alder", "track_name": "Low Tide", "additional_info": {"duration_ms": 201_000}}})
    }

    fn told(body: &Value) -> Result<usize, String> {
        match read(body.to_string().as_bytes(), NOW) {
            Ok(Submission::PlayingNow) => Ok(0),
            Ok(Submission::Listens(listens)) => Ok(listens.len()),
            Err(fault) => Err(fault.to_string()),
        }
    }

    #[test]
    fn the_three_kinds_are_taken() {
        assert_eq!(
            told(&json!({"listen_type": "single", "payload": [listen(1_790_000_000)]})),
            Ok(1)
        );
        assert_eq!(
            told(&json!({"listen_type": "import", "payload": [listen(1_790_000_000), listen(1_790_000_300)]})),
            Ok(2)
        );
        let mut now = listen(0);
        now.as_object_mut().unwrap().remove("listened_at");
        assert_eq!(told(&json!({"listen_type": "playing_now", "payload": [now]})), Ok(0));
    }

    #[test]
    fn a_wrong_one_is_refused_by_name() {
        let nameless = json!({"listened_at": 1_790_000_000, "track_metadata": {"artist_name": "", "track_name": "x"}});
        let good = listen(1_790_000_000);
        let long = json!({"listened_at": 1_790_000_000, "track_metadata": {"artist_name": "a", "track_name": "x", "additional_info": {"x": "y".repeat(11_000)}}});
        for (body, words) in [
            (json!({}), "listen_type is missing"),
            (json!({"listen_type": "other", "payload": [good]}), "none of"),
            (json!({"listen_type": "single"}), "no list"),
            (json!({"listen_type": "single", "payload": []}), "empty"),
            (
                json!({"listen_type": "single", "payload": [good, good]}),
                "more than one",
            ),
            (
                json!({"listen_type": "import", "payload": vec![good.clone(); 1001]}),
                "1000",
            ),
            (
                json!({"listen_type": "import", "payload": [good, nameless]}),
                "listen 2: missing_field (artist_name)",
            ),
            (
                json!({"listen_type": "single", "payload": [listen(1_793_500_000 + 90_000)]}),
                "listen 1: time_in_future (listened_at)",
            ),
            (
                json!({"listen_type": "single", "payload": [listen(5)]}),
                "time_before_2002",
            ),
            (
                json!({"listen_type": "single", "payload": [{"track_metadata": {}}]}),
                "wrong_type (listened_at)",
            ),
            (
                json!({"listen_type": "playing_now", "payload": [good]}),
                "unexpected_field (listened_at)",
            ),
            (json!({"listen_type": "single", "payload": [7]}), "not_an_object"),
            (json!({"listen_type": "single", "payload": [long]}), "too_long"),
        ] {
            let text = told(&body).unwrap_err();
            assert!(text.contains(words), "{text} has no {words}");
        }
        let deep = format!("{{\"listen_type\":{}1{}}}", "[".repeat(50), "]".repeat(50));
        for body in [
            "",
            "{",
            "[",
            "nul",
            deep.as_str(),
            "{\"listen_type\":1,\"listen_type\":2}",
        ] {
            assert!(
                matches!(
                    read(body.as_bytes(), NOW),
                    Err(SubmissionFault::NotJson(_) | SubmissionFault::Shape(_))
                ),
                "{body}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in any::<i64>(), title in "\\PC{0,20}") {
            let _ = read(&bytes, NOW);
            let mut listen = listen(at);
            listen["track_metadata"]["track_name"] = title.into();
            let _ = told(&json!({"listen_type": "single", "payload": [listen]}));
        }
    }
}
