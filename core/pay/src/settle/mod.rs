//! Settlement: meeting commitments over rails, exactly once, resumable after a kill at any step.
//!
//! A saga with a durable outbox. Planning chooses a rail for each committed line and writes an outbox row with the order
//! and its idempotency key; the plan's wallet is funded once; then each row goes `planned → executing → locked →
//! delivered → done`, each step written before the next effect. After a crash the row says which effect may have
//! happened, and the rail is asked before anything is done again. One payee's failure does not stop the others.
//!
//! [`settle`] can be called again at any time and continues where it stands; [`collect`] waits for receipts, asks the
//! rail what became of deliveries, and takes back what was not redeemed after its locktime.

mod collect;
mod effects;
mod outbox;
mod plan;
mod receipt;
mod run;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tekram_primitives::money::Money;
use tekram_primitives::time::{Clock, Timestamp};
use tekram_vault::Vault;

pub use collect::collect;
pub use receipt::{Receipted, StoredReceipt, accept_receipt, receipted, receipts};
pub use run::settle;

use crate::courier::Courier;
use crate::error::PayError;
use crate::handoff::HandOff;
use crate::method::RailsOff;
use crate::rail::Rail;
use crate::rates::RateSource;
use crate::statement::StatementSummary;

/// What a settlement works with. Everything belongs to one persona and is shared with no other.
#[derive(Clone, Copy)]
pub struct Settlement<'a> {
    /// The persona's vault.
    pub vault: &'a Vault,
    /// Rails in the person's order of preference.
    pub rails: &'a [Arc<dyn Rail>],
    /// How tokens and receipts travel.
    pub courier: &'a dyn Courier,
    /// Exchange rates, for mints without a unit of the budget's currency.
    pub rates: Option<&'a dyn RateSource>,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// The person's limits.
    pub options: &'a SettleOptions,
}

impl std::fmt::Debug for Settlement<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settlement")
            .field("rails", &self.rails)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Limits and waits of a settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleOptions {
    /// How long a payee has before the payer may take the money back, ms.
    pub locktime_ms: i64,
    /// Lines that would lose more than this to fees, in thousandths of the amount, are carried.
    pub max_fee_permille: u32,
    /// How long to wait for the person to pay a top-up invoice. Zero asks once.
    pub top_up_wait: Duration,
    /// Pause between two questions to a rail or relay.
    pub poll: Duration,
    /// Text on hand-off links (the transfer's message).
    pub hand_off_text: String,
    /// Kinds of rails that are switched off: promises that need one wait (`rail_off`).
    pub rails_off: RailsOff,
}

impl Default for SettleOptions {
    /// Two weeks, 10 % fees at most, ten minutes for the top-up.
    fn default() -> Self {
        Self {
            locktime_ms: 14 * 24 * 3_600_000,
            max_fee_permille: 100,
            top_up_wait: Duration::from_secs(600),
            poll: Duration::from_millis(500),
            hand_off_text: "Thank you".to_owned(),
            rails_off: RailsOff::new(),
        }
    }
}

/// One thing that happened, told after it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "progress", rename_all = "snake_case")]
pub enum Progress {
    /// Lines were planned on one rail.
    Planned {
        /// The rail's name.
        rail: String,
        /// How many lines.
        lines: usize,
        /// What the wallet must hold for them.
        amount: Money,
    },
    /// A line cannot be paid over any rail now; it is carried or stays committed, as `carried` says.
    NotPlanned {
        /// The line.
        line_no: i64,
        /// Stable snake_case reason.
        reason: String,
        /// Carried for good, or to be tried again.
        carried: bool,
    },
    /// The person has to pay this invoice to fund the plan.
    TopUpNeeded {
        /// The rail's name.
        rail: String,
        /// BOLT11 invoice.
        invoice: String,
        /// What arrives in the wallet.
        amount: Money,
        /// When the invoice expires, if known.
        expires: Option<Timestamp>,
    },
    /// The plan's wallet is funded.
    Funded {
        /// The rail's name.
        rail: String,
        /// What the top-up added.
        topped_up: Money,
    },
    /// The outbox row was written: the next effect is this payment.
    Begun {
        /// The line.
        line_no: i64,
    },
    /// Money is locked to the payee and the token is stored; not delivered yet.
    Locked {
        /// The line.
        line_no: i64,
        /// What the payee can redeem.
        net: Money,
        /// Fees of both sides.
        fees: Money,
    },
    /// The token was handed to the payee's relays. In flight.
    Delivered {
        /// The line.
        line_no: i64,
    },
    /// The payee has it.
    Paid {
        /// The line.
        line_no: i64,
    },
    /// Something did not work this time and will be continued: nothing is lost.
    Delayed {
        /// The line.
        line_no: i64,
        /// Stable snake_case reason.
        reason: String,
    },
    /// The rail cannot say what happened.
    Unknown {
        /// The line.
        line_no: i64,
        /// Stable snake_case reason.
        reason: String,
    },
    /// The rail refused for good; the amount is carried.
    Failed {
        /// The line.
        line_no: i64,
        /// Stable snake_case reason.
        reason: String,
    },
    /// Taken back after the locktime; the amount is carried.
    Refunded {
        /// The line.
        line_no: i64,
    },
    /// The person finishes it.
    HandedOff {
        /// The link.
        hand_off: HandOff,
    },
}

/// Told about progress; may stop the run. What was begun stays resumable.
pub type OnProgress<'p> = &'p mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send);

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleReport {
    /// Why it ended.
    pub ended: Ended,
    /// Where the statement stands.
    pub summary: StatementSummary,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Everything that could be done was done.
    Done,
    /// The caller stopped it.
    Stopped,
    /// The top-up was not paid in time; call again to go on waiting for the same invoice.
    TopUpNotPaid,
}

/// Why a step ended early: the caller's wish, or an error.
enum Halt {
    Stopped,
    TopUpNotPaid,
    Error(PayError),
}

impl<E: Into<PayError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

fn tell(on_progress: &mut (dyn FnMut(&Progress) -> ControlFlow<()> + Send), progress: &Progress) -> Result<(), Halt> {
    match on_progress(progress) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Halt::Stopped),
    }
}

/// Vaults whose settlement is running in this process; another process cannot hold the vault at all.
static RUNNING: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

/// The right to settle in one vault; given back when dropped, also when the future is dropped.
struct Turn(String);

impl Turn {
    fn take(vault: &Vault) -> Result<Self, PayError> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if running.insert(vault.id().to_owned()) {
            Ok(Self(vault.id().to_owned()))
        } else {
            Err(PayError::SettlementRunning)
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}
