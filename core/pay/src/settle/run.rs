//! One run of a settlement: continue what was begun, plan what is new, fund, execute, deliver, hand off.

use std::ops::ControlFlow;
use std::sync::Arc;

use tekram_primitives::money::Money;
use tekram_primitives::wire::Message;
use tekram_vault::Scope;

use super::effects::{begin, executed_and_paid, locked, lost_sight, refused, regain};
use super::outbox::{Payment, Plan, Step, keep_error, mark_funded, open_plans, payments_of_plan, reserved_minor, step};
use super::plan::plan;
use super::{Ended, Halt, OnProgress, Progress, SettleReport, Settlement, Turn, tell};
use crate::commit::commitment;
use crate::error::PayError;
use crate::handoff::hand_off;
use crate::ledger::post;
use crate::method::{Method, RailKind};
use crate::outward::note_sent;
use crate::payee::relation;
use crate::rail::{Executed, Fate, Funding, Rail, RailError, RailId};
use crate::state::{LineState, StatementState};
use crate::statement::{Outcome, StatementLine, statement, summary};

/// How long relays may keep a payment's letter after its locktime (NIP-40).
const LETTER_MARGIN_MS: i64 = 7 * 24 * 3_600_000;
/// Why a payment from before a restore is not made by itself.
const OLDER_EPOCH: &str = "older_epoch";
/// Why a promise waits whose only kind of rail is switched off.
pub(super) const RAIL_OFF: &str = "rail_off";

/// Settles a committed statement as far as it goes now. Call it again after a crash, a stop or an outage: it continues.
///
/// Receipts come later: see [`super::collect`].
///
/// # Errors
/// `not_committed`, `settlement_running`, those of the vault. A rail or payee that fails does not fail the run.
pub async fn settle(
    settlement: &Settlement<'_>,
    statement_id: &str,
    on_progress: OnProgress<'_>,
) -> Result<SettleReport, PayError> {
    let _turn = Turn::take(settlement.vault)?;
    let ended = match steps(settlement, statement_id, on_progress).await {
        Ok(()) => Ended::Done,
        Err(Halt::Stopped) => Ended::Stopped,
        Err(Halt::TopUpNotPaid) => Ended::TopUpNotPaid,
        Err(Halt::Error(error)) => return Err(error),
    };
    Ok(SettleReport {
        ended,
        summary: summary(settlement.vault, statement_id)?,
    })
}

async fn steps(settlement: &Settlement<'_>, statement_id: &str, on_progress: OnProgress<'_>) -> Result<(), Halt> {
    let known = statement(settlement.vault, statement_id)?;
    if known.state == StatementState::Draft {
        return Err(PayError::NotCommitted.into());
    }
    // The person's own links first: they need nobody.
    let text = &settlement.options.hand_off_text;
    if settlement.options.rails_off.contains(&RailKind::HandOff) {
        for line in known.lines.iter().filter(|line| waits_for_hand_off(line)) {
            let reason = RAIL_OFF.to_owned();
            let not_planned = Progress::NotPlanned {
                line_no: line.line_no,
                reason,
                carried: false,
            };
            tell(on_progress, &not_planned)?;
        }
    } else {
        for hand_off in hand_off(settlement.vault, statement_id, text, settlement.clock)? {
            tell(on_progress, &Progress::HandedOff { hand_off })?;
        }
    }
    plan(settlement, &known, on_progress).await?;
    let mut not_paid = false;
    for plan in settlement.vault.read(|db| open_plans(db, statement_id))? {
        match carry_out(settlement, statement_id, &plan, on_progress).await {
            Err(Halt::TopUpNotPaid) => not_paid = true,
            other => other?,
        }
    }
    if not_paid { Err(Halt::TopUpNotPaid) } else { Ok(()) }
}

fn waits_for_hand_off(line: &StatementLine) -> bool {
    line.state == LineState::Committed && line.line.outcome == Outcome::HandOff
}

fn rail_of<'a>(settlement: &'a Settlement<'_>, id: &RailId) -> Option<&'a Arc<dyn Rail>> {
    settlement.rails.iter().find(|rail| rail.id() == *id)
}

async fn carry_out(
    settlement: &Settlement<'_>,
    statement_id: &str,
    plan: &Plan,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    let payments = settlement.vault.read(|db| payments_of_plan(db, &plan.order.key))?;
    let Some(rail) = rail_of(settlement, &plan.rail) else {
        for payment in &payments {
            delayed(settlement, payment, "rail_not_available", on_progress)?;
        }
        return Ok(());
    };
    let (older, payments): (Vec<_>, Vec<_>) = payments
        .into_iter()
        .partition(|payment| i64::try_from(settlement.vault.epoch()).ok() != Some(payment.vault_epoch));
    for mut payment in older {
        advance_older(settlement, rail, &mut payment, on_progress).await?;
    }
    let begins = payments
        .iter()
        .any(|payment| matches!(payment.step, Step::Planned | Step::Executing));
    if begins && !plan.is_funded && !fund(settlement, statement_id, rail, plan, &payments, on_progress).await? {
        return Ok(());
    }
    for mut payment in payments {
        advance(settlement, rail, &mut payment, on_progress).await?;
    }
    Ok(())
}

