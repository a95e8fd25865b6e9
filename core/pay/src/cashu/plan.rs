//! How much the payee gets when a payer may spend an amount in all: which proofs go into the swap, what is locked, what
//! comes back as change, and what the mint keeps. Pure functions; the rule is that the payee's net is as large as it
//! can be and that nothing is left unexplained: `net + fees + remainder == amount`.

/// The largest fee of a keyset (thousandths of the unit for each input) that is put up with. Beyond it a payment is not
/// worth making, and the search below would be long.
pub const MAX_FEE_PPK: u64 = 100_000;

/// The most proofs one amount is split into: a keyset whose keys are too small for it is as good as none.
pub const MAX_PARTS: usize = 256;

/// How many amounts are tried for the one that leaves the payee most; the largest fee of [`MAX_PARTS`] proofs bounds it.
const MAX_TRIES: u64 = MAX_FEE_PPK / 1000 * MAX_PARTS as u64;

/// A proof that could be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coin {
    /// What it is worth, in minor units.
    pub amount_minor: u64,
    /// Its keyset's fee for using it as an input (NUT-02 `input_fee_ppk`).
    pub fee_ppk: u64,
}

/// The keyset that signs new proofs: its fee and the amounts it has keys for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denominations {
    /// Fee for using one of its proofs as an input, in thousandths of the unit.
    pub fee_ppk: u64,
    /// Amounts, in minor units, ascending and without zero.
    pub amounts_minor: Vec<u64>,
}

/// A swap that locks money to a payee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockPlan {
    /// Which coins go in, as indices into the coins offered.
    pub inputs: Vec<usize>,
    /// Amounts of the proofs that are locked, ascending.
    pub locked_minor: Vec<u64>,
    /// Amounts of the proofs that come back, ascending.
    pub change_minor: Vec<u64>,
    /// What the payee has after its own swap.
    pub net_minor: u64,
    /// What the mint keeps: of this swap and of the payee's.
    pub fee_minor: u64,
    /// What stays in the wallet of the amount that could have been spent, because spending it would only feed the mint.
    pub remainder_minor: u64,
}

/// Why there is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// The coins are worth less than the amount.
    InsufficientFunds {
        /// What the coins are worth, in minor units.
        available_minor: u64,
    },
    /// After the fees nothing is left for the payee.
    FeesExceedAmount,
    /// The mint has no keys that make up the amount.
    NotRepresentable,
}

/// The fee of a swap: the inputs' fees summed and rounded up once (NUT-02).
pub fn swap_fee_minor(input_fees_ppk: impl IntoIterator<Item = u64>) -> u64 {
    input_fees_ppk
        .into_iter()
        .fold(0u64, u64::saturating_add)
        .div_ceil(1000)
}

/// The fewest proofs that make up `amount_minor`, ascending; `None` when the denominations cannot.
pub fn split(amount_minor: u64, denominations: &Denominations) -> Option<Vec<u64>> {
    let mut rest = amount_minor;
    let mut parts = Vec::new();
    for &part in denominations.amounts_minor.iter().rev().filter(|&&part| part > 0) {
        let count = usize::try_from(rest / part)
            .ok()
            .filter(|count| parts.len().saturating_add(*count) <= MAX_PARTS)?;
        parts.extend(std::iter::repeat_n(part, count));
        rest %= part;
    }
    parts.reverse();
    (rest == 0).then_some(parts)
}

/// What the holder of proofs worth `amount_minor`, split as [`split`] does, has after swapping them.
pub fn net_of_redeeming(amount_minor: u64, denominations: &Denominations) -> Option<u64> {
    let proofs = split(amount_minor, denominations)?.len();
    amount_minor.checked_sub(swap_fee_minor(std::iter::repeat_n(denominations.fee_ppk, proofs)))
}

/// The coins to spend for `amount_minor`: as few as possible, because each costs a fee, and among the last of them the
/// smallest that still suffices.
fn choose(coins: &[Coin], amount_minor: u64) -> Result<Vec<usize>, NoPlan> {
    let mut order: Vec<(usize, Coin)> = coins.iter().copied().enumerate().collect();
    order.sort_by(|(i, a), (j, b)| {
        b.amount_minor
            .cmp(&a.amount_minor)
            .then(a.fee_ppk.cmp(&b.fee_ppk))
            .then(i.cmp(j))
    });
    let mut chosen: Vec<usize> = Vec::new();
    let mut sum = 0u64;
    for (position, (index, coin)) in order.iter().enumerate() {
        if sum.saturating_add(coin.amount_minor) >= amount_minor {
            let missing = amount_minor.saturating_sub(sum);
            let last = order
                .iter()
                .skip(position)
                .rev()
                .find(|(_, smaller)| smaller.amount_minor >= missing)
                .map_or(*index, |(smallest, _)| *smallest);
            chosen.push(last);
            return Ok(chosen);
        }
        sum = sum.saturating_add(coin.amount_minor);
        chosen.push(*index);
    }
    Err(NoPlan::InsufficientFunds { available_minor: sum })
}

