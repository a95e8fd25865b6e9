//! The real HTTP adapter: reqwest with everything that could leak or surprise turned off.
//!
//! One [`WebContext`] belongs to one persona, intent or desk: its connections and TLS sessions are its own, it keeps no
//! cookies, sends no referrer, and says neither which program nor which version it is.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::address::{self, NameLookup, Reach, Refusal};
use crate::error::FetchError;
use crate::http::{Http, Limits, Method, Request, Response};
use crate::policy::{NetPolicy, origin};
use crate::redirect;
use crate::tls::{self, Outside};

/// Time for one connection, within a request's whole time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are kept this long.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// What a server learns about the program: nothing. A caller may set its own where a service demands a name.
const USER_AGENT: &str = "Mozilla/5.0 (compatible)";
/// HTTP/2's own limit on a header list; the request's limit is checked as well.
const HTTP2_MAX_HEADER_BYTES: u32 = 256 * 1024;
/// Headers that callers may not set: identity across requests, framing, and what this adapter decides itself.
const FORBIDDEN_HEADERS: [&str; 16] = [
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "origin",
    "proxy-authorization",
    "proxy-connection",
    "referer",
    "te",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// A context for HTTP requests. Cheap to share (`Arc<dyn Http>`), never shared by two personas.
pub struct WebContext {
    /// For public addresses only.
    public: reqwest::Client,
    /// For the exact origins in the policy: its look-ups may answer with private addresses. Connections are pooled by host and
    /// port, so it never reaches anything else.
    asked_for: reqwest::Client,
    policy: NetPolicy,
}

impl WebContext {
    /// A context of its own. Fails with `bad_proxy` when the policy's proxy is not `socks5://`, `socks5h://` or `http://`.
    pub fn new(policy: NetPolicy) -> Result<Self, FetchError> {
        Self::with(policy, &Outside::default())
    }

    pub(crate) fn with(policy: NetPolicy, outside: &Outside) -> Result<Self, FetchError> {
        Self::reaching(policy, outside, Reach::AskedFor)
    }

    /// `reach` is where the names of the policy's origins may lead.
    pub(crate) fn reaching(policy: NetPolicy, outside: &Outside, reach: Reach) -> Result<Self, FetchError> {
        Ok(Self {
            public: client(&policy, outside, Reach::Public)?,
            asked_for: client(&policy, outside, reach)?,
            policy,
        })
    }

    /// Refuses what can be refused before a connection: scheme, user names, literals.
    fn check(&self, request: &Request) -> Result<(), FetchError> {
        let url = &request.url;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::UnsupportedScheme { origin: origin(url) });
        }
        let Some(host) = url.host_str() else {
            return Err(FetchError::BadUrl);
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::BadUrl);
        }
        if self.policy.allows(url) {
            return Ok(());
        }
        let private = match address::literal(url) {
            Some(literal) => !address::is_public(literal),
            None => self.policy.proxy.is_some() && address::is_private_name(host),
        };
        if private {
            Err(FetchError::PrivateAddress { origin: origin(url) })
        } else {
            Ok(())
        }
    }

    async fn follow(&self, request: Request, at: &std::sync::Mutex<String>) -> Result<Response, FetchError> {
        let (response, request) = self.follow_to(request, at).await?;
        let limits = request.limits;
        read(response, &request, limits).await
    }

    /// The answer after all redirects, its body unread, and the request that it answers. Whoever reads the body sets the limits.
    pub(crate) async fn answer(&self, request: Request) -> Result<(reqwest::Response, Request), FetchError> {
        self.follow_to(request, &std::sync::Mutex::default()).await
    }

    /// Sends `bytes` bytes as the request's body and gives the answer's status. No redirect is followed: the body is gone then.
    pub(crate) async fn upload(&self, request: &Request, body: reqwest::Body, bytes: u64) -> Result<u16, FetchError> {
        self.check(request)?;
        let outgoing = self
            .outgoing(request)?
            .header(reqwest::header::CONTENT_LENGTH, bytes)
            .body(body);
        let response = outgoing.send().await.map_err(|error| named(&error, request))?;
        Ok(response.status().as_u16())
    }

    async fn follow_to(
        &self,
        mut request: Request,
        at: &std::sync::Mutex<String>,
    ) -> Result<(reqwest::Response, Request), FetchError> {
        request.url.set_fragment(None);
        let limits = request.limits;
        let mut hops = 0_u8;
        loop {
            if let Ok(mut at) = at.lock() {
                *at = origin(&request.url);
            }
            self.check(&request)?;
            let response = self.send(&request).await?;
            let status = response.status().as_u16();
            if redirect::is_redirect(status) && limits.max_redirects > 0 {
                if hops >= limits.max_redirects {
                    return Err(FetchError::TooManyRedirects {
                        origin: origin(&request.url),
                        limit: limits.max_redirects,
                    });
                }
                hops = hops.saturating_add(1);
                let location = response.headers().get("location").and_then(|value| value.to_str().ok());
                // The redirect's own body is never read: dropping the response ends it.
                request = redirect::follow(request, status, location)?;
                continue;
            }
            return Ok((response, request));
        }
    }

    fn outgoing(&self, request: &Request) -> Result<reqwest::RequestBuilder, FetchError> {
        let client = if self.policy.allows(&request.url) {
            &self.asked_for
        } else {
            &self.public
        };
        Ok(client
            .request(method(request.method)?, request.url.clone())
            .headers(headers(&request.headers)?))
    }

    async fn send(&self, request: &Request) -> Result<reqwest::Response, FetchError> {
        let mut outgoing = self.outgoing(request)?;
        if let Some(body) = &request.body {
            outgoing = outgoing.body(body.clone());
        }
        let response = outgoing.send().await.map_err(|error| named(&error, request))?;
        let header_bytes: usize = response
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len().saturating_add(value.len()))
            .sum();
        if u64::try_from(header_bytes).unwrap_or(u64::MAX) > request.limits.max_header_bytes {
            return Err(FetchError::HeadersTooLarge {
                origin: origin(&request.url),
                limit_bytes: request.limits.max_header_bytes,
            });
        }
        Ok(response)
    }
}

