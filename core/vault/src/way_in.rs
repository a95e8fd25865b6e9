//! Ways in: each wraps the same random vault key once, so that a passphrase can be added or a phone replaced without
//! touching the vault. A passphrase is stretched by Argon2id (RFC 9106) and wraps with ChaCha20-Poly1305 (RFC 8439);
//! the way's own parameters and the vault's id are authenticated with the key, so that neither can be exchanged.
//! Recovery words hold 256 random bits and need no stretching.

use argon2::{Algorithm, Argon2, Params, Version};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use tekram_primitives::secret::{Passphrase, Secret32, fill_random, hkdf_sha256, random_hex_128};
use tekram_primitives::time::Timestamp;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::key_store::KeyStore;
use crate::recovery::RecoveryPhrase;

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const SALT_BYTES: usize = 16;

/// What one try of a passphrase costs. It is stored with each way in, so that it can be raised without a new format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Argon2idCost {
    /// Memory, in KiB.
    pub(crate) memory_kib: u32,
    /// Passes over the memory.
    pub(crate) passes: u32,
    /// Lanes (degree of parallelism).
    pub(crate) lanes: u32,
}

impl Argon2idCost {
    /// OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, two passes, one lane.
    pub(crate) const RECOMMENDED: Self = Self {
        memory_kib: 19_456,
        passes: 2,
        lanes: 1,
    };

    /// A header comes from outside: more than this is damage or an attempt to exhaust the machine.
    const MOST: Self = Self {
        memory_kib: 2_097_152,
        passes: 64,
        lanes: 64,
    };

    fn is_sane(self) -> bool {
        self.memory_kib <= Self::MOST.memory_kib && self.passes <= Self::MOST.passes && self.lanes <= Self::MOST.lanes
    }
}

/// One way in, as it stands in the header. Headers of version 1 have neither `label` nor `added_ms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum WrappedKey {
    /// A passphrase, stretched by Argon2id.
    Passphrase {
        /// Random; authenticated with the wrapped key.
        id: String,
        /// What it is called; one name in a vault only once.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        label: Option<String>,
        /// When it was added, in milliseconds since 1970.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        added_ms: Option<i64>,
        /// What stretching costs.
        argon2id: Argon2idCost,
        /// Random salt of the stretching.
        #[serde(with = "hex::serde")]
        salt: Vec<u8>,
        /// Nonce, then ciphertext and tag of the vault key.
        #[serde(with = "hex::serde")]
        wrapped_key: Vec<u8>,
    },
    /// A platform's key store.
    KeyStore {
        /// Random, as above.
        id: String,
        /// What it is called, as above.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        label: Option<String>,
        /// When it was added, as above.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        added_ms: Option<i64>,
        /// The name of the key in that store.
        name: String,
        /// What the store made of the vault key.
        #[serde(with = "hex::serde")]
        wrapped_key: Vec<u8>,
    },
    /// Recovery words that were written down and checked.
    RecoveryPhrase {
        /// Random, as above.
        id: String,
        /// When they were checked, in milliseconds since 1970.
        added_ms: i64,
        /// Nonce, then ciphertext and tag of the vault key.
        #[serde(with = "hex::serde")]
        wrapped_key: Vec<u8>,
    },
}

/// A way in as a screen shows it: nothing that would help to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayIn {
    /// Random hexadecimal; another one whenever the key is wrapped anew.
    pub id: String,
    /// What it is called; names this way in within its vault.
    pub name: String,
    /// What it is.
    pub kind: WayInKind,
    /// When it was added, in milliseconds since 1970; unknown for vaults of version 1.
    pub added_ms: Option<i64>,
}

/// The kinds of ways in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayInKind {
    /// A passphrase.
    Passphrase,
    /// A platform key store.
    KeyStore {
        /// The key's name in the store.
        key_name: String,
    },
    /// Recovery words.
    RecoveryPhrase,
}

impl WayInKind {
    /// The kind's stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passphrase => PASSPHRASE,
            Self::KeyStore { .. } => "key_store",
            Self::RecoveryPhrase => RECOVERY_PHRASE,
        }
    }
}

