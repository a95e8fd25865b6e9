//! The way to a mint: `cdk`'s transport over the persona's own web context, so that its limits, its private-address
//! rules, its proxy and its separation from other personas hold for mints too. There are no WebSockets; states are
//! asked for.
//!
//! `cdk` flattens a failed exchange into text. The text made here is a stable code behind a prefix, and
//! [`WayFailure::read`] gets it back, because whether a request can have reached the mint decides about money.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cdk::wallet::HttpTransport;
use cdk_common::{AuthToken, HttpError, RawResponse, ws_client};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tekram_net::{FetchError, Http, Limits, Method, Request};
use tekram_primitives::time::Clock;
use url::Url;

/// Most bytes of a mint's answer: a mint with fifty keysets stays under it.
const MAX_ANSWER_BYTES: u64 = 4 * 1024 * 1024;
/// How long one exchange with a mint may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The clocks' difference when it was never seen.
const SKEW_UNKNOWN: i64 = i64::MIN;

const NOT_SENT: &str = "tekram:not-sent:";
const LOST: &str = "tekram:lost:";
const UNREADABLE: &str = "tekram:unreadable";

/// Sends `cdk`'s requests through a [`Http`] context.
#[derive(Clone)]
pub struct MintTransport {
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    skew_ms: Arc<AtomicI64>,
}

impl fmt::Debug for MintTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintTransport").finish_non_exhaustive()
    }
}

impl MintTransport {
    /// A transport over this context.
    pub fn new(http: Arc<dyn Http>, clock: Arc<dyn Clock>) -> Self {
        Self {
            http,
            clock,
            skew_ms: Arc::new(AtomicI64::new(SKEW_UNKNOWN)),
        }
    }

    /// How far the mint's clock was ahead of this device's at the last answer, in milliseconds (HTTP `Date`, a second
    /// coarse); `None` before the first.
    pub fn clock_skew_ms(&self) -> Option<i64> {
        Some(self.skew_ms.load(Ordering::Relaxed)).filter(|skew| *skew != SKEW_UNKNOWN)
    }

    async fn send(
        &self,
        method: Method,
        url: Url,
        auth: Option<AuthToken>,
        body: Option<(&str, Vec<u8>)>,
    ) -> Result<RawResponse, HttpError> {
        let mut request = Request {
            method,
            url,
            headers: Vec::new(),
            body: None,
            // A mint has no reason to send a wallet elsewhere, and a request may carry spendable proofs.
            limits: Limits {
                max_bytes: MAX_ANSWER_BYTES,
                timeout: TIMEOUT,
                max_redirects: 0,
                ..Limits::default()
            },
        };
        if let Some((content_type, bytes)) = body {
            request = request.header("content-type", content_type);
            request.body = Some(bytes);
        }
        if let Some(auth) = auth {
            request = request.header(&auth.header_key(), &auth.to_string());
        }
        let response = match self.http.fetch(request.clone()).await {
            // Mostly a kept connection that the mint was just closing. Everything asked of a mint here may be asked twice:
            // an exchange that was carried out answers that it was, and is read back.
            Err(FetchError::ConnectionLost { .. }) => self
                .http
                .fetch(request)
                .await
                .map_err(|error| HttpError::Other(format!("{LOST}{}", error.code())))?,
            first => first.map_err(|error| failed(&error))?,
        };
        if let Some(date_ms) = response.date_ms {
            self.skew_ms
                .store(date_ms.saturating_sub(self.clock.now().millis()), Ordering::Relaxed);
        }
        Ok(RawResponse::new(response.status, response.body))
    }
}

/// `cdk` repeats a request that failed with `Connection` or `Timeout` for as long as the mint's own NUT-19 lifetime says;
/// `Other` leaves that decision here.
fn failed(error: &FetchError) -> HttpError {
    let prefix = match error {
        FetchError::BadUrl
        | FetchError::UnsupportedScheme { .. }
        | FetchError::PrivateAddress { .. }
        | FetchError::ForbiddenHeader { .. }
        | FetchError::NameNotFound { .. }
        | FetchError::Unreachable { .. }
        | FetchError::BadProxy
        | FetchError::Setup => NOT_SENT,
        _ => LOST,
    };
    HttpError::Other(format!("{prefix}{}", error.code()))
}

fn read<R: DeserializeOwned>(response: RawResponse) -> Result<R, HttpError> {
    response.json_or_status_error().map_err(|error| match error {
        HttpError::Serialization(_) => HttpError::Other(UNREADABLE.to_owned()),
        other => other,
    })
}

#[async_trait]
impl HttpTransport for MintTransport {
    async fn ws_connect(
        &self,
        _url: &str,
        _headers: &[(&str, &str)],
    ) -> Result<(ws_client::WsSender, ws_client::WsReceiver), ws_client::WsError> {
        Err(ws_client::WsError::NotSupported("states are asked for".to_owned()))
    }

    fn with_proxy(&mut self, _proxy: Url, _host_matcher: Option<&str>, _accept: bool) -> Result<(), HttpError> {
        Err(HttpError::Proxy(
            "the proxy belongs to the persona's web context".to_owned(),
        ))
    }

    async fn http_get<R>(&self, url: Url, auth: Option<AuthToken>) -> Result<R, HttpError>
    where
        R: DeserializeOwned,
    {
        read(self.http_get_raw(url, auth).await?)
    }

    async fn http_get_raw(&self, url: Url, auth: Option<AuthToken>) -> Result<RawResponse, HttpError> {
        self.send(Method::Get, url, auth, None).await
    }

    async fn http_post<P, R>(&self, url: Url, auth: Option<AuthToken>, payload: &P) -> Result<R, HttpError>
    where
        P: Serialize + Send + Sync,
        R: DeserializeOwned,
    {
        let body = serde_json::to_vec(payload).map_err(|_| HttpError::Build("request".to_owned()))?;
        read(
            self.send(Method::Post, url, auth, Some(("application/json", body)))
                .await?,
        )
    }

    async fn http_post_form_raw<P>(&self, _: Url, _: Option<AuthToken>, _: &P) -> Result<RawResponse, HttpError>
    where
        P: Serialize + Send + Sync,
    {
        Err(HttpError::Build("mints that want a log-in are not used".to_owned()))
    }
}

/// Where an exchange with a mint broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WayFailure {
    /// Before anything was sent; with the net's code.
    NotSent(String),
    /// After that: the mint may have acted; with the net's code.
    Lost(String),
    /// The answer is not the protocol's JSON: the mint may have acted.
    Unreadable,
}

impl WayFailure {
    /// What the text of a `cdk` error tells about the way; `None` when the mint itself answered.
    pub(super) fn read(error: &cdk::Error) -> Option<Self> {
        match error {
            cdk::Error::HttpError(None, text) => Some(if let Some(code) = text.strip_prefix(NOT_SENT) {
                Self::NotSent(code.to_owned())
            } else if text == UNREADABLE {
                Self::Unreadable
            } else {
                Self::Lost(text.strip_prefix(LOST).unwrap_or("mint_transport").to_owned())
            }),
            cdk::Error::HttpError(Some(status), _) if *status >= 500 || *status == 429 => {
                Some(Self::Lost(format!("http_{status}")))
            }
            // A redirect is not followed and not an answer.
            cdk::Error::HttpError(Some(status), _) if (300..400).contains(status) => Some(Self::Unreadable),
            cdk::Error::Timeout => Some(Self::Lost("timed_out".to_owned())),
            cdk::Error::SerdeJsonError(_) => Some(Self::Unreadable),
            _ => None,
        }
    }
}
