//! Amounts of money: whole numbers of an asset's minor unit, never floating point.
//!
//! An [`Asset`] is a currency of ISO 4217 with its published number of decimals, or bitcoin counted in sat or in msat.
//! Every sum is checked: adding two assets or leaving the range of 64 bits is an error with a name, not a wrong amount.
//!
//! ```
//! use tekram_primitives::money::{Asset, Money, MoneyError};
//! let eur: Asset = "EUR".parse()?;
//! let budget = Money::parse("12.34", eur)?;
//! assert_eq!(budget.amount_minor, 1234);
//! assert_eq!(budget.checked_add(&Money::new(1, eur))?.to_string(), "12.35 EUR");
//! assert!(matches!("1.50 JPY".parse::<Money>(), Err(MoneyError::TooPrecise { .. })));
//! # Ok::<(), MoneyError>(())
//! ```

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

mod asset;

pub use asset::Asset;

/// Why an amount was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// No currency of ISO 4217 with a minor unit, nor `SAT` or `MSAT`.
    #[error("{code:?} is not a currency of ISO 4217 with a minor unit, nor SAT or MSAT")]
    UnknownAsset {
        /// What was given, cut to 16 characters.
        code: String,
    },
    /// The wire names a scale that is not the asset's.
    #[error("{asset_code:?} is not counted with scale {asset_scale}")]
    WrongScale {
        /// Code on the wire, cut to 16 characters.
        asset_code: String,
        /// Scale on the wire.
        asset_scale: u8,
    },
    /// More decimals than the asset has.
    #[error("{} has {scale} decimals; the amount has {decimals}", asset.code())]
    TooPrecise {
        /// The asset.
        asset: Asset,
        /// Decimals it has.
        scale: u8,
        /// Decimals that were written.
        decimals: usize,
    },
    /// Not an amount: digits with at most one point, a minus sign before them at most.
    #[error("not an amount; write it like 12.34")]
    NotAnAmount,
    /// An amount and its currency were expected.
    #[error("not an amount with its currency; write it like 12.34 EUR")]
    MissingAsset,
    /// Beyond 64 bits of minor units.
    #[error("the amount of {} is beyond what can be counted", asset.code())]
    Overflow {
        /// The asset.
        asset: Asset,
    },
    /// Two assets in one sum.
    #[error("{} and {} cannot be added or compared", left.code(), right.code())]
    DifferentAssets {
        /// Asset on the left.
        left: Asset,
        /// Asset on the right.
        right: Asset,
    },
}

impl MoneyError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownAsset { .. } => "unknown_asset",
            Self::WrongScale { .. } => "wrong_scale",
            Self::TooPrecise { .. } => "amount_too_precise",
            Self::NotAnAmount => "not_an_amount",
            Self::MissingAsset => "missing_asset",
            Self::Overflow { .. } => "amount_overflow",
            Self::DifferentAssets { .. } => "different_assets",
        }
    }
}

/// An amount: a whole number of minor units of one asset. May be negative (a ledger's other side).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units: cents for EUR, yen for JPY, sat or msat for bitcoin.
    pub amount_minor: i64,
    /// What is counted.
    pub asset: Asset,
}

impl Money {
    /// This many minor units.
    pub const fn new(amount_minor: i64, asset: Asset) -> Self {
        Self { amount_minor, asset }
    }

    /// Nothing.
    pub const fn zero(asset: Asset) -> Self {
        Self::new(0, asset)
    }

