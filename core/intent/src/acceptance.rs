//! Accepting one offer: a commitment to buy at its price and an agreement on the terms, both signed by a key made for this
//! acceptance, sealed to the chosen seller alone.
//!
//! Key, records and the sealed message are stored in one transaction before anything is sent, so that sending again after a
//! crash sends the same bytes. The other sellers hear nothing: nothing is published for them to see.

use nostr_sdk::{Event, JsonUtil, PublicKey};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use tekram_net::sealed;
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_primitives::record::{RecordId, SignedRecord, WireRecord};
use tekram_primitives::secret::{Secret32, random_hex_128};
use tekram_primitives::time::{Clock, Timestamp};
use tekram_primitives::wire::{Agreement, Commitment, CommitmentFor, DeskCard, KIND_MESSAGE, Message, Offer};
use tekram_vault::{AuditEvent, AuditKind, Vault};

use crate::ending;
use crate::error::IntentError;
use crate::event::seconds;
use crate::intent::{IntentState, SCOPE, kept, read_event};
use crate::line::Line;

/// Where an acceptance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptanceState {
    /// Signed and stored; no relay is known to have it.
    Queued,
    /// A relay has it; the seller has not answered.
    Sent,
    /// The seller signed the agreement.
    Confirmed,
    /// The seller refused.
    Refused,
    /// The commitment's time ended without an answer.
    Lapsed,
}

impl AcceptanceState {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Queued, Self::Sent, Self::Confirmed, Self::Refused, Self::Lapsed]
            .into_iter()
            .find(|s| s.name() == name)
    }
}

/// An accepted offer, with the records as signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Record id of the commitment: the acceptance's name on both sides.
    pub id: RecordId,
    /// The intent.
    pub intent: String,
    /// Record id of the offer.
    pub offer: RecordId,
    /// The chosen seller.
    pub seller: DidKey,
    /// Where it stands.
    pub state: AcceptanceState,
    /// The seller's reason code when it refused.
    pub reason: Option<String>,
    /// When the person accepted.
    pub accepted: Timestamp,
    /// When the commitment ends.
    pub expires: Timestamp,
    /// The offer, signed by the seller ([`Offer`]).
    pub offer_record: Vec<u8>,
    /// The commitment, signed by the one-time key ([`Commitment`]).
    pub commitment: Vec<u8>,
    /// The agreement as proposed, signed by the one-time key ([`Agreement`]).
    pub agreement: Vec<u8>,
    /// The agreement signed by both, once confirmed: the same bytes on both sides.
    pub agreement_by_both: Option<Vec<u8>>,
}

pub(crate) struct KeptAcceptance {
    pub(crate) acceptance: Acceptance,
    pub(crate) seller_nostr: PublicKey,
    wrap: String,
}

