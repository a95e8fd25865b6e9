//! The device: its personas, locked and unlocked, and when its calls may run.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use tekram_agent::{AgentError, Passphrase, Secret32};
use zeroize::Zeroizing;

use crate::capture::PlayerEvent;
use crate::error::TekramError;
use crate::gate::{Gate, Stop, Stopped, beside, caught};
use crate::host::{Connectivity, HostKeyStore, KeyStore, LocationSource, Senses};
use crate::persona::Persona;
use crate::vault::face::colour_number;
use crate::ways::WayIn;

/// A kind of payment method that a store's rules may forbid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RailKind {
    /// E-cash that this program moves.
    Cashu,
    /// Links and codes that the person finishes in another app.
    HandOff,
}

/// How a device is opened.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AgentSettings {
    /// Folder of the vaults; made when missing.
    pub data_folder: String,
    /// `host:port` pairs on private addresses that may be reached. Empty in an app.
    pub allow: Vec<String>,
    /// SOCKS5 or HTTP proxy for everything.
    pub proxy: Option<String>,
    /// Payment methods that are switched off.
    pub rails_off: Vec<RailKind>,
    /// IANA time zone in which days and months begin until a persona's rules name one.
    pub zone: String,
}

/// A persona of this device; what is visible while it is locked.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PersonaEntry {
    /// Id of its vault.
    pub id: String,
    /// What the person calls it; empty when that is not to be seen while it is locked.
    pub name: String,
    /// Its colour, 0xRRGGBB, if that may be seen while it is locked.
    pub colour: Option<u32>,
    /// Its picture, as it was set, if that may be seen while it is locked.
    pub avatar: Option<Vec<u8>>,
    /// How it can be unlocked.
    pub ways: Vec<WayIn>,
    /// What is wrong with its vault's header, as an error's name.
    pub problem: Option<String>,
}

/// A device that holds personas.
#[derive(Debug, uniffi::Object)]
pub struct Agent {
    core: RwLock<Option<Arc<tekram_agent::Agent>>>,
    gate: Arc<Gate>,
    /// Of what goes on while the app is paused.
    lasting: Gate,
    senses: Senses,
    unlocked: Mutex<Vec<Weak<Persona>>>,
}

impl Agent {
    fn core(&self) -> Result<Arc<tekram_agent::Agent>, TekramError> {
        let core = self.core.read().unwrap_or_else(PoisonError::into_inner);
        core.clone().ok_or_else(TekramError::closed)
    }

    fn unlocked(&self) -> MutexGuard<'_, Vec<Weak<Persona>>> {
        self.unlocked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A plain call on the core.
    pub(crate) fn with<T>(
        &self,
        call: impl FnOnce(&tekram_agent::Agent) -> Result<T, TekramError>,
    ) -> Result<T, TekramError> {
        let core = self.core()?;
        caught(|| call(&core))
    }

    /// The core and a call that ends with it.
    pub(crate) fn begin(&self) -> Result<(Arc<tekram_agent::Agent>, Arc<Stop>), TekramError> {
        Ok((self.core()?, Stop::new(&[&self.gate])?))
    }

    /// [`Agent::begin`] for what goes on while the app is paused, until it is cancelled or the agent is closed.
    pub(crate) fn begin_lasting(&self) -> Result<(Arc<tekram_agent::Agent>, Arc<Stop>), TekramError> {
        Ok((self.core()?, Stop::new(&[&self.lasting])?))
    }

    /// Takes a persona that was just unlocked among those that are locked with the agent.
    pub(crate) fn keep(&self, persona: tekram_agent::Persona) -> Result<Arc<Persona>, TekramError> {
        let persona = Persona::new(persona, Arc::clone(&self.gate), self.senses.clone());
        {
            let mut unlocked = self.unlocked();
            unlocked.retain(|known| known.strong_count() > 0);
            unlocked.push(Arc::downgrade(&persona));
        }
        // `close` may have come while the keys were derived; it has not seen this persona then.
        if let Err(closed) = self.gate.check_not_over() {
            persona.lock()?;
            return Err(closed);
        }
        Ok(persona)
    }

