//! Taking a token into the wallet: a payee's redemption and a payer's refund are the same swap, signed by different keys.

use cdk_common::Amount;
use cdk_common::nuts::{Proof, SecretKey, Token};
use tekram_primitives::secret::Secret32;
use uuid::Uuid;

use super::error::CashuError;
use super::plan;
use super::store::exchanges::{self, Exchange, NewExchange, Purpose, Stage};
use super::token;
use super::wallet::{CashuWallet, denominations, kept_outputs, sum_minor};

/// A token that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// What arrived in the wallet, in minor units.
    pub net_minor: i64,
    /// What the mint kept.
    pub fee_minor: i64,
    /// Whether it had been taken before, by this wallet: nothing was added this time.
    pub repeated: bool,
}

impl CashuWallet {
    /// Takes a token that is locked to `key` alone (NUT-11) into the wallet. A token that was delivered twice is taken
    /// once; calling it again continues what was interrupted.
    ///
    /// # Errors
    /// [`CashuError::BadToken`], [`CashuError::TokenOtherMint`], [`CashuError::TokenOtherUnit`], [`CashuError::TokenNotOurs`],
    /// [`CashuError::TokenForged`] before the mint is asked for anything; [`CashuError::TokenSpent`] when somebody took it.
    pub async fn redeem(&self, token_text: &str, key: &Secret32) -> Result<Redeemed, CashuError> {
        let key = token::secret_key(key)?;
        let parsed = token::parse(token_text)?;
        self.same_wallet(&parsed)?;
        let public = key.public_key();
        if !token::locks(&parsed)?
            .iter()
            .all(|lock| token::opens_alone(lock.conditions.as_ref(), &public))
        {
            return Err(CashuError::TokenNotOurs);
        }
        self.swap_in(token_text, Purpose::Redeem, &key).await
    }

    fn same_wallet(&self, parsed: &Token) -> Result<(), CashuError> {
        if parsed.mint_url().map_err(|_| CashuError::BadToken)? != self.exchanger.mint_url {
            return Err(CashuError::TokenOtherMint);
        }
        if parsed.unit().is_some_and(|unit| unit != self.exchanger.unit) {
            return Err(CashuError::TokenOtherUnit);
        }
        Ok(())
    }

    /// The proofs of a token of this mint; its short keyset ids are looked up among the mint's.
    pub(super) async fn proofs_of(&self, parsed: &Token) -> Result<Vec<Proof>, CashuError> {
        self.same_wallet(parsed)?;
        self.active_keyset().await?;
        let mint_url = self.exchanger.mint_url.clone();
        let keysets = self
            .exchanger
            .store
            .read(move |conn| Ok::<_, CashuError>(super::store::keysets(conn, &mint_url)?.unwrap_or_default()))
            .await?;
        let ours: Vec<_> = keysets
            .into_iter()
            .filter(|info| info.unit == self.exchanger.unit)
            .collect();
        parsed.proofs(&ours).map_err(|_| CashuError::TokenForged)
    }

    /// Swaps a token's proofs, signed by `key`, for proofs of the wallet's own.
    pub(super) async fn swap_in(
        &self,
        token_text: &str,
        purpose: Purpose,
        key: &SecretKey,
    ) -> Result<Redeemed, CashuError> {
        let _turn = self.turn.lock().await;
        let parsed = token::parse(token_text)?;
        let id = token::token_id(&parsed)?;
        let (exchange, first, repeated) = match self.living(purpose, &id).await? {
            Some(exchange) => {
                let repeated = exchange.stage == Stage::Done;
                (exchange, false, repeated)
            }
            None => (self.prepare_swap_in(&parsed, id, purpose, key).await?, true, false),
        };
        self.exchanger.settle(&exchange, first).await?;
        let face_minor = sum_minor(exchange.inputs.iter().map(|proof| proof.amount))?;
        let net_minor = sum_minor(exchange.outputs.iter().map(|output| output.amount))?;
        Ok(Redeemed {
            net_minor,
            fee_minor: face_minor.saturating_sub(net_minor),
            repeated,
        })
    }

    async fn prepare_swap_in(
        &self,
        parsed: &Token,
        subject: String,
        purpose: Purpose,
        key: &SecretKey,
    ) -> Result<Exchange, CashuError> {
        self.check_mint().await?;
        let mut inputs = self.proofs_of(parsed).await?;
        let mut fees_ppk = Vec::with_capacity(inputs.len());
        for proof in &mut inputs {
            let keyset = self
                .exchanger
                .wallet
                .keyset(proof.keyset_id)
                .await
                .map_err(|error| match error {
                    cdk::Error::UnknownKeySet => CashuError::TokenForged,
                    other => self.exchanger.question_failed(&other),
                })?;
            let signer = keyset.keys.amount_key(proof.amount).ok_or(CashuError::TokenForged)?;
            proof.verify_dleq(signer).map_err(|_| CashuError::TokenForged)?;
            fees_ppk.push(keyset.input_fee_ppk);
            proof.witness = None;
            proof.sign_p2pk(key.clone()).map_err(|_| CashuError::BadKey)?;
        }
        let face = Amount::try_sum(inputs.iter().map(|proof| proof.amount)).map_err(|_| CashuError::BadToken)?;
        let net = u64::from(face)
            .checked_sub(plan::swap_fee_minor(fees_ppk))
            .filter(|net| *net > 0)
            .ok_or(CashuError::FeesExceedAmount)?;
        let keyset = self.active_keyset().await?;
        let parts = plan::split(net, &denominations(&keyset)).ok_or(CashuError::FeesExceedAmount)?;
        let (seed, created_ms) = (self.seed.clone(), self.clock.now().millis());
        let (mint_url, unit) = (self.exchanger.mint_url.clone(), self.exchanger.unit.clone());
        self.exchanger
            .store
            .write(move |tx| {
                let outputs = kept_outputs(tx, &seed, keyset.id, &parts)?;
                let new = NewExchange {
                    purpose,
                    subject,
                    mint_url,
                    unit,
                    operation: Uuid::new_v4(),
                    inputs,
                    outputs,
                    created_ms,
                };
                Ok::<_, CashuError>(exchanges::insert(tx, new)?)
            })
            .await
    }
}
