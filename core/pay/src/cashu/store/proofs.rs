//! Proofs (NUT-00): the ecash itself, with its state and the operation that holds or made it. Spent proofs stay as
//! evidence.

use std::str::FromStr;

use cdk_common::database;
use cdk_common::mint_url::MintUrl;
use cdk_common::nuts::{CurrencyUnit, PublicKey, SpendingConditions, State};
use cdk_common::wallet::ProofInfo;
use rusqlite::{Connection, Row, Transaction, params, params_from_iter};
use uuid::Uuid;

use super::error::{StoreError, from_json, to_json, unreadable};

const TABLE: &str = "pay_cashu_proof";
const SELECT: &str = "SELECT y, mint_url, unit, state, proof, spending_condition, derivation_index, used_by, created_by \
                      FROM pay_cashu_proof";

/// Which proofs to look at; `None` means any.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProofFilter {
    /// Of this mint.
    pub mint_url: Option<MintUrl>,
    /// Of this unit.
    pub unit: Option<CurrencyUnit>,
    /// In one of these states.
    pub states: Option<Vec<State>>,
}

impl ProofFilter {
    fn clause(&self) -> (String, Vec<String>) {
        let mut clauses = Vec::new();
        let mut values = Vec::new();
        if let Some(mint_url) = &self.mint_url {
            clauses.push("mint_url = ?".to_owned());
            values.push(mint_url.to_string());
        }
        if let Some(unit) = &self.unit {
            clauses.push("unit = ?".to_owned());
            values.push(unit.to_string());
        }
        if let Some(states) = &self.states {
            clauses.push(format!("state IN ({})", vec!["?"; states.len()].join(", ")));
            values.extend(states.iter().map(State::to_string));
        }
        let clause = if clauses.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", clauses.join(" AND "))
        };
        (clause, values)
    }
}

struct StoredProof {
    y: String,
    mint_url: String,
    unit: String,
    state: String,
    proof: String,
    spending_condition: String,
    derivation_index: Option<u32>,
    used_by: String,
    created_by: String,
}

impl StoredProof {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            y: row.get(0)?,
            mint_url: row.get(1)?,
            unit: row.get(2)?,
            state: row.get(3)?,
            proof: row.get(4)?,
            spending_condition: row.get(5)?,
            derivation_index: row.get(6)?,
            used_by: row.get(7)?,
            created_by: row.get(8)?,
        })
    }

    fn parse(self) -> Result<ProofInfo, StoreError> {
        Ok(ProofInfo {
            proof: from_json(TABLE, &self.proof)?,
            y: PublicKey::from_hex(&self.y).map_err(unreadable(TABLE))?,
            mint_url: MintUrl::from_str(&self.mint_url).map_err(unreadable(TABLE))?,
            state: State::from_str(&self.state).map_err(unreadable(TABLE))?,
            spending_condition: from_json(TABLE, &self.spending_condition)?,
            unit: CurrencyUnit::from_str(&self.unit).map_err(unreadable(TABLE))?,
            derivation_index: self.derivation_index,
            used_by_operation: operation(&self.used_by)?,
            created_by_operation: operation(&self.created_by)?,
        })
    }
}

fn operation(text: &str) -> Result<Option<Uuid>, StoreError> {
    if text.is_empty() {
        Ok(None)
    } else {
        Uuid::from_str(text).map(Some).map_err(unreadable(TABLE))
    }
}

/// The proofs that match the filter; with `conditions`, only those under one of these spending conditions (an empty
/// list: only those under none).
pub(crate) fn list(
    conn: &Connection,
    filter: &ProofFilter,
    conditions: Option<&[SpendingConditions]>,
) -> Result<Vec<ProofInfo>, StoreError> {
    let (clause, values) = filter.clause();
    let mut statement = conn.prepare_cached(&format!("{SELECT}{clause} ORDER BY y"))?;
    let rows = statement.query_map(params_from_iter(values), StoredProof::read)?;
    let wanted = conditions.map(<[SpendingConditions]>::to_vec);
    let mut found = Vec::new();
    for row in rows {
        let proof = row?.parse()?;
        if proof.matches_conditions(&None, &None, &None, &wanted) {
            found.push(proof);
        }
    }
    Ok(found)
}

/// The proofs with these `Y`s that are there.
pub(crate) fn by_ys(conn: &Connection, ys: &[PublicKey]) -> Result<Vec<ProofInfo>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} WHERE y = ?1"))?;
    let mut found = Vec::new();
    for y in ys {
        for row in statement.query_map([y.to_hex()], StoredProof::read)? {
            found.push(row?.parse()?);
        }
    }
    Ok(found)
}

