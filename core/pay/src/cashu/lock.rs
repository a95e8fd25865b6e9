//! Locking ecash to a payee for a commitment. One commitment has at most one lock, however often and in whatever state of a crash it is asked for.

use cdk_common::Amount;
use cdk_common::mint_url::MintUrl;
use cdk_common::nuts::nut10::Conditions;
use cdk_common::nuts::{Id, KeySet, PublicKey, SecretKey, SpendingConditions};
use cdk_common::secret::Secret;
use cdk_common::wallet::ProofInfo;
use rusqlite::{Connection, Transaction};
use std::collections::BTreeMap;
use tekram_primitives::time::Timestamp;
use uuid::Uuid;

use super::error::CashuError;
use super::plan::{self, Coin, LockPlan, NoPlan};
use super::store::exchanges::{self, Exchange, NewExchange, Output, Purpose};
use super::store::locks::{self, StoredLock};
use super::store::proofs::{self, ProofFilter};
use super::token;
use super::wallet::{CashuWallet, denominations, kept_outputs, positive};

/// A commitment's money, to be locked to its payee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockOrder {
    /// Names the lock; the same id never locks twice.
    pub commitment_id: String,
    /// The payee's compressed public key in hex (NUT-11).
    pub payee_key: String,
    /// The most that the wallet may spend in all, fees included, in minor units.
    pub budget_minor: i64,
    /// From then on, by the mint's clock, the payer may take back what the payee has not redeemed. Whole seconds.
    pub locktime: Timestamp,
}

/// Ecash that is locked to a payee and durably in the vault.
#[derive(Clone, PartialEq, Eq)]
pub struct Locked {
    /// Token, version 4 (`cashuB…`). Only the payee, and after the locktime the payer, can use it.
    pub token: String,
    /// What the payee has after redeeming it, in minor units.
    pub net_minor: i64,
    /// What the mint keeps, in both swaps.
    pub fee_minor: i64,
    /// `budget - net - fee`: stayed in the wallet.
    pub remainder_minor: i64,
    /// The public key that can take it back; its secret key is derived from the vault and the commitment.
    pub refund_key: String,
    /// The locktime.
    pub locktime: Timestamp,
}

impl std::fmt::Debug for Locked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Locked")
            .field("token", &"[REDACTED]")
            .field("net_minor", &self.net_minor)
            .field("fee_minor", &self.fee_minor)
            .field("remainder_minor", &self.remainder_minor)
            .field("locktime", &self.locktime)
            .finish_non_exhaustive()
    }
}

/// How far a commitment's lock is, as the vault knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockProgress {
    /// Nothing was ever asked, or the mint said it did not happen.
    None,
    /// The mint was or may have been asked and the outcome is not known: lock again to go on.
    Unknown,
    /// The token is in the vault.
    Locked(Locked),
}

/// What is written down of a lock while its plan is made.
struct Wanted {
    order: LockOrder,
    budget: u64,
    payee: PublicKey,
    refund: PublicKey,
    conditions: SpendingConditions,
    keyset: KeySet,
}

impl CashuWallet {
    /// Locks ecash to the payee. Before the mint is asked, inputs, outputs, blinding factors and terms are in the vault;
    /// when this returns, so is the token. Asking again with the same order returns the same token, or continues what was
    /// interrupted.
    ///
    /// # Errors
    /// [`CashuError::InsufficientFunds`], [`CashuError::FeesExceedAmount`], [`CashuError::LocktimePast`] and those of
    /// [`Self::check_mint`] before anything happened; [`CashuError::LockDiffers`] when the commitment is locked on other
    /// terms; [`CashuError::OutcomeUnknown`] when it is to be asked again.
    pub async fn lock_to(&self, order: &LockOrder) -> Result<Locked, CashuError> {
        self.lock_within(order, None).await
    }

