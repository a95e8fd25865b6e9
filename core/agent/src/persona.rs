//! An unlocked persona. Its use cases are grouped by room in the modules beside this one.

use std::sync::Arc;

use serde::Serialize;
use tekram_net::{NetPolicy, WebContext};
use tekram_pay::method::RailsOff;
use tekram_primitives::time::Clock;
use tekram_vault::Vault;

use crate::error::AgentError;

/// An unlocked persona: its vault and its own network context.
#[derive(Debug)]
pub struct Persona {
    pub(crate) vault: Vault,
    pub(crate) web: Arc<WebContext>,
    pub(crate) policy: NetPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rails_off: RailsOff,
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

    /// Writes everything to its place, wipes the keys and lets others open the vault.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn lock(self) -> Result<(), AgentError> {
        Ok(self.vault.lock()?)
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
