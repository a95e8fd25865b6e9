//! Planning: for each committed line a rail, an asset and an order, and one top-up for each rail's whole plan.
//!
//! A rail that pays in the budget's own currency is preferred to one that needs a conversion. What would lose too much
//! to fees, or what no rail can ever pay, is carried with the reason; what only the rails at hand cannot pay now stays
//! committed, and a later settlement with the right mint pays it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Transaction;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::record::RecordId;
use tekram_vault::Scope;

use super::outbox::{NewPayment, Plan, epoch_of, payment_of, write_plan};
use super::run::RAIL_OFF;
use super::{Halt, OnProgress, Progress, Settlement, tell};
use crate::error::PayError;
use crate::ledger::post;
use crate::method::Method;
use crate::payee::methods;
use crate::rail::{FundingOrder, IdempotencyKey, PaymentOrder, Rail, RailError};
use crate::rates::Rate;
use crate::state::{LineEvent, LineState};
use crate::statement::{LineAmounts, Outcome, Statement, StatementLine, move_line};

/// A line that has to be planned.
struct Open {
    line_no: i64,
    payee_id: String,
    commitment: RecordId,
    committed: Money,
    methods: Vec<Method>,
}

/// Why a line has no rail now.
struct NoRail {
    reason: String,
    /// A final no: the amount is carried.
    is_final: bool,
}

impl NoRail {
    fn carried(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
            is_final: true,
        }
    }

    fn later(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
            is_final: false,
        }
    }

    fn from_rail(error: &RailError) -> Self {
        Self {
            reason: error.code().to_owned(),
            is_final: matches!(error, RailError::Refused { .. }),
        }
    }
}

/// Plans every committed line that has no payment yet.
pub(super) async fn plan(
    settlement: &Settlement<'_>,
    statement: &Statement,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    let mut by_rail: BTreeMap<(usize, Asset), Vec<NewPayment>> = BTreeMap::new();
    let mut committed_by_line = BTreeMap::new();
    for line in &statement.lines {
        let Some(open) = open(settlement, statement, line)? else {
            continue;
        };
        if epoch(settlement, &open)? {
            no_rail(
                settlement,
                statement,
                &open,
                &NoRail::later("restored_vault"),
                on_progress,
            )?;
            continue;
        }
        match choose(settlement, &open).await {
            Ok((rail, payment)) => {
                committed_by_line.insert(open.line_no, open);
                by_rail
                    .entry((rail, payment.order.amount.asset))
                    .or_default()
                    .push(payment);
            }
            Err(no) => no_rail(settlement, statement, &open, &no, on_progress)?,
        }
    }
    for ((rail, asset), payments) in by_rail {
        let Some(rail) = settlement.rails.get(rail) else {
            continue;
        };
        let payments = affordable(settlement, statement, rail, payments, &committed_by_line, on_progress).await?;
        if !payments.is_empty() {
            write(settlement, statement, rail, asset, &payments, on_progress)?;
        }
    }
    Ok(())
}

/// The line as something to plan, or `None` when it is planned already or is not for a rail.
fn open(settlement: &Settlement<'_>, statement: &Statement, line: &StatementLine) -> Result<Option<Open>, PayError> {
    let (Some(payee_id), Some(commitment)) = (line.payee_id(), line.commitment.as_deref()) else {
        return Ok(None);
    };
    if line.state != LineState::Committed || line.line.outcome != Outcome::Pay {
        return Ok(None);
    }
    settlement.vault.read(|db| {
        if payment_of(db, commitment)?.is_some() {
            return Ok(None);
        }
        Ok(Some(Open {
            line_no: line.line_no,
            payee_id: payee_id.to_owned(),
            commitment: commitment.parse()?,
            committed: Money::new(line.line.due_minor, statement.budget.asset),
            methods: methods(db, payee_id, "used")?,
        }))
    })
}

/// Whether the commitment comes from before a restore: it may have been met since the backup was made.
fn epoch(settlement: &Settlement<'_>, open: &Open) -> Result<bool, PayError> {
    let made = settlement.vault.read(|db| epoch_of(db, open.commitment.as_str()))?;
    Ok(made != i64::try_from(settlement.vault.epoch()).ok())
}

/// The first rail that can pay the line in its own currency, else the first that can after a conversion.
async fn choose(settlement: &Settlement<'_>, open: &Open) -> Result<(usize, NewPayment), NoRail> {
    let mut conversions: Vec<(usize, Asset, &Method)> = Vec::new();
    let mut unreachable = None;
    let off = |method: &&Method| {
        method
            .rail_kind()
            .is_some_and(|kind| settlement.options.rails_off.contains(&kind))
    };
    for method in open.methods.iter().filter(|method| !off(method)) {
        for (position, rail) in settlement.rails.iter().enumerate() {
            match rail.assets_for(method).await {
                Ok(assets) if assets.contains(&open.committed.asset) => {
                    return Ok((position, new_payment(settlement, open, method, open.committed, None)));
                }
                Ok(assets) => conversions.extend(assets.into_iter().map(|asset| (position, asset, method))),
                // About the mint, not about the payment: another rail or another day may do.
                Err(error) => unreachable = Some(NoRail::later(error.code())),
            }
        }
    }
    let mut no_rate = None;
    for (position, asset, method) in conversions {
        let Some(rates) = settlement.rates else {
            no_rate = Some(NoRail::later("no_rate"));
            break;
        };
        match rates
            .rate(open.committed.asset, asset)
            .await
            .and_then(|rate| Ok((rate.convert(open.committed)?, rate)))
        {
            Ok((amount, rate)) if amount.amount_minor > 0 => {
                return Ok((position, new_payment(settlement, open, method, amount, Some(rate))));
            }
            Ok(_) => no_rate = Some(NoRail::carried("too_small")),
            Err(error) if error.code() == "no_rate" => no_rate = no_rate.or(Some(NoRail::later("no_rate"))),
            Err(error) => no_rate = Some(NoRail::later(error.code())),
        }
    }
    let switched_off = open.methods.iter().any(|method| off(&method));
    // A payee that takes ecash can be paid at a mint that is not at hand today: the promise stays.
    let takes_ecash = open.methods.iter().any(|method| matches!(method, Method::Cashu(_)));
    Err(unreachable.or(no_rate).unwrap_or_else(|| {
        if switched_off {
            NoRail::later(RAIL_OFF)
        } else if takes_ecash {
            NoRail::later("no_common_rail")
        } else {
            NoRail::carried("no_common_rail")
        }
    }))
}

