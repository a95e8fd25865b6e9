//! Ranking offers by the person's own weights. A pure function: whole numbers, no order that depends on arrival, and each
//! offer's points say where they come from.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tekram_primitives::did::DidKey;
use tekram_primitives::money::Asset;
use tekram_primitives::record::RecordId;

use crate::cell::Cell;
use crate::offer::KeptOffer;

/// At this distance in metres an offer gets half the points for being near.
pub const HALF_DISTANCE_M: u64 = 2_000;

/// How much each thing counts; only their proportions matter. All zero counts the price alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// The price, compared with the cheapest in the same currency.
    pub price: u32,
    /// The way from the published cell to the seller's.
    pub distance: u32,
    /// Whether there is enough on hand.
    pub stock: u32,
    /// Whether the person knows the seller.
    pub known: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            price: 60,
            distance: 20,
            stock: 10,
            known: 10,
        }
    }
}

/// What the points of one thing come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// The lowest price in its currency.
    Cheapest,
    /// This much above the lowest price, in minor units.
    Dearer {
        /// Difference in minor units of the offer's currency.
        by_minor: i64,
    },
    /// Cells this far apart; 0 for the same cell.
    Distance {
        /// Metres between the middles of the cells, rounded to 100.
        metres: u32,
    },
    /// The offer names no cell.
    NoCell,
    /// Enough on hand.
    InStock,
    /// Less on hand than wanted.
    ShortOf {
        /// How many the seller has.
        on_hand: u32,
    },
    /// The person knows the seller.
    KnownSeller,
    /// The person does not.
    NewSeller,
}

/// One reason for an offer's rank: points from 0 to 1000, and how much they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What the points come from.
    #[serde(flatten)]
    pub why: Why,
    /// 0 to 1000.
    pub points: u32,
    /// The weight they count with.
    pub weight: u32,
}

/// An offer's place in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked {
    /// The offer.
    pub offer: RecordId,
    /// Weighted mean of the reasons' points, 0 to 1000.
    pub points: u32,
    /// Price, distance, stock, seller, in this order.
    pub reasons: Vec<Reason>,
}

/// Ranks offers, best first: by points, then the lower price, then the offer's id, so that equal input gives equal order.
pub fn rank(
    offers: &[KeptOffer],
    near: &Cell,
    quantity: u32,
    weights: &Weights,
    known: &BTreeSet<DidKey>,
) -> Vec<Ranked> {
    let mut cheapest: BTreeMap<Asset, i64> = BTreeMap::new();
    for offer in offers {
        let lowest = cheapest.entry(offer.price.asset).or_insert(offer.price.amount_minor);
        *lowest = (*lowest).min(offer.price.amount_minor);
    }
    let weights = match *weights {
        Weights {
            price: 0,
            distance: 0,
            stock: 0,
            known: 0,
        } => Weights {
            price: 1,
            distance: 0,
            stock: 0,
            known: 0,
        },
        chosen => chosen,
    };
    let mut ranked: Vec<(Ranked, i64)> = offers
        .iter()
        .map(|offer| {
            let lowest = cheapest
                .get(&offer.price.asset)
                .copied()
                .unwrap_or(offer.price.amount_minor);
            let reasons = vec![
                price_reason(offer.price.amount_minor, lowest, weights.price),
                distance_reason(offer.cell.as_ref(), near, weights.distance),
                stock_reason(offer.stock, quantity, weights.stock),
                seller_reason(known.contains(&offer.seller), weights.known),
            ];
            let all: u64 = reasons.iter().map(|r| u64::from(r.weight)).sum();
            let sum: u64 = reasons.iter().map(|r| u64::from(r.points) * u64::from(r.weight)).sum();
            let points = u32::try_from(sum.checked_div(all).unwrap_or_default()).unwrap_or(1000);
            (
                Ranked {
                    offer: offer.id.clone(),
                    points,
                    reasons,
                },
                offer.price.amount_minor,
            )
        })
        .collect();
    ranked.sort_by(|(a, a_minor), (b, b_minor)| {
        b.points
            .cmp(&a.points)
            .then(a_minor.cmp(b_minor))
            .then_with(|| a.offer.cmp(&b.offer))
    });
    ranked.into_iter().map(|(ranked, _)| ranked).collect()
}

