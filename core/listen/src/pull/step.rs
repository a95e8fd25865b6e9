//! One request of a pull and its answer, for every kind of account that has a history: what to ask, and one transaction for what
//! came back and how far the account is known now.

use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::account::{Account, AccountKind, Login, one, secret};
use super::{actions, listens, lists};
use crate::feed::retry_after_ms;
use crate::pen::LOG;
use crate::pen::append::{Append, standing};
use crate::pen::running::Running;
use crate::pen::writer::Counts;
use crate::{Format, ListenError};

/// How long a server that says too often without saying how long is left alone.
const USUAL_WAIT_MS: i64 = 60_000;
/// Nobody is left alone for longer, whatever the server says.
const LONGEST_WAIT_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// A request.
#[derive(Debug, Clone)]
pub struct PullAsk {
    /// The account.
    pub account_id: i64,
    /// Where.
    pub url: String,
    /// How it says who asks.
    pub login: Login,
    /// Not before this moment.
    pub next_ms: i64,
}

/// An answer.
#[derive(Clone, Copy)]
pub struct PullAnswer<'a> {
    /// HTTP status.
    pub status: u16,
    /// Looks up a header by its name in lower case.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// The body.
    pub body: &'a [u8],
}

impl std::fmt::Debug for PullAnswer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PullAnswer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What an answer brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PullStep {
    /// Records read.
    pub read: u64,
    /// Records that are new.
    pub new: u64,
    /// Records that were known.
    pub duplicates: u64,
    /// Records that cannot be used.
    pub refused: u64,
    /// There is more to ask.
    pub more: bool,
    /// Wait so long before asking again.
    pub wait_ms: i64,
    /// Why it told nothing: a stable code.
    pub problem: Option<String>,
}

/// How far an account is known, as it is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    walk: listens::Walk,
    since: i64,
    /// The subscriptions were asked for in this pull already; what was heard comes next.
    lists_done: bool,
}

/// What to ask next.
///
/// # Errors
/// `no_such_account`, `nothing_to_pull` for an account without a history, or when the vault fails.
pub fn ask(vault: &Vault, account_id: i64) -> Result<PullAsk, ListenError> {
    vault.read(|connection| {
        let account = one(connection, account_id)?;
        let position = position(connection, account_id)?;
        let secret = secret(connection, account_id)?;
        let (url, login) = match account.kind {
            AccountKind::Listenbrainz if secret.expose().is_empty() => {
                (listens::url(&account, position.walk), Login::None)
            }
            AccountKind::Listenbrainz => (listens::url(&account, position.walk), Login::Token(secret)),
            AccountKind::Gpodder | AccountKind::Nextcloud => (
                if position.lists_done {
                    actions::url(&account, position.since)
                } else {
                    lists::url(&account)
                },
                Login::Basic(account.user.clone(), secret),
            ),
            AccountKind::Subsonic => return Err(ListenError::NothingToPull),
        };
        Ok(PullAsk {
            account_id,
            url,
            login,
            next_ms: account.next_ms,
        })
    })
}

/// Forgets how far the account is known: the next pull asks for everything. What is known already stays one play.
///
/// # Errors
/// `no_such_account`, or when the vault fails.
pub fn begin_again(vault: &Vault, account_id: i64) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        one(transaction, account_id)?;
        keep_position(transaction, account_id, Position::default())
    })
}

/// Takes an answer in.
///
/// # Errors
/// `no_such_account`, `import_running`, or when the vault fails; what is wrong with the answer is in the step.
pub fn taken(vault: &Vault, account_id: i64, answer: &PullAnswer<'_>, now: Timestamp) -> Result<PullStep, ListenError> {
    let wait_ms = wait_ms(answer, now);
    if matches!(answer.status, 404 | 405 | 501) && has_no_lists(vault, account_id)? {
        return Ok(PullStep {
            more: true,
            ..PullStep::default()
        });
    }
    match answer.status {
        // Nobody of that name has told anything yet (ListenBrainz).
        204 => return empty(vault, account_id, now),
        200..=299 => {}
        401 | 403 => return failed(vault, account_id, "access_refused", 0, now),
        404 => return failed(vault, account_id, "not_found", 0, now),
        429 => return failed(vault, account_id, "too_many_requests", wait_ms.max(1000), now),
        503 if (answer.header)("retry-after").is_some() => {
            return failed(vault, account_id, "server_status", wait_ms, now);
        }
        _ => return failed(vault, account_id, "server_status", 0, now),
    }
    let _running = Running::begin(vault.id())?;
    let step = vault.write(LOG, |transaction| {
        let account = one(transaction, account_id)?;
        let position = position(transaction, account_id)?;
        let is_empty = match account.kind {
            AccountKind::Listenbrainz => listens::is_empty(answer.body),
            _ if !position.lists_done => lists::is_empty(answer.body),
            _ => actions::is_empty(answer.body),
        };
        let Some(is_empty) = is_empty else {
            return Ok(None);
        };
        let mut append = if is_empty {
            None
        } else {
            Some(open(transaction, &account, now)?)
        };
        let (position, more) = match account.kind {
            AccountKind::Listenbrainz => {
                match listens::take(append.as_mut(), answer.body, position.walk, now.millis())? {
                    Some((walk, more)) => (Position { walk, ..position }, more),
                    None => return Ok(None),
                }
            }
            _ if !position.lists_done => {
                lists::take(append.as_mut(), answer.body)?;
                let lists_done = true;
                (Position { lists_done, ..position }, true)
            }
            _ => match actions::take(append.as_mut(), answer.body, position.since, now.millis())? {
                Some(since) => {
                    let lists_done = false;
                    let heard = Position {
                        since,
                        lists_done,
                        ..position
                    };
                    (heard, false)
                }
                None => return Ok(None),
            },
        };
        let counts = match append {
            Some(append) => append.end()?,
            None => Counts::default(),
        };
        keep_position(transaction, account_id, position)?;
        went_well(transaction, account_id, now)?;
        Ok::<_, ListenError>(Some(PullStep {
            read: counts.read,
            new: counts.new,
            duplicates: counts.duplicates,
            refused: counts.refused,
            more,
            wait_ms: if used_up(answer) { wait_ms } else { 0 },
            problem: None,
        }))
    })?;
    match step {
        Some(step) => Ok(step),
        None => failed(vault, account_id, "bad_answer", 0, now),
    }
}

