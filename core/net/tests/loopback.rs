//! The server for programs of this device, with what they, and web pages, can send it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::time::{Duration, Instant};

use tekram_net::{Loopback, LoopbackLimits, Replied};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

struct Serving {
    port: u16,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serving() -> Serving {
    let server = Loopback::bind(0).await.unwrap();
    let port = server.port();
    let limits = LoopbackLimits {
        max_body_bytes: 1000,
        head_timeout: Duration::from_millis(400),
        body_timeout: Duration::from_millis(400),
        max_connections: 2,
    };
    let task = tokio::spawn(async move {
        let _ = server
            .serve(limits, |arrived| Replied {
                status: 200,
                headers: vec![("x-seen", arrived.authorization.clone().unwrap_or_default())],
                body: format!(
                    "\"{} {} {} {}\"",
                    arrived.method,
                    arrived.path,
                    arrived.query,
                    arrived.body.len()
                )
                .into_bytes(),
            })
            .await;
    });
    Serving { port, task }
}

/// Sends bytes and gives what comes back until the end.
async fn send(port: u16, bytes: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    // It may have been refused before everything was sent.
    let _ = stream.write_all(bytes.as_bytes()).await;
    let mut back = Vec::new();
    let _ = stream.read_to_end(&mut back).await;
    String::from_utf8_lossy(&back).into_owned()
}

fn get(host: &str, more: &str) -> String {
    format!("GET /a?b=c HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n")
}

#[tokio::test]
async fn a_program_of_this_device_is_answered() {
    let server = serving().await;
    for name in ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"] {
        let back = send(
            server.port,
            &get(&format!("{name}:{}", server.port), "Authorization: Token x\r\n"),
        )
        .await;
        assert!(
            back.starts_with("HTTP/1.1 200 ") && back.ends_with("\"GET /a b=c 0\""),
            "{back}"
        );
        assert!(
            back.contains("x-seen: Token x") && !back.to_lowercase().contains("access-control"),
            "{back}"
        );
    }
    let host = format!("127.0.0.1:{}", server.port);
    let extension = send(
        server.port,
        &get(&host, "Origin: moz-extension://1234\r\nSec-Fetch-Site: none\r\n"),
    )
    .await;
    assert!(extension.starts_with("HTTP/1.1 200 "), "{extension}");
}

#[tokio::test]
async fn a_page_and_a_name_that_was_bent_are_refused() {
    let server = serving().await;
    let port = server.port;
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        String::new(),
    ] {
        let back = send(port, &get(&host, "")).await;
        assert!(back.starts_with("HTTP/1.1 421 "), "{host}: {back}");
    }
    let host = format!("127.0.0.1:{port}");
    let two_hosts = send(port, &get(&host, "Host: evil.example\r\n")).await;
    assert!(two_hosts.starts_with("HTTP/1.1 4"), "{two_hosts}");
    for header in [
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Mode: no-cors",
    ] {
        let back = send(port, &get(&host, &format!("{header}\r\n"))).await;
        assert!(
            back.starts_with("HTTP/1.1 403 ") && !back.contains("x-seen"),
            "{header}: {back}"
        );
    }
    let preflight = format!(
        "OPTIONS /a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n"
    );
    let back = send(port, &preflight).await;
    assert!(
        back.starts_with("HTTP/1.1 403 ") && !back.to_lowercase().contains("access-control"),
        "{back}"
    );
}

#[tokio::test]
async fn what_is_too_large_or_too_slow_is_ended() {
    let server = serving().await;
    let host = format!("127.0.0.1:{}", server.port);
    let post = |length: usize, body: &str| {
        format!("POST /a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    assert!(
        send(server.port, &post(1000, &"x".repeat(1000)))
            .await
            .ends_with("\"POST /a  1000\"")
    );
    assert!(
        send(server.port, &post(1001, &"x".repeat(1001)))
            .await
            .starts_with("HTTP/1.1 413 ")
    );
    let chunked = format!(
        "POST /a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
        format!("400\r\n{}\r\n", "x".repeat(0x400)).repeat(3)
    );
    assert!(send(server.port, &chunked).await.starts_with("HTTP/1.1 413 "));
    let started = Instant::now();
    assert!(send(server.port, &post(500, "half")).await.starts_with("HTTP/1.1 408 "));
    let silent = send(server.port, "GET / HTTP/1.1\r\nHost").await;
    assert!(!silent.starts_with("HTTP/1.1 200 "), "{silent}");
    assert!(started.elapsed() < Duration::from_secs(10));
    let head = get(&host, &format!("X: {}\r\n", "x".repeat(100_000)));
    assert!(send(server.port, &head).await.starts_with("HTTP/1.1 431 "));
    // Two that say nothing hold both places, but not for long.
    let _idle = [
        TcpStream::connect(("127.0.0.1", server.port)).await.unwrap(),
        TcpStream::connect(("127.0.0.1", server.port)).await.unwrap(),
    ];
    let back = tokio::time::timeout(Duration::from_secs(10), send(server.port, &get(&host, "")))
        .await
        .unwrap();
    assert!(back.starts_with("HTTP/1.1 200 "), "{back}");
}
