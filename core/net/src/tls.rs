//! The one TLS set-up, for HTTP and for relays: rustls with ring, Mozilla's roots.
//!
//! The provider is passed explicitly, so nothing depends on a process-wide default. Each context gets a configuration of
//! its own, because a shared one would share session tickets, and those link connections.

use std::sync::Arc;

use rustls::pki_types::TrustAnchor;
use rustls::{ClientConfig, RootCertStore};

use crate::address::{NameLookup, SystemNames};

/// What a context believes about the outside: whose answers give addresses, and who vouches for servers.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) names: Arc<dyn NameLookup>,
    pub(crate) roots: Vec<TrustAnchor<'static>>,
}

impl Default for Outside {
    /// The system's resolver and Mozilla's roots.
    fn default() -> Self {
        Self {
            names: Arc::new(SystemNames),
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }
    }
}

impl Outside {
    /// A fresh client configuration, with nothing shared but the list of roots. `None` when the provider refuses its own
    /// protocol versions (it does not).
    pub(crate) fn client_config(&self, alpn: &[&[u8]]) -> Option<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?
            .with_root_certificates(RootCertStore {
                roots: self.roots.clone(),
            })
            .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        Some(config)
    }
}

/// Whether an error is a TLS failure, however many I/O errors it is wrapped in (`source` of a wrapping one skips what it
/// wraps).
pub(crate) fn is_tls_error(error: &(dyn std::error::Error + 'static)) -> bool {
    if error.is::<rustls::Error>() {
        return true;
    }
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    wrapped.is_some_and(|inner| is_tls_error(inner))
}
