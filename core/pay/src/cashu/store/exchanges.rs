//! Exchanges with a mint, written down whole before the mint is asked: what goes in, and the secret and blinding factor
//! of everything that is to come out. With such a row an interrupted exchange can be repeated word for word or read
//! back (NUT-09), also for locked outputs, whose random secrets no seed brings back. At most one exchange lives for a
//! subject; the database enforces it.

use cdk_common::dhke::blind_message;
use cdk_common::mint_url::MintUrl;
use cdk_common::nuts::{BlindedMessage, CurrencyUnit, Id, Proof, SecretKey};
use cdk_common::secret::Secret;
use cdk_common::{Amount, database};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use super::error::{StoreError, from_json, to_json, unreadable};

const TABLE: &str = "pay_cashu_exchange";

/// What an exchange is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// New ecash for a paid quote; the subject is the quote's id.
    TopUp,
    /// Ecash locked to a payee; the subject is the commitment's id.
    Lock,
    /// A payee takes a token; the subject is the token's id.
    Redeem,
    /// A payer takes a token back; the subject is the token's id.
    Refund,
}

impl Purpose {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top_up",
            Self::Lock => "lock",
            Self::Redeem => "redeem",
            Self::Refund => "refund",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        [Self::TopUp, Self::Lock, Self::Redeem, Self::Refund]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or(StoreError::Unreadable { table: TABLE })
    }
}

/// How far an exchange is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Written down; the mint may or may not have been asked.
    Prepared,
    /// The outputs are in the vault.
    Done,
    /// The mint did not and will not do it; the inputs were given back or put aside.
    Void,
}

/// An output that is asked of the mint, with all that turns its signature into a proof.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Output {
    pub amount: Amount,
    pub keyset_id: Id,
    pub secret: Secret,
    pub blinding: SecretKey,
    pub derivation_index: Option<u32>,
    /// Whether it is for the payee; everything else stays in the wallet.
    pub locked: bool,
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("amount", &self.amount)
            .field("keyset_id", &self.keyset_id)
            .field("secret", &"[REDACTED]")
            .field("blinding", &"[REDACTED]")
            .field("locked", &self.locked)
            .finish_non_exhaustive()
    }
}

impl Output {
    /// The message the mint signs (NUT-00): the same each time it is computed.
    pub(crate) fn blinded(&self) -> Result<BlindedMessage, StoreError> {
        let (blinded, _) =
            blind_message(&self.secret.to_bytes(), Some(self.blinding.clone())).map_err(database::Error::from)?;
        Ok(BlindedMessage::new(self.amount, self.keyset_id, blinded))
    }
}

/// A stored exchange.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub no: i64,
    pub purpose: Purpose,
    pub subject: String,
    pub mint_url: MintUrl,
    pub unit: CurrencyUnit,
    /// Under which the wallet's own inputs are reserved and its outputs are booked.
    pub operation: Uuid,
    pub stage: Stage,
    pub inputs: Vec<Proof>,
    pub outputs: Vec<Output>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("purpose", &self.purpose)
            .field("subject", &self.subject)
            .field("stage", &self.stage)
            .field("inputs", &self.inputs.len())
            .field("outputs", &self.outputs)
            .finish_non_exhaustive()
    }
}

const SELECT: &str = "SELECT exchange_no, purpose, subject, mint_url, unit, operation, stage, inputs, outputs \
                      FROM pay_cashu_exchange";

struct StoredExchange {
    no: i64,
    texts: [String; 8],
}

