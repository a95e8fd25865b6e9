//! Stretching: a passphrase becomes 32 secret bytes by Argon2id (RFC 9106), at a cost that is stored with each way in. When
//! the recommendation rises, the next unlock by a passphrase raises its cost.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use tekram_primitives::secret::{Passphrase, Secret32};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::error::VaultError;

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

    /// Whether a machine can be asked for it.
    pub(crate) fn is_sane(self) -> bool {
        self.memory_kib <= Self::MOST.memory_kib && self.passes <= Self::MOST.passes && self.lanes <= Self::MOST.lanes
    }

    /// Whether it is less than what is recommended today, in memory or in passes.
    pub(crate) fn is_outdated(self) -> bool {
        self.memory_kib < Self::RECOMMENDED.memory_kib || self.passes < Self::RECOMMENDED.passes
    }
}

/// The 32 bytes of a passphrase.
pub(crate) fn stretch(passphrase: &Passphrase, cost: Argon2idCost, salt: &[u8]) -> Result<Secret32, VaultError> {
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
