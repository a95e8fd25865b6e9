//! The header: the small file beside a vault that can be read while it is locked. It holds the vault's id, the label
//! the person chose to show, the ways in, and the public key of the inbox. A checksum tells an accident from a wrong
//! passphrase; a MAC under a key derived from the vault key tells, after unlocking, whether somebody without the key
//! changed it (say, to put their own public key under the inbox).

use std::io;
use std::path::Path;

use ring::hmac;
use serde::{Deserialize, Serialize};
use tekram_primitives::canonical::sha256_of_parts;
use tekram_primitives::secret::{Secret32, hkdf_sha256};

use crate::durable;
use crate::error::VaultError;
use crate::recovery::UncheckedRecovery;
use crate::vault::face::{Avatar, Colour, Sealed};
use crate::way_in::WrappedKey;
use crate::way_key::PublicKey;

/// The header's file name.
pub(crate) const FILE: &str = "header.json";
const FORMAT: &str = "tekram-vault";
/// 3: passphrases and recovery words are key pairs, and the database's file has a number. 2: ways in have names and times, and
/// recovery words are one of them. Older ones are read, and written as 3 with the first change.
const VERSION: u32 = 3;
/// Room for hundreds of ways in; more is not a header.
const LIMIT_BYTES: u64 = 256 * 1024;

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    format: String,
    version: u32,
    /// 16 random bytes, lower-case hexadecimal; the folder has the same name.
    pub(crate) vault_id: String,
    /// What the person calls this vault; visible while it is locked.
    pub(crate) label: String,
    /// Where what arrives while the vault is locked is sealed to: X25519 (RFC 7748).
    #[serde(with = "hex::serde")]
    pub(crate) inbox_public_key: [u8; 32],
    /// Who seals the vault key to the ways in; not in versions 1 and 2.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) sealer_public_key: Option<PublicKey>,
    /// Which database file is the vault's: each vault key has a file of its own. Absent: the first.
    #[serde(skip_serializing_if = "is_first", default = "first")]
    pub(crate) database_number: u32,
    /// The vault's epoch, as its database has it: a restored vault that takes its place must begin a later one, also when the
    /// backup's key does not open this database any more. Absent: the first, or not written since there is this field.
    #[serde(skip_serializing_if = "is_first_epoch", default = "first_epoch")]
    pub(crate) epoch: u64,
    /// Each lets to the vault key.
    pub(crate) ways_in: Vec<WrappedKey>,
    /// Recovery words that were shown and not checked yet, sealed under the vault key. They open nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) unchecked_recovery: Option<UncheckedRecovery>,
    /// Names in key stores of keys that wrapped a former vault key and are not removed yet.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) retired_keys: Vec<String>,
    /// Whether the label is sealed with the rest instead of standing above.
    #[serde(skip_serializing_if = "is_no", default)]
    pub(crate) hides_label: bool,
    /// Whether a colour may be seen while locked.
    #[serde(skip_serializing_if = "is_no", default)]
    pub(crate) shows_colour: bool,
    /// Whether a picture may be.
    #[serde(skip_serializing_if = "is_no", default)]
    pub(crate) shows_avatar: bool,
    /// The colour, if it may be seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) colour: Option<Colour>,
    /// The picture, if it may be seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) avatar: Option<Avatar>,
    /// What of label, colour and picture may not be seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) sealed_face: Option<Sealed>,
    /// After how many milliseconds without the person it locks by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) lock_after_ms: Option<u64>,
    /// After how many wrong passphrases in a row it is destroyed, if the person asked for that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) wipe_after_wrong: Option<u32>,
}

/// The file: what the header says, and what proves it.
#[derive(Serialize, Deserialize)]
struct HeaderFile {
    vault: Header,
    /// HMAC-SHA256 of `vault`, written compactly, under a key from the vault key: finds forgeries after unlocking.
    #[serde(with = "hex::serde")]
    hmac_sha256: [u8; 32],
    /// SHA-256 of the same and the HMAC: finds accidents while locked.
    #[serde(with = "hex::serde")]
    sha256: [u8; 32],
}

/// A header as it was read: not yet proven.
#[derive(Clone, Debug)]
pub(crate) struct UnprovenHeader {
    /// What it says.
    pub(crate) claims: Header,
    hmac_sha256: [u8; 32],
}

