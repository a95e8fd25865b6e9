//! A month's budget, divided: the inputs, the lines and what is stored of both.
//!
//! [`divide`] is a pure function of [`Inputs`]; [`Statement`] is what the vault keeps of one, with where each line
//! stands. A draft can be made again, a committed statement never is.

mod divide;
mod inputs;
mod preview;
mod store;

use serde::{Deserialize, Serialize};
use tekram_primitives::money::Money;
use tekram_primitives::time::Period;

pub use divide::{Division, divide};
pub use inputs::{Heard, Inputs, PayeeFacts, Share, Way};
pub use preview::preview;
pub(crate) use store::{LineAmounts, carried, move_line, read};
pub use store::{Total, draft, draft_without, inputs_of, list, of_month, statement, summary};

use crate::state::{LineState, StatementState};

/// The name of the only budget for now; several stand side by side under other names.
pub const MAIN_BUDGET: &str = "main";

/// Whom a line is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum LineFor {
    /// A payee, by its id in this vault.
    Payee {
        /// `pay_payee.payee_id`.
        payee_id: String,
    },
    /// Time for which nobody payable is known yet: kept for later.
    Waiting,
}

/// What is to become of a line's amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Paid over a rail.
    Pay,
    /// Handed to the person as a link or code.
    HandOff,
    /// Carried to the next statement.
    Carry,
}

/// Why a line is carried, or what stands out about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Below the person's minimum for a payment, or below one minor unit.
    TooSmall,
    /// Nobody payable is known for what was heard.
    NoPayee,
    /// Nothing was heard in the month.
    NothingHeard,
    /// The payee's only method has no automated rail yet (keysend).
    NoAutomatedRail,
    /// The payee's details could not be checked, or it published none that are known.
    NoMethod,
    /// The person left the payee out, or everything that was heard.
    Excluded,
    /// The payee's methods go over kinds of rails that are switched off in this program.
    RailOff,
}

impl Reason {
    /// Stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooSmall => "too_small",
            Self::NoPayee => "no_payee",
            Self::NothingHeard => "nothing_heard",
            Self::NoAutomatedRail => "no_automated_rail",
            Self::NoMethod => "no_method",
            Self::Excluded => "excluded",
            Self::RailOff => "rail_off",
        }
    }
}

/// One source's part in a payee's share: the calculation, so that a screen can show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Key of the source as the log names it (a feed's URL, a show, an artist).
    pub source: String,
    /// Item GUID when the item has payees of its own, else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// The source's name.
    pub name: String,
    /// Media time heard, ms.
    pub played_ms: u64,
    /// Plays.
    pub plays: u64,
    /// What the source weighs under the rules; in thousandths as soon as the rules have a factor.
    pub weight: u64,
    /// The rules' factor for the source, in thousandths; 1000 is as heard.
    #[serde(default = "as_heard")]
    pub factor: u32,
    /// The source's whole part of the budget, minor units.
    pub source_minor: i64,
    /// The payee's `split` (or percent when `fee`).
    pub split: u64,
    /// All splits of the source (100 when `fee`).
    pub split_total: u64,
    /// Taken off the top as a percentage (`fee="true"`).
    #[serde(default)]
    pub fee: bool,
    /// This source's part for this payee, minor units.
    pub amount_minor: i64,
}

fn as_heard() -> u32 {
    crate::rules::FACTOR_ONE
}

/// One line: whom, how much, and every number it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Whom it is for.
    #[serde(flatten)]
    pub for_whom: LineFor,
    /// Name for people.
    pub name: String,
    /// Part of this month's budget, minor units. These add up to the budget exactly.
    pub share_minor: i64,
    /// Brought in from earlier months, minor units.
    pub carry_in_minor: i64,
    /// `share_minor + carry_in_minor`.
    pub amount_minor: i64,
    /// What leaves this month (paid or handed off), minor units.
    pub due_minor: i64,
    /// What is carried to the next month, minor units. `due + carry_out == amount`.
    pub carry_out_minor: i64,
    /// What is to become of it.
    pub outcome: Outcome,
    /// Why it is carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Media time behind the line, ms.
    pub played_ms: u64,
    /// Plays behind the line.
    pub plays: u64,
    /// Weight behind the line under the rules.
    pub weight: u64,
    /// Weight of everything in the statement.
    pub weight_total: u64,
    /// How many sources stand behind it.
    pub sources: u64,
    /// The calculation by source; empty for the waiting line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Contribution>,
}

