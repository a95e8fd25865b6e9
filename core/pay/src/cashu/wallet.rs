//! One persona's ecash at one mint in one unit: whether the mint is good enough, the balance, and going on after an
//! interruption. The operations are beside it: [`super::top_up`], [`super::lock`], [`super::fate`], [`super::redeem`].

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use cdk::wallet::{BaseHttpClient, MintConnector, WalletBuilder};
use cdk_common::Amount;
use cdk_common::mint_url::MintUrl;
use cdk_common::nuts::{CurrencyUnit, Id, KeySet, MintInfo, SecretKey, State};
use cdk_common::secret::Secret;
use cdk_common::wallet::KeysetLoadPolicy;
use ring::hkdf;
use rusqlite::Transaction;
use tekram_net::Http;
use tekram_primitives::secret::Secret32;
use tekram_primitives::time::Clock;
use tekram_vault::Vault;
use tokio::sync::{Mutex, OnceCell};
use zeroize::Zeroizing;

use super::error::CashuError;
use super::exchange::Exchanger;
use super::plan::Denominations;
use super::store::exchanges::{self, Exchange, Output, Purpose, Stage};
use super::store::proofs::{self, ProofFilter};
use super::store::{CounterKind, VaultWalletStore, advance};
use super::transport::MintTransport;

/// The seed that this wallet's own secrets come from (NUT-13).
pub(super) type Seed = Zeroizing<[u8; 64]>;

/// Ecash of one vault at one mint in one unit. Cheap to open; the mint is asked only when an operation needs it.
pub struct CashuWallet {
    pub(super) vault: Vault,
    pub(super) exchanger: Exchanger,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) seed: Seed,
    transport: MintTransport,
    checked: OnceCell<()>,
    /// One exchange at a time: two that run together would plan with the same proofs.
    pub(super) turn: Mutex<()>,
}

impl fmt::Debug for CashuWallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CashuWallet")
            .field("mint_url", &self.exchanger.mint_url)
            .field("unit", &self.exchanger.unit)
            .field("seed", &"[REDACTED]")
            .finish_non_exhaustive()
    }
}

/// What a restored epoch brought back, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RestoredEpoch {
    /// Spendable.
    pub unspent_minor: i64,
    /// Being spent.
    pub pending_minor: i64,
    /// Found, and spent since.
    pub spent_minor: i64,
}

/// What became of the exchanges that were under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resumed {
    /// Brought to their end.
    pub finished: usize,
    /// Given up, because the mint says they did not happen.
    pub given_up: usize,
    /// Still unknown; resume again.
    pub unknown: usize,
}

struct SeedLength;

impl hkdf::KeyType for SeedLength {
    fn len(&self) -> usize {
        64
    }
}

