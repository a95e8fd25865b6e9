//! Cashu as a [`Rail`]: one mint, every unit that it and the payee share. A payment is a lock under the order's key, so
//! that asking twice for it, before or after a crash, finds the first one.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use cdk_common::mint_url::MintUrl;
use tekram_net::Http;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::time::Clock;
use tekram_vault::Vault;
use tokio::sync::Mutex;

use super::error::CashuError;
use super::lock::{LockOrder, LockProgress, Locked};
use super::store::locks::{self, StoredTopUp};
use super::store::proofs;
use super::wallet::CashuWallet;
use crate::method::{CashuMethod, Method};
use crate::rail::{Cost, Executed, Fate, Funding, FundingOrder, PaymentOrder, Rail, RailError, RailId};

/// Pays in ecash of one mint.
pub struct CashuRail {
    vault: Vault,
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    mint_url: MintUrl,
    wallets: Mutex<BTreeMap<Asset, Arc<CashuWallet>>>,
}

impl fmt::Debug for CashuRail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CashuRail")
            .field("mint_url", &self.mint_url)
            .finish_non_exhaustive()
    }
}

impl CashuRail {
    /// The rail of `vault` over the mint at this address. Asks nobody.
    ///
    /// # Errors
    /// [`CashuError::BadMintUrl`].
    pub fn open(vault: Vault, http: Arc<dyn Http>, clock: Arc<dyn Clock>, mint_url: &str) -> Result<Self, CashuError> {
        Ok(Self {
            vault,
            http,
            clock,
            mint_url: super::wallet::mint_address(mint_url)?,
            wallets: Mutex::new(BTreeMap::new()),
        })
    }

    /// The wallet for an asset at this mint.
    ///
    /// # Errors
    /// The vault's.
    pub async fn wallet(&self, asset: Asset) -> Result<Arc<CashuWallet>, CashuError> {
        let mut wallets = self.wallets.lock().await;
        if let Some(wallet) = wallets.get(&asset) {
            return Ok(Arc::clone(wallet));
        }
        let wallet = Arc::new(CashuWallet::open(
            self.vault.clone(),
            Arc::clone(&self.http),
            Arc::clone(&self.clock),
            &self.mint_url.to_string(),
            &asset.cashu_unit(),
        )?);
        wallets.insert(asset, Arc::clone(&wallet));
        Ok(wallet)
    }

    /// A failure that moved no money.
    fn nothing_moved(&self, error: CashuError) -> RailError {
        let (rail, code, text) = (self.id(), error.code(), error.to_string());
        match error {
            CashuError::Vault(error) => RailError::Vault(error),
            CashuError::MintUnreachable { reason, .. } | CashuError::OutcomeUnknown { reason, .. } => {
                RailError::Unreachable { rail, reason }
            }
            // A page of a captive portal, a proxy's error: not the mint's last word.
            CashuError::MintUnreadable { .. } => RailError::Unreachable {
                rail,
                reason: code.to_owned(),
            },
            CashuError::MintLied { what, .. } => RailError::Misbehaved {
                rail,
                reason: what.to_owned(),
            },
            CashuError::RowUnreadable { .. } | CashuError::Internal { .. } | CashuError::LockDiffers => {
                RailError::Uncertain {
                    rail,
                    reason: code.to_owned(),
                }
            }
            _ => RailError::Refused {
                rail,
                code,
                reason: text,
            },
        }
    }

    /// A failure after which money may have moved.
    fn may_have_moved(&self, error: CashuError) -> RailError {
        let (rail, code) = (self.id(), error.code());
        match error {
            CashuError::Vault(error) => RailError::Vault(error),
            CashuError::MintLied { what, .. } => RailError::Misbehaved {
                rail,
                reason: what.to_owned(),
            },
            _ => RailError::Uncertain {
                rail,
                reason: code.to_owned(),
            },
        }
    }

