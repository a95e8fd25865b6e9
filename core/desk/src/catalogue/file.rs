//! Reading a catalogue from CSV or JSON. A line that cannot be used is refused by number and the rest is kept; a
//! catalogue with nothing in it is an error.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use tekram_intent::{MAX_NAME_CHARS, check_gtin};
use tekram_primitives::money::{Asset, Money};

use super::{Catalogue, Item};
use crate::error::DeskError;

/// Largest catalogue file read, in bytes.
const MAX_CATALOGUE_BYTES: u64 = 64 * 1024 * 1024;

/// A line that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// Line of the CSV file, or position in the JSON array, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

#[derive(Debug, Deserialize)]
struct RawItem {
    name: String,
    #[serde(default)]
    gtin: Option<serde_json::Value>,
    price: serde_json::Value,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    stock: Option<serde_json::Value>,
}

impl Catalogue {
    /// Reads a `.json` array or a `.csv` file with the columns `name,gtin,price,stock` and optionally `currency`.
    ///
    /// Prices are decimals (`199.00`) in `currency` or, without that column, in `default_currency`.
    ///
    /// # Errors
    /// `catalogue_unreadable` when the file cannot be read or is over 64 MB, `catalogue_empty` when no line can be used.
    pub fn read(path: &Path, default_currency: &str) -> Result<(Self, Vec<RefusedLine>), DeskError> {
        let unreadable = |reason: String| DeskError::CatalogueUnreadable { reason };
        let size = std::fs::metadata(path)
            .map_err(|error| unreadable(error.kind().to_string()))?
            .len();
        if size > MAX_CATALOGUE_BYTES {
            return Err(unreadable(format!(
                "{size} bytes, at most {MAX_CATALOGUE_BYTES} are read"
            )));
        }
        let bytes = std::fs::read(path).map_err(|error| unreadable(error.kind().to_string()))?;
        let json = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let (items, mut refused) = if json {
            read_json(&bytes, default_currency)?
        } else {
            read_csv(&bytes, default_currency)?
        };
        let items = without_repeats(items, &mut refused);
        if items.is_empty() {
            return Err(DeskError::CatalogueEmpty { refused: refused.len() });
        }
        Ok((Self::new(items), refused))
    }
}

/// Items with their lines; of two lines for one thing the first counts, because there is one stock.
fn without_repeats(items: Vec<(u64, Item)>, refused: &mut Vec<RefusedLine>) -> Vec<Item> {
    let mut keys = BTreeSet::new();
    let mut kept = Vec::with_capacity(items.len());
    for (line, item) in items {
        if keys.insert(item.key()) {
            kept.push(item);
        } else {
            refused.push(RefusedLine {
                line,
                reason: "an earlier line is the same item".to_owned(),
            });
        }
    }
    refused.sort_by_key(|refused| refused.line);
    kept
}

/// Items with the line each stands on, and what was refused.
type Lines = (Vec<(u64, Item)>, Vec<RefusedLine>);

fn read_csv(bytes: &[u8], default_currency: &str) -> Result<Lines, DeskError> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let headers = reader
        .headers()
        .map_err(|error| DeskError::CatalogueUnreadable {
            reason: error.to_string(),
        })?
        .clone();
    let (mut items, mut refused) = (Vec::new(), Vec::new());
    for (position, row) in reader.records().enumerate() {
        let line = row
            .as_ref()
            .ok()
            .and_then(|row| row.position())
            .map_or(position as u64 + 2, csv::Position::line);
        let item = row
            .map_err(|error| error.to_string())
            .and_then(|row| {
                let column = |name: &str| {
                    headers
                        .iter()
                        .position(|header| header.eq_ignore_ascii_case(name))
                        .and_then(|at| row.get(at))
                        .filter(|text| !text.is_empty())
                };
                let text = |name: &str| column(name).map(|text| serde_json::Value::String(text.to_owned()));
                Ok(RawItem {
                    name: column("name").ok_or("no name")?.to_owned(),
                    gtin: text("gtin"),
                    price: text("price").ok_or("no price")?,
                    currency: column("currency").map(str::to_owned),
                    stock: text("stock"),
                })
            })
            .and_then(|raw| checked(raw, default_currency));
        match item {
            Ok(item) => items.push((line, item)),
            Err(reason) => refused.push(RefusedLine { line, reason }),
        }
    }
    Ok((items, refused))
}

