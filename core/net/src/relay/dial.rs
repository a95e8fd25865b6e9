//! From a relay's address to an open WebSocket, on exactly the addresses that were checked.
//!
//! The connection is made here and handed to the WebSocket handshake, so there is no second look-up that could answer
//! differently (DNS rebinding).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};
use url::Url;

use crate::address::{self, NameLookup, Reach, Refusal};
use crate::error::BusError;
use crate::policy::{NetPolicy, origin};
use crate::tls;
use crate::verified::MAX_EVENT_BYTES;

/// An open connection to a relay.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Largest message read at all. Far above [`MAX_EVENT_BYTES`]: an event that is merely too large is dropped and counted, and
/// only a message that nobody sane sends ends the connection.
const MAX_MESSAGE_BYTES: usize = 2 * 1024 * 1024;
/// Longest wait for one of several addresses.
const ONE_ADDRESS_TIMEOUT: Duration = Duration::from_secs(4);

/// A relay's checked address.
#[derive(Debug, Clone)]
pub(super) struct RelayAddress {
    pub(super) url: Url,
    pub(super) origin: String,
    asked_for: bool,
}

impl RelayAddress {
    /// Checks what can be checked without a connection: `wss`, or `ws` when asked for; no user name; no private literal.
    pub(super) fn parse(text: &str, policy: &NetPolicy) -> Result<Self, BusError> {
        let mut url = Url::parse(text).map_err(|_| BusError::BadRelayUrl)?;
        url.set_fragment(None);
        let host = url.host_str().ok_or(BusError::BadRelayUrl)?;
        if !matches!(url.scheme(), "ws" | "wss") || !url.username().is_empty() || url.password().is_some() {
            return Err(BusError::BadRelayUrl);
        }
        let asked_for = policy.allows(&url);
        let relay = origin(&url);
        if !asked_for {
            let private = match address::literal(&url) {
                Some(literal) => !address::is_public(literal),
                None => policy.proxy.is_some() && address::is_private_name(host),
            };
            if private {
                return Err(BusError::PrivateAddress { relay });
            }
            if url.scheme() == "ws" {
                return Err(BusError::InsecureRelay { relay });
            }
        }
        Ok(Self {
            origin: relay,
            asked_for,
            url,
        })
    }
}

/// What is needed to connect; one for each bus, so that TLS sessions are not shared.
#[derive(Clone)]
pub(super) struct Dialer {
    pub(super) names: Arc<dyn NameLookup>,
    pub(super) tls: Arc<rustls::ClientConfig>,
    pub(super) proxy: Option<Url>,
    pub(super) timeout: Duration,
}

/// Why there is no connection, as a stable code.
pub(super) type DialFailure = &'static str;

impl Dialer {
    /// Connects, within the time limit. With the relay's clock ahead of ours in seconds, if it told.
    pub(super) async fn dial(&self, relay: &RelayAddress) -> Result<(Socket, Option<i64>), DialFailure> {
        tokio::time::timeout(self.timeout, self.connect(relay))
            .await
            .unwrap_or(Err("timed_out"))
    }

    async fn connect(&self, relay: &RelayAddress) -> Result<(Socket, Option<i64>), DialFailure> {
        let stream = self.tcp(relay).await?;
        // Small messages wait for answers; delay would only add up.
        let _ = stream.set_nodelay(true);
        let limits = WebSocketConfig::default()
            .read_buffer_size(16 * 1024)
            .write_buffer_size(0)
            .max_write_buffer_size(4 * MAX_EVENT_BYTES)
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let tls = Connector::Rustls(Arc::clone(&self.tls));
        let handshake = client_async_tls_with_config(relay.url.as_str(), stream, Some(limits), Some(tls));
        match Box::pin(handshake).await {
            Ok((socket, answer)) => Ok((socket, clock_skew_s(answer.headers().get("date")))),
            Err(WsError::Io(error)) if tls::is_tls_error(&error) => Err("tls_failed"),
            Err(WsError::Tls(_)) => Err("tls_failed"),
            Err(WsError::Io(_) | WsError::ConnectionClosed | WsError::Protocol(ProtocolError::HandshakeIncomplete)) => {
                Err("relay_dropped")
            }
            Err(_) => Err("not_a_relay"),
        }
    }

    async fn tcp(&self, relay: &RelayAddress) -> Result<TcpStream, DialFailure> {
        let url = &relay.url;
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err("bad_relay_url");
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if let Some(proxy) = &self.proxy {
            let (Some(proxy_host), proxy_port) = (proxy.host_str(), proxy.port().unwrap_or(1080)) else {
                return Err("bad_proxy");
            };
            let proxy_host = proxy_host.trim_start_matches('[').trim_end_matches(']');
            let to = (proxy_host, proxy_port);
            let stream = match (proxy.username(), proxy.password()) {
                ("", _) => tokio_socks::tcp::Socks5Stream::connect(to, (host, port)).await,
                (user, password) => {
                    let password = password.unwrap_or_default();
                    tokio_socks::tcp::Socks5Stream::connect_with_password(to, (host, port), user, password).await
                }
            };
            return stream
                .map(tokio_socks::tcp::Socks5Stream::into_inner)
                .map_err(|_| "unreachable");
        }
        let reach = if relay.asked_for {
            Reach::AskedFor
        } else {
            Reach::Public
        };
        let addresses = address::resolve(&self.names, host, port, reach)
            .await
            .map_err(|refusal| match refusal {
                Refusal::Private | Refusal::NotNearby => "private_address",
                Refusal::NotFound => "name_not_found",
            })?;
        for address in addresses {
            if let Ok(Ok(stream)) = tokio::time::timeout(ONE_ADDRESS_TIMEOUT, TcpStream::connect(address)).await {
                return Ok(stream);
            }
        }
        Err("unreachable")
    }
}

fn clock_skew_s(date: Option<&HeaderValue>) -> Option<i64> {
    let theirs = httpdate::parse_http_date(date?.to_str().ok()?).ok()?;
    match theirs.duration_since(SystemTime::now()) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).ok(),
        Err(behind) => i64::try_from(behind.duration().as_secs()).ok().map(|seconds| -seconds),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    fn code(text: &str, policy: &NetPolicy) -> &'static str {
        RelayAddress::parse(text, policy).map_or_else(|error| error.code(), |_| "taken")
    }

    #[test]
    fn relays_are_encrypted_and_public_unless_asked_for() {
        let policy = NetPolicy::default().allow(&Url::parse("ws://127.0.0.1:7777").unwrap());
        assert_eq!(code("wss://relay.example/path", &policy), "taken");
        assert_eq!(code("ws://127.0.0.1:7777", &policy), "taken");
        assert_eq!(code("ws://127.0.0.1:7778", &policy), "private_address");
        assert_eq!(code("wss://10.0.0.1", &policy), "private_address");
        assert_eq!(code("wss://[::ffff:127.0.0.1]", &policy), "private_address");
        assert_eq!(code("wss://0x7f.1", &policy), "private_address");
        assert_eq!(code("ws://relay.example", &policy), "insecure_relay");
        assert_eq!(code("https://relay.example", &policy), "bad_relay_url");
        assert_eq!(code("wss://user:secret@relay.example", &policy), "bad_relay_url");
        assert_eq!(code("relay.example", &policy), "bad_relay_url");
    }

    #[test]
    fn through_a_proxy_private_names_are_refused_by_name() {
        let policy = NetPolicy::default().through(Url::parse("socks5://127.0.0.1:9050").unwrap());
        assert_eq!(code("wss://printer.local", &policy), "private_address");
        assert_eq!(code("wss://relay.example", &policy), "taken");
    }
}