/// Makes the rail's wallet able to pay the plan. `false` when the rail cannot be asked now.
async fn fund(
    settlement: &Settlement<'_>,
    statement_id: &str,
    rail: &Arc<dyn Rail>,
    plan: &Plan,
    payments: &[Payment],
    on_progress: OnProgress<'_>,
) -> Result<bool, Halt> {
    let begun_ms = settlement.clock.monotonic_ms();
    let mut shown = None;
    let reserved_minor = settlement.vault.read(|db| reserved_minor(db, plan))?;
    let mut order = plan.order.clone();
    order.amount = order
        .amount
        .checked_add(&Money::new(reserved_minor, order.amount.asset))?;
    loop {
        match rail.fund(&order).await {
            Ok(Funding::Ready { topped_up }) => {
                let now = settlement.clock.now();
                settlement.vault.write(Scope("pay"), |tx| {
                    mark_funded(tx, &plan.order.key, topped_up)?;
                    let entries = [
                        ("pocket".to_owned(), topped_up.checked_neg()?),
                        (format!("rail:{}", plan.rail), topped_up),
                    ];
                    let reference = format!("top_up:{}", plan.order.key.as_str());
                    post(tx, "top_up", &reference, statement_id, now, &entries)
                })?;
                tell(
                    on_progress,
                    &Progress::Funded {
                        rail: plan.rail.0.clone(),
                        topped_up,
                    },
                )?;
                return Ok(true);
            }
            Ok(Funding::TopUpNeeded {
                invoice,
                amount,
                expires,
            }) => {
                if shown.as_ref() != Some(&invoice) {
                    shown = Some(invoice.clone());
                    tell(
                        on_progress,
                        &Progress::TopUpNeeded {
                            rail: plan.rail.0.clone(),
                            invoice,
                            amount,
                            expires,
                        },
                    )?;
                }
                let waited_ms = settlement.clock.monotonic_ms().saturating_sub(begun_ms);
                if u128::from(waited_ms) >= settlement.options.top_up_wait.as_millis() {
                    return Err(Halt::TopUpNotPaid);
                }
                tokio::time::sleep(settlement.options.poll).await;
            }
            Err(RailError::Vault(error)) => return Err(error.into()),
            Err(error) => {
                for payment in payments {
                    delayed(settlement, payment, error.code(), on_progress)?;
                }
                return Ok(false);
            }
        }
    }
}

/// Takes one payment as far as it goes.
async fn advance(
    settlement: &Settlement<'_>,
    rail: &Arc<dyn Rail>,
    payment: &mut Payment,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    if payment.step == Step::Planned {
        let now = settlement.clock.now();
        // From now, not from the day of the plan: the top-up may have been paid days later, and the payee has all its time.
        payment.order.locktime = now.plus_millis(settlement.options.locktime_ms);
        settlement.vault.write(Scope("pay"), |tx| begin(tx, payment, now))?;
        payment.step = Step::Executing;
        payment.line_state = LineState::Paying;
        tell(
            on_progress,
            &Progress::Begun {
                line_no: payment.line_no,
            },
        )?;
        execute(settlement, rail, payment, on_progress).await?;
    } else if payment.step == Step::Executing {
        // An earlier run may have had its effect: ask first.
        match rail.check(&payment.order).await {
            Ok(Fate::Unknown { reason }) => return unknown(settlement, payment, &reason, on_progress),
            Ok(_) => {
                settlement.vault.write(Scope("pay"), |tx| regain(tx, payment))?;
                execute(settlement, rail, payment, on_progress).await?;
            }
            Err(RailError::Vault(error)) => return Err(error.into()),
            Err(error) => return unknown(settlement, payment, error.code(), on_progress),
        }
    }
    if payment.step == Step::Locked {
        deliver(settlement, payment, on_progress).await?;
    }
    Ok(())
}

/// A payment from before a restore: the vault that the backup was made of may have made it since, with notes that this
/// one does not have. Only what the rail proves to have happened under this order's key is continued; the rest is not
/// known and waits for the person.
async fn advance_older(
    settlement: &Settlement<'_>,
    rail: &Arc<dyn Rail>,
    payment: &mut Payment,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    if payment.step == Step::Planned {
        // Noted as begun, because it may have been; nothing is asked of the rail but what became of it.
        let now = settlement.clock.now();
        settlement.vault.write(Scope("pay"), |tx| {
            begin(tx, payment, now)?;
            payment.line_state = LineState::Paying;
            lost_sight(tx, payment, OLDER_EPOCH)
        })?;
        payment.step = Step::Executing;
    }
    if payment.step == Step::Executing {
        match rail.check(&payment.order).await {
            // Its lock is here: executing it again returns the same token, and moves nothing.
            Ok(Fate::InFlight | Fate::Paid { .. } | Fate::Refundable | Fate::Refunded { .. }) => {
                settlement.vault.write(Scope("pay"), |tx| regain(tx, payment))?;
                execute(settlement, rail, payment, on_progress).await?;
            }
            Ok(Fate::NotExecuted | Fate::Unknown { .. }) => {
                return unknown(settlement, payment, OLDER_EPOCH, on_progress);
            }
            Err(RailError::Vault(error)) => return Err(error.into()),
            Err(_) => return unknown(settlement, payment, OLDER_EPOCH, on_progress),
        }
    }
    if payment.step == Step::Locked {
        // A token is redeemed once, however often it is delivered.
        deliver(settlement, payment, on_progress).await?;
    }
    Ok(())
}

