//! Letters to the desk: opened, told apart, and remembered so that each is read once.
//!
//! The wraps of letters carry times up to two days in the past (NIP-59), so after a start everything is asked for again
//! that could have come since the desk last heard all its relays; what was read is skipped by its event id.

use nostr_sdk::Filter;
use rusqlite::{OptionalExtension, params};
use tekram_intent::{letters_filter, read_message};
use tekram_net::VerifiedEvent;
use tekram_net::sealed;
use tekram_primitives::wire::Message;

use crate::card::SCOPE;
use crate::desk::Desk;
use crate::error::DeskError;

/// How far back the time of a wrap can lie, with an hour to spare (seconds).
const TWEAK_S: i64 = 49 * 3600;
/// Read letters that are remembered.
const MAX_HEARD: i64 = 200_000;
/// An offer's bytes are kept this long after it ended, for an acceptance that was on its way.
const OFFER_GRACE_MS: i64 = 3_600_000;
/// A refusal is remembered this long, so that asking again gets the same answer.
const REFUSAL_MS: i64 = 30 * 24 * 3_600_000;

impl Desk {
    /// What to ask relays for.
    ///
    /// # Errors
    /// The vault's.
    pub fn letters_wanted(&self) -> Result<Filter, DeskError> {
        let covered: Option<i64> = self.vault.read(|connection| {
            let until = connection
                .query_row("SELECT until_s FROM desk_covered", [], |row| row.get(0))
                .optional()?;
            Ok::<_, DeskError>(until)
        })?;
        let filter = letters_filter(&self.keys.nostr.public_key());
        Ok(match covered {
            Some(until_s) => {
                let since = u64::try_from(until_s.saturating_sub(TWEAK_S)).unwrap_or_default();
                filter.since(nostr_sdk::Timestamp::from_secs(since))
            }
            None => filter,
        })
    }

    /// Reads a letter, once. What it brings about is stored when this returns.
    ///
    /// # Errors
    /// The vault's or a record's; what is wrong with the letter is told, not returned. After an error the letter counts
    /// as not read.
    pub fn hear_letter(&self, wrap: &VerifiedEvent) -> Result<(), DeskError> {
        if self.was_heard(wrap)? {
            return Ok(());
        }
        match sealed::open_verified(&self.keys.nostr, wrap) {
            Err(error) => self.refuse("letter", error.code(), Some(wrap.id.to_hex())),
            Ok(letter) if !self.admits_letter(&letter.sender) => {
                // Not remembered: it is read after the next start, when the sender has calmed down.
                self.refuse("letter", "too_many_letters", Some(wrap.id.to_hex()));
                return Ok(());
            }
            Ok(letter) => match read_message(&letter) {
                Err(reason) => self.refuse("letter", reason.code(), Some(wrap.id.to_hex())),
                Ok(Message::Acceptance { commitment, agreement }) => {
                    self.hear_acceptance(letter.sender, commitment, agreement)?;
                }
                Ok(Message::Payment { commitment, token }) => {
                    self.hear_payment(letter.sender, &commitment, &token)?;
                }
                Ok(_) => self.refuse("message", "not_for_a_desk", Some(wrap.id.to_hex())),
            },
        }
        self.remember(wrap)
    }

    fn was_heard(&self, wrap: &VerifiedEvent) -> Result<bool, DeskError> {
        self.vault.read(|connection| {
            let found = connection
                .prepare_cached("SELECT 1 FROM desk_heard WHERE event_id = ?1")?
                .exists([wrap.id.as_bytes()])?;
            Ok(found)
        })
    }

    fn remember(&self, wrap: &VerifiedEvent) -> Result<(), DeskError> {
        let created_s = i64::try_from(wrap.created_at.as_secs()).unwrap_or(i64::MAX);
        self.vault.write(SCOPE, |tx| {
            tx.execute(
                "INSERT OR IGNORE INTO desk_heard (event_id, created_s) VALUES (?1, ?2)",
                params![wrap.id.as_bytes(), created_s],
            )?;
            Ok(())
        })
    }

    /// Forgets what is over: read letters that no relay can bring again, sent letters and offers whose time has ended.
    /// `heard_all` says that every relay is connected now, so nothing older than its backlog can be missing.
    ///
    /// # Errors
    /// The vault's.
    pub fn tidy(&self, heard_all: bool) -> Result<(), DeskError> {
        let now = self.clock.now();
        self.vault.write(SCOPE, |tx| {
            if heard_all {
                tx.execute(
                    "INSERT INTO desk_covered (only_row, until_s) VALUES (1, ?1) \
                     ON CONFLICT (only_row) DO UPDATE SET until_s = max(until_s, excluded.until_s)",
                    [now.secs()],
                )?;
            }
            tx.execute(
                "DELETE FROM desk_heard WHERE created_s < (SELECT until_s - ?1 FROM desk_covered)",
                [TWEAK_S],
            )?;
            tx.execute(
                "DELETE FROM desk_heard WHERE event_id IN \
                 (SELECT event_id FROM desk_heard ORDER BY created_s DESC LIMIT -1 OFFSET ?1)",
                [MAX_HEARD],
            )?;
            tx.execute("DELETE FROM desk_outbox WHERE until_ms <= ?1", [now.millis()])?;
            tx.execute(
                "UPDATE desk_answer SET state = 'over', offer = x'' WHERE state = 'open' AND valid_until_ms < ?1",
                [now.plus_millis(-OFFER_GRACE_MS).millis()],
            )?;
            // The request may still stand on the relays, and is answered once.
            tx.execute(
                "DELETE FROM desk_answer WHERE state = 'over' AND intent_until_ms < ?1",
                [now.millis()],
            )?;
            tx.execute(
                "DELETE FROM desk_order WHERE state = 'refused' AND received_ms < ?1",
                [now.plus_millis(-REFUSAL_MS).millis()],
            )?;
            Ok(())
        })
    }
}
