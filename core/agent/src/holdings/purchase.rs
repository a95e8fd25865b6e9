//! Purchases, as the person keeps them or as they came.

use serde::Serialize;
use tekram_primitives::money::Money;
use tekram_primitives::time::Timestamp;
use tekram_vault::{Purchase, PurchaseEntry};

use super::file::blob_id;
use crate::error::AgentError;
use crate::persona::Persona;

/// A purchase as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurchaseView {
    /// Its number in this vault.
    pub id: i64,
    /// Who sold it.
    pub seller: String,
    /// The seller's `did:` or web address, if it is known.
    pub seller_id: String,
    /// The seller's number for it.
    pub order_number: String,
    /// When, ms since 1970.
    pub ordered_ms: i64,
    /// What was paid in all.
    pub total: Money,
    /// What was bought.
    pub items: Vec<PurchaseItemView>,
    /// The id of the signed record that says so.
    pub record: String,
    /// The receipt's file.
    pub receipt: Option<String>,
    /// The batch of the holding pen that it came with.
    pub batch: Option<i64>,
}

/// One thing that was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurchaseItemView {
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// The price of one.
    pub price: Option<Money>,
    /// GTIN, ISBN or the seller's own number.
    pub product_id: String,
}

impl From<PurchaseEntry> for PurchaseView {
    fn from(entry: PurchaseEntry) -> Self {
        let Purchase {
            seller,
            seller_id,
            order_number,
            ordered,
            total,
            items,
            record,
            receipt,
        } = entry.purchase;
        let items = items.into_iter().map(|item| PurchaseItemView {
            name: item.name,
            quantity: item.quantity,
            price: item.price_minor.map(|minor| Money::new(minor, total.asset)),
            product_id: item.product_id,
        });
        Self {
            id: entry.id,
            seller,
            seller_id,
            order_number,
            ordered_ms: ordered.millis(),
            total,
            items: items.collect(),
            record,
            receipt: receipt.map(|receipt| receipt.to_string()),
            batch: entry.batch,
        }
    }
}

impl Persona {
    /// Purchases from `from_ms` on and before `until_ms`, newest first, at most 500; `text`, if it is not empty, is looked
    /// for in seller, order number and items.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn purchases(
        &self,
        text: &str,
        from_ms: Option<i64>,
        until_ms: Option<i64>,
    ) -> Result<Vec<PurchaseView>, AgentError> {
        let from = from_ms.map_or(Timestamp::MIN, Timestamp::from_millis);
        let until = until_ms.map_or(Timestamp::MAX, Timestamp::from_millis);
        let found = self.vault.purchases(text, from, until)?;
        Ok(found.into_iter().map(PurchaseView::from).collect())
    }

    /// One purchase.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn purchase(&self, id: i64) -> Result<PurchaseView, AgentError> {
        Ok(self.vault.purchase(id)?.into())
    }

    /// Keeps a purchase; returns its number.
    ///
    /// # Errors
    /// `bad_field`, `no_such_blob` for its receipt, `held_already` for a signed record that is kept, the vault's errors.
    pub fn add_purchase(&self, purchase: &Purchase) -> Result<i64, AgentError> {
        Ok(self.vault.add_purchase(purchase, self.clock.now())?)
    }

    /// Removes a purchase; its receipt stays a file. What came from a signed record does not come again.
    ///
    /// # Errors
    /// `no_such_holding`, the vault's errors.
    pub fn remove_purchase(&self, id: i64) -> Result<(), AgentError> {
        Ok(self.vault.remove_purchase(id)?)
    }

    /// Puts a file beside a purchase as its receipt, or none.
    ///
    /// # Errors
    /// `no_such_holding`, `no_such_blob`, the vault's errors.
    pub fn set_receipt(&self, id: i64, file: Option<&str>) -> Result<(), AgentError> {
        let file = file.map(blob_id).transpose()?;
        Ok(self.vault.set_receipt(id, file.as_ref())?)
    }
}
