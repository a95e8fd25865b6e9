//! A database page as it lies on the disk, without SQLite: SQLCipher 4 encrypts it by AES-256-CBC and ends it with the random
//! IV (16 bytes) and the HMAC-SHA256 (32 bytes) of ciphertext, IV and page number. Backups look at a page's HMAC, and rescue
//! reads the pages that are still authentic.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockDecryptMut, KeyIvInit};
use ring::{hmac, pbkdf2};
use tekram_primitives::secret::Secret32;
use zeroize::Zeroizing;

/// Bytes of the salt in front of the first page.
pub(crate) const SALT_BYTES: usize = 16;
const IV_BYTES: usize = 16;
const HMAC_BYTES: usize = 32;
/// Bytes at the end of each page that SQLite does not use.
pub(crate) const RESERVED_BYTES: usize = IV_BYTES + HMAC_BYTES;
/// SQLCipher's `cipher_hmac_salt_mask` and `fast_kdf_iter`, as they come.
const HMAC_SALT_MASK: u8 = 0x3a;
const HMAC_KEY_ROUNDS: std::num::NonZeroU32 = match std::num::NonZeroU32::new(2) {
    Some(rounds) => rounds,
    None => std::num::NonZeroU32::MIN,
};

/// What proves and opens the pages of one database.
pub(crate) struct PageKey {
    key: Secret32,
    hmac: hmac::Key,
}

impl PageKey {
    /// For the database with this key, whose salt is the vault's id.
    pub(crate) fn new(vault_key: &Secret32, vault_id: &str) -> Self {
        let salt: Vec<u8> = hex::decode(vault_id)
            .unwrap_or_default()
            .iter()
            .map(|byte| byte ^ HMAC_SALT_MASK)
            .collect();
        let mut hmac_key = Zeroizing::new([0; 32]);
        // SQLCipher 4 derives by SHA-512 even where pages are proven by SHA-256.
        pbkdf2::derive(
            pbkdf2::PBKDF2_HMAC_SHA512,
            HMAC_KEY_ROUNDS,
            &salt,
            vault_key.expose(),
            &mut *hmac_key,
        );
        Self {
            key: vault_key.clone(),
            hmac: hmac::Key::new(hmac::HMAC_SHA256, &*hmac_key),
        }
    }

    /// Whether this is page `number` (counted from 1) as SQLCipher wrote it.
    pub(crate) fn is_authentic(&self, number: u32, page: &[u8]) -> bool {
        let Some((proven, tag)) = proven(number, page).and_then(|page| page.split_last_chunk::<HMAC_BYTES>()) else {
            return false;
        };
        let mut context = hmac::Context::with_key(&self.hmac);
        context.update(proven);
        context.update(&number.to_le_bytes());
        // Nobody tries tags here and measures how long it takes: it is a file of our own.
        context.sign().as_ref() == tag
    }

    /// The page in the clear, as SQLite sees it; `None` when it is not authentic. The salt in front of the first page becomes
    /// SQLite's own beginning.
    pub(crate) fn open(&self, number: u32, page: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if !self.is_authentic(number, page) {
            return None;
        }
        let encrypted = proven(number, page)?;
        let (data, reserved) = encrypted.split_at_checked(encrypted.len().checked_sub(RESERVED_BYTES)?)?;
        let iv = reserved.first_chunk::<IV_BYTES>()?;
        let mut plain = Zeroizing::new(Vec::with_capacity(page.len()));
        if number == 1 {
            plain.extend_from_slice(b"SQLite format 3\0");
        }
        let start = plain.len();
        plain.extend_from_slice(data);
        cbc::Decryptor::<aes::Aes256>::new(self.key.expose().into(), iv.into())
            .decrypt_padded_mut::<NoPadding>(plain.get_mut(start..)?)
            .ok()?;
        plain.resize(page.len(), 0);
        Some(plain)
    }
}

/// The part of a page that is encrypted and proven.
fn proven(number: u32, page: &[u8]) -> Option<&[u8]> {
    if number == 1 {
        page.get(SALT_BYTES..)
    } else {
        Some(page)
    }
}
