//! A device: the folder with the personas' vaults, and the network rules that hold for it.

use std::path::Path;
use std::sync::Arc;

use tekram_net::{NetPolicy, WebContext};
use tekram_pay::method::RailsOff;
use tekram_primitives::secret::Passphrase;
use tekram_primitives::time::Clock;
use tekram_vault::{RoomSchema, Store, VaultEntry};

use crate::error::AgentError;
use crate::persona::Persona;
use crate::setting;

/// The tables of every room, in the order in which they are made.
const SCHEMAS: [RoomSchema; 5] = [
    tekram_listen::SCHEMA,
    tekram_pay::SCHEMA,
    tekram_relate::SCHEMA,
    tekram_intent::SCHEMA,
    setting::SCHEMA,
];

/// A device that holds personas. Opening it unlocks nothing.
#[derive(Debug)]
pub struct Agent {
    pub(crate) store: Store,
    policy: NetPolicy,
    clock: Arc<dyn Clock>,
    rails_off: RailsOff,
}

impl Agent {
    /// Opens the data folder, making it when missing.
    ///
    /// # Errors
    /// The vault's errors (`io`).
    pub fn open(data: &Path, policy: NetPolicy, clock: Arc<dyn Clock>) -> Result<Self, AgentError> {
        Ok(Self {
            store: Store::open(data)?,
            policy,
            clock,
            rails_off: RailsOff::new(),
        })
    }

    /// The same device without these kinds of rails: statements, settlements and links leave them out. For stores of apps
    /// whose rules forbid one.
    #[must_use]
    pub fn with_rails_off(mut self, rails_off: RailsOff) -> Self {
        self.rails_off = rails_off;
        self
    }

    /// The personas of this device, by name; what is visible while they are locked.
    ///
    /// # Errors
    /// The vault's errors (`io`).
    pub fn personas(&self) -> Result<Vec<VaultEntry>, AgentError> {
        Ok(self.store.list()?)
    }

    /// Makes a persona with a passphrase as its way in, and unlocks it.
    ///
    /// # Errors
    /// `vault_exists` when the name is taken, and the vault's others.
    pub fn create_persona(&self, name: &str, passphrase: &Passphrase) -> Result<Persona, AgentError> {
        let vault = self.store.create(name, passphrase, &SCHEMAS, self.clock.as_ref())?;
        self.persona(vault)
    }

    /// Unlocks the persona of that name, or the only one when no name is given.
    ///
    /// # Errors
    /// `no_such_persona`, `which_persona`, `wrong_passphrase`, `vault_in_use` and the vault's others.
    pub fn unlock(&self, name: Option<&str>, passphrase: &Passphrase) -> Result<Persona, AgentError> {
        let entry = self.entry(name)?;
        let vault = self.store.unlock(&entry.id, passphrase, &SCHEMAS)?;
        // One-time keys of requests whose time is over are forgotten at the first occasion.
        tekram_intent::expire(&vault, self.clock.as_ref())?;
        self.persona(vault)
    }

    /// The persona of that name, or the only one when no name is given, without unlocking it.
    ///
    /// # Errors
    /// `no_such_persona`, `which_persona`.
    pub fn entry(&self, name: Option<&str>) -> Result<VaultEntry, AgentError> {
        let mut entries = self
            .personas()?
            .into_iter()
            .filter(|entry| name.is_none_or(|name| entry.label == name));
        let entry = entries.next().ok_or(AgentError::NoSuchPersona)?;
        if entries.next().is_some() {
            Err(AgentError::WhichPersona)
        } else {
            Ok(entry)
        }
    }

    /// Each persona gets a context of its own: no connection, cookie or cache is shared with another.
    fn persona(&self, vault: tekram_vault::Vault) -> Result<Persona, AgentError> {
        let web = Arc::new(WebContext::new(self.policy.clone())?);
        Ok(Persona {
            vault,
            web,
            policy: self.policy.clone(),
            clock: Arc::clone(&self.clock),
            rails_off: self.rails_off.clone(),
        })
    }
}
