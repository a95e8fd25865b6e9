//! The saga: killed at every step and resumed, it never pays twice, never loses anything, and always adds up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod support;

use std::collections::BTreeSet;
use std::future::Future;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use support::*;
use tekram_pay::PayError;
use tekram_pay::commit::{commit, promises};
use tekram_pay::ledger::{balances, ledger_sum_minor};
use tekram_pay::method::{Method, RailKind, RailsOff};
use tekram_pay::outward::{Asked, Reached, contacts, sent_payments};
use tekram_pay::rail::Rail;
use tekram_pay::rates::{EcbDay, Rate, RateError, RateSource};
use tekram_pay::rules::set_rules;
use tekram_pay::settle::{
    Ended, Progress, SettleOptions, SettleReport, Settlement, accept_receipt, collect, receipts, settle,
};
use tekram_pay::state::{LineState, StatementState};
use tekram_pay::statement::{MAIN_BUDGET, Statement, draft, statement};
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::time::{Clock, FixedClock};
use tekram_vault::{AuditKind, AuditQuery, Scope, Vault};

/// A committed month with two payees on the rail, one link, one node, and something nobody can be paid for.
struct Month {
    folder: tempfile::TempDir,
    vault: Vault,
    clock: FixedClock,
    world: SharedWorld,
    rails: Vec<Arc<dyn Rail>>,
    letterbox: LetterboxForTests,
    options: SettleOptions,
    statement: Statement,
    desks: Vec<DeskOf>,
}

impl Month {
    fn committed() -> Self {
        Self::with_assets(&["EUR"])
    }

    fn with_assets(assets: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault_in(folder.path());
        let desks = vec![DeskOf::named("Harbour Lights", 1), DeskOf::named("Signal & Noise", 2)];
        payable(&vault, "harbour", "Harbour Lights", &desks[0].method());
        payable(&vault, "signal", "Signal & Noise", &desks[1].method());
        payable(
            &vault,
            "table",
            "The Long Table",
            &Method::Link {
                url: "https://table.example/donate".to_owned(),
            },
        );
        set_rules(&vault, MAIN_BUDGET, &rules(eur(1000)), &clock()).unwrap();
        let totals = [
            total("harbour", 50, 1),
            total("signal", 30, 1),
            total("table", 15, 1),
            total("nobody", 5, 1),
        ];
        let made = draft(&vault, MAIN_BUDGET, &september(), &totals, &clock()).unwrap();
        let statement = commit(&vault, &made.id, &clock()).unwrap();
        let world = SharedWorld::default();
        let rail = FakeRailForTests {
            world: Arc::clone(&world),
            assets: assets.iter().map(|code| asset(code)).collect(),
        };
        Self {
            folder,
            vault,
            clock: clock(),
            letterbox: LetterboxForTests {
                world: Arc::clone(&world),
                desks: desks.clone(),
            },
            rails: vec![Arc::new(rail)],
            world,
            options: SettleOptions {
                poll: Duration::ZERO,
                ..SettleOptions::default()
            },
            statement,
            desks,
        }
    }

