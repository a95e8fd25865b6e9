//! Statements in the vault: drafting from the log's totals, reading, and the one place where a line's state is written.
//!
//! A month of a budget has one statement. As a draft it is replaced each time it is made; once committed, making it
//! again returns the committed one.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::secret::random_hex_128;
use tekram_primitives::time::{Clock, Period};
use tekram_vault::{Scope, Vault};

use super::{Heard, Inputs, Line, LineFor, Statement, StatementLine, StatementSummary, divide};
use crate::error::PayError;
use crate::ledger::balances_in;
use crate::method::RailsOff;
use crate::payee::{facts, shares};
use crate::rules::{Exclusion, Rules, rules_in};
use crate::state::{LineEvent, LineState, StatementState};

/// What the log says about one source (or one item of it) in the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Key of the source, the same as in [`crate::payee::FeedSource`].
    pub source: String,
    /// Item GUID, when the log knows it; items without payees of their own count for the source.
    #[serde(default)]
    pub item: Option<String>,
    /// Name for people.
    pub name: String,
    /// Media time heard, ms.
    pub played_ms: u64,
    /// Plays.
    pub plays: u64,
}

/// Makes the month's statement from the log's totals, or returns the one that is committed already.
///
/// # Errors
/// `no_rules`, those of [`divide`], those of the vault.
pub fn draft(
    vault: &Vault,
    budget_name: &str,
    period: &Period,
    totals: &[Total],
    clock: &dyn Clock,
) -> Result<Statement, PayError> {
    draft_without(vault, budget_name, period, totals, &RailsOff::new(), clock)
}

/// As [`draft`], but methods over these kinds of rails do not count: who has no others waits.
///
/// # Errors
/// As [`draft`].
pub fn draft_without(
    vault: &Vault,
    budget_name: &str,
    period: &Period,
    totals: &[Total],
    off: &RailsOff,
    clock: &dyn Clock,
) -> Result<Statement, PayError> {
    let now = clock.now();
    vault.write(Scope("pay"), |tx| {
        if let Some(id) = find(tx, budget_name, &period.month_text())? {
            let known = read(tx, &id)?;
            if known.state != StatementState::Draft {
                return Ok(known);
            }
            tx.execute("DELETE FROM pay_line WHERE statement_id = ?1", [&id])?;
            tx.execute("DELETE FROM pay_statement WHERE statement_id = ?1", [&id])?;
        }
        let (rules_version, rules) = rules_in(tx, budget_name)?.ok_or(PayError::NoRules)?;
        let inputs = gather(tx, budget_name, period, totals, rules, rules_version, off)?;
        let division = divide(&inputs)?;
        let id = random_hex_128()?;
        let body = serde_json::to_string(&inputs).map_err(|_| PayError::Stored { what: "statement" })?;
        tx.prepare_cached(
            "INSERT INTO pay_statement (statement_id, budget_name, month, zone, rules_version, asset, budget_minor,
                total_minor, state, inputs, created_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'draft', ?9, ?10)",
        )?
        .execute(params![
            id,
            budget_name,
            period.month_text(),
            period.zone(),
            inputs.rules_version,
            inputs.rules.budget.asset.code(),
            inputs.rules.budget.amount_minor,
            division.total_minor,
            body,
            now.millis()
        ])?;
        let mut insert = tx.prepare_cached(
            "INSERT INTO pay_line (statement_id, line_no, payee_id, body, state, amount_minor, carry_in_minor, reason)
             VALUES (?1, ?2, ?3, ?4, 'draft', ?5, ?6, ?7)",
        )?;
        for (line_no, line) in (0_i64..).zip(&division.lines) {
            let payee_id = match &line.for_whom {
                LineFor::Payee { payee_id } => payee_id.as_str(),
                LineFor::Waiting => "",
            };
            let body = serde_json::to_string(line).map_err(|_| PayError::Stored { what: "line" })?;
            let reason = line.reason.map_or("", super::Reason::name);
            insert.execute(params![
                id,
                line_no,
                payee_id,
                body,
                line.amount_minor,
                line.carry_in_minor,
                reason
            ])?;
        }
        drop(insert);
        read(tx, &id)
    })
}

