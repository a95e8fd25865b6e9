//! The way from a feed's address over its redirects to its answer, as pure rules (RFC 9110 section 15.4). Whoever fetches
//! asks one address at a time and says what came back; at the end stands whether the feed has moved for good.

use url::Url;

use super::MAX_REDIRECTS;

/// What to do after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteEnd {
    /// It is the answer.
    Here,
    /// The next address is to be asked.
    Next,
    /// The redirect cannot be followed: a stable code.
    Refused(&'static str),
}

/// Where a request for a feed stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    at: Url,
    /// Where it has moved for good, as far as every redirect so far said so.
    moved: Option<Url>,
    only_permanent: bool,
    hops: u8,
}

impl Route {
    /// The way that begins at an address; `None` for one that no feed can have.
    #[must_use]
    pub fn from(address: &str) -> Option<Self> {
        let at = Url::parse(address).ok()?;
        (matches!(at.scheme(), "http" | "https") && at.has_host()).then_some(Self {
            at,
            moved: None,
            only_permanent: true,
            hops: 0,
        })
    }

    /// The address to ask, without user name, password and fragment.
    #[must_use]
    pub fn url(&self) -> Url {
        let mut url = self.at.clone();
        // Neither fails for an address with a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        url
    }

    /// User name and password in the address, for that address alone.
    #[must_use]
    pub fn login(&self) -> Option<(String, String)> {
        let password = self.at.password().unwrap_or_default();
        if self.at.username().is_empty() && password.is_empty() {
            return None;
        }
        Some((decoded(self.at.username()), decoded(password)))
    }

    /// Where the feed has moved for good.
    #[must_use]
    pub fn moved(&self) -> Option<&str> {
        self.moved.as_ref().map(Url::as_str)
    }

    /// Takes an answer's status and `Location`.
    pub fn step(&mut self, status: u16, location: Option<&str>) -> RouteEnd {
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return RouteEnd::Here;
        }
        if self.hops >= MAX_REDIRECTS {
            return RouteEnd::Refused("too_many_redirects");
        }
        let Some(mut to) = location.and_then(|location| self.url().join(location.trim()).ok()) else {
            return RouteEnd::Refused("bad_redirect");
        };
        to.set_fragment(None);
        let carries_login = !to.username().is_empty() || to.password().is_some();
        if !matches!(to.scheme(), "http" | "https") || !to.has_host() || carries_login {
            return RouteEnd::Refused("bad_redirect");
        }
        if self.at.scheme() == "https" && to.scheme() == "http" {
            return RouteEnd::Refused("redirect_downgrade");
        }
        if let Some((name, password)) = self.login()
            && self.at.origin() == to.origin()
        {
            let _ = to.set_username(&name);
            let _ = to.set_password(Some(&password));
        }
        self.hops += 1;
        self.at = to;
        // What comes after a redirect for the moment says nothing of where the feed itself is.
        self.only_permanent &= matches!(status, 301 | 308);
        if self.only_permanent {
            self.moved = Some(self.at.clone());
        }
        RouteEnd::Next
    }
}

/// Percent-decoded; what does not decode stays as it stands.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |byte: &u8| {
            char::from(*byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        match (first, after) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                bytes.push(hex(high).unwrap_or_default() << 4 | hex(low).unwrap_or_default());
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic
    )]
    use super::*;

    fn walked(from: &str, steps: &[(u16, &str)]) -> (Route, Vec<RouteEnd>) {
        let mut route = Route::from(from).unwrap();
        let ends = steps.iter().map(|(status, to)| route.step(*status, Some(to))).collect();
        (route, ends)
    }

    #[test]
    fn only_an_unbroken_row_of_permanent_redirects_moves_a_feed() {
        let (route, _) = walked("http://a.example/f", &[(301, "https://a.example/f"), (308, "/g")]);
        assert_eq!(route.moved(), Some("https://a.example/g"));
        let (route, _) = walked(
            "http://a.example/f",
            &[
                (301, "http://b.example/f"),
                (302, "http://c.example/f"),
                (301, "http://d.example/f"),
            ],
        );
        assert_eq!(
            (route.moved(), route.url().as_str()),
            (Some("http://b.example/f"), "http://d.example/f")
        );
        let (mut route, _) = walked("http://a.example/f", &[(307, "/x")]);
        assert_eq!((route.step(200, None), route.moved()), (RouteEnd::Here, None));
    }

    #[test]
    fn a_password_stays_with_its_origin_and_out_of_the_address_that_is_asked() {
        let (route, _) = walked("https://ada:gr%C3%BCn@a.example/f#x", &[(302, "/g")]);
        assert_eq!(route.url().as_str(), "https://a.example/g");
        assert_eq!(route.login(), Some(("ada".into(), "grün".into())));
        let (route, _) = walked("https://ada:secret@a.example/f", &[(301, "https://b.example/f")]);
        assert_eq!((route.login(), route.moved()), (None, Some("https://b.example/f")));
    }

    #[test]
    fn redirects_that_lead_astray_are_refused() {
        for (to, code) in [
            ("http://a.example/f", "redirect_downgrade"),
            ("ftp://a.example/f", "bad_redirect"),
            ("https://ada:x@b.example/", "bad_redirect"),
            ("https://", "bad_redirect"),
        ] {
            let (_, ends) = walked("https://a.example/f", &[(302, to)]);
            assert_eq!(ends, [RouteEnd::Refused(code)], "{to}");
        }
        let (_, ends) = walked("https://a.example/f", &[(302, "/f"); 6]);
        assert_eq!(ends[5], RouteEnd::Refused("too_many_redirects"));
        assert_eq!(
            Route::from("https://a.example/").unwrap().step(301, None),
            RouteEnd::Refused("bad_redirect")
        );
        assert_eq!(Route::from("file:///etc/passwd"), None);
    }
}
