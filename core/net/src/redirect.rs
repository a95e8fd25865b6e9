//! Where a redirect may lead, and what goes along, as pure rules (RFC 9110 section 15.4).
//!
//! Redirects are followed by hand, because each hop must be checked like a first request and secrets must stay behind when
//! the origin changes.

use crate::error::FetchError;
use crate::http::{Method, Request};
use crate::policy::origin;

/// Request headers that may follow to another origin: they hold no secret and no identifier.
const KEPT_ACROSS_ORIGINS: [&str; 4] = ["accept", "accept-language", "content-type", "user-agent"];

/// Whether a status asks for a redirect that is followed.
pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The request that a redirect asks for.
///
/// 303, and 301 or 302 after a `POST`, become a `GET` without a body. A body never goes to another origin. Https never
/// becomes http. Across origins only harmless headers are kept.
pub(crate) fn follow(request: Request, status: u16, location: Option<&str>) -> Result<Request, FetchError> {
    let from = request.url.clone();
    let bad = || FetchError::BadRedirect { origin: origin(&from) };
    let mut to = from.join(location.ok_or_else(bad)?).map_err(|_| bad())?;
    to.set_fragment(None);
    if to.host_str().is_none() || !to.username().is_empty() || to.password().is_some() {
        return Err(bad());
    }
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(FetchError::RedirectDowngrade { origin: origin(&from) });
    }

    let mut next = request;
    let becomes_get = match status {
        303 => next.method != Method::Head,
        301 | 302 => next.method == Method::Post,
        _ => false,
    };
    if becomes_get {
        next.method = Method::Get;
        next.body = None;
        next.headers.retain(|(name, _)| name != "content-type");
    }
    if from.origin() != to.origin() {
        if next.body.is_some() {
            return Err(bad());
        }
        next.headers
            .retain(|(name, _)| KEPT_ACROSS_ORIGINS.contains(&name.as_str()));
    }
    next.url = to;
    Ok(next)
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
    use proptest::prelude::*;
    use url::Url;

    fn with_secrets(url: &str) -> Request {
        Request::get(url)
            .unwrap()
            .header("Authorization", "GNAP secret")
            .header("X-Api-Key", "secret")
            .header("Accept", "text/xml")
    }

    fn names(request: &Request) -> Vec<&str> {
        request.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn secrets_stay_behind_when_the_origin_changes() {
        for other in [
            "https://other.example/",
            "https://example.org:444/",
            "https://sub.example.org/",
            "//other.example/",
        ] {
            let next = follow(with_secrets("https://example.org/a"), 302, Some(other)).unwrap();
            assert_eq!(names(&next), ["accept"], "{other}");
        }
    }

    #[test]
    fn headers_stay_within_an_origin() {
        let next = follow(with_secrets("https://example.org/a"), 302, Some("/b?c#d")).unwrap();
        assert_eq!(next.url.as_str(), "https://example.org/b?c");
        assert_eq!(names(&next).len(), 3);
    }

    #[test]
    fn https_never_becomes_http() {
        let refused = follow(with_secrets("https://example.org/a"), 301, Some("http://example.org/a")).unwrap_err();
        assert_eq!(refused.code(), "redirect_downgrade");
    }

    #[test]
    fn a_body_never_goes_to_another_origin() {
        let post = Request::post_json("https://mint.example/v1/swap", b"secret".to_vec()).unwrap();
        let refused = follow(post.clone(), 307, Some("https://other.example/")).unwrap_err();
        assert_eq!(refused.code(), "bad_redirect");
        let kept = follow(post.clone(), 308, Some("/v2/swap")).unwrap();
        assert_eq!((kept.method, kept.body), (Method::Post, post.body.clone()));
        let dropped = follow(post, 303, Some("https://other.example/")).unwrap();
        assert_eq!((dropped.method, dropped.body), (Method::Get, None));
    }

    #[test]
    fn a_redirect_without_an_address_or_with_a_password_is_not_followed() {
        for location in [
            None,
            Some("http://"),
            Some("https://user:secret@example.org/"),
            Some("https://user@example.org/"),
        ] {
            assert_eq!(
                follow(with_secrets("https://example.org/"), 302, location)
                    .unwrap_err()
                    .code(),
                "bad_redirect",
                "{location:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_secret_header_ever_crosses_origins(status in prop::sample::select(vec![301u16, 302, 303, 307, 308]), location in "\\PC{0,60}") {
            let from = Url::parse("https://example.org/a").unwrap();
            if let Ok(next) = follow(with_secrets("https://example.org/a"), status, Some(&location)) {
                prop_assert!(next.url.scheme() != "http");
                if next.url.origin() != from.origin() {
                    prop_assert!(!next.headers.iter().any(|(_, value)| value.contains("secret")));
                }
            }
        }
    }
}
