//! Cards and clubs the person belongs to, with the code that a till scans, and what the person likes, avoids or needs.

use rusqlite::{Row, Transaction, params};
use serde::{Deserialize, Serialize};
use tekram_primitives::time::Timestamp;

use crate::attribute::{check_date, check_text, from_json, one};
use crate::blob::BlobId;
use crate::change::Scope;
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::schema::RoomSchema;
use crate::vault::Vault;

/// The tables.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "vault_membership",
    migrations: &["
        CREATE TABLE vault_membership (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            organisation TEXT NOT NULL,
            programme TEXT NOT NULL DEFAULT '',
            number TEXT NOT NULL DEFAULT '',
            tier TEXT NOT NULL DEFAULT '',
            barcode_format TEXT NOT NULL DEFAULT '',
            barcode_text TEXT NOT NULL DEFAULT '',
            valid_from TEXT,
            valid_until TEXT,
            picture TEXT REFERENCES vault_blob (id),
            batch INTEGER,
            added_ms INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX vault_membership_picture ON vault_membership (picture) WHERE picture IS NOT NULL;
        CREATE TABLE vault_membership_preference (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            topic TEXT NOT NULL,
            value TEXT NOT NULL,
            stance TEXT NOT NULL,
            batch INTEGER,
            added_ms INTEGER NOT NULL,
            UNIQUE (topic, value)
        ) STRICT;
    "],
};

/// A card or club (schema.org `ProgramMembership`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Membership {
    /// Whose it is (`hostingOrganization`).
    #[serde(rename = "hostingOrganization")]
    pub organisation: String,
    /// What it is called (`programName`).
    #[serde(rename = "programName")]
    pub programme: String,
    /// The member's number (`membershipNumber`).
    #[serde(rename = "membershipNumber")]
    pub number: String,
    /// Which tier, if there are several.
    pub tier: String,
    /// The kind of bar code: `EAN_13`, `QR_CODE`; empty when there is none.
    pub barcode_format: String,
    /// What the bar code says.
    pub barcode_text: String,
    /// First day, if there is one.
    pub valid_from: Option<String>,
    /// Last day, if there is one.
    pub valid_until: Option<String>,
    /// A photo of the card.
    pub picture: Option<BlobId>,
}

/// A membership with its number in this vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipEntry {
    /// Its number in this vault.
    pub id: i64,
    /// What it says.
    pub membership: Membership,
    /// The batch of the holding pen that it came with.
    pub batch: Option<i64>,
}

/// How the person stands to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Likes it.
    Likes,
    /// Avoids it.
    Avoids,
    /// Cannot do without it.
    Needs,
}

/// A preference: `diet`, `gluten`, avoids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// What it is about.
    pub topic: String,
    /// Which of it.
    pub value: String,
    /// How the person stands to it.
    pub stance: Stance,
}

/// A preference with its number in this vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreferenceEntry {
    /// Its number in this vault.
    pub id: i64,
    /// What it says.
    pub preference: Preference,
    /// The batch of the holding pen that it came with.
    pub batch: Option<i64>,
}

impl Vault {
    /// Keeps a membership; returns its id. Fails with `bad_field`, and `no_such_blob` for the picture.
    pub fn add_membership(&self, membership: &Membership, now: Timestamp) -> Result<i64, VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            insert_membership(transaction, membership, None, now)
        })
    }

    /// The memberships, by organisation.
    pub fn memberships(&self) -> Result<Vec<MembershipEntry>, VaultError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, batch, organisation, programme, number, tier, barcode_format, barcode_text, valid_from,
                    valid_until, picture FROM vault_membership ORDER BY organisation, id",
            )?;
            let rows = statement.query_map([], read_membership)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Removes a membership; its picture stays a file of the vault. Fails with `no_such_holding`.
    pub fn remove_membership(&self, id: i64) -> Result<(), VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            one(transaction.execute("DELETE FROM vault_membership WHERE id = ?1", [id])?)
        })
    }

    /// Keeps a preference, in the place of one about the same; returns its id. Fails with `bad_field`.
    pub fn set_preference(&self, preference: &Preference, now: Timestamp) -> Result<i64, VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            transaction.execute(
                "DELETE FROM vault_membership_preference WHERE topic = ?1 AND value = ?2",
                params![preference.topic, preference.value],
            )?;
            insert_preference(transaction, preference, None, now)
        })
    }

    /// The preferences, by topic.
    pub fn preferences(&self) -> Result<Vec<PreferenceEntry>, VaultError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, batch, topic, value, stance FROM vault_membership_preference ORDER BY topic, value",
            )?;
            let rows = statement.query_map([], read_preference)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Removes a preference. Fails with `no_such_holding`.
    pub fn remove_preference(&self, id: i64) -> Result<(), VaultError> {
        self.write(Scope::HOLDING, |transaction| {
            one(transaction.execute("DELETE FROM vault_membership_preference WHERE id = ?1", [id])?)
        })
    }
}

