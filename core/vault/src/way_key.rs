//! The key pairs that passphrases and recovery words become. The header keeps a way's public key and the vault key sealed to
//! it, so that a new vault key can be sealed to every way without asking for a single passphrase.
//!
//! Sealing is HPKE (RFC 9180) in authenticated mode: the sender is the vault's sealer, a key pair from the root secret. A
//! way's own key pair is derived from its secret together with the sealer's public key. So whoever can write the header but
//! has neither the secret nor the root can exchange nothing: not the vault key for one of their own (that takes the
//! sealer's private key), and not the sealer (then the way's key pair is another one).

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal};
use serde::{Deserialize, Serialize};
use tekram_primitives::secret::{Secret32, hkdf_sha256};
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::seal::{ENCAPSULATED_BYTES, PrivateKey, Suite, SystemRandomness, failed};

/// An X25519 public key (RFC 7748), as it stands in the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PublicKey(#[serde(with = "hex::serde")] [u8; 32]);

impl PublicKey {
    fn of(key: &<Suite as Kem>::PublicKey) -> Result<Self, VaultError> {
        let bytes = key.to_bytes().as_slice().try_into().map_err(|_| failed())?;
        Ok(Self(bytes))
    }

    fn key(&self) -> Option<<Suite as Kem>::PublicKey> {
        <Suite as Kem>::PublicKey::from_bytes(&self.0).ok()
    }
}

/// Seals the vault key of one vault to its ways in.
pub(crate) struct Sealer {
    private: PrivateKey,
    public: <Suite as Kem>::PublicKey,
    /// The same, as it stands in the header.
    pub(crate) public_key: PublicKey,
}

impl Sealer {
    /// The sealer of the vault with this root secret; it stays the same when the vault key changes.
    pub(crate) fn of(root: &Secret32) -> Result<Self, VaultError> {
        let (private, public) = Suite::derive_keypair(hkdf_sha256(root, "tekram/v1/vault/sealer").expose());
        let public_key = PublicKey::of(&public)?;
        Ok(Self {
            private,
            public,
            public_key,
        })
    }

    /// Seals a vault key to a way: encapsulated key, then ciphertext and tag. `parameters` are authenticated with it.
    pub(crate) fn seal(
        &self,
        way: PublicKey,
        vault_id: &str,
        parameters: &[u8],
        vault_key: &Secret32,
    ) -> Result<Vec<u8>, VaultError> {
        let mut randomness = SystemRandomness::new();
        let (encapsulated, ciphertext) = single_shot_seal::<ChaCha20Poly1305, HkdfSha256, Suite, _>(
            &OpModeS::Auth((self.private.clone(), self.public.clone())),
            &way.key().ok_or_else(failed)?,
            &purpose(vault_id),
            vault_key.expose(),
            parameters,
            &mut randomness,
        )
        .map_err(|_| failed())?;
        randomness.check()?;
        let mut sealed = encapsulated.to_bytes().to_vec();
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }
}

/// The key pair of a way in.
pub(crate) struct WayKey {
    private: PrivateKey,
    sealer: PublicKey,
    /// What the header keeps.
    pub(crate) public_key: PublicKey,
}

impl WayKey {
    /// The key pair of the way with this secret, under this sealer.
    pub(crate) fn of(secret: &Secret32, vault_id: &str, way_id: &str, sealer: PublicKey) -> Result<Self, VaultError> {
        let label = format!("tekram/v1/vault/way-key|{vault_id}|{way_id}|{}", hex::encode(sealer.0));
        let (private, public) = Suite::derive_keypair(hkdf_sha256(secret, &label).expose());
        Ok(Self {
            private,
            sealer,
            public_key: PublicKey::of(&public)?,
        })
    }

    /// Opens what [`Sealer::seal`] made; `None` when it was made by another sealer, for another way or vault, with other
    /// parameters, or was changed.
    pub(crate) fn open(&self, vault_id: &str, parameters: &[u8], sealed: &[u8]) -> Option<Secret32> {
        let (encapsulated, ciphertext) = sealed.split_at_checked(ENCAPSULATED_BYTES)?;
        let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, Suite>(
            &OpModeR::Auth(self.sealer.key()?),
            &self.private,
            &<Suite as Kem>::EncappedKey::from_bytes(encapsulated).ok()?,
            &purpose(vault_id),
            ciphertext,
            parameters,
        )
        .ok()?;
        Secret32::try_from(Zeroizing::new(opened).as_slice()).ok()
    }
}

fn purpose(vault_id: &str) -> Vec<u8> {
    format!("tekram/v1/vault/way-in|{vault_id}").into_bytes()
}

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

    const VAULT: &str = "00112233445566778899aabbccddeeff";

    fn secret(byte: u8) -> Secret32 {
        Secret32::new([byte; 32])
    }

    #[test]
    fn a_sealed_key_opens_for_its_way_only_and_only_whole() {
        let sealer = Sealer::of(&secret(1)).unwrap();
        let way = WayKey::of(&secret(2), VAULT, "a", sealer.public_key).unwrap();
        let sealed = sealer.seal(way.public_key, VAULT, b"cost", &secret(9)).unwrap();
        let open = |way: &WayKey, vault: &str, parameters: &[u8], sealed: &[u8]| {
            way.open(vault, parameters, sealed).map(|key| *key.expose())
        };
        assert_eq!(open(&way, VAULT, b"cost", &sealed), Some([9; 32]));
        assert_eq!(open(&way, "other", b"cost", &sealed), None);
        assert_eq!(open(&way, VAULT, b"less", &sealed), None);
        for (secret_byte, id) in [(3, "a"), (2, "b")] {
            let other = WayKey::of(&secret(secret_byte), VAULT, id, sealer.public_key).unwrap();
            assert_ne!(other.public_key, way.public_key);
            assert_eq!(open(&other, VAULT, b"cost", &sealed), None);
        }
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(open(&way, VAULT, b"cost", &changed), None, "byte {position}");
            assert_eq!(open(&way, VAULT, b"cost", &sealed[..position]), None);
        }
    }

    #[test]
    fn whoever_knows_only_the_public_key_cannot_plant_a_vault_key_of_their_own() {
        let sealer = Sealer::of(&secret(1)).unwrap();
        let way = WayKey::of(&secret(2), VAULT, "a", sealer.public_key).unwrap();
        let planter = Sealer::of(&secret(66)).unwrap();
        let planted = planter.seal(way.public_key, VAULT, b"cost", &secret(66)).unwrap();
        assert!(
            way.open(VAULT, b"cost", &planted).is_none(),
            "not from the vault's sealer"
        );
        // With their own sealer named in the header, the secret leads to another key pair.
        let fooled = WayKey::of(&secret(2), VAULT, "a", planter.public_key).unwrap();
        assert_ne!(fooled.public_key, way.public_key);
        assert!(fooled.open(VAULT, b"cost", &planted).is_none());
    }
}
