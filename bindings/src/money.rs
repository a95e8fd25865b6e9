//! Amounts as they cross the border: minor units and the currency's code. How they look is the platform's business.

use tekram_agent::Money as CoreMoney;

use crate::error::TekramError;

/// A whole number of minor units of a currency.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Money {
    /// Minor units: cents for EUR, yen for JPY, sat or msat for bitcoin.
    pub amount_minor: i64,
    /// Code of ISO 4217, or `SAT` or `MSAT`.
    pub currency: String,
}

impl From<CoreMoney> for Money {
    fn from(money: CoreMoney) -> Self {
        Self {
            amount_minor: money.amount_minor,
            currency: money.asset.code().to_owned(),
        }
    }
}

impl Money {
    /// The core's amount.
    pub(crate) fn core(&self) -> Result<CoreMoney, TekramError> {
        let asset = self.currency.parse().map_err(tekram_agent::AgentError::Money)?;
        Ok(CoreMoney::new(self.amount_minor, asset))
    }
}
