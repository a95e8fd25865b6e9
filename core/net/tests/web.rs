//! The web adapter against servers that break the rules. No test measures time: limits on time are set so short or so long
//! that only one outcome is possible.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

mod common;

use std::io::Write;
use std::time::Duration;

use common::{RawHttp, asked_for};
use tekram_harness::feed_server::FeedServer;
use tekram_net::{FetchError, Http, NetPolicy, Request, WebContext};
use tokio::io::AsyncWriteExt;
use url::Url;

const MIB: u64 = 1024 * 1024;

fn web(urls: &[&str]) -> WebContext {
    WebContext::new(asked_for(urls)).unwrap()
}

async fn code(web: &WebContext, url: &str) -> &'static str {
    web.fetch(Request::get(url).unwrap()).await.unwrap_err().code()
}

fn site() -> (tempfile::TempDir, FeedServer) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("feed.xml"), "<rss/>").unwrap();
    let server = FeedServer::start(folder.path(), 0).unwrap();
    (folder, server)
}

#[tokio::test]
async fn a_page_that_was_asked_for_arrives_whole() {
    let (_folder, server) = site();
    let page = web(&[&server.url])
        .fetch(Request::get(&format!("{}/feed.xml", server.url)).unwrap())
        .await
        .unwrap();
    assert_eq!((page.status, page.body.as_slice()), (200, b"<rss/>".as_slice()));
    assert!(page.header("content-type").unwrap().starts_with("application/"));
    let missing = web(&[&server.url])
        .fetch(Request::get(&format!("{}/none", server.url)).unwrap())
        .await
        .unwrap();
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn a_request_tells_nothing_about_the_person_or_the_program() {
    let server = RawHttp::fixed("HTTP/1.1 200 OK\r\nset-cookie: id=1\r\ncontent-length: 0\r\n\r\n").await;
    let web = web(&[&server.url]);
    for _ in 0..2 {
        web.fetch(Request::get(&format!("{}/a#part", server.url)).unwrap())
            .await
            .unwrap();
    }
    for head in server.requests() {
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("get /a http/1.1"), "{head}");
        assert!(
            !head.contains("tekram") && !head.contains("reqwest") && !head.contains(env!("CARGO_PKG_VERSION")),
            "{head}"
        );
        assert!(!head.contains("cookie") && !head.contains("referer"), "{head}");
        let names: Vec<_> = head
            .lines()
            .skip(1)
            .filter_map(|line| Some(line.split_once(':')?.0))
            .collect();
        assert_eq!(
            names,
            ["accept", "user-agent", "accept-encoding", "host"],
            "nothing else goes out"
        );
    }
}

#[tokio::test]
async fn headers_that_identify_or_frame_cannot_be_set() {
    let (_folder, server) = site();
    let web = web(&[&server.url]);
    for name in ["Cookie", "Referer", "Host", "Content-Length", "Connection", "Bad Name"] {
        let request = Request::get(&server.url).unwrap().header(name, "x");
        assert_eq!(
            web.fetch(request).await.unwrap_err().code(),
            "forbidden_header",
            "{name}"
        );
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_gigabyte_is_not_read() {
    let (_folder, server) = site();
    let web = web(&[&server.url]);
    // Announced: refused before the body.
    assert_eq!(
        code(&web, &format!("{}/hostile/huge", server.url)).await,
        "response_too_large"
    );
    // Not announced, without an end: refused at the limit.
    let endless = Request::get(&format!("{}/hostile/endless", server.url))
        .unwrap()
        .max_bytes(3 * MIB);
    let refused = web.fetch(endless).await.unwrap_err();
    let FetchError::ResponseTooLarge { origin, limit_bytes } = refused else {
        panic!("{refused}")
    };
    assert_eq!((origin, limit_bytes), (server.url.clone(), 3 * MIB));
}

#[tokio::test]
async fn an_announcement_that_lies_gains_nothing() {
    let small = RawHttp::fixed("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhelloMORE").await;
    let page = web(&[&small.url])
        .fetch(Request::get(&small.url).unwrap())
        .await
        .unwrap();
    assert_eq!(page.body, b"hello");

    let (_folder, server) = site();
    assert_eq!(
        code(&web(&[&server.url]), &format!("{}/hostile/cut", server.url)).await,
        "connection_lost"
    );
}

#[tokio::test]
async fn chunks_without_an_end_stop_at_the_limit() {
    let server = RawHttp::start(|_, mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await?;
        let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
        loop {
            stream.write_all(&chunk).await?;
        }
    })
    .await;
    assert_eq!(code(&web(&[&server.url]), &server.url).await, "response_too_large");
}

#[tokio::test]
async fn a_drip_and_a_silence_end_at_the_deadline() {
    let (_folder, server) = site();
    let web = web(&[&server.url]);
    for route in ["slow", "silent"] {
        let request = Request::get(&format!("{}/hostile/{route}", server.url))
            .unwrap()
            .timeout(Duration::from_millis(300));
        let error = web.fetch(request).await.unwrap_err();
        assert_eq!(
            error,
            FetchError::TimedOut {
                origin: server.url.clone()
            },
            "{route}"
        );
    }
}

#[tokio::test]
async fn a_gzip_bomb_stops_at_the_limit_of_what_it_unpacks_to() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..256 {
        gzip.write_all(&vec![0; MIB as usize]).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < 300 * 1024, "256 MiB in {} bytes", bomb.len());
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        bomb.len()
    );
    let server = RawHttp::fixed([head.into_bytes(), bomb].concat()).await;
    assert_eq!(code(&web(&[&server.url]), &server.url).await, "response_too_large");
}

