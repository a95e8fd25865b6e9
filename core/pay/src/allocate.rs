//! Dividing an amount exactly: the largest-remainder method (Hamilton's) in integers.
//!
//! Everything that is divided in this room goes through [`allocate`]: a budget over what was heard, a show's share
//! over its recipients. The parts always add up to the amount, the order of equal remainders is fixed by position,
//! and more weight (all else equal) never gets less.

/// Why an amount could not be divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AllocateError {
    /// All weights are zero: nobody to give the amount to.
    #[error("all weights are zero")]
    NoWeight,
    /// The weights add up to more than 2^64 − 1.
    #[error("the weights add up to more than 2^64")]
    WeightOverflow,
    /// The amount is negative.
    #[error("the amount is negative")]
    Negative,
}

/// Divides `amount_minor` in proportion to `weights` and returns one part for each, in the same order.
///
/// Each part is the quota rounded down; the units left over go, one each, to the largest remainders, and between equal
/// remainders to the one that stands first: callers sort by a stable key beforehand. Linear in the number of weights.
///
/// ```
/// # use tekram_pay::allocate::allocate;
/// assert_eq!(allocate(1000, &[1, 1, 1]).unwrap(), [334, 333, 333]);
/// ```
///
/// # Errors
/// [`AllocateError`] when there is no weight, the weights overflow or the amount is negative.
pub fn allocate(amount_minor: i64, weights: &[u64]) -> Result<Vec<i64>, AllocateError> {
    let amount = u128::try_from(amount_minor).map_err(|_| AllocateError::Negative)?;
    let total = weights
        .iter()
        .try_fold(0_u64, |sum, weight| sum.checked_add(*weight))
        .ok_or(AllocateError::WeightOverflow)?;
    if total == 0 {
        return Err(AllocateError::NoWeight);
    }
    let total = u128::from(total);
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    let mut given: i64 = 0;
    for (position, weight) in weights.iter().enumerate() {
        // Below 2^63 × 2^64 = 2^127: cannot overflow.
        let product = amount * u128::from(*weight);
        // At most `amount_minor`, so it fits again.
        let part = i64::try_from(product / total).unwrap_or(i64::MAX);
        given += part;
        parts.push(part);
        let remainder = product % total;
        if remainder > 0 {
            remainders.push((remainder, position));
        }
    }
    let left = usize::try_from(amount_minor - given).unwrap_or(0);
    if left > 0 {
        let by_remainder = |a: &(u128, usize), b: &(u128, usize)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
        if left < remainders.len() {
            remainders.select_nth_unstable_by(left - 1, by_remainder);
        }
        for (_, position) in remainders.iter().take(left) {
            if let Some(part) = parts.get_mut(*position) {
                *part += 1;
            }
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_remainders_go_to_those_who_stand_first() {
        assert_eq!(allocate(5, &[1, 1, 1]).unwrap(), [2, 2, 1]);
    }

    #[test]
    fn a_single_weight_gets_everything() {
        assert_eq!(allocate(i64::MAX, &[u64::MAX]).unwrap(), [i64::MAX]);
    }

    #[test]
    fn nothing_to_weigh_is_an_error_and_not_a_loss() {
        assert_eq!(allocate(10, &[0, 0]), Err(AllocateError::NoWeight));
        assert_eq!(allocate(10, &[]), Err(AllocateError::NoWeight));
        assert_eq!(allocate(-1, &[1]), Err(AllocateError::Negative));
        assert_eq!(allocate(1, &[u64::MAX, 1]), Err(AllocateError::WeightOverflow));
    }

    fn weights() -> impl Strategy<Value = Vec<u64>> {
        prop_oneof![
            prop::collection::vec(0_u64..1_000, 1..40),
            prop::collection::vec(0_u64..(u64::MAX / 64), 1..40),
        ]
    }

    proptest! {
        #[test]
        fn parts_add_up_and_stay_within_one_unit_of_their_quota(amount in 0_i64.., weights in weights()) {
            let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
            prop_assume!(total > 0);
            let parts = allocate(amount, &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            for (part, weight) in parts.iter().zip(&weights) {
                let floor = i64::try_from(u128::try_from(amount).unwrap() * u128::from(*weight) / total).unwrap();
                prop_assert!(*part == floor || *part == floor + 1);
                prop_assert!(*weight > 0 || *part == 0);
            }
        }

        #[test]
        fn more_weight_never_gets_less(amount in 0_i64..1_000_000, weights in weights(), at in 0_usize..40, more in 1_u64..1_000_000) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let at = at % weights.len();
            let before = allocate(amount, &weights).unwrap();
            let mut heavier = weights;
            heavier[at] += more;
            let after = allocate(amount, &heavier).unwrap();
            prop_assert!(after[at] >= before[at]);
        }

        #[test]
        fn heavier_is_never_paid_less_than_lighter(amount in 0_i64..1_000_000, weights in weights()) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let parts = allocate(amount, &weights).unwrap();
            for i in 0..weights.len() {
                for j in 0..weights.len() {
                    if weights[i] > weights[j] {
                        prop_assert!(parts[i] >= parts[j]);
                    }
                }
            }
        }
    }
}
