//! The log as a list, newest first, in pages; and one listen in detail.

use rusqlite::Row;
use serde::Serialize;
use tekram_vault::Vault;

use super::index::catch_up;
use super::newest::{NEWEST, Newest, Place};
use crate::edit::said::Said;
use crate::listen::{MARK_HIDDEN, MARK_OFFLINE, MARK_PRIVATE, MARK_SKIPPED, MARK_TOO_SHORT, MARK_ZONELESS};
use crate::{Evidence, Identifiers, Kind, Listen, ListenError, Played, Thumb};

/// The columns of a listen, in the order of [`listen_from`].
macro_rules! listen_fields {
    () => {
        "p.play_id, p.start_ms, p.fingerprint, p.batch_id, p.record, p.played_how,
    p.played_ms, p.media_ms, p.offset_min, p.marks, p.ranges, w.kind, w.title, w.creators, w.show, w.publisher, w.url,
    w.feed_url, w.feed_guid, w.item_guid, w.isrc, w.recording_mbid, w.release_mbid, w.artist_mbids, w.spotify_uri,
    v.source, v.service, v.player, v.device,
    coalesce((SELECT t.thumb FROM listen_thumb t WHERE t.fingerprint = p.fingerprint),
        (SELECT t.thumb FROM listen_same_play s CROSS JOIN listen_play o ON o.play_id = s.play_id
         CROSS JOIN listen_thumb t ON t.fingerprint = o.fingerprint WHERE s.lead_play_id = p.play_id))"
    };
}
/// The imports that also tell of it.
macro_rules! listen_told {
    () => {
        "(SELECT group_concat(told.batch_id) FROM (
        SELECT e.batch_id FROM listen_batch b CROSS JOIN listen_evidence e
            ON e.batch_id = b.batch_id AND e.play_id = p.play_id
        UNION SELECT o.batch_id FROM listen_same_play s CROSS JOIN listen_play o ON o.play_id = s.play_id
            WHERE s.lead_play_id = p.play_id) told)"
    };
}
/// What the person said of it, and whether they corrected it.
macro_rules! listen_edited {
    () => {
        "coalesce((SELECT json_object('note', d.note, 'tags', json(d.tags)) FROM listen_said d
         WHERE d.fingerprint = p.fingerprint),
        (SELECT json_object('note', d.note, 'tags', json(d.tags)) FROM listen_same_play s
         CROSS JOIN listen_play o ON o.play_id = s.play_id
         CROSS JOIN listen_said d ON d.fingerprint = o.fingerprint WHERE s.lead_play_id = p.play_id)),
    EXISTS (SELECT 1 FROM listen_correction c WHERE c.fingerprint = p.fingerprint)"
    };
}
/// From where.
macro_rules! listen_tables {
    () => {
        "FROM listen_play p CROSS JOIN listen_work w ON w.work_id = p.work_id CROSS JOIN listen_via v ON v.via_id = p.via_id"
    };
}

/// What [`listen_from`] reads, without the imports that also tell of it: looking for these takes longer than all the rest.
pub(crate) const LISTEN_FIELDS: &str = concat!(listen_fields!(), ", NULL, ", listen_edited!());
/// From where; other tables can be joined after it.
pub(crate) const LISTEN_TABLES: &str = listen_tables!();
/// What [`listen_from`] reads, and from where.
pub(crate) const LISTEN_COLUMNS: &str = concat!(
    listen_fields!(),
    ", ",
    listen_told!(),
    ", ",
    listen_edited!(),
    " ",
    listen_tables!()
);

/// Which listens to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Not before this moment, milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// Before this moment.
    pub to_ms: Option<i64>,
    /// Only from this source.
    pub source: Option<String>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only works that have all these words, or beginnings of words, in title, creators, show or publisher; and listens that
    /// have them there or in their note and tags. Case and diacritics do not matter. A text without words is none.
    pub text: Option<String>,
}

/// Where a page ends; hand it back for the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cursor(String);

impl Cursor {
    /// The mark as text, to keep outside.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A mark from its text; whether it is one shows when it is used.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn of(listen: &Listen) -> Self {
        Self(format!("{}.{}", listen.start_ms, listen.fingerprint))
    }

    pub(crate) fn place(&self) -> Result<Place, ListenError> {
        let (start, mark) = self.0.split_once('.').ok_or(ListenError::BadCursor)?;
        let start = start.parse().map_err(|_| ListenError::BadCursor)?;
        let mark = u128::from_str_radix(mark, 16).map_err(|_| ListenError::BadCursor)?;
        Ok((start, mark.to_be_bytes()))
    }
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The listens, newest first.
    pub listens: Vec<Listen>,
    /// The next page's beginning; `None` on the last.
    pub next: Option<Cursor>,
}

