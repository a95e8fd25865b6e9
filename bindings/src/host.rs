//! What the phone does for the core: traits that Kotlin and Swift implement. They are synchronous and never wait for the
//! person. Whatever a host throws is dropped with its text, since a stack trace may quote anything.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::TekramError;
use crate::gate::caught;

/// A host's trait did not do what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HostError {
    /// It failed; why stays with the host.
    #[error("the host failed")]
    Failed,
    /// The key needs the person's presence, is gone, or the device has no place for it.
    #[error("not available")]
    Unavailable,
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
            .map_err(|_| TekramError::host_failed())?;
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
