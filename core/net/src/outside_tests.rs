//! Tests with names and certificates of our own: what a hostile name server or a certificate authority says cannot be had on
//! 127.0.0.1 and is given here instead, and only that. Connections and handshakes are real. The key in `tests/certs` vouches
//! for `secure.example` and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::address::NameLookup;
use crate::home::Place;
use crate::tls::Outside;
use crate::{Bus, BusError, BusLimits, Http, NetPolicy, NostrBus, RelayState, Request, WebContext, WebDav};

/// Answers each name with the next of its answers, the last one again and again, and keeps what was asked.
#[derive(Debug, Default)]
struct LyingNames {
    answers: BTreeMap<&'static str, Vec<Vec<&'static str>>>,
    asked: Mutex<Vec<String>>,
}

impl LyingNames {
    fn new(answers: &[(&'static str, &[&[&'static str]])]) -> Arc<Self> {
        let answers = answers
            .iter()
            .map(|(name, answers)| (*name, answers.iter().map(|one| one.to_vec()).collect()))
            .collect();
        Arc::new(Self {
            answers,
            asked: Mutex::default(),
        })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl NameLookup for LyingNames {
    async fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let mut asked = self.asked.lock().unwrap();
        let times = asked.iter().filter(|name| *name == host).count();
        asked.push(host.to_owned());
        let answers = self.answers.get(host).ok_or(io::ErrorKind::NotFound)?;
        let answer = &answers[times.min(answers.len() - 1)];
        Ok(answer
            .iter()
            .map(|ip| SocketAddr::new(ip.parse().unwrap(), port))
            .collect())
    }
}

fn believing(names: &Arc<LyingNames>) -> Outside {
    Outside {
        names: Arc::clone(names) as Arc<dyn NameLookup>,
        ..Outside::default()
    }
}

