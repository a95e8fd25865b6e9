//! Credentials that others issued about the person: kept as they came, believed only after the issuer's signature was
//! checked, shown in part to one verifier at a time with an entry in the audit, and never after they were revoked or ended.
//!
//! What has to be fetched (an issuer's key, a status list) is fetched by the caller; here are the bytes judged.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde_json::{Map, Value};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::credential::{
    CredentialError, CredentialStatus, PublicKey, SdJwtVc, StatusRef, StatusType, W3cCredential, bitstring_status,
    token_status,
};
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_primitives::time::Timestamp;

use crate::attribute::{check_text, one};
use crate::audit::{AuditEvent, AuditKind};
use crate::change::Scope;
use crate::error::VaultError;
use crate::holding_error::HoldingError;
use crate::schema::RoomSchema;
use crate::vault::Vault;

/// The tables.
pub(crate) const SCHEMA: RoomSchema = RoomSchema {
    room: "vault_credential",
    migrations: &["
        CREATE TABLE vault_credential (
            id TEXT PRIMARY KEY NOT NULL,
            format TEXT NOT NULL CHECK (format IN ('sd_jwt_vc', 'w3c_vc')),
            type TEXT NOT NULL,
            issuer TEXT NOT NULL,
            issuer_key TEXT NOT NULL DEFAULT '',
            relation TEXT NOT NULL DEFAULT '',
            expires_ms INTEGER,
            content TEXT NOT NULL,
            added_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE vault_credential_status (
            credential TEXT NOT NULL REFERENCES vault_credential (id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            uri TEXT NOT NULL,
            place INTEGER NOT NULL CHECK (place >= 0),
            status TEXT NOT NULL DEFAULT 'unknown',
            checked_ms INTEGER,
            PRIMARY KEY (credential, kind, uri, place)
        ) STRICT, WITHOUT ROWID;
    "],
};

impl Scope {
    /// A credential was added or removed, or its status was asked.
    pub const CREDENTIAL: Self = Self("vault_credential");
}

/// A credential that was read.
enum Read {
    SdJwtVc(Box<SdJwtVc>),
    W3c(Box<W3cCredential>),
}

/// How a credential is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialFormat {
    /// SD-JWT VC: can be shown in part.
    SdJwtVc,
    /// W3C Verifiable Credential 2.0 with `eddsa-jcs-2022`: can be shown as a whole only.
    W3cVc,
}

/// Where a credential's status is kept, and what was said there last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// The list and the place in it.
    pub place: StatusRef,
    /// `unknown`, `valid`, `revoked`, `suspended` or `other`.
    pub status: String,
    /// When it was asked.
    pub checked: Option<Timestamp>,
}

/// A credential as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialEntry {
    /// SHA-256 of what was issued, in hexadecimal.
    pub id: String,
    /// How it is written.
    pub format: CredentialFormat,
    /// What kind it is: `vct`, or the W3C types with spaces between.
    pub credential_type: String,
    /// Who issued it.
    pub issuer: String,
    /// The relation whose key it is bound to; empty when it is bound to none.
    pub relation: String,
    /// Until when it is valid.
    pub expires: Option<Timestamp>,
    /// Its status lists; none when it cannot be revoked.
    pub status: Vec<StatusEntry>,
    /// When it was added.
    pub added: Timestamp,
}

/// To whom, and what.
#[derive(Clone, Debug)]
pub struct CredentialRequest<'a> {
    /// The claims to show, by their paths ([`tekram_primitives::credential::Disclosable`]); none for a W3C credential.
    pub paths: &'a [&'a str],
    /// Who asked, as it names itself (`aud`).
    pub audience: &'a str,
    /// The question's random text.
    pub nonce: &'a str,
    /// Who it is, as the person knows them; for the audit.
    pub who: &'a str,
    /// The relation's or party's id; for the audit.
    pub party: &'a str,
}

impl Vault {
    /// Keeps a credential after checking its issuer's signature and time. `issuer_key` is what
    /// [`tekram_primitives::credential::key_source`] led to; a W3C credential brings its own. A credential that is bound to
    /// a key must be bound to `holder`, the key of `relation`. Fails with the credential's refusals and `held_already`.
    pub fn add_credential(
        &self,
        content: &str,
        issuer_key: Option<&PublicKey>,
        holder: Option<(&str, &DidKey)>,
        now: Timestamp,
    ) -> Result<CredentialEntry, VaultError> {
        self.write(Scope::CREDENTIAL, |transaction| {
            insert(transaction, content, issuer_key, holder, now)
        })
    }

