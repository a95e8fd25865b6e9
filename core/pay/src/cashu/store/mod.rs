//! `cdk`'s wallet database kept in the persona's vault, so that ecash is encrypted, backed up and gone together with
//! everything else of the persona. Each method is one transaction of the vault; a change that a method acknowledged is
//! on the disk.

mod counters;
mod error;
pub(crate) mod exchanges;
pub(crate) mod locks;
mod mints;
pub(crate) mod proofs;
pub(crate) mod quotes;
mod records;
mod schema;

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;
use cdk_common::bitcoin::bip32::DerivationPath;
use cdk_common::database::{Error, WalletDatabase};
use cdk_common::mint_url::MintUrl;
use cdk_common::nuts::{CurrencyUnit, Id, KeySet, KeySetInfo, Keys, MintInfo, PublicKey, SpendingConditions, State};
use cdk_common::wallet::{
    MeltQuote, MintQuote, P2PKSigningKey, ProofInfo, Transaction as WalletTransaction, TransactionDirection,
    TransactionId, WalletSaga,
};
use rusqlite::{Connection, Transaction};
use tekram_vault::{Scope, Vault};
use uuid::Uuid;

pub(crate) use counters::{CounterKind, advance};
pub(crate) use error::StoreError;
pub(crate) use mints::keysets;
pub use schema::MIGRATION_1;

use proofs::ProofFilter;

/// The scope under which changes of the wallet are announced.
pub(crate) const SCOPE: Scope = Scope("pay");

/// [`WalletDatabase`] of `cdk` over a vault.
#[derive(Clone)]
pub struct VaultWalletStore {
    vault: Vault,
}

impl fmt::Debug for VaultWalletStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultWalletStore").finish_non_exhaustive()
    }
}

impl VaultWalletStore {
    /// The wallet database of this vault, whose room `pay` has its tables.
    pub fn new(vault: Vault) -> Self {
        Self { vault }
    }

    /// One write transaction on a thread that may wait for the disk; it is finished even if the caller stops waiting.
    pub(crate) async fn write<T, E, F>(&self, change: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<tekram_vault::VaultError> + From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let vault = self.vault.clone();
        match tokio::task::spawn_blocking(move || vault.write(SCOPE, change)).await {
            Ok(done) => done,
            Err(_) => Err(interrupted().into()),
        }
    }

    /// One read on a thread that may wait for the disk.
    pub(crate) async fn read<T, E, F>(&self, question: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<tekram_vault::VaultError> + From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let vault = self.vault.clone();
        match tokio::task::spawn_blocking(move || vault.read(question)).await {
            Ok(answer) => answer,
            Err(_) => Err(interrupted().into()),
        }
    }

    async fn change<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        Ok(self.write(change).await?)
    }

    async fn ask<T, F>(&self, question: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        Ok(self.read(question).await?)
    }
}

/// The blocking thread ended without an answer: the runtime is shutting down.
fn interrupted() -> StoreError {
    StoreError::Rule(Error::Internal("the database task was interrupted".to_owned()))
}

#[async_trait]
impl WalletDatabase<Error> for VaultWalletStore {
    async fn get_mint(&self, mint_url: MintUrl) -> Result<Option<MintInfo>, Error> {
        self.ask(move |conn| mints::get(conn, &mint_url)).await
    }

    async fn get_mints(&self) -> Result<HashMap<MintUrl, Option<MintInfo>>, Error> {
        self.ask(mints::list).await
    }

    async fn get_mint_keysets(&self, mint_url: MintUrl) -> Result<Option<Vec<KeySetInfo>>, Error> {
        self.ask(move |conn| mints::keysets(conn, &mint_url)).await
    }

    async fn get_keyset_by_id(&self, keyset_id: &Id) -> Result<Option<KeySetInfo>, Error> {
        let id = *keyset_id;
        self.ask(move |conn| mints::keyset(conn, &id)).await
    }

    async fn get_mint_quote(&self, quote_id: &str) -> Result<Option<MintQuote>, Error> {
        let id = quote_id.to_owned();
        self.ask(move |conn| quotes::get(conn, &id)).await
    }

    async fn get_mint_quotes(&self) -> Result<Vec<MintQuote>, Error> {
        self.ask(quotes::list).await
    }

    async fn get_unissued_mint_quotes(&self) -> Result<Vec<MintQuote>, Error> {
        let mut quotes: Vec<MintQuote> = self.ask(quotes::list).await?;
        quotes.retain(|quote| !quote.payment_method.is_bolt11() || u64::from(quote.amount_issued) == 0);
        Ok(quotes)
    }

    async fn get_melt_quote(&self, quote_id: &str) -> Result<Option<MeltQuote>, Error> {
        let id = quote_id.to_owned();
        self.ask(move |conn| quotes::get(conn, &id)).await
    }

    async fn get_melt_quotes(&self) -> Result<Vec<MeltQuote>, Error> {
        self.ask(quotes::list).await
    }

