//! A new vault key: whoever kept the old one, or a way in that is dropped by it, reads nothing that is written from then on.

use std::ops::ControlFlow;

use tekram_vault::{KeyChange, Progress, WayIn};

use crate::error::AgentError;
use crate::persona::Persona;

/// What a change of the vault key did with the ways in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChanged {
    /// The ways in that open it from now on.
    pub ways: Vec<WayIn>,
    /// Those that are gone.
    pub gone: Vec<WayIn>,
}

impl Persona {
    /// Gives the vault a new key, without the ways in of these names. `drop_others` drops those too that cannot take a new key
    /// now. Writes wait meanwhile, reads do not. `watch` is told how far it is and can stop it until the switch.
    ///
    /// # Errors
    /// `way_not_upgraded` when a way in cannot take a new key, `no_such_way_in`, `last_way_in`, `cancelled`, `locked`, the key
    /// store's refusals and the vault's others; the old key stands then.
    pub fn change_vault_key(
        &self,
        without: &[String],
        drop_others: bool,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<KeyChanged, AgentError> {
        let without: Vec<&str> = without.iter().map(String::as_str).collect();
        let change = KeyChange {
            key_store: self.key_store.as_deref(),
            without: &without,
            drop_others,
        };
        let gone = self.vault.change_vault_key(&change, watch)?;
        Ok(KeyChanged {
            ways: self.ways(),
            gone,
        })
    }
}
