//! EmanciPay: carries the log's seconds to the statement, and the statement to the rails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tekram_net::Http;
use tekram_pay::cashu::CashuRail;
use tekram_pay::courier::NostrCourier;
use tekram_pay::handoff::{HandOff, hand_offs};
use tekram_pay::ledger::Balance;
use tekram_pay::method::{Method, RailKind};
use tekram_pay::payee::{Discovered, FeedSource, HeldChange, Payee};
use tekram_pay::rail::Rail;
use tekram_pay::rates::EcbRates;
use tekram_pay::rules::{FACTOR_ONE, Rules, Weight};
use tekram_pay::settle::{Ended, OnProgress, SettleOptions, SettleReport, Settlement, StoredReceipt};
use tekram_pay::state::StatementState;
use tekram_pay::statement::{MAIN_BUDGET, Statement, StatementLine, Total};
use tekram_pay::{PayError, commit, ledger, payee, rules, settle, statement};
use tekram_primitives::canonical::{sha256_hex, to_canonical_json};
use tekram_primitives::money::Money;
use tekram_primitives::time::{Period, Timestamp};

use crate::error::AgentError;
use crate::persona::Persona;

/// What looking into one feed brought.
#[derive(Debug, Serialize)]
pub struct FeedLook {
    /// The feed's address.
    pub feed: String,
    /// What it told.
    pub found: Option<Discovered>,
    /// Why it told nothing: a stable code.
    pub problem: Option<&'static str>,
    /// The same for people.
    pub problem_text: Option<String>,
}

/// A change of payment details that waits for a look, with the number under which it is confirmed.
#[derive(Debug, Serialize)]
pub struct ChangeView {
    /// First sixteen hex digits of the SHA-256 of exactly what is shown.
    pub id: String,
    /// The change.
    #[serde(flatten)]
    pub change: HeldChange,
}

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

/// A mint, and who of a statement takes its e-cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MintTakers {
    /// The mint's address.
    pub mint: String,
    /// Those who take it, by name.
    pub takers: Vec<MintTaker>,
}

