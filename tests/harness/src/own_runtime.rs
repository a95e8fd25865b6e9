//! A tokio runtime of its own for each counterpart, so that it runs on other threads than the test that talks to it,
//! can be started from plain and from async code alike, and takes all its tasks with it when dropped.

use std::future::Future;
use std::io;
use std::sync::mpsc;

use tokio::runtime::{Builder, Runtime};

/// A runtime on one thread of its own; dropping it ends its tasks.
#[derive(Debug)]
pub(crate) struct OwnRuntime {
    runtime: Option<Runtime>,
}

impl OwnRuntime {
    /// Starts a runtime, runs `start` on it and returns what it made.
    pub(crate) fn start<T, F>(name: &str, start: F) -> io::Result<(Self, T)>
    where
        T: Send + 'static,
        F: Future<Output = io::Result<T>> + Send + 'static,
    {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .enable_all()
            .build()?;
        let (sender, receiver) = mpsc::channel();
        runtime.spawn(async move {
            // The receiver waits below, so nobody can have dropped it.
            let _ = sender.send(start.await);
        });
        let own = Self { runtime: Some(runtime) };
        let made = receiver
            .recv()
            .map_err(|_| io::Error::other(format!("{name} stopped while starting")))??;
        Ok((own, made))
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        // Waiting for the tasks would not be allowed inside an async test.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
