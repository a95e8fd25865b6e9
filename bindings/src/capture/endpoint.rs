//! The endpoint of this device: tokens of apps that may tell what they played, and answering them for as long as the host
//! wants. It answers for locked personas too, and while the app is paused.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::agent::Agent;
use crate::error::TekramError;
use crate::gate::{Stop, beside, wait_here};
use crate::persona::Persona;
use crate::task::Task;

/// A token that an app was given.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EndpointToken {
    /// Its name here; not the token.
    pub id: String,
    /// The app, as the person calls it.
    pub app: String,
    /// When it was made.
    pub created_ms: i64,
    /// When a listen that came with it last reached the log; 0 for never.
    pub last_ms: i64,
    /// Whether it is taken: not after a vault was restored.
    pub works: bool,
}

/// A token that was just made: the one moment in which it can be shown. No record, because records print their fields.
#[derive(uniffi::Object)]
pub struct NewEndpointToken(tekram_agent::NewToken);

impl fmt::Debug for NewEndpointToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewEndpointToken([REDACTED])")
    }
}

#[uniffi::export]
impl NewEndpointToken {
    /// Its name here.
    pub fn id(&self) -> String {
        self.0.token_id.clone()
    }

    /// The token itself, for the app.
    pub fn reveal(&self) -> String {
        self.0.token.expose().to_owned()
    }
}

/// What apps told so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct EndpointTold {
    /// Listens that were sealed since it answers. It is the moment to drain an unlocked persona.
    pub listens: u64,
}

/// An endpoint that answers until it is cancelled, nobody holds it any more, or the agent is closed.
#[derive(uniffi::Object)]
pub struct EndpointTask {
    url: String,
    task: Task<EndpointTold, ()>,
}

impl fmt::Debug for EndpointTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndpointTask")
    }
}

#[uniffi::export]
impl EndpointTask {
    /// The address that an app is given as its ListenBrainz server.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Waits until apps told something; nothing when it is over.
    pub async fn next(&self) -> Option<EndpointTold> {
        self.task.next().await
    }

    /// Waits for the end, which comes only by an error: `cancelled`, `closed`.
    ///
    /// # Errors
    /// Why it ended.
    pub async fn finish(&self) -> Result<(), TekramError> {
        self.task.finish().await
    }

    /// Ends it; the port is free again a moment later.
    pub fn cancel(&self) {
        self.task.cancel();
    }
}

#[uniffi::export]
impl Agent {
    /// Takes a port of 127.0.0.1 and answers apps for the personas with these ids, locked or not; 0 takes a free one, nothing
    /// the usual one.
    ///
    /// # Errors
    /// `no_such_persona`, `no_endpoint` when the port cannot be had, `closed`.
    pub async fn start_endpoint(
        &self,
        personas: Vec<String>,
        port: Option<u16>,
    ) -> Result<Arc<EndpointTask>, TekramError> {
        let (core, stop) = self.begin_lasting()?;
        let port = port.unwrap_or(tekram_agent::ENDPOINT_PORT);
        let endpoint = beside(stop, move |stop| {
            wait_here(stop, async move { Ok(core.endpoint(&personas, port).await?) })
        })
        .await?;
        let url = endpoint.url();
        let (_, stop) = self.begin_lasting()?;
        let task = Task::latest(stop, move |stop: &Stop, tell| {
            let tell = tell.clone();
            let so_far = AtomicU64::new(0);
            wait_here(stop, async move {
                endpoint
                    .serve(move |listens| {
                        let listens = listens as u64;
                        let before = so_far.fetch_add(listens, Ordering::Relaxed);
                        tell.tell(EndpointTold {
                            listens: before.saturating_add(listens),
                        });
                    })
                    .await;
                Ok(())
            })
        })?;
        Ok(Arc::new(EndpointTask { url, task }))
    }
}

#[uniffi::export]
impl Persona {
    /// Makes a token for an app. It is shown now and never again.
    ///
    /// # Errors
    /// `bad_app_name`, `too_many_tokens`, `locked`, `closed`, the vault's errors.
    pub fn add_endpoint_token(&self, app: String) -> Result<Arc<NewEndpointToken>, TekramError> {
        self.with(|core| Ok(Arc::new(NewEndpointToken(core.add_endpoint_token(&app)?))))
    }

    /// The tokens that apps were given, oldest first.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn endpoint_tokens(&self) -> Result<Vec<EndpointToken>, TekramError> {
        self.with(|core| {
            let tokens = core.endpoint_tokens()?.into_iter().map(|token| EndpointToken {
                id: token.token_id,
                app: token.app,
                created_ms: token.created_ms,
                last_ms: token.last_ms,
                works: token.works,
            });
            Ok(tokens.collect())
        })
    }

    /// Takes a token back, at once and also for an endpoint that is running.
    ///
    /// # Errors
    /// `no_such_token`, `locked`, `closed`, the vault's errors.
    pub fn revoke_endpoint_token(&self, token: String) -> Result<(), TekramError> {
        self.with(|core| Ok(core.revoke_endpoint_token(&token)?))
    }
}