impl StoredExchange {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let mut texts: [String; 8] = Default::default();
        for (column, text) in texts.iter_mut().enumerate() {
            *text = row.get(column + 1)?;
        }
        Ok(Self { no: row.get(0)?, texts })
    }

    fn parse(self) -> Result<Exchange, StoreError> {
        let [purpose, subject, mint_url, unit, operation, stage, inputs, outputs] = self.texts;
        Ok(Exchange {
            no: self.no,
            purpose: Purpose::parse(&purpose)?,
            subject,
            mint_url: MintUrl::from_str(&mint_url).map_err(unreadable(TABLE))?,
            unit: CurrencyUnit::from_str(&unit).map_err(unreadable(TABLE))?,
            operation: Uuid::from_str(&operation).map_err(unreadable(TABLE))?,
            stage: match stage.as_str() {
                "prepared" => Stage::Prepared,
                "done" => Stage::Done,
                "void" => Stage::Void,
                _ => return Err(StoreError::Unreadable { table: TABLE }),
            },
            inputs: from_json(TABLE, &inputs)?,
            outputs: from_json(TABLE, &outputs)?,
        })
    }
}

/// The exchange that lives (is not void) for a subject.
pub(crate) fn living(conn: &Connection, purpose: Purpose, subject: &str) -> Result<Option<Exchange>, StoreError> {
    let sql = format!("{SELECT} WHERE purpose = ?1 AND subject = ?2 AND stage <> 'void'");
    conn.query_row(&sql, [purpose.as_str(), subject], StoredExchange::read)
        .optional()?
        .map(StoredExchange::parse)
        .transpose()
}

/// An exchange by its number.
pub(crate) fn by_no(conn: &Connection, no: i64) -> Result<Option<Exchange>, StoreError> {
    conn.query_row(&format!("{SELECT} WHERE exchange_no = ?1"), [no], StoredExchange::read)
        .optional()?
        .map(StoredExchange::parse)
        .transpose()
}

/// The exchanges of a wallet whose outcome is not known, oldest first.
pub(crate) fn prepared(
    conn: &Connection,
    mint_url: &MintUrl,
    unit: &CurrencyUnit,
) -> Result<Vec<Exchange>, StoreError> {
    let sql = format!("{SELECT} WHERE stage = 'prepared' AND mint_url = ?1 AND unit = ?2 ORDER BY exchange_no");
    let mut statement = conn.prepare(&sql)?;
    let rows = statement.query_map([mint_url.to_string(), unit.to_string()], StoredExchange::read)?;
    rows.map(|row| row?.parse()).collect()
}

/// What is written down before the mint is asked.
pub(crate) struct NewExchange {
    pub purpose: Purpose,
    pub subject: String,
    pub mint_url: MintUrl,
    pub unit: CurrencyUnit,
    pub operation: Uuid,
    pub inputs: Vec<Proof>,
    pub outputs: Vec<Output>,
    pub created_ms: i64,
}

/// Writes an exchange down and returns it; fails when one lives for the subject already.
pub(crate) fn insert(tx: &Transaction<'_>, new: NewExchange) -> Result<Exchange, StoreError> {
    tx.execute(
        "INSERT INTO pay_cashu_exchange (purpose, subject, mint_url, unit, operation, stage, inputs, outputs, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, 'prepared', ?6, ?7, ?8)",
        params![
            new.purpose.as_str(),
            new.subject,
            new.mint_url.to_string(),
            new.unit.to_string(),
            new.operation.to_string(),
            to_json(TABLE, &new.inputs)?,
            to_json(TABLE, &new.outputs)?,
            new.created_ms,
        ],
    )?;
    Ok(Exchange {
        no: tx.last_insert_rowid(),
        purpose: new.purpose,
        subject: new.subject,
        mint_url: new.mint_url,
        unit: new.unit,
        operation: new.operation,
        stage: Stage::Prepared,
        inputs: new.inputs,
        outputs: new.outputs,
    })
}

/// Ends a prepared exchange; `false` when somebody else ended it first.
pub(crate) fn end(tx: &Transaction<'_>, no: i64, stage: Stage, void_reason: &str) -> Result<bool, StoreError> {
    let stage = match stage {
        Stage::Prepared => "prepared",
        Stage::Done => "done",
        Stage::Void => "void",
    };
    let ended = tx.execute(
        "UPDATE pay_cashu_exchange SET stage = ?2, void_reason = ?3 WHERE exchange_no = ?1 AND stage = 'prepared'",
        params![no, stage, void_reason],
    )?;
    Ok(ended == 1)
}