async fn execute(
    settlement: &Settlement<'_>,
    rail: &Arc<dyn Rail>,
    payment: &mut Payment,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    let line_no = payment.line_no;
    let executed = rail.execute(&payment.order).await;
    let now = settlement.clock.now();
    match executed {
        Ok(Executed::Locked { token, net, fees }) => {
            let kept = settlement
                .vault
                .write(Scope("pay"), |tx| locked(tx, payment, &token, net, fees, now));
            match kept {
                Ok(()) => tell(on_progress, &Progress::Locked { line_no, net, fees }),
                Err(PayError::Rail(error)) => unknown(settlement, payment, error.code(), on_progress),
                Err(error) => Err(error.into()),
            }
        }
        Ok(Executed::Paid { net, fees, evidence }) => {
            let kept = settlement.vault.write(Scope("pay"), |tx| {
                executed_and_paid(tx, payment, net, fees, &evidence, now)
            });
            match kept {
                Ok(()) => {
                    payment.step = Step::Done;
                    tell(on_progress, &Progress::Paid { line_no })
                }
                Err(PayError::Rail(error)) => unknown(settlement, payment, error.code(), on_progress),
                Err(error) => Err(error.into()),
            }
        }
        Err(RailError::Refused { code, .. }) => {
            settlement
                .vault
                .write(Scope("pay"), |tx| refused(tx, payment, code, now))?;
            payment.step = Step::Done;
            tell(
                on_progress,
                &Progress::Failed {
                    line_no,
                    reason: code.to_owned(),
                },
            )
        }
        Err(error @ RailError::Unreachable { .. }) => delayed(settlement, payment, error.code(), on_progress),
        Err(RailError::Vault(error)) => Err(error.into()),
        Err(error) => unknown(settlement, payment, error.code(), on_progress),
    }
}

/// Hands the token to the payee's relays. Delivering it again is harmless: it can be redeemed once.
async fn deliver(settlement: &Settlement<'_>, payment: &mut Payment, on_progress: OnProgress<'_>) -> Result<(), Halt> {
    let Method::Cashu(to) = &payment.order.method else {
        return Ok(());
    };
    let record = commitment(settlement.vault, payment.order.commitment.as_str())?;
    let keys = relation(settlement.vault, &payment.payee_id)?;
    let message = Message::Payment {
        commitment: record,
        token: payment.token.clone(),
    };
    // After the locktime the token is soon taken back: relays need not keep the letter much longer.
    let expires = payment.order.locktime.plus_millis(LETTER_MARGIN_MS);
    match settlement.courier.deliver(to, &keys.nostr, &message, expires).await {
        Ok(()) => {
            let now = settlement.clock.now();
            settlement.vault.write(Scope("pay"), |tx| {
                tx.prepare_cached("UPDATE pay_outbox SET deliveries = deliveries + 1 WHERE idempotency_key = ?1")?
                    .execute([payment.order.key.as_str()])?;
                note_sent(tx, payment.order.commitment.as_str(), now)?;
                step(tx, &payment.order.key, Step::Locked, Step::Delivered, now)
            })?;
            payment.step = Step::Delivered;
            tell(
                on_progress,
                &Progress::Delivered {
                    line_no: payment.line_no,
                },
            )
        }
        Err(error) => delayed(settlement, payment, error.code(), on_progress),
    }
}

fn unknown(
    settlement: &Settlement<'_>,
    payment: &mut Payment,
    reason: &str,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    let now = settlement.clock.now();
    settlement.vault.write(Scope("pay"), |tx| {
        keep_error(tx, &payment.order.key, reason, now)?;
        lost_sight(tx, payment, reason)
    })?;
    tell(
        on_progress,
        &Progress::Unknown {
            line_no: payment.line_no,
            reason: reason.to_owned(),
        },
    )
}

pub(super) fn delayed(
    settlement: &Settlement<'_>,
    payment: &Payment,
    reason: &str,
    on_progress: &mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send),
) -> Result<(), Halt> {
    let now = settlement.clock.now();
    settlement
        .vault
        .write(Scope("pay"), |tx| keep_error(tx, &payment.order.key, reason, now))?;
    tell(
        on_progress,
        &Progress::Delayed {
            line_no: payment.line_no,
            reason: reason.to_owned(),
        },
    )
}
