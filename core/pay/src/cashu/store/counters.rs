//! Derivation counters (NUT-13 secrets, P2PK keys, quote keys). A counter that was handed out is never handed out again.

use cdk_common::database;
use rusqlite::{Transaction, params};

use super::error::StoreError;

/// Which family a counter belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CounterKind {
    /// Secrets of a keyset (NUT-13).
    Keyset,
    /// Keys of a namespace of `cdk`.
    Derivation,
}

impl CounterKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Keyset => "keyset",
            Self::Derivation => "derivation",
        }
    }
}

/// Reserves the next `count` numbers and returns the counter after them.
pub(crate) fn advance(tx: &Transaction<'_>, kind: CounterKind, name: &str, count: u32) -> Result<u32, StoreError> {
    let next: i64 = tx.query_row(
        "INSERT INTO pay_cashu_counter (kind, name, next) VALUES (?1, ?2, ?3)
         ON CONFLICT (kind, name) DO UPDATE SET next = next + excluded.next RETURNING next",
        params![kind.as_str(), name, i64::from(count)],
        |row| row.get(0),
    )?;
    u32::try_from(next).map_err(|_| database::Error::AmountOverflow.into())
}