/// What a passphrase is called when nobody named it.
pub(crate) const PASSPHRASE: &str = "passphrase";
/// What recovery words are called.
pub(crate) const RECOVERY_PHRASE: &str = "recovery_phrase";

impl WrappedKey {
    /// Wraps the vault key under a passphrase, with fresh salt and nonce. Fails with `empty_passphrase`.
    pub(crate) fn by_passphrase(
        vault_id: &str,
        vault_key: &Secret32,
        label: String,
        passphrase: &Passphrase,
        now: Timestamp,
    ) -> Result<Self, VaultError> {
        if passphrase.expose().is_empty() {
            return Err(VaultError::EmptyPassphrase);
        }
        let id = random_id()?;
        let argon2id = Argon2idCost::RECOMMENDED;
        let salt = random_bytes::<SALT_BYTES>()?.to_vec();
        let wrapping = stretch(passphrase, argon2id, &salt)?;
        let wrapped_key = wrap(&wrapping, vault_key, &associated(vault_id, &id, argon2id, &salt))?;
        Ok(Self::Passphrase {
            id,
            label: Some(label),
            added_ms: Some(now.millis()),
            argon2id,
            salt,
            wrapped_key,
        })
    }

    /// Wraps the vault key by a key store, under a key that is this way's alone: removing it disturbs no other vault.
    pub(crate) fn by_key_store(
        vault_id: &str,
        vault_key: &Secret32,
        label: String,
        store: &dyn KeyStore,
        now: Timestamp,
    ) -> Result<Self, VaultError> {
        let id = random_id()?;
        let name = format!("tekram.{vault_id}.{id}");
        let wrapped_key = store.wrap(&name, vault_key)?;
        Ok(Self::KeyStore {
            id,
            label: Some(label),
            added_ms: Some(now.millis()),
            name,
            wrapped_key,
        })
    }

    /// Wraps the vault key under recovery words.
    pub(crate) fn by_recovery_phrase(
        vault_id: &str,
        vault_key: &Secret32,
        phrase: &RecoveryPhrase,
        now: Timestamp,
    ) -> Result<Self, VaultError> {
        let id = random_id()?;
        let wrapped_key = wrap(
            &recovery_wrapping(phrase),
            vault_key,
            &recovery_associated(vault_id, &id),
        )?;
        Ok(Self::RecoveryPhrase {
            id,
            added_ms: now.millis(),
            wrapped_key,
        })
    }

    /// The vault key, if this way in opens with this passphrase. `None`: another kind, or another passphrase.
    pub(crate) fn try_passphrase(
        &self,
        vault_id: &str,
        passphrase: &Passphrase,
    ) -> Result<Option<Secret32>, VaultError> {
        let Self::Passphrase {
            id,
            argon2id,
            salt,
            wrapped_key,
            ..
        } = self
        else {
            return Ok(None);
        };
        if !argon2id.is_sane() {
            return Err(VaultError::Damaged { file: "header.json" });
        }
        let wrapping = stretch(passphrase, *argon2id, salt)?;
        Ok(unwrap(
            &wrapping,
            wrapped_key,
            &associated(vault_id, id, *argon2id, salt),
        ))
    }

    /// The vault key, if this way in opens with these recovery words. `None`: another kind, or other words.
    pub(crate) fn try_recovery_phrase(&self, vault_id: &str, phrase: &RecoveryPhrase) -> Option<Secret32> {
        match self {
            Self::RecoveryPhrase { id, wrapped_key, .. } => unwrap(
                &recovery_wrapping(phrase),
                wrapped_key,
                &recovery_associated(vault_id, id),
            ),
            Self::Passphrase { .. } | Self::KeyStore { .. } => None,
        }
    }

