//! The keys that credentials are bound to: one for each relation, derived from it, so that two relations cannot tell from the
//! keys that they deal with the same person. An issuer is told the key before it issues; the vault keeps whose it is.

use tekram_primitives::credential::CredentialError;
use tekram_primitives::did::{DidKey, SigningKey};
use tekram_vault::{HoldingError, VaultError};

use crate::error::AgentError;
use crate::persona::Persona;
use crate::setting;

impl Persona {
    /// The key that a credential is to be bound to, for its issuer. It is this relation's own; `relation` is the relation's
    /// id, or a name for somebody not met before.
    ///
    /// # Errors
    /// `bad_field` (`relation`), the vault's errors.
    pub fn credential_key(&self, relation: &str) -> Result<String, AgentError> {
        let fits = (1..=255).contains(&relation.chars().count()) && !relation.chars().any(char::is_control);
        if !fits {
            let error = HoldingError::BadField { field: "relation" };
            return Err(VaultError::from(error).into());
        }
        let did = self.holder_key(relation)?.did().to_string();
        setting::keep(&self.vault, &name_of(&did), relation)?;
        Ok(did)
    }

    /// The key that credentials of this relation are bound to.
    pub(crate) fn holder_key(&self, relation: &str) -> Result<SigningKey, AgentError> {
        let seed = self
            .vault
            .derive(&format!("tekram/v1/relation/{relation}/credential"))?;
        let key = SigningKey::from_seed(seed.expose()).map_err(CredentialError::from);
        Ok(key.map_err(VaultError::from)?)
    }

    /// The relation for which [`Persona::credential_key`] gave this key.
    pub(super) fn relation_of_key(&self, key: &DidKey) -> Result<Option<String>, AgentError> {
        Ok(setting::value(&self.vault, &name_of(&key.to_string()))?)
    }
}

fn name_of(did: &str) -> String {
    format!("credential-key/{did}")
}
