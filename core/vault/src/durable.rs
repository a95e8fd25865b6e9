//! Small files that must survive a power cut: written beside, synced, renamed over, and the folder synced.
//! A reader sees the old content or the new one, never a part.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Replaces `folder/name` with `content`, atomically and durably. The file is readable by its owner only.
pub(crate) fn replace(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let beside = folder.join(format!("{name}.new"));
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, folder.join(name))?;
    sync_folder(folder)
}

/// Overwrites a small file with zeros, and removes it. Where the medium keeps old blocks, removing is all there is. A file
/// that is not there is no error.
pub(crate) fn destroy(folder: &Path, file: &Path) -> io::Result<()> {
    let mut open = match OpenOptions::new().write(true).open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let length = open.metadata()?.len();
    io::copy(&mut io::repeat(0).take(length), &mut open)?;
    open.sync_all()?;
    drop(open);
    fs::remove_file(file)?;
    sync_folder(folder)
}

/// Makes the names in a folder durable: after this, a created or renamed file is still there after a power cut.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// The turn to make something in a folder; others wait, until it is dropped or its process ends.
pub(crate) fn turn(folder: &Path) -> io::Result<Option<File>> {
    if !cfg!(unix) {
        return Ok(None);
    }
    let turn = File::open(folder)?;
    turn.lock()?;
    Ok(Some(turn))
}

/// Creates a folder, and those above it, for the owner only. What is put into them later is not lost together with their names.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let new: Vec<&Path> = folder.ancestors().take_while(|above| !above.is_dir()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    for above in new.into_iter().filter_map(Path::parent) {
        // A relative path ends in the working folder. One that may be entered and not read cannot be synced by us.
        let above = if above.as_os_str().is_empty() {
            Path::new(".")
        } else {
            above
        };
        match sync_folder(above) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            synced => synced?,
        }
    }
    Ok(())
}

/// Adds "owner only" to the options with which a file is created.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Reads a whole file, or `None` when it is larger than `limit_bytes`.
pub(crate) fn read_small(path: &Path, limit_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    File::open(path)?
        .take(limit_bytes.saturating_add(1))
        .read_to_end(&mut content)?;
    let small = u64::try_from(content.len()).is_ok_and(|len| len <= limit_bytes);
    Ok(small.then_some(content))
}
