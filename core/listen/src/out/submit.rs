//! Sending listens to a server, as far as it is not the network: what is due, the outbox in which it stands before it leaves,
//! and what the server's answer makes of it.
//!
//! A batch is written down byte for byte before the first of it is sent, so after a crash the same bytes are sent again,
//! which a server that knows a listen by its moment and song takes for the same. Some servers stop at the first listen that they
//! know, so what may have arrived already is sent one by one.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tekram_primitives::time::Timestamp;
use tekram_vault::{AuditEvent, AuditKind, Vault};

use super::account::{ACCOUNT, Account, one, source_of};
use super::listenbrainz::{For, listenbrainz};
use crate::log::list::{LISTEN_FIELDS, LISTEN_TABLES, listen_from};
use crate::log::scan::IN_LOG;
use crate::{Format, Kind, Listen, ListenError, Played};

/// Listens in a request: a quarter of what ListenBrainz takes (`MAX_LISTENS_PER_REQUEST`), so that few are uncertain at once.
pub(crate) const MOST_AT_ONCE: usize = 250;
/// Plays looked at in one transaction.
const LOOKED_AT_ONCE: usize = 20_000;
/// A play of four minutes counts however long the medium is (ListenBrainz, "Submitting listens").
const COUNTS_FROM_MS: i64 = 4 * 60 * 1000;
/// A play that does not count yet can go on for so long.
const GOES_ON_MS: i64 = 24 * 60 * 60 * 1000;
/// So often a server may fail on one listen while it answers otherwise; then it is given up.
const MOST_TRIES: i64 = 5;

/// What is to be sent in one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Which server.
    pub account_id: i64,
    /// The first and the last number in the outbox.
    seqs: (i64, i64),
    /// Listens in it.
    pub listens: usize,
    /// The request's body, as ListenBrainz takes it.
    pub body: String,
    /// Whether it may have arrived already.
    pub uncertain: bool,
}

/// What a server made of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It has taken all of it.
    Taken,
    /// It has taken none of it, because of what is in it: a listen, or the whole.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// Whether it has taken it is not known: no answer, or a failure of its own.
    Unknown,
    /// It failed on this one listen, though it answers otherwise.
    FailedOnIt {
        /// The HTTP status.
        status: u16,
    },
    /// It has taken none of it and wants to be asked later, or with another token.
    NotNow,
}

/// What is to be sent next: what is in the outbox, else what is due. `None` when nothing is. What is due is written into the
/// outbox before it is returned; `begins` says that it is the first of a run, which the audit notes.
///
/// # Errors
/// `no_such_listen_account`, or when the vault fails.
pub fn next_parcel(
    vault: &Vault,
    account_id: i64,
    begins: bool,
    now: Timestamp,
) -> Result<Option<Parcel>, ListenError> {
    let mut look = Look::default();
    loop {
        let (found, more) = vault.write(ACCOUNT, |transaction| {
            let account = one(transaction, account_id)?;
            if let Some(waiting) = waiting(transaction, account_id)? {
                return Ok((Some(waiting), false));
            }
            let more = fill(transaction, &account, &mut look, now)?;
            let found = waiting(transaction, account_id)?;
            if found.is_some() && begins {
                AuditEvent::new(AuditKind::Disclosure)
                    .who(host(&account.url))
                    .what("listens")
                    .append(transaction, now)?;
            }
            Ok::<_, ListenError>((found, more))
        })?;
        if found.is_some() || !more {
            return Ok(found);
        }
    }
}

