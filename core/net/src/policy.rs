//! What a context may reach beyond the public internet, and through which proxy.
//!
//! A person may name a relay or mint in their own network; then exactly that host and port is open to that context, and
//! nothing else that is private.

use std::collections::BTreeSet;
use std::fmt;

use url::Url;

/// Which private origins a context may reach, and its proxy.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NetPolicy {
    /// Exact `host:port` pairs that the person asked for, lower case, IPv6 in brackets: `127.0.0.1:8080`, `[::1]:7777`.
    /// Everything private that is not listed is refused, also as the target of a redirect.
    pub allow_origins: BTreeSet<String>,
    /// `socks5://host:port` (or `socks5h`) or `http://host:port`. With a proxy, names are resolved by the proxy and nothing
    /// goes out beside it.
    pub proxy: Option<Url>,
}

impl NetPolicy {
    /// This policy with the origin of `url` allowed: call it for an address that the person typed or chose.
    /// An address without a host leaves the policy as it is.
    #[must_use]
    pub fn allow(mut self, url: &Url) -> Self {
        if let Some(origin) = host_and_port(url) {
            self.allow_origins.insert(origin);
        }
        self
    }

    /// This policy with `url` as its proxy.
    #[must_use]
    pub fn through(mut self, proxy: Url) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Whether the person asked for exactly the host and port of `url`.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        host_and_port(url).is_some_and(|origin| self.allow_origins.contains(&origin))
    }
}

/// `Debug` leaves out a user name and password in the proxy's address.
impl fmt::Debug for NetPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetPolicy")
            .field("allow_origins", &self.allow_origins)
            .field(
                "proxy",
                &self.proxy.as_ref().map(|url| (url.scheme(), host_and_port(url))),
            )
            .finish()
    }
}

/// `host:port` of a URL, the port filled in from the scheme.
pub(crate) fn host_and_port(url: &Url) -> Option<String> {
    let port = url
        .port_or_known_default()
        .or_else(|| url.scheme().starts_with("socks").then_some(1080))?;
    Some(format!("{}:{port}", url.host_str()?))
}

/// The origin of a URL for errors: scheme, host and port, never user, path or query (they may hold tokens).
pub(crate) fn origin(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
        (Some(host), None) => format!("{}://{host}", url.scheme()),
        (None, _) => format!("{}:", url.scheme()),
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

    #[test]
    fn only_the_exact_host_and_port_is_allowed() {
        let policy = NetPolicy::default().allow(&Url::parse("http://127.0.0.1:8080/feed?token=1").unwrap());
        assert!(policy.allows(&Url::parse("http://127.0.0.1:8080/other").unwrap()));
        assert!(!policy.allows(&Url::parse("http://127.0.0.1:9999/").unwrap()));
        assert!(!policy.allows(&Url::parse("http://localhost:8080/").unwrap()));
    }

    #[test]
    fn a_default_port_is_written_out() {
        let policy = NetPolicy::default().allow(&Url::parse("ws://[::1]/").unwrap());
        assert!(policy.allow_origins.contains("[::1]:80"));
    }

    #[test]
    fn an_origin_holds_no_path_query_or_password() {
        let url = Url::parse("https://user:secret@example.org:444/path/token?key=secret").unwrap();
        assert_eq!(origin(&url), "https://example.org:444");
    }

    #[test]
    fn debug_hides_the_proxys_password() {
        let policy = NetPolicy::default().through(Url::parse("socks5://user:secret@127.0.0.1:9050").unwrap());
        assert!(!format!("{policy:?}").contains("secret"));
    }
}
