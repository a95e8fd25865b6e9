//! What each outcome of a payment means for the outbox, the line and the ledger: one transaction each.
//!
//! The amounts of a line are in the budget's currency, the rail's in its own. Without a conversion they are the same;
//! with one, the part of the commitment that was used goes through the `exchange` account, and what a payee received
//! and what fees took is divided from that part in proportion, rounded so that nothing appears or vanishes.

use rusqlite::Transaction;
use tekram_primitives::money::Money;
use tekram_primitives::time::Timestamp;

use super::outbox::{Payment, Step, keep_order, keep_token, step};
use crate::error::PayError;
use crate::ledger::post;
use crate::rail::IdempotencyKey;
use crate::state::{LineEvent, LineState};
use crate::statement::{LineAmounts, move_line};

type Entries = Vec<(String, Money)>;

impl Payment {
    fn key(&self) -> &IdempotencyKey {
        &self.order.key
    }

    fn budget_money(&self, minor: i64) -> Money {
        Money::new(minor, self.committed.asset)
    }

    fn rail_money(&self, minor: i64) -> Money {
        Money::new(minor, self.order.amount.asset)
    }

    /// What left the wallet, in the rail's asset.
    fn spent_minor(&self) -> i64 {
        self.net.amount_minor.saturating_add(self.fees.amount_minor)
    }

    /// The part of the commitment that the spent amount stands for, in the budget's currency; rounded up, so that a
    /// conversion never leaves more to carry than there is.
    fn used_minor(&self) -> i64 {
        if self.rate.is_none() {
            return self.spent_minor();
        }
        proportion(
            self.committed.amount_minor,
            self.spent_minor(),
            self.order.amount.amount_minor,
            true,
        )
    }

    /// An amount of the rail's asset as part of what was used, in the budget's currency, rounded down.
    fn in_budget_minor(&self, rail_minor: i64) -> i64 {
        if self.rate.is_none() {
            return rail_minor;
        }
        proportion(self.used_minor(), rail_minor, self.spent_minor(), false)
    }

    fn line(&self, tx: &Transaction<'_>, event: LineEvent, amounts: LineAmounts, reason: &str) -> Result<(), PayError> {
        move_line(tx, &self.statement_id, self.line_no, event, amounts, reason)?;
        Ok(())
    }

    fn committed_account(&self) -> String {
        format!("committed:{}:{}", self.budget_name, self.payee_id)
    }

    fn carried_account(&self) -> String {
        format!("carried:{}:{}", self.budget_name, self.payee_id)
    }

    fn in_flight_account(&self) -> String {
        format!("in_flight:{}", self.payee_id)
    }
}

/// `amount × part / whole`.
fn proportion(amount: i64, part: i64, whole: i64, up: bool) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let product = i128::from(amount) * i128::from(part);
    let whole = i128::from(whole);
    let rounded = if up {
        (product + whole - 1) / whole
    } else {
        product / whole
    };
    i64::try_from(rounded).unwrap_or(i64::MAX).min(amount)
}

/// The next effect is this payment's. Its order is kept as it stands: a rail is never asked twice with other terms.
pub(super) fn begin(tx: &Transaction<'_>, payment: &Payment, now: Timestamp) -> Result<(), PayError> {
    step(tx, payment.key(), Step::Planned, Step::Executing, now)?;
    keep_order(tx, &payment.order)?;
    let in_flight_minor = payment.committed.amount_minor;
    payment.line(
        tx,
        LineEvent::Begin,
        LineAmounts {
            in_flight_minor,
            ..LineAmounts::default()
        },
        "",
    )
}

