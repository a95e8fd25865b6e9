//! Accounts at other services: pulling what is new of a history, and watching what a music server says plays right now. A server
//! is asked with the persona's own context: one on a private address only when the person allowed exactly that.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;
use tekram_listen::ListenError;
use tekram_listen::pull::{self, Account, Login, MAX_ANSWER_BYTES, NewAccount, PullAnswer, PullStep, Watch};
use tekram_net::{DavError, Http, Request};
use tekram_primitives::secret::{SecretError, random_hex_128};
use url::Url;

use crate::error::AgentError;
use crate::network::host_of;
use crate::persona::Persona;

/// A server that asks to wait longer than this is left alone, and the pull goes on another time.
const LONGEST_PAUSE_MS: i64 = 60_000;
/// Times in a row that a server may say "too often" before the pull ends.
const MOST_PAUSES: u32 = 5;
/// Answers of one pull; what is left is pulled the next time.
const MOST_ANSWERS: u32 = 10_000;
/// How often it is seen whether somebody wants it to stop.
const STOP_LOOK: Duration = Duration::from_millis(200);
/// No music server is looked at more often.
const SHORTEST_LOOK: Duration = Duration::from_secs(5);
/// Between two looks at a server that does not answer.
const LONGEST_LOOK: Duration = Duration::from_secs(300);

/// What a pull brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pulled {
    /// The account.
    pub account_id: i64,
    /// The batch that holds what was told; 0 when nothing ever was.
    pub batch_id: i64,
    /// Records read.
    pub read: u64,
    /// Records that are new.
    pub new: u64,
    /// Records that were known.
    pub duplicates: u64,
    /// Records that cannot be used.
    pub refused: u64,
    /// Everything was asked for; else the next pull goes on where this one stopped.
    pub complete: bool,
    /// Why it stopped: a stable code.
    pub problem: Option<String>,
    /// Not to be asked again before this moment.
    pub next_ms: i64,
}

/// What watching a music server brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// The account.
    pub account_id: i64,
    /// Looks that were answered.
    pub looks: u64,
    /// Looks that were not.
    pub failures: u64,
    /// Listens that are new in the log.
    pub new: u64,
    /// Why the last look told nothing: a stable code.
    pub problem: Option<String>,
}

impl Persona {
    /// Adds an account; nothing is asked yet.
    ///
    /// # Errors
    /// `bad_account`, `insecure_server` when a password would go out unencrypted to a server that was not allowed, the vault's
    /// errors.
    pub fn add_account(&self, new: &NewAccount) -> Result<i64, AgentError> {
        let url = pull::account_address(new)?;
        if new.in_home_network {
            self.web_of(&url, true)?;
        } else {
            self.check_login_is_safe(&url, !new.secret.expose().is_empty())?;
        }
        Ok(pull::add_account(&self.vault, new, self.clock.now())?)
    }

