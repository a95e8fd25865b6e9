//! Ways in: each lets one secret to the same random vault key, so that a passphrase can be added or a phone replaced without
//! touching the vault. A passphrase is stretched, recovery words are random enough; either becomes a key pair, and the
//! vault key is sealed to it (see [`crate::way_key`]). A key store wraps the vault key itself. The way's parameters and the
//! vault's id are authenticated with the key, so that neither can be exchanged.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use tekram_primitives::secret::{Passphrase, Secret32, fill_random, hkdf_sha256, random_hex_128};
use tekram_primitives::time::Timestamp;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::key_store::KeyStore;
use crate::recovery::RecoveryPhrase;
use crate::stretch::{Argon2idCost, stretch};
use crate::way_key::{PublicKey, Sealer, WayKey};

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const SALT_BYTES: usize = 16;

/// One way in, as it stands in the header. Headers of version 1 have neither `label` nor `added_ms`. A passphrase or words
/// without a public key are of version 1 or 2: `wrapped_key` is then wrapped under the secret itself, by ChaCha20-Poly1305
/// (RFC 8439), until the next unlock by it.
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
        /// What the vault key is sealed to.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        public_key: Option<PublicKey>,
        /// Encapsulated key, then ciphertext and tag of the vault key; without public key: nonce, ciphertext and tag.
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
        /// What the vault key is sealed to.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        public_key: Option<PublicKey>,
        /// As above.
        #[serde(with = "hex::serde")]
        wrapped_key: Vec<u8>,
    },
}

/// A way in as a screen shows it: nothing that would help to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayIn {
    /// Random hexadecimal; another one whenever its secret changes.
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

/// A vault key on its way into ways in.
pub(crate) struct NewKey<'a> {
    /// Whose.
    pub(crate) vault_id: &'a str,
    /// The key.
    pub(crate) vault_key: &'a Secret32,
    /// Who seals it.
    pub(crate) sealer: &'a Sealer,
}

impl WrappedKey {
    /// Seals the vault key to a passphrase, with fresh id and salt. Fails with `empty_passphrase`.
    pub(crate) fn by_passphrase(
        key: &NewKey<'_>,
        label: String,
        passphrase: &Passphrase,
        added: Option<Timestamp>,
    ) -> Result<Self, VaultError> {
        Self::by_passphrase_at(key, label, passphrase, added, Argon2idCost::RECOMMENDED)
    }

    /// [`WrappedKey::by_passphrase`] at a cost of one's own.
    pub(crate) fn by_passphrase_at(
        key: &NewKey<'_>,
        label: String,
        passphrase: &Passphrase,
        added: Option<Timestamp>,
        argon2id: Argon2idCost,
    ) -> Result<Self, VaultError> {
        if passphrase.expose().is_empty() {
            return Err(VaultError::EmptyPassphrase);
        }
        let id = random_id()?;
        let salt = random_bytes::<SALT_BYTES>()?.to_vec();
        let secret = stretch(passphrase, argon2id, &salt)?;
        let public_key = WayKey::of(&secret, key.vault_id, &id, key.sealer.public_key)?.public_key;
        let way_in = Self::Passphrase {
            id,
            label: Some(label),
            added_ms: added.map(|added| added.millis()),
            argon2id,
            salt,
            public_key: Some(public_key),
            wrapped_key: Vec::new(),
        };
        way_in
            .resealed(key)?
            .ok_or(VaultError::Crypto { step: "sealing a key" })
    }

    /// Wraps the vault key by a key store, under a key that is this way's alone: removing it disturbs no other vault.
    pub(crate) fn by_key_store(
        key: &NewKey<'_>,
        label: String,
        store: &dyn KeyStore,
        now: Timestamp,
    ) -> Result<Self, VaultError> {
        let id = random_id()?;
        let name = format!("tekram.{}.{id}", key.vault_id);
        let wrapped_key = store.wrap(&name, key.vault_key)?;
        Ok(Self::KeyStore {
            id,
            label: Some(label),
            added_ms: Some(now.millis()),
            name,
            wrapped_key,
        })
    }

