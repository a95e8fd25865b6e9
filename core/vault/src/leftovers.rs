//! What a cut change of the vault key leaves behind: a copy that was not finished, or the old file that was not destroyed yet.
//! The header names the one file that is the vault's; the others go.

use std::fs;
use std::io;
use std::path::Path;

use crate::database;
use crate::durable;

/// Removes the database files in `folder` that are not number `number`, and what lies beside them. Fails, before touching
/// anything, when it cannot make sure that the header which names `number` would survive a power cut; a file that cannot be
/// removed stays for the next time.
pub(crate) fn remove(folder: &Path, number: u32) -> io::Result<()> {
    let mut others = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if let Some(other) = name.to_str().and_then(database::number_of)
            && other != number
        {
            others.push((other, name));
        }
    }
    if others.is_empty() {
        return Ok(());
    }
    durable::sync_folder(folder)?;
    for (other, name) in others {
        let file = folder.join(name);
        // An old key's rows are overwritten; an unfinished copy's key was never anybody's.
        let _ = if other < number {
            durable::destroy(folder, &file)
        } else {
            fs::remove_file(&file)
        };
    }
    Ok(())
}
