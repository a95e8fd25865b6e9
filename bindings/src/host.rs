//! What the phone does for the core: traits that Kotlin and Swift implement. They are synchronous and never wait for the
//! person. Whatever a host throws is dropped with its text, since a stack trace may quote anything.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use tekram_agent::{KeyStoreError, Secret32};
use zeroize::Zeroizing;

use crate::error::TekramError;
use crate::gate::caught;

/// Why a host's trait did not do what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HostError {
    /// It failed; why stays with the host.
    #[error("the host failed")]
    Failed,
    /// The platform wants the person's presence first.
    #[error("presence is needed")]
    PresenceNeeded,
    /// The platform no longer has the key.
    #[error("the key is gone")]
    KeyGone,
    /// The wrapped bytes were not made by this key.
    #[error("not made by this key")]
    KeyNotMine,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

impl From<HostError> for TekramError {
    fn from(_: HostError) -> Self {
        Self::host_failed()
    }
}

impl From<HostError> for KeyStoreError {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Failed => Self::HostFailed,
            HostError::PresenceNeeded => Self::PresenceNeeded,
            HostError::KeyGone => Self::KeyGone,
            HostError::KeyNotMine => Self::NotMine,
        }
    }
}

/// The platform's key store: Android Keystore, or Keychain and Secure Enclave. The wrapping key never leaves it. It never
/// waits for the person: keys that need presence say `PresenceNeeded`, and the app asks, unwraps and calls
/// `unlock_with_key`.
#[uniffi::export(with_foreign)]
pub trait KeyStore: Send + Sync + Debug {
    /// Wraps `key` under the key called `name`, which is made when it is not there.
    ///
    /// # Errors
    /// Why it did not.
    fn wrap(&self, name: String, key: Vec<u8>) -> Result<Vec<u8>, HostError>;

    /// Unwraps what `wrap` made under the same name.
    ///
    /// # Errors
    /// Why it did not.
    fn unwrap(&self, name: String, wrapped: Vec<u8>) -> Result<Vec<u8>, HostError>;

    /// Destroys the key called `name`, and the number kept under it. What is not there is no error.
    ///
    /// # Errors
    /// Why it did not.
    fn remove(&self, name: String) -> Result<(), HostError>;

    /// Whether there is a key called `name`.
    ///
    /// # Errors
    /// Why it cannot say.
    fn exists(&self, name: String) -> Result<bool, HostError>;

    /// Keeps a number under `name`, in the place of the one before, where putting back the app's files does not put it back.
    ///
    /// # Errors
    /// Why it did not.
    fn keep_number(&self, name: String, number: u64) -> Result<(), HostError>;

    /// The number kept under `name`, if there is one.
    ///
    /// # Errors
    /// Why it cannot say.
    fn kept_number(&self, name: String) -> Result<Option<u64>, HostError>;
}

/// The host's key store, as the core sees it. The core holds locks of a vault while it asks, so the host is asked on a
/// thread of its own and only for a while. A panic on the way counts as its failure.
#[derive(Debug)]
pub(crate) struct HostKeyStore {
    host: Arc<dyn KeyStore>,
    patience: Duration,
}

impl HostKeyStore {
    /// Secure hardware takes up to some seconds; a host that waits for the person takes longer, and may not.
    pub(crate) fn new(host: Arc<dyn KeyStore>) -> Self {
        Self {
            host,
            patience: Duration::from_secs(10),
        }
    }

    fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn KeyStore) -> Result<T, HostError> + Send + 'static,
    ) -> Result<T, KeyStoreError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let host = Arc::clone(&self.host);
        std::thread::Builder::new()
            .name("tekram-keys".to_owned())
            .spawn(move || {
                let answered = caught(|| Ok(ask(host.as_ref()))).unwrap_or(Err(HostError::Failed));
                // Nobody may be waiting any more; the answer is dropped then.
                let _ = answer.send(answered);
            })
            .map_err(|_| KeyStoreError::HostFailed)?;
        answered
            .recv_timeout(self.patience)
            .unwrap_or(Err(HostError::Failed))
            .map_err(KeyStoreError::from)
    }
}

