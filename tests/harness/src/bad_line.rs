//! A TCP line that can be made bad on purpose, in front of any local server: it cuts connections, refuses new ones,
//! or swallows what passes. Tests put it before a relay or a mint to see what a dropped connection does.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::own_runtime::OwnRuntime;

/// What is wrong with the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing: everything passes.
    None,
    /// New connections are closed at once.
    Refuse,
    /// A connection opens, takes what is sent, and nothing comes back.
    Silent,
    /// A connection is closed once its client has sent this many bytes.
    CutAfter {
        /// Bytes from client to server.
        bytes: u64,
    },
}

/// A forwarding line on a port of its own; it ends when dropped.
#[derive(Debug)]
pub struct BadLine {
    port: u16,
    trouble: watch::Sender<Trouble>,
    cuts: watch::Sender<u64>,
    opened: Arc<AtomicU64>,
    _runtime: OwnRuntime,
}

impl BadLine {
    /// A line to `server`, sound until [`set`](Self::set) says otherwise.
    ///
    /// # Errors
    /// When no port can be opened.
    pub fn to(server: SocketAddr) -> io::Result<Self> {
        let (trouble, _) = watch::channel(Trouble::None);
        let (cuts, _) = watch::channel(0);
        let opened = Arc::new(AtomicU64::new(0));
        let line = Line {
            server,
            trouble: trouble.subscribe(),
            cuts: cuts.subscribe(),
            opened: opened.clone(),
        };
        let (runtime, port) = OwnRuntime::start("bad-line", async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let port = listener.local_addr()?.port();
            tokio::spawn(line.accept(listener));
            Ok(port)
        })?;
        Ok(Self {
            port,
            trouble,
            cuts,
            opened,
            _runtime: runtime,
        })
    }

    /// The port that leads to the server.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Changes what is wrong, for connections opened from now on.
    pub fn set(&self, trouble: Trouble) {
        self.trouble.send_replace(trouble);
    }

    /// Cuts every open connection now.
    pub fn cut(&self) {
        self.cuts.send_modify(|count| *count += 1);
    }

    /// How many connections were opened so far, refused ones too.
    pub fn connections(&self) -> u64 {
        self.opened.load(Ordering::SeqCst)
    }
}

#[derive(Clone)]
struct Line {
    server: SocketAddr,
    trouble: watch::Receiver<Trouble>,
    cuts: watch::Receiver<u64>,
    opened: Arc<AtomicU64>,
}

impl Line {
    async fn accept(self, listener: TcpListener) {
        while let Ok((client, _)) = listener.accept().await {
            self.opened.fetch_add(1, Ordering::SeqCst);
            let line = self.clone();
            tokio::spawn(async move {
                let mut cuts = line.cuts.clone();
                cuts.mark_unchanged();
                tokio::select! {
                    // Either end may close as it likes: there is nobody to tell.
                    _ = line.carry(client) => {}
                    _ = cuts.changed() => {}
                }
            });
        }
    }

    async fn carry(&self, mut client: TcpStream) -> io::Result<()> {
        let trouble = *self.trouble.borrow();
        let limit = match trouble {
            Trouble::Refuse => return Ok(()),
            Trouble::Silent => {
                tokio::io::copy(&mut client, &mut tokio::io::sink()).await?;
                return Ok(());
            }
            Trouble::CutAfter { bytes } => bytes,
            Trouble::None => u64::MAX,
        };
        let server = TcpStream::connect(self.server).await?;
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.into_split();
        let upwards = async {
            tokio::io::copy(&mut (&mut from_client).take(limit), &mut to_server).await?;
            if limit == u64::MAX {
                // The client is done sending; the server may still answer.
                to_server.shutdown().await?;
                std::future::pending::<()>().await;
            }
            io::Result::Ok(())
        };
        let downwards = tokio::io::copy(&mut from_server, &mut to_client);
        tokio::select! {
            ended = upwards => ended,
            ended = downwards => ended.map(|_| ()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    /// A server that sends everything back.
    fn echo() -> (OwnRuntime, SocketAddr) {
        OwnRuntime::start("echo", async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = listener.local_addr()?;
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    tokio::spawn(async move {
                        let (mut from, mut to) = stream.split();
                        tokio::io::copy(&mut from, &mut to).await
                    });
                }
            });
            Ok(address)
        })
        .unwrap()
    }

    fn connect(line: &BadLine) -> std::net::TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, line.port())).unwrap()
    }

    #[test]
    fn a_sound_line_carries_both_ways_and_a_cut_ends_it() {
        let (_echo, server) = echo();
        let line = BadLine::to(server).unwrap();
        let mut stream = connect(&line);
        stream.write_all(b"hello").unwrap();
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"hello");
        line.cut();
        assert!(matches!(stream.read(&mut answer), Ok(0) | Err(_)));
        assert_eq!(line.connections(), 1);
    }

    #[test]
    fn a_refusing_line_and_one_that_cuts_end_the_connection() {
        let (_echo, server) = echo();
        let line = BadLine::to(server).unwrap();
        for trouble in [Trouble::Refuse, Trouble::CutAfter { bytes: 3 }] {
            line.set(trouble);
            let mut stream = connect(&line);
            // A closed connection may already refuse the bytes: the same end.
            let _ = stream.write_all(b"hello");
            let mut answer = Vec::new();
            let ended = stream.read_to_end(&mut answer);
            assert!(ended.is_err() || answer.len() <= 3, "{trouble:?}");
        }
    }
}
