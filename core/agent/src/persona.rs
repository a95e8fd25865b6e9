//! An unlocked persona. Its use cases are grouped by room in the modules beside this one.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use tekram_net::{NetPolicy, WebContext};
use tekram_pay::method::RailsOff;
use tekram_primitives::time::Clock;
use tekram_vault::{KeyStore, Store, Subscription as ChangeSubscription, Vault};

use crate::error::AgentError;

/// An unlocked persona: its vault and its own network context.
#[derive(Debug)]
pub struct Persona {
    pub(crate) store: Store,
    /// The folder of the device.
    pub(crate) data: PathBuf,
    pub(crate) key_store: Option<Arc<dyn KeyStore>>,
    pub(crate) vault: Vault,
    pub(crate) web: Arc<WebContext>,
    pub(crate) policy: NetPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rails_off: RailsOff,
    /// In which days and months begin until the rules name a zone.
    pub(crate) zone: String,
}

/// What a vault holds, in numbers.
#[derive(Debug, Clone, Serialize)]
pub struct Holdings {
    /// Id of the vault, the name of its folder.
    pub id: String,
    /// Name.
    pub name: String,
    /// Accepted listens.
    pub listens: u64,
    /// Statements.
    pub statements: usize,
    /// Requests.
    pub intents: usize,
    /// Agreements and proposals.
    pub agreements: usize,
}

impl Persona {
    /// The persona's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.vault.label()
    }

    /// Id of its vault, the name of its folder.
    #[must_use]
    pub fn id(&self) -> &str {
        self.vault.id()
    }

    /// What the device's clock says, ms since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now().millis()
    }

    /// Calls the persona something else.
    ///
    /// # Errors
    /// `bad_label`, `vault_exists` when another persona is called so, and the vault's others.
    pub fn rename(&self, name: &str) -> Result<(), AgentError> {
        Ok(self.store.rename(&self.vault, name)?)
    }

    /// What the vault holds, in numbers.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn holdings(&self) -> Result<Holdings, AgentError> {
        Ok(Holdings {
            id: self.id().to_owned(),
            name: self.name(),
            listens: self.hours(None, None)?.iter().map(|source| source.plays).sum(),
            statements: tekram_pay::statement::list(&self.vault, tekram_pay::statement::MAIN_BUDGET)?.len(),
            intents: self.intents()?.len(),
            agreements: self.agreements()?.len(),
        })
    }

    /// Calls `listener` with the name of what changed after every commit, on the committing thread, until the subscription
    /// is dropped: a room's name or a finer word of its own. The listener must be quick.
    pub fn on_change(&self, listener: impl Fn(&'static str) + Send + Sync + 'static) -> ChangeSubscription {
        self.vault.on_change(move |scope| listener(scope.0))
    }

    /// Writes everything to its place, wipes the keys and lets others open the vault. Use cases that still run end with
    /// `locked`.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn lock(&self) -> Result<(), AgentError> {
        Ok(self.vault.clone().lock()?)
    }
}

/// Rows read at once from a room's list.
const PAGE: u32 = 1000;

/// All rows of a room's list, read page by page: `list` is given the limit and the offset.
pub(crate) fn every_page<T>(list: impl Fn(u32, u32) -> Result<Vec<T>, AgentError>) -> Result<Vec<T>, AgentError> {
    let mut all = Vec::new();
    loop {
        let offset = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let page = list(PAGE, offset)?;
        let last = page.len() < PAGE as usize;
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}