impl fmt::Debug for WebContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebContext")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Http for WebContext {
    async fn fetch(&self, request: Request) -> Result<Response, FetchError> {
        // The hop that is waited for, so that a time-out names it.
        let at = std::sync::Mutex::new(origin(&request.url));
        let timeout = request.limits.timeout;
        match tokio::time::timeout(timeout, self.follow(request, &at)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(FetchError::TimedOut {
                origin: at.into_inner().unwrap_or_default(),
            }),
        }
    }
}

/// Reads the body up to the limit and stops there: what was announced, compressed or promised does not count.
async fn read(mut response: reqwest::Response, request: &Request, limits: Limits) -> Result<Response, FetchError> {
    let too_large = || FetchError::ResponseTooLarge {
        origin: origin(&request.url),
        limit_bytes: limits.max_bytes,
    };
    // After decompression there is no announced length, so this refuses only what is announced as it is.
    if request.method != Method::Head
        && response
            .content_length()
            .is_some_and(|announced| announced > limits.max_bytes)
    {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| named(&error, request))? {
        let total = u64::try_from(body.len().saturating_add(chunk.len())).unwrap_or(u64::MAX);
        if total > limits.max_bytes {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let headers: Vec<(String, Vec<u8>)> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    let date_ms = response
        .headers()
        .get("date")
        .and_then(|value| date_ms(value.to_str().ok()?));
    Ok(Response {
        status: response.status().as_u16(),
        headers,
        body,
        final_url: request.url.clone(),
        date_ms,
    })
}

/// HTTP's date formats (RFC 9110 section 5.6.7) as UTC milliseconds.
pub(crate) fn date_ms(text: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(text).ok()?;
    i64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

fn method(method: Method) -> Result<reqwest::Method, FetchError> {
    let other = |name: &[u8]| reqwest::Method::from_bytes(name).map_err(|_| FetchError::Setup);
    Ok(match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
        Method::Propfind => other(b"PROPFIND")?,
        Method::Mkcol => other(b"MKCOL")?,
        Method::Move => other(b"MOVE")?,
    })
}

fn headers(wanted: &[(String, String)]) -> Result<HeaderMap, FetchError> {
    let mut headers = HeaderMap::new();
    for (name, value) in wanted {
        let forbidden = || FetchError::ForbiddenHeader { name: name.clone() };
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| forbidden())?;
        if FORBIDDEN_HEADERS.contains(&parsed.as_str()) {
            return Err(forbidden());
        }
        let mut value = HeaderValue::from_str(value).map_err(|_| forbidden())?;
        value.set_sensitive(true); // keeps it out of any Debug output below us, and out of HTTP/2's header tables
        headers.append(parsed, value);
    }
    Ok(headers)
}

fn client(policy: &NetPolicy, outside: &Outside, reach: Reach) -> Result<reqwest::Client, FetchError> {
    let tls = outside.client_config(&[b"h2", b"http/1.1"]).ok_or(FetchError::Setup)?;
    let names = Arc::clone(&outside.names);
    let mut proxy_hosts = BTreeSet::new();
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy() // the environment's proxies are not the person's choice
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .http2_max_header_list_size(HTTP2_MAX_HEADER_BYTES);
    if let Some(url) = &policy.proxy {
        let mut url = url.clone();
        if url.scheme() == "socks5" {
            // `socks5` would look names up here, beside the proxy.
            url = url
                .as_str()
                .replacen("socks5", "socks5h", 1)
                .parse()
                .map_err(|_| FetchError::BadProxy)?;
        }
        if !matches!(url.scheme(), "socks5h" | "http") {
            return Err(FetchError::BadProxy);
        }
        proxy_hosts.insert(url.host_str().ok_or(FetchError::BadProxy)?.to_owned());
        builder = builder.proxy(reqwest::Proxy::all(url.as_str()).map_err(|_| FetchError::BadProxy)?);
    }
    let proxied = policy.proxy.is_some();
    builder
        .dns_resolver(CheckedNames {
            names,
            reach,
            proxied,
            proxy_hosts: Arc::new(proxy_hosts),
        })
        .build()
        .map_err(|_| FetchError::Setup)
}

/// reqwest connects to exactly the addresses that this returns, so a name that answers differently the second time (DNS
/// rebinding) gains nothing.
struct CheckedNames {
    names: Arc<dyn NameLookup>,
    reach: Reach,
    proxied: bool,
    proxy_hosts: Arc<BTreeSet<String>>,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let names = Arc::clone(&self.names);
        let host = name.as_str().to_owned();
        let is_proxy = self.proxy_hosts.contains(&host);
        let reach = if is_proxy { Reach::AskedFor } else { self.reach };
        let beside_proxy = self.proxied && !is_proxy;
        Box::pin(async move {
            if beside_proxy {
                return Err(Refusal::NotFound.into());
            }
            let addresses: Vec<SocketAddr> = address::resolve(&names, &host, 0, reach).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// What a reqwest error means, found in its chain of causes; its text, which holds the whole address, is dropped.
pub(crate) fn named(error: &reqwest::Error, request: &Request) -> FetchError {
    let origin = origin(&request.url);
    let mut unpacking = false;
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(refusal) = current.downcast_ref::<Refusal>() {
            return match refusal {
                Refusal::Private => FetchError::PrivateAddress { origin },
                Refusal::NotNearby => FetchError::NotNearby { origin },
                Refusal::NotFound => FetchError::NameNotFound { origin },
            };
        }
        if tls::is_tls_error(current) {
            return FetchError::TlsFailed { origin };
        }
        unpacking |= current
            .downcast_ref::<io::Error>()
            .is_some_and(|io| io.kind() == io::ErrorKind::InvalidData);
        cause = current.source();
    }
    if error.is_timeout() {
        FetchError::TimedOut { origin }
    } else if error.is_connect() {
        FetchError::Unreachable { origin }
    } else if unpacking {
        FetchError::BadEncoding { origin }
    } else {
        FetchError::ConnectionLost { origin }
    }
}
