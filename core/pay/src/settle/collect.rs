//! Waiting for evidence: receipts from the payees, the rail's own word, refunds after the locktime.

use std::time::Duration;

use tekram_primitives::money::Money;
use tekram_vault::Scope;

use super::effects::{paid, refunded, regain};
use super::outbox::{Payment, Step, open_payments};
use super::receipt::keep_rail_evidence;
use super::run::delayed;
use super::{Ended, Halt, OnProgress, Progress, SettleReport, Settlement, Turn, accept_receipt, tell};
use crate::error::PayError;
use crate::method::Method;
use crate::payee::relation;
use crate::rail::{Fate, Rail, RailError};
use crate::statement::summary;

/// Waits up to `wait` for the receipts of what was delivered, then asks the rails about the rest, and takes back what was
/// not redeemed in time. Zero asks once. Safe to call again, safe to drop.
///
/// # Errors
/// `settlement_running`, those of the vault. A relay or rail that fails does not fail the call.
pub async fn collect(
    settlement: &Settlement<'_>,
    statement_id: &str,
    wait: Duration,
    on_progress: OnProgress<'_>,
) -> Result<SettleReport, PayError> {
    let _turn = Turn::take(settlement.vault)?;
    let ended = match steps(settlement, statement_id, wait, on_progress).await {
        Ok(()) => Ended::Done,
        Err(Halt::Error(error)) => return Err(error),
        Err(_) => Ended::Stopped,
    };
    Ok(SettleReport {
        ended,
        summary: summary(settlement.vault, statement_id)?,
    })
}

async fn steps(
    settlement: &Settlement<'_>,
    statement_id: &str,
    wait: Duration,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    let begun_ms = settlement.clock.monotonic_ms();
    loop {
        for payment in delivered(settlement, statement_id)? {
            look_for_receipt(settlement, &payment, on_progress).await?;
        }
        let waited_ms = settlement.clock.monotonic_ms().saturating_sub(begun_ms);
        if delivered(settlement, statement_id)?.is_empty() || u128::from(waited_ms) >= wait.as_millis() {
            break;
        }
        tokio::time::sleep(settlement.options.poll).await;
    }
    for mut payment in delivered(settlement, statement_id)? {
        let rail = settlement.rails.iter().find(|rail| rail.id() == payment.rail);
        match rail {
            Some(rail) => ask_rail(settlement, rail.as_ref(), &mut payment, on_progress).await?,
            None => delayed(settlement, &payment, "rail_not_available", on_progress)?,
        }
    }
    Ok(())
}

/// Payments whose token is out, or may be.
fn delivered(settlement: &Settlement<'_>, statement_id: &str) -> Result<Vec<Payment>, PayError> {
    let mut open = settlement.vault.read(|db| open_payments(db, statement_id))?;
    open.retain(|payment| matches!(payment.step, Step::Locked | Step::Delivered));
    Ok(open)
}

async fn look_for_receipt(
    settlement: &Settlement<'_>,
    payment: &Payment,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    let Method::Cashu(from) = &payment.order.method else {
        return Ok(());
    };
    let keys = relation(settlement.vault, &payment.payee_id)?;
    let records = match settlement.courier.receipts(from, &keys.nostr).await {
        Ok(records) => records,
        Err(error) => return delayed(settlement, payment, error.code(), on_progress),
    };
    for record in records {
        // Receipts of earlier months lie on the same relay; a false one is the sender's problem.
        match accept_receipt(settlement.vault, &record, settlement.clock) {
            Ok((statement_id, line_no)) if statement_id == payment.statement_id && line_no == payment.line_no => {
                return tell(on_progress, &Progress::Paid { line_no });
            }
            Ok(_) | Err(PayError::BadReceipt { .. } | PayError::NoSuchCommitment | PayError::Record(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn ask_rail(
    settlement: &Settlement<'_>,
    rail: &dyn Rail,
    payment: &mut Payment,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    let mut fate = rail.check(&payment.order).await;
    if matches!(fate, Ok(Fate::Refundable)) {
        fate = rail.refund(&payment.order).await;
    }
    match fate {
        Ok(Fate::Paid { evidence }) => {
            let now = settlement.clock.now();
            let net: Money = payment.net;
            settlement.vault.write(Scope("pay"), |tx| {
                regain(tx, payment)?;
                paid(tx, payment, net, now)?;
                keep_rail_evidence(tx, payment.order.commitment.as_str(), &evidence, now)
            })?;
            tell(
                on_progress,
                &Progress::Paid {
                    line_no: payment.line_no,
                },
            )
        }
        Ok(Fate::Refunded { amount }) => {
            let now = settlement.clock.now();
            settlement
                .vault
                .write(Scope("pay"), |tx| refunded(tx, payment, amount, now))?;
            tell(
                on_progress,
                &Progress::Refunded {
                    line_no: payment.line_no,
                },
            )
        }
        Ok(Fate::InFlight | Fate::Refundable) => Ok(()),
        // The token is stored here, so the rail's wallet not knowing it proves nothing.
        Ok(Fate::NotExecuted) => delayed(settlement, payment, "rail_forgot", on_progress),
        Ok(Fate::Unknown { reason }) => delayed(settlement, payment, &reason, on_progress),
        Err(RailError::Vault(error)) => Err(error.into()),
        Err(error) => delayed(settlement, payment, error.code(), on_progress),
    }
}
