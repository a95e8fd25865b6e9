//! Who can be paid, how, and what shows it: found in feeds, and held for a look when payment details change.

use std::sync::Arc;

use crate::error::TekramError;
use crate::gate::wait_here;
use crate::persona::Persona;
use crate::task::{Task, task};

/// One way a payee takes money.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PaymentMethod {
    /// E-cash locked to the payee's key.
    Cashu {
        /// Mints in the payee's order of preference.
        mints: Vec<String>,
        /// Units accepted, as NUT-00 names them.
        units: Vec<String>,
    },
    /// A Lightning address.
    LightningAddress {
        /// `name@domain`.
        address: String,
    },
    /// A keysend destination, which nothing here can pay yet.
    Keysend {
        /// Node public key, hex.
        node: String,
    },
    /// A link on which the person finishes the payment.
    Link {
        /// The link as published.
        url: String,
    },
}

impl From<&tekram_agent::Method> for PaymentMethod {
    fn from(method: &tekram_agent::Method) -> Self {
        use tekram_agent::Method;
        match method {
            Method::Cashu(cashu) => Self::Cashu {
                mints: cashu.mints.clone(),
                units: cashu.units.clone(),
            },
            Method::LightningAddress { address } => Self::LightningAddress {
                address: address.clone(),
            },
            Method::Keysend { node, .. } => Self::Keysend { node: node.clone() },
            Method::Link { url } => Self::Link { url: url.clone() },
        }
    }
}

fn methods(methods: &[tekram_agent::Method]) -> Vec<PaymentMethod> {
    methods.iter().map(PaymentMethod::from).collect()
}

/// Where payment details came from.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Evidence {
    /// The address that answered.
    pub url: String,
    /// Which element of it.
    pub element: String,
    /// SHA-256 of the bytes received, hex.
    pub sha256: String,
    /// When.
    pub fetched_ms: i64,
}

/// Somebody who can be paid.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Payee {
    /// Id in this vault.
    pub payee: String,
    /// Name.
    pub name: String,
    /// What it is known by: `did:key:…`, `lnaddress:…`, `node:…`, `feed:…`.
    pub identity: String,
    /// Methods in use, best first.
    pub methods: Vec<PaymentMethod>,
    /// Whether new details wait for the person's confirmation.
    pub changed: bool,
    /// Keys of the sources that it is payable for.
    pub sources: Vec<String>,
    /// Where the details came from, oldest first.
    pub evidence: Vec<Evidence>,
}

impl From<tekram_agent::Payee> for Payee {
    fn from(payee: tekram_agent::Payee) -> Self {
        Self {
            methods: methods(&payee.methods),
            payee: payee.payee_id,
            name: payee.name,
            identity: payee.identity,
            changed: payee.changed,
            sources: payee.sources.into_iter().map(|payable| payable.source).collect(),
            evidence: payee
                .evidence
                .into_iter()
                .map(|evidence| Evidence {
                    url: evidence.url,
                    element: evidence.element,
                    sha256: evidence.sha256,
                    fetched_ms: evidence.fetched.millis(),
                })
                .collect(),
        }
    }
}

/// A recipient of a source and its split.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecipientShare {
    /// The payee's id in this vault.
    pub payee: String,
    /// Weight, or a percentage when `fee`.
    pub split: u64,
    /// A percentage off the top.
    pub fee: bool,
}

/// A change of payment details that waits for a look.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum PayeeChange {
    /// A payee published other payment details.
    Methods {
        /// Names exactly what is shown.
        id: String,
        /// Whose.
        payee: String,
        /// In use until confirmed.
        used: Vec<PaymentMethod>,
        /// Published now.
        held: Vec<PaymentMethod>,
    },
    /// A source names other recipients, or other splits.
    Recipients {
        /// Names exactly what is shown.
        id: String,
        /// Key of the source.
        source: String,
        /// Item GUID, empty for the whole source.
        item: String,
        /// In use until confirmed.
        used: Vec<RecipientShare>,
        /// Published now.
        held: Vec<RecipientShare>,
    },
}

fn shares(shares: Vec<tekram_agent::Share>) -> Vec<RecipientShare> {
    let shares = shares.into_iter().map(|share| RecipientShare {
        payee: share.payee_id,
        split: share.split,
        fee: share.fee,
    });
    shares.collect()
}

impl From<tekram_agent::ChangeView> for PayeeChange {
    fn from(view: tekram_agent::ChangeView) -> Self {
        use tekram_agent::HeldChange;
        match view.change {
            HeldChange::Methods { payee_id, used, held } => Self::Methods {
                id: view.id,
                payee: payee_id,
                used: methods(&used),
                held: methods(&held),
            },
            HeldChange::Recipients {
                source,
                item,
                used,
                held,
            } => Self::Recipients {
                id: view.id,
                source,
                item,
                used: shares(used),
                held: shares(held),
            },
        }
    }
}

/// What looking into one feed brought.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FeedLook {
    /// The feed's address.
    pub feed: String,
    /// Its title, when it answered.
    pub title: Option<String>,
    /// How many payees it names.
    pub payees: u32,
    /// Recipients and links that could not be read, as stable names.
    pub refused: Vec<String>,
    /// Whether something changed and waits for confirmation.
    pub held: bool,
    /// Why it told nothing: an error's name.
    pub problem: Option<String>,
}

impl From<&tekram_agent::FeedLook> for FeedLook {
    fn from(look: &tekram_agent::FeedLook) -> Self {
        let found = look.found.as_ref();
        Self {
            feed: look.feed.clone(),
            title: found.map(|found| found.title.clone()),
            payees: found.map_or(0, |found| u32::try_from(found.payees.len()).unwrap_or(u32::MAX)),
            refused: found.map(|found| found.refused.clone()).unwrap_or_default(),
            held: found.is_some_and(|found| found.held),
            problem: look.problem.map(str::to_owned),
        }
    }
}

task!(
    /// A look into feeds for who can be paid. Each feed is told as it is done.
    DiscoverTask,
    FeedLook,
    Vec<FeedLook>
);

#[uniffi::export]
impl Persona {
    /// Looks for payees in the feeds of what was heard and of the subscriptions, or only in the given ones.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; a feed that fails does not stop the others.
    pub fn discover(&self, feeds: Vec<String>) -> Result<Arc<DiscoverTask>, TekramError> {
        let (core, stop) = self.begin_online()?;
        let task = Task::each(stop, move |stop, tell| {
            let told = |look: &tekram_agent::FeedLook| tell.tell(FeedLook::from(look));
            wait_here(stop, async {
                let looks = core.discover(&feeds, &told).await?;
                Ok(looks.iter().map(FeedLook::from).collect())
            })
        })?;
        Ok(Arc::new(DiscoverTask(task)))
    }

    /// Those who can be paid, how, and the evidence for it.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn payees(&self) -> Result<Vec<Payee>, TekramError> {
        self.with(|core| Ok(core.payees()?.into_iter().map(Payee::from).collect()))
    }

    /// Payment details that changed and wait for a look.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn changes(&self) -> Result<Vec<PayeeChange>, TekramError> {
        self.with(|core| Ok(core.changes()?.into_iter().map(PayeeChange::from).collect()))
    }

    /// Takes a change into use, or drops it.
    ///
    /// # Errors
    /// `no_such_change` when nothing with exactly that content waits any more, `locked`, `closed`, the vault's errors.
    pub fn decide_change(&self, id: String, take: bool) -> Result<(), TekramError> {
        self.with(|core| Ok(core.decide_change(&id, take)?))
    }
}
