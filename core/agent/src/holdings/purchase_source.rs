//! Purchases that come by themselves: an offer that its seller confirmed, and a promise for whose payment there is a receipt.
//! Both have a signed commitment, whose record id makes sure that each becomes a purchase once, and never again after the
//! person removed it.

use std::collections::BTreeSet;

use tekram_intent::AcceptanceState;
use tekram_primitives::record::SignedRecord;
use tekram_primitives::wire::{DeskCard, Offer};
use tekram_vault::{HoldingError, Purchase, PurchaseItem, Scope, VaultError};

use crate::error::AgentError;
use crate::persona::{Persona, every_page};

/// The records that became purchases; a migration of the agent's own tables.
pub(crate) const SCHEMA_OF_PURCHASES: &str = "CREATE TABLE agent_purchase_record (
        record TEXT PRIMARY KEY NOT NULL
    ) STRICT, WITHOUT ROWID;";

impl Persona {
    /// Makes purchases of what was confirmed or paid since the last time. Unlocking, accepting an offer and settling do it.
    /// Returns how many are new.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn take_purchases(&self) -> Result<u32, AgentError> {
        let known = self.known_records()?;
        let mut new = 0_u32;
        for accepted in self.kept_acceptances()? {
            let record = accepted.id.to_string();
            if accepted.state != AcceptanceState::Confirmed || known.contains(&record) {
                continue;
            }
            let offer: Offer = SignedRecord::parse(&accepted.offer_record)?.body()?;
            let card: DeskCard = offer.card.body()?;
            let asked = tekram_intent::get(&self.vault, &accepted.intent)?.demand.quantity;
            let purchase = Purchase {
                seller: fitting(&card.name, &accepted.seller.to_string()),
                seller_id: accepted.seller.to_string(),
                order_number: String::new(),
                ordered: accepted.accepted,
                total: offer.price,
                items: vec![PurchaseItem {
                    name: fitting(&offer.item, "?"),
                    quantity: asked.max(1),
                    price_minor: None,
                    product_id: String::new(),
                }],
                record,
                receipt: None,
            };
            new = new.saturating_add(self.take_purchase(&purchase)?);
        }
        for paid in every_page(|limit, offset| Ok(tekram_pay::settle::receipted(&self.vault, limit, offset)?))? {
            if known.contains(&paid.commitment) {
                continue;
            }
            let seller_id = paid.identity.strip_prefix("feed:").unwrap_or(&paid.identity);
            let is_address = ["did:", "https:", "http:"]
                .iter()
                .any(|start| seller_id.starts_with(start));
            let purchase = Purchase {
                seller: fitting(&paid.payee_name, &paid.identity),
                seller_id: if is_address {
                    seller_id.to_owned()
                } else {
                    String::new()
                },
                order_number: String::new(),
                ordered: paid.received,
                total: paid.amount,
                items: Vec::new(),
                record: paid.commitment,
                receipt: None,
            };
            new = new.saturating_add(self.take_purchase(&purchase)?);
        }
        Ok(new)
    }

    /// Keeps one, and that it was kept. A cut between the two is mended the next time, since a record is kept once.
    fn take_purchase(&self, purchase: &Purchase) -> Result<u32, AgentError> {
        let new = match self.vault.add_purchase(purchase, self.clock.now()) {
            Ok(_) => 1,
            Err(VaultError::Holding(HoldingError::HeldAlready)) => 0,
            Err(error) => return Err(error.into()),
        };
        self.vault.write(Scope("agent"), |transaction| {
            transaction.execute(
                "INSERT INTO agent_purchase_record (record) VALUES (?1) ON CONFLICT DO NOTHING",
                [&purchase.record],
            )?;
            Ok::<_, VaultError>(())
        })?;
        Ok(new)
    }

    fn known_records(&self) -> Result<BTreeSet<String>, AgentError> {
        let known = self.vault.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT record FROM agent_purchase_record")?;
            let records = statement.query_map([], |row| row.get(0))?;
            Ok::<_, VaultError>(records.collect::<Result<_, _>>()?)
        })?;
        Ok(known)
    }
}

/// A stranger's text as a purchase may have it: without control characters, and not longer than a name.
fn fitting(text: &str, otherwise: &str) -> String {
    let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(200).collect() };
    let text = plain(text);
    if text.trim().is_empty() { plain(otherwise) } else { text }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::sync::Arc;

    use tekram_net::NetPolicy;
    use tekram_primitives::secret::Passphrase;
    use tekram_primitives::time::{FixedClock, Timestamp};

    use super::*;
    use crate::device::Agent;

    #[test]
    fn a_receipt_makes_one_purchase_at_the_next_unlock_and_none_after_it_was_removed() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(Timestamp::from_millis(1_795_176_000_000)));
        let agent = Agent::open(folder.path(), NetPolicy::default(), clock as _).unwrap();
        let passphrase = Passphrase::from("a long walk in the rain");
        let home = agent.create_persona("Home", &passphrase).unwrap();
        for sql in [
            "INSERT INTO pay_payee VALUES ('p1', 'The Long Table', 'feed:https://table.example/feed', 'r1', 1)",
            "INSERT INTO pay_payee VALUES ('p2', '', 'node:02ab', 'r2', 1)",
            "INSERT INTO pay_commitment VALUES ('c1', 'p1', '{}', 'EUR', 150, 0, 1795170000000)",
            "INSERT INTO pay_commitment VALUES ('c2', 'p2', '{}', 'EUR', 25, 0, 1795170000000)",
            "INSERT INTO pay_commitment VALUES ('c3', 'p1', '{}', 'EUR', 99, 0, 1795170000000)",
            "INSERT INTO pay_receipt VALUES ('c1', '', 'a witness', 1795175000000)",
            "INSERT INTO pay_receipt VALUES ('c2', '', 'a preimage', 1795174000000)",
        ] {
            home.vault
                .write(Scope("pay"), |transaction| {
                    transaction.execute(sql, [])?;
                    Ok::<_, VaultError>(())
                })
                .unwrap();
        }
        home.lock().unwrap();
        let home = agent.unlock(None, &passphrase).unwrap();
        let bought = home.purchases("", None, None).unwrap();
        let seen: Vec<(&str, &str, String, &str, i64)> = bought
            .iter()
            .map(|purchase| {
                (
                    purchase.seller.as_str(),
                    purchase.seller_id.as_str(),
                    purchase.total.to_string(),
                    purchase.record.as_str(),
                    purchase.ordered_ms,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (
                    "The Long Table",
                    "https://table.example/feed",
                    "1.50 EUR".to_owned(),
                    "c1",
                    1_795_175_000_000
                ),
                ("node:02ab", "", "0.25 EUR".to_owned(), "c2", 1_795_174_000_000),
            ],
            "the promise without a receipt is no purchase"
        );
        home.remove_purchase(bought[0].id).unwrap();
        home.lock().unwrap();
        let home = agent.unlock(None, &passphrase).unwrap();
        assert_eq!(home.purchases("", None, None).unwrap(), bought[1..]);
    }
}