fn price_reason(amount_minor: i64, lowest_minor: i64, weight: u32) -> Reason {
    if amount_minor <= lowest_minor {
        return Reason {
            why: Why::Cheapest,
            points: 1000,
            weight,
        };
    }
    // Prices are positive (checked on arrival), so the quotient is 0 to 1000.
    let points = i128::from(lowest_minor.max(0)) * 1000 / i128::from(amount_minor.max(1));
    Reason {
        why: Why::Dearer {
            by_minor: amount_minor.saturating_sub(lowest_minor),
        },
        points: u32::try_from(points).unwrap_or_default(),
        weight,
    }
}

fn distance_reason(cell: Option<&Cell>, near: &Cell, weight: u32) -> Reason {
    let Some(cell) = cell else {
        return Reason {
            why: Why::NoCell,
            points: 0,
            weight,
        };
    };
    // A cell inside the published one, or around it, is as near as the person chose to say.
    let metres = if cell.is_in(near) || near.is_in(cell) {
        0
    } else {
        cell.distance_m(near)
    };
    let points = HALF_DISTANCE_M * 1000 / (HALF_DISTANCE_M + u64::from(metres));
    Reason {
        why: Why::Distance { metres },
        points: u32::try_from(points).unwrap_or_default(),
        weight,
    }
}

fn stock_reason(stock: u32, quantity: u32, weight: u32) -> Reason {
    if stock >= quantity {
        Reason {
            why: Why::InStock,
            points: 1000,
            weight,
        }
    } else {
        Reason {
            why: Why::ShortOf { on_hand: stock },
            points: 0,
            weight,
        }
    }
}