    fn settlement(&self) -> Settlement<'_> {
        Settlement {
            vault: &self.vault,
            rails: &self.rails,
            courier: &self.letterbox,
            rates: None,
            clock: &self.clock,
            options: &self.options,
        }
    }

    fn now(&self) -> Statement {
        statement(&self.vault, &self.statement.id).unwrap()
    }

    /// What must hold at every moment.
    fn check(&self) {
        let summary = self.now().summary();
        assert_eq!(
            summary.paid_minor + summary.handed_off_minor + summary.carried_minor + summary.fees_minor,
            summary.statement_total_minor,
            "{summary:?}"
        );
        assert_eq!(summary.statement_total_minor, 1000);
        assert_eq!(ledger_sum_minor(&self.vault).unwrap(), 0);
        let world = self.world.lock().unwrap();
        for (key, times) in &world.executions {
            assert_eq!(*times, 1, "{key} left the wallet {times} times");
        }
        assert!(world.topped_up.len() <= 1 && world.invoices_made <= 1);
    }

    async fn run(&self) -> SettleReport {
        settle(&self.settlement(), &self.statement.id, &mut |_| {
            self.check();
            ControlFlow::Continue(())
        })
        .await
        .unwrap()
    }

    async fn gather(&self) -> SettleReport {
        collect(&self.settlement(), &self.statement.id, Duration::ZERO, &mut |_| {
            self.check();
            ControlFlow::Continue(())
        })
        .await
        .unwrap()
    }

    fn line(&self, name: &str) -> tekram_pay::statement::StatementLine {
        self.now()
            .lines
            .into_iter()
            .find(|line| line.line.name == name)
            .unwrap()
    }

    /// Everybody has exactly what they should, and the books say so.
    fn is_finished(&self) {
        self.check();
        let now = self.now();
        assert_eq!(now.state, StatementState::Settled);
        assert_eq!(self.line("Harbour Lights").paid_minor, 498);
        assert_eq!(self.line("Signal & Noise").paid_minor, 298);
        assert_eq!(self.line("The Long Table").state, LineState::HandedOff);
        let summary = now.summary();
        assert_eq!((summary.paid_minor, summary.handed_off_minor), (796, 150));
        assert_eq!(
            (summary.carried_minor, summary.fees_minor, summary.in_flight_minor),
            (50, 4, 0)
        );
        let world = self.world.lock().unwrap();
        assert_eq!(world.redeemed_minor[&self.desks[0].did()], 498);
        assert_eq!(world.redeemed_minor[&self.desks[1].did()], 298);
        assert_eq!(world.executions.len(), 2);
        let balance = |account: &str| {
            let found = balances(&self.vault, account).unwrap();
            found
                .iter()
                .find(|entry| entry.account == account)
                .map_or(0, |entry| entry.balance.amount_minor)
        };
        assert_eq!(balance("rail:fake:https://mint.example"), world.wallet_minor);
        assert_eq!(balance("budget:main"), -1000);
        assert_eq!(balance("fees"), 4);
        assert_eq!(balance("carried:main:waiting"), 50);
        assert!(balances(&self.vault, "committed:").unwrap().is_empty());
        assert!(balances(&self.vault, "in_flight:").unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_month_is_paid_handed_off_and_carried_to_the_last_cent() {
    let month = Month::committed();
    assert_eq!(month.run().await.ended, Ended::Done);
    assert_eq!(month.now().summary().in_flight_minor, 800);
    assert_eq!(month.now().state, StatementState::Committed);
    month.gather().await;
    month.is_finished();
    let kept = receipts(&month.vault, &month.statement.id).unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|receipt| receipt.record.is_some()));
}

#[tokio::test]
async fn settling_again_changes_nothing() {
    let month = Month::committed();
    month.run().await;
    month.gather().await;
    let calls = month.world.lock().unwrap().calls;
    month.run().await;
    month.gather().await;
    assert_eq!(
        month.world.lock().unwrap().calls,
        calls,
        "nothing is asked for any more"
    );
    month.is_finished();
}