    /// Seals the vault key to recovery words.
    pub(crate) fn by_recovery_phrase(
        key: &NewKey<'_>,
        phrase: &RecoveryPhrase,
        added: Timestamp,
    ) -> Result<Self, VaultError> {
        let id = random_id()?;
        let public_key = WayKey::of(&recovery_secret(phrase), key.vault_id, &id, key.sealer.public_key)?.public_key;
        let way_in = Self::RecoveryPhrase {
            id,
            added_ms: added.millis(),
            public_key: Some(public_key),
            wrapped_key: Vec::new(),
        };
        way_in
            .resealed(key)?
            .ok_or(VaultError::Crypto { step: "sealing a key" })
    }

    /// The same way in with another vault key. `None`: it has no public key (a key store, or of version 1 or 2).
    pub(crate) fn resealed(&self, key: &NewKey<'_>) -> Result<Option<Self>, VaultError> {
        let parameters = self.parameters(key.vault_id);
        let mut next = self.clone();
        match &mut next {
            Self::Passphrase {
                public_key: Some(public_key),
                wrapped_key,
                ..
            }
            | Self::RecoveryPhrase {
                public_key: Some(public_key),
                wrapped_key,
                ..
            } => *wrapped_key = key.sealer.seal(*public_key, key.vault_id, &parameters, key.vault_key)?,
            _ => return Ok(None),
        }
        Ok(Some(next))
    }

    /// The same key-store way in with another vault key, under a name of its own for the database with this number. `None`:
    /// another kind.
    pub(crate) fn rewrapped(
        &self,
        key: &NewKey<'_>,
        store: &dyn KeyStore,
        number: u32,
    ) -> Result<Option<Self>, VaultError> {
        let mut next = self.clone();
        let Self::KeyStore {
            id,
            label,
            name,
            wrapped_key,
            ..
        } = &mut next
        else {
            return Ok(None);
        };
        // Version 1 called the way as its key.
        label.get_or_insert_with(|| name.clone());
        // Key stores may find keys by what stands before a dot: no name is the beginning of another.
        *name = format!("tekram.{}.{id}-{number}", key.vault_id);
        *wrapped_key = store.wrap(name, key.vault_key)?;
        Ok(Some(next))
    }

    /// The key's name in the key store, if it is one.
    pub(crate) fn key_name(&self) -> Option<&str> {
        match self {
            Self::KeyStore { name, .. } => Some(name),
            Self::Passphrase { .. } | Self::RecoveryPhrase { .. } => None,
        }
    }

    /// The vault key, if this way in opens with this passphrase. `None`: another kind, or another passphrase.
    pub(crate) fn try_passphrase(
        &self,
        vault_id: &str,
        sealer: Option<PublicKey>,
        passphrase: &Passphrase,
    ) -> Result<Option<Secret32>, VaultError> {
        match self {
            Self::Passphrase { argon2id, salt, .. } => {
                if !argon2id.is_sane() {
                    return Err(VaultError::Damaged { file: "header.json" });
                }
                self.open(vault_id, sealer, &stretch(passphrase, *argon2id, salt)?)
            }
            Self::RecoveryPhrase { .. } | Self::KeyStore { .. } => Ok(None),
        }
    }

    /// The vault key, if this way in opens with these recovery words. `None`: another kind, or other words.
    pub(crate) fn try_recovery_phrase(
        &self,
        vault_id: &str,
        sealer: Option<PublicKey>,
        phrase: &RecoveryPhrase,
    ) -> Result<Option<Secret32>, VaultError> {
        match self {
            Self::RecoveryPhrase { .. } => self.open(vault_id, sealer, &recovery_secret(phrase)),
            Self::Passphrase { .. } | Self::KeyStore { .. } => Ok(None),
        }
    }