/// A payee of a statement who takes a mint's e-cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MintTaker {
    /// Id of the payee in this vault.
    pub payee_id: String,
    /// Its name.
    pub name: String,
    /// What the statement has for it.
    pub due: Money,
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
    /// Looks for payees in the feeds of what was heard, of the subscriptions, or only in the given ones. One feed that
    /// fails does not stop the others. `told` hears of each feed as it is done.
    ///
    /// # Errors
    /// The vault's errors.
    pub async fn discover(&self, feeds: &[String], told: &dyn Fn(&FeedLook)) -> Result<Vec<FeedLook>, AgentError> {
        let mut looks = Vec::new();
        for source in self.feed_sources(feeds)? {
            let look = match payee::discover(&self.vault, self.web.as_ref(), self.clock.as_ref(), &source).await {
                Ok(found) => FeedLook {
                    feed: source.feed_url,
                    found: Some(found),
                    problem: None,
                    problem_text: None,
                },
                Err(PayError::Vault(error)) => return Err(error.into()),
                Err(error) => FeedLook {
                    feed: source.feed_url,
                    found: None,
                    problem: Some(error.code()),
                    problem_text: Some(error.to_string()),
                },
            };
            told(&look);
            looks.push(look);
        }
        Ok(looks)
    }

    /// The feeds to look into: of what was heard (with the episodes) and of what is subscribed to.
    fn feed_sources(&self, only: &[String]) -> Result<Vec<FeedSource>, AgentError> {
        let mut sources: Vec<FeedSource> = Vec::new();
        for total in tekram_listen::totals(&self.vault, Timestamp::MIN.millis(), Timestamp::MAX.millis())? {
            let Some(feed_url) = total.feed_url.filter(|url| !url.is_empty()) else {
                continue;
            };
            let items = total
                .items
                .into_iter()
                .map(|item| item.item_guid)
                .filter(|guid| !guid.is_empty())
                .collect();
            sources.push(FeedSource {
                source: total.key,
                feed_url,
                items,
            });
        }
        for subscription in tekram_listen::subscriptions(&self.vault)? {
            if !sources.iter().any(|source| source.feed_url == subscription.feed_url) {
                sources.push(FeedSource {
                    source: subscription.key,
                    feed_url: subscription.feed_url,
                    items: Vec::new(),
                });
            }
        }
        if !only.is_empty() {
            for feed in only {
                if !sources.iter().any(|source| source.feed_url == *feed) {
                    sources.push(FeedSource {
                        source: feed.clone(),
                        feed_url: feed.clone(),
                        items: Vec::new(),
                    });
                }
            }
            sources.retain(|source| only.contains(&source.feed_url));
        }
        sources.sort_by(|a, b| a.feed_url.cmp(&b.feed_url));
        Ok(sources)
    }

    /// Those who can be paid, how, and the evidence for it.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn payees(&self) -> Result<Vec<Payee>, AgentError> {
        Ok(payee::payees(&self.vault)?)
    }

    /// Payment details that changed and wait for a look.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn changes(&self) -> Result<Vec<ChangeView>, AgentError> {
        payee::held_changes(&self.vault)?
            .into_iter()
            .map(|change| {
                let bytes = to_canonical_json(&change).map_err(tekram_primitives::record::RecordError::from)?;
                let id = sha256_hex(&bytes).chars().take(16).collect();
                Ok(ChangeView { id, change })
            })
            .collect()
    }

    /// Takes a change into use, or drops it.
    ///
    /// # Errors
    /// `no_such_change` when nothing with exactly that content waits any more.
    pub fn decide_change(&self, id: &str, take: bool) -> Result<(), AgentError> {
        let view = self
            .changes()?
            .into_iter()
            .find(|view| view.id == id)
            .ok_or(PayError::NoSuchChange)?;
        if take {
            payee::confirm_change(&self.vault, &view.change)?;
        } else {
            payee::reject_change(&self.vault, &view.change)?;
        }
        Ok(())
    }

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

    /// Promises the amounts of a month's statement: one signed record for each line that can be paid.
    ///
    /// # Errors
    /// `no_such_statement`, `draft_outdated`, the vault's errors.
    pub fn commit(&self, month: &str) -> Result<Statement, AgentError> {
        let draft = self.statement_of(Some(month))?;
        Ok(commit::commit_without(
            &self.vault,
            &draft.id,
            &self.rails_off,
            self.clock.as_ref(),
        )?)
    }

    /// Meets the promises of a month's statement as far as it goes now, and waits at most `wait` for the payees' receipts.
    /// Called again after a crash, a stop or an outage it continues; nothing is paid twice.
    ///
    /// # Errors
    /// `no_such_statement`, `not_committed`, `mint_not_taken`, `bad_mint_url`, `settlement_running`, the vault's errors. A payee, mint or relay
    /// that fails does not fail the call.
    pub async fn settle(
        &self,
        month: &str,
        mint: Option<&str>,
        wait: Duration,
        on_progress: OnProgress<'_>,
    ) -> Result<SettleReport, AgentError> {
        let statement = self.statement_of(Some(month))?;
        let mut rails: Vec<Arc<dyn Rail>> = Vec::new();
        if !self.rails_off.contains(&RailKind::Cashu) {
            for mint in self.mints_for(mint, &statement)? {
                rails.push(Arc::new(self.cashu_rail(&mint)?));
            }
        }
        let courier = NostrCourier::new(self.policy.clone());
        let rates = EcbRates::new(self.web.as_ref(), self.clock.as_ref());
        let options = SettleOptions {
            rails_off: self.rails_off.clone(),
            ..SettleOptions::default()
        };
        let settlement = Settlement {
            vault: &self.vault,
            rails: &rails,
            courier: &courier,
            rates: Some(&rates),
            clock: self.clock.as_ref(),
            options: &options,
        };
        let settled = async {
            let report = settle::settle(&settlement, &statement.id, &mut *on_progress).await?;
            if report.ended != Ended::Done {
                return Ok(report);
            }
            settle::collect(&settlement, &statement.id, wait, on_progress).await
        }
        .await;
        courier.close().await;
        Ok(settled?)
    }

    /// The mints to pay with: the person's choice alone, or all that payees of the statement take, the most taken first.
    fn mints_for(&self, chosen: Option<&str>, statement: &Statement) -> Result<Vec<String>, AgentError> {
        let payees = self.payees_of(statement)?;
        mints_by_takers(payees.iter().flat_map(cashu_mints), chosen)
    }

    /// The payees of a statement.
    fn payees_of(&self, statement: &Statement) -> Result<Vec<Payee>, AgentError> {
        let in_statement = |payee: &Payee| {
            statement
                .lines
                .iter()
                .any(|line| line.payee_id() == Some(&payee.payee_id))
        };
        let mut payees = self.payees()?;
        payees.retain(in_statement);
        Ok(payees)
    }

    /// The mints whose e-cash payees of a month's statement take, the most taken first, with who takes which. Empty when
    /// e-cash is switched off.
    ///
    /// # Errors
    /// `no_such_statement`, the vault's errors.
    pub fn mints(&self, month: &str) -> Result<Vec<MintTakers>, AgentError> {
        let statement = self.statement_of(Some(month))?;
        if self.rails_off.contains(&RailKind::Cashu) {
            return Ok(Vec::new());
        }
        let payees = self.payees_of(&statement)?;
        let taker = |payee: &Payee| MintTaker {
            payee_id: payee.payee_id.clone(),
            name: payee.name.clone(),
            due: Money::new(due_minor(&statement, &payee.payee_id), statement.budget.asset),
        };
        Ok(mints_by_takers(payees.iter().flat_map(cashu_mints), None)?
            .into_iter()
            .map(|mint| MintTakers {
                takers: payees
                    .iter()
                    .filter(|payee| cashu_mints(payee).flatten().any(|known| plain_mint(known) == mint))
                    .map(taker)
                    .collect(),
                mint,
            })
            .collect())
    }

    fn cashu_rail(&self, mint: &str) -> Result<CashuRail, AgentError> {
        let http: Arc<dyn Http> = Arc::clone(&self.web) as Arc<dyn Http>;
        Ok(CashuRail::open(
            self.vault.clone(),
            http,
            Arc::clone(&self.clock),
            mint,
        )?)
    }

    /// Ecash on hand at a mint, by unit.
    ///
    /// # Errors
    /// `bad_mint_url`, the vault's errors.
    pub async fn wallet(&self, mint: &str) -> Result<Vec<Money>, AgentError> {
        Ok(self.cashu_rail(mint)?.balances().await?)
    }

    /// The links on which the person finishes what no rail can pay; none when hand-offs are switched off.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn hand_offs(&self, statement: &Statement) -> Result<Vec<HandOff>, AgentError> {
        if self.rails_off.contains(&RailKind::HandOff) {
            return Ok(Vec::new());
        }
        Ok(hand_offs(
            &self.vault,
            &statement.id,
            &SettleOptions::default().hand_off_text,
        )?)
    }

    /// The receipts of a statement.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn receipts(&self, statement: &Statement) -> Result<Vec<StoredReceipt>, AgentError> {
        Ok(settle::receipts(&self.vault, &statement.id)?)
    }

    /// Balances of the ledger by account, and the sum of everything, which is zero.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn ledger(&self) -> Result<(Vec<Balance>, i64), AgentError> {
        Ok((
            ledger::balances(&self.vault, "")?,
            ledger::ledger_sum_minor(&self.vault)?,
        ))
    }
}

