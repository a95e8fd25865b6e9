//! The division itself: a pure function from inputs to lines that add up to the last unit.
//!
//! The budget goes over the sources by weight, each source's part over its recipients (fees off the top, then splits),
//! and a payee's parts are put together into one line. Time without a payable recipient is one line, "waiting".

use std::collections::BTreeMap;

use super::inputs::{Heard, Inputs, Share, Way};
use super::{Contribution, Line, LineFor, Outcome, Reason};
use crate::allocate::{AllocateError, allocate};
use crate::error::PayError;
use crate::rules::{Exclusion, FACTOR_ONE, Rules, Weight};

/// What [`divide`] returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// Payees by amount (then by id), the waiting line last, if there is one.
    pub lines: Vec<Line>,
    /// Budget plus everything carried in; the lines' amounts add up to it.
    pub total_minor: i64,
}

/// A source after the rules were applied to it.
struct Weighed<'a> {
    heard: &'a Heard,
    weight: u64,
    factor: u32,
    /// Recipients that may be paid; empty when it waits.
    shares: Vec<&'a Share>,
}

/// Divides the budget. The same inputs in any order give the same lines.
///
/// # Errors
/// Those of [`Rules::check`]; `listening_overflow`, `amount_overflow`, `fees_over_100`.
pub fn divide(inputs: &Inputs) -> Result<Division, PayError> {
    inputs.rules.check()?;
    let budget_minor = inputs.rules.budget.amount_minor;
    let merged = merge(&inputs.heard)?;
    let weighed = weigh(&merged, &inputs.rules)?;

    let mut weights = Vec::with_capacity(weighed.len() + 1);
    let mut waiting = Waiting {
        heard_anything: merged.iter().any(|heard| heard.played_ms > 0 || heard.plays > 0),
        ..Waiting::default()
    };
    for source in &weighed {
        if source.shares.is_empty() {
            waiting.add(source)?;
        } else {
            weights.push(source.weight);
        }
    }
    weights.push(waiting.weight);
    let weight_total = weights
        .iter()
        .try_fold(0_u64, |sum, weight| sum.checked_add(*weight))
        .ok_or(PayError::ListeningOverflow)?;

    let mut by_payee: BTreeMap<&str, Vec<Contribution>> = BTreeMap::new();
    let mut waiting_minor = budget_minor;
    if weight_total > 0 {
        let parts = allocate(budget_minor, &weights).map_err(overflow)?;
        let payable = weighed.iter().filter(|source| !source.shares.is_empty());
        for (source, part) in payable.zip(&parts) {
            waiting_minor -= part;
            split(source, *part, &mut by_payee)?;
        }
    }

    let mut lines = Vec::with_capacity(by_payee.len() + 1);
    for payee_id in inputs.carry_in.keys() {
        by_payee.entry(payee_id).or_default();
    }
    for (payee_id, because) in by_payee {
        if let Some(line) = payee_line(payee_id, because, inputs, weight_total)? {
            lines.push(line);
        }
    }
    lines.sort_by(|a, b| {
        b.amount_minor
            .cmp(&a.amount_minor)
            .then_with(|| a.for_whom.cmp(&b.for_whom))
    });
    if waiting_minor != 0 || inputs.waiting_in_minor != 0 || waiting.sources > 0 {
        lines.push(waiting.line(waiting_minor, inputs.waiting_in_minor, weight_total)?);
    }
    let total_minor = lines
        .iter()
        .try_fold(0_i64, |sum, line| sum.checked_add(line.amount_minor))
        .ok_or(PayError::AmountOverflow)?;
    Ok(Division { lines, total_minor })
}

fn overflow(error: AllocateError) -> PayError {
    match error {
        AllocateError::WeightOverflow | AllocateError::NoWeight => PayError::ListeningOverflow,
        AllocateError::Negative => PayError::NegativeBudget,
    }
}

