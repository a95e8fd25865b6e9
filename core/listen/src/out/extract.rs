//! An extract of the log for one party: the chosen listens, each thing about them hidden under a salt of its own, signed
//! once by the key of that relation (SD-JWT VC), and shown in part. It is tied to an agreement. What is shown later fits what
//! was shown before, because it is the same signature; that any of it is true, nothing proves.
//!
//! What was signed stays in the vault with everything that opens it; each showing is an entry in the audit, written in the
//! same transaction.

use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tekram_primitives::canonical::sha256_hex;
use tekram_primitives::credential::{CredentialError, MAX_CREDENTIAL_BYTES, SdJwtVc, Selective, issue_sd_jwt_vc};
use tekram_primitives::did::SigningKey;
use tekram_primitives::time::Timestamp;
use tekram_vault::{AuditEvent, AuditKind, Scope, Vault, VaultError};

use super::choice::Choice;
use super::extract_field::ExtractField;
use crate::{Kind, ListenError};

/// What kind of statement it is (`vct`).
pub const EXTRACT_TYPE: &str = "TekramListenExtract/1";
/// Told when something was shown.
const EXTRACT: Scope = Scope("listen_extract");
/// Listens in one extract.
const MOST_LISTENS: usize = 2_000;
/// Where the listens stand in the claims.
const LISTENS: &str = "listens";

/// What an extract is of, and for whom it is made.
#[derive(Debug, Clone)]
pub struct NewExtract<'a> {
    /// Which listens. Private sessions and adverts are never among them.
    pub choice: &'a Choice,
    /// The relation's id: the party, as this persona knows it.
    pub relation: &'a str,
    /// Record id of the agreement that it is given under.
    pub agreement: &'a str,
}

/// What is shown of an extract.
#[derive(Debug, Clone)]
pub struct Showing<'a> {
    /// What of each listen.
    pub fields: &'a [ExtractField],
    /// What the party calls itself (`aud`).
    pub audience: &'a str,
    /// The party's question: a random text of its own.
    pub nonce: &'a str,
    /// Who it is, as the person knows them; for the audit.
    pub who: &'a str,
}

/// What a party gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The extract's id: the same for everything shown of it.
    pub extract_id: String,
    /// Listens in it.
    pub listens: usize,
    /// `token~disclosure~…~key binding`.
    pub presentation: String,
}

/// An extract that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extract {
    /// SHA-256 of what was signed, in hexadecimal.
    pub extract_id: String,
    /// The relation that it was made for.
    pub relation: String,
    /// The agreement that it was given under.
    pub agreement: String,
    /// First moment of the range, if it has one.
    pub from_ms: Option<i64>,
    /// End of the range, if it has one.
    pub to_ms: Option<i64>,
    /// Listens in it.
    pub listens: u64,
    /// When it was made.
    pub made_ms: i64,
    /// What was shown of it, oldest first.
    pub shown: Vec<ShownOnce>,
}

/// One showing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownOnce {
    /// When.
    pub at_ms: i64,
    /// What the party called itself.
    pub audience: String,
    /// Names of what was shown of each listen.
    pub fields: Vec<String>,
}