    /// What it is called. Version 1 had no names: there was one passphrase, and a key was called as in its store.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Passphrase { label, .. } => label.as_deref().unwrap_or(PASSPHRASE),
            Self::KeyStore { label, name, .. } => label.as_deref().unwrap_or(name),
            Self::RecoveryPhrase { .. } => RECOVERY_PHRASE,
        }
    }

    /// What a screen may know.
    pub(crate) fn entry(&self) -> WayIn {
        let (id, kind, added_ms) = match self {
            Self::Passphrase { id, added_ms, .. } => (id, WayInKind::Passphrase, *added_ms),
            Self::KeyStore { id, added_ms, name, .. } => {
                (id, WayInKind::KeyStore { key_name: name.clone() }, *added_ms)
            }
            Self::RecoveryPhrase { id, added_ms, .. } => (id, WayInKind::RecoveryPhrase, Some(*added_ms)),
        };
        WayIn {
            id: id.clone(),
            name: self.name().to_owned(),
            kind,
            added_ms,
        }
    }
}

/// Wraps a key: nonce, then ciphertext and tag.
pub(crate) fn wrap(wrapping: &Secret32, key: &Secret32, associated: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce = random_bytes::<NONCE_BYTES>()?;
    let mut in_out = Zeroizing::new(Vec::with_capacity(key.expose().len() + TAG_BYTES));
    in_out.extend_from_slice(key.expose());
    aead(wrapping)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), &mut *in_out)
        .map_err(|_| VaultError::Crypto { step: "wrapping a key" })?;
    let mut wrapped = nonce.to_vec();
    wrapped.extend_from_slice(&in_out);
    Ok(wrapped)
}

/// Unwraps what [`wrap`] made; `None` when it does not authenticate.
pub(crate) fn unwrap(wrapping: &Secret32, wrapped: &[u8], associated: &[u8]) -> Option<Secret32> {
    let (nonce, sealed) = wrapped.split_first_chunk::<NONCE_BYTES>()?;
    let mut in_out = Zeroizing::new(sealed.to_vec());
    let key = aead(wrapping)
        .ok()?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(associated), &mut in_out)
        .ok()?;
    Secret32::try_from(&*key).ok()
}

/// Random bytes from the system.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    fill_random(&mut bytes).map_err(|_| VaultError::Crypto { step: "randomness" })?;
    Ok(bytes)
}

/// 128 random bits as lower-case hexadecimal, for identifiers.
pub(crate) fn random_id() -> Result<String, VaultError> {
    random_hex_128().map_err(|_| VaultError::Crypto { step: "randomness" })
}

fn aead(key: &Secret32) -> Result<LessSafeKey, VaultError> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key.expose()).map_err(|_| VaultError::Crypto {
        step: "setting up ChaCha20-Poly1305",
    })?;
    Ok(LessSafeKey::new(key))
}

fn stretch(passphrase: &Passphrase, cost: Argon2idCost, salt: &[u8]) -> Result<Secret32, VaultError> {
    let failed = |_| VaultError::Crypto { step: "Argon2id" };
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(failed)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(normal_form(passphrase).as_bytes(), salt, &mut *key)
        .map_err(failed)?;
    Ok(Secret32::new(*key))
}

/// The passphrase as it is stretched: NFC (RFC 8265, OpaqueString), because keyboards compose letters differently.
fn normal_form(passphrase: &Passphrase) -> Zeroizing<String> {
    // Composing can make a text longer, by three times at most; growing would leave a copy behind.
    let mut normal = Zeroizing::new(String::with_capacity(passphrase.expose().len().saturating_mul(3)));
    normal.extend(passphrase.expose().nfc());
    normal
}

/// What is authenticated beside the key. Every part has a fixed length or is decimal, so no two inputs look alike.
fn associated(vault_id: &str, way_id: &str, cost: Argon2idCost, salt: &[u8]) -> Vec<u8> {
    format!(
        "tekram/v1/vault/way-in|{vault_id}|{way_id}|argon2id|{}|{}|{}|{}",
        cost.memory_kib,
        cost.passes,
        cost.lanes,
        hex::encode(salt)
    )
    .into_bytes()
}

/// 256 random bits need no stretching: HKDF only keeps this key apart from others of the same words.
fn recovery_wrapping(phrase: &RecoveryPhrase) -> Secret32 {
    hkdf_sha256(phrase.entropy(), "tekram/v1/vault/recovery-phrase")
}

fn recovery_associated(vault_id: &str, way_id: &str) -> Vec<u8> {
    format!("tekram/v1/vault/way-in|{vault_id}|{way_id}|recovery-phrase").into_bytes()
}
