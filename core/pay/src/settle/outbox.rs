//! The outbox: one durable row for each payment, and the plans that fund them.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use tekram_primitives::money::Money;
use tekram_primitives::time::Timestamp;

use crate::error::PayError;
use crate::ledger::money;
use crate::rail::{FundingOrder, IdempotencyKey, PaymentOrder, RailId};
use crate::rates::Rate;
use crate::state::LineState;

/// How far a payment has come. Written before the next effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Planned; no effect may have happened.
    Planned,
    /// The rail may have executed it.
    Executing,
    /// The token is stored; it may have been delivered.
    Locked,
    /// The token was delivered; waiting for evidence.
    Delivered,
    /// At its end.
    Done,
}

impl Step {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Executing => "executing",
            Self::Locked => "locked",
            Self::Delivered => "delivered",
            Self::Done => "done",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [
            Self::Planned,
            Self::Executing,
            Self::Locked,
            Self::Delivered,
            Self::Done,
        ]
        .into_iter()
        .find(|step| step.name() == name)
    }
}

/// One payment's row, with what the line says about it.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub(super) statement_id: String,
    pub(super) budget_name: String,
    pub(super) line_no: i64,
    pub(super) payee_id: String,
    pub(super) line_state: LineState,
    /// What was committed, in the budget's currency.
    pub(super) committed: Money,
    /// The vault's epoch in which it was committed.
    pub(super) vault_epoch: i64,
    pub(super) rail: RailId,
    pub(super) order: PaymentOrder,
    /// The rate of the conversion, when the rail's asset is not the budget's.
    pub(super) rate: Option<Rate>,
    pub(super) step: Step,
    pub(super) token: String,
    /// In the rail's asset, once locked.
    pub(super) net: Money,
    pub(super) fees: Money,
}

const COLUMNS: &str = "
    SELECT o.statement_id, s.budget_name, o.line_no, l.payee_id, l.state, c.asset, c.amount_minor, p.rail,
           o.payment_order, o.rate, o.step, o.token, o.net_minor, o.fees_minor,
           c.vault_epoch
    FROM pay_outbox o
    JOIN pay_statement s ON s.statement_id = o.statement_id
    JOIN pay_line l ON l.statement_id = o.statement_id AND l.line_no = o.line_no
    JOIN pay_commitment c ON c.commitment_id = o.commitment_id
    JOIN pay_plan p ON p.plan_key = o.plan_key";

fn payment(row: &Row<'_>) -> Result<Payment, PayError> {
    let stored = || PayError::Stored { what: "payment" };
    let order: PaymentOrder = serde_json::from_str(&row.get::<_, String>(8)?).map_err(|_| stored())?;
    let rate: String = row.get(9)?;
    let rate = if rate.is_empty() {
        None
    } else {
        Some(serde_json::from_str(&rate).map_err(|_| stored())?)
    };
    let asset = order.amount.asset;
    Ok(Payment {
        statement_id: row.get(0)?,
        budget_name: row.get(1)?,
        line_no: row.get(2)?,
        payee_id: row.get(3)?,
        line_state: LineState::from_name(&row.get::<_, String>(4)?).ok_or_else(stored)?,
        committed: money(row.get(6)?, &row.get::<_, String>(5)?)?,
        rail: RailId(row.get(7)?),
        order,
        rate,
        step: Step::from_name(&row.get::<_, String>(10)?).ok_or_else(stored)?,
        token: row.get(11)?,
        net: Money::new(row.get(12)?, asset),
        fees: Money::new(row.get(13)?, asset),
        vault_epoch: row.get(14)?,
    })
}

