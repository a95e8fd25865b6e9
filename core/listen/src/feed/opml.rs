//! The person's list of feeds as OPML 2.0 (<http://opml.org/spec2.opml>), for another program or another device. It has the
//! whole addresses, those of private feeds too: it is the one place where they leave.

use std::io::Write;

use tekram_vault::Vault;

use super::follow::{Feed, feeds};
use crate::ListenError;

/// Writes the feeds that are followed, in their folders. Returns how many.
///
/// # Errors
/// `write_failed`, or when the vault fails.
pub fn write_opml(vault: &Vault, out: &mut dyn Write) -> Result<usize, ListenError> {
    let feeds = feeds(vault)?;
    write(&feeds, out).map_err(|error| ListenError::Write { kind: error.kind() })?;
    Ok(feeds.len())
}

fn write(feeds: &[Feed], out: &mut dyn Write) -> std::io::Result<()> {
    let mut by_folder: Vec<&Feed> = feeds.iter().collect();
    by_folder.sort_by(|one, other| one.folder.split('/').cmp(other.folder.split('/')));
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head>\n<title>Podcasts</title>\n</head>\n<body>\n"
    )?;
    let mut open: Vec<&str> = Vec::new();
    for feed in by_folder {
        let folders: Vec<&str> = feed.folder.split('/').filter(|name| !name.is_empty()).collect();
        let same = open
            .iter()
            .zip(&folders)
            .take_while(|(open, wanted)| open == wanted)
            .count();
        for _ in same..open.len() {
            writeln!(out, "</outline>")?;
        }
        open.truncate(same);
        for folder in folders.into_iter().skip(same) {
            writeln!(out, "<outline text=\"{}\">", escaped(folder))?;
            open.push(folder);
        }
        let title = if feed.facts.title.is_empty() {
            &feed.key
        } else {
            &feed.facts.title
        };
        write!(
            out,
            "<outline type=\"rss\" text=\"{0}\" title=\"{0}\" xmlUrl=\"{1}\"",
            escaped(title),
            escaped(&feed.feed_url)
        )?;
        if !feed.facts.site_url.is_empty() {
            write!(out, " htmlUrl=\"{}\"", escaped(&feed.facts.site_url))?;
        }
        writeln!(out, "/>")?;
    }
    for _ in open {
        writeln!(out, "</outline>")?;
    }
    write!(out, "</body>\n</opml>\n")
}

/// A text for an attribute. What XML 1.0 cannot hold is left out; white space other than a space is written by number,
/// because a reader would make spaces of it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(letter))),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            letter => escaped.push(letter),
        }
    }
    escaped
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
    use crate::feed::FeedFacts;
    use crate::format::opml::{Outline, Outlines};
    use proptest::prelude::*;

    fn feed(number: usize, title: &str, folder: &str, feed_url: &str) -> Feed {
        Feed {
            feed_id: i64::try_from(number).unwrap(),
            key: format!("feed:{number}"),
            feed_url: feed_url.to_owned(),
            private: false,
            facts: FeedFacts {
                title: title.to_owned(),
                site_url: "https://site.example/?a=1&b=\"2\"".to_owned(),
                ..FeedFacts::default()
            },
            folder: folder.to_owned(),
            episodes: 0,
            checked_ms: 0,
            changed_ms: 0,
            next_ms: 0,
            moved: false,
            gone: false,
            failures: 0,
            problem: String::new(),
        }
    }

    /// What the room's own reader makes of what was written: address → title and folder.
    fn round(feeds: &[Feed]) -> Vec<(String, String, String)> {
        let mut written = Vec::new();
        write(feeds, &mut written).unwrap();
        let mut outlines = Outlines::new(written.as_slice());
        let mut read: Vec<_> = std::iter::from_fn(|| outlines.next().unwrap())
            .map(|outline| match outline {
                Outline::Feed(feed) => (feed.feed_url, feed.title, feed.folder),
                Outline::Refused { reason, .. } => panic!("{reason:?}"),
            })
            .collect();
        read.sort();
        read
    }

    proptest! {
        #[test]
        fn a_list_comes_back_as_it_left(
            entries in proptest::collection::vec(("[^\\p{C}\\p{Z}][^\\x00]{0,20}[^\\p{C}\\p{Z}]", "([^/\\p{C}]{1,8}(/[^/\\p{C}]{1,8}){0,3})?", "[a-z&\"'<>=?]{0,12}"), 0..12)
        ) {
            let feeds: Vec<_> = entries.iter().enumerate().map(|(number, (title, folder, query))| {
                let title: String = title.chars().filter(|c| !matches!(c, '\u{1}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')).collect();
                feed(number, title.trim(), folder, &format!("https://feeds.example/{number}?q={query}"))
            }).collect();
            let mut wanted: Vec<_> = feeds.iter().map(|feed| (feed.feed_url.clone(), feed.facts.title.clone(), feed.folder.clone())).collect();
            wanted.sort();
            prop_assert_eq!(round(&feeds), wanted);
        }
    }
}
