//! An unlocked persona. Its calls are grouped by room in the modules beside this one; here is what they share: each runs
//! on the core's persona while it is there, and says `locked` or `closed` afterwards.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, Weak};

use crate::error::TekramError;
use crate::gate::{Gate, Stop, Stopped, beside, caught, wait_here};
use crate::host::{ChangeListener, Senses, Subscription};

/// An unlocked persona. Dropping it locks it.
#[derive(uniffi::Object)]
pub struct Persona {
    id: String,
    core: RwLock<Option<Arc<tekram_agent::Persona>>>,
    /// Held while it locks: whoever locks it too waits until the vault's files are closed.
    locking: Mutex<()>,
    agent: Arc<Gate>,
    gate: Gate,
    pub(crate) senses: Senses,
    /// Hears of the vault's locking by itself.
    watch: OnceLock<tekram_agent::ChangeSubscription>,
}

/// What a vault holds, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Holdings {
    /// Accepted listens.
    pub listens: u64,
    /// Statements.
    pub statements: u64,
    /// Requests.
    pub intents: u64,
    /// Agreements and proposals.
    pub agreements: u64,
}

impl fmt::Debug for Persona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persona").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Persona {
    pub(crate) fn new(core: tekram_agent::Persona, agent: Arc<Gate>, senses: Senses) -> Arc<Self> {
        let core = Arc::new(core);
        let persona = Arc::new(Self {
            id: core.id().to_owned(),
            core: RwLock::new(Some(Arc::clone(&core))),
            locking: Mutex::new(()),
            agent,
            gate: Gate::default(),
            senses,
            watch: OnceLock::new(),
        });
        // Before any listener of the host, so that whoever hears of the lock finds the persona locked.
        let locked: Weak<Self> = Arc::downgrade(&persona);
        let watch = core.on_change(move |scope| {
            if let (tekram_agent::LOCKED, Some(persona)) = (scope, locked.upgrade()) {
                persona.forget_core();
            }
        });
        let _ = persona.watch.set(watch);
        persona
    }

    /// Ends this persona's calls with `locked`, and gives its core away.
    fn forget_core(&self) -> Option<Arc<tekram_agent::Persona>> {
        self.gate.shut(Stopped::Locked);
        self.core.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn core(&self) -> Result<Arc<tekram_agent::Persona>, TekramError> {
        self.agent.check_not_over()?;
        let core = self.core.read().unwrap_or_else(PoisonError::into_inner);
        core.clone().ok_or_else(TekramError::locked)
    }

    /// Whether [`Persona::lock`] was called, or the vault has locked by itself.
    pub(crate) fn is_over(&self) -> bool {
        self.core().map_or(true, |core| core.is_locked())
    }

    /// A plain call on the core.
    pub(crate) fn with<T>(
        &self,
        call: impl FnOnce(&tekram_agent::Persona) -> Result<T, TekramError>,
    ) -> Result<T, TekramError> {
        let core = self.core()?;
        caught(|| call(&core))
    }

    /// The core and a call that ends with it.
    pub(crate) fn begin(&self) -> Result<(Arc<tekram_agent::Persona>, Arc<Stop>), TekramError> {
        let core = self.core()?;
        let stop = Stop::new(&[&self.agent, &self.gate])?;
        Ok((core, stop))
    }

    /// [`Persona::begin`] for a call that needs the network.
    pub(crate) fn begin_online(&self) -> Result<(Arc<tekram_agent::Persona>, Arc<Stop>), TekramError> {
        let begun = self.begin()?;
        self.senses.online()?;
        Ok(begun)
    }

    /// A call that takes long without waiting for anybody else.
    pub(crate) async fn beside<T: Send + 'static>(
        &self,
        call: impl FnOnce(&tekram_agent::Persona) -> Result<T, TekramError> + Send + 'static,
    ) -> Result<T, TekramError> {
        let (core, stop) = self.begin()?;
        beside(stop, move |_| call(&core)).await
    }

    /// A call that waits for others over the network: the future is made and driven on one thread.
    pub(crate) async fn waiting<T, W>(
        &self,
        call: impl FnOnce(Arc<tekram_agent::Persona>) -> W + Send + 'static,
    ) -> Result<T, TekramError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, TekramError>>,
    {
        let (core, stop) = self.begin_online()?;
        beside(stop, move |stop| wait_here(stop, call(core))).await
    }
}

