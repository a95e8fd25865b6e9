//! The outbox: what was decided, signed and stored, and may not have reached any relay. After a crash, calling the step again
//! sends the same bytes.

use tekram_vault::Vault;

use crate::error::IntentError;

/// What was signed and not yet taken by any relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// The intent.
    pub intent: String,
    /// What to call to send it.
    pub step: UnsentStep,
}

/// Which step waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsentStep {
    /// [`publish`](crate::publish).
    Publish,
    /// [`withdraw`](crate::withdraw).
    Withdraw,
    /// [`send_acceptance`](crate::send_acceptance).
    SendAcceptance,
}

/// The outbox: everything that was decided and signed but that no relay has taken, for sending again after a crash.
///
/// # Errors
/// The vault's errors.
pub fn unsent(vault: &Vault) -> Result<Vec<Unsent>, IntentError> {
    vault.read(|connection| {
        let mut found = Vec::new();
        for (step, sql) in [
            (
                UnsentStep::Publish,
                "SELECT id FROM intent_intent WHERE state = 'open' AND published_ms = 0 ORDER BY id",
            ),
            (
                UnsentStep::Withdraw,
                "SELECT id FROM intent_intent WHERE deletion <> '' AND deletion_published_ms = 0 ORDER BY id",
            ),
            (
                UnsentStep::SendAcceptance,
                "SELECT intent_id FROM intent_acceptance WHERE state = 'queued' ORDER BY intent_id",
            ),
        ] {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                found.push(Unsent {
                    intent: row.get(0)?,
                    step,
                });
            }
        }
        Ok(found)
    })
}