/// The proofs that an operation holds.
pub(crate) fn held_by(conn: &Connection, operation: &Uuid) -> Result<Vec<ProofInfo>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} WHERE used_by = ?1 AND used_by <> '' ORDER BY y"))?;
    let rows = statement.query_map([operation.to_string()], StoredProof::read)?;
    rows.map(|row| row?.parse()).collect()
}

/// The sum of the proofs that match the filter, in the unit's minor unit.
pub(crate) fn sum(conn: &Connection, filter: &ProofFilter) -> Result<u64, StoreError> {
    let (clause, values) = filter.clause();
    let sum: i64 = conn.query_row(
        &format!("SELECT COALESCE(SUM(amount_minor), 0) FROM pay_cashu_proof{clause}"),
        params_from_iter(values),
        |row| row.get(0),
    )?;
    u64::try_from(sum).map_err(unreadable(TABLE))
}

/// What could be spent at a mint, by unit, in minor units.
pub(crate) fn unspent_by_unit(conn: &Connection, mint_url: &str) -> Result<Vec<(String, i64)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT unit, SUM(amount_minor) FROM pay_cashu_proof
         WHERE mint_url = ?1 AND state = 'UNSPENT' GROUP BY unit ORDER BY unit",
    )?;
    let rows = statement.query_map([mint_url], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Adds proofs, or renews those that are there; a derivation index once known is kept.
pub(crate) fn put(tx: &Transaction<'_>, proofs: &[ProofInfo]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO pay_cashu_proof (y, mint_url, unit, state, amount_minor, proof, spending_condition,
                                      derivation_index, used_by, created_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (y) DO UPDATE SET mint_url = excluded.mint_url, unit = excluded.unit, state = excluded.state,
             amount_minor = excluded.amount_minor, proof = excluded.proof,
             spending_condition = excluded.spending_condition,
             derivation_index = COALESCE(excluded.derivation_index, derivation_index),
             used_by = excluded.used_by, created_by = excluded.created_by",
    )?;
    for info in proofs {
        let amount_minor = i64::try_from(u64::from(info.proof.amount)).map_err(|_| database::Error::AmountOverflow)?;
        statement.execute(params![
            info.y.to_hex(),
            info.mint_url.to_string(),
            info.unit.to_string(),
            info.state.to_string(),
            amount_minor,
            to_json(TABLE, &info.proof)?,
            to_json(TABLE, &info.spending_condition)?,
            info.derivation_index,
            info.used_by_operation.map(|id| id.to_string()).unwrap_or_default(),
            info.created_by_operation.map(|id| id.to_string()).unwrap_or_default(),
        ])?;
    }
    Ok(())
}

/// Removes proofs.
pub(crate) fn remove(tx: &Transaction<'_>, ys: &[PublicKey]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("DELETE FROM pay_cashu_proof WHERE y = ?1")?;
    for y in ys {
        statement.execute([y.to_hex()])?;
    }
    Ok(())
}

/// Sets the state of the proofs that are there.
pub(crate) fn set_state(tx: &Transaction<'_>, ys: &[PublicKey], state: State) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("UPDATE pay_cashu_proof SET state = ?2 WHERE y = ?1")?;
    for y in ys {
        statement.execute(params![y.to_hex(), state.to_string()])?;
    }
    Ok(())
}

/// Reserves unspent proofs for an operation: all of them or, by the caller's transaction, none.
pub(crate) fn reserve(tx: &Transaction<'_>, ys: &[PublicKey], operation: &Uuid) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "UPDATE pay_cashu_proof SET state = 'RESERVED', used_by = ?2 WHERE y = ?1 AND state = 'UNSPENT'",
    )?;
    for y in ys {
        if statement.execute(params![y.to_hex(), operation.to_string()])? == 0 {
            return Err(database::Error::ProofNotUnspent.into());
        }
    }
    Ok(())
}

/// Gives back what an operation holds and has not spent.
pub(crate) fn release(tx: &Transaction<'_>, operation: &Uuid) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE pay_cashu_proof SET state = 'UNSPENT', used_by = ''
         WHERE used_by = ?1 AND used_by <> '' AND state IN ('RESERVED', 'PENDING')",
        [operation.to_string()],
    )?;
    Ok(())
}