impl tekram_agent::KeyStore for HostKeyStore {
    fn wrap(&self, name: &str, key: &Secret32) -> Result<Vec<u8>, KeyStoreError> {
        let (name, key) = (name.to_owned(), Zeroizing::new(key.expose().to_vec()));
        self.ask(move |host| host.wrap(name, key.to_vec()))
    }

    fn unwrap(&self, name: &str, wrapped: &[u8]) -> Result<Secret32, KeyStoreError> {
        let (name, wrapped) = (name.to_owned(), wrapped.to_vec());
        let key = self.ask(move |host| host.unwrap(name, wrapped).map(Zeroizing::new))?;
        Secret32::try_from(key.as_slice()).map_err(|_| KeyStoreError::NotMine)
    }

    fn remove(&self, name: &str) -> Result<(), KeyStoreError> {
        let name = name.to_owned();
        self.ask(move |host| host.remove(name))
    }

    fn exists(&self, name: &str) -> Result<bool, KeyStoreError> {
        let name = name.to_owned();
        self.ask(move |host| host.exists(name))
    }

    fn keep_number(&self, name: &str, number: u64) -> Result<(), KeyStoreError> {
        let name = name.to_owned();
        self.ask(move |host| host.keep_number(name, number))
    }

    fn kept_number(&self, name: &str) -> Result<Option<u64>, KeyStoreError> {
        let name = name.to_owned();
        self.ask(move |host| host.kept_number(name))
    }
}

/// Where the phone is.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Position {
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
    /// How wrong it may be, metres.
    pub accuracy_m: f64,
    /// When it was there.
    pub at_ms: i64,
}

/// Knows where the phone is. It answers with what it knows and never waits.
#[uniffi::export(with_foreign)]
pub trait LocationSource: Send + Sync + Debug {
    /// The last position, if the person allowed it and there is one.
    ///
    /// # Errors
    /// Why it cannot say.
    fn position(&self) -> Result<Option<Position>, HostError>;
}

/// What kind of network there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ConnectivityState {
    /// None.
    Offline,
    /// One that costs.
    Metered,
    /// One that does not.
    Unmetered,
}

/// Knows whether there is a network.
#[uniffi::export(with_foreign)]
pub trait Connectivity: Send + Sync + Debug {
    /// What there is now.
    ///
    /// # Errors
    /// Why it cannot say; calls then try.
    fn state(&self) -> Result<ConnectivityState, HostError>;
}

/// What the phone senses, for those calls that ask.
#[derive(Debug, Clone)]
pub(crate) struct Senses {
    pub(crate) location: Option<Arc<dyn LocationSource>>,
    pub(crate) connectivity: Option<Arc<dyn Connectivity>>,
}

impl Senses {
    /// Fails when the phone says that it is offline: sooner than a call that waits for nothing.
    pub(crate) fn online(&self) -> Result<(), TekramError> {
        let Some(connectivity) = &self.connectivity else {
            return Ok(());
        };
        match caught(|| Ok(connectivity.state()?)) {
            Ok(ConnectivityState::Offline) => Err(TekramError::offline()),
            _ => Ok(()),
        }
    }

    /// Where the phone is, in degrees.
    pub(crate) fn place(&self) -> Result<(f64, f64), TekramError> {
        let location = self.location.as_ref().ok_or_else(TekramError::no_position)?;
        let position = caught(|| Ok(location.position()?))?.ok_or_else(TekramError::no_position)?;
        Ok((position.latitude, position.longitude))
    }
}

/// Hears that something in a scope of an unlocked persona has changed; it then asks again for what it shows.
#[uniffi::export(with_foreign)]
pub trait ChangeListener: Send + Sync + Debug {
    /// These scopes changed since the last call. Called from a thread of its own, one call at a time; while a call runs,
    /// further changes are gathered.
    ///
    /// # Errors
    /// Ignored: a listener that fails hears of the next change all the same.
    fn changed(&self, scopes: Vec<String>) -> Result<(), HostError>;
}

