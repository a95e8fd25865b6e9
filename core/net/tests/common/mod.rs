//! Hand-written counterparts that break the rules: an HTTP server that answers with given bytes, a relay that sends what it
//! is told. Well-behaved ones, and bad lines, come from `tekram-harness`.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::sync::{Arc, Mutex};

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tekram_net::NetPolicy;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

/// A policy that allows exactly these addresses.
pub fn asked_for(urls: &[&str]) -> NetPolicy {
    urls.iter().fold(NetPolicy::default(), |policy, url| {
        policy.allow(&Url::parse(url).unwrap())
    })
}

/// A server that answers every request with what `answer` writes, and keeps the request heads.
pub struct RawHttp {
    pub url: String,
    pub heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl RawHttp {
    pub async fn start<F, W>(answer: F) -> Self
    where
        F: Fn(String, TcpStream) -> W + Send + Sync + 'static,
        W: Future<Output = std::io::Result<()>> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut reader = BufReader::new(stream);
                    let mut head = String::new();
                    let mut length = 0_usize;
                    loop {
                        let mut line = String::new();
                        if reader.read_line(&mut line).await? == 0 || line == "\r\n" {
                            break;
                        }
                        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                            length = value.trim().parse().unwrap();
                        }
                        head.push_str(&line);
                    }
                    let mut body = vec![0; length];
                    reader.read_exact(&mut body).await?;
                    kept.lock().unwrap().push(head.clone());
                    answer(head, reader.into_inner()).await
                });
            }
        });
        Self { url, heads, task }
    }

    /// Always the same bytes, then the end.
    pub async fn fixed(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_, mut stream| {
            let bytes = bytes.clone();
            async move { stream.write_all(&bytes).await }
        })
        .await
    }

    /// A redirect to `location`.
    pub async fn redirect(status: u16, location: &str) -> Self {
        let head =
            format!("HTTP/1.1 {status} R\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        Self::fixed(head).await
    }

    pub fn requests(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for RawHttp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One client's connection to the [`RawRelay`].
pub struct Client {
    /// Each message of the client, as JSON.
    pub said: mpsc::UnboundedReceiver<Value>,
    /// Text to send to the client; dropping it closes the connection.
    pub tell: mpsc::UnboundedSender<String>,
}

impl Client {
    /// The next message with this verb.
    pub async fn hear(&mut self, verb: &str) -> Value {
        loop {
            let message = self.said.recv().await.expect("the client is gone");
            if message[0] == verb {
                return message;
            }
        }
    }

    pub fn say(&self, message: &Value) {
        let _ = self.tell.send(message.to_string());
    }

    pub fn eose(&self, request: &Value) {
        self.say(&serde_json::json!(["EOSE", request[1]]));
    }
}

/// A relay without manners: the test says every word. Yields each new connection.
pub struct RawRelay {
    pub url: String,
    pub clients: mpsc::UnboundedReceiver<Client>,
    task: JoinHandle<()>,
}

impl RawRelay {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let (arrive, clients) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let arrive = arrive.clone();
                tokio::spawn(async move {
                    let Ok(socket) = tokio_tungstenite::accept_async(stream).await else {
                        return;
                    };
                    let (mut out, mut input) = socket.split();
                    let (say, said) = mpsc::unbounded_channel();
                    let (tell, mut told) = mpsc::unbounded_channel::<String>();
                    let _ = arrive.send(Client { said, tell });
                    loop {
                        tokio::select! {
                            text = told.recv() => match text {
                                Some(text) => if out.send(Message::Text(text.into())).await.is_err() { return },
                                None => return,
                            },
                            message = input.next() => match message {
                                Some(Ok(Message::Text(text))) => { let _ = say.send(serde_json::from_str(&text).unwrap()); }
                                Some(Ok(_)) => {}
                                _ => return,
                            },
                        }
                    }
                });
            }
        });
        Self { url, clients, task }
    }

    pub async fn client(&mut self) -> Client {
        self.clients.recv().await.unwrap()
    }
}

impl Drop for RawRelay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A SOCKS5 proxy (RFC 1928) that leads every name to one server, and keeps the names.
pub struct Socks {
    pub url: String,
    pub names: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Socks {
    pub async fn to(server: std::net::SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("socks5://{}", listener.local_addr().unwrap());
        let names = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&names);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let methods = [stream.read_u8().await?, stream.read_u8().await?][1];
                    stream.read_exact(&mut vec![0; usize::from(methods)]).await?;
                    stream.write_all(&[5, 0]).await?;
                    let mut head = [0; 5];
                    stream.read_exact(&mut head).await?;
                    assert_eq!(head[3], 3, "asked by name");
                    let mut name = vec![0; usize::from(head[4])];
                    stream.read_exact(&mut name).await?;
                    let port = stream.read_u16().await?;
                    kept.lock()
                        .unwrap()
                        .push(format!("{}:{port}", String::from_utf8(name).unwrap()));
                    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
                    let mut server = TcpStream::connect(server).await?;
                    tokio::io::copy_bidirectional(&mut stream, &mut server).await
                });
            }
        });
        Self { url, names, task }
    }
}

impl Drop for Socks {
    fn drop(&mut self) {
        self.task.abort();
    }
}
