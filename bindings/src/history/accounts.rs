//! Accounts at other services: histories that are fetched from them, and servers that listens are sent to.

use std::sync::Arc;
use std::time::Duration;

use crate::error::TekramError;
use crate::gate::wait_here;
use crate::persona::Persona;
use crate::task::{Task, task};

/// What an account speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HistoryAccountKind {
    /// ListenBrainz: listens of a user.
    Listenbrainz,
    /// gpodder.net: podcasts subscribed to, and what was heard of them.
    Gpodder,
    /// Nextcloud's gPodder Sync: the same.
    Nextcloud,
    /// A music server that speaks Subsonic's API, like Navidrome: what plays right now.
    Subsonic,
}

impl From<HistoryAccountKind> for tekram_agent::AccountKind {
    fn from(kind: HistoryAccountKind) -> Self {
        match kind {
            HistoryAccountKind::Listenbrainz => Self::Listenbrainz,
            HistoryAccountKind::Gpodder => Self::Gpodder,
            HistoryAccountKind::Nextcloud => Self::Nextcloud,
            HistoryAccountKind::Subsonic => Self::Subsonic,
        }
    }
}

/// An account that a history is fetched from, without its password.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HistoryAccount {
    /// Its number.
    pub account: i64,
    /// What it speaks; nothing for a kind that this version does not know.
    pub kind: Option<HistoryAccountKind>,
    /// The server.
    pub url: String,
    /// Who the person is there.
    pub user: String,
    /// The person says that the server is in their own network.
    pub in_home_network: bool,
    /// The import that it adds to, once something was fetched.
    pub batch: Option<i64>,
    /// When it was asked last.
    pub last_ms: Option<i64>,
    /// It asked to be left alone until then.
    pub next_ms: Option<i64>,
    /// Stable name of what went wrong last, if anything did.
    pub problem: Option<String>,
}

fn moment(ms: i64) -> Option<i64> {
    (ms > 0).then_some(ms)
}

fn named(problem: String) -> Option<String> {
    Some(problem).filter(|problem| !problem.is_empty())
}

impl From<tekram_agent::Account> for HistoryAccount {
    fn from(account: tekram_agent::Account) -> Self {
        use tekram_agent::AccountKind as Kind;
        Self {
            account: account.account_id,
            kind: match account.kind {
                Kind::Listenbrainz => Some(HistoryAccountKind::Listenbrainz),
                Kind::Gpodder => Some(HistoryAccountKind::Gpodder),
                Kind::Nextcloud => Some(HistoryAccountKind::Nextcloud),
                Kind::Subsonic => Some(HistoryAccountKind::Subsonic),
                _ => None,
            },
            url: account.url,
            user: account.user,
            in_home_network: account.in_home_network,
            batch: moment(account.batch_id),
            last_ms: moment(account.pulled_ms),
            next_ms: moment(account.next_ms),
            problem: named(account.problem),
        }
    }
}

/// What was fetched from an account, so far or in all.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Pulled {
    /// The import that holds it, once something was fetched.
    pub batch: Option<i64>,
    /// Records read.
    pub read: u64,
    /// Records that are new.
    pub new_records: u64,
    /// Records that were known.
    pub duplicates: u64,
    /// Records that cannot be used.
    pub refused: u64,
    /// Everything was asked for; else the next time goes on there.
    pub complete: bool,
    /// Stable name of what ended it before its time.
    pub problem: Option<String>,
    /// The server asked to be left alone until then.
    pub next_ms: Option<i64>,
}

impl From<&tekram_agent::Pulled> for Pulled {
    fn from(pulled: &tekram_agent::Pulled) -> Self {
        Self {
            batch: moment(pulled.batch_id),
            read: pulled.read,
            new_records: pulled.new,
            duplicates: pulled.duplicates,
            refused: pulled.refused,
            complete: pulled.complete,
            problem: pulled.problem.clone(),
            next_ms: moment(pulled.next_ms),
        }
    }
}

/// What watching a music server brought, so far or in all.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Watched {
    /// Looks that were answered.
    pub looks: u64,
    /// Looks that were not.
    pub failures: u64,
    /// Listens that are new in the log.
    pub new_listens: u64,
    /// Stable name of why the last look told nothing.
    pub problem: Option<String>,
}

impl From<&tekram_agent::Watched> for Watched {
    fn from(watched: &tekram_agent::Watched) -> Self {
        Self {
            looks: watched.looks,
            failures: watched.failures,
            new_listens: watched.new,
            problem: watched.problem.clone(),
        }
    }
}

task!(
    /// A history that is being fetched. Cancelled, what came stays, and the next time goes on there.
    PullTask,
    Pulled,
    Pulled
);

task!(
    /// A music server that is being watched. Cancelled, what was heard stays.
    WatchTask,
    Watched,
    Watched
);

