//! Podcast feeds: which are followed, and asking them. Conditional requests, a few at a time and one of each host, each
//! redirect looked at before it is followed, and whatever goes wrong kept with the feed it went wrong with.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use tekram_listen::ListenError;
use tekram_listen::feed::{
    self, Answer, Ask, Chapters, Episode, EpisodePage, Feed, MAX_CHAPTERS_BYTES, MAX_FEED_BYTES, Outcome, Route,
    RouteEnd,
};
use tekram_net::{FetchError, Http, NetPolicy, Request, Response};
use tokio::task::JoinSet;

use crate::error::AgentError;
use crate::network::host_of;
use crate::persona::Persona;

/// Feeds asked at the same time.
const AT_ONCE: usize = 4;
/// What a feed may cost besides its size.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

/// What came of asking one feed, and how far the whole is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedRefreshed {
    /// The feed.
    pub feed_id: i64,
    /// Its title, as far as it is known.
    pub title: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Feeds done, this one included.
    pub done: usize,
    /// Feeds to ask.
    pub of: usize,
}

/// How the way to a feed ended: the last address's answer, and where the feed moved for good; or a stable code.
type Walked = Result<(Response, Route), &'static str>;

impl Persona {
    /// The podcast feeds that are followed, by title.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn feeds(&self) -> Result<Vec<Feed>, AgentError> {
        Ok(feed::feeds(&self.vault)?)
    }

    /// Follows the feed at an address from now on; `private` says that the address is the person's own even if it does not
    /// look so. Nothing is asked yet.
    ///
    /// # Errors
    /// `bad_feed_address`, the vault's errors.
    pub fn follow_feed(&self, address: &str, private: bool) -> Result<i64, AgentError> {
        Ok(feed::follow(&self.vault, address, private, self.clock.now())?)
    }

    /// Lets a feed go. What was heard of it stays in the log.
    ///
    /// # Errors
    /// `no_such_feed`, the vault's errors.
    pub fn unfollow_feed(&self, feed_id: i64) -> Result<(), AgentError> {
        Ok(feed::unfollow(&self.vault, feed_id)?)
    }

    /// Asks the feeds that may be asked now; `told` hears of each as it is done. One that fails does not stop the others, and
    /// `stop` ends it after those that are being asked.
    ///
    /// # Errors
    /// The vault's errors.
    pub async fn refresh_feeds(
        &self,
        told: &(dyn Fn(&FeedRefreshed) + Sync),
        stop: &AtomicBool,
    ) -> Result<Vec<FeedRefreshed>, AgentError> {
        let due = feed::due(&self.vault, self.clock.now())?;
        self.ask_feeds(due, told, stop).await
    }

    /// Asks one feed now, also one that is gone or was asked lately; but not before the moment that its server named, while
    /// it fails.
    ///
    /// # Errors
    /// `no_such_feed`, `ask_later` while the server wants to be left alone, the vault's errors.
    pub async fn refresh_feed(&self, feed_id: i64) -> Result<FeedRefreshed, AgentError> {
        let ask = feed::ask(&self.vault, feed_id)?;
        let known = feed::feed(&self.vault, feed_id)?;
        let wait_ms = ask.next_ms.saturating_sub(self.clock.now().millis());
        if wait_ms > 0 && known.problem == "too_many_requests" {
            return Err(AgentError::AskLater { wait_ms });
        }
        let mut done = self.ask_feeds(vec![ask], &|_| (), &AtomicBool::new(false)).await?;
        done.pop().ok_or_else(|| ListenError::NoSuchFeed { feed_id }.into())
    }

    async fn ask_feeds(
        &self,
        asks: Vec<Ask>,
        told: &(dyn Fn(&FeedRefreshed) + Sync),
        stop: &AtomicBool,
    ) -> Result<Vec<FeedRefreshed>, AgentError> {
        let of = asks.len();
        let mut waiting = asks;
        let mut hosts: BTreeSet<String> = BTreeSet::new();
        // Dropping it ends what is being asked.
        let mut asking: JoinSet<(i64, String, Walked)> = JoinSet::new();
        let mut done = Vec::new();
        loop {
            while asking.len() < AT_ONCE && !stop.load(Ordering::Relaxed) {
                let free = waiting.iter().position(|ask| !hosts.contains(&host_of(&ask.url)));
                let Some(ask) = free.map(|place| waiting.remove(place)) else {
                    break;
                };
                let host = host_of(&ask.url);
                hosts.insert(host.clone());
                self.note_episodes_asked(&ask.url)?;
                let web: Arc<dyn Http> = Arc::clone(&self.web) as Arc<dyn Http>;
                let policy = self.policy.clone();
                asking.spawn(async move { (ask.feed_id, host, walk(web.as_ref(), &policy, &ask).await) });
            }
            let Some(ended) = asking.join_next().await else {
                break;
            };
            let Ok((feed_id, host, walked)) = ended else {
                continue;
            };
            hosts.remove(&host);
            let outcome = match self.take_feed(feed_id, walked) {
                // Let go while it was asked.
                Err(AgentError::Listen(ListenError::NoSuchFeed { .. })) => continue,
                outcome => outcome?,
            };
            let title = feed::feed(&self.vault, feed_id).map_or_else(|_| String::new(), |known| known.facts.title);
            let one = FeedRefreshed {
                feed_id,
                title,
                outcome,
                done: done.len() + 1,
                of,
            };
            told(&one);
            done.push(one);
        }
        Ok(done)
    }

    fn take_feed(&self, feed_id: i64, walked: Walked) -> Result<Outcome, AgentError> {
        let now = self.clock.now();
        feed::feed(&self.vault, feed_id)?;
        Ok(match walked {
            Ok((response, route)) => {
                // A redirect may have led elsewhere.
                self.note_episodes_asked(response.final_url.as_str())?;
                let header = |name: &str| response.header(name).map(str::to_owned);
                let answer = Answer {
                    status: response.status,
                    header: &header,
                    body: &response.body,
                    url: response.final_url.as_str(),
                    moved: route.moved(),
                };
                feed::answered(&self.vault, feed_id, &answer, now)?
            }
            Err(code) => feed::failed(&self.vault, feed_id, code, None, now)?,
        })
    }

    /// A page of the episodes of one feed, or of all, newest first.
    ///
    /// # Errors
    /// `bad_cursor`, the vault's errors.
    pub fn episodes(&self, feed_id: Option<i64>, after: Option<&str>, limit: usize) -> Result<EpisodePage, AgentError> {
        Ok(feed::episodes(&self.vault, feed_id, after, limit)?)
    }

    /// One episode.
    ///
    /// # Errors
    /// `no_such_episode`, the vault's errors.
    pub fn episode(&self, episode_id: i64) -> Result<Episode, AgentError> {
        Ok(feed::episode(&self.vault, episode_id)?)
    }

    /// The chapters of an episode, as far as they are here; with `fetch`, also those that lie in a file of their own.
    ///
    /// # Errors
    /// `no_such_episode`, `bad_chapters`, `not_served`, those of fetching, the vault's errors.
    pub async fn chapters(&self, episode_id: i64, fetch: bool) -> Result<Chapters, AgentError> {
        let asked = if fetch {
            feed::chapters_ask(&self.vault, episode_id)?
        } else {
            None
        };
        let Some(asked) = asked else {
            return Ok(feed::chapters(&self.vault, episode_id)?);
        };
        let request = Request::get(&asked.url)?
            .header("accept", "application/json+chapters, application/json;q=0.9")
            .max_bytes(MAX_CHAPTERS_BYTES);
        self.note_episodes_asked(&asked.url)?;
        let response = self.web.fetch(request).await?;
        if !response.is_success() {
            return Err(AgentError::NotServed {
                status: response.status,
            });
        }
        Ok(feed::take_chapters(&self.vault, episode_id, &response.body)?)
    }

    /// Writes the feeds that are followed as OPML 2.0, with their whole addresses. Returns how many.
    ///
    /// # Errors
    /// `write_failed`, the vault's errors.
    pub fn export_feeds(&self, out: &mut dyn std::io::Write) -> Result<usize, AgentError> {
        let written = feed::write_opml(&self.vault, out)?;
        self.note_export("subscriptions")?;
        Ok(written)
    }
}

