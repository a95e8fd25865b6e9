//! A Nostr relay in this process, on 127.0.0.1 (`nostr-relay-builder`; NIP-01, 09, 40, 42). Events live in memory and
//! end with it. To see a relay that misbehaves, put a [`BadLine`](crate::bad_line::BadLine) in front.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use nostr_relay_builder::prelude::{LocalRelay, RateLimit, RelayBuilder};

use crate::own_runtime::OwnRuntime;

/// The builder's own limit of 60 events a minute is below what one test sends.
const EVENTS_PER_MINUTE: u32 = 1_000_000;
const SUBSCRIPTIONS: usize = 10_000;

/// A running relay; it ends, with all its connections, when dropped.
#[derive(Debug)]
pub struct Relay {
    /// Where it is reached: `ws://127.0.0.1:PORT`.
    pub url: String,
    port: u16,
    relay: LocalRelay,
    _runtime: OwnRuntime,
}

impl Relay {
    /// Starts a relay on `port`, or on a free one for 0.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(port: u16) -> io::Result<Self> {
        let port = if port == 0 { free_port()? } else { port };
        let (runtime, relay) = OwnRuntime::start("relay", async move {
            let limits = RateLimit {
                max_reqs: SUBSCRIPTIONS,
                notes_per_minute: EVENTS_PER_MINUTE,
            };
            let builder = RelayBuilder::default()
                .addr(Ipv4Addr::LOCALHOST.into())
                .port(port)
                .rate_limit(limits);
            let relay = LocalRelay::new(builder);
            relay.run().await.map_err(io::Error::other)?;
            Ok(relay)
        })?;
        Ok(Self {
            url: format!("ws://127.0.0.1:{port}"),
            port,
            relay,
            _runtime: runtime,
        })
    }

    /// Its TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address, as `host:port`.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.relay.shutdown();
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_relay_accepts_connections_until_it_is_dropped() {
        let relay = Relay::start(0).unwrap();
        let address = relay.address();
        assert!(TcpStream::connect(address).is_ok());
        assert_eq!(
            Relay::start(relay.port()).err().map(|_| "port taken"),
            Some("port taken")
        );
    }

    #[tokio::test]
    async fn a_relay_can_be_started_and_dropped_inside_an_async_test() {
        drop(Relay::start(0).unwrap());
    }
}