/// Fails with `bad_field` when something is not what it should be.
pub(crate) fn check_membership(membership: &Membership) -> Result<(), HoldingError> {
    check_text("hostingOrganization", &membership.organisation, 1, 200)?;
    check_text("programName", &membership.programme, 0, 200)?;
    check_text("membershipNumber", &membership.number, 0, 200)?;
    check_text("tier", &membership.tier, 0, 100)?;
    check_text("barcodeFormat", &membership.barcode_format, 0, 32)?;
    check_text("barcodeText", &membership.barcode_text, 0, 4000)?;
    for (field, date) in [
        ("validFrom", &membership.valid_from),
        ("validUntil", &membership.valid_until),
    ] {
        if let Some(date) = date {
            check_date(field, date)?;
        }
    }
    Ok(())
}

pub(crate) fn insert_membership(
    transaction: &Transaction<'_>,
    membership: &Membership,
    batch: Option<i64>,
    now: Timestamp,
) -> Result<i64, VaultError> {
    check_membership(membership)?;
    if let Some(picture) = &membership.picture {
        exists_blob(transaction, picture)?;
    }
    transaction.execute(
        "INSERT INTO vault_membership (organisation, programme, number, tier, barcode_format, barcode_text, valid_from,
            valid_until, picture, batch, added_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            membership.organisation,
            membership.programme,
            membership.number,
            membership.tier,
            membership.barcode_format,
            membership.barcode_text,
            membership.valid_from,
            membership.valid_until,
            membership.picture,
            batch,
            now.millis()
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// Fails with `no_such_blob`.
pub(crate) fn exists_blob(transaction: &Transaction<'_>, id: &BlobId) -> Result<(), VaultError> {
    let found: i64 = transaction.query_row(
        "SELECT count(*) FROM vault_blob WHERE id = ?1 AND finished = 1",
        [id],
        |row| row.get(0),
    )?;
    if found == 0 {
        return Err(HoldingError::NoSuchBlob.into());
    }
    Ok(())
}

/// Fails with `bad_field` when something is not what it should be.
pub(crate) fn check_preference(preference: &Preference) -> Result<(), HoldingError> {
    check_text("topic", &preference.topic, 1, 64)?;
    check_text("value", &preference.value, 1, 200)
}

/// Keeps a preference; what the person said about the same stays.
pub(crate) fn insert_preference(
    transaction: &Transaction<'_>,
    preference: &Preference,
    batch: Option<i64>,
    now: Timestamp,
) -> Result<i64, VaultError> {
    check_preference(preference)?;
    let stance = serde_json::to_string(&preference.stance).map_err(|_| HoldingError::BadField { field: "stance" })?;
    let inserted = transaction.execute(
        "INSERT INTO vault_membership_preference (topic, value, stance, batch, added_ms) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (topic, value) DO NOTHING",
        params![preference.topic, preference.value, stance, batch, now.millis()],
    )?;
    if inserted == 0 {
        return Err(HoldingError::HeldAlready.into());
    }
    Ok(transaction.last_insert_rowid())
}

fn read_membership(row: &Row<'_>) -> rusqlite::Result<MembershipEntry> {
    Ok(MembershipEntry {
        id: row.get(0)?,
        batch: row.get(1)?,
        membership: Membership {
            organisation: row.get(2)?,
            programme: row.get(3)?,
            number: row.get(4)?,
            tier: row.get(5)?,
            barcode_format: row.get(6)?,
            barcode_text: row.get(7)?,
            valid_from: row.get(8)?,
            valid_until: row.get(9)?,
            picture: row.get(10)?,
        },
    })
}

fn read_preference(row: &Row<'_>) -> rusqlite::Result<PreferenceEntry> {
    let stance: String = row.get(4)?;
    Ok(PreferenceEntry {
        id: row.get(0)?,
        batch: row.get(1)?,
        preference: Preference {
            topic: row.get(2)?,
            value: row.get(3)?,
            stance: from_json(4, &stance)?,
        },
    })
}
