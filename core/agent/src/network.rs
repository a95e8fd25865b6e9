//! Networks in use: which hosts this persona has asked, what for and since when. Hosts only: what was asked of them stands
//! in the rooms.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tekram_intent::sent_requests;
use tekram_net::{Http, WebContext};
use tekram_pay::outward::{Asked, contacts};
use url::Url;

use crate::error::AgentError;
use crate::persona::Persona;
use crate::setting;

/// Requests read at a time.
const PAGE: u32 = 500;
/// Before the host of an issuer, in the settings; the value is the time of the first question, ms since 1970.
const ISSUER_ASKED: &str = "issuer-asked/";
/// The same for the host of a server that keeps backups.
const BACKUP_ASKED: &str = "backup-asked/";

/// The same for the host of a service that a history is pulled from.
const HISTORY_ASKED: &str = "history-asked/";
/// The same for where podcast feeds and their chapters lie.
const EPISODES_ASKED: &str = "episodes-asked/";
/// The same for the host of a server that listens are sent to.
const LISTENS_ASKED: &str = "listens-asked/";

/// What kind of host it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkKind {
    /// A mint of e-cash.
    Mint,
    /// A public noticeboard.
    Relay,
    /// Where a feed or payment page lies.
    Feed,
    /// Who publishes exchange rates.
    Rates,
    /// Who issued a credential, or keeps the list of those that were taken back.
    Issuer,
    /// A server that keeps backups.
    Backup,
    /// A server that listens are sent to.
    Listens,
    /// A service at which the person has an account with a history of theirs.
    Account,
}

/// What it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkWhy {
    /// Requests are published and offers collected there.
    Requests,
    /// E-cash is had there, and exchanged for what payees can redeem.
    Ecash,
    /// Payments are delivered and receipts collected there.
    Payments,
    /// It says who is to be paid, and how.
    WhoIsPaid,
    /// It says what a currency is worth.
    ExchangeRates,
    /// It says whether a credential holds.
    Credentials,
    /// Backups are kept there.
    Backups,
    /// Listens are sent there.
    Listens,
    /// What was heard elsewhere is fetched there.
    History,
    /// It says which episodes a podcast has.
    Episodes,
}

/// Hosts whose first question is noted in the settings.
const NOTED: [(&str, NetworkKind, NetworkWhy); 5] = [
    (ISSUER_ASKED, NetworkKind::Issuer, NetworkWhy::Credentials),
    (BACKUP_ASKED, NetworkKind::Backup, NetworkWhy::Backups),
    (LISTENS_ASKED, NetworkKind::Listens, NetworkWhy::Listens),
    (HISTORY_ASKED, NetworkKind::Account, NetworkWhy::History),
    (EPISODES_ASKED, NetworkKind::Feed, NetworkWhy::Episodes),
];

/// A host that this persona has asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkUse {
    /// What kind of host.
    pub kind: NetworkKind,
    /// Its name, with the port when it is not the usual one.
    pub host: String,
    /// What for.
    pub why: NetworkWhy,
    /// Since when, ms since 1970, as far as it was noted.
    pub since_ms: Option<i64>,
}

