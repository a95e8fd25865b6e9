//! A web server for feeds, pages and desk cards on 127.0.0.1: plain files over HTTP/1.1 (RFC 9112), with `ETag`, and
//! routes below `/hostile/` that do what a client must survive. Every request is kept for the test to look at.
//!
//! | route | what it does |
//! |---|---|
//! | `/hostile/endless` | a body without an end |
//! | `/hostile/huge?bytes=N` | a body of N bytes, announced (1 GiB when N is not given) |
//! | `/hostile/redirect?to=URL` | 302 to URL, percent-decoded |
//! | `/hostile/redirect-loop` | 302 to itself |
//! | `/hostile/slow` | a body that comes one byte a second |
//! | `/hostile/silent` | never answers |
//! | `/hostile/cut` | announces more than it sends, then closes |
//! | `/hostile/status?code=N` | an empty answer with that status |
//! | `/hook` | takes a POST (a desk's webhook) and answers 204 |

use std::io;
use std::net::Ipv4Addr;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::own_runtime::OwnRuntime;

/// What `/hostile/huge` sends when it is not told how much: one GiB.
const HUGE_BYTES: u64 = 1 << 30;
/// Longest request head that is read.
const HEAD_LIMIT_BYTES: u64 = 64 * 1024;
/// Longest request body that is kept.
const BODY_LIMIT_BYTES: u64 = 1024 * 1024;

/// One request as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD` or `POST`.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Header names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    /// Body, when there was one.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let value = query
            .split('&')
            .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))?;
        Some(percent_decoded(value.1))
    }
}

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct FeedServer {
    /// Where it is reached: `http://127.0.0.1:PORT`.
    pub url: String,
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    _runtime: OwnRuntime,
}

impl FeedServer {
    /// Serves the files of `folder` on `port`, or on a free one for 0. Files may change while it runs.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(folder: impl Into<PathBuf>, port: u16) -> io::Result<Self> {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let site = Site {
            folder: Arc::new(folder.into()),
            requests: requests.clone(),
        };
        let (runtime, port) = OwnRuntime::start("feed-server", async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let port = listener.local_addr()?.port();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let site = site.clone();
                    // A client that goes away in the middle is its own affair.
                    tokio::spawn(async move { site.serve(stream).await });
                }
            });
            Ok(port)
        })?;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            port,
            requests,
            _runtime: runtime,
        })
    }

    /// Its TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `host:port`, the form in which `--allow` takes it.
    pub fn origin(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.requests
            .lock()
            .map(|requests| requests.clone())
            .unwrap_or_default()
    }
}

#[derive(Clone)]
struct Site {
    folder: Arc<PathBuf>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Site {
    /// Answers requests on one connection until the client closes it.
    async fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let (from_client, mut to_client) = stream.into_split();
        let mut from_client = BufReader::new(from_client);
        while let Some(request) = read_request(&mut from_client).await? {
            if let Ok(mut requests) = self.requests.lock() {
                requests.push(request.clone());
            }
            if request.path().starts_with("/hostile/") {
                return hostile(&request, &mut to_client).await;
            }
            self.answer(&request, &mut to_client).await?;
        }
        Ok(())
    }

    async fn answer<W: AsyncWriteExt + Unpin>(&self, request: &Request, to: &mut W) -> io::Result<()> {
        match request.method.as_str() {
            "POST" if request.path() == "/hook" => return head(to, "204 No Content", &[]).await,
            "GET" | "HEAD" => {}
            _ => return head(to, "405 Method Not Allowed", &[("content-length", "0")]).await,
        }
        let found = match file_for(&self.folder, request.path()) {
            Some(path) => tokio::fs::read(&path)
                .await
                .ok()
                .map(|body| (content_type(&path), body)),
            None => None,
        };
        let Some((kind, body)) = found else {
            return head(to, "404 Not Found", &[("content-length", "0")]).await;
        };
        let tag = entity_tag(&body);
        if request.header("if-none-match") == Some(tag.as_str()) {
            return head(to, "304 Not Modified", &[("etag", &tag)]).await;
        }
        let length = body.len().to_string();
        head(
            to,
            "200 OK",
            &[("content-type", kind), ("content-length", &length), ("etag", &tag)],
        )
        .await?;
        if request.method == "GET" {
            to.write_all(&body).await?;
        }
        to.flush().await
    }
}

async fn read_request<R: AsyncBufReadExt + Unpin>(from: &mut R) -> io::Result<Option<Request>> {
    let mut lines = from.take(HEAD_LIMIT_BYTES);
    let mut line = String::new();
    if lines.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut headers = Vec::new();
    loop {
        line.clear();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        if let Some((name, value)) = text.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let mut request = Request {
        method,
        target,
        headers,
        body: Vec::new(),
    };
    let length = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0u64);
    from.take(length.min(BODY_LIMIT_BYTES))
        .read_to_end(&mut request.body)
        .await?;
    Ok(Some(request))
}

async fn head<W: AsyncWriteExt + Unpin>(to: &mut W, status: &str, headers: &[(&str, &str)]) -> io::Result<()> {
    let mut text = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    to.write_all(text.as_bytes()).await?;
    to.flush().await
}