/// Whether it was the subscriptions that were asked for: a server without them is asked for what was heard.
fn has_no_lists(vault: &Vault, account_id: i64) -> Result<bool, ListenError> {
    vault.write(LOG, |transaction| {
        let account = one(transaction, account_id)?;
        let position = position(transaction, account_id)?;
        let asked = account.kind != AccountKind::Listenbrainz && !position.lists_done;
        if asked {
            let lists_done = true;
            keep_position(transaction, account_id, Position { lists_done, ..position })?;
        }
        Ok(asked)
    })
}

/// Notes that an account could not be asked, with a stable code; it is not asked again for `wait_ms`.
///
/// # Errors
/// `no_such_account`, or when the vault fails.
pub fn failed(
    vault: &Vault,
    account_id: i64,
    code: &str,
    wait_ms: i64,
    now: Timestamp,
) -> Result<PullStep, ListenError> {
    let wait_ms = wait_ms.clamp(0, LONGEST_WAIT_MS);
    vault.write(LOG, |transaction| {
        one(transaction, account_id)?;
        transaction
            .prepare_cached(
                "UPDATE listen_pull_account SET problem = ?2, pulled_ms = ?3, next_ms = ?4 WHERE account_id = ?1",
            )?
            .execute(params![
                account_id,
                code,
                now.millis(),
                if wait_ms > 0 {
                    now.millis().saturating_add(wait_ms)
                } else {
                    0
                }
            ])?;
        Ok(PullStep {
            wait_ms,
            problem: Some(code.to_owned()),
            ..PullStep::default()
        })
    })
}

fn empty(vault: &Vault, account_id: i64, now: Timestamp) -> Result<PullStep, ListenError> {
    vault.write(LOG, |transaction| {
        one(transaction, account_id)?;
        went_well(transaction, account_id, now)?;
        Ok(PullStep::default())
    })
}

/// How long the server asks to wait: `Retry-After`, else what ListenBrainz says of its limits.
fn wait_ms(answer: &PullAnswer<'_>, now: Timestamp) -> i64 {
    let header = |name: &str| (answer.header)(name).and_then(|text| retry_after_ms(now.millis(), &text));
    header("retry-after")
        .or_else(|| header("x-ratelimit-reset-in"))
        .unwrap_or(USUAL_WAIT_MS)
        .min(LONGEST_WAIT_MS)
}

fn used_up(answer: &PullAnswer<'_>) -> bool {
    (answer.header)("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0")
}

/// The account's batch, or a new one in the holding pen.
fn open<'t>(transaction: &'t Transaction<'t>, account: &Account, now: Timestamp) -> Result<Append<'t>, ListenError> {
    let format: Format = match account.kind {
        AccountKind::Listenbrainz => listens::FORMAT,
        _ => actions::FORMAT,
    };
    let batch_id = match standing(transaction, account.batch_id)? {
        Some(_) => account.batch_id,
        None => {
            let host = url::Url::parse(&account.url).ok();
            let host = host.as_ref().and_then(url::Url::host_str).unwrap_or_default();
            transaction
                .prepare_cached(
                    "INSERT INTO listen_batch (state, format, file_name, started_ms) VALUES ('held', ?1, ?2, ?3)",
                )?
                .execute(params![
                    format.name(),
                    format!("{host}: {}", account.user),
                    now.millis()
                ])?;
            let batch_id = transaction.last_insert_rowid();
            transaction
                .prepare_cached("UPDATE listen_pull_account SET batch_id = ?2 WHERE account_id = ?1")?
                .execute([account.account_id, batch_id])?;
            batch_id
        }
    };
    Append::to(transaction, batch_id, format)?.ok_or(ListenError::NoSuchBatch { batch_id })
}

fn position(connection: &rusqlite::Connection, account_id: i64) -> Result<Position, ListenError> {
    let kept: Option<String> = connection
        .prepare_cached("SELECT position FROM listen_pull_account WHERE account_id = ?1")?
        .query_row([account_id], |row| row.get(0))
        .optional()?;
    let kept = kept.ok_or(ListenError::NoSuchPullAccount { account_id })?;
    serde_json::from_str(&kept).map_err(|_| ListenError::Unreadable { what: "account" })
}

fn keep_position(transaction: &Transaction<'_>, account_id: i64, position: Position) -> Result<(), ListenError> {
    let kept = serde_json::to_string(&position).map_err(|_| ListenError::Unreadable { what: "account" })?;
    transaction
        .prepare_cached("UPDATE listen_pull_account SET position = ?2 WHERE account_id = ?1")?
        .execute(params![account_id, kept])?;
    Ok(())
}

fn went_well(transaction: &Transaction<'_>, account_id: i64, now: Timestamp) -> Result<(), ListenError> {
    transaction
        .prepare_cached(
            "UPDATE listen_pull_account SET problem = '', next_ms = 0, pulled_ms = ?2 WHERE account_id = ?1",
        )?
        .execute([account_id, now.millis()])?;
    Ok(())
}

/// A name as one piece of a path.
pub(super) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
