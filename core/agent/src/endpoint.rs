//! The endpoint of this device, by which other apps tell what they played: who has a token, and answering on a port of
//! 127.0.0.1, for locked and unlocked personas alike.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tekram_listen::endpoint::{self, Asked, Door, EndpointToken, Limiter, MAX_BODY_BYTES, NewToken};
use tekram_net::{Arrived, Loopback, LoopbackLimits, Replied};
use tekram_primitives::time::Clock;
use tekram_vault::Inbox;

use crate::device::{Agent, persona_error};
use crate::error::AgentError;
use crate::persona::Persona;

/// The port, unless the person chooses another.
pub const ENDPOINT_PORT: u16 = 8929;

impl Persona {
    /// Makes a token for an app. It is shown now and never again.
    ///
    /// # Errors
    /// `bad_app_name`, `too_many_tokens`, the vault's errors.
    pub fn add_endpoint_token(&self, app: &str) -> Result<NewToken, AgentError> {
        Ok(endpoint::add_token(&self.vault, app, self.clock.now())?)
    }

    /// The tokens that apps were given, oldest first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn endpoint_tokens(&self) -> Result<Vec<EndpointToken>, AgentError> {
        Ok(endpoint::tokens(&self.vault)?)
    }

    /// Takes a token back, at once and also for an endpoint that is running.
    ///
    /// # Errors
    /// `no_such_token`, the vault's errors.
    pub fn revoke_endpoint_token(&self, token_id: &str) -> Result<(), AgentError> {
        Ok(endpoint::revoke_token(&self.vault, token_id)?)
    }
}

/// An endpoint that has its port.
#[derive(Debug)]
pub struct Endpoint {
    server: Loopback,
    inboxes: Vec<Inbox>,
    clock: Arc<dyn Clock>,
}

impl Agent {
    /// Takes a port of 127.0.0.1 for the personas with these ids; 0 takes a free one. Nothing is unlocked.
    ///
    /// # Errors
    /// `no_such_persona`, `no_endpoint` when the port cannot be had.
    pub async fn endpoint(&self, personas: &[String], port: u16) -> Result<Endpoint, AgentError> {
        let inboxes = personas
            .iter()
            .map(|id| self.store.inbox(id).map_err(persona_error))
            .collect::<Result<Vec<_>, _>>()?;
        let server = Loopback::bind(port).await.map_err(|error| AgentError::NoEndpoint {
            port,
            kind: error.kind(),
        })?;
        Ok(Endpoint {
            server,
            inboxes,
            clock: Arc::clone(&self.clock),
        })
    }
}

impl Endpoint {
    /// The address that an app is given as its ListenBrainz server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    /// Answers until the returned future is dropped. `told` hears how many listens were sealed, each time that some were; it
    /// is the moment to drain the inbox of an unlocked persona.
    pub async fn serve(self, told: impl Fn(usize) + Send + Sync + 'static) {
        let limits = LoopbackLimits {
            max_body_bytes: MAX_BODY_BYTES,
            ..LoopbackLimits::default()
        };
        let (inboxes, clock) = (self.inboxes, self.clock);
        let begun = Instant::now();
        // One request after the other: of two large ones only one is in memory as more than its bytes.
        let limiter = Mutex::new(Limiter::default());
        let answer = move |arrived: Arrived| {
            let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
            let asked = Asked {
                method: &arrived.method,
                path: &arrived.path,
                query: &arrived.query,
                authorization: arrived.authorization.as_deref(),
                body: &arrived.body,
                now_ms: clock.now().millis(),
                monotonic_ms: i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX),
            };
            let doors: Result<Vec<Door>, _> = inboxes.iter().cloned().map(Door::of).collect();
            let reply = doors.and_then(|doors| endpoint::answer(&asked, &doors, &mut limiter));
            drop(limiter);
            match reply {
                Ok(reply) => {
                    if reply.sealed > 0 {
                        told(reply.sealed);
                    }
                    Replied {
                        status: reply.status,
                        headers: reply.headers,
                        body: reply.body.to_string().into_bytes(),
                    }
                }
                // Nothing was acknowledged; the app keeps it and tries again.
                Err(_) => Replied {
                    status: 503,
                    headers: vec![("retry-after", "60".to_owned())],
                    body: br#"{"code":503,"error":"try again later"}"#.to_vec(),
                },
            }
        };
        match self.server.serve(limits, answer).await {}
    }
}