#[tokio::test]
async fn honest_gzip_is_unpacked_and_broken_gzip_is_named() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"hello").unwrap();
    let packed = gzip.finish().unwrap();
    let head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n".to_vec();
    let honest = RawHttp::fixed([head.clone(), packed.clone()].concat()).await;
    assert_eq!(
        web(&[&honest.url])
            .fetch(Request::get(&honest.url).unwrap())
            .await
            .unwrap()
            .body,
        b"hello"
    );
    let broken = RawHttp::fixed([head, b"this is not gzip".to_vec()].concat()).await;
    assert_eq!(code(&web(&[&broken.url]), &broken.url).await, "bad_encoding");
}

#[tokio::test]
async fn headers_have_a_limit() {
    let many: String = (0..20).map(|n| format!("x-{n}: {}\r\n", "y".repeat(4000))).collect();
    let server = RawHttp::fixed(format!("HTTP/1.1 200 OK\r\n{many}content-length: 0\r\n\r\n")).await;
    assert_eq!(code(&web(&[&server.url]), &server.url).await, "headers_too_large");
    let endless = RawHttp::start(|_, mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        loop {
            stream.write_all(b"x: y\r\n").await?;
        }
    })
    .await;
    assert_eq!(code(&web(&[&endless.url]), &endless.url).await, "connection_lost");
}

#[tokio::test]
async fn redirects_are_followed_up_to_a_limit() {
    let (_folder, server) = site();
    let web = web(&[&server.url]);
    let to = format!("{}/hostile/redirect?to=/feed.xml", server.url);
    let page = web.fetch(Request::get(&to).unwrap()).await.unwrap();
    assert_eq!(
        (page.body.as_slice(), page.final_url.path()),
        (b"<rss/>".as_slice(), "/feed.xml")
    );
    let looping = format!("{}/hostile/redirect-loop", server.url);
    assert_eq!(code(&web, &looping).await, "too_many_redirects");
    let mut unfollowed = Request::get(&looping).unwrap();
    unfollowed.limits.max_redirects = 0;
    assert_eq!(web.fetch(unfollowed).await.unwrap().status, 302);
}

#[tokio::test]
async fn a_redirect_reaches_no_private_address_that_was_not_asked_for() {
    let (_folder, inside) = site();
    let port = inside.port();
    for location in [
        format!("http://127.0.0.1:{port}/feed.xml"),
        format!("http://localhost:{port}/feed.xml"), // a name that answers privately
        format!("http://127.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://[64:ff9b::7f00:1]:{port}/"),
        "http://10.0.0.1/".to_owned(),
        "http://192.168.0.1/".to_owned(),
        "http://172.16.0.1/".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://100.64.0.1/".to_owned(),
        "http://[fd00::1]/".to_owned(),
        "http://[fe80::1]/".to_owned(),
        "http://224.0.0.1/".to_owned(),
    ] {
        let door = RawHttp::redirect(302, &location).await;
        assert_eq!(
            code(&web(&[&door.url]), &door.url).await,
            "private_address",
            "{location}"
        );
    }
    assert!(inside.requests().is_empty(), "nothing private was asked");
}

#[tokio::test]
async fn private_addresses_are_refused_as_a_first_address_too() {
    let (_folder, inside) = site();
    let web = WebContext::new(NetPolicy::default()).unwrap();
    for url in [
        inside.url.clone(),
        format!("http://localhost:{}/", inside.port()),
        "https://[::1]/".to_owned(),
        "http://0.0.0.0".to_owned(),
    ] {
        assert_eq!(code(&web, &url).await, "private_address", "{url}");
    }
    assert!(inside.requests().is_empty());
}

