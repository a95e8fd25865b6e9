//! Accepted offers: an acceptance is checked, its stock taken, the agreement countersigned and the confirmation sent.
//!
//! The stock is taken in the transaction that stores the acceptance; the agreement is signed by `relate` in its own; the
//! confirmation is stored in a third. Each step is repeated safely after a crash, and [`Desk::finish_orders`] does.

use nostr_sdk::PublicKey;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tekram_intent::{ReceivedAcceptance, Refused, check_acceptance, read_acceptance};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::record::{RecordId, SignedRecord};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::Offer;

use crate::card::SCOPE;
use crate::desk::{Desk, left_of};
use crate::error::DeskError;
use crate::event::DeskEvent;
use crate::offer::KeptAnswer;
use crate::outbox::{self, LetterKind};

/// Answers to an acceptance are kept by relays this long.
const ANSWER_MS: i64 = 30 * 24 * 3_600_000;
/// Acceptances of one offer that are stored, refused ones included.
const MAX_ACCEPTANCES: i64 = 4;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Stock is taken; the agreement is being signed.
    Taken,
    /// Signed by both.
    Confirmed,
    /// Refused; the reason stands.
    Refused,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Taken, Self::Confirmed, Self::Refused]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

struct Order {
    received: ReceivedAcceptance,
    state: State,
    /// Why it was refused.
    reason: String,
}

impl Desk {
    /// Hears that an offer was accepted. What is decided is stored, with the answer, when this returns.
    ///
    /// # Errors
    /// The vault's or the record's; what is wrong with the acceptance is told, not returned.
    pub(crate) fn hear_acceptance(
        &self,
        sender: PublicKey,
        commitment: SignedRecord,
        agreement: SignedRecord,
    ) -> Result<(), DeskError> {
        let received = match read_acceptance(sender, commitment, agreement) {
            Ok(received) => received,
            Err(reason) => {
                self.refuse("acceptance", reason.code(), None);
                return Ok(());
            }
        };
        let id = received.id.to_string();
        if let Some(order) = self.vault.read(|connection| order(connection, &id))? {
            return self.hear_again(&received, &order);
        }
        let Some(answer) = self.kept_offer(received.offer.as_str())? else {
            self.refuse("acceptance", Refused::WrongOffer.code(), Some(id));
            return Ok(());
        };
        let now = self.clock.now();
        let offer = SignedRecord::parse(&answer.offer)?;
        let author = PublicKey::from_hex(&answer.author).map_err(|_| DeskError::Damaged { what: "offer" })?;
        let checked = check_acceptance(&received, &offer, &author, now)
            .map_err(Refused::code)
            .and_then(|_| {
                tekram_relate::check_proposal(&received.agreement, &self.keys.did())
                    .map(|_| ())
                    .map_err(|error| error.code())
            });
        match checked {
            Err(code) if code == Refused::SenderDiffers.code() => {
                // Nobody but the one who got the offer is answered.
                self.refuse("acceptance", code, Some(id));
                Ok(())
            }
            checked => self.decide(&received, &answer, checked.err(), now),
        }
    }

    /// The same commitment again: the same answer goes out again.
    fn hear_again(&self, received: &ReceivedAcceptance, order: &Order) -> Result<(), DeskError> {
        let id = Some(received.id.to_string());
        if received.sender != order.received.sender {
            self.refuse("acceptance", Refused::SenderDiffers.code(), id);
        } else if !received.agreement.same_document(&order.received.agreement) {
            self.refuse("acceptance", Refused::DifferentDocument.code(), id);
        } else if order.state == State::Taken {
            self.confirm(&received.id)?;
        } else {
            let answer = self.answer_to(order)?;
            self.vault.write(SCOPE, |tx| self.put_answer(tx, order, &answer))?;
            self.to_send.notify_one();
        }
        Ok(())
    }