fn seller_reason(is_known: bool, weight: u32) -> Reason {
    if is_known {
        Reason {
            why: Why::KnownSeller,
            points: 1000,
            weight,
        }
    } else {
        Reason {
            why: Why::NewSeller,
            points: 0,
            weight,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]

    use proptest::prelude::*;
    use tekram_primitives::canonical::sha256_hex;
    use tekram_primitives::money::Money;
    use tekram_primitives::time::Timestamp;

    use super::*;

    fn offer(number: u8, price: &str, cell: Option<&str>, stock: u32) -> KeptOffer {
        KeptOffer {
            id: sha256_hex(&[number]).parse().unwrap(),
            seller: DidKey::from_public([number; 32]),
            seller_name: format!("shop {number}"),
            item: "headphones".into(),
            gtin: None,
            price: price.parse().unwrap(),
            stock,
            cell: cell.map(|cell| Cell::new(cell).unwrap()),
            valid_until: Timestamp::MAX,
            received: Timestamp::EPOCH,
        }
    }

    fn near() -> Cell {
        Cell::new("u2edk").unwrap()
    }

    fn order(offers: &[KeptOffer], weights: &Weights, known: &[u8]) -> Vec<String> {
        let known = known.iter().map(|number| DidKey::from_public([*number; 32])).collect();
        let name = |id: &RecordId| offers.iter().find(|offer| offer.id == *id).unwrap().seller_name.clone();
        rank(offers, &near(), 1, weights, &known)
            .iter()
            .map(|ranked| name(&ranked.offer))
            .collect()
    }

    #[test]
    fn of_equal_shops_the_cheapest_comes_first_and_the_others_say_by_how_much_they_are_dearer() {
        let offers = [
            offer(1, "219.00 EUR", Some("u2edk"), 1),
            offer(2, "189.90 EUR", Some("u2edk"), 1),
        ];
        let ranked = rank(&offers, &near(), 1, &Weights::default(), &BTreeSet::new());
        assert_eq!(ranked[0].reasons[0].why, Why::Cheapest);
        assert_eq!(ranked[1].reasons[0].why, Why::Dearer { by_minor: 2910 });
        assert_eq!(ranked[1].reasons[0].points, 867);
        assert_eq!(ranked[0].points, (60 * 1000 + 20 * 1000 + 10 * 1000) / 100);
    }

    #[test]
    fn the_persons_weights_decide() {
        let offers = [
            offer(1, "180.00 EUR", Some("u2e9"), 1),
            offer(2, "200.00 EUR", Some("u2edk9"), 1),
            offer(3, "190.00 EUR", None, 0),
        ];
        let only = |price, distance, stock, known| Weights {
            price,
            distance,
            stock,
            known,
        };
        assert_eq!(order(&offers, &only(1, 0, 0, 0), &[]), ["shop 1", "shop 3", "shop 2"]);
        assert_eq!(order(&offers, &only(0, 0, 0, 0), &[]), ["shop 1", "shop 3", "shop 2"]);
        assert_eq!(order(&offers, &only(0, 1, 0, 0), &[])[0], "shop 2");
        assert_eq!(order(&offers, &only(0, 0, 1, 0), &[])[2], "shop 3");
        assert_eq!(order(&offers, &only(0, 0, 0, 1), &[3])[0], "shop 3");
    }

    #[test]
    fn prices_are_compared_within_their_currency() {
        let offers = [
            offer(1, "200 JPY", None, 1),
            offer(2, "1.00 EUR", None, 1),
            offer(3, "2.00 EUR", None, 1),
        ];
        let ranked = rank(&offers, &near(), 1, &Weights::default(), &BTreeSet::new());
        let cheapest = ranked
            .iter()
            .filter(|ranked| ranked.reasons[0].why == Why::Cheapest)
            .count();
        assert_eq!(cheapest, 2);
    }

    #[test]
    fn a_cell_inside_the_published_one_is_as_near_as_can_be_told() {
        let at = |cell| {
            rank(
                &[offer(1, "1.00 EUR", cell, 1)],
                &near(),
                1,
                &Weights::default(),
                &BTreeSet::new(),
            )[0]
            .reasons[1]
        };
        assert_eq!(at(Some("u2edk85")).why, Why::Distance { metres: 0 });
        assert_eq!(at(Some("u2e")).why, Why::Distance { metres: 0 });
        assert_eq!(
            at(None),
            Reason {
                why: Why::NoCell,
                points: 0,
                weight: 20
            }
        );
        assert_eq!(
            at(Some("u2edh")).points,
            289,
            "a cell next door, 4.9 km from middle to middle"
        );
    }

    proptest! {
        #[test]
        fn the_ranking_does_not_depend_on_the_order_of_arrival(
            prices in proptest::collection::vec((1_i64..30_000, 0_u32..3), 1..12), turn in 0_usize..12,
            weights in (0_u32..100, 0_u32..100, 0_u32..100, 0_u32..100),
        ) {
            let weights = Weights { price: weights.0, distance: weights.1, stock: weights.2, known: weights.3 };
            let mut offers: Vec<KeptOffer> = prices
                .iter()
                .enumerate()
                .map(|(n, (minor, stock))| {
                    let mut offer = offer(u8::try_from(n).unwrap(), "1.00 EUR", Some("u2edk"), *stock);
                    offer.price = Money::new(*minor, offer.price.asset);
                    offer
                })
                .collect();
            let one = rank(&offers, &near(), 1, &weights, &BTreeSet::new());
            let len = offers.len();
            offers.rotate_left(turn % len);
            offers.reverse();
            prop_assert_eq!(&one, &rank(&offers, &near(), 1, &weights, &BTreeSet::new()));
            prop_assert!(one.windows(2).all(|pair| pair[0].points >= pair[1].points));
            prop_assert!(one.iter().all(|ranked| ranked.points <= 1000));
        }
    }
}