#[tokio::test]
async fn only_web_addresses_are_fetched() {
    let web = WebContext::new(NetPolicy::default()).unwrap();
    assert_eq!(code(&web, "ftp://example.org/").await, "unsupported_scheme");
    assert_eq!(code(&web, "file:///etc/passwd").await, "unsupported_scheme");
    assert_eq!(code(&web, "https://user:secret@example.org/").await, "bad_url");
    assert_eq!(Request::get("not an address").unwrap_err().code(), "bad_url");
    let door = RawHttp::redirect(302, "file:///etc/passwd").await;
    let web = common::asked_for(&[&door.url]);
    let refused = WebContext::new(web)
        .unwrap()
        .fetch(Request::get(&door.url).unwrap())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "bad_redirect");
}

#[tokio::test]
async fn secrets_do_not_follow_a_redirect_to_another_origin() {
    let (_folder, target) = site();
    let door = RawHttp::redirect(302, &format!("{}/feed.xml", target.url)).await;
    let request = Request::get(&door.url)
        .unwrap()
        .header("Authorization", "GNAP secret")
        .header("X-Key", "secret")
        .header("Accept", "text/xml");
    web(&[&door.url, &target.url]).fetch(request).await.unwrap();
    assert!(door.requests()[0].contains("secret"));
    let arrived = target.requests().pop().unwrap();
    assert!(
        arrived.headers.iter().all(|(_, value)| !value.contains("secret")),
        "{arrived:?}"
    );
    assert_eq!(arrived.header("accept"), Some("text/xml"));
    assert_eq!(arrived.header("referer"), None);
}

#[tokio::test]
async fn errors_name_the_origin_and_nothing_more() {
    let door = RawHttp::redirect(302, "http://10.1.2.3/private/path?token=secret").await;
    let error = web(&[&door.url])
        .fetch(Request::get(&format!("{}/feed?token=secret", door.url)).unwrap())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        FetchError::PrivateAddress {
            origin: "http://10.1.2.3".to_owned()
        }
    );
    let request = Request::get(&format!("{}/feed?token=secret", door.url))
        .unwrap()
        .header("authorization", "secret");
    for text in [format!("{error} {error:?}"), format!("{request:?}")] {
        assert!(!text.contains("secret") && !text.contains("path"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_unreachable_and_one_without_tls_is_named() {
    let gone = RawHttp::fixed("").await;
    let url = gone.url.clone();
    drop(gone);
    tokio::task::yield_now().await;
    assert_eq!(code(&web(&[&url]), &url).await, "unreachable");
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let tls = format!("https://{}", plain.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    assert_eq!(code(&web(&[&tls]), &tls).await, "tls_failed");
}

#[tokio::test]
async fn the_servers_clock_is_kept_as_evidence() {
    let server =
        RawHttp::fixed("HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 0\r\n\r\n").await;
    let page = web(&[&server.url])
        .fetch(Request::get(&server.url).unwrap())
        .await
        .unwrap();
    assert_eq!(page.date_ms, Some(784_111_777_000));
    let silent = RawHttp::fixed("HTTP/1.1 200 OK\r\ndate: yesterday\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(
        web(&[&silent.url])
            .fetch(Request::get(&silent.url).unwrap())
            .await
            .unwrap()
            .date_ms,
        None
    );
}

#[tokio::test]
async fn with_a_proxy_everything_goes_through_it_by_name() {
    let proxy = RawHttp::fixed("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nproxied").await;
    let policy = NetPolicy::default().through(Url::parse(&proxy.url).unwrap());
    let web = WebContext::new(policy).unwrap();
    // This name exists nowhere: only the proxy could have answered.
    let page = web
        .fetch(Request::get("http://feed.example.invalid/a").unwrap())
        .await
        .unwrap();
    assert_eq!(page.body, b"proxied");
    assert!(proxy.requests()[0].starts_with("GET http://feed.example.invalid/a "));
    // What is private is refused by name, because no look-up is made here.
    for url in [
        "http://printer.local/",
        "http://127.0.0.1/",
        "http://localhost/",
        "http://intranet/",
    ] {
        assert_eq!(code(&web, url).await, "private_address", "{url}");
    }
    assert_eq!(proxy.requests().len(), 1);
    let odd = NetPolicy::default().through(Url::parse("ftp://127.0.0.1:1").unwrap());
    assert_eq!(WebContext::new(odd).unwrap_err().code(), "bad_proxy");
}

#[tokio::test]
async fn a_socks_proxy_is_told_the_name_and_not_an_address() {
    let (_folder, server) = site();
    let proxy = common::Socks::to(([127, 0, 0, 1], server.port()).into()).await;
    let web = WebContext::new(NetPolicy::default().through(Url::parse(&proxy.url).unwrap())).unwrap();
    let page = web
        .fetch(Request::get("http://feed.example.invalid/feed.xml").unwrap())
        .await
        .unwrap();
    assert_eq!(page.body, b"<rss/>");
    assert_eq!(*proxy.names.lock().unwrap(), ["feed.example.invalid:80"]);
}