/// Plans a swap that costs the wallet at most `amount_minor`, all fees included.
///
/// # Errors
/// [`NoPlan`], with nothing chosen.
pub fn plan_lock(amount_minor: u64, coins: &[Coin], denominations: &Denominations) -> Result<LockPlan, NoPlan> {
    if amount_minor == 0 || denominations.fee_ppk > MAX_FEE_PPK || coins.iter().any(|coin| coin.fee_ppk > MAX_FEE_PPK) {
        return Err(NoPlan::FeesExceedAmount);
    }
    let inputs = choose(coins, amount_minor)?;
    let spent: Vec<Coin> = inputs.iter().filter_map(|&index| coins.get(index).copied()).collect();
    let input_minor = spent
        .iter()
        .fold(0u64, |sum, coin| sum.saturating_add(coin.amount_minor));
    let swap_fee_minor = swap_fee_minor(spent.iter().map(|coin| coin.fee_ppk));
    let most_minor = amount_minor
        .checked_sub(swap_fee_minor)
        .ok_or(NoPlan::FeesExceedAmount)?;
    let (gross_minor, net_minor) = best_lock(most_minor, denominations)?;
    let change = input_minor
        .checked_sub(gross_minor)
        .and_then(|rest| rest.checked_sub(swap_fee_minor))
        .ok_or(NoPlan::FeesExceedAmount)?;
    let fee_minor = swap_fee_minor.saturating_add(gross_minor.saturating_sub(net_minor));
    Ok(LockPlan {
        inputs,
        locked_minor: split(gross_minor, denominations).ok_or(NoPlan::NotRepresentable)?,
        change_minor: split(change, denominations).ok_or(NoPlan::NotRepresentable)?,
        net_minor,
        fee_minor,
        remainder_minor: amount_minor.saturating_sub(net_minor).saturating_sub(fee_minor),
    })
}