impl Header {
    /// A header for a vault that is being made.
    pub(crate) fn new(
        vault_id: String,
        label: String,
        inbox_public_key: [u8; 32],
        sealer_public_key: PublicKey,
        ways_in: Vec<WrappedKey>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            vault_id,
            label,
            inbox_public_key,
            sealer_public_key: Some(sealer_public_key),
            database_number: first(),
            epoch: first_epoch(),
            ways_in,
            unchecked_recovery: None,
            retired_keys: Vec::new(),
            hides_label: false,
            shows_colour: false,
            shows_avatar: false,
            colour: None,
            avatar: None,
            sealed_face: None,
            lock_after_ms: None,
            wipe_after_wrong: None,
        }
    }

    /// Writes the header of the vault in `folder`: the old one or the new one is there, whatever happens. Fails with
    /// `too_many_ways_in` for what could not be read again.
    pub(crate) fn write(&mut self, folder: &Path, vault_key: &Secret32) -> Result<(), VaultError> {
        self.version = VERSION;
        let bytes = self.proven_by(vault_key)?;
        if !u64::try_from(bytes.len()).is_ok_and(|bytes| bytes <= LIMIT_BYTES) {
            return Err(VaultError::TooManyWaysIn);
        }
        durable::replace(folder, FILE, &bytes).map_err(VaultError::io("writing header.json"))
    }

    /// The file's bytes.
    pub(crate) fn proven_by(&self, vault_key: &Secret32) -> Result<Vec<u8>, VaultError> {
        let claims = self.bytes()?;
        let hmac_sha256 = array(hmac::sign(&mac_key(vault_key), &claims).as_ref())?;
        file_bytes(&HeaderFile {
            vault: self.clone(),
            hmac_sha256,
            sha256: checksum(&claims, &hmac_sha256),
        })
    }

    /// Reads the header of the vault in `folder`. Fails with `missing_file`, `truncated`, `not_a_vault`,
    /// `newer_schema` or `damaged`; never changes anything.
    pub(crate) fn read(folder: &Path) -> Result<UnprovenHeader, VaultError> {
        match durable::read_small(&folder.join(FILE), LIMIT_BYTES) {
            Ok(Some(bytes)) => Self::parse(&bytes),
            Ok(None) => Err(VaultError::NotAVault { file: FILE }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(VaultError::MissingFile { file: FILE }),
            Err(error) => Err(VaultError::io("reading header.json")(error)),
        }
    }

    /// Reads a header that an accident may have changed, as far as it is still a header: what it says is not proven at all. Fails
    /// like [`Header::read`].
    pub(crate) fn read_for_rescue(folder: &Path) -> Result<Self, VaultError> {
        let error = match Self::read(folder) {
            Ok(read) => return Ok(read.claims),
            Err(error) => error,
        };
        let bytes = durable::read_small(&folder.join(FILE), LIMIT_BYTES).ok().flatten();
        let value = bytes.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
        let claims = value.and_then(|value| serde_json::from_value(value.get("vault")?.clone()).ok());
        claims.ok_or(error)
    }

    /// Understands a header's bytes; pure, so that it can be fuzzed.
    pub(crate) fn parse(bytes: &[u8]) -> Result<UnprovenHeader, VaultError> {
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| {
            if error.is_eof() {
                VaultError::Truncated { file: FILE }
            } else if bytes.windows(FORMAT.len()).any(|part| part == FORMAT.as_bytes()) {
                VaultError::Damaged { file: FILE }
            } else {
                VaultError::NotAVault { file: FILE }
            }
        })?;
        let claim = |name| value.get("vault").and_then(|vault| vault.get(name));
        if claim("format").and_then(|format| format.as_str()) != Some(FORMAT) {
            return Err(VaultError::NotAVault { file: FILE });
        }
        if let Some(found) = claim("version")
            .and_then(|version| version.as_u64())
            .filter(|v| *v > VERSION.into())
        {
            let found = u32::try_from(found).unwrap_or(u32::MAX);
            return Err(VaultError::NewerSchema {
                room: "header".to_owned(),
                found,
                known: VERSION,
            });
        }
        let damaged = || VaultError::Damaged { file: FILE };
        let file: HeaderFile = serde_json::from_value(value).map_err(|_| damaged())?;
        // Only the very bytes this program writes: no second spelling, no unknown field, can hide a change.
        if file_bytes(&file)? != bytes || checksum(&file.vault.bytes()?, &file.hmac_sha256) != file.sha256 {
            return Err(damaged());
        }
        if file.vault.database_number == 0 || (file.vault.version >= 3) != file.vault.sealer_public_key.is_some() {
            return Err(damaged());
        }
        Ok(UnprovenHeader {
            claims: file.vault,
            hmac_sha256: file.hmac_sha256,
        })
    }

    /// What is authenticated: the claims as compact JSON.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, VaultError> {
        serde_json::to_vec(self).map_err(|_| VaultError::Crypto {
            step: "writing the header as JSON",
        })
    }
}

impl UnprovenHeader {
    /// The header, if somebody who holds the vault key wrote it.
    pub(crate) fn prove(self, vault_key: &Secret32) -> Result<Header, VaultError> {
        hmac::verify(&mac_key(vault_key), &self.claims.bytes()?, &self.hmac_sha256)
            .map_err(|_| VaultError::HeaderForged)?;
        Ok(self.claims)
    }
}

fn first() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks like this")]
fn is_no(answer: &bool) -> bool {
    !answer
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks like this")]
fn is_first(number: &u32) -> bool {
    *number == first()
}

fn first_epoch() -> u64 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks like this")]
fn is_first_epoch(epoch: &u64) -> bool {
    *epoch == first_epoch()
}

fn mac_key(vault_key: &Secret32) -> hmac::Key {
    hmac::Key::new(
        hmac::HMAC_SHA256,
        hkdf_sha256(vault_key, "tekram/v1/vault/header-mac").expose(),
    )
}

fn file_bytes(file: &HeaderFile) -> Result<Vec<u8>, VaultError> {
    let mut bytes = serde_json::to_vec_pretty(file).map_err(|_| VaultError::Crypto {
        step: "writing the header as JSON",
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn checksum(claims: &[u8], hmac_sha256: &[u8; 32]) -> [u8; 32] {
    sha256_of_parts(&[claims, hmac_sha256])
}

fn array(bytes: &[u8]) -> Result<[u8; 32], VaultError> {
    bytes.try_into().map_err(|_| VaultError::Crypto {
        step: "HMAC-SHA256 has 32 bytes",
    })
}
