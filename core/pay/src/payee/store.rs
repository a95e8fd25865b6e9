//! Reading payees from the vault, for screens and for the statement.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use tekram_primitives::secret::Secret32;
use tekram_primitives::time::Timestamp;
use tekram_vault::Vault;

use super::{Evidence, PayableSource, Payee};
use crate::error::PayError;
use crate::method::{Method, RailKind, RailsOff};
use crate::statement::{PayeeFacts, Share, Way};

/// All payees, by name.
///
/// # Errors
/// Those of the vault.
pub fn payees(vault: &Vault) -> Result<Vec<Payee>, PayError> {
    vault.read(|db| {
        let mut query = db.prepare_cached("SELECT payee_id FROM pay_payee ORDER BY name, payee_id")?;
        let ids = query
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        ids.iter()
            .map(|id| payee_in(db, id)?.ok_or(PayError::NoSuchPayee))
            .collect()
    })
}

/// One payee.
///
/// # Errors
/// `no_such_payee`.
pub fn payee(vault: &Vault, payee_id: &str) -> Result<Payee, PayError> {
    vault.read(|db| payee_in(db, payee_id)?.ok_or(PayError::NoSuchPayee))
}

fn payee_in(db: &Connection, payee_id: &str) -> Result<Option<Payee>, PayError> {
    let head: Option<(String, String)> = db
        .prepare_cached("SELECT name, identity FROM pay_payee WHERE payee_id = ?1")?
        .query_row([payee_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((name, identity)) = head else {
        return Ok(None);
    };
    let changed: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM pay_method WHERE payee_id = ?1 AND status = 'held')
                 OR EXISTS (SELECT 1 FROM pay_payable p JOIN pay_payable h
                            ON h.source_key = p.source_key AND h.item_guid = p.item_guid AND h.held = 1
                            WHERE p.payee_id = ?1 AND p.held = 0)",
        )?
        .query_row([payee_id], |row| row.get(0))?;
    let sources = db
        .prepare_cached(
            "SELECT source_key, item_guid, split, fee FROM pay_payable WHERE payee_id = ?1 AND held = 0
             ORDER BY source_key, item_guid",
        )?
        .query_map([payee_id], |row| {
            Ok(PayableSource {
                source: row.get(0)?,
                item: row.get(1)?,
                split: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                fee: row.get(3)?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let evidence = db
        .prepare_cached(
            "SELECT url, element, sha256, fetched_ms FROM pay_evidence WHERE payee_id = ?1 ORDER BY evidence_no",
        )?
        .query_map([payee_id], |row| {
            Ok(Evidence {
                url: row.get(0)?,
                element: row.get(1)?,
                sha256: row.get(2)?,
                fetched: Timestamp::from_millis(row.get(3)?),
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Payee {
        payee_id: payee_id.to_owned(),
        name,
        identity,
        methods: methods(db, payee_id, "used")?,
        changed,
        sources,
        evidence,
    }))
}

/// Methods of a payee with this status, in the order in which they were published.
pub(crate) fn methods(db: &Connection, payee_id: &str, status: &str) -> Result<Vec<Method>, PayError> {
    let mut query =
        db.prepare_cached("SELECT body FROM pay_method WHERE payee_id = ?1 AND status = ?2 ORDER BY method_no")?;
    let mut rows = query.query(params![payee_id, status])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        found.push(serde_json::from_str(&body).map_err(|_| PayError::Stored { what: "payment method" })?);
    }
    Ok(found)
}

/// What the division needs to know of these payees, when methods over some kinds of rails do not count.
pub(crate) fn facts<'a>(
    db: &Connection,
    ids: impl IntoIterator<Item = &'a str>,
    off: &RailsOff,
) -> Result<BTreeMap<String, PayeeFacts>, PayError> {
    let mut found = BTreeMap::new();
    for id in ids.into_iter().collect::<BTreeSet<_>>() {
        let name: Option<String> = db
            .prepare_cached("SELECT name FROM pay_payee WHERE payee_id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        if let Some(name) = name {
            found.insert(
                id.to_owned(),
                PayeeFacts {
                    name,
                    way: way(&methods(db, id, "used")?, off),
                },
            );
        }
    }
    Ok(found)
}

/// How a payee with these methods can be paid today.
pub(crate) fn way(methods: &[Method], off: &RailsOff) -> Way {
    methods
        .iter()
        .map(|method| match method.rail_kind() {
            Some(kind) if off.contains(&kind) => Way::RailOff,
            Some(RailKind::Cashu) => Way::Rail,
            Some(RailKind::HandOff) => Way::HandOff,
            None => Way::NoRail,
        })
        .min_by_key(|way| match way {
            Way::Rail => 0,
            Way::HandOff => 1,
            Way::RailOff => 2,
            Way::NoRail => 3,
            Way::NoMethod => 4,
        })
        .unwrap_or(Way::NoMethod)
}

/// Who is payable for a source, or for an item that has payees of its own. `None` when the item has none of its own.
pub(crate) fn shares(db: &Connection, source: &str, item: &str) -> Result<Vec<Share>, PayError> {
    Ok(db
        .prepare_cached(
            "SELECT payee_id, split, fee FROM pay_payable WHERE source_key = ?1 AND item_guid = ?2 AND held = 0
             ORDER BY payee_id, fee",
        )?
        .query_map(params![source, item], |row| {
            Ok(Share {
                payee_id: row.get(0)?,
                split: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
                fee: row.get(2)?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()?)
}

/// The pairwise keys towards one payee, derived from a random relation id: nothing links two relations.
#[derive(Debug)]
pub(crate) struct Relation {
    /// Seed of the Ed25519 key that signs commitments.
    pub(crate) signing: Secret32,
    /// Secret of the Nostr key that deliveries are sealed with.
    pub(crate) nostr: Secret32,
}

pub(crate) fn relation(vault: &Vault, payee_id: &str) -> Result<Relation, PayError> {
    vault.read(|db| relation_in(vault, db, payee_id))
}

pub(crate) fn relation_in(vault: &Vault, db: &Connection, payee_id: &str) -> Result<Relation, PayError> {
    let relation_id: String = db
        .prepare_cached("SELECT relation_id FROM pay_payee WHERE payee_id = ?1")?
        .query_row([payee_id], |row| row.get(0))
        .optional()?
        .ok_or(PayError::NoSuchPayee)?;
    Ok(Relation {
        signing: vault.derive(&format!("tekram/v1/relation/{relation_id}/ed25519"))?,
        nostr: vault.derive(&format!("tekram/v1/relation/{relation_id}/nostr"))?,
    })
}
