//! EmanciPay, outside: who can be paid, and the way of a committed statement to its payees.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tekram_net::Http;
use tekram_pay::cashu::CashuRail;
use tekram_pay::courier::NostrCourier;
use tekram_pay::handoff::{HandOff, hand_offs};
use tekram_pay::ledger::Balance;
use tekram_pay::method::RailKind;
use tekram_pay::payee::{Discovered, FeedSource, HeldChange, Payee};
use tekram_pay::rail::Rail;
use tekram_pay::rates::EcbRates;
use tekram_pay::settle::{Ended, OnProgress, SettleOptions, SettleReport, Settlement, StoredReceipt};
use tekram_pay::statement::Statement;
use tekram_pay::{PayError, commit, ledger, payee, settle};
use tekram_primitives::canonical::{sha256_hex, to_canonical_json};
use tekram_primitives::money::Money;
use tekram_primitives::time::Timestamp;

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
        // What is paid is paid; if this fails, the next unlock does it.
        let _ = self.take_purchases();
        Ok(settled?)
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
