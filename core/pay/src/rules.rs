//! The person's rules for one budget, as data: how much a month, weighed how, who is left out, what is too small.
//!
//! Rules have a version; a statement keeps the rules it was made with. Checking them is pure and happens before anything is
//! stored.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::money::Money;
use tekram_primitives::time::{Clock, Period};
use tekram_vault::{Scope, Vault};

use crate::error::PayError;

/// What a share of the budget is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Media time heard.
    #[default]
    Seconds,
    /// Number of plays.
    Plays,
    /// The same for everything that was heard.
    Equal,
}

impl Weight {
    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Plays => "plays",
            Self::Equal => "equal",
        }
    }
}

impl std::str::FromStr for Weight {
    type Err = PayError;

    fn from_str(name: &str) -> Result<Self, PayError> {
        match name {
            "seconds" => Ok(Self::Seconds),
            "plays" => Ok(Self::Plays),
            "equal" => Ok(Self::Equal),
            _ => Err(PayError::UnknownWeight),
        }
    }
}

/// Something the person does not want to pay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Everything under this source key (a feed, a show, an artist, as the log names it).
    Source(String),
    /// One payee, wherever it appears; the other recipients of a shared source get its part.
    Payee(String),
}

/// A factor that changes nothing, in thousandths.
pub const FACTOR_ONE: u32 = 1000;
/// The greatest factor of a source, in thousandths: ten times as heard.
pub const FACTOR_MAX: u32 = 10_000;

/// The rules of one budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How much a month.
    pub budget: Money,
    /// IANA time zone in which a month begins and ends.
    pub zone: String,
    /// What a share is measured by.
    #[serde(default)]
    pub weight: Weight,
    /// Who is left out.
    #[serde(default)]
    pub exclude: BTreeSet<Exclusion>,
    /// By source key, by how many thousandths its weight is multiplied: 0 leaves it out, 2000 counts it double. A source
    /// that is not named counts as heard.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub factors: BTreeMap<String, u32>,
    /// What is smaller than this, in minor units of the budget's currency, is carried to the next month.
    #[serde(default)]
    pub minimum_minor: i64,
}

impl Rules {
    /// Rules with only a budget and a zone: by seconds, nobody excluded, no minimum.
    #[must_use]
    pub fn new(budget: Money, zone: impl Into<String>) -> Self {
        Self {
            budget,
            zone: zone.into(),
            weight: Weight::default(),
            exclude: BTreeSet::new(),
            factors: BTreeMap::new(),
            minimum_minor: 0,
        }
    }

    /// By how many thousandths a source's weight is multiplied.
    #[must_use]
    pub fn factor(&self, source: &str) -> u32 {
        self.factors.get(source).copied().unwrap_or(FACTOR_ONE)
    }

    /// Whether the rules can be used.
    ///
    /// # Errors
    /// `zero_budget`, `negative_budget`, `negative_minimum`, `factor_too_large`, `unknown_time_zone`.
    pub fn check(&self) -> Result<(), PayError> {
        if self.budget.amount_minor == 0 {
            return Err(PayError::ZeroBudget);
        }
        if self.budget.amount_minor < 0 {
            return Err(PayError::NegativeBudget);
        }
        if self.minimum_minor < 0 {
            return Err(PayError::NegativeMinimum);
        }
        if self.factors.values().any(|factor| *factor > FACTOR_MAX) {
            return Err(PayError::FactorTooLarge);
        }
        Period::new(2000, 1, &self.zone)?;
        Ok(())
    }
}

/// Stores rules for a budget as its next version, if they differ from the ones in force. Returns the version in force.
///
/// # Errors
/// Those of [`Rules::check`] and of the vault.
pub fn set_rules(vault: &Vault, budget_name: &str, rules: &Rules, clock: &dyn Clock) -> Result<i64, PayError> {
    rules.check()?;
    let now = clock.now();
    vault.write(Scope("pay"), |tx| {
        let version = match rules_in(tx, budget_name)? {
            Some((version, known)) if known == *rules => return Ok(version),
            Some((version, _)) => version + 1,
            None => 1,
        };
        let body = serde_json::to_string(rules).map_err(|_| PayError::Stored { what: "rules" })?;
        tx.prepare_cached("INSERT INTO pay_rules (budget_name, version, body, created_ms) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![budget_name, version, body, now.millis()])?;
        Ok(version)
    })
}

/// The rules in force for a budget.
///
/// # Errors
/// `no_rules`.
pub fn rules(vault: &Vault, budget_name: &str) -> Result<Rules, PayError> {
    vault.read(|db| Ok(rules_in(db, budget_name)?.ok_or(PayError::NoRules)?.1))
}

pub(crate) fn rules_in(db: &Connection, budget_name: &str) -> Result<Option<(i64, Rules)>, PayError> {
    let found: Option<(i64, String)> = db
        .prepare_cached("SELECT version, body FROM pay_rules WHERE budget_name = ?1 ORDER BY version DESC LIMIT 1")?
        .query_row([budget_name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(version, body)| {
            let rules = serde_json::from_str(&body).map_err(|_| PayError::Stored { what: "rules" })?;
            Ok((version, rules))
        })
        .transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use super::*;

    fn rules(amount: i64, asset: &str) -> Rules {
        Rules::new(Money::new(amount, asset.parse().unwrap()), "Europe/Vienna")
    }

    #[test]
    fn a_budget_of_nothing_or_less_is_refused_by_name() {
        assert_eq!(rules(0, "EUR").check().unwrap_err().code(), "zero_budget");
        assert_eq!(rules(-1, "EUR").check().unwrap_err().code(), "negative_budget");
    }

    #[test]
    fn one_yen_is_a_budget() {
        assert!(rules(1, "JPY").check().is_ok());
    }

    #[test]
    fn a_zone_that_does_not_exist_is_refused_by_name() {
        let mut nowhere = rules(1000, "EUR");
        nowhere.zone = "Europe/Nowhere".into();
        assert_eq!(nowhere.check().unwrap_err().code(), "unknown_time_zone");
    }

    #[test]
    fn rules_survive_their_own_json() {
        let mut rules = rules(1000, "EUR");
        rules.exclude.insert(Exclusion::Payee("p1".into()));
        let json = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<Rules>(&json).unwrap(), rules);
    }
}