fn read_json(bytes: &[u8], default_currency: &str) -> Result<Lines, DeskError> {
    let rows: Vec<serde_json::Value> =
        serde_json::from_slice(bytes).map_err(|error| DeskError::CatalogueUnreadable {
            reason: error.to_string(),
        })?;
    let (mut items, mut refused) = (Vec::new(), Vec::new());
    for (line, row) in (1..).zip(rows) {
        match serde_json::from_value::<RawItem>(row)
            .map_err(|error| error.to_string())
            .and_then(|raw| checked(raw, default_currency))
        {
            Ok(item) => items.push((line, item)),
            Err(reason) => refused.push(RefusedLine { line, reason }),
        }
    }
    Ok((items, refused))
}

fn checked(raw: RawItem, default_currency: &str) -> Result<Item, String> {
    let plain = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let name = raw.name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(format!("name must have 1 to {MAX_NAME_CHARS} characters on one line"));
    }
    let currency = raw.currency.as_deref().unwrap_or(default_currency);
    let asset: Asset = currency.parse().map_err(|_| "unknown currency".to_owned())?;
    let price = plain(raw.price).ok_or("price is neither text nor number")?;
    let price = Money::parse(&price, asset).map_err(|error| format!("price: {error}"))?;
    if price.amount_minor <= 0 {
        return Err("price is not above zero".to_owned());
    }
    let gtin = raw.gtin.and_then(plain);
    if gtin.as_deref().is_some_and(|gtin| !is_gtin(gtin)) {
        return Err("gtin must be 8, 12, 13 or 14 digits with a right check digit".to_owned());
    }
    let stock = match raw.stock.and_then(plain) {
        None => 0,
        Some(text) => text.parse().map_err(|_| "stock is not a whole number".to_owned())?,
    };
    Ok(Item {
        name: name.to_owned(),
        gtin,
        price,
        stock,
    })
}

/// Whether text is exactly the number of a barcode.
fn is_gtin(text: &str) -> bool {
    check_gtin(text).is_ok_and(|digits| digits == text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]
    use super::*;

    #[test]
    fn of_two_lines_for_one_item_the_first_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.csv");
        std::fs::write(&file, "name,price,stock\nKettle,1.00,1\nPot,2.00,1\nKettle,3.00,1\n").unwrap();
        let (catalogue, refused) = Catalogue::read(&file, "EUR").unwrap();
        assert_eq!(catalogue.len(), 2);
        assert_eq!(refused.iter().map(|line| line.line).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn a_catalogue_of_nothing_is_refused_and_a_missing_one_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.csv");
        assert_eq!(
            Catalogue::read(&file, "EUR").unwrap_err().code(),
            "catalogue_unreadable"
        );
        std::fs::write(&file, "name,price\nKettle,free\n").unwrap();
        assert_eq!(Catalogue::read(&file, "EUR").unwrap_err().code(), "catalogue_empty");
    }

    #[test]
    fn json_reads_like_csv_and_yen_has_no_minor_unit() {
        let (items, refused) = read_json(br#"[{"name":"Kopfh\u00f6rer","price":"19800","currency":"JPY","stock":2},{"name":"x","price":"1.5","currency":"JPY"},7]"#, "EUR").unwrap();
        assert_eq!(items[0].1.price.amount_minor, 19_800);
        assert_eq!(refused.iter().map(|line| line.line).collect::<Vec<_>>(), [2, 3]);
    }
}