    /// The credentials, in the order in which they were added.
    pub fn credentials(&self) -> Result<Vec<CredentialEntry>, VaultError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id FROM vault_credential ORDER BY added_ms, id")?;
            let ids: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            ids.iter().map(|id| entry(connection, id)).collect()
        })
    }

    /// One credential. Fails with `no_such_holding`.
    pub fn credential(&self, id: &str) -> Result<CredentialEntry, VaultError> {
        self.read(|connection| entry(connection, id))
    }

    /// What a credential says: its claims with everything that can be disclosed. Fails with `no_such_holding`.
    pub fn credential_claims(&self, id: &str) -> Result<Map<String, Value>, VaultError> {
        self.read(|connection| {
            Ok(match read_content(&stored(connection, id)?.0)? {
                Read::SdJwtVc(vc) => vc.sd_jwt().claims().clone(),
                Read::W3c(vc) => vc.document().clone(),
            })
        })
    }

    /// The credential as it was issued, to move it elsewhere or to look which claims can be shown. Fails with
    /// `no_such_holding`. Showing it to somebody is [`Vault::disclose_credential`].
    pub fn credential_content(&self, id: &str) -> Result<String, VaultError> {
        self.read(|connection| Ok(stored(connection, id)?.0))
    }

    /// Makes what a verifier gets, and writes it into the audit before it is handed out. `holder` is the key of the
    /// relation that the credential is bound to. Fails with `no_such_holding`, `credential_revoked` when a list said so (or
    /// suspended), `credential_expired`, `no_such_claim`, `not_credential_holder`.
    pub fn disclose_credential(
        &self,
        id: &str,
        request: &CredentialRequest<'_>,
        holder: &SigningKey,
        now: Timestamp,
    ) -> Result<String, VaultError> {
        check_text("audience", request.audience, 1, 2000)?;
        check_text("nonce", request.nonce, 1, 2000)?;
        self.write(Scope::CREDENTIAL, |transaction| {
            let known = entry(transaction, id)?;
            if known
                .status
                .iter()
                .any(|status| matches!(status.status.as_str(), "revoked" | "suspended"))
            {
                return Err(HoldingError::CredentialRevoked.into());
            }
            let (content, issuer_key) = stored(transaction, id)?;
            let read = read_content(&content)?;
            verify(&read, issuer_key.as_ref(), now)?;
            let shown = match &read {
                Read::SdJwtVc(vc) => vc.present(request.paths, request.audience, request.nonce, holder, now)?,
                Read::W3c(_) if request.paths.is_empty() => content,
                Read::W3c(_) => return Err(CredentialError::NoSuchClaim.into()),
            };
            let what = match read {
                Read::SdJwtVc(_) => format!("{}: {}", known.credential_type, request.paths.join(" ")),
                Read::W3c(_) => known.credential_type,
            };
            AuditEvent::new(AuditKind::Disclosure)
                .who(format!("{} {}", request.who, request.audience).trim())
                .party(request.party)
                .record(id)
                .what(what.trim_end_matches([':', ' ']))
                .append(transaction, now)?;
            Ok(shown)
        })
    }

    /// Judges a status list that was fetched for a credential, and keeps what it says. `list_key` is wanted where somebody
    /// else than the credential's issuer signs a token status list. Fails with `no_such_holding` when the credential has no
    /// such place, and with the list's refusals; then what was known stays.
    pub fn note_credential_status(
        &self,
        id: &str,
        place: &StatusRef,
        fetched: &[u8],
        list_key: Option<&PublicKey>,
        now: Timestamp,
    ) -> Result<CredentialStatus, VaultError> {
        let (known, (_, issuer_key)) =
            self.read(|connection| Ok::<_, VaultError>((entry(connection, id)?, stored(connection, id)?)))?;
        let status = match &place.kind {
            StatusType::Token => {
                let key = list_key
                    .or(issuer_key.as_ref())
                    .ok_or(CredentialError::UnknownIssuerKey)?;
                token_status(fetched, place, key, now)?
            }
            StatusType::Bitstring { .. } => bitstring_status(fetched, place, &known.issuer, now)?,
        };
        self.write(Scope::CREDENTIAL, |transaction| {
            let noted = transaction.execute(
                "UPDATE vault_credential_status SET status = ?5, checked_ms = ?6
                 WHERE credential = ?1 AND kind = ?2 AND uri = ?3 AND place = ?4",
                params![
                    id,
                    kind_text(&place.kind),
                    place.uri,
                    index(place)?,
                    status.name(),
                    now.millis()
                ],
            )?;
            one(noted)?;
            Ok(status)
        })
    }

    /// Removes a credential; attributes that it verified stand no more. Fails with `no_such_holding`.
    pub fn remove_credential(&self, id: &str, now: Timestamp) -> Result<(), VaultError> {
        self.write(Scope::CREDENTIAL, |transaction| remove(transaction, id, now))
    }
}