/// Walks from a feed's address to its answer. What the server gave to know its answer again by goes to the address that gave it
/// and to no other.
async fn walk(web: &dyn Http, policy: &NetPolicy, ask: &Ask) -> Walked {
    let mut route = Route::from(&ask.url).ok_or("bad_url")?;
    loop {
        let url = route.url();
        let mut request = Request::get(url.as_str())
            .map_err(|error| error.code())?
            .header(
                "accept",
                "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
            )
            .max_bytes(MAX_FEED_BYTES)
            .timeout(TIMEOUT);
        request.limits.max_redirects = 0;
        if url.as_str() == ask.validator_url {
            for (name, value) in [("if-none-match", &ask.etag), ("if-modified-since", &ask.last_modified)] {
                if !value.is_empty() {
                    request = request.header(name, value);
                }
            }
        }
        if let Some((name, password)) = route.login() {
            if url.scheme() == "http" && !policy.allows(&url) {
                return Err("insecure_server");
            }
            request = request.basic_login(&name, &password);
        }
        let response = web.fetch(request).await.map_err(|error| match error {
            FetchError::ResponseTooLarge { .. } => "feed_too_large",
            error => error.code(),
        })?;
        match route.step(response.status, response.header("location")) {
            RouteEnd::Here => return Ok((response, route)),
            RouteEnd::Next => {}
            RouteEnd::Refused(code) => return Err(code),
        }
    }
}
