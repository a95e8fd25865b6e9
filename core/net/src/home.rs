//! Servers that the person says are in their own network: exactly that host and port may be private, for what is sent to it alone;
//! and without encryption it must be, since nothing protects what goes out further.

use url::Url;

use crate::address::{self, Reach};
use crate::error::FetchError;
use crate::policy::{NetPolicy, origin};
use crate::tls::Outside;
use crate::web::WebContext;

/// Where the person says a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// They said nothing of it.
    Anywhere,
    /// In their own network.
    HomeNetwork,
}

/// What a context for one server may reach. A server that would get a password without encryption beyond the person's own network
/// is refused as [`FetchError::NotNearby`].
pub(crate) fn reach_of(policy: NetPolicy, url: &Url, place: Place) -> Result<(NetPolicy, Reach), FetchError> {
    if policy.allows(url) {
        return Ok((policy, Reach::AskedFor));
    }
    let at_home = place == Place::HomeNetwork;
    let mut reach = Reach::AskedFor;
    if url.scheme() == "http" {
        if !at_home || !may_be_nearby(url, policy.proxy.is_some()) {
            return Err(FetchError::NotNearby { origin: origin(url) });
        }
        reach = Reach::Nearby;
    }
    Ok((if at_home { policy.allow(url) } else { policy }, reach))
}

/// Whether the host of `url` is nearby as far as it can be told without a look-up; through a proxy there is none later.
fn may_be_nearby(url: &Url, proxied: bool) -> bool {
    match (address::literal(url), url.host_str()) {
        (Some(literal), _) => address::is_nearby(literal),
        (None, Some(name)) => !proxied || address::is_private_name(name),
        (None, None) => false,
    }
}

impl WebContext {
    /// A context of its own for one server that the person says is in their own network: its host and port may be private, for
    /// this context alone. Nothing is sent yet.
    ///
    /// # Errors
    /// `bad_url`, `insecure_server` when http leads out of that network (also later, when the name turns out to), `bad_proxy`.
    pub fn in_home_network(policy: NetPolicy, url: &str) -> Result<Self, FetchError> {
        let url = Url::parse(url).map_err(|_| FetchError::BadUrl)?;
        let (policy, reach) = reach_of(policy, &url, Place::HomeNetwork)?;
        Self::reaching(policy, &Outside::default(), reach)
    }
}
