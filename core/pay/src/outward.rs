//! What of this room left the device, and which hosts it has asked: from what is stored, for the lists that show the person
//! what others know.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::money::Money;
use tekram_primitives::time::Timestamp;
use tekram_vault::{AuditEvent, AuditKind, Vault};

use crate::error::PayError;
use crate::ledger::money;
use crate::method::Method;
use crate::rail::PaymentOrder;
use crate::rates::ECB_DAILY;

/// How a promise reached its payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// The signed promise and its e-cash were sealed to the payee's desk.
    Delivered,
    /// A link with the amount was opened in another app.
    HandedOff,
}

/// A payment that left the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentPayment {
    /// Record id of the commitment.
    pub commitment: String,
    /// To whom, by its id in this vault.
    pub payee_id: String,
    /// Its name.
    pub payee_name: String,
    /// What it is known by.
    pub identity: String,
    /// How much was promised.
    pub amount: Money,
    /// How it went out.
    pub reached: Reached,
    /// When the money was locked for it, or handed over.
    pub at: Timestamp,
}

/// Payments that were delivered or handed off, newest first, then by falling record id; `after` is the time (ms) and id of
/// the last row of the page before.
///
/// # Errors
/// Those of the vault.
pub fn sent_payments(vault: &Vault, after: Option<(i64, &str)>, limit: u32) -> Result<Vec<SentPayment>, PayError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, ""));
    vault.read(|db| {
        let mut query = db.prepare_cached(
            "SELECT s.id, c.payee_id, p.name, p.identity, c.amount_minor, c.asset, s.delivered, s.at_ms FROM (
                 SELECT o.commitment_id AS id, t.at_ms AS at_ms, 1 AS delivered
                 FROM pay_outbox o JOIN pay_ledger_tx t ON t.reference = 'lock:' || o.idempotency_key
                 WHERE o.deliveries > 0
                 UNION ALL
                 SELECT substr(t.reference, length('hand_off:') + 1), t.at_ms, 0
                 FROM pay_ledger_tx t WHERE t.kind = 'hand_off'
             ) s JOIN pay_commitment c ON c.commitment_id = s.id JOIN pay_payee p ON p.payee_id = c.payee_id
             WHERE s.at_ms < ?1 OR (s.at_ms = ?1 AND s.id < ?2) ORDER BY s.at_ms DESC, s.id DESC LIMIT ?3",
        )?;
        let mut rows = query.query(params![at_ms, id, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let delivered: bool = row.get(6)?;
            found.push(SentPayment {
                commitment: row.get(0)?,
                payee_id: row.get(1)?,
                payee_name: row.get(2)?,
                identity: row.get(3)?,
                amount: money(row.get(4)?, &row.get::<_, String>(5)?)?,
                reached: if delivered {
                    Reached::Delivered
                } else {
                    Reached::HandedOff
                },
                at: Timestamp::from_millis(row.get(7)?),
            });
        }
        Ok(found)
    })
}

/// Notes in the audit that a promise left the device, in the transaction that counts it as such: who gets it, and how much.
pub(crate) fn note_sent(tx: &Transaction<'_>, commitment: &str, now: Timestamp) -> Result<(), PayError> {
    let (name, identity, amount_minor, asset): (String, String, i64, String) = tx
        .prepare_cached(
            "SELECT p.name, p.identity, c.amount_minor, c.asset FROM pay_commitment c JOIN pay_payee p ON p.payee_id = c.payee_id
             WHERE c.commitment_id = ?1",
        )?
        .query_row([commitment], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    AuditEvent::new(AuditKind::Disclosure)
        .who(name)
        .party(identity)
        .record(commitment)
        .what(money(amount_minor, &asset)?.to_string())
        .append(tx, now)?;
    Ok(())
}

/// What a host was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// A mint: e-cash.
    Mint,
    /// A payee's relay: deliveries and receipts.
    Relay,
    /// A feed or page: who is to be paid.
    Feed,
    /// A bank: exchange rates.
    Rates,
}

/// An address that this room has asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact {
    /// What for.
    pub asked: Asked,
    /// The address.
    pub url: String,
    /// Since when, as far as it was noted.
    pub since: Option<Timestamp>,
}

/// Every address that this room has asked, as far as it was noted, each once.
///
/// # Errors
/// Those of the vault.
pub fn contacts(vault: &Vault) -> Result<Vec<Contact>, PayError> {
    vault.read(|db| {
        let mut since: BTreeMap<(Asked, String), Option<Timestamp>> = BTreeMap::new();
        let mut note = |asked: Asked, url: String, at: Option<Timestamp>| {
            let known = since.entry((asked, url)).or_insert(at);
            *known = match (*known, at) {
                (Some(known), Some(at)) => Some(known.min(at)),
                (known, at) => known.or(at),
            };
        };
        for (url, at) in addresses(db, "SELECT mint_url, 0 FROM pay_cashu_mint")? {
            note(Asked::Mint, url, at);
        }
        for (url, at) in addresses(db, "SELECT url, MIN(fetched_ms) FROM pay_evidence GROUP BY url")? {
            note(Asked::Feed, url, at);
        }
        let mut query =
            db.prepare_cached("SELECT payment_order, rate <> '', deliveries > 0, created_ms FROM pay_outbox")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let order: PaymentOrder =
                serde_json::from_str(&row.get::<_, String>(0)?).map_err(|_| PayError::Stored { what: "payment" })?;
            let (converted, delivered): (bool, bool) = (row.get(1)?, row.get(2)?);
            let at = Some(Timestamp::from_millis(row.get(3)?));
            if converted {
                note(Asked::Rates, ECB_DAILY.to_owned(), at);
            }
            if let (Method::Cashu(to), true) = (order.method, delivered) {
                for relay in to.relays {
                    note(Asked::Relay, relay, at);
                }
            }
        }
        let contacts = since
            .into_iter()
            .map(|((asked, url), since)| Contact { asked, url, since });
        Ok(contacts.collect())
    })
}

/// Rows of an address and a time in ms, 0 for unknown.
fn addresses(db: &Connection, sql: &str) -> Result<Vec<(String, Option<Timestamp>)>, PayError> {
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        let at_ms: i64 = row.get(1)?;
        Ok((row.get(0)?, (at_ms != 0).then(|| Timestamp::from_millis(at_ms))))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