    /// The accounts, oldest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn accounts(&self) -> Result<Vec<Account>, AgentError> {
        Ok(pull::accounts(&self.vault)?)
    }

    /// Forgets an account with its password. What it told stays as it was decided.
    ///
    /// # Errors
    /// `no_such_account`, the vault's errors.
    pub fn remove_account(&self, account_id: i64) -> Result<(), AgentError> {
        Ok(pull::remove_account(&self.vault, account_id)?)
    }

    /// Pulls what is new; with `again`, everything once more. It stops when `stop` is set and goes on there the next time;
    /// `told` hears of every answer.
    ///
    /// # Errors
    /// `no_such_account`, `nothing_to_pull`, `ask_later`, `insecure_server`, `import_running`, the vault's errors. What the
    /// server or the network did wrong is in the answer.
    pub async fn pull_account(
        &self,
        account_id: i64,
        again: bool,
        told: &(dyn Fn(&Pulled) + Sync),
        stop: &AtomicBool,
    ) -> Result<Pulled, AgentError> {
        if again {
            pull::begin_again(&self.vault, account_id)?;
        }
        self.pull_at_most(account_id, MOST_ANSWERS, Duration::MAX, told, stop)
            .await
    }

    /// As [`Persona::pull_account`], but only so many answers and so long; the next pull goes on there.
    pub(crate) async fn pull_at_most(
        &self,
        account_id: i64,
        answers: u32,
        length: Duration,
        told: &(dyn Fn(&Pulled) + Sync),
        stop: &AtomicBool,
    ) -> Result<Pulled, AgentError> {
        let mut pulled = Pulled {
            account_id,
            ..Pulled::default()
        };
        let begun = Instant::now();
        let account = pull::account(&self.vault, account_id)?;
        let web = self.web_of(&account.url, account.in_home_network)?;
        let mut pauses = 0;
        for _ in 0..answers {
            if stop.load(Ordering::Relaxed) || begun.elapsed() > length {
                break;
            }
            let step = self.pull_step(web.as_ref(), &account, pauses > 0).await?;
            pulled.read += step.read;
            pulled.new += step.new;
            pulled.duplicates += step.duplicates;
            pulled.refused += step.refused;
            pulled.problem.clone_from(&step.problem);
            told(&pulled);
            let waits = step.problem.as_deref() == Some("too_many_requests");
            pauses = if waits { pauses + 1 } else { 0 };
            let goes_on = step.more || (waits && pauses <= MOST_PAUSES);
            if !goes_on {
                pulled.complete = step.problem.is_none();
                break;
            }
            if step.wait_ms > LONGEST_PAUSE_MS {
                break;
            }
            let wait = Duration::from_millis(u64::try_from(step.wait_ms).unwrap_or(0));
            if wait > length.saturating_sub(begun.elapsed()) {
                break;
            }
            rest(wait, stop).await;
        }
        if pulled.new > 0 {
            tekram_listen::catch_up(&self.vault)?;
        }
        let account = pull::account(&self.vault, account_id)?;
        pulled.batch_id = account.batch_id;
        pulled.next_ms = account.next_ms;
        Ok(pulled)
    }

    /// Asks once. `waited`: the pause that the server asked for was kept by this pull itself.
    async fn pull_step(&self, web: &dyn Http, account: &Account, waited: bool) -> Result<PullStep, AgentError> {
        let account_id = account.account_id;
        let ask = pull::ask(&self.vault, account_id)?;
        let wait_ms = ask.next_ms.saturating_sub(self.clock.now().millis());
        if wait_ms > 0 && !waited {
            return Err(AgentError::AskLater { wait_ms });
        }
        if !account.in_home_network {
            self.check_login_is_safe(&ask.url, !matches!(ask.login, Login::None))?;
        }
        self.note_history_server(&ask.url)?;
        let request = Request::get(&ask.url)?
            .header("accept", "application/json")
            .max_bytes(MAX_ANSWER_BYTES)
            .timeout(Duration::from_secs(120));
        let request = match &ask.login {
            Login::None => request,
            Login::Token(token) => request.header("authorization", &format!("Token {}", token.expose())),
            Login::Basic(user, password) => request.basic_login(user, password.expose()),
        };
        let now = self.clock.now();
        Ok(match web.fetch(request).await {
            Ok(response) => {
                let header = |name: &str| response.header(name).map(str::to_owned);
                let answer = PullAnswer {
                    status: response.status,
                    header: &header,
                    body: &response.body,
                };
                pull::taken(&self.vault, account_id, &answer, self.clock.now())?
            }
            Err(error) => pull::failed(&self.vault, account_id, error.code(), 0, now)?,
        })
    }

    /// Looks every `every` at what plays on a music server, until `stop` is set or `length` is over, and keeps it as players'
    /// doings are kept. What was heard is in the log after every look, also when this is dropped.
    ///
    /// # Errors
    /// `no_such_account`, `nothing_to_watch`, `insecure_server`, the vault's errors. A server that refuses name and password
    /// ends it; one that does not answer is looked at ever more seldom.
    pub async fn watch_account(
        &self,
        account_id: i64,
        every: Duration,
        length: Option<Duration>,
        told: &(dyn Fn(&Watched) + Sync),
        stop: &AtomicBool,
    ) -> Result<Watched, AgentError> {
        let account = pull::account(&self.vault, account_id)?;
        let web = self.web_of(&account.url, account.in_home_network)?;
        let name = random_name()?;
        let mut watch = Watch::new(&account, &name);
        let mut watched = Watched {
            account_id,
            ..Watched::default()
        };
        let begun = Instant::now();
        let every = every.max(SHORTEST_LOOK);
        let mut pause = every;
        while !stop.load(Ordering::Relaxed) {
            let looked = self.look(web.as_ref(), &mut watch, &account, begun).await?;
            watched.problem = looked.map(str::to_owned);
            if looked.is_none() {
                watched.looks += 1;
                pause = every;
            } else {
                watched.failures += 1;
                pause = pause.saturating_mul(2).min(LONGEST_LOOK);
            }
            watched.new += self.drain()?.new;
            told(&watched);
            let left = length.map(|length| length.saturating_sub(begun.elapsed()));
            if left == Some(Duration::ZERO) || looked == Some("access_refused") {
                break;
            }
            rest(left.map_or(pause, |left| left.min(pause)), stop).await;
        }
        tekram_listen::seal_events(&self.vault.inbox(), &watch.end())?;
        watched.new += self.drain()?.new;
        Ok(watched)
    }

    /// Looks once; gives a stable code when it told nothing.
    async fn look(
        &self,
        web: &dyn Http,
        watch: &mut Watch,
        account: &Account,
        begun: Instant,
    ) -> Result<Option<&'static str>, AgentError> {
        let url = pull::now_playing_url(&self.vault, account.account_id, &random_name()?)?;
        if !account.in_home_network {
            self.check_login_is_safe(&url, true)?;
        }
        self.note_history_server(&url)?;
        let request = Request::get(&url)?.timeout(Duration::from_secs(20));
        let response = match web.fetch(request).await {
            Ok(response) => response,
            Err(error) => return Ok(Some(error.code())),
        };
        match response.status {
            200..=299 => {}
            401 | 403 => return Ok(Some("access_refused")),
            404 => return Ok(Some("not_found")),
            429 => return Ok(Some("too_many_requests")),
            _ => return Ok(Some("server_status")),
        }
        let monotonic_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        match watch.look(&response.body, self.clock.now().millis(), monotonic_ms) {
            Ok(events) => {
                tekram_listen::seal_events(&self.vault.inbox(), &events)?;
                Ok(None)
            }
            Err(fault) => Ok(Some(fault.code())),
        }
    }

    /// Refuses to say a password unencrypted to a server that the person did not allow by name.
    fn check_login_is_safe(&self, url: &str, says_password: bool) -> Result<(), AgentError> {
        let Ok(url) = Url::parse(url) else {
            return Ok(());
        };
        if says_password && url.scheme() == "http" && !self.policy.allows(&url) {
            return Err(DavError::Insecure {
                origin: format!("http://{}", host_of(url.as_str())),
            }
            .into());
        }
        Ok(())
    }
}

fn random_name() -> Result<String, AgentError> {
    random_hex_128().map_err(|_: SecretError| ListenError::NoRandomness.into())
}

/// Waits, but not on when somebody wants it to stop.
async fn rest(length: Duration, stop: &AtomicBool) {
    let until = Instant::now() + length;
    while !stop.load(Ordering::Relaxed) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        tokio::time::sleep(left.min(STOP_LOOK)).await;
    }
}
