//! The changes a person made, in order, and taking the newest one back.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use serde_json::Value;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::correction::Correction;
use super::shown::Presence;
use super::{Place, correction, play_at, said, shown, thumb};
use crate::ListenError;
use crate::identity::decision::take_back;
use crate::log::index::catch_up_with_little;
use crate::pen::{LOG, bounded};

/// What kind of change it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EditKind {
    /// A thumb was given or taken away.
    Thumb,
    /// A note was written or changed.
    Note,
    /// Tags were added or taken away.
    Tags,
    /// What it was, who made it or where it was from was corrected.
    Correction,
    /// The listen was hidden, or is shown again.
    Hidden,
    /// The listen was deleted; it can still come back.
    Deleted,
    /// Listens were deleted for good. Nothing brings them back.
    DeletedForGood,
    /// Works were said to be one.
    Merged,
    /// A description was said to be another work than the rest.
    Split,
}

impl EditKind {
    const ALL: [Self; 9] = [
        Self::Thumb,
        Self::Note,
        Self::Tags,
        Self::Correction,
        Self::Hidden,
        Self::Deleted,
        Self::DeletedForGood,
        Self::Merged,
        Self::Split,
    ];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Thumb => "thumb",
            Self::Note => "note",
            Self::Tags => "tags",
            Self::Correction => "correction",
            Self::Hidden => "hidden",
            Self::Deleted => "deleted",
            Self::DeletedForGood => "deleted_for_good",
            Self::Merged => "merged",
            Self::Split => "split",
        }
    }
}

/// A change that a person made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Its number; later ones have higher numbers.
    pub edit_id: i64,
    /// When, milliseconds since 1970 UTC.
    pub edited_ms: i64,
    /// What kind it was.
    pub what: EditKind,
    /// The listen that was changed, if it is one that is there.
    pub listen: Option<i64>,
    /// Its title now; empty where there is none.
    pub title: String,
    /// What was before: as the kind has it, `null` for nothing.
    pub before: Value,
    /// What was from then on.
    pub after: Value,
    /// When it was taken back.
    pub undone_ms: Option<i64>,
}

/// What is written down of a change.
pub(crate) struct Change {
    pub(crate) what: EditKind,
    pub(crate) place: Option<Place>,
    pub(crate) decision_id: i64,
    pub(crate) before: Value,
    pub(crate) after: Value,
}

/// Writes a change down.
pub(crate) fn record(transaction: &Transaction<'_>, change: &Change, now: Timestamp) -> Result<(), ListenError> {
    transaction
        .prepare_cached(
            "INSERT INTO listen_edit (edited_ms, what, start_ms, fingerprint, decision_id, before, after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            now.millis(),
            change.what.name(),
            change.place.map_or(0, |place| place.start_ms),
            change.place.map(|place| place.fingerprint),
            change.decision_id,
            change.before.to_string(),
            change.after.to_string(),
        ])?;
    Ok(())
}

/// A page of at most `limit` changes, newest first: those before the one numbered `before`, if it is given.
///
/// # Errors
/// When the vault fails.
pub fn edits(vault: &Vault, before: Option<i64>, limit: usize) -> Result<Vec<Edit>, ListenError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM listen_edit e WHERE e.edit_id < ?1 ORDER BY e.edit_id DESC LIMIT ?2"
        ))?;
        let rows = statement.query_and_then([before.unwrap_or(i64::MAX), bounded(limit)], Written::of)?;
        rows.map(|written| written?.edit(connection)).collect()
    })
}

/// The change that [`undo_edit`] would take back; `None` when there is none.
///
/// # Errors
/// When the vault fails.
pub fn next_undo(vault: &Vault) -> Result<Option<Edit>, ListenError> {
    vault.read(|connection| newest(connection)?.map(|written| written.edit(connection)).transpose())
}

/// The newest change that was not taken back and can be.
fn newest(connection: &Connection) -> Result<Option<Written>, ListenError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM listen_edit e WHERE e.undone_ms = 0 AND e.what <> 'deleted_for_good'
             ORDER BY e.edit_id DESC LIMIT 1"
        ))?
        .query_and_then([], Written::of)?
        .next()
        .transpose()
}