/// Brings together everything a statement is made from.
pub(super) fn gather(
    tx: &Connection,
    budget_name: &str,
    period: &Period,
    totals: &[Total],
    rules: Rules,
    rules_version: i64,
    off: &RailsOff,
) -> Result<Inputs, PayError> {
    let mut by_level: BTreeMap<(String, String), Heard> = BTreeMap::new();
    let mut known: BTreeMap<(String, String), Vec<super::Share>> = BTreeMap::new();
    let mut look_up = |source: &str, item: &str| -> Result<Vec<super::Share>, PayError> {
        let key = (source.to_owned(), item.to_owned());
        if let Some(found) = known.get(&key) {
            return Ok(found.clone());
        }
        let found = shares(tx, source, item)?;
        known.insert(key, found.clone());
        Ok(found)
    };
    for total in totals {
        let own_item = match total.item.as_deref().filter(|item| !item.is_empty()) {
            Some(item) if !look_up(&total.source, item)?.is_empty() => item,
            _ => "",
        };
        let key = (total.source.clone(), own_item.to_owned());
        if let Some(heard) = by_level.get_mut(&key) {
            heard.played_ms = heard
                .played_ms
                .checked_add(total.played_ms)
                .ok_or(PayError::ListeningOverflow)?;
            heard.plays = heard
                .plays
                .checked_add(total.plays)
                .ok_or(PayError::ListeningOverflow)?;
            continue;
        }
        let shares = look_up(&total.source, own_item)?;
        by_level.insert(
            key,
            Heard {
                source: total.source.clone(),
                item: own_item.to_owned(),
                name: total.name.clone(),
                played_ms: total.played_ms,
                plays: total.plays,
                shares,
            },
        );
    }
    let heard: Vec<Heard> = by_level.into_values().collect();
    let (carry_in, waiting_in_minor) = carried(tx, budget_name, rules.budget.asset)?;
    let ids: BTreeSet<&str> = heard
        .iter()
        .flat_map(|heard| heard.shares.iter().map(|share| share.payee_id.as_str()))
        .chain(carry_in.keys().map(String::as_str))
        .chain(rules.exclude.iter().filter_map(|exclusion| match exclusion {
            Exclusion::Payee(payee_id) => Some(payee_id.as_str()),
            Exclusion::Source(_) => None,
        }))
        .collect();
    let payees = facts(tx, ids, off)?;
    Ok(Inputs {
        period: period.clone(),
        rules,
        rules_version,
        heard,
        payees,
        carry_in,
        waiting_in_minor,
    })
}

/// What earlier months left for payees, and for time without a payee.
pub(crate) fn carried(
    db: &Connection,
    budget_name: &str,
    asset: Asset,
) -> Result<(BTreeMap<String, i64>, i64), PayError> {
    let prefix = format!("carried:{budget_name}:");
    let mut by_payee = BTreeMap::new();
    let mut waiting_minor = 0;
    for balance in balances_in(db, &prefix)? {
        if balance.balance.asset != asset {
            continue;
        }
        match balance.account.strip_prefix(&prefix) {
            Some("waiting") => waiting_minor = balance.balance.amount_minor,
            Some(payee_id) => {
                by_payee.insert(payee_id.to_owned(), balance.balance.amount_minor);
            }
            None => {}
        }
    }
    Ok((by_payee, waiting_minor))
}

/// A statement by its id.
///
/// # Errors
/// `no_statement`.
pub fn statement(vault: &Vault, statement_id: &str) -> Result<Statement, PayError> {
    vault.read(|db| read(db, statement_id))
}

/// The statement of a month, if there is one.
///
/// # Errors
/// Those of the vault.
pub fn of_month(vault: &Vault, budget_name: &str, month: &str) -> Result<Option<Statement>, PayError> {
    vault.read(|db| find(db, budget_name, month)?.map(|id| read(db, &id)).transpose())
}