/// What a party would read, listen by listen; nothing is made or written.
///
/// # Errors
/// `too_many_listens`, `nothing_to_disclose`, or when the vault fails.
pub fn preview_extract(
    vault: &Vault,
    choice: &Choice,
    fields: &[ExtractField],
) -> Result<Vec<Map<String, Value>>, ListenError> {
    let listens = listens(vault, choice, fields)?;
    let told = |claims: Vec<(&'static str, Value)>| claims.into_iter().map(|(name, value)| (name.to_owned(), value));
    Ok(listens.into_iter().map(|claims| told(claims).collect()).collect())
}

/// Makes an extract, signs it by the relation's key, and shows the fields of it.
///
/// # Errors
/// `too_many_listens`, `nothing_to_disclose`, `no_field_chosen`, the credential's and the vault's errors.
pub fn disclose(
    vault: &Vault,
    new: &NewExtract<'_>,
    showing: &Showing<'_>,
    key: &SigningKey,
    now: Timestamp,
) -> Result<Shown, ListenError> {
    let listens = listens(vault, new.choice, &ExtractField::ALL)?;
    let count = listens.len();
    let hidden = |claims: Vec<(&'static str, Value)>| {
        Selective::Members(
            claims
                .into_iter()
                .map(|(name, value)| (name, Selective::Open(value)))
                .collect(),
        )
    };
    let mut claims = vec![
        ("iss", json!(key.did().to_string())),
        ("vct", json!(EXTRACT_TYPE)),
        ("iat", json!(now.secs())),
        ("aud", json!(showing.audience)),
        ("agreement", json!(new.agreement)),
        ("cnf", SdJwtVc::confirmation(&key.did())),
    ];
    for (name, moment) in [("from", new.choice.from_ms), ("to", new.choice.to_ms)] {
        if let Some(ms) = moment {
            claims.push((name, json!(Timestamp::from_millis(ms).to_string())));
        }
    }
    let mut claims: Vec<_> = claims
        .into_iter()
        .map(|(name, value)| (name, Selective::Open(value)))
        .collect();
    claims.push((LISTENS, Selective::Elements(listens.into_iter().map(hidden).collect())));
    let content = issue_sd_jwt_vc(claims, key).map_err(credential)?;
    if content.len() > MAX_CREDENTIAL_BYTES {
        return Err(ListenError::TooManyListens { limit: MOST_LISTENS });
    }
    let extract = SdJwtVc::parse(&content).map_err(credential)?;
    let extract_id = sha256_hex(extract.sd_jwt().signed_part().as_bytes());
    let presentation = present(&extract, showing, key, now)?;
    vault.write(EXTRACT, |transaction| {
        transaction
            .prepare_cached(
                "INSERT INTO listen_extract (extract_id, relation, agreement, from_ms, to_ms, listens, made_ms, content)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                extract_id,
                new.relation,
                new.agreement,
                new.choice.from_ms,
                new.choice.to_ms,
                i64::try_from(count).unwrap_or(i64::MAX),
                now.millis(),
                content
            ])?;
        note(transaction, &extract_id, (new.relation, new.agreement), showing, now)
    })?;
    Ok(Shown {
        extract_id,
        listens: count,
        presentation,
    })
}