/// Puts totals of the same source and item together and sorts them by key: the order in which ties are broken.
fn merge(heard: &[Heard]) -> Result<Vec<Heard>, PayError> {
    let mut sorted: Vec<&Heard> = heard.iter().collect();
    sorted.sort_unstable();
    let mut merged: Vec<Heard> = Vec::with_capacity(sorted.len());
    for next in sorted {
        match merged.last_mut() {
            Some(last) if last.source == next.source && last.item == next.item => {
                last.played_ms = last
                    .played_ms
                    .checked_add(next.played_ms)
                    .ok_or(PayError::ListeningOverflow)?;
                last.plays = last.plays.checked_add(next.plays).ok_or(PayError::ListeningOverflow)?;
            }
            _ => merged.push(next.clone()),
        }
    }
    Ok(merged)
}

/// Weighs each source; what the person excluded weighs nothing and is left out.
///
/// Factors are thousandths, so with one of them all weights are counted in thousandths: nothing is rounded here.
fn weigh<'a>(merged: &'a [Heard], rules: &Rules) -> Result<Vec<Weighed<'a>>, PayError> {
    let has_factors = rules.factors.values().any(|factor| *factor != FACTOR_ONE);
    let excluded_source = |source: &str| rules.exclude.contains(&Exclusion::Source(source.to_owned()));
    let excluded_payee = |payee: &str| rules.exclude.contains(&Exclusion::Payee(payee.to_owned()));
    let has_exclusions = !rules.exclude.is_empty();
    let mut weighed = Vec::with_capacity(merged.len());
    for heard in merged {
        if has_exclusions && excluded_source(&heard.source) {
            continue;
        }
        let weight = match rules.weight {
            Weight::Seconds => heard.played_ms,
            Weight::Plays => heard.plays,
            Weight::Equal => u64::from(heard.played_ms > 0 || heard.plays > 0),
        };
        let factor = rules.factor(&heard.source);
        let weight = if has_factors {
            weight
                .checked_mul(u64::from(factor))
                .ok_or(PayError::ListeningOverflow)?
        } else {
            weight
        };
        if weight == 0 {
            continue;
        }
        let mut shares: Vec<&Share> = heard.shares.iter().filter(|share| share.split > 0).collect();
        let had_recipients = shares.iter().any(|share| !share.fee);
        if has_exclusions {
            shares.retain(|share| !excluded_payee(&share.payee_id));
            if had_recipients && !shares.iter().any(|share| !share.fee) {
                continue;
            }
        }
        // Fees alone are nobody to pay.
        if !shares.iter().any(|share| !share.fee) {
            shares.clear();
        }
        shares.sort_unstable();
        weighed.push(Weighed {
            heard,
            weight,
            factor,
            shares,
        });
    }
    Ok(weighed)
}

/// Divides one source's part over its recipients: percentages off the top first, the rest by splits.
fn split<'a>(
    source: &Weighed<'a>,
    part_minor: i64,
    by_payee: &mut BTreeMap<&'a str, Vec<Contribution>>,
) -> Result<(), PayError> {
    let mut give = |share: &'a Share, split_total: u64, amount_minor: i64| {
        by_payee.entry(&share.payee_id).or_default().push(Contribution {
            source: source.heard.source.clone(),
            item: source.heard.item.clone(),
            name: source.heard.name.clone(),
            played_ms: source.heard.played_ms,
            plays: source.heard.plays,
            weight: source.weight,
            factor: source.factor,
            source_minor: part_minor,
            split: share.split,
            split_total,
            fee: share.fee,
            amount_minor,
        });
    };
    let (fees, recipients): (Vec<&Share>, Vec<&Share>) = source.shares.iter().copied().partition(|share| share.fee);
    let percent = fees
        .iter()
        .try_fold(0_u64, |sum, share| sum.checked_add(share.split))
        .ok_or(PayError::FeesOver100)?;
    if percent > 100 {
        return Err(PayError::FeesOver100);
    }
    let mut left_minor = part_minor;
    for share in fees {
        let amount = i128::from(part_minor) * i128::from(share.split) / 100;
        // Not more than the part, because the percentages are at most 100 together.
        let amount = i64::try_from(amount).map_err(|_| PayError::AmountOverflow)?;
        left_minor -= amount;
        give(share, 100, amount);
    }
    let weights: Vec<u64> = recipients.iter().map(|share| share.split).collect();
    let parts = allocate(left_minor, &weights).map_err(overflow)?;
    let split_total = weights.iter().sum();
    for (share, amount) in recipients.into_iter().zip(parts) {
        give(share, split_total, amount);
    }
    Ok(())
}