/// Keeps a credential in a transaction, after checking it.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    content: &str,
    issuer_key: Option<&PublicKey>,
    holder: Option<(&str, &DidKey)>,
    now: Timestamp,
) -> Result<CredentialEntry, VaultError> {
    let content = content.trim();
    let read = read_content(content)?;
    verify(&read, issuer_key, now)?;
    let bound = bound_to(&read, holder.map(|(_, key)| key))?;
    let relation = holder.filter(|_| bound).map_or("", |(relation, _)| relation);
    check_text("relation", relation, 0, 255)?;
    let issuer_key = issuer_key.map(|key| key.to_jwk().to_string()).unwrap_or_default();
    let (format, credential_type, issuer, expires, places) = match &read {
        Read::SdJwtVc(vc) => (
            "sd_jwt_vc",
            vc.credential_type().to_owned(),
            vc.issuer(),
            vc.expires(),
            vc.status().into_iter().cloned().collect(),
        ),
        Read::W3c(vc) => (
            "w3c_vc",
            vc.types().join(" "),
            vc.issuer(),
            vc.expires(),
            vc.status().to_vec(),
        ),
    };
    let id = id_of(content);
    let inserted = transaction.execute(
        "INSERT INTO vault_credential (id, format, type, issuer, issuer_key, relation, expires_ms, content, added_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING",
        params![
            id,
            format,
            credential_type,
            issuer,
            issuer_key,
            relation,
            expires.map(|expires| expires.millis()),
            content,
            now.millis()
        ],
    )?;
    if inserted == 0 {
        return Err(HoldingError::HeldAlready.into());
    }
    for place in &places {
        insert_status(transaction, &id, place)?;
    }
    AuditEvent::new(AuditKind::CredentialAdded)
        .who(issuer)
        .record(id.as_str())
        .what(credential_type.as_str())
        .append(transaction, now)?;
    entry(transaction, &id)
}

/// The id that a credential has, or would have.
pub(crate) fn id_of(content: &str) -> String {
    sha256_hex(content.trim().as_bytes())
}

/// Whether a credential of this content is kept.
pub(crate) fn is_kept(connection: &Connection, content: &str) -> Result<Option<i64>, VaultError> {
    let row = connection
        .prepare_cached("SELECT rowid FROM vault_credential WHERE id = ?1")?
        .query_row([id_of(content)], |row| row.get(0));
    Ok(row.optional()?)
}

/// Removes a credential in a transaction; attributes that it verified stand no more.
pub(crate) fn remove(transaction: &Transaction<'_>, id: &str, now: Timestamp) -> Result<(), VaultError> {
    let known = entry(transaction, id)?;
    transaction.execute(
        "UPDATE vault_attribute SET until_ms = ?2 WHERE source = 'verified' AND source_id = ?1 AND until_ms IS NULL",
        params![id, now.millis()],
    )?;
    transaction.execute("DELETE FROM vault_credential WHERE id = ?1", [id])?;
    AuditEvent::new(AuditKind::CredentialRemoved)
        .who(known.issuer)
        .record(id)
        .what(known.credential_type)
        .append(transaction, now)?;
    Ok(())
}

/// Whether a credential in the vault says each of these texts somewhere. Fails with `no_such_holding` when there is none.
pub(crate) fn says(connection: &Connection, id: &str, texts: &[&str]) -> Result<bool, VaultError> {
    let read = read_content(&stored(connection, id)?.0)?;
    let mut said = BTreeSet::new();
    match &read {
        Read::SdJwtVc(vc) => vc
            .sd_jwt()
            .claims()
            .values()
            .for_each(|value| collect(value, &mut said)),
        Read::W3c(vc) => vc
            .document()
            .get("credentialSubject")
            .into_iter()
            .for_each(|value| collect(value, &mut said)),
    }
    Ok(texts.iter().all(|text| text.is_empty() || said.contains(text)))
}

