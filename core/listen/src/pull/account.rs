//! Accounts: where a history lies, who the person is there, and how far it was pulled. Passwords and tokens stand in the vault
//! and leave it in requests to that server alone.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;
use url::Url;

use crate::ListenError;
use crate::format::draft::LONGEST_TEXT;
use crate::pen::LOG;

/// What an account speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccountKind {
    /// ListenBrainz's API; listens of a user.
    Listenbrainz,
    /// gpodder.net's API, version 2; episode actions.
    Gpodder,
    /// Nextcloud's app gPodder Sync; episode actions.
    Nextcloud,
    /// The Subsonic API (Navidrome and others); what plays right now.
    Subsonic,
}

impl AccountKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Listenbrainz, Self::Gpodder, Self::Nextcloud, Self::Subsonic];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Listenbrainz => "listenbrainz",
            Self::Gpodder => "gpodder",
            Self::Nextcloud => "nextcloud",
            Self::Subsonic => "subsonic",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Where it is when the person names no server; empty for what everybody runs themselves.
    #[must_use]
    pub fn usual_url(self) -> &'static str {
        match self {
            Self::Listenbrainz => "https://api.listenbrainz.org",
            Self::Gpodder => "https://gpodder.net",
            Self::Nextcloud | Self::Subsonic => "",
        }
    }
}

/// An account to be added.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What it speaks.
    pub kind: AccountKind,
    /// The server; empty for the usual one.
    pub url: String,
    /// Who the person is there.
    pub user: String,
    /// Password or token; may be empty for ListenBrainz, where listens are public.
    pub secret: Passphrase,
    /// The person says that the server is in their own network.
    pub in_home_network: bool,
}

/// An account, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Number in this log.
    pub account_id: i64,
    /// What it speaks.
    pub kind: AccountKind,
    /// The server.
    pub url: String,
    /// Who the person is there.
    pub user: String,
    /// The batch that it adds to; 0 before anything was pulled.
    pub batch_id: i64,
    /// When it was last asked, milliseconds since 1970; 0 for never.
    pub pulled_ms: i64,
    /// Not to be asked before.
    pub next_ms: i64,
    /// Stable code of what went wrong last; empty when nothing did.
    pub problem: String,
    /// The person says that the server is in their own network.
    pub in_home_network: bool,
}

/// How a request says who asks. `Debug` shows nothing of it.
#[derive(Debug, Clone)]
pub enum Login {
    /// It does not.
    None,
    /// `Authorization: Token …`.
    Token(Passphrase),
    /// Name and password (RFC 7617).
    Basic(String, Passphrase),
}

/// Adds an account; one that is there already gets the new secret. Returns its number.
///
/// # Errors
/// `bad_account` with what is wrong, or when the vault fails.
pub fn add_account(vault: &Vault, new: &NewAccount, now: Timestamp) -> Result<i64, ListenError> {
    let bad = |field| ListenError::BadPullAccount { field };
    let url = account_address(new)?;
    let user = new.user.trim();
    // What stands before a colon would be the whole name for the server (RFC 7617, section 2).
    if user.is_empty() || user.len() > 256 || user.contains(['\0', ':', '\n', '\r']) {
        return Err(bad("user"));
    }
    if new.secret.expose().is_empty() && new.kind != AccountKind::Listenbrainz {
        return Err(bad("password"));
    }
    vault.write(LOG, |transaction| {
        transaction
            .prepare_cached(
                "INSERT INTO listen_pull_account (kind, url, user_name, secret, added_ms, in_home_network)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (kind, url, user_name) DO UPDATE SET secret = excluded.secret, problem = '', next_ms = 0,
                    in_home_network = excluded.in_home_network",
            )?
            .execute(params![
                new.kind.name(),
                url,
                user,
                new.secret.expose(),
                now.millis(),
                new.in_home_network
            ])?;
        let account_id = transaction
            .prepare_cached(
                "SELECT account_id FROM listen_pull_account WHERE kind = ?1 AND url = ?2 AND user_name = ?3",
            )?
            .query_row(params![new.kind.name(), url, user], |row| row.get(0))?;
        if new.kind == AccountKind::Subsonic {
            // The person asks to listen to it by adding it.
            transaction
                .prepare_cached(
                    "INSERT INTO listen_app (app, allowed, last_ms) VALUES (?1, 1, 0)
                     ON CONFLICT (app) DO UPDATE SET allowed = 1",
                )?
                .execute([player_name(&url)])?;
        }
        Ok(account_id)
    })
}

/// The address of the server as it is kept: the usual one when none is named, and without a closing slash.
///
/// # Errors
/// `bad_account`.
pub fn account_address(new: &NewAccount) -> Result<String, ListenError> {
    let bad = || ListenError::BadPullAccount { field: "address" };
    let typed = if new.url.trim().is_empty() {
        new.kind.usual_url()
    } else {
        new.url.trim()
    };
    let url = Url::parse(typed).map_err(|_| bad())?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain || typed.len() > LONGEST_TEXT {
        return Err(bad());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// What a music server is called among the players of this device.
pub(super) fn player_name(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    format!("Subsonic {}", host.unwrap_or_default())
}

const COLUMNS: &str = "account_id, kind, url, user_name, batch_id, pulled_ms, next_ms, problem, in_home_network";

/// The accounts, oldest first.
///
/// # Errors
/// When the vault fails.
pub fn accounts(vault: &Vault) -> Result<Vec<Account>, ListenError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM listen_pull_account ORDER BY account_id"
        ))?;
        let rows = statement.query_and_then([], account_from)?;
        rows.collect()
    })
}

/// One account.
///
/// # Errors
/// `no_such_account`, or when the vault fails.
pub fn account(vault: &Vault, account_id: i64) -> Result<Account, ListenError> {
    vault.read(|connection| one(connection, account_id))
}

pub(super) fn one(connection: &Connection, account_id: i64) -> Result<Account, ListenError> {
    let sql = format!("SELECT {COLUMNS} FROM listen_pull_account WHERE account_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query_and_then([account_id], account_from)?;
    rows.next()
        .unwrap_or(Err(ListenError::NoSuchPullAccount { account_id }))
}

fn account_from(row: &Row<'_>) -> Result<Account, ListenError> {
    let kind: String = row.get(1)?;
    Ok(Account {
        account_id: row.get(0)?,
        kind: AccountKind::from_name(&kind).ok_or(ListenError::Unreadable { what: "account" })?,
        url: row.get(2)?,
        user: row.get(3)?,
        batch_id: row.get(4)?,
        pulled_ms: row.get(5)?,
        next_ms: row.get(6)?,
        problem: row.get(7)?,
        in_home_network: row.get(8)?,
    })
}

pub(super) fn secret(connection: &Connection, account_id: i64) -> Result<Passphrase, ListenError> {
    let secret: Option<String> = connection
        .prepare_cached("SELECT secret FROM listen_pull_account WHERE account_id = ?1")?
        .query_row([account_id], |row| row.get(0))
        .optional()?;
    secret
        .map(Passphrase::new)
        .ok_or(ListenError::NoSuchPullAccount { account_id })
}

/// Forgets an account with its secret. What it told stays as it was decided.
///
/// # Errors
/// `no_such_account`, or when the vault fails.
pub fn remove_account(vault: &Vault, account_id: i64) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        one(transaction, account_id)?;
        transaction
            .prepare_cached("DELETE FROM listen_pull_account WHERE account_id = ?1")?
            .execute([account_id])?;
        Ok(())
    })
}
