//! Redeeming what was stored: the mint is asked, the receipt signed, and both told.
//!
//! [`CashuWallet::redeem`](tekram_pay::cashu::CashuWallet::redeem) is idempotent for a token, so after a crash the same
//! work is done again and the money counts once.

use std::time::Duration;

use nostr_sdk::PublicKey;
use rusqlite::{Transaction, params};
use tekram_pay::cashu::CashuError;
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::record::{RecordId, SignedRecord, WireRecord};
use tekram_primitives::wire::{Message, Receipt};
use tekram_vault::Vault;

use crate::card::SCOPE;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::event::DeskEvent;
use crate::outbox::{self, LetterKind, pause_ms, wait_ms};
use crate::token;

/// Receipts are kept by relays this long; the record itself stays in the vault.
const RECEIPT_MS: i64 = 180 * 24 * 3_600_000;
/// Payments redeemed at the same time.
const AT_ONCE: u32 = 4;
/// A mint that says no this often means it.
const MAX_REFUSALS: u32 = 6;

/// A payment whose commitment holds.
struct Payment {
    commitment: RecordId,
    sender: PublicKey,
    token: String,
    attempts: u32,
}

impl Desk {
    /// Redeems what is due, several at a time. Returns how long until something is due again, if something waits.
    ///
    /// # Errors
    /// The vault's or the record's; what a mint says is told and decides whether it is tried again.
    pub async fn redeem_waiting(&self) -> Result<Option<Duration>, DeskError> {
        loop {
            let due = self.due_payments()?;
            if due.is_empty() {
                return self.next_payment_in();
            }
            let redeemed = due.iter().map(|payment| self.redeem(payment));
            for outcome in futures::future::join_all(redeemed).await {
                outcome?;
            }
        }
    }

    async fn redeem(&self, payment: &Payment) -> Result<(), DeskError> {
        let Some(key) = &self.keys.cashu else {
            return self.give_up(payment, "no_cashu");
        };
        let outcome = match token::read(&payment.token) {
            Err(error) => Err(error),
            Ok(token) => match self.wallet(&token.mint, &token.unit) {
                Err(error) => Err(error),
                Ok(wallet) => wallet
                    .redeem(&payment.token, key)
                    .await
                    .map(|redeemed| (wallet.unit(), redeemed)),
            },
        };
        match outcome {
            Ok((unit, redeemed)) => self.book(payment, &unit, redeemed.net_minor, redeemed.fee_minor),
            Err(CashuError::Vault(error)) => Err(error.into()),
            Err(error) if is_final(&error, payment.attempts) => self.give_up(payment, error.code()),
            Err(error) => self.try_later(payment, error.code()),
        }
    }

    /// The money is in the wallet: signs the receipt and stores it with its letter.
    fn book(&self, payment: &Payment, unit: &str, net_minor: i64, fee_minor: i64) -> Result<(), DeskError> {
        let now = self.clock.now();
        let asset = Asset::from_cashu_unit(unit).map_err(|_| CashuError::BadUnit)?;
        let receipt = Receipt {
            kind: Receipt::TYPE.to_owned(),
            version: Receipt::VERSION,
            commitment: payment.commitment.clone(),
            amount: Money::new(net_minor, asset),
            payee: self.keys.did(),
            received: now,
        };
        let receipt = SignedRecord::sign(&receipt, &self.keys.signing, now)?;
        let (id, bytes) = (receipt.id()?, receipt.bytes()?);
        self.vault.write(SCOPE, |tx| {
            tx.execute(
                "UPDATE desk_payment SET state = 'redeemed', token = '', unit = ?2, net_minor = ?3, fee_minor = ?4, \
                 receipt_id = ?5, receipt = ?6, redeemed_ms = ?7 WHERE commitment_id = ?1 AND state = 'waiting'",
                params![
                    payment.commitment.as_str(),
                    unit,
                    net_minor,
                    fee_minor,
                    id.as_str(),
                    bytes,
                    now.millis()
                ],
            )?;
            self.put_receipt(tx, &payment.commitment, &payment.sender, &receipt)
        })?;
        self.to_send.notify_one();
        self.tell_payment(&payment.commitment)
    }

    /// Puts the receipt for a commitment into the outbox.
    pub(crate) fn put_receipt(
        &self,
        tx: &Transaction<'_>,
        commitment: &RecordId,
        to: &PublicKey,
        receipt: &SignedRecord,
    ) -> Result<(), DeskError> {
        let now = self.clock.now();
        let until = now.plus_millis(RECEIPT_MS);
        outbox::put(tx, LetterKind::Receipt, commitment.as_str(), to, (now, until), || {
            let message = Message::Receipt {
                receipt: receipt.clone(),
            };
            self.seal(to, &message, until)
        })
    }