/// Accepts one live offer of an open intent. Durable when it returns; [`send_acceptance`] sends it.
///
/// # Errors
/// `already_accepted`, `no_such_offer`, `offer_expired`, `intent_expired`, `wrong_state`, the record's or the vault's errors.
pub fn accept(vault: &Vault, id: &str, offer: &RecordId, clock: &dyn Clock) -> Result<Acceptance, IntentError> {
    let now = clock.now();
    let key = SigningKey::generate()?;
    vault.write(SCOPE, |tx| {
        let asked = kept(tx, id)?;
        if asked.intent.state == IntentState::Accepted {
            return Err(IntentError::AlreadyAccepted);
        }
        asked.require_open(now)?;
        let (record, seller_nostr): (Vec<u8>, String) = tx
            .query_row(
                "SELECT record, seller_nostr FROM intent_offer WHERE intent_id = ?1 AND id = ?2",
                params![id, offer.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?
            .ok_or(IntentError::NoSuchOffer)?;
        let body: Offer = SignedRecord::parse(&record)?.body()?;
        if body.valid_until <= now {
            return Err(IntentError::OfferExpired);
        }
        let expires = commitment_end(&body, asked.intent.demand.valid_through, now);
        let (commitment, agreement) = sign(&key, offer, &body, expires, now)?;
        let message = Message::Acceptance { commitment: commitment.clone(), agreement: agreement.clone() };
        let json = serde_json::to_string(&message).map_err(|_| IntentError::Event { action: "written" })?;
        let receiver = parse_nostr(&seller_nostr)?;
        let wrap =
            sealed::seal_to(&receiver, asked.keys()?, KIND_MESSAGE, &json, Some(seconds(expires)))
                .map_err(|_| IntentError::Event { action: "sealed" })?;
        let acceptance = Acceptance {
            id: commitment.id()?,
            intent: id.to_owned(),
            offer: offer.clone(),
            seller: body.seller,
            state: AcceptanceState::Queued,
            reason: None,
            accepted: now,
            expires,
            offer_record: record,
            commitment: commitment.bytes()?,
            agreement: agreement.bytes()?,
            agreement_by_both: None,
        };
        tx.execute(
            "INSERT INTO intent_acceptance (commitment_id, intent_id, offer_id, seller, seller_nostr, state, accepted_ms, \
             expires_ms, secret, offer, commitment, agreement, wrap) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                acceptance.id.as_str(),
                id,
                offer.as_str(),
                acceptance.seller.to_string(),
                seller_nostr,
                acceptance.state.name(),
                now.millis(),
                acceptance.expires.millis(),
                key.seed().expose(),
                acceptance.offer_record,
                acceptance.commitment,
                acceptance.agreement,
                wrap.as_json(),
            ],
        )?;
        set_intent_state(tx, id, IntentState::Accepted)?;
        // From here on it is sent until the seller has it.
        let card: DeskCard = body.card.body()?;
        AuditEvent::new(AuditKind::Disclosure)
            .who(card.name)
            .party(acceptance.seller.to_string())
            .record(acceptance.id.as_str())
            .what(body.item)
            .append(tx, now)?;
        Ok(acceptance)
    })
}

/// A promise that the seller does not confirm must not bind for as long as the seller likes: it ends with the offer, and at
/// the latest with the intent or a day from now, whichever is later.
fn commitment_end(offer: &Offer, intent_end: Timestamp, now: Timestamp) -> Timestamp {
    offer.valid_until.min(intent_end.max(now.plus_secs(24 * 3600)))
}

/// The two records of an acceptance, for exactly the offer's price and the terms it accepted.
fn sign(
    key: &SigningKey,
    id: &RecordId,
    offer: &Offer,
    expires: Timestamp,
    now: Timestamp,
) -> Result<(SignedRecord, SignedRecord), IntentError> {
    let commitment = Commitment {
        kind: Commitment::TYPE.to_owned(),
        version: Commitment::VERSION,
        nonce: random_hex_128()?,
        payer: key.did(),
        payee: Some(offer.seller),
        payee_name: None,
        amount: offer.price,
        purpose: CommitmentFor::Offer { offer: id.clone() },
        terms: Some(offer.terms_accepted.clone()),
        expires: Some(expires),
    };
    let agreement = Agreement {
        kind: Agreement::TYPE.to_owned(),
        version: Agreement::VERSION,
        nonce: random_hex_128()?,
        first_party: key.did(),
        second_party: offer.seller,
        terms: offer.terms_accepted.clone(),
        about: Some(id.clone()),
        proposed: now,
    };
    Ok((
        SignedRecord::sign(&commitment, key, now)?,
        SignedRecord::sign(&agreement, key, now)?,
    ))
}

/// Sends an acceptance to the chosen seller. Repeatable: always the same bytes.
///
/// # Errors
/// `nothing_accepted`, `wrong_state` after an answer, `foreign_line`, the relays' or the vault's errors. After a relay's
/// error it stays queued.
pub async fn send_acceptance(
    vault: &Vault,
    id: &str,
    line: &Line,
    clock: &dyn Clock,
) -> Result<Acceptance, IntentError> {
    let bus = line.bus_for(id)?;
    let waiting = vault.read(|connection| latest(connection, id))?;
    let state = waiting.acceptance.state;
    if !matches!(state, AcceptanceState::Queued | AcceptanceState::Sent) {
        return Err(IntentError::WrongState { state: state.name() });
    }
    bus.publish(&read_event(&waiting.wrap)?).await?;
    let now = clock.now();
    vault.write(SCOPE, |tx| {
        tx.execute(
            "UPDATE intent_acceptance SET state = 'sent', sent_ms = ?2 WHERE commitment_id = ?1 AND state = 'queued'",
            params![waiting.acceptance.id.as_str(), now.millis()],
        )?;
        Ok(latest(tx, id)?.acceptance)
    })
}

/// The person is done with an accepted intent: its keys are forgotten. The records stay.
///
/// # Errors
/// `wrong_state` unless the seller confirmed, `nothing_accepted`, or the vault's errors.
pub fn finish(vault: &Vault, id: &str) -> Result<(), IntentError> {
    vault.write(SCOPE, |tx| {
        let state = latest(tx, id)?.acceptance.state;
        if state != AcceptanceState::Confirmed {
            return Err(IntentError::WrongState { state: state.name() });
        }
        ending::close(tx, id, IntentState::Closed, "")
    })
}

/// The key that signed an acceptance, while it is kept: for paying the commitment it signed.
///
/// # Errors
/// `nothing_accepted`, `wrong_state` once it is forgotten, or the vault's errors.
pub fn acceptance_key(vault: &Vault, id: &str) -> Result<SigningKey, IntentError> {
    vault.read(|connection| {
        let acceptance = latest(connection, id)?.acceptance;
        let seed = connection.query_row(
            "SELECT secret FROM intent_acceptance WHERE commitment_id = ?1",
            params![acceptance.id.as_str()],
            |row| {
                Ok(row
                    .get_ref(0)?
                    .as_blob()
                    .ok()
                    .and_then(|bytes| Secret32::try_from(bytes).ok()))
            },
        )?;
        let seed = seed.ok_or(IntentError::WrongState {
            state: acceptance.state.name(),
        })?;
        Ok(SigningKey::from_seed(seed.expose())?)
    })
}

/// The latest acceptance of an intent.
///
/// # Errors
/// `nothing_accepted`, or the vault's errors.
pub fn current_acceptance(vault: &Vault, id: &str) -> Result<Acceptance, IntentError> {
    vault.read(|connection| Ok(latest(connection, id)?.acceptance))
}

/// All acceptances, refused ones included, newest first; `limit` after the first `offset`.
///
/// # Errors
/// The vault's errors.
pub fn acceptances(vault: &Vault, limit: u32, offset: u32) -> Result<Vec<Acceptance>, IntentError> {
    vault.read(|connection| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM intent_acceptance ORDER BY accepted_ms DESC, commitment_id LIMIT ?1 OFFSET ?2"
        ))?;
        let mut rows = statement.query(params![limit, offset])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read_row(row)?.acceptance);
        }
        Ok(found)
    })
}

