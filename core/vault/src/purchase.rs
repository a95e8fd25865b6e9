//! What the person bought (schema.org `Order`): from whom, what, when, for how much, with the receipt as a file. Prices are
//! whole minor units of one asset; what came as a signed record keeps the record's id.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::canonical::sha256;
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::time::Timestamp;

use crate::attribute::{check_text, one};
use crate::blob::BlobId;
use crate::change::Scope;
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::membership::exists_blob;
use crate::schema::RoomSchema;
use crate::vault::Vault;

mod csv;
mod csv_look;
mod order;

pub use csv::{CsvDate, CsvFault, CsvField, CsvPurchases, PurchaseCsv};
pub use csv_look::CsvLook;

/// Most items of one purchase.
const ITEM_LIMIT: usize = 1000;
/// Most purchases on one page.
const PAGE_LIMIT: usize = 500;

/// The tables.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "vault_purchase",
    migrations: &["
        CREATE TABLE vault_purchase (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            seller TEXT NOT NULL,
            seller_id TEXT NOT NULL DEFAULT '',
            order_number TEXT NOT NULL DEFAULT '',
            ordered_ms INTEGER NOT NULL,
            total_minor INTEGER NOT NULL,
            asset TEXT NOT NULL,
            record TEXT NOT NULL DEFAULT '',
            receipt TEXT REFERENCES vault_blob (id),
            alike_sha256 BLOB NOT NULL CHECK (length(alike_sha256) = 32),
            batch INTEGER,
            added_ms INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX vault_purchase_ordered ON vault_purchase (ordered_ms, id);
        CREATE INDEX vault_purchase_alike ON vault_purchase (alike_sha256);
        CREATE INDEX vault_purchase_receipt ON vault_purchase (receipt) WHERE receipt IS NOT NULL;
        CREATE TABLE vault_purchase_item (
            purchase_id INTEGER NOT NULL REFERENCES vault_purchase (id) ON DELETE CASCADE,
            position INTEGER NOT NULL CHECK (position >= 0),
            name TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity >= 1),
            price_minor INTEGER,
            product_id TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (purchase_id, position)
        ) STRICT, WITHOUT ROWID;
    "],
};

/// A purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Purchase {
    /// Who sold it, by name.
    pub seller: String,
    /// The seller's `did:` or web address, if it is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seller_id: String,
    /// The seller's number for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub order_number: String,
    /// When it was ordered.
    pub ordered: Timestamp,
    /// What was paid in all, with what is not in the items: shipping, discounts.
    pub total: Money,
    /// What was bought; prices are in the asset of the total.
    #[serde(default)]
    pub items: Vec<PurchaseItem>,
    /// The id of the signed record (acceptance, receipt) that says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub record: String,
    /// The receipt as a file of the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<BlobId>,
}

/// One thing that was bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PurchaseItem {
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// The price of one, in minor units of the purchase's asset, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_minor: Option<i64>,
    /// GTIN, ISBN or the seller's own number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product_id: String,
}

/// A purchase with its number in this vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseEntry {
    /// Its number in this vault.
    pub id: i64,
    /// What it says.
    pub purchase: Purchase,
    /// The batch of the holding pen that it came with.
    pub batch: Option<i64>,
}

impl Vault {
    /// Keeps a purchase; returns its id. Fails with `bad_field`, `no_such_blob` for the receipt, and `held_already` when
    /// the same signed record was kept before.
    pub fn add_purchase(&self, purchase: &Purchase, now: Timestamp) -> Result<i64, VaultError> {
        self.write(Scope::HOLDING, |transaction| insert(transaction, purchase, None, now))
    }

    /// Purchases from `from` on and before `until`, newest first, at most 500; `text`, if it is not empty, is looked for in
    /// seller, order number and items without regard to case.
    pub fn purchases(&self, text: &str, from: Timestamp, until: Timestamp) -> Result<Vec<PurchaseEntry>, VaultError> {
        let text = text.to_lowercase();
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "{SELECT} WHERE ordered_ms >= ?1 AND ordered_ms < ?2 ORDER BY ordered_ms DESC, id DESC"
            ))?;
            let mut rows = statement.query(params![from.millis(), until.millis()])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let entry = read(connection, row)?;
                if contains(&entry.purchase, &text) {
                    found.push(entry);
                }
                if found.len() == PAGE_LIMIT {
                    break;
                }
            }
            Ok(found)
        })
    }

    /// One purchase. Fails with `no_such_holding`.
    pub fn purchase(&self, id: i64) -> Result<PurchaseEntry, VaultError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
            let mut rows = statement.query([id])?;
            let row = rows.next()?.ok_or(HoldingError::NoSuchHolding)?;
            read(connection, row)
        })
    }

    /// Puts a file beside a purchase as its receipt, or none. Fails with `no_such_holding` and `no_such_blob`.
    pub fn set_receipt(&self, id: i64, receipt: Option<&BlobId>) -> Result<(), VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            if let Some(receipt) = receipt {
                exists_blob(transaction, receipt)?;
            }
            one(transaction.execute(
                "UPDATE vault_purchase SET receipt = ?2 WHERE id = ?1",
                params![id, receipt],
            )?)
        })
    }

    /// Removes a purchase; its receipt stays a file of the vault. Fails with `no_such_holding`.
    pub fn remove_purchase(&self, id: i64) -> Result<(), VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            one(transaction.execute("DELETE FROM vault_purchase WHERE id = ?1", [id])?)
        })
    }
}