    async fn get_keys(&self, id: &Id) -> Result<Option<Keys>, Error> {
        let id = *id;
        self.ask(move |conn| mints::keys(conn, &id)).await
    }

    async fn get_proofs(
        &self,
        mint_url: Option<MintUrl>,
        unit: Option<CurrencyUnit>,
        state: Option<Vec<State>>,
        spending_conditions: Option<Vec<SpendingConditions>>,
    ) -> Result<Vec<ProofInfo>, Error> {
        let filter = ProofFilter {
            mint_url,
            unit,
            states: state,
        };
        self.ask(move |conn| proofs::list(conn, &filter, spending_conditions.as_deref()))
            .await
    }

    async fn get_proofs_by_ys(&self, ys: Vec<PublicKey>) -> Result<Vec<ProofInfo>, Error> {
        self.ask(move |conn| proofs::by_ys(conn, &ys)).await
    }

    async fn get_balance(
        &self,
        mint_url: Option<MintUrl>,
        unit: Option<CurrencyUnit>,
        state: Option<Vec<State>>,
    ) -> Result<u64, Error> {
        let filter = ProofFilter {
            mint_url,
            unit,
            states: state,
        };
        self.ask(move |conn| proofs::sum(conn, &filter)).await
    }

    async fn get_transaction(&self, transaction_id: TransactionId) -> Result<Option<WalletTransaction>, Error> {
        self.ask(move |conn| records::transaction(conn, &transaction_id)).await
    }

    async fn list_transactions(
        &self,
        mint_url: Option<MintUrl>,
        direction: Option<TransactionDirection>,
        unit: Option<CurrencyUnit>,
    ) -> Result<Vec<WalletTransaction>, Error> {
        let mut found = self.ask(records::transactions).await?;
        found.retain(|transaction| transaction.matches_conditions(&mint_url, &direction, &unit));
        Ok(found)
    }

    async fn update_proofs(&self, added: Vec<ProofInfo>, removed_ys: Vec<PublicKey>) -> Result<(), Error> {
        self.change(move |tx| {
            proofs::put(tx, &added)?;
            proofs::remove(tx, &removed_ys)
        })
        .await
    }

    async fn update_proofs_state(&self, ys: Vec<PublicKey>, state: State) -> Result<(), Error> {
        self.change(move |tx| proofs::set_state(tx, &ys, state)).await
    }

    async fn add_transaction(&self, transaction: WalletTransaction) -> Result<(), Error> {
        self.change(move |tx| records::put_transaction(tx, &transaction)).await
    }

    async fn update_mint_url(&self, old_mint_url: MintUrl, new_mint_url: MintUrl) -> Result<(), Error> {
        self.change(move |tx| mints::rename(tx, &old_mint_url, &new_mint_url))
            .await
    }

    async fn increment_keyset_counter(&self, keyset_id: &Id, count: u32) -> Result<u32, Error> {
        let name = keyset_id.to_string();
        self.change(move |tx| advance(tx, CounterKind::Keyset, &name, count))
            .await
    }

    async fn increment_derivation_counter(&self, namespace: &str, count: u32) -> Result<u32, Error> {
        let name = namespace.to_owned();
        self.change(move |tx| advance(tx, CounterKind::Derivation, &name, count))
            .await
    }

    async fn add_mint(&self, mint_url: MintUrl, mint_info: Option<MintInfo>) -> Result<(), Error> {
        self.change(move |tx| mints::put(tx, &mint_url, mint_info.as_ref()))
            .await
    }

    async fn remove_mint(&self, mint_url: MintUrl) -> Result<(), Error> {
        self.change(move |tx| mints::remove(tx, &mint_url)).await
    }

    async fn add_mint_keysets(&self, mint_url: MintUrl, keysets: Vec<KeySetInfo>) -> Result<(), Error> {
        self.change(move |tx| mints::put_keysets(tx, &mint_url, &keysets)).await
    }

    async fn add_mint_quote(&self, quote: MintQuote) -> Result<(), Error> {
        self.change(move |tx| quotes::put(tx, &quote)).await
    }

    async fn remove_mint_quote(&self, quote_id: &str) -> Result<(), Error> {
        let id = quote_id.to_owned();
        self.change(move |tx| quotes::remove::<MintQuote>(tx, &id)).await
    }

    async fn add_melt_quote(&self, quote: MeltQuote) -> Result<(), Error> {
        self.change(move |tx| quotes::put(tx, &quote)).await
    }

    async fn remove_melt_quote(&self, quote_id: &str) -> Result<(), Error> {
        let id = quote_id.to_owned();
        self.change(move |tx| quotes::remove::<MeltQuote>(tx, &id)).await
    }

    async fn add_keys(&self, keyset: KeySet) -> Result<(), Error> {
        self.change(move |tx| mints::put_keys(tx, &keyset)).await
    }

    async fn remove_keys(&self, id: &Id) -> Result<(), Error> {
        let id = *id;
        self.change(move |tx| mints::remove_keys(tx, &id)).await
    }