    /// [`Self::lock_to`] with a ceiling on the fees of both swaps, in minor units. It is held against the proofs that are
    /// really spent, before anything happens; a lock that exists already is not measured again.
    ///
    /// # Errors
    /// Those of [`Self::lock_to`], and [`CashuError::FeesTooHigh`].
    pub async fn lock_within(&self, order: &LockOrder, max_fee_minor: Option<i64>) -> Result<Locked, CashuError> {
        let _turn = self.turn.lock().await;
        match self.lock_once(order, max_fee_minor).await {
            Err(CashuError::MintRefused {
                reason: "keyset_inactive" | "keyset_expired" | "keyset_unknown",
                ..
            }) => {
                self.refresh_keysets().await?;
                self.lock_once(order, max_fee_minor).await
            }
            // The spent ones are put aside; the others may do.
            Err(CashuError::InputsSpentElsewhere) => self.lock_once(order, max_fee_minor).await,
            outcome => outcome,
        }
    }

    async fn lock_once(&self, order: &LockOrder, max_fee_minor: Option<i64>) -> Result<Locked, CashuError> {
        let stored = self.stored_lock(&order.commitment_id).await?;
        let living = self.living(Purpose::Lock, &order.commitment_id).await?;
        if let (Some(stored), Some(exchange)) = (stored, living) {
            if !same_terms(&stored, order) {
                return Err(CashuError::LockDiffers);
            }
            self.exchanger.settle(&exchange, false).await?;
        } else {
            let exchange = self.prepare_lock(order, max_fee_minor).await?;
            self.exchanger.settle(&exchange, true).await?;
        }
        match self.lock_progress(&order.commitment_id).await? {
            LockProgress::Locked(locked) => Ok(locked),
            _ => Err(CashuError::Internal {
                what: "a lock without a token",
            }),
        }
    }

    /// What the vault knows about a commitment's lock. Asks nobody.
    ///
    /// # Errors
    /// The vault's.
    pub async fn lock_progress(&self, commitment_id: &str) -> Result<LockProgress, CashuError> {
        match self.stored_lock(commitment_id).await? {
            Some(lock) if !lock.token.is_empty() => Ok(LockProgress::Locked(described(lock))),
            _ => match self.living(Purpose::Lock, commitment_id).await? {
                Some(_) => Ok(LockProgress::Unknown),
                None => Ok(LockProgress::None),
            },
        }
    }

    /// Asks the mint whether a lock of unknown outcome happened, without asking for it again, and books it when it did.
    ///
    /// # Errors
    /// [`CashuError::OutcomeUnknown`] and the like when the mint cannot be asked; the vault's.
    pub async fn look_up_lock(&self, commitment_id: &str) -> Result<LockProgress, CashuError> {
        let _turn = self.turn.lock().await;
        if let Some(exchange) = self.living(Purpose::Lock, commitment_id).await? {
            self.exchanger.look(&exchange).await?;
        }
        self.lock_progress(commitment_id).await
    }

    /// What a lock of `budget_minor` would come to with the ecash that is there and, if that is too little, with ecash
    /// fresh from a top-up for the rest. No effect; the keyset is asked of the mint when it is not known.
    ///
    /// # Errors
    /// [`CashuError::FeesExceedAmount`], [`CashuError::ZeroAmount`], or those of [`Self::check_mint`].
    pub async fn lock_cost(&self, budget_minor: i64) -> Result<(i64, i64), CashuError> {
        let budget = positive(budget_minor)?;
        self.check_mint().await?;
        let keyset = self.active_keyset().await?;
        let offered = denominations(&keyset);
        let (mint_url, filter) = (self.exchanger.mint_url.clone(), self.unspent());
        let mut coins: Vec<Coin> = self
            .exchanger
            .store
            .read(move |conn| available(conn, &mint_url, &filter))
            .await?
            .iter()
            .map(coin)
            .collect();
        let held = coins
            .iter()
            .fold(0_u64, |sum, coin| sum.saturating_add(coin.amount_minor));
        // What is missing comes fresh from a top-up, in the fewest proofs.
        let missing = plan::split(budget.saturating_sub(held), &offered).ok_or(CashuError::FeesExceedAmount)?;
        coins.extend(missing.into_iter().map(|amount_minor| Coin {
            amount_minor,
            fee_ppk: offered.fee_ppk,
        }));
        let plan = plan::plan_lock(budget, &coins, &offered).map_err(no_plan(budget_minor))?;
        Ok((signed(plan.net_minor)?, signed(plan.fee_minor)?))
    }