/// Money was tied to the payee: it has left the wallet.
pub(super) fn locked(
    tx: &Transaction<'_>,
    payment: &mut Payment,
    token: &str,
    net: Money,
    fees: Money,
    now: Timestamp,
) -> Result<(), PayError> {
    accept_cost(payment, net, fees)?;
    regain(tx, payment)?;
    keep_token(tx, payment.key(), token, net, fees)?;
    step(tx, payment.key(), Step::Executing, Step::Locked, now)?;
    payment.token = token.to_owned();
    payment.step = Step::Locked;
    let in_flight_minor = payment.used_minor();
    tx.prepare_cached("UPDATE pay_line SET in_flight_minor = ?3 WHERE statement_id = ?1 AND line_no = ?2")?
        .execute(rusqlite::params![
            payment.statement_id,
            payment.line_no,
            in_flight_minor
        ])?;
    post_outlay(tx, payment, now)
}

/// A rail that says it took more than it was allowed to, or gives other assets, is not believed.
fn accept_cost(payment: &mut Payment, net: Money, fees: Money) -> Result<(), PayError> {
    let most = payment.order.amount;
    let within = net.asset == most.asset
        && fees.asset == most.asset
        && net.amount_minor > 0
        && fees.amount_minor >= 0
        && net.checked_add(&fees)?.amount_minor <= most.amount_minor;
    if !within {
        return Err(PayError::Rail(crate::rail::RailError::Misbehaved {
            rail: payment.rail.clone(),
            reason: "it reports other amounts than were ordered".to_owned(),
        }));
    }
    payment.net = net;
    payment.fees = fees;
    Ok(())
}

fn post_outlay(tx: &Transaction<'_>, payment: &Payment, now: Timestamp) -> Result<(), PayError> {
    let used = payment.used_minor();
    let spent = payment.spent_minor();
    let mut entries: Entries = vec![
        (payment.committed_account(), payment.committed.checked_neg()?),
        (
            payment.carried_account(),
            payment.budget_money(payment.committed.amount_minor - used),
        ),
    ];
    if payment.rate.is_some() {
        entries.push(("exchange".to_owned(), payment.budget_money(used)));
        entries.push(("exchange".to_owned(), payment.rail_money(-spent)));
    }
    entries.push((payment.in_flight_account(), payment.rail_money(spent)));
    entries.push((format!("rail:{}", payment.rail), payment.rail_money(-spent)));
    entries.push(("outlay".to_owned(), payment.rail_money(spent)));
    let reference = format!("lock:{}", payment.key().as_str());
    post(tx, "lock", &reference, &payment.statement_id, now, &entries)?;
    Ok(())
}

/// The payee has it. `net` is what arrived, at most what was spent; the rest is fees. Less than what was locked to the
/// payee is believed, since only the payee loses by saying so, and stays visible with the line.
pub(super) fn paid(tx: &Transaction<'_>, payment: &Payment, net: Money, now: Timestamp) -> Result<(), PayError> {
    let below = net.amount_minor < payment.net.amount_minor;
    let reason = if below { "receipt_below_net" } else { "" };
    step(tx, payment.key(), payment.step, Step::Done, now)?;
    let paid_minor = payment.in_budget_minor(net.amount_minor);
    let fees_minor = payment.used_minor() - paid_minor;
    payment.line(
        tx,
        LineEvent::Evidence,
        LineAmounts {
            paid_minor,
            fees_minor,
            ..LineAmounts::default()
        },
        reason,
    )?;
    let spent = payment.spent_minor();
    let entries = [
        (payment.in_flight_account(), payment.rail_money(-spent)),
        (format!("payee:{}", payment.payee_id), net),
        ("fees".to_owned(), payment.rail_money(spent - net.amount_minor)),
    ];
    let reference = format!("paid:{}", payment.key().as_str());
    post(tx, "paid", &reference, &payment.statement_id, now, &entries)?;
    Ok(())
}

/// The rail paid at once, without a token to deliver.
pub(super) fn executed_and_paid(
    tx: &Transaction<'_>,
    payment: &mut Payment,
    net: Money,
    fees: Money,
    evidence: &str,
    now: Timestamp,
) -> Result<(), PayError> {
    locked(tx, payment, "", net, fees, now)?;
    paid(tx, payment, net, now)?;
    super::receipt::keep_rail_evidence(tx, payment.order.commitment.as_str(), evidence, now)
}

