//! The rules and what they make of a month: carries the log's seconds to the statement, and shows what other rules would
//! make of it.

use std::collections::BTreeMap;

use serde::Serialize;
use tekram_pay::PayError;
use tekram_pay::rules::{self, FACTOR_ONE, Rules, Weight};
use tekram_pay::state::StatementState;
use tekram_pay::statement::{self, MAIN_BUDGET, Statement, Total};
use tekram_primitives::money::Money;
use tekram_primitives::time::Period;

use crate::error::AgentError;
use crate::persona::Persona;

/// What of the rules is to be changed.
#[derive(Debug, Clone, Default)]
pub struct RulesChange {
    /// Budget of a month.
    pub budget: Option<Money>,
    /// Measure of a share.
    pub weight: Option<Weight>,
    /// Least amount that is sent.
    pub minimum: Option<Money>,
    /// IANA time zone.
    pub zone: Option<String>,
    /// Factors of sources in thousandths, by the key that a line's `because` names; the others stay. 1000 takes one away,
    /// 0 leaves the source out.
    pub factors: Option<BTreeMap<String, u32>>,
}

/// Something that was heard in a month, whether or not it gets a share: what a factor can be set for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthSource {
    /// Key of the source.
    pub source: String,
    /// Its name.
    pub name: String,
    /// Media time heard, ms.
    pub played_ms: u64,
    /// Plays.
    pub plays: u64,
    /// The rules' factor, in thousandths.
    pub factor: u32,
}

