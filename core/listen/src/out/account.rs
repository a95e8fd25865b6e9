//! Servers that listens are sent to, as the person set them up: where, with which token, what of the log, from when on. There
//! is none until the person adds one, and one that was added sends nothing until it is turned on.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, Row, params};
use tekram_primitives::time::Timestamp;
use tekram_vault::{Scope, Vault};
use url::Url;
use zeroize::Zeroizing;

use crate::{Format, ListenError};

/// Told when something about a server changed.
pub(crate) const ACCOUNT: Scope = Scope("listen_account");
/// Longest token, in bytes.
const LONGEST_TOKEN: usize = 500;
/// Sources that can be chosen.
const MOST_SOURCES: usize = 50;
/// ListenBrainz itself: what came from there does not go back.
const LISTENBRAINZ_HOST: &str = "listenbrainz.org";

/// A server to send listens to, without its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub account_id: i64,
    /// Where its API begins: `https://api.listenbrainz.org`.
    pub url: String,
    /// Who the person is there, as the server said.
    pub user_name: String,
    /// Sources of the log that are sent.
    pub sources: Vec<String>,
    /// Nothing that began before is sent, ms since 1970.
    pub from_ms: i64,
    /// Whether it is told what plays right now.
    pub playing_now: bool,
    /// Whether anything is sent.
    pub is_on: bool,
    /// Listens that it has taken.
    pub sent: u64,
    /// Listens that it refused for good.
    pub refused: u64,
    /// Listens that are on their way: written down to be sent, and not yet acknowledged.
    pub on_the_way: u64,
    /// It asked to be left alone until then, ms since 1970; 0 when it did not.
    pub wait_until_ms: i64,
    /// When something was sent last, ms since 1970; 0 for never.
    pub last_sent_ms: i64,
    /// Stable code of what went wrong last; empty when nothing did.
    pub problem: String,
    /// The person says that it is in their own network.
    pub in_home_network: bool,
}

/// The secret that a server gave the person.
#[derive(Clone)]
pub struct Token(pub(crate) Zeroizing<String>);

impl Token {
    /// The token of this text.
    ///
    /// # Errors
    /// `bad_listen_account` when it cannot be one.
    pub fn new(text: &str) -> Result<Self, ListenError> {
        let text = text.trim();
        let plain = text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if text.is_empty() || text.len() > LONGEST_TOKEN || !plain {
            return Err(ListenError::BadAccount { field: "token" });
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The text, for the one header that it belongs in.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

/// What the person decides about a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChoice {
    /// Sources of the log that are sent.
    pub sources: Vec<String>,
    /// Nothing that began before is sent, ms since 1970.
    pub from_ms: i64,
    /// Whether it is told what plays right now.
    pub playing_now: bool,
    /// Whether anything is sent.
    pub is_on: bool,
    /// The person says that it is in their own network.
    pub in_home_network: bool,
}

/// The source that listens from this server itself are counted under, if it is one of its own.
pub(crate) fn source_of(url: &str) -> Option<&'static str> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    let is_listenbrainz = host == LISTENBRAINZ_HOST || host.ends_with(&format!(".{LISTENBRAINZ_HOST}"));
    is_listenbrainz.then(|| Format::Listenbrainz.source())
}

impl AccountChoice {
    /// What was heard on this device from now on, and off.
    #[must_use]
    pub fn usual(now: Timestamp) -> Self {
        Self {
            sources: vec![Format::Capture.source().to_owned()],
            from_ms: now.millis(),
            playing_now: false,
            is_on: false,
            in_home_network: false,
        }
    }

    /// Whether it can be had of this server.
    fn check(&self, url: &str) -> Result<(), ListenError> {
        let fits = |source: &String| (1..=100).contains(&source.len()) && !source.contains('\0');
        let goes_back = self
            .sources
            .iter()
            .any(|source| Some(source.as_str()) == source_of(url));
        if self.sources.len() > MOST_SOURCES || !self.sources.iter().all(fits) || goes_back {
            return Err(ListenError::BadAccount { field: "sources" });
        }
        Ok(())
    }
}

/// Adds a server after it said that the token is one of its own. Returns its number.
///
/// # Errors
/// `bad_listen_account` for an address that is there already or none, and for sources that came from it.
pub fn add_account(
    vault: &Vault,
    url: &str,
    token: &Token,
    user_name: &str,
    choice: &AccountChoice,
    now: Timestamp,
) -> Result<i64, ListenError> {
    let url = account_url(url)?;
    choice.check(&url)?;
    vault.write(ACCOUNT, |transaction| {
        let added = transaction
            .prepare_cached(
                "INSERT INTO listen_account (url, token, user_name, sources, from_ms, playing_now, is_on, added_ms,
                    in_home_network)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                url,
                token.expose(),
                user_name
                    .chars()
                    .filter(|letter| *letter != '\0')
                    .take(200)
                    .collect::<String>(),
                json(&choice.sources),
                choice.from_ms,
                choice.playing_now,
                choice.is_on,
                now.millis(),
                choice.in_home_network
            ])?;
        if added == 0 {
            return Err(ListenError::BadAccount { field: "address" });
        }
        Ok(transaction.last_insert_rowid())
    })
}

