//! Results as one types: works, creators, shows and publishers that have the words, whole words first, the newest heard
//! first. The full-text index numbers them by when they were heard last (`entity.rs`), so a page is read from its end and
//! nothing is sorted: one letter that is in half of the log costs as little as a rare name.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use tekram_vault::Vault;

use super::heard::Known;
use super::{What, settled};
use crate::ListenError;
use crate::log::index::quoted;
use crate::log::list::Cursor;
use crate::pen::bounded;

/// Words beyond this many narrow nothing that a person looks for.
const MOST_WORDS: usize = 16;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// What it is, and all that was ever heard of it.
    #[serde(flatten)]
    pub known: Known,
    /// Whether it has the words as whole ones; else only their beginnings.
    pub whole_words: bool,
}

/// A page of what was found of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HitPage {
    /// Whole words first, then the newest heard.
    pub entries: Vec<Hit>,
    /// The next page's beginning; `None` on the last.
    pub next: Option<Cursor>,
}

/// The first results for what was typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AsTyped {
    /// Works with all the words in title, creators, show, publisher or notes.
    pub works: HitPage,
    /// Creators with all the words in their name.
    pub creators: HitPage,
    /// Albums, podcasts, books and stations with all the words in their name.
    pub shows: HitPage,
    /// Publishers and labels with all the words in their name.
    pub publishers: HitPage,
}

/// What a few letters find: at most `limit` of each kind. Case and diacritics do not matter; each word may be the
/// beginning of one; without a word there is nothing to find.
///
/// # Errors
/// When the vault fails.
pub fn search(vault: &Vault, text: &str, limit: usize) -> Result<AsTyped, ListenError> {
    settled(vault, |connection| {
        Ok(AsTyped {
            works: matching(connection, What::Work, text, None, limit)?,
            creators: matching(connection, What::Creator, text, None, limit)?,
            shows: matching(connection, What::Show, text, None, limit)?,
            publishers: matching(connection, What::Publisher, text, None, limit)?,
        })
    })
}

/// A page of what a text finds of one kind; `after` is the `next` of the page before. There is nothing for sources.
///
/// # Errors
/// `bad_cursor`, or when the vault fails.
pub fn search_page(
    vault: &Vault,
    what: What,
    text: &str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<HitPage, ListenError> {
    settled(vault, |connection| matching(connection, what, text, after, limit))
}

/// The words of a text, as FTS5 takes them: whole, and as beginnings.
struct Words {
    whole: String,
    beginnings: String,
}

impl Words {
    fn of(text: &str) -> Option<Self> {
        let words: Vec<String> = text
            .split(|letter: char| letter.is_whitespace() || letter == '\0')
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .take(MOST_WORDS)
            .map(quoted)
            .collect();
        let starred: Vec<String> = words.iter().map(|word| format!("{word}*")).collect();
        (!words.is_empty()).then(|| Self {
            whole: words.join(" AND "),
            beginnings: starred.join(" AND "),
        })
    }
}

pub(crate) fn matching(
    connection: &Connection,
    what: What,
    text: &str,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<HitPage, ListenError> {
    let (Some(words), false) = (Words::of(text), what == What::Source) else {
        return Ok(HitPage::default());
    };
    let lowest = what.number() << 61;
    let highest = lowest | ((1 << 61) - 1);
    // `w` or `b` and the number in the index: where the page before ended.
    let (mut whole_words, mut before) = match after.map(Cursor::as_str) {
        None => (true, highest),
        Some(text) => {
            let (phase, number) = text.split_at_checked(1).ok_or(ListenError::BadCursor)?;
            let number: i64 = number.parse().map_err(|_| ListenError::BadCursor)?;
            if !matches!(phase, "w" | "b") || !(lowest..=highest).contains(&number) {
                return Err(ListenError::BadCursor);
            }
            (phase == "w", number.saturating_sub(1))
        }
    };
    let table = if what == What::Work {
        "listen_find_work"
    } else {
        "listen_find_name"
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT rowid FROM {table} WHERE {table} MATCH ?1 AND rowid >= ?2 AND rowid <= ?3
         ORDER BY rowid DESC LIMIT ?4"
    ))?;
    let beginnings_only = format!("({}) NOT ({})", words.beginnings, words.whole);
    let mut entries = Vec::new();
    let mut next = None;
    loop {
        // One more than wanted says whether there is another page.
        let left = limit.saturating_sub(entries.len()).saturating_add(1);
        let expression = if whole_words { &words.whole } else { &beginnings_only };
        let numbers: Vec<i64> = statement
            .query_map(params![expression, lowest, before, bounded(left)], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for number in numbers {
            if entries.len() == limit {
                return Ok(HitPage { entries, next });
            }
            if let Some(known) = known_by(connection, what, number)? {
                entries.push(Hit { known, whole_words });
                let phase = if whole_words { 'w' } else { 'b' };
                next = Some(Cursor::from_text(&format!("{phase}{number}")));
            }
        }
        if !whole_words {
            return Ok(HitPage { entries, next: None });
        }
        (whole_words, before) = (false, highest);
    }
}

/// The entity with this number in the index: its lower bits are the entity's.
fn known_by(connection: &Connection, what: What, find_id: i64) -> Result<Option<Known>, ListenError> {
    let low = find_id & ((1 << 28) - 1);
    let id: Option<i64> = connection
        .prepare_cached(
            "SELECT entity_id FROM listen_entity_heard WHERE what = ?1 AND entity_id = ?2 AND find_id = ?3",
        )?
        .query_row([what.number(), low, find_id], |row| row.get(0))
        .optional()?;
    id.map_or(Ok(None), |id| Known::read(connection, what, id))
}