    /// Takes the stock and stores the order, or stores the refusal, in one transaction.
    fn decide(
        &self,
        received: &ReceivedAcceptance,
        answer: &KeptAnswer,
        fault: Option<&'static str>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let mut order = Order {
            received: received.clone(),
            state: State::Taken,
            reason: String::new(),
        };
        let offer_id = received.offer.as_str();
        let left = self.vault.write(SCOPE, |tx| {
            let stored: i64 = tx.query_row(
                "SELECT count(*) FROM desk_order WHERE offer_id = ?1",
                [offer_id],
                |row| row.get(0),
            )?;
            if stored >= MAX_ACCEPTANCES {
                return Ok(None);
            }
            let left = left_of(tx, &answer.item_key)?;
            let sold: bool = tx
                .prepare_cached("SELECT 1 FROM desk_order WHERE offer_id = ?1 AND state <> 'refused'")?
                .exists([offer_id])?;
            let refused = match fault {
                Some(code) => Some(code),
                None if left < answer.quantity => Some("sold_out"),
                None if sold => Some("already_accepted"),
                None => None,
            };
            if let Some(code) = refused {
                order.state = State::Refused;
                code.clone_into(&mut order.reason);
            } else {
                tx.execute(
                    "UPDATE desk_stock SET sold = sold + ?2 WHERE item_key = ?1",
                    params![answer.item_key, answer.quantity],
                )?;
                tx.execute("UPDATE desk_answer SET state = 'sold' WHERE offer_id = ?1", [offer_id])?;
            }
            insert(tx, &order, now)?;
            if order.state == State::Refused {
                self.put_answer(tx, &order, &self.answer_to(&order)?)?;
            }
            Ok::<_, DeskError>(Some(left_of(tx, &answer.item_key)?))
        })?;
        let id = received.id.to_string();
        match left {
            None => self.refuse("acceptance", "too_many_acceptances", Some(id)),
            Some(_) if order.state == State::Refused => {
                self.refuse("acceptance", &order.reason, Some(id));
                self.to_send.notify_one();
            }
            Some(left) => {
                self.catalogue().set_stock(&answer.item_key, left);
                self.confirm(&received.id)?;
            }
        }
        Ok(())
    }

    /// Signs the agreement of an order whose stock is taken, and stores the confirmation. Repeatable.
    fn confirm(&self, commitment_id: &RecordId) -> Result<(), DeskError> {
        let missing = || DeskError::Damaged { what: "order" };
        let mut order = self
            .vault
            .read(|connection| order(connection, commitment_id.as_str()))?
            .ok_or_else(missing)?;
        let kept = tekram_relate::receive(&self.vault, &order.received.agreement, &self.keys.did())?;
        tekram_relate::accept(&self.vault, &kept.id, &self.keys.signing, self.clock.as_ref())?;
        order.state = State::Confirmed;
        let answer = self.answer_to(&order)?;
        self.vault.write(SCOPE, |tx| {
            tx.execute(
                "UPDATE desk_order SET state = ?2 WHERE commitment_id = ?1",
                params![commitment_id.as_str(), order.state.name()],
            )?;
            self.put_answer(tx, &order, &answer)
        })?;
        self.to_send.notify_one();
        self.tell_order(&order)
    }

    /// After a start: signs what was taken before a crash, and tells what was signed and not told.
    ///
    /// # Errors
    /// The vault's or the record's.
    pub fn finish_orders(&self) -> Result<(), DeskError> {
        let (taken, untold) = self.vault.read(|connection| {
            Ok::<_, DeskError>((
                ids(connection, "SELECT commitment_id FROM desk_order WHERE state = 'taken'")?,
                ids(
                    connection,
                    "SELECT commitment_id FROM desk_order WHERE state = 'confirmed' AND told = 0",
                )?,
            ))
        })?;
        for id in taken {
            self.confirm(&id)?;
        }
        for id in untold {
            if let Some(order) = self.vault.read(|connection| order(connection, id.as_str()))? {
                self.tell_order(&order)?;
            }
        }
        Ok(())
    }

    /// The agreement signed by both that answers a confirmed order; nothing for a refused one.
    fn answer_to(&self, order: &Order) -> Result<Option<SignedRecord>, DeskError> {
        if order.state != State::Confirmed {
            return Ok(None);
        }
        let kept = tekram_relate::get(&self.vault, &order.received.agreement.id()?)?;
        Ok(Some(kept.signed()?))
    }

    /// Puts the answer to a decided order into the outbox.
    fn put_answer(&self, tx: &Transaction<'_>, order: &Order, by_both: &Option<SignedRecord>) -> Result<(), DeskError> {
        let now = self.clock.now();
        let until = now.plus_millis(ANSWER_MS);
        let (received, nostr) = (&order.received, &self.keys.nostr);
        let kind = match by_both {
            Some(_) => LetterKind::Confirmation,
            None => LetterKind::Refusal,
        };
        outbox::put(tx, kind, received.id.as_str(), &received.sender, (now, until), || {
            Ok(match by_both {
                Some(agreement) => tekram_intent::confirm(received, agreement, nostr, until)?,
                None => tekram_intent::refuse(received, &order.reason, nostr, until)?,
            })
        })
    }

    fn tell_order(&self, order: &Order) -> Result<(), DeskError> {
        let received = &order.received;
        let kept = tekram_relate::get(&self.vault, &received.agreement.id()?)?;
        let Some(answer) = self.kept_offer(received.offer.as_str())? else {
            return Ok(());
        };
        let offer: Offer = SignedRecord::parse(&answer.offer)?.body()?;
        self.tell(&DeskEvent::AgreementSigned {
            record: kept.id.to_string(),
            sha256: sha256_hex(&kept.record),
            commitment: received.id.to_string(),
            offer: received.offer.to_string(),
            terms: kept.terms.id,
            item: offer.item,
            quantity: answer.quantity,
            price_minor: offer.price.amount_minor,
            currency: offer.price.asset.code().to_owned(),
            pickup_code: tekram_intent::pickup_code(&received.id).to_string(),
        });
        self.vault.write(SCOPE, |tx| {
            tx.execute(
                "UPDATE desk_order SET told = 1 WHERE commitment_id = ?1",
                [received.id.as_str()],
            )?;
            Ok(())
        })
    }

    /// Whether a commitment bought the offer that it names.
    pub(crate) fn is_confirmed_order(&self, commitment: &RecordId) -> Result<bool, DeskError> {
        let order = self.vault.read(|connection| order(connection, commitment.as_str()))?;
        Ok(order.is_some_and(|order| order.state == State::Confirmed))
    }
}