    pub(super) async fn stored_lock(&self, commitment_id: &str) -> Result<Option<StoredLock>, CashuError> {
        let id = commitment_id.to_owned();
        self.exchanger
            .store
            .read(move |conn| Ok::<_, CashuError>(locks::get(conn, &id)?))
            .await
    }

    /// The key that can take a commitment's money back: fresh for each commitment, and back with the vault.
    pub(super) fn refund_key(&self, commitment_id: &str) -> Result<SecretKey, CashuError> {
        token::secret_key(&self.vault.derive(&format!("tekram/v1/cashu-refund/{commitment_id}"))?)
    }

    async fn prepare_lock(&self, order: &LockOrder, max_fee_minor: Option<i64>) -> Result<Exchange, CashuError> {
        let budget = positive(order.budget_minor)?;
        let payee = token::public_key(&order.payee_key)?;
        if order.locktime.secs() <= self.clock.now().secs() {
            return Err(CashuError::LocktimePast);
        }
        self.check_mint().await?;
        let refund = self.refund_key(&order.commitment_id)?.public_key();
        let conditions = SpendingConditions::new_p2pk(
            payee,
            Some(Conditions {
                locktime: Some(u64::try_from(order.locktime.secs()).map_err(|_| CashuError::LocktimePast)?),
                refund_keys: Some(vec![refund]),
                ..Conditions::default()
            }),
        );
        conditions.validate().map_err(|_| CashuError::BadKey)?;
        let keyset = self.active_keyset().await?;
        let wanted = Wanted {
            order: order.clone(),
            budget,
            payee,
            refund,
            conditions,
            keyset,
        };
        let (seed, filter, created_ms) = (self.seed.clone(), self.unspent(), self.clock.now().millis());
        let (mint_url, unit) = (self.exchanger.mint_url.clone(), self.exchanger.unit.clone());
        self.exchanger
            .store
            .write(move |tx| {
                let available = available(tx, &mint_url, &filter)?;
                let coins: Vec<Coin> = available.iter().map(coin).collect();
                let plan = plan::plan_lock(wanted.budget, &coins, &denominations(&wanted.keyset))
                    .map_err(no_plan(wanted.order.budget_minor))?;
                let fee_minor = signed(plan.fee_minor)?;
                if let Some(max_fee_minor) = max_fee_minor.filter(|most| fee_minor > *most) {
                    return Err(CashuError::FeesTooHigh {
                        fee_minor,
                        max_fee_minor,
                    });
                }
                let operation = Uuid::new_v4();
                let spent: Vec<_> = plan
                    .inputs
                    .iter()
                    .filter_map(|index| available.get(*index))
                    .map(|(_, info)| info)
                    .collect();
                proofs::reserve(tx, &spent.iter().map(|info| info.y).collect::<Vec<_>>(), &operation)?;
                let new = NewExchange {
                    purpose: Purpose::Lock,
                    subject: wanted.order.commitment_id.clone(),
                    mint_url,
                    unit,
                    operation,
                    inputs: spent.iter().map(|info| info.proof.clone()).collect(),
                    outputs: outputs(tx, &seed, &wanted, &plan)?,
                    created_ms,
                };
                let exchange = exchanges::insert(tx, new)?;
                locks::put(tx, &stored(&wanted, &plan, exchange.no)?)?;
                Ok::<_, CashuError>(exchange)
            })
            .await
    }
}

