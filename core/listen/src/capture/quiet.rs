//! Times of which the person does not want a log, or not one that others see: the log is paused, or what is heard is
//! private. They are kept as spans of the device's clock, because events can be read long after they happened: what
//! counts is when something was heard, not when it was drained.

use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use crate::ListenError;
use crate::pen::LOG;

/// A span without an end that was set.
const OPEN_MS: i64 = i64::MAX;

/// What a quiet time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quiet {
    /// Nothing is logged.
    Paused,
    /// What is heard is logged, marked as private.
    Private,
}

impl Quiet {
    fn name(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Private => "private",
        }
    }
}

/// What holds at a moment. A pause is stronger than a private session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    #[default]
    Open,
    Private,
    Paused,
}

/// Since when something is quiet, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct QuietSpan {
    /// When it began, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// When it ends by itself; `None` when only the person ends it.
    pub until_ms: Option<i64>,
}

/// What is quiet now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct QuietNow {
    /// The log is paused.
    pub paused: Option<QuietSpan>,
    /// A private session.
    pub private: Option<QuietSpan>,
}

/// Quiet times, as the machine asks for them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spans(Vec<(Quiet, i64, i64)>);

impl Spans {
    pub(crate) fn read(connection: &Connection) -> Result<Self, ListenError> {
        let mut statement = connection.prepare_cached("SELECT what, from_ms, until_ms FROM listen_quiet")?;
        let spans = statement.query_map([], |row| {
            let what = match row.get_ref(0)?.as_str()? {
                "private" => Quiet::Private,
                _ => Quiet::Paused,
            };
            Ok((what, row.get(1)?, row.get(2)?))
        })?;
        Ok(Self(spans.collect::<Result<_, _>>()?))
    }

    #[cfg(test)]
    pub(super) fn of(spans: &[(Quiet, i64, i64)]) -> Self {
        Self(spans.to_vec())
    }

    pub(crate) fn mode_at(&self, at_ms: i64) -> Mode {
        self.0
            .iter()
            .filter(|(_, from_ms, until_ms)| (*from_ms..*until_ms).contains(&at_ms))
            .fold(Mode::Open, |mode, (quiet, ..)| match quiet {
                Quiet::Paused => Mode::Paused,
                Quiet::Private if mode == Mode::Open => Mode::Private,
                Quiet::Private => mode,
            })
    }

    /// The moments after one and up to another at which something begins or ends, and what holds from then on.
    pub(super) fn changes(&self, after_ms: i64, until_ms: i64) -> Vec<(i64, Mode)> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut moments: Vec<i64> = self
            .0
            .iter()
            .flat_map(|(_, from_ms, until_ms)| [*from_ms, *until_ms])
            .filter(|at_ms| (after_ms.saturating_add(1)..=until_ms).contains(at_ms))
            .collect();
        moments.sort_unstable();
        moments.dedup();
        moments.into_iter().map(|at_ms| (at_ms, self.mode_at(at_ms))).collect()
    }
}

/// Begins a quiet time now, until a moment or until it is ended; or changes when the running one ends. An end that is
/// over already changes nothing.
///
/// # Errors
/// When the vault fails.
pub fn begin_quiet(
    vault: &Vault,
    quiet: Quiet,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<QuietNow, ListenError> {
    let until_ms = until.map_or(OPEN_MS, |until| until.millis());
    if until_ms <= now.millis() {
        return quiet_now(vault, now);
    }
    vault.write(LOG, |transaction| {
        let changed = transaction
            .prepare_cached(
                "UPDATE listen_quiet SET until_ms = ?3 WHERE what = ?1 AND from_ms <= ?2 AND until_ms > ?2",
            )?
            .execute(params![quiet.name(), now.millis(), until_ms])?;
        if changed == 0 {
            transaction
                .prepare_cached("INSERT INTO listen_quiet (what, from_ms, until_ms) VALUES (?1, ?2, ?3)")?
                .execute(params![quiet.name(), now.millis(), until_ms])?;
        }
        Ok::<_, ListenError>(())
    })?;
    quiet_now(vault, now)
}

/// Ends a quiet time now; nothing happens when there is none.
///
/// # Errors
/// When the vault fails.
pub fn end_quiet(vault: &Vault, quiet: Quiet, now: Timestamp) -> Result<QuietNow, ListenError> {
    vault.write(LOG, |transaction| {
        transaction
            .prepare_cached("UPDATE listen_quiet SET until_ms = max(from_ms, ?2) WHERE what = ?1 AND until_ms > ?2")?
            .execute(params![quiet.name(), now.millis()])?;
        Ok::<_, ListenError>(())
    })?;
    quiet_now(vault, now)
}

/// What is quiet now.
///
/// # Errors
/// When the vault fails.
pub fn quiet_now(vault: &Vault, now: Timestamp) -> Result<QuietNow, ListenError> {
    vault.read(|connection| {
        let running = |quiet: Quiet| {
            let mut statement = connection.prepare_cached(
                "SELECT min(from_ms), max(until_ms) FROM listen_quiet
                 WHERE what = ?1 AND from_ms <= ?2 AND until_ms > ?2",
            )?;
            let (from_ms, until_ms): (Option<i64>, Option<i64>) = statement
                .query_row(params![quiet.name(), now.millis()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            Ok::<_, ListenError>(from_ms.map(|from_ms| QuietSpan {
                from_ms,
                until_ms: until_ms.filter(|until_ms| *until_ms < OPEN_MS),
            }))
        };
        Ok(QuietNow {
            paused: running(Quiet::Paused)?,
            private: running(Quiet::Private)?,
        })
    })
}

/// Forgets the quiet times that ended before a moment: no session still asks for them.
pub(super) fn forget(transaction: &Transaction<'_>, before_ms: i64) -> Result<(), ListenError> {
    transaction
        .prepare_cached("DELETE FROM listen_quiet WHERE until_ms < ?1")?
        .execute([before_ms])?;
    Ok(())
}
