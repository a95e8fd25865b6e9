//! Asking others about a credential: its issuer's key, and the lists that say whether it was revoked. What comes back is
//! judged by `tekram_primitives::credential`; here are the addresses and the limits.
//!
//! An issuer is asked over `https`; over `http` only at an address on the person's own network that they asked for.

use tekram_net::{Http, NetPolicy, Request};
use tekram_primitives::credential::{
    CredentialError, IssuerKeySource, MAX_CREDENTIAL_BYTES, PublicKey, StatusType, key_from_did_document,
    key_from_issuer_metadata, key_from_jwks, key_source, keys_address,
};
use tekram_vault::VaultError;
use url::Url;

use crate::error::AgentError;

/// Longest document about keys, in bytes.
const MAX_KEYS_BYTES: u64 = 256 * 1024;

/// How others are asked.
pub(super) struct Asking<'a> {
    /// The persona's own connections.
    pub(super) http: &'a dyn Http,
    /// What the person allowed.
    pub(super) policy: &'a NetPolicy,
    /// Hears of each address before it is asked.
    pub(super) note: &'a dyn Fn(&str) -> Result<(), AgentError>,
}

/// The issuer's key with this `kid`, out of its name or from where it publishes it.
pub(super) async fn issuer_key(asking: &Asking<'_>, issuer: &str, kid: Option<&str>) -> Result<PublicKey, AgentError> {
    let plain = is_asked_for_http(asking.policy, issuer);
    let source = if plain {
        key_source(&issuer.replacen("http:", "https:", 1))
    } else {
        key_source(issuer)
    };
    let key = match source.map_err(VaultError::from)? {
        IssuerKeySource::Known(key) => Ok(key),
        IssuerKeySource::DidDocument { url } => {
            let document = fetch(asking, &url, "application/did+json, application/json", MAX_KEYS_BYTES).await?;
            key_from_did_document(&document, issuer, kid)
        }
        IssuerKeySource::Metadata { url } => {
            let url = if plain { url.replacen("https:", "http:", 1) } else { url };
            let metadata = fetch(asking, &url, "application/json", MAX_KEYS_BYTES).await?;
            match keys_address(&metadata, issuer).map_err(VaultError::from)? {
                None => key_from_issuer_metadata(&metadata, issuer, kid),
                Some(url) => {
                    let keys = fetch(
                        asking,
                        &url,
                        "application/jwk-set+json, application/json",
                        MAX_KEYS_BYTES,
                    );
                    key_from_jwks(&keys.await?, kid)
                }
            }
        }
    };
    Ok(key.map_err(VaultError::from)?)
}

/// A status list, as its keeper serves it.
pub(super) async fn status_list(asking: &Asking<'_>, url: &str, kind: &StatusType) -> Result<Vec<u8>, AgentError> {
    let accept = match kind {
        StatusType::Token => "application/statuslist+jwt",
        StatusType::Bitstring { .. } => "application/vc, application/json",
    };
    let most = u64::try_from(MAX_CREDENTIAL_BYTES).unwrap_or(u64::MAX);
    fetch(asking, url, accept, most).await
}

async fn fetch(asking: &Asking<'_>, url: &str, accept: &str, max_bytes: u64) -> Result<Vec<u8>, AgentError> {
    if !url.starts_with("https:") && !is_asked_for_http(asking.policy, url) {
        let error = CredentialError::Unsupported { what: "the address" };
        return Err(VaultError::from(error).into());
    }
    let request = Request::get(url)?.header("accept", accept).max_bytes(max_bytes);
    (asking.note)(url)?;
    let response = asking.http.fetch(request).await?;
    if response.is_success() {
        Ok(response.body)
    } else {
        Err(AgentError::NotServed {
            status: response.status,
        })
    }
}

/// Whether it is an `http` address that the person asked for, host and port.
fn is_asked_for_http(policy: &NetPolicy, url: &str) -> bool {
    url.starts_with("http:") && Url::parse(url).is_ok_and(|url| policy.allows(&url))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::Mutex;

    use serde_json::json;
    use tekram_net::{FetchError, Response};
    use tekram_primitives::did::SigningKey;

    use super::*;

    /// The web as far as this test needs it: one document at one address.
    #[derive(Debug)]
    struct OneDocument {
        url: &'static str,
        content: String,
    }

    impl Http for OneDocument {
        fn fetch<'a, 'b>(
            &'a self,
            request: Request,
        ) -> Pin<Box<dyn Future<Output = Result<Response, FetchError>> + Send + 'b>>
        where
            'a: 'b,
            Self: 'b,
        {
            let found = request.url.as_str() == self.url;
            let response = Response {
                status: if found { 200 } else { 404 },
                headers: Vec::new(),
                body: if found {
                    self.content.clone().into_bytes()
                } else {
                    Vec::new()
                },
                final_url: request.url,
                date_ms: None,
            };
            Box::pin(async move { Ok(response) })
        }
    }

    #[tokio::test]
    async fn a_did_web_is_asked_at_its_own_host_over_https() {
        let key = SigningKey::from_seed(&[7; 32]).unwrap().did();
        let did = "did:web:issuer.example:members";
        let method = json!({"id": "#k1", "controller": did, "publicKeyMultibase": key.multibase()});
        let document = json!({"id": did, "verificationMethod": [method], "assertionMethod": ["#k1"]});
        let web = OneDocument {
            url: "https://issuer.example/members/did.json",
            content: document.to_string(),
        };
        let asked = Mutex::new(Vec::new());
        let asking = Asking {
            http: &web,
            policy: &NetPolicy::default(),
            note: &|url| {
                asked.lock().unwrap().push(url.to_owned());
                Ok(())
            },
        };
        let found = issuer_key(&asking, did, Some("did:web:issuer.example:members#k1")).await;
        assert_eq!(found.unwrap(), PublicKey::Ed25519(key));
        assert_eq!(*asked.lock().unwrap(), [web.url]);
        for (issuer, code) in [
            ("did:web:issuer.example", "not_served"),
            ("http://issuer.example/members", "credential_unsupported"),
        ] {
            let refused = issuer_key(&asking, issuer, None).await.unwrap_err();
            assert_eq!(refused.code(), code);
        }
        let refused = status_list(&asking, "http://issuer.example/list", &StatusType::Token).await;
        assert_eq!(refused.unwrap_err().code(), "credential_unsupported");
    }
}