/// Settles a request by its answer, in one transaction.
///
/// # Errors
/// When the vault fails.
pub fn settle_parcel(vault: &Vault, parcel: &Parcel, answer: Answer, now: Timestamp) -> Result<(), ListenError> {
    let (account_id, (first, last)) = (parcel.account_id, parcel.seqs);
    vault.write(ACCOUNT, |transaction| {
        let run = |sql: &str, status: u16| -> Result<(), ListenError> {
            transaction
                .prepare_cached(sql)?
                .execute(params![account_id, first, last, status])?;
            Ok(())
        };
        match answer {
            Answer::Taken => {
                run(SENT, 200)?;
                transaction
                    .prepare_cached("UPDATE listen_account SET last_sent_ms = ?2, problem = '' WHERE account_id = ?1")?
                    .execute(params![account_id, now.millis()])?;
            }
            Answer::Refused { status } if parcel.listens == 1 => run(SENT, status)?,
            // One of them is at fault; alone it shows which.
            Answer::Refused { .. } => run(UNCERTAIN, 0)?,
            Answer::Unknown => run(UNCERTAIN, 0)?,
            Answer::FailedOnIt { status } => {
                run(
                    "UPDATE listen_outbox SET tries = tries + 1, uncertain = 1
                     WHERE account_id = ?1 AND seq BETWEEN ?2 AND ?3 AND ?4 >= 0",
                    0,
                )?;
                let tries: i64 = transaction
                    .prepare_cached("SELECT tries FROM listen_outbox WHERE account_id = ?1 AND seq = ?2")?
                    .query_row(params![account_id, first], |row| row.get(0))
                    .optional()?
                    .unwrap_or_default();
                if tries >= MOST_TRIES {
                    run(SENT, status)?;
                } else {
                    // To the end, so that the others do not wait for it.
                    transaction
                        .prepare_cached(
                            "UPDATE listen_outbox SET seq = (SELECT 1 + max(o.seq) FROM listen_outbox o
                             WHERE o.account_id = ?1) WHERE account_id = ?1 AND seq = ?2",
                        )?
                        .execute(params![account_id, first])?;
                }
            }
            Answer::NotNow => return Ok(()),
        }
        if matches!(answer, Answer::Taken) || matches!(answer, Answer::Refused { .. }) && parcel.listens == 1 {
            run(GONE, 0)?;
        } else {
            // Given up above: it stands among what was refused.
            transaction
                .prepare_cached(
                    "DELETE FROM listen_outbox WHERE account_id = ?1 AND fingerprint IN
                     (SELECT s.fingerprint FROM listen_sent s WHERE s.account_id = ?1
                      AND s.fingerprint = listen_outbox.fingerprint)",
                )?
                .execute([account_id])?;
        }
        Ok(())
    })
}

/// Notes what a server asked for, or what went wrong with it: `wait_until_ms` 0 and an empty problem take both away.
///
/// # Errors
/// When the vault fails.
pub fn note_account(vault: &Vault, account_id: i64, wait_until_ms: i64, problem: &str) -> Result<(), ListenError> {
    vault.write(ACCOUNT, |transaction| {
        transaction
            .prepare_cached("UPDATE listen_account SET wait_until_ms = ?2, problem = ?3 WHERE account_id = ?1")?
            .execute(params![account_id, wait_until_ms, problem])?;
        Ok(())
    })
}

/// What plays right now, as a server is told it: the newest captured listen while its medium can still be playing.
///
/// # Errors
/// `no_such_listen_account`, or when the vault fails.
pub fn playing_now(vault: &Vault, account_id: i64, now: Timestamp) -> Result<Option<String>, ListenError> {
    vault.read(|connection| {
        let account = one(connection, account_id)?;
        let here = Format::Capture.source();
        if !account.is_on || !account.playing_now || !account.sources.iter().any(|source| source == here) {
            return Ok(None);
        }
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {LISTEN_FIELDS} {LISTEN_TABLES}
             WHERE {IN_LOG} AND p.start_ms <= ?1 ORDER BY p.start_ms DESC LIMIT 1"
        ))?;
        let mut rows = statement.query_and_then([now.millis()], listen_from)?;
        let Some(listen) = rows.next().transpose()? else {
            return Ok(None);
        };
        let ends_ms = listen.media_ms.and_then(|ms| listen.start_ms.checked_add(ms));
        if listen.source != here || !is_open(&listen) || ends_ms.is_none_or(|ends_ms| ends_ms < now.millis()) {
            return Ok(None);
        }
        let told = listenbrainz(&listen, For::Others)
            .and_then(|told| told.get("track_metadata").cloned())
            .map(|track| serde_json::json!({"listen_type": "playing_now", "payload": [{"track_metadata": track}]}));
        Ok(told.map(|told| told.to_string()))
    })
}