/// A server that listens are sent to, without its token.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SubmissionServer {
    /// Its number.
    pub server: i64,
    /// Where its API begins.
    pub url: String,
    /// Who the person is there, as the server said.
    pub user_name: String,
    /// Sources of the log that are sent.
    pub sources: Vec<String>,
    /// Nothing that began before is sent.
    pub from_ms: i64,
    /// Whether it is told what plays right now.
    pub playing_now: bool,
    /// Whether anything is sent.
    pub is_on: bool,
    /// The person says that it is in their own network.
    pub in_home_network: bool,
    /// Listens that it has taken.
    pub sent: u64,
    /// Listens that it refused for good.
    pub refused: u64,
    /// Listens written down to be sent and not yet acknowledged.
    pub on_the_way: u64,
    /// It asked to be left alone until then.
    pub wait_until_ms: Option<i64>,
    /// When something was sent last.
    pub last_sent_ms: Option<i64>,
    /// Stable name of what went wrong last, if anything did.
    pub problem: Option<String>,
}

impl From<tekram_agent::AccountView> for SubmissionServer {
    fn from(view: tekram_agent::AccountView) -> Self {
        Self {
            server: view.account,
            url: view.url,
            user_name: view.user_name,
            sources: view.sources,
            from_ms: view.from_ms,
            playing_now: view.playing_now,
            is_on: view.is_on,
            in_home_network: view.in_home_network,
            sent: view.sent,
            refused: view.refused,
            on_the_way: view.on_the_way,
            wait_until_ms: view.wait_until_ms,
            last_sent_ms: view.last_sent_ms,
            problem: named(view.problem),
        }
    }
}

/// What is to be different about such a server; nothing leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct SubmissionChange {
    /// Sources of the log that are sent.
    #[uniffi(default = None)]
    pub sources: Option<Vec<String>>,
    /// Nothing that began before is sent.
    #[uniffi(default = None)]
    pub from_ms: Option<i64>,
    /// Whether it is told what plays right now.
    #[uniffi(default = None)]
    pub playing_now: Option<bool>,
    /// Whether anything is sent.
    #[uniffi(default = None)]
    pub is_on: Option<bool>,
    /// Whether it is in the person's own network: its private address may be reached, for this alone.
    #[uniffi(default = None)]
    pub in_home_network: Option<bool>,
}

impl From<SubmissionChange> for tekram_agent::AccountChange {
    fn from(change: SubmissionChange) -> Self {
        Self {
            sources: change.sources,
            from_ms: change.from_ms,
            playing_now: change.playing_now,
            is_on: change.is_on,
            in_home_network: change.in_home_network,
        }
    }
}

/// What was sent to a server, so far or in all.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Submitted {
    /// Listens that it has taken.
    pub sent: u64,
    /// Listens that it refused for good.
    pub refused: u64,
    /// Whether everything that is due was sent.
    pub is_done: bool,
    /// The server asked to be left alone until then.
    pub wait_until_ms: Option<i64>,
    /// Stable name of what ended it before its time.
    pub problem: Option<String>,
}

impl From<&tekram_agent::Submitted> for Submitted {
    fn from(submitted: &tekram_agent::Submitted) -> Self {
        Self {
            sent: submitted.sent,
            refused: submitted.refused,
            is_done: submitted.is_done,
            wait_until_ms: submitted.wait_until_ms,
            problem: submitted.problem.map(str::to_owned),
        }
    }
}

task!(
    /// Listens on their way to a server. Cancelled, it goes on there the next time.
    SubmissionTask,
    Submitted,
    Submitted
);

/// Where an account of this kind is when the person names no server; empty for what everybody runs themselves.
#[uniffi::export]
#[must_use]
pub fn usual_server(kind: HistoryAccountKind) -> String {
    tekram_agent::AccountKind::from(kind).usual_url().to_owned()
}