    async fn remove_transaction(&self, transaction_id: TransactionId) -> Result<(), Error> {
        self.change(move |tx| records::remove_transaction(tx, &transaction_id))
            .await
    }

    async fn add_saga(&self, saga: WalletSaga) -> Result<(), Error> {
        self.change(move |tx| records::add_saga(tx, &saga)).await
    }

    async fn get_saga(&self, id: &Uuid) -> Result<Option<WalletSaga>, Error> {
        let id = *id;
        self.ask(move |conn| records::saga(conn, &id)).await
    }

    async fn update_saga(&self, saga: WalletSaga) -> Result<bool, Error> {
        self.change(move |tx| records::update_saga(tx, &saga)).await
    }

    async fn delete_saga(&self, id: &Uuid) -> Result<(), Error> {
        let id = *id;
        self.change(move |tx| records::remove_saga(tx, &id)).await
    }

    async fn get_incomplete_sagas(&self) -> Result<Vec<WalletSaga>, Error> {
        self.ask(records::sagas).await
    }

    async fn reserve_proofs(&self, ys: Vec<PublicKey>, operation_id: &Uuid) -> Result<(), Error> {
        let operation = *operation_id;
        self.change(move |tx| proofs::reserve(tx, &ys, &operation)).await
    }

    async fn release_proofs(&self, operation_id: &Uuid) -> Result<(), Error> {
        let operation = *operation_id;
        self.change(move |tx| proofs::release(tx, &operation)).await
    }

    async fn get_reserved_proofs(&self, operation_id: &Uuid) -> Result<Vec<ProofInfo>, Error> {
        let operation = *operation_id;
        self.ask(move |conn| proofs::held_by(conn, &operation)).await
    }

    async fn reserve_melt_quote(&self, quote_id: &str, operation_id: &Uuid) -> Result<(), Error> {
        let (id, operation) = (quote_id.to_owned(), *operation_id);
        self.change(move |tx| quotes::reserve::<MeltQuote>(tx, &id, &operation))
            .await
    }

    async fn release_melt_quote(&self, operation_id: &Uuid) -> Result<(), Error> {
        let operation = *operation_id;
        self.change(move |tx| quotes::release::<MeltQuote>(tx, &operation))
            .await
    }

    async fn reserve_mint_quote(&self, quote_id: &str, operation_id: &Uuid) -> Result<(), Error> {
        let (id, operation) = (quote_id.to_owned(), *operation_id);
        self.change(move |tx| quotes::reserve::<MintQuote>(tx, &id, &operation))
            .await
    }

    async fn release_mint_quote(&self, operation_id: &Uuid) -> Result<(), Error> {
        let operation = *operation_id;
        self.change(move |tx| quotes::release::<MintQuote>(tx, &operation))
            .await
    }

    async fn kv_read(&self, primary: &str, secondary: &str, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let (primary, secondary, key) = (primary.to_owned(), secondary.to_owned(), key.to_owned());
        self.ask(move |conn| records::kv_read(conn, &primary, &secondary, &key))
            .await
    }

    async fn kv_list(&self, primary: &str, secondary: &str) -> Result<Vec<String>, Error> {
        let (primary, secondary) = (primary.to_owned(), secondary.to_owned());
        self.ask(move |conn| records::kv_list(conn, &primary, &secondary)).await
    }

    async fn kv_write(&self, primary: &str, secondary: &str, key: &str, value: &[u8]) -> Result<(), Error> {
        let (primary, secondary, key) = (primary.to_owned(), secondary.to_owned(), key.to_owned());
        let value = value.to_vec();
        self.change(move |tx| records::kv_write(tx, &primary, &secondary, &key, &value))
            .await
    }

    async fn kv_remove(&self, primary: &str, secondary: &str, key: &str) -> Result<(), Error> {
        let (primary, secondary, key) = (primary.to_owned(), secondary.to_owned(), key.to_owned());
        self.change(move |tx| records::kv_remove(tx, &primary, &secondary, &key))
            .await
    }

    async fn add_p2pk_key(
        &self,
        pubkey: &PublicKey,
        derivation_path: DerivationPath,
        derivation_index: u32,
    ) -> Result<(), Error> {
        let pubkey = *pubkey;
        self.change(move |tx| records::add_p2pk_key(tx, &pubkey, &derivation_path, derivation_index))
            .await
    }

    async fn get_p2pk_key(&self, pubkey: &PublicKey) -> Result<Option<P2PKSigningKey>, Error> {
        let pubkey = *pubkey;
        self.ask(move |conn| records::p2pk_key(conn, &pubkey)).await
    }

    async fn list_p2pk_keys(&self) -> Result<Vec<P2PKSigningKey>, Error> {
        self.ask(records::p2pk_keys).await
    }

    async fn latest_p2pk(&self) -> Result<Option<P2PKSigningKey>, Error> {
        Ok(self.ask(records::p2pk_keys).await?.pop())
    }
}
