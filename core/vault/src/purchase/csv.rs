//! Purchases out of a table that a shop or a bank hands out. The person says which column is what; lines of one order become
//! one purchase; a line that cannot be read is named with its column, and the others are kept.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};

use serde::{Deserialize, Serialize};
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::time::Timestamp;

use super::{Purchase, PurchaseItem, order};
use crate::error::VaultError;
use crate::holding_error::HoldingError;

/// Most lines that are read.
const LINE_LIMIT: u64 = 200_000;
/// Most faults that are named.
const FAULT_LIMIT: usize = 1000;

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CsvField {
    /// In the column with this heading.
    Column(String),
    /// It is the same for all lines.
    Fixed(String),
}

/// How a day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CsvDate {
    /// `2026-02-28`, or RFC 3339 with a time.
    Iso,
    /// `28.02.2026` or `28/02/2026`.
    DayFirst,
    /// `02/28/2026`.
    MonthFirst,
}

/// What a table looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseCsv {
    /// Between two values: `,` or `;` or a tab.
    pub delimiter: char,
    /// Before the decimals: `.` or `,`. The other one of the two may part thousands.
    pub decimal: char,
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

/// A line that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFault {
    /// The line in the file, from 1.
    pub line: u64,
    /// What of it: `seller`, `date`, `total`, `currency`, `quantity`, or `line` when it is no line of a table.
    pub field: &'static str,
}

/// What a table said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvPurchases {
    /// In the order of the file.
    pub purchases: Vec<Purchase>,
    /// The lines that were not read, at most 1000.
    pub faults: Vec<CsvFault>,
}

/// The places of the values, found in the headings.
struct Columns<'a> {
    places: BTreeMap<&'a str, usize>,
}

impl PurchaseCsv {
    /// Reads a table with headings. Fails with `bad_field` when a delimiter is not one byte or a heading is not there
    /// (then the field is `column`), and with `io`.
    pub fn read(&self, from: impl Read) -> Result<CsvPurchases, VaultError> {
        let delimiter = u8::try_from(self.delimiter).map_err(|_| HoldingError::BadField { field: "delimiter" })?;
        if !matches!(self.decimal, '.' | ',') {
            return Err(HoldingError::BadField { field: "decimal" }.into());
        }
        let mut from = BufReader::new(from);
        // The reader takes the second byte of such an end for the beginning of the next line.
        let behind = u64::from(ends_in_two_bytes(
            from.fill_buf().map_err(|error| unreadable(error.into()))?,
        ));
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .trim(::csv::Trim::All)
            .from_reader(from);
        let headings = reader.headers().map_err(unreadable)?.clone();
        let columns = Columns {
            places: headings
                .iter()
                .enumerate()
                .map(|(place, heading)| (heading.trim_start_matches('\u{feff}'), place))
                .collect(),
        };
        let optional = [&self.order_number, &self.item, &self.quantity];
        let fields = [&self.seller, &self.date, &self.total, &self.currency];
        let all = fields.into_iter().chain(optional.into_iter().flatten());
        for field in all {
            columns.check(field)?;
        }
        let mut found = CsvPurchases::default();
        // Which purchase an order's lines belong to.
        let mut orders: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut record = ::csv::StringRecord::new();
        for _ in 0..LINE_LIMIT {
            let line = reader.position().line();
            let read = match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => self.line(&columns, &record),
                Err(error) if error.is_io_error() => return Err(unreadable(error)),
                Err(_) => Err("line"),
            };
            // The reader knows where the record began only once it has read it.
            let line = record
                .position()
                .map_or(line, ::csv::Position::line)
                .saturating_add(behind);
            match read {
                Ok(Some(purchase)) => add(&mut found, &mut orders, purchase, line),
                Ok(None) => {}
                Err(field) => fault(&mut found, line, field),
            }
        }
        Ok(found)
    }

    /// One line as a purchase of its own; `None` when it is none (money that came in).
    fn line(&self, columns: &Columns<'_>, record: &::csv::StringRecord) -> Result<Option<Purchase>, &'static str> {
        let value = |field: &CsvField| columns.value(field, record);
        let asset: Asset = value(&self.currency).to_uppercase().parse().map_err(|_| "currency")?;
        let total = self.amount(&value(&self.total), asset).ok_or("total")?;
        let total = match (self.paid_is_negative, total.is_negative()) {
            (true, false) => return Ok(None),
            (true, true) => total.checked_neg().map_err(|_| "total")?,
            (false, _) => total,
        };
        let quantity = match &self.quantity {
            Some(field) => value(field)
                .parse()
                .ok()
                .filter(|quantity| *quantity > 0)
                .ok_or("quantity")?,
            None => 1,
        };
        let items = self.item.iter().map(&value).filter(|name| !name.is_empty());
        let exact = total.amount_minor.checked_rem(i64::from(quantity)) == Some(0);
        let items = items.map(|name| PurchaseItem {
            name,
            quantity,
            price_minor: exact
                .then(|| total.amount_minor.checked_div(i64::from(quantity)))
                .flatten(),
            product_id: String::new(),
        });
        let purchase = Purchase {
            seller: value(&self.seller),
            seller_id: String::new(),
            order_number: self.order_number.as_ref().map(value).unwrap_or_default(),
            ordered: self.time(&value(&self.date)).ok_or("date")?,
            total,
            items: items.collect(),
            record: String::new(),
            receipt: None,
        };
        match super::check(&purchase) {
            Ok(()) => Ok(Some(purchase)),
            Err(HoldingError::BadField { field }) => Err(field),
            Err(_) => Err("line"),
        }
    }

    /// An amount as the table writes it: `1.234,50`, `-3.00`, `€ 12`.
    fn amount(&self, text: &str, asset: Asset) -> Option<Money> {
        let thousands = if self.decimal == '.' { ',' } else { '.' };
        let mut plain = String::new();
        for c in text.chars() {
            match c {
                c if c == self.decimal => plain.push('.'),
                // A minus as tables write it, too.
                '-' | '\u{2212}' => plain.insert(0, '-'),
                c if c == thousands || c == '\'' || c.is_whitespace() => {}
                c if c.is_ascii_digit() => plain.push(c),
                // Signs and codes of currencies; the currency has a column of its own.
                c if c.is_alphabetic() || "€$£¥+".contains(c) => {}
                _ => return None,
            }
        }
        Money::parse(&plain, asset).ok()
    }

    fn time(&self, text: &str) -> Option<Timestamp> {
        if self.date_form == CsvDate::Iso {
            return order::time(text);
        }
        let day = text.split_whitespace().next()?;
        let mut parts = day.split(['.', '/', '-']);
        let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || year.len() != 4 {
            return None;
        }
        let (day, month) = match self.date_form {
            CsvDate::MonthFirst => (second, first),
            CsvDate::Iso | CsvDate::DayFirst => (first, second),
        };
        format!("{year}-{month:0>2}-{day:0>2}T00:00:00Z").parse().ok()
    }
}