fn payee_line(
    payee_id: &str,
    because: Vec<Contribution>,
    inputs: &Inputs,
    weight_total: u64,
) -> Result<Option<Line>, PayError> {
    let carry_in_minor = inputs.carry_in.get(payee_id).copied().unwrap_or(0);
    if because.is_empty() && carry_in_minor == 0 {
        return Ok(None);
    }
    let share_minor: i64 = because.iter().map(|part| part.amount_minor).sum();
    let amount_minor = share_minor
        .checked_add(carry_in_minor)
        .ok_or(PayError::AmountOverflow)?;
    let facts = inputs.payees.get(payee_id);
    let excluded = inputs.rules.exclude.contains(&Exclusion::Payee(payee_id.to_owned()));
    let (outcome, reason) = match facts.map_or(Way::NoMethod, |facts| facts.way) {
        _ if amount_minor <= 0 || amount_minor < inputs.rules.minimum_minor => (Outcome::Carry, Some(Reason::TooSmall)),
        _ if excluded => (Outcome::Carry, Some(Reason::Excluded)),
        Way::Rail => (Outcome::Pay, None),
        Way::HandOff => (Outcome::HandOff, None),
        Way::NoRail => (Outcome::Carry, Some(Reason::NoAutomatedRail)),
        Way::RailOff => (Outcome::Carry, Some(Reason::RailOff)),
        Way::NoMethod => (Outcome::Carry, Some(Reason::NoMethod)),
    };
    let due_minor = if outcome == Outcome::Carry { 0 } else { amount_minor };
    let count = |of: fn(&Contribution) -> u64| because.iter().fold(0_u64, |sum, part| sum.saturating_add(of(part)));
    Ok(Some(Line {
        for_whom: LineFor::Payee {
            payee_id: payee_id.to_owned(),
        },
        name: facts.map(|facts| facts.name.clone()).unwrap_or_default(),
        share_minor,
        carry_in_minor,
        amount_minor,
        due_minor,
        carry_out_minor: amount_minor - due_minor,
        outcome,
        reason,
        played_ms: count(|part| part.played_ms),
        plays: count(|part| part.plays),
        weight: count(|part| part.weight),
        weight_total,
        sources: u64::try_from(because.len()).unwrap_or(u64::MAX),
        because,
    }))
}

/// Everything heard for which nobody can be paid.
#[derive(Default)]
struct Waiting {
    weight: u64,
    played_ms: u64,
    plays: u64,
    sources: u64,
    /// Whether there was anything to divide over before the rules left things out.
    heard_anything: bool,
}

impl Waiting {
    fn add(&mut self, source: &Weighed<'_>) -> Result<(), PayError> {
        self.weight = self
            .weight
            .checked_add(source.weight)
            .ok_or(PayError::ListeningOverflow)?;
        self.played_ms = self.played_ms.saturating_add(source.heard.played_ms);
        self.plays = self.plays.saturating_add(source.heard.plays);
        self.sources += 1;
        Ok(())
    }

    fn line(&self, share_minor: i64, carry_in_minor: i64, weight_total: u64) -> Result<Line, PayError> {
        let amount_minor = share_minor
            .checked_add(carry_in_minor)
            .ok_or(PayError::AmountOverflow)?;
        Ok(Line {
            for_whom: LineFor::Waiting,
            name: String::new(),
            share_minor,
            carry_in_minor,
            amount_minor,
            due_minor: 0,
            carry_out_minor: amount_minor,
            outcome: Outcome::Carry,
            reason: Some(match weight_total {
                0 if self.heard_anything => Reason::Excluded,
                0 => Reason::NothingHeard,
                _ => Reason::NoPayee,
            }),
            played_ms: self.played_ms,
            plays: self.plays,
            weight: self.weight,
            weight_total,
            sources: self.sources,
            because: Vec::new(),
        })
    }
}