/// Takes the newest change back that was not taken back yet. What was deleted for good stays deleted.
///
/// # Errors
/// `nothing_to_undo`, or when the vault fails.
pub fn undo_edit(vault: &Vault, now: Timestamp) -> Result<Edit, ListenError> {
    let edit_id = vault.write(LOG, |transaction| {
        let written = newest(transaction)?.ok_or(ListenError::NothingToUndo)?;
        restore(transaction, &written, now)?;
        transaction
            .prepare_cached("UPDATE listen_edit SET undone_ms = ?2 WHERE edit_id = ?1")?
            .execute([written.edit_id, now.millis()])?;
        Ok::<_, ListenError>(written.edit_id)
    })?;
    catch_up_with_little(vault)?;
    let edits = edits(vault, Some(edit_id.saturating_add(1)), 1)?;
    edits.into_iter().next().ok_or(ListenError::NothingToUndo)
}

fn restore(transaction: &Transaction<'_>, written: &Written, now: Timestamp) -> Result<(), ListenError> {
    let unreadable = |_| ListenError::Unreadable { what: "change" };
    let before = written.before.clone();
    if let EditKind::Merged | EditKind::Split = written.what {
        return take_back(transaction, written.decision_id);
    }
    let Some(place) = written.place else { return Ok(()) };
    match written.what {
        EditKind::Thumb => {
            let number: Option<i64> = serde_json::from_value(before).map_err(unreadable)?;
            thumb::set(transaction, place, number, now)
        }
        EditKind::Note => {
            let note: String = serde_json::from_value(before).map_err(unreadable)?;
            said::set_note(transaction, place, &note)
        }
        EditKind::Tags => {
            let tags: Vec<String> = serde_json::from_value(before).map_err(unreadable)?;
            said::set_tags(transaction, place, &tags)
        }
        EditKind::Correction => {
            let fields: Correction = serde_json::from_value(before).map_err(unreadable)?;
            correction::set(transaction, place, &fields)
        }
        EditKind::Hidden | EditKind::Deleted => {
            let state: Presence = serde_json::from_value(before).map_err(unreadable)?;
            shown::set(transaction, place, state, now)
        }
        EditKind::DeletedForGood | EditKind::Merged | EditKind::Split => Ok(()),
    }
}

const COLUMNS: &str = "e.edit_id, e.edited_ms, e.what, e.start_ms, e.fingerprint, e.decision_id, e.before, e.after,
    e.undone_ms";

/// A change as it stands in the table.
struct Written {
    edit_id: i64,
    edited_ms: i64,
    what: EditKind,
    place: Option<Place>,
    decision_id: i64,
    before: Value,
    after: Value,
    undone_ms: i64,
}

impl Written {
    fn of(row: &Row<'_>) -> Result<Self, ListenError> {
        let what: String = row.get(2)?;
        let start_ms = row.get(3)?;
        let value = |column: usize| -> Result<Value, ListenError> {
            let text: String = row.get(column)?;
            serde_json::from_str(&text).map_err(|_| ListenError::Unreadable { what: "change" })
        };
        Ok(Self {
            edit_id: row.get(0)?,
            edited_ms: row.get(1)?,
            what: EditKind::ALL
                .into_iter()
                .find(|kind| kind.name() == what)
                .ok_or(ListenError::Unreadable { what: "change" })?,
            place: row
                .get::<_, Option<[u8; 16]>>(4)?
                .map(|fingerprint| Place { start_ms, fingerprint }),
            decision_id: row.get(5)?,
            before: value(6)?,
            after: value(7)?,
            undone_ms: row.get(8)?,
        })
    }

    fn edit(self, connection: &Connection) -> Result<Edit, ListenError> {
        let listen = match self.place {
            Some(place) => play_at(connection, place)?,
            None => None,
        };
        let title = connection
            .prepare_cached(
                "SELECT w.title FROM listen_play p CROSS JOIN listen_work w ON w.work_id = p.work_id WHERE p.play_id = ?1",
            )?
            .query_row([listen], |row| row.get(0))
            .optional()?;
        Ok(Edit {
            edit_id: self.edit_id,
            edited_ms: self.edited_ms,
            what: self.what,
            listen,
            title: title.unwrap_or_default(),
            before: self.before,
            after: self.after,
            undone_ms: Some(self.undone_ms).filter(|ms| *ms != 0),
        })
    }
}
