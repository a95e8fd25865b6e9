//! Thumbs: what the person thinks of a listen. A thumb is given to one listen, not to the work: the same song can be
//! right on one evening and wrong on another. It is kept by the fingerprint, so it outlives an undone import.

use rusqlite::{OptionalExtension, params};
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use crate::listen::Thumb;
use crate::pen::LOG;
use crate::{Listen, ListenError, find};

/// Gives a listen a thumb, or takes it away.
///
/// # Errors
/// `no_such_listen`, or when the vault fails.
pub fn rate(vault: &Vault, id: i64, thumb: Option<Thumb>, now: Timestamp) -> Result<Listen, ListenError> {
    vault.write(LOG, |transaction| {
        let fingerprint: Vec<u8> = transaction
            .prepare_cached(
                "SELECT fingerprint FROM listen_play WHERE play_id = ?1
                 AND batch_id IN (SELECT batch_id FROM listen_batch WHERE state IN ('accepted', 'held'))",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?
            .ok_or(ListenError::NoSuchListen { play_id: id })?;
        match thumb {
            Some(thumb) => transaction
                .prepare_cached(
                    "INSERT INTO listen_thumb (fingerprint, thumb, rated_ms) VALUES (?1, ?2, ?3)
                     ON CONFLICT (fingerprint) DO UPDATE SET thumb = excluded.thumb, rated_ms = excluded.rated_ms",
                )?
                .execute(params![fingerprint, thumb.number(), now.millis()])?,
            None => transaction
                .prepare_cached("DELETE FROM listen_thumb WHERE fingerprint = ?1")?
                .execute([fingerprint])?,
        };
        Ok::<_, ListenError>(())
    })?;
    find(vault, id)
}