/// A web server that must not be reached, or is reached knowingly: counts its connections.
async fn inside(redirect: Option<String>) -> (u16, Arc<Mutex<u32>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            *counted.lock().unwrap() += 1;
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = match &redirect {
                Some(to) => {
                    format!("HTTP/1.1 302 R\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                }
                None => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (port, count)
}

async fn code(names: &Arc<LyingNames>, policy: NetPolicy, url: &str) -> &'static str {
    let web = WebContext::with(policy, &believing(names)).unwrap();
    match web.fetch(Request::get(url).unwrap()).await {
        Ok(_) => "fetched",
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn a_name_that_answers_with_a_private_address_is_refused() {
    let (port, reached) = inside(None).await;
    let names = LyingNames::new(&[
        ("evil.example", &[&["127.0.0.1"]]),
        ("mixed.example", &[&["93.184.216.34", "127.0.0.1"]]),
        ("six.example", &[&["::1"]]),
        ("mapped.example", &[&["::ffff:127.0.0.1"]]),
    ]);
    for host in ["evil.example", "mixed.example", "six.example", "mapped.example"] {
        assert_eq!(
            code(&names, NetPolicy::default(), &format!("http://{host}:{port}/")).await,
            "private_address",
            "{host}"
        );
    }
    assert_eq!(
        code(&names, NetPolicy::default(), "http://nowhere.example/").await,
        "name_not_found"
    );
    assert_eq!(*reached.lock().unwrap(), 0);
}

#[tokio::test]
async fn the_answer_that_was_checked_is_the_one_that_is_used() {
    let (port, reached) = inside(None).await;
    // The second answer would fail; there is no second question.
    let names = LyingNames::new(&[("my.example", &[&["127.0.0.1"], &["10.0.0.1"]])]);
    let mut policy = NetPolicy::default();
    policy.allow_origins.insert(format!("my.example:{port}"));
    assert_eq!(
        code(&names, policy, &format!("http://my.example:{port}/")).await,
        "fetched"
    );
    assert_eq!(names.asked(), ["my.example"]);
    assert_eq!(*reached.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_redirect_to_a_name_that_answers_privately_is_refused() {
    let (port, reached) = inside(None).await;
    let (door, _) = inside(Some(format!("http://evil.example:{port}/"))).await;
    let names = LyingNames::new(&[("evil.example", &[&["127.0.0.1"]])]);
    let mut policy = NetPolicy::default();
    policy.allow_origins.insert(format!("127.0.0.1:{door}"));
    assert_eq!(
        code(&names, policy, &format!("http://127.0.0.1:{door}/")).await,
        "private_address"
    );
    assert_eq!(*reached.lock().unwrap(), 0);
}

#[tokio::test]
async fn an_allowed_name_opens_only_its_own_port() {
    let (port, reached) = inside(None).await;
    let names = LyingNames::new(&[("my.example", &[&["127.0.0.1"]])]);
    let mut policy = NetPolicy::default();
    policy.allow_origins.insert("my.example:1".to_owned());
    assert_eq!(
        code(&names, policy, &format!("http://my.example:{port}/")).await,
        "private_address"
    );
    assert_eq!(*reached.lock().unwrap(), 0);
}

/// What becomes of entering the folder at `url`.
async fn dav_code(names: &Arc<LyingNames>, policy: NetPolicy, url: &str, place: Place) -> &'static str {
    match WebDav::with(policy, url, "me", "secret", place, &believing(names)) {
        Ok(mut dav) => dav.enter().await.map_or_else(|error| error.code(), |()| "entered"),
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn a_server_in_the_home_network_gets_a_password_without_encryption_only_there() {
    let (port, reached) = inside(None).await;
    let names = LyingNames::new(&[
        ("nas.example", &[&["127.0.0.1"], &["93.184.216.34"]]),
        ("far.example", &[&["93.184.216.34"]]),
        ("mixed.example", &[&["127.0.0.1", "93.184.216.34"]]),
        ("carrier.example", &[&["100.64.0.1"]]),
    ]);
    let at_home = async |url: &str| dav_code(&names, NetPolicy::default(), url, Place::HomeNetwork).await;
    for host in [
        "far.example",
        "mixed.example",
        "carrier.example",
        "93.184.216.34",
        "100.64.0.1",
    ] {
        assert_eq!(
            at_home(&format!("http://{host}:{port}/")).await,
            "insecure_server",
            "{host}"
        );
    }
    assert_eq!(*reached.lock().unwrap(), 0);
    // One question, whose answer is used: the server is reached, and has no folder.
    assert_eq!(at_home(&format!("http://nas.example:{port}/")).await, "not_webdav");
    assert_eq!(at_home(&format!("http://127.0.0.1:{port}/")).await, "not_webdav");
    assert_eq!(*reached.lock().unwrap(), 2);
    // With encryption it may be anywhere.
    assert_eq!(at_home(&format!("https://127.0.0.1:{port}/")).await, "tls_failed");

    // Nobody said where it is.
    let names = LyingNames::new(&[("nas.example", &[&["127.0.0.1"]])]);
    for (url, refused) in [
        ("http://nas.example/", "insecure_server"),
        ("http://127.0.0.1/", "insecure_server"),
        ("https://nas.example/", "private_address"),
        ("https://127.0.0.1/", "private_address"),
    ] {
        let code = dav_code(&names, NetPolicy::default(), url, Place::Anywhere).await;
        assert_eq!(code, refused, "{url}");
    }
    // A proxy looks the name up; what is not home by its name may be anywhere then.
    let proxied = NetPolicy::default().through(url::Url::parse("socks5://127.0.0.1:9").unwrap());
    let code = dav_code(&names, proxied, "http://nas.example/", Place::HomeNetwork).await;
    assert_eq!(code, "insecure_server");
}

#[tokio::test]
async fn a_server_in_the_home_network_leads_to_no_other() {
    let (port, reached) = inside(None).await;
    let names = LyingNames::new(&[("other.example", &[&["127.0.0.1"]])]);
    for to in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://other.example:{port}/"),
        format!("https://127.0.0.1:{port}/"),
    ] {
        let (door, _) = inside(Some(to.clone())).await;
        let url = format!("http://127.0.0.1:{door}/");
        let code = dav_code(&names, NetPolicy::default(), &url, Place::HomeNetwork).await;
        assert_eq!(code, "bad_redirect", "{to}");
    }
    assert_eq!(*reached.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_relays_name_is_checked_at_every_connection() {
    let (port, reached) = inside(None).await;
    let relay = format!("wss://relay.example:{port}");
    let names = LyingNames::new(&[("relay.example", &[&["127.0.0.1"]])]);
    let limits = BusLimits {
        back_off_min: std::time::Duration::from_millis(1),
        ..BusLimits::default()
    };
    let bus = NostrBus::with(
        std::slice::from_ref(&relay),
        &NetPolicy::default(),
        limits,
        believing(&names),
    )
    .unwrap();
    while names.asked().len() < 3 {
        tokio::task::yield_now().await;
    }
    let status = bus.status().remove(0);
    assert_eq!((status.last_failure, status.connections), (Some("private_address"), 0));
    assert_ne!(status.state, RelayState::Connected);
    bus.close().await;
    assert_eq!(
        bus.fetch(nostr_sdk::Filter::new(), std::time::Duration::ZERO)
            .await
            .unwrap_err(),
        BusError::Closed
    );
    assert_eq!(*reached.lock().unwrap(), 0);
}

fn secure(names: &Arc<LyingNames>) -> Outside {
    let root = CertificateDer::from_pem_slice(include_bytes!("../tests/certs/root.pem")).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    Outside {
        roots: roots.roots,
        ..believing(names)
    }
}

/// A TLS server for `secure.example` that serves one kind of answer, or a relay.
async fn vouched_for(answer: Option<&'static str>) -> u16 {
    let chain = vec![CertificateDer::from_pem_slice(include_bytes!("../tests/certs/server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../tests/certs/server.key")).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            match answer {
                Some(answer) => {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                }
                None => {
                    tokio::spawn(async move {
                        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
                        while futures::StreamExt::next(&mut socket).await.is_some() {}
                    });
                }
            }
        }
    });
    port
}

fn allow(host: &str, port: u16) -> NetPolicy {
    NetPolicy {
        allow_origins: [format!("{host}:{port}")].into(),
        proxy: None,
    }
}

#[tokio::test]
async fn a_server_is_believed_when_somebody_trusted_vouches_for_its_name() {
    let port = vouched_for(Some(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
    ))
    .await;
    let names = LyingNames::new(&[
        ("secure.example", &[&["127.0.0.1"]]),
        ("other.example", &[&["127.0.0.1"]]),
    ]);
    let fetch = async |host: &str, outside: &Outside| {
        let web = WebContext::with(allow(host, port), outside).unwrap();
        web.fetch(Request::get(&format!("https://{host}:{port}/")).unwrap())
            .await
            .map(|page| page.body)
    };
    assert_eq!(fetch("secure.example", &secure(&names)).await.unwrap(), b"ok");
    // Another name's certificate, and one that nobody known vouches for.
    assert_eq!(
        fetch("other.example", &secure(&names)).await.unwrap_err().code(),
        "tls_failed"
    );
    assert_eq!(
        fetch("secure.example", &believing(&names)).await.unwrap_err().code(),
        "tls_failed"
    );
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_refused_on_the_wire_too() {
    let (plain, reached) = inside(None).await;
    let to = format!("HTTP/1.1 302 R\r\nlocation: http://secure.example:{plain}/\r\ncontent-length: 0\r\n\r\n");
    let port = vouched_for(Some(to.leak())).await;
    let names = LyingNames::new(&[("secure.example", &[&["127.0.0.1"]])]);
    let mut policy = allow("secure.example", port);
    policy.allow_origins.insert(format!("secure.example:{plain}"));
    let web = WebContext::with(policy, &secure(&names)).unwrap();
    let error = web
        .fetch(Request::get(&format!("https://secure.example:{port}/")).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "redirect_downgrade");
    assert_eq!(*reached.lock().unwrap(), 0);
}

#[tokio::test]
async fn a_relay_is_believed_only_with_its_certificate() {
    let port = vouched_for(None).await;
    let names = LyingNames::new(&[
        ("secure.example", &[&["127.0.0.1"]]),
        ("other.example", &[&["127.0.0.1"]]),
    ]);
    let state = async |host: &str, outside: Outside| {
        let bus = NostrBus::with(
            &[format!("wss://{host}:{port}")],
            &allow(host, port),
            BusLimits::default(),
            outside,
        )
        .unwrap();
        loop {
            let status = bus.status().remove(0);
            if status.connections > 0 || status.last_failure.is_some() {
                break (status.connections, status.last_failure);
            }
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(state("secure.example", secure(&names)).await, (1, None));
    assert_eq!(state("other.example", secure(&names)).await, (0, Some("tls_failed")));
    assert_eq!(
        state("secure.example", believing(&names)).await,
        (0, Some("tls_failed"))
    );
}