impl Persona {
    /// The hosts that this persona has asked, each once for each purpose.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn networks(&self) -> Result<Vec<NetworkUse>, AgentError> {
        let mut uses: BTreeMap<(NetworkKind, String, NetworkWhy), Option<i64>> = BTreeMap::new();
        for (noted, kind, why) in NOTED {
            for (host, since) in setting::named(&self.vault, noted)? {
                uses.insert((kind, host, why), since.parse().ok());
            }
        }
        let mut note = |kind: NetworkKind, url: &str, why: NetworkWhy, at_ms: Option<i64>| {
            let known = uses.entry((kind, host_of(url), why)).or_insert(at_ms);
            *known = match (*known, at_ms) {
                (Some(known), Some(at_ms)) => Some(known.min(at_ms)),
                (known, at_ms) => known.or(at_ms),
            };
        };
        for contact in contacts(&self.vault)? {
            let (kind, why) = match contact.asked {
                Asked::Mint => (NetworkKind::Mint, NetworkWhy::Ecash),
                Asked::Relay => (NetworkKind::Relay, NetworkWhy::Payments),
                Asked::Feed => (NetworkKind::Feed, NetworkWhy::WhoIsPaid),
                Asked::Rates => (NetworkKind::Rates, NetworkWhy::ExchangeRates),
            };
            note(kind, &contact.url, why, contact.since.map(|at| at.millis()));
        }
        let mut last: Option<(i64, String)> = None;
        loop {
            let after = last.as_ref().map(|(at_ms, id)| (*at_ms, id.as_str()));
            let page = sent_requests(&self.vault, after, PAGE)?;
            let is_last = page.len() < PAGE as usize;
            for sent in page {
                for relay in setting::relays(&self.vault, &sent.intent)? {
                    note(NetworkKind::Relay, &relay, NetworkWhy::Requests, Some(sent.at.millis()));
                }
                last = Some((sent.at.millis(), sent.intent));
            }
            if is_last {
                break;
            }
        }
        Ok(uses
            .into_iter()
            .map(|((kind, host, why), since_ms)| NetworkUse {
                kind,
                host,
                why,
                since_ms,
            })
            .collect())
    }
}

impl Persona {
    /// Notes that the host of this address is asked about a credential, when it is for the first time.
    pub(crate) fn note_issuer_asked(&self, url: &str) -> Result<(), AgentError> {
        self.note_asked(ISSUER_ASKED, url)
    }

    /// Notes that backups go to the host of this address, when they do for the first time.
    pub(crate) fn note_backup_server(&self, url: &str) -> Result<(), AgentError> {
        self.note_asked(BACKUP_ASKED, url)
    }

    /// Notes that listens go to the host of this address, when they do for the first time.
    pub(crate) fn note_listens_server(&self, url: &str) -> Result<(), AgentError> {
        self.note_asked(LISTENS_ASKED, url)
    }

    /// Notes that a history is fetched from the host of this address, when it is for the first time.
    pub(crate) fn note_history_server(&self, url: &str) -> Result<(), AgentError> {
        self.note_asked(HISTORY_ASKED, url)
    }

    /// Notes that the host of this address is asked for a feed or its chapters, when it is for the first time.
    pub(crate) fn note_episodes_asked(&self, url: &str) -> Result<(), AgentError> {
        self.note_asked(EPISODES_ASKED, url)
    }

    /// Who asks a server: the persona, or, when the person says that it is in their own network, a context for it alone.
    pub(crate) fn web_of(&self, url: &str, in_home_network: bool) -> Result<Arc<dyn Http>, AgentError> {
        Ok(if in_home_network {
            Arc::new(WebContext::in_home_network(self.policy.clone(), url)?)
        } else {
            Arc::clone(&self.web) as Arc<dyn Http>
        })
    }

    fn note_asked(&self, what: &str, url: &str) -> Result<(), AgentError> {
        let name = format!("{what}{}", host_of(url));
        if setting::value(&self.vault, &name)?.is_none() {
            setting::keep(&self.vault, &name, &self.clock.now().millis().to_string())?;
        }
        Ok(())
    }
}

/// The host of an address, with its port when it is not the usual one; nothing of the path, which may be personal.
pub(crate) fn host_of(address: &str) -> String {
    let Ok(url) = Url::parse(address) else {
        return String::new();
    };
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn only_the_host_of_an_address_is_named() {
        assert_eq!(
            host_of("https://user:pw@feeds.example/private/abc?key=1"),
            "feeds.example"
        );
        assert_eq!(host_of("wss://relay.example:7447/"), "relay.example:7447");
        assert_eq!(host_of("ws://[::1]:9"), "[::1]:9");
        assert_eq!(host_of("not an address"), "");
    }
}