/// Shows fields of an extract that was made before. It is what was signed then: what changed in the log since is not in it.
///
/// # Errors
/// `no_such_extract`, `not_credential_holder` when the key is not the one that signed it, `no_field_chosen`, the vault's errors.
pub fn disclose_more(
    vault: &Vault,
    extract_id: &str,
    showing: &Showing<'_>,
    key: &SigningKey,
    now: Timestamp,
) -> Result<Shown, ListenError> {
    vault.write(EXTRACT, |transaction| {
        let (relation, agreement, listens, content): (String, String, i64, String) = transaction
            .prepare_cached("SELECT relation, agreement, listens, content FROM listen_extract WHERE extract_id = ?1")?
            .query_row([extract_id], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?
            .ok_or(ListenError::NoSuchExtract)?;
        let extract = SdJwtVc::parse(&content).map_err(credential)?;
        let presentation = present(&extract, showing, key, now)?;
        note(transaction, extract_id, (&relation, &agreement), showing, now)?;
        Ok(Shown {
            extract_id: extract_id.to_owned(),
            listens: usize::try_from(listens).unwrap_or_default(),
            presentation,
        })
    })
}

/// The extracts that were made, newest first, with what was shown of them.
///
/// # Errors
/// When the vault fails.
pub fn disclosed(vault: &Vault) -> Result<Vec<Extract>, ListenError> {
    vault.read(|connection| {
        let mut shown = connection.prepare_cached(
            "SELECT shown_ms, audience, fields FROM listen_extract_shown WHERE extract_id = ?1 ORDER BY seq",
        )?;
        let mut extracts = connection.prepare_cached(
            "SELECT extract_id, relation, agreement, from_ms, to_ms, listens, made_ms FROM listen_extract
             ORDER BY made_ms DESC, extract_id",
        )?;
        let found = extracts.query_map([], |row| {
            Ok(Extract {
                extract_id: row.get(0)?,
                relation: row.get(1)?,
                agreement: row.get(2)?,
                from_ms: row.get(3)?,
                to_ms: row.get(4)?,
                listens: row.get::<_, i64>(5)?.unsigned_abs(),
                made_ms: row.get(6)?,
                shown: Vec::new(),
            })
        })?;
        let mut found: Vec<Extract> = found.collect::<Result<_, _>>()?;
        for extract in &mut found {
            let rows = shown.query_map([&extract.extract_id], |row| {
                Ok(ShownOnce {
                    at_ms: row.get(0)?,
                    audience: row.get(1)?,
                    fields: row.get::<_, String>(2)?.split_whitespace().map(str::to_owned).collect(),
                })
            })?;
            extract.shown = rows.collect::<Result<_, _>>()?;
        }
        Ok(found)
    })
}

/// What is said of each chosen listen.
fn listens(
    vault: &Vault,
    choice: &Choice,
    fields: &[ExtractField],
) -> Result<Vec<Vec<(&'static str, Value)>>, ListenError> {
    let choice = Choice {
        without_private: true,
        ..choice.clone()
    };
    let mut listens = Vec::new();
    vault.read(|connection| {
        choice.walk(connection, |chosen| {
            if chosen.listen.kind == Kind::Advert {
                return Ok(());
            }
            if listens.len() >= MOST_LISTENS {
                return Err(ListenError::TooManyListens { limit: MOST_LISTENS });
            }
            listens.push(
                fields
                    .iter()
                    .map(|field| (field.name(), field.claim(&chosen.listen)))
                    .collect(),
            );
            Ok(())
        })
    })?;
    if listens.is_empty() {
        return Err(ListenError::NothingToDisclose);
    }
    Ok(listens)
}

fn present(extract: &SdJwtVc, showing: &Showing<'_>, key: &SigningKey, now: Timestamp) -> Result<String, ListenError> {
    if showing.fields.is_empty() {
        return Err(ListenError::NoFieldChosen);
    }
    let wanted = |path: &str| {
        let field = path.strip_prefix("/listens/").and_then(|rest| rest.split_once('/'));
        field.is_some_and(|(_, name)| showing.fields.iter().any(|field| field.name() == name))
    };
    extract
        .present_where(wanted, showing.audience, showing.nonce, key, now)
        .map_err(credential)
}

/// Notes a showing, for the person and in the audit.
fn note(
    transaction: &Transaction<'_>,
    extract_id: &str,
    (relation, agreement): (&str, &str),
    showing: &Showing<'_>,
    now: Timestamp,
) -> Result<(), ListenError> {
    let names: Vec<&str> = showing.fields.iter().map(|field| field.name()).collect();
    let fields = names.join(" ");
    transaction
        .prepare_cached(
            "INSERT INTO listen_extract_shown (extract_id, seq, shown_ms, audience, nonce, fields)
             SELECT ?1, 1 + coalesce(max(seq), 0), ?2, ?3, ?4, ?5 FROM listen_extract_shown WHERE extract_id = ?1",
        )?
        .execute(params![
            extract_id,
            now.millis(),
            showing.audience,
            showing.nonce,
            fields
        ])?;
    AuditEvent::new(AuditKind::Disclosure)
        .who(format!("{} {}", showing.who, showing.audience).trim())
        .party(relation)
        .record(extract_id)
        .what(format!("{EXTRACT_TYPE}: {fields}; agreement {agreement}"))
        .append(transaction, now)?;
    Ok(())
}

pub(crate) fn credential(error: CredentialError) -> ListenError {
    ListenError::Vault(VaultError::from(error))
}