/// The sealed message of an acceptance, as it is or was sent.
///
/// # Errors
/// `nothing_accepted`, or the vault's errors.
pub fn acceptance_wrap(vault: &Vault, id: &str) -> Result<Event, IntentError> {
    read_event(&vault.read(|connection| latest(connection, id))?.wrap)
}

pub(crate) const COLUMNS: &str = "commitment_id, intent_id, offer_id, seller, state, reason, accepted_ms, expires_ms, offer, \
                       commitment, agreement, agreement_by_both, seller_nostr, wrap";

pub(crate) fn latest(connection: &Connection, intent: &str) -> Result<KeptAcceptance, IntentError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM intent_acceptance WHERE intent_id = ?1 ORDER BY state = 'refused', accepted_ms DESC, commitment_id"
    ))?;
    statement
        .query_row(params![intent], |row| Ok(read_row(row)))
        .optional()?
        .unwrap_or(Err(IntentError::NothingAccepted))
}

pub(crate) fn read_row(row: &Row<'_>) -> Result<KeptAcceptance, IntentError> {
    let damaged = || IntentError::Damaged { what: "acceptance" };
    let text = |index: usize| row.get::<_, String>(index);
    let (reason, by_both): (String, Vec<u8>) = (row.get(5)?, row.get(11)?);
    Ok(KeptAcceptance {
        acceptance: Acceptance {
            id: text(0)?.parse().map_err(|_| damaged())?,
            intent: text(1)?,
            offer: text(2)?.parse().map_err(|_| damaged())?,
            seller: text(3)?.parse().map_err(|_| damaged())?,
            state: AcceptanceState::from_name(&text(4)?).ok_or_else(damaged)?,
            reason: (!reason.is_empty()).then_some(reason),
            accepted: Timestamp::from_millis(row.get(6)?),
            expires: Timestamp::from_millis(row.get(7)?),
            offer_record: row.get(8)?,
            commitment: row.get(9)?,
            agreement: row.get(10)?,
            agreement_by_both: (!by_both.is_empty()).then_some(by_both),
        },
        seller_nostr: parse_nostr(&text(12)?)?,
        wrap: row.get(13)?,
    })
}

pub(crate) fn set_intent_state(connection: &Connection, id: &str, state: IntentState) -> Result<(), IntentError> {
    connection.execute(
        "UPDATE intent_intent SET state = ?2 WHERE id = ?1",
        params![id, state.name()],
    )?;
    Ok(())
}

fn parse_nostr(hex: &str) -> Result<PublicKey, IntentError> {
    PublicKey::from_hex(hex).map_err(|_| IntentError::Damaged { what: "acceptance" })
}
