//! Articles that were read: an address that the person shared with "I read this", or an item of a feed that was opened here
//! and timed. They are sealed like a player's events, locked or not, and are listens of the kind `page`, so that news can be
//! paid like radio.

use std::borrow::Cow;

use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;
use tekram_vault::Inbox;
use url::Url;

use super::drain::{Drained, MINUTES_OF_A_DAY};
use super::quiet::{Mode, Spans};
use super::store::{batch, clean, credit, site};
use crate::format::draft::{Draft, LONGEST_TEXT, Via, Work, fingerprint};
use crate::format::moment::plausible;
use crate::listen::{Kind, MARK_PRIVATE, Played};
use crate::pen::append::Append;
use crate::{Format, ListenError};

/// The version of the form in which pages are sealed.
const VERSION: u32 = 1;
/// Nobody reads one page longer at a time.
const LONGEST_READING_MS: i64 = 24 * 60 * 60 * 1000;

/// A page that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageRead {
    /// What it is called; empty where that is not known, then it goes by its address.
    pub title: String,
    /// Who wrote it, if it says so.
    pub creators: Vec<String>,
    /// The publication, as it calls itself; empty: the site of the address.
    pub site: String,
    /// Where it is, `http` or `https`; may be empty when there is a title and a site.
    pub url: String,
    /// The publication's feed, when it was opened from one.
    pub feed_url: String,
    /// The `guid` of the item in that feed.
    pub item_guid: String,
    /// When reading began, milliseconds since 1970 UTC.
    pub began_ms: i64,
    /// Minutes east of UTC where the device was, if known.
    pub offset_min: Option<i64>,
    /// How long it was read, in milliseconds; `None` when nobody says.
    pub reading_ms: Option<i64>,
    /// The person said so. What they say themselves is kept while the log is paused; what was only noticed is not.
    pub said: bool,
}

impl PageRead {
    /// Refuses what could not be a listen, before it is sealed.
    fn check(&self, now_ms: i64) -> Result<(), ListenError> {
        let bad = |field| Err(ListenError::BadPage { field });
        let is_web =
            |url: &str| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if self.url.len() > LONGEST_TEXT || !(self.url.is_empty() || is_web(&self.url)) {
            return bad("url");
        }
        if self.title.trim().is_empty() && self.url.is_empty() {
            return bad("title");
        }
        if credit(Kind::Page, &self.work()).is_none() {
            return bad("site");
        }
        if plausible(self.began_ms, "began_ms", now_ms).is_err() {
            return bad("began_ms");
        }
        if self.offset_min.is_some_and(|minutes| minutes.abs() >= MINUTES_OF_A_DAY) {
            return bad("offset_min");
        }
        if self
            .reading_ms
            .is_some_and(|ms| !(0..=LONGEST_READING_MS).contains(&ms))
        {
            return bad("reading_ms");
        }
        Ok(())
    }

    fn work(&self) -> Work<'_> {
        let named = |text: &'_ str| !text.trim().is_empty();
        let title = if named(&self.title) { &self.title } else { &self.url };
        Work {
            kind: Some(Kind::Page),
            title: clean(title),
            creators: self
                .creators
                .iter()
                .map(|name| clean(name))
                .filter(|name| named(name))
                .take(64)
                .collect(),
            show: if named(&self.site) {
                clean(&self.site)
            } else {
                site(&self.url)
            },
            url: clean(&self.url),
            feed_url: clean(&self.feed_url),
            item_guid: clean(&self.item_guid),
            ..Work::default()
        }
    }

    /// The listen that it is; `None` when it counts for nobody.
    fn draft(&self, private: bool) -> Option<Draft<'_>> {
        let work = self.work();
        Some(Draft {
            credit: credit(Kind::Page, &work)?,
            start_ms: self.began_ms,
            offset_min: self.offset_min,
            played: self.reading_ms.map_or(Played::Unknown, |ms| Played::Total { ms }),
            media_ms: None,
            via: Via::default(),
            marks: if private { MARK_PRIVATE } else { 0 },
            fingerprint: fingerprint(
                &mut Vec::new(),
                Format::Capture.source(),
                self.began_ms,
                &["page", &self.url, &self.title],
            ),
            work,
        })
    }
}

/// A page as it is sealed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SealedPage<'a> {
    /// Tells these items from others in the inbox, and their version.
    page_read: u32,
    pub(crate) page: Cow<'a, PageRead>,
}

impl SealedPage<'_> {
    /// The page of an item; `None` for an item that is something else or of a later version.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let sealed: Self = serde_json::from_slice(bytes).ok()?;
        (sealed.page_read == VERSION).then_some(sealed)
    }
}

/// Seals a page that was read to a vault, locked or not. It lands in the log with the next drain.
///
/// # Errors
/// `bad_page` with the field, or when the vault's inbox fails.
pub fn seal_page(inbox: &Inbox, page: &PageRead, now: Timestamp) -> Result<(), ListenError> {
    page.check(now.millis())?;
    let sealed = SealedPage {
        page_read: VERSION,
        page: Cow::Borrowed(page),
    };
    let bytes = serde_json::to_vec(&sealed).map_err(|_| ListenError::Unreadable { what: "page" })?;
    inbox.seal(&bytes)?;
    Ok(())
}

/// Takes a sealed page in.
pub(super) fn take(transaction: &Transaction<'_>, page: &PageRead, now: Timestamp) -> Result<Drained, ListenError> {
    let mut drained = Drained::default();
    let mode = Spans::read(transaction)?.mode_at(page.began_ms);
    if mode == Mode::Paused && !page.said {
        drained.paused += 1;
        return Ok(drained);
    }
    // Checked when it was sealed; whoever can write into the inbox need not have.
    let checked = page.check(now.millis()).ok();
    let private = mode == Mode::Private;
    let Some(draft) = checked.and_then(|()| page.draft(private)) else {
        drained.unreadable += 1;
        return Ok(drained);
    };
    let batch_id = batch(transaction, now)?;
    let Some(mut append) = Append::to(transaction, batch_id, Format::Capture)? else {
        return Err(ListenError::NoSuchBatch { batch_id });
    };
    append.count();
    append.play(&draft)?;
    drained.events += 1;
    drained.new = append.end()?.new;
    Ok(drained)
}