async fn hostile<W: AsyncWriteExt + Unpin>(request: &Request, to: &mut W) -> io::Result<()> {
    let xml = ("content-type", "application/rss+xml");
    match request.path() {
        "/hostile/endless" => {
            head(to, "200 OK", &[xml, ("connection", "close")]).await?;
            to.write_all(b"<rss><channel>").await?;
            stream(to, u64::MAX).await
        }
        "/hostile/huge" => {
            let bytes = request
                .query("bytes")
                .and_then(|bytes| bytes.parse().ok())
                .unwrap_or(HUGE_BYTES);
            head(to, "200 OK", &[xml, ("content-length", &bytes.to_string())]).await?;
            stream(to, bytes).await
        }
        "/hostile/redirect" => {
            let target = request.query("to").unwrap_or_default();
            head(
                to,
                "302 Found",
                &[("location", &target), ("content-length", "0"), ("connection", "close")],
            )
            .await
        }
        "/hostile/redirect-loop" => {
            let target = "/hostile/redirect-loop";
            head(
                to,
                "302 Found",
                &[("location", target), ("content-length", "0"), ("connection", "close")],
            )
            .await
        }
        "/hostile/slow" => {
            head(to, "200 OK", &[xml, ("content-length", "1000000")]).await?;
            loop {
                to.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        "/hostile/silent" => std::future::pending().await,
        "/hostile/cut" => {
            head(to, "200 OK", &[xml, ("content-length", "1000000")]).await?;
            to.write_all(b"<rss><channel><title>Half").await
        }
        "/hostile/status" => {
            let code = request.query("code").unwrap_or_else(|| "500".to_owned());
            head(
                to,
                &format!("{code} As Asked"),
                &[("content-length", "0"), ("connection", "close")],
            )
            .await
        }
        _ => head(to, "404 Not Found", &[("content-length", "0"), ("connection", "close")]).await,
    }
}

/// Sends `bytes` of harmless filling.
async fn stream<W: AsyncWriteExt + Unpin>(to: &mut W, bytes: u64) -> io::Result<()> {
    tokio::io::copy(&mut tokio::io::repeat(b' ').take(bytes), to).await?;
    Ok(())
}

/// The file that a URL path names; none for a path that leaves the folder.
fn file_for(folder: &Path, url_path: &str) -> Option<PathBuf> {
    let relative = PathBuf::from(percent_decoded(url_path.trim_start_matches('/')));
    let stays_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    let path = folder.join(&relative);
    if !stays_inside {
        return None;
    }
    if path.is_dir() {
        Some(path.join("index.html"))
    } else {
        Some(path)
    }
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("rss") => "application/rss+xml; charset=utf-8",
        Some("atom") => "application/atom+xml; charset=utf-8",
        // RSS or Atom: the file says which.
        Some("xml") => "application/xml; charset=utf-8",
        Some("opml") => "text/x-opml; charset=utf-8",
        Some("json") => "application/json",
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// FNV-1a over the body: it only has to change when the body does.
fn entity_tag(body: &[u8]) -> String {
    let hash = body.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("\"{hash:016x}\"")
}

/// Percent-decoding of RFC 3986; what is no valid escape stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let escape = (byte == b'%').then(|| (ahead.next().and_then(hex_digit), ahead.next().and_then(hex_digit)));
        match escape {
            Some((Some(high), Some(low))) => {
                decoded.push(high * 16 + low);
                bytes = ahead;
            }
            _ => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use std::io::{Read, Write};
    use std::net::TcpStream as Client;

    use super::*;

    fn site() -> (tempfile::TempDir, FeedServer) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a feed.xml"), "<rss/>").unwrap();
        let server = FeedServer::start(folder.path(), 0).unwrap();
        (folder, server)
    }

    fn ask(server: &FeedServer, request: &str) -> String {
        let mut client = Client::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
        client.write_all(request.as_bytes()).unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_file_is_served_with_its_type_and_an_unchanged_one_is_not_sent_again() {
        let (_folder, server) = site();
        let answer = ask(&server, "GET /a%20feed.xml HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(
            answer.contains("content-type: application/xml") && answer.ends_with("<rss/>"),
            "{answer}"
        );
        let tag = answer.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
        let again = ask(
            &server,
            &format!("GET /a%20feed.xml HTTP/1.1\r\nIf-None-Match: {tag}\r\n\r\n"),
        );
        assert!(again.starts_with("HTTP/1.1 304"), "{again}");
        assert_eq!(server.requests().len(), 2);
        assert_eq!(server.requests().last().unwrap().header("if-none-match"), Some(tag));
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let (_folder, server) = site();
        for path in ["/../etc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd/..", "/missing"] {
            let answer = ask(&server, &format!("GET {path} HTTP/1.1\r\n\r\n"));
            assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        }
    }

    #[test]
    fn hostile_routes_do_what_they_say() {
        let (_folder, server) = site();
        let redirect = ask(
            &server,
            "GET /hostile/redirect?to=http%3A%2F%2F10.0.0.1%2F HTTP/1.1\r\n\r\n",
        );
        assert!(redirect.contains("location: http://10.0.0.1/\r\n"), "{redirect}");
        let huge = ask(&server, "GET /hostile/huge?bytes=5000 HTTP/1.1\r\n\r\n");
        assert!(huge.contains("content-length: 5000") && huge.len() > 5000);
        assert!(ask(&server, "GET /hostile/status?code=503 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 503"));
    }

    #[test]
    fn a_hook_keeps_what_was_posted() {
        let (_folder, server) = site();
        let answer = ask(&server, "POST /hook HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}");
        assert!(answer.starts_with("HTTP/1.1 204"));
        assert_eq!(server.requests().last().unwrap().body, b"{}");
    }
}