fn collect<'a>(value: &'a Value, said: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => {
            said.insert(text);
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, said)),
        Value::Object(members) => members.values().for_each(|member| collect(member, said)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// JSON is a W3C credential, anything else an SD-JWT.
fn read_content(content: &str) -> Result<Read, VaultError> {
    Ok(if content.starts_with('{') {
        Read::W3c(Box::new(W3cCredential::parse(content.as_bytes())?))
    } else {
        Read::SdJwtVc(Box::new(SdJwtVc::parse(content)?))
    })
}

fn verify(read: &Read, issuer_key: Option<&PublicKey>, now: Timestamp) -> Result<(), VaultError> {
    match (read, issuer_key) {
        (Read::SdJwtVc(vc), Some(key)) => Ok(vc.verify(key, now)?),
        (Read::SdJwtVc(_), None) => Err(CredentialError::UnknownIssuerKey.into()),
        (Read::W3c(vc), _) => Ok(vc.verify(now)?),
    }
}

/// Whether it is bound to a key, which must then be the holder's.
fn bound_to(read: &Read, holder: Option<&DidKey>) -> Result<bool, VaultError> {
    let bound = match read {
        Read::SdJwtVc(vc) => vc.holder().copied(),
        // The subject's `did:key`, if the credential is about one.
        Read::W3c(vc) => match vc
            .document()
            .get("credentialSubject")
            .and_then(|subject| subject.get("id"))
        {
            Some(Value::String(id)) if id.starts_with("did:key:") => PublicKey::from_did(id)?,
            _ => None,
        },
    };
    match (bound, holder) {
        (None, _) => Ok(false),
        (Some(bound), Some(holder)) if bound == PublicKey::Ed25519(*holder) => Ok(true),
        (Some(_), _) => Err(CredentialError::NotHolder.into()),
    }
}

/// Content and issuer's key.
fn stored(connection: &Connection, id: &str) -> Result<(String, Option<PublicKey>), VaultError> {
    let (content, jwk): (String, String) = connection
        .prepare_cached("SELECT content, issuer_key FROM vault_credential WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(HoldingError::NoSuchHolding)?;
    let key = match serde_json::from_str(&jwk) {
        Ok(Value::Object(jwk)) => Some(PublicKey::from_jwk(&jwk)?),
        _ => None,
    };
    Ok((content, key))
}

fn entry(connection: &Connection, id: &str) -> Result<CredentialEntry, VaultError> {
    let mut entry = connection
        .prepare_cached(
            "SELECT id, format, type, issuer, relation, expires_ms, added_ms FROM vault_credential WHERE id = ?1",
        )?
        .query_row([id], read_entry)
        .optional()?
        .ok_or(HoldingError::NoSuchHolding)?;
    let mut statement = connection.prepare_cached(
        "SELECT kind, uri, place, status, checked_ms FROM vault_credential_status WHERE credential = ?1
         ORDER BY kind, uri, place",
    )?;
    let places = statement.query_map([id], |row| {
        let (kind, place, checked_ms): (String, i64, Option<i64>) = (row.get(0)?, row.get(2)?, row.get(4)?);
        let kind = match kind.strip_prefix("bitstring:") {
            Some(purpose) => StatusType::Bitstring {
                purpose: purpose.to_owned(),
            },
            None => StatusType::Token,
        };
        Ok(StatusEntry {
            place: StatusRef {
                kind,
                uri: row.get(1)?,
                index: place.unsigned_abs(),
            },
            status: row.get(3)?,
            checked: checked_ms.map(Timestamp::from_millis),
        })
    })?;
    entry.status = places.collect::<Result<_, _>>()?;
    Ok(entry)
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<CredentialEntry> {
    let (format, expires_ms): (String, Option<i64>) = (row.get(1)?, row.get(5)?);
    Ok(CredentialEntry {
        id: row.get(0)?,
        format: if format == "w3c_vc" {
            CredentialFormat::W3cVc
        } else {
            CredentialFormat::SdJwtVc
        },
        credential_type: row.get(2)?,
        issuer: row.get(3)?,
        relation: row.get(4)?,
        expires: expires_ms.map(Timestamp::from_millis),
        status: Vec::new(),
        added: Timestamp::from_millis(row.get(6)?),
    })
}

fn insert_status(transaction: &Transaction<'_>, id: &str, place: &StatusRef) -> Result<(), VaultError> {
    transaction.execute(
        "INSERT INTO vault_credential_status (credential, kind, uri, place) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
        params![id, kind_text(&place.kind), place.uri, index(place)?],
    )?;
    Ok(())
}

fn kind_text(kind: &StatusType) -> String {
    match kind {
        StatusType::Token => "token".to_owned(),
        StatusType::Bitstring { purpose } => format!("bitstring:{purpose}"),
    }
}

fn index(place: &StatusRef) -> Result<i64, HoldingError> {
    i64::try_from(place.index).map_err(|_| HoldingError::BadField { field: "status" })
}
