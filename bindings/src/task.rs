//! A piece of work that takes a while, as an object: its progress can be waited for, its end too, and it ends when it is
//! cancelled or nobody holds it any more.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, watch};

use crate::error::TekramError;
use crate::gate::{Stop, Stopped, spawn};

/// Tells of progress as the work goes on.
#[derive(Clone)]
pub(crate) enum Tell<P> {
    /// Only the newest counts.
    Latest(watch::Sender<Option<P>>),
    /// Each one counts, in order.
    Each(mpsc::UnboundedSender<P>),
}

impl<P> Tell<P> {
    pub(crate) fn tell(&self, progress: P) {
        match self {
            Self::Latest(latest) => {
                latest.send_replace(Some(progress));
            }
            Self::Each(each) => {
                // Nobody listening is no reason to stop: dropping the task is.
                let _ = each.send(progress);
            }
        }
    }
}

enum Heard<P> {
    Latest(watch::Receiver<Option<P>>),
    Each(mpsc::UnboundedReceiver<P>),
}

/// Work that runs, with progress `P` and the result `R`.
pub(crate) struct Task<P, R> {
    stop: Arc<Stop>,
    heard: Mutex<Heard<P>>,
    done: watch::Receiver<Option<Result<R, TekramError>>>,
}

impl<P: Clone + Send + Sync + 'static, R: Clone + Send + Sync + 'static> Task<P, R> {
    /// Starts work of which only the newest progress is told.
    pub(crate) fn latest(
        stop: Arc<Stop>,
        work: impl FnOnce(&Stop, &Tell<P>) -> Result<R, TekramError> + Send + 'static,
    ) -> Result<Self, TekramError> {
        let (sender, receiver) = watch::channel(None);
        Self::start(stop, Tell::Latest(sender), Heard::Latest(receiver), work)
    }

    /// Starts work of which every step is told. There are few: as many as lines or feeds.
    pub(crate) fn each(
        stop: Arc<Stop>,
        work: impl FnOnce(&Stop, &Tell<P>) -> Result<R, TekramError> + Send + 'static,
    ) -> Result<Self, TekramError> {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self::start(stop, Tell::Each(sender), Heard::Each(receiver), work)
    }

    fn start(
        stop: Arc<Stop>,
        tell: Tell<P>,
        heard: Heard<P>,
        work: impl FnOnce(&Stop, &Tell<P>) -> Result<R, TekramError> + Send + 'static,
    ) -> Result<Self, TekramError> {
        let (ended, done) = watch::channel(None);
        let running = spawn(&stop, move |stop| work(stop, &tell))?;
        crate::gate::runtime()?.spawn(async move {
            ended.send_replace(Some(running.await.unwrap_or_else(|_| Err(TekramError::panicked()))));
        });
        Ok(Self {
            stop,
            heard: Mutex::new(heard),
            done,
        })
    }

    /// Waits for the next progress; `None` when the work is over.
    pub(crate) async fn next(&self) -> Option<P> {
        match &mut *self.heard.lock().await {
            Heard::Latest(latest) => {
                latest.changed().await.ok()?;
                latest.borrow_and_update().clone()
            }
            Heard::Each(each) => each.recv().await,
        }
    }

    /// Waits for the end. May be asked again, also after the caller stopped waiting once.
    pub(crate) async fn finish(&self) -> Result<R, TekramError> {
        let mut done = self.done.clone();
        match done.wait_for(Option::is_some).await {
            Ok(result) => result.clone().unwrap_or_else(|| Err(TekramError::cancelled())),
            Err(_) => Err(TekramError::cancelled()),
        }
    }
}

impl<P, R> Task<P, R> {
    /// Ends the work; `finish` then says `cancelled`.
    pub(crate) fn cancel(&self) {
        self.stop.stop(Stopped::Cancelled);
    }
}

impl<P, R> Drop for Task<P, R> {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Makes the object that front ends hold for one kind of task. UniFFI knows no generic types.
macro_rules! task {
    ($(#[$doc:meta])* $Name:ident, $Progress:ty, $Report:ty) => {
        $(#[$doc])*
        #[derive(uniffi::Object)]
        pub struct $Name(pub(crate) $crate::task::Task<$Progress, $Report>);

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($Name))
            }
        }

        #[uniffi::export]
        impl $Name {
            /// Waits for the next progress; nothing when the work is over.
            pub async fn next(&self) -> Option<$Progress> {
                self.0.next().await
            }

            /// Waits for the end and gives the report. May be asked again.
            ///
            /// # Errors
            /// `cancelled`, `paused`, `locked`, `closed`, and those of the work.
            pub async fn finish(&self) -> Result<$Report, $crate::error::TekramError> {
                self.0.finish().await
            }

            /// Ends the work; nothing half done is left behind.
            pub fn cancel(&self) {
                self.0.cancel();
            }
        }
    };
}

pub(crate) use task;
