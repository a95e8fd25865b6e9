//! Letters to send: sealed and stored in the transaction that decides them, published afterwards, and again after a
//! crash or while no relay takes them.

use std::time::Duration;

use futures::future::join_all;
use nostr_sdk::{Event, JsonUtil, PublicKey};
use rusqlite::{OptionalExtension, Transaction, params};
use tekram_net::Bus;
use tekram_net::sealed::seal_to;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::{KIND_MESSAGE, Message, Offer};

use crate::card::SCOPE;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::event::DeskEvent;

/// Letters on their way at the same time.
const AT_ONCE: u32 = 64;
/// Pause after a first failure; doubles up to the longest.
const FIRST_PAUSE_MS: i64 = 2_000;
const LONGEST_PAUSE_MS: i64 = 10 * 60_000;
/// Receivers that one answer is sent to: a payer may ask under a second key, a crowd may not.
const MAX_RECEIVERS: i64 = 4;

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LetterKind {
    /// An offer; the subject is the intent's event id.
    Offer,
    /// A confirmed acceptance; the subject is the commitment's id.
    Confirmation,
    /// A refused acceptance; the subject is the commitment's id.
    Refusal,
    /// A receipt; the subject is the commitment's id.
    Receipt,
}

impl LetterKind {
    fn name(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Confirmation => "confirmation",
            Self::Refusal => "refusal",
            Self::Receipt => "receipt",
        }
    }
}

/// A letter that is due.
struct Due {
    letter_no: i64,
    kind: String,
    subject: String,
    wrap: Event,
    attempts: u32,
}

/// Puts a letter into the outbox, due at once. One that was sent before is sent again as it was; `seal` makes a new one.
pub(crate) fn put(
    tx: &Transaction<'_>,
    kind: LetterKind,
    subject: &str,
    receiver: &PublicKey,
    (now, until): (Timestamp, Timestamp),
    seal: impl FnOnce() -> Result<Event, DeskError>,
) -> Result<(), DeskError> {
    let receiver = receiver.to_hex();
    let again = tx.execute(
        "UPDATE desk_outbox SET published = 0, due_ms = ?4, attempts = 0 \
         WHERE kind = ?1 AND subject = ?2 AND receiver = ?3 AND until_ms > ?4",
        params![kind.name(), subject, receiver, now.millis()],
    )?;
    if again > 0 {
        return Ok(());
    }
    let others: i64 = tx.query_row(
        "SELECT count(*) FROM desk_outbox WHERE kind = ?1 AND subject = ?2",
        params![kind.name(), subject],
        |row| row.get(0),
    )?;
    if others >= MAX_RECEIVERS {
        return Ok(());
    }
    let wrap = seal()?;
    tx.execute(
        "INSERT OR REPLACE INTO desk_outbox (kind, subject, receiver, wrap, due_ms, until_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            kind.name(),
            subject,
            receiver,
            wrap.as_json(),
            now.millis(),
            until.millis()
        ],
    )?;
    Ok(())
}

impl Desk {
    /// Publishes what is due, several at a time. Returns how long until something is due again, if something waits.
    ///
    /// # Errors
    /// The vault's; what relays say is told once and tried again.
    pub async fn publish_waiting(&self, bus: &dyn Bus) -> Result<Option<Duration>, DeskError> {
        loop {
            let due = self.due_letters()?;
            if due.is_empty() {
                return self.next_letter_in();
            }
            let outcomes = join_all(due.iter().map(|letter| bus.publish(&letter.wrap))).await;
            for (letter, outcome) in due.iter().zip(outcomes) {
                match outcome {
                    Ok(_) => self.letter_sent(letter)?,
                    Err(error) => self.letter_waits(letter, error.code())?,
                }
            }
        }
    }

    /// Seals a message to somebody.
    pub(crate) fn seal(&self, to: &PublicKey, message: &Message, until: Timestamp) -> Result<Event, DeskError> {
        let json = serde_json::to_string(message).map_err(|_| DeskError::Damaged { what: "message" })?;
        let until = u64::try_from(until.secs()).unwrap_or_default();
        let expires = nostr_sdk::Timestamp::from_secs(until);
        Ok(seal_to(to, &self.keys.nostr, KIND_MESSAGE, &json, Some(expires))?)
    }

