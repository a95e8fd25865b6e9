//! What the desks keep, in their own books: read after they have closed, because one process holds a vault at a time.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cast::{DESKS, Desk, Role};
use crate::error::{Told, While};
use crate::place::Place;
use crate::reading::{field, list, number, text};
use crate::stage::ask;

/// What the makers redeemed for these commitments, by the receipts that they keep, minor units. Writes the receipts
/// beside the person's records.
///
/// # Errors
/// When a desk's books cannot be read.
pub fn redeemed_minor(place: &Place, commitments: &BTreeSet<String>) -> Told<i64> {
    let mut sum = 0;
    for desk in DESKS.iter().filter(|desk| matches!(desk.role, Role::Maker { .. })) {
        let kept: Value =
            serde_json::from_slice(&ask(desk, place, &["--json", "records"])?).during("a desk's records")?;
        for entry in list(&kept, "records")?
            .iter()
            .filter(|entry| field(entry, "kind") == "receipt")
        {
            let record = text(entry, "record")?;
            let file = place
                .records()
                .join(format!("receipt-{}-{}.json", short(record), desk.id));
            let receipt: Value = serde_json::from_slice(&export(desk, place, record, &file)?).during("a receipt")?;
            if commitments.contains(text(&receipt, "commitment")?) {
                sum += number(&receipt, "amount/value")?;
            }
        }
    }
    Ok(sum)
}

/// A desk's own copy of an agreement, byte for byte; also written to a file.
///
/// # Errors
/// When the desk does not have it.
pub fn agreement(desk: &Desk, place: &Place, record: &str) -> Told<Vec<u8>> {
    export(desk, place, record, &agreement_file(place, record, desk.id))
}

/// Where one side's copy of an agreement is written.
pub fn agreement_file(place: &Place, record: &str, side: &str) -> PathBuf {
    place.records().join(format!("agreement-{}-{side}.json", short(record)))
}

fn export(desk: &Desk, place: &Place, record: &str, file: &Path) -> Told<Vec<u8>> {
    ask(desk, place, &["export", record, &file.display().to_string()])?;
    fs::read(file).during(format!("cannot read {}", file.display()))
}

/// As much of an id as names it.
fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
