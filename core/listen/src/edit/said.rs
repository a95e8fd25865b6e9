//! Notes and tags: what a person says of a listen. Both are searched together with the listen's own words, so "harbour
//! to-read" finds the episode about the harbour that is tagged so.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use serde_json::json;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::history::{Change, EditKind, record};
use super::{Edited, Place};
use crate::format::draft::folded;
use crate::pen::LOG;
use crate::{Listen, ListenError, find};

/// Longer is no note beside a listen, in bytes.
const LONGEST_NOTE: usize = 16 * 1024;
/// Longer is no tag, in bytes.
const LONGEST_TAG: usize = 128;
/// More tags tell nothing apart.
const MOST_TAGS: usize = 64;
const UNREADABLE_TAGS: ListenError = ListenError::Unreadable { what: "list of tags" };

/// Writes a note beside a listen in the place of the one there; an empty one takes it away.
///
/// # Errors
/// `no_such_listen`, `edit_too_long`, or when the vault fails.
pub fn note(vault: &Vault, id: i64, text: &str, now: Timestamp) -> Result<Listen, ListenError> {
    let text = clean(text, LONGEST_NOTE)?;
    vault.write(LOG, |transaction| {
        let edited = Edited::find(transaction, id)?;
        let (place, said) = held(transaction, &edited)?;
        if said.note != text {
            set_note(transaction, place, &text)?;
            let change = Change {
                what: EditKind::Note,
                place: Some(place),
                decision_id: 0,
                before: json!(said.note),
                after: json!(text),
            };
            record(transaction, &change, now)?;
        }
        Ok::<_, ListenError>(())
    })?;
    find(vault, id)
}

/// Adds tags to a listen and takes others away. Two tags that differ in case and space only are one.
///
/// # Errors
/// `no_such_listen`, `edit_too_long`, or when the vault fails.
pub fn tag(vault: &Vault, id: i64, add: &[String], remove: &[String], now: Timestamp) -> Result<Listen, ListenError> {
    let clean_all = |tags: &[String]| -> Result<Vec<String>, ListenError> {
        let tags = tags.iter().map(|tag| clean(tag, LONGEST_TAG));
        tags.filter(|tag| !tag.as_ref().is_ok_and(String::is_empty)).collect()
    };
    let (add, remove) = (clean_all(add)?, clean_all(remove)?);
    vault.write(LOG, |transaction| {
        let edited = Edited::find(transaction, id)?;
        let (place, said) = held(transaction, &edited)?;
        let among = |tags: &[String], tag: &str| tags.iter().any(|other| folded(other) == folded(tag));
        let mut tags: Vec<String> = said.tags.iter().filter(|tag| !among(&remove, tag)).cloned().collect();
        for tag in add {
            if !among(&tags, &tag) {
                tags.push(tag);
            }
        }
        if tags.len() > MOST_TAGS {
            return Err(ListenError::EditTooLong { limit: MOST_TAGS });
        }
        if tags != said.tags {
            set_tags(transaction, place, &tags)?;
            let change = Change {
                what: EditKind::Tags,
                place: Some(place),
                decision_id: 0,
                before: json!(said.tags),
                after: json!(tags),
            };
            record(transaction, &change, now)?;
        }
        Ok(())
    })?;
    find(vault, id)
}

/// A tag and how many listens have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagInUse {
    /// The tag, as it is written most often.
    pub tag: String,
    /// Listens that have it.
    pub listens: u64,
}

/// The tags that listens have, those of most listens first, at most `limit`.
///
/// # Errors
/// When the vault fails.
pub fn tags_in_use(vault: &Vault, limit: usize) -> Result<Vec<TagInUse>, ListenError> {
    let mut spellings: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT s.tags FROM listen_said s WHERE s.tags <> '[]' AND EXISTS (
                 SELECT 1 FROM listen_play p WHERE p.start_ms = s.start_ms AND p.fingerprint = s.fingerprint)",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let tags: Vec<String> = serde_json::from_str(&row.get::<_, String>(0)?).map_err(|_| UNREADABLE_TAGS)?;
            for tag in tags {
                let written = spellings.entry(folded(&tag)).or_default();
                *written.entry(tag).or_default() += 1;
            }
        }
        Ok::<_, ListenError>(())
    })?;
    let mut tags: Vec<TagInUse> = spellings
        .into_values()
        .filter_map(|written| {
            let listens = written.values().sum();
            let (tag, _) = written.into_iter().max_by_key(|(_, listens)| *listens)?;
            Some(TagInUse { tag, listens })
        })
        .collect();
    tags.sort_by(|one, other| other.listens.cmp(&one.listens).then_with(|| one.tag.cmp(&other.tag)));
    tags.truncate(limit);
    Ok(tags)
}

