//! What a person wants, as a schema.org `Demand`: composing it, and the bounds that both sides hold it to.

use serde::{Deserialize, Serialize};
use tekram_primitives::money::Money;
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{Demand, TermsRef};

use crate::cell::{Cell, Precision};
use crate::error::IntentError;
use crate::gtin::is_gtin;

/// Longest text that names what is wanted or offered, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// Most pieces.
pub const MAX_QUANTITY: u32 = 10_000;
/// Longest content of an intent event, in bytes.
pub const MAX_CONTENT_BYTES: usize = 8 * 1024;
/// Longest time that an intent may stand, in days.
pub const MAX_DAYS: i64 = 90;

pub(crate) const CONTEXT: &str = "https://schema.org";
pub(crate) const KIND: &str = "Demand";
pub(crate) const VERSION: u32 = 1;

/// How an intent reaches sellers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Kept by relays until it expires (kind 37335).
    Standing,
    /// For sellers who listen now; relays keep nothing (kind 27335).
    InStore,
}

/// What a person says when composing an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What is wanted, in the person's words.
    pub name: String,
    /// Its barcode (GTIN-8, 12, 13 or 14), if one was scanned.
    pub gtin: Option<String>,
    /// How many.
    pub quantity: u32,
    /// The most the person pays for all of it.
    pub price_ceiling: Option<Money>,
    /// Offers are welcome until then (the second counts).
    pub valid_through: Timestamp,
    /// The finest cell to publish: [`Place::cell`](crate::Place::cell), or one drawn by hand.
    pub cell: Cell,
    /// The person's terms.
    pub terms: TermsRef,
    /// How it reaches sellers.
    pub reach: Reach,
}

/// The `Demand` of a wish made at `now`.
///
/// # Errors
/// `bad_demand` with the field, `bad_cell`, or `intent_expired` when its time is over already.
pub fn compose(wish: &Wish, now: Timestamp) -> Result<Demand, IntentError> {
    if !(Precision::COARSEST.length()..=Precision::FINEST.length()).contains(&wish.cell.as_str().len()) {
        return Err(IntentError::BadPrecision);
    }
    let valid_through = Timestamp::from_secs(wish.valid_through.secs());
    if valid_through <= now {
        return Err(IntentError::IntentExpired);
    }
    let demand = Demand {
        context: CONTEXT.to_owned(),
        kind: KIND.to_owned(),
        version: VERSION,
        name: wish.name.trim().to_owned(),
        gtin: wish.gtin.clone(),
        quantity: wish.quantity,
        price_ceiling: wish.price_ceiling,
        valid_through,
        area: wish.cell.from_coarse().into_iter().map(String::from).collect(),
        terms: wish.terms.clone(),
    };
    check(&demand, now)?;
    Ok(demand)
}

/// The bounds of a demand, for the one who makes it and the one who reads it. Says nothing about whether it expired.
pub(crate) fn check(demand: &Demand, now: Timestamp) -> Result<Cell, IntentError> {
    let bad = |field| Err(IntentError::BadDemand { field });
    if demand.context != CONTEXT || demand.kind != KIND {
        return bad("@type");
    }
    if demand.version != VERSION {
        return bad("version");
    }
    if !is_plain_text(&demand.name, MAX_NAME_CHARS) {
        return bad("name");
    }
    if demand.gtin.as_deref().is_some_and(|gtin| !is_gtin(gtin)) {
        return bad("gtin");
    }
    if !(1..=MAX_QUANTITY).contains(&demand.quantity) {
        return bad("quantity");
    }
    if demand.price_ceiling.is_some_and(|ceiling| ceiling.amount_minor <= 0) {
        return bad("priceCeiling");
    }
    if demand.valid_through.millis().rem_euclid(1000) != 0
        || demand.valid_through.millis_since(now) > MAX_DAYS * 24 * 3_600_000
    {
        return bad("validThrough");
    }
    if demand.terms.id.is_empty() || demand.terms.id.len() > 64 || !is_sha256_hex(&demand.terms.sha256) {
        return bad("terms");
    }
    let finest = demand.area.last().map(|cell| Cell::new(cell)).transpose()?;
    match finest {
        Some(cell)
            if cell.as_str().len() <= Precision::FINEST.length()
                && cell
                    .from_coarse()
                    .iter()
                    .map(Cell::as_str)
                    .eq(demand.area.iter().map(String::as_str)) =>
        {
            Ok(cell)
        }
        _ => bad("area"),
    }
}

/// Text for one line on a screen: not empty, not too long, no control characters or invisible direction changes.
pub(crate) fn is_plain_text(text: &str, max_chars: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= max_chars
        && !text.chars().any(|c| {
            c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
}

pub(crate) fn is_sha256_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]

    use tekram_primitives::canonical::sha256_hex;

    use super::*;

    pub(crate) fn headphones(now: Timestamp) -> Wish {
        Wish {
            name: "wireless headphones".into(),
            gtin: None,
            quantity: 1,
            price_ceiling: Some("250.00 EUR".parse().unwrap()),
            valid_through: now.plus_secs(6 * 3600),
            cell: Cell::new("u2edk").unwrap(),
            terms: TermsRef {
                id: "PDC-INTENT".into(),
                sha256: sha256_hex(b"terms"),
            },
            reach: Reach::Standing,
        }
    }

    #[test]
    fn a_wish_becomes_a_demand_that_ends_on_a_whole_second() {
        let now = Timestamp::from_millis(1_790_000_000_123);
        let mut wish = headphones(now);
        wish.name = "  wireless headphones ".into();
        let demand = compose(&wish, now).unwrap();
        assert_eq!(demand.name, "wireless headphones");
        assert_eq!(demand.area, ["u2e", "u2ed", "u2edk"]);
        assert_eq!(
            demand.valid_through,
            Timestamp::from_millis(1_790_000_000_000).plus_secs(6 * 3600)
        );
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        let now = Timestamp::from_secs(1_790_000_000);
        let field = |change: &dyn Fn(&mut Wish)| {
            let mut wish = headphones(now);
            change(&mut wish);
            match compose(&wish, now) {
                Err(IntentError::BadDemand { field }) => field,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(field(&|w| w.name = " ".into()), "name");
        assert_eq!(field(&|w| w.name = "a".repeat(201)), "name");
        assert_eq!(field(&|w| w.name = "a\nb".into()), "name");
        assert_eq!(field(&|w| w.name = "a\u{202e}b".into()), "name");
        assert_eq!(field(&|w| w.gtin = Some("4006381333932".into())), "gtin");
        assert_eq!(field(&|w| w.quantity = 0), "quantity");
        assert_eq!(
            field(&|w| w.price_ceiling = Some("0.00 EUR".parse().unwrap())),
            "priceCeiling"
        );
        assert_eq!(
            field(&|w| w.valid_through = now.plus_secs(91 * 24 * 3600)),
            "validThrough"
        );
        assert_eq!(field(&|w| w.terms.sha256 = "abc".into()), "terms");
        let mut late = headphones(now);
        late.valid_through = now;
        assert_eq!(compose(&late, now).unwrap_err().code(), "intent_expired");
        let mut fine = headphones(now);
        fine.cell = Cell::new("u2edk85x").unwrap();
        assert_eq!(compose(&fine, now).unwrap_err().code(), "bad_precision");
    }
}
