//! Looking whether a vault is whole, and saving what is left of one that is not.

use serde::Serialize;
use tekram_primitives::secret::{Passphrase, Secret32};
use tekram_vault::{Fault, RecoveryPhrase, Rescue, RescueKey, RescueReport};

use super::watching::WorkWatch;
use crate::device::{Agent, SCHEMAS, persona_error};
use crate::error::AgentError;
use crate::persona::Persona;

/// What opens a damaged vault.
#[derive(Debug)]
pub enum RescueBy<'a> {
    /// One of its passphrases.
    Passphrase(&'a Passphrase),
    /// Its recovery words.
    RecoveryPhrase(&'a RecoveryPhrase),
    /// The device's key store.
    KeyStore,
    /// Its key, which native code unwrapped.
    Key(Secret32),
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckFault {
    /// What: `header`, `pages`, `identity`, `order`, `dangling` or `audit`.
    pub kind: &'static str,
    /// How many: pages, places out of order, rows, entries.
    pub count: u64,
    /// Of pages, which, as ranges with both ends.
    pub pages: Vec<(u32, u32)>,
}

impl CheckFault {
    fn pages(ranges: Vec<(u32, u32)>) -> Self {
        let in_range = |(first, last): &(u32, u32)| u64::from(last.saturating_sub(*first)).saturating_add(1);
        Self {
            kind: "pages",
            count: ranges.iter().map(in_range).fold(0, u64::saturating_add),
            pages: ranges,
        }
    }
}

impl From<Fault> for CheckFault {
    fn from(fault: Fault) -> Self {
        let kind = fault.name();
        let count = match fault {
            Fault::Pages(ranges) => return Self::pages(ranges),
            Fault::Header | Fault::Identity => 1,
            Fault::Order(faults) => u64::try_from(faults).unwrap_or(u64::MAX),
            Fault::Dangling(rows) => rows,
        };
        Self {
            kind,
            count,
            pages: Vec::new(),
        }
    }
}

impl Persona {
    /// Proves everything about the vault that can be proven, the audit too. An empty list says that all is well.
    ///
    /// # Errors
    /// `busy`, `cancelled`, `locked`, and the vault's others.
    pub fn check(&self, watch: &mut WorkWatch<'_>) -> Result<Vec<CheckFault>, AgentError> {
        let faults = self.vault.check(watch)?;
        let readable = faults.iter().all(|fault| !matches!(fault, Fault::Pages(_)));
        let mut faults: Vec<CheckFault> = faults.into_iter().map(CheckFault::from).collect();
        // With damaged pages the audit may not be read; what is said of it would follow from them.
        if readable {
            let breaks = self.vault.verify_audit()?.breaks.len();
            if breaks > 0 {
                faults.push(CheckFault {
                    kind: "audit",
                    count: u64::try_from(breaks).unwrap_or(u64::MAX),
                    pages: Vec::new(),
                });
            }
        }
        Ok(faults)
    }
}

impl Agent {
    /// Looks at the pages of a vault that does not unlock any more. Nothing of it is changed.
    ///
    /// # Errors
    /// `no_such_persona`, `vault_in_use`, `no_key_store`, what is wrong with the key or with a header that lets nobody in,
    /// `cancelled`, and the vault's others.
    pub fn check_damaged(
        &self,
        id: &str,
        key: RescueBy<'_>,
        watch: &mut WorkWatch<'_>,
    ) -> Result<Vec<CheckFault>, AgentError> {
        let rescue = self
            .store
            .open_for_rescue(id, self.rescue_key(key)?)
            .map_err(persona_error)?;
        let damage = rescue.damage(watch)?;
        let damaged = (!damage.damaged.is_empty()).then(|| CheckFault::pages(damage.damaged));
        Ok(damaged.into_iter().collect())
    }

    /// Saves what is left of a damaged persona as a new one with a passphrase of its own, and unlocks it. The damaged one stays as
    /// it is until it is deleted.
    ///
    /// # Errors
    /// `no_such_persona`, `vault_in_use`, `no_key_store`, what is wrong with the key, `damaged` when not even the first page can be
    /// read, `vault_exists` when the name is taken, `empty_passphrase`, `cancelled`, and the vault's others.
    pub fn rescue(
        &self,
        id: &str,
        key: RescueBy<'_>,
        new_name: &str,
        new_passphrase: &Passphrase,
        watch: &mut WorkWatch<'_>,
    ) -> Result<(Persona, RescueReport), AgentError> {
        let rescue = self
            .store
            .open_for_rescue(id, self.rescue_key(key)?)
            .map_err(persona_error)?;
        self.saved(&rescue, new_name, new_passphrase, watch)
    }

    /// What can be read, saved as a new persona and unlocked.
    pub(crate) fn saved(
        &self,
        rescue: &Rescue,
        new_name: &str,
        new_passphrase: &Passphrase,
        watch: &mut WorkWatch<'_>,
    ) -> Result<(Persona, RescueReport), AgentError> {
        let clock = self.clock.as_ref();
        let (vault, report) = rescue.save_as(&self.store, new_name, new_passphrase, &SCHEMAS, clock, watch)?;
        Ok((self.unlocked(Ok(vault))?, report))
    }

    fn rescue_key<'a>(&'a self, key: RescueBy<'a>) -> Result<RescueKey<'a>, AgentError> {
        Ok(match key {
            RescueBy::Passphrase(passphrase) => RescueKey::Passphrase(passphrase),
            RescueBy::RecoveryPhrase(phrase) => RescueKey::RecoveryPhrase(phrase),
            RescueBy::KeyStore => RescueKey::KeyStore(self.key_store()?),
            RescueBy::Key(key) => RescueKey::Raw(key),
        })
    }
}
