//! What is counted: an asset, its codes and its number of decimals.
//!
//! The published number of decimals of ISO 4217 decides what an amount may look like; bitcoin has two assets, because
//! Cashu counts sat and Lightning counts msat, and the wire tells them apart by their scale.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use iso_currency::Currency;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::MoneyError;

/// What is counted: a currency in its minor unit, or bitcoin in sat or msat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asset {
    /// A currency of ISO 4217, counted in its minor unit (cent for EUR, yen for JPY).
    Fiat(Currency),
    /// Bitcoin, counted in satoshi (10⁻⁸ BTC).
    Sat,
    /// Bitcoin, counted in millisatoshi (10⁻¹¹ BTC), as Lightning does (BOLT 11).
    Msat,
}

/// Code of bitcoin on the wire.
const WIRE_BITCOIN: &str = "BTC";

impl Asset {
    /// The euro.
    pub const EUR: Self = Self::Fiat(Currency::EUR);

    /// Code for people: `EUR` (ISO 4217), `SAT` or `MSAT`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fiat(currency) => currency.code(),
            Self::Sat => "SAT",
            Self::Msat => "MSAT",
        }
    }

    /// Decimals of an amount as people write it: EUR 2, JPY 0, KWD 3; sat and msat are counted whole, so 0.
    pub fn scale(self) -> u8 {
        match self {
            Self::Fiat(currency) => currency
                .exponent()
                .and_then(|scale| u8::try_from(scale).ok())
                .unwrap_or(0),
            Self::Sat | Self::Msat => 0,
        }
    }

    /// Code on the wire (`assetCode`, as Open Payments names it): ISO 4217, or `BTC` for sat and msat.
    pub fn wire_code(self) -> &'static str {
        match self {
            Self::Fiat(currency) => currency.code(),
            Self::Sat | Self::Msat => WIRE_BITCOIN,
        }
    }

    /// Decimals on the wire (`assetScale`): as [`Asset::scale`], but 8 for sat and 11 for msat.
    pub fn wire_scale(self) -> u8 {
        match self {
            Self::Fiat(_) => self.scale(),
            Self::Sat => 8,
            Self::Msat => 11,
        }
    }

    /// The asset of a wire amount.
    ///
    /// # Errors
    /// [`MoneyError::UnknownAsset`] for a code nobody knows, [`MoneyError::WrongScale`] for a scale that is not the asset's.
    pub fn from_wire(asset_code: &str, asset_scale: u8) -> Result<Self, MoneyError> {
        let wrong_scale = || MoneyError::WrongScale {
            asset_code: shortened(asset_code),
            asset_scale,
        };
        if asset_code == WIRE_BITCOIN {
            return match asset_scale {
                8 => Ok(Self::Sat),
                11 => Ok(Self::Msat),
                _ => Err(wrong_scale()),
            };
        }
        let asset = fiat(asset_code).ok_or_else(|| MoneyError::UnknownAsset {
            code: shortened(asset_code),
        })?;
        if asset.scale() == asset_scale {
            Ok(asset)
        } else {
            Err(wrong_scale())
        }
    }

    /// The asset of a Cashu unit (NUT-01): `sat`, `msat`, or a currency's code in lower case such as `eur`, whose amounts
    /// are in the currency's minor unit.
    ///
    /// # Errors
    /// [`MoneyError::UnknownAsset`].
    pub fn from_cashu_unit(unit: &str) -> Result<Self, MoneyError> {
        let unknown = || MoneyError::UnknownAsset { code: shortened(unit) };
        match unit {
            "sat" => Ok(Self::Sat),
            "msat" => Ok(Self::Msat),
            _ if unit.bytes().all(|byte| byte.is_ascii_lowercase()) => {
                fiat(&unit.to_ascii_uppercase()).ok_or_else(unknown)
            }
            _ => Err(unknown()),
        }
    }

    /// Name of the Cashu unit (NUT-01) that counts the same minor unit.
    pub fn cashu_unit(self) -> String {
        self.code().to_ascii_lowercase()
    }

    /// Whether this is bitcoin, in sat or in msat.
    pub fn is_bitcoin(self) -> bool {
        matches!(self, Self::Sat | Self::Msat)
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// By code, upper or lower case: `EUR`, `eur`, `SAT`, `sat`, `msat`. `BTC` is refused: it does not say what is counted.
impl FromStr for Asset {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        let unknown = || MoneyError::UnknownAsset { code: shortened(code) };
        if code == code.to_ascii_uppercase() || code == code.to_ascii_lowercase() {
            Self::from_cashu_unit(&code.to_ascii_lowercase()).map_err(|_| unknown())
        } else {
            Err(unknown())
        }
    }
}

impl From<Currency> for Asset {
    fn from(currency: Currency) -> Self {
        Self::Fiat(currency)
    }
}

impl TryFrom<&str> for Asset {
    type Error = MoneyError;

    fn try_from(code: &str) -> Result<Self, MoneyError> {
        code.parse()
    }
}

impl PartialOrd for Asset {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By code, so that lists of several assets have one order.
impl Ord for Asset {
    fn cmp(&self, other: &Self) -> Ordering {
        self.code().cmp(other.code())
    }
}

/// As its code: `"EUR"`, `"SAT"`.
impl Serialize for Asset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Asset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A currency that has a minor unit; gold, test codes and the like have none and cannot be counted here.
fn fiat(code: &str) -> Option<Asset> {
    Currency::from_code(code)
        .filter(|currency| currency.exponent().is_some())
        .map(Asset::Fiat)
}

fn shortened(text: &str) -> String {
    text.chars().take(16).collect()
}