fn insert(tx: &Transaction<'_>, order: &Order, now: Timestamp) -> Result<(), DeskError> {
    let received = &order.received;
    tx.execute(
        "INSERT INTO desk_order (commitment_id, offer_id, sender, state, reason, commitment, agreement, received_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            received.id.as_str(),
            received.offer.as_str(),
            received.sender.to_hex(),
            order.state.name(),
            order.reason,
            received.commitment.bytes()?,
            received.agreement.bytes()?,
            now.millis(),
        ],
    )?;
    Ok(())
}

fn order(connection: &Connection, commitment_id: &str) -> Result<Option<Order>, DeskError> {
    let damaged = || DeskError::Damaged { what: "order" };
    let row = connection
        .prepare_cached("SELECT sender, state, reason, commitment, agreement FROM desk_order WHERE commitment_id = ?1")?
        .query_row([commitment_id], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, Vec<u8>>(3)?,
                row.get::<_, Vec<u8>>(4)?,
            ))
        })
        .optional()?;
    let Some((sender, state, reason, commitment, agreement)) = row else {
        return Ok(None);
    };
    let sender = PublicKey::from_hex(&sender).map_err(|_| damaged())?;
    let (commitment, agreement) = (SignedRecord::parse(&commitment)?, SignedRecord::parse(&agreement)?);
    Ok(Some(Order {
        received: read_acceptance(sender, commitment, agreement).map_err(|_| damaged())?,
        state: State::from_name(&state).ok_or_else(damaged)?,
        reason,
    }))
}

fn ids(connection: &Connection, sql: &str) -> Result<Vec<RecordId>, DeskError> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|id| id?.parse().map_err(|_| DeskError::Damaged { what: "order" }))
        .collect()
}
