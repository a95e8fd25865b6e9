//! What a store sells: read from CSV or JSON, searched by barcode or by words.
//!
//! A line that cannot be read is refused by number and the rest is kept; a catalogue with nothing in it is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use tekram_intent::MAX_NAME_CHARS;
use tekram_primitives::money::{Asset, Money};

use crate::error::DeskError;

/// Largest catalogue file read, in bytes.
const MAX_CATALOGUE_BYTES: u64 = 64 * 1024 * 1024;

/// One thing on sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Name for people.
    pub name: String,
    /// Barcode (GTIN-8 to GTIN-14), digits only.
    pub gtin: Option<String>,
    /// Price of one, tax included.
    pub price: Money,
    /// How many are on hand.
    pub stock: u32,
}

impl Item {
    /// What stays the same when the catalogue is edited: the barcode, or the name where there is none.
    #[must_use]
    pub fn key(&self) -> String {
        match &self.gtin {
            Some(gtin) => format!("gtin:{}", fourteen_digits(gtin)),
            None => format!("name:{}", self.name),
        }
    }
}

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

/// The catalogue, with an index from word to items.
#[derive(Debug, Default)]
pub struct Catalogue {
    items: Vec<Item>,
    by_gtin: BTreeMap<String, usize>,
    by_word: BTreeMap<String, BTreeSet<usize>>,
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

