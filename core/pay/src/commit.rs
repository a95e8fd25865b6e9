//! Confirming a statement: each payable line becomes a signed commitment, the rest is carried, and the ledger says so.
//!
//! One transaction: either the whole statement is committed or nothing of it is. A commitment is signed with the key of
//! the relation to its payee and names neither the statement nor what was heard, so that two payees who compare notes
//! find nothing in common.

use rusqlite::{OptionalExtension, Transaction, params};
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_primitives::money::Money;
use tekram_primitives::record::{RecordId, SignedRecord, WireRecord};
use tekram_primitives::secret::random_hex_128;
use tekram_primitives::time::{Clock, Timestamp};
use tekram_primitives::wire::{Commitment, CommitmentFor};
use tekram_vault::{Scope, Vault};

use crate::error::PayError;
use crate::ledger::{money, post};
use crate::method::{Method, RailsOff};
use crate::payee::{methods, relation_in, way};
use crate::state::{LineEvent, StatementState};
use crate::statement::{LineAmounts, LineFor, Outcome, Statement, StatementLine, Way, carried, move_line, read};

/// Commits a draft. A statement that is committed already is returned as it is.
///
/// # Errors
/// `no_statement`; `draft_outdated` when what is carried has changed since the draft was made: make it again.
pub fn commit(vault: &Vault, statement_id: &str, clock: &dyn Clock) -> Result<Statement, PayError> {
    commit_without(vault, statement_id, &RailsOff::new(), clock)
}

/// As [`commit`], in a program in which these kinds of rails are switched off.
///
/// # Errors
/// As [`commit`]; `draft_outdated` also when the draft would pay over a rail that is off now.
pub fn commit_without(
    vault: &Vault,
    statement_id: &str,
    off: &RailsOff,
    clock: &dyn Clock,
) -> Result<Statement, PayError> {
    let now = clock.now();
    let epoch = i64::try_from(vault.epoch()).unwrap_or(i64::MAX);
    vault.write(Scope("pay"), |tx| {
        let statement = read(tx, statement_id)?;
        if statement.state != StatementState::Draft {
            return Ok(statement);
        }
        check_carry(tx, &statement)?;
        tx.execute(
            "UPDATE pay_statement SET state = 'committed', committed_ms = ?2 WHERE statement_id = ?1",
            params![statement_id, now.millis()],
        )?;
        let asset = statement.budget.asset;
        let budget = &statement.budget_name;
        let mut entries = vec![(format!("budget:{budget}"), statement.budget.checked_neg()?)];
        // The waiting line and other carried lines last: a statement with nothing payable is settled by them.
        let (payable, kept): (Vec<_>, Vec<_>) = statement
            .lines
            .iter()
            .partition(|line| line.line.outcome != Outcome::Carry);
        for line in payable.into_iter().chain(kept) {
            let account = line.payee_id().unwrap_or("waiting");
            let amount = |minor: i64| Money::new(minor, asset);
            entries.push((format!("carried:{budget}:{account}"), amount(-line.line.carry_in_minor)));
            entries.push((format!("carried:{budget}:{account}"), amount(line.line.carry_out_minor)));
            if let LineFor::Payee { payee_id } = &line.line.for_whom
                && line.line.outcome != Outcome::Carry
            {
                if !off.is_empty() && way(&methods(tx, payee_id, "used")?, off) == Way::RailOff {
                    return Err(PayError::DraftOutdated);
                }
                entries.push((format!("committed:{budget}:{payee_id}"), amount(line.line.due_minor)));
                let due = amount(line.line.due_minor);
                let id = promise(vault, tx, payee_id, &line.line.name, due, epoch, now)?;
                tx.execute(
                    "UPDATE pay_line SET commitment_id = ?3 WHERE statement_id = ?1 AND line_no = ?2",
                    params![statement_id, line.line_no, id.as_str()],
                )?;
                move_line(
                    tx,
                    statement_id,
                    line.line_no,
                    LineEvent::Commit,
                    LineAmounts::default(),
                    "",
                )?;
            } else {
                carry(tx, statement_id, line)?;
            }
        }
        post(
            tx,
            "commit",
            &format!("commit:{statement_id}"),
            statement_id,
            now,
            &entries,
        )?;
        read(tx, statement_id)
    })
}

