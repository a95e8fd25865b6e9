//! Agreements and proposals as this vault keeps them: one row for each document, with its exact bytes.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tekram_primitives::did::DidKey;
use tekram_primitives::record::{RecordId, SignedRecord};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{Agreement, TermsRef};
use tekram_vault::{Vault, VaultError};

use crate::answer::{AgreementAnswer, Answer};
use crate::error::RelateError;
use crate::status::{NegotiationStatus, Party};

/// One proposal or agreement of this vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAgreement {
    /// Record id of the document.
    pub id: RecordId,
    /// Which side this vault is.
    pub party: Party,
    /// The person.
    pub first_party: DidKey,
    /// The other side.
    pub second_party: DidKey,
    /// The terms.
    pub terms: TermsRef,
    /// The record it is about (an offer), if any.
    pub about: Option<RecordId>,
    /// The earlier proposal whose alternative this one takes up, if any.
    pub follows: Option<RecordId>,
    /// Where it stands.
    pub status: NegotiationStatus,
    /// When the first party proposed it.
    pub proposed: Timestamp,
    /// When it reached its present state, if it left the first one.
    pub decided: Option<Timestamp>,
    /// The document as kept, canonical, with all proofs so far: identical on both sides once agreed.
    pub record: Vec<u8>,
    /// The second party's signed refusal or alternative, if it gave one.
    pub answer: Option<Vec<u8>>,
}

impl KeptAgreement {
    /// The kept bytes as a record.
    ///
    /// # Errors
    /// The record's own errors, when the vault's row is damaged.
    pub fn signed(&self) -> Result<SignedRecord, RelateError> {
        Ok(SignedRecord::parse(&self.record)?)
    }
}

const COLUMNS: &str = "id, party, first_party, second_party, terms_id, terms_sha256, about, follows, status, \
                       proposed_ms, decided_ms, record, answer";

/// The agreement with this record id.
///
/// # Errors
/// `no_such_agreement`, or the vault's errors.
pub fn get(vault: &Vault, id: &RecordId) -> Result<KeptAgreement, RelateError> {
    vault
        .read(|connection| by_id(connection, id))?
        .ok_or(RelateError::NoSuchAgreement)
}

/// Agreements and proposals, newest first; `limit` rows after the first `offset`.
///
/// # Errors
/// The vault's errors.
pub fn list(vault: &Vault, limit: u32, offset: u32) -> Result<Vec<KeptAgreement>, RelateError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM relate_agreement ORDER BY proposed_ms DESC, id LIMIT ?1 OFFSET ?2"
        ))?;
        let mut rows = statement.query(params![limit, offset])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read_row(row)?);
        }
        Ok(found)
    })
}

pub(crate) fn by_id(connection: &Connection, id: &RecordId) -> Result<Option<KeptAgreement>, RelateError> {
    one(
        connection,
        &format!("SELECT {COLUMNS} FROM relate_agreement WHERE id = ?1"),
        params![id.to_string()],
    )
}

/// The proposal between the same two about the same thing that was answered with `agreement`'s terms as alternative.
pub(crate) fn countered_with(
    connection: &Connection,
    agreement: &Agreement,
) -> Result<Option<KeptAgreement>, RelateError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM relate_agreement \
         WHERE second_party = ?1 AND first_party = ?2 AND about = ?3 AND status = ?4 ORDER BY proposed_ms DESC, id"
    ))?;
    let mut rows = statement.query(params![
        agreement.second_party.to_string(),
        agreement.first_party.to_string(),
        agreement.about.as_ref().map(ToString::to_string).unwrap_or_default(),
        NegotiationStatus::CounterOfferMade.name(),
    ])?;
    while let Some(row) = rows.next()? {
        let kept = read_row(row)?;
        let Some(answer) = &kept.answer else { continue };
        let answer: AgreementAnswer = SignedRecord::parse(answer)?.body()?;
        if matches!(answer.answer, Answer::Alternative { terms } if terms == agreement.terms) {
            return Ok(Some(kept));
        }
    }
    Ok(None)
}

pub(crate) fn insert(connection: &Connection, kept: &KeptAgreement) -> Result<(), RelateError> {
    connection.execute(
        &format!(
            "INSERT INTO relate_agreement ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
        ),
        params![
            kept.id.to_string(),
            kept.party.name(),
            kept.first_party.to_string(),
            kept.second_party.to_string(),
            kept.terms.id,
            kept.terms.sha256,
            kept.about.as_ref().map(ToString::to_string).unwrap_or_default(),
            kept.follows.as_ref().map(ToString::to_string).unwrap_or_default(),
            kept.status.name(),
            kept.proposed.millis(),
            kept.decided.map(|t| t.millis()).unwrap_or_default(),
            kept.record,
            kept.answer.as_deref().unwrap_or_default(),
        ],
    )?;
    Ok(())
}

/// Writes what a step may change: state, time, bytes and answer.
pub(crate) fn update(connection: &Connection, kept: &KeptAgreement) -> Result<(), RelateError> {
    connection.execute(
        "UPDATE relate_agreement SET status = ?2, decided_ms = ?3, record = ?4, answer = ?5 WHERE id = ?1",
        params![
            kept.id.to_string(),
            kept.status.name(),
            kept.decided.map(|t| t.millis()).unwrap_or_default(),
            kept.record,
            kept.answer.as_deref().unwrap_or_default(),
        ],
    )?;
    Ok(())
}

fn one(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Option<KeptAgreement>, RelateError> {
    let mut statement = connection.prepare_cached(sql)?;
    statement
        .query_row(params, |row| Ok(read_row(row)))
        .optional()?
        .transpose()
}

fn read_row(row: &Row<'_>) -> Result<KeptAgreement, RelateError> {
    let text = |index: usize| row.get::<_, String>(index);
    let record_id = |index: usize| -> Result<Option<RecordId>, RelateError> {
        let stored: String = row.get(index)?;
        if stored.is_empty() {
            Ok(None)
        } else {
            parse(&stored).map(Some)
        }
    };
    let decided_ms: i64 = row.get(10)?;
    let answer: Vec<u8> = row.get(12)?;
    Ok(KeptAgreement {
        id: parse(&text(0)?)?,
        party: Party::from_name(&text(1)?).ok_or_else(damaged)?,
        first_party: parse(&text(2)?)?,
        second_party: parse(&text(3)?)?,
        terms: TermsRef {
            id: text(4)?,
            sha256: text(5)?,
        },
        about: record_id(6)?,
        follows: record_id(7)?,
        status: NegotiationStatus::from_name(&text(8)?).ok_or_else(damaged)?,
        proposed: Timestamp::from_millis(row.get(9)?),
        decided: (decided_ms != 0).then(|| Timestamp::from_millis(decided_ms)),
        record: row.get(11)?,
        answer: (!answer.is_empty()).then_some(answer),
    })
}

fn parse<T: std::str::FromStr>(stored: &str) -> Result<T, RelateError> {
    stored.parse().map_err(|_| damaged())
}

fn damaged() -> RelateError {
    RelateError::Vault(VaultError::Damaged { file: "vault.db" })
}