    fn due_letters(&self) -> Result<Vec<Due>, DeskError> {
        let now_ms = self.clock.now().millis();
        self.vault.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT letter_no, kind, subject, wrap, attempts FROM desk_outbox \
                 WHERE published = 0 AND due_ms <= ?1 AND until_ms > ?1 ORDER BY due_ms, letter_no LIMIT ?2",
            )?;
            let mut rows = statement.query(params![now_ms, AT_ONCE])?;
            let mut due = Vec::new();
            while let Some(row) = rows.next()? {
                let wrap: String = row.get(3)?;
                due.push(Due {
                    letter_no: row.get(0)?,
                    kind: row.get(1)?,
                    subject: row.get(2)?,
                    wrap: Event::from_json(wrap).map_err(|_| DeskError::Damaged { what: "letter" })?,
                    attempts: row.get(4)?,
                });
            }
            Ok(due)
        })
    }

    fn next_letter_in(&self) -> Result<Option<Duration>, DeskError> {
        let now_ms = self.clock.now().millis();
        let due_ms: Option<i64> = self.vault.read(|connection| {
            Ok::<_, DeskError>(connection.query_row(
                "SELECT min(due_ms) FROM desk_outbox WHERE published = 0 AND until_ms > ?1",
                [now_ms],
                |row| row.get(0),
            )?)
        })?;
        Ok(due_ms.map(|due_ms| wait_ms(due_ms.saturating_sub(now_ms))))
    }

    fn letter_sent(&self, letter: &Due) -> Result<(), DeskError> {
        let offer: Option<Vec<u8>> = self.vault.write(SCOPE, |tx| {
            if letter.kind != LetterKind::Offer.name() {
                tx.execute(
                    "UPDATE desk_outbox SET published = 1 WHERE letter_no = ?1",
                    [letter.letter_no],
                )?;
                return Ok::<_, DeskError>(None);
            }
            // An intent is answered once, so nobody asks for this letter again.
            tx.execute("DELETE FROM desk_outbox WHERE letter_no = ?1", [letter.letter_no])?;
            Ok(tx
                .query_row(
                    "SELECT offer FROM desk_answer WHERE intent_event = ?1",
                    [&letter.subject],
                    |row| row.get(0),
                )
                .optional()?)
        })?;
        if let Some(offer) = offer.filter(|bytes| !bytes.is_empty()) {
            let record = SignedRecord::parse(&offer)?;
            let offer: Offer = record.body()?;
            self.tell(&DeskEvent::OfferSent {
                intent: letter.subject.clone(),
                offer: record.id()?.to_string(),
                item: offer.item,
                price_minor: offer.price.amount_minor,
                currency: offer.price.asset.code().to_owned(),
                valid_until: offer.valid_until,
            });
        }
        Ok(())
    }

    fn letter_waits(&self, letter: &Due, code: &'static str) -> Result<(), DeskError> {
        if letter.attempts == 0 {
            self.trouble("relays", code);
        }
        let due_ms = self.clock.now().millis().saturating_add(pause_ms(letter.attempts));
        self.vault.write(SCOPE, |tx| {
            tx.execute(
                "UPDATE desk_outbox SET attempts = attempts + 1, due_ms = ?2 WHERE letter_no = ?1",
                params![letter.letter_no, due_ms],
            )?;
            Ok(())
        })
    }
}

/// How long to wait after so many failures.
pub(crate) fn pause_ms(failures: u32) -> i64 {
    FIRST_PAUSE_MS
        .saturating_mul(1_i64 << failures.min(20))
        .min(LONGEST_PAUSE_MS)
}

/// Milliseconds to sleep; what is due already waits a moment, so that an error cannot become a busy loop.
pub(crate) fn wait_ms(left_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(left_ms).unwrap_or_default().max(20))
}