/// The amount to lock, at most `most_minor`, whose redemption leaves the most; of equals the smallest. Tries decreasing
/// amounts until none of the rest could leave more.
fn best_lock(most_minor: u64, denominations: &Denominations) -> Result<(u64, u64), NoPlan> {
    let mut best: Option<(u64, u64)> = None;
    let mut gross_minor = most_minor;
    let floor_minor = most_minor.saturating_sub(MAX_TRIES);
    while gross_minor > floor_minor && best.is_none_or(|(_, net)| gross_minor >= net) {
        if let Some(net) = net_of_redeeming(gross_minor, denominations).filter(|net| *net > 0)
            && best.is_none_or(|(_, best_net)| net >= best_net)
        {
            best = Some((gross_minor, net));
        }
        gross_minor -= 1;
    }
    best.ok_or(NoPlan::FeesExceedAmount)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;
    use proptest::prelude::*;

    fn powers(fee_ppk: u64) -> Denominations {
        Denominations {
            fee_ppk,
            amounts_minor: (0..40).map(|power| 1u64 << power).collect(),
        }
    }

    fn wallet(total: u64, fee_ppk: u64) -> Vec<Coin> {
        split(total, &powers(fee_ppk))
            .unwrap()
            .into_iter()
            .map(|amount_minor| Coin { amount_minor, fee_ppk })
            .collect()
    }

    #[test]
    fn a_fee_is_rounded_up_once_for_the_whole_swap() {
        assert_eq!(swap_fee_minor([100, 100, 100]), 1);
        assert_eq!(swap_fee_minor(vec![100; 10]), 1);
        assert_eq!(swap_fee_minor(vec![100; 11]), 2);
        assert_eq!(swap_fee_minor([]), 0);
    }

    #[test]
    fn ten_euros_reach_the_payee_less_one_cent_for_each_swap() {
        let plan = plan_lock(1000, &wallet(1000, 100), &powers(100)).unwrap();
        assert_eq!((plan.net_minor, plan.fee_minor, plan.remainder_minor), (998, 2, 0));
        assert!(plan.change_minor.is_empty());
    }

    #[test]
    fn an_amount_that_only_pays_fees_has_no_plan() {
        for amount in 0..=2 {
            assert_eq!(
                plan_lock(amount, &wallet(1000, 100), &powers(100)),
                Err(NoPlan::FeesExceedAmount)
            );
        }
        assert_eq!(plan_lock(3, &wallet(1000, 100), &powers(100)).unwrap().net_minor, 1);
    }

    #[test]
    fn a_cent_that_would_only_be_a_fee_stays_with_the_payer() {
        // Locking 2047 takes 11 proofs and 2 cents to redeem; 2046 leaves the payee as much for one cent less.
        let plan = plan_lock(2048, &wallet(2048, 100), &powers(100)).unwrap();
        assert_eq!((plan.net_minor, plan.fee_minor, plan.remainder_minor), (2045, 2, 1));
        assert_eq!(plan.change_minor, [1]);
    }

    #[test]
    fn too_little_money_says_how_much_there_is() {
        assert_eq!(
            plan_lock(1001, &wallet(1000, 100), &powers(100)),
            Err(NoPlan::InsufficientFunds { available_minor: 1000 })
        );
    }

    #[test]
    fn an_absurd_fee_is_refused_before_anything_is_searched() {
        assert_eq!(
            plan_lock(u64::MAX / 2, &wallet(1000, 0), &powers(u64::MAX)),
            Err(NoPlan::FeesExceedAmount)
        );
    }

    #[test]
    fn a_mint_with_only_tiny_keys_is_as_good_as_none() {
        let tiny = Denominations {
            fee_ppk: 100,
            amounts_minor: vec![1],
        };
        assert_eq!(split(1_000_000_000, &tiny), None);
        let coins = [Coin {
            amount_minor: 1 << 40,
            fee_ppk: 100,
        }];
        assert_eq!(plan_lock(1_000_000_000, &coins, &tiny), Err(NoPlan::FeesExceedAmount));
    }

    #[test]
    fn a_keyset_without_small_keys_cannot_make_small_change() {
        let coarse = Denominations {
            fee_ppk: 0,
            amounts_minor: vec![100],
        };
        let coins = [Coin {
            amount_minor: 250,
            fee_ppk: 0,
        }];
        assert_eq!(plan_lock(200, &coins, &coarse), Err(NoPlan::NotRepresentable));
    }

    proptest! {
        #[test]
        fn every_cent_is_accounted_for(
            amount in 1u64..200_000,
            balance in 1u64..400_000,
            crumbs in prop::collection::vec(0u32..12, 0..20),
            fee_ppk in prop::sample::select(vec![0u64, 1, 100, 300, 1000, 2500]),
        ) {
            let mut coins = wallet(balance, fee_ppk);
            coins.extend(crumbs.iter().map(|power| Coin { amount_minor: 1 << power, fee_ppk }));
            let available: u64 = coins.iter().map(|coin| coin.amount_minor).sum();
            match plan_lock(amount, &coins, &powers(fee_ppk)) {
                Ok(plan) => {
                    prop_assert_eq!(plan.net_minor + plan.fee_minor + plan.remainder_minor, amount);
                    prop_assert!(plan.net_minor > 0);
                    let mut inputs = plan.inputs.clone();
                    inputs.sort_unstable();
                    inputs.dedup();
                    prop_assert_eq!(inputs.len(), plan.inputs.len());
                    let spent: u64 = plan.inputs.iter().map(|&index| coins[index].amount_minor).sum();
                    let fee = swap_fee_minor(plan.inputs.iter().map(|&index| coins[index].fee_ppk));
                    let locked: u64 = plan.locked_minor.iter().sum();
                    let change: u64 = plan.change_minor.iter().sum();
                    prop_assert_eq!(spent, fee + locked + change);
                    let redeem_fee = swap_fee_minor(vec![fee_ppk; plan.locked_minor.len()]);
                    prop_assert_eq!(locked, plan.net_minor + redeem_fee);
                    prop_assert_eq!(plan.fee_minor, fee + redeem_fee);
                    // What the payer has afterwards: everything but the amount, plus the remainder.
                    prop_assert_eq!(available - spent + change, available - amount + plan.remainder_minor);
                }
                Err(NoPlan::InsufficientFunds { available_minor }) => {
                    prop_assert_eq!(available_minor, available);
                    prop_assert!(available < amount);
                }
                Err(NoPlan::FeesExceedAmount) => prop_assert!(amount <= 1 + 2 * swap_fee_minor(vec![fee_ppk; coins.len()])),
                Err(NoPlan::NotRepresentable) => prop_assert!(false, "powers of two make up every amount"),
            }
        }

        #[test]
        fn no_smaller_lock_would_leave_the_payee_more(gross in 1u64..5_000, fee_ppk in prop::sample::select(vec![100u64, 700, 1000, 3000])) {
            let denominations = powers(fee_ppk);
            if let Ok((_, net)) = best_lock(gross, &denominations) {
                let best = (1..=gross).filter_map(|lower| net_of_redeeming(lower, &denominations)).max().unwrap();
                prop_assert_eq!(net, best);
            }
        }
    }
}