    fn cashu<'m>(&self, method: &'m Method) -> Result<&'m CashuMethod, RailError> {
        match method {
            Method::Cashu(method) if self.is_taken_by(method) => Ok(method),
            _ => Err(RailError::Refused {
                rail: self.id(),
                code: "method_not_supported",
                reason: "the payee does not take ecash of this mint".to_owned(),
            }),
        }
    }

    fn is_taken_by(&self, method: &CashuMethod) -> bool {
        method
            .mints
            .iter()
            .any(|mint| MintUrl::from_str(mint).is_ok_and(|mint| mint == self.mint_url))
    }

    fn executed(locked: Locked, asset: Asset) -> Executed {
        Executed::Locked {
            token: locked.token,
            net: Money::new(locked.net_minor, asset),
            fees: Money::new(locked.fee_minor, asset),
        }
    }

    /// What the mint says about a token that was handed to the payee.
    async fn fate(&self, wallet: &CashuWallet, order: &PaymentOrder, locked: &Locked) -> Result<Fate, CashuError> {
        if let Some(amount_minor) = wallet.refunded_minor(&locked.token).await? {
            return Ok(Fate::Refunded {
                amount: Money::new(amount_minor, order.amount.asset),
            });
        }
        let state = wallet.state_of(&locked.token).await?;
        if state.is_paid() {
            return Ok(Fate::Paid {
                evidence: state.evidence,
            });
        }
        if state.is_unspent() {
            let over = self.clock.now().secs() > locked.locktime.secs();
            return Ok(if over { Fate::Refundable } else { Fate::InFlight });
        }
        let reason = if state.unproven_minor > 0 {
            "spent_without_witness"
        } else if state.pending_minor > 0 {
            return Ok(Fate::InFlight);
        } else {
            "spent_in_parts"
        };
        Ok(Fate::Unknown {
            reason: reason.to_owned(),
        })
    }

    /// Puts the plan's missing sum into the wallet, at most once for its key.
    async fn topped_up(&self, order: &FundingOrder) -> Result<Funding, CashuError> {
        let asset = order.amount.asset;
        let wallet = self.wallet(asset).await?;
        let key = order.key.as_str().to_owned();
        let stored = {
            let key = key.clone();
            wallet
                .store()
                .read(move |conn| Ok::<_, CashuError>(locks::top_up(conn, &key)?))
                .await?
        };
        let top_up = match stored {
            Some(top_up) => top_up,
            None => self.begin_top_up(&wallet, &key, order.amount.amount_minor).await?,
        };
        if !top_up.claimed {
            match wallet.claim(&top_up.quote_id).await {
                Ok(_) => {
                    wallet
                        .store()
                        .write(move |tx| Ok::<_, CashuError>(locks::set_claimed(tx, &key)?))
                        .await?;
                }
                Err(CashuError::QuoteUnpaid) => {
                    let mut quote = wallet.quote(&top_up.quote_id).await?;
                    // The mint has just said that it was not paid, and after its end it cannot be any more.
                    if quote.expires.is_some_and(|expires| expires < self.clock.now()) {
                        quote = wallet.mint_quote(top_up.amount_minor).await?;
                        let quote_id = quote.quote_id.clone();
                        wallet
                            .store()
                            .write(move |tx| Ok::<_, CashuError>(locks::replace_quote(tx, &key, &quote_id)?))
                            .await?;
                    }
                    return Ok(Funding::TopUpNeeded {
                        invoice: quote.invoice,
                        amount: Money::new(quote.amount_minor, asset),
                        expires: quote.expires,
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Funding::Ready {
            topped_up: Money::new(top_up.amount_minor, asset),
        })
    }

    async fn begin_top_up(
        &self,
        wallet: &CashuWallet,
        key: &str,
        needed_minor: i64,
    ) -> Result<StoredTopUp, CashuError> {
        let missing_minor = needed_minor.saturating_sub(wallet.balance_minor().await?);
        let top_up = if missing_minor > 0 {
            let quote = wallet.mint_quote(missing_minor).await?;
            StoredTopUp {
                amount_minor: quote.amount_minor,
                quote_id: quote.quote_id,
                claimed: false,
            }
        } else {
            StoredTopUp {
                amount_minor: 0,
                quote_id: String::new(),
                claimed: true,
            }
        };
        let (key, mint_url, unit, stored) = (key.to_owned(), wallet.mint_url(), wallet.unit(), top_up.clone());
        wallet
            .store()
            .write(move |tx| Ok::<_, CashuError>(locks::add_top_up(tx, &key, &mint_url, &unit, &stored)?))
            .await?;
        Ok(top_up)
    }
}

#[async_trait]
impl Rail for CashuRail {
    fn id(&self) -> RailId {
        RailId(format!("cashu:{}", self.mint_url))
    }

    async fn assets_for(&self, method: &Method) -> Result<Vec<Asset>, RailError> {
        let Method::Cashu(method) = method else {
            return Ok(Vec::new());
        };
        if !self.is_taken_by(method) {
            return Ok(Vec::new());
        }
        let mut assets = Vec::new();
        for unit in &method.units {
            let Ok(asset) = Asset::from_cashu_unit(unit) else {
                continue;
            };
            let wallet = self.wallet(asset).await.map_err(|error| self.nothing_moved(error))?;
            match wallet.check_mint().await {
                Ok(()) if !assets.contains(&asset) => assets.push(asset),
                Ok(()) | Err(CashuError::MintLacksUnit { .. }) => {}
                Err(error) => return Err(self.nothing_moved(error)),
            }
        }
        Ok(assets)
    }

    async fn prepare(&self, orders: &[PaymentOrder]) -> Result<Vec<Result<Cost, RailError>>, RailError> {
        let mut costs = Vec::with_capacity(orders.len());
        for order in orders {
            let asset = order.amount.asset;
            let wallet = self.wallet(asset).await.map_err(|error| self.nothing_moved(error))?;
            wallet.check_mint().await.map_err(|error| self.nothing_moved(error))?;
            costs.push(match self.cashu(&order.method) {
                Ok(_) => wallet
                    .lock_cost(order.amount.amount_minor)
                    .await
                    .map(|(net_minor, fee_minor)| Cost {
                        net: Money::new(net_minor, asset),
                        fees: Money::new(fee_minor, asset),
                    })
                    .map_err(|error| self.nothing_moved(error)),
                Err(error) => Err(error),
            });
        }
        Ok(costs)
    }

    async fn fund(&self, order: &FundingOrder) -> Result<Funding, RailError> {
        self.topped_up(order).await.map_err(|error| match error {
            // The person's money is on its way into the wallet: not the last word either.
            CashuError::MintRefused { reason, .. } => RailError::Unreachable {
                rail: self.id(),
                reason: format!("mint_refused_{reason}"),
            },
            error => self.nothing_moved(error),
        })
    }

    async fn execute(&self, order: &PaymentOrder) -> Result<Executed, RailError> {
        let method = self.cashu(&order.method)?;
        let asset = order.amount.asset;
        let wallet = self.wallet(asset).await.map_err(|error| self.nothing_moved(error))?;
        let lock = LockOrder {
            commitment_id: order.key.as_str().to_owned(),
            payee_key: method.p2pk.clone(),
            budget_minor: order.amount.amount_minor,
            locktime: order.locktime,
        };
        match wallet.lock_within(&lock, order.max_fee_minor).await {
            Ok(locked) => Ok(Self::executed(locked, asset)),
            // Whether money may have moved is what the vault says, not what the error sounds like.
            Err(error) => Err(match wallet.lock_progress(order.key.as_str()).await {
                Ok(LockProgress::None) => self.nothing_moved(error),
                Ok(_) => self.may_have_moved(error),
                Err(worse) => self.may_have_moved(worse),
            }),
        }
    }

    async fn check(&self, order: &PaymentOrder) -> Result<Fate, RailError> {
        let wallet = self
            .wallet(order.amount.asset)
            .await
            .map_err(|error| self.may_have_moved(error))?;
        let found = match wallet.look_up_lock(order.key.as_str()).await {
            Ok(LockProgress::Locked(locked)) => self.fate(&wallet, order, &locked).await,
            // Written down, and the mint has not signed it.
            Ok(LockProgress::None | LockProgress::Unknown) => Ok(Fate::NotExecuted),
            Err(error) => Err(error),
        };
        match found {
            Ok(fate) => Ok(fate),
            Err(CashuError::Vault(error)) => Err(RailError::Vault(error)),
            Err(error) => Ok(Fate::Unknown {
                reason: error.code().to_owned(),
            }),
        }
    }

    async fn refund(&self, order: &PaymentOrder) -> Result<Fate, RailError> {
        let wallet = self
            .wallet(order.amount.asset)
            .await
            .map_err(|error| self.may_have_moved(error))?;
        match wallet.refund(order.key.as_str()).await {
            Ok(amount_minor) => Ok(Fate::Refunded {
                amount: Money::new(amount_minor, order.amount.asset),
            }),
            Err(CashuError::LocktimeNotReached { .. }) => Ok(Fate::InFlight),
            Err(CashuError::LockUnknown | CashuError::TokenSpent) => self.check(order).await,
            Err(CashuError::Vault(error)) => Err(RailError::Vault(error)),
            Err(error) => Ok(Fate::Unknown {
                reason: error.code().to_owned(),
            }),
        }
    }

    async fn balances(&self) -> Result<Vec<Money>, RailError> {
        let mint_url = self.mint_url.to_string();
        let store = super::store::VaultWalletStore::new(self.vault.clone());
        let held = store
            .read(move |conn| Ok::<_, CashuError>(proofs::unspent_by_unit(conn, &mint_url)?))
            .await
            .map_err(|error| self.nothing_moved(error))?;
        Ok(held
            .into_iter()
            .filter_map(|(unit, amount_minor)| Some(Money::new(amount_minor, Asset::from_cashu_unit(&unit).ok()?)))
            .collect())
    }
}
