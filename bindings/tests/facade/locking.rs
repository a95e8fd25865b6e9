//! Two that lock the same persona or close the same device: whichever call returns first, the vault can be unlocked then.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::common::{Keys, device_with, persona, settings};
use tekram_ffi::{Agent, HostError, KeyStore, TekramError};

/// A key store that takes its time while a vault locks: with its number kept, the files are closed.
#[derive(Debug, Default)]
struct SlowKeys {
    keys: Keys,
    state: Mutex<SlowState>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct SlowState {
    slow: bool,
    asked: bool,
}

impl SlowKeys {
    /// Lets no number be kept until [`SlowKeys::go_on`].
    fn hold_up(&self) {
        self.state.lock().unwrap().slow = true;
    }

    /// Waits until a vault is in the middle of locking.
    fn wait_until_asked(&self) {
        let state = self.state.lock().unwrap();
        drop(self.news.wait_while(state, |state| !state.asked).unwrap());
    }

    fn go_on(&self) {
        *self.state.lock().unwrap() = SlowState::default();
        self.news.notify_all();
    }
}

impl KeyStore for SlowKeys {
    fn wrap(&self, name: String, key: Vec<u8>) -> Result<Vec<u8>, HostError> {
        self.keys.wrap(name, key)
    }

    fn unwrap(&self, name: String, wrapped: Vec<u8>) -> Result<Vec<u8>, HostError> {
        self.keys.unwrap(name, wrapped)
    }

    fn remove(&self, name: String) -> Result<(), HostError> {
        self.keys.remove(name)
    }

    fn exists(&self, name: String) -> Result<bool, HostError> {
        self.keys.exists(name)
    }

    fn keep_number(&self, name: String, number: u64) -> Result<(), HostError> {
        let mut state = self.state.lock().unwrap();
        state.asked = true;
        self.news.notify_all();
        drop(self.news.wait_while(state, |state| state.slow).unwrap());
        self.keys.keep_number(name, number)
    }

    fn kept_number(&self, name: String) -> Result<Option<u64>, HostError> {
        self.keys.kept_number(name)
    }
}

/// Calls `lock` on two threads, the second while the first is in the middle of it, and returns as soon as one of them has returned.
fn as_soon_as_one_has_locked(keys: &SlowKeys, lock: impl Fn() -> Result<(), TekramError> + Send + Sync + 'static) {
    let lock = Arc::new(lock);
    let (returned, returns) = std::sync::mpsc::channel();
    let begin = || {
        let (lock, returned) = (Arc::clone(&lock), returned.clone());
        std::thread::spawn(move || returned.send(lock()))
    };
    keys.hold_up();
    begin();
    keys.wait_until_asked();
    begin();
    let early = returns.recv_timeout(Duration::from_millis(300));
    if early.is_err() {
        keys.go_on();
    }
    early.unwrap_or_else(|_| returns.recv().unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persona_that_two_lock_can_be_unlocked_when_either_is_done() {
    let keys = Arc::new(SlowKeys::default());
    let device = device_with(Some(keys.clone()), None, None);
    let home = persona(&device).await;
    let locked = Arc::clone(&home);
    as_soon_as_one_has_locked(&keys, move || locked.lock());
    let again = device.agent.unlock_with_key_store(home.id()).await;
    keys.go_on();
    again.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_two_close_can_be_opened_when_either_is_done() {
    let keys = Arc::new(SlowKeys::default());
    let device = device_with(Some(keys.clone()), None, None);
    let home = persona(&device).await;
    let closed = Arc::clone(&device.agent);
    as_soon_as_one_has_locked(&keys, move || closed.close());
    let agent = Agent::open(settings(device.folder.path()), Some(keys.clone()), None, None).unwrap();
    let again = agent.unlock_with_key_store(home.id()).await;
    keys.go_on();
    again.unwrap();
}
