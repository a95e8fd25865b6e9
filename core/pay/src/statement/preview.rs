//! What a month's statement would be under other rules: the same inputs and the same division as a draft, and nothing is
//! written. Made for sliders that are moved: it is asked many times a second.

use tekram_primitives::time::Period;
use tekram_vault::Vault;

use super::store::{Total, find, gather, read};
use super::{Line, Statement, StatementLine, divide};
use crate::error::PayError;
use crate::method::RailsOff;
use crate::rules::Rules;
use crate::state::{LineState, StatementState};

/// Version of rules that were never stored.
const NOT_STORED: i64 = 0;

/// The statement that a draft would be under `rules`, with an empty id; of a month that is committed, the committed one,
/// because what was promised does not change with the rules.
///
/// # Errors
/// Those of [`divide`] and of the vault.
pub fn preview(
    vault: &Vault,
    budget_name: &str,
    period: &Period,
    totals: &[Total],
    rules: &Rules,
    off: &RailsOff,
) -> Result<Statement, PayError> {
    vault.read(|db| {
        if let Some(id) = find(db, budget_name, &period.month_text())? {
            let known = read(db, &id)?;
            if known.state != StatementState::Draft {
                return Ok(known);
            }
        }
        let inputs = gather(db, budget_name, period, totals, rules.clone(), NOT_STORED, off)?;
        let division = divide(&inputs)?;
        let lines = (0_i64..)
            .zip(division.lines)
            .map(|(line_no, line)| unwritten(line_no, line))
            .collect();
        Ok(Statement {
            id: String::new(),
            budget_name: budget_name.to_owned(),
            period: period.clone(),
            budget: rules.budget,
            total_minor: division.total_minor,
            state: StatementState::Draft,
            lines,
        })
    })
}

/// A line as a draft would have it.
fn unwritten(line_no: i64, line: Line) -> StatementLine {
    let state_reason = line.reason.map_or("", super::Reason::name).to_owned();
    StatementLine {
        line_no,
        line,
        state: LineState::Draft,
        paid_minor: 0,
        handed_off_minor: 0,
        fees_minor: 0,
        in_flight_minor: 0,
        state_reason,
        commitment: None,
    }
}
