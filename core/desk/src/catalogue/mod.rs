//! What a store sells, searched by barcode or by words.

use std::collections::{BTreeMap, BTreeSet};

use tekram_primitives::money::Money;

mod file;

pub use file::RefusedLine;

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

/// The catalogue, with an index from word to items.
#[derive(Debug, Default)]
pub struct Catalogue {
    items: Vec<Item>,
    by_key: BTreeMap<String, usize>,
    by_gtin: BTreeMap<String, usize>,
    by_word: BTreeMap<String, BTreeSet<usize>>,
}

impl Catalogue {
    /// Indexes items.
    #[must_use]
    pub fn new(items: Vec<Item>) -> Self {
        let mut catalogue = Self::default();
        for (position, item) in items.iter().enumerate() {
            catalogue.by_key.insert(item.key(), position);
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
        let mut holders: Vec<&BTreeSet<usize>> = words(want)
            .iter()
            .map(|word| self.by_word.get(word))
            .collect::<Option<_>>()?;
        // The rarest word first: a request costs no more than the items that hold it.
        holders.sort_by_key(|holders| holders.len());
        let (rarest, others) = holders.split_first()?;
        rarest
            .iter()
            .filter(|position| others.iter().all(|holders| holders.contains(position)))
            .filter_map(|position| self.items.get(*position))
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
        let position = self.by_key.get(key).copied();
        if let Some(item) = position.and_then(|position| self.items.get_mut(position)) {
            item.stock = stock;
        }
    }
}

/// A barcode in the one form in which it is compared (GS1 General Specifications, section 3.3: leading zeros).
fn fourteen_digits(gtin: &str) -> String {
    format!("{gtin:0>14}")
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
}