    /// Indexes items.
    #[must_use]
    pub fn new(items: Vec<Item>) -> Self {
        let mut catalogue = Self::default();
        for (position, item) in items.iter().enumerate() {
            if let Some(gtin) = &item.gtin {
                catalogue.by_gtin.insert(fourteen_digits(gtin), position);
            }
            for word in words(&item.name) {
                catalogue.by_word.entry(word).or_default().insert(position);
            }
        }
        catalogue.items = items;
        catalogue
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is nothing on sale.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item that answers a want best: the barcode decides when it is known; otherwise every word of the want must be
    /// in the item's name. Of several, the cheapest that is on hand in the quantity and within the ceiling; ties by name.
    #[must_use]
    pub fn best_match(&self, want: &str, gtin: Option<&str>, quantity: u32, ceiling: Option<&Money>) -> Option<&Item> {
        let fits = |item: &&Item| {
            item.stock >= quantity
                && ceiling.is_none_or(|ceiling| {
                    item.price.asset == ceiling.asset
                        && item
                            .price
                            .amount_minor
                            .checked_mul(i64::from(quantity))
                            .is_some_and(|total| total <= ceiling.amount_minor)
                })
        };
        let scanned = gtin.and_then(|gtin| self.by_gtin.get(&fourteen_digits(gtin)));
        if let Some(item) = scanned.and_then(|position| self.items.get(*position)) {
            return Some(item).filter(fits);
        }
        let mut found: Option<BTreeSet<usize>> = None;
        for word in words(want) {
            let holders = self.by_word.get(&word)?;
            found = Some(match found {
                None => holders.clone(),
                Some(so_far) => so_far.intersection(holders).copied().collect(),
            });
        }
        found?
            .into_iter()
            .filter_map(|position| self.items.get(position))
            .filter(fits)
            .min_by(|a, b| (a.price.amount_minor, &a.name).cmp(&(b.price.amount_minor, &b.name)))
    }

    /// Everything on sale.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Says how many of an item are on hand.
    pub fn set_stock(&mut self, key: &str, stock: u32) {
        if let Some(item) = self.items.iter_mut().find(|item| item.key() == key) {
            item.stock = stock;
        }
    }
}

/// A barcode in the one form in which it is compared (GS1 General Specifications, section 3.3: leading zeros).
fn fourteen_digits(gtin: &str) -> String {
    format!("{gtin:0>14}")
}

/// GS1 General Specifications, section 7.9: 8, 12, 13 or 14 digits, the last one a check digit.
fn is_gtin(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let weighted = text.bytes().rev().zip([1, 3].into_iter().cycle());
    digits
        && matches!(text.len(), 8 | 12 | 13 | 14)
        && weighted
            .map(|(byte, weight)| u32::from(byte - b'0') * weight)
            .sum::<u32>()
            .is_multiple_of(10)
}

/// Words that carry no meaning in a want.
const FILLERS: [&str; 14] = [
    "a", "an", "the", "of", "for", "with", "and", "or", "in", "some", "any", "new", "please", "my",
];

/// The words of a name in a form that compares: lower case, letters and digits only, English plural ending removed.
fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty() && !FILLERS.contains(word))
        .map(|word| {
            word.strip_suffix('s')
                .filter(|stem| stem.len() > 2 && !stem.ends_with('s'))
                .unwrap_or(word)
                .to_owned()
        })
        .collect()
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]
    use super::*;

    const CSV: &str = "name,gtin,price,stock\n\
        Aria wireless headphones,4006381333931,199.00,3\n\
        Aria wireless headphones Pro,,249.50,1\n\
        Cable headphone,,19.90,40\n\
        Broken,,free,1\n\
        ,,1.00,1\n\
        Barcode,12x,1.00,1\n";

    fn catalogue() -> (Catalogue, Vec<RefusedLine>) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.csv");
        std::fs::write(&file, CSV).unwrap();
        Catalogue::read(&file, "EUR").unwrap()
    }

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap())
    }

    #[test]
    fn a_bad_line_is_named_and_the_rest_kept() {
        let (catalogue, refused) = catalogue();
        assert_eq!(catalogue.len(), 3);
        assert_eq!(refused.iter().map(|line| line.line).collect::<Vec<_>>(), [5, 6, 7]);
    }

    #[test]
    fn every_word_of_the_want_must_be_there_and_the_cheapest_wins() {
        let (catalogue, _) = catalogue();
        let best = catalogue
            .best_match("wireless headphones", None, 1, Some(&eur(25_000)))
            .unwrap();
        assert_eq!(best.name, "Aria wireless headphones");
        assert!(catalogue.best_match("wireless kettle", None, 1, None).is_none());
        assert!(catalogue.best_match("", None, 1, None).is_none());
    }

    #[test]
    fn the_ceiling_and_the_stock_decide() {
        let (catalogue, _) = catalogue();
        assert!(
            catalogue
                .best_match("wireless headphones", None, 1, Some(&eur(10_000)))
                .is_none()
        );
        assert_eq!(
            catalogue
                .best_match("Headphone pro", None, 1, Some(&eur(24_950)))
                .unwrap()
                .price,
            eur(24_950)
        );
        assert!(
            catalogue.best_match("aria pro", None, 2, None).is_none(),
            "two are wanted, one is there"
        );
        assert!(
            catalogue
                .best_match(
                    "wireless headphones",
                    None,
                    1,
                    Some(&Money::new(25_000, "USD".parse().unwrap()))
                )
                .is_none()
        );
    }

    #[test]
    fn a_barcode_beats_words() {
        let (catalogue, _) = catalogue();
        let best = catalogue
            .best_match("anything", Some("4006381333931"), 1, None)
            .unwrap();
        assert_eq!(best.price, eur(19_900));
    }

    #[test]
    fn a_barcode_is_the_same_with_and_without_leading_zeros() {
        let item = |gtin: &str| Item {
            name: "Kettle".into(),
            gtin: Some(gtin.into()),
            price: eur(100),
            stock: 1,
        };
        let catalogue = Catalogue::new(vec![item("036000291452")]);
        assert!(catalogue.best_match("x", Some("0036000291452"), 1, None).is_some());
        assert_eq!(item("036000291452").key(), item("00036000291452").key());
    }

    #[test]
    fn what_is_sold_out_is_not_offered() {
        let (mut catalogue, _) = catalogue();
        let pro = catalogue.best_match("aria pro", None, 1, None).unwrap().key();
        catalogue.set_stock(&pro, 0);
        assert!(catalogue.best_match("aria pro", None, 1, None).is_none());
    }

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
