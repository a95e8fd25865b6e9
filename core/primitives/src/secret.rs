//! Secrets in memory: wiped when dropped, never printed.
//!
//! Everything a persona needs besides its one random root secret is derived from it here, by HKDF with a versioned label,
//! so that a backup of the root is a backup of all keys and no two labels give related keys.

use std::fmt;

use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a secret looks like when printed.
const REDACTED: &str = "[REDACTED]";

/// Why there is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The operating system gave no randomness.
    #[error("the system's random number generator failed")]
    NoRandomness,
    /// A secret key has 32 bytes.
    #[error("a secret has 32 bytes, not {bytes}")]
    WrongLength {
        /// How many there were.
        bytes: usize,
    },
}

impl SecretError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRandomness => "no_randomness",
            Self::WrongLength { .. } => "wrong_secret_length",
        }
    }
}

/// 32 secret bytes. Wiped when dropped; `Debug` prints `[REDACTED]`.
///
/// There is no `==`: comparing secrets byte by byte leaks by timing. The bytes lie in one place from the beginning to the wiping: a
/// value that is handed on would leave a copy in each place where it was.
#[derive(Clone)]
pub struct Secret32(Box<[u8; 32]>);

impl Zeroize for Secret32 {
    fn zeroize(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

impl Drop for Secret32 {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Secret32 {}

impl Secret32 {
    /// Takes the bytes over. The caller wipes its own copy.
    pub fn new(mut bytes: [u8; 32]) -> Self {
        let secret = Self(Box::new(bytes));
        bytes.zeroize();
        secret
    }

    /// 32 random bytes from the operating system.
    ///
    /// # Errors
    /// [`SecretError::NoRandomness`].
    pub fn random() -> Result<Self, SecretError> {
        let mut secret = Self(Box::new([0; 32]));
        fill_random(secret.0.as_mut_slice())?;
        Ok(secret)
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl From<[u8; 32]> for Secret32 {
    fn from(bytes: [u8; 32]) -> Self {
        Self::new(bytes)
    }
}

impl TryFrom<&[u8]> for Secret32 {
    type Error = SecretError;

    fn try_from(bytes: &[u8]) -> Result<Self, SecretError> {
        let mut secret = Self(Box::new([0; 32]));
        if bytes.len() != secret.0.len() {
            return Err(SecretError::WrongLength { bytes: bytes.len() });
        }
        secret.0.copy_from_slice(bytes);
        Ok(secret)
    }
}

/// What the person types to get in. Wiped when dropped; `Debug` prints `[REDACTED]`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Passphrase(String);

impl Passphrase {
    /// Takes the text over.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl From<String> for Passphrase {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Fills a buffer with random bytes from the operating system.
///
/// # Errors
/// [`SecretError::NoRandomness`].
pub fn fill_random(bytes: &mut [u8]) -> Result<(), SecretError> {
    SystemRandom::new().fill(bytes).map_err(|_| SecretError::NoRandomness)
}

/// 128 random bits as 32 lower-case hexadecimal digits: a nonce or an id that says nothing.
///
/// # Errors
/// [`SecretError::NoRandomness`].
pub fn random_hex_128() -> Result<String, SecretError> {
    let mut bytes = [0_u8; 16];
    fill_random(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// A key derived from a root secret by HKDF-SHA256 (RFC 5869), without salt, with the label as `info`.
///
/// The label names the purpose and its version, for example `tekram/v1/relation/<id>`; it is not secret. The root must be
/// random: this does not stretch passphrases.
pub fn hkdf_sha256(root: &Secret32, label: &str) -> Secret32 {
    hkdf_sha256_one_block(&[], root.expose(), label.as_bytes())
}

/// RFC 5869 sections 2.2 and 2.3 for an output as long as the hash, which is one block: T(1) = HMAC(PRK, info | 0x01).
///
/// On `ring`'s HMAC and not its HKDF, whose every step returns a `Result` for lengths that are fixed here.
fn hkdf_sha256_one_block(salt: &[u8], input: &[u8], info: &[u8]) -> Secret32 {
    let mut pseudo_random_key = hmac_sha256(salt, &[input]);
    let block = hmac_sha256(&pseudo_random_key, &[info, &[1]]);
    pseudo_random_key.zeroize();
    Secret32::new(block)
}

fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    let mut out = [0_u8; 32];
    for (to, from) in out.iter_mut().zip(context.sign().as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    /// RFC 5869 appendix A, test cases 1 to 3 (SHA-256): salt, input, info, output keying material.
    const RFC_5869: [[&str; 4]; 3] = [
        [
            "000102030405060708090a0b0c",
            "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
            "f0f1f2f3f4f5f6f7f8f9",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ],
        [
            "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f\
             808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f\
             a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\
             202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\
             404142434445464748494a4b4c4d4e4f",
            "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf\
             d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef\
             f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c\
             59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71\
             cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ],
        [
            "",
            "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
            "",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ],
    ];

    #[test]
    fn derived_keys_are_the_first_block_of_rfc_5869() {
        for vector in RFC_5869 {
            let [salt, input, info, output] = vector.map(|text| hex::decode(text).unwrap());
            assert_eq!(hkdf_sha256_one_block(&salt, &input, &info).expose(), &output[..32]);
        }
    }
}