const SENT: &str = "INSERT OR REPLACE INTO listen_sent (account_id, fingerprint, status)
    SELECT account_id, fingerprint, ?4 FROM listen_outbox WHERE account_id = ?1 AND seq BETWEEN ?2 AND ?3";
const GONE: &str = "DELETE FROM listen_outbox WHERE account_id = ?1 AND seq BETWEEN ?2 AND ?3 AND ?4 >= 0";
const UNCERTAIN: &str =
    "UPDATE listen_outbox SET uncertain = 1 WHERE account_id = ?1 AND seq BETWEEN ?2 AND ?3 AND ?4 >= 0";

/// What stands in the outbox: what may have arrived already alone, the rest together.
fn waiting(connection: &Connection, account_id: i64) -> Result<Option<Parcel>, ListenError> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, content, uncertain FROM listen_outbox WHERE account_id = ?1 ORDER BY seq LIMIT ?2",
    )?;
    let rows = statement.query_map(params![account_id, i64::try_from(MOST_AT_ONCE).unwrap_or(1)], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
    })?;
    let mut parcel: Option<Parcel> = None;
    let mut contents: Vec<String> = Vec::new();
    for row in rows {
        let (seq, content, uncertain) = row?;
        let alone = uncertain || parcel.as_ref().is_some_and(|parcel| parcel.uncertain);
        if parcel.is_some() && alone {
            break;
        }
        let parcel = parcel.get_or_insert(Parcel {
            account_id,
            seqs: (seq, seq),
            listens: 0,
            body: String::new(),
            uncertain,
        });
        parcel.seqs.1 = seq;
        parcel.listens += 1;
        contents.push(content);
    }
    if let Some(parcel) = &mut parcel {
        let what = if parcel.listens == 1 { "single" } else { "import" };
        parcel.body = format!(r#"{{"listen_type":"{what}","payload":[{}]}}"#, contents.join(","));
    }
    Ok(parcel)
}

/// How far one look through the log has come.
#[derive(Debug, Default)]
struct Look {
    after_play_id: Option<i64>,
    /// Behind a play that may still come to count nothing is ticked off, so that it is looked at again the next time.
    held_back: bool,
}