/// What is said of a play.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct Said {
    pub(crate) note: String,
    pub(crate) tags: Vec<String>,
}

impl Said {
    fn of(connection: &Connection, place: Place) -> Result<Option<Self>, ListenError> {
        let row: Option<(String, String)> = connection
            .prepare_cached("SELECT note, tags FROM listen_said WHERE fingerprint = ?1")?
            .query_row([place.fingerprint], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        row.map(|(note, tags)| {
            let tags = serde_json::from_str(&tags).map_err(|_| UNREADABLE_TAGS)?;
            Ok(Self { note, tags })
        })
        .transpose()
    }
}

/// Which of the listen's rows has something said of it, and what; the leading row where none has.
fn held(connection: &Connection, edited: &Edited) -> Result<(Place, Said), ListenError> {
    for member in edited.members() {
        if let Some(said) = Said::of(connection, member.place)? {
            return Ok((member.place, said));
        }
    }
    Ok((edited.lead.place, Said::default()))
}

/// Sets the note of a play.
pub(super) fn set_note(transaction: &Transaction<'_>, place: Place, note: &str) -> Result<(), ListenError> {
    let said = Said::of(transaction, place)?.unwrap_or_default();
    set(
        transaction,
        place,
        &Said {
            note: note.to_owned(),
            ..said
        },
    )
}

/// Sets the tags of a play.
pub(super) fn set_tags(transaction: &Transaction<'_>, place: Place, tags: &[String]) -> Result<(), ListenError> {
    let said = Said::of(transaction, place)?.unwrap_or_default();
    set(
        transaction,
        place,
        &Said {
            tags: tags.to_vec(),
            ..said
        },
    )
}

fn set(transaction: &Transaction<'_>, place: Place, said: &Said) -> Result<(), ListenError> {
    if *said == Said::default() {
        forget(transaction, place)?;
        return Ok(());
    }
    transaction
        .prepare_cached(
            "INSERT INTO listen_said (fingerprint, start_ms, note, tags) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (fingerprint) DO UPDATE SET note = excluded.note, tags = excluded.tags",
        )?
        .execute(params![
            place.fingerprint,
            place.start_ms,
            said.note,
            json!(said.tags).to_string()
        ])?;
    index(transaction, place)
}

/// Takes everything away that is said of a play.
pub(super) fn forget(transaction: &Transaction<'_>, place: Place) -> Result<(), ListenError> {
    transaction
        .prepare_cached(
            "DELETE FROM listen_said_words WHERE rowid IN (SELECT said_id FROM listen_said WHERE fingerprint = ?1)",
        )?
        .execute([place.fingerprint])?;
    transaction
        .prepare_cached("DELETE FROM listen_said WHERE fingerprint = ?1")?
        .execute([place.fingerprint])?;
    Ok(())
}

/// Brings the words that find a play by what is said of it up to date: that, and what the play itself is.
pub(super) fn index(transaction: &Transaction<'_>, place: Place) -> Result<(), ListenError> {
    transaction
        .prepare_cached(
            "DELETE FROM listen_said_words WHERE rowid IN (SELECT said_id FROM listen_said WHERE fingerprint = ?1)",
        )?
        .execute([place.fingerprint])?;
    transaction
        .prepare_cached(
            "INSERT INTO listen_said_words (rowid, said, work)
             SELECT s.said_id, s.note || ' ' || s.tags, coalesce(
                 (SELECT w.title || ' ' || w.creators || ' ' || w.show || ' ' || w.publisher
                  FROM listen_play p CROSS JOIN listen_work w ON w.work_id = p.work_id
                  WHERE p.start_ms = s.start_ms AND p.fingerprint = s.fingerprint), '')
             FROM listen_said s WHERE s.fingerprint = ?1",
        )?
        .execute([place.fingerprint])?;
    Ok(())
}

/// A person's text as the log takes it.
pub(super) fn clean(text: &str, limit: usize) -> Result<String, ListenError> {
    let text: String = text.trim().chars().filter(|letter| *letter != '\0').collect();
    if text.len() > limit {
        return Err(ListenError::EditTooLong { limit });
    }
    Ok(text)
}
