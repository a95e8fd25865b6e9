//! A device: the folder with the personas' vaults, its key store, and the network rules that hold for it. It makes,
//! unlocks and deletes personas.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tekram_net::{NetPolicy, WebContext};
use tekram_pay::method::RailsOff;
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_primitives::time::Clock;
use tekram_vault::{KeyStore, RecoveryPhrase, RoomSchema, Store, Vault, VaultEntry, VaultError, WayInKind};

use crate::error::AgentError;
use crate::persona::Persona;
use crate::setting;

/// The tables of every room, in the order in which they are made.
pub(crate) const SCHEMAS: [RoomSchema; 5] = [
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
    /// The folder of all.
    pub(crate) data: PathBuf,
    pub(crate) policy: NetPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    rails_off: RailsOff,
    key_store: Option<Arc<dyn KeyStore>>,
    zone: String,
}

impl Agent {
    /// Opens the data folder, making it when missing.
    ///
    /// # Errors
    /// The vault's errors (`io`).
    pub fn open(data: &Path, policy: NetPolicy, clock: Arc<dyn Clock>) -> Result<Self, AgentError> {
        Ok(Self {
            store: Store::open(data)?.with_clock(Arc::clone(&clock)),
            data: data.to_owned(),
            policy,
            clock,
            rails_off: RailsOff::new(),
            key_store: None,
            zone: "UTC".to_owned(),
        })
    }

    /// The same device in an IANA time zone, in which days and months begin until a persona's rules name one.
    #[must_use]
    pub fn with_zone(mut self, zone: &str) -> Self {
        zone.clone_into(&mut self.zone);
        self
    }

