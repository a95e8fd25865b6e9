//! What became of locked money: asked of the mint, proven by the signatures it shows, and taken back after the locktime
//! when the payee left it.

use std::collections::BTreeMap;

use cdk_common::nuts::{CheckStateRequest, ProofState, PublicKey};

use super::error::CashuError;
use super::store::exchanges::{Purpose, Stage};
use super::token::{self, TokenState};
use super::wallet::{CashuWallet, minor, sum_minor};

impl CashuWallet {
    /// Asks the mint what became of a token's proofs (NUT-07), and proves by its signatures who spent them.
    ///
    /// # Errors
    /// [`CashuError::BadToken`], [`CashuError::MintLied`], or the way's.
    pub async fn state_of(&self, token_text: &str) -> Result<TokenState, CashuError> {
        let parsed = token::parse(token_text)?;
        let locks = token::locks(&parsed)?;
        let mut amounts: BTreeMap<PublicKey, i64> = BTreeMap::new();
        for proof in self.proofs_of(&parsed).await? {
            let y = proof.y().map_err(|_| CashuError::BadToken)?;
            amounts.insert(y, minor(proof.amount)?);
        }
        let ys: Vec<PublicKey> = locks.iter().map(|lock| lock.y).collect();
        let answer = self
            .exchanger
            .mint
            .post_check_state(CheckStateRequest { ys: ys.clone() })
            .await
            .map_err(|error| self.exchanger.question_failed(&error))?;
        let mut by_y: BTreeMap<PublicKey, ProofState> =
            answer.states.into_iter().map(|state| (state.y, state)).collect();
        let mut states = Vec::with_capacity(ys.len());
        let mut ordered = Vec::with_capacity(ys.len());
        for y in &ys {
            states.push(
                by_y.remove(y)
                    .ok_or_else(|| self.exchanger.lied("states of other proofs"))?,
            );
            ordered.push(amounts.get(y).copied().ok_or(CashuError::BadToken)?);
        }
        TokenState::judge(&locks, &ordered, &states)
    }

    /// Takes back a commitment's money after its locktime, and returns what came back, in minor units. Calling it again
    /// continues, or returns the same amount.
    ///
    /// # Errors
    /// [`CashuError::LocktimeNotReached`] by this device's clock or the mint's; [`CashuError::TokenSpent`] when the payee was
    /// faster; [`CashuError::LockUnknown`].
    pub async fn refund(&self, commitment_id: &str) -> Result<i64, CashuError> {
        let lock = self
            .stored_lock(commitment_id)
            .await?
            .filter(|lock| !lock.token.is_empty())
            .ok_or(CashuError::LockUnknown)?;
        if let Some(back_minor) = self.refunded_minor(&lock.token).await? {
            return Ok(back_minor);
        }
        if self.clock_skew_ms().is_none() {
            // Asks the mint, and so learns what its clock says.
            self.check_mint().await?;
        }
        let now_s = self.clock.now().secs();
        let mint_now_s = now_s.saturating_add(self.clock_skew_ms().unwrap_or(0).div_euclid(1000));
        if now_s.min(mint_now_s) <= lock.locktime_s {
            return Err(CashuError::LocktimeNotReached {
                from_s: lock.locktime_s.saturating_add(1),
            });
        }
        let key = self.refund_key(commitment_id)?;
        Ok(self.swap_in(&lock.token, Purpose::Refund, &key).await?.net_minor)
    }

    /// What came back by a refund that is done.
    ///
    /// # Errors
    /// The vault's.
    pub async fn refunded_minor(&self, token_text: &str) -> Result<Option<i64>, CashuError> {
        let id = token::token_id(&token::parse(token_text)?)?;
        match self.living(Purpose::Refund, &id).await? {
            Some(exchange) if exchange.stage == Stage::Done => {
                Ok(Some(sum_minor(exchange.outputs.iter().map(|output| output.amount))?))
            }
            _ => Ok(None),
        }
    }
}
