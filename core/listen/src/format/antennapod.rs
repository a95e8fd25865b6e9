//! An AntennaPod database (<https://antennapod.org/documentation/general/backup>; tables in its `PodDBAdapter`): for each
//! episode it keeps when it was last played, how much of it was played in all (`played_duration`), and where it stands. Times
//! and lengths are milliseconds. Of the feeds it keeps the address, the title and where they can be paid.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Reason;
use super::draft::{Draft, Fingerprint, Via, Work, extra, fingerprint, needed, optional};
use super::gpodder::is_web_url;
use super::moment::{duration, moment};
use super::opml::Feed;
use super::play::{Amount, play};
use super::stated::Stated;
use crate::input::database::{Database, Rows};
use crate::input::loose::Loose;
use crate::listen::Kind;
use crate::{Format, ListenError};

const FEEDS: (&str, &[&str]) = (
    "Feeds",
    &[
        "title",
        "custom_title",
        "download_url",
        "link",
        "author",
        "payment_link",
    ],
);
const ITEMS: (&str, &[&str]) = ("FeedItems", &["title", "item_identifier", "feed"]);
const MEDIA: (&str, &[&str]) = (
    "FeedMedia",
    &[
        "feeditem",
        "download_url",
        "duration",
        "played_duration",
        "last_played_time",
        "playback_completion_date",
    ],
);
/// Feeds that are remembered; nobody has more.
const FEEDS_REMEMBERED: usize = 10_000;

/// A database of AntennaPod.
pub(crate) struct AntennaPod {
    database: Database,
    feeds: HashMap<i64, KnownFeed>,
}

#[derive(Debug, Clone, Default)]
struct KnownFeed {
    title: String,
    author: String,
    feed_url: String,
}

/// An episode as it was when the database was exported.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Episode {
    pub(crate) draft: Draft<'static>,
    /// What it is known by from one export to the next.
    pub(crate) item: Fingerprint,
    /// When it was last played.
    pub(crate) ended_ms: i64,
    /// How much of it was played in all, if that is known.
    pub(crate) total_ms: Option<i64>,
}

/// A feed, or why it is none, with its number.
pub(crate) type FeedRow = (i64, Result<Feed, Reason>);
/// An episode that was played, why it cannot be used, or nothing because it was not played, with its number.
pub(crate) type EpisodeRow = (i64, Result<Option<Episode>, Reason>);

impl AntennaPod {
    /// The database, if it is AntennaPod's.
    pub(crate) fn open(database: Database) -> Result<Option<Self>, ListenError> {
        for (table, columns) in [FEEDS, ITEMS, MEDIA] {
            if !database.has_table(table, columns)? {
                return Ok(None);
            }
        }
        Ok(Some(Self {
            database,
            feeds: HashMap::new(),
        }))
    }

    /// The feeds after a number.
    pub(crate) fn feeds(&self, after: i64, limit: usize) -> Rows<FeedRow> {
        let rows = self.database.rows(FEEDS.0, FEEDS.1, after, limit);
        rows.filter_map(|row| Some((id(&row)?, feed(row))))
    }

    /// The episodes after a number.
    pub(crate) fn episodes(
        &mut self,
        after: i64,
        limit: usize,
        now_ms: i64,
        scratch: &mut Vec<u8>,
    ) -> Rows<EpisodeRow> {
        let rows = self.database.rows(MEDIA.0, MEDIA.1, after, limit);
        rows.filter_map(|row| Some((id(&row)?, self.episode(row, now_ms, scratch))))
    }