/// The mints in the order in which they are used. Of equally taken ones the first by name, so that a second run chooses
/// the same. A chosen mint must be taken by somebody, unless nobody takes e-cash at all.
fn mints_by_takers<'a>(
    taken: impl Iterator<Item = &'a [String]>,
    chosen: Option<&str>,
) -> Result<Vec<String>, AgentError> {
    let mut takers: BTreeMap<&str, usize> = BTreeMap::new();
    for mint in taken.flatten() {
        *takers.entry(plain_mint(mint)).or_default() += 1;
    }
    if let Some(chosen) = chosen {
        let known = takers.is_empty() || takers.contains_key(plain_mint(chosen));
        return if known {
            Ok(vec![chosen.to_owned()])
        } else {
            Err(AgentError::MintNotTaken)
        };
    }
    let mut mints: Vec<(&str, usize)> = takers.into_iter().collect();
    mints.sort_by(|(a, a_takers), (b, b_takers)| b_takers.cmp(a_takers).then(a.cmp(b)));
    Ok(mints.into_iter().map(|(mint, _)| mint.to_owned()).collect())
}

/// The mints that a payee names, for each of its e-cash methods.
fn cashu_mints(payee: &Payee) -> impl Iterator<Item = &[String]> {
    payee.methods.iter().filter_map(|method| match method {
        Method::Cashu(cashu) => Some(cashu.mints.as_slice()),
        _ => None,
    })
}

/// What a statement has for one payee, minor units.
fn due_minor(statement: &Statement, payee_id: &str) -> i64 {
    let own = |line: &&StatementLine| line.payee_id() == Some(payee_id);
    statement.lines.iter().filter(own).map(|line| line.line.due_minor).sum()
}

/// A mint's address as it is compared: without the slashes at its end.
fn plain_mint(mint: &str) -> &str {
    mint.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mints(taken: &[&[&str]], chosen: Option<&str>) -> Result<Vec<String>, &'static str> {
        let taken: Vec<Vec<String>> = taken
            .iter()
            .map(|mints| mints.iter().map(|mint| (*mint).to_owned()).collect())
            .collect();
        mints_by_takers(taken.iter().map(Vec::as_slice), chosen).map_err(|error| error.code())
    }

    #[test]
    fn every_mint_that_somebody_takes_is_used_the_most_taken_first() {
        let taken: [&[&str]; 3] = [
            &["https://b.example"],
            &["https://a.example", "https://b.example/"],
            &["https://c.example"],
        ];
        let expected = ["https://b.example", "https://a.example", "https://c.example"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(mints(&taken, None), Ok(expected));
        assert_eq!(mints(&[], None), Ok(Vec::new()));
    }

    #[test]
    fn a_chosen_mint_is_used_alone_and_only_if_somebody_takes_it() {
        let taken: [&[&str]; 2] = [&["https://a.example"], &["https://b.example"]];
        assert_eq!(
            mints(&taken, Some("https://b.example/")),
            Ok(vec!["https://b.example/".to_owned()])
        );
        assert_eq!(mints(&taken, Some("https://c.example")), Err("mint_not_taken"));
    }
}