/// Polls until the run ends or the program has died inside it.
async fn until_death<T>(world: &SharedWorld, run: impl Future<Output = T>) -> Option<T> {
    let mut run = Box::pin(run);
    std::future::poll_fn(|context: &mut Context<'_>| match run.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if world.lock().unwrap().is_dead => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

async fn survive(death: Death) -> bool {
    let month = Month::committed();
    month.world.lock().unwrap().death = Some(death);
    let mut died = until_death(&month.world, month.run()).await.is_none();
    if !died {
        died = until_death(&month.world, month.gather()).await.is_none();
    }
    {
        let mut world = month.world.lock().unwrap();
        world.is_dead = false;
        world.death = None;
    }
    month.check();
    // The next life of the program.
    month.run().await;
    month.gather().await;
    month.is_finished();
    died
}

#[tokio::test]
async fn killed_at_any_call_to_the_outside_it_never_pays_twice_and_never_loses() {
    let mut deaths = 0;
    for call in 1.. {
        let before = survive(Death::Before(call)).await;
        let after = survive(Death::After(call)).await;
        deaths += usize::from(before) + usize::from(after);
        if !before && !after {
            break;
        }
    }
    assert!(deaths >= 14, "only {deaths} places to die were found");
}

#[tokio::test]
async fn stopped_after_any_written_step_it_continues_in_the_reopened_vault() {
    for stop_at in 1.. {
        let mut month = Month::committed();
        let mut seen = 0;
        let report = settle(&month.settlement(), &month.statement.id, &mut |_| {
            month.check();
            seen += 1;
            if seen == stop_at {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .await
        .unwrap();
        if report.ended != Ended::Stopped {
            assert!(stop_at > 8, "only {stop_at} steps were told");
            month.gather().await;
            month.is_finished();
            return;
        }
        let vault = month.vault.clone();
        vault.lock().unwrap();
        month.vault = reopened(month.folder.path());
        month.run().await;
        month.gather().await;
        month.is_finished();
    }
}

#[tokio::test]
async fn the_invoice_is_shown_once_and_the_wait_can_be_ended() {
    let mut month = Month::committed();
    month.options.top_up_wait = Duration::ZERO;
    let mut shown = Vec::new();
    let report = settle(&month.settlement(), &month.statement.id, &mut |progress| {
        if let Progress::TopUpNeeded { amount, invoice, .. } = progress {
            shown.push((*amount, invoice.clone()));
        }
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    assert_eq!(report.ended, Ended::TopUpNotPaid);
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].0, eur(800));
    assert_eq!(
        month.now().summary().handed_off_minor,
        150,
        "links do not wait for the invoice"
    );
    month.run().await;
    month.gather().await;
    month.is_finished();
}

#[tokio::test]
async fn a_top_up_that_is_paid_late_leaves_the_payee_all_its_time() {
    let mut month = Month::committed();
    month.options.top_up_wait = Duration::ZERO;
    assert_eq!(month.run().await.ended, Ended::TopUpNotPaid);
    let paid_on = month.clock.now().plus_millis(9 * 24 * 3_600_000);
    month.clock.set(paid_on);
    // Killed after the mint has locked and before its answer is here: the terms stay those of the first time.
    let harbour = month.line("Harbour Lights").commitment.unwrap();
    month.world.lock().unwrap().uncertain.insert(harbour);
    month.run().await;
    let until = paid_on.plus_millis(month.options.locktime_ms);
    assert_eq!(month.world.lock().unwrap().locktime, Some(until));
    month.clock.set(paid_on.plus_millis(1000));
    month.run().await;
    assert_eq!(
        month.world.lock().unwrap().letter_expires,
        Some(until.plus_millis(7 * 24 * 3_600_000)),
        "relays forget the letter a week after"
    );
    month.gather().await;
    month.is_finished();
}

#[tokio::test]
async fn an_unknown_outcome_is_asked_about_and_not_repeated() {
    let month = Month::committed();
    let harbour = month.line("Harbour Lights").commitment.unwrap();
    month.world.lock().unwrap().uncertain.insert(harbour);
    month.run().await;
    assert_eq!(month.line("Harbour Lights").state, LineState::Unknown);
    assert_eq!(
        month.line("Signal & Noise").state,
        LineState::Paying,
        "the other payee does not wait"
    );
    month.world.lock().unwrap().mint_is_down = true;
    month.run().await;
    assert_eq!(
        month.line("Harbour Lights").state,
        LineState::Unknown,
        "no answer is no evidence"
    );
    month.world.lock().unwrap().mint_is_down = false;
    month.run().await;
    month.gather().await;
    month.is_finished();
}

#[tokio::test]
async fn a_refused_payee_is_carried_and_the_others_are_paid() {
    let month = Month::committed();
    let harbour = month.line("Harbour Lights").commitment.unwrap();
    month.world.lock().unwrap().refuse.insert(harbour);
    month.run().await;
    month.gather().await;
    month.check();
    let line = month.line("Harbour Lights");
    assert_eq!(
        (line.state, line.state_reason.as_str()),
        (LineState::Failed, "test_refuses")
    );
    assert_eq!(month.line("Signal & Noise").state, LineState::Paid);
    assert_eq!(month.now().summary().carried_minor, 550);
    let carried = balances(&month.vault, "carried:main:").unwrap();
    assert_eq!(carried.iter().map(|entry| entry.balance.amount_minor).sum::<i64>(), 550);
}

#[tokio::test]
async fn a_mint_that_is_down_delays_and_loses_nothing() {
    let month = Month::committed();
    month.world.lock().unwrap().mint_is_down = true;
    month.run().await;
    month.check();
    assert_eq!(month.line("Harbour Lights").state, LineState::Committed);
    month.world.lock().unwrap().mint_is_down = false;
    month.run().await;
    month.gather().await;
    month.is_finished();
}

#[tokio::test]
async fn a_relay_that_is_down_leaves_the_token_stored_until_it_can_be_delivered() {
    let month = Month::committed();
    month.world.lock().unwrap().relay_is_down = true;
    month.run().await;
    assert_eq!(month.world.lock().unwrap().executions.len(), 2);
    assert_eq!(month.now().summary().in_flight_minor, 800);
    month.world.lock().unwrap().relay_is_down = false;
    month.run().await;
    month.gather().await;
    month.is_finished();
}

#[tokio::test]
async fn what_is_not_redeemed_comes_back_after_the_locktime_and_is_carried() {
    let month = Month::committed();
    month.world.lock().unwrap().asleep.insert(month.desks[0].did());
    month.run().await;
    month.gather().await;
    assert_eq!(
        month.line("Harbour Lights").state,
        LineState::Paying,
        "before the locktime it is the payee's"
    );
    let later = month.clock.now().plus_millis(month.options.locktime_ms + 1);
    month.clock.set(later);
    month.world.lock().unwrap().now = Some(later);
    month.gather().await;
    month.check();
    let line = month.line("Harbour Lights");
    assert_eq!(
        (line.state, line.fees_minor, line.carried_minor()),
        (LineState::Refunded, 2, 498)
    );
    assert_eq!(month.now().state, StatementState::Settled);
    let wallet = month.world.lock().unwrap().wallet_minor;
    let held = balances(&month.vault, "rail:").unwrap();
    assert_eq!(
        held[0].balance.amount_minor, wallet,
        "the books know what the wallet holds"
    );
}

#[tokio::test]
async fn a_payee_that_redeems_in_silence_is_paid_by_the_mints_word() {
    let month = Month::committed();
    month.run().await;
    month.world.lock().unwrap().mailbox.clear();
    month.gather().await;
    month.is_finished();
    let kept = receipts(&month.vault, &month.statement.id).unwrap();
    assert!(
        kept.iter()
            .all(|receipt| receipt.record.is_none() && receipt.rail_evidence.is_some())
    );
}

#[tokio::test]
async fn a_receipt_counts_only_from_the_payee_for_what_was_sent() {
    let month = Month::committed();
    let harbour = month.line("Harbour Lights").commitment.unwrap().parse().unwrap();
    let [desk, other] = [&month.desks[0], &month.desks[1]];
    let refusal = |record| accept_receipt(&month.vault, &record, &month.clock).unwrap_err();
    let reason = |error: PayError| match error {
        PayError::BadReceipt { reason } => reason,
        other => panic!("{other}"),
    };
    assert_eq!(reason(refusal(desk.receipt(&harbour, eur(498)))), "not_sent");
    month.world.lock().unwrap().asleep.extend([desk.did(), other.did()]);
    month.run().await;
    assert_eq!(reason(refusal(other.receipt(&harbour, eur(498)))), "wrong_payee");
    assert_eq!(reason(refusal(desk.receipt(&harbour, eur(501)))), "wrong_amount");
    assert_eq!(reason(refusal(desk.receipt(&harbour, eur(0)))), "wrong_amount");
    assert_eq!(
        reason(refusal(desk.receipt(&harbour, Money::new(498, asset("USD"))))),
        "wrong_asset"
    );
    accept_receipt(&month.vault, &desk.receipt(&harbour, eur(498)), &month.clock).unwrap();
    accept_receipt(&month.vault, &desk.receipt(&harbour, eur(498)), &month.clock).unwrap();
    assert_eq!(month.line("Harbour Lights").paid_minor, 498);
    month.check();
}

#[tokio::test]
async fn what_did_not_arrive_is_a_fee_and_the_line_still_adds_up() {
    let month = Month::committed();
    month.world.lock().unwrap().asleep.insert(month.desks[0].did());
    month.run().await;
    let harbour = month.line("Harbour Lights").commitment.unwrap().parse().unwrap();
    accept_receipt(&month.vault, &month.desks[0].receipt(&harbour, eur(490)), &month.clock).unwrap();
    let line = month.line("Harbour Lights");
    assert_eq!((line.paid_minor, line.fees_minor, line.carried_minor()), (490, 10, 0));
    assert_eq!(
        (line.state, line.state_reason.as_str()),
        (LineState::Paid, "receipt_below_net")
    );
    month.check();
}

#[tokio::test]
async fn a_restored_vault_pays_nothing_by_itself() {
    let month = Month::committed();
    month
        .vault
        .write(Scope("pay"), |tx| {
            tx.execute("UPDATE pay_commitment SET vault_epoch = vault_epoch - 1", [])?;
            Ok::<_, PayError>(())
        })
        .unwrap();
    let mut reasons = Vec::new();
    settle(&month.settlement(), &month.statement.id, &mut |progress| {
        if let Progress::NotPlanned { reason, carried, .. } = progress {
            reasons.push((reason.clone(), *carried));
        }
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    assert_eq!(reasons, vec![("restored_vault".to_owned(), false); 2]);
    assert!(month.world.lock().unwrap().executions.is_empty());
    assert_eq!(month.line("Harbour Lights").state, LineState::Committed);
    month.check();
}

impl Month {
    /// As after a restore from a backup made now: every commitment is of an earlier epoch.
    fn restore(&self) {
        self.vault
            .write(Scope("pay"), |tx| {
                tx.execute("UPDATE pay_commitment SET vault_epoch = vault_epoch - 1", [])?;
                Ok::<_, PayError>(())
            })
            .unwrap();
    }

    /// Settles until the first progress that `stop` names.
    async fn run_until(&self, stop: fn(&Progress) -> bool) {
        let mut until = |progress: &Progress| match stop(progress) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let report = settle(&self.settlement(), &self.statement.id, &mut until)
            .await
            .unwrap();
        assert_eq!(report.ended, Ended::Stopped);
    }

    /// Settles, and says which lines are not known, and why.
    async fn run_for_unknown(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        settle(&self.settlement(), &self.statement.id, &mut |progress| {
            if let Progress::Unknown { reason, .. } = progress {
                reasons.push(reason.clone());
            }
            ControlFlow::Continue(())
        })
        .await
        .unwrap();
        reasons
    }
}

#[tokio::test]
async fn what_was_planned_before_a_restore_is_neither_funded_nor_paid() {
    let month = Month::committed();
    month
        .run_until(|progress| matches!(progress, Progress::Planned { .. }))
        .await;
    month.restore();
    for _ in 0..2 {
        assert_eq!(month.run_for_unknown().await, ["older_epoch"; 2]);
        assert_eq!(month.world.lock().unwrap().invoices_made, 0);
        assert!(month.world.lock().unwrap().executions.is_empty());
        let line = month.line("Harbour Lights");
        assert_eq!(
            (line.state, line.state_reason.as_str()),
            (LineState::Unknown, "older_epoch")
        );
        month.check();
    }
}

#[tokio::test]
async fn what_was_begun_before_a_restore_is_only_asked_about() {
    let month = Month::committed();
    month
        .run_until(|progress| matches!(progress, Progress::Begun { .. }))
        .await;
    month.restore();
    assert_eq!(month.run_for_unknown().await, ["older_epoch"; 2]);
    assert!(month.world.lock().unwrap().executions.is_empty());
    assert_eq!(month.line("Harbour Lights").state, LineState::Unknown);
    month.check();
}

#[tokio::test]
async fn what_the_mint_proves_to_have_happened_before_a_restore_is_continued() {
    let month = Month::committed();
    let harbour = month.line("Harbour Lights").commitment.unwrap();
    month.world.lock().unwrap().uncertain.insert(harbour);
    month
        .run_until(|progress| matches!(progress, Progress::Unknown { .. }))
        .await;
    month.restore();
    // The first was executed under its key, the second never.
    assert_eq!(month.run_for_unknown().await, ["older_epoch"]);
    month.gather().await;
    assert_eq!(month.line("Harbour Lights").paid_minor, 498);
    assert_eq!(month.world.lock().unwrap().executions.len(), 1);
    month.check();
}

#[tokio::test]
async fn a_payee_whose_mint_is_not_at_hand_stays_promised_until_it_is() {
    let mut month = Month::committed();
    let rails = std::mem::take(&mut month.rails);
    let mut reasons = Vec::new();
    settle(&month.settlement(), &month.statement.id, &mut |progress| {
        if let Progress::NotPlanned { reason, carried, .. } = progress {
            reasons.push((reason.clone(), *carried));
        }
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    assert_eq!(reasons, vec![("no_common_rail".to_owned(), false); 2]);
    assert_eq!(month.line("Harbour Lights").state, LineState::Committed);
    month.check();
    month.rails = rails;
    month.run().await;
    month.gather().await;
    month.is_finished();
}

#[tokio::test]
async fn fees_above_the_ceiling_are_not_paid_but_carried() {
    let mut month = Month::committed();
    month.options.max_fee_permille = 5;
    month.run().await;
    month.check();
    // Two cents are 0.4 % of 5.00 and 0.7 % of 3.00.
    assert_eq!(month.line("Harbour Lights").state, LineState::Paying);
    assert_eq!(month.line("Signal & Noise").state_reason, "fees_too_high");
}

#[tokio::test]
async fn two_settlements_of_one_vault_do_not_run_at_once() {
    let month = Month::committed();
    month.world.lock().unwrap().death = Some(Death::Before(1));
    let mut first = Box::pin(month.run());
    let mut context = Context::from_waker(Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending());
    let refused = settle(&month.settlement(), &month.statement.id, &mut |_| {
        ControlFlow::Continue(())
    })
    .await;
    assert_eq!(refused.unwrap_err().code(), "settlement_running");
    drop(first);
    month.world.lock().unwrap().death = None;
    month.run().await;
    month.gather().await;
    month.is_finished();
}

#[tokio::test]
async fn a_draft_cannot_be_settled() {
    let month = Month::committed();
    let october = tekram_primitives::time::Period::parse("2026-10", "Europe/Vienna").unwrap();
    let made = draft(&month.vault, MAIN_BUDGET, &october, &[], &clock()).unwrap();
    let refused = settle(&month.settlement(), &made.id, &mut |_| ControlFlow::Continue(())).await;
    assert_eq!(refused.unwrap_err().code(), "not_committed");
}

#[tokio::test]
async fn what_one_month_has_funded_is_not_spent_by_the_next() {
    let month = Month::committed();
    let report = settle(
        &month.settlement(),
        &month.statement.id,
        &mut |progress| match progress {
            Progress::Funded { .. } => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (report.ended, month.world.lock().unwrap().wallet_minor),
        (Ended::Stopped, 800)
    );
    let october = tekram_primitives::time::Period::parse("2026-10", "Europe/Vienna").unwrap();
    let made = draft(&month.vault, MAIN_BUDGET, &october, &[total("harbour", 1, 1)], &clock()).unwrap();
    let next = commit(&month.vault, &made.id, &clock()).unwrap();
    let mut go_on = |_: &Progress| ControlFlow::Continue(());
    settle(&month.settlement(), &next.id, &mut go_on).await.unwrap();
    assert_eq!(
        month.world.lock().unwrap().wallet_minor,
        800,
        "the first month's money is still there"
    );
    settle(&month.settlement(), &month.statement.id, &mut go_on)
        .await
        .unwrap();
    collect(&month.settlement(), &month.statement.id, Duration::ZERO, &mut go_on)
        .await
        .unwrap();
    assert_eq!(month.now().state, StatementState::Settled);
    assert_eq!(month.now().summary().paid_minor, 796);
    assert_eq!(ledger_sum_minor(&month.vault).unwrap(), 0);
}

/// The ECB's document of one day, without the fetch.
#[derive(Debug)]
struct OneDayForTests(EcbDay, Mutex<usize>);

#[async_trait::async_trait]
impl RateSource for OneDayForTests {
    async fn rate(&self, from: Asset, to: Asset) -> Result<Rate, RateError> {
        *self.1.lock().unwrap() += 1;
        self.0.rate(from, to)
    }
}

const DAY: &[u8] = b"<E><Cube><Cube time='2026-10-01'><Cube currency='USD' rate='1.1725'/></Cube></Cube></E>";

#[tokio::test]
async fn a_mint_in_another_currency_is_paid_through_the_exchange_account() {
    let month = Month::with_assets(&["USD"]);
    let rates = OneDayForTests(EcbDay::parse(DAY).unwrap(), Mutex::new(0));
    let settlement = Settlement {
        rates: Some(&rates),
        ..month.settlement()
    };
    settle(&settlement, &month.statement.id, &mut |_| {
        month.check();
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    collect(&settlement, &month.statement.id, Duration::ZERO, &mut |_| {
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    month.check();
    let line = month.line("Harbour Lights");
    // 5.00 EUR are 5.86 USD; 0.02 USD are fees.
    assert_eq!(
        (line.state, line.paid_minor, line.fees_minor, line.carried_minor()),
        (LineState::Paid, 498, 2, 0)
    );
    let exchange = balances(&month.vault, "exchange").unwrap();
    assert_eq!(exchange.len(), 2, "{exchange:?}");
    assert!(exchange.iter().any(|entry| entry.balance == eur(800)));
    assert!(
        exchange
            .iter()
            .any(|entry| entry.balance == Money::new(-(586 + 351), asset("USD")))
    );
}

#[tokio::test]
async fn without_a_rate_the_line_stays_promised_for_another_mint() {
    let month = Month::with_assets(&["USD"]);
    month.run().await;
    month.check();
    let line = month.line("Harbour Lights");
    assert_eq!((line.state, line.commitment.is_some()), (LineState::Committed, true));
    assert_eq!(month.now().state, StatementState::Committed);
}

#[tokio::test]
async fn what_needs_a_rail_that_was_switched_off_waits_and_goes_on_when_it_is_on_again() {
    let mut month = Month::committed();
    let rails = std::mem::take(&mut month.rails);
    month.options.rails_off = RailsOff::from(RailKind::ALL);
    let mut told = Vec::new();
    let report = settle(&month.settlement(), &month.statement.id, &mut |progress| {
        if let Progress::NotPlanned { reason, carried, .. } = progress {
            told.push((reason.clone(), *carried));
        }
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    assert_eq!(report.ended, Ended::Done);
    assert_eq!(told, vec![("rail_off".to_owned(), false); 3]);
    assert_eq!(month.now().waiting_minor(), 950);
    assert!(month.world.lock().unwrap().executions.is_empty());
    month.check();

    month.rails = rails;
    month.options.rails_off = RailsOff::new();
    month.run().await;
    month.gather().await;
    month.is_finished();
}

#[tokio::test]
async fn what_left_and_who_was_asked_can_be_read_back_in_pages() {
    let month = Month::committed();
    assert!(
        sent_payments(&month.vault, None, 10).unwrap().is_empty(),
        "a promise alone has not left"
    );
    assert!(contacts(&month.vault).unwrap().is_empty());
    month.run().await;
    let sent = sent_payments(&month.vault, None, 10).unwrap();
    let told: Vec<(&str, Reached, Money)> = sent
        .iter()
        .map(|payment| (payment.payee_name.as_str(), payment.reached, payment.amount))
        .collect();
    assert_eq!(sent.len(), 3);
    for expected in [
        ("Harbour Lights", Reached::Delivered, eur(500)),
        ("Signal & Noise", Reached::Delivered, eur(300)),
        ("The Long Table", Reached::HandedOff, eur(150)),
    ] {
        assert!(told.contains(&expected), "{expected:?} in {told:?}");
    }
    let disclosed = AuditQuery {
        kinds: vec![AuditKind::Disclosure],
        ..AuditQuery::default()
    };
    let noted: BTreeSet<_> = month
        .vault
        .audit_entries(&disclosed)
        .unwrap()
        .entries
        .into_iter()
        .filter_map(|entry| entry.content)
        .map(|content| (content.who, content.party, content.record, content.what))
        .collect();
    let left: BTreeSet<_> = sent
        .iter()
        .map(|payment| {
            let payment = payment.clone();
            (
                payment.payee_name,
                payment.identity,
                payment.commitment,
                payment.amount.to_string(),
            )
        })
        .collect();
    assert_eq!(noted, left, "the audit has each, once");
    let mut paged = Vec::new();
    let mut after: Option<(i64, String)> = None;
    loop {
        let from = after.as_ref().map(|(at_ms, id)| (*at_ms, id.as_str()));
        let page = sent_payments(&month.vault, from, 1).unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.at.millis(), last.commitment.clone()));
        paged.extend(page);
    }
    assert_eq!(paged, sent);
    let asked = contacts(&month.vault).unwrap();
    assert!(
        asked
            .iter()
            .all(|contact| contact.asked == Asked::Relay && contact.since == Some(clock().now()))
    );
    assert!(!asked.is_empty());
    assert_eq!(promises(&month.vault, 10, 0).unwrap().len(), 3);
}