    /// An amount as people write it (`12.34`, `-0.5`, `7`), without thousands separators.
    ///
    /// # Errors
    /// [`MoneyError::TooPrecise`] when there are more decimals than the asset has, also when they are zeros;
    /// [`MoneyError::NotAnAmount`]; [`MoneyError::Overflow`].
    pub fn parse(text: &str, asset: Asset) -> Result<Self, MoneyError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = match unsigned.split_once('.') {
            Some((whole, decimals)) if is_digits(decimals) => (whole, decimals),
            Some(_) => return Err(MoneyError::NotAnAmount),
            None => (unsigned, ""),
        };
        if !is_digits(whole) {
            return Err(MoneyError::NotAnAmount);
        }
        let scale = asset.scale();
        let missing = usize::from(scale)
            .checked_sub(decimals.len())
            .ok_or(MoneyError::TooPrecise {
                asset,
                scale,
                decimals: decimals.len(),
            })?;
        // Digits are collected with the sign, because the smallest i64 has no positive counterpart.
        let sign = if negative { -1 } else { 1 };
        let amount_minor = whole
            .bytes()
            .chain(decimals.bytes())
            .map(|digit| i64::from(digit - b'0'))
            .chain(std::iter::repeat_n(0, missing))
            .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(sign * digit))
            .ok_or(MoneyError::Overflow { asset })?;
        Ok(Self { amount_minor, asset })
    }

    /// The amount without its code, with all decimals of the asset: `12.30`.
    pub fn amount_text(&self) -> String {
        let scale = usize::from(self.asset.scale());
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.amount_minor.unsigned_abs(), width = scale + 1);
        match digits.split_at_checked(digits.len() - scale) {
            Some((whole, decimals)) if !decimals.is_empty() => format!("{sign}{whole}.{decimals}"),
            _ => format!("{sign}{digits}"),
        }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::DifferentAssets`], [`MoneyError::Overflow`].
    pub fn checked_add(&self, other: &Self) -> Result<Self, MoneyError> {
        self.same_asset(other)?;
        self.with(self.amount_minor.checked_add(other.amount_minor))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::DifferentAssets`], [`MoneyError::Overflow`].
    pub fn checked_sub(&self, other: &Self) -> Result<Self, MoneyError> {
        self.same_asset(other)?;
        self.with(self.amount_minor.checked_sub(other.amount_minor))
    }

    /// The amount with its sign turned.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_neg(&self) -> Result<Self, MoneyError> {
        self.with(self.amount_minor.checked_neg())
    }

    /// The amount this many times.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn checked_mul(&self, times: i64) -> Result<Self, MoneyError> {
        self.with(self.amount_minor.checked_mul(times))
    }

    /// The sum of all amounts, which must be of this asset; zero when there are none.
    ///
    /// The sum is exact whatever the order: only the end result must fit.
    ///
    /// # Errors
    /// [`MoneyError::DifferentAssets`], [`MoneyError::Overflow`].
    pub fn sum(asset: Asset, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        let zero = Self::zero(asset);
        // i128 holds more terms than memory does.
        let total = amounts.into_iter().try_fold(0_i128, |total, amount| {
            zero.same_asset(&amount)?;
            Ok(total + i128::from(amount.amount_minor))
        })?;
        zero.with(i64::try_from(total).ok())
    }

    /// Which of two amounts of one asset is larger.
    ///
    /// # Errors
    /// [`MoneyError::DifferentAssets`].
    pub fn compare(&self, other: &Self) -> Result<Ordering, MoneyError> {
        self.same_asset(other)?;
        Ok(self.amount_minor.cmp(&other.amount_minor))
    }

    /// Whether this is nothing.
    pub const fn is_zero(&self) -> bool {
        self.amount_minor == 0
    }

    /// Whether this is more than nothing.
    pub const fn is_positive(&self) -> bool {
        self.amount_minor > 0
    }

    /// Whether this is less than nothing.
    pub const fn is_negative(&self) -> bool {
        self.amount_minor < 0
    }

    fn same_asset(&self, other: &Self) -> Result<(), MoneyError> {
        if self.asset == other.asset {
            Ok(())
        } else {
            Err(MoneyError::DifferentAssets {
                left: self.asset,
                right: other.asset,
            })
        }
    }

    fn with(&self, amount_minor: Option<i64>) -> Result<Self, MoneyError> {
        let asset = self.asset;
        amount_minor
            .map(|amount_minor| Self { amount_minor, asset })
            .ok_or(MoneyError::Overflow { asset })
    }
}

/// `12.34 EUR`, `1500 JPY`, `21 SAT`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.amount_text(), self.asset))
    }
}

/// `12.34 EUR`: the amount, one space, the code.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, code) = text.split_once(' ').ok_or(MoneyError::MissingAsset)?;
        Self::parse(amount, code.parse()?)
    }
}

/// The wire form, as Open Payments writes amounts: all digits are in a string, because JSON numbers break above 2^53.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMoney {
    value: String,
    asset_code: String,
    asset_scale: u8,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WireMoney {
            value: self.amount_minor.to_string(),
            asset_code: self.asset.wire_code().to_owned(),
            asset_scale: self.asset.wire_scale(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WireMoney::deserialize(deserializer)?;
        let asset = Asset::from_wire(&wire.asset_code, wire.asset_scale).map_err(de::Error::custom)?;
        let amount_minor: i64 = wire
            .value
            .parse()
            .map_err(|_| de::Error::custom(MoneyError::NotAnAmount))?;
        // One amount has one text: `+5`, `05` and `-0` would be the same money in different bytes.
        if amount_minor.to_string() == wire.value {
            Ok(Self { amount_minor, asset })
        } else {
            Err(de::Error::custom(MoneyError::NotAnAmount))
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
