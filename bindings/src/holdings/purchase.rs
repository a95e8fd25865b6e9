//! Purchases: kept by hand, taken from confirmed offers and receipts by the core, and imported into the holding pen.

use std::fs::File;
use std::path::Path;

use tekram_agent::{
    CsvDate as CoreDate, CsvField as CoreField, CsvLook as CoreLook, Purchase as CorePurchase, PurchaseCsv as CoreCsv,
    PurchaseItem as CoreItem, Timestamp,
};

use super::file::file_id;
use crate::error::TekramError;
use crate::gate::caught;
use crate::money::Money;
use crate::persona::Persona;

/// One thing that was bought.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PurchaseItem {
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// The price of one, in the total's currency.
    pub price: Option<Money>,
    /// GTIN, ISBN or the seller's own number; may be empty.
    pub product_id: String,
}

/// A purchase as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Purchase {
    /// Its number in this vault.
    pub id: i64,
    /// Who sold it.
    pub seller: String,
    /// The seller's `did:` or web address; may be empty.
    pub seller_id: String,
    /// The seller's number for it; may be empty.
    pub order_number: String,
    /// When.
    pub ordered_ms: i64,
    /// What was paid in all.
    pub total: Money,
    /// What was bought.
    pub items: Vec<PurchaseItem>,
    /// Id of the signed commitment that it comes from; empty for others.
    pub record: String,
    /// The receipt: a file's id.
    pub receipt: Option<String>,
}

impl From<tekram_agent::PurchaseView> for Purchase {
    fn from(view: tekram_agent::PurchaseView) -> Self {
        let items = view.items.into_iter().map(|item| PurchaseItem {
            name: item.name,
            quantity: item.quantity,
            price: item.price.map(Money::from),
            product_id: item.product_id,
        });
        Self {
            items: items.collect(),
            id: view.id,
            seller: view.seller,
            seller_id: view.seller_id,
            order_number: view.order_number,
            ordered_ms: view.ordered_ms,
            total: view.total.into(),
            record: view.record,
            receipt: view.receipt,
        }
    }
}

/// A purchase to be kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewPurchase {
    /// Who sold it.
    pub seller: String,
    /// The seller's number for it; may be empty.
    pub order_number: String,
    /// When.
    pub ordered_ms: i64,
    /// What was paid in all.
    pub total: Money,
    /// What was bought.
    pub items: Vec<PurchaseItem>,
    /// The receipt: a file's id.
    pub receipt: Option<String>,
}

impl NewPurchase {
    fn core(self) -> Result<CorePurchase, TekramError> {
        let items = self.items.into_iter().map(|item| {
            // Prices of another currency than the total's cannot be kept.
            let price = match item.price {
                Some(price) if price.currency != self.total.currency => return Err(TekramError::bad_field("price")),
                price => price.map(|price| price.amount_minor),
            };
            Ok(CoreItem {
                name: item.name,
                quantity: item.quantity,
                price_minor: price,
                product_id: item.product_id,
            })
        });
        Ok(CorePurchase {
            items: items.collect::<Result<_, _>>()?,
            seller: self.seller,
            seller_id: String::new(),
            order_number: self.order_number,
            ordered: Timestamp::from_millis(self.ordered_ms),
            total: self.total.core()?,
            record: String::new(),
            receipt: self.receipt.as_deref().map(file_id).transpose()?,
        })
    }
}

/// Where a value of a table stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum CsvField {
    /// In the column with this heading.
    Column {
        /// The heading.
        heading: String,
    },
    /// It is the same for all lines.
    Fixed {
        /// The value.
        value: String,
    },
}

impl From<CsvField> for CoreField {
    fn from(field: CsvField) -> Self {
        match field {
            CsvField::Column { heading } => Self::Column(heading),
            CsvField::Fixed { value } => Self::Fixed(value),
        }
    }
}

/// How a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CsvDate {
    /// `2026-02-28`, or with a time.
    Iso,
    /// `28.02.2026` or `28/02/2026`.
    DayFirst,
    /// `02/28/2026`.
    MonthFirst,
}

/// What a table of purchases looks like.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CsvChoice {
    /// Between two values: one character.
    pub delimiter: String,
    /// Before the decimals: `.` or `,`.
    pub decimal: String,
    /// Who sold it.
    pub seller: CsvField,
    /// When.
    pub date: CsvField,
    /// How the date is written.
    pub date_form: CsvDate,
    /// The price of the line; lines of one order are added up.
    pub total: CsvField,
    /// ISO 4217 code.
    pub currency: CsvField,
    /// The order's number; lines that share it are one purchase.
    pub order_number: Option<CsvField>,
    /// What was bought.
    pub item: Option<CsvField>,
    /// How many.
    pub quantity: Option<CsvField>,
    /// Amounts that were paid stand as negative numbers, as in a bank's table; positive ones are passed over.
    pub paid_is_negative: bool,
}

