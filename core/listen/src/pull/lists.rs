//! The podcasts that a gpodder.net account (`/subscriptions/NAME.json`, every device's) or Nextcloud's gPodder Sync
//! (`/index.php/apps/gpoddersync/subscriptions`) is subscribed to, as a subscription list names them. What is taken off there
//! stays here until the person lets it go, as with a list from a file.

use serde::Deserialize;

use super::account::{Account, AccountKind};
use super::step::percent_encoded;
use crate::format::draft::LONGEST_TEXT;
use crate::format::gpodder::is_web_url;
use crate::format::opml::Feed;
use crate::input::loose::{Loose, Nested, Several};
use crate::pen::append::Append;
use crate::{ListenError, Reason};

/// The address of the list.
pub(super) fn url(account: &Account) -> String {
    match account.kind {
        AccountKind::Nextcloud => format!("{}/index.php/apps/gpoddersync/subscriptions?since=0", account.url),
        _ => format!("{}/subscriptions/{}.json", account.url, percent_encoded(&account.user)),
    }
}

/// Nextcloud's answer: what came and what went since.
#[derive(Deserialize)]
struct Changes<'a> {
    #[serde(borrow)]
    add: Several<Loose<'a>>,
}

/// A podcast of gpodder.net's answer.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Podcast<'a> {
    #[serde(borrow)]
    url: Loose<'a>,
    #[serde(borrow)]
    title: Loose<'a>,
    #[serde(borrow)]
    website: Loose<'a>,
}

/// What an answer names; `None` when it is none.
fn feeds(body: &[u8]) -> Option<Vec<Feed>> {
    // A struct could be read from an array too.
    if body.trim_ascii_start().starts_with(b"{") {
        let changes: Changes<'_> = serde_json::from_slice(body).ok()?;
        return Some(changes.add.0.iter().map(|url| feed(url, None, None)).collect());
    }
    if let Ok(addresses) = serde_json::from_slice::<Vec<String>>(body) {
        return Some(
            addresses
                .into_iter()
                .map(|url| feed(&Loose::Text(url.into()), None, None))
                .collect(),
        );
    }
    let podcasts: Vec<Nested<Podcast<'_>>> = serde_json::from_slice(body).ok()?;
    let feed = |podcast| match podcast {
        Nested::Present(Podcast { url, title, website }) => feed(&url, Some(&title), Some(&website)),
        Nested::Absent | Nested::Wrong => feed(&Loose::default(), None, None),
    };
    Some(podcasts.into_iter().map(feed).collect())
}

fn feed(url: &Loose<'_>, title: Option<&Loose<'_>>, website: Option<&Loose<'_>>) -> Feed {
    let text = |value: Option<&Loose<'_>>| match value {
        Some(Loose::Text(text)) if text.len() <= LONGEST_TEXT => text.trim().replace('\0', ""),
        _ => String::new(),
    };
    Feed {
        feed_url: text(Some(url)),
        title: text(title),
        site_url: text(website),
        folder: String::new(),
        payment_url: String::new(),
    }
}

/// Whether an answer has nothing in it; `None` when it is none.
pub(super) fn is_empty(body: &[u8]) -> Option<bool> {
    Some(feeds(body)?.is_empty())
}

/// Stores the list.
pub(super) fn take(append: Option<&mut Append<'_>>, body: &[u8]) -> Result<(), ListenError> {
    let Some(append) = append else {
        return Ok(());
    };
    for feed in feeds(body).unwrap_or_default() {
        append.count();
        if is_web_url(&feed.feed_url) {
            append.subscription(&feed)?;
        } else {
            append.refuse(Reason::BadUrl("url"), &[])?;
        }
    }
    Ok(())
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

    fn named(body: &str) -> Option<Vec<(String, String)>> {
        let feeds = feeds(body.as_bytes())?;
        Some(feeds.into_iter().map(|feed| (feed.feed_url, feed.title)).collect())
    }

    #[test]
    fn lists_are_read_in_each_form_that_servers_answer_in() {
        let harbour = ("https://feeds.example/h.xml".to_owned(), String::new());
        let titled = (harbour.0.clone(), "Harbour".to_owned());
        assert_eq!(named(r#"["https://feeds.example/h.xml"]"#), Some(vec![harbour.clone()]));
        assert_eq!(
            named(
                r#"{"add": ["https://feeds.example/h.xml"], "remove": ["https://feeds.example/x.xml"], "timestamp": 9}"#
            ),
            Some(vec![harbour])
        );
        assert_eq!(
            named(
                r#"[{"url": "https://feeds.example/h.xml", "title": "Harbour", "website": null, "subscribers": 4}, 7]"#
            ),
            Some(vec![titled, (String::new(), String::new())])
        );
        assert_eq!(named("[]"), Some(Vec::new()));
        assert_eq!(named(r#"{"add": [], "remove": [], "timestamp": 9}"#), Some(Vec::new()));
        for no_list in ["<html>", r#"{"actions": []}"#, "7"] {
            assert_eq!(named(no_list), None, "{no_list}");
        }
    }
}
