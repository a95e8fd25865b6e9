//! The device: its personas, locked and unlocked, and when its calls may run.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use tekram_agent::Passphrase;

use crate::error::TekramError;
use crate::gate::{Gate, Stop, Stopped, beside, caught};
use crate::persona::Persona;

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
}

/// A persona of this device; what is visible while it is locked.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PersonaEntry {
    /// Id of its vault.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// How it can be unlocked.
    pub ways: Vec<WayIn>,
    /// What is wrong with its vault's header, as an error's name.
    pub problem: Option<String>,
}

/// What a way in is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum WayInKind {
    /// Something the person types.
    Passphrase,
    /// A key that the platform guards.
    KeyStore {
        /// The key's name in the platform's store.
        key_name: String,
    },
    /// 24 words on paper.
    RecoveryPhrase,
}

/// One way to unlock a persona.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WayIn {
    /// Names it within its vault.
    pub name: String,
    /// What it is.
    pub kind: WayInKind,
    /// When it was added, if known.
    pub added_ms: Option<i64>,
}

impl From<tekram_agent::WayIn> for WayIn {
    fn from(way: tekram_agent::WayIn) -> Self {
        Self {
            name: way.name,
            kind: match way.kind {
                tekram_agent::WayInKind::Passphrase => WayInKind::Passphrase,
                tekram_agent::WayInKind::KeyStore { key_name } => WayInKind::KeyStore { key_name },
                tekram_agent::WayInKind::RecoveryPhrase => WayInKind::RecoveryPhrase,
            },
            added_ms: way.added_ms,
        }
    }
}

/// A device that holds personas.
#[derive(Debug, uniffi::Object)]
pub struct Agent {
    core: RwLock<Option<Arc<tekram_agent::Agent>>>,
    gate: Arc<Gate>,
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
    fn with<T>(&self, call: impl FnOnce(&tekram_agent::Agent) -> Result<T, TekramError>) -> Result<T, TekramError> {
        let core = self.core()?;
        caught(|| call(&core))
    }

    /// A call that ends in an unlocked persona.
    async fn unlocking(
        &self,
        unlock: impl FnOnce(&tekram_agent::Agent) -> Result<tekram_agent::Persona, tekram_agent::AgentError>
        + Send
        + 'static,
    ) -> Result<Arc<Persona>, TekramError> {
        let core = self.core()?;
        let stop = Stop::new(&[&self.gate])?;
        let persona = beside(stop, move |_| Ok(unlock(&core)?)).await?;
        let persona = Arc::new(Persona::new(persona, Arc::clone(&self.gate)));
        let mut unlocked = self.unlocked();
        unlocked.retain(|known| known.strong_count() > 0);
        unlocked.push(Arc::downgrade(&persona));
        drop(unlocked);
        // `close` may have come while the keys were derived.
        if self.gate.check_not_over().is_err() {
            persona.lock()?;
        }
        Ok(persona)
    }
}

#[uniffi::export]
impl Agent {
    /// Opens the data folder. Unlocks nothing.
    ///
    /// # Errors
    /// `bad_setting`, `io`.
    #[uniffi::constructor]
    pub fn open(settings: AgentSettings) -> Result<Arc<Self>, TekramError> {
        caught(|| {
            let core = tekram_agent::open(
                Path::new(&settings.data_folder),
                &settings.allow,
                settings.proxy.as_deref(),
            )?;
            let rails_off = settings.rails_off.iter().map(|kind| match kind {
                RailKind::Cashu => tekram_agent::RailKind::Cashu,
                RailKind::HandOff => tekram_agent::RailKind::HandOff,
            });
            Ok(Arc::new(Self {
                core: RwLock::new(Some(Arc::new(core.with_rails_off(rails_off.collect())))),
                gate: Arc::default(),
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
                ways: entry.ways_in.into_iter().map(WayIn::from).collect(),
                problem: entry.problem.map(str::to_owned),
            });
            Ok(entries.collect())
        })
    }

    /// Makes a persona with a passphrase as its way in, and unlocks it.
    ///
    /// # Errors
    /// `vault_exists` when the name is taken, `paused`, `closed`, the vault's errors.
    pub async fn create_persona(&self, name: String, passphrase: String) -> Result<Arc<Persona>, TekramError> {
        let passphrase = Passphrase::new(passphrase);
        self.unlocking(move |core| core.create_persona(&name, &passphrase))
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

    /// Ends the calls that wait, with `paused`, and refuses new ones until [`Agent::resume`]. Personas stay unlocked, and
    /// what they hold can be read.
    pub fn pause(&self) {
        self.gate.shut(Stopped::Paused);
    }

    /// Lets calls wait again.
    pub fn resume(&self) {
        self.gate.open();
    }

    /// Locks every persona and ends every call. Afterwards every call says `closed`.
    ///
    /// # Errors
    /// The first of the vaults' errors; all are locked all the same.
    pub fn close(&self) -> Result<(), TekramError> {
        caught(|| {
            self.gate.shut(Stopped::Closed);
            self.core.write().unwrap_or_else(PoisonError::into_inner).take();
            let unlocked = std::mem::take(&mut *self.unlocked());
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

/// From now on panics print nothing: their text may quote anything. Each still becomes an error with a number.
#[uniffi::export]
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}
