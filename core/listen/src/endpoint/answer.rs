//! One request of an app, and what is answered: as pure as sealing allows. The caller has seen to it that the request came from
//! this device, names this device as its host, and is not a web page's.

use serde_json::{Value, json};
use tekram_vault::{ITEM_LIMIT_BYTES, Inbox, InboxToken};

use super::limiter::{Allowance, Limiter};
use super::submission::{self, Submission};
use super::take::Sealed;
use crate::ListenError;

/// Bytes of listens in one item of the inbox, well below its limit.
const ITEM_BYTES: usize = ITEM_LIMIT_BYTES / 2;

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// `GET`, `POST` …
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The query, without `?`; empty for none.
    pub query: &'a str,
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
    /// Now, by the device's clock.
    pub now_ms: i64,
    /// Now, by a clock that does not go back.
    pub monotonic_ms: i64,
}

/// An answer: a status, headers beside `Content-Type: application/json`, and the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Value,
    /// Listens that were sealed by this request.
    pub sealed: usize,
}

/// A persona's way in for listens: its inbox, and which tokens open it.
#[derive(Debug)]
pub struct Door {
    inbox: Inbox,
    tokens: Vec<InboxToken>,
}

impl Door {
    /// The door of an inbox, as it is now: read anew for every request, so that a token that was taken back is.
    ///
    /// # Errors
    /// When the file of tokens cannot be read.
    pub fn of(inbox: Inbox) -> Result<Self, ListenError> {
        let tokens = inbox.tokens()?;
        Ok(Self { inbox, tokens })
    }

    fn token_id(&self, token: &str) -> Option<&str> {
        let found = self.tokens.iter().find(|one| one.is(token))?;
        Some(&found.id)
    }
}

/// Answers a request; the token says whose door is opened. When listens were taken, they survive a power cut when this returns.
///
/// # Errors
/// When an inbox fails; the app should try again later.
pub fn answer(asked: &Asked<'_>, doors: &[Door], limiter: &mut Limiter) -> Result<Reply, ListenError> {
    let path = asked.path.trim_end_matches('/');
    let wanted = match (asked.method, path) {
        ("POST", "/1/submit-listens") => Wanted::Submit,
        ("GET", "/1/validate-token") => Wanted::Validate,
        (_, "/1/submit-listens" | "/1/validate-token") => {
            let refused = refusal(405, "this method is not taken here");
            return Ok(limited(refused, limiter.count(None, asked.monotonic_ms)));
        }
        _ => {
            let refused = refusal(404, "there is nothing here");
            return Ok(limited(refused, limiter.count(None, asked.monotonic_ms)));
        }
    };
    // ListenBrainz takes it as a parameter, too, where it is only looked at.
    let by_parameter = match wanted {
        Wanted::Validate => asked.query.split('&').find_map(|pair| pair.strip_prefix("token=")),
        Wanted::Submit => None,
    };
    let token = asked.authorization.and_then(token_in).or(by_parameter);
    let opened = token.and_then(|token| {
        doors
            .iter()
            .find_map(|door| door.token_id(token).map(|token_id| (door, token_id)))
    });
    let allowance = limiter.count(opened.map(|(_, token_id)| token_id), asked.monotonic_ms);
    if !allowance.granted {
        let mut busy = limited(refusal(429, "too many requests: wait a little"), allowance);
        busy.headers.push(("retry-after", allowance.reset_s.to_string()));
        return Ok(busy);
    }
    let reply = match (wanted, opened) {
        (Wanted::Validate, Some(_)) => done(json!({
            "code": 200, "message": "Token valid.", "valid": true, "user_name": "me",
        })),
        (Wanted::Validate, None) if token.is_none() => refusal(400, "a token is needed"),
        (Wanted::Validate, None) => done(json!({"code": 200, "message": "Token invalid.", "valid": false})),
        (Wanted::Submit, None) => refusal(401, "a token that is valid here is needed"),
        (Wanted::Submit, Some((door, token_id))) => match submission::read(asked.body, asked.now_ms) {
            Ok(Submission::PlayingNow) => done(json!({"status": "ok"})),
            Ok(Submission::Listens(listens)) => {
                let sealed = listens.len();
                seal(&door.inbox, token_id, listens)?;
                Reply {
                    sealed,
                    ..done(json!({"status": "ok"}))
                }
            }
            Err(fault) => refusal(400, &fault.to_string()),
        },
    };
    Ok(limited(reply, allowance))
}

#[derive(Clone, Copy)]
enum Wanted {
    Submit,
    Validate,
}

/// The token of `Authorization: Token …`, whatever the case of the word.
fn token_in(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("token") && !token.is_empty()).then_some(token)
}

fn seal(inbox: &Inbox, token_id: &str, listens: Vec<Value>) -> Result<(), ListenError> {
    let mut part = Vec::new();
    let mut part_bytes = 0;
    let seal = |part: Vec<Value>| -> Result<(), ListenError> {
        let bytes =
            serde_json::to_vec(&Sealed::new(token_id, part)).map_err(|_| ListenError::Unreadable { what: "listen" })?;
        inbox.seal(&bytes)?;
        Ok(())
    };
    for listen in listens {
        part_bytes += listen.to_string().len();
        part.push(listen);
        if part_bytes > ITEM_BYTES {
            seal(std::mem::take(&mut part))?;
            part_bytes = 0;
        }
    }
    if part.is_empty() { Ok(()) } else { seal(part) }
}

fn done(body: Value) -> Reply {
    Reply {
        status: 200,
        headers: Vec::new(),
        body,
        sealed: 0,
    }
}

fn refusal(status: u16, why: &str) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: json!({"code": status, "error": why}),
        sealed: 0,
    }
}

/// What ListenBrainz says of its limits; well-made apps keep to it.
fn limited(mut reply: Reply, allowance: Allowance) -> Reply {
    reply.headers.extend([
        ("x-ratelimit-limit", allowance.limit.to_string()),
        ("x-ratelimit-remaining", allowance.left.to_string()),
        ("x-ratelimit-reset-in", allowance.reset_s.to_string()),
    ]);
    reply
}
