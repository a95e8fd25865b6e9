//! Which calls may run: a gate for the whole agent (paused, closed) and one for each persona (locked). Waiting calls run
//! beside the caller on threads of one runtime, and end at once when their gate shuts or nobody waits for them.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::error::TekramError;

/// Why a call ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    Paused,
    Closed,
    Locked,
    Cancelled,
}

/// One running call, and how to end it.
#[derive(Debug)]
pub(crate) struct Stop {
    why: watch::Sender<Option<Stopped>>,
    flag: Arc<AtomicBool>,
}

impl Stop {
    /// A call that runs while all `gates` are open.
    pub(crate) fn new(gates: &[&Gate]) -> Result<Arc<Self>, TekramError> {
        let stop = Arc::new(Self {
            why: watch::Sender::new(None),
            flag: Arc::default(),
        });
        for gate in gates {
            gate.enter(&stop)?;
        }
        Ok(stop)
    }

    /// Ends the call; the first reason stands.
    pub(crate) fn stop(&self, why: Stopped) {
        self.why.send_if_modified(|known| {
            let first = known.is_none();
            if first {
                *known = Some(why);
            }
            first
        });
        self.flag.store(true, Ordering::Relaxed);
    }

    /// Why it was ended, if it was.
    pub(crate) fn why(&self) -> Option<Stopped> {
        *self.why.borrow()
    }

    /// Set when the call is to end, for work that looks now and then.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Waits until the call is ended.
    pub(crate) async fn stopped(&self) -> Stopped {
        let mut why = self.why.subscribe();
        match why.wait_for(Option::is_some).await {
            Ok(why) => why.unwrap_or(Stopped::Cancelled),
            Err(_) => Stopped::Cancelled,
        }
    }

    /// `work` to its end, unless the call is ended first.
    pub(crate) async fn race<T>(&self, work: impl Future<Output = Result<T, TekramError>>) -> Result<T, TekramError> {
        tokio::select! {
            biased;
            why = self.stopped() => Err(why.into()),
            done = work => done,
        }
    }
}

/// Ends a call when the one who waits for it goes away.
struct EndsWithItsCaller(Arc<Stop>);

impl Drop for EndsWithItsCaller {
    fn drop(&mut self) {
        self.0.stop(Stopped::Cancelled);
    }
}

/// Lets calls through, or says why not.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<GateState>);

#[derive(Debug, Default)]
struct GateState {
    shut: Option<Stopped>,
    running: Vec<Weak<Stop>>,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, GateState> {
        // Nothing that can panic runs under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, stop: &Arc<Stop>) -> Result<(), TekramError> {
        let mut state = self.state();
        if let Some(why) = state.shut {
            return Err(why.into());
        }
        state.running.retain(|running| running.strong_count() > 0);
        state.running.push(Arc::downgrade(stop));
        Ok(())
    }

    /// Ends the running calls and refuses new ones. Closed and locked are for ever.
    pub(crate) fn shut(&self, why: Stopped) {
        let running = {
            let mut state = self.state();
            if !matches!(state.shut, Some(Stopped::Closed | Stopped::Locked)) {
                state.shut = Some(why);
            }
            std::mem::take(&mut state.running)
        };
        for stop in running.iter().filter_map(Weak::upgrade) {
            stop.stop(why);
        }
    }

    /// Lets calls through again after a pause.
    pub(crate) fn open(&self) {
        let mut state = self.state();
        if state.shut == Some(Stopped::Paused) {
            state.shut = None;
        }
    }

    /// Refuses when this gate is shut for good; a pause is no hindrance for calls that do not wait.
    pub(crate) fn check_not_over(&self) -> Result<(), TekramError> {
        match self.state().shut {
            Some(why @ (Stopped::Closed | Stopped::Locked)) => Err(why.into()),
            _ => Ok(()),
        }
    }
}

/// Runs `work`; a panic in it becomes an error without the panic's text. What it was doing to a vault is rolled back by
/// the vault's own transaction.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, TekramError>) -> Result<T, TekramError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(TekramError::panicked()))
}

/// Threads for everything that waits, one set in the process: agents come and go without any.
static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("tekram")
        .enable_all()
        .build()
        .ok()
});

pub(crate) fn runtime() -> Result<&'static Runtime, TekramError> {
    RUNTIME.as_ref().ok_or_else(TekramError::no_threads)
}

/// Runs blocking `work` on a thread of its own. Returns early when the call is ended; dropping the future ends it too.
pub(crate) async fn beside<T: Send + 'static>(
    stop: Arc<Stop>,
    work: impl FnOnce(&Stop) -> Result<T, TekramError> + Send + 'static,
) -> Result<T, TekramError> {
    let _ends = EndsWithItsCaller(Arc::clone(&stop));
    let running = spawn(&stop, work)?;
    tokio::select! {
        biased;
        done = running => done.unwrap_or_else(|_| Err(TekramError::panicked())),
        why = stop.stopped() => Err(why.into()),
    }
}

/// Starts blocking `work` on a thread of its own. When it fails because the call was ended, the error says why.
pub(crate) fn spawn<T: Send + 'static>(
    stop: &Arc<Stop>,
    work: impl FnOnce(&Stop) -> Result<T, TekramError> + Send + 'static,
) -> Result<tokio::task::JoinHandle<Result<T, TekramError>>, TekramError> {
    let stop = Arc::clone(stop);
    Ok(runtime()?.spawn_blocking(move || {
        let done = caught(|| work(&stop));
        match (done, stop.why()) {
            (Err(_), Some(why)) => Err(why.into()),
            (done, _) => done,
        }
    }))
}

/// Waits for `work` on this thread, which is one of those of [`spawn`], unless the call is ended first. The work need
/// not be `Send`, and its reads of the vault may block.
pub(crate) fn wait_here<T>(stop: &Stop, work: impl Future<Output = Result<T, TekramError>>) -> Result<T, TekramError> {
    runtime()?.block_on(stop.race(work))
}
