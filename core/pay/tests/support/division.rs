//! Inputs of a division, built by hand or at random.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tekram_pay::rules::Weight;
use tekram_pay::statement::{Heard, Inputs, Line, LineFor, PayeeFacts, Share, Way};
use tekram_primitives::money::Money;

use super::{rules, september};

pub fn heard(source: &str, played_ms: u64, plays: u64, shares: &[(&str, u64, bool)]) -> Heard {
    Heard {
        source: source.to_owned(),
        item: String::new(),
        name: source.to_owned(),
        played_ms,
        plays,
        shares: shares
            .iter()
            .map(|(payee, split, fee)| Share {
                payee_id: (*payee).to_owned(),
                split: *split,
                fee: *fee,
            })
            .collect(),
    }
}

pub fn inputs(budget: Money, heard: Vec<Heard>) -> Inputs {
    let payees: BTreeMap<String, PayeeFacts> = heard
        .iter()
        .flat_map(|heard| &heard.shares)
        .map(|share| {
            (
                share.payee_id.clone(),
                PayeeFacts {
                    name: share.payee_id.to_uppercase(),
                    way: Way::Rail,
                },
            )
        })
        .collect();
    Inputs {
        period: september(),
        rules: rules(budget),
        rules_version: 1,
        heard,
        payees,
        carry_in: BTreeMap::new(),
        waiting_in_minor: 0,
    }
}

pub fn line<'a>(lines: &'a [Line], payee: &str) -> &'a Line {
    lines
        .iter()
        .find(|line| {
            line.for_whom
                == LineFor::Payee {
                    payee_id: payee.to_owned(),
                }
        })
        .unwrap_or_else(|| panic!("no line for {payee}"))
}

pub fn waiting(lines: &[Line]) -> &Line {
    lines.last().filter(|line| line.for_whom == LineFor::Waiting).unwrap()
}

pub fn sources() -> impl Strategy<Value = Vec<Heard>> {
    let share = (0_usize..6, 0_u64..200, prop::bool::weighted(0.1));
    let source = (
        0_usize..30,
        prop_oneof![0_u64..10_000, 0_u64..(u64::MAX / 64)],
        0_u64..1000,
        prop::collection::vec(share, 0..4),
    );
    prop::collection::vec(source, 0..20).prop_map(|sources| {
        sources
            .into_iter()
            .map(|(name, ms, plays, shares)| {
                let mut percent = 0;
                let shares: Vec<(String, u64, bool)> = shares
                    .into_iter()
                    .map(|(payee, split, fee)| {
                        let split = if fee { split.min(100 - percent) } else { split };
                        percent += if fee { split } else { 0 };
                        (format!("p{payee}"), split, fee)
                    })
                    .collect();
                let shares: Vec<(&str, u64, bool)> = shares.iter().map(|(p, s, f)| (p.as_str(), *s, *f)).collect();
                // One set of recipients for each source, as the vault has it.
                heard(&format!("s{name}-{}", shares.len()), ms, plays, &shares)
            })
            .fold(BTreeMap::new(), |mut by_name: BTreeMap<String, Heard>, heard| {
                by_name.entry(heard.source.clone()).or_insert(heard);
                by_name
            })
            .into_values()
            .collect()
    })
}

pub fn any_weight() -> impl Strategy<Value = Weight> {
    prop_oneof![Just(Weight::Seconds), Just(Weight::Plays), Just(Weight::Equal)]
}
