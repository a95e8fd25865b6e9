//! Which players may be listened to. Nothing of a player is kept before the person allowed it, except that it was there.

use serde::Serialize;
use tekram_vault::Vault;

use crate::ListenError;
use crate::pen::LOG;

/// The name by which the player of the program itself tells what it plays. It is the person's own, so it is allowed until
/// they say otherwise.
pub const OWN_PLAYER: &str = "tekram.player";

/// A player that was heard on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaptureApp {
    /// Its name.
    pub app: String,
    /// Whether its listens are kept.
    pub allowed: bool,
    /// When it was heard last, milliseconds since 1970 UTC; 0 when never.
    pub last_ms: i64,
}

/// The players that were heard or decided about, by name.
///
/// # Errors
/// When the vault fails.
pub fn capture_apps(vault: &Vault) -> Result<Vec<CaptureApp>, ListenError> {
    vault.read(|connection| {
        let mut statement =
            connection.prepare_cached("SELECT app, allowed, last_ms FROM listen_app ORDER BY app COLLATE NOCASE")?;
        let rows = statement.query_map([], |row| {
            Ok(CaptureApp {
                app: row.get(0)?,
                allowed: row.get(1)?,
                last_ms: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}

/// Allows a player, or no longer. What was kept of it stays in the log; what it is in the middle of is let go.
///
/// # Errors
/// When the vault fails.
pub fn set_capture_app(vault: &Vault, app: &str, allowed: bool) -> Result<(), ListenError> {
    vault.write(LOG, |transaction| {
        transaction
            .prepare_cached(
                "INSERT INTO listen_app (app, allowed, last_ms) VALUES (?1, ?2, 0)
                 ON CONFLICT (app) DO UPDATE SET allowed = excluded.allowed",
            )?
            .execute((app, allowed))?;
        if !allowed {
            transaction
                .prepare_cached("DELETE FROM listen_session WHERE app = ?1")?
                .execute([app])?;
        }
        Ok(())
    })
}
