//! Imports of purchases into the holding pen: tables that shops and banks hand out, and schema.org `Order`s. What cannot be
//! read is named by its place, and the rest waits in the pen.

use std::io::Read;

use serde::Serialize;
use serde_json::Value;
use tekram_primitives::json::{JsonLimits, read_json};
use tekram_vault::{HoldingError, PenContent, Purchase, PurchaseCsv, VaultError};

use crate::error::AgentError;
use crate::persona::Persona;

/// Longest file of orders, in bytes: 32 MiB.
const MAX_ORDERS_BYTES: u64 = 32 * 1024 * 1024;
/// Deepest nesting of an order.
const MAX_DEPTH: usize = 32;
/// Most faults that are named.
const FAULT_LIMIT: usize = 1000;

/// What an import brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PenArrived {
    /// The batch in the holding pen; `None` when nothing could be read.
    pub batch: Option<i64>,
    /// How many wait there.
    pub held: u32,
    /// What could not be read, at most 1000.
    pub faults: Vec<PenFault>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PenFault {
    /// The line in the file, or in a JSON array the element; from 1.
    pub line: u64,
    /// What of it: a column's meaning, a member's name, `line` or `json` for the whole.
    pub field: &'static str,
}

impl Persona {
    /// Reads a table of purchases into the holding pen.
    ///
    /// # Errors
    /// `bad_field` (`column`) when a heading is not there, `io`, `batch_too_large`, the vault's errors.
    pub fn hold_purchases_csv(
        &self,
        name: &str,
        choice: &PurchaseCsv,
        from: &mut dyn Read,
    ) -> Result<PenArrived, AgentError> {
        let found = choice.read(from)?;
        let faults = found.faults.into_iter().map(|fault| PenFault {
            line: fault.line,
            field: fault.field,
        });
        self.hold_purchases(name, found.purchases, faults.collect())
    }

    /// Reads schema.org `Order`s into the holding pen: one, an array of them, a `@graph`, or one on each line.
    ///
    /// # Errors
    /// `batch_too_large` for more than 32 MiB or 100,000 orders, `io`, the vault's errors.
    pub fn hold_orders_json(&self, name: &str, from: &mut dyn Read) -> Result<PenArrived, AgentError> {
        let mut bytes = Vec::new();
        let read = from.take(MAX_ORDERS_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|source| VaultError::Io {
            action: "reading orders",
            source,
        })?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_ORDERS_BYTES {
            return Err(VaultError::Holding(HoldingError::BatchTooLarge).into());
        }
        let mut purchases = Vec::new();
        let mut faults = Vec::new();
        for (line, order) in orders(&bytes) {
            let purchase = order.and_then(|order| {
                Purchase::from_order(&order).map_err(|error| match error {
                    HoldingError::BadField { field } => field,
                    _ => "json",
                })
            });
            match purchase {
                Ok(purchase) => purchases.push(purchase),
                Err(field) if faults.len() < FAULT_LIMIT => faults.push(PenFault { line, field }),
                Err(_) => {}
            }
        }
        self.hold_purchases(name, purchases, faults)
    }

    fn hold_purchases(
        &self,
        name: &str,
        purchases: Vec<Purchase>,
        faults: Vec<PenFault>,
    ) -> Result<PenArrived, AgentError> {
        let held = u32::try_from(purchases.len()).unwrap_or(u32::MAX);
        let batch = if purchases.is_empty() {
            None
        } else {
            let contents = purchases.into_iter().map(PenContent::Purchase);
            Some(self.vault.hold(name, "", contents, self.clock.now())?)
        };
        Ok(PenArrived { batch, held, faults })
    }
}

/// The orders of a file with their places.
fn orders(bytes: &[u8]) -> Vec<(u64, Result<Value, &'static str>)> {
    let limits = JsonLimits {
        max_bytes: bytes.len(),
        max_depth: MAX_DEPTH,
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let whole = match read_json(bytes, limits) {
        Ok(Value::Object(mut object)) => match object.remove("@graph") {
            Some(Value::Array(orders)) => orders,
            _ => vec![Value::Object(object)],
        },
        Ok(Value::Array(orders)) => orders,
        Ok(_) => return vec![(1, Err("json"))],
        Err(_) => {
            let lines = (1_u64..).zip(bytes.split(|byte| *byte == b'\n'));
            return lines
                .filter(|(_, line)| !line.trim_ascii().is_empty())
                .map(|(number, line)| (number, read_json(line, limits).map_err(|_| "json")))
                .collect();
        }
    };
    (1_u64..).zip(whole.into_iter().map(Ok)).collect()
}
