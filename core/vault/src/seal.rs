//! Sealing to a vault's public key: HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
//! ChaCha20-Poly1305. The vault's id is HPKE's `info` and the item's id its `aad`, so that an item cannot be moved to
//! another vault or pose as another item. What is sealed is padded, so that its length says little.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{CryptoRng, RngCore};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal};
use tekram_primitives::secret::{Secret32, fill_random, hkdf_sha256};
use zeroize::Zeroizing;

use crate::error::VaultError;

pub(crate) type Suite = X25519HkdfSha256;
pub(crate) type PrivateKey = <Suite as Kem>::PrivateKey;
type PublicKey = <Suite as Kem>::PublicKey;

/// Bytes of the encapsulated key in front of the ciphertext (RFC 9180, section 7.1, Nenc of X25519).
pub(crate) const ENCAPSULATED_BYTES: usize = 32;
/// Lengths are hidden within steps of this many bytes.
const PADDING_STEP_BYTES: usize = 256;

/// The public key of the vault with this root secret.
pub(crate) fn public_key(root: &Secret32) -> Result<[u8; 32], VaultError> {
    let (_, public) = keys(root);
    public.to_bytes().as_slice().try_into().map_err(|_| failed())
}

/// Seals `plain`: encapsulated key, then ciphertext and tag.
pub(crate) fn seal(
    public_key: &[u8; 32],
    vault_id: &str,
    item_id: &[u8; 16],
    plain: &[u8],
) -> Result<Vec<u8>, VaultError> {
    let receiver = PublicKey::from_bytes(public_key).map_err(|_| failed())?;
    let mut randomness = SystemRandomness::new();
    let (encapsulated, ciphertext) = single_shot_seal::<ChaCha20Poly1305, HkdfSha256, Suite, _>(
        &OpModeS::Base,
        &receiver,
        &purpose(vault_id),
        &pad(plain)?,
        item_id,
        &mut randomness,
    )
    .map_err(|_| failed())?;
    randomness.check()?;
    let mut sealed = encapsulated.to_bytes().to_vec();
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

/// Opens what [`seal`] made; `None` when it was not sealed to this vault as this item, or was changed.
pub(crate) fn open(root: &Secret32, vault_id: &str, item_id: &[u8; 16], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, ciphertext) = sealed.split_at_checked(ENCAPSULATED_BYTES)?;
    let encapsulated = <Suite as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
    let (private, _) = keys(root);
    let padded = single_shot_open::<ChaCha20Poly1305, HkdfSha256, Suite>(
        &OpModeR::Base,
        &private,
        &encapsulated,
        &purpose(vault_id),
        ciphertext,
        item_id,
    )
    .ok()?;
    unpad(Zeroizing::new(padded))
}

fn keys(root: &Secret32) -> (PrivateKey, PublicKey) {
    Suite::derive_keypair(hkdf_sha256(root, "tekram/v1/vault/inbox").expose())
}

fn purpose(vault_id: &str) -> Vec<u8> {
    format!("tekram/v1/vault/inbox|{vault_id}").into_bytes()
}

/// Length, content, zeros up to the next step.
fn pad(plain: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let length = u32::try_from(plain.len()).map_err(|_| failed())?;
    let padded_bytes = (plain.len() + 4).next_multiple_of(PADDING_STEP_BYTES);
    let mut padded = Zeroizing::new(Vec::with_capacity(padded_bytes));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(plain);
    padded.resize(padded_bytes, 0);
    Ok(padded)
}

fn unpad(mut padded: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let length = usize::try_from(u32::from_be_bytes(*padded.first_chunk()?)).ok()?;
    if padded.len() < length.checked_add(4)? {
        return None;
    }
    padded.drain(..4);
    padded.truncate(length);
    Some(padded)
}

pub(crate) fn failed() -> VaultError {
    VaultError::Crypto { step: "HPKE" }
}

/// The system's randomness in the shape the `hpke` crate asks for, which has no place for an error: it is remembered
/// and looked at before anything made with it is used.
pub(crate) struct SystemRandomness {
    failed: bool,
}

impl SystemRandomness {
    pub(crate) fn new() -> Self {
        Self { failed: false }
    }

    /// Whether all of it was random.
    pub(crate) fn check(&self) -> Result<(), VaultError> {
        if self.failed {
            Err(VaultError::Crypto { step: "randomness" })
        } else {
            Ok(())
        }
    }
}

impl RngCore for SystemRandomness {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_be_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.failed |= fill_random(bytes).is_err();
    }
}

impl CryptoRng for SystemRandomness {}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_root_only_for_the_same_vault_and_item() {
        let root = Secret32::new([7; 32]);
        let public = public_key(&root).unwrap();
        for length in [0, 1, 251, 252, 253, 5000] {
            let plain = vec![9; length];
            let sealed = seal(&public, "a", &[1; 16], &plain).unwrap();
            assert_eq!(open(&root, "a", &[1; 16], &sealed).unwrap().as_slice(), plain);
            assert!(open(&root, "b", &[1; 16], &sealed).is_none());
            assert!(open(&root, "a", &[2; 16], &sealed).is_none());
            assert!(open(&Secret32::new([8; 32]), "a", &[1; 16], &sealed).is_none());
            for position in [0, 31, 32, sealed.len() - 1] {
                let mut changed = sealed.clone();
                changed[position] ^= 1;
                assert!(open(&root, "a", &[1; 16], &changed).is_none());
            }
        }
        assert!(open(&root, "a", &[1; 16], &[]).is_none());
    }

    #[test]
    fn short_items_cannot_be_told_apart_by_their_length() {
        let public = public_key(&Secret32::new([7; 32])).unwrap();
        let lengths = [0, 17, 200].map(|length| seal(&public, "a", &[1; 16], &vec![0; length]).unwrap().len());
        assert_eq!(lengths[0], lengths[1]);
        assert_eq!(lengths[1], lengths[2]);
    }
}
