//! Keys that sign records: Ed25519 (RFC 8032), named as `did:key` (W3C CCG did:key method, section 3).
//!
//! A `did:key` is the public key itself, so nobody has to be asked what a name stands for, and a key made for one
//! relation or one intent says nothing about any other.

use std::fmt;
use std::str::FromStr;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::secret::{Secret32, SecretError};

/// Multicodec prefix of an Ed25519 public key (`ed25519-pub`, 0xed as a varint).
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
const DID_KEY: &str = "did:key:";
/// Longest multibase text of 34 bytes is 48 characters; longer input is not worth decoding.
const LONGEST_KEY_TEXT: usize = 64;

/// Why a key or a signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DidError {
    /// Not `did:key:z…` (multibase base58-btc).
    #[error("not a did:key in base58-btc (did:key:z…)")]
    NotDidKey,
    /// A `did:key` of another kind of key.
    #[error("the did:key is not an Ed25519 public key")]
    NotEd25519,
    /// A verification method that is not the key of its own `did:key`.
    #[error("the verification method does not belong to its did:key")]
    ForeignVerificationMethod,
    /// One of the points of small order: anyone can sign for it.
    #[error("the public key is a point of small order, for which anyone can sign")]
    WeakKey,
    /// The signature does not fit the key and the message.
    #[error("the signature does not fit")]
    BadSignature,
    /// `ring` did not take the seed.
    #[error("the signing key could not be made from its seed")]
    BadSeed,
    /// No randomness for a new key.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl DidError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotDidKey => "not_did_key",
            Self::NotEd25519 => "not_ed25519",
            Self::ForeignVerificationMethod => "foreign_verification_method",
            Self::WeakKey => "weak_key",
            Self::BadSignature => "bad_signature",
            Self::BadSeed => "bad_seed",
            Self::Secret(error) => error.code(),
        }
    }
}

/// An Ed25519 public key, named as `did:key:z6Mk…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DidKey([u8; 32]);

impl DidKey {
    /// The name of a public key. Whether it is a usable point shows when a signature is checked.
    pub const fn from_public(public: [u8; 32]) -> Self {
        Self(public)
    }

    /// The public key.
    pub const fn public(&self) -> [u8; 32] {
        self.0
    }

    /// The public key as multibase base58-btc with its multicodec prefix: `z6Mk…`.
    pub fn multibase(&self) -> String {
        let mut prefixed = ED25519_PUB.to_vec();
        prefixed.extend_from_slice(&self.0);
        format!("z{}", bs58::encode(prefixed).into_string())
    }

    /// The verification method of proofs by this key: `did:key:z6Mk…#z6Mk…`.
    pub fn verification_method(&self) -> String {
        let key = self.multibase();
        format!("{DID_KEY}{key}#{key}")
    }

    /// The key of a verification method, which must be the one key of its own `did:key`.
    ///
    /// # Errors
    /// [`DidError::ForeignVerificationMethod`], or as for parsing.
    pub fn from_verification_method(method: &str) -> Result<Self, DidError> {
        let (did, fragment) = method.split_once('#').ok_or(DidError::ForeignVerificationMethod)?;
        let key: Self = did.parse()?;
        if key.multibase() == fragment {
            Ok(key)
        } else {
            Err(DidError::ForeignVerificationMethod)
        }
    }

    /// Checks an Ed25519 signature (RFC 8032 section 5.1.7), and that the key is not of small order, so that a signature
    /// binds its signer to one message (Data Integrity EdDSA Cryptosuites 1.0, section 4.1.2).
    ///
    /// # Errors
    /// [`DidError::BadSignature`], [`DidError::WeakKey`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), DidError> {
        if is_small_order(&self.0) {
            return Err(DidError::WeakKey);
        }
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(message, signature)
            .map_err(|_| DidError::BadSignature)
    }
}

impl fmt::Display for DidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{DID_KEY}{}", self.multibase()))
    }
}

impl fmt::Debug for DidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DidKey({self})")
    }
}

impl FromStr for DidKey {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        let key = text
            .strip_prefix(DID_KEY)
            .and_then(|key| key.strip_prefix('z'))
            .ok_or(DidError::NotDidKey)?;
        if key.len() > LONGEST_KEY_TEXT {
            return Err(DidError::NotDidKey);
        }
        let prefixed = bs58::decode(key).into_vec().map_err(|_| DidError::NotDidKey)?;
        prefixed
            .strip_prefix(&ED25519_PUB)
            .and_then(|public| <[u8; 32]>::try_from(public).ok())
            .map(Self)
            .ok_or(DidError::NotEd25519)
    }
}

impl TryFrom<&str> for DidKey {
    type Error = DidError;

    fn try_from(text: &str) -> Result<Self, DidError> {
        text.parse()
    }
}

impl Serialize for DidKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DidKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A key that signs. `Debug` prints the public half only.
///
/// The seed is wiped when dropped; `ring` keeps the expanded key for as long as this value lives and does not wipe it.
pub struct SigningKey {
    seed: Secret32,
    pair: Ed25519KeyPair,
    did: DidKey,
}

impl SigningKey {
    /// The key of a 32-byte seed (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    /// [`DidError::BadSeed`] when `ring` refuses it, which it does for no seed of this length.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, DidError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| DidError::BadSeed)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| DidError::BadSeed)?;
        Ok(Self {
            seed: Secret32::new(*seed),
            pair,
            did: DidKey(public),
        })
    }

    /// A new random key.
    ///
    /// # Errors
    /// [`DidError::Secret`] when the system gives no randomness.
    pub fn generate() -> Result<Self, DidError> {
        Self::from_seed(Secret32::random()?.expose())
    }

    /// The public half.
    pub const fn did(&self) -> DidKey {
        self.did
    }

    /// The Ed25519 signature of a message (RFC 8032 section 5.1.6).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0_u8; 64];
        for (to, from) in signature.iter_mut().zip(self.pair.sign(message).as_ref()) {
            *to = *from;
        }
        signature
    }

    /// The seed, to keep in a vault.
    pub fn seed(&self) -> Secret32 {
        self.seed.clone()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("did", &self.did)
            .field("seed", &self.seed)
            .finish()
    }
}

/// The y coordinates (little-endian, sign bit cleared) of all points whose order divides 8, in every encoding that
/// decoders take: the order-1, 2, 4 and 8 points, and p and p + 1 for 0 and 1.
const SMALL_ORDER_Y: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

fn is_small_order(public: &[u8; 32]) -> bool {
    let mut y = *public;
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    SMALL_ORDER_Y.contains(&hex::encode(y).as_str())
}
