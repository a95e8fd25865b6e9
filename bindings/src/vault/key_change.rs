//! A new vault key: whoever kept the old one, or a way in that is dropped by it, reads nothing that is written from then on.

use std::sync::Arc;

use super::{WorkProgress, watch};
use crate::error::TekramError;
use crate::persona::Persona;
use crate::task::{Task, task};
use crate::ways::WayIn;

/// What a change of the vault key did with the ways in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct KeyChanged {
    /// The ways in that open it from now on.
    pub ways: Vec<WayIn>,
    /// Those that are gone.
    pub gone: Vec<WayIn>,
}

task!(
    /// The vault is getting a new key. Stopping it leaves the old one.
    KeyChangeTask,
    WorkProgress,
    KeyChanged
);

#[uniffi::export]
impl Persona {
    /// Begins to give the vault a new key, without the ways in of these names. `drop_others` drops those too that cannot take
    /// a new key now. Writes wait meanwhile; reading goes on.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`; `finish` says `way_not_upgraded` when a way in cannot take a new key, `no_such_way_in`,
    /// `last_way_in`, `cancelled`, `host_failed` and the key store's refusals, the vault's others.
    pub fn start_key_change(&self, without: Vec<String>, drop_others: bool) -> Result<Arc<KeyChangeTask>, TekramError> {
        let (core, stop) = self.begin()?;
        let task = Task::latest(stop, move |stop, tell| {
            let changed = core.change_vault_key(&without, drop_others, &mut watch(stop, tell))?;
            Ok(KeyChanged {
                ways: changed.ways.into_iter().map(WayIn::from).collect(),
                gone: changed.gone.into_iter().map(WayIn::from).collect(),
            })
        })?;
        Ok(Arc::new(KeyChangeTask(task)))
    }
}
