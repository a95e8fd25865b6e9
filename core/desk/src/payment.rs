//! Payments as they come in: the promise is checked, the token read, and both stored for [`Desk::redeem_waiting`].
//!
//! One commitment has one payment and one token pays one commitment, so nothing counts twice, however it is written or
//! delivered.

use nostr_sdk::PublicKey;
use rusqlite::{Connection, OptionalExtension, params};
use tekram_pay::cashu::{CashuError, CashuWallet};
use tekram_primitives::record::{RecordError, RecordId, SignedRecord};
use tekram_primitives::wire::{Commitment, CommitmentFor};

use crate::card::SCOPE;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::event::DeskEvent;
use crate::token;

/// Payments that can wait for a mint at a time; each takes up to 60 KB.
const MAX_WAITING: i64 = 1_000;

/// What the vault knows of a commitment's payment.
enum Known {
    /// Redeemed; this is the receipt.
    Receipt(SignedRecord),
    /// Waiting to be redeemed.
    Waiting,
}

impl Desk {
    /// Hears a payment. When it is taken, it is stored when this returns, and redeemed by [`Desk::redeem_waiting`].
    ///
    /// # Errors
    /// The vault's or the record's; what is wrong with the payment is told, not returned.
    pub(crate) fn hear_payment(
        &self,
        sender: PublicKey,
        commitment: &SignedRecord,
        token_text: &str,
    ) -> Result<(), DeskError> {
        let id = commitment.id()?;
        let refuse = |code: &str| {
            self.refuse("payment", code, Some(id.to_string()));
            Ok(())
        };
        match self.vault.read(|connection| known(connection, &id))? {
            Some(Known::Receipt(receipt)) => {
                self.vault
                    .write(SCOPE, |tx| self.put_receipt(tx, &id, &sender, &receipt))?;
                self.to_send.notify_one();
                self.tell(&DeskEvent::PaymentRepeated {
                    commitment: id.to_string(),
                });
                return Ok(());
            }
            Some(Known::Waiting) => {
                self.to_redeem.notify_one();
                return Ok(());
            }
            None => {}
        }
        if let Err(code) = self.check_commitment(commitment)? {
            return refuse(code);
        }
        if self.wallets.is_empty() {
            return refuse("no_cashu");
        }
        let token = match token::read(token_text) {
            Ok(token) => token,
            Err(error) => return refuse(error.code()),
        };
        if let Err(error) = self.wallet(&token.mint, &token.unit) {
            return refuse(error.code());
        }
        let now_ms = self.clock.now().millis();
        let fault = self.vault.write(SCOPE, |tx| {
            let waiting: i64 =
                tx.query_row("SELECT count(*) FROM desk_payment WHERE state = 'waiting'", [], |row| {
                    row.get(0)
                })?;
            if waiting >= MAX_WAITING {
                return Ok(Some("too_many_waiting"));
            }
            let stored = tx.execute(
                "INSERT OR IGNORE INTO desk_payment (commitment_id, token_id, sender, state, commitment, token, unit, \
                 due_ms, received_ms) VALUES (?1, ?2, ?3, 'waiting', ?4, ?5, ?6, ?7, ?7)",
                params![
                    id.as_str(),
                    token.id,
                    sender.to_hex(),
                    commitment.bytes()?,
                    token_text,
                    token.unit,
                    now_ms
                ],
            )?;
            Ok::<_, DeskError>((stored == 0).then_some("token_used"))
        })?;
        if let Some(code) = fault {
            return refuse(code);
        }
        self.to_redeem.notify_one();
        Ok(())
    }

    /// Whether a commitment is a promise to this desk that its payer signed.
    fn check_commitment(&self, record: &SignedRecord) -> Result<Result<(), &'static str>, DeskError> {
        let commitment: Commitment = match record.body() {
            Ok(body) => body,
            Err(error) => return Ok(Err(error.code())),
        };
        let me = self.keys.did();
        if commitment.payee != Some(me) || commitment.payer == me {
            return Ok(Err("wrong_party"));
        }
        if commitment.amount.amount_minor <= 0 {
            return Ok(Err("bad_price"));
        }
        let signed = match record.is_signed_by(&[commitment.payer]) {
            Ok(true) => Ok(()),
            Ok(false) | Err(RecordError::MissingProof) => Err("missing_signature"),
            Err(_) => Err("bad_signature"),
        };
        if signed.is_err() {
            return Ok(signed);
        }
        match commitment.purpose {
            CommitmentFor::Support => {
                let lapsed = commitment.expires.is_some_and(|expires| expires <= self.clock.now());
                Ok(if lapsed { Err("commitment_expired") } else { Ok(()) })
            }
            // An order that was confirmed in time may be paid later.
            CommitmentFor::Offer { .. } => {
                let sold = self.is_confirmed_order(&record.id()?)?;
                Ok(if sold { Ok(()) } else { Err("wrong_offer") })
            }
        }
    }

    /// The wallet that takes this mint's tokens in this unit.
    pub(crate) fn wallet(&self, mint: &str, unit: &str) -> Result<&CashuWallet, CashuError> {
        let mut of_mint = self
            .wallets
            .iter()
            .filter(|wallet| wallet.mint_url() == mint)
            .peekable();
        if of_mint.peek().is_none() {
            return Err(CashuError::TokenOtherMint);
        }
        of_mint
            .find(|wallet| wallet.unit() == unit)
            .ok_or(CashuError::TokenOtherUnit)
    }
}

fn known(connection: &Connection, commitment: &RecordId) -> Result<Option<Known>, DeskError> {
    let receipt: Option<Vec<u8>> = connection
        .prepare_cached("SELECT receipt FROM desk_payment WHERE commitment_id = ?1")?
        .query_row([commitment.as_str()], |row| row.get(0))
        .optional()?;
    match receipt {
        None => Ok(None),
        Some(bytes) if bytes.is_empty() => Ok(Some(Known::Waiting)),
        Some(bytes) => Ok(Some(Known::Receipt(SignedRecord::parse(&bytes)?))),
    }
}
