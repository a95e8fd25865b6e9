//! Addresses of feeds: which are personal, and how such a one is shown. A private feed's address is a password; it stands
//! in the vault and in the person's own list of feeds, and nowhere else.

use url::Url;

/// Parameters that are there to say who asks.
const PERSONAL_PARAMETERS: [&str; 17] = [
    "auth",
    "key",
    "token",
    "access",
    "apikey",
    "api_key",
    "access_token",
    "authkey",
    "secret",
    "sig",
    "signature",
    "hash",
    "pass",
    "password",
    "user",
    "uid",
    "member",
];
/// A piece of an address so long that mixes letters and digits was made for one person, or could have been.
const LONGEST_PLAIN: usize = 20;

/// Whether a feed's address looks as if it were one person's: it has a user name, a parameter that says who asks, or a long
/// piece that nobody would think of. Rather too often than once too seldom.
#[must_use]
pub fn is_private_address(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return true;
    };
    if !url.username().is_empty() || url.password().is_some() {
        return true;
    }
    let by_parameter = url.query_pairs().any(|(name, value)| {
        let name = name.to_ascii_lowercase();
        !value.is_empty() && (PERSONAL_PARAMETERS.contains(&name.as_str()) || is_random(&value))
    });
    by_parameter || url.path_segments().is_some_and(|mut parts| parts.any(is_random))
}

/// Whether a text could be a random token: long, of one piece, with digits among letters. Words between hyphens are a title.
fn is_random(text: &str) -> bool {
    text.split(['-', '_', '.', '~']).any(|piece| {
        piece.len() > LONGEST_PLAIN
            && piece.bytes().any(|byte| byte.is_ascii_digit())
            && piece.bytes().any(|byte| byte.is_ascii_alphabetic())
    }) || is_uuid(text)
}

/// Many services name both shows and subscribers by UUIDs, so one could be personal.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// An address for a screen, a log or an error: whole when it is public, else only where it leads.
#[must_use]
pub fn shown_address(address: &str, private: bool) -> String {
    if !private && !is_private_address(address) {
        return address.to_owned();
    }
    match Url::parse(address) {
        Ok(url) => match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{}://{host}:{port}/…", url.scheme()),
            (Some(host), None) => format!("{}://{host}/…", url.scheme()),
            (None, _) => "…".to_owned(),
        },
        Err(_) => "…".to_owned(),
    }
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

    #[test]
    fn personal_addresses_are_told_from_public_ones() {
        for private in [
            "https://ada:secret@feeds.example/show",
            "https://feeds.example/rss?auth=x1",
            "https://feeds.example/rss?v=2&Token=abc",
            "https://feeds.example/private/b2JzY3VyZTEyMzQ1Njc4OTA5/rss",
            "https://feeds.example/s/9f86d081884c7d659a2feaa0c55ad015.xml",
            "https://feeds.example/u/123e4567-e89b-12d3-a456-426614174000",
            "not an address",
        ] {
            assert!(is_private_address(private), "{private}");
        }
        for public in [
            "https://feeds.example/harbour-lights.xml",
            "http://127.0.0.1:8080/signal-and-noise.xml?format=mp3",
            "https://feeds.example/@somebody/a-very-long-title-of-a-podcast-with-99-words/feed.xml",
            "https://feeds.example/podcast/20260917",
        ] {
            assert!(!is_private_address(public), "{public}");
            assert_eq!(shown_address(public, false), public);
        }
    }

    #[test]
    fn a_private_address_is_shown_as_its_host_alone() {
        let secret = "https://ada:secret@feeds.example:444/show?auth=secret#secret";
        assert_eq!(shown_address(secret, false), "https://feeds.example:444/…");
        assert_eq!(
            shown_address("https://feeds.example/plain", true),
            "https://feeds.example/…"
        );
        assert_eq!(shown_address("secret", false), "…");
    }
}