fn seed_of(vault: &Vault, epoch: u64) -> Result<Seed, CashuError> {
    let root: Secret32 = vault.derive(&format!("tekram/v1/cashu-seed/{epoch}"))?;
    let mut seed = Zeroizing::new([0u8; 64]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
        .extract(root.expose())
        .expand(&[b"tekram/v1/cashu-seed-64"], SeedLength)
        .and_then(|okm| okm.fill(seed.as_mut()))
        .map_err(|_| CashuError::Internal { what: "the seed" })?;
    Ok(seed)
}

impl CashuWallet {
    /// The wallet of `vault` (whose room `pay` has its tables) at this mint in this unit (NUT-00, such as `eur` or `sat`).
    ///
    /// # Errors
    /// [`CashuError::BadMintUrl`], [`CashuError::BadUnit`], or the vault's.
    pub fn open(
        vault: Vault,
        http: Arc<dyn Http>,
        clock: Arc<dyn Clock>,
        mint_url: &str,
        unit: &str,
    ) -> Result<Self, CashuError> {
        let mint_url = mint_address(mint_url)?;
        let unit = CurrencyUnit::from_str(unit).map_err(|_| CashuError::BadUnit)?;
        let seed = seed_of(&vault, vault.epoch())?;
        let store = VaultWalletStore::new(vault.clone());
        let transport = MintTransport::new(http, Arc::clone(&clock));
        let mint: Arc<dyn MintConnector + Send + Sync> = Arc::new(BaseHttpClient::with_transport(
            mint_url.clone(),
            transport.clone(),
            None,
        ));
        let wallet = cdk_wallet(&store, &mint, &mint_url, &unit, &seed)?;
        Ok(Self {
            vault,
            exchanger: Exchanger {
                store,
                wallet,
                mint,
                mint_url,
                unit,
            },
            clock,
            seed,
            transport,
            checked: OnceCell::new(),
            turn: Mutex::new(()),
        })
    }

    /// The mint's address, in the one form in which it is compared.
    #[must_use]
    pub fn mint_url(&self) -> String {
        self.exchanger.mint_url.to_string()
    }

    /// The unit, as NUT-00 names it.
    #[must_use]
    pub fn unit(&self) -> String {
        self.exchanger.unit.to_string()
    }

    /// How far the mint's clock was ahead of this device's at its last answer, in milliseconds; `None` before the first.
    #[must_use]
    pub fn clock_skew_ms(&self) -> Option<i64> {
        self.transport.clock_skew_ms()
    }

    /// Asks the mint what it offers, once for this value, and refuses one that cannot lock ecash to a key, cannot be
    /// recovered from, or lacks the unit. Every operation that risks money calls it.
    ///
    /// # Errors
    /// [`CashuError::MintLacksP2pk`], [`CashuError::MintLacksRecovery`], [`CashuError::MintLacksUnit`], or the way's.
    pub async fn check_mint(&self) -> Result<(), CashuError> {
        self.checked
            .get_or_try_init(|| async {
                let info = self
                    .exchanger
                    .mint
                    .get_mint_info()
                    .await
                    .map_err(|error| self.exchanger.question_failed(&error))?;
                self.judge(&info)?;
                self.active_keyset().await.map(|_| ())
            })
            .await
            .copied()
    }

    fn judge(&self, info: &MintInfo) -> Result<(), CashuError> {
        let mint = self.mint_url();
        if !(info.nuts.nut10.supported && info.nuts.nut11.supported) {
            return Err(CashuError::MintLacksP2pk { mint });
        }
        let needed = [(7, &info.nuts.nut07), (9, &info.nuts.nut09), (12, &info.nuts.nut12)];
        match needed.into_iter().find(|(_, settings)| !settings.supported) {
            Some((nut, _)) => Err(CashuError::MintLacksRecovery { mint, nut }),
            None => Ok(()),
        }
    }

    /// What could be spent now, in minor units: ecash in the vault that no exchange holds.
    ///
    /// # Errors
    /// The vault's.
    pub async fn balance_minor(&self) -> Result<i64, CashuError> {
        let filter = self.unspent();
        self.exchanger
            .store
            .read(move |conn| {
                let sum = proofs::sum(conn, &filter)?;
                i64::try_from(sum).map_err(|_| CashuError::Internal { what: "the balance" })
            })
            .await
    }

    /// The wallet's tables.
    pub(super) fn store(&self) -> &VaultWalletStore {
        &self.exchanger.store
    }

    pub(super) fn unspent(&self) -> ProofFilter {
        ProofFilter {
            mint_url: Some(self.exchanger.mint_url.clone()),
            unit: Some(self.exchanger.unit.clone()),
            states: Some(vec![State::Unspent]),
        }
    }

    /// Goes on with every exchange whose outcome is not known, oldest first. Call it after unlocking, when the network
    /// is there; an operation on the same subject also goes on by itself.
    ///
    /// # Errors
    /// The vault's only; what mints do is counted.
    pub async fn resume(&self) -> Result<Resumed, CashuError> {
        let _turn = self.turn.lock().await;
        let (mint_url, unit) = (self.exchanger.mint_url.clone(), self.exchanger.unit.clone());
        let prepared = self
            .exchanger
            .store
            .read(move |conn| Ok::<_, CashuError>(exchanges::prepared(conn, &mint_url, &unit)?))
            .await?;
        let mut resumed = Resumed::default();
        for exchange in prepared {
            match self.exchanger.settle(&exchange, false).await {
                Ok(()) => resumed.finished += 1,
                Err(CashuError::Vault(error)) => return Err(CashuError::Vault(error)),
                Err(_) => {
                    let no = exchange.no;
                    let now = self
                        .exchanger
                        .store
                        .read(move |conn| Ok::<_, CashuError>(exchanges::by_no(conn, no)?))
                        .await?;
                    match now.map(|exchange| exchange.stage) {
                        Some(Stage::Void) => resumed.given_up += 1,
                        _ => resumed.unknown += 1,
                    }
                }
            }
        }
        Ok(resumed)
    }

    /// Brings back what the mint signed for the seed of an earlier epoch (NUT-09, NUT-13): after a backup was restored.
    /// Locked ecash is not among it; it lies in the locks.
    ///
    /// # Errors
    /// The way's, the mint's or the vault's.
    pub async fn restore_epoch(&self, epoch: u64) -> Result<RestoredEpoch, CashuError> {
        let _turn = self.turn.lock().await;
        let seed = seed_of(&self.vault, epoch)?;
        let Exchanger {
            store,
            mint,
            mint_url,
            unit,
            ..
        } = &self.exchanger;
        let restored = cdk_wallet(store, mint, mint_url, unit, &seed)?
            .restore()
            .await
            .map_err(|error| self.exchanger.question_failed(&error))?;
        Ok(RestoredEpoch {
            unspent_minor: minor(restored.unspent)?,
            pending_minor: minor(restored.pending)?,
            spent_minor: minor(restored.spent)?,
        })
    }

    /// The exchange that lives for a subject. One of another mint or unit is refused: its subject is taken.
    pub(super) async fn living(&self, purpose: Purpose, subject: &str) -> Result<Option<Exchange>, CashuError> {
        let subject = subject.to_owned();
        let living = self
            .exchanger
            .store
            .read(move |conn| Ok::<_, CashuError>(exchanges::living(conn, purpose, &subject)?))
            .await?;
        match living {
            Some(exchange) if exchange.mint_url != self.exchanger.mint_url || exchange.unit != self.exchanger.unit => {
                Err(match purpose {
                    Purpose::TopUp => CashuError::QuoteUnknown,
                    Purpose::Lock => CashuError::LockDiffers,
                    Purpose::Redeem | Purpose::Refund => CashuError::TokenOtherMint,
                })
            }
            living => Ok(living),
        }
    }

    /// The keyset that signs new proofs, its id checked against its keys (NUT-02).
    pub(super) async fn active_keyset(&self) -> Result<KeySet, CashuError> {
        self.exchanger
            .wallet
            .active_keyset()
            .await
            .map_err(|error| self.exchanger.question_failed(&error))
    }

    pub(super) async fn refresh_keysets(&self) -> Result<(), CashuError> {
        self.exchanger
            .wallet
            .keysets(KeysetLoadPolicy::Refresh)
            .await
            .map(|_| ())
            .map_err(|error| self.exchanger.question_failed(&error))
    }
}

/// A mint's address in the one form in which it is compared.
pub(super) fn mint_address(text: &str) -> Result<MintUrl, CashuError> {
    let mint_url = MintUrl::from_str(text).map_err(|_| CashuError::BadMintUrl)?;
    match url::Url::parse(&mint_url.to_string()) {
        Ok(url) if url.has_host() && matches!(url.scheme(), "http" | "https") => Ok(mint_url),
        _ => Err(CashuError::BadMintUrl),
    }
}

fn cdk_wallet(
    store: &VaultWalletStore,
    mint: &Arc<dyn MintConnector + Send + Sync>,
    mint_url: &MintUrl,
    unit: &CurrencyUnit,
    seed: &Seed,
) -> Result<cdk::Wallet, CashuError> {
    WalletBuilder::new()
        .mint_url(mint_url.clone())
        .unit(unit.clone())
        .localstore(Arc::new(store.clone()))
        .seed(**seed)
        .shared_client(Arc::clone(mint))
        // Without a limiter of its own `cdk` makes no HTTP client beside the one given; and states are asked for over
        // HTTP, there is no WebSocket.
        .without_rate_limiting()
        .use_http_subscription()
        .build()
        .map_err(|_| CashuError::Internal { what: "the wallet" })
}

/// What a keyset offers, as the planner needs it.
pub(super) fn denominations(keyset: &KeySet) -> Denominations {
    Denominations {
        fee_ppk: keyset.input_fee_ppk,
        amounts_minor: keyset
            .keys
            .iter()
            .map(|(amount, _)| u64::from(*amount))
            .filter(|amount| *amount > 0)
            .collect(),
    }
}

/// Outputs that stay in the wallet: their secrets come from the seed, under numbers that are used up by this transaction
/// (NUT-13).
pub(super) fn kept_outputs(
    tx: &Transaction<'_>,
    seed: &Seed,
    keyset_id: Id,
    parts_minor: &[u64],
) -> Result<Vec<Output>, CashuError> {
    let count = u32::try_from(parts_minor.len()).map_err(|_| CashuError::Internal {
        what: "too many outputs",
    })?;
    let after = advance(tx, CounterKind::Keyset, &keyset_id.to_string(), count)?;
    parts_minor
        .iter()
        .zip(after.saturating_sub(count)..)
        .map(|(part, number)| {
            let derived = |_| CashuError::Internal {
                what: "a derived secret",
            };
            Ok(Output {
                amount: Amount::from(*part),
                keyset_id,
                secret: Secret::from_seed(seed, keyset_id, number).map_err(derived)?,
                blinding: SecretKey::from_seed(seed, keyset_id, number).map_err(derived)?,
                derivation_index: Some(number),
                locked: false,
            })
        })
        .collect()
}

/// An amount that money can be asked for.
pub(super) fn positive(amount_minor: i64) -> Result<u64, CashuError> {
    u64::try_from(amount_minor)
        .ok()
        .filter(|amount| *amount > 0)
        .ok_or(CashuError::ZeroAmount)
}

/// An amount of `cdk` in this program's type.
pub(super) fn minor(amount: Amount) -> Result<i64, CashuError> {
    i64::try_from(u64::from(amount)).map_err(|_| CashuError::Internal {
        what: "an amount beyond 63 bits",
    })
}

/// The sum of amounts in this program's type.
pub(super) fn sum_minor(amounts: impl IntoIterator<Item = Amount>) -> Result<i64, CashuError> {
    let mut sum = 0i64;
    for amount in amounts {
        sum = sum.checked_add(minor(amount)?).ok_or(CashuError::Internal {
            what: "an amount beyond 63 bits",
        })?;
    }
    Ok(sum)
}