/// Writes what is due into the outbox, at most one request. Says whether there is more to look at.
fn fill(
    transaction: &Transaction<'_>,
    account: &Account,
    look: &mut Look,
    now: Timestamp,
) -> Result<bool, ListenError> {
    let after = match look.after_play_id {
        Some(after) => after,
        None => begin(transaction, account.account_id)?,
    };
    let mut up_to = after;
    let mut statement = transaction.prepare_cached(&format!(
        "SELECT {LISTEN_FIELDS} {LISTEN_TABLES}
         WHERE p.play_id > ?1 AND p.start_ms >= ?2 AND {IN_LOG}
           AND NOT EXISTS (SELECT 1 FROM listen_sent s WHERE s.account_id = ?3 AND s.fingerprint = p.fingerprint)
           AND NOT EXISTS (
               SELECT 1 FROM listen_same_play s CROSS JOIN listen_play o ON o.play_id = s.play_id
               CROSS JOIN listen_via ov ON ov.via_id = o.via_id
               WHERE s.lead_play_id = p.play_id AND ov.source = ?5)
         ORDER BY p.play_id LIMIT ?4"
    ))?;
    let limit = i64::try_from(LOOKED_AT_ONCE).unwrap_or(1);
    // What the server itself told of too, it has.
    let back = source_of(&account.url);
    let mut rows = statement.query(params![after, account.from_ms, account.account_id, limit, back])?;
    let mut add = transaction
        .prepare_cached("INSERT INTO listen_outbox (account_id, seq, fingerprint, content) VALUES (?1, ?2, ?3, ?4)")?;
    let (mut looked_at, mut due) = (0_usize, 0_usize);
    while let Some(row) = rows.next()? {
        looked_at += 1;
        let listen = listen_from(row)?;
        look.after_play_id = Some(listen.id);
        match due_of(&listen, account, now) {
            Due::Now(content) => {
                due += 1;
                let fingerprint: [u8; 16] = row.get(2)?;
                let seq = i64::try_from(due).unwrap_or(i64::MAX);
                add.execute(params![account.account_id, seq, fingerprint, content])?;
            }
            Due::Later => look.held_back = true,
            Due::Never => {}
        }
        if !look.held_back {
            up_to = listen.id;
        }
        if due >= MOST_AT_ONCE {
            break;
        }
    }
    if !look.held_back {
        transaction
            .prepare_cached("UPDATE listen_account SET up_to_play_id = ?2 WHERE account_id = ?1")?
            .execute(params![account.account_id, up_to])?;
    }
    Ok(looked_at >= LOOKED_AT_ONCE && due < MOST_AT_ONCE)
}

/// After which play looking begins: after those that were looked at, or before the first of a batch that was accepted since.
fn begin(transaction: &Transaction<'_>, account_id: i64) -> Result<i64, ListenError> {
    Ok(transaction
        .prepare_cached(
            "UPDATE listen_account SET
                up_to_play_id = min(up_to_play_id, coalesce(
                    (SELECT min(b.first_play_id) - 1 FROM listen_batch b
                     WHERE b.state = 'accepted' AND b.first_play_id > 0 AND b.decided_ms > up_to_decided_ms),
                    up_to_play_id)),
                up_to_decided_ms = coalesce(
                    (SELECT max(b.decided_ms) FROM listen_batch b WHERE b.state = 'accepted'), up_to_decided_ms)
             WHERE account_id = ?1 RETURNING up_to_play_id",
        )?
        .query_row([account_id], |row| row.get(0))?)
}

/// What becomes of a listen.
enum Due {
    /// It is sent, as this.
    Now(String),
    /// It may still come to count.
    Later,
    /// It stays here.
    Never,
}

fn due_of(listen: &Listen, account: &Account, now: Timestamp) -> Due {
    let wanted = account.sources.contains(&listen.source);
    if !wanted || !is_open(listen) {
        return Due::Never;
    }
    if !counts(listen) {
        let is_here = listen.source == Format::Capture.source();
        let is_old = listen.start_ms.saturating_add(GOES_ON_MS) < now.millis();
        return if is_here && !is_old { Due::Later } else { Due::Never };
    }
    listenbrainz(listen, For::Others).map_or(Due::Never, |told| Due::Now(told.to_string()))
}

/// What is never sent: private sessions and adverts. (What is hidden or told again is not in the log.)
fn is_open(listen: &Listen) -> bool {
    !listen.private_session && listen.kind != Kind::Advert
}

/// Whether it counts as a listen, by the person's rules and there: half of it or four minutes (ListenBrainz, "Submitting
/// listens"). Where it is not known
/// how much was played, the source counted it; where the length is not known, half a minute does.
fn counts(listen: &Listen) -> bool {
    if listen.skipped || !listen.counts {
        return false;
    }
    match (&listen.played, listen.played.ms(), listen.media_ms) {
        (Played::Unknown | Played::Estimate { .. }, ..) => true,
        (_, Some(played_ms), Some(media_ms)) => played_ms >= COUNTS_FROM_MS.min(media_ms.div_euclid(2)),
        (_, Some(played_ms), None) => played_ms >= 30_000,
        (_, None, _) => true,
    }
}

fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}