/// A line as the vault keeps it: with where it stands and what has become of its amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    /// Position, from 0; payees by amount, the waiting line last.
    pub line_no: i64,
    /// The line as it was divided.
    #[serde(flatten)]
    pub line: Line,
    /// Where it stands.
    pub state: LineState,
    /// Arrived at the payee, net, minor units of the budget.
    pub paid_minor: i64,
    /// Handed to the person to finish, minor units.
    pub handed_off_minor: i64,
    /// Fees of both sides, minor units.
    pub fees_minor: i64,
    /// On its way without evidence yet, minor units.
    pub in_flight_minor: i64,
    /// Why it stands where it stands: a stable snake_case name, empty when there is nothing to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub state_reason: String,
    /// Record id of its commitment, once committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
}

impl StatementLine {
    /// The payee's id, when the line is for one.
    #[must_use]
    pub fn payee_id(&self) -> Option<&str> {
        match &self.line.for_whom {
            LineFor::Payee { payee_id } => Some(payee_id),
            LineFor::Waiting => None,
        }
    }

    /// What has not been paid, handed off or taken by fees: on its way or kept for later, minor units.
    #[must_use]
    pub fn carried_minor(&self) -> i64 {
        self.line.amount_minor - self.paid_minor - self.handed_off_minor - self.fees_minor
    }
}

/// A month's statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Random id in this vault; it never leaves it.
    pub id: String,
    /// Name of the budget.
    pub budget_name: String,
    /// Month and zone.
    pub period: Period,
    /// The month's budget.
    pub budget: Money,
    /// Budget plus what was carried in: what the lines add up to.
    pub total_minor: i64,
    /// Where it stands.
    pub state: StatementState,
    /// Its lines.
    pub lines: Vec<StatementLine>,
}

/// What has become of a statement, in minor units of its budget. The four parts add up to the total at every moment:
/// money on its way counts as carried until there is evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StatementSummary {
    /// Budget plus carry brought in.
    pub statement_total_minor: i64,
    /// The month's budget.
    pub budget_minor: i64,
    /// Arrived at payees, net.
    pub paid_minor: i64,
    /// Handed to the person to finish in another app.
    pub handed_off_minor: i64,
    /// Everything that has not left for good.
    pub carried_minor: i64,
    /// Fees of both sides.
    pub fees_minor: i64,
    /// The part of `carried_minor` that is on its way.
    pub in_flight_minor: i64,
    /// What can be paid or handed off today, before settlement ("EUR 6.40 of 10 can be paid today").
    pub payable_minor: i64,
}

impl Statement {
    /// What is promised and has not come to an end: still to be paid, on its way, or unknown; minor units.
    #[must_use]
    pub fn waiting_minor(&self) -> i64 {
        let open = |line: &&StatementLine| line.state != LineState::Draft && !line.state.is_final();
        self.lines.iter().filter(open).map(|line| line.line.due_minor).sum()
    }

    /// Adds up what has become of the lines.
    #[must_use]
    pub fn summary(&self) -> StatementSummary {
        let mut sum = StatementSummary {
            statement_total_minor: self.total_minor,
            budget_minor: self.budget.amount_minor,
            ..StatementSummary::default()
        };
        for line in &self.lines {
            sum.paid_minor += line.paid_minor;
            sum.handed_off_minor += line.handed_off_minor;
            sum.fees_minor += line.fees_minor;
            sum.carried_minor += line.carried_minor();
            sum.in_flight_minor += line.in_flight_minor;
            sum.payable_minor += line.line.due_minor;
        }
        sum
    }
}