/// Payments of a statement that are not at their end, by line.
pub(super) fn open_payments(db: &Connection, statement_id: &str) -> Result<Vec<Payment>, PayError> {
    let mut query = db.prepare_cached(&format!(
        "{COLUMNS} WHERE o.statement_id = ?1 AND o.step <> 'done' ORDER BY o.line_no"
    ))?;
    let mut rows = query.query([statement_id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(payment(row)?);
    }
    Ok(found)
}

/// The payment of one commitment.
pub(super) fn payment_of(db: &Connection, commitment_id: &str) -> Result<Option<Payment>, PayError> {
    let mut query = db.prepare_cached(&format!("{COLUMNS} WHERE o.commitment_id = ?1"))?;
    let mut rows = query.query([commitment_id])?;
    rows.next()?.map(payment).transpose()
}

/// A plan of a statement.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) rail: RailId,
    pub(super) order: FundingOrder,
    pub(super) is_funded: bool,
}

/// Plans of a statement that still have payments to begin or finish.
pub(super) fn open_plans(db: &Connection, statement_id: &str) -> Result<Vec<Plan>, PayError> {
    let mut query = db.prepare_cached(
        "SELECT rail, plan_key, asset, amount_minor, state FROM pay_plan p
         WHERE statement_id = ?1 AND EXISTS
            (SELECT 1 FROM pay_outbox o WHERE o.plan_key = p.plan_key AND o.step IN ('planned', 'executing', 'locked'))
         ORDER BY created_ms, plan_key",
    )?;
    let mut rows = query.query([statement_id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let amount = money(row.get(3)?, &row.get::<_, String>(2)?)?;
        found.push(Plan {
            rail: RailId(row.get(0)?),
            order: FundingOrder {
                key: IdempotencyKey::from_stored(row.get(1)?),
                amount,
            },
            is_funded: row.get::<_, String>(4)? == "funded",
        });
    }
    Ok(found)
}

/// Commitments of a plan whose payments are not at their end, by line.
pub(super) fn payments_of_plan(db: &Connection, plan_key: &IdempotencyKey) -> Result<Vec<Payment>, PayError> {
    let mut query = db.prepare_cached(&format!(
        "{COLUMNS} WHERE o.plan_key = ?1 AND o.step <> 'done' ORDER BY o.line_no"
    ))?;
    let mut rows = query.query([plan_key.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(payment(row)?);
    }
    Ok(found)
}

/// A payment that was chosen for a plan and not written yet.
pub(super) struct NewPayment {
    pub(super) line_no: i64,
    pub(super) order: PaymentOrder,
    pub(super) rate: Option<Rate>,
}

/// Writes a plan with its payments. Written again, it changes nothing.
pub(super) fn write_plan(
    tx: &Transaction<'_>,
    statement_id: &str,
    plan: &Plan,
    payments: &[NewPayment],
    now: Timestamp,
) -> Result<(), PayError> {
    let key = plan.order.key.as_str();
    tx.prepare_cached(
        "INSERT INTO pay_plan (plan_key, statement_id, rail, asset, amount_minor, state, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, 'planned', ?6)",
    )?
    .execute(params![
        key,
        statement_id,
        plan.rail.0,
        plan.order.amount.asset.code(),
        plan.order.amount.amount_minor,
        now.millis()
    ])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO pay_outbox (idempotency_key, commitment_id, plan_key, statement_id, line_no, payment_order, rate,
            step, created_ms, updated_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'planned', ?8, ?8)",
    )?;
    let stored = |_| PayError::Stored { what: "payment" };
    for payment in payments {
        let order = serde_json::to_string(&payment.order).map_err(stored)?;
        let rate = payment
            .rate
            .as_ref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(stored)?;
        insert.execute(params![
            payment.order.key.as_str(),
            payment.order.commitment.as_str(),
            key,
            statement_id,
            payment.line_no,
            order,
            rate.unwrap_or_default(),
            now.millis()
        ])?;
    }
    Ok(())
}

/// What other funded plans still have to take out of the same wallet: it must not be counted as spare money.
pub(super) fn reserved_minor(db: &Connection, plan: &Plan) -> Result<i64, PayError> {
    let mut query = db.prepare_cached(
        "SELECT o.payment_order FROM pay_outbox o JOIN pay_plan p ON p.plan_key = o.plan_key
         WHERE p.plan_key <> ?1 AND p.rail = ?2 AND p.asset = ?3 AND p.state = 'funded'
           AND o.step IN ('planned', 'executing')",
    )?;
    let mut rows = query.query(params![
        plan.order.key.as_str(),
        plan.rail.0,
        plan.order.amount.asset.code()
    ])?;
    let mut sum = 0_i64;
    while let Some(row) = rows.next()? {
        let order: PaymentOrder =
            serde_json::from_str(&row.get::<_, String>(0)?).map_err(|_| PayError::Stored { what: "payment" })?;
        sum = sum
            .checked_add(order.amount.amount_minor)
            .ok_or(PayError::AmountOverflow)?;
    }
    Ok(sum)
}

/// Marks a plan's wallet as funded.
pub(super) fn mark_funded(tx: &Transaction<'_>, key: &IdempotencyKey, topped_up: Money) -> Result<(), PayError> {
    tx.prepare_cached("UPDATE pay_plan SET state = 'funded', topped_up_minor = ?2 WHERE plan_key = ?1")?
        .execute(params![key.as_str(), topped_up.amount_minor])?;
    Ok(())
}

/// Moves a payment on. `from` must still hold, so that a step is never taken twice.
pub(super) fn step(
    tx: &Transaction<'_>,
    key: &IdempotencyKey,
    from: Step,
    to: Step,
    now: Timestamp,
) -> Result<(), PayError> {
    let changed = tx
        .prepare_cached(
            "UPDATE pay_outbox SET step = ?3, last_error = '', updated_ms = ?4 WHERE idempotency_key = ?1 AND step = ?2",
        )?
        .execute(params![key.as_str(), from.name(), to.name(), now.millis()])?;
    if changed == 1 {
        Ok(())
    } else {
        Err(PayError::WrongState { from: from.name() })
    }
}

/// Keeps the order as it is going to be executed.
pub(super) fn keep_order(tx: &Transaction<'_>, order: &PaymentOrder) -> Result<(), PayError> {
    let body = serde_json::to_string(order).map_err(|_| PayError::Stored { what: "payment" })?;
    tx.prepare_cached("UPDATE pay_outbox SET payment_order = ?2 WHERE idempotency_key = ?1")?
        .execute(params![order.key.as_str(), body])?;
    Ok(())
}

/// Keeps what the rail locked, together with the token.
pub(super) fn keep_token(
    tx: &Transaction<'_>,
    key: &IdempotencyKey,
    token: &str,
    net: Money,
    fees: Money,
) -> Result<(), PayError> {
    tx.prepare_cached("UPDATE pay_outbox SET token = ?2, net_minor = ?3, fees_minor = ?4 WHERE idempotency_key = ?1")?
        .execute(params![key.as_str(), token, net.amount_minor, fees.amount_minor])?;
    Ok(())
}

/// Keeps why a step did not work this time.
pub(super) fn keep_error(
    tx: &Transaction<'_>,
    key: &IdempotencyKey,
    code: &str,
    now: Timestamp,
) -> Result<(), PayError> {
    tx.prepare_cached("UPDATE pay_outbox SET last_error = ?2, updated_ms = ?3 WHERE idempotency_key = ?1")?
        .execute(params![key.as_str(), code, now.millis()])?;
    Ok(())
}

/// Whether a commitment was made in this epoch of the vault: after a restore, older ones are not paid by themselves.
pub(super) fn epoch_of(db: &Connection, commitment_id: &str) -> Result<Option<i64>, PayError> {
    Ok(db
        .prepare_cached("SELECT vault_epoch FROM pay_commitment WHERE commitment_id = ?1")?
        .query_row([commitment_id], |row| row.get(0))
        .optional()?)
}