impl Persona {
    /// The rules in force, if any were set.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn rules(&self) -> Result<Option<Rules>, AgentError> {
        match rules::rules(&self.vault, MAIN_BUDGET) {
            Ok(rules) => Ok(Some(rules)),
            Err(PayError::NoRules) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Changes the rules; what is not named stays.
    ///
    /// # Errors
    /// `no_budget` when none was ever set, `zero_budget`, `negative_budget`, `factor_too_large`, `bad_setting` for a minimum
    /// in another currency, the vault's errors.
    pub fn change_rules(&self, change: RulesChange) -> Result<Rules, AgentError> {
        let rules = self.changed_rules(&change)?;
        rules::set_rules(&self.vault, MAIN_BUDGET, &rules, self.clock.as_ref())?;
        Ok(rules)
    }

    /// The rules as a change would make them.
    fn changed_rules(&self, change: &RulesChange) -> Result<Rules, AgentError> {
        let known = self.rules()?;
        let budget = change
            .budget
            .or(known.as_ref().map(|rules| rules.budget))
            .ok_or(AgentError::NoBudget)?;
        let mut rules = known.unwrap_or_else(|| Rules::new(budget, &self.zone));
        if rules.budget.asset != budget.asset {
            // A minimum in the old currency means nothing in the new one.
            rules.minimum_minor = 0;
        }
        rules.budget = budget;
        if let Some(weight) = change.weight {
            rules.weight = weight;
        }
        if let Some(zone) = &change.zone {
            rules.zone.clone_from(zone);
        }
        for (source, factor) in change.factors.iter().flatten() {
            if *factor == FACTOR_ONE {
                rules.factors.remove(source);
            } else {
                rules.factors.insert(source.clone(), *factor);
            }
        }
        if let Some(minimum) = change.minimum {
            if minimum.asset != budget.asset {
                return Err(AgentError::BadSetting {
                    what: "the minimum",
                    reason: "it must be in the budget's currency".to_owned(),
                });
            }
            rules.minimum_minor = minimum.amount_minor;
        }
        Ok(rules)
    }

    /// Makes a month's statement from the log and the rules, or returns the one that is committed already.
    ///
    /// # Errors
    /// `empty_log` when no month is named and nothing was ever heard, `empty_month`, `month_in_future`, `no_rules`, and those
    /// of the division.
    pub fn statement(&self, month: Option<&str>) -> Result<Statement, AgentError> {
        let period = self.heard_month(month, &self.zone(None)?)?;
        let totals = self.month_totals(&period)?;
        if totals.is_empty() {
            return self.committed_of(&period);
        }
        Ok(statement::draft_without(
            &self.vault,
            MAIN_BUDGET,
            &period,
            &totals,
            &self.rails_off,
            self.clock.as_ref(),
        )?)
    }

    /// What the month's statement would be if the rules were changed like this. Nothing is stored, so a slider can ask with
    /// every move; its id is empty. Of a month that is committed it is the committed one.
    ///
    /// # Errors
    /// As [`Persona::statement`] and [`Persona::change_rules`].
    pub fn preview_statement(&self, month: Option<&str>, change: &RulesChange) -> Result<Statement, AgentError> {
        let rules = self.changed_rules(change)?;
        let period = self.heard_month(month, &rules.zone)?;
        let totals = self.month_totals(&period)?;
        if totals.is_empty() {
            return self.committed_of(&period);
        }
        Ok(statement::preview(
            &self.vault,
            MAIN_BUDGET,
            &period,
            &totals,
            &rules,
            &self.rails_off,
        )?)
    }

    /// Everything that was heard in a month, by source, longest first, with the factors in force: also what nobody payable
    /// is known for, and what is left out.
    ///
    /// # Errors
    /// `empty_log`, `month_in_future`, the vault's errors.
    pub fn month_sources(&self, month: Option<&str>) -> Result<Vec<MonthSource>, AgentError> {
        let rules = self.rules()?;
        let period = self.heard_month(month, &self.zone(None)?)?;
        let mut sources: BTreeMap<String, MonthSource> = BTreeMap::new();
        for total in self.month_totals(&period)? {
            let source = sources.entry(total.source.clone()).or_insert_with(|| MonthSource {
                factor: rules.as_ref().map_or(FACTOR_ONE, |rules| rules.factor(&total.source)),
                source: total.source,
                name: total.name,
                played_ms: 0,
                plays: 0,
            });
            source.played_ms = source.played_ms.saturating_add(total.played_ms);
            source.plays = source.plays.saturating_add(total.plays);
        }
        let mut sources: Vec<MonthSource> = sources.into_values().collect();
        sources.sort_by(|a, b| {
            (b.played_ms, b.plays)
                .cmp(&(a.played_ms, a.plays))
                .then_with(|| a.source.cmp(&b.source))
        });
        Ok(sources)
    }

    /// The month that is named, or the newest that something was heard in; not one that has not begun.
    fn heard_month(&self, month: Option<&str>, zone: &str) -> Result<Period, AgentError> {
        let period = match month {
            Some(month) => Period::parse(month, zone)?,
            None => tekram_listen::newest_month(&self.vault, zone)?.ok_or(AgentError::EmptyLog)?,
        };
        if period.start() > self.clock.now() {
            return Err(AgentError::MonthInFuture);
        }
        Ok(period)
    }

    /// What the log says about a month, by source and item.
    fn month_totals(&self, period: &Period) -> Result<Vec<Total>, AgentError> {
        let mut totals = Vec::new();
        for total in tekram_listen::totals(&self.vault, period.start().millis(), period.end().millis())? {
            let (mut items_ms, mut items_plays) = (0_i64, 0_u64);
            for item in total.items {
                items_ms += item.played_ms;
                items_plays += item.plays;
                totals.push(Total {
                    source: total.key.clone(),
                    item: Some(item.item_guid),
                    name: total.name.clone(),
                    played_ms: u64::try_from(item.played_ms).unwrap_or(0),
                    plays: item.plays,
                });
            }
            // What was heard of the source without a known item.
            totals.push(Total {
                source: total.key,
                item: None,
                name: total.name,
                played_ms: u64::try_from(total.played_ms - items_ms).unwrap_or(0),
                plays: total.plays.saturating_sub(items_plays),
            });
        }
        totals.retain(|total| total.played_ms > 0 || total.plays > 0);
        Ok(totals)
    }

    /// The committed statement of a month without listens: those behind it may be gone, the statement stays.
    fn committed_of(&self, period: &Period) -> Result<Statement, AgentError> {
        statement::of_month(&self.vault, MAIN_BUDGET, &period.month_text())?
            .filter(|known| known.state != StatementState::Draft)
            .ok_or(AgentError::EmptyMonth)
    }

    /// The statement of a month, or the newest.
    ///
    /// # Errors
    /// `no_such_statement`, the vault's errors.
    pub fn statement_of(&self, month: Option<&str>) -> Result<Statement, AgentError> {
        let found = match month {
            Some(month) => statement::of_month(&self.vault, MAIN_BUDGET, month)?,
            None => statement::list(&self.vault, MAIN_BUDGET)?
                .into_iter()
                .max_by_key(|statement| statement.period.start()),
        };
        found.ok_or(AgentError::NoSuchStatement)
    }

    /// All statements, newest month first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn statements(&self) -> Result<Vec<Statement>, AgentError> {
        Ok(statement::list(&self.vault, MAIN_BUDGET)?)
    }
}

#[cfg(test)]
mod tests;