    /// The same device with the platform's key store. It also remembers how far each persona's vault has come, so that one that
    /// was put back to an older state is noticed.
    #[must_use]
    pub fn with_key_store(mut self, key_store: Arc<dyn KeyStore>) -> Self {
        self.store = self.store.remembering(Arc::clone(&key_store));
        self.key_store = Some(key_store);
        self
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
    /// `vault_exists` when the name is taken, `empty_passphrase`, and the vault's others.
    pub fn create_persona(&self, name: &str, passphrase: &Passphrase) -> Result<Persona, AgentError> {
        let vault = self.store.create(name, passphrase, &SCHEMAS, self.clock.as_ref())?;
        self.persona(vault)
    }

    /// Makes a persona with the device's key store as its way in, which is called `way_name`, and unlocks it.
    ///
    /// # Errors
    /// `no_key_store`, `vault_exists` when the name is taken, the key store's refusals, and the vault's others.
    pub fn create_persona_with_key_store(&self, name: &str, way_name: &str) -> Result<Persona, AgentError> {
        let key_store = self.key_store()?;
        let vault = self
            .store
            .create_with_key_store(name, way_name, key_store, &SCHEMAS, self.clock.as_ref())?;
        self.persona(vault)
    }

    /// Unlocks the persona of that name, or the only one when no name is given.
    ///
    /// # Errors
    /// `no_such_persona`, `which_persona`, and those of [`Agent::unlock_with_passphrase`].
    pub fn unlock(&self, name: Option<&str>, passphrase: &Passphrase) -> Result<Persona, AgentError> {
        self.unlock_with_passphrase(&self.entry(name)?.id, passphrase)
    }

    /// Unlocks the persona with this id.
    ///
    /// # Errors
    /// `no_such_persona`, `wrong_passphrase`, `no_such_way_in`, `vault_in_use` and the vault's others.
    pub fn unlock_with_passphrase(&self, id: &str, passphrase: &Passphrase) -> Result<Persona, AgentError> {
        self.unlocked(self.store.unlock(id, passphrase, &SCHEMAS))
    }

    /// Unlocks the persona with this id by its key, which native code unwrapped after asking for the person's presence (see
    /// [`Agent::wrapped_key`]). The caller wipes its own copy.
    ///
    /// # Errors
    /// `no_such_persona`, `wrong_key`, `vault_in_use` and the vault's others.
    pub fn unlock_with_key(&self, id: &str, key: Secret32) -> Result<Persona, AgentError> {
        self.unlocked(self.store.unlock_raw(id, key, &SCHEMAS))
    }

    /// Unlocks the persona with this id by the device's key store, for keys that need no presence.
    ///
    /// # Errors
    /// `no_key_store`, `no_such_persona`, `no_such_way_in`, the key store's refusals (`presence_needed`, `key_gone`,
    /// `key_not_mine`), `vault_in_use` and the vault's others.
    pub fn unlock_with_key_store(&self, id: &str) -> Result<Persona, AgentError> {
        let key_store = self.key_store()?;
        self.unlocked(self.store.unlock_key_store(id, key_store, &SCHEMAS))
    }

    /// Unlocks the persona with this id by its recovery words, as the person typed them.
    ///
    /// # Errors
    /// `recovery_word_count`, `recovery_word_unknown` with the word's position, `recovery_checksum`,
    /// `wrong_recovery_phrase`, `no_such_way_in`, `no_such_persona`, `vault_in_use` and the vault's others.
    pub fn unlock_with_recovery_phrase(&self, id: &str, words: &str) -> Result<Persona, AgentError> {
        let phrase = RecoveryPhrase::parse(words)?;
        self.unlocked(self.store.unlock_recovery_phrase(id, &phrase, &SCHEMAS))
    }

    /// The person has confirmed that the persona with this id is an older state of itself (`rolled_back`), say of a backup that
    /// they put back: the next unlock takes it as it is.
    ///
    /// # Errors
    /// `no_such_persona`, the key store's refusals.
    pub fn accept_rollback(&self, id: &str) -> Result<(), AgentError> {
        self.store.accept_rollback(id).map_err(persona_error)
    }

    /// The wrapped key of a key-store way in, for native code to unwrap under the key's name ([`WayInKind::KeyStore`]).
    ///
    /// # Errors
    /// `no_such_persona`, `no_such_way_in`, and the vault's others.
    pub fn wrapped_key(&self, id: &str, way_name: &str) -> Result<Vec<u8>, AgentError> {
        self.store.wrapped_key(id, way_name).map_err(persona_error)
    }

    /// Deletes the persona with this id for good, key first; only a backup brings it back. Its keys in the device's key
    /// store go too.
    ///
    /// # Errors
    /// `no_such_persona`, `vault_in_use` while it is unlocked, and the vault's others.
    pub fn delete_persona(&self, id: &str) -> Result<(), AgentError> {
        for way_in in self.store.delete(id).map_err(persona_error)? {
            if let (WayInKind::KeyStore { key_name }, Some(key_store)) = (way_in.kind, &self.key_store) {
                // Nothing is left that this key could open; one that stays behind is no reason to say it failed.
                let _ = key_store.remove(&key_name);
            }
        }
        Ok(())
    }

    /// The persona of that name or id, or the only one when none is given, without unlocking it. One whose name is not to be
    /// seen while it is locked is found by its id alone.
    ///
    /// # Errors
    /// `no_such_persona`, `which_persona`.
    pub fn entry(&self, name: Option<&str>) -> Result<VaultEntry, AgentError> {
        let mut entries = self
            .personas()?
            .into_iter()
            .filter(|entry| name.is_none_or(|name| entry.id == name || (!name.is_empty() && entry.label == name)));
        let entry = entries.next().ok_or(AgentError::NoSuchPersona)?;
        if entries.next().is_some() {
            Err(AgentError::WhichPersona)
        } else {
            Ok(entry)
        }
    }

    pub(crate) fn key_store(&self) -> Result<&dyn KeyStore, AgentError> {
        self.key_store.as_deref().ok_or(AgentError::NoKeyStore)
    }

    pub(crate) fn unlocked(&self, vault: Result<Vault, VaultError>) -> Result<Persona, AgentError> {
        let vault = vault.map_err(persona_error)?;
        if let Some(key_store) = &self.key_store {
            // Keys of a former vault key, which a change that was cut left behind, open nothing; another time will do.
            let _ = vault.tidy_key_store(key_store.as_ref());
        }
        // One-time keys of requests whose time is over are forgotten at the first occasion.
        tekram_intent::expire(&vault, self.clock.as_ref())?;
        // What players did meanwhile. If this fails it stays sealed, and `Persona::drain` says why: no reason to stay locked.
        let _ = tekram_listen::drain_capture(&vault, self.clock.now());
        let persona = self.persona(vault)?;
        // What was confirmed or paid and is no purchase yet; another time will do.
        let _ = persona.take_purchases();
        Ok(persona)
    }

    /// Each persona gets a context of its own: no connection, cookie or cache is shared with another.
    fn persona(&self, vault: Vault) -> Result<Persona, AgentError> {
        let web = Arc::new(WebContext::new(self.policy.clone())?);
        Ok(Persona {
            store: self.store.clone(),
            data: self.data.clone(),
            key_store: self.key_store.clone(),
            vault,
            web,
            policy: self.policy.clone(),
            clock: Arc::clone(&self.clock),
            rails_off: self.rails_off.clone(),
            zone: self.zone.clone(),
        })
    }
}

/// People know personas, not vaults.
pub(crate) fn persona_error(error: VaultError) -> AgentError {
    match error {
        VaultError::NoSuchVault => AgentError::NoSuchPersona,
        error => error.into(),
    }
}