    /// The vault key by this way's secret.
    fn open(
        &self,
        vault_id: &str,
        sealer: Option<PublicKey>,
        secret: &Secret32,
    ) -> Result<Option<Secret32>, VaultError> {
        let parameters = self.parameters(vault_id);
        match self {
            Self::Passphrase {
                id,
                public_key,
                wrapped_key,
                ..
            }
            | Self::RecoveryPhrase {
                id,
                public_key,
                wrapped_key,
                ..
            } => match (public_key, sealer) {
                (Some(public_key), Some(sealer)) => {
                    let way = WayKey::of(secret, vault_id, id, sealer)?;
                    let mine = way.public_key == *public_key;
                    Ok(way.open(vault_id, &parameters, wrapped_key).filter(|_| mine))
                }
                (None, _) => Ok(unwrap(secret, wrapped_key, &parameters)),
                (Some(_), None) => Err(VaultError::Damaged { file: "header.json" }),
            },
            Self::KeyStore { .. } => Ok(None),
        }
    }

    /// Whether a new vault key could be sealed to it without asking the person or a key store.
    pub(crate) fn has_public_key(&self) -> bool {
        matches!(
            self,
            Self::Passphrase {
                public_key: Some(_),
                ..
            } | Self::RecoveryPhrase {
                public_key: Some(_),
                ..
            }
        )
    }

    /// Whether the next unlock by it should make it anew: as a key pair, and at today's cost.
    pub(crate) fn is_outdated(&self) -> bool {
        match self {
            Self::Passphrase { argon2id, .. } => !self.has_public_key() || argon2id.is_outdated(),
            Self::RecoveryPhrase { .. } => !self.has_public_key(),
            Self::KeyStore { .. } => false,
        }
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Passphrase { id, .. } | Self::KeyStore { id, .. } | Self::RecoveryPhrase { id, .. } => id,
        }
    }

    /// What is authenticated beside the key. Every part has a fixed length or is decimal, so no two inputs look alike.
    fn parameters(&self, vault_id: &str) -> Vec<u8> {
        match self {
            Self::Passphrase { id, argon2id, salt, .. } => format!(
                "tekram/v1/vault/way-in|{vault_id}|{id}|argon2id|{}|{}|{}|{}",
                argon2id.memory_kib,
                argon2id.passes,
                argon2id.lanes,
                hex::encode(salt)
            ),
            Self::RecoveryPhrase { id, .. } => format!("tekram/v1/vault/way-in|{vault_id}|{id}|recovery-phrase"),
            // The key store authenticates as it does.
            Self::KeyStore { .. } => String::new(),
        }
        .into_bytes()
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
    wrap_bytes(wrapping, key.expose(), associated)
}

/// Wraps a few bytes: nonce, then ciphertext and tag.
pub(crate) fn wrap_bytes(wrapping: &Secret32, plain: &[u8], associated: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce = random_bytes::<NONCE_BYTES>()?;
    let mut in_out = Zeroizing::new(Vec::with_capacity(plain.len().saturating_add(TAG_BYTES)));
    in_out.extend_from_slice(plain);
    aead(wrapping)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), &mut *in_out)
        .map_err(|_| VaultError::Crypto { step: "wrapping a key" })?;
    let mut wrapped = nonce.to_vec();
    wrapped.extend_from_slice(&in_out);
    Ok(wrapped)
}

/// Unwraps what [`wrap`] made; `None` when it does not authenticate.
pub(crate) fn unwrap(wrapping: &Secret32, wrapped: &[u8], associated: &[u8]) -> Option<Secret32> {
    Secret32::try_from(unwrap_bytes(wrapping, wrapped, associated)?.as_slice()).ok()
}

/// Unwraps what [`wrap_bytes`] made; `None` when it does not authenticate.
pub(crate) fn unwrap_bytes(wrapping: &Secret32, wrapped: &[u8], associated: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = wrapped.split_first_chunk::<NONCE_BYTES>()?;
    let mut in_out = Zeroizing::new(sealed.to_vec());
    let plain = aead(wrapping)
        .ok()?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(associated), &mut in_out)
        .ok()?
        .len();
    in_out.truncate(plain);
    Some(in_out)
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

/// 256 random bits need no stretching: HKDF only keeps this secret apart from others of the same words.
fn recovery_secret(phrase: &RecoveryPhrase) -> Secret32 {
    hkdf_sha256(phrase.entropy(), "tekram/v1/vault/recovery-phrase")
}