const SELECT: &str =
    "SELECT id, batch, seller, seller_id, order_number, ordered_ms, total_minor, asset, record, receipt
    FROM vault_purchase";

/// Fails with `bad_field` when something is not what it should be.
pub(crate) fn check(purchase: &Purchase) -> Result<(), HoldingError> {
    check_text("seller", &purchase.seller, 1, 200)?;
    check_text("sellerId", &purchase.seller_id, 0, 500)?;
    check_text("orderNumber", &purchase.order_number, 0, 200)?;
    check_text("record", &purchase.record, 0, 200)?;
    if purchase.items.len() > ITEM_LIMIT {
        return Err(HoldingError::BadField { field: "items" });
    }
    for item in &purchase.items {
        check_text("item", &item.name, 1, 1000)?;
        check_text("productId", &item.product_id, 0, 200)?;
        if item.quantity == 0 {
            return Err(HoldingError::BadField { field: "quantity" });
        }
    }
    Ok(())
}

/// Keeps a purchase in a transaction; returns its id.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    purchase: &Purchase,
    batch: Option<i64>,
    now: Timestamp,
) -> Result<i64, VaultError> {
    check(purchase)?;
    let alike = alike_sha256(purchase);
    if !purchase.record.is_empty() && find_alike(transaction, purchase)?.is_some() {
        return Err(HoldingError::HeldAlready.into());
    }
    if let Some(receipt) = &purchase.receipt {
        exists_blob(transaction, receipt)?;
    }
    transaction
        .prepare_cached(
            "INSERT INTO vault_purchase (seller, seller_id, order_number, ordered_ms, total_minor, asset, record, receipt,
                alike_sha256, batch, added_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            purchase.seller,
            purchase.seller_id,
            purchase.order_number,
            purchase.ordered.millis(),
            purchase.total.amount_minor,
            purchase.total.asset.code(),
            purchase.record,
            purchase.receipt,
            alike,
            batch,
            now.millis()
        ])?;
    let id = transaction.last_insert_rowid();
    let mut statement = transaction.prepare_cached(
        "INSERT INTO vault_purchase_item (purchase_id, position, name, quantity, price_minor, product_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, item) in (0_i64..).zip(&purchase.items) {
        statement.execute(params![
            id,
            position,
            item.name,
            item.quantity,
            item.price_minor,
            item.product_id
        ])?;
    }
    Ok(id)
}

/// A purchase in the vault that is probably the same.
pub(crate) fn find_alike(connection: &Connection, purchase: &Purchase) -> Result<Option<i64>, VaultError> {
    Ok(connection
        .prepare_cached("SELECT min(id) FROM vault_purchase WHERE alike_sha256 = ?1")?
        .query_row([alike_sha256(purchase)], |row| row.get(0))
        .optional()?
        .flatten())
}

/// Equal for purchases that are probably one: by record, else by seller and order number, else by seller, day, total and
/// items.
pub(crate) fn alike_sha256(purchase: &Purchase) -> [u8; 32] {
    let seller = purchase.seller.to_lowercase();
    let parts: Vec<String> = if !purchase.record.is_empty() {
        vec!["record".to_owned(), purchase.record.clone()]
    } else if !purchase.order_number.is_empty() {
        vec!["number".to_owned(), seller, purchase.order_number.clone()]
    } else {
        let day = purchase.ordered.secs().div_euclid(86_400).to_string();
        let items = purchase
            .items
            .iter()
            .map(|item| format!("{} {}", item.quantity, item.name.to_lowercase()));
        ["like".to_owned(), seller, day, purchase.total.to_string()]
            .into_iter()
            .chain(items)
            .collect()
    };
    // Lengths keep the parts apart.
    let text: String = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
    sha256(text.as_bytes())
}

fn contains(purchase: &Purchase, lower_case: &str) -> bool {
    let items = purchase.items.iter().map(|item| &item.name);
    lower_case.is_empty()
        || [&purchase.seller, &purchase.order_number]
            .into_iter()
            .chain(items)
            .any(|text| text.to_lowercase().contains(lower_case))
}

fn read(connection: &Connection, row: &Row<'_>) -> Result<PurchaseEntry, VaultError> {
    let id: i64 = row.get(0)?;
    let asset: String = row.get(7)?;
    let asset: Asset = asset.parse().map_err(|_| VaultError::Damaged { file: "vault.db" })?;
    let mut statement = connection.prepare_cached(
        "SELECT name, quantity, price_minor, product_id FROM vault_purchase_item WHERE purchase_id = ?1 ORDER BY position",
    )?;
    let items = statement.query_map([id], |row| {
        Ok(PurchaseItem {
            name: row.get(0)?,
            quantity: row.get(1)?,
            price_minor: row.get(2)?,
            product_id: row.get(3)?,
        })
    })?;
    Ok(PurchaseEntry {
        id,
        batch: row.get(1)?,
        purchase: Purchase {
            seller: row.get(2)?,
            seller_id: row.get(3)?,
            order_number: row.get(4)?,
            ordered: Timestamp::from_millis(row.get(5)?),
            total: Money::new(row.get(6)?, asset),
            items: items.collect::<Result<_, _>>()?,
            record: row.get(8)?,
            receipt: row.get(9)?,
        },
    })
}
