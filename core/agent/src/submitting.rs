//! Sending listens to a server of the person's choice that speaks ListenBrainz's API
//! (<https://listenbrainz.readthedocs.io/en/latest/users/api/core.html>). What is due and what became of it stands in the log
//! (`tekram_listen::next_parcel`); here are the requests, the server's limits, and what its answers mean.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tekram_listen::{Account, AccountChoice, Answer, Parcel, Token};
use tekram_net::{DavError, FetchError, Http, Request, Response};

use crate::error::AgentError;
use crate::persona::Persona;

/// A server that refuses so many listens before it took one refuses them all.
const MOST_REFUSED: u64 = 3;
/// A server's answer is short.
const MOST_ANSWER_BYTES: u64 = 64 * 1024;
/// A server takes its time for some hundred listens.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to leave a server alone that asks for it without saying how long.
const USUAL_WAIT: Duration = Duration::from_secs(60);
/// No server is believed that wants to be left alone for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// A server to send listens to, as it is shown; its token is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Its number.
    pub account: i64,
    /// Where its API begins.
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
    /// Listens written down to be sent and not yet acknowledged.
    pub on_the_way: u64,
    /// It asked to be left alone until then, ms since 1970; `None` when it did not.
    pub wait_until_ms: Option<i64>,
    /// When something was sent last, ms since 1970.
    pub last_sent_ms: Option<i64>,
    /// Stable code of what went wrong last; empty when nothing did.
    pub problem: String,
    /// The person says that it is in their own network.
    pub in_home_network: bool,
}

/// What is to be different about a server; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Sources of the log that are sent.
    pub sources: Option<Vec<String>>,
    /// Nothing that began before is sent, ms since 1970.
    pub from_ms: Option<i64>,
    /// Whether it is told what plays right now.
    pub playing_now: Option<bool>,
    /// Whether anything is sent.
    pub is_on: Option<bool>,
    /// Whether it is in the person's own network: its private address may be reached, for this alone.
    pub in_home_network: Option<bool>,
}

/// What one run sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Submitted {
    /// Listens that the server has taken.
    pub sent: u64,
    /// Listens that it refused for good.
    pub refused: u64,
    /// Whether everything that is due was sent.
    pub is_done: bool,
    /// The server asked to be left alone until then, ms since 1970.
    pub wait_until_ms: Option<i64>,
    /// Stable code of what ended the run before its time.
    pub problem: Option<&'static str>,
}

/// What an answer means for the request, and for what comes after it.
struct Judged {
    answer: Answer,
    /// How long the server wants to be left alone.
    wait: Option<Duration>,
    /// What ends the run.
    problem: Option<&'static str>,
}

