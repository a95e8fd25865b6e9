//! Folders as tests look at them: what lies in one, every file below it with its bytes, and whole copies.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What lies in the folder itself, files and folders, sorted.
///
/// # Errors
/// When the folder cannot be read.
pub fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

/// Every file below the folder, by its path from there, with its bytes.
///
/// # Errors
/// When one cannot be read.
pub fn files(folder: &Path) -> io::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for path in entries(folder)? {
        let name = PathBuf::from(path.file_name().unwrap_or_default());
        if path.is_dir() {
            let inside = files(&path)?;
            found.extend(inside.into_iter().map(|(path, bytes)| (name.join(path), bytes)));
        } else {
            found.insert(name, fs::read(&path)?);
        }
    }
    Ok(found)
}

/// Copies all that lies in `from` into `to`, which is made when it is not there.
///
/// # Errors
/// When something cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for path in entries(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use super::*;

    #[test]
    fn a_copy_has_the_same_files_at_the_same_places() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to/here"));
        fs::create_dir_all(from.join("deep/er")).unwrap();
        fs::write(from.join("one"), "1").unwrap();
        fs::write(from.join("deep/er/two"), "2").unwrap();
        copy_folder(&from, &to).unwrap();
        let expected = [("deep/er/two", "2"), ("one", "1")];
        let expected: BTreeMap<_, _> = expected
            .iter()
            .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
            .collect();
        assert_eq!(files(&to).unwrap(), expected);
        assert_eq!(entries(&to).unwrap(), [to.join("deep"), to.join("one")]);
        assert!(files(&folder.path().join("nowhere")).is_err());
    }
}