/// The rail is certain that nothing left and nothing will.
pub(super) fn refused(tx: &Transaction<'_>, payment: &Payment, code: &str, now: Timestamp) -> Result<(), PayError> {
    step(tx, payment.key(), payment.step, Step::Done, now)?;
    payment.line(tx, LineEvent::Refuse, LineAmounts::default(), code)?;
    release(tx, &payment.statement_id, payment, now)
}

fn release(tx: &Transaction<'_>, statement_id: &str, payment: &Payment, now: Timestamp) -> Result<(), PayError> {
    let entries = [
        (payment.committed_account(), payment.committed.checked_neg()?),
        (payment.carried_account(), payment.committed),
    ];
    let reference = format!("release:{}", payment.order.commitment);
    post(tx, "release", &reference, statement_id, now, &entries)?;
    Ok(())
}

/// Taken back after the locktime; `amount` came back into the wallet, the rest was the fee of doing so.
pub(super) fn refunded(tx: &Transaction<'_>, payment: &Payment, amount: Money, now: Timestamp) -> Result<(), PayError> {
    let spent = payment.spent_minor();
    if amount.asset != payment.order.amount.asset || !(0..=spent).contains(&amount.amount_minor) {
        return Err(PayError::Rail(crate::rail::RailError::Misbehaved {
            rail: payment.rail.clone(),
            reason: "it reports a refund of another amount than was locked".to_owned(),
        }));
    }
    step(tx, payment.key(), payment.step, Step::Done, now)?;
    let back_minor = payment.in_budget_minor(amount.amount_minor);
    let fees_minor = payment.used_minor() - back_minor;
    payment.line(
        tx,
        LineEvent::TakeBack,
        LineAmounts {
            fees_minor,
            ..LineAmounts::default()
        },
        "not_redeemed_in_time",
    )?;
    let lost = payment.rail_money(spent - amount.amount_minor);
    let mut entries: Entries = vec![
        (payment.in_flight_account(), payment.rail_money(-spent)),
        ("fees".to_owned(), lost),
        (format!("rail:{}", payment.rail), amount),
        ("outlay".to_owned(), amount.checked_neg()?),
        (payment.carried_account(), payment.budget_money(back_minor)),
    ];
    if payment.rate.is_some() {
        entries.push(("exchange".to_owned(), amount));
        entries.push(("exchange".to_owned(), payment.budget_money(-back_minor)));
    }
    let reference = format!("refund:{}", payment.key().as_str());
    post(tx, "refund", &reference, &payment.statement_id, now, &entries)?;
    Ok(())
}

/// The rail cannot say what happened.
pub(super) fn lost_sight(tx: &Transaction<'_>, payment: &mut Payment, code: &str) -> Result<(), PayError> {
    if payment.line_state == LineState::Unknown {
        return Ok(());
    }
    let in_flight_minor = payment.committed.amount_minor;
    payment.line(
        tx,
        LineEvent::LoseSight,
        LineAmounts {
            in_flight_minor,
            ..LineAmounts::default()
        },
        code,
    )?;
    payment.line_state = LineState::Unknown;
    Ok(())
}

/// The rail says again what happened: an unknown line is on its way once more.
pub(super) fn regain(tx: &Transaction<'_>, payment: &mut Payment) -> Result<(), PayError> {
    if payment.line_state != LineState::Unknown {
        return Ok(());
    }
    let in_flight_minor = payment.committed.amount_minor;
    payment.line(
        tx,
        LineEvent::Regain,
        LineAmounts {
            in_flight_minor,
            ..LineAmounts::default()
        },
        "",
    )?;
    payment.line_state = LineState::Paying;
    Ok(())
}