#[uniffi::export]
impl Persona {
    /// Id of its vault.
    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// What the person calls it.
    ///
    /// # Errors
    /// `locked`, `closed`.
    pub fn name(&self) -> Result<String, TekramError> {
        self.with(|core| Ok(core.name()))
    }

    /// Calls the persona something else.
    ///
    /// # Errors
    /// `bad_label`, `vault_exists` when another persona is called that, `locked`, `closed`, the vault's errors.
    pub fn rename(&self, name: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.rename(&name)?))
    }

    /// What the vault holds, in numbers.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn holdings(&self) -> Result<Holdings, TekramError> {
        self.with(|core| {
            let held = core.holdings()?;
            Ok(Holdings {
                listens: held.listens,
                statements: held.statements as u64,
                intents: held.intents as u64,
                agreements: held.agreements as u64,
            })
        })
    }

    /// Ends this persona's calls with `locked`, writes everything to its place and wipes the keys. Locking again does
    /// nothing but wait for the one who locks it already: when this returns, the vault can be unlocked.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn lock(&self) -> Result<(), TekramError> {
        caught(|| {
            let _locking = self.locking.lock().unwrap_or_else(PoisonError::into_inner);
            match self.forget_core() {
                Some(core) => Ok(core.lock()?),
                None => Ok(()),
            }
        })
    }

    /// Tells `listener` of every change until the subscription is cancelled or dropped.
    ///
    /// # Errors
    /// `locked`, `closed`, `host_failed` when no thread can be had.
    pub fn on_change(&self, listener: Arc<dyn ChangeListener>) -> Result<Arc<Subscription>, TekramError> {
        self.with(|core| Subscription::start(listener, |told| core.on_change(told)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
mod tests {
    use std::io::{self, Write};
    use std::path::Path;

    use super::*;
    use crate::agent::{Agent, AgentSettings};
    use crate::money::Money;
    use crate::pay::RulesChange;

    fn agent(folder: &Path) -> Arc<Agent> {
        let settings = AgentSettings {
            data_folder: folder.to_str().unwrap().to_owned(),
            allow: Vec::new(),
            proxy: None,
            rails_off: Vec::new(),
            zone: "UTC".to_owned(),
        };
        Agent::open(settings, None, None, None).unwrap()
    }

    fn budget(minor: i64) -> RulesChange {
        RulesChange {
            budget: Some(Money {
                amount_minor: minor,
                currency: "EUR".to_owned(),
            }),
            ..RulesChange::default()
        }
    }

    /// A file that panics when it is finished, in the middle of reading the vault.
    struct Panics;

    impl Write for Panics {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            panic!("quoting the person")
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_is_an_error_and_the_vault_stays_whole() {
        let folder = tempfile::tempdir().unwrap();
        let agent = agent(folder.path());
        let home = agent
            .create_persona("Home".to_owned(), "a passphrase".to_owned())
            .await
            .unwrap();
        home.change_rules(budget(100)).unwrap();

        let plain = home.with::<()>(|core| {
            core.export(&tekram_agent::ExportForm::JsonLines.into(), &mut Panics)?;
            Ok(())
        });
        let beside = home.beside::<()>(|_| panic!("quoting the person")).await;
        let waiting = home.waiting::<(), _>(|_| async { panic!("quoting the person") }).await;
        for error in [plain.unwrap_err(), beside.unwrap_err(), waiting.unwrap_err()] {
            assert_eq!(error.name(), "panic");
            assert!(!format!("{error:?} {error}").contains("quoting"), "{error:?}");
        }
        // A listener inside the core that panics does so after the commit, on the thread that wrote.
        let listening = home
            .with(|core| Ok(core.on_change(|_| panic!("quoting the person"))))
            .unwrap();
        let changed = home.change_rules(budget(200)).unwrap_err();
        assert_eq!(changed.name(), "panic");
        drop(listening);

        // What was acknowledged or committed is there, and everything goes on.
        assert_eq!(home.rules().unwrap().unwrap().budget.amount_minor, 200);
        home.change_rules(budget(300)).unwrap();
        let id = home.id();
        home.lock().unwrap();
        let home = agent
            .unlock_with_passphrase(id, "a passphrase".to_owned())
            .await
            .unwrap();
        assert_eq!(home.rules().unwrap().unwrap().budget.amount_minor, 300);
    }
}
