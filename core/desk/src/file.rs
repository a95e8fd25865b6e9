//! Writing a file so that a reader sees the old one or the new one, never a half, and so that it survives a power cut.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::error::DeskError;

/// Writes `bytes` to `path` through a new file beside it.
///
/// # Errors
/// `file`.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let beside = folder.join(name);
    let written = (|| {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        File::open(folder)?.sync_all()
    })();
    written.map_err(DeskError::file("writing a file"))
}