    /// A call that ends in an unlocked persona.
    async fn unlocking(
        &self,
        unlock: impl FnOnce(&tekram_agent::Agent) -> Result<tekram_agent::Persona, AgentError> + Send + 'static,
    ) -> Result<Arc<Persona>, TekramError> {
        let (core, stop) = self.begin()?;
        let persona = beside(stop, move |_| Ok(unlock(&core)?)).await?;
        self.keep(persona)
    }
}

#[uniffi::export]
impl Agent {
    /// Opens the data folder. Unlocks nothing. Without a key store, passphrases and recovery words are the only ways in;
    /// without a location source, every request says where it is; without connectivity, every call tries.
    ///
    /// # Errors
    /// `bad_setting`, `io`.
    #[uniffi::constructor]
    pub fn open(
        settings: AgentSettings,
        key_store: Option<Arc<dyn KeyStore>>,
        location: Option<Arc<dyn LocationSource>>,
        connectivity: Option<Arc<dyn Connectivity>>,
    ) -> Result<Arc<Self>, TekramError> {
        caught(|| {
            let folder = Path::new(&settings.data_folder);
            let mut core = tekram_agent::open(folder, &settings.allow, settings.proxy.as_deref())?;
            let rails_off = settings.rails_off.iter().map(|kind| match kind {
                RailKind::Cashu => tekram_agent::RailKind::Cashu,
                RailKind::HandOff => tekram_agent::RailKind::HandOff,
            });
            core = core.with_rails_off(rails_off.collect()).with_zone(&settings.zone);
            if let Some(key_store) = key_store {
                core = core.with_key_store(Arc::new(HostKeyStore::new(key_store)));
            }
            Ok(Arc::new(Self {
                core: RwLock::new(Some(Arc::new(core))),
                gate: Arc::default(),
                lasting: Gate::default(),
                senses: Senses { location, connectivity },
                unlocked: Mutex::default(),
            }))
        })
    }

    /// The personas of this device, by name.
    ///
    /// # Errors
    /// `closed`, `io`.
    pub fn personas(&self) -> Result<Vec<PersonaEntry>, TekramError> {
        self.with(|core| {
            let entries = core.personas()?.into_iter().map(|entry| PersonaEntry {
                id: entry.id,
                name: entry.label,
                colour: entry.colour.map(colour_number),
                avatar: entry.avatar,
                ways: entry.ways_in.into_iter().map(WayIn::from).collect(),
                problem: entry.problem.map(str::to_owned),
            });
            Ok(entries.collect())
        })
    }

    /// Makes a persona with a passphrase as its way in, and unlocks it.
    ///
    /// # Errors
    /// `vault_exists` when the name is taken, `empty_passphrase`, `paused`, `closed`, the vault's errors.
    pub async fn create_persona(&self, name: String, passphrase: String) -> Result<Arc<Persona>, TekramError> {
        let passphrase = Passphrase::new(passphrase);
        self.unlocking(move |core| core.create_persona(&name, &passphrase))
            .await
    }

    /// Makes a persona with the platform's key store as its way in, which is called `way_name`, and unlocks it.
    ///
    /// # Errors
    /// `no_key_store`, `vault_exists`, `host_failed` and the key store's refusals, `paused`, `closed`, the vault's errors.
    pub async fn create_persona_with_key_store(
        &self,
        name: String,
        way_name: String,
    ) -> Result<Arc<Persona>, TekramError> {
        self.unlocking(move |core| core.create_persona_with_key_store(&name, &way_name))
            .await
    }

    /// Unlocks a persona by its passphrase.
    ///
    /// # Errors
    /// `no_such_persona`, `wrong_passphrase`, `vault_in_use`, `paused`, `closed`, the vault's errors.
    pub async fn unlock_with_passphrase(&self, id: String, passphrase: String) -> Result<Arc<Persona>, TekramError> {
        let passphrase = Passphrase::new(passphrase);
        self.unlocking(move |core| core.unlock_with_passphrase(&id, &passphrase))
            .await
    }

