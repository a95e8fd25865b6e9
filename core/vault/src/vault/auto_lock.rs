//! Locking by itself: after the time that the person chose, unless somebody touches the vault. One thread for each unlocked
//! vault waits for that moment. Time in which the device sleeps counts, as far as the wall clock says so.

use std::sync::{Arc, Condvar, Mutex, Weak};
use std::thread;
use std::time::Duration;

use tekram_primitives::time::{Clock, Timestamp};

use super::{Inner, Vault, lock};
use crate::change::Scope;
use crate::error::VaultError;

/// The thread looks at the clock this often: waiting does not notice that the device slept.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// When the vault was last touched, and what waits for it.
#[derive(Debug)]
pub(super) struct AutoLock {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Debug)]
struct State {
    after: Option<Duration>,
    touched_monotonic_ms: u64,
    touched: Timestamp,
    watched: bool,
    over: bool,
}

impl AutoLock {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        let state = Mutex::new(State {
            after: None,
            touched_monotonic_ms: clock.monotonic_ms(),
            touched: clock.now(),
            watched: false,
            over: false,
        });
        Arc::new(Self {
            clock,
            state,
            news: Condvar::new(),
        })
    }

    /// The vault is locked: nothing is left to wait for.
    pub(super) fn end(&self) {
        lock(&self.state).over = true;
        self.news.notify_all();
    }

    /// How long nobody has touched it.
    fn idle(&self, state: &State) -> Duration {
        let slept_too = u64::try_from(self.clock.now().millis_since(state.touched)).unwrap_or(0);
        let awake = self.clock.monotonic_ms().saturating_sub(state.touched_monotonic_ms);
        Duration::from_millis(slept_too.max(awake))
    }

    fn touch(&self) {
        let mut state = lock(&self.state);
        // Too late when its time was over already: a device that wakes up locks before it shows anything.
        if state.after.is_none_or(|after| self.idle(&state) < after) {
            state.touched_monotonic_ms = self.clock.monotonic_ms();
            state.touched = self.clock.now();
        }
        drop(state);
        self.news.notify_all();
    }

    /// Sets the time; begins to watch when nobody does.
    fn set(self: &Arc<Self>, after: Option<Duration>, vault: Weak<Inner>) -> Result<(), VaultError> {
        let mut state = lock(&self.state);
        state.touched_monotonic_ms = self.clock.monotonic_ms();
        state.touched = self.clock.now();
        state.after = after;
        if after.is_some() && !state.watched && !state.over {
            let me = Arc::clone(self);
            thread::Builder::new()
                .name("tekram-lock".to_owned())
                .spawn(move || me.watch(&vault))
                .map_err(VaultError::io("starting the thread that locks"))?;
            state.watched = true;
        }
        drop(state);
        self.news.notify_all();
        Ok(())
    }

    fn watch(&self, vault: &Weak<Inner>) {
        let mut state = lock(&self.state);
        loop {
            // Somebody has locked it.
            if state.over {
                return;
            }
            let Some(after) = state.after else {
                state.watched = false;
                return;
            };
            let idle = self.idle(&state);
            if idle >= after {
                state.over = true;
                break;
            }
            let wait = after.saturating_sub(idle).min(LOOK_EVERY);
            state = self
                .news
                .wait_timeout(state, wait)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
        }
        drop(state);
        if let Some(vault) = vault.upgrade() {
            // The keys are gone also when the disk refuses; there is nobody here to hear of it.
            let _ = vault.close();
            vault.changes.tell(Scope::LOCKED);
        }
    }
}

impl Vault {
    /// Locks the vault by itself when nobody has called [`Vault::touch`] for so long; `None`: never. It is kept with the vault,
    /// and holds from each unlock on. Listeners are told [`Scope::LOCKED`] when it happens.
    pub fn lock_after(&self, idle: Option<Duration>) -> Result<(), VaultError> {
        let idle_ms = idle.map(|idle| u64::try_from(idle.as_millis()).unwrap_or(u64::MAX));
        self.change_header(|header, _| {
            header.lock_after_ms = idle_ms;
            Ok(())
        })?;
        self.watch_idleness(idle_ms)
    }

    /// After how long it locks by itself.
    pub fn locks_after(&self) -> Option<Duration> {
        self.with_header(|header| header.lock_after_ms.map(Duration::from_millis))
    }

    /// The person is there. Work in the background does not count as that.
    pub fn touch(&self) {
        self.0.auto_lock.touch();
    }

    pub(super) fn watch_idleness(&self, idle_ms: Option<u64>) -> Result<(), VaultError> {
        let idle = idle_ms.map(Duration::from_millis);
        self.0.auto_lock.set(idle, Arc::downgrade(&self.0))
    }
}