#[uniffi::export]
impl Persona {
    /// The accounts that histories are fetched from, oldest first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn history_accounts(&self) -> Result<Vec<HistoryAccount>, TekramError> {
        self.with(|core| Ok(core.accounts()?.into_iter().map(HistoryAccount::from).collect()))
    }

    /// Adds an account, or gives one that is there already the new password; nothing is asked yet. `url` may be empty for the
    /// usual server, `secret` for ListenBrainz, where listens are public. `in_home_network`: the person says that the server is
    /// in their own network; its private address may be reached, by this account alone, and over http too as long as that stays
    /// there.
    ///
    /// # Errors
    /// `bad_account`, `insecure_server`, `locked`, `closed`, the vault's errors.
    #[uniffi::method(default(in_home_network = false))]
    pub async fn add_history_account(
        &self,
        kind: HistoryAccountKind,
        url: String,
        user: String,
        secret: String,
        in_home_network: bool,
    ) -> Result<i64, TekramError> {
        let new = tekram_agent::NewAccount {
            kind: kind.into(),
            url,
            user,
            secret: tekram_agent::Passphrase::new(secret),
            in_home_network,
        };
        self.beside(move |core| Ok(core.add_account(&new)?)).await
    }

    /// Forgets an account with its password. What it told stays as it was decided.
    ///
    /// # Errors
    /// `no_such_account`, `locked`, `closed`, the vault's errors.
    pub fn remove_history_account(&self, account: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_account(account)?))
    }

    /// Fetches what is new; with `again`, everything once more.
    ///
    /// # Errors
    /// `paused`, `offline`, `locked`, `closed`; the task's end says the rest: `no_such_account`, `nothing_to_pull`, `ask_later`,
    /// `insecure_server`, `import_running`, the vault's errors.
    #[uniffi::method(default(again = false))]
    pub fn start_pull(&self, account: i64, again: bool) -> Result<Arc<PullTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::latest(stop, move |stop, tell| {
            let flag = stop.flag();
            let told = |pulled: &tekram_agent::Pulled| tell.tell(Pulled::from(pulled));
            wait_here(stop, async {
                let pulled = core.pull_account(account, again, &told, &flag).await?;
                Ok(Pulled::from(&pulled))
            })
        })?;
        Ok(Arc::new(PullTask(task)))
    }

    /// Watches what plays on a music server for so many seconds, or until it is cancelled, looking every `every_seconds`.
    ///
    /// # Errors
    /// As [`Persona::start_pull`], and `nothing_to_watch`.
    pub fn start_watch(
        &self,
        account: i64,
        every_seconds: u32,
        seconds: Option<u32>,
    ) -> Result<Arc<WatchTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::latest(stop, move |stop, tell| {
            let flag = stop.flag();
            let told = |watched: &tekram_agent::Watched| tell.tell(Watched::from(watched));
            let every = Duration::from_secs(every_seconds.into());
            let length = seconds.map(|seconds| Duration::from_secs(seconds.into()));
            wait_here(stop, async {
                let watched = core.watch_account(account, every, length, &told, &flag).await?;
                Ok(Watched::from(&watched))
            })
        })?;
        Ok(Arc::new(WatchTask(task)))
    }

    /// The servers that listens are sent to.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn submission_servers(&self) -> Result<Vec<SubmissionServer>, TekramError> {
        self.with(|core| {
            Ok(core
                .listen_accounts()?
                .into_iter()
                .map(SubmissionServer::from)
                .collect())
        })
    }

    /// Adds a server after asking it whether it knows the token. Nothing is sent before it is turned on.
    ///
    /// # Errors
    /// `bad_listen_account`, `insecure_server`, `token_refused`, `not_listenbrainz`, `paused`, `offline`, `locked`, `closed`, the
    /// network's and the vault's errors.
    pub async fn add_submission_server(
        &self,
        url: String,
        token: String,
        change: SubmissionChange,
    ) -> Result<SubmissionServer, TekramError> {
        let token = tekram_agent::Passphrase::new(token);
        self.waiting(move |core| async move {
            let added = core.add_listen_account(&url, token.expose(), &change.into()).await?;
            Ok(added.into())
        })
        .await
    }

    /// Changes what is sent to a server, or turns it on or off. What was sent is not sent again.
    ///
    /// # Errors
    /// `no_such_listen_account`, `bad_listen_account`, `locked`, `closed`, the vault's errors.
    pub fn change_submission_server(
        &self,
        server: i64,
        change: SubmissionChange,
    ) -> Result<SubmissionServer, TekramError> {
        self.with(|core| Ok(core.change_listen_account(server, &change.into())?.into()))
    }

    /// Forgets a server with its token. What it has, it keeps.
    ///
    /// # Errors
    /// `no_such_listen_account`, `locked`, `closed`, the vault's errors.
    pub fn remove_submission_server(&self, server: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_listen_account(server)?))
    }

    /// Sends what is due to a server, waiting up to `patience_seconds` at a time when it asks for that.
    ///
    /// # Errors
    /// `paused`, `offline`, `locked`, `closed`; the task's end says the rest: `no_such_listen_account`, `listen_account_off`, the
    /// vault's errors.
    pub fn start_submission(&self, server: i64, patience_seconds: u32) -> Result<Arc<SubmissionTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::latest(stop, move |stop, tell| {
            let told = |submitted: &tekram_agent::Submitted| tell.tell(Submitted::from(submitted));
            let patience = Duration::from_secs(patience_seconds.into());
            wait_here(stop, async {
                let submitted = core.submit_listens(server, patience, &told).await?;
                Ok(Submitted::from(&submitted))
            })
        })?;
        Ok(Arc::new(SubmissionTask(task)))
    }
}
