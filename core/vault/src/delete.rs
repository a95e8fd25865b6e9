//! Deleting a vault for good: first the header, which holds the only wrapped copies of the key, is overwritten and removed,
//! then the folder. Whatever is cut in between, the content cannot be read any more by then, or nothing has happened yet.

use std::fs;
use std::io;
use std::path::Path;

use crate::durable;
use crate::error::VaultError;
use crate::header;
use crate::hold;
use crate::inbox;
use crate::store::{REMAINS, Store};
use crate::vault::commit_number_name;
use crate::way_in::WayIn;

impl Store {
    /// Destroys the vault with this id, also one that is damaged: nothing can bring it back but a backup. Returns the ways in
    /// that it had, so that the caller can remove their keys from key stores. Fails with `no_such_vault`, and with
    /// `vault_in_use` when it is unlocked anywhere.
    pub fn delete(&self, id: &str) -> Result<Vec<WayIn>, VaultError> {
        let folder = self.folder_of_id(id)?;
        let hold = hold::take(&folder)?;
        let ways_in = self.entry(id).ways_in;
        destroy_keys(&folder).map_err(VaultError::io("destroying header.json"))?;
        if let Some(memory) = &self.device.memory {
            // A number without a vault says nothing.
            let _ = memory.remove(&commit_number_name(id));
        }
        let _turn = self.turn()?;
        let remains = self.path_in_vaults(&format!("{REMAINS}{id}"));
        fs::rename(&folder, &remains)
            .and_then(|()| self.sync())
            .map_err(VaultError::io("unnaming the vault's folder"))?;
        drop(hold);
        self.sweep().map_err(VaultError::io("removing the vault's folder"))?;
        Ok(ways_in)
    }
}

fn destroy_keys(folder: &Path) -> io::Result<()> {
    // A rewrite that was cut leaves wrapped keys beside the header.
    durable::destroy(folder, &folder.join(format!("{}.new", header::FILE)))?;
    durable::destroy(folder, &folder.join(header::FILE))?;
    // Sealed items cannot be opened without the vault, but there is no reason to leave them to a cut removal.
    durable::destroy(folder, &folder.join(inbox::FILE))
}
