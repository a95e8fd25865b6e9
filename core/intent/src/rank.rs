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
