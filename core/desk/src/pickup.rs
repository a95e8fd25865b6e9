//! Looking up what was agreed by the pick-up code that a customer says at the counter. The code is computed from the
//! customer's commitment on both sides, so nothing is stored for it.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;
use serde::Serialize;
use tekram_intent::{PickupCode, pickup_code};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::record::{RecordId, SignedRecord};
use tekram_primitives::time::Timestamp;
use tekram_primitives::wire::Offer;
use tekram_vault::Vault;

use crate::error::DeskError;

/// A confirmed order, for handing it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pickup {
    /// The code, as it is shown.
    pub pickup_code: String,
    /// Record id of the customer's commitment.
    pub commitment: String,
    /// Record id of the agreement.
    pub agreement: String,
    /// SHA-256 (hex) of its bytes: the same on the customer's side.
    pub sha256: String,
    /// Record id of the offer.
    pub offer: String,
    /// What was sold.
    pub item: String,
    /// How many.
    pub quantity: u32,
    /// Price for all of it.
    pub price_minor: i64,
    /// Its currency.
    pub currency: String,
    /// When the customer's acceptance came.
    pub accepted: Timestamp,
    /// Whether ecash for it was redeemed; else it is paid at the counter.
    pub paid: bool,
}

/// The confirmed order with this code, as it was typed.
///
/// # Errors
/// `bad_pickup_code` when it was mistyped, `no_such_pickup`, or the vault's.
pub fn find_pickup(vault: &Vault, typed: &str) -> Result<Pickup, DeskError> {
    let code: PickupCode = typed.parse()?;
    let commitment = vault.read(|connection| {
        let mut query = connection.prepare("SELECT commitment_id FROM desk_order WHERE state = 'confirmed'")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let id = record_id(&row.get::<_, String>(0)?)?;
            if pickup_code(&id) == code {
                return Ok(id);
            }
        }
        Err(DeskError::NoSuchPickup)
    })?;
    read(vault, &commitment)?.ok_or(DeskError::NoSuchPickup)
}

fn read(vault: &Vault, commitment: &RecordId) -> Result<Option<Pickup>, DeskError> {
    let row = vault.read(|connection| {
        Ok::<_, DeskError>(
            connection
                .query_row(
                    "SELECT o.agreement, o.received_ms, a.offer, a.quantity, EXISTS (SELECT 1 FROM desk_payment p \
                     WHERE p.commitment_id = o.commitment_id AND p.state = 'redeemed') \
                     FROM desk_order o JOIN desk_answer a ON a.offer_id = o.offer_id WHERE o.commitment_id = ?1",
                    [commitment.as_str()],
                    |row| {
                        Ok((
                            row.get::<_, Vec<u8>>(0)?,
                            row.get::<_, i64>(1)?,
                            row.get::<_, Vec<u8>>(2)?,
                            row.get::<_, u32>(3)?,
                            row.get::<_, bool>(4)?,
                        ))
                    },
                )
                .optional()?,
        )
    })?;
    let Some((proposal, received_ms, offer, quantity, paid)) = row else {
        return Ok(None);
    };
    let offer = SignedRecord::parse(&offer)?;
    let agreement = tekram_relate::get(vault, &SignedRecord::parse(&proposal)?.id()?)?;
    let sold: Offer = offer.body()?;
    Ok(Some(Pickup {
        pickup_code: pickup_code(commitment).to_string(),
        commitment: commitment.to_string(),
        agreement: agreement.id.to_string(),
        sha256: sha256_hex(&agreement.record),
        offer: offer.id()?.to_string(),
        item: sold.item,
        quantity,
        price_minor: sold.price.amount_minor,
        currency: sold.price.asset.code().to_owned(),
        accepted: Timestamp::from_millis(received_ms),
        paid,
    }))
}

/// The codes of confirmed orders by the record id of their offer: an offer is sold once.
pub(crate) fn codes_by_offer(vault: &Vault) -> Result<BTreeMap<String, String>, DeskError> {
    vault.read(|connection| {
        let mut query =
            connection.prepare("SELECT offer_id, commitment_id FROM desk_order WHERE state = 'confirmed'")?;
        let mut rows = query.query([])?;
        let mut codes = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let id = record_id(&row.get::<_, String>(1)?)?;
            codes.insert(row.get(0)?, pickup_code(&id).to_string());
        }
        Ok(codes)
    })
}

fn record_id(kept: &str) -> Result<RecordId, DeskError> {
    kept.parse().map_err(|_| DeskError::Damaged { what: "order" })
}
