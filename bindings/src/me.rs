//! What left a persona, and which hosts it has asked.

use crate::error::TekramError;
use crate::money::Money;
use crate::persona::Persona;

/// What kind of thing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SharedKind {
    /// A request, to public noticeboards, under a key used once.
    Request,
    /// An accepted offer, sealed to its seller.
    Acceptance,
    /// A signed promise with e-cash, sealed to its payee.
    Payment,
    /// A link with an amount, opened in another app.
    HandOff,
}

/// One thing that left this persona.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SharedItem {
    /// What kind of thing.
    pub kind: SharedKind,
    /// When.
    pub at_ms: i64,
    /// Whether it is known to have arrived; else it was signed for sending and may have.
    pub confirmed: bool,
    /// To whom: the hosts of noticeboards, or the party's name.
    pub to: Vec<String>,
    /// The party, as the list of relations has it, when it went to one.
    pub party: Option<String>,
    /// What was wanted or bought; empty for a payment.
    pub what: String,
    /// What everybody can read of it, exactly; only requests are public.
    pub content: Option<String>,
    /// How much money it was about.
    pub amount: Option<Money>,
    /// Roster id of the terms under which it went.
    pub terms: Option<String>,
    /// Id of the record or event on the other side.
    pub record: String,
}

impl From<tekram_agent::SharedItem> for SharedItem {
    fn from(item: tekram_agent::SharedItem) -> Self {
        Self {
            kind: match item.kind {
                tekram_agent::SharedKind::Request => SharedKind::Request,
                tekram_agent::SharedKind::Acceptance => SharedKind::Acceptance,
                tekram_agent::SharedKind::Payment => SharedKind::Payment,
                tekram_agent::SharedKind::HandOff => SharedKind::HandOff,
            },
            at_ms: item.at_ms,
            confirmed: item.confirmed,
            to: item.to,
            party: item.party,
            what: item.what,
            content: item.content,
            amount: item.amount.map(Money::from),
            terms: item.terms,
            record: item.record,
        }
    }
}

/// A page of what left this persona.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SharedPage {
    /// Newest first.
    pub items: Vec<SharedItem>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// What kind of host it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
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

/// What a host is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
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

/// A host that this persona has asked.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NetworkUse {
    /// What kind of host.
    pub kind: NetworkKind,
    /// Its name, with the port when it is not the usual one.
    pub host: String,
    /// What for.
    pub why: NetworkWhy,
    /// Since when, as far as it was noted.
    pub since_ms: Option<i64>,
}

impl From<tekram_agent::NetworkUse> for NetworkUse {
    fn from(used: tekram_agent::NetworkUse) -> Self {
        use tekram_agent::{NetworkKind as Kind, NetworkWhy as Why};
        Self {
            kind: match used.kind {
                Kind::Mint => NetworkKind::Mint,
                Kind::Relay => NetworkKind::Relay,
                Kind::Feed => NetworkKind::Feed,
                Kind::Rates => NetworkKind::Rates,
                Kind::Issuer => NetworkKind::Issuer,
                Kind::Backup => NetworkKind::Backup,
                Kind::Listens => NetworkKind::Listens,
                Kind::Account => NetworkKind::Account,
            },
            host: used.host,
            why: match used.why {
                Why::Requests => NetworkWhy::Requests,
                Why::Ecash => NetworkWhy::Ecash,
                Why::Payments => NetworkWhy::Payments,
                Why::WhoIsPaid => NetworkWhy::WhoIsPaid,
                Why::ExchangeRates => NetworkWhy::ExchangeRates,
                Why::Credentials => NetworkWhy::Credentials,
                Why::Backups => NetworkWhy::Backups,
                Why::Listens => NetworkWhy::Listens,
                Why::History => NetworkWhy::History,
                Why::Episodes => NetworkWhy::Episodes,
            },
            since_ms: used.since_ms,
        }
    }
}

#[uniffi::export]
impl Persona {
    /// What left this persona, newest first, by page.
    ///
    /// # Errors
    /// `bad_setting` for a mark that no page gave, `locked`, `closed`, the vault's errors.
    pub fn shared(&self, after: Option<String>, limit: u32) -> Result<SharedPage, TekramError> {
        self.with(|core| {
            let page = core.shared(after.as_deref(), limit)?;
            Ok(SharedPage {
                items: page.items.into_iter().map(SharedItem::from).collect(),
                next: page.next,
            })
        })
    }

    /// The hosts that this persona has asked, each once for each purpose.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn networks(&self) -> Result<Vec<NetworkUse>, TekramError> {
        self.with(|core| Ok(core.networks()?.into_iter().map(NetworkUse::from).collect()))
    }
}