/// All statements of a budget, newest month first.
///
/// # Errors
/// Those of the vault.
pub fn list(vault: &Vault, budget_name: &str) -> Result<Vec<Statement>, PayError> {
    vault.read(|db| {
        let ids = db
            .prepare_cached("SELECT statement_id FROM pay_statement WHERE budget_name = ?1 ORDER BY month DESC")?
            .query_map([budget_name], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        ids.iter().map(|id| read(db, id)).collect()
    })
}

/// What a statement was made from: dividing it again gives the same lines.
///
/// # Errors
/// `no_statement`.
pub fn inputs_of(vault: &Vault, statement_id: &str) -> Result<Inputs, PayError> {
    let body: String = vault.read(|db| {
        db.query_row(
            "SELECT inputs FROM pay_statement WHERE statement_id = ?1",
            [statement_id],
            |row| row.get(0),
        )
        .optional()?
        .ok_or(PayError::NoStatement)
    })?;
    serde_json::from_str(&body).map_err(|_| PayError::Stored { what: "statement" })
}

/// What has become of a statement. The parts add up to the total at every moment.
///
/// # Errors
/// `no_statement`.
pub fn summary(vault: &Vault, statement_id: &str) -> Result<StatementSummary, PayError> {
    Ok(statement(vault, statement_id)?.summary())
}

pub(super) fn find(db: &Connection, budget_name: &str, month: &str) -> Result<Option<String>, PayError> {
    Ok(db
        .prepare_cached(
            "SELECT statement_id FROM pay_statement WHERE budget_name = ?1 AND month = ?2
             ORDER BY correction_no DESC LIMIT 1",
        )?
        .query_row(params![budget_name, month], |row| row.get(0))
        .optional()?)
}

pub(crate) fn read(db: &Connection, statement_id: &str) -> Result<Statement, PayError> {
    let head = db
        .prepare_cached(
            "SELECT budget_name, month, zone, asset, budget_minor, total_minor, state FROM pay_statement
             WHERE statement_id = ?1",
        )?
        .query_row([statement_id], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, i64>(4)?,
                row.get::<_, i64>(5)?,
                row.get::<_, String>(6)?,
            ))
        })
        .optional()?
        .ok_or(PayError::NoStatement)?;
    let (budget_name, month, zone, asset, budget_minor, total_minor, state) = head;
    Ok(Statement {
        id: statement_id.to_owned(),
        budget_name,
        period: Period::parse(&month, &zone)?,
        budget: Money::new(budget_minor, asset.parse()?),
        total_minor,
        state: StatementState::from_name(&state).ok_or(PayError::Stored { what: "statement" })?,
        lines: lines(db, statement_id)?,
    })
}

fn lines(db: &Connection, statement_id: &str) -> Result<Vec<StatementLine>, PayError> {
    let mut query = db.prepare_cached(
        "SELECT line_no, body, state, paid_minor, handed_off_minor, fees_minor, in_flight_minor, reason, commitment_id
         FROM pay_line WHERE statement_id = ?1 ORDER BY line_no",
    )?;
    let mut rows = query.query([statement_id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let line: Line =
            serde_json::from_str(&row.get::<_, String>(1)?).map_err(|_| PayError::Stored { what: "line" })?;
        let commitment: String = row.get(8)?;
        found.push(StatementLine {
            line_no: row.get(0)?,
            line,
            state: LineState::from_name(&row.get::<_, String>(2)?).ok_or(PayError::Stored { what: "line" })?,
            paid_minor: row.get(3)?,
            handed_off_minor: row.get(4)?,
            fees_minor: row.get(5)?,
            in_flight_minor: row.get(6)?,
            state_reason: row.get(7)?,
            commitment: Some(commitment).filter(|id| !id.is_empty()),
        });
    }
    Ok(found)
}

/// Moves a line by an event of the table in [`crate::state`] and writes what has become of its amount.
pub(crate) fn move_line(
    tx: &Transaction<'_>,
    statement_id: &str,
    line_no: i64,
    event: LineEvent,
    amounts: LineAmounts,
    reason: &str,
) -> Result<LineState, PayError> {
    let from: String = tx
        .prepare_cached("SELECT state FROM pay_line WHERE statement_id = ?1 AND line_no = ?2")?
        .query_row(params![statement_id, line_no], |row| row.get(0))
        .optional()?
        .ok_or(PayError::NoStatement)?;
    let from = LineState::from_name(&from).ok_or(PayError::Stored { what: "line" })?;
    let to = from.after(event).ok_or(PayError::WrongState { from: from.name() })?;
    tx.prepare_cached(
        "UPDATE pay_line SET state = ?3, paid_minor = ?4, handed_off_minor = ?5, fees_minor = ?6,
            in_flight_minor = ?7, reason = ?8 WHERE statement_id = ?1 AND line_no = ?2",
    )?
    .execute(params![
        statement_id,
        line_no,
        to.name(),
        amounts.paid_minor,
        amounts.handed_off_minor,
        amounts.fees_minor,
        amounts.in_flight_minor,
        reason
    ])?;
    settle_if_all_final(tx, statement_id)?;
    Ok(to)
}

/// What a line's amount has become, in minor units of the budget; the rest is carried.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LineAmounts {
    pub(crate) paid_minor: i64,
    pub(crate) handed_off_minor: i64,
    pub(crate) fees_minor: i64,
    pub(crate) in_flight_minor: i64,
}

fn settle_if_all_final(tx: &Transaction<'_>, statement_id: &str) -> Result<(), PayError> {
    let open: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM pay_line WHERE statement_id = ?1
             AND state NOT IN ('paid', 'handed_off', 'failed', 'refunded', 'carried'))",
        )?
        .query_row([statement_id], |row| row.get(0))?;
    if !open {
        tx.execute(
            "UPDATE pay_statement SET state = 'settled' WHERE statement_id = ?1 AND state = 'committed'",
            [statement_id],
        )?;
    }
    Ok(())
}