    fn episode(
        &mut self,
        row: Vec<Loose<'static>>,
        now_ms: i64,
        scratch: &mut Vec<u8>,
    ) -> Result<Option<Episode>, Reason> {
        let Ok([_, item, url, length, played, last, completed]) = <[Loose<'static>; 7]>::try_from(row) else {
            return Err(Reason::DatabaseDamaged);
        };
        let ended_ms = match (&last, &completed) {
            (Loose::Int(1..), _) => moment(&last, "last_played_time", now_ms)?,
            (_, Loose::Int(1..)) => moment(&completed, "playback_completion_date", now_ms)?,
            _ => return Ok(None),
        };
        let Loose::Int(item) = item else {
            return Err(Reason::MissingField("feeditem"));
        };
        let found = self.database.row(ITEMS.0, ITEMS.1, item)?;
        let Some(Ok([title, guid, feed])) = found.map(<[Loose<'static>; 3]>::try_from) else {
            return Err(Reason::MissingField("feeditem"));
        };
        let Loose::Int(feed) = feed else {
            return Err(Reason::MissingField("feed"));
        };
        let feed = self.known(feed)?;
        let title = needed(title, "title")?;
        let guid = extra(guid);
        let url = extra(url);
        let media_ms = duration(&length, "duration", 1)
            .unwrap_or_default()
            .filter(|ms| *ms > 0);
        let total_ms = duration(&played, "played_duration", 1)?.filter(|ms| *ms > 0);
        let name = if guid.is_empty() { &url } else { &guid };
        let item = fingerprint(
            scratch,
            Format::AntennaPod.source(),
            0,
            &[&feed.feed_url, &feed.title, name, &title],
        );
        let number = total_ms.map_or_else(String::new, |ms| ms.to_string());
        let mark = fingerprint(
            scratch,
            Format::AntennaPod.source(),
            ended_ms,
            &[&feed.feed_url, &feed.title, name, &title, &number],
        );
        let work = Work {
            kind: Some(Kind::Podcast),
            title,
            creators: if feed.author.is_empty() {
                Vec::new()
            } else {
                vec![feed.author.into()]
            },
            show: feed.title.into(),
            url,
            feed_url: feed.feed_url.into(),
            item_guid: guid,
            ..Work::default()
        };
        let via = Via {
            player: Cow::Borrowed("AntennaPod"),
            ..Via::default()
        };
        let amount = total_ms.map_or(Amount::Unknown, Amount::Played);
        let at = Stated::utc(ended_ms).earlier(total_ms.unwrap_or(0));
        let mut draft = play(Format::AntennaPod, work, at, amount, media_ms, via, scratch);
        draft.fingerprint = mark;
        Ok(Some(Episode {
            draft,
            item,
            ended_ms,
            total_ms,
        }))
    }

    fn known(&mut self, number: i64) -> Result<KnownFeed, Reason> {
        if let Some(known) = self.feeds.get(&number) {
            return Ok(known.clone());
        }
        let found = self.database.row(FEEDS.0, FEEDS.1, number)?;
        let Some(Ok([title, custom, url, _, author, _])) = found.map(<[Loose<'static>; 6]>::try_from) else {
            return Err(Reason::MissingField("feed"));
        };
        let title = optional(title, "feed")?;
        let url = extra(url);
        let known = KnownFeed {
            title: if title.trim().is_empty() { extra(custom) } else { title }.into_owned(),
            author: extra(author).into_owned(),
            // A folder of the device is a feed there too, and has no address that others know.
            feed_url: if is_web_url(&url) {
                url.into_owned()
            } else {
                String::new()
            },
        };
        if known.title.trim().is_empty() && known.feed_url.is_empty() {
            return Err(Reason::MissingField("feed"));
        }
        if self.feeds.len() >= FEEDS_REMEMBERED {
            self.feeds.clear();
        }
        self.feeds.insert(number, known.clone());
        Ok(known)
    }
}

fn id(row: &[Loose<'static>]) -> Option<i64> {
    match row.first() {
        Some(Loose::Int(id)) => Some(*id),
        _ => None,
    }
}

fn feed(row: Vec<Loose<'static>>) -> Result<Feed, Reason> {
    let Ok([_, title, custom, url, site, _, payment]) = <[Loose<'static>; 7]>::try_from(row) else {
        return Err(Reason::DatabaseDamaged);
    };
    let url = needed(url, "download_url")?;
    if !is_web_url(&url) {
        return Err(Reason::BadUrl("download_url"));
    }
    let web = |value| {
        Some(extra(value))
            .filter(|url| is_web_url(url))
            .unwrap_or_default()
            .into_owned()
    };
    let title = extra(title);
    Ok(Feed {
        feed_url: url.trim().to_owned(),
        title: if title.trim().is_empty() { extra(custom) } else { title }
            .trim()
            .to_owned(),
        site_url: web(site),
        folder: String::new(),
        payment_url: web(payment),
    })
}
