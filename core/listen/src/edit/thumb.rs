//! Thumbs: what the person thinks of a listen. A thumb is given to one listen, not to the work: the same song can be
//! right on one evening and wrong on another. It is kept by the fingerprint, so it outlives an undone import.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::json;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::history::{Change, EditKind, record};
use super::{Edited, Place};
use crate::listen::Thumb;
use crate::pen::LOG;
use crate::{Listen, ListenError, find};

/// Gives a listen a thumb, or takes it away.
///
/// # Errors
/// `no_such_listen`, or when the vault fails.
pub fn rate(vault: &Vault, id: i64, thumb: Option<Thumb>, now: Timestamp) -> Result<Listen, ListenError> {
    vault.write(LOG, |transaction| {
        let edited = Edited::find(transaction, id)?;
        let (place, before) = held(transaction, &edited)?;
        let after = thumb.map(Thumb::number);
        if before != after {
            set(transaction, place, after, now)?;
            let change = Change {
                what: EditKind::Thumb,
                place: Some(place),
                decision_id: 0,
                before: json!(before),
                after: json!(after),
            };
            record(transaction, &change, now)?;
        }
        Ok::<_, ListenError>(())
    })?;
    find(vault, id)
}

/// Which of the listen's rows has a thumb, and which one; the leading row where none has.
fn held(connection: &Connection, edited: &Edited) -> Result<(Place, Option<i64>), ListenError> {
    let mut statement = connection.prepare_cached("SELECT thumb FROM listen_thumb WHERE fingerprint = ?1")?;
    for member in edited.members() {
        let number = statement
            .query_row([member.place.fingerprint], |row| row.get(0))
            .optional()?;
        if number.is_some() {
            return Ok((member.place, number));
        }
    }
    Ok((edited.lead.place, None))
}

/// Sets the thumb of a play, or takes it away.
pub(super) fn set(
    transaction: &Transaction<'_>,
    place: Place,
    number: Option<i64>,
    now: Timestamp,
) -> Result<(), ListenError> {
    match number {
        Some(number) => transaction
            .prepare_cached(
                "INSERT INTO listen_thumb (fingerprint, thumb, rated_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (fingerprint) DO UPDATE SET thumb = excluded.thumb, rated_ms = excluded.rated_ms",
            )?
            .execute(params![place.fingerprint, number, now.millis()])?,
        None => transaction
            .prepare_cached("DELETE FROM listen_thumb WHERE fingerprint = ?1")?
            .execute([place.fingerprint])?,
    };
    Ok(())
}