    /// Unlocks a persona by its key, which native code unwrapped after asking for the person's presence.
    ///
    /// # Errors
    /// `no_such_persona`, `wrong_key`, `vault_in_use`, `paused`, `closed`, the vault's errors.
    pub async fn unlock_with_key(&self, id: String, key: Vec<u8>) -> Result<Arc<Persona>, TekramError> {
        let key = Zeroizing::new(key);
        let key = Secret32::try_from(key.as_slice()).map_err(|_| TekramError::wrong_key())?;
        self.unlocking(move |core| core.unlock_with_key(&id, key)).await
    }

    /// Unlocks a persona by the platform's key store, for keys that need no presence.
    ///
    /// # Errors
    /// `no_key_store`, `no_such_persona`, `no_such_way_in`, `presence_needed`, `key_gone`, `host_failed`, `vault_in_use`,
    /// `paused`, `closed`, the vault's errors.
    pub async fn unlock_with_key_store(&self, id: String) -> Result<Arc<Persona>, TekramError> {
        self.unlocking(move |core| core.unlock_with_key_store(&id)).await
    }

    /// Unlocks a persona by its recovery words, as the person typed them.
    ///
    /// # Errors
    /// `recovery_word_count`, `recovery_word_unknown` with its position, `recovery_checksum`, `wrong_recovery_phrase`,
    /// `no_such_way_in`, `no_such_persona`, `vault_in_use`, `paused`, `closed`, the vault's errors.
    pub async fn unlock_with_recovery_phrase(&self, id: String, words: String) -> Result<Arc<Persona>, TekramError> {
        let words = Zeroizing::new(words);
        self.unlocking(move |core| core.unlock_with_recovery_phrase(&id, &words))
            .await
    }

    /// The person has confirmed that the persona with this id is an older state of itself (`rolled_back`): the next unlock takes
    /// it as it is.
    ///
    /// # Errors
    /// `no_such_persona`, `host_failed` and the key store's refusals, `closed`.
    pub fn accept_rollback(&self, id: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.accept_rollback(&id)?))
    }

    /// The wrapped key of a key-store way in, for native code to unwrap under its `key_name`.
    ///
    /// # Errors
    /// `no_such_persona`, `no_such_way_in`, `closed`, the vault's errors.
    pub fn wrapped_key(&self, id: String, way: String) -> Result<Vec<u8>, TekramError> {
        self.with(|core| Ok(core.wrapped_key(&id, &way)?))
    }

    /// Seals what players did to a persona's vault, locked or not. It needs no key and survives a power cut when this
    /// returns; it lands in the log with the next unlock or [`Persona::drain`].
    ///
    /// # Errors
    /// `no_such_persona`, `closed`, the vault's errors.
    pub fn capture(&self, persona: String, events: Vec<PlayerEvent>) -> Result<(), TekramError> {
        self.with(|core| {
            let events: Vec<_> = events.into_iter().map(PlayerEvent::core).collect();
            Ok(core.capture(&persona, &events)?)
        })
    }

    /// Deletes a persona for good, key first; only a backup brings it back.
    ///
    /// # Errors
    /// `no_such_persona`, `vault_in_use` while it is unlocked, `closed`, the vault's errors.
    pub fn delete_persona(&self, id: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.delete_persona(&id)?))
    }

    /// Ends the calls that wait, with `paused`, and refuses new ones until [`Agent::resume`]. Personas stay unlocked, and
    /// what they hold can be read.
    pub fn pause(&self) {
        self.gate.shut(Stopped::Paused);
    }

    /// Lets calls wait again.
    pub fn resume(&self) {
        self.gate.open();
    }

    /// Locks every persona and ends every call. Afterwards every call says `closed`. Closing again waits for the one who
    /// closes it already.
    ///
    /// # Errors
    /// The first of the vaults' errors; all are locked all the same.
    pub fn close(&self) -> Result<(), TekramError> {
        caught(|| {
            self.gate.shut(Stopped::Closed);
            self.lasting.shut(Stopped::Closed);
            self.core.write().unwrap_or_else(PoisonError::into_inner).take();
            // The list stays for whoever closes it too: they find those personas that are not locked yet.
            let unlocked = self.unlocked().clone();
            let locked: Vec<_> = unlocked
                .iter()
                .filter_map(Weak::upgrade)
                .map(|persona| persona.lock())
                .collect();
            locked.into_iter().collect()
        })
    }
}

/// The facade's version.
#[uniffi::export]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