impl Columns<'_> {
    fn check(&self, field: &CsvField) -> Result<(), HoldingError> {
        match field {
            CsvField::Column(heading) if !self.places.contains_key(heading.as_str()) => {
                Err(HoldingError::BadField { field: "column" })
            }
            CsvField::Column(_) | CsvField::Fixed(_) => Ok(()),
        }
    }

    fn value(&self, field: &CsvField, record: &::csv::StringRecord) -> String {
        match field {
            CsvField::Fixed(value) => value.clone(),
            CsvField::Column(heading) => self
                .places
                .get(heading.as_str())
                .and_then(|place| record.get(*place))
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

/// Adds a line to the purchase of its order, or as a new one.
fn add(found: &mut CsvPurchases, orders: &mut BTreeMap<(String, String), usize>, purchase: Purchase, line: u64) {
    let key = (purchase.seller.clone(), purchase.order_number.clone());
    let known = orders
        .get(&key)
        .and_then(|index| found.purchases.get_mut(*index))
        .filter(|_| !purchase.order_number.is_empty());
    let Some(known) = known else {
        orders.insert(key, found.purchases.len());
        found.purchases.push(purchase);
        return;
    };
    match known.total.checked_add(&purchase.total) {
        Ok(total) => {
            known.total = total;
            known.items.extend(purchase.items);
        }
        // Another currency, or beyond all counting.
        Err(_) => fault(found, line, "total"),
    }
}

fn fault(found: &mut CsvPurchases, line: u64, field: &'static str) {
    if found.faults.len() < FAULT_LIMIT {
        found.faults.push(CsvFault { line, field });
    }
}

/// Whether the first line ends with a carriage return and a line feed.
fn ends_in_two_bytes(begins: &[u8]) -> bool {
    let first = begins.split(|byte| *byte == b'\n').next().unwrap_or_default();
    first.len() < begins.len() && first.last() == Some(&b'\r')
}

pub(super) fn unreadable(error: ::csv::Error) -> VaultError {
    VaultError::Io {
        action: "reading the table",
        source: std::io::Error::other(error),
    }
}