impl Persona {
    /// The servers that listens are sent to.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn listen_accounts(&self) -> Result<Vec<AccountView>, AgentError> {
        Ok(tekram_listen::accounts(&self.vault)?.into_iter().map(view).collect())
    }

    /// Adds a server after asking it whether it knows the token. Nothing is sent before it is turned on; without a choice that
    /// is what is heard on this device from now on.
    ///
    /// # Errors
    /// `bad_listen_account`, `insecure_server` for http that was not asked for, `token_refused`, `not_listenbrainz`, the
    /// network's and the vault's errors.
    pub async fn add_listen_account(
        &self,
        address: &str,
        token: &str,
        change: &AccountChange,
    ) -> Result<AccountView, AgentError> {
        let url = tekram_listen::account_url(address)?;
        let token = Token::new(token)?;
        let choice = changed(AccountChoice::usual(self.clock.now()), change);
        let server = self.server(&url, token, choice.in_home_network)?;
        self.note_listens_server(&url)?;
        let user_name = server.who().await?;
        let token = server.token;
        let id = tekram_listen::add_account(&self.vault, &url, &token, &user_name, &choice, self.clock.now())?;
        Ok(view(tekram_listen::account(&self.vault, id)?))
    }

    /// Changes what is sent to a server. With other sources or an earlier beginning the log is looked through again; what was
    /// sent is not sent again.
    ///
    /// # Errors
    /// `no_such_listen_account`, `bad_listen_account`, the vault's errors.
    pub fn change_listen_account(&self, account: i64, change: &AccountChange) -> Result<AccountView, AgentError> {
        let known = tekram_listen::account(&self.vault, account)?;
        let choice = AccountChoice {
            sources: known.sources,
            from_ms: known.from_ms,
            playing_now: known.playing_now,
            is_on: known.is_on,
            in_home_network: known.in_home_network,
        };
        tekram_listen::change_account(&self.vault, account, &changed(choice, change))?;
        Ok(view(tekram_listen::account(&self.vault, account)?))
    }

    /// Forgets a server with its token.
    ///
    /// # Errors
    /// `no_such_listen_account`, the vault's errors.
    pub fn remove_listen_account(&self, account: i64) -> Result<(), AgentError> {
        Ok(tekram_listen::remove_account(&self.vault, account)?)
    }

    /// Sends what is due to a server, until all is sent, the server wants to be left alone for longer than `patience`, or
    /// something goes wrong; `told` hears of every answer. It can be stopped at any moment and goes on where it was.
    ///
    /// # Errors
    /// `no_such_listen_account`, `listen_account_off`, the vault's errors. What the network or the server refuses is in the
    /// answer.
    pub async fn submit_listens(
        &self,
        account: i64,
        patience: Duration,
        told: &(dyn Fn(&Submitted) + Sync),
    ) -> Result<Submitted, AgentError> {
        let known = tekram_listen::account(&self.vault, account)?;
        if !known.is_on {
            return Err(AgentError::AccountOff);
        }
        let token = tekram_listen::account_token(&self.vault, account)?;
        let server = self.server(&known.url, token, known.in_home_network)?;
        let mut done = Submitted::default();
        let asked_ms = known.wait_until_ms.saturating_sub(self.clock.now().millis());
        let mut wait = u64::try_from(asked_ms)
            .ok()
            .filter(|ms| *ms > 0)
            .map(Duration::from_millis);
        loop {
            if let Some(asked) = wait.take() {
                if asked > patience {
                    let until = self.clock.now().millis().saturating_add(millis(asked));
                    tekram_listen::note_account(&self.vault, account, until, "")?;
                    done.wait_until_ms = Some(until);
                    return Ok(done);
                }
                tokio::time::sleep(asked).await;
            }
            let begins = done == Submitted::default();
            let Some(parcel) = tekram_listen::next_parcel(&self.vault, account, begins, self.clock.now())? else {
                break;
            };
            let mut judged = server.send(&parcel).await;
            if matches!(judged.answer, Answer::Refused { .. }) && done.sent == 0 && done.refused >= MOST_REFUSED {
                // It is not the listens: one that takes none at all is asked again another time.
                (judged.answer, judged.problem) = (Answer::NotNow, Some("server_status"));
            }
            tekram_listen::settle_parcel(&self.vault, &parcel, judged.answer, self.clock.now())?;
            match judged.answer {
                Answer::Taken => done.sent += parcel.listens as u64,
                Answer::Refused { .. } if parcel.listens == 1 => done.refused += 1,
                _ => {}
            }
            told(&done);
            if let Some(problem) = judged.problem {
                tekram_listen::note_account(&self.vault, account, 0, problem)?;
                done.problem = Some(problem);
                return Ok(done);
            }
            wait = judged.wait;
        }
        tekram_listen::note_account(&self.vault, account, 0, "")?;
        done.refused = tekram_listen::account(&self.vault, account)?
            .refused
            .saturating_sub(known.refused);
        done.is_done = true;
        self.tell_playing_now(&known, &server).await?;
        Ok(done)
    }

    /// Tells what plays, to a server that the person wants to know it. It is no loss when it does not arrive.
    async fn tell_playing_now(&self, known: &Account, server: &Server) -> Result<(), AgentError> {
        if let Some(body) = tekram_listen::playing_now(&self.vault, known.account_id, self.clock.now())? {
            let _ = server.post(body).await;
        }
        Ok(())
    }

    /// The server at an address. A token goes out over https, to exactly the host and port that the person asked for, or within
    /// their own network, as they said.
    fn server(&self, url: &str, token: Token, in_home_network: bool) -> Result<Server, AgentError> {
        let address = url::Url::parse(url).map_err(|_| FetchError::BadUrl)?;
        if !in_home_network && address.scheme() != "https" && !self.policy.allows(&address) {
            let origin = address.origin().ascii_serialization();
            return Err(DavError::Insecure { origin }.into());
        }
        Ok(Server {
            web: self.web_of(url, in_home_network)?,
            url: url.to_owned(),
            token,
        })
    }
}

/// A server that listens are sent to.
struct Server {
    web: Arc<dyn Http>,
    url: String,
    token: Token,
}

impl Server {
    async fn send(&self, parcel: &Parcel) -> Judged {
        let answered = self.post(parcel.body.clone()).await;
        let judged = judge(answered.as_ref());
        let failed = matches!(judged.answer, Answer::Unknown) && judged.problem == Some("server_status");
        if !failed {
            return judged;
        }
        // Is it the server, or this listen? One that still knows the token is up.
        if self.who().await.is_err() {
            return judged;
        }
        let status = answered.map_or(500, |response| response.status);
        Judged {
            answer: if parcel.listens == 1 && parcel.uncertain {
                Answer::FailedOnIt { status }
            } else {
                Answer::Unknown
            },
            wait: judged.wait,
            problem: None,
        }
    }

