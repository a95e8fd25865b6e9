//! How far a step behind the log goes. Long steps are quick, because an index is written less often; but they would keep the vault from
//! everybody else who writes. So a long step gives way: when somebody waits it is broken off, and some short ones follow, each
//! of which leaves the vault to others after a moment.

use rusqlite::Transaction;
use tekram_vault::{Scope, Vault};

use crate::ListenError;

/// Short steps after one that was broken off: about as much as a long one, so that at worst half of the work is done twice.
const SHORT_ONES: u32 = 16;

/// How much is done in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stride {
    /// As much as is quickest.
    Long,
    /// As much as others may wait for.
    Short,
}

impl Stride {
    /// How many rows these are, of those that a long step does.
    pub(crate) fn of(self, long: i64) -> i64 {
        match self {
            Self::Long => long,
            Self::Short => (long / i64::from(SHORT_ONES)).max(1),
        }
    }
}

/// Steps one after the other.
pub(crate) struct Walk<'v> {
    vault: &'v Vault,
    short_ones: u32,
}

impl<'v> Walk<'v> {
    pub(crate) fn of(vault: &'v Vault) -> Self {
        Self { vault, short_ones: 0 }
    }

    /// One step; `None` when it was broken off.
    pub(crate) fn step<T>(
        &mut self,
        scope: Scope,
        step: impl FnOnce(&Transaction<'_>, Stride) -> Result<T, ListenError>,
    ) -> Result<Option<T>, ListenError> {
        if self.short_ones > 0 {
            self.short_ones -= 1;
            return self
                .vault
                .write(scope, |transaction| step(transaction, Stride::Short))
                .map(Some);
        }
        let done = self
            .vault
            .write_giving_way(scope, |transaction| step(transaction, Stride::Long))?;
        if done.is_none() {
            self.short_ones = SHORT_ONES;
        }
        Ok(done)
    }
}
