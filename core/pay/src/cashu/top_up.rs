//! Putting money in: an invoice from the mint, and the ecash for it once it is paid. A claim is made once, however often
//! and from whatever state of a crash it is asked for.

use std::str::FromStr;

use cdk_common::nuts::{CurrencyUnit, MintQuoteState, PaymentMethod};
use cdk_common::wallet::MintQuote;
use cdk_common::{Amount, Bolt11Invoice};
use tekram_primitives::time::Timestamp;
use uuid::Uuid;

use super::error::CashuError;
use super::plan;
use super::store::exchanges::{self, Exchange, NewExchange, Purpose};
use super::store::quotes;
use super::wallet::{CashuWallet, denominations, kept_outputs, minor, positive, sum_minor};

/// An invoice that turns into ecash when it is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopUpQuote {
    /// The mint's id for it; whoever holds it and the vault can claim it.
    pub quote_id: String,
    /// BOLT11 invoice.
    pub invoice: String,
    /// What arrives, in minor units.
    pub amount_minor: i64,
    /// How far it is.
    pub state: QuoteState,
    /// When the invoice ends; `None` when the mint does not say.
    pub expires: Option<Timestamp>,
}

/// How far a top-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteState {
    /// The invoice is not paid.
    Unpaid,
    /// Paid, and the ecash not fetched.
    Paid,
    /// The ecash has been fetched.
    Claimed,
}

impl CashuWallet {
    /// Asks the mint for an invoice over `amount_minor`. Nothing is owed until it is paid.
    ///
    /// # Errors
    /// [`CashuError::ZeroAmount`], those of [`Self::check_mint`], [`CashuError::MintLied`] when the invoice is over
    /// another amount.
    pub async fn mint_quote(&self, amount_minor: i64) -> Result<TopUpQuote, CashuError> {
        let amount = positive(amount_minor)?;
        self.check_mint().await?;
        let quote = self
            .exchanger
            .wallet
            .mint_quote(PaymentMethod::BOLT11, Some(Amount::from(amount)), None, None)
            .await
            .map_err(|error| self.exchanger.question_failed(&error))?;
        let asked_msat = match self.exchanger.unit {
            CurrencyUnit::Sat => amount.checked_mul(1000),
            CurrencyUnit::Msat => Some(amount),
            // What an invoice in another unit should cost is the mint's word.
            _ => None,
        };
        if let Some(asked_msat) = asked_msat {
            let invoice = Bolt11Invoice::from_str(&quote.request)
                .map_err(|_| self.exchanger.lied("an invoice that cannot be read"))?;
            if invoice.amount_milli_satoshis() != Some(asked_msat) {
                return Err(self.exchanger.lied("an invoice over another amount"));
            }
        }
        described(&quote)
    }

    /// Asks the mint how far a quote is.
    ///
    /// # Errors
    /// [`CashuError::QuoteUnknown`], or the way's.
    pub async fn quote(&self, quote_id: &str) -> Result<TopUpQuote, CashuError> {
        let id = quote_id.to_owned();
        let stored: Option<MintQuote> = self
            .exchanger
            .store
            .read(move |conn| Ok::<_, CashuError>(quotes::get(conn, &id)?))
            .await?;
        stored
            .filter(|quote| quote.mint_url == self.exchanger.mint_url && quote.unit == self.exchanger.unit)
            .ok_or(CashuError::QuoteUnknown)?;
        let quote = self
            .exchanger
            .wallet
            .check_mint_quote_status(quote_id)
            .await
            .map_err(|error| self.exchanger.question_failed(&error))?;
        described(&quote)
    }

    /// Fetches the ecash of a paid quote and returns its amount, in minor units. Calling it again continues what was
    /// interrupted, and returns the same amount when the ecash is there already.
    ///
    /// # Errors
    /// [`CashuError::QuoteUnpaid`] until the invoice is paid; [`CashuError::MintRefused`] when the mint says paid and does
    /// not hand out the ecash: the claim stays, and is repeated by calling again.
    pub async fn claim(&self, quote_id: &str) -> Result<i64, CashuError> {
        let _turn = self.turn.lock().await;
        match self.claim_once(quote_id).await {
            // The mint changed its keys in between: outputs under the new ones.
            Err(CashuError::MintRefused {
                reason: "keyset_inactive" | "keyset_expired" | "keyset_unknown",
                ..
            }) => {
                self.refresh_keysets().await?;
                self.claim_once(quote_id).await
            }
            outcome => outcome,
        }
    }

    async fn claim_once(&self, quote_id: &str) -> Result<i64, CashuError> {
        let exchange = match self.living(Purpose::TopUp, quote_id).await? {
            Some(exchange) => exchange,
            None => {
                let quote = self.quote(quote_id).await?;
                match quote.state {
                    QuoteState::Unpaid => return Err(CashuError::QuoteUnpaid),
                    QuoteState::Claimed => {
                        return Err(CashuError::MintRefused {
                            mint: self.mint_url(),
                            reason: "quote_issued",
                        });
                    }
                    QuoteState::Paid => self.prepare_top_up(&quote).await?,
                }
            }
        };
        self.exchanger.settle(&exchange, false).await?;
        sum_minor(exchange.outputs.iter().map(|output| output.amount))
    }

    async fn prepare_top_up(&self, quote: &TopUpQuote) -> Result<Exchange, CashuError> {
        let keyset = self.active_keyset().await?;
        let parts = plan::split(positive(quote.amount_minor)?, &denominations(&keyset))
            .ok_or_else(|| self.exchanger.lied("keys that cannot make up the quote's amount"))?;
        let (seed, mint_url, unit) = (
            self.seed.clone(),
            self.exchanger.mint_url.clone(),
            self.exchanger.unit.clone(),
        );
        let (subject, created_ms) = (quote.quote_id.clone(), self.clock.now().millis());
        self.exchanger
            .store
            .write(move |tx| {
                let outputs = kept_outputs(tx, &seed, keyset.id, &parts)?;
                let new = NewExchange {
                    purpose: Purpose::TopUp,
                    subject,
                    mint_url,
                    unit,
                    operation: Uuid::new_v4(),
                    inputs: Vec::new(),
                    outputs,
                    created_ms,
                };
                Ok::<_, CashuError>(exchanges::insert(tx, new)?)
            })
            .await
    }
}

fn described(quote: &MintQuote) -> Result<TopUpQuote, CashuError> {
    Ok(TopUpQuote {
        quote_id: quote.id.clone(),
        invoice: quote.request.clone(),
        amount_minor: minor(quote.amount.unwrap_or_default())?,
        state: match quote.state {
            MintQuoteState::Unpaid => QuoteState::Unpaid,
            MintQuoteState::Paid => QuoteState::Paid,
            MintQuoteState::Issued => QuoteState::Claimed,
        },
        expires: i64::try_from(quote.expiry)
            .ok()
            .filter(|seconds| *seconds > 0)
            .map(Timestamp::from_secs),
    })
}
