//! What can go wrong outside, named. Errors carry the origin (scheme, host, port) and never a path, a query, a header or
//! a body, because those hold tokens and tell what a person reads.

/// Why a request gave no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The address cannot be read, has no host, or carries a user name.
    #[error("the address is not a web address that can be fetched")]
    BadUrl,
    /// Only `http` and `https` are fetched.
    #[error("{origin}: only http and https addresses are fetched")]
    UnsupportedScheme {
        /// Scheme and host.
        origin: String,
    },
    /// The address, or one of its name's answers, is private, and nobody asked for exactly this host and port.
    #[error("{origin} is a private address that was not asked for")]
    PrivateAddress {
        /// Scheme and host.
        origin: String,
    },
    /// An address without encryption that leads out of the person's own network, though they said that it is in there.
    #[error("{origin} is not in the network of this device, and would get the password unencrypted")]
    NotNearby {
        /// Scheme and host.
        origin: String,
    },
    /// A header that a caller may not set (cookies, referrer, hop-by-hop), or that cannot be written.
    #[error("the header {name} may not be set on a request")]
    ForbiddenHeader {
        /// The header's name.
        name: String,
    },
    /// More redirects than the request's limit.
    #[error("{origin} redirected more than {limit} times")]
    TooManyRedirects {
        /// Where the last redirect came from.
        origin: String,
        /// The request's limit.
        limit: u8,
    },
    /// A redirect from https to http.
    #[error("{origin} redirected from https to http")]
    RedirectDowngrade {
        /// Where the redirect came from.
        origin: String,
    },
    /// A redirect without a usable address, or one that would carry a request's body to another origin.
    #[error("{origin} sent a redirect that cannot be followed")]
    BadRedirect {
        /// Where the redirect came from.
        origin: String,
    },
    /// The body, after decompression, is larger than the request's limit.
    #[error("{origin} sent more than {limit_bytes} bytes")]
    ResponseTooLarge {
        /// Who sent it.
        origin: String,
        /// The request's limit.
        limit_bytes: u64,
    },
    /// The header section is larger than the request's limit.
    #[error("{origin} sent more than {limit_bytes} bytes of headers")]
    HeadersTooLarge {
        /// Who sent it.
        origin: String,
        /// The request's limit.
        limit_bytes: u64,
    },
    /// The whole exchange took longer than the request's limit.
    #[error("{origin} did not finish in time")]
    TimedOut {
        /// Who was waited for.
        origin: String,
    },
    /// The host's name has no address.
    #[error("{origin}: the name was not found")]
    NameNotFound {
        /// Scheme and host.
        origin: String,
    },
    /// No connection (refused, unreachable, or the proxy failed).
    #[error("{origin} could not be reached")]
    Unreachable {
        /// Scheme and host.
        origin: String,
    },
    /// The TLS handshake failed: certificate, name or version.
    #[error("{origin} did not prove who it is (TLS)")]
    TlsFailed {
        /// Scheme and host.
        origin: String,
    },
    /// The connection ended before the response was complete, or broke HTTP's rules.
    #[error("{origin} broke off its response")]
    ConnectionLost {
        /// Who was being read.
        origin: String,
    },
    /// The body does not decompress.
    #[error("{origin} sent a body that does not decompress")]
    BadEncoding {
        /// Who sent it.
        origin: String,
    },
    /// The proxy's address is not usable.
    #[error("the proxy's address is not a SOCKS5 or HTTP proxy")]
    BadProxy,
    /// The context could not be set up on this system.
    #[error("the network context could not be set up")]
    Setup,
}

impl FetchError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadUrl => "bad_url",
            Self::UnsupportedScheme { .. } => "unsupported_scheme",
            Self::PrivateAddress { .. } => "private_address",
            Self::NotNearby { .. } => "insecure_server",
            Self::ForbiddenHeader { .. } => "forbidden_header",
            Self::TooManyRedirects { .. } => "too_many_redirects",
            Self::RedirectDowngrade { .. } => "redirect_downgrade",
            Self::BadRedirect { .. } => "bad_redirect",
            Self::ResponseTooLarge { .. } => "response_too_large",
            Self::HeadersTooLarge { .. } => "headers_too_large",
            Self::TimedOut { .. } => "timed_out",
            Self::NameNotFound { .. } => "name_not_found",
            Self::Unreachable { .. } => "unreachable",
            Self::TlsFailed { .. } => "tls_failed",
            Self::ConnectionLost { .. } => "connection_lost",
            Self::BadEncoding { .. } => "bad_encoding",
            Self::BadProxy => "bad_proxy",
            Self::Setup => "net_setup",
        }
    }
}

/// Why the noticeboard (relays) did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BusError {
    /// No relay was named, or none could be reached.
    #[error("no relay could be reached")]
    NoRelay {
        /// Each relay's origin with the code of what went wrong.
        reasons: Vec<(String, String)>,
    },
    /// A relay's address cannot be read.
    #[error("a relay's address is not a ws or wss address")]
    BadRelayUrl,
    /// `ws://` (without TLS) to a relay that the person did not name.
    #[error("{relay} is not encrypted (ws) and was not asked for")]
    InsecureRelay {
        /// The relay's origin.
        relay: String,
    },
    /// The relay's address is private and was not asked for.
    #[error("{relay} is a private address that was not asked for")]
    PrivateAddress {
        /// The relay's origin.
        relay: String,
    },
    /// Relays cannot be reached through this kind of proxy (SOCKS5 only).
    #[error("relays can only be reached through a SOCKS5 proxy")]
    BadProxy,
    /// The event is larger than any relay should take.
    #[error("the event has {bytes} bytes, more than {limit_bytes}")]
    EventTooLarge {
        /// The event's size as JSON.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// No relay took the event.
    #[error("no relay accepted the event")]
    NoRelayAccepted {
        /// Each relay's origin with the reason it gave, or `timed_out`, `relay_dropped`.
        refused: Vec<(String, String)>,
    },
    /// A relay refused a subscription (`CLOSED`), and no other answered.
    #[error("{relay} refused: {reason}")]
    RelayRefused {
        /// The relay's origin.
        relay: String,
        /// The relay's own words, shortened.
        reason: String,
    },
    /// The connection ended before an answer, and no other relay answered.
    #[error("{relay} dropped the connection")]
    RelayDropped {
        /// The relay's origin.
        relay: String,
    },
    /// No relay answered in time.
    #[error("no relay answered in time")]
    TimedOut,
    /// The bus was closed.
    #[error("the connection to the relays was closed")]
    Closed,
    /// The context could not be set up on this system.
    #[error("the network context could not be set up")]
    Setup,
}

impl BusError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRelay { .. } => "no_relay",
            Self::BadRelayUrl => "bad_relay_url",
            Self::InsecureRelay { .. } => "insecure_relay",
            Self::PrivateAddress { .. } => "private_address",
            Self::BadProxy => "bad_proxy",
            Self::EventTooLarge { .. } => "event_too_large",
            Self::NoRelayAccepted { .. } => "no_relay_accepted",
            Self::RelayRefused { .. } => "relay_refused",
            Self::RelayDropped { .. } => "relay_dropped",
            Self::TimedOut => "timed_out",
            Self::Closed => "bus_closed",
            Self::Setup => "net_setup",
        }
    }
}
