//! How much of a period went to whom: the input of a statement. A podcast is one whether a source knows its feed or
//! only its title, when the subscriptions tell which feed has that title.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{CachedStatement, Connection};
use serde::Serialize;
use tekram_vault::Vault;

use super::index::catch_up;
use super::scan::{Sum, plays};
use super::subscriptions::Shows;
use crate::{Kind, ListenError};

/// How a total got its feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TiedBy {
    /// The source of the listens names the feed.
    Source,
    /// A subscription has the show's title, and no other has.
    SubscriptionTitle,
}

/// What went to one podcast, artist or book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlayedTotal {
    /// Stable key: `feed:`, `show:`, `audiobook:` or `artist:` and the folded name (for a feed, its address without
    /// scheme).
    pub key: String,
    /// What was heard.
    pub kind: Kind,
    /// Name for people; for a feed that no subscription names, its address.
    pub name: String,
    /// The feed, if it is known.
    pub feed_url: Option<String>,
    /// How the feed is known.
    pub tied_by: Option<TiedBy>,
    /// Milliseconds played, estimates included; plays of unknown length add none.
    pub played_ms: i64,
    /// How many of these are estimated.
    pub estimated_ms: i64,
    /// Listens that count as plays.
    pub plays: u64,
    /// Listens of unknown length.
    pub unknown_plays: u64,
    /// The same for each episode, for podcasts with a feed only: an episode can name payees of its own.
    pub items: Vec<ItemTotal>,
}

/// What went to one episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemTotal {
    /// RSS `guid`; empty when the source does not give it.
    pub item_guid: String,
    /// Address of the medium; empty when the source does not give it.
    pub url: String,
    /// Title; empty when the source does not give it.
    pub title: String,
    /// Milliseconds played.
    pub played_ms: i64,
    /// Listens that count as plays.
    pub plays: u64,
}

/// What went to whom of the accepted listens that start in `[start_ms, end_ms)`, most first. Adverts went to nobody.
///
/// # Errors
/// When the vault fails.
pub fn totals(vault: &Vault, start_ms: i64, end_ms: i64) -> Result<Vec<PlayedTotal>, ListenError> {
    // No play is paid twice because two sources tell of it.
    catch_up(vault)?;
    vault.read(|connection| {
        let mut by_work: HashMap<i64, Sum> = HashMap::new();
        plays(connection, start_ms, end_ms, |play| {
            by_work.entry(play.work_id).or_default().add(play)
        })?;
        let by_credit = by_credit(connection, by_work)?;
        let shows = Shows::read(connection)?;
        let mut totals: BTreeMap<String, PlayedTotal> = BTreeMap::new();
        let mut credit = connection
            .prepare_cached("SELECT credit_key, kind, name, feed_url FROM listen_credit WHERE credit_id = ?1")?;
        let mut work =
            connection.prepare_cached("SELECT item_guid, url, title, kind FROM listen_work WHERE work_id = ?1")?;
        for (credit_id, works) in by_credit {
            let one = credit.query_row([credit_id], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
            let found = named(one, &shows)?;
            let total = totals.entry(found.key.clone()).or_insert(found);
            for (work_id, sum) in works {
                total.played_ms = total.played_ms.saturating_add(sum.played_ms);
                total.estimated_ms = total.estimated_ms.saturating_add(sum.estimated_ms);
                total.plays += sum.plays;
                total.unknown_plays += sum.unknown_plays;
                if total.feed_url.is_some() {
                    add_item(&mut total.items, &mut work, work_id, sum)?;
                }
            }
        }
        let mut totals: Vec<_> = totals.into_values().collect();
        totals.sort_by(|one, other| {
            other
                .played_ms
                .cmp(&one.played_ms)
                .then_with(|| one.key.cmp(&other.key))
        });
        for total in &mut totals {
            total.items.sort_by(|one, other| {
                let by_name =
                    || (&one.item_guid, &one.url, &one.title).cmp(&(&other.item_guid, &other.url, &other.title));
                other.played_ms.cmp(&one.played_ms).then_with(by_name)
            });
        }
        Ok(totals)
    })
}

type Works = Vec<(i64, Sum)>;

fn by_credit(connection: &Connection, by_work: HashMap<i64, Sum>) -> Result<BTreeMap<i64, Works>, ListenError> {
    let mut credit = connection.prepare_cached("SELECT credit_id, kind FROM listen_work WHERE work_id = ?1")?;
    // In order of the table, so that neighbours are found in the same page.
    let mut works: Works = by_work.into_iter().collect();
    works.sort_unstable_by_key(|(work_id, _)| *work_id);
    let mut by_credit: BTreeMap<i64, Works> = BTreeMap::new();
    for (work_id, sum) in works {
        let (credit_id, advert) = credit.query_row([work_id], |row| {
            Ok((row.get(0)?, row.get_ref(1)?.as_str()? == Kind::Advert.name()))
        })?;
        if !advert {
            by_credit.entry(credit_id).or_default().push((work_id, sum));
        }
    }
    Ok(by_credit)
}

/// The total, still empty, that a credit belongs to.
pub(crate) fn named(
    (key, kind, name, feed_url): (String, String, String, String),
    shows: &Shows,
) -> Result<PlayedTotal, ListenError> {
    let kind = Kind::from_name(&kind).ok_or(ListenError::Unreadable { what: "kind" })?;
    let by_title = if key.starts_with("show:") {
        shows.by_title(&name)
    } else {
        None
    };
    let (key, name, feed_url, tied_by) = if let Some(show) = by_title {
        (
            show.key.clone(),
            show.title.clone(),
            Some(show.feed_url.clone()),
            Some(TiedBy::SubscriptionTitle),
        )
    } else if feed_url.is_empty() {
        (key, name, None, None)
    } else {
        let title = shows
            .by_key(&key)
            .map(|show| show.title.as_str())
            .filter(|title| !title.is_empty());
        let name = title.map_or_else(|| key.trim_start_matches("feed:").to_owned(), str::to_owned);
        (key, name, Some(feed_url), Some(TiedBy::Source))
    };
    Ok(PlayedTotal {
        key,
        kind,
        name,
        feed_url,
        tied_by,
        played_ms: 0,
        estimated_ms: 0,
        plays: 0,
        unknown_plays: 0,
        items: Vec::new(),
    })
}

fn add_item(
    items: &mut Vec<ItemTotal>,
    work: &mut CachedStatement<'_>,
    work_id: i64,
    sum: Sum,
) -> Result<(), ListenError> {
    let (item_guid, url, title): (String, String, String) =
        work.query_row([work_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    // One episode can be described in several ways: with a title by one source, by its address by another.
    let same = items
        .iter_mut()
        .find(|item| item.item_guid == item_guid && item.url == url && item.title == title);
    match same {
        Some(item) => {
            item.played_ms = item.played_ms.saturating_add(sum.played_ms);
            item.plays += sum.plays;
        }
        None => items.push(ItemTotal {
            item_guid,
            url,
            title,
            played_ms: sum.played_ms,
            plays: sum.plays,
        }),
    }
    Ok(())
}