    async fn post(&self, body: String) -> Result<Response, FetchError> {
        let address = format!("{}/1/submit-listens", self.url);
        let request = Request::post_json(&address, body.into_bytes())?;
        self.ask(request).await
    }

    /// Who the person is there, if the server knows the token.
    async fn who(&self) -> Result<String, AgentError> {
        let request = Request::get(&format!("{}/1/validate-token", self.url))?;
        let response = self.ask(request).await?;
        if matches!(response.status, 401 | 403) {
            return Err(AgentError::TokenRefused);
        }
        let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        match answer.get("valid").and_then(Value::as_bool) {
            Some(true) if response.is_success() => {
                let name = answer.get("user_name").and_then(Value::as_str);
                Ok(name.unwrap_or_default().to_owned())
            }
            Some(false) => Err(AgentError::TokenRefused),
            _ => Err(AgentError::NotListenbrainz),
        }
    }

    async fn ask(&self, request: Request) -> Result<Response, FetchError> {
        let mut request = request
            .header("authorization", &format!("Token {}", self.token.expose()))
            .max_bytes(MOST_ANSWER_BYTES)
            .timeout(PATIENCE);
        // The token is for this address alone.
        request.limits.max_redirects = 0;
        self.web.fetch(request).await
    }
}

/// What the server's answer means.
fn judge(answered: Result<&Response, &FetchError>) -> Judged {
    let judged = |answer, problem| Judged {
        answer,
        wait: None,
        problem,
    };
    let response = match answered {
        Ok(response) => response,
        Err(
            error @ (FetchError::Unreachable { .. }
            | FetchError::NameNotFound { .. }
            | FetchError::PrivateAddress { .. }
            | FetchError::TlsFailed { .. }
            | FetchError::BadUrl),
        ) => return judged(Answer::NotNow, Some(error.code())),
        Err(error) => return judged(Answer::Unknown, Some(error.code())),
    };
    let mut judged = match response.status {
        200..=299 if says_ok(&response.body) => judged(Answer::Taken, None),
        // Somebody answers for the server, say a network that wants a login first.
        200..=299 => judged(Answer::Unknown, Some("not_listenbrainz")),
        429 => judged(Answer::NotNow, None),
        401 | 403 => judged(Answer::NotNow, Some("token_refused")),
        status @ (400 | 413 | 422) => judged(Answer::Refused { status }, None),
        500..=599 => judged(Answer::Unknown, Some("server_status")),
        _ => judged(Answer::NotNow, Some("not_listenbrainz")),
    };
    judged.wait = pause(response);
    judged
}

fn says_ok(body: &[u8]) -> bool {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    answer.get("status").and_then(Value::as_str) == Some("ok")
}

/// How long the server wants to be left alone: `Retry-After` (RFC 9110, section 10.2.3) in seconds, or ListenBrainz's own
/// `X-RateLimit-Reset-In` when nothing remains.
fn pause(response: &Response) -> Option<Duration> {
    let seconds = |name: &str| {
        response
            .header(name)?
            .trim()
            .parse::<u64>()
            .ok()
            .map(Duration::from_secs)
    };
    let reset = seconds("retry-after").or_else(|| seconds("x-ratelimit-reset-in"));
    let remaining = response
        .header("x-ratelimit-remaining")
        .and_then(|left| left.trim().parse::<i64>().ok());
    let wait = if response.status == 429 {
        Some(reset.unwrap_or(USUAL_WAIT))
    } else if remaining.is_some_and(|left| left <= 0) || response.status == 503 {
        reset
    } else {
        None
    };
    wait.map(|wait| wait.min(LONGEST_WAIT))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn changed(choice: AccountChoice, change: &AccountChange) -> AccountChoice {
    AccountChoice {
        sources: change.sources.clone().unwrap_or(choice.sources),
        from_ms: change.from_ms.unwrap_or(choice.from_ms),
        playing_now: change.playing_now.unwrap_or(choice.playing_now),
        is_on: change.is_on.unwrap_or(choice.is_on),
        in_home_network: change.in_home_network.unwrap_or(choice.in_home_network),
    }
}

fn view(account: Account) -> AccountView {
    let moment = |ms: i64| (ms > 0).then_some(ms);
    AccountView {
        account: account.account_id,
        url: account.url,
        user_name: account.user_name,
        sources: account.sources,
        from_ms: account.from_ms,
        playing_now: account.playing_now,
        is_on: account.is_on,
        sent: account.sent,
        refused: account.refused,
        on_the_way: account.on_the_way,
        wait_until_ms: moment(account.wait_until_ms),
        last_sent_ms: moment(account.last_sent_ms),
        problem: account.problem,
        in_home_network: account.in_home_network,
    }
}
