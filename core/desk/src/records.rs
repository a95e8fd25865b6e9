//! The signed records that a desk keeps: agreements with both signatures, and the receipts it gave.

use rusqlite::OptionalExtension;
use serde::Serialize;
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::record::RecordId;
use tekram_primitives::time::Timestamp;
use tekram_relate::{NegotiationStatus, RelateError};
use tekram_vault::Vault;

use crate::error::DeskError;
use crate::pickup::codes_by_offer;

/// Agreements read at a time.
const PAGE: u32 = 500;

/// A record that a desk keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptRecord {
    /// Record id.
    pub record: String,
    /// `agreement` or `receipt`.
    pub kind: &'static str,
    /// SHA-256 (hex) of its bytes: the same on the other side.
    pub sha256: String,
    /// When it was made.
    pub made: Timestamp,
    /// What the customer says at the counter, when it is the agreement on an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pickup_code: Option<String>,
}

/// All agreements and receipts, oldest first.
///
/// # Errors
/// The vault's.
pub fn records(vault: &Vault) -> Result<Vec<KeptRecord>, DeskError> {
    let mut found = receipts(vault)?;
    let mut codes = codes_by_offer(vault)?;
    let mut offset = 0;
    loop {
        let page = tekram_relate::list(vault, PAGE, offset)?;
        let read = u32::try_from(page.len()).unwrap_or(PAGE);
        for kept in page {
            if kept.status == NegotiationStatus::Accepted {
                found.push(KeptRecord {
                    record: kept.id.to_string(),
                    kind: "agreement",
                    sha256: sha256_hex(&kept.record),
                    made: kept.decided.unwrap_or(kept.proposed),
                    pickup_code: kept.about.and_then(|offer| codes.remove(offer.as_str())),
                });
            }
        }
        if read < PAGE {
            break;
        }
        offset += read;
    }
    found.sort_by(|a, b| (a.made, &a.record).cmp(&(b.made, &b.record)));
    Ok(found)
}

fn receipts(vault: &Vault) -> Result<Vec<KeptRecord>, DeskError> {
    vault.read(|connection| {
        let mut statement =
            connection.prepare("SELECT receipt_id, receipt, redeemed_ms FROM desk_payment WHERE state = 'redeemed'")?;
        let rows = statement.query_map([], |row| {
            Ok(KeptRecord {
                record: row.get(0)?,
                kind: "receipt",
                sha256: sha256_hex(&row.get::<_, Vec<u8>>(1)?),
                made: Timestamp::from_millis(row.get(2)?),
                pickup_code: None,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}

/// The bytes of an agreement or receipt, exactly as the other side has them.
///
/// # Errors
/// `no_such_record`, or the vault's.
pub fn record_bytes(vault: &Vault, record: &str) -> Result<Vec<u8>, DeskError> {
    let id: RecordId = record.parse().map_err(|_| DeskError::NoSuchRecord)?;
    match tekram_relate::get(vault, &id) {
        Ok(kept) if kept.status == NegotiationStatus::Accepted => return Ok(kept.record),
        Ok(_) | Err(RelateError::NoSuchAgreement) => {}
        Err(error) => return Err(error.into()),
    }
    vault.read(|connection| {
        connection
            .query_row(
                "SELECT receipt FROM desk_payment WHERE receipt_id = ?1 AND state = 'redeemed'",
                [id.as_str()],
                |row| row.get(0),
            )
            .optional()?
            .ok_or(DeskError::NoSuchRecord)
    })
}