/// The wallet's proofs that could be spent, each with its keyset's input fee.
fn available(conn: &Connection, mint_url: &MintUrl, filter: &ProofFilter) -> Result<Vec<(u64, ProofInfo)>, CashuError> {
    let fees = exchanges_fees(conn, mint_url)?;
    Ok(proofs::list(conn, filter, None)?
        .into_iter()
        .filter_map(|info| Some((*fees.get(&info.proof.keyset_id)?, info)))
        .collect())
}

fn coin((fee_ppk, info): &(u64, ProofInfo)) -> Coin {
    Coin {
        amount_minor: u64::from(info.proof.amount),
        fee_ppk: *fee_ppk,
    }
}

/// The input fee of each keyset of the mint that is known.
fn exchanges_fees(conn: &Connection, mint_url: &MintUrl) -> Result<BTreeMap<Id, u64>, CashuError> {
    let keysets = super::store::keysets(conn, mint_url)?.unwrap_or_default();
    Ok(keysets.into_iter().map(|info| (info.id, info.input_fee_ppk)).collect())
}

/// The locked outputs and the change, mixed in order of amount so that their places say nothing.
fn outputs(
    tx: &Transaction<'_>,
    seed: &super::wallet::Seed,
    wanted: &Wanted,
    plan: &LockPlan,
) -> Result<Vec<Output>, CashuError> {
    let mut outputs = kept_outputs(tx, seed, wanted.keyset.id, &plan.change_minor)?;
    for part in &plan.locked_minor {
        outputs.push(Output {
            amount: Amount::from(*part),
            keyset_id: wanted.keyset.id,
            secret: Secret::try_from(wanted.conditions.clone()).map_err(|_| CashuError::BadKey)?,
            blinding: SecretKey::generate(),
            derivation_index: None,
            locked: true,
        });
    }
    outputs.sort_by_key(|output| output.amount);
    Ok(outputs)
}

fn stored(wanted: &Wanted, plan: &LockPlan, exchange_no: i64) -> Result<StoredLock, CashuError> {
    Ok(StoredLock {
        commitment_id: wanted.order.commitment_id.clone(),
        exchange_no,
        payee_key: wanted.payee.to_hex(),
        refund_key: wanted.refund.to_hex(),
        locktime_s: wanted.order.locktime.secs(),
        budget_minor: wanted.order.budget_minor,
        net_minor: signed(plan.net_minor)?,
        fee_minor: signed(plan.fee_minor)?,
        token: String::new(),
    })
}

fn same_terms(stored: &StoredLock, order: &LockOrder) -> bool {
    stored.payee_key.eq_ignore_ascii_case(&order.payee_key)
        && stored.budget_minor == order.budget_minor
        && stored.locktime_s == order.locktime.secs()
}

fn described(lock: StoredLock) -> Locked {
    Locked {
        remainder_minor: lock
            .budget_minor
            .saturating_sub(lock.net_minor)
            .saturating_sub(lock.fee_minor),
        token: lock.token,
        net_minor: lock.net_minor,
        fee_minor: lock.fee_minor,
        refund_key: lock.refund_key,
        locktime: Timestamp::from_secs(lock.locktime_s),
    }
}

fn signed(amount_minor: u64) -> Result<i64, CashuError> {
    i64::try_from(amount_minor).map_err(|_| CashuError::Internal {
        what: "an amount beyond 63 bits",
    })
}

fn no_plan(needed_minor: i64) -> impl Fn(NoPlan) -> CashuError {
    move |reason| match reason {
        NoPlan::InsufficientFunds { available_minor } => CashuError::InsufficientFunds {
            available_minor: i64::try_from(available_minor).unwrap_or(i64::MAX),
            needed_minor,
        },
        NoPlan::FeesExceedAmount | NoPlan::NotRepresentable => CashuError::FeesExceedAmount,
    }
}