/// Listens until it is cancelled or dropped.
#[derive(Debug, uniffi::Object)]
pub struct Subscription {
    gathered: Arc<Gathered>,
    core: Mutex<Option<tekram_agent::ChangeSubscription>>,
}

/// Scopes that changed and were not told yet: a set, so a slow listener costs no memory and stops no write.
#[derive(Debug, Default)]
struct Gathered {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct State {
    scopes: BTreeSet<&'static str>,
    over: bool,
}

impl Gathered {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, scope: &'static str) {
        self.state().scopes.insert(scope);
        self.news.notify_one();
    }

    fn end(&self) {
        self.state().over = true;
        self.news.notify_one();
    }

    /// Waits for changes; `None` at the end.
    fn take(&self) -> Option<Vec<String>> {
        let mut state = self
            .news
            .wait_while(self.state(), |state| state.scopes.is_empty() && !state.over)
            .unwrap_or_else(PoisonError::into_inner);
        if state.over {
            return None;
        }
        Some(
            std::mem::take(&mut state.scopes)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        )
    }
}

impl Subscription {
    /// Tells `listener` of what `subscribe` hears.
    pub(crate) fn start(
        listener: Arc<dyn ChangeListener>,
        subscribe: impl FnOnce(Box<dyn Fn(&'static str) + Send + Sync>) -> tekram_agent::ChangeSubscription,
    ) -> Result<Arc<Self>, TekramError> {
        let gathered = Arc::new(Gathered::default());
        let heard = Arc::clone(&gathered);
        std::thread::Builder::new()
            .name("tekram-changes".to_owned())
            .spawn(move || {
                while let Some(scopes) = heard.take() {
                    // A listener that throws or panics is told of the next change like any other.
                    let _ = caught(|| Ok(listener.changed(scopes)?));
                }
            })
            .map_err(|_| TekramError::no_threads())?;
        let told = Arc::clone(&gathered);
        let core = subscribe(Box::new(move |scope| told.add(scope)));
        Ok(Arc::new(Self {
            gathered,
            core: Mutex::new(Some(core)),
        }))
    }
}

#[uniffi::export]
impl Subscription {
    /// Stops listening. A call to the listener that runs already is not waited for.
    pub fn cancel(&self) {
        self.core.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.gathered.end();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
mod tests {
    use super::*;

    /// Waits for the person, which no host may.
    #[derive(Debug)]
    struct Waits(Arc<(Mutex<bool>, Condvar)>);

    impl Waits {
        fn wait(&self) {
            let held = self.0.0.lock().unwrap();
            drop(self.0.1.wait_while(held, |go| !*go).unwrap());
        }
    }

    impl KeyStore for Waits {
        fn wrap(&self, _: String, key: Vec<u8>) -> Result<Vec<u8>, HostError> {
            self.wait();
            Ok(key)
        }

        fn unwrap(&self, _: String, wrapped: Vec<u8>) -> Result<Vec<u8>, HostError> {
            self.wait();
            Ok(wrapped)
        }

        fn remove(&self, _: String) -> Result<(), HostError> {
            Ok(())
        }

        fn exists(&self, _: String) -> Result<bool, HostError> {
            Ok(false)
        }

        fn keep_number(&self, _: String, _: u64) -> Result<(), HostError> {
            Ok(())
        }

        fn kept_number(&self, _: String) -> Result<Option<u64>, HostError> {
            Ok(None)
        }
    }

    #[test]
    fn a_key_store_that_blocks_is_given_up_on() {
        use tekram_agent::KeyStore as _;
        let go = Arc::new((Mutex::new(false), Condvar::new()));
        let store = HostKeyStore {
            host: Arc::new(Waits(Arc::clone(&go))),
            patience: Duration::from_millis(50),
        };
        let refused = store.unwrap("key", &[0; 32]).unwrap_err();
        assert_eq!(refused.code(), "host_failed");
        assert!(!store.exists("key").unwrap());
        *go.0.lock().unwrap() = true;
        go.1.notify_all();
        assert!(store.unwrap("key", &[7; 32]).is_ok());
    }
}
