//! Which listens leave the log: by time, source and kind. Read as a stream, oldest first, by the one index of plays, so that
//! memory does not grow with the log.

use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, Row, params, params_from_iter};
use tekram_vault::Vault;

use crate::listen::{MARK_PRIVATE, MARK_ZONELESS};
use crate::log::list::{LISTEN_FIELDS, LISTEN_TABLES, listen_from};
use crate::log::scan::IN_LOG;
use crate::{Kind, Listen, ListenError};

/// Which listens leave the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Not before this moment, milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// Before this moment.
    pub to_ms: Option<i64>,
    /// Only from these sources; from all when empty.
    pub sources: Vec<String>,
    /// Only of these kinds; of all when empty.
    pub kinds: Vec<Kind>,
    /// Without what was heard in a private session.
    pub without_private: bool,
}

/// A listen with what only this log knows of it.
pub(crate) struct Chosen {
    pub(crate) listen: Listen,
    /// Whether the source gave the start without a zone, whatever it was taken for.
    pub(crate) zoneless: bool,
    /// The program that told the source.
    pub(crate) client: String,
    /// Whom its seconds are credited to.
    pub(crate) credit: KeptCredit,
}

/// A credit as it is kept.
pub(crate) struct KeptCredit {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) feed_url: String,
}

impl Choice {
    /// Gives `each` what is chosen out of the log, oldest first.
    pub(crate) fn walk(
        &self,
        connection: &Connection,
        mut each: impl FnMut(Chosen) -> Result<(), ListenError>,
    ) -> Result<(), ListenError> {
        let mut statement = connection.prepare_cached(&sql())?;
        let mut rows = statement.query(params![
            self.from_ms.unwrap_or(i64::MIN),
            self.to_ms.unwrap_or(i64::MAX),
            if self.without_private { MARK_PRIVATE } else { 0 },
        ])?;
        while let Some(row) = rows.next()? {
            if self.takes(row)? {
                each(chosen(row)?)?;
            }
        }
        Ok(())
    }

    /// How many listens these are; nothing of them is read that is not asked for.
    fn count(&self, connection: &Connection) -> Result<u64, ListenError> {
        let from = if self.kinds.is_empty() && self.sources.is_empty() {
            "FROM listen_play p"
        } else {
            LISTEN_TABLES
        };
        let among = |column: &str, chosen: usize, first: usize| {
            let places: Vec<String> = (first..first + chosen).map(|place| format!("?{place}")).collect();
            match chosen {
                0 => String::new(),
                _ => format!(" AND {column} IN ({})", places.join(", ")),
            }
        };
        let kinds = among("w.kind", self.kinds.len(), 4);
        let sources = among("v.source", self.sources.len(), 4 + self.kinds.len());
        let mut values: Vec<SqlValue> = vec![
            self.from_ms.unwrap_or(i64::MIN).into(),
            self.to_ms.unwrap_or(i64::MAX).into(),
            (if self.without_private { MARK_PRIVATE } else { 0 }).into(),
        ];
        values.extend(self.kinds.iter().map(|kind| kind.name().to_owned().into()));
        values.extend(self.sources.iter().cloned().map(SqlValue::from));
        let count: i64 = connection
            .prepare(&format!(
                "SELECT count(*) {from} WHERE p.start_ms >= ?1 AND p.start_ms < ?2 AND p.marks & ?3 = 0
                 AND {IN_LOG}{kinds}{sources}"
            ))?
            .query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Whether source and kind are wanted; looked at before the texts are.
    fn takes(&self, row: &Row<'_>) -> Result<bool, ListenError> {
        let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        Ok((self.kinds.is_empty() || {
            let kind = text("kind")?;
            self.kinds.iter().any(|wanted| wanted.name() == kind)
        }) && (self.sources.is_empty() || {
            let source = text("source")?;
            self.sources.iter().any(|wanted| wanted == source)
        }))
    }
}

/// Beside a listen's own columns: the client and the credit.
pub(crate) const MORE_FIELDS: &str = "v.client AS client, c.credit_key AS credit_key, c.name AS credit_name,
    c.feed_url AS credit_feed_url";

fn sql() -> String {
    format!(
        "SELECT {LISTEN_FIELDS}, {MORE_FIELDS} {LISTEN_TABLES}
         CROSS JOIN listen_credit c ON c.credit_id = w.credit_id
         WHERE p.start_ms >= ?1 AND p.start_ms < ?2 AND p.marks & ?3 = 0
           AND {IN_LOG}
         ORDER BY p.start_ms, p.fingerprint"
    )
}

pub(crate) fn chosen(row: &Row<'_>) -> Result<Chosen, ListenError> {
    Ok(Chosen {
        listen: listen_from(row)?,
        zoneless: row.get::<_, i64>("marks")? & MARK_ZONELESS != 0,
        client: row.get("client")?,
        credit: KeptCredit {
            key: row.get("credit_key")?,
            name: row.get("credit_name")?,
            feed_url: row.get("credit_feed_url")?,
        },
    })
}

/// How many listens are chosen.
///
/// # Errors
/// When the vault fails.
pub fn count_chosen(vault: &Vault, choice: &Choice) -> Result<u64, ListenError> {
    vault.read(|connection| choice.count(connection))
}

/// How SQLite would go about an export, for tests: it must not sort.
///
/// # Errors
/// When the vault fails.
#[doc(hidden)]
pub fn export_plan(vault: &Vault) -> Result<String, ListenError> {
    vault.read(|connection| {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", sql()))?;
        let steps = statement.query_map(params![0, 1, 0], |row| row.get::<_, String>(3))?;
        Ok(steps.collect::<Result<Vec<_>, _>>()?.join("\n"))
    })
}
