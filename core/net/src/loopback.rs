//! A small server for other programs on this device: HTTP/1.1 on 127.0.0.1 and nowhere else, JSON answers, with limits on size,
//! time and connections.
//!
//! Every web page that a browser on this device shows can send requests here. So a request must name this device as its host,
//! which a page under a name that was bent to 127.0.0.1 (DNS rebinding) cannot; what a browser sends for a page is refused; and
//! no answer carries a permission for pages (CORS).

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Most bytes of a request's head; hyper takes no less.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// Pause after the system refused a connection (no file handles left), so that it is not asked in a circle.
const PAUSE: Duration = Duration::from_millis(100);
/// Browser extensions have an origin of their own; a person installed them and gave them a token.
const EXTENSIONS: [&str; 3] = ["moz-extension://", "chrome-extension://", "safari-web-extension://"];

/// What a program on this device may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopbackLimits {
    /// Most bytes of a body.
    pub max_body_bytes: usize,
    /// Time for a request's head, and for each next request of a connection.
    pub head_timeout: Duration,
    /// Time for a request's body.
    pub body_timeout: Duration,
    /// Connections at the same time; others wait.
    pub max_connections: usize,
}

impl Default for LoopbackLimits {
    /// 1 MiB, 10 and 30 seconds, 8 connections.
    fn default() -> Self {
        Self {
            max_body_bytes: 1024 * 1024,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            max_connections: 8,
        }
    }
}

/// A request that came in. It named this device as its host, and no web page sent it.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query; empty when there is none.
    pub query: String,
    /// `Authorization`, when it is text.
    pub authorization: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Arrived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrived")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An answer in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replied {
    /// HTTP status.
    pub status: u16,
    /// Headers beside `Content-Type`.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Vec<u8>,
}

impl Replied {
    fn refused(status: u16, why: &str) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: format!("{{\"code\":{status},\"error\":\"{why}\"}}").into_bytes(),
        }
    }
}

/// A port of this device that is listened on.
#[derive(Debug)]
pub struct Loopback {
    listener: TcpListener,
    port: u16,
}

impl Loopback {
    /// Takes a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// What the system says, `AddrInUse` when somebody else has the port.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers requests until it is dropped. `answer` may wait for the disk; it runs beside the runtime.
    pub async fn serve<A>(self, limits: LoopbackLimits, answer: A) -> Infallible
    where
        A: Fn(Arrived) -> Replied + Send + Sync + 'static,
    {
        let answer = Arc::new(answer);
        // Dropped with this future, and every connection with it.
        let mut connections = JoinSet::new();
        loop {
            while connections.len() >= limits.max_connections {
                let _ = connections.join_next().await;
            }
            let Ok((stream, _)) = self.listener.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let (answer, port) = (Arc::clone(&answer), self.port);
            connections.spawn(async move {
                let service = service_fn(move |request| {
                    let answer = Arc::clone(&answer);
                    async move { Ok::<_, Infallible>(response(one(request, port, limits, answer).await)) }
                });
                // What a program does with its end of the connection is its own affair.
                let _ = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(limits.head_timeout)
                    .max_buf_size(MAX_HEAD_BYTES)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
            while connections.try_join_next().is_some() {}
        }
    }
}

async fn one<A>(request: hyper::Request<Incoming>, port: u16, limits: LoopbackLimits, answer: Arc<A>) -> Replied
where
    A: Fn(Arrived) -> Replied + Send + Sync + 'static,
{
    if let Err(refused) = check(request.headers(), port) {
        return refused;
    }
    let (head, body) = request.into_parts();
    let body = Limited::new(body, limits.max_body_bytes).collect();
    let body = match tokio::time::timeout(limits.body_timeout, body).await {
        Ok(Ok(body)) => body.to_bytes().to_vec(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Replied::refused(413, "the body is too large"),
        Ok(Err(_)) => return Replied::refused(400, "the body could not be read"),
        Err(_) => return Replied::refused(408, "the body did not come in time"),
    };
    let arrived = Arrived {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        authorization: text(&head.headers, "authorization").map(str::to_owned),
        body,
    };
    tokio::task::spawn_blocking(move || answer(arrived))
        .await
        .unwrap_or_else(|_| Replied::refused(500, "this program made a mistake"))
}

/// Refuses what was not meant for this device, and what a web page sends.
fn check(headers: &HeaderMap, port: u16) -> Result<(), Replied> {
    let mut hosts = headers.get_all("host").iter();
    let host = hosts.next().and_then(|host| host.to_str().ok()).unwrap_or_default();
    let ours = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host.to_ascii_lowercase() == format!("{name}:{port}"));
    if !ours || hosts.next().is_some() {
        return Err(Replied::refused(421, "this is not the host that was asked for"));
    }
    let is_extension =
        text(headers, "origin").is_some_and(|origin| EXTENSIONS.iter().any(|beginning| origin.starts_with(beginning)));
    let from_page = headers.contains_key("origin")
        || ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"]
            .iter()
            .any(|name| headers.contains_key(*name));
    if from_page && !is_extension {
        return Err(Replied::refused(403, "web pages are not answered"));
    }
    Ok(())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn response(replied: Replied) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::new(Full::new(Bytes::from(replied.body)));
    *response.status_mut() =
        hyper::StatusCode::from_u16(replied.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    for (name, value) in replied.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