/// The address of an API as it is kept: without a closing slash, a query, or the version that is added to each call.
///
/// # Errors
/// `bad_listen_account`.
pub fn account_url(address: &str) -> Result<String, ListenError> {
    let bad = || ListenError::BadAccount { field: "address" };
    let mut url = Url::parse(address.trim()).map_err(|_| bad())?;
    let has_secret = !url.username().is_empty() || url.password().is_some();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || has_secret {
        return Err(bad());
    }
    url.set_query(None);
    url.set_fragment(None);
    let text = url.as_str().trim_end_matches('/');
    Ok(text.strip_suffix("/1").unwrap_or(text).to_owned())
}

/// Changes what the person decides about a server. With other sources or an earlier beginning the whole log is looked at
/// again; what was sent is not sent again.
///
/// # Errors
/// `no_such_listen_account`, `bad_listen_account`.
pub fn change_account(vault: &Vault, account_id: i64, choice: &AccountChoice) -> Result<(), ListenError> {
    vault.write(ACCOUNT, |transaction| {
        let known = one(transaction, account_id)?;
        choice.check(&known.url)?;
        let again = known.sources != choice.sources || choice.from_ms < known.from_ms || !known.is_on && choice.is_on;
        transaction
            .prepare_cached(
                "UPDATE listen_account SET sources = ?2, from_ms = ?3, playing_now = ?4, is_on = ?5, problem = '',
                    in_home_network = ?7, up_to_play_id = CASE WHEN ?6 THEN 0 ELSE up_to_play_id END WHERE account_id = ?1",
            )?
            .execute(params![
                account_id,
                json(&choice.sources),
                choice.from_ms,
                choice.playing_now,
                choice.is_on,
                again,
                choice.in_home_network
            ])?;
        Ok(())
    })
}

/// Forgets a server, its token, and what was sent to it.
///
/// # Errors
/// `no_such_listen_account`.
pub fn remove_account(vault: &Vault, account_id: i64) -> Result<(), ListenError> {
    vault.write(ACCOUNT, |transaction| {
        one(transaction, account_id)?;
        for table in ["listen_sent", "listen_outbox", "listen_account"] {
            transaction.execute(&format!("DELETE FROM {table} WHERE account_id = ?1"), [account_id])?;
        }
        Ok(())
    })
}

/// The servers, in the order in which they were added.
///
/// # Errors
/// When the vault fails.
pub fn accounts(vault: &Vault) -> Result<Vec<Account>, ListenError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!("{ACCOUNTS} ORDER BY a.account_id"))?;
        statement.query_and_then([], read)?.collect()
    })
}

/// One server.
///
/// # Errors
/// `no_such_listen_account`.
pub fn account(vault: &Vault, account_id: i64) -> Result<Account, ListenError> {
    vault.read(|connection| one(connection, account_id))
}

/// Its token.
///
/// # Errors
/// `no_such_listen_account`.
pub fn account_token(vault: &Vault, account_id: i64) -> Result<Token, ListenError> {
    vault.read(|connection| {
        let token: Option<String> = connection
            .prepare_cached("SELECT token FROM listen_account WHERE account_id = ?1")?
            .query_row([account_id], |row| row.get(0))
            .optional()?;
        token
            .map(|token| Token(Zeroizing::new(token)))
            .ok_or(ListenError::NoSuchAccount)
    })
}

const ACCOUNTS: &str = "SELECT a.account_id, a.url, a.user_name, a.sources, a.from_ms, a.playing_now, a.is_on,
    a.wait_until_ms, a.last_sent_ms, a.problem,
    (SELECT count(*) FROM listen_sent s WHERE s.account_id = a.account_id AND s.status = 200),
    (SELECT count(*) FROM listen_sent s WHERE s.account_id = a.account_id AND s.status <> 200),
    (SELECT count(*) FROM listen_outbox o WHERE o.account_id = a.account_id), a.in_home_network
    FROM listen_account a";

pub(crate) fn one(connection: &Connection, account_id: i64) -> Result<Account, ListenError> {
    let mut statement = connection.prepare_cached(&format!("{ACCOUNTS} WHERE a.account_id = ?1"))?;
    let mut rows = statement.query_and_then([account_id], read)?;
    rows.next().unwrap_or(Err(ListenError::NoSuchAccount))
}

fn read(row: &Row<'_>) -> Result<Account, ListenError> {
    let sources: String = row.get(3)?;
    Ok(Account {
        account_id: row.get(0)?,
        url: row.get(1)?,
        user_name: row.get(2)?,
        sources: serde_json::from_str(&sources).map_err(|_| ListenError::Unreadable {
            what: "list of sources",
        })?,
        from_ms: row.get(4)?,
        playing_now: row.get(5)?,
        is_on: row.get(6)?,
        wait_until_ms: row.get(7)?,
        last_sent_ms: row.get(8)?,
        problem: row.get(9)?,
        sent: row.get::<_, i64>(10)?.unsigned_abs(),
        refused: row.get::<_, i64>(11)?.unsigned_abs(),
        on_the_way: row.get::<_, i64>(12)?.unsigned_abs(),
        in_home_network: row.get(13)?,
    })
}

fn json(texts: &[String]) -> String {
    serde_json::to_string(texts).unwrap_or_else(|_| "[]".to_owned())
}