    /// Tells a redeemed payment, with the sum of everything redeemed in its unit up to now.
    fn tell_payment(&self, commitment: &RecordId) -> Result<(), DeskError> {
        let event = self.vault.read(|connection| {
            let event = connection.query_row(
                "SELECT receipt_id, receipt, net_minor, unit, \
                 (SELECT sum(net_minor) FROM desk_payment AS other WHERE other.unit = desk_payment.unit \
                  AND other.state = 'redeemed') FROM desk_payment WHERE commitment_id = ?1",
                [commitment.as_str()],
                |row| {
                    Ok(DeskEvent::PaymentRedeemed {
                        commitment: commitment.to_string(),
                        receipt: row.get(0)?,
                        sha256: sha256_hex(&row.get::<_, Vec<u8>>(1)?),
                        amount_minor: row.get(2)?,
                        unit: row.get(3)?,
                        total_redeemed_minor: row.get(4)?,
                    })
                },
            )?;
            Ok::<_, DeskError>(event)
        })?;
        self.tell(&event);
        self.vault.write(SCOPE, |tx| {
            tx.execute(
                "UPDATE desk_payment SET told = 1 WHERE commitment_id = ?1",
                [commitment.as_str()],
            )?;
            Ok(())
        })
    }

    /// After a start: tells what was redeemed and not told, and lets everything that waits be tried at once.
    ///
    /// # Errors
    /// The vault's.
    pub fn resume_payments(&self) -> Result<(), DeskError> {
        let now_ms = self.clock.now().millis();
        let untold: Vec<String> = self.vault.write(SCOPE, |tx| {
            tx.execute("UPDATE desk_payment SET due_ms = ?1 WHERE state = 'waiting'", [now_ms])?;
            let mut statement =
                tx.prepare("SELECT commitment_id FROM desk_payment WHERE state = 'redeemed' AND told = 0")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok::<_, DeskError>(rows.collect::<Result<_, _>>()?)
        })?;
        for id in untold {
            self.tell_payment(&id.parse().map_err(|_| DeskError::Damaged { what: "payment" })?)?;
        }
        self.to_redeem.notify_one();
        Ok(())
    }

    /// The payment will never work: nothing of it is kept, so that a better one for the commitment can come.
    fn give_up(&self, payment: &Payment, code: &str) -> Result<(), DeskError> {
        self.vault.write(SCOPE, |tx| {
            tx.execute(
                "DELETE FROM desk_payment WHERE commitment_id = ?1 AND state = 'waiting'",
                [payment.commitment.as_str()],
            )?;
            Ok::<_, DeskError>(())
        })?;
        self.refuse("payment", code, Some(payment.commitment.to_string()));
        Ok(())
    }

    fn try_later(&self, payment: &Payment, code: &str) -> Result<(), DeskError> {
        let due_ms = self.clock.now().millis().saturating_add(pause_ms(payment.attempts));
        self.vault.write(SCOPE, |tx| {
            tx.execute(
                "UPDATE desk_payment SET attempts = attempts + 1, due_ms = ?2 WHERE commitment_id = ?1",
                params![payment.commitment.as_str(), due_ms],
            )?;
            Ok::<_, DeskError>(())
        })?;
        if payment.attempts == 0 {
            self.tell(&DeskEvent::PaymentWaiting {
                commitment: payment.commitment.to_string(),
                code: code.to_owned(),
            });
        }
        Ok(())
    }

    fn due_payments(&self) -> Result<Vec<Payment>, DeskError> {
        let now_ms = self.clock.now().millis();
        let damaged = || DeskError::Damaged { what: "payment" };
        self.vault.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT commitment_id, sender, token, attempts FROM desk_payment \
                 WHERE state = 'waiting' AND due_ms <= ?1 ORDER BY due_ms, received_ms LIMIT ?2",
            )?;
            let mut rows = statement.query(params![now_ms, AT_ONCE])?;
            let mut due = Vec::new();
            while let Some(row) = rows.next()? {
                due.push(Payment {
                    commitment: row.get::<_, String>(0)?.parse().map_err(|_| damaged())?,
                    sender: PublicKey::from_hex(&row.get::<_, String>(1)?).map_err(|_| damaged())?,
                    token: row.get(2)?,
                    attempts: row.get(3)?,
                });
            }
            Ok(due)
        })
    }

    fn next_payment_in(&self) -> Result<Option<Duration>, DeskError> {
        let now_ms = self.clock.now().millis();
        let due_ms: Option<i64> = self.vault.read(|connection| {
            Ok::<_, DeskError>(connection.query_row(
                "SELECT min(due_ms) FROM desk_payment WHERE state = 'waiting'",
                [],
                |row| row.get(0),
            )?)
        })?;
        Ok(due_ms.map(|due_ms| wait_ms(due_ms.saturating_sub(now_ms))))
    }
}

/// Whether trying again cannot help. Everything that leaves open whether the mint acted is tried again for ever.
fn is_final(error: &CashuError, attempts: u32) -> bool {
    match error {
        CashuError::BadToken
        | CashuError::BadKey
        | CashuError::TokenOtherMint
        | CashuError::TokenOtherUnit
        | CashuError::TokenNotOurs
        | CashuError::TokenForged
        | CashuError::TokenSpent
        | CashuError::FeesExceedAmount => true,
        CashuError::MintRefused { .. }
        | CashuError::MintLacksP2pk { .. }
        | CashuError::MintLacksRecovery { .. }
        | CashuError::MintLacksUnit { .. } => attempts >= MAX_REFUSALS,
        _ => false,
    }
}

/// What was redeemed so far, by unit, in minor units.
///
/// # Errors
/// The vault's.
pub fn redeemed(vault: &Vault) -> Result<Vec<(String, i64)>, DeskError> {
    vault.read(|connection| {
        let mut statement = connection.prepare(
            "SELECT unit, sum(net_minor) FROM desk_payment WHERE state = 'redeemed' GROUP BY unit ORDER BY unit",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}
