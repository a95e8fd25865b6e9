//! The edge to the web: a request with its limits, a response with what was really received.
//!
//! Rooms hold `Arc<dyn Http>` and never a client of their own, so that one place decides what may be reached.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use url::Url;

use crate::error::FetchError;

/// Fetches over HTTP(S) within limits. [`crate::WebContext`] is the real adapter.
#[async_trait]
pub trait Http: Send + Sync + fmt::Debug {
    /// Sends one request, follows its redirects, and returns the whole body. A status of 400 or more is a response, not an
    /// error. Dropping the future ends the exchange.
    async fn fetch(&self, request: Request) -> Result<Response, FetchError>;
}

/// A request's method (RFC 9110, section 9.3; PATCH: RFC 5789; the last three: RFC 4918, section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Fetch.
    Get,
    /// Fetch only the headers.
    Head,
    /// Hand something over.
    Post,
    /// Put in place of what is there.
    Put,
    /// Change a part.
    Patch,
    /// Remove.
    Delete,
    /// Look at a folder.
    Propfind,
    /// Make a folder.
    Mkcol,
    /// Give another name.
    Move,
}

/// What a response may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of body, after decompression.
    pub max_bytes: u64,
    /// Most bytes of response headers (names and values).
    pub max_header_bytes: u64,
    /// For the whole exchange: names, connections, redirects, body.
    pub timeout: Duration,
    /// Redirects followed; 0 returns the redirect itself as the response.
    pub max_redirects: u8,
}

impl Default for Limits {
    /// 8 MiB of body, 64 KiB of headers, 30 seconds, 5 redirects.
    fn default() -> Self {
        Self {
            max_bytes: 8 * 1024 * 1024,
            max_header_bytes: 64 * 1024,
            timeout: Duration::from_secs(30),
            max_redirects: 5,
        }
    }
}

/// A request. `Debug` shows method and origin only: paths, headers and bodies hold tokens.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Absolute `http` or `https` address; a fragment is not sent.
    pub url: Url,
    /// Extra headers. Cookies, referrer, host and hop-by-hop headers are refused (`forbidden_header`).
    pub headers: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<Vec<u8>>,
    /// What the response may cost.
    pub limits: Limits,
}

impl Request {
    /// A request for `url`, with the default limits.
    pub fn new(method: Method, url: &str) -> Result<Self, FetchError> {
        let url = Url::parse(url).map_err(|_| FetchError::BadUrl)?;
        Ok(Self {
            method,
            url,
            headers: Vec::new(),
            body: None,
            limits: Limits::default(),
        })
    }

    /// A `GET` of `url`.
    pub fn get(url: &str) -> Result<Self, FetchError> {
        Self::new(Method::Get, url)
    }

    /// A `POST` of JSON bytes to `url`.
    pub fn post_json(url: &str, json: Vec<u8>) -> Result<Self, FetchError> {
        let mut request = Self::new(Method::Post, url)?.header("content-type", "application/json");
        request.body = Some(json);
        Ok(request)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Says a user name and a password (RFC 7617), in UTF-8. Whoever calls it sees to it that they do not go out unencrypted.
    #[must_use]
    pub fn basic_login(self, name: &str, password: &str) -> Self {
        let login = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
        self.header("authorization", &format!("Basic {login}"))
    }

    /// Sets the limit on the body's bytes.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.limits.max_bytes = max_bytes;
        self
    }

    /// Sets the limit on the whole exchange's time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("origin", &crate::policy::origin(&self.url))
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// What came back. `Debug` shows status, origin and size only.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case with their raw values, in the order received.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, decompressed, at most `max_bytes`.
    pub body: Vec<u8>,
    /// The address that answered, after redirects.
    pub final_url: Url,
    /// The server's `Date` (RFC 9110 section 6.6.1) as UTC milliseconds: evidence about clocks, not a clock.
    pub date_ms: Option<i64>,
}

impl Response {
    /// The first value of a header, when it is text. `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(have, _)| have == name)?;
        std::str::from_utf8(value).ok()
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("origin", &crate::policy::origin(&self.final_url))
            .field("body_bytes", &self.body.len())
            .field("date_ms", &self.date_ms)
            .finish_non_exhaustive()
    }
}