/// A page of at most `limit` accepted listens, newest first.
///
/// # Errors
/// `bad_cursor`, or when the vault fails.
pub fn list(vault: &Vault, query: &ListQuery, after: Option<&Cursor>, limit: usize) -> Result<Page, ListenError> {
    let place = after.map_or(Ok(NEWEST), Cursor::place)?;
    if query.text.is_some() {
        catch_up(vault)?;
    }
    vault.read(|connection| {
        let found = Newest::new(connection, query)?.before(place, limit)?;
        let mut one = connection.prepare_cached(&format!("SELECT {LISTEN_COLUMNS} WHERE p.play_id = ?1"))?;
        let listens = found
            .iter()
            .map(|play| {
                let mut rows = one.query_and_then([play.play_id], listen_from)?;
                rows.next()
                    .unwrap_or(Err(ListenError::NoSuchListen { play_id: play.play_id }))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let next = if listens.len() == limit {
            listens.last().map(Cursor::of)
        } else {
            None
        };
        Ok(Page { listens, next })
    })
}

/// One listen, accepted or in the holding pen. For one that is only further evidence, the listen that it belongs to.
///
/// # Errors
/// `no_such_listen`, or when the vault fails.
pub fn find(vault: &Vault, id: i64) -> Result<Listen, ListenError> {
    vault.read(|connection| {
        let sql = format!(
            "SELECT {LISTEN_COLUMNS}
             WHERE p.play_id = coalesce((SELECT lead_play_id FROM listen_same_play WHERE play_id = ?1), ?1)
             AND p.batch_id IN (SELECT batch_id FROM listen_batch WHERE state IN ('accepted', 'held'))"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query_and_then([id], listen_from)?;
        rows.next().unwrap_or(Err(ListenError::NoSuchListen { play_id: id }))
    })
}

pub(crate) fn listen_from(row: &Row<'_>) -> Result<Listen, ListenError> {
    let texts = |column: usize, what| -> Result<Vec<String>, ListenError> {
        serde_json::from_str(&row.get::<_, String>(column)?).map_err(|_| ListenError::Unreadable { what })
    };
    let kind: String = row.get(11)?;
    let ranges: Option<String> = row.get(10)?;
    let marks: i64 = row.get(9)?;
    let offset_min: Option<i64> = row.get(8)?;
    let mark: [u8; 16] = row.get(2)?;
    let thumb: Option<i64> = row.get(29)?;
    let also_in: Option<String> = row.get(30)?;
    let said: Said = match row.get::<_, Option<String>>(31)? {
        Some(said) => serde_json::from_str(&said).map_err(|_| ListenError::Unreadable { what: "list of tags" })?,
        None => Said::default(),
    };
    Ok(Listen {
        id: row.get(0)?,
        kind: Kind::from_name(&kind).ok_or(ListenError::Unreadable { what: "kind" })?,
        title: row.get(12)?,
        creators: texts(13, "list of creators")?,
        show: row.get(14)?,
        publisher: row.get(15)?,
        identifiers: Identifiers {
            url: row.get(16)?,
            feed_url: row.get(17)?,
            feed_guid: row.get(18)?,
            item_guid: row.get(19)?,
            isrc: row.get(20)?,
            recording_mbid: row.get(21)?,
            release_mbid: row.get(22)?,
            artist_mbids: texts(23, "list of artists")?,
            spotify_uri: row.get(24)?,
        },
        start_ms: row.get(1)?,
        offset_min,
        zone_assumed: marks & MARK_ZONELESS != 0 && offset_min.is_none(),
        played: Played::from_columns(row.get(5)?, row.get(6)?, ranges.as_deref())
            .ok_or(ListenError::Unreadable { what: "length played" })?,
        media_ms: row.get(7)?,
        source: row.get(25)?,
        service: row.get(26)?,
        player: row.get(27)?,
        device: row.get(28)?,
        skipped: marks & MARK_SKIPPED != 0,
        private_session: marks & MARK_PRIVATE != 0,
        offline: marks & MARK_OFFLINE != 0,
        counts: marks & MARK_TOO_SHORT == 0,
        thumb: thumb.and_then(Thumb::from_number),
        note: said.note,
        tags: said.tags,
        corrected: row.get(32)?,
        hidden: marks & MARK_HIDDEN != 0,
        evidence: Evidence {
            batch_id: row.get(3)?,
            record: row.get(4)?,
            also_in: also_in
                .iter()
                .flat_map(|ids| ids.split(','))
                .filter_map(|id| id.parse().ok())
                .collect(),
        },
        fingerprint: format!("{:032x}", u128::from_be_bytes(mark)),
    })
}
