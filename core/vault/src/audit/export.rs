//! The audit as a file: JSON Lines, oldest entry first. The first line is the origin of the chain, the last one its head,
//! so that a file that was cut, or changed anywhere between, is found out without the vault.

use std::io::{BufRead, Read, Write};

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::entry::AuditContent;
use super::verify::{self, AuditFault, AuditReport, Check, Hashed};
use crate::error::VaultError;

/// Longest line that is read, in bytes; an entry's texts are short.
const LINE_LIMIT_BYTES: u64 = 1024 * 1024;
const FORMAT: &str = "tekram-audit-1";

/// One line. The members of an entry are those that are hashed.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Entry {
        number: u32,
        at_ms: i64,
        kind: String,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        about: Option<u32>,
        #[serde(with = "hex::serde")]
        content_sha256: [u8; 32],
        #[serde(with = "hex::serde")]
        chain_sha256: [u8; 32],
        #[serde(skip_serializing_if = "Option::is_none", default)]
        salt: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        content: Option<AuditContent>,
    },
    Origin {
        format: String,
        #[serde(with = "hex::serde")]
        origin_sha256: [u8; 32],
    },
    Head {
        entries: u32,
        #[serde(with = "hex::serde")]
        chain_sha256: [u8; 32],
    },
}

/// Writes the audit; returns the number of entries.
pub(super) fn export(connection: &Connection, out: &mut dyn Write) -> Result<u32, VaultError> {
    let sql = "SELECT origin_sha256, entries, chain_sha256 FROM vault_audit_head";
    let (origin_sha256, entries, chain_sha256): ([u8; 32], u32, [u8; 32]) =
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    write_line(
        out,
        &Line::Origin {
            format: FORMAT.to_owned(),
            origin_sha256,
        },
    )?;
    verify::each(connection, |entry| {
        let (salt, content) = entry
            .content
            .map(|(salt, content)| (hex::encode(salt), content))
            .unzip();
        write_line(
            out,
            &Line::Entry {
                number: entry.number,
                at_ms: entry.at_ms,
                kind: entry.kind,
                about: entry.about,
                content_sha256: array(&entry.content_sha256)?,
                chain_sha256: array(&entry.chain_sha256)?,
                salt,
                content,
            },
        )
    })?;
    write_line(out, &Line::Head { entries, chain_sha256 })?;
    Ok(entries)
}

/// Checks a file that [`crate::Vault::export_audit`] wrote, without a vault. A line that is none counts as
/// [`AuditFault::Missing`], and nothing after it is looked at. Fails with `io` only.
pub fn verify_audit_export(from: impl Read) -> Result<AuditReport, VaultError> {
    let mut lines = std::io::BufReader::new(from);
    let origin_sha256 = match read_line(&mut lines)? {
        Some(Line::Origin { format, origin_sha256 }) if format == FORMAT => origin_sha256,
        _ => return Ok(cut(Check::from(Vec::new()), 0)),
    };
    let mut check = Check::from(origin_sha256.to_vec());
    let mut last = 0;
    loop {
        match read_line(&mut lines)? {
            Some(Line::Entry {
                number,
                at_ms,
                kind,
                about,
                content_sha256,
                chain_sha256,
                salt,
                content,
            }) => {
                last = number;
                check.entry(Hashed {
                    number,
                    at_ms,
                    kind,
                    about,
                    content_sha256: content_sha256.to_vec(),
                    chain_sha256: chain_sha256.to_vec(),
                    content: salt.zip(content).map(|(salt, content)| {
                        // What is no hexadecimal is no salt, and fits no hash.
                        (hex::decode(salt).unwrap_or_default(), content)
                    }),
                })?;
            }
            Some(Line::Head { entries, chain_sha256 }) => return Ok(check.finish(entries, &chain_sha256)),
            Some(Line::Origin { .. }) | None => return Ok(cut(check, last)),
        }
    }
}

/// The report of a file that ends before its head, after entry `last`.
fn cut(mut check: Check, last: u32) -> AuditReport {
    check.fault(last.saturating_add(1), AuditFault::Missing);
    check.finish(last, &[])
}

fn write_line(out: &mut dyn Write, line: &Line) -> Result<(), VaultError> {
    let mut bytes = serde_json::to_vec(line).map_err(|_| VaultError::Crypto {
        step: "writing an audit entry as JSON",
    })?;
    bytes.push(b'\n');
    out.write_all(&bytes).map_err(VaultError::io("writing the audit"))
}

/// The next line; `None` when there is none, or it is not one of an audit.
fn read_line(lines: &mut impl BufRead) -> Result<Option<Line>, VaultError> {
    let mut bytes = Vec::new();
    lines
        .take(LINE_LIMIT_BYTES)
        .read_until(b'\n', &mut bytes)
        .map_err(VaultError::io("reading the audit"))?;
    Ok(serde_json::from_slice(&bytes).ok())
}

fn array(bytes: &[u8]) -> Result<[u8; 32], VaultError> {
    bytes.try_into().map_err(|_| VaultError::Damaged { file: "vault.db" })
}
