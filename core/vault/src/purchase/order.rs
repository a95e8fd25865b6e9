//! A purchase as schema.org writes it (`Order`, JSON-LD), in and out. In it come shops' mails and pages: what they leave
//! out is left out, what contradicts is refused with the member's name.

use serde_json::{Map, Value, json};
use tekram_primitives::money::{Asset, Money};
use tekram_primitives::time::Timestamp;

use super::{Purchase, PurchaseItem};
use crate::holding_error::HoldingError;

impl Purchase {
    /// The purchase as a schema.org `Order`. Amounts are decimal texts, as schema.org has them.
    pub fn to_order(&self) -> Value {
        let asset = self.total.asset;
        let items: Vec<Value> = self
            .items
            .iter()
            .map(|item| {
                let mut product = json!({"@type": "Product", "name": item.name});
                set(&mut product, "productID", &item.product_id);
                let mut line = json!({"@type": "OrderItem", "orderQuantity": item.quantity, "orderedItem": product});
                if let (Some(price_minor), Some(line)) = (item.price_minor, line.as_object_mut()) {
                    line.insert("price".to_owned(), Money::new(price_minor, asset).amount_text().into());
                    line.insert("priceCurrency".to_owned(), asset.code().into());
                }
                line
            })
            .collect();
        let mut seller = json!({"@type": "Organization", "name": self.seller});
        set(&mut seller, "@id", &self.seller_id);
        let mut order = json!({
            "@context": "https://schema.org",
            "@type": "Order",
            "seller": seller,
            "orderDate": self.ordered.to_string(),
            "price": self.total.amount_text(),
            "priceCurrency": asset.code(),
            "orderedItem": items,
        });
        set(&mut order, "orderNumber", &self.order_number);
        order
    }

    /// The purchase that a schema.org `Order` says. Fails with `bad_field`, which names the member.
    pub fn from_order(order: &Value) -> Result<Self, HoldingError> {
        let bad = |field| HoldingError::BadField { field };
        let order = order
            .as_object()
            .filter(|order| is_type(order, "Order"))
            .ok_or(bad("@type"))?;
        let seller = order
            .get("seller")
            .or_else(|| order.get("merchant"))
            .ok_or(bad("seller"))?;
        let (seller, seller_id) = match seller {
            Value::String(name) => (name.clone(), String::new()),
            seller => (
                text(seller, "name").ok_or(bad("seller"))?,
                first(seller, &["@id", "url"]),
            ),
        };
        let currency = order.get("priceCurrency").and_then(Value::as_str);
        let asset: Asset = currency
            .and_then(|code| code.parse().ok())
            .ok_or(bad("priceCurrency"))?;
        let price = order
            .get("price")
            .or_else(|| order.get("totalPaymentDue"))
            .ok_or(bad("price"))?;
        let total = amount(price, asset).ok_or(bad("price"))?;
        let ordered = order
            .get("orderDate")
            .and_then(Value::as_str)
            .and_then(time)
            .ok_or(bad("orderDate"))?;
        let lines = match order.get("orderedItem").or_else(|| order.get("acceptedOffer")) {
            None => Vec::new(),
            Some(Value::Array(lines)) => lines.iter().collect(),
            Some(line) => vec![line],
        };
        let items = lines
            .into_iter()
            .map(|line| item(line, asset))
            .collect::<Result<_, _>>()?;
        let purchase = Self {
            seller,
            seller_id,
            order_number: order.get("orderNumber").map(plain).unwrap_or_default(),
            ordered,
            total,
            items,
            record: String::new(),
            receipt: None,
        };
        super::check(&purchase)?;
        Ok(purchase)
    }
}

/// An `OrderItem`, an `Offer` or a `Product`.
fn item(line: &Value, asset: Asset) -> Result<PurchaseItem, HoldingError> {
    let bad = |field| HoldingError::BadField { field };
    let product = line
        .get("orderedItem")
        .or_else(|| line.get("itemOffered"))
        .unwrap_or(line);
    let quantity = match line.get("orderQuantity") {
        None => 1,
        Some(quantity) => plain(quantity).parse().map_err(|_| bad("orderQuantity"))?,
    };
    let price_minor = match line.get("price") {
        None => None,
        Some(price) => Some(amount(price, asset).ok_or(bad("price"))?.amount_minor),
    };
    let same_asset = line
        .get("priceCurrency")
        .is_none_or(|code| code.as_str() == Some(asset.code()));
    if !same_asset {
        return Err(bad("priceCurrency"));
    }
    Ok(PurchaseItem {
        name: text(product, "name").ok_or(bad("orderedItem"))?,
        quantity,
        price_minor,
        product_id: first(product, &["gtin13", "gtin", "isbn", "productID", "sku"]),
    })
}

fn is_type(object: &Map<String, Value>, name: &str) -> bool {
    let is = |value: &Value| {
        value
            .as_str()
            .is_some_and(|given| given.rsplit('/').next() == Some(name))
    };
    match object.get("@type") {
        Some(Value::Array(types)) => types.iter().any(is),
        Some(given) => is(given),
        None => false,
    }
}

fn text(value: &Value, member: &str) -> Option<String> {
    value.get(member).and_then(Value::as_str).map(str::to_owned)
}

fn first(value: &Value, members: &[&str]) -> String {
    members
        .iter()
        .find_map(|member| text(value, member))
        .unwrap_or_default()
}

fn set(object: &mut Value, member: &str, value: &str) {
    if let Some(object) = object.as_object_mut().filter(|_| !value.is_empty()) {
        object.insert(member.to_owned(), value.into());
    }
}

/// A text or a number as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn amount(value: &Value, asset: Asset) -> Option<Money> {
    let value = value.get("price").or_else(|| value.get("value")).unwrap_or(value);
    Money::parse(&plain(value), asset).ok()
}

/// A time, or a day, which is taken at its beginning in UTC.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| format!("{text}T00:00:00Z").parse().ok())
}