fn new_payment(
    settlement: &Settlement<'_>,
    open: &Open,
    method: &Method,
    amount: Money,
    rate: Option<Rate>,
) -> NewPayment {
    let most = i128::from(amount.amount_minor) * i128::from(settlement.options.max_fee_permille) / 1000;
    let order = PaymentOrder {
        key: IdempotencyKey::for_commitment(&open.commitment),
        commitment: open.commitment.clone(),
        amount,
        method: method.clone(),
        // Set again when the payment begins.
        locktime: settlement.clock.now().plus_millis(settlement.options.locktime_ms),
        max_fee_minor: Some(i64::try_from(most).unwrap_or(i64::MAX)),
    };
    NewPayment {
        line_no: open.line_no,
        order,
        rate,
    }
}

/// Keeps the payments whose fees are acceptable.
async fn affordable(
    settlement: &Settlement<'_>,
    statement: &Statement,
    rail: &Arc<dyn Rail>,
    payments: Vec<NewPayment>,
    opens: &BTreeMap<i64, Open>,
    on_progress: OnProgress<'_>,
) -> Result<Vec<NewPayment>, Halt> {
    let orders: Vec<PaymentOrder> = payments.iter().map(|payment| payment.order.clone()).collect();
    let costs = match rail.prepare(&orders).await {
        Ok(costs) => costs,
        Err(error) => {
            let no = NoRail {
                is_final: false,
                ..NoRail::from_rail(&error)
            };
            for payment in &payments {
                if let Some(open) = opens.get(&payment.line_no) {
                    no_rail(settlement, statement, open, &no, on_progress)?;
                }
            }
            return Ok(Vec::new());
        }
    };
    let mut kept = Vec::with_capacity(payments.len());
    let missing = || NoRail::later("rail_misbehaved");
    let mut costs = costs.into_iter();
    for payment in payments {
        let verdict = match costs.next() {
            Some(Ok(cost)) => {
                let within = payment
                    .order
                    .max_fee_minor
                    .is_none_or(|most| cost.fees.amount_minor <= most);
                if cost.net.amount_minor > 0 && within {
                    Ok(())
                } else {
                    Err(NoRail::carried("fees_too_high"))
                }
            }
            Some(Err(error)) => Err(NoRail::from_rail(&error)),
            None => Err(missing()),
        };
        match (verdict, opens.get(&payment.line_no)) {
            (Ok(()), _) => kept.push(payment),
            (Err(no), Some(open)) => no_rail(settlement, statement, open, &no, on_progress)?,
            (Err(_), None) => {}
        }
    }
    Ok(kept)
}

fn write(
    settlement: &Settlement<'_>,
    statement: &Statement,
    rail: &Arc<dyn Rail>,
    asset: Asset,
    payments: &[NewPayment],
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    let amount = Money::sum(asset, payments.iter().map(|payment| payment.order.amount))?;
    let commitments: Vec<RecordId> = payments
        .iter()
        .map(|payment| payment.order.commitment.clone())
        .collect();
    let plan = Plan {
        rail: rail.id(),
        order: FundingOrder {
            key: IdempotencyKey::for_plan(&commitments),
            amount,
        },
        is_funded: false,
    };
    let now = settlement.clock.now();
    settlement
        .vault
        .write(Scope("pay"), |tx| write_plan(tx, &statement.id, &plan, payments, now))?;
    tell(
        on_progress,
        &Progress::Planned {
            rail: plan.rail.0,
            lines: payments.len(),
            amount,
        },
    )
}

/// Carries a line for good, or leaves it committed for another day; says so either way.
fn no_rail(
    settlement: &Settlement<'_>,
    statement: &Statement,
    open: &Open,
    no: &NoRail,
    on_progress: OnProgress<'_>,
) -> Result<(), Halt> {
    if no.is_final {
        let now = settlement.clock.now();
        settlement.vault.write(Scope("pay"), |tx: &Transaction<'_>| {
            move_line(
                tx,
                &statement.id,
                open.line_no,
                LineEvent::Carry,
                LineAmounts::default(),
                &no.reason,
            )?;
            let (budget, payee_id) = (&statement.budget_name, &open.payee_id);
            let entries = [
                (format!("committed:{budget}:{payee_id}"), open.committed.checked_neg()?),
                (format!("carried:{budget}:{payee_id}"), open.committed),
            ];
            let reference = format!("release:{}", open.commitment);
            post(tx, "release", &reference, &statement.id, now, &entries)?;
            Ok::<_, PayError>(())
        })?;
    }
    let progress = Progress::NotPlanned {
        line_no: open.line_no,
        reason: no.reason.clone(),
        carried: no.is_final,
    };
    tell(on_progress, &progress)
}