fn carry(tx: &Transaction<'_>, statement_id: &str, line: &StatementLine) -> Result<(), PayError> {
    let reason = line.state_reason.as_str();
    move_line(
        tx,
        statement_id,
        line.line_no,
        LineEvent::Carry,
        LineAmounts::default(),
        reason,
    )?;
    Ok(())
}

/// Carry that was brought into the draft must still be there, or it would be spent twice.
fn check_carry(tx: &Transaction<'_>, statement: &Statement) -> Result<(), PayError> {
    let (by_payee, waiting_minor) = carried(tx, &statement.budget_name, statement.budget.asset)?;
    let mut left = by_payee;
    for line in &statement.lines {
        let now_minor = match line.payee_id() {
            Some(payee_id) => left.remove(payee_id).unwrap_or(0),
            None => waiting_minor,
        };
        if now_minor != line.line.carry_in_minor {
            return Err(PayError::DraftOutdated);
        }
    }
    let has_waiting_line = statement.lines.iter().any(|line| line.payee_id().is_none());
    if left.values().any(|minor| *minor != 0) || (!has_waiting_line && waiting_minor != 0) {
        return Err(PayError::DraftOutdated);
    }
    Ok(())
}

/// Signs and stores one commitment.
fn promise(
    vault: &Vault,
    tx: &Transaction<'_>,
    payee_id: &str,
    payee_name: &str,
    amount: Money,
    epoch: i64,
    now: Timestamp,
) -> Result<RecordId, PayError> {
    let key = SigningKey::from_seed(relation_in(vault, tx, payee_id)?.signing.expose())?;
    let payee = methods(tx, payee_id, "used")?.iter().find_map(|method| match method {
        Method::Cashu(cashu) => Some(cashu.did),
        _ => None,
    });
    let body = Commitment {
        kind: Commitment::TYPE.to_owned(),
        version: Commitment::VERSION,
        nonce: random_hex_128()?,
        payer: key.did(),
        payee,
        payee_name: payee.is_none().then(|| payee_name.to_owned()),
        amount,
        purpose: CommitmentFor::Support,
        terms: None,
        expires: None,
    };
    let record = SignedRecord::sign(&body, &key, now)?;
    let id = record.id()?;
    let bytes = String::from_utf8(record.bytes()?).map_err(|_| PayError::Stored { what: "commitment" })?;
    tx.prepare_cached(
        "INSERT INTO pay_commitment (commitment_id, payee_id, record, asset, amount_minor, vault_epoch, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        id.as_str(),
        payee_id,
        bytes,
        amount.asset.code(),
        amount.amount_minor,
        epoch,
        now.millis()
    ])?;
    Ok(id)
}

/// The signed record of a commitment.
///
/// # Errors
/// `no_such_commitment`.
pub fn commitment(vault: &Vault, commitment_id: &str) -> Result<SignedRecord, PayError> {
    let record: String = vault.read(|db| {
        db.query_row(
            "SELECT record FROM pay_commitment WHERE commitment_id = ?1",
            [commitment_id],
            |row| row.get(0),
        )
        .optional()?
        .ok_or(PayError::NoSuchCommitment)
    })?;
    Ok(SignedRecord::parse(record.as_bytes())?)
}

/// A promise to a payee, as a list has it; the signed record comes from [`commitment`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Record id of the commitment.
    pub commitment: String,
    /// To whom, by its id in this vault.
    pub payee_id: String,
    /// How much.
    pub amount: Money,
    /// When it was signed.
    pub made: Timestamp,
}

/// All promises to payees, newest first; `limit` after the first `offset`.
///
/// # Errors
/// Those of the vault.
pub fn promises(vault: &Vault, limit: u32, offset: u32) -> Result<Vec<Promise>, PayError> {
    vault.read(|db| {
        let mut query = db.prepare_cached(
            "SELECT commitment_id, payee_id, amount_minor, asset, created_ms FROM pay_commitment
             ORDER BY created_ms DESC, commitment_id LIMIT ?1 OFFSET ?2",
        )?;
        let mut rows = query.query(params![limit, offset])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Promise {
                commitment: row.get(0)?,
                payee_id: row.get(1)?,
                amount: money(row.get(2)?, &row.get::<_, String>(3)?)?,
                made: Timestamp::from_millis(row.get(4)?),
            });
        }
        Ok(found)
    })
}

/// The payee's key that a commitment names, if it names one.
pub(crate) fn payee_of(record: &SignedRecord) -> Result<Option<DidKey>, PayError> {
    Ok(record.body::<Commitment>()?.payee)
}