impl CsvChoice {
    fn core(self) -> Result<CoreCsv, TekramError> {
        let one = |text: &str, field| {
            let mut characters = text.chars();
            let first = characters.next().filter(|_| characters.next().is_none());
            first.ok_or_else(|| TekramError::bad_field(field))
        };
        Ok(CoreCsv {
            delimiter: one(&self.delimiter, "delimiter")?,
            decimal: one(&self.decimal, "decimal")?,
            seller: self.seller.into(),
            date: self.date.into(),
            date_form: match self.date_form {
                CsvDate::Iso => CoreDate::Iso,
                CsvDate::DayFirst => CoreDate::DayFirst,
                CsvDate::MonthFirst => CoreDate::MonthFirst,
            },
            total: self.total.into(),
            currency: self.currency.into(),
            order_number: self.order_number.map(CoreField::from),
            item: self.item.map(CoreField::from),
            quantity: self.quantity.map(CoreField::from),
            paid_is_negative: self.paid_is_negative,
        })
    }
}

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CsvFault {
    /// The line in the file, or the element of a JSON array; from 1.
    pub line: u64,
    /// What of it, a stable name: `seller`, `date`, `total`, `currency`, `quantity`, a member of an `Order`, `line` or
    /// `json` for the whole.
    pub reason: String,
}

/// What an import brought into the holding pen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PenArrived {
    /// The batch; nothing when no purchase could be read.
    pub batch: Option<i64>,
    /// How many wait there.
    pub held: u32,
    /// What could not be read, at most 1000.
    pub faults: Vec<CsvFault>,
}

impl From<tekram_agent::PenArrived> for PenArrived {
    fn from(arrived: tekram_agent::PenArrived) -> Self {
        let faults = arrived.faults.into_iter().map(|fault| CsvFault {
            line: fault.line,
            reason: fault.field.to_owned(),
        });
        Self {
            faults: faults.collect(),
            batch: arrived.batch,
            held: arrived.held,
        }
    }
}

#[uniffi::export]
impl Persona {
    /// Purchases from `from_ms` on and before `until_ms`, newest first, at most 500; `text`, if it is not empty, is looked
    /// for in seller, order number and items.
    ///
    /// # Errors
    /// `locked`, `closed`, the vault's errors.
    pub fn purchases(
        &self,
        text: String,
        from_ms: Option<i64>,
        until_ms: Option<i64>,
    ) -> Result<Vec<Purchase>, TekramError> {
        self.with(|core| {
            let found = core.purchases(&text, from_ms, until_ms)?;
            Ok(found.into_iter().map(Purchase::from).collect())
        })
    }

    /// One purchase.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn purchase(&self, id: i64) -> Result<Purchase, TekramError> {
        self.with(|core| Ok(core.purchase(id)?.into()))
    }

    /// Keeps a purchase; gives its number.
    ///
    /// # Errors
    /// `bad_field` with the `field`, `no_such_blob`, `locked`, `closed`, the vault's errors.
    pub fn add_purchase(&self, purchase: NewPurchase) -> Result<i64, TekramError> {
        self.with(|core| Ok(core.add_purchase(&purchase.core()?)?))
    }

    /// Removes a purchase; its receipt stays a file. What came from a signed record does not come again.
    ///
    /// # Errors
    /// `no_such_holding`, `locked`, `closed`, the vault's errors.
    pub fn remove_purchase(&self, id: i64) -> Result<(), TekramError> {
        self.with(|core| Ok(core.remove_purchase(id)?))
    }

    /// Puts a file beside a purchase as its receipt, or none.
    ///
    /// # Errors
    /// `no_such_holding`, `no_such_blob`, `locked`, `closed`, the vault's errors.
    pub fn set_receipt(&self, id: i64, file: Option<String>) -> Result<(), TekramError> {
        self.with(|core| Ok(core.set_receipt(id, file.as_deref())?))
    }

    /// Reads a table of purchases into the holding pen.
    ///
    /// # Errors
    /// `file_unusable`, `bad_field` (`column`) when a heading is not there, `batch_too_large`, `paused`, `locked`, `closed`,
    /// the vault's errors.
    pub async fn hold_purchases_csv(&self, path: String, choice: CsvChoice) -> Result<PenArrived, TekramError> {
        self.beside(move |core| {
            let mut from = File::open(&path).map_err(|_| TekramError::file())?;
            Ok(core
                .hold_purchases_csv(&name_of(&path), &choice.core()?, &mut from)?
                .into())
        })
        .await
    }

    /// Reads schema.org `Order`s into the holding pen: one, an array of them, a `@graph`, or one on each line.
    ///
    /// # Errors
    /// `file_unusable`, `batch_too_large`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn hold_orders_json(&self, path: String) -> Result<PenArrived, TekramError> {
        self.beside(move |core| {
            let mut from = File::open(&path).map_err(|_| TekramError::file())?;
            Ok(core.hold_orders_json(&name_of(&path), &mut from)?.into())
        })
        .await
    }
}

/// The beginning of a table: so that a person can say which column is what.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CsvLook {
    /// What stands between two values.
    pub delimiter: String,
    /// The names of the columns.
    pub headings: Vec<String>,
    /// At most five lines.
    pub lines: Vec<Vec<String>>,
}

/// Looks at the headings and the first lines of a table.
///
/// # Errors
/// `file_unusable`, `io` for what is no table.
#[uniffi::export]
pub fn look_at_csv(path: String) -> Result<CsvLook, TekramError> {
    caught(|| {
        let from = File::open(path).map_err(|_| TekramError::file())?;
        let look = CoreLook::read(from).map_err(tekram_agent::AgentError::from)?;
        Ok(CsvLook {
            delimiter: look.delimiter.to_string(),
            headings: look.headings,
            lines: look.lines,
        })
    })
}

/// The name of a file, for the batch.
fn name_of(path: &str) -> String {
    let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
    name.chars().filter(|c| !c.is_control()).take(255).collect()
}
