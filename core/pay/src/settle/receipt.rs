//! Receipts: evidence that a commitment was met, checked before it is believed and kept for good.

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::money::Money;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::time::{Clock, Timestamp};
use tekram_primitives::wire::Receipt;
use tekram_vault::{Scope, Vault};

use super::effects::{paid, regain};
use super::outbox::{Payment, Step, payment_of};
use crate::commit::{commitment, payee_of};
use crate::error::PayError;
use crate::ledger::money;
use crate::state::LineState;

/// Evidence kept for one commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReceipt {
    /// Record id of the commitment that was met.
    pub commitment: String,
    /// The payee's signed receipt, when it sent one.
    pub record: Option<SignedRecord>,
    /// What the rail says (a witness, a preimage), when it was asked.
    pub rail_evidence: Option<String>,
    /// When the first of the two came.
    pub received: Timestamp,
}

/// Takes in a receipt: the payee's signature, the commitment and the amount are checked. Taking it in again changes
/// nothing. Returns the statement and line that it pays.
///
/// # Errors
/// `no_such_commitment`; `bad_receipt` with the reason `bad_signature`, `wrong_signer`, `wrong_payee`, `not_sent`,
/// `wrong_asset`, `wrong_amount`, `already_refunded`.
pub fn accept_receipt(vault: &Vault, record: &SignedRecord, clock: &dyn Clock) -> Result<(String, i64), PayError> {
    let bad = |reason: &'static str| PayError::BadReceipt { reason };
    let signers = record.verify().map_err(|_| bad("bad_signature"))?;
    let receipt: Receipt = record.body()?;
    let commitment_id = receipt.commitment.as_str();
    let promised = payee_of(&commitment(vault, commitment_id)?)?;
    if promised != Some(receipt.payee) {
        return Err(bad("wrong_payee"));
    }
    if signers != [receipt.payee] {
        return Err(bad("wrong_signer"));
    }
    let bytes = String::from_utf8(record.bytes()?).map_err(|_| bad("bad_signature"))?;
    let now = clock.now();
    vault.write(Scope("pay"), |tx| {
        let mut payment = payment_of(tx, commitment_id)?.ok_or(bad("not_sent"))?;
        match payment.step {
            Step::Planned | Step::Executing => return Err(bad("not_sent")),
            Step::Locked | Step::Delivered => {
                let net = arrived(&payment, receipt.amount)?;
                regain(tx, &mut payment)?;
                paid(tx, &payment, net, now)?;
            }
            Step::Done if payment.line_state == LineState::Paid => {}
            Step::Done => return Err(bad("already_refunded")),
        }
        tx.prepare_cached(
            "INSERT INTO pay_receipt (commitment_id, record, received_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (commitment_id) DO UPDATE SET record = excluded.record WHERE record = ''",
        )?
        .execute(params![commitment_id, bytes, now.millis()])?;
        Ok((payment.statement_id, payment.line_no))
    })
}

/// What the payee says has arrived must be possible: more than nothing, not more than was spent.
fn arrived(payment: &Payment, amount: Money) -> Result<Money, PayError> {
    let bad = |reason: &'static str| PayError::BadReceipt { reason };
    if amount.asset != payment.order.amount.asset {
        return Err(bad("wrong_asset"));
    }
    let spent = payment.net.checked_add(&payment.fees)?;
    if amount.amount_minor <= 0 || amount.amount_minor > spent.amount_minor {
        return Err(bad("wrong_amount"));
    }
    Ok(amount)
}

/// Keeps what the rail says, beside a receipt or without one.
pub(super) fn keep_rail_evidence(
    tx: &Transaction<'_>,
    commitment_id: &str,
    evidence: &str,
    now: Timestamp,
) -> Result<(), PayError> {
    tx.prepare_cached(
        "INSERT INTO pay_receipt (commitment_id, rail_evidence, received_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (commitment_id) DO UPDATE SET rail_evidence = excluded.rail_evidence WHERE rail_evidence = ''",
    )?
    .execute(params![commitment_id, evidence, now.millis()])?;
    Ok(())
}

/// The receipts of a statement, by line.
///
/// # Errors
/// Those of the vault.
pub fn receipts(vault: &Vault, statement_id: &str) -> Result<Vec<StoredReceipt>, PayError> {
    vault.read(|db| {
        let mut query = db.prepare_cached(
            "SELECT r.commitment_id, r.record, r.rail_evidence, r.received_ms FROM pay_receipt r
             JOIN pay_line l ON l.commitment_id = r.commitment_id AND l.commitment_id <> ''
             WHERE l.statement_id = ?1 ORDER BY l.line_no",
        )?;
        let mut rows = query.query([statement_id])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let record: String = row.get(1)?;
            let evidence: String = row.get(2)?;
            found.push(StoredReceipt {
                commitment: row.get(0)?,
                record: (!record.is_empty())
                    .then(|| SignedRecord::parse(record.as_bytes()))
                    .transpose()?,
                rail_evidence: Some(evidence).filter(|evidence| !evidence.is_empty()),
                received: Timestamp::from_millis(row.get(3)?),
            });
        }
        Ok(found)
    })
}

/// A promise for whose payment there is evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipted {
    /// Record id of the commitment.
    pub commitment: String,
    /// The payee's name.
    pub payee_name: String,
    /// What the payee is known by.
    pub identity: String,
    /// How much was promised.
    pub amount: Money,
    /// When the first evidence came.
    pub received: Timestamp,
}

/// Every promise for whose payment there is a receipt or the rail's own evidence, newest first; `limit` after the first
/// `offset`.
///
/// # Errors
/// Those of the vault.
pub fn receipted(vault: &Vault, limit: u32, offset: u32) -> Result<Vec<Receipted>, PayError> {
    vault.read(|db| {
        let mut query = db.prepare_cached(
            "SELECT r.commitment_id, p.name, p.identity, c.amount_minor, c.asset, r.received_ms FROM pay_receipt r
             JOIN pay_commitment c ON c.commitment_id = r.commitment_id JOIN pay_payee p ON p.payee_id = c.payee_id
             ORDER BY r.received_ms DESC, r.commitment_id LIMIT ?1 OFFSET ?2",
        )?;
        let mut rows = query.query(params![limit, offset])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Receipted {
                commitment: row.get(0)?,
                payee_name: row.get(1)?,
                identity: row.get(2)?,
                amount: money(row.get(3)?, &row.get::<_, String>(4)?)?,
                received: Timestamp::from_millis(row.get(5)?),
            });
        }
        Ok(found)
    })
}
